"""Every option that a message names helps: each is followed to the letter, and works.

A row of `HINTS` is a file, the words that bring the message up, and the words as the message
wants them. The last test reads the sources: a message that names an option has a row.
"""

import ast
import re
import textwrap
from pathlib import Path
from typing import NamedTuple

import numpy as np
import openpyxl
import pytest

import analysis
from analysis.__main__ import run
from analysis.cli.main import fit

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
Y = np.full(X.size, 400.0)
for squares, height in LINES:
    place = np.degrees(2 * np.arcsin(0.6199 / 2 / 4.0 * squares**0.5))
    Y += 8000 * height / (1 + ((X - place) / 0.08) ** 2)
Y = np.random.default_rng(1).poisson(Y)
POWDER = rows(X, Y, mark=" ")
METAL = rows(T, R, heading="T (K),R (ohm)\n")
CELL = ["--cell", "4.0", "--space-group", "F m -3 m"]
WAVELENGTH = ["--wavelength", "61.99"]


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


HINTS = [
    Hint("that --decimal gives", "a.txt", "4.25 1.5\n5.25 2.5\n6.25 3.5\n",
         [*CHECK, "--decimal", ","], [*CHECK, "--decimal", "."]),
    Hint("say which with --decimal", "a.csv", "T;R\n4,200;1,100\n5,300;1,200\n6,400;1,300\n",
         CHECK, [*CHECK, "--decimal", ","]),
    Hint("choose with --sheet", "a.xlsx", two_sheets, CHECK, [*CHECK, "--sheet", "warm"]),
    Hint("leave --sheet out", "a.csv", METAL, [*CHECK, "--sheet", "1"], CHECK),
    Hint("give it in pm: --wavelength PM, wavelength=...", "a.xy", POWDER,
         [*STRAIN], [*STRAIN, *WAVELENGTH]),
    Hint("missing: give it in pm with --wavelength", "a.xy", POWDER, CHECK, [*CHECK, *WAVELENGTH]),
    Hint("--wavelength PM overrides it", "a.xy", "# Wavelength: 0.00006 A\n" + POWDER,
         CHECK, [*CHECK, *WAVELENGTH]),
    Hint("--two-theta, --intensity and --error", "a.xy", rows(X, Y, Y, Y**0.5, mark=" "),
         CHECK, [*CHECK, "--two-theta", "1", "--intensity", "2", "--error", "4"]),
    Hint("if it is 2 theta, say --kind diffraction", "a.csv", rows(X, Y),
         CHECK, [*CHECK, "--kind", "diffraction"]),
    Hint("--temperature and --resistance", "a.csv", rows(T, R),
         [*CHECK, "--voltage", "1", "--current", "2"],
         [*CHECK, "--temperature", "1", "--resistance", "2"]),
    Hint("--channel NUMBER or --resistance NAME", "a.dat", PPMS, CHECK, [*CHECK, "--channel", "2"]),
    Hint("--channel NUMBER or --resistance NAME", "a.dat", PPMS, CHECK,
         [*CHECK, "--resistance", "Bridge 2 Resistance (Ohms)"]),
    Hint("--{} is not for a {} file", "a.xy", POWDER,
         [*CHECK, *WAVELENGTH, "--voltage", "1"], [*CHECK, *WAVELENGTH, "--kind", "diffraction"]),
    Hint("--{} NAME or NUMBER", "a.csv", rows(T, R, T, heading="a,b,c\n"), CHECK,
         [*CHECK, "--temperature", "a", "--temperature-unit", "K"], gone=False),
    Hint(", and give its unit with --{}-unit", "a.csv", rows(T, R, T, heading="a,b,c\n"),
         [*CHECK, "--temperature", "a"],
         [*CHECK, "--temperature", "a", "--resistance", "b", "--resistance-unit", "ohm"]),
    Hint("give it with --{}-unit", "a.csv", rows(T, R, heading="T (K),R (furlong)\n"),
         [*CHECK, "--resistance", "2"],
         [*CHECK, "--resistance", "2", "--resistance-unit", "ohm"]),
    Hint("whose columns are known; leave --{} out", "a.gsas", GSAS,
         [*CHECK, *WAVELENGTH, "--intensity", "2"], [*CHECK, *WAVELENGTH]),
    Hint("(say so: --temperature-unit)", "a.csv", rows(50_000 * T, R, heading="T,R\n"),
         CHECK, [*CHECK, "--temperature-unit", "mK"]),
    Hint("(say so: --resistance-unit)", "a.csv", rows(T, 1e-31 * R, heading="T,R\n"),
         CHECK, [*CHECK, "--resistance-unit", "kohm"]),
    Hint("say so: --temperature-unit C", "a.csv", rows(T - 200, R, heading="T,R\n"),
         CHECK, [*CHECK, "--temperature-unit", "C"]),
    Hint("(--error none)?", "a.xye", rows(X, Y, Y, mark=" "),
         [*CHECK, *WAVELENGTH], [*CHECK, *WAVELENGTH, "--error", "none"]),
    Hint("leave them out (--error none)", "a.xye", rows(X, Y, 0 * Y, mark=" "),
         [*CHECK, *WAVELENGTH], [*CHECK, *WAVELENGTH, "--error", "none"]),
    Hint("none is named: --cell and --space-group give", "a.xy", POWDER,
         [*STRAIN, *WAVELENGTH, "--phase", "lead"],
         [*STRAIN, *WAVELENGTH, "--phase", "lead", *CELL]),
    Hint("no crystal is called {} (--phase)", "a.xy", POWDER,
         [*STRAIN, *WAVELENGTH, "--phase", "lead"], [*STRAIN, *WAVELENGTH]),
    Hint("{} needs {} beside it", "a.xy", POWDER,
         [*STRAIN, *WAVELENGTH, *CELL[:2]], [*STRAIN, *WAVELENGTH, *CELL]),
    Hint("{} needs {} beside it", "a.xy", POWDER,
         [*STRAIN, *WAVELENGTH, *CELL[2:]], [*STRAIN, *WAVELENGTH, *CELL]),
    Hint("--standard-cell is for a standard; name it with --instrument", "a.xy", POWDER,
         [*STRAIN, *WAVELENGTH, "--standard-cell", "4.0"],
         [*STRAIN, *WAVELENGTH, "--standard-cell", "4.0", "--instrument", "a.xy"]),
    Hint("--wavelength-2 {}", CASES / "diffraction/lab6_cu_doublet.xy", None,
         [*STRAIN, "--wavelength", "154.06"],
         [*STRAIN, "--wavelength", "@1", "--wavelength-2", "@1"]),
    Hint("'--window'", "a.csv", METAL,
         [*FIT, "--window", "400", "500"], [*FIT, "--window", "20", "300"]),
    Hint("--{} is for files of one's own", "silver", None, [*FIT, "--channel", "2"], FIT),
    Hint("--csv: {} is one of the files to read", "a.csv", METAL,
         [*FIT, "--csv", "a.csv"], [*FIT, "--csv", "b.csv"]),
    Hint("--csv: {} cannot be a file; name one in a folder", "a.csv", METAL,
         [*FIT, "--csv", "none/b.csv"], [*FIT, "--csv", "b.csv"]),
    Hint("(--time-limit SECONDS allows more)", "a.csv", METAL,
         [*FIT, "a.csv", "--time-limit", "0.001"], [*FIT, "a.csv", "--time-limit", "100"]),
    Hint("--law, law=... in Python", "silver", None, FIT,
         [*FIT, "--law", "bloch-gruneisen-n"], gone=False),
]  # fmt: skip

# Advice in warnings beside a result, which ends no command: the option takes these words.
ADVICE = {
    "another one: --phase NAME": ["strain", "--phase", "gold"],
    "another shape, or --shape auto, may describe them": ["strain", "--shape", "auto"],
    "--wavelength {} {}": ["strain", "--wavelength", "154.0593"],
    "(--normal, normal=... in Python)": ["transition", "--normal", "constant"],
}
# No messages to anybody.
NO_HINTS = ("Exit status: 0 a result", "python -m analysis {}{} --json")


def told(words, capsys):
    """Return the status, and all that is said of a file, on one line."""
    status = run([str(word) for word in words])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return status, " ".join((out + err).split())


def as_said(after, said):
    """Put the numbers that the message gives with its options in the place of @1."""
    words = list(after)
    for place, word in enumerate(words):
        if word == "@1":
            found = re.search(rf"{words[place - 1]} ([\d.]+)", said)
            given = words.index("--wavelength") == place - 1
            words[place] = found[1] if found else "154.06" if given else "none"
    return words


@pytest.mark.parametrize("hint", HINTS, ids=[f"{i}: {hint.says}" for i, hint in enumerate(HINTS)])
def test_a_hint_that_is_followed_helps(hint, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    if callable(hint.content):
        hint.content(tmp_path / hint.file)
    elif hint.content is not None:
        (tmp_path / hint.file).write_text(hint.content)
    verb = 1 if hint.before[0] == "check" else 2
    message = re.compile(re.escape(hint.says).replace(r"\{\}", ".+?"))
    first, said = told([*hint.before[:verb], hint.file, *hint.before[verb:]], capsys)
    assert message.search(said)
    after = as_said(hint.after, said)
    added = {one for one in {*hint.after} - {*hint.before} if str(one).startswith("--")}
    assert all(one in said for one in added), added
    status, then = told([*after[:verb], hint.file, *after[verb:]], capsys)
    assert not (hint.gone and message.search(then))
    asks = "choose with" in then and then != said  # the next question
    assert status in (0, 3) or asks, then
    assert first == 2 or status == 0 or not hint.gone


@pytest.mark.parametrize("says", ADVICE)
def test_the_options_of_advice_are_there(says):
    verb, *words = ADVICE[says]
    assert words[0] in says
    context = fit.commands[verb].make_context(verb, ["a", *words])
    assert str(context.params[words[0].removeprefix("--")]) == words[1]


def test_the_arguments_of_python_that_messages_name(tmp_path):
    path = tmp_path / "a.xy"
    path.write_text(POWDER)
    with pytest.raises(analysis.AnalysisError, match=r"wavelength=\.\.\. in Python"):
        analysis.read_pattern(path)
    assert analysis.read_pattern(path, wavelength=61.99).wavelength == 61.99
    silver = analysis.load("silver")
    assert any("law=... in Python" in text for text in analysis.fit_resistance(silver).warnings)
    assert analysis.fit_resistance(silver, law="bloch-gruneisen-n").law.name == "bloch-gruneisen-n"


# ---------------------------------------------------------------------------- none is missing

NAMES = re.compile(r"(?<![\w-])--[a-z{]|(?<![\w.`])[a-z_0-9]+=\.\.\.")


def silent(tree):
    """Return what is no text of its own: docstrings, declarations, and parts of texts."""
    aside = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Module)):
            if ast.get_docstring(node) is not None:
                aside.add(node.body[0].value)
            for one in getattr(node, "decorator_list", ()):
                aside.update(ast.walk(one))
        if isinstance(node, ast.JoinedStr):
            aside.update(node.values)
    return aside


def literals(source):
    """Yield the texts of a module that name an option."""
    tree = ast.parse(source)
    aside = silent(tree)
    for node in ast.walk(tree):
        if node in aside:
            continue
        text = ""
        if isinstance(node, ast.JoinedStr):
            parts = node.values
            text = "".join(one.value if isinstance(one, ast.Constant) else "{}" for one in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        if NAMES.search(text) and not re.fullmatch(r"--[a-z-]+[0-9]?", text):
            yield text


def unfollowed(source):
    known = [*(hint.says for hint in HINTS), *ADVICE, *NO_HINTS]
    return [text for text in literals(source) if not any(one in text for one in known)]


def test_every_message_that_names_an_option_has_a_row():
    found = {
        f"{path.relative_to(ROOT)}: {text}"
        for path in sorted((ROOT / "analysis").rglob("*.py"))
        for text in unfollowed(path.read_text(encoding="utf-8"))
    }
    assert found == set()


def test_every_row_is_of_a_message():
    texts = [
        text.value if isinstance(text, ast.Constant) else ast.unparse(text)
        for path in (ROOT / "analysis").rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, (ast.JoinedStr, ast.Constant))
    ]
    for says in [*(hint.says for hint in HINTS), *ADVICE]:
        part = max(says.split("{}"), key=len)
        assert any(part in str(text) for text in texts), says


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('raise ValueError("say it with --colour")', ["say it with --colour"]),
        ('f"{1}: give --{2}-unit, or colour=..."', ["{}: give --{}-unit, or colour=..."]),
        ('"choose with --sheet"', []),
        ('click.option("--colour")', []),
        ('"well-known -- or not"', []),
        ('"a == b"', []),
    ],
)
def test_a_new_message_is_found(line, expected):
    source = textwrap.dedent(f'''
        """A module with --colour."""

        @click.option("--colour", help="See --colour.")
        def colour():
            """Give it with --colour."""
            {line}
        ''')
    assert unfollowed(source) == expected
