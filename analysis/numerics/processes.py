"""Processes of this machine, copied from one that has done the slow imports."""

import multiprocessing
import signal
from collections.abc import Sequence
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerContext, SpawnContext


def copies(preload: Sequence[str]) -> "ForkServerContext | SpawnContext":
    """Return what starts processes that have these modules, and that Ctrl-C does not reach.

    Whoever starts them ends them: an interrupt that came while one began would be a traceback.
    Where the system cannot copy processes, they are started anew and import for themselves.
    """
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*preload])
    from multiprocessing import forkserver  # noqa: PLC0415 - not on all systems

    former = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        # Its start lets the signal in again, so it comes first: the copies inherit the mask.
        resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, former)
    return context
