"""The data package: what it declares, what loads, and what happens when nothing comes."""

import json
import os
import re
import subprocess
import sys

import numpy as np
import pytest

import analysis
from analysis.catalogue.datasets import OWN_PACKAGE

PACKAGE = OWN_PACKAGE
RESOURCES = json.loads(PACKAGE.read_text(encoding="utf-8"))["resources"]
LOCAL = [resource for resource in RESOURCES if "://" not in resource["path"]]
REMOTE = [resource for resource in RESOURCES if "://" in resource["path"]]
KINDS = {"resistance", "diffraction", "lattice", "transition-temperature", "table", "figure"}
ORIGINS = {"measured", "digitised", "recommended", "formula", "synthetic"}


def names(resources):
    return [resource["name"] for resource in resources]


# ---------------------------------------------------------------------------- the package


def test_package_is_a_frictionless_data_package():
    from frictionless import Package

    errors = Package.metadata_validate(json.loads(PACKAGE.read_text(encoding="utf-8")))
    assert [error.message for error in errors] == []


@pytest.mark.parametrize("name", names(LOCAL))
def test_local_tables_are_as_declared(name):
    """Check contents against the schema, and size, rows and sha256 against the package."""
    from frictionless import Package

    report = Package(str(PACKAGE)).get_resource(name).validate()
    assert report.flatten(["rowNumber", "fieldName", "message"]) == []


@pytest.mark.parametrize("one", RESOURCES, ids=names(RESOURCES))
def test_every_resource_says_what_it_is(one):
    assert one["kind"] in KINDS
    assert one["origin"] in ORIGINS
    assert one["title"]
    assert one["description"]
    assert one["sample"]
    assert one["licenses"]
    assert all(source["title"] for source in one["sources"])
    assert re.fullmatch("sha256:[0-9a-f]{64}", one["hash"])
    assert one["bytes"] > 0
    if "pressure" in one:
        assert one["pressure_basis"]
    if one["kind"] != "figure":
        fields = {field["name"] for field in one["schema"]["fields"]}
        assert set(one.get("columns", {}).values()) <= fields
    if one["kind"] == "diffraction":
        assert 10 < one["wavelength"] < 200
    if one in REMOTE:
        assert one["file"]


def test_a_figure_is_a_file_and_no_table():
    for read in (analysis.load, analysis.load_table):
        with pytest.raises(analysis.DataError, match="is a figure, which holds no numbers yet"):
            read("figure-csh-segments")


@pytest.mark.parametrize("name", ["figure-be22re-transition", "figure-csh-segments"])
def test_the_file_of_a_figure_is_checked(name, tmp_path, monkeypatch):
    from analysis.catalogue.datasets import describe, fetch

    file = tmp_path / describe(name).properties["file"]
    file.parent.mkdir(parents=True)
    file.write_bytes(b"%PDF-1.4 another one")
    monkeypatch.setenv("COMPENDIUM_DATA", str(tmp_path))
    with pytest.raises(analysis.DataError, match="replace the file, or remove it"):
        fetch(name)


def test_no_two_resources_share_a_name():
    assert len({name.lower() for name in names(RESOURCES)}) == len(RESOURCES)


def test_every_small_table_is_declared():
    files = {str(path.relative_to(PACKAGE.parent)) for path in PACKAGE.parent.rglob("*.csv")}
    assert files == {one["path"] for one in LOCAL}


@pytest.mark.parametrize("name", [one["name"] for one in LOCAL if one["kind"] == "resistance"])
def test_local_curves_load(name):
    curve = analysis.load(name)
    declared = next(resource for resource in RESOURCES if resource["name"] == name)
    lines = (PACKAGE.parent / declared["path"]).read_text(encoding="utf-8").splitlines()
    assert len(curve) == sum(not line.startswith("#") for line in lines) - 1
    assert (curve.name, curve.origin) == (name, declared["origin"])
    assert curve.pressure == declared.get("pressure")
    assert curve.source.startswith(declared["sources"][0]["title"])
    assert not any("no unit" in note for note in curve.notes)


# ---------------------------------------------------------------------------- the numbers


def test_copper_is_the_nist_formula():
    """[published] Hust and Lankford, NBSIR 84-3007: P1..P7 of copper, W m K units."""
    copper = analysis.load("copper-rrr100")
    t = copper.temperature
    residual = 1.553e-8 / 100
    cold = 1 + 1.171e-17 * 3.841e10 * t ** (4.49 - 1.14) * np.exp(-((50 / t) ** 6.428))
    lattice = 1.171e-17 * t**4.49 / cold
    mixed = 0.4531 * lattice * residual / (lattice + residual)
    assert copper.unit == "ohm m"
    np.testing.assert_allclose(copper.resistance, residual + lattice + mixed, rtol=5e-6)


def test_platinum_is_the_reference_function_of_its90():
    """[published] Preston-Thomas, Metrologia 27 (1990) 3, table 4: A_i below, C_i above."""
    low = [
        -2.13534729, 3.18324720, -1.80143597, 0.71727204, 0.50344027, -0.61899395, -0.05332322,
        0.28021362, 0.10715224, -0.29302865, 0.04459872, 0.11868632, -0.05248134,
    ]  # fmt: skip
    high = [
        2.78157254, 1.64650916, -0.13714390, -0.00649767, -0.00234444, 0.00511868, 0.00187982,
        -0.00204472, -0.00046122, 0.00045724,
    ]  # fmt: skip
    platinum = analysis.load("platinum-its90")
    t = platinum.temperature
    cold = np.exp(np.polynomial.polynomial.polyval((np.log(t / 273.16) + 1.5) / 1.5, low))
    warm = np.polynomial.polynomial.polyval((t - 754.15) / 481, high)
    assert platinum.unit == "ratio"
    np.testing.assert_allclose(platinum.resistance, np.where(t < 273.16, cold, warm), rtol=1e-7)


def test_fourteen_of_69_metals_are_below_6_3():
    """[computed] The comparison that the introduction draws from this table."""
    metals = analysis.load_table("metals-300k")
    assert len(set(metals["symbol"])) == 69
    assert (metals["resistivity"] < 6.3).sum() == 14


@pytest.mark.parametrize(("name", "at_300_k"), [("silver", 1.629e-8), ("aluminium", 2.733e-8)])
def test_recommended_values_are_in_ohm_metre(name, at_300_k):
    assert analysis.load(name).resistance[-1] == pytest.approx(at_300_k, rel=1e-12)


@pytest.mark.measured("cu-foil")
def test_copper_foil_is_voltage_over_current():
    foil = analysis.load("cu-foil")
    assert (len(foil), foil.unit, foil.origin) == (8957, "arbitrary", "measured")
    assert foil.temperature[[0, -1]] == pytest.approx([4.1, 243.367], abs=0.1)
    assert foil.resistance[-1] == pytest.approx(2.634646555e-3 / 1.137462819e-2, rel=1e-12)


@pytest.mark.measured("be22re-15gpa")
def test_be22re_loads_under_any_case():
    curve = analysis.load("Be22Re-15GPa")
    assert (len(curve), curve.unit, curve.pressure) == (1249, "ohm", 15)


PATTERNS = [  # name, points, first and last angle, wavelengths, pressure
    ("stishovite-39gpa", 2155, (0.0052133383, 22.464272), (33.44, None), 39.6),
    ("nist-lab6", 5424, (10.72865, 119.33733), (154.0593, 154.4427), None),
    ("nist-iron", 4176, (35.62961, 119.25708), (154.0593, 154.4427), None),
    ("manganese-oxide", 9001, (10, 100), (154.0593, 154.4427), None),
    ("titanium-dioxide", 9001, (10, 100), (154.0593, 154.4427), None),
]


@pytest.mark.parametrize(
    ("name", "points", "ends", "wavelengths", "pressure"),
    [pytest.param(*pattern, marks=pytest.mark.measured(pattern[0])) for pattern in PATTERNS],
)
def test_measured_patterns_load(name, points, ends, wavelengths, pressure):
    pattern = analysis.load(name)
    assert isinstance(pattern, analysis.DiffractionPattern)
    assert len(pattern) == points
    assert tuple(pattern.two_theta[[0, -1]]) == ends
    assert (pattern.wavelength, pattern.wavelength_2) == wavelengths
    assert (pattern.name, pattern.pressure, pattern.origin) == (name, pressure, "measured")
    assert pattern.sample
    assert pattern.source
    assert pattern.watch() == []


# ---------------------------------------------------------------------------- listing, names


def test_list_holds_everything_with_its_description():
    listed = {dataset.name: dataset for dataset in analysis.list_datasets()}
    assert set(names(RESOURCES)) == set(listed)
    assert listed["silver"].available
    assert listed["stishovite-39gpa"].wavelength == 33.44
    assert listed["silver"].properties["reference_debye_temperature"][0]["value"] == 225


def test_list_of_one_kind():
    kinds = {dataset.kind for dataset in analysis.list_datasets("diffraction")}
    assert kinds == {"diffraction"}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: analysis.load("copper-rrr10"), "called 'copper-rrr10'; did you mean 'copper-rrr1"),
        (lambda: analysis.load("xyz"), "called 'xyz'; `python -m analysis list` names them all"),
        (lambda: analysis.load("metals-300k"), "'table'; .*kinds .*load_table take the others"),
        (
            lambda: analysis.load("nist-lab6", kind="resistance"),
            "'nist-lab6' is of kind 'diffraction'; kind 'resistance' is needed",
        ),
        (lambda: analysis.list_datasets("foo"), "no data set is of kind 'foo'; there are diffract"),
    ],
)
def test_unknown_names_and_kinds(call, message):
    with pytest.raises(analysis.DataError, match=message):
        call()


def test_found_from_any_working_directory(tmp_path):
    code = "import analysis; print(len(analysis.load('silver')))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "13\n"


# ---------------------------------------------------------------------------- one's own package


@pytest.fixture
def own(tmp_path):
    """Write a package of one's own and return its path."""

    def write(*resources, **more):
        path = tmp_path / "own" / "datapackage.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"name": "own", "resources": list(resources), **more}))
        return path

    return write


def table(**more):
    return {"name": "mine", "path": "rt.csv", "kind": "resistance", **more}


def test_own_package_loads(own):
    fields = [{"name": "T", "unit": "degC"}, {"name": "Rx", "unit": "mohm"}]
    path = own(
        table(
            columns={"temperature": "T", "resistance": "Rx"},
            schema={"fields": fields},
            pressure=22.4,
            run="5",
        )
    )
    (path.parent / "rt.csv").write_text("T,Rx\n-263.15,1000\n-253.15,2000\n")
    curve = analysis.load("mine", package=path)
    np.testing.assert_allclose(curve.temperature, [10, 20])
    np.testing.assert_allclose(curve.resistance, [1, 2])
    assert (curve.pressure, curve.run, curve.origin) == (22.4, "5", "measured")


def test_own_package_stands_in_for_the_synthetic_sets_only(own, monkeypatch):
    path = own(table())
    (path.parent / "rt.csv").write_text("T,R\n1,1\n2,2\n")
    monkeypatch.setenv("COMPENDIUM_PACKAGE", str(path))
    listed = analysis.list_datasets()
    assert "synthetic" not in {one.origin for one in listed}
    assert {"mine", "silver", "cu-foil"} <= {one.name for one in listed}
    assert len(analysis.load("mine")) == 2
    assert names(dataset.properties for dataset in analysis.list_datasets(package=path)) == ["mine"]


def powder(**more):
    return {"name": "mine", "path": "a.xy", "kind": "diffraction", "wavelength": 154.06, **more}


POWDER = "".join(f"{20 + i / 50:.2f} {i % 7 + 100}\n" for i in range(30))


def test_own_pattern_loads(own):
    columns = {"two_theta": "x", "intensity": "y"}
    fields = [{"name": "y", "unit": "counts"}, {"name": "x", "unit": "deg"}]
    path = own(
        powder(
            wavelength_2=154.44,
            columns=columns,
            dialect={"header": False},
            schema={"fields": fields},
            pressure=5,
            run="5",
            sample="LaB6",
        )
    )
    swapped = [" ".join(row.split()[::-1]) for row in POWDER.splitlines()]
    (path.parent / "a.xy").write_text("\n".join(swapped))
    pattern = analysis.load("mine", package=path, kind="diffraction")
    assert (pattern.two_theta[0], pattern.intensity[1]) == (20, 101)
    assert (pattern.wavelength, pattern.wavelength_2) == (154.06, 154.44)
    assert (pattern.pressure, pattern.run, pattern.sample) == (5, "5", "LaB6")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"wavelength": None}, "'mine': wavelength is None; allowed: a number in pm"),
        (
            {"wavelength": 1.5406},
            r"resource 'mine': wavelength is 1.5406 pm; .*in angstrom \(154.0",
        ),
        ({"wavelength": "154"}, "resource 'mine': wavelength is '154'; allowed: a number in pm"),
        ({"wavelength_2": 1.54}, r"resource 'mine': second wavelength is 1.54 pm; .*angstrom"),
        ({"wavelength_2": 153}, "second wavelength is 153 pm .*; are they exchanged?"),
        (
            {"columns": {"q": 1}},
            "columns has 'q'; allowed: two_theta, intensity or error, each with the heading",
        ),
        ({"columns": {"intensity": "foo"}}, "intensity 'foo' is not a column; there are 1, 2"),
        (
            {
                "columns": {"two_theta": "x"},
                "dialect": {"header": False},
                "schema": {"fields": [{"name": "x", "unit": "mm"}, {"name": "y"}]},
            },
            "a.xy: the unit 'mm' of 2 theta is not understood; allowed: deg or rad",
        ),
    ],
)
def test_own_patterns_that_are_described_wrongly(more, message, own):
    path = own(powder(**more))
    (path.parent / "a.xy").write_text(POWDER)
    with pytest.raises(analysis.DataError, match=message) as caught:
        analysis.load("mine", package=path)
    assert "\n" not in str(caught.value)


def test_pattern_without_a_wavelength(own):
    path = own({key: value for key, value in powder().items() if key != "wavelength"})
    (path.parent / "a.xy").write_text(POWDER)
    with pytest.raises(analysis.DataError, match="'mine': neither its file nor the data package"):
        analysis.load("mine", package=path)


def test_missing_file_of_a_package_is_an_error(own):
    message = r"resource 'mine': path: .*rt.csv is not there; put the file there, or correct"
    with pytest.raises(analysis.DataError, match=message) as caught:
        analysis.load("mine", package=own(table()))
    assert not isinstance(caught.value, analysis.DatasetUnavailable)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"datapackage.json, line 1: no JSON"),
        ('{\n"a": 1,}', r"datapackage.json, line 2: no JSON"),
        ("[]", "a data package needs a list of resources"),
        ('{"resources": 5}', "a data package needs a list of resources"),
        (b"\xff\xfe\xff", "is not UTF-8 text"),
        ("[" * 100_000, "cannot be read as JSON"),
    ],
)
def test_broken_packages(content, message, own):
    path = own()
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(analysis.DataError, match=message):
        analysis.list_datasets(package=path)


def test_missing_package(tmp_path):
    with pytest.raises(analysis.DataError, match=r"none.json: the data package cannot be read"):
        analysis.list_datasets(package=tmp_path / "none.json")


def test_roles_that_do_not_exist(own):
    path = own(table(columns={"x": "T"}))
    (path.parent / "rt.csv").write_text("T,R\n1,1\n")
    with pytest.raises(analysis.DataError, match=r"columns has 'x'; allowed: temperature, "):
        analysis.load("mine", package=path)


@pytest.mark.parametrize(
    ("name", "rows", "column", "last"),
    [
        ("nist-lab6", 5424, "Counts", None),
        ("titanium-dioxide", 9001, "two_theta", 100),
        ("silver-cobalt-cyanide", 15, "pressure", 7.65),
        ("silver-cobalt-cyanide", 15, "b", 10.27),
        ("silver-cobalt-cyanide", 15, "gamma", 90),
    ],
)
def test_measured_tables_load(name, rows, column, last):
    available = {dataset.name for dataset in analysis.list_datasets() if dataset.available}
    if name not in available and "COMPENDIUM_DATA" not in os.environ:
        pytest.skip(f"data set {name!r} is not on this machine")
    values = analysis.load_table(name)[column]
    assert len(values) == rows
    assert last is None or values[-1] == last


def test_tables_are_held_to_their_schema(own):
    fields = [{"name": "element", "type": "string"}, {"name": "Z", "type": "integer"}]
    path = own(table(kind="table", schema={"fields": fields}))
    for content, message in [
        ("element,Z,x\nCu,29,1\n", "its columns are not those that its data package declares"),
        ("element,Z\nCu,29\nAg,x\n", "row 3, column 'Z': the cell holds no integer"),
        ("element,Z\nCu,29\nAg\n", "row 3, column 'Z': the cell holds no integer"),
        (
            "element,Z\nCu,29\nAg,9999999999999999999\n",
            "row 3, column 'Z': the cell holds no integer",
        ),
        (f"element,Z\n{300 * 'u'},29\n", "row 2, column 'element': the cell holds no string"),
        ("element,Z\n" + 300_000 * "u,1\n", "300000 rows; a table has at most 500000 cells"),
        (f"element,Z\n{20_000_000 * '#'}", "cannot be read as a table .it is larger than 20 MB"),
    ]:
        (path.parent / "rt.csv").write_text(content)
        with pytest.raises(analysis.DataError, match=message):
            analysis.load_table("mine", package=path)
