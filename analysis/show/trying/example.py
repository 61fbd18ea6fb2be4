"""The curve that a page brings along for whoever has none: synthetic, and made anew each time."""

from analysis.twin.curves import text_of

# A data set of this name is the same curve, so that the command line can repeat what a page shows.
NAME = "twin-zero-resistance-22.4gpa"


def example() -> tuple[str, str]:
    """Return a name and the text of a file; its first line says that it is synthetic."""
    return NAME, text_of(NAME).replace("temperature,resistance", "T (K),R (ohm)")
