"""One job of the Snakefile: a sheet, a chapter, the results, the pages.

Runs in _build, on this machine or on another that sees the same files.
"""

import json
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from compendium.plan import BOOK, EXECUTED, FAILURES, PLAN, ROOT, STAMPS, read, settings


def main(what: str, name: str = "") -> int:
    plan = json.loads(PLAN.read_text(encoding="utf-8"))
    os.environ.update(plan["environment"])
    if what == "sheet":
        return sheet(name, plan)
    if what == "chapter":
        return chapter(name, plan)
    if what == "results":
        from compendium.collect import write_results

        write_results(plan)
        return 0
    from compendium.pages import make_pages

    return 0 if make_pages(plan) else 1


def sheet(name: str, plan: dict[str, Any]) -> int:
    """Execute one sheet. One that fails is a page, too: the others go on."""
    from analysis.catalogue.datasets import describe
    from compendium.sheets import make_sheet, title_of

    chosen = plan["sheets"][name]
    with unchanged("code", f"data/{name}", f"templates/{chosen['kind']}"):
        execution = make_sheet(
            chosen["kind"],
            {"dataset": chosen["name"]},
            title=title_of(describe(chosen["name"])),
            folder=ROOT,
            timeout=cell_timeout(),
        )
    keep(f"sheets/{name}", execution, failed=execution.status != "ok")
    return 0


def chapter(name: str, plan: dict[str, Any]) -> int:
    """Execute one chapter; a failure stops the book unless it is on somebody's own data."""
    from compendium.notebooks import NO_DATA, execute, read_notebook

    path = BOOK / f"{name}.md"
    with unchanged("code", f"chapters/{name}"):
        execution = execute(read_notebook(path), folder=path.parent, timeout=cell_timeout())
    fine = execution.status == "ok" or (plan["own_data"] and execution.status == NO_DATA)
    if fine or plan["own_data"]:
        keep(f"chapters/{name}", execution, failed=not fine)
        return 0
    report(f"chapters/{name}", execution.report)
    return 1


def keep(name: str, execution: Any, *, failed: bool) -> None:
    """Write an executed notebook; last of all, for it is what says that the job is done."""
    from compendium.notebooks import write_notebook, write_whole

    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    execution.notebook.metadata["compendium"] = {
        "status": execution.status,
        "error": execution.error,
        "seconds": round(execution.seconds, 2),
        "memory_mb": round(memory / (1024 if sys.platform != "darwin" else 1024**2)),
    }
    if failed:
        report(name, execution.report)
    else:
        (FAILURES / f"{name}.txt").unlink(missing_ok=True)
    write_whole(EXECUTED / f"{name}.used", json.dumps(execution.used))
    write_notebook(execution.notebook, EXECUTED / f"{name}.ipynb")


def report(name: str, text: str) -> None:
    file = FAILURES / f"{name}.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


@contextmanager
def unchanged(*stamps: str) -> Iterator[None]:
    """End the job, so that nothing is kept, if a stamp changes in the ``with`` block."""
    before = [read(STAMPS / one) for one in stamps]
    yield
    if before != [read(STAMPS / one) for one in stamps]:
        sys.exit(f"{stamps[1]}: its sources changed while it ran; run it again")


def cell_timeout() -> int:
    return int(settings()["execute"]["timeout"])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
