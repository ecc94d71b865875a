"""Binance's bulk archive: which files make up a range, and where each of them is.

Pure: names keys; `oikit.data.bulk` brings the files, `oikit.data.venues.archive` reads them.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from oikit.clock import DAY
from oikit.data.venues.query import Budget, check_symbol
from oikit.errors import InputError

ADDRESS = "https://data.binance.vision"
BUDGETS = {"files": Budget(6000, 300.0)}
"""No limit is published; twenty small files a second are no burden to anybody."""
FIRST = pd.Timestamp("2021-12-01", tz="UTC")
"""The first day with ``metrics`` of most markets; BTCUSDT has them from 2020-09-01."""
_ROOT = "data/futures/um"
_MONTHLY_ONLY = ("3d", "1w", "1mo")
_MINUTE = 60_000
STEPS = {
    **{f"{n}m": n * _MINUTE for n in (1, 3, 5, 15, 30)},
    **{f"{n}h": n * 60 * _MINUTE for n in (1, 2, 4, 6, 8, 12)},
    **{f"{n}d": n * 1440 * _MINUTE for n in (1, 3)},
    "1w": 7 * 1440 * _MINUTE,
    "1mo": 0,
}
"""Lengths of bars in ms, by the archive's word for them; months differ."""
_NS = pd.Timedelta(1, "ns")

SETS: dict[str, dict[str, str]] = {
    "metrics": {
        "sum_open_interest": "open_interest",
        "sum_open_interest_value": "open_interest_value",
        "count_toptrader_long_short_ratio": "top_account_ratio",
        "sum_toptrader_long_short_ratio": "top_position_ratio",
        "count_long_short_ratio": "long_short_ratio",
        "sum_taker_long_short_vol_ratio": "taker_buy_sell_ratio",
    },
    "klines": {
        **{name: name for name in ("open", "high", "low", "close", "volume", "quote_volume")},
        "taker_buy_volume": "taker_buy_volume",
    },
    "markPriceKlines": {"close": "mark_price"},
    "indexPriceKlines": {"close": "index_price"},
    "premiumIndexKlines": {"close": "premium"},
    "fundingRate": {"last_funding_rate": "funding_rate", "funding_interval_hours": "funding_interval"},
}
"""What the archive calls its columns, and what we do."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of the archive.

    Attributes
    ----------
    set : str
        A key of ``SETS``.
    symbol : str
    start, end : Timestamp
        The day or the month in its name.
    interval : str
        Length of its bars as the archive spells it (a month is ``1mo``); empty where a set has one.
    spare : bool
        Only an oddly stamped last row of it could be wanted, so its absence is no gap.
    """

    set: str
    symbol: str
    start: pd.Timestamp
    end: pd.Timestamp
    interval: str = ""
    spare: bool = False

    @property
    def monthly(self) -> bool:
        """Return whether the file covers a month."""
        return self.start.day == self.end.day

    @property
    def stem(self) -> str:
        """Its name, without what it ends on."""
        when = f"{self.start.year}-{self.start.month:02}" + ("" if self.monthly else f"-{self.start.day:02}")
        return f"{self.symbol}-{self.interval or self.set}-{when}"

    @property
    def key(self) -> str:
        """Return the path of the zip in the archive; its checksum is at this + ``.CHECKSUM``."""
        part = "monthly" if self.monthly else "daily"
        folder = f"{_ROOT}/{part}/{self.set}/{self.symbol}"
        return f"{folder}/{self.interval}/{self.stem}.zip" if self.interval else f"{folder}/{self.stem}.zip"

    @property
    def member(self) -> str:
        """The one thing that the zip may hold."""
        return f"{self.stem}.csv"

    def days(self) -> list[File]:
        """The daily files that say the same as a monthly one; none where there are no such files."""
        if not self.monthly or self.set == "fundingRate" or self.interval in _MONTHLY_ONLY:
            return []
        days = pd.date_range(self.start, self.end - DAY, freq="D")
        return [File(self.set, self.symbol, day, day + DAY, self.interval) for day in days]


def files(
    set: str, symbol: str, since: pd.Timestamp, until: pd.Timestamp, *, interval: str = ""
) -> list[File]:
    """Return the files that contain the bars ending in (since, until].

    Whole months of bars are requested as months, which may not exist yet: see `File.days`.

    Examples
    --------
    >>> day = pd.Timestamp("2026-03-02", tz="UTC")
    >>> [file.stem for file in files("klines", "BNBUSDT", day, day + DAY, interval="5m")]
    ['BNBUSDT-5m-2026-03-02']
    """
    interval = "1mo" if interval == "1M" else interval
    if set not in SETS:
        raise InputError(f"set={set!r} is not in the archive; it has {', '.join(SETS)}")
    if (set in ("metrics", "fundingRate")) == bool(interval) or interval not in ("", *STEPS):
        raise InputError(f"interval={interval!r} does not fit {set}; bars have {', '.join(STEPS)}")
    if not since < until:
        raise InputError(f"since={since} is not before until={until}; nothing lies between them")
    check_symbol(symbol)
    if set == "metrics":
        # A row seen at since + 5 min may be stamped since, and so be the last of the day before.
        days = pd.date_range((since - _NS).floor("D"), (until - _NS).floor("D"), freq="D")
        return [File(set, symbol, day, day + DAY, spare=day + DAY <= since) for day in days]
    # What is stamped at the very end of the range is in the next file if stamps are instants.
    last = until if set == "fundingRate" else until - _NS
    found: list[File] = []
    for month in pd.date_range(since.floor("D").replace(day=1), last, freq="MS"):
        whole = File(set, symbol, month, month + pd.offsets.MonthBegin(), interval)
        part = [day for day in whole.days() if day.end > since and day.start < until]
        found += [whole] if whole.end <= until or not part else part
    return found
