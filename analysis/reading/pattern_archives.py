"""PANalytical .xrdml, Bruker .brml and Rigaku .rasx, through the package fairmat-readers-xrd.

What kind a file is, is told from its contents. Whatever goes wrong in the package becomes
one line here, because its exceptions are those of whatever it stumbles over.
"""

import contextlib
import io
import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from analysis.errors import DataError, shown
from analysis.reading.archive import Elements, UnsafeError, open_archive, refuse_size
from analysis.reading.opened import FileSource
from analysis.reading.pattern_columns import DIFFRACTION
from analysis.reading.pattern_text import attenuated
from analysis.reading.source import MAX_ROWS, too_many_rows
from analysis.reading.table import Content
from analysis.typing import Floats, Wavelengths

# XML and text of more than this hold more points than are read.
MAX_TEXT = 32_000_000
# The package keeps each element of XML as an object of some hundred bytes, and reads those of
# an archive again for each of its images.
_ELEMENTS = 300_000
# Units are words; the package computes what stands in their place: 9**9**9.
_UNIT = re.compile(r"[A-Za-z°µμÅ%/_. 0-9-]{0,40}")
# By ending: who writes such files, the package's function, and a member of the archive.
ARCHIVES = {
    "xrdml": ("PANalytical", "read_panalytical_xrdml", None),
    "brml": ("Bruker", "read_bruker_brml", r"Experiment\d+/"),
    "rasx": ("Rigaku", "read_rigaku_rasx", r".*Profile\d+\.txt$"),
}


def is_archive(source: FileSource, kind: str) -> bool:
    """Tell whether this is XML with PANalytical's measurements, or an archive of this kind.

    The name decides if an archive is damaged.
    """
    if (member := ARCHIVES[kind][2]) is None:
        opens_as_xml = re.match(rb"(\xef\xbb\xbf)?\s*<", source.start) is not None
        return opens_as_xml and b"<xrdMeasurements" in source.start
    if source.members is None:
        return source.ending == f".{kind}"
    return any(re.match(member, name) for name in source.members)


def read_archive(source: FileSource, kind: str) -> Content:
    """Read one kind of file with fairmat-readers-xrd.

    Its exceptions are those of whatever it stumbles over, so each becomes one line here.
    """
    file, path, start, layout = source.file, source.path, source.start, ARCHIVES[kind][0]
    export = DIFFRACTION.export
    try:
        _refuse_unsafe(source, kind)
        content = _read_quietly(path, ARCHIVES[kind][1])
        two_theta, intensity = _vector(content["2Theta"], "degree"), _vector(content["intensity"])
        beam = content["metadata"]["source"]
        first, second = (_picometre(beam.get(name)) for name in ("kAlpha1", "kAlpha2"))
        ratio = _magnitude(beam.get("ratioKAlpha2KAlpha1"))
        second = None if ratio is not None and float(ratio) == 0 else second
    except DataError:
        raise
    except NotImplementedError:
        raise DataError(f"{file}: holds several scans; one is needed, so {export}") from None
    except UnsafeError as error:
        raise DataError(f"{file}: {error}; {export}") from None
    except Exception as error:  # noqa: BLE001 - see above
        reason = " ".join(str(error).split())[:60] or "no reason given"
        raise DataError(
            f"{file}: cannot be read as a {layout} .{kind} file ({type(error).__name__}: "
            f"{reason}); it may be damaged, or hold no scan of 2 theta: {export}"
        ) from None
    if intensity.size > MAX_ROWS:
        raise too_many_rows(file)
    if two_theta.size == 1 < intensity.size:
        raise DataError(f"{file}: 2 theta does not change in it; a scan of 2 theta is needed")
    notes: list[str] = []
    status = re.search(rb"<scan\s[^>]*status\s*=\s*[\"'](\w+)", start)
    if status and status[1] != b"Completed":
        state = status[1].decode("ascii", "replace")
        notes.append(f"the scan was not completed ({state}): see that its angles are right")
    if kind == "rasx":
        intensity, applied = _unattenuated(path, file, intensity)
        notes += applied
    factors = content.get("beamAttenuationFactors")
    if factors is not None and (np.asarray(_magnitude(factors)) != 1).any():
        notes.append("the attenuator was used; the counts behind it scatter more than their size")
    wavelengths = _used(first, second, start, notes)
    values = {"two_theta": two_theta, "intensity": intensity}
    return Content(f"{layout} .{kind} file", values, notes=tuple(notes), wavelengths=wavelengths)


def _refuse_unsafe(source: FileSource, kind: str) -> None:
    """Refuse what the package would read without end, before it sees the file.

    Raises
    ------
    DataError, UnsafeError
        For what no pattern holds.
    NotImplementedError
        For several scans, as the package does.
    Exception
        Of zipfile or expat, for a damaged file.
    """
    file, advice = source.file, f"If it has images, {DIFFRACTION.export}"
    if ARCHIVES[kind][2] is None:
        refuse_size(source.path.stat().st_size, file, advice, MAX_TEXT)
        with source.path.open("rb") as stream:
            _Facts(_ELEMENTS).go_through(stream)
        return
    with open_archive(source.path, file, advice) as archive:
        members = archive.infolist()
        if kind == "rasx" and sum("Profile" in member.filename for member in members) > 1:
            raise NotImplementedError
        texts = [m for m in members if m.filename.endswith(".xml") or "Profile" in m.filename]
        refuse_size(sum(member.file_size for member in texts), file, advice, MAX_TEXT)
        images = sum("Image" in member.filename for member in members)
        facts = _Facts(_ELEMENTS // (1 + images))
        for member in texts:
            if member.filename.endswith(".xml"):
                with archive.open(member) as stream:
                    facts.go_through(stream)


class _Facts(Elements):
    """Looks at what the package computes with before it has looked at it: units and sizes."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self._numbers: dict[str, str] = {}
        self._files = 0

    def opened(self, name: str, attributes: Mapping[str, str]) -> None:
        """Look at units that stand in attributes."""
        for key, value in attributes.items():
            if "unit" in key.lower() or key == "Base":
                _refuse_unit(value)
        if name == "ScanAxisInfo":
            self._numbers.clear()
        elif name == "string" and "RawDataReferenceList" in self.inside:
            self._files += 1
            if self._files > 1:
                raise NotImplementedError

    def closed(self, name: str, text: str) -> None:
        """Look at units that stand by themselves, and at the steps of a Bruker scan."""
        if "unit" in name.lower() and name != "Unit":
            _refuse_unit(text)
        elif name == "string" and "RawDataReferenceList" in self.inside:
            if not text.endswith(".xml"):
                raise ValueError(f"its data are not in XML, but in {shown(text)}")
        elif name in ("Start", "Stop", "Increment"):
            self._numbers[name] = text
        elif name == "MeasurementPoints":
            _refuse_points(float(text))
        elif name == "ScanAxisInfo" and len(self._numbers) == 3:
            start, stop, step = (float(self._numbers[n]) for n in ("Start", "Stop", "Increment"))
            _refuse_points(abs(stop - start) / abs(step))


def _refuse_unit(text: str) -> None:
    if not _UNIT.fullmatch(text.strip()):
        raise UnsafeError(f"has {shown(text)} in the place of a unit")


def _refuse_points(number: float) -> None:
    if not number <= MAX_ROWS:
        raise UnsafeError(f"announces {number:g} points; at most {MAX_ROWS} are read")


def _read_quietly(path: Path, reader: str) -> Mapping[str, Any]:
    """Call a reader of the package; numbers that are cut off count as errors."""
    import fairmat_readers_xrd as readers  # type: ignore[import-untyped]  # noqa: PLC0415 - slow

    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", message="string or file could not be read")
        content: Mapping[str, Any] = getattr(readers, reader)(str(path))
    return content


def _magnitude(quantity: Any) -> Any:
    """Return a quantity without its unit, whatever it is."""
    return getattr(quantity, "magnitude", quantity)


def _vector(quantity: Any, unit: str | None = None) -> Floats:
    if quantity is None:
        raise ValueError("no such axis")
    return np.array(_magnitude(quantity.to(unit) if unit else quantity), dtype=float)


def _picometre(quantity: Any) -> float | None:
    """Return a wavelength in pm; None if it is missing or has no unit."""
    if quantity is None or not hasattr(quantity, "to") or quantity.dimensionless:
        return None
    value = float(quantity.to("picometer").magnitude)
    return value if value > 0 else None


def _used(first: float | None, second: float | None, start: bytes, notes: list[str]) -> Wavelengths:
    """Return the wavelengths that reach the sample: behind a monochromator, one.

    What an .xrdml file calls the intended wavelength is the one to compute with; many say
    "K-Alpha 1" where nothing removes K-alpha 2. What stands in the incident beam decides.
    """
    intended = re.search(rb"usedWavelength\s+intended\s*=\s*[\"']([^\"']*)", start)
    if intended and b"beta" in intended[1].lower():
        notes.append("the file says that K-beta was used; give its wavelength")
        return None, None
    beam = re.search(rb"<incidentBeamPath>.*?(</incidentBeamPath>|$)", start, re.DOTALL)
    single = beam and re.search(rb"<monochromator\b|hybrid\s*=\s*[\"']true", beam[0])
    if single or second == first:
        return first, None
    if intended and second is not None and re.search(rb"(?i)alpha\s*1", intended[1]):
        notes.append(
            "the file names K-alpha 1 as intended but no monochromator before the sample; "
            "read as the doublet (if it is none, give the wavelength)"
        )
    return first, second


def _unattenuated(path: Path, file: str, intensity: Floats) -> tuple[Floats, list[str]]:
    """Multiply by the attenuation, the third column of a .rasx profile, where there was any."""
    with open_archive(path, file, DIFFRACTION.export) as archive:
        name = next(n for n in archive.namelist() if "Profile" in n)
        text = archive.read(name).decode("utf-8-sig", "replace")
    try:
        factors = np.loadtxt(text.splitlines(), ndmin=2)[:, 2]
    except (ValueError, IndexError):
        raise DataError(
            f"{path}: its profile is not a table of angles, counts and attenuations; it may be "
            f"damaged: {DIFFRACTION.export}"
        ) from None
    return attenuated(intensity, factors) if factors.size == intensity.size else (intensity, [])
