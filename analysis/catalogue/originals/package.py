"""A data package of the curves of a plan: a csv file for each set, and its entry."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from analysis.catalogue.book import SCHEMA
from analysis.catalogue.datasets import OWN_PACKAGE
from analysis.catalogue.files import Resource
from analysis.catalogue.loading import load_entry
from analysis.catalogue.originals.columns import Column, columns_of
from analysis.catalogue.originals.files import Originals
from analysis.catalogue.originals.kinds import Curve
from analysis.catalogue.originals.plan import Plan, on_one_line, slug
from analysis.catalogue.package import read_package, unlike
from analysis.catalogue.paths import below
from analysis.errors import DataError, attempt, shown
from analysis.numerics.schema_version import KEY, PACKAGE
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
    old = [entry for entry in content["resources"] if _is_of(entry, plan)]
    entries_kept = [entry for entry in content["resources"] if not _is_of(entry, plan)]
    entries_usable = (
        [resource.content for resource in read_package(path).resources] if path.exists() else []
    )
    sets: dict[str, list[tuple[Curve, Series]]] = {}
    for curve in plan.taken:
        sets.setdefault(curve.name, []).append((curve, originals.series[curve.number - 1]))
    free = {str(entry.get("path")) for entry in old}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix=".import-") as name:
            part = Path(name)
            new = [_write_set(members, originals, plan, part) for members in sets.values()]
            _refuse_taken(new, entries_kept, folder, free)
            entries = [*entries_kept, *new]
            usable = [*(entry for entry in entries_usable if entry in entries_kept), *new]
            content |= {"resources": entries, "book": _book(content.get("book", {}), usable)}
            content.setdefault("title", plan.title or f"Curves of {plan.file}")
            (part / NAME).write_text(_json(content), encoding="utf-8")
            _refuse_unusable(part, list(sets.values()), new, plan.file)
            for file in (*(entry["path"] for entry in new), NAME):  # the entries last
                (part / file).replace(folder / file)
    except OSError as error:
        raise DataError(f"{folder}: cannot be written ({error.strerror})") from None
    for file in free - {entry["path"] for entry in new}:
        with suppress(OSError, DataError):
            below(folder, file).unlink()
    return path


def _refuse_unusable(
    part: Path, sets: Sequence[Members], new: Sequence[Mapping[str, Any]], file: str
) -> None:
    """Refuse a data set that a package cannot have, or that cannot be loaded from it."""
    for members, entry in zip(sets, new, strict=True):
        alone = part / "alone.json"
        alone.write_text(_json({"resources": [entry]}), encoding="utf-8")
        refused = read_package(alone).refusals
        load = _lattice if entry["kind"] == "lattice" else load_entry
        problem = (
            refused[0].reason if refused else attempt(lambda: load(Resource(entry, part)))[1]  # noqa: B023
        )
        if problem is not None:
            numbers = ", ".join(str(curve.number) for curve, _ in members)
            why = problem.removeprefix(f"{alone}: ").replace(f"{part}/", "")
            raise DataError(
                f"{file}: curve {numbers} cannot be used: {why}; correct the plan, or leave it out "
                "there with take = false"
            )
    read_package(part / NAME)  # whether it is too large


def _lattice(entry: Resource) -> LatticeTable:
    roles = {head: role for role, head in entry.content["columns"].items()}
    units = {roles[field["name"]]: str(field.get("unit")) for field in entry.fields}
    if "a" not in units:
        axes_there = ", ".join(axis for axis in units if axis in AXES)
        raise DataError(
            f"the axis a is missing; there is {axes_there}; axes of one crystal make one table if "
            "their curves have one name"
        )
    factors = {**LENGTHS, **PRESSURES}
    rows = np.loadtxt(entry.obtain(), delimiter=",", skiprows=2, ndmin=2)
    values = {
        name: column * factors[unit]
        for (name, unit), column in zip(units.items(), rows.T, strict=True)
    }
    a, b, c = (values.get(axis, values["a"]) for axis in AXES)
    return LatticeTable(values["pressure"], a, b, c)


def sets_of(folder: Path, plan: Plan) -> set[str]:
    """Return the names, in lower case, that a package in a folder has of other files."""
    entries = _content(folder / NAME)["resources"]
    others = (entry for entry in entries if isinstance(entry, dict) and not _is_of(entry, plan))
    return {str(entry.get("name")).lower() for entry in others}


def _content(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {
            KEY: PACKAGE,
            "name": slug(path.resolve().parent.name) or "originals",
            "resources": [],
        }
    package = read_package(path).said
    if problem := unlike({"book": package.get("book", {})}, SCHEMA):
        raise DataError(f"{path}: {problem}; correct it, or name another folder")
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8-sig"))
        _json(content).encode()
    except (ValueError, RecursionError):
        raise DataError(
            f"{path}: cannot be written again: it holds numbers that are not finite or have too "
            "many digits, or half characters; correct it, or name another folder"
        ) from None
    return content


def _is_of(entry: Any, plan: Plan) -> bool:
    """Tell whether an entry was imported from the page, or the file, of a plan."""
    digitised = entry.get("digitised") if isinstance(entry, dict) else None
    if not isinstance(digitised, dict):
        return False
    return (digitised.get("sha256"), digitised.get("page")) == (plan.sha256, plan.page)


def _refuse_taken(
    new: Iterable[Mapping[str, Any]], entries_kept: Iterable[Any], folder: Path, free: set[str]
) -> None:
    names = {str(entry.get("name")).lower() for entry in entries_kept if isinstance(entry, dict)}
    paths = [entry["path"] for entry in new]
    for entry in new:
        if paths.count(entry["path"]) > 1:
            raise DataError(
                f"{folder}: the data set {shown(entry['name'])} and another would both be written "
                f"to {entry['path']}; give the curve another name in the plan"
            )
        if entry["name"].lower() in names:
            raise DataError(
                f"{folder / NAME}: has a data set {shown(entry['name'])} of another file; give the "
                "curve another name in the plan"
            )
        if entry["path"] not in free and (folder / entry["path"]).exists():
            raise DataError(
                f"{folder / entry['path']}: exists already and is not a file of the package; "
                "move it, or give the curve another name in the plan"
            )


# ---------------------------------------------------------------------------- one data set


def _write_set(members: Members, originals: Originals, plan: Plan, folder: Path) -> dict[str, Any]:
    """Write the file of a data set, and return its entry."""
    columns = columns_of(members)
    fields, rows = _table(columns)
    entry = _entry(members, columns, originals, plan)
    roles = entry["columns"] if entry["kind"] != "lattice" else fields
    entry["columns"] = {role: fields[role]["name"] for role in roles}
    entry["schema"] = {"fields": list(fields.values())}
    heads = ",".join(field["name"] for field in fields.values())
    heads = f"# {on_one_line(entry['title'])}\n{heads}\n"
    (folder / entry["path"]).write_text(heads + rows, encoding="utf-8")
    return entry


def _table(columns: Sequence[Column]) -> tuple[dict[str, dict[str, str]], str]:
    """Return the fields of a data set by their roles, and its rows with every digit."""
    named = [(column.role, column.values, column.unit) for column in columns]
    named += [
        (_ERRORS.get(column.role, f"{column.role}_error"), column.error, column.unit)
        for column in columns
        if column.error is not None and np.isfinite(column.error).any()
    ]
    fields = {
        role: {"name": _heading(role, unit), "type": "number", **({"unit": unit} if unit else {})}
        for role, _, unit in named
    }
    rows = zip(*(values.tolist() for _, values, _ in named), strict=True)
    return fields, "".join(",".join(map(repr, row)) + "\n" for row in rows)


def _heading(role: str, unit: str) -> str:
    """Return the heading of a column with its unit, as the readers of this project have it."""
    angle = "Q" if unit.startswith("1/") else "2theta" if unit in ("deg", "rad") else "d"
    name = role.replace("two_theta", angle)
    plain = re.sub(r"[()]", "", unit)
    return f"{name} ({plain})" if plain and not re.search(r'[,;"\[\]{}#]', plain) else name


def _entry(
    members: Members, columns: Sequence[Column], originals: Originals, plan: Plan
) -> dict[str, Any]:
    """Return what the package says of a data set."""
    curve = members[0][0]
    where = [curve.sample, f"run {curve.run}" if curve.run else ""]
    where += [f"{curve.pressure:g} GPa" if isinstance(curve.pressure, float) else ""]
    places = ", ".join(dict.fromkeys(series.place for series, _ in members))
    remarks = dict.fromkeys(remark for _, series in members for remark in series.remarks)
    of_pressure = (
        series.x_error if curve.x == "pressure" else series.y_error for curve, series in members
    )
    if curve.kind == "lattice" and any(error is not None for error in of_pressure):
        remarks["the errors of the pressures are left out: no table of axes has them"] = None
    titled = ": ".join(filter(None, (", ".join(filter(None, where)), f"{plan.file}, {places}")))
    roles = [column.role for column in columns]
    errors = {
        column.role
        for column in columns
        if column.error is not None and np.isfinite(column.error).all()
    }
    roles += ["error"] * ("intensity" in errors)
    given = {
        "sample": curve.sample,
        "run": curve.run,
        "pressure": curve.pressure,
        "wavelength": curve.wavelength,
        "phases": list(curve.phases),
        "description": on_one_line("; ".join(remarks)),
        # A point at 0 K, less its error of reading, is no temperature.
        "skip_bad_rows": True if _below_zero(columns) else None,
        "columns": dict.fromkeys(roles),
    }
    return {
        "name": curve.name,
        "path": f"{slug(curve.name) or 'curve'}.csv",
        "title": on_one_line(titled)[:500],
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


def _below_zero(columns: Sequence[Column]) -> bool:
    return any(
        column.role == "temperature"
        and column.reading > 0
        and column.unit == "K"
        and column.values.min() <= 0
        for column in columns
    )


def _digitised(
    members: Members, columns: Sequence[Column], originals: Originals, plan: Plan
) -> dict[str, Any]:
    numbers = [curve.number for curve, _ in members]
    panels = {panel.name for number in numbers if (panel := originals.panel(number)) is not None}
    properties = {
        "file": plan.file,
        "sha256": plan.sha256,
        "page": plan.page,
        "figure": plan.figure,
        "panel": panels.pop() if len(panels) == 1 else "",
        "curve": _in_panel(numbers[0], originals) if len(numbers) == 1 else None,
        "drawn": members[0][1].drawn,
        "reading_error": {column.role: column.reading for column in columns if column.reading},
        "step": {column.role: column.step for column in columns if column.step},
    }
    return {key: value for key, value in properties.items() if value not in ("", None, {})}


def _in_panel(number: int, originals: Originals) -> int | None:
    """Return which curve of its panel a curve is, from 1."""
    panels = [line.panel for line in originals.drawn[:number]]
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


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


# ---------------------------------------------------------------------------- the book


def _book(section: Mapping[str, Any], usable: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the section `book`: what it says already and still holds, and what can be told."""
    names = {entry.get("name") for entry in usable}
    book = {key: value for key, value in section.items() if key not in _ONE or value in names}
    for key in ("series", "leave_out"):
        if isinstance(book.get(key), list):
            book[key] = [name for name in book[key] if name in names]
    samples = list(dict.fromkeys(entry["sample"] for entry in usable if entry.get("sample")))
    if SAMPLE in samples:
        own = read_package(OWN_PACKAGE).said["book"]
        paper = {(entry["kind"], entry.get("run")): entry["name"] for entry in usable
                 if entry.get("sample") == SAMPLE}  # fmt: skip
        of_paper = {
            "sample": SAMPLE,
            "transition": paper.get(("resistance", "zero-resistance")),
            "series": "xrd" if ("diffraction", "xrd") in paper else None,
            "regions": own["regions"],
        }
        book = {**{key: value for key, value in of_paper.items() if value}, **book}
    elif len(samples) == 1:
        book.setdefault("sample", samples[0])
    return book
