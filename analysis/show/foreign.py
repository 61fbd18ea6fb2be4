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

# ASCII punctuation: CommonMark gives a meaning to nothing else, and takes it away from any of
# them that follows a backslash. So there is no list of marks to keep up to date.
_MARKS = re.compile(r"[!-/:-@\[-`{-~]")
# Controls, ends of lines, what is not seen or turns the direction of writing, half characters.
_UNSEEN = {"Cc": " ", "Zl": " ", "Zp": " ", "Cf": "", "Cs": "\N{REPLACEMENT CHARACTER}"}
# Where a spreadsheet would take the rest for a formula: at the start of a cell, and of what it
# makes of one where another sign separates its columns. Also as East Asian keyboards have them.
_FORMULA = re.compile("(^|[,;])(\\s*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20])")
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


class Marked(str):
    """Text whose Markdown is meant: of this project, or made of parts that are `plain_text`."""

    __slots__ = ()


def visible(text: str) -> str:
    """Return text without characters that are not seen, or that change how others are."""
    return "".join(_UNSEEN.get(unicodedata.category(one), one) for one in text)


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


def markdown(text: str) -> str:
    """Return Markdown: text as `plain_text`, and what is `Marked` as it is."""
    return text if isinstance(text, Marked) else plain_text(text)


def in_figure(text: str) -> str:
    r"""Return text that matplotlib draws as it is: no formula, and not left out of legends.

    Examples
    --------
    >>> print(in_figure("costs $5 or $6"))
    costs \$5 or \$6
    """
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
