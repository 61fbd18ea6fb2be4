"""The plateau of the strain: the one weighted mean that the book and the ledger quote."""

from collections.abc import Iterable

from analysis.diffraction.strain.directions import mean_of
from analysis.diffraction.strain.williamson_hall import WilliamsonHall
from analysis.numerics.means import Mean

# The strain is constant, says the paper, between these pressures (GPa).
PLATEAU = (5.0, 18.0)


def strain_plateau(
    analyses: Iterable[WilliamsonHall], bounds: tuple[float, float] = PLATEAU
) -> Mean | None:
    """Return the weighted mean strain between two pressures, widened by the scatter.

    Parameters
    ----------
    analyses : iterable of WilliamsonHall
    bounds : (float, float)
        GPa, both included; the paper's unless given (section 3.3).

    Returns
    -------
    Mean or None
        None if no pattern lies there.
    """
    low, high = bounds
    strains = [
        wh.strain
        for wh in analyses
        if wh.peaks.pattern.pressure is not None and low <= wh.peaks.pattern.pressure <= high
    ]
    return mean_of(strains) if strains else None
