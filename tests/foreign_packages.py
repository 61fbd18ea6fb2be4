"""Data packages of laboratories that never were, from seeded numbers: what a re-user brings."""

import json

import numpy as np

from analysis.diffraction.crystal.cell import reflections
from analysis.diffraction.crystal.phase import Phase
from analysis.diffraction.strain.breadth_law import line_breadth
from analysis.transport.bloch_gruneisen import resistance
from analysis.transport.transition import transition_fraction

WAVELENGTH = 41.33  # pm


def curve(seed, *, theta_d, tc=None, r0=0.4, a=3.0):
    """Return rows of R(T), dropping below tc (K) if one is given."""
    rng = np.random.default_rng(seed)
    t = np.arange(4.0, 300.1, 1.5) if tc is None else np.r_[4:30:0.25, 30:300.1:1.5]
    r = resistance(t, theta_d=theta_d, r0=r0, a=a)
    if tc is not None:
        below = t < tc
        r[below] *= transition_fraction(t[below], tc_onset=tc, f=60.0)
    r += rng.normal(0, 3e-4 * r[-1], t.size)
    lines = (f"{x:.2f},{max(y, 1e-7):.7f}" for x, y in zip(t, r, strict=True))
    return "\n".join(["T (K),R (ohm)", *lines, ""])


def pattern(seed, *, a, strain):
    """Return rows of a powder pattern of ceria on a sloping background."""
    rng = np.random.default_rng(seed)
    x = np.arange(6.0, 26.0, 0.01)
    counts = 150.0 + 4 * (26 - x)
    ceria = Phase("ceria", space_group="F m -3 m", a=a)
    for line in reflections(ceria, WAVELENGTH, two_theta_min=6, two_theta_max=26):
        theta = np.radians(line.two_theta / 2)
        breadth = line_breadth([theta], strain=strain, size=60.0, wavelength=WAVELENGTH)
        half = np.degrees(breadth[0]) / np.pi  # of a Lorentzian
        counts += 6000 / (1 + line.two_theta / 10) / (1 + ((x - line.two_theta) / half) ** 2)
    lines = (f"{one:.2f} {count}" for one, count in zip(x, rng.poisson(counts), strict=True))
    return "\n".join(["# 2theta counts", *lines, ""])


def resource(name, file, kind, **more):
    return {"name": name, "path": file, "kind": kind, "origin": "measured", **more}


def write(folder, title, files, resources, **more):
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    package = folder / "datapackage.json"
    package.write_text(json.dumps({"title": title, "resources": resources, **more}))
    return package


def curves_under_pressure(folder):
    """Write R(T) of one sample at three pressures; the last has a transition."""
    made = {
        5.0: curve(1, theta_d=310),
        12.0: curve(2, theta_d=335),
        20.0: curve(3, theta_d=360, tc=14.0),
    }
    files = {f"run1_{pressure:g}GPa.csv": text for pressure, text in made.items()}
    resources = [
        resource(
            f"lanisn-{pressure:g}gpa",
            file,
            "resistance",
            sample="LaNiSn",
            run="1",
            pressure=pressure,
        )
        for pressure, file in zip(made, files, strict=True)
    ]
    return write(folder, "LaNiSn under pressure", files, resources)


def patterns_and_transition(folder):
    """Write three patterns of ceria and one transition of another sample."""
    ceria = {"name": "ceria", "space_group": "F m -3 m", "a": 5.41}
    made = {1.0: (5.405, 1.0e-3), 6.0: (5.363, 2.2e-3), 11.0: (5.325, 3.1e-3)}
    files = {
        f"ceria_{pressure:g}.xy": pattern(seed, a=a, strain=strain)
        for seed, (pressure, (a, strain)) in enumerate(made.items(), 11)
    }
    resources = [
        resource(
            f"ceria-{pressure:g}gpa",
            file,
            "diffraction",
            sample="CeO2",
            pressure=pressure,
            wavelength=WAVELENGTH,
            phases=[ceria],
        )
        for pressure, file in zip(made, files, strict=True)
    ]
    files["nb3sn.csv"] = curve(21, theta_d=230, tc=17.9, a=1.2)
    resources.append(resource("nb3sn", "nb3sn.csv", "resistance", sample="Nb3Sn"))
    return write(folder, "Ceria, and a wire", files, resources)
