"""One script that holds some modules of the package, all that they import, and the runtime."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from compendium.translated.scopes import imported
from compendium.translated.translate import translated

ROOT = Path(__file__).resolve().parents[2]
RUNTIME = Path(__file__).with_name("runtime")
# In this order, in one scope.
FILES = (
    "format.js", "strings.js", "python.js", "stdlib.js", "numpy.js", "scipy.js", "uncertainties.js",
    "modules.js",
)  # fmt: skip
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_LIST = re.compile(r"^export \{[^}]*\};\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|let|function|class)", re.MULTILINE)


def runtime() -> str:
    """Return the runtime as one text without imports and exports."""
    return "".join(map(_bare, FILES))


@lru_cache
def _bare(file: str) -> str:
    text = (RUNTIME / file).read_text(encoding="utf-8")
    return _EXPORT.sub("", _LIST.sub("", _IMPORT.sub("", text)))


def script(entrances: Iterable[str], left: Iterable[str] = ()) -> str:
    """Return runtime and modules, to be followed by what uses them.

    Parameters
    ----------
    entrances : iterable of str
        Modules that are wanted: "analysis.transport.fit".
    left : iterable of str
        Modules that stay behind, or names of them: what is imported from there refuses.
    """
    behind = frozenset(left)
    modules = (
        translated(_source(name), name, behind.__contains__) for name in closure(entrances, behind)
    )
    return runtime() + "".join(modules)


def closure(entrances: Iterable[str], left: Iterable[str] = ()) -> list[str]:
    """Return these modules and all modules of the package that they import, in any place."""
    behind, modules, waiting = set(left), dict[str, None](), [*entrances]
    while waiting:
        name = waiting.pop()
        for module in _with_packages(name):
            if module not in modules:
                modules[module] = None
                waiting += [
                    other
                    for other in imported(_source(module))
                    if other.partition(".")[0] == "analysis"
                    and not _behind(other, behind)
                    and _file(other).exists()
                ]
    return sorted(modules)


def _behind(name: str, left: set[str]) -> bool:
    parts = name.split(".")
    return any(".".join(parts[: i + 1]) in left for i in range(len(parts)))


def _with_packages(name: str) -> Iterator[str]:
    """Yield a module, and the packages that it is in but for the first, which imports lazily."""
    parts = name.split(".")
    yield from (".".join(parts[: i + 1]) for i in range(1, len(parts)))


def _file(name: str) -> Path:
    place = ROOT.joinpath(*name.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


@lru_cache
def _source(name: str) -> str:
    return _file(name).read_text(encoding="utf-8")


def worker(entrance: str, left: Iterable[str] = ()) -> str:
    """Return the script of a worker that calls the functions of a module, see worker.js."""
    last = Path(__file__).with_name("worker.js").read_text(encoding="utf-8")
    first = script([entrance, "analysis.errors"], left)
    return f'"use strict";\n{first}const ENTRANCE = "{entrance}";\n{last}'
