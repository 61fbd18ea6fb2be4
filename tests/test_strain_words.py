"""What the pages on 3.3 say beside their numbers: the right words for every case."""

from dataclasses import replace

import numpy as np
import pytest
from test_strain_report import table

import analysis
from analysis.diffraction.analyse import PatternAnalysis, choose_crystal
from analysis.show.strain_report import size, strain, strain_of
from analysis.twin.patterns import truths
from compendium.chapters import strain_words
from compendium.chapters.pattern_series import Cells

TRUTH = replace(truths()[0], strain=0.008, size=np.inf)


def analysed(**known):
    """Return the analysis of lines of a known strain and size."""
    lines = table(**known)
    wh = analysis.williamson_hall(lines)
    return PatternAnalysis(lines.pattern, choose_crystal(), lines, wh)


def strains(*cases):
    return [analysed(**case).strain for case in cases]


def test_one_pattern_with_a_limit_and_with_a_size():
    limited, sized = analysed(), analysed(size=20.0)
    words = strain_words.pattern_words(limited)
    assert words["one-strain"] == strain_of(limited.strain)
    assert words["one-reduced"] == strain(limited.strain.strain_by_reduced)
    assert words["one-size"] == size(limited.strain)
    assert (words["one-name"], words["one-origin"]) == ("lines", "synthetic")
    at_limit = 1000 * limited.strain.strain_at_size_limit
    assert words["one-limit"] == f"If the size were at this limit, 10³ ε would be {at_limit:.2f}."
    assert strain_words.pattern_words(sized)["one-limit"] == "Size and strain were fitted together."
    assert words["one-breadth"] == "integral breadth"
    assert float(words["one-ratio"]) == pytest.approx(np.pi / 2, rel=0.002)
    unknown = strain_words.pattern_words(analysed(origin=None))
    assert unknown["one-origin"] == "of unknown origin"


def test_a_pattern_without_strain_says_why():
    nothing = PatternAnalysis(table().pattern, choose_crystal(), no_peaks="no line at all")
    with pytest.raises(analysis.FitError, match="no line at all"):
        strain_words.pattern_words(nothing)


def test_a_series_quotes_what_was_measured_and_says_what_was_not():
    series = strains(
        {"pressure": 1.6, "strain": 0.004}, {"pressure": 10.0}, {"pressure": 33.0, "strain": 0.011}
    )
    words = strain_words.series_words(series, {})
    assert words["strain-first"] == strain_of(series[0])
    assert words["strain-33"] == strain_of(series[2])
    assert words["strain-20"] == words["strain-last"] == "not measured"
    assert words["strain-plateau"] == strain(series[1].strain)
    assert words["strain-most-at"] == "33 GPa"
    assert (words["n-series"], words["n-full"], words["n-strain-inside"]) == ("3", "none", "0")
    assert words["series-origin"] == "synthetic"
    limits = [wh.size_lower for wh in series]
    between = f"{min(limits):.3g} to {max(limits):.3g} nm."
    assert words["limits-said"] == f"The lower limits of the size range from {between}"
    some = strain_words.series_words([*series, *strains({"pressure": 20.0, "size": 20.0})], {})
    assert some["limits-said"] == (
        f"The lower limits of the size of the other patterns range from {between}"
    )


def test_a_series_without_any_pattern_still_has_all_its_words():
    empty, full = (strain_words.series_words(some, {}) for some in ([], strains({})))
    assert empty.keys() == full.keys()
    assert empty["strain-plateau"] == "not measured"
    assert empty["limits-said"] == ""
    (alone,) = strains({})
    assert full["limits-said"] == f"The lower limit of the size is {alone.size_lower:.3g} nm."


@pytest.mark.parametrize(
    ("sizes", "truth", "words"),
    [
        ((), np.inf, ""),
        ((np.inf,), 20.0, ""),
        ((np.inf, np.inf), np.inf, "No size was put in, and none was found."),
        ((20.0, np.inf), np.inf, "1 pattern shows a size that was not put in: an artefact"),
        ((20.0, 20.0), np.inf, "2 patterns show a size that was not put in: an artefact"),
    ],
)
def test_sizes_that_nobody_put_in_are_counted(sizes, truth, words):
    series = strains(*({"size": value, "pressure": 5.0 + at} for at, value in enumerate(sizes)))
    found = strain_words.series_words(series, {"lines": replace(TRUTH, size=truth)})
    assert found["false-sizes"].startswith(words)
    assert bool(found["false-sizes"]) is bool(words)


def test_intervals_are_held_against_what_was_put_in():
    series = strains({"pressure": 6.0}, {"pressure": 9.0, "strain": 0.012})
    truth = {"lines": TRUTH}
    assert strain_words.known_strains(series, truth) == {6.0: 0.008, 9.0: 0.008}
    assert strain_words.series_words(series, truth)["n-strain-inside"] == "1"


def test_shapes_and_breadths_that_show_a_size_are_counted():
    words = strain_words.anatase_words(strains({"size": 20.0}, {"size": 25.0}, {}), [20.0, 80.5])
    assert words["anatase-window"] == "20 to 80.5 degrees"
    assert words["anatase-shows"] == "2 of 3"
    assert words["anatase-range"] == "from 20 to 25 nm"


def test_a_standard_and_iron_before_and_after():
    standards = strains({"size": 20.0}, {}, {"strain": 0.003})
    gold = analysis.Phase("gold", 3.88, space_group="F m -3 m")
    cells = [analysis.fit_lattice(_gold(edge), gold) for edge in (3.88, 3.87)]
    words = strain_words.standard_words(standards, cells)
    assert words["lab6-size"] == size(standards[0])
    assert words["iron-after"] == strain_of(standards[2])
    assert words["iron-size-before"] == size(standards[1])
    assert words["iron-a-before"].startswith("3.88")
    assert words["iron-a-after"].startswith("3.87")


def _gold(edge):
    """Return the lines of gold with this cell edge, angstrom."""
    phase = analysis.Phase("gold", edge, space_group="F m -3 m")
    known = analysis.reflections(phase, 61.99, two_theta_max=60)[:5]
    lines = table()
    return lines.select(
        np.arange(5),
        two_theta=np.array([line.two_theta for line in known]) + 1e-3 * np.array([1, -1, 0, 1, -1]),
        hkl=tuple(line.hkl for line in known),
    )


@pytest.mark.parametrize(("slope", "growing"), [(-0.1, "none of them"), (0.05, "c")])
def test_axes_that_grow_under_pressure_are_named(slope, growing):
    pressure = np.linspace(0, 8, 9)
    table = analysis.LatticeTable(
        pressure, 5 - 0.02 * pressure, 5 - 0.03 * pressure, 7 + slope * pressure
    )
    words = strain_words.compression_words(Cells(table, ("a", "b", "c"), "measured"))
    assert words == {"growing": growing, "axes-origin": "measured"}


def test_the_trap_by_its_broadest_line_and_its_split_lines():
    flags = (frozenset(), frozenset({"split"}), frozenset(), frozenset(), frozenset())
    ignored, careful, solved = strains({"strain": 0.02, "noise": 0.1}, {"flags": flags}, {})
    words = strain_words.trap_words(ignored, careful, solved, TRUTH)
    assert words["trap-excess"] == f"{ignored.strain.n / 0.008:.1f}"
    assert words["trap-best"] == f"{1000 * ignored.strain.n:.1f}"
    assert words["trap-split"] == "1 of 5"
    broadest = max(ignored.per_line, key=lambda line: line.strain.n)
    assert words["trap-line"] == broadest.name
    assert words["trap-solved"] == strain_of(solved)


def test_what_is_quoted_of_lines_that_disagree_is_a_value_or_a_limit():
    valued, limited = strains({"strain": 0.02, "noise": 0.1}, {"strain": 1e-5, "size": 20.0})
    assert limited.quoted_strain is None
    for ignored, words in ((valued, "the strain is large"), (limited, "only a limit is quoted")):
        quoted = strain_words.trap_words(ignored, valued, valued, TRUTH)["trap-quoted"]
        assert words in quoted
        assert quoted.endswith(f": {strain_of(ignored)}.")
