"""What was found of strain, size and cell, as the command line and the pages say it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analysis.show.findings import Finding
from analysis.show.printed import stated

if TYPE_CHECKING:
    from analysis.diffraction.pattern_analysis import PatternAnalysis

_CONSTANTS = ("a", "b", "c", "alpha", "beta", "gamma")


def strain_finding(file: str, analysis: "PatternAnalysis", *, offset: str) -> Finding:
    """Return what an analysis found in a file.

    Parameters
    ----------
    file : str
    analysis : PatternAnalysis
    offset : str
        Of the angles, as it was asked for.

    Raises
    ------
    FitError
        If there is no strain: why.
    """
    strain, numbers = analysis.strain_or_error(), analysis.to_dict()
    peaks, lattice = strain.peaks, numbers["lattice"] or {}
    size, lower = numbers["size"], numbers["size_lower"]["value"]
    limit = "not known" if lower is None else f"> {lower:.3g} nm (95 %, one-sided)"
    corrected = f"corrected with {peaks.instrument}" if peaks.instrument else "not corrected"
    of = f" of {analysis.crystal}" if analysis.crystal is not None else ""
    rows = [
        ("strain", _strain(numbers)),
        ("size", limit if size["value"] is None else stated(size)),
        ("model", f"eq. {7 if strain.model == 'full' else 8}: {strain.reason}"),
        *((name, stated(lattice[name])) for name in _CONSTANTS if name in lattice),
        *_offset_row(lattice, offset),
        ("breadth", f"{strain.breadth}, of {peaks.shape} lines; instrument: {corrected}"),
        ("R^2", "none" if numbers["r_squared"] is None else f"{numbers['r_squared']:.4f}"),
        ("lines", f"{strain.n_lines} of {len(peaks)}{of}"),
    ]
    heading = f"Williamson-Hall at {analysis.pattern.wavelength:g} pm"
    leading = {"strain": "strain", "size": "size"}
    return Finding("strain", file, analysis.pattern, heading, rows, numbers, leading)


def _strain(numbers: Mapping[str, Any]) -> str:
    strain, upper = numbers["strain"], numbers["strain_upper"]["value"]
    if strain["value"] is None and upper is not None:
        return f"< {upper:.3g} (95 %, one-sided)"
    return stated({**strain, "unit": ""})


def _offset_row(lattice: Mapping[str, Any], asked: str) -> list[tuple[str, str]]:
    shift = lattice.get("offset")
    if shift is None or shift["kind"] == "none":
        return []
    how = "as asked for" if asked != "auto" else "as the lines ask for"
    return [("offset", f"{stated(shift)}, {shift['kind']}, {how}")]
