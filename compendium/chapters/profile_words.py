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
from analysis.show.foreign import Marked, WithSymbols, markdown, plain_text, spoken
from analysis.show.printed import between, plain
from analysis.show.report import Note, Table, percent
from analysis.transport.curve import ResistanceCurve
from analysis.transport.fit import ResistanceFit, fit_resistance
from analysis.transport.transition_fit import TransitionFit, fit_transition
from compendium.chapters import long_results
from compendium.chapters.multiverse_words import IN_WORDS, SYMBOLS, curve_of
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
    later = profile(fit.again((start, fit.window[1])))
    return later._replace(what=f"{fit.curve.name} from {start:.0f} K")


def _transition(curve: ResistanceCurve) -> TransitionFit:
    transition = fit_transition(curve)
    if not isinstance(transition, TransitionFit):
        raise AnalysisError(f"{curve.name}: {transition.why}")
    return transition


def _tried(tasks: Iterable[Callable[[], Profile]]) -> dict[str, Any]:
    """Return the profiles as dictionaries, and in words why others could not be had."""
    results = [attempt(task) for task in tasks]
    profiles = [result._asdict() for result, _ in results if result is not None]
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
    return [Profile.from_dict(content) for result in results for content in result["profiles"]]


def refusals_in(*results: Mapping[str, Any]) -> Note | None:
    """Return what could not be judged, and why."""
    why = [text for result in results for text in result["refused"]]
    said = [WithSymbols(text.replace("of g_sat", "of 1/R_sat")) for text in why]
    return Note("No interval to compare:", said) if why else None


def profile_table(profiles: Sequence[Profile]) -> Table:
    """Return each number's three intervals, and how far the quoted one is from the profile's."""
    header = ("number", "of", "textbook", "quoted", "profile", "ends differ by")
    rows = []
    for row in profiles:
        ends = map(_ends, (row.textbook, row.quoted, row.interval))
        unit = plain_text(f"({_unit(row.unit)})") if row.unit else ""
        number = Marked(f"{_symbol(row.name)} {unit}".rstrip())
        rows.append((number, row.what, *ends, _off(row)))
    return Table(header, rows, words=2)


def _symbol(name: str) -> Marked:
    return SYMBOLS.get(name, Marked(plain_text(name)))


def _unit(unit: str) -> str:
    return unit.replace("(ohm)", "Ω").replace("ohm", "Ω")


def _off(profile: Profile) -> str:
    """Return by how much of half its width the quoted interval ends elsewhere than the profile."""
    return percent(profile.off) if profile.off < 2 else f"{profile.off:.0f} times"


def _ends(interval: Sequence[float]) -> str:
    low, high = interval
    if isfinite(low) and isfinite(high):
        return between((low, high))
    return f"> {low:.4g}" if isfinite(low) else f"< {high:.4g}" if isfinite(high) else "none"


def _in_words(profile: Profile) -> str:
    return f"{IN_WORDS.get(profile.name, profile.name)} of {profile.what}"


def reasons(profiles: Sequence[Profile]) -> Note | None:
    """Return why the textbook interval is wrong, number by number."""
    bad = [profile for profile in profiles if profile.textbook_off > AGREE or not profile.agrees]
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
    sampled = Posterior(**result["posterior"])
    rows = zip(
        sampled.names, sampled.units, sampled.quoted, sampled.intervals, sampled.ratios, strict=True
    )
    return Table(
        ("parameter", "unit", "quoted", "posterior", "ratio of widths"),
        [
            (_symbol(name), _unit(unit), _ends(a), _ends(b), f"{ratio:.2f}")
            for name, unit, a, b, ratio in rows
        ],
        words=2,
    )


def said(result: Mapping[str, Any], profiles: Sequence[Profile]) -> dict[str, str]:
    """Return the sentences on profiles and posterior by name."""
    bad = [profile for profile in profiles if not profile.agrees]
    names = ", ".join(f"{_in_words(profile)} ({_off(profile)})" for profile in bad)
    shorter = " and ".join(_in_words(profile) for profile in bad if not profile.longer)
    longer = "Where the two differ, the quoted interval is longer than the profile, on purpose"
    wrong = sum(profile.textbook_off > AGREE for profile in profiles)
    words = {
        "id-agree": f"{len(profiles) - len(bad)} of {len(profiles)} quoted intervals agree with "
        "the profile: their ends differ by less than 10 % of half its width",
        "id-apart": f"The ends of the others differ by more: {names}"
        if bad
        else "No ends differ by more",
        "id-longer": (longer if bad else "Here quoted intervals and profiles do not differ")
        + f"; it is shorter for {shorter}" * bool(shorter),
        "id-textbook": f"the textbook interval differs by more in {wrong} of {len(profiles)} cases",
        "id-posterior": "There is no posterior here",
    }
    if result.get("posterior"):
        sampled = Posterior(**result["posterior"])
        words["id-posterior"] = (
            f"The sample has {sampled.walkers} walks of {sampled.length} steps, "
            f"{sampled.length / sampled.autocorrelation:.0f} autocorrelation times. "
            f"The posterior of {IN_WORDS.get(sampled.names[0], sampled.names[0])} of "
            f"{sampled.what} is {sampled.ratios[0]:.2f} times as wide as the quoted interval"
        )
    return words


def causes(combinations: Multiverse, **errors: Any) -> tuple[Sequence[Impact], Note | None]:
    """Return what moves lambda, or why there is no lambda."""
    impacted, why = attempt(lambda: impacts(combinations, **errors))
    return impacted or (), Note("No impacts:", [why]) if why else None


def impact_words(ranked: Sequence[Impact]) -> dict[str, str]:
    """Return which cause moves lambda most, beside what noise does."""
    if not ranked:
        return {"id-impacts": "There is no λ here"}
    noise = max(impact.size for impact in ranked if impact.title.startswith("noise"))
    first = ranked[0]
    return {
        "id-impacts": f"The {spoken(first.title)} moves λ most, by {first.down:+.2g} to "
        f"{first.up:+.2g}. This is {first.size / noise:.0f} times the change by noise, {noise:.2g}"
    }


def impact_table(ranked: Sequence[Impact]) -> Table:
    """Return what each cause does to lambda."""
    rows = [
        (
            WithSymbols(spoken(impact.title)),
            WithSymbols(impact.words),
            *(f"{by:+.2g}" if by else "-" for by in (impact.down, impact.up)),
        )
        for impact in ranked
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
