"""What a package has of the paper's own data, and what its claims wait for, each by its name.

The paper's data are those of its sample: curves of runs 1 to 4 and of the sample that reaches zero
resistance, patterns, and lattice constants, which may be a table or the patterns' own.
"""

from collections.abc import Iterable
from typing import NamedTuple, Protocol, TypeVar

from analysis.catalogue.datasets import Dataset, list_datasets
from analysis.pressure.series import SAMPLE
from analysis.show.report import Note

RUNS = ("1", "2", "3", "4")
ZERO_RUN = "zero-resistance"
# Runs that serve another purpose than the paper's claims.
_AIDS = ("splitting-trap",)


class Printed(NamedTuple):
    """A pressure (GPa) as the paper prints it, uncertain by half of its last digit."""

    value: float
    half: float


BALLPARK_AT, ZERO_AT = Printed(25.0, 0.5), Printed(22.4, 0.05)
LOWEST, HIGHEST = Printed(1.6, 0.05), Printed(41.2, 0.05)


class _OfARun(Protocol):
    @property
    def run(self) -> str | None: ...
    @property
    def pressure(self) -> float | None: ...


Measured = TypeVar("Measured", bound=_OfARun)


def of_paper(kind: str) -> tuple[Dataset, ...]:
    """Return the data sets of a kind that are of the paper's sample, and on this machine."""
    return tuple(
        dataset
        for dataset in list_datasets()
        if (dataset.kind, dataset.sample) == (kind, SAMPLE)
        and dataset.run not in _AIDS
        and dataset.available
    )


def at_printed(measured: Iterable[Measured], printed: Printed) -> Measured | None:
    """Return the curve or pattern nearest to a pressure, if it may be called so."""
    known = [
        (abs(data.pressure - printed.value), data) for data in measured if data.pressure is not None
    ]
    off, nearest = min(known, key=lambda pair: pair[0], default=(float("inf"), None))
    return nearest if off <= printed.half + 1e-9 else None


def of_zero(curves: Iterable[Measured]) -> Measured | None:
    """Return the curve at 22.4 GPa of the sample that reaches zero resistance."""
    others = [curve for curve in curves if curve.run not in RUNS]
    named = [curve for curve in others if curve.run == ZERO_RUN]
    return at_printed(named or others, ZERO_AT)


# ------------------------------------------------------------------------- what is missing


def no_runs(*runs: str) -> str:
    """Return "run 3 is missing", or nothing if there is a curve of each run."""
    runs_here = {dataset.run for dataset in of_paper("resistance")}
    return " and ".join(f"run {run} is missing" for run in runs if run not in runs_here)


def no_ballpark() -> str:
    """Return that there is no curve at 25 GPa, with the pressures that there are, or nothing."""
    curves = of_paper("resistance")
    if at_printed(curves, BALLPARK_AT):
        return ""
    return f"no curve at {BALLPARK_AT.value:g} GPa{_pressures(curves)}"


def no_zero() -> str:
    """Return that the curve of Fig. 7 is not there, or nothing."""
    curves = of_paper("resistance")
    if of_zero(curves):
        return ""
    others = [curve for curve in curves if curve.run not in RUNS]
    return (
        f"no curve at {ZERO_AT.value:g} GPa of the sample that reaches zero resistance "
        f"(run “{ZERO_RUN}”){_pressures(others)}"
    )


def no_patterns() -> str:
    """Return that there are no patterns at two pressures, or nothing."""
    pressures = {
        dataset.pressure for dataset in of_paper("diffraction") if dataset.pressure is not None
    }
    if len(pressures) > 1:
        return ""
    return "one diffraction pattern only" if pressures else "the diffraction patterns are missing"


def no_cells() -> str:
    """Return that there are neither lattice constants nor crystals to find them, or nothing."""
    named = [dataset for dataset in of_paper("diffraction") if dataset.properties.get("phases")]
    if of_paper("lattice") or len(named) > 1:
        return ""
    return "neither lattice constants nor patterns whose crystal is named"


def _pressures(curves: Iterable[Dataset]) -> str:
    pressures = sorted({curve.pressure for curve in curves if curve.pressure is not None})
    listed = ", ".join(f"{pressure:g}" for pressure in pressures)
    return f"; there are curves at {listed} GPa" * bool(pressures)


def missing() -> tuple[str, ...]:
    """Return what the paper's claims speak of and the package does not have, each in words."""
    of_runs = [no_runs(run) for run in RUNS]
    return tuple(filter(None, (*of_runs, no_ballpark(), no_zero(), no_patterns(), no_cells())))


def missing_note() -> Note:
    """Return that as chapter 2 says it."""
    if said := missing():
        return Note(
            "Missing data that the paper's claims need:",
            [f"{sentence}." for sentence in said],
        )
    return Note("Nothing is missing:", ["all runs and pressures of the paper's claims are here."])
