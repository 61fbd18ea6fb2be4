"""Words of a page, joined from letters: at any angle, with superscripts and drawn minus signs."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from analysis.reading.figure.numbers import read_number
from analysis.reading.figure.page import CURVE, Box, Page
from analysis.typing import Floats

# All in sizes of the font: gaps between letters of one token and of one phrase, the latter also
# where the file has a space there; and how far sub- and superscripts leave the base line.
_SPACE, _PHRASE, _SPACED, _SCRIPT = 0.25, 0.75, 1.25, 0.65
# Letters that are narrower or wider than others, but for a typewriter.
_UNEVEN = frozenset(".,:;ilIftrj()[]mMwW")
_HYPHENS = dict.fromkeys(map(ord, "\u2212\u2010\u2011\u2012\u2013\u2014\u00ad\ufe63\uff0d"), "-")


@dataclass(frozen=True)
class Word:
    """What stands in one line without a wide gap: a number, a title, an entry of a legend.

    Attributes
    ----------
    text : str
        Superscripts are opened by ^, all signs of minus and hyphens are "-".
    box : Box
        Around all of it, on the page.
    base : Box
        Around its letters on the base line, without sub- and superscripts.
    angle : float
        Degrees, counter-clockwise, from 0 to 360.
    size : float
        Of the largest letters.
    start, end : (float, float)
        The middles of its two ends, half of its height above the base line.
    letters, paths : tuple of int
        Which letters of the page it consists of, and which paths (a minus that is drawn).
    """

    text: str
    box: Box
    base: Box
    angle: float
    size: float
    start: tuple[float, float]
    end: tuple[float, float]
    letters: tuple[int, ...]
    paths: tuple[int, ...] = ()

    @property
    def middle(self) -> tuple[float, float]:
        """Of `box`."""
        return self.box.middle


@dataclass(frozen=True)
class _Sign:
    """A letter along its line: u along, v across."""

    text: str
    u0: float
    u1: float
    v: float
    size: float
    low: float
    high: float
    box: Box
    origin: float = 0.0
    letter: int | None = None
    path: int | None = None


def words(page: Page) -> tuple[Word, ...]:
    """Return the words of a page, in the order of their lines' first letters.

    Letters belong to one word if their lines run at the same angle, no gap between them is wider
    than 3/4 of the font's size, and they stand on one base line, or less than 0.65 of
    the size beside it where they are smaller. Two numbers side by side are two words. A
    filled flat rectangle in front of a digit is a minus, as matplotlib drew it until 3.10.
    """
    words_read: list[Word] = []
    turned: dict[int, list[int]] = {}
    for i, letter in enumerate(page.letters):
        if letter.text.strip():
            turned.setdefault(round(letter.angle) % 360, []).append(i)
    bars = [i for i, path in enumerate(page.paths) if _is_flat(path.points, path.fill is not None)]
    spaces = {i for i, letter in enumerate(page.letters) if letter.text in {" ", "\u00a0"}}
    for angle, members in turned.items():
        turn = np.exp(-1j * np.radians(page.letters[members[0]].angle))
        signs = [_sign(page, i, turn) for i in members]
        signs += _minuses(page, bars, signs, turn)
        for chain in _chains(signs, spaces):
            words_read += [_word(part, float(angle), turn) for part in _parts(chain, spaces)]
    return tuple(sorted(words_read, key=lambda word: word.letters[0]))


def _is_flat(points: Floats, filled: bool) -> bool:
    if not filled or len(points) not in {4, 5}:
        return False
    edges = np.abs(np.diff(points[:4], axis=0) @ [1, 1j])
    return bool(edges.max() > 3 * edges.min() and 1 < edges.max() < 30)


def _sign(page: Page, number: int, turn: complex) -> _Sign:
    letter = page.letters[number]
    box, origin = letter.box, complex(*letter.origin) * turn
    if abs(turn.real * turn.imag) < 1e-3:
        corners = np.array([complex(box.x0, box.y0), complex(box.x1, box.y1)]) * turn
        u0, u1 = sorted(corners.real.tolist())
        low, high = sorted(corners.imag.tolist())
    else:  # the box stands upright around a letter that does not: only its middle is known
        middle = complex(box.x0 + box.x1, box.y0 + box.y1) / 2 * turn
        u0, u1 = min(origin.real, middle.real), max(2 * middle.real - origin.real, middle.real)
        low, high = min(origin.imag, middle.imag), 2 * middle.imag - origin.imag
    text = letter.text.translate(_HYPHENS)
    return _Sign(text, u0, u1, origin.imag, letter.size, low, high, box, origin.real, number)


def _minuses(page: Page, bars: list[int], signs: list[_Sign], turn: complex) -> list[_Sign]:
    """Return the flat rectangles that stand in front of digits as minus signs do."""
    minuses = []
    digits = sorted((sign for sign in signs if sign.text.isdigit()), key=lambda sign: sign.u0)
    starts = [sign.u0 for sign in digits]
    reach = max((sign.size for sign in digits), default=0.0)
    for bar in bars:
        points = page.paths[bar].points
        turned = points @ [1, 1j] * turn
        u0, u1, low, high = (turned.real.min(), turned.real.max(),
                             turned.imag.min(), turned.imag.max())  # fmt: skip
        if page.paths[bar].codes.max() >= CURVE or u1 - u0 < 3 * (high - low):
            continue
        first = bisect_left(starts, u1 - 0.05 * reach)
        near = [
            sign for sign in digits[first:bisect_right(starts, u1 + 0.35 * reach)]
            if -0.05 < (sign.u0 - u1) / sign.size < 0.35
            and 0.15 < ((low + high) / 2 - sign.v) / sign.size < 0.5
            and 0.3 < (u1 - u0) / sign.size < 1 and high - low < 0.16 * sign.size
        ]  # fmt: skip
        if near and not _touched(page, bar):
            after = near[0]
            minuses.append(_Sign("-", float(u0), float(u1), after.v, after.size, float(low),
                               float(high), Box.around(points), path=bar))  # fmt: skip
    return minuses


def _touched(page: Page, bar: int) -> bool:
    """Tell whether an end of a flat rectangle lies on a line, as that of a tick does."""
    low, high = page.paths[bar].points.min(axis=0) - 0.3, page.paths[bar].points.max(axis=0) + 0.3
    for i, path in enumerate(page.paths):
        if i == bar or len(path.points) > 6:
            continue
        first, last = path.points.min(axis=0), path.points.max(axis=0)
        long = (last - first).max() > 2 * (high - low).max()
        if long and np.all(first < high) and np.all(last > low):
            inside = path.fill is not None and path.stroke is None and (last - first).min() > 5
            if not inside:
                return True
    return False


def _chains(signs: list[_Sign], spaces: set[int]) -> list[list[_Sign]]:
    """Join letters to lines: each to the nearest on its right that takes it for its nearest."""
    signs = sorted(signs, key=lambda sign: sign.u0)
    u0 = np.array([sign.u0 for sign in signs])
    v = np.array([sign.v for sign in signs])
    size = np.array([sign.size for sign in signs])
    letter = np.array([-9 if sign.letter is None else sign.letter for sign in signs])
    after: dict[int, tuple[float, int]] = {}
    before: dict[int, tuple[float, int]] = {}
    for i, sign in enumerate(signs):
        larger = np.maximum(size, sign.size)
        gap, shift = (u0 - sign.u1) / larger, np.abs(v - sign.v) / larger
        alike = np.minimum(size, sign.size) > 0.87 * larger
        spaced = sign.letter is not None and sign.letter + 1 in spaces
        widest = np.where(spaced & (letter == (sign.letter or 0) + 2), _SPACED, _PHRASE)
        fits = (gap > -0.35) & (gap < widest) & (shift < np.where(alike, 0.12, _SCRIPT))
        fits &= u0 > (sign.u0 + sign.u1) / 2 - 0.05 * larger
        fits[i] = False
        for j in np.flatnonzero(fits):
            cost = max(gap[j], -0.1 * gap[j]) + 0.3 * shift[j]
            after[i] = min(after.get(i, (np.inf, -1)), (cost, int(j)))
            before[int(j)] = min(before.get(int(j), (np.inf, -1)), (cost, i))
    following = {i: j for i, (_, j) in after.items() if before[j][1] == i}
    chains = []
    for i in sorted(set(range(len(signs))) - set(following.values())):
        chain = [i]
        while chain[-1] in following and following[chain[-1]] not in chain:
            chain.append(following[chain[-1]])
        chains.append([signs[k] for k in chain])
    return chains


def _is_spaced(first: _Sign, second: _Sign, spaces: set[int], pitch: float | None) -> bool:
    size = max(first.size, second.size)
    gap = (second.u0 - first.u1) / size
    if first.letter is None or second.letter is None:
        return gap > _SPACE
    if pitch is not None and abs(second.origin - first.origin - pitch) < 0.04 * size:
        return False
    between = range(first.letter + 1, min(second.letter, first.letter + 4))
    return gap > _SPACE or (gap > 0.12 and any(i in spaces for i in between))


def _pitch(chain: list[_Sign]) -> float | None:
    """Return the width of all letters, if narrow and wide ones take as much as the others do."""
    pairs = [pair for pair in pairwise(chain) if None not in {pair[0].letter, pair[1].letter}]
    steps = {sign.text: after.origin - sign.origin for sign, after in pairs}
    if not steps or not _UNEVEN.intersection(steps):
        return None
    pitch = float(np.median(list(steps.values())))
    whole = {text: abs(step / pitch - round(step / pitch)) < 0.03 for text, step in steps.items()}
    alike = all(fits for text, fits in whole.items() if text in _UNEVEN)
    most = sum(whole.values()) > 0.7 * len(whole)
    return pitch if alike and most and 0.5 < pitch / chain[0].size < 0.7 else None


def _parts(chain: list[_Sign], spaces: set[int]) -> list[list[tuple[str, _Sign]]]:
    """Write a line out, letter by letter, and part it between two numbers."""
    base_size = max(sign.size for sign in chain)
    on_base = [sign for sign in chain if sign.size > 0.87 * base_size]
    tokens: list[list[tuple[str, _Sign]]] = []
    pitch = _pitch(on_base)
    raised = False
    for i, sign in enumerate(chain):
        base = min(on_base, key=lambda other: abs(other.u0 - sign.u0)).v
        script = sign.size <= 0.87 * base_size and sign.v > base + 0.15 * base_size
        mark = "^" if script and not raised and i else ""
        if not tokens or (not script and _is_spaced(chain[i - 1], sign, spaces, pitch)):
            tokens.append([])
        raised = script
        # TeX's minus sign may be called an exclamation mark.
        before_digit = i + 1 < len(chain) and chain[i + 1].text.isdigit()
        text = "-" if sign.text == "\u00a1" and before_digit else sign.text
        tokens[-1].append((mark + text, sign))
    parts: list[list[tuple[str, _Sign]]] = []
    for token in tokens:
        last = _text(parts[-1]).rpartition(" ")[2] if parts else ""
        if parts and not (read_number(_text(token)) and read_number(last)):
            parts[-1] += [(" " + token[0][0], token[0][1]), *token[1:]]
        else:
            parts.append(list(token))
    return [part for part in parts if any(sign.letter is not None for _, sign in part)]


def _text(part: list[tuple[str, _Sign]]) -> str:
    return "".join(text for text, _ in part)


def _word(part: list[tuple[str, _Sign]], angle: float, turn: complex) -> Word:
    signs = [sign for _, sign in part]
    size = max(sign.size for sign in signs)
    base = [sign for sign in signs if sign.size > 0.87 * size]
    height = (min(sign.low for sign in base) + max(sign.high for sign in base)) / 2
    start = complex(min(sign.u0 for sign in signs), height) / turn
    end = complex(max(sign.u1 for sign in signs), height) / turn
    return Word(
        _text(part).strip(),
        Box.around(np.concatenate([sign.box.ends for sign in signs])),
        Box.around(np.concatenate([sign.box.ends for sign in base])),
        angle,
        size,
        (start.real, start.imag),
        (end.real, end.imag),
        tuple(sign.letter for sign in signs if sign.letter is not None),
        tuple(sign.path for sign in signs if sign.path is not None),
    )
