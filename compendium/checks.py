"""Sphinx extension: the place below an exercise where a reader's answer is checked.

``{check} debye-1`` puts a form there. It carries slow, salted digests of what is right, close or
a usual slip (`analysis.exercises.digests`), no value; book/_static/checks.mjs compares.
"""

import json
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from analysis import __version__
from analysis.exercises.digests import digests
from analysis.exercises.exercise import ADVICE, UNDO, Exercise, verdicts
from analysis.exercises.tables import exercise
from analysis.exercises.written import UNITS
from compendium.files import read, write_whole
from compendium.plan import BUILD

CHECKS = BUILD / "checks.json"


def write_checks(pages: dict[str, str], code: str) -> None:
    """Write the digests of the exercises of all pages; those of the same code are kept.

    Parameters
    ----------
    pages : dict of str to str
        Their texts.
    code : str
        A digest of all that answers depend on.
    """
    keys = [key for text in pages.values() for key in keys_in(text)]
    former = json.loads(read(CHECKS) or "{}")
    known = former.get("exercises", {}) if former.get("code") == code else {}
    found = {key: known.get(key) or about(exercise(key)) for key in keys}
    write_whole(CHECKS, json.dumps({"code": code, "exercises": found}))


def keys_in(text: str) -> list[str]:
    """Return the exercises that a page checks."""
    return [
        line.removeprefix("```{check}").strip()
        for line in text.splitlines()
        if line.startswith("```{check}")
    ]


def about(asked: Exercise) -> dict[str, Any]:
    """Return what a page knows of an exercise."""
    said = digests(asked.key, verdicts(asked), salt=f"la3ni2o7-{__version__}").to_dict()
    return said | {
        "key": asked.key,
        "unit": asked.unit,
        "units": UNITS.get(asked.unit, {}),
        "options": len(asked.options),
        "undo": [[*step, ADVICE[name]] for name in asked.undo for step in UNDO[name]],
        "hint": asked.hint,
    }


class Check(SphinxDirective):
    """``{check} KEY``: a form below an exercise."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the form."""
        asked = exercise(self.arguments[0])
        known = json.loads(read(CHECKS) or "{}").get("exercises", {}).get(asked.key, {})
        return [nodes.raw("", form(asked, known), format="html")]


def form(asked: Exercise, known: dict[str, Any]) -> str:
    """Return the form of an exercise as HTML."""
    name = f"check-{asked.key}"
    label = f"Your answer{f', in {asked.unit}' if asked.unit else ''}"
    return (
        f'<form class="check" id="{name}" data-check="{escape(json.dumps(known))}">'
        f'<label for="{name}-answer">{escape(label)}</label> '
        f'<input id="{name}-answer" name="answer" autocomplete="off"/> '
        '<button type="submit">Check</button> <output></output></form>'
    )


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("check", Check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
