"""Collects ratios of timings taken in one run and prints them at the end, with the budget."""

import timeit

import budget
import pytest

from compendium import status

RATIOS = []
MEASURED = {}


@pytest.fixture
def compare():
    """Return a function that measures how many times faster `fast` is than `slow`.

    The two take turns, so that a machine that slows down slows both; the least of
    several rounds of each is compared.
    """

    def ratio(what, slow, fast, *, repeat=5):
        slow(), fast()
        runs = max(1, int(timeit.timeit(slow, number=1) / max(timeit.timeit(fast, number=1), 1e-7)))
        slows, fasts = [], []
        for _ in range(repeat):
            slows.append(timeit.timeit(slow, number=1))
            fasts.append(timeit.timeit(fast, number=runs) / runs)
        value = min(slows) / min(fasts)
        RATIOS.append((what, value, min(slows), min(fasts)))
        return value

    return ratio


@pytest.fixture
def note():
    """Return a function that adds a line that is no timing to the table at the end."""
    return lambda what, value: RATIOS.append((what, value, None, None))


@pytest.fixture
def show():
    """Return a function that puts a value beside its limit in the budget."""
    return MEASURED.__setitem__


@pytest.fixture
def spend(show):
    """Return a function that also fails where the value is beyond the limit."""

    def spent(limit, value):
        show(limit, value)
        assert value <= limit.most, f"{limit.what}: {value:.3g} {limit.unit}"

    return spent


def pytest_terminal_summary(terminalreporter):
    if not RATIOS and not MEASURED:
        return
    ratios = []
    for what, value, slow, fast in RATIOS:
        times = "" if slow is None else f"   ({slow * 1e3:.3g} ms against {fast * 1e3:.3g} ms)"
        ratios.append(f"{what:<58s} {value:9.4g}{times}")
    parts = {"budget": budget.lines(MEASURED), "ratios within this run": ratios}
    for title, lines in parts.items():
        terminalreporter.section(title)
        for line in lines:
            terminalreporter.write_line(line)
    lines = [line for lines in parts.values() for line in lines]
    status.keep(budget.ROOT, status.BENCHMARKS, lines=lines)
