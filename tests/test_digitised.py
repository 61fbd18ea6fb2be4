"""Digitised data: what they carry, and what the error of reading does to every result."""

import json
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.path import Path

import analysis
from analysis import ResistanceCurve, fit_resistance, fit_transition, resistance
from analysis.__main__ import run
from analysis.catalogue.datasets import describe, refused_datasets
from analysis.catalogue.phases import phases_of
from analysis.numerics.digitised import Digitised, axis_errors, in_words, reading_part
from analysis.numerics.scatter import scatter_of_neighbours
from analysis.numerics.uncertainty import integrated_widening
from analysis.pressure.results import load_results
from analysis.show import plots
from analysis.transport.coupling import ValidityWarning
from analysis.transport.drop import drops_of
from analysis.transport.transition import transition_depth, transition_fraction
from compendium.chapters.figure_files import table

SOURCE = "A. Physicist et al., J. Tests 1, 2 (2023)"
SAID = {"file": "paper.pdf", "sha256": "0f" * 32, "page": 4, "figure": "2", "panel": "a"}
READ = {"temperature": 0.3, "resistance": 0.002}
THETA = 450.0


def figure(**more):
    return Digitised(**SAID, source=SOURCE, **more)


def metal(size=150, noise=0.0, seed=1, low=20.0):
    t = np.linspace(low, 300, size)
    r = resistance(t, theta_d=THETA, r0=0.2, a=1.5, r_sat=5.0)
    return t, r + noise * np.random.default_rng(seed).normal(size=size)


def curve(t, r, digitised=None):
    origin = "measured" if digitised is None else "digitised"
    return ResistanceCurve(t, r, name="c", origin=origin, digitised=digitised)


def superconductor(noise=0.0, seed=1):
    """T_c,onset = 80 K, F = 40."""
    t = np.unique(np.r_[np.linspace(60, 95, 60), np.linspace(5, 60, 20), np.linspace(95, 300, 100)])
    normal = resistance(np.maximum(t, 80.0), theta_d=THETA, r0=0.2, a=1.5, r_sat=5.0)
    r = normal * transition_fraction(t, tc_onset=80.0, f=40.0)
    return t, r + noise * np.random.default_rng(seed).normal(size=t.size)


def tc_of(criterion):
    return 80.0 * (1 - (float(transition_depth(criterion)) / 40.0) ** (2 / 3))


def package(folder, units=("K", "ohm"), **changes):
    t, r = metal(noise=1e-3)
    factor = {"K": 1, "mK": 1e3, "ohm": 1, "mohm": 1e3}
    columns = (t * factor[units[0]], r * factor[units[1]])
    rows = "".join(f"{a!r},{b!r}\n" for a, b in zip(*map(np.ndarray.tolist, columns), strict=True))
    (folder / "a.csv").write_text(f"T ({units[0]}),R ({units[1]})\n{rows}", encoding="utf-8")
    entry = {
        "name": "a",
        "path": "a.csv",
        "kind": "resistance",
        "origin": "digitised",
        "sources": [{"title": SOURCE, "path": "https://doi.org/10.0000/1"}],
        "digitised": SAID,
        **changes,
    }
    path = folder / "datapackage.json"
    path.write_text(json.dumps({"name": "p", "resources": [entry]}), encoding="utf-8")
    return path


# ------------------------------------------------------------------- what a data set carries


def test_a_curve_says_out_of_which_figure_it_was_read_and_how_precisely(tmp_path):
    read = {**SAID, "reading_error": READ, "step": {"temperature": 0.1}, "drawn": "markers"}
    path = package(tmp_path, digitised=read)
    found = analysis.load("a", package=path).digitised
    assert found.words == f"{SOURCE}, Fig. 2, panel a"
    assert (found.reading_error, found.step) == (READ, {"temperature": 0.1})
    assert (found.sha256, found.drawn, found.curve) == (SAID["sha256"], "markers", None)
    assert describe("a", package=path).digitised.words == found.words


def test_errors_of_reading_are_those_of_the_columns_unit(tmp_path):
    read = {**SAID, "reading_error": {"temperature": 300, "resistance": 2}}
    found = analysis.load("a", package=package(tmp_path, ("mK", "mohm"), digitised=read))
    assert found.digitised.reading_error == pytest.approx(READ)


@pytest.mark.parametrize(
    ("unit", "column", "expected"),
    [
        ("deg", lambda x: x, 1.0),
        ("rad", np.radians, 180 / np.pi),
        ("1/A", lambda x: 4 * np.pi * np.sin(np.radians(x / 2)) / 1.5406, None),
        ("nm", lambda x: 0.15406 / (2 * np.sin(np.radians(x / 2))), None),
    ],
)
def test_errors_of_angles_are_in_degrees_whatever_the_column_holds(
    tmp_path, unit, column, expected
):
    angle = np.linspace(10, 60, 101)
    values = column(angle)
    slope = abs(np.gradient(angle, values))[50] if expected is None else expected
    counts = 100 + 900 * np.exp(-(((angle - 35) / 0.8) ** 2))
    rows = "".join(f"{a!r},{b!r}\n" for a, b in zip(values.tolist(), counts.tolist(), strict=True))
    (tmp_path / "a.csv").write_text(f"x,intensity\n{rows}", encoding="utf-8")
    fields = [{"name": "x", "unit": unit}, {"name": "intensity"}]
    package(
        tmp_path,
        path="a.csv",
        kind="diffraction",
        wavelength=154.06,
        columns={"two_theta": "x", "intensity": "intensity"},
        schema={"fields": fields},
        digitised={**SAID, "reading_error": {"two_theta": 0.01}},
    )
    (tmp_path / "a.csv").write_text(f"x,intensity\n{rows}", encoding="utf-8")
    found = analysis.load("a", package=tmp_path / "datapackage.json")
    assert found.digitised.reading_error["two_theta"] == pytest.approx(0.01 * slope, rel=2e-3)
    assert any("axes are known to" in note for note in found.notes)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"sha256": "abc"}, "digitised, sha256 is 'abc'; allowed: 64 hexadecimal digits"),
        (
            {"reading_eror": READ},
            "has 'reading_eror' (did you mean reading_error?)",
        ),
        (
            {"reading_error": {"temprature": 1}},
            "has 'temprature' (did you mean temperature?)",
        ),
        ({"reading_error": {"two_theta": 1}}, "reading_error has 'two_theta'; allowed: temper"),
        ({"step": {"resistance": -1}}, "step, resistance is -1; allowed: a number from 0"),
        ({"drawn": "bars"}, 'digitised, drawn is \'bars\'; allowed: "line" or "markers"'),
        ({"page": 0}, "digitised, page is 0; allowed: the number of a page"),
    ],
)
def test_what_a_package_says_wrongly_is_refused(tmp_path, wrong, message):
    (refusal,) = refused_datasets(package(tmp_path, digitised={**SAID, **wrong}))
    assert message in refusal.reason


def test_a_figure_without_a_file_is_refused(tmp_path):
    (refusal,) = refused_datasets(package(tmp_path, digitised={"file": "paper.pdf"}))
    assert "digitised has no sha256" in refusal.reason


# ------------------------------------------------------------- the axes: common to all points


def misread(values, cause, error):
    return values + axis_errors(values, values, error)[cause]


CAUSES = [("temperature", 0), ("temperature", 1), ("resistance", 0), ("resistance", 1)]


@pytest.mark.parametrize(("role", "cause"), CAUSES)
def test_a_wrong_axis_moves_results_as_a_fit_of_the_wrong_curve_does(role, cause):
    t, r = metal()
    error = {"temperature": 0.05, "resistance": 5e-4}[role]
    fit = fit_resistance(curve(t, r, figure(reading_error={role: error}, drawn="markers")))
    wrong = {"temperature": t, "resistance": r}
    wrong[role] = misread(wrong[role], cause, error)
    moved = fit_resistance(curve(wrong["temperature"], wrong["resistance"]))
    place = CAUSES.index((role, cause))
    for name, value in moved.parameters.items():
        expected = value.n - fit.parameters[name].n
        size = abs(fit.parameters[name].n) * 1e-4
        assert fit.kept.by_axis[fit.kept.names.index(name), place] == pytest.approx(
            expected, rel=0.05, abs=size
        )


@pytest.mark.parametrize("criterion", [0.05, 0.5])
@pytest.mark.parametrize(("role", "cause"), CAUSES)
def test_so_does_it_with_t_c(role, cause, criterion):
    t, r = superconductor(noise=2e-5)
    error = {"temperature": 0.1, "resistance": 3e-4}[role]
    fit = fit_transition(curve(t, r, figure(reading_error={role: error}, drawn="markers")))
    wrong = {"temperature": t, "resistance": r}
    wrong[role] = misread(wrong[role], cause, error)
    moved = fit_transition(curve(wrong["temperature"], wrong["resistance"]))
    expected = abs(moved.tc(criterion).n - fit.tc(criterion).n)
    place = fit.curve.digitised.causes[CAUSES.index((role, cause))]
    found = fit.tc(criterion).derivatives[place]
    assert abs(found) == pytest.approx(expected, rel=0.1, abs=5e-3)


def test_a_shift_of_all_temperatures_is_as_large_in_t_c():
    t, r = superconductor(noise=2e-5)
    fit = fit_transition(curve(t, r, figure(reading_error={"temperature": 0.25}, drawn="markers")))
    shift = fit.tc(0.5).derivatives[fit.curve.digitised.causes[0]]
    assert shift == pytest.approx(0.25, rel=1e-3)
    quoted = fit.to_dict(0.5)["tc"]
    assert quoted["stderr"] >= quoted["systematic"] >= 0.25
    assert "to the error of the onset of the transition" in " ".join(fit.remarks)


def test_t_c_that_is_read_off_has_the_same_errors():
    """Twelve points on the drop, of no shape: what is read off is moved by the axes, too."""
    t, r = superconductor()
    r = np.where(t < 80, np.interp(t, [5, 70, 74, 76, 80], [0, 0, 0.2, 0.22, r[t >= 80][0]]), r)
    read = figure(reading_error={"temperature": 0.25, "resistance": 1e-3}, drawn="markers")
    fit = fit_transition(curve(t, r, read))
    value = fit.at_criterion(0.5, 0.13, "advanced").tc.value
    slope = 0.05  # ohm/K between 70 and 74 K, where half of the onset is crossed
    shift, _, ohms, _ = (value.derivatives.get(cause, 0.0) for cause in read.causes)
    assert shift == pytest.approx(0.25)
    assert abs(ohms) == pytest.approx(0.5 * 1e-3 / slope, rel=0.05)


def test_lambda_keeps_what_t_c_and_theta_d_share():
    """A wrong scale of T moves both alike: lambda, of their ratio, hardly at all."""
    t, r = superconductor(noise=2e-5)
    fit = fit_transition(curve(t, r, figure(reading_error={"temperature": 1.0}, drawn="markers")))
    with pytest.warns(ValidityWarning):
        lam = fit.coupling(0.5)
    theta, tc = fit.theta_d, fit.tc(0.5)
    apart = np.hypot(reading_part(tc) / tc.n, reading_part(theta) / theta.n)
    assert 0 < reading_part(lam) / lam.n < 0.5 * apart


def held(count, noise, read, *, declared=True):
    """How often the 95 % interval of Theta_D holds it, of curves read with wrong axes."""
    rng, inside = np.random.default_rng(7), 0
    for seed in range(count):
        t, r = metal(80, noise, seed)
        u = rng.normal(size=4)
        axes = ((t, read["temperature"]), (r, read["resistance"]))
        t, r = (
            v + u[2 * i : 2 * i + 2] @ axis_errors(v, v, error) for i, (v, error) in enumerate(axes)
        )
        digitised = figure(reading_error=read, drawn="markers") if declared else None
        low, high = fit_resistance(curve(t, r, digitised), law="bloch-gruneisen").interval()
        inside += low <= THETA <= high
    return inside / count


def test_the_interval_holds_the_truth_though_the_axes_were_misread():
    assert held(60, 3e-5, READ) >= 0.88  # 0.95 less 2.5 errors of 60
    assert held(30, 3e-5, READ, declared=False) < 0.6


# -------------------------------------------------------------------- points along a drawing


def drawn(noise, each, seed=3, **more):
    """A curve as a line with `each` points to one that was measured."""
    t, r = metal(150, noise, seed)
    at = np.linspace(0, t.size - 1, (t.size - 1) * each + 1)
    t, r = (np.interp(at, np.arange(t.size), values) for values in (t, r))
    return curve(t, r, figure(drawn="line", **more))


@pytest.mark.parametrize(("each", "expected"), [(1, 1.0), (5, 7.5), (10, 15.0)])
def test_widening_counts_the_points_that_were_measured(each, expected):
    rng, found = np.random.default_rng(1), []
    for _ in range(60):
        at = np.linspace(0, 199, 199 * each + 1)
        found.append(integrated_widening(np.interp(at, np.arange(200), rng.normal(size=200)), 0))
    # A line between independent values has 2/3 of their variance, and N/each of them.
    assert np.mean(found) == pytest.approx(expected, rel=0.25)


@pytest.mark.parametrize("each", [4, 10])
def test_a_line_says_no_more_than_the_points_between_which_it_was_drawn(each):
    ratios = [
        fit_resistance(drawn(1e-3, each, seed)).theta_d.s
        / fit_resistance(curve(*metal(150, 1e-3, seed))).theta_d.s
        for seed in range(6)
    ]
    assert 0.8 < np.median(ratios) < 1.3
    assert any("count as" in text for text in fit_resistance(drawn(1e-3, each)).remarks)


def test_scatter_is_told_across_the_chords_of_a_line():
    t, r = metal(150, 3e-3)
    line = drawn(3e-3, 6, 1)
    assert scatter_of_neighbours(line.resistance) < 3e-4
    assert line.scatter() == pytest.approx(3e-3, rel=0.4)
    assert curve(t, r).scatter() == scatter_of_neighbours(r)


def simplified(t, r):
    """The vertices that matplotlib leaves of a line in a panel of 160 by 130 points."""
    whole = np.array([300.0, r.max()]) / (160, 130)
    path = Path(np.column_stack([t, r]) / whole)
    path.should_simplify, path.simplify_threshold = True, 1 / 9
    kept = path.cleaned(simplify=True)
    return (kept.vertices[kept.codes != Path.STOP] * whole).T


@pytest.mark.parametrize("noise", [0, 1e-4, 1e-3])
@pytest.mark.parametrize("read", [{}, READ])
def test_the_transition_is_seen_in_what_a_program_leaves_of_a_line(noise, read):
    t = np.linspace(5, 300, 296)
    normal = resistance(np.maximum(t, 80.0), theta_d=THETA, r0=0.2, a=1.5, r_sat=5.0)
    whole = normal * transition_fraction(t, tc_onset=80.0, f=40.0)
    whole += noise * whole.max() * np.random.default_rng(2).normal(size=t.size)
    t, r = simplified(t, whole)
    assert t.size < (230 if noise else 40)
    line = curve(t, r, figure(drawn="line", reading_error=read))
    assert line.scatter() <= 2 * noise * r.max() + read.get("resistance", 0.0)
    tc = fit_transition(line).tc(0.5)
    assert abs(tc.n - tc_of(0.5)) < 2 * tc.s


@pytest.mark.parametrize("noise", [0, 1e-4, 1e-3])
def test_what_a_program_leaves_of_a_metals_line_has_no_transition(noise):
    t, r = simplified(*metal(296, noise, low=5.0))
    assert not drops_of(curve(t, r, figure(drawn="line")))


def test_a_line_smoother_than_it_can_be_read_says_so():
    line = drawn(1e-5, 1, reading_error=READ)
    fit = fit_resistance(line)
    assert any("smoother than the measured data" in text for text in fit.warnings)
    assert fit.errors_known
    points = curve(line.temperature, line.resistance, figure(drawn="markers", reading_error=READ))
    plain = fit_resistance(points)
    assert plain.theta_d.s < fit.theta_d.s
    assert not any("smoother" in text for text in plain.warnings)


def test_repeated_coordinates_are_noticed_and_rounded_alike():
    t, r = metal(150)
    step = {"resistance": 0.02}
    rounded = np.round(r / 0.02) * 0.02
    fine, coarse = (
        fit_resistance(curve(t, values, figure(drawn="markers", step=by)))
        for values, by in ((r + 1e-4 * np.sin(9 * t), {}), (rounded, step))
    )
    (note,) = [
        text for text in coarse.curve.notes if "have the same resistance as their neighbour" in text
    ]
    assert "steps of 0.02 ohm" in note
    assert not any("repeat" in text for text in fine.curve.notes)
    assert abs(coarse.theta_d.n - THETA) < 2.5 * coarse.theta_d.s


# ------------------------------------------------------------------------------- patterns


def test_the_axis_of_angles_is_in_the_lattice_constants():
    phases = analysis.phases_of("twin-xrd-1.6gpa")
    pattern = analysis.load("twin-xrd-1.6gpa", kind="diffraction")
    read = replace(
        pattern,
        origin="digitised",
        digitised=figure(reading_error={"two_theta": 0.01}, drawn="markers"),
    )
    peaks = analysis.analyse_pattern(pattern, phases).peaks
    as_it_is, misread_ = (
        analysis.fit_lattice(replace(peaks, pattern=one), phases[0], offset="none")
        for one in (pattern, read)
    )
    moved = [
        analysis.fit_lattice(
            replace(peaks, two_theta=peaks.two_theta + by), phases[0], offset="none"
        ).a.n
        - as_it_is.a.n
        for by in axis_errors(peaks.two_theta, pattern.two_theta, 0.01)
    ]
    expected = np.hypot(np.hypot(*moved), as_it_is.systematic.get("a", 0.0))
    assert misread_.systematic["a"] == pytest.approx(expected, rel=1e-6)
    assert misread_.to_dict()["digitised"]["words"] == f"{SOURCE}, Fig. 2, panel a"
    assert "digitised" not in as_it_is.to_dict()


# ------------------------------------------------------------------- figures, tables, results


def captions(fig):
    return [text.get_text() for text in fig.texts if text.get_label() == plots.ORIGIN]


def test_figures_say_once_out_of_which_others_their_data_were_read():
    one = curve(*metal(noise=1e-3), figure())
    other = replace(one, digitised=replace(figure(), panel="b", figure="S3"))
    fits = [fit_resistance(each) for each in (one, other, one)]
    fig = plots.run_figure(fits, names=list("abc"))
    said = f"digitised from {SOURCE}, Fig. 2, panel a; {SOURCE}, Fig. S3, panel b"
    assert [" ".join(text.split()) for text in captions(fig)] == [said]
    assert f"# {said}\n" in table(fig)
    plt.close(fig)


def test_a_measured_set_has_no_such_words():
    fig, ax = plt.subplots()
    plots.curve(ax, replace(curve(*metal()), digitised=figure()))
    assert captions(fig) == []
    assert [text.get_text() for text in ax.texts] == ["measured"]
    plt.close(fig)


def test_foreign_words_stay_words_in_a_figure():
    fig, ax = plt.subplots()
    plots.curve(ax, curve(*metal(), replace(figure(), source="$\\frac{1}{0}")))
    fig.canvas.draw()
    assert captions(fig) == ["digitised from \\$\\frac{1}{0}, Fig. 2, panel a"]
    plt.close(fig)


def test_places_are_told_in_words():
    some = [figure(), replace(figure(), panel="b"), replace(figure(), figure="", panel="")]
    assert in_words(some) == f"digitised from {SOURCE}, Fig. 2, panels a, b; {SOURCE}, page 4"
    assert replace(figure(), figure="Extended Data Fig. 3").place == "Extended Data Fig. 3"
    assert replace(figure(), figure="", page=None, sheet="Fig2a").place == "sheet Fig2a"
    assert in_words([]) == ""


def test_a_workbook_changes_nothing_but_what_is_said():
    t, r = metal(noise=1e-3)
    plain, said = (
        fit_resistance(ResistanceCurve(t, r, origin="measured", digitised=one)).to_dict()
        for one in (None, Digitised("b.xlsx", "0f" * 32, SOURCE, sheet="Fig2a"))
    )
    assert said.pop("digitised")["words"] == f"{SOURCE}, sheet Fig2a"
    assert said == plain


def test_how_precisely_is_asked_where_it_is_not_said():
    fit = fit_resistance(curve(*metal(noise=1e-3), figure()))
    assert f"digitised from {SOURCE}, Fig. 2, panel a; the reading error is not stated" in " ".join(
        fit.remarks
    )


def test_the_command_line_carries_it(tmp_path, monkeypatch, capsys):
    read = {**SAID, "reading_error": READ, "drawn": "markers"}
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(package(tmp_path, digitised=read)))
    words = f"{SOURCE}, Fig. 2, panel a"
    for arguments in (("fit", "resistance", "a"), ("check", "a")):
        run([*arguments, "--json"])
        assert json.loads(capsys.readouterr().out)["digitised"]["words"] == words
        run(list(arguments))
        assert words in capsys.readouterr().out
    run(["list", "--json"])
    listed = {
        dataset["name"]: dataset for dataset in json.loads(capsys.readouterr().out)["datasets"]
    }
    assert listed["a"]["digitised"]["reading_error"] == READ
    assert "digitised" not in listed["silver"]


def test_results_are_read_with_it(tmp_path):
    sheet = {
        **dict.fromkeys(("title", "page", "error", "sample", "run", "pressure"), None),
        "name": "a",
        "title": "a",
        "kind": "resistance",
        "origin": "digitised",
        "page": "p",
        "status": "ok",
        "input_sha256": "",
        "numbers": {},
        "fits": {},
        "warnings": [],
        "digitised": figure(reading_error=READ).to_dict(),
    }
    path = tmp_path / "results.json"
    path.write_text(json.dumps({"date": "", "versions": {}, "sheets": [sheet]}), encoding="utf-8")
    (found,) = load_results(path).sheets
    assert found.digitised.words == f"{SOURCE}, Fig. 2, panel a"
    assert found.digitised.reading_error == READ


@pytest.mark.parametrize("wrong", [{"source": 3}, {"colour": "red"}, {"words": "a lie"}, 7])
def test_results_with_another_figure_are_refused(tmp_path, wrong):
    said = {**figure().to_dict(), **wrong} if isinstance(wrong, dict) else wrong
    sheet = {
        **dict.fromkeys(("error", "sample", "run", "pressure")),
        **dict.fromkeys(("name", "title", "kind", "origin", "page", "input_sha256"), "a"),
        "status": "ok",
        "numbers": {},
        "fits": {},
        "warnings": [],
        "digitised": said,
    }
    path = tmp_path / "results.json"
    path.write_text(json.dumps({"date": "", "versions": {}, "sheets": [sheet]}), encoding="utf-8")
    with pytest.raises(analysis.DataError, match="not a table of results"):
        load_results(path)


def test_a_drawn_pattern_may_stand_on_any_zero_and_in_any_unit():
    drawn = Digitised("figure.pdf", "0" * 64, "Others", drawn="line")
    pattern = replace(analysis.load("twin-xrd-10.5gpa"), digitised=drawn)
    moved = replace(pattern, intensity=pattern.intensity / 50 + 300)
    strains = [
        analysis.analyse_pattern(one, phases_of("twin-xrd-10.5gpa")).strain.strain
        for one in (pattern, moved)
    ]
    assert strains[1].n == pytest.approx(strains[0].n, rel=1e-3)
    assert strains[1].s == pytest.approx(strains[0].s, rel=1e-2)
