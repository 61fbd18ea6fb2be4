"""The plateau of the strain: the weighted mean that the book and the ledger both quote."""

from collections.abc import Iterable
from math import isfinite

from analysis.diffraction.strain.williamson_hall import WilliamsonHall
from analysis.numerics.means import Mean, weighted_mean
from analysis.numerics.summary import weighing_error

# The strain is constant, says the paper, between these pressures (GPa).
PLATEAU = (5.0, 18.0)


def strain_plateau(
    analyses: Iterable[WilliamsonHall], bounds: tuple[float, float] = PLATEAU
) -> Mean | None:
    """Return the weighted mean of the quoted strains between two pressures.

    Each counts by its quoted error (`analysis.numerics.summary.weighing_error`); a strain that is
    not determined does not count. Systematic parts are taken to be common to all.

    Parameters
    ----------
    analyses : iterable of WilliamsonHall
    bounds : (float, float)
        GPa, both included; the paper's unless given (section 3.3).

    Returns
    -------
    Mean or None
        None if no strain is quoted there.
    """
    low, high = bounds
    quoted = [
        wh.to_dict()["strain"]
        for wh in analyses
        if wh.peaks.pattern.pressure is not None and low <= wh.peaks.pattern.pressure <= high
    ]
    rows = [
        (strain["value"], weighing_error(strain), strain.get("systematic") or 0.0)
        for strain in quoted
        if isfinite(weighing_error(strain))
    ]
    return weighted_mean(*zip(*rows, strict=True)) if rows else None
