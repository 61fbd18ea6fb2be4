"""A real JupyterLab for tests and benchmarks, on a folder of its own."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager

import nbformat

SECONDS = 120  # that anything may take: patience, not a measurement

LIVE = """\
import analysis
import ipywidgets
from analysis.show import explore

live = explore.coupling()
seen = ipywidgets.Label("Python has seen nothing")


def look(change):
    seen.value = f"Python has seen {live.settings()['tc']:.1f} K: {live.read()['λ']:.5f}"


live.observe(look, "values")
display(live, seen)
"""
REFIT = """\
from analysis.show.explore.refit import Refit

Refit(analysis.load("twin-zero-resistance-22.4gpa"))
"""
# A curve of the reader's own.
FLIP = """\
from pathlib import Path

import analysis
from analysis.choices.multiverse import multiverse
from analysis.show import explore

whole = analysis.load("twin-run1-7.0gpa")
rows = zip(whole.temperature[::6], whole.resistance[::6])
Path("mine.csv").write_text("T (K),R (ohm)\\n" + "".join(f"{t},{r}\\n" for t, r in rows))
curve = analysis.read_resistance("mine.csv")
flip = explore.multiverse(multiverse(curve, laws=["n5", "n5-alone"]), curve)
told = ipywidgets.Label("Python has not been asked")
flip.observe(
    lambda _: setattr(told, "value", f"Python reads {flip.read()['Θ_{D}']:.1f} K"), "values"
)
display(flip, told)
"""


def write_live(folder):
    """Write a notebook of live figures; return its name."""
    notebook = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    )
    notebook.cells = [nbformat.v4.new_code_cell(code) for code in (LIVE, REFIT, FLIP)]
    nbformat.write(notebook, folder / "live.ipynb")
    return "live.ipynb"


@contextmanager
def running(folder):
    """Start JupyterLab in a folder; yield the address below which it opens files."""
    own = {f"JUPYTER_{what}_DIR": str(folder / what) for what in ("CONFIG", "DATA", "RUNTIME")}
    options = [
        "--no-browser",
        "--allow-root",
        "--ServerApp.token=",
        "--ServerApp.port=0",
        "--LabApp.news_url=",
    ]
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", str(folder), *options],
            env={**os.environ, **own, "IPYTHONDIR": str(folder / "ipython")},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield f"{_address(server, folder)}lab/tree/"
        finally:
            server.terminate()
            server.wait(SECONDS)


def _address(server, folder):
    end = time.monotonic() + SECONDS
    while time.monotonic() < end and server.poll() is None:
        for file in (folder / "RUNTIME").glob("jpserver-*.json"):
            try:
                found = json.loads(file.read_text())["url"]
                urllib.request.urlopen(f"{found}api", timeout=5).close()  # noqa: S310 - our own
            except (OSError, ValueError, KeyError):
                continue
            return found.replace("localhost", "127.0.0.1")
        time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not start:\n{(folder / 'log').read_text()}")


def wait_for_texts(page):
    """Wait until every text of the notebook that the page shows is there, its formulas typeset."""
    page.set_default_timeout(1000 * SECONDS)
    page.locator(".jp-Notebook .jp-RenderedMarkdown h1").wait_for()
    page.locator(".jp-Notebook mjx-container").first.wait_for()
    page.wait_for_function(
        """() => {
            const now = document.querySelectorAll(".jp-Notebook mjx-container").length;
            const same = now === window.formulas;
            window.formulas = now;
            return same;
        }""",
        polling=2000,
    )


def run_all(page):
    """Run every cell of the notebook that the page shows, and wait for the figures."""
    page.set_default_timeout(1000 * SECONDS)
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.locator(".explorer").nth(2).wait_for()


def values_of(page, script, count, ready):
    """Run a script for 0, 1, ...; return how long (ms) each took to become visible.

    `script` takes the number and moves something; `ready` returns what must change.
    """
    return page.evaluate(
        """async ([script, ready, count]) => {
            const move = eval(script), look = eval(ready), times = [];
            for (let i = 0; i < count; i++) {
                const before = look(), start = performance.now();
                move(i);
                while (look() === before) {
                    if (performance.now() - start > 20000) throw new Error("nothing changed");
                    await new Promise((done) => setTimeout(done, 1));
                }
                times.push(performance.now() - start);
                await new Promise((done) => setTimeout(done, 60));
            }
            return times;
        }""",
        [script, ready, count],
    )
