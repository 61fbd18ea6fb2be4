"""What is said of a pressure that was measured with a calibrant."""

from analysis.pressure.calibrant import MeasuredPressure
from analysis.pressure.stress import StressLine
from analysis.show.foreign import Marked
from analysis.show.report import Table, quantity, unbroken


def pressure_words(measured: MeasuredPressure, line: StressLine) -> dict[str, str]:
    """Return the pressure, the spread of the scales, and what the slope means, in words."""
    (low, high), (least, most) = line.interval, measured.spread
    error = measured.pressure.s
    interval = f"The slope is between {low:.3f} and {high:.3f} Å (95 %)".replace("-", "−")
    verdict = (
        f"{interval}, so it is not zero. If a stress were its only cause, the stress would be "
        f"{quantity(line.stress_over_shear)} shear moduli."
        if line.shown
        else f"{interval}, which includes zero. These lines show no stress, but do not exclude "
        f"a stress below {18 * max(-low, high) / line.intercept.n:.1g} shear moduli."
    )
    return {
        "calibrant-p": quantity(measured.pressure, "GPa"),
        "calibrant-scale": str(measured.scale),
        "calibrant-a": quantity(measured.lattice.a, "Å") if measured.lattice else "not known",
        "calibrant-spread": f"{measured.spread_words[0].upper()}{measured.spread_words[1:]}.",
        "calibrant-least": f"{least:.1f}",
        "calibrant-most": unbroken(f"{most:.1f} GPa"),
        "calibrant-times": f"{(most - least) / error:.0f}",
        "calibrant-slope": verdict,
        "calibrant-warnings": " ".join(
            f"{text[0].upper()}{text[1:]}." for text in measured.warnings
        ),
    }


def scale_table(measured: MeasuredPressure) -> Table:
    """Return the pressure on every scale."""
    rows = [
        (scale.name, f"{value:.1f}", "yes" if scale.reaches(value) else "no")
        for scale, value in measured.on_scales
    ]
    return Table(("scale", Marked("$P$ (GPa)"), "within the range of its data"), rows)
