"""Which lines, and which equation: the choices before and after the fits of breadths."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.diffraction.peaks import BREADTHS, FLAGS, MILD, PeakTable
from analysis.diffraction.strain.additions import ADDITIONS
from analysis.diffraction.strain.breadth_law import Settled
from analysis.errors import AnalysisError
from analysis.numerics.uncertainty import student

MODELS = ("auto", "full", "reduced")
# Fewer lines fit eq. 7 whatever they are.
FEWEST = 3
# A size is believed if its term lies above zero at this one-sided level: an infinite
# size is then taken for a finite one in about 1 % of the cases.
SIZE_LEVEL = 0.99


class Options(NamedTuple):
    """How an analysis was asked for."""

    model: str
    shape_factor: float
    breadth: str
    addition: str


def checked_options(model: str, shape_factor: float, breadth: str, addition: str) -> Options:
    """Return the options of `analysis.williamson_hall`.

    Raises
    ------
    AnalysisError
        For a word or a shape factor that is not allowed.
    """
    words = {
        "model": (model, MODELS),
        "breadth": (breadth, BREADTHS),
        "addition": (addition, [way.name for way in ADDITIONS]),
    }
    for name, (word, allowed) in words.items():
        if word not in allowed:
            raise AnalysisError(f"{name} must be one of {', '.join(allowed)}; got {word!r}")
    if not (isinstance(shape_factor, (int, float)) and 0 < shape_factor < np.inf):
        raise AnalysisError(f"shape_factor must be a number above 0, got {shape_factor!r}")
    return Options(model, float(shape_factor), breadth, addition)


def choose_lines(peaks: PeakTable, breadth: str) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """Return which lines to use, and in words which not and why, grouped by reason."""
    value, error = peaks.breadth(breadth)
    has_breadth = np.isfinite(value) & np.isfinite(error) & (error > 0)
    has_breadth &= (peaks.two_theta > 0) & (peaks.two_theta < 180)
    is_used = peaks.usable & has_breadth
    reasons: dict[str, list[str]] = {}
    for flags, angle in ((peaks.flags[at], peaks.two_theta[at]) for at in np.flatnonzero(~is_used)):
        words = [f"{flag}: {FLAGS.get(flag, flag)}" for flag in sorted(flags - MILD)]
        reason = ", ".join(words) or "its breadth, or the error of its breadth, is not known"
        reasons.setdefault(reason, []).append(f"{angle:.2f}")
    left_out = tuple(f"at {', '.join(at)} deg ({why})" for why, at in reasons.items())
    return is_used, left_out


def choose_model(model: str, full: Settled | None, trouble: str, n_lines: int) -> tuple[str, str]:
    """Return "full" (eq. 7) or "reduced" (eq. 8), and why that one, in words."""
    if model != "auto":
        return model, "it was asked for"
    if full is None:
        return "reduced", f"eq. 7 cannot be fitted: {trouble}"
    if n_lines < FEWEST:
        return "reduced", "two lines always fit eq. 7 exactly: no line is left to test it"
    height, needed = size_height(full)
    level, side = f"{100 * SIZE_LEVEL:g} %", "above" if height >= 0 else "below"
    distance = f"the size term is {in_words(height)} standard errors {side} zero"
    if height > needed:
        return "full", f"{distance}, more than the {needed:.1f} that a confidence of {level} needs"
    return "reduced", (
        f"{distance}; a confidence of {level} needs {needed:.1f} above zero, so the lines show no "
        "size"
    )


def size_height(full: Settled) -> tuple[float, float]:
    """Return the size term in standard errors, and how many are needed to believe it."""
    height = float(full.values[0] / np.sqrt(full.covariance[0, 0]))
    return height, student(SIZE_LEVEL, full.dof, one_sided=True)


def in_words(height: float) -> str:
    """Return a number of standard errors, without its sign."""
    return f"{abs(height):.1f}" if abs(height) < 100 else f"{abs(height):.0f}"
