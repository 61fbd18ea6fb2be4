"""Exercises on section 3.3: the answers against what their lines were made from."""

from pathlib import Path

import numpy as np
import pytest

from analysis import williamson_hall
from analysis.diffraction.peaks import PeakTable
from analysis.exercises import check
from analysis.exercises.strain_lines import (
    IDEAL,
    INSTRUMENT,
    LABORATORY,
    TRAP,
    cannot_split,
    corrected_lines,
    powder_lines,
    straight_line,
    trap_lines,
)
from analysis.twin.patterns import truth_of

PAGE = Path(__file__).resolve().parent.parent / "book" / "course" / "exercises-strain.md"


def _corrected() -> PeakTable:
    return corrected_lines(powder_lines(LABORATORY), shape="lorentzian", instrument=INSTRUMENT)


@pytest.mark.parametrize(
    ("lines", "powder"), [(powder_lines, IDEAL), (_corrected, LABORATORY)], ids=["ideal", "less"]
)
def test_strain_and_size_are_what_the_powder_was_made_from(lines, powder):
    found = williamson_hall(lines())
    assert abs(found.strain.n - powder.strain) < 3 * found.strain.s
    assert abs(found.size.n - powder.size) < 3 * found.size.s


def test_a_fit_that_gives_all_lines_one_weight_is_right_as_well():
    trap = trap_lines()
    cases = {
        ("strain-1", "strain-5"): powder_lines(),
        (None, "strain-6"): _corrected(),
        ("strain-9", None): trap.select(cannot_split(trap)),
    }
    for (strain, size), lines in cases.items():
        slope, start = straight_line(lines.theta, np.radians(lines.fwhm) * np.pi / 2)
        assert strain is None or check(strain, slope).right
        assert size is None or check(size, 0.9 * 0.15406 / start).right


def test_a_size_with_another_constant_of_scherrer_is_named():
    lines = powder_lines()
    _, start = straight_line(lines.theta, np.radians(lines.integral_breadth))
    for size in (0.15406 / start, williamson_hall(lines).size / 0.9):
        said = check("strain-5", size)
        assert (said.kind, "K = 1" in said.words) == ("slip", True)


def test_two_close_lines_have_another_shape_than_one_that_is_broad():
    """A flat or a double top, as the page says: one FWHM apart."""
    x = np.linspace(-3, 3, 601)

    def sharpness(distance):
        """Return the FWHM over the width at nine tenths of the height."""
        height = sum(1 / (1 + (2 * (x - side * distance / 2)) ** 2) for side in (-1, 1))
        height /= height.max()
        return (height > 0.5).sum() / (height > 0.9).sum()

    assert sharpness(1.0) < 0.8 * sharpness(0.0)


def test_the_widths_as_a_table_prints_them_suffice():
    lines = powder_lines()
    rounded = np.radians(np.round(lines.integral_breadth, 3))
    _, start = straight_line(np.radians(np.round(lines.two_theta, 2) / 2), rounded)
    assert check("strain-5", round(0.9 * 0.15406 / start, 1)).right


def test_lines_of_unlike_widths_subtract_by_their_shape():
    measured = powder_lines(LABORATORY)
    for shape, power in (("lorentzian", 1), ("gaussian", 2)):
        left = corrected_lines(measured, shape=shape, instrument=INSTRUMENT).fwhm
        assert left**power == pytest.approx(measured.fwhm**power - INSTRUMENT**power)


def test_the_lines_that_are_kept_do_not_split_in_the_true_cell():
    """By the spacings of the orthorhombic cell with the truth's axes."""
    truth, lines = truth_of(TRAP), trap_lines()
    h, k, l = np.array(lines.hkl, dtype=float).T  # noqa: E741 - Miller's letters

    def spacing(along, across):
        return ((along / truth.a) ** 2 + (across / truth.b) ** 2 + (l / truth.c) ** 2) ** -0.5

    apart = np.abs(spacing(h - k, h + k) - spacing(h + k, h - k))
    assert ((apart < 1e-12) == cannot_split(lines)).all()
    assert 0 < cannot_split(lines).sum() < len(lines)


def test_without_the_split_lines_the_strain_is_the_truths():
    truth, lines = truth_of(TRAP), trap_lines()
    alone, every = (williamson_hall(one) for one in (lines.select(cannot_split(lines)), lines))
    assert abs(alone.strain.n - truth.strain) < 3 * alone.strain.s
    assert abs(alone.size.n - truth.size) < 3 * alone.size.s
    assert abs(every.strain_by_full.n - truth.strain) > 3 * alone.strain.s


@pytest.mark.parametrize("pattern", ["twin-xrd-29.5gpa", "twin-xrd-20.5gpa"])
def test_the_answers_follow_the_pattern(pattern):
    truth = truth_of(pattern).strain
    assert check("strain-4", truth, pattern=pattern).right
    assert check("strain-4", 2 / np.pi * truth, pattern=pattern).kind == "slip"
    assert check("strain-4", 1.2 * truth, pattern=pattern).kind == "wrong"


def test_the_page_says_what_the_lines_were_made_with():
    text = PAGE.read_text(encoding="utf-8")
    assert f"have an FWHM of {INSTRUMENT:g} degrees" in text
    assert "154.06 pm" in text
