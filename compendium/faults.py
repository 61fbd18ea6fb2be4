"""Faults of the machine, and what they are called: no room, no permission, no memory, killed."""

import ctypes
import re
import signal
import sys
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress

from analysis.errors import AnalysisError, killed_by, of_the_machine

INTERRUPTED = "\ninterrupted; run the same command again to continue"


def in_one_line(work: Callable[[], int], *, about: str = "") -> int:
    """Do some work and return its exit status; what stops it becomes one line and status 1 or 2.

    A mistake in these programs, which is no fault of the machine, shows its traceback, too.
    """
    status = 1
    try:
        status = work()
        sys.stdout.flush()
    except AnalysisError as error:
        message, status = str(error), 2
    except (OSError, MemoryError) as error:
        message = of_the_machine(error)
    except KeyboardInterrupt:
        print(INTERRUPTED, file=sys.stderr, flush=True)
        return 130
    except Exception as error:
        traceback.print_exc()
        message = " ".join(f"{type(error).__name__}: {error}".split())
    else:
        return status
    print(f"error: {about and f'{about}: '}{message}", file=sys.stderr, flush=True)
    return status


def end_with_parent() -> None:
    """Have Linux end this process when the one that started it is killed."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


# What lines of a log say of the reason, the clearest first; the group is what is quoted.
_REASONS = (
    r"(?:error: )(.*)",  # a job's own
    r".*(No space left on device|Disk quota exceeded|Read-only file system).*",
    r".*(died with <Signals\.\w+: \d+>).*",
    r".*?(No module named .*|\S+: (?:command not found|not found|No such file or directory)).*",
    r".*(Permission denied.*|Cannot allocate memory|MemoryError).*",
    r"((?:\w+\.)*\w+(?:Error|Exception)\b: ?\S.*)",
)


def reasons_in(lines: Iterable[str]) -> list[str]:
    """Return why a build stopped early, from what its jobs and Snakemake printed.

    Examples
    --------
    >>> reasons_in(["Error in rule pages:", "OSError: [Errno 28] No space left on device: 'a'"])
    ['No space left on device']
    >>> reasons_in(["Command 'python -m compendium.run sheet a' died with <Signals.SIGKILL: 9>."])
    ['sheet a was killed by signal 9 (out of memory?)']
    """
    texts = [line.strip() for line in lines]
    for pattern in _REASONS:
        reasons = [
            _in_words(line, match[1]) for line in texts if (match := re.match(pattern, line))
        ]
        if reasons:
            return list(dict.fromkeys(reasons))
    return [line for line in texts if line][-1:]


def _in_words(line: str, quoted: str) -> str:
    killed = re.fullmatch(r"died with <Signals\.\w+: (\d+)>", quoted)
    if killed is None:
        return quoted
    job = re.search(r"compendium\.run ([^']+)'", line)
    return f"{job[1] if job else 'a job'} {killed_by(int(killed[1]))}"
