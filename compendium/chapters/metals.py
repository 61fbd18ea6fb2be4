"""Chapters 1 and "Validation": resistivities counted, and metals with a known answer."""

from collections.abc import Mapping, Sequence

import numpy as np
from uncertainties import UFloat, ufloat

from analysis.catalogue.datasets import describe
from analysis.catalogue.files import DatasetUnavailable
from analysis.catalogue.loading import load
from analysis.show.foreign import Marked
from analysis.show.report import Note, Table, estimate, missing, percent, quantity, saturation
from analysis.show.report import window as window_of
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit import ResistanceFit
from analysis.typing import Floats
from compendium.chapters.claims import exact
from compendium.chapters.ledger import PRACTICALLY_ALL, TYPICAL_BALLPARK

Window = tuple[int, int]
# Of copper by window (K) and weighting; of metals and of platinum by name and by end (K).
CopperFits = Mapping[tuple[Window, str], ResistanceFit]
MetalFits = Mapping[str, ResistanceFit]
PlatinumFits = Mapping[int, ResistanceFit]


def resistivity_words(
    symbols: Sequence[str], resistivity: Floats, level: float, typical: float
) -> dict[str, str]:
    """Return how metals lie about two levels, and what that makes of two claims.

    Parameters
    ----------
    symbols : sequence of str, shape (N,)
    resistivity : array_like, shape (N,)
        µΩ cm.
    level, typical : float
        µΩ cm; "practically all" metals are said to lie below the first, and the second to be
        a "typical ballpark value".
    """
    below = resistivity < level
    order = np.argsort(resistivity)[: below.sum()]
    median = float(np.median(resistivity))
    near = (resistivity >= typical / 2) & (resistivity <= 2 * typical)
    needed = TYPICAL_BALLPARK.needed(typical, exact(median)).n
    supported = PRACTICALLY_ALL.allows(1.0, exact(float(below.mean())))
    return {
        "n-metals": str(below.size),
        "n-below": str(int(below.sum())),
        "n-above": str(int((~below).sum())),
        "share-below": percent(below.mean()),
        "names-below": ", ".join(symbols[at] for at in order),
        "n-below-typical": str(int((resistivity < typical).sum())),
        "n-near-typical": str(int(near.sum())),
        "share-near": percent(near.mean()),
        "median": f"{median:.0f}",
        "typical-factor": f"{needed:.1f}",
        "verdict-resistivity": "The statement is supported only if “practically all” means "
        f"{percent(below.mean())} of them"
        if supported
        else "The statement is not supported: “practically all” cannot mean less than half",
        "verdict-typical": f"The two values agree if {TYPICAL_BALLPARK.means(needed, '')}"
        if TYPICAL_BALLPARK.allows(typical, exact(median))
        else "The two values differ, whatever “ballpark” means",
    }


def textbook(name: str) -> str:
    """Return the textbook values of a metal, and what each rests on where that is known."""
    values = []
    for entry in _known(name):
        basis = str(entry["basis"]).removesuffix("textbook").rstrip(", ")
        values.append(f"{entry['value']} K" + (f" ({basis})" if basis else ""))
    return "; ".join(values)


def _known(name: str) -> Sequence[Mapping[str, float | str]]:
    return list(describe(name).properties.get("reference_debye_temperature", ()))


# ---------------------------------------------------------------------------------- copper


def measured_or(name: str, stand_in: str) -> tuple[ResistanceCurve, Note | None]:
    """Return a measured curve; without its file another, and a note that says so."""
    try:
        return load(name, kind="resistance"), None
    except DatasetUnavailable as error:
        curve = load(stand_in, kind="resistance")
        return curve, missing(error, instead=curve)


def copper_table(fits: CopperFits) -> Table:
    """Return what each window and weighting gives."""
    header = (
        "window (K)",
        "weighting",
        Marked("$\\Theta_\\mathrm{D}$ (K)"),
        Marked("$\\Theta_\\mathrm{D}$, $G$ free (K)"),
        Marked("$R_\\mathrm{sat}$"),
        "lag-1 autocorrelation",
    )
    rows = [
        (
            window_of(fit),
            weighting,
            estimate(fit, fit.theta_d),
            f"{fit.theta_d_free:.0f}",
            saturation(fit),
            f"{fit.correlation.lag1:.2f}",
        )
        for (_, weighting), fit in fits.items()
    ]
    return Table(header, rows, words=2)


def copper_words(fits: CopperFits) -> dict[str, str]:
    """Return how far the choices spread, and whether the law can be right."""
    uniform = [fit for (_, weighting), fit in fits.items() if weighting == "uniform"]
    values = [fit.theta_d.n for fit in fits.values()]
    curve = uniform[0].curve
    below = [-fit.g_free.n / fit.g_free.s for fit in uniform if fit.g_free.n < 0]
    verdict = "In no window is the conductance G negative by more than its error"
    if max(below, default=0) > 3:
        verdict = (
            f"In {len(below)} of {len(uniform)} windows the conductance G is negative, by up "
            f"to {max(below):.0f} standard errors. A resistor in parallel cannot cause this: the "
            "data curve upwards more than the law with n = 5. Possible causes are the law, a "
            "sample that lags behind its thermometer, and an offset; the book tests the second"
        )
    return {
        "cu-name": f"{curve.name} ({curve.origin})",
        "cu-textbook": textbook(curve.name),
        "cu-uniform": ", ".join(f"{fit.theta_d.n:.0f}" for fit in uniform),
        "cu-least": f"{min(values):.0f}",
        "cu-most": f"{max(values):.0f}",
        "cu-error": estimate(uniform[0], uniform[0].theta_d, "K"),
        "cu-spread": f"{max(values) - min(values):.0f} K",
        "cu-verdict": verdict,
    }


# ------------------------------------------------------------------------------ four metals


def metals_table(uniform: MetalFits, relative: MetalFits) -> Table:
    """Return the Debye temperatures of metals by both weightings beside the textbook's."""
    theta = "$\\Theta_\\mathrm{D}$"
    weighted = (Marked(f"{theta}, equal weights (K)"), Marked(f"{theta}, relative (K)"))
    header = ("metal", "origin", "textbook", "points", *weighted)
    rows = [
        (
            name,
            fit.curve.origin or "not stated",
            textbook(name),
            str(fit.n_points),
            estimate(fit, fit.theta_d),
            estimate(relative[name], relative[name].theta_d),
        )
        for name, fit in uniform.items()
    ]
    return Table(header, rows, words=3)


def metals_words(uniform: MetalFits, relative: MetalFits) -> dict[str, str]:
    """Return how far off the worst value is, and which fits know no error."""
    off = [
        min(abs(fits[name].theta_d.n / float(entry["value"]) - 1) for entry in _known(name))
        for fits in (uniform, relative)
        for name in uniform
    ]
    guessed = [name for name, fit in uniform.items() if not fit.errors_known]
    return {"no-errors": ", ".join(guessed) or "none of them", "worst-off": percent(max(off))}


# --------------------------------------------------------------------------------- platinum


def conductance(fits: PlatinumFits) -> dict[int, UFloat]:
    """Return 1/R_sat, negative or not, with its nominal error, by the end of the window (K)."""
    return {end: ufloat(fit.g_free.n, fit.g_free.s * fit.nominal) for end, fit in fits.items()}


def platinum_words(fits: PlatinumFits) -> dict[str, str]:
    """Return from where on saturation shows, and that what it gives moves with the window.

    Parameters
    ----------
    fits : mapping of int to ResistanceFit
        By the end of the window, K; those to 900 and to 1200 K are among them.
    """
    by_end = conductance(fits)
    first = next((f"{end} K" for end, g in by_end.items() if g.n > 2 * g.s), None)
    rising = by_end[1200].n > by_end[900].n
    return {
        "pt-first": first or "no temperature here",
        "pt-900": quantity(1 / by_end[900]),
        "pt-1200": quantity(1 / by_end[1200]),
        "pt-widening": f"{1 / fits[900].nominal:.0f}",
        "pt-rising": f"{'still rises' if rising else 'no longer rises'} at 1200 K",
    }
