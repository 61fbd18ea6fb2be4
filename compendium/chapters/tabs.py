"""The line above what a cell shows in a tab of its own."""

from analysis.show.foreign import plain_text


def tab(label: str, shown: object = None) -> None:
    """Begin a tab, and show something in it, if given.

    What the cell shows next stands in the same tab. The cell has the tag ``tabs``; in a page
    `compendium.tabs` makes the tabs. A notebook shows the label as a bold line.

    Parameters
    ----------
    label : str
    shown : object
        A table, say.
    """
    from IPython.display import Markdown, display

    display(Markdown(f"**{plain_text(label)}**"))
    if shown is not None:
        display(shown)
