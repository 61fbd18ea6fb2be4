"""Executing notebooks: parameters checked first, errors kept, results written in one piece.

Templates and chapters are MyST Markdown; jupytext reads them, papermill sets the
parameters and runs the cells. A notebook that fails is a result too: it holds the cell and
its traceback, and `Execution.status` says so.
"""

import ast
import base64
import difflib
import json
import logging
import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jupytext
import nbformat

from analysis.errors import DataError, shown
from analysis.numerics.arithmetic import ENVIRONMENT
from analysis.numerics.checks import MOST
from compendium.chapters.glue import GLUED
from compendium.files import write_whole

PICTURE = "image/png"
OWN_TYPE = "application/vnd.compendium."  # see compendium.chapters.figure_files
VIEW = "application/vnd.jupyter.widget-view+json"  # of a live figure
WIDGETS = "application/vnd.jupyter.widget-state+json"
TIMEOUT = 300  # seconds that one cell may take
STARTS = 3  # of a kernel that dies before it answers
NOT_STARTED = "died before replying"  # jupyter_client's words
OK, FAILED = "ok", "failed"
CHANGED = "changed"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@dataclass(frozen=True)
class Execution:
    """An executed notebook and how it went.

    Attributes
    ----------
    notebook : NotebookNode
        With all outputs up to the end or to the cell that failed.
    status : {"ok", "failed"}
    error : str or None
        The error in one line.
    report : str
        The cell that failed and its traceback; empty if none did.
    seconds : float
        From before the kernel's start to after its end.
    used : tuple of str
        The data sets that were read, and `analysis.catalogue.datasets.LISTING` if they were listed.
    read : mapping of str to str
        For each data set whose file was read the sha256 of its bytes; `CHANGED` if it was read
        again and was another.
    """

    notebook: Any
    status: str
    error: str | None
    report: str
    seconds: float
    used: tuple[str, ...]
    read: Mapping[str, str]


def read_notebook(path: Path) -> Any:
    """Read a notebook in MyST Markdown; its cells are numbered, so that reruns agree."""
    notebook = jupytext.read(path, fmt="md:myst")
    for number, cell in enumerate(notebook.cells, 1):
        cell["id"] = f"cell-{number}"
    return notebook


def pictures_in(cell: Any) -> list[Any]:
    """Return the outputs of a cell that are pictures, as data by type."""
    outputs = (output.get("data", {}) for output in cell.get("outputs", ()))
    return [data for data in outputs if PICTURE in data]


def leave_out_files(notebook: Any) -> None:
    """Leave out of a notebook the files of its figures, which a book offers beside them."""
    for cell in notebook.cells:
        for data in pictures_in(cell):
            for kind in [kind for kind in data if kind.startswith(OWN_TYPE)]:
                del data[kind]


def first_picture(path: Path) -> bytes | None:
    """Return the first picture (PNG) in a notebook, or None."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    pictures = [data[PICTURE] for cell in cells for data in pictures_in(cell)]
    return base64.b64decode("".join(pictures[0])) if pictures else None


def steady_widgets(executed: Any, chapter: str, *, with_code: bool = False) -> Any:
    """Return a notebook whose widgets are numbered as they are shown; others are left out.

    The pages bring the widgets' code (compendium/pages.py); a notebook by itself needs its own.

    They are named at random when they are made, and two builds shall give the same page. The
    chapter stands in the name, because the PDF has all chapters on one page.
    """
    states = executed.metadata.get("widgets", {}).get(WIDGETS, {}).get("state", {})
    order: list[str] = []

    def number(name: str) -> None:
        if name in states and name not in order:
            order.append(name)
            if not with_code:
                states[name]["state"].pop("_esm", None)
            for part in re.findall(r"IPY_MODEL_(\w+)", json.dumps(states[name], sort_keys=True)):
                number(part)

    for cell in executed.cells:
        for output in cell.get("outputs", ()):
            number(output.get("data", {}).get(VIEW, {}).get("model_id", ""))
    for name in set(states) - set(order):
        del states[name]
    text = nbformat.writes(executed)
    for place, name in enumerate(order, 1):
        text = text.replace(name, f"{chapter.replace('/', '-')}-widget-{place}")
    return nbformat.reads(text, as_version=4)


def glued(cells: Iterable[Any]) -> Iterator[tuple[str, str]]:
    """Yield the names and texts that the cells of a notebook glue."""
    for cell in cells:
        for output in cell.get("outputs", ()):
            name = output.get("metadata", {}).get("scrapbook", {}).get("name")
            if name and GLUED in output.get("data", {}):
                text = "".join(output["data"][GLUED])
                yield name, str(ast.literal_eval(text)) if text[:1] in "'\"" else text


def has_code(path: Path) -> bool:
    """Tell whether a Markdown file is a notebook with cells to execute."""
    return path.suffix == ".md" and "```{code-cell}" in path.read_text(encoding="utf-8")


# ---------------------------------------------------------------------------- parameters


def parameters_of(notebook: Any) -> dict[str, tuple[str, Any]]:
    """Return the type (in words) and the default of each parameter of a template.

    Raises
    ------
    DataError
        If the notebook has not exactly one cell of typed assignments tagged "parameters".
    """
    cells = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", ())]
    if len(cells) != 1:
        raise DataError(
            f"a template needs one cell with the tag 'parameters'; this one has {len(cells)}"
        )
    parameters: dict[str, tuple[str, Any]] = {}
    for line in ast.parse(cells[0].source).body:
        if not (isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name)):
            raise DataError(f"not a parameter with a type: {ast.unparse(line)}")
        value = ast.literal_eval(line.value) if line.value else None
        parameters[line.target.id] = (ast.unparse(line.annotation), value)
    return parameters


def checked_parameters(notebook: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters for a template, converted to their types where nothing is lost.

    Raises
    ------
    DataError
        If one is not in the template (the message names the nearest) or of another type.
    """
    parameters = parameters_of(notebook)
    checked = {}
    for name, value in given.items():
        if name not in parameters:
            close = difflib.get_close_matches(name, parameters, n=1)
            hint = f"did you mean {close[0]!r}? " if close else ""
            raise DataError(f"no parameter {shown(name)}; {hint}there are {', '.join(parameters)}")
        kind = parameters[name][0]
        try:
            checked[name] = _converted(value, ast.parse(kind, mode="eval").body)
        except TypeError:
            raise DataError(f"parameter {name} must be {kind}, got {shown(value)}") from None
    return checked


def _converted(value: Any, kind: ast.expr) -> Any:  # noqa: PLR0911 - a line for each type
    match kind:
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            try:
                return _converted(value, left)
            except TypeError:
                return _converted(value, right)
        case ast.Constant(value=None) if value is None:
            return None
        case ast.Subscript(value=ast.Name(id="list"), slice=item) if isinstance(
            value, (list, tuple)
        ):
            return [_converted(element, item) for element in value]
        case ast.Subscript(value=ast.Name(id="dict"), slice=ast.Tuple(elts=[_, item])) if (
            isinstance(value, dict)
        ):
            return {str(key): _converted(element, item) for key, element in value.items()}
        case ast.Name(id="float") if type(value) in (int, float) and not abs(value) > MOST:
            return float(value)
        case ast.Name(id=name) if type(value).__name__ == name:
            return value
    raise TypeError


# ---------------------------------------------------------------------------- running


def execute(
    notebook: Any,
    *,
    folder: Path,
    parameters: Mapping[str, Any] | None = None,
    timeout: int = TIMEOUT,
) -> Execution:
    """Execute a notebook in a folder; a cell that fails ends it and is kept.

    Raises
    ------
    DataError
        Before any kernel starts, if the parameters are not those of the notebook.
    """
    checked = checked_parameters(notebook, parameters) if parameters else {}
    with tempfile.TemporaryDirectory(prefix="compendium-") as scratch:
        trace = Path(scratch, "trace")
        # A kernel that is told to end may say so as an error.
        profile = Path(scratch, "profile_default")
        profile.mkdir()
        profile.joinpath("ipython_kernel_config.py").write_text("c.IPKernelApp.log_level = 50\n")
        started = time.monotonic()
        with _environment(Path(scratch), trace):
            executed, problem = _run(notebook, checked, folder, Path(scratch), timeout)
        seconds = time.monotonic() - started
        lines = trace.read_text(encoding="utf-8").splitlines() if trace.exists() else []
    status, error, report = _outcome(executed, problem)
    _tidy(executed)
    used, read = _traced(lines)
    return Execution(executed, status, error, report, seconds, used, read)


def _traced(lines: Iterable[str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """Return the data sets that a trace names, and the sha256 of the files that were read."""
    used: dict[str, None] = {}
    read: dict[str, str] = {}
    for line in lines:
        name, _, sha256 = line.partition("\t")
        used[name] = None
        if sha256:
            read[name] = sha256 if read.get(name, sha256) == sha256 else CHANGED
    return tuple(used), read


def _run(
    notebook: Any, parameters: dict[str, Any], folder: Path, scratch: Path, timeout: int
) -> tuple[Any, Exception | None]:
    """Return the executed notebook, and what went wrong outside its cells."""
    # Late: it takes a second.
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import remove_error_markers
    from traitlets.config import Config

    # It does not know all types of parameters, which have been checked.
    logging.getLogger("papermill").setLevel(logging.ERROR)
    output = scratch / "executed.ipynb"
    problem: Exception | None = None
    for _ in range(STARTS):
        problem = None
        try:
            papermill.execute_notebook(
                notebook,
                output,
                parameters=parameters,
                cwd=folder,
                progress_bar=False,
                execution_timeout=timeout,
                # Otherwise every kernel warns that others on this machine could listen in.
                config=Config(KernelManager={"transport_encryption": "required"}),
            )
        except PapermillExecutionError:
            pass  # it stands in the notebook
        except Exception as error:
            problem = error
        # Its ports are free when they are chosen, and may be another's when it starts: two
        # kernels that start at once. No cell has run.
        if NOT_STARTED not in str(problem):
            break
    executed = nbformat.read(output, as_version=4) if output.exists() else notebook
    return remove_error_markers(executed), problem


@contextmanager
def _environment(scratch: Path, trace: Path) -> Iterator[None]:
    """Keep the user's own Jupyter, IPython and matplotlib out of the notebook."""
    own = dict.fromkeys(("IPYTHONDIR", "JUPYTER_RUNTIME_DIR"), str(scratch))
    settings = {**ENVIRONMENT, **own, "COMPENDIUM_TRACE": str(trace)}
    matplotlib = find_spec("matplotlib")
    if matplotlib and matplotlib.origin:
        defaults = Path(matplotlib.origin).parent / "mpl-data" / "matplotlibrc"
        settings["MATPLOTLIBRC"] = str(defaults)
    before = dict(os.environ)
    os.environ.update(settings)
    try:
        yield
    finally:
        for name in settings.keys() - before.keys():
            del os.environ[name]
        os.environ.update(before)


def _outcome(notebook: Any, problem: Exception | None) -> tuple[str, str | None, str]:
    """Return the status, the error in one line, and the cell with its traceback."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                line = " ".join(f"{output.ename}: {output.evalue}".split())
                traceback = _COLOURS.sub("", "\n".join(output.traceback))
                return FAILED, line, f"{cell.source}\n\n{traceback}"
    if type(problem).__name__ == "DeadKernelError":  # nbclient's
        line = "DeadKernelError: the kernel was killed or crashed (out of memory?)"
        return FAILED, line, line
    if problem is not None:
        line = " ".join(_COLOURS.sub("", f"{type(problem).__name__}: {problem}").split())
        return FAILED, line, line
    return OK, None, ""


def _tidy(notebook: Any) -> None:
    """Take out what differs from run to run."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells, 1):
        cell["id"] = f"cell-{number}"
        for key in ("papermill", "execution", "exception"):
            cell.metadata.pop(key, None)
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.metadata["tags"] = [*cell.metadata["tags"], "hide-input"]


# ---------------------------------------------------------------------------- files


def write_notebook(notebook: Any, path: Path) -> None:
    """Write a notebook in one piece."""
    write_whole(path, json.dumps(notebook, indent=1, ensure_ascii=False))
