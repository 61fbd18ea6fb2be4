"""Shapley shares of the variance: against what follows by hand, and from all orders of choices."""

import math
from itertools import permutations

import numpy as np
import pytest

from analysis import AnalysisError
from analysis.choices.shares import shares
from analysis.choices.space import Choice, Option, all_codes


def grid(*sizes):
    return np.indices(sizes).reshape(len(sizes), -1).T


def by_all_orders(codes, values):
    """Return the shares as their definition has them: the mean over every order of the choices."""

    def explained(known):
        cells = {}
        for code, value in zip(codes, values, strict=True):
            cells.setdefault(tuple(code[list(known)]), []).append(value)
        mean = np.mean(values)
        return sum(len(value) * (np.mean(value) - mean) ** 2 for value in cells.values()) / len(
            values
        )

    count = codes.shape[1]
    found = np.zeros(count)
    for order in permutations(range(count)):
        for place, k in enumerate(order):
            found[k] += explained(order[: place + 1]) - explained(order[:place])
    return found / math.factorial(count) / explained(range(count))


def test_of_a_sum_each_choice_has_its_own_variance():
    codes = grid(3, 4, 2, 5)
    terms = [np.array([0.0, 1.0, 5.0]), np.array([2.0, 0.0, 1.0, 7.0]), np.array([1.0, -1.0])]
    values = sum(term[codes[:, k]] for k, term in enumerate(terms))
    variances = np.array([*(term.var() for term in terms), 0.0])
    assert shares(codes, values) == pytest.approx(variances / variances.sum(), abs=1e-13)


def test_what_two_choices_do_together_is_divided_between_them():
    codes = grid(2, 2, 3)
    values = (2.0 * codes[:, 0] - 1) * (2.0 * codes[:, 1] - 1)
    assert shares(codes, values) == pytest.approx([0.5, 0.5, 0], abs=1e-13)


@pytest.mark.parametrize("left", [1.0, 0.8, 0.3])
def test_with_missing_combinations_they_are_those_of_all_orders(left):
    rng = np.random.default_rng(4)
    codes = grid(3, 2, 4, 2)
    values = rng.normal(size=len(codes)) + codes @ [1.0, 0.0, 2.0, -1.0]
    there = rng.random(len(codes)) < left
    expected = by_all_orders(codes[there], values[there])
    assert shares(codes[there], values[there]) == pytest.approx(expected, abs=1e-12)
    assert expected.sum() == pytest.approx(1)
    # A combination without a result is one that is missing.
    gaps = np.where(there, values, np.nan)
    assert shares(codes, gaps) == pytest.approx(expected, abs=1e-12)


def test_an_offset_and_a_factor_change_nothing():
    codes = grid(3, 4)
    values = np.random.default_rng(1).normal(size=len(codes))
    assert shares(codes, 1e6 + 3 * values) == pytest.approx(shares(codes, values), abs=1e-8)


@pytest.mark.parametrize("values", [np.full(6, 518.0), np.full(6, np.nan)])
def test_where_nothing_differs_nothing_is_explained(values):
    assert shares(grid(2, 3), values).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("codes", "values", "said"),
    [
        (grid(2, 3), np.zeros(5), r"values \(N,\); got \(6, 2\) and \(5,\)"),
        (grid(2, 3) - 1, np.zeros(6), "none negative"),
        (np.full((1, 6), 99), np.zeros(1), r"1e\+12 combinations of options are too many"),
    ],
)
def test_what_cannot_be_shared_is_refused(codes, values, said):
    with pytest.raises(AnalysisError, match=said):
        shares(codes, values)


def test_all_combinations_stand_once_and_the_last_choice_moves_first():
    two = Choice("two", "two", (Option("a", "a"), Option("b", "b")))
    three = Choice("three", "three", tuple(Option(str(i), str(i)) for i in range(3)))
    assert all_codes((two, three)).tolist() == [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [1, 2]]
    assert three.place("2") == 2
    with pytest.raises(AnalysisError, match="three must be one of 0, 1, 2; got '3'"):
        three.place("3")
