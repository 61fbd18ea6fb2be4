"""``fit strain``: lines, eqs. 7 and 8, and the cell."""

from typing import Any

import click

import analysis
from analysis.cli.options import JSON, angles, cell_numbers, pattern_options, positive
from analysis.cli.printing import aligned, print_json, print_remarks, stated
from analysis.cli.sources import (
    crystals_of,
    instrument_of,
    pattern_of,
    phase_from,
    refuse_empty_window,
)
from analysis.cli.words import Described, OneOf


@click.command("strain")
@click.argument("file", metavar="FILE|DATASET")
@click.option("--instrument", metavar="FILE|DATASET", help="Pattern of a standard, such as LaB6.")
@click.option(
    "--standard-cell",
    metavar="A[,B,C]",
    callback=cell_numbers,
    help="Certified cell of the standard (angstrom): its angular offset is removed too.",
)
@click.option(
    "--standard-space-group",
    metavar="SYMBOL",
    default="P m -3 m",
    show_default=True,
    help="Space group of the standard.",
)
@click.option(
    "--shape",
    cls=Described,
    type=OneOf("analysis.diffraction.lines.shapes", "SHAPES"),
    default="lorentzian",
    show_default=True,
    help="Shape of the lines.",
)
@click.option(
    "--breadth",
    type=OneOf("analysis.diffraction.peaks", "BREADTHS"),
    default="integral",
    show_default=True,
    help="Integral breadth, or full width at half maximum.",
)
@click.option(
    "--model",
    type=OneOf("analysis.diffraction.strain.choices", "MODELS"),
    default="auto",
    show_default=True,
    help="Eq. 7, eq. 8, or eq. 7 where the data determine a size.",
)
@click.option(
    "--shape-factor",
    default=0.9,
    show_default=True,
    callback=positive,
    help="Scherrer's constant.",
)
@click.option(
    "--window",
    nargs=2,
    type=float,
    metavar="LOW HIGH",
    callback=angles,
    help="Use the angles 2 theta between these (degrees); all if not given.",
)
@click.option(
    "--cell",
    metavar="A[,B,C]",
    callback=cell_numbers,
    help="Approximate cell of the sample (angstrom): only its lines are used.",
)
@click.option("--space-group", metavar="SYMBOL", help="Its space group: 'F m -3 m'.")
@click.option(
    "--phase", metavar="NAME", help="One of several crystals of a data set; the first if not given."
)
@pattern_options
@JSON
def fit_strain(
    *,
    file: str,
    instrument: str | None,
    standard_cell: tuple[float, ...] | None,
    standard_space_group: str,
    shape: str,
    breadth: str,
    model: str,
    shape_factor: float,
    window: tuple[float, float] | None,
    cell: tuple[float, ...] | None,
    space_group: str | None,
    phase: str | None,
    as_json: bool,
    **reading: Any,
) -> None:
    r"""Fit the lines of a pattern; strain and size by eqs. 7 and 8, and the cell.

    FILE is a file of your own or the name of a data set. Without a cell all lines count as
    those of one crystal, and their directions are not known.

    \b
    Examples:
      python -m analysis fit strain xrd.xy --wavelength 61.99
      python -m analysis fit strain au.chi --wavelength 33.44 --cell 3.88 --space-group "F m -3 m"
      python -m analysis fit strain nist-iron --instrument nist-lab6 --shape pseudo-voigt --json
    """
    crystals = crystals_of(file, cell, space_group, phase)
    pattern = pattern_of(file, reading)
    refuse_empty_window(pattern, window)
    standard = None
    if instrument is not None:
        certified = None
        if standard_cell is not None:
            certified = phase_from(
                f"the standard {instrument}", standard_cell, standard_space_group
            )
        standard = instrument_of(instrument, certified, shape, reading)
    elif standard_cell is not None:
        raise click.UsageError("--standard-cell is for a standard; name it with --instrument")
    found = analysis.analyse_pattern(
        pattern,
        crystals,
        phase=phase,
        shape=shape,
        instrument=standard,
        window=window,
        breadth=breadth,
        model=model,
        shape_factor=shape_factor,
    )
    strain, numbers = found.strain_or_error(), found.to_dict()
    if as_json:
        print_json({"file": file, **numbers})
        return
    peaks, lattice = strain.peaks, numbers["lattice"] or {}
    origin = f" ({pattern.origin} data)" if pattern.origin else ""
    size, lower = numbers["size"], numbers["size_lower"]["value"]
    limit = "not known" if lower is None else f"> {lower:.3g} nm (95 %, one-sided)"
    corrected = f"corrected with {peaks.instrument}" if peaks.instrument else "not corrected"
    rows = [
        ("strain", stated(numbers["strain"]).removesuffix(" 1")),
        ("size", limit if size["value"] is None else stated(size)),
        ("model", f"eq. {7 if strain.model == 'full' else 8}: {strain.reason}"),
        *((name, stated(lattice[name])) for name in ("a", "b", "c") if name in lattice),
        ("breadth", f"{breadth}, of {shape} lines; instrument: {corrected}"),
        ("R^2", "none" if numbers["r_squared"] is None else f"{numbers['r_squared']:.4f}"),
        ("lines", f"{strain.n_lines} of {len(peaks)}{f' of {found.crystal}' * bool(crystals)}"),
    ]
    click.echo(f"{file}{origin}: Williamson-Hall at {pattern.wavelength:g} pm")
    click.echo(aligned(rows, indent="  "))
    print_remarks("note", pattern.notes)
    print_remarks("warning", found.warnings)
