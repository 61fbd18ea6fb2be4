"""Sheets: the numbers are those of `fit`, the page needs nothing else, nonsense is refused."""

import json
import re

import nbformat
import numpy as np
import pytest

import analysis
from analysis.__main__ import run
from analysis.show.foreign import WithSymbols
from analysis.show.plots import GREEN
from analysis.show.report import Table
from compendium import notebooks, sheets
from compendium.chapters import sheet_views

NO_RESULT = 3


@pytest.fixture
def refuse_kernels(monkeypatch):
    def start(*_args, **_more):
        raise AssertionError("a kernel was started")

    monkeypatch.setattr(notebooks, "_run", start)


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    """A file of one's own with a transition, and a folder for what becomes of it."""
    folder = tmp_path_factory.mktemp("mine")
    curve = analysis.load("twin-zero-resistance-22.4gpa")
    rows = zip(curve.temperature.tolist(), curve.resistance.tolist(), strict=True)
    (folder / "mine.csv").write_text("T (K),R (ohm)\n" + "".join(f"{t},{r}\n" for t, r in rows))
    return folder


def fitted(capsys, *arguments):
    assert run(["fit", *arguments, "--json"]) in (0, NO_RESULT)
    return json.loads(capsys.readouterr().out)


def same_numbers(ours, theirs):
    """Compare a sheet's fit with what `fit --json` prints, but for the file's name."""
    named = {"file", "name", "notes", "pressure", "lattice", "warnings", "read"}
    named |= {"schema_version", "status", "resistance_unit"}
    return {k: v for k, v in ours.items() if k not in named} == {
        k: v for k, v in theirs.items() if k not in named
    }


def test_a_sheet_of_ones_own_file(mine, capsys):
    file, out = mine / "mine.csv", mine / "out"
    window = ["--window", "90", "300"]
    command = ["sheet", "resistance", "--data", str(file), "--pressure", "22.4", *window]
    assert run([*command, "-o", str(out)]) == 0
    assert capsys.readouterr().out.splitlines() == [str(out / "mine.ipynb"), str(out / "mine.html")]
    found = sheets.recorded(nbformat.read(out / "mine.ipynb", as_version=4))
    assert same_numbers(
        found["fits"]["resistance"], fitted(capsys, "resistance", str(file), *window)
    )
    assert same_numbers(found["fits"]["transition"], fitted(capsys, "transition", str(file)))
    assert found["fits"]["resistance"]["pressure"] == 22.4
    assert found["numbers"]["theta_d"] == found["fits"]["resistance"]["theta_d"]
    assert found["numbers"]["lambda"] == found["fits"]["transition"]["lambda"]
    page = (out / "mine.html").read_text(encoding="utf-8")
    assert "mine.csv: 22.4 GPa, resistance" in page
    assert "<script" not in page
    assert re.findall(r"""(?:src|href)\s*=\s*["'](?!data:|#)[^"']*""", page) == []
    alts = re.findall(r'<img alt="([^"]*)"', page)
    assert len(alts) == 3
    assert all(" " in alt for alt in alts)
    assert not re.search(r"Traceback|No description", page)


@pytest.mark.parametrize(
    ("kind", "name", "fits"),
    [
        ("resistance", "silver", {"resistance": "resistance"}),
        ("diffraction", "twin-xrd-25.0gpa", {"strain": "strain"}),
    ],
)
def test_a_sheets_numbers_are_those_of_fit(kind, name, fits, capsys, tmp_path):
    expected = NO_RESULT if name == "silver" else 0  # no number of it is quoted
    assert run(["sheet", kind, "--dataset", name, "-o", str(tmp_path)]) == expected
    capsys.readouterr()
    found = sheets.recorded(nbformat.read(tmp_path / f"{name}.ipynb", as_version=4))
    for fit, command in fits.items():
        theirs = fitted(capsys, command, name)
        assert same_numbers(found["fits"][fit], theirs)
        assert [text for text in theirs["warnings"] if text not in found["warnings"]] == []
        if theirs.get("lattice"):
            assert found["fits"]["lattice"].items() >= theirs["lattice"].items()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["resistence"], "no template for kind 'resistence'; there are resistance, diffraction"),
        (["resistance"], "say which data"),
        (["resistance", "--run", "9"], "no run '9' of kind 'resistance'; there are"),
        (["resistance", "--run", "2", "--pressure", "26"], "it has 15, 20.5, 25, 29.5"),
        (["resistance", "--dataset", "sliver"], "did you mean 'silver'?"),
        (["resistance", "--dataset", "twin-xrd-1.6gpa"], "of kind 'diffraction', not 'resistance'"),
        (["resistance", "--data", "nothere.csv"], "nothere.csv: no such file"),
        (["resistance", "--data", "a", "--run", "2"], "give one of"),
        (["resistance", "--run", "2", "--decimal", ","], "--decimal is for your own files"),
        (["resistance", "--run", "2", "-p", "m=4"], "no parameter 'm'; there are dataset"),
        (["resistance", "--run", "2", "-p", "weightin=x"], "did you mean 'weighting'?"),
        (["resistance", "--run", "2", "-p", "n=four"], "parameter n must be float, got 'four'"),
        (["resistance", "--run", "2", "-p", "n"], "NAME=VALUE is needed, got 'n'"),
        (
            ["resistance", "--run", "2", "-p", "formula=x"],
            "must be advanced, mcmillan, allen-dynes",
        ),
        (
            ["resistance", "--run", "2", "--window", "300", "90"],
            "LOW must be below HIGH, got 300 90",
        ),
        (
            ["diffraction", "--run", "xrd", "-p", "shape=round"],
            "parameter shape must be auto, lorentzian",
        ),
    ],
)
@pytest.mark.usefixtures("refuse_kernels")
def test_nonsense_is_refused_in_one_line_before_a_kernel_starts(
    arguments, message, capsys, tmp_path
):
    assert run(["sheet", *arguments, "-o", str(tmp_path / "out")]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert message in printed.err
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("refuse_kernels")
def test_a_file_that_cannot_be_read_is_refused_in_one_line(tmp_path, capsys):
    (tmp_path / "broken.csv").write_text("T (K),R (ohm)\n1,2\nthree,4\n")
    assert run(["sheet", "resistance", "--data", str(tmp_path / "broken.csv")]) == 2
    assert "three" in capsys.readouterr().err


@pytest.mark.usefixtures("refuse_kernels")
def test_two_files_that_would_be_one_page_are_refused(tmp_path, capsys):
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "rt.csv").write_text("T (K),R (ohm)\n1,2\n3,4\n")
    files = [str(tmp_path / folder / "rt.csv") for folder in ("a", "b")]
    assert run(["sheet", "resistance", "--data", *files, "-o", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert f"{files[0]} and {files[1]} would both be written to rt.html" in said
    assert "--output" in said


def test_many_sheets_are_a_line_each(mine, tmp_path, capsys):
    (tmp_path / "broken.csv").write_text("T (K),R (ohm)\n1,2\nthree,4\n")
    files = [str(mine / "mine.csv"), str(tmp_path / "broken.csv")]
    assert run(["sheet", "resistance", "--data", *files, "-o", str(tmp_path / "out")]) == 2
    out, err = capsys.readouterr()
    first, second = out.splitlines()
    assert first.endswith(str(tmp_path / "out" / "mine.html"))
    assert "refused" in second
    assert "three" in second
    assert err.splitlines()[-1] == f"refused: {files[1]}"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["mine.html", "mine.ipynb"]


@pytest.mark.parametrize("kind", sheets.KINDS)
def test_templates_hold_no_labels_and_one_typed_parameters_cell(kind):
    text = sheets.template(kind).read_text(encoding="utf-8")
    assert not re.search(
        r"^\(.*\)=|^:?(label|name):|:label:|\{eq\}|\{numref\}|\$", text, re.MULTILINE
    )
    assert "dataset" in notebooks.parameters_of(notebooks.read_notebook(sheets.template(kind)))
    figures = [cell for cell in re.split("```", text) if "plt.show()" in cell]
    assert figures
    assert [cell for cell in figures if "alt: >-" not in cell] == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("Run 1", "run 1"), ("a/b", "a b"), ("é", "è"), ("x" * 90, "x" * 91), ("X", "x-4b68ab38")],
)
def test_file_names_are_plain_and_differ(one, other):
    names = {sheets.file_name(one), sheets.file_name(other)}
    assert len(names) == 2
    assert all(re.fullmatch(r"[a-z0-9._-]+", name) for name in names)


# --- what a sheet shows beside the chapters -----------------------------------------------------


@pytest.fixture(scope="module")
def fit():
    """A fit of a curve whose later windows know less and less."""
    return analysis.fit_resistance(analysis.load("twin-run4-43.5gpa"), (80, 300))


def moved(fit, *numbers):
    """Windows that begin later and quote these numbers: (value, stderr, interval) or None."""
    first = sheet_views.Moved(fit.window, {"value": 550.0, "stderr": 10.0, "unit": "K"}, fit)
    others = [
        sheet_views.Moved(
            (100.0 + 20 * at, 300.0),
            dict(zip(("value", "stderr", "interval"), found or (None, None, None), strict=True)),
            fit if found else None,
        )
        for at, found in enumerate(numbers)
    ]
    return (first, *others)


def test_a_window_without_an_honest_number_is_listed_as_none(fit):
    rows = sheet_views.window_table(
        fit, moved(fit, (560.0, 20.0, None), None, (600.0, None, [520.0, 900.0]))
    ).rows
    assert [row[2].replace("\N{NO-BREAK SPACE}", " ") for row in rows] == [
        "550 ± 10",
        "560 ± 20",
        "none",
        "520 to 900",
    ]
    assert rows[2] == ("120\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}300", "", "none", "")


def test_every_window_that_was_tried_is_in_the_table(fit):
    found = sheet_views.moved_windows(fit)
    assert len(sheet_views.window_table(fit, found).rows) == 6
    assert found[0].fit is fit
    assert found[0].stated == fit.to_dict()["theta_d"]
    starts = [one.window[0] for one in found]
    assert starts == pytest.approx(np.linspace(fit.window[0], sum(fit.window) / 2, 6), abs=1.5)


def test_points_beyond_the_axes_show_as_arrows(fit, ax):
    far = moved(fit, (555.0, 12.0, None), (2000.0, 900.0, None), (40.0, 9.0, None), None)
    sheet_views.theta_against_start(ax, fit, far)
    low, high = ax.get_ylim()
    assert 400 < low < 530
    assert 570 < high < 700
    markers = {line.get_marker(): line for line in ax.lines if line.get_marker() in "^v"}
    assert list(markers["^"].get_xdata()) == [120.0]
    assert list(markers["v"].get_xdata()) == [140.0]
    assert len(ax.containers) == 4  # the window that quotes nothing has no point
    assert ax.containers[0].lines[0].get_color() == GREEN


def test_bars_are_as_long_as_the_interval_on_each_side(fit, ax):
    sheet_views.theta_against_start(ax, fit, moved(fit, (600.0, None, [520.0, 900.0])))
    ends = ax.containers[1].lines[2][0].get_segments()[0][:, 1]
    assert ends == pytest.approx([520, 900])


def test_a_curve_that_quotes_nothing_has_a_figure_all_the_same(fit, ax):
    nothing = sheet_views.Moved(fit.window, {"value": None, "stderr": None, "unit": "K"}, fit)
    sheet_views.theta_against_start(ax, fit, (nothing,))
    assert not ax.containers


def test_a_page_by_itself_has_formulas_without_scripts(tmp_path):
    table = Table(
        (WithSymbols("Θ_D (K)"), "price, $"), [("\N{OBJECT REPLACEMENT CHARACTER}7;", "$5")]
    )
    output = nbformat.v4.new_output(
        "display_data", {"text/markdown": table._repr_markdown_(), "text/plain": ""}
    )
    cell = nbformat.v4.new_code_cell("", outputs=[output])
    sheets.write_page(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "page.html")
    shown = re.sub(
        "<style.*?</style>", "", (tmp_path / "page.html").read_text("utf-8"), flags=re.DOTALL
    )
    assert "Θ<sub>D</sub> (K)" in shown
    assert "price, $" in shown
    assert "\N{OBJECT REPLACEMENT CHARACTER}7;" in shown
    assert "\\mathrm" not in shown


def test_what_casts_doubt_and_what_belongs_to_a_number_stand_apart():
    record = json.dumps({"warnings": ["a *hump*"], "remarks": []})
    assert sheet_views.warnings_of(record).remarks == ["a *hump*"]
    assert sheet_views.remarks_of(record).remarks == ["nothing to remark"]


# --- a package of one's own -------------------------------------------------------------------


def test_a_new_package_is_whole_and_its_examples_load(tmp_path, capsys):
    folder = tmp_path / "mine"
    assert run(["new", str(folder)]) == 0
    assert f"make book DATA={folder / 'datapackage.json'}" in capsys.readouterr().out
    found = analysis.list_datasets(package=folder / "datapackage.json")
    assert [(one.kind, one.origin, one.available) for one in found] == [
        ("resistance", "formula", True),
        ("diffraction", "formula", True),
    ]
    curve, pattern = (analysis.load(one.name, package=folder / "datapackage.json") for one in found)
    assert analysis.fit_resistance(curve).theta_d.n == pytest.approx(400, abs=2)
    assert len(pattern) > 1000
    assert "| `wavelength` |" in (folder / "README.md").read_text()


def test_a_new_package_overwrites_nothing(tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    assert run(["new", str(tmp_path)]) == 2
    assert "exists already" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
