"""Binance on paper: which questions are asked, and how answers are read, with no connection at all."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oikit.data.tail import Window, holes, wall
from oikit.data.venues import binance
from oikit.data.venues.binance_rows import (
    PERIODS,
    lay,
    lay_funding,
    next_page,
    read_funding,
    read_interest,
    read_klines,
    read_markets,
    read_premium,
    read_ratio,
    read_time,
)
from oikit.data.venues.query import Query, check_symbol
from oikit.errors import BadReply, InputError
from tests.conftest import SHARED

HOUR, STEP = pd.Timedelta(hours=1), pd.Timedelta(hours=4)
SINCE, UNTIL = pd.Timestamp("2026-03-02", tz="UTC"), pd.Timestamp("2026-03-03", tz="UTC")


def ms(when: str | pd.Timestamp) -> int:
    """Epoch milliseconds."""
    return int(pd.Timestamp(when, tz="UTC" if isinstance(when, str) else None).timestamp() * 1000)


def ask(
    name: str, since: pd.Timestamp = SINCE, until: pd.Timestamp = UNTIL, step: pd.Timedelta = STEP
) -> Query:
    """The first question of a series."""
    return binance.SERIES[name].ask("BNBUSDT", step, since, until)[0]


def kline(open_time: str, close: str = "606.0", volume: str = "10.0", bought: str = "4.0") -> list[Any]:
    """A bar as the venue sends it."""
    at = ms(open_time)
    return [at, "600.0", "610.0", "590.0", close, volume, at + 14_399_999, "6000.0", 9, bought, "2400.0", "0"]


def point(stamp: str, amount: str = "500.00000000", **more: object) -> dict[str, Any]:
    """A snapshot of open interest as the venue sends it."""
    row = {"symbol": "BNBUSDT", "sumOpenInterest": amount, "sumOpenInterestValue": "300000.0"}
    return {**row, "CMCCirculatingSupply": "136360000.0", "timestamp": ms(stamp), **more}


def paid(stamp: str | int, rate: str = "0.00010000") -> dict[str, Any]:
    """A settlement as the venue sends it."""
    at = stamp if isinstance(stamp, int) else ms(stamp)
    return {"symbol": "BNBUSDT", "fundingTime": at, "fundingRate": rate, "markPrice": ""}


# ---------------------------------------------------------------- questions


@pytest.mark.parametrize(
    ("every", "step"),
    [
        ("5min", "5min"),
        ("10min", "5min"),
        ("1h", "1h"),
        ("3h", "1h"),
        ("8h", "4h"),
        ("1d", "24h"),
        ("7d", "24h"),
    ],
)
def test_the_venue_is_asked_for_the_longest_bars_that_fit(every: str, step: str) -> None:
    """Eight hours are no period of the statistics, but two bars of four hours make them up."""
    assert binance.clock_for(every) == pd.Timedelta(step)


@pytest.mark.parametrize(
    ("every", "says"),
    [
        ("1min", "every 5 minutes; type 5min"),
        ("7min", "does not fit"),
        ("5h", "does not fit"),
        ("30d", "does not fit"),
    ],
)
def test_a_bar_that_cannot_be_had_is_refused(every: str, says: str) -> None:
    """The reader is told what can be typed instead."""
    with pytest.raises(InputError, match=says):
        binance.clock_for(every)


@pytest.mark.parametrize(
    "symbol",
    ["../../etc", "", "bnbusdt", "BNB/USDT", "BNBUSDT\n", "ＢＮＢ", "A" * 33, "<b>", None, 7, "B" * 900],
)
def test_what_is_no_symbol_never_reaches_a_path_or_a_query(symbol: Any) -> None:
    """Only capitals, digits, underscore and hyphen, and not too many of them."""
    with pytest.raises(InputError, match=r"is no market|written with other signs") as refused:
        check_symbol(symbol)

    assert len(str(refused.value)) < 200


def test_small_letters_are_met_with_the_capitals() -> None:
    """A guess would be a default; a suggestion is not."""
    with pytest.raises(InputError, match="did you mean BNBUSDT"):
        check_symbol(" bnbusdt")


def test_statistics_are_asked_for_in_windows_with_both_bounds() -> None:
    """A lone start is ignored by the venue, which then sends the newest rows instead."""
    queries = binance.SERIES["open interest"].ask(
        "BNBUSDT", pd.Timedelta("5min"), SINCE, SINCE + 4 * STEP * 6
    )
    edges = [(q.params["startTime"], q.params["endTime"], q.params["limit"]) for q in queries]

    assert [q.bucket for q in queries] == ["data"] * 3
    assert edges[0] == (ms("2026-03-02 00:05"), ms("2026-03-03 17:40"), 500)
    assert edges[1][0] == edges[0][1] + 300_000
    assert edges[-1][1:] == (ms("2026-03-06"), 152)


def test_klines_are_asked_for_by_their_opening_and_at_the_lowest_weight() -> None:
    """Bars that end in (since, until] open in [since, until)."""
    query = ask("klines")
    year = ask("klines", SINCE - pd.Timedelta(days=365))

    assert (query.params["startTime"], query.params["endTime"]) == (ms(SINCE), ms(UNTIL) - 1)
    assert (query.params["limit"], query.weight) == (6, 1)
    assert (year.params["limit"], year.weight) == (499, 2)


def test_funding_is_asked_for_from_a_day_before() -> None:
    """A settlement pays for the hours since the one before it, which must be known too."""
    assert ask("funding").params["startTime"] == ms("2026-03-01")


def test_the_next_page_begins_after_the_newest_row() -> None:
    """Not after the number of rows that were hoped for: the venue may lack some."""
    query = ask("klines")

    following = next_page(query, [kline("2026-03-02 04:00"), kline("2026-03-02 00:00")])

    assert following is not None
    assert following.params["startTime"] == ms("2026-03-02 04:00") + 1
    assert following.params["endTime"] == query.params["endTime"]


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("klines", []),
        ("klines", [kline("2026-03-02 20:00")]),
        ("funding", [paid(ms("2026-03-03") + 7)]),
        ("open interest", [point("2026-03-02 04:00")]),
    ],
)
def test_the_last_page_has_no_next(name: str, rows: list[Any]) -> None:
    """Nothing came, or nothing more can; statistics have fixed windows anyway."""
    assert next_page(ask(name), rows) is None


def test_a_funding_page_that_ends_early_is_followed_up() -> None:
    """Between the last settlement seen and the end there may be another, an hour on."""
    assert next_page(ask("funding"), [paid("2026-03-02 16:00")]) is not None


# ---------------------------------------------------------------- markets and clocks


def test_only_a_perpetual_that_trades_is_a_market() -> None:
    """A quarterly, a market being settled and a name in other letters are not."""
    entry = {"contractType": "PERPETUAL", "status": "TRADING"}
    markets = read_markets(
        {
            "symbols": [
                {"symbol": "BNBUSDT", **entry},
                {"symbol": "LUNAUSDT", **entry, "status": "SETTLING"},
                {"symbol": "BTCUSDT_260327", **entry, "contractType": "CURRENT_QUARTER"},
                {"symbol": "<script>", **entry},
                {"symbol": "币USDT", **entry},
                {"symbol": "ODD", "contractType": "PERPETUAL", "status": "<b>"},
                {},
            ]
        }
    )

    assert markets["BNBUSDT"] == "TRADING"
    assert sorted(markets) == ["BNBUSDT", "BTCUSDT_260327", "LUNAUSDT", "ODD"]
    assert binance.check_market("BNBUSDT", markets) == "BNBUSDT"
    for symbol, says in [
        ("BNBUSD", "no such market; near: BNBUSDT"),
        ("LUNAUSDT", "SETTLING"),
        ("BTCUSDT_260327", "CURRENT_QUARTER"),
        ("ODD", "UNKNOWN"),
        ("QQQ", "look it up"),
    ]:
        with pytest.raises(InputError, match=says):
            binance.check_market(symbol, markets)


@pytest.mark.parametrize("reply", [{}, {"symbols": 7}, {"symbols": ["BNBUSDT"]}])
def test_a_list_of_markets_that_is_none_is_refused(reply: dict[str, Any]) -> None:
    """Else every symbol would be unknown, and the reader be blamed for it."""
    with pytest.raises(BadReply, match="no list of symbols"):
        read_markets(reply)


def test_a_clock_is_read_in_milliseconds_only() -> None:
    """The venue takes and some mirrors give seconds; 1970 is not what anybody meant."""
    assert read_time({"serverTime": ms("2026-03-02")}) == SINCE
    assert read_time({"time": str(ms("2026-03-02"))}) == SINCE
    for wrong in (1_772_409_600, None, True, 1.7e12, "soon", -1_772_409_600_000):
        with pytest.raises(BadReply, match="not in milliseconds"):
            read_time({"serverTime": wrong})


# ---------------------------------------------------------------- klines


def test_a_bar_is_stamped_with_its_end() -> None:
    """The venue stamps the opening; what a bar says is known when it has closed."""
    frame, repairs = read_klines(ask("klines"), [kline("2026-03-02 00:00")])

    assert frame.index[0] == pd.Timestamp("2026-03-02 04:00", tz="UTC")
    assert frame.iloc[0].to_dict() == {
        "open": 600.0,
        "high": 610.0,
        "low": 590.0,
        "close": 606.0,
        "volume": 10.0,
        "quote_volume": 6000.0,
        "taker_buy_volume": 4.0,
        "taker_sell_volume": 6.0,
    }
    assert repairs == Counter()


def test_the_bar_in_progress_is_left_out() -> None:
    """The venue sends it along; it is not yet what it will have been."""
    frame, _ = read_klines(ask("klines"), [kline("2026-03-02 20:00"), kline("2026-03-03 00:00")])

    assert list(frame.index) == [UNTIL]


def test_what_takers_sold_has_no_dust_of_binary_fractions() -> None:
    """0.3 less 0.1 is 0.2 and not 0.19999999999999998."""
    frame, _ = read_klines(ask("klines"), [kline("2026-03-02 00:00", volume="0.3", bought="0.1")])

    assert frame["taker_sell_volume"].tolist() == [0.2]


def test_more_bought_than_traded_is_no_sale() -> None:
    """An impossible figure is missing and counted, not a negative volume."""
    frame, repairs = read_klines(ask("klines"), [kline("2026-03-02 00:00", bought="11.0")])

    assert np.isnan(frame["taker_sell_volume"].iloc[0])
    assert repairs == {"taker_sell_volume: cell(s) blank or out of range, now missing": 1}


def test_the_premium_is_a_fraction_of_either_sign() -> None:
    """And one of a hundred and more is none."""
    rows = [kline("2026-03-02 00:00", "-0.00025"), kline("2026-03-02 04:00", "-123.45")]
    query = ask("premium")

    frame, repairs = read_premium(query, rows)

    assert query.may_lack
    np.testing.assert_equal(frame["premium"].to_numpy(), [-0.00025, np.nan])
    assert repairs.total() == 1


# ---------------------------------------------------------------- snapshots


def test_a_snapshot_keeps_its_instant_and_its_digits() -> None:
    """Open interest is a stock, known at its stamp."""
    frame, repairs = read_interest(ask("open interest"), [point("2026-03-02 04:00", "501296.11000000")])

    assert frame.index[0] == pd.Timestamp("2026-03-02 04:00", tz="UTC")
    assert repr(float(frame["open_interest"].iloc[0])) == "501296.11"
    assert frame["circulating_supply"].tolist() == [136360000.0]
    assert repairs == Counter()


@pytest.mark.parametrize(
    "cell", ["", " ", "0", "0.00000000", "-123.45", "NaN", "inf", "1e30", "none", None, True, [1], {}]
)
def test_a_cell_that_cannot_be_is_missing_and_counted(cell: object) -> None:
    """Blank, zero, negative, endless or absurd: never a number, never a crash."""
    frame, repairs = read_interest(ask("open interest"), [point("2026-03-02 04:00", sumOpenInterest=cell)])

    assert np.isnan(frame["open_interest"].iloc[0])
    assert repairs == {"open_interest: cell(s) blank or out of range, now missing": 1}


def test_a_supply_of_zero_is_missing_and_counted_but_none_at_all_is_not() -> None:
    """The venue writes "0" at times; before July 2025 it wrote nothing."""
    rows = [point("2026-03-02 04:00", CMCCirculatingSupply="0"), point("2026-03-02 08:00")]
    del rows[1]["CMCCirculatingSupply"]

    frame, repairs = read_interest(ask("open interest"), rows)

    np.testing.assert_equal(frame["circulating_supply"].to_numpy(), [0.0, np.nan])
    assert repairs == {"circulating_supply: cell(s) blank or out of range, now missing": 1}


@pytest.mark.parametrize("column", ["long_short_ratio", "top_account_ratio", "top_position_ratio"])
def test_each_crowd_lands_in_its_own_column(column: str) -> None:
    """Heads, top heads and top positions are three different things."""
    row = {"symbol": "BNBUSDT", "longShortRatio": "2.2000", "timestamp": ms("2026-03-02 04:00")}

    frame, _ = read_ratio(ask(column.replace("_", " ")), [row])

    assert frame.to_dict("list") == {column: [2.2]}


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([point("2026-03-02 04:00", symbol="ETHUSDT")], "sent a row of ETHUSDT"),
        ([point("2026-03-02 04:00", symbol="ＢＮＢＵＳＤＴ")], "no market's name"),
        ([point("2026-03-02 04:00", symbol="<script>alert(1)</script>")], "no market's name"),
        ([point("2026-03-01 20:00")], "from 2026-03-01 20:00:00 UTC, which was not asked for"),
        ([point("2026-03-04 00:00")], "which was not asked for"),
        ([point("2026-03-02 04:00"), point("2026-03-02 04:00", "501")], "two different figures"),
        ([point("2026-03-02 04:00", timestamp=1_772_409_600)], "not in milliseconds"),
        ([point("2026-03-02 04:00", timestamp=None)], "not in milliseconds"),
        ([["BNBUSDT", 1, 2]], "unknown shape"),
        (["BNBUSDT"], "unknown shape"),
    ],
)
def test_an_answer_that_cannot_be_trusted_is_refused_whole(rows: list[Any], says: str) -> None:
    """One row of another market puts all others in doubt; nothing of it is shown but a market's name."""
    with pytest.raises(BadReply, match=says) as refused:
        read_interest(ask("open interest"), rows)

    assert "<" not in str(refused.value)


def test_a_kline_too_short_is_refused() -> None:
    """Five slots instead of twelve are another service's bars."""
    with pytest.raises(BadReply, match="unknown shape"):
        read_klines(ask("klines"), [kline("2026-03-02 00:00")[:5]])


def test_rows_that_stand_twice_are_kept_once_and_counted() -> None:
    """The same row again says nothing new."""
    frame, repairs = read_interest(ask("open interest"), [point("2026-03-02 04:00")] * 3)

    assert len(frame) == 1
    assert repairs == {"openInterestHist: row(s) stood twice, one of each is kept": 2}


def test_rows_out_of_order_are_sorted_and_counted() -> None:
    """Documented oldest first; sorted anyway."""
    frame, repairs = read_interest(
        ask("open interest"), [point("2026-03-02 08:00"), point("2026-03-02 04:00")]
    )

    assert frame.index.is_monotonic_increasing
    assert repairs == {"openInterestHist: answer(s) came out of order and were sorted": 1}


# ---------------------------------------------------------------- on bars


def test_a_gap_stays_a_gap() -> None:
    """A bar the venue lacks is a row of NaN: nothing is filled and nothing is bridged."""
    read, _ = read_interest(
        ask("open interest"), [point("2026-03-02 04:00"), point("2026-03-02 12:00", "700")]
    )

    frame = lay(read, STEP, SINCE, UNTIL).frame

    np.testing.assert_equal(frame["open_interest"].to_numpy(), [500.0, np.nan, 700.0, np.nan, np.nan, np.nan])


def test_a_stamp_off_the_grid_is_refused() -> None:
    """It ends no bar, so it cannot be given one."""
    read, _ = read_interest(ask("open interest"), [point("2026-03-02 04:01")])

    with pytest.raises(BadReply, match="04:01"):
        lay(read, STEP, SINCE, UNTIL)


def book(rows: list[dict[str, Any]], step: pd.Timedelta = STEP, until: pd.Timestamp = UNTIL) -> pd.DataFrame:
    """Funding on bars, and the count of those that seem to lack a settlement."""
    reading = lay_funding(read_funding(ask("funding", until=until), rows).frame, step, SINCE, until)
    assert reading.repairs.total() >= reading.frame["funding_rate"].isna().sum()
    return reading.frame


DAY_BEFORE = [paid("2026-03-01 00:00"), paid("2026-03-01 08:00"), paid("2026-03-01 16:00")]
DAY = [
    paid(ms("2026-03-02") + 7),
    paid("2026-03-02 08:00"),
    paid(ms("2026-03-02 16:00") + 28),
    paid("2026-03-03"),
]


def test_funding_is_booked_in_the_bar_that_paid_it() -> None:
    """Stamped some milliseconds late, a settlement still belongs to the bar that ends at its hour."""
    frame = book([*DAY_BEFORE, *DAY])

    assert frame["funding_rate"].tolist() == [0.0, 1e-4, 0.0, 1e-4, 0.0, 1e-4]
    assert frame["funding_interval"].tolist() == [0.0, 8.0, 0.0, 8.0, 0.0, 8.0]


def test_the_interval_is_the_distance_to_the_settlement_before() -> None:
    """The rows do not say it, and it changes: from eight hours to one, then to four."""
    hourly = [paid(ms("2026-03-02 00:00") + h * 3_600_000) for h in range(9)]
    frame = book(
        [*DAY_BEFORE, *hourly, paid("2026-03-02 12:00"), paid("2026-03-02 16:00")], until=SINCE + 4 * STEP
    )

    assert frame["funding_interval"].tolist() == [4.0, 4.0, 4.0, 4.0]
    np.testing.assert_allclose(frame["funding_rate"], [4e-4, 4e-4, 1e-4, 1e-4])


def test_a_missing_settlement_is_unknown_and_not_zero() -> None:
    """Sixteen hours apart is no interval: the bar of 08:00 should have paid, and nobody knows what."""
    frame = book([*DAY_BEFORE, DAY[0], DAY[2], DAY[3]])

    np.testing.assert_equal(frame["funding_rate"].to_numpy(), [0.0, np.nan, 0.0, 1e-4, 0.0, 1e-4])
    np.testing.assert_equal(frame["funding_interval"].to_numpy(), [0.0, np.nan, 0.0, np.nan, 0.0, 8.0])


def test_a_missing_settlement_of_a_four_hourly_market_is_seen_too() -> None:
    """Eight hours could be an interval, but not one between fours."""
    times = [ms("2026-03-01") + h * 3_600_000 for h in range(0, 49, 4) if h != 36]
    frame = book([paid(at) for at in times])

    np.testing.assert_equal(frame["funding_rate"].to_numpy(), [1e-4, 1e-4, np.nan, 1e-4, 1e-4, 1e-4])
    np.testing.assert_equal(frame["funding_interval"].to_numpy(), [4.0, 4.0, np.nan, np.nan, 4.0, 4.0])


def test_a_settlement_that_is_due_and_not_there_is_unknown() -> None:
    """The row may come a moment after the hour; until then the bar is not one that paid nothing."""
    frame = book([*DAY_BEFORE, *DAY[:3]])

    np.testing.assert_equal(frame["funding_rate"].to_numpy(), [0.0, 1e-4, 0.0, 1e-4, 0.0, np.nan])


def test_no_settlement_at_all_leaves_nothing_known() -> None:
    """An empty answer is not a market without funding."""
    assert book([])["funding_rate"].isna().all()


def test_before_the_first_settlement_nothing_is_known() -> None:
    """A market that began today has paid nothing yet, or we cannot see it; at 12:00 none was due."""
    frame = book(DAY[2:])

    np.testing.assert_equal(frame["funding_rate"].to_numpy(), [np.nan, np.nan, 0.0, 1e-4, 0.0, 1e-4])


def test_on_short_bars_only_full_hours_can_lack_a_settlement() -> None:
    """Settlements fall on full hours, so between them zero is known."""
    rows = [*DAY_BEFORE, DAY[0], DAY[2], DAY[3]]
    frame = book(rows, pd.Timedelta("30min"))

    assert frame.index[frame["funding_rate"].isna()].tolist() == [pd.Timestamp("2026-03-02 08:00", tz="UTC")]


def test_a_settlement_without_a_rate_is_unknown_and_counted_once() -> None:
    """Its hours are known; of the day before only the times are used, so its rates are not counted."""
    rows = [
        paid("2026-03-01 00:00", ""),
        *DAY_BEFORE[1:],
        paid("2026-03-02 00:00"),
        paid("2026-03-02 08:00", "7"),
    ]
    reading = lay_funding(read_funding(ask("funding"), [*rows, *DAY[2:]]).frame, STEP, SINCE, UNTIL)

    np.testing.assert_equal(reading.frame["funding_rate"].to_numpy(), [0.0, np.nan, 0.0, 1e-4, 0.0, 1e-4])
    assert reading.frame["funding_interval"].tolist() == [0.0, 8.0, 0.0, 8.0, 0.0, 8.0]
    assert reading.repairs == {"funding_rate: cell(s) blank or out of range, now missing": 1}


def test_two_rates_for_one_minute_are_refused() -> None:
    """One of them must be wrong."""
    with pytest.raises(BadReply, match="two settlements"):
        book([*DAY_BEFORE, *DAY, paid(ms("2026-03-02 08:00") + 9, "0.0002")])


@given(
    hours=st.sampled_from([1, 4, 8]),
    rates=st.lists(st.floats(-0.01, 0.01), min_size=49, max_size=49),
    jitter=st.lists(st.integers(0, 45), min_size=49, max_size=49),
    step=st.sampled_from(["5min", "1h", "4h", "12h"]),
)
def test_no_payment_is_lost_or_booked_twice(
    hours: int, rates: list[float], jitter: list[int], step: str
) -> None:
    """Whatever the interval, the bars and the milliseconds: a day's bars add up to a day's payments."""
    at = range(0, 49, hours)
    rows = [paid(ms("2026-03-01") + h * 3_600_000 + jitter[h], repr(rates[h])) for h in at]

    frame = book(rows, pd.Timedelta(step))

    assert frame["funding_rate"].sum() == pytest.approx(sum(rates[h] for h in at if h > 24), abs=1e-12)
    assert frame["funding_interval"].sum() == 24


# ---------------------------------------------------------------- what to ask for


def known(**columns: list[float]) -> pd.DataFrame:
    """A stored frame of six bars of four hours; every column known unless said otherwise."""
    keys = {name: [1.0] * 6 for series in binance.SERIES.values() for name in series.columns}
    index = pd.date_range(SINCE + STEP, UNTIL, freq=STEP, name="time")
    return pd.DataFrame({**keys, **columns}, index)


NAN = float("nan")


def test_what_is_known_is_not_asked_for_again() -> None:
    """A store that knows everything needs no exchange."""
    assert holes(known(), STEP, SINCE) == {}


def test_a_hole_is_asked_for_with_the_bar_before_it() -> None:
    """That bar is known, so a revision of it is noticed at no cost."""
    found = holes(known(close=[1, 1, 1, NAN, 1, NAN]), STEP, SINCE)

    assert found == {"klines": [Window(SINCE + 2 * STEP, UNTIL)]}


@pytest.mark.parametrize(
    ("series", "column"), [(name, column) for name, s in binance.SERIES.items() for column in s.columns]
)
def test_a_bar_is_known_when_every_column_of_its_series_is(series: str, column: str) -> None:
    """A cell that was out of range once is asked for again, whichever of the answer's cells it was."""
    found = holes(known(**{column: [1, 1, 1, NAN, 1, 1]}), STEP, SINCE)

    assert found == {series: [Window(SINCE + 2 * STEP, SINCE + 4 * STEP)]}


def test_a_market_without_published_supply_is_not_asked_for_it_for_ever() -> None:
    """Some coins have none; a bar is complete without what none of its market has."""
    assert holes(known().drop(columns="circulating_supply"), STEP, SINCE) == {}
    assert holes(known(circulating_supply=[NAN] * 6), STEP, SINCE) == {}


def test_holes_far_apart_are_asked_for_apart() -> None:
    """Years between two holes are not read again."""
    index = pd.date_range(SINCE + STEP, periods=500, freq=STEP, name="time")
    names = [name for series in binance.SERIES.values() for name in series.columns]
    stored = pd.DataFrame(1.0, index, names)
    stored.iloc[[0, 400], stored.columns.get_loc("close")] = np.nan

    found = holes(stored, STEP, SINCE)

    assert found["klines"] == [Window(SINCE, SINCE + STEP), Window(SINCE + 399 * STEP, SINCE + 401 * STEP)]


def test_nothing_is_asked_for_beyond_the_wall() -> None:
    """The venue would refuse the whole question."""
    first = SINCE + 3 * STEP

    found = holes(known().drop(columns="open_interest"), STEP, first)

    assert found == {"open interest": [Window(first - STEP, UNTIL)]}
    assert holes(known(open_interest=[NAN, NAN, 1, 1, 1, 1]), STEP, first) == {}


def test_a_series_that_was_not_offered_is_asked_for_where_prices_are() -> None:
    """It may be by now, and must not make every bar incomplete for ever."""
    stored = known(close=[1, 1, 1, 1, 1, NAN]).drop(columns="premium")

    found = holes(stored, STEP, SINCE, ["premium"])

    assert found["premium"] == found["klines"] == [Window(SINCE + 4 * STEP, UNTIL)]


@pytest.mark.parametrize(
    ("step", "first"), [("4h", "2026-02-18 04:00"), ("24h", "2026-02-19"), ("5min", "2026-02-18 00:15")]
)
def test_the_wall_stands_on_the_grid(step: str, first: str) -> None:
    """Thirty days back and a minute's grace, then the next bar."""
    assert wall(pd.Timestamp("2026-03-20 00:10", tz="UTC"), pd.Timedelta(step)) == pd.Timestamp(
        first, tz="UTC"
    )


# ---------------------------------------------------------------- recorded answers of the real venue


def recorded(name: str) -> Any:
    path = SHARED / "venue" / "recorded" / f"binance-{name}.json"
    if not path.exists():
        pytest.skip(f"no recorded answers at {path.parent}")
    return json.loads(path.read_text(encoding="utf-8"))


def around(rows: list[Any], key: str | int, **params: str | int) -> Query:
    stamps = [row[key] for row in rows]
    window = {"symbol": "BTCUSDT", "startTime": min(stamps), "endTime": max(stamps)}
    return Query("/" + str(params.pop("name")), {**window, **params}, "fapi")


def test_recorded_answers_are_read() -> None:
    """What the venue really sent, in the shapes it really has."""
    klines = recorded("klines-1h-2026-08-15")
    interest = recorded("openInterestHist-1h-2026-08-15")
    funding = recorded("fundingRate-BTCUSDT-100")
    ratio = recorded("topLongShortPositionRatio-BTCUSDT-1d")

    bars = read_klines(around(klines, 0, name="klines", interval="1h"), klines)
    points = read_interest(around(interest, "timestamp", name="openInterestHist"), interest)
    settled = read_funding(around(funding, "fundingTime", name="fundingRate"), funding)
    crowd = read_ratio(around(ratio, "timestamp", name="topLongShortPositionRatio"), ratio)

    assert [r.repairs for r in (bars, points, settled, crowd)] == [Counter()] * 4
    assert settled.frame.index.to_series().diff().dropna().eq(pd.Timedelta("8h")).all()
    # A bar ends where the snapshot of its end is taken: open interest x price is the value.
    price = points.frame["open_interest_value"].iloc[1] / points.frame["open_interest"].iloc[1]
    assert bars.frame.index[0] == points.frame.index[1]
    assert bars.frame["close"].iloc[0] == pytest.approx(price, rel=1e-4)
    assert read_markets(recorded("exchangeInfo-2021-BNB-BTC"))["BNBUSDT"] == "TRADING"
    assert read_time(recorded("premiumIndex-2026-09")).year == 2026


def test_every_period_is_one_the_venue_names() -> None:
    """No 8h, no 3m: those exist for klines only."""
    assert list(PERIODS.values()) == ["5m", "15m", "30m", "1h", "2h", "4h", "6h", "12h", "1d"]
