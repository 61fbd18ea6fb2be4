"""The page that takes a file says what the package says: the same numbers, in the same words."""

import base64
import json
import re
import subprocess
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryFile

import pytest
from parity_study import case

from analysis import fit_resistance, load
from analysis.catalogue.datasets import fetch
from analysis.show.trying.resistance import TriedCurve
from compendium.chapters import metals
from compendium.pages import LEFT_TO_PYTHON
from compendium.translated.bundle import worker

HERE = Path(__file__).parent
CURVES = 500
NUMBER = re.compile(r"\d+\.?\d*(?:e[+-]?\d+)?")
# Numbers to one language and none to the other; what is no table at all.
HOSTILE = (
    b"4,1.0\n1_0,2.0\n",
    b"4,1.0\n0x10,2.0\n12,3\n",
    b"T (K),R (ohm)\n4,1.0\n5,\n6,nan\n7,inf\n8,1d0\n",
    b"4;1,5\n5;2,5\n6;3,5\n",
    b"\x89PNG\r\n\x1a\n\x00\x00",
    b"PK\x03\x04",
    "T / \u2103;R / \u03a9\n1;2\n2;3\n".encode("utf-16"),
    "T (K),\u3000R (m\u03a9)\n\uff11,2\n2,3\n".encode(),
    b"",
)
# Of a value without an error, so large a part of it; of one with an error, so large a part of that.
OF_VALUE, OF_ERROR = 1e-6, 1e-3
# What follows from all residuals, and has no error of its own.
FROM_RESIDUALS = ("autocorrelation", "lag1", "widened")


def seeded(seed):
    """Return a file and choices, as a page has them."""
    content, exponent, window = case(seed)
    choices = {"n": str(exponent)} | ({} if window is None else {"window": list(window)})
    return f"{seed}.csv", content, choices


def stored():
    """Return the files that once were read or fitted wrongly."""
    found = [(p.name, p.read_bytes(), {}) for p in sorted((HERE / "cases").rglob("*.*"))]
    return [*found, *((f"{place}.csv", content, {}) for place, content in enumerate(HOSTILE))]


def package_says(name, content, choices):
    """Return what the package says of a file."""
    curve = TriedCurve()
    read = curve.opened(name, content, choices)
    said = [read] if read["refused"] is not None else [read, curve.fitted(choices)]
    return json.loads(json.dumps(thinned(said)))


def thinned(value):
    """Leave most of long lists away, as parity.mjs does."""
    if isinstance(value, dict):
        return {key: thinned(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [thinned(one) for one in (value[::29] if len(value) > 60 else value)]
    return value


def different(page, package, place="", within=0.0):
    """Yield where and how two answers differ by more than the tolerances, or in words."""
    if isinstance(package, dict) and isinstance(page, dict) and page.keys() == package.keys():
        for key, value in package.items():
            error = allowed(key, value, package)
            yield from different(page[key], value, f"{place}.{key}", max(error, within))
    elif isinstance(package, list) and isinstance(page, list):
        largest = max((abs(one) for one in package if isinstance(one, float)), default=0.0)
        within = max(within, OF_VALUE * largest)
        for i, (one, other) in enumerate(zip_longest(page, package)):
            yield from different(one, other, f"{place}[{i}]", within)
    elif not same(page, package, within):
        yield f"{place}: {page!r} is not {package!r}, within {within:.2g}"


def allowed(key, value, beside):
    """Return by how much what has this name may differ, from it and from what is beside it."""
    if key in FROM_RESIDUALS:
        return OF_ERROR
    # Limits have no error; that of the parameter that they limit counts.
    if key == "r_sat_lower" and value["value"]:
        return OF_ERROR * error_of(beside["g_sat"]) * value["value"] ** 2
    if key == "theta_d_interval_95":
        return OF_ERROR * error_of(beside["theta_d"])
    if key == "residuals":
        return OF_ERROR * max(map(abs, value["r"]), default=0.0)
    if key == "curve" and isinstance(value, dict) and "high" in value:
        return OF_ERROR * max(high - r for high, r in zip(value["high"], value["r"], strict=True))
    return OF_ERROR * error_of(value)


def error_of(value):
    """Return the standard error of a value, 0 where it has none."""
    return (value.get("stderr") or 0.0) if isinstance(value, dict) else 0.0


def same(page, package, within):
    """Tell whether two values are the same; what is no number has to be in every letter."""
    if isinstance(package, str) and isinstance(page, str):
        return same_words(page, package)
    if isinstance(package, float) and type(page) in (int, float):
        return abs(page - package) <= max(OF_VALUE * abs(package), within)
    return page == package and isinstance(page, bool) is isinstance(package, bool)


def same_words(page, package):
    """Tell whether two texts differ in no more than the last digits of their numbers."""
    if NUMBER.sub("0", page) != NUMBER.sub("0", package):
        return False
    pairs = zip(NUMBER.findall(page), NUMBER.findall(package), strict=True)
    return all(as_printed(Decimal(one), Decimal(other)) for one, other in pairs)


def as_printed(one, other):
    """Tell whether two numbers are alike but for their last digit."""
    digit = max(one.as_tuple().exponent, other.as_tuple().exponent)
    return one == other or abs(one - other) <= Decimal(1).scaleb(digit)


def differences(cases, node):
    """Return by name how page and package differ; both work at the same time."""
    given = {
        "script": worker("analysis.show.trying.resistance", LEFT_TO_PYTHON),
        "cases": [
            {"name": name, "content": base64.b64encode(content).decode(), "choices": choices}
            for name, content, choices in cases
        ],
    }
    with TemporaryFile() as asked, TemporaryFile() as answers:
        asked.write(json.dumps(given).encode())
        asked.seek(0)
        page = subprocess.Popen([node, str(HERE / "parity.mjs")], stdin=asked, stdout=answers)
        packages = [package_says(*one) for one in cases]
        assert page.wait() == 0
        answers.seek(0)
        pages = [json.loads(line) for line in answers]
    found = {
        name: list(different(said, package))
        for (name, *_), said, package in zip(cases, pages, packages, strict=True)
    }
    return {name: how for name, how in found.items() if how}


def test_seeded_curves_give_the_same_numbers_in_the_same_words(node):
    assert differences([seeded(seed) for seed in range(CURVES)], node) == {}


def test_files_of_all_kinds_are_read_or_refused_with_the_same_words(node):
    assert differences(stored(), node) == {}


# What the catalogue says of the foil's columns, as a reader of the page would choose it.
FOIL = {
    "temperature": "T_Probe(K)", "voltage": "Rxx_A_R", "current": "Rxx_A_I",
    "resistance_unit": "arbitrary",
}  # fmt: skip


@pytest.mark.measured("cu-foil")
def test_the_copper_foil_dropped_there_gives_what_the_chapter_on_validation_prints(node):
    foil = load("cu-foil")
    case = "foil.txt", fetch("cu-foil").read_bytes(), {**FOIL, "window": "20,243"}
    printed = metals.copper_words({((20, 243), "uniform"): fit_resistance(foil, (20, 243))})
    assert differences([case], node) == {}
    theta_d = package_says(*case)[1]["json"]["theta_d"]
    assert printed["cu-uniform"] == f"{theta_d['value']:.0f}"
