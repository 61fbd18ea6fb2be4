"""Tables and figures of diffraction: they show the numbers of the analysis and their origin."""

from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from uncertainties import ufloat

import analysis
from analysis.pressure.plateau import strain_plateau
from analysis.show import pressure_plots, strain_plots, strain_report
from analysis.twin.patterns import make_pattern, truths

mpl.use("agg")

NBSP = "\N{NO-BREAK SPACE}"
ANGLES = np.array([9.0, 11.0, 15.0, 18.0, 21.0])
INDICES = ((1, 1, 1), (0, 0, 6), (1, 1, 5), (0, 0, 10), (2, 2, 0))


def table(strain=0.008, size=np.inf, *, pressure=10.0, flags=None, origin="synthetic", noise=0.0):
    """Return five Lorentzian lines of a known strain and size."""
    beta = analysis.line_breadth(np.radians(ANGLES / 2), strain=strain, size=size, wavelength=61.99)
    width = np.degrees(beta) * (1 + noise * np.array([1, -1, 0, 1, -1]))
    error, x = np.full(5, 0.002), np.linspace(5, 27, 221)
    pattern = analysis.DiffractionPattern(
        x, 100 + x, wavelength=61.99, name="lines", pressure=pressure, origin=origin
    )
    return analysis.PeakTable(
        ANGLES, error, width * 2 / np.pi, error, width, error, width, error, np.ones(5),
        flags=flags or (frozenset(),) * 5, shape="lorentzian", pattern=pattern, hkl=INDICES,
        background=np.full(x.size, 100.0), line_counts=x - 5,
    )  # fmt: skip


@pytest.fixture(scope="module")
def wh():
    return analysis.williamson_hall(table())


@pytest.fixture(scope="module")
def with_size():
    return analysis.williamson_hall(table(size=20.0))


def panel_title(ax):
    return ax.get_title() or ax.get_title(loc="left")


def texts(ax):
    return [text.get_text() for text in ax.texts]


# --- tables ---------------------------------------------------------------------------------


def test_lines_are_named_by_indices_or_by_their_angle():
    assert strain_report.line_names(table()) == ["111", "006", "115", "0 0 10", "220"]
    some = table().select(range(5), hkl=((1, 1, 1), None, None, None, None))
    assert strain_report.line_names(some)[:2] == ["111", "11.00°"]
    none = table().select(range(5), hkl=())
    assert strain_report.line_names(none)[0] == "9.00°"


def test_the_table_of_lines_has_both_breadths_and_the_flags():
    flags = (frozenset({"split", "edge"}), *(frozenset(),) * 4)
    rows = strain_report.line_table(table(flags=flags)).rows
    assert rows[0][:2] == ("111", "9.0000(20)")
    assert rows[0][-1] == "edge, split"
    assert rows[1][-1] == "none"
    fwhm, integral = (float(rows[0][at].split("(")[0]) for at in (2, 3))
    assert integral / fwhm == pytest.approx(np.pi / 2, rel=0.01)


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (9.5689, 0.00084, "9.5689(8)"),
        (9.5689, 0.0014, "9.5689(14)"),
        (0.153, 0.0296, "0.153(30)"),
        (0.1532, 0.0096, "0.15(1)"),
        (9.5689, np.nan, "9.569"),
        (9.5689, 0.0, "9.569"),
    ],
)
def test_errors_in_parentheses_are_those_of_the_last_digits(value, error, text):
    assert strain_report._with_errors([value], [error]) == [text]


def test_a_size_that_does_not_show_is_a_limit(wh, with_size):
    assert wh.size is None
    assert strain_report.size(wh) == f">{NBSP}{wh.size_lower:.0f}{NBSP}nm"
    assert strain_report.size(with_size).startswith(f"{with_size.size.n:.0f}")
    assert "±" in strain_report.size(with_size)
    single = analysis.williamson_hall(table().select([0]))
    assert strain_report.size(single) == "not known"


def test_the_parameters_say_equation_interval_and_what_a_hidden_size_would_do(wh, with_size):
    rows = dict(strain_report.strain_parameters(wh).rows)
    low, high = wh.interval()
    between = f"{1000 * low:.2f}{NBSP}to{NBSP}{1000 * high:.2f}"
    assert rows[strain_report.THOUSANDTHS] == f"{strain_report.strain(wh.strain)} (95 %: {between})"
    assert rows["equation"] == "8"
    assert rows["$D$"].endswith("one-sided)")
    assert rows[strain_report.AT_LIMIT] == f"{1000 * wh.strain_at_size_limit:.2f}"
    rows = dict(strain_report.strain_parameters(with_size).rows)
    assert rows["equation"] == "7"
    assert f"{NBSP}to{NBSP}" in rows["$D$"]
    assert strain_report.AT_LIMIT not in rows


def test_a_series_shows_what_was_put_in_where_it_is_known(wh):
    assert len(strain_report.strain_table([wh]).header) == 4
    (row,) = strain_report.strain_table([wh], truth={10.0: 0.008}).rows
    assert row == ["10", strain_report.strain(wh.strain), strain_report.size(wh), "5/5", "8.0"]
    (row,) = strain_report.strain_table([wh], truth={11.0: 0.008}).rows
    assert row[-1] == "unknown"
    assert len(strain_report.strain_table([wh], truth={}).header) == 4


def test_patterns_that_pressures_do_not_tell_apart_stand_by_their_names():
    known, other = table().pattern, table(pressure=2.0).pattern
    assert strain_report.told_apart([known, other]) == ("$P$ (GPa)", ["10", "2"])
    for same in (known, replace(known, pressure=None), replace(other, sample="another")):
        assert strain_report.told_apart([known, same]) == ("pattern", ["lines", "lines"])


def test_the_two_breadths_differ_by_half_of_pi(wh):
    (_, integral, _), (_, fwhm, _) = strain_report.breadth_table(wh).rows
    ratio = float(integral.split(NBSP)[0]) / float(fwhm.split(NBSP)[0])
    assert ratio == pytest.approx(np.pi / 2, rel=0.002)


def test_a_comparison_names_the_equation(wh, with_size):
    found = strain_report.comparison({"one": wh, "two": with_size}, what="sample")
    assert found.header[0] == "sample"
    assert [(row[0], row[-1]) for row in found.rows] == [("one", "8"), ("two", "7")]


def test_orders_of_one_direction_are_one_row(wh):
    rows = strain_report.families(wh).rows
    assert [(row[0], row[2]) for row in rows] == [
        ("111", "1"), ("001", "2"), ("115", "1"), ("110", "1")
    ]  # fmt: skip


def test_the_plateau_is_the_weighted_mean_widened_by_the_scatter():
    analyses = [
        analysis.williamson_hall(table(strain, pressure=p))
        for p, strain in ((2.0, 0.004), (6.0, 0.0078), (9.0, 0.0080))
    ]
    inside = analyses[1:]
    errors = np.array([one.strain.s for one in inside])
    found = strain_plateau(analyses).value
    assert found.n == pytest.approx(0.0079, rel=1e-3)
    assert found.s > 1 / np.sqrt((errors**-2.0).sum())
    assert strain_plateau(analyses, (30, 40)) is None


def test_strains_that_scatter_more_than_their_errors_say_give_a_wider_plateau():
    strains = np.array([0.006, 0.008, 0.011])
    analyses = [
        analysis.williamson_hall(table(strain, pressure=p))
        for p, strain in zip((6.0, 8.0, 10.0), strains, strict=True)
    ]
    # Their errors, all alike and nearly all systematic, are far smaller than what they differ by:
    # the mean has the error of any three values, and what they share besides.
    errors = np.array([one.to_dict()["strain"]["stderr"] for one in analyses])
    found = strain_plateau(analyses).value
    assert found.n == pytest.approx(strains.mean(), rel=1e-3)
    scatter = np.std(strains, ddof=1) / np.sqrt(3)
    assert errors.max() < scatter / 10
    assert found.s == pytest.approx(np.hypot(scatter, errors.mean()), rel=2e-3)


@pytest.fixture(scope="module")
def lattice():
    pressure = np.linspace(0, 10, 11)
    return analysis.LatticeTable(
        pressure, 5 * np.exp(-0.002 * pressure), 6 * np.exp(-0.003 * pressure),
        7 * np.exp(0.001 * pressure), *[np.full(11, 1e-4)] * 3,
    )  # fmt: skip


def test_an_axis_that_grows_has_a_negative_compressibility(lattice):
    rows = strain_report.compressibilities([(lattice, "abc", "measured")]).rows
    assert [row[1:3] for row in rows] == [
        (f"${axis}$", end) for axis in "abc" for end in ("0", "10")
    ]
    values = [float(row[3].split(NBSP)[0]) for row in rows]
    assert values == pytest.approx([2, 2, 3, 3, -1, -1])


def test_a_single_pressure_has_no_compressibility():
    single = analysis.LatticeTable([4.0], [5.0], [5.0], [5.0])
    assert strain_report.compressibilities([(single, "a", "measured")]) is None


def test_lattice_constants_have_a_row_for_each_pressure():
    truth = truths()[0]
    lines = analysis.fit_phase(make_pattern(truth, seed=1), truth.phase)
    fit = analysis.fit_lattice(lines, truth.phase)
    (row,) = strain_report.lattice_constants([fit]).rows
    assert row[0] == f"{truth.pressure:g}"
    assert float(row[1].split("(")[0]) == pytest.approx(truth.a, abs=1e-3)


def test_a_pattern_is_described_with_its_notes():
    pattern = replace(make_pattern(truths()[0], seed=1), notes=("two points were averaged",))
    rows = strain_report.pattern_table(pattern).rows
    assert rows[0] == ("pattern", pattern.name)
    assert ("points", str(len(pattern.two_theta))) in rows
    assert ("wavelength", f"61.99{NBSP}pm") in rows
    assert rows[-1] == ("note", "two points were averaged")


def test_the_equation_is_named_with_the_reason(wh, with_size):
    for found, number in ((wh, 8), (with_size, 7)):
        note = strain_report.equation_note(found)
        assert note.title == f"Eq. {number} is used:"
        assert [*note.remarks] == [found.reason]


def test_lines_that_are_not_used_are_said_with_the_reason(wh):
    assert [*strain_report.left_out_note(wh).remarks] == ["none"]
    flags = (*(frozenset(),) * 4, frozenset({"split"}))
    (said,) = strain_report.left_out_note(analysis.williamson_hall(table(flags=flags))).remarks
    assert "split" in said
    assert f"{table().two_theta[-1]:.2f}" in said


def test_remarks_gather_those_of_pattern_lines_and_analysis(wh):
    note = strain_report.before_quoting(wh)
    assert note.title == "lines, before quoting:"
    peaks = wh.peaks
    doubts = [*peaks.warnings, *wh.warnings]
    assert [*note.remarks] == [*doubts, *peaks.pattern.notes, *peaks.remarks, *wh.remarks]


# --- figures --------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", ["measured", "synthetic", "formula"])
def test_every_figure_of_lines_says_its_origin(ax, origin):
    peaks = table(origin=origin)
    found = analysis.williamson_hall(peaks)
    for draw, given in (
        (strain_plots.pattern, peaks.pattern),
        (strain_plots.fitted_lines, peaks),
        (strain_plots.williamson_hall, found),
        (strain_plots.breadth_residuals, found),
        (strain_plots.strain_against_pressure, [found]),
        (strain_plots.size_limits, [found]),
    ):
        ax.clear()
        assert draw(ax, given) is ax
        assert origin in texts(ax)


def test_a_fitted_pattern_has_a_tick_and_a_name_for_each_line(ax):
    flags = (*(frozenset(),) * 4, frozenset({"split"}))
    strain_plots.fitted_lines(ax, table(flags=flags))
    named = {text.get_text(): text.get_color() for text in ax.texts}
    assert {"111", "006", "115", "0 0 10"} <= {name for name, c in named.items() if c == "black"}
    assert named["220"] == strain_plots.ORANGE
    fit = next(line for line in ax.lines if line.get_label() == "fit")
    assert fit.get_ydata() == pytest.approx(table().background + table().line_counts)


def test_a_window_shows_its_own_lines_only(ax):
    strain_plots.fitted_lines(ax, table(), window=(10, 16))
    assert {"006", "115"} <= set(texts(ax))
    assert "220" not in texts(ax)
    assert ax.get_xlim() == (10, 16)


def test_names_are_moved_apart_and_stay_in_order():
    moved = strain_plots._spread(np.array([1.0, 1.1, 1.2, 5.0]), 0.5)
    assert np.diff(moved).min() >= 0.5 - 1e-6
    assert moved[:3].mean() == pytest.approx(1.1)
    assert moved[3] == 5.0


def test_the_slope_of_the_plot_is_the_strain_and_its_intercept_the_size(ax, with_size):
    strain_plots.williamson_hall(ax, with_size)
    law = next(line for line in ax.lines if line.get_label() == "eq. 7")
    slope, intercept = np.polyfit(law.get_xdata(), law.get_ydata() / 1000, 1)
    assert slope == pytest.approx(with_size.strain.n)
    assert intercept == pytest.approx(0.9 * 0.06199 / with_size.size.n)


def test_lines_that_were_not_used_are_open_points(ax):
    flags = (*(frozenset(),) * 4, frozenset({"split"}))
    strain_plots.williamson_hall(ax, analysis.williamson_hall(table(flags=flags)))
    labels = ax.get_legend_handles_labels()[1]
    assert "not used" in labels
    assert "eq. 8" in labels


def test_residuals_are_percent_of_the_law(ax):
    found = analysis.williamson_hall(table(noise=0.05), model="reduced")
    strain_plots.breadth_residuals(ax, found)
    points = ax.containers[0].lines[0].get_ydata()
    assert points == pytest.approx(100 * found.residuals / found.predict(found.lines.theta))
    assert next(xticklabel.get_text() for xticklabel in ax.get_xticklabels()) == "111"


def test_a_series_has_a_panel_for_each_pressure(wh):
    others = [analysis.williamson_hall(table(pressure=20.0 + at)) for at in range(6)]
    fig = strain_plots.panels([wh, *others])
    titles = [panel_title(ax) for ax in fig.axes]
    assert sum(map(bool, titles)) == 7
    assert titles[0] == r"10 GPa, $10^3\epsilon$ = 8.0"
    assert any("synthetic" in texts(ax) for ax in fig.axes)
    plt.close(fig)


def test_figures_of_one_fit(wh):
    for fig in (strain_plots.fit_figure(wh.peaks), strain_plots.williamson_hall_figure(wh)):
        assert len(fig.axes) == 2
        plt.close(fig)


def test_strain_against_pressure_has_intervals_and_the_truth(ax, wh):
    strain_plots.strain_against_pressure(ax, [wh], truth={10.0: 0.008, 12.0: 0.009})
    assert ax.get_legend_handles_labels()[1] == ["put in", "found, 95 %"]
    assert ax.lines[0].get_ydata() == pytest.approx([8, 9])


def test_sizes_are_points_and_limits_are_arrows(ax, wh, with_size):
    strain_plots.size_limits(ax, [wh, with_size])
    assert len(ax.containers) == 1
    limit = next(line for line in ax.lines if line.get_marker() == "_")
    assert limit.get_ydata()[0] == wh.size_lower
    low, high = ax.get_ylim()
    assert low < with_size.size.n < wh.size_lower < high


def test_reciprocal_axes_stand_in_axes_of_their_own(lattice):
    fig = pressure_plots.reciprocal_figure([(lattice, "abc", "measured")], truth=lattice)
    assert [ax.get_ylabel() for ax in fig.axes] == [f"$1/{axis}$ (1/Å)" for axis in "abc"]
    assert fig.axes[0].containers[0].lines[0].get_ydata() == pytest.approx(1 / lattice.a)
    assert all("measured" in texts(ax) for ax in fig.axes)
    plt.close(fig)


def test_only_the_free_axes_of_several_crystals_are_drawn(lattice):
    few = analysis.LatticeTable([0.0, 4.0], [5.0, 4.9], [5.0, 4.9], [5.0, 4.9], name="a cube")
    cells = [(lattice, "abc", "measured"), (few, "a", "digitised")]
    fig = pressure_plots.reciprocal_figure(cells)
    assert len(fig.axes) == 4
    assert all(ax.has_data() for ax in fig.axes)
    plt.close(fig)
    fig = pressure_plots.relative_figure(cells)
    cube = fig.axes[1]
    assert panel_title(cube) == "a cube"
    assert [line.get_label() for line in cube.lines if "fit" in line.get_label()] == []
    plt.close(fig)
    assert pressure_plots.reciprocal_figure([]) is pressure_plots.relative_figure([]) is None


def test_relative_axes_begin_at_zero_and_follow_their_fit(ax, lattice):
    pressure_plots.relative_axes(ax, lattice, origin="measured")
    assert ax.get_legend_handles_labels()[1] == ["$a$", "$b$", "$c$"]
    for axis, shown in zip("abc", ax.containers, strict=True):
        length = lattice.length(axis)[0]
        expected = 100 * (length / length[0] - 1)
        assert shown.lines[0].get_ydata() == pytest.approx(expected, abs=1e-9)
    assert ax.lines[0].get_ydata()[-1] == pytest.approx(100 * np.expm1(-0.02), rel=1e-3)
    assert "measured" in texts(ax)


def test_the_instrument_curve_passes_through_its_standard(ax):
    peaks = table(origin="measured")
    instrument = analysis.fit_instrument(peaks)
    strain_plots.instrument_curve(ax, instrument, table(0.01, origin="measured"))
    curve = next(line for line in ax.lines if line.get_label() == "smooth curve")
    at = np.interp(peaks.two_theta, curve.get_xdata(), curve.get_ydata())
    assert at == pytest.approx(peaks.fwhm, rel=0.02)
    assert "measured" in texts(ax)


def test_the_rectangle_of_the_integral_breadth_has_the_area_of_the_line(ax):
    strain_plots.breadths_of_a_line(ax)
    rectangle = ax.collections[0].get_paths()[0].vertices
    # The area of 1/(1 + (2x)^2).
    assert np.ptp(rectangle[:, 0]) * np.ptp(rectangle[:, 1]) == pytest.approx(np.pi / 2)
    assert "formula" in texts(ax)


def test_a_strain_with_its_error_is_in_thousandths():
    assert strain_report.strain(ufloat(0.0079, 0.00012)) == f"7.90{NBSP}±{NBSP}0.12"
