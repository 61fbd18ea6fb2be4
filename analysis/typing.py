"""Types that every room uses: of arrays, of paths, and of words for a point."""

from collections.abc import Callable
from os import PathLike

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]
AnyPath = str | PathLike[str]
# Turns the index of a point into words: "row 17".
Place = Callable[[int], str]
# Of K-alpha 1 and 2 in pm; None where one is not known.
Wavelengths = tuple[float | None, float | None]
