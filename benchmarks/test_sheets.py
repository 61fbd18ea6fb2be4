"""Sheets: seconds beside the floor, many at once, and builds killed at random moments.

The floor is what any notebook costs that imports what the sheets import and does nothing.
"""

import json
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import time

import jupytext
import numpy as np
import pytest
from budget import COLD, SHEET

import analysis
from analysis.catalogue.datasets import OWN_PACKAGE
from compendium.notebooks import execute
from compendium.sheets import make_sheet

ROOT = OWN_PACKAGE.parent.parent
CURVES = 200
MOST_MEMORY = 2048  # MB, of one worker
EMPTY = """\
---
kernelspec: {display_name: Python 3, language: python, name: python3}
---

```{code-cell} ipython3
import matplotlib.pyplot as plt

import analysis
from analysis.show import plots, report
from compendium.chapters import record, sheet_views
```
"""


def seconds_of_the_floor(folder):
    return execute(jupytext.reads(EMPTY, fmt="md:myst"), folder=folder).seconds


def test_seconds_per_sheet_beside_the_floor(note, spend, tmp_path):
    floors, sheets = [], []
    for name in ("twin-run1-7.0gpa", "twin-zero-resistance-22.4gpa", "silver"):
        floors.append(seconds_of_the_floor(tmp_path))
        done = make_sheet("resistance", {"dataset": name}, title=name, folder=tmp_path)
        assert done.status == "ok"
        sheets.append(done.seconds)
    floor, sheet = statistics.median(floors), statistics.median(sheets)
    note("floor: kernel start and imports, s", floor)
    note("one sheet, s", sheet)
    spend(SHEET, sheet / floor)


@pytest.fixture
def many(tmp_path):
    """Make a package of many synthetic curves, one of them broken."""
    random_numbers = np.random.default_rng(5)
    t = np.linspace(4, 300, 150)
    entries = []
    for number in range(CURVES):
        r = analysis.resistance(t, theta_d=300 + number, r0=0.1, a=2.0)
        r += random_numbers.normal(0, 1e-3, t.size)
        name = f"curve-{number:03d}"
        rows = "".join(f"{x:.3f},{y:.6f}\n" for x, y in zip(t, r, strict=True))
        (tmp_path / f"{name}.csv").write_text("T (K),R (ohm)\n" + rows)
        entry = {"name": name, "path": f"{name}.csv", "kind": "resistance", "origin": "synthetic"}
        entries.append({**entry, "run": "1", "pressure": number / 5})
    (tmp_path / "curve-077.csv").write_text("T (K),R (ohm)\n1,2\nthree,4\n")
    (tmp_path / "datapackage.json").write_text(json.dumps({"resources": entries}))
    return tmp_path / "datapackage.json"


@pytest.fixture
def checkout(tmp_path_factory):
    """Copy what a build needs, so that the one in the checkout is left alone."""
    root = tmp_path_factory.mktemp("checkout") / "copy"
    away = shutil.ignore_patterns("_build", ".*", "__pycache__")
    shutil.copytree(ROOT, root, ignore=away)
    return root


def build(root, *options, **more):
    return subprocess.Popen(
        [sys.executable, "-m", "compendium.build", *map(str, options)],
        env={**os.environ, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **more,
    )


def table(root):
    content = json.loads((root / "_build" / "results.json").read_text())
    return {sheet["name"]: sheet for sheet in content["sheets"]}


def test_two_hundred_curves_of_ones_own(note, many, checkout):
    started = time.monotonic()
    with build(checkout, "--target", "results", "--data", many) as process:
        said, _ = process.communicate()
    note(f"{CURVES} sheets on {os.cpu_count()} cores, s", time.monotonic() - started)
    assert process.returncode == 1
    assert "error: a cell failed in sheet curve-077" in said
    found = {name: one for name, one in table(checkout).items() if name.startswith("curve-")}
    assert len(found) == CURVES
    assert [name for name, one in found.items() if one["status"] != "ok"] == ["curve-077"]
    memory = []
    for notebook in (checkout / "_build" / "executed" / "sheets").glob("curve-*.ipynb"):
        content = json.loads(notebook.read_text(encoding="utf-8"))
        memory.append(content["metadata"]["compendium"]["memory_mb"])
    note("most memory of a worker, MB", max(memory))
    assert max(memory) < MOST_MEMORY


def digest(root):
    """Return every page and every number, without the date."""
    pages = sorted((root / "_build" / "html").rglob("*.html"))
    return {str(p.relative_to(root)): p.read_text(encoding="utf-8") for p in pages}, table(root)


def differing(one, other):
    """Return the names of the pages and results that are not the same."""
    pairs = zip(one, other, strict=True)
    return [
        name
        for first, second in pairs
        for name in sorted({*first, *second})
        if first.get(name) != second.get(name)
    ]


def test_ten_kills_and_two_cold_builds_end_in_the_same_book(note, spend, checkout, tmp_path):
    moments = random.Random(20240104)  # noqa: S311 - of no secrets
    floor = statistics.median(seconds_of_the_floor(tmp_path) for _ in range(3))
    started = time.monotonic()
    with build(checkout) as process:
        said, _ = process.communicate()
    whole = time.monotonic() - started
    note(f"cold build on {os.cpu_count()} cores, s", whole)
    assert process.returncode == 0, said
    undisturbed = digest(checkout)
    shutil.rmtree(checkout / "_build")
    for _ in range(10):
        with build(checkout, start_new_session=True) as process:
            time.sleep(moments.uniform(1, whole / 4))
            os.killpg(process.pid, signal.SIGKILL)
        for notebook in (checkout / "_build" / "executed").rglob("*.ipynb"):
            assert "cells" in json.loads(notebook.read_text(encoding="utf-8"))
    with build(checkout) as process:
        said, _ = process.communicate()
    assert process.returncode == 0, said
    assert differing(undisturbed, digest(checkout)) == []
    spend(COLD, os.cpu_count() * whole / floor)
