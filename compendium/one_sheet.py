"""One sheet by itself, from the command line: all is checked before a kernel starts."""

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from analysis.catalogue.datasets import describe, find_dataset
from analysis.cli.findings import Outcome
from analysis.diffraction.analyse import choose_crystal
from analysis.diffraction.crystal.offsets import OFFSET_CHOICES
from analysis.diffraction.peaks import BREADTHS
from analysis.diffraction.shapes import AUTO, SHAPES
from analysis.diffraction.strain.additions import ADDITIONS
from analysis.diffraction.strain.choices import MODELS
from analysis.errors import DataError
from analysis.show.findings import Status, status_of
from analysis.transport.coupling import FORMULAS
from analysis.transport.laws import law_names
from analysis.transport.solve import WEIGHTINGS
from compendium.files import file_name
from compendium.notebooks import (
    OK,
    checked_parameters,
    leave_out_files,
    read_notebook,
    write_notebook,
)
from compendium.sheets import (
    make_sheet,
    recorded,
    template,
    title_of,
    write_page,
)

# The words that a parameter may be, where it is not any text.
_CHOICES = {
    "law": law_names(),
    "weighting": WEIGHTINGS,
    "formula": FORMULAS,
    "shape": (AUTO, *(shape.name for shape in SHAPES)),
    "breadth": BREADTHS,
    "model": MODELS,
    "addition": tuple(addition.name for addition in ADDITIONS),
    "offset": OFFSET_CHOICES,
}


def write_sheet(
    kind: str,
    *,
    source: Mapping[str, Any],
    window: tuple[float, float] | None,
    reading: Mapping[str, Any],
    more: tuple[str, ...],
    output: Path,
    say: Callable[[str], None],
) -> Status:
    """Execute a sheet and write DIR/NAME.ipynb and DIR/NAME.html; return what it came to.

    Raises
    ------
    DataError
        Before a kernel starts: if there is no such kind, data set, run, pressure, file or
        parameter, or one has the wrong type. After it: if the sheet failed; its pages are
        written all the same and hold the traceback.
    """
    notebook = read_notebook(template(kind))
    parameters, title, name = _source(kind, source, reading)
    parameters |= _others(window, more)
    parameters = _checked(notebook, parameters)
    _read_once(kind, parameters)
    with suppress(OSError):
        output.mkdir(parents=True, exist_ok=True)
    if not output.is_dir():
        raise DataError(f"{output}: not a folder, and no folder can be made there")
    execution = make_sheet(kind, parameters, title=title, folder=output)
    leave_out_files(execution.notebook)
    write_notebook(execution.notebook, output / f"{name}.ipynb")
    write_page(execution.notebook, output / f"{name}.html")
    for ending in ("ipynb", "html"):
        say(f"{output / name}.{ending}")
    if execution.status != OK:
        raise DataError(f"{title}: the sheet failed; its page shows the cell ({execution.error})")
    record = recorded(execution.notebook) or {"numbers": {}, "warnings": ()}
    return status_of(record["numbers"].values(), record["warnings"])


def sheet_of_many(file: str, *, source: Mapping[str, Any], **options: Any) -> Outcome:
    """Write the sheet of one of a user's many files, as `write_sheet`."""
    written: list[str] = []
    status = write_sheet(source={**source, "data": file}, say=written.append, **options)
    return Outcome(file, status, written[-1], {})


def check_names(files: Sequence[str]) -> None:
    """Refuse two files whose sheets would have the same name."""
    named: dict[str, str] = {}
    for file in files:
        page = f"{_name(Path(file))}.html"
        if page in named:
            raise DataError(
                f"{named[page]} and {file} would both be written to {page}; write them with two "
                "commands and two folders (--output)"
            )
        named[page] = file


def _name(path: Path) -> str:
    return file_name(path.stem.lower())


def _source(
    kind: str, source: Mapping[str, Any], reading: Mapping[str, Any]
) -> tuple[dict[str, Any], str, str]:
    """Return the parameters that name the data, the title and the name of the sheet."""
    data, dataset, run, pressure = (source[k] for k in ("data", "dataset", "run", "pressure"))
    if sum((data is not None, dataset is not None, run is not None)) > 1:
        raise DataError("give one of --data, --dataset and --run")
    if data is not None:
        path = Path(data).absolute()
        if not path.is_file():
            raise DataError(f"{data}: no such file")
        if pressure is not None and not math.isfinite(pressure):
            raise DataError(f"--pressure: a number in GPa is needed, got {pressure}")
        where = kind if pressure is None else f"{pressure:g} GPa, {kind}"
        parameters = {"data": str(path), "pressure": pressure, "reading": dict(reading)}
        return parameters, f"{path.name}: {where}", _name(path)
    if reading:
        option = next(iter(reading)).replace("_", "-")
        raise DataError(f"--{option} is for your own files (--data)")
    if dataset is not None:
        chosen = describe(dataset)
        if chosen.kind != kind:
            raise DataError(f"data set {chosen.name!r} is of kind {chosen.kind!r}, not {kind!r}")
        if pressure not in (None, chosen.pressure):
            raise DataError(
                f"data set {chosen.name!r} has the pressure {chosen.pressure}, not {pressure:g} GPa"
            )
    elif run is not None or pressure is not None:
        chosen = find_dataset(kind, run=run, pressure=pressure)
    else:
        raise DataError("say which data: --data FILE, --dataset NAME, or --run and --pressure")
    return {"dataset": chosen.name}, title_of(chosen), file_name(chosen.name)


def _others(window: tuple[float, float] | None, more: tuple[str, ...]) -> dict[str, Any]:
    """Return the parameters that do not name the data."""
    parameters: dict[str, Any] = {}
    if window is not None:
        if not 0 <= window[0] < window[1]:
            raise DataError(f"--window: LOW must be below HIGH, got {window[0]:g} {window[1]:g}")
        parameters["window"] = list(window)
    for text in more:
        key, equals, value = text.partition("=")
        if not equals:
            raise DataError(f"--parameter: NAME=VALUE is needed, got {text!r}")
        if key in ("data", "dataset", "pressure", "window", "reading"):
            raise DataError(f"--parameter {key}: use the option for {key}, see --help")
        parameters[key] = _value(value)
    return parameters


def _checked(notebook: Any, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters that the template knows, of its types and its words."""
    checked = checked_parameters(notebook, parameters)
    for key, allowed in _CHOICES.items():
        if key in checked and checked[key] not in allowed:
            raise DataError(f"parameter {key} must be {', '.join(allowed)}; got {checked[key]!r}")
    return checked


def _value(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _read_once(kind: str, parameters: Mapping[str, Any]) -> None:
    """Read the data here, so that a file that is not usable is refused in one line."""
    import analysis

    path = parameters.get("data")
    if path and kind == "resistance":
        curve = analysis.read_resistance(path, name=Path(path).name, **parameters["reading"])
        if parameters.get("window"):
            low, high = parameters["window"]
            curve.between(low, high)
    elif path:
        analysis.read_pattern(path, name=Path(path).name, **parameters["reading"])
    else:
        analysis.load(parameters["dataset"])
    if kind == "diffraction" and not parameters.get("cell"):
        name = parameters.get("dataset", "")
        phases = analysis.phases_of(name) if name else ()
        choose_crystal(phases, parameters.get("phase"), where=str(name or path))
