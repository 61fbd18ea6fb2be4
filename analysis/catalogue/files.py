"""The file of a data set: where it lies, and how it comes here.

Small tables lie beside their package. Measured sets of others are declared by URL and
sha256, and are looked for in the folder that COMPENDIUM_DATA names, in the user's cache, and
then on the network.
"""

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from analysis.errors import DataError

# Seconds to wait for a connection, and for the next piece of a download.
TIMEOUT = (5.0, 15.0)
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
        return str(self.content["path"]).startswith(("http://", "https://"))

    @cached_property
    def file_name(self) -> str:
        """The name of a downloaded file within the cache and COMPENDIUM_DATA."""
        address = urlsplit(self.content["path"]).path
        return str(self.content.get("file") or PurePosixPath(address).name)

    @property
    def cached(self) -> Path:
        """The place in the user's cache: XDG_CACHE_HOME or what the system has for it."""
        return cache_folder() / self.file_name

    def here(self) -> Path | None:
        """Return where the file lies on this machine, or None."""
        if not self.remote:
            places = [self.folder / self.content["path"]]
        else:
            folder = os.environ.get("COMPENDIUM_DATA")
            places = [Path(folder) / self.file_name] if folder else []
            places.append(self.cached)
        return next((place for place in places if place.is_file()), None)

    def obtain(self) -> Path:
        """Return the file, downloaded if need be, and checked if it is not ours to edit.

        Raises
        ------
        DatasetUnavailable
            If it is not here and could not be downloaded.
        DataError
            If its sha256 is not that of the package.
        """
        here = self.here()
        if not self.remote:
            if here is None:
                path = self.folder / self.content["path"]
                raise DatasetUnavailable(f"{path}: the file of data set {self.name!r} is missing")
            return here
        kind, _, expected = str(self.content.get("hash", "")).lower().partition(":")
        if kind != "sha256" or not expected:
            raise DataError(
                f"data set {self.name!r}: a downloadable set needs a hash of the form sha256:..."
            )
        if here is None:
            return self._download(expected)
        found = hashlib.sha256(here.read_bytes()).hexdigest()
        if found == expected:
            return here
        if here == self.cached:  # left by an older package, or damaged: fetch it anew
            return self._download(expected)
        raise DataError(
            f"{here}: sha256 is {found}, but data set {self.name!r} has {expected}; "
            "replace the file, or remove it to have it downloaded"
        )

    def _download(self, sha256: str) -> Path:
        """Download into the user's cache; nothing is left there unless its sha256 is right."""
        url = str(self.content["path"])
        host = urlsplit(url).netloc
        if "obtain" in self.content:
            raise DatasetUnavailable(
                f"data set {self.name!r} is not on this machine and no file of its own at its "
                f"source: {self.content['obtain']} {self.file_name} in the folder that "
                "COMPENDIUM_DATA names"
            )
        if failed := _failed.get(host) or _failed.get(url):
            raise self._unavailable(f"{failed} (not tried again)")
        import pooch  # type: ignore[import-untyped]  # noqa: PLC0415 - slow to import
        import requests  # noqa: PLC0415

        pooch.get_logger().setLevel("CRITICAL")
        target = self.cached
        try:
            pooch.retrieve(
                url,
                known_hash=f"sha256:{sha256}",
                fname=target.name,
                path=target.parent,
                downloader=pooch.HTTPDownloader(timeout=TIMEOUT),
            )
        except requests.HTTPError as error:
            _failed[url] = f"{host} answered {getattr(error.response, 'status_code', 'no')}"
        except requests.exceptions.ChunkedEncodingError:
            _failed[url] = f"the download from {host} broke off"
        except requests.RequestException as error:
            _failed[host] = f"no answer from {host} ({type(error).__name__})"
        except ValueError:  # pooch's, for a wrong hash; it has removed the download
            _failed[url] = f"what {host} sent does not have the sha256 {sha256}"
        except OSError as error:
            raise self._unavailable(
                f"{target.parent} cannot be written ({error.strerror})"
            ) from None
        if failed := _failed.get(host) or _failed.get(url):
            raise self._unavailable(failed)
        return target

    def _unavailable(self, reason: str) -> DatasetUnavailable:
        return DatasetUnavailable(
            f"data set {self.name!r} is not on this machine: {reason}; to have it, go online "
            f"once, or put the file from {self.content['path']} at {self.file_name} in the folder "
            "that COMPENDIUM_DATA names"
        )


def cache_folder() -> Path:
    """Return the folder of all downloads."""
    import pooch  # noqa: PLC0415 - slow to import

    return Path(pooch.os_cache("la3ni2o7-compendium"))
