"""Claims about how fast open interest moves: C03, C09, C27, C36."""

from __future__ import annotations

import pandas as pd

from oikit.claims.events import size_of_move
from oikit.claims.model import Answer, Claim
from oikit.claims.states import KNOWN, jump_score, known, largest, quiet_score, quietness
from oikit.clock import bars


def _both_ways(frame: pd.DataFrame) -> Answer:
    return Answer(
        "not testable",
        "The ratio holds the supply, too, so the two halves are not quite at odds; but a supply hardly "
        "moves, and then the ratio says what open interest says. That it has saved anybody is told "
        "without a trade. What can be asked is how much each further column adds to a forecast of bars it "
        "has not seen; that is lesson 07.",
    )


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

VELOCITY: tuple[Claim, ...] = (
    Claim(
        id="C03",
        says="Open interest by itself says next to nothing, its ratio to the market cap and its pace do; and "
        "one such figure has been enough to be saved.",
        means="The level adds nothing to a forecast, and the ratio, the level over the supply, does.",
        kind="not testable",
        lesson="03",
        answer=_both_ways,
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
)
"""In the order of their ids."""
