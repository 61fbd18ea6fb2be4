"""Sphinx extension: the search finds numbers, such as "22.4".

Sphinx splits texts at every sign that is no letter and no digit, so that 22.4 becomes two words,
and its search leaves out words of digits alone. Here a number is one word, in the index and in
what a reader types: "7", "7.0" and "7.00" are the same one. Titles weigh more than texts, so the
sheets at 22.4 GPa come first.
"""

import re
from typing import Any

from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

from compendium.publish import plain

# A number with a decimal point, also right before a unit; or a word.
WORDS = re.compile(r"(?<![\w.])\d+\.\d+(?![\d.])|\w+")
# The same for what is typed; no part of a number is a stop word or left out.
SPLITTER = r"""
const plainNumber = (word) => (/^\d+\.\d+$/.test(word) ? String(Number(word)) : word);
splitQuery = (query) =>
  (query.match(/(?<![\p{L}\p{N}_.])\d+\.\d+(?![\d.])|[\p{L}\p{N}_]+/gu) ?? []).map(plainNumber);
// Sphinx leaves whole numbers out when it parses a query.
if (typeof Search !== "undefined") {
  const parseWithoutNumbers = Search._parseQuery;
  Search._parseQuery = (query) => {
    const [text, terms, excluded, highlighted, ...more] = parseWithoutNumbers(query);
    for (const word of splitQuery(query.trim()).filter((one) => /^\d+$/.test(one))) {
      terms.add(word);
      highlighted.add(word);
    }
    return [text, terms, excluded, highlighted, ...more];
  };
}
"""


class EnglishWithNumbers(SearchEnglish):
    """English words, and numbers as they are written, without zeros at their end."""

    lang = "en"
    js_splitter_code = SPLITTER

    def split(self, text: str) -> list[str]:
        """Return the words of a text.

        Examples
        --------
        >>> EnglishWithNumbers({}).split("run1-7.0gpa: at 22.4 GPa, 518 K, version 1.2.3")
        ['run1', '7', 'gpa', 'at', '22.4', 'GPa', '518', 'K', 'version', '1', '2', '3']
        """
        return [plain_number(word) for word in WORDS.findall(text)]


def plain_number(word: str) -> str:
    """Return a number without zeros at the end of its decimals; another word as it is."""
    return word.rstrip("0").rstrip(".") if re.fullmatch(r"\d+\.\d+", word) else word


def plain_titles(app: Sphinx) -> list[Any]:
    """Write the titles that the search shows without TeX; called when all pages are read.

    Sphinx keeps them as they stand in the sources.
    """
    builder: Any = app.builder
    indexer = getattr(builder, "indexer", None)
    if indexer is not None:
        for titles in indexer._all_titles.values():  # noqa: SLF001 - nothing public has them
            titles[:] = [(plain(title), anchor) for title, anchor in titles]
    return []  # this event asks for pages of one's own


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-collect-pages", plain_titles)
    app.add_search_language(EnglishWithNumbers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
