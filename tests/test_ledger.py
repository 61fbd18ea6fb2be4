"""The ledger: verdicts are computed, and the twin confirms nothing."""

import pytest
from uncertainties import ufloat

from compendium.chapters import claims, ledger
from compendium.chapters.claims import VERDICTS, Entry, Found, digits, exact, verdict


@pytest.fixture(scope="module")
def entries():
    return ledger.entries()


@pytest.mark.parametrize(
    ("published", "value", "origin", "at_least", "expected"),
    [
        (ufloat(518, 4), ufloat(520, 4), "measured", False, "reproduced"),
        (ufloat(518, 4), ufloat(540, 4), "measured", False, "differs"),
        (ufloat(518, 4), ufloat(518, 4), "synthetic", False, "needs the original data"),
        (exact(0.9), exact(0.2), "recommended", True, "not supported"),
        (exact(0.9), exact(0.95), "recommended", True, "reproduced"),
        (digits(1.75, 0.01), exact(1.752), "published inputs", False, "reproduced"),
        (digits(1.75, 0.01), exact(1.714), "published inputs", False, "differs"),
    ],
)
def test_verdicts_follow_from_numbers_and_errors(published, value, origin, at_least, expected):
    assert verdict(published, Found(value, origin, "x"), at_least=at_least) == expected


def test_nothing_found_needs_the_original_data():
    assert verdict(exact(1.0), None) == "needs the original data"
    assert verdict(None, Found(exact(1.0), "measured", "x")) == "needs the original data"


def test_every_verdict_is_one_of_four_and_the_twin_reproduces_nothing(entries):
    for entry in entries:
        assert entry.verdict in VERDICTS
        if entry.found is not None and entry.found.origin == "synthetic":
            assert entry.verdict == "needs the original data"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("part of the pure metals", "not supported"),
        ("coupling constant at 22.4 GPa", "differs"),
        ("Debye temperature at 22.4 GPa", "needs the original data"),
    ],
)
def test_the_rows_that_matter(words, expected, entries):
    (entry,) = [entry for entry in entries if entry.claim.startswith(words)]
    assert entry.verdict == expected


def test_the_metals_are_counted(entries):
    (entry,) = [entry for entry in entries if entry.claim.startswith("part of the pure metals")]
    assert entry.found.value.n == pytest.approx(14 / 69)


def test_the_twin_still_says_what_the_paper_put_in(entries):
    found = {entry.claim: entry.found for entry in entries}
    theta = found["Debye temperature at 22.4 GPa"].value
    assert abs(theta.n - 518) < 2 * theta.s
    assert all(one is not None for claim, one in found.items() if claim.startswith("least R²"))


def test_the_twin_has_the_strain_that_the_paper_prints(entries):
    found = {entry.claim: entry.found for entry in entries}
    plateau = found["strain between 5 and 18 GPa"].value
    assert abs(plateau.n - 0.0079) < 0.02 * 0.0079
    for claim, pressure in (
        ("end of the steep rise of strain", 4.9),
        ("begin of the second rise of strain", 20.0),
        ("largest strain", 33.0),
    ):
        assert abs(found[claim].value.n - pressure) <= found[claim].value.s


@pytest.mark.measured("stishovite-39gpa")
def test_in_a_measured_pattern_the_size_is_lost_too(entries):
    (entry,) = [entry for entry in entries if entry.claim.startswith("the same of another sample")]
    assert entry.found.origin == "measured"
    assert entry.verdict == "reproduced"
    assert entry.found.value.s > 0.01  # 1/nm: no size above some tens of nm could show


def test_a_printed_number_is_uncertain_by_half_its_last_digit():
    assert (digits(1.75, 0.01).n, digits(1.75, 0.01).s) == (1.75, 0.005)
    assert exact(2.0).s == 0


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("coupling constant at 22.4 GPa", "1.75"),
        ("Debye temperature at 22.4 GPa", "518 ± 4 K"),
        ("$T_\\mathrm{c}$ at 0.05", "58.0 ± 0.1 K"),
        ("least R² of the fits of run 4", "≥ 0.9989"),
        ("X-ray wavelength", "61.99 pm"),
    ],
)
def test_numbers_stand_as_they_are_printed(words, text, entries):
    (entry,) = [entry for entry in entries if entry.claim.startswith(words)]
    assert entry.printed == text


def test_the_table_has_a_row_for_each_claim(entries):
    shown = claims.ledger_table(entries)
    assert len(shown.rows) == len(entries)
    assert all(row[1].strip("*") in VERDICTS for row in shown.rows)


@pytest.mark.parametrize(
    ("published", "found", "row"),
    [
        (None, None, ["x (Fig. 9)", "**needs the original data**", "none", "none", "nothing here"]),
        (
            digits(1.75, 0.01),
            Found(ufloat(1.714, 0.012), "published inputs", "eqs. 2-4"),
            [
                "x (Fig. 9)",
                "**differs**",
                "1.75 K",
                "1.714 ± 0.012 K",
                "published inputs: eqs. 2-4",
            ],
        ),
        (
            digits(0.99994, 1e-5),
            Found(exact(0.9999412), "measured", "y"),
            ["x (Fig. 9)", "**reproduced**", "0.99994 K", "0.9999412 K", "measured: y"],
        ),
        (
            None,
            Found(exact(1.5708), "measured", "y"),
            ["x (Fig. 9)", "**needs the original data**", "none", "1.5708 K", "measured: y"],
        ),
    ],
)
def test_a_row_shows_as_many_digits_as_are_printed_and_one_more(published, found, row):
    (shown,) = claims.ledger_table([Entry("x", "Fig. 9", published, "K", found)]).rows
    assert [cell.replace("\N{NO-BREAK SPACE}", " ") for cell in shown] == row


def test_the_claims_that_do_not_stand_are_shown_or_that_all_do(entries):
    shown = claims.doubtful(entries)
    assert {row[1] for row in shown.rows} == {"**differs**", "**not supported**"}
    good = Entry("x", "y", exact(1.0), "", Found(exact(1.0), "measured", "z"))
    assert str(claims.doubtful([good])) == "None.\n- Every claim checked stands."


def test_claims_are_counted_by_their_verdict(entries):
    number = {name: int(text) for name, text in claims.counts(entries).items()}
    assert number.pop("n-entries") == len(entries) == sum(number.values())
    assert set(number) == {f"n-{name.replace(' ', '-')}" for name in VERDICTS}
    assert set(claims.counts(()).values()) == {"0"}
