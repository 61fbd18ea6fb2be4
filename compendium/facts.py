"""What holds of a data package, as the conditions of the chapters name it.

===============  ==================================================================
fact             holds if
===============  ==================================================================
paper            the paper's sample leads
twin             this project's synthetic twin is in the package
foreign          the package is another than this project's
run-1 ... run-4  there is a curve of this run of the paper's sample
zero-resistance  there is one at 22.4 GPa of the sample that reaches zero resistance
curves           there is a resistance curve
fits             the Debye temperature of one can be fitted
theta-pressures  ... of curves at two pressures or more
pressures        of the leading sample at two pressures or more
transition       a curve has a superconducting transition
shape            the shape of the one that is taken step by step could be fitted
transitions      two curves have one
tc-pressures     ... at two pressures or more
patterns         there is a diffraction pattern
series           there are patterns at two pressures or more
strain           the pattern taken step by step gives a strain
cells            a pattern whose crystals the package names
lattice          lattice constants against pressure
regions          the package names regions of pressure
data:NAME        the file of this data set is on this machine
===============  ==================================================================
"""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from analysis.catalogue.datasets import OWN_PACKAGE, Dataset, list_datasets
from analysis.errors import DataError, shown
from analysis.pressure.series import SAMPLE
from analysis.show.foreign import plain_text
from compendium.chapters.originals import RUNS, ZERO_RUN, of_zero
from compendium.chapters.roles import Roles

# What a section without it needs, in the one sentence that stands in its place.
_NEEDS = {
    **{f"run-{run}": f"run {run} of the paper's sample" for run in RUNS},
    ZERO_RUN: "the curve at 22.4 GPa of the sample that reaches zero resistance",
    "curves": "a resistance curve",
    "fits": "a curve whose Debye temperature can be fitted",
    "theta-pressures": "Debye temperatures at two pressures or more",
    "pressures": "resistance curves of its leading sample at two pressures or more",
    "transition": "a curve with a superconducting transition",
    "shape": "a transition whose shape can be fitted",
    "transitions": "two curves with a superconducting transition",
    "tc-pressures": "superconducting transitions at two pressures or more",
    "patterns": "a diffraction pattern",
    "series": "diffraction patterns at two pressures or more",
    "strain": "a diffraction pattern whose lines give a strain",
    "cells": "a diffraction pattern whose crystals are named",
    "lattice": "lattice constants against pressure",
    "regions": "named regions of pressure",
}
_ABOUT = {
    "paper": "is about the paper's sample, and the package “{package}” is about others",
    "twin": "is about the synthetic twin, which is not in the package “{package}”",
    "foreign": "is about a data package of one's own",
}
PLAIN = (*_ABOUT, *_NEEDS)
_DATA = "data:"
_TITLE = "{{ package }}"
# The label of the place that says how data are had.
HOW_TO_GET = "sec-getting-data"


@dataclass(frozen=True)
class Facts:
    """Which facts hold of a package, and the sentences about those that do not.

    Attributes
    ----------
    package : str
        The package's title.
    true : frozenset of str
        Those of `PLAIN` that hold, and ``data:NAME`` for the sets that are on this machine.
    data : tuple of (str, str)
        Name and title of every data set that there could be.
    """

    package: str
    true: frozenset[str]
    data: tuple[tuple[str, str], ...] = ()

    def holds(self, name: str) -> bool:
        """Tell whether a fact holds."""
        return name in self.true

    def check(self, name: str, where: str) -> None:
        """Refuse a fact that there is not.

        Raises
        ------
        DataError
            The message begins with `where` and suggests the nearest.
        """
        names = [*PLAIN, *(f"{_DATA}{dataset}" for dataset, _ in self.data)]
        if name not in names:
            close = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {close[0]}? " if close else ""
            raise DataError(
                f"{where}: no fact is called {shown(name)}; {hint}there are {', '.join(PLAIN)}, "
                f"{_DATA}NAME"
            )

    def filled(self, line: str) -> str:
        """Return a line with the package's title in its place."""
        return line.replace(_TITLE, plain_text(self.package))

    def sentence(self, name: str, *, title: bool) -> str:
        """Return the Markdown that stands in place of a section, or of a page, without a fact."""
        what = "This chapter" if title else "This section"
        package = plain_text(self.package)
        if name.startswith(_DATA):
            called = name.removeprefix(_DATA)
            about = plain_text(dict(self.data)[called])
            return (
                f"{what} needs the data set {plain_text(called)} ({about}), which is not on this "
                f"machine: {{ref}}`how to get it <{HOW_TO_GET}>`."
            )
        if name in _ABOUT:
            return f"{what} {_ABOUT[name].format(package=package)}."
        return f"{what} needs {_NEEDS[name]}; the package “{package}” has none."


def facts_of(roles: Roles) -> Facts:
    """Return what holds of the package whose data sets have these roles."""
    own = list_datasets(package=OWN_PACKAGE)
    by_name = {dataset.name: dataset for dataset in (*own, *list_datasets())}
    data = tuple((dataset.name, dataset.title) for dataset in by_name.values())
    present = {f"{_DATA}{dataset.name}" for dataset in list_datasets() if dataset.available}
    return Facts(roles.title, frozenset({*_plain(roles), *present}), data)


def _plain(roles: Roles) -> set[str]:
    curves = [curve for curve in roles.curves if curve.sample == roles.sample]
    papers = [curve for curve in roles.curves if curve.sample == SAMPLE] if roles.paper else []
    holding = {
        **{f"run-{run}": any(curve.run == run for curve in papers) for run in RUNS},
        ZERO_RUN: of_zero(papers),
        "paper": roles.paper,
        "twin": roles.twin,
        "foreign": roles.foreign,
        "curves": roles.curves,
        "pressures": len(_pressures(curves)) > 1,
        "fits": roles.fits,
        "theta-pressures": len(_pressures(roles.fits)) > 1,
        "transition": roles.transition,
        "shape": roles.shape,
        "transitions": len(roles.transitions) > 1,
        "tc-pressures": len(_pressures(roles.transitions)) > 1,
        "patterns": roles.series,
        "series": len(_pressures(roles.series)) > 1,
        "strain": roles.strain,
        "cells": any(pattern.properties.get("phases") for pattern in roles.series),
        "lattice": roles.lattice,
        "regions": roles.regions,
    }
    return {name for name, holds in holding.items() if holds}


def _pressures(datasets: Iterable[Dataset]) -> set[float]:
    return {dataset.pressure for dataset in datasets if dataset.pressure is not None}
