"""What ``--json`` gives, said once: ``outputs.toml`` makes the objects, the schema and the csv.

A key that is not there is not printed, so that all that is printed is described.
"""

import json
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any, NamedTuple

import click

from analysis.numerics.schema_version import KEY, OUTPUT, versioned

Schema = dict[str, Any]
# `fastjsonschema` and most validators know this draft.
DRAFT = "http://json-schema.org/draft-07/schema#"
TYPES = {"text": "string", "count": "integer", "real": "number", "yes": "boolean"}
_REAL = {"type": ["number", "null"]}
# What a number, a range and a plain value hold beside their unit; the first two are always there.
_INSIDE: dict[str, Schema] = {
    "number": {
        "value": {**_REAL, "description": "null: none is quoted, a warning says why"},
        "stderr": {**_REAL, "description": "standard error; null: not known, or see the interval"},
        "interval": {
            "description": "95 %, if it differs from what the error implies; null: an open end",
            "type": ["array", "null"],
            "items": _REAL,
            "minItems": 2,
            "maxItems": 2,
        },
        "systematic": {
            **_REAL,
            "description": "part of the error that the scatter does not show",
        },
    },
    "span": {"min": {"type": "number"}, "max": {"type": "number"}},
    "plain": {"value": _REAL},
}
# The columns of a number in a csv file.
_PARTS = ("", " error", " low 95 %", " high 95 %")


class Key(NamedTuple):
    """A key of an object: see ``outputs.toml``."""

    name: str
    kind: str
    unit: str
    about: str
    always: bool


@cache
def outputs() -> dict[str, Any]:
    """Return the table of all that is printed."""
    return tomllib.loads(Path(__file__).with_name("outputs.toml").read_text(encoding="utf-8"))


def commands() -> tuple[str, ...]:
    """Return the commands that have objects, by their last word."""
    return tuple(outputs()["commands"])


def keys_of(groups: list[str]) -> list[Key]:
    """Return the keys of an object that has these groups; a name that comes again counts once."""
    keys: dict[str, Key] = {}
    for group in groups:
        for key in _group(group.removesuffix("?")):
            always = key.always and not group.endswith("?")
            keys.setdefault(key.name, key._replace(always=always))
    return list(keys.values())


def _group(group: str) -> Iterator[Key]:
    from analysis.transport.laws import LAWS  # noqa: PLC0415 - numpy is slow to import

    if group == "parameters":  # which of them there are depends on the law
        for parameter in (parameter for law in LAWS for parameter in law.parameters):
            yield Key(parameter.name, "number", parameter.unit, parameter.title, always=False)
        return
    for name, (kind, unit, about) in outputs()[group].items():
        firsts = [law.first.name for law in LAWS] if "{first}" in name else [""]
        for first in firsts:
            full = name.removesuffix("?").format(first=first)
            yield Key(full, kind, unit, about, always=not name.endswith("?"))


# ------------------------------------------------------------------------------- as a schema


def schema_of(command: str) -> Schema:
    """Return the JSON Schema of what a command prints with ``--json``."""
    objects = outputs()["commands"][command]
    alone = command in ("check", "multiverse", "exercise")
    if not alone:
        objects = [*objects, ["refused"]]
    title = f"python -m analysis {'' if alone else 'fit '}{command} --json"
    return {"$schema": DRAFT, "title": title, "anyOf": [_printed(groups) for groups in objects]}


def _printed(groups: list[str]) -> Schema:
    """Return the schema of a whole object: it begins with its version."""
    schema = _object(groups)
    version = {"const": OUTPUT, "description": "of the keys, their meanings and units"}
    schema["properties"] = {KEY: version, **schema["properties"]}
    schema["required"] = [KEY, *schema["required"]]
    return schema


def _object(groups: list[str]) -> Schema:
    keys = keys_of(groups)
    return _closed(
        {key.name: _schema(key) for key in keys}, [key.name for key in keys if key.always]
    )


def _closed(properties: Schema, required: list[str]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _schema(key: Key) -> Schema:
    kind, *more = key.kind.split(maxsplit=1)
    kind, null = kind.removesuffix("?"), kind.endswith("?")
    if " | " in key.kind:
        schema: Schema = {"type": "string", "enum": key.kind.split(" | ")}
    elif kind in TYPES:
        schema = {"type": TYPES[kind]}
    elif kind == "words":
        schema = {"type": "array", "items": {"type": "string"}}
    elif kind == "pair":
        schema = {"type": "array", "items": _REAL, "minItems": 2, "maxItems": 2}
    elif kind == "object":
        schema = _object(more)
    elif kind == "list":
        schema = {"type": "array", "items": _object(more)}
    elif kind == "counts":
        schema = {"type": "array", "items": {"type": "integer"}}
    elif kind in ("each", "roles"):
        schema = {"type": "object", "additionalProperties": _object(more) if more else _REAL}
    else:
        unit = {"type": "string"} if "R" in key.unit else {"const": key.unit}
        inside, beside = _INSIDE[kind], {name: {"type": ["string", "null"]} for name in more}
        required = [*list(inside)[:2], "unit", *more]
        schema = _closed({**inside, "unit": unit, **beside}, required)
    if null:
        schema["type"] = [schema["type"], "null"]
    about = f"{key.about}, in {key.unit}" if key.unit and kind in TYPES else key.about
    return {"description": about, **schema}


# --------------------------------------------------------------- as an object, and as a row


def record(command: str, content: Mapping[str, Any], kind: int = 0) -> dict[str, Any]:
    """Return those entries that are described, in their order; `kind` of file where several are."""
    keys = keys_of(outputs()["commands"][command][kind])
    return versioned({key.name: content[key.name] for key in keys if key.name in content})


def headings(command: str) -> list[str]:
    """Return the headings of a csv file: "theta_d error (K)"."""
    return list(cells(command, {}))


def cells(command: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cells of an object by their headings; what it has not is None."""
    groups = [*outputs()["commands"][command][0], "refused"]
    row: dict[str, Any] = {}
    for key in keys_of(groups):
        value = content.get(key.name)
        if key.kind.startswith("object"):
            for part in keys_of(key.kind.split()[1:]):
                inner = part._replace(name=f"{key.name} {part.name}")
                row |= _number(inner, (value or {}).get(part.name))
        elif key.kind.startswith("number"):
            row |= _number(key, value)
        elif key.kind == "words":
            row[key.name] = " | ".join(value or ())
        elif key.kind.startswith("pair"):
            if "interval_95" not in key.name:  # it stands beside its number
                row |= dict(zip(_named(key, (" low", " high")), value or (None, None), strict=True))
        elif not key.kind.startswith(("list", "each")):
            row[_named(key, ("",))[0]] = value
    return row


def _number(key: Key, value: Any) -> dict[str, Any]:
    from analysis.numerics.summary import interval_of  # noqa: PLC0415 - slow to import

    if not key.kind.startswith("number"):
        return {}
    stated = value or {"value": None, "stderr": None}
    ends = (end if isfinite(end) else None for end in interval_of(stated))
    row = (stated["value"], stated["stderr"], *ends)
    return dict(zip(_named(key, _PARTS), row, strict=True))


def _named(key: Key, parts: tuple[str, ...]) -> list[str]:
    unit = f" ({key.unit})" * (key.unit not in ("", "1"))
    return [f"{key.name}{part}{unit}" for part in parts]


@click.command("schema", short_help="Print the JSON Schema of what --json prints.")
@click.argument("command", type=click.Choice(commands()))
def schema(*, command: str) -> None:
    """Print the JSON Schema of what a command prints with --json.

    With many files, each line (JSON Lines) is one such object.

    \b
    Example:
      python -m analysis schema strain > strain.schema.json
    """
    click.echo(json.dumps(schema_of(command), indent=2, ensure_ascii=False))
