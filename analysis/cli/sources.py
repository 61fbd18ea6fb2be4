"""What a command works on: a file of one's own, or a data set of the package."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import click

import analysis
from analysis.catalogue.datasets import refused_datasets
from analysis.cli import options
from analysis.errors import DataError

Kind = Literal["resistance", "diffraction"]
PROGRAM = "python -m analysis"


def crystals_of(
    file: str, cell: tuple[float, ...] | None, space_group: str | None, name: str | None
) -> "tuple[analysis.Phase, ...]":
    """Return the one crystal that options give, or those that the data package names."""
    if (cell is None) != (space_group is None):
        missing, given = ("--cell", "--space-group")[:: 1 if cell is None else -1]
        raise click.UsageError(f"{given} needs {missing} as well")
    if cell is not None and space_group is not None:
        return (phase_from(name or "the sample", cell, space_group),)
    if Path(file).exists() or not is_dataset(file):
        return ()
    return analysis.phases_of(file)


def phase_from(name: str, cell: tuple[float, ...], space_group: str) -> "analysis.Phase":
    """Return the crystal of the numbers of `--cell`."""
    named = dict(zip(("a", "b", "c", "alpha", "beta", "gamma"), cell, strict=False))
    return analysis.Phase(name, space_group=space_group, **named)


def instrument_of(
    file: str, standard: "analysis.Phase | None", shape: str, reading: Mapping[str, Any]
) -> "analysis.Instrument":
    """Fit the standard's pattern, see `standard_of`."""
    pattern = standard_of(file, reading)
    peaks = analysis.fit_peaks(pattern, shape=shape, split=False)
    return analysis.fit_instrument(peaks, standard)


def standard_of(file: str, reading: Mapping[str, Any]) -> Any:
    """Return the pattern of a standard; a file of it is read as the sample's is."""
    if Path(file).exists():
        columns: dict[str, Any] = {
            name: reading.get(name) for name in ("wavelength", "wavelength_2", "decimal")
        }
        return analysis.read_pattern(file, name=file, **columns)
    return data_of("diffraction", file, {})


def data_of(
    kind: Kind,
    file: str,
    reading: Mapping[str, Any],
    window: tuple[float, float] | None = None,
) -> Any:
    """Return the curve or pattern of a file or, where there is none of that name, of a data set.

    The option is named if no point lies in its window.
    """
    if Path(file).exists() or not is_dataset(file):
        read = analysis.read_resistance if kind == "resistance" else analysis.read_pattern
        data: Any = read(file, name=file, **reading)
    else:
        refuse_reading(file, reading)
        data = analysis.load(file, kind=kind)
    if window is not None:
        try:
            data.between(*window)
        except DataError as error:
            raise click.BadParameter(str(error), param_hint="'--window'") from None
    return data


def kind_of(file: str, given: Mapping[str, Any], asked: str | None = None) -> Kind:
    """Return what a file or a data set holds, "resistance" or "diffraction", or as it is asked for.

    What an option is for decides, then the file's ending and headings. Options that are not for
    such files are refused.
    """
    from analysis.reading.patterns import is_pattern  # noqa: PLC0415 - numpy is slow to import

    if not Path(file).exists() and is_dataset(file):
        from analysis.catalogue.datasets import describe  # noqa: PLC0415 - as above

        # What is neither is refused where it is loaded.
        return "diffraction" if (asked or describe(file).kind) == "diffraction" else "resistance"
    kinds = (
        kind for kind, columns in options.COLUMNS.items() if given.keys() & options.names(columns)
    )
    kind = asked or next(kinds, None) or ("diffraction" if is_pattern(file) else "resistance")
    for name in given.keys() - options.names(options.COLUMNS[kind] | options.TABLES):
        raise click.UsageError(
            f"--{name.replace('_', '-')} is not for a {kind} file; if {file} is of another "
            "kind, give --kind"
        )
    return "diffraction" if kind == "diffraction" else "resistance"


def refuse_reading(name: str, reading: Mapping[str, Any]) -> None:
    """Refuse options that say how to read a file where a data set is meant."""
    given = [option for option, value in reading.items() if value is not None]
    if given:
        raise DataError(
            f"data set {name!r}: --{given[0].replace('_', '-')} is for your own files; the data "
            "package says how its sets are read"
        )


def is_dataset(name: str) -> bool:
    """Tell whether a name is that of a data set; refuse one that is neither that nor a file."""
    names = {dataset.name.lower() for dataset in analysis.list_datasets()}
    names |= {refusal.name.lower() for refusal in refused_datasets()}  # to load it says why
    if name.lower() in names:
        return True
    if Path(name).suffix or Path(name).name != name:
        return False  # it looks like a file, and is reported as a missing one
    raise DataError(
        f"{name}: no such file, and no data set of this name; `{PROGRAM} list` names the data sets"
    )
