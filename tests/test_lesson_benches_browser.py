"""Lessons 00 and 04 to 09 as a reader meets them: in JupyterLab offline, and as an exported page.

Each control of each bench is moved, by mouse or by keyboard, and the drawing and the sentence are
compared with what the bench computes.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from oikit.explore import EXPLORERS
from tests.browser import lab_server, needs_browser, open_browser, run_all

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Lesson:
    """A lesson, how many charts it draws, and one move for each control of its bench."""

    name: str
    charts: int
    moves: dict[str, str]

    @property
    def bench(self) -> Any:
        return EXPLORERS[self.name[:2]]

    def steps(self) -> Iterator[tuple[int, str, dict[str, Any]]]:
        """The place of each control, the option to choose, and where all controls stand after it."""
        settings = dict(self.bench.start)
        for place, (control, option) in enumerate(self.moves.items()):
            settings[control] = option
            yield place, option, dict(settings)


LESSONS = (
    Lesson(
        "00_start_here",
        2,
        {"kind": "forecast", "met_in": "any", "world": "planted"},
    ),
    Lesson(
        "04_funding_correlation",
        4,
        {"measure": "changes", "horizon": "3d", "world": "planted", "lag": "+2d"},
    ),
    Lesson(
        "05_squeeze_asymmetry",
        4,
        {"longs": "mixed", "shorts": "bold", "shock": "+5%", "depth": "thin"},
    ),
    Lesson(
        "06_risk_sizing",
        3,
        {"leverage": "50x", "maintenance": "1%", "funding": "0.1%", "volatility": "5%"},
    ),
    Lesson(
        "07_ai_lens",
        4,
        {"world": "planted", "split": "walk-forward", "gap": "3 days", "noise": "50"},
    ),
    Lesson(
        "08_mistakes_lab",
        2,
        {"world": "planted", "signal": "open interest", "level": "3", "position": "short 3 days"},
    ),
    Lesson(
        "09_putting_it_together",
        2,
        {"world": "planted", "reading": "margin", "leverage": "50x", "stop": "none"},
    ),
)
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


@each_lesson
def test_the_exported_bench_moves_without_a_kernel(lesson: Lesson, tmp_path: Path) -> None:
    """Radio buttons of the page itself: each changes the sentence in the drawing, and nothing is fetched."""
    needs_browser()
    nbclient = pytest.importorskip("nbclient")
    from oikit.learn.course import solved
    from oikit.page import render

    notebook = solved(ROOT / "notebooks" / "source" / f"{lesson.name}.py")
    where = {"metadata": {"path": str(tmp_path)}}
    nbclient.NotebookClient(notebook, timeout=180, kernel_name="python3", resources=where).execute()
    page = tmp_path / "lesson.html"
    page.write_text(render(notebook), encoding="utf-8")

    assert page.stat().st_size <= 3_000_000
    with open_browser(width=768) as browser:
        browser.page.goto(page.as_uri())
        figure = ".vega-embed:has(.vega-bind)"
        browser.page.wait_for_selector(f"{figure} svg")
        for place, option, settings in lesson.steps():
            group = browser.page.locator(f"{figure} .vega-bind").nth(place)
            group.locator(f'input[type="radio"][value="{option}"]').focus()
            browser.page.keyboard.press("Space")
            browser.page.wait_for_function(
                """([place, said]) => [...document.querySelectorAll(place + " [role='status']")]
                    .map(each => each.getAttribute('aria-label').split(/\\s+/).join(' '))
                    .some(label => label.startsWith(said))""",
                arg=[figure, lesson.bench.says(**settings)],
                timeout=20_000,
            )

        assert browser.barriers() == []
        assert browser.left == []
        assert browser.complaints == []


@each_lesson
def test_the_lesson_runs_and_its_bench_answers_in_jupyterlab(lesson: Lesson, tmp_path: Path) -> None:
    """No error, nothing asked of the world, every chart drawn; buttons by mouse and by the space bar."""
    needs_browser()
    shutil.copy(ROOT / "notebooks" / f"{lesson.name}.ipynb", tmp_path)
    with lab_server(tmp_path) as url, open_browser() as browser:
        run_all(browser, url, f"{lesson.name}.ipynb", seconds=240)
        page = browser.page
        page.wait_for_selector(".oikit-status")
        errors = (
            '[data-mime-type="application/vnd.jupyter.error"], '
            '[data-mime-type="application/vnd.jupyter.stderr"]'
        )
        assert page.locator(errors).count() == 0
        assert page.locator(".vega-embed svg").count() == lesson.charts

        here = page.locator(".jp-CodeCell").filter(has_text=f'explore("{lesson.name[:2]}")').first
        here.scroll_into_view_if_needed()
        drawn = here.locator(".vega-embed svg")
        for place, option, settings in lesson.steps():
            before = drawn.inner_html()
            button = here.locator(".widget-toggle-buttons").nth(place)
            button = button.get_by_role("button", name=option, exact=True)
            if place % 2:
                button.focus()
                page.keyboard.press("Space")
            else:
                button.click()
            said = here.locator(".oikit-status").filter(has_text=lesson.bench.says(**settings))
            said.wait_for(timeout=20_000)
            # Each of these moves changes the drawing, not the sentence alone.
            page.wait_for_function(
                "([svg, before]) => svg.innerHTML !== before",
                arg=[drawn.element_handle(), before],
                timeout=20_000,
            )

        assert browser.barriers(".jp-OutputArea") == []
        assert browser.left == []
        assert browser.complaints == []
