"""The result of a multiverse in sentences."""

import numpy as np

from analysis.choices.combinations import Combinations
from analysis.numerics.summary import two_digits


def sentences(combinations: Combinations) -> list[str]:
    """Return sentences on a multiverse: number of combinations, and the spread of each result."""
    # A combination without a result is counted once.
    excluded = combinations.has_result & combinations.excluded
    failed, refuted = (100 * float(np.mean(some)) for some in (~combinations.has_result, excluded))
    rows, fits = len(combinations), combinations.n_fits
    counts = f"{rows:,} combinations of choices, {fits:,} fits: {failed:.0f} % give no result"
    if combinations.has_result.any():
        counts += f", and the data exclude {refuted:.0f} %"
    counted = [counts]
    if not combinations.any_possible:
        counted.append("the data exclude every combination that has a fit, so all are counted")
    if why := combinations.objection(combinations.paper):
        counted.append(f"the data exclude the paper's own path: {why}")
    return counted + [_spread(combinations, result) for result in combinations.results]


def _spread(combinations: Combinations, result: str) -> str:
    (title, unit), spread = combinations.titles[result], combinations.summary[result]
    low, high = spread["interval"]
    sentence = (
        f"{title}: 95 % of the combinations lie between {low:.4g} and {high:.4g} {unit}".rstrip()
    )
    if np.isfinite(spread["times"]):
        quoted = f"{spread['quoted']:.4g} +- {spread['stderr']:.2g} {unit}".rstrip()
        sentence += (
            f", {two_digits(spread['times'])} times as wide as the quoted 95 % interval ({quoted})"
        )
    share = spread["shares"]
    most = max(share, key=lambda name: share[name])
    if share[most] > 0:
        sentence += (
            f"; {100 * share[most]:.0f} % of the variance comes from the choice of the "
            f"{combinations.choice(most).title}"
        )
    return sentence
