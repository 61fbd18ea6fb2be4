"""Titles of axes and panels: where they stand, and which part of them is a unit."""

import re
from collections.abc import Sequence

from analysis.reading.columns import parse_unit
from analysis.reading.figure.labels import Side
from analysis.reading.figure.page import Box
from analysis.reading.figure.ticks import SIDES
from analysis.reading.figure.words import Word

_ATOM = (
    r"(?:[fpn\u00b5\u03bcumckMGT]?(?:K|\u00b0?C|Pa|bar|\u03a9|\u2126|[Oo]hm|m|\u00c5|A|V|T|Oe|s|Hz"
    r"|eV|J|mol|W|emu)|g)(?:\^-?\d|-\d)?"
)
_UNIT = re.compile(
    rf"(?:10\^?[-+]?\d+\s*)?(?:1\s*/\s*)?(?:{_ATOM}[\s\u00b7*./-]*)+"
    r"|deg(?:rees?|\.)?|\u00b0|%|a\.?\s?u\.?|arb\.?\s?u(?:nits?|\.)?|counts?|cps"
)
_BRACKETS = re.compile(r"(.*?)(\s*)(?:\(((?:[^()]|\([^()]*\))*)\)|\[([^\[\]]*)\])")
_LETTER = re.compile(r"\(([a-zA-Z])\)(?:\s.*)?|([a-zA-Z])[).]?")
_ARBITRARY = re.compile(r"(?i)\barb|\ba\.\s?u\b|\bintensity\b")


def split_title(text: str) -> tuple[str, str]:
    """Separate a title and its unit as they are written.

    Examples
    --------
    >>> split_title("\u03c1 (10^-3 \u03a9 cm)"), split_title("T / K"), split_title("R(T)/R(300 K)")
    (('\u03c1', '10^-3 \u03a9 cm'), ('T', 'K'), ('R(T)/R(300 K)', ''))
    """
    text = " ".join(text.split())
    if found := _BRACKETS.fullmatch(text):
        name, space, unit = found[1], found[2], found[3] or found[4] or ""
        known = parse_unit(unit) is not None or _UNIT.fullmatch(unit.strip())
        if found[4] is not None or (space and "/" not in space) or (known and "/" not in name):
            return name.strip(), unit.strip()
    for mark in (" / ", ",", "/"):
        name, found_mark, unit = text.rpartition(mark)
        if found_mark and name.strip() and _UNIT.fullmatch(unit.strip()):
            return name.strip(), unit.strip()
        # "I / 10^3 counts", "rho / (m ohm cm)"
        inner = re.fullmatch(r"\s*\((.*)\)\s*", unit)
        if found_mark and inner and _UNIT.fullmatch(inner[1].strip()):
            return name.strip(), inner[1].strip()
    return text, ""


def is_arbitrary(title: str, unit: str) -> bool:
    """Tell whether a title says that its axis needs no numbers: an intensity, arbitrary units."""
    return _ARBITRARY.search(f"{title} {unit}") is not None


def title_gaps(side: Side, words: Sequence[Word]) -> list[tuple[float, Word]]:
    """Return the words that may be the title at a side, and how far they stand from its numbers.

    Titles of y run upwards or downwards; a word written upright counts as farther away.
    """
    along, outward = SIDES[side.name]
    low, high = side.frame.span(along)
    near = []
    for word in words:
        edge = word.box[(1 if outward > 0 else 3) - along]
        gap = outward * (edge - side.reach)
        inside = low - 0.05 * (high - low) < word.middle[along] < high + 0.05 * (high - low)
        turned = word.angle in {90.0, 270.0}
        if inside and -0.5 * word.size < gap < 2.6 * word.size and (along == 1 or not turned):
            near.append((gap + 1e3 * (along == 1 and not turned), word))
    return near


def title_row(side: Side, near: Sequence[tuple[float, Word]]) -> list[Word]:
    """Return the words of the row nearest to the numbers of a side, in the order of reading."""
    if not near:
        return []
    along = side.along
    least, first = min(near, key=lambda one: one[0])
    line = first.start[1 - along]
    row = [
        word for gap, word in near
        if (gap > 500) == (least > 500) and word.angle == first.angle
        and abs(word.start[1 - along] - line) < 0.4 * first.size
    ]  # fmt: skip
    backwards = first.angle == 270.0
    return sorted(row, key=lambda word: -word.start[along] if backwards else word.start[along])


def letter_of(box: Box, words: Sequence[Word]) -> tuple[str, Word] | None:
    """Return the letter of a panel, "(a)" or "a", and the word that it is in.

    It stands near the upper left corner, inside or outside; in brackets it may
    stand near any corner inside.
    """
    found = []
    width, height = box.x1 - box.x0, box.y1 - box.y0
    for word in words:
        match = _LETTER.fullmatch(word.text) if word.angle == 0 else None
        if match is None:
            continue
        x, y = word.start
        right, up = x - box.x0, y - box.y1
        in_corner = -6 * word.size < right < 0.2 * width and -0.25 * height < up < 3 * word.size
        inside = 0 < right < width and -height < up < 0
        if in_corner or (inside and match[1]):
            away = abs(right) + abs(up) - (1e4 if match[1] else 0)
            found.append((away, match[1] or match[2], word))
    if not found:
        return None
    _, letter, word = min(found, key=lambda one: one[0])
    return letter.lower(), word
