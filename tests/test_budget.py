"""The budget of `make bench`: what a page weighs, and what is said of what was not measured."""

import budget


def test_a_page_weighs_what_it_loads_at_once_and_each_file_once(tmp_path):
    (tmp_path / "_static").mkdir()
    for name, size in (("a b.css", 10), ("x.js", 100), ("p.png", 1000), ("download.csv", 10**6)):
        (tmp_path / "_static" / name).write_bytes(bytes(size))
    page = tmp_path / "sheets" / "page.html"
    page.parent.mkdir()
    page.write_text(
        '<link rel="stylesheet" href="../_static/a%20b.css?v=1"><script src="../_static/x.js">'
        '</script><img src="../_static/p.png"><img src="../_static/p.png"><img src="data:,x">'
        '<a href="../_static/download.csv">data</a><script src="https://host.example/y.js">'
        '</script><link rel="next" href="../_static/download.csv">'
    )
    assert budget.weight(page) == page.stat().st_size + 1110


def test_the_budget_names_every_limit_measured_or_not():
    lines = budget.lines({budget.SHEET: 3.21, budget.of_the_workflow(): 45.0})
    assert ["not measured" in line for line in lines] == [False, True, True, True, False]
    assert lines[0].endswith("at most    4     measured: 3.21")
    assert "at most   90 min measured: 45" in lines[-1]


def test_how_long_the_checks_took_is_read_where_it_is_known(tmp_path, monkeypatch):
    monkeypatch.setattr(budget, "CHECKS", tmp_path / "took.json")
    assert budget.minutes_of_checks() is None
    (tmp_path / "took.json").write_text('{"seconds": 1800}')
    assert budget.minutes_of_checks() == 30
    (tmp_path / "took.json").write_text("{")
    assert budget.minutes_of_checks() is None
    script = (budget.ROOT / ".ci" / "checks").read_text(encoding="utf-8")
    assert '"$checkout/_build/checks-took.json"' in script
