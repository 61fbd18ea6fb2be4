"""What differs between two builds, in units of the quoted errors: `make compare OLD=results.json`.

``python -m compendium.compare OLD [NEW]`` compares two tables of results, every number and word of
every sheet, and, where the executed chapters lie beside them (``executed/chapters``), every text
that the chapters glue into their prose.

A difference of a number counts in units of its error, the larger of the two; a number without
one, an error too, is taken to have one of 1 %. The default tolerance leaves two printed digits
of an error alone. In texts the numbers are compared as they are printed. Beyond the tolerance, or
where something is gone, the exit status is 1; what is new and other words are only told.
"""

import argparse
import json
import math
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from analysis.errors import DataError, shown
from analysis.numerics.schema_version import RESULTS, remark_on, version_of
from compendium.faults import in_one_line
from compendium.notebooks import glued
from compendium.plan import BUILD

TOLERANCE = 0.005  # errors: half a unit of the last digit of an error that is printed as 99
UNKNOWN = 0.01  # taken for the relative error of what has none
NUMBER = re.compile(r"\d+(?:[.,]\d+)*(?:e[-+]?\d+)?")
# What a file raises that is not what it should be.
UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
ABOUT = ("page", "input_sha256")  # of a sheet, no results


class Leaf(NamedTuple):
    """A number with its error, if it has one, or any other value, as text or None."""

    value: float | str | None
    error: float | None = None


class Difference(NamedTuple):
    """What differs at a place; how much in errors, infinite for other digits, 0 for other words."""

    place: str
    old: str
    new: str
    errors: float


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("old", type=Path, help="the results.json of an earlier build")
    parser.add_argument(
        "new", type=Path, nargs="?", default=BUILD / "results.json", help="default: %(default)s"
    )
    parser.add_argument(
        "--tolerance",
        type=float,
        default=TOLERANCE,
        help="in standard errors (default: %(default)s)",
    )
    given = parser.parse_args(arguments)
    try:
        versions, (old, new) = zip(*map(everything, (given.old, given.new)), strict=True)
    except DataError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    if versions[0] != versions[1]:
        older = (given.old, given.new)[versions.index(min(versions))]
        print(f"{older}: {remark_on(min(versions), max(versions))}")
    gone, added = sorted(old.keys() - new.keys()), sorted(new.keys() - old.keys())
    differences = list(compare(old, new))
    beyond = [difference for difference in differences if difference.errors > given.tolerance]
    words = [difference for difference in differences if difference.errors == 0]
    say(f"beyond {given.tolerance:g} errors", [told(difference) for difference in beyond])
    say("other words", [told(difference) for difference in words])
    say("gone", gone)
    say("new", added)
    largest = max((difference.errors for difference in differences), default=0.0)
    print(f"{len(old.keys() & new.keys())} values compared; the largest difference: {largest:.2g}")
    return 1 if beyond or gone else 0


def everything(file: Path) -> tuple[int, dict[str, Leaf]]:
    """Return the schema version of a table of results, and all its values by their places.

    With those of the chapters beside it.

    Raises
    ------
    DataError
        If the file is not there or not a table of results.
    """
    try:
        text = file.read_text(encoding="utf-8")
        content = json.loads(text, parse_int=as_written)
        version, sheets = version_of(content, RESULTS), content["sheets"]  # newer ones may differ
        leaves = {
            place: leaf
            for sheet in sheets
            for place, leaf in leaves_of(sheet, f"sheet {sheet['name']}")
            if place.rpartition("/")[2] not in ABOUT
        }
    except FileNotFoundError:
        raise DataError(f"{file}: no such file; `make results` writes one") from None
    except DataError as error:
        raise DataError(f"{file}: {error}") from None
    except UNREADABLE as error:
        raise DataError(f"{file}: not a table of results ({shown(error, 200)})") from None
    chapters = file.parent / "executed" / "chapters"
    for notebook in sorted(chapters.rglob("*.ipynb")):
        name = notebook.relative_to(chapters).with_suffix("").as_posix()
        try:
            cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
            leaves |= {f"chapter {name}/{key}": Leaf(text) for key, text in glued(cells)}
        except UNREADABLE as error:
            raise DataError(f"{notebook}: no executed chapter ({error!r})") from None
    return version, leaves


def as_written(digits: str) -> float:
    """Return an integer, or the float that arithmetic makes of one without end."""
    return int(digits) if len(digits) < 300 else float(digits)


def leaves_of(content: Any, place: str) -> Iterator[tuple[str, Leaf]]:
    """Yield every value in nested objects and lists, and its place."""
    match content:
        case {"value": float() | int() | None as value, "stderr": float() | int() | None as error}:
            yield place, Leaf(value, error)
            yield f"{place}/stderr", Leaf(error)
            # The ends of an interval are as uncertain as the number itself.
            for name, end in zip(("low", "high"), content.get("interval") or (), strict=False):
                yield f"{place}/{name}", Leaf(end, error)
            stated = ("value", "stderr", "interval")
            rest = {key: part for key, part in content.items() if key not in stated}
            yield from leaves_of(rest, place)
        case dict():
            for key, part in content.items():
                yield from leaves_of(part, f"{place}/{key}")
        case list():
            for number, part in enumerate(content, 1):
                yield from leaves_of(part, f"{place}/{number}")
        case _:
            yield place, Leaf(content)


def compare(old: Mapping[str, Leaf], new: Mapping[str, Leaf]) -> Iterator[Difference]:
    """Yield what differs at the places that both have."""
    for place in old.keys() & new.keys():
        before, after = old[place], new[place]
        if before.value != after.value:
            errors = distance(before, after)
            yield Difference(place, str(before.value), str(after.value), errors)


def distance(before: Leaf, after: Leaf) -> float:
    """Return how far apart two unlike values are, in errors.

    Examples
    --------
    >>> distance(Leaf(420.0, 2.0), Leaf(421.0, 2.0)), distance(Leaf(100.0), Leaf(99.0))
    (0.5, 1.0)
    >>> distance(Leaf("at 4.2 K"), Leaf("below 4.2 K")), distance(Leaf("4.2 K"), Leaf("4.3 K"))
    (0.0, inf)
    """
    if isinstance(before.value, str) and isinstance(after.value, str):
        same = NUMBER.findall(before.value) == NUMBER.findall(after.value)
        return 0.0 if same else math.inf
    if isinstance(before.value, (int, float)) and isinstance(after.value, (int, float)):
        scale = max(before.error or 0.0, after.error or 0.0)
        scale = scale or UNKNOWN * max(abs(before.value), abs(after.value))
        far = abs(after.value - before.value) / scale
        return math.inf if math.isnan(far) else far  # one is infinite, or none
    return math.inf


def told(difference: Difference) -> str:
    far = f"  ({difference.errors:.2g} errors)" if 0 < difference.errors < math.inf else ""
    return f"{difference.place}: {difference.old} -> {difference.new}{far}"


def say(head: str, lines: list[str]) -> None:
    if lines:
        print(f"{head}: {len(lines)}", *(f"  {line}" for line in sorted(lines)), sep="\n")


if __name__ == "__main__":
    sys.exit(in_one_line(main))
