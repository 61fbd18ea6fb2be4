"""PANalytical .xrdml, Bruker .brml and Rigaku .rasx, through the package fairmat-readers-xrd.

What kind a file is, is told from its contents. Whatever goes wrong in the package becomes
one line here, because its exceptions are those of whatever it stumbles over.
"""

import contextlib
import io
import re
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from analysis.errors import DataError
from analysis.reading.pattern_formats import EXPORT, READ, Found
from analysis.typing import Floats

# No pattern needs more; a zip archive may hold much more than its size tells.
MAX_BYTES = 200_000_000


def vendor_of(path: Path, start: bytes) -> str | None:
    """Return "xrdml", "brml" or "rasx" for files of these kinds, told from the contents."""
    if re.match(rb"(\xef\xbb\xbf)?\s*<", start):
        return "xrdml" if b"<xrdMeasurements" in start else None
    if not start.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except Exception:  # noqa: BLE001 - damaged: what tries to read it says so
        return path.suffix.lower()[1:] if path.suffix.lower() in (".brml", ".rasx") else None
    if any(re.match(r"Experiment\d+/", name) for name in names):
        return "brml"
    return "rasx" if any(re.search(r"Profile\d+\.txt$", name) for name in names) else None


def refuse_unread(file: str, start: bytes) -> None:
    """Refuse, by name, files of kinds that are known and not read."""
    for magic, kind in (
        (b"RAW4", "a Bruker .raw file (version 4)"),
        (b"RAW1", "a Bruker .raw file (version 3)"),
        (b"RAW2", "a Bruker .raw file (version 2)"),
        (b"RAW ", "a Bruker .raw file (version 1)"),
        (b"FI\x00", "a Rigaku .raw file"),
        (b"HR-XRDScan", "a Philips .rd file"),
        (b"\x89HDF", "an HDF5 file"),
        (b"SQLite format 3", "a database"),
    ):
        if start.startswith(magic):
            raise DataError(f"{file}: is {kind}, which is not read; {EXPORT}. Read are {READ}")
    if re.match(rb"(\xef\xbb\xbf)?\s*<(\?xml|!DOCTYPE|html|xrd)", start, re.IGNORECASE):
        raise DataError(f"{file}: is an XML or HTML file but no .xrdml; {EXPORT}")


def read_vendor(path: Path, kind: str, start: bytes) -> Found:
    """Read .xrdml, .brml or .rasx with fairmat-readers-xrd.

    Its exceptions are those of whatever it stumbles over, so each becomes one line here.
    """
    file, layout = str(path), {"xrdml": "PANalytical", "brml": "Bruker", "rasx": "Rigaku"}[kind]
    size = _unpacked(path)
    if size > MAX_BYTES:
        raise DataError(
            f"{file}: holds {size / 1e6:.0f} MB; at most {MAX_BYTES / 1e6:.0f} MB is read. "
            f"If it has images, {EXPORT}"
        )
    try:
        content = _read_quietly(path, kind)
        two_theta, intensity = (_vector(content[key], unit) for key, unit in
                                (("2Theta", "degree"), ("intensity", None)))  # fmt: skip
        source = {name: _picometre(content["metadata"]["source"].get(name))
                  for name in ("kAlpha1", "kAlpha2")}  # fmt: skip
        ratio = content["metadata"]["source"].get("ratioKAlpha2KAlpha1")
        ratio = None if ratio is None else float(getattr(ratio, "magnitude", ratio))
    except NotImplementedError:
        raise DataError(f"{file}: holds several scans; one is needed, so {EXPORT}") from None
    except Exception as error:  # noqa: BLE001 - see above
        reason = " ".join(str(error).split())[:60] or "no reason given"
        raise DataError(
            f"{file}: cannot be read as a {layout} .{kind} file ({type(error).__name__}: "
            f"{reason}); it may be damaged, or hold no scan of 2 theta: {EXPORT}"
        ) from None
    if two_theta.size == 1 < intensity.size:
        raise DataError(f"{file}: 2 theta stands still in it; a scan of 2 theta is needed")
    notes: list[str] = []
    status = re.search(rb"<scan\s[^>]*status\s*=\s*[\"'](\w+)", start)
    if status and status[1] != b"Completed":
        state = status[1].decode("ascii", "replace")
        notes.append(f"the scan was not completed ({state}): see that its angles are right")
    if kind == "rasx":
        intensity = _attenuated(path, intensity, notes)
    factors = content.get("beamAttenuationFactors")
    if factors is not None and (np.asarray(getattr(factors, "magnitude", factors)) != 1).any():
        notes.append("the attenuator was used; the counts behind it scatter more than their size")
    return Found(
        f"{layout} .{kind} file",
        two_theta,
        intensity,
        wavelengths=_used(source, ratio, start, notes),
        notes=tuple(notes),
    )


def _unpacked(path: Path) -> int:
    size = path.stat().st_size
    with contextlib.suppress(Exception), zipfile.ZipFile(path) as archive:
        size = max(size, sum(one.file_size for one in archive.infolist()))
    return size


def _read_quietly(path: Path, kind: str) -> Mapping[str, Any]:
    """Call the reader of one kind; numbers that are cut off count as errors."""
    import fairmat_readers_xrd as readers  # type: ignore[import-untyped]  # noqa: PLC0415 - slow

    reader = {
        "xrdml": readers.read_panalytical_xrdml,
        "brml": readers.read_bruker_brml,
        "rasx": readers.read_rigaku_rasx,
    }[kind]
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", message="string or file could not be read")
        content: Mapping[str, Any] = reader(str(path))
    return content


def _vector(quantity: Any, unit: str | None) -> Floats:
    if quantity is None:
        raise ValueError("no such axis")
    if unit is not None:
        quantity = quantity.to(unit)
    return np.array(getattr(quantity, "magnitude", quantity), dtype=float)


def _picometre(quantity: Any) -> float | None:
    """Return a wavelength in pm; None if it is missing or has no unit."""
    if quantity is None or not hasattr(quantity, "to") or quantity.dimensionless:
        return None
    value = float(quantity.to("picometer").magnitude)
    return value if value > 0 else None


def _used(
    source: Mapping[str, float | None], ratio: float | None, start: bytes, notes: list[str]
) -> tuple[float | None, float | None]:
    """Return the wavelengths that reach the sample: behind a monochromator, one.

    What an .xrdml file calls the intended wavelength is the one to compute with; many say
    "K-Alpha 1" where nothing removes K-alpha 2. What stands in the incident beam decides.
    """
    first, second = source["kAlpha1"], source["kAlpha2"]
    intended = re.search(rb"usedWavelength\s+intended\s*=\s*[\"']([^\"']*)", start)
    if intended and b"beta" in intended[1].lower():
        notes.append("the file says that K-beta was used; give its wavelength")
        return None, None
    beam = re.search(rb"<incidentBeamPath>.*?(</incidentBeamPath>|$)", start, re.DOTALL)
    single = beam and re.search(rb"<monochromator\b|hybrid\s*=\s*[\"']true", beam[0])
    if single or ratio == 0 or second == first:
        return first, None
    if intended and second is not None and re.search(rb"(?i)alpha\s*1", intended[1]):
        notes.append(
            "the file names K-alpha 1 as intended but no monochromator before the sample; "
            "read as the doublet (if it is none, give the wavelength)"
        )
    return first, second


def _attenuated(path: Path, intensity: Floats, notes: list[str]) -> Floats:
    """Multiply by the attenuation, the third column of a .rasx profile, where there was any."""
    with zipfile.ZipFile(path) as archive:
        name = next(n for n in archive.namelist() if "Profile" in n)
        text = archive.read(name).decode("utf-8-sig", "replace")
    factors = np.loadtxt(text.splitlines(), ndmin=2)[:, 2]
    if factors.size != intensity.size or (factors == 1).all():
        return intensity
    notes.append("counts were multiplied by the attenuation in the third column")
    return intensity * factors
