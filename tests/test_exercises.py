"""Exercises: what each accepts, which slips it knows, and that its page and its table agree."""

import math
import re
import unicodedata
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from uncertainties import ufloat

from analysis.catalogue.datasets import OWN_PACKAGE, list_datasets
from analysis.errors import DataError
from analysis.exercises import check
from analysis.exercises.checking import decide
from analysis.exercises.exercise import ADVICE, UNDO, Exercise, Slip, verdicts
from analysis.exercises.tables import EXERCISES, GOALS, exercise
from analysis.exercises.written import UNITS, read_answer

BOOK = Path(__file__).resolve().parent.parent / "book"
EVERY = {one.key: one for several in EXERCISES.values() for one in several}
NUMBERS = [key for key, one in EVERY.items() if one.answer and not one.options]
ANSWERED = [key for key, one in EVERY.items() if one.answer]
PAGE = {one.key: chapter for chapter, several in EXERCISES.items() for one in several}


# Questions before the first session: no chapter, so without levels and without a project.
BEFORE = "before"


def page_of(chapter):
    name = chapter if chapter == BEFORE else f"exercises-{chapter.rpartition('-')[2]}"
    return BOOK / "course" / f"{name}.md"


@pytest.mark.parametrize("key", ANSWERED)
def test_the_reference_is_right_as_a_number_and_as_it_is_written(key):
    one = EVERY[key]
    value = one.answer()
    if one.options:
        assert check(key, "abcdefgh"[int(value) - 1]).right
        return
    digits = max(2, 2 + math.ceil(math.log10(abs(value) / one.tolerance)))
    for written in (
        value,
        f"{value:.{digits}g} {one.unit}",
        f"{value:.{digits - 1}e}".replace("e", "E"),
    ):
        assert check(key, written).kind == "right", written


@pytest.mark.parametrize("key", ANSWERED)
def test_a_named_slip_is_recognised_as_that_slip(key):
    one = EVERY[key]
    for slip in one.slips:
        found = check(key, slip.value() if not one.options else "abcdefgh"[int(slip.value()) - 1])
        assert (found.kind, found.words) == ("slip", slip.advice), slip.name


@pytest.mark.parametrize("key", NUMBERS)
def test_a_slip_of_notation_is_named(key):
    one, value = EVERY[key], EVERY[key].answer()
    known = verdicts(one)
    for name in one.undo:
        factor, more = UNDO[name][0]
        slipped = (value - more) / factor
        if known.bins.number(slipped) in known.known:
            continue  # a slip of its own lies there, which is tested above
        found = check(key, slipped)
        assert found.kind == "slip"
        assert found.words in {ADVICE[other] for other in one.undo}


@pytest.mark.parametrize("key", NUMBERS)
def test_three_hundred_wrong_values_are_not_accepted(key):
    one, value = EVERY[key], EVERY[key].answer()
    random = np.random.default_rng([2401, 804, *key.encode()])
    tried = 0
    for wrong in value * 10 ** random.uniform(-1, 1, 3000):
        if abs(wrong - value) <= one.tolerance:
            continue
        tried += 1
        assert not check(key, float(wrong)).right
        if tried == 300:
            return
    raise AssertionError("too few of the values were wrong")


@pytest.mark.parametrize("key", NUMBERS)
def test_the_edges_of_what_is_accepted(key):
    one, value = EVERY[key], EVERY[key].answer()
    for side in (-1, 1):
        assert check(key, value + side * 0.98 * one.tolerance).kind == "right"
        assert check(key, value + side * 1.5 * one.tolerance).kind == "close"
        assert check(key, value + side * 3.02 * one.tolerance).kind != "close"


@pytest.mark.parametrize("key", ANSWERED)
def test_no_hint_gives_the_answer_away(key):
    one = EVERY[key]
    said = [one.hint, *(slip.advice for slip in one.slips)]
    if one.options:
        right = one.options[int(one.answer()) - 1]
        assert all(right not in text for text in said)
        return
    for text in said:
        for number in re.findall(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?", text):
            assert abs(float(number) - one.answer()) > 3 * one.tolerance, (number, text)


@pytest.mark.parametrize("chapter", GOALS)
def test_each_goal_is_tested_and_each_exercise_has_one(chapter):
    goals = {goal.key for goal in GOALS[chapter]}
    tested = {goal for one in EXERCISES[chapter] for goal in one.goals}
    assert tested == goals
    assert all(one.goals for one in EXERCISES[chapter])


@pytest.mark.parametrize("chapter", [one for one in EXERCISES if one != BEFORE])
def test_a_chapter_has_eight_exercises_from_easy_to_open(chapter):
    several = EXERCISES[chapter]
    levels = [one.level for one in several]
    assert len(several) >= 8
    assert levels == sorted(levels)
    assert set(levels) == {1, 2, 3, 4}
    assert [one.answer is None for one in several] == [level == 4 for level in levels]


def test_the_questions_before_the_first_session_are_quick_and_each_says_what_to_read():
    several = EXERCISES[BEFORE]
    assert 8 <= len(several) <= 10
    assert {one.level for one in several} == {1}
    assert all(one.answer for one in several)
    solutions = page_of(BEFORE).read_text(encoding="utf-8").split("```{solution-start}")[1:]
    assert [
        len(re.findall(r"^If your answer was wrong: ", solution, re.MULTILINE))
        for solution in solutions
    ] == ([1] * len(several))


@pytest.mark.parametrize("key", EVERY)
def test_an_exercise_stands_in_its_page(key):
    one, text = EVERY[key], page_of(PAGE[key]).read_text(encoding="utf-8")
    begin = f"```{{exercise-start}} {one.title}\n:label: {key}\n```"
    assert begin in text
    asked = text.split(begin)[1].split("```{exercise-end}")[0]
    if one.options:
        offered = re.findall(r"^- ([a-h])\) (.*(?:\n  .*)*)", asked, re.MULTILINE)
        assert [letter for letter, _ in offered] == list("abcdefgh"[: len(one.options)])
        assert [" ".join(said.split()) for _, said in offered] == list(one.options)
    if one.answer is None:
        assert f"{{check}} {key}\n" not in text
        return
    assert f"```{{check}} {key}\n```" in text
    solution = text.split(f"```{{solution-start}} {key}\n")[1].split("```{solution-end}")[0]
    assert solution.startswith(f":label: {key}-solution\n:class: dropdown\n```")
    assert f'check("{key}", answer' in solution
    assert "answer = " in solution


def test_the_project_names_every_measured_set_and_no_other():
    text = (BOOK / "course" / "project.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    measured = [
        dataset.name
        for dataset in list_datasets(package=OWN_PACKAGE)
        if dataset.origin == "measured"
    ]
    assert sorted(named) == sorted(measured)


def test_the_points_of_the_rubric_add_up():
    text = (BOOK / "course" / "project.md").read_text(encoding="utf-8")
    criteria = re.findall(r"^\| [^|`]+ \|.*\| (\d+) \|$", text, re.MULTILINE)
    assert len(criteria) == 5
    assert sum(map(int, criteria)) == 20


# ---------------------------------------------------------------------------- what is written

ASKED = Exercise("x", "", (), 1, 1, lambda: 518.0, 4.0, "", unit="K")


@pytest.mark.parametrize(
    ("unit", "written", "value"),
    [
        ("K", "518 K", 518.0),
        ("K", "518", 518.0),
        ("K", " 518.0K ", 518.0),
        ("K", "518 ± 4 K", 518.0),
        ("K", "518(4) K", 518.0),
        ("K", "0.518e3 kelvin", 518.0),
        ("K", 518, 518.0),
        ("", "0.0079", 0.0079),
        ("", "7.9e-3", 0.0079),
        ("", "7.9E-3", 0.0079),
        ("", "7.9 × 10^-3", 0.0079),
        ("", "7.9*10^{-3}", 0.0079),
        ("", "7,9·10−3", 0.0079),
        ("", "0.79 %", 0.0079),
        ("", "-0.2", -0.2),
        ("", "−0.2", -0.2),
        ("", ".79e-2", 0.0079),
        ("nm", "120 Å", 12.0),
        ("deg", "10 mrad", 0.5729577951308232),
        ("GPa", "250 kbar", 25.0),
        ("", "7.9 × 10⁻³", 0.0079),
        ("", "7.9·10⁺³", 7900.0),
        ("", "10⁻³", 0.001),
        ("", "-10^-3", -0.001),
        ("", "10 × 10⁻³", 0.01),
        ("", "> 0.2", 0.2),
        ("", "≥0.2", 0.2),
        ("", ">= 0.2", 0.2),
        ("", "<-0.2", -0.2),
        ("", "≤ 0.2 %", 0.002),
        ("K", "~ 518 K", 518.0),
        ("K", "≈518 K.", 518.0),
        ("K", "About 518", 518.0),
        ("K", "ca. 518 K", 518.0),
        ("K", "= 518 \N{KELVIN SIGN}", 518.0),
        ("K", "518.", 518.0),
        ("GPa", "25.0 GPa.", 25.0),
        ("nm", "0.012 \N{MICRO SIGN}m", 12.0),
        ("nm", "0.012 \N{GREEK SMALL LETTER MU}m", 12.0),
        ("Å", "5.4 \N{ANGSTROM SIGN}", 5.4),
        ("Å", "5.4 A\N{COMBINING RING ABOVE}", 5.4),
        ("ohm", "2 Ohm", 2.0),
        ("ohm", "2 Ohms", 2.0),
        ("ohm", "2 \N{OHM SIGN}", 2.0),
        ("ohm", "2 m\N{GREEK CAPITAL LETTER OMEGA}", 0.002),
        ("K", "\N{FULLWIDTH DIGIT FIVE}\N{FULLWIDTH DIGIT ONE}\N{FULLWIDTH DIGIT EIGHT}", 518.0),
        ("K", np.float32(518), 518.0),
        ("K", np.array(518), 518.0),
        ("K", np.array([518.0]), 518.0),
        ("K", np.array([[518]]), 518.0),
        ("K", np.array(["518 K"]), 518.0),
        ("K", np.array([ufloat(518, 4)]), 518.0),
        ("K", Fraction(1036, 2), 518.0),
    ],
)
def test_answers_with_and_without_units(unit, written, value):
    asked = Exercise("x", "", (), 1, 1, lambda: 1.0, 1.0, "", unit=unit)
    assert read_answer(asked, written) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    ("unit", "written", "message"),
    [
        ("K", "many", "'many' does not begin with a number"),
        ("K", "> many", "'> many' does not begin with a number"),
        ("K", "...", "'...' does not begin with a number"),
        ("K", "", "does not begin with a number"),
        ("K", "518 GPa", "not a unit of this answer; allowed: K, kelvin, mK"),
        ("", "518 K", "'K' is not a unit of this answer: write a number without a unit, or in %"),
        ("", "12 points", "'points' is not a unit of this answer: write a number without a unit"),
        ("K", "500-550", "'500-550' contains more than one number: write one number"),
        ("K", "500 – 550 K", "contains more than one number: write one number"),
        ("K", "500 K to 550 K", "contains more than one number: write one number"),
        ("K", "51 8", "contains more than one number: write one number"),
        ("K", np.array([1.0, 2.0]), "array([1., 2.]) contains more than one number: write one"),
        ("K", [518, 4], "[518, 4] contains more than one number: write one"),
        ("K", np.array([]), "is neither a number nor a text that contains a number"),
        ("K", None, "None is neither a number nor a text that contains a number"),
        ("K", True, "True is neither a number nor a text that contains a number"),
        ("K", 518 + 0j, "is neither a number nor a text that contains a number"),
        ("K", b"518", "is neither a number nor a text that contains a number"),
        ("K", {"T": 518}, "is neither a number nor a text that contains a number"),
        ("K", len, "is neither a number nor a text that contains a number"),
        ("K", float, "is neither a number nor a text that contains a number"),
        ("K", np.array([None]), "None is neither a number nor a text that contains a number"),
        ("K", 10**400, "is not a possible answer: it is too large or not finite"),
    ],
)
def test_what_is_no_answer_is_refused_in_words(unit, written, message):
    asked = Exercise("x", "", (), 1, 1, lambda: 1.0, 1.0, "", unit=unit)
    with pytest.raises(DataError, match=re.escape(message)):
        read_answer(asked, written)
    known = verdicts(asked)
    said = decide(asked, known.bins, known.known.get, written)
    assert said.kind == "unread"
    assert message in said.words


def test_a_limit_is_answered_by_its_number_and_an_array_by_the_one_in_it():
    value = EVERY["debye-1"].answer()
    for written in (f"> {value} K.", f"≤{value}", np.array([value]), np.float64(value)):
        assert check("debye-1", written).right
    assert check("debye-1", np.array([value, value])).kind == "unread"
    assert check("debye-1", None).kind == "unread"


def test_the_units_are_written_as_what_is_read_is():
    for wanted, others in UNITS.items():
        for name in (wanted, *others):
            assert unicodedata.normalize("NFKC", name) == name


def test_an_answer_in_degrees_celsius_is_named_even_where_the_number_would_fit():
    value = EVERY["debye-1"].answer()
    assert check("debye-1", f"{value:.0f} °C").words == ADVICE["degrees Celsius"]
    assert check("debye-1", f"{value - 273.15:.2f} °C.").words == ADVICE["degrees Celsius"]
    assert check("debye-1", value - 273.15).words == ADVICE["degrees Celsius"]


@pytest.mark.parametrize("written", ["many", "518 GPa", "1e999"])
def test_what_cannot_be_read_is_a_verdict_not_a_traceback(written):
    found = check("debye-1", written)
    with pytest.raises(DataError) as refused:
        read_answer(EVERY["debye-1"], written)
    assert (found.kind, found.words, found.right) == ("unread", str(refused.value), False)
    assert repr(found) == f"? {refused.value}"


def test_no_answer_yet_and_no_such_exercise():
    assert check("debye-1", ...).kind == "none"
    with pytest.raises(DataError, match="no exercise 'debby-1'; did you mean debye-1"):
        exercise("debby-1")


def test_a_slip_beside_the_right_value_is_a_mistake_of_the_table():
    near = Slip("near", lambda: 519.0, "")
    asked = Exercise("x", "", (), 1, 1, lambda: 518.0, 4.0, "", unit="K", slips=(near,))
    with pytest.raises(ValueError, match="'near' lies where answers are right or close"):
        verdicts(asked)


def test_a_slip_that_other_parameters_move_beside_the_right_value_is_left_out():
    near = Slip("near", lambda theta_d=900.0: theta_d, "near")
    asked = Exercise("x", "", (), 1, 1, lambda **_: 518.0, 4.0, "", slips=(near,))
    assert ("slip", "near") in verdicts(asked).known.values()
    known = verdicts(asked, theta_d=519.0)
    assert {known.known[known.bins.number(value)][0] for value in (517, 519)} == {"right"}
    assert ("slip", "near") not in known.known.values()
