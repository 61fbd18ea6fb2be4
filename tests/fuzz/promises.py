"""What every input is promised, and the watch over it: time, memory, files, messages."""

import contextlib
import faulthandler
import multiprocessing.util
import os
import re
import resource
import signal
import sys
import tempfile
import time
import unicodedata
import warnings
from pathlib import Path

import numpy as np

from analysis.errors import AnalysisError

SECONDS = 5.0  # of the processor, for one input
BYTES = 2**30
HANGS = 60.0  # seconds after which a process that answers no signal is ended
LONGEST_MESSAGE = 4000

_folder = None  # where an input may write; None while none is at work
_seen = []  # what it did beyond that: code may swallow the refusal


class BrokenPromiseError(AssertionError):
    """An input did what none may do."""


class _TooSlowError(BaseException):
    """Raised where the time is over; no `except Exception` catches it."""


def _too_slow(_signal, _frame):
    raise _TooSlowError


def _audit(event, details):
    """Refuse what no input has to do: processes, connections, writing outside its folder."""
    if _folder is None:
        return
    if event in ("subprocess.Popen", "os.system", "os.posix_spawn", "os.exec", "os.fork"):
        _refuse(f"it starts a process: {details[0]!r}")
    if event == "socket.getaddrinfo" and details[0] not in ("127.0.0.1", "localhost", None):
        _refuse(f"it asks for another machine: {details[0]!r}")
    writes = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
    if event in ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink"):
        paths = details[:2] if event in ("os.rename", "os.link", "os.symlink") else details[:1]
    elif event == "open" and isinstance(details[2], int) and details[2] & writes:
        paths = details[:1]
    else:
        return
    for path in paths:
        if isinstance(path, (str, bytes, os.PathLike)) and not _is_within(os.fsdecode(path)):
            _refuse(f"it writes outside its folder: {event} {path!r}")


def _refuse(what):
    _seen.append(what)
    raise PermissionError(what)


def _is_within(path):
    return path == os.devnull or Path(os.path.realpath(path)).is_relative_to(_folder)


def prepare():
    """Set the limits of this process, once everything slow is imported."""
    sys.dont_write_bytecode = True
    sys.addaudithook(_audit)
    signal.signal(signal.SIGPROF, _too_slow)
    faulthandler.enable()
    # Downloads that a package asks for end at a proxy that is not there; no data, no caches.
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        os.environ[name] = "http://127.0.0.1:9"
    for name in ("COMPENDIUM_DATA", "COMPENDIUM_PACKAGE", "COMPENDIUM_RESULTS", "COMPENDIUM_TRACE"):
        os.environ.pop(name, None)
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        limit = pages * resource.getpagesize() + BYTES
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))


def most_memory():
    """Return the most memory that this process has had, bytes."""
    if sys.platform == "linux":  # what getrusage tells begins with what the parent had
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


@contextlib.contextmanager
def _within(folder):
    global _folder  # noqa: PLW0603 - an audit hook cannot be removed, only told to rest
    faulthandler.dump_traceback_later(HANGS, exit=True)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    multiprocessing.util.get_temp_dir()  # it stays, so not in a folder that goes
    tempfile.tempdir = str(folder)
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    _folder = folder.resolve()
    try:
        yield
    finally:
        _folder = None
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.cancel_dump_traceback_later()


def hold(run, case, folder):
    """Run a target on a case.

    Raises
    ------
    Exception
        Whatever the target raises beside `AnalysisError`, warnings included; and
        BrokenPromiseError where it takes too long or too much, writes elsewhere, or refuses in
        words that are no clean line.
    """
    start = time.process_time()
    _seen.clear()
    try:
        with _within(folder), warnings.catch_warnings():
            warnings.simplefilter("error")
            run(case, folder)
    except AnalysisError as error:
        check_line(str(error))
    except _TooSlowError as late:
        raise BrokenPromiseError(f"it takes more than {SECONDS:g} s") from late
    if _seen:
        raise BrokenPromiseError(_seen[0])
    if (taken := time.process_time() - start) > SECONDS:
        raise BrokenPromiseError(f"it takes {taken:.1f} s")
    if (most := most_memory()) > BYTES:
        raise BrokenPromiseError(f"it takes {most / 2**20:.0f} MiB")


def check_line(text):
    """Check that a message is one line of bounded length that does nothing to a terminal."""
    if not text.strip() or len(text) > LONGEST_MESSAGE or len(text.splitlines()) != 1:
        raise BrokenPromiseError(f"no line for people ({len(text)} characters): {text[:500]!r}")
    if odd := [one for one in text if unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp")]:
        raise BrokenPromiseError(f"the message has control characters {odd!r}: {text[:500]!r}")


def check_same(first, second):
    """Check that two results, made from the same input, agree."""
    if first != second:
        raise BrokenPromiseError(f"twice the same input gives {first!r} and {second!r}")


def outcome(function, *args, **options):
    """Return what a call gives, or what it refuses; both can be compared."""
    try:
        return function(*args, **options)
    except AnalysisError as error:
        check_line(str(error))
        return f"{type(error).__name__}: {error}"


def check_finite(*columns):
    """Check that what was read has only finite numbers."""
    for column in columns:
        if column is not None and not np.isfinite(column).all():
            raise BrokenPromiseError(f"what was read is not finite: {column!r}")
