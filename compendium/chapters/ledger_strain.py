"""The ledger's claims of section 3.3, on strain, size and cell, and checks on measured patterns."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from uncertainties import UFloat, ufloat

from analysis.catalogue.files import DatasetUnavailable
from analysis.catalogue.loading import load
from analysis.catalogue.phases import phases_of
from analysis.diffraction.analyse import analyse_pattern
from analysis.diffraction.pattern_analysis import PatternAnalysis
from analysis.diffraction.strain.directions import mean_of
from analysis.diffraction.strain.williamson_hall import WilliamsonHall
from analysis.errors import DataError, attempt
from analysis.numerics.linear import LinearFit, fit_linear
from analysis.numerics.uncertainty import student
from analysis.pressure.plateau import strain_plateau
from analysis.pressure.series import Regions
from analysis.show.report import unbroken
from analysis.typing import Floats
from compendium.chapters import pattern_series
from compendium.chapters.claims import (
    Check,
    Computed,
    Entry,
    Loose,
    digits,
    exact,
    origin_of,
    standing_out,
)
from compendium.chapters.originals import (
    HIGHEST,
    LOWEST,
    Printed,
    at_printed,
    no_cells,
    no_patterns,
    of_paper,
)

GOLD, GOLD_WINDOW = "stishovite-39gpa", (7.0, 22.0)
# A rise has ended, or begun, where the strain is this part below, or above, the plateau.
NOTABLE = 0.05
# The widest readings of the paper's words.
EYE_GUIDED = Loose("eye-guided", 20)
ABOUT = Loose("~", 25)
BEND = 20.0  # GPa, where the paper sees, perhaps, a change of slope
CLOSE = 10.0  # GPa on either side of it that lines are drawn through

# GPa, between a strain and lattice constants that count as taken together.
TOGETHER = 0.1
# Of claims whose data are here.
NO_NUMBER = (
    "the patterns are available, but their lines do not give this number; their sheets say why"
)

Series = list[tuple[float, WilliamsonHall]]


def strain_entries() -> tuple[Entry, ...]:
    """Return the claims of section 3.3; those whose data are not at hand have no computed value."""
    section = "section 3.3"
    instrument = "an assumption; a standard on the same beam line would test it"
    lacking = no_patterns() or NO_NUMBER
    entries = (*_sizes(), *_course(), *_reasons(),
        Entry("lowest pressure of the patterns", "Performed fits showed that for all pressures",
              section, digits(LOWEST.value, 0.1), "GPa", _at_end(LOWEST),
              reason=no_patterns() or f"no strain at {LOWEST.value:g} GPa"),
        Entry("highest pressure of the patterns", "Performed fits showed that for all pressures",
              section, digits(HIGHEST.value, 0.1), "GPa", _at_end(HIGHEST),
              reason=no_patterns() or f"no strain at {HIGHEST.value:g} GPa"),
        Entry("Scherrer constant: 0.9", "to classical Williamson-Hall (WH) model",
              "section 3.3, eq. 7", judged="taken over", reason="an input"),
        Entry("X-ray wavelength: 61.99 pm", "is the wavelength of used radiation", section,
              judged="taken over", reason="an input"),
        Entry("lines are Lorentzian", "were fitted to Lorentz function", section,
              judged="taken over", reason="an assumption; chapter 3.3 tries other shapes"),
        Entry("the instrument does not broaden the lines", "where we assumed that the instrumental "
              "broadening ... is negligible", section, judged="taken over", reason=instrument),
    )  # fmt: skip
    return tuple(entry if entry.reason else replace(entry, reason=lacking) for entry in entries)


def _sizes() -> tuple[Entry, ...]:
    return (
        Entry("crystallite size too large to be measured: $1/D$ of eq. 7 is zero, at all pressures",
              "is large and the uncertainty of the value exceeds the value itself by far",
              "section 3.3", exact(0.0), "1/nm", on_series(_largest_inverse_size)),
    )  # fmt: skip


def _course() -> tuple[Entry, ...]:
    section, figure = "section 3.3", "section 3.3, Fig. 9"
    axes = "$1/a$, $1/b$ or $1/c$"
    return (
        Entry("strain in the Fmmm phase divided by strain in the Amam phase: above 1",
              "is higher in the Fmmm-phase in comparison with the Amam-phase", "abstract",
              exact(1.0), "", on_series(_fmmm_over_amam), relation=">"),
        Entry("end of the steep rise of strain",
              "is raising reasonably steep at low applied pressure, up to", figure,
              digits(4.9, 0.1), "GPa", on_series(_end)),
        Entry("strain between 5 and 18 GPa", "we showed eye-guided level of", figure,
              exact(0.0079), "", on_series(_plateau), loose=EYE_GUIDED),
        Entry("start of the second rise of strain",
              "when the transition from the Amam into the Fmmm phase is completed", figure,
              exact(20.0), "GPa", on_series(_begin), loose=ABOUT),
        Entry("largest strain", "is raising up to pressure of ... and then it gradually decreases",
              figure, exact(33.0), "GPa", on_series(_largest), loose=ABOUT),
        Entry(f"strain as a linear function of {axes}: smallest $\\chi^2/(N - 2)$; above 1, the "
              "strain does not follow them",
              "dependence does not exactly match the lattice constants dependences", figure,
              exact(1.0), "", _line_in_axes(), relation=">",
              reason=no_patterns() or no_cells() or "strain and lattice constants have fewer than "
              "four pressures in common"),
        Entry(f"largest step of {axes} at {BEND:g} GPa, in units of its error: none",
              "there are no sharp simultaneous changes", section, exact(0.0), "", _largest_step(),
              reason=no_cells() or "lattice constants at fewer than seven pressures"),
        Entry(f"change of the slope of strain at {BEND:g} GPa",
              "except, perhaps, the change in curves slope at", section, exact(0.0), "1/GPa",
              on_series(_bend), relation=">"),
    )  # fmt: skip


def _reasons() -> tuple[Entry, ...]:
    return (
        Entry("end of the transition from Amam to Fmmm, at about 33 GPa",
              "is very wide and perhaps incomplete until", "section 3.3", judged="no test",
              reason="the same section says that it is completed at about 20 GPa; the reason given "
              "is the drop of the strain itself"),
        Entry("why some samples reach zero resistance: vacancies",
              "Perhaps, high vacancies density can be the origin",
              "section 3.3; in the abstract: probable reason", judged="no test",
              reason="neither R(T) nor the breadth of lines counts vacancies; the paper asks for "
              "such data"),
        Entry("another structure at low temperature",
              "some phase structural transition, or multiple transitions, can occur",
              "section 3.3", judged="supported elsewhere",
              reason="I4/mmm at 19 GPa and 40 K: Wang et al. 2024"),
    )  # fmt: skip


def checks() -> tuple[Check, ...]:
    """Return what a measured pattern shows, if it is at hand: no claim of the paper's."""
    size, ratio = in_gold(_inverse_size), in_gold(_breadths)
    if size is None:
        return ()
    seen = "a size shows" if size.n > 2 * size.s else "no size shows"
    where = f"measured: {GOLD}"
    return (
        Check("$1/D$ of gold in a diamond anvil cell, 39.6 GPa", size, "1/nm", where,
              seen + unbroken(_limit(size))),
        Check("strain of this gold by the integral breadth, divided by that by the FWHM", ratio,
              "", where, "the paper does not name its breadth"),
    )  # fmt: skip


def _limit(inverse: UFloat) -> str:
    """Return ", D > 20 nm" at 95 %, where there is such a limit."""
    upper = inverse.n + 1.645 * inverse.s
    return f", D > {1 / upper:.2g} nm (95 %)" if upper > 0 else ""


# --------------------------------------------------------------------------------- the series


@lru_cache(maxsize=1)
def patterns() -> tuple[PatternAnalysis, ...]:
    """Return the analyses of the La3Ni2O7 patterns that give a strain, ascending in pressure."""
    analyses = (
        attempt(lambda name=dataset.name: analyse_pattern(load(name), phases_of(name)))[0]  # type: ignore[misc]
        for dataset in of_paper("diffraction")
        if dataset.pressure
    )
    known = [
        analysis for analysis in analyses if analysis is not None and analysis.strain is not None
    ]
    return tuple(sorted(known, key=_pressure_of))


def _at_end(printed: Printed) -> Computed | None:
    """Return the pressure of the strain at an end of the paper's range, if there is one."""
    pattern = at_printed([analysis.pattern for analysis in patterns()], printed)
    if pattern is None:
        return None
    return Computed(exact(float(pattern.pressure or 0)), str(pattern.origin), pattern.name)


def _pressure_of(analysis: PatternAnalysis) -> float:
    return float(analysis.pattern.pressure or 0.0)


def strain_series() -> tuple[Series, str]:
    """Return pressures (GPa) and strains of the patterns, ascending, and their origin."""
    series = [
        (_pressure_of(analysis), analysis.strain)
        for analysis in patterns()
        if analysis.strain is not None
    ]
    return series, _origin()


def _origin() -> str:
    return origin_of(analysis.pattern.origin for analysis in patterns())


class Axes(NamedTuple):
    """Lattice constants against pressure (GPa): a row of each axis, as far as they are known.

    `known` tells whether their errors are; where they are not, each counts alike.
    """

    pressure: Floats
    lengths: Mapping[str, Sequence[UFloat]]
    known: bool
    origin: str
    called: str


@lru_cache(maxsize=1)
def axes() -> Axes | None:
    """Return the lattice constants of the paper's sample: a table, else those of the patterns."""
    tables, _ = pattern_series.tables(of_paper("lattice"))
    if tables:
        return _of_table(max(tables, key=lambda analysis: len(analysis.table.pressure)))
    cells = [analysis for analysis in patterns() if analysis.lattice is not None]
    lengths = {axis: [getattr(analysis.lattice, axis) for analysis in cells] for axis in "abc"}
    pressure = np.array([_pressure_of(analysis) for analysis in cells])
    return Axes(pressure, lengths, True, _origin(), f"{len(cells)} patterns") if cells else None


def _of_table(cells: pattern_series.Cells) -> Axes:
    table = cells.table
    errors = {axis: getattr(table, f"{axis}_error") for axis in cells.axes}
    known = all(error is not None and (error > 0).all() for error in errors.values())
    alike = np.ones_like(table.pressure)
    lengths = {
        axis: list(map(ufloat, getattr(table, axis), errors[axis] if known else alike))
        for axis in cells.axes
    }
    return Axes(table.pressure, lengths, known, origin_of([cells.origin]), table.name)


def on_series(value: Callable[[Series], UFloat | None]) -> Computed | None:
    """Return what a function finds on the strains; None with fewer than two."""
    series, origin = strain_series()
    result = value(series) if len(series) > 1 else None
    return None if result is None else Computed(result, origin, f"{len(series)} patterns")


@lru_cache(maxsize=1)
def gold() -> WilliamsonHall | None:
    """Return the strain of gold beside stishovite, where that pattern is at hand."""
    try:
        pattern, phases = load(GOLD, kind="diffraction"), phases_of(GOLD)
    except (DatasetUnavailable, DataError):  # not here, or a package without it
        return None
    return analyse_pattern(pattern, phases, window=GOLD_WINDOW).strain


def in_gold(value: Callable[[WilliamsonHall], UFloat | None]) -> UFloat | None:
    """Return what a function finds on gold; None where that is not at hand."""
    fit = gold()
    return None if fit is None else value(fit)


def _breadths(fit: WilliamsonHall) -> UFloat:
    """Return the strain of eq. 8, which the paper quotes, by one breadth over the other."""
    by_integral, by_fwhm = (
        breadth.reduced.values[-1] for breadth in (fit, fit.with_breadth("fwhm"))
    )
    return exact(float(by_integral / by_fwhm))


def _inverse_size(fit: WilliamsonHall) -> UFloat | None:
    """Return 1/D of eq. 7 (1/nm), whether or not it was chosen."""
    if fit.full is None:
        return None
    scherrer = fit.shape_factor * fit.peaks.pattern.wavelength / 1000
    return ufloat(fit.full.values[0], np.sqrt(fit.full.covariance[0, 0])) / scherrer


def _largest_inverse_size(series: Series) -> UFloat | None:
    """Return the 1/D that stands out most from its error."""
    return standing_out(size for _, fit in series if (size := _inverse_size(fit)) is not None)


def _fmmm_over_amam(series: Series) -> UFloat | None:
    """Return the mean strain of one phase over that of the other, as the regions are read."""
    regions = Regions.of_paper()
    fmmm, amam = (
        [fit.strain for pressure, fit in series if regions.phase(pressure) == phase]
        for phase in ("Fmmm", "Amam")
    )
    return mean_of(fmmm).value / mean_of(amam).value if fmmm and amam else None


def _plateau(series: Series) -> UFloat | None:
    """Return the weighted mean strain on the plateau."""
    mean = strain_plateau(fit for _, fit in series)
    return None if mean is None else mean.value


def _end(series: Series) -> UFloat | None:
    """Return the lowest pressure (GPa) with the strain of the plateau."""
    mean = _plateau(series)
    if mean is None:
        return None
    reached = [i for i, (_, fit) in enumerate(series) if fit.strain.n > (1 - NOTABLE) * mean.n]
    return _pressure(series, reached[0])


def _begin(series: Series) -> UFloat | None:
    """Return the highest pressure (GPa), below that of the largest strain, on the plateau."""
    mean = _plateau(series)
    if mean is None:
        return None
    top = max(range(len(series)), key=lambda i: series[i][1].strain.n)
    level = [i for i in range(top) if series[i][1].strain.n < (1 + NOTABLE) * mean.n]
    return _pressure(series, level[-1]) if level else None


def _largest(series: Series) -> UFloat | None:
    """Return the pressure (GPa) of the largest strain."""
    return _pressure(series, max(range(len(series)), key=lambda i: series[i][1].strain.n))


def _pressure(series: Series, at: int) -> UFloat:
    """Return a pressure, uncertain by half the distance to its neighbours."""
    pressures = [pressure for pressure, _ in series]
    gaps = np.diff(pressures)[max(at - 1, 0) : at + 1]
    return ufloat(pressures[at], float(gaps.mean()) / 2)


def _bend(series: Series) -> UFloat | None:
    """Return by how much the slope of the strain (1/GPa) changes at `BEND`.

    Of two lines that meet there, through the points up to `CLOSE` on either side.
    """
    near = [(p - BEND, fit.strain) for p, fit in series if abs(p - BEND) <= CLOSE]
    if sum(p < 0 for p, _ in near) < 2 or sum(p > 0 for p, _ in near) < 2:
        return None
    p = np.array([offset for offset, _ in near])
    lines = np.stack([np.ones_like(p), p, np.maximum(p, 0.0)])
    return _coefficient(_fitted(lines, [strain for _, strain in near]), 2)


def _line_in_axes() -> Computed | None:
    """Return the least χ²/(N − 2) of lines through the strain in 1/a, 1/b and 1/c.

    Its error is that of a line that is right, so that a value above 1 must be significant.
    """
    cell_axes = axes()
    if cell_axes is None:
        return None
    off = np.abs(
        np.subtract.outer([pressure for pressure, _ in strain_series()[0]], cell_axes.pressure)
    )
    at = [
        (row, int(row_off.argmin())) for row, row_off in enumerate(off) if row_off.min() <= TOGETHER
    ]
    if len(at) < 4:
        return None
    strains = [strain_series()[0][row][1].strain for row, _ in at]
    fits = []
    for lengths in cell_axes.lengths.values():
        x = np.array([1 / lengths[column].n for _, column in at])
        fits.append(_fitted(np.stack([np.ones_like(x), x - x.mean()]), strains))
    least = min(fits, key=lambda fit: fit.chi_square)
    reduced = ufloat(least.chi_square / least.dof, np.sqrt(2 / least.dof))
    return Computed(reduced, origin_of([_origin(), cell_axes.origin]), f"{len(at)} patterns")


def _largest_step() -> Computed | None:
    """Return the largest step of the reciprocal axes at `BEND`, in its standard errors.

    Each is a cubic in pressure with a step; its scatter about that widens the error. The
    error of the result makes twice of it the largest step in any of the axes that chance gives
    in one case of twenty, by Student's t where the scatter alone tells the errors.
    """
    cell_axes = axes()
    if cell_axes is None or cell_axes.pressure.size < 7:
        return None
    p = cell_axes.pressure - BEND
    if not (p < 0).any() or not (p > 0).any():
        return None
    terms = np.stack([np.ones_like(p), p, p**2, p**3, (p >= 0).astype(float)])
    steps = []
    for lengths in cell_axes.lengths.values():
        fit = _fitted(terms, [1 / length for length in lengths])
        step = _coefficient(fit, 4, known=cell_axes.known)
        steps.append(abs(step.n) / step.s)
    dof = np.inf if cell_axes.known else float(p.size - len(terms))
    limit = student(0.95 ** (1 / len(steps)), dof)
    return Computed(ufloat(max(steps), limit / 2), cell_axes.origin, cell_axes.called)


def _fitted(terms: np.ndarray, values: list[UFloat]) -> LinearFit:
    return fit_linear(
        terms, np.array([value.n for value in values]), np.array([value.s for value in values]) ** 2
    )


def _coefficient(fit: LinearFit, at: int, *, known: bool = True) -> UFloat:
    """Return a coefficient; its error is widened where the points scatter by more.

    If the points' errors are not known, their scatter alone tells it.
    """
    widened = max(float(known), fit.chi_square / fit.dof) if fit.dof else 1.0
    return ufloat(fit.values[at], np.sqrt(widened * fit.covariance[at, at]))
