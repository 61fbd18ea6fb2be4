"""The symbols of the sheet of formulas: what each means, if it can, in the glossary's words."""

import re
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import DataError
from compendium.myst import GLOSSARY, glossary


@dataclass(frozen=True)
class Symbol:
    """A symbol of the equations.

    Attributes
    ----------
    tex : str
        As the equations have it.
    unit : str
        Empty for a number without one.
    term : str
        The entry of the glossary that explains it, or "".
    words : str
        What it means (MyST), where the glossary has no entry for it.
    """

    tex: str
    unit: str
    term: str = ""
    words: str = ""


# By page of the sheet: the coupling constant and the wavelength share a letter.
SYMBOLS = {
    "resistance": (
        Symbol("T, \\; R", "K, Ω", words="temperature; resistance"),
        Symbol("R_0", "Ω", "residual resistance"),
        Symbol(r"R_\mathrm{sat}", "Ω", "saturation resistance"),
        Symbol("A", "Ω", words="strength of the scattering by phonons"),
        Symbol(r"\Theta_\mathrm{D}", "K", "Debye temperature"),
        Symbol("J_5", "", words="the integral, a number"),
        Symbol(r"T_\mathrm{c,onset}", "K", "onset temperature"),
        Symbol(r"T_\mathrm{c}", "K", "critical temperature"),
        Symbol("F", "", words="sharpness: a large $F$ makes a narrow transition"),
        Symbol("I_0", "", words="modified Bessel function of order 0"),
        Symbol("c", "", "criterion"),
        Symbol("u_c", "", words="argument of $I_0$ where the part $c$ is left"),
        Symbol(r"\lambda", "", "coupling constant"),
        Symbol(r"\mu^*", "", "Coulomb pseudopotential"),
        Symbol("f_1, \\; f_2^*", "", words="corrections for strong coupling and for the spectrum"),
        Symbol(r"\omega_\mathrm{log}", "K", words="logarithmic mean of the phonons' spectrum"),
        Symbol(r"\bar\omega_2", "K", words="its root mean square"),
    ),
    "diffraction": (
        Symbol(r"\beta", "rad", words="integral breadth of a line in $2\\theta$"),
        Symbol(r"\theta", "rad", "Bragg angle"),
        Symbol(r"\lambda", "pm", words="wavelength of the X-rays"),
        Symbol("D", "nm", "crystallite size"),
        Symbol(r"\epsilon", "", "microstrain"),
        Symbol("K", "", words="Scherrer constant, near 1; 0.9 in the paper"),
        Symbol(r"d^*, \; \beta^*", "1/nm", words="reciprocal spacing $1/d$, and breadth in it"),
        Symbol(r"x_i, \; \sigma_i", "", words="a value and its standard error"),
        Symbol("N", "", words="number of values"),
        Symbol(r"\bar x", "", "weighted mean"),
        Symbol(r"\chi^2", "", "chi-square"),
        Symbol("P", "GPa", words="pressure"),
        Symbol("s", "", words="slope of the values against pressure"),
        Symbol("x, \\; X", "", words="$(V_0/V)^{1/3}$, and $1/x$; $V$: volume of the cell"),
        Symbol("K_0, \\; K_0'", "GPa, 1", words="bulk modulus at $P = 0$; its rise with $P$"),
    ),
}  # fmt: skip


def meaning(symbol: Symbol, book: Path) -> str:
    """Return what a symbol means, as MyST."""
    if not symbol.term:
        return symbol.words
    return f"**{symbol.term}**: {_clause(symbol, book)}"


def _clause(symbol: Symbol, book: Path) -> str:
    """Return the first clause of the glossary's entry, without the symbol that it begins with."""
    try:
        text = glossary(book)[symbol.term]
    except KeyError:
        raise DataError(f"{book / GLOSSARY} has no entry {symbol.term!r}") from None
    text = re.sub(r"\A\$[^$]+\$,? ", "", text)
    clause = re.split(
        r"[;:.](?:\s|\Z)|, \$[^$]+\$[:.;]|, such as|, without|, \{eq\}", text, maxsplit=1
    )[0]
    return clause[0].lower() + clause[1:]
