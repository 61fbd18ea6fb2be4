"""Many like tasks: in this process, in several, or on a cluster. The results are the same."""

import multiprocessing
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from typing import Any, TypeVar

from analysis.errors import AnalysisError
from analysis.numerics.progress import steps

Task = TypeVar("Task")
Result = TypeVar("Result")
# So many batches for each process: enough that none waits long for the last.
_BATCHES = 16


def in_order(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    *,
    scheduler: str | None = None,
    processes: int | None = None,
    progress: str | None = None,
) -> list[Result]:
    """Return what a function makes of each task, in the order of the tasks.

    Parameters
    ----------
    function : callable
        Of one task; it and the tasks can be pickled, and it depends on nothing else.
    tasks : sequence
    scheduler : str, optional
        Address of a dask scheduler, "tcp://host:8786": its workers then work. They need
        this package.
    processes : int, optional
        So many processes of this machine work; without it, or with 1, this process does.
    progress : str, optional
        What whoever watches (`analysis.numerics.progress`) is told that the tasks are.

    Raises
    ------
    AnalysisError
        If dask is not installed, no scheduler answers, or processes is below 1.
    """
    if processes is not None and processes < 1:
        raise AnalysisError(f"processes must be 1 or more, got {processes}")
    if scheduler is not None:
        return _on_cluster(function, tasks, scheduler, progress)
    if processes in (None, 1) or len(tasks) < 2:
        return _watched(map(function, tasks), len(tasks), progress)
    batches = _batches(tasks, (processes or 1) * _BATCHES)
    with _pool(processes or 1) as pool:
        done = pool.map(partial(_batch, function), batches)
        return _watched((one for batch in done for one in batch), len(tasks), progress)


def _watched(results: Iterator[Result], count: int, progress: str | None) -> list[Result]:
    """Collect results; each is a step for whoever watches."""
    places: Iterable[int] = range(count) if progress is None else steps(range(count), progress)
    return [next(results) for _ in places]


def _batches(tasks: Sequence[Task], most: int) -> list[Sequence[Task]]:
    each = -(-len(tasks) // most)
    return [tasks[start : start + each] for start in range(0, len(tasks), each)]


def _batch(function: Callable[[Task], Result], batch: Sequence[Task]) -> list[Result]:
    return [function(task) for task in batch]


def _pool(processes: int) -> ProcessPoolExecutor:
    context: Any = multiprocessing.get_context("spawn")
    if "forkserver" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["analysis.numerics.arithmetic", "analysis.choices.refits"])
    return ProcessPoolExecutor(processes, mp_context=context)


def _on_cluster(
    function: Callable[[Task], Result], tasks: Sequence[Task], address: str, progress: str | None
) -> list[Result]:
    try:
        from distributed import Client  # noqa: PLC0415 - an extra
    except ImportError:
        raise AnalysisError(
            "a scheduler needs dask: pip install 'la3ni2o7-compendium[cluster]'"
        ) from None
    try:
        client = Client(address, timeout=10, set_as_default=False)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise AnalysisError(f"no dask scheduler answers at {address!r} ({error})") from None
    with client:
        workers = max(sum(client.nthreads().values()), 1)  # type: ignore[no-untyped-call]
        batches = _batches(tasks, workers * _BATCHES)
        futures = client.map(partial(_batch, function), batches, pure=False)
        done = (future.result() for future in futures)
        return _watched((one for batch in done for one in batch), len(tasks), progress)
