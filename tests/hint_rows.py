"""The rows of `test_hints`: messages that name an option, and what they want to be told.

A row is a file, the words that bring the message up, and the words as the message wants them.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import openpyxl
from calibrant_patterns import made
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

import analysis

ROOT = Path(__file__).resolve().parent.parent
CASES = ROOT / "tests" / "cases"
CHECK, FIT, STRAIN = ["check"], ["fit", "resistance"], ["fit", "strain"]
LINES = [(3, 1), (4, 0.5), (8, 0.4), (11, 0.4)]


def rows(*columns, heading="", mark=","):
    cells = zip(*columns, strict=True)
    return heading + "".join(mark.join(f"{cell:.9g}" for cell in row) + "\n" for row in cells)


T = np.linspace(20, 300, 60)
R = analysis.resistance(T, theta_d=400, r0=0.1, a=2.0)
X = np.arange(12.0, 36.0, 0.02)


def powder(lines):
    """Return counts of lines, each a 1/d^2 (per square angstrom) and a height."""
    counts = np.full(X.size, 400.0)
    for inverse_square, height in lines:
        place = np.degrees(2 * np.arcsin(0.6199 / 2 * inverse_square**0.5))
        counts += 8000 * height / (1 + ((X - place) / 0.08) ** 2)
    return np.random.default_rng(1).poisson(counts)


Y = powder([(squares / 16, height) for squares, height in LINES])
POWDER = rows(X, Y, mark=" ")
METAL = rows(T, R, heading="T (K),R (ohm)\n")
CELL = ["--cell", "4.0", "--space-group", "F m -3 m"]
WAVELENGTH = ["--wavelength", "61.99"]
WAVE_CHECK, WAVE_STRAIN = [*CHECK, *WAVELENGTH], [*STRAIN, *WAVELENGTH]


def two_sheets(path):
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("warm")):
        for row in [("T (K)", "R (ohm)"), *zip(T.tolist(), R.tolist(), strict=True)]:
            sheet.append(row)
    book.save(path)


GSAS = f"LaB6\nBANK 1 {X.size} {X.size} CONST 1200.0 2.0 0 0 FXYE\n"
GSAS += rows(100 * X, Y, Y**0.5, mark=" ")
PPMS = "[Header]\nBYAPP, Resistivity\n[Data]\nTemperature (K),Bridge 1 Resistance (Ohms),"
PPMS += "Bridge 2 Resistance (Ohms)\n" + rows(T, R, 2 * R)
# Cooling and warming that differ; both in two fields; one sweep in each of many fields.
LOOP = rows([*T[::-1], *T], [*R[::-1], *(1.1 * R)], heading="T (K),R (ohm)\n")
FIELDS = "T (K),R (ohm),B (T)\n" + "".join(
    rows([*T[::-1], *T], [*((1 + field) * R[::-1]), *((1 + field) * R)], [field] * 2 * T.size)
    for field in (0.0, 1.0)
)
MANY = "T (K),R (ohm),B (T)\n" + "".join(
    rows(T[::10], (1 + field) * R[::10], [field] * T[::10].size) for field in range(41)
)
# Each field at each angle, once.
GRID = rows(*(np.indices((6, 6)).reshape(2, -1) * [[1], [15]]), np.linspace(20, 300, 36),
            np.linspace(1, 2, 36), heading="B (T),angle (deg),T (K),R (ohm)\n")  # fmt: skip
OVERLOADS = METAL + "301,OVLD\n302,OVLD\n"
# Of the other axes: Q in 1/A and d in A.
Q = 4 * np.pi * np.sin(np.radians(X / 2)) / 0.6199
D = 2 * np.pi / Q
ASCENDING_D = rows(D[::-1], Y[::-1], mark=" ")
FOUR = rows(np.arange(X.size), X, -Y, Y, mark=" ")
NAMES = "a b c\n" + rows(X, Y, X, mark=" ")
# The lines of the crystal among those of a tetragonal one.
INDICES = [(1, 0, 1), (1, 1, 0), (1, 1, 2), (2, 0, 1), (2, 1, 1), (2, 1, 2), (2, 0, 3)]
OTHER = [((h * h + k * k) / 3.2**2 + (m / 4.9) ** 2, 0.8) for h, k, m in INDICES]
MIXTURE = rows(X, powder([(squares / 16, 0.6) for squares, _ in LINES] + OTHER), mark=" ")


def two_files(name, text):
    """Return what writes a pattern, and another file beside it."""

    def write(path):
        path.write_text(POWDER)
        path.with_name(name).write_text(text)

    return write


LEAD = """data_lead
_cell_length_a 4.0
_cell_length_b 4.0
_cell_length_c 4.0
_cell_angle_alpha 90
_cell_angle_beta 90
_cell_angle_gamma 90
_symmetry_space_group_name_H-M 'F m -3 m'
"""


class Hint(NamedTuple):
    """A message that names an option.

    `says` is a part of the literal in the source, with {} for what is put in there. `after`
    gives way to what the message says: "@2" is its second number after the option.
    """

    says: str
    file: str
    content: object
    before: list
    after: list
    gone: bool = True  # advice of what else to try need not end what it is about


TABLES = [
    Hint("that --decimal gives", "a.txt", "4.25 1.5\n5.25 2.5\n6.25 3.5\n",
         [*CHECK, "--decimal", ","], [*CHECK, "--decimal", "."]),
    Hint("say --decimal , if it is a decimal comma", "a.csv",
         "T;R\n4,200;1,100\n5,300;1,200\n6,400;1,300\n", CHECK, [*CHECK, "--decimal", ","]),
    Hint("choose with --sheet", "a.xlsx", two_sheets, CHECK, [*CHECK, "--sheet", "warm"]),
    Hint("leave --csv out", "a.csv", METAL, [*FIT, "--compare", "--csv", "out.csv"],
         [*FIT, "--compare"]),
    Hint("leave --sheet out", "a.csv", METAL, [*CHECK, "--sheet", "1"], CHECK),
    Hint("say --decimal . if they are whole", "a.csv", "4,1\n5,2\n6,4\n", CHECK,
         [*CHECK, "--decimal", "."]),
    Hint("; --skip-bad-rows leaves out {} such row", "a.csv", OVERLOADS, CHECK,
         [*CHECK, "--skip-bad-rows"]),
    Hint("; --skip-bad-rows leaves out {} such row", "a.csv", METAL + "0,0.1\n", FIT,
         [*FIT, "--skip-bad-rows"]),
    Hint("; --skip-bad-rows leaves out {} such row", "a.xy", POWDER + "36.5 OVLD\n", WAVE_CHECK,
         [*WAVE_CHECK, "--skip-bad-rows"]),
    Hint("; --skip-bad-rows leaves such rows out", "a.csv", METAL.replace("\n", "\nOVLD,0.1\n", 1),
         CHECK, [*CHECK, "--skip-bad-rows"]),
]  # fmt: skip
COLUMNS = [
    Hint("--temperature and --resistance", "a.csv", rows(T, R),
         [*CHECK, "--voltage", "1", "--current", "2"],
         [*CHECK, "--temperature", "1", "--resistance", "2"]),
    Hint("--channel NUMBER or --resistance NAME", "a.dat", PPMS, CHECK, [*CHECK, "--channel", "2"]),
    Hint("--channel NUMBER or --resistance NAME", "a.dat", PPMS, CHECK,
         [*CHECK, "--resistance", "Bridge 2 Resistance (Ohms)"]),
    Hint("--{} NAME or NUMBER", "a.csv", rows(T, R, T, heading="a,b,c\n"), CHECK,
         [*CHECK, "--temperature", "a", "--temperature-unit", "K"], gone=False),
    Hint(", and give its unit with --{}-unit", "a.csv", rows(T, R, T, heading="a,b,c\n"),
         [*CHECK, "--temperature", "a"],
         [*CHECK, "--temperature", "a", "--resistance", "b", "--resistance-unit", "ohm"]),
    Hint("give it with --{}-unit", "a.csv", rows(T, R, heading="T (K),R (furlong)\n"),
         [*CHECK, "--resistance", "2"], [*CHECK, "--resistance", "2", "--resistance-unit", "ohm"]),
    Hint("(say so: --temperature-unit)", "a.csv", rows(50_000 * T, R, heading="T,R\n"), CHECK,
         [*CHECK, "--temperature-unit", "mK"]),
    Hint("(say so: --resistance-unit)", "a.csv", rows(T, 1e-31 * R, heading="T,R\n"), CHECK,
         [*CHECK, "--resistance-unit", "kohm"]),
    Hint("say so: --temperature-unit C", "a.csv", rows(T - 200, R, heading="T,R\n"), CHECK,
         [*CHECK, "--temperature-unit", "C"]),
    Hint("give it with --{}-unit", "a.csv", rows(T, R, R, heading="T (K),V (furlong),I (A)\n"),
         [*CHECK, "--voltage", "2", "--current", "3"],
         [*CHECK, "--voltage", "2", "--current", "3", "--voltage-unit", "mV"]),
    Hint("give it with --{}-unit", "a.csv", rows(T, R, R, heading="T (K),V (V),I (furlong)\n"),
         [*CHECK, "--voltage", "2", "--current", "3"],
         [*CHECK, "--voltage", "2", "--current", "3", "--current-unit", "mA"]),
    Hint("a {} column is given without a {} column; say which it is with --{}", "a.csv",
         rows(T, R, R, heading="T (K),V (V),I (A)\n"), [*CHECK, "--voltage", "2"],
         [*CHECK, "--voltage", "2", "--current", "3"]),
    Hint("a {} column is given without a {} column; say which it is with --{}", "a.csv",
         rows(T, R, R, heading="T (K),V (V),I (A)\n"), [*CHECK, "--current", "3"],
         [*CHECK, "--current", "3", "--voltage", "2"]),
]  # fmt: skip
KINDS = [
    Hint("python -m analysis check {} --kind diffraction", "a.csv", rows(X, Y), CHECK,
         [*CHECK, "--kind", "diffraction"]),
    Hint("{}: {} (--kind {} if it is {})", "a.csv", rows(X, Y, Y**0.5), CHECK,
         [*CHECK, "--kind", "diffraction"]),
    Hint("{}: {} (--kind {} if it is {})", "a.csv", rows(X, Y, heading="Angle,Counts\n"), CHECK,
         [*CHECK, "--kind", "resistance"]),
    Hint(", and give its unit with --{}-unit", "a.csv", rows(X, Y, heading="Angle,Counts\n"),
         [*CHECK, "--kind", "resistance"],
         [*CHECK, "--kind", "resistance", "--temperature", "1", "--temperature-unit", "K",
          "--resistance", "2", "--resistance-unit", "ohm"]),
    Hint("; to read it as such: {}", "a.csv", rows(T, R, R, heading="T (K),R1 (ohm),R2 (ohm)\n"),
         [*CHECK, "--kind", "diffraction"], [*CHECK, "--kind", "resistance"]),
    Hint("; to read it as such: {}", "a.xy", rows(T, R, heading="T (K) R (ohm)\n", mark=" "), CHECK,
         [*CHECK, "--kind", "resistance"]),
    Hint("--{} is not for {}: its kind is {}", "a.xy", POWDER,
         ["multiverse", *WAVELENGTH, "--laws", "n5"], ["multiverse", *WAVELENGTH]),
    Hint("--{} is not for a {} file", "a.xy", POWDER, [*WAVE_CHECK, "--voltage", "1"],
         [*WAVE_CHECK, "--kind", "diffraction"]),
]  # fmt: skip
SWEEPS = [
    Hint("choose with --sweep NUMBER", "a.csv", LOOP, CHECK, [*CHECK, "--sweep", "2"]),
    Hint("choose with --sweep NUMBER", "a.csv", LOOP, FIT, [*FIT, "--sweep", "1"]),
    Hint(" or --field VALUE", "a.csv", FIELDS, CHECK, [*CHECK, "--field", "1"]),
    Hint("--sweep {} {}; allowed: a number, cooling or warming", "a.csv", LOOP,
         [*CHECK, "--sweep", "3"], [*CHECK, "--sweep", "2"]),
    Hint("--sweep {} {}; allowed: a number, cooling or warming", "a.csv", LOOP,
         [*CHECK, "--sweep", "up"], [*CHECK, "--sweep", "warming"]),
    Hint("--sweep {} {}; allowed: a number, cooling or warming", "a.csv", FIELDS,
         [*CHECK, "--sweep", "cooling"], [*CHECK, "--sweep", "3"]),
    Hint("--sweep {} {}; allowed: a number, cooling or warming", "a.csv", FIELDS,
         [*CHECK, "--sweep", "cooling"], [*CHECK, "--sweep", "all"]),
    Hint("--field {}, but no column of a magnetic field with few values", "a.csv", LOOP,
         [*CHECK, "--field", "1"], [*CHECK, "--sweep", "1"]),
    Hint("--field {} is not a magnetic field; write a number", "a.csv", FIELDS,
         [*CHECK, "--field", "strong"], [*CHECK, "--field", "10 kOe"]),
    Hint("--field {}: no sweep in this field; there are {}", "a.csv", FIELDS,
         [*CHECK, "--field", "5 T"], [*CHECK, "--field", "1"]),
    Hint("has no sweeps to choose from; leave --sweep and --field out", "a.csv", GRID,
         [*CHECK, "--sweep", "1"], CHECK),
    Hint("{} sweeps in all; --json has them", "a.csv", MANY, CHECK, [*CHECK, "--json"]),
]  # fmt: skip
PATTERNS = [
    Hint("give it in pm: --wavelength PM, wavelength=...", "a.xy", POWDER, [*STRAIN], WAVE_STRAIN),
    Hint("missing: give it in pm with --wavelength", "a.xy", POWDER, CHECK, WAVE_CHECK),
    Hint("--wavelength PM overrides it", "a.xy", "# Wavelength: 0.00006 A\n" + POWDER, CHECK,
         WAVE_CHECK),
    Hint("--two-theta, --intensity and --error", "a.xy", rows(X, Y, Y, Y**0.5, mark=" "), CHECK,
         [*CHECK, "--two-theta", "1", "--intensity", "2", "--error", "4"]),
    Hint("whose columns are known; leave --{} out", "a.gsas", GSAS,
         [*WAVE_CHECK, "--intensity", "2"], WAVE_CHECK),
    Hint("(--error none)?", "a.xye", rows(X, Y, Y, mark=" "), WAVE_CHECK,
         [*WAVE_CHECK, "--error", "none"]),
    Hint("leave them out (--error none)", "a.xye", rows(X, Y, 0 * Y, mark=" "), WAVE_CHECK,
         [*WAVE_CHECK, "--error", "none"]),
    Hint("give it in pm with --wavelength", "a.xy", NAMES, STRAIN,
         [*STRAIN, "--two-theta", "a", "--intensity", "b", *WAVELENGTH]),
    Hint("says that these are {}; 2 theta in degrees is needed", "a.xy",
         rows(X / 2, Y, X, heading="theta (deg),counts,angle\n"),
         [*CHECK, "--two-theta", "1", "--intensity", "2"],
         [*CHECK, "--two-theta", "3", "--intensity", "2"]),
    Hint("but not in which unit; say it with --two-theta-unit {}", "a.xy",
         rows(Q, Y, heading="Q,I\n"), WAVE_CHECK, [*WAVE_CHECK, "--two-theta-unit", "1/A"]),
    Hint("but not in which unit; say it with --two-theta-unit {}", "a.xy",
         rows(D / 10, Y, heading="d,I\n"), WAVE_CHECK, [*WAVE_CHECK, "--two-theta-unit", "nm"]),
    Hint("needs the wavelength lambda: give it in pm with --wavelength PM", "a.xy",
         rows(Q, Y, heading="Q (1/A),I\n"), CHECK, WAVE_CHECK),
    Hint("gives no angle at {} pm; correct --wavelength PM or --two-theta-unit", "a.xy",
         rows(Q, Y, heading="Q (1/A),I\n"), [*CHECK, "--wavelength", "619.9"], WAVE_CHECK),
    Hint("gives no angle at {} pm; correct --wavelength PM or --two-theta-unit", "a.xy",
         rows(10 * Q, Y, heading="Q,I\n"), [*WAVE_CHECK, "--two-theta-unit", "1/A"],
         [*WAVE_CHECK, "--two-theta-unit", "1/nm"]),
    Hint("(--two-theta chooses another column, --two-theta-unit another unit)", "a.xy", FOUR,
         [*CHECK, "--two-theta", "1", "--intensity", "4"],
         [*CHECK, "--two-theta", "2", "--intensity", "4"]),
    Hint("(--two-theta chooses another column, --two-theta-unit another unit)", "a.xy",
         rows(100 * D, Y, mark=" "), WAVE_CHECK, [*WAVE_CHECK, "--two-theta-unit", "pm"]),
    Hint("a pattern needs a range: is it another column (--two-theta)?", "a.xy",
         rows(0 * X + 7, X, Y, X, mark=" "), [*CHECK, "--two-theta", "1", "--intensity", "3"],
         [*CHECK, "--two-theta", "2", "--intensity", "3"]),
    Hint("(--two-theta-unit A says that these are d)", "a.xy", ASCENDING_D, WAVE_CHECK,
         [*WAVE_CHECK, "--two-theta-unit", "A"]),
    Hint("is it in radians? Say so with --two-theta-unit rad", "a.xy",
         rows(np.radians(X), Y, mark=" "), WAVE_CHECK, [*WAVE_CHECK, "--two-theta-unit", "rad"]),
    Hint("is it in radians (--two-theta-unit rad)?", "a.xy", rows(np.radians(X), Y, mark=" "),
         CHECK, [*CHECK, "--two-theta-unit", "rad"]),
    Hint("Q or d spacings (--two-theta-unit), and is the wavelength right?", "a.xy",
         rows(Q, Y, mark=" "), WAVE_CHECK, [*WAVE_CHECK, "--two-theta-unit", "1/A"]),
    Hint("there is no line in it: is it another column (--intensity)?", "a.xy",
         rows(X, 0 * X + 7, Y, X, mark=" "), [*CHECK, "--two-theta", "1", "--intensity", "2"],
         [*CHECK, "--two-theta", "1", "--intensity", "3"]),
    Hint("or choose another column with --intensity", "a.xy", FOUR,
         [*CHECK, "--two-theta", "2", "--intensity", "3"],
         [*CHECK, "--two-theta", "2", "--intensity", "4"]),
    Hint("a standard error is not negative (--error none leaves the errors out)", "a.xye",
         rows(X, Y, -Y, mark=" "), WAVE_CHECK, [*WAVE_CHECK, "--error", "none"]),
]  # fmt: skip
STRAINS = [
    Hint("none is named: give --cell and --space-group", "a.xy", POWDER,
         [*WAVE_STRAIN, "--phase", "lead"], [*WAVE_STRAIN, "--phase", "lead", *CELL]),
    Hint("no crystal is called {} (--phase)", "a.xy", POWDER, [*WAVE_STRAIN, "--phase", "lead"],
         WAVE_STRAIN),
    Hint("{} needs {} as well", "a.xy", POWDER, [*WAVE_STRAIN, *CELL[:2]], [*WAVE_STRAIN, *CELL]),
    Hint("{} needs {} as well", "a.xy", POWDER, [*WAVE_STRAIN, *CELL[2:]], [*WAVE_STRAIN, *CELL]),
    Hint("--standard-cell is for a standard; name it with --instrument", "a.xy", POWDER,
         [*WAVE_STRAIN, "--standard-cell", "4.0"],
         [*WAVE_STRAIN, "--standard-cell", "4.0", "--instrument", "a.xy"]),
    Hint("--wavelength-2 {}", CASES / "diffraction/lab6_cu_doublet.xy", None,
         [*STRAIN, "--wavelength", "154.06"],
         [*STRAIN, "--wavelength", "@1", "--wavelength-2", "@1"]),
    Hint("a cell in it is for --cell and --space-group", "a.xy", two_files("b.cif", LEAD),
         [*WAVE_STRAIN, "--instrument", "b.cif"], [*WAVE_STRAIN, *CELL]),
    Hint("is the wavelength right, or the cell (--wavelength, --cell)?", "a.xy", POWDER,
         [*WAVE_STRAIN, "--cell", "1.5", *CELL[2:]], [*WAVE_STRAIN, *CELL]),
    Hint("Is the wavelength right, or the cell (--wavelength, --cell, --space-group)?", "a.xy",
         POWDER, [*STRAIN, "--wavelength", "40", *CELL], [*WAVE_STRAIN, *CELL]),
    Hint("the wavelength right (--cell, --space-group, --wavelength)?", "a.xy", MIXTURE,
         [*WAVE_STRAIN, *CELL],
         [*WAVE_STRAIN, "--cell", "3.2,3.2,4.9", "--space-group", "P 4/m m m"]),
    Hint("points are too few to look for lines (at least {}); a wider --window", "a.xy", POWDER,
         [*WAVE_STRAIN, "--window", "12", "12.1"], [*WAVE_STRAIN, "--window", "12", "36"]),
    Hint("choose a part of it with --window LOW HIGH", "a.xy", POWDER,
         [*WAVE_STRAIN, "--window", "20", "24"], [*WAVE_STRAIN, "--window", "12", "36"]),
    Hint("another --shape, or a part of it with --window LOW HIGH", "a.xy", POWDER,
         [*WAVE_STRAIN, "--window", "12", "14"], [*WAVE_STRAIN, "--window", "12", "36"]),
    Hint("choose a --window of whole lines that stand apart, or another --shape", "a.xy", POWDER,
         [*WAVE_STRAIN, "--window", "15.4", "17"], [*WAVE_STRAIN, "--window", "12", "36"]),
    Hint("too few to tell whether the law holds; a wider --window may have more", "a.xy", POWDER,
         [*WAVE_STRAIN, "--window", "13", "20"], [*WAVE_STRAIN, "--window", "13", "32"]),
    Hint("eq. 7 cannot be fitted: {}; eq. 8 is --model reduced", "a.xy", POWDER,
         [*WAVE_STRAIN, "--window", "14", "16", "--model", "full"],
         [*WAVE_STRAIN, "--window", "14", "16", "--model", "reduced"]),
    Hint("measure it over more angles, or leave --instrument out", "a.xy",
         two_files("b.xy", rows(X[:400], Y[:400], mark=" ")),
         [*WAVE_STRAIN, "--instrument", "b.xy"], WAVE_STRAIN),
]  # fmt: skip
COMMANDS = [
    Hint("'--window'", "a.csv", METAL, [*FIT, "--window", "400", "500"],
         [*FIT, "--window", "20", "300"]),
    Hint("--{} is for your own files", "silver", None, [*FIT, "--channel", "2"], FIT),
    Hint("--csv: {} is one of the input files", "a.csv", METAL, [*FIT, "--csv", "a.csv"],
         [*FIT, "--csv", "b.csv"]),
    Hint("--csv: {} cannot be a file; name a file in an existing folder", "a.csv", METAL,
         [*FIT, "--csv", "none/b.csv"], [*FIT, "--csv", "b.csv"]),
    Hint("(--time-limit SECONDS allows more)", "a.csv", METAL,
         [*FIT, "a.csv", "--time-limit", "0.001"], [*FIT, "a.csv", "--time-limit", "100"]),
    Hint("--law, law=... in Python", "silver", None, FIT, [*FIT, "--law", "bloch-gruneisen-n"],
         gone=False),
]  # fmt: skip
IMPORT = ["import", "-o", "out"]


def two_pages(path):
    """Write a curve on each of two pages of a PDF file."""
    with PdfPages(path) as pages:
        for _ in range(2):
            figure = Figure(figsize=(4, 3))
            ax = figure.add_subplot(xlabel="T (K)", ylabel="R (ohm)")
            ax.plot(T, R)
            pages.savefig(figure)


def with_plan(path):
    path.write_text(METAL)
    path.with_name("plan.toml").write_text('sha256 = "0"\n')


IMPORTS = [
    Hint("has {} pages; name the one with the figure: --page NUMBER", "a.pdf", two_pages, IMPORT,
         [*IMPORT, "--page", "2"]),
    Hint("there is no page {}; {} (--page NUMBER)", "a.pdf", two_pages,
         [*IMPORT, "--page", "3"], [*IMPORT, "--page", "1"]),
    Hint("is not a figure; leave --page out", "a.csv", METAL, [*IMPORT, "--page", "1"], IMPORT),
    Hint("; leave --plan out to make a new plan", "a.csv", with_plan,
         [*IMPORT, "--plan", "plan.toml"], IMPORT),
]  # fmt: skip
FILLED = made(39.6)
GAUGE = rows(FILLED.two_theta, FILLED.intensity, mark=" ")
PRESSURE = ["fit", "pressure", "--wavelength", f"{FILLED.wavelength:g}"]
GOLD = [*PRESSURE, "--calibrant", "gold"]
PRESSURES = [
    Hint("give FILE with --calibrant, or --ruby alone", "a.xy", GAUGE, PRESSURE, GOLD),
    Hint("Try another calibrant or another range: --calibrant, --between LOW HIGH", "a.xy", GAUGE,
         [*GOLD, "--between", "120", "150"], [*GOLD, "--between", "20", "60"]),
    Hint("GPa, which is not between {} and {} GPa (--between)", "a.xy", GAUGE,
         [*GOLD, "--between", "60", "90"], [*GOLD, "--between", "20", "60"]),
    Hint("pressures between {} and {} GPa (--between); two ascending pressures", "a.xy", GAUGE,
         [*GOLD, "--between", "60", "20"], [*GOLD, "--between", "20", "60"]),
    Hint("has no scale {} (--scale); there are", "a.xy", GAUGE, [*GOLD, "--scale", "Fei"],
         [*GOLD, "--scale", "Fei 2007"]),
    Hint("scales that reach it: {} (--scale NAME)", "a.xy", GAUGE,
         [*GOLD, "--between", "0", "60", "--scale", "Fei 2004"], [*GOLD, "--scale", "Ye 2017"]),
    Hint("K, got {} K (--temperature)", "a.xy", GAUGE, [*GOLD, "--temperature", "9000"],
         [*GOLD, "--temperature", "300"]),
]  # fmt: skip
EXERCISE, ADA = ["exercise"], ["exercise", "--student", "Ada", "--key"]
LONG = ["--seed-of-course", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"]
EXERCISES = [
    Hint("either --student NAME or --class-list FILE", "", None, [*EXERCISE, "--key"], ADA),
    Hint("--seed-of-course is empty; give a long one, or leave it out", "", None,
         [*ADA, "--seed-of-course", ""], [*ADA, *LONG]),
    Hint("give --seed-of-course at least {} characters, at random", "", None,
         [*ADA, "--seed-of-course", "room 12"], [*ADA, *LONG]),
    Hint("--json prints the key; give --key as well", "", None,
         [*EXERCISE, "--student", "Ada", "--json"], [*ADA, "--json"]),
]  # fmt: skip
HINTS = [
    *PRESSURES, *IMPORTS, *TABLES, *COLUMNS, *KINDS, *SWEEPS, *PATTERNS, *STRAINS, *COMMANDS,
    *EXERCISES,
]  # fmt: skip

# Advice that no row follows: in warnings beside a result, and where a calculation failed, which
# no file is known to make it do. The option is there, and takes these words.
ADVICE = {
    "not known: give --line-error": ["pressure", "--line-error", "0.02"],
    "690 to 698 nm at zero pressure (--zero)": ["pressure", "--zero", "694.25"],
    "is not a calibrant with lines (--calibrant); allowed": ["pressure", "--calibrant", "gold"],
    "cannot decide; say where to look: --between LOW HIGH": [
        "pressure",
        "--between",
        "20",
        "60",
    ],
    "would change the pressure by {} GPa (--offset auto)": ["pressure", "--offset", "auto"],
    "fit strain FILE --wavelength PM": ["strain", "--wavelength", "61.99"],
    "fit strain PATTERN --cell ...` fits other cells": ["strain", "--cell", "3.88"],
    "--phase NAME chooses another": ["strain", "--phase", "gold"],
    "another shape, or --shape auto, may describe them": ["strain", "--shape", "auto"],
    "--wavelength {} {}": ["strain", "--wavelength", "154.0593"],
    "(--normal, normal=... in Python)": ["transition", "--normal", "constant"],
    ", or one less with --offset none": ["strain", "--offset", "none"],
    "fit both with one --shape": ["strain", "--shape", "pseudo-voigt"],
    "follow no smooth curve; name its crystal with --standard-cell, or leave": [
        "strain",
        "--standard-cell",
        "4.157",
    ],
    "does not converge; try another --addition": ["strain", "--addition", "linear"],
    "fit no cell of this --space-group": ["strain", "--space-group", "F m -3 m"],
    "does not converge: is its --cell right?": ["strain", "--cell", "4.08"],
}
