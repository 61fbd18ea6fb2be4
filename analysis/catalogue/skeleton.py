"""A data package of one's own to start from: two examples, and what each entry means."""

from contextlib import suppress
from pathlib import Path

import numpy as np

from analysis.diffraction.crystal.cell import reflections
from analysis.diffraction.crystal.phase import Phase
from analysis.diffraction.strain.breadth_law import line_breadth
from analysis.errors import DataError
from analysis.reading.formats import sentences
from analysis.transport.bloch_gruneisen import resistance

# The texts of a new package; FORMATS stands for the list of file formats.
_TEXTS = Path(__file__).parent / "skeleton_files"


def write_skeleton(folder: Path) -> Path:
    """Write a data package with examples; return the path of its datapackage.json.

    Raises
    ------
    DataError
        If the folder is there and not empty, or cannot be written.
    """
    package = folder / "datapackage.json"
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise DataError(f"{folder}: exists already; name a new folder")
        folder.mkdir(parents=True, exist_ok=True)
        for file in _TEXTS.iterdir():
            text = file.read_text(encoding="utf-8").replace("FORMATS", sentences())
            (folder / file.name).write_text(text, encoding="utf-8")
        (folder / "example-resistance.csv").write_text(_resistance(), encoding="utf-8")
        (folder / "example-pattern.csv").write_text(_pattern(), encoding="utf-8")
    except OSError as error:
        with suppress(OSError):  # it was empty, or not there
            for file in folder.iterdir():
                file.unlink()
            folder.rmdir()
        raise DataError(f"{folder}: cannot be written ({error.strerror})") from None
    return package


def _resistance() -> str:
    """Return R(T) with a little scatter, as a fit without any would know no errors."""
    t = np.arange(4.0, 301.0, 2.0)
    r = resistance(t, theta_d=400, r0=0.05, a=1.5)
    r += np.random.default_rng(1).normal(0, 2e-4 * r[-1], t.size)
    rows = "".join(f"{x:.1f},{y:.6f}\n" for x, y in zip(t, r, strict=True))
    return f"# lines that begin with # are comments\nT (K),R (ohm)\n{rows}"


def _pattern() -> str:
    gold = Phase("gold", space_group="F m -3 m", a=4.0)
    x = np.arange(8.0, 30.0, 0.01)
    counts = np.full(x.size, 200.0)
    for line in reflections(gold, 61.99, two_theta_min=8, two_theta_max=30):
        theta = np.radians(line.two_theta / 2)
        breadth = line_breadth([theta], strain=0.003, size=np.inf, wavelength=61.99)
        half_width = np.degrees(breadth[0]) / np.pi  # of a Lorentzian
        counts += 4000 / (1 + ((x - line.two_theta) / half_width) ** 2)
    counts = np.random.default_rng(2).poisson(counts).astype(float)
    rows = "".join(f"{a:.2f},{b:.0f}\n" for a, b in zip(x, counts, strict=True))
    return f"# lines that begin with # are comments\n2theta (deg),counts\n{rows}"
