"""What a student's folder says beside the data: the questions, and the digests of the answers."""

import json
from collections.abc import Sequence
from pathlib import Path
from string import Template

from analysis.exercises.digests import digests
from analysis.exercises.exercise import Exercise, verdicts
from analysis.exercises.personal_draw import NOISE, Truths, folder_name
from analysis.exercises.personal_questions import QUESTIONS, Question
from analysis.show.foreign import plain_text

README = "README.md"
# Of PBKDF2: a tenth of a page's, as each set has some sixty digests, and a class many sets.
ROUNDS = 30_000
_TEXTS = Path(__file__).parent / "personal_files"


def checks_text(student: str, exercises: Sequence[Exercise]) -> str:
    """Return the digests of a set, as `analysis.exercises.check` reads them.

    They stop a glance. A program that tries all values finds every answer in seconds: the
    questions leave some twenty bins each, and as on the pages the places of the bins within
    their width are open. So they are for practice; where marks count a set has none.
    """
    salt = f"my-{student}"
    questions = {
        asked.key: digests(asked.key, verdicts(asked), salt=salt, rounds=ROUNDS).to_dict()
        | {
            "unit": asked.unit,
            "options": list(asked.options),
            "hint": asked.hint,
            "undo": list(asked.undo),
        }
        for asked in exercises
    }
    content = {"student": student, "questions": questions}
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def readme_text(drawn: Truths, *, checks: bool) -> str:
    """Return what a set is, what is asked, and how answers are checked or handed in."""
    answers = _template("check.md" if checks else "hand-in.md").substitute(
        folder=folder_name(drawn.student)
    )
    return _template(README).substitute(
        student=plain_text(drawn.student),
        wavelength=f"{drawn.pattern.wavelength:g}",
        noise=f"{100 * NOISE:g}",
        questions="\n".join(_question(at, question) for at, question in enumerate(QUESTIONS, 1)),
        answers=f"{answers}\n{_tolerances()}",
    )


def _template(file: str) -> Template:
    return Template((_TEXTS / file).read_text(encoding="utf-8"))


def _tolerances() -> str:
    numbers = [question.asked for question in QUESTIONS if not question.asked.options]
    rows = (
        f"| `{exercise.key}` | ± {exercise.tolerance:g} | {exercise.unit or '1'} |"
        for exercise in numbers
    )
    limits = "\n".join(["| question | limit | unit |", "| --- | --- | --- |", *rows])
    return (
        f"{limits}\n\nThe limits are the same for all students.\n"
        "The package's own analysis of your files is within half of each limit."
    )


def _question(at: int, question: Question) -> str:
    asked = question.asked
    unit = f", in {asked.unit}" if asked.unit else ""
    text = (
        f"{at}. **{asked.title}** (`{question.file}`): {question.text}\n"
        f"   Key: `{asked.key}`{unit}."
    )
    options = (f"\n   - {'abcdefgh'[i]}) {option}" for i, option in enumerate(asked.options))
    return text + "".join(options)
