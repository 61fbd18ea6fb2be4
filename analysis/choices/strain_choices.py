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
SHAPE_NAMES = tuple(shape.name for shape in SHAPES)
BREADTH_WORDS = {"integral": "the integral breadth", "fwhm": "the FWHM"}
EQUATIONS = {"reduced": "eq. 8", "full": "eq. 7"}
WAYS = [addition for addition in ADDITIONS if addition.words]
# One line fits eq. 8 whatever it is.
ENOUGH = 2
LINES = {
    "all": "all lines",
    "strong": "all but the weakest quarter of the lines",
    "agreeing": "all lines but the outliers",
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


class StrainOutcome(NamedTuple):
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
        plain = {column.name: getattr(self, column.name) for column in fields(self)}
        for name in NUMBERS:
            plain[name] = [
                value if math.isfinite(value) else None for value in plain[name].tolist()
            ]
        return plain | {"choices": [asdict(choice) for choice in self.choices]}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> "StrainMultiverse":
        """Return what `to_dict` made a dictionary of."""
        numbers = {name: np.array(content[name], dtype=float) for name in NUMBERS}
        choices = tuple(map(Choice.from_dict, content["choices"]))
        return cls(**{**content, **numbers, "choices": choices})


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
    for shape in steps([name for name in SHAPE_NAMES if name in shapes], "shapes of lines"):
        fit = partial(fit_peaks, pattern, shape=shape)
        if phases:
            fit = partial(
                fit_phase, pattern, phases[0], shape=shape, others=phases[1:], places=places
            )
        peaks, why = attempt(fit)
        fitted[shape] = peaks or str(why)
        if peaks is not None and not places:
            places = peaks.two_theta.tolist()
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
    tables = [table for table in fitted.values() if isinstance(table, PeakTable)]
    if not tables:
        raise FitError("; ".join(dict.fromkeys(map(str, fitted.values()))) or "there are no lines")
    choices = _choices(fitted, _directions(tables), with_standard=bool(instruments))
    misfit = _misfits(tables)
    rows = []
    for shape, instrument in product(fitted, choices[1].options):
        standard = (instruments or {}).get(shape)
        lines, against = _corrected(fitted[shape], standard, removed=instrument.name != "none")
        against = misfit.get(shape, "") or against
        for breadth, chosen in product(BREADTHS, choices[3].options):
            for outcome in _by_law(lines, breadth, chosen.name):
                rows += [_scaled(outcome, factor, against) for factor in SHAPE_FACTORS]
    columns: dict[str, Any] = dict(
        zip(StrainOutcome._fields, map(list, zip(*rows, strict=True)), strict=True)
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
    orders = [
        Option(f"family {direction}", f"the orders of {direction} alone")
        for direction in directions
    ]
    named = {
        "shape": [Option(shape, f"{shape} lines") for shape in shapes],
        "instrument": instruments[: 1 + with_standard],
        "breadth": [Option(*words) for words in BREADTH_WORDS.items()],
        "lines": [*(Option(*words) for words in LINES.items()), *orders],
        "equation": [Option(*words) for words in EQUATIONS.items()],
        "addition": [Option(way.name, f"{way.name} addition") for way in WAYS],
        "shape_factor": [
            Option(f"{factor:.3g}", f"K = {factor:.3g}", factor) for factor in SHAPE_FACTORS
        ],
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
    directions = [name for name, count in most.items() if count >= ENOUGH]
    return sorted(directions, key=lambda name: (-most[name], name))[:MOST_FAMILIES]


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
        return lines.select([other == direction for other in directions_of(lines)])
    return lines


# ------------------------------------------------------------- what the data say of choices


def _misfits(tables: Sequence[PeakTable]) -> dict[str, str]:
    """Return by name the shapes that the counts near the lines exclude, with the reason.

    Residuals hang together over the breadth of a line: of two fits the ratio of the squares
    follows F with as many degrees of freedom as lines would fit side by side.
    """
    if any(table.line_counts is None for table in tables):
        return {}
    pattern = tables[0].counts
    parts = [[table.background, table.line_counts] for table in tables]
    drawn = np.array(parts, dtype=float).sum(axis=1)
    variance = np.maximum(drawn.mean(axis=0), 0.01 * float(np.abs(pattern.intensity).mean()))
    if pattern.intensity_error is not None:
        variance = pattern.intensity_error**2
    apart = [np.abs(pattern.two_theta[:, None] - table.two_theta) / table.fwhm for table in tables]
    near = (np.hstack(apart) < NEAR).any(axis=1)
    squares = ((pattern.intensity - drawn) ** 2 / variance)[:, near].sum(axis=1)
    best = int(np.argmin(squares))
    places = max(near.sum() * pattern.step / float(np.median(tables[best].fwhm)), 2.0)
    limit = special.fdtri(places, places, SURE)
    better = f"{tables[best].shape} lines fit better"
    return {
        table.shape: f"the counts exclude {table.shape} lines: {better}"
        for table, square in zip(tables, squares.tolist(), strict=True)
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


def _by_law(lines: Lines, breadth: str, name: str) -> list[StrainOutcome]:
    """Return what lines give by each equation and each addition, in the order of the rows."""
    nothing = len(EQUATIONS) * len(WAYS)
    if isinstance(lines, str):
        return [StrainOutcome(reasons=lines)] * nothing
    chosen = _chosen(lines, breadth, name)
    if len(chosen) < ENOUGH:
        return [StrainOutcome(reasons="there are fewer than two usable lines")] * nothing
    pure = shape_named(chosen.shape).mixing is not None
    fits = [
        (None, f"{chosen.shape} lines have a single part")
        if pure and way is RESOLVED
        else attempt(partial(williamson_hall, chosen, breadth=breadth, addition=way.name))
        for way in WAYS
    ]
    fitted = [fit for fit, _ in fits if fit is not None]
    if not fitted:
        return [StrainOutcome(reasons=str(fits[0][1]))] * nothing
    refutes = any(
        kept.chance >= REFUTED for fit in fitted for kept in (fit.full, fit.reduced) if kept
    )
    reduced = [_outcome(fit or fitted[0], "reduced", refutes=refutes) for fit, _ in fits]
    full = [
        StrainOutcome(reasons=str(why)) if fit is None else _outcome(fit, "full", refutes=refutes)
        for fit, why in fits
    ]
    return reduced + full


def _outcome(fit: WilliamsonHall, equation: str, *, refutes: bool) -> StrainOutcome:
    """Return what a fit gives by an equation; whether data that others fit refute it."""
    numbers: dict[str, float] = {}
    height, needed = 0.0, math.inf
    if fit.full is not None and fit.n_lines >= FEWEST:
        height, needed = size_height(fit.full)
    elif equation == "full":
        return StrainOutcome(reasons="there are too few lines for eq. 7")
    fitted = replace(fit, model=equation, options=fit.options._replace(model=equation))
    if equation == "full":
        numbers["size_lower"] = fitted.size_lower or math.nan
    for name, quantity in (("strain", fitted.quoted_strain), ("size", fitted.size)):
        if quantity is not None:
            numbers |= {name: quantity.n, f"{name}_error": quantity.s}
    objection = "the breadths exclude it" * (refutes and fitted.kept.chance < REFUTED)
    if equation == "reduced" and height > needed:
        objection = "eq. 8 ignores a size that the lines show"
    if equation == "full" and height < -needed:
        objection = "eq. 7 would need a negative size"
    return StrainOutcome(
        **numbers, reasons=NO_STRAIN * ("strain" not in numbers), objections=objection
    )


def _scaled(outcome: StrainOutcome, factor: float, against: str) -> StrainOutcome:
    """Return a size by another shape factor; what speaks against its lines comes first."""
    by = factor / SHAPE_FACTORS[0]
    sizes = {name: getattr(outcome, name) * by for name in NUMBERS if name.startswith("size")}
    return outcome._replace(**sizes, objections=against or outcome.objections)
