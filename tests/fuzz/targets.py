"""The table of what is fuzzed: a name, inputs, and what is done with one.

A reader or a function that is new joins by a row: in `seeds` where it is a format, in
`_CALLS` where it is a public function, in `TARGETS` where it is neither.
"""

import contextlib
import io
import json
import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from hypothesis import strategies as st

import analysis
from analysis.catalogue import datasets, files
from analysis.cli.main import main
from analysis.cli.main import run as command_line
from analysis.errors import AnalysisError
from analysis.pressure import series
from compendium import compare, notebooks, one_sheet, sheets
from fuzz import seeds, spoiling
from fuzz.promises import BrokenPromiseError, check_line, check_same


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


def outcome(function, *args, **options):
    """Return what a call gives, or what it refuses; both can be compared."""
    try:
        return function(*args, **options)
    except AnalysisError as error:
        check_line(str(error))
        return f"{type(error).__name__}: {error}"


def check_finite(*columns):
    """Check that what was read has only finite numbers."""
    for column in columns:
        if column is not None and not np.isfinite(column).all():
            raise BrokenPromiseError(f"what was read is not finite: {column!r}")


# ---------------------------------------------------------------------------- files

_HOW = {
    "temperature": spoiling.texts(), "resistance": spoiling.texts(), "voltage": spoiling.texts(),
    "current": spoiling.texts(), "channel": spoiling.texts(), "sheet": spoiling.texts(),
    "temperature_unit": spoiling.texts(), "resistance_unit": spoiling.texts(),
    "decimal": st.sampled_from((".", ",", "x", "")), "name": spoiling.texts(),
}  # fmt: skip
_HOW_PATTERN = {
    "two_theta": spoiling.texts(), "intensity": spoiling.texts(), "error": spoiling.texts(),
    "wavelength": spoiling.numbers(), "wavelength_2": spoiling.numbers(),
    "sheet": spoiling.texts(), "decimal": _HOW["decimal"], "name": spoiling.texts(),
}  # fmt: skip


def some(options, most=2):
    """Up to so many of these options, with values."""
    pairs = [st.tuples(st.just(name), values) for name, values in options.items()]
    few = st.lists(st.one_of(pairs), max_size=most).map(dict)
    return st.one_of(st.just({}), st.just({}), few)


@st.composite
def tables(draw, headings):
    """Text in columns: any headings, separators, marks and numbers."""
    width = draw(st.integers(1, 4))
    cell = st.one_of(st.floats(0.1, 400).map(repr), st.sampled_from(spoiling.CELLS))
    tidy = draw(st.booleans())
    start, step = draw(st.floats(-5, 300)), draw(st.floats(-3, 3))
    separator = draw(st.sampled_from((",", ";", "\t", " ", "  ", ", ", "|")))
    rows = [
        [f"{start + step * row * (place + 1):.4g}" for place in range(width)]
        for row in range(draw(st.integers(0, 60)))
    ]
    for _ in range(0 if tidy else draw(st.integers(0, 5))):
        if rows:
            row = rows[draw(st.integers(0, len(rows) - 1))]
            row[draw(st.integers(0, width - 1))] = draw(cell)
    words = st.one_of(
        st.sampled_from(headings), st.sampled_from(spoiling.TEXTS), st.text(max_size=9)
    )
    head = [draw(words) for _ in range(width)]
    lines = [separator.join(one) for one in ([head] if draw(st.booleans()) else []) + rows]
    text = draw(st.sampled_from(("\n", "\r\n", "\r"))).join(lines)
    if draw(st.booleans()):
        text = text.replace(".", ",")
    encoding = draw(st.sampled_from(("utf-8", "utf-8", "utf-16", "latin-1", "utf-8-sig")))
    return text.encode(encoding, "replace")


_CURVE_HEADINGS = (
    "T", "R", "T (K)", "R (ohm)", "Temperature", "Resistance", "rho (uohm cm)", "V (V)", "I (mA)",
    "t (s)", "Field (Oe)", "Bridge 1 Resistance (Ohms)", "R/R0", "T/K", "R_mOhm", "Temp [C]",
)  # fmt: skip
_PATTERN_HEADINGS = (
    "2theta", "2theta (rad)", "counts", "Intensity", "esd", "Q (A^-1)", "d (A)", "theta", "Angle",
    "I",
)  # fmt: skip
_ENDINGS = (
    "csv", "dat", "txt", "tsv", "xlsx", "xlsm", "xy", "xye", "chi", "gsas", "raw", "ras", "rasx",
    "brml", "xrdml", "uxd", "zip", "", "XLSX",
)  # fmt: skip


def _files(valid, headings, options):
    def content(seed):
        data = seed if isinstance(seed, bytes) else seed.encode()
        return spoiling.spoilt_archive(data) if data[:4] == b"PK\x03\x04" else spoiling.spoilt(data)

    def case(name, seed, given):
        return st.tuples(
            st.one_of(st.just(name), st.sampled_from(_ENDINGS).map("a.{}".format)),
            content(seed),
            some(options).map(lambda more: given | more),
        )

    cases = [case(*row[:2], row[2]) for row in valid.values()]
    made = st.tuples(st.sampled_from(_ENDINGS).map("a.{}".format), tables(headings), some(options))
    return st.one_of(*cases, *[made] * (len(cases) // 3))


def _written(case, folder):
    name, content, options = case
    path = folder / name
    path.write_bytes(content)
    return path, options


def read_curve(case, folder):
    """Read a file of R(T) twice."""
    path, options = _written(case, folder)

    def read():
        curve = outcome(analysis.read_resistance, path, **options)
        if isinstance(curve, str):
            return curve
        check_finite(curve.temperature, curve.resistance, curve.time)
        said = (*curve.notes, *curve.warnings, *curve.watch())
        for text in said:
            check_line(text)
        return curve.temperature.tobytes(), curve.resistance.tobytes(), curve.unit, said

    check_same(read(), read())


def read_pattern(case, folder):
    """Read a file of a pattern twice."""
    path, options = _written(case, folder)
    given = {"wavelength": 61.99} | options

    def read():
        pattern = outcome(analysis.read_pattern, path, **given)
        if isinstance(pattern, str):
            return pattern
        check_finite(pattern.two_theta, pattern.intensity, pattern.intensity_error)
        said = (*pattern.notes, *pattern.watch())
        for text in said:
            check_line(text)
        return pattern.two_theta.tobytes(), pattern.intensity.tobytes(), pattern.wavelength, said

    check_same(read(), read())


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
        getattr(files, "_failed", {}).clear()
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
    options = [one for one in command.params if isinstance(one, click.Option)]
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
            told = [one.replace("\x00", "").replace("../", "") for one in arguments]
            status = command_line(told)
    finally:
        os.chdir(before)
    said, problem = said.buffer.getvalue().decode(), problem.getvalue()
    if status not in (0, 2) or "Traceback" in said + problem:
        raise BrokenPromiseError(f"status {status}: {said} {problem}")
    if status == 2:
        check_line(problem.removesuffix("\n"))
        if said or not problem.startswith("error: "):
            raise BrokenPromiseError(f"not one line of an error: {said!r} {problem!r}")
    elif problem:
        raise BrokenPromiseError(f"status 0, and yet: {problem!r}")
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


_NAMES = [name for one in _TEMPLATES.values() for name in notebooks.parameters_of(one)]
_KEYS = st.one_of(st.sampled_from(_NAMES), spoiling.texts())
_ANY = st.one_of(spoiling.json_values(), spoiling.numbers())
_WORDS = st.tuples(_KEYS, st.sampled_from(("=", "")), st.one_of(spoiling.texts(), _ANY.map(repr)))
_PARAMETERS = st.tuples(
    st.sampled_from(sheets.KINDS),
    st.dictionaries(_KEYS, _ANY, max_size=3),
    st.lists(_WORDS.map("".join), max_size=3).map(tuple),
)


# ---------------------------------------------------------------------------- functions


@dataclass(frozen=True)
class Call:
    """A public function with valid arguments; `then` uses what it returns."""

    function: Callable[..., Any]
    valid: dict[str, Any]
    then: Callable[[Any], Any] = lambda _: None


def _curve(temperature, resistance, time=None, window=None, **fit):
    curve = analysis.ResistanceCurve(temperature, resistance, time=time)
    analysis.find_drop(curve)
    curve.watch()
    return analysis.analyse_curve(curve, window, **fit).to_dict()


def _transition(temperature, resistance, **fit):
    return analysis.fit_transition(
        analysis.ResistanceCurve(temperature, resistance), **fit
    ).to_dict()


def _pattern(two_theta, intensity, wavelength=61.99, wavelength_2=None, error=None, **fit):
    pattern = analysis.DiffractionPattern(two_theta, intensity, wavelength, wavelength_2, error)
    pattern.watch()
    return analysis.analyse_pattern(pattern, **fit).to_dict()


def _phase(wavelength=61.99, highest=30.0, lowest=0.0, **cell):
    return analysis.reflections(
        analysis.Phase("x", **cell), wavelength, two_theta_max=highest, two_theta_min=lowest
    )


def _table(**columns):
    found = analysis.LatticeTable(**columns)
    return found.volume, found.compressibility("a").to_dict()


_Y3 = seeds.R[20:] * 1.0
_QUICK = (
    Call(analysis.bloch_gruneisen_integral, {"y": [0.1, 1.0, 10.0], "n": 5.0}),
    Call(
        analysis.resistance,
        {"t": [10.0, 100.0, 300.0], "theta_d": 400.0, "r0": 0.1, "a": 1.0, "r_sat": 5.0, "n": 3.0},
    ),
    *(
        Call(function, {first: [value], "theta_d": 4e2, "mu_star": 0.1, "formula": formula} | more)
        for function, first, value in (
            (analysis.coupling_constant, "tc", 20.0),
            (analysis.critical_temperature, "coupling", 1.2),
        )
        for formula, more in (
            ("advanced", {}), ("mcmillan", {}), ("allen-dynes", {"phonon_moment": 0.6}),
        )
    ),
    Call(
        analysis.line_breadth,
        {"theta": [0.1, 0.3], "strain": 1e-3, "wavelength": 61.99, "size": 500.0,
         "shape_factor": 0.9, "addition": "linear"},
    ),
    Call(
        analysis.linear_compressibility,
        {"pressure": [0.0, 5.0, 10.0, 20.0], "length": [4.0, 3.98, 3.96, 3.93],
         "length_error": [1e-3] * 4, "degree": 1},
        lambda found: (found.at(), found.band([1.0]), found.to_dict()),
    ),
    Call(
        _table,
        {"pressure": [0.0, 5.0, 10.0, 20.0], "a": [4.0, 3.98, 3.96, 3.93], "b": [4.0] * 4,
         "c": [4.0] * 4, "a_error": [1e-3] * 4, "alpha": 90.0, "gamma": [90.0] * 4},
    ),
    Call(_phase, {"a": 4.0, "space_group": "F m -3 m", "wavelength": 61.99, "highest": 30.0}),
    Call(
        _phase,
        {"a": 5.3, "b": 5.2, "c": 19.7, "alpha": 90.0, "beta": 90.0, "gamma": 90.0, "lowest": 1.0,
         "space_group": "F m m m"},
    ),
    Call(series.Regions, {"amam_below": 18.0, "fmmm_above": 20.0}, lambda one: one.bounds()),
)  # fmt: skip
_SLOW = (
    Call(_curve, {"temperature": seeds.T, "resistance": seeds.R}),
    Call(
        _curve,
        {"temperature": seeds.T[4:], "resistance": seeds.R[4:], "time": seeds.T[4:] * 60,
         "window": [50.0, 300.0], "law": "bloch-gruneisen", "n": 5.0, "weighting": "uniform",
         "criterion": 0.05, "mu_star": 0.13, "formula": "advanced"},
    ),
    Call(
        _transition,
        {"temperature": seeds.T, "resistance": seeds.R, "window": [0.0, 300.0], "n": 5.0,
         "law": "bloch-gruneisen", "normal": "linear", "floor": True},
    ),
    Call(_pattern, {"two_theta": seeds.X, "intensity": seeds.Y}),
    Call(
        _pattern,
        {"two_theta": seeds.X, "intensity": seeds.Y, "error": np.sqrt(seeds.Y),
         "wavelength": 154.06, "wavelength_2": 154.44, "shape": "gaussian", "window": [6.0, 24.0],
         "breadth": "fwhm", "model": "reduced", "shape_factor": 0.9, "addition": "linear"},
    ),
)  # fmt: skip


def _odd(value):
    if isinstance(value, (list, np.ndarray)):
        return spoiling.arrays(value)
    return spoiling.texts() if isinstance(value, str) else spoiling.numbers()


@st.composite
def _calls(draw, calls):
    """A function with valid arguments but for up to three of them."""
    number = draw(st.integers(0, len(calls) - 1))
    valid = calls[number].valid
    changed = draw(st.lists(st.sampled_from(sorted(valid)), max_size=3, unique=True))
    return number, {name: draw(_odd(valid[name])) for name in changed}


def _called(calls):
    def call(case, _folder):
        number, changed = case
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = calls[number].function(**calls[number].valid | changed)
            calls[number].then(found)
        if isinstance(found, dict):
            check_numbers(found)

    return call


def check_numbers(content, place=""):
    """Check that a result's numbers are finite or None; the open end of an interval is infinite."""
    items = content.items() if isinstance(content, dict) else enumerate(content)
    for key, one in items:
        if isinstance(one, (dict, list, tuple)):
            check_numbers(one, f"{place}/{key}")
        elif isinstance(one, float) and np.isnan(one):
            raise BrokenPromiseError(f"{place}/{key} is {one}")


TARGETS = (
    Target("curve-files", _files(seeds.CURVES, _CURVE_HEADINGS, _HOW), read_curve, 400),
    Target(
        "pattern-files",
        _files(
            {
                name: (file, content, options if isinstance(options, dict) else {})
                for name, (file, content, options, *_) in seeds.PATTERNS.items()
            },
            _PATTERN_HEADINGS,
            _HOW_PATTERN,
        ),
        read_pattern,
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
    Target("functions", _calls(_QUICK), _called(_QUICK), 400),
    Target("analyses", _calls(_SLOW), _called(_SLOW), 20),
)
