"""Claims about funding: C10, C11, C38."""

from __future__ import annotations

import pandas as pd

from oikit.claims.claim import Answer, Claim
from oikit.claims.events import fell_by, funding_place, jump_score, known, mean, settled
from oikit.formatting import amount, share
from oikit.indicators import velocity

_PAID = ("funding_rate", "funding_interval", "open_interest", "close")


def _paid_by_shorts(frame: pd.DataFrame) -> pd.Series:
    rate, change = settled(frame), velocity(frame["open_interest"], "24h")
    return known((rate < 0) & (change > 0), rate, change)


def _paid_by_shorts_strictly(frame: pd.DataFrame) -> pd.Series:
    premium = mean(frame["premium"], "24h")
    score = jump_score(frame["open_interest"])
    return known((premium < -0.0002) & (score > 1), premium, score)


def _euphoria(frame: pd.DataFrame) -> pd.Series:
    place, score = funding_place(frame), jump_score(frame["open_interest"])
    return known((place >= 0.95) & (score > 2), place, score)


def _cash(frame: pd.DataFrame) -> Answer:
    leverage, rate = 20, 0.0001
    a_day = 3 * leverage * rate
    because = (
        f"Funding is paid on the whole position, so {leverage}x of leverage makes 0.01% every eight hours "
        f"{share(a_day)} of the margin a day. Left out, a result is wrong by exactly what was paid."
    )
    if "funding_rate" not in frame.columns or not frame["funding_rate"].notna().any():
        return Answer("arithmetic", because, a_day, holds=True)
    paid = float(frame["funding_rate"].sum())
    who = "was paid by longs" if paid > 0 else "was received by longs"
    said = f" On this market {amount(abs(paid)).lstrip('+')} of the position {who} in all."
    return Answer("arithmetic", because + said, a_day, holds=True)


FUNDING: tuple[Claim, ...] = (
    Claim(
        id="C10",
        says="Funding below zero while open interest keeps growing is a bad sign for the price.",
        means="Over three days the price falls more, or rises less, than usual.",
        lesson="04",
        needs=_PAID,
        speaks=_paid_by_shorts,
        horizon="72h",
        expect="lower",
        rival="Others see shorts that crowd in and will be squeezed, and expect a rise.",
        beside=(
            Claim(
                id="C10-strict",
                says="The same, with a premium clearly below zero for a day and an unusual growth.",
                means="Over three days the price falls more, or rises less, than usual.",
                lesson="04",
                needs=("premium", "open_interest", "close"),
                speaks=_paid_by_shorts_strictly,
                horizon="72h",
                expect="lower",
                rival="Others expect a squeeze of the shorts, and a rise.",
            ),
        ),
    ),
    Claim(
        id="C11",
        says="Soaring funding with a surge of open interest is euphoria; a slump follows, without exception.",
        means="Each time, the price lies 5% lower at some moment within 72 h; both figures are ours.",
        lesson="04",
        needs=(*_PAID, "low"),
        speaks=_euphoria,
        horizon="72h",
        outcome=fell_by(0.05),
        unit="share",
        expect="higher",
        every=True,
        matters=0.1,
        beside=(
            Claim(
                id="C11-rate",
                says="After it a slump is at least more likely than usual.",
                means="More often than usual, the price lies 5% lower at some time of the next three days.",
                lesson="04",
                needs=(*_PAID, "low"),
                speaks=_euphoria,
                horizon="72h",
                outcome=fell_by(0.05),
                unit="share",
                expect="higher",
                matters=0.1,
            ),
            Claim(
                id="C11-move",
                says="After it the price falls.",
                means="Over three days the price falls more, or rises less, than usual.",
                lesson="04",
                needs=_PAID,
                speaks=_euphoria,
                horizon="72h",
                expect="lower",
                rival="High funding has also gone with rising prices, on average.",
            ),
        ),
    ),
    Claim(
        id="C38",
        says="It is a mistake to ignore changes of funding.",
        means="Funding is money that is paid or received, on top of the move of the price.",
        kind="arithmetic",
        lesson="04",
        answer=_cash,
    ),
)
"""In the order of their ids."""
