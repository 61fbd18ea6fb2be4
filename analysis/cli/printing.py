"""What every command prints: lines, and one JSON object."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import click

from analysis.show.printed import plain, remarks


def print_remarks(label: str, texts: Iterable[str]) -> None:
    """Print a line for each remark."""
    for line in remarks(label, texts):
        click.echo(line)


def print_json(content: Mapping[str, Any]) -> None:
    """Print one JSON object."""
    click.echo(json_text(content))


def json_text(content: Mapping[str, Any]) -> str:
    """Return the text of one JSON object."""
    return json.dumps(plain(content), indent=2, ensure_ascii=False, allow_nan=False)
