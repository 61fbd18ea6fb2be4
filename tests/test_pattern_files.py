"""Reading one's own diffraction pattern: formats, columns, wavelengths, and every refusal."""

import io
import re
import struct
import sys
import zipfile

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import analysis
from analysis.reading.pattern_columns import role_of
from analysis.reading.patterns import is_pattern, understand_pattern
from analysis.reading.source import MAX_ROWS

X = [round(20 + 0.02 * i, 2) for i in range(30)]
Y = [100 + (i * 37) % 90 for i in range(30)]
E = [5 + i % 3 for i in range(30)]
CU = {"wavelength": 154.0593}


@pytest.fixture
def write(tmp_path):
    """Write a file and return its path."""

    def write(content, name="lab6.xy"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def rows(*columns, separator=" ", head="", foot="", shape="{}"):
    """Return columns of numbers as text."""
    lines = (separator.join(map(shape.format, row)) for row in zip(*columns, strict=True))
    return head + "\n".join(lines) + "\n" + foot


# ---------------------------------------------------------------------------- headings

HEADINGS = [
    *[(text, "two_theta") for text in (
        "2Theta", "2theta (deg)", "2-Theta Angle (Degrees)", "Two-Theta", "twotheta", "2θ", "2ϑ/°",
        "2th_deg", "2th", "tth", "TTH (deg)", "Pos. [°2Th.]", "Angle", "2 theta", "x", "2*theta",
    )],
    *[(text, "intensity") for text in (
        "Intensity", "I", "I_obs", "Counts", "cps", "Yobs", "y", "Int. (a.u.)", "intensity/cts",
    )],
    *[(text, "error") for text in ("error", "esd", "sigma", "I_err", "e", "Std. dev.", "σ sigma")],
    *[(text, "q") for text in ("Q", "Q (A^-1)", "q_nm^-1", "q_A^-1")],
    *[(text, "d") for text in ("d", "d (A)", "d-spacing", "dspacing")],
    *[(text, "theta") for text in ("theta", "Theta (deg)", "omega")],
    *[(text, None) for text in (
        "", "T (K)", "Background", "I calc", "Comment", "12.5", "5.2133383E-03", "1e3", "Sample 2",
        "D1A5", "3.3e-11}",
    )],
]  # fmt: skip


@pytest.mark.parametrize(("heading", "role"), HEADINGS)
def test_headings(heading, role):
    assert role_of(heading) == role


# ---------------------------------------------------------------------------- vendors' formats

XRDML = """<?xml version="1.0" encoding="UTF-8"?>
<xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/1.5" status="Completed">
 <xrdMeasurement measurementType="Scan" status="Completed">
  <usedWavelength intended="{intended}">
   <kAlpha1 unit="Angstrom">1.5405980</kAlpha1><kAlpha2 unit="Angstrom">1.5444260</kAlpha2>
   <kBeta unit="Angstrom">1.3922500</kBeta><ratioKAlpha2KAlpha1>{ratio}</ratioKAlpha2KAlpha1>
  </usedWavelength>
  <scan scanAxis="Gonio"><dataPoints>
    <positions axis="2Theta" unit="deg">{positions}</positions>
    <commonCountingTime unit="seconds">1.0</commonCountingTime>
    <intensities unit="counts">{counts}</intensities>
  </dataPoints></scan>
 </xrdMeasurement>
</xrdMeasurements>
"""


def xrdml(intended="K-Alpha", ratio="0.5", counts=Y, positions=None):
    ends = f"<startPosition>{X[0]}</startPosition><endPosition>{X[-1]}</endPosition>"
    counts = counts if isinstance(counts, str) else " ".join(map(str, counts))
    return XRDML.format(intended=intended, ratio=ratio, counts=counts, positions=positions or ends)


def zipped(files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


RASX_FACTS = """<?xml version="1.0" encoding="utf-8"?>
<MeasurementConditions>
 <ScanInformation><AxisName>TwoThetaTheta</AxisName><Mode>Step</Mode></ScanInformation>
 <HWConfigurations>
  <Categories><Category Name="Detector" SelectedUnit="D/teX Ultra"/></Categories><Optics/>
  <Distances/>
  <XrayGenerator><TargetName>Cu</TargetName><WavelengthKalpha1>1.540593</WavelengthKalpha1>
   <WavelengthKalpha2>1.544414</WavelengthKalpha2></XrayGenerator>
 </HWConfigurations>
 <RASHeader/><Axes/>
</MeasurementConditions>
"""


def rasx(attenuation=1, facts=RASX_FACTS, more=()):
    profile = "\ufeff" + rows(X, Y, [attenuation] * 30, separator="\t")
    files = {"Data0/Profile0.txt": profile, "Data0/MesurementConditions0.xml": facts}
    return zipfile_with(files, more)


def zipfile_with(files, more):
    return zipped({**files, **dict(more)})


BRML_RAW = """<?xml version="1.0" encoding="utf-8"?>
<RawData xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <DataRoutes><DataRoute>
  <ScanInformation ScanName="Coupled"><MeasurementPoints>30</MeasurementPoints>
   <TimePerStep>1</TimePerStep><TimePerStepEffective>1</TimePerStepEffective>
   <ScanMode>Step</ScanMode><ScanAxes>
    <ScanAxisInfo AxisName="TwoTheta"><Unit Base="Degree"/><Reference>0</Reference>
     <Start>20</Start><Stop>20.58</Stop><Increment>0.02</Increment></ScanAxisInfo>
   </ScanAxes></ScanInformation>
  <DataViews>
   <RawDataView xsi:type="FixedRawDataView" LogicName="Time" Start="0" Length="1"/>
   <RawDataView xsi:type="RecordedRawDataView" Start="1" Length="1">
    <Recording LogicName="Counter_1D"/></RawDataView>
  </DataViews>
  {data}
 </DataRoute></DataRoutes>
 <FixedInformation>
  <Drives><InfoData LogicName="Chi"><Position Value="0" Unit="Degree"/></InfoData></Drives>
  <Instrument><PrimaryTracks><TrackInfoData><MountedOptics>
   <InfoData xsi:type="TubeMountInfoData"><Tube><TubeMaterial>Cu</TubeMaterial>
    <WaveLengthAlpha1 Value="1.54060" Unit="angstrom"/>
    <WaveLengthAlpha2 Value="1.54439" Unit="angstrom"/><WaveLengthRatio Value="0.5" Unit=""/>
   </Tube></InfoData><InfoData xsi:type="SlitInfoData"/>
  </MountedOptics></TrackInfoData></PrimaryTracks></Instrument>
 </FixedInformation>
</RawData>
"""
BRML_LIST = (
    "<DataContainer><RawDataReferenceList><string>Experiment0/RawData0.xml</string>"
    "</RawDataReferenceList></DataContainer>"
)


def brml(points=30):
    data = "".join(f"<Datum>1,{y}</Datum>" for y in Y[:points])
    return zipped(
        {
            "Experiment0/DataContainer.xml": BRML_LIST,
            "Experiment0/RawData0.xml": BRML_RAW.replace("{data}", data),
        }
    )


RAS = (
    '*RAS_DATA_START\n*RAS_HEADER_START\n*HW_XG_WAVE_LENGTH_ALPHA1 "1.540593"\n'
    '*HW_XG_WAVE_LENGTH_ALPHA2 "1.544414"\n*HW_XG_WAVE_LENGTH_UNIT "Angstrom"\n'
    '*MEAS_SCAN_AXIS_X "TwoThetaTheta"\n*RAS_HEADER_END\n*RAS_INT_START\n'
)
RAS_END = "*RAS_INT_END\n*RAS_DATA_END\n"
RANGE = "_START=20\n_STEPSIZE=0.02\n_STEPCOUNT=30\n_COUNTS\n"
UXD = "; remark\n_FILEVERSION=2\n_SAMPLE='LaB6'\n_WL1=1.54060\n_WL2=1.54439\n_DRIVE='COUPLED'\n"
BANK = "BANK 1 30 30 CONST 2000.0 2.0 0 0 "
HUNDREDTHS = [f"{100 * x:.1f}" for x in X]


def udf():
    counts = ",\n".join(" " + ", ".join(f"{y:7d}" for y in Y[i : i + 8]) for i in range(0, 30, 8))
    return (
        "SampleIdent,LaB6 ,/\nLabdaAlpha1,  1.540593,/\nLabdaAlpha2,  1.544414,/\n"
        f"DataAngleRange,  20.0000,  20.5800,/\nScanStepSize,   0.020,/\nRawScan\n{counts}/\n"
    )


def rd(step=0.02, version=b"V3", start=250):
    head = bytearray(start)
    head[:4] = version + b"RD"
    struct.pack_into("<3d", head, 214, step, 20.0, 20.58)
    return bytes(head) + struct.pack("<30H", *(round(10 * y**0.5 + 0.5) for y in Y))


def raw3(scans=1):
    head, scan = bytearray(712), bytearray(304)
    head[:8] = b"RAW1.01\0"
    struct.pack_into("<2I", head, 8, 1, scans)
    struct.pack_into("<5d", head, 616, 1.54184, 1.540593, 1.544414, 1.39, 0.5)
    struct.pack_into("<2I2d", scan, 0, 304, 30, 10.0, 20.0)
    struct.pack_into("<d", scan, 176, 0.02)
    struct.pack_into("<I", scan, 252, 4)
    return bytes(head) + (bytes(scan) + struct.pack("<30f", *Y)) * scans


def raw4(scans=1):
    head, tube, scan = bytearray(61), bytearray(120), bytearray(160)
    head[:8] = b"RAW4.00\0"
    struct.pack_into("<2I", tube, 0, 30, 120)
    struct.pack_into("<5d", tube, 72, 1.54184, 1.540593, 1.544414, 1.39, 0.5)
    scan[32:46] = b"Locked Coupled"
    struct.pack_into("<2dI", scan, 72, 20.0, 0.02, 30)
    struct.pack_into("<I", scan, 136, 4)
    return bytes(head + tube) + (bytes(scan) + struct.pack("<30f", *Y)) * scans


def cif(angle="_pd_proc_2theta_corrected", counts="_pd_meas_counts_total", errors="(5)", more=""):
    return (
        f"# made\ndata_lab6\n_cell_length_a 4.157\n{more}loop_\n_diffrn_radiation_wavelength_id\n"
        "_diffrn_radiation_wavelength\n1 1.540593\n2 1.544414\n"
        f"loop_\n{angle}\n{counts}\n_pd_calc_intensity_total\n"
        + rows(X, [f"{y}{errors}" for y in Y], ["."] * 30)
    )


RANGED = "_pd_meas_2theta_range_min 20\n_pd_meas_2theta_range_inc 0.02\n"


def fixed(pairs, first, second, each):
    cells = [f"{a:>{first}}{b:>{second}}" for a, b in pairs]
    return "\n".join("".join(cells[i : i + each]) for i in range(0, len(cells), each)) + "\n"


def workbook():
    book = openpyxl.Workbook()
    for row in [("2Theta", "Counts"), *zip(X, Y, strict=True)]:
        book.active.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


# ---------------------------------------------------------------------------- what is read

SELF = "own"  # the wavelength is in the file
READ = {  # file name, content, options, layout, errors?
    "xy": ("a.xy", rows(X, Y), CU, "white-space-separated text", False),
    "xye": ("a.xye", rows(X, Y, E), CU, "white-space-separated text", True),
    "no ending": ("pattern", rows(X, Y), CU, "white-space-separated text", False),
    "csv with headings": (
        "a.csv",
        rows(X, Y, separator=",", head="2Theta,Counts\n"),
        CU,
        "comma-separated text",
        False,
    ),
    "headings in a comment": (
        "a.dat",
        rows(X, Y, E, head="# cooled\n#   2th_deg        I     sigma\n"),
        CU,
        "white-space-separated text",
        True,
    ),
    "decimal comma": (
        "a.txt",
        rows(X, Y, separator=";").replace(".", ","),
        CU,
        "semicolon-separated text",
        False,
    ),
    "row of units": (
        "a.txt",
        rows(X, Y, separator="\t", head="2Theta\tIntensity\ndeg\tcounts\n"),
        CU,
        "tab-separated text",
        False,
    ),
    "radians": (
        "a.txt",
        rows(np.radians(X).tolist(), Y, separator=",", head="2theta (rad),I\n"),
        CU,
        "comma-separated text",
        False,
    ),
    "columns by number": (
        "a.txt",
        rows(range(30), E, Y, X),
        {"two_theta": 4, "intensity": 3, "error": 2, **CU},
        "white-space-separated text",
        True,
    ),
    "columns by name": (
        "a.csv",
        rows(X, E, Y, separator=",", head="2Theta,I raw,I corrected\n"),
        {"intensity": "i corrected", **CU},
        "comma-separated text",
        False,
    ),
    "errors left out": (
        "a.xye",
        rows(X, Y, E),
        {"error": "none", **CU},
        "white-space-separated text",
        False,
    ),
    "computed columns": (
        "a.csv",
        rows(X, Y, E, E, separator=",", head="2theta,Yobs,Ycalc,bkg\n"),
        CU,
        "comma-separated text",
        False,
    ),
    "unknown headings": (
        "a.csv",
        rows(X, Y, separator=",", head="Position A,Channel B\n"),
        CU,
        "comma-separated text",
        False,
    ),
    "Fortran": ("a.xy", rows(X, [f"{y}.0D0" for y in Y]), CU, "white-space-separated text", False),
    "xlsx": ("a.xlsx", workbook(), CU, "sheet 'Sheet' of a workbook", False),
    "chi": ("a.chi", rows(X, Y, head="a.tif\n2th_deg\n\n       30\n"), CU, ".chi file", False),
    "chi, no UTF-8 before the number of points": (
        "a.chi",
        rows(X, Y, head="a.tif\n2th_deg\n\n\x80   30\n").encode("latin-1"),
        CU,
        ".chi file",
        False,
    ),
    "chi of FIT2D": (
        "a.chi",
        rows(X, Y, head="a.tif\n 2-Theta Angle (Degrees)\n Intensity\n          30\n"),
        CU,
        ".chi file",
        False,
    ),
    "chi of PeakPo": (
        "a.chi",
        rows(X, Y, head="# BG ROI: 6.0, 22.0\n# BG Params: 20, 10\n\n30\n"),
        CU,
        ".chi file",
        False,
    ),
    "chi with a count alone": ("a.chi", rows(X, Y, head="30\n"), CU, ".chi file", False),
    "comments of TOPAS": (
        "a.xye",
        rows(X, Y, E, head="' 2theta I sigma\n/* 1 2 3\n4 5 6\n*/ \n", foot="' 1 2 3\n"),
        CU,
        "white-space-separated text",
        True,
    ),
    "every other comment": (
        "a.xy",
        rows(X, Y, head="! a\n; b 1\n// c\n% d\n# e\n/* f */\n"),
        CU,
        "white-space-separated text",
        False,
    ),
    "headings in apostrophes": (
        "a.csv",
        rows(X, Y, separator=",", head="'2Theta','Counts'\n"),
        CU,
        "comma-separated text",
        False,
    ),
    "chi in radians": (
        "a.chi",
        rows(np.radians(X), Y, head="a.tif\n2-Theta Angle (radians)\nI\n  30\n"),
        CU,
        ".chi file",
        False,
    ),
    "chi with errors": (
        "a.chi",
        rows(X, Y, E, head="a\n2th_deg\nI\n30\n"),
        CU,
        ".chi file",
        True,
    ),
    "FXYE": (
        "a.gsas",
        rows(HUNDREDTHS, Y, E, head=f"LaB6\n# remark\n{BANK}FXYE\n"),
        CU,
        "GSAS powder data (FXYE)",
        True,
    ),
    "FXY": (
        "a.raw",
        rows(HUNDREDTHS, Y, head=f"LaB6\n{BANK}FXY\n"),
        CU,
        "GSAS powder data (FXY)",
        False,
    ),
    "ESD": (
        "a.gsa",
        f"LaB6\n{BANK}ESD\n" + fixed(zip(Y, E, strict=True), 8, 8, 5),
        CU,
        "GSAS powder data (ESD)",
        True,
    ),
    "STD": (
        "a.gsa",
        f"LaB6\n{BANK}STD\n" + fixed(zip([""] * 30, Y, strict=True), 2, 6, 10),
        CU,
        "GSAS powder data (STD)",
        False,
    ),
    "STD, several detectors": (
        "a.gsa",
        f"LaB6\n{BANK}STD\n" + fixed(zip([4] * 30, Y, strict=True), 2, 6, 10),
        CU,
        "GSAS powder data (STD)",
        True,
    ),
    "STD unnamed": (
        "a.gsa",
        f"LaB6\n{BANK}\n" + fixed(zip([""] * 30, Y, strict=True), 2, 6, 10),
        CU,
        "GSAS powder data (STD)",
        False,
    ),
    "xrdml": ("a.xrdml", xrdml(), SELF, "PANalytical .xrdml file", False),
    "xrdml, list": (
        "a.xrdml",
        xrdml(positions=f"<listPositions>{' '.join(map(str, X))}</listPositions>"),
        SELF,
        "PANalytical .xrdml file",
        False,
    ),
    "rasx": ("a.rasx", rasx(), SELF, "Rigaku .rasx file", False),
    "brml": ("a.brml", brml(), SELF, "Bruker .brml file", False),
    "brml under another name": ("a.zip", brml(), SELF, "Bruker .brml file", False),
    "ras": ("a.ras", RAS + rows(X, Y, [1] * 30, foot=RAS_END), SELF, "Rigaku .ras file", False),
    "ras, other axis": (
        "a.ras",
        RAS.replace("TwoThetaTheta", "Theta/2-Theta") + rows(X, Y, [1] * 30, foot=RAS_END),
        SELF,
        "Rigaku .ras file",
        False,
    ),
    "udf": ("a.udf", udf(), SELF, "Philips .udf file", False),
    "cif": ("a.cif", cif(), SELF, "powder CIF", True),
    "cif without errors": ("a.cif", cif(errors=""), SELF, "powder CIF", False),
    "cif with a range": ("a.cif", cif("_pd_data_point_id", more=RANGED), SELF, "powder CIF", True),
    "cif with dots": (
        "a.cif",
        cif("_pd_proc.2theta_corrected", "_pd_meas.counts_total"),
        SELF,
        "powder CIF",
        True,
    ),
    "uxd, pairs": ("a.uxd", UXD + "_2THETACOUNTS\n" + rows(X, Y), SELF, "Bruker .uxd file", False),
    "uxd, counts": (
        "a.uxd",
        UXD + RANGE + rows(*np.reshape(Y, (6, 5)).T),
        SELF,
        "Bruker .uxd file",
        False,
    ),
}


@pytest.mark.parametrize("case", READ)
def test_reads(case, write):
    name, content, options, layout, errors = READ[case]
    path = write(content, name)
    given = {} if options is SELF else options
    pattern = analysis.read_pattern(path, **given)
    np.testing.assert_allclose(pattern.two_theta, X, rtol=1e-12)
    np.testing.assert_allclose(pattern.intensity, Y, rtol=1e-12)
    assert pattern.wavelength == pytest.approx(154.06, abs=0.001)
    assert (pattern.wavelength_2 is not None) == (options is SELF)
    assert understand_pattern(path, **given).layout == layout
    assert (pattern.intensity_error is not None) == errors


@pytest.mark.parametrize("case", [c for c in READ if c not in ("no ending", "unknown headings")])
def test_patterns_are_told_from_resistances(case, write):
    name, content, *_ = READ[case]
    no_heading = name.endswith(".txt") and "heta" not in str(content)
    assert is_pattern(write(content, name)) != no_heading


@pytest.mark.parametrize(
    "content", ["T (K),R (ohm)\n10,1\n20,2\n", "10 1\n20 2\n", "# thermometer theta\n1 2\n"]
)
def test_resistances_are_no_patterns(content, write):
    assert not is_pattern(write(content, "rt.csv"))


@pytest.mark.parametrize(("content", "version"), [(raw3, 3), (raw4, 4)])
def test_bruker_raw(content, version, write):
    pytest.importorskip("geddes")
    path = write(content(), "a.raw")
    pattern = analysis.read_pattern(path)
    np.testing.assert_allclose(pattern.two_theta, X, rtol=1e-12)
    assert pattern.intensity.tolist() == Y
    assert (pattern.wavelength, pattern.wavelength_2) == pytest.approx((154.0593, 154.4414))
    assert understand_pattern(path).layout == f"Bruker .raw file (version {version})"
    assert is_pattern(path)
    with pytest.raises(analysis.DataError, match="holds 2 scans; one is needed, so export"):
        analysis.read_pattern(write(content(2), "b.raw"))
    with pytest.raises(analysis.DataError, match="cannot be read as a Bruker"):
        analysis.read_pattern(write(content()[:-40], "c.raw"))


def test_bruker_raw_where_its_reader_is_not_installed(write, monkeypatch):
    monkeypatch.setitem(sys.modules, "geddes", None)
    with pytest.raises(analysis.DataError, match="geddes, which is not installed; install it, or"):
        analysis.read_pattern(write(raw4(), "a.raw"))


@pytest.mark.parametrize(("version", "start"), [(b"V3", 250), (b"V5", 810)])
def test_philips_rd(version, start, write):
    path = write(rd(version=version, start=start), "a.rd")
    pattern = analysis.read_pattern(path, **CU)
    np.testing.assert_allclose(pattern.two_theta, X, rtol=1e-12)
    # Roots in two bytes hold counts to some per cent.
    np.testing.assert_allclose(pattern.intensity, Y, rtol=0.02)
    cut = analysis.read_pattern(write(path.read_bytes()[:-3], "b.rd"), **CU)
    assert "the heading announces 30 points, but 28 follow: the file may be cut off" in cut.notes


# ---------------------------------------------------------------------------- Q and d

SINE = np.sin(np.radians(np.array(X) / 2))
Q, D = 4 * np.pi * SINE / 1.540593, 1.540593 / (2 * SINE)
HEADED = "# Wavelength: 1.540593e-10 m\n# {} I\n"
OTHER = {  # file name, column, lines above, options, what is said
    "Q of pyFAI": ("a.dat", Q * 10, HEADED.format("q_nm^-1"), {}, "Q in 1/nm were converted"),
    "Q in A": ("a.xy", Q, "# Q(\u00c5\u207b\u00b9) I\n", CU, "2 theta = 2 asin(Q lambda / 4"),
    "Q of FIT2D": (
        "a.chi", Q * 10, "a.tif\nQ ( Inverse Nanometres )\nI\n  30\n", CU, "vectors Q in 1/nm",
    ),
    "Q, asked for": ("a.xy", Q, "", {"two_theta_unit": "1/A", **CU}, "vectors Q in 1/A"),
    "d": ("a.xy", D, HEADED.format("d_A"), {}, "d spacings in A were converted"),
    "d in nm": ("a.csv", D / 10, "d-spacing (nm) I\n", CU, "2 theta = 2 asin(lambda / 2 d)"),
    "d, without unit": ("a.xy", D, "# d I\n", {"two_theta_unit": "A", **CU}, "d spacings in A"),
    "radians": ("a.xy", np.radians(X), "", {"two_theta_unit": "rad", **CU}, "converted to degrees"),
    "wrong heading": ("a.xy", X, "# Q I\n", {"two_theta_unit": "deg", **CU}, ""),
}  # fmt: skip


@pytest.mark.parametrize("case", OTHER)
def test_what_is_no_2_theta_is_converted(case, write):
    name, column, head, options, said = OTHER[case]
    text = rows(column, Y, head=head, shape="{:.12g}")
    pattern = analysis.read_pattern(write(text, name), **options)
    np.testing.assert_allclose(pattern.two_theta, X, rtol=1e-9)
    np.testing.assert_allclose(pattern.intensity, Y, rtol=1e-12)
    assert said in " | ".join(pattern.notes)


def test_of_q_and_d_one_is_asked_for(write):
    path = write(rows(Q, D, Y, separator=",", head="q_A^-1,d_A,I\n"), "a.csv")
    with pytest.raises(analysis.DataError, match="could each be the 2 theta; choose with --two-th"):
        analysis.read_pattern(path, **CU)
    assert analysis.read_pattern(path, two_theta=2, **CU).two_theta[0] == pytest.approx(20)


# ---------------------------------------------------------------------------- bins without a pixel

HIGH = [10_000 + y for y in Y]
MASKED = {  # values of three bins, lines above, what is said
    "NaN": ("nan", "", "3 intensities are NaN"),
    "-1": ("-1", "", "3 intensities are exactly -1"),
    "-2": ("-2.0", "", "3 intensities are exactly -2"),
    "0": ("0", "", "3 intensities are exactly 0"),
    "stated": ("-10", "# Dummy: -10.0\n", "the file says that -10.0 stands for no intensity"),
    "stated in JSON": ("77", '# {"dummy": 77, "delta": 1}\n', "the file says that 77 stands for"),
}


@pytest.mark.parametrize("case", MASKED)
def test_masked_bins_are_left_out_and_counted(case, write):
    value, head, said = MASKED[case]
    text = rows(X, [*HIGH[:9], value, value, value, *HIGH[12:]], HIGH, head=head)
    pattern = analysis.read_pattern(write(text), **CU)
    assert pattern.two_theta.tolist() == [*X[:9], *X[12:]]
    assert pattern.intensity.tolist() == [*HIGH[:9], *HIGH[12:]]
    assert len(pattern.intensity_error) == 27
    assert said in " | ".join(pattern.notes)


def test_few_counts_may_be_none_and_a_subtracted_background_below_zero(write):
    counts = [0, 1, 0, 3, 2, 0, *[1, 2, 5] * 8]
    assert len(analysis.read_pattern(write(rows(X, counts)), **CU)) == 30
    below = [-1, -1, 1, -2, 3, -2, *HIGH[6:]]
    assert len(analysis.read_pattern(write(rows(X, below)), **CU)) == 30


def test_errors_of_several_detectors_are_those_of_their_mean(write):
    name, content, *_ = READ["STD, several detectors"]
    errors = analysis.read_pattern(write(content, name), **CU).intensity_error
    np.testing.assert_allclose(errors, np.sqrt(np.array(Y) / 4))


def test_pattern_carries_name_and_pressure(write):
    path = write(rows(X, Y), "run3.xy")
    named = analysis.read_pattern(path, pressure=22.4, name="mine", **CU)
    assert (named.name, named.pressure) == ("mine", 22.4)
    assert analysis.read_pattern(path, **CU).name == "run3"


NOTES = {  # file name, content, options, note
    "no headings": ("a.xy", rows(X, Y), CU, "no headings; took column 1 as 2 theta, column 2 as i"),
    "three columns": ("a.xy", rows(X, Y, E), CU, "column 3 as its error"),
    "radians": (*READ["radians"][:3], "2 theta is in radians in the file, and was converted"),
    "Angle": ("a.csv", rows(X, Y, separator=",", head="Angle,I\n"), CU, "took column 1 'Angle' as"),
    "unknown intensity": (
        "a.csv",
        rows(X, Y, separator=",", head="2Theta,Detector A\n"),
        CU,
        "took column 2 'Detector A' as intensity",
    ),
    "two errors": (
        "a.csv",
        rows(X, Y, E, E, separator=",", head="2Theta,I,esd,sigma\n"),
        CU,
        "columns 3 'esd', 4 'sigma' could each be errors; none was taken",
    ),
    "descending": ("a.xy", rows(X[::-1], Y), CU, "angles were descending and have been sorted"),
    "chi, cut off": (
        "a.chi",
        rows(X, Y, head="a\n2th_deg\n\n31\n"),
        CU,
        "row 4 announces 31 points, but 30 follow: the file may be cut off",
    ),
    "chi, one more": (
        "a.chi",
        rows(X, Y, head="a\n2th_deg\n\n29\n"),
        CU,
        "row 4 announces 29 points, but 30 follow: all were read",
    ),
    "chi, silent": (
        "a.chi",
        rows(X, Y, head="a\n\n\n30\n"),
        CU,
        "no line says what x is; read as 2 theta in degrees",
    ),
    "FXYE, cut off": (
        "a.gsas",
        rows(HUNDREDTHS[:25], Y[:25], E[:25], head=f"LaB6\n{BANK}FXYE\n"),
        CU,
        "row 2 announces 30 points, but 25 follow: the file may be cut off",
    ),
    "ras, cut off": ("a.ras", RAS + rows(X, Y), {}, "*RAS_INT_END is missing: the file may be cut"),
    "ras, attenuator": (
        "a.ras",
        RAS + rows(X, Y, [2] * 30, foot=RAS_END),
        {},
        "counts were multiplied by the attenuation in the third column",
    ),
    "rasx, attenuator": ("a.rasx", rasx(attenuation=2), {}, "counts were multiplied by the atten"),
    "aborted": (
        "a.xrdml",
        xrdml().replace("<scan ", '<scan status="Aborted" '),
        {},
        "the scan was not completed (Aborted): see that its angles are right",
    ),
    "K-alpha 1 without monochromator": (
        "a.xrdml",
        xrdml(intended="K-Alpha 1"),
        {},
        "names K-alpha 1 as intended but no monochromator before the sample; read as the doublet",
    ),
    "another wavelength": (
        "a.xrdml",
        xrdml(),
        {"wavelength": 70.93},
        "the wavelength is 70.93 pm as given, though the file says 154.06",
    ),
    "only one wavelength": (
        "a.xrdml",
        xrdml(),
        CU,
        "the file has a second wavelength, 154.443 pm, which is not used because only the first",
    ),
}


@pytest.mark.parametrize("case", NOTES)
def test_says_what_was_assumed(case, write):
    name, content, options, note = NOTES[case]
    pattern = analysis.read_pattern(write(content, name), **options)
    assert note in " | ".join(pattern.notes)


def test_a_well_labelled_file_needs_no_note(write):
    path = write(rows(X, Y, E, separator=",", head="2Theta (deg),Counts,esd\n"))
    assert analysis.read_pattern(path, **CU).notes == ()


def test_attenuation_is_applied(write):
    twice = analysis.read_pattern(write(rasx(attenuation=2), "a.rasx"))
    np.testing.assert_allclose(twice.intensity, 2 * np.array(Y))


# ---------------------------------------------------------------------------- wavelengths

STATED = [  # lines above the numbers, wavelengths in pm
    ("# Wavelength: 3.344e-11 m\n", (33.44, None)),
    ('# {"wavelength": 3.344e-11}\n', (33.44, None)),
    ("# wavelength = 1.5406\n", (154.06, None)),
    ("# lambda = 0.6199 A\n", (61.99, None)),
    ("# Wavelength (Å): 0.4133\n", (41.33, None)),
    ("# wavelength [nm] 0.15406\n", (154.06, None)),
    ("# wavelength 61.99 pm\n", (61.99, None)),
    ("# K-Alpha1 wavelength,1.54060\n# K-Alpha2 wavelength,1.54443\n", (154.06, 154.443)),
    ("# wavelength 1 = 1.5406 A\n# wavelength 2 = 1.5444 A\n", (154.06, 154.44)),
    ("# wavelength 61.99\n", (None, None)),
    ("# K-Beta wavelength,1.39\n", (None, None)),
    ("# wavelength 1.5406 A\n# wavelength 0.7093 A\n", (None, None)),
    ("# CuKa\n", (None, None)),
    ("# Calibrated wavelength = 0.4066\n# Requested wavelength = 0.41\n", (40.66, None)),
    ("# Energy: 30.0 keV\n", (41.328066, None)),
    ("# photon energy (eV) = 8047.8\n", (154.0597, None)),
    ("# Energy: 30\n", (None, None)),
    ("# detector threshold energy 15 keV\n", (None, None)),
    ("# energy 30 keV\n# wavelength 0.7093 A\n", (70.93, None)),
]


@pytest.mark.parametrize(("head", "wavelengths"), STATED)
def test_wavelengths_that_headers_state(head, wavelengths, write):
    found = understand_pattern(write(rows(X, Y, head=head), "a.xy")).wavelengths
    assert found == pytest.approx(wavelengths) if found[0] else found == wavelengths


def test_gsas_comments_state_the_wavelength(write):
    content = READ["FXYE"][1].replace("# remark", "# Calibrated wavelength = 0.413893")
    assert understand_pattern(write(content, "a.fxye")).wavelengths == (
        pytest.approx(41.3893),
        None,
    )


@pytest.mark.parametrize("kind", ["a.xy", "a.chi", "a.gsas"])
def test_the_wavelength_is_never_guessed(kind, write):
    content = {
        "a.xy": rows(X, Y),
        "a.chi": READ["chi"][1],
        "a.gsas": READ["FXYE"][1],
    }[kind]
    message = "does not say its wavelength, which is never guessed; give it in pm: --wavelength PM"
    with pytest.raises(analysis.DataError, match=f"{kind}: {message}"):
        analysis.read_pattern(write(content, kind))


def test_behind_a_monochromator_there_is_one_wavelength(write):
    beam = "</usedWavelength><incidentBeamPath>{}</incidentBeamPath>"
    crystal = '<monochromator id="1" name="Ge 111"><crystal/></monochromator>'
    mirror = '<xRayMirror id="1" hybrid="true"/>'
    for content in (
        xrdml().replace("</usedWavelength>", beam.format(crystal)),
        xrdml().replace("</usedWavelength>", beam.format(mirror)),
        xrdml(ratio="0"),
    ):
        pattern = analysis.read_pattern(write(content, "a.xrdml"))
        assert (pattern.wavelength, pattern.wavelength_2) == (pytest.approx(154.0598), None)


def test_both_wavelengths_can_be_given(write):
    pattern = analysis.read_pattern(write(xrdml(), "a.xrdml"), wavelength=154, wavelength_2=154.4)
    assert (pattern.wavelength, pattern.wavelength_2, pattern.notes) == (154, 154.4, ())


# ---------------------------------------------------------------------------- what is refused

TABLE = "2Theta,I\n"
REFUSED = {  # file name, content, options, message after the file's name
    "empty": ("a.xy", "", CU, "is empty"),
    "blank": ("a.xy", "\n \n", CU, "holds only blank lines"),
    "prose": ("a.xy", "Dear reader,\nhello\n", CU, "hold no row with two numbers"),
    "one column": ("a.xy", "1\n2\n", CU, "holds one column; 2 theta and intensity are needed in t"),
    "few": ("a.xy", rows(X[:5], Y[:5]), CU, "holds 5 points; a pattern needs at least 20"),
    "no number": (
        "a.xy",
        rows(X, [*Y[:29], "abc"]),
        CU,
        "row 30, column 2: 'abc' is not a number; every row needs a number there",
    ),
    "short row": ("a.xy", rows(X, Y, foot="20.7\n"), CU, "row 31, column 2: the cell is empty"),
    "NaN": ("a.xy", rows(X, ["nan"] * 12 + Y[12:]), CU, "holds 18 intensities that are n"),
    "NaN angle": ("a.xy", rows([*X[:29], "nan"], Y), CU, "row 30: 2 theta is nan; every value"),
    "infinite": ("a.xy", rows(X, [*Y[:29], "1e999"]), CU, "row 30: intensity is inf"),
    "beyond 180": ("a.xy", rows([*X[:29], 181], Y), CU, "row 30: 2 theta is 181; it must lie"),
    "negative": (
        "a.csv",
        rows(X, [*Y[:29], -5000], separator=",", head=TABLE),
        CU,
        "row 31: intensity is -5000 at 20.58 deg, further below zero than scatter explains",
    ),
    "negative error": ("a.xye", rows(X, Y, [*E[:29], -1]), CU, "row 30: error is -1; a standard"),
    "four columns": (
        "a.txt",
        rows(X, Y, E, E),
        CU,
        "has 4 filled columns without headings; say which are meant with --two-theta, --intens",
    ),
    "two intensities": (
        "a.csv",
        rows(X, Y, E, separator=",", head="2Theta,I raw,I corrected\n"),
        CU,
        "columns 2 'I raw', 3 'I corrected' could each be the intensity; choose with --intensity",
    ),
    "two angles": (
        "a.csv",
        rows(X, X, Y, separator=",", head="2Theta,2th corrected,I\n"),
        CU,
        "columns 1 '2Theta', 2 '2th corrected' could each be the 2 theta; choose with --two-theta",
    ),
    "no angle": (
        "a.csv",
        rows(X, E, Y, separator=",", head="A,B,Counts\n"),
        CU,
        "columns 1 'A', 2 'B', 3 'Counts' - none is known as 2 theta; choose with --two-theta",
    ),
    "no intensity": (
        "a.csv",
        rows(X, E, Y, separator=",", head="2Theta,B,C\n"),
        CU,
        "none is known as intensity; choose with --intensity NAME or NUMBER",
    ),
    "Q": (
        "a.csv",
        rows(X, Y, separator=",", head="Q (A^-1),I\n"),
        CU,
        r"column 1 'Q \(A\^-1\)', row 2: 20 1/A gives no angle at 154.059 pm; correct --wavelength",
    ),
    "Q in no unit": (
        "a.csv",
        rows(X, Y, separator=",", head="q,I\n"),
        {"two_theta": 1, **CU},
        "vectors Q, but not in which unit; say it with --two-theta-unit 1/A or 1/nm",
    ),
    "Q in a comment": (
        "a.dat",
        rows(X, Y, head="#  q_A^-1      I\n"),
        {},
        "Q in 1/A; 2 theta = 2 asin.Q lambda / 4 pi. needs the wavelength lambda: give it in pm",
    ),
    "d": (
        "a.csv",
        rows(X, Y, separator=",", head="d,I\n"),
        CU,
        "these are d spacings, but not in which unit; say it with --two-theta-unit A, nm or pm",
    ),
    "unit of 2 theta": (
        "a.xy",
        rows(X, Y),
        {"two_theta_unit": "furlong", **CU},
        "the unit 'furlong' of 2 theta is not understood; allowed: deg or rad",
    ),
    "unit of uxd": (
        "a.uxd",
        UXD + "_2THETACOUNTS\n" + rows(X, Y),
        {"two_theta_unit": "deg"},
        "is a Bruker .uxd file, whose columns are known; leave --two-theta-unit out",
    ),
    "theta": (
        "a.csv",
        rows(X, Y, separator=",", head="Theta,I\n"),
        CU,
        "these are theta or omega, not 2 theta; 2 theta in degrees is needed",
    ),
    "mm in chi": ("a.chi", rows(X, Y, head="a\nr_mm\nI\n30\n"), CU, "are distances on the detecto"),
    "missing column": (
        "a.csv",
        rows(X, Y, separator=",", head=TABLE),
        {"intensity": "foo", **CU},
        "intensity 'foo' is not a column; there are 1 '2Theta', 2 'I'",
    ),
    "sheet of text": ("a.xy", rows(X, Y), {"sheet": 1, **CU}, "text file and has no sheets; leave"),
    "decimal mark": ("a.xy", rows(X, Y), {"decimal": "!", **CU}, "decimal mark '!' is not underst"),
    "columns of xrdml": ("a.xrdml", xrdml(), {"error": 3}, "PANalytical .xrdml file, whose column"),
    "columns of GSAS": (*READ["FXYE"][:2], {"error": 3}, "is a GSAS file, .*; leave --error out"),
    "several banks": (
        "a.gsas",
        rows(HUNDREDTHS, Y, E, head=f"t\n{BANK}FXYE\n", foot=f"{BANK.replace('1', '2')}FXYE\n"),
        CU,
        "holds 2 banks; write the one that is meant alone",
    ),
    "time of flight": (
        "a.gsas",
        "t\nBANK 1 30 30 SLOG 2000.0 2.0 0 0 FXYE\n1 2 3\n",
        CU,
        "row 2: binning 'SLOG' is not that of X-rays of one wavelength; CONST is needed",
    ),
    "ALT": ("a.gsas", f"t\n{BANK}ALT\n1 2 3\n", CU, "row 2: GSAS data of type 'ALT' are not read"),
    "GSAS without step": (
        "a.gsas",
        "t\nBANK 1 30 30 CONST\n1 2\n",
        CU,
        "row 2: gives no start and step after CONST",
    ),
    "GSAS, no number": ("a.gsas", f"t\n{BANK}FXYE\n20 x 3\n", CU, "row 3: 'x' is not a number"),
    "GSAS, few cells": ("a.gsas", f"t\n{BANK}FXYE\n20 3\n", CU, "row 3: has 2 cells; 3 are needed"),
    "two scans in ras": (
        "a.ras",
        RAS + rows(X, Y, foot=RAS_END) + RAS,
        {},
        r"holds 2 scans; one is needed, so export the pattern as text in two columns \(.xy\)",
    ),
    "omega in ras": ("a.ras", RAS.replace("TwoThetaTheta", "Omega"), {}, "scans the axis 'Omega'"),
    "no scan in uxd": ("a.uxd", UXD, {}, "holds no scan; one is needed"),
    "theta in uxd": ("a.uxd", UXD.replace("COUPLED", "THETA") + "_COUNTS\n1\n", {}, "the drive 'T"),
    "no start in uxd": ("a.uxd", UXD + "_COUNTS\n1 2 3\n", {}, "does not say _START, a number"),
    "several scans in xrdml": (
        "a.xrdml",
        xrdml().replace("</scan>", "</scan>" + xrdml().split("</usedWavelength>")[1]
                        .split("</xrdMeasurement>")[0].replace("20.58", "40.58")),
        {},
        "holds several scans; one is needed",
    ),
    "omega scan in xrdml": (
        "a.xrdml",
        xrdml(positions="<commonPosition>20</commonPosition>"),
        {},
        "2 theta does not change in it; a scan of 2 theta is needed",
    ),
    "words in xrdml": (
        "a.xrdml",
        xrdml(counts="1 2 three"),
        {},
        "cannot be read as a PANalytical .xrdml file .*: export the pattern as text in two columns",
    ),
    "xrdml without scan": (
        "a.xrdml",
        "<?xml version='1.0'?><xrdMeasurements/>",
        {},
        "cannot be read as a PANalytical .xrdml file",
    ),
    "cut off xrdml": ("a.xrdml", xrdml()[:700], {}, "cannot be read as a PANalytical .xrdml file"),
    "cut off brml": ("a.brml", brml()[:900], {}, "cannot be read as a Bruker .brml file"),
    "short brml": ("a.brml", brml(points=3), {}, "30 angles but 3 intensities"),
    "rasx without facts": ("a.rasx", rasx(facts="<a/>"), {}, "cannot be read as a Rigaku .rasx"),
    "K-beta": ("a.xrdml", xrdml(intended="K-Beta"), {}, "does not say its wavelength"),
    "another xml": ("a.xml", "<?xml version='1.0'?><a/>", CU, "XML or HTML file but not an .xrd"),
    "html": ("a.csv", "<!DOCTYPE html><html>", CU, "HTML file but not an .xrdml file; export"),
    "old Bruker raw": ("a.raw", b"RAW2" + bytes(99), CU, "version 2; versions 3 and 4 are read"),
    "older Bruker raw": ("a.raw", b"RAW " + bytes(99), CU, "version 1; versions 3 and 4 are"),
    "columns of raw": ("a.raw", raw4(), {"error": 3}, "Bruker .raw file, .*; leave --error out"),
    "udf without step": ("a.udf", udf().replace("ScanS", "S"), {}, "say DataAngleRange and Scan"),
    "udf, no number": ("a.udf", udf().replace("100", "x"), {}, "row 7: 'x' is not a number"),
    "udf without counts": ("a.udf", udf().split("RawScan")[0], {}, "holds no scan; one is needed"),
    "rd, cut off": ("a.rd", rd()[:200], CU, "ends within its heading; it may be cut off"),
    "rd, damaged": ("a.rd", rd(step=0), CU, "to 20.58 in steps of 0 degrees; it may be damaged"),
    "cif of a crystal": (
        "a.cif",
        "data_a\n_cell_length_a 5.4\n",
        CU,
        "is a CIF without a powder pattern .*; a cell in it is for --cell and --space-group",
    ),
    "cif, broken": ("a.cif", "data_a\nloop_\n_pd_meas_counts_total\n'1\n", CU, "be read as a CIF"),
    "cif of a time of flight": (
        "a.cif",
        cif("_pd_meas_time_of_flight", "_pd_meas_counts_total"),
        CU,
        "is a CIF whose pattern has no 2 theta",
    ),
    "cif of two": (
        "a.cif",
        cif() + cif().replace("data_lab6", "data_two"),
        CU,
        "holds 2 scans; one is needed",
    ),
    "cif of many": ("a.cif", "data_b\n" * 2000, CU, "more than 1000 data blocks; write the one"),
    "cif, sizes": ("a.cif", cif(more="loop_ _pd_meas_counts_total 1 2\n"), CU, "as a CIF"),
    "Rigaku raw": ("a.raw", b"FI\0\0" + bytes(99), CU, "is a Rigaku .raw file, which is not read"),
    "binary": ("a.xy", bytes(range(256)), CU, "is a binary file"),
    "old Excel": ("a.xls", b"\xd0\xcf\x11\xe0" + bytes(99), CU, r"is an old Excel file \(.xls\)"),
    "another zip": ("a.zip", zipped({"a.txt": "1"}), CU, "is a zip archive, not an xlsx workbook"),
    "many rows": ("a.xy", "1 2\n" * (MAX_ROWS + 600), CU, "has more than 1 000 000 rows"),
    "angstrom": ("a.xy", rows(X, Y), {"wavelength": 1.5406}, r"is this in angstrom \(154.06 pm\)"),
    "only second": ("a.xy", rows(X, Y), {"wavelength_2": 154.44}, "second wavelength is given wit"),
    "nonsense in the header": (
        "a.xy",
        rows(X, Y, head="# wavelength 5400 nm\n"),
        {},
        r"wavelength is 5.4e\+06 pm; .*; the file says so, --wavelength PM overrides it",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refuses(case, write):
    name, content, options, message = REFUSED[case]
    with pytest.raises(analysis.DataError, match=message) as caught:
        analysis.read_pattern(write(content, name), **options)
    text = str(caught.value)
    assert "\n" not in text
    assert name in text or case == "decimal mark"
    assert len(text) < 500


def test_refuses_what_is_no_file(tmp_path):
    with pytest.raises(analysis.DataError, match=r"none.xy: no such file"):
        analysis.read_pattern(tmp_path / "none.xy", **CU)
    with pytest.raises(analysis.DataError, match="is a directory; a file is needed"):
        analysis.read_pattern(tmp_path, **CU)


def test_archives_that_unpack_to_much_are_refused(write, monkeypatch):
    monkeypatch.setattr("analysis.reading.archive.MAX_BYTES", 1_000_000)
    bomb = rasx(more=[("Data0/Image0.bin", bytes(3_000_000))])
    assert len(bomb) < 100_000
    with pytest.raises(analysis.DataError, match=r"holds 3 MB; at most 1 MB is read\. If it has i"):
        analysis.read_pattern(write(bomb, "a.rasx"))


def test_entities_of_xml_are_not_blown_up(write):
    bomb = '<!DOCTYPE x [<!ENTITY a "1 1 1 1 1 1 1 1 1 1">' + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 40}">' for a, b in zip("abcdefg", "bcdefgh", strict=True)
    )
    content = xrdml(counts="&h;").replace("<xrdMeasurements", bomb + "]><xrdMeasurements", 1)
    with pytest.raises(analysis.DataError, match="XML that declares a document type"):
        analysis.read_pattern(write(content, "a.xrdml"))


# ---------------------------------------------------------------------------- anything at all

SAMPLES = [
    content if isinstance(content, bytes) else content.encode()
    for name, content, *_ in READ.values()
] + [raw3(), raw4(), rd()]
ENDINGS = [
    "xy",
    "chi",
    "gsas",
    "xrdml",
    "brml",
    "rasx",
    "ras",
    "uxd",
    "raw",
    "cif",
    "csv",
    "xlsx",
    "",
]


def read_or_refuse(path):
    try:
        is_pattern(path)
        pattern = analysis.read_pattern(path, **CU)
    except analysis.DataError as refused:
        return str(refused)
    return " ".join(pattern.watch())


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    sample=st.sampled_from(SAMPLES),
    start=st.integers(0, 400),
    junk=st.binary(max_size=12),
    keep=st.floats(0, 1),
    ending=st.sampled_from(ENDINGS),
)
def test_damaged_files_are_read_or_refused_in_one_line(write, sample, start, junk, keep, ending):
    cut = sample[: int(keep * len(sample))]
    damaged = (cut[:start] + junk + cut[start + len(junk) :]) or b"x"
    assert "\n" not in read_or_refuse(write(damaged, f"a.{ending}"))


@settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    head=st.sampled_from(
        [
            b"",
            b"PK\x03\x04",
            b"<xrdMeasurements",
            b"RAW4.00\0",
            b"V3RD",
            b"data_a\nloop_\n",
            b"*RAS_DATA_START\n",
            b"BANK 1 ",
        ]
    ),
    content=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)),
    ending=st.sampled_from(ENDINGS),
)
def test_random_bytes_are_refused_in_one_line(write, head, content, ending):
    answer = read_or_refuse(write(head + content, f"a.{ending}"))
    assert re.search(r"a\.", answer)
    assert "\n" not in answer
