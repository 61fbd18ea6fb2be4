"""What chapter 3.1 and the front page say of a sweep that may have been too fast."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from analysis.catalogue.loading import load
from analysis.show.overview import residual_panels
from analysis.show.report import Table, estimate
from analysis.transport.fit import ResistanceFit, fit_resistance
from analysis.transport.lag import WHAT_DECIDES, Lag, delayed, lag_of

# Two coppers beside one thermometer, and the window (K) in which both are fitted.
FOILS = ("cu-foil", "cu-foil-b")
WINDOW = (20.0, 243.0)
DELAYS = (0.0, 5.0, 8.0, 11.0, 14.0)  # s


@dataclass(frozen=True, eq=False)
class Foil:
    """A foil, the delay that its data would like, and fits with some delays (s)."""

    name: str
    lag: Lag
    fits: dict[float, ResistanceFit]

    @property
    def ends(self) -> tuple[ResistanceFit, ResistanceFit]:
        """The fits without a delay, and with the one that the data would like."""
        return self.fits[0.0], self.fits[self.lag.tau]


def foil(name: str) -> Foil:
    """Return a foil with its fits.

    Raises
    ------
    DatasetUnavailable
        If its file is not here.
    """
    curve = load(name, kind="resistance")
    lag = lag_of(curve, WINDOW)
    delays = (*DELAYS, lag.tau)
    fits = {tau: fit_resistance(delayed(curve, tau) if tau else curve, WINDOW) for tau in delays}
    return Foil(name, lag, fits)


def foils() -> list[Foil]:
    """Return both foils.

    Raises
    ------
    DatasetUnavailable
        If their file is not here.
    """
    return [foil(name) for name in FOILS]


def lag_table(found: Sequence[Foil]) -> Table:
    """Return what each delay gives, foil by foil."""
    header = ("foil", "delay (s)", "Θ_D (K)", "G / error", "lag 1", "largest residual (% of max.)")
    rows = [
        (
            one.name,
            f"{tau:.3g}",
            estimate(fit, fit.theta_d),
            f"{fit.g_free.n / fit.g_free.s:+.1f}",
            f"{fit.correlation.lag1:.2f}",
            f"{_largest(fit):.2g}",
        )
        for one in found
        for tau, fit in sorted(one.fits.items())
    ]
    return Table(header, rows, words=1)


def draw(found: Sequence[Foil]) -> Figure:
    """Draw what the fits of both foils leave over, without and with a delay."""
    titles = [f"{one.name}, {tau:.3g} s" for one in found for tau in (0.0, one.lag.tau)]
    return residual_panels([fit for one in found for fit in one.ends], titles)


def lag_words(found: Sequence[Foil]) -> dict[str, str]:
    """Return what the section says of the two foils."""
    slow, fast = found[0].lag.rate
    delays = sorted(one.lag.interval for one in found)
    apart = delays[0][1] < delays[-1][0]
    return {
        "lag-rates": f"{slow:.1f} to {fast:.0f} K/min",
        "lag-foils": "; ".join(_said(one) for one in found),
        "lag-apart": "The two delays differ beyond their errors. Each foil may be bound to the "
        "thermometer in its own way, or it is the law that is not followed"
        if apart
        else "The two delays agree within their errors, as those of two foils on one holder would",
        "lag-decides": WHAT_DECIDES,
    }


def why_words(fit: ResistanceFit) -> dict[str, str]:
    """Return what may cause the misfit of a fit of the front page, and what a lag would change."""
    if fit.curve.origin != "measured":
        return {
            "front-why": "Recommended values and formulas have no sweep and no thermometer: here "
            "the law fails"
        }
    lag = lag_of(fit.curve, fit.window)
    before, after = (fitted.values["theta_d"] for fitted in (lag.without, lag.with_lag))
    why = "The cause may be the law, the temperatures or an offset"
    if lag.shows:
        why = (
            "The cause may be the law, the sweep or an offset; one curve cannot tell. The foil was "
            f"cooled at up to {lag.rate[1]:.0f} K/min. If it was {lag.tau:.0f} s behind its "
            f"thermometer, the fit gives {after:.0f} K"
        )
    return {
        "front-why": why,
        "card-lag-number": f"{before:.0f} K or {after:.0f} K",
        "card-lag-delay": f"{lag.tau:.0f} s",
    }


def _said(one: Foil) -> str:
    low, high = one.lag.interval
    before, after = one.ends
    return (
        f"{one.name} asks for {one.lag.tau:.1f} s "
        f"({low:.1f} to {high:.1f} s, if the law is right), with which "
        f"Θ_D moves from {before.theta_d.n:.0f} to {after.theta_d.n:.0f} K, the lag-1 "
        f"autocorrelation from {before.correlation.lag1:.2f} to {after.correlation.lag1:.2f}, and "
        f"the largest residual from {_largest(before):.1f} to {_largest(after):.1f} %"
    )


def _largest(fit: ResistanceFit) -> float:
    return 100 * float(abs(fit.residuals).max() / abs(fit.part.resistance).max())
