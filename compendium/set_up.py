"""Make the virtual environment and install the locked versions into it, once.

``python compendium/set_up.py .venv`` (what every `make` target calls first) does nothing when the
environment was made by this Python from this lock. An interrupted installation starts again from
the beginning. The script needs only the standard library.
"""

import hashlib
import json
import platform
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
ROOM = 1.2  # GB, for the packages and their downloads


def main(venv: Path) -> None:
    python = venv / "bin" / "python"
    installing, installed = venv / "installing", venv / "installed.json"
    wanted = description()
    if python.exists() and noted(installed) == wanted:
        return
    marks = [venv / name for name in ("pyvenv.cfg", "installing", "installed.json")]
    if venv.is_dir() and any(venv.iterdir()) and not any(mark.exists() for mark in marks):
        fail(
            f"{venv} is not a virtual environment, and its files would be deleted; remove it, or "
            "name another folder: VENV="
        )
    if installing.exists() or version_of(python) != platform.python_version():
        make(venv)
    installed.unlink(missing_ok=True)
    installing.touch()
    install(python)
    installed.write_text(json.dumps(wanted, indent=1))
    installing.unlink()


def description() -> dict[str, str]:
    """Return what the environment has to match: the interpreter, the lock, the package."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    package = {table: project[table] for table in ("build-system", "project")}
    return {
        "python": platform.python_version(),
        "lock": hashlib.sha256(LOCK.read_bytes()).hexdigest(),
        "package": hashlib.sha256(json.dumps(package, sort_keys=True).encode()).hexdigest(),
        "checkout": str(ROOT),
    }


def noted(installed: Path) -> object:
    """Return what an environment was made from, or None if that cannot be read."""
    try:
        return json.loads(installed.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def version_of(python: Path) -> str | None:
    """Return the version of an environment's interpreter, or None if it or its pip is broken."""
    ask = "import pip, platform; print(platform.python_version())"
    try:
        answer = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return answer.stdout.strip() if answer.returncode == 0 else None


def make(venv: Path) -> None:
    free = shutil.disk_usage(ROOT).free / 1e9
    if free < ROOM:
        fail(f"{free:.1f} GB of disk space are left for {venv}; {ROOM} GB are needed")
    short = f"{sys.version_info.major}.{sys.version_info.minor}"
    done = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", venv], capture_output=True, text=True, check=False
    )
    if done.returncode or version_of(venv / "bin" / "python") is None:
        reason = (done.stderr + done.stdout).strip().splitlines() or ["no reason given"]
        fail(
            f"{sys.executable} cannot make a virtual environment in {venv} ({reason[0].strip()}); "
            f"on Debian and Ubuntu: apt install python{short}-venv"
        )


def install(python: Path) -> None:
    packages = len(re.findall(r"^\S+==", LOCK.read_text(encoding="utf-8"), flags=re.MULTILINE))
    print(
        f"Installing {packages} locked packages with Python {platform.python_version()}, once: "
        "1 to 3 minutes, 0.9 GB of disk.",
        flush=True,
    )
    pip = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    run([*pip, "--require-hashes", "--no-deps", "--progress-bar", "off", "-r", str(LOCK)], packages)
    run([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)])


def run(command: list[str], packages: int = 0) -> None:
    """Run pip; print the progress after each quarter of the packages."""
    lines, fetched = [], 0
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line.rstrip())
            if line.startswith(("Collecting ", "Processing ", "Requirement already")):
                fetched += 1
                if packages and fetched % (packages // 4) == 0 and fetched < packages:
                    print(f"  {fetched} of {packages} packages downloaded", flush=True)
            elif line.startswith("Installing collected packages"):
                print(
                    "  installing them" if packages else "  installing the compendium", flush=True
                )
    if process.returncode:
        remarks = [line for line in lines if not line.startswith(("Ignoring", "WARNING"))]
        print("\n".join(remarks[-6:]), file=sys.stderr)
        fail("the installation failed; see above, mend that and run the same command again")


def fail(message: str) -> None:
    sys.exit(f"error: {message}")


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]).absolute())
    except OSError as problem:
        where = problem.filename or "the environment"
        fail(f"{where}: {problem.strerror}; mend that and run the same command again")
    except KeyboardInterrupt:
        sys.exit("\ninterrupted; run the same command again")
