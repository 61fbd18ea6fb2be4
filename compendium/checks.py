"""Sphinx extension: the place below an exercise where a reader's answer is checked.

``{check} debye-1`` makes that place. It carries slow, salted digests of what is right, close or a
usual slip (`analysis.exercises.digests`), no value; book/_static/checks.mjs makes a form of it,
reads what is written there and compares. Without scripts, and on paper, a sentence stands there.
"""

import json
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from analysis import __version__
from analysis.exercises import checking, written
from analysis.exercises.digests import ROUNDS, digests
from analysis.exercises.exercise import ADVICE, UNDO, Exercise, verdicts
from analysis.exercises.tables import exercise
from compendium.files import read, write_whole
from compendium.plan import BUILD, combined, fingerprint
from compendium.publish import add, meta

CHECKS = BUILD / "checks.json"
# What answers and what a page holds of them depend on, besides the code of `analysis`.
USED = ("data", "compendium/checks.py")
SCRIPT = "checks.mjs"  # its style sheet is on every page, as all of that folder are


def write_checks(pages: dict[str, str], code: str) -> None:
    """Write the digests of the exercises of all pages; those of the same code and data are kept.

    Parameters
    ----------
    pages : dict of str to str
        Their texts.
    code : str
        A digest of the code that answers are computed with.
    """
    used = combined(code, fingerprint(*USED))
    keys = [key for text in pages.values() for key in keys_in(text)]
    former = json.loads(read(CHECKS) or "{}")
    former_exercises = former.get("exercises", {}) if former.get("used") == used else {}
    exercises = {key: former_exercises.get(key) or about(exercise(key)) for key in keys}
    write_whole(CHECKS, json.dumps({"used": used, "exercises": exercises}))


def keys_in(text: str) -> list[str]:
    """Return the exercises that a page checks."""
    return [
        line.removeprefix("```{check}").strip()
        for line in text.splitlines()
        if line.startswith("```{check}")
    ]


def about(asked: Exercise, *, rounds: int = ROUNDS) -> dict[str, Any]:
    """Return what a page knows of an exercise."""
    salt = f"la3ni2o7-{__version__}"
    content = digests(asked.key, verdicts(asked), salt=salt, rounds=rounds).to_dict()
    return content | {
        "key": asked.key,
        "unit": asked.unit,
        "units": written.UNITS.get(asked.unit, {}),
        "options": list(asked.options),
        "undo": [[*step, ADVICE[name]] for name in asked.undo for step in UNDO[name]],
        "hint": asked.hint,
    }


def reading() -> dict[str, Any]:
    """Return how an answer is read, for all exercises: what `written` and `checking` hold of it."""
    return {
        "patterns": {
            name: getattr(written, name.upper()).pattern
            for name in ("raised", "limit", "bare", "number", "power", "error", "celsius")
        },
        "refusals": {
            name: getattr(written, name.upper())
            for name in ("no_number", "no_size", "no_unit", "unitless", "several")
        },
        "largest": written.LARGEST,
        "missing": checking.NO_ANSWER,
        "celsius": ADVICE["degrees Celsius"],
        "marks": checking.MARKS,
    }


# ---------------------------------------------------------------------------- the page


class Place(nodes.General, nodes.Element):  # type: ignore[misc]  # docutils has no types
    """Where an answer is checked."""


class Check(SphinxDirective):
    """``{check} KEY``: a place for an answer below an exercise."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the place."""
        asked = exercise(self.arguments[0])
        content = json.loads(read(CHECKS) or "{}").get("exercises", {}).get(asked.key, {})
        return [Place(html=place(asked, content, self.env.docname))]


def place(asked: Exercise, content: dict[str, Any], page: str) -> str:
    """Return the place of an exercise as HTML: what checks.mjs needs, and what is said without it.

    Parameters
    ----------
    asked : Exercise
    known : dict
        As `about` has it; empty if nothing is known.
    page : str
        On which it stands.
    """
    data = (
        f' data-page="{escape(page)}" data-check="{escape(json.dumps(content))}"' if content else ""
    )
    return (
        f'<div class="check" id="check-{asked.key}"{data}><p class="check-else">Your answer is '
        "checked on the page of the book, by JavaScript, or in JupyterLab (<code>make lab</code>) "
        f'by <code>check("{asked.key}", ...)</code>.</p></div>\n'
    )


def visit(translator: Any, node: Place) -> None:
    translator.body.append(node["html"])
    raise nodes.SkipNode


def mend(_app: Sphinx, doctree: nodes.document, _pagename: str) -> None:
    """Tell the contents of exercises apart, to which sphinx-exercise gives one id on a page."""
    for content in doctree.findall(nodes.section):
        if content["ids"] in (["exercise-content"], ["solution-content"]):
            content["ids"] = [f"{content.parent['ids'][0]}-content"]


def load(
    app: Sphinx, _pagename: str, _template: str, context: dict[str, Any], doctree: Any
) -> None:
    """Name what a page with such places loads in its head; the one-page book is for paper."""
    if doctree is None or app.builder.name == "singlehtml" or not any(doctree.findall(Place)):
        return
    static = context["pathto"]("_static", resource=True)
    add(
        context,
        meta("name", "checks", json.dumps(reading())),
        f'<script defer src="{static}/{SCRIPT}"></script>',
    )


def name_exercises(_app: Sphinx, env: Any) -> list[str]:
    """Have pages call an exercise by its key, as `check` and the lecturers do, not by a number."""
    for numbers in env.toc_fignumbers.values():
        numbers["exercise"] = {key: (key,) for key in numbers.get("exercise", {})}
    return []


def one_page_too(app: Sphinx) -> None:
    """Have the one-page book know all nodes of HTML: it forgets them once one is named for it."""
    handlers = app.registry.translation_handlers
    handlers["singlehtml"] = handlers.get("html", {}) | handlers.get("singlehtml", {})


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_node(Place, html=(visit, None))
    app.connect("builder-inited", one_page_too)
    app.add_directive("check", Check)
    app.connect("env-get-updated", name_exercises, priority=900)  # Sphinx has numbered by then
    app.connect("doctree-resolved", mend)
    app.connect("html-page-context", load, priority=600)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
