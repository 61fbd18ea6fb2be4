"""The paths, letters and pictures of a page of a PDF file, read by PDFium."""

import ctypes
from math import degrees
from pathlib import Path as FilePath

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from analysis.reading.figure.page import CURVE, LINE, MOVE, Box, Colour, Letter, Page, Path


def read_pdf(path: FilePath, number: int = 1) -> Page:
    """Return what a page of a PDF file holds."""
    document = pdfium.PdfDocument(path)
    page = document[number - 1]
    width, height = page.get_size()
    paths: list[Path] = []
    pictures: list[Box] = []
    for drawn, item in enumerate(_objects(page, raw, None)):
        handle, matrix = item
        kind = raw.FPDFPageObj_GetType(handle)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            paths += _pieces(handle, matrix, drawn)
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            pictures.append(_bounds(handle, matrix))
    return Page(
        str(path), number, width, height, tuple(paths), tuple(_letters(page)), tuple(pictures)
    )


def _matrix(handle) -> np.ndarray:
    found = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(handle, found)
    return np.array([[found.a, found.b, 0], [found.c, found.d, 0], [found.e, found.f, 1]])


def _objects(parent, _raw, matrix):
    count, get = (
        (raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject)
        if matrix is None
        else (raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject)
    )
    matrix = np.eye(3) if matrix is None else matrix
    for index in range(count(parent)):
        handle = get(parent, index)
        if raw.FPDFPageObj_GetType(handle) == raw.FPDF_PAGEOBJ_FORM:
            yield from _objects(handle, raw, _matrix(handle) @ matrix)
        else:
            yield handle, matrix


def _bounds(handle, matrix) -> Box:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    raw.FPDFPageObj_GetBounds(handle, left, bottom, right, top)
    corners = np.array([[left.value, bottom.value, 1], [right.value, top.value, 1]]) @ matrix
    return Box(*corners[:, :2].min(0), *corners[:, :2].max(0))


def _colour(get, handle) -> Colour:
    r, g, b, a = (ctypes.c_uint() for _ in range(4))
    get(handle, r, g, b, a)
    return (r.value / 255, g.value / 255, b.value / 255)


def _pieces(handle, matrix, drawn) -> list[Path]:
    matrix = _matrix(handle) @ matrix
    mode, stroked = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(handle, mode, stroked)
    stroke = _colour(raw.FPDFPageObj_GetStrokeColor, handle) if stroked.value else None
    fill = _colour(raw.FPDFPageObj_GetFillColor, handle) if mode.value else None
    width = ctypes.c_float()
    raw.FPDFPageObj_GetStrokeWidth(handle, width)
    scale = float(np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    n_dash = raw.FPDFPageObj_GetDashCount(handle)
    dash: tuple[float, ...] = ()
    if n_dash > 0:
        array = (ctypes.c_float * n_dash)()
        raw.FPDFPageObj_GetDashArray(handle, array, n_dash)
        dash = tuple(scale * float(one) for one in array)
    pieces: list[tuple[list, list, bool]] = []
    codes = {raw.FPDF_SEGMENT_MOVETO: MOVE, raw.FPDF_SEGMENT_LINETO: LINE,
             raw.FPDF_SEGMENT_BEZIERTO: CURVE}
    x, y = ctypes.c_float(), ctypes.c_float()
    for index in range(raw.FPDFPath_CountSegments(handle)):
        segment = raw.FPDFPath_GetPathSegment(handle, index)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        code = codes[raw.FPDFPathSegment_GetType(segment)]
        if code == MOVE:
            pieces.append(([], [], False))
        pieces[-1][0].append((x.value, y.value, 1.0))
        pieces[-1][1].append(code)
        if raw.FPDFPathSegment_GetClose(segment):
            pieces[-1] = (*pieces[-1][:2], True)
    # a clip path of the object, in the space of the page
    clip = None
    clipping = raw.FPDFPageObj_GetClipPath(handle)
    n_clips = raw.FPDFClipPath_CountPaths(clipping) if clipping else 0
    if n_clips > 0:
        box = [-np.inf, -np.inf, np.inf, np.inf]
        for i in range(n_clips):
            points = []
            for j in range(raw.FPDFClipPath_CountPathSegments(clipping, i)):
                segment = raw.FPDFClipPath_GetPathSegment(clipping, i, j)
                raw.FPDFPathSegment_GetPoint(segment, x, y)
                points.append((x.value, y.value))
            if points:
                low, high = np.min(points, 0), np.max(points, 0)
                box = [*np.maximum(box[:2], low), *np.minimum(box[2:], high)]
        clip = Box(*map(float, box))
    return [
        Path((np.array(p) @ matrix)[:, :2], np.array(c), closed, stroke, fill,
             scale * width.value, dash, clip, drawn)
        for p, c, closed in pieces if p
    ]  # fmt: skip


def _letters(page) -> list[Letter]:
    text = page.get_textpage()
    letters = []
    for index in range(text.count_chars()):
        character = chr(raw.FPDFText_GetUnicode(text, index))
        left, right, bottom, top, x, y = (ctypes.c_double() for _ in range(6))
        raw.FPDFText_GetCharBox(text, index, left, right, bottom, top)
        raw.FPDFText_GetCharOrigin(text, index, x, y)
        letters.append(
            Letter(character, Box(left.value, bottom.value, right.value, top.value),
                   (x.value, y.value), -degrees(raw.FPDFText_GetCharAngle(text, index)) % 360,
                   raw.FPDFText_GetFontSize(text, index))
        )  # fmt: skip
    return letters
