"""What the page on misfits and the front page say of a sweep that may have been too fast."""

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from analysis.catalogue.loading import load
from analysis.show.foreign import WithSymbols
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


def lag_table(coppers: Sequence[Foil]) -> Table:
    """Return what each delay gives, foil by foil."""
    symbols = map(WithSymbols, ("Θ_D (K)", "G / error"))
    header = ("foil", "delay (s)", *symbols, "lag 1", "largest residual (% of max.)")
    rows = [
        (
            copper.name,
            f"{tau:.3g}",
            estimate(fit, fit.theta_d),
            f"{fit.g_free.n / fit.g_free.s:+.1f}",
            f"{fit.correlation.lag1:.2f}",
            f"{_largest(fit):.2g}",
        )
        for copper in coppers
        for tau, fit in sorted(copper.fits.items())
    ]
    return Table(header, rows, words=1)


def draw(coppers: Sequence[Foil]) -> Figure:
    """Draw the residuals of both foils, without and with a delay."""
    titles = [f"{foil.name}, {tau:.3g} s" for foil in coppers for tau in (0.0, foil.lag.tau)]
    return residual_panels([fit for foil in coppers for fit in foil.ends], titles, columns=2)


def lag_words(coppers: Sequence[Foil]) -> dict[str, str]:
    """Return what the section says of the two foils."""
    slow, fast = coppers[0].lag.rate
    delays = sorted(foil.lag.interval for foil in coppers)
    apart = delays[0][1] < delays[-1][0]
    return {
        "lag-rates": f"{slow:.1f} to {fast:.0f} K/min",
        "lag-foils": " ".join(map(_said, coppers)),
        "lag-apart": "The two delays differ by more than their errors. Either the foils have "
        "different thermal contact with the thermometer, or the copper does not follow the law."
        if apart
        else "The two delays agree within their errors, as expected for two foils on one holder.",
        "lag-decides": WHAT_DECIDES[0].upper() + WHAT_DECIDES[1:],
    }


def why_words(fit: ResistanceFit) -> dict[str, str]:
    """Return what may cause the misfit of a fit of the front page, and what a lag would change."""
    if fit.curve.origin != "measured":
        return {
            "front-why": "Recommended values and formulas have no sweep and no thermometer, so "
            "here the law fails"
        }
    lag = lag_of(fit.curve, fit.window)
    before, after = (fitted.values["theta_d"] for fitted in (lag.without, lag.with_lag))
    why = "The misfit may come from the law, the temperatures or an offset"
    if lag.shows:
        why = (
            "The misfit may come from the law, the sweep or an offset; one curve cannot show "
            "which. The foil was "
            f"cooled at up to {lag.rate[1]:.0f} K/min. If its temperature lagged {lag.tau:.0f} s "
            f"behind the thermometer, the fit gives {after:.0f} K"
        )
    return {
        "front-why": why,
        "card-lag-number": f"{before:.0f} K or {after:.0f} K",
        "card-lag-delay": f"{lag.tau:.0f} s",
    }


def _said(foil: Foil) -> str:
    low, high = foil.lag.interval
    before, after = foil.ends
    return (
        f"{foil.name} fits best with a delay of {foil.lag.tau:.1f} s (95 % interval {low:.1f} to "
        f"{high:.1f} s, if the law is right). With this delay the Debye temperature is "
        f"{after.theta_d.n:.0f} instead of {before.theta_d.n:.0f} K, the lag-1 autocorrelation "
        f"{after.correlation.lag1:.2f} instead of {before.correlation.lag1:.2f}, and the largest "
        f"residual {_largest(after):.1f} instead of {_largest(before):.1f} %."
    )


def _largest(fit: ResistanceFit) -> float:
    return 100 * float(abs(fit.residuals).max() / abs(fit.part.resistance).max())
