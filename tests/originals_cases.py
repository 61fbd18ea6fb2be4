"""The synthetic twin in the place of the paper's originals: as a user would have digitised them.

Whatever says "digitised" here is a copy for tests: the numbers are the twin's own, so that what
comes out of them is known.
"""

import json
import re
import tomllib

import openpyxl
from matplotlib import pyplot as plt
from matplotlib.backends.backend_pdf import PdfPages

from analysis.catalogue.datasets import OWN_PACKAGE, list_datasets
from analysis.catalogue.loading import load_table
from analysis.catalogue.originals.importing import import_originals
from analysis.twin.patterns import cell_at

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


# ------------------------------------------------------------------ the twin as others publish


def by_run():
    """Return the twin's curves by their runs, and its patterns under "xrd"."""
    runs = {}
    for one in twins():
        runs.setdefault(one.run, []).append(one)
    return runs


def columns_of(dataset):
    """Return the numbers of a data set, two columns."""
    return list(load_table(dataset.name, package=OWN_PACKAGE).values())


def workbook(path):
    """Write the twin as a journal's source data: a sheet for each figure, merged headings.

    R(T) in pairs of columns under their pressures; patterns with one angle for all of them; the
    cells of the patterns against pressure.
    """
    book = openpyxl.Workbook()
    book.remove(book.active)
    for run, members in by_run().items():
        sheet = book.create_sheet("Fig. S9" if run == "zero-resistance" else f"Run {run}")
        if run == "xrd":
            sheet.title = "XRD patterns"
            _shared(sheet, members)
        else:
            _pairs(sheet, members)
    sheet = book.create_sheet("Lattice constants")
    sheet.append(["P (GPa)", "a (Å)", "b (Å)", "c (Å)"])
    for one in by_run()["xrd"]:
        sheet.append([one.pressure, *cell_at(one.pressure)])
    book.save(path)
    return path


def _pairs(sheet, members):
    for at, one in enumerate(members):
        first = 1 + 3 * at  # a blank column between them
        sheet.cell(1, first, f"{one.pressure:g} GPa")
        sheet.merge_cells(start_row=1, end_row=1, start_column=first, end_column=first + 1)
        for column, (head, values) in enumerate(
            zip(("T (K)", "R (Ω)"), columns_of(one), strict=True), first
        ):
            sheet.cell(2, column, head)
            for row, value in enumerate(values.tolist(), 3):
                sheet.cell(row, column, value)


def _shared(sheet, members):
    sheet.append(["2θ (deg)", *(f"{member.pressure:g} GPa" for member in members)])
    columns = [columns_of(members[0])[0], *(columns_of(member)[1] for member in members)]
    for row in zip(*columns, strict=True):
        sheet.append([float(one) for one in row])


def figures(path):
    """Write the twin as a paper's figures: a page for each run, and one of a panel a pattern."""
    with PdfPages(path) as pages:
        for run, members in by_run().items():
            # Every point is drawn, as Origin does it.
            with plt.rc_context({"path.simplify": False}):
                figure = _patterns(members) if run == "xrd" else _curves(members, run)
                pages.savefig(figure)
                plt.close(figure)
    return path


def _curves(members, run):
    figure, ax = plt.subplots(figsize=(6, 4))
    for at, one in enumerate(members):
        label = f"{one.pressure:g} GPa"
        ax.plot(*columns_of(one), "os^D"[at], color=f"C{at}", ms=2.5, label=label)
    ax.set(xlabel="T (K)", ylabel="R (Ω)", title=f"Run {run}")
    ax.legend(fontsize=6)
    return figure


def _patterns(members):
    figure, axes = plt.subplots(7, 2, figsize=(8, 14), layout="constrained")
    for ax, one in zip(axes.flat, members, strict=True):
        ax.plot(*columns_of(one), "-", color="C0", lw=0.6, label=f"{one.pressure:g} GPa")
        ax.set(xlabel="2θ (deg)", ylabel="Intensity (a.u.)")
        ax.legend(fontsize=6)
    return figure


# ----------------------------------------------------------------------- the user's answers

SAMPLE = "La3Ni2O7-delta"
PATTERN = {"wavelength": 61.99, "run": '"xrd"', "kind": '"diffraction"'}


def crystal_at(pressure):
    """Return the rough cell of a pattern, in TOML, as published tables of the compound have it."""
    (near,) = (one for one in by_run()["xrd"] if one.pressure == pressure)
    (phase,) = near.properties["phases"]
    return f"[{{ {', '.join(f'{key} = {json.dumps(one)}' for key, one in phase.items())} }}]"


def answered(plan, every, of_curve):
    """Write answers into a plan as a user does: `every` for all curves, more for one of them.

    `of_curve` takes what the plan says of a curve and returns its keys with TOML values.
    """
    first, *curves = plan.read_text(encoding="utf-8").split("[[curve]]")
    parts = [_with(first, every)]
    for part, said in zip(curves, tomllib.loads(plan.read_text())["curve"], strict=True):
        parts.append(_with(part, of_curve(said)))
    plan.write_text("[[curve]]".join(parts), encoding="utf-8")


def _with(text, answers):
    for key, value in answers.items():
        line = re.compile(rf"^{key} = .*$", re.MULTILINE)
        given = f"{key} = {value}"
        text = (
            line.sub(given, text, count=1) if line.search(text) else f"{text.rstrip()}\n{given}\n\n"
        )
    return text


def imported(file, folder, *, run="", page=None):
    """Import a file of the twin as a user does who knows of what it is; return the package."""
    done = import_originals(file, folder, page=page)
    every = {
        "sample": f'"{SAMPLE}"',
        "title": '"Sun et al., Nature 621, 493 (2023)"',
        "doi": '"10.1038/s41586-023-06408-7"',
    }

    def of_curve(curve):
        # Who digitises says so; a workbook is taken for measured without that.
        answers = {"origin": '"digitised"'}
        if run == "xrd" or "XRD" in curve["place"]:
            return answers | PATTERN | {"phases": crystal_at(curve["pressure"])}
        if "S9" in curve["place"]:
            return answers | {"run": '"zero-resistance"'}
        return answers | (
            {"run": f'"{run}"', "name": f'"run-{run}-{curve["name"]}"'} if run else {}
        )

    answered(done.plan_file, every, of_curve)
    return import_originals(file, folder, page=page, plan=done.plan_file).package
