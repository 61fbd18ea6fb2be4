"""One numbering of the equations, for the book and for all that is made of it.

The paper's equations have the paper's numbers. Those that only the book has are lettered in the
order in which the book comes to them. So "eq. 7" is the same equation in the paper, in a chapter,
in a legend and on the command line.
"""

import re

from analysis.errors import DataError, shown

# Equations (1) to (8) of arXiv:2401.00804, and the label of each in the book.
PAPER = {
    "eq-bloch-gruneisen": 1,
    "eq-mcmillan": 2,
    "eq-f1": 3,
    "eq-f2": 4,
    "eq-transition": 5,
    "eq-criterion": 6,
    "eq-williamson-hall": 7,
    "eq-strain-only": 8,
}
# The book's own, in its order: A, B, C, ...
OWN = (
    "eq-integral",
    "eq-allen-dynes",
    "eq-parts",
    "eq-halder-wagner",
    "eq-weighted-mean",
    "eq-constant-or-line",
    "eq-birch-murnaghan",
    "eq-vinet",
)
NUMBERS = {label: str(number) for label, number in PAPER.items()} | {
    label: chr(ord("A") + place) for place, label in enumerate(OWN)
}
# What ends before a sentence begins: nothing, a paragraph, a mark of a list, another sentence.
_BEGINS = re.compile(r"(?:\A|\n\s*\n|(?:\A|\n)\s*(?:[-*:]|\d+\.)\s+|[.?!][\"”’)*]*\s)\s*\Z")


def number(label: str) -> str:
    """Return the number or letter of an equation.

    Parameters
    ----------
    label : str
        As the book has it.

    Raises
    ------
    DataError
        If no equation has that label.

    Examples
    --------
    >>> number("eq-mcmillan"), number("eq-integral")
    ('2', 'A')
    """
    try:
        return NUMBERS[label]
    except KeyError:
        raise DataError(
            f"{shown(label)} is not an equation of the book; compendium/equations.py lists them"
        ) from None


def called(label: str, before: str = "…") -> str:
    """Return what a text calls an equation, with a capital where its sentence begins.

    Parameters
    ----------
    label : str
        As the book has it.
    before : str, optional
        The text so far; by default the sentence has begun.

    Raises
    ------
    DataError
        If no equation has that label.

    Examples
    --------
    >>> called("eq-mcmillan"), called("eq-vinet", "So it is. ")
    ('eq. 2', 'Eq. H')
    """
    return f"{'Eq.' if _BEGINS.search(before) else 'eq.'} {number(label)}"
