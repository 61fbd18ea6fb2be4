"""Options whose words stand in the physics: a table there is imported only when it is asked."""

from importlib import import_module
from typing import Any

import click


class OneOf(click.Choice[str]):
    """A choice among the words, or the names of the entries, of a table in a module.

    Parameters
    ----------
    place : str
        Such as "diffraction.peaks:BREADTHS".
    """

    def __init__(self, place: str) -> None:
        self.place = place
        self.case_sensitive = True

    def entries(self) -> list[Any]:
        """Return the table."""
        module, table = self.place.split(":")
        return list(getattr(import_module(f"analysis.{module}"), table))

    def __getattr__(self, name: str) -> Any:
        if name != "choices":
            raise AttributeError(name)
        return tuple(getattr(entry, "name", entry) for entry in self.entries())


class Described(click.Option):
    """An option whose help says what each entry of its table is, by its `about`."""

    def get_help_record(self, context: click.Context) -> tuple[str, str] | None:
        """Return the option and its help, with a few words for each entry."""
        assert isinstance(self.type, OneOf)  # noqa: S101 - how it is declared
        entries = (f"{entry.name} ({entry.about})" for entry in self.type.entries())
        record = super().get_help_record(context)
        return record and (record[0], f"{record[1]} {', '.join(entries)}.")
