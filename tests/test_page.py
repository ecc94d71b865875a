"""Pages: one file, no network, no foreign script, the same bytes each time."""

from __future__ import annotations

import json
import re
import sys
from html import escape
from pathlib import Path
from typing import Any

import pytest

from oikit.charts import theme
from oikit.errors import InputError, MissingExtra
from oikit.export import page
from oikit.export.bundle import bundle
from oikit.learn.lessons import question
from tests.browser import needs_browser, open_browser

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("nbconvert")

EVIL = "</script><script>alert('x')</script>"


def spec(**more: Any) -> dict[str, Any]:
    about = {"title": "Who?", "finding": "It rose 3.1% & more.", "source": "Simulated: a test"}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "description": about["finding"],
        "usermeta": {"oikit": about},
        "title": {"text": ["Who?"], "subtitle": [about["finding"]]},
        "data": {"values": [{"x": 1, "y": 2}]},
        "vconcat": [{"title": "Panel", "mark": "point"}, {"title": "Source", "vconcat": [{"mark": "line"}]}],
        **more,
    }


def output(**data: Any) -> Any:
    return nbformat.v4.new_output(
        "display_data", {kind.replace("__", "/"): part for kind, part in data.items()}
    )


def chart(specification: dict[str, Any]) -> Any:
    return nbformat.v4.new_output("execute_result", {theme.MIME: specification, "text/plain": "fallback"})


def notebook(*outputs: Any, source: str = "show()", text: str = "# A title\n\nWords.") -> Any:
    cells = [nbformat.v4.new_markdown_cell(text), nbformat.v4.new_code_cell(source, outputs=list(outputs))]
    return nbformat.v4.new_notebook(cells=cells)


def test_a_page_is_whole_and_the_same_each_time() -> None:
    """One library for all charts, and no clock and no chance in the bytes."""
    nb = notebook(chart(spec()), chart(spec()))

    html = page.render(nb)

    assert html == page.render(nb)
    assert html.count('<figure class="chart"') == 2
    assert html.count(page._library()) == 1
    assert len(html.encode()) < 1_200_000


def test_nothing_is_fetched_from_anywhere() -> None:
    """No script, style, picture or font has an address; the policy forbids it besides."""
    html = page.render(notebook(chart(spec()))).replace(page._library(), "")

    assert not re.findall(r"<(?:script|link|img|iframe)[^>]+(?:src|href)=", html)
    assert "mathjax" not in html.lower() and "require.js" not in html
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; script-src 'unsafe-eval' 'sha256-")
    assert "http" not in policy[1] and "'unsafe-inline'" not in policy[1].split(";")[1]


def test_a_page_without_charts_does_not_carry_their_library() -> None:
    """A megabyte of library is only for pages that draw; nothing there may compile code."""
    html = page.render(notebook())

    assert html.count("<script") == 1 and "script-src 'sha256-" in html and "unsafe-eval" not in html
    assert len(html) < 12_000


def test_a_chart_is_an_image_with_words() -> None:
    """Title, finding and source are text of the page; the drawing says the same aloud."""
    html = page.render(notebook(chart(spec())))

    assert '<div aria-label="Who? It rose 3.1% &amp; more." class="drawing" role="img"></div>' in html
    assert '<p class="asks">Who?</p>' in html
    assert "<figcaption>It rose 3.1% &amp; more. " in html
    assert '<span class="source">Simulated: a test</span></figcaption>' in html
    kept = json.loads(re.search(r'<script type="application/json">(.*?)</script>', html)[1])  # type: ignore[index]
    assert "title" not in kept and "usermeta" not in kept
    assert kept["vconcat"] == [{"title": "Panel", "mark": "point"}, {"vconcat": [{"mark": "line"}]}]


def test_a_foreign_chart_keeps_its_title() -> None:
    """Only our own charts say their title beside the drawing."""
    html = page.render(notebook(chart({"mark": "point", "title": "Mine", "data": {"values": []}})))

    assert '"title":"Mine"' in html
    assert 'aria-label="a chart without a description"' in html
    assert "<figcaption>" not in html


def test_a_chart_with_controls_stays_a_group() -> None:
    """As an image its sliders would be hidden from a screen reader."""
    bound = spec(params=[{"name": "x", "bind": {"input": "range"}}, {"name": "y"}])

    assert 'role="group"' in page.render(notebook(chart(bound)))


def test_charts_of_altair_itself_are_drawn_too() -> None:
    """A lesson that has not called our theme still makes a page."""
    nb = notebook(output(text__plain="a chart"))
    nb.cells[1].outputs[0]["data"] = {"application/vnd.vegalite.v6.json": spec()}

    assert '<figure class="chart"' in page.render(nb)


@pytest.mark.parametrize(
    "made",
    [
        chart(spec(description=EVIL)),
        chart(spec(usermeta={"oikit": {"title": EVIL, "finding": "f", "source": EVIL}})),
        chart(spec(data={"values": [{"x": EVIL}]})),
        nbformat.v4.new_output("stream", name="stdout", text=EVIL),
        nbformat.v4.new_output("stream", name="stderr", text=EVIL),
        nbformat.v4.new_output("error", ename="E", evalue=EVIL, traceback=[EVIL]),
        output(text__plain=EVIL),
    ],
)
def test_text_stays_text(made: Any) -> None:
    """Whatever a market, a file or an error is called, it is not run."""
    assert "<script>alert" not in page.render(notebook(made))


def test_a_title_and_code_stay_text() -> None:
    """The same for what the caller says and what a cell holds."""
    html = page.render(notebook(source=EVIL), title=EVIL, lang='en" onload="x')

    assert "<script>alert" not in html
    assert 'lang="en&quot; onload=&quot;x"' in html


def test_code_is_shown_to_learners_and_not_to_readers() -> None:
    """A lesson is read with its code, a report without."""
    nb = notebook(output(text__html="<p>out</p>"), source="secret_recipe()")

    assert "secret_recipe" in page.render(nb)
    assert "secret_recipe" not in page.render(nb, show_code=False)
    assert "<p>out</p>" in page.render(nb, show_code=False)


def test_each_kind_of_output_is_shown() -> None:
    """Richest first, and one of each output only."""
    html = page.render(
        notebook(
            output(text__html="<b>rich</b>", text__plain="poor"),
            output(text__markdown="*marked*"),
            nbformat.v4.new_output("display_data", {"image/svg+xml": "<svg/>"}, metadata={"alt": "a <line>"}),
            output(image__png="iVBORw0KGgo=\n"),
            output(image__jpeg="/9j/"),
            output(text__plain="1 < 2"),
            nbformat.v4.new_output("display_data", {page._WIDGET: {}, "text/plain": "VBox()"}),
            nbformat.v4.new_output("display_data", {page._WIDGET: {}, "text/html": "<i>still</i>"}),
        )
    )

    assert "<b>rich</b>" in html and "poor" not in html
    assert "<em>marked</em>" in html
    assert 'alt="a &lt;line&gt;" src="data:image/svg+xml;base64,' in html
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in html and "data:image/jpeg;base64,/9j/" in html
    assert "1 &lt; 2" in html
    assert "controls that need a running notebook" in html and "VBox" not in html
    assert "<i>still</i>" in html


def test_the_page_has_a_language_a_title_and_one_first_heading() -> None:
    """What a screen reader reads first."""
    html = page.render(notebook(text="# Open *interest*\n\n## Two"), lang="de")
    named = page.render(notebook(text="no heading"), title="A & B")

    assert '<html lang="de">' in html and "<title>Open interest</title>" in html
    assert html.count("<h1") == 1 and '<a class="skip" href="#content">' in html
    assert "<title>A &amp; B</title>" in named and "<h1>A &amp; B</h1>" in named


def test_the_notebook_is_left_alone() -> None:
    """Who renders may want to save it, too."""
    nb = notebook(chart(spec()))
    before = json.dumps(nb)
    page.render(nb)

    assert json.dumps(nb) == before


@pytest.mark.parametrize(
    ("made", "says"), [({"cells": []}, "no notebook of format 4"), (notebook(text="words"), "title='...'")]
)
def test_what_is_no_notebook_is_refused(made: Any, says: str) -> None:
    """With what to do instead."""
    with pytest.raises(InputError, match=says):
        page.render(made)


@pytest.mark.parametrize(("package", "extra"), [("nbconvert", "report"), ("vl_convert", "charts")])
def test_a_missing_part_is_named(package: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader is told what to type."""
    monkeypatch.setitem(sys.modules, package, None)
    page._library.cache_clear()
    bundle.cache_clear()

    with pytest.raises(MissingExtra, match=rf"oikit\[{extra}\]"):
        page.render(notebook(chart(spec())))


def test_the_library_cannot_end_its_own_element() -> None:
    """Inside a script element these two would end it, or hide the rest."""
    assert "</script" not in page._library() and "<!--" not in page._library()


@pytest.mark.parametrize(
    "evil",
    [
        '<meta http-equiv="refresh" content="0;url=https://example.org">',
        "<META HTTP-EQUIV=refresh CONTENT='0'>",
        "<meta\nhttp-equiv=refresh content=0",
    ],
)
def test_no_output_can_send_the_reader_elsewhere(evil: str) -> None:
    """A cell's HTML and Markdown stay, without any ``<meta>``; shown as code it is only text."""
    shown = output(text__html=f"<p>kept</p>{evil}")
    html = page.render(notebook(shown, source=f"text = '''{evil}'''", text=f"# A title\n\n{evil}"))

    head, body = html.split("<body>")
    assert "<p>kept</p>" in body and head.count("<meta") == 3
    assert "<meta" not in body.lower()


@pytest.mark.browser
def test_a_question_works_on_a_page_without_a_kernel(tmp_path: Path) -> None:
    """Chosen and checked by mouse and by keyboard; a prediction shows its answer, and nothing does before."""
    needs_browser()
    asked, bet = question("02.q1"), question("02.a")
    shown = [
        output(text__html=each) for each in (asked.on_page("Check", ""), bet.on_page("Show the answer", ""))
    ]
    path = tmp_path / "page.html"
    html = page.render(notebook(*shown))
    path.write_text(html, encoding="utf-8")
    wrong = next(letter for letter in bet.options if letter != bet.answer)

    assert not [each for each in (*asked.says.values(), *bet.says.values()) if escape(each) in html]
    with open_browser(width=390) as browser:
        browser.page.goto(path.as_uri())
        first, second = browser.page.locator(".oikit-question").all()
        first.get_by_role("button", name="Check").click()
        first.get_by_text("Choose an answer first.").wait_for()
        first.locator("input").first.focus()
        browser.page.keyboard.press("Space")
        first.get_by_role("button", name="Check").focus()
        browser.page.keyboard.press("Enter")
        word = "✓ Right: " if asked.answer == "a" else "✗ Not yet: "
        first.get_by_text(f"{word}{asked.says['a']}").wait_for()
        second.get_by_text(f"{wrong}) ").click()
        second.get_by_role("button", name="Show the answer").click()
        second.get_by_text(
            f"The answer is {bet.answer}) {bet.options[bet.answer]}: {bet.says[bet.answer]}"
        ).wait_for()

        assert browser.page.evaluate("document.documentElement.scrollWidth") <= 390
        assert browser.barriers() == [] and browser.complaints == [] and browser.left == []
