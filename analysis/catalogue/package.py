"""Reading a data package that someone else may have written: what is usable, what is refused.

A package is a file of JSON with a list of data sets. Whatever is wrong with one of them, types,
texts, numbers or paths, makes a `Refusal` and leaves the others usable; only what makes the
whole file unreadable is an error. `resource.schema.json` says what each property may be; what a
schema cannot say stands here.
"""

import difflib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import zip_longest
from math import isfinite
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from analysis.catalogue.files import Resource
from analysis.diffraction.checks import checked_wavelengths
from analysis.errors import UNSEEN, DataError, shown
from analysis.numerics.schema_version import PACKAGE, remark_on, version_of

# Beyond these a file is no list of measurements.
MAX_BYTES = 4_000_000
MAX_RESOURCES = 2_000
MAX_VALUES = 20_000
DEEPEST = 20
SCHEMA = "resource.schema.json"


def _read_schema(name: str) -> dict[str, Any]:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


KINDS: tuple[str, ...] = tuple(_read_schema(SCHEMA)["properties"]["kind"]["enum"])
ORIGINS: tuple[str, ...] = tuple(_read_schema(SCHEMA)["properties"]["origin"]["enum"])


@dataclass(frozen=True)
class Refusal:
    """An entry of a data package that cannot be used.

    Attributes
    ----------
    name : str
        Its name, shortened and without control characters, or "resource-3" where it has
        none; no other entry is called so.
    kind : str or None
        One of `KINDS`, if it says one.
    reason : str
        One line: the package, the data set, the property, what was found, what is allowed.
    """

    name: str
    kind: str | None
    reason: str


class Package(NamedTuple):
    """The usable and the refused entries of a package, each in its order, and what else it says."""

    resources: tuple[Resource, ...]
    refusals: tuple[Refusal, ...]
    said: Mapping[str, Any] = MappingProxyType({})


def read_package(path: Path) -> Package:
    """Read a datapackage.json and check every entry, its text and its paths.

    Raises
    ------
    DataError
        If the file cannot be read, is no JSON with a list of resources, is too large to
        be one, or is of a newer schema version.
    """
    data = _bytes_of(path)
    content = _content(data, path)
    entries = content.pop("resources")
    usable, refused = [], []
    for number, (entry, reason) in enumerate(zip(entries, _reasons(data, path), strict=True), 1):
        wrong = reason
        if wrong is None:
            resource = Resource(entry, path.resolve().parent)
            wrong = _problem(resource.here)
            if wrong is None:
                usable.append(resource)
                continue
        refused.append((number, entry, f"{path}: {_called(number, entry)}: {wrong}"))
    names_taken = {resource.name.lower() for resource in usable}
    return Package(tuple(usable), tuple(_refusals(refused, names_taken)), content)


def _refusals(refused: Iterable[tuple[int, Any, str]], names_taken: set[str]) -> Iterator[Refusal]:
    """Yield refusals under names that can be used and that no other entry has."""
    for number, entry, reason in refused:
        says = entry if isinstance(entry, dict) else {}
        kind = says.get("kind")
        name = own = _plain(says.get("name")) or f"resource-{number}"
        while name.lower() in names_taken:
            name = f"{own}-{number}"
            own = name
        names_taken.add(name.lower())
        # The error's message is the one line that reaches a terminal.
        yield Refusal(
            name, kind if isinstance(kind, str) and kind in KINDS else None, str(DataError(reason))
        )


def _plain(name: object) -> str:
    """Return a name without what cannot be printed, shortened; empty if nothing remains."""
    if not isinstance(name, str):
        return ""
    plain = " ".join("".join(c if c.isprintable() else " " for c in name[:80]).split())
    return plain if any(c.isalnum() for c in plain) else ""


def _called(number: int, entry: object) -> str:
    name = entry.get("name") if isinstance(entry, dict) else None
    return f"resource {shown(name)}" if _plain(name) else f"resource {number}"


# ---------------------------------------------------------------------------- the file


class _Repeated(dict[str, Any]):
    """A mapping of JSON in which a key stands twice."""

    twice: str


def _bytes_of(path: Path) -> bytes:
    try:
        if path.exists() and not path.is_file():
            raise DataError(f"{path}: the data package cannot be read (it is not a regular file)")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        why = getattr(error, "strerror", None) or error
        raise DataError(f"{path}: the data package cannot be read ({why})") from None
    if len(data) > MAX_BYTES:
        raise DataError(f"{path}: a data package has at most {MAX_BYTES / 1e6:.0f} MB")
    return data


def _content(data: bytes, path: Path) -> dict[str, Any]:
    try:
        content: Any = json.loads(
            data.decode("utf-8-sig"), parse_int=_whole, object_pairs_hook=_mapping
        )
    except UnicodeDecodeError:
        raise DataError(f"{path}: the data package is not UTF-8 text") from None
    except json.JSONDecodeError as error:
        raise DataError(f"{path}, line {error.lineno}: no JSON ({error.msg})") from None
    except RecursionError:
        raise DataError(f"{path}: cannot be read as JSON (nested too deeply)") from None
    resources = content.get("resources") if isinstance(content, dict) else None
    if not isinstance(resources, list):
        raise DataError(f"{path}: a data package needs a list of resources")
    if isinstance(content, _Repeated) and content.twice == "resources":
        raise DataError(f"{path}: has two lists of resources; one is allowed")
    if len(resources) > MAX_RESOURCES:
        raise DataError(f"{path}: {len(resources)} resources; at most {MAX_RESOURCES} are allowed")
    try:
        version_of(content, PACKAGE)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    return dict(content)


def age_of(package: Package, path: Path) -> str | None:
    """Say that a package is of an older release, and how to bring it up to date; else None."""
    remark = remark_on(version_of(package.said, PACKAGE), PACKAGE)
    if remark is None:
        return None
    return f'{path}: {remark}; if `list` refuses nothing, add "schema_version": {PACKAGE} to it'


def _whole(digits: str) -> int | float:
    """Return a whole number; one that no double holds becomes infinite, and is refused."""
    return int(digits) if len(digits) < 300 else float(digits)


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) == len(pairs):
        return content
    repeated = _Repeated(content)
    # Up to the first that repeats another, keys come in the order of the mapping's own.
    firsts = zip_longest(pairs, content)
    repeated.twice = next(key for (key, _), first in firsts if key != first)
    return repeated


# ---------------------------------------------------------------------------- the entries


@lru_cache(maxsize=8)
def _reasons(data: bytes, path: Path) -> tuple[str | None, ...]:
    """Say of each entry why it is refused, whatever lies on the disk, or None."""
    entries = _content(data, path)["resources"]
    reasons = [_wrong(entry) for entry in entries]
    named: dict[str, list[int]] = {}
    saved: dict[str, list[int]] = {}
    for place, entry in enumerate(entries):
        name = entry.get("name") if isinstance(entry, dict) else None
        if isinstance(name, str):
            named.setdefault(name.lower(), []).append(place)
        if reasons[place] is None and (resource := Resource(entry, path.parent)).remote:
            saved.setdefault(resource.file_name.lower(), []).append(place)
    for places in named.values():
        for place in places[1:] and places:
            other = next(place_of_other for place_of_other in places if place_of_other != place) + 1
            reasons[place] = reasons[place] or (
                f"resource {other} has the same name apart from upper and lower case; rename one"
            )
    for places in saved.values():
        if len({entries[place]["hash"].lower() for place in places}) > 1:
            for place in places:
                reasons[place] = reasons[place] or (
                    "another data set with another hash has the same file; rename one"
                )
    return tuple(reasons)


def _wrong(entry: Any) -> str | None:
    """Say what is wrong with an entry by itself, or None."""
    if not isinstance(entry, dict):
        return f"is {shown(entry)}; allowed: a mapping with name, path and kind"
    if problem := unlike(entry, SCHEMA):
        return problem
    name = entry["name"]
    if not name.isprintable() or name != name.strip() or not _plain(name):
        return (
            f"name is {shown(name)}; allowed: letters, digits and signs on one line, without "
            "blanks around them"
        )
    try:
        resource = Resource(entry, Path())
        if resource.remote and not resource.file_name:
            return 'path ends without the name of a file; give one as "file"'
    except ValueError:  # of urlsplit, on brackets that are no address
        return f"path is {shown(entry['path'])}; allowed: an address of http or https"
    wavelengths = (entry.get("wavelength"), entry.get("wavelength_2"))
    return _problem(lambda: checked_wavelengths(*wavelengths, name=""), ": ")


def _problem(check: Callable[[], object], prefix: str = "") -> str | None:
    try:
        check()
    except DataError as error:
        return str(error).removeprefix(prefix)
    return None


def _odd(entry: Any) -> str | None:
    """Say what no part of a package may hold, wherever it stands, or None."""
    for number, (where, value, depth) in enumerate(_parts(entry)):
        if number > MAX_VALUES:
            return f"it holds too many values; allowed: {MAX_VALUES}"
        if depth > DEEPEST:
            return f"{where[:60]} is nested deeper than the {DEEPEST} levels that are allowed"
        if isinstance(value, _Repeated):
            return f"{where or 'it'} has {shown(value.twice)} twice; allowed: once"
        if isinstance(value, float) and not isfinite(value):
            return f"{where} is {value}; allowed: a finite number"
        if isinstance(value, str) and (half := re.search("[\ud800-\udfff]", value)):
            return f"{where} has half a character, {half[0]!r}; allowed: Unicode text"
    return None


def _parts(value: Any, where: str = "", depth: int = 0) -> Iterator[tuple[str, Any, int]]:
    """Yield the values within a value, each with the words for its place and its depth."""
    yield where, value, depth
    items: Iterable[tuple[str, Any]] = ()
    if isinstance(value, dict):
        items = ((_field(key), part) for key, part in value.items())
        yield from ((f"a key of {where or 'it'}", key, depth) for key in value)
    elif isinstance(value, list):
        items = ((f"entry {number}", part) for number, part in enumerate(value, 1))
    for name, part in items:
        yield from _parts(part, f"{where}, {name}" if where else name, depth + 1)


def _field(key: str) -> str:
    return key if len(key) <= 60 and not UNSEEN.search(key) else shown(key)


@cache
def _validator(schema: str) -> Callable[[Any], Any]:
    import fastjsonschema  # noqa: PLC0415 - slow to import

    validate: Callable[[Any], Any] = fastjsonschema.compile(_read_schema(schema), use_default=False)
    return validate


def unlike(content: Any, schema: str) -> str | None:
    """Say what a part of a package holds that the schema of this name forbids, or None."""
    return _odd(content) or _unlike_schema(content, schema)


def _unlike_schema(content: Any, schema: str) -> str | None:
    from fastjsonschema import JsonSchemaValueException  # noqa: PLC0415 - as above

    try:
        _validator(schema)(content)
    except JsonSchemaValueException as error:
        steps = [
            f"entry {int(step) + 1}" if step.isdecimal() else _field(step) for step in error.path
        ]
        where = ", ".join(steps[1:])
        return f"{_content_there(where, error)}; allowed: {error.definition['description']}"
    return None


def _content_there(where: str, error: Any) -> str:
    """Say what stands in a place that a rule of the schema forbids there."""
    value, rule = error.value, error.rule_definition
    if error.rule == "required":
        return f"{where or 'it'} has no {', '.join(key for key in rule if key not in value)}"
    if error.rule in ("additionalProperties", "propertyNames"):
        allowed = rule["enum"] if rule else error.definition["properties"]
        unknown = [key for key in value if key not in allowed]
        close = difflib.get_close_matches(unknown[0], allowed, n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        return f"{where or 'it'} has {', '.join(map(shown, unknown))}{hint}"
    if where == "path" and "@" in str(value):
        return "path has an @"  # what stands before it may be a password
    return f"{where} is {shown(value)}"
