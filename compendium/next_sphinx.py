"""The same pages without jupyter-book, on the newest Sphinx: `make next`.

Jupyter Book 1 holds Sphinx and MyST at old versions, and its successor reads other settings. What
makes the pages are extensions of Sphinx, which go on without it. This takes the texts and results
that the last `make book` put together, writes the ``conf.py`` that Jupyter Book would make of
_config.yml, and builds the pages in an environment of its own with the newest versions of all.
Nothing is executed again. The exit status is 1 if pages are missing; warnings are counted.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from pprint import pformat
from typing import Any

import yaml

from analysis.errors import DataError
from compendium.faults import in_one_line
from compendium.files import remove
from compendium.pages import CACHE, SOURCE
from compendium.plan import BUILD, ROOT

WORK = BUILD / "next"
TEXTS = BUILD / "source-of-next"  # as deep as the texts of the pages: some include files by path
PACKAGES = (
    *("sphinx", "myst-nb", "sphinx-book-theme", "sphinx-external-toc", "sphinx-design"),
    *("sphinx-copybutton", "sphinx-togglebutton", "sphinx-comments", "sphinx-exercise"),
    *("sphinxcontrib-bibtex", "sphinx-mathjax-offline", "jupytext"),
    "myst-parser[linkify]",
)
# Keys of _config.yml and what Sphinx calls them.
_TOP = {"title": "html_title", "author": "author", "copyright": "copyright", "logo": "html_logo"}
_EXECUTE = {
    "timeout": "nb_execution_timeout",
    "raise_on_error": "nb_execution_raise_on_error",
    "stderr_output": "nb_output_stderr",
    "exclude_patterns": "nb_execution_excludepatterns",
    "execute_notebooks": "nb_execution_mode",
}
_HTML = {"favicon": "html_favicon", "baseurl": "html_baseurl"}
_BUTTONS = ("use_repository_button", "use_edit_page_button", "use_issues_button")
_REPOSITORY = {
    "url": "repository_url",
    "branch": "repository_branch",
    "path_to_book": "path_to_docs",
}


def main() -> int:
    if not (SOURCE / "index.md").is_file():
        raise DataError(f"{SOURCE}: no texts there; `make book` writes them")
    for folder in (WORK, TEXTS):
        remove(folder)
    shutil.copytree(SOURCE, TEXTS)
    book = yaml.safe_load((BUILD / "config.yml").read_text(encoding="utf-8"))
    (TEXTS / "conf.py").write_text(conf_py(sphinx_settings(book)), encoding="utf-8")
    python = environment(WORK / "env")
    warnings = build(python)
    pages, known = pages_below(WORK / "html"), pages_below(BUILD / "html")
    missing = known - pages
    print(f"{len(pages)} pages in {WORK / 'html'}, {len(warnings)} warnings, {versions(python)}")
    print("".join(f"  {line}\n" for line in warnings), end="")
    if missing:
        print(f"error: not made: {', '.join(sorted(missing))}", file=sys.stderr)
    return 1 if missing else 0


def pages_below(folder: Path) -> set[str]:
    """Return the pages of a site by their places."""
    return {page.relative_to(folder).as_posix() for page in folder.rglob("*.html")}


def sphinx_settings(book: Mapping[str, Any]) -> dict[str, Any]:
    """Return what Sphinx calls the settings of a _config.yml, as far as this book uses them."""
    html, repository = book.get("html", {}), book.get("repository", {})
    settings: dict[str, Any] = {
        "html_theme": "sphinx_book_theme",
        "html_sourcelink_suffix": "",
        "numfig": True,
        "suppress_warnings": ["myst.domains"],
        "bibtex_bibfiles": book["bibtex_bibfiles"],
        "exclude_patterns": ["_build", *book["exclude_patterns"]],
        "external_toc_path": str(BUILD / "toc.yml"),
        "external_toc_exclude_missing": book["only_build_toc_files"],
        "myst_enable_extensions": book["parse"]["myst_enable_extensions"],
        "myst_url_schemes": ["mailto", "http", "https"],
        "nb_execution_cache_path": str(CACHE),
        "html_static_path": ["_static"],
        "html_css_files": sorted(file.name for file in (TEXTS / "_static").glob("*.css")),
        "html_js_files": sorted(file.name for file in (TEXTS / "_static").glob("*.js")),
    }
    for names, part in ((_TOP, book), (_EXECUTE, book["execute"]), (_HTML, html)):
        settings |= {names[key]: value for key, value in part.items() if key in names}
    theme = {_REPOSITORY[key]: value for key, value in repository.items() if key in _REPOSITORY}
    theme |= {button: html[button] for button in _BUTTONS if button in html}
    theme["home_page_in_toc"] = html["home_page_in_navbar"]
    own = dict(book["sphinx"]["config"])
    settings["html_theme_options"] = theme | own.pop("html_theme_options")
    own["extensions"] = [name for name in own["extensions"] if name != "jupyter_book"]
    return settings | own


def conf_py(settings: Mapping[str, Any]) -> str:
    """Return the text of a conf.py with these settings."""
    return "".join(f"{name} = {pformat(value, width=100)}\n" for name, value in settings.items())


def environment(folder: Path) -> Path:
    """Make an environment with the newest versions and this checkout; return its interpreter."""
    python = folder / "bin" / "python"
    uv = [sys.executable, "-m", "uv", "--quiet"]
    subprocess.run([*uv, "venv", "--python", sys.executable, folder], check=True)
    install: list[str | Path] = [
        *uv,
        "pip",
        "install",
        "--python",
        python,
        *PACKAGES,
        "--editable",
        ROOT,
    ]
    subprocess.run(install, check=True)
    return python


def build(python: Path) -> list[str]:
    """Make the pages; return the warnings.

    Raises
    ------
    DataError
        If Sphinx gives up; its last line says why.
    """
    options = ["--quiet", "--nitpicky", "--keep-going", "--builder", "html"]
    done = subprocess.run(
        [python, "-m", "sphinx", *options, TEXTS, WORK / "html"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    told = re.sub(r"\x1b\[[\d;]*m", "", done.stderr)
    (WORK / "sphinx.log").write_text(told, encoding="utf-8")
    if done.returncode:
        reasons = re.findall(r"^.*(?:Error|Exception)\b.*$", told, re.MULTILINE)
        reason = reasons[-1].strip() if reasons else "no reason given"
        raise DataError(f"Sphinx made no pages: {reason} (its log: {WORK / 'sphinx.log'})")
    return [line.replace(f"{TEXTS}/", "") for line in told.splitlines() if "WARNING: " in line]


def versions(python: Path) -> str:
    """Return which versions made the pages."""
    ask = "from importlib.metadata import version as v; print(*map(v, {!r}))"
    names = ("sphinx", "myst-nb", "sphinx-book-theme")
    done = subprocess.run(
        [python, "-c", ask.format(names)], capture_output=True, text=True, check=True
    )
    return ", ".join(f"{n} {v}" for n, v in zip(names, done.stdout.split(), strict=True))


if __name__ == "__main__":
    sys.exit(in_one_line(main))
