"""The archive: which files make up a range, and that each figure stands where it was seen."""

from __future__ import annotations

import csv
import gzip
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oikit.data.venues import archive, archive_rows, defects
from oikit.data.venues.archive import SETS, Archived, File, files, read
from oikit.data.venues.archive_rows import Layout, parse
from oikit.errors import BadReply, InputError
from oikit.frame import grid, validate
from tests.bulk_files import (
    COINS,
    DAY,
    FIVE,
    HEAD,
    PRICE,
    VENUE,
    Row,
    at,
    collect,
    day_rows,
    metrics_file,
    sheet,
    stand_in,
    take,
    text,
    utc,
)

# ---------------------------------------------------------------- which files


@pytest.mark.parametrize(
    ("name", "since", "until", "interval", "keys"),
    [
        (
            "metrics",
            "2026-03-01 12:00",
            "2026-03-03",
            "",
            [
                "daily/metrics/BNBUSDT/BNBUSDT-metrics-2026-03-01.zip",
                "daily/metrics/BNBUSDT/BNBUSDT-metrics-2026-03-02.zip",
            ],
        ),
        (
            "klines",
            "2026-01-31 23:00",
            "2026-03-02 00:05",
            "5m",
            [
                "monthly/klines/BNBUSDT/5m/BNBUSDT-5m-2026-01.zip",
                "monthly/klines/BNBUSDT/5m/BNBUSDT-5m-2026-02.zip",
                "daily/klines/BNBUSDT/5m/BNBUSDT-5m-2026-03-01.zip",
                "daily/klines/BNBUSDT/5m/BNBUSDT-5m-2026-03-02.zip",
            ],
        ),
        (
            "markPriceKlines",
            "2026-02-01",
            "2026-03-01",
            "1h",
            ["monthly/markPriceKlines/BNBUSDT/1h/BNBUSDT-1h-2026-02.zip"],
        ),
        ("klines", "2026-02-01", "2026-03-01", "1M", ["monthly/klines/BNBUSDT/1mo/BNBUSDT-1mo-2026-02.zip"]),
        ("klines", "2026-02-10", "2026-02-20", "1w", ["monthly/klines/BNBUSDT/1w/BNBUSDT-1w-2026-02.zip"]),
        (
            "fundingRate",
            "2026-02-10",
            "2026-03-01",  # the settlement at this very moment stands in the file of March
            "",
            [
                "monthly/fundingRate/BNBUSDT/BNBUSDT-fundingRate-2026-02.zip",
                "monthly/fundingRate/BNBUSDT/BNBUSDT-fundingRate-2026-03.zip",
            ],
        ),
    ],
)
def test_a_range_is_made_of_files(name: str, since: str, until: str, interval: str, keys: list[str]) -> None:
    """Whole months as months, the rest as days; a bar is in the file in which it begins."""
    found = files(name, "BNBUSDT", utc(since), utc(until), interval=interval)

    assert [file.key for file in found] == [f"data/futures/um/{key}" for key in keys]


def test_a_midnight_asks_for_the_day_before_too() -> None:
    """A row seen at 00:05 may be stamped 00:00, and stand last in the file of the day before."""
    found = files("metrics", "BNBUSDT", utc("2026-03-02"), utc("2026-03-03"))

    assert [(file.stem[-5:], file.spare) for file in found] == [("03-01", True), ("03-02", False)]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ({"set": "bookDepth"}, "not in the archive; it has metrics"),
        ({"set": "klines"}, "interval='' does not fit klines"),
        ({"set": "klines", "interval": "7m"}, "interval='7m' does not fit klines"),
        ({"interval": "5m"}, "interval='5m' does not fit metrics"),
        ({"symbol": "bnb/usdt"}, "is no market"),
        ({"until": utc("2026-03-01")}, "nothing lies between them"),
    ],
)
def test_a_question_the_archive_cannot_answer_is_refused(question: dict[str, Any], words: str) -> None:
    """Before a name of it reaches a path."""
    asked = {"set": "metrics", "symbol": "BNBUSDT", "since": utc("2026-03-01"), "until": utc("2026-03-02")}

    with pytest.raises(InputError, match=words):
        files(**{**asked, **question})


# ---------------------------------------------------------------- by hand


def read_days(*days: tuple[str, list[Row]], price: pd.Series | None = PRICE, strict: bool = True) -> Archived:
    return read([sheet(day, rows) for day, rows in days], price=price, strict=strict)


def at_the_instant(frame: pd.DataFrame) -> bool:
    """Whether every known figure is the one of its own stamp."""
    known = frame["open_interest"].dropna()
    return bool((known.to_numpy() == COINS[known.index].to_numpy()).all())


def test_columns_get_our_names_and_the_day_its_288_instants() -> None:
    """The counts of the venue's columns are not what they seem: count_ and sum_ are two crowds."""
    found = read_days(("2026-06-10", day_rows("2026-06-10")))

    assert validate(grid(found.frame, "5min")).shape == (288, 6)
    assert found.frame.index[[0, -1]].tolist() == [utc("2026-06-10 00:05"), utc("2026-06-11")]
    assert found.frame.iloc[0].round(6).to_dict() == {
        "open_interest": COINS["2026-06-10 00:05"],
        "open_interest_value": round(COINS["2026-06-10 00:05"] * PRICE["2026-06-10 00:05"], 6),
        "top_account_ratio": 2.0,
        "top_position_ratio": 1.3,
        "long_short_ratio": 2.2,
        "taker_buy_sell_ratio": round(COINS["2026-06-10 00:05"] / 400_000, 6),
    }
    assert (found.repairs, found.refused) == ({}, {})


def test_across_the_change_of_labels_no_figure_moves_and_no_slot_is_lost() -> None:
    """The most dangerous fact of this archive: from 2026-06-25 on a stamp is five minutes early."""
    found = read_days(("2026-06-24", day_rows("2026-06-24")), ("2026-06-25", day_rows("2026-06-25", "start")))

    assert [(label.held, label.how) for label in found.labels.values()] == [
        ("end", "price"),
        ("start", "price"),
    ]
    assert found.frame.index.equals(grid(found.frame, "5min").index)
    assert len(found.frame) == 576
    assert at_the_instant(found.frame)
    assert found.repairs == {}


def test_read_as_it_is_written_the_new_files_know_the_future() -> None:
    """The planted bug: believing the stamps puts every figure of the new files five minutes early."""
    naive = pd.DataFrame(day_rows("2026-06-25", "start"), columns=HEAD)
    stamps = pd.DatetimeIndex(pd.to_datetime(naive["create_time"], utc=True))
    implied = naive["sum_open_interest_value"].astype(float) / naive["sum_open_interest"].astype(float)
    off = np.log(implied.to_numpy() / PRICE[stamps].to_numpy())

    found = read_days(("2026-06-25", day_rows("2026-06-25", "start"))).frame
    ours = np.log(found["open_interest_value"] / found["open_interest"] / PRICE)

    assert np.median(np.abs(off)) > 2e-4
    assert ours.abs().median() < 1e-9


def test_the_taker_ratio_stands_at_the_end_of_its_five_minutes_under_either_label() -> None:
    """Under an end label it covers the five minutes before, under a start label the five after: the same."""
    for label in ("end", "start"):
        found = read_days(("2026-06-10", day_rows("2026-06-10", label))).frame

        assert found["taker_buy_sell_ratio"].to_numpy() == pytest.approx(COINS[found.index] / 400_000)


STYLES = st.tuples(st.sampled_from(["end", "start"]), st.sampled_from(["end", "start"]))


@given(styles=st.lists(STYLES, min_size=1, max_size=5), order=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_whatever_each_file_does_each_figure_stands_at_its_instant_once(
    styles: list[tuple[str, str]], order: Any
) -> None:
    """Files are not all of one kind: whichever label, wherever they begin, in whichever order given."""
    days = [f"2026-06-{10 + i}" for i in range(len(styles))]
    given_ = [sheet(day, day_rows(day, *style)) for day, style in zip(days, styles, strict=True)]
    seen = {
        utc(each[0]) + FIVE * int(label == "start")
        for day, (label, look) in zip(days, styles, strict=True)
        for each in day_rows(day, label, look)
    }
    order.shuffle(given_)

    frame = read(given_, price=PRICE).frame

    assert frame.index.is_unique
    assert frame.index.is_monotonic_increasing
    assert at_the_instant(frame)
    assert set(frame.index) == seen


def test_files_that_begin_at_0005_under_a_start_label_lose_nothing_between_them() -> None:
    """So some of 2024 and 2025 are reported: the last row of a day is the first instant of the next."""
    days = [(f"2026-06-{d}", day_rows(f"2026-06-{d}", "start", "end")) for d in (10, 11, 12)]

    frame = read_days(*days).frame

    assert frame.index.tolist() == list(
        pd.date_range("2026-06-10 00:10", "2026-06-13 00:05", freq="5min", tz="UTC")
    )
    assert at_the_instant(frame)


# ---------------------------------------------------------------- each defect


def cells(rows: list[Row], which: int, column: int, value: str) -> list[Row]:
    """The same rows, with one cell changed."""
    return [
        [*each[:column], value, *each[column + 1 :]] if i == which else each for i, each in enumerate(rows)
    ]


def with_interest(rows: list[Row], which: int, value: str) -> list[Row]:
    return cells(rows, which, 2, value)


ROWS = day_rows("2026-06-10")
COLUMN = {name: i for i, name in enumerate(HEAD)}


@pytest.mark.parametrize(
    ("name", "rows", "repairs", "gaps"),
    [
        ("unsorted", ROWS[200:] + ROWS[:200], {"metrics: row(s) out of order, sorted": 1}, 0),
        (
            "doubled",
            [each for each in ROWS for _ in range(2)],
            {"metrics: row(s) stood twice, one of each is kept": 288},
            0,
        ),
        (
            "doubled and unsorted",
            ROWS[200:] + ROWS[:200] + ROWS[100:],
            {
                "metrics: row(s) out of order, sorted": 2,
                "metrics: row(s) stood twice, one of each is kept": 188,
            },
            0,
        ),
        (
            "stamps some seconds late",
            cells(cells(ROWS, 24, 0, "2026-06-10 02:05:01"), 33, 0, "2026-06-10 02:50:03"),
            {"metrics: stamp(s) some seconds late, moved back": 2},
            0,
        ),
        (
            "a stamp between two bars",
            cells(ROWS, 24, 0, "2026-06-10 02:07:00"),
            {
                "metrics: row(s) stamped between two bars, left out": 1,
                "metrics: bar(s) that files lack, gaps": 1,
            },
            1,
        ),
        (
            "a date without a clock",
            cells(ROWS, 24, 0, "2026-06-10"),
            {
                "metrics: row(s) without a clock time, left out": 1,
                "metrics: bar(s) that files lack, gaps": 1,
            },
            1,
        ),
        (
            "a stamp that is none",
            cells(cells(ROWS, 24, 0, "2026-06-10 99:99:99"), 25, 0, "later"),
            {
                "metrics: row(s) without a clock time, left out": 2,
                "metrics: bar(s) that files lack, gaps": 2,
            },
            2,
        ),
        (
            "a row of the next day",
            [*ROWS, ["2026-06-11 00:05:00", *ROWS[-1][1:2], "449697.58", *ROWS[-1][3:]]],
            {"metrics: row(s) of another day, left to that day's file": 1},
            0,
        ),
        (
            "zero open interest",
            with_interest(with_interest(ROWS, 286, "0"), 287, "0.0"),
            {"open_interest: cell(s) zero where nothing can be zero, now missing": 2},
            2,
        ),
        (
            "next to no open interest",
            with_interest(ROWS, 100, "0.7"),
            {"open_interest: cell(s) at once under a hundredth of the row before, now missing": 1},
            1,
        ),
        (
            "a blank cell, a word, a NaN",
            with_interest(with_interest(with_interest(ROWS, 9, ""), 10, "<script>"), 11, "NaN"),
            {"open_interest: cell(s) blank or no number, missing": 3},
            3,
        ),
        (
            "cells out of range",
            with_interest(with_interest(with_interest(ROWS, 9, "-123.45"), 10, "1e30"), 11, "inf"),
            {"open_interest: cell(s) out of range, now missing": 3},
            3,
        ),
        (
            "wholly blank rows",
            [each if i not in (0, 100, 101) else [*each[:2], *[""] * 6] for i, each in enumerate(ROWS)],
            {"metrics: row(s) wholly blank, a gap": 3},
            3,
        ),
        ("a short file", ROWS[:163], {"metrics: bar(s) that files lack, gaps": 125}, 125),
        (
            "a blank beside a figure for one moment",
            [*ROWS, with_interest(ROWS, 287, "")[287]],
            {
                "open_interest: cell(s) blank or no number, missing": 1,
                "metrics: row(s) stood twice, one of each is kept": 1,
            },
            0,
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_defect_is_mended_or_left_a_gap_and_counted(
    name: str, rows: list[Row], repairs: dict[str, int], gaps: int
) -> None:
    """Nothing is filled, and no other figure moves."""
    found = read_days(("2026-06-10", rows))

    whole = found.frame.reindex(
        pd.date_range("2026-06-10 00:05", "2026-06-11", freq="5min", tz="UTC", name="time")
    )
    assert found.repairs == repairs
    assert int(whole["open_interest"].isna().sum()) == gaps
    assert len(found.frame.index.difference(whole.index)) == 0
    assert at_the_instant(found.frame)
    validate(whole)


def test_a_start_labelled_day_ends_at_2355_and_its_midnight_is_the_next_days() -> None:
    """The file name's date owns its rows: the same stamp is a last row here and a stranger there."""
    stranger = ["2026-06-11 00:00:00", "BNBUSDT", "449697.58", "1.0", "2", "2", "2", "2"]

    found = read_days(("2026-06-10", [*day_rows("2026-06-10", "start"), stranger]))

    assert found.frame.index[-1] == utc("2026-06-11")
    assert len(found.frame) == 288
    assert at_the_instant(found.frame)
    assert found.repairs == {"metrics: row(s) of another day, left to that day's file": 1}


def test_a_first_midnight_under_an_end_label_is_the_day_befores() -> None:
    """There it stands last, and there it is taken from."""
    stranger = [f"{'2026-06-10 00:00:00'}", "BNBUSDT", "449697.58", "1.0", "2", "2", "2", "2"]

    found = read_days(("2026-06-10", [stranger, *ROWS]))

    assert found.frame.index[0] == utc("2026-06-10 00:05")
    assert found.repairs == {"metrics: row(s) of another day, left to that day's file": 1}


def test_where_two_files_have_one_instant_the_owner_is_believed() -> None:
    """A day that lacks its own midnight may lend one, but not against the day that owns it."""
    lender = day_rows("2026-06-11", "end", "start")  # 00:00 to 23:55, stamped when seen
    lender = with_interest(lender, 0, f"{COINS[utc('2026-06-11')] + 0.5}")

    found = read_days(("2026-06-10", ROWS), ("2026-06-11", lender))

    assert at_the_instant(found.frame)
    assert found.repairs["metrics: row(s) at midnight also stood in the next file, the owner's is kept"] == 1
    assert len(found.frame) == 288 + 287


# ---------------------------------------------------------------- files of which nothing is used


def text_of(rows: list[Row]) -> bytes:
    return text(rows)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            text(with_interest(ROWS, 5, "402000.5") + ROWS[5:6]),
            "two different figures for one moment, 2026-06-10 00:30",
        ),
        (text(cells(ROWS, 5, 1, "ETHUSDT")), "holds a row of another market"),
        (text(cells(cells(ROWS, 5, 1, "ETHUSDT"), 6, 2, "x")), "holds a row of another market"),
        (text([[*each[:1], "BNBUSDT"[::-1], *each[2:]] for each in ROWS]), "holds a row of another market"),
        (text(ROWS, None), "has other columns than we know"),
        (text(ROWS, [*HEAD[:-1], "taker"]), "has other columns than we know"),
        (b"", "has other columns than we know"),
        (b"<html>Just a moment...</html>", "has other columns than we know"),
        (text(ROWS)[:-30], "holds a line that is no row of it"),
        (text([*ROWS, ["x"]]), "holds a line that is no row of it"),
        (text([*ROWS, [*ROWS[0], "1"]]), "holds a line that is no row of it"),
        (text(ROWS).replace(b"2.2", b"\xff\xfe,"), "holds a line that is no row of it"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_whole(body: bytes, words: str) -> None:
    """Where one row is of another market nothing else can be trusted; the other days still can."""
    given_ = [sheet("2026-06-09", day_rows("2026-06-09")), (metrics_file("2026-06-10"), body)]

    with pytest.raises(
        BadReply, match=rf"1 file\(s\) of the archive cannot be used:\n.*06-10.csv.*{words}|{words}"
    ):
        read(given_, price=PRICE)

    found = read(given_, price=PRICE, strict=False)
    assert list(found.refused) == [metrics_file("2026-06-10").key]
    assert list(found.labels) == [metrics_file("2026-06-09").key]
    assert len(found.frame) == 288
    assert at_the_instant(found.frame)


@pytest.mark.parametrize("line", [b"\n", b"\r", b"\r\n", b",,,,,,,\n"], ids=["LF", "CR", "CRLF", "commas"])
def test_a_file_of_a_million_lines_is_refused_before_they_are_split(
    line: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Thirty million empty lines pack into thirty kilobytes, and would take two gigabytes to split."""
    parsed: list[int] = []
    real = archive_rows._by_arrow
    monkeypatch.setattr(
        archive_rows, "_by_arrow", lambda body, *rest: parsed.append(len(body)) or real(body, *rest)
    )
    given_ = [
        sheet("2026-06-09", day_rows("2026-06-09")),
        (metrics_file("2026-06-10"), text(ROWS) + 1_000_000 * line),
    ]

    found = read(given_, price=PRICE, strict=False)

    assert found.refused == {
        metrics_file(
            "2026-06-10"
        ).key: "BNBUSDT-metrics-2026-06-10.zip has more rows than any such file can have"
    }
    assert max(parsed) < 100_000
    assert len(found.frame) == 288
    assert at_the_instant(found.frame)


@pytest.mark.parametrize(
    "body",
    [
        text(ROWS).replace(b"\n", b"\r\n"),
        text(ROWS).rstrip(b"\n"),
        text(ROWS).replace(b"\n2026-06-10 12", b"\n\n2026-06-10 12"),
    ],
    ids=["CRLF", "no last line end", "empty lines"],
)
def test_line_ends_are_no_matter(body: bytes) -> None:
    """A stick that passed through another computer reads the same."""
    assert read([(metrics_file("2026-06-10"), body)], price=PRICE).frame.equals(
        read_days(("2026-06-10", ROWS)).frame
    )


def test_an_empty_day_is_a_gap_of_288() -> None:
    """A header alone is a file, and says nothing."""
    found = read_days(("2026-06-10", []))

    assert found.frame.empty
    assert found.repairs == {"metrics: bar(s) that files lack, gaps": 288}


@pytest.mark.parametrize(
    "sheets",
    [
        [],
        [sheet("2026-06-10", ROWS), sheet("2026-06-10", ROWS)],
        [sheet("2026-06-10", ROWS), (metrics_file("2026-06-11", "ETHUSDT"), text(ROWS))],
    ],
    ids=["none", "one twice", "two markets"],
)
def test_files_of_different_kinds_are_not_read_together(sheets: list[tuple[File, bytes]]) -> None:
    """A frame is one market."""
    with pytest.raises(InputError, match="read together"):
        read(sheets)


def test_each_reader_reads_its_own_kind() -> None:
    """Days of open interest are no bars."""
    for other in (archive.read_klines, archive.read_funding):
        with pytest.raises(InputError, match="these are files of metrics"):
            other([sheet("2026-06-10", ROWS)])


# ---------------------------------------------------------------- labels that cannot be measured


def test_without_a_price_the_stamps_say_and_it_is_said() -> None:
    """00:05 to 00:00 is what ends look like, 00:00 to 23:55 starts."""
    for look, instant in (("end", 0), ("start", 5)):
        found = read_days(("2026-06-10", day_rows("2026-06-10", look)), price=None)
        [label] = found.labels.values()

        assert (label.held, label.how) == (look, "stamps")
        assert "only 0 instant(s) have a price" in label.remark
        assert at_the_instant(found.frame), instant


@pytest.mark.parametrize(("day", "held"), [("2026-06-10", "end"), ("2026-06-26", "start")])
def test_half_a_day_without_a_price_is_read_as_reported_of_its_date(day: str, held: str) -> None:
    """It has neither midnight, so nothing but the date is left; that is a remark, not a measurement."""
    found = read_days((day, day_rows(day, held)[50:150]), price=None)
    [label] = found.labels.values()

    assert (label.held, label.how) == (held, "date")
    assert label.remark


def test_a_price_with_holes_and_in_disorder_still_tells() -> None:
    """An hourly close with a doubled stamp and a gap, as a reader may bring it."""
    hourly = PRICE[PRICE.index == PRICE.index.floor("1h")]
    rough = pd.concat([hourly[400:], hourly[:200], hourly[100:400]]).mask(lambda p: p.index.hour == 3)

    found = read_days(("2026-06-10", day_rows("2026-06-10", "start")), price=rough)

    assert [(label.held, label.how) for label in found.labels.values()] == [("start", "price")]


# ---------------------------------------------------------------- bars


def bar(open_: pd.Timestamp, step: pd.Timedelta, *, unit: int = 1000, close: float = 600.0) -> Row:
    """One row of a file of bars; `unit`: stamps a second."""
    first, last = (round(at.timestamp() * unit) for at in (open_, open_ + step))
    return [
        str(first),
        "600.00",
        "606.00",
        "594.00",
        f"{close}",
        "1000.00",
        str(last - 1),
        "600000.0",
        "7",
        "420.00",
        "252000.0",
        "0",
    ]


KLINE = [
    "open_time", "open", "high", "low", "close", "volume", "close_time", "quote_volume", "count",
    "taker_buy_volume", "taker_buy_quote_volume", "ignore",
]  # fmt: skip


def bars(
    day: str = "2026-03-02", name: str = "klines", rows: list[Row] | None = None, head: bool = True
) -> tuple[File, bytes]:
    first = utc(day)
    rows = [bar(first + i * FIVE, FIVE, close=600.0 + i) for i in range(288)] if rows is None else rows
    return File(name, "BNBUSDT", first, first + DAY, "5m"), text(rows, KLINE if head else None)


def test_a_bar_is_stamped_with_its_end() -> None:
    """The venue stamps it when it opens, five minutes before anyone could know it."""
    found = read([bars()])

    assert found.frame.index[[0, -1]].tolist() == [utc("2026-03-02 00:05"), utc("2026-03-03")]
    assert found.frame.iloc[1].to_dict() == {
        "open": 600.0,
        "high": 606.0,
        "low": 594.0,
        "close": 601.0,
        "volume": 1000.0,
        "quote_volume": 600_000.0,
        "taker_buy_volume": 420.0,
        "taker_sell_volume": 580.0,
    }
    assert found.repairs == {}
    validate(found.frame)


@pytest.mark.parametrize("unit", [1000, 1_000_000], ids=["ms", "us"])
@pytest.mark.parametrize("head", [True, False], ids=["with a first row of names", "without"])
def test_names_and_units_come_and_go(unit: int, head: bool) -> None:
    """Told by looking: a first digit is no name, and sixteen digits are microseconds."""
    rows = [bar(utc("2026-03-02") + i * FIVE, FIVE, unit=unit) for i in range(288)]

    assert len(read([bars(rows=rows, head=head)]).frame) == 288


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("markPriceKlines", "mark_price"),
        ("indexPriceKlines", "index_price"),
        ("premiumIndexKlines", "premium"),
    ],
)
def test_other_bars_give_their_last_value(name: str, column: str) -> None:
    """Of the mark price, the index and the premium only the close is at an instant."""
    rows = [bar(utc("2026-03-02") + i * FIVE, FIVE, close=0.0001 * (i + 1)) for i in range(288)]

    found = read([bars(name=name, rows=rows)]).frame

    assert found.columns.tolist() == [column]
    assert found[column].iloc[-1] == pytest.approx(0.0288)


def test_months_are_bars_too() -> None:
    """In the archive a month is called 1mo, and no two are alike."""
    months = pd.date_range("2026-01-01", "2026-04-01", freq="MS", tz="UTC")
    sheets = [
        (File("klines", "BNBUSDT", a, b, "1mo"), text([bar(a, b - a)], KLINE)) for a, b in pairwise(months)
    ]

    assert read(sheets[::-1]).frame.index.tolist() == months[1:].tolist()


def test_weeks_begin_on_monday_and_are_not_pulled_to_a_grid() -> None:
    """A week's grid does not begin where time does."""
    monday = utc("2026-03-02")
    file = File("klines", "BNBUSDT", utc("2026-03-01"), utc("2026-04-01"), "1w")

    assert read([(file, text([bar(monday, 7 * DAY)], KLINE))]).frame.index.tolist() == [monday + 7 * DAY]


def test_bars_are_repaired_and_counted_as_all_rows_are() -> None:
    """Doubled, out of order, of another day, out of range, and more bought than traded."""
    rows = [bar(utc("2026-03-02") + i * FIVE, FIVE) for i in range(290)]
    rows = [*rows[100:], *rows[:101]]
    rows[5][2], rows[6][9], rows[7][4] = "-1", "1000.5", ""

    found = read([bars(rows=rows)])

    assert len(found.frame) == 288
    assert found.repairs == {
        "klines: row(s) of another day, left to that day's file": 2,
        "klines: row(s) out of order, sorted": 1,
        "close: cell(s) blank or no number, missing": 1,
        "high: cell(s) out of range, now missing": 1,
        "klines: row(s) stood twice, one of each is kept": 1,
        "taker_sell_volume: cell(s) out of range, now missing": 1,
    }
    validate(found.frame)


def test_bars_of_another_length_are_refused() -> None:
    """Hours under the name of five minutes would be read as gaps."""
    hours = [bar(utc("2026-03-02") + i * 12 * FIVE, 12 * FIVE) for i in range(24)]

    with pytest.raises(BadReply, match=r"BNBUSDT-5m-2026-03-02.zip holds bars of another length"):
        read([bars(rows=hours)])
    assert read([bars(rows=hours), bars("2026-03-03")], strict=False).frame.index[0] == utc(
        "2026-03-03 00:05"
    )


# ---------------------------------------------------------------- settlements


def settlements(rows: list[Row], month: str = "2026-02-01") -> tuple[File, bytes]:
    first = utc(month)
    file = File("fundingRate", "BNBUSDT", first, first + pd.offsets.MonthBegin())
    return file, text(rows, ["calc_time", "funding_interval_hours", "last_funding_rate"])


def stamp(when: str, late: int = 0) -> str:
    return str(round(utc(when).timestamp() * 1000) + late)


def test_a_settlement_stands_at_its_minute_with_the_hours_it_pays_for() -> None:
    """The venue stamps it some milliseconds late, and says the interval only here."""
    found = read(
        [
            settlements(
                [
                    [stamp("2026-02-01 00:00", 7), "8", "0.00010000"],
                    [stamp("2026-02-01 08:00", 45), "8", "-0.00002"],
                    [stamp("2026-02-01 12:00"), "4", "0.00000000"],
                ]
            )
        ]
    )

    assert found.frame.index.tolist() == [utc(f"2026-02-01 {h}:00") for h in ("00", "08", "12")]
    assert found.frame["funding_rate"].tolist() == [0.0001, -0.00002, 0.0]
    assert found.frame["funding_interval"].tolist() == [8.0, 8.0, 4.0]
    assert found.repairs == {}


def test_settlements_are_repaired_and_counted_too() -> None:
    """A rate above one is no rate; a row of March is March's."""
    found = read(
        [
            settlements(
                [
                    [stamp("2026-02-01 08:00"), "8", "0.0001"],
                    [stamp("2026-02-01 00:00"), "8", "1e30"],
                    [stamp("2026-02-01 16:00", 3), "", "0.0001"],
                    [stamp("2026-03-01 00:00", 3), "8", "0.0001"],
                    ["never", "8", "0.0001"],
                ]
            )
        ]
    )

    assert len(found.frame) == 3
    assert found.repairs == {
        "fundingRate: row(s) without a clock time, left out": 1,
        "fundingRate: row(s) of another day, left to that day's file": 1,
        "fundingRate: row(s) out of order, sorted": 1,
        "funding_interval: cell(s) blank or no number, missing": 1,
        "funding_rate: cell(s) out of range, now missing": 1,
    }


def test_two_rates_for_one_settlement_are_refused() -> None:
    """One of them was paid; nobody can say which."""
    twice = [[stamp("2026-02-01 08:00"), "8", "0.0001"], [stamp("2026-02-01 08:00", 4), "8", "0.0002"]]

    with pytest.raises(BadReply, match="two different figures"):
        read([settlements(twice)])


# ---------------------------------------------------------------- the catalogue and the parser


def test_the_catalogue_is_complete() -> None:
    """Every cure is one of the table, and what is found in rows comes before what is found in files."""
    drawn = {line.split("  ")[0].strip() for line in (defects.__doc__ or "").splitlines()}
    found = [bool(defect.find) for defect in defects.DEFECTS.values()]

    assert {defect.cure for defect in defects.DEFECTS.values()} <= drawn
    assert found == sorted(found, reverse=True)
    assert all(name == defect.name and defect.says for name, defect in defects.DEFECTS.items())


NUMBERS = Layout(
    ("stamp", "market", "a", "b"), ("a", "b"), "stamp", clock=True, market="market", headless=False
)
CELL = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False, width=64).map(repr),
    st.sampled_from(["", "0", "-1", "+3.5", ".5", "5.", "1e5", "007"]),
)


@given(
    rows=st.lists(st.tuples(st.integers(0, 2_000_000_000), CELL, CELL), min_size=1, max_size=12),
)
@settings(max_examples=150, deadline=None)
def test_reading_at_once_and_reading_cell_by_cell_say_the_same(rows: list[tuple[int, str, str]]) -> None:
    """The slow way is taken where one cell of a year is broken; the year must not change by it."""
    lines = [[f"{pd.Timestamp(at, unit='s'):%Y-%m-%d %H:%M:%S}", "BNBUSDT", a, b] for at, a, b in rows]
    body = text(lines, None)

    fast = archive_rows._by_arrow(body, len(rows), NUMBERS, "BNBUSDT")
    slow = archive_rows._by_hand(body, NUMBERS, "BNBUSDT")

    np.testing.assert_array_equal(fast[0], slow[0])
    np.testing.assert_array_equal(fast[1], slow[1])


@given(noise=st.binary(max_size=60), where=st.integers(0, 2000))
@settings(max_examples=200, deadline=None)
def test_no_bytes_make_the_parser_fail_in_words_of_its_own(noise: bytes, where: int) -> None:
    """Whatever stands in a table: rows, or a refusal; and never a value that no field can have."""
    body = text(ROWS[:24])
    body = body[:where] + noise + body[where + len(noise) // 2 :]

    found = read([(metrics_file("2026-06-10"), body)], strict=False)

    validate(grid(found.frame, "5min"))
    assert bool(found.refused) == (found.frame.empty and not found.labels)


def test_a_broken_cell_in_one_file_costs_the_others_nothing() -> None:
    """The others are still read at once, and say what they would have said."""
    whole = read_days(("2026-06-10", ROWS), ("2026-06-11", day_rows("2026-06-11")))
    other = read_days(("2026-06-10", with_interest(ROWS, 7, "?")), ("2026-06-11", day_rows("2026-06-11")))

    assert whole.frame.drop(utc("2026-06-10 00:40")).equals(other.frame.drop(utc("2026-06-10 00:40")))
    assert np.isnan(other.frame.loc[utc("2026-06-10 00:40"), "open_interest"])


def test_a_whole_number_column_is_read_by_hand_too() -> None:
    """Times in whole numbers, one of them no number."""
    layout = Layout(("t", "a"), ("a",), "t")

    table = parse([b"t,a\n1772409600000,1\nx,2\n99999999999999999999,3\n"], layout, "")

    assert table.stamp.tolist() == [1772409600000, defects.UNREADABLE, defects.UNREADABLE]
    assert table.numbers[:, 0].tolist() == [1.0, 2.0, 3.0]


# ---------------------------------------------------------------- the stand-in


def off_by(found: pd.DataFrame, price: pd.Series) -> pd.Series:
    """How far the implied price is from the price, by day."""
    implied = found["open_interest_value"] / found["open_interest"]
    gap = np.log(implied / price.reindex(implied.index)).abs()
    return gap.groupby((implied.index - FIVE).floor("D")).median()


@pytest.mark.venue
def test_the_venue_across_its_change_of_labels() -> None:
    """Three days on either side: no look-ahead, no lost slot, no doubled one; and the same as REST says."""
    with stand_in("2026-07-01T12:00:00Z") as venue:
        close = take(venue, "klines", "2026-06-23", "2026-06-27", interval="5m").frame["close"]
        mark = take(venue, "markPriceKlines", "2026-06-23", "2026-06-27", interval="5m").frame["mark_price"]
        found = take(venue, "metrics", "2026-06-23", "2026-06-27", price=close)
        market = venue.markets["BNBUSDT"]
        truth = [float(market.oi(round(when.timestamp() * 1000))[0]) for when in found.frame.index]

    held = [label.held for key, label in found.labels.items() if "06-22" not in key]
    assert held == ["end", "end", "start", "start"]
    assert {label.how for key, label in found.labels.items() if "06-22" not in key} == {"price"}
    assert found.frame.index.equals(close.index)
    assert len(found.frame) == 4 * 288
    assert (off_by(found.frame, close) < 2e-4).all()
    assert (off_by(found.frame, mark) < 1e-6).all()
    assert found.frame["open_interest"].tolist() == truth
    assert found.repairs == {}


@pytest.mark.venue
def test_the_tenth_of_october_reads_as_it_was() -> None:
    """Coins 6.7% down at the low of the price, 21.3% at worst; and value over coins is the price."""
    with stand_in("2025-10-13T12:00:00Z") as venue:
        close = take(venue, "klines", "2025-10-10", "2025-10-11", interval="5m").frame["close"]
        found = take(venue, "metrics", "2025-10-10", "2025-10-11", price=close).frame
    evening = found["2025-10-10 20:00":"2025-10-10 22:55"]
    price = evening["open_interest_value"] / evening["open_interest"]
    coins = evening["open_interest"] / evening["open_interest"].iloc[0] - 1

    assert round(coins[price.idxmin()], 3) == -0.067
    assert round(coins.min(), 3) == -0.213
    assert (off_by(found, close) < 2e-4).all()


@pytest.mark.venue
def test_the_real_rows_of_that_day_are_read_from_their_own_stamps() -> None:
    """As they were published: stamped five minutes before they were seen, and told by the price."""
    if not (VENUE / "data").exists():
        pytest.skip(f"no real rows at {VENUE}")
    with gzip.open(VENUE / "data" / "metrics-5m-bnb.csv.gz", "rt") as file:
        rows = [each for each in csv.DictReader(file) if each["label"].startswith("2025-10-10")]
    with stand_in("2025-10-13T12:00:00Z") as venue:
        close = take(venue, "klines", "2025-10-10", "2025-10-11", interval="5m").frame["close"]
    lines = [[each["label"], "BNBUSDT", *(each[name] for name in HEAD[2:])] for each in rows]

    found = read([sheet("2025-10-10", lines)], price=close)

    [label] = found.labels.values()
    seen = [pd.Timestamp(int(each["observed_at"]), unit="ms", tz="UTC") for each in rows]
    assert (label.held, label.how) == ("start", "price")
    assert found.frame.index.tolist() == sorted(seen)
    assert (off_by(found.frame, close) < 2e-4).all()


# What is counted of each day, beside its blank cells.
BUILT_IN: dict[str, dict[str, int]] = {
    "2026-03-01": {"row(s) out of order, sorted": 3},
    "2026-03-02": {"row(s) stood twice, one of each is kept": 288},
    "2026-03-03": {},
    "2026-03-04": {"cell(s) zero where nothing can be zero, now missing": 204},
    "2026-03-05": {"stamp(s) some seconds late, moved back": 2},
    "2026-03-06": {"row(s) of another day, left to that day's file": 1},
    "2026-03-07": {"bar(s) that files lack, gaps": 125},
    "2026-03-09": {"row(s) wholly blank, a gap": 3},
    "2026-03-10": {
        "row(s) out of order, sorted": 3,
        "row(s) stood twice, one of each is kept": 288,
    },
    "2022-03-07": {"cell(s) zero where nothing can be zero, now missing": 204},
    "2022-06-01": {},
    "2024-02-16": {"bar(s) that files lack, gaps": 125},
    "2024-04-03": {
        "stamp(s) some seconds late, moved back": 2,
        "row(s) of another day, left to that day's file": 1,
    },
    "2026-01-01": {"row(s) wholly blank, a gap": 3},
}


@pytest.mark.venue
@pytest.mark.parametrize("day", BUILT_IN)
def test_each_built_in_defect_of_the_stand_in_is_met(day: str) -> None:
    """The same day read from a clean archive: every figure that is known is the same one."""
    since, until = utc(day) + pd.Timedelta("1min"), utc(day) + DAY
    wanted = files("metrics", "BNBUSDT", since, until)
    with stand_in("2026-03-20T00:00:00Z") as venue:
        sheets = collect(at(venue), wanted).check().sheets
        found = read(sheets)
    with stand_in("2026-03-20T00:00:00Z", defects={}) as venue:
        clean = read(collect(at(venue), wanted).check().sheets)

    counted: dict[str, int] = {}
    for key, count in found.repairs.items():
        says = key.split(": ", 1)[1]
        counted[says] = counted.get(says, 0) + count
    frame = found.frame.reindex(clean.frame.index)
    blank = sum(each.count("") for each in csv.reader(sheets[0][1].decode().splitlines()) if any(each[2:]))
    missing = {"cell(s) blank or no number, missing": blank} if blank else {}
    assert counted == BUILT_IN[day] | missing
    assert (blank > 0) == (day in ("2026-03-03", "2022-03-07", "2022-06-01"))
    assert len(clean.frame) == 288
    assert len(found.frame.index.difference(clean.frame.index)) == 0
    assert (frame.isna() | (frame == clean.frame)).all(axis=None)
    validate(grid(found.frame, "5min"))


@pytest.mark.venue
def test_the_top_traders_of_2022_are_missing_and_counted() -> None:
    """87 cells in a hundred: a chart of them must show what it has, and say what it has not."""
    with stand_in("2026-03-20T00:00:00Z") as venue:
        found = take(venue, "metrics", "2022-06-01", "2022-06-05")

    share = found.frame.isna().mean()
    assert share["top_account_ratio"] == pytest.approx(0.872, abs=0.03)
    assert share["top_position_ratio"] == pytest.approx(0.872, abs=0.03)
    assert share["taker_buy_sell_ratio"] == pytest.approx(0.35, abs=0.05)
    assert share["open_interest"] == 0
    # One more file is read, of the day before.
    assert found.repairs["top_account_ratio: cell(s) blank or no number, missing"] >= share[
        "top_account_ratio"
    ] * len(found.frame)


@pytest.mark.venue
@pytest.mark.parametrize("fault", ["duplicate-rows", "gap", "reversed-order", "out-of-range-value"])
def test_spoiled_rows_are_mended_or_missing(fault: str) -> None:
    """What is left is what an honest archive says."""
    wanted = files("metrics", "BNBUSDT", utc("2026-03-11 00:05"), utc("2026-03-13"))
    with stand_in("2026-03-20T00:00:00Z") as venue:
        honest = read(collect(at(venue), wanted).sheets).frame
        venue.add_fault(fault)
        found = read(collect(at(venue), wanted).check().sheets)

    frame = found.frame.reindex(honest.index)
    assert (frame.isna() | (frame == honest)).all(axis=None)
    assert frame.equals(honest) == (fault in ("duplicate-rows", "reversed-order"))
    assert sum(found.repairs.values()) > 0


@pytest.mark.venue
@pytest.mark.parametrize("fault", ["wrong-symbol-in-row", "unicode-symbol", "html-in-field"])
def test_rows_of_another_name_refuse_the_file(fault: str) -> None:
    """And the name is not repeated: it could be made to look like something else."""
    wanted = files("metrics", "BNBUSDT", utc("2026-03-11 00:05"), utc("2026-03-12"))
    with stand_in("2026-03-20T00:00:00Z", fault) as venue:
        sheets = collect(at(venue), wanted).check().sheets

    with pytest.raises(BadReply, match="holds a row of another market") as caught:
        read(sheets)
    assert "<script>" not in str(caught.value)
    assert str(caught.value).isascii()


@pytest.mark.venue
def test_archive_and_rest_say_the_same_of_bars_and_settlements() -> None:
    """The seam between them must not show."""
    from oikit.data.http import Client, Ledger
    from oikit.data.venues import binance

    since, until = utc("2026-03-02"), utc("2026-03-03")
    with stand_in("2026-03-20T00:00:00Z") as venue:
        bars_ = take(venue, "klines", "2026-03-02", "2026-03-03", interval="5m").frame
        paid = take(venue, "fundingRate", "2026-02-02", "2026-02-03").frame
        with Client(venue.url, budgets=binance.BUDGETS, ledger=Ledger()) as client:
            series = binance.SERIES["klines"]
            [query] = series.ask("BNBUSDT", FIVE, since, until)
            rest = series.read(query, client.get(query)).frame
            series = binance.SERIES["funding"]
            [query] = series.ask("BNBUSDT", FIVE, utc("2026-02-02"), utc("2026-02-03"))
            rates = series.read(query, client.get(query)).frame

    pd.testing.assert_frame_equal(bars_, rest[bars_.columns], check_freq=False)
    assert paid["funding_rate"].tolist() == rates.loc[paid.index, "funding_rate"].tolist()
    assert set(SETS["fundingRate"].values()) == set(paid.columns)
