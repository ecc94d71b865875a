"""Claims about what open interest is: C12, C33, C34."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oikit.claims.model import Answer, Claim
from oikit.claims.states import known
from oikit.clock import bars
from oikit.formatting import correlation, count, share
from oikit.indicators import velocity


def _grew(frame: pd.DataFrame) -> pd.Series:
    change = velocity(frame["open_interest"], "24h")
    return known(change > 0, change)


def _shrank(frame: pd.DataFrame) -> pd.Series:
    change = velocity(frame["open_interest"], "24h")
    return known(change < 0, change)


def _new_longs(frame: pd.DataFrame) -> pd.Series:
    change, move = velocity(frame["open_interest"], "24h"), velocity(frame["close"], "24h")
    return known((change > 0) & (move > 0), change, move)


def _not_capital(frame: pd.DataFrame) -> Answer:
    notional = 1e9
    margins = pd.Series({leverage: 2 * notional / leverage for leverage in (5, 10, 20)}, name="margin")
    because = (
        "Open interest counts contracts; times the price it is a notional, and the capital behind it is "
        "margin. Both sides of 1 billion dollars of contracts put up 400 million at 5x and 100 million at "
        "20x, and which leverage they use is not published. In dollars it also moves with the price alone."
    )
    if {"open_interest", "close"} <= set(frame.columns):
        coins, dollars = frame["open_interest"], frame["open_interest"] * frame["close"]
        day = bars("24h", frame.index)
        moved, grew = velocity(coins, day), velocity(dollars, day)
        apart = float((np.sign(moved) != np.sign(grew))[moved.notna() & grew.notna()].mean())
        if np.isfinite(apart):
            because += f" Here coins and dollars moved opposite ways over {share(apart)} of days."
    return Answer("arithmetic", because, 0.25, holds=False, table=margins.rename_axis("leverage").to_frame())


def _no_such_column(frame: pd.DataFrame) -> Answer:
    because = (
        "It can be tested, with other data than a table like this: depth and spread of the order book, "
        "and the number of trades, of many markets over years, with what moves them all taken out. "
        "Participants no public column counts: contracts may be held by one fund or by a thousand people."
    )
    needs = {"open_interest", "close", "quote_volume"}
    if not needs <= set(frame.columns):
        return Answer("not asked", because)
    move = velocity(frame["close"], 1).abs() / frame["quote_volume"].where(frame["quote_volume"] > 0)
    day = bars("24h", frame.index)
    mean = move.rolling(day).mean()
    thin = pd.Series(np.log(mean.where(mean > 0)), frame.index).iloc[::day].diff()
    grew = pd.Series(np.log(frame["open_interest"]), frame.index).iloc[::day].diff()
    both = thin.notna() & grew.notna()
    if both.sum() < 10 or min(thin[both].nunique(), grew[both].nunique()) < 2:
        return Answer("not asked", because)
    link = float(thin[both].rank().corr(grew[both].rank()))
    said = (
        " One stand-in for depth, how far a traded dollar moves the price, has a rank correlation of "
        f"{correlation(link)} with open interest from day to day (n = {count(int(both.sum()), 'day')})."
    )
    return Answer("not asked", because + said, link)


_OI = ("open_interest", "close")

BASICS: tuple[Claim, ...] = (
    Claim(
        id="C12",
        says="Most read open interest by its direction, growing as bullish, shrinking as bearish.",
        means="The next day is better than usual after growth. The article reports this, and rejects it.",
        lesson="01",
        needs=_OI,
        speaks=_grew,
        horizon="24h",
        expect="higher",
        matters=0.005,
        beside=(
            Claim(
                id="C12-down",
                says="The other half: shrinking open interest means falling prices.",
                means="After a day on which contracts were closed, the next day's move is lower than usual.",
                lesson="01",
                needs=_OI,
                speaks=_shrank,
                horizon="24h",
                expect="lower",
                matters=0.005,
            ),
            Claim(
                id="C12-new-longs",
                says="A rise with growing open interest goes on.",
                means="After a day on which both rose, the next day's move is higher than usual.",
                lesson="01",
                needs=_OI,
                speaks=_new_longs,
                horizon="24h",
                expect="higher",
                matters=0.005,
            ),
        ),
    ),
    Claim(
        id="C33",
        says="Open interest is the capital that stands behind all open positions, long and short.",
        means="Contracts times price would have to be what their holders put up.",
        kind="definition",
        lesson="01",
        answer=_not_capital,
    ),
    Claim(
        id="C34",
        says="More open interest generally goes with more participants and a more liquid market.",
        means="Where and when more contracts are open, there are more traders, and the book is deeper.",
        kind="not testable",
        lesson="00",
        answer=_no_such_column,
    ),
)
"""In the order of their ids."""
