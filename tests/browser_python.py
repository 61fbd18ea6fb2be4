"""Cases that are evaluated twice: in Python and, translated, on the runtime of the pages."""

import json
import math
import subprocess
from pathlib import Path

import numpy as np

from compendium.translated.bundle import runtime
from compendium.translated.translate import translated

RUNNER = Path(__file__).with_name("translated.mjs")

# What a case gives: its value with the shapes of arrays in it, or the kind of its refusal.
TRIED = """
import numpy as np

def tried(f):
    try:
        found = f()
    except Exception as problem:
        return ["refused", type(problem).__name__]
    return ["given", found, shapes(found)]

def shapes(found):
    if isinstance(found, (list, tuple)):
        return [shapes(one) for one in found]
    return list(np.shape(found)) if isinstance(found, np.ndarray) else []
"""


def listed(table):
    """Return the cases of a table, one in a line; what opens with # and a space is a heading."""
    return [case for case in table.strip().splitlines() if not case.startswith("# ")]


def module_of(cases, first):
    """Return a module whose `result` has what each case gives; `first` stands above them."""
    functions = ",\n    ".join(f"lambda: ({case})" for case in cases)
    return f"{first}{TRIED}result = [tried(f) for f in [\n    {functions},\n]]\n"


def plain(x):
    """Return a value as translated.mjs writes it."""
    if isinstance(x, np.ndarray | np.generic):
        return plain(x.tolist())
    if isinstance(x, dict):
        return {"dict": [[plain(key), plain(one)] for key, one in x.items()]}
    if isinstance(x, list | tuple | bytes):
        return [plain(one) for one in x]
    if isinstance(x, float) and not math.isfinite(x):
        return str(x).replace("nan", "NaN").replace("inf", "Infinity")
    return x


def in_browser(module, node):
    """Return the `result` of a module, translated and run."""
    script = runtime() + translated(module, "case")
    done = subprocess.run(
        [node, str(RUNNER)],
        input=json.dumps({"script": script, "expression": '$import("case").result'}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def in_python(module):
    """Return the `result` of a module."""
    scope = {"__name__": "case"}
    with np.errstate(all="ignore"):
        exec(compile(module, "case", "exec"), scope)  # noqa: S102 - the cases of the tests
    return plain(scope["result"])


def both(cases, module, node):
    """Return of each case what the browser gives and what Python gives."""
    pairs = zip(in_browser(module, node), in_python(module), strict=True)
    return dict(zip(cases, pairs, strict=True))


def alike(found, expected):
    """Return whether two values are the same: numbers to 1e-12 of them, true is not one."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and alike(found.get("dict"), expected["dict"])
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(map(alike, found, expected))
        )
    if isinstance(expected, bool) or not isinstance(expected, int | float):
        return type(found) is type(expected) and found == expected
    return type(found) in (int, float) and math.isclose(
        found, expected, rel_tol=1e-12, abs_tol=1e-12
    )
