"""What the first column of a diffraction file is, and 2 theta from it.

Programs write 2 theta, or the scattering vector ``Q = 4 pi sin(theta) / lambda``, or the spacing
``d = lambda / (2 sin theta)``. The wavelength turns the latter two into angles.
"""

import re
from dataclasses import dataclass

import numpy as np

from analysis.errors import DataError, shown
from analysis.reading.pattern_columns import INSTEAD, in_radians, plain, role_of
from analysis.typing import Floats, Place

# What --two-theta-unit takes.
ALLOWED = "deg or rad (2 theta), 1/A or 1/nm (Q), A, nm or pm (d)"
# The equation that gives 2 theta, as messages have it.
_EQUATION = {"q": "2 asin(Q lambda / 4 pi)", "d": "2 asin(lambda / 2 d)"}
# In angstrom.
_LENGTHS = {"A": 1.0, "nm": 10.0, "pm": 0.01}


def degrees_per_unit(unit: str, wavelength: float, two_theta: float) -> float:
    """Return by how much 2 theta changes with one unit of a column, without sign.

    Parameters
    ----------
    unit : str
        As `Axis.unit_words` has it.
    wavelength : float
        In pm.
    two_theta : float
        Where, in degrees.

    Examples
    --------
    >>> degrees_per_unit("deg", 154.06, 30.0)
    1.0
    >>> f"{degrees_per_unit('1/A', 154.06, 30.0):.2f}"
    '14.54'
    """
    length, theta = unit.removeprefix("1/"), np.radians(two_theta / 2)
    if length not in _LENGTHS:
        return float(np.degrees(1.0)) if unit == "rad" else 1.0
    waves = wavelength / 100 / _LENGTHS[length]
    if unit.startswith("1/"):
        return float(np.degrees(waves / (2 * np.pi * np.cos(theta))))
    return float(np.degrees(4 * np.sin(theta) * np.tan(theta) / waves))


@dataclass(frozen=True)
class Axis:
    """What a column of a pattern holds in place of 2 theta, or 2 theta itself.

    Attributes
    ----------
    role : {"two_theta", "q", "d"}
    unit : str or None
        "deg" or "rad"; of the others a length in `_LENGTHS`, None where it is not said.
    where : str
        The file and column, which open a message.
    """

    role: str
    unit: str | None
    where: str

    @property
    def unit_words(self) -> str:
        """The unit of the column's numbers."""
        return f"1/{self.unit}" if self.role == "q" else str(self.unit)

    @property
    def words(self) -> str:
        """What the column holds, with its unit."""
        return f"{INSTEAD[self.role]} in {self.unit_words}"

    def two_theta(
        self, values: Floats, wavelength: float | None, where: Place
    ) -> tuple[Floats, list[str]]:
        """Return 2 theta in degrees, and what was converted, in words.

        Parameters
        ----------
        values : ndarray, shape (N,)
            Of the column, as they stand in it.
        wavelength : float or None
            In pm.
        where : callable
            Turns the index of a point into words ("row 17").

        Raises
        ------
        DataError
            If the unit or the wavelength is not known, or no angle belongs to a value.
        """
        if self.unit == "rad":
            note = "2 theta is in radians in the file, and was converted to degrees"
            return np.degrees(values), [note]
        if self.role == "two_theta":
            return values, []
        if self.unit is None:
            units = "1/A or 1/nm" if self.role == "q" else "A, nm or pm"
            raise DataError(
                f"{self.where} says that these are {INSTEAD[self.role]}, but not in which unit; "
                f"say it with --two-theta-unit {units}"
            )
        if wavelength is None:
            raise DataError(
                f"{self.where} says that these are {self.words}; 2 theta = {_EQUATION[self.role]} "
                "needs the wavelength lambda: give it in pm with --wavelength PM"
            )
        length, reach = _LENGTHS[self.unit], wavelength / 200  # the smallest d, in angstrom
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            if self.role == "q":
                sine = reach * values / (2 * np.pi * length)
            else:
                sine = reach / (values * length)
        outside = np.flatnonzero(~((sine >= 0) & (sine <= 1)) & ~np.isnan(values))
        if outside.size:
            raise DataError(
                f"{self.where}, {where(int(outside[0]))}: {values[outside[0]]:g} {self.unit_words} "
                f"gives no angle at {wavelength:g} pm; correct --wavelength PM or --two-theta-unit"
            )
        note = f"{self.words} were converted to 2 theta = {_EQUATION[self.role]} at"
        return np.degrees(2 * np.arcsin(sine)), [f"{note} {wavelength:g} pm"]


def axis_of(file: str, column: str, heading: str, unit: str | None) -> Axis:
    """Return what a column is, from the unit that the user gives, or else from its heading.

    Raises
    ------
    DataError
        If the unit is not understood, or the heading names what gives no angle.
    """
    where = f"{file}, column {column}"
    if unit is not None:
        return Axis(*_given(file, unit), where)
    role = role_of(heading)
    if role in _EQUATION:
        return Axis(role, _length(heading), where)
    if role in INSTEAD:
        double = ", and double them if they are theta" if role == "theta" else ""
        raise DataError(
            f"{where} says that these are {INSTEAD[role]}; 2 theta in degrees is needed: choose "
            f"another column with --two-theta NAME or NUMBER{double}"
        )
    return Axis("two_theta", "rad" if in_radians(heading) else "deg", where)


def _given(file: str, unit: str) -> tuple[str, str]:
    """Return role and unit that the words of the option --two-theta-unit mean."""
    text, length = plain(unit), _length(unit)
    if re.fullmatch(r"deg(rees?)?|\u00b0", text):
        return "two_theta", "deg"
    if re.fullmatch(r"rad(ians?)?", text):
        return "two_theta", "rad"
    if length is None:
        raise DataError(
            f"{file}: the unit {shown(unit)} of 2 theta is not understood; allowed: {ALLOWED}"
        )
    return ("q" if re.search(r"-\s*1|1\s*/|inverse", text) else "d"), length


def _length(text: str) -> str | None:
    """Return the unit of length in a heading: "q_nm^-1", "Q (1/Å)", "d (A)"."""
    words = plain(text).replace("_", " ")
    for unit, pattern in (
        ("nm", r"\bnm\b|nanomet"), ("pm", r"\bpm\b|picomet"), ("A", r"\u00e5|angstr|\ba\b"),
    ):  # fmt: skip
        if re.search(pattern, words):
            return unit
    return None
