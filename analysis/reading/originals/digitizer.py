"""Projects of WebPlotDigitizer (.json, .tar): points that a person read from a picture."""

import json
import tarfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from analysis.errors import DataError, shown
from analysis.reading.originals.series import Series

# A project of more text than this holds more points than anyone clicks.
_MAX_TEXT = 32_000_000
_SAVE = "save the project again, or export its points as .csv"


def is_project(path: Path, start: bytes) -> bool:
    """Tell whether a file, of which the first bytes are given, may be such a project."""
    return start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{") or tarfile.is_tarfile(path)


def read_project(path: Path) -> tuple[list[Series], list[str]]:
    """Return the curves of a project, and what was left out.

    The values are those that the program computed with its calibration of the axes, which stands
    in the file: a point counts as known to one pixel of the picture.

    Raises
    ------
    DataError
        If it is no project, or one without points.
    """
    try:
        project = json.loads(_text(path))
        project = project.get("wpd", project)  # of versions before 4
        axes = {axis["name"]: axis for axis in project.get("axesColl", [])}
        sets = project["datasetColl" if "datasetColl" in project else "dataSeries"]
        datasets = [(dataset["name"], dataset) for dataset in sets]
        series, left_out = list[Series](), list[str]()
        for name, dataset in datasets:
            axis = axes.get(dataset.get("axesName"), {"type": project.get("axesType", "XYAxes")})
            if axis["type"] != "XYAxes":
                kind = shown(axis["type"])
                left_out.append(f"data set {shown(name)}: its axes are {kind}, not x and y")
            elif len(dataset["data"]) < 2:
                left_out.append(f"data set {shown(name)}: has {len(dataset['data'])} points")
            else:
                series.append(_series(str(name), dataset["data"], axis))
    except DataError:
        raise
    except Exception as error:  # noqa: BLE001 - json's, tarfile's, KeyError, RecursionError: anything
        raise DataError(
            f"{path}: is not a readable project of WebPlotDigitizer ({type(error).__name__}); "
            f"{_SAVE}"
        ) from None
    return series, left_out


def _text(path: Path) -> bytes:
    """Return the project's own text, in an archive that of wpd.json; nothing is unpacked."""
    if not tarfile.is_tarfile(path):
        size = path.stat().st_size
        if size <= _MAX_TEXT:
            return path.read_bytes()
        raise DataError(f"{path}: holds {size / 1e6:.0f} MB, too much for a project; {_SAVE}")
    with tarfile.open(path, "r:") as archive:
        for member in archive:
            if member.isfile() and member.name.endswith("wpd.json") and member.size <= _MAX_TEXT:
                stream = archive.extractfile(member)
                return stream.read() if stream is not None else b""
    raise DataError(f"{path}: is an archive without wpd.json of WebPlotDigitizer; {_SAVE}")


def _series(name: str, points: list[dict[str, Any]], axis: dict[str, Any]) -> Series:
    values = np.array([point["value"][:2] for point in points], dtype=float)
    if not np.isfinite(values).all():
        raise DataError(f"data set {shown(name)} has points without values; {_SAVE}")
    remarks = ["read by hand from a picture, with WebPlotDigitizer"]
    pixel = _pixel(axis)
    if all(pixel):
        words = f"one pixel of the picture, {pixel[0]:.2g} and {pixel[1]:.2g}"
        remarks.append(f"its error of reading is taken as {words}")
    return Series(
        f"data set {shown(name)}",
        x=values[:, 0].copy(),
        y=values[:, 1].copy(),
        label=name,
        x_reading=pixel[0],
        y_reading=pixel[1],
        drawn="markers",
        remarks=tuple(remarks),
    )


def _pixel(axis: dict[str, Any]) -> tuple[float, float]:
    """Return one pixel along x and y in values; 0 where it is no number, on axes of logarithms.

    The first two points of a calibration are on x, the next two on y.
    """
    sizes = [0.0, 0.0]
    for i, (key, is_log) in enumerate((("dx", "isLogX"), ("dy", "isLogY"))):
        ends = axis.get("calibrationPoints", [])[2 * i : 2 * i + 2]
        if len(ends) == 2 and not axis.get(is_log):
            with suppress(ValueError):  # dates
                first, last = (np.array([float(p[k]) for k in ("px", "py", key)]) for p in ends)
                sizes[i] = float(abs(last[2] - first[2]) / np.hypot(*(last - first)[:2]))
    return sizes[0], sizes[1]
