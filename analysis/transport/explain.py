"""The fit to quote where a law does not describe all points, and its systematic error."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from analysis.errors import FitError, attempt
from analysis.transport.curve import ResistanceCurve
from analysis.transport.feature import HUMP, STEP, Feature, beside
from analysis.transport.laws import Law
from analysis.transport.misfit import WIDTHS
from analysis.transport.window import find_window, upturn_of

if TYPE_CHECKING:
    from analysis.transport.fit import ResistanceFit

# A result that moves by more than this part of itself between windows, or a window that has
# lost more than this part of the range, is no result.
MOST_MOVED = 0.2
MOST_LOST = 1 / 3
# Neighbouring windows are shorter by this part at either end.
_SHORTER = 0.2
# A feature that is fitted beside a law must be this many errors high, and no wider than the
# widest that is looked for.
_CLEAR = 5.0
# So many widths of each are tried, the most likely.
_TRIED = 2
# A feature of this width, in parts of the range, is mistaken for nothing else.
_NARROW = 0.05
# A feature is tried if alone it takes up this part of the squares that smooth terms do.
_MOST_OF = 0.5


class Fit(Protocol):
    """Fits the curve between two temperatures (K), with another law than before if one is given."""

    def __call__(self, low: float, high: float, other: Law | None = None, /) -> "ResistanceFit":
        """Return the fit; raises `FitError`."""


def explained(whole: "ResistanceFit", fit: Fit, *, automatic: bool) -> "ResistanceFit":
    """Return the fit to quote where the residuals are more than scatter.

    Parameters
    ----------
    whole : ResistanceFit
        Of all usable points, or of the window that was asked for.
    fit : callable
        Fits other windows and laws.
    automatic : bool
        Whether the window may be changed.

    Returns
    -------
    ResistanceFit
        With the first of these: the law and a step or hump beside it, where that describes
        the points; the law in the largest window that it describes (if `automatic`); the
        law as it was. Its systematic part is the largest movement of each parameter between
        what could be quoted as well; where that is large, nothing is quoted.
    """
    doubts = []
    base = whole
    if upturn := upturn_of(whole.part):
        doubts.append(
            f"the resistance rises on cooling below {upturn:.0f} K: an upturn (localisation, "
            f"Kondo effect, a second phase?), which {whole.law.title} does not describe; "
            + ("the window starts above it" if automatic else "start the window above it")
        )
        if automatic:
            above, _ = attempt(lambda: fit(upturn, whole.window[1]))
            base = above or whole
    if base is not whole and base.misfit.described:
        quoted, alternatives = base, _neighbours(base, fit)
    else:
        quoted, alternatives, cause = _described(base, fit, automatic=automatic)
        doubts.append(f"{_headline(base)}{cause}")
    if quoted.law is whole.law:
        alternatives.append(whole)
    moved = _movement(quoted, alternatives, whole) if quoted.dof > 1 else {}
    lost = 1 - np.ptp(quoted.window) / np.ptp(whole.window)
    reason = _no_result(quoted, moved, float(lost)) if quoted.dof > 1 else ""
    if reason:
        doubts.append(reason)
    return replace(quoted, systematic=moved, doubts=tuple(doubts), unquoted=bool(reason))


def _described(
    base: "ResistanceFit", fit: Fit, *, automatic: bool
) -> tuple["ResistanceFit", list["ResistanceFit"], str]:
    """Return the fit to quote, others that are as good, and the cause of the misfit in words."""
    with_feature = _with_features(base, fit)
    suspects = _suspects(base)
    narrow = bool(with_feature) and _narrow(with_feature[0])
    window = _window(base, fit) if automatic and not narrow else None
    if with_feature:
        quoted, *alternatives = with_feature
        if window is not None and _lost(window, base) <= MOST_LOST:
            alternatives.append(window)
        if not narrow:  # another law could look like this
            alternatives.append(base)
        return quoted, alternatives, f"{_feature_words(quoted)}; {suspects}"
    kink = None if base.misfit_of_free.shift_explains else base.misfit.kink
    cause = (
        f": a change of slope near {kink:.0f} K would explain it (a structural transition?)"
        if kink is not None
        else f": the misfit reaches {100 * base.misfit.size:.2g} % of the largest resistance, "
        f"near {base.misfit.worst:.0f} K"
    )
    if window is not None:
        low, high = window.window
        cause += f"; the law describes the points from {low:.0f} to {high:.0f} K"
    elif automatic:
        cause += "; the law describes no range of at least half that width either"
    quoted = window or base
    if automatic and window is None:
        quoted = replace(base, chosen=replace(base.chosen, basis="all"))
    return quoted, _neighbours(quoted, fit), f"{cause}; {suspects}"


def _window(base: "ResistanceFit", fit: Fit) -> "ResistanceFit | None":
    """Return the fit in the largest window that the law describes, None if there is none."""
    latest = base.law.needs_below(base.kept.values)

    def described(part: ResistanceCurve, colder: bool) -> bool:
        low, high = float(part.temperature[0]), float(part.temperature[-1])
        try:
            trial = base.tried(part)
        except FitError:
            return False
        # The Debye temperature of a part may be far off, and so may that of the whole.
        needed = min(latest, trial.law.needs_below(trial.kept.values))
        if trial.dof <= 1 or trial.kept.doubted is not None or (colder and low > needed):
            return False
        return high > low and trial.misfit.described

    edges = find_window(base.part, described)
    return None if edges is None else attempt(lambda: fit(*edges))[0]


def _lost(window: "ResistanceFit", base: "ResistanceFit") -> float:
    return float(1 - np.ptp(window.window) / np.ptp(base.window))


def _with_features(base: "ResistanceFit", fit: Fit) -> list["ResistanceFit"]:
    """Return fits of the law with a feature beside it that describe all points, the best first."""
    described = []
    low, high = base.window
    start, t_one = base.free.minimum.parameters, base.free.t_one
    large = _MOST_OF * base.misfit.excess
    local = [shape for shape in base.misfit.local if shape.in_errors**2 > large]
    for feature in (STEP, HUMP):
        shapes = [shape for shape in local if shape.feature is feature][:_TRIED]
        if not shapes:
            continue
        guesses = [np.r_[start, s.height, s.place / t_one, s.width / t_one] for s in shapes]
        law = beside(base.law, feature, guesses)
        trial, _ = attempt(lambda law=law: fit(low, high, law))  # type: ignore[misc]
        if trial is not None and _sensible(trial, feature) and trial.misfit.described:
            described.append(trial)
    return sorted(described, key=lambda trial: float(trial.residuals @ trial.residuals))


def _sensible(fit: "ResistanceFit", feature: Feature) -> bool:
    height, place, width = (fit.parameters[parameter.name] for parameter in feature.parameters)
    low, high = fit.window
    margin = 0.03 * (high - low)
    return bool(
        abs(height.n) > _CLEAR * height.s
        and low + margin < place.n < high - margin
        and width.n <= 1.3 * max(WIDTHS) * (high - low)
        and fit.dof > 1
    )


def _narrow(fit: "ResistanceFit") -> bool:
    """Tell whether a feature is too narrow to be confused with another smooth law."""
    width = fit.kept.values[_feature_of(fit).parameters[2].name]
    return width <= _NARROW * float(np.ptp(fit.window))


def _feature_of(fit: "ResistanceFit") -> Feature:
    return STEP if "step" in fit.kept.values else HUMP


def _neighbours(fit: "ResistanceFit", again: Fit) -> list["ResistanceFit"]:
    """Return the fits of shorter windows, where there are any."""
    low, high = fit.window
    less = _SHORTER * (high - low)
    shorter = [(low + less, high), (low, high - less)]
    fits = [attempt(lambda ends=ends: again(*ends))[0] for ends in shorter]  # type: ignore[misc]
    return [fit for fit in fits if fit is not None]


def _movement(
    quoted: "ResistanceFit", alternatives: Iterable["ResistanceFit"], whole: "ResistanceFit"
) -> dict[str, float]:
    """Return by how much each parameter moves beyond what fewer points let it scatter.

    Where an error of all temperatures would explain the misfit of the whole, its effect counts.
    """
    values, errors = quoted.kept.values, quoted.kept.errors
    moved = dict.fromkeys(quoted.law.names, 0.0)

    def note(name: str, value: float, error: float) -> None:
        allowed = max(error**2 - errors[name] ** 2, 0.0)
        excess = max((value - values[name]) ** 2 - allowed, 0.0)
        moved[name] = max(moved[name], float(np.sqrt(excess)))

    for alternative in alternatives:
        for name in quoted.law.names:
            if name in alternative.kept.values:
                note(name, alternative.kept.values[name], alternative.kept.errors[name])
    if quoted.g_at_zero and quoted.bends_wrongly:
        for name in set(quoted.law.names) - quoted.held:
            note(name, quoted.free.values[name], errors[name])
    misfit, first = whole.misfit_of_free, quoted.law.first.name
    if misfit.shift_explains:
        moved[first] = max(moved[first], abs(misfit.shift * misfit.first_per_kelvin))
    return {name: value for name, value in moved.items() if name not in quoted.held}


def _no_result(fit: "ResistanceFit", moved: Mapping[str, float], lost: float) -> str:
    first = fit.law.first
    value, unit = fit.kept.values[first.name], first.unit_for(fit.curve.unit)
    about = f"no {first.title} is quoted; it is about {value:.2g} {unit}".rstrip()
    if lost > MOST_LOST:
        return f"the window leaves out {100 * lost:.0f} % of the temperature range: {about}"
    if moved[first.name] > MOST_MOVED * abs(value):
        return (
            f"the {first.title} changes by {moved[first.name]:.2g} {unit} between equally "
            f"acceptable fits: {about}"
        )
    return ""


# ------------------------------------------------------------------------------- in words


def _headline(fit: "ResistanceFit") -> str:
    low, high = fit.window
    return f"{fit.law.title} does not describe the points from {low:g} to {high:g} K within scatter"


def _feature_words(fit: "ResistanceFit") -> str:
    feature = _feature_of(fit)
    height, place, width = (fit.kept.values[parameter.name] for parameter in feature.parameters)
    part = 100 * height / float(fit.part.resistance.max())
    return (
        f": there is {feature.title} of {part:+.1f} % of the largest resistance near {place:.0f} "
        f"K, {width:.0f} K wide (a structural transition, a hysteresis, or a change of contact?), "
        "which is fitted together with the law"
    )


def _suspects(fit: "ResistanceFit") -> str:
    """Return possible causes of a misfit, and the measurements that would decide."""
    law = (
        "another law (two bands, separate phonon modes, another exponent n: --law, law=... in "
        "Python)"
    )
    if fit.curve.origin in ("recommended", "formula"):
        return f"these values come from no sweep, so the law is suspect; try {law}"
    misfit, first = fit.misfit_of_free, fit.law.first
    shifted = ""
    if misfit.shift_explains:
        moved = fit.free.values[first.name] - misfit.shift * misfit.first_per_kelvin
        shifted = (
            f" (temperatures {'too low' if misfit.shift > 0 else 'too high'} by "
            f"{abs(misfit.shift):.1f} +- {misfit.shift_error:.1f} K would explain the misfit; the "
            f"{first.title} would then be {moved:.0f} K)"
        )
    figure = ", the axis of the figure" if fit.curve.origin == "digitised" else ""
    return (
        f"possible causes: the sweep or the thermometer{figure}, a lag or an offset{shifted}; "
        f"{law}. A slower sweep, sweeps in both directions, or a second thermometer on the sample "
        "would decide"
    )


def remark_shift(fit: "ResistanceFit") -> str | None:
    """Return how an error of all temperatures changes the law's first parameter."""
    first = fit.law.first
    measured = fit.curve.origin in (None, "measured", "digitised")
    if not measured or first.unit != "K" or not fit.errors_known:
        return None
    moved = abs(fit.misfit.first_per_kelvin)
    return (
        f"an error of 1 K in all temperatures changes the {first.title} by {moved:.2g} K; an error "
        "of 1 % changes it by 1 %, and no fit can show such an error"
    )
