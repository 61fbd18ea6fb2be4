"""Kinds of files of figures, told by how they begin."""

from pathlib import Path as FilePath

from analysis.errors import DataError, shown
from analysis.reading.archive import refuse_size

# Bytes of memory that reading one may take, with those that Python itself takes.
MEMORY = 1_000_000_000
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
ALONE = "export the figure alone, as PDF"
_ALLOWED = "a figure is read from PDF, SVG, EPS or PostScript"


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
        raise DataError(f"{file}: is empty; {_ALLOWED}")
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
    raise DataError(
        f"{file}: is not a figure that can be read: it begins with {shown(head[:16])}; {_ALLOWED}"
    )
