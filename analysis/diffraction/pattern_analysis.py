"""What comes of a pattern's lines, or of a list of them: strain and size, and the cell."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from analysis.diffraction.crystal.cell import Crystal
from analysis.diffraction.crystal.indexing import index_lines
from analysis.diffraction.crystal.lattice import LatticeFit, fit_lattice
from analysis.diffraction.crystal.offsets import check_offset
from analysis.diffraction.peaks import ListedPattern, PeakTable
from analysis.diffraction.strain.choices import Options, checked_options
from analysis.diffraction.strain.williamson_hall import WilliamsonHall, williamson_hall
from analysis.errors import FitError, attempt
from analysis.numerics.summary import numbers_of, summary

if TYPE_CHECKING:
    from analysis.diffraction.pattern import DiffractionPattern

# What is no number in a result's dictionary.
_SAID = ("warnings", "remarks")


class CrystalChoice(NamedTuple):
    """The crystal that a pattern is analysed with.

    Attributes
    ----------
    crystal : Crystal or None
        None: all lines count as those of one crystal, and have no indices.
    words : str
        The crystal, or that there is none.
    warnings : tuple of str
        That there are others, if nobody chose between them.
    """

    crystal: Crystal | None
    words: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class PatternAnalysis:
    """The result of `analyse_pattern`. What the data do not allow is None, with the reason.

    Attributes
    ----------
    pattern : DiffractionPattern or ListedPattern
        Within the window, if there is one.
    choice : CrystalChoice
        The crystal that the pattern was analysed with, and in words.
    peaks : PeakTable or None
        The crystal's lines; all of them where no crystal is named.
    strain : WilliamsonHall or None
    lattice : LatticeFit or None
    no_peaks, no_strain, no_lattice : str or None
        Why there is none, in words. What follows from something missing has no reason of
        its own.
    """

    pattern: "DiffractionPattern | ListedPattern"
    choice: CrystalChoice
    peaks: PeakTable | None = None
    strain: WilliamsonHall | None = None
    lattice: LatticeFit | None = None
    no_peaks: str | None = None
    no_strain: str | None = None
    no_lattice: str | None = None

    @property
    def crystal(self) -> Crystal | None:
        """The crystal that the pattern was analysed with."""
        return self.choice.crystal

    def strain_or_error(self) -> WilliamsonHall:
        """Return the strain.

        Raises
        ------
        FitError
            If there is none: why.
        """
        if self.strain is None:
            raise FitError(self.no_peaks or self.no_strain or f"{self.pattern.name}: no strain")
        return self.strain

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why there are no lines, or no strain."""
        return tuple(text for text in (self.no_peaks, self.no_strain) if text)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What casts doubt on the numbers, in words."""
        lines = () if self.peaks is None else self.peaks.warnings
        strain = () if self.strain is None else (*self.strain.peaks.warnings, *self.strain.warnings)
        cell = self.lattice_numbers().get("warnings", ())
        first = (*self.choice.warnings, *self.pattern.warnings, *self.reasons)
        return tuple(dict.fromkeys([*first, *lines, *strain, *cell]))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the numbers rest on, in words."""
        results = (self.peaks, self.strain and self.strain.peaks, self.strain, self.lattice)
        texts = [text for result in results if result is not None for text in result.remarks]
        return tuple(dict.fromkeys(texts))

    def lattice_numbers(self) -> dict[str, Any]:
        """Return the cell's free constants, volume and offset as plain numbers, for JSON.

        Empty without a crystal or without its lines; a warning alone where these lines
        determine no cell.
        """
        if self.no_lattice is not None:
            return {"warnings": [f"no lattice constants: {self.no_lattice}"], "remarks": []}
        if self.lattice is None:
            return {}
        numbers = self.lattice.to_dict()
        names = dict.fromkeys((*self.lattice.phase.system.names, "volume", "offset", *_SAID))
        return {name: numbers[name] for name in names}

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain numbers and words, ready for JSON.

        The entries of `WilliamsonHall.to_dict`, if there is a strain, with all warnings and
        remarks; "lattice", the cell's numbers or None; "notes", what was noticed while reading.
        """
        cell = {name: value for name, value in self.lattice_numbers().items() if name not in _SAID}
        return {
            **({} if self.strain is None else self.strain.to_dict()),
            "warnings": list(self.warnings),
            "remarks": list(self.remarks),
            "lattice": cell or None,
            "notes": self.pattern.notes,
        }

    def summary(self) -> dict[str, Any]:
        """Return numbers, warnings, and the fits that there are, ready for JSON.

        "numbers" are those to quote, of the strain and of the cell. "fits" holds `to_dict`
        of both, "strain" and "lattice".
        """
        strain = None if self.strain is None else self.strain.to_dict()
        cell = self.lattice_numbers()
        numbers = numbers_of(strain) | numbers_of(cell)
        numbers.pop("offset", None)
        return summary(
            {"strain": strain, "lattice": cell},
            numbers,
            [*self.pattern.notes, *self.warnings],
            self.remarks,
        )


def analyse_lines(
    peaks: PeakTable, choice: CrystalChoice, options: Options, offset: str = "auto"
) -> PatternAnalysis:
    """Find strain and size from lines, and the cell where a crystal is named.

    Parameters
    ----------
    peaks : PeakTable
        Those of one crystal.
    choice : CrystalChoice
    options : Options
        Of the strain, see `williamson_hall`.
    offset : {"auto", "none", "zero", "displacement"}
        Of the cell, see `fit_lattice`.
    """
    crystal = choice.crystal
    strain, no_strain = attempt(lambda: williamson_hall(peaks, **options._asdict()))
    lattice, no_lattice = (
        (None, None)
        if crystal is None
        else attempt(lambda: fit_lattice(peaks, crystal, offset=offset))
    )
    return PatternAnalysis(
        peaks.pattern, choice, peaks, strain, lattice, None, no_strain, no_lattice
    )


def analyse_list(
    lines: PeakTable,
    crystal: Crystal | None = None,
    *,
    breadth: str = "fwhm",
    model: str = "auto",
    shape_factor: float = 0.9,
    addition: str = "auto",
    offset: str = "auto",
) -> PatternAnalysis:
    """Find strain and size from lines that were written down, and the cell of their crystal.

    Parameters
    ----------
    lines : PeakTable
        Of one crystal, see `listed_lines`. Those without indices are indexed where a
        crystal is named.
    crystal : Crystal, optional
        A `Phase`, or a `Cubic` lattice; approximate.
    breadth, model, shape_factor, addition
        Of the strain, see `williamson_hall`.
    offset
        Of the cell, see `fit_lattice`.

    Raises
    ------
    AnalysisError
        If an option is not usable. What only the lines do not allow is said in the result.

    Examples
    --------
    >>> from analysis.diffraction.line_list import listed_lines
    >>> from analysis.diffraction.crystal.cubic import Cubic
    >>> hkl, angle = [(1, 1, 1), (2, 0, 0), (2, 2, 0)], [38.19, 44.39, 64.59]
    >>> lines = listed_lines(angle, [0.31, 0.36, 0.56], [0.01] * 3, wavelength=154.06, hkl=hkl)
    >>> result = analyse_list(lines, Cubic("gold", 4.1, "F m -3 m"))
    >>> f"{result.strain.strain_upper:.1e}", f"{result.lattice.a.n:.3f}"
    ('4.0e-03', '4.077')
    """
    options = checked_options(model, shape_factor, breadth, addition)
    check_offset(offset)
    words = "none named: all lines are taken as those of one crystal"
    if crystal is None:
        return analyse_lines(lines, CrystalChoice(None, words), options, offset)
    if not any(lines.hkl):
        # What cannot be indexed keeps its angles for names; the fit of the cell says why.
        lines = attempt(lambda: index_lines(lines, crystal))[0] or lines
    return analyse_lines(lines, CrystalChoice(crystal, str(crystal)), options, offset)
