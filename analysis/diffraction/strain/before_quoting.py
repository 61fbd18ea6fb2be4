"""What to know before quoting a strain or a size, in words."""

from collections.abc import Iterator
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
    return (*_of_lines(wh), *_of_scatter(wh), *_of_size(wh), *_of_strain(wh), *_of_shape(wh))


def _of_lines(wh: "WilliamsonHall") -> Iterator[str]:
    if not wh.corrected:
        yield (
            "not corrected for the instrument: its breadth is taken to be negligible, as the "
            "paper assumes, and whatever it adds counts as strain or as size"
        )
    if wh.left_out:
        total = len(wh.peaks)
        yield f"{total - wh.n_lines} of {total} lines left out: {'; '.join(wh.left_out)}"
    if narrow := sum("narrow" in flags for flags in wh.peaks.flags):
        which = "the narrowest line is" if narrow == 1 else f"the {narrow} narrowest lines are"
        yield f"{which} among those left out: the strain of the others is too large an average"
    if wh.n_lines < FEW_LINES:
        lines = "one line" if wh.n_lines == 1 else f"{wh.n_lines} lines"
        yield f"only {lines}: too few to tell whether the law holds"


def _of_scatter(wh: "WilliamsonHall") -> Iterator[str]:
    kept = wh.kept
    if kept.chance >= NOTABLE_CHANCE:
        return
    freedom = "one degree" if kept.points_dof == 1 else f"{kept.points_dof} degrees"
    text = (
        "the lines scatter about the law by more than their errors (chi-square "
        f"{kept.chi_square:.3g} for {freedom} of freedom): errors are widened"
    )
    # A size that eq. 8 leaves out makes strains differ too.
    if wh.anisotropy is not None and not _hides_size(wh):
        ratio, broadest, narrowest = wh.anisotropy
        text += (
            f"; the strain of {broadest} is {ratio:.2uS} times that of {narrowest}, as where it "
            "depends on the direction in the crystal"
        )
    yield text


def _hides_size(wh: "WilliamsonHall") -> bool:
    """Tell whether eq. 8 was used although eq. 7 finds a size."""
    return wh.model == "reduced" and wh.size_shows


def _of_size(wh: "WilliamsonHall") -> Iterator[str]:
    if wh.full is None:
        return
    height, needed = size_height(wh.full)
    if _hides_size(wh):
        yield (
            f"eq. 7 finds a size of {wh.size_by_full:.3g} nm "
            f"({in_words(height)} standard errors from none), which eq. 8 counts as strain"
        )
    elif wh.size is None:
        text = f"the size is not determined: D > {wh.size_lower:.3g} nm (95 %)"
        strain = wh.strain_at_size_limit
        if strain is not None and strain <= 0:
            text += "; with a size at that limit the lines would need no strain at all"
        elif strain is not None:
            text += (
                f"; with a size at that limit the strain would be {strain:.3g} instead of "
                f"{wh.strain.n:.3g}, a systematic error beside the one quoted"
            )
        yield text
    if height <= -needed:
        yield (
            f"the size term of eq. 7 is {in_words(height)} standard errors below zero, which no "
            "size explains: breadths rise too steeply with the angle, as after too large a "
            "correction for the instrument or with anisotropic strain"
        )


def _of_strain(wh: "WilliamsonHall") -> Iterator[str]:
    if not wh.strain_shows:
        what = "negative" if wh.strain.n < 0 else "not above zero at 95 %"
        yield f"the strain is {what}: epsilon < {wh.strain_upper:.3g} (95 %)"


def _of_shape(wh: "WilliamsonHall") -> Iterator[str]:
    if wh.size is None:
        return
    part = float(np.mean(wh.lines.lorentzian_part))
    if wh.addition == "linear" and part < 0.5:
        yield "the lines are nearer Gaussian than Lorentzian: breadths then add in quadrature"
    if wh.addition == "quadrature" and part > 0.5:
        yield "the lines are nearer Lorentzian than Gaussian: breadths then add as they are"
