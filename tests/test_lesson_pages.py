"""Every lesson as an exported page: no kernel behind it, no network, and its picture or explorer still moves.

One visit a lesson: opened wide, moved at the width of a tablet, and looked at once more on a telephone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from oikit.charts.theme import MIME
from oikit.explore.model import Choice
from tests.browser import Browser, click_end, needs_browser, open_browser
from tests.lesson_moves import FRAME, LESSONS, Lesson, Move, Picture, with_a_picture, with_controls
from tests.runs import solved_page, solved_run

FIGURE = ".vega-embed:has(.vega-bind)"
LIMIT = 3_000_000


@pytest.fixture(scope="module", params=LESSONS, ids=lambda lesson: lesson.name)
def lesson(request: pytest.FixtureRequest) -> Lesson:
    return request.param


@dataclass
class Visit:
    """An open page."""

    browser: Browser

    @property
    def page(self) -> Any:
        return self.browser.page

    @property
    def controls(self) -> Any:
        return self.page.locator(f"{FIGURE} .vega-bind")

    def overflow(self) -> int:
        """Count the pixels by which the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


@pytest.fixture(scope="module")
def visit(lesson: Lesson, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    """The page, opened from a file."""
    needs_browser()
    path = tmp_path_factory.mktemp("page") / f"{lesson.name}.html"
    path.write_text(solved_page(lesson.name), encoding="utf-8")
    with open_browser() as browser:
        browser.page.emulate_media(reduced_motion="reduce")
        browser.page.goto(Path(path).as_uri())
        browser.page.wait_for_selector(FRAME if lesson.hands else f"{FIGURE} svg")
        yield Visit(browser)


def put(visit: Visit, move: Move) -> None:
    """Move one control as the hand would."""
    page, group = visit.page, visit.controls.nth(move.place)
    if not move.presses:
        control = group.locator(f'input[type="radio"][value="{move.value}"]')
        if move.by == "mouse":
            control.click()
            return
        control.focus()
        page.keyboard.press("Space")
        return
    control = group.locator('input[type="range"]')
    if move.by == "keyboard":
        control.focus()
        page.keyboard.press("End")
        return
    control.scroll_into_view_if_needed()
    control.press("Home")
    click_end(page, control)
    control.press("ArrowLeft")


def settles(visit: Visit, lesson: Lesson, settings: dict[str, Any]) -> None:
    """Wait until the page says what the bench says of these settings."""
    visit.page.wait_for_function(
        """([place, said]) => [...document.querySelectorAll(place + " [role='status']")]
            .map(each => each.getAttribute('aria-label').split(/\\s+/).join(' '))
            .some(label => label.startsWith(said))""",
        arg=[FIGURE, lesson.bench.says(**settings)],
        timeout=20_000,
    )


def test_the_page_is_small_enough_to_send(lesson: Lesson) -> None:
    """One file with one copy of the chart library."""
    assert len(solved_page(lesson.name).encode()) <= LIMIT


@pytest.mark.parametrize("stem", ["05_squeeze_asymmetry"])
def test_the_exported_page_has_the_words_for_every_part(stem: str) -> None:
    """Who cannot use the drawing reads the table, the results and the card."""
    text = solved_page(stem)

    assert "[CORRECT]" not in text  # as HTML, the word stands without brackets
    assert text.count("</span> CORRECT</strong>") == 3
    assert "Evidence card" in text
    assert "<caption>Cascade bench: longs = mixed" in text


@pytest.mark.browser
def test_every_chart_of_the_page_is_drawn(visit: Visit, lesson: Lesson) -> None:
    """At the width of a desk, with nothing cut off and nothing fetched."""
    visit.page.wait_for_function(
        "[...document.querySelectorAll('figure.chart')].every(f => f.dataset.drawn === 'yes')"
    )

    outputs = [output for cell in solved_run(lesson.name).cells for output in cell.get("outputs", [])]
    drawn = visit.browser.drawn("figure.chart .drawing")

    assert len(drawn) == sum(MIME in output.get("data", {}) for output in outputs) >= lesson.charts
    assert all(marks > 3 for marks in drawn)
    assert visit.page.get_by_text("could not be drawn").count() == 0
    assert visit.overflow() <= 0
    assert visit.browser.left == []
    assert visit.browser.complaints == []


@pytest.mark.browser
@with_a_picture
def test_the_picture_moves_in_the_page_without_a_kernel(lesson: Lesson, visit: Visit) -> None:
    """Under the policy of the page, at a tablet's width: the bet by mouse, one thing moved by each hand."""
    visit.page.set_viewport_size({"width": 768, "height": 900})
    picture = Picture(visit.page, lesson)
    picture.waits()
    picture.bet("mouse")
    picture.move("keyboard")
    picture.move("mouse")


@pytest.mark.browser
@with_controls
def test_the_exported_explorer_moves_without_a_kernel(lesson: Lesson, visit: Visit) -> None:
    """Radio buttons and ranges of the page itself, at a tablet's width: drawing and sentence follow."""
    visit.page.set_viewport_size({"width": 768, "height": 900})
    settles(visit, lesson, lesson.bench.start)

    asks = visit.controls.all_inner_texts()
    assert len(asks) == len(lesson.bench.controls) and all("?" in text for text in asks)
    for move in lesson.steps("keyboard", "mouse"):
        put(visit, move)
        settles(visit, lesson, move.settings)
    sentence = visit.page.locator(f"{FIGURE} [role='status']")
    assert sentence.count() == 1
    drawn = " ".join(visit.page.locator(f"{FIGURE} svg text").all_text_contents())
    label = sentence.get_attribute("aria-label")
    assert [word for word in label.split() if word not in drawn] == []


@pytest.mark.browser
def test_nobody_is_kept_out_of_the_page(lesson: Lesson, visit: Visit) -> None:
    """As axe-core finds it, with the picture or the explorer in use."""
    assert visit.browser.barriers() == []
    if lesson.hands:
        assert visit.browser.barriers(frame=Picture(visit.page, lesson).frame) == []


@pytest.mark.browser
def test_the_page_is_whole_on_a_telephone(lesson: Lesson, visit: Visit) -> None:
    """At 390 pixels the page does not scroll sideways, and each control is in reach of a finger and works."""
    visit.page.set_viewport_size({"width": 390, "height": 844})
    visit.page.wait_for_timeout(300)  # the page waits a moment before it draws anew

    assert visit.overflow() <= 0
    if lesson.hands:
        picture = Picture(visit.page, lesson)
        picture.fits(390)
        picture.move("keyboard")
        return
    for control in visit.page.locator(f"{FIGURE} .vega-bind input").all():
        control.scroll_into_view_if_needed()
        box = control.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390
    settings = [*lesson.steps("keyboard", "mouse")][-1].settings
    for place, control in enumerate(lesson.bench.controls):
        if isinstance(control, Choice):
            settings[control.name] = lesson.moves[control.name]
            visit.controls.nth(place).locator(f'input[value="{settings[control.name]}"]').click()
            settles(visit, lesson, settings)
    assert visit.browser.barriers() == []


@pytest.mark.browser
def test_nothing_was_fetched_during_the_visit(visit: Visit) -> None:
    """Asked last: no address off this file, no complaint."""
    assert visit.browser.left == []
    assert visit.browser.complaints == []
