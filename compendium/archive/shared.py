"""What may be shared, and what stays out of an archive and why.

Three rules. A file that belongs to others, which the data package names by its address, stays
out. So do the points of such a file whose authors state no licence: the table (csv) of a figure
that shows them; the drawing stays, as a drawing in a paper would. All else goes in.
"""

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from compendium.chapters.figure_files import COLUMNS, MIME
from compendium.chapters.terms_of_use import UNSTATED, is_remote, licences, names_of_licences
from compendium.notebooks import WIDGETS, steady_widgets

OF_OTHERS = "belongs to its authors; the data package says where it is and how to get it"
NO_LICENCE = "its authors state no licence: the points of {names} are left out, the drawing is not"
ORIGIN = re.compile(r"^# panel .*; origin: (.+)$", re.MULTILINE)
ADDRESS = re.compile(r" at 0x[0-9a-f]+(?=>)")  # of an object in memory, where Python names it
COSTS = ("seconds", "memory_mb")  # of an executed notebook, see compendium.run
HEADINGS = ("name", "title", "why", "licence", "address")


@dataclass(frozen=True)
class LeftOut:
    """Something that is not in the archive, why, and where it is."""

    name: str
    title: str
    why: str
    licence: str
    address: str


def sets_of_others(package: Mapping[str, Any]) -> list[LeftOut]:
    """Return the data sets of a package whose files are fetched from their authors."""
    return [
        LeftOut(
            resource["name"], resource["title"], OF_OTHERS, licences(resource), resource["path"]
        )
        for resource in package["resources"]
        if is_remote(resource)
    ]


def closed_sets(package: Mapping[str, Any]) -> set[str]:
    """Return the data sets of others for which no licence is stated."""
    return {
        resource["name"]
        for resource in package["resources"]
        if is_remote(resource) and UNSTATED in names_of_licences(resource)
    }


# ---------------------------------------------------------------------------- figures


def origins(table: str) -> str:
    """Return what the data of a figure are, as the head of its table says: synthetic, measured."""
    return " and ".join(sorted(set(ORIGIN.findall(table))))


def closed_figures(build: Path, closed: set[str]) -> dict[str, list[str]]:
    """Return the figures that show points of others without a licence, and of which data sets.

    A figure does not say which data set it shows, its page does, and its table whether it shows
    something measured or digitised; so more may be left out than has to be, and never less.
    """
    names: dict[str, Any] = json.loads(
        (build / "source" / "figures.json").read_text(encoding="utf-8")
    )
    figures = {}
    for place, name in names.items():
        sets = sorted(closed & read_by(build, place.rsplit(" ", 2)[0]))
        table = (build / "html" / "figures" / f"{name}.csv").read_text(encoding="utf-8")
        if sets and re.search("measured|digitised", origins(table)):
            figures[name] = sets
    return figures


def read_by(build: Path, page: str) -> set[str]:
    """Return the data sets that a page read when it was executed."""
    kind, _, name = page.rpartition("sheets/")
    folder = build / "executed" / ("sheets" if kind == "" and page != name else "chapters")
    file = folder / f"{name}.used"
    if not file.exists():
        return set()
    return set(json.loads(file.read_text(encoding="utf-8"))["loaded"])


def table_left_out(sets: list[str]) -> bytes:
    """Return what stands in the place of a figure's table."""
    return (
        f"# Not in this archive: the points of {', '.join(sets)}, whose authors state no licence.\n"
        f"{','.join(COLUMNS)}\n"
    ).encode()


def without_tables(notebook: str, name: str) -> bytes:
    """Return an executed notebook without what another build of the same commit would change.

    Neither with the files of its figures, which lie in `figures`, nor with what it cost: time and
    memory are this machine's. Widgets are numbered; they are named at random when they are made.
    """
    content = json.loads(ADDRESS.sub("", notebook))
    if WIDGETS in content["metadata"].get("widgets", {}):
        content = steady_widgets(nbformat.from_dict(content), name, with_code=True)
    for cost in COSTS:
        content["metadata"].get("compendium", {}).pop(cost, None)
    for cell in content["cells"]:
        for output in cell.get("outputs", ()):
            output.get("data", {}).pop(MIME, None)
    return (json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode()


def dated(results: bytes, date: str) -> bytes:
    """Return results.json or results.csv with the day of the commit for the time of the build."""
    return re.sub(
        rb'(?m)(\A# |^ "date": ")\d{4}-[\d:T+-]+', rb"\g<1>" + date.encode(), results, count=1
    )


def table(rows: list[LeftOut]) -> bytes:
    """Return what is left out as a table (csv)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADINGS)
    writer.writerows([getattr(row, heading) for heading in HEADINGS] for row in rows)
    return text.getvalue().encode()
