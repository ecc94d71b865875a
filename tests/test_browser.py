"""What a person sees, in a real Chromium that may not leave this computer.

Set OIKIT_PICTURES to a folder to keep the screenshots and look at them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import nbformat
import pytest

from oikit import report
from oikit.export import page
from tests.browser import Browser, end_kernel, needs_browser, open_browser, resize, run_all, wear

pytestmark = pytest.mark.browser

CHARTS = ("price_and_open_interest", "ratio", "velocity", "funding", "crowds")


@pytest.fixture(scope="module", autouse=True)
def browser_there() -> None:
    needs_browser()


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = Path(os.environ.get("OIKIT_PICTURES") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def weekly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report.run(out=tmp_path_factory.mktemp("reports")).html


@pytest.fixture
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390, 320])
def test_the_report_opens_from_a_file_in_any_light(
    width: int, look: str, weekly: Path, pictures: Path
) -> None:
    """Sent by mail, opened on a train: no request leaves, nothing is cut off, folds open or closed."""
    with open_browser(width=width) as browser:
        browser.page.emulate_media(color_scheme=look)
        browser.page.goto(weekly.as_uri())
        browser.picture(pictures / f"report-{width}-{look}.png")
        assert browser.barriers() == []
        browser.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")

        assert browser.page.locator("figure.drawn svg").count() == 4
        assert browser.barriers() == []
        assert browser.left == [] and browser.complaints == []
        assert browser.page.evaluate("document.documentElement.scrollWidth") == width


def test_the_front_is_one_screen_and_two_pages_of_paper(
    weekly: Path, pictures: Path, browser: Browser
) -> None:
    """The title, six measures and three pictures stand before a wide screen scrolls."""
    browser.page.set_viewport_size({"width": 1280, "height": 900})
    browser.page.goto(weekly.as_uri())

    ends = "document.querySelector('#pictures').getBoundingClientRect().bottom"
    assert browser.page.evaluate(ends) <= 900
    printed = browser.page.pdf(path=str(pictures / "report.pdf"), prefer_css_page_size=True)
    assert printed.startswith(b"%PDF") and printed.count(b"/Type /Page\n") == 2


def test_a_link_of_the_contents_opens_its_fold(weekly: Path, browser: Browser) -> None:
    """Its target stands inside the fold."""
    browser.page.goto(weekly.as_uri())
    browser.page.get_by_role("link", name="Risk").click()

    assert browser.page.locator("details.fold:has(#risk)").get_attribute("open") is not None


def test_the_report_speaks_to_a_screen_reader(weekly: Path, browser: Browser) -> None:
    """Each picture is one image whose name is the finding; the first Tab skips to the content."""
    browser.page.goto(weekly.as_uri())

    names = [image.get_attribute("aria-label") for image in browser.page.get_by_role("img").all()]
    assert len(names) == 3 and all(name and name.count(".") >= 2 for name in names)
    assert browser.page.locator("h1").count() == 1
    browser.page.keyboard.press("Tab")
    assert browser.page.evaluate("document.activeElement.textContent") == "Skip to the content"


def test_a_script_that_slipped_into_a_page_does_not_run(tmp_path: Path, browser: Browser) -> None:
    """HTML of a cell is shown; its scripts, its handlers and its addresses are dead."""
    evil = (
        "<script>window.hit = 1</script><img src=x onerror='window.hit = 2'>"
        "<img alt='' src='https://nowhere.invalid/x.png'>"
    )
    cell = nbformat.v4.new_code_cell(
        "", outputs=[nbformat.v4.new_output("display_data", {"text/html": evil})]
    )
    path = tmp_path / "page.html"
    path.write_text(page.render(nbformat.v4.new_notebook(cells=[cell]), title="A page"), encoding="utf-8")

    browser.page.goto(path.as_uri())
    browser.page.wait_for_timeout(300)

    assert browser.page.evaluate("window.hit") is None
    assert browser.left == []
    assert all("Content Security Policy" in complaint for complaint in browser.complaints)


def test_a_picture_without_words_is_a_barrier(tmp_path: Path, browser: Browser) -> None:
    """The check of every page and lesson can fail: a button and a picture that say nothing."""
    path = tmp_path / "page.html"
    path.write_text(
        "<html lang=en><title>t</title><main><h1>t</h1><button></button><img src='data:,'></main>"
    )

    browser.page.goto(path.as_uri())

    assert [each.split(":")[0] for each in browser.barriers()] == ["button-name", "image-alt"]


def test_a_request_that_leaves_is_noticed(tmp_path: Path, browser: Browser) -> None:
    """The tests above can fail: a page that asks for something is caught."""
    path = tmp_path / "page.html"
    path.write_text("<img src='http://nowhere.invalid/x.png'>", encoding="utf-8")

    browser.page.goto(path.as_uri())
    browser.page.wait_for_timeout(300)

    assert browser.left == ["http://nowhere.invalid/x.png"]


@pytest.fixture(scope="module")
def charts_in_lab(lab: tuple[str, Path]) -> Iterator[Browser]:
    """A notebook that draws every chart, run in JupyterLab."""
    url, root = lab
    setup = "import oikit\nfrom oikit import charts\ncharts.use_theme()\nmarket = oikit.sample('bnb-null')"
    options = "since='2026-01-12', shade=('2026-03-02', '2026-03-09'), source='Simulated: bnb-null'"
    show = f"charts.{{}}(market, {options})"
    cells = [nbformat.v4.new_code_cell(source) for source in (setup, *(show.format(name) for name in CHARTS))]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), root / "charts.ipynb")
    with open_browser(height=3600) as browser:
        run_all(browser, url, "charts.ipynb")
        yield browser
        wear(browser, "Light")
        end_kernel(browser)


@pytest.mark.parametrize(("theme", "width"), [("Light", 1280), ("Dark", 768)])
def test_jupyterlab_draws_all_charts_without_a_network(
    theme: Literal["Light", "Dark"], width: int, charts_in_lab: Browser, pictures: Path
) -> None:
    """The library that JupyterLab brings is older than the one Altair writes for."""
    browser = charts_in_lab
    wear(browser, theme)
    resize(browser, width, 3600)
    browser.page.wait_for_function("document.querySelectorAll('.vega-embed svg').length === 5")
    browser.picture(pictures / f"lab-{theme.lower()}-{width}.png")

    drawn = browser.drawn(".jp-OutputArea-output")
    names = browser.page.eval_on_selector_all(
        ".vega-embed svg", "s => s.map(e => e.closest('[aria-label]')?.getAttribute('aria-label') || '')"
    )
    assert len(drawn) == 5 and min(drawn) >= 5
    assert all("%" in name for name in names)
    cut = "places => places.map(place => place.scrollWidth - place.clientWidth)"
    assert max(browser.page.eval_on_selector_all(".jp-OutputArea-output", cut)) <= 0
    assert browser.barriers(".jp-OutputArea") == []
    assert browser.left == []
    assert browser.complaints == []


def test_pale_words_in_jupyterlab_are_a_barrier(charts_in_lab: Browser) -> None:
    """The check of every lesson can fail there, too, though its body has no height."""
    charts_in_lab.page.evaluate(
        """document.querySelector('.jp-OutputArea-output')
            .insertAdjacentHTML('beforeend', '<p style="color: #777; background: #666">pale</p>')"""
    )

    assert [each.split(":")[0] for each in charts_in_lab.barriers(".jp-OutputArea")] == ["color-contrast"]
