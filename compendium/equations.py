"""Which equation of the book has which number in the paper; the book's own have letters."""

from collections.abc import Mapping

NUMBERS: Mapping[str, str] = {
    "eq-bloch-gruneisen": "1",
    "eq-mcmillan": "2",
    "eq-f1": "3",
    "eq-f2": "4",
    "eq-transition": "5",
    "eq-criterion": "6",
    "eq-williamson-hall": "7",
    "eq-strain-only": "8",
    "eq-integral": "A",
    "eq-allen-dynes": "B",
    "eq-parts": "C",
    "eq-halder-wagner": "D",
    "eq-weighted-mean": "E",
    "eq-constant-or-line": "F",
    "eq-birch-murnaghan": "G",
    "eq-vinet": "H",
}
