"""What a column of a diffraction file holds, told from its heading.

People and programs write ``2Theta``, ``2th_deg``, ``two-theta (deg)``, ``Pos. [°2Th.]``,
``Angle``; ``Counts``, ``I_obs``, ``cps``; ``sigma``, ``esd``. Where the heading says that
the first column is something else (``Q (nm^-1)``, ``d``), that is known too.
"""

import re
import unicodedata

from analysis.reading.cells import number
from analysis.reading.source import Quantity

ROLES = ("two_theta", "intensity", "error")
# What may stand in the first column in place of 2 theta, as messages say it.
INSTEAD = {
    "q": "scattering vectors Q",
    "d": "d spacings",
    "theta": "theta or omega, not 2 theta",
    "radius": "distances on the detector",
    "azimuth": "azimuths",
    "energy": "energies, channels or times",
}

_ERROR = {
    "error", "errors", "err", "sigma", "sigmas", "esd", "esds", "std", "stdev", "stderr", "sd",
    "uncertainty", "uncertainties", "deviation", "unc", "di", "dy",
}  # fmt: skip
_INTENSITY = {
    "intensity", "intensities", "counts", "count", "cts", "cps", "int", "iobs", "yobs",
    "signal", "intensität", "zählrate", "psd",
}  # fmt: skip
# Intensities that were not measured.
_COMPUTED = {
    "ycalc", "icalc", "calc", "calculated", "background", "bkg", "bg", "ybkg", "diff", "residual",
    "difference", "fit", "model", "time", "monitor", "attenuation",
}  # fmt: skip
_FIRST_WORD = {
    "q": "q", "d": "d", "dspacing": "d", "spacing": "d",
    "theta": "theta", "th": "theta", "omega": "theta",
    "r": "radius", "radial": "radius", "radius": "radius",
    "azimuth": "azimuth", "azimuthal": "azimuth", "chi": "azimuth",
    "energy": "energy", "channel": "energy", "tof": "energy", "e": "error",
    "angle": "two_theta", "angles": "two_theta", "pos": "two_theta", "position": "two_theta",
    "x": "two_theta", "winkel": "two_theta", "i": "intensity", "y": "intensity",
}  # fmt: skip


def role_of(heading: str) -> str | None:
    """Return one of `ROLES`, or a key of `INSTEAD`, or None if the heading says nothing.

    Examples
    --------
    >>> [role_of(text) for text in ("2Theta", "Q (A^-1)", "I_obs", "esd", "d (A)", "No.")]
    ['two_theta', 'q', 'intensity', 'error', 'd', None]
    """
    text = plain(heading)
    if number(text) is not None or number(text, ",") is not None:
        return None  # "5.2e-3" is not an error
    if says_two_theta(heading):
        return "error" if _ERROR.intersection(_words(text)) else "two_theta"
    words = _words(re.sub(r"[(\[{].*?([)\]}]|$)", " ", text))
    if _ERROR.intersection(words):
        return "error"
    if _COMPUTED.intersection(words):
        return None
    if _INTENSITY.intersection(words):
        return "intensity"
    first = re.match(r"[^\W_]+", text)  # "D1A5" is no d, and "3e-11}" no error
    return _FIRST_WORD.get(first[0]) if first else None


def says_two_theta(text: str) -> bool:
    """Tell whether `text` names 2 theta: "2-Theta Angle", "2th_deg", "TTH", "two theta"."""
    text = plain(text)
    named = re.search(r"(?<!\d)(2|two)[\s_*.·-]*th(et(a|as))?(?![a-z])", text)
    return named is not None or "tth" in _words(text) or "ttheta" in _words(text)


def in_radians(heading: str) -> bool:
    """Tell whether the heading says radians."""
    return any(re.fullmatch(r"rad(ians?)?", word) for word in _words(plain(heading)))


DIFFRACTION = Quantity(
    "diffraction",
    "a diffraction pattern",
    needs="2 theta and intensity",
    export="export the pattern as text in two columns (.xy)",
    roles=ROLES,
    role_of=role_of,
)


def plain(text: str) -> str:
    """Return a heading in lower case, with common signs for the many of Unicode."""
    text = unicodedata.normalize("NFKC", text).strip().lower()
    return re.sub("[\u03b8\u03d1]", "theta", text).replace("\u2212", "-")


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text)
