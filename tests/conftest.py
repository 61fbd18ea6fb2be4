"""Shared by all tests: the built book, a browser without a network, and data out of reach.

What is missing on a machine, data or browser, is skipped with a sentence, never silently; the
continuous integration demands both (COMPENDIUM_DATA set, CI=true).
"""

import os
import shlex
import shutil
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import hypothesis
import pytest
import studies

import analysis
import analysis.numerics.arithmetic  # before numpy: tests compare with what kernels computed
from analysis.cli.main import run
from compendium import browser as tools_browser
from compendium import status

ROOT = Path(__file__).resolve().parent.parent

# The same examples every time; `make fuzz` tries others.
hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.load_profile("same")

# It needs atheris, which is no part of the environment.
collect_ignore = ["fuzz/guided.py"]

# Kinds that `analysis.load` knows; the others are tables.
LOADED = {"resistance", "diffraction"}


STUDIES = []


def pytest_addoption(parser):
    parser.addoption(
        "--studies",
        nargs="?",
        const=studies.TENTH,
        choices=[studies.TENTH, studies.FULL],
        help="simulations, too: with a tenth of their replicates, or --studies=full",
    )
    parser.addoption(
        "--seed",
        default="0",
        help="added to the seeds of the studies: a number, or a commit's hash",
    )


def pytest_configure(config):
    for marker in (
        "measured(name): needs a measured data set that has to be downloaded",
        "pages: looks at the built pages (set for all that use them)",
        "alike: of pages that are made the same way with and without the measured sets",
        "study: simulates; runs with --studies",
        "builds: builds a small book again and again; runs with --studies",
    ):
        config.addinivalue_line("markers", marker)


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(config, items):
    wanted = config.getoption("--studies")
    for item in items:
        if "html" in getattr(item, "fixturenames", ()):
            item.add_marker("pages")
        if item.get_closest_marker("study") and not wanted:
            item.add_marker(pytest.mark.skip(reason="a study: OPTIONS=--studies runs it"))
        if item.get_closest_marker("builds") and not wanted:
            item.add_marker(pytest.mark.skip(reason="long builds: OPTIONS=--studies runs it"))


def pytest_runtest_logreport(report):
    """Collect what studies found, of this process and of those that it started."""
    if report.when == "call":
        STUDIES.extend(row for name, row in report.user_properties if name == studies.PROPERTY)


def pytest_terminal_summary(terminalreporter, config):
    """Keep what a run of all tests found, for the page "Status"."""
    if config.args_source is not config.ArgsSource.ARGS and not config.option.collectonly:
        stats = terminalreporter.stats
        kinds = ("passed", "failed", "error", "skipped")
        counts = {kind: len(stats[kind]) for kind in kinds if stats.get(kind)}
        options = shlex.join(config.invocation_params.args)
        status.keep(ROOT, status.TESTS, counts=counts, options=options)


def pytest_sessionfinish(session):
    if STUDIES and not hasattr(session.config, "workerinput"):
        studies.write_table(STUDIES)


@pytest.fixture
def cli(capsys):
    """Run the command line; return status, standard output and standard error."""

    def cli(*arguments):
        status = run([str(argument) for argument in arguments])
        return status, *capsys.readouterr()

    return cli


@pytest.fixture
def study(request):
    """Return the study of a test that is marked so."""
    return studies.Study(
        request.config.getoption("--studies"),
        request.node.name,
        request.node.user_properties.append,
        int(request.config.getoption("--seed"), 16),
        room=request.node.path.stem.removeprefix("test_studies").lstrip("_"),
        at_once=False,
    )


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    """Fail a study that broke a promise when all that it found is kept."""
    result = yield
    if (study := pyfuncitem.funcargs.get("study")) is not None:
        study.judge()
    return result


def pytest_runtest_setup(item):
    """Skip what needs data out of reach, aloud; where COMPENDIUM_DATA is set, fail."""
    for marker in item.iter_markers("measured"):
        (name,) = marker.args
        curves = {dataset.name for dataset in analysis.list_datasets() if dataset.kind in LOADED}
        load = analysis.load if name in curves else analysis.load_table
        try:
            load(name)
        except analysis.DatasetUnavailable as missing:
            if "COMPENDIUM_DATA" in os.environ:
                raise
            pytest.skip(str(missing))


@pytest.fixture(scope="session")
def html():
    """Build the real book if it is not up to date; return the folder of its pages."""
    done = subprocess.run(
        [sys.executable, "-m", "compendium.build"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return ROOT / "_build" / "html"


# One browser for each file of tests: while Playwright runs, its event loop is the thread's,
# and the tests of other files may need their own.
@pytest.fixture(scope="module")
def browser():
    """Chromium without a network (Playwright's Browser)."""
    if tools_browser.chromium() is None:
        missing = f"this {tools_browser.MISSING}"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    with tools_browser.launched() as running:
        yield running


@pytest.fixture(scope="session")
def node():
    """Node, from this machine or from the browser driver, which carries one."""
    found = shutil.which("node")
    if found is None:
        from playwright._impl._driver import compute_driver_executable

        found = str(compute_driver_executable()[0])
    return found


@pytest.fixture
def no_network(browser):
    """Open a page as a reader without a network would.

    ``no_network(path or address, **options of browser.new_context)`` returns a Visit: its
    ``.page`` (Playwright's), ``.asked`` (addresses on other hosts) and ``.errors`` (console).
    With ``fragment`` the page is opened once more, as by a link that ends in it.
    """
    contexts = []

    def look(where, *, fragment="", **options):
        contexts.append(browser.new_context(**options))
        visit = tools_browser.visit(contexts[-1], where)
        if fragment:
            visit.page.goto(f"{visit.page.url}#{fragment}")
            visit.page.reload()
        return visit

    yield look
    for context in contexts:
        context.close()


@pytest.fixture
def ax():
    """Matplotlib's axes, closed afterwards."""
    from matplotlib import pyplot as plt

    fig, ax = plt.subplots()
    yield ax
    plt.close(fig)


@pytest.fixture(autouse=True)
def default_style():
    """Undo what a test has set of matplotlib's style."""
    matplotlib = sys.modules.get("matplotlib")
    with matplotlib.rc_context() if matplotlib else nullcontext():
        yield
