"""Chromium, driven by Playwright, without a network: for tests, screenshots and the PDF.

The browser is the one of the machine (Debian: ``apt install chromium``); Playwright is only
its driver, and downloads none. It reaches files and this machine's own servers, nothing else,
and every visit records what a page asked of other hosts and what it complained of.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
MISSING = (
    "needs Chromium or Chrome, which is not on this machine (Debian: apt install chromium; "
    "elsewhere: CHROMIUM=/path/to/it)"
)
HERE = ("localhost", "127.0.0.1", "[::1]")
WITHOUT_NETWORK = [
    "--no-proxy-server",  # a proxy would resolve the names that are to stay unknown
    "--disable-quic",
    "--disable-background-networking",
    "--disable-dev-shm-usage",  # containers have little shared memory
    f"--host-resolver-rules=MAP * ~NOTFOUND, {', '.join(f'EXCLUDE {host}' for host in HERE)}",
]
LONGEST = 300_000  # ms; the book on one page needs a minute on a busy machine
# MathJax, the live figures, the fonts and the pictures, those further down included, are
# there. Frames later they are painted.
SETTLED = """async () => {
    if (window.MathJax && MathJax.startup && MathJax.startup.promise) {
        await MathJax.startup.promise;
    }
    const live = 'script[type="application/vnd.jupyter.widget-view+json"]';
    const ready = () => document.documentElement.dataset.explorers === "ready";
    for (let i = 0; i < 500 && document.querySelector(live) && !ready(); i++) {
        await new Promise((done) => setTimeout(done, 20));
    }
    await document.fonts.ready;
    for (const image of document.images) {
        image.loading = "eager";
        await image.decode().catch(() => null);
    }
    const frame = () => new Promise((done) => requestAnimationFrame(done));
    await frame();
    await document.fonts.ready;  // that the layout of this frame asked for
    await frame();
    await frame();
}"""


def chromium() -> str | None:
    """Return the path of the browser, or None where there is none."""
    named = os.environ.get("CHROMIUM")
    program = shutil.which(named) if named else next(filter(None, map(shutil.which, NAMES)), None)
    return program or (str(MAC) if MAC.exists() and not named else None)


@contextmanager
def launched() -> Iterator["Browser"]:
    """Start the browser for a ``with`` block; FileNotFoundError where there is none."""
    path = chromium()
    if path is None:
        raise FileNotFoundError(f"this {MISSING}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        # Chromium's sandbox does not work for root nor in most containers; the pages are ours.
        browser = driver.chromium.launch(
            executable_path=path, args=WITHOUT_NETWORK, chromium_sandbox=False
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """An opened page, and what has been heard of it since.

    Attributes
    ----------
    page : playwright.sync_api.Page
    asked : list of str
        Addresses on other hosts that the page wanted something from.
    errors : list of str
        Errors on the console, uncaught exceptions included.
    """

    page: "Page"
    asked: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def open(self, where: str | Path) -> "Visit":
        """Go to a file or an address; return when all that is shown is there."""
        address = where.absolute().as_uri() if isinstance(where, Path) else where
        self.page.goto(address, timeout=LONGEST)
        self.page.evaluate(SETTLED)
        return self


def visit(context: "BrowserContext", where: str | Path) -> Visit:
    """Open a new page in a context (``browser.new_context()``) and listen to it."""
    seen = Visit(context.new_page())

    def asks(request: Any) -> None:
        if elsewhere(request.url):
            seen.asked.append(request.url)

    def says(message: Any) -> None:
        if message.type == "error":
            seen.errors.append(f"{message.text} ({message.location.get('url', '')})")

    seen.page.on("request", asks)
    seen.page.on("websocket", asks)
    seen.page.on("console", says)
    seen.page.on("pageerror", lambda error: seen.errors.append(f"Uncaught {error}"))
    return seen.open(where)


def elsewhere(address: str) -> bool:
    """Tell whether an address, absolute or as it stands in a page, lies on another host."""
    if not re.match(r"\s*(https?:|wss?:|ftp:)?//", address, re.IGNORECASE):
        return False
    return urlsplit(address.strip()).hostname not in [host.strip("[]") for host in HERE]
