"""Profiles of the likelihood as a second judge of intervals, and the posterior as a third."""

import json
from functools import cache

import numpy as np
import pytest
from scipy import optimize

import analysis
from analysis.choices.posterior import Posterior, posterior
from analysis.choices.profiles import Profile, profile
from analysis.show.printed import plain
from compendium.chapters import profile_words


@cache
def fit(name, low=None):
    curve = analysis.load(name)
    return analysis.fit_resistance(curve, None if low is None else (low, 300.0))


@cache
def strain(name):
    return analysis.analyse_pattern(analysis.load(name), analysis.phases_of(name)).strain


GOOD = [
    ("twin-run1-1.6gpa", "theta_d"),
    ("twin-run1-1.6gpa", "g_sat"),
    ("twin-run2-25.0gpa", "theta_d"),
    ("twin-run2-25.0gpa", "r0"),
    ("twin-run2-25.0gpa", "a"),
    ("twin-zero-resistance-22.4gpa", "theta_d"),
    ("twin-run4-43.5gpa", "theta_d"),
]


@pytest.mark.parametrize(("data", "name"), GOOD)
def test_good_intervals_end_where_the_squares_have_risen(data, name):
    found = profile(fit(data), name)
    assert found.agrees
    # By another parametrisation, numerical derivatives and another minimiser.
    part, law = fit(data).part, fit(data).law
    held, names = found.interval[1], [one for one in law.names if one != name]

    def left(values):
        given = dict(zip(names, values * start, strict=True)) | {name: held}
        return law.value(part.temperature, 5.0, **given) - part.resistance

    start = np.array([fit(data).kept.values[name] for name in names])
    squares = 2 * optimize.least_squares(left, np.ones(3), xtol=1e-13, ftol=1e-13).cost
    least = float(fit(data).residuals @ fit(data).residuals)
    assert (squares / least - 1) * fit(data).dof == pytest.approx(found.allowed, rel=2e-3)


def test_tc_and_strain_agree_too():
    falling = analysis.fit_transition(analysis.load("twin-zero-resistance-22.4gpa"))
    for one in (profile(falling), *(profile(strain("twin-xrd-10.5gpa"), n) for n in SIZES)):
        assert one.agrees, one.name
        assert not one.textbook_off < 0.1, one.name


SIZES = ("strain", "size")


@pytest.mark.parametrize(
    ("found", "why"),
    [
        (lambda: profile(fit("twin-run2-25.0gpa")), "takes them as independent: it is 1.3 times"),
        (lambda: profile(fit("twin-run2-25.0gpa"), "g_sat"), "cannot be negative"),
        (lambda: profile(fit("twin-zero-resistance-22.4gpa", 146.0)), "above Theta_D/4"),
        (lambda: profile(fit("twin-zero-resistance-22.4gpa", 146.0)), "rises faster on one side"),
        (
            lambda: profile(strain("twin-xrd-10.5gpa"), "size"),
            "leave this end of the interval open",
        ),
        (lambda: profile(few()), "2 degrees of freedom are left: Student's factor is 4.30"),
    ],
)
def test_why_the_textbook_is_wrong_is_said_by_name(found, why):
    assert any(why in text for text in found().reasons)
    assert found().textbook_off > 0.1


def few(lines=3):
    wh = strain("twin-xrd-10.5gpa")
    return analysis.williamson_hall(wh.lines.select(range(lines)), **wh.options._asdict())


def test_a_law_that_fails_is_the_case_where_quoted_and_profile_differ():
    t, rng = np.linspace(20, 300, 300), np.random.default_rng(3)
    r = analysis.resistance(t, theta_d=400, r0=0.1, a=2, n=3)
    curve = analysis.ResistanceCurve(t, r + 3e-4 * rng.standard_normal(t.size))
    found = profile(analysis.fit_resistance(curve))
    assert not found.agrees
    assert any("which the profile of one law does not show" in text for text in found.reasons)
    assert np.ptp(found.quoted) > np.ptp(found.interval)


def test_an_open_end_stays_open():
    found = profile(strain("twin-xrd-10.5gpa"), "size")
    assert found.interval[1] == found.quoted[1] == np.inf
    again = Profile.from_dict(json.loads(json.dumps(plain(found._asdict()))))
    assert again.interval == pytest.approx(found.interval)
    assert (again.off, again.reasons) == (pytest.approx(found.off), found.reasons)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (lambda: profile(few(2)), "2 lines always fit eq. 7 exactly"),
        (lambda: profile(strain("twin-xrd-10.5gpa"), "area"), "no profile of 'area'"),
        (lambda: profile(fit("silver"), "theta_d"), "no interval of theta_d is quoted"),
        (lambda: posterior(fit("silver")), "silver: eq. 1 does not describe the points"),
    ],
)
def test_what_is_not_quoted_is_not_judged(asked, message):
    with pytest.raises(analysis.FitError, match=message):
        asked()


def test_the_posterior_of_a_good_curve_is_what_is_quoted():
    found = posterior(fit("twin-zero-resistance-22.4gpa"))
    assert found.ratios == pytest.approx(np.ones(4), abs=0.1)
    assert found.length > 50 * found.autocorrelation
    middle = np.mean(found.intervals, axis=1)
    assert middle == pytest.approx(np.mean(found.quoted, axis=1), rel=0.02, abs=0.02)
    assert Posterior(**json.loads(json.dumps(found._asdict()))) == found


def test_a_chain_that_is_too_short_is_refused():
    with pytest.raises(analysis.FitError, match=r"500 steps are .* times .* 50 are"):
        posterior(fit("twin-zero-resistance-22.4gpa"), longest=500)


def test_the_page_takes_another_curve(monkeypatch):
    def none(_fit):
        raise analysis.FitError("no posterior today")

    monkeypatch.setattr(profile_words, "posterior", none)
    found = json.loads(json.dumps(profile_words.compute(analysis.load("twin-run4-43.5gpa"))))
    profiles = profile_words.profiles_in(found)
    assert [(one.name, one.agrees) for one in profiles[:2]] == [("theta_d", True), ("g_sat", True)]
    said = profile_words.said(found, profiles)
    assert said["id-posterior"] == "There is no posterior here"
    assert f"of {len(profiles)} quoted intervals" in said["id-agree"]
    assert "no posterior today" in str(profile_words.posterior_of(found))
    assert "486 to 588" in str(profile_words.profile_table(profiles))


def test_sentences_say_what_the_table_has():
    inf, nan = np.inf, np.nan
    rows = (
        ("theta_d", (400.0, 420.0), (400.0, 420.0), (400.0, 420.0)),
        ("tc", (10.0, 11.0), (9.0, 12.0), (10.4, 10.6)),
        ("g_sat", (0.0, 1.2e-3), (0.0, 9e-4), (-5e-3, 3e-4)),
        ("size", (250.0, inf), (245.0, inf), (nan, nan)),
    )
    made = [
        Profile(name, "", "mine", None, 1.0, of, quoted, textbook, [], [], 3.84, ["why"])
        for name, of, quoted, textbook in rows
    ]
    assert [one.agrees for one in made] == [True, False, False, True]
    assert made[3].textbook_off == inf
    said = profile_words.said({"posterior": None}, made)
    assert said["id-agree"].startswith("2 of 4 quoted intervals")
    assert said["id-textbook"] == "the textbook interval differs by more in 3 of 4 cases"
    assert said["id-longer"].endswith("; it is shorter for 1/R_sat of mine")
    on_purpose = profile_words.said({}, made[:2])["id-longer"]
    assert on_purpose.endswith("longer than the profile, on purpose")
    assert profile_words.said({}, made[:1])["id-longer"].endswith("do not differ")
    listed = list(profile_words.reasons(made).remarks)
    assert listed == [
        f"{symbol} of mine: why" for symbol in ("$T_\\mathrm{c}$", "$1/R_\\mathrm{sat}$", "$D$")
    ]


@pytest.mark.parametrize("wrong", [{"noise": 0.0}, {"mu_star_error": -0.1}])
def test_what_is_no_error_stops_the_page(wrong):
    with pytest.raises(analysis.DataError, match=next(iter(wrong))):
        profile_words.check(**wrong)
