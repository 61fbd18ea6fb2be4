"""Each file in a process of its own: none takes others with it, and memory stays flat.

What a process computes does not depend on how many there are, see `numerics.arithmetic`.
"""

import os
import signal
import sys
import threading
import time
import warnings
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import NamedTuple

from analysis.cli.findings import Outcome, outcome_of, refusal
from analysis.errors import killed_by
from analysis.numerics.processes import copies
from analysis.show.findings import Status

Work = Callable[[str], Outcome]
# So many outcomes for each process wait at most for a file before theirs.
AHEAD = 50


class _Running(NamedTuple):
    place: int
    file: str
    process: BaseProcess
    until: float


def outcomes(
    work: Work, files: Sequence[str], jobs: int | None, time_limit: float
) -> Generator[Outcome]:
    """Yield what came of each file, in their order.

    A process that dies, or takes too long, is the outcome of its file alone. All are ended
    when this generator is closed.

    Parameters
    ----------
    work : callable
        What is done with a file: a function of a module, or a partial one of it.
    files : sequence of str
    jobs : int or None
        Processes at a time; None is one for each core.
    time_limit : float
        Seconds that a file may take.
    """
    most = min(jobs or cores(), len(files))
    queue = deque(enumerate(files))
    running: dict[Connection, _Running] = {}
    ready: dict[int, Outcome] = {}
    n_yielded = 0
    interrupts = _Interrupts()  # wait, but while there is nothing else to do
    try:
        while n_yielded < len(files):
            while queue and len(running) < most and queue[0][0] < n_yielded + AHEAD * most:
                receiver, started = _start(work, *queue.popleft(), time_limit)
                running[receiver] = started
            first = min(task.until for task in running.values())
            interrupts.let(True)
            finished = wait([*running], max(0.0, first - time.monotonic()))
            interrupts.let(False)
            late = [receiver for receiver in running if running[receiver].until <= time.monotonic()]
            for receiver in dict.fromkeys([*running]):
                if receiver in finished:
                    task = running.pop(receiver)
                    ready[task.place] = _received(receiver, task)
                elif receiver in late:
                    task = running.pop(receiver)
                    _end(task.process)
                    message = (
                        f"was stopped after {time_limit:g} s (--time-limit SECONDS allows more)"
                    )
                    ready[task.place] = refusal(task.file, Status.REFUSED, message)
            while n_yielded in ready:
                yield ready.pop(n_yielded)
                n_yielded += 1
    finally:
        for task in running.values():
            _end(task.process)
        interrupts.end()


class _Interrupts:
    """Has Ctrl-C wait until it is let through, whichever thread the system tells of it."""

    def __init__(self) -> None:
        self._former = signal.getsignal(signal.SIGINT)
        self._through = self._came = False
        in_main_thread = threading.current_thread() is threading.main_thread()
        self._held = in_main_thread and self._former is signal.default_int_handler
        if self._held:
            signal.signal(signal.SIGINT, self._note)
        self.let(False)

    def let(self, through: bool) -> None:
        self._through = through
        self._mask(signal.SIG_UNBLOCK if through else signal.SIG_BLOCK)
        if through and self._came:
            raise KeyboardInterrupt

    def end(self) -> None:
        if self._held:
            signal.signal(signal.SIGINT, self._former)
        self._mask(signal.SIG_UNBLOCK)

    def _note(self, *_: object) -> None:
        self._came = True
        if self._through:
            raise KeyboardInterrupt

    @staticmethod
    def _mask(how: int) -> None:
        """Block the signal or let it in; processes that are started inherit this."""
        with suppress(AttributeError):  # not on all systems
            signal.pthread_sigmask(how, {signal.SIGINT})


def _start(work: Work, place: int, file: str, time_limit: float) -> tuple[Connection, _Running]:
    context = copies(["analysis.cli.warm"])
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(work, file, sender), daemon=True)
    process.start()
    sender.close()  # its end here, so that the death of the process is seen
    return receiver, _Running(place, file, process, time.monotonic() + time_limit)


def _work(work: Work, file: str, sender: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that started this one ends it
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    sender.send(outcome_of(work, file))


def _received(receiver: Connection, task: _Running) -> Outcome:
    try:
        outcome: Outcome = receiver.recv()
    except (EOFError, OSError):
        task.process.join()
        code = task.process.exitcode or 0
        how = killed_by(-code) if code < 0 else f"ended with status {code}"
        return refusal(task.file, Status.REFUSED, f"the process that worked on it {how}")
    finally:
        receiver.close()
        task.process.join(1)
        _end(task.process)
    return outcome


def _end(process: BaseProcess) -> None:
    process.kill()
    process.join()


def cores() -> int:
    """Return how many processes can run at once."""
    with suppress(AttributeError):  # a process may have a part of the machine
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def bound_memory(jobs: int, least: int = 2 << 30) -> None:
    """Let this process have no more than its share of the machine's memory, or so many bytes.

    What needs more is refused then, where the system would kill any process.
    """
    with suppress(ImportError, OSError, ValueError):  # where it can be bounded
        import resource  # noqa: PLC0415 - not on all systems

        share = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // jobs
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (max(share, least), hard))
