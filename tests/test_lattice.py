"""Cells, their allowed lines, which line is which, and the cell fitted back to them."""

import dataclasses

import numpy as np
import pytest
from scipy import optimize, stats
from scipy.signal import find_peaks

import analysis
from analysis import AnalysisError, DataError, FitError
from analysis.diffraction.crystal import cell as cell_module
from analysis.diffraction.crystal import indexing, lattice_solver
from analysis.diffraction.crystal.cell import label_of, reflections
from analysis.diffraction.crystal.indexing import index_lines
from analysis.diffraction.crystal.lattice import fit_lattice
from analysis.diffraction.crystal.lattice_solver import Solution, outliers_of
from analysis.diffraction.crystal.phase import Phase
from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.peaks import PeakTable
from analysis.numerics.least_squares import Undetermined

GOLD = Phase("gold", 3.878, space_group="F m -3 m")
IRON = Phase("iron", 2.866, space_group="I m -3 m")
RUTILE = Phase("rutile type", 4.0, c=2.58, space_group="P 42/m n m")
AMAM = Phase("Amam", 5.3975, 5.4497, 20.5, space_group="A m a m")
FMMM = Phase("Fmmm", 5.20, 5.24, 19.8, space_group="F m m m")
CELLS = [
    GOLD,
    IRON,
    RUTILE,
    FMMM,
    Phase("hexagonal", 3.2, c=5.2, space_group="P 63/m m c"),
    Phase("rhombohedral", 3.8, alpha=61, space_group="R -3 m:R"),
    Phase("monoclinic", 6.7, 11.58, 6.55, beta=78.5, space_group="C 1 2/m 1"),
    Phase("monoclinic c", 6.7, 6.55, 11.58, gamma=101.5, space_group="A 1 1 2/m"),
    Phase("triclinic", 4, 5.1, 6.3, 80, 95, 100, space_group="P -1"),
]
named = pytest.mark.parametrize("phase", CELLS, ids=lambda phase: phase.name)


def peaks_at(two_theta, *, wavelength=33.44, error=0.002, fwhm=0.1, **fields):
    """A table of lines at these positions, all of one breadth."""
    x = np.asarray(two_theta, dtype=float)
    order = np.argsort(x)
    one = np.ones(x.size)
    angles = np.linspace(1, 150, 60)
    if fields.get("hkl"):
        fields["hkl"] = tuple(fields["hkl"][i] for i in order)
    return PeakTable(
        two_theta=x[order],
        two_theta_error=(one * error)[order],
        fwhm=one * fwhm,
        fwhm_error=one * 0.01,
        integral_breadth=one * fwhm * 1.5,
        integral_breadth_error=one * 0.01,
        area=one,
        area_error=one * 0.01,
        lorentzian_part=one,
        flags=(frozenset(),) * x.size,
        shape="lorentzian",
        pattern=DiffractionPattern(angles, np.arange(60) % 7, wavelength=wavelength),
        **fields,
    )


def lines_of(phase, *, wavelength=33.44, until=22.0, shift=0.0, **fields):
    """The indexed lines of a phase, exactly where they belong (or shifted)."""
    known = reflections(phase, wavelength, two_theta_max=until)
    x = np.array([line.two_theta for line in known]) + shift
    hkl = tuple(line.hkl for line in known)
    return peaks_at(x, wavelength=wavelength, hkl=hkl, phase=phase.name, **fields)


def scaled(phase, *factors):
    a, b, c = np.array(phase.cell[:3]) * factors
    return dataclasses.replace(phase, a=a, b=b, c=c)


def only(peaks, *hkl):
    return peaks.select([peaks.hkl.index(one) for one in hkl])


def cell_of(fit):
    values = (fit.a, fit.b, fit.c, fit.alpha, fit.beta, fit.gamma)
    return [getattr(value, "n", value) for value in values]


# ------------------------------------------------------------------ cells and their lines


# International Tables for Crystallography A: the first lines that each lattice allows.
@pytest.mark.parametrize(
    ("space_group", "lines"),
    [
        ("P m -3 m", "100 110 111 200 210 211 220 300/221 310 311"),
        ("I m -3 m", "110 200 211 220 310 222 321 400 411/330 420"),
        ("F m -3 m", "111 200 220 311 222 400 331 420 422 511/333"),
        ("F d -3 m", "111 220 311 222 400 331 422 511/333 440 531"),
        ("F d -3 m:2", "111 220 311 222 400 331 422 511/333 440 531"),
    ],
)
def test_cubic_lattices_allow_the_textbook_lines(space_group, lines):
    found = reflections(Phase("cubic", 4, space_group=space_group), 40, two_theta_max=50)
    assert [line.label for line in found][:10] == lines.split()


# Conditions of the International Tables, number 63 in the setting Amam and number 69.
@pytest.mark.parametrize(
    ("phase", "allowed"),
    [
        (AMAM, lambda h, k, l: (k + l) % 2 == 0 and not (k == 0 and (h % 2 or l % 2))),  # noqa: E741
        (FMMM, lambda h, k, l: h % 2 == k % 2 == l % 2),  # noqa: E741
        (
            Phase("anatase", 3.785, c=9.514, space_group="I 41/a m d"),
            lambda h, k, l: (  # noqa: E741
                (h + k + l) % 2 == 0
                and not (l == 0 and (h % 2 or k % 2))
                and not (h == k and (2 * h + l) % 4)
            ),
        ),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_lines_obey_the_conditions_of_the_space_group(phase, allowed):
    found = {hkl for line in reflections(phase, 60, two_theta_max=35) for hkl in line.indices}
    seen = np.array(sorted(found)).max(axis=0)
    expected = {
        (h, k, l)
        for h in range(seen[0] + 1)
        for k in range(seen[1] + 1)
        for l in range(seen[2] + 1)  # noqa: E741
        if (h, k, l) != (0, 0, 0)
        and allowed(h, k, l)
        and phase.d_spacing([(h, k, l)])[0] > 0.3 / np.sin(np.radians(17.5))
        and not (phase.crystal_system == "tetragonal" and k > h)
    }
    assert found == expected
    assert len(found) > 20


def test_every_plane_is_counted_once():
    # Sum of multiplicities = number of allowed (hkl) within the sphere, here by brute force.
    grid = np.stack(np.meshgrid(*[np.arange(-30, 31)] * 3), axis=-1).reshape(-1, 3)
    h, k, _ = grid.T
    glide = (h == k) | (k == -2 * h) | (h == -2 * k)
    for phase, allowed in (
        (GOLD, (grid % 2 == grid[:, :1] % 2).all(axis=1)),
        (CELLS[4], ~((grid[:, 2] % 2 == 1) & glide)),
        (CELLS[8], np.ones(len(grid), dtype=bool)),
    ):
        found = reflections(phase, 50, two_theta_max=40)
        inside = phase.design(grid) @ phase.constants <= (2 * np.sin(np.radians(20)) / 0.5) ** 2
        expected = (inside & allowed & grid.any(axis=1)).sum()
        assert sum(line.multiplicity for line in found) == expected


@named
def test_bragg_and_scale(phase):
    known = reflections(phase, 40, two_theta_max=30, two_theta_min=5)
    d = np.array([line.d for line in known])
    angles = np.array([line.two_theta for line in known])
    assert 2 * d * np.sin(np.radians(angles / 2)) == pytest.approx(0.4)
    assert (np.diff(angles) > 0).all()
    assert angles[0] >= 5
    larger = scaled(phase, 1.1, 1.1, 1.1)
    again = reflections(larger, 44, two_theta_max=30, two_theta_min=5)
    assert [line.hkl for line in again] == [line.hkl for line in known]
    assert [line.two_theta for line in again] == pytest.approx(angles)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"a": 387.8}, "in pm, write 3.878"),
        ({"a": 0.3878}, "in nm, write 3.878"),
        ({"a": -4}, "above 0 angstrom, got -4"),
        ({"a": np.nan}, "a must be a number, got nan"),
        ({"a": "4"}, "a must be a number, got '4'"),
        ({"a": 4, "space_group": "F m 3 x"}, "'F m 3 x' is not known; similar ones are .*F m -3 m"),
        ({"a": 4, "b": 4.1, "c": 4}, "P m -3 m is cubic, so that a = b = c .* b = 4.1"),
        ({"a": 4, "gamma": 120}, "cubic, so that .* gamma = 120"),
        ({"a": 4, "space_group": "I 4/m m m"}, "tetragonal: axis c is needed"),
        ({"a": 4, "c": 5, "space_group": "F m m m"}, "orthorhombic: axis b is needed"),
        ({"a": 4, "b": 5, "c": 6, "space_group": "C 2/m"}, "angle beta is needed"),
        ({"a": 4, "c": 6, "gamma": 90, "space_group": "P 63/m m c"}, "gamma = 120 degrees; got"),
        (
            {"a": 4, "b": 5, "c": 6, "alpha": 10, "beta": 90, "gamma": 170, "space_group": "P 1"},
            "no cell has angles of 10, 90, 170",
        ),
    ],
)
def test_cells_that_are_none_are_refused(fields, message):
    with pytest.raises(DataError, match=message):
        Phase("sample", **fields)


@pytest.mark.parametrize(
    ("wavelength", "angles", "message"),
    [
        (0.3344, {}, "in pm, 5 to 500, got 0.3344; if that is in angstrom, write 33.44"),
        (np.nan, {}, "wavelength in pm must be a number, got nan"),
        ("33", {}, "wavelength in pm must be a number, got '33'"),
        (33, {"two_theta_max": None}, "two_theta_max must be a number, got None"),
        (33, {"two_theta_max": 10, "two_theta_min": 20}, "must ascend within 0 to 180"),
        (5, {"two_theta_max": 180}, "lines lie below 180 degrees at 5 pm; choose a smaller"),
    ],
)
def test_ranges_without_lines_are_refused(wavelength, angles, message):
    with pytest.raises(DataError, match=message):
        reflections(AMAM, wavelength, **{"two_theta_max": 20, **angles})


def test_how_many_lines_there_will_be_is_known_beforehand(monkeypatch):
    cell = Phase("triclinic", 10.0, 10.1, 10.2, 89, 88, 87, space_group="P 1")
    found = len(reflections(cell, 60.0, two_theta_max=70))
    assert found > 300
    monkeypatch.setattr(cell_module, "_MOST", 1.2 * found)
    assert len(reflections(cell, 60.0, two_theta_max=70)) == found
    monkeypatch.setattr(cell_module, "_MOST", 0.8 * found)
    with pytest.raises(DataError, match="lines lie below 70 degrees at 60 pm; choose a smaller"):
        reflections(cell, 60.0, two_theta_max=70)


# --------------------------------------------------------------------------------- fitting


@named
@pytest.mark.parametrize(
    ("offset", "shift"), [("none", 0.0), ("zero", 0.03), ("displacement", -0.05)]
)
def test_a_known_cell_comes_back(phase, offset, shift):
    peaks = lines_of(phase, wavelength=61.99, until=35)
    move = shift * (np.cos(peaks.theta) if offset == "displacement" else 1)
    moved = dataclasses.replace(peaks, two_theta=peaks.two_theta + move)
    if shift:
        assert abs(fit_lattice(moved, phase, offset="none").a.n - phase.a) > 1e-4
    unasked = fit_lattice(moved, phase)
    assert (unasked.offset == "none") is (not shift)
    # Which kind of offset it is the lines may not tell: the errors then cover both.
    for name in phase.system.names:
        low, high = unasked.interval(name)
        assert low <= getattr(phase, name) <= high
    fit = fit_lattice(moved, phase, offset=offset)
    assert cell_of(fit) == pytest.approx(phase.cell, rel=1e-6 if shift else 1e-12)
    assert fit.volume.n == pytest.approx(np.sqrt(np.linalg.det(phase.metric)), rel=1e-6)
    if offset != "none":
        assert fit.shift.n == pytest.approx(shift, abs=1e-5)
    assert fit.warnings == ()


def test_lines_without_error_are_fitted_at_once(monkeypatch):
    """The fit to 1/d^2, with which the one to the angles begins, is exact then."""
    begun = []

    def stopped(_model, start, *_, **__):
        begun.append(start)
        raise Undetermined("stopped")

    monkeypatch.setattr(lattice_solver, "minimise", stopped)
    with pytest.raises(FitError, match="the fit of rutile type does not converge"):
        fit_lattice(lines_of(RUTILE), RUTILE, offset="zero")
    assert begun[0] == pytest.approx([*RUTILE.constants, 0.0], rel=1e-9, abs=1e-12)


@named
def test_lengths_scale_with_the_wavelength(phase):
    peaks = lines_of(phase, wavelength=61.99, until=35)
    other = dataclasses.replace(peaks.pattern, wavelength=2 * 61.99)
    one = fit_lattice(peaks, phase)
    two = fit_lattice(dataclasses.replace(peaks, pattern=other), phase)
    for name, power in (("a", 1), ("b", 1), ("c", 1), ("volume", 3)):
        first, second = getattr(one, name), getattr(two, name)
        assert second.n == pytest.approx(2**power * first.n)
        assert second.s == pytest.approx(2**power * first.s)
    assert cell_of(two)[3:] == pytest.approx(cell_of(one)[3:])


def test_one_line_gives_its_own_error():
    # Bragg: da/a = -cot(theta) dtheta.
    peaks = only(lines_of(GOLD), (2, 0, 0))
    fit = fit_lattice(peaks, GOLD)
    expected = GOLD.a / np.tan(peaks.theta[0]) * np.radians(0.002) / 2
    assert fit.a.s == pytest.approx(expected)
    assert (fit.dof, fit.chi_square_reduced) == (0, None)
    assert "as many lines as unknowns" in fit.warnings[0]
    assert fit.interval()[1] - fit.a.n == pytest.approx(1.96 * expected, rel=1e-3)


def test_what_symmetry_ties_is_one_number():
    fit = fit_lattice(lines_of(RUTILE), RUTILE)
    assert (fit.a - fit.b).s == 0
    assert fit.alpha == 90.0
    assert (fit.volume / (fit.a * fit.a * fit.c)).s < 1e-9
    assert (fit.reciprocal[2] * fit.c).s < 1e-12


# The intervals of 400 fits: fewer than 360 of 400 cover at a true 95 % once in 7e4 tries.
@pytest.mark.parametrize(
    ("phase", "stated", "name"),
    [(GOLD, 1.0, "a"), (GOLD, 0.3, "a"), (RUTILE, 0.3, "c"), (CELLS[8], 0.3, "volume")],
)
def test_intervals_cover(phase, stated, name):
    rng = np.random.default_rng(4)
    # Two lines of gold would not tell that their errors are stated too small.
    exact = lines_of(phase, error=0.004 * stated, until=18.0 if phase is GOLD else 14.0)
    truth = {"a": phase.a, "c": phase.c, "volume": np.sqrt(np.linalg.det(phase.metric))}[name]
    covered = 0
    for _ in range(400):
        noisy = exact.two_theta + rng.normal(0, 0.004, len(exact))
        low, high = fit_lattice(dataclasses.replace(exact, two_theta=noisy), phase).interval(name)
        covered += low <= truth <= high
    assert covered >= 360


def test_errors_too_small_are_widened_by_the_scatter():
    rng = np.random.default_rng(1)
    exact = lines_of(FMMM, wavelength=61.99, until=30)
    noise = rng.normal(0, 0.004, len(exact))
    noisy = dataclasses.replace(exact, two_theta=exact.two_theta + noise)
    honest, bold, silent = (
        fit_lattice(
            dataclasses.replace(noisy, two_theta_error=np.full(len(exact), error)),
            FMMM,
            offset="none",
        )
        for error in (0.004, 0.0004, np.nan)
    )
    assert np.sqrt(bold.a.s**2 - bold.systematic["a"] ** 2) == pytest.approx(silent.a.s)
    assert silent.a.s == pytest.approx(honest.a.s, rel=0.2)
    # Lines that disagree may have offsets of both kinds: that is in the error too.
    assert 0.2 * silent.a.s < bold.systematic["a"] < 5 * silent.a.s
    assert not silent.systematic
    assert not honest.systematic
    assert bold.widening == pytest.approx(10, rel=0.2)
    assert "disagree by more than the errors" in bold.warnings[0]
    assert silent.warnings == ()
    assert "the scatter alone" in silent.remarks[0]
    assert silent.chi_square_reduced is None


def test_stress_that_shifts_reflections_is_told():
    peaks = only(lines_of(GOLD), (1, 1, 1), (2, 0, 0), (2, 2, 0), (3, 1, 1))
    move = np.array([0.0, -0.02, 0.0, -0.01])
    fit = fit_lattice(dataclasses.replace(peaks, two_theta=peaks.two_theta + move), GOLD)
    text = " ".join(fit.warnings)
    assert "a from single lines runs from 3.87" in text
    assert "(200)" in text
    own = {label_of(line.hkl): fit.a.n * line.ratio for line in fit.lines}
    assert own["111"] == pytest.approx(3.878, abs=1e-4)
    assert own["200"] == pytest.approx(
        3.878 * (1 + np.radians(0.01) / np.tan(peaks.theta[1])), rel=1e-5
    )


def test_an_offset_that_nobody_asked_for_is_fitted_and_said():
    fit = fit_lattice(lines_of(FMMM, wavelength=61.99, until=30, shift=0.04), FMMM)
    (remark,) = fit.remarks
    assert "fitted with the zero shift of +0.040 degrees (chi-square 1.99e+03 without" in remark
    assert "state the offset if you know it: none, zero or displacement" in remark
    assert fit.warnings == ()
    short = lines_of(GOLD, until=10)
    fit = fit_lattice(dataclasses.replace(short), GOLD, offset="zero")
    assert any("a and the zero shift are hardly told apart" in text for text in fit.remarks)


@pytest.mark.parametrize(
    ("wavelength", "until", "error"), [(33.44, 30, 0.002), (154.06, 120, 0.006)]
)
def test_what_kind_of_offset_it_is_the_error_covers_where_the_lines_do_not_tell(
    wavelength, until, error
):
    rng = np.random.default_rng(3)
    peaks = lines_of(GOLD, wavelength=wavelength, until=until, error=error)
    x = peaks.two_theta + 0.04 * np.cos(peaks.theta) + rng.normal(0, error, len(peaks))
    moved = dataclasses.replace(peaks, two_theta=x)
    unasked, zero, tilted = (
        fit_lattice(moved, GOLD, offset=kind) for kind in ("auto", "zero", "displacement")
    )
    assert "the lines do not tell whether it is a zero shift or displacement" in (
        unasked.remarks[0].replace("displacement or zero shift", "zero shift or displacement")
    )
    (low, high) = unasked.interval()
    for fit in (zero, tilted):
        # Unasked, offsets count as small: that narrows by a trifle.
        assert low - 0.05 * (high - low) <= fit.interval()[0]
        assert fit.interval()[1] <= high + 0.05 * (high - low)
    farthest = max(abs(end - unasked.a.n) for fit in (zero, tilted) for end in fit.interval())
    assert (high - low) / 2 == pytest.approx(farthest, rel=0.05)
    found = unasked.to_dict()["a"]
    assert found["interval"] == [low, high]
    assert found["systematic"] == unasked.systematic["a"] > 0
    assert found["stderr"] ** 2 > found["systematic"] ** 2
    assert unasked.to_dict()["offset"]["kind"] == unasked.offset


@pytest.mark.parametrize("hkl", [[(1, 1, 1), (2, 0, 0)], [(2, 2, 0), (3, 1, 1), (2, 2, 2)]])
def test_an_edge_and_an_offset_that_lines_do_not_tell_apart_are_named(hkl):
    fit = fit_lattice(only(lines_of(GOLD), *hkl), GOLD, offset="zero")
    squares = np.sum(np.square(hkl), axis=1)
    theta = np.arcsin(0.3344 / 2 / GOLD.a * np.sqrt(squares))
    slopes = np.array([np.tan(theta), np.ones(len(hkl))])
    inverse = np.linalg.inv(slopes @ slopes.T)
    correlation = abs(inverse[0, 1]) / np.sqrt(inverse[0, 0] * inverse[1, 1])
    assert correlation > 0.98
    (text,) = [remark for remark in fit.remarks if "hardly told apart" in remark]
    assert f"(correlation {correlation:.3f})" in text
    far = fit_lattice(lines_of(GOLD, wavelength=154.06, until=150), GOLD, offset="zero")
    assert not any("hardly told apart" in remark for remark in far.remarks)


def test_an_outlier_is_named_and_kept():
    peaks = lines_of(FMMM, wavelength=61.99, until=22)
    x = peaks.two_theta.copy()
    x[9] += 0.03
    fit = fit_lattice(dataclasses.replace(peaks, two_theta=x), FMMM)
    assert [line.hkl for line in fit.lines if line.outlier] == [peaks.hkl[9]]
    assert any(f"other lines: {label_of(peaks.hkl[9])} (+0.0" in text for text in fit.warnings)
    assert len(fit.lines) == len(peaks)


def test_an_outlier_is_one_by_students_test_of_the_others():
    """The mean of three values, two of which agree: Student's t with one degree of freedom."""
    values = np.array([1.0, 1.0 + 1e-3, 2.0])
    left = values - values.mean()
    solved = Solution("none", np.ones(1), left, left, np.ones(3), np.full(3, 1 / 3), np.eye(1),
                      known=False)  # fmt: skip
    assert solved.dof == 2
    t = (2.0 - values[:2].mean()) / (np.std(values[:2], ddof=1) * np.sqrt(1 + 1 / 2))
    assert 3 * 2 * stats.t.sf(t, 1) < 0.01  # of three lines one is as far off
    assert outliers_of(left, solved).tolist() == [False, False, True]
    # Beside errors of 1 all that is no scatter; nor is it with one line less to spare.
    assert not outliers_of(left, solved._replace(known=True)).any()
    assert not outliers_of(left, solved._replace(parameters=np.ones(2))).any()


def test_lines_that_are_not_whole_or_without_error_are_left_out():
    peaks = lines_of(GOLD)
    flags = (frozenset({"edge"}), frozenset({"weak"}), *peaks.flags[2:])
    error = np.where(np.arange(len(peaks)) == 2, 0.0, peaks.two_theta_error)
    fit = fit_lattice(dataclasses.replace(peaks, flags=flags, two_theta_error=error), GOLD)
    assert [line.hkl for line in fit.lines] == [*peaks.hkl[1:2], *peaks.hkl[3:]]
    assert "cut off or split: 111" in fit.remarks[0]
    assert "because their positions have no error: 220" in fit.remarks[1]


@pytest.mark.parametrize(
    ("phase", "hkl", "offset", "message"),
    [
        (RUTILE, [(2, 0, 0), (1, 1, 0)], "none", "lines 200, 110 of .* do not determine c; 2 unk"),
        (RUTILE, [(0, 0, 2)], "none", "lines 002 of rutile type do not determine a; 2 unknowns"),
        (FMMM, [(2, 0, 0), (2, 2, 0)], "none", "do not determine c; 3 unknowns"),
        (FMMM, [(1, 1, 1)], "none", "do not determine a and b and c"),
        (GOLD, [(1, 1, 1)], "zero", "do not determine a and the zero shift"),
        (GOLD, [], "none", "no lines of gold determine a; 1 unknown "),
    ],
)
def test_axes_left_open_are_named(phase, hkl, offset, message):
    peaks = lines_of(phase, wavelength=61.99, until=40)
    if hkl:
        peaks = only(peaks, *hkl)
    else:
        # All of its lines are cut off.
        peaks = dataclasses.replace(peaks, flags=(frozenset({"edge"}),) * len(peaks))
    with pytest.raises(FitError, match=message):
        fit_lattice(peaks, phase, offset=offset)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"phase": "neon"}, "indexed as neon, not as gold"),
        ({"hkl": ((1, 0, 0), *[None] * 7)}, "F m -3 m has no reflection 100"),
        ({"hkl": ((0, 0, 0), *[None] * 7)}, "has no reflection 000"),
    ],
)
def test_wrong_indices_are_refused(change, message):
    with pytest.raises(DataError, match=message):
        fit_lattice(dataclasses.replace(lines_of(GOLD), **change), GOLD)
    with pytest.raises(DataError, match="offset must be one of auto, none, zero, displacement"):
        fit_lattice(lines_of(GOLD), GOLD, offset="height")


def test_to_dict_is_plain_and_says_what_is_held():
    fit = fit_lattice(lines_of(RUTILE, shift=0.01), RUTILE, offset="zero")
    found = fit.to_dict()
    assert found["c"] == {
        "value": fit.c.n,
        "stderr": fit.c.s,
        "unit": "angstrom",
        "interval": list(fit.interval("c")),
    }
    assert found["alpha"] == {"value": 90.0, "stderr": None, "unit": "degree"}
    assert found["1/a"]["value"] == pytest.approx(0.25)
    assert found["offset"] == {
        "value": pytest.approx(0.01),
        "stderr": fit.shift.s,
        "unit": "degree",
        "kind": "zero",
    }
    assert found["lines"][0]["hkl"] == [1, 1, 0]
    one = only(lines_of(GOLD, error=np.nan), (1, 1, 1))
    found = fit_lattice(one, GOLD)
    assert found.to_dict()["a"]["stderr"] is None
    assert found.to_dict()["1/a"]["stderr"] is None
    with pytest.raises(AnalysisError, match="the error of a is not known"):
        found.interval()
    with pytest.raises(AnalysisError, match="'alpha' is not a constant that this fit determines"):
        found.interval("alpha")


# -------------------------------------------------------------------------------- indexing


@pytest.mark.parametrize("shift", [-0.05, 0.05])
@pytest.mark.parametrize("factor", [0.985, 1.0, 1.015])
@pytest.mark.parametrize(
    ("phase", "wavelength", "until"),
    [(GOLD, 33.44, 22), (IRON, 154.06, 140), (RUTILE, 33.44, 22)],
    ids=["gold", "iron", "rutile"],
)
def test_lines_are_found_among_strangers(phase, wavelength, until, factor, shift):
    rng = np.random.default_rng(7)
    truth = lines_of(
        scaled(phase, factor, factor, factor), wavelength=wavelength, until=until, shift=shift
    )
    strangers = rng.uniform(truth.two_theta[0], until, 6)
    apart = np.abs(strangers[:, None] - truth.two_theta).min(axis=1) > 0.15
    strangers = strangers[apart]
    peaks = peaks_at(
        np.append(truth.two_theta, strangers),
        wavelength=wavelength,
        hkl=truth.hkl + (None,) * strangers.size,
    )
    found = index_lines(dataclasses.replace(peaks, hkl=()), phase)
    assert found.hkl == peaks.hkl
    assert found.phase == phase.name
    assert found.warnings == ()


def test_axes_may_be_wrong_by_different_amounts():
    truth = scaled(FMMM, 0.997, 1.006, 1.003)
    peaks = lines_of(truth, wavelength=61.99, until=24, fwhm=0.03)
    found = index_lines(dataclasses.replace(peaks, hkl=(), phase=None), FMMM)
    pairs = [(one, two) for one, two in zip(found.hkl, peaks.hkl, strict=True) if one]
    assert all(one == two for one, two in pairs)
    assert len(pairs) > 0.7 * len(peaks)
    assert cell_of(fit_lattice(found, FMMM)) == pytest.approx(truth.cell, rel=1e-6)


@pytest.mark.parametrize("given", [5.39, 5.405, 5.37])
def test_axes_given_as_equal_are_tried_apart(given):
    split = Phase("split", 5.42, 5.36, 19.7, space_group="F m m m")
    known = [line.two_theta for line in reflections(split, 61.99, two_theta_max=24)]
    peaks = peaks_at(known, wavelength=61.99, fwhm=0.03)
    start = dataclasses.replace(split, a=given, b=given)
    indexed = index_lines(peaks, start)
    assert "a and b of split were given as equal" in indexed.remarks[0]
    assert sum(one is not None for one in indexed.hkl) > 0.9 * len(known)
    fit = fit_lattice(indexed, start)
    # Which is the longer, no position tells.
    assert sorted([fit.a.n, fit.b.n]) == pytest.approx([5.36, 5.42], abs=1e-3)
    assert fit.c.n == pytest.approx(19.7, abs=2e-3)
    assert indexing._prepare(peaks, split, 0.02, 0.05, None).equal_axes == []


def test_a_missing_line_does_not_mislead():
    peaks = only(lines_of(GOLD), (1, 1, 1), (2, 2, 0), (3, 1, 1), (4, 0, 0))
    found = index_lines(dataclasses.replace(peaks, hkl=(), phase=None), GOLD)
    assert found.hkl == peaks.hkl


def test_blends_are_left_unindexed_and_said():
    # Nearly tetragonal: 200 and 020 lie within one line.
    pseudo = Phase("pseudo", 5.20, 5.203, 19.8, space_group="F m m m")
    known = reflections(pseudo, 61.99, two_theta_max=20)
    lone = [line for line in known if line.hkl[0] == line.hkl[1]]
    blend = np.mean([line.two_theta for line in known if line.hkl in {(2, 0, 0), (0, 2, 0)}])
    x = [*(line.two_theta for line in lone), blend]
    found = index_lines(peaks_at(x, wavelength=61.99, fwhm=0.05), pseudo)
    at = int(np.argmin(np.abs(found.two_theta - blend)))
    assert found.hkl[at] is None
    assert "overlapping" in found.flags[at]
    assert any("200 and 020" in text or "020 and 200" in text for text in found.remarks)
    # Who knows that 020 is too weak to be seen may say so.
    seen = [*(line.hkl for line in lone), (2, 0, 0)]
    assert index_lines(found, pseudo, among=seen).hkl[at] == (2, 0, 0)
    with pytest.raises(DataError, match="F m m m has no reflection 100"):
        index_lines(found, pseudo, among=[(1, 0, 0)])


@pytest.mark.parametrize("wavelength", [24.8, 41.0, 61.99, 154.06])
def test_a_wrong_wavelength_is_refused(wavelength):
    peaks = dataclasses.replace(lines_of(GOLD), hkl=(), phase=None)
    wrong = dataclasses.replace(peaks.pattern, wavelength=wavelength)
    with pytest.raises(FitError, match="wavelength right, or the cell"):
        index_lines(dataclasses.replace(peaks, pattern=wrong), GOLD)


# Refused is what random lines give in 5 % of cases; as the estimate is a cautious one, 1 of
# 200 gets through. At a true 2 %, more than 12 would once in 4000 tries.
@pytest.mark.parametrize(
    ("phase", "lines"), [(GOLD, 3), (GOLD, 6), (GOLD, 20), (RUTILE, 12), (FMMM, 20)]
)
def test_random_lines_are_nobodys(phase, lines):
    rng = np.random.default_rng(11)
    accepted = 0
    for _ in range(60 if phase is FMMM else 200):
        peaks = peaks_at(rng.uniform(6, 22, lines), wavelength=33.44)
        try:
            index_lines(peaks, phase)
        except FitError as refused:
            assert "as random lines would" in str(refused)  # noqa: PT017
        else:
            accepted += 1
    assert accepted <= 12


@pytest.mark.parametrize(
    ("peaks", "choices", "message"),
    [
        (peaks_at([]), {}, "there are no lines to index"),
        (lines_of(GOLD), {"tolerance": 2}, "tolerance must be above 0 and at most 0.1, got 2"),
        (lines_of(GOLD), {"tolerance": None}, "tolerance must be a number, got None"),
        (lines_of(GOLD), {"among": [(1, 1)]}, r"among holds indices \(h, k, l\), got \(1, 1\)"),
        (lines_of(GOLD), {"zero": -1}, "zero must be from 0 to 1 degree, got -1"),
    ],
)
def test_choices_out_of_range_are_refused(peaks, choices, message):
    with pytest.raises(DataError, match=message):
        index_lines(peaks, GOLD, **choices)


def test_an_unindexed_table_is_indexed_first():
    peaks = dataclasses.replace(lines_of(scaled(GOLD, 1.01, 1.01, 1.01)), hkl=(), phase=None)
    assert fit_lattice(peaks, GOLD).a.n == pytest.approx(1.01 * GOLD.a)


# The pieces, each for itself


def test_all_spacings_that_change_by_a_part_move_a_line():
    x, part = np.array([5.0, 40.0, 110.0]), 1e-6
    d = 1 / (2 * np.sin(np.radians(x / 2)))
    moved = x - 2 * np.degrees(np.arcsin(1 / (2 * d * (1 + part))))
    assert indexing._relative(x, part) == pytest.approx(moved, rel=1e-4)


def test_intervals_that_overlap_cover_once():
    centres, half = np.array([5.0, 0.0, 1.0, 1.2]), np.array([0.5, 1.0, 1.0, 0.1])
    assert indexing._covered(centres, half) == pytest.approx(3 + 1)
    assert indexing._covered(np.zeros(0), np.zeros(0)) == 0


@pytest.mark.parametrize(("successes", "trials"), [(3, 7), (7, 7), (1, 7), (0, 7), (-1, 7), (2, 0)])
def test_the_chance_of_so_many_matches_is_binomial(successes, trials):
    expected = stats.binom.sf(successes - 1, trials, 0.3) if trials else 1.0
    assert indexing._tail(successes, trials, 0.3) == pytest.approx(expected)


def test_the_chance_counts_what_lies_among_the_lines():
    """Nine lines a degree apart; five of eight reflections lie there, of which four match."""
    x = np.arange(10.0, 19.0)
    search = indexing._prepare(peaks_at(x, fwhm=0.2), GOLD, 0.02, 0.05, None)
    among, beyond = [10.02, 12.0, 14.5, 15.5, 18.55], [5.0, 9.35, 18.65]
    # From half a distance below the lines to as much above them, and half a window more.
    length = 8 + 2 * (0.5 + 0.1)
    # One match belongs to the edge.
    by_lines = stats.binom.sf(2, 8, 5 * 0.2 / length)
    by_reflections = stats.binom.sf(2, 4, 9 * 0.2 / length)
    expected = 2 * min(by_lines, by_reflections) * (1 + 0.05 / 0.1)
    found = search._chance(np.sort([*among, *beyond]), 4)
    assert found == pytest.approx(expected)


def test_one_step_of_a_cell_is_least_squares_in_which_strangers_hardly_pull():
    """Against a minimiser: lines weigh by windows and distances, the given cell by 2 %."""
    peaks = lines_of(scaled(GOLD, 1.002, 1.002, 1.002))
    x = peaks.two_theta + 0.01 * np.array([1, -1, 2, 0, -1, 1, 1, -2, 0, 1])[: len(peaks)]
    x[1] += 0.05
    search = indexing._prepare(dataclasses.replace(peaks, two_theta=x), GOLD, 0.02, 0.0, None)
    at = np.arange(len(peaks))
    angles = search._angles(GOLD.constants, 0.0)[at]
    weights = 1 / ((search.window / 6) ** 2 + (x - angles) ** 2)
    by_edge = (search._angles(GOLD.constants * (1 + 1e-6), 0.0)[at] - angles) / 1e-6

    def cost(part):  # of change of 1/a^2; of which 4 % are an edge of 2 %
        return weights @ (x - angles - part * by_edge) ** 2 + (part / 0.04) ** 2

    best = optimize.minimize_scalar(cost, bounds=(-0.1, 0.1), options={"xatol": 1e-12}).x
    found, shift = search._adjusted(GOLD.constants, 0.0, at, at)
    assert found / GOLD.constants - 1 == pytest.approx([best], rel=1e-4)
    assert shift == 0


def test_zeros_are_tried_no_closer_than_lines_are_broad():
    known = lines_of(GOLD, shift=0.0125, fwhm=0.1)
    search = indexing._prepare(known, GOLD, 0.02, 0.025, None)
    assert {abs(zero) for _, zero in search.starts()} <= {0.0, 0.025}


def test_lines_near_the_greatest_angle_are_indexed():
    """A cell 2 % smaller has no reflection there: no angle has a sine above 1."""
    wavelength = 2 * 0.995 * 100 * GOLD.a / np.sqrt(20)  # of 420
    peaks = lines_of(GOLD, wavelength=wavelength, until=179)
    assert 165 < peaks.two_theta[-1] < 175
    found = index_lines(dataclasses.replace(peaks, hkl=(), phase=None), GOLD)
    assert found.hkl == peaks.hkl


# Hydrous stishovite with gold and neon at 39.6 GPa, wavelength 33.44 pm.
@pytest.mark.measured("stishovite-39gpa")
def test_gold_is_found_in_the_stishovite_pattern():
    pattern = analysis.load("stishovite-39gpa")
    x, y = pattern.two_theta, pattern.intensity
    tops, _ = find_peaks(y, prominence=30, width=2)

    def centroid(top):
        part = slice(top - 5, top + 6)
        ends = [top - 12, top + 12]
        above = np.clip(y[part] - np.interp(x[part], x[ends], y[ends]), 0, None)
        return above @ x[part] / above.sum()

    peaks = peaks_at([centroid(top) for top in tops], error=0.003)
    peaks = dataclasses.replace(peaks, pattern=pattern)
    # From the equation of state of another pressure: 1 % off.
    found = index_lines(peaks, Phase("gold", 3.84, space_group="F m -3 m"))
    four = only(found, (1, 1, 1), (2, 0, 0), (2, 2, 0), (3, 1, 1))
    fit = fit_lattice(four, GOLD)
    assert 3.877 < fit.a.n < 3.880
    assert fit.a.s < 0.002
    own = {label_of(line.hkl): fit.a.n * line.ratio for line in fit.lines}
    assert own["200"] > own["111"]
    assert sum(one is not None for one in found.hkl) < len(found) / 2
    wrong = dataclasses.replace(peaks.pattern, wavelength=61.99)
    with pytest.raises(FitError, match="wavelength right, or the cell"):
        index_lines(dataclasses.replace(peaks, pattern=wrong), GOLD)
