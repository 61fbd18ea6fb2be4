"""The public names, one list and all there; and the map from equations to functions."""

import inspect
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import analysis

ROOT = Path(analysis.__file__).resolve().parent.parent
# What others rely on: whoever takes a name away breaks their programs.
NAMES = [
    "AnalysisError",
    "Cubic",
    "CurveAnalysis",
    "DataError",
    "Dataset",
    "DatasetUnavailable",
    "DiffractionPattern",
    "EquationOfState",
    "FitError",
    "Instrument",
    "LatticeFit",
    "LatticeTable",
    "LawComparison",
    "MeasuredPressure",
    "Multiverse",
    "NotReached",
    "PatternAnalysis",
    "PeakTable",
    "Phase",
    "ResistanceCurve",
    "ResistanceFit",
    "Results",
    "SheetResult",
    "TransitionFit",
    "ValidityWarning",
    "WilliamsonHall",
    "analyse_curve",
    "analyse_list",
    "analyse_pattern",
    "bloch_gruneisen_integral",
    "compare_laws",
    "coupling_constant",
    "critical_temperature",
    "find_dataset",
    "find_drop",
    "fit_equation_of_state",
    "fit_instrument",
    "fit_lattice",
    "fit_peaks",
    "fit_phase",
    "fit_pressure",
    "fit_resistance",
    "fit_transition",
    "import_originals",
    "index_lines",
    "lattice_table",
    "line_breadth",
    "linear_compressibility",
    "list_datasets",
    "listed_lines",
    "load",
    "load_results",
    "load_table",
    "multiverse",
    "phases_of",
    "pressure_scales",
    "read_line_table",
    "read_pattern",
    "read_resistance",
    "reflections",
    "resistance",
    "ruby_pressure",
    "williamson_hall",
]
ROW = re.compile(r"^([\d-]+) +(\w+) +([\w.]+) +([\w-]+) +(test_\w+)$", re.MULTILINE)
MAP = ROW.findall(analysis.__doc__)


def test_the_public_names_are_these():
    assert analysis.__all__ == dir(analysis) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_is_what_its_home_defines(name):
    value = getattr(analysis, name)
    assert value.__name__ == name
    assert value.__module__.startswith("analysis.")
    assert value.__module__ == analysis._HOME[name]
    assert inspect.getdoc(value)


def test_unknown_names_are_missing():
    with pytest.raises(AttributeError, match="module 'analysis' has no attribute 'fit_resistence'"):
        analysis.fit_resistence  # noqa: B018


def test_a_name_is_imported_when_it_is_first_used():
    code = (
        "import sys, analysis; before = 'scipy' in sys.modules; analysis.fit_resistance; "
        "print(before, 'scipy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False True\n"


def test_the_map_has_every_equation():
    numbers = set()
    for equations, *_ in MAP:
        first, _, last = equations.partition("-")
        numbers.update(range(int(first), int(last or first) + 1))
    assert numbers == set(range(1, 9))


@pytest.mark.parametrize("row", MAP, ids=[row[1] for row in MAP])
def test_the_map_leads_to_what_is_there(row):
    _, function, module, chapter, tests = row
    home = import_module(f"analysis.{module}")
    assert getattr(home, function).__module__ == home.__name__
    assert (ROOT / "book" / f"{chapter}.md").is_file()
    assert re.search(rf"\b{function}\b", (ROOT / "tests" / f"{tests}.py").read_text("utf-8"))


def test_the_page_has_the_map_of_the_package():
    page = (ROOT / "book" / "how-to" / "extending.md").read_text(encoding="utf-8")
    rows = re.findall(
        r"^\| (\S+) \| `(\w+)` \| `(\S+)` \| \[[\d.]+\]\(\.\./(\S+)\.md\) \| `(\w+)` \|$",
        page,
        re.MULTILINE,
    )
    assert rows == [tuple(row) for row in MAP]
