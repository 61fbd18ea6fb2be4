"""Sphinx extension: equations have the numbers of `compendium.equations`, not a count."""

import zlib
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains.math import MathDomain
from sphinx.util import logging

from analysis.errors import DataError
from compendium.equations import NUMBERS, called, number

LOG = logging.getLogger(__name__)


class Equations(MathDomain):
    """The equations of all pages, and what a reference to one says.

    Sphinx asks for an equation's number here when it reads it, so each kind of output has the
    same: pages, the book on one page, LaTeX.
    """

    def note_equation(self, docname: str, labelid: str, location: Any = None) -> None:
        """Keep the page and the number of an equation; one without a number is a warning."""
        super().note_equation(docname, labelid, location)
        try:
            equation_number = number(labelid)
        except DataError as error:
            LOG.warning("%s", error, location=location, type="equations")
            equation_number = "?"
        self.data["objects"][labelid] = docname, equation_number

    def resolve_xref(self, *args: Any, **options: Any) -> nodes.Element | None:
        """Return a link to an equation: "eq. 7", or "Eq. 7" where a sentence begins."""
        resolved = super().resolve_xref(*args, **options)
        target, reference = args[4:6]
        if resolved is not None and target in NUMBERS:
            resolved[0] = nodes.Text(called(target, before(reference)))
        return resolved


def before(reference: nodes.Element) -> str:
    """Return the text of a paragraph or caption up to a reference in it."""
    block = reference.parent
    return "".join(node.astext() for node in block[: block.index(reference)])


def setup(app: Sphinx) -> dict[str, Any]:
    app.add_domain(Equations, override=True)
    # What was read with another table is read again.
    version = zlib.crc32(repr(NUMBERS).encode())
    return {"env_version": version, "parallel_read_safe": True, "parallel_write_safe": True}
