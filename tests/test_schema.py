"""The schema: what the commands print is what it says, and all of what they found is printed."""

import json
from functools import cache
from pathlib import Path

import fastjsonschema
import numpy as np
import pytest

from analysis.cli import schema
from analysis.cli.findings import content_of
from analysis.cli.fit_resistance import find_resistance, fit_resistance
from analysis.cli.fit_strain import find_strain, fit_strain
from analysis.cli.fit_transition import find_transition, fit_transition

CASES = Path(__file__).parent / "cases"
FITS = {
    "resistance": (fit_resistance, find_resistance),
    "transition": (fit_transition, find_transition),
    "strain": (fit_strain, find_strain),
}


@cache
def validator(command):
    return fastjsonschema.compile(schema.schema_of(command))


def finding(command, *arguments):
    """Return what a command finds before anything is printed."""
    verb, find = FITS[command]
    given = verb.make_context(command, [str(argument) for argument in arguments]).params
    for name in ("as_json", "strict", "jobs", "time_limit", "table"):
        del given[name]
    for name in ("instrument", "standard_cell", "standard_space_group"):
        given.pop(name, None)
    more = {"standard": None} if command == "strain" else {}
    (file,) = given.pop("files")
    return find(file, **given, **more)


FOUND = [
    ("resistance", "twin-run1-1.6gpa"),
    ("resistance", "twin-run1-1.6gpa", "--window", 100, 290, "--weighting", "relative"),
    ("resistance", "twin-run2-25.0gpa", "--law", "bloch-gruneisen-n"),
    ("resistance", "silver"),  # no number is quoted
    ("resistance", "silver", "--law", "bloch-gruneisen-n"),
    ("resistance", CASES / "resistance/fast-cooldown-full-digits.csv"),  # with a lag
    ("transition", "twin-zero-resistance-22.4gpa"),
    ("transition", "twin-zero-resistance-22.4gpa", "--criterion", 0.999),
    ("transition", "twin-zero-resistance-22.4gpa", "--normal", "line"),
    ("transition", "twin-zero-resistance-22.4gpa", "--law", "bloch-gruneisen-n"),
    ("transition", CASES / "resistance/fine-scan-8K.csv"),
    ("transition", CASES / "resistance/fine-scan-92K.csv"),
    ("transition", CASES / "resistance/drop-two-points-below.csv"),  # read off
    ("transition", CASES / "resistance/sharp-transition-no-point-inside.csv"),  # an interval
    ("strain", "twin-xrd-4.9gpa"),
    ("strain", "twin-xrd-25.0gpa", "--shape", "gaussian", "--model", "full", "--breadth", "fwhm"),
    ("strain", CASES / "diffraction/few_lines_D12_e0_n2_a5000.xy", "--wavelength", 61.99),
    ("strain", CASES / "diffraction/few_lines_D10000_e6_n3_a5000.xy", "--wavelength", 61.99),
]


@pytest.mark.parametrize(
    "words", FOUND, ids=lambda words: " ".join(Path(str(w)).name for w in words)
)
def test_what_is_found_is_printed_as_the_schema_says(words):
    found = finding(*words)
    assert found.numbers.keys() <= content_of(found).keys()
    printed = json.loads(json.dumps(schema_plain(content_of(found))))
    validator(words[0])(printed)
    # And as a row of a csv file: all numbers are there.
    cells = schema.cells(words[0], printed)
    assert list(cells) == schema.headings(words[0])
    values = [
        value["value"]
        for value in printed.values()
        if isinstance(value, dict) and "stderr" in value
    ]
    assert {*filter(None, values)} <= {*filter(np.isreal, cells.values())}


def schema_plain(content):
    from analysis.show.printed import plain

    return plain(content)


@pytest.mark.parametrize(
    "words",
    [
        [CASES / "resistance/fast-cooldown-full-digits.csv"],
        [CASES / "resistance/thermometer-ohm-beside-V-I.csv"],
        [CASES / "diffraction/lab6_cu_doublet.xy", "--wavelength", 154.0593],
        [CASES / "diffraction/three_lines_false_split.xy"],
    ],
    ids=lambda words: words[0].name,
)
def test_checks_are_as_the_schema_says(words, cli):
    status, out, err = cli("check", *words, "--json")
    assert (status, err) == (0, "")
    validator("check")(json.loads(out))


def test_lines_of_many_files_are_as_the_schema_says(cli, tmp_path):
    flat, broken = tmp_path / "flat.csv", tmp_path / "broken.csv"
    flat.write_text("T,R\n" + "".join(f"{t},1\n" for t in range(1, 99)))
    broken.write_text("T,R\n4,1\n5,x\n")
    files = ["twin-run1-1.6gpa", "silver", flat, broken]
    status, out, _ = cli("fit", "resistance", *files, "--json")
    assert status == 2
    objects = [json.loads(line) for line in out.splitlines()]
    assert [one["status"] for one in objects] == ["result", "no result", "no result", "refused"]
    for one in objects:
        validator("resistance")(one)


@pytest.mark.parametrize("command", schema.commands())
def test_the_schema_is_printed(command, cli):
    status, out, err = cli("schema", command)
    assert (status, err) == (0, "")
    assert json.loads(out) == schema.schema_of(command)


def everything(part, path=()):
    yield path, part
    if isinstance(part, dict):
        for key, one in part.items():
            yield from everything(one, (*path, key))
    if isinstance(part, list):
        for key, one in enumerate(part):
            yield from everything(one, (*path, key))


@pytest.mark.parametrize("command", schema.commands())
def test_every_object_is_closed_and_every_key_described(command):
    for path, part in everything(schema.schema_of(command)):
        if isinstance(part, dict) and "object" in (kind := part.get("type", ())):
            assert "additionalProperties" in part, (path, kind)
            assert part["additionalProperties"] is not True
        if len(path) == 4 and path[2] == "properties":
            assert len(part["description"]) > 2, path


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"more": 1}, "must not contain"),
        ({"r_squared": "1"}, "r_squared"),
        ({"theta_d": 400.0}, "theta_d"),
        ({"theta_d": {"value": 4.0, "stderr": None, "unit": "mK"}}, "theta_d"),
        ({"status": "fine"}, "status"),
        ({"window": [1.0]}, "window"),
    ],
)
def test_another_object_is_refused(change, wrong):
    good = json.loads(
        json.dumps(schema_plain(content_of(finding("resistance", "twin-run1-1.6gpa"))))
    )
    one_of = schema.schema_of("resistance")["anyOf"][0]
    check = fastjsonschema.compile(one_of)
    check(good)
    with pytest.raises(fastjsonschema.JsonSchemaValueException, match=wrong):
        check({**good, **change})
