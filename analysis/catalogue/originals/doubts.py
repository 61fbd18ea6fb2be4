"""Names and texts that put in doubt whether numbers are the quantity that a heading names."""

import re
import unicodedata
from collections.abc import Iterable

_DIFFERENCE = (
    r"\b(R|T|\u03c1|rho)(?:_?\w{0,5})\s*(?:\([^)]*\))?\s*(?:[-\u2010-\u2014\u2212]|minus)\s*"
    r"\1(?!un|[a-z]{3})"
)
_OTHER = re.compile(
    rf"{_DIFFERENCE}|(?i:(?<![a-z])hall(?![a-z])|difference|subtracted|magneto|\bdelta[\s_]*[rt\u03c1]\b"
    r"|(?<![^\W_])(?:r|rho|\u03c1)?[\s_]*\{?(?:xy|yx)\b|\br_?h\b"
    r"|\bt[\s_]*\{?(?:c\d?|onset|zero)\b|transition|critical)"
)
_SHIFTED = re.compile(
    r"(?i)(?<![a-z])off?-?set|shifted|shifts?\s+(?:by|of)\b|stacked|vertically|displaced"
    r"|for clarity"
)
_SUM = re.compile(r"\+\s*\d")
_TIMES = (
    r"(?:(?<![A-Za-z])[xX]|(?<!x)x(?=10)|[*\u00d7\u00b7\u22c5])\s*\d+(?:\.\d+)?"
    r"(?:\s*\^?\s*[-+\u2212\u207b]?[\d\u00b2\u00b3\u00b9\u2070-\u2079]+)?"
)
FACTOR = re.compile(rf"\s*{_TIMES}")
# Beside a curve; "2 x 10^3 MPa" and "2 x 5 mm" are none.
_BESIDE = re.compile(rf"(?:^|[^\d\s])\s*{_TIMES}")


def may_be_other(name: str) -> bool:
    """Tell whether a name may be of something else than R or T of the sample.

    Examples
    --------
    >>> [may_be_other(name) for name in ("R(0)-R(H)", "R_xy", "Hall resistance", "T_c")]
    [True, True, True, True]
    >>> [may_be_other(name) for name in ("R_xx", "R - run 2", "Temperature", "R-T")]
    [False, False, False, False]
    """
    return bool(_OTHER.search(name))


def altered(name: str, texts: Iterable[str]) -> str | None:
    """Return the name or text by which numbers may be shifted or multiplied, or None.

    Examples
    --------
    >>> altered("R", ["18.5 GPa", "curves are offset for clarity"]), altered("R x 1000", [])
    ('curves are offset for clarity', 'R x 1000')
    """
    texts = [unicodedata.normalize("NFKC", text) for text in texts]  # "o\ufb00set"
    if any(pattern.search(name) for pattern in (_SUM, FACTOR, _SHIFTED)):
        return name
    return next((text for text in texts if _SHIFTED.search(text) or _BESIDE.search(text)), None)
