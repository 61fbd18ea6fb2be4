"""The multiverse of diffraction: strain and size by every combination of choices.

Lines are fitted once for each shape; all other choices are algebra on their breadths.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import cached_property, partial
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from scipy import special

from analysis.choices.combinations import Combinations
from analysis.choices.space import Choice, Option
from analysis.diffraction.analyse import fit_phase
from analysis.diffraction.crystal.phase import Phase
from analysis.diffraction.lines.fit_peaks import fit_peaks
from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.peaks import BREADTHS, PeakTable
from analysis.diffraction.shapes import SHAPES, shape_named
from analysis.diffraction.strain.additions import ADDITIONS, REFUTED, RESOLVED
from analysis.diffraction.strain.choices import FEWEST, choose_lines, size_height
from analysis.diffraction.strain.directions import directions_of
from analysis.diffraction.strain.instrument import Instrument, fit_instrument
from analysis.diffraction.strain.own_breadth import SAME
from analysis.diffraction.strain.williamson_hall import WilliamsonHall, williamson_hall
from analysis.errors import FitError, attempt
from analysis.numerics.progress import steps
from analysis.numerics.provenance import stated_data
from analysis.typing import Flags, Floats

# The paper's; a Gaussian's FWHM over its integral breadth; by the integral breadth that of
# cubes, and that of spheres.
SHAPE_FACTORS = (0.9, 2 * math.sqrt(math.log(2) / math.pi), 1.0, 4 / 3 * (math.pi / 6) ** (1 / 3))
SHAPE_NAMES = tuple(one.name for one in SHAPES)
BREADTH_WORDS = {"integral": "the integral breadth", "fwhm": "the FWHM"}
EQUATIONS = {"reduced": "eq. 8", "full": "eq. 7"}
WAYS = [one for one in ADDITIONS if one.words]
# One line fits eq. 8 whatever it is.
ENOUGH = 2
LINES = {
    "all": "all lines",
    "strong": "all but the weakest quarter of the lines",
    "agreeing": "all lines but those that stray from the others",
    "low angles": "the half of the lines at low angles",
    "high angles": "the half of the lines at high angles",
}
WEAKEST = 0.25
# Lines that stray by so many times the median distance from the law are left out.
STRAYS = 3 * 1.4826
# Directions of the crystal with lines enough for a choice of their own, at most.
MOST_FAMILIES = 2
# A shape is excluded where chance would describe the counts as badly in less than 1 %.
SURE = 0.99
# So many widths from a line its shape shows.
NEAR = 2.0
NO_STRAIN = "a size alone explains the breadths: the strain may be zero"
RESULTS = {"strain": ("strain", ""), "size": ("size", "nm"), "size_lower": ("least size", "nm")}
NUMBERS = ("strain", "strain_error", "size", "size_error", "size_lower")

Lines = PeakTable | str  # or why there are none


class Found(NamedTuple):
    """What a combination gives, NaN where no number; why not, and why the data exclude it."""

    strain: float = math.nan
    strain_error: float = math.nan
    size: float = math.nan
    size_error: float = math.nan
    size_lower: float = math.nan
    reasons: str = ""
    objections: str = ""


@dataclass(frozen=True, eq=False)
class StrainMultiverse(Combinations):
    """Strain and size of one pattern by N combinations of K choices.

    Attributes
    ----------
    name : str
        Of the pattern.
    data : dict
        What is said of it, see `stated_data`.
    choices : tuple of Choice
    strain, strain_error, size, size_error, size_lower : ndarray, shape (N,)
        With standard errors, sizes in nm and their lower limits (95 %, one-sided) by eq. 7; NaN
        where a combination gives no such number.
    reasons : list of str
        Why a combination gives no strain, in words; empty where it gives one.
    objections : list of str
        Why the data exclude a combination, in words; empty where it is a matter of taste.
    """

    name: str
    data: Mapping[str, Any]
    choices: tuple[Choice, ...]
    strain: Floats
    strain_error: Floats
    size: Floats
    size_error: Floats
    size_lower: Floats
    reasons: Sequence[str]
    objections: Sequence[str]

    titles = RESULTS
    derived = ("equation", "shape_factor")

    def reason(self, row: int) -> str:
        """Return why a combination gives no strain; "" if it does."""
        return self.reasons[row]

    def objection(self, row: int) -> str:
        """Return why the data exclude a combination; "" if they do not."""
        return self.objections[row]

    @cached_property
    def excluded(self) -> Flags:
        """Whether the data exclude a combination."""
        return np.array([bool(why) for why in self.objections], dtype=bool)

    @cached_property
    def quoted(self) -> Mapping[str, tuple[float, float | None]]:  # type: ignore[override]
        """The strain of the paper's path with the error of its fit, if there is one."""
        value, error = float(self.strain[self.paper]), float(self.strain_error[self.paper])
        return {"strain": (value, error)} if math.isfinite(value) else {}

    def to_dict(self) -> dict[str, Any]:
        """Return it ready for JSON; `from_dict` takes it back, to the last digit."""
        plain = {one.name: getattr(self, one.name) for one in fields(self)}
        for name in NUMBERS:
            plain[name] = [one if math.isfinite(one) else None for one in plain[name].tolist()]
        return plain | {"choices": [asdict(one) for one in self.choices]}

    @classmethod
    def from_dict(cls, found: Mapping[str, Any]) -> "StrainMultiverse":
        """Return what `to_dict` made a dictionary of."""
        numbers = {name: np.array(found[name], dtype=float) for name in NUMBERS}
        choices = tuple(map(Choice.from_dict, found["choices"]))
        return cls(**{**found, **numbers, "choices": choices})


def strain_multiverse(
    pattern: DiffractionPattern,
    phases: Sequence[Phase] = (),
    *,
    shapes: Sequence[str] = SHAPE_NAMES,
    standard: DiffractionPattern | None = None,
    standard_phase: Phase | None = None,
) -> StrainMultiverse:
    """Find strain and size of a pattern by every combination of the choices that a paper leaves.

    Parameters
    ----------
    pattern, phases
        As of `analysis.analyse_pattern`: the first crystal is analysed.
    shapes : sequence of str
        Names of line shapes. The first of `SHAPES` among them finds the lines of a crystal, and
        the others fit the same.
    standard : DiffractionPattern, optional
        Whose lines are the instrument's: its breadth is then removed, or not.
    standard_phase : Phase, optional
        Its crystal with the certified cell, see `analysis.fit_instrument`.

    Raises
    ------
    AnalysisError
        If an option is not usable.
    FitError
        If the lines cannot be fitted with any shape.

    References
    ----------
    arXiv:2401.00804, section 3.3, whose choices are marked among the others.
    """
    fitted: dict[str, Lines] = {}
    instruments: dict[str, Instrument | str] = {}
    places: Sequence[float] = ()
    # The paper's option comes first, here as in all choices.
    for shape in steps([one for one in SHAPE_NAMES if one in shapes], "shapes of lines"):
        fit = partial(fit_peaks, pattern, shape=shape)
        if phases:
            fit = partial(
                fit_phase, pattern, phases[0], shape=shape, others=phases[1:], places=places
            )
        found, why = attempt(fit)
        fitted[shape] = found or str(why)
        if found is not None and not places:
            places = found.two_theta.tolist()
        if standard is not None:
            sharp, why = attempt(partial(fit_peaks, standard, shape=shape, split=False))
            own, why = (
                attempt(partial(fit_instrument, sharp, standard_phase)) if sharp else (None, why)
            )
            instruments[shape] = own or str(why)
    return strains_by_choice(fitted, instruments)


def strains_by_choice(
    fitted: Mapping[str, Lines], instruments: Mapping[str, Instrument | str] | None = None
) -> StrainMultiverse:
    """Return the multiverse of one pattern whose lines are fitted.

    Parameters
    ----------
    fitted : mapping of str to PeakTable or str
        By the name of the shape; or why it gives no lines, in words.
    instruments : mapping of str to Instrument or str, optional
        By the shape, likewise.

    Raises
    ------
    FitError
        If no shape gives lines.
    """
    tables = [one for one in fitted.values() if isinstance(one, PeakTable)]
    if not tables:
        raise FitError("; ".join(dict.fromkeys(map(str, fitted.values()))) or "there are no lines")
    choices = _choices(fitted, _directions(tables), with_standard=bool(instruments))
    misfit = _misfits(tables)
    rows = []
    for shape, instrument in product(fitted, choices[1].options):
        known = (instruments or {}).get(shape)
        lines, against = _corrected(fitted[shape], known, removed=instrument.name != "none")
        against = misfit.get(shape, "") or against
        for breadth, chosen in product(BREADTHS, choices[3].options):
            for found in _by_law(lines, breadth, chosen.name):
                rows += [_scaled(found, factor, against) for factor in SHAPE_FACTORS]
    columns: dict[str, Any] = dict(
        zip(Found._fields, map(list, zip(*rows, strict=True)), strict=True)
    )
    columns |= {name: np.array(columns[name]) for name in NUMBERS}
    data = stated_data(tables[0].pattern)
    return StrainMultiverse(data["name"], data, choices, **columns)


# ----------------------------------------------------------------------------- the choices


def _choices(
    shapes: Iterable[str], directions: Sequence[str], *, with_standard: bool
) -> tuple[Choice, ...]:
    """Return the choices in the order of the rows, the last moving first."""
    instruments = [
        Option("none", "with the instrument's breadth"),
        Option("standard", "less the breadth of a standard's lines"),
    ]
    orders = [Option(f"family {one}", f"the orders of {one} alone") for one in directions]
    named = {
        "shape": [Option(one, f"{one} lines") for one in shapes],
        "instrument": instruments[: 1 + with_standard],
        "breadth": [Option(*one) for one in BREADTH_WORDS.items()],
        "lines": [*(Option(*one) for one in LINES.items()), *orders],
        "equation": [Option(*one) for one in EQUATIONS.items()],
        "addition": [Option(one.name, f"{one.name} addition") for one in WAYS],
        "shape_factor": [Option(f"{one:.3g}", f"K = {one:.3g}", one) for one in SHAPE_FACTORS],
    }
    taste = ("breadth", "lines", "shape_factor")
    return tuple(
        Choice(name, name.replace("_", " "), tuple(options), name in taste)
        for name, options in named.items()
    )


def _directions(tables: Iterable[PeakTable]) -> list[str]:
    """Return the directions with two usable lines or more, those with the most first."""
    most: dict[str, int] = {}
    for table in tables:
        counts = Counter(directions_of(table.select(table.usable)))
        most |= {name: max(count, most.get(name, 0)) for name, count in counts.items()}
    known = [name for name, count in most.items() if count >= ENOUGH]
    return sorted(known, key=lambda name: (-most[name], name))[:MOST_FAMILIES]


def _chosen(lines: PeakTable, breadth: str, name: str) -> PeakTable:
    """Return the usable lines of one option."""
    lines = lines.select(choose_lines(lines, breadth)[0])
    order, count = np.argsort(lines.theta), len(lines)
    if name == "strong":
        return lines.select(np.sort(np.argsort(lines.area)[math.ceil(WEAKEST * count) :]))
    if name == "low angles":
        return lines.select(order[: (count + 1) // 2])
    if name == "high angles":
        return lines.select(order[count // 2 :])
    if name == "agreeing" and count >= FEWEST:
        law = williamson_hall(lines, breadth=breadth, addition="linear")
        strays = np.abs(law.residuals / law.predict(lines.theta))
        return lines.select(strays <= STRAYS * float(np.median(strays)))
    if name.startswith("family "):
        direction = name.removeprefix("family ")
        return lines.select([one == direction for one in directions_of(lines)])
    return lines


# ------------------------------------------------------------- what the data say of choices


def _misfits(tables: Sequence[PeakTable]) -> dict[str, str]:
    """Return by name the shapes that the counts near the lines exclude, with the reason.

    Residuals hang together over the breadth of a line: of two fits the ratio of the squares
    follows F with as many degrees of freedom as lines would fit side by side.
    """
    if any(one.line_counts is None for one in tables):
        return {}
    pattern = tables[0].counts
    parts = [[one.background, one.line_counts] for one in tables]
    drawn = np.array(parts, dtype=float).sum(axis=1)
    variance = np.maximum(drawn.mean(axis=0), 0.01 * float(np.abs(pattern.intensity).mean()))
    if pattern.intensity_error is not None:
        variance = pattern.intensity_error**2
    apart = [np.abs(pattern.two_theta[:, None] - one.two_theta) / one.fwhm for one in tables]
    near = (np.hstack(apart) < NEAR).any(axis=1)
    squares = ((pattern.intensity - drawn) ** 2 / variance)[:, near].sum(axis=1)
    best = int(np.argmin(squares))
    places = max(near.sum() * pattern.step / float(np.median(tables[best].fwhm)), 2.0)
    limit = special.fdtri(places, places, SURE)
    return {
        one.shape: f"the counts are no {one.shape} lines: {tables[best].shape} ones fit better"
        for one, square in zip(tables, squares.tolist(), strict=True)
        if square > limit * squares[best]
    }


def _corrected(
    lines: Lines, instrument: "Instrument | str | None", *, removed: bool
) -> tuple[Lines, str]:
    """Return lines with or without the instrument's breadth, and why the standard objects."""
    if isinstance(lines, str) or instrument is None:
        return lines, ""
    if isinstance(instrument, str):
        return (instrument if removed else lines), ""
    if removed:
        corrected, why = attempt(lambda: instrument.correct(lines))
        return corrected or str(why), ""
    own = instrument.fwhm(lines.two_theta)[0] / lines.fwhm
    wide = float(np.median(own)) > SAME
    return lines, "the standard shows that the instrument broadens the lines" * wide


def _by_law(lines: Lines, breadth: str, name: str) -> list[Found]:
    """Return what lines give by each equation and each addition, in the order of the rows."""
    nothing = len(EQUATIONS) * len(WAYS)
    if isinstance(lines, str):
        return [Found(reasons=lines)] * nothing
    chosen = _chosen(lines, breadth, name)
    if len(chosen) < ENOUGH:
        return [Found(reasons="there are fewer than two usable lines")] * nothing
    pure = shape_named(chosen.shape).mixing is not None
    fits = [
        (None, f"{chosen.shape} lines have one part")
        if pure and way is RESOLVED
        else attempt(partial(williamson_hall, chosen, breadth=breadth, addition=way.name))
        for way in WAYS
    ]
    known = [fit for fit, _ in fits if fit is not None]
    if not known:
        return [Found(reasons=str(fits[0][1]))] * nothing
    refutes = any(one.chance >= REFUTED for fit in known for one in (fit.full, fit.reduced) if one)
    reduced = [_found(fit or known[0], "reduced", refutes=refutes) for fit, _ in fits]
    full = [
        Found(reasons=str(why)) if fit is None else _found(fit, "full", refutes=refutes)
        for fit, why in fits
    ]
    return reduced + full


def _found(fit: WilliamsonHall, equation: str, *, refutes: bool) -> Found:
    """Return what a fit gives by an equation; whether data that others fit refute it."""
    numbers: dict[str, float] = {}
    height, needed = 0.0, math.inf
    if fit.full is not None and fit.n_lines >= FEWEST:
        height, needed = size_height(fit.full)
    elif equation == "full":
        return Found(reasons="there are too few lines for eq. 7")
    one = replace(fit, model=equation, options=fit.options._replace(model=equation))
    if equation == "full":
        numbers["size_lower"] = one.size_lower or math.nan
    for name, found in (("strain", one.quoted_strain), ("size", one.size)):
        if found is not None:
            numbers |= {name: found.n, f"{name}_error": found.s}
    objection = "the breadths refute it" * (refutes and one.kept.chance < REFUTED)
    if equation == "reduced" and height > needed:
        objection = "eq. 8 leaves out a size that the lines show"
    if equation == "full" and height < -needed:
        objection = "eq. 7 would need a size below zero"
    return Found(**numbers, reasons=NO_STRAIN * ("strain" not in numbers), objections=objection)


def _scaled(found: Found, factor: float, against: str) -> Found:
    """Return a size by another shape factor; what speaks against its lines comes first."""
    by = factor / SHAPE_FACTORS[0]
    sizes = {name: getattr(found, name) * by for name in NUMBERS if name.startswith("size")}
    return found._replace(**sizes, objections=against or found.objections)
