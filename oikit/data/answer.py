"""The result of a fetch: the frame and the remarks about it.

Missing bars are counted in the remarks and stay in the frame as NaN; they are never cut off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from oikit.clock import words
from oikit.data import past
from oikit.data.quality import Coverage, coverage, redenominations
from oikit.data.question import Question, moment_text
from oikit.data.supply import coins_of, quote_of, with_supply
from oikit.data.venues import binance
from oikit.frame import FIELDS, resample, validate


@dataclass(frozen=True, slots=True)
class Fetched:
    """A frame and what is to be said about it.

    Attributes
    ----------
    frame : DataFrame
        As `load` returns it.
    symbol, every : str
    path : Path
        The folder that holds the bars.
    remarks : tuple of str
        What was repaired, is missing or has changed; one plain line each, counted.
    losses : tuple of str
        Those of the remarks that say why the frame holds less than was asked for.
    requests : int
        Requests sent, tries included; 0 if the store knew everything.
    coverage : Coverage
        How much of the frame is known; print it for one line.
    instead : str
        Which second choice this is, and why; empty if it is the first.
    """

    frame: pd.DataFrame
    symbol: str
    every: str
    path: Path
    remarks: tuple[str, ...]
    losses: tuple[str, ...]
    requests: int
    coverage: Coverage
    instead: str = ""

    @property
    def quote(self) -> str:
        """What prices, values and the market cap are counted in, like ``"USDT"``; empty if unknown."""
        return quote_of(self.symbol)


def losses(frame: pd.DataFrame, first: pd.Timestamp, asked: Question) -> list[str]:
    """Return remarks on the bars older than the venue serves and missing from the store."""
    beyond = frame[frame.index < first]
    lost = len(beyond) if "open_interest" not in beyond else int(beyond["open_interest"].isna().sum())
    if not lost:
        return []
    what = (
        f"open interest and the three ratios of {lost} of {len(frame)} bar(s) are missing: the venue gives "
        f"them for the last {binance.WALL.days} days only, here from {moment_text(first)}"
    )
    if asked.archive is None:
        return [f"{what}; older ones are in its archive, which can be named with archive= (--archive)"]
    since = past.first_day(asked.symbol)
    early = int((beyond.index <= since).sum())
    if early:
        what += f", its archive from {since:%Y-%m-%d}: {early} of them are older"
    return [f"{what}; the archive {asked.archive} has been asked"]


def gaps(stored: pd.DataFrame, new: pd.DataFrame, first: pd.Timestamp, lacking: Iterable[str]) -> list[str]:
    """Return remarks on the figures that the venue should have had but did not deliver."""
    new = new.reindex(stored.index)
    said = [f"{name}: not offered at this address, so the column is left out" for name in sorted(lacking)]
    for name, series in binance.SERIES.items():
        bad = stored.index[series.unknown(stored, new)]
        bad = bad[bad >= first] if series.walled else bad
        if name not in lacking and len(bad):
            said.append(
                f"{name}: {len(bad)} of {len(stored)} bar(s) are not wholly known, "
                f"the first ends {moment_text(bad[0])}"
            )
    return said


def answer(
    asked: Question,
    stored: pd.DataFrame,
    losses: Sequence[str],
    remarks: Sequence[str],
    requests: int,
    clock: pd.Timestamp | None = None,
    instead: str = "",
) -> Fetched:
    """Make the frame of what is stored, on bars of the length that was asked for."""
    always = [name for series in binance.SERIES.values() if not series.may_lack for name in series.columns]
    frame = stored.reindex(columns=[name for name in FIELDS if name in {*stored.columns, *always}])
    if asked.every != asked.step:
        frame = resample(frame, asked.every)
    sold = frame["taker_sell_volume"]
    frame["taker_buy_sell_ratio"] = frame["taker_buy_volume"] / sold.where(sold > 0)
    frame = with_supply(frame, asked.symbol)
    frame = validate(frame[[name for name in FIELDS if name in frame]])
    odd = [*_no_dollars(asked.symbol), *_many_coins(asked.symbol), *_renamed(frame), *_quiet(frame)]
    said = tuple(dict.fromkeys([*([instead] if instead else []), *losses, *remarks, *odd]))
    known = coverage(frame, repairs=_mended(said), revised=_revised(said), now=clock)
    return Fetched(
        frame, asked.symbol, words(asked.every), asked.path, said, tuple(losses), requests, known, instead
    )


def _no_dollars(symbol: str) -> list[str]:
    """Return a remark on a market that is priced in a coin."""
    quote = quote_of(symbol)
    if "USD" in quote or not quote:
        return []
    return [f"prices, values and the market cap of {symbol} are counted in {quote}, not in dollars"]


def _many_coins(symbol: str) -> list[str]:
    """Return why a market has no supply and no market cap."""
    coins = coins_of(symbol)
    if coins == 1:
        return []
    return [
        f"circulating_supply and market_cap are unknown: a contract of {symbol} is {coins:,} coins, "
        "and supply is counted in single coins"
    ]


def _renamed(frame: pd.DataFrame) -> list[str]:
    """Return a remark on each redenomination."""
    return [
        f"redenominated: the bar that ends {moment_text(at)} counts {factor:.4g} coins for each before, and "
        "their value stood; that is no trade, and what is in coins or prices breaks there"
        for at, factor in redenominations(frame)
    ]


def _quiet(frame: pd.DataFrame) -> list[str]:
    """Return a remark on bars without a trade: their price is a repetition, no price that stood still."""
    idle = frame.index[(frame["volume"] == 0) & frame["close"].notna()]
    if not len(idle):
        return []
    return [
        f"klines: {len(idle)} of {len(frame)} bar(s) have no trade, so their prices only repeat the last; "
        f"the first ends {moment_text(idle[0])}"
    ]


def _mended(remarks: Iterable[str]) -> dict[str, int]:
    """Remarks that count something, as `coverage` takes them; what was only missing is a gap, no repair."""
    found = (re.fullmatch(r"(.+) \((\d+)\)", remark) for remark in remarks)
    return {match[1]: int(match[2]) for match in found if match and not match[1].endswith("gaps")}


def _revised(remarks: Iterable[str]) -> int:
    found = (re.match(r"revised: (\d+) known", remark) for remark in remarks)
    return sum(int(match[1]) for match in found if match)
