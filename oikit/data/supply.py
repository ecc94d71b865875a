"""Circulating supply as known at the time: the denominator of open interest / market cap.

The venue publishes a supply beside each figure of open interest, but for the last month only. For
earlier dates there is a small table of published figures, each with its date and its source
(``tables/supply.csv``, BNB and BTC). About 1% of all BNB is burnt each quarter, so a figure is valid until
the end of the day of the next burn, and no longer. Some burns are not in the table, because the figures
published after them contradict each other. BTC grows by some 450 coins a day, so a figure is valid until
the next one, and for 30 days at most: it is 0.07 % too small by then.

Outside the table the supply is missing. Nothing is carried forward any further, nothing is interpolated,
and a figure is used from the end of the day on which it was published. Where a contract is a thousand
coins or a million, supply is missing too: it is counted in single coins.
"""

from __future__ import annotations

import re
from importlib import resources

import numpy as np
import pandas as pd

from oikit.errors import InputError

_SYMBOL = re.compile(r"([A-Z0-9]{1,20}?)_?(USDT|USDC|FDUSD|BUSD|USD|BTC|ETH|BNB)(?:_PERP)?")

_MANY = re.compile(r"(1M|10{3,9})(?=[A-Z])")


def base_of(symbol: str) -> str:
    """Return the coin of this market.

    Examples
    --------
    >>> base_of("BNBUSDT"), base_of("ETHBTC")
    ('BNB', 'ETH')
    """
    match = _SYMBOL.fullmatch(symbol)
    if match is None:
        raise InputError(
            f"symbol={symbol!r:.60} names no coin and what it is priced in; type it like BNBUSDT"
        )
    return match[1]


def quote_of(symbol: str) -> str:
    """Return what prices, values and the market cap of this market are counted in; empty if unknown.

    Examples
    --------
    >>> [quote_of(name) for name in ("BNBUSDT", "BTCUSDC", "ETHBTC", "BTCUSD_PERP")]
    ['USDT', 'USDC', 'BTC', 'USD']
    """
    match = _SYMBOL.fullmatch(symbol)
    return match[2] if match else ""


def coins_of(symbol: str) -> int:
    """Return how many coins one contract of this market is, as its name says.

    Examples
    --------
    >>> [coins_of(name) for name in ("1000SHIBUSDT", "1MBABYDOGEUSDT", "1INCHUSDT", "BNBUSDT")]
    [1000, 1000000, 1, 1]
    """
    match = _MANY.match(symbol)
    return 1 if match is None else int(match[1].replace("M", "000000"))


def published(base: str) -> pd.DataFrame:
    """Return the published supply figures of a coin."""
    text = resources.files("oikit.data").joinpath("tables", "supply.csv")
    with text.open(encoding="utf-8") as file:
        table = pd.read_csv(file)
    for name in ("known_from", "known_until"):
        table[name] = pd.to_datetime(table[name], utc=True)
    table["circulating_supply"] = table["circulating_supply"].astype(np.float64)
    return table[table["base"] == base].drop(columns="base").reset_index(drop=True)


def circulating_supply(base: str, times: pd.DatetimeIndex) -> pd.Series:
    """Return the supply published as circulating at each of these times; NaN outside the table.

    Examples
    --------
    >>> circulating_supply("BNB", pd.DatetimeIndex(["2026-02-01", "2020-01-01"], tz="UTC")).tolist()
    [136361374.34, nan]
    """
    supply = np.full(len(times), np.nan)
    table = published(base)
    bounds = (table[name].dt.tz_convert(None).to_numpy() for name in ("known_from", "known_until"))
    at = times.tz_convert(None).to_numpy()
    for since, until, coins in zip(*bounds, table["circulating_supply"].to_numpy(), strict=True):
        supply[(at > since) & (at <= until)] = coins
    return pd.Series(supply, times, name="circulating_supply")


def with_supply(frame: pd.DataFrame, symbol: str, *, price: str = "close") -> pd.DataFrame:
    """Add the supply before the venue's own figures begin, and the market cap that follows.

    Both are missing where a contract is many coins.
    """
    if price not in frame:
        raise InputError(
            f"no column {price!r} to value the coins with; this frame has {', '.join(map(str, frame))}"
        )
    times = pd.DatetimeIndex(frame.index)
    # A name that cannot be taken apart has no table, but the venue may count its coins.
    base = base_of(symbol) if _SYMBOL.fullmatch(symbol) else symbol
    table = circulating_supply(base, times)
    own = frame["circulating_supply"] if "circulating_supply" in frame else pd.Series(np.nan, times)
    known = np.flatnonzero(own.notna().to_numpy())
    before = np.arange(len(frame)) < (known[0] if len(known) else len(frame))
    supply = own.where(~before, table)
    if coins_of(symbol) > 1:
        supply = supply * np.nan
    return frame.assign(circulating_supply=supply, market_cap=supply * frame[price])
