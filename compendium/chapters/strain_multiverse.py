"""What the page on choices of strain and size shows: whose multiverses, and its sentences."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from analysis.catalogue.datasets import describe
from analysis.catalogue.loading import load
from analysis.catalogue.phases import phases_of
from analysis.choices.strain_choices import StrainMultiverse, strain_multiverse
from analysis.diffraction.pattern import DiffractionPattern
from analysis.errors import attempt
from analysis.show.report import Note, Table, percent
from compendium.chapters.roles import Roles

# Patterns of this project with a section of their own.
MEASURED = ("stishovite-39gpa", "nist-iron")
# A Voigt line is what a pseudo-Voigt stands for, and takes as long as the others together.
SHAPES = ("lorentzian", "gaussian", "pseudo-voigt")


def wanted(roles: Roles) -> Iterable[str]:
    """Return the names of the patterns that the page shows."""
    chosen = [roles.pattern] if roles.pattern else []
    return dict.fromkeys([*(one.name for one in (*chosen, *roles.series)), *MEASURED])


def compute(name: str) -> dict[str, Any]:
    """Return the multiverse of a pattern, ready for JSON.

    The standard is that of the data package, which names it as the pattern's "instrument".

    Raises
    ------
    AnalysisError
        If the data allow none, or the standard is not at hand.
    """
    standard = describe(name).properties.get("instrument")
    own: dict[str, Any] = {}
    if standard:
        certified = phases_of(standard)
        own = {"standard": _pattern(standard), "standard_phase": next(iter(certified), None)}
    return strain_multiverse(_pattern(name), phases_of(name), shapes=SHAPES, **own).to_dict()


def _pattern(name: str) -> DiffractionPattern:
    pattern: DiffractionPattern = load(name, kind="diffraction")
    return pattern


def each(
    names: Iterable[str], get: Callable[[str], dict[str, Any]]
) -> tuple[list[StrainMultiverse], Note | None]:
    """Return the multiverses of patterns, and a note of those that have none."""
    found, said = [], []
    for name in names:
        one, why = attempt(lambda name=name: StrainMultiverse.from_dict(get(name)))  # type: ignore[misc]
        found += [] if one is None else [one]
        said += [] if why is None else [f"{name}: {why}"]
    return found, Note("Without a strain:", said) if said else None


def choice_table(found: StrainMultiverse) -> Table:
    """Return the choices with their options, and what share of the variance each explains."""
    every, possible = (found.shares("strain", possible=some) for some in (False, True))
    rows = [
        (
            one.title,
            "; ".join(option.words for option in one.options),
            "taste" if one.taste else "the data",
            percent(every[one.name]),
            percent(possible[one.name]),
        )
        for one in found.choices
    ]
    return Table(("choice", "options", "judged by", "share of all", "of what is left"), rows, 3)


def reasons(found: StrainMultiverse) -> Table:
    """Return why combinations give no strain, or are excluded, with how many they are."""
    rows = [
        (kind, why, str(count))
        for kind, said in (("no strain", found.reasons), ("excluded", found.objections))
        for why, count in Counter(filter(None, said)).most_common()
    ]
    return Table(("", "reason", "combinations"), rows, 2)


def one_words(found: StrainMultiverse, mark: str) -> dict[str, str]:
    """Return the sentences about one pattern, by names that begin with a mark."""
    low, high = (1000 * end for end in found.spread("strain", possible=True))
    value, error = found.quoted.get("strain", (math.nan, math.nan))
    left = int(np.isfinite(found.values("strain", possible=True)).sum())
    counted = (
        f"{len(found)} combinations of choices; {left} of them give a strain and are not excluded "
        "by the data"
    )
    spread = (
        "None of them is left that gives a strain."
        if not left
        else f"Their strains lie between $10^3 \\epsilon$ = {low:.2f} and {high:.2f}."
    )
    times = found.times("strain", possible=True)
    quoted = (
        "The paper's path gives no strain here."
        if math.isnan(times)
        else f"The paper's path gives {1000 * value:.2f} ± {1000 * (error or 0):.2g}: half of the "
        f"spread over choices is {times:.3g} times its error."
    )
    objection = found.objections[found.paper]
    if objection:
        quoted += f" The data exclude that path: {objection}."
    shown = np.isfinite(found.values("size")).sum()
    asked = sum(math.isfinite(one) for one in found.size_lower)
    sizes = f"Eq. 7 is used in {asked} combinations, and in {shown} of them a size shows."
    return {
        f"{mark}-counted": counted,
        f"{mark}-spread": spread,
        f"{mark}-quoted": quoted,
        f"{mark}-most": most(found),
        f"{mark}-sizes": sizes,
    }


def most(found: StrainMultiverse) -> str:
    """Return which choice moves the strain most, in a sentence."""
    share = found.shares("strain", possible=True)
    name = max(share, key=lambda one: share[one])
    if share[name] == 0:
        return "No choice moves the strain."
    title = found.choice(name).title
    return f"The {title} matters most: it explains {percent(share[name])} of the variance."


def series_words(found: Sequence[StrainMultiverse], truth: Mapping[str, float]) -> dict[str, str]:
    """Return the sentences about a series against pressure."""
    times = [one.times("strain", possible=True) for one in found]
    times = [one for one in times if math.isfinite(one)]
    known = [one for one in found if one.name in truth]
    ends = [one.spread("strain", possible=True) for one in known]
    inside = sum(
        low <= truth[one.name] <= high for one, (low, high) in zip(known, ends, strict=True)
    )
    ratios = [
        one.strain[one.paper] / one.strain[one.row(breadth="fwhm")]
        for one in found
        if one.quoted and math.isfinite(one.strain[one.row(breadth="fwhm")])
    ]
    return {
        "series-times": f"{min(times):.3g} to {max(times):.3g}"
        if times
        else "an unknown number of",
        "series-inside": f"{inside} of {len(known)}",
        "series-ratio": f"{np.mean(ratios):.4f}" if ratios else "not known",
        "series-half-pi": f"{math.pi / 2:.4f}",
        "series-most": "; ".join(
            f"{title} for {count}" for title, count in Counter(map(_leading, found)).most_common()
        ),
    }


def _leading(found: StrainMultiverse) -> str:
    share = found.shares("strain", possible=True)
    return found.choice(max(share, key=lambda one: share[one])).title
