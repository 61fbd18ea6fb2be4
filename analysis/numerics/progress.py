"""Progress of a long computation, for a caller that shows it.

The physics does not print: it names its steps, and someone who waits says what is done with them.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar

Step = TypeVar("Step")


class Watch(Protocol):
    """Goes through the steps of something that has a name."""

    def __call__(self, items: Iterable[Step], name: str, /) -> Iterable[Step]:
        """Return the same steps, each when it is wanted."""


_WATCH: ContextVar[Watch | None] = ContextVar("watch", default=None)


def steps(items: Iterable[Step], name: str) -> Iterable[Step]:
    """Return the steps of a computation, seen by whoever watches.

    Examples
    --------
    >>> def say(items, name):
    ...     for number, item in enumerate(items, 1):
    ...         print(f"{name}: {number}")
    ...         yield item
    >>> with watching(say):
    ...     sum(steps([2.0, 3.0], "lines"))
    lines: 1
    lines: 2
    5.0
    """
    watch = _WATCH.get()
    return items if watch is None else watch(items, name)


@contextmanager
def watching(watch: Watch) -> Iterator[None]:
    """Let someone watch what is computed meanwhile."""
    before = _WATCH.set(watch)
    try:
        yield
    finally:
        _WATCH.reset(before)
