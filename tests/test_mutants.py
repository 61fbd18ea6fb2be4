"""What mutation testing changes, and that a change reaches the tests."""

import os
import tomllib

import mutants
import pytest

SOURCE = '''
TABLE = {"a": 3}
def area(radius: "int | None", *, factor=2.0):
    """Return 1 + 1."""
    if radius is None:
        raise ValueError(f"no {1 + 2}" + "radius")
    return factor * 3 * radius ** 2 + 400
'''


@pytest.fixture
def room(tmp_path, monkeypatch):
    monkeypatch.setattr(mutants, "ROOT", tmp_path)
    folder = tmp_path / "analysis" / "room"
    folder.mkdir(parents=True)
    (folder / "area.py").write_text(SOURCE)
    return folder / "area.py"


@pytest.mark.usefixtures("room")
def test_calculations_are_changed_and_nothing_else():
    changed = [mutant.change for mutant in mutants.mutants_of("analysis/room/area.py", 0)]
    # `is` and `if`; the default; two products, 3, ** and 2, +: no text, type, table, or 400.
    assert len(changed) == 9
    assert {before for before, _ in changed} == {
        '- def area(radius: "int | None", *, factor=2.0):',
        "- if radius is None:",
        "- return factor * 3 * radius ** 2 + 400",
    }
    assert all("int | None" in after for _, after in changed if "def" in after)


def test_other_code_moves_no_mutant(room):
    before = {mutant.key for mutant in mutants.mutants_of("analysis/room/area.py", 0)}
    room.write_text("import math\n\n\ndef other(x):\n    return math.sin(x)\n\n" + SOURCE)
    assert before == {mutant.key for mutant in mutants.mutants_of("analysis/room/area.py", 0)}


@pytest.mark.usefixtures("room")
def test_the_change_is_what_python_runs():
    changes = mutants.mutants_of("analysis/room/area.py", 0)
    (plus,) = [change for change in changes if change.operator == "ReplaceBinaryOperator_Add_Sub"]
    space = {}
    exec(plus.mutated, space)  # noqa: S102 - the text above
    assert space["area"](1.0) == 2 * 3 - 400


def test_the_rooms_have_their_tests():
    table = tomllib.loads(mutants.TABLE.read_text())
    tests = mutants.TABLE.parent
    for room, words in table["rooms"].items():
        assert (tests.parent / "analysis" / room).is_dir()
        assert [word for word in words if not os.path.exists(tests / f"test_{word}.py")] == []  # noqa: PTH110


def test_the_mutants_of_the_table_exist():
    table = tomllib.loads(mutants.TABLE.read_text())
    for entry in [*table["equivalent"], *table["survivor"]]:
        keys = {mutant.key for mutant in mutants.mutants_of(entry["file"], seed=0)}
        assert entry["mutant"] in keys, f"{entry['file']}: {entry['why']}"
