"""Which columns of a table are meant: those asked for, and the only possible guesses."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from analysis.errors import DataError
from analysis.reading.columns import Column
from analysis.reading.source import Quantity
from analysis.reading.table import Content, Table, listed


@dataclass(frozen=True)
class Choice:
    """The columns of a table that are chosen so far; every guess adds a note.

    Attributes
    ----------
    table : Table
    quantity : Quantity
        What the table holds.
    columns : dict of str to Column
        By role.
    notes : list of str
    """

    table: Table
    quantity: Quantity
    columns: dict[str, Column]
    notes: list[str] = field(default_factory=list)

    @cached_property
    def filled(self) -> list[Column]:
        """The columns that hold anything at all."""
        return self.table.filled()

    @property
    def free(self) -> list[Column]:
        """The filled columns that are not chosen yet."""
        return [column for column in self.filled if column not in self.columns.values()]

    def holding(self, role: str) -> list[Column]:
        """Return the free columns whose headings name this role."""
        return [c for c in self.free if self.quantity.role_of(c.heading) == role]

    def by_position(
        self, missing: Sequence[str], options: str, joiner: str, *, exact: bool = True
    ) -> None:
        """Take the free columns in their order, where the table has no headings.

        Raises
        ------
        DataError
            If there are not as many as roles are missing, or fewer unless `exact`.
        """
        if not missing:
            return
        more = len(self.free) - len(missing)
        if more < 0 or (exact and more > 0):
            raise DataError(
                f"{self.table.file}: has {len(self.filled)} filled columns without headings; "
                f"say which are meant with {options} (numbers from 1)"
            )
        taken = dict(zip(missing, self.free, strict=False))
        self.columns.update(taken)
        words = (f"column {c.number} as {self.quantity.label(role)}" for role, c in taken.items())
        self.notes.append(f"no headings; took {joiner.join(words)}")

    def only(self, role: str, guesses: Sequence[Column], known_as: str, more: str = "") -> Column:
        """Return the only guess.

        Raises
        ------
        DataError
            If there are several, or none: then with `known_as` and `more` advice.
        """
        if len(guesses) == 1:
            return guesses[0]
        option = f"--{role.replace('_', '-')} NAME or NUMBER"
        if guesses:
            raise self.several(role, guesses, option)
        raise DataError(
            f"{self.table.file}: columns {listed(self.filled)} - none is known as {known_as}; "
            f"choose with {option}{more}"
        )

    def several(self, role: str, guesses: Sequence[Column], option: str) -> DataError:
        """Return the error that asks which of several columns is meant."""
        return DataError(
            f"{self.table.file}: columns {listed(guesses)} could each be the "
            f"{self.quantity.label(role)}; choose with {option}"
        )


def chosen_content(
    table: Table,
    quantity: Quantity,
    asked: Mapping[str, str],
    complete: Callable[[Choice], None],
    channel: str | int | None = None,
) -> Content:
    """Return the numbers of each role, from the columns asked for and those of `complete`.

    Raises
    ------
    DataError
        If a column is not there, or left open, or holds a cell that is no number.
    """
    if len(table.columns) < 2:
        raise DataError(f"{table.file}: has one column; {quantity.needs} need two")
    columns = {
        role: table.asked_for(quantity.label(role), text, channel) for role, text in asked.items()
    }
    choice = Choice(table, quantity, columns)
    complete(choice)
    ordered = {role: columns[role] for role in quantity.roles if role in columns}
    return table.content(ordered, choice.notes)
