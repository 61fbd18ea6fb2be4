"""Lines without the breadth that the instrument adds to them."""

import numpy as np

from analysis.diffraction.peaks import LineParts
from analysis.diffraction.shapes import Shape
from analysis.typing import Floats

# No narrower than this part of the instrument's breadth beyond it, a line is as narrow.
SAME = 0.03


def removed(form: Shape, parts: LineParts, own: Floats) -> Floats:
    """Return lines without the instrument's parts, shape (5, N).

    FWHM, integral breadth, and the Lorentzian and Gaussian FWHM, degrees; the mixing.
    Lorentzian widths subtract, Gaussian ones in squares; zero where a part is no broader.
    """
    lorentz = np.maximum(parts.lorentzian - own[0], 0.0)
    gauss = np.sqrt(np.maximum(parts.gaussian**2 - own[1] ** 2, 0.0))
    whole = [form.from_widths(*pair) for pair in zip(lorentz.tolist(), gauss.tolist(), strict=True)]
    fwhm, mixing = np.array(whole).reshape(-1, 2).T
    breadth = [form.integral_breadth(w, m) if w > 0 else 0.0 for w, m in whole]
    return np.array([fwhm, breadth, lorentz, gauss, mixing])


def propagated(form: Shape, parts: LineParts, own: Floats) -> Floats:
    """Return the errors of the first four rows of `removed` from those of the lines, (4, N)."""
    step = 1e-4 * (parts.lorentzian + parts.gaussian)

    def slope(part: str) -> Floats:
        ends = [
            parts._replace(**{part: np.maximum(getattr(parts, part) + sign * step, 0.0)})
            for sign in (1, -1)
        ]
        upper, lower = (removed(form, end, own)[:4] for end in ends)
        return np.asarray((upper - lower) / (getattr(ends[0], part) - getattr(ends[1], part)))

    # A part that the counts leave open has an infinite error, and so has what follows from it.
    with np.errstate(invalid="ignore"):
        by_lorentz = slope("lorentzian") * parts.lorentzian_error
        by_gauss = slope("gaussian") * parts.gaussian_error
        spread = by_lorentz**2 + by_gauss**2 + 2 * parts.correlation * by_lorentz * by_gauss
    return np.sqrt(np.where(np.isnan(spread), np.inf, np.maximum(spread, 0.0)))
