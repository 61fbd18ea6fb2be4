"""What the pages on 3.3 analyse: a pattern, the series of the package, and the cells they give.

A pattern that allows no strain, or no cell, is shown as it is, with the reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from analysis.catalogue.datasets import Dataset, describe, find_dataset, package_file
from analysis.catalogue.loading import load, load_table
from analysis.catalogue.phases import phases_of
from analysis.diffraction.analyse import analyse_pattern, choose_crystal
from analysis.diffraction.crystal.cell import ANGLES, Crystal
from analysis.diffraction.crystal.lattice import LatticeFit
from analysis.diffraction.crystal.phase import Phase
from analysis.diffraction.pattern import DiffractionPattern
from analysis.diffraction.pattern_analysis import PatternAnalysis
from analysis.diffraction.peaks import ListedPattern
from analysis.diffraction.strain.williamson_hall import WilliamsonHall
from analysis.errors import DataError, attempt, shown
from analysis.numerics.checks import as_numbers
from analysis.numerics.digitised import Digitised, Sourced, figures_of
from analysis.pressure.compression import (
    AXES,
    LENGTHS,
    PRESSURES,
    LatticeTable,
    lattice_table,
)
from analysis.reading.patterns import read_pattern
from analysis.show.report import Note
from compendium.chapters.roles import Roles

# What makes angstrom of a length, and GPa of a pressure.
_COLUMNS = ("pressure", "pressure_error", *AXES, *(f"{axis}_error" for axis in AXES), *ANGLES)


class Cells(NamedTuple):
    """Lattice constants of a crystal against pressure, which axes are free, and their origin.

    `figures` are those out of which they were read.
    """

    table: LatticeTable
    axes: tuple[str, ...]
    origin: str
    figures: tuple[Digitised, ...] = ()


def chosen_pattern(
    package: Roles,
    *,
    dataset: str = "",
    run: str = "",
    pressure: float = 0.0,
    data_file: str = "",
    wavelength: float = 0.0,
    axes: Sequence[float] = (),
    space_group: str = "",
    phase: str = "",
) -> tuple[DiffractionPattern, Sequence[Phase]]:
    """Return the pattern that the chapter's parameters name, and its crystals.

    Without any it is the one that the package has for it.

    Raises
    ------
    DataError
        If parameters contradict each other, or name nothing.
    """
    if data_file and (dataset or run or pressure):
        raise DataError("give data_file, or dataset, or run and pressure, not several of them")
    if (axes or wavelength) and not data_file:
        raise DataError("axes and wavelength belong to a data_file")
    if bool(axes) != bool(space_group):
        raise DataError("axes and space_group belong together: give both or neither")
    if data_file:
        pattern = read_pattern(data_file, wavelength=wavelength or None)
        cell: dict[str, Any] = dict(zip((*AXES, *ANGLES), axes, strict=False))
        return pattern, [Phase(phase or "sample", **cell, space_group=space_group)] * bool(cell)
    name = dataset
    if run or pressure:
        asked: dict[str, Any] = {"run": str(run) or None, "pressure": pressure or None}
        name = find_dataset("diffraction", **asked, package=package_file()).name
    if not name and package.pattern is not None:
        name = package.pattern.name
    return load(name, kind="diffraction"), phases_of(name)


def analysed(series: Iterable[Dataset], **options: Any) -> tuple[PatternAnalysis, ...]:
    """Return what each pattern of a series gives, in its order.

    Parameters
    ----------
    series : iterable of Dataset
    **options
        Of `analysis.analyse_pattern`, the same for all patterns.
    """
    return tuple(_analysed(dataset, options) for dataset in series)


def _analysed(dataset: Dataset, options: Mapping[str, Any]) -> PatternAnalysis:
    pattern = load(dataset.name, kind="diffraction")
    phases, why = attempt(lambda: phases_of(dataset.name))
    if phases is None:
        return PatternAnalysis(pattern, choose_crystal(), no_peaks=why)
    return analyse_pattern(pattern, phases, **options)


def strains(results: Iterable[PatternAnalysis]) -> list[WilliamsonHall]:
    """Return the strains of those patterns that give one."""
    return [result.strain for result in results if result.strain is not None]


def without_strain(
    results: Iterable[PatternAnalysis],
) -> list[DiffractionPattern | ListedPattern]:
    """Return the patterns that give no strain."""
    return [result.pattern for result in results if result.strain is None]


def reasons(results: Iterable[PatternAnalysis]) -> Note | None:
    """Return the note that says why patterns give no strain; None if all do."""
    said = [
        f"{result.pattern.name}: {'; '.join(result.reasons) or 'no reason is known'}"
        for result in results
        if result.strain is None
    ]
    return Note("No strain:", said) if said else None


def linear(analyses: Iterable[WilliamsonHall]) -> list[WilliamsonHall]:
    """Return the analyses with breadths that add as in eq. 7, as far as that can be fitted."""
    tried = (attempt(lambda wh=wh: wh.with_addition("linear")) for wh in analyses)  # type: ignore[misc]
    return [wh for wh, _ in tried if wh is not None]


# ---------------------------------------------------------------------------------- the cell


def cells_in(results: Iterable[PatternAnalysis]) -> list[LatticeFit]:
    """Return the cells of those patterns that give one."""
    return [result.lattice for result in results if result.lattice is not None]


def no_cells(results: Sequence[PatternAnalysis]) -> Note | None:
    """Return the note that says why patterns give no cell; None if all do."""
    said = [
        f"{result.pattern.name}: "
        f"{result.no_lattice or '; '.join(result.reasons) or result.choice.words}"
        for result in results
        if result.lattice is None
    ]
    return Note("No lattice constants:", said) if said else None


def by_crystal(cells: Iterable[LatticeFit]) -> list[Cells]:
    """Return the cells at two known pressures or more of each crystal, as tables."""
    crystals: dict[tuple[str | None, str], list[LatticeFit]] = {}
    for cell in cells:
        if cell.pressure is not None:
            crystals.setdefault((cell.peaks.pattern.sample, cell.phase.name), []).append(cell)
    return [
        Cells(
            lattice_table(fits),
            _free(fits[0].phase),
            _origins(fit.peaks.pattern for fit in fits),
            tuple(figures_of(fit.peaks.pattern for fit in fits)),
        )
        for fits in crystals.values()
        if len({fit.pressure for fit in fits}) > 1
    ]


def _free(phase: Crystal) -> tuple[str, ...]:
    return tuple(axis for axis in AXES if axis in phase.system.names)


def _origins(patterns: Iterable[Sourced]) -> str:
    return ", ".join(sorted({pattern.origin or "unknown origin" for pattern in patterns}))


def tables(datasets: Iterable[Dataset]) -> tuple[list[Cells], Note | None]:
    """Return tables of lattice constants, and a note of those that cannot be used."""
    usable, reasons = [], []
    for dataset in datasets:
        cells, why = attempt(lambda name=dataset.name: table_of(name))  # type: ignore[misc]
        usable += [] if cells is None else [cells]
        reasons += [] if why is None else [f"{dataset.name}: {why}"]
    return usable, Note("Not used:", reasons) if reasons else None


def table_of(name: str) -> Cells:
    """Return a data set of kind "lattice" as lattice constants against pressure.

    An axis without a column is as long as a, the angles without one are right angles.

    Raises
    ------
    DataError
        If columns are missing, or of a unit that is not known.
    """
    dataset, rows = describe(name), load_table(name)
    heads = {key: dataset.properties.get("columns", {}).get(key, key) for key in _COLUMNS}
    fields = dataset.properties.get("schema", {}).get("fields", ())
    units = {field["name"]: field.get("unit") for field in fields}
    columns = {
        key: as_numbers(key, rows[head]) * _factor(key, units.get(head))
        for key, head in heads.items()
        if head in rows
    }
    if missing := [key for key in ("pressure", "a") if key not in columns]:
        headings = ", ".join(map(shown, rows))
        raise DataError(f"no column is called {' or '.join(missing)}; there are {headings}")
    given = tuple(axis for axis in AXES if axis in columns)
    for axis in set(AXES) - set(given):
        same = {axis: "a", f"{axis}_error": "a_error"}
        columns |= {key: columns[other] for key, other in same.items() if other in columns}
    table = LatticeTable(**columns, name=dataset.name)
    return Cells(table, given, dataset.origin, tuple(figures_of([dataset])))


def _factor(key: str, unit: str | None) -> float:
    if unit is None or key in ANGLES:
        return 1.0
    known = PRESSURES if key.startswith("pressure") else LENGTHS
    if unit not in known:
        raise DataError(f"the unit of {key} is {shown(unit)}; allowed: {', '.join(known)}")
    return known[unit]
