"""Checks of a table that is nearly a frame: impossible values, likely mistakes, and what can be derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oikit.errors import InputError
from oikit.frame import FIELDS, looks_like_money, looks_like_percent
from oikit.tables.cells import Reading
from oikit.tables.headers import Column, plain

_DEAREST = 5e6  # quote units: no coin with a perpetual has ever been near it


@dataclass(frozen=True, slots=True)
class Rows:
    """The values of a table by field, in order of time, each time once."""

    table: pd.DataFrame
    columns: Mapping[str, Column]
    stamp: str

    @property
    def times(self) -> pd.DatetimeIndex:
        """The stamps as the table has them."""
        return pd.DatetimeIndex(self.table.index)

    def of(self, *kinds: str) -> list[str]:
        """Return the fields of these kinds."""
        return [name for name, column in self.columns.items() if column.kind in kinds]


def candle_of_what(it: Reading, rows: Rows) -> None:
    """Ask what a candle is of: vendors draw prices, open interest and funding under the same four names."""
    close = rows.columns.get("close")
    if close is None or close.told or plain(close.name) not in ("close", "c"):
        return
    if set(rows.columns) <= {"open", "high", "low", "close"} and "open" in rows.columns:
        raise it.ask(
            f"{it.name} is a candle without volume: of a price, of open interest, or of funding",
            ("if it is a price", {"columns": {close.name: "close"}}),
            ("of coins", {"columns": {close.name: "open_interest"}}),
            ("of money", {"columns": {close.name: "open_interest_value"}}),
            ("of funding", {"columns": {close.name: "funding_rate"}}),
        )


def bounded(it: Reading, frame: pd.DataFrame) -> pd.DataFrame:
    """Make unknown what no exchange can have recorded, and count it."""
    frame = frame.astype(float)
    for name in map(str, frame):
        values, bound = frame[name], FIELDS[name].bound
        wrong = np.isinf(values) | (
            values <= 0 if bound == "positive" else values < 0 if bound == "not negative" else False
        )
        if wrong.any():
            it.warn(
                f"{int(wrong.sum())} values of {name} are impossible, like {values[wrong].iloc[0]:g}: unknown"
            )
            frame[name] = values.mask(wrong)
    if empty := [name for name in map(str, frame) if not frame[name].notna().any()]:
        it.warn(f"{', '.join(empty)} holds no value and is left out")
        frame = frame.drop(columns=empty)
    if frame.empty:
        raise InputError(f"{it.name} holds no value that can be")
    return frame


def plausible(it: Reading, frame: pd.DataFrame, rows: Rows) -> None:
    """Refuse what is possible and cannot be: per cent for fractions, money for coins, and the like."""

    def header(name: str) -> str:
        return rows.columns[name].headers[0]

    if "funding_rate" in frame and looks_like_percent(frame["funding_rate"]):
        most = frame["funding_rate"].abs().max()
        raise it.ask(
            f"{header('funding_rate')!r} reaches {most:g}: as a fraction, {most:.3g} of the position at "
            "one settlement, so it looks like per cent",
            ("", {"columns": {header("funding_rate"): "funding_rate %"}}),
        )
    of = next((name for name in ("mark_price", "close", "index_price") if name in frame), "")
    price = frame[of] if of else None
    if price is not None and price.median() > _DEAREST:
        raise it.ask(
            f"{header(of)!r} is {price.median():,.0f}, which no coin costs; it looks like open interest",
            ("", {"columns": {header(of): "open_interest_value"}}),
        )
    if "open_interest" in rows.columns:
        _counts_coins(it, frame, rows, price)
    if price is not None and "volume" in frame:
        _traded_coins(it, frame, price, header("volume"))
    if {"high", "low"} <= set(frame) and (frame["high"] < frame["low"]).any():
        at = frame.index[frame["high"] < frame["low"]][0]
        raise InputError(
            f"the high is below the low at {at} in {it.name}; look whether its columns are mixed up"
        )
    for name in ("long_short_ratio", "top_account_ratio", "top_position_ratio"):
        if name in frame and frame[name].median() > 20:
            raise it.ask(
                f"{header(name)!r} is {frame[name].median():g}, no ratio of longs to shorts; is it a share?",
                ("to leave it out", {"columns": {header(name): None}}),
            )


def _counts_coins(it: Reading, frame: pd.DataFrame, rows: Rows, price: pd.Series | None) -> None:
    column, coins = rows.columns["open_interest"], frame["open_interest"]
    name = column.headers[0]
    money = ("if it is money", {"columns": {name: "open_interest_value"}})
    one = ("if it counts coins, on one side", {"columns": {name: "open_interest"}})
    if "open_interest_value" in frame:
        worth = (frame["open_interest_value"] / coins).median()
        if price is None:
            if not column.sure and 0.999 < worth < 1.001:
                raise it.ask(f"{name!r} is the same as the value beside it: money", money)
            return
        off = worth / price.median()
        if not 0.8 < off < 1.25 and not column.told:
            both = 0.45 < off < 0.55 or 1.8 < off < 2.2
            what = f"{off:.3g} times the price: " + ("both sides?" if both else "contracts, or money?")
            told = "both sides" if both else f"x {off:.6g}"
            raise it.ask(
                f"the value over {name!r} is {what}",
                ("if so", {"columns": {name: f"open_interest {told}"}}),
                money,
                ("to leave it out", {"columns": {name: None}}),
            )
        return
    if column.told or (it.zoned and name == "open_interest" and rows.stamp == "time"):
        return
    if price is None and not column.sure:
        raise it.ask(f"{name!r} could be coins or money, and there is no price beside it to tell", one, money)
    if price is not None and looks_like_money(coins, price):
        raise it.ask(
            f"{name!r} looks like money, not coins: {coins.median():,.0f} at {price.median():,.6g}",
            money,
            one,
        )
    if not column.sure:
        it.say(f"{name!r} is taken to count coins, on one side")


def _traded_coins(it: Reading, frame: pd.DataFrame, price: pd.Series, name: str) -> None:
    money = frame["volume"] * price
    off = (frame["quote_volume"] / money).median() if "quote_volume" in frame else 1.0
    if money.max() > 2e11 or off < 0.5 or off > 2:
        raise it.ask(
            f"{name!r} is up to {frame['volume'].max():,.0f} in a bar, which at this price is not coins",
            ("if it is money", {"columns": {name: "quote_volume"}}),
            ("to leave it out", {"columns": {name: None}}),
        )


def derived(it: Reading, frame: pd.DataFrame) -> pd.DataFrame:
    """Add what follows from the columns that are there."""
    price = frame.get("mark_price", frame.get("close"))
    made = []
    if price is not None and "open_interest_value" in frame and "open_interest" not in frame:
        frame["open_interest"] = frame["open_interest_value"] / price
        made.append("open_interest from its value and the price")
    elif price is not None and "open_interest" in frame and "open_interest_value" not in frame:
        frame["open_interest_value"] = frame["open_interest"] * price
        made.append("open_interest_value from coins and price")
    if {"volume", "taker_buy_volume"} <= set(frame) and "taker_sell_volume" not in frame:
        rest = frame["volume"] - frame["taker_buy_volume"]
        if (rest < -1e-9 * frame["volume"]).any():
            raise it.ask("the taker buy volume is above the volume: it is in another unit")
        frame["taker_sell_volume"] = rest.clip(lower=0)
        made.append("taker_sell_volume from the volumes")
    if {"taker_buy_volume", "taker_sell_volume"} <= set(frame) and "taker_buy_sell_ratio" not in frame:
        below = frame["taker_sell_volume"]
        frame["taker_buy_sell_ratio"] = frame["taker_buy_volume"] / below.where(below > 0)
        made.append("taker_buy_sell_ratio from the volumes")
    if "circulating_supply" in frame and price is not None and "market_cap" not in frame:
        frame["market_cap"] = frame["circulating_supply"] * price
        made.append("market_cap from supply and price")
    if made:
        it.say(f"derived {', '.join(made)}")
    return frame
