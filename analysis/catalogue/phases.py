"""The crystals that a data package names for a pattern."""

from collections.abc import Mapping
from typing import Any

from analysis.catalogue.datasets import describe
from analysis.diffraction.crystal.phase import Phase
from analysis.errors import DataError
from analysis.typing import AnyPath


def phases_of(name: str, *, package: AnyPath | None = None) -> tuple[Phase, ...]:
    """Return the crystals whose lines a pattern has, as its data package names them.

    Parameters
    ----------
    name : str
        A data set of kind "diffraction".
    package : path-like, optional
        A datapackage.json to look in instead of COMPENDIUM_PACKAGE and this project's.

    Returns
    -------
    tuple of Phase
        In the package's order, with approximate cells: good enough to index the lines
        with. Empty if the package names none.

    Raises
    ------
    DataError
        If there is no such data set, it is no pattern, or a crystal's cell and space
        group do not fit.

    Examples
    --------
    >>> print(phases_of("nist-iron")[0])
    iron (I m -3 m, a = 2.866 angstrom)
    """
    dataset = describe(name, package=package)
    if dataset.kind != "diffraction":
        raise DataError(
            f"data set {dataset.name!r} is of kind {dataset.kind!r}; only those of kind "
            "'diffraction' have phases"
        )
    phases = dataset.properties.get("phases", [])
    where = f"data set {dataset.name!r}, phase"
    return tuple(_phase(f"{where} {number}", phase) for number, phase in enumerate(phases, 1))


def _phase(where: str, entry: Mapping[str, Any]) -> Phase:
    try:
        return Phase(**entry)
    except DataError as error:
        raise DataError(f"{where}: {error}") from None
