"""What the front page shows of a user's own data package: every number of its sheets."""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.numerics.summary import Form, form_of, interval_of
from analysis.numerics.uncertainty import halves
from analysis.pressure.results import Results, SheetResult
from analysis.show.foreign import Marked, WithSymbols, chemical, in_figure, plain_text
from analysis.show.plots import arrow, grid, mark_origin
from analysis.show.report import Note, Table, run_label, stated
from analysis.show.runs import Look, Run, run_looks, run_of
from compendium.chapters.roles import Roles


class Number(NamedTuple):
    """How a number of the sheets is called: a symbol, its unit if another, and the factor to it."""

    symbol: str
    unit: str | None = None
    factor: float = 1.0


# By kind of the sheet and name of the number; all but the last of each row have a panel.
SHOWN = {
    ("resistance", "theta_d"): Number("Θ_D"),
    ("resistance", "tc"): Number("T_c at 5 %"),
    ("resistance", "lambda"): Number("λ", ""),
    ("diffraction", "strain"): Number("10³ ε", "", 1000),
    ("diffraction", "size"): Number("size"),
    ("diffraction", "a"): Number("a", "Å"),
    ("diffraction", "b"): Number("b", "Å"),
    ("diffraction", "c"): Number("c", "Å"),
}
_BESIDE = {
    ("resistance", "tc_onset"): Number("T_c,onset"),
    ("resistance", "f"): Number("F, the sharpness of the transition"),
    ("resistance", "r_onset"): Number("R at the onset"),
    ("resistance", "r0"): Number("R₀"),
    ("resistance", "a"): Number("A"),
    ("resistance", "g_sat"): Number("1/R_sat"),
    ("resistance", "r_sat"): Number("R_sat"),
    ("resistance", "r_sat_lower"): Number("R_sat, lower limit"),
    ("diffraction", "strain_by_eq_7"): Number("10³ ε by eq. 7", "", 1000),
    ("diffraction", "strain_by_eq_8"): Number("10³ ε by eq. 8", "", 1000),
    ("diffraction", "strain_upper"): Number("10³ ε, upper limit", "", 1000),
    ("diffraction", "size_lower"): Number("size, lower limit"),
    ("diffraction", "volume"): Number("volume of the cell", "Å³"),
}


def own_sheets(results: Results, roles: Roles) -> list[SheetResult]:
    """Return the sheets of the package's own data sets that gave results, in its order."""
    by_name = {sheet.name: sheet for sheet in results.select()}
    return [by_name[dataset.name] for dataset in roles.own if dataset.name in by_name]


def result_table(sheets: Sequence[SheetResult]) -> Table | Note:
    """Return a row for each data set: what it is, and its results."""
    rows = []
    for sheet in sheets:
        numbers = [f"{SHOWN[key].symbol} {text}" for key, text in _numbers(sheet) if key in SHOWN]
        link = Marked(f"[{plain_text(sheet.name)}]({sheet.page.removesuffix('.html')}.ipynb)")
        rows.append((link, called(sheet), WithSymbols("; ".join(numbers) or "no number to quote")))
    if not rows:
        return Note(
            "No results:",
            ["no sheet of this package gave a number; their pages say why."],
        )
    return Table(("data set", "what it is", "result"), rows, words=3)


def other_numbers(sheets: Sequence[SheetResult]) -> Table | Note:
    """Return every other number of the sheets, one in a row."""
    rows = [
        (sheet.name, WithSymbols(_BESIDE.get(key, Number(key[1])).symbol), text)
        for sheet in sheets
        for key, text in _numbers(sheet)
        if key not in SHOWN
    ]
    if not rows:
        return Note("No other numbers:", ["the table above has all of them."])
    return Table(("data set", "number", "value"), rows, words=3)


def called(sheet: SheetResult) -> str:
    """Return "CeO₂, run 2, 5 GPa, measured"."""
    pressure = "" if sheet.pressure is None else f"{sheet.pressure:g} GPa"
    sample = chemical(sheet.sample or "")
    parts = (sample, sheet.run and f"run {sheet.run}", pressure, sheet.kind, sheet.origin)
    return ", ".join(filter(None, parts))


def _numbers(sheet: SheetResult) -> Iterator[tuple[tuple[str, str], str]]:
    """Yield the numbers of a sheet that say something, the important ones first."""
    known = {**SHOWN, **_BESIDE}
    order = list(known)
    keys = [(sheet.kind, name) for name in sheet.numbers]
    for key in sorted(keys, key=lambda key: order.index(key) if key in known else len(order)):
        number, said = sheet.numbers[key[1]], known.get(key, Number(key[1]))
        if form_of(number) is not Form.NONE:
            unit = number["unit"] if said.unit is None else said.unit
            yield key, stated(number, unit, factor=said.factor)


# ---------------------------------------------------------------------------- the figure


def result_panels(sheets: Sequence[SheetResult]) -> Figure | None:
    """Return a panel for each important number that the package has; None if it has none.

    Against pressure where all values of a number have one, else side by side.
    """
    panels = {
        (kind, name): members
        for kind, name in SHOWN
        if (members := [sheet for sheet in sheets if sheet.kind == kind and _drawn(sheet, name)])
    }
    if not panels:
        return None
    fig, axes = grid(len(panels), min(3, len(panels)), (3.1, 2.9))
    looks = run_looks(sheets)
    for (key, members), ax in zip(panels.items(), axes, strict=False):
        _panel(ax, SHOWN[key], key[1], members, looks)
    if len(looks) > 1:
        for ax in axes[: len(panels)]:
            ax.legend()
    return fig


def _drawn(sheet: SheetResult, name: str) -> bool:
    number = sheet.numbers.get(name)
    return number is not None and form_of(number) is not Form.NONE


def _panel(
    ax: Axes, said: Number, name: str, sheets: Sequence[SheetResult], looks: Mapping[Run, Look]
) -> None:
    against = [sheet.pressure for sheet in sheets]
    under_pressure = all(pressure is not None for pressure in against)
    places = [pressure or 0.0 for pressure in against] if under_pressure else range(len(sheets))
    named: set[Run] = set()
    for place, sheet in zip(places, sheets, strict=True):
        run = run_of(sheet)
        new = run not in named and (sheet.run or sheet.sample) is not None
        label = in_figure(_run_name(sheet)) if new else f"_{sheet.name}"
        half = halves([sheet.pressure_error]) if under_pressure else None
        _point(ax, (place, half), sheet.numbers[name], said.factor, looks[run], label)
        named.add(run)
    unit = sheets[0].numbers[name]["unit"] if said.unit is None else said.unit
    ax.set_ylabel(in_figure(f"{said.symbol} ({unit})" if unit else said.symbol))
    ax.ticklabel_format(useOffset=False)
    if len(sheets) == 1:  # no other tells what is much
        ax.set_ylim(*sorted((0.0, 1.25 * ax.dataLim.y1)))
    if under_pressure:
        ax.set(xlabel="$P$ (GPa)", xlim=(0, 1.1 * max(places) or 1))
    else:
        names = [in_figure(sheet.name) for sheet in sheets]
        ax.set_xticks(list(places), names, rotation=30, ha="right")
        ax.set_xlim(-0.7, len(sheets) - 0.3)
    mark_origin(ax, *sheets)


def _run_name(sheet: SheetResult) -> str:
    return ", ".join(
        filter(None, (chemical(sheet.sample or ""), sheet.run and run_label(sheet.run)))
    )


def _point(
    ax: Axes,
    place: Sequence[Any],
    number: Mapping[str, Any],
    factor: float,
    own: Look,
    label: str,
) -> None:
    """Draw a value with its 95 % intervals, of x if known; an arrow where one end of it is open."""
    x, half = place
    low, high = (factor * end for end in interval_of(number))
    value = number["value"]
    ends = [end for end in (low, high) if isfinite(end)]
    y = factor * value if value is not None else sum(ends) / len(ends)
    bars = [[max(0.0, side) if isfinite(side) else 0.0] for side in (y - low, high - y)]
    face = "white" if value is None else own.colour
    style: dict[str, Any] = {"fmt": own.marker, "color": own.colour, "mfc": face, "label": label}
    ax.errorbar([x], [y], bars, half, ms=5, capsize=2, **style)
    if len(ends) == 1:
        arrow(ax, x, y, up=not isfinite(high), colour=own.colour)
