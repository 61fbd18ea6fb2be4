"""The form of an exercise: what the page knows, and that it says what Python says."""

import json
import math
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from analysis.errors import DataError
from analysis.exercises import check
from analysis.exercises.checking import decide
from analysis.exercises.exercise import ADVICE, UNDO, Exercise, Slip, choice, verdicts
from analysis.exercises.tables import EXERCISES
from analysis.exercises.written import LARGEST, UNITS, read_answer
from compendium import checks, plan
from compendium.checks import about, keys_in, place, reading
from compendium.plan import BOOK

SCRIPT = BOOK / "_static" / "checks.mjs"
RUNNER = Path(__file__).with_name("checks.mjs")
FEW = 2  # rounds: what is said does not depend on them

LETTERS = choice(
    "x-letters", "Letters", goals=(), points=1, hint="Look again.", right=3,
    options=[("one", "Not one."), ("two", ""), ("three", ""), ("four", "Not four.")],
)  # fmt: skip
MADE = [
    Exercise(
        f"x-{number}", "", (), 1, 1, lambda: 0.42, 0.005, "Look again.", unit=unit,
        slips=(Slip("half", lambda: 0.21, "Half."), Slip("three", lambda: 3.0, "Three.")),
        undo=tuple(UNDO),
    )
    for number, unit in enumerate(UNITS)
]  # fmt: skip
TABLES = [one for several in EXERCISES.values() for one in several if one.answer]
EVERY = [*TABLES, *MADE, LETTERS]

# No answers, and answers that are hard to read.
ODD = (
    "", "   ", "about 500", "x", "-", "--5", "5 8", "5.6.7", "1,234.5", "1e", "1e999", "-1e999",
    "5e30", "1e1234", "1e-999", "0", "-0", "nan", "inf", "½", "٣", "5 10", "5 10^", "5x10^{-2",
    "5 ±", "5 ± 4 ± 3", "5 (", "'", '"', "it's", 'a "quoted" one', "both ' and \"", "back\\slash",
    "tab\there", "line\nbreak", "a\u00a0space", "5\u00a0K", "5\u2009K", "- \u00a05", "\u200b5",
    "5 \U0001f600", "\U0001f600" * 61, "a" * 60, "b" * 61, "5 " + "c" * 200, "{said}", "$&",
    "<b>5</b>", "518 °C", "518 C", "518 celsius", "c", "20 ° C", "5 K.", "5 KELVIN", "5 \u212a",
    "5 \u212b", "5 mpa", "5 Mbar", "5 constructor", "5 __proto__", "500-550", "500 – 550",
    "500 K to 550 K", "12 points", "> 5", ">=5", "≤ 5 %", "<", "> many", "~5", "≈ 5", "≠ 5", "= 5",
    "About 5", "ca. 5", "ABOUT 5", "about", "5.", "5 K.", "5...", "...", ". 5", "20 °C.",
    "20 \u2103", "7.9 × 10⁻³", "10⁻³", "-10^-3", "+ 10 ^ 2", "10^", "10 × 10⁻¹", "⁵", "5²", "4⁻",
    "10⁻³ %", "1e-3 %.", "5 \u00b5m", "5 \u03bcm", "5 \u2126", "5 m\u03a9", "5 Ohms", "5 A\u030a",
    "\uff15", "\uff15\uff0e\uff12", "\u00b4", "\ufb01", "5 \ufb01", "\u1e9b\u0323", "\u24d2",
    "5\u3000K",
)  # fmt: skip


def written_of(one):
    """Return answers of all kinds, as students write them."""
    if one.options:
        return ["", *"abcdefgh"[: len(one.options)]]
    known, right = verdicts(one), one.answer()
    width = known.bins.width
    values = [right + step * width for step in (0, 0.45, -0.45, 0.9, -0.9, 1.45, 1.6, -1.6, 30)]
    values += [slip.value() for slip in one.slips]
    values += [(right - more) / factor for steps in UNDO.values() for factor, more in steps]
    values += [right * factor for factor in (3, 0.7, 1.01, 1e5)]
    said = [f"{value:.12g}" for value in values]
    digits = max(2, math.ceil(math.log10(abs(right) / one.tolerance)) + 2)
    short = f"{right:.{digits}g}"
    power = math.floor(math.log10(abs(right)))
    mantissa = f"{right / 10**power:.{digits}f}"
    said += [
        f"{short} {one.unit}", f"  {short}{one.unit} ", f"+{short}", short.replace(".", ","),
        f"{short} ± 0.1 {one.unit}", f"{short}({digits}) {one.unit}", f"{short} +/- 3e-2",
        f"{mantissa}e{power}", f"{mantissa}E+0{abs(power)}", f"{mantissa} × 10^{power}",
        f"{mantissa}*10^{{{power}}}", f"{mantissa}·10−{abs(power)}", f"{short} °C",
        f"{short} furlongs",
    ]  # fmt: skip
    said += [f"{right / factor:.12g} {name}" for name, factor in UNITS.get(one.unit, {}).items()]
    said += [f"{short} {name.upper()}" for units in UNITS.values() for name in units]
    return [*said, *ODD]


def in_python(one, known, written):
    if not written.strip():
        return [*vars(check("debye-1", written)).values()]
    return [*vars(decide(one, known.bins, known.known.get, written)).values()]


def in_browser(exercises, cases, node):
    said = {
        "how": reading(),
        "exercises": {exercise.key: about(exercise, rounds=FEW) for exercise in exercises},
        "cases": cases,
    }
    done = subprocess.run(
        [node, str(RUNNER), str(SCRIPT)],
        input=json.dumps(said), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def test_a_page_says_of_every_answer_what_python_says(node):
    cases = [(one.key, written) for one in EVERY for written in written_of(one)]
    by_key = {one.key: (one, verdicts(one)) for one in EVERY}
    expected = [in_python(*by_key[key], written) for key, written in cases]
    found = in_browser(EVERY, cases, node)
    differ = [
        (case, one, other) for case, one, other in zip(cases, expected, found, strict=True)
        if one != other
    ]  # fmt: skip
    assert differ == []
    assert len(cases) > 500
    kinds = [kind for kind, _ in found]
    for kind in ("right", "close", "slip", "wrong", "unread", "none"):
        assert kinds.count(kind) >= len(MADE), kind


@pytest.mark.parametrize("letter", "abcd")
def test_a_letter_is_no_temperature(letter):
    known = verdicts(LETTERS)
    said = decide(LETTERS, known.bins, known.known.get, letter)
    assert said.words != ADVICE["degrees Celsius"]
    assert said.right == (letter == "c")


@pytest.mark.parametrize("written", ["1e999", "-1e999", "5e30", float("inf"), float("nan")])
def test_a_number_beyond_all_sizes_is_refused_in_words(written):
    with pytest.raises(DataError, match="is not a possible answer: it is too large or not finite"):
        read_answer(MADE[0], written)


def test_a_number_may_be_as_large_as_any_that_is_asked_for():
    for one in TABLES:
        assert abs(one.answer()) < 1e-3 * LARGEST


@pytest.mark.parametrize(
    "written", ["İ", "²", "b) two", "", "e", "0", "5", "()", "ab", 2.5, 0, 5, None, True, [3]]
)
def test_what_is_no_option_is_refused_in_words(written):
    with pytest.raises(DataError, match="is not one of the answers; allowed: a to d"):
        read_answer(LETTERS, written)


@pytest.mark.parametrize(
    "written", ["c", "C", "c)", "(c)", " (C). ", "3", "(3)", " c. ", 3, 3.0, np.array(["c"])]
)
def test_an_option_has_a_letter_and_a_number(written):
    assert read_answer(LETTERS, written) == 3


# ---------------------------------------------------------------------------- the place


def test_a_place_says_where_else_an_answer_is_checked_and_escapes_what_it_carries():
    one = about(LETTERS, rounds=FEW) | {"hint": "\"><script>alert('x')</script>"}
    html = place(LETTERS, one, "course/x")
    assert "<script" not in html
    assert 'check("x-letters", ...)' in html
    (data,) = re.findall(r'data-check="([^"]*)"', html)
    assert "&lt;script" in data
    assert "data-check" not in place(LETTERS, {}, "course/x")


def test_the_page_carries_no_value_only_slow_digests():
    one = about(MADE[0])
    assert one["rounds"] >= 300_000
    numbers = re.findall(r"(?<![\w.])\d+\.?\d*(?:e[-+]?\d+)?(?![\w.])", json.dumps(one))
    assert all(abs(float(number) - 0.42) > 0.004 for number in numbers)
    assert all(re.fullmatch(r"[0-9a-f]{32}", name) for name in one["entries"])
    assert len(one["entries"]) == len(verdicts(MADE[0]).known)


def test_the_keys_of_a_page():
    text = "```{check} a-1\n```\n\n    ```{check} no\n\n```{check} a-2\n```\n"
    assert keys_in(text) == ["a-1", "a-2"]


# ---------------------------------------------------------------------------- what is kept


@pytest.fixture
def computed(tmp_path, monkeypatch):
    """The exercises whose digests are computed, in a folder with data and code of its own."""
    keys = []
    for name in ("data/silver.csv", "compendium/checks.py", "compendium/other.py"):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text("as it was", encoding="utf-8")
    monkeypatch.setattr(plan, "ROOT", tmp_path)
    monkeypatch.setattr(checks, "CHECKS", tmp_path / "checks.json")
    monkeypatch.setattr(checks, "about", lambda asked: keys.append(asked.key) or {"n": len(keys)})
    return keys


def kept(tmp_path):
    return json.loads((tmp_path / "checks.json").read_text(encoding="utf-8"))["exercises"]


PAGE = {"course/x": "```{check} debye-1\n```\n"}


def test_digests_of_the_same_code_and_data_are_kept(tmp_path, computed):
    for _ in range(2):
        checks.write_checks(PAGE, "code")
    (tmp_path / "compendium/other.py").write_text("changed", encoding="utf-8")
    checks.write_checks(PAGE | {"course/y": "```{check} debye-2\n```\n"}, "code")
    assert computed == ["debye-1", "debye-2"]
    assert kept(tmp_path) == {"debye-1": {"n": 1}, "debye-2": {"n": 2}}


@pytest.mark.parametrize("changed", ["data/silver.csv", "data/new.csv", "compendium/checks.py"])
def test_changed_data_or_packing_leave_no_former_digests(changed, tmp_path, computed):
    checks.write_checks(PAGE, "code")
    (tmp_path / changed).write_text("changed", encoding="utf-8")
    checks.write_checks(PAGE, "code")
    assert computed == ["debye-1"] * 2
    assert kept(tmp_path) == {"debye-1": {"n": 2}}


def test_changed_code_leaves_no_former_digests(tmp_path, computed):
    checks.write_checks(PAGE, "code")
    checks.write_checks(PAGE, "other code")
    assert computed == ["debye-1"] * 2
    assert kept(tmp_path) == {"debye-1": {"n": 2}}


def test_what_digests_depend_on_is_there():
    assert all((plan.ROOT / name).exists() for name in checks.USED)
