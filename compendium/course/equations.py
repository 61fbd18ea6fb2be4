"""The equations of the chapters, as their texts have them."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from analysis.errors import DataError
from compendium.equations import number
from compendium.myst import directive, parse


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
    by_label = {}
    for page in sorted(book.glob("*.md")):
        for token in parse(page.read_text(encoding="utf-8")):
            block = directive(token)
            if block and block.name == "math" and "label" in block.options:
                label = block.options["label"]
                tex = re.sub(r"\s*[.,](?=(\s*\\end\{aligned\})?\Z)", "", block.body.strip())
                by_label[label] = Equation(label, tex, number(label))
    return by_label


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
