"""The budget in bytes: pages as readers load them, and all of them as one file."""

import pytest
from budget import CHECKS, PAGE, ROOT, ZIP, minutes_of_checks, of_the_workflow, weight

from compendium.bundle import write_zip

HTML = ROOT / "_build" / "html"


@pytest.fixture(scope="module")
def html():
    if not (HTML / "index.html").exists():
        pytest.skip("no pages: make book")
    return HTML


def test_no_page_is_heavier_than_the_budget(html, spend, note):
    weights = {page.relative_to(html).as_posix(): weight(page) for page in html.rglob("*.html")}
    heaviest = max(weights, key=weights.__getitem__)
    note(f"heaviest page: {heaviest}, MB", weights[heaviest] / 1e6)
    note("front page, MB", weights["index.html"] / 1e6)
    spend(PAGE, weights[heaviest] / 1e6)


def test_the_zip_is_within_the_budget(html, spend, tmp_path):
    write_zip(html, tmp_path / "book.zip", "book")
    spend(ZIP, (tmp_path / "book.zip").stat().st_size / 1e6)


def test_the_checks_are_shown_beside_the_limit_of_the_workflow(show):
    minutes = minutes_of_checks()
    if minutes is None:
        pytest.skip(f"no {CHECKS}: .ci/checks writes it at its end")
    show(of_the_workflow(), minutes)
