"""A line shape added as the page shows: it fits, prints, plots, and stands in ``--help``."""

import filecmp
import importlib.util
import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import numpy as np
import pytest
from scipy import integrate

from analysis.catalogue.datasets import OWN_PACKAGE

ROOT = OWN_PACKAGE.parent.parent
PAGE = (ROOT / "book" / "how-to" / "extending.md").read_text(encoding="utf-8")
SECTION = PAGE.split("## A line shape\n")[1].split("\n## ")[0]
LMFIT = PAGE.split("### Lines\n")[1].split("\n## ")[0].split("\n### ")[0]
BLOCK = re.compile(r"```\{code-block\} (\w+)\n(?::caption: ([^\n]*)\n)?\n?(.*?)```", re.DOTALL)
CODE, COMMANDS, DRAWING = BLOCK.findall(SECTION)
FILE = CODE[1].removeprefix("at the end of ")
NAME = "squared-lorentzian"


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the project with the page's block at the end of the file that it names."""
    root = tmp_path_factory.mktemp("extended")
    for name in ("analysis", "compendium", "data"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    with (root / FILE).open("a", encoding="utf-8") as file:
        file.write(f"\n\n{CODE[2]}")
    return root


def python(project, *arguments):
    kept = {name: value for name, value in os.environ.items() if name != "COMPENDIUM_PACKAGE"}
    environment = {**kept, "PYTHONPATH": str(project), "MPLBACKEND": "agg", "COLUMNS": "100"}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=project, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def command(project, text):
    program, *arguments = shlex.split(text)
    assert program == "python"
    return python(project, *arguments)


def test_the_block_is_short_and_no_other_file_is_touched(project):
    assert len(CODE[2].splitlines()) < 40
    assert FILE == "analysis/diffraction/shapes.py"
    names = [str(path.relative_to(ROOT)) for path in (ROOT / "analysis").rglob("*.py")]
    _, changed, errors = filecmp.cmpfiles(ROOT, project, names, shallow=False)
    assert (changed, errors) == ([FILE], [])


def test_the_commands_of_the_page_run_and_know_the_shape(project):
    for_help, in_words, as_json = (
        command(project, line) for line in COMMANDS[2].strip().splitlines()
    )
    assert f"{NAME} (between the two)" in " ".join(for_help.split())
    assert f"integral, of {NAME} lines" in in_words
    assert f"the {NAME} shape does not describe" in in_words
    found = json.loads(as_json)
    paper = json.loads(command(project, "python -m analysis fit strain twin-xrd-33.0gpa --json"))
    ratio = found["strain"]["value"] / paper["strain"]["value"]
    assert 0.6 < ratio < 0.95  # without a Lorentzian's tails


def test_a_standard_is_taken_off(project):
    fit = f"python -m analysis fit strain twin-xrd-33.0gpa --json --shape {NAME}"
    bare = json.loads(command(project, fit))
    clean = json.loads(command(project, f"{fit} --instrument twin-xrd-1.6gpa"))
    assert clean["instrument"] == "twin-xrd-1.6gpa"
    assert 0 < clean["strain"]["value"] < 0.95 * bare["strain"]["value"]


def test_the_figure_of_the_page_is_drawn(project):
    python(project, "-c", DRAWING[2])
    assert (project / "lines.png").stat().st_size > 10_000


def test_the_shape_is_what_the_page_says(project):
    spec = importlib.util.spec_from_file_location("extended_shapes", project / FILE)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    shape = module.shape_named(NAME)
    u, step = np.linspace(-400, 400, 800_001), 1e-6
    assert integrate.trapezoid(shape.profile(u, 0.3), u) == pytest.approx(1, abs=1e-6)
    assert shape.profile(np.array([0.5]), 0.3) == pytest.approx(shape.profile(np.zeros(1), 0.3) / 2)
    u = u[::1000]
    slopes = shape.slopes(u, 0.3)
    numerical = (shape.profile(u + step, 0.3) - shape.profile(u - step, 0.3)) / (2 * step)
    assert slopes.value == pytest.approx(shape.profile(u, 0.3))
    assert slopes.by_place == pytest.approx(numerical, abs=1e-8)
    assert (slopes.by_mixing == 0).all()
    # Taken apart and put together it is itself; its breadth is that of the Voigt named.
    assert shape.from_widths(*shape.widths(0.3))[0] == pytest.approx(1, abs=0.01)
    voigt = module.shape_named("voigt")
    assert voigt.integral_breadth(1.0, 0.34 / (0.34 + 0.80)) == pytest.approx(
        shape.integral_breadth(1.0, 0.3), rel=0.01
    )


def test_the_lmfit_example_of_the_page_fits_its_two_lines(capsys):
    ((_, _, code),) = BLOCK.findall(LMFIT)
    space = {}
    exec(code, space)  # noqa: S102 - the page's own
    assert "a_center" in capsys.readouterr().out
    assert space["fit"].redchi == pytest.approx(1, abs=0.35)
