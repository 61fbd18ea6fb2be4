"""Words that a notebook computes for its own prose, or for the tools of the book.

In the book's pages the prose names them by a role. In a chapter as a notebook, `say` shows each
text that has some, and shows it again when a cell computes them anew.
"""

import re
from collections.abc import Mapping
from typing import Any

from analysis.show.foreign import plain_text, visible

# A glued text is an output of this type, which is not shown.
GLUED = "application/papermill.record/text/plain"
# Every sheet has its record (compendium/chapters/record.py) glued under this name, as JSON.
KEY = "sheet-record"
# A name stands between these in a text, and what stands there until the name is known.
OPEN, CLOSE = "⟦", "⟧"
UNKNOWN = "…"

_NAME = re.compile(f"{OPEN}([^{CLOSE}]+){CLOSE}")
# Of this kernel: what is known, and the place of each text that is shown.
_known: dict[str, str] = {}
_said: dict[str, Any] = {}


def glue_all(texts: Mapping[str, str]) -> None:
    """Glue texts by name into the notebook that runs this, unseen.

    For each this is what ``myst_nb.glue(name, text, display=False)`` does, without the second
    and a half that the import of myst_nb takes in every kernel.
    """
    from IPython.display import Markdown, display

    prefix = GLUED.removesuffix("text/plain")
    for name, text in texts.items():
        _known[name] = visible(text)
        display(
            {GLUED: repr(_known[name])},
            raw=True,
            metadata={"scrapbook": {"name": name, "mime_prefix": prefix}},
        )
    for text, place in _said.items():
        if texts.keys() & set(_NAME.findall(text)):
            place.update(Markdown(filled(text, _known)))


def say(text: str) -> None:
    """Show a text in Markdown with the words that are glued, now and whenever they change.

    Parameters
    ----------
    text : str
        Names of glued words stand in it as ``⟦name⟧``. A name that no cell has glued yet is an
        ellipsis until one does.
    """
    from IPython.display import Markdown, display

    _said[text] = display(Markdown(filled(text, _known)), display_id=True)


def filled(text: str, words: Mapping[str, str]) -> str:
    r"""Return a text in Markdown with words in place of their names; words are never Markdown.

    Examples
    --------
    >>> print(filled("*Here* Theta_D is ⟦theta⟧ K, T_c ⟦tc⟧ K.", {"theta": "*518*"}))
    *Here* Theta_D is \*518\* K, T_c … K.
    """
    return _NAME.sub(lambda name: plain_text(words.get(name[1], UNKNOWN)), text)
