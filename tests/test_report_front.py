"""The front: a title that the facts decide, one window, pictures without a script, and the week before."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from oikit import report
from oikit.report import cover, drawing, words
from oikit.report.blocks import plain
from oikit.report.book import Book
from oikit.report.fact import text
from oikit.report.front import collect_front, reading
from oikit.report.levels import collect_crowds, collect_levels
from oikit.report.order import week_before
from oikit.report.pace import collect_trail
from oikit.report.paid import collect_paid
from oikit.report.source import Subject
from tests.test_report_facts import by_id, subject, week_of

FLAT = (0.01, 0.01)


def front_of(about: Subject) -> dict[str, Any]:
    """The part of the facts that the title needs: all of them for 155 weeks would take minutes."""
    book = Book(about)
    collect_levels(book)
    trail = collect_trail(book)
    collect_paid(book)
    collect_crowds(book)
    return {
        "front": collect_front(book, trail),
        "facts": book.facts,
        "market": about.market,
        "week": about.week,
    }


@pytest.fixture(scope="module")
def facts() -> dict[str, Any]:
    return report.collect(report.subject("bnb-null", week="2026-W10"))


# ---------------------------------------------------------------- the title


@pytest.mark.parametrize(
    ("price", "coins", "more", "row", "says"),
    [
        (0.009, -0.009, {}, 2, "a quiet week"),
        (0.0, 0.04, {}, 3, "positions built at a still price"),
        (0.0, -0.04, {}, 3, "positions left at a still price"),
        (0.05, 0.02, {"days": ["short covering"] * 5 + ["new longs"] * 2}, 4, "short covering"),
        (0.05, 0.02, {"days": ["short covering"] * 4 + ["new longs"] * 3}, 5, "new longs"),
        (0.05, 0.02, {"days": ["long liquidation"] * 5}, 4, "longs closed"),
        (0.05, -0.02, {}, 6, "short covering"),
        (0.05, 0.0, {}, 6, "the move needed no new positions"),
        (-0.05, 0.0, {}, 7, "the move needed no new positions"),
        (-0.05, 0.02, {}, 7, "new shorts"),
        (-0.05, -0.02, {}, 8, "longs closed"),
        (-0.05, -0.02, {"forced": 0.34}, 8, "longs liquidated"),
        (-0.05, -0.02, {"forced": 0.32}, 8, "longs closed, few were forced out"),
    ],
)
def test_the_first_row_that_holds_names_the_week(
    price: float, coins: float, more: dict[str, Any], row: int, says: str
) -> None:
    """The table of the title, row by row."""
    found = reading(price, coins, flat=FLAT, **more)

    assert (found.row, found.says) == (row, says)


@pytest.mark.parametrize("market", ["bnb-null", "btc-null"])
def test_every_week_of_the_samples_has_a_title_that_its_facts_bear_out(market: str) -> None:
    """155 weeks: the sign, the size, the day count and the name, worked out again beside the table."""
    last = report.subject(market)
    rows: Counter[int] = Counter()
    for back in range(154):
        end = last.until - back * pd.Timedelta(weeks=1)
        about = replace(
            last,
            week=week_before(last.week, back),
            frame=last.frame.loc[:end],
            since=end - pd.Timedelta(weeks=1),
            until=end,
        )
        told = front_of(about)
        of, read = by_id(told), told["front"]["reading"]
        first, second = (plain(line, of) for line in cover.finding(told))
        ends = about.frame[["close", "open_interest"]].loc[[about.since, about.until]].to_numpy()
        price, coins = ends[1] / ends[0] - 1
        flat = [of[f"flat_{name}"]["value"] for name in ("price", "open_interest")]
        still, idle = abs(price) < flat[0], abs(coins) < flat[1]
        rows[read["row"]] += 1
        assert first == f"Price {_whole(price)}, open interest {_whole(coins)}:"
        names = [each["label"] for each in told["front"]["days"]]
        if read["row"] == 4:
            count = int(re.search(r"on (\d) of 7 days", second)[1])  # type: ignore[index]
            assert count >= 5 and count in Counter(names).values()
            continue
        assert (second == "a quiet week") == (still and idle)
        assert ("still price" in second) == (still and not idle)
        assert ("no new positions" in second) == (idle and not still)
        if not still and not idle:
            assert (price > 0) == (second in ("new longs", "short covering"))
            assert (coins > 0) == (second in ("new longs", "new shorts"))
        assert len(second) <= 33
    assert set(rows) >= {2, 3, 5, 6, 7, 8}


def _whole(value: float) -> str:
    shown = f"{100 * value:+.0f}%" if abs(value) >= 0.00995 else f"{100 * value:+.1f}%"
    return "0%" if shown in ("+0.0%", "-0.0%") else shown.replace("-", "−")


def test_a_week_that_is_hardly_known_is_not_read() -> None:
    """No numbers in the title where they would be those of a few hours."""
    table = week_of(close=np.linspace(600, 660, 22), open_interest=[1e6] * 3 + [np.nan] * 16 + [1e6] * 3)

    told = report.collect(subject(table))

    first, second = (plain(line, by_id(told)) for line in cover.finding(told))
    assert (first, second[:24]) == ("Week not readable:", "open interest known for ")


# ---------------------------------------------------------------- six measures, one window


def test_all_places_are_of_one_window(facts: dict[str, Any]) -> None:
    """By hand: the share of the year's hours below the last, equal ones counting a half."""
    about, of = report.subject("bnb-null", week="2026-W10"), by_id(facts)
    year = about.frame.loc[about.until - pd.Timedelta(days=365) + pd.Timedelta("1s") :]

    for name, column in (("price", "close"), ("open_interest", "open_interest")):
        values = year[column].dropna()
        place = ((values < values.iloc[-1]).sum() + 0.5 * (values == values.iloc[-1]).sum()) / len(values)
        assert of[f"place_{name}"]["value"] == pytest.approx(place, abs=1e-7)
    paid = about.frame["funding_rate"].rolling(168).sum().loc[year.index].round(12)
    place = (paid < paid.iloc[-1]).mean() + 0.5 * (paid == paid.iloc[-1]).mean()
    assert of["place_funding_paid"]["value"] == pytest.approx(place, abs=1e-7)
    assert facts["front"]["window"] == "365 days"
    assert [each["name"] for each in facts["front"]["tiles"]] == [
        "price",
        "open_interest",
        "oi_to_cap",
        "funding_paid",
        "long_share_accounts",
        "liquidated",
    ]


def test_the_window_is_the_longest_that_all_measures_fill() -> None:
    """One measure that began late shortens it for all."""
    whole = report.subject("bnb-null", week="2026-W10")
    table = whole.frame.copy()
    table.loc[: whole.until - pd.Timedelta(days=100), "long_short_ratio"] = np.nan

    assert front_of(replace(whole, frame=table))["front"]["window"] == "90 days"


def test_without_liquidations_the_tile_is_what_was_traded() -> None:
    """And nothing is said of what was forced out."""
    whole = report.subject("bnb-null", week="2026-W10")
    table = whole.frame.drop(columns=["long_liquidations", "short_liquidations"])

    told = report.collect(replace(whole, frame=table))

    page = words.html(told, "measures") + words.html(told, "pictures")
    assert "Traded, 7 days" in page and "Liquidations explain" not in page
    assert cover.finding(told)[1] == ["longs closed"]


@pytest.mark.parametrize(
    ("part", "value", "says"),
    [
        ("standing", 0.0011, "lowest 1%"),
        ("standing", 0.043, "lowest 5%"),
        ("standing", 0.387, "above 39%"),
        ("standing", 0.931, "highest 7%"),
        ("standing", 1.0, "highest 1%"),
        ("whole", -0.0731, "−7%"),
        ("whole", 0.0042, "+0.4%"),
        ("whole", 0.0001, "0%"),
        ("money", 431.3e6, "$431m"),
        ("money", -14.04e6, "−$14.0m"),
        ("money", 2.6549e9, "$2.65bn"),
        ("money", 12.5, "$12.50"),
    ],
)
def test_numbers_of_the_front_fit_their_room(part: str, value: float, says: str) -> None:
    """Each part of a fact as it stands in a tile or a title."""
    assert text({"value": value, "unit": "fraction", "rank": None, "percentile": None}, part) == says


# ---------------------------------------------------------------- the week before, and what would change


def test_the_week_before_is_told_from_the_same_bars(facts: dict[str, Any]) -> None:
    """As its own report has it."""
    before, of = report.collect(report.subject("bnb-null", week="2026-W09")), by_id(facts)
    theirs = by_id(before)

    assert facts["front"]["before"]["week"] == "2026-W09"
    assert facts["front"]["before"]["reading"] == before["front"]["reading"]
    for name, fact in facts["front"]["before"]["facts"].items():
        assert of[fact]["value"] == theirs[name]["value"], name


def test_a_first_week_has_no_week_before() -> None:
    """It is said in one line."""
    told = report.collect(subject(week_of(close=np.linspace(600, 660, 22), open_interest=[1e6] * 22)))

    assert told["front"]["before"] is None
    assert "The week before is not in the data." in words.html(told, "changed")


def test_a_distance_says_how_many_weeks_went_that_far(facts: dict[str, Any]) -> None:
    """By hand, for the price: weeks of the past year that rose at least so much."""
    about, of = report.subject("bnb-null", week="2026-W10"), by_id(facts)
    turn = next(each for each in facts["turning"] if each["fact"] == "price_change")
    ends = about.frame["close"].reindex(pd.date_range(end=about.until, periods=53, freq="7D"))
    moved = (ends / ends.shift() - 1).dropna()

    assert of[turn["move"]]["value"] > 0
    assert of[turn["seen"]]["value"] == (moved >= of[turn["move"]]["value"]).sum()
    assert of[turn["weeks"]]["value"] == 52


# ---------------------------------------------------------------- pictures


def test_pictures_are_drawn_from_facts_and_run_no_script(facts: dict[str, Any]) -> None:
    """Three, each with its finding and what a screen reader hears; no colour is written into them."""
    page = words.html(facts, "pictures") + words.html(facts, "measures") + words.html(facts, "rates")

    assert page.count('role="img"') == 4 and page.count("<svg") == 4 + 12
    assert "<script" not in page and not re.search(r'(fill|stroke|style)="', page)
    assert all(says for says in re.findall(r'aria-label="([^"]*)"', page))


def test_no_word_of_the_path_covers_another() -> None:
    """Over a year of weeks: days that turn on the spot, days in a line, days in a corner."""
    last = report.subject("btc-null")
    for back in range(0, 52, 3):
        end = last.until - back * pd.Timedelta(weeks=1)
        told = front_of(
            replace(last, frame=last.frame.loc[:end], since=end - pd.Timedelta(weeks=1), until=end)
        )
        book = Book(replace(last, frame=last.frame.loc[:end], since=end - pd.Timedelta(weeks=1), until=end))
        trail = collect_trail(book)["days"]
        svg = drawing.path(told["front"], {each["id"]: each for each in book.facts}, trail, "says")
        written = r'<text class="\w+[^"]*halo" x="([\d.]+)" y="([\d.]+)"(?: text-anchor="(\w+)")?>([^<]+)<'
        words_ = re.findall(written, svg)
        boxes = [drawing._box(float(x), float(y), says, anchor or "start") for x, y, anchor, says in words_]
        assert not any(
            drawing._overlap(one, other) for n, one in enumerate(boxes) for other in boxes[n + 1 :]
        ), back
        assert "Sun" in [says for *_, says in words_], back


def test_a_line_is_kept_short_and_ends_where_it_ends() -> None:
    """A gap is a gap, and the last value is the last one."""
    values = drawing.numbers("1 2 - 4.5")

    assert values[:2] == [1.0, 2.0] and np.isnan(values[2]) and values[3] == 4.5


def test_a_thin_market_still_has_a_front() -> None:
    """Nothing is drawn that is not known."""
    told = report.collect(subject(week_of(volume=np.ones(22))))
    page = "".join(
        words.html(told, name) for name in ("header", "measures", "pictures", "changed", "turning")
    )

    assert "Week not readable" in page and "The data have none of them." in page
    assert "nan" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL).lower()


def test_the_page_links_only_to_what_is_there(facts: dict[str, Any]) -> None:
    """Weeks that were made with it, and the index; others are words."""
    alone = words.html(facts, "header")
    beside = words.html(facts, "header", beside="previous index")

    assert 'href="bnb-null' not in alone and "index.html" not in alone
    assert 'href="bnb-null-2026-W09.html"' in beside and 'href="index.html"' in beside
    assert "bnb-null-2026-W11.html" not in beside and "W11" in beside
    targets = set(re.findall(r'href="#(\w+)"', alone))
    page = "".join(words.html(facts, name) for name in words.SECTIONS)
    assert targets <= set(re.findall(r'id="(\w+)"', page))
