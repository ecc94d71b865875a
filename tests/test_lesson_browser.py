"""Lesson 01 as a reader meets it: a real JupyterLab, a real browser, no network.

The explorer is driven by mouse and by keyboard, and its numbers are compared with the ledger
itself. Then the same lesson as an exported page: the kernel is off, and the explorer still moves.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from oikit.explore.ledger import rows, says
from tests.browser import Browser, click_end, lab_server, lesson_page, needs_browser, open_browser, run_all

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[1]
LESSON = "01_open_interest_basics"


def numbers(buyer: str, seller: str, size: float, price_step: float) -> set[str]:
    """What the drawing must show at its last bar."""
    last = rows(buyer, seller, size, price_step)[-1]
    return {
        f"{last['longs']} long",
        f"{last['shorts']} short",
        f"{last['volume']}",
        f"{last['open_interest_value']:,}",
        f"{last['open_interest']}×{last['price']}",
    }


@dataclass
class Explorer:
    """The explorer on a page: where it is, and how to read it."""

    page: Any
    place: str

    def settles_at(self, *settings: Any) -> None:
        """Wait until the drawing shows these settings, every number of them."""
        self.page.wait_for_function(
            """([place, wanted]) => {
                const texts = [...document.querySelectorAll(place + ' svg text')].map(t => t.textContent);
                return wanted.every(text => texts.includes(text));
            }""",
            arg=[self.place, sorted(numbers(*settings))],
            timeout=20_000,
        )


# --- as an exported page ---
# First, because only one driver of browsers runs at a time and the lesson below keeps its own.


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The solved lesson, run once and written as one page."""
    needs_browser()
    return lesson_page(LESSON, tmp_path_factory.mktemp("page"))


def test_the_page_is_small_enough_to_send(exported: Path) -> None:
    """One file with one copy of the chart library."""
    assert exported.stat().st_size <= 3_000_000


@pytest.mark.parametrize("width", [1280, 768])
def test_the_exported_explorer_moves_without_a_kernel(exported: Path, width: int) -> None:
    """Radio buttons and ranges of the page itself: nothing runs behind it, nothing is fetched."""
    with open_browser(width=width) as browser:
        page = browser.page
        page.goto(exported.as_uri())
        figure = ".vega-embed:has(.vega-bind)"
        page.wait_for_selector(f"{figure} svg")
        explorer = Explorer(page, figure)
        explorer.settles_at("opens", "opens", 2, 0)

        asked = page.locator(f"{figure} .vega-bind")
        buyer, seller, size, step = (asked.nth(place) for place in range(4))
        buyer.locator('input[value="closes"]').click()
        explorer.settles_at("closes", "opens", 2, 0)
        buyer.locator('input[value="opens"]').focus()
        page.keyboard.press("Space")
        explorer.settles_at("opens", "opens", 2, 0)
        seller.locator('input[value="closes"]').focus()
        page.keyboard.press("Space")
        explorer.settles_at("opens", "closes", 2, 0)
        seller.locator('input[value="opens"]').click()
        explorer.settles_at("opens", "opens", 2, 0)
        buyer.locator('input[value="closes"]').click()
        seller.locator('input[value="closes"]').click()
        click_end(page, size.locator("input"))
        explorer.settles_at("closes", "closes", 5, 0)
        page.keyboard.press("Home")
        explorer.settles_at("closes", "closes", 1, 0)
        step.locator("input").focus()
        page.keyboard.press("Home")
        explorer.settles_at("closes", "closes", 1, -20)
        click_end(page, step.locator("input"))
        explorer.settles_at("closes", "closes", 1, 20)

        drawn = " ".join(page.locator(f"{figure} svg text").all_text_contents())
        said = says("closes", "closes", 1, 20)
        sentence = page.locator(f"{figure} [role='status']")
        assert all(word in drawn for word in said.split())
        assert sentence.count() == 1
        assert " ".join(sentence.get_attribute("aria-label").split()) == said
        asks = asked.all_inner_texts()
        assert len(asks) == 4 and all("?" in text for text in asks)
        assert browser.barriers() == []
        assert browser.left == []
        assert browser.complaints == []


def test_the_exported_page_has_the_words_for_every_part(exported: Path) -> None:
    """Who cannot use the drawing reads the table, the results and the card."""
    text = exported.read_text(encoding="utf-8")

    assert "[CORRECT]" not in text  # as HTML, the word stands without brackets
    assert text.count("</span> CORRECT</strong>") == 2
    assert "Evidence card" in text
    assert "<caption>Trade ledger: buyer = closes" in text


# --- in JupyterLab ---


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Browser, Path]]:
    """The committed lesson, opened and run to the end."""
    needs_browser()
    root = tmp_path_factory.mktemp("lesson")
    shutil.copy(ROOT / "notebooks" / f"{LESSON}.ipynb", root)
    with lab_server(root) as url, open_browser() as browser:
        run_all(browser, url, f"{LESSON}.ipynb", seconds=180)
        browser.page.wait_for_selector(".oikit-status")
        yield browser, root


def cell(browser: Browser, code: str) -> Any:
    return browser.page.locator(".jp-CodeCell").filter(has_text=code).first


def test_the_lesson_runs_in_jupyterlab_without_a_network(lab: tuple[Browser, Path]) -> None:
    """No error, no warning, nothing asked of the world, nothing for the console to complain about."""
    browser, root = lab
    errors = (
        '[data-mime-type="application/vnd.jupyter.error"], [data-mime-type="application/vnd.jupyter.stderr"]'
    )

    assert browser.page.locator(errors).count() == 0
    assert browser.left == []
    assert browser.complaints == []
    assert (root / ".oikit" / "progress.json").is_file()


def test_every_chart_is_drawn_and_says_what_it_shows(lab: tuple[Browser, Path]) -> None:
    """Three pictures: the explorer, the market, the intervals; each with shapes and a name."""
    browser, _ = lab
    charts = browser.page.locator(".vega-embed svg")

    assert charts.count() == 3
    for place in range(3):
        chart = charts.nth(place)
        assert chart.locator("path").count() > 3
        named = chart.evaluate(
            "svg => (svg.getAttribute('aria-label') || svg.querySelector('[aria-label]').ariaLabel)"
        )
        assert len(named) > 20


def test_every_open_place_is_answered_in_words(lab: tuple[Browser, Path]) -> None:
    """Exercises, predictions and the sentence say NOT ATTEMPTED in a region that is announced."""
    browser, _ = lab
    said = browser.page.locator('.jp-OutputArea [role="status"]').all_inner_texts()

    assert sum("NOT ATTEMPTED" in text for text in said) >= 7
    assert any("01.1" in text for text in said)
    assert any("01.2" in text for text in said)


def test_the_explorer_answers_mouse_and_keyboard(lab: tuple[Browser, Path]) -> None:
    """Each control by mouse and by its keys; the drawing and the sentence follow, the focus stays."""
    browser, _ = lab
    page, here = browser.page, cell(browser, 'explore("01")')
    here.scroll_into_view_if_needed()
    explorer = Explorer(page, ".jp-OutputArea-output:has(.widget-hslider) .vega-embed")
    explorer.settles_at("opens", "opens", 2, 0)

    buyer, seller = (here.locator(".widget-toggle-buttons").nth(place) for place in (0, 1))
    closes, opens = ({"name": each, "exact": True} for each in ("closes", "opens"))
    buyer.get_by_role("button", **closes).click()
    explorer.settles_at("closes", "opens", 2, 0)
    buyer.get_by_role("button", **opens).focus()
    page.keyboard.press("Space")
    explorer.settles_at("opens", "opens", 2, 0)
    seller.get_by_role("button", **closes).focus()
    page.keyboard.press("Space")
    explorer.settles_at("opens", "closes", 2, 0)
    seller.get_by_role("button", **opens).click()
    explorer.settles_at("opens", "opens", 2, 0)
    for side in (buyer, seller):
        side.get_by_role("button", **closes).click()
    explorer.settles_at("closes", "closes", 2, 0)

    sliders, boxes = here.locator(".widget-hslider"), here.locator('input[type="number"]')
    click_end(page, sliders.nth(0).locator(".noUi-base"))
    explorer.settles_at("closes", "closes", 5, 0)
    sliders.nth(0).locator(".noUi-handle").focus()
    page.keyboard.press("ArrowLeft")
    explorer.settles_at("closes", "closes", 4, 0)
    assert boxes.nth(0).input_value() == "4"

    sliders.nth(1).locator(".noUi-handle").focus()
    page.keyboard.press("ArrowLeft")
    explorer.settles_at("closes", "closes", 4, -10)
    click_end(page, sliders.nth(1).locator(".noUi-base"))
    explorer.settles_at("closes", "closes", 4, 20)
    boxes.nth(1).focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("-20")
    page.keyboard.press("Enter")
    explorer.settles_at("closes", "closes", 4, -20)

    assert here.locator(".oikit-status").inner_text() == says("closes", "closes", 4, -20)
    assert here.locator(".oikit-status").get_attribute("role") == "status"
    assert page.locator(".jp-CodeCell").count() == page.locator(".jp-CodeCell .jp-InputPrompt").count()
    assert here.locator(".vega-embed svg").count() == 1


def test_every_control_has_a_name_that_can_be_read_aloud(lab: tuple[Browser, Path]) -> None:
    """The handle of a slider has none, so its box must."""
    browser, _ = lab
    here = cell(browser, 'explore("01")')

    assert here.get_by_label("size in contracts").count() == 1
    assert here.get_by_label("price step in USDT").count() == 1
    assert here.get_by_role("button", name="opens").count() == 2


def test_a_quiz_is_answered_with_the_space_bar(lab: tuple[Browser, Path]) -> None:
    """Choose a letter, check it, read why."""
    browser, _ = lab
    here = cell(browser, 'quiz("01.q")')
    here.scroll_into_view_if_needed()
    here.get_by_role("button", name="a", exact=True).first.focus()
    browser.page.keyboard.press("Space")
    here.get_by_role("button", name="Check").first.focus()
    browser.page.keyboard.press("Space")
    answer = here.locator(".oikit-status").first
    answer.filter(has_text="[NOT YET] 01.q1").wait_for()

    assert "each new contract brought one long and one short" in answer.inner_text()


def test_nothing_went_out_while_playing(lab: tuple[Browser, Path]) -> None:
    """Asked last: no address off this computer, no complaint."""
    browser, _ = lab

    assert browser.barriers(".jp-OutputArea") == []
    assert browser.left == []
    assert browser.complaints == []
