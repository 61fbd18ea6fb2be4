"""Lines on a page: what the package's own functions say of the same lines, in the same words."""

import json
import math
import subprocess
import sys
from math import isfinite

import numpy as np
import pytest

import analysis
from analysis import AnalysisError, Cubic, DataError, Phase, analyse_list, listed_lines
from analysis.diffraction.crystal.cell import reflections
from analysis.diffraction.crystal.cubic import ALLOWED
from analysis.diffraction.strain.breadth_law import line_breadth
from analysis.diffraction.strain.williamson_hall import williamson_hall
from analysis.show.trying import lines_example, strain
from analysis.show.trying.strain import TriedLines

COPPER = 154.059
ANGLES = np.array([28.4, 47.3, 56.1, 69.1, 76.4, 88.0, 95.0, 106.7, 114.1])
# A cubic cell (A), a wavelength, and where Bragg's law puts lines of its planes, to 0.001 degrees.
CELL, WAVELENGTH = 5.431, 1.5405981
PLANES = ("111", "220", "311", "400", "331", "422", "511", "440", "531")
DIAMOND = tuple(
    (hkl, round(2 * math.degrees(math.asin(WAVELENGTH * math.hypot(*map(int, hkl)) / 2 / CELL)), 3))
    for hkl in PLANES
)


def tried(text, choices=None, name="my lines.csv"):
    """Open a text as a page does."""
    one = TriedLines()
    content = text if isinstance(text, bytes) else text.encode()
    return one, one.opened(name, content, choices or {})


def table(rows, heading="2theta,FWHM,error"):
    return "\n".join([heading, *(",".join(f"{one!r}" for one in row) for row in rows)])


def exact(strain=0.004, size=np.inf, angles=ANGLES, error=0.004, seed=None, breadth="FWHM"):
    """Return a table of lines that follow eq. 7 or 8."""
    widths = np.degrees(
        line_breadth(np.radians(angles / 2), strain=strain, size=size, wavelength=COPPER)
    )
    if seed is not None:
        widths = widths + np.random.default_rng(seed).normal(0, error, widths.size)
    rows = [(float(at), float(width), error) for at, width in zip(angles, widths, strict=True)]
    return table(rows, f"2theta,{breadth},error")


def plain_values(value):
    """Tell whether a page can hold an answer: no numpy, no NaN, keys that are text."""
    if isinstance(value, dict):
        return all(type(key) is str and plain_values(one) for key, one in value.items())
    if isinstance(value, list):
        return all(map(plain_values, value))
    return value is None or type(value) in (str, bool, int) or isfinite(value)


# ------------------------------------------------------------------------------ the numbers


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_strain_and_the_size_that_were_put_in_come_out(seed):
    one, _ = tried(exact(0.002, 30.0, seed=seed))
    found = one.fitted({"wavelength": str(COPPER)})
    low, high = one.strain.interval("strain", 0.999)
    assert low < 0.002 < high
    low, high = one.strain.interval("size", 0.999)
    assert low < 30 < high
    assert found["equation"] == 7
    assert found["outliers"] == []


def test_without_a_size_eq_8_gives_the_strain_and_the_size_a_limit():
    one, _ = tried(exact(0.004))
    found = one.fitted({"wavelength": str(COPPER)})
    assert found["equation"] == 8
    assert one.strain.strain_by_reduced.n == pytest.approx(0.004, rel=1e-9)
    rows = dict(found["rows"])
    assert rows["size"].startswith("> ")
    assert "95 %" in rows["size"]
    assert any("the size is not determined" in text for text in found["remarks"])


def test_without_a_strain_there_is_a_limit():
    one, _ = tried(exact(0.0, 20.0, seed=5))
    rows = dict(one.fitted({"wavelength": str(COPPER)})["rows"])
    assert rows["strain"].startswith("< ")
    assert " nm " in rows["size"]


@pytest.mark.parametrize("breadth", ["fwhm", "integral"])
@pytest.mark.parametrize("model", ["auto", "full", "reduced"])
def test_lines_of_a_fitted_pattern_give_what_the_pattern_gives(breadth, model):
    peaks = analysis.fit_peaks(analysis.load("twin-xrd-10.5gpa"), shape="lorentzian")
    peaks = peaks.select(peaks.usable)
    expected = williamson_hall(peaks, breadth=breadth, model=model)
    widths, errors = (np.degrees(one) for one in peaks.breadth(breadth))
    columns = (peaks.two_theta, widths, errors, peaks.two_theta_error)
    rows = list(zip(*(column.tolist() for column in columns), strict=True))
    one, opened = tried(table(rows, "2theta,width,error,2theta error"))
    assert opened["refused"] is None
    found = one.fitted(
        {"wavelength": repr(peaks.pattern.wavelength), "breadth": breadth, "model": model}
    )
    assert one.strain.strain.n == pytest.approx(expected.strain.n, rel=1e-9)
    assert one.strain.strain.s == pytest.approx(expected.strain.s, rel=1e-6)
    assert one.strain.interval() == pytest.approx(expected.interval(), rel=1e-6)
    assert one.strain.size_lower == pytest.approx(expected.size_lower, rel=1e-6)
    assert set(expected.warnings) <= set(found["warnings"])
    assert set(expected.remarks) == set(found["remarks"])


def test_both_breadths_of_one_line_tell_the_same_where_the_shape_is_pure():
    one, _ = tried(exact(0.003, breadth="FWHM"))
    fwhm = one.fitted({"wavelength": str(COPPER)})
    integral = one.fitted({"wavelength": str(COPPER), "breadth": "integral"})
    assert fwhm["json"]["strain_by_eq_8"]["value"] == pytest.approx(
        integral["json"]["strain_by_eq_8"]["value"]
    )
    lines = listed_lines([40], [0.2], [0.01], wavelength=COPPER)
    assert lines.integral_breadth[0] == pytest.approx(0.2 * np.pi / 2)


def test_a_line_that_is_off_the_others_is_named():
    angles, clean = ANGLES.tolist(), exact(0.004, 40.0, seed=2).splitlines()
    at, width, error = clean[5].split(",")
    clean[5] = f"{at},{float(width) + 0.2!r},{error}"
    one, _ = tried("\n".join(clean))
    found = one.fitted({"wavelength": str(COPPER)})
    assert found["outliers"] == [f"{angles[4]:.2f} deg"]
    points = found["points"]
    assert points["outlier"] == [angle == angles[4] for angle in angles]
    row = points["row"][4]
    without = one.fitted({"wavelength": str(COPPER), "leave_out": str(row)})
    assert without["outliers"] == []
    assert without["state"]["leave_out"] == str(row) == "6"
    assert len(without["points"]["x"]) == len(angles) - 1


def test_widths_in_mrad_are_those_in_degrees():
    in_degrees, _ = tried(exact(0.004))
    rows = [line.split(",") for line in exact(0.004).splitlines()[1:]]
    text = table(
        [(float(a), float(np.radians(float(b)) * 1e3), float(np.radians(float(c)) * 1e3))
         for a, b, c in rows],
        "2theta (deg);FWHM (mrad);error".replace(";", ","),
    )  # fmt: skip
    in_mrad, opened = tried(text)
    assert opened["width_unit"] == "mrad"
    expected = in_degrees.fitted({"wavelength": str(COPPER)})["json"]["strain"]
    found = in_mrad.fitted({"wavelength": str(COPPER)})["json"]["strain"]
    assert found["value"] == pytest.approx(expected["value"], rel=1e-9)
    assert found["interval"] == pytest.approx(expected["interval"], rel=1e-9)


# --------------------------------------------------------------------------- the standard


def test_the_width_of_a_standard_is_taken_off_as_the_shape_asks():
    own, left = 0.1, 0.3
    for shape, whole in (("lorentzian", own + left), ("gaussian", float(np.hypot(own, left)))):
        lines = listed_lines(
            [40, 60], [whole] * 2, [0.01] * 2, wavelength=COPPER, shape=shape, standard=[own] * 2
        )
        assert lines.fwhm == pytest.approx([left] * 2), shape
        assert lines.instrument == "the standard's widths"


def test_a_line_as_narrow_as_the_standards_is_left_out_by_name():
    rows = [(a, 0.4, 0.01, 0.1) for a in (40.0, 60.0, 80.0)] + [(30.0, 0.1, 0.01, 0.1)]
    one, _ = tried(table(rows, "2theta,FWHM,error,standard"))
    found = one.fitted({"wavelength": str(COPPER)})
    assert found["unused"]["name"] == ["30.00 deg"]
    assert any("at 30.00 deg (narrow: " in text for text in found["remarks"])
    assert any("the narrowest line is among those left out" in text for text in found["warnings"])


# ------------------------------------------------------------------------------- the cell


def test_the_cell_comes_out_of_the_angles_of_braggs_law():
    text = table([], "hkl,2theta,FWHM")
    text += "".join(f"\n{hkl},{angle},0.1" for hkl, angle in DIAMOND)
    one, _ = tried(text)
    choices = {"wavelength": "1.5405981", "wavelength_unit": "angstrom", "width_percent": "5"}
    found = one.fitted({**choices, "space_group": "F d -3 m", "offset": "none"})
    lattice = found["lattice"]
    assert lattice["no_fit"] is None
    # The angles are rounded to 0.001 degree.
    assert found["json"]["lattice"]["a"]["value"] == pytest.approx(CELL, abs=3e-5)
    assert [line["name"] for line in lattice["lines"]] == [hkl for hkl, _ in DIAMOND]
    assert all(line["a"] == pytest.approx(CELL, abs=2e-4) for line in lattice["lines"])
    assert not any(line["outlier"] for line in lattice["lines"])


def test_lines_without_indices_are_indexed_where_the_cell_is_nearly_known():
    text = table([(angle, 0.1) for _, angle in DIAMOND], "2theta,FWHM")
    one, _ = tried(text)
    choices = {"wavelength": "154.05981", "width_percent": "5", "offset": "none"}
    assert one.fitted(choices)["lattice"] is None
    found = one.fitted({**choices, "cell": "5.41", "space_group": "F d -3 m"})
    assert found["json"]["lattice"]["a"]["value"] == pytest.approx(CELL, abs=3e-5)
    assert found["points"]["name"] == [hkl for hkl, _ in DIAMOND]
    wrong = one.fitted({**choices, "cell": "3.1", "space_group": "I m -3 m"})
    assert "there is no sign of lines of the sample" in wrong["lattice"]["no_fit"]
    assert wrong["json"]["strain"] is not None


def test_a_misread_line_is_named_and_the_cell_is_fitted_without_it_as_told():
    rows = [(hkl, angle) for hkl, angle in DIAMOND]
    rows[4] = (rows[4][0], rows[4][1] + 0.3)
    text = "hkl,2theta,FWHM,error,2theta error"
    text += "".join(f"\n{hkl},{angle},0.1,0.01,0.002" for hkl, angle in rows)
    one, _ = tried(text)
    found = one.fitted({"wavelength": "154.05981", "offset": "none"})
    assert [line["name"] for line in found["lattice"]["lines"] if line["outlier"]] == ["331"]
    assert any(
        text.startswith("far from the fit of the other lines: 331") for text in found["warnings"]
    )


def test_lines_of_a_crystal_that_is_not_cubic_have_no_lattice_constant_but_a_strain():
    one, _ = tried("hkl,2theta,FWHM,error\n002,34.4,0.2,0.01\n110,56.6,0.3,0.01\n200,66.4,0.4,0.01")
    found = one.fitted({"wavelength": "154.059"})
    assert "the crystal is not cubic, or an index is wrong" in found["lattice"]["no_fit"]
    assert found["json"]["lattice"] is None
    assert found["points"]["name"] == ["002", "110", "200"]


def test_a_reflection_that_the_lattice_forbids_is_refused():
    one, _ = tried("hkl,2theta,FWHM,error\n100,21.8,0.2,0.01\n200,44.4,0.3,0.01")
    found = one.fitted({"wavelength": "154.059", "space_group": "F m -3 m"})
    assert "F m -3 m has no reflection 100" in found["lattice"]["no_fit"]


@pytest.mark.parametrize("symbol", ALLOWED)
def test_a_cubic_lattice_diffracts_as_its_space_group_does(symbol):
    cubic, phase = Cubic("x", 5.43, symbol), Phase("x", 5.43, space_group=symbol)
    lines = reflections(cubic, 70.9, two_theta_max=90)
    known = reflections(phase, 70.9, two_theta_max=90)
    assert [(line.indices, line.multiplicity) for line in lines] == [
        (one.indices, one.multiplicity) for one in known
    ]
    assert [line.two_theta for line in lines] == pytest.approx([one.two_theta for one in known])
    assert len(lines) > 20
    assert str(cubic) == str(phase)
    assert cubic.volume == pytest.approx(phase.volume)
    assert cubic.constants == pytest.approx(phase.constants)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("x", 5.43, "P 1"), "a cubic lattice is one of P m -3 m, .*; got 'P 1'"),
        (("x", 543.0), "axes are in angstrom, .* If that is in pm, write 5.43"),
        (("x", 0.543), "If that is in nm, write 5.43"),
    ],
)
def test_what_is_no_cubic_lattice_is_refused(given, message):
    with pytest.raises(DataError, match=message):
        Cubic(*given)


# ---------------------------------------------------------------------- reading and refusals


@pytest.mark.parametrize(
    ("text", "roles"),
    [
        ("40 0.3 0.01\n60 0.5 0.01", ["two_theta", "width", "width_error"]),
        ("40 0.3 0.01 0.1\n60 0.5 0.01 0.1", ["two_theta", "width", "width_error", "standard"]),
        ("FWHM;2\u03b8;esd\n0,3;40,1;0,01\n0,5;60,2;0,01", ["width", "two_theta", "width_error"]),
        ("2th_deg\tbeta\thkl\n40\t0.3\t1 1 1\n60\t0.5\t(2 0 0)", ["two_theta", "width", "hkl"]),
        (
            "h k l 2theta FWHM\n1 1 1 40 0.3\n2 0 0 60 0.5",
            ["hkl", None, None, "two_theta", "width"],
        ),
    ],
)
def test_columns_are_told_by_their_headings_else_by_their_place(text, roles):
    one, opened = tried(text)
    assert opened["refused"] is None
    assert opened["table"]["roles"] == roles
    assert opened["table"]["row_numbers"][0] == (1 if text[0] == "4" else 2)
    if "hkl" in roles:
        assert one.table.hkl == ((1, 1, 1), (2, 0, 0))


def test_the_columns_can_be_chosen_and_the_choice_is_kept():
    text = table([(a, 0.01, 0.3) for a in (40.0, 60.0)], "a,b,c")
    one, first = tried(text)
    assert first["table"]["roles"] == ["two_theta", "width", "width_error"]
    again = one.opened("my lines.csv", None, {"width": "c", "width_error": "2"})
    assert again["table"]["roles"] == ["two_theta", "width_error", "width"]
    assert again["state"] == {"width": "c", "width_error": "2"}
    found = one.fitted({"wavelength": "154.059", "model": "reduced"})
    assert found["state"] == {"width": "c", "width_error": "2", "wavelength": "154.059",
                              "model": "reduced"}  # fmt: skip


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\x00\x01\x02" * 99, "is not text"),
        (b"%PDF-1.4\n1 2\n", "is not text"),
        (b"no numbers at all\n", "no row with two numbers|hold no row with two numbers"),
        (b"2theta,intensity\n20,100\n21,120\n", "no column holds the width .*fit strain FILE"),
        (b"\n".join(b"%.2f 100" % (10 + 0.02 * i) for i in range(900)), "look like a whole pat"),
        (b"40 0.3\n" * 200_000, "1.4 MB, too many for a list of lines"),
        (b"2theta,FWHM\n40,wide\n60,0.3\n70,0.3\n", "'wide' is not a number"),
        (b"hkl,2theta,FWHM\n1x1,40,0.3\n200,60,0.4\n", "row 2, column 1.*'1x1' are not indices"),
    ],
)
def test_what_is_no_table_of_lines_is_refused_in_one_sentence(content, message):
    one, opened = tried(content)
    assert opened["refused"] is not None
    assert "\n" not in opened["refused"]
    with pytest.raises(DataError, match=message):
        raise DataError(opened["refused"])
    assert one.fitted({})["refused"] == "no lines are read; open a file first"


@pytest.mark.parametrize(
    ("rows", "choices", "message"),
    [
        ([(40, 0.3, 0.01), (60, 0.4, 0.01)], {}, "the wavelength is not known and is never gues"),
        ([(40, 0.3, 0.01)], {"wavelength": "much"}, "wavelength: 'much' is not a number"),
        ([(40, 0.3, 0.01)], {"wavelength": "1.54"}, "if that is in angstrom, write 154"),
        ([(40, -0.3, 0.01)], {"wavelength": "154"}, "row 2: the width is -0.3 degrees; allowed"),
        ([(40, 0.3, -0.01)], {"wavelength": "154"}, "the error of the width is -0.01; allowed"),
        ([(190, 0.3, 0.01)], {"wavelength": "154"}, "2 theta is 190; allowed: between 0 and 180"),
        ([(40, 0.3, 0.01)] * 2, {"wavelength": "154"}, "row 2 and row 3 both lie at 40 degrees"),
        ([(40, 0.3, 0.01)], {"wavelength": "154", "width_unit": "m"}, "widths are in one of deg"),
        ([(40, 0.3, 0.01)], {"wavelength": "154", "shape": "voigt"}, "one of lorentzian, gauss"),
        ([(40, 0.3, 0.01)], {"wavelength": "154", "model": "best"}, "model must be one of auto"),
        ([(40, 0.3, 0.01)], {"wavelength": "154", "shape_factor": "0"}, "a number above 0"),
        ([(40, 0.3, 0.01)], {"wavelength": "154", "leave_out": "2"}, "all lines are left out"),
        ([(40, 0.3, 0.01)], {"wavelength": "154", "leave_out": "9"}, "no line stands in row 9"),
    ],
)  # fmt: skip
def test_what_cannot_be_analysed_is_refused_and_the_controls_stay(rows, choices, message):
    one, opened = tried(table(rows))
    assert opened["refused"] is None
    found = one.fitted(choices)
    with pytest.raises(AnalysisError, match=message):
        raise AnalysisError(found["refused"])
    assert [control["name"] for control in found["controls"]][:2] == ["breadth", "width_unit"]
    assert plain_values(found)


def test_lines_that_allow_no_fit_say_why():
    one, _ = tried(table([(40.0, 0.3, 0.0), (60.0, 0.4, 0.0)]))
    found = one.fitted({"wavelength": "154.059"})
    assert found["refused"] is None
    assert "no line is usable for the strain: left out at 40.00, 60.00 deg" in found["no_fit"]
    with pytest.raises(DataError, match="no analysis whose lines could be saved"):
        one.csv()


def test_errors_of_the_widths_are_never_made_up_in_silence():
    one, _ = tried("2theta,FWHM\n40,0.3\n60,0.4\n80,0.6\n")
    refused = one.fitted({"wavelength": "154.059"})
    assert "without them there are no weights and no limits" in refused["refused"]
    assert {c["name"]: c for c in refused["controls"]}["width_percent"]["unknown"] is True
    found = one.fitted({"wavelength": "154.059", "width_percent": "4"})
    assert any("4 % of each is taken" in text for text in found["warnings"])


def test_tubes_are_known_by_name_and_the_file_may_state_the_wavelength():
    one, _ = tried(exact())
    assert one.fitted({"wavelength": "Cu K-alpha 1"})["json"]["wavelength"] == 154.059
    mean = one.fitted({"wavelength": "Cu K-alpha mean"})["json"]["wavelength"]
    assert mean == pytest.approx(154.187, abs=5e-4)
    stated, opened = tried("# wavelength = 0.6199 A\n" + exact())
    assert opened["wavelength"] == pytest.approx(61.99)
    assert stated.fitted({})["json"]["wavelength"] == pytest.approx(61.99)


# ------------------------------------------------------------------------------- answers


def test_answers_are_plain_values_and_the_law_runs_through_the_points():
    name, text = lines_example.example()
    one, opened = tried(text, name=name)
    found = one.fitted({})
    assert plain_values(opened)
    assert plain_values(found)
    json.dumps([opened, found], allow_nan=False)
    points, curve = found["points"], found["curve"]
    fit = np.interp(points["x"], curve["x"], curve["y"])
    off = (np.array(points["y"]) - fit - points["residual"]) / np.array(points["error"])
    assert np.abs(off).max() < 0.05
    assert all(low < y < high for low, y, high in zip(curve["low"], curve["y"], curve["high"],
                                                       strict=True))  # fmt: skip


def test_the_example_says_that_it_is_synthetic_and_holds_what_was_put_in():
    name, text = lines_example.example()
    assert text.splitlines()[0].startswith("# synthetic")
    assert lines_example.example() == (name, text)
    one, opened = tried(text, name=name)
    assert (opened["breadth"], opened["has_errors"], opened["indexed"]) == ("integral", True, True)
    found, truth = one.fitted({}), lines_example.TRUTH
    for key in ("strain", "size"):
        low, high = one.strain.interval(key, 0.999)
        assert low < truth[key] < high
    assert found["json"]["lattice"]["a"]["value"] == pytest.approx(truth["a"], abs=5e-4)


def test_a_csv_file_holds_the_points_and_nothing_that_a_spreadsheet_would_compute():
    name, text = lines_example.example()
    one, _ = tried(text, name=name)
    found = one.fitted({})
    head, *rows = one.csv().splitlines()
    assert head.split(",")[:3] == ["line", "row", "2 theta (deg)"]
    assert len(rows) == len(found["points"]["x"])
    assert all(len(row.split(",")) == len(head.split(",")) for row in rows)
    assert float(rows[0].split(",")[4]) == pytest.approx(found["points"]["y"][0])


def test_the_python_lines_repeat_the_analysis(tmp_path):
    rows = exact(0.004, 60.0, seed=3).splitlines()
    name = "my 'lines'.csv"
    (tmp_path / name).write_text("\n".join(rows))
    one, _ = tried("\n".join(rows), name=name)
    found = one.fitted(
        {"wavelength": "154.059", "model": "full", "shape_factor": "1", "leave_out": "3",
         "shape": "gaussian", "addition": "quadrature"}
    )  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-c", found["python"] + "\nprint(result.strain.strain.n)"],
        cwd=tmp_path, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert float(said.splitlines()[-1]) == found["json"]["strain"]["value"]


def test_what_the_page_needs_is_little():
    needs = (
        "import sys, numpy, scipy.special, scipy.optimize, uncertainties.unumpy, analysis;"
        "before = {*sys.modules}; import analysis.show.trying.strain;"
        "print(*sorted({name.partition('.')[0] for name in {*sys.modules} - before}))"
    )
    done = subprocess.run([sys.executable, "-c", needs], capture_output=True, text=True, check=True)
    assert {*done.stdout.split()} <= {"analysis", *sys.stdlib_module_names, "uncertainties"}


def test_the_module_answers_as_its_class_does():
    name, text = lines_example.example()
    assert strain.opened(name, text.encode(), {})["n_lines"] == len(text.splitlines()) - 3
    assert strain.fitted({})["equation"] == 7
    assert strain.csv().startswith("line,row,")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"two_theta": []}, "holds no lines"),
        ({"width": [0.2]}, "2 angles, but 1 numbers of width"),
        ({"breadth": "half"}, "breadth must be one of integral, fwhm"),
        ({"standard": [0.1, 95]}, "line 1: the width of the standard is 95 degrees"),
        ({"two_theta": [40, np.nan]}, "2 theta is nan"),
    ],
)
def test_listed_lines_are_checked(given, message):
    lines = {"two_theta": [40, 60], "width": [0.2, 0.3], "width_error": [0.01, 0.01]}
    with pytest.raises(DataError, match=message):
        listed_lines(**{**lines, "wavelength": 154.059, **given})


def test_a_list_has_no_counts():
    lines = listed_lines([40], [0.2], [0.01], wavelength=COPPER)
    with pytest.raises(DataError, match="a list of lines, without a pattern's counts"):
        _ = lines.counts
    assert analyse_list(lines).lattice is None
