"""How a figure was made: the data and their digests, the cell, the versions.

The same lines stand in a file of their own, to which the link "how" below a figure leads, in the
drawing (svg, as metadata) and at the head of its table (csv, as comments, which the package's own
readers skip). Nothing in them is a time: the same build gives the same lines.
"""

import json
from collections.abc import Iterator, Mapping
from html import escape
from pathlib import Path
from typing import Any

RESULTS = "results.json"


def add_how(
    figures: Mapping[str, dict[str, str]],
    plan: Mapping[str, Any],
    executed: Path,
    versions: Mapping[str, str],
) -> None:
    """Add to the files of each figure how it was made, as a text and within the others.

    Parameters
    ----------
    figures : mapping
        For each figure its svg and csv, and its place: page, cell and picture, from 0.
    plan : mapping
        What the build was planned with: what each page needs.
    executed : Path
        The folder of the executed notebooks, which hold the sha256 of the data that they read.
    versions : mapping of str to str
        Of Python and the packages that computed the numbers.
    """
    said: dict[str, list[str]] = {}  # of each page, which may have many figures
    for name, files in figures.items():
        page, cell, picture = files["place"].rsplit(" ", 2)
        if page not in said:
            said[page] = list(data_lines(page, plan, executed))
        made_by = f"picture {int(picture) + 1} of cell {int(cell) + 1} (texts counted, too)"
        lines = [
            f"figure: {name}",
            f"page: {page}, {made_by}",
            *said[page],
            "versions: "
            + ", ".join(f"{package} {version}" for package, version in versions.items()),
        ]
        files["txt"] = "".join(f"{line}\n" for line in lines)
        files["svg"] = with_metadata(files["svg"], lines)
        files["csv"] = with_comments(files["csv"], lines)


def data_lines(page: str, plan: Mapping[str, Any], executed: Path) -> Iterator[str]:
    """Yield a line for each data set and each table of results that a page read."""
    folder = executed if page.startswith("sheets/") else executed / "chapters"
    notebook = json.loads((folder / f"{page}.ipynb").read_text(encoding="utf-8"))
    for name, sha256 in sorted(notebook["metadata"]["compendium"]["read"].items()):
        yield f"data read by the page: {name}, sha256 {sha256}"
    for need in plan["chapters"].get(page, ()):
        if need.startswith("executed/") or need == RESULTS:
            yield f"results read by the page: {need}"


def with_metadata(svg: str, lines: list[str]) -> str:
    """Return a drawing with the lines as metadata, which nobody sees in it."""
    head, root, rest = svg.partition("<svg")
    attributes, end, drawn = rest.partition(">")
    if attributes.endswith("/"):  # nothing is drawn
        return svg
    text = escape("\n".join(lines), quote=False)
    return f'{head}{root}{attributes}{end}\n <metadata id="how">\n{text}\n </metadata>{drawn}'


def with_comments(csv: str, lines: list[str]) -> str:
    """Return a table with the lines as comments, between those that it has and its header."""
    old = csv.splitlines(keepends=True)
    number = next((i for i, line in enumerate(old) if not line.startswith("#")), len(old))
    return "".join([*old[:number], *(f"# {line}\n" for line in lines), *old[number:]])
