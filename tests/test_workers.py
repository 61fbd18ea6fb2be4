"""Tasks in one process, in several and on a cluster: the results do not tell which."""

import json
import warnings
from functools import partial

import numpy as np
import pytest

from analysis import AnalysisError, ResistanceCurve, multiverse, resistance
from analysis.choices.workers import in_order
from analysis.numerics.progress import watching

FEW = {"laws": ("n5", "n5-alone", "n-free"), "lows": (0.0, 0.1, 0.2), "highs": (0.0,)}


@pytest.fixture(scope="module")
def curve():
    t = np.linspace(60, 300, 120)
    noise = 2e-3 * np.random.default_rng(5).normal(size=t.size)
    r = resistance(t, theta_d=500, r0=0.1, a=2.0, r_sat=3.0)
    return ResistanceCurve(t, r + noise)


@pytest.fixture(scope="module")
def alone(curve):
    return json.dumps(multiverse(curve, **FEW).to_dict())


def test_results_come_in_the_order_of_the_tasks():
    tasks = [*range(70)]
    assert in_order(partial(pow, 2), tasks) == [2**task for task in tasks]
    assert in_order(partial(pow, 2), tasks, processes=2) == [2**task for task in tasks]
    assert in_order(partial(pow, 2), []) == []


def test_whoever_watches_sees_each_task():
    seen = []

    def watch(items, name):
        seen.append((name, len(items)))
        yield from items

    with watching(watch):
        in_order(abs, [1, -2, 3], progress="fits")
    assert seen == [("fits", 3)]


def test_processes_give_the_same_digits(curve, alone):
    assert json.dumps(multiverse(curve, **FEW).to_dict()) == alone
    assert json.dumps(multiverse(curve, processes=2, **FEW).to_dict()) == alone


def test_a_cluster_gives_the_same_digits(curve, alone):
    distributed = pytest.importorskip("distributed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of another's event loop, when it closes
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster:
            found = multiverse(curve, scheduler=cluster.scheduler_address, **FEW)
            assert len(cluster.workers) == 2
    assert json.dumps(found.to_dict()) == alone


@pytest.mark.filterwarnings("ignore")  # of what dask leaves open where nobody answers
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"processes": 0}, "processes must be 1 or more, got 0"),
        ({"scheduler": "elsewhere"}, "no dask scheduler answers at 'elsewhere'"),
        ({"scheduler": "nothing://x"}, "no dask scheduler answers at 'nothing://x'"),
    ],
)
def test_who_cannot_work_is_refused(given, said, monkeypatch):
    monkeypatch.setattr("analysis.choices.workers.PATIENCE", 0.5)
    with pytest.raises(AnalysisError, match=said):
        in_order(abs, [1], **given)
