"""Python in the browser: a translated module does what it does in Python."""

import json
import math
import re
import subprocess
from pathlib import Path

import pytest

from compendium.translated.bundle import runtime
from compendium.translated.scopes import Untranslatable
from compendium.translated.translate import translated

CASES = Path(__file__).parent / "cases" / "translated.txt"
RUNNER = Path(__file__).with_name("translated.mjs")

# Each is a module; what it names `result` is compared.
PARTS = re.split(r"^# --- (.*)\n", CASES.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
MODULES = dict(zip(PARTS[::2], PARTS[1::2], strict=True))


def in_python(source):
    scope = {"__name__": "case"}
    exec(compile(source, "case", "exec"), scope)  # noqa: S102 - the cases above
    return scope["result"]


def plain(x):
    """Return a value as translated.mjs writes it."""
    if isinstance(x, dict):
        return {"dict": [[plain(k), plain(v)] for k, v in x.items()]}
    if isinstance(x, (set, frozenset)):
        return {"set": sorted(map(plain, x))}
    if (
        isinstance(x, (list, tuple, range))
        or hasattr(x, "__next__")
        or type(x).__name__.startswith("dict_")
    ):
        return [*map(plain, x)]
    return str(x).replace("inf", "Infinity") if x in (math.inf, -math.inf) else x


def in_browser(script, expression, node):
    done = subprocess.run(
        [node, str(RUNNER)],
        input=json.dumps({"script": script, "expression": expression}),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_does_in_the_browser_what_it_does_in_python(name, node):
    script = runtime() + translated(MODULES[name], "case")
    expected = json.loads(json.dumps(plain(in_python(MODULES[name]))))
    assert in_browser(script, '$import("case").result', node) == expected


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("match x:\n    case 1:\n        pass", "case, line 1: Match"),
        ("async def f():\n    pass", "case, line 1: AsyncFunctionDef"),
        ("from . import x", "case, line 1: a relative import"),
        ("x = 1\nglobal y", "case, line 2: Global"),
    ],
)
def test_what_the_translator_does_not_know_is_refused(source, said):
    with pytest.raises(Untranslatable, match=said):
        translated(source, "case")
