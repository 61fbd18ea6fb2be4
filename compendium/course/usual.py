"""Numbers and small tables of the sheet of formulas, each computed by what the chapters use."""

from collections.abc import Callable

import numpy as np
from scipy import constants

from analysis.diffraction.shapes import SHAPES
from analysis.exercises.coupling_values import lambda_for
from analysis.show.coupling_plots import PAPER
from analysis.transport.bloch_gruneisen import bloch_gruneisen_integral
from analysis.transport.coupling import STRONGEST_FITTED
from analysis.transport.transition import transition_depth

WAVELENGTH = 61.99  # pm, the paper's
CUSTOMS = (0.10, 0.13, 0.16)  # for mu*
CRITERIA = (0.9, 0.5, 0.1, 0.05, 0.01)
# What pure shapes do when one is folded with another.
SUMS = {"lorentzian": "as they are", "gaussian": "by their squares"}

# The head and the rows, all MyST; a table may have no head.
Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def numbers() -> dict[str, str]:
    """Return the numbers that stand in sentences, by name."""
    return {
        "j5": f"{bloch_gruneisen_integral(np.inf):.1f}",
        "theta": f"{PAPER['theta_d']:g}",
        "tc": f"{PAPER['tc']:g}",
        "sensitivity": f"{_sensitivity():.1f}",
        "strongest": f"{STRONGEST_FITTED:g}",
        "degree": f"{np.degrees(1):.1f}",
    }


def _coupling(mu_star: float, part: float = 1.0) -> float:
    """Return lambda of the paper's inputs, with a part of its T_c."""
    # Beyond what the formula was fitted to, which the sheet says in words.
    return float(lambda_for(part * PAPER["tc"], PAPER["theta_d"], mu_star=mu_star))


def _sensitivity() -> float:
    """Return d ln(lambda)/d ln(T_c) of the paper's inputs."""
    less, more = (_coupling(PAPER["mu_star"], part) for part in (0.999, 1.001))
    return float(np.log(more / less) / np.log(1.001 / 0.999))


# ---------------------------------------------------------------------------- tables


def _depths() -> Table:
    depths = [f"{transition_depth(criterion):.3f}" for criterion in CRITERIA]
    return ("$c$", *(f"{criterion:g}" for criterion in CRITERIA)), [("$u_c$", *depths)]


def _couplings() -> Table:
    values = [f"{_coupling(mu_star):.3f}" for mu_star in CUSTOMS]
    return (r"$\mu^*$", *(f"{mu_star:.2f}" for mu_star in CUSTOMS)), [(r"$\lambda$", *values)]


def _transport() -> Table:
    boltzmann = 1e3 * constants.k / constants.e  # meV/K
    theta = PAPER["theta_d"]
    debye, steeper = (np.exp(-1 / s) for s in (2, 4))
    moments = f"{debye:.3f} for $s = 2$ (Debye), {steeper:.3f} for $s = 4$, 1 for one frequency"
    return (), [
        (r"$k_\mathrm{B}$", f"{boltzmann:.5f} meV/K: {theta:g} K is {boltzmann * theta:.1f} meV"),
        ("0 °C", f"{constants.zero_Celsius:g} K"),
        (r"$\mu^*$", "0.10 to 0.16 by custom; 0.13 in the paper"),
        ("$c$", "0.05 in the paper"),
        (r"$\omega_\mathrm{log}/\Theta_\mathrm{D}$", moments),
    ]


def _radiation() -> Table:
    energy = 1e9 * constants.h * constants.c / constants.e  # keV pm
    paper = f"{WAVELENGTH} pm (the paper's) is {energy / WAVELENGTH:.2f} keV"
    return (), [
        (r"$E \lambda$", f"{energy:.1f} keV pm: {paper}"),
        ("1 nm", "10 Å = 1000 pm"),
        ("1 rad", f"{np.degrees(1):.3f}°"),
        ("1 GPa", "10 kbar"),
        ("$K$", "0.9 in the paper"),
        ("$K_0'$", "4 in the equation of second order"),
    ]


def _shapes() -> Table:
    rows: list[tuple[str, ...]] = []
    for shape in SHAPES:
        pure = shape.mixing is not None
        name = shape.name.title() if pure else f"{shape.name.title()}, half of each"
        factor = shape.integral_breadth(1.0, 0.5 if shape.mixing is None else shape.mixing)
        rows.append((name, f"{factor:.4f}", SUMS.get(shape.name, "by its two parts")))
    return ("shape", "integral breadth / FWHM", "breadths add"), rows


TABLES: dict[str, Callable[[], Table]] = {
    "depths": _depths,
    "coupling": _couplings,
    "transport": _transport,
    "radiation": _radiation,
    "shapes": _shapes,
}
