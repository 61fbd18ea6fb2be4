"""Which columns of a table are meant: those asked for, and the only possible guesses.

What stays open is asked, all at once. What the numbers mean is not decided here (see
`analysis.reading.resistance` and `analysis.reading.patterns`).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from analysis.errors import DataError, shown
from analysis.reading.columns import UNITS_ALLOWED, Column
from analysis.reading.questions import OpenQuestions, Question
from analysis.reading.source import IMPORT, Quantity, Source
from analysis.reading.table import Content, Table, listed
from analysis.reading.telling import other_kind

# What stands for a column and a unit in a command line.
NUMBER, UNIT = "NUMBER", "UNIT"


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
    questions : list of Question
        What only the user knows.
    """

    table: Table
    quantity: Quantity
    columns: dict[str, Column]
    notes: list[str] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)

    @property
    def free(self) -> list[Column]:
        """The filled columns that are not chosen yet."""
        return [column for column in self.table.filled if column not in self.columns.values()]

    def holding(self, role: str) -> list[Column]:
        """Return the free columns whose headings name this role."""
        return [c for c in self.free if self.quantity.role_of(c.heading) == role]

    def ask(self, text: str, how: str, **options: str) -> None:
        """Add a question; see `Question`."""
        self.questions.append(Question(text, how, options))

    def by_position(
        self, missing: Sequence[str], options: str, joiner: str, *, exact: bool = True
    ) -> None:
        """Take the free columns in their order, where the table has no headings.

        Ask if there are not as many as roles are missing, or fewer unless `exact`.
        """
        if not missing:
            return
        more = len(self.free) - len(missing)
        if more < 0 or (exact and more > 0):
            self.ask(
                f"has {len(self.table.filled)} filled columns without headings",
                f"say which are meant with {options} (numbers from 1)",
                **dict.fromkeys(missing, NUMBER),
            )
            return
        taken = dict(zip(missing, self.free, strict=False))
        self.columns.update(taken)
        words = (f"column {c.number} as {self.quantity.label(role)}" for role, c in taken.items())
        self.notes.append(f"no headings; took {joiner.join(words)}")

    def only(
        self, role: str, guesses: Sequence[Column], known_as: str, more: str = "", **options: str
    ) -> None:
        """Take the only guess; ask if there are several, or none: with `known_as` and `more`."""
        option = f"--{role.replace('_', '-')} NAME or NUMBER"
        if len(guesses) == 1:
            self.columns[role] = guesses[0]
        elif guesses:
            self.several(role, guesses, option)
        else:
            opening = f"columns {listed(self.table.filled)} - "
            is_asked = any(question.text.startswith(opening) for question in self.questions)
            self.ask(
                f"{'' if is_asked else opening}none is known as {known_as}",
                f"choose with {option}{more}",
                **{role: NUMBER, **options},
            )

    def several(self, role: str, guesses: Sequence[Column], option: str, **options: str) -> None:
        """Ask which of several columns is meant."""
        # Several x, or many y, are the curves of a workbook side by side.
        first = self.quantity.roles[0]
        many = role == first or (first in self.columns and len(guesses) > 2)
        self.ask(
            f"columns {listed(guesses)} could each be the {self.quantity.label(role)}",
            f"choose with {option}" + f" ({IMPORT})" * many,
            **(options or {role: NUMBER}),
        )

    def by_number_only(self, asked: Mapping[str, str]) -> bool:
        """Tell whether headings that may not stand over their columns matter; then ask."""
        unsure, (first, second, *_) = self.table.unsure, self.quantity.roles
        if unsure is None:
            return False
        if first in asked and len(asked) > 1 and all(text.isdigit() for text in asked.values()):
            self.notes.append(f"{unsure}; they are taken from the left")
            return False
        cells = next(iter(self.table.records()))[1]
        start = ", ".join(f"{place} {shown(cell)}" for place, cell in enumerate(cells[:12], 1))
        self.ask(
            f"{unsure}, so the headings may not belong to the columns below them",
            f"say by number which columns are meant (the first row is {start})",
            **{first: NUMBER, second: NUMBER},
            **{f"{role}_unit": UNIT for role in (first, second) if role in UNITS_ALLOWED},
        )
        return True


def chosen_content(
    table: Table,
    source: Source,
    asked: Mapping[str, str],
    complete: Callable[[Choice], None],
    channel: str | int | None = None,
    beside: Callable[[Choice], Mapping[str, Column]] = lambda _: {},
) -> Content:
    """Return the numbers of each role, from the columns asked for and those of `complete`.

    Those `beside` them are read if they hold numbers in the same rows; they are not demanded.

    Raises
    ------
    OpenQuestions
        If something is left open.
    DataError
        If a column is not there, or holds a cell that is no number.
    """
    quantity = source.quantity
    if len(table.columns) < 2:
        raise DataError(f"{table.file}: has one column; {quantity.needs} need two")
    columns = {
        role: table.asked_for(quantity.label(role), text, channel) for role, text in asked.items()
    }
    choice = Choice(table, quantity, columns)
    choice.questions.extend(table.questions)
    if not choice.by_number_only(asked):
        complete(choice)
    if choice.questions:
        raise OpenQuestions(source, choice.questions, other_kind(table, source))
    ordered = {role: columns[role] for role in quantity.roles if role in columns}
    if more := beside(choice):
        with suppress(DataError):
            content = table.content({**ordered, **more}, choice.notes, source=source)
            if not table.sparse and not content.left_out:
                return content
            # A cell beside a point that is empty, or no number, is no reason to skip it.
            if content.size == table.content(ordered, choice.notes, source=source).size:
                return content
    return table.content(ordered, choice.notes, source=source)
