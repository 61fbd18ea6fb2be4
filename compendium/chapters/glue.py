"""Words that a notebook computes for its own prose, or for the tools of the book."""

from collections.abc import Mapping

from analysis.show.foreign import visible

# A glued text is an output of this type, which is not shown.
GLUED = "application/papermill.record/text/plain"
# Every sheet has its record (compendium/chapters/record.py) glued under this name, as JSON.
KEY = "sheet-record"


def glue_all(texts: Mapping[str, str]) -> None:
    """Glue texts by name into the notebook that runs this, unseen.

    For each this is what ``myst_nb.glue(name, text, display=False)`` does, without the second
    and a half that the import of myst_nb takes in every kernel.
    """
    from IPython.display import display

    prefix = GLUED.removesuffix("text/plain")
    for name, text in texts.items():
        display(
            {GLUED: repr(visible(text))},
            raw=True,
            metadata={"scrapbook": {"name": name, "mime_prefix": prefix}},
        )
