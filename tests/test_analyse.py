"""One path from a pattern to its result: every way in gives the same numbers and words."""

import dataclasses
import json
import shutil

import jupytext
import papermill
import pytest

import analysis
from analysis.__main__ import run
from analysis.catalogue.datasets import OWN_PACKAGE
from analysis.diffraction.analyse import choose_crystal
from analysis.errors import DataError, FitError
from analysis.show import report
from compendium import notebooks, sheets
from compendium.chapters import ledger_strain, record

PATTERN = "twin-xrd-10.5gpa"
SAMPLE = analysis.Phase("La3Ni2O7", 5.39, 5.31, 20.1, space_group="A m a m")
GOLD = analysis.Phase("gold", 3.88, space_group="F m -3 m")
SAMPLE_ENTRY = {"name": "La3Ni2O7", "space_group": "A m a m", "a": 5.39, "b": 5.31, "c": 20.1}
GOLD_ENTRY = {"name": "gold", "space_group": "F m -3 m", "a": 3.88}
AVAILABLE = [dataset.name for dataset in analysis.list_datasets("diffraction") if dataset.available]
BOTH = "2 crystals are named: La3Ni2O7 and gold; the first, La3Ni2O7, is used"
NONE = "none named: all lines are taken as those of one crystal"


def printed(capsys, *arguments):
    """Return what ``fit strain --json`` prints of the pattern, without what the command adds."""
    assert run(["fit", "strain", *arguments, "--json"]) == 0
    added = {"schema_version", "file", "status", "read"}
    return {k: v for k, v in json.loads(capsys.readouterr().out).items() if k not in added}


CELLS = ("import analysis", "dataset: str", "analyse_pattern(", "strain_record(")


def sheet(**parameters):
    """Run the cells of the sheet's template that read, analyse and record: record, result."""
    template = notebooks.read_notebook(sheets.template("diffraction"))
    cells = [cell for cell in template.cells if any(part in cell.source for part in CELLS)]
    assert len(cells) == len(CELLS)
    space = {}
    for cell in cells:
        exec(cell.source.replace("record.keep(text)", ""), space)  # noqa: S102 - our own template
        if "parameters" in cell.metadata.get("tags", ()):
            space |= notebooks.checked_parameters(template, parameters)
    return json.loads(space["text"]), space["analysed"]


def alike(ours, theirs):
    """Compare results; the sums of a fit differ in their last digits with the memory they use."""
    if isinstance(ours, dict):
        assert ours.keys() == theirs.keys()
        for name, value in ours.items():
            alike(value, theirs[name])
    elif isinstance(ours, list):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs, strict=True):
            alike(one, other)
    elif isinstance(ours, float):
        assert ours == pytest.approx(theirs, rel=1e-5, abs=1e-12)
    else:
        assert ours == theirs


@pytest.mark.parametrize("name", AVAILABLE)
def test_command_line_sheet_and_function_agree_for_every_pattern(name, capsys):
    theirs = printed(capsys, name)
    recorded, found = sheet(dataset=name)
    strain = recorded["fits"]["strain"]
    lattice = recorded["fits"].get("lattice", {})
    alike(json.loads(json.dumps(record.plain(found.to_dict()))), theirs)
    alike(strain.keys() | {"lattice", "notes"}, theirs.keys())
    others = [name for name in strain if name not in ("warnings", "remarks")]
    alike({name: strain[name] for name in others}, {name: theirs[name] for name in others})
    for said in ("warnings", "remarks"):
        lattice.pop(said, None)
    alike(lattice or None, theirs["lattice"])
    assert set(recorded["warnings"]) == {*theirs["warnings"], *theirs["notes"]}
    assert set(recorded["remarks"]) == set(theirs["remarks"])


# --------------------------------------------------------------------- which crystal


@pytest.mark.parametrize(
    ("phases", "name", "crystal", "words", "warned"),
    [
        ((), None, None, NONE, False),
        ((SAMPLE,), None, SAMPLE, str(SAMPLE), False),
        ((SAMPLE, GOLD), None, SAMPLE, str(SAMPLE), True),
        ((SAMPLE, GOLD), "", SAMPLE, str(SAMPLE), True),
        ((SAMPLE, GOLD), "GOLD", GOLD, str(GOLD), False),
        ((SAMPLE, GOLD), "la3ni2o7", SAMPLE, str(SAMPLE), False),
    ],
)
def test_the_crystal_is_the_one_asked_for_else_the_first(phases, name, crystal, words, warned):
    choice = choose_crystal(phases, name)
    assert choice.crystal is crystal
    assert choice.words == words
    assert choice.warnings == ((f"{BOTH}; --phase NAME chooses another",) if warned else ())


@pytest.mark.parametrize(
    ("phases", "message"),
    [
        ((SAMPLE, GOLD), "xrd: no crystal is called 'lead' .--phase.; there are La3Ni2O7 and gold"),
        (
            (),
            "xrd: no crystal is called 'lead' .--phase.; none is named: give --cell and --space",
        ),
    ],
)
def test_an_unknown_crystal_is_refused_with_those_that_there_are(phases, message):
    with pytest.raises(DataError, match=message):
        choose_crystal(phases, "lead", where="xrd")


# --------------------------------------------------------------------- small packages


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Return a function that makes a package of some of the project's data sets the user's."""

    def write(*names, **more):
        entries = json.loads(OWN_PACKAGE.read_text(encoding="utf-8"))["resources"]
        chosen = []
        for entry in (entry for entry in entries if entry["name"] in names):
            shutil.copy(OWN_PACKAGE.parent / entry["path"], tmp_path / f"{entry['name']}.csv")
            changed = {**entry, "path": f"{entry['name']}.csv", **more}
            chosen.append({key: value for key, value in changed.items() if value is not None})
        path = tmp_path / "datapackage.json"
        path.write_text(json.dumps({"resources": chosen}), encoding="utf-8")
        monkeypatch.setenv("COMPENDIUM_PACKAGE", str(path))
        for cached in (ledger_strain.patterns, ledger_strain.gold):
            cached.cache_clear()

    yield write
    for cached in (ledger_strain.patterns, ledger_strain.gold):
        cached.cache_clear()


def test_with_two_crystals_all_say_the_first_and_give_its_strain(package, capsys):
    package(PATTERN, "twin-xrd-7.5gpa", phases=[SAMPLE_ENTRY, GOLD_ENTRY])
    theirs = printed(capsys, PATTERN)
    recorded, found = sheet(dataset=PATTERN)
    series, _ = ledger_strain.strain_series()
    in_ledger = dict(series)[10.5]
    assert f"{1000 * found.strain.strain:.1uS}" == "7.9(3)"
    assert f"{1000 * found.strain.strain_by_reduced:.1uS}" == "7.94(4)"
    assert theirs["phase"] == recorded["fits"]["strain"]["phase"] == "La3Ni2O7"
    alike(theirs["strain"], recorded["fits"]["strain"]["strain"])
    alike([found.strain.strain.n, in_ledger.strain.n], [theirs["strain"]["value"]] * 2)
    for warnings in (theirs["warnings"], recorded["warnings"], found.warnings):
        assert [text for text in warnings if text.startswith(BOTH)]
    assert run(["fit", "strain", PATTERN]) == 0
    assert f"warning: {BOTH}" in " ".join(capsys.readouterr().out.split())


def test_another_crystal_is_chosen_by_name_everywhere(package, capsys):
    # Of the sample itself under two names: gold has no lines there.
    package(PATTERN, phases=[GOLD_ENTRY, SAMPLE_ENTRY])
    theirs = printed(capsys, PATTERN, "--phase", "la3ni2o7")
    recorded, found = sheet(dataset=PATTERN, phase="La3Ni2O7")
    assert theirs["phase"] == recorded["fits"]["strain"]["phase"] == "La3Ni2O7"
    alike(theirs["strain"]["value"], found.strain.strain.n)
    assert not any("crystals are named" in text for text in theirs["warnings"])
    # The first, gold, is not in this pattern: that is an error, not another choice.
    with pytest.raises(FitError):
        analysis.analyse_pattern(analysis.load(PATTERN), (GOLD, SAMPLE)).strain_or_error()


@pytest.mark.parametrize("verb", [["fit", "strain", PATTERN], ["sheet", "diffraction"]])
def test_an_unknown_phase_is_one_line_and_status_2(package, verb, capsys, tmp_path):
    package(PATTERN)
    more = [] if verb[0] == "fit" else ["--dataset", PATTERN, "-o", str(tmp_path / "out")]
    assert run([*verb, *more, "--phase", "lead"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert f"{PATTERN}: no crystal is called 'lead' (--phase); there are La3Ni2O7" in shown.err


def test_without_phases_all_lines_count_as_one_crystals(package, capsys):
    package(PATTERN, "twin-xrd-7.5gpa", phases=None)
    theirs = printed(capsys, PATTERN)
    recorded, found = sheet(dataset=PATTERN)
    in_ledger = dict(ledger_strain.strain_series()[0])[10.5]
    assert found.choice.words == NONE
    assert theirs["lattice"] is None
    assert "lattice" not in recorded["fits"]
    alike([found.strain.strain.n, in_ledger.strain.n], [theirs["strain"]["value"]] * 2)
    assert len(ledger_strain.strain_entries()) > 5


def test_a_package_of_curves_alone_leaves_the_strain_to_the_original_data(package):
    package("twin-run2-25.0gpa")
    series = [entry for entry in ledger_strain.strain_entries() if "strain" in entry.claim]
    assert {one.verdict for one in series} <= {"needs the original data"}
    assert all(one.computed is None for one in series)


def test_a_package_of_patterns_alone_has_the_strains_of_its_patterns(package):
    package(PATTERN, "twin-xrd-7.5gpa")
    claims = {entry.claim: entry.computed for entry in ledger_strain.strain_entries()}
    found = analysis.analyse_pattern(analysis.load(PATTERN), analysis.phases_of(PATTERN))
    plateau = claims["strain between 5 and 18 GPa"].value
    assert abs(plateau.n - found.strain.strain.n) < 3 * found.strain.strain.s


@pytest.fixture
def chapter(tmp_path):
    """A function that runs chapter 3.3 up to the table of the cells, for its words."""
    book = OWN_PACKAGE.parent.parent / "book"

    def words(page, last, **parameters):
        notebook = jupytext.read(book / f"{page}.md")
        end = next(at for at, cell in enumerate(notebook.cells) if last in cell.source)
        del notebook.cells[end + 1 :]
        path = tmp_path / f"{page}.ipynb"
        jupytext.write(notebook, path)
        done = papermill.execute_notebook(
            path, tmp_path / "done.ipynb", parameters=parameters, progress_bar=False
        )
        return json.dumps(done.cells, ensure_ascii=False).replace("\\", "")  # Markdown's

    def execute():
        one_pattern = words("3-3-strain", "addition_table(", dataset=PATTERN)
        return one_pattern, words("3-3-pressures", "lattice_constants(")

    return execute


def test_the_chapter_says_the_same_of_two_crystals(package, chapter):
    package(PATTERN, "twin-xrd-7.5gpa", phases=[SAMPLE_ENTRY, GOLD_ENTRY])
    one_pattern, series = chapter()
    found = analysis.analyse_pattern(analysis.load(PATTERN), (SAMPLE, GOLD))
    assert f"{BOTH}; --phase NAME chooses another" in one_pattern
    for shown in (one_pattern, series):
        assert report.quantity(1000 * found.strain.strain) in shown


def test_the_chapter_says_the_same_without_a_crystal(package, chapter):
    package(PATTERN, "twin-xrd-7.5gpa", phases=None)
    one_pattern, series = chapter()
    found = analysis.analyse_pattern(analysis.load(PATTERN))
    assert NONE in one_pattern
    for shown in (one_pattern, series):
        assert report.quantity(1000 * found.strain.strain) in shown


# --------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"shape": "triangle"}, "shape 'triangle' is not known; there are lorentzian"),
        ({"breadth": "half"}, "breadth must be one of integral, fwhm; got 'half'"),
        ({"model": "both"}, "model must be one of auto, full, reduced; got 'both'"),
        (
            {"addition": "cubic"},
            "addition must be one of auto, linear, quadrature, resolved, halder-wagner",
        ),
        ({"shape_factor": -1}, "shape_factor must be a number above 0, got -1"),
        ({"window": (80, 90)}, "no point"),
    ],
)
def test_a_wrong_option_is_refused_and_not_said_of_the_data(options, message):
    with pytest.raises(analysis.AnalysisError, match=message):
        analysis.analyse_pattern(analysis.load(PATTERN), (SAMPLE,), **options)


def test_what_the_data_do_not_allow_is_said_and_the_rest_is_there():
    pattern = analysis.load(PATTERN)
    silent = analysis.analyse_pattern(pattern, (analysis.Phase("wide", 3, space_group="P m -3 m"),))
    assert silent.peaks is silent.strain is silent.lattice is None
    assert silent.no_peaks
    assert silent.to_dict()["warnings"] == [silent.no_peaks]
    whole = analysis.analyse_pattern(pattern, (SAMPLE,))
    without = dataclasses.replace(whole, lattice=None, no_lattice="too few lines")
    assert without.strain is whole.strain
    assert without.to_dict()["lattice"] is None
    assert without.warnings[-1] == "no lattice constants: too few lines"
