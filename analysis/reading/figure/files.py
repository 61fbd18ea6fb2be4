"""Files of figures: told apart by what they hold, and one page of them read."""

from pathlib import Path as FilePath

from analysis.errors import DataError, shown
from analysis.reading.figure.page import Page

# What begins a file of pictures: pixels, of which no curve can be read exactly.
_PIXELS = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"II*\x00": "TIFF",
    b"MM\x00*": "TIFF",
    b"GIF8": "GIF",
    b"BM": "BMP",
}


def read_page(path: FilePath | str, number: int | None = None) -> Page:
    """Return what a page of a figure's file holds.

    Parameters
    ----------
    path : path-like
        PDF.
    number : int, optional
        From 1; not needed for a file of one page.

    Raises
    ------
    DataError
        For a file that is none of them, is damaged, or has no such page.
    """
    from analysis.reading.figure.pdf import read_pdf  # noqa: PLC0415 - PDFium takes its time

    path = FilePath(path)
    _check(path)
    pages = count_pages(path)
    if number is None and pages > 1:
        raise DataError(f"{path}: has {pages} pages; name the one with the figure: --page NUMBER")
    number = 1 if number is None else number
    if not 1 <= number <= pages:
        raise DataError(f"{path}: has no page {number}; its pages are 1 to {pages} (--page NUMBER)")
    return read_pdf(path, number)


def count_pages(path: FilePath | str) -> int:
    """Return how many pages a figure's file has."""
    import pypdfium2  # noqa: PLC0415 - PDFium takes its time

    _check(FilePath(path))
    return len(pypdfium2.PdfDocument(path))


def _check(path: FilePath) -> None:
    with path.open("rb") as file:
        head = file.read(1024)
    for begins, kind in _PIXELS.items():
        if head.startswith(begins):
            raise DataError(
                f"{path}: is a picture of pixels ({kind}), whose curves cannot be read exactly; "
                "trace them with WebPlotDigitizer and import its csv, json or tar"
            )
    if b"%PDF-" not in head:
        raise DataError(f"{path}: begins with {shown(head[:20])}, as no PDF does")
