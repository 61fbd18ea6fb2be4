"""Lines that were written down: positions and widths of a table, without a pattern's counts."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from analysis.diffraction.crystal.cell import check_wavelength
from analysis.diffraction.peaks import BREADTHS, Index, ListedPattern, PeakTable
from analysis.diffraction.shapes import SHAPES, Shape
from analysis.diffraction.strain.own_breadth import SAME, propagated, removed
from analysis.errors import DataError
from analysis.numerics.checks import as_vector
from analysis.typing import Floats, Place

# Of a list, one width is known of each line: the other breadth follows where the shape is pure.
PURE = tuple(shape for shape in SHAPES if shape.mixing is not None)


def listed_lines(
    two_theta: ArrayLike,
    width: ArrayLike,
    width_error: ArrayLike,
    *,
    wavelength: float,
    breadth: str = "fwhm",
    shape: str = "lorentzian",
    two_theta_error: ArrayLike | None = None,
    standard: ArrayLike | None = None,
    hkl: Sequence[Index | None] = (),
    name: str = "lines",
    where: Place = "line {}".format,
) -> PeakTable:
    """Return the table of lines of which positions and widths are known.

    Parameters
    ----------
    two_theta : array_like, shape (N,)
        Positions, degrees.
    width, width_error : array_like, shape (N,)
        Of each line, degrees in 2 theta; an error of nan is not known.
    wavelength : float
        pm.
    breadth : {"fwhm", "integral"}
        What the widths are: full widths at half maximum, or areas over heights.
    shape : {"lorentzian", "gaussian"}
        What the lines are taken to be; the other breadth, and how the instrument's is taken
        off, follow from it.
    two_theta_error : array_like, shape (N,), optional
        Standard errors of the positions, degrees.
    standard : array_like, shape (N,), optional
        Width of a standard's line at each of the angles, of the same kind, degrees: it is
        taken off. It counts as exact.
    hkl : sequence of (int, int, int) or None
        Miller indices.
    name : str
        What messages call the table.
    where : callable
        Turns the index of a line into words ("row 17").

    Returns
    -------
    PeakTable
        In ascending angle.

    Raises
    ------
    DataError
        If there are no lines, a number is not finite, an angle is not between 0 and 180
        degrees, two lines lie at one angle, a width is not above 0 or above 90 degrees, an
        error is negative, or a word is not allowed.

    Examples
    --------
    >>> lines = listed_lines([40.0, 60.0], [0.3, 0.5], [0.01, 0.01], wavelength=154.06)
    >>> (lines.integral_breadth / lines.fwhm).round(4).tolist()
    [1.5708, 1.5708]
    """
    check_wavelength(wavelength)
    form = _form(name, breadth, shape)
    x = as_vector(f"{name}: 2 theta", two_theta)
    if not x.size:
        raise DataError(f"{name}: holds no lines")
    columns = {
        "width": as_vector(f"{name}: width", width),
        "error of the width": as_vector(f"{name}: error of the width", width_error),
        "error of 2 theta": _or_nan(f"{name}: error of 2 theta", two_theta_error, x),
        "width of the standard": _or_nan(f"{name}: width of the standard", standard, x),
    }
    _refuse(name, x, columns, where)
    order = np.argsort(x, kind="stable")
    x, whole, error, x_error, own = (column[order] for column in (x, *columns.values()))
    if (same := np.flatnonzero(np.diff(x) == 0)).size:
        places = " and ".join(where(int(order[same[0] + at])) for at in (0, 1))
        raise DataError(f"{name}: {places} both lie at {x[same[0]]:g} degrees; list each line once")
    # Area over height of a line of unit FWHM.
    unit = form.integral_breadth(1.0, _mixing(form))
    fwhm, fwhm_error = (whole / unit, error / unit) if breadth == "integral" else (whole, error)
    lines = PeakTable(
        two_theta=x,
        two_theta_error=x_error,
        fwhm=fwhm,
        fwhm_error=fwhm_error,
        integral_breadth=fwhm * unit,
        integral_breadth_error=fwhm_error * unit,
        area=np.full(x.size, np.nan),
        area_error=np.full(x.size, np.nan),
        lorentzian_part=np.full(x.size, _mixing(form)),
        flags=tuple(frozenset[str]() for _ in x),
        shape=form.name,
        pattern=ListedPattern(name, float(wavelength)),
        hkl=tuple(hkl[at] for at in order) if hkl else (),
    )
    if standard is None:
        return lines
    return _corrected(lines, form, own / unit if breadth == "integral" else own)


def _form(name: str, breadth: str, shape: str) -> Shape:
    if breadth not in BREADTHS:
        raise DataError(f"{name}: breadth must be one of {', '.join(BREADTHS)}; got {breadth!r}")
    for form in PURE:
        if form.name == shape:
            return form
    names = ", ".join(form.name for form in PURE)
    raise DataError(f"{name}: the shape of listed lines must be one of {names}; got {shape!r}")


def _mixing(form: Shape) -> float:
    return 0.0 if form.mixing is None else form.mixing


def _or_nan(label: str, values: ArrayLike | None, like: Floats) -> Floats:
    return np.full(like.size, np.nan) if values is None else as_vector(label, values)


def _refuse(name: str, x: Floats, columns: dict[str, Floats], where: Place) -> None:
    """Refuse what no line has, by its row."""
    for label, values in columns.items():
        if values.size != x.size:
            raise DataError(f"{name}: {x.size} angles, but {values.size} numbers of {label}")
    outside = ~((x > 0) & (x < 180))
    if outside.any():
        at = int(np.argmax(outside))
        raise DataError(
            f"{name}, {where(at)}: 2 theta is {x[at]:g}; allowed: between 0 and 180 degrees"
        )
    for label in ("width", "width of the standard"):
        values = columns[label]
        bad = ~((values > 0) & (values < 90)) & ~(np.isnan(values) & (label != "width"))
        if bad.any():
            at = int(np.argmax(bad))
            raise DataError(
                f"{name}, {where(at)}: the {label} is {values[at]:g} degrees; allowed: above 0 and "
                "below 90"
            )
    for label in ("error of the width", "error of 2 theta"):
        bad = columns[label] < 0
        if bad.any():
            at = int(np.argmax(bad))
            raise DataError(
                f"{name}, {where(at)}: the {label} is {columns[label][at]:g}; allowed: 0 or above"
            )


def _corrected(lines: PeakTable, form: Shape, own: Floats) -> PeakTable:
    """Return lines without a standard's width at each of them (FWHM, degrees).

    Where the standard's width is not known the line's is not either, and is left out.
    """
    lorentz, gauss = form.widths(_mixing(form))
    parts = np.array([lorentz * own, gauss * own])
    fwhm, breadth, *_ = removed(form, lines.parts, parts)
    errors = propagated(form, lines.parts, parts)
    has_width = np.isfinite(own)
    narrow = has_width & ((lines.fwhm <= own * (1 + SAME)) | (breadth <= 0))
    return replace(
        lines,
        fwhm=fwhm,
        fwhm_error=np.where(has_width, errors[0], np.nan),
        integral_breadth=breadth,
        integral_breadth_error=np.where(has_width, errors[1], np.nan),
        flags=tuple(
            frozenset(["narrow"]) if is_narrow else frozenset[str]() for is_narrow in narrow
        ),
        instrument="the standard's widths",
    )
