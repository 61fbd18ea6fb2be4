"""Chapters as templates: papermill points the Debye chapter at other curves."""

import jupytext
import papermill
import pytest

import analysis
from analysis.catalogue.datasets import OWN_PACKAGE
from analysis.show import report, strain_report

BOOK = OWN_PACKAGE.parent.parent / "book"


def up_to(name, last, folder):
    """Write a chapter up to a cell as a notebook that papermill reads."""
    notebook = jupytext.read(BOOK / f"{name}.md")
    end = next(i for i, cell in enumerate(notebook.cells) if last in cell.source)
    del notebook.cells[end + 1 :]
    path = folder / f"{name.replace('/', '-')}.ipynb"
    jupytext.write(notebook, path)
    return path


@pytest.fixture
def chapter(tmp_path):
    """The Debye chapter up to its first fit."""
    return up_to("3-1-debye", "report.parameters", tmp_path)


@pytest.fixture
def coupling_chapter(tmp_path):
    """Chapter 3.2 up to the table of its first fit."""
    return up_to("3-2-coupling", "report.transition_parameters", tmp_path)


@pytest.fixture
def strain_chapter(tmp_path):
    """Chapter 3.3 up to the table of its first Williamson-Hall analysis."""
    return up_to("3-3-strain", "strain_report.strain_parameters", tmp_path)


def run(chapter, tmp_path, **parameters):
    result = papermill.execute_notebook(
        chapter, tmp_path / "out.ipynb", parameters=parameters, progress_bar=False
    )
    outputs = [output for cell in result.cells for output in cell.get("outputs", [])]
    shown = [output.get("data", {"text": output.get("text", "")}) for output in outputs]
    text = "\n".join(str(value) for data in shown for value in data.values())
    return text.replace("\\", "")  # Markdown's, before what could be a mark


def test_another_run_and_pressure(chapter, tmp_path):
    shown = run(chapter, tmp_path, run=2, pressure=25.0)
    fit = analysis.fit_resistance(analysis.load("twin-run2-25.0gpa"))
    assert "twin-run2-25.0gpa" in shown
    assert (
        f"| $Theta_mathrm{{D}}$ | {report.quantity(fit.theta_d)} | {report.interval(fit)} | K |"
        in shown
    )


def test_a_file_of_ones_own(chapter, tmp_path):
    curve = analysis.load("twin-run1-7.0gpa")
    file = tmp_path / "mine.csv"
    rows = zip(curve.temperature, curve.resistance, strict=True)
    file.write_text("T (K),R (ohm)\n" + "".join(f"{t},{r}\n" for t, r in rows))
    fit = analysis.fit_resistance(curve)
    assert report.quantity(fit.theta_d) in run(chapter, tmp_path, data_file=str(file))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"run": "9"}, "no run '9' of kind 'resistance'"),
        ({"run": "2", "pressure": 26.0}, "run 2 has no resistance at 26 GPa"),
        ({"data_file": "nothere.csv"}, "nothere.csv: no such file"),
        ({"run": "2", "data_file": "mine.csv"}, "give data_file, or run and pressure, not both"),
    ],
)
def test_parameters_that_name_nothing_stop_the_chapter(chapter, tmp_path, parameters, message):
    with pytest.raises(papermill.PapermillExecutionError, match=message):
        run(chapter, tmp_path, **parameters)


def test_the_coupling_chapter_takes_another_run(coupling_chapter, tmp_path):
    shown = run(coupling_chapter, tmp_path, run=3, pressure=26.6)
    fit = analysis.fit_transition(analysis.load("twin-run3-26.6gpa"))
    assert f"| $T_mathrm{{c,onset}}$ | {report.quantity(fit.tc_onset)} | K |" in shown


def test_the_strain_chapter_takes_another_pressure_and_breadth(strain_chapter, tmp_path):
    shown = run(strain_chapter, tmp_path, pressure=33.0, breadth="fwhm")
    name = "twin-xrd-33.0gpa"
    lines = analysis.fit_phase(analysis.load(name), analysis.phases_of(name)[0])
    wh = analysis.williamson_hall(lines, breadth="fwhm")
    assert name in shown
    table = strain_report.strain_parameters(wh)
    assert table._repr_markdown_().replace("\\", "") in shown


def test_the_strain_chapter_refuses_axes_without_a_file(strain_chapter, tmp_path):
    with pytest.raises(papermill.PapermillExecutionError, match="belong to a data_file"):
        run(strain_chapter, tmp_path, axes=[3.8])
