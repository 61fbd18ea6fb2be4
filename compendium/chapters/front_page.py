"""What the front page says: the verdicts, the four results, and a fit that looks perfect."""

import numpy as np

from analysis.pressure.plateau import PLATEAU
from analysis.pressure.results import Results
from analysis.pressure.series import Regions, Series, left_out_in_turn, series_of
from analysis.show.report import Note, estimate, percent, quantity, unbroken
from analysis.transport.fit import ResistanceFit, fit_resistance
from compendium.chapters import coupling_words, ledger
from compendium.chapters.metals import measured_or
from compendium.chapters.pressure_words import deciding, mean, origins

LEFT_OUT = ("splitting-trap",)
# The curve of the good fit, or the one in its place: window (K), and what it is called.
_CURVES = {
    "cu-foil": ((20, 243), "a measured copper foil"),
    "platinum-its90": ((20, 300), "the reference function of platinum thermometers (formula)"),
}


def four_series(results: Results) -> tuple[Series, Series, list[Series]]:
    """Return Debye temperatures, strains, and reciprocal axes against pressure."""
    theta = series_of(results, "resistance", "theta_d", leave_out=LEFT_OUT)
    strain = series_of(results, "diffraction", "strain", leave_out=LEFT_OUT)
    axes = [
        series_of(results, "diffraction", axis, leave_out=LEFT_OUT, reciprocal=True)
        for axis in "abc"
    ]
    return theta, strain, axes


def results_words(theta: Series, strain: Series, regions: Regions) -> dict[str, str]:
    """Return the words on the four results."""
    fmmm, plateau = theta.in_phase(regions, "Fmmm"), strain.between(*PLATEAU)
    return {
        "front-kinds": " and ".join(origins(theta, strain)) or "none at hand",
        "front-theta-mean": mean(fmmm),
        "front-deciding": deciding(fmmm),
        "front-own": quantity(coupling_words.coupling()),
        "front-mu": coupling_words.coupling_for_usual_mu(),
        "front-plateau": mean(plateau),
        # Of Lorentzian lines.
        "front-plateau-fwhm": mean(plateau, times=2 / np.pi),
    }


def verdict_words(theta: Series, regions: Regions) -> dict[str, str]:
    """Return the verdicts and numbers of the cards at the top of the page."""
    claim, claimed = ledger.printed_coupling(), coupling_words.LAMBDA
    follows = "follows" if claim.verdict == "reproduced" else "does not follow"
    decides, scatter = _left_out(theta.in_phase(regions, "Fmmm"))
    return {
        "card-lambda": f"The printed λ {follows} from its inputs",
        "card-lambda-number": f"λ = {quantity(claim.computed.value)}, not {claimed:g}"
        if claim.computed and follows != "follows"
        else f"λ = {claimed:g}",
        "card-breadth-number": f"π/2 = {np.pi / 2:.2f}",
        "card-mu": f"The paper takes μ* as exactly {coupling_words.MU_STAR:g}",
        "card-sample": decides,
        "card-sample-number": scatter,
    }


def _left_out(theta: Series) -> tuple[str, str]:
    """Return whether one run decides whether Theta_D is constant, and how probable the scatter is.

    The probabilities are of all runs, and of those that scatter least when one is left out.
    """
    whole = theta.constancy()
    rest = [constancy for _, constancy in left_out_in_turn(theta) if constancy.line is not None]
    if whole.line is None or not rest:
        return "Too few samples to ask", "no value"
    turned = any(constancy.verdict != whole.verdict for constancy in rest)
    most = max(constancy.p_scatter for constancy in rest)
    return (
        "One sample decides" if turned else "No single sample decides",
        f"{_chance(whole.p_scatter)} → {_chance(most)}",
    )


def _chance(p: float) -> str:
    return percent(p) if p >= 0.005 else unbroken("< 1 %")


def good_fit() -> tuple[ResistanceFit, Note | None]:
    """Return the fit of the copper foil; without its file another, and a note that says so."""
    curve, note = measured_or(*_CURVES)
    return fit_resistance(curve, _CURVES[curve.name][0]), note


def fit_words(fit: ResistanceFit) -> dict[str, str]:
    """Return the words on that fit, and on the same with one more free parameter."""
    (low, high), called = _CURVES[fit.curve.name]
    free = fit.theta_d_free
    bars = abs(fit.theta_d.n - free) / fit.kept.errors["theta_d"]
    return {
        "front-curve": called,
        "front-low": f"{low} K",
        "front-high": f"{high} K",
        "front-theta": estimate(fit, fit.theta_d, "K"),
        "front-free": f"{free:.0f} K",
        "front-bars": f"The two differ by {bars:.0f} times the error from scatter alone"
        if fit.errors_known and bars > 2
        else "The error of the fit does not show this difference",
    }
