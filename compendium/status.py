"""The page "Status", and the line at the foot of every page: from what the book was made.

Versions, and data sets with their SHA-256, stand in the page's text. The commit is put into the
finished pages (`sign`), so another commit of the same texts makes no page again. The same step
writes what belongs to this machine into the page "Status": times, tests, coverage, benchmarks.
Two builds of one commit differ there and nowhere else, and `of_the_commit` takes it out.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from html import escape
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import quote

from analysis import __version__
from analysis.show.foreign import Marked
from analysis.show.report import Table
from compendium.checkout import checkout
from compendium.files import read, write_whole

STATUS = "status"
# Below _build: written with the pages; by the tests, by coverage and by the benchmarks.
SECONDS = "seconds.json"
TESTS, COVERAGE, BENCHMARKS = "tests.json", "coverage.json", "benchmarks.json"
# What makes the pages, beside what computed the numbers.
PAGE_MAKERS = ("matplotlib", "jupyter-book", "sphinx", "myst-nb", "sphinx-book-theme")
FOOT = re.compile(r'<p class="made-from">.*?</p>', re.DOTALL)
OF_THE_MACHINE = re.compile(
    r'<div class="made-here">.*?<!-- made-here --></div>|<div class="made-here"></div>', re.DOTALL
)
NOT_KEPT = "Times, tests, coverage and benchmarks belong to one machine and are not kept here."
NOT_RUN = "not run in this checkout"
PAGE = """\
# Status

This page states from what the book was made.

```{{raw}} html
<p class="made-from"></p>
```

## Versions

{versions}

## Data sets

"Here" means that the file was on the machine that built the book.
The column "pages" counts the pages that read the file with this SHA-256.

{data}

## On the machine that built the book

```{{raw}} html
<div class="made-here"></div>
```
"""


# ---------------------------------------------------------------------------- the page's text


def write_status(plan: Mapping[str, Any], build: Path) -> None:
    """Write the text of the page below ``source``, and the execution times beside it.

    Parameters
    ----------
    plan : mapping
        What the build was planned with.
    build : Path
        Its folder, with executed notebooks and results.
    """
    executed = {page: how_executed(page, plan, build) for page in plan["chapters"]}
    executed |= {page: how_executed(page, plan, build) for page in sheets(plan)}
    seconds = {page: how["seconds"] for page, how in executed.items()}
    write_whole(build / SECONDS, json.dumps(seconds, indent=1))
    text = PAGE.format(versions=version_table(build), data=data_table(plan, executed))
    (build / "source" / f"{STATUS}.md").write_text(text, encoding="utf-8")


def sheets(plan: Mapping[str, Any]) -> list[str]:
    return [f"sheets/{name}" for name in plan["sheets"]]


def how_executed(page: str, plan: Mapping[str, Any], build: Path) -> dict[str, Any]:
    """Return what the executed notebook of a page says of its execution."""
    name = f"chapters/{page}" if page in plan["chapters"] else page
    notebook = json.loads((build / "executed" / f"{name}.ipynb").read_text(encoding="utf-8"))
    how: dict[str, Any] = notebook["metadata"]["compendium"]
    return how


def computed_with(build: Path) -> dict[str, str]:
    """Return the versions of Python and of the packages that computed the numbers."""
    versions: dict[str, str] = json.loads(read(build / "results.json") or "{}").get("versions", {})
    return {name: text for name, text in versions.items() if name != "la3ni2o7-compendium"}


def version_table(build: Path) -> str:
    """Return the versions as a table in Markdown."""
    rows = [(name, text, "numbers") for name, text in computed_with(build).items()]
    rows += [(name, metadata.version(name), "figures and pages") for name in PAGE_MAKERS]
    rows.insert(0, ("la3ni2o7-compendium", __version__, "numbers, figures and pages"))
    return Table(("package", "version", "used for"), rows, words=3)._repr_markdown_()


def data_table(plan: Mapping[str, Any], executed: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the data sets as a table: whether their files are here, who reads them, SHA-256.

    A book of another data package has those of this project that its pages read.
    """
    readers: dict[str, int] = {}
    for how in executed.values():
        for name in how["read"]:
            readers[name] = readers.get(name, 0) + 1
    own = plan["title"] is None
    refused = {sheet["name"] for sheet in plan["sheets"].values() if "refused" in sheet}
    theirs = {*plan["missing"], *plan["expected"], *refused, *readers}
    rows = []
    for name in sorted({*plan["files"], *refused}):
        if not (own or name in theirs):
            continue
        sha256 = plan["files"].get(name, "")
        state = "refused" if name in refused else "here" if sha256 else "missing"
        digest = Marked(f"`{sha256}`") if sha256 else "–"
        rows.append((name, state, str(readers.get(name, 0)), digest))
    heads = ("data set", "file", "pages", "SHA-256")
    return Table(heads, rows, words=2, words_after=1)._repr_markdown_()


# ---------------------------------------------------------------------------- finished pages


def sign(root: Path, build: Path) -> bool:
    """Put the commit of a checkout into the pages of its build, and this machine into "Status".

    Return whether a page changed.
    """
    site = build / "html"
    status = site / f"{STATUS}.html"
    foot = foot_line(root, build)
    former = status.read_text(encoding="utf-8")
    text = signed(former, f"{STATUS}.html", foot, machine(build))
    if text == former:  # it is written last of all
        return False
    for page in site.rglob("*.html"):
        name = page.relative_to(site).as_posix()
        if page != status and not name.startswith("_"):
            old = page.read_text(encoding="utf-8")
            if (new := signed(old, name, foot)) != old:
                write_whole(page, new)
    write_whole(status, text)
    return True


def signed(page: str, name: str, foot: str, here: str = "") -> str:
    """Return a page with the line at its foot and, in "Status", what belongs to the machine."""
    link = f'<a href="{"../" * name.count("/")}{STATUS}.html">Status</a>: '
    link *= name != f"{STATUS}.html"
    page = FOOT.sub(lambda _: f'<p class="made-from">{link}{foot}</p>', page)
    if not here:
        return page
    whole = f'<div class="made-here">{here}<!-- made-here --></div>'
    return OF_THE_MACHINE.sub(lambda _: whole, page)


def sign_one_page(page: Path, root: Path, build: Path) -> None:
    """Put the commit into the book as one page, without what belongs to this machine."""
    text = signed(page.read_text(encoding="utf-8"), f"{STATUS}.html", foot_line(root, build))
    write_whole(page, of_the_commit(text))


def of_the_commit(page: str) -> str:
    """Return the page "Status" without what belongs to the machine that built it."""
    return OF_THE_MACHINE.sub(f'<div class="made-here"><p>{NOT_KEPT}</p></div>', page)


def foot_line(root: Path, build: Path) -> str:
    """Return the line at the foot of every page: commit, day and versions."""
    versions = (f"{name} {text}" for name, text in computed_with(build).items())
    line = f"la3ni2o7-compendium {__version__}, {checkout(root)}; {', '.join(versions)}"
    return escape(line, quote=False)


def machine(build: Path) -> str:
    """Return what belongs to this machine, as HTML."""
    lines = [
        f"<li><b>Tests</b> (<code>make test</code>): {tests_found(build)}.</li>",
        f"<li><b>Coverage</b> (<code>make coverage</code>): {covered(build)}.</li>",
        f"<li><b>Benchmarks</b> (<code>make bench</code>): {measured(build)}</li>",
    ]
    return f"<ul>{''.join(lines)}</ul>{times_table(build)}"


def tests_found(build: Path) -> str:
    """Return in words what the tests found when all of them were last run."""
    if not (found := summary(build / TESTS, "counts", "options", "checkout", "day")):
        return NOT_RUN
    counts = ", ".join(f"{number:,} {what}" for what, number in found["counts"].items())
    how = f" (options <code>{escape(found['options'])}</code>)" if found["options"] else ""
    return f"{counts}{how}; {origin(found)}"


def covered(build: Path) -> str:
    """Return which share of the lines the tests ran, as coverage says."""
    if not (found := summary(build / COVERAGE, "totals", "meta")):
        return NOT_RUN
    totals = found["totals"]
    share = f"{totals['covered_lines'] / max(totals['num_statements'], 1):.1%}".replace("%", " %")
    return f"{share} of {totals['num_statements']:,} statements; {found['meta']['timestamp'][:10]}"


def measured(build: Path) -> str:
    """Return the budget and the ratios that the benchmarks measured."""
    if not (found := summary(build / BENCHMARKS, "lines", "checkout", "day")):
        return f"{NOT_RUN}."
    lines = "".join(f"<li>{escape(' '.join(line.split()))}</li>" for line in found["lines"])
    return f"{origin(found)}.<ul>{lines}</ul>"


def origin(found: Mapping[str, Any]) -> str:
    """Return of which commit, and on which day, something was found."""
    return escape(f"{found['checkout']}, run on {found['day']}")


def keep(root: Path, file: str, **found: Any) -> None:
    """Keep below _build what a command found, with commit and day; `machine` shows it."""
    target = root / "_build" / file
    target.parent.mkdir(exist_ok=True)
    found |= {"checkout": checkout(root), "day": datetime.now(UTC).date().isoformat()}
    write_whole(target, json.dumps(found, indent=1))


def summary(file: Path, *keys: str) -> dict[str, Any]:
    """Return what a command left behind; empty where it was not run, or the file is damaged."""
    try:
        content = json.loads(read(file) or "{}")
    except ValueError:
        return {}
    return content if isinstance(content, dict) and content.keys() >= set(keys) else {}


def times_table(build: Path) -> str:
    """Return how long each page took when it was last executed, the longest first."""
    seconds: dict[str, float] = summary(build / SECONDS)
    rows = "".join(
        f'<tr><td><a href="{quote(page)}.html">{escape(page)}</a></td>'
        f'<td class="text-right">{time:.1f}</td></tr>'
        for page, time in sorted(seconds.items(), key=lambda row: (-row[1], row[0]))
    )
    return (
        f"<p>{len(seconds)} pages have code. They took {sum(seconds.values()):.0f} s together, "
        "each when it was last executed:</p>"
        '<div class="pst-scrollable-table-container"><table class="table"><thead><tr>'
        '<th class="head">page</th><th class="head text-right">time (s)</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )
