"""The paths, letters and pictures of a page of a PDF file, read by PDFium."""

import ctypes
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from math import atan2, degrees, hypot
from pathlib import Path as FilePath
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw

from analysis.errors import DataError
from analysis.reading.figure.glyphs import UNKNOWN, unread
from analysis.reading.figure.page import Box, Letter, Page
from analysis.reading.figure.pdf_objects import Objects, matrix_of, moved, seen
from analysis.reading.figure.tex_letters import tex_letter
from analysis.typing import Floats

MOST_LETTERS = 200_000
# Codes of halves of letters, of fonts' own signs, and of nothing.
_NO_LETTERS = (range(0xD800, 0xE000), range(0xE000, 0xF900), (0xFFFE, 0xFFFF))
# Text that is drawn neither filled nor stroked, as that which lies over a scanned page.
_UNSEEN_MODES = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)
# A font that counts its letters from 0 has more than this part of them below codes of letters.
_OWN = 0.25
# A letter of a font is at most so much taller than the font's size.
_TOO_TALL = 2.0
# Of PDFium when it opens a file.
_LOCKED = (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)


def open_pdf(source: FilePath | bytes, file: str) -> pdfium.PdfDocument:
    """Open a PDF file, to be closed by the caller.

    Parameters
    ----------
    source : Path or bytes
        Where it is, or what it holds.
    file : str
        What messages call it.

    Raises
    ------
    DataError
        For one that is damaged, or locked by a password.
    """
    try:
        return pdfium.PdfDocument(source)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) in _LOCKED:
            raise DataError(
                f"{file}: is locked by a password; save it without one (print it into a new PDF)"
            ) from None
        raise DataError(
            f"{file}: is damaged or incomplete; download it again, or open and save it with "
            "another program"
        ) from None


def count_pdf(source: FilePath | bytes, file: str) -> int:
    """Return how many pages a PDF file has; raises like `open_pdf`."""
    with closing(open_pdf(source, file)) as document:
        return len(document)


def read_pdf(source: FilePath | bytes, number: int = 1, file: str | None = None) -> Page:
    """Return what a page of a PDF file holds.

    It is read in this process; `files.read_figure` bounds time and memory, too.

    Parameters
    ----------
    source : Path or bytes
        Where it is, or what it holds.
    number : int
        Of the page, from 1.
    file : str, optional
        What messages call it.

    Raises
    ------
    DataError
        For a file that is damaged or locked, or a page that holds too much.
    """
    file = file or (str(source) if isinstance(source, FilePath) else "a PDF")
    with closing(open_pdf(source, file)) as document:
        try:
            page = document[number - 1]
        except (pdfium.PdfiumError, IndexError):
            raise DataError(f"{file}: page {number} is damaged or missing") from None
        with closing(page):
            return _read(page, number, file)


def _read(page: pdfium.PdfPage, number: int, file: str) -> Page:
    width, height = page.get_size()
    to_page = _as_shown(page)
    shown = Box(0.0, 0.0, width, height)
    objects = Objects(file, shown)
    objects.read(page, to_page)
    with closing(page.get_textpage()) as text:
        if text.count_chars() > MOST_LETTERS:
            raise DataError(
                f"{file}: page {number} holds more than {MOST_LETTERS} letters, too many for "
                "a figure"
            )
        letters = [letter for letter in _letters(text, to_page) if seen(letter.box, shown)]
    letters += objects.letters
    return Page(
        file,
        number,
        width,
        height,
        tuple(objects.paths),
        tuple(letters),
        tuple(objects.pictures),
        objects.step(),
        tuple(unread(letters)),
    )


def _as_shown(page: pdfium.PdfPage) -> Floats:
    """Return the matrix from the file's coordinates to those of the page as it is shown."""
    box = raw.FS_RECTF()
    raw.FPDF_GetPageBoundingBox(page, box)
    rows = {
        0: ((1, 0), (0, 1), (-box.left, -box.bottom)),
        1: ((0, -1), (1, 0), (-box.bottom, box.right)),
        2: ((-1, 0), (0, -1), (box.right, box.top)),
        3: ((0, 1), (-1, 0), (box.top, -box.left)),
    }[raw.FPDFPage_GetRotation(page)]
    return np.array([(*row, last) for row, last in zip(rows, (0, 0, 1), strict=True)], float)


def _letters(text: pdfium.PdfTextPage, to_page: Floats) -> list[Letter]:
    """Return the letters of a page; a font whose letters are larger than it says is enlarged."""
    letters = list(_each_letter(text, to_page))
    tallest: dict[int, float] = defaultdict(float)
    for font, letter in letters:
        tallest[font] = max(tallest[font], _height(letter) / (letter.size or 1.0))
    return [
        replace(letter, size=letter.size * tallest[font]) if tallest[font] > _TOO_TALL else letter
        for font, letter in letters
    ]


def _height(letter: Letter) -> float:
    """Return how far a letter reaches above and below its line; 0 for one that stands askew."""
    across, up = letter.box.x1 - letter.box.x0, letter.box.y1 - letter.box.y0
    turned = letter.angle % 180
    if min(turned, 180 - turned) < 1:
        return up
    return across if abs(turned - 90) < 1 else 0.0


def _each_letter(text: pdfium.PdfTextPage, to_page: Floats) -> Iterator[tuple[int, Letter]]:
    matrix = raw.FS_MATRIX()
    own_codes = _fonts_with_own_codes(text)
    names = _Names()
    for index in range(text.count_chars()):
        item = raw.FPDFText_GetTextObject(text, index)
        unseen = bool(item) and raw.FPDFTextObj_GetTextRenderMode(item) in _UNSEEN_MODES
        if unseen or raw.FPDFText_IsGenerated(text, index) == 1:
            continue
        font = _font(text, index)
        character = tex_letter(_character(text, index), names[font])
        if font in own_codes and raw.FPDFText_HasUnicodeMapError(text, index) == 1:
            character = UNKNOWN
        raw.FPDFText_GetMatrix(text, index, matrix)
        turned = matrix_of(matrix) @ to_page
        (a, b), (c, d) = turned[0, :2], turned[1, :2]
        left, right, bottom, top = _numbers(raw.FPDFText_GetCharBox, text, index, 4)
        x, y = _numbers(raw.FPDFText_GetCharOrigin, text, index, 2)
        place = np.array([x, y, 1.0]) @ to_page
        letter = Letter(
            character,
            moved(Box(left, bottom, right, top), to_page),
            (float(place[0]), float(place[1])),
            degrees(atan2(b, a)),
            raw.FPDFText_GetFontSize(text, index) * hypot(c, d),
        )
        yield font, letter


def _fonts_with_own_codes(text: pdfium.PdfTextPage) -> set[int]:
    """Return the fonts that number their letters as they like and do not say how.

    PDFium takes a number without a meaning for the letter's code. That holds for most fonts, and
    those of TeX but for some signs; not for one that counts its letters from 0.
    """
    codes: dict[int, set[int]] = defaultdict(set)
    for index in range(text.count_chars()):
        if raw.FPDFText_HasUnicodeMapError(text, index) == 1:
            codes[_font(text, index)].add(raw.FPDFText_GetUnicode(text, index))
    return {
        font
        for font, font_codes in codes.items()
        if sum(code < ord(" ") for code in font_codes) > _OWN * len(font_codes)
    }


def _font(text: pdfium.PdfTextPage, index: int) -> int:
    """Return what tells a letter's font from others."""
    item = raw.FPDFText_GetTextObject(text, index)
    return ctypes.cast(raw.FPDFTextObj_GetFont(item), ctypes.c_void_p).value or 0 if item else 0


class _Names(dict[int, str]):
    """Names of fonts, asked for once each."""

    def __missing__(self, font: int) -> str:
        name = ctypes.create_string_buffer(100)
        if font:
            handle = ctypes.cast(font, raw.FPDF_FONT)
            raw.FPDFFont_GetBaseFontName(handle, name, len(name))
        return self.setdefault(font, name.value.decode("utf-8", "replace"))


def _character(text: pdfium.PdfTextPage, index: int) -> str:
    """Return a letter; that at the end of a line may be a hyphen which PDFium sets apart."""
    code: int = raw.FPDFText_GetUnicode(text, index)
    if raw.FPDFText_IsHyphen(text, index) == 1:
        return "-"
    return UNKNOWN if code < ord(" ") or any(code in ones for ones in _NO_LETTERS) else chr(code)


def _numbers(get: Any, text: pdfium.PdfTextPage, index: int, count: int) -> list[float]:
    values = [ctypes.c_double() for _ in range(count)]
    get(text, index, *values)
    return [value.value for value in values]
