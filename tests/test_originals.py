"""What the paper's claims need of a package: each run, pressure and kind of data by its name."""

from types import SimpleNamespace

import pytest
from originals_cases import digitised_package

from compendium.chapters import originals
from compendium.chapters.originals import BALLPARK_AT, ZERO_AT, at_printed, of_zero

ALL_RUNS = (*originals.RUNS, originals.ZERO_RUN)


@pytest.mark.parametrize(
    ("leave_out", "said"),
    [
        ((), []),
        (("3",), ["run 3 is missing"]),
        (("run2-25.0gpa",), ["no curve at 25 GPa; there are curves at 1.6, "]),
        (
            ("zero-resistance", "xrd"),
            [
                "no curve at 22.4 GPa of the sample that reaches zero resistance",
                "the diffraction patterns are missing",
                "neither lattice constants nor patterns whose crystal is named",
            ],
        ),
        (
            ALL_RUNS,
            [
                *(f"run {run} is missing" for run in originals.RUNS),
                "no curve at 25 GPa",
                "no curve at 22.4 GPa",
            ],
        ),
    ],
)
def test_what_is_missing_is_named(tmp_path, monkeypatch, leave_out, said):
    package = digitised_package(tmp_path / "mine", leave_out=leave_out)
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(package))
    found = originals.missing()
    assert len(found) == len(said)
    assert all(one.startswith(start) for one, start in zip(found, said, strict=True))
    note = str(originals.missing_note())
    assert note.startswith("Missing" if said else "Nothing is missing")


def curves(*known):
    return [SimpleNamespace(run=run, pressure=pressure) for run, pressure in known]


@pytest.mark.parametrize(
    ("pressures", "nearest"),
    [
        ((24.6, 25.4, 24.9), 24.9),
        ((24.4, 25.6), None),
        ((None,), None),
        ((), None),
        ((25.5,), 25.5),
    ],
)
def test_a_pressure_is_the_printed_one_within_half_of_its_last_digit(pressures, nearest):
    found = at_printed(curves(*(("2", pressure) for pressure in pressures)), BALLPARK_AT)
    assert (found and found.pressure) == nearest


def test_the_sample_at_zero_resistance_is_of_none_of_the_four_runs():
    named, unnamed, run = curves(("zero-resistance", 22.4), (None, 22.42), ("2", ZERO_AT.value))
    assert of_zero([run, unnamed, named]) is named
    assert of_zero([run, unnamed]) is unnamed
    assert of_zero([run]) is None
