"""Import: forty curves out of one figure, their seconds beside the start of the command, memory."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest
from matplotlib.figure import Figure

import analysis

CURVES = 40
MOST_MEMORY = 1024  # MB, of the largest of its processes


@pytest.fixture
def paper(tmp_path):
    """Draw a page of four panels with ten curves each, dense and sparse, lines and markers."""
    random_numbers = np.random.default_rng(6)
    figure = Figure(figsize=(8, 6), layout="constrained")
    for number, ax in enumerate(figure.subplots(2, 2).flat):
        for curve in range(CURVES // 4):
            t = np.linspace(4, 300, 100 * (1 + curve))
            r = analysis.resistance(t, theta_d=300 + 20 * curve, r0=0.1 * curve, a=2.0)
            r += random_numbers.normal(0, 1e-3, t.size)
            style = "o" if curve % 3 == number % 3 else "-"
            ax.plot(t, r, style, ms=3, lw=0.8, label=f"{2.5 * curve:g} GPa")
        ax.set(xlabel="Temperature (K)", ylabel="Resistance (Ω)", title=f"Run {number + 1}")
        ax.legend(fontsize=5)
    figure.savefig(tmp_path / "paper.pdf")
    return tmp_path / "paper.pdf"


def run(*words):
    """Run the command: (seconds, of them of work, MB of its largest process, output, status)."""
    started = time.monotonic()
    command = [sys.executable, "-m", "analysis", *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.read()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    work = usage.ru_utime + usage.ru_stime
    return time.monotonic() - started, work, usage.ru_maxrss / 1024, said, process.returncode


def test_forty_curves_out_of_a_figure(note, paper, tmp_path):
    _, floor, *_ = run("import", "--help")
    seconds, work, memory, said, status = run("import", paper, "-o", tmp_path / "mine")
    note(f"import of {CURVES} curves out of a figure, s", seconds)
    note("of them, its processor's", work)
    note("the processor's, over the start of the command", work / floor)
    note("most memory of its processes, MB", memory)
    assert status in (0, 3), said  # it may ask
    assert said.count("resistance") >= CURVES, said
    assert memory < MOST_MEMORY
