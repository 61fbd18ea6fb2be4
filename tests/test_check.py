"""What `make check` holds: who may import whom, and how much code there is."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from compendium import size

ROOT = Path(__file__).resolve().parent.parent
LINT = Path(sys.executable).with_name("lint-imports")


def lint(root):
    return subprocess.run(
        [LINT, "--no-cache", "--no-logo"], cwd=root, capture_output=True, text=True, check=False
    )


@pytest.fixture
def package(tmp_path):
    """A copy of what the contracts are about."""
    unwanted = shutil.ignore_patterns("__pycache__")
    for name in size.PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=unwanted)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_contracts_are_kept(package):
    done = lint(package)
    assert done.returncode == 0, done.stdout
    assert "Contracts: 4 kept, 0 broken." in done.stdout


@pytest.mark.parametrize(
    ("file", "line", "contract"),
    [
        ("transport/curve.py", "from analysis.diffraction import pattern", "Rooms"),
        ("diffraction/pattern.py", "from analysis.transport import curve", "Rooms"),
        ("numerics/means.py", "import analysis.reading.columns", "Rooms"),
        ("reading/columns.py", "from analysis.show import plots", "Rooms"),
        ("attic.py", "import numpy", "Rooms"),  # a room of which no contract knows
        ("twin/curves.py", "import matplotlib.pyplot", "Physics"),
        ("transport/fit.py", "from lmfit import Model", "Physics"),
        ("pressure/series.py", "import ipywidgets", "Physics"),
        ("cli/list.py", "from compendium import plan", "Analysis knows of no book"),
        ("transport/curve.py", "from analysis.transport import fit", "No import circle"),
    ],
)
def test_a_forbidden_import_is_found_and_its_contract_named(package, file, line, contract):
    path = package / "analysis" / file
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    # Where it is least seen: in a function at the end.
    path.write_text(f"{text}\n\ndef hidden():\n    {line}\n", encoding="utf-8")
    done = lint(package)
    assert done.returncode == 1
    status = next(line for line in done.stdout.splitlines() if line.startswith(contract))
    assert "BROKEN" in status
    # And in full below it, with the module that must not import.
    broken = done.stdout.partition("Broken contracts")[2]
    assert contract in broken
    assert re.search(rf"\b{Path(file).stem}\b", broken)


def test_lines_of_code_are_those_that_are_no_words():
    source = '''"""A module
of two lines."""

# why
x = """not
a docstring"""


def f(a,
      b):
    """Say nothing."""
    return a  # it
'''
    assert size.lines_of_code(source) == 5


FILES = {"analysis/a.py": 10, "analysis/room/b.py": 20, "compendium/c.py": 5}


def test_rooms_are_folders_of_the_package():
    assert size.lines_of_rooms(FILES) == {"analysis": 10, "analysis/room": 20, "compendium": 5}


@pytest.mark.parametrize(
    ("limits", "problems"),
    [
        ({"file": 20, "analysis": 30, "analysis + compendium": 35}, []),
        ({"file": 19}, ["analysis/room/b.py has 20 lines of code; 19 are allowed"]),
        ({"analysis": 29}, ["analysis has 30 lines of code; 29 are allowed"]),
        (
            {"analysis/room + compendium": 24},
            ["analysis/room + compendium has 25 lines of code; 24 are allowed"],
        ),
    ],
)
def test_limits_are_of_a_file_or_of_folders_in_sum(limits, problems):
    assert size.broken_limits(FILES, limits) == problems


def test_too_much_code_ends_with_a_status(tmp_path, capsys):
    for folder, lines in (("analysis", 3), ("compendium", 2)):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.py").write_text("x = 1\n" * lines)
    limits = "[tool.compendium.lines-of-code]\nfile = {}\n"
    (tmp_path / "pyproject.toml").write_text(limits.format(3))
    assert size.main(tmp_path) == 0
    assert "     5  lines of code in 2 files" in capsys.readouterr().out
    (tmp_path / "pyproject.toml").write_text(limits.format(2))
    assert size.main(tmp_path) == 1
    assert capsys.readouterr().err == "error: analysis/a.py has 3 lines of code; 2 are allowed\n"
