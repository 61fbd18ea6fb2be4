"""What CITATION.cff says, in the words of other catalogues: it is the one source for all of them.

Each function below takes a `Citation` and returns what one catalogue reads: codemeta.json,
.zenodo.json, and the tags in a page's head by which reference managers cite it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from analysis.errors import DataError

LICENCES = "https://spdx.org/licenses/"
TEXT_LICENCE = "CC-BY-4.0"  # of text and figures: LICENSE-TEXT
LANGUAGE = "Python"
NEEDED = ("title", "abstract", "version", "license", "authors", "references")


@dataclass(frozen=True)
class Author:
    """A person, or a group that has one name only.

    Attributes
    ----------
    family : str
        The family name, or the whole name of a group.
    given : str
        Empty for a group.
    orcid : str
        Its sixteen digits with hyphens; empty where CITATION.cff has none.
    """

    family: str
    given: str = ""
    orcid: str = ""

    @property
    def name(self) -> str:
        """Return the name as it is spoken."""
        return f"{self.given} {self.family}".strip()

    @property
    def sorted_name(self) -> str:
        """Return the family name first, as catalogues sort."""
        return f"{self.family}, {self.given}" if self.given else self.family

    def linked(self) -> dict[str, str]:
        """Return the author as linked data; an ORCID, where there is one, identifies a person."""
        person = {"@type": "Person", "givenName": self.given, "familyName": self.family}
        said = person if self.given else {"@type": "Organization"}
        identity = {"@id": f"https://orcid.org/{self.orcid}"} if self.orcid else {}
        return identity | said | {"name": self.name}


@dataclass(frozen=True)
class Paper:
    """The paper whose analysis this is."""

    title: str
    authors: tuple[Author, ...]
    year: int
    identifier: str

    @property
    def address(self) -> str:
        """Return where the paper is found: a DOI, an arXiv number or an address as it is."""
        scheme, _, number = self.identifier.partition(":")
        if scheme.lower() == "arxiv":
            return f"https://arxiv.org/abs/{number}"
        return f"https://doi.org/{scheme}" if scheme.startswith("10.") else self.identifier


@dataclass(frozen=True)
class Citation:
    """CITATION.cff, as far as other catalogues ask for it.

    Attributes
    ----------
    date : str
        The day of the release; empty before there is one.
    doi : str
        Empty as long as there is none.
    """

    title: str
    abstract: str
    version: str
    licence: str
    authors: tuple[Author, ...]
    keywords: tuple[str, ...]
    date: str
    doi: str
    paper: Paper


def read_citation(file: Path) -> Citation:
    """Return what a CITATION.cff says.

    Raises
    ------
    DataError
        If it cannot be read, or lacks what every catalogue asks for.
    """
    import yaml

    try:
        said = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise DataError(f"{file}: not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(said, dict):
        raise DataError(f"{file}: not a table of keys and values")
    if lacking := [key for key in NEEDED if not said.get(key)]:
        raise DataError(f"{file}: lacks {', '.join(lacking)}; the archive takes them from there")
    return Citation(
        title=said["title"],
        abstract=" ".join(said["abstract"].split()),
        version=str(said["version"]),
        licence=said["license"],
        authors=_authors(said["authors"]),
        keywords=tuple(said.get("keywords", ())),
        date=str(said.get("date-released", "")),
        doi=said.get("doi", ""),
        paper=_paper(said["references"][0]),
    )


def _authors(said: list[dict[str, str]]) -> tuple[Author, ...]:
    return tuple(
        Author(
            family=author.get("family-names") or author.get("name", ""),
            given=author.get("given-names", ""),
            orcid=author.get("orcid", "").rpartition("/")[2],
        )
        for author in said
    )


def _paper(said: dict[str, Any]) -> Paper:
    numbers = [number["value"] for number in said.get("identifiers", ())]
    return Paper(
        title=said["title"],
        authors=_authors(said["authors"]),
        year=said["year"],
        identifier=said.get("doi") or next(iter(numbers), said.get("url", "")),
    )


# ---------------------------------------------------------------------------- catalogues


def codemeta(citation: Citation, *, date: str, address: str = "") -> dict[str, Any]:
    """Return codemeta.json, version 3.0.

    Parameters
    ----------
    date : str
        Of the archived commit, as year-month-day.
    address : str
        Of the repository, if it has one.
    """
    paper = citation.paper
    said = {
        "@context": "https://w3id.org/codemeta/3.0",
        "@type": "SoftwareSourceCode",
        "name": citation.title,
        "description": citation.abstract,
        "version": citation.version,
        "license": f"{LICENCES}{citation.licence}",
        "author": [author.linked() for author in citation.authors],
        "keywords": list(citation.keywords),
        "programmingLanguage": LANGUAGE,
        "dateModified": date,
        "referencePublication": {
            "@id": paper.address,
            "@type": "ScholarlyArticle",
            "name": paper.title,
            "author": [author.linked() for author in paper.authors],
            "datePublished": str(paper.year),
        },
    }
    if citation.date:
        said["datePublished"] = citation.date
    if citation.doi:
        said["identifier"] = f"https://doi.org/{citation.doi}"
    if address:
        said["codeRepository"] = address
    return said


def zenodo(citation: Citation, *, date: str) -> dict[str, Any]:
    """Return .zenodo.json: what Zenodo puts into the form of an upload.

    One licence can be stated there, that of the code; the notes state the others.
    """
    return {
        "title": citation.title,
        "upload_type": "software",
        "description": f"<p>{escape(citation.abstract)}</p>",
        "creators": [
            {"name": author.sorted_name} | ({"orcid": author.orcid} if author.orcid else {})
            for author in citation.authors
        ],
        "version": citation.version,
        "publication_date": citation.date or date,
        "access_right": "open",
        "license": citation.licence,
        "keywords": list(citation.keywords),
        "language": "eng",
        "notes": (
            f"Code: {citation.licence}. Text and figures: {TEXT_LICENCE}. Data: the licence that "
            "data/datapackage.json states for each set."
        ),
        "related_identifiers": [
            {
                "identifier": citation.paper.identifier,
                "relation": "references",
                "resource_type": "publication-article",
            }
        ],
    }


def highwire(
    citation: Citation, *, page: str, book: str, year: str, address: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield the tags by which reference managers and search engines cite a page.

    Parameters
    ----------
    page, book : str
        Their titles; the same for the first page.
    year : str
        Taken before there is a release.
    address : str
        Of the page, if the site has one.
    """
    yield "citation_title", page
    if page != book:
        yield "citation_inbook_title", book
    for author in citation.authors:
        yield "citation_author", author.sorted_name
    yield "citation_publication_date", citation.date.replace("-", "/") or year
    yield "citation_language", "en"
    yield "citation_keywords", "; ".join(citation.keywords)
    if citation.doi and page == book:
        yield "citation_doi", citation.doi
    if address:
        yield "citation_fulltext_html_url", address
