"""The page that takes a file, beside the package that it is translated from."""

import json
import shutil
import subprocess
from pathlib import Path
from timeit import repeat

import pytest
from parity_study import case

from analysis.show.trying.resistance import TriedCurve
from compendium.pages import LEFT_TO_PYTHON
from compendium.translated.bundle import worker

RUNNER = Path(__file__).resolve().parent.parent / "tests" / "translated.mjs"
# Least time of several, once the browser's compiler has seen what is run often.
LEAST = """(() => {
  const bytes = new TextEncoder().encode(%s).buffer, times = [];
  for (let i = 0; i < 20; i++) {
    const begun = performance.now();
    answered({ id: 0, call: "opened", arguments: ["curve.csv", bytes, {}] });
    answered({ id: 0, call: "fitted", arguments: [{}] });
    times.push(performance.now() - begun);
  }
  return Math.min(...times) / 1e3;
})()"""


@pytest.mark.parametrize(("seed", "what"), [(10, "a metal"), (3, "a transition")])
def test_page_against_package(seed, what, note):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    content = case(seed).content

    def package():
        curve = TriedCurve()
        curve.opened("curve.csv", content, {})
        curve.fitted({})

    given = {
        "script": worker("analysis.show.trying.resistance", LEFT_TO_PYTHON),
        "expression": LEAST % json.dumps(content.decode()),
    }
    done = subprocess.run(
        [node, RUNNER], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    points = content.count(b"\n") - 1
    page, own = float(done.stdout), min(repeat(package, number=1, repeat=7))
    note(f"read and fit {what} of {points} points: page, ms", 1e3 * page)
    note(f"read and fit {what}: page / package", page / own)
    assert page / own < 10
