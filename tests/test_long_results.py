"""Long results: kept for the code and the data that made them, and made again otherwise."""

import json
import sys

import pytest

from analysis.errors import AnalysisError, DataError
from compendium.chapters import CODE_DIGEST, LONG_RESULTS, long_results

COMPUTED = []


def wanted(roles):
    return [one.name for one in roles.own]


def compute(name, by=0):
    COMPUTED.append(name)
    if name == "aluminium":
        raise AnalysisError("too few points")
    return {"value": len(name) + by}


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """Keep the results of silver and aluminium as a build does; return the file of silver's."""
    monkeypatch.setitem(long_results.KINDS, "tiny", __name__)
    monkeypatch.setattr(long_results, "import_module", lambda _: sys.modules[__name__])
    monkeypatch.setenv(LONG_RESULTS, str(tmp_path))
    monkeypatch.setenv(CODE_DIGEST, "1234")
    for name in ("silver", "aluminium"):
        file = long_results.path_in(tmp_path, "tiny", name)
        file.parent.mkdir(exist_ok=True)
        file.write_text(long_results.text_of("tiny", name, "1234"))
    COMPUTED.clear()
    return long_results.path_in(tmp_path, "tiny", "silver")


@pytest.mark.usefixtures("kept")
def test_what_is_kept_is_not_computed_again():
    assert long_results.of("tiny", "Silver") == {"value": 6}
    assert COMPUTED == []


@pytest.mark.usefixtures("kept")
def test_a_refusal_is_kept_in_its_words():
    with pytest.raises(AnalysisError, match="too few points"):
        long_results.of("tiny", "aluminium")
    assert COMPUTED == []


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text[: len(text) // 2],
        lambda _: "[]",
        lambda text: text.replace('"1234"', '"1235"'),
        lambda text: json.dumps({**json.loads(text), "data": "of another file"}),
    ],
    ids=["broken off", "something else", "of other code", "of other data"],
)
def test_what_cannot_be_trusted_is_computed(kept, change):
    kept.write_text(change(kept.read_text()))
    assert long_results.of("tiny", "silver") == {"value": 6}
    assert COMPUTED == ["silver"]


@pytest.mark.usefixtures("kept")
def test_without_a_build_it_is_computed(monkeypatch):
    monkeypatch.delenv(LONG_RESULTS)
    assert long_results.of("tiny", "silver") == {"value": 6}
    assert COMPUTED == ["silver"]


def test_what_is_of_ones_own_or_chosen_is_computed(kept):
    assert kept.exists()
    assert long_results.of("tiny", "silver", own="mine") == {"value": 4}
    assert long_results.of("tiny", "silver", by=3) == {"value": 9}
    assert long_results.of("tiny", "silver", by=None) == {"value": 6}
    assert COMPUTED == ["mine", "silver"]


@pytest.mark.usefixtures("kept")
def test_a_data_set_that_is_not_there_is_refused():
    with pytest.raises(DataError, match="no data set is called"):
        long_results.of("tiny", "unobtainium")
