"""Make the pages: the chapters' texts with what their cells computed, sheets and gallery.

Everything is put together below _build/source, and Jupyter Book makes the pages of it
without executing anything, strictly, and always from a clean tree, so that no warning hides
in a page that was not read again.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import yaml

from analysis.pressure.results import load_results
from analysis.show.foreign import plain_text, visible
from analysis.show.trying import example, lines_example
from compendium.chapters import CODE_DIGEST
from compendium.checks import write_checks
from compendium.drawn_runs import script
from compendium.figures import take_out, write_files, write_names
from compendium.files import remove
from compendium.gallery import gallery_page, ways_between
from compendium.how import RESULTS, add_how
from compendium.notebooks import FAILED, first_picture, steady_widgets
from compendium.pictures import write_pictures
from compendium.plan import BOOK, BUILD, COMPOSED, EXECUTED, FAILURES, HTML, ROOT, planned, settings
from compendium.publish import with_addresses
from compendium.status import STATUS, write_status
from compendium.translated.bundle import worker

SOURCE = BUILD / "source"
CACHE = BUILD / ".jupyter_cache"
GALLERY = "all-runs"
ALL_RUNS = f"[All runs](../{GALLERY}.md)"
EXPLORER = ROOT / "analysis" / "show" / "explore" / "explorer.js"
# Of the pages below try/, named as the module that answers there: what they bring along.
EXAMPLES = {
    "resistance": ("a synthetic curve", example.example),
    "strain": ("lines of synthetic gold", lines_example.example),
}
# What the modules of these pages import and never call: complex numbers.
LEFT_TO_PYTHON = ("analysis.diffraction.voigt",)
# The theme prints the site's title as it comes, also within attributes.
_NO_MARKS = str.maketrans('<>"', "\u2039\u203a\u201d")


def make_pages(plan: dict[str, Any]) -> bool:
    """Put the source together and run Jupyter Book on it; return whether it succeeded."""
    for folder in (SOURCE, CACHE, HTML, BUILD / ".doctrees"):
        remove(folder)
    shutil.copytree(BOOK, SOURCE, ignore=shutil.ignore_patterns("*.md", "*.ipynb", ".*"))
    texts = {}
    for page in plan["pages"]:
        (SOURCE / page).parent.mkdir(parents=True, exist_ok=True)
        text = (COMPOSED / f"{page}.md").read_text(encoding="utf-8")
        if page not in plan["chapters"]:  # a notebook without cells would start a kernel
            text = re.sub(r"\A---\njupytext:\n.*?\n---\n", "", text, flags=re.DOTALL)
        texts[page] = text
        (SOURCE / f"{page}.md").write_text(text, encoding="utf-8")
    write_checks(texts, plan["environment"][CODE_DIGEST])
    figures = chapters_with_outputs(plan)
    results = load_results(BUILD / RESULTS).sheets
    ways = ways_between(results)
    for name in plan["sheets"]:
        sheet_page(name, ways.get(name, ALL_RUNS), figures)
    write_names(figures, SOURCE)
    pictures = SOURCE / "thumbnails"
    pictures.mkdir()
    page = gallery_page(plan, EXECUTED / "sheets", pictures)
    (SOURCE / f"{GALLERY}.md").write_text(page, encoding="utf-8")
    (SOURCE / "_static" / f"{GALLERY}-data.mjs").write_text(script(results), encoding="utf-8")
    write_status(plan, BUILD)
    draw_pictures()
    write_explorer()
    write_trying()
    done = run_jupyter_book(SOURCE, configuration())
    if not done:
        print("error: the pages have warnings (above); each counts as an error", file=sys.stderr)
    versions = json.loads((BUILD / RESULTS).read_text(encoding="utf-8"))["versions"]
    add_how(figures, plan, EXECUTED, versions)
    write_files(figures, HTML)
    return done


def chapters_with_outputs(plan: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Give Jupyter Book every chapter's outputs through its cache of executed notebooks.

    Return the files of all figures by name; they do not go into the pages.
    """
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn
    from myst_nb.core.read import read_myst_markdown_notebook

    cache = get_cache(CACHE)
    figures: dict[str, dict[str, str]] = {}
    for name in plan["chapters"]:
        executed = steady_widgets(
            nbformat.read(EXECUTED / "chapters" / f"{name}.ipynb", as_version=4), name
        )
        how = executed.metadata["compendium"]
        page = SOURCE / f"{name}.md"
        if how["status"] == FAILED:
            page.write_text(failed(page.read_text(encoding="utf-8"), how), encoding="utf-8")
            continue
        notebook = read_myst_markdown_notebook(page.read_text(encoding="utf-8"), path=page)
        cells = [(i, cell) for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
        done = [cell for cell in executed.cells if cell.cell_type == "code"]
        for (number, cell), ready in zip(cells, done, strict=True):
            cell["outputs"] = take_out(ready, name, number, figures)
            cell["execution_count"] = ready.execution_count
        notebook.metadata["widgets"] = executed.metadata.get("widgets", {})
        data = {"execution_seconds": how["seconds"]}
        bundle = CacheBundleIn(notebook, str(page), data=data)
        cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    return figures


def failed(text: str, how: dict[str, Any]) -> str:
    """Return a chapter's heading, and why there is nothing below it."""
    heading = next(line for line in text.splitlines() if line.startswith("# "))
    return (
        f"{heading}\n\n:::{{admonition}} This chapter failed\n:class: warning\n\n"
        "It could not be computed from these data:\n\n"
        f"> {plain_text(how['error'])}\n:::\n"
    )


def sheet_page(name: str, ways: str, figures: dict[str, dict[str, str]]) -> None:
    """Put an executed sheet beside the chapters; the gallery leads to it, no menu does.

    The ways to other sheets stand at its start and at its end. The files of its figures are added
    to those of all figures.
    """
    notebook = nbformat.read(EXECUTED / "sheets" / f"{name}.ipynb", as_version=4)
    kernel = {key: notebook.metadata[key] for key in ("kernelspec",) if key in notebook.metadata}
    notebook.metadata = nbformat.from_dict({**kernel, "orphan": True})
    for at, cell in ((1, "ways"), (len(notebook.cells) + 1, "ways-again")):
        notebook.cells.insert(at, nbformat.v4.new_markdown_cell(ways, id=cell))
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            cell.outputs = take_out(cell, f"sheets/{name}", number, figures)
        # The page shows results; the notebook, which it offers for download, has the code.
        tags = cell.metadata.get("tags", [])
        cell.metadata["tags"] = ["remove-input" if tag == "hide-input" else tag for tag in tags]
    path = SOURCE / "sheets" / f"{name}.ipynb"
    path.parent.mkdir(exist_ok=True)
    nbformat.write(notebook, path)


def draw_pictures() -> None:
    """Draw the icons and the card, with the figure of the front page, beside the style sheet."""
    static = SOURCE / "_static"
    front = EXECUTED / "chapters" / "index.ipynb"
    figure = first_picture(front) if front.exists() else None
    write_pictures(static / "logo.svg", configuration()["title"], figure, static)


def write_explorer() -> None:
    """Put the module of the live figures beside the pages, as a script that is no module.

    Browsers load no modules from files, and the policy of the pages (compendium/policy.py) lets
    none be made of a text that stands in a page. Its style sheet is for the pages below try/,
    which draw with the same panels; a live figure brings its own.
    """
    front = EXPLORER.read_text(encoding="utf-8")
    front = front.replace("export default ", "globalThis.explorerFront = ")
    front = re.sub(r"^export (?=const|function)", "", front, flags=re.MULTILINE)
    text = f'"use strict";\n{{\n{front}globalThis.explorerParts = parts;\n}}\n'
    static = SOURCE / "_static"
    (static / "explorer.mjs").write_text(text, encoding="utf-8")
    shutil.copyfile(EXPLORER.with_suffix(".css"), static / "explorer.css")


def write_trying() -> None:
    """Put beside the pages what those below try/ run: the package, translated, and an example.

    A worker cannot be loaded from a file. It is made of a text, which is that of a function: so the
    policy of the pages has only files of the site to allow.
    """
    static = SOURCE / "_static"
    for page, (title, make) in EXAMPLES.items():
        name, text = make()
        given = json.dumps({"name": name, "title": title, "text": text})
        (static / f"try-{page}-example.mjs").write_text(
            f"globalThis.tryExample = {given};\n", encoding="utf-8"
        )
        script = worker(f"analysis.show.trying.{page}", LEFT_TO_PYTHON)
        (static / f"try-{page}-engine.mjs").write_text(
            f"globalThis.tryEngine = function () {{\n{script}}};\n", encoding="utf-8"
        )


def run_jupyter_book(
    source: Path, config: dict[str, Any], *, builder: str = "html", output: Path = ROOT
) -> bool:
    """Write the settings below the output's _build, and make the pages there."""
    build = output / "_build"
    build.mkdir(parents=True, exist_ok=True)
    for name, content in (("config.yml", config), ("toc.yml", table_of_contents())):
        (build / name).write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    program = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()"]
    # A chapter that failed takes with it what others refer to.
    strictly = not any(FAILURES.rglob("chapters/*.txt"))
    flags = ["-q", "-W", "-n", "--keep-going"] if strictly else ["-q", "-q"]
    options: list[str | Path] = ["--toc", build / "toc.yml", "--config", build / "config.yml"]
    options += ["--builder", builder, "--path-output", output]
    # Its standard output only announces what is announced here; warnings go to standard error.
    done = subprocess.run(
        [*program, "build", source, *flags, *options],
        check=False,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )
    return done.returncode == 0


def configuration() -> dict[str, Any]:
    """Return the settings of the book, with what the source below _build needs."""
    book = settings()
    if title := planned()["title"]:
        shown = visible(title).translate(_NO_MARKS)
        book |= {"title": shown, "author": f"{book['author']}, from data of others"}
    book["only_build_toc_files"] = False
    book["execute"]["exclude_patterns"] = ["sheets/*"]
    return with_addresses(book)


def table_of_contents() -> dict[str, Any]:
    """Return the table of contents: the pages that this package has, and those that a build writes.

    The page "Status" ends the last part, the gallery is a part of its own.
    """
    toc: dict[str, Any] = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    pages = planned()["pages"]
    for part in (toc, *toc.get("parts", ())):
        if "chapters" in part:
            part["chapters"] = [chapter for chapter in part["chapters"] if chapter["file"] in pages]
            for chapter in part["chapters"]:
                below = [page for page in chapter.pop("sections", ()) if page["file"] in pages]
                chapter.update({"sections": below} if below else {})
    if "parts" in toc:
        toc["parts"] = [part for part in toc["parts"] if part["chapters"]]
        toc["parts"][-1]["chapters"].append({"file": STATUS})
        toc["parts"].append({"caption": "All runs", "chapters": [{"file": GALLERY}]})
    else:
        toc.setdefault("chapters", []).extend([{"file": STATUS}, {"file": GALLERY}])
    return toc
