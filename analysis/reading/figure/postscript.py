"""The page of an EPS or PostScript file: Ghostscript, where there is one, turns it into a PDF."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from html import unescape
from pathlib import Path as FilePath

import numpy as np

from analysis.errors import DataError
from analysis.reading.figure.glyphs import UNKNOWN, unread
from analysis.reading.figure.page import Letter, Page

# Its names on the systems that there are.
_NAMES = ("gs", "gswin64c", "gswin32c")
_SECONDS = 30
# Dots of its coordinates, so that they are rounded to 1/100 point or less.
_PER_INCH = 7200
_PER_POINT = _PER_INCH / 72
# Both name the same letter if they put it within so many points.
_NEAR = 0.5
_CHARACTER = re.compile(r'<char bbox="(-?\d+) (-?\d+) -?\d+ -?\d+" c="([^"]*)"/>')


def pdf_of(path: FilePath, file: str, folder: FilePath) -> FilePath:
    """Return a PDF in a folder that shows the same as a PostScript file.

    Parameters
    ----------
    path : Path
    file : str
        What messages call it.
    folder : Path
        Of temporary files.

    Raises
    ------
    DataError
        Without Ghostscript, or where it fails or takes too long.
    """
    made = folder / "page.pdf"
    # As the file lies, and letters that stay letters.
    _run(path, file, "pdfwrite", "-dAutoRotatePages=/None", "-dEmbedAllFonts=true", made=made)
    return made


def named_by_ghostscript(page: Page, path: FilePath) -> Page:
    """Return a page with the letters that PDFium does not know as Ghostscript names them.

    It looks at the names of letters in fonts of type 3. Where the font lies in a PDF it guesses
    by numbers, too, and takes a minus sign for a 2: this is for PostScript alone.

    Parameters
    ----------
    page : Page
        As read from what `pdf_of` made.
    path : Path
        Of the PostScript file.
    """
    with suppress(DataError), tempfile.TemporaryDirectory() as folder:
        made = FilePath(folder) / "letters.xml"
        _run(path, page.file, "txtwrite", "-dTextFormat=0", made=made)
        pages = made.read_text(encoding="utf-8", errors="replace").split("<page>")
        named = pages[page.number] if page.number < len(pages) else ""
        letters = tuple(_named(page, named))
        page = replace(page, letters=letters, notes=tuple(unread(letters)))
    return page


def _run(path: FilePath, file: str, device: str, *options: str, made: FilePath) -> None:
    program = next(filter(None, map(shutil.which, _NAMES)), None)
    if program is None:
        raise DataError(
            f"{file}: is PostScript, which needs Ghostscript, and Ghostscript is not on this "
            "machine; convert it to PDF where it is: ps2pdf -dEPSCrop FILE.eps FILE.pdf"
        )
    command = [
        program, "-q", "-dSAFER", "-dBATCH", "-dNOPAUSE", "-dEPSCrop", f"-r{_PER_INCH}",
        f"-sDEVICE={device}", *options, f"-sOutputFile={made}", "-f", str(path.resolve()),
    ]  # fmt: skip
    try:
        process = subprocess.run(  # noqa: S603 - Ghostscript, which may read this one file only
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
            cwd=made.parent,
        )
    except subprocess.TimeoutExpired:
        raise DataError(
            f"{file}: Ghostscript was stopped after {_SECONDS} s; export the figure as PDF"
        ) from None
    if process.returncode or not made.is_file() or not made.stat().st_size:
        raise DataError(
            f"{file}: Ghostscript cannot draw it, it may be damaged; export the figure as PDF"
        )


def _named(page: Page, named: str) -> Iterator[Letter]:
    """Yield a page's letters as Ghostscript names them at their place."""
    characters = _CHARACTER.findall(named)
    names = [unescape(name) for _, _, name in characters]
    x, y = np.array([(int(x), int(y)) for x, y, _ in characters]).reshape(-1, 2).T / _PER_POINT
    for letter in page.letters:
        off = np.hypot(x - letter.origin[0], page.height - y - letter.origin[1])
        nearest = int(np.argmin(off)) if len(off) else -1
        is_named = letter.text != UNKNOWN or nearest < 0 or off[nearest] > _NEAR
        yield (
            letter if is_named or len(names[nearest]) != 1 else replace(letter, text=names[nearest])
        )
