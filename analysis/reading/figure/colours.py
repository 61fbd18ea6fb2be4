"""Colours in words, as a reader of the figure would call them."""

from colorsys import rgb_to_hls

from analysis.reading.figure.page import Colour

# Up to which hue, in degrees, a colour has the name.
_HUES = (
    (14, "red"),
    (42, "orange"),
    (66, "yellow"),
    (164, "green"),
    (200, "cyan"),
    (258, "blue"),
    (292, "purple"),
    (335, "pink"),
    (360, "red"),
)


def colour_name(colour: Colour | None) -> str:
    """Return what a colour is called.

    Examples
    --------
    >>> [colour_name(one) for one in ((1.0, 0.5, 0.05), (0.0, 0.0, 0.0), (0.0, 0.0, 0.5))]
    ['orange', 'black', 'dark blue']
    """
    if colour is None:
        return "colourless"
    hue, light, saturation = rgb_to_hls(*colour)
    if light > 0.97:
        return "white"
    if light < 0.08:
        return "black"
    if saturation < 0.12 or max(colour) - min(colour) < 0.06:
        return "dark grey" if light < 0.35 else "light grey" if light > 0.75 else "grey"
    name = next(name for limit, name in _HUES if hue * 360 <= limit)
    if name in {"red", "orange"} and light < 0.5 and saturation < 0.5:
        return "brown"
    return f"dark {name}" if light < 0.27 else f"light {name}" if light > 0.78 else name


def is_white(colour: Colour | None) -> bool:
    """Return whether a colour cannot be seen on white paper."""
    return colour is not None and min(colour) > 0.97


def seen(stroke: Colour | None, fill: Colour | None) -> Colour | None:
    """Return the colour that a reader names a marker by: of its inside, unless that is white."""
    if fill is not None and not is_white(fill):
        return fill
    return stroke if stroke is not None else fill
