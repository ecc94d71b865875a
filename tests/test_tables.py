"""Tables in the manner of real exports: each becomes the right frame, or is refused with the line to type."""

from __future__ import annotations

import gzip
import json
import logging
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oikit
from oikit.errors import InputError
from oikit.frame import validate
from oikit.tables import read_with_notes
from tests.conftest import SHARED

RECORDED = SHARED / "venue" / "recorded"
TRUTH = oikit.sample("bnb-null").iloc[7:151]  # six days of hours, whose first bar ends with a settlement
HOUR = pd.Timedelta("1h")
STARTS = TRUTH.index - HOUR
EIGHT = TRUTH[TRUTH["funding_interval"] > 0]


def stamps(index: pd.Index, unit: str = "ms") -> list[int]:
    """Times as counts since 1970."""
    return [
        int(each)
        for each in pd.DatetimeIndex(index).as_unit("ns").asi8
        // 10 ** {"s": 9, "ms": 6, "us": 3, "ns": 0}[unit]
    ]


def table(
    index: pd.Index, names: dict[str, str], *, unit: str = "ms", stamp: str = "timestamp", **more: Any
) -> pd.DataFrame:
    """A table with a column of stamps, then columns of the true market under other names."""
    found = pd.DataFrame({stamp: stamps(index, unit)})
    for name, column in names.items():
        found[name] = TRUTH[column].to_numpy()
    return found.assign(**more)


def same(frame: pd.DataFrame, *columns: str, of: pd.DataFrame = TRUTH, **kwargs: Any) -> None:
    """Hold a frame against the true one: these columns, these bars, these values."""
    validate(frame, needs=columns)
    pd.testing.assert_frame_equal(
        frame[list(columns)], of[list(columns)], check_freq=False, rtol=kwargs.get("rtol", 1e-12)
    )


OWN = {"price": "close", "oi": "open_interest"}
CANDLES = dict(
    zip(("open", "high", "low", "close", "volume"), ("open", "high", "low", "close", "volume"), strict=True)
)
SHORT = dict(zip("ohlcv", CANDLES.values(), strict=True))


# ---- exchanges


def test_binance_open_interest_is_an_instant(tmp_path: Path) -> None:
    """Its stamp is when it was observed, so nothing is moved."""
    rows = table(
        TRUTH.index,
        {
            "sumOpenInterest": "open_interest",
            "sumOpenInterestValue": "open_interest_value",
            "CMCCirculatingSupply": "circulating_supply",
        },
        symbol="BNBUSDT",
    )
    frame = oikit.read(rows.astype(str).to_dict("records"))

    same(frame, "open_interest", "open_interest_value", "circulating_supply")


def test_binance_klines_are_known_at_their_close() -> None:
    """A row of twelve is a bar, and its close time is its end."""
    rows = [
        [
            start,
            row.open,
            row.high,
            row.low,
            row.close,
            row.volume,
            end - 1,
            row.quote_volume,
            9,
            row.taker_buy_volume,
            1.0,
            "0",
        ]
        for start, end, row in zip(stamps(STARTS), stamps(TRUTH.index), TRUTH.itertuples(), strict=True)
    ]
    frame = oikit.read(rows)

    same(
        frame,
        *CANDLES,
        "quote_volume",
        "taker_buy_volume",
        "taker_sell_volume",
        "taker_buy_sell_ratio",
        rtol=1e-9,
    )


def test_binance_archive_klines_without_a_header(tmp_path: Path) -> None:
    """Old files of the archive begin with numbers."""
    rows = table(STARTS, CANDLES).assign(
        close_time=[end - 1 for end in stamps(TRUTH.index)],
        a=TRUTH["quote_volume"].to_numpy(),
        b=2,
        c=TRUTH["taker_buy_volume"].to_numpy(),
        d=0,
        e=0,
    )
    with zipfile.ZipFile(tmp_path / "BNBUSDT-1h.zip", "w") as archive:
        archive.writestr("BNBUSDT-1h.csv", rows.to_csv(index=False, header=False))
    same(oikit.read(tmp_path / "BNBUSDT-1h.zip"), *CANDLES, "taker_buy_volume")


def test_binance_taker_volumes_cover_the_bar_from_their_stamp() -> None:
    """They are flows, so their stamp is the start."""
    rows = table(
        STARTS,
        {
            "buySellRatio": "taker_buy_sell_ratio",
            "buyVol": "taker_buy_volume",
            "sellVol": "taker_sell_volume",
        },
    )
    same(oikit.read(rows), "taker_buy_volume", "taker_sell_volume", "taker_buy_sell_ratio")


def test_binance_funding_becomes_a_flow_with_its_interval(tmp_path: Path) -> None:
    """Stamps jitter by milliseconds, and the interval is the time between them."""
    rows = pd.DataFrame(
        {
            "symbol": "BNBUSDT",
            "fundingTime": [t + 7 for t in stamps(EIGHT.index)],
            "fundingRate": EIGHT["funding_rate"].to_numpy(),
            "markPrice": "",
        }
    )
    frame = oikit.read(rows, every="1h")

    same(frame, "funding_rate", "funding_interval", of=TRUTH.loc[EIGHT.index[0] : EIGHT.index[-1]])
    assert oikit.read(rows)["funding_interval"].eq(8).all()


def test_funding_that_changes_its_interval_keeps_each_of_them() -> None:
    """From eight hours to four: the bars are the shortest, and a bar without a settlement pays nothing."""
    hours = [0, 8, 16, 24, 28, 32, 36, 44 + 4]
    times = [1_772_409_600_000 + 3_600_000 * hour for hour in hours[:-1]]
    rows = [
        {"calc_time": t, "funding_interval_hours": h, "last_funding_rate": 1e-4}
        for t, h in zip(times, [8, 8, 8, 8, 4, 4, 4], strict=True)
    ]
    for source in (rows, [{"fundingTime": r["calc_time"], "fundingRate": 1e-4} for r in rows]):
        frame = oikit.read(source)
        assert frame["funding_interval"].tolist() == [8, 0, 8, 0, 8, 0, 8, 4, 4, 4]
        assert frame["funding_rate"].sum() == pytest.approx(7e-4)


def test_a_settlement_that_is_missing_is_unknown_not_zero() -> None:
    """Between two rows sixteen hours apart one was due."""
    times = [1_772_409_600_000 + 3_600_000 * hour for hour in (0, 8, 16, 32, 40, 48)]
    frame, notes = read_with_notes([{"fundingTime": t, "fundingRate": 1e-4} for t in times])

    assert frame["funding_rate"].isna().tolist() == [False, False, False, True, False, False, False]
    assert any("1 settlements that were due" in note for note in notes)


def test_binance_archive_metrics_change_their_label_on_one_day() -> None:
    """Before 25 June 2026 the stamp is the observation; from then on it is five minutes early."""
    text = (
        "create_time symbol sum_open_interest sum_open_interest_value count_toptrader_long_short_ratio "
        "sum_toptrader_long_short_ratio count_long_short_ratio sum_taker_long_short_vol_ratio"
    )
    observed = pd.date_range("2026-06-24 23:40", periods=9, freq="5min", tz="UTC")
    labels = [t if t <= pd.Timestamp("2026-06-25", tz="UTC") else t - pd.Timedelta("5min") for t in observed]
    rows = [
        f"{label:%Y-%m-%d %H:%M:%S},BNBUSDT,{1000 + i},{600_000 + i},1.1,1.2,1.3,0.9"
        for i, label in enumerate(labels)
    ]
    frame = oikit.read(pd.DataFrame([row.split(",") for row in rows], columns=text.split()))

    assert frame.index.equals(observed.as_unit("us"))
    assert frame["open_interest"].tolist() == [1000.0 + i for i in range(9)]
    assert frame.iloc[0][
        ["top_account_ratio", "top_position_ratio", "long_short_ratio", "taker_buy_sell_ratio"]
    ].tolist() == [1.1, 1.2, 1.3, 0.9]


def test_bybit_counts_both_sides_and_gives_one_beside_it() -> None:
    """`singleOpenInterest` is taken where it is given; in Bybit's own reply half of the sum elsewhere."""
    rows = [
        {
            "openInterest": str(2 * row.open_interest),
            "singleOpenInterest": str(row.open_interest),
            "timestamp": str(t),
        }
        for t, row in zip(stamps(TRUTH.index), TRUTH.itertuples(), strict=True)
    ]
    same(oikit.read({"retCode": 0, "result": {"list": rows[::-1]}}), "open_interest")
    older = [{key: row[key] for key in ("openInterest", "timestamp")} for row in rows]
    frame, notes = read_with_notes({"retCode": 0, "result": {"list": older}})

    same(frame, "open_interest")
    assert any("both sides, as Bybit does: halved" in note for note in notes)
    with pytest.raises(InputError, match="Bybit counts 'openInterest' on both sides") as refusal:
        oikit.read(older)
    same(typed(refusal, older), "open_interest")


def test_bybits_shares_of_accounts_become_a_ratio() -> None:
    """Longs over shorts, whatever unit the shares are in."""
    share = TRUTH["long_short_ratio"] / (1 + TRUTH["long_short_ratio"])
    rows = table(TRUTH.index, {}, buyRatio=share.to_numpy(), sellRatio=1 - share.to_numpy())
    same(oikit.read(rows), "long_short_ratio", rtol=1e-9)


def test_bybit_and_okx_candles_begin_at_their_stamp() -> None:
    """Rows of seven and of nine cells; OKX counts contracts first and coins second."""
    cells = [
        [t, r.open, r.high, r.low, r.close, r.volume, r.quote_volume]
        for t, r in zip(stamps(STARTS), TRUTH.itertuples(), strict=True)
    ]
    same(oikit.read(cells[::-1]), *CANDLES, "quote_volume")
    okx = [[*row[:5], 100 * row[5], row[5], row[6], "1"] for row in cells]
    same(oikit.read({"code": "0", "data": okx[::-1]}), *CANDLES, "quote_volume")
    okx[-1][-1] = "0"
    same(oikit.read(okx), *CANDLES, of=TRUTH.iloc[:-1])


def test_okx_open_interest_is_its_column_of_coins() -> None:
    """Contracts come first, and are not coins."""
    rows = [
        [t, 100 * r.open_interest, r.open_interest, r.open_interest_value]
        for t, r in zip(stamps(TRUTH.index), TRUTH.itertuples(), strict=True)
    ]
    same(oikit.read(rows), "open_interest", "open_interest_value")
    named = pd.DataFrame(rows, columns=["ts", "oi", "oiCcy", "oiUsd"])
    same(oikit.read(named), "open_interest", "open_interest_value")


def test_okx_funding_is_what_was_realized() -> None:
    """The forecast beside it is not what was paid."""
    rows = pd.DataFrame(
        {
            "instId": "BNB-USDT-SWAP",
            "fundingTime": stamps(EIGHT.index),
            "fundingRate": 0.001,
            "realizedRate": EIGHT["funding_rate"].to_numpy(),
        }
    )
    same(oikit.read(rows), "funding_rate", of=EIGHT)


def test_hyperliquid_funding_and_candles() -> None:
    """Hourly settlements with jitter, and candles with t and T."""
    rows = [
        {"coin": "BNB", "fundingRate": f"{1e-5 * i:.7f}", "premium": "-0.0002", "time": t + 48 + i}
        for i, t in enumerate(stamps(TRUTH.index))
    ]
    frame = oikit.read(rows)
    assert frame["funding_interval"].eq(1).all()
    assert frame.index.equals(TRUTH.index)
    candles = table(STARTS, SHORT, stamp="t").assign(
        T=[t - 1 for t in stamps(TRUTH.index)], s="BNB", i="1h", n=7
    )
    same(oikit.read(candles.to_dict("records")), *CANDLES)


def test_hyperliquids_contexts_are_asked_about() -> None:
    """One side or both is not settled, and the running rate is no settlement."""
    rows = table(
        TRUTH.index,
        {
            "open_interest": "open_interest",
            "mark_px": "mark_price",
            "oracle_px": "mark_price",
            "funding": "premium",
        },
        stamp="time",
        coin="BNB",
    )
    with pytest.raises(InputError, match="not settled whether Hyperliquid counts") as refusal:
        oikit.read(rows)
    frame = typed(refusal, rows)
    same(frame, "open_interest", "mark_price")
    assert "funding_rate" not in frame


# ---- ccxt, vendors


def test_ccxt_open_interest_of_each_exchange_is_one_side_in_coins() -> None:
    """The client does not halve Bybit, and counts contracts of OKX."""

    def rows(amount: Callable[[Any], float], info: Callable[[Any], Any]) -> list[dict[str, Any]]:
        return [
            {
                "symbol": "BNB/USDT:USDT",
                "openInterestAmount": amount(r),
                "openInterestValue": r.open_interest_value,
                "timestamp": t,
                "datetime": f"{r.Index:%Y-%m-%dT%H:%M:%S.000Z}",
                "info": info(r),
            }
            for t, r in zip(stamps(TRUTH.index), TRUTH.itertuples(), strict=True)
        ]

    binance = rows(
        lambda r: r.open_interest, lambda r: {"symbol": "BNBUSDT", "sumOpenInterest": str(r.open_interest)}
    )
    same(oikit.read(binance, symbol="BNBUSDT"), "open_interest", "open_interest_value")
    okx = rows(lambda r: 100 * r.open_interest, lambda r: ["1", "2", str(r.open_interest), "3"])
    same(oikit.read(okx), "open_interest", "open_interest_value")
    bybit = rows(
        lambda r: 2 * r.open_interest,
        lambda r: {"openInterest": "1", "singleOpenInterest": str(r.open_interest), "timestamp": "1"},
    )
    same(oikit.read(bybit), "open_interest")
    older = [
        {**row, "openInterestValue": None, "info": {"openInterest": "1", "timestamp": "1"}} for row in bybit
    ]
    for row, true in zip(older, TRUTH["open_interest"], strict=True):
        row["openInterestAmount"] = 2 * true
    same(
        oikit.read([{k: v for k, v in row.items() if k != "openInterestValue"} for row in older]),
        "open_interest",
    )


def test_ccxt_funding_and_candles() -> None:
    """Settlements and lists of six."""
    rows = [
        {"symbol": "BNB/USDT:USDT", "fundingRate": rate, "timestamp": t, "datetime": "x", "info": {}}
        for rate, t in zip(EIGHT["funding_rate"], stamps(EIGHT.index), strict=True)
    ]
    same(oikit.read(rows), "funding_rate", "funding_interval", of=EIGHT)
    same(oikit.read(table(STARTS, CANDLES).to_numpy().tolist()), *CANDLES)


def test_coinglass_stamps_everything_at_the_start() -> None:
    """Money becomes coins by the price, and shares of accounts a ratio."""
    rows = table(
        STARTS,
        {
            "price_open": "open",
            "price_high": "high",
            "price_low": "low",
            "price_close": "close",
            "open_interest_usd": "open_interest_value",
            "global_account_long_short_ratio": "long_short_ratio",
            "aggregated_long_liquidation_usd": "long_liquidations",
            "aggregated_short_liquidation_usd": "short_liquidations",
        },
        stamp="time",
    )
    frame, notes = read_with_notes(rows)

    same(
        frame,
        "open",
        "high",
        "low",
        "close",
        "open_interest",
        "open_interest_value",
        "long_short_ratio",
        "long_liquidations",
        "short_liquidations",
    )
    assert any("as CoinGlass does" in note for note in notes)


def test_a_bare_candle_is_asked_what_it_is_of(tmp_path: Path) -> None:
    """Vendors draw price, open interest and funding under the same four names."""
    rows = table(STARTS, dict.fromkeys(("open", "high", "low", "close"), "open_interest"), stamp="time")
    with pytest.raises(InputError, match="a candle without volume") as refusal:
        oikit.read(rows)
    same(typed(refusal, rows, 1), "open_interest")
    price = table(STARTS, {name: name for name in ("open", "high", "low", "close")}, stamp="time")
    with pytest.raises(InputError) as refusal:
        oikit.read(price)
    same(typed(refusal, price, 0), "open", "high", "low", "close")
    money = price.assign(close=TRUTH["open_interest_value"].to_numpy(), volume=1.0)
    with pytest.raises(InputError, match="no coin costs"):
        oikit.read(money)


def test_coinalyze_counts_seconds_and_nests_its_rows() -> None:
    """A history inside a list; forced sales are asked for their unit."""
    ratio = table(STARTS, {"r": "long_short_ratio"}, unit="s", stamp="t", l=60.0, s=40.0)
    same(oikit.read([{"symbol": "BNBUSDT_PERP.A", "history": ratio.to_dict("records")}]), "long_short_ratio")
    candles = table(STARTS, {**SHORT, "bv": "taker_buy_volume"}, unit="s", stamp="t", tx=5, btx=3)
    same(
        oikit.read([{"symbol": "BNBUSDT_PERP.A", "history": candles.to_dict("records")}]),
        *CANDLES,
        "taker_buy_volume",
    )
    forced = table(STARTS, {"l": "long_liquidations", "s": "short_liquidations"}, unit="s", stamp="t")
    with pytest.raises(InputError, match="in coins or in money") as refusal:
        oikit.read(forced)
    same(typed(refusal, forced), "long_liquidations", "short_liquidations")


def test_tardis_ticks_are_sampled_when_a_bar_is_named() -> None:
    """Microseconds, at no regular times: each bar takes the last tick that was known by its end."""
    rng = np.random.default_rng(5)
    ticks = TRUTH.index.repeat(20) - pd.to_timedelta(rng.uniform(1, 3_599, 20 * len(TRUTH)), unit="s")
    rows = pd.DataFrame(
        {
            "exchange": "binance-futures",
            "symbol": "BNBUSDT",
            "timestamp": stamps(ticks, "us"),
            "local_timestamp": stamps(ticks, "us"),
            "funding_timestamp": "",
            "funding_rate": 1e-4,
            "predicted_funding_rate": "",
            "open_interest": TRUTH["open_interest"].repeat(20).to_numpy(),
            "last_price": TRUTH["close"].repeat(20).to_numpy(),
            "mark_price": TRUTH["close"].repeat(20).to_numpy(),
        }
    )
    with pytest.raises(InputError, match="no regular times") as refusal:
        oikit.read(rows)
    frame = typed(refusal, rows)

    same(frame, "open_interest", "close", "mark_price", of=TRUTH.iloc[: len(frame)])
    assert len(frame) >= len(TRUTH) - 1
    assert "funding_rate" not in frame


def test_a_poll_that_stood_still_leaves_a_hole_and_no_old_value() -> None:
    """Seventeen seconds past the hour, and nothing for three hours: nobody knew it then."""
    polled = TRUTH.index + pd.Timedelta("17s")
    rows = table(polled, OWN).drop(index=[20, 21, 22])
    frame, notes = read_with_notes(rows)

    # The poll of 08:00:17 is the newest that is known at 09:00.
    known = TRUTH[["close", "open_interest"]].iloc[:-1].set_axis(TRUTH.index[1:])
    known.iloc[20:23] = np.nan
    pd.testing.assert_frame_equal(
        frame[["close", "open_interest"]], known, check_freq=False, check_names=False
    )
    assert any("each bar of 1h takes its last one" in note for note in notes)


# ---- a table of one's own


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_the_unit_of_the_times_is_told_by_their_size(unit: str) -> None:
    """No number is a time of our days in two of these units."""
    same(oikit.read(table(TRUTH.index, OWN, unit=unit)), "close", "open_interest")


def test_seconds_among_milliseconds_are_each_read_by_their_size() -> None:
    """Bybit has been seen to do it on the oldest row of a page."""
    rows = table(TRUTH.index, OWN)
    rows.loc[0, "timestamp"] //= 1000
    same(oikit.read(rows), "close", "open_interest")


def write(path: Path, rows: pd.DataFrame, **kwargs: Any) -> Path:
    """A CSV file."""
    path.write_bytes(rows.to_csv(index=False, **kwargs).encode(kwargs.pop("encoding", "utf-8")))
    return path


def test_carriage_returns_and_a_mark_of_order_do_no_harm(tmp_path: Path) -> None:
    """A spreadsheet of Windows: CRLF, a BOM, UTF-16 even."""
    text = table(TRUTH.index, OWN).to_csv(index=False, lineterminator="\r\n")
    for encoding in ("utf-8-sig", "utf-16"):
        (tmp_path / "own.csv").write_bytes(text.encode(encoding))
        same(oikit.read(tmp_path / "own.csv"), "close", "open_interest")


@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("mark", [";", "\t"])
def test_semicolons_and_decimal_commas(tmp_path: Path, mark: str, decimal: str) -> None:
    """As half of the world writes them."""
    same(
        oikit.read(write(tmp_path / "own.csv", table(TRUTH.index, OWN), sep=mark, decimal=decimal)),
        "close",
        "open_interest",
    )


def test_points_between_thousands_and_commas_before_decimals(tmp_path: Path) -> None:
    """1.234,5 is one number and a bit more than a thousand."""
    rows = table(TRUTH.index, {}).astype(str)
    rows["oi"] = [f"{v:,.1f}".translate(str.maketrans(",.", ".,")) for v in TRUTH["open_interest"]]
    rows["price"] = [f"{v:.2f}".replace(".", ",") for v in TRUTH["close"]]
    path = tmp_path / "own.csv"
    path.write_text(rows.to_csv(index=False, sep=";"))
    same(oikit.read(path), "close", "open_interest")


def test_thousands_that_could_be_decimals_are_refused(tmp_path: Path) -> None:
    """527,061 is two numbers."""
    rows = table(TRUTH.index, {}).assign(oi=[f"{v:,.0f}" for v in TRUTH["open_interest"]])
    with pytest.raises(InputError, match="could be"):
        oikit.read(write(tmp_path / "own.csv", rows))
    rows["price"] = [f"{v:,.2f}" for v in 10 * TRUTH["close"]]
    frame = oikit.read(write(tmp_path / "own.csv", rows), columns={"oi": "open_interest"})
    same(frame, "open_interest")
    assert frame["close"].to_numpy() == pytest.approx(10 * TRUTH["close"].to_numpy())


def test_a_local_time_without_its_zone_is_asked_for_it(tmp_path: Path) -> None:
    """It could be any; with the zone it is right, through the change of the clocks too."""
    local = TRUTH.index.tz_convert("Asia/Tokyo")
    rows = table(TRUTH.index, OWN).drop(columns="timestamp")
    rows.insert(0, "date", [f"{each:%Y-%m-%d %H:%M}" for each in local])
    path = write(tmp_path / "own.csv", rows)
    with pytest.raises(InputError, match="name no zone") as refusal:
        oikit.read(path)
    assert "utc=True" in str(refusal.value)
    same(oikit.read(path, utc="Asia/Tokyo"), "close", "open_interest")
    with pytest.raises(InputError, match="does not hold times of Mars"):
        oikit.read(path, utc="Mars")


def test_a_local_time_with_its_zone_is_turned_to_utc(tmp_path: Path) -> None:
    """Text with an offset needs no help."""
    rows = table(TRUTH.index, OWN).drop(columns="timestamp")
    rows.insert(0, "Time", [each.isoformat() for each in TRUTH.index.tz_convert("America/New_York")])
    same(oikit.read(write(tmp_path / "own.csv", rows)), "close", "open_interest")


def test_an_hour_that_stands_twice_is_refused(tmp_path: Path) -> None:
    """When the clocks go back."""
    times = ["2025-10-26 01:00", "2025-10-26 02:00", "2025-10-26 02:00", "2025-10-26 03:00"]
    with pytest.raises(InputError, match="does not hold times of Europe/Berlin"):
        oikit.read(pd.DataFrame({"date": times, "price": [1.0, 2, 3, 4]}), utc="Europe/Berlin")


def test_days_and_months_are_told_apart_or_refused() -> None:
    """13/04 is one day; 03/04 is two."""
    prices = {"price": [1.0, 2.0, 3.0], "volume": 1.0}
    frame = oikit.read(pd.DataFrame({"date": ["12/04/2026", "13/04/2026", "14/04/2026"], **prices}))
    assert frame.index[0] == pd.Timestamp("2026-04-13", tz="UTC")  # the end of the 12th
    american = oikit.read(pd.DataFrame({"date": ["04/12/2026", "04/13/2026", "04/14/2026"], **prices}))
    assert american.index.equals(frame.index)
    with pytest.raises(InputError, match=re.escape("format='%d.%m.%Y")):
        oikit.read(pd.DataFrame({"date": ["03/04/2026", "04/04/2026", "05/04/2026"], **prices}))
    for bad in ("8:00", "yesterday"):
        with pytest.raises(InputError, match="no time that can be read in one way"):
            oikit.read(pd.DataFrame({"date": [bad] * 3, **prices}))


def test_numbers_that_could_be_two_times_are_refused() -> None:
    """A day without dashes is one; with its hour it could be seconds; a spreadsheet's day is none."""
    days = oikit.read(pd.DataFrame({"date": [20260302, 20260303, 20260304], "Close": [1.0, 2, 3], "oi": 5.0}))
    assert days.index[0] == pd.Timestamp("2026-03-03", tz="UTC")
    for wrong, says in (
        ([2026030208, 2026030209], "seconds since 1970 or year, month"),
        ([46083.5, 46084.5], "day of a spreadsheet"),
        (["1.77241E+12", "1.77241E+12"], "shortened"),
        ([1_000_000_000, 1_000_003_600], "before there were perpetual"),
        ([12, 13], "no time from 2001"),
    ):
        with pytest.raises(InputError, match=says):
            oikit.read(pd.DataFrame({"timestamp": wrong, "price": [1.0, 2.0]}))


def test_rows_out_of_order_doubled_and_missing() -> None:
    """Sorted, taken once, and a row of NaN for each bar that is not there; all of it said."""
    rows = table(TRUTH.index, OWN)
    broken = pd.concat([rows.drop(index=[5, 6]), rows.iloc[[9]]]).sample(frac=1, random_state=1)
    frame, notes = read_with_notes(broken)

    assert frame.index[frame["close"].isna()].tolist() == TRUTH.index[[5, 6]].tolist()
    columns = ["close", "open_interest"]
    pd.testing.assert_frame_equal(
        frame[columns].dropna(), TRUTH[columns].drop(TRUTH.index[[5, 6]]), check_freq=False
    )
    text = " ".join(notes)
    assert "unsorted: sorted" in text and "1 rows that stand twice" in text and "2 of 144 bars" in text
    with pytest.raises(InputError, match="stands twice"):
        oikit.read(pd.concat([rows, rows.iloc[[9]].assign(price=1.0)]))


def test_funding_in_per_cent_is_converted_when_it_says_so(tmp_path: Path) -> None:
    """By its header, by its cells, or when told; a rate that is too large is asked about."""
    rows = pd.DataFrame(
        {"time": stamps(EIGHT.index), "Funding Rate (%)": EIGHT["funding_rate"].to_numpy() * 100}
    )
    same(oikit.read(rows), "funding_rate", of=EIGHT, rtol=1e-9)
    cells = rows.assign(funding=[f"{v:.6f}%" for v in rows.pop("Funding Rate (%)")])
    same(oikit.read(cells), "funding_rate", of=EIGHT, rtol=1e-6)
    plain = cells.assign(funding=EIGHT["funding_rate"].to_numpy() * 100)
    with pytest.raises(InputError, match="looks like per cent") as refusal:
        oikit.read(plain)
    same(typed(refusal, plain), "funding_rate", of=EIGHT, rtol=1e-9)


def test_funding_that_is_filled_forward_is_not_summed() -> None:
    """The last rate in each of eight hours is one settlement, not eight."""
    filled = TRUTH["funding_rate"].where(TRUTH["funding_interval"] > 0).ffill()
    rows = table(TRUTH.index, OWN, funding=filled.to_numpy())
    with pytest.raises(InputError, match="stands still for hours") as refusal:
        oikit.read(rows)
    same(typed(refusal, rows), "funding_rate", "funding_interval", "open_interest")
    running = rows.assign(funding=TRUTH["premium"].to_numpy())
    with pytest.raises(InputError, match="changes from bar to bar"):
        oikit.read(running)


def test_funding_in_the_bars_that_paid_it_is_taken_as_it_is() -> None:
    """Blank or zero elsewhere."""
    for blank in (0.0, np.nan):
        paid = TRUTH["funding_rate"].where(TRUTH["funding_interval"] > 0, blank)
        same(oikit.read(table(TRUTH.index, OWN, funding=paid.to_numpy())), "funding_rate", "open_interest")


def test_money_in_a_column_of_coins_is_suspected() -> None:
    """By its size against the price, or by moving with it."""
    rows = table(TRUTH.index, {"price": "close", "oi": "open_interest_value"})
    with pytest.raises(InputError, match="looks like money") as refusal:
        oikit.read(rows)
    same(typed(refusal, rows), "open_interest", "open_interest_value", rtol=1e-9)
    cheap = rows.assign(price=rows["price"] / 1e5)
    with pytest.raises(InputError, match="looks like money"):
        oikit.read(cheap)


def test_money_in_a_column_of_volume_is_suspected() -> None:
    """Against the price, or against the money beside it."""
    rows = table(STARTS, {**CANDLES, "turnover": "quote_volume"}).assign(
        volume=TRUTH["quote_volume"].to_numpy()
    )
    with pytest.raises(InputError, match="at this price is not coins"):
        oikit.read(rows)
    same(oikit.read(rows, columns={"volume": None}), "close", "quote_volume")


def test_rows_that_do_not_divide_a_day_are_asked_for_a_bar() -> None:
    """Seven minutes are nobody's bar."""
    rows = table(pd.date_range("2026-03-02", periods=144, freq="7min", tz="UTC"), OWN)
    with pytest.raises(InputError, match="7min apart, which does not divide a day"):
        oikit.read(rows)


def test_one_column_alone_is_asked_about() -> None:
    """With nothing beside it, coins and money look alike."""
    rows = table(TRUTH.index, {"oi": "open_interest"})
    with pytest.raises(InputError, match="could be coins or money") as refusal:
        oikit.read(rows)
    same(typed(refusal, rows), "open_interest")
    contracts = table(TRUTH.index, {"contracts": "open_interest", "price": "close"})
    with pytest.raises(InputError, match="how many coins one is"):
        oikit.read(contracts)
    frame = oikit.read(contracts, columns={"contracts": "open_interest x 0.01"})
    assert frame["open_interest"].to_numpy() == pytest.approx(TRUTH["open_interest"].to_numpy() / 100)


def test_both_sides_show_in_the_value_beside_them() -> None:
    """Value over coins is the price; half of it means that the coins are counted twice."""
    rows = table(
        TRUTH.index,
        {"price": "close", "oi_usd": "open_interest_value"},
        oi=2 * TRUTH["open_interest"].to_numpy(),
    )
    with pytest.raises(InputError, match="both sides") as refusal:
        oikit.read(rows)
    same(typed(refusal, rows), "open_interest", "open_interest_value")


def test_a_stamp_that_could_be_start_or_end_is_asked_about() -> None:
    """Candles are stamped at the start, open interest at its moment: together they could be either."""
    rows = table(STARTS, {**CANDLES, "oi": "open_interest"}, stamp="when", unit="s")
    with pytest.raises(InputError, match="known to hold times"):
        oikit.read(rows)
    with pytest.raises(InputError, match="start or the end") as refusal:
        oikit.read(rows, columns={"when": "time"})
    same(typed(refusal, rows), *CANDLES, "open_interest")
    ends = rows.assign(when=stamps(TRUTH.index, "s"))
    same(oikit.read(ends, columns={"when": "time end"}), *CANDLES, "open_interest")


def test_open_interest_joined_to_candles_by_their_start_is_not_moved() -> None:
    """Its price shows that it was observed as the candle began."""
    before = oikit.sample("bnb-null").iloc[6:150]
    rows = table(STARTS, CANDLES).assign(
        oi=before["open_interest"].to_numpy(), oi_usd=before["open_interest_value"].to_numpy()
    )
    frame = oikit.read(rows)

    same(frame.iloc[1:], *CANDLES)
    same(frame.iloc[:-1], "open_interest", "open_interest_value", of=before)


def test_a_table_of_days_names_each_day_not_its_end() -> None:
    """The second of March is known on the third."""
    days = oikit.resample(oikit.sample("bnb-null")[["open", "close", "volume", "open_interest"]], "1d").iloc[
        :40
    ]
    rows = days.reset_index(drop=True)
    rows.insert(0, "Date", [f"{each - pd.Timedelta('24h'):%Y-%m-%d}" for each in days.index])
    same(oikit.read(rows.rename(columns=str.title)), "open", "close", "volume", "open_interest", of=days)


def test_several_markets_are_asked_for_one() -> None:
    """By its symbol in any spelling; several exchanges are told apart by hand."""
    rows = pd.concat(
        [
            table(TRUTH.index, OWN, symbol="BNBUSDT"),
            table(TRUTH.index, OWN, symbol="ETHUSDT").assign(price=1.0),
        ]
    )
    with pytest.raises(InputError, match="2 markets, BNBUSDT, ETHUSDT") as refusal:
        oikit.read(rows)
    same(typed(refusal, rows), "close", "open_interest")
    same(oikit.read(rows, symbol="BNB/USDT:USDT"), "close", "open_interest")
    with pytest.raises(InputError, match="nothing of SOLUSDT"):
        oikit.read(rows, symbol="SOLUSDT")
    with pytest.raises(InputError, match="a frame is one of them"):
        oikit.read(rows.assign(symbol="BNBUSDT", exchange=["a"] * 144 + ["b"] * 144))


def test_cells_that_are_no_numbers_are_unknown_and_counted(tmp_path: Path) -> None:
    """Blanks, words, zeros where none can be: never a wrong number, never silent."""
    rows = table(TRUTH.index, OWN).astype(object)
    rows.loc[3, "oi"], rows.loc[4, "oi"], rows.loc[5, "oi"], rows.loc[6, "price"] = (
        "",
        "error",
        0,
        "$1,234.50",
    )
    frame, notes = read_with_notes(write(tmp_path / "own.csv", rows))

    assert frame["open_interest"].isna().sum() == 3
    assert frame["close"].iloc[6] == 1234.5
    assert any("1 cells of 'oi' are no numbers, like 'error'" in note for note in notes)
    assert any("1 values of open_interest are impossible, like 0" in note for note in notes)


def test_a_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    """Its last row lacks cells."""
    text = table(TRUTH.index, OWN).to_csv(index=False)
    (tmp_path / "own.csv").write_text(text.rstrip().rsplit(",", 1)[0])
    with pytest.raises(InputError, match=r"row 144 .* has 2 cells and the header 3"):
        oikit.read(tmp_path / "own.csv")


def test_a_misspelt_header_is_not_lost_in_silence() -> None:
    """What is left out is named, and what it may be."""
    _, notes = read_with_notes(table(TRUTH.index, {**OWN, "opne_interest": "open_interest", "mood": "close"}))
    assert any(
        "'opne_interest' is left out (type columns={'opne_interest': 'open_interest'}" in n for n in notes
    )
    assert "'mood' is left out" in notes
    with pytest.raises(InputError, match="did you mean 'oi'"):
        oikit.read(table(TRUTH.index, OWN), columns={"oii": "open_interest"})
    with pytest.raises(InputError, match="names no field"):
        oikit.read(table(TRUTH.index, OWN), columns={"oi": "openinterest"})


def test_parquet_json_and_packed_files_are_files_too(tmp_path: Path) -> None:
    """Told apart by their first bytes, not by their names."""
    rows = table(TRUTH.index, OWN)
    rows.to_parquet(tmp_path / "a")
    (tmp_path / "b").write_text(json.dumps(rows.to_dict("records")))
    (tmp_path / "c").write_bytes(gzip.compress(rows.to_csv(index=False).encode()))
    (tmp_path / "d").write_text("\n".join(json.dumps(row) for row in rows.to_dict("records")))
    for name in "abcd":
        same(oikit.read(str(tmp_path / name)), "close", "open_interest")


def test_longer_bars_are_made_and_shorter_ones_refused() -> None:
    """Each column in its own way."""
    rows = table(STARTS, CANDLES)
    same(oikit.read(rows, every="4h"), *CANDLES, of=oikit.resample(TRUTH[list(CANDLES)], "4h"))
    with pytest.raises(InputError, match="shorter ones cannot be made"):
        oikit.read(rows, every="5min")


def test_a_frame_stays_as_it_is_and_what_was_done_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """One line for each note; what was changed is a warning."""
    same(oikit.read(TRUTH), *TRUTH.columns)
    with caplog.at_level(logging.INFO, "oikit"):
        oikit.read(table(TRUTH.index, OWN).drop(index=4))
    assert any("milliseconds since 1970" in record.getMessage() for record in caplog.records)
    assert [r.levelname for r in caplog.records if "rows of NaN" in r.getMessage()] == ["WARNING"]


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ([], "holds no rows"),
        ("", "cannot read"),
        (3, "cannot be read"),
        ([[1, 2]], "no headers"),
        ({"time": []}, "holds no rows"),
        ([{"time": 1_772_409_600, "price": 1.0}], "how long a bar is"),
    ],
)
def test_what_is_no_table_is_refused(source: Any, says: str) -> None:
    """With what to give instead."""
    with pytest.raises((InputError, OSError), match=says):
        oikit.read(source)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded replies are not beside this checkout")
@pytest.mark.parametrize(
    ("name", "column", "value"),
    [
        ("binance-openInterestHist-1h-2026-08-15.json", "open_interest", 111856.664),
        ("bybit-openInterest-linear.json", "open_interest", None),
        ("binance-fundingRate-BTCUSDT-100.json", "funding_rate", -0.0002227),
        ("hyperliquid-fundingHistory-HYPE-1h-2026-09.json", "funding_rate", 0.0000125),
        ("okx-openInterestHistory-5m-ETH-2026-09.json", "open_interest", 624911.934),
        ("binance-takerlongshortRatio-BTCUSDT-5m.json", "taker_buy_volume", 280.863),
    ],
)
def test_recorded_replies_of_exchanges_are_read(name: str, column: str, value: float | None) -> None:
    """Bodies as they came."""
    frame = oikit.read(RECORDED / name)
    assert value is None or frame[column].iloc[0] == value


def typed(refusal: pytest.ExceptionInfo[InputError], source: Any, which: int = 0) -> pd.DataFrame:
    """Type the line that a refusal names."""
    lines = re.findall(r"oikit\.read\(table.*?\)(?= |, or|$)", str(refusal.value))
    assert lines, refusal.value
    found: pd.DataFrame = eval(lines[which], {"oikit": oikit, "table": source})
    return found


# ---- the law

SPELLINGS = {
    "own": {name: name for name in TRUTH.columns},
    "camel": {
        "close": "price",
        "mark_price": "markPrice",
        "open_interest": "sumOpenInterest",
        "open_interest_value": "sumOpenInterestValue",
        "long_short_ratio": "longShortRatio",
        "circulating_supply": "CMCCirculatingSupply",
        "funding_rate": "fundingRate",
    },
    "candle": {
        "open": "Open",
        "high": "High",
        "low": "Low",
        "close": "Close",
        "volume": "Volume",
        "quote_volume": "turnover",
        "taker_buy_volume": "taker_buy_base_asset_volume",
    },
    "archive": {
        "open_interest": "sum_open_interest",
        "open_interest_value": "sum_open_interest_value",
        "top_account_ratio": "count_toptrader_long_short_ratio",
        "top_position_ratio": "sum_toptrader_long_short_ratio",
    },
}


@settings(max_examples=60)
@given(
    spelling=st.sampled_from(sorted(SPELLINGS)),
    written=st.sampled_from(["s", "ms", "us", "ns", "iso", "Z"]),
    mark=st.sampled_from([",", ";", "\t"]),
    decimal=st.sampled_from([".", ","]),
    since=st.integers(0, 20_000),
    rows=st.integers(40, 90),
    shuffled=st.booleans(),
    data=st.data(),
)
def test_a_frame_written_in_any_of_the_spellings_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory,
    spelling: str,
    written: str,
    mark: str,
    decimal: str,
    since: int,
    rows: int,
    shuffled: bool,
    data: st.DataObject,
) -> None:
    """Whatever the names, the clock, the marks and the order: the same bars, the same numbers."""
    frame = oikit.sample("bnb-null").iloc[since : since + rows]
    names = SPELLINGS[spelling]
    if spelling == "own":
        written, shuffled = "iso", False
    text = frame[list(names)].rename(columns=names)
    start = HOUR if spelling == "candle" else pd.Timedelta(0)
    times = frame.index - start
    if spelling == "archive":
        columns = [f"{each:%Y-%m-%d %H:%M:%S}" for each in times]
    elif written in ("iso", "Z"):
        columns = [each.isoformat().replace("+00:00", "Z" if written == "Z" else "+00:00") for each in times]
    else:
        columns = [str(each) for each in stamps(times, written)]
    text.insert(
        0, "time" if spelling == "own" else "create_time" if spelling == "archive" else "timestamp", columns
    )
    if shuffled:
        text = text.sample(frac=1, random_state=data.draw(st.integers(0, 99)))
    path = tmp_path_factory.mktemp("law") / "frame.csv"
    path.write_text(
        text.to_csv(index=False, sep=mark, decimal="," if mark != "," and decimal == "," else ".")
    )
    same(oikit.read(path), *names, of=frame, rtol=1e-15)
