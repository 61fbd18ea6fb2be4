"""The table of what is fuzzed: a name, inputs, and what is done with one.

A reader or a function that is new joins by a row: in `seeds` where it is a format, in
`calls` where it is a public function, in `TARGETS` where it is neither.
"""

import contextlib
import io
import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
from hypothesis import strategies as st

import analysis
from analysis.catalogue import datasets
from analysis.catalogue import files as downloads
from analysis.cli.main import main
from analysis.cli.main import run as command_line
from analysis.pressure import series
from compendium import compare, notebooks, one_sheet, sheets
from fuzz import calls, files, seeds, spoiling
from fuzz.promises import BrokenPromiseError, check_finite, check_line, outcome


@dataclass(frozen=True)
class Target:
    """What is fuzzed.

    Attributes
    ----------
    name : str
    inputs : hypothesis strategy
    run : callable
        Of an input and a folder to write in; raises what breaks a promise.
    batch : int
        Inputs in one round: many where one takes little.
    """

    name: str
    inputs: st.SearchStrategy[Any]
    run: Callable[[Any, Path], None]
    batch: int


# ---------------------------------------------------------------------------- packages


def use_package(content, folder):
    """List a data package, refuse what cannot be used, and load everything else."""
    seeds.write_package(folder)
    path = folder / "datapackage.json"
    text = content if isinstance(content, bytes) else json.dumps(content).encode("utf-8", "replace")
    path.write_bytes(text)
    found = outcome(datasets.list_datasets, package=path)
    names = []
    if not isinstance(found, str):
        names = [one.name for one in found]
    if hasattr(datasets, "refused_datasets"):
        refused = outcome(datasets.refused_datasets, package=path)
        for one in () if isinstance(refused, str) else refused:
            check_line(one.name)
            check_line(one.reason)
            if not isinstance(outcome(analysis.load, one.name, package=path), str):
                raise BrokenPromiseError(f"what is refused loads: {one!r}")
    for name in [*names[:6], "rt", "xrd", "x" * 300]:
        getattr(downloads, "_failed", {}).clear()
        outcome(datasets.describe, name, package=path)
        data = outcome(analysis.load, name, package=path)
        if isinstance(data, analysis.ResistanceCurve):
            check_finite(data.temperature, data.resistance)
        outcome(analysis.load_table, name, package=path)
        outcome(analysis.phases_of, name, package=path)
    outcome(analysis.find_dataset, "resistance", run="1", pressure=7.0, package=path)


def use_results(case, folder):
    """Load a table of results, put it in order, compare it with another."""
    content, other = case
    paths = []
    for number, one in enumerate((content, other)):
        paths.append(folder / f"results-{number}.json")
        data = one if isinstance(one, bytes) else json.dumps(one).encode("utf-8", "replace")
        paths[-1].write_bytes(data)
    table = outcome(analysis.load_results, paths[0])
    if not isinstance(table, str):
        for sheet in table.select():
            for name in sheet.numbers:
                sheet.number(name)
        table.select("diffraction", sample="x", run="1")
        outcome(series.series_of, table, "resistance", "theta_d")
        series.failed(table)
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        status = compare.main([*map(str, paths)])
    if status not in (0, 1, 2):
        raise BrokenPromiseError(f"compare ends with {status}")
    if status == 2:
        check_line(said.getvalue().removesuffix("\n"))


# ---------------------------------------------------------------------------- command line


def _commands(group, words=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, (*words, name))
        else:
            yield (*words, name), command


_VALID = {"--wavelength": "61.99", "--kind": "diffraction", "--shape": "gaussian"}
_NUMBERS = st.one_of(
    st.sampled_from(("0", "-1", "nan", "inf", "-inf", "1e308", "5e-324", "1e400", "x", "", "0.5")),
    st.floats(allow_nan=False).map(repr),
    st.floats(-10, 400).map("{:.3g}".format),
)


def _value(option):
    if isinstance(option.type, click.Choice):
        return st.one_of(st.sampled_from(tuple(option.type.choices)), spoiling.texts())
    if option.type is click.STRING and option.callback is None:
        return spoiling.texts()
    return st.one_of(
        _NUMBERS, _NUMBERS, st.sampled_from(("4.0", "4,4,5", "1,2,3,90,90,90,1", "a,b"))
    )


@st.composite
def _arguments(draw):
    """Arguments of a command: its own options with any values, and what it works on."""
    words, command = draw(st.sampled_from(sorted(_commands(main), key=lambda one: one[0])))
    options = [param for param in command.params if isinstance(param, click.Option)]
    given = list(words)
    for option in draw(st.lists(st.sampled_from(options), max_size=3)) if options else ():
        given.append(draw(st.sampled_from(option.opts)))
        if not option.is_flag:
            given += [draw(_value(option)) for _ in range(option.nargs)]
    if draw(st.integers(0, 4)) == 0:
        given.insert(draw(st.integers(0, len(given))), draw(spoiling.texts()))
    places = ("rt.csv", "xrd.csv", "spoilt", "silver", "nist-lab6", "new", "", "nowhere.csv", ".")
    if "strain" in words and draw(st.booleans()):
        given += ["--wavelength", "61.99", "--cell", "4.0", "--space-group", "F m -3 m"]
    if draw(st.booleans()):
        given.append("--json")
    given.append(
        draw(st.one_of(st.sampled_from(places), st.sampled_from(places), spoiling.texts()))
    )
    return given, draw(spoiling.spoilt(draw(st.sampled_from((_CSV, seeds.PATTERN)))))


_CSV = seeds.CURVES["csv"][1]
_SUMMARY = re.compile(r"(\d+|stopped after \d+ of \d+) files: ")


def use_command_line(case, folder):
    """Run a command in this process: status 0 or 2, one line on standard error, JSON."""
    arguments, content = case
    seeds.write_package(folder)
    (folder / "spoilt").write_bytes(content)
    # As a terminal has it: standard output refuses what it cannot encode.
    said = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    problem, before = io.StringIO(), Path.cwd()
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(problem):
            # A user's own folder may be anywhere, and no argument holds a zero byte.
            told = [argument.replace("\x00", "").replace("../", "") for argument in arguments]
            status = command_line(told)
    finally:
        os.chdir(before)
    said, problem = said.buffer.getvalue().decode(), problem.getvalue()
    if status not in (0, 2, 3) or "Traceback" in said + problem:
        raise BrokenPromiseError(f"status {status}: {said} {problem}")
    if _SUMMARY.match(problem):  # of several files: a line of standard output for each
        for line in problem.splitlines():
            check_line(line)
    elif status == 2 or (status == 3 and not said):  # refused; read, and without a result
        check_line(problem.removesuffix("\n"))
        if said or not problem.startswith("error: "):
            raise BrokenPromiseError(f"not one line of an error: {said!r} {problem!r}")
    elif problem:
        raise BrokenPromiseError(f"status {status}, and yet: {problem!r}")
    elif "--json" in arguments and said.startswith("{"):
        json.loads(said, parse_constant=_no_json)


def _no_json(word):
    raise BrokenPromiseError(f"the JSON has {word}, which is none")


_TEMPLATES = {kind: notebooks.read_notebook(sheets.template(kind)) for kind in sheets.KINDS}


def use_parameters(case, _folder):
    """Check parameters of a sheet, given as objects and as words."""
    kind, given, words = case
    known = _TEMPLATES[kind]
    outcome(notebooks.checked_parameters, known, given)
    more = outcome(one_sheet._others, None, words)
    if not isinstance(more, str):
        outcome(one_sheet._checked, known, more)


_NAMES = [name for value in _TEMPLATES.values() for name in notebooks.parameters_of(value)]
_KEYS = st.one_of(st.sampled_from(_NAMES), spoiling.texts())
_ANY = st.one_of(spoiling.json_values(), spoiling.numbers())
_WORDS = st.tuples(_KEYS, st.sampled_from(("=", "")), st.one_of(spoiling.texts(), _ANY.map(repr)))
_PARAMETERS = st.tuples(
    st.sampled_from(sheets.KINDS),
    st.dictionaries(_KEYS, _ANY, max_size=3),
    st.lists(_WORDS.map("".join), max_size=3).map(tuple),
)


# ---------------------------------------------------------------------------- the table


TARGETS = (
    Target(
        "curve-files",
        files.cases(seeds.CURVES, files.CURVE_HEADINGS, files.HOW),
        files.read_curve,
        400,
    ),
    Target(
        "pattern-files",
        files.cases(
            {
                name: (file, content, options if isinstance(options, dict) else {})
                for name, (file, content, options, *_) in seeds.PATTERNS.items()
            },
            files.PATTERN_HEADINGS,
            files.HOW_PATTERN,
        ),
        files.read_pattern,
        400,
    ),
    Target(
        "packages",
        st.one_of(
            *[spoiling.spoilt_json(seeds.PACKAGE)] * 4,
            spoiling.spoilt(json.dumps(seeds.PACKAGE).encode()),
        ),
        use_package,
        100,
    ),
    Target(
        "results",
        st.tuples(
            st.one_of(
                *[spoiling.spoilt_json(seeds.RESULTS)] * 4,
                spoiling.spoilt(json.dumps(seeds.RESULTS).encode()),
            ),
            st.one_of(st.just(seeds.RESULTS), spoiling.spoilt_json(seeds.RESULTS)),
        ),
        use_results,
        200,
    ),
    Target("parameters", _PARAMETERS, use_parameters, 200),
    Target("command-line", _arguments(), use_command_line, 50),
    Target("functions", calls.spoilt(calls.QUICK), calls.called(calls.QUICK), 400),
    Target("analyses", calls.spoilt(calls.SLOW), calls.called(calls.SLOW), 20),
)
