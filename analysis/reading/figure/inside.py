"""What `files` has done in a process of its own: a file read under bounds of time and memory.

    python -m analysis.reading.figure.inside FILE NUMBER SECONDS

writes what came of it, pickled, to its standard output: ("done", what) or ("refused", why).
"""

import pickle
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path as FilePath
from typing import Any

from analysis.errors import DataError
from analysis.reading.figure.kinds import ALONE, MEMORY, WAY_OUT, kind_of
from analysis.reading.figure.page import Page
from analysis.reading.figure.panels import survey_panels
from analysis.reading.figure.pdf import count_pdf, read_pdf
from analysis.reading.figure.postscript import named_by_ghostscript, pdf_of
from analysis.reading.figure.series import figure_series

_WRITTEN = 500_000_000
# Of a ground or a rule, which a page of pictures may have.
_CORNERS = 4


def read_page(path: FilePath, number: int | None = None) -> Page:
    """Read a page in this process, without bounds; arguments and errors as in `read_figure`."""
    file = str(path)
    if kind_of(path, file) == "svg":
        from analysis.reading.figure.svg import read_svg  # noqa: PLC0415 - svglib takes its time

        _chosen(number, 1, file)
        page = read_svg(path, file)
    else:
        with _as_pdf(path, file) as pdf:
            page = read_pdf(pdf, _chosen(number, count_pdf(pdf, file), file), file)
            if pdf != path:
                page = named_by_ghostscript(page, path)
    drawn = any(path.stroke or len(path.points) > _CORNERS for path in page.paths)
    if page.pictures and not drawn:
        raise DataError(
            f"{file}: page {page.number} shows pictures of pixels and no drawn lines; their "
            f"curves cannot be read exactly: {WAY_OUT}"
        )
    return page


@contextmanager
def _as_pdf(path: FilePath, file: str) -> Iterator[FilePath]:
    """Give a PDF file as it is, and PostScript as a PDF for a while."""
    if kind_of(path, file) == "pdf":
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        yield pdf_of(path, file, FilePath(folder))


def _chosen(number: int | None, pages: int, file: str) -> int:
    """Return which page to read."""
    if number is None and pages > 1:
        raise DataError(f"{file}: has {pages} pages; name the one with the figure: --page NUMBER")
    if number is not None and not 1 <= number <= pages:
        which = f"its pages are 1 to {pages}" if pages > 1 else "it has one page"
        raise DataError(f"{file}: there is no page {number}; {which} (--page NUMBER)")
    return number or 1


def _bound(seconds: int) -> None:
    with suppress(ImportError, OSError, ValueError):  # where it can be bounded
        import resource  # noqa: PLC0415 - not on all systems

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (_WRITTEN, _WRITTEN))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _answer(file: str, number: str) -> tuple[str, Any]:
    try:
        page = read_page(FilePath(file), int(number) if number else None)
        survey = survey_panels(page)
        return "done", (page, survey, *figure_series(page, survey))
    except DataError as error:
        return "refused", str(error)
    except MemoryError:
        return "refused", f"{file}: needs more memory than {MEMORY // 10**6} MB; {ALONE}"
    except RecursionError:
        return "refused", f"{file}: nests its parts too deep for a figure; {ALONE}"


if __name__ == "__main__":
    _bound(int(sys.argv[3]))
    pickle.dump(_answer(*sys.argv[1:3]), sys.stdout.buffer)
