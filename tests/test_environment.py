"""One set of versions, stated once: pyproject, the lock, environment.yml and what is installed."""

import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

import analysis

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
ENVIRONMENT = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))


def entries():
    """Return (name, version, marker or None, number of hashes) of every entry of the lock."""
    found = []
    for text in re.split(r"\n(?=[A-Za-z0-9])", LOCK.strip()):
        line = text.splitlines()[0].rstrip("\\").strip()
        name, version, marker = re.fullmatch(r"([\w.-]+)==([^\s;]+)(?:\s*;\s*(.+))?", line).groups()
        hashes = re.findall(r"--hash=sha256:[0-9a-f]{64}\b", text)
        found.append((canonicalize_name(name), version, marker, len(hashes)))
    return found


PINS = {name: version for name, version, _, _ in entries()}
REQUIREMENTS = sorted(
    {
        *PROJECT["project"]["dependencies"],
        *PROJECT["build-system"]["requires"],
        *(line for extra in PROJECT["project"]["optional-dependencies"].values() for line in extra),
    }
)


@pytest.mark.parametrize("line", REQUIREMENTS)
def test_every_requirement_is_met_by_a_pin(line):
    requirement = Requirement(line)
    pin = PINS[canonicalize_name(requirement.name)]
    assert requirement.specifier.contains(pin, prereleases=True)


def test_one_version_for_every_python():
    names = [name for name, *_ in entries()]
    assert sorted(names) == sorted(set(names))


def test_every_pin_is_hashed():
    assert [name for name, _, _, hashes in entries() if hashes == 0] == []


@pytest.mark.parametrize("trace", ["://", "file:", "--", "-e ", "@", "/"])
def test_the_lock_carries_no_trace_of_the_machine_it_was_made_on(trace):
    lines = [re.sub(r"--hash=sha256:[0-9a-f]{64}", "", line) for line in LOCK.splitlines()]
    lines = [line for line in lines if "# via" not in line and not line.strip().startswith("#")]
    assert [line for line in lines if trace in line] == []
    assert "://" not in LOCK


@pytest.mark.parametrize(
    ("name", "version"),
    [
        (name, version)
        for name, version, marker, _ in entries()
        if marker is None or Marker(marker).evaluate()
    ],
)
def test_what_is_installed_is_what_is_locked(name, version):
    assert metadata.version(name) == version


def test_conda_installs_only_python_and_the_lock():
    *conda, last = ENVIRONMENT["dependencies"]
    assert [re.match(r"\w+", line)[0] for line in conda] == ["python", "pip"]
    assert last == {"pip": ["-r requirements.lock"]}


def test_conda_installs_a_python_that_the_package_allows():
    (version,) = re.findall(r"^python=([\d.]+)$", ENVIRONMENT["dependencies"][0])
    assert SpecifierSet(PROJECT["project"]["requires-python"]).contains(f"{version}.0")


@pytest.mark.parametrize("place", ["postBuild", "README.md", "environment.yml"])
def test_the_line_that_a_hashed_lock_cannot_hold_stands_where_it_is_needed(place):
    text = (ROOT / place).read_text(encoding="utf-8")
    assert "python -m pip install --no-deps --no-build-isolation -e ." in text


def test_the_version_is_the_same_everywhere():
    assert analysis.__version__ == PROJECT["project"]["version"] == CITATION["version"]


def test_the_citation_names_the_paper():
    assert CITATION["cff-version"] == "1.2.0"
    assert all(CITATION[key] for key in ("message", "title", "authors", "license"))
    assert CITATION["references"][0]["identifiers"][0]["value"] == "arXiv:2401.00804"


def test_the_readme_opens_with_the_two_commands():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(r"```\w*\n(.*?)```", readme, flags=re.DOTALL)[1].split("\n")[-3:-1] == [
        "make book    # the whole book: _build/html/index.html",
        "make test    # every test",
    ]


def test_nothing_generated_is_committed():
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    generated = re.compile(r"(^|/)(_build|\.venv|__pycache__|\.ipynb_checkpoints)/|\.(ipynb|pyc)$")
    assert [name for name in listed if generated.search(name)] == []


def test_a_python_that_is_too_old_is_refused_in_one_line(tmp_path):
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = subprocess.run(
        ["make", "book", f"PYTHON={old}"],
        cwd=ROOT,
        # As from a shell, even when these tests run under make.
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert done.stdout == ""
    assert done.stderr.splitlines()[0] == (
        f"error: {old} is not Python 3.11 or newer; name another: PYTHON=/path/to/python3"
    )


def test_a_python_without_venv_is_refused_in_one_line(tmp_path):
    crippled = tmp_path / "python3"
    crippled.write_text(
        "#!/bin/sh\n"
        "case \"$*\" in *--clear*) echo 'No module named venv' >&2; exit 1;; esac\n"
        f'exec {sys.executable} "$@"\n'
    )
    crippled.chmod(0o755)
    code = (
        "import pathlib, sys\n"
        f"sys.path.insert(0, {str(ROOT / 'compendium')!r})\n"
        f"sys.executable = {str(crippled)!r}\n"
        f"import set_up; set_up.main(pathlib.Path({str(tmp_path / 'venv')!r}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert re.fullmatch(
        r"error: .* cannot make a virtual environment .*No module named venv.*-venv\n", done.stderr
    )


WORKFLOWS = {path.stem: path.read_text("utf-8") for path in (ROOT / ".github/workflows").iterdir()}
WORKFLOW = yaml.safe_load(WORKFLOWS["book"])
STEPS = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]


def test_every_machine_runs_the_same_checks_which_the_makefile_has():
    rules = re.findall(r"^([a-z -]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    targets = {name for names in rules for name in names.split()}
    commands = [step["run"] for step in STEPS if "run" in step]
    debian = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert ".ci/checks" in commands
    assert debian[-1] == ".ci/checks"
    checks = (ROOT / ".ci" / "checks").read_text(encoding="utf-8").splitlines()
    lines = [line.partition("#")[0].split() for line in (*commands, *debian, *checks)]
    called = {line[1] for line in lines if line[:1] == ["make"] and "=" not in line[1]}
    assert {"check", "book", "test"} <= called <= targets


def test_the_checks_look_at_both_worlds():
    with_data, without = (ROOT / ".ci" / "checks").read_text(encoding="utf-8").split("git clone", 1)
    studies, others = with_data.split("\nmake book", 1)
    assert 'make test OPTIONS="--studies -m study"' in studies
    assert "make test OPTIONS=\"--studies -m 'not study'\"" in others
    assert "unset COMPENDIUM_DATA" in without
    assert "-m compendium.build" in without
    assert '-m "(pages or measured) and not alike"' in without


def test_the_workflow_may_do_little_and_publishes_no_pull_request():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert "permissions" not in WORKFLOW["jobs"]["build"]
    publish = WORKFLOW["jobs"]["publish"]
    assert publish["permissions"] == {"pages": "write", "id-token": "write"}
    assert publish["if"].startswith("github.event_name != 'pull_request' && ")
    assert publish["needs"] == "build"


def test_workflows_use_only_official_actions_pinned_by_commit():
    pinned = r"\s*(- )?uses: (actions/[\w-]+)@([0-9a-f]{40})  # v(\d+\.\d+\.\d+)"
    lines = [line for text in WORKFLOWS.values() for line in text.splitlines() if "uses:" in line]
    found = [re.fullmatch(pinned, line) for line in lines]
    assert [line for line, one in zip(lines, found, strict=True) if one is None] == []
    # One action, one version, wherever it is used.
    pins = {one.groups()[1:] for one in found}
    assert len(pins) == len({action for action, *_ in pins})
    assert "actions/deploy-pages" in {action for action, *_ in pins}
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text(encoding="utf-8"))
    assert [update["package-ecosystem"] for update in updates["updates"]] == ["github-actions"]


def test_the_scheduled_workflow_judges_and_may_change_nothing():
    scheduled = yaml.safe_load(WORKFLOWS["scheduled"])
    assert scheduled["permissions"] == {"contents": "read"}
    assert not any("permissions" in job for job in scheduled["jobs"].values())
    for command in ("make mutate", "make fuzz SECONDS=1800", "pip-audit"):
        assert command in WORKFLOWS["scheduled"]


def test_the_book_of_the_newest_versions_is_compared_with_that_of_the_lock_each_week():
    steps = yaml.safe_load(WORKFLOWS["scheduled"])["jobs"]["newest"]["steps"]
    said = [step.get("run", "") for step in steps]
    order = [
        "cp _build/results.json before/",
        "make lock UPGRADE=--upgrade",
        "make compare OLD=before/",
    ]
    places = [next(i for i, text in enumerate(said) if one in text) for one in order]
    assert places == sorted(places)
    # A pipe has the status of its last command unless it is told otherwise.
    assert said[places[-1]].startswith("set -o pipefail\n")
    (report,) = (step for step in steps if "GITHUB_STEP_SUMMARY" in step.get("run", ""))
    assert report["if"] == "always()"
