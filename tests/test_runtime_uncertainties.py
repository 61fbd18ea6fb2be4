"""Numbers with errors on the published pages are those of the package uncertainties."""

import json
import math
import operator
import random
import subprocess
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import uncertainties
from uncertainties import UFloat, umath

RUNNER = Path(__file__).with_name("runtime_uncertainties.mjs")
SPECS = [
    "", ".2u", ".1u", ".1uS", ".2uS", ".2uP", ".3uS", "P", "S", "p", ".2up", ".3f", "f", "e",
    ".2e", "g", ".4g", "G", "E", "%", ".1u%", ".1uS%", ".2uPS", "+.2u", "12.2u", "<14.1u",
    "*>16.2uS", ",.2u", ".2ue", ".1uf", ".2ug", ".2uE", "10S", "^12.1uS",
]  # fmt: skip
ERRORS = [
    0.0, float("nan"), float("inf"), 1.0, 0.1, 0.01, 0.0995, 0.95, 0.355, 0.354, 9.5, 9.6,
    999.9999999999999, 0.9999999999999999, 0.09999999999999999,
]  # fmt: skip
VALUES = [0.0, -0.0, 1.0, 10.0, 1000.0, 1e5, 1e-5, float("inf"), float("nan"), -float("inf")]


def sent(value):
    """A float as text, since some have no other form in JSON."""
    if not isinstance(value, float):
        return value
    return {"float": repr(float(value)).replace("inf", "Infinity").replace("nan", "NaN")}


def browser_says(node, cases):
    """What every step of every case makes in the browser."""
    said = json.dumps([[[sent(x) for x in step] for step in steps] for steps in cases])
    return json.loads(
        subprocess.run(
            [node, str(RUNNER)], input=said, capture_output=True, text=True, check=True
        ).stdout
    )


def python_says(steps):
    """The same by the package itself."""
    made = []
    acts = {
        "number": lambda value: value,
        "ufloat": lambda value, size, tag: uncertainties.ufloat(value, size, tag=tag),
        "correlated": lambda values, matrix: uncertainties.correlated_values(
            values, np.array(matrix)
        ),
        "item": lambda i, k: made[i][k],
        "acos": lambda i: umath.acos(made[i]),
        "degrees": lambda i: umath.degrees(made[i]),
    }
    for name, *given in steps:
        if name in acts:
            made.append(acts[name](*given))
        else:
            made.append(getattr(operator, name)(*(made[i] for i in given)))
    return made


def some_number(r):
    """A value and an error, each of any size, round or special."""
    value = r.choice([-1, 1]) * r.random() * 10 ** r.randrange(-8, 9)
    size = r.random() * 10 ** r.randrange(-9, 9)
    if r.random() < 0.2:
        value, size = round(value, 3), round(size, 4)
    return (
        r.choice(VALUES) if r.random() < 0.1 else value,
        r.choice(ERRORS) if r.random() < 0.1 else size,
    )


@pytest.mark.filterwarnings("ignore:Using UFloat")
@pytest.mark.parametrize("seed", range(2))
def test_the_text_is_that_of_the_package(seed, node):
    r = random.Random(seed)  # noqa: S311 - of no secrets
    cases, written = [], []
    for _ in range(5000):
        (value, size), spec = some_number(r), r.choice(SPECS)
        number = uncertainties.ufloat(value, size)
        cases.append([("ufloat", value, size, None)])
        try:
            written.append([format(number, spec), repr(number)])
        except (ValueError, OverflowError):  # the package fails on some that are infinite
            cases.pop()
            continue
        cases[-1] += [("text", 0, spec), ("repr", 0)]
    assert len(cases) > 4500
    found = browser_says(node, cases)
    wrong = [one for one in zip(cases, written, found, strict=True) if one[1] != one[2][1:]]
    assert not wrong[:5]


def some_steps(r):
    """Three causes, a number without error, and a chain of operations on all that came before."""
    steps = [
        ("ufloat", r.uniform(0.1, 5.0), r.uniform(0.0, 0.5), None),
        ("ufloat", r.uniform(0.1, 5.0), r.uniform(0.0, 0.5), None),
        ("ufloat", -r.uniform(0.1, 5.0), r.uniform(0.0, 0.5), None),
        ("number", r.uniform(0.5, 3.0)),
        ("number", float(r.choice([-2, -1, 2, 3]))),
    ]
    for _ in range(6):
        at = len(steps)
        name = r.choice(["add", "sub", "mul", "truediv", "neg", "abs", "pow"])
        first = r.choice([0, 1, 2, *range(5, at)])
        pair = (first, r.randrange(at)) if r.random() < 0.7 else (r.randrange(at), first)
        if name == "pow":  # whole powers of anything, and any power of what is positive
            pair = r.choice([(first, 4), (0, 1), (0, 3), (3, 1), (1, 0)])
        steps.append((name, first) if name in ("neg", "abs") else (name, *pair))
    return steps


@pytest.mark.filterwarnings("ignore:AffineScalarFunc.__abs__")
def test_errors_are_propagated_as_by_the_package(node):
    r = random.Random(7)  # noqa: S311 - of no secrets
    cases = []
    while len(cases) < 400:
        steps = some_steps(r)
        with suppress(ZeroDivisionError):
            cases.append((steps, python_says(steps)))
    results = browser_says(node, [steps for steps, _ in cases])
    for (steps, made), found in zip(cases, results, strict=True):
        for step, expected, told in zip(steps, made, found, strict=True):
            if not isinstance(expected, UFloat):
                assert float(told) == expected
                continue
            numbers = [float(one) for one in told]
            # What a variable adds to itself and takes away again may leave a last digit.
            scale = abs(expected.n) + sum(abs(v) for v in expected.derivatives.values())
            assert numbers[0] == pytest.approx(expected.n, rel=1e-13), steps
            assert numbers[1] == pytest.approx(expected.s, rel=1e-11, abs=1e-13 * scale), step


@pytest.mark.parametrize("size", [2, 3, 6])
def test_correlated_values_have_their_covariance(size, node):
    r = np.random.default_rng(size)
    root = r.normal(size=(size, size + 1)) * 10.0 ** r.integers(-3, 4, size)[:, None]
    covariance, values = root @ root.T, r.normal(size=size)
    steps = [("correlated", values.tolist(), covariance.tolist())]
    steps += [("item", 0, k) for k in range(size)]
    pairs = [(i, j) for i in range(size) for j in range(i)]
    steps += [("mul", i + 1, j + 1) for i, j in pairs]
    expected, (found,) = python_says(steps), browser_says(node, [steps])
    for one, told in zip(expected[1:], found[1:], strict=True):
        assert [float(x) for x in told] == pytest.approx([one.n, one.s], rel=1e-10)


def test_wholly_correlated_values_cancel(node):
    steps = [("correlated", [1.0, 2.0], [[0.25, 0.5], [0.5, 1.0]])]
    steps += [("item", 0, 0), ("item", 0, 1), ("add", 1, 1), ("sub", 3, 2)]
    (found,) = browser_says(node, [steps])
    assert float(found[-1][1]) == pytest.approx(0.0, abs=1e-7)


@pytest.mark.parametrize("cosine", [-0.5, 0.0, 0.3, 0.99])
def test_angles_are_those_of_the_package(cosine, node):
    steps = [("ufloat", cosine, 0.01, None), ("acos", 0), ("degrees", 1)]
    expected, (found,) = python_says(steps), browser_says(node, [steps])
    assert [float(x) for x in found[-1]] == pytest.approx([expected[-1].n, expected[-1].s])


def test_causes_keep_their_tag_and_part(node):
    steps = [
        ("ufloat", 1.0, 0.5, "figure"), ("ufloat", 2.0, 0.25, None), ("number", 3.0),
        ("mul", 0, 2), ("add", 3, 1), ("parts", 4), ("std_devs", 0, 2, 4),
    ]  # fmt: skip
    (found,) = browser_says(node, [steps])
    assert found[5] == [["figure", 1.5], [None, 0.25]]
    assert [float(x) for x in found[6]] == pytest.approx([0.5, 0.0, math.hypot(1.5, 0.25)])


@pytest.mark.parametrize(
    ("first", "second", "less", "same"),
    [((1.0, 0.1), (2.0, 0.1), True, False), ((1.0, 0.1), (1.0, 0.1), False, False)],
)
def test_numbers_are_compared_by_value_and_are_the_same_only_as_one(
    first, second, less, same, node
):
    steps = [("ufloat", *first, None), ("ufloat", *second, None), ("lt", 0, 1), ("eq", 0, 1)]
    steps += [("eq", 0, 0)]
    (found,) = browser_says(node, [steps])
    assert found[2:] == [less, same, True]


@pytest.mark.parametrize(
    ("steps", "kind"),
    [
        ([("ufloat", 0.0, 0.1, None), ("number", 1.0), ("truediv", 1, 0)], "ZeroDivisionError"),
        ([("ufloat", -1.0, 0.1, None), ("number", 0.5), ("pow", 0, 1)], "ValueError"),
        ([("ufloat", 2.0, 0.1, None), ("acos", 0)], "ValueError"),
        ([("ufloat", 2.0, 0.1, None), ("text", 0, ".2ux")], "ValueError"),
    ],
)
def test_what_the_package_refuses_is_refused(steps, kind, node):
    (found,) = browser_says(node, [steps])
    assert found[-1] == f"refused: {kind}"
