"""Titles of axes and panels: where they stand, and which part of them is a unit."""

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analysis.reading.columns import parse_unit
from analysis.reading.figure.axes import Axis
from analysis.reading.figure.drafts import Draft, free_words, holds
from analysis.reading.figure.labels import Side
from analysis.reading.figure.page import Box
from analysis.reading.figure.ticks import SIDES, within
from analysis.reading.figure.words import Word

_UPRIGHT = 1e3  # points that a title of y counts as farther away if it does not run along its axis
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
    if match := _BRACKETS.fullmatch(text):
        name, space, unit = match[1], match[2], match[3] or match[4] or ""
        is_unit = parse_unit(unit) is not None or _UNIT.fullmatch(unit.strip()) is not None
        is_unit = is_unit and unit.strip() not in {"T", "V"}  # "R(T)", "I(V)"
        if match[4] is not None or (space and "/" not in space) or (is_unit and "/" not in name):
            return name.strip(), unit.strip()
    for mark in (" / ", ",", "/"):
        name, found_mark, unit = text.rpartition(mark)
        if found_mark and name.strip() and _UNIT.fullmatch(unit.strip()):
            return name.strip(), unit.strip()
        inner = re.fullmatch(r"\s*\((.*)\)\s*", unit)
        if found_mark and inner and _UNIT.fullmatch(inner[1].strip()):
            return name.strip(), inner[1].strip()
    return text, ""


def name_panels(drafts: Sequence[Draft], all_words: Sequence[Word]) -> None:
    """Give panels the letters that stand in their corners, if no two have the same."""
    free = free_words(drafts, all_words)
    letters = [_letter(draft.frame.box, free) for draft in drafts]
    names = [letter for letter, _ in filter(None, letters)]
    for draft, letter in zip(drafts, letters, strict=True):
        if letter and len(set(names)) == len(names):
            draft.name = letter[0]
            draft.words.append(letter[1])


def _letter(box: Box, words: Sequence[Word]) -> tuple[str, Word] | None:
    """Return the letter of a panel, "(a)" or "a", and the word that it is in.

    It stands near the upper left corner, inside or outside; in brackets it may
    stand anywhere inside.
    """
    letters = []
    width, height = box.size
    for word in words:
        match = _LETTER.fullmatch(word.text) if word.angle == 0 else None
        if match:
            right, up = word.start[0] - box.x0, word.start[1] - box.y1
            corner = -6 * word.size < right < 0.2 * width and -0.25 * height < up < 3 * word.size
            if corner or (match[1] and holds(box, word)):
                letters.append((not match[1], abs(right) + abs(up), match[1] or match[2], word))
    if not letters:
        return None
    *_, letter, word = min(letters, key=lambda candidate: candidate[:2])
    return letter.lower(), word


def entitle(drafts: Sequence[Draft], all_words: Sequence[Word]) -> None:
    """Give axes their titles and units: each word to the nearest side."""
    free = free_words(drafts, all_words)
    near = {
        (id(draft), name): _gaps(side, _outside(draft, free, drafts))
        for draft in drafts for name, side in draft.sides.items()
        if side.labels or (name == "left" and not {"left", "right"} & draft.axes.keys())
    }  # fmt: skip
    nearest: dict[int, float] = {}
    for gap, word in (gap for gaps in near.values() for gap in gaps):
        nearest[id(word)] = min(gap, nearest.get(id(word), gap))
    for draft in drafts:
        for name, side in draft.sides.items():
            gaps = near.get((id(draft), name), [])
            row = _row(side, [gap for gap in gaps if gap[0] <= nearest[id(gap[1])]])
            title, unit = split_title(" ".join(word.text for word in row))
            if row and name not in draft.axes and _ARBITRARY.search(f"{title} {unit}"):
                draft.axes[name] = _arbitrary(draft)
            if row and name in draft.axes:
                draft.axes[name] = replace(draft.axes[name], title=title, unit=unit)
                draft.words += row
    for _ in range(2):  # along a row and along a column
        _share_titles(drafts)


def _outside(draft: Draft, free: Sequence[Word], drafts: Sequence[Draft]) -> list[Word]:
    """Return the words that are in no panel but those that hold this one."""
    box = draft.frame.box
    others = [
        other.frame.box for other in drafts if other is draft or not within(box, other.frame.box)
    ]
    return [word for word in free if not any(holds(other, word) for other in others)]


def _gaps(side: Side, words: Sequence[Word]) -> list[tuple[float, Word]]:
    """Return the words that may be the title at a side, and how far they stand from its numbers.

    Titles of y run upwards or downwards; a word written upright counts as farther away.
    """
    along, outward = SIDES[side.name]
    low, high = side.frame.span(along)
    near = []
    for word in words:
        edge = word.box[(1 if outward > 0 else 3) - along]
        gap = outward * (edge - side.reach)
        turned = word.angle in {90.0, 270.0}
        beside = -0.05 < (word.middle[along] - low) / (high - low) < 1.05
        if beside and -0.5 * word.size < gap < 2.6 * word.size and (along == 1 or not turned):
            near.append((gap + _UPRIGHT * (along == 1 and not turned), word))
    return near


def _row(side: Side, near: Sequence[tuple[float, Word]]) -> list[Word]:
    """Return the words of the row nearest to the numbers of a side, in the order of reading."""
    if not near:
        return []
    across = 1 - side.along
    _, first = min(near, key=lambda gap: gap[0])
    row = [
        word for _, word in near
        if word.angle == first.angle
        and abs(word.start[across] - first.start[across]) < 0.4 * first.size
    ]  # fmt: skip
    sign = -1 if first.angle == 270.0 else 1
    return sorted(row, key=lambda word: sign * word.start[side.along])


def _arbitrary(draft: Draft) -> Axis:
    """Return the axis of a panel whose heights mean nothing but themselves."""
    low, high = draft.frame.span(1)
    slope = 1 / (high - low)
    remark = (
        "it has no numbers: heights are given as parts of the panel's height, and it is not known "
        "where zero is"
    )
    ticks = ((low, 0.0), (high, 1.0))
    return Axis("", "", "linear", slope, -low * slope, ticks, 0.0, 1e-3, (remark,))


def _share_titles(drafts: Sequence[Draft]) -> None:
    """Take titles that axes lack from panels in line whose axes run from and to the same."""
    titled = [(draft, name) for draft in drafts for name, axis in draft.axes.items() if axis.title]
    for draft in drafts:
        for name, axis in draft.axes.items():
            ends = axis.value(np.array(draft.frame.span(SIDES[name][0])))
            titles = set()
            for other, theirs in titled:
                same = other.axes[theirs]
                span = np.array(other.frame.span(SIDES[name][0]))
                in_line = draft.in_line(other, 0) or draft.in_line(other, 1)
                alike = theirs == name and in_line and same.scale == axis.scale
                if alike and np.abs(same.position(ends) - span).max() < 0.5:
                    titles.add((same.title, same.unit))
            if len(titles) == 1 and not axis.title:
                title, unit = titles.pop()
                remarks = (*axis.remarks, "its title was taken from a panel in line")
                draft.axes[name] = replace(axis, title=title, unit=unit, remarks=remarks)
