"""Claims about how much is open, how fast that moves, and who is long or forced out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oikit.claims.claim import Answer, Claim
from oikit.claims.events import (
    KNOWN,
    crowd_place,
    funding_place,
    jump_score,
    known,
    largest,
    median,
    past_place,
    quiet_score,
    quietness,
    ratio_place,
    settled,
    size_of_move,
    squeezed,
    trend,
    turned,
    turned_by,
)
from oikit.clock import bars
from oikit.formatting import count, share
from oikit.indicators import oi_to_cap, velocity

__all__ = ["squeeze_table"]

ARTICLE_THRESHOLD = 0.15
"""Share of the market cap that the article calls extreme, without a source."""

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


def _against_trend(frame: pd.DataFrame) -> pd.Series:
    return -trend(frame["close"])


def _high_for_itself(frame: pd.DataFrame) -> pd.Series:
    place = ratio_place(frame)
    return known(place >= 0.95, place)


def _above_median(frame: pd.DataFrame) -> pd.Series:
    coins = frame["open_interest"]
    usual = median(coins, "30d")
    return known(coins > 1.5 * usual, usual)


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


_OI = ("open_interest", "close")


def _jump_in_a_quiet_market(frame: pd.DataFrame) -> pd.Series:
    score, width = jump_score(frame["open_interest"]), quietness(frame["high"], frame["low"])
    return known((score > 2) & (width < 0.7), score, width)


def _jump_without_a_move(frame: pd.DataFrame) -> pd.Series:
    """What `oikit.indicators.divergence` says, with the scores that other claims use too."""
    score, move = jump_score(frame["open_interest"]), quiet_score(frame["close"])
    return known((score >= 2) & (move.abs() <= 0.5), score, move)


def _jump(frame: pd.DataFrame) -> pd.Series:
    score = jump_score(frame["open_interest"])
    return known(score > 2, score)


def _jump_begins(frame: pd.DataFrame) -> pd.Series:
    """The first bar of a jump, with none in the day before."""
    score = jump_score(frame["open_interest"])
    highest = largest(score, "24h").shift(1)
    return known((score > 2) & (highest <= 2), score, highest)


def _short(frame: pd.DataFrame) -> pd.Series:
    return pd.Series(-1.0, frame.index)


def _high_without_buyers(frame: pd.DataFrame) -> pd.Series:
    """A new high of the day that the balance of aggressive volume does not share."""
    day = bars("24h", frame.index)
    balance = (frame["taker_buy_volume"] - frame["taker_sell_volume"]).fillna(0.0).cumsum()
    unknown = frame["taker_buy_volume"].isna() | frame["taker_sell_volume"].isna()
    price, highest = frame["close"], largest(frame["close"], "24h")
    there = highest.where((unknown.rolling(day).sum() <= (1 - KNOWN) * day) & ~unknown)
    return known((price >= highest) & (balance < balance.rolling(day).max()), there)


_QUIET = ("open_interest", "high", "low", "close")


SHORT_AHEAD = 1 / 1.3
"""The ratio of longs to shorts at which shorts are 30% more."""

_CROWD = ("funding_rate", "funding_interval", "long_short_ratio", "open_interest", "close", "high")


def _annual_high(frame: pd.DataFrame) -> pd.Series:
    """Funding at the highest of its past year, and above what is usual there."""
    rate, place = settled(frame), funding_place(frame)
    highest = rate.rolling(bars("365d", frame.index), min_periods=1).max()  # known where its place is
    # Where funding rests on one value for weeks, that value can be the highest; it is no spike.
    return known((rate >= highest) & (place >= 0.975), rate, place)


def _net_short(frame: pd.DataFrame) -> pd.Series:
    ratio = frame["long_short_ratio"]
    return known(ratio < SHORT_AHEAD, ratio)


def squeeze_table(frame: pd.DataFrame) -> pd.DataFrame:
    """How often do the two conditions of the squeeze rule meet at all?

    Parameters
    ----------
    frame : DataFrame
        With funding and ``long_short_ratio``.

    Returns
    -------
    DataFrame, shape (2, 2), bars
        Rows: funding at its annual high, or not. Columns: 30% more short accounts than long, or not.
        Only bars at which both are known.
    """
    high, short = _annual_high(frame), _net_short(frame)
    there = high.notna() & short.notna()
    counts = [[int((there & (high == a) & (short == b)).sum()) for b in (1.0, 0.0)] for a in (1.0, 0.0)]
    return pd.DataFrame(
        counts,
        pd.Index(["funding at its annual high", "not"], name="bars"),
        ["30% more short accounts", "not"],
    )


def _two_by_two(frame: pd.DataFrame) -> str:
    (both, high), (short, neither) = squeeze_table(frame).to_numpy().tolist()
    n = both + high + short + neither
    if not n:
        return "Nobody could know either condition on any bar."
    expected = (both + high) * (both + short) / n
    return (
        f"Of {count(n, 'bar')}, funding is at its annual high on {both + high:,} and there are 30% more "
        f"short accounts on {both + short:,}. Both at once: {both:,} (without any link, {expected:,.1f})."
    )


def _how_short(frame: pd.DataFrame) -> str:
    ratio, place = frame["long_short_ratio"], funding_place(frame)
    if not ratio.notna().any():
        return "The ratio of accounts is not known here."
    least = float(ratio.min())
    return (
        f"It speaks where longs over shorts are below {SHORT_AHEAD:.3f} and funding is in the lowest 2.5% "
        f"of its year. The lowest ratio here is {least:.3f}, and it is that low on "
        f"{int((ratio < SHORT_AHEAD).sum()):,} bars; funding is that low on "
        f"{int((place <= 0.025).sum()):,}."
    )


def _both(frame: pd.DataFrame) -> pd.Series:
    high, short = _annual_high(frame), _net_short(frame)
    return known((high == 1) & (short == 1), high, short)


def _shorts_pay(frame: pd.DataFrame) -> pd.Series:
    place, short = funding_place(frame), _net_short(frame)
    return known((place <= 0.025) & (short == 1), place, short)


def _longs_crowd(frame: pd.DataFrame) -> pd.Series:
    place, ratio = funding_place(frame), frame["top_position_ratio"]
    return known((place >= 0.975) & (ratio > 1.3), place, ratio)


def _identity(frame: pd.DataFrame) -> Answer:
    because = (
        "Each contract has one long and one short, so a trade adds the same number to both sides or takes "
        "it from both: long open interest less short open interest is 0 after every trade, on every venue. "
        "What can lean is a count of heads or a part of the market"
    )
    said = [
        f"{name} below {SHORT_AHEAD:.3f} on {share(float((ratio < SHORT_AHEAD).mean()))} of bars"
        for name, column in (("all accounts", "long_short_ratio"), ("top positions", "top_position_ratio"))
        if column in frame.columns and len(ratio := frame[column].dropna())
    ]
    return Answer("arithmetic", f"{because}{': ' if said else ''}{', '.join(said)}.", 0.0, holds=False)


def _who_loses(frame: pd.DataFrame) -> Answer:
    because = (
        "On a rising price only shorts lose, so only shorts can fall below their maintenance margin. That is "
        "arithmetic, not an order of service: turn the path upside down, and the same engine "
        "liquidates longs. The exchange closes whoever is below, side or no side."
    )
    if not {"long_liquidations", "short_liquidations", "close"} <= set(frame.columns):
        return Answer("arithmetic", because, holds=False)
    day = bars("24h", frame.index)
    rise = velocity(frame["close"], day) > 0
    forced = {
        "shorts when it rose": frame["short_liquidations"].rolling(day).sum()[rise].sum(),
        "longs when it rose": frame["long_liquidations"].rolling(day).sum()[rise].sum(),
    }
    total = sum(forced.values())
    if not total > 0:
        return Answer("arithmetic", because, holds=False)
    part = float(forced["shorts when it rose"] / total)
    said = f" Here {share(part)} of what was forced out over rising days was short, not all of it."
    return Answer("arithmetic", because + said, part, holds=False)


def _forced_buying(frame: pd.DataFrame) -> pd.Series:
    forced = frame["short_liquidations"] / frame["open_interest_value"]
    place = past_place(forced, "30d", "30d")
    return known((place >= 0.99) & (forced > 0), place)


def _closing_in_a_rise(frame: pd.DataFrame) -> pd.Series:
    closed, move = velocity(frame["open_interest"], "4h"), velocity(frame["close"], "4h")
    return known((closed <= np.log1p(-0.03)) & (move > 0), closed, move)


def _one_sided(frame: pd.DataFrame) -> pd.Series:
    place = crowd_place(frame)
    return known((place >= 0.95) | (place <= 0.05), place)


def _against_the_crowd(frame: pd.DataFrame) -> pd.Series:
    return pd.Series(np.sign(0.5 - crowd_place(frame)), frame.index)


POSITIONING: tuple[Claim, ...] = (
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
        says="Open interest above 15% of the market cap means extreme positioning.",
        means="The ratio is above 15% at times; the price then turns, against its trend of 30 days.",
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
    Claim(
        id="C09",
        says="Open interest that jumps while the price stands still means that those who know are selling.",
        means="Within a day the price falls more, or rises less, than usual.",
        lesson="03",
        needs=_QUIET,
        speaks=_jump_in_a_quiet_market,
        horizon="24h",
        expect="lower",
        rival="The same picture is also called accumulation, and then a rise is expected.",
        beside=(
            Claim(
                id="C09-score",
                says="The same, with a price that stands still by the score of its own change.",
                means="Within a day the price falls more, or rises less, than usual.",
                lesson="03",
                needs=("open_interest", "close"),
                speaks=_jump_without_a_move,
                horizon="24h",
                expect="lower",
                rival="The same picture is also called accumulation, and then a rise is expected.",
            ),
            Claim(
                id="C09-size",
                says="After such a jump in a quiet market the price breaks out, one way or the other.",
                means="Within a day it moves further than usual, up or down.",
                lesson="03",
                needs=_QUIET,
                speaks=_jump_in_a_quiet_market,
                horizon="24h",
                outcome=size_of_move,
                expect="higher",
            ),
            Claim(
                id="C09-jump",
                says="Open interest that jumps, in whatever market, is followed by a fall.",
                means="Over three days the price falls more, or rises less, than usual.",
                lesson="03",
                needs=("open_interest", "close"),
                speaks=_jump,
                horizon="72h",
                expect="lower",
                rival="Some read every jump as fresh buyers, and expect a rise.",
            ),
        ),
    ),
    Claim(
        id="C27",
        says="Leave when the momentum no longer goes along with the price.",
        means="After a new high that aggressive buyers did not share, the next day is worse than usual.",
        lesson="03",
        needs=("close", "taker_buy_volume", "taker_sell_volume"),
        speaks=_high_without_buyers,
        horizon="24h",
        expect="lower",
    ),
    Claim(
        id="C36",
        says="The key is to have it in real time and not late.",
        means="The same rule (short when a jump of open interest begins) loses by being four hours late.",
        lesson="03",
        needs=("open_interest", "close"),
        speaks=_jump_begins,
        horizon="4h",
        acts=_short,
        expect="higher",
        matters=0.005,
        beside=(
            Claim(
                id="C36-hour",
                says="The same for whoever is an hour late.",
                means="The first hour after a jump begins brings more to a short than an hour usually does.",
                lesson="03",
                needs=("open_interest", "close"),
                speaks=_jump_begins,
                horizon="1h",
                acts=_short,
                expect="higher",
                matters=0.0025,
            ),
        ),
    ),
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
        id="C13",
        says="The open interest of shorts can exceed that of longs by 30%.",
        means="A contract would have to have a short and no long.",
        kind="arithmetic",
        lesson="05",
        answer=_identity,
    ),
    Claim(
        id="C14",
        says="With funding at its highest of the year and shorts 30% ahead, a squeeze must come.",
        means="Each time, the price is 8% higher within three days, while 5% of the contracts are closed.",
        lesson="05",
        needs=_CROWD,
        speaks=_both,
        horizon="72h",
        outcome=squeezed(0.08, 0.05),
        unit="share",
        expect="higher",
        every=True,
        matters=0.1,
        shows=_two_by_two,
        beside=(
            Claim(
                id="C14-low",
                says="Repaired: with funding near its lowest and accounts 30% short, a squeeze is likelier.",
                means="Such a squeeze happens more often than usual; shorts pay when funding is low.",
                lesson="05",
                needs=_CROWD,
                speaks=_shorts_pay,
                horizon="72h",
                outcome=squeezed(0.08, 0.05),
                unit="share",
                expect="higher",
                matters=0.1,
                shows=_how_short,
            ),
            Claim(
                id="C14-mirror",
                says="Mirrored: with funding near its highest and top accounts 30% long, the price falls.",
                means="Over three days the price falls more, or rises less, than usual.",
                lesson="05",
                needs=("funding_rate", "funding_interval", "top_position_ratio", "close"),
                speaks=_longs_crowd,
                horizon="72h",
                expect="lower",
            ),
        ),
    ),
    Claim(
        id="C15",
        says="In a fast rise exchanges close the shorts before anybody else.",
        means="There would have to be a rule that prefers one side.",
        kind="definition",
        lesson="05",
        answer=_who_loses,
    ),
    Claim(
        id="C16",
        says="Forced buying feeds on itself and drives the price further up.",
        means="After an hour of unusually many liquidated shorts, the next four hours rise more than usual.",
        lesson="05",
        needs=("short_liquidations", "open_interest_value", "close"),
        speaks=_forced_buying,
        horizon="4h",
        expect="higher",
        matters=0.005,
        rival="Others expect a fall, once nobody is left who must buy.",
        beside=(
            Claim(
                id="C16-closing",
                says="The same without a list of liquidations: positions close fast while the price rises.",
                means="After four rising hours with 3% of contracts closed, four more rise more than usual.",
                lesson="05",
                needs=("open_interest", "close"),
                speaks=_closing_in_a_rise,
                horizon="4h",
                expect="higher",
                matters=0.005,
            ),
        ),
    ),
    Claim(
        id="C21",
        says="Stand against the crowd at the very moment when all seem to be right.",
        means="In the extreme twentieths of the account ratio it brings more than doing so always.",
        lesson="09",
        needs=("long_short_ratio", "close"),
        speaks=_one_sided,
        horizon="72h",
        acts=_against_the_crowd,
        expect="higher",
        rival="In the same breath, trading against the trend is named as a mistake.",
    ),
)
