"""The progress bar: on a terminal, for fits that last, and nowhere else."""

import io
import sys

import numpy as np
import pytest

from analysis import DiffractionPattern, fit_peaks
from analysis.cli import progress
from analysis.cli.main import run
from analysis.numerics.progress import steps, watching

X = np.arange(20, 80, 0.05)
Y = 50 + sum(2e3 * np.exp(-(((X - at) / 0.2) ** 2)) for at in (30, 40, 50, 60))
PATTERN = DiffractionPattern(
    X, np.random.default_rng(0).poisson(Y).astype(float), wavelength=154.06
)


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "gold.csv"
    rows = zip(X, PATTERN.intensity, strict=True)
    path.write_text("2Theta,Counts\n" + "".join(f"{x:.3f},{y:g}\n" for x, y in rows))
    return path


def fitted(monkeypatch, file, stream, patience):
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(progress, "PATIENCE", patience)
    arguments = ["fit", "strain", str(file), "--wavelength", "154.06", "--shape", "gaussian"]
    assert run(arguments) == 0
    return stream.getvalue()


@pytest.mark.parametrize(
    ("stream", "patience", "shown"),
    [(Terminal, 0.0, True), (Terminal, 1e3, False), (io.StringIO, 0.0, False)],
)
def test_only_who_waits_at_a_terminal_sees_a_bar(
    monkeypatch, file, capsys, stream, patience, shown
):
    said = fitted(monkeypatch, file, stream(), patience)
    assert ("lines in turns" in said) == shown
    assert ("all lines at once" in said) == shown
    assert "lines in turns" not in capsys.readouterr().out
    assert list(steps([1, 2], "afterwards")) == [1, 2]


def test_a_fit_that_is_watched_is_the_same():
    seen = {}

    def watch(items, name):
        for item in items:
            seen[name] = seen.get(name, 0) + 1
            yield item

    with watching(watch):
        watched = fit_peaks(PATTERN, shape="gaussian")
    np.testing.assert_array_equal(watched.fwhm, fit_peaks(PATTERN, shape="gaussian").fwhm)
    assert seen["lines in turns"] >= 8
    assert 1 <= seen["all lines at once"] < 40
