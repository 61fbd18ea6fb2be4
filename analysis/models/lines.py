"""The shapes of diffraction lines as lmfit models, to be composed with any others."""

from typing import Any

import lmfit
import numpy as np

from analysis.diffraction.shapes import shape_named
from analysis.typing import Floats


def line_model(shape: str, *, prefix: str = "") -> lmfit.Model:
    r"""Return a line as an lmfit model of x.

    .. math::

        y(x) = \frac{A}{w} \, g\!\left(\frac{x - c}{w}; m\right)

    with the profile g of unit area and unit FWHM, see `analysis.diffraction.shapes`.

    Parameters
    ----------
    shape : str
        The name of one of `SHAPES`.
    prefix : str
        Of the parameters' names, where several models are added.

    Returns
    -------
    lmfit.Model
        Its parameters are ``area`` A (unit of y times that of x), ``center`` c and ``fwhm`` w
        (unit of x), and, where the shape has it free, ``mixing`` m between 0 and 1. Its
        ``guess(data, x=x)`` begins at the highest point.

    Raises
    ------
    DataError
        If there is no such shape; the message names those that there are.

    Examples
    --------
    >>> model = line_model("voigt", prefix="a_") + lmfit.models.ConstantModel()
    >>> sorted(model.param_names)
    ['a_area', 'a_center', 'a_fwhm', 'a_mixing', 'c']
    """
    profile = shape_named(shape)

    def line(x: Floats, area: float, center: float, fwhm: float, mixing: float) -> Floats:
        return np.asarray(area / fwhm * profile.profile((np.asarray(x) - center) / fwhm, mixing))

    def pure(x: Floats, area: float, center: float, fwhm: float) -> Floats:
        return line(x, area, center, fwhm, profile.mixing or 0.0)

    def guess(data: Floats, x: Floats, **values: Any) -> lmfit.Parameters:
        """Return parameters that begin at the highest point, above the lowest."""
        height = float(np.ptp(data))
        above = np.asarray(x)[np.asarray(data) - np.min(data) > height / 2]
        step = float(np.abs(np.diff(x)).min())
        fwhm = max(float(np.ptp(above)), step)
        start = {"center": float(x[int(np.argmax(data))]), "fwhm": fwhm}
        start["area"] = height * profile.integral_breadth(fwhm, profile.mixing or 0.5)
        return model.make_params(**start, **values)

    model = lmfit.Model(line if profile.mixing is None else pure, prefix=prefix, name=profile.name)
    model.set_param_hint("fwhm", min=1e-9, value=1.0)
    if profile.mixing is None:
        model.set_param_hint("mixing", min=0.0, max=1.0, value=0.5)
    model.guess = guess
    return model
