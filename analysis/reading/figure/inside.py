"""What `files` has done in a process of its own: a file read under limits of time and memory.

    python -m analysis.reading.figure.inside page FILE NUMBER

writes what came of it, pickled, to its standard output: ("done", what) or ("refused", why).
"""

import contextlib
import pickle
import sys
from pathlib import Path as FilePath
from typing import Any

from analysis.errors import DataError, shown
from analysis.reading.archive import refuse_size
from analysis.reading.figure.page import Page

# Seconds of computing; bytes of memory, with those that Python itself takes; bytes written.
SECONDS = 20
MEMORY = 1_000_000_000
_WRITTEN = 500_000_000
# What begins a file of pixels, of which no curve can be read exactly, and from which byte on.
_PIXELS = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"RIFF": "WebP",
    b"\x00\x00\x00\x0cjP": "JPEG 2000",
}
_HEAD = 1024
WAY_OUT = "trace them with WebPlotDigitizer and import its csv, json or tar"
ALLOWED = "a figure is read from PDF, SVG, EPS or PostScript"


def kind_of(path: FilePath, file: str) -> str:
    """Return "pdf", "svg" or "postscript", told by how a file begins.

    Raises
    ------
    DataError
        For another kind of file.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    refuse_size(path.stat().st_size, file, "Export the figure alone.")
    if not head:
        raise DataError(f"{file}: is empty; {ALLOWED}")
    for begins, kind in _PIXELS.items():
        if head.startswith(begins):
            raise DataError(
                f"{file}: is a picture of pixels ({kind}), whose curves cannot be read exactly; "
                f"{WAY_OUT}"
            )
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith((b"%!", b"\xc5\xd0\xd3\xc6", b"\x04%!")):
        return "postscript"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if head.startswith(b"\x1f\x8b") or text.startswith((b"<?xml", b"<svg", b"<!")):
        return "svg"
    raise DataError(f"{file}: begins with {shown(head[:16])}, as none of them does; {ALLOWED}")


def read_here(path: FilePath, number: int | None, file: str) -> Page:
    """Read a page in this process, as `files.read_page` does in another."""
    pages = count_here(path, file)
    if number is None and pages > 1:
        raise DataError(f"{file}: has {pages} pages; name the one with the figure: --page NUMBER")
    number = 1 if number is None else number
    if not 1 <= number <= pages:
        which = f"its pages are 1 to {pages}" if pages > 1 else "it has one page"
        raise DataError(f"{file}: there is no page {number}; {which} (--page NUMBER)")
    match kind_of(path, file):
        case "pdf":
            from analysis.reading.figure.pdf import read_pdf  # noqa: PLC0415 - what is needed

            page = read_pdf(path, number, file)
        case "svg":
            from analysis.reading.figure.svg import read_svg  # noqa: PLC0415 - likewise

            page = read_svg(path, file)
        case _:
            from analysis.reading.figure.postscript import (  # noqa: PLC0415 - likewise
                read_postscript,
            )

            page = read_postscript(path, number, file)
    return _refuse_pixels(page)


def count_here(path: FilePath, file: str) -> int:
    """Count pages in this process, as `files.count_pages` does in another."""
    match kind_of(path, file):
        case "pdf":
            from analysis.reading.figure.pdf import open_pdf  # noqa: PLC0415 - what is needed

            with contextlib.closing(open_pdf(path, file)) as document:
                return len(document)
        case "svg":
            return 1
        case _:
            from analysis.reading.figure.postscript import (  # noqa: PLC0415 - likewise
                count_postscript,
            )

            return count_postscript(path, file)


def _refuse_pixels(page: Page) -> Page:
    """Return a page on which lines are drawn, and refuse one that shows only pictures."""
    if page.pictures and not any(len(path.points) > 1 and path.stroke for path in page.paths):
        raise DataError(
            f"{page.file}: page {page.number} shows pictures of pixels and no drawn lines; their "
            f"curves cannot be read exactly: {WAY_OUT}"
        )
    return page


def _limit() -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):  # where it can be limited
        import resource  # noqa: PLC0415 - not on all systems

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (_WRITTEN, _WRITTEN))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _answer(ask: str, path: str, number: str) -> tuple[str, Any]:
    try:
        if ask == "count":
            return "done", count_here(FilePath(path), path)
        return "done", read_here(FilePath(path), int(number) if number else None, path)
    except DataError as error:
        return "refused", str(error)
    except MemoryError:
        return "refused", f"{path}: needs more memory than {MEMORY // 10**6} MB; {ALONE}"
    except RecursionError:
        return "refused", f"{path}: nests its parts too deep, as no figure does; {ALONE}"


ALONE = "export the figure alone, as PDF"

if __name__ == "__main__":
    _limit()
    pickle.dump(_answer(*sys.argv[1:4]), sys.stdout.buffer)
