"""Many similar tasks: in this process, in several, or on a cluster, with the same results."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

from analysis.errors import AnalysisError, shown
from analysis.numerics.processes import copies
from analysis.numerics.progress import steps

Task = TypeVar("Task")
Result = TypeVar("Result")
# So many batches for each process: enough that none waits long for the last.
_BATCHES = 16
# For so many seconds a scheduler is waited for.
PATIENCE = 10.0


def in_order(
    function: Callable[[Task], Result],
    tasks: Sequence[Task],
    *,
    scheduler: str | None = None,
    processes: int | None = None,
    progress: str | None = None,
) -> list[Result]:
    """Return the result of a function for each task, in the order of the tasks.

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
    with _carrier(scheduler, processes) as (carry, workers):
        each = max(-(-len(tasks) // (workers * _BATCHES)), 1)
        batches = [tasks[start : start + each] for start in range(0, len(tasks), each)]
        done = (result for batch in carry(partial(_batch, function), batches) for result in batch)
        places: Iterable[int] = range(len(tasks))
        return [next(done) for _ in (places if progress is None else steps(places, progress))]


def _batch(function: Callable[[Task], Result], batch: Sequence[Task]) -> list[Result]:
    return [function(task) for task in batch]


@contextmanager
def _carrier(scheduler: str | None, processes: int | None) -> Iterator[tuple[Any, int]]:
    """Give what maps a function over batches, in their order, and how many work on them."""
    if processes is not None and processes < 1:
        raise AnalysisError(f"processes must be 1 or more, got {processes}")
    if scheduler is not None:
        with _client(scheduler) as client:

            def carry(function: Any, batches: Any) -> Any:
                return (future.result() for future in client.map(function, batches, pure=False))

            yield carry, max(sum(client.nthreads().values()), 1)
    elif processes in (None, 1):
        yield map, 1
    else:
        context = copies(["analysis.numerics.arithmetic", "analysis.choices.refits"])
        with ProcessPoolExecutor(processes, mp_context=context) as pool:
            yield pool.map, processes


def _client(address: str) -> Any:
    try:
        from distributed import Client  # noqa: PLC0415 - an extra

        if not urlsplit(f"//{address.rpartition('//')[2]}").port:
            raise ValueError("the address has no port")  # noqa: TRY301 - as dask's own, which comes late
        return Client(address, timeout=PATIENCE, set_as_default=False)  # type: ignore[no-untyped-call]
    except ImportError:
        text = "a scheduler needs dask: pip install 'la3ni2o7-compendium[cluster]'"
    except (OSError, ValueError) as error:
        text = f"no dask scheduler answers at {shown(address)} ({error})"
    raise AnalysisError(text)
