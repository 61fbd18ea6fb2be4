"""What ``--json`` gives, said once: the tables here make the objects, the schema and the csv.

A key that no table knows is not printed; what is printed has its description here.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import isfinite
from typing import Any, NamedTuple

import click

Schema = dict[str, Any]
# `fastjsonschema` and most validators know this draft.
DRAFT = "http://json-schema.org/draft-07/schema#"
# The columns of a number in a csv file.
_PARTS = ("", " error", " low 95 %", " high 95 %")


class Field(NamedTuple):
    """A key of an object.

    Attributes
    ----------
    name : str
    schema : mapping
        What stands there.
    always : bool
        Whether it is always there.
    unit : str
        R stands for that of the resistances.
    in_csv : bool
    inner : sequence of Field
        Those of an object that have columns of their own.
    """

    name: str
    schema: Schema
    always: bool = True
    unit: str = ""
    in_csv: bool = True
    inner: "Sequence[Field]" = ()

    @property
    def sometimes(self) -> "Field":
        """The same where it may be missing."""
        return self._replace(always=False)


# An end of an interval, and one that may be open.
_END: Schema = {"type": "number"}
_OPEN: Schema = {"type": ["number", "null"]}
Table = Callable[[], list[Field]]


def _object(fields: list[Field], about: str = "", *, missing: bool = False) -> Schema:
    """Return the schema of an object that has these fields and no others."""
    return {
        **({"description": about} if about else {}),
        "type": ["object", "null"] if missing else "object",
        "properties": {field.name: field.schema for field in fields},
        "required": [field.name for field in fields if field.always],
        "additionalProperties": False,
    }


def _any(name: str, kind: str | list[str], about: str, unit: str = "", **more: Any) -> Field:
    about += f", in {unit}" * bool(unit)
    return Field(name, {"description": about, "type": kind, **more}, unit=unit)


_text = partial(_any, kind="string")
_text_or_none = partial(_any, kind=["string", "null"])
_real = partial(_any, kind="number")
_real_or_none = partial(_any, kind=["number", "null"])
_count = partial(_any, kind="integer")
_yes = partial(_any, kind="boolean")


def _words(name: str, about: str) -> Field:
    return _any(name, "array", about, items={"type": "string"})


def _pair(
    name: str, about: str, unit: str = "", end: Schema = _END, *, null: bool = False
) -> Field:
    kind: str | list[str] = ["array", "null"] if null else "array"
    return _any(name, kind, about, unit, items=end, minItems=2, maxItems=2)


def _unit(unit: str) -> Field:
    """Return the field of a unit; with R in it, it goes with that of the file."""
    if "R" in unit:
        return _text("unit", about=f"{unit}, where R is resistance_unit")
    return _text("unit", about="always this one", const=unit)


def _number(name: str, about: str, unit: str, *more: Field) -> Field:
    """Return the field of a number with its error, as `analysis.numerics.summary` states it."""
    fields = [
        _real_or_none("value", about="null: none is quoted, a warning says why"),
        _real_or_none("stderr", about="standard error; null: not known, or see the interval"),
        _unit(unit),
        _pair("interval", "95 %, where the error says another", end=_OPEN, null=True).sometimes,
        _real_or_none("systematic", about="part of the error that no scatter shows").sometimes,
        *more,
    ]
    return Field(name, _object(fields, about), unit=unit)


def _span(name: str, about: str, unit: str) -> Field:
    ends = [_real("min", about="smallest"), _real("max", about="largest"), _unit(unit)]
    return Field(name, _object(ends, about), unit=unit)


def _plain(name: str, about: str, unit: str) -> Field:
    value = _real_or_none("value", about="null: not known")
    return Field(name, _object([value, _unit(unit)], about), unit=unit)


# ------------------------------------------------------------------------------- their parts

_FILE = _text("file", about="FILE or DATASET as it was given")
_STATUS = _text(
    "status", about="look at it: there are warnings", enum=["result", "look at it", "no result"]
)
_SAID = [
    _words("warnings", "what casts doubt on the numbers"),
    _words("remarks", "what the numbers rest on"),
    _words("notes", "what was noticed while reading"),
]
_DATA = [
    _text("name", about="what the data are called"),
    _text_or_none("origin", about="measured, digitised, ...; null: a file of one's own"),
    _real_or_none("pressure", about="of the sample", unit="GPa"),
]
_POINTS = [
    _count("n_points", about="points used"),
    _pair("window", "first and last temperature used", "K"),
]
_UNIT = _text("resistance_unit", about="of R, and of what is measured in it")
_FITTED = [
    _text("law", about="of the normal state"),
    _real("r_squared", about="coefficient of determination"),
    _real_or_none("autocorrelation", about="of neighbouring residuals"),
]
_R_SAT = _number("r_sat", "saturation resistance", "R").sometimes


def _parameters() -> list[Field]:
    """Return the parameters of all laws; which of them a file has depends on its law."""
    from analysis.transport.laws import LAWS  # noqa: PLC0415 - numpy is slow to import

    named = {one.name: one for law in LAWS for one in law.parameters}
    return [_number(name, one.title, one.unit).sometimes for name, one in named.items()]


def _firsts(template: str, field: Callable[[str, str, str], Field], about: str) -> list[Field]:
    """Return a field about the first parameter of each law, whose name is in its own."""
    from analysis.transport.laws import LAWS  # noqa: PLC0415 - numpy is slow to import

    firsts = {law.first.name: law.first for law in LAWS}
    fields = [field(template.format(name), about, one.unit) for name, one in firsts.items()]
    return [field._replace(always=False, in_csv=False) for field in fields]


def _lag() -> Field:
    lag = [
        _span("rate", "how fast the temperature was swept", "K/min"),
        _number("tau", "delay of the sample behind the thermometer", "s"),
        *_firsts("{}_moves_by", _plain, "what the delay would change"),
        _real_or_none("gain", about="what the delay gains, in squares of an error"),
        _yes("shows", about="whether the data would like a delay"),
    ]
    about = "a delay between sample and thermometer; where the file has times"
    return Field("lag", _object(lag, about), always=False, in_csv=False)


def resistance() -> list[Field]:
    """Return the fields of ``fit resistance``."""
    bounds = partial(_pair, null=True)
    return [
        *(_FILE, _STATUS, _UNIT),
        *_parameters(),
        _R_SAT,
        _number("r_sat_lower", "lower limit of the saturation resistance, 95 %", "R").sometimes,
        *_firsts("{}_interval_95", bounds, "95 % interval of the law's first parameter"),
        *_FITTED,
        *_POINTS,
        *_DATA,
        _text("window_basis", about="how the window was chosen"),
        _real("exponent", about="n of the law"),
        _text("weighting", about="of the points"),
        _lag(),
        *_SAID,
    ]


def transition() -> list[Field]:
    """Return the fields of ``fit transition``."""
    return [
        *(_FILE, _STATUS, _UNIT),
        _number("tc", "temperature where R falls to the criterion", "K"),
        _number("lambda", "electron-phonon coupling constant", ""),
        _number("tc_onset", "temperature where the drop begins", "K"),
        *(one for one in _parameters() if one.name != "theta_d"),
        _number("theta_d", "Debye temperature of the normal state", "K"),
        _number("f", "exponent of eq. 5", "").sometimes,
        _number("floor", "part of R that remains below the transition", "").sometimes,
        _number("r_onset", "resistance just above the transition", "R"),
        _R_SAT,
        _real("criterion", about="part of the resistance at the onset"),
        _real("mu_star", about="Coulomb pseudopotential"),
        _text("formula", about="by which lambda follows from T_c and Theta_D"),
        _text("normal_state", about="what is taken for it, in words"),
        *(one.sometimes for one in _FITTED),
        *_POINTS,
        *_DATA,
        *_SAID,
    ]


def _lattice() -> Field:
    kind = _text("kind", about="none, zero shift, or sample off the axis")
    cell = [
        *(_number(one, f"axis {one}", "angstrom").sometimes for one in "abc"),
        *(_number(one, "angle", "degree").sometimes for one in ("alpha", "beta", "gamma")),
        _number("volume", "of the cell", "angstrom^3"),
        _number("offset", "of the angles", "degree", kind),
    ]
    about = "the cell, what symmetry leaves free of it; null: none was fitted"
    return Field("lattice", _object(cell, about, missing=True), inner=cell)


def strain() -> list[Field]:
    """Return the fields of ``fit strain``."""
    line = [
        _text("line", about="its indices, or its angle"),
        _real("two_theta", about="its angle", unit="degree"),
        _real("strain", about="from its breadth"),
        _real("stderr", about="of this"),
    ]
    each = {"type": "array", "items": _object(line), "description": "the lines used"}
    return [
        *(_FILE, _STATUS),
        _number("strain", "microstrain", "1"),
        _number("strain_upper", "upper limit of the strain, 95 %", "1"),
        _number("size", "of the crystallites", "nm"),
        _number("size_lower", "lower limit of the size, 95 %", "nm"),
        _number("strain_by_eq_8", "strain if no size broadens the lines", "1"),
        _number("strain_by_eq_7", "strain beside a size", "1"),
        _pair("strain_interval_95", "95 %", end=_OPEN)._replace(in_csv=False),
        _real_or_none("strain_at_size_limit", about="strain at the lower limit of the size"),
        _real_or_none("correlation", about="of strain and size"),
        _text("model", about="full (eq. 7) or reduced (eq. 8)"),
        _text("reason", about="why this model"),
        _text("breadth", about="integral or fwhm"),
        _real("shape_factor", about="Scherrer's constant"),
        _text("addition", about="how parts of a breadth add"),
        _text_or_none("instrument", about="the standard; null: not corrected"),
        _real_or_none("r_squared", about="coefficient of determination"),
        _real_or_none("chi_square_reduced", about="of the breadths"),
        _yes("errors_widened", about="by the scatter of the lines"),
        _count("n_points", about="lines used"),
        Field("lines", each, in_csv=False),
        _text_or_none("phase", about="the crystal; null: none is named"),
        *_DATA,
        _real("wavelength", about="of the X-rays", unit="pm"),
        _lattice(),
        *_SAID,
    ]


def _checked(kind: str, roles: tuple[str, ...]) -> list[Field]:
    column = [
        _count("number", about="from 1"),
        _text_or_none("heading", about="null: none"),
        _text_or_none("unit", about="as the file has it"),
    ]
    columns = [Field(role, _object(column)).sometimes for role in roles]
    return [
        _FILE,
        _text("kind", about="what it holds", const=kind),
        _text("layout", about="as what it was read"),
        Field("columns", _object(columns, "those that are used, by role")),
        _count("n_points", about="rows with data"),
        _words("notes", "what was noticed while reading"),
        _words("warnings", "what to watch"),
        _words("watch", "the same, as it was called first"),
    ]


def checked_curve() -> list[Field]:
    """Return the fields of ``check`` for R(T)."""
    from analysis.reading.columns import ROLES  # noqa: PLC0415 - slow to import

    return [
        *_checked("resistance", ROLES),
        _span("temperature", "range", "K"),
        _span("resistance", "range", "R"),
        _span("sweep_rate", "how fast the temperature was swept", "K/min").sometimes,
        _lag(),
    ]


def checked_pattern() -> list[Field]:
    """Return the fields of ``check`` for a pattern."""
    from analysis.reading.pattern_columns import ROLES  # noqa: PLC0415 - slow to import

    basis = _text_or_none("basis", about="file or given; null: not known")
    length = [*_plain("", "", "pm").schema["properties"].items()]
    first = [*(Field(name, one) for name, one in length), basis]
    return [
        *_checked("diffraction", ROLES),
        _span("two_theta", "range", "deg"),
        _span("intensity", "range", "counts"),
        _plain("step", "distance of the points", "deg"),
        Field("wavelength", _object(first, "K-alpha 1 of a doublet")),
        _plain("wavelength_2", "K-alpha 2", "pm"),
        _yes("errors", about="whether the file holds standard errors"),
    ]


TABLES: dict[str, Table] = {
    "resistance": resistance,
    "transition": transition,
    "strain": strain,
    "check resistance": checked_curve,
    "check diffraction": checked_pattern,
}


def refused() -> list[Field]:
    """Return the fields of one of many files that gave none of the objects."""
    status = _text("status", about="whether it could be read", enum=["no result", "refused"])
    return [_FILE, status, _text("error", about="why")]


def record(table: Table, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return those entries that a table knows, in its order."""
    return {field.name: content[field.name] for field in table() if field.name in content}


def schema_of(command: str) -> Schema:
    """Return the JSON Schema of what a command prints with ``--json``."""
    tables = [table for name, table in TABLES.items() if name.split()[0] == command]
    if command != "check":
        tables.append(refused)
    title = f"python -m analysis {'' if command == 'check' else 'fit '}{command} --json"
    return {"$schema": DRAFT, "title": title, "anyOf": [_object(table()) for table in tables]}


# ------------------------------------------------------------------------------- as a table


def headings(table: Table) -> list[str]:
    """Return the headings of a table's columns in a csv file: "theta_d error (K)"."""
    return [heading for field in table() for heading in _cells(field, None)]


def cells(table: Table, content: Mapping[str, Any]) -> list[Any]:
    """Return an object's cells under these headings."""
    return [cell for one in table() for cell in _cells(one, content.get(one.name)).values()]


def _cells(field: Field, value: Any, inside: str = "") -> dict[str, Any]:
    """Return the cells of an entry by their headings."""
    from analysis.numerics.summary import interval_of  # noqa: PLC0415 - slow to import

    name, unit = inside + field.name, f" ({field.unit})" * bool(field.unit)
    parts = field.schema.get("properties", {})
    if not field.in_csv:
        return {}
    if field.inner:
        each = (_cells(one, (value or {}).get(one.name), f"{name} ") for one in field.inner)
        return {heading: cell for cells_ in each for heading, cell in cells_.items()}
    if "stderr" in parts:
        stated = value or {"value": None, "stderr": None}
        ends = (end if isfinite(end) else None for end in interval_of(stated))
        row = zip(_PARTS, (stated["value"], stated["stderr"], *ends), strict=True)
        return {f"{name}{part}{unit}": cell for part, cell in row}
    if "minItems" in field.schema:
        return dict(
            zip((f"{name} low{unit}", f"{name} high{unit}"), value or (None, None), strict=True)
        )
    if field.schema["type"] == "array":
        return {name: " | ".join(value or ())}
    return {f"{name}{unit}": value}


@click.command("schema")
@click.argument(
    "command", type=click.Choice(list(dict.fromkeys(name.split()[0] for name in TABLES)))
)
def schema(*, command: str) -> None:
    r"""Print the JSON Schema of what a command gives with --json.

    A line for each of many files (JSON Lines) is one such object.

    \b
    Example:
      python -m analysis schema strain > strain.schema.json
    """
    click.echo(json.dumps(schema_of(command), indent=2, ensure_ascii=False))
