"""What a multiverse says, in sentences."""

import numpy as np

from analysis.choices.combinations import Combinations
from analysis.numerics.summary import two_digits


def sentences(found: Combinations) -> list[str]:
    """Return what a multiverse says: how many combinations, and how far each result spreads."""
    excluded = found.known & found.excluded  # one without a result is counted once
    failed, refuted = (100 * float(np.mean(some)) for some in (~found.known, excluded))
    rows, fits = len(found), found.n_fits
    said = f"{rows:,} combinations of choices, {fits:,} fits: {failed:.0f} % give no result"
    if found.known.any():
        said += f", and the data exclude {refuted:.0f} %"
    counted = [said]
    if not found.any_possible:
        counted.append("the data allow no combination with a fit, so all are counted")
    if why := found.objection(found.paper):
        counted.append(f"the data exclude the path of the paper: {why}")
    return counted + [_spread(found, result) for result in found.results]


def _spread(found: Combinations, result: str) -> str:
    (title, unit), spread = found.titles[result], found.summary[result]
    low, high = spread["interval"]
    said = f"{title}: 95 % of the combinations lie between {low:.4g} and {high:.4g} {unit}".rstrip()
    if np.isfinite(spread["times"]):
        quoted = f"{spread['quoted']:.4g} +- {spread['stderr']:.2g} {unit}".rstrip()
        said += (
            f", {two_digits(spread['times'])} times as wide as the quoted 95 % interval ({quoted})"
        )
    share = spread["shares"]
    most = max(share, key=lambda name: share[name])
    if share[most] > 0:
        said += f"; {100 * share[most]:.0f} % of the variance is the {found.choice(most).title}"
    return said
