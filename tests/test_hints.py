"""Every option that a message names helps: each is followed to the letter, and works.

The rows are in `hint_rows`. The last tests read the sources: a message that names an option has
a row there.
"""

import ast
import re
import textwrap
from pathlib import Path

import pytest
from hint_rows import ADVICE, HINTS, POWDER

import analysis
from analysis.__main__ import run
from analysis.cli.main import fit

ROOT = Path(__file__).resolve().parent.parent
# No messages to anybody, or the command line of a question: `test_columns` follows these.
NO_HINTS = ("Exit status: 0, there is", "python -m analysis {}{} --json", "--{} {}",
            "# The plan of an import")  # fmt: skip


def told(words, capsys):
    """Return the status, and all that is said of a file, on one line."""
    status = run([str(word) for word in words])
    out, err = capsys.readouterr()
    assert "Traceback" not in out + err
    return status, " ".join((out + err).split())


def with_file(words, file):
    """Return words with the file behind the verb; where a row has none, as they are."""
    verb = 2 if words[0] == "fit" else 1
    return [*words[:verb], *filter(None, [file]), *words[verb:]]


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
    message = re.compile(re.escape(hint.says).replace(r"\{\}", ".+?"))
    first, said = told(with_file(hint.before, hint.file), capsys)
    assert message.search(said)
    after = as_said(hint.after, said)
    added = {one for one in {*hint.after} - {*hint.before} if str(one).startswith("--")}
    assert all(one in said for one in added), added
    status, then = told(with_file(after, hint.file), capsys)
    assert not (hint.gone and message.search(then))
    asks = "choose with" in then and then != said  # the next question
    assert status in (0, 3) or asks, then
    assert first == 2 or status == 0 or not hint.gone


@pytest.mark.parametrize("says", ADVICE)
def test_the_options_of_advice_are_there(says):
    verb, *words = ADVICE[says]
    assert words[0] in says
    context = fit.commands[verb].make_context(verb, ["a", *words])
    taken = context.params[words[0].removeprefix("--").replace("-", "_")]
    assert words[1] in str(taken)


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
            text = "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        if NAMES.search(text) and not re.fullmatch(r"--[a-z-]+[0-9]?", text):
            yield text


def unfollowed(source):
    known = [*(hint.says for hint in HINTS), *ADVICE]
    texts = [text for text in literals(source) if not text.startswith(NO_HINTS)]
    return [text for text in texts if not any(one in text for one in known)]


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
