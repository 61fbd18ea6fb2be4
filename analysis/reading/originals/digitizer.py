"""Projects of WebPlotDigitizer (.json, .tar): points that a person read from a picture."""

import json
import tarfile
from pathlib import Path
from typing import Any

import numpy as np

from analysis.errors import DataError, shown
from analysis.reading.originals.series import Series
from analysis.typing import Floats

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
        axes = {one["name"]: one for one in project.get("axesColl", [])}
        datasets = [(one["name"], one) for one in project.get("datasetColl", ())]
        datasets += [(one["name"], one) for one in project.get("dataSeries", ())]
        found, left_out = list[Series](), list[str]()
        for name, dataset in datasets:
            axis = axes.get(dataset.get("axesName"), {"type": project.get("axesType", "XYAxes")})
            if axis["type"] != "XYAxes":
                kind = shown(axis["type"])
                left_out.append(f"data set {shown(name)}: its axes are {kind}, not x and y")
            elif len(dataset["data"]) < 2:
                left_out.append(f"data set {shown(name)}: has {len(dataset['data'])} points")
            else:
                found.append(_series(str(name), dataset["data"], axis))
    except DataError:
        raise
    except Exception as error:  # noqa: BLE001 - json's, tarfile's, KeyError, RecursionError: anything
        raise DataError(
            f"{path}: is no readable project of WebPlotDigitizer ({type(error).__name__}); {_SAVE}"
        ) from None
    return found, left_out


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
    pixels = np.array([(point["x"], point["y"]) for point in points], dtype=float)
    remarks = ["read by hand from a picture, with WebPlotDigitizer"]
    calibrated, pixel = None, (0.0, 0.0)
    if "calibrationPoints" in axis:
        calibrated, pixel = _calibrated(axis, pixels)
    known = all(point.get("value") for point in points)
    if known:
        values = np.array([point["value"][:2] for point in points], dtype=float)
    elif calibrated is not None:
        values = calibrated
        remarks.append("the project holds no values: they are computed from its axes")
    else:
        raise DataError("a data set has neither values nor axes")
    if known and calibrated is not None and not np.allclose(values, calibrated, rtol=1e-3):
        remarks.append("its values are not those that its axes give: were the axes changed?")
    if all(pixel):
        remarks.append(
            f"one pixel, {pixel[0]:.2g} and {pixel[1]:.2g}, counts as its error of reading"
        )
    return Series(
        f"data set {shown(name)}",
        *values.T.copy(),
        label=name,
        x_reading=pixel[0],
        y_reading=pixel[1],
        drawn="markers",
        remarks=tuple(remarks),
    )


def _calibrated(axis: dict[str, Any], pixels: Floats) -> tuple[Floats | None, tuple[float, float]]:
    """Return the values of pixels, shape (N, 2), on calibrated axes, and one pixel in values.

    A pixel is ``P1 + s u + t v`` with ``u`` along x, from the first to the second point of the
    calibration, and ``v`` along y, from the third to the fourth; ``x`` is linear in ``s``, or
    its logarithm is, and one pixel of such an axis is no number.
    """
    given = axis["calibrationPoints"][:4]
    at = np.array([(float(p["px"]), float(p["py"])) for p in given])
    try:
        ends = np.array([float(p[k]) for p, k in zip(given, ("dx", "dx", "dy", "dy"), strict=True)])
    except ValueError:
        return None, (0.0, 0.0)  # dates
    logs = [bool(axis.get("isLogX")), bool(axis.get("isLogY"))]
    along = np.array([at[1] - at[0], at[3] - at[2]])
    inverse, values, steps = np.linalg.inv(along.T), np.empty(pixels.shape), [0.0, 0.0]
    for i, is_log in enumerate(logs):
        first, last = np.log10(ends[2 * i : 2 * i + 2]) if is_log else ends[2 * i : 2 * i + 2]
        linear = first + (last - first) * ((pixels - at[2 * i]) @ inverse[i])
        values[:, i] = 10.0**linear if is_log else linear
        steps[i] = 0.0 if is_log else float(abs(last - first) / np.hypot(*along[i]))
    return values, (steps[0], steps[1])
