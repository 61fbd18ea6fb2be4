"""Tables and notes of the pages on diffraction."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from uncertainties import UFloat, ufloat

from analysis.diffraction.crystal.cell import label_of
from analysis.diffraction.crystal.lattice import LatticeFit
from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.pattern_analysis import CrystalChoice
from analysis.diffraction.peaks import ListedPattern, PeakTable
from analysis.diffraction.strain.additions import ADDITIONS
from analysis.diffraction.strain.williamson_hall import WilliamsonHall
from analysis.pressure.compression import LatticeTable
from analysis.show.foreign import Marked, WithSymbols
from analysis.show.report import Note, Table, quantity, unbroken

# The strain is written in thousandths.
THOUSANDTHS = Marked(r"$10^3 \epsilon$")
SIZE = Marked("$D$")
PRESSURE = Marked("$P$ (GPa)")
AT_LIMIT = Marked(f"{THOUSANDTHS} if {SIZE} were at its limit")


def line_names(peaks: PeakTable) -> list[str]:
    """Return the indices of each line, or its angle where it has none."""
    indices = peaks.hkl or (None,) * len(peaks)
    return [
        f"{angle:.2f}°" if hkl is None else label_of(hkl)
        for hkl, angle in zip(indices, peaks.two_theta.tolist(), strict=True)
    ]


def pattern_table(pattern: DiffractionPattern) -> Table:
    """Return name, origin, number of points and wavelength (pm) of a pattern, and its notes."""
    rows = [
        ("pattern", pattern.name),
        ("origin", pattern.origin or "unknown"),
        ("points", str(len(pattern))),
        ("wavelength", unbroken(f"{pattern.wavelength:g} pm")),
        *(("note", note) for note in pattern.notes),
    ]
    return Table(("quantity", "value"), rows, words=2)


def crystal_note(choice: CrystalChoice) -> Note:
    """Return which crystal the lines of a pattern are taken for, with the doubts about it."""
    return Note("Crystal:", [WithSymbols(one) for one in (choice.words, *choice.warnings)])


def line_table(peaks: PeakTable) -> Table:
    """Return each line's angle, both breadths with errors, in degrees, and its flags."""
    angle = Marked(r"$2\theta$ (deg)")
    header = ("line", angle, "FWHM (deg)", "integral breadth (deg)", "remarks")
    columns = zip(
        line_names(peaks),
        _with_errors(peaks.two_theta, peaks.two_theta_error),
        _with_errors(peaks.fwhm, peaks.fwhm_error),
        _with_errors(peaks.integral_breadth, peaks.integral_breadth_error),
        (", ".join(sorted(flags)) or "none" for flags in peaks.flags),
        strict=True,
    )
    return Table(header, list(columns))


def _with_errors(values: Iterable[float], errors: Iterable[float]) -> list[str]:
    return [_short(value, error) for value, error in zip(values, errors, strict=True)]


def _short(value: float, error: float) -> str:
    """Return "9.738(4)", narrower than with ±; the number alone where no error is known."""
    if not (np.isfinite(error) and error > 0):
        return f"{value:.4g}"
    number = ufloat(value, error)
    leading = int(f"{error:e}"[0])
    return f"{number:.1uS}" if leading >= 3 else f"{number:.2uS}"


def strain(value: UFloat) -> str:
    """Return a strain with its error in thousandths, "7.90 ± 0.08"."""
    return quantity(1000 * value)


def strain_of(wh: WilliamsonHall) -> str:
    """Return the strain to quote in thousandths, or "< 0.5" where there is only a limit."""
    if wh.quoted_strain is not None:
        return strain(wh.quoted_strain)
    return unbroken(f"< {1000 * wh.strain_upper:.2g}")


def size(wh: WilliamsonHall) -> str:
    """Return "23 ± 4 nm", or "> 49 nm" where no size shows."""
    if wh.size is not None:
        return quantity(wh.size, "nm")
    limit = wh.size_lower
    if limit is None or not np.isfinite(limit):
        return "not known"
    return unbroken(f"> {limit:.0f} nm" if limit >= 10 else f"> {limit:.2g} nm")


def equation_note(wh: WilliamsonHall) -> Note:
    """Return which equation the strain is of, and why."""
    return Note(f"Eq. {_equation(wh)} is used:", [wh.reason])


def strain_parameters(wh: WilliamsonHall) -> Table:
    """Return the result of one Williamson-Hall analysis, a row for each number."""
    low, high = wh.interval()
    chi_square = wh.chi_square_reduced
    at_limit = wh.strain_at_size_limit
    between = unbroken(f"{1000 * low:.2f} to {1000 * high:.2f}")
    of_size = "one-sided" if wh.size is None else _size_interval(wh)
    rows = [
        (THOUSANDTHS, f"{strain_of(wh)} (95 %: {between})"),
        (SIZE, f"{size(wh)} (95 %: {of_size})"),
        ("equation", _equation(wh)),
        ("breadths add", wh.addition),
        ("lines used", f"{wh.n_lines} of {len(wh.peaks)}"),
        (
            Marked(r"$\chi^2$ per degree of freedom"),
            "none" if chi_square is None else f"{chi_square:.3g}",
        ),
    ]
    if at_limit is not None:
        rows.insert(2, (AT_LIMIT, f"{1000 * at_limit:.2f}"))
    if wh.second_opinion is not None:
        other = wh.second_opinion
        rows.append((Marked(f"{THOUSANDTHS} by Halder and Wagner"), strain_of(other)))
        rows.append((Marked(f"{SIZE} by Halder and Wagner"), size(other)))
    return Table(("quantity", "value"), rows)


def _equation(wh: WilliamsonHall) -> str:
    return "7" if wh.model == "full" else "8"


def _size_interval(wh: WilliamsonHall) -> str:
    low, high = wh.interval("size")
    return unbroken(f"{low:.0f} to {high:.0f} nm" if np.isfinite(high) else f"> {low:.0f} nm")


def strain_table(
    analyses: Sequence[WilliamsonHall], *, truth: Mapping[float, float] | None = None
) -> Table:
    """Return strain and size of a series against pressure, with the truth if it is known.

    Patterns that cannot be identified by their pressures are listed by name.
    """
    heading, places = told_apart([wh.peaks.pattern for wh in analyses])
    rows = []
    for wh, place in zip(analyses, places, strict=True):
        row = [place, strain_of(wh), size(wh), f"{wh.n_lines}/{len(wh.peaks)}"]
        if truth:
            known = truth.get(wh.peaks.pattern.pressure or 0.0)
            row.append("unknown" if known is None else f"{1000 * known:.1f}")
        rows.append(row)
    header = [heading, THOUSANDTHS, SIZE, "lines", *(["put in"] if truth else [])]
    return Table(header, rows, words=0)


def told_apart(
    patterns: Sequence[DiffractionPattern | ListedPattern],
) -> tuple[str, list[str]]:
    """Return a heading, and for each pattern its pressure (GPa) or its name below it.

    It is the pressure if all pressures are known, no two are equal, and there is one sample.
    """
    pressures = [pattern.pressure for pattern in patterns]
    samples = {pattern.sample for pattern in patterns}
    if None in pressures or len({*pressures}) < len(pressures) or len(samples) > 1:
        return "pattern", [pattern.name for pattern in patterns]
    return PRESSURE, [f"{pressure:g}" for pressure in pressures]


def breadth_table(wh: WilliamsonHall) -> Table:
    """Return strain and size by the integral breadth and by the FWHM."""
    rows = []
    for name, breadth in (("integral breadth", "integral"), ("FWHM", "fwhm")):
        by_breadth = wh.with_breadth(breadth)
        rows.append((name, strain_of(by_breadth), size(by_breadth)))
    return Table(("breadth", THOUSANDTHS, SIZE), rows)


def addition_table(wh: WilliamsonHall) -> Table:
    """Return strain and size for each way in which the breadths may add."""
    rows = []
    for way in ADDITIONS[1:]:
        added = wh.with_addition(way.name)
        rows.append((way.name, way.about, strain_of(added), size(added)))
    return Table(("breadths add", "meaning", THOUSANDTHS, SIZE), rows, words=2)


def comparison(analyses: Mapping[str, WilliamsonHall], *, what: str) -> Table:
    """Return one row for each of several analyses by name: strain, size, equation."""
    rows = [(name, strain_of(wh), size(wh), _equation(wh)) for name, wh in analyses.items()]
    return Table((what, THOUSANDTHS, SIZE, "eq."), rows)


def families(wh: WilliamsonHall) -> Table:
    """Return the strain of each direction in the crystal."""
    rows = [
        (family.direction, strain(family.strain), str(family.n_lines)) for family in wh.families
    ]
    return Table(("direction", THOUSANDTHS, "lines"), rows)


def lattice_constants(fits: Sequence[LatticeFit]) -> Table | None:
    """Return a, b, c of fits at several pressures, angstrom; None without one."""
    heading, places = told_apart([fit.peaks.pattern for fit in fits])
    rows = [
        (place, *(_short(length.n, length.s) for length in (fit.a, fit.b, fit.c)))
        for fit, place in zip(fits, places, strict=True)
    ]
    header = (heading, *(Marked(f"${axis}$ (Å)") for axis in "abc"))
    return Table(header, rows, words=0) if rows else None


def compressibilities(
    cells: Iterable[tuple[LatticeTable, Sequence[str], *tuple[Any, ...]]],
) -> Table | None:
    """Return -(1/l) dl/dP of each axis at the ends of its pressures, in 1/TPa.

    Parameters
    ----------
    cells : iterable of (LatticeTable, axes, ...)
        Those of a single pressure have none.
    """
    rows = []
    for table, axes, *_ in cells:
        ends = sorted({float(table.pressure[0]), float(table.pressure[-1])})
        if len(ends) == 1:
            continue
        for axis in axes:
            fit, symbol = table.compressibility(axis), Marked(f"${axis}$")
            rows += [(table.name, symbol, f"{at:g}", quantity(1000 * fit.at(at))) for at in ends]
    slope = Marked(r"$-(1/l)\,\mathrm{d}l/\mathrm{d}P$ (1/TPa)")
    return Table(("crystal", "axis", PRESSURE, slope), rows, 2) if rows else None


def left_out_note(wh: WilliamsonHall) -> Note:
    """Return which lines an analysis did not use, and why."""
    return Note("Lines not used:", wh.left_out or ["none"])


def before_quoting(wh: WilliamsonHall) -> Note:
    """Return everything to know before quoting a strain, as one note, doubts first."""
    peaks = wh.peaks
    pattern = peaks.pattern
    doubts = map(WithSymbols, (*peaks.warnings, *wh.warnings))
    ours = map(WithSymbols, (*peaks.remarks, *wh.remarks))
    said = [*pattern.warnings, *doubts, *pattern.notes, *ours]
    return Note(f"{wh.peaks.pattern.name}, before quoting:", said or ["nothing to remark"])
