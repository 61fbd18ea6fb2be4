"""Open the chapters as notebooks: `make lab`.

With a data package of one's own, the one given or that of the last build, the chapters are
those composed for it. They lie below _build, where the next build writes them anew.
"""

import argparse
import os
import sys
from pathlib import Path

from analysis.catalogue.datasets import foreign_package
from analysis.pressure.results import RESULTS
from compendium import plan, state
from compendium.build import choose_package, name_package
from compendium.chapters import CODE_DIGEST, LONG_RESULTS, ROLES, STUDIES
from compendium.faults import in_one_line
from compendium.texts import compose_all, decided


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", metavar="FILE", default="", help="a datapackage.json")
    given, options = parser.parse_known_args()
    name_package(given.data)
    state.make_folder()
    choose_package(last=True)
    folder = chapters()
    os.environ[RESULTS] = str(plan.BUILD / "results.json")
    os.environ[STUDIES] = str(plan.STUDIED)
    os.environ |= {LONG_RESULTS: str(plan.LONG), CODE_DIGEST: plan.Survey().code}
    os.execv(sys.executable, [sys.executable, "-m", "jupyterlab", str(folder), *options])  # noqa: S606


def chapters() -> Path:
    """Return the folder of the chapters for the data package; compose them if it is foreign."""
    if not foreign_package():
        return plan.BOOK
    roles = decided(plan.DECIDED, plan.Survey().measured())
    compose_all(plan.BOOK, plan.COMPOSED, plan.existing_pages(), roles)
    os.environ[ROLES] = str(plan.DECIDED)
    print(
        f"The chapters for it are in {plan.COMPOSED}; the next build writes them anew: keep what "
        "you change there under another name."
    )
    return plan.COMPOSED


if __name__ == "__main__":
    sys.exit(in_one_line(main))
