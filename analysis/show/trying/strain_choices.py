"""What a page lets a reader choose of lines: how a table is read, and how they are analysed."""

from collections.abc import Mapping

from analysis.diffraction.crystal.cubic import ALLOWED
from analysis.diffraction.crystal.offsets import OFFSET_CHOICES
from analysis.diffraction.line_list import PURE
from analysis.diffraction.peaks import BREADTHS
from analysis.diffraction.strain.additions import ADDITIONS, RESOLVED
from analysis.diffraction.strain.choices import MODELS
from analysis.diffraction.tubes import TUBES
from analysis.errors import DataError, shown
from analysis.reading.line_table import LABELS, ROLES, WIDTH_UNITS, LineTable
from analysis.reading.table import Table
from analysis.show.trying.choices import Control, number, select, slider

# How a table is read.
READING = (*ROLES, "decimal")
# How lines are analysed, and what is taken if nothing is said; "" is what the table says.
FITTING = {
    "breadth": "",
    "width_unit": "",
    "width_percent": "",
    "wavelength": "",
    "wavelength_unit": "pm",
    "shape": "lorentzian",
    "model": "auto",
    "addition": "auto",
    "shape_factor": "0.9",
    "cell": "",
    "space_group": "P m -3 m",
    "offset": "auto",
    "leave_out": "",
}
# What turns a wavelength into pm.
WAVELENGTH_UNITS = {"pm": 1.0, "angstrom": 100.0, "nm": 1000.0}
# By name, in pm.
KNOWN_WAVELENGTHS = {
    **{f"{tube.anode} K-alpha 1": tube.first for tube in TUBES},
    **{f"{tube.anode} K-alpha mean": tube.mean for tube in TUBES},
}
_AS_READ = "as read"
_BREADTHS = {"integral": "integral breadth, area over height", "fwhm": "FWHM"}
_UNITS = {"deg": "degrees in 2 theta", "mrad": "mrad in 2 theta", "rad": "rad in 2 theta"}
_MODELS = {
    "auto": "eq. 7 if a size shows, else eq. 8",
    "full": "eq. 7, size and strain",
    "reduced": "eq. 8, strain alone",
}
_LATTICES = {
    "P m -3 m": "primitive, or any cubic lattice",
    "I m -3 m": "body-centred",
    "F m -3 m": "face-centred",
    "F d -3 m": "as diamond",
}


def wavelength_of(chosen: Mapping[str, str], table: LineTable) -> float:
    """Return the wavelength in pm: a number, a tube's by name, or what the table states.

    Raises
    ------
    DataError
        If there is none, or it is no number.
    """
    text = chosen["wavelength"]
    if not text:
        if table.wavelength is None:
            raise DataError(
                f"{table.file}: the wavelength is not known and is never guessed; give it (Cu "
                "K-alpha 1 is 154.059 pm)"
            )
        return table.wavelength
    if text in KNOWN_WAVELENGTHS:
        return KNOWN_WAVELENGTHS[text]
    unit = chosen["wavelength_unit"]
    if unit not in WAVELENGTH_UNITS:
        allowed = ", ".join(WAVELENGTH_UNITS)
        raise DataError(f"the wavelength is in one of {allowed}; got {shown(unit)}")
    # Ten digits, so that 1.54059 angstrom is 154.059 pm.
    return float(f"{number('wavelength', text) * WAVELENGTH_UNITS[unit]:.10g}")


def rows_of(text: str) -> list[int]:
    """Return the rows that a choice names: "3,7".

    Raises
    ------
    DataError
        If one is no whole number.
    """
    rows = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        if not (part.isascii() and part.isdigit()):
            raise DataError(f"rows to leave out are whole numbers with commas, got {shown(text)}")
        rows.append(int(part))
    return rows


def reading_controls(
    table: Table, roles: Mapping[str, int], chosen: Mapping[str, str]
) -> list[Control]:
    """Return the controls of how a table is read; `roles` has the column that each role took."""
    columns = [(str(column.number), str(column)) for column in table.filled]
    controls = []
    for role in ROLES:
        words = [text for at, text in columns if at == str(roles.get(role))] or ["none"]
        options = [("", f"{_AS_READ}: {words[0]}"), ("none", "none"), *columns]
        if role in ("two_theta", "width"):
            options = [options[0], *columns]
        controls.append(select(role, f"column of {LABELS[role]}", chosen.get(role, ""), options))
    marks = [("", _AS_READ), (".", "point"), (",", "comma")]
    controls.append(select("decimal", "decimal mark", chosen.get("decimal", ""), marks))
    return controls


def fitting_controls(chosen: Mapping[str, str], table: LineTable) -> list[Control]:
    """Return the controls of how the lines of a table are analysed.

    One without options or ends takes a text or a number; "unknown" says that it has to be given.
    """
    breadth, unit = table.breadth or "fwhm", table.unit or "deg"
    says = {True: "the heading says", False: "not stated"}
    breadths = [
        ("", f"{says[table.breadth is not None]}: {_BREADTHS[breadth]}"),
        *((name, _BREADTHS[name]) for name in BREADTHS),
    ]
    units = [
        ("", f"{says[table.unit is not None]}: {_UNITS[unit]}"),
        *((name, _UNITS[name]) for name in WIDTH_UNITS),
    ]
    ways = [(way.name, way.about) for way in ADDITIONS if way != RESOLVED]
    controls = [
        select("breadth", "kind of the widths", chosen["breadth"], breadths),
        select("width_unit", "unit of the widths", chosen["width_unit"], units),
    ]
    if "width_error" not in table.values:
        label = "error of each width, percent of it"
        controls.append(_text("width_percent", label, chosen["width_percent"], known=False))
    stated = "" if table.wavelength is None else f"{table.wavelength:g} pm, as the file states"
    waves = [
        ("", stated or "give it"),
        *((name, f"{name}, {value:.6g} pm") for name, value in KNOWN_WAVELENGTHS.items()),
    ]
    controls += [
        {
            **_text("wavelength", "wavelength", chosen["wavelength"], known=bool(stated)),
            "suggestions": [list(wave) for wave in waves],
        },
        select(
            "wavelength_unit",
            "unit of the wavelength",
            chosen["wavelength_unit"],
            [(name, name) for name in WAVELENGTH_UNITS],
        ),
        select("shape", "shape of the lines", chosen["shape"], [(o.name, o.name) for o in PURE]),
        select("model", "law", chosen["model"], [(name, _MODELS[name]) for name in MODELS]),
        select("addition", "breadths of size and strain add", chosen["addition"], ways),
        slider("shape_factor", "Scherrer's constant K", chosen["shape_factor"], (0.6, 1.3), 0.01),
        _text("cell", "approximate lattice constant of a cubic crystal, angstrom", chosen["cell"]),
        select(
            "space_group",
            "cubic lattice",
            chosen["space_group"],
            [(name, f"{name}: {_LATTICES[name]}") for name in ALLOWED],
        ),
        select("offset", "offset of 2 theta", chosen["offset"], [(o, o) for o in OFFSET_CHOICES]),
        _text("leave_out", "rows to leave out, with commas", chosen["leave_out"]),
    ]
    return controls


def _text(name: str, label: str, value: str, *, known: bool = True) -> Control:
    return {"name": name, "label": label, "value": value, "unknown": not (known or value)}
