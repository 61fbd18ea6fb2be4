"""Binary diffraction files: Bruker .raw through the package geddes, and Philips .rd and .sd.

Only files that open with the marks of these formats get here: geddes reads any columns of
numbers as a pattern.
"""

import struct
from typing import Any

import numpy as np

from analysis.errors import DataError, shown
from analysis.reading.archive import refuse_size
from analysis.reading.opened import FileSource
from analysis.reading.pattern_columns import DIFFRACTION
from analysis.reading.pattern_text import refuse_scans
from analysis.reading.source import MAX_ROWS, too_many_rows
from analysis.reading.table import Content, cut_off
from analysis.typing import Wavelengths

# A scan of as many points as are read, with its heading.
_MOST_BYTES = 16_000_000
_MOST_SCANS = 1000
# The version, by the mark that opens the file.
_BRUKER = {b"RAW1.01": "3", b"RAW4.00": "4"}
_OLD = {b"RAW ": "1", b"RAW2": "2"}


def is_bruker_raw(source: FileSource) -> bool:
    """Tell whether this is a Bruker .raw file of any version."""
    is_bruker = source.start[:7] in _BRUKER or source.start[:4] in _OLD
    return is_bruker and not source.is_text


def read_bruker_raw(source: FileSource) -> Content:
    """Read the one scan of a Bruker .raw file of version 3 or 4."""
    file, data = source.file, _bytes(source)
    if (old := _OLD.get(data[:4])) and data[:7] not in _BRUKER:
        raise DataError(
            f"{file}: is a Bruker .raw file of version {old}; versions 3 and 4 are read: convert "
            "it, or export the pattern as .uxd or as text in two columns (.xy)"
        )
    try:
        import geddes  # noqa: PLC0415 - not for every machine, and not needed elsewhere
    except ImportError:
        raise DataError(
            f"{file}: Bruker .raw files are read by the package geddes, which is not installed; "
            "install it, or export the pattern as .uxd or as text in two columns (.xy)"
        ) from None
    try:
        scan = geddes.read_bytes(data, "scan.raw")
        two_theta, intensity = (np.array(column, dtype=float) for column in (scan.x, scan.y))
    except Exception as error:  # noqa: BLE001 - of whatever it stumbles over
        reason = shown(" ".join(str(error).split()))
        raise DataError(
            f"{file}: cannot be read as a Bruker .raw file ({reason}); it may be damaged: "
            f"{DIFFRACTION.export}"
        ) from None
    scans = 1
    while scans < _MOST_SCANS and _has_scan(geddes, data, scans):
        scans += 1
    refuse_scans(file, scans)
    if intensity.size > MAX_ROWS:
        raise too_many_rows(file)
    version = _BRUKER[data[:7]]
    values = {"two_theta": two_theta, "intensity": intensity}
    layout = f"Bruker .raw file (version {version})"
    return Content(layout, values, wavelengths=_heading(data))


def _bytes(source: FileSource) -> bytes:
    refuse_size(source.path.stat().st_size, source.file, DIFFRACTION.export, _MOST_BYTES)
    return source.path.read_bytes()


def _has_scan(geddes: Any, data: bytes, index: int) -> bool:
    try:
        geddes.read_bytes(data, "scan.raw", index=index)
    except ValueError as error:
        return "out of range" not in str(error)  # one that is damaged is one as well
    return True


def _heading(data: bytes) -> Wavelengths:
    """Return the wavelengths in pm that the heading states.

    Version 3 has them at fixed places. Version 4 has pieces, each with its kind and length; the
    scan follows them.
    """
    try:
        if data.startswith(b"RAW1"):
            return _picometre(data, 616)
        at = 61
        while (piece := struct.unpack_from("<II", data, at))[0] not in (0, 160):
            if piece[0] == 30:
                return _picometre(data, at + 72)
            at += max(piece[1], 8)
    except struct.error:
        pass
    return None, None


def _picometre(data: bytes, at: int) -> Wavelengths:
    """Return K-alpha 1 and 2 of five numbers: their mean, both, K-beta, and the ratio of both."""
    _, first, second, _, ratio = struct.unpack_from("<5d", data, at)
    if not 0.04 <= first <= 10:
        return None, None
    return 100 * first, 100 * second if ratio > 0 and first < second < 10 else None


# ---------------------------------------------------------------------------- Philips

# Where the counts start, by version.
_PHILIPS = {b"V3RD": 250, b"V5RD": 810}
_RANGE = 214


def is_philips_rd(source: FileSource) -> bool:
    """Tell whether this is a Philips .rd or .sd file."""
    return source.start[:4] in _PHILIPS and not source.is_text


def read_philips_rd(source: FileSource) -> Content:
    """Read a Philips .rd file (version 3) or .sd file (version 5).

    Step, start and end of 2 theta stand in its heading. The counts n follow as whole numbers of
    two bytes, each 10 sqrt(n).
    """
    file, data = source.file, _bytes(source)
    first = _PHILIPS[data[:4]]
    if len(data) < first:
        raise DataError(f"{file}: ends within its heading; it may be cut off")
    step, start, end = struct.unpack_from("<3d", data, _RANGE)
    points = (end - start) / step + 1 if step else np.nan
    if not 1 <= points <= MAX_ROWS:
        raise DataError(
            f"{file}: has 2 theta from {start:g} to {end:g} in steps of {step:g} degrees; it may "
            f"be damaged: {DIFFRACTION.export}"
        )
    announced = round(points)
    n_points = min(announced, (len(data) - first) // 2)
    packed = np.frombuffer(data, "<u2", n_points, first)
    values = {
        "two_theta": start + step * np.arange(packed.size),
        "intensity": np.floor(0.01 * packed.astype(float) ** 2),
    }
    notes = tuple(cut_off("the heading", announced, packed.size))
    return Content("Philips PC-APD file", values, notes=notes)
