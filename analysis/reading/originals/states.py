"""Words for the state in which a curve was measured: "18.5 GPa", "Run 2"."""

import re

# "P = 18.5 GPa", "300 K", "Run 2": a state, and no name of what is measured.
_STATE = re.compile(
    r"(?i)(?:[a-z]{1,12}\s*[=≈~:]|at|@|p|pressure|temperature|field)?\s*[+-]?\d+(?:[.,]\d+)?\s*"
    r"(?:GPa|MPa|kbar|bar|mK|K|T|k?Oe)?|(?:run|sample|s|#|no\.?|curve|data\s?set)[\s_.#-]*\d+\w*"
)
# Such a state beside a name: "R (mOhm), 18.5 GPa".
BESIDE = re.compile(
    r"(?i)[\s@_,(]*(?:(?:P|pressure)\s*[=≈~:]?\s*|at\s+)?\d+(?:[.,]\d+)?\s*(?:GPa|MPa|kbar)\b\)?"
    r"|[\s@_,(]*(?<![a-z])run[\s_-]*\d+\w*\)?"
)


def is_state(text: str) -> bool:
    """Tell whether a text says at which pressure or in which run, and no more.

    Examples
    --------
    >>> [is_state(text) for text in ("18.5 GPa", "Run 2, P = 18.5 GPa", "R (18.5 GPa)", "R")]
    [True, True, False, False]
    """
    parts = re.split(r"[,;@]\s+|\s+@\s*", text.strip())
    return all(_STATE.fullmatch(part) for part in parts)
