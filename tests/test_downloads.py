"""Downloads: what comes is checked, has limits of size and time, and lands in the cache only."""

import errno
import gzip
import hashlib
import http.server
import io
import json
import os
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress

import pytest

import analysis
from analysis.catalogue import download, files
from analysis.catalogue.datasets import OWN_PACKAGE, fetch
from analysis.catalogue.download import Downloader

GOOD = b"T (K),R (ohm)\n" + b"".join(b"%d.5,%d.25\n" % (i, i) for i in range(1, 5000))
SHA256 = hashlib.sha256(GOOD).hexdigest()
BOMB = gzip.compress(bytes(50_000_000))


class Handler(http.server.BaseHTTPRequestHandler):
    """Serve one file well, damaged, slowly, without end, or not at all."""

    asked: list[str]
    open = threading.Event()  # until a test ends, for whoever has nothing to say

    def do_GET(self):
        type(self).asked.append(self.path)
        name = self.path.partition("?")[0].removeprefix("/").removesuffix(".csv")
        say = getattr(self, name, None)
        with suppress(OSError):  # whoever asked has heard enough
            say() if say else self.answer(GOOD)

    def answer(self, body, status=200, length=None, **headers):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def none(self):
        self.send_error(404)

    def wrong(self):
        self.answer(b"<html>log in first</html>")

    def broken(self):
        self.answer(GOOD[: len(GOOD) // 2], length=len(GOOD))

    def longer(self):
        self.answer(GOOD, length=10**12)

    def shorter(self):
        self.answer(GOOD, length=100)

    def bomb(self):
        self.answer(BOMB, Content_Encoding="gzip")

    def away(self):
        self.answer(b"", 302, Location="file:///etc/passwd")

    def circle(self):
        self.answer(b"", 302, Location=self.path)

    def moved(self):
        self.answer(b"", 302, Location="/rt.csv")

    def endless(self):
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(GOOD)

    def drip(self):
        self.send_response(200)
        self.end_headers()
        while not self.open.wait(0.02):
            self.wfile.write(b"1")

    def headings(self):  # that never end
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not self.open.wait(0.02):
            self.wfile.write(b"1")

    def silent(self):
        self.open.wait(60)

    def late(self):
        time.sleep(0.5)
        self.answer(GOOD)

    def log_message(self, *_):
        """Keep quiet."""


@pytest.fixture
def server():
    Handler.asked, Handler.open = [], threading.Event()
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as one:
        thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{one.server_address[1]}"
        Handler.open.set()
        one.shutdown()
        thread.join()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Give an empty cache, no COMPENDIUM_DATA, and a short memory of what failed."""
    folder = tmp_path / "cache"
    monkeypatch.setattr(files, "cache_folder", lambda: folder)
    monkeypatch.setattr(files, "_failed", {})
    monkeypatch.delenv("COMPENDIUM_DATA", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return folder


@pytest.fixture
def own(tmp_path):
    """Write a package of one's own and return its path."""

    def write(*resources):
        path = tmp_path / "own" / "datapackage.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps({"name": "own", "resources": list(resources)}))
        return path

    return write


def remote(url, **more):
    here = {"name": "mine", "kind": "resistance", "path": url, "file": "mine/rt.csv"}
    return {**here, "hash": f"sha256:{SHA256}", **more}


SLOW = ("drip.csv", "headings.csv", "silent.csv")


def files_in(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def test_download_lands_in_the_cache_once(cache, server, own, capsys, caplog):
    package = own(remote(f"{server}/rt.csv"))
    assert not analysis.list_datasets(package=package)[0].available
    for _ in range(2):
        assert len(analysis.load("mine", package=package)) == 4999
    assert analysis.list_datasets(package=package)[0].available
    assert Handler.asked == ["/rt.csv"]
    assert files_in(cache) == [cache / "mine/rt.csv"]
    assert capsys.readouterr() == ("", "")
    assert caplog.records == []


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("broken.csv", "the download from 127.0.0.1:.* broke off"),
        ("wrong.csv", f"what 127.0.0.1:.* sent does not have the sha256 {SHA256}"),
        ("none.csv", "127.0.0.1:.* answered 404"),
        ("longer.csv", "the download from 127.0.0.1:.* broke off"),
        ("shorter.csv", f"what 127.0.0.1:.* sent does not have the sha256 {SHA256}"),
        ("bomb.csv", f"what 127.0.0.1:.* sent does not have the sha256 {SHA256}"),
        ("away.csv", "127.0.0.1:.* redirects to an address that is not of http or https"),
        ("circle.csv", "127.0.0.1:.* redirects too often"),
        ("endless.csv", r'127.0.0.1:.* sends more than 1000000 bytes; .* package states "bytes"'),
        ("drip.csv", r"127.0.0.1:.* sent only \d\d? bytes in 0.3 s"),
        ("headings.csv", "127.0.0.1:.* sent only 0 bytes in 0.3 s"),
        ("silent.csv", "127.0.0.1:.* sent only 0 bytes in 0.3 s"),
    ],
)
def test_bad_download_leaves_nothing_and_is_not_repeated(
    place, reason, cache, server, own, monkeypatch
):
    monkeypatch.setattr(download, "PATIENCE", 0.3 if place in SLOW else 15)
    monkeypatch.setattr(download, "MAX_BYTES", 1_000_000)
    package = own(remote(f"{server}/{place}"))
    started = time.monotonic()
    for again in ("", r" \(not tried again\)"):
        expected = f"'mine' is not on this machine: {reason}{again}; .* mine/rt.csv .*COMPENDIUM_D"
        with pytest.raises(analysis.DatasetUnavailable, match=expected) as caught:
            analysis.load("mine", package=package)
        assert "\n" not in str(caught.value)
    assert set(Handler.asked) == {f"/{place}"}
    assert len(Handler.asked) <= 1 + download.REDIRECTS
    assert files_in(cache) == []
    assert time.monotonic() - started < 5


def test_no_network_is_found_out_once_per_host(cache, own):
    with socket.socket() as closed:  # a port on which nobody listens
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}"
    package = own(remote(f"{address}/a.csv"), {**remote(f"{address}/b.csv"), "name": "other"})
    with pytest.raises(analysis.DatasetUnavailable, match=r"no answer from 127.0.0.1:\d+ .Connect"):
        analysis.load("mine", package=package)
    with pytest.raises(analysis.DatasetUnavailable, match=r"'other' .*\(not tried again\)"):
        analysis.load("other", package=package)
    assert files_in(cache) == []


def test_damaged_cache_is_fetched_anew(cache, server, own):
    (cache / "mine").mkdir(parents=True)
    (cache / "mine/rt.csv").write_bytes(GOOD[:100])
    assert len(analysis.load("mine", package=own(remote(f"{server}/rt.csv")))) == 4999


def test_compendium_data_is_looked_in_first(cache, server, own, tmp_path, monkeypatch):
    package = own(remote(f"{server}/rt.csv"))
    monkeypatch.setenv("COMPENDIUM_DATA", str(tmp_path))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/rt.csv").write_bytes(GOOD)
    assert len(analysis.load("mine", package=package)) == 4999
    (tmp_path / "mine/rt.csv").write_bytes(GOOD + b"1,1\n")
    message = rf"rt.csv: sha256 is [0-9a-f]{{64}}, but data set 'mine' has {SHA256}; replace"
    with pytest.raises(analysis.DataError, match=message) as caught:
        analysis.load("mine", package=package)
    assert not isinstance(caught.value, analysis.DatasetUnavailable)
    assert Handler.asked == []
    assert files_in(cache) == []


# ---------------------------------------------------------------------------- a second address


def swhid_of(content):
    """Return the identifier of these bytes: git's digest, of "blob", the size, a zero, and them."""
    blob = b"blob %d\0" % len(content) + content
    return f"swh:1:cnt:{hashlib.sha1(blob, usedforsecurity=False).hexdigest()}"


SWHID = swhid_of(GOOD)


def test_the_identifier_is_the_one_that_git_gives():
    known = "swh:1:cnt:ce013625030ba8dba906f756967f9e9ca394464a"  # git hash-object of "hello\n"
    assert swhid_of(b"hello\n") == known


@pytest.fixture
def second(server, monkeypatch):
    """Let the server stand in for Software Heritage; return the folder of its addresses."""

    def answers(folder):
        monkeypatch.setattr(files, "ARCHIVE", f"{server}/{folder}{{digest}}")
        return f"/{folder}{SWHID.removeprefix('swh:1:cnt:')}"

    return answers


@pytest.mark.parametrize("first", ["none.csv", "wrong.csv", "broken.csv", "away.csv"])
def test_the_archive_is_asked_where_the_first_address_fails(first, cache, server, own, second):
    address = second("held/")
    package = own(remote(f"{server}/{first}", swhid=SWHID))
    assert len(analysis.load("mine", package=package)) == 4999
    assert Handler.asked == [f"/{first}", address]
    assert files_in(cache) == [cache / "mine/rt.csv"]


@pytest.mark.usefixtures("cache")
def test_the_archive_is_not_asked_where_the_first_address_has_the_file(server, own, second):
    second("held/")
    assert len(analysis.load("mine", package=own(remote(f"{server}/rt.csv", swhid=SWHID)))) == 4999
    assert Handler.asked == ["/rt.csv"]


def test_both_addresses_are_named_where_both_fail(cache, server, own, second):
    address = second("wrong?")
    package = own(remote(f"{server}/none.csv", swhid=SWHID))
    for again in ("", r" \(not tried again\)"):
        wrong = rf"what 127.0.0.1:\d+ sent does not have the sha256 {SHA256}{again}"
        both = rf"answered 404{again}; {wrong}"
        with pytest.raises(analysis.DatasetUnavailable, match=both):
            analysis.load("mine", package=package)
    assert Handler.asked == ["/none.csv", address]
    assert files_in(cache) == []


@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("swhid", ["swh:1:cnt:00", SWHID.upper(), SWHID.replace("cnt", "dir"), 5])
def test_an_identifier_that_is_none_is_refused(swhid, own):
    with pytest.raises(analysis.DataError, match=r"'mine': swhid is .* 40 hexadecimal digits"):
        analysis.load("mine", package=own(remote("http://127.0.0.1:9/a.csv", swhid=swhid)))


def test_each_measured_set_of_this_project_has_an_identifier_of_its_bytes():
    resources = json.loads(OWN_PACKAGE.read_text(encoding="utf-8"))["resources"]
    measured = [resource for resource in resources if "://" in resource["path"]]
    assert {"cu-foil", "nist-lab6", "silver-cobalt-cyanide"} <= {one["name"] for one in measured}
    for resource in measured:
        content = fetch(resource["name"]).read_bytes()
        assert resource["swhid"] == swhid_of(content), resource["name"]
        assert resource["bytes"] == len(content)


@pytest.mark.usefixtures("cache")
def test_a_download_needs_a_sha256(own):
    package = own(remote("http://127.0.0.1:9/a.csv") | {"hash": "md5:00"})
    with pytest.raises(analysis.DataError, match=r"'mine': hash is 'md5:00'; allowed: .sha256:"):
        analysis.load("mine", package=package)


def test_fetch_returns_the_file_without_reading_it(cache, server, own):
    package = own(remote(f"{server}/rt.csv"))
    assert fetch("mine", package=package) == cache / "mine/rt.csv"
    assert (cache / "mine/rt.csv").read_bytes() == GOOD
    assert analysis.list_datasets(package=package)[0].file == cache / "mine/rt.csv"


# ---------------------------------------------------------------------------- size and time


@pytest.mark.parametrize(
    ("name", "size", "reason"),
    [
        ("rt.csv", len(GOOD) - 1, f"sends more than {len(GOOD) - 1} bytes, which is what the pack"),
        ("rt.csv", len(GOOD) + 1, f"broke off after {len(GOOD)} of {len(GOOD) + 1} bytes"),
        ("endless.csv", len(GOOD), f"sends more than {len(GOOD)} bytes, which is what the package"),
    ],
)
def test_a_download_has_the_size_that_the_package_states(name, size, reason, cache, server, own):
    with pytest.raises(analysis.DatasetUnavailable, match=reason):
        analysis.load("mine", package=own(remote(f"{server}/{name}", bytes=size)))
    assert files_in(cache) == []


@pytest.mark.usefixtures("cache")
def test_a_stated_size_is_beyond_the_limit_of_others(server, own, monkeypatch):
    monkeypatch.setattr(download, "MAX_BYTES", 1000)
    entry = remote(f"{server}/moved.csv", bytes=len(GOOD))  # by a redirection
    assert len(analysis.load("mine", package=own(entry))) == 4999
    assert Handler.asked == ["/moved.csv", "/rt.csv"]


def test_a_download_that_takes_too_long_is_given_up(cache, server, own, monkeypatch):
    monkeypatch.setattr(download, "SLOWEST", 0)
    monkeypatch.setattr(download, "LONGEST", 0.5)
    with pytest.raises(analysis.DatasetUnavailable, match=r"took longer than 0.5 s"):
        analysis.load("mine", package=own(remote(f"{server}/drip.csv")))
    assert files_in(cache) == []


@pytest.mark.usefixtures("cache")
def test_a_slow_host_is_not_asked_for_its_other_files(server, own, monkeypatch):
    monkeypatch.setattr(download, "PATIENCE", 0.3)
    other = remote(f"{server}/rt.csv", name="other", file="other.csv")
    package = own(remote(f"{server}/silent.csv"), other)
    for name in ("mine", "other"):
        with pytest.raises(analysis.DatasetUnavailable, match="sent only 0 bytes"):
            analysis.load(name, package=package)
    assert Handler.asked == ["/silent.csv"]


@pytest.mark.usefixtures("cache")
def test_what_may_be_a_secret_in_an_address_is_not_printed(server, own):
    with pytest.raises(analysis.DatasetUnavailable) as caught:
        analysis.load("mine", package=own(remote(f"{server}/none.csv?token=geheim")))
    assert "geheim" not in str(caught.value)
    assert f"{server}/none.csv at mine/rt.csv" in str(caught.value)


# ---------------------------------------------------------------------------- the disk


@pytest.mark.usefixtures("cache")
@pytest.mark.skipif(sys.platform != "linux", reason="Linux has a device that is always full")
def test_a_full_disk_is_one_line(server, own, monkeypatch):
    import pooch

    @contextmanager
    def full(**_):
        yield "/dev/full"

    monkeypatch.setattr(pooch.core, "temporary_file", full)
    with pytest.raises(analysis.DatasetUnavailable, match=r"cannot be written .No space left on"):
        analysis.load("mine", package=own(remote(f"{server}/rt.csv")))


def test_a_failed_write_leaves_nothing(cache, server, own, monkeypatch):
    def fail(*_):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr("tqdm.tqdm.update", fail)
    with pytest.raises(analysis.DatasetUnavailable, match=r"cannot be written .Input/output error"):
        analysis.load("mine", package=own(remote(f"{server}/rt.csv")))
    assert files_in(cache) == []


def test_an_interrupted_download_leaves_nothing_and_no_thread(cache, server, own, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    before = threading.active_count()
    monkeypatch.setattr("tqdm.tqdm.update", interrupt)
    with pytest.raises(KeyboardInterrupt):
        analysis.load("mine", package=own(remote(f"{server}/endless.csv")))
    assert files_in(cache) == []
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before


def test_a_cache_that_is_no_folder_or_cannot_be_made(server, own, cache):
    cache.write_text("mine")
    with pytest.raises(analysis.DatasetUnavailable, match=r"cannot be written \(.+\); to have"):
        analysis.load("mine", package=own(remote(f"{server}/rt.csv")))
    assert cache.read_text() == "mine"


def test_a_folder_in_the_place_of_a_file_is_named(cache, server, own):
    (cache / "mine/rt.csv").mkdir(parents=True)
    with pytest.raises(analysis.DatasetUnavailable, match=r"mine/rt.csv is a folder; remove it"):
        analysis.load("mine", package=own(remote(f"{server}/rt.csv")))
    assert Handler.asked == []


def test_two_processes_that_want_one_file_both_get_it(server, own, tmp_path):
    package = own(remote(f"{server}/late.csv"))
    code = f"import analysis; print(len(analysis.load('mine', package={str(package)!r})))"
    environment = {"XDG_CACHE_HOME": str(tmp_path / "home"), "NO_PROXY": "127.0.0.1"}
    both = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            env={**os.environ, **environment, "COMPENDIUM_DATA": ""},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    assert [one.communicate(timeout=60) for one in both] == [("4999\n", "")] * 2
    assert files_in(tmp_path / "home") == [tmp_path / "home/la3ni2o7-compendium/mine/rt.csv"]


# ---------------------------------------------------------------------------- nothing outside


@pytest.fixture
def keys(tmp_path):
    """Return a file of the user's, which no package may replace."""
    file = tmp_path / "home/.ssh/authorized_keys"
    file.parent.mkdir(parents=True)
    file.write_text("ssh-ed25519 AAAA me")
    return file


def test_a_download_replaces_no_file_outside_the_cache(cache, server, own, keys):
    (cache / "mine").mkdir(parents=True)
    (cache / "away").symlink_to(keys.parent)
    (cache / "mine/keys").symlink_to(keys)
    for name in (str(keys), "../home/.ssh/authorized_keys", "away/authorized_keys", "mine/keys"):
        package = own(remote(f"{server}/rt.csv", file=name))
        with pytest.raises(analysis.DataError, match=r"resource 'mine': file: '.*'"):
            analysis.load("mine", package=package)
    assert keys.read_text() == "ssh-ed25519 AAAA me"
    assert list(keys.parent.iterdir()) == [keys]
    assert Handler.asked == []


def test_a_link_within_the_cache_is_replaced_and_not_followed(cache, server, own):
    (cache / "mine").mkdir(parents=True)
    (cache / "other.csv").write_text("another set's")
    (cache / "mine/rt.csv").symlink_to(cache / "other.csv")
    assert len(analysis.load("mine", package=own(remote(f"{server}/rt.csv")))) == 4999
    assert (cache / "other.csv").read_text() == "another set's"
    assert not (cache / "mine/rt.csv").is_symlink()


def test_a_cached_file_is_only_replaced_by_the_right_one(cache, server, own):
    (cache / "mine").mkdir(parents=True)
    (cache / "mine/rt.csv").write_text("older")
    with pytest.raises(analysis.DatasetUnavailable, match="does not have the sha256"):
        analysis.load("mine", package=own(remote(f"{server}/wrong.csv")))
    assert (cache / "mine/rt.csv").read_text() == "older"


# ---------------------------------------------------------------------------- progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.usefixtures("cache")
def test_progress_is_shown_on_a_terminal(server, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stderr", Terminal())
    Downloader(len(GOOD))(f"{server}/rt.csv", str(tmp_path / "out"))
    assert (tmp_path / "out").read_bytes() == GOOD
    assert f"/{len(GOOD) / 1000:.1f}k" in sys.stderr.getvalue()
