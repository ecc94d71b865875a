"""A second reader of the same exchange: ccxt and oikit must agree on every value, from the same stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from oikit.data.store import read
from oikit.errors import BadReply
from tests.stand_in import get, stand_in

ccxt = pytest.importorskip("ccxt", reason="ccxt is not installed")
pytestmark = pytest.mark.venue

SINCE, UNTIL = (pd.Timestamp(day, tz="UTC") for day in ("2026-03-10", "2026-03-14"))
BNB = "BNB/USDT:USDT"


@pytest.fixture(scope="module")
def venue() -> Iterator[Any]:
    with stand_in("2026-03-20T00:10:00Z", window_scale=0.02) as v:
        yield v


def other(v: Any) -> Any:
    """ccxt, pointed at the stand-in and told of one market, so that it loads no others."""
    exchange = ccxt.binanceusdm({"enableRateLimit": False, "options": {"fetchMarkets": ["linear"]}})
    exchange.urls["api"] = {
        name: url.replace("https://fapi.binance.com", v.url) if isinstance(url, str) else url
        for name, url in exchange.urls["api"].items()
    }
    exchange.session.trust_env = False
    exchange.set_markets(
        [
            exchange.safe_market_structure(
                {
                    **{"id": "BNBUSDT", "symbol": BNB, "base": "BNB", "quote": "USDT", "settle": "USDT"},
                    **{"type": "swap", "swap": True, "contract": True, "linear": True, "inverse": False},
                    **{"spot": False, "future": False, "option": False, "contractSize": 1.0, "active": True},
                    "precision": {"amount": 0.01, "price": 0.01},
                }
            )
        ]
    )
    return exchange


def ours(v: Any, root: Path, every: str) -> pd.DataFrame:
    """What oikit stored."""
    get(v, root, every=every, since=SINCE, until=UNTIL, archive=None)
    return read(root, "BNBUSDT", pd.Timedelta(every), SINCE, UNTIL)


def ms(when: pd.Timestamp) -> int:
    return int(when.timestamp() * 1000)


@pytest.mark.parametrize(("every", "period"), [("5min", "5m"), ("1h", "1h"), ("4h", "4h")])
def test_open_interest_is_the_same_at_every_moment(
    every: str, period: str, venue: Any, tmp_path: Path
) -> None:
    """Coins and their value, to the last digit."""
    frame, step = ours(venue, tmp_path, every), pd.Timedelta(every)
    theirs: dict[int, tuple[float, float]] = {}
    at = SINCE + step
    while at <= UNTIL:
        last = min(at + 499 * step, UNTIL)
        rows = other(venue).fetch_open_interest_history(BNB, period, ms(at), 500, {"until": ms(last)})
        theirs |= {r["timestamp"]: (r["openInterestAmount"], r["openInterestValue"]) for r in rows}
        at = last + step

    pairs = zip(frame["open_interest"], frame["open_interest_value"], strict=True)
    assert {ms(when): pair for when, pair in zip(frame.index, pairs, strict=True)} == theirs
    assert len(theirs) == (UNTIL - SINCE) // step


@pytest.mark.parametrize(("every", "period"), [("1h", "1h"), ("4h", "4h")])
def test_bars_are_the_same(every: str, period: str, venue: Any, tmp_path: Path) -> None:
    """Theirs are stamped when they open, ours when they have closed."""
    frame, step = ours(venue, tmp_path, every), pd.Timedelta(every)

    rows = other(venue).fetch_ohlcv(BNB, period, ms(SINCE), 1000, {"until": ms(UNTIL) - 1})

    named = ["open", "high", "low", "close", "volume"]
    assert [
        [ms(when - step), *row]
        for when, row in zip(frame.index, frame[named].to_numpy().tolist(), strict=True)
    ] == rows


def test_settlements_are_the_same(venue: Any, tmp_path: Path) -> None:
    """Each rate in the bar that holds it, and no rate in any other."""
    frame = ours(venue, tmp_path, "1h")

    rows = other(venue).fetch_funding_rate_history(BNB, ms(SINCE) + 60_000, 1000, {"until": ms(UNTIL) + 1000})

    theirs = {
        pd.Timestamp(row["timestamp"], unit="ms", tz="UTC").round("1h"): row["fundingRate"] for row in rows
    }
    paid = frame.loc[frame["funding_interval"] > 0, "funding_rate"]
    assert dict(paid) == theirs
    assert len(theirs) == 12
    assert (frame.loc[frame["funding_interval"] == 0, "funding_rate"] == 0).all()


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("waf202", "HTTP 202 without data"),
        ("html-error-page", "a page called 'Just a moment...', not with data"),
        ("truncated-json", "broken JSON"),
    ],
)
def test_where_the_other_gives_a_row_of_nothing_we_say_why(fault: str, says: str, tmp_path: Path) -> None:
    """An answer without a figure is no figure: not None, not NaN, but an error that names the cause."""
    with stand_in("2026-03-20T00:10:00Z", fault, window_scale=0.02) as v:
        theirs = other(v).fetch_open_interest(BNB)
        with pytest.raises(BadReply, match=says):
            get(v, tmp_path, every="4h", archive=None)

    assert theirs["openInterestAmount"] is None
