"""A data package of one's own to start from: two examples, and what each entry means."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from analysis.diffraction.crystal.phase import Phase, reflections
from analysis.diffraction.strain.breadth_law import line_breadth
from analysis.errors import DataError
from analysis.reading.formats import sentences
from analysis.transport.bloch_gruneisen import resistance

_README = """\
# A data package of one's own

`datapackage.json` names your files; each entry of `resources` is one measurement. JSON has no
comments, so what an entry may say stands here. The two examples are computed from formulas: replace
them by your data.

| key | meaning |
| --- | --- |
| `name` | yours to choose: lower-case letters, digits, `-` and `.`; the sheet is called so |
| `path` | the file, counted from this folder |
| `kind` | `resistance` or `diffraction` |
| `origin` | `measured`; of examples `formula`: every figure says it |
| `title`, `sample` | words, for tables and figures |
| `run` | which run, a text: `"1"`; leave it out if there are no runs |
| `pressure` | in GPa; leave it out at ambient pressure |
| `wavelength` | in pm, of patterns whose file does not say it; `wavelength_2` for K-alpha 2 |
| `phases` | of patterns: `[{"name": "gold", "space_group": "F m -3 m", "a": 3.88}]`, an approximate cell; without it all lines count as those of one crystal |
| `columns` | only if the columns are not recognised: `{"temperature": "T_sample", "resistance": "R2"}` |
| `temperature_unit`, `resistance_unit`, `channel`, `sheet`, `decimal` | only if the file does not say them |
| `sources`, `licenses` | whom to cite, and the terms: `[{"title": "...", "path": "https://..."}]` |

FORMATS
What is understood of a file: `python -m analysis check FILE`.
One sheet: `python -m analysis sheet resistance --data FILE --pressure 22.4 -o out/`.
The whole book, from the compendium's folder: `make book DATA=path/to/datapackage.json`.
"""  # noqa: E501 - rows of a table


def write_skeleton(folder: Path) -> Path:
    """Write a data package with examples; return the path of its datapackage.json.

    Raises
    ------
    DataError
        If the folder is there and not empty, or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(f"{folder}: is there already; name a new folder")
    package = folder / "datapackage.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "README.md").write_text(_README.replace("FORMATS", sentences()), encoding="utf-8")
        (folder / "example-resistance.csv").write_text(_resistance(), encoding="utf-8")
        (folder / "example-pattern.csv").write_text(_pattern(), encoding="utf-8")
        package.write_text(json.dumps(_package(), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise DataError(f"{folder}: cannot be written ({error.strerror})") from None
    return package


def _package() -> dict[str, Any]:
    return {
        "name": "my-measurements",
        "title": "My measurements; README.md explains every key",
        "resources": [
            {
                "name": "example-resistance",
                "path": "example-resistance.csv",
                "kind": "resistance",
                "origin": "formula",
                "title": "Example: eq. 1 with Theta_D = 400 K, to be replaced",
                "sample": "example",
                "run": "1",
                "pressure": 10.0,
            },
            {
                "name": "example-pattern",
                "path": "example-pattern.csv",
                "kind": "diffraction",
                "origin": "formula",
                "title": "Example: gold with a strain of 0.003, to be replaced",
                "sample": "example",
                "pressure": 10.0,
                "wavelength": 61.99,
                "phases": [{"name": "gold", "space_group": "F m -3 m", "a": 4.0}],
            },
        ],
    }


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
