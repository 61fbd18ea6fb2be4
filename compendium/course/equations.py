"""The equations of the chapters, as their texts have them."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analysis.errors import DataError
from compendium.course.words import parse
from compendium.equations import number

_LABEL = re.compile(r"^:label:\s*(\S+)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class Equation:
    """An equation of a chapter.

    Attributes
    ----------
    label, tex : str
        As the chapter has them; the TeX without the full stop or comma of its sentence.
    number : str
        The paper's number, or the letter of an equation that only the book has.
    """

    label: str
    tex: str
    number: str


@cache
def equations(book: Path) -> dict[str, Equation]:
    """Return the labelled equations of all pages right below a folder, by label."""
    found = {}
    for page in sorted(book.glob("*.md")):
        for token in parse(page.read_text(encoding="utf-8")):
            label = _LABEL.search(token.content) if token.info == "{math}" else None
            if label:
                tex = _LABEL.sub("", token.content).strip()
                tex = re.sub(r"\s*[.,](?=(\s*\\end\{aligned\})?\Z)", "", tex)
                found[label[1]] = Equation(label[1], tex, number(label[1]))
    return found


def equation(label: str, book: Path) -> Equation:
    """Return one equation of the chapters.

    Raises
    ------
    DataError
        If no chapter has an equation of that label.
    """
    try:
        return equations(book)[label]
    except KeyError:
        raise DataError(f"no chapter in {book} has an equation {label}") from None
