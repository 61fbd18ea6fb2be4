"""The synthetic twin in the place of the paper's originals: as a user would have digitised them.

Whatever says "digitised" here is a copy for tests: the numbers are the twin's own, so that what
comes out of them is known.
"""

import json

from analysis.catalogue.datasets import OWN_PACKAGE, list_datasets

TITLE = "La3Ni2O7 from the published figures"
SOURCES = {
    "resistance": [
        {
            "title": "Sun et al., Nature 621, 493 (2023), Fig. 3",
            "path": "https://doi.org/10.1038/s41586-023-06408-7",
        }
    ],
    "diffraction": [
        {
            "title": "Sun et al., Nature 621, 493 (2023), Fig. S1",
            "path": "https://doi.org/10.1038/s41586-023-06408-7",
        }
    ],
}
READING = {
    "resistance": {"temperature": 0.01, "resistance": 1e-5},
    "diffraction": {"two_theta": 1e-4, "intensity": 1.0},
}


def twins():
    """Return the synthetic sets that stand in for curves and patterns of the paper."""
    own = list_datasets(package=OWN_PACKAGE)
    return [one for one in own if one.origin == "synthetic" and one.run != "splitting-trap"]


def plain_name(dataset):
    """Return the name under which a user would have digitised it: "run1-18.5gpa"."""
    return dataset.name.removeprefix("twin-")


def digitised_package(folder, *, leave_out=(), **more):
    """Write a package of the twin's numbers, marked digitised; `leave_out` names runs, sets."""
    folder.mkdir(parents=True)
    resources = []
    for at, one in enumerate(twins()):
        name = plain_name(one)
        if one.run in leave_out or name in leave_out:
            continue
        rows = [row for row in one.file.read_text().splitlines() if not row.startswith("#")]
        (folder / f"{name}.csv").write_text("\n".join([*rows, ""]))
        kept = ("kind", "sample", "run", "pressure", "wavelength", "phases", "columns", "schema")
        entry = {key: one.properties[key] for key in kept if key in one.properties}
        digitised = {
            "file": "figures.pdf",
            "sha256": f"{at:064x}",
            "page": 1,
            "figure": "3",
            "panel": "a",
            "curve": at + 1,
            "reading_error": READING[one.kind],
        }
        about = {"origin": "digitised", "sources": SOURCES[one.kind], "digitised": digitised}
        resources.append({"name": name, "path": f"{name}.csv", **entry, **about})
    package = folder / "datapackage.json"
    content = {"title": TITLE, "resources": resources, **more}
    package.write_text(json.dumps(content, indent=1), encoding="utf-8")
    return package
