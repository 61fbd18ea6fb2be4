"""Data of one's own for each student: make a set, prove that it can be solved, write it; its key.

A set is handed out only if the package's own analysis of each file comes to the truth, within
three of its errors and within half of the tolerance that answers are marked by. Where noise is so
unlucky that it does not, the noise is drawn again, never the truth, and that is counted.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from analysis import __version__
from analysis.errors import AnalysisError, DataError, attempt
from analysis.exercises.checking import FILE as CHECKS
from analysis.exercises.exercise import Exercise
from analysis.exercises.personal_draw import (
    CURVE,
    DATA,
    PATTERN,
    TRANSITION,
    Truths,
    folder_name,
    identity,
    truths,
)
from analysis.exercises.personal_parts import OfCurve, OfPattern, OfTransition, Parts
from analysis.exercises.personal_questions import QUESTIONS, Question
from analysis.exercises.personal_text import README, checks_text, readme_text
from analysis.numerics.progress import steps
from analysis.numerics.summary import number
from analysis.show.foreign import csv_cell

FILES = (*DATA, CHECKS, README)
KEY_JSON, KEY_CSV = "key.json", "key.csv"
MOST_ATTEMPTS = 20
_KINDS = {CURVE: OfCurve, TRANSITION: OfTransition, PATTERN: OfPattern}


@dataclass(frozen=True, eq=False)
class Personal:
    """The set of one student.

    Attributes
    ----------
    truths : Truths
    data : dict of str to str
        Text of each of `DATA`.
    redrawn : dict of str to int
        How often the noise of each was drawn again.
    exercises : tuple of Exercise
        With the right answers and slips of this student.
    package_values : dict of str to dict
        By the key of a question: the value of the package's own analysis, with its error.
    """

    truths: Truths
    data: dict[str, str]
    redrawn: dict[str, int]
    exercises: tuple[Exercise, ...]
    package_values: dict[str, dict[str, Any]]

    def files(self, *, checks: bool = True) -> dict[str, str]:
        """Return the texts of a student's folder: data, digests, and what they are.

        Parameters
        ----------
        checks : bool
            Whether answers can be checked in the folder. A program finds them all by that, in
            seconds: leave the checks out where marks count.
        """
        digests = {CHECKS: checks_text(self.truths.student, self.exercises)} if checks else {}
        return {**self.data, **digests, README: readme_text(self.truths, checks=checks)}

    def key(self) -> dict[str, Any]:
        """Return truths, right answers, tolerances and the package's own answers.

        With the version of the package, as another may draw other sets.
        """
        return {
            "student": self.truths.student,
            "folder": folder_name(self.truths.student),
            "version": __version__,
            "questions": {
                exercise.key: _marked(exercise, self.package_values[exercise.key])
                for exercise in self.exercises
            },
            "truths": self.truths.by_name(),
            "redrawn": self.redrawn,
        }


def personal(name: str, seed: str) -> Personal:
    """Return the set of a student, proven to be solvable.

    Parameters
    ----------
    name : str
        Of the student; small letters and capitals, and single and double spaces, are alike.
    seed : str
        Of the course. Who knows or guesses it can make the key.

    Raises
    ------
    DataError
        If the name is none, see `analysis.exercises.personal_draw.identity`.
    """
    drawn = truths(name, seed)
    data, redrawn, parts = {}, {}, []
    with TemporaryDirectory() as folder:
        for file in DATA:
            redrawn[file], part = _solvable(drawn, file, Path(folder))
            data[file] = (Path(folder) / file).read_text(encoding="utf-8")
            parts.append(part)
        whole = Parts(*parts)
        of_file = dict(zip(DATA, parts, strict=True))
        exercises = tuple(question.with_slips_apart(drawn, whole) for question in QUESTIONS)
        package_values = {
            question.asked.key: number(
                question.by_package(of_file[question.file]), question.asked.unit
            )
            for question in QUESTIONS
        }
    return Personal(drawn, data, redrawn, exercises, package_values)


def _solvable(drawn: Truths, file: str, folder: Path) -> tuple[int, Any]:
    """Write the first draw of a file that can be solved; return its number and the analysis."""
    about = [question for question in QUESTIONS if question.file == file]
    for attempts in range(MOST_ATTEMPTS):
        path = folder / file
        path.write_text(drawn.text(file, attempts), encoding="utf-8", newline="\n")
        part = _KINDS[file](path)
        if all(_solved(question, drawn, part) for question in about):
            return attempts, part
    raise AnalysisError(f"{drawn.student}: {file} cannot be solved in {MOST_ATTEMPTS} draws")


def _solved(question: Question, drawn: Truths, part: Any) -> bool:
    return bool(attempt(lambda: question.solved(drawn, part))[0])


def _marked(asked: Exercise, package_value: dict[str, Any]) -> dict[str, Any]:
    assert asked.answer is not None  # noqa: S101 - of every question here
    return {
        "right": asked.answer(),
        "tolerance": asked.tolerance,
        "unit": asked.unit,
        "reference": package_value["value"],
        "error": package_value["stderr"],
    }


# ---------------------------------------------------------------------------- what is written


def refuse_foreign(folder: Path) -> None:
    """Refuse a folder that holds anything but a set.

    Raises
    ------
    DataError
    """
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{folder}: is a file; name a folder with -o")
    others = (
        sorted({entry.name for entry in folder.iterdir()} - {*FILES}) if folder.exists() else []
    )
    if others:
        raise DataError(f"{folder}: holds other files, such as {others[0]}; name another with -o")


def write_set(folder: Path, texts: dict[str, str]) -> None:
    """Write a set into a folder that is new, empty, or holds the same.

    Raises
    ------
    DataError
        If another set, or anything else, is there.
    """
    refuse_foreign(folder)
    for file in (folder / name for name in FILES):
        text = texts.get(file.name)  # one without checks has no place beside such a file
        if file.exists() and (text is None or file.read_bytes() != text.encode()):
            raise DataError(f"{file}: belongs to another set; name another folder with -o")
    _write(folder, texts)


def write_class(
    root: Path, students: Sequence[str], seed: str, *, checks: bool = True
) -> list[dict[str, Any]]:
    """Write a folder for each student, and return their keys, which are nowhere in it.

    Parameters
    ----------
    root : path
        Of the folders, which have the names of `folder_name`.
    students : sequence of str
        Their names, such as `analysis.exercises.personal_draw.class_list` returns.
    seed : str
        Of the course.
    checks : bool
        As of `Personal.files`.

    Raises
    ------
    DataError
        If one of the folders holds something else; none is then written.
    """
    folders = {name: root / folder_name(name) for name in map(identity, students)}
    for folder in folders.values():  # before the first takes its time
        refuse_foreign(folder)
    keys = []
    for student in steps(list(folders), "students"):
        made = personal(student, seed)
        write_set(folders[student], made.files(checks=checks))
        keys.append(made.key())
    return keys


def refuse_key(folder: Path) -> None:
    """Refuse a folder into which no key belongs.

    Raises
    ------
    DataError
        If it is a student's, or a file.
    """
    if folder.exists() and not folder.is_dir():
        raise DataError(f"{folder}: is a file; name a folder with -o")
    if any((folder / name).exists() for name in FILES):
        raise DataError(
            f"{folder}: is a student's folder, and the key must not be there; name another with -o"
        )


def write_key(folder: Path, keys: Sequence[dict[str, Any]], as_json: str) -> None:
    """Write the key of one or more students; that of another time is replaced.

    Raises
    ------
    DataError
        As `refuse_key`.
    """
    refuse_key(folder)
    _write(folder, {KEY_JSON: as_json, KEY_CSV: key_table(keys)})


def key_table(keys: Sequence[dict[str, Any]]) -> str:
    """Return a table of all students and questions, as CSV."""
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    columns = ("right", "tolerance", "unit", "reference", "error")
    writer.writerow(["student", "folder", "question", *columns])
    for student in keys:
        for key, marked in student["questions"].items():
            row = (marked[column] for column in columns)
            cells = (student["student"], student["folder"], key, *row)
            writer.writerow([csv_cell(cell) for cell in cells])
    return lines.getvalue()


def _write(folder: Path, texts: dict[str, str]) -> None:
    """Write files, all or, where there is no room for all, none."""
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder, prefix=".part-") as name:
        part = Path(name)
        for file, text in texts.items():
            (part / file).write_text(text, encoding="utf-8", newline="\n")
        for file in texts:
            (part / file).replace(folder / file)
