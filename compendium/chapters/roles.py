"""Which data set of the package plays which role in the chapters.

The package's ``book`` section says it (`analysis.catalogue.book`). What it leaves open is chosen
here, and each choice is said in a sentence that chapter 2 and the build show.
"""

import json
import math
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from analysis.catalogue.book import BookSection, Region, book_section
from analysis.catalogue.datasets import Dataset, foreign_package, list_datasets, package_file
from analysis.catalogue.loading import load
from analysis.catalogue.phases import phases_of
from analysis.diffraction.analyse import analyse_pattern
from analysis.errors import AnalysisError, attempt
from analysis.pressure.series import SAMPLE
from analysis.transport.analyse import CurveAnalysis, analyse_curve
from analysis.transport.curve import ResistanceCurve
from analysis.transport.drop import deepest_drop, find_drop
from compendium.chapters import ROLES

_LISTS = ("curves", "fits", "transitions", "series", "lattice", "own")
_SINGLE = ("curve", "transition", "pattern")


@dataclass(frozen=True)
class Roles:
    """The data sets of a package by their roles; all of them are on this machine.

    Attributes
    ----------
    paper : bool
        Whether the paper's sample leads.
    twin, foreign : bool
        Whether this project's synthetic twin is in the package; whether the package is
        another than this project's.
    title : str
        The package's.
    sample : str or None
        The sample that leads; None if no data set names one.
    curves : tuple of Dataset
        R(T) to show side by side: the leading sample first, then by run and pressure.
    fits : tuple of Dataset
        Those of `curves` whose Debye temperature can be fitted.
    curve : Dataset or None
        The one that is fitted step by step.
    transitions : tuple of Dataset
        Those of `curves` with a superconducting transition, fitted or read off.
    transition : Dataset or None
        The one that is taken step by step.
    shape : bool
        Whether its shape could be fitted.
    pattern : Dataset or None
        The diffraction pattern that is taken step by step.
    strain : bool
        Whether its lines give a strain.
    series : tuple of Dataset
        The patterns to show side by side, by sample, run and pressure.
    lattice : tuple of Dataset
        Lattice constants against pressure.
    regions : tuple of (str, float, float)
        Name and bounds, GPa, of regions of pressure; the last bound may be infinite.
    said : tuple of str
        What was chosen in the package's stead, each in one sentence.
    own : tuple of Dataset
        Everything in the package given that is on this machine.
    left_out : tuple of str
        Names of the sets that the package wants in no chapter of their own.
    """

    paper: bool
    twin: bool
    foreign: bool
    title: str
    sample: str | None
    curves: tuple[Dataset, ...]
    fits: tuple[Dataset, ...]
    curve: Dataset | None
    transitions: tuple[Dataset, ...]
    transition: Dataset | None
    shape: bool
    pattern: Dataset | None
    strain: bool
    series: tuple[Dataset, ...]
    lattice: tuple[Dataset, ...]
    regions: tuple[Region, ...]
    said: tuple[str, ...]
    own: tuple[Dataset, ...]
    left_out: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return them as plain values, data sets by their names."""
        names = {key: [dataset.name for dataset in getattr(self, key)] for key in _LISTS}
        single = {
            key: dataset and dataset.name for key in _SINGLE for dataset in [getattr(self, key)]
        }
        return {**vars(self), **names, **single}

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Roles":
        """Return what `to_dict` made, read back from JSON."""
        by_name = {dataset.name: dataset for dataset in list_datasets(package=package_file())}
        lists = {key: tuple(by_name[name] for name in content[key]) for key in _LISTS}
        single = {key: content[key] and by_name[content[key]] for key in _SINGLE}
        plain = {key: tuple(content[key]) for key in ("said", "left_out")}
        regions = tuple((name, low, high) for name, low, high in content["regions"])
        return cls(**{**content, **lists, **single, **plain, "regions": regions})


def roles() -> Roles:
    """Return the roles that the build decided on; outside of a build, decide.

    Raises
    ------
    DataError
        If the package cannot be read, or its ``book`` section cannot be used.
    """
    file = os.environ.get(ROLES)
    if file and Path(file).exists():
        return Roles.from_dict(json.loads(Path(file).read_text(encoding="utf-8"))["roles"])
    return decide()


def decide() -> Roles:
    """Decide on the roles: read every curve and pattern of the package, and look at them.

    Raises
    ------
    DataError
        As `roles` does.
    """
    return _Choice(book_section()).roles()


class _Choice:
    """The choices, each made once; `said` has a sentence for each that the package left open."""

    def __init__(self, section: BookSection) -> None:
        self.section = section
        self.said: list[str] = []
        self.loaded: dict[str, Any] = {}
        self.analysed: dict[str, CurveAnalysis] = {}
        self.own = tuple(self._usable(list_datasets(package=package_file())))

    def _usable(self, datasets: Iterable[Dataset]) -> Iterable[Dataset]:
        """Yield the sets on this machine; of those that cannot be read the reason is said."""
        for dataset in datasets:
            if not dataset.available:
                continue
            if dataset.kind in ("resistance", "diffraction"):
                try:
                    self.loaded[dataset.name] = load(dataset.name, package=package_file())
                except AnalysisError as error:
                    self.said.append(
                        f"{dataset.name} has no role, because it cannot be read: {error}"
                    )
                    continue
            yield dataset

    def roles(self) -> Roles:
        """Return all of them; what depends on the leading sample comes after it."""
        paper, foreign = self.sample == SAMPLE, foreign_package()
        transition = self.transition()
        return Roles(
            paper=paper,
            twin=not foreign and any(self._twin(dataset) for dataset in self.own),
            foreign=foreign,
            title=self.section.title,
            sample=self.sample,
            curves=self.curves,
            fits=self.fits,
            curve=self.curve(),
            transitions=self.transitions,
            transition=transition,
            shape=transition is not None and self._analysis(transition).transition is not None,
            pattern=(pattern := self.pattern()),
            strain=self._gives_strain(pattern),
            series=self.series,
            lattice=tuple(dataset for dataset in self.own if dataset.kind == "lattice"),
            regions=self.section.regions,
            said=tuple(self.said),
            own=self.own,
            left_out=self.section.leave_out,
        )

    @staticmethod
    def _twin(dataset: Dataset) -> bool:
        return dataset.origin == "synthetic" and dataset.sample == SAMPLE

    # ------------------------------------------------------------------------ lists

    def _kind(self, kind: str) -> tuple[Dataset, ...]:
        left_out = self.section.leave_out
        return tuple(
            dataset for dataset in self.own if dataset.kind == kind and dataset.name not in left_out
        )

    @cached_property
    def sample(self) -> str | None:
        """The sample that leads: the one named, else the one at most pressures."""
        if self.section.sample:
            return self.section.sample
        sets: dict[str, list[Dataset]] = {}
        for dataset in (*self._kind("resistance"), *self._kind("diffraction")):
            if dataset.sample:
                sets.setdefault(dataset.sample, []).append(dataset)
        ranked = sorted(sets, key=lambda name: (*_weight(sets[name]), name), reverse=True)
        if len(ranked) > 1:
            pressures, curves, patterns = _weight(sets[ranked[0]])
            self.said.append(
                f"The leading sample is {ranked[0]}, measured at "
                f"{_counted(pressures, 'pressure')}: {_counted(curves, 'curve')}, "
                f"{_counted(patterns, 'pattern')}"
            )
        return ranked[0] if ranked else None

    def _ordered(self, datasets: Iterable[Dataset]) -> tuple[Dataset, ...]:
        def place(dataset: Dataset) -> tuple[Any, ...]:
            pressure = -1.0 if dataset.pressure is None else dataset.pressure
            return (
                dataset.sample != self.sample,
                dataset.sample or "",
                dataset.run or "",
                pressure,
                dataset.name,
            )

        return tuple(sorted(datasets, key=place))

    @cached_property
    def curves(self) -> tuple[Dataset, ...]:
        """All resistance curves that are not left out."""
        return self._ordered(self._kind("resistance"))

    def _analysis(self, dataset: Dataset) -> CurveAnalysis:
        if dataset.name not in self.analysed:
            self.analysed[dataset.name] = analyse_curve(self.loaded[dataset.name])
        return self.analysed[dataset.name]

    def _fits(self, dataset: Dataset) -> bool:
        return dataset.kind == "resistance" and self._analysis(dataset).fit is not None

    def _drops(self, dataset: Dataset) -> bool:
        if dataset.kind != "resistance":
            return False
        analysis = self._analysis(dataset)
        return (analysis.transition or analysis.reading) is not None

    @cached_property
    def fits(self) -> tuple[Dataset, ...]:
        """Those of the curves whose normal state can be fitted."""
        return tuple(filter(self._fits, self.curves))

    @cached_property
    def transitions(self) -> tuple[Dataset, ...]:
        """Those of the curves that drop as a superconductor's."""
        return tuple(filter(self._drops, self.curves))

    @cached_property
    def series(self) -> tuple[Dataset, ...]:
        """The patterns named, else all that are not left out."""
        named = self.section.series
        chosen = [dataset for dataset in self.own if dataset.name in named] if named else None
        return self._ordered(self._kind("diffraction") if chosen is None else chosen)

    # ------------------------------------------------------------------------ one of several

    def _named(self, role: str, words: str, usable: Callable[[Dataset], bool]) -> Dataset | None:
        """Return the set that the package names for a role, if it can be used."""
        name = getattr(self.section, role)
        for dataset in self.own:
            if dataset.name == name and usable(dataset):
                return dataset
        if name:
            self.said.append(
                f"The package names {name} as {words}; it cannot be used for that, so the book "
                "chooses another"
            )
        return None

    def _chosen(
        self, words: str, candidates: Sequence[Dataset], key: Callable[[Dataset], Any], why: str
    ) -> Dataset | None:
        best = max(candidates, key=key, default=None)
        if best is not None and len(candidates) > 1:
            self.said.append(f"{best.name} is {words}: {why}")
        return best

    def curve(self) -> Dataset | None:
        """Return the curve to be fitted step by step."""
        words = "the curve that chapter 3.1 fits step by step"
        return self._named("curve", words, self._fits) or self._chosen(
            words,
            self.fits or self.curves,
            lambda dataset: _above_drop(self.loaded[dataset.name]),
            "it has the widest range of temperatures above any drop",
        )

    def transition(self) -> Dataset | None:
        """Return the curve whose transition is taken step by step."""
        words = "the transition that chapter 3.2 fits step by step"
        named = self._named("transition", words, self._drops)
        if named is not None:
            return named
        sharp = sorted(
            self.transitions, key=lambda dataset: _relative_width(self.loaded[dataset.name])
        )
        quoted = (dataset for dataset in sharp if self._analysis(dataset).tc is not None)
        best = next(quoted, None) if len(sharp) > 1 else None
        if best is not None:
            self.said.append(
                f"{best.name} is {words}: of the transitions that give a critical temperature it "
                "is the narrowest relative to its temperature"
            )
        return best or next(iter(sharp), None)

    def pattern(self) -> Dataset | None:
        """Return the pattern to be taken step by step: of those chosen here, one with a strain."""
        words = "the pattern that chapter 3.3 fits step by step"
        named = self._named("pattern", words, lambda dataset: dataset.kind == "diffraction")
        if named is not None:
            return named

        def worth(dataset: Dataset) -> tuple[bool, int]:
            return _phases(dataset), len(self.loaded[dataset.name].two_theta)

        ranked = sorted(self.series, key=worth, reverse=True)
        best = next(filter(self._gives_strain, ranked), next(iter(ranked), None))
        why = "it has the most points among the patterns whose lines give a strain"
        why += " and whose crystals are named" * any(map(_phases, self.series))
        if best is not None and not self._gives_strain(best):
            why = "no pattern has lines that give a strain"
        return self._chosen(words, self.series, lambda dataset: dataset is best, why)

    def _gives_strain(self, dataset: Dataset | None) -> bool:
        if dataset is None:
            return False
        phases, _ = attempt(lambda: phases_of(dataset.name, package=package_file()))
        analysis, _ = attempt(lambda: analyse_pattern(self.loaded[dataset.name], phases or ()))
        return analysis is not None and analysis.strain is not None


def _phases(dataset: Dataset) -> bool:
    return bool(dataset.properties.get("phases"))


def _weight(datasets: Sequence[Dataset]) -> tuple[int, int, int]:
    """Return at how many pressures a sample was measured, and its curves and patterns."""
    pressures = {dataset.pressure for dataset in datasets if dataset.pressure is not None}
    kinds = [dataset.kind for dataset in datasets]
    return len(pressures), kinds.count("resistance"), kinds.count("diffraction")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"


def _above_drop(curve: ResistanceCurve) -> tuple[float, int]:
    """Return the range (K) of a curve above its drop, and the points in it."""
    above = curve.temperature[curve.temperature > (find_drop(curve) or 0.0)]
    return (float(above[-1] - above[0]), above.size) if above.size else (0.0, 0)


def _relative_width(curve: ResistanceCurve) -> float:
    """Return the width of the drop as the logarithm of a ratio of temperatures."""
    drop = deepest_drop(curve)
    return math.inf if drop is None or drop.low <= 0 else math.log(drop.top / drop.low)
