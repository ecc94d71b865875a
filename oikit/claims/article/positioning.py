"""Claims about how much is open, how fast that moves, and who is long or forced out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oikit.claims.claim import Answer, Claim, arithmetic, definition
from oikit.claims.events import (
    KNOWN,
    against_trend,
    crowd_place,
    funding_place,
    jump,
    known,
    past_place,
    price_move,
    quiet_score,
    quietness,
    ratio,
    ratio_place,
    settled,
    size_of_move,
    squeezed,
    trailing,
    turned,
    turned_by,
    velocity_of,
    when,
)
from oikit.clock import bars
from oikit.formatting import count, share
from oikit.indicators import velocity

__all__ = ["squeeze_table"]

ARTICLE_THRESHOLD = 0.15
"""Share of the market cap that the article calls extreme, without a source."""

SHORT_AHEAD = 1 / 1.3
"""The ratio of longs to shorts at which shorts are 30% more."""

_OI = ("open_interest", "close")
_RATIO = ("open_interest", "circulating_supply", "close")
_QUIET = ("open_interest", "high", "low", "close")
_CROWD = ("funding_rate", "funding_interval", "long_short_ratio", "open_interest", "close", "high")


@definition(
    "To know what is high, first learn the usual level of open interest over market cap.",
    "The ratio is well defined, and means the same whatever the price does.",
)
def _c04(frame: pd.DataFrame) -> Answer:
    because = (
        "Dollars of open interest over dollars of market cap are coins over coins: the price stands above "
        "and below and cancels. The yardstick is sound, and it is open interest in coins over a supply that "
        "moves slowly: it says nothing about the price."
    )
    if not set(_RATIO) <= set(frame.columns):
        return Answer("arithmetic", because, 0.0, holds=True)
    price, coins = frame["close"], ratio(frame)
    dollars = (price * frame["open_interest"]) / (price * frame["circulating_supply"])
    off = float((dollars / coins - 1).abs().max())
    return Answer(
        "arithmetic", f"{because} Here the usual level is {share(float(coins.median()))}.", off, True
    )


@definition(
    "Open interest is the capital that stands behind all open positions, long and short.",
    "Contracts times price would have to be what their holders put up.",
)
def _c33(frame: pd.DataFrame) -> Answer:
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


@arithmetic(
    "The open interest of shorts can exceed that of longs by 30%.",
    "A contract would have to have a short and no long.",
)
def _c13(frame: pd.DataFrame) -> Answer:
    because = (
        "Each contract has one long and one short, so a trade adds the same number to both sides or takes "
        "it from both: long open interest less short open interest is 0 after every trade, on every venue. "
        "What can lean is a count of heads or a part of the market"
    )
    shares = [
        f"{name} below {SHORT_AHEAD:.3f} on {share(float((heads < SHORT_AHEAD).mean()))} of bars"
        for name, column in (("all accounts", "long_short_ratio"), ("top positions", "top_position_ratio"))
        if column in frame.columns and len(heads := frame[column].dropna())
    ]
    return Answer("arithmetic", f"{because}{': ' if shares else ''}{', '.join(shares)}.", 0.0, holds=False)


@definition(
    "In a fast rise exchanges close the shorts before anybody else.",
    "There would have to be a rule that prefers one side.",
)
def _c15(frame: pd.DataFrame) -> Answer:
    because = (
        "On a rising price only shorts lose, so only shorts can fall below their maintenance margin. That is "
        "arithmetic, not an order of service: turn the path upside down, and the same engine "
        "liquidates longs. The exchange closes whoever is below, side or no side."
    )
    part = np.nan
    if {"long_liquidations", "short_liquidations", "close"} <= set(frame.columns):
        day = bars("24h", frame.index)
        rise = velocity(frame["close"], day) > 0
        shorts, longs = (
            float(frame[name].rolling(day).sum()[rise].sum())
            for name in ("short_liquidations", "long_liquidations")
        )
        if shorts + longs > 0:
            part = shorts / (shorts + longs)
            because += (
                f" Here {share(part)} of what was forced out over rising days was short, not all of it."
            )
    return Answer("arithmetic", because, part, holds=False)


def coins_needed(frame: pd.DataFrame, threshold: float = ARTICLE_THRESHOLD) -> str:
    """Say how much would have to be open for the ratio to reach this threshold."""
    level = ratio(frame)
    if not level.notna().any():
        return "Open interest or supply is not known here."
    at = int(np.nanargmax(level))
    needed, most = (
        threshold * float(frame["circulating_supply"].iloc[at]),
        float(frame["open_interest"].iloc[at]),
    )
    return (
        f"A ratio of {share(threshold)} takes {needed:,.0f} coins in contracts. The highest ratio here is "
        f"{share(float(level.iloc[at]))}, of {most:,.0f} coins: {needed / most:.1f} times as many are needed."
    )


def _high_without_buyers(frame: pd.DataFrame) -> pd.Series:
    """A new high of the day that the balance of aggressive volume does not share."""
    day = bars("24h", frame.index)
    balance = (frame["taker_buy_volume"] - frame["taker_sell_volume"]).fillna(0.0).cumsum()
    unknown = frame["taker_buy_volume"].isna() | frame["taker_sell_volume"].isna()
    price, highest = frame["close"], trailing(frame["close"], "24h", "max")
    enough = highest.where((unknown.rolling(day).sum() <= (1 - KNOWN) * day) & ~unknown)
    return known((price >= highest) & (balance < balance.rolling(day).max()), enough)


def _annual_high(frame: pd.DataFrame) -> pd.Series:
    """Funding at the highest of its past year, and above what is usual there."""
    rate, place = settled(frame), funding_place(frame)
    highest = rate.rolling(bars("365d", frame.index), min_periods=1).max()  # known where its place is
    # Where funding rests on one value for weeks, that value can be the highest; it is no spike.
    return known((rate >= highest) & (place >= 0.975), rate, place)


_net_short = when(lambda heads: heads < SHORT_AHEAD, "long_short_ratio")


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
    both = high.notna() & short.notna()
    counts = [[int((both & (high == a) & (short == b)).sum()) for b in (1.0, 0.0)] for a in (1.0, 0.0)]
    rows = pd.Index(["funding at its annual high", "not"], name="bars")
    return pd.DataFrame(counts, rows, ["30% more short accounts", "not"])


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
    heads, place = frame["long_short_ratio"], funding_place(frame)
    if not heads.notna().any():
        return "The ratio of accounts is not known here."
    return (
        f"It speaks where longs over shorts are below {SHORT_AHEAD:.3f} and funding is in the lowest 2.5% "
        f"of its year. The lowest ratio here is {float(heads.min()):.3f}, and it is that low on "
        f"{int((heads < SHORT_AHEAD).sum()):,} bars; funding is that low on "
        f"{int((place <= 0.025).sum()):,}."
    )


def _forced_buying(frame: pd.DataFrame) -> pd.Series:
    forced = frame["short_liquidations"] / frame["open_interest_value"]
    place = past_place(forced, "30d", "30d")
    return known((place >= 0.99) & (forced > 0), place)


C05 = Claim(
    id="C05",
    says="Open interest above 15% of the market cap means extreme positioning.",
    means="The ratio is above 15% at times; the price then turns, against its trend of 30 days.",
    needs=_RATIO,
    speaks=when(lambda level: level > ARTICLE_THRESHOLD, ratio),
    horizon="72h",
    acts=against_trend,
    expect="higher",
    shows=coins_needed,
).with_reading(
    id="C05-median",
    says="Open interest at half as much again as its own 30-day median is such an extreme.",
    means="The price then goes against its trend of 30 days.",
    needs=_OI,
    speaks=when(
        lambda usual, coins: coins > 1.5 * usual,
        lambda f: trailing(f["open_interest"], "30d", "median"),
        "open_interest",
    ),
    shows=None,
)

C07 = (
    Claim(
        id="C07",
        says="When the ratio is extreme, a turn of the price is likely.",
        means="After the highest twentieth of its own past, the price goes against its trend of 30 days.",
        needs=_RATIO,
        speaks=when(lambda place: place >= 0.95, ratio_place),
        horizon="72h",
        acts=against_trend,
        expect="higher",
    )
    .with_reading(
        id="C07-sign",
        says="A turn: the next three days go the other way than the last three.",
        means="That happens more often than usual after the highest twentieth of its own past.",
        acts=None,
        outcome=turned,
        unit="share",
        matters=0.1,
    )
    .with_reading(
        id="C07-swing",
        says="A turn: the price goes 5% against its trend of 30 days at some time in the next week.",
        means="That happens more often than usual after the highest twentieth of its own past.",
        needs=(*_RATIO, "high", "low"),
        acts=None,
        horizon="7d",
        outcome=turned_by(0.05),
        unit="share",
        matters=0.1,
    )
)

C09 = (
    Claim(
        id="C09",
        says="Open interest that jumps while the price stands still means that those who know are selling.",
        means="Within a day the price falls more, or rises less, than usual.",
        needs=_QUIET,
        speaks=when(lambda score, width: (score > 2) & (width < 0.7), jump, quietness),
        horizon="24h",
        expect="lower",
        rival="The same picture is also called accumulation, and then a rise is expected.",
    )
    .with_reading(
        id="C09-score",  # `oikit.indicators.divergence`, with the scores that other claims use too
        says="The same, with a price that stands still by the score of its own change.",
        needs=_OI,
        speaks=when(
            lambda score, move: (score >= 2) & (move.abs() <= 0.5), jump, lambda f: quiet_score(f["close"])
        ),
    )
    .with_reading(
        id="C09-size",
        says="After such a jump in a quiet market the price breaks out, one way or the other.",
        means="Within a day it moves further than usual, up or down.",
        outcome=size_of_move,
        expect="higher",
        rival="",
    )
    .with_reading(
        id="C09-jump",
        says="Open interest that jumps, in whatever market, is followed by a fall.",
        means="Over three days the price falls more, or rises less, than usual.",
        needs=_OI,
        speaks=when(lambda score: score > 2, jump),
        horizon="72h",
        rival="Some read every jump as fresh buyers, and expect a rise.",
    )
)

C12 = (
    Claim(
        id="C12",
        says="Most read open interest by its direction, growing as bullish, shrinking as bearish.",
        means="The next day is better than usual after growth. The article reports this, and rejects it.",
        needs=_OI,
        speaks=when(lambda change: change > 0, velocity_of("open_interest", "24h")),
        horizon="24h",
        expect="higher",
        matters=0.005,
    )
    .with_reading(
        id="C12-down",
        says="The other half: shrinking open interest means falling prices.",
        means="After a day on which contracts were closed, the next day's move is lower than usual.",
        speaks=when(lambda change: change < 0, velocity_of("open_interest", "24h")),
        expect="lower",
    )
    .with_reading(
        id="C12-new-longs",
        says="A rise with growing open interest goes on.",
        means="After a day on which both rose, the next day's move is higher than usual.",
        speaks=when(
            lambda change, move: (change > 0) & (move > 0),
            velocity_of("open_interest", "24h"),
            velocity_of("close", "24h"),
        ),
    )
)

C14 = (
    Claim(
        id="C14",
        says="With funding at its highest of the year and shorts 30% ahead, a squeeze must come.",
        means="Each time, the price is 8% higher within three days, while 5% of the contracts are closed.",
        needs=_CROWD,
        speaks=when(lambda high, short: (high == 1) & (short == 1), _annual_high, _net_short),
        horizon="72h",
        outcome=squeezed(0.08, 0.05),
        unit="share",
        expect="higher",
        every=True,
        matters=0.1,
        shows=_two_by_two,
    )
    .with_reading(
        id="C14-low",
        says="Repaired: with funding near its lowest and accounts 30% short, a squeeze is likelier.",
        means="Such a squeeze happens more often than usual; shorts pay when funding is low.",
        speaks=when(lambda place, short: (place <= 0.025) & (short == 1), funding_place, _net_short),
        every=False,
        shows=_how_short,
    )
    .with_reading(
        id="C14-mirror",
        says="Mirrored: with funding near its highest and top accounts 30% long, the price falls.",
        means="Over three days the price falls more, or rises less, than usual.",
        needs=("funding_rate", "funding_interval", "top_position_ratio", "close"),
        speaks=when(lambda place, top: (place >= 0.975) & (top > 1.3), funding_place, "top_position_ratio"),
        outcome=price_move,
        unit="return",
        expect="lower",
        every=False,
        matters=0.01,
        shows=None,
    )
)

C16 = Claim(
    id="C16",
    says="Forced buying feeds on itself and drives the price further up.",
    means="After an hour of unusually many liquidated shorts, the next four hours rise more than usual.",
    needs=("short_liquidations", "open_interest_value", "close"),
    speaks=_forced_buying,
    horizon="4h",
    expect="higher",
    matters=0.005,
    rival="Others expect a fall, once nobody is left who must buy.",
).with_reading(
    id="C16-closing",
    says="The same without a list of liquidations: positions close fast while the price rises.",
    means="After four rising hours with 3% of contracts closed, four more rise more than usual.",
    needs=_OI,
    speaks=when(
        lambda closed, move: (closed <= np.log1p(-0.03)) & (move > 0),
        velocity_of("open_interest", "4h"),
        velocity_of("close", "4h"),
    ),
    rival="",
)

C21 = Claim(
    id="C21",
    says="Stand against the crowd at the very moment when all seem to be right.",
    means="In the extreme twentieths of the account ratio it brings more than doing so always.",
    needs=("long_short_ratio", "close"),
    speaks=when(lambda place: (place >= 0.95) | (place <= 0.05), crowd_place),
    horizon="72h",
    acts=lambda f: pd.Series(np.sign(0.5 - crowd_place(f)), f.index),
    expect="higher",
    rival="In the same breath, trading against the trend is named as a mistake.",
)

C27 = Claim(
    id="C27",
    says="Leave when the momentum no longer goes along with the price.",
    means="After a new high that aggressive buyers did not share, the next day is worse than usual.",
    needs=("close", "taker_buy_volume", "taker_sell_volume"),
    speaks=_high_without_buyers,
    horizon="24h",
    expect="lower",
)

C36 = Claim(
    id="C36",
    says="The key is to have it in real time and not late.",
    means="The same rule (short when a jump of open interest begins) loses by being four hours late.",
    needs=_OI,
    speaks=when(  # a jump, and none in the day before
        lambda score, highest: (score > 2) & (highest <= 2),
        jump,
        lambda f: trailing(jump(f), "24h", "max").shift(1),
    ),
    horizon="4h",
    acts=lambda f: pd.Series(-1.0, f.index),
    expect="higher",
    matters=0.005,
).with_reading(
    id="C36-hour",
    says="The same for whoever is an hour late.",
    means="The first hour after a jump begins brings more to a short than an hour usually does.",
    horizon="1h",
    matters=0.0025,
)
