"""Downloading from a host that may be slow, endless or hostile: limits of size and time.

pooch keeps the cache and compares the sha256; this is the part of it that fetches. The network
is read in a thread of its own, so that no host, by answering slowly or not at all, can hold
whoever waits for the file longer than the limits say.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, Full, Queue
from threading import Event, Thread
from urllib.parse import urlsplit

# Seconds to wait for a connection, and for the next piece of a download.
TIMEOUT = (5.0, 15.0)
# Within each so many seconds, so many bytes a second must come on average ...
PATIENCE = 15.0
SLOWEST = 1000
# ... and the whole file within so many.
LONGEST = 900.0
# Where the package does not state the size.
MAX_BYTES = 200_000_000
REDIRECTS = 5
_PIECE = 1 << 16


class DownloadStopped(Exception):  # noqa: N818 - what it tells is the reason
    """A download ended without its file; the message says why.

    Attributes
    ----------
    whole_host : bool
        Whether other files of this host would fare no better.
    """

    def __init__(self, reason: str, *, whole_host: bool = False) -> None:
        super().__init__(reason)
        self.whole_host = whole_host


class Downloader:
    """A downloader for `pooch.retrieve`.

    Parameters
    ----------
    size : int, optional
        Bytes that the file must have; if not given, at most `MAX_BYTES`.

    Raises
    ------
    DownloadStopped
        When it is called, if the host does not answer, sends more or less than it should, or
        is slow.
    OSError
        If the file cannot be written.
    """

    def __init__(self, size: int | None = None) -> None:
        self.size = size

    def __call__(self, url: str, output_file: str, _pooch: object = None) -> None:
        """Write what the address holds to a file."""
        from tqdm import tqdm  # noqa: PLC0415 - slow to import

        pieces: Queue[bytes | Exception] = Queue(maxsize=16)
        stop = Event()
        Thread(target=_receive, args=(url, pieces, stop), daemon=True).start()
        bar = tqdm(total=self.size, disable=None, leave=False, unit="B", unit_scale=True)
        try:
            with Path(output_file).open("wb") as file, bar:
                for piece in self._checked(pieces, urlsplit(url).netloc):
                    file.write(piece)
                    bar.update(len(piece))
        finally:
            stop.set()

    def _checked(self, pieces: "Queue[bytes | Exception]", host: str) -> Iterator[bytes]:
        """Yield the pieces of a download for as long as they keep to the limits."""
        most = MAX_BYTES if self.size is None else self.size
        received = before = 0
        started = window = time.monotonic()
        while True:
            now = time.monotonic()
            if now - started > LONGEST:
                raise DownloadStopped(f"{host} took longer than {LONGEST:g} s", whole_host=True)
            if now - window > PATIENCE:
                if received - before < SLOWEST * PATIENCE:
                    came = f"{received - before} bytes in {PATIENCE:g} s"
                    raise DownloadStopped(f"{host} sent only {came}", whole_host=True)
                window, before = now, received
            try:
                piece = pieces.get(timeout=0.1)
            except Empty:
                continue
            if isinstance(piece, Exception):
                raise piece
            if not piece:
                break
            received += len(piece)
            if received > most:
                raise DownloadStopped(
                    f"{host} sends more than {most} bytes, which is what the package states"
                    if self.size
                    else f"{host} sends more than {most} bytes; more is only taken where the "
                    'package states "bytes"'
                )
            yield piece
        if self.size is not None and received < self.size:
            raise DownloadStopped(
                f"the download from {host} broke off after {received} of {self.size} bytes"
            )


def _receive(url: str, pieces: "Queue[bytes | Exception]", stop: Event) -> None:
    """Put the pieces of a download into a queue; last nothing, or what went wrong."""
    import requests  # noqa: PLC0415 - slow to import
    import urllib3  # noqa: PLC0415

    host = urlsplit(url).netloc
    failure: Exception | None = None
    try:
        with requests.Session() as session:
            session.max_redirects = REDIRECTS
            # What is packed is not unpacked: the sha256 is that of the file.
            session.headers["Accept-Encoding"] = "identity"
            with session.get(url, stream=True, timeout=TIMEOUT) as response:
                response.raise_for_status()
                while (piece := response.raw.read1(_PIECE, decode_content=False)) and _put(
                    pieces, piece, stop
                ):
                    pass
    except requests.HTTPError as error:
        failure = DownloadStopped(f"{host} answered {getattr(error.response, 'status_code', 'no')}")
    except requests.TooManyRedirects:
        failure = DownloadStopped(f"{host} redirects too often")
    except (requests.exceptions.InvalidSchema, requests.exceptions.InvalidURL):
        failure = DownloadStopped(f"{host} redirects to an address that is not of http or https")
    except (requests.exceptions.ChunkedEncodingError, urllib3.exceptions.HTTPError):
        failure = DownloadStopped(f"the download from {host} broke off")
    except Exception as error:  # noqa: BLE001 - whatever it is, the waiting thread says it
        kind = type(error).__name__
        failure = DownloadStopped(f"no answer from {host} ({kind})", whole_host=True)
    _put(pieces, failure or b"", stop)


def _put(pieces: "Queue[bytes | Exception]", piece: bytes | Exception, stop: Event) -> bool:
    """Put a piece into a queue as soon as there is room; return whether anyone wants it."""
    while not stop.is_set():
        try:
            pieces.put(piece, timeout=0.5)
        except Full:
            continue
        return True
    return False
