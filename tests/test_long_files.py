"""Long files: lines that are read anew instead of held, and means over neighbouring points."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

import analysis
from analysis.reading import means, opened, resistance, source
from analysis.reading.columns import RESISTANCE
from analysis.reading.means import in_means
from analysis.reading.points import Reading
from analysis.reading.resistance import read_points
from analysis.transport.curve import ResistanceCurve
from analysis.typing import ReadRecord


@pytest.fixture
def few(monkeypatch):
    """Make files of some thousand lines long ones: not held in memory, then refused."""
    for module in (source, opened):
        monkeypatch.setattr(module, "MAX_ROWS", 2000)
    monkeypatch.setattr(source, "MAX_HELD", 100_000)
    monkeypatch.setattr(resistance, "RESISTANCE", replace(RESISTANCE, most_rows=9000))


@pytest.mark.usefixtures("few")
def test_more_rows_than_a_curve_may_have_are_refused(tmp_path):
    path = tmp_path / "huge.csv"
    path.write_bytes(b"4.25,0.13\n" * (9000 + source.HEAD))
    assert len(analysis.read_resistance(path)) == 9000 + source.HEAD
    path.write_bytes(b"4.25,0.13\n" * (9001 + source.HEAD))
    with pytest.raises(analysis.DataError, match=r"more than 9 000 rows.*average neighbouring"):
        analysis.read_resistance(path)


LONG = {
    "plain": ("T (K),R (ohm)", "{t},{r}", "utf-8"),
    "time and a remark": ("# a remark\ntime (s);T (K);R (ohm)", "{i};{t};{r}", "latin-1"),
    "comma": ("T/\u00b0C;R/ohm", "{t};{r}", "latin-1"),
    "words": ("T\tR", "{t}\t{r}", "utf-16"),
    "Quantum Design": (
        "[Header]\n[Data]\nTemperature (K),Bridge 1 Resistance (Ohms),x",
        "{t},{r},",
        "utf-8",
    ),
}


@pytest.mark.parametrize("what", LONG)
def test_a_file_that_is_not_held_in_memory_reads_the_same(what, tmp_path, request):
    head, row, encoding = LONG[what]
    t = np.linspace(3, 300, 5000)
    rows = [row.format(i=i, t=f"{x:.4f}", r=f"{x**1.5 / 7:.5f}") for i, x in enumerate(t)]
    text = "\n".join([head, *rows, ""])
    path = tmp_path / "long.dat"
    path.write_text(text.replace(".", ",") if what == "comma" else text, encoding=encoding)
    held = read_points(path)
    request.getfixturevalue("few")
    anew = read_points(path)
    for name in ("temperature", "resistance", "time"):
        np.testing.assert_array_equal(getattr(held, name), getattr(anew, name))
    assert (held.notes, held.layout, held.where(4321)) == (
        anew.notes,
        anew.layout,
        anew.where(4321),
    )
    bad = row.format(i=1, t="4.2x", r=1)
    path.write_text(path.read_text(encoding=encoding) + bad, encoding=encoding)
    with pytest.raises(analysis.DataError, match=rf"row {5001 + head.count(chr(10)) + 1}\b"):
        read_points(path)


def test_lines_are_the_same_in_any_order(tmp_path, request):
    path = tmp_path / "long.dat"
    path.write_text("".join(f"{number}\r\n" for number in range(6000)))
    held = opened.open_source(path, RESISTANCE).lines
    request.getfixturevalue("few")
    anew = opened.open_source(path, RESISTANCE).lines
    assert isinstance(held, list)
    assert not isinstance(anew, list)
    places = [*range(0, 6000, 7), 3000, 3000, 2999, 5999, -1, 0, 1500]
    assert [anew[at] for at in places] == [held[at] for at in places]
    assert (len(anew), list(anew), anew[4000:4003]) == (6000, held, held[4000:4003])
    with pytest.raises(IndexError):
        anew[6000]


def test_memory_grows_by_less_than_a_hundred_bytes_a_row(tmp_path):
    """Ten million rows then stay below 1 GiB; see also the benchmark."""
    path = tmp_path / "long.csv"
    rows = "".join(f"{80 + i / 100:.6f},{1 + i / 7000:.6f}\n" for i in range(20_000))
    path.write_text("T (K),R (ohm)\n" + 40 * rows)
    code = (
        "import resource, sys, analysis.reading.resistance as reading\n"
        "most = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024\n"
        "before = most()\n"
        "reading.read_resistance(sys.argv[1])\n"
        "print(most() - before)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=True
    )
    # Text of so many bytes is held before its lines are read anew.
    assert int(done.stdout) - source.MAX_HELD < 100 * 800_000


def law(t):
    return analysis.resistance(t, theta_d=550, r0=0.1, a=2.0, r_sat=3.0)


@pytest.fixture
def points(monkeypatch):
    """Return how one sweep of many noisy points is read, with at most 2000 means."""
    monkeypatch.setattr(means, "MOST_POINTS", 2000)
    rng = np.random.default_rng(3)
    t = np.linspace(80, 300, 19_000)
    noisy = law(t) + rng.normal(0, 5e-3, t.size)
    time = np.arange(t.size) / 2
    record = ReadRecord("resistance", "text", {}, t.size)
    return Reading("f", t, noisy, "ohm", (), "row {}".format, record, time)


def test_means_lose_nothing_that_matters(points):
    whole, some = points.curve(), in_means(points).curve()
    assert len(some) == 1900
    assert some.notes == ("of 19000 points, means over 10 neighbours each are used",)
    assert not some.warnings
    np.testing.assert_allclose(some.time[:2], [2.25, 7.25])
    full, fit = (analysis.fit_resistance(one, (80, 300)) for one in (whole, some))
    for name in full.parameters:
        value, thinned = full.parameters[name], fit.parameters[name]
        assert abs(thinned.n - value.n) < 0.05 * value.s
        assert thinned.s == pytest.approx(value.s, rel=0.15)


def test_the_last_mean_may_be_over_fewer_and_rows_keep_their_words(points):
    some = replace(
        points, **{n: getattr(points, n)[:18_994] for n in ("temperature", "resistance")}
    )
    few = in_means(replace(some, time=None))
    assert few.temperature[-1] == pytest.approx(points.temperature[18_990:18_994].mean())
    assert few.where(1899) == "row 18990"


def test_sweeps_are_not_mixed_and_disorder_is_sorted(points):
    t, r = points.temperature, points.resistance
    up_and_down = in_means(
        replace(
            points, temperature=np.r_[t, t[::-1]], resistance=np.r_[r, 1.1 * r[::-1]], time=None
        )
    )
    curve = up_and_down.curve()
    assert curve.sweeps.directions == ("warming", "cooling")
    up, down = np.split(np.arange(len(curve)), 2)
    for places, factor in ((up, 1.0), (down, 1.1)):
        there = factor * law(up_and_down.temperature[places])
        assert np.abs(up_and_down.resistance[places] - there).max() < 8e-3
    assert any("fit each sweep separately" in text for text in curve.warnings)
    order = np.random.default_rng(1).permutation(t.size)
    mixed = in_means(replace(points, temperature=t[order], resistance=r[order], time=None))
    np.testing.assert_allclose(mixed.temperature, in_means(points).temperature)
    np.testing.assert_allclose(mixed.resistance, in_means(points).resistance)
    assert mixed.where(0) == f"row {int(np.flatnonzero(order == 0)[0])}"


def test_means_over_temperatures_far_apart_are_doubted(points):
    rng = np.random.default_rng(2)
    shaken = points.temperature + rng.normal(0, 0.5, points.temperature.size)
    some = in_means(replace(points, temperature=shaken))
    assert [text for text in some.warnings if "sharper than that is not seen" in text]
    assert isinstance(some.curve(), ResistanceCurve)
