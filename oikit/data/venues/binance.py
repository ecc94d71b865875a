"""Binance USD-M futures: what may be asked, and which questions to ask.

Pure: builds a `Query`, opens no connection; `oikit.data.venues.binance_rows` reads the answers. ``SERIES``
is the map: for each series how to ask for it, how to read one answer, and how to lay it on bars.

What the venue does that a reader should know: open interest and the ratios reach back 30 days at any
period; the window of those needs both bounds, or the newest rows come back; an unknown market is an
empty list in one place and an error in another, so a symbol is looked up first; the last bar is still
moving, so only bars that have closed on the venue's own clock are asked for.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.clock import DAY, WEEK, length
from oikit.data.venues.binance_rows import (
    PERIODS,
    RATIOS,
    lay,
    lay_funding,
    read_funding,
    read_interest,
    read_klines,
    read_premium,
    read_ratio,
)
from oikit.data.venues.query import Budget, Query, Reading
from oikit.errors import InputError

__all__ = ["ADDRESS"]

ADDRESS = "https://fapi.binance.com"
FIRST = pd.Timestamp("2019-09-08", tz="UTC")
"""The first day of the first market."""
WALL = pd.Timedelta(days=30)
"""Open interest and ratios are given this far back, at any period."""
READY = pd.Timedelta(seconds=10)
"""A snapshot can be read about six seconds after its instant."""
_MS = pd.Timedelta(milliseconds=1)
_LATE = pd.Timedelta(minutes=1)  # far more than the milliseconds by which settlements are stamped late
_DATED = ("CURRENT_QUARTER", "NEXT_QUARTER", "CURRENT_MONTH", "NEXT_MONTH", "UNKNOWN")  # no perpetuals
_KLINES, _STATISTICS, _SETTLEMENTS = 499, 500, 1000  # rows a page; 499 bars weigh least a row

BUDGETS = {
    "fapi": Budget(2400, 60.0, "X-MBX-USED-WEIGHT-1M"),
    "data": Budget(1000, 300.0),
    "funding": Budget(500, 300.0),
}
"""Three separate budgets; the last two come without a header, so they must be counted here."""


# ---------------------------------------------------------------- what may be asked


def clock_for(every: str | pd.Timedelta) -> pd.Timedelta:
    """Return the venue's longest bar length of which `every` is a whole number of bars.

    Examples
    --------
    >>> clock_for("8h")
    Timedelta('0 days 04:00:00')
    """
    span, finest = length(every), min(PERIODS)
    if span < finest:
        raise InputError(
            f"every={every!s} is too fine: Binance counts open interest every 5 minutes; type 5min or longer"
        )
    fits = [step for step in PERIODS if span % step == pd.Timedelta(0)]
    if not fits or not (span == WEEK or DAY % span == pd.Timedelta(0)):
        raise InputError(f"every={every!s} does not fit: type 5min, 15min, 30min, 1h, 4h, 8h, 1d or 7d")
    return max(fits)


class NotTrading(InputError):
    """A perpetual that the exchange does not list as one that trades; what was of it may be elsewhere.

    Attributes
    ----------
    listed : bool
        Whether the exchange still knows the name.
    """

    def __init__(self, message: str, *, listed: bool = False) -> None:
        super().__init__(message)
        self.listed = listed


def check_market(symbol: str, markets: Mapping[str, str]) -> str:
    """Return the symbol itself if it is a perpetual that trades."""
    state = markets.get(symbol)
    if state == "TRADING":
        return symbol
    open_now = [name for name, what in markets.items() if what == "TRADING"]
    near = ", ".join(difflib.get_close_matches(symbol, open_now, 3, 0.6)) or "look it up on the exchange"
    if state is None:
        raise NotTrading(f"symbol={symbol!r}: Binance lists no such market; near: {near}")
    found = f"symbol={symbol!r}: at Binance it is {state}, not a trading perpetual; near: {near}"
    # The others have a past: they are settling, closed or paused.
    raise InputError(found) if state in _DATED else NotTrading(found, listed=True)


def ask_time() -> Query:
    """Return the query for the venue's clock."""
    return Query("/fapi/v1/time", {}, "fapi", expects=dict)


def ask_newest(symbol: str) -> Query:
    """Return the query for the mark price, whose time shows how new the venue's figures are."""
    return Query("/fapi/v1/premiumIndex", {"symbol": symbol}, "fapi", expects=dict)


def ask_markets() -> Query:
    """Return the query for the venue's markets."""
    return Query("/fapi/v1/exchangeInfo", {}, "fapi", expects=dict)


def _ms(when: pd.Timestamp) -> int:
    return int((when - pd.Timestamp(0, tz="UTC")) // _MS)


def _ask_bars(
    path: str, symbol: str, step: pd.Timedelta, since: pd.Timestamp, until: pd.Timestamp
) -> list[Query]:
    count = min(int((until - since) // step), _KLINES)
    params: dict[str, str | int] = {"symbol": symbol, "interval": PERIODS[step], "limit": count}
    params |= {"startTime": _ms(since), "endTime": _ms(until) - 1}
    return [Query(path, params, "fapi", weight=1 if count < 100 else 2, may_lack="premium" in path)]


def _ask_statistics(
    path: str, symbol: str, step: pd.Timedelta, since: pd.Timestamp, until: pd.Timestamp
) -> list[Query]:
    # Both bounds, always: a lone startTime is ignored and the newest rows come back instead.
    queries, at = [], since + step
    while at <= until:
        last = min(at + (_STATISTICS - 1) * step, until)
        window: dict[str, str | int] = {
            "startTime": _ms(at),
            "endTime": _ms(last),
            "limit": int((last - at) // step) + 1,
        }
        queries.append(Query(path, {"symbol": symbol, "period": PERIODS[step], **window}, "data"))
        at = last + step
    return queries


def _ask_funding(
    path: str, symbol: str, step: pd.Timedelta, since: pd.Timestamp, until: pd.Timestamp
) -> list[Query]:
    # A day more at the front: a settlement pays for the hours since the one before it.
    window = {"startTime": _ms(since - DAY), "endTime": _ms(until + _LATE), "limit": _SETTLEMENTS}
    return [Query(path, {"symbol": symbol, **window}, "funding")]


# ---------------------------------------------------------------- the map

Ask = Callable[[str, pd.Timedelta, pd.Timestamp, pd.Timestamp], list[Query]]
Lay = Callable[[pd.DataFrame, pd.Timedelta, pd.Timestamp, pd.Timestamp], Reading]


@dataclass(frozen=True, slots=True)
class Series:
    """One series of the venue.

    Attributes
    ----------
    columns : tuple of str
        What it fills.
    ask : callable
        ``(symbol, step, since, until)`` to the queries for bars that end in (since, until].
    read : callable
        ``(query, rows)`` to a `Reading` of one answer.
    lay : callable
        ``(read, step, since, until)`` to a `Reading` with one row a bar.
    walled : bool
        Whether it reaches back ``WALL`` only.
    may_lack : bool
        Whether a venue may not offer it.
    sometimes : tuple of str
        Those of its columns that a market may do without.
    """

    columns: tuple[str, ...]
    ask: Ask
    read: Callable[[Query, list[Any]], Reading]
    lay: Lay = lay
    walled: bool = False
    may_lack: bool = False
    sometimes: tuple[str, ...] = ()

    def unknown(self, *frames: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Rows in which a column that it always has is in none of these frames, which share an index."""
        unknown = np.zeros(len(frames[0]), dtype=bool)
        for name in self.columns:
            lacks = np.ones(len(unknown), dtype=bool)
            for frame in frames:
                if name in frame:
                    lacks &= frame[name].isna().to_numpy()
            if name not in self.sometimes or not lacks.all():
                unknown |= lacks
        return unknown


SERIES: dict[str, Series] = {
    "klines": Series(
        ("close", "open", "high", "low", "volume", "quote_volume", "taker_buy_volume", "taker_sell_volume"),
        partial(_ask_bars, "/fapi/v1/klines"),
        read_klines,
    ),
    "open interest": Series(
        ("open_interest", "open_interest_value", "circulating_supply"),
        partial(_ask_statistics, "/futures/data/openInterestHist"),
        read_interest,
        walled=True,
        sometimes=("circulating_supply",),
    ),
    **{
        column.replace("_", " "): Series(
            (column,), partial(_ask_statistics, f"/futures/data/{name}"), read_ratio, walled=True
        )
        for name, column in RATIOS.items()
    },
    "funding": Series(
        ("funding_rate", "funding_interval"),
        partial(_ask_funding, "/fapi/v1/fundingRate"),
        read_funding,
        lay_funding,
    ),
    "premium": Series(
        ("premium",), partial(_ask_bars, "/fapi/v1/premiumIndexKlines"), read_premium, may_lack=True
    ),
}
"""Every series, in the order in which they are asked for."""
