"""The live Williamson-Hall plot: strain, size, wavelength and the meaning of breadth."""

from collections.abc import Sequence

import numpy as np

from analysis.diffraction.strain.breadth_law import two_terms
from analysis.diffraction.strain.williamson_hall import WilliamsonHall
from analysis.errors import AnalysisError
from analysis.show.explore import spec
from analysis.show.explore.formula import Symbol, symbols, where
from analysis.show.explore.widget import Explorer

_NO_SIZE = 1000.0  # nm; the slider's "∞"
_ELSEWHERE = (
    "The points belong to another wavelength and are not shown: at this one they would lie at "
    "other angles. Only the size term depends on the wavelength."
)
_BREADTHS = ("integral", "fwhm")


def strain(analyses: Sequence[WilliamsonHall]) -> Explorer:
    """Return live eqs. 7 and 8 over the lines of some patterns.

    Parameters
    ----------
    analyses : sequence of WilliamsonHall
        Each is done for both breadths.

    Raises
    ------
    AnalysisError
        If there is none, or their shape factors or additions differ or are not linear.
    """
    if not analyses:
        raise AnalysisError("a live Williamson-Hall plot needs at least one analysis")
    factors = {analysis.shape_factor for analysis in analyses}
    if len(factors) > 1 or {analysis.addition for analysis in analyses} != {"linear"}:
        raise AnalysisError("the analyses differ in K, or their terms do not add linearly")
    (factor,) = factors
    theta, eps, wavelength = symbols("theta strain wavelength")
    size, breadth, own = symbols("inverse_size breadth own_wavelength")
    by_size, by_strain = two_terms(theta, eps, size, wavelength, factor)
    measured = where(breadth == 0, Symbol("b_integral"), Symbol("b_fwhm"))
    error = where(breadth == 0, Symbol("e_integral"), Symbol("e_fwhm"))
    columns = ("theta", "b_integral", "e_integral", "b_fwhm", "e_fwhm")
    ours = np.absolute(wavelength - own) < 0.005
    degrees = float(np.degrees(1))
    waves = [analysis.peaks.pattern.wavelength for analysis in analyses]
    shortest, longest = min(20.0, np.floor(0.8 * min(waves))), max(200.0, np.ceil(1.2 * max(waves)))
    low, high = Symbol("theta_min"), Symbol("theta_max")
    reach = {"of": "theta", "low": 0.02 * high, "high": high}
    across, straight = 4 * np.sin(theta), 1000 * np.cos(theta)
    return Explorer(
        spec.Spec(
            name="strain",
            title="Williamson-Hall",
            about="Breadths of diffraction lines, and eq. 7 with the chosen parameters.",
            data_label="pattern",
            controls=[
                spec.Slider("strain", "10^{3} ε", 0, _highest(analyses), 0.0001, digits=3,
                            shown=1000 * eps, fit=_fit("strain")),
                spec.Slider("size", "D", 2, _NO_SIZE, unit="nm", log=True, at_top="∞",
                            fit=_fit("size")),
                spec.Slider("wavelength", "λ", shortest, longest, 0.01, unit="pm",
                            digits=4, fit=own),
                spec.Choice("breadth", "breadth", [("integral", "integral breadth", 0),
                                                   ("fwhm", "FWHM", 1)]),
            ],
            derived=[
                spec.Derived("inverse_size",
                             where(Symbol("size") >= _NO_SIZE, 0, 1 / Symbol("size"))),
                spec.Derived("sine",
                             factor * wavelength / 1000 * size / (4 * np.maximum(eps, 1e-9))),
                spec.Derived("equal", 2 * degrees * np.arcsin(Symbol("sine"))),
                spec.RootMeanSquare("misfit", columns, (measured - by_size - by_strain) / error),
            ],
            panels=[
                spec.Panel(spec.Axis("4 sin θ", 0, 4 * np.sin(high)),
                           spec.Axis("10^{3} β cos θ (rad)", 0, Symbol("top")), [
                    spec.Curve(**reach, x=across, y=straight * by_size, label="size",
                               colour="orange", dash=True),
                    spec.Curve(**reach, x=across, y=straight * by_strain, label="strain",
                               colour="green", dash=True),
                    spec.Curve(**reach, x=across, y=straight * (by_size + by_strain),
                               label="eq. 7"),
                    spec.Points(columns, across, straight * measured, straight * error,
                                label="lines", size=3, when=ours),
                ]),
                spec.Panel(spec.Axis("2θ (deg)", 0, 2 * degrees * high),
                           spec.Axis("β (deg)", 0, Symbol("top_deg")), [
                    spec.Curve(**reach, x=2 * degrees * theta, y=degrees * by_size, colour="orange",
                               dash=True),
                    spec.Curve(**reach, x=2 * degrees * theta, y=degrees * by_strain,
                               colour="green", dash=True),
                    spec.Curve(**reach, x=2 * degrees * theta, y=degrees * (by_size + by_strain)),
                    spec.Points(columns, 2 * degrees * theta, degrees * measured, degrees * error,
                                size=3, when=ours),
                    spec.Rule(x=Symbol("equal"), text="equal", colour="purple", when=size > 0),
                ]),
            ],
            readouts=[
                spec.Readout("the terms are equal at 2θ =", Symbol("equal"), "deg", 3,
                             otherwise="no angle", when=size > 0),
                spec.Readout("lower limit of the size (95 %)", _fit("least"), "nm", 2,
                             otherwise="none: a size was found"),
                spec.Readout("misfit (rms, in errors of the lines)", Symbol("misfit"), "", 3,
                             when=ours),
                spec.Saying([
                    (where(ours, 0, 1), _ELSEWHERE),
                    (size <= 0, "No size term: eq. 8."),
                    (np.sin(low) > Symbol("sine"),
                     "Strain is the larger term in every line, so a size is hard to find."),
                    (Symbol("equal") < 2 * degrees * high,
                     "Size is the larger term below that angle, strain above it."),
                    (1, "Size is the larger term in every line, so a strain is hard to find."),
                ]),
            ],
        ),
        [_data(analysis) for analysis in analyses],
    )  # fmt: skip


def _fit(name: str) -> Symbol:
    integral, fwhm = (Symbol(f"{name}_{breadth}") for breadth in _BREADTHS)
    return where(Symbol("breadth") == 0, integral, fwhm)


def _highest(analyses: Sequence[WilliamsonHall]) -> float:
    strains = [analysis.with_breadth("integral").strain.n for analysis in analyses]
    return float(np.ceil(200 * max(0.01, 1.6 * max(strains))) / 200)


def _data(analysis: WilliamsonHall) -> spec.Data:
    lines, pattern = analysis.lines, analysis.peaks.pattern
    breadths = {
        f"{letter}_{name}": values
        for name in _BREADTHS
        for letter, values in zip("be", lines.breadth(name), strict=True)
    }
    numbers: dict[str, float] = {"own_wavelength": pattern.wavelength}
    for name in _BREADTHS:
        refit = analysis.with_breadth(name)
        numbers[f"strain_{name}"] = max(0.0, refit.strain.n)
        numbers[f"least_{name}"] = np.nan if refit.size_lower is None else refit.size_lower
        numbers[f"size_{name}"] = _NO_SIZE if refit.size is None else min(refit.size.n, _NO_SIZE)
    theta = np.radians(lines.two_theta / 2)
    widest = np.maximum(breadths["b_integral"], breadths["b_fwhm"])
    numbers |= {
        "theta_min": float(theta.min()),
        "theta_max": float(1.06 * theta.max()),
        "top": float(1400 * (widest * np.cos(theta)).max()),
        "top_deg": float(1.4 * np.degrees(widest.max())),
    }
    which = pattern.name if pattern.pressure is None else f"{pattern.pressure:g} GPa"
    label = ", ".join(filter(None, (which, pattern.origin)))
    return spec.Data(pattern.name, label, numbers, {"theta": theta, **breadths})
