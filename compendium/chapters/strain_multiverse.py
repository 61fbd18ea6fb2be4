"""What the page on choices behind a strain shows: of which patterns, and its sentences."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from analysis.catalogue.datasets import describe
from analysis.catalogue.loading import load
from analysis.catalogue.phases import phases_of
from analysis.choices.strain_choices import StrainMultiverse, strain_multiverse
from analysis.choices.words import sentences
from analysis.errors import attempt
from analysis.show.foreign import spoken
from analysis.show.report import Note, Table
from compendium.chapters import multiverse_words
from compendium.chapters.roles import Roles

# Patterns of this project with a section of their own.
MEASURED = ("stishovite-39gpa", "nist-iron")
# A Voigt line is what a pseudo-Voigt stands for, and takes as long as the others together.
SHAPES = ("lorentzian", "gaussian", "pseudo-voigt")


def wanted(roles: Roles) -> Iterable[str]:
    """Return the names of the patterns that the page shows."""
    chosen = [roles.pattern] if roles.pattern else []
    measured = () if roles.foreign else MEASURED
    return dict.fromkeys([*(dataset.name for dataset in (*chosen, *roles.series)), *measured])


def compute(name: str) -> dict[str, Any]:
    """Return the multiverse of a pattern, ready for JSON.

    The data package names the standard as the pattern's "instrument".

    Raises
    ------
    AnalysisError
        If the data allow none, or the standard is not at hand.
    """
    own: dict[str, Any] = {}
    if standard := describe(name).properties.get("instrument"):
        certified = next(iter(phases_of(standard)), None)
        own = {"standard": load(standard, kind="diffraction"), "standard_phase": certified}
    pattern = load(name, kind="diffraction")
    return strain_multiverse(pattern, phases_of(name), shapes=SHAPES, **own).to_dict()


def each(
    names: Iterable[str], get: Callable[[str], dict[str, Any]]
) -> tuple[list[StrainMultiverse], Note | None]:
    """Return the multiverses of patterns, and a note of those that have none."""
    tried = {name: attempt(lambda name=name: get(name)) for name in names}  # type: ignore[misc]
    several = [
        StrainMultiverse.from_dict(content) for content, _ in tried.values() if content is not None
    ]
    said = [f"{name}: {why}" for name, (_, why) in tried.items() if why is not None]
    return several, Note("Without a multiverse:", said) if said else None


def reasons(combinations: StrainMultiverse) -> Table:
    """Return why combinations give no strain, or are excluded, with how many they are."""
    rows = [
        (kind, why, str(count))
        for kind, said in (
            ("no strain", combinations.reasons),
            ("excluded", combinations.objections),
        )
        for why, count in Counter(filter(None, said)).most_common()
    ]
    return Table(("outcome", "reason", "combinations"), rows, 2)


def strain_table(several: Sequence[StrainMultiverse]) -> Table:
    """Return the strain of each pattern, how far choices move it, and which."""
    table = multiverse_words.result_table(several)
    rows = [row for row in table.rows if row[1] == multiverse_words.SYMBOLS["strain"]]
    return Table(("pattern", *table.header[1:]), rows, table.words)


def words_of(combinations: StrainMultiverse, mark: str) -> dict[str, str]:
    """Return the sentences about one pattern, by names that begin with a mark."""
    objection = combinations.objection(combinations.paper)
    path = f"exclude the paper's path: {objection}" if objection else "allow the paper's path"
    spread = spoken(sentences(combinations)[-len(combinations.results)])
    return {f"{mark}-name": combinations.name, f"{mark}-path": path, f"{mark}-spread": spread}


def series_words(several: Sequence[StrainMultiverse], truth: Mapping[str, float]) -> dict[str, str]:
    """Return the sentences about a series; `truth` has what synthetic patterns were made from."""
    ends = {pattern.name: pattern.spread("strain", possible=True, level=1.0) for pattern in several}
    inside = [ends[name][0] <= truth[name] <= ends[name][1] for name in ends if name in truth]
    times = [pattern.times("strain", possible=True) for pattern in several]
    times = [ratio for ratio in times if math.isfinite(ratio)]
    pairs = [pattern.strain[[pattern.paper, pattern.row(breadth="fwhm")]] for pattern in several]
    ratios = [first / second for first, second in pairs if math.isfinite(first / second)]
    moved = [pattern.shares("strain", possible=True) for pattern in several]
    leading = Counter(max(share, key=lambda name: share[name]) for share in moved).most_common()
    return {
        "series-times": f"{min(times):.2g} to {max(times):.2g}"
        if times
        else "an unknown number of",
        "series-inside": f"{sum(inside)} of {len(inside)}",
        "series-ratio": f"{np.mean(ratios):.4f}" if ratios else "not known",
        "series-half-pi": f"{math.pi / 2:.4f}",
        "series-most": "; ".join(f"the {name} in {count}" for name, count in leading),
    }
