"""The same report as paper and as text for a mail; and a plain word where a browser is missing."""

from __future__ import annotations

import stat
import subprocess
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from oikit import report
from oikit.errors import ReportError
from oikit.report import order, pdf, words
from oikit.report.order import Order, make
from oikit.report.pdf import browser, printed
from tests.browser import chromium, needs_browser
from tests.report_parts import few_weeks, small

UNTIL = pd.Timestamp("2026-03-09", tz="UTC")


def program(path: Path, script: str) -> str:
    """Something that stands in for a browser."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_without_a_browser_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is made; and a batch says it once."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(ReportError, match=r"none is on the path; install it \(Debian"):
        browser()
    with pytest.raises(ReportError, match="none is on the path"):
        report.run(out=tmp_path / "out", formats="pdf")
    with pytest.raises(ReportError, match="none is on the path"):
        report.batch(["bnb-null"], out=tmp_path / "out", formats="pdf")
    assert not (tmp_path / "out").exists()


def test_the_browser_is_the_one_named_or_the_first_on_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name of one's own wins."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    chrome = program(tmp_path / "google-chrome", "exit 0")
    assert browser() == chrome
    monkeypatch.setenv("CHROMIUM", "/somewhere/else")
    assert browser() == "/somewhere/else"


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("echo first >&2; echo no display >&2; exit 3", r"has not printed the page \(exit 3\): no display"),
        (None, "could not print the page"),
        ("exec sleep 5", "could not print the page: .* timed out"),
    ],
)
def test_a_browser_that_does_not_print_is_told_of(
    script: str | None, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its own last words."""
    monkeypatch.setattr(pdf, "_PATIENCE", 0.5 if script and "sleep" in script else 20)
    where = program(tmp_path / "browser", script) if script else str(tmp_path / "none")
    monkeypatch.setenv("CHROMIUM", where)

    with pytest.raises(ReportError, match=says):
        printed("<p>", UNTIL)


def test_the_date_of_a_file_is_the_end_of_its_week(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No clock; and no byte moves for it. What the page links beside it is no link on paper."""
    content = (
        "/CreationDate (D:20010203040506+00'00')\\n/ModDate (D:20010203040506+00'00')\\n(D:20010203040506)"
    )
    script = f"""for each in "$@"; do case "$each" in
--print-to-pdf=*) paper="${{each#--print-to-pdf=}}";; file:*) page="${{each#file://}}";; esac; done
printf "%b" "{content}" > "$paper"; cat "$page" >> "$paper" """
    monkeypatch.setenv("CHROMIUM", program(tmp_path / "browser", script))
    html = '<head></head><a class="x" href="a.facts.json">a</a><a href="https://x.y">b</a><a href="#c">c</a>'

    made = printed(html, UNTIL).decode()

    assert made.startswith(content.replace("20010203040506+", "20260309000000+").replace("\\n", "\n"))
    assert made.endswith('</head><a class="x">a</a><a href="https://x.y">b</a><a href="#c">c</a>')
    assert "size: A4" in made


@pytest.mark.browser
@pytest.mark.notebook
def test_a_page_is_printed_the_same_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a real browser: with its chart, as drawing, and without this computer's folders."""
    needs_browser()
    monkeypatch.setenv("CHROMIUM", str(chromium()))
    notebook, store = str(small(tmp_path / "x.ipynb")), str(few_weeks(tmp_path / "store"))
    asked = Order("BNBUSDT", title="a title", store=store, notebook=notebook, formats=("pdf",))

    first, second = (make(asked).files["pdf"] for _ in range(2))

    assert first == second and first.startswith(b"%PDF-")
    assert b"tmp" not in first and b"/Subtype /Image" not in first
    (tmp_path / "x.pdf").write_bytes(first)
    try:
        text = subprocess.run(
            ["pdftotext", tmp_path / "x.pdf", "-"], capture_output=True, text=True, check=True
        )
    except FileNotFoundError:
        pytest.skip("pdftotext (poppler-utils) is not here to read it")
    assert "BNBUSDT 2026-W10" in text.stdout and "a title" in text.stdout


def test_markdown_is_the_words_of_the_facts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With title and notes; no notebook is run for it."""

    def markdown(facts: dict[str, Any], *, title: str = "", notes: str = "") -> str:
        return f"# {facts['market']} {title}\n\n{notes}\n"

    monkeypatch.setattr(words, "markdown", markdown, raising=False)
    made = report.run(out=tmp_path, formats="md", title="t", notes="n\r\nm")

    assert [path.name for path in made] == ["bnb-null-2026-W10.md", "bnb-null-2026-W10.facts.json"]
    assert made.md.read_bytes() == b"# bnb-null t\n\nn\nm\n"


def test_markdown_of_the_week_is_simulated_aloud(tmp_path: Path) -> None:
    """The real one: a mail is read without its page."""
    if not hasattr(words, "markdown"):
        pytest.skip("the words have no markdown yet")
    made = report.run(out=tmp_path, formats=["md"], title="A *title*", notes="<script>x</script>")

    text = made.md.read_text(encoding="utf-8")
    assert "simulated" in text.lower() and "not advice" in text and "title" in text
    assert "<script>" not in text


@pytest.mark.parametrize(
    ("given", "kept"), [("md,html", ("html", "md")), (["json"], ("json",)), (("pdf", "pdf"), ("pdf",))]
)
def test_formats_are_taken_in_one_order(given: Any, kept: tuple[str, ...]) -> None:
    """Whichever way they were typed."""
    assert order.checked_formats(given) == kept
