"""The lines that a page brings along for whoever has none: synthetic, and made anew each time."""

import numpy as np

from analysis.diffraction.crystal.cell import label_of, reflections
from analysis.diffraction.crystal.cubic import Cubic
from analysis.diffraction.strain.breadth_law import line_breadth

NAME = "synthetic-gold-lines.csv"
# What the lines are made of; errors in degrees.
TRUTH = {"strain": 0.0021, "size": 32.0, "a": 4.0786, "wavelength": 154.059}
_ERRORS = (0.006, 0.004)


def example() -> tuple[str, str]:
    """Return a name and the text of a table; its first line says that it is synthetic."""
    wavelength = TRUTH["wavelength"]
    gold = Cubic("gold", TRUTH["a"], "F m -3 m")
    lines = reflections(gold, wavelength, two_theta_min=30, two_theta_max=120)
    angles = np.array([line.two_theta for line in lines])
    breadths = np.degrees(
        line_breadth(
            np.radians(angles / 2),
            strain=TRUTH["strain"],
            size=TRUTH["size"],
            wavelength=wavelength,
        )
    )
    rng = np.random.default_rng(20240101)
    of_width, of_place = _ERRORS
    widths = breadths + rng.normal(0, of_width, angles.size)
    places = angles + rng.normal(0, of_place, angles.size)
    rows = [
        "# synthetic lines of strained gold: not measured",
        f"# wavelength = {wavelength} pm",
        "hkl,2theta (deg),integral breadth (deg),error,error of 2theta",
    ]
    rows += [
        f"{label_of(line.hkl)},{place:.4f},{width:.4f},{of_width},{of_place}"
        for line, place, width in zip(lines, places, widths, strict=True)
    ]
    return NAME, "\n".join(rows) + "\n"
