"""A data package of the curves of a plan: a csv file for each set, and its entry."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from analysis.catalogue.datasets import OWN_PACKAGE
from analysis.catalogue.files import Resource
from analysis.catalogue.loading import load_entry
from analysis.catalogue.originals.columns import Column, columns_of
from analysis.catalogue.originals.files import Originals
from analysis.catalogue.originals.plan import Curve, Plan, slug
from analysis.catalogue.package import SCHEMA, read_package, unlike
from analysis.errors import UNSEEN, AnalysisError, DataError, shown
from analysis.pressure.compression import AXES, LENGTHS, PRESSURES, LatticeTable
from analysis.pressure.series import SAMPLE
from analysis.reading.originals.series import Series

NAME = "datapackage.json"
# What a column of errors is called where it is not the column's name and "_error".
_ERRORS = {"intensity": "error"}
_ONE = ("curve", "transition", "pattern")
Members = Sequence[tuple[Curve, Series]]


def write_package(originals: Originals, plan: Plan, folder: Path) -> Path:
    """Write the curves that a plan takes as a data package, or add them to the one in a folder.

    Sets of the same page of the same file are replaced, all others stay. Every set is read as
    chapters read it before anything is put in its place.

    Parameters
    ----------
    originals : Originals
    plan : Plan
        Without open questions.
    folder : Path

    Returns
    -------
    Path
        Of the datapackage.json.

    Raises
    ------
    DataError
        If a set cannot be read, has the name of another one, or would overwrite a file that is
        none of the package's; nothing is written then.
    """
    path = folder / NAME
    content = _content(path)
    old = [one for one in content["resources"] if _is_of(one, plan)]
    kept = [one for one in content["resources"] if not _is_of(one, plan)]
    sets: dict[str, list[tuple[Curve, Series]]] = {}
    for curve in plan.taken:
        sets.setdefault(curve.name, []).append((curve, originals.series[curve.number - 1]))
    free = {str(one.get("path")) for one in old}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix=".import-") as part:
            new = [_write_set(members, originals, plan, Path(part)) for members in sets.values()]
            _refuse_taken(new, kept, folder, free)
            entries = [*kept, *new]
            content |= {"resources": entries, "book": _book(content.get("book", {}), entries)}
            content.setdefault("title", plan.title or f"Curves of {plan.file}")
            (Path(part) / NAME).write_text(_json(content), encoding="utf-8")
            for file in (*(one["path"] for one in new), NAME):  # the entries last
                (Path(part) / file).replace(folder / file)
    except OSError as error:
        raise DataError(f"{folder}: cannot be written ({error.strerror})") from None
    for file in free - {one["path"] for one in entries}:
        with suppress(OSError):
            (folder / file).unlink()
    return path


def sets_of(folder: Path, plan: Plan) -> set[str]:
    """Return the names, in lower case, that a package in a folder has of other files."""
    entries = _content(folder / NAME)["resources"]
    return {str(one.get("name")).lower() for one in entries if not _is_of(one, plan)}


def _content(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {"name": slug(path.resolve().parent.name) or "originals", "resources": []}
    read_package(path)
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8-sig"))
    return content


def _is_of(entry: Any, plan: Plan) -> bool:
    """Tell whether an entry was imported from the page, or the file, of a plan."""
    said = entry.get("digitised") if isinstance(entry, dict) else None
    if not isinstance(said, dict):
        return False
    return (said.get("sha256"), said.get("page")) == (plan.sha256, plan.page)


def _refuse_taken(
    new: Iterable[Mapping[str, Any]], kept: Iterable[Any], folder: Path, free: set[str]
) -> None:
    names = {str(one.get("name")).lower() for one in kept if isinstance(one, dict)}
    for one in new:
        if one["name"].lower() in names:
            raise DataError(
                f"{folder / NAME}: has a data set {shown(one['name'])} of another file; give the "
                "curve another name in the plan"
            )
        if one["path"] not in free and (folder / one["path"]).exists():
            raise DataError(
                f"{folder / one['path']}: is there already and no file of the package; move it, or "
                "give the curve another name in the plan"
            )


# ---------------------------------------------------------------------------- one data set


def _write_set(members: Members, originals: Originals, plan: Plan, folder: Path) -> dict[str, Any]:
    """Write the file of a data set, and return its entry once it has been read from it."""
    columns = columns_of(members)
    entry = _entry(members, columns, originals, plan)
    if problem := unlike(entry, SCHEMA):
        raise DataError(f"{plan.file}: {_numbered(members)}: {problem}")
    path = folder / entry["path"]
    fields, rows = _table(columns)
    entry["schema"] = {"fields": fields}
    heads = f"# {_line(entry['title'])}\n{','.join(one['name'] for one in fields)}\n"
    path.write_text(heads + rows, encoding="utf-8")
    try:
        if entry["kind"] == "lattice":
            _lattice(columns)
        else:
            load_entry(Resource(entry, folder))
    except AnalysisError as error:
        why = str(error).replace(str(path), entry["path"])
        raise DataError(
            f"{plan.file}: {_numbered(members)} cannot be used: {why}; correct the plan, or leave "
            "it out there with take = false"
        ) from None
    return entry


def _numbered(members: Members) -> str:
    return f"curve {', '.join(str(curve.number) for curve, _ in members)}"


def _lattice(columns: Sequence[Column]) -> LatticeTable:
    factors = {**LENGTHS, **PRESSURES}
    values = {one.role: one.values * factors[one.unit] for one in columns}
    if "a" not in values:
        raise DataError(f"the axis a is missing; there are {', '.join(values)}")
    a, b, c = (values.get(axis, values["a"]) for axis in AXES)
    return LatticeTable(values["pressure"], a, b, c)


def _table(columns: Sequence[Column]) -> tuple[list[dict[str, str]], str]:
    """Return the fields of a data set, and its rows with every digit."""
    fields, cells = [], []
    for one in columns:
        unit = {"unit": one.unit} if one.unit else {}
        fields.append({"name": one.role, "type": "number", **unit})
        cells.append(one.values)
    for one in columns:
        if one.error is not None and np.isfinite(one.error).any():
            name = _ERRORS.get(one.role, f"{one.role}_error")
            unit = {"unit": one.unit} if one.unit else {}
            fields.append({"name": name, "type": "number", **unit})
            cells.append(one.error)
    rows = zip(*(column.tolist() for column in cells), strict=True)
    return fields, "".join(",".join(map(repr, row)) + "\n" for row in rows)


def _entry(
    members: Members, columns: Sequence[Column], originals: Originals, plan: Plan
) -> dict[str, Any]:
    """Return what the package says of a data set."""
    curve = members[0][0]
    where = [curve.sample, f"run {curve.run}" if curve.run else ""]
    where += [f"{curve.pressure:g} GPa" if isinstance(curve.pressure, float) else ""]
    places = ", ".join(dict.fromkeys(one.place for one, _ in members))
    remarks = dict.fromkeys(remark for _, series in members for remark in series.remarks)
    titled = ": ".join(filter(None, (", ".join(filter(None, where)), f"{plan.file}, {places}")))
    roles = [one.role for one in columns]
    errors = {one.role for one in columns if one.error is not None and np.isfinite(one.error).all()}
    roles += ["error"] * ("intensity" in errors)
    given = {
        "sample": curve.sample,
        "run": curve.run,
        "pressure": curve.pressure,
        "wavelength": curve.wavelength,
        "phases": list(curve.phases),
        "description": _line("; ".join(remarks)),
        "columns": {one: one for one in roles} if curve.kind != "lattice" else {},
    }
    return {
        "name": curve.name,
        "path": f"{slug(curve.name) or 'curve'}.csv",
        "title": _line(titled)[:500],
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"commentChar": "#"},
        "kind": curve.kind,
        "origin": curve.origin,
        **{key: value for key, value in given.items() if value not in ("", None, [], {})},
        "sources": [_source(plan)],
        "digitised": _digitised(members, columns, originals, plan),
    }


def _digitised(
    members: Members, columns: Sequence[Column], originals: Originals, plan: Plan
) -> dict[str, Any]:
    numbers = [curve.number for curve, _ in members]
    panels = {panel.name for one in numbers if (panel := originals.panel(one)) is not None}
    found = {
        "file": plan.file,
        "sha256": plan.sha256,
        "page": plan.page,
        "figure": plan.figure,
        "panel": panels.pop() if len(panels) == 1 else "",
        "curve": _in_panel(numbers[0], originals) if len(numbers) == 1 else None,
        "drawn": members[0][1].drawn,
        "reading_error": {one.role: one.reading for one in columns if one.reading},
        "step": {one.role: one.step for one in columns if one.step},
    }
    return {key: value for key, value in found.items() if value not in ("", None, {})}


def _in_panel(number: int, originals: Originals) -> int | None:
    """Return which curve of its panel a curve is, from 1."""
    panels = [one.panel for one in originals.drawn[:number]]
    return panels.count(panels[-1]) if panels else None


def _source(plan: Plan) -> dict[str, str]:
    """Return whom to cite.

    Raises
    ------
    DataError
        If `doi` is no DOI, arXiv number or address.
    """
    title = {"title": plan.title or plan.file}
    doi = plan.doi.removeprefix("doi:").strip()
    if not doi:
        return title
    if re.fullmatch(r"10\.\d{4,9}/\S+", doi):
        return {**title, "path": f"https://doi.org/{doi}"}
    if match := re.fullmatch(r"(?i)(?:arxiv:\s*)?(\d{4}\.\d{4,5}(v\d+)?)", doi):
        return {**title, "path": f"https://arxiv.org/abs/{match[1]}"}
    if re.fullmatch(r"https?://\S+", doi):
        return {**title, "path": doi}
    raise DataError(
        f'{plan.file}: doi is {shown(plan.doi)}; allowed: a DOI ("10.1038/s41586-023-06408-7"), an '
        'arXiv number ("arXiv:2312.15727"), or an address'
    )


def _line(text: str) -> str:
    return " ".join(UNSEEN.sub(" ", text).split())


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


# ---------------------------------------------------------------------------- the book


def _book(said: Mapping[str, Any], entries: Sequence[Any]) -> dict[str, Any]:
    """Return the section `book`: what it says already and still holds, and what can be told."""
    usable = [one for one in entries if isinstance(one, dict)]
    names = {one.get("name") for one in usable}
    book = {key: one for key, one in said.items() if key not in _ONE or one in names}
    for key in ("series", "leave_out"):
        if isinstance(book.get(key), list):
            book[key] = [one for one in book[key] if one in names]
    samples = list(dict.fromkeys(one["sample"] for one in usable if one.get("sample")))
    if SAMPLE in samples:
        own = read_package(OWN_PACKAGE).said["book"]
        paper = {(one["kind"], one.get("run")): one["name"] for one in usable
                 if one.get("sample") == SAMPLE}  # fmt: skip
        told = {
            "sample": SAMPLE,
            "transition": paper.get(("resistance", "zero-resistance")),
            "series": "xrd" if ("diffraction", "xrd") in paper else None,
            "regions": own["regions"],
        }
        book = {**{key: one for key, one in told.items() if one}, **book}
    elif len(samples) == 1:
        book.setdefault("sample", samples[0])
    return book
