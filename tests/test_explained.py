"""How much of a pattern a cell explains: what is refused, what is said, what is set aside."""

import dataclasses

import numpy as np
import pytest
from crystal_study import FCC, Sample, angles, powder

from analysis import FitError, Phase, analyse_pattern, fit_lattice, fit_peaks, fit_phase
from analysis.diffraction.analyse import _told_apart, _whole
from analysis.diffraction.crystal.explained import explained
from analysis.diffraction.crystal.indexing import index_lines

EDGE = 4.0786
FCC_SAMPLE = Sample((EDGE,) * 3, "F m -3 m", FCC[:9])
RIGHT = Phase("fcc", EDGE, space_group="F m -3 m")
TETRAGONAL = Sample((3.2, 3.2, 4.9), "P 4/m m m", ((0, 0, 1), (1, 0, 0), (1, 1, 0), (1, 1, 2),
                                                  (2, 1, 1), (2, 1, 2), (2, 0, 3)))  # fmt: skip


def pattern_of(places, seed=1, **more):
    return powder(np.asarray(places), np.random.default_rng(seed), height=2000.0, **more)


@pytest.fixture(scope="module")
def clean():
    return pattern_of(angles(FCC_SAMPLE))


@pytest.fixture(scope="module")
def mixture():
    """Three lines of the fcc crystal among seven of another one."""
    few = angles(FCC_SAMPLE._replace(hkl=FCC[:3]))
    return pattern_of(np.concatenate([few, angles(TETRAGONAL)]), seed=2)


def test_the_right_cell_is_not_doubted(clean):
    found = analyse_pattern(clean, (RIGHT,), shape="gaussian")
    assert found.lattice.warnings == found.peaks.warnings == ()
    assert abs(found.lattice.a.n - EDGE) < 3 * found.lattice.a.s


@pytest.mark.parametrize("factor", [np.sqrt(2), np.sqrt(3), 2.0])
def test_a_multiple_of_the_right_cell_is_named(clean, factor):
    wrong = Phase("wrong", factor * EDGE, space_group="P m -3 m")
    found = fit_phase(clean, wrong, shape="gaussian")
    assert any("is the cell a multiple of the right one" in text for text in found.warnings)


def test_a_cell_that_leaves_lines_unexplained_is_named(clean):
    # sqrt(3/2)/sqrt(2) of the edge: 220, 222, 400, 422 alone lie on its reflections.
    wrong = Phase("wrong", np.sqrt(0.75) * EDGE, space_group="P m -3 m")
    found = analyse_pattern(clean, (wrong,), shape="gaussian")
    said = " ".join(found.warnings)
    assert "explains" in said or found.lattice is None
    assert "cell" in said


def test_another_crystal_that_is_named_is_set_aside(mixture):
    other = TETRAGONAL.phase()
    # Three lines are too few to lie closer than those of any cell would.
    refusal = r"explains 3 of 10 lines, 3\d% of their height.*Other crystals .* can be named"
    with pytest.raises(FitError, match=refusal):
        fit_phase(mixture, RIGHT, shape="gaussian")
    named = fit_phase(mixture, RIGHT, shape="gaussian", others=(other,))
    assert not any("explains" in text for text in named.warnings)
    both = analyse_pattern(mixture, (RIGHT, other), shape="gaussian")
    assert not any("explains" in text for text in both.warnings)
    assert abs(both.lattice.a.n - EDGE) < 3 * both.lattice.a.s


def test_a_crystal_of_many_lines_is_quoted_among_anothers_and_said():
    places = np.concatenate([angles(FCC_SAMPLE), angles(TETRAGONAL), [4.2, 6.1, 13.0, 15.1]])
    crowd = powder(places, np.random.default_rng(3), height=2000.0)
    found = analyse_pattern(crowd, (RIGHT,), shape="gaussian")
    assert any("explains" in text and "lines" in text for text in found.warnings)
    assert abs(found.lattice.a.n - EDGE) < 3 * found.lattice.a.s


def test_no_cell_at_all_is_refused(mixture):
    with pytest.raises(FitError, match="Is the wavelength right, or the cell"):
        fit_phase(mixture, Phase("odd", 3.03, space_group="I m -3 m"), shape="gaussian")


def test_an_undeclared_doublet_widens_the_cell(clean):
    lines = fit_phase(clean, RIGHT, shape="gaussian")
    sure = fit_lattice(lines, RIGHT)
    doubtful = fit_lattice(dataclasses.replace(lines, undeclared_doublet=True), RIGHT)
    # A third of 0.4 pm, of 40.66 pm.
    assert doubtful.systematic["a"] == pytest.approx(EDGE * 0.1333 / 40.66, rel=1e-2)
    assert doubtful.systematic["volume"] == pytest.approx(
        3 * doubtful.systematic["a"] * EDGE**2, rel=1e-2
    )
    assert doubtful.a.s > 10 * sure.a.s


@pytest.mark.parametrize(
    ("split", "kept"),
    [
        ([(1, 1, 1), (2, 0, 0)], False),
        ([(1, 1, 1), (4, 0, 0), (2, 2, 0)], False),
        ([(1, 1, 1), (2, 2, 2)], True),  # along the diagonal
        ([(2, 0, 0), (2, 2, 0)], True),  # along an axis
    ],
)
def test_a_cube_splits_as_some_stretched_cube_would_or_not_at_all(clean, split, kept):
    lines = fit_phase(clean, RIGHT, shape="gaussian")
    flags = tuple(
        old | {"split"} if hkl in split else old
        for old, hkl in zip(lines.flags, lines.hkl, strict=True)
    )
    found = _whole(dataclasses.replace(lines, flags=flags), RIGHT)
    assert any("split" in flag for flag in found.flags) is kept
    assert any("both h00 and hhh" in text for text in found.warnings) is not kept


def test_without_a_cell_lines_that_have_indices_show_nothing(clean):
    found = index_lines(fit_peaks(clean, shape="gaussian"), RIGHT)
    alone = explained(found, None)
    assert alone.chance == 1.0
    assert (alone.lines, alone.of, alone.predicted) == (len(found), len(found), 0)
    assert explained(found, fit_lattice(found, RIGHT)).chance < 1e-3


def test_reflections_that_no_fit_tells_apart_are_one():
    assert _told_apart(np.array([10.0, 10.01, 10.02, 11.0, 12.0, 12.02]), 0.1) == pytest.approx(
        [10.01, 11.0, 12.01]
    )
    assert _told_apart(np.zeros(0), 0.1) == []
