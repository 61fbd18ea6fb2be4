"""Whether a file seems to hold something else than what it is read as: by headings and numbers."""

from contextlib import suppress
from dataclasses import replace

import numpy as np

from analysis.errors import DataError
from analysis.reading.columns import RESISTANCE
from analysis.reading.pattern_columns import DIFFRACTION
from analysis.reading.source import Source
from analysis.reading.table import Table
from analysis.typing import Floats

# Fewer points are no pattern that could be told from anything.
FEWEST = 100
# Angles are in equal steps: none is longer than so many mean ones.
EVEN = 1.5
# Temperatures are not: of their steps, the long ones are so many times the short ones.
UNEVEN = 3.0
# Errors of counts are their roots, to this part.
ROOTS = 0.03
_HOTTEST = 2000.0


def other_kind(table: Table, source: Source) -> str | None:
    """Return why a table seems to hold the other quantity, and the command that reads that."""
    as_pattern = source.quantity is RESISTANCE
    other = DIFFRACTION if as_pattern else RESISTANCE
    headings = [column.heading for column in table.columns if len(column.heading) > 1]
    if other.count(headings) > source.quantity.count(headings):
        why = f"its headings are those of {other.title}"
    else:
        tell = like_pattern if as_pattern else like_resistance
        likeness = tell(*_first_columns(table))
        if likeness is None or source.quantity.count(headings) > 1:
            return None
        why = f"its numbers look like {other.title}: {likeness}"
    command = replace(source, quantity=other, asked={}, more={}).command()
    return f"{why}; to read it as such: {command}"


def like_pattern(x: Floats, y: Floats, error: Floats | None = None) -> str | None:
    """Return what makes two columns, or three, look like a diffraction pattern, or None.

    Angles ascend in equal steps. Beside that, counts stand in peaks or have their roots as errors;
    a resistance does neither.
    """
    if x.size < FEWEST or x[0] < 0 or x[-1] > 180 or not np.isfinite([x, y]).all():
        return None
    steps = np.diff(x)
    if steps.min() <= 0 or steps.max() > EVEN * steps.mean() or y.min() < -0.1 * y.max():
        return None
    even = f"column 1 ascends in equal steps from {x[0]:g} to {x[-1]:g}"
    if error is not None and (y > 0).all() and np.allclose(error, np.sqrt(y), rtol=ROOTS):
        return f"{even}, and column 3 is the root of column 2"
    top, base = int(np.argmax(y)), np.median(y)
    high = 0.5 * (y[top] + base)
    both_sides = 0 < top < x.size - 1 and max(y[:top].min(), y[top + 1 :].min()) < high
    if both_sides and np.mean(y > high) < 0.1:
        return f"{even}, and column 2 stands in peaks"
    return None


def like_resistance(x: Floats, y: Floats, _error: Floats | None = None) -> str | None:
    """Return what makes two columns look like R(T), or None: temperatures come as they come."""
    if x.size < 2 or not np.isfinite([x, y]).all() or x.min() <= 0 or x.max() > _HOTTEST:
        return None
    if like_pattern(*np.array([x, y])[:, np.argsort(x)]):
        return None
    steps = np.diff(x)
    if (steps < 0).any():
        ways = "descends" if (steps <= 0).all() else "goes up and down"
        return f"column 1 {ways}, from {x[0]:g} to {x[-1]:g}"
    short, long = np.quantile(steps, [0.1, 0.9])
    if long > UNEVEN * short:
        return f"column 1 ascends in unequal steps, from {x[0]:g} to {x[-1]:g}"
    return f"column 1 goes to {x[-1]:g}" if x[-1] > 180 else None


def _first_columns(table: Table) -> list[Floats]:
    """Return the first two or three filled columns, as far as they are numbers."""
    for width in (3, 2):
        chosen = {str(column.number): column for column in table.filled[:width]}
        with suppress(DataError):
            if len(chosen) == width:
                return list(table.content(chosen).values.values())
    return [np.array([]), np.array([])]
