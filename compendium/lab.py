"""Open the chapters as notebooks in JupyterLab: `make lab`.

They lie in _build/lab, made from the last build: text, figures and numbers as on the pages. What
has not been executed has no numbers until its cells run. JupyterLab opens with the page that leads
to all of them. A notebook that was changed there is kept.

With a data package of one's own, the one given or that of the last build, the chapters are
those composed for it. ``--write`` only writes the notebooks, and ``--around COMMAND ...`` runs
another command as JupyterLab would be run; Binder calls them (postBuild, start).
"""

import argparse
import os
import sys

from analysis.pressure.results import RESULTS
from compendium import plan, state
from compendium.build import choose_package, name_package
from compendium.chapters import CODE_DIGEST, LONG_RESULTS, ROLES, STUDIES
from compendium.chapters.roles import Roles
from compendium.faults import in_one_line
from compendium.lab_notebooks import pages_with_code, write_lab
from compendium.texts import compose_all, decided


def main() -> int:
    """Write the notebooks; return the exit status, or become JupyterLab."""
    given, options = arguments()
    name_package(given.data)
    state.make_folder()
    choose_package(last=True)
    survey = plan.Survey()
    roles = decided(plan.DECIDED, survey.measured())
    os.environ |= {
        RESULTS: str(plan.BUILD / "results.json"),
        STUDIES: str(plan.STUDIED),
        ROLES: str(plan.DECIDED),
        LONG_RESULTS: str(plan.LONG),
        CODE_DIGEST: survey.code,
    }
    if not given.around:
        write(roles)
    if given.write:
        return 0
    start = f"--LabApp.default_url=/lab/tree/{plan.START}"
    lab = [sys.executable, "-m", "jupyterlab", str(plan.LAB), start, *options]
    command = given.around or lab
    return os.execvp(command[0], command)  # noqa: S606


def arguments() -> tuple[argparse.Namespace, list[str]]:
    """Return what is given, and JupyterLab's options."""
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,  # the rest is JupyterLab's
    )
    parser.add_argument("--data", metavar="FILE", default="", help="a datapackage.json")
    parser.add_argument(
        "--write", action="store_true", help="write the notebooks, do not start JupyterLab"
    )
    parser.add_argument(
        "--around",
        metavar="COMMAND",
        nargs=argparse.REMAINDER,
        help="run this command instead of JupyterLab",
    )
    return parser.parse_known_args()


def write(roles: Roles) -> None:
    """Compose the chapters and write their notebooks; say what was kept."""
    pages = compose_all(plan.BOOK, plan.COMPOSED, plan.existing_pages(), roles)
    chapters = [page for page in pages_with_code(pages) if page != plan.FRONT]
    title = roles.title if roles.foreign else plan.settings()["title"]
    changed = write_lab(chapters, plan.LAB, title=title)
    print(f"{len(chapters)} notebooks are in {plan.LAB}; {plan.START} leads to them.")
    if changed:
        print(f"Kept as you changed them: {', '.join(changed)}")


if __name__ == "__main__":
    sys.exit(in_one_line(main))
