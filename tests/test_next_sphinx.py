"""The way out of Jupyter Book: its settings in Sphinx's words, without it."""

import json
import runpy

import pytest
from jupyter_book.config import get_final_config

from compendium import next_sphinx
from compendium.plan import settings
from compendium.publish import with_addresses

# What only one of the two sets, and why.
OURS = {"external_toc_path", "nb_execution_cache_path", "html_css_files", "html_js_files"}
THEIRS = {"analytics", "search_bar_text"}
# Of a repository whose address is not known.
NOWHERE = {"path_to_docs", "repository_branch", "repository_url"}


@pytest.fixture(params=["", "https://github.com/owner/book"])
def book(request):
    """Return the settings of the book, without and with an address of its repository."""
    content = settings()
    content["repository"]["url"] = request.param
    content["execute"]["exclude_patterns"] = ["sheets/*"]
    return with_addresses(content)


def said(options):
    """Return the options of the theme that say anything."""
    buttons = {key: value for key, value in options.get("launch_buttons", {}).items() if value}
    there = {**options, "launch_buttons": buttons if "binderhub_url" in buttons else None}
    left_out = THEIRS if there.get("use_issues_button") else THEIRS | NOWHERE
    return {key: value for key, value in there.items() if value and key not in left_out}


def test_the_settings_are_those_that_jupyter_book_would_make(book, tmp_path):
    (tmp_path / "_static").mkdir()
    own = next_sphinx.sphinx_settings(json.loads(json.dumps(book)))
    theirs, _ = get_final_config(
        user_yaml=book, cli_config={"latex_individualpages": False}, sourcedir=tmp_path
    )
    theirs["extensions"] = [
        name
        for name in theirs["extensions"]
        if name not in ("jupyter_book", "sphinx_jupyterbook_latex", "sphinx_multitoc_numbering")
    ]
    mine, known = own.pop("html_theme_options"), theirs.pop("html_theme_options")
    assert said(known) == said(mine)
    own["exclude_patterns"], theirs["exclude_patterns"] = (
        {*one["exclude_patterns"]} - {"Thumbs.db", ".DS_Store", "**.ipynb_checkpoints"}
        for one in (own, theirs)
    )
    assert {key: theirs.get(key) for key in own.keys() - OURS} == {
        key: value for key, value in own.items() if key not in OURS
    }


def test_the_settings_are_written_as_python(tmp_path, book):
    own = next_sphinx.sphinx_settings(book)
    file = tmp_path / "conf.py"
    file.write_text(next_sphinx.conf_py(own), encoding="utf-8")
    read = {key: value for key, value in runpy.run_path(str(file)).items() if key in own}
    assert read == own
    assert "jupyter_book" not in read["extensions"]


def test_without_a_book_one_line_says_what_makes_one(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(next_sphinx, "SOURCE", tmp_path)
    assert next_sphinx.in_one_line(next_sphinx.main) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "`make book` writes them" in line


@pytest.mark.parametrize(
    ("log", "status", "expected"),
    [
        ("a.md:3: WARNING: odd\nnoise\n", 0, ["a.md:3: WARNING: odd"]),
        ("", 0, []),
    ],
)
def test_warnings_are_counted(log, status, expected, tmp_path, monkeypatch):
    python = tmp_path / "python"
    python.write_text(f"#!/bin/sh\nprintf '{log}' >&2\nexit {status}\n")
    python.chmod(0o755)
    monkeypatch.setattr(next_sphinx, "WORK", tmp_path)
    assert next_sphinx.build(python) == expected


def test_a_sphinx_that_gives_up_says_why(tmp_path, monkeypatch):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'ExtensionError: no module x' >&2\nexit 2\n")
    python.chmod(0o755)
    monkeypatch.setattr(next_sphinx, "WORK", tmp_path)
    with pytest.raises(next_sphinx.DataError, match="no pages: ExtensionError: no module x"):
        next_sphinx.build(python)
