"""codecheck.yml: what a check of this archive has to reproduce (CODECHECK).

The configuration file of https://codecheck.org.uk/spec/config/2.0/ begins with the author, who
states the paper and the manifest, and ends with the codechecker, who adds who checked, the
summary, the report and the number of the certificate. Nobody has checked this archive yet, so
these are not there, and the file says so.
"""

from collections.abc import Mapping
from typing import Any

from compendium.archive.citation import Citation

SPECIFICATION = "https://codecheck.org.uk/spec/config/2.0/"
# The paper's figures of its analysis, and those of the book that repeat them.
PAPER_FIGURES = {
    "2": "fig-debye-run1",
    "3": "fig-debye-run2",
    "4": "fig-debye-run3",
    "5": "fig-debye-run4",
    "6a": "fig-pressure-theta",
    "6b": "fig-pressure-tc",
    "7": "fig-transition",
    "8": "fig-panels",
    "9": "fig-reciprocal",
}
RESULTS = {
    "results.csv": "every number of every sheet, a row each",
    "results.json": "the same with errors and units; make compare reads it",
}
FROM_CODECHECKER = ("codechecker", "report", "summary", "certificate")
HEAD = """\
---
# Prepared for a check: nobody has checked this archive yet. The specification asks the person who
# checks it to add: {fields}.
"""
WITHOUT_ORCID = (
    "# The specification also requires an ORCID of: {names}. CITATION.cff has none yet.\n"
)


def manifest(origins: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the files to find again, with a comment for each.

    Parameters
    ----------
    origins : mapping of str to str
        For each figure of the book what its data are: synthetic, measured ...; empty if they
        are of no one kind.
    """
    figures = [
        {
            "file": f"figures/{name}.svg",
            "comment": f"after Figure {number} of the paper"
            + (f"; data: {origins[name]}" if origins[name] else ""),
        }
        for number, name in PAPER_FIGURES.items()
        if name in origins
    ]
    return figures + [{"file": file, "comment": text} for file, text in RESULTS.items()]


def codecheck_yml(citation: Citation, origins: Mapping[str, str], *, address: str = "") -> str:
    """Return the text of codecheck.yml; `address` is that of the repository, if it has one."""
    import yaml

    paper = citation.paper
    said: dict[str, Any] = {
        "version": SPECIFICATION,
        "manifest": manifest(origins),
        "paper": {
            "title": paper.title,
            "authors": [
                {"name": author.name} | ({"ORCID": author.orcid} if author.orcid else {})
                for author in paper.authors
            ],
            "reference": paper.address,
        },
        "source": "sources.tar is the code, data/ the data; README.md says how to run them.",
    }
    if address:
        said["repository"] = address
    head = HEAD.format(fields=", ".join(FROM_CODECHECKER))
    if without := [author.name for author in paper.authors if not author.orcid]:
        head += WITHOUT_ORCID.format(names=" and ".join(without))
    return head + str(yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=98))
