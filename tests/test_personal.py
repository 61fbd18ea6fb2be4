"""Data of one's own for each student: they come again, can be solved, and do not tell the truth."""

import csv
import hashlib
import html
import io
import json
import os
import re
import subprocess
import sys
import unicodedata

import fastjsonschema
import numpy as np
import pytest
from markdown_it import MarkdownIt

import analysis
from analysis.cli import schema
from analysis.errors import AnalysisError, DataError, FitError
from analysis.exercises import check
from analysis.exercises import personal as personal_sets
from analysis.exercises.exercise import ADVICE, CLOSE, RIGHT, UNDO
from analysis.exercises.personal import DATA, FILES, personal
from analysis.exercises.personal_draw import (
    OPEN_SEED,
    PATTERN,
    Truths,
    class_list,
    folder_name,
    identity,
    truths,
)
from analysis.exercises.personal_parts import OfPattern
from analysis.exercises.personal_questions import PART, QUESTIONS, SIGMAS

SEED = "of the tests, and long enough"
STUDENTS = ("Ada Lovelace", "Emmy Noether", "Łukasz Ångström")
KEYS = [question.asked.key for question in QUESTIONS]
NUMBERS = [question.asked.key for question in QUESTIONS if not question.asked.options]
# Of Ada Lovelace with the open seed, as numpy 2 drew them first: K, K, angstrom.
DRAWN = (310.3, 39.16, 4.0533)


@pytest.fixture(scope="module")
def sets():
    return {name: personal(name, SEED) for name in STUDENTS}


@pytest.fixture(scope="module")
def ada(sets, tmp_path_factory):
    """Return the first set, and its folder."""
    folder = tmp_path_factory.mktemp("sets") / "ada"
    personal_sets.write_set(folder, sets[STUDENTS[0]].files())
    return sets[STUDENTS[0]], folder


def asked(one, key):
    return next(each for each in one.exercises if each.key == key)


def words(said, student=STUDENTS[0]):
    """Return what is said of an answer before the name of whose set it is."""
    whose = f" (Set of {identity(student)}.)"
    assert said.words.endswith(whose)
    return said.words.removesuffix(whose)


# ---------------------------------------------------------------------------- they come again


def test_a_set_comes_again_digit_for_digit(ada):
    one, folder = ada
    again = personal(STUDENTS[0], SEED).files()
    assert again == {name: (folder / name).read_bytes().decode() for name in FILES}
    assert again == one.files()


def test_another_process_draws_the_same(ada):
    one, _ = ada
    code = (
        "import hashlib\n"
        "from analysis.exercises.personal_draw import truths\n"
        f"text = truths({STUDENTS[0]!r}, {SEED!r}).text('curve.csv', {one.redrawn['curve.csv']})\n"
        "print(hashlib.sha256(text.encode()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == hashlib.sha256(one.data["curve.csv"].encode()).hexdigest()


def test_draws_of_the_locked_numpy():
    """What numpy drew when this was written: another stream would change every set of a course."""
    found = truths("Ada Lovelace", OPEN_SEED).by_name()
    assert (found["theta_d"], found["tc"], found["lattice"]) == DRAWN


@pytest.mark.parametrize(
    "written",
    [
        "Émilie du Châtelet",
        unicodedata.normalize("NFD", "Émilie du Châtelet"),
        "  ÉMILIE   du\tCHÂTELET ",
    ],
)
def test_names_that_are_one_have_one_set(written):
    assert identity(written) == "émilie du châtelet"
    assert truths(written, SEED) == truths("émilie du châtelet", SEED)


@pytest.mark.parametrize(
    ("name", "seed"), [("Ada Lovelac", SEED), ("Emilie du Châtelet", SEED), (STUDENTS[0], "other")]
)
def test_another_name_or_seed_has_other_truths(name, seed):
    mine, other = truths(STUDENTS[0], SEED).by_name(), truths(name, seed).by_name()
    alike = {key for key, value in mine.items() if value == other[key]}
    assert alike <= {"g_sat"}  # 0 where a metal does not saturate


# ---------------------------------------------------------------------------- they can be solved


@pytest.mark.parametrize("name", STUDENTS)
def test_the_package_itself_comes_to_the_truth(sets, name):
    for exercise in sets[name].exercises:
        found, right = sets[name].package_values[exercise.key], exercise.answer()
        assert abs(found["value"] - right) <= PART * exercise.tolerance
        if not exercise.options:
            assert abs(found["value"] - right) <= SIGMAS * found["stderr"]


def test_noise_that_is_unlucky_is_drawn_again_and_the_truth_is_not(ada, monkeypatch):
    one, _ = ada
    solved, tried = personal_sets._solved, []

    def unlucky(question, drawn, part):
        tried.append(question.file)
        return len(tried) > 1 and solved(question, drawn, part)

    monkeypatch.setattr(personal_sets, "_solved", unlucky)
    again = personal(STUDENTS[0], SEED)
    assert again.redrawn["curve.csv"] == one.redrawn["curve.csv"] + 1
    assert again.data["curve.csv"] != one.data["curve.csv"]
    assert again.data["pattern.csv"] == one.data["pattern.csv"]
    assert again.truths == one.truths


def test_data_that_stay_unsolved_are_not_handed_out(monkeypatch):
    monkeypatch.setattr(personal_sets, "_solved", lambda *_: False)
    monkeypatch.setattr(personal_sets, "MOST_ATTEMPTS", 2)
    with pytest.raises(AnalysisError, match=r"curve.csv cannot be solved in 2 draws"):
        personal(STUDENTS[0], SEED)


def test_an_analysis_that_fails_is_no_solution(ada, monkeypatch):
    def refuses(*_):
        raise FitError("no")

    monkeypatch.setattr(personal_sets.Question, "solved", refuses)
    assert not personal_sets._solved(QUESTIONS[0], ada[0].truths, None)


# ---------------------------------------------------------------------------- they do not tell


def written_in_many_ways(value):
    """Return a number with three or more digits that count, in many formats."""
    ways = {repr(value), f"{value:.3e}", f"{value:.4e}"}
    ways |= {f"{value:.{digits}g}" for digits in range(3, 8)}
    ways |= {f"{value:.{digits}f}" for digits in range(1, 7)}
    return {way for way in ways if sum(one.isdigit() for one in way.strip("0.")) >= 3}


def secrets_of(one):
    right = [each.answer() for each in one.exercises if not each.options]
    drawn = {**one.truths.by_name(), "wavelength": 0.0}.values()  # it is told
    found = [one.package_values[key]["value"] for key in NUMBERS]
    return [float(value) for value in (*right, *drawn, *found) if value]


def test_the_folder_does_not_tell_the_truth(ada):
    one, folder = ada
    said = (folder / "README.md").read_text() + (folder / "checks.json").read_text()
    for file in DATA:
        said += "".join(re.findall("^#.*\n", (folder / file).read_text(), re.MULTILINE))
    assert one.truths.student in said
    for value in secrets_of(one):
        for way in written_in_many_ways(value):
            assert not re.search(rf"(?<![\w.]){re.escape(way)}(?![\w.])", said), way
            for name in ("md5", "sha1", "sha256", "sha512"):
                digest = hashlib.new(name, way.encode()).hexdigest()
                assert digest[:32] not in said, (name, way)
    assert SEED not in said


def test_the_words_do_not_tell_whether_the_resistance_saturates(sets):
    saturating = {value.truths.by_name()["g_sat"] > 0 for value in sets.values()}
    assert saturating == {True, False}
    said = [json.loads(value.files()["checks.json"])["questions"] for value in sets.values()]
    for key in KEYS:
        about = [[each[key][part] for part in ("words", "width", "hint", "undo", "unit", "options")]
                 for each in said]  # fmt: skip
        assert about == 3 * about[:1]
    for key in ("my-debye-temperature", "my-residual-resistance", "my-saturation"):
        assert len({len(each[key]["entries"]) for each in said}) == 1


# ---------------------------------------------------------------------------- answers


@pytest.mark.parametrize("key", NUMBERS)
def test_right_and_close_answers(ada, key):
    one, folder = ada
    exercise = asked(one, key)
    right, tolerance = exercise.answer(), exercise.tolerance
    for answer in (right, f"{right:.6g} {exercise.unit}", one.package_values[key]["value"]):
        assert words(check(key, answer, folder=folder)) == RIGHT
    assert words(check(key, right - 0.98 * tolerance, folder=folder)) == RIGHT
    assert words(check(key, right + 1.5 * tolerance, folder=folder)) == CLOSE
    assert check(key, right * 1.9 + 7 * tolerance, folder=folder).kind == "wrong"


@pytest.mark.parametrize("name", STUDENTS)
def test_every_slip_that_shows_is_called_by_its_name(sets, name, tmp_path):
    personal_sets.write_set(tmp_path, sets[name].files())
    shows = 0
    for exercise in sets[name].exercises:
        for slip in exercise.slips:
            if slip.value() < -1e3:
                continue  # it changes nothing in these data
            shows += 1
            said = check(exercise.key, slip.value(), folder=tmp_path)
            assert (said.kind, words(said, name)) == ("slip", slip.advice), slip.name
    assert shows >= 11


@pytest.mark.parametrize(
    ("key", "name"),
    [(question.asked.key, name) for question in QUESTIONS for name in question.asked.undo],
)
def test_slips_of_notation_are_named(ada, key, name):
    one, folder = ada
    factor, more = UNDO[name][0]
    slipped = (asked(one, key).answer() - more) / factor
    own = [slip.advice for slip in asked(one, key).slips
           if abs(slip.value() - slipped) < 2 * asked(one, key).tolerance]  # fmt: skip
    assert words(check(key, slipped, folder=folder)) in [ADVICE[name], *own]


def test_one_of_two_sentences(ada):
    one, folder = ada
    right = "ab"[int(asked(one, "my-saturation").answer()) - 1]
    wrong = {"a": "b", "b": "a"}[right]
    assert check("my-saturation", right, folder=folder).right
    assert check("my-saturation", wrong, folder=folder).kind == "slip"
    unread = check("my-saturation", "yes", folder=folder)
    assert unread.kind == "unread"
    assert "allowed: a to b" in unread.words


def test_the_readme_is_followed_to_the_letter(ada, cli, monkeypatch):
    one, folder = ada
    monkeypatch.chdir(folder)
    text = (folder / "README.md").read_text()
    shell, python = (
        re.findall("```sh\n(.*?)```", text, re.DOTALL),
        re.findall("```python\n(.*?)```", text, re.DOTALL),
    )
    commands = [line.removeprefix("python -m analysis ") for block in shell
                for line in block.splitlines()]  # fmt: skip
    assert len(commands) == 4
    for command in commands:
        words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', command)]
        status, out, err = cli(*words)
        assert (status, err) == (0, ""), command
        assert out
    names = {}
    for block in python:
        exec(block, names)  # noqa: S102 - what it says is what is tested
    assert len(names["curve"]) > 200
    assert names["pattern"].wavelength == one.truths.pattern.wavelength
    assert [key for key in KEYS if f"Key: `{key}`" not in text] == []


# ---------------------------------------------------------------------------- the key


def test_the_key_of_a_class(cli, tmp_path, sets):
    names = tmp_path / "class.txt"
    names.write_text("# 2026\nAda Lovelace\n\nEmmy Noether  # on Tuesdays\n", encoding="utf-8")
    words = ["exercise", "--class-list", names, "--seed-of-course", SEED, "--key", "--json"]
    status, out, err = cli(*words, "-o", tmp_path / "key")
    assert (status, err) == (0, "")
    assert sorted(path.name for path in (tmp_path / "key").iterdir()) == ["key.csv", "key.json"]
    found = json.loads(out)
    fastjsonschema.compile(schema.schema_of("exercise"))(found)
    assert found == json.loads((tmp_path / "key" / "key.json").read_text())
    for said, name in zip(found["students"], STUDENTS, strict=False):
        assert said["student"] == identity(name)
        assert said["truths"] == sets[name].truths.by_name()
        for key, marked in said["questions"].items():
            assert marked["right"] == asked(sets[name], key).answer()
            assert marked["tolerance"] == asked(sets[name], key).tolerance
    with (tmp_path / "key" / "key.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["folder"], row["question"]) for row in rows] == [
        (folder, key) for folder in ("ada-lovelace", "emmy-noether") for key in KEYS
    ]
    assert float(rows[0]["right"]) == sets["Ada Lovelace"].truths.curve.theta_d


def test_sets_of_a_class_and_one_alone_are_the_same(cli, tmp_path, ada):
    names = tmp_path / "class.txt"
    names.write_text("Ada LOVELACE\n", encoding="utf-8")
    course = ["--seed-of-course", SEED]
    assert cli("exercise", "--class-list", names, *course, "-o", tmp_path / "sets")[0] == 0
    made = tmp_path / "sets" / "ada-lovelace"
    assert sorted(path.name for path in made.iterdir()) == sorted(FILES)
    for name in FILES:
        assert (made / name).read_bytes() == (ada[1] / name).read_bytes()
    # Once more into the same folder: nothing changes, and nothing is refused.
    assert cli("exercise", "--student", "ada lovelace", *course, "-o", made)[0] == 0
    status, _, err = cli("exercise", "--student", "Ada Lovelace", "-o", made)
    assert status == 2
    assert "belongs to another set; name another folder with -o" in err


def test_the_key_is_printed_and_nothing_is_written(cli, tmp_path, monkeypatch, ada):
    monkeypatch.chdir(tmp_path)
    status, out, err = cli("exercise", "--student", STUDENTS[0], "--seed-of-course", SEED, "--key")
    assert (status, err) == (0, "")
    assert re.search(rf"my-debye-temperature +{ada[0].truths.curve.theta_d:g} +6 +K", out)
    assert not [*tmp_path.iterdir()]


# ---------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "either --student NAME or --class-list FILE"),
        (["--student", "Ada", "--class-list", "class.txt"], "either --student NAME or"),
        (["--student", "Ada"], "no folder for the files is named: give -o DIR"),
        (["--student", " ", "-o", "new"], "' ' is not a student's name: it needs a letter"),
        (["--student", "...", "-o", "new"], "'...' is not a student's name"),
        (["--student", "A\u200eda", "-o", "new"], "it holds an invisible character"),
        (["--student", 99 * "a", "-o", "new"], "at most 80 characters"),
        (["--student", "Ada", "--seed-of-course", " ", "-o", "new"], "--seed-of-course is empty"),
        (["--student", "Ada", "--json", "-o", "new"], "--json prints the key; give --key as well"),
        (["--student", "Ada", "-o", "."], "holds other files, such as "),
        (["--student", "Ada", "-o", "class.txt"], "class.txt: is a file; name a folder with -o"),
        (["--student", "Ada", "--key", "-o", "class.txt"], "is a file; name a folder with -o"),
        (["--student", "Ada", "--key", "-o", "set"], "the key must not be there"),
        (["--class-list", "none.txt", "-o", "new"], "'none.txt' does not exist"),
        (["--class-list", "empty.txt", "-o", "new"], "empty.txt: holds no names"),
        (["--class-list", "latin.txt", "-o", "new"], "latin.txt: is not UTF-8 text"),
        (["--class-list", "two.txt", "-o", "new"], "'ADA' in line 3 become the same student"),
        (["--class-list", "long.txt", "-o", "new"], "long.txt: more than 1 MB"),
        (["--class-list", "many.txt", "-o", "new"], "2001 names, and at most 2000 are taken"),
        (["--class-list", "dots.txt", "-o", "new"], "dots.txt, line 2: '...' is not a student's"),
    ],
)
def test_what_is_refused(cli, tmp_path, monkeypatch, words, message):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "checks.json").write_text("{}")
    for name, text in {
        "class.txt": "Ada\n", "empty.txt": "# nobody\n\n", "two.txt": "Ada\n\nADA\n",
        "long.txt": 100_001 * "# nobody\r\n" + "Ada\n", "dots.txt": "Ada\n...\n",
        "many.txt": "".join(f"{i}\n" for i in range(2001)),
    }.items():  # fmt: skip
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes("Émilie\n".encode("latin-1"))
    before = sorted(tmp_path.rglob("*"))
    status, out, err = cli("exercise", *words)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert message in err
    assert sorted(tmp_path.rglob("*")) == before


# ------------------------------------------------------------------------ names of all kinds

# A name as a reader's header, a spreadsheet's formula, and marks of a page.
NAMES = ("ann wavelength: 99 pm", "=cmd|' /C calc'!A1 at 77 K", "<b>$x$</b> `energy` 20 keV")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_no_instruction_to_readers_pages_or_spreadsheets(name, tmp_path):
    one = personal(name, SEED)
    assert one.redrawn.keys() == set(DATA)  # it can be solved
    headings = {re.sub("[0-9.]+ pm", "", text.split("\n2theta")[0].split("\nT (K)")[0])
                for text in one.data.values()}  # fmt: skip
    assert len(headings) == 2  # of curves and of patterns: nothing is of the name
    heading = one.files()["README.md"].split("\n")[0]
    shown = MarkdownIt().render(heading)
    assert html.unescape(re.sub("<.*?>", "", shown)).strip() == f"Data for {identity(name)}"
    assert set(re.findall("<.*?>", shown)) == {"<h1>", "</h1>"}
    personal_sets.write_set(tmp_path, one.files())
    assert words(check("my-lattice", 0.1, folder=tmp_path), name)
    cells = next(csv.DictReader(io.StringIO(personal_sets.key_table([one.key()]))))
    assert cells["student"].lstrip("'") == identity(name)
    assert cells["student"][0] not in "=+-@"
    assert one.key()["student"] == identity(name)


def test_different_students_have_different_folders():
    names = ["रवि", "रवी", "रव", "علی\u200cرضا", "علیرضا", "ada l", "ada-l.", "ada-l",
             "o'neill", "o neill", 80 * "\U00020000",
             79 * "\U00020000" + "\U00020001", "a" * 80, "नि" * 40]  # fmt: skip
    folders = [folder_name(identity(name)) for name in names]
    assert len({*folders}) == len(names)
    for folder in folders:
        assert len(folder.encode()) <= 255
        assert not re.search(r"[\s/\\:.'\u200c]", folder)
    assert folders[:3] == names[:3]
    assert folders[3].startswith("علیرضا-")
    assert folder_name("émilie du châtelet") == "émilie-du-châtelet"


def test_students_whose_folders_are_still_one_are_refused(tmp_path):
    path = tmp_path / "class.txt"
    path.write_text(f"Ada-L\n{folder_name('ada-l').replace('-', ' ')}\n", encoding="utf-8")
    with pytest.raises(DataError, match="in line 2 become the same student"):
        class_list(path)


# ------------------------------------------------------------------------ where marks count


def test_digests_keep_no_answer_from_a_program(ada):
    """As the texts say of checks.json: within what numbers can be there are few bins to try."""
    one, folder = ada
    said = json.loads((folder / "checks.json").read_text())["questions"]
    # Ranges that everybody can read off the data files.
    ranges = {"my-debye-temperature": (200, 480), "my-lattice": (3.9, 4.1),
              "my-critical-temperature": (30, 50), "my-strain": (0, 0.01), "my-size": (5, 40),
              "my-coupling": (0.8, 3), "my-residual-resistance": (0.1, 0.3)}  # fmt: skip
    assert ranges.keys() == {*NUMBERS}
    tried = 0
    for key, (low, high) in ranges.items():
        width = said[key]["width"]
        tried += 1 + int((high - low) / width)
        exercise = asked(one, key)
        guesses = np.arange(low, high, width)
        nearest = guesses[np.argmin(abs(guesses - exercise.answer()))]
        assert check(key, nearest, folder=folder).kind in ("right", "close")
    # A guess is 30 000 rounds of SHA-512, some 20 ms.
    assert tried < 300


def test_a_set_without_checks_says_that_answers_are_handed_in(cli, tmp_path, ada):
    words = ["exercise", "--student", STUDENTS[0], "--seed-of-course", SEED, "--without-checks"]
    status, out, err = cli(*words, "-o", tmp_path / "ada")
    assert (status, err) == (0, "")
    assert "checks.json" not in out
    found = {path.name: path.read_text() for path in (tmp_path / "ada").iterdir()}
    assert found.keys() == {*DATA, "README.md"}
    assert {name: found[name] for name in DATA} == ada[0].data
    readme = found["README.md"]
    assert "hand in your answers" in readme
    assert "my-size` | ± 1.5 | nm" in readme
    assert "checks.json" not in readme
    assert "from analysis.exercises import check" not in readme
    with pytest.raises(DataError, match="unless its answers are handed in"):
        check("my-size", 20, folder=tmp_path / "ada")
    # It is a student's all the same, and takes no checks afterwards.
    assert "the key must not be there" in cli(*words[:-1], "--key", "-o", tmp_path / "ada")[2]
    assert "belongs to another set" in cli(*words[:-1], "-o", tmp_path / "ada")[2]


def test_checks_do_not_stay_beside_a_set_without(tmp_path, ada):
    (tmp_path / "checks.json").write_text("{}")
    with pytest.raises(DataError, match=r"checks\.json: belongs to another set"):
        personal_sets.write_set(tmp_path, ada[0].files(checks=False))
    assert [path.name for path in tmp_path.iterdir()] == ["checks.json"]


def test_a_class_is_written_and_its_keys_are_returned(tmp_path, sets):
    keys = personal_sets.write_class(tmp_path / "sets", STUDENTS[:2], SEED, checks=False)
    assert keys == [sets[name].key() for name in STUDENTS[:2]]
    assert {key["version"] for key in keys} == {analysis.__version__}
    assert sorted(path.name for path in (tmp_path / "sets").iterdir()) == [
        "ada-lovelace", "emmy-noether"]  # fmt: skip
    for key in keys:
        names = {path.name for path in (tmp_path / "sets" / key["folder"]).iterdir()}
        assert names == {*DATA, "README.md"}


def test_a_class_that_has_no_room_is_not_begun(tmp_path):
    (tmp_path / "emmy-noether").mkdir()
    (tmp_path / "emmy-noether" / "thesis.tex").touch()
    with pytest.raises(DataError, match=r"holds other files, such as thesis\.tex"):
        personal_sets.write_class(tmp_path, STUDENTS[:2], SEED)
    assert not (tmp_path / "ada-lovelace").exists()


@pytest.mark.parametrize(("seed", "remarks"), [(15 * "a", 1), (16 * "a", 0)])
def test_a_short_seed_is_remarked_upon(cli, seed, remarks):
    _, _, err = cli("exercise", "--student", "Ada", "--seed-of-course", seed, "--key")
    assert err.count("\n") == remarks
    assert ("a short seed can be guessed" in err) == bool(remarks)


# ------------------------------------------------------------------------ whose answer it is


def test_the_set_of_a_neighbour_is_named(sets, tmp_path):
    personal_sets.write_set(tmp_path, sets["Emmy Noether"].files())
    right = asked(sets["Emmy Noether"], "my-size").answer()
    assert str(check("my-size", right, folder=tmp_path)) == "✓ Right. (Set of emmy noether.)"


def test_a_key_of_a_set_asks_for_its_folder():
    with pytest.raises(DataError, match="'my-size' belongs to a personal set: give folder="):
        check("my-size", 17.8)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"student": "ada"}'])
def test_checks_that_were_changed(tmp_path, content):
    (tmp_path / "checks.json").write_text(content)
    with pytest.raises(DataError, match="the file was changed and cannot be read"):
        check("my-size", 17.8, folder=tmp_path)


def test_the_size_of_a_remark_of_the_package_is_told_of(tmp_path):
    """A remark quotes the size by Halder and Wagner; the advice is true of it, too."""
    one = personal("Emmy Noether", "of a set where it is far off 27")
    personal_sets.write_set(tmp_path, one.files())
    of_pattern, exercise = OfPattern(tmp_path / PATTERN), asked(one, "my-size")
    assert abs(of_pattern.size_by_halder_wagner - exercise.answer()) > 4 * exercise.tolerance
    said = [words(check("my-size", size, folder=tmp_path), "Emmy Noether")
            for size in (of_pattern.size_by_halder_wagner, of_pattern.of_strongest)]  # fmt: skip
    assert "Scherrer" in said[0]
    assert said[0] == said[1]


def test_a_list_with_a_byte_order_mark_and_comments(tmp_path):
    path = tmp_path / "class.txt"
    path.write_text("\ufeffAda # first\r\n  Émilie\n#Emmy\n", encoding="utf-8")
    assert class_list(path) == ["ada", "émilie"]


def test_a_truth_has_its_own_closed_form(sets):
    """T_c of the table is where eq. 5 falls to 0.05."""
    drawn: Truths = sets[STUDENTS[0]].truths
    just_below = np.array([drawn.transition.tc_onset * (1 - 1e-12), drawn.tc])
    at_onset, at_tc = drawn.transition.clean(just_below)
    assert at_tc / at_onset == pytest.approx(0.05, rel=1e-9)
