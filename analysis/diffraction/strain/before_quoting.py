"""What to know before quoting a strain or a size, in words: what is in doubt, and what belongs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from analysis.diffraction.strain.choices import FEWEST, in_words, size_height

if TYPE_CHECKING:
    from analysis.diffraction.strain.williamson_hall import WilliamsonHall

# Scatter that errors alone reach less often than this is spoken of.
NOTABLE_CHANCE = 0.01
FEW_LINES = 5


def strain_warnings(wh: "WilliamsonHall") -> tuple[str, ...]:
    """Return what casts doubt on the numbers of a result."""
    doubts = (_doubts_of_lines, _of_scatter, _doubts_of_size, _of_strain, _doubts_of_shape)
    return tuple(text for doubt in doubts for text in doubt(wh))


def strain_remarks(wh: "WilliamsonHall") -> tuple[str, ...]:
    """Return what belongs to the numbers of a result: limits, assumptions, what is left out."""
    return (*_of_lines(wh), *_of_limits(wh), *_of_shape(wh))


def _of_lines(wh: "WilliamsonHall") -> Iterator[str]:
    if not wh.corrected:
        yield (
            "not corrected for the instrument: its breadth is taken to be negligible, as the "
            "paper assumes, and whatever it adds counts as strain or as size"
        )
    if wh.left_out:
        total = len(wh.peaks)
        yield f"{total - wh.n_lines} of {total} lines left out: {'; '.join(wh.left_out)}"
    if FEWEST <= wh.n_lines < FEW_LINES:
        yield f"only {wh.n_lines} lines: they hardly tell whether the law holds"


def _doubts_of_lines(wh: "WilliamsonHall") -> Iterator[str]:
    if narrow := sum("narrow" in flags for flags in wh.peaks.flags):
        which = "the narrowest line is" if narrow == 1 else f"the {narrow} narrowest lines are"
        yield f"{which} among those left out: the average strain of the others is too large"
    if wh.n_lines < FEWEST:
        lines = "one line" if wh.n_lines == 1 else f"{wh.n_lines} lines"
        yield f"only {lines}: too few to tell whether the law holds; a wider --window may have more"


def _of_scatter(wh: "WilliamsonHall") -> Iterator[str]:
    fit = wh.tested
    if fit.chance >= NOTABLE_CHANCE:
        return
    freedom = "one degree" if fit.points_dof == 1 else f"{fit.points_dof} degrees"
    text = (
        "the lines scatter about the law by more than their errors (chi-square "
        f"{fit.chi_square:.3g} for {freedom} of freedom): errors are widened"
    )
    # A size that eq. 8 leaves out makes strains differ too.
    if wh.anisotropy is not None and not _hides_size(wh):
        ratio, broadest, narrowest = wh.anisotropy
        text += (
            f"; the strain of {broadest} is {ratio:.2uS} times that of {narrowest}, as if it "
            "depended on the direction in the crystal"
        )
    yield text


def _hides_size(wh: "WilliamsonHall") -> bool:
    """Tell whether eq. 8 was used although eq. 7 finds a size."""
    return wh.model == "reduced" and wh.size_shows


def _doubts_of_size(wh: "WilliamsonHall") -> Iterator[str]:
    if wh.full is None:
        return
    height, needed = size_height(wh.full)
    if _hides_size(wh) and not wh.unchecked:
        yield (
            f"eq. 7 gives a size of {wh.size_by_full:.3g} nm (the size term is {in_words(height)} "
            "standard errors above zero); eq. 8 counts this broadening as strain"
        )
    if height <= -needed:
        yield (
            f"the size term of eq. 7 is {in_words(height)} standard errors below zero, which no "
            "size explains: breadths rise too steeply with the angle, as after too large a "
            "correction for the instrument or with anisotropic strain"
        )


def _of_strain(wh: "WilliamsonHall") -> Iterator[str]:
    """Yield why no strain is quoted, where no size is either."""
    if wh.strain_shows or wh.size is not None:
        return
    upper = f"epsilon < {wh.strain_upper:.3g}"
    if wh.size_lower is not None:
        yield (
            "a size alone explains the breadths as well as a strain does: neither is determined, "
            f"{upper} and D > {wh.size_lower:.3g} nm (95 % each); lines at larger angles would "
            "tell them apart"
        )
    else:
        yield f"the strain is not determined: {upper} (95 %), since a size may broaden the line"


def _of_limits(wh: "WilliamsonHall") -> Iterator[str]:
    if wh.size is not None and not wh.strain_shows:
        yield f"the strain is not above zero at 95 %: epsilon < {wh.strain_upper:.3g} (95 %)"
    if wh.size is not None or wh.full is None or not wh.strain_shows or _hides_size(wh):
        return
    text = f"the size is not determined: D > {wh.size_lower:.3g} nm (95 %)"
    at_limit = wh.strain_at_size_limit
    if at_limit is not None:
        text += f"; with a size at that limit the strain would be {at_limit:.3g} instead of "
        text += f"{wh.strain.n:.3g}"
        text += ", which its error does not contain" * (wh.options.model == "reduced")
    yield text


def _of_shape(wh: "WilliamsonHall") -> Iterator[str]:
    if wh.model == "full" or not wh.unchecked:
        yield f"{wh.way.words} ({wh.why})"
    other = wh.second_opinion
    if other is not None and _disagree(wh, other):
        size = "no size" if other.size is None else f"a size of {other.size:.2uS} nm"
        yield (
            "the law of Halder and Wagner, with a Lorentzian from size and a Gaussian from "
            f"strain, gives a strain of {other.strain:.2uS} and {size}. The difference exceeds "
            "the errors, so the numbers depend on how breadths add"
        )


def _doubts_of_shape(wh: "WilliamsonHall") -> Iterator[str]:
    if wh.size is None or wh.options.addition == "auto":
        return
    part = float(np.mean(wh.lines.lorentzian_part))
    if wh.addition == "linear" and part < 0.5:
        yield "the lines are nearer Gaussian than Lorentzian: breadths then add in quadrature"
    if wh.addition == "quadrature" and part > 0.5:
        yield "the lines are nearer Lorentzian than Gaussian: breadths then add linearly"


def _disagree(wh: "WilliamsonHall", other: "WilliamsonHall") -> bool:
    """Tell whether each strain lies outside the other's interval."""
    pairs = ((wh, other), (other, wh))
    return not any(a.interval()[0] <= b.strain.n <= a.interval()[1] for a, b in pairs)
