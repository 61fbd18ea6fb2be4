"""One job of the Snakefile: a sheet, a long result, a chapter, the results, the pages.

Runs in _build, on this machine or on another that sees the same files.
"""

import json
import os
import resource
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from analysis.errors import DataError
from compendium.chapters import CODE_DIGEST
from compendium.faults import end_with_parent, in_one_line
from compendium.files import content, read, remove, write_sealed, write_whole
from compendium.plan import COMPOSED, EXECUTED, FAILURES, HTML, LONG, PLAN, ROOT, STAMPS, settings
from compendium.state import PAGES_MADE, digest


def main(what: str, name: str = "") -> int:
    end_with_parent()
    return in_one_line(partial(job, what, name), about=f"{what} {name}".strip())


def job(what: str, name: str) -> int:
    plan = json.loads(PLAN.read_text(encoding="utf-8"))
    os.environ.update(plan["environment"])
    if what == "sheet":
        return sheet(name, plan)
    if what == "chapter":
        return chapter(name, plan)
    if f"{what}/{name}" in plan["choices"]:
        return long_result(what, name, plan)
    if what == "results":
        from compendium.collect import write_results

        write_results(plan)
        return 0
    from compendium.lab_notebooks import write_downloads
    from compendium.pages import make_pages
    from compendium.publish import SOURCES

    if not make_pages(plan):
        return 1
    write_downloads(list(plan["chapters"]), HTML / SOURCES)
    write_whole(PAGES_MADE, digest(HTML))
    return 0


def sheet(name: str, plan: dict[str, Any]) -> int:
    """Execute one sheet. One that fails is a page, too: the others go on."""
    from analysis.catalogue.datasets import describe
    from compendium.sheets import make_sheet, refused_sheet, title_of

    chosen = plan["sheets"][name]
    if "refused" in chosen:
        keep(f"sheets/{name}", refused_sheet(chosen["name"], chosen["refused"]), failed=False)
        return 0
    with unchanged("code", f"data/{name}", f"templates/{chosen['kind']}"):
        execution = make_sheet(
            chosen["kind"],
            {"dataset": chosen["name"]},
            title=title_of(describe(chosen["name"])),
            folder=ROOT,
            timeout=cell_timeout(),
        )
    as_planned(execution.read, plan)
    keep(f"sheets/{name}", execution, failed=execution.status != "ok")
    return 0


def chapter(name: str, plan: dict[str, Any]) -> int:
    """Execute one chapter; a failure stops the book unless it is on somebody's own data."""
    from compendium.notebooks import OK, execute, read_notebook

    path = COMPOSED / f"{name}.md"
    with unchanged("code", f"chapters/{name}"):
        execution = execute(read_notebook(path), folder=path.parent, timeout=cell_timeout())
    as_planned(execution.read, plan)
    fine = execution.status == OK
    if fine or plan["title"] is not None:
        keep(f"chapters/{name}", execution, failed=not fine)
        return 0
    report(f"chapters/{name}", execution.report)
    return 1


def long_result(kind: str, name: str, plan: dict[str, Any]) -> int:
    """Make what takes too long for a chapter; a refusal is a result, too."""
    from analysis.catalogue.datasets import describe
    from compendium.chapters.long_results import text_of

    chosen = plan["choices"][f"{kind}/{name}"]["name"]
    with unchanged("code", f"data/{name}"):
        text = text_of(kind, chosen, plan["environment"][CODE_DIGEST])
    file = describe(chosen).file
    as_planned({chosen: content(file) if file else ""}, plan)
    write_sealed(LONG / kind / f"{name}.json", text)
    return 0


def as_planned(files: Mapping[str, str], plan: dict[str, Any]) -> None:
    """End the job, so that nothing is kept, if it read other bytes than those planned with."""
    for name, sha256 in files.items():
        if plan["files"].get(name) not in (None, "", sha256):
            raise DataError(f"the file of {name} changed during the build; run the build again")


def keep(name: str, execution: Any, *, failed: bool) -> None:
    """Write an executed notebook; last of all, for it is what says that the job is done."""
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    execution.notebook.metadata["compendium"] = {
        "status": execution.status,
        "error": execution.error,
        "read": dict(execution.read),
        "seconds": round(execution.seconds, 2),
        "memory_mb": round(memory / (1024 if sys.platform != "darwin" else 1024**2)),
    }
    if failed:
        report(name, execution.report)
    else:
        remove(FAILURES / f"{name}.txt")
    trace = {"used": execution.used, "loaded": list(execution.read)}
    write_sealed(EXECUTED / f"{name}.used", json.dumps(trace))
    text = json.dumps(execution.notebook, indent=1, ensure_ascii=False)
    write_sealed(EXECUTED / f"{name}.ipynb", text)


def report(name: str, text: str) -> None:
    write_whole(FAILURES / f"{name}.txt", text)


@contextmanager
def unchanged(*stamps: str) -> Iterator[None]:
    """End the job, so that nothing is kept, if a stamp changes in the ``with`` block."""
    before = [read(STAMPS / stamp) for stamp in stamps]
    yield
    if before != [read(STAMPS / stamp) for stamp in stamps]:
        raise DataError("its sources changed while it ran; run the build again")


def cell_timeout() -> int:
    return int(settings()["execute"]["timeout"])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
