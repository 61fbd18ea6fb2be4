"""The paths, letters and pictures of an SVG file: svglib turns it into a PDF, its text apart."""

import gzip
import logging
import re
import sys
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from logging.handlers import BufferingHandler
from math import atan2, degrees, hypot
from pathlib import Path as FilePath
from typing import Any
from xml.parsers import expat

import numpy as np
import svglib.fonts
import svglib.svglib
from lxml import etree
from reportlab.graphics import renderPDF
from reportlab.graphics.shapes import Drawing, Group, String
from reportlab.pdfbase.pdfmetrics import stringWidth

from analysis.errors import DataError, shown
from analysis.reading.archive import MAX_BYTES, Elements, UnsafeError, refuse_size
from analysis.reading.figure.glyphs import unread
from analysis.reading.figure.page import Box, Letter, Page
from analysis.reading.figure.pdf import read_pdf
from analysis.reading.figure.pdf_objects import moved
from analysis.reading.figure.svg_glyphs import SVG, letters_for_glyphs, set_target, target_of
from analysis.reading.figure.tex_letters import tex_letter
from analysis.typing import Floats

_MOST_ELEMENTS = 400_000
# Of a path; and of one long path of a curve.
_LONGEST_TAG = 10_000_000
_NO_PATH = re.compile(r"[^MLHVCSQTAZ\d\s.,e+-]", re.IGNORECASE)
# Copies of marks by "use".
MOST_USES = 200_000
# They do not draw, or draw what no curve is read from.
_LEFT_OUT = ("script", "foreignObject", "animate", "animateTransform", "animateMotion", "set")
_FAMILY = re.compile(r"font-family:\s*'?([^;',]+)")
# In place of each picture, so that none is unpacked and no file is looked for: one pixel.
_PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCB"
    "d81ytgAAAABJRU5ErkJggg=="
)
# Of a capital letter or a digit, in the size of its font.
_TALL = 0.72


class _Look(Elements):
    """What an SVG file holds, before it is kept in memory."""

    longest_tag = _LONGEST_TAG

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        if len(self.inside) == 1 and name != "svg":
            raise UnsafeError(f"holds XML that begins with {shown(name)}, and is not an SVG")
        if name == "path" and (strange := _NO_PATH.search(attributes.get("d", ""))):
            raise UnsafeError(f"holds a path with {shown(strange[0])}, which draws nothing")

    def declared(self, *, has_entities: bool) -> None:
        if has_entities:
            raise UnsafeError("holds XML with entities of its own")


def read_svg(path: FilePath, file: str) -> Page:
    """Return what an SVG file holds, gzipped or not; nothing that it names elsewhere is read.

    It is read in this process; `files.read_figure` bounds time and memory, too.

    Parameters
    ----------
    path : Path
    file : str
        What messages call it.

    Raises
    ------
    DataError
        For what is no SVG, is damaged, or cannot be drawn as it says.
    """
    content = _unpacked(path, file)
    try:
        _Look(_MOST_ELEMENTS).go_through(BytesIO(content))
    except UnsafeError as error:
        raise DataError(f"{file}: {error}; export the figure as PDF") from None
    except expat.ExpatError as error:
        raise DataError(
            f"{file}: is damaged or incomplete ({error}); export the figure again"
        ) from None
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    root = etree.fromstring(content, parser)
    notes = _without_strangers(root)
    letters_for_glyphs(root)
    _without_tex_names(root)
    drawing, warned = _drawing(root, file)
    letters = [letter for strings in _strings(drawing, np.eye(3)) for letter in strings]
    page = read_pdf(renderPDF.drawToString(drawing), 1, file)
    return replace(page, letters=tuple(letters), notes=(*notes, *warned, *unread(letters)))


def _unpacked(path: FilePath, file: str) -> bytes:
    content = path.read_bytes()
    if content[:2] != b"\x1f\x8b":
        return content
    try:
        with gzip.open(BytesIO(content)) as stream:
            unpacked = stream.read(MAX_BYTES + 1)
    except (EOFError, OSError, zlib.error):
        raise DataError(f"{file}: is damaged: it cannot be unpacked; download it again") from None
    refuse_size(len(unpacked), file, "Export the figure as PDF.")
    return unpacked


def _without_strangers(root: Any) -> list[str]:
    """Take out what runs or lies elsewhere; return what was."""
    notes = []
    for element in list(root.iter(etree.Element)):
        name = etree.QName(element).localname
        if name == "image":
            set_target(element, _PIXEL)
        elif name == "use" and not target_of(element).startswith("#"):
            notes.append(f"shows {shown(target_of(element))} from another file, which is left out")
            element.getparent().remove(element)
        elif name in _LEFT_OUT and element is not root:
            notes.append(f"holds {name}, which is left out")
            element.getparent().remove(element)
    return list(dict.fromkeys(notes))


def _without_tex_names(root: Any) -> None:
    """Name letters of TeX's fonts by what they show."""
    for element in root.iter(f"{SVG}text", f"{SVG}tspan"):
        family = _FAMILY.search(element.get("style", ""))
        name = family[1] if family else element.get("font-family", "")
        element.text = "".join(tex_letter(letter, name) for letter in element.text or "")


class _OneFont(svglib.fonts.FontMap):
    """Fonts are not looked for on the machine: where letters stand must not depend on it."""

    def find_font(self, *_: Any, **__: Any) -> tuple[str, bool]:
        return "Helvetica", True


def _drawing(root: Any, file: str) -> tuple[Drawing, list[str]]:
    """Return a file drawn by svglib, and its warnings."""
    svglib.svglib.MAX_USE_EXPANSIONS = MOST_USES
    logger, records = logging.getLogger(svglib.svglib.__name__), BufferingHandler(sys.maxsize)
    logger.addHandler(records)
    propagate, logger.propagate = logger.propagate, False
    try:
        drawing = svglib.svglib.SvgRenderer(BytesIO(), font_map=_OneFont()).render(root)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise DataError(
            f"{file}: svglib cannot draw it ({shown(str(error))}); export the figure as PDF"
        ) from None
    finally:
        logger.removeHandler(records)
        logger.propagate = propagate
    for record in records.buffer:
        if record.levelno >= logging.ERROR or "transform" in record.getMessage():
            raise DataError(
                f"{file}: svglib cannot draw it ({record.getMessage()}); export the figure as PDF"
            )
    return drawing, list(dict.fromkeys(record.getMessage() for record in records.buffer))


def _strings(shape: Any, matrix: Floats) -> Iterator[list[Letter]]:
    """Take the strings out of a drawing, and yield the letters of each."""
    if isinstance(shape, Group | Drawing):
        a, b, c, d, e, f = shape.transform
        matrix = np.array([[a, b, 0.0], [c, d, 0.0], [e, f, 1.0]]) @ matrix
        strings = [content for content in shape.contents if isinstance(content, String)]
        starts = _starts(strings)
        for string, start in zip(strings, starts, strict=True):
            yield _letters(string, start, matrix)
        shape.contents = [content for content in shape.contents if not isinstance(content, String)]
        for content in shape.contents:
            yield from _strings(content, matrix)


def _starts(strings: list[Any]) -> list[float]:
    """Return where each string of a text begins; a text of several is anchored as a whole."""
    widths = [_width(string.text, string.fontSize) for string in strings]
    part = {"middle": 0.5, "end": 1.0}
    starts = [
        string.x - part.get(string.textAnchor, 0.0) * width
        for string, width in zip(strings, widths, strict=True)
    ]
    if len(strings) > 1 and strings[0].textAnchor in part and _run_on(strings):
        first = strings[0].x - part[strings[0].textAnchor] * sum(widths)
        starts = [first + sum(widths[:at]) for at in range(len(widths))]
    return starts


def _run_on(strings: list[Any]) -> bool:
    """Tell whether svglib placed each string behind the former: none has a place of its own."""
    sizes = {string.fontSize for string in strings}
    return all(
        any(abs(after.x - string.x - _width(string.text, size)) < 1e-3 * size for size in sizes)
        for string, after in pairwise(strings)
    )


def _width(text: str, size: float) -> float:
    return float(stringWidth(text, "Helvetica", size))


def _letters(string: Any, start: float, matrix: Floats) -> list[Letter]:
    """Return the letters of a string; their boxes reach from the base line to their height."""
    # What lies between two tags has no place of its own.
    if not string.text.strip(" \t\n") or (string.fillColor or string.strokeColor) is None:
        return []
    size, letters, x = string.fontSize, [], start
    (a, b), (c, d) = matrix[0, :2], matrix[1, :2]
    for character in string.text.replace("\u00a0", " "):
        end = x + _width(character, size)
        box = moved(Box(x, string.y, end, string.y + _TALL * size), matrix)
        left, base, _ = (np.array([x, string.y, 1.0]) @ matrix).tolist()
        letters.append(
            Letter(character, box, (left, base), degrees(atan2(b, a)), size * hypot(c, d))
        )
        x = end
    return letters
