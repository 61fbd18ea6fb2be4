"""A study: the personal sets of a whole year differ, come again, and can be solved and marked.

See `test_studies` for what a study is.
"""

import itertools

import pytest

from analysis.exercises.personal import DATA, personal

EVERY = 10  # of the sets is made once more


@pytest.mark.study
def test_sets_of_two_hundred_students(study):
    students = study.replicates(200, seed=2401)
    course = f"{study.seed} + {study.extra_seed}"
    truths, answers, texts, redrawn = [], [], set(), []
    farthest, sigmas, changed = 0.0, 0.0, 0
    for at in range(students):
        one = personal(f"student {at}", course)
        truths.append(one.truths.by_name())
        texts.update(one.data.values())
        redrawn.append(sum(one.redrawn.values()))
        numbers = [each for each in one.exercises if not each.options]
        answers.append({each.key: (each.answer(), each.tolerance) for each in numbers})
        for exercise in one.exercises:
            found = one.package_values[exercise.key]
            off = abs(found["value"] - exercise.answer())
            farthest = max(farthest, off / exercise.tolerance)
            sigmas = max(sigmas, off / found["stderr"] if found["stderr"] else off)
        if at % EVERY == 0:
            changed += personal(f"student {at}", course).data != one.data
    files = len(DATA) * students
    same = sum(mine == other for mine, other in itertools.combinations(truths, 2))
    taken = max(_taken(*pair) for pair in itertools.permutations(answers, 2))
    none, share = (0.0, 0.0), sum(redrawn) / (files + sum(redrawn))
    study.holds("files that two students share", files - len(texts), full=none, tenth=none)
    study.holds("pairs of students with equal truths", same, full=none, tenth=none)
    # Some answers are near each other's by chance, never all.
    study.holds("most numbers right for another student", taken, full=(0, 6), tenth=(0, 6))
    study.holds("sets that do not come again", changed, full=none, tenth=none)
    study.holds("largest miss, in tolerances", farthest, full=(0, 0.5), tenth=(0, 0.5))
    study.holds("largest miss, in errors", sigmas, full=(0, 3), tenth=(0, 3))
    # Of 60 files, a share of 5 % is exceeded by four standard errors once in 10 000 times.
    study.holds("share of draws that are drawn again", share, full=(0, 0.05), tenth=(0, 0.16))


def _taken(mine, other):
    """Return how many of the numbers of one student are right for another."""
    return sum(abs(mine[key][0] - right) <= tolerance for key, (right, tolerance) in other.items())
