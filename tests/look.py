"""Contact sheets of every lesson, exported page and report, for a person to look at: ``make look``.

``python -m tests.look [LESSON ...]`` writes pictures and one sheet for each of them into ``build/look``:
lessons as JupyterLab shows them with their solutions, and pages and the report, light, dark and on a phone.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from html import escape
from pathlib import Path

import nbformat

import oikit.report
from oikit.learn import course
from oikit.lessons import Lesson
from tests.browser import Browser, close_engine, end_kernel, lab_server, open_browser, run_all, unroll, wear
from tests.runs import LESSONS, solved_page

OUT = Path("build/look")
SCREEN, PHONE = (1280, 900), (390, 844)


def shoot(browser: Browser, name: str, size: tuple[int, int]) -> Path:
    """Take a picture of the whole page, and put its screenfuls side by side on a sheet."""
    picture = browser.picture(OUT / f"{name}.png")
    width, height = size
    high = browser.page.evaluate("document.documentElement.scrollHeight")
    screens = "".join(
        f'<div style="width:{width}px;height:{height}px;background:url({picture.name}) 0 -{top}px"></div>'
        for top in range(0, high, height)
    )
    sheet = OUT / f"{name}.html"
    sheet.write_text(
        f'<title>{escape(name)}</title><body style="display:flex;flex-wrap:wrap;gap:24px;zoom:.5">{screens}',
        encoding="utf-8",
    )
    return sheet


def look_at_page(path: Path, name: str) -> None:
    """Open a page from its file: light, dark, and on a phone."""
    with open_browser() as browser:
        for size, theme in ((SCREEN, "light"), (SCREEN, "dark"), (PHONE, "light")):
            browser.page.set_viewport_size({"width": size[0], "height": size[1]})
            browser.page.emulate_media(color_scheme=theme)
            browser.page.goto(path.resolve().as_uri())
            browser.page.wait_for_timeout(1500)
            shoot(browser, f"{name}-{theme}-{size[0]}", size)


def look_at_lab(url: str, root: Path, lesson: Lesson) -> None:
    """Run a lesson with its solutions in JupyterLab: light and dark."""
    nbformat.write(course.solved(lesson), root / f"{lesson.notebook}.ipynb")
    with open_browser() as browser:
        run_all(browser, url, f"{lesson.notebook}.ipynb", seconds=240)
        unroll(browser)
        browser.page.wait_for_timeout(4000)  # charts that were out of sight are drawn now
        for theme in ("Light", "Dark"):
            wear(browser, theme)
            browser.page.wait_for_timeout(1500)
            browser.page.evaluate("document.querySelector('.jp-WindowedPanel-outer').scrollTo(0, 0)")
            shoot(browser, f"{lesson.notebook}-lab-{theme.lower()}", SCREEN)
        wear(browser, "Light")
        end_kernel(browser)


def main(lessons: Iterable[str]) -> None:
    """Look at these lessons, or at all of them and at a report."""
    chosen = list(lessons)
    OUT.mkdir(parents=True, exist_ok=True)
    found = [each for each in LESSONS if not chosen or each.number in chosen]
    with tempfile.TemporaryDirectory() as aside, lab_server(Path(aside)) as url:
        for lesson in found:
            look_at_lab(url, Path(aside), lesson)
            page = Path(aside) / f"{lesson.notebook}.html"
            page.write_text(solved_page(lesson.notebook), encoding="utf-8")
            look_at_page(page, f"{lesson.notebook}-page")
            sys.stdout.write(f"{lesson.notebook}: looked at\n")
        if not chosen:
            made = oikit.report.run("bnb-null", out=aside)
            look_at_page(Path(made.html), "report-bnb-null")
    close_engine()
    sys.stdout.write(f"the sheets are in {OUT}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
