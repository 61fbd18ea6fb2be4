"""The file that curves are imported from: a workbook, a table, or a page of a figure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from analysis.catalogue.files import sha256_of
from analysis.errors import DataError
from analysis.reading.figure.axes import Axis
from analysis.reading.figure.drawn import SIDE_UNKNOWN
from analysis.reading.originals.series import Series
from analysis.typing import AnyPath

_FIGURES = {".pdf", ".svg", ".svgz", ".eps", ".ps", ".png", ".jpg", ".jpeg", ".gif", ".tif",
            ".tiff", ".bmp"}  # fmt: skip
_BEGINS = (b"%PDF", b"%!PS", b"<svg")


@dataclass(frozen=True, eq=False)
class Originals:
    """The curves of a file.

    Attributes
    ----------
    path : Path
    sha256 : str
        Of its bytes.
    page : int or None
        Of a figure; None for workbooks and tables.
    series : tuple of Series
    left_out : tuple of str
        What was not taken, in words.
    panels, drawn : tuple
        Of a figure: its `Panel` objects, and the `Drawn` one of each series.
    drawing : Page or None
        Of a figure.
    """

    path: Path
    sha256: str
    page: int | None
    series: tuple[Series, ...]
    left_out: tuple[str, ...] = ()
    panels: tuple[Any, ...] = ()
    drawn: tuple[Any, ...] = ()
    drawing: Any = None

    def panel(self, number: int) -> Any:
        """Return the panel of a series, counted from 1; None for workbooks."""
        return self.panels[self.drawn[number - 1].panel] if self.drawn else None

    def on_axes(self, axes: Mapping[int, str]) -> "Originals":
        """Return the same curves, of which some are read by another y axis than before.

        Parameters
        ----------
        axes : mapping of int to str
            "left" or "right" for the numbers of curves.

        Raises
        ------
        DataError
            If the panel of one does not have both.
        """
        series, drawn = list(self.series), list(self.drawn)
        for number, axis in axes.items():
            panel, at = self.panel(number), number - 1
            if panel is None or panel.right is None:
                raise DataError(
                    f"{self.path}, curve {number}: axis is {axis}, but there is one y axis; leave "
                    "axis out"
                )
            by_plan = f"read by the {axis} axis, as the plan has it"
            remarks = (
                by_plan if remark == SIDE_UNKNOWN else remark for remark in series[at].remarks
            )
            series[at] = replace(series[at], remarks=tuple(remarks))
            if drawn[at].axis != axis:
                sides = (panel.y, panel.right)
                series[at] = _on_axis(series[at], *(sides if axis == "right" else sides[::-1]))
                drawn[at] = replace(drawn[at], axis=axis)
        return replace(self, series=tuple(series), drawn=tuple(drawn))


def _on_axis(series: Series, old: Axis, new: Axis) -> Series:
    """Return a curve that was read by one y axis as another one reads it."""
    place = old.position(series.y)
    ratio = new.per_point(place) / old.per_point(place)
    middle = float(np.median(ratio))
    rest = tuple(remark for remark in series.remarks if remark not in old.said("y"))
    return replace(
        series,
        y=new.value(place),
        y_name=new.title,
        y_unit=new.unit,
        y_error=None if series.y_error is None else series.y_error * ratio,
        y_reading=series.y_reading * middle,
        y_step=series.y_step * middle,
        remarks=(*new.said("y"), *rest),
    )


def read_originals(path: AnyPath, page: int | None = None) -> Originals:
    """Find the curves in a workbook, a table or a figure.

    Parameters
    ----------
    path : path-like
    page : int, optional
        Of a PDF file with several pages, from 1.

    Raises
    ------
    DataError
        If the file cannot be read, or holds no curve; the message says what was left out.
    """
    path = Path(path)
    sha256 = sha256_of(path)
    originals = _figure(path, page, sha256) if is_figure(path) else _table(path, page, sha256)
    if not originals.series:
        why = f": {'; '.join(originals.left_out)}" if originals.left_out else ""
        raise DataError(f"{path}: holds no curve{why}")
    return originals


def is_figure(path: AnyPath) -> bool:
    """Tell whether a file is a figure: by its ending, or how it begins."""
    path = Path(path)
    with path.open("rb") as file:
        return path.suffix.lower() in _FIGURES or file.read(64).lstrip().startswith(_BEGINS)


def _figure(path: Path, number: int | None, sha256: str) -> Originals:
    from analysis.reading.figure.files import read_figure  # noqa: PLC0415 - workbooks do without

    page, survey, panels, drawn, series = read_figure(path, number)
    refused = (panel.reason for panel in survey.refused)
    # What is said of axes stands in the remarks of the curves on them.
    more = zip(panels, survey.panels, strict=True)
    more_remarks = (
        f"panel {panel.name}: {remark}"
        for panel, before in more for remark in panel.remarks[len(before.remarks):]
    )  # fmt: skip
    left_out = (*page.notes, *refused, *more_remarks)
    return Originals(path, sha256, page.number, series, left_out, panels, drawn, page)


def _table(path: Path, number: int | None, sha256: str) -> Originals:
    from analysis.reading.originals.blocks import find_series  # noqa: PLC0415 - figures do without

    if number is not None:
        raise DataError(f"{path}: is not a figure; leave --page out")
    blocks = find_series(path)
    return Originals(path, sha256, None, blocks.series, (*blocks.left_out, *blocks.notes))
