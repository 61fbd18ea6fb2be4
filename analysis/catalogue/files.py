"""The file of a data set: where it lies, and how it comes here.

Small tables lie beside their package. Measured sets of others are declared by URL and
sha256, and are looked for in the folder that COMPENDIUM_DATA names, in the user's cache, and
then on the network: at their URL, then by their SWHID in the archive of Software Heritage.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from platformdirs import user_cache_dir

from analysis.catalogue.download import Downloader, DownloadStopped
from analysis.catalogue.paths import below
from analysis.errors import DataError

# Software Heritage keeps files of public repositories by the digest that git gives their bytes.
SWHID = "swh:1:cnt:"
ARCHIVE = "https://archive.softwareheritage.org/api/1/content/sha1_git:{digest}/raw/"

# Hosts and URLs that failed, and how: nothing is tried twice in one process.
_failed: dict[str, str] = {}


class DatasetUnavailable(DataError):  # noqa: N818 - it is no fault of anyone's
    """A data set is declared but its file is not here and could not be downloaded.

    The message says what is missing and how to get it.
    """


@dataclass(frozen=True)
class Resource:
    """A resource of a package, and the folder that its path counts from."""

    content: Mapping[str, Any]
    folder: Path

    @property
    def name(self) -> str:
        """Name of the data set."""
        return str(self.content["name"])

    @property
    def fields(self) -> list[Mapping[str, Any]]:
        """The columns of its schema."""
        fields: list[Mapping[str, Any]] = self.content.get("schema", {}).get("fields", [])
        return fields

    @property
    def remote(self) -> bool:
        """Whether it is to be downloaded."""
        return "://" in self.content["path"]

    @cached_property
    def file_name(self) -> str:
        """The name of a downloaded file within the cache and COMPENDIUM_DATA."""
        address = urlsplit(self.content["path"]).path
        return str(self.content.get("file") or PurePosixPath(address).name)

    @property
    def cached(self) -> Path:
        """The place in the user's cache: XDG_CACHE_HOME or what the system has for it."""
        return self._below(cache_folder())

    def here(self) -> Path | None:
        """Return where the file lies on this machine, or None if it is to be downloaded.

        Raises
        ------
        DataError
            If it may lie elsewhere than below its folder, or if it should lie beside the
            package and does not.
        """
        if self.remote:
            folder = os.environ.get("COMPENDIUM_DATA")
            places = [self._below(Path(folder))] if folder else []
            places.append(self.cached)
            return next((place for place in places if place.is_file()), None)
        place = self._below(self.folder)
        if not place.is_file():
            state = "not a regular file" if place.exists() else "not there"
            raise DataError(f"path: {place} is {state}; put the file there, or correct the path")
        return place

    def _below(self, folder: Path) -> Path:
        """Return its place below a folder, or refuse it by the property that names it."""
        try:
            return below(folder, self.file_name if self.remote else self.content["path"])
        except DataError as error:
            named = "file" if "file" in self.content and self.remote else "path"
            raise DataError(f"{named}: {error}") from None

    def obtain(self) -> Path:
        """Return the file, downloaded if need be, and checked if it is not ours to edit.

        Raises
        ------
        DatasetUnavailable
            If it is not here and could not be downloaded.
        DataError
            If its sha256 is not that of the package, or `here` refuses it.
        """
        place = self.here()
        if not self.remote and place is not None:
            return place
        expected = self.content["hash"].lower().removeprefix("sha256:")
        if place is None:
            return self._download(expected)
        actual = sha256_of(place)
        if actual == expected:
            return place
        if place == self.cached:  # left by an older package, or damaged: fetch it anew
            return self._download(expected)
        raise DataError(
            f"{place}: sha256 is {actual}, but data set {self.name!r} has {expected}; "
            "replace the file, or remove it to have it downloaded"
        )

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where the same bytes may be had, in the order in which they are asked for."""
        path, swhid = str(self.content["path"]), self.content.get("swhid")
        if not swhid:
            return (path,)
        return path, ARCHIVE.format(digest=swhid.removeprefix(SWHID))

    def _download(self, sha256: str) -> Path:
        """Download from the first address that has the file; nothing is left of any other."""
        if self.cached.is_dir():
            raise self._unavailable(f"{self.cached} is a folder; remove it")
        reasons = []
        for url in self.addresses:
            host = urlsplit(url).netloc
            failed = _failed.get(host) or _failed.get(url)
            if not failed and (failed := self._fetch(url, sha256)) is None:
                return self.cached
            reasons.append(failed)
        raise self._unavailable("; ".join(reasons))

    def _fetch(self, url: str, sha256: str) -> str | None:
        """Download an address into the user's cache; return why that failed, or None.

        Raises
        ------
        DatasetUnavailable
            If the cache cannot be written: no other address would help.
        """
        import pooch  # noqa: PLC0415 - slow to import

        pooch.get_logger().setLevel("CRITICAL")
        target, host = self.cached, urlsplit(url).netloc
        try:
            pooch.retrieve(
                url,
                known_hash=f"sha256:{sha256}",
                fname=target.name,
                path=target.parent,
                downloader=Downloader(self.content.get("bytes")),
            )
        except DownloadStopped as error:
            return _remember(host if error.whole_host else url, str(error))
        except ValueError:  # pooch's, for a wrong hash; it has removed the download
            return _remember(url, f"what {host} sent does not have the sha256 {sha256}")
        except OSError as error:
            why = error.strerror or "permission denied"
            raise self._unavailable(f"{target.parent} cannot be written ({why})") from None
        return None

    def _unavailable(self, reason: str) -> DatasetUnavailable:
        address = self.content["path"].partition("?")[0]  # what follows may be a secret
        return DatasetUnavailable(
            f"data set {self.name!r} is not on this machine: {reason}; to have it, go online "
            f"once, or put the file from {address} at {self.file_name} in the folder that "
            "COMPENDIUM_DATA names"
        )


def _remember(address: str, reason: str) -> str:
    """Note that a host or URL failed, for the rest of the process; return the reason."""
    _failed[address] = f"{reason} (not tried again)"
    return reason


def sha256_of(path: Path) -> str:
    """Return the sha256 of a file's bytes.

    Raises
    ------
    DataError
        If it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror})") from None


def cache_folder() -> Path:
    """Return the folder of all downloads."""
    return Path(user_cache_dir("la3ni2o7-compendium"))
