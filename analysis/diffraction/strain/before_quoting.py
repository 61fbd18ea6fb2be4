"""What to know before quoting a strain or a size, in words."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from analysis.diffraction.strain.choices import in_words, size_height

if TYPE_CHECKING:
    from analysis.diffraction.strain.williamson_hall import WilliamsonHall

# Scatter that errors alone reach less often than this is spoken of.
NOTABLE_CHANCE = 0.05
FEW_LINES = 5


def strain_warnings(wh: "WilliamsonHall") -> tuple[str, ...]:
    """Return what there is to know of a result before its numbers are quoted."""
    return tuple(text for check in _CHECKS if (text := check(wh)) is not None)


def _warn_instrument(wh: "WilliamsonHall") -> str | None:
    if wh.corrected:
        return None
    return (
        "not corrected for the instrument: its breadth is taken to be negligible, as the paper "
        "assumes, and whatever it adds counts as strain or as size"
    )


def _warn_left_out(wh: "WilliamsonHall") -> str | None:
    if not wh.left_out:
        return None
    total = len(wh.peaks)
    return f"{total - wh.n_lines} of {total} lines left out: {'; '.join(wh.left_out)}"


def _warn_narrow(wh: "WilliamsonHall") -> str | None:
    narrow = sum("narrow" in flags for flags in wh.peaks.flags)
    if not narrow:
        return None
    which = "the narrowest line is" if narrow == 1 else f"the {narrow} narrowest lines are"
    return f"{which} among those left out: the strain of the others is too large an average"


def _warn_few(wh: "WilliamsonHall") -> str | None:
    if wh.n_lines >= FEW_LINES:
        return None
    lines = "one line" if wh.n_lines == 1 else f"{wh.n_lines} lines"
    return f"only {lines}: too few to tell whether the law holds"


def _warn_scatter(wh: "WilliamsonHall") -> str | None:
    if wh.kept.chance >= NOTABLE_CHANCE:
        return None
    kept = wh.kept
    freedom = "one degree" if kept.points_dof == 1 else f"{kept.points_dof} degrees"
    text = (
        "the lines scatter about the law by more than their errors (chi-square "
        f"{kept.chi_square:.3g} for {freedom} of freedom): errors are widened"
    )
    # A size that eq. 8 leaves out makes strains differ too.
    if wh.anisotropy is None or (wh.model == "reduced" and wh.size_shows):
        return text
    ratio, broadest, narrowest = wh.anisotropy
    return (
        f"{text}; the strain of {broadest} is {ratio:.2uS} times that of {narrowest}, as where it "
        "depends on the direction in the crystal"
    )


def _warn_size(wh: "WilliamsonHall") -> str | None:
    if wh.size_lower is None or wh.size is not None or (wh.model == "reduced" and wh.size_shows):
        return None
    text = f"the size is not determined: D > {wh.size_lower:.3g} nm (95 %)"
    strain = wh.strain_at_size_limit
    if strain is None:
        return text
    if strain <= 0:
        return f"{text}; with a size at that limit the lines would need no strain at all"
    return (
        f"{text}; with a size at that limit the strain would be {strain:.3g} instead of "
        f"{wh.strain.n:.3g}, a systematic error beside the one quoted"
    )


def _warn_hidden_size(wh: "WilliamsonHall") -> str | None:
    if wh.model != "reduced" or wh.full is None or not wh.size_shows:
        return None
    height, _ = size_height(wh.full)
    return (
        f"eq. 7 finds a size of {wh.size_by_full:.3g} nm "
        f"({in_words(height)} standard errors from none), which eq. 8 counts as strain"
    )


def _warn_negative(wh: "WilliamsonHall") -> str | None:
    if wh.full is None:
        return None
    height, needed = size_height(wh.full)
    if height > -needed:
        return None
    return (
        f"the size term of eq. 7 is {in_words(height)} standard errors below zero, which no size "
        "explains: breadths rise too steeply with the angle, as after too large a correction for "
        "the instrument or with anisotropic strain"
    )


def _warn_strain(wh: "WilliamsonHall") -> str | None:
    if wh.strain_shows:
        return None
    what = "negative" if wh.strain.n < 0 else "not above zero at 95 %"
    return f"the strain is {what}: epsilon < {wh.strain_upper:.3g} (95 %)"


def _warn_shape(wh: "WilliamsonHall") -> str | None:
    if wh.size is None:
        return None
    part = float(np.mean(wh.lines.lorentzian_part))
    if wh.addition == "linear" and part < 0.5:
        return "the lines are nearer Gaussian than Lorentzian: breadths then add in quadrature"
    if wh.addition == "quadrature" and part > 0.5:
        return "the lines are nearer Lorentzian than Gaussian: breadths then add as they are"
    return None


_CHECKS: tuple[Callable[["WilliamsonHall"], str | None], ...] = (
    _warn_instrument,
    _warn_left_out,
    _warn_narrow,
    _warn_few,
    _warn_scatter,
    _warn_size,
    _warn_hidden_size,
    _warn_negative,
    _warn_strain,
    _warn_shape,
)
