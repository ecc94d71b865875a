"""P7: from a move of a control to the changed picture, in a real browser, with and without a kernel.

The time runs from the click to the frame in which the drawing has changed; while a handle of a hero picture
is dragged, from the move of the pointer until the frame it caused is painted. The rival is the budget.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.harness import Row, skipped
from tests.browser import chromium, lab_server, open_browser, run_all

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
LESSON = "06_risk_sizing"
"""A lesson that has an explorer with controls."""

MOVES = 40

# A drawing changes in one step, or in steps that all come before the next frame.
TIMED = """([control, svg]) => new Promise((done, failed) => {
    const late = setTimeout(() => failed(new Error('nothing moved')), 5000);
    const watch = new MutationObserver(() => {
        watch.disconnect();
        clearTimeout(late);
        requestAnimationFrame(() => done(performance.now() - begun));
    });
    watch.observe(svg, {subtree: true, childList: true, attributes: true, characterData: true});
    const begun = performance.now();
    control.click();
})"""


def times(page: Any, svg: Any, controls: Callable[[int], Any]) -> list[float]:
    """Seconds of each move; the first two warm up."""
    taken = []
    for turn in range(MOVES + 2):
        taken.append(page.evaluate(TIMED, [controls(turn), svg.element_handle()]) / 1e3)
        page.wait_for_timeout(120)
    return taken[2:]


def exported() -> list[float]:
    """A page with the kernel off: radio buttons of the drawing itself."""
    import altair as alt
    import nbformat

    from oikit.charts.theme import use_theme
    from oikit.explore import still
    from oikit.export import render

    use_theme("spec")
    bundle: Any = alt.renderers.get()(still(LESSON[:2]).to_dict())
    output = nbformat.v4.new_output("display_data", data=bundle)
    cell = nbformat.v4.new_code_cell(outputs=[output])
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        path = Path(folder) / "page.html"
        path.write_text(render(nbformat.v4.new_notebook(cells=[cell]), title="Bench"), encoding="utf-8")
        browser.page.goto(path.as_uri())
        browser.page.wait_for_selector(".vega-bind input")
        radios = browser.page.locator(".vega-bind").nth(0).locator("input")
        svg = browser.page.locator(".vega-embed svg").first
        return times(browser.page, svg, lambda turn: radios.nth((turn + 1) % 2).element_handle())


def in_kernel() -> list[float]:
    """The same lesson in JupyterLab: buttons that Python answers."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(NOTEBOOKS / f"{LESSON}.ipynb", folder)
        with lab_server(Path(folder)) as url, open_browser() as browser:
            run_all(browser, url, f"{LESSON}.ipynb", seconds=240)
            page = browser.page
            here = page.locator(".jp-CodeCell").filter(has_text=f'explore("{LESSON[:2]}")').first
            here.scroll_into_view_if_needed()
            buttons = here.locator(".widget-toggle-buttons").nth(0).get_by_role("button")
            svg = here.locator(".vega-embed svg").first
            return times(page, svg, lambda turn: buttons.nth((turn + 1) % 2).element_handle())


# A pointer moves just before a frame; a message posted in that frame is read when it has been painted.
PAINTED = """() => {
    window.frames_ms = [];
    const painted = new MessageChannel();
    let begun = null;
    painted.port1.onmessage = () => { frames_ms.push(performance.now() - begun); begun = null; };
    addEventListener('pointermove', () => {
        if (begun !== null) { return; }
        begun = performance.now();
        requestAnimationFrame(() => painted.port2.postMessage(null));
    }, true);
}"""


def dragged(lesson: str, handle: str, *, across: bool, **state: object) -> list[float]:
    """Seconds of each frame while a handle of a hero is dragged to and fro."""
    from oikit.explore.hero import of

    hero = of(lesson)
    assert hero is not None
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        path = Path(folder) / "hero.html"
        path.write_text(hero.page(), encoding="utf-8")
        page = browser.page
        page.goto(path.as_uri() + "#shown-still")
        page.evaluate("state => oikit.set(state)", state)
        box = page.locator(handle).first.bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.evaluate(PAINTED)
        for turn in range(8):
            by = 120 if turn % 2 else -120
            page.mouse.move(x + by * across, y + by * (not across), steps=40)
        page.mouse.up()
        found: list[float] = page.evaluate("frames_ms")
        return [each / 1e3 for each in found[2:]]


def rows() -> Iterator[Row | str]:
    if chromium() is None:
        yield skipped("P7 from a control to the changed picture", "no Chromium on this computer")
        return
    for name, measure, median, late in (
        ("kernel-free", exported, 0.016, 0.050),
        ("in-kernel", in_kernel, 0.100, 0.250),
    ):
        taken = measure()
        p95 = statistics.quantiles(taken, n=20)[-1]
        yield Row(
            f"P7 {name}, median of {MOVES}", "the budget", median, "-", None, statistics.median(taken), 1.0
        )
        yield Row(f"P7 {name}, 95th percentile", "the budget", late, "-", None, p95, 1.0)
    for lesson, handle, across, state in (
        ("01", "#controls input[type=range]", True, {"trades": ["oo"] * 6 + ["oc"] * 20}),
        ("02", ".handle rect", False, {"threshold": 0.004, "top": 0.0072}),
        ("02", "#controls input[type=range]", True, {"threshold": 0.005, "top": 0.03}),
    ):
        taken = dragged(lesson, handle, across=across, **state)
        what = "the line" if handle.startswith(".") else "the slider"
        p95 = statistics.quantiles(taken, n=20)[-1]
        yield Row(f"P7 hero {lesson}, {what}, 95th of {len(taken)}", "one frame", 0.016, "-", None, p95, 1.0)
