"""The installed package away from its checkout: commands, data and templates come with it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Build the wheel and install it, without its requirements, into a folder of its own."""
    folder = tmp_path_factory.mktemp("wheel")
    wheels, site = folder / "wheels", folder / "site"
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", wheels]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = wheels.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", site, wheel], check=True)
    return site


@pytest.fixture
def run(installed, tmp_path):
    """Return a function that runs a program where no checkout is near."""
    kept = {name: value for name, value in os.environ.items() if "COMPENDIUM" not in name}
    own = {"PYTHONPATH": str(installed), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def done(*command):
        return subprocess.run(
            command, cwd=tmp_path, env={**kept, **own}, capture_output=True, text=True, check=False
        )

    return done


def module(*arguments):
    return [sys.executable, "-m", *arguments]


def test_it_is_the_installed_package_that_answers(run, installed):
    for package in ("analysis", "compendium"):
        done = run(sys.executable, "-c", f"import {package}; print({package}.__file__)")
        assert done.stdout.strip() == str(installed / package / "__init__.py")
        assert (installed / package / "py.typed").exists()


def test_data_sets_are_listed_and_fitted(run):
    assert "silver" in run(*module("analysis", "list")).stdout
    done = run(*module("analysis", "fit", "resistance", "silver"))
    assert (done.returncode, done.stderr) == (3, "")  # read, and no number of it is quoted
    assert "Theta_D" in done.stdout


def test_the_console_script_is_the_same_command_line(run, installed):
    script = run(sys.executable, installed / "bin" / "la3ni2o7", "list")
    assert (script.returncode, script.stderr) == (0, "")
    assert script.stdout == run(*module("analysis", "list")).stdout


def test_a_sheet_is_made_from_the_template_that_is_installed(run, tmp_path):
    done = run(*module("analysis", "sheet", "resistance", "--dataset", "silver", "-o", "out"))
    assert (done.returncode, done.stderr) == (3, "")  # it quotes no number
    page = (tmp_path / "out" / "silver.html").read_text(encoding="utf-8")
    assert "silver: resistance (recommended)" in page
    assert (tmp_path / "out" / "silver.ipynb").exists()


def test_the_whole_book_needs_a_clone_and_says_so_in_one_line(run):
    done = run(*module("compendium.build"))
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: the book's texts are not installed with the package")
    assert "`make book` in a clone" in line
