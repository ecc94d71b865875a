"""The index of reports: one page, one file and one feed, drawn from the same lines."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from oikit.errors import StoreError
from oikit.report import index
from oikit.report.feed import atom
from oikit.report.source import Subject
from tests.browser import needs_browser, open_browser
from tests.conftest import frame

UNITS = {
    "price_change": "fraction",
    "open_interest_change": "fraction",
    "oi_to_cap": "fraction",
    "velocity_score_1h": "robust deviations",
    "funding_paid": "fraction",
    "long_share_accounts": "fraction",
}
ATOM = "{http://www.w3.org/2005/Atom}"


def line(
    market: str = "BNBUSDT",
    number: int = 10,
    *,
    kind: str = "real",
    given_by: str = "",
    window: str = "365d",
    **values: float | None,
) -> dict[str, Any]:
    """One line of an index, by hand; real and vouched for, unless somebody else gave it."""
    until = pd.Timestamp("2026-01-05", tz="UTC") + pd.Timedelta(weeks=number - 1)
    place = {"value": 0.9999, "window": window, "n": 8760}
    return {
        "market": market,
        "week": f"2026-W{number:02d}",
        "until": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "kind": kind,
        "vouched": kind == "real" and not given_by,
        "given_by": given_by,
        "data_sha256": "0" * 64,
        "files": ["facts.json", "html"],
        "facts": {
            name: {
                "value": values.get(name, 0.01),
                "unit": unit,
                "percentile": place if name == "oi_to_cap" else None,
            }
            for name, unit in UNITS.items()
        },
        "trail": {"open_interest": [1.0, 2.0, None, 3.0] * 14, "price": [None] * 56},
    }


def of(*lines: dict[str, Any]) -> dict[str, Any]:
    return index.merged(None, lines)


def plain(html: str) -> str:
    return unescape(re.sub("<[^>]+>", " ", html))


# ---------------------------------------------------------------- lines


def test_a_line_keeps_what_the_table_shows_and_eight_weeks_day_by_day() -> None:
    """The last value of each of 56 days; a day that is not known is none."""
    n = 24 * 40
    table = frame("1h", "2026-01-28 01:00", close=np.arange(n) + 1.0, open_interest=np.full(n, np.nan))
    until = table.index[-1]
    about = Subject("X", "2026-W10", table, until - pd.Timedelta("7D"), until, True, "Simulated: a test")
    facts = {
        "kind": "simulated",
        "vouched": False,
        "given_by": "",
        "data_sha256": "ab",
        "facts": [
            {
                "id": "oi_to_cap",
                "value": 0.5,
                "unit": "fraction",
                "percentile": None,
                "times": [],
                "definition": "x",
            }
        ],
    }

    told = index.line(about, facts, ["html"])

    assert (told["kind"], told["vouched"], told["given_by"]) == ("simulated", False, "")
    assert told["facts"] == {"oi_to_cap": {"value": 0.5, "unit": "fraction", "percentile": None}}
    assert told["trail"]["price"] == [None] * 16 + [24.0 * day for day in range(1, 41)]
    assert told["trail"]["open_interest"] == [None] * 56
    assert index.line(about, facts, ["html"]) == told
    bare = Subject("X", "2026-W10", table[["close"]], about.since, until, True, "")
    assert index.line(bare, facts, [])["trail"]["open_interest"] == [None] * 56


def test_the_order_of_runs_does_not_matter() -> None:
    """The index of all is the same, however it came together; a new line takes the place of the old one."""
    a, b, c = line("A", 9), line("A", 10), line("B", 10)
    whole = of(a, b, c)
    text = json.dumps(whole).encode()

    assert index.merged(json.dumps(of(c, b)).encode(), [line("A", 9)]) == whole
    assert index.merged(text, [line("B", 10)]) == whole
    assert [(each["market"], "trail" in each) for each in whole["reports"]] == [
        ("A", False),
        ("A", True),
        ("B", True),
    ]
    assert [each["week"] for each in index.latest(whole)] == ["2026-W10", "2026-W10"]
    changed = index.merged(text, [line("B", 10, price_change=0.5)])
    assert changed["reports"][-1]["facts"]["price_change"]["value"] == 0.5 and len(changed["reports"]) == 3


@pytest.mark.parametrize(
    "holds",
    [
        b"",
        b"[]",
        b"{}",
        b'{"schema": "other/1", "reports": []}',
        b"\xff",
        b'{"schema": "oikit-index/1", "reports": [{}]}',
    ],
)
def test_what_is_no_index_is_not_written_over(holds: bytes) -> None:
    """It says what to do with it."""
    with pytest.raises(StoreError, match="move it away"):
        index.merged(holds, [])


# ---------------------------------------------------------------- the page


def test_the_page_stands_alone() -> None:
    """One script, known by its hash; no address but those of the reports beside it."""
    html = index.page(of(line("A"), line("B")), feed="feed.xml")

    assert re.findall(r'(?:href|src)="([^"]+)"', html) == [
        "feed.xml",
        "#content",
        "A-2026-W10.html",
        "B-2026-W10.html",
        "A-2026-W10.html",
        "B-2026-W10.html",
    ]
    assert "http" not in html.replace('http-equiv="Content-Security-Policy"', "")
    assert html == index.page(of(line("B"), line("A")), feed="feed.xml")


def test_values_are_told_and_what_is_unknown_is_said() -> None:
    """A share that only rounds to all is not all; unknown numbers have no place to be sorted at."""
    html = index.page(of(line(price_change=-0.0312, velocity_score_1h=None)))

    text = plain(html)
    assert "−3.1%" in text and 'data-value="-0.0312"' in html
    assert "<small>above 99.9%</small>" in html
    assert "the share of its own last 365 days that a value lies above." in text
    assert html.count('<td class="number">unknown</td>') == 1
    missing = line()
    del missing["facts"]["funding_paid"]
    assert "unknown" in plain(index.page(of(missing)))


@pytest.mark.parametrize(
    ("kinds", "says"),
    [
        (("real", "real"), None),
        (("simulated", "real"), "SIMULATED DATA.  M0: never traded"),
        (("simulated", "simulated"), "SIMULATED DATA.  All of these: never traded"),
    ],
)
def test_simulated_markets_are_called_so(kinds: tuple[str, ...], says: str | None) -> None:
    """Loudly, at the head; and in each row, unless all of them are."""
    html = index.page(of(*(line(f"M{n}", kind=kind) for n, kind in enumerate(kinds))))

    assert (says in plain(html)) if says else ("SIMULATED" not in html)
    mixed = len(set(kinds)) > 1
    assert html.count('<td class="kind">simulated</td>') == (1 if mixed else 0)
    assert mixed or f"week 2026-W10: {kinds[0]} data. They describe" in html
    assert "so it is said" not in html


def test_what_nobody_vouches_for_is_called_so() -> None:
    """Real by hearsay is not real: it is said at the head, with the address, and in its row."""
    rumour = line("M0", given_by="http://a<b>")
    html = index.page(of(rumour, line("M1"), line("M2", given_by="a stick"), line("M3", kind="simulated")))

    told = plain(html)
    said = "REAL DATA, so it is said."
    assert f"{said}  M0: the source is not the exchange itself but “http://a<b>”." in told
    assert f"{said}  M2: the source is not the exchange itself but “a stick”." in told
    assert "SIMULATED DATA.  M3: never" in told and html.count('class="badge"') == 3
    kinds = re.findall(r'<td class="kind">([^<]+)</td>', html)
    assert kinds == ["real, so it is said", "real", "real, so it is said", "simulated"]
    alone = plain(index.page(of(rumour)))
    assert "1 market, week 2026-W10: real data, so it is said. They" in alone
    assert f"{said}  All of these: the source" in alone


def test_an_index_from_before_tells_of_no_one_who_vouches() -> None:
    """Its lines are still read, and what they do not say is not claimed."""
    old = line("A")
    del old["vouched"], old["given_by"]
    held = json.dumps({"schema": "oikit-index/1", "reports": [old]}).encode()

    html = index.page(index.merged(held, [line("B")]))

    assert "A: whether the source is the exchange itself is not known." in plain(html)
    assert '<td class="kind">real, so it is said</td>' in html and '<td class="kind">real</td>' in html
    nobody = {**old, "vouched": False}
    assert "All of these: the source is not the exchange itself." in plain(index.page(of(nobody)))
    assert "A, week 2026-W10, real data, so it is said" in atom(of(old))


def test_what_all_rows_share_is_said_once() -> None:
    """A column of one word tells nothing, and takes the room of those that do."""
    same = index.page(of(line("A"), line("B")))
    differ = index.page(of(line("A", 9), line("B", 10)))

    assert "The newest report of 2 markets, week 2026-W10: real data. They" in plain(same)
    assert ">Week<" not in same and ">Data<" not in same
    assert "up to 9\u00a0Mar\u00a02026." in same and "B</a></figcaption>" in same
    assert ">Week<" in differ and ">Data<" not in differ and "of 2 markets: real data" in differ
    assert "up to the end of each report." in differ and "B</a> to 9\u00a0Mar\u00a02026<" in differ


def test_the_usual_window_is_said_once_and_another_where_it_stands() -> None:
    """A market that is young is compared with less of its past, and that is not hidden."""
    html = index.page(of(line("A"), line("B"), line("C", window="90d")))

    assert html.count("<small>above 99.9%</small>") == 2
    assert html.count("<small>above 99.9% of 90 days</small>") == 1
    assert "its own last 365 days that a value lies above, or of as long as is told beside it." in plain(html)
    bare = line("A")
    bare["facts"]["oi_to_cap"]["percentile"] = None
    assert "Small print" not in index.page(of(bare))


def test_a_column_has_one_number_of_digits() -> None:
    """So that a larger number looks larger; a change has its sign; next to nothing is not nothing."""
    values = {
        "price_change": (0.00187, -0.134, 0.0, -0.0001),
        "open_interest_change": (0.068, -0.00462, 0.1, 0.0),
        "oi_to_cap": (0.0114, 0.00396, 0.0, 0.000001),
        "funding_paid": (0.0114, -0.0000004, -0.00071, 0.0),
        "long_share_accounts": (0.6574, 0.009, 0.0001, 0.5),
    }
    rows = [line(f"M{n}", **{name: of_name[n] for name, of_name in values.items()}) for n in range(4)]

    cells = re.findall(r'<td class="number"[^>]*>([^<]*)', index.page(of(*rows)))
    table = [[unescape(each) for each in cells[n::6]] for n in range(6)]

    assert table[0] == ["+0.2%", "−13.4%", "0.0%", "0.0%"]
    assert table[1] == ["+6.8%", "−0.5%", "+10.0%", "0.0%"]
    assert table[2] == ["1.140%", "0.396%", "0.000%", "<0.001%"]
    assert table[4] == ["1.140%", "−<0.001%", "−0.071%", "0.000%"]
    assert table[5] == ["65.7%", "0.9%", "<0.1%", "50.0%"]


def test_names_and_reasons_are_text() -> None:
    """Whatever they hold."""
    nasty = "<script>alert(1)</script>{x}"
    html = index.page(of(line(nasty)), [(nasty, "", nasty), ("B", "2026-W10", "gone")])

    assert "<script>alert" not in html and html.count("&lt;script&gt;") >= 4
    assert "B, 2026-W10 : gone" in plain(html)


def test_a_small_picture_says_what_it_shows_and_breaks_where_a_day_is_unknown() -> None:
    """For eyes and for ears; a day alone is a dot; a flat line is a line."""
    lonely = line("L")
    lonely["trail"] = {"open_interest": [None, 5.0] + [None] * 54, "price": [7.0] * 56}
    html = index.page(of(line("A"), lonely))

    first, second = re.findall(r"<svg.*?</svg>", html, re.DOTALL)
    assert "Open interest: first 1.00, last 3.00, lowest 1.00, highest 3.00 coins." in first
    assert "Price: unknown." in first and first.count("<path") == 1
    path = re.search(r'd="([^"]+)"', first)
    assert path is not None and path[1].count("M") == 15 and path[1].startswith("M4.0 52.0L7.9 28.0M15.6 4.0")
    assert 'd="M7.9 52.0h0.1"' in second
    assert "nan" not in html.lower() and "inf" not in re.sub("interest", "", html)


def test_earlier_weeks_are_still_to_be_found() -> None:
    """A fold for each market, a line for each year, newest first; what is no page is linked as what it is."""
    old = line("A", 8)
    old["files"] = ["facts.json", "md"]
    older = {**line("A", 1), "week": "2025-W52"}
    html = index.page(of(old, older, line("A", 9), line("A", 10), line("B", 10), line("B", 9), line("C")))

    folds = re.findall(r"<details( open)?><summary>(.*?)</summary>\n(.*?)</details>", html, re.DOTALL)
    assert [(bool(shown), re.sub("<[^>]+>", "", says)) for shown, says, _ in folds] == [
        (True, "A: 3 earlier weeks, 2025-W52 to 2026-W09"),
        (False, "B: 1 earlier week, 2026-W09"),
    ]
    assert folds[0][2] == (
        '<ul class="weeks">\n'
        '<li><b>2026</b> <a href="A-2026-W09.html" aria-label="A 2026-W09">W09</a> '
        '<a href="A-2026-W08.md" aria-label="A 2026-W08">W08</a></li>\n'
        '<li><b>2025</b> <a href="A-2025-W52.html" aria-label="A 2025-W52">W52</a></li>\n</ul>'
    )
    assert "Earlier weeks" not in index.page(of(line()))


@pytest.mark.browser
def test_the_table_is_sorted_by_a_click_and_by_a_key(tmp_path: Path) -> None:
    """Offline, with no complaint, and open to everybody; unknown values stand last either way."""
    needs_browser()
    pages = {"A": 0.02, "B": None, "C": -0.03, "D": 0.01}
    path = tmp_path / "index.html"
    failed = [("X", "2026-W10", "gone")]
    lines = [line(name, number, price_change=value) for name, value in pages.items() for number in (9, 10)]
    others = [line("S", 9, kind="simulated"), line("T", 9, given_by="a stick")]
    path.write_text(index.page(of(*lines, *others), failed), encoding="utf-8")
    with open_browser() as browser:
        page = browser.page
        page.goto(path.as_uri())

        def order() -> str:
            return "".join(page.locator("tbody th").all_inner_texts())

        heading = page.get_by_role("button", name="Price over the week")
        assert order() == "ABCDST"
        heading.click()
        assert order() == "CDSTAB"
        heading.press("Enter")
        assert order() == "ADSTCB"
        assert page.locator("th[aria-sort]").get_attribute("aria-sort") == "descending"
        page.get_by_role("button", name="Market").press("Space")
        assert order() == "ABCDST"
        assert browser.left == [] and browser.complaints == []
        assert browser.barriers("body") == []
        browser.picture(tmp_path / "index.png")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.set_viewport_size({"width": 768, "height": 700})
        assert page.evaluate("(t => t.scrollWidth <= t.clientWidth)(document.querySelector('.wide'))")
        page.set_viewport_size({"width": 360, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.evaluate("document.querySelector('.wide').scrollLeft = 200")
        assert page.locator("tbody th").first.bounding_box()["x"] >= 0  # type: ignore[index]


# ---------------------------------------------------------------- the feed


def test_the_feed_tells_of_each_report_and_of_no_clock() -> None:
    """Newest week first; a date is the end of a week; the same index gives the same bytes."""
    told = of(line("A", 9), line("B", 10, kind="simulated"), line("A", 10))
    feed = ElementTree.fromstring(atom(told, site="https://example.org/reports"))

    entries = feed.findall(f"{ATOM}entry")
    titles = [entry.findtext(f"{ATOM}title") for entry in entries]
    assert titles == [
        "A, week 2026-W10, real data",
        "B, week 2026-W10, simulated data",
        "A, week 2026-W09, real data",
    ]
    assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated") == "2026-03-09T00:00:00Z"
    links = [link.get("href") for link in feed.iter(f"{ATOM}link")]
    assert links[:3] == [
        f"https://example.org/reports/{name}" for name in ("feed.xml", "index.html", "A-2026-W10.html")
    ]
    ids = [each.text for each in feed.iter(f"{ATOM}id")]
    assert len(set(ids)) == 4 and all(each is not None and each.startswith("urn:uuid:") for each in ids)
    assert "Simulated, never traded." in str(entries[1].findtext(f"{ATOM}summary"))
    assert "it is not advice" in str(entries[0].findtext(f"{ATOM}summary"))
    assert "open interest in coins +1.0%" in str(entries[0].findtext(f"{ATOM}summary"))
    rumour = ElementTree.fromstring(atom(of(line("A", given_by="a stick"))))
    assert "Real, so it is said. The source is not the exchange itself but “a stick”. Over" in str(
        rumour.findtext(f"{ATOM}entry/{ATOM}summary")
    )
    assert atom(told, site="https://example.org/reports/") == atom(told, site="https://example.org/reports")


def test_a_feed_without_a_site_has_links_beside_it() -> None:
    """And whatever a name holds is text; an empty feed is a feed; a long one ends at a hundred."""
    nasty = line("<&>")
    nasty["facts"] = {}
    nasty["files"] = ["facts.json"]
    feed = ElementTree.fromstring(atom(of(nasty)))

    assert feed.find(f"{ATOM}entry/{ATOM}link").get("href") == "<&>-2026-W10.facts.json"  # type: ignore[union-attr]
    assert "unknown" in str(feed.findtext(f"{ATOM}entry/{ATOM}summary"))
    assert ElementTree.fromstring(atom(of())).findtext(f"{ATOM}updated") == "1970-01-01T00:00:00Z"
    many = ElementTree.fromstring(atom(of(*(line(f"M{n:03d}") for n in range(130)))))
    assert len(many.findall(f"{ATOM}entry")) == 100
