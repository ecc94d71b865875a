"""Every lesson as a reader meets it in JupyterLab, offline: one visit, from Run All to a narrow window.

The tests of a lesson follow one another on the same page, in the order in which they stand here: it is
run, read, a prediction is typed, the picture or the explorer and the quiz are used by mouse and by keyboard,
the theme is darkened and the window made narrow. What the run put out is saved before anything is touched.
At the end the kernel is shut down and the saved notebook opened anew, where a picture still works.
"""

from __future__ import annotations

import ast
import html
import json
import re
import shutil
import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest

from oikit.explore.model import Amount
from oikit.export import render
from oikit.learn import course
from oikit.learn.lessons import questions
from oikit.learn.run import run
from oikit.lessons import part
from tests import runs
from tests.browser import (
    Browser,
    chromium,
    click_end,
    end_kernel,
    open_browser,
    resize,
    run_all,
    unroll,
    wear,
)
from tests.lesson_moves import FRAME, LESSONS, Lesson, Move, Picture, with_a_picture, with_controls
from tests.runs import NOTEBOOKS, lesson_of

SOURCES = {each.notebook: course.student(each) for each in runs.LESSONS}
"""The notebooks that are handed out."""

CUT = "all => all.filter(each => each.scrollWidth > each.clientWidth).map(each => each.textContent)"
"""Buttons whose words do not fit into them."""


@pytest.fixture(scope="module", params=LESSONS, ids=lambda lesson: lesson.name)
def lesson(request: pytest.FixtureRequest) -> Lesson:
    return request.param


@dataclass
class Visit:
    """An open lesson that was run to its end, and the notebook as it was saved then."""

    browser: Browser
    folder: Path
    saved: Any

    @property
    def page(self) -> Any:
        return self.browser.page

    def cell(self, code: str) -> Any:
        """Find the code cell that holds these words."""
        return self.page.locator(".jp-CodeCell").filter(has_text=code).first


@pytest.fixture(scope="module")
def visit(lesson: Lesson, lab: tuple[str, Path]) -> Iterator[Visit]:
    """The committed lesson, opened and run to the end."""
    url, root = lab
    folder = root / lesson.number
    folder.mkdir()
    notebook = shutil.copy(NOTEBOOKS / f"{lesson.name}.ipynb", folder)
    with open_browser() as browser:
        browser.page.emulate_media(reduced_motion="reduce")
        run_all(browser, url, f"{lesson.number}/{lesson.name}.ipynb", seconds=240)
        browser.page.wait_for_selector(".oikit-status")
        yield Visit(browser, folder, nbformat.read(notebook, as_version=4))
        wear(browser, "Light")
        end_kernel(browser)


@pytest.fixture(scope="module")
def unsolved(lesson: Lesson, request: pytest.FixtureRequest) -> Any:
    """The outputs of the lesson as it is handed out: of the visit, or of a kernel alone without a browser."""
    if chromium() is None:
        return run(course.student(lesson_of(lesson.number)), name=lesson.name)
    return request.getfixturevalue("visit").saved


def drawn(visit: Visit, charts: int) -> None:
    """Wait until this many charts are drawn, neither more nor fewer."""
    visit.page.wait_for_function(
        "charts => document.querySelectorAll('.vega-embed svg').length === charts", arg=charts
    )


def settles(here: Any, lesson: Lesson, settings: dict[str, Any]) -> None:
    """Wait until the sentence says what the bench says of these settings."""
    said = here.locator(".oikit-status").filter(has_text=lesson.bench.says(**settings))
    said.wait_for(timeout=20_000)


def waiting(lesson: Lesson) -> dict[str, list[str]]:
    """Return, by prediction, words of each sentence that may be shown only after it."""
    tree = ast.parse(
        "\n".join(cell.source for cell in SOURCES[lesson.name].cells if cell.cell_type == "code")
    )
    found: dict[str, list[str]] = {}
    for node in ast.walk(tree):
        after = [each.value.value for each in getattr(node, "keywords", ()) if each.arg == "after"]
        if isinstance(node, ast.Call) and after:
            template = part(lesson.number, "words").WORDS[node.args[0].value]
            words = max((text for text, *_ in string.Formatter().parse(template)), key=len)
            found.setdefault(after[0], []).append(words.replace("**", "").strip())
    return found


def put(visit: Visit, here: Any, move: Move) -> None:
    """Move one control of the explorer as the hand would."""
    page = visit.page
    if move.presses:
        slider = here.locator(".widget-hslider", has_text=move.name.replace("_", " "))
        if move.by == "mouse":
            click_end(page, slider.locator(".noUi-base"))
        else:
            slider.locator(".noUi-handle").focus()
            for _ in range(abs(move.presses)):
                page.keyboard.press("ArrowRight" if move.presses > 0 else "ArrowLeft")
        return
    button = here.locator(".widget-toggle-buttons", has_text=move.name.replace("_", " "))
    button = button.get_by_role("button", name=str(move.value), exact=True)
    if move.by == "mouse":
        button.click()
    else:
        button.focus()
        page.keyboard.press("Space")


def test_every_lesson_is_visited() -> None:
    """A new one that is not listed would be left out here and of the pages."""
    assert [lesson.name for lesson in LESSONS] == [each.notebook for each in runs.LESSONS]


# --- what the run put out ---


@pytest.mark.browser
def test_the_lesson_runs_in_jupyterlab_without_a_network(visit: Visit) -> None:
    """No error, no warning, nothing asked of the world, nothing for the console to complain about."""
    for kind in ("error", "stderr"):
        assert visit.page.locator(f'[data-mime-type="application/vnd.jupyter.{kind}"]').count() == 0
    assert visit.browser.left == []
    assert visit.browser.complaints == []
    assert json.loads((visit.folder / ".oikit" / "progress.json").read_text())["entries"]


@pytest.mark.notebook
def test_an_unsolved_lesson_runs_to_the_end(lesson: Lesson, unsolved: Any) -> None:
    """Who runs everything at once meets a friendly word at each open place, no error, and no answer."""
    codes = [cell for cell in unsolved.cells if cell.cell_type == "code"]
    outputs = [output for cell in codes for output in cell.outputs]
    assert not [output for output in outputs if output.output_type in ("error", "stream")]
    text = "\n".join(output.data.get("text/plain", "") for output in outputs)
    asked = re.findall(r"check\(\"([\d.]+)\"", "\n".join(cell.source for cell in codes))

    assert [cell.execution_count for cell in codes] == list(range(1, len(codes) + 1))
    assert len(asked) >= 2
    assert all(f"[NOT ATTEMPTED] {name}:" in text for name in asked)
    assert not re.search(r"\[(CORRECT|NOT YET|ERROR)\]", text)
    page = re.sub(r"<[^>]+>", "", render(unsolved))
    for each in questions(lesson.number):
        assert html.escape(each.says[each.answer]) not in page and each.says[each.answer] not in page
    for sentences in waiting(lesson).values():
        assert not [each for each in sentences if each in text or each in page]


@pytest.mark.browser
def test_every_chart_is_drawn_and_says_what_it_shows(lesson: Lesson, visit: Visit) -> None:
    """Each with shapes and a name."""
    drawn(visit, lesson.charts)

    for chart in visit.page.locator(".vega-embed svg").all():
        assert chart.locator("path").count() > 3
        named = chart.evaluate(
            "svg => (svg.getAttribute('aria-label') || svg.querySelector('[aria-label]').ariaLabel)"
        )
        assert len(named) > 20


@pytest.mark.browser
def test_every_open_place_is_answered_in_a_region_that_is_announced(lesson: Lesson, visit: Visit) -> None:
    """Exercises, predictions and the sentence say NOT ATTEMPTED there."""
    said = visit.page.locator('.jp-OutputArea [role="status"]').all_inner_texts()
    source = "\n".join(cell.source for cell in visit.saved.cells if cell.cell_type == "code")
    asked = re.findall(r'^(?:check|predict|explain)\(\s*"([\d.a-z]+)"', source, re.MULTILINE)

    assert len(asked) >= 5
    assert [n for n in asked if not any("NOT ATTEMPTED" in text and f" {n}:" in text for text in said)] == []


# --- a learner at work ---


@pytest.mark.browser
def test_a_typed_prediction_is_kept_and_its_answer_shown(lesson: Lesson, visit: Visit) -> None:
    """A letter and how sure: typed into the cell, run with Shift and Enter, then revealed."""
    page, name = visit.page, f"{lesson.number}.a"
    for call, word in ((f'predict("{name}"', "[KEPT]"), (f'reveal("{name}"', "ANSWER")):
        (source,) = [cell.source for cell in visit.saved.cells if call in cell.source]
        here = visit.cell(call)
        here.locator(".cm-content").click()
        if word == "[KEPT]":
            typed = source.replace("TODO", '"a"', 1).replace("TODO", "0.5", 1)
            page.keyboard.press("ControlOrMeta+a")
            page.keyboard.insert_text(typed.replace(f'"{name}")', f'"{name}", choice="a", confidence=0.5)'))
        page.keyboard.press("Shift+Enter")
        answer = here.locator('[role="status"]').filter(has_text=f"{word} {name}:")
        answer.filter(has_text="a, 50% sure").wait_for()
    for sentence in waiting(lesson).get(name, []):
        here.locator(".jp-OutputArea").filter(has_text=sentence).wait_for()


@pytest.mark.browser
@with_a_picture
def test_the_picture_waits_for_a_bet_and_answers_the_mouse(lesson: Lesson, visit: Visit) -> None:
    """Nothing is told before; then one thing is moved, and what is said is what the library says."""
    picture = Picture(visit.page, lesson)
    assert visit.page.locator(FRAME).count() == 1
    visit.page.locator(FRAME).scroll_into_view_if_needed()
    picture.waits()
    picture.bet("mouse")
    picture.move("mouse")


@pytest.mark.browser
@with_controls
def test_the_explorer_answers_mouse_and_keyboard(lesson: Lesson, visit: Visit) -> None:
    """Each control by mouse and by its keys; the drawing and the sentence follow, and stay where they are."""
    page, here = visit.page, visit.cell(f'explore("{lesson.number}")')
    cells = page.locator(".jp-CodeCell").count()
    here.scroll_into_view_if_needed()
    picture = here.locator(".vega-embed svg")
    settles(here, lesson, lesson.bench.start)
    for move in lesson.steps("mouse", "keyboard"):
        before = picture.inner_html()
        put(visit, here, move)
        assert here.locator(".jupyter-button").evaluate_all(CUT) == []
        settles(here, lesson, move.settings)
        # Each of these moves changes the drawing, not the sentence alone.
        page.wait_for_function(
            "([svg, before]) => svg.innerHTML !== before",
            arg=[picture.element_handle(), before],
            timeout=20_000,
        )
        if move.by == "keyboard" and not move.presses:
            assert page.evaluate("document.activeElement.textContent.trim()") == move.value

    assert picture.count() == 1
    assert here.locator(".oikit-status").get_attribute("role") == "status"
    # A letter or an arrow that reached the notebook would have made a cell, or lost the explorer.
    assert page.locator(".jp-CodeCell").count() == cells
    if lesson.bench.tries and lesson.bench.memory is None:
        assert "Settings tried so far: " in here.locator(".oikit-status").inner_text()


@pytest.mark.browser
@with_controls
def test_every_control_has_a_name_that_can_be_read_aloud(lesson: Lesson, visit: Visit) -> None:
    """Each option by its word; the box of a slider by its label, and what is typed there moves the slider."""
    here = visit.cell(f'explore("{lesson.number}")')
    settings = [*lesson.steps("mouse", "keyboard")][-1].settings
    for control in lesson.bench.controls:
        name = control.name.replace("_", " ")
        if not isinstance(control, Amount):
            group = here.locator(".widget-toggle-buttons", has_text=name)
            for option in control.options:
                assert group.get_by_role("button", name=option, exact=True).count() == 1
            continue
        box = here.get_by_label(f"{name} in {control.unit}")
        assert float(box.input_value()) == settings[control.name]
        box.focus()
        visit.page.keyboard.press("ControlOrMeta+a")
        visit.page.keyboard.type(f"{control.low:g}")
        visit.page.keyboard.press("Enter")
        settings[control.name] = control.low
        settles(here, lesson, settings)


@pytest.mark.browser
def test_a_quiz_is_answered_with_the_space_bar(lesson: Lesson, visit: Visit) -> None:
    """Choose a letter, check it, read why."""
    first = questions(f"{lesson.number}.q")[0]
    here = visit.cell(f'quiz("{lesson.number}.q")')
    here.scroll_into_view_if_needed()
    here.get_by_role("radio", name="a)").first.focus()
    visit.page.keyboard.press("Space")
    here.get_by_role("button", name="Check").first.focus()
    visit.page.keyboard.press("Space")
    word = "CORRECT" if first.is_right("a") else "NOT YET"
    here.locator(".oikit-status").first.filter(has_text=f"[{word}] {first.id}: a) ").wait_for()

    assert " ".join(first.says["a"].split()) in " ".join(
        here.locator(".oikit-status").first.inner_text().split()
    )


# --- whom it would keep out ---


@pytest.mark.browser
def test_nobody_is_kept_out_in_the_light_theme(lesson: Lesson, visit: Visit) -> None:
    """As axe-core finds it, in every output, and in the picture."""
    unroll(visit.browser)

    assert visit.browser.barriers(".jp-OutputArea") == []
    if lesson.hands:
        assert visit.browser.barriers(frame=Picture(visit.page, lesson).frame) == []


@pytest.mark.browser
def test_nobody_is_kept_out_in_the_dark_theme(lesson: Lesson, visit: Visit) -> None:
    """The charts stay, a picture turns dark with the rest, and every word can still be read."""
    unroll(visit.browser)
    wear(visit.browser, "Dark")
    drawn(visit, lesson.charts)

    assert visit.browser.barriers(".jp-OutputArea") == []
    if lesson.hands:
        frame = Picture(visit.page, lesson).frame
        frame.wait_for_function("() => getComputedStyle(document.body).backgroundColor === 'rgb(17, 17, 17)'")
        assert visit.browser.barriers(frame=frame) == []


@pytest.mark.browser
def test_a_window_of_390_pixels_leaves_every_control_in_reach(lesson: Lesson, visit: Visit) -> None:
    """Controls fit without scrolling sideways; a chart or a table that does not scrolls in its place."""
    resize(visit.browser, 390, 844)
    wide = "all => all.filter(each => each.scrollWidth > each.clientWidth)"
    here = visit.cell(f'explore("{lesson.number}")')

    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert visit.page.locator(".oikit-controls").evaluate_all(f"all => ({wide})(all).length") == 0
    assert set(
        visit.page.locator(".jp-OutputArea-output").evaluate_all(
            f"all => ({wide})(all).map(each => getComputedStyle(each).overflowX)"
        )
    ) <= {"auto"}
    if lesson.hands:
        Picture(visit.page, lesson).fits(390)
        here = visit.cell(f'quiz("{lesson.number}.q")')
    controls = here.locator(".jupyter-button, .noUi-handle, input, button").filter(visible=True).all()
    assert len(controls) >= (3 if lesson.hands else len(lesson.bench.controls))
    for control in controls:
        control.scroll_into_view_if_needed()
        box = control.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 390


@pytest.mark.browser
def test_nothing_went_out_during_the_visit(visit: Visit) -> None:
    """Asked after all of it: no address off this computer, no complaint."""
    assert visit.browser.left == []
    assert visit.browser.complaints == []


@pytest.mark.browser
@with_a_picture
def test_the_picture_works_without_a_kernel_and_in_a_reopened_notebook(lesson: Lesson, visit: Visit) -> None:
    """The kernel is shut down, then the saved notebook is opened and nothing is run: bet and move by keys."""
    page = visit.page
    cells = page.locator(".jp-CodeCell").count()
    resize(visit.browser, 1280)
    end_kernel(visit.browser)
    Picture(page, lesson).move("mouse")
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    page.goto(f"{page.url.split('?')[0]}?reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    picture = Picture(page, lesson)
    picture.waits()
    picture.bet("keyboard")
    picture.move("keyboard")

    # A letter or an arrow that reached the notebook would have made a cell.
    assert page.locator(".jp-CodeCell").count() == cells
    assert visit.browser.left == []
    # JupyterLab says of each widget whose kernel is gone that it has none; of the picture it says nothing.
    assert [each for each in visit.browser.complaints if "widget model not found" not in each] == []
