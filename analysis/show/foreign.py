"""Text of others on its way to readers: into pages, figures and tables for spreadsheets.

Names, titles, sources, licences, units, headings of columns, and the messages that quote them
come from packages and files that somebody sent. This is the one place that prepares them.

===================  ==============================================================
the way              what a text passes
===================  ==============================================================
pages, notebooks     `plain_text`. A `Table` and a `Note` (`analysis.show.report`) pass
                     all that they hold through it, but what says that it is `Marked`.
words in the prose   `visible` (``{glue:text}`` is text for docutils, never Markdown)
titles, legends      `in_figure`
csv                  `csv_cell`
===================  ==============================================================

What the pages' templates print themselves, such as the title of the window, is the matter of
``compendium/publish.py``, and so is the policy that stops what would get past all of this.
"""

import re
import unicodedata
from collections.abc import Callable

# ASCII punctuation: CommonMark gives a meaning to nothing else, and takes it away from any of
# them that follows a backslash. So there is no list of marks to keep up to date.
_MARKS = re.compile(r"[!-/:-@\[-`{-~]")
# Controls, ends of lines, what is not seen or turns the direction of writing, half characters.
_UNSEEN = {"Cc": " ", "Zl": " ", "Zp": " ", "Cf": "", "Cs": "\N{REPLACEMENT CHARACTER}"}
# Where a spreadsheet would take the rest for a formula: at the start of a cell, and of what it
# makes of one where another sign separates its columns. Also as East Asian keyboards have them.
_FORMULA = re.compile("(^|[,;])(\\s*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")
# A letter with an index; or, at the start, one that is no word.
_SYMBOL = re.compile(
    r"(?<![\w.-])(Theta|[A-Za-zΘλμρω])"
    r"(?:_([A-Za-z0-9]+(?:,[A-Za-z]+)?)(?![\w.])|(?<!..)(²)?(?= =| /|\(|$))"
)
_GREEK = {
    "Theta": r"\Theta",
    "Θ": r"\Theta",
    "λ": r"\lambda",
    "μ": r"\mu",
    "ρ": r"\rho",
    "ω": r"\omega",
}
_ELEMENTS = (
    "H|He|Li|Be|B|C|N|O|F|Ne|Na|Mg|Al|Si|P|S|Cl|Ar|K|Ca|Sc|Ti|V|Cr|Mn|Fe|Co|Ni|Cu|Zn|Ga|Ge|"
    "As|Se|Br|Kr|Rb|Sr|Y|Zr|Nb|Mo|Tc|Ru|Rh|Pd|Ag|Cd|In|Sn|Sb|Te|I|Xe|Cs|Ba|La|Ce|Pr|Nd|Pm|Sm|"
    "Eu|Gd|Tb|Dy|Ho|Er|Tm|Yb|Lu|Hf|Ta|W|Re|Os|Ir|Pt|Au|Hg|Tl|Pb|Bi|Po|At|Rn|Fr|Ra|Ac|Th|Pa|U"
)
# A word of two elements or more and their numbers; nobody writes a 1.
_COMPOUND = re.compile(
    rf"(?<![\w./-])((?:(?:{_ELEMENTS})(?:[2-9]|[1-9]\d+)?){{2,}})(-delta|-δ)?(?![\w/-]|\.\w)"
)
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


class Marked(str):
    """Text whose Markdown is meant: of this project, or made of parts that are `plain_text`."""

    __slots__ = ()


def visible(text: str) -> str:
    """Return text without characters that are not seen, or that change how others are."""
    return "".join(_UNSEEN.get(unicodedata.category(character), character) for character in text)


def _line(text: str) -> str:
    return re.sub(" +", " ", visible(text)).strip(" ")


def plain_text(text: str) -> str:
    r"""Return text as Markdown that shows it and does nothing: a line without any marks.

    Examples
    --------
    >>> print(plain_text("# <b>silver</b>, R_0 at 1.5 K"))
    \# \<b\>silver\<\/b\>\, R\_0 at 1\.5 K
    """
    # Not a backslash twice: before a bracket some readers take two for the start of a formula.
    return _MARKS.sub(lambda mark: "&#92;" if mark[0] == "\\" else f"\\{mark[0]}", _line(text))


def chemical(text: str) -> str:
    """Return text with the numbers of chemical formulas lowered.

    Examples
    --------
    >>> chemical("La3Ni2O7-delta, beside LaB6 in lab6.csv")
    'La₃Ni₂O₇₋δ, beside LaB₆ in lab6.csv'
    """
    return _COMPOUND.sub(lambda one: one[1].translate(_LOWERED) + "₋δ" * bool(one[2]), text)


class WithSymbols(str):
    """Text whose symbols are meant: "Θ_D (K)" in a terminal, typeset on a page.

    Symbols are a letter with an index ("R_sat", "T_c,onset", "Theta_D"), and a letter that is all
    of the text or begins a formula ("A", "R²", "R(", "G = "). Formulas of `chemical` are lowered.
    """

    __slots__ = ()


def markdown(text: str) -> str:
    r"""Return Markdown: text as `plain_text`, symbols typeset, and what is `Marked` as it is.

    Examples
    --------
    >>> print(markdown(WithSymbols("Θ_D (K)")), markdown(WithSymbols("G = 1/R_sat")))
    $\Theta_\mathrm{D}$ \(K\) $G$ \= 1\/$R_\mathrm{sat}$
    """
    if isinstance(text, Marked):
        return text
    if not isinstance(text, WithSymbols):
        return plain_text(text)
    return _typeset(text, plain_text)


def _typeset(text: str, plain: Callable[[str], str]) -> str:
    """Return text with its symbols as formulas; what is between them passes ``plain``."""
    parts, end = [], 0
    for symbol in _SYMBOL.finditer(text):
        parts += [_between_symbols(text[end : symbol.start()], plain), _formula(*symbol.groups())]
        end = symbol.end()
    return "".join([*parts, _between_symbols(text[end:], plain)])


def _between_symbols(text: str, plain: Callable[[str], str]) -> str:
    """Return plain text that keeps a space at either end."""
    left, right = text[: len(text) - len(text.lstrip(" "))], text[len(text.rstrip(" ")) :]
    return f"{left}{plain(chemical(text))}{right}" if text.strip(" ") else text


def spoken(sentence: str) -> str:
    """Return a sentence of the program with the signs that a page has for its names.

    Examples
    --------
    >>> spoken("lambda = 1.71+/-0.02, with a T^2 term")
    'λ = 1.71 ± 0.02, with a T² term'
    """
    for name, sign in (("+/-", " ± "), ("+-", "±"), ("lambda", "λ"), ("T^2", "T²")):
        sentence = sentence.replace(name, sign)
    return sentence


def _formula(letter: str, index: str | None, power: str | None) -> str:
    """Return a symbol as a formula."""
    name = _GREEK.get(letter, letter)
    below = "" if index is None else f"_{index}" if index.isdigit() else f"_\\mathrm{{{index}}}"
    return f"${name}{below}{'^2' if power else ''}$"


def in_figure(text: str) -> str:
    r"""Return text that matplotlib draws as it is: no formula, and not left out of legends.

    What is `WithSymbols` has its symbols typeset.

    Examples
    --------
    >>> print(in_figure("costs $5 or $6"))
    costs \$5 or \$6
    """
    if isinstance(text, WithSymbols):
        return _typeset(text, in_figure)
    return re.sub("^_", "\N{HAIR SPACE}_", _line(text)).replace("$", r"\$")


def csv_cell(value: object) -> object:
    r"""Return what a cell of a csv file holds: no text that a spreadsheet would compute.

    A text in which ``=``, ``+``, ``-`` or ``@`` comes first, or follows a comma or a semicolon,
    gets an apostrophe before that sign. Numbers stay as they are.

    Examples
    --------
    >>> csv_cell("=1+2"), csv_cell("-1.5"), csv_cell(None)
    ("'=1+2", '-1.5', '')
    """
    if not isinstance(value, str):
        return "" if value is None else value
    text = _line(value)
    return text if _NUMBER.fullmatch(text) else _FORMULA.sub(r"\1\2'", text)
