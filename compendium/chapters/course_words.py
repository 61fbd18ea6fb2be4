"""The lecturers' pages: learning goals beside the exercises that test them, and open claims."""

from collections.abc import Iterable, Mapping, Sequence

from IPython.display import Markdown

from analysis.exercises.exercise import Exercise
from analysis.exercises.goals import Goal
from analysis.exercises.tables import EXERCISES, GOALS
from analysis.show.foreign import Marked
from analysis.show.report import Table
from compendium.chapters.claims import QUIET, VERDICTS, Entry, of_verdict

# Whose goals are those of a page of the course and not of a chapter.
BEFORE = "before"
Tables = Mapping[str, Sequence[Exercise]]


def goals(texts: Mapping[str, Sequence[Goal]] = GOALS, exercises: Tables = EXERCISES) -> Markdown:
    """Return a heading and a table for each chapter: its goals, and the exercises of each.

    Parameters
    ----------
    texts : mapping of str to sequence of Goal
        By chapter.
    exercises : mapping of str to sequence of Exercise
        By chapter, too.
    """
    parts = []
    for chapter, several in sorted(texts.items(), key=lambda item: (item[0] != BEFORE, item[0])):
        rows = [(Marked(goal.text), _testing(goal, exercises[chapter])) for goal in several]
        table = Table(("You can", "tested by (level)"), rows, words=2)
        parts.append(f"**{_title(chapter)}**\n\n{table._repr_markdown_()}")
    return Markdown("\n\n".join(parts))


def totals(exercises: Tables = EXERCISES) -> Table:
    """Return how many exercises, of which levels and with how many points, each chapter has."""
    levels = range(1, 5)
    rows = []
    for chapter in sorted(exercises, key=lambda chapter: (chapter != BEFORE, chapter)):
        several = exercises[chapter]
        counts = [sum(exercise.level == level for exercise in several) for level in levels]
        points = sum(exercise.points for exercise in several)
        rows.append([Marked(_title(chapter)), *map(str, counts), str(points)])
    return Table(("exercises", *(f"level {level}" for level in levels), "points"), rows)


def open_rows(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the claims about which something can be said and argued.

    Those that are reproduced, that were taken over, or that wait for the original data are left
    out.
    """
    settled = ("reproduced", *QUIET)
    return of_verdict(entries, *(name for name in VERDICTS if name not in settled))


def _testing(goal: Goal, exercises: Sequence[Exercise]) -> Marked:
    tests = [exercise for exercise in exercises if goal.key in exercise.goals]
    return Marked(
        ", ".join(
            f"{{ref}}`{exercise.key} <{exercise.key}>` ({exercise.level})" for exercise in tests
        )
    )


def _title(chapter: str) -> str:
    """Return a link to the exercises on a chapter."""
    if chapter == BEFORE:
        return "[Before the first session](before.md)"
    first, second, name = chapter.split("-", 2)
    return f"[On {first}.{second}](exercises-{name}.md)"
