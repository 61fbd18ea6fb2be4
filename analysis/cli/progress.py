"""The progress bar of a fit that lasts: on standard error, only on a terminal."""

import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from analysis.numerics.progress import Step, watching

# Who waits for less than so many seconds needs no bar.
PATIENCE = 1.5


@contextmanager
def progress_bar(*, always: bool = False) -> Iterator[None]:
    """Show how far each part of a fit is, and remove the bar when the part is done.

    Without a terminal there is a bar only if it is `always` wanted: a notebook shows one, too.
    """
    begun = time.monotonic()

    def bar(items: Iterable[Step], name: str) -> Iterable[Step]:
        from tqdm import tqdm  # noqa: PLC0415 - slow to import

        wait = max(PATIENCE - (time.monotonic() - begun), 0.0)
        shown: Iterable[Step] = tqdm(items, desc=name, delay=wait, leave=False, unit=" steps")
        return shown

    # Asked once: a bar that is not seen costs nothing, not even the import.
    if not (always or sys.stderr.isatty()):
        yield
        return
    with watching(bar):
        yield
