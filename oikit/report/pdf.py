"""The page as PDF, printed by a headless Chromium that is on this computer already."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pandas as pd

from oikit.errors import ReportError

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
_PATIENCE = 120  # s
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--virtual-time-budget=10000",  # of the page's own clock: until its charts are drawn
)
_PAPER = "<style>@page { size: A4; }</style></head>"
_NEIGHBOUR = re.compile(r'(<a\b[^>]*?) href="(?![a-z]+:|#)[^"]*"')
_DATE = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}")


def browser() -> str:
    """Return the path of the browser: ``CHROMIUM``, or the first of the usual names on the path."""
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
    if not found:
        raise ReportError(
            "a PDF is printed by a Chromium, and none is on the path; install it (Debian, Ubuntu: sudo apt "
            "install chromium; macOS: brew install --cask chromium), set CHROMIUM to its path, or print the "
            "HTML page from the browser you use"
        )
    return found


def printed(html: str, until: pd.Timestamp) -> bytes:
    """Print a page that needs no other file."""
    program = browser()
    # Chromium's own sandbox does not work for root, as in most containers. The page runs no script but ours.
    sandbox = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as aside:
        page, paper = Path(aside) / "page.html", Path(aside) / "page.pdf"
        page.write_text(_for_paper(html), encoding="utf-8", newline="\n")
        command = [program, *_FLAGS, *sandbox, f"--user-data-dir={aside}/profile", f"--print-to-pdf={paper}"]
        try:
            ended = subprocess.run(
                [*command, page.as_uri()],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_PATIENCE,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ReportError(f"{program} could not print the page: {error}") from error
        if not paper.is_file():
            last = ended.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise ReportError(
                f"{program} has not printed the page (exit {ended.returncode}): {''.join(last)}"
            )
        # Same length, so nothing else in the file moves.
        stamp = f"{until:%Y%m%d%H%M%S}".encode()
        return _DATE.sub(lambda found: b"/" + found[1] + b" (D:" + stamp, paper.read_bytes())


def _for_paper(html: str) -> str:
    """Remove links to files beside the page, which lead nowhere on paper."""
    return _NEIGHBOUR.sub(r"\1", html).replace("</head>", _PAPER, 1)
