"""The page of coverages: it shows what the studies found, and says so where none has run."""

from pathlib import Path

import jupytext
import pytest
import studies
from studies import FULL, TENTH, Study

from compendium.chapters import STUDIES, coverage

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def run(tmp_path):
    """Run three studies of so many replicates; return the rows that the page reads."""

    def ran(size=FULL):
        rows = []
        one = Study(size, "test_some", rows.append, 0xAB, room="fit")
        n = one.replicates(1000, seed=7)
        hits = [None] * (n // 100) + [True] * (n - n // 100)
        hits[-n // 20 :] = [False] * (n // 20)
        one.covers("Θ_D", "white | noise", hits, warned=n // 50)
        one.alarms("constancy", "one truth", [i % 20 == 0 for i in range(n)])
        one.at_most("quoted without a warning", "hump", n // 25, 50, of=1000)
        one.holds("width", 1.1, full=(0, 1.3), tenth=(0, 1.5), situation="clean", kind="control")
        one.holds("bias", 0.0, full=(-1, 1), tenth=(-1, 1))  # not of the page
        studies.write_table([row for _, row in rows], tmp_path / "studies.csv")
        return coverage.load_studies(str(tmp_path / "studies.csv"))

    return ran


@pytest.mark.parametrize(
    ("size", "replicates"), [(FULL, "1\N{NARROW NO-BREAK SPACE}000"), (TENTH, "100")]
)
def test_coverages_stand_beside_what_was_refused_and_warned_of(run, size, replicates):
    rows, note = run(size)
    assert note is None
    assert len(rows) == 4
    (alarm, inside) = coverage.coverages(rows, "resistance").rows
    error = "0.7" if size == FULL else "2.2"
    assert inside == (
        "Θ_D", "white | noise", f"94.9 ± {error}", "93 to 97", "1.0", "2.0", replicates,
    )  # fmt: skip
    assert alarm[2:5] == (f"5.0 ± {error}", "3 to 7", "not counted")
    assert coverage.coverages(rows, "pressure") is None


@pytest.mark.parametrize(
    ("size", "row"), [(FULL, ("40", "50", "1000")), (TENTH, ("4", "5", "100"))]
)
def test_counts_stand_beside_what_is_allowed(run, size, row):
    (found,) = coverage.counts(run(size)[0], "resistance").rows
    assert found == ("quoted without a warning", "hump", *row)
    (other,) = coverage.others(run(size)[0], "resistance").rows
    assert other[:3] == ("width", "clean", "1.1")


def test_a_summary_has_the_extremes_of_all_kinds_of_data(run):
    rows, _ = run()
    at = next(i for i, row in enumerate(rows) if row.kind == "interval")
    rows += (rows[at]._replace(situation="no noise", result=0.5),)
    alarm, inside, wrong = coverage.summary(rows, "resistance").rows
    assert alarm == ("constancy", "5.0", "3 to 7", "1 of 1")
    assert inside == ("Θ_D", "50.0 to 94.9", "93 to 97", "**1 of 2**")
    assert wrong == ("quoted without a warning", "4.0", "at most 5", "1 of 1")
    assert coverage.summary(rows, "pressure") is None
    assert [len(table.rows) for table in coverage.tables(rows, "resistance")] == [3, 1, 1]


def test_names_of_the_program_become_words(run):
    row = run()[0][0]._replace(what="integral_breadth of a line", situation="a pure T^2")
    (cells,) = coverage.coverages([row._replace(kind="interval")], "resistance").rows
    assert cells[:2] == ("integral breadth of a line", "a pure T²")


def test_what_breaks_its_promise_is_bold(run):
    rows, _ = run()
    broken = rows[0]._replace(result=0.5, situation="a")
    assert not broken.kept
    assert coverage.counts([broken], "resistance") is None
    table = coverage.coverages([rows[0]._replace(kind="limit", result=0.5)], "resistance")
    assert table.rows[0][2].startswith("**50.0")
    assert "Of 2 entries 1 keep" in coverage.stated([rows[1], broken])


def test_the_page_says_what_was_run(run):
    said = coverage.stated(run(TENTH)[0])
    assert "with a tenth of the replicates" in said
    assert "was ab (hexadecimal)" in said
    assert studies.commit() in said
    assert coverage.stated(()) == "The tables are empty"


def test_without_studies_the_command_that_runs_them_is_named(monkeypatch, tmp_path):
    monkeypatch.delenv(STUDIES, raising=False)
    rows, note = coverage.load_studies()
    assert rows == ()
    assert "`make studies`" in str(note)
    monkeypatch.setenv(STUDIES, str(tmp_path / "none.csv"))
    assert coverage.load_studies()[1] == note


@pytest.mark.parametrize(
    "content", [b"study,what\na,b\n", b"\xff\xfe\x00", b"", b'"', b"situation,result\n1,x\n"]
)
def test_a_table_that_cannot_be_read_is_none(tmp_path, content):
    (tmp_path / "studies.csv").write_bytes(content)
    rows, note = coverage.load_studies(str(tmp_path / "studies.csv"))
    assert rows == ()
    assert "`make studies`" in str(note)
    studies.write_table([], tmp_path / "studies.csv")
    assert "No table yet" in str(coverage.load_studies(str(tmp_path / "studies.csv"))[1])


def test_every_file_of_studies_has_a_section():
    names = {path.stem for path in (ROOT / "tests").glob("test_studies*.py")}
    rooms = {name.removeprefix("test_studies").lstrip("_") for name in names}
    rooms -= {"personal"}  # it has no interval, so that nothing of it stands on the page
    assert rooms <= {room for section in coverage.SECTIONS.values() for room in section}


@pytest.mark.parametrize("there", [True, False])
def test_the_cells_of_the_page_run(run, monkeypatch, tmp_path, there):
    run()
    monkeypatch.setenv(STUDIES, str(tmp_path / ("studies.csv" if there else "none.csv")))
    cells = jupytext.read(ROOT / "book" / "beyond" / "coverage.md").cells
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    names = {}
    monkeypatch.setattr("compendium.chapters.glue.glue_all", names.update)
    for source in code:
        exec(source, names)  # noqa: S102 - a page of ours
    assert ("1 keep" in names["studies"] or "4 keep" in names["studies"]) == there
    assert (names["note"] is None) == there
