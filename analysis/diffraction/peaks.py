"""The table of diffraction lines: what a fit of a pattern finds, and every later step reads."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analysis.diffraction.shapes import shape_named
from analysis.errors import DataError
from analysis.typing import Floats, ReadRecord

if TYPE_CHECKING:
    from analysis.diffraction.pattern import DiffractionPattern

Index = tuple[int, int, int]

# Area over height, or full width at half maximum.
BREADTHS = ("integral", "fwhm")

# Why a line's breadth should not be used, or used with care.
FLAGS = {
    "weak": "its area is less than five times its error",
    "saturated": "its top is flat, as of a detector at its limit",
    "edge": "it is cut off by the edge of the pattern or a gap",
    "overlapping": "a neighbour lies closer than their breadths",
    "merged": "it and a neighbour lie within half of their breadth",
    "split": "two lines describe it better than one",
    "narrow": "it is no broader than the instrument's own lines",
    "undersampled": "fewer than three points lie on its upper half",
    "undetermined": "the data do not determine its breadth",
    "misfit": "the shape does not describe it within the scatter",
}
# Lines with these flags are used all the same.
MILD = frozenset({"overlapping", "misfit"})
# One value a line.
_COLUMNS = (
    "two_theta",
    "two_theta_error",
    "fwhm",
    "fwhm_error",
    "integral_breadth",
    "integral_breadth_error",
    "area",
    "area_error",
    "lorentzian_part",
)
# Columns that a fit may leave out.
_PARTS = (
    "lorentzian_fwhm",
    "lorentzian_fwhm_error",
    "gaussian_fwhm",
    "gaussian_fwhm_error",
    "parts_correlation",
)


@dataclass(frozen=True)
class ListedPattern:
    """What is known of a pattern of which only the lines were written down.

    Its attributes are those of `DiffractionPattern`.
    """

    name: str
    wavelength: float
    origin: str | None = None
    pressure: float | None = None
    pressure_error: float | None = None
    pressure_scale: str | None = None
    sample: str | None = None
    run: str | None = None
    digitised: None = None
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    reading: ReadRecord | None = None


class CommonErrors(NamedTuple):
    """By how much K causes, independent of each other, move all lines of a table together.

    Each is a standard error of the instrument's curves; the lines' errors contain it. Arrays
    have shape (K, N), degrees.
    """

    fwhm: Floats
    integral_breadth: Floats
    lorentzian_fwhm: Floats
    gaussian_fwhm: Floats


class LineParts(NamedTuple):
    """The Lorentzian and the Gaussian that make up lines. Arrays have shape (N,), degrees.

    Attributes
    ----------
    lorentzian, lorentzian_error, gaussian, gaussian_error : ndarray
        Full widths at half maximum and their standard errors.
    correlation : ndarray
        Of the two errors of a line, -1 to 1: what one part gains the other loses.
    """

    lorentzian: Floats
    lorentzian_error: Floats
    gaussian: Floats
    gaussian_error: Floats
    correlation: Floats


@dataclass(frozen=True, eq=False)
class PeakTable:
    """Lines of one pattern, in ascending angle. Arrays have shape (N,), one value a line.

    Attributes
    ----------
    two_theta, two_theta_error : ndarray
        Position (of K-alpha 1) in degrees, and its standard error.
    fwhm, fwhm_error : ndarray
        Full width at half maximum, degrees in 2 theta.
    integral_breadth, integral_breadth_error : ndarray
        Area over height, degrees in 2 theta.
    area, area_error : ndarray
        Area, counts times degrees.
    lorentzian_part : ndarray
        Mixing parameter of the shape: 0 is Gaussian, 1 Lorentzian.
    flags : tuple of frozenset of str
        For each line, keys of `FLAGS`.
    shape : str
        Name of the shape that was fitted.
    pattern : DiffractionPattern or ListedPattern
        What was fitted; `counts` has it where there are any.
    instrument : str or None
        Name of the standard whose breadths and offset were removed; None: not corrected.
    hkl : tuple of (int, int, int) or None
        Miller indices, where the lines have been indexed.
    phase : str or None
        Of what the indexed lines are.
    warnings : tuple of str
        What casts doubt on the numbers, in words.
    remarks : tuple of str
        What belongs to them: what was left out as a matter of course, in words.
    undeclared_doublet : bool
        Whether K-alpha 2 shows that the pattern does not declare: places are then not those
        of one wavelength.
    lorentzian_fwhm, lorentzian_fwhm_error, gaussian_fwhm, gaussian_fwhm_error : ndarray or None
        The two parts of each line's FWHM, degrees, and their errors, where a fit found
        them; `parts` has them in any case.
    parts_correlation : ndarray or None
        Of the errors of the two parts, -1 to 1.
    common : CommonErrors or None
        What the removal of the instrument's breadth does to all lines alike.
    background, line_counts : ndarray, shape (M,), or None
        The fit at the pattern's points: what lies under the lines, and all lines together,
        counts. K-alpha 2 is part of the lines.
    """

    two_theta: Floats
    two_theta_error: Floats
    fwhm: Floats
    fwhm_error: Floats
    integral_breadth: Floats
    integral_breadth_error: Floats
    area: Floats
    area_error: Floats
    lorentzian_part: Floats
    flags: tuple[frozenset[str], ...]
    shape: str
    pattern: "DiffractionPattern | ListedPattern"
    instrument: str | None = None
    hkl: tuple[Index | None, ...] = ()
    phase: str | None = None
    warnings: tuple[str, ...] = ()
    background: Floats | None = None
    line_counts: Floats | None = None
    remarks: tuple[str, ...] = ()
    undeclared_doublet: bool = False
    lorentzian_fwhm: Floats | None = None
    lorentzian_fwhm_error: Floats | None = None
    gaussian_fwhm: Floats | None = None
    gaussian_fwhm_error: Floats | None = None
    parts_correlation: Floats | None = None
    common: CommonErrors | None = None

    def __len__(self) -> int:
        return self.two_theta.size

    @property
    def counts(self) -> "DiffractionPattern":
        """The pattern that was fitted.

        Raises
        ------
        DataError
            If the lines come from a list: then there is none.
        """
        if isinstance(self.pattern, ListedPattern):
            raise DataError(f"{self.pattern.name}: is a list of lines, without a pattern's counts")
        return self.pattern

    @property
    def theta(self) -> Floats:
        """Bragg angles theta, rad."""
        return np.radians(self.two_theta / 2)

    @property
    def d_spacing(self) -> Floats:
        """Spacings of the lattice planes by Bragg's law, angstrom."""
        return self.pattern.wavelength / 100 / (2 * np.sin(self.theta))

    @property
    def usable(self) -> NDArray[np.bool_]:
        """True for the lines whose breadth can be used, with care if they have a `MILD` flag."""
        return np.array([not flags - MILD for flags in self.flags], dtype=bool)

    def breadth(self, kind: str) -> tuple[Floats, Floats]:
        """Return breadths and their errors in rad: "integral" or "fwhm".

        Raises
        ------
        DataError
            For any other word.
        """
        if kind not in BREADTHS:
            allowed = " or ".join(map(repr, BREADTHS))
            raise DataError(f"breadth must be {allowed}, got {kind!r}")
        field = "integral_breadth" if kind == "integral" else "fwhm"
        return np.radians(getattr(self, field)), np.radians(getattr(self, f"{field}_error"))

    @property
    def parts(self) -> LineParts:
        """The Lorentzian and the Gaussian part of each line's FWHM, degrees.

        As a fit found them; else by the shape's own relation from FWHM and mixing (that of
        P. Thompson, D. E. Cox and J. B. Hastings, J. Appl. Cryst. 20, 79 (1987) for a
        pseudo-Voigt), as though the mixing were exact.
        """
        parts = [getattr(self, name) for name in _PARTS]
        if any(column is None for column in parts[:4]):
            widths = shape_named(self.shape).widths
            pairs = [widths(part) for part in self.lorentzian_part.tolist()]
            shares = np.array(pairs).reshape(-1, 2).T
            parts = [share * whole for share in shares for whole in (self.fwhm, self.fwhm_error)]
            # The two follow the width together where nothing else moves them.
            parts.append(np.ones(len(self)))
        elif parts[4] is None:
            parts[4] = np.zeros(len(self))
        return LineParts(*parts)

    def select(self, which: ArrayLike, **changes: Any) -> "PeakTable":
        """Return a table of some lines, by a mask or by indices; `changes` replace fields."""
        chosen = np.arange(len(self))[np.asarray(which)]
        parts: dict[str, Any] = {
            name: None if (column := getattr(self, name)) is None else column[chosen]
            for name in (*_COLUMNS, *_PARTS)
        }
        for name, values in (("flags", self.flags), ("hkl", self.hkl)):
            parts[name] = tuple(values[at] for at in chosen) if values else ()
        if self.common is not None:
            parts["common"] = CommonErrors(*(modes[:, chosen] for modes in self.common))
        return replace(self, **{**parts, **changes})
