"""Numbers that the published pages write are those of Python's format, repr and round."""

import json
import random
import re
import subprocess
from pathlib import Path

import pytest

RUNNER = Path(__file__).with_name("runtime_format.mjs")
PICKED = [
    0.0, -0.0, float("inf"), -float("inf"), float("nan"), 0.5, 1.5, 2.5, 0.125, 0.375, 1e16, 1e22,
    9.5, 99.5, 0.95, 999999.5, 5e-324, 1.7e308, 1e-5, 123456789012345680.0,
]  # fmt: skip


def sent(value):
    """A float as JSON has it: as text, since some have no other form."""
    said = repr(value).replace("inf", "Infinity").replace("nan", "NaN")
    return {"float": said} if isinstance(value, float) else value


def browser_says(node, cases):
    """What the browser's functions return, in the order of the cases."""
    said = json.dumps([[sent(one) for one in case] for case in cases])
    return json.loads(
        subprocess.run(
            [node, str(RUNNER)], input=said, capture_output=True, text=True, check=True
        ).stdout
    )


def some_float(r):
    """Any size, many ties, and what is no number."""
    kind = r.randrange(9)
    if kind == 0:
        return r.choice(PICKED)
    if kind == 1:
        return r.randrange(-2000, 2000) / r.choice([1, 2, 4, 8, 16, 32])
    if kind == 2:
        return round(r.uniform(-100, 100), r.randrange(6))
    return r.choice([-1, 1]) * r.random() * 10 ** r.randrange(-20, 25)


def some_spec(r, *, text=False, whole=False):
    """A format specification, of whatever parts a value of the kind may have."""
    align = "<>^" if text else "<>^="
    spec = r.choice(["", "", r.choice("*. xé") + r.choice(align), r.choice("<>^")])
    if not text:
        spec += r.choice(["", "", "+", "-", " "]) + r.choice(["", "", "#"])
    spec += r.choice(["", "", "0"]) + r.choice(["", str(r.randrange(1, 25))])
    if not text:
        spec += r.choice(["", "", ",", "_"])
    if not whole:
        spec += r.choice(["", "", f".{r.randrange(20)}"])
    return spec + ("s" if text else "d" if whole else r.choice("eEfFgG%"))


def some_cases(count, seed):
    """Values with specifications that Python accepts, and what it writes."""
    r = random.Random(seed)  # noqa: S311 - of no secrets
    while count:
        kind = r.choice(["float"] * 8 + ["whole", "text"])
        if kind == "text":
            value = "".join(r.choice("abcdé𝛼 ") for _ in range(r.randrange(8)))
        else:
            value = some_float(r) if kind == "float" else r.randrange(-(10**9), 10**15)
        spec = some_spec(r, text=kind == "text", whole=kind == "whole")
        try:
            written = format(value, spec)
        except ValueError:
            continue
        count -= 1
        yield (value, spec), written


@pytest.mark.parametrize("seed", range(3))
def test_format_is_pythons(seed, node):
    cases, written = zip(*some_cases(4000, seed), strict=True)
    found = browser_says(node, cases)
    wrong = [one for one in zip(cases, written, found, strict=True) if one[1] != one[2]]
    assert not wrong[:5]


@pytest.mark.parametrize(
    ("value", "spec"),
    [
        (255, "x"), (255, "#x"), (255, "#X"), (5, "08b"), (64, "o"), (65, "c"), (10**6, "_x"),
        (12.5, ".3"), (1234.5, ".3"), (100.0, ".3"), (0.1, ""), (1.5e-7, ">12"), (1e16, ""),
        (3.14159, "z.1f"), (-0.04, "z.1f"), ("a", ">4"), ("abc", ".2"), ("abc", "05"), (7, ""),
        (7, "+"), (7, "5"), (-7, "05"), (1234567, ","), (1234567.891, ",.1f"), (1e6, "n"),
    ],
)  # fmt: skip
def test_types_of_presentation_are_pythons(value, spec, node):
    assert browser_says(node, [(value, spec)]) == [format(value, spec)]


@pytest.mark.parametrize(
    ("value", "spec"), [(1.5, "d"), (1.5, "x"), ("a", "f"), (1.5, "s"), (1, "!")]
)
def test_what_python_refuses_is_refused(value, spec, node):
    with pytest.raises(ValueError, match="format"):
        format(value, spec)
    assert browser_says(node, [(value, spec)]) == [None]


def test_repr_and_round_are_pythons(node):
    r = random.Random(1)  # noqa: S311 - of no secrets
    values = [some_float(r) for _ in range(4000)]
    found = browser_says(node, [(value,) for value in values])
    # Whole numbers have one type in the browser, and no point.
    assert found == [re.sub(r"^(-?\d+)\.0$", r"\1", repr(value)) for value in values]
    cases = [("round", value, r.randrange(-5, 9)) for value in values if abs(value) < 1e300]
    assert [float(text) for text in browser_says(node, cases)] == [
        round(*case[1:]) for case in cases
    ]
