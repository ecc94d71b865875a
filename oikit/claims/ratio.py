"""Claims about open interest as a share of all coins: C04 to C07."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oikit.claims.events import turned, turned_by
from oikit.claims.model import Answer, Claim
from oikit.claims.states import known, median, ratio_place, trend
from oikit.formatting import count, share
from oikit.indicators import asymmetry, oi_to_cap

ARTICLE_THRESHOLD = 0.15
"""Of the market cap; where it comes from is not said."""

_NEEDS = ("open_interest", "circulating_supply")


def _share(frame: pd.DataFrame) -> pd.Series:
    return oi_to_cap(frame["open_interest"], frame["circulating_supply"])


def _price_cancels(frame: pd.DataFrame) -> Answer:
    because = (
        "Dollars of open interest over dollars of market cap are coins over coins: the price stands above "
        "and below and cancels. The yardstick is sound, and it is open interest in coins over a supply that "
        "moves slowly: it says nothing about the price."
    )
    if not {*_NEEDS, "close"} <= set(frame.columns):
        return Answer("arithmetic", because, 0.0, holds=True)
    price, ratio = frame["close"], _share(frame)
    dollars = (price * frame["open_interest"]) / (price * frame["circulating_supply"])
    off = float((dollars / ratio - 1).abs().max())
    usual = share(float(ratio.median()))
    return Answer("arithmetic", f"{because} Here the usual level is {usual}.", off, holds=True)


def coins_needed(frame: pd.DataFrame, threshold: float = ARTICLE_THRESHOLD) -> str:
    """How much would have to be open for the ratio to reach this threshold?"""
    coins, supply = frame["open_interest"], frame["circulating_supply"]
    ratio = _share(frame)
    if not ratio.notna().any():
        return "Open interest or supply is not known here."
    at = int(np.nanargmax(ratio))
    needed, most = threshold * float(supply.iloc[at]), float(coins.iloc[at])
    return (
        f"A ratio of {share(threshold)} takes {needed:,.0f} coins in contracts. The highest ratio here is "
        f"{share(float(ratio.iloc[at]))}, of {most:,.0f} coins: {needed / most:.1f} times as many are needed."
    )


def _one_sided(frame: pd.DataFrame) -> Answer:
    because = (
        "Open interest has as many longs as shorts at every level, so its size points to no side. Other "
        "figures may lean, and they count other things."
    )
    have = [name for name in ("long_short_ratio", "top_position_ratio") if name in frame.columns]
    if len(have) < 2:
        return Answer("not testable", because)
    heads, coins = (asymmetry(frame[name]) for name in have)
    both = heads.notna() & coins.notna() & (heads != 0) & (coins != 0)
    if not both.any():
        return Answer("not testable", because)
    apart = np.sign(heads[both]) != np.sign(coins[both])
    said = (
        f" Here all accounts and the coins of top accounts lean to different sides on {apart.sum():,} of "
        f"{count(len(apart), 'bar')}: "
    )
    said += (
        "the two crowds agree, at high open interest and at low, so this market does have a lean; it is not "
        "its open interest that tells which."
        if apart.mean() < 0.05
        else "which of them would be the crowd?"
    )
    return Answer("not testable", because + said, float(apart.mean()))


def _against_trend(frame: pd.DataFrame) -> pd.Series:
    return -trend(frame["close"])


def _high_for_itself(frame: pd.DataFrame) -> pd.Series:
    place = ratio_place(frame)
    return known(place >= 0.95, place)


def _above_median(frame: pd.DataFrame) -> pd.Series:
    coins = frame["open_interest"]
    usual = median(coins, "30d")
    return known(coins > 1.5 * usual, usual)


RATIO: tuple[Claim, ...] = (
    Claim(
        id="C04",
        says="To know what is high, first learn the usual level of open interest over market cap.",
        means="The ratio is well defined, and means the same whatever the price does.",
        kind="definition",
        lesson="02",
        answer=_price_cancels,
    ),
    Claim(
        id="C05",
        says="Open interest above 15% of the market cap is an extreme, and a reason to expect a turn.",
        means="The ratio is above 15% at times, and the price then goes against its trend of 30 days.",
        lesson="02",
        needs=(*_NEEDS, "close"),
        speaks=lambda f: known(_share(f) > ARTICLE_THRESHOLD, _share(f)),
        horizon="72h",
        acts=_against_trend,
        expect="higher",
        shows=coins_needed,
        beside=(
            Claim(
                id="C05-median",
                says="Open interest at half as much again as its own 30-day median is such an extreme.",
                means="The price then goes against its trend of 30 days.",
                lesson="02",
                needs=("open_interest", "close"),
                speaks=_above_median,
                horizon="72h",
                acts=_against_trend,
                expect="higher",
            ),
        ),
    ),
    Claim(
        id="C06",
        says="Where open interest is large for its market cap, the crowd is all on one side.",
        means="A size without a sign would have to show a direction.",
        kind="not testable",
        lesson="02",
        answer=_one_sided,
    ),
    Claim(
        id="C07",
        says="When the ratio is extreme, a turn of the price is likely.",
        means="After the highest twentieth of its own past, the price goes against its trend of 30 days.",
        lesson="02",
        needs=(*_NEEDS, "close"),
        speaks=_high_for_itself,
        horizon="72h",
        acts=_against_trend,
        expect="higher",
        beside=(
            Claim(
                id="C07-sign",
                says="A turn: the next three days go the other way than the last three.",
                means="That happens more often than usual after the highest twentieth of its own past.",
                lesson="02",
                needs=(*_NEEDS, "close"),
                speaks=_high_for_itself,
                horizon="72h",
                outcome=turned,
                unit="share",
                expect="higher",
                matters=0.1,
            ),
            Claim(
                id="C07-swing",
                says="A turn: the price goes 5% against its trend of 30 days at some time in the next week.",
                means="That happens more often than usual after the highest twentieth of its own past.",
                lesson="02",
                needs=(*_NEEDS, "close", "high", "low"),
                speaks=_high_for_itself,
                horizon="7d",
                outcome=turned_by(0.05),
                unit="share",
                expect="higher",
                matters=0.1,
            ),
        ),
    ),
)
"""In the order of their ids."""
