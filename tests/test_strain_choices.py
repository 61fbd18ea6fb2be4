"""Every combination of the choices behind a strain, on lines that are made here."""

import json
from dataclasses import replace

import fastjsonschema
import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from test_chapters import run, up_to

from analysis import FitError, line_breadth, load, phases_of, williamson_hall
from analysis.choices.ranked import ranked
from analysis.choices.strain_choices import (
    NUMBERS,
    SHAPE_FACTORS,
    StrainMultiverse,
    strain_multiverse,
    strains_by_choice,
)
from analysis.choices.words import sentences
from analysis.cli.schema import schema_of
from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.peaks import PeakTable
from analysis.diffraction.shapes import SHAPES
from analysis.diffraction.strain.instrument import fit_instrument
from analysis.errors import AnalysisError
from analysis.show import strain_choice_plots
from analysis.twin.patterns import truths
from compendium.chapters import strain_multiverse as strain_multiverse_words

REFUSED = 2
WAVELENGTH = 61.99
ANGLES = np.array([6.0, 8.0, 9.5, 11.0, 13.0, 15.0, 17.0, 19.0, 21.0, 23.0])
COUNTS = DiffractionPattern(np.linspace(1, 30, 99), np.arange(99.0), wavelength=WAVELENGTH)


def lines(strain, size=np.inf, *, addition="linear", error=0.004, seed=None, **changes):
    """Return Lorentzian lines with integral breadths by a law, and errors in proportion."""
    made = line_breadth(
        np.radians(ANGLES / 2),
        strain=strain, size=size, wavelength=WAVELENGTH, addition=addition,
    )  # fmt: skip
    breadth = np.degrees(made)
    if seed is not None:
        breadth = breadth * (1 + error * np.random.default_rng(seed).standard_normal(ANGLES.size))
    ones, share = np.ones_like(ANGLES), error * breadth
    table = PeakTable(
        ANGLES, 1e-4 * ones, breadth * 2 / np.pi, share * 2 / np.pi, breadth, share,
        np.arange(1.0, 11.0) * 100, ones, ones,
        flags=(frozenset(),) * ANGLES.size, shape="lorentzian", pattern=COUNTS,
    )  # fmt: skip
    return replace(table, **changes)


def of(table, instrument=None):
    instruments = None if instrument is None else {"lorentzian": instrument}
    return strains_by_choice({"lorentzian": table}, instruments)


def test_the_paper_s_path_and_what_each_choice_does_to_it():
    found = of(lines(0.008))
    assert len(found) == 2 * 5 * 2 * 4 * len(SHAPE_FACTORS)
    paper = found.paper
    assert found.strain[paper] == pytest.approx(0.008, rel=1e-9)
    assert found.quoted["strain"] == (found.strain[paper], found.strain_error[paper])
    fwhm = found.row(breadth="fwhm")
    assert found.strain[paper] / found.strain[fwhm] == pytest.approx(np.pi / 2, rel=1e-9)
    spheres = found.row(shape_factor="1.07")
    assert found.strain[spheres] == found.strain[paper]
    share = found.shares("strain", possible=True)
    assert sum(share.values()) == pytest.approx(1)
    assert max(share, key=share.get) == "breadth"
    assert share["shape_factor"] == share["instrument"] == 0
    assert not found.excluded.any()
    low, high = found.spread("strain", possible=True, level=1)
    assert low <= 0.008 <= high
    assert found.times("strain") > 10


def test_what_is_excluded_and_has_no_strain_is_counted_once():
    found = of(lines(0.004, 20.0))
    strain = found.strain.copy()
    strain[found.excluded] = np.nan
    one = replace(found, strain=strain)
    failed = f"{100 * np.isnan(strain).mean():.0f} % give no result"
    assert sentences(one)[0].endswith(f"{failed}, and the data exclude 0 %")


def test_a_size_that_shows_excludes_eq_8_and_goes_with_the_shape_factor():
    found = of(lines(0.004, 20.0))
    assert found.objections[found.paper] == "eq. 8 ignores a size that the lines show"
    assert sentences(found)[1] == (
        "the data exclude the paper's own path: eq. 8 ignores a size that the lines show"
    )
    full = found.row(equation="full")
    assert found.objections[full] == ""
    assert found.strain[full] == pytest.approx(0.004, rel=1e-6)
    assert found.size[full] == pytest.approx(20.0, rel=1e-6)
    cubes = found.row(equation="full", shape_factor="1")
    assert found.size[cubes] / found.size[full] == pytest.approx(1 / 0.9)
    assert found.size_error[cubes] / found.size_error[full] == pytest.approx(1 / 0.9)
    assert found.size_lower[full] < 20 < found.size_lower[full] * 1.2
    assert np.isnan(found.size[found.paper])


def test_breadths_refute_an_addition_where_another_holds():
    found = of(lines(0.006, 12.0, addition="quadrature", error=0.001))
    full = {"equation": "full", "breadth": "integral"}
    assert found.objections[found.row(**full, addition="linear")] == "the breadths exclude it"
    right = found.row(**full, addition="quadrature")
    assert found.objections[right] == ""
    assert found.strain[right] == pytest.approx(0.006, rel=1e-6)
    # Where every law is refuted the lines are to blame: nothing is excluded for it.
    odd = lines(0.006, error=0.001)
    spread = 1 + 0.2 * (-1.0) ** np.arange(ANGLES.size)
    odd = replace(odd, integral_breadth=odd.integral_breadth * spread, fwhm=odd.fwhm * spread)
    assert "the breadths exclude it" not in of(odd).objections[: 2 * 4]


def test_which_lines_are_used():
    table = lines(0.005)
    stray = table.integral_breadth.copy()
    stray[4] *= 1.5
    hkl = tuple((1, 1, order) if at % 5 else (order, 0, 0) for at, order in enumerate(range(1, 11)))
    table = replace(table, integral_breadth=stray, fwhm=stray * 2 / np.pi, hkl=hkl)
    found = of(table)
    names = [option.name for option in found.choice("lines").options]
    assert names[:5] == ["all", "strong", "agreeing", "low angles", "high angles"]
    assert names[5:] == ["family 100"]
    strain = {name: found.strain[found.row(lines=name)] for name in names}
    assert strain["all"] > 0.00505
    for clean in ("agreeing", "high angles", "family 100"):
        assert strain[clean] == pytest.approx(0.005, rel=1e-9)
    assert strain["low angles"] > strain["all"]
    assert found.reasons[found.row(lines="family 100", equation="full")] == (
        "there are too few lines for eq. 7"
    )
    # The weakest quarter, rounded up, are the first three.
    assert strain["strong"] == of(table.select(np.arange(3, 10))).strain[0]


@pytest.mark.parametrize(("own", "objects"), [(0.02, True), (1e-4, False)])
def test_a_standard_removes_the_instrument_and_may_exclude_that_there_is_none(own, objects):
    narrow = np.full(ANGLES.size, own)
    standard = fit_instrument(replace(
        lines(0.001), fwhm=narrow, fwhm_error=1e-3 * narrow, integral_breadth=narrow * np.pi / 2,
        integral_breadth_error=1e-3 * narrow,
    ))  # fmt: skip
    table = lines(0.004)
    broader = table.fwhm + own
    table = replace(table, fwhm=broader, integral_breadth=broader * np.pi / 2)
    found = of(table, standard)
    corrected = found.row(instrument="standard")
    assert found.strain[corrected] == pytest.approx(0.004, rel=1e-3)
    says = "the standard shows that the instrument broadens the lines"
    assert (found.objections[found.paper] == says) is objects
    assert found.objections[corrected] != says
    assert (found.shares("strain")["instrument"] > 0.001) is objects


def test_no_limit_of_the_size_lies_below_that_which_explains_the_broadest_line():
    """Three lines that stray leave the parabola open; its term may then be of any height."""
    three = lines(0.005).select(range(7, 10))
    width = three.integral_breadth * (1 + 0.3 * np.random.default_rng(40).standard_normal(3))
    strayed = replace(
        three, fwhm=width * 2 / np.pi, fwhm_error=0.1 * width * 2 / np.pi,
        integral_breadth=width, integral_breadth_error=0.1 * width,
    )  # fmt: skip
    found = williamson_hall(strayed, addition="halder-wagner")
    alone = np.degrees(0.9 * WAVELENGTH / 1000 / (1.2 * width * np.cos(three.theta)))
    assert alone.min() < found.size_lower < alone.max()


def test_refusals_keep_their_reasons():
    found = strains_by_choice({"lorentzian": lines(0.005), "gaussian": "no line is larger"})
    gaussian = found.codes[:, 0] == 1
    assert np.isnan(found.strain[gaussian]).all()
    assert {found.reasons[row] for row in np.flatnonzero(gaussian)} == {"no line is larger"}
    resolved = found.row(addition="resolved", equation="full")
    assert found.reasons[resolved] == "lorentzian lines have a single part"
    hidden = of(lines(1e-5, 15.0, error=0.05, seed=3))
    assert hidden.reasons[hidden.row(equation="full")].startswith("a size alone explains")
    two = of(lines(0.005).select([2, 7]))
    assert two.reasons[two.row(equation="full")] == "there are too few lines for eq. 7"
    one = of(lines(0.005).select([2]))
    assert set(one.reasons) == {"there are fewer than two usable lines"}
    with pytest.raises(FitError, match="no line is larger"):
        strains_by_choice({"lorentzian": "no line is larger"})
    with pytest.raises(AnalysisError, match="a result is one of strain, size, size_lower; got 'x'"):
        found.values("x")


def test_it_goes_through_json_to_the_last_digit():
    found = of(lines(0.004, 25.0, seed=1))
    back = StrainMultiverse.from_dict(json.loads(json.dumps(found.to_dict(), allow_nan=False)))
    assert (back.name, back.choices, back.path) == (found.name, found.choices, found.path)
    for name in NUMBERS:
        np.testing.assert_array_equal(getattr(back, name), getattr(found, name))
    assert (back.reasons, back.objections) == (found.reasons, found.objections)
    assert back.shares("size") == found.shares("size")


def test_the_truth_lies_within_the_choices_but_for_one_case_in_twenty():
    """20 seeds: chance alone leaves more than 3 out in 1.6 % of such tests."""
    spreads = [of(lines(0.006, 40.0, error=0.02, seed=seed)).spread(
        "strain", possible=True, level=1) for seed in range(20)]  # fmt: skip
    assert sum(low <= 0.006 <= high for low, high in spreads) >= 17


@pytest.mark.parametrize("pressure", [1.6, 18.0, 41.2])
def test_on_the_twin_the_truth_lies_inside_and_the_spread_dwarfs_the_error(pressure):
    truth = next(truth for truth in truths() if truth.pressure == pressure)
    shapes = ("lorentzian", "gaussian") if pressure == 18 else ("lorentzian",)
    found = strain_multiverse(load(truth.name), phases_of(truth.name), shapes=shapes)
    low, high = found.spread("strain", possible=True, level=1)
    assert low <= truth.strain <= high
    assert found.times("strain", possible=True) > 5
    share = found.shares("strain", possible=True)
    assert max(share, key=share.get) == "breadth"
    if "gaussian" in shapes:
        which = found.codes[:, 0] == 1
        assert found.excluded[which].all()
        assert not found.objections[found.paper]


# ------------------------------------------------------------------------------ command line


def test_the_command_takes_a_pattern(cli, tmp_path):
    rows = np.arange(6.0, 26.0, 0.02)
    counts = 100.0 + 0 * rows
    for place in (8.0, 11.0, 14.0, 18.0, 22.0):
        half = 0.01 + 0.008 * np.tan(np.radians(place / 2)) / np.radians(1)
        counts += 4000 / (1 + ((rows - place) / half) ** 2)
    path = tmp_path / "mine.xy"
    np.savetxt(path, np.c_[rows, np.random.default_rng(4).poisson(counts)])
    arguments = ("multiverse", path, "--wavelength", "61.99", "--json")
    status, out, err = cli(*arguments)
    assert (status, err) == (0, "")
    printed = json.loads(out)
    fastjsonschema.compile(schema_of("multiverse"))(printed)
    assert set(printed["shapes"]) == {shape.name for shape in SHAPES}
    assert sum(printed["shapes"]["voigt"].values()) == printed["combinations"] / 4
    assert printed["results"]["strain"]["shares"]["breadth"] > 0.2
    assert any(said.startswith("strain: 95 % of the combinations") for said in printed["remarks"])
    status, out, _ = cli(*arguments[:-1], "--laws", "n5")
    assert status == REFUSED


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("twin-xrd-1.6gpa", "--laws", "n5"), "--laws is not for twin-xrd-1.6gpa: its kind is"),
        (("silver", "--cell", "4"), "--cell is not for silver: its kind is resistance"),
        (("twin-xrd-1.6gpa", "--cell", "4"), "--cell needs --space-group as well"),
    ],
)
def test_the_command_refuses_options_of_the_other_kind(cli, arguments, message):
    status, _, err = cli("multiverse", *arguments)
    assert status == REFUSED
    assert message in err


# -------------------------------------------------------------------------------------- page


def test_sizes_are_ranked_where_only_eq_7_gives_them():
    found = of(lines(0.004, 20.0))
    every = ranked(found, "size")
    assert every.rows.size > 10
    assert (np.diff(every.values) >= 0).all()
    assert set(found.codes[every.rows, 4]) == {found.choice("equation").place("full")}


def test_bars_and_sentences_of_a_series():
    mpl.use("agg")
    made = {f"p{at}": 0.004 + 0.001 * at for at in range(3)}
    several = [
        strains_by_choice({"lorentzian": lines(strain, pattern=replace(
            COUNTS, name=name, pressure=5.0 * at, pressure_error=0.3, looks=()))})
        for at, (name, strain) in enumerate(made.items())
    ]  # fmt: skip
    fig, (left, right) = plt.subplots(1, 2)
    strain_choice_plots.strain_band(left, several, truth=made)
    strain_choice_plots.size_band(right, several)
    bars = left.collections[0].get_segments()
    assert [bar[0][0] for bar in bars] == [0, 5, 10]
    for (low, high), strain in zip(bars, made.values(), strict=True):
        assert low[1] / 1000 <= strain <= high[1] / 1000 + 1e-12
    assert len(left.containers) == 6
    plt.close(fig)
    words = strain_multiverse_words.series_words(several, made)
    assert words["series-inside"] == "3 of 3"
    assert words["series-ratio"] == words["series-half-pi"] == "1.5708"
    assert words["series-most"] == "the breadth in 3"
    one = strain_multiverse_words.words_of(several[0], "x")
    assert one["x-path"] == "allow the paper's path"
    assert one["x-spread"].startswith("strain: 95 % of the combinations lie between ")
    table = strain_multiverse_words.strain_table(several)
    assert [row[0] for row in table.rows] == list(made)
    plain = {one.name: one.to_dict() for one in several}

    def get(name):
        if name == "glass":
            raise FitError("no lines")
        return plain[name]

    found, note = strain_multiverse_words.each(["p0", "glass", "p2"], get)
    assert [one.name for one in found] == ["p0", "p2"]
    assert list(note.remarks) == ["glass: no lines"]


def test_the_page_takes_another_pattern(tmp_path):
    notebook = up_to("beyond/strain-choices", "strain_multiverse.reasons(combinations)", tmp_path)
    shown = run(notebook, tmp_path, dataset="twin-xrd-33.0gpa")
    assert "twin-xrd-33.0gpa" in shown
    assert "pseudo-voigt lines" in shown
    assert "gaussian lines have a single part" in shown
