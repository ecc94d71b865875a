"""A real headless Chromium for tests: it may read files and this computer, and nothing else.

`open_browser` gives a `Browser`: a new page, without cookies or cache, of the one Chromium that this
process starts. `lab_server` runs a JupyterLab on the loopback address; the fixture ``lab`` is the one
that all tests of a process share. A test that uses them is marked ``browser`` and calls `needs_browser`
first.
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def chromium() -> str | None:
    """Where is the browser? The CHROMIUM variable wins."""
    named = os.environ.get("CHROMIUM")
    found = [named, "/usr/bin/chromium", shutil.which("chromium"), shutil.which("google-chrome")]
    return next((path for path in found if path and Path(path).exists()), None)


def needs_browser() -> None:
    """Skip, with the reason, where there is no browser to drive."""
    pytest.importorskip("playwright", reason="playwright is not installed; pip install 'oikit[test]'")
    if chromium() is None:
        pytest.skip("no Chromium here; install it, or set CHROMIUM to its path")


@dataclass
class Browser:
    """A page of a fresh browser, and what it tried to do.

    Attributes
    ----------
    page : playwright Page
    left : list of str
        Addresses off this computer that were asked for; each was refused.
    complaints : list of str
        Errors of the console and of scripts.
    """

    page: Any
    left: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def drawn(self, within: str) -> list[int]:
        """How many marks with a shape has each place drawn?"""
        return self.page.eval_on_selector_all(
            within,
            """places => places.map(place => [...place.querySelectorAll('svg path, svg text, svg line')]
                .filter(mark => mark.closest('.mark-line, .mark-rect, .mark-area, .mark-symbol, .mark-rule'))
                .filter(mark => (mark.getAttribute('d') || 'text').length > 3).length)""",
        )

    def barriers(self, within: str = "html", frame: Any = None) -> list[str]:
        """What would keep somebody out, as axe-core finds it: its serious and critical findings.

        Of a frame in the page only what is asked for: axe does not look into it.
        """
        place = frame or self.page
        axe = pytest.importorskip("axe_playwright_python", reason="pip install 'oikit[test]' brings axe-core")
        script = Path(axe.__file__).with_name("axe.min.js").read_text(encoding="utf-8")
        place.evaluate(script)
        # The body of JupyterLab has no height and hides what flows over, so axe would take all in it for
        # hidden, and no word for too pale.
        found: list[str] = place.evaluate(
            """async within => {
                const before = document.body.style.minHeight;
                document.body.style.minHeight = '100vh';
                const all = await axe.run({include: [within]}, {resultTypes: ['violations']});
                document.body.style.minHeight = before;
                return all.violations.filter(each => ['serious', 'critical'].includes(each.impact))
                    .map(each => each.id + ': '
                        + each.nodes.map(node => node.html.slice(0, 160)).join(' | '));
            }""",
            within,
        )
        return found

    def picture(self, path: Path, *, whole: bool = True) -> Path:
        """Take a screenshot."""
        self.page.screenshot(path=str(path), full_page=whole)
        return path


@functools.cache
def _engine() -> tuple[Any, Any]:
    """Start the driver, of which a process can have one only, and the Chromium that all tests share."""
    from playwright.sync_api import sync_playwright

    driver = sync_playwright().start()
    return driver, driver.chromium.launch(executable_path=chromium(), headless=True, args=list(FLAGS))


def close_engine() -> None:
    """End the shared Chromium and its driver, if a test has started them."""
    if _engine.cache_info().currsize:
        driver, engine = _engine()
        _engine.cache_clear()
        engine.close()
        driver.stop()


@contextlib.contextmanager
def open_browser(*, width: int = 1280, height: int = 900) -> Iterator[Browser]:
    """Open a page that shares nothing with earlier ones and cannot leave this computer."""
    _, engine = _engine()
    context = engine.new_context(viewport={"width": width, "height": height}, timezone_id="Asia/Tokyo")
    try:
        browser = Browser(context.new_page())

        def guard(route: Any) -> None:
            parts = urlsplit(route.request.url)
            if parts.scheme in ("file", "data", "blob") or parts.hostname in LOOPBACK:
                route.continue_()
            else:
                browser.left.append(route.request.url)
                route.abort()

        context.route("**/*", guard)
        page = browser.page
        page.on("console", lambda m: browser.complaints.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: browser.complaints.append(str(error)))
        yield browser
    finally:
        context.close()


@contextlib.contextmanager
def lab_server(root: Path) -> Iterator[str]:
    """Run a JupyterLab over one folder, on this computer only, with settings of its own.

    Yields its address. Nothing of the person's own Jupyter is read or written.
    """
    home = root / ".jupyter-of-this-test"
    settings = {
        "apputils-extension/themes": {"theme": "JupyterLab Light"},
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        # Cells out of sight are drawn, too: a test looks at all of them.
        "notebook-extension/tracker": {"windowingMode": "none"},
    }
    for name, values in settings.items():
        place = home / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(values))
    own = {
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_DATA_DIR": home / "data",
        "JUPYTER_RUNTIME_DIR": home / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "IPYTHONDIR": home / "ipython",
    }
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    options = [
        "--no-browser",
        "--allow-root",
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={root}",
        "--IdentityProvider.token=",
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]
    environment = {**os.environ, **{name: str(place) for name, place in own.items()}}
    log = home / "server.log"
    with log.open("w") as out:
        server = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options], stdout=out, stderr=out, env=environment
        )
        try:
            deadline = time.monotonic() + 60
            while not _answers(f"{url}/api/status"):
                if server.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")
                time.sleep(0.1)
            yield url
        finally:
            server.terminate()  # it ends its kernels on the way out
            try:
                server.wait(20)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as reply:
            return reply.status == 200
    except OSError:
        return False


def click_end(page: Any, slider: Any) -> None:
    """Click where a slider ends, on the right."""
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2)


def run_all(browser: Browser, url: str, notebook: str, *, seconds: float = 90) -> None:
    """Open a notebook of the server, which names its kernel, run its cells to the end, and save it."""
    page = browser.page
    page.set_default_timeout(seconds * 1000)
    page.goto(f"{url}/lab/tree/{notebook}?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    # Not awaited here: an answer that never comes would wait without an end.
    page.evaluate("""() => { (async () => {
        const panel = window.jupyterapp.shell.currentWidget;
        await panel.sessionContext.ready;  // before that, running asks for a kernel
        await panel.sessionContext.session.kernel.info;
        await window.jupyterapp.commands.execute('notebook:run-all-cells');
        await window.jupyterapp.commands.execute('docmanager:save');
        window.allRun = true;
    })() }""")
    page.wait_for_function("window.allRun === true")
    page.set_default_timeout(30_000)


def end_kernel(browser: Browser) -> None:
    """Stop the kernel of the open notebook: the server goes on, and its memory is wanted elsewhere."""
    browser.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")


def wear(browser: Browser, theme: Literal["Light", "Dark"]) -> None:
    """Change the theme of JupyterLab, and wait until it is worn; the server remembers it."""
    browser.page.evaluate(
        """theme => void window.jupyterapp.commands.execute('apputils:change-theme', {theme})""",
        f"JupyterLab {theme}",
    )
    light = str(theme == "Light").lower()
    browser.page.wait_for_selector(f"body[data-jp-theme-light='{light}']", state="attached")


def resize(browser: Browser, width: int, height: int = 900) -> None:
    """Make the window of JupyterLab another size; on a small one nobody keeps the list of files open."""
    browser.page.set_viewport_size({"width": width, "height": height})
    if width < 1000 and browser.page.locator(".jp-FileBrowser").is_visible():
        browser.page.evaluate("void window.jupyterapp.commands.execute('application:toggle-left-area')")
        browser.page.wait_for_function("!document.querySelector('.jp-FileBrowser')?.offsetParent")


def unroll(browser: Browser) -> None:
    """Make the window as high as the open notebook: of colours, axe judges only those that it can see."""
    high = browser.page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollHeight")
    browser.page.set_viewport_size({"width": browser.page.viewport_size["width"], "height": high + 300})
