"""The page "Extending it": the law that it shows works as it says, with no other file touched."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "book/how-to/extending.md").read_text(encoding="utf-8")
NAME = "bloch-gruneisen-linear"


def section(title):
    return PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]


def blocks(language, title="A law of R(T)"):
    return re.findall(rf"^```{language}\n(.*?)^```", section(title), re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def extended(tmp_path_factory):
    """A copy of the package whose laws.py has the page's block at its end."""
    root = tmp_path_factory.mktemp("extended")
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("analysis", "compendium", "data"):
        shutil.copytree(ROOT / name, root / name, ignore=ignored)
    (block,) = blocks("python")
    assert block.startswith("# at the end of analysis/transport/laws.py")
    with (root / "analysis/transport/laws.py").open("a", encoding="utf-8") as file:
        file.write(f"\n\n{block}")

    def run(*arguments):
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=root, env={"PYTHONPATH": str(root), "MPLBACKEND": "agg"},
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    return run


def test_the_block_is_short():
    (block,) = blocks("python")
    assert len([line for line in block.splitlines() if line.strip()]) < 40


def test_help_offers_the_law(extended):
    for kind in ("resistance", "transition"):
        assert NAME in extended("-m", "analysis", "fit", kind, "--help")


def test_the_commands_of_the_page_fit_and_print_it(extended):
    commands = [line.split()[1:] for line in blocks("sh")[0].splitlines()]
    fits = [command for command in commands if command[2] == "fit" and "--law" in command]
    text, found = (extended(*command) for command in fits)
    assert "eq. 1 and a term linear in T" in text
    assert re.search(r"^  b +\S+ \+- \S+ ohm/K$", text, re.MULTILINE)
    number = json.loads(found)["b"]
    assert number["unit"] == "ohm/K"
    assert abs(number["value"]) < 5 * number["stderr"]  # the twin has no such term


CODE = """
import json, warnings
import numpy as np
import analysis
from matplotlib import pyplot as plt
from analysis.show import plots, report
t = np.linspace(5, 300, 300)
truth = {"theta_d": 400.0, "r0": 0.1, "a": 2.0, "g_sat": 0.3, "b": 2e-3}
r = analysis.resistance(t, theta_d=400, r0=0.1, a=2, r_sat=1 / 0.3) + 2e-3 * t
r = r + 2e-5 * np.random.default_rng(3).normal(size=t.size)
curve = analysis.ResistanceCurve(t, r, name="made")
fit = analysis.fit_resistance(curve, (5, 300), law="bloch-gruneisen-linear")
found = analysis.fit_resistance(curve, law="bloch-gruneisen-linear")
pulls = [(fit.parameters[name].n - value) / fit.parameters[name].s for name, value in truth.items()]
fig, ax = plt.subplots()
plots.resistance_fit(ax, fit)
half = np.diff(fit.band(t), axis=0)[0] / 2
table = report.parameters(fit)
print(json.dumps({
    "pulls": pulls, "r_squared": fit.r_squared, "window": found.window,
    "labels": ax.get_legend_handles_labels()[1], "rows": [list(row) for row in table.rows],
    "half": [float(half.min()), float(half.max())], "warnings": fit.warnings,
    "correlations": len(report.correlations(fit).rows),
}))
"""


def test_it_has_errors_a_band_a_plot_and_a_table(extended):
    found = json.loads(extended("-c", CODE).splitlines()[-1])
    assert max(map(abs, found["pulls"])) < 4
    assert found["r_squared"] > 0.99999
    assert found["window"] == [5.0, 300.0]  # the search takes a law that describes all
    assert "fit of eq. 1 and a term linear in T" in found["labels"]
    assert [row[0] for row in found["rows"]][-1] == "B"
    assert found["rows"][-1][-1] == "Ω/K"
    assert 0 < found["half"][0] < found["half"][1] < 1e-3
    assert found["correlations"] == 5


def test_the_lmfit_half_of_the_page_runs(capsys):
    code = "\n".join(block for block in blocks("python", "With lmfit") if "resistance" in block)
    scope = {}
    exec(code, scope)  # noqa: S102 - what the page shows
    said = capsys.readouterr().out
    theirs, ours = (
        [float(value) for value in re.findall(r"\d+\.\d", line.partition(":")[2])]
        for line in said.splitlines() if "95 %:" in line
    )  # fmt: skip
    assert theirs == pytest.approx(ours, abs=2.0)
