"""Files made to do harm: each is read, or refused in one line, in little time and memory."""

import io
import resource
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from test_pattern_files import BRML_LIST, BRML_RAW, brml, rasx, xrdml, zipped

import analysis

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ROWS = "".join(f'<row r="{i}"><c r="A{i}"><v>{i}</v></c><c r="B{i}"><v>{i * i}</v></c></row>'
               for i in range(1, 40))  # fmt: skip


def links(*pairs):
    each = (f'<Relationship Id="r{i}" Type="{DOCUMENT}/{kind}" Target="{target}"/>'
            for i, (kind, target) in enumerate(pairs))  # fmt: skip
    return f"<Relationships>{''.join(each)}</Relationships>"


def workbook(rows=ROWS, sheets=1, more=()):
    named = "".join(f'<sheet name="s{i}" r:id="r0"/>' for i in range(sheets))
    return zipped(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": links(("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{DOCUMENT}"><sheets>{named}</sheets>'
            "</workbook>",
            "xl/_rels/workbook.xml.rels": links(
                ("worksheet", "a.xml"), ("sharedStrings", "b.xml"), ("styles", "c.xml")
            ),
            "xl/a.xml": f"<worksheet {MAIN}><sheetData>{rows}</sheetData></worksheet>",
            "xl/b.xml": "<sst/>",
            "xl/c.xml": "<styleSheet/>",
            **dict(more),
        }
    )


def filled(count, cell, row="<row>{}</row>"):
    return row.format(cell) * count


FAR = '<row r="{0}"><c r="XFD{0}"><v>1</v></c></row>'
BRML_LISTED = "<string>Experiment0/RawData0.xml</string>"
WORKBOOKS = {
    "many far cells": (workbook("".join(map(FAR.format, range(1, 6000)))), "most of them empty"),
    "rows without end": (workbook('<row r="99999999999"><c><v>1</v></c></row>'), "1 000 000 rows"),
    "many empty cells": (workbook(filled(600_000, "<c/>")), "more than .* elements of XML"),
    "one sheet many times": (workbook(filled(20_000, "<c/>"), sheets=400), "elements of XML"),
    "many sheets": (workbook("", sheets=9000), "has 9000 sheets"),
    "column without end": (workbook('<row><c r="ZZZ1"><v>1</v></c></row>'), "not a readable xlsx"),
    "many styles": (
        workbook(more=[("xl/c.xml", f"<s>{'<xf/>' * 700_000}</s>")]),
        "elements of XML",
    ),
    "deep": (workbook("<a>" * 500_000), "elements deep"),
    "endless tag": (workbook(f"<a {'b ' * 500_000}>"), "a tag of more than|not a readable"),
    "entities": (
        workbook(more=[("xl/b.xml", '<!DOCTYPE s [<!ENTITY a "b">]><sst>&a;</sst>')]),
        "declares a document type",
    ),
    "way out": (workbook(more=[("../evil", "x")]), "points outside of the archive"),
    "absolute": (workbook(more=[("/evil", "x")]), "points outside of the archive"),
    "unpacks": (workbook(more=[("x.xml", bytes(250_000_000))]), "at most 200 MB is read"),
    "many files": (workbook(more=[(f"{i}", "") for i in range(6000)]), "at most 5000 are read"),
}  # fmt: skip


@pytest.fixture
def write(tmp_path):
    def write(content, name):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return path

    return write


@pytest.mark.parametrize("case", WORKBOOKS)
def test_workbooks_are_bounded(case, write):
    content, message = WORKBOOKS[case]
    assert len(content) < 1_500_000
    with pytest.raises(analysis.DataError, match=message) as caught:
        analysis.read_resistance(write(content, "a.xlsx"))
    assert "\n" not in str(caught.value)


def test_a_stray_cell_and_empty_ones_do_no_harm(write):
    stray = '<row r="1048576"><c r="XFD1048576" s="3"/></row>'
    assert len(analysis.read_resistance(write(workbook(ROWS + stray), "a.xlsx"))) == 39


def forged(content, change):
    """Change the entries of an archive's directory, which `zipfile` writes as they are."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            new.writestr(name, old.read(name))
        for member in new.infolist():
            change(member)
    return stream.getvalue()


def encrypted(member):
    member.flag_bits |= 1


def overlapping(member):
    member.header_offset = 0


def lying(member):
    member.file_size = 10


def damaged(member):
    member.CRC ^= 1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (encrypted, "is encrypted"),
        (overlapping, "overlap: its directory is forged"),
        (lying, "not a readable xlsx|cannot be read"),
        (damaged, "not a readable xlsx|cannot be read"),
    ],
)
@pytest.mark.parametrize("kind", ["xlsx", "brml", "rasx"])
def test_forged_directories_are_refused(change, message, kind, write):
    content = {"xlsx": workbook, "brml": brml, "rasx": rasx}[kind]()
    path = write(forged(content, change), f"a.{kind}")
    with pytest.raises(analysis.DataError, match=message):
        analysis.read_pattern(path, wavelength=154)


def brml_with(old, new, listed=BRML_LIST):
    data = "".join(f"<Datum>1,{i}</Datum>" for i in range(30))
    raw = BRML_RAW.replace("{data}", data).replace(old, new)
    return zipped({"Experiment0/DataContainer.xml": listed, "Experiment0/RawData0.xml": raw})


PATTERNS = {
    "unit": ("a.xrdml", xrdml().replace('unit="deg"', 'unit="9**9**9**9"'), "place of a unit"),
    "Unit": ("a.brml", brml_with('Base="Degree"', 'Base="9**9**9**9"'), "place of a unit"),
    "points": ("a.brml", brml_with(">30<", ">9000000000<"), "announces 9e.09 points"),
    "steps": ("a.brml", brml_with(">0.02<", ">1e-12<"), "announces .* points"),
    "one file many times": (
        "a.brml",
        brml_with("", "", BRML_LIST.replace(BRML_LISTED, BRML_LISTED * 10_000)),
        "several scans",
    ),
    "profiles": ("a.rasx", rasx(more=[(f"Data{i}/Profile.txt", "") for i in range(9)]), "scans"),
    "elements": ("a.xrdml", xrdml(counts="<a/>" * 400_000), "elements of XML"),
    "long": ("a.xrdml", xrdml(counts="1 " * 17_000_000), "at most 32 MB is read"),
}


@pytest.mark.parametrize("case", PATTERNS)
def test_archives_of_patterns_are_bounded(case, write):
    name, content, message = PATTERNS[case]
    with pytest.raises(analysis.DataError, match=message):
        analysis.read_pattern(write(content, name))


TEXTS = {
    "one line": (b"1 " * 3_000_000, "100000 characters"),
    "one line below": (b"T R\n1 2\n2 3\n" + b"1 " * 3_000_000, "row 4: has more than"),
    "many columns": ((",".join(["1"] * 5000) + "\n").encode() * 50, "has 5000 columns"),
    "long heading": (f"{'X' * 9000},{'Y' * 9000},R (ohm)\n1,2,3\n".encode(), "9000 characters"),
    "UTF-16, odd": ("T,R\n1,2\n".encode("utf-16")[:-1], "starts as UTF-16 text but is not"),
    "UTF-16, half a pair": (b"\xff\xfe1\x00\x00\xd8", "starts as UTF-16 text but is not"),
    "NUL": (b"T,R\n" + b"1,2\n" * 20_000 + b"1,\x002\n", "is not a number"),
    "mark amid": ("T (K),R (ohm)\n1,2\n\ufeff2,3\n".encode(), "is not a number"),
    "Arabic": ("T (K),R (ohm)\n1,2\n\u0662,3\n".encode(), "is not a number"),
    "underscore": (b"T (K),R (ohm)\n1,2\n1_000,3\n", "is not a number"),
    "hexadecimal": (b"T (K),R (ohm)\n1,2\n0x10,3\n", "is not a number"),
    "too large": (b"T (K),R (ohm)\n1,2\n1e400,3\n", "must be a finite number"),
    "too cold": (b"T (K),R (ohm)\n1e-200,2\n2,3\n", "1e-200 K; 1e-06 to 1e[+]07 K can be measured"),
    "no temperature": (b"T (K),R (ohm)\n-0.0,2\n2,3\n", "above 0 K"),
}


@pytest.mark.parametrize("case", TEXTS)
def test_texts_are_refused_in_one_short_line(case, write):
    content, message = TEXTS[case]
    with pytest.raises(analysis.DataError, match=message) as caught:
        analysis.read_resistance(write(content, "a.csv"))
    assert len(str(caught.value)) < 1000
    assert "\n" not in str(caught.value)


def test_a_line_of_200_mb_needs_little_memory(write):
    path = write(b"1" * 200_000_000, "a.csv")
    gigabyte = 1 << 30
    code = "import sys, analysis; analysis.read_resistance(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, path],
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (gigabyte, gigabyte)),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "DataError" in done.stderr
    assert "100000 characters" in done.stderr


T = np.linspace(4, 300, 80)
R = analysis.resistance(T, theta_d=400, r0=0.1, a=2.0)
CURVES = {
    "last digits of T": (5 + np.arange(80) * 1e-15, R),
    "all T equal": (T * 0 + 5, R),
    "alternating": (T, np.where(np.arange(80) % 2, 1.0, 1e-300)),
    "drop to nothing": (T, np.where(T > 60, R, 1e-200)),
    "wide": (np.geomspace(1e-6, 1e7, 80), R),
    "tiny R": (T, R * 1e-29),
    "huge R": (T, R * 1e29 / R.max()),
    "last digits of R": (T, 1 + 1e-16 * np.arange(80)),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("case", CURVES)
def test_extreme_curves_end_in_words(case):
    curve = analysis.ResistanceCurve(*CURVES[case])
    found = analysis.analyse_curve(curve).to_dict()
    assert found["numbers"] or found["warnings"]


X = np.linspace(20, 80, 400)
Y = np.round(100 + 1e4 * np.exp(-(((X - 45) / 0.4) ** 2)))
EXTREME = {
    "step": (X, np.where(X > 50, 1e29, 1e-29), None, None),
    "last digits of x": (30 + np.arange(400) * 1e-14, Y, None, "no diffractometer does"),
    "vanishing": (X, Y * 1e-200, None, "nothing is measured"),
    "vanishing errors": (X, Y, np.sqrt(Y) * 1e-200, "nothing is measured"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("case", EXTREME)
def test_extreme_patterns_end_in_words(case):
    x, y, error, refusal = EXTREME[case]
    if refusal:
        with pytest.raises(analysis.DataError, match=refusal):
            analysis.DiffractionPattern(x, y, 154.06, intensity_error=error)
        return
    pattern = analysis.DiffractionPattern(x, y, 154.06, intensity_error=error)
    assert analysis.analyse_pattern(pattern).summary()["warnings"]
