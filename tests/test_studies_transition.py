"""Studies: how often T_c and lambda, as they are quoted, hold the truth; and T_c that is none.

See `test_studies` for what a study is. The curves are made in `transition_study`.
"""

import warnings

import numpy as np
import pytest
from transition_study import (
    NO_TRANSITION,
    clean,
    coarse,
    coupling,
    fine_8,
    fine_92,
    other_shape,
    two_steps,
)

from analysis import AnalysisError, fit_transition
from analysis.numerics.least_squares import Undetermined, minimise
from analysis.transport.transition_fit import TransitionFit

pytestmark = [pytest.mark.study, pytest.mark.filterwarnings("ignore::analysis.ValidityWarning")]

CRITERIA = (0.05, 0.5, 0.9)


def inside(number, truth):
    """Return whether an interval holds the truth; None where none is quoted."""
    interval = number.get("interval")
    return None if interval is None else bool(interval[0] <= truth <= interval[1])


def quoted(made, rng):
    """Return what is quoted at each criterion, or None where nothing is."""
    try:
        fit = fit_transition(made.curve(rng))
    except AnalysisError:
        return None
    return fit, {criterion: fit.to_dict(criterion) for criterion in CRITERIA}


def hits_of(study, make, replicates, *, seed):
    """Return by criterion whether the interval of T_c held the truth, and all that was found."""
    hits, found = {criterion: [] for criterion in CRITERIA}, []
    for at in range(study.replicates(replicates, seed=seed)):
        rng = study.rng(at)
        made = make(rng)
        what = quoted(made, rng)
        found.append((made, what))
        for criterion in CRITERIA:
            number = {} if what is None else what[1][criterion]["tc"]
            hits[criterion].append(inside(number, made.tc(criterion)))
    return hits, found


def test_t_c_and_lambda_of_eqs_1_and_5(study):
    """Clean controls: quoted, unwarned, as narrow as the fit that knows the law, and right."""
    hits, found = hits_of(study, clean, 2000, seed=51)
    warned = sum(what is None or bool(what[1][0.05]["warnings"]) for _, what in found)
    for criterion in CRITERIA:
        study.covers(f"T_c at {criterion:g}", "eqs. 1 and 5", hits[criterion], warned=warned)
    held = [
        None
        if what is None
        else inside(what[1][0.05]["lambda"], coupling(made.tc(0.05), made.theta_d))
        for made, what in found
    ]
    study.covers("lambda", "eqs. 1 and 5", held, warned=warned)
    share = np.mean([hit is not None for hit in hits[0.05]])
    study.holds("quoted", share, full=(0.95, 1), tenth=(0.9, 1))
    study.holds("warned", warned / len(found), full=(0, 0.05), tenth=(0, 0.12))
    wider = [
        what[1][0.05]["tc"]["stderr"] / what[0].tc(0.05).s
        for _, what in found
        if what is not None and what[1][0.05]["tc"]["stderr"]
    ]
    study.holds("error beside the fit's", np.median(wider), full=(1, 1.3), tenth=(1, 1.3))


@pytest.mark.parametrize(
    ("make", "situation"),
    [(fine_8, "eq. 5, half a kelvin at 8 K"), (fine_92, "eq. 5, 8 K at 92 K")],
)
def test_t_c_of_a_fine_scan(make, situation, study):
    hits, _ = hits_of(study, make, 500, seed=52)
    for criterion in CRITERIA:
        study.covers(f"T_c at {criterion:g}", situation, hits[criterion])


@pytest.mark.parametrize(
    ("make", "situation"),
    [
        (two_steps, "two steps"),
        (other_shape, "erf or tanh instead of eq. 5"),
        (coarse, "two points inside, or none"),
    ],
)
def test_t_c_where_eq_5_has_not_the_shape_or_no_point_shows_it(make, situation, study):
    """Their error holds a systematic part, or they lie between points: more than 95 %."""
    hits, _ = hits_of(study, make, 200, seed=53)
    for criterion in CRITERIA:
        held = hits[criterion]
        what = f"T_c at {criterion:g}"
        study.at_most(f"{what} misses", situation, held.count(False), 20, of=200)
        share = 1 - held.count(None) / len(held)
        study.holds(f"{what} quoted", share, full=(0.95, 1), tenth=(0.85, 1))


@pytest.mark.parametrize("make", NO_TRANSITION, ids=lambda make: make.__name__)
def test_no_t_c_where_there_is_no_transition(make, study):
    quoted_unwarned = 0
    for at in range(study.replicates(200, seed=54)):
        try:
            found = fit_transition(make(study.rng(at))).to_dict(0.5)
        except AnalysisError:
            continue
        named = any(found[key].get("interval") for key in ("tc", "tc_onset", "lambda"))
        quoted_unwarned += named and not found["warnings"]
    situation = make.__name__.replace("_", " ")
    study.at_most("T_c of none, unwarned", situation, quoted_unwarned, 10, of=200)


def test_scattered_starts_find_no_lower_minimum(study):
    """Of eq. 5 with eq. 1: onset, F, floor and normal state anywhere near."""
    lower = 0
    for at in range(study.replicates(200, seed=55)):
        rng = study.rng(at)
        made = clean(rng)
        fit = fit_transition(made.curve(rng))
        if not isinstance(fit, TransitionFit):
            continue
        size, least = fit.model.size, fit.minimum.residuals @ fit.minimum.residuals
        measured = fit.part.resistance / fit.scale
        for _ in range(10):
            start = fit.minimum.parameters.copy()
            start[:size] *= np.exp(0.3 * rng.normal(size=size))
            start[size] *= rng.uniform(0.9, 1.1)
            start[size + 1] = np.exp(rng.uniform(np.log(4), np.log(500)))
            try:
                with warnings.catch_warnings(action="ignore", category=RuntimeWarning):
                    other = minimise(fit.model, start, measured, free=fit.minimum.free)
            except Undetermined:
                continue
            sound = other.parameters[size + 1] > 0 and fit.law.possible(other.parameters[:size])
            if sound and other.residuals @ other.residuals < 0.999 * least:
                lower += 1
                break
    study.at_most("lower minima", "eqs. 1 and 5 from scattered starts", lower, 2, of=200)
