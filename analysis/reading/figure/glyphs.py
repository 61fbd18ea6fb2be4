"""Letters that a PDF file draws as shapes, each in a form of its own.

Older versions of matplotlib draw so what lies beyond the 256 letters of a font of type 3, the
minus sign of tick labels among them: a form of one filled path, in whole thousandths of the
font's size.
"""

from collections.abc import Sequence
from math import atan2, degrees

import numpy as np

from analysis.reading.figure.page import Box, Letter, Path
from analysis.typing import Floats

# What stands for a letter that the file does not name.
UNKNOWN = "\ufffd"
_MINUS = "\u2212"
_EM = 1000
# Of a font: its size is at most this, and its letters reach that far.
_LARGEST = 100
_REACH = 3 * _EM
# A minus sign is a bar this long for its height, its middle so far above the base line.
_LONG = 4
_HEIGHT = (0.2, 0.45)


def letter_of(paths: list[Path], matrix: Floats) -> Letter | None:
    """Return the letter that a form draws, or None if it draws something else.

    Parameters
    ----------
    paths : list of Path
        All that the form holds, on the page.
    matrix : ndarray, shape (3, 3)
        From the form to the page.
    """
    size = _EM * float(np.hypot(*matrix[0, :2]))
    drawn = {path.drawn for path in paths}
    turns = abs(float(np.linalg.det(matrix[:2, :2]))) > (0.1 * size / _EM) ** 2
    if not 1 < size < _LARGEST or not turns or len(drawn) != 1:
        return None
    if any(path.stroke for path in paths):
        return None
    points = np.concatenate([path.points for path in paths])
    within = (points - matrix[2, :2]) @ np.linalg.inv(matrix[:2, :2])
    # A place on the page is known to some hundredths of a font's unit.
    whole = np.rint(within)
    low, high = whole.min(axis=0), whole.max(axis=0)
    wide, tall = high - low
    if (
        not np.allclose(within, whole, rtol=0, atol=0.05)
        or max(wide, tall) < _EM / 50
        or max(abs(low).max(), abs(high).max()) > _REACH
    ):
        return None
    middle = (low[1] + high[1]) / 2 / _EM
    minus = len(points) == 4 and wide > _LONG * tall and _HEIGHT[0] < middle < _HEIGHT[1]
    return Letter(
        _MINUS if minus else UNKNOWN,
        Box.around(points),
        (float(matrix[2, 0]), float(matrix[2, 1])),
        degrees(atan2(matrix[0, 1], matrix[0, 0])),
        size,
    )


def unread(letters: Sequence[Letter]) -> list[str]:
    """Return a sentence about the letters that could not be read, if there are any."""
    count = sum(letter.text == UNKNOWN for letter in letters)
    sentence = f"{count} of its letters are drawn as shapes or in a font that does not name them"
    return [sentence] if count else []
