"""What texts call the equations of the book, away from it: by the numbers that the paper gives.

The book numbers its equations through; who has the paper at hand looks for the paper's numbers.
"""

NUMBERS = {
    "eq-bloch-gruneisen": 1,
    "eq-mcmillan": 2,
    "eq-f1": 3,
    "eq-f2": 4,
    "eq-transition": 5,
    # The paper's is the definition for 5 %; the chapter's is its solution for any part.
    "eq-criterion": 6,
    "eq-williamson-hall": 7,
    "eq-strain-only": 8,
}
# Those that the paper does not have, or does not number.
NAMES = {
    "eq-integral": "the integral of eq. 1",
    "eq-allen-dynes": "Allen and Dynes' equation",
    "eq-parts": "the breadths of the two parts",
    "eq-halder-wagner": "Halder and Wagner's equation",
    "eq-weighted-mean": "the weighted mean",
    "eq-constant-or-line": "constant or line",
    "eq-birch-murnaghan": "Birch and Murnaghan's equation",
    "eq-vinet": "Vinet's equation",
}


def called(label: str) -> str:
    """Return what a text calls an equation.

    Examples
    --------
    >>> called("eq-mcmillan"), called("eq-vinet")
    ('eq. 2', "Vinet's equation")
    """
    number = NUMBERS.get(label)
    return NAMES.get(label, label) if number is None else f"eq. {number}"
