"""Every other lesson as a reader meets it: in JupyterLab offline, and as an exported page.

Each control of each bench is moved by mouse and by keyboard, on both faces; the drawing changes, and
the sentence is compared with what the bench says of these settings. Lesson 01 has a file of its own.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from oikit.explore import EXPLORERS
from oikit.explore.model import Amount
from tests.browser import click_end, lab_server, lesson_page, needs_browser, open_browser, run_all

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[1]
Hand = Literal["mouse", "keyboard"]


@dataclass(frozen=True)
class Move:
    """One control, where it is put, and where all of them stand then."""

    place: int
    name: str
    value: Any
    presses: int
    by: Hand
    settings: dict[str, Any]


@dataclass(frozen=True)
class Lesson:
    """A lesson, how many charts it draws, and for each named control another option than its first."""

    name: str
    charts: int
    moves: dict[str, str]

    @property
    def bench(self) -> Any:
        return EXPLORERS[self.name[:2]]

    def steps(self, there: Hand, back: Hand) -> Iterator[Move]:
        """Put every control elsewhere with one hand, and in reverse order back with the other.

        A slider is put to its end, and from there one step back.
        """
        settings, controls = dict(self.bench.start), list(enumerate(self.bench.controls))
        order = sorted(controls, key=lambda each: [*self.moves].index(each[1].name))
        for by, turn in ((there, order), (back, order[::-1])):
            for place, control in turn:
                presses = 0
                if isinstance(control, Amount):
                    value = control.high if turn is order else control.options[-2]
                    presses = round((value - settings[control.name]) / control.step)
                else:
                    value = self.moves[control.name] if turn is order else control.start
                settings[control.name] = value
                yield Move(place, control.name, value, presses, by, dict(settings))


LESSONS = (
    Lesson("00_start_here", 2, {"kind": "forecast", "met_in": "any", "world": "planted"}),
    Lesson(
        "02_ratio_threshold",
        2,
        {"cases": "episodes", "world": "planted", "threshold": "0.55%", "horizon": "14 days"},
    ),
    Lesson(
        "03_velocity_divergence",
        5,
        {"world": "planted", "quiet": "any", "spike": "end", "window": "12h"},
    ),
    Lesson(
        "04_funding_correlation",
        4,
        {"measure": "changes", "horizon": "3d", "world": "planted", "lag": "+2d"},
    ),
    Lesson("05_squeeze_asymmetry", 4, {"longs": "mixed", "shorts": "bold", "shock": "+5%", "depth": "thin"}),
    Lesson(
        "06_risk_sizing", 3, {"leverage": "50x", "maintenance": "1%", "funding": "0.1%", "volatility": "5%"}
    ),
    Lesson("07_ai_lens", 4, {"world": "planted", "split": "walk-forward", "gap": "3 days", "noise": "50"}),
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
    Lesson("10_your_own_market", 3, {"bar": "end", "world": "planted", "later": "shown"}),
)
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)


CUT = "all => all.filter(each => each.scrollWidth > each.clientWidth).map(each => each.textContent)"
"""Buttons whose words do not fit into them."""


def press(page: Any, count: int) -> None:
    """Arrow keys on what has the focus."""
    for _ in range(abs(count)):
        page.keyboard.press("ArrowRight" if count > 0 else "ArrowLeft")


@each_lesson
def test_the_exported_bench_moves_without_a_kernel(lesson: Lesson, tmp_path: Path) -> None:
    """Radio buttons and ranges of the page itself: the sentence follows, and nothing is fetched."""
    needs_browser()
    exported = lesson_page(lesson.name, tmp_path)

    assert exported.stat().st_size <= 3_000_000
    with open_browser(width=768) as browser:
        page, figure = browser.page, ".vega-embed:has(.vega-bind)"
        page.goto(exported.as_uri())
        page.wait_for_selector(f"{figure} svg")
        groups = page.locator(f"{figure} .vega-bind")
        assert groups.count() == len(lesson.bench.controls)
        for move in lesson.steps("keyboard", "mouse"):
            group = groups.nth(move.place)
            if not move.presses:
                control = group.locator(f'input[type="radio"][value="{move.value}"]')
            else:
                control = group.locator('input[type="range"]')
            if move.by == "keyboard":
                control.focus()
                page.keyboard.press("End" if move.presses else "Space")
            elif not move.presses:
                control.click()
            else:
                page.keyboard.press("Home")
                control.scroll_into_view_if_needed()
                click_end(page, control)
                control.press("ArrowLeft")
            page.wait_for_function(
                """([place, said]) => [...document.querySelectorAll(place + " [role='status']")]
                    .map(each => each.getAttribute('aria-label').split(/\\s+/).join(' '))
                    .some(label => label.startsWith(said))""",
                arg=[figure, lesson.bench.says(**move.settings)],
                timeout=20_000,
            )

        assert page.get_by_text("could not be drawn").count() == 0
        assert browser.barriers() == []
        assert browser.left == []
        assert browser.complaints == []


@each_lesson
def test_the_lesson_runs_and_its_bench_answers_in_jupyterlab(lesson: Lesson, tmp_path: Path) -> None:
    """No error, nothing asked of the world, every chart drawn; each control by mouse, and by its keys."""
    needs_browser()
    shutil.copy(ROOT / "notebooks" / f"{lesson.name}.ipynb", tmp_path)
    with lab_server(tmp_path) as url, open_browser() as browser:
        run_all(browser, url, f"{lesson.name}.ipynb", seconds=240)
        page = browser.page
        page.wait_for_selector(".oikit-status")
        for kind in ("error", "stderr"):
            assert page.locator(f'[data-mime-type="application/vnd.jupyter.{kind}"]').count() == 0
        assert page.locator(".vega-embed svg").count() == lesson.charts

        here = page.locator(".jp-CodeCell").filter(has_text=f'explore("{lesson.name[:2]}")').first
        here.scroll_into_view_if_needed()
        drawn = here.locator(".vega-embed svg")
        for move in lesson.steps("mouse", "keyboard"):
            before = drawn.inner_html()
            if move.presses:
                slider = here.locator(".widget-hslider", has_text=move.name)
                if move.by == "mouse":
                    click_end(page, slider.locator(".noUi-base"))
                else:
                    slider.locator(".noUi-handle").focus()
                    press(page, move.presses)
            else:
                button = here.locator(".widget-toggle-buttons", has_text=move.name.replace("_", " "))
                button = button.get_by_role("button", name=str(move.value), exact=True)
                if move.by == "mouse":
                    button.click()
                else:
                    button.focus()
                    page.keyboard.press("Space")
            assert here.locator(".jupyter-button").evaluate_all(CUT) == []
            said = here.locator(".oikit-status").filter(has_text=lesson.bench.says(**move.settings))
            said.wait_for(timeout=20_000)
            # Each of these moves changes the drawing, not the sentence alone.
            page.wait_for_function(
                "([svg, before]) => svg.innerHTML !== before",
                arg=[drawn.element_handle(), before],
                timeout=20_000,
            )
        if lesson.bench.tries and lesson.bench.memory is None:
            assert "Settings tried so far: " in here.locator(".oikit-status").inner_text()

        assert browser.barriers(".jp-OutputArea") == []
        assert browser.left == []
        assert browser.complaints == []
