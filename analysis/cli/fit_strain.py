"""``fit strain``: lines, eqs. 7 and 8, and the cell."""

import math
from collections.abc import Mapping
from typing import Any

import click

import analysis
from analysis.cli import options
from analysis.cli.batch import find_all, fits
from analysis.cli.findings import EXIT_STATUS
from analysis.cli.sources import crystals_of, data_of, instrument_of, phase_from
from analysis.cli.words import Described
from analysis.show.findings import Finding
from analysis.show.strain_finding import strain_finding


def _not_positive(value: float) -> str | None:
    return None if 0 < value < math.inf else f"must be a number above 0, got {value:g}"


@click.command(
    "strain", epilog=EXIT_STATUS, short_help="Fit the lines of a pattern: strain, size and cell."
)
@fits
@click.option("--instrument", metavar="FILE|DATASET", help="Pattern of a standard, such as LaB6.")
@options.cell(
    "--standard-cell",
    "Certified cell of the standard (angstrom): its angular offset is removed too.",
)
@click.option(
    "--standard-space-group",
    metavar="SYMBOL",
    default="P m -3 m",
    show_default=True,
    help="Space group of the standard.",
)
@options.choice(
    "--shape",
    "diffraction.lines.chosen_shape:SHAPE_CHOICES",
    "auto",
    "Shape of the lines.",
    cls=Described,
)
@options.choice(
    "--breadth",
    "diffraction.peaks:BREADTHS",
    "integral",
    "Integral breadth, or full width at half maximum.",
)
@options.choice(
    "--model",
    "diffraction.strain.choices:MODELS",
    "auto",
    "Eq. 7, eq. 8, or eq. 7 where the data determine a size.",
)
@options.choice(
    "--addition",
    "diffraction.strain.additions:ADDITIONS",
    "auto",
    "How the breadths from size and from strain add.",
    cls=Described,
)
@options.number("--shape-factor", 0.9, "Scherrer's constant.", _not_positive)
@options.window(
    "Use the angles 2 theta between these (degrees); all if not given.",
    180.0,
    "is not two ascending angles, 0 to 180 degrees",
)
@options.cell("--cell", "Approximate cell of the sample (angstrom): only its lines are used.")
@click.option("--space-group", metavar="SYMBOL", help="Its space group: 'F m -3 m'.")
@click.option(
    "--phase", metavar="NAME", help="One of several crystals of a data set; the first if not given."
)
@options.choice(
    "--offset",
    "diffraction.crystal.offsets:OFFSET_CHOICES",
    "auto",
    "Offset of the angles in the fit of the cell: none, a zero shift, a sample off the axis, or "
    "the offset that the lines need.",
)
@options.pattern_options
def fit_strain(*, files: tuple[str, ...], **given: Any) -> None:
    """Fit the lines of a pattern: strain and size by eqs. 7 and 8, and the cell.

    FILE is a file of your own or the name of a data set; each of many gets one line. Without a
    cell, all lines are taken as lines of one crystal, and their indices are not known.

    \b
    Examples:
      python -m analysis fit strain xrd.xy --wavelength 61.99
      python -m analysis fit strain au.chi --wavelength 33.44 --cell 3.88 --space-group "F m -3 m"
      python -m analysis fit strain nist-iron --instrument nist-lab6 --shape pseudo-voigt --json
      python -m analysis fit strain *.xy --wavelength 61.99 --csv out.csv
    """
    standard = _standard(
        **{
            name: given.pop(name)
            for name in ("instrument", "standard_cell", "standard_space_group")
        },
        shape=given["shape"],
        reading=given,
    )
    find_all("strain", find_strain, files, {**given, "standard": standard})


def _standard(
    *,
    instrument: str | None,
    standard_cell: tuple[float, ...] | None,
    standard_space_group: str,
    shape: str,
    reading: Mapping[str, Any],
) -> "analysis.Instrument | None":
    """Return what the standard says of the instrument, once for all files."""
    if instrument is None and standard_cell is not None:
        raise click.UsageError("--standard-cell is for a standard; name it with --instrument")
    if instrument is None:
        return None
    certified = None
    if standard_cell is not None:
        certified = phase_from(f"the standard {instrument}", standard_cell, standard_space_group)
    return instrument_of(instrument, certified, shape, reading)


def find_strain(
    file: str,
    *,
    standard: "analysis.Instrument | None",
    shape: str,
    breadth: str,
    model: str,
    addition: str,
    offset: str,
    shape_factor: float,
    window: tuple[float, float] | None,
    cell: tuple[float, ...] | None,
    space_group: str | None,
    phase: str | None,
    **reading: Any,
) -> Finding:
    """Return what ``fit strain`` finds in a file."""
    crystals = crystals_of(file, cell, space_group, phase)
    pattern = data_of("diffraction", file, reading, window)
    pattern_analysis = analysis.analyse_pattern(
        pattern,
        crystals,
        phase=phase,
        shape=shape,
        instrument=standard,
        window=window,
        breadth=breadth,
        model=model,
        shape_factor=shape_factor,
        addition=addition,
        offset=offset,
    )
    return strain_finding(file, pattern_analysis, offset=offset)
