"""What is said of a pressure that was measured by a calibrant."""

from analysis.pressure.calibrant import MeasuredPressure
from analysis.pressure.stress import StressLine
from analysis.show.report import Table, quantity, unbroken


def pressure_words(found: MeasuredPressure, line: StressLine) -> dict[str, str]:
    """Return the pressure, the spread of the scales, and what the slope comes to, in words."""
    (low, high), (least, most) = line.interval, found.spread
    error = found.pressure.s
    shown = f"lies between {low:.3f} and {high:.3f} Å at 95 %"
    verdict = (
        f"The slope {shown}: not zero, and by itself it would be a stress of "
        f"{quantity(line.stress_over_shear)} shear moduli."
        if line.shown
        else f"The slope {shown}, which includes zero: these lines show no stress, and exclude "
        f"none below {18 * max(-low, high) / line.intercept.n:.1g} shear moduli."
    )
    return {
        "calibrant-p": quantity(found.pressure, "GPa"),
        "calibrant-scale": str(found.scale),
        "calibrant-a": quantity(found.lattice.a, "Å") if found.lattice else "not known",
        "calibrant-spread": f"{found.spread_words[0].upper()}{found.spread_words[1:]}.",
        "calibrant-least": f"{least:.1f}",
        "calibrant-most": unbroken(f"{most:.1f} GPa"),
        "calibrant-times": f"{(most - least) / error:.0f}",
        "calibrant-slope": verdict,
        "calibrant-warnings": " ".join(f"{text[0].upper()}{text[1:]}." for text in found.warnings),
    }


def scale_table(found: MeasuredPressure) -> Table:
    """Return the pressure on every scale."""
    rows = [
        (scale.name, f"{value:.1f}", "yes" if scale.reaches(value) else "no")
        for scale, value in found.on_scales
    ]
    return Table(("scale", "P (GPa)", "within its data"), rows)
