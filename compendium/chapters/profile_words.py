"""What the page of identifiability computes and says."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from math import inf, isfinite
from typing import Any

from analysis.catalogue.datasets import describe
from analysis.catalogue.loading import load
from analysis.choices.impacts import Impact, impacts
from analysis.choices.multiverse import Multiverse
from analysis.choices.posterior import Posterior, posterior
from analysis.choices.profiles import AGREE, Profile, profile
from analysis.diffraction.strain.williamson_hall import WilliamsonHall, williamson_hall
from analysis.errors import AnalysisError, DataError, attempt, shown
from analysis.show.foreign import Marked, WithSymbols, markdown, plain_text
from analysis.show.printed import between, plain
from analysis.show.report import Note, Table, percent
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit import ResistanceFit, fit_resistance
from analysis.transport.transition_fit import TransitionFit, fit_transition
from compendium.chapters import long_results
from compendium.chapters.multiverse_words import IN_WORDS, SYMBOLS, curve_of, spoken
from compendium.chapters.roles import Roles

OTHERS = ("cu-foil", "be22re-15gpa")
# Where windows begin that are too narrow, in parts of Theta_D.
NARROW = (0.25, 0.28)


def wanted(roles: Roles) -> Iterable[str]:
    """Return the names of the data sets whose profiles take long."""
    own = curve_of(roles)
    others = [name for name in OTHERS if not roles.foreign and describe(name).available]
    return dict.fromkeys([*([own.name] if own else []), *others])


def compute(data: str | ResistanceCurve) -> dict[str, Any]:
    """Return the profiles of a curve's numbers and its posterior, as plain values.

    Those of the window that is found, of windows that begin too late, and of T_c.
    """
    curve = load(data, kind="resistance") if isinstance(data, str) else data
    fit, why = attempt(lambda: fit_resistance(curve))
    tasks: list[Callable[[], Profile]] = [lambda: profile(_transition(curve))]
    sampled = None
    if fit is not None and fit.theta_d is not None:
        low, high = fit.window
        starts = [start for part in NARROW if low < (start := part * fit.theta_d.n) < high]
        of_fit = [partial(profile, fit, name) for name in ("", "g_sat")]
        tasks = [*of_fit, *tasks, *(partial(_later, fit, start) for start in starts)]
        sampled, why = attempt(lambda: posterior(fit))
    rest = {"posterior": sampled and sampled._asdict(), "no_posterior": why}
    return dict(plain({**_tried(tasks), **rest}))


def _later(fit: ResistanceFit, start: float) -> Profile:
    """Return the profile of Theta_D from a window that begins later."""
    found = profile(fit.again((start, fit.window[1])))
    return found._replace(what=f"{fit.curve.name} from {start:.0f} K")


def _transition(curve: ResistanceCurve) -> TransitionFit:
    found = fit_transition(curve)
    if not isinstance(found, TransitionFit):
        raise AnalysisError(f"{curve.name}: {found.why}")
    return found


def _tried(tasks: Iterable[Callable[[], Profile]]) -> dict[str, Any]:
    """Return the profiles as dictionaries, and in words why others could not be had."""
    results = [attempt(task) for task in tasks]
    profiles = [found._asdict() for found, _ in results if found is not None]
    return {"profiles": profiles, "refused": [why for _, why in results if why]}


def of_lines(wh: WilliamsonHall) -> dict[str, Any]:
    """Return the same of a pattern's strain and size, and of the strain of 3 lines alone."""

    def few() -> Profile:
        three = williamson_hall(wh.lines.select(range(3)), **wh.options._asdict())
        return profile(three)._replace(what=f"{wh.peaks.pattern.name}, its first 3 lines")

    return _tried([lambda: profile(wh), lambda: profile(wh, "size"), few])


def of_others(roles: Roles, own: str) -> list[dict[str, Any]]:
    """Return what `compute` gives for the curves beside that of the page."""
    return [
        long_results.of("profiles", name)
        for name in wanted(roles)
        if name in OTHERS and name != own
    ]


def profiles_in(*results: Mapping[str, Any]) -> list[Profile]:
    """Return the profiles in what `compute` and `of_lines` gave."""
    return [Profile.from_dict(one) for found in results for one in found["profiles"]]


def refusals_in(*results: Mapping[str, Any]) -> Note | None:
    """Return what could not be judged, and why."""
    why = [text for found in results for text in found["refused"]]
    return Note("No interval to compare:", why) if why else None


def profile_table(found: Sequence[Profile]) -> Table:
    """Return each number's three intervals, and how far the quoted one is from the profile's."""
    header = ("number", "of", "textbook", "quoted", "profile", "difference of the ends")
    rows = []
    for one in found:
        ends = map(_ends, (one.textbook, one.quoted, one.interval))
        unit = plain_text(f"({_unit(one.unit)})") if one.unit else ""
        number = Marked(f"{_symbol(one.name)} {unit}".rstrip())
        rows.append((number, one.what, *ends, _off(one)))
    return Table(header, rows, words=2)


def _symbol(name: str) -> Marked:
    return SYMBOLS.get(name, Marked(plain_text(name)))


def _unit(unit: str) -> str:
    return unit.replace("(ohm)", "Ω").replace("ohm", "Ω")


def _off(found: Profile) -> str:
    """Return by how much of half its width the quoted interval ends elsewhere than the profile."""
    return percent(found.off) if found.off < 2 else f"{found.off:.0f} times"


def _ends(interval: Sequence[float]) -> str:
    low, high = interval
    if isfinite(low) and isfinite(high):
        return between((low, high))
    return f"> {low:.4g}" if isfinite(low) else f"< {high:.4g}" if isfinite(high) else "none"


def _in_words(one: Profile) -> str:
    return f"{IN_WORDS.get(one.name, one.name)} of {one.what}"


def reasons(found: Sequence[Profile]) -> Note | None:
    """Return why the textbook interval is wrong, number by number."""
    bad = [one for one in found if one.textbook_off > AGREE or not one.agrees]
    said = [
        Marked(
            f"{_symbol(profile.name)} of {plain_text(profile.what)}: "
            f"{markdown(WithSymbols('; '.join(profile.reasons)))}"
        )
        for profile in bad
        if profile.reasons
    ]
    return Note("Why the textbook interval is wrong here:", said) if said else None


def posterior_of(result: Mapping[str, Any]) -> Table | Note:
    """Return what is quoted of each parameter beside its posterior, or why there is none."""
    if result["posterior"] is None:
        return Note("No posterior:", [result["no_posterior"]])
    found = Posterior(**result["posterior"])
    rows = zip(found.names, found.units, found.quoted, found.intervals, found.ratios, strict=True)
    return Table(
        ("parameter", "unit", "quoted", "posterior", "ratio of widths"),
        [
            (_symbol(name), _unit(unit), _ends(a), _ends(b), f"{ratio:.2f}")
            for name, unit, a, b, ratio in rows
        ],
        words=2,
    )


def said(result: Mapping[str, Any], found: Sequence[Profile]) -> dict[str, str]:
    """Return the sentences on profiles and posterior by name."""
    bad = [one for one in found if not one.agrees]
    names = ", ".join(f"{_in_words(one)} ({_off(one)})" for one in bad)
    shorter = " and ".join(_in_words(one) for one in bad if not one.longer)
    longer = "Where the two differ, the quoted interval is longer than the profile, on purpose"
    wrong = sum(one.textbook_off > AGREE for one in found)
    words = {
        "id-agree": f"{len(found) - len(bad)} of {len(found)} quoted intervals agree with the "
        "profile: their ends differ by less than 10 % of half its width",
        "id-apart": f"The ends of the others differ by more: {names}"
        if bad
        else "No ends differ by more",
        "id-longer": (longer if bad else "Here quoted intervals and profiles do not differ")
        + f"; it is shorter for {shorter}" * bool(shorter),
        "id-textbook": f"the textbook interval differs by more in {wrong} of {len(found)} cases",
        "id-posterior": "There is no posterior here",
    }
    if result.get("posterior"):
        one = Posterior(**result["posterior"])
        words["id-posterior"] = (
            f"The sample has {one.walkers} walks of {one.length} steps, "
            f"{one.length / one.autocorrelation:.0f} autocorrelation times. The posterior of "
            f"{IN_WORDS.get(one.names[0], one.names[0])} of {one.what} is {one.ratios[0]:.2f} "
            "times as wide as the quoted interval"
        )
    return words


def causes(found: Multiverse, **errors: Any) -> tuple[Sequence[Impact], Note | None]:
    """Return what moves lambda, or why there is no lambda."""
    impacted, why = attempt(lambda: impacts(found, **errors))
    return impacted or (), Note("No impacts:", [why]) if why else None


def impact_words(found: Sequence[Impact]) -> dict[str, str]:
    """Return which cause moves lambda most, beside what noise does."""
    if not found:
        return {"id-impacts": "There is no λ here"}
    noise = max(one.size for one in found if one.title.startswith("noise"))
    first = found[0]
    return {
        "id-impacts": f"The {spoken(first.title)} moves λ most, by {first.down:+.2g} to "
        f"{first.up:+.2g}. This is {first.size / noise:.0f} times the change by noise, {noise:.2g}"
    }


def impact_table(found: Sequence[Impact]) -> Table:
    """Return what each cause does to lambda."""
    rows = [
        (
            WithSymbols(spoken(impact.title)),
            WithSymbols(impact.words),
            *(f"{by:+.2g}" if by else "-" for by in (impact.down, impact.up)),
        )
        for impact in found
    ]
    return Table(("source of error", "largest changes", "down", "up"), rows, words=2)


def check(**errors: float) -> None:
    """Refuse a parameter of the page that is no error.

    Raises
    ------
    DataError
    """
    for name, value in errors.items():
        if not 0 <= value < inf or (name == "noise" and value == 0):
            raise DataError(
                f"{name} must be 0 or larger (noise: larger than 0), got {shown(value)}"
            )
