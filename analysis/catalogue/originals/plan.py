"""The plan of an import: which curve is taken for what. A small TOML file that a user edits."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analysis.catalogue.originals.conditions import without_conditions
from analysis.catalogue.originals.files import Originals
from analysis.catalogue.originals.kinds import NEITHER, Curve, guess_of, is_exported, says_more
from analysis.errors import UNSEEN
from analysis.reading.figure.drawn import SIDE_UNKNOWN
from analysis.reading.originals.series import Series
from analysis.reading.originals.strips import neighbours

# Of the heading of a column: no names of a curve.
_BARE = {"", "t", "k", "r", "rho", "ohm", "cm"}


@dataclass(frozen=True)
class Plan:
    """What is to become of the curves of a file.

    Attributes
    ----------
    file : str
        Its name.
    sha256 : str
    page : int or None
    curves : tuple of Curve
    title, doi, figure : str
        Whom to cite, and which figure it is.
    """

    file: str
    sha256: str
    page: int | None
    curves: tuple[Curve, ...]
    title: str = ""
    doi: str = ""
    figure: str = ""

    @property
    def taken(self) -> tuple[Curve, ...]:
        """The curves that become data sets."""
        return tuple(curve for curve in self.curves if curve.take)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is assumed, in words, with the numbers of the curves."""
        bare = [
            curve.number
            for curve in self.taken
            if curve.pressure is None and curve.kind in ("resistance", "diffraction")
        ]
        assumed = (
            "no pressure is stated: taken as ambient; if it is not, write pressure = ... in the "
            "plan"
        )
        notes = [f"{_curves(bare)}: {assumed}"] if bare else []
        notes += [
            f"curve {curve.number} is not taken: {why}"
            for curve in self.curves
            if curve.kind == NEITHER and (why := curve.asked.get("kind", ""))
        ]
        return tuple(notes)

    @property
    def questions(self) -> tuple[str, ...]:
        """What is open, a sentence for each question, with the numbers of the curves."""
        of: dict[tuple[str, str], list[int]] = {}
        for curve in self.taken:
            for key in curve.open:
                why = curve.asked.get(key, f"{key} is missing")
                of.setdefault((key, why), []).append(curve.number)
        return tuple(
            f"{_curves(numbers)}: {why} ({key} = ...)" for (key, why), numbers in of.items()
        )


def plan_of(originals: Originals, names_taken: Collection[str] = ()) -> Plan:
    """Return the plan that a file suggests: what is open is asked, nothing is guessed silently.

    Parameters
    ----------
    originals : Originals
    names_taken : collection of str
        Names of data sets that others have, in lower case.
    """
    names = _Names(names_taken, originals.path.stem)
    curves = tuple(
        _curve(number, series, names) for number, series in enumerate(originals.series, 1)
    )
    if originals.panels:
        curves = tuple(_in_panel(curve, originals) for curve in curves)
    curves = _pressures(_cells(curves))
    return Plan(originals.path.name, originals.sha256, originals.page, curves)


def _curve(number: int, series: Series, names: "_Names") -> Curve:
    guess = guess_of(series)
    properties: dict[str, Any] = {"number": number, "place": on_one_line(series.place)[:300]}
    properties |= {key: "" for key in ("pressure", "wavelength") if key in guess.asked}
    take = guess.kind != NEITHER
    name = names.name_of(series, guess) if take else ""
    origin = "digitised" if series.drawn or is_exported(series) else "measured"
    return replace(guess, take=take, name=name, origin=origin, **properties)


def _in_panel(curve: Curve, originals: Originals) -> Curve:
    """Return a curve with what its panel leaves open: which of two axes; an inset without names."""
    panel = originals.panel(curve.number)
    if panel.inside is not None and curve.kind == "":
        return replace(curve, take=False)
    if panel.right is None:
        return curve
    if SIDE_UNKNOWN in originals.series[curve.number - 1].remarks:
        asked = {**curve.asked, "axis": "y axis: the panel has two; write left or right"}
        name = curve.name or f"curve-{curve.number}"
        return replace(curve, take=True, kind="", y="", y_unit="", axis="", name=name, asked=asked)
    return replace(curve, axis=originals.drawn[curve.number - 1].axis)


def _cells(curves: tuple[Curve, ...]) -> tuple[Curve, ...]:
    """Return curves, of which two of one axis of a cell in one set are asked for their names."""
    names_and_axes = [(curve.name, curve.y) for curve in curves if curve.kind == "lattice"]
    why = "name: several curves are this axis; give the axes of one crystal one name"
    return tuple(
        replace(curve, name="", asked={**curve.asked, "name": why})
        if curve.kind == "lattice" and names_and_axes.count((curve.name, curve.y)) > 1
        else curve
        for curve in curves
    )


def _pressures(curves: tuple[Curve, ...]) -> tuple[Curve, ...]:
    """Return curves, of which those without a pressure are asked for it if others have one."""
    if not any(isinstance(curve.pressure, float) for curve in curves if curve.take):
        return curves
    why = "pressure: none is stated, but others have one; write it in GPa, 0 if it is ambient"
    return tuple(
        replace(curve, pressure="", asked={**curve.asked, "pressure": why})
        if curve.take and curve.pressure is None and curve.kind != "lattice"
        else curve
        for curve in curves
    )


class _Names:
    """Names of data sets, each once."""

    def __init__(self, names_taken: Collection[str], stem: str) -> None:
        self._taken, self._stem = set(names_taken), stem
        self._cells: dict[str, str] = {}

    def name_of(self, series: Series, guess: Curve) -> str:
        """Return a name from what is known of a curve."""
        if guess.kind == "lattice":
            if series.block not in self._cells:
                self._cells[series.block] = self._free("lattice")
            return self._cells[series.block]
        name_parts = ["xrd"] if guess.kind == "diffraction" else []
        name_parts += [f"run{guess.run}"] if guess.run else []
        name_parts += [f"{guess.pressure:g}gpa"] if isinstance(guess.pressure, float) else []
        rest = series.label if guess.pressure is None else without_conditions(series.label)
        name_parts += [rest] if says_more(rest) and set(slug(rest).split("-")) - _BARE else []
        return self._free("-".join(name_parts) or self._stem)

    def _free(self, wanted: str) -> str:
        base = slug(wanted)[:60] or "curve"
        names = (f"{base}-{number}" if number > 1 else base for number in range(1, 10**6))
        name = next(name for name in names if name not in self._taken)
        self._taken.add(name)
        return name


def on_one_line(text: str) -> str:
    """Return foreign text without breaks of lines and what is not seen."""
    return " ".join(UNSEEN.sub(" ", text).split())


def slug(text: str) -> str:
    """Return a text as the name of a file: letters, digits, dots and hyphens.

    Examples
    --------
    >>> slug("Run 2, 18.5 GPa (cooling)"), slug("\u03c1 / \u03c1(300 K)")
    ('run-2-18.5-gpa-cooling', '300-k')
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9.]+", "-", plain).strip("-.")


def _curves(numbers: Sequence[int]) -> str:
    """Return "curves 1, 3 to 5"."""
    words = [
        f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run))
        for run in neighbours(numbers)
    ]
    return f"curve{'s' * (len(numbers) > 1)} {', '.join(words)}"
