"""From the curves of a file to a plan, its questions, and a data package."""

import json
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

import analysis
from analysis.__main__ import run
from analysis.catalogue.book import book_section
from analysis.catalogue.originals import importing
from analysis.catalogue.originals.answers import plan_from, read_answers
from analysis.catalogue.originals.conditions import pressure_of, pressures_in, runs_in
from analysis.catalogue.originals.files import Originals, is_figure, read_originals
from analysis.catalogue.originals.kinds import guess_of
from analysis.catalogue.originals.plan import plan_of, slug
from analysis.catalogue.originals.toml import plan_text
from analysis.errors import DataError
from analysis.reading.originals.series import Series
from analysis.show.figure_overview import overview
from compendium.chapters.pattern_series import table_of

T = np.linspace(4.0, 300.0, 75)
R = analysis.resistance(T, theta_d=400, r0=0.1, a=2.0)
X = np.arange(8.0, 20.0, 0.02)
Y = 100 + 1000 / (1 + ((X - 12) / 0.05) ** 2)
P = np.array([1.6, 5.0, 10.0, 18.5])


def curve(number=1, **more):
    given = {"x_name": "T", "x_unit": "K", "y_name": "R", "y_unit": "ohm", "label": "18.5 GPa"}
    return Series(f"sheet 'a', pair {number}", T, R * number, **{**given, **more})


def pattern(**more):
    given = {"x_name": "2theta", "x_unit": "deg", "y_name": "Intensity"}
    return Series("sheet 'b'", X, Y, **{**given, **more})


def cell(axis, length, **more):
    given = {"x_name": "P", "x_unit": "GPa", "y_name": axis, "y_unit": "\u00c5"}
    return Series(f"sheet 'c', {axis}", P, length - 0.01 * P, **{**given, **more})


CELLS = [cell("a", 5.4), cell("b", 5.45), cell("c", 20.5)]


def originals(*series, name="source.xlsx", sha256="a" * 64):
    return Originals(Path(name), sha256, None, tuple(series))


@pytest.fixture
def bring(tmp_path, monkeypatch):
    """Return a function that imports series as those of a file, with changes of the plan."""

    def importer(*series, changes=(), folder="mine", **about):
        found = originals(*series, **about)
        monkeypatch.setattr(importing, "read_originals", lambda _file, _page: found)
        monkeypatch.setattr(importing, "is_figure", lambda _file: False)
        first = importing.import_originals("any", tmp_path / folder)
        if not changes:
            return first
        text = first.plan_file.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        first.plan_file.write_text(text, encoding="utf-8")
        return importing.import_originals("any", tmp_path / folder, plan=first.plan_file)

    return importer


def names_in(package):
    return [dataset.name for dataset in analysis.list_datasets(package=package)]


# ---------------------------------------------------------------------------- what a curve is

OHM, KELVIN = {"y_unit": "ohm"}, {"x_unit": "K"}
GUESSES = {
    "resistance": ({}, "resistance", ("K", "ohm"), ()),
    "in milliohm and celsius": (
        {"x_unit": "\u00b0C", "y_unit": "m\u03a9"}, "resistance", ("\u00b0C", "m\u03a9"), ()),
    "resistivity": (
        {"y_name": "\u03c1", "y_unit": "10^-3 \u03a9 cm"}, "resistance",
        ("K", "10^-3 \u03a9 cm"), ()),
    "a ratio": ({"y_name": "R/R(10 K)", "y_unit": ""}, "resistance", ("K", "ratio"), ()),
    "a ratio, subscript": ({"y_name": "R/R290K", "y_unit": ""}, "resistance", ("K", "ratio"), ()),
    "axes exchanged": (
        {"x_name": "R", "x_unit": "ohm", "y_name": "T", "y_unit": "K"}, "resistance",
        ("ohm", "K"), ()),
    "no unit of R": ({"y_unit": ""}, "resistance", ("K", ""), ("y_unit",)),
    "no unit of T": ({"x_unit": ""}, "resistance", ("", "ohm"), ("x_unit",)),
    "a unit of nothing": ({"y_unit": "furlong"}, "resistance", ("K", ""), ("y_unit",)),
    "R by its unit": ({"y_name": ""}, "resistance", ("K", "ohm"), ()),
    "R called by its pressure": ({"y_name": "18.5 GPa", "y_unit": ""}, "", ("K", ""), ("kind",)),
    "a sign that the file does not tell": (
        {"y_name": "\ufffd(T)/\ufffd10K", "y_unit": ""}, "", ("K", ""), ("kind",)),
    "no names": ({"x_name": "", "x_unit": "", "y_name": "", "y_unit": ""}, "", ("", ""), ("kind",)),
    "magnetisation": ({"y_name": "M", "y_unit": "emu"}, "neither", ("", ""), ()),
    "inverse temperature": ({"x_name": "1000/T", "x_unit": "1/K"}, "neither", ("", ""), ()),
    "squared temperature": ({"x_name": "T^2", "x_unit": "K^2"}, "neither", ("", ""), ()),
    "a derivative": ({"y_name": "dR/dT", "y_unit": "ohm/K"}, "neither", ("", ""), ()),
    "a logarithm": ({"y_name": "ln R", "y_unit": ""}, "neither", ("", ""), ()),
    "a logarithm, glued": ({"y_name": "lnR"}, "neither", ("", ""), ()),
    "a logger is no logarithm": ({"y_name": "Logger R"}, "resistance", ("K", "ohm"), ()),
    "a power of ten of the pressure": (
        {"label": "2 x 10^3 MPa"}, "resistance", ("K", "ohm"), ()),
    "channels are no difference": ({"y_name": "R-Run 2"}, "resistance", ("K", "ohm"), ()),
    "resistance against field": ({"x_name": "H", "x_unit": "Oe"}, "neither", ("", ""), ()),
}  # fmt: skip


@pytest.mark.parametrize("case", GUESSES)
def test_what_a_curve_is_taken_for(case):
    given, kind, units, asked = GUESSES[case]
    guess = guess_of(curve(**given))
    assert (guess.kind, (guess.x_unit, guess.y_unit), tuple(guess.asked)) == (kind, units, asked)


@pytest.mark.parametrize(
    "given",
    [
        *({"y_name": name} for name in ("R(0)-R(H)", "\u03c1 \u2212 \u03c10", "Rxy", "rho_yx",
                                        "Hall resistance", "delta R")),
        *({"x_name": name} for name in ("Temperature difference", "T_c", "Tc", "T - Tc", "Tonset")),
    ],
    ids=lambda given: next(iter(given.values())),
)  # fmt: skip
def test_what_may_be_no_resistance_of_the_sample_is_asked(given):
    plan = plan_of(originals(curve(**given)))
    assert plan.curves[0].open == ("kind",)
    assert "R or T of the sample? If so, write resistance" in plan.questions[0]


@pytest.mark.parametrize(
    "given",
    [
        *({"y_name": name} for name in ("R offset by 5", "R x 1000", "R*10", "R \u00d7 10^3",
                                        "R + 0.5", "R (shifted)")),
        {"label": "18.5 GPa (offset)"},
        {"label": "18.5 GPa (\u00d75)"},
        {"texts": ("Fig. 1", "curves are o\ufb00set for clarity")},
        {"texts": ("Curves are shifted vertically",)},
    ],
    ids=lambda given: str(next(iter(given.values()))),
)  # fmt: skip
def test_numbers_that_may_be_shifted_or_multiplied_are_asked(given):
    plan = plan_of(originals(curve(**given)))
    assert plan.curves[0].open == ("y_unit",)
    assert "are its numbers shifted or multiplied? If shifted, take = false" in plan.questions[0]


def test_a_pattern_on_any_zero_needs_no_answer_but_says_so(tmp_path):
    given = {"texts": ("stacked for clarity",), "y_unit": "counts"}
    found = originals(pattern(**given), pattern(**{**given, "y_unit": ""}))
    plan = plan_of(found)
    assert [curve.open for curve in plan.curves] == [("wavelength",), ("wavelength",)]
    assert plan.curves[0].y_unit == "counts"
    text = plan_text(plan, found.series, tmp_path / "plan.toml", Path("a.pdf"))
    assert text.count("'stacked for clarity': are its numbers shifted") == 1


def test_impossible_numbers_put_a_unit_in_question():
    below_zero = guess_of(replace(curve(), x=T - 200))
    assert below_zero.x_unit == ""
    assert "-196 to 100 cannot be in K" in below_zero.asked["x_unit"]
    beyond = guess_of(replace(pattern(), x=20 * X))
    assert "cannot be in deg" in beyond.asked["x_unit"]
    assert "cannot be in nm" in guess_of(cell("c", 205.0, y_unit="nm")).asked["y_unit"]


@pytest.mark.parametrize(
    ("given", "x_unit"),
    [({}, "deg"), ({"x_name": "Q", "x_unit": "\u00c5^-1"}, "1/A"), ({"x_unit": "degrees"}, "deg")],
)
def test_a_pattern_is_asked_for_its_wavelength(given, x_unit):
    guess = guess_of(pattern(**given))
    assert (guess.kind, guess.x, guess.x_unit) == ("diffraction", "two_theta", x_unit)
    assert set(guess.asked) == {"wavelength"}


def test_peaks_over_angles_are_intensities_whatever_their_heading():
    assert guess_of(pattern(y_name="18.5 GPa")).y == "intensity"
    assert set(guess_of(pattern(y_name="18.5 GPa")).asked) == {"wavelength"}
    assert set(guess_of(replace(pattern(y_name=""), y=X)).asked) == {"kind"}
    assert guess_of(pattern(y_name="F")).kind == "neither"


def test_lattice_constants_by_name_and_by_label():
    guesses = [guess_of(cell) for cell in CELLS]
    assert [(one.kind, one.y, one.y_unit) for one in guesses] == [
        ("lattice", axis, "\u00c5") for axis in "abc"
    ]
    named = guess_of(cell("a", 5.4, y_name="Lattice parameters", label="b (Fmmm)"))
    assert (named.kind, named.y) == ("lattice", "b")


@pytest.mark.parametrize(
    ("text", "pressures", "runs"),
    [
        ("18.5 GPa", (18.5,), ()),
        ("P = 18,5GPa, Run 2", (18.5,), ("2",)),
        ("run-2 18.5GPa", (18.5,), ("2",)),
        ("Run3_20.5GPa_cooling", (20.5,), ("3",)),
        ("185 kbar", (18.5,), ()),
        ("Be22Re,15 GPa", (15.0,), ()),
        ("at 300 K, 1,5 GPa", (1.5,), ()),
        ("1500 MPa", (1.5,), ()),
        ("22.4(3) GPa", (22.4,), ()),
        ("22.4 \u00b1 0.3 GPa", (22.4,), ()),
        ("0 to 40 GPa", (0.0, 40.0), ()),
        ("1.6, 5 and 10 GPa in run #1", (1.6, 5.0, 10.0), ("1",)),
        ("run II and run IV", (), ("II", "IV")),
        ("R(300 K) = 18.5 ohm, runs of T", (), ()),
        ("P = 2x10^3 MPa", (2.0,), ()),
        ("2 \u00d7 10\u00b3 MPa", (2.0,), ()),
        ("10^3 MPa", (1.0,), ()),
        ("1.2e1 GPa", (12.0,), ()),
        ("Run 2 - 18.5 GPa", (18.5,), ("2",)),
    ],
)
def test_run_and_pressure_in_words(text, pressures, runs):
    assert (pressures_in(text), runs_in(text)) == (pressures, runs)


def test_a_pressure_that_is_not_sure_is_asked():
    headings, drawing = {"nearest": True}, {"nearest": False}
    assert pressure_of("", ("18.5 GPa", "5 to 40 GPa"), **headings) == (18.5, None)
    assert pressure_of("22.4 GPa", ("18.5 GPa",), **drawing) == (22.4, None)
    assert pressure_of("22.4", ("P (GPa)",), **drawing) == (22.4, None)
    value, why = pressure_of("", ("18.5 GPa", "20 GPa"), **drawing)
    assert value is None
    assert "18.5, 20 GPa stand near it" in why
    assert plan_of(originals(curve(label="15 or 16, 17 GPa"))).curves[0].open == ("pressure",)


UNCLEAR = [
    "1,000 MPa", "5,10 GPa", "18 5 GPa", "1 000 MPa", "-0.5 GPa", "P = \u22120.5 GPa", "<5 GPa",
    "P \u2264 5 GPa", "18.5.2 GPa", "12x10 GPa", "10^3.5 MPa", "18.5 + 3 GPa", "up to 40 GPa",
    "5e3 x 10^2 MPa", "(18.5) GPa",
]  # fmt: skip


@pytest.mark.parametrize("text", UNCLEAR)
def test_a_pressure_that_can_be_read_in_two_ways_is_asked(text):
    assert pressures_in(text) == ()
    for label, texts in ((text, ()), ("", (text,)), (text.split(" MPa")[0], ("P (MPa)",))):
        value, why = pressure_of(label, texts, nearest=False)
        assert value is None
        assert "and its meaning is not clear" in why


def test_curves_without_a_pressure_are_named_or_asked_for_it(bring):
    bare = bring(
        curve(1, label="a"), *CELLS, curve(2, label="b"), pattern(y_name="M", y_unit="emu")
    )
    (note,) = bare.plan.notes
    assert note.startswith(
        "curves 1, 5: no pressure is stated: taken as ambient; if it is not, write pressure = ..."
    )
    assert bare.package is not None
    series = curve(1), curve(2, label=""), curve(3, label="ambient"), *CELLS
    assert plan_of(originals(*series)).curves[2].pressure == 0.0
    (question,) = bring(*series, folder="lost").plan.questions
    assert question.startswith("curve 2: pressure: none is stated, but others have one; write")
    found = bring(*series, folder="zero", changes=[('pressure = ""', "pressure = 0")])
    listed = analysis.list_datasets("resistance", package=found.package)
    assert [one.pressure for one in listed] == [18.5, 0.0, 0.0]
    assert found.plan.notes == ()


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Lattice constant", "c/3.8"),
        ("c/5", ""),
        ("c \u2212 15", ""),
        ("a, b, c/5", "c"),
        ("c", "c \u00d7 0.25"),
        ("Lattice constant", "2c"),
        ("\u0394c", ""),
        ("c (\u00f75)", ""),
    ],
)
def test_what_is_made_of_an_axis_is_not_the_axis(name, label, bring):
    found = bring(*CELLS[:2], cell("c", 5.4, y_name=name, label=label))
    assert [curve.kind for curve in found.plan.curves] == ["lattice", "lattice", "neither"]
    (note,) = found.plan.notes
    assert note.startswith("curve 3 is not taken: ")
    assert "is made of the axis c, not c itself; it gives no column c" in note
    assert 'kind = "neither"  # ' in found.plan_file.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["c", "c-axis", "c axis", "lattice constant c"])
def test_an_axis_with_more_words_is_the_axis(name):
    assert guess_of(cell("c", 20.5, y_name=name)).y == "c"
    assert guess_of(cell("c", 20.5, y_name="Lattice constants", label="c (Run 2)")).y == "c"


# ---------------------------------------------------------------------------- the plan


def test_a_plan_comes_back_as_it_was_written(tmp_path):
    unseen = curve(label='a "b" \\ \u202e\n\x7f', x_unit="")
    unseen = replace(unseen, place=300 * "a\n\u202e")
    found = originals(curve(), unseen, pattern(), *CELLS, curve(y_name="M", y_unit="emu"))
    plan = plan_of(found)
    path = tmp_path / "plan.toml"
    path.write_text(plan_text(plan, found.series, path, Path("a b.xlsx")), encoding="utf-8")
    back, same = plan_from(read_answers(path), path, found)
    assert back == plan
    assert same is found or same.series == found.series
    assert {curve.name: curve.kind for curve in back.curves}["lattice"] == "lattice"
    assert [curve.take for curve in back.curves] == 6 * [True] + [False]


def test_questions_are_asked_by_name(bring):
    found = bring(curve(1, y_unit=""), curve(2, y_unit="", label="20 GPa"), pattern(label="5 GPa"))
    assert found.package is None
    units, wavelength = found.plan.questions
    assert units.startswith("curves 1, 2: unit of resistance: not stated; write ohm")
    assert units.endswith("(y_unit = ...)")
    assert wavelength == "curve 3: wavelength: not stated; write it in pm (wavelength = ...)"
    text = found.plan_file.read_text(encoding="utf-8")
    assert text.count('y_unit = ""  # unit of resistance: not stated') == 2
    assert not list(found.folder.glob("*.csv"))


def test_what_holds_for_every_curve_is_written_once(bring):
    empty = '[every]  # holds for all curves whose own line is empty\nsample = ""'
    answer = '[every]\ny_unit = "mohm"\nrun = 3\nsample = "La3Ni2O7-delta"'
    found = bring(
        curve(1, y_unit=""), curve(2, y_unit="", label="Run 1, 20 GPa"),
        changes=[(empty, answer)],
    )  # fmt: skip
    first, second = analysis.list_datasets("resistance", package=found.package)
    assert (first.run, second.run) == ("3", "1")
    loaded = analysis.load(first.name, package=found.package)
    np.testing.assert_allclose(loaded.resistance, 1e-3 * R, rtol=1e-15)


WRONG = {
    "a key": ('run = ""', 'runn = ""', r"\[\[curve\]\] 1, has 'runn' \(did you mean run\?\)"),
    "a kind": ('kind = "resistance"', 'kind = "resistence"', "kind is 'resistence'; allowed: res"),
    "a unit": (
        'y_unit = "ohm"',
        'y_unit = "K"',
        "y_unit: 'K' is not a unit of resistance; allowed",
    ),
    "a role": ('y = "resistance"', 'y = "pressure"', "y is 'pressure'; allowed of kind resistance"),
    "no flag": ("take = true", "take = 1", "take is 1; allowed: true or false"),
    "a pressure": ("pressure = 18.5", 'pressure = "high"', "pressure is 'high'; allowed: a number"),
    "a number": ("number = 1", "number = 7", "number is 7 in a .*; allowed: each of 1 to 2 once"),
    "a number twice": ("number = 1", "number = 2", "number is 2 in a"),
    "a name twice": ('name = "20gpa"', 'name = "18.5GPA"', "curves 1 and 2 are both called"),
    "a number of no curve": ("number = 1", "number = 1.0", "number is 1.0 in a"),
    "a name unseen": ('name = "20gpa"', 'name = "a\\u202eb"', "name is 'a.*; allowed: letters"),
    "a pressure of no cell": (
        "pressure = 18.5",
        "pressure = 1e9",
        "curve 1 .*: pressure is 1000000",
    ),
    "another file": ('sha256 = "aa', 'sha256 = "bb', "is the plan of 'source.xlsx', sha256 bbaa"),
    "no TOML": ("[source]", "[source", "is no TOML"),
    "a DOI": ('doi = ""', 'doi = "Nature"', "doi is 'Nature'; allowed: a DOI"),
    "an axis": ("number = 1", 'number = 1\naxis = "right"', "axis is right, but there is one y"),
    "a place": ('place = "sheet', 'place = "page', "place is .page .*, but it is .sheet .* now"),
    "a table": ("[every]", "[all]", r"it has 'all'; allowed: file, sha256"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_plan_that_cannot_be_followed_is_refused(case, bring, tmp_path):
    old, new, message = WRONG[case]
    with pytest.raises(DataError, match=message) as refused:
        bring(curve(1), curve(2, label="20 GPa"), changes=[(old, new)])
    assert "\n" not in str(refused.value)
    kept = json.loads((tmp_path / "mine" / "datapackage.json").read_text(encoding="utf-8"))
    assert [resource["name"] for resource in kept["resources"]] == ["18.5gpa", "20gpa"]


def test_a_curve_that_is_neither_is_not_taken(bring):
    changes = [('kind = ""', 'kind = "neither"')]
    found = bring(curve(1), curve(2, y_name="20 GPa", y_unit="", label=""), changes=changes)
    assert [curve.take for curve in found.plan.curves] == [True, False]
    assert names_in(found.package) == ["18.5gpa"]


def test_what_every_curve_has_of_patterns_is_not_of_others(bring):
    every = ('sample = ""\n\n[[curve]]', 'sample = "a"\nwavelength = 61.99\n\n[[curve]]')
    found = bring(curve(1), *CELLS, pattern(label="5 GPa"), changes=[every])
    entries = json.loads(found.package.read_text(encoding="utf-8"))["resources"]
    assert [entry.get("wavelength") for entry in entries] == [None, None, 61.99]


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("T (1.0 GPa) (K)", "1gpa"),
        ("P = 1.0 GPa, cooling", "1gpa-cooling"),
        ("Pressure = 1.0 GPa", "1gpa"),
        ("Sample 2: 1.0 GPa", "1gpa-sample-2"),
        ("sample 2", "sample-2"),
    ],
)
def test_a_name_says_the_pressure_once(label, name):
    assert plan_of(originals(curve(label=label))).curves[0].name == name


def test_an_edited_plan_is_never_overwritten(bring):
    first = bring(curve(y_unit=""))
    edited = first.plan_file.read_text(encoding="utf-8").replace('y_unit = ""', 'y_unit = "ohm"')
    first.plan_file.write_text(edited, encoding="utf-8")
    second = bring(curve(y_unit=""))
    assert second.plan_file.name == "plan-2.toml"
    assert first.plan_file.read_text(encoding="utf-8") == edited
    assert bring(curve(y_unit="")).plan_file.name == "plan-2.toml"


# ---------------------------------------------------------------------------- the package


def test_numbers_come_back_exactly(bring):
    source = ('title = ""', 'title = "A paper"'), ('doi = ""', 'doi = "10.1038/x.1"')
    found = bring(curve(label="Run 2, 18.5 GPa"), changes=source)
    loaded = analysis.load("run2-18.5gpa", package=found.package)
    np.testing.assert_array_equal(loaded.temperature, T)
    np.testing.assert_array_equal(loaded.resistance, R)
    assert (loaded.run, loaded.pressure, loaded.origin) == ("2", 18.5, "measured")
    assert loaded.source == "A paper, https://doi.org/10.1038/x.1"
    (entry,) = json.loads(found.package.read_text(encoding="utf-8"))["resources"]
    assert entry["digitised"] == {"file": "source.xlsx", "sha256": "a" * 64}


def test_a_drawn_curve_carries_how_it_was_read(bring):
    about = {"x_reading": 0.01, "y_reading": 1e-5, "x_step": 0.002, "y_step": 1e-6}
    found = bring(curve(drawn="markers", remarks=("one was clipped",), **about))
    (one,) = analysis.list_datasets(package=found.package)
    assert one.origin == "digitised"
    assert one.properties["description"] == "one was clipped"
    assert one.properties["digitised"]["drawn"] == "markers"
    assert one.properties["digitised"]["reading_error"] == {"temperature": 0.01, "resistance": 1e-5}
    assert one.properties["digitised"]["step"] == {"temperature": 0.002, "resistance": 1e-6}


def test_a_point_below_0_kelvin_by_the_error_of_reading_is_left_out(bring):
    near = {"drawn": "line", "x_reading": 0.01}
    found = bring(replace(curve(**near), x=np.append(-0.002, T[1:])))
    loaded = analysis.load("18.5gpa", package=found.package)
    np.testing.assert_array_equal(loaded.temperature, T[1:])
    assert any("hold no measurement" in text for text in loaded.warnings)


def test_a_package_of_others_removes_no_file_elsewhere(bring, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "precious.csv").write_text("precious\n")
    (tmp_path / "mine" / "datapackage.json").write_text(json.dumps({
        "resources": [{
            "name": "a", "kind": "resistance", "path": "../precious.csv",
            "digitised": {"file": "source.xlsx", "sha256": "a" * 64},
        }]
    }))  # fmt: skip
    assert names_in(bring(curve()).package) == ["18.5gpa"]
    assert (tmp_path / "precious.csv").read_text() == "precious\n"


OTHERS = {
    "no kind": ({"name": "b", "sample": "La3Ni2O7-delta"}, {}, None),
    "a list of samples": ({"name": "b", "sample": ["x"], "kind": "resistance"}, {}, None),
    "a list for a name": ({"name": ["b"]}, {}, None),
    "no mapping": ("b", {}, None),
    "a list of runs": ({"name": "b", "sample": "La3Ni2O7-delta", "run": ["1"]}, {}, None),
    "a role that is none": ({}, {"book": {"curve": {"a": 1}}}, "allowed: "),
    "a list in the series": ({}, {"book": {"series": [["a"]]}}, "allowed: "),
    "no book": ({}, {"book": ["a"]}, "allowed: "),
    "not finite": ({"name": "b", "pressure": np.nan}, {}, "cannot be written again"),
    "half a character": ({}, {"title": "\ud800"}, "cannot be written again"),
    "no list": ({}, {"resources": {"a": 1}}, "needs a list of resources"),
}


@pytest.mark.parametrize("case", OTHERS)
def test_whatever_a_package_of_others_holds_it_is_kept_or_refused(case, bring, tmp_path):
    entry, more, said = OTHERS[case]
    path = tmp_path / "mine" / "datapackage.json"
    path.parent.mkdir()
    path.write_text(json.dumps({"resources": [entry], **more}))
    changes = [('sample = ""', 'sample = "La3Ni2O7-delta"')]
    if said is None:
        package = bring(curve(), changes=changes).package
        assert names_in(package) == ["18.5gpa"]
        assert json.loads(package.read_text(encoding="utf-8"))["resources"][0] == entry
        return
    with pytest.raises(DataError, match=said) as refused:
        bring(curve(), changes=changes)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("place", ["file", "folder"])
def test_a_name_that_is_no_text_is_refused(place, tmp_path, capsys):
    odd = tmp_path / "b\udce9"
    file = odd.with_suffix(".csv") if place == "file" else tmp_path / "b.csv"
    file.write_text("T (K),R (ohm) 18.5 GPa\n2,1\n3,2\n4,3\n")
    assert run(["import", str(file), "-o", str(odd if place == "folder" else tmp_path)]) == 2
    assert "the name is not UTF-8 text; rename it" in capsys.readouterr().err


def test_a_pattern_with_its_errors_wavelength_and_crystal(bring):
    phases = 'phases = [{ name = "gold", space_group = "F m -3 m", a = 4.0 }]\nwavelength = 61.99'
    found = bring(
        pattern(y_error=np.sqrt(Y)),
        changes=[('wavelength = ""  # wavelength: not stated; write it in pm', phases)],
    )
    (name,) = names_in(found.package)
    loaded = analysis.load(name, package=found.package)
    np.testing.assert_array_equal(loaded.intensity, Y)
    np.testing.assert_array_equal(loaded.intensity_error, np.sqrt(Y))
    assert loaded.wavelength == 61.99
    assert [one.name for one in analysis.phases_of(name, package=found.package)] == ["gold"]


def test_three_axes_become_one_table(bring, monkeypatch):
    found = bring(*CELLS)
    assert names_in(found.package) == ["lattice"]
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(found.package))
    cells = table_of("lattice")
    np.testing.assert_array_equal(cells.table.pressure, P)
    np.testing.assert_array_equal(cells.table.c, CELLS[2].y)


@pytest.mark.parametrize(
    ("unit", "factor"),
    [("m\u03a9", 1e-3), ("10\u207b\u2074 \u03a9 cm", 1e-6), ("10^(-3) ohm", 1e-3)],
)
def test_a_csv_file_of_a_package_says_its_units(unit, factor, bring):
    package = bring(curve(1, y_unit=unit, y_error=0.01 * R)).package
    for loaded in (
        analysis.read_resistance(package.with_name("18.5gpa.csv")),
        analysis.load("18.5gpa", package=package),
    ):
        np.testing.assert_allclose(loaded.resistance, factor * R, rtol=1e-12)
        assert not any("unit" in text for text in loaded.warnings)


@pytest.mark.parametrize(
    ("name", "unit", "heading"),
    [("2theta", "deg", "2theta (deg)"), ("Q", "1/nm", "Q (1/nm)"), ("d", "nm", "d (nm)")],
)
def test_a_csv_file_of_a_pattern_says_its_unit(name, unit, heading, bring):
    one = pattern(x_name=name, x_unit=unit, y_unit="counts", y_error=np.sqrt(Y))
    changes = [('wavelength = ""', "wavelength = 61.99")]
    package = bring(
        replace(one, x=0.031 / np.sin(np.radians(X / 2)) if unit == "nm" else X), changes=changes
    ).package
    (name,) = names_in(package)
    file = package.with_name(f"{name}.csv")
    assert file.read_text(encoding="utf-8").splitlines()[1].startswith(f"{heading},intensity (")
    read = analysis.read_pattern(file, wavelength=61.99)
    np.testing.assert_array_equal(read.two_theta, analysis.load(name, package=package).two_theta)
    np.testing.assert_array_equal(read.intensity_error, np.sqrt(Y))


def test_pressures_that_were_read_twice_are_one_within_their_errors(bring):
    drawn = {"drawn": "markers", "x_reading": 0.01}
    better = {"drawn": "markers", "x_reading": 0.005}
    a, c = replace(CELLS[0], **drawn), replace(CELLS[2], **better, x=P[::-1] + 0.02)
    c = replace(c, y=c.y[::-1])
    rows = analysis.load_table("lattice", package=bring(a, c).package)
    np.testing.assert_allclose(rows["pressure (GPa)"], P + 0.016)  # weights 1 to 4
    np.testing.assert_array_equal(rows["c (\u00c5)"], CELLS[2].y)
    with pytest.raises(DataError, match=r"a and c have other pressures .1.6 and 1.7 GPa"):
        bring(a, replace(CELLS[2], **better, x=P + 0.1), folder="apart")
    with pytest.raises(DataError, match="a and c have 4, 3 points"):
        bring(a, replace(CELLS[2], x=P[1:], y=CELLS[2].y[1:]), folder="fewer")
    with pytest.raises(DataError, match="curve 1 cannot be used: the axis a is missing"):
        bring(CELLS[2], folder="c-alone")


def test_points_nearer_than_pressures_are_read_are_paired_as_drawn_or_refused(bring):
    drawn = {"drawn": "markers", "x_reading": 0.1}
    p = np.array([18.5, 10.0, 10.1, 1.6])
    a = replace(CELLS[0], **drawn, x=p, y=np.array([5.1, 5.2, 5.3, 5.4]))
    # The two near ones are read in the other order, but drawn in the same.
    c = replace(CELLS[2], **drawn, x=p[[0, 2, 1, 3]], y=np.array([20.1, 20.2, 20.3, 20.4]))
    rows = analysis.load_table("lattice", package=bring(a, c).package)
    pairs = sorted(zip(rows["a (Å)"], rows["c (Å)"], strict=True))
    assert pairs == [(5.1, 20.1), (5.2, 20.2), (5.3, 20.3), (5.4, 20.4)]
    with pytest.raises(DataError, match=r"a and c have points at 10 and 10.1 GPa that lie closer"):
        bring(a, replace(c, x=c.x[::-1], y=c.y[::-1]), folder="backwards")


def test_errors_of_pressures_are_left_out_in_words(bring):
    package = bring(*(replace(cell, x_error=np.full(P.size, 0.3)) for cell in CELLS)).package
    (entry,) = json.loads(package.read_text(encoding="utf-8"))["resources"]
    assert "the errors of the pressures are left out" in entry["description"]


def test_axes_of_two_crystals_are_asked_for_their_names(bring):
    (question,) = bring(*CELLS, *CELLS).plan.questions
    assert question.startswith("curves 1 to 6: name: several curves are this axis; give the axes")
    named = [replace(cell, block="amam") for cell in CELLS] + CELLS
    assert names_in(bring(*named, folder="blocks").package) == ["lattice", "lattice-2"]


def test_files_are_added_and_the_same_one_replaced(bring):
    package = bring(curve(1), curve(2, label="20 GPa")).package
    bring(curve(3), name="other.pdf", sha256="b" * 64)
    assert names_in(package) == ["18.5gpa", "20gpa", "18.5gpa-2"]
    bring(curve(1), changes=[('name = "18.5gpa"', 'name = "first"')])
    assert names_in(package) == ["18.5gpa-2", "first"]
    files = {path.name for path in package.parent.glob("*.csv")}
    assert files == {"18.5gpa-2.csv", "first.csv"}
    with pytest.raises(DataError, match=r"has a data set '18.5gpa-2' of another file"):
        bring(curve(1), changes=[('name = "18.5gpa"', 'name = "18.5gpa-2"')])


def test_nothing_is_written_where_one_curve_cannot_be_used(bring, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "20gpa.csv").write_text("mine\n")
    with pytest.raises(
        DataError, match=r"20gpa.csv: exists already and is not a file of the package"
    ):
        bring(curve(1), curve(2, label="20 GPa"))
    frozen = replace(curve(2, label="22 GPa"), x=np.append(T[:-1], -1.0))
    changes = [('name = "18.5gpa"', 'name = "a b"'), ('name = "22gpa"', 'name = "a-b"')]
    with pytest.raises(DataError, match=r"and another would both be written to a-b\.csv"):
        bring(curve(1), curve(2, label="22 GPa"), changes=changes, folder="both")
    with pytest.raises(DataError, match=r"curve 2 cannot be used: 22gpa.csv, row .* take = false"):
        bring(curve(1), frozen)
    left = {path.name for path in (tmp_path / "mine").iterdir()}
    assert left == {"20gpa.csv", "plan.toml", "plan-2.toml"}
    assert (tmp_path / "mine" / "20gpa.csv").read_text() == "mine\n"


def test_the_papers_sample_leads_the_book(bring):
    samples = [('sample = ""', 'sample = "La3Ni2O7-delta"')]
    changes = [*samples, ('run = "9"', 'run = "zero-resistance"')]
    found = bring(curve(1, label="Run 9, 22.4 GPa"), curve(2), changes=changes)
    section = book_section(found.package)
    assert (section.sample, section.transition) == ("La3Ni2O7-delta", "run9-22.4gpa")
    assert section.regions[0][0] == "Amam"
    bring(curve(2), changes=samples)  # the transition is gone
    assert book_section(found.package).transition is None
    other = bring(curve(1), folder="gold", changes=[('sample = ""', 'sample = "gold"')])
    assert book_section(other.package).sample == "gold"
    assert book_section(other.package).regions == ()


@pytest.mark.parametrize(
    ("text", "name"), [("Run 2, 18.5 GPa", "run-2-18.5-gpa"), ("\u03a9", ""), ("../a", "a")]
)
def test_names_of_files_are_plain(text, name):
    assert slug(text) == name


# ---------------------------------------------------------------------------- figures, commands


@pytest.fixture(scope="module")
def figure(tmp_path_factory):
    """Return a PDF whose page 2 has R(T) by the left axis, and by the right one in one colour."""
    path = tmp_path_factory.mktemp("figure") / "paper.pdf"
    drawing = Figure(figsize=(5, 4))
    ax = drawing.add_subplot(xlabel="T (K)", ylabel="R (ohm)", xlim=(0, 300), ylim=(0, 1))
    ax.plot(T, R, "k-", label="18.5 GPa")
    right = ax.twinx()
    right.set(ylabel="rho (uohm cm)", ylim=(0, 200))
    right.plot(T, 150 * R, "k--", label="20 GPa")
    with PdfPages(path) as pages:
        pages.savefig(Figure(figsize=(5, 4)))
        pages.savefig(drawing)
    return path


def answered(plan, **axes):
    text = plan.read_text(encoding="utf-8")
    parts = text.split("[[curve]]")
    for number, axis in enumerate(axes.values(), 1):
        assert 'axis = ""' in parts[number]
        parts[number] = parts[number].replace('axis = ""', f'axis = "{axis}"')
    plan.write_text("[[curve]]".join(parts), encoding="utf-8")


def test_a_figure_with_two_axes_by_the_command_line(figure, tmp_path, capsys):
    folder = tmp_path / "mine"
    assert run(["import", str(figure), "--page", "2", "-o", str(folder)]) == 3
    said = capsys.readouterr()
    assert "curves 1, 2: y axis: the panel has two; write left or right (axis = ...)" in said.out
    assert said.err == ""
    assert (folder / "overview.png").read_bytes().startswith(b"\x89PNG")
    plan = folder / "plan.toml"
    assert {one["origin"] for one in tomllib.loads(plan.read_text())["curve"]} == {"digitised"}
    answered(plan, first="left", second="right")
    assert run(["import", str(figure), "--plan", str(plan), "-o", str(folder)]) == 0
    said = capsys.readouterr().out
    package = folder / "datapackage.json"
    assert f"make book DATA={package}" in said
    assert f"COMPENDIUM_PACKAGE={package} python -m analysis fit resistance paper\n" in said
    left, right = analysis.list_datasets(package=folder / "datapackage.json")
    for one, expected, unit in ((left, R, "ohm"), (right, 150e-8 * R, "ohm m")):
        loaded = analysis.load(one.name, package=folder / "datapackage.json")
        reading = one.properties["digitised"]["reading_error"]["resistance"]
        factor = 1e-8 if unit == "ohm m" else 1.0
        at_points = np.interp(loaded.temperature, T, expected)
        assert one.properties["digitised"]["page"] == 2  # as the plan has it
        assert loaded.unit == unit
        assert np.abs(loaded.resistance - at_points).max() < 5 * factor * reading + 1e-4 * factor


def test_what_is_said_of_an_axis_is_said_of_its_curves(tmp_path, monkeypatch):
    drawing = Figure(figsize=(5, 4))
    ax = drawing.add_subplot(xlabel="T (K)", ylabel="R (ohm)", xlim=(0, 300))
    ax.set_xticks([0, 50, 100, 150, 200, 300], ["0", "50", "700", "150", "200", "300"])
    ax.plot(T, 10 + R, "k-")
    right = ax.twinx()
    right.set(ylabel="rho (ohm cm)", yscale="log", ylim=(1e-3, 1))
    right.plot(T, 0.01 + 0.1 * R, "k--")
    drawing.savefig(tmp_path / "a.pdf")
    # It is found in a process of its own, which is bounded.
    monkeypatch.setattr("analysis.reading.figure.panels.survey_panels", None)
    found = read_originals(tmp_path / "a.pdf")
    outlier = "x axis: the number '700' at a tick disagrees with the 5 others and was left out"
    log = "y axis: it is logarithmic; the error of reading is that at the middle of a curve"
    sides = {1: "left", 2: "right"}
    for axes in (sides, {1: "right", 2: "left"}, sides):
        found = found.on_axes(axes)
        for number, side in axes.items():
            remarks = found.series[number - 1].remarks
            assert outlier in remarks
            assert remarks.count(log) == (side == "right")
    assert not any("axis" in text for text in found.left_out)


def test_the_picture_of_a_figure_numbers_its_curves(figure):
    found = read_originals(figure, 2)
    (ax,) = overview(found).axes
    texts = [text.get_text() for text in ax.texts]
    assert {"1", "2"} <= set(texts)
    frame = next(patch for patch in ax.patches if patch.get_edgecolor()[:3] == (0, 0, 0))
    np.testing.assert_allclose(frame.get_bbox().extents, found.panels[0].box, atol=1e-6)
    drawn = [line.get_xydata() for line in ax.lines]
    for points, one in zip(drawn, found.drawn, strict=True):
        np.testing.assert_array_equal(points, one.points)


def test_the_picture_of_a_workbook_has_a_panel_for_each_curve():
    found = originals(curve(1), curve(2, label="$x$ Run 2"), pattern())
    axes = overview(found).axes[:3]
    assert [ax.get_title()[:2] for ax in axes] == ["1:", "2:", "3:"]
    np.testing.assert_array_equal(axes[1].lines[0].get_xydata(), np.column_stack([T, 2 * R]))


def test_a_table_by_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{t},{r}\n" for t, r in zip(T.tolist(), R.tolist(), strict=True))
    Path("a.csv").write_text(f"T (K),R (ohm)\n{rows}")
    assert run(["import", "a.csv", "-o", "mine"]) == 0
    assert "1 curve of a.csv" in capsys.readouterr().out
    loaded = analysis.load("a", package="mine/datapackage.json")
    np.testing.assert_array_equal(loaded.resistance, R)
    Path("b.csv").write_text("nothing\n")
    assert run(["import", "b.csv", "-o", "mine"]) == 2
    assert capsys.readouterr().err.startswith("error: b.csv: ")


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.pdf", b"", True),
        ("a", b"%PDF-1.4", True),
        ("a.svg", b"<svg", True),
        ("a.csv", b"", False),
    ],
)
def test_figures_are_told_by_their_ending_or_how_they_begin(name, content, found, tmp_path):
    (tmp_path / name).write_bytes(content)
    assert is_figure(tmp_path / name) is found


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.pdf", b"%PDF-1.4\n"),
        ("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n1 2\n3 4\n"),
        ("a.svg", b'<?xml version="1.0"?>\n<!DOCTYPE svg>\n<svg></svg>'),
    ],
)
@pytest.mark.parametrize("kind", ["resistance", "diffraction"])
def test_a_figure_that_is_checked_names_the_import(name, content, kind, tmp_path, capsys):
    (tmp_path / name).write_bytes(content)
    assert run(["check", str(tmp_path / name), "--kind", kind]) == 2
    assert "is a figure" in (said := capsys.readouterr().err)
    assert "`python -m analysis import FILE -o DIR` takes every curve that is drawn" in said


def test_columns_x_and_y_say_nothing_of_what_they_hold(tmp_path):
    rows = "".join(f"{x},{2 * x},{x},{3 * x}\n" for x in range(5, 45))
    file = tmp_path / "traced.csv"
    file.write_text(f"18.5 GPa,,20.5 GPa,\nX,Y,X,Y\n{rows}")
    found = analysis.import_originals(file, tmp_path / "mine")
    assert found.package is None
    assert [(c.kind, c.pressure, c.origin) for c in found.plan.curves] == [
        ("", 18.5, "digitised"), ("", 20.5, "digitised"),
    ]  # fmt: skip
    assert all("kind" in curve.asked for curve in found.plan.curves)
