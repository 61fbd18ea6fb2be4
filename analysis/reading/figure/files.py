"""Files of figures: what one page of a PDF, SVG, EPS or PostScript file shows, read safely.

Such files come from anywhere and hold programs, endless lists and traps. What reads them runs
in a process of its own with bounds of time and memory, opens no other file and no connection.
"""

import os
import pickle
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from analysis.errors import DataError, killed_by
from analysis.reading.figure.kinds import ALONE, MEMORY, kind_of
from analysis.typing import AnyPath

if TYPE_CHECKING:
    from analysis.reading.figure.axes import Panel
    from analysis.reading.figure.drawn import Drawn
    from analysis.reading.figure.page import Page
    from analysis.reading.figure.panels import Survey
    from analysis.reading.originals.series import Series

    Figure = tuple[Page, Survey, tuple[Panel, ...], tuple[Drawn, ...], tuple[Series, ...]]

# Where this package lies.
_HERE = str(FilePath(__file__).resolve().parents[3])
# Seconds of computing.
SECONDS = 20
# Seconds by the clock, on a machine that does much else too.
_PATIENCE = 6 * SECONDS


def read_figure(path: AnyPath, number: int | None = None) -> "Figure":
    """Return a page, its panels as surveyed, and what `series.figure_series` finds there.

    Parameters
    ----------
    path : path-like
        PDF, SVG (gzipped, too), EPS or PostScript; the last two where there is Ghostscript.
    number : int, optional
        From 1; not needed for a file of one page.

    Raises
    ------
    DataError
        For a file that is none of them, is damaged, locked, harmful or too large; that has no
        such page, or several and none was named; whose page shows pictures of pixels alone; and
        where `figure_series` finds nothing.
    OSError
        If it cannot be opened.

    Examples
    --------
    >>> read_figure(__file__)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    analysis.errors.DataError: ...: is not a figure that can be read: it begins with ...; a figure
    is read from PDF, SVG, EPS or PostScript
    """
    file = os.fspath(path)
    kind_of(FilePath(file), file)  # a file that cannot be opened says so here
    command = [sys.executable, "-P", "-m", "analysis.reading.figure.inside", file]
    command += ["" if number is None else str(number), str(SECONDS)]
    with tempfile.TemporaryDirectory() as folder:
        written, code = _run(command, folder, file)
    if code == -getattr(signal, "SIGXCPU", 0) and code:
        raise _too_slow(file)
    if code:
        how = killed_by(-code) if code < 0 else f"ended with status {code}"
        raise DataError(
            f"{file}: the process that read it {how}: it is damaged, or needs more memory than "
            f"{MEMORY // 10**6} MB; {ALONE}"
        )
    outcome, answer = pickle.loads(written)  # noqa: S301 - our own process wrote it
    if outcome == "refused":
        raise DataError(answer)
    figure: Figure = answer
    return figure


def _run(command: list[str], folder: str, file: str) -> tuple[bytes, int]:
    """Return what a process writes, and its exit status; its temporary files lie in a folder."""
    environment = {
        "PYTHONPATH": os.pathsep.join([_HERE, *filter(None, sys.path)]),
        "OPENBLAS_NUM_THREADS": "1",  # each thread takes memory for itself
        "TMPDIR": folder,
    }
    process = subprocess.Popen(  # noqa: S603 - this Python
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | environment,
        start_new_session=True,
    )
    try:
        written, _ = process.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        raise _too_slow(file) from None
    finally:
        _end(process)
    return written, process.returncode


def _too_slow(file: str) -> DataError:
    return DataError(f"{file}: takes more than {SECONDS} s to read, too long for a figure; {ALONE}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process, and what it started."""
    with suppress(AttributeError, OSError):  # it has ended, or the system has no groups
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.communicate()
