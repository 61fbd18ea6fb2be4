"""The objects of a page of a PDF file: paths and pictures, within forms too, as they are shown."""

import ctypes
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise
from math import sqrt
from typing import Any

import numpy as np
from pypdfium2 import raw

from analysis.errors import DataError
from analysis.reading.figure.glyphs import letter_of
from analysis.reading.figure.page import CURVE, LINE, MOVE, Box, Colour, Letter, Path
from analysis.reading.figure.steps import Steps
from analysis.typing import Flags, Floats, Integers

MOST_OBJECTS = 200_000
MOST_POINTS = 2_000_000
# Forms within forms.
_DEEPEST = 30
_CODES = {
    raw.FPDF_SEGMENT_MOVETO: MOVE,
    raw.FPDF_SEGMENT_LINETO: LINE,
    raw.FPDF_SEGMENT_BEZIERTO: CURVE,
}
_PIXELS = (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING)
# Points that lie so near one another are the same.
_SAME = 1e-3


class Objects:
    """Collects what is seen on a page.

    Parameters
    ----------
    file : str
        What messages call it.
    shown : Box
        The page; what lies outside is left out.

    Attributes
    ----------
    paths : list of Path
    letters : list of Letter
        Those that are drawn as shapes.
    pictures : list of Box
    """

    def __init__(self, file: str, shown: Box) -> None:
        self.file = file
        self.shown = shown
        self.paths: list[Path] = []
        self.pictures: list[Box] = []
        self.letters: list[Letter] = []
        self._steps = Steps()
        self._objects = self._points = 0

    def read(self, page: Any, to_page: Floats) -> None:
        """Take what a page of PDFium holds, through the matrix to the page as it is shown."""
        count = raw.FPDFPage_CountObjects(page)
        for index in range(count):
            self._take(raw.FPDFPage_GetObject(page, index), to_page, None, 0)

    def step(self) -> float:
        """Return the smallest difference of coordinates that the file states, in points."""
        return self._steps.step(max(self.shown))

    def _take(self, item: Any, matrix: Floats, clip: Box | None, deep: int) -> None:
        self._objects += 1
        if self._objects > MOST_OBJECTS:
            raise DataError(
                f"{self.file}: the page draws more than {MOST_OBJECTS} objects, too many for "
                "a figure"
            )
        clip = _within(clip, self._clip(item, matrix))
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            self._draw(item, matrix, clip)
        elif kind in _PIXELS:
            box = seen(_bounds(item, matrix), _within(clip, self.shown))
            if box is not None:
                self.pictures.append(box)
        elif kind == raw.FPDF_PAGEOBJ_FORM:
            if deep == _DEEPEST:
                raise DataError(
                    f"{self.file}: draws forms within forms, more than {_DEEPEST} deep, too deep "
                    "for a figure"
                )
            inner = own_matrix(item) @ matrix
            begun = len(self.paths)
            for index in range(raw.FPDFFormObj_CountObjects(item)):
                self._take(raw.FPDFFormObj_GetObject(item, index), inner, clip, deep + 1)
            letter = letter_of(self.paths[begun:], inner)
            if letter is not None:
                self.letters.append(letter)
                del self.paths[begun:]

    def _count(self, points: int) -> None:
        self._points += points
        if self._points > MOST_POINTS:
            raise DataError(
                f"{self.file}: the page draws more than {MOST_POINTS} points, too many for a figure"
            )

    def _draw(self, item: Any, matrix: Floats, clip: Box | None) -> None:
        filled, stroked = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(item, filled, stroked)
        stroke = _colour(raw.FPDFPageObj_GetStrokeColor, item) if stroked.value else None
        fill = _colour(raw.FPDFPageObj_GetFillColor, item) if filled.value else None
        if stroke is None and fill is None:
            return
        count = raw.FPDFPath_CountSegments(item)
        self._count(count)
        own = own_matrix(item) @ matrix
        scale = sqrt(abs(own[0, 0] * own[1, 1] - own[0, 1] * own[1, 0]))
        width = ctypes.c_float()
        raw.FPDFPageObj_GetStrokeWidth(item, width)
        wide = scale * width.value if stroke else 0.0
        dash = _dash(item, scale) if stroke else ()
        window = _within(clip, self.shown)
        numbers, codes, closes = _segments(count, partial(raw.FPDFPath_GetPathSegment, item))
        self._steps.note(numbers, scale)
        points = numbers @ own[:2, :2] + own[2, :2]
        drawn = []
        for piece, how, closed in _pieces(points, codes, closes):
            flat = stroke is None and len(piece) < 3
            if not flat and seen(Box.around(piece, wide / 2), window):
                drawn.append(
                    Path(piece, how, closed, stroke, fill, wide, dash, clip, self._objects)
                )
        before = self.paths[len(self.paths) - len(drawn) :]
        if before and all(map(_outlines, drawn, before)):
            drawn = [
                replace(line, fill=area.fill) for line, area in zip(drawn, before, strict=True)
            ]
            del self.paths[-len(drawn) :]
        self.paths += drawn

    def _clip(self, item: Any, matrix: Floats) -> Box | None:
        """Return the box that all of an object's clip paths share."""
        clipping = raw.FPDFPageObj_GetClipPath(item)
        window = None
        for path in range(max(0, raw.FPDFClipPath_CountPaths(clipping)) if clipping else 0):
            count = raw.FPDFClipPath_CountPathSegments(clipping, path)
            self._count(max(0, count))
            if count < 1:
                continue
            segment = partial(raw.FPDFClipPath_GetPathSegment, clipping, path)
            corners, _, _ = _segments(count, segment)
            window = _within(window, Box.around(corners @ matrix[:2, :2] + matrix[2, :2]))
        return window


def _outlines(line: Path, area: Path) -> bool:
    """Tell whether a path is the outline of an area drawn before it, as one object of two."""
    return (
        line.fill is None
        and area.stroke is None
        and line.points.shape == area.points.shape
        and bool(np.allclose(line.points, area.points, rtol=0, atol=_SAME))
    )


def own_matrix(item: Any) -> Floats:
    """Return the matrix of an object of PDFium to the form or page that it stands in."""
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(item, matrix)
    return matrix_of(matrix)


def matrix_of(matrix: Any) -> Floats:
    """Return a matrix of PDFium; rows (x, y, 1) are multiplied by it from the right."""
    return np.array(
        [[matrix.a, matrix.b, 0.0], [matrix.c, matrix.d, 0.0], [matrix.e, matrix.f, 1.0]]
    )


def moved(box: Box, matrix: Floats) -> Box:
    """Return the box around a box that a matrix moves or turns."""
    return Box.around(box.corners @ matrix[:2, :2] + matrix[2, :2])


def _within(window: Box | None, other: Box | None) -> Box | None:
    """Return what two windows share; None lets everything through."""
    return window or other if window is None or other is None else window.shared(other)


def seen(box: Box, window: Box | None) -> Box | None:
    """Return what a window shows of a box, None if nothing."""
    part = _within(box, window) or box
    return part if part.x0 <= part.x1 and part.y0 <= part.y1 else None


def _bounds(item: Any, matrix: Floats) -> Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(item, left, bottom, right, top)
    return moved(Box(left.value, bottom.value, right.value, top.value), matrix)


def _colour(get: Any, item: Any) -> Colour | None:
    """Return a colour as it looks on white paper; None for one that is transparent."""
    parts = [ctypes.c_uint() for _ in range(4)]
    if not get(item, *parts):
        return (0.5, 0.5, 0.5)  # a pattern
    *colours, opacity = (part.value / 255 for part in parts)
    red, green, blue = (1 + opacity * (colour - 1) for colour in colours)
    return (red, green, blue) if opacity else None


def _dash(item: Any, scale: float) -> tuple[float, ...]:
    count = raw.FPDFPageObj_GetDashCount(item)
    if count < 1:
        return ()
    lengths = (ctypes.c_float * count)()
    raw.FPDFPageObj_GetDashArray(item, lengths, count)
    return tuple(scale * float(length) for length in lengths) if any(lengths) else ()


def _segments(count: int, get: Any) -> tuple[Floats, Integers, Flags]:
    """Return points, codes and which of them close their piece, as they stand in the file."""
    points, codes = np.empty((count, 2)), np.empty(count, np.int64)
    closes = np.zeros(count, bool)
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(count):
        segment = get(index)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        points[index] = x.value, y.value
        codes[index] = _CODES[raw.FPDFPathSegment_GetType(segment)]
        closes[index] = raw.FPDFPathSegment_GetClose(segment)
    return points, codes, closes


def _pieces(
    points: Floats, codes: Integers, closes: Flags
) -> Iterator[tuple[Floats, Integers, bool]]:
    """Yield the pieces of a path that a gap parts, or the closing of one: points, codes, closed."""
    begins = codes == MOVE
    begins[1:] |= closes[:-1]
    begin = points[:0]
    for first, end in pairwise([*np.flatnonzero(begins).tolist(), len(points)]):
        piece, how = points[first:end], codes[first:end]
        if how[0] == MOVE:
            begin = piece[:1]
        else:  # goes on from where the piece before began
            piece, how = np.concatenate([begin, piece]), np.append(MOVE, how)
        closed = bool(closes[end - 1])
        if closed and how[-1] == LINE and np.allclose(piece[-1], piece[0], rtol=0, atol=1e-5):
            piece, how = piece[:-1], how[:-1]  # the first point is not repeated
        if len(piece) > 1:
            yield piece, how, closed
