"""Claims about funding: C10, C11, C38."""

from __future__ import annotations

import pandas as pd

from oikit.claims.claim import Answer, Claim, arithmetic
from oikit.claims.events import fell_by, funding_place, jump, price_move, settled, trailing, velocity_of, when
from oikit.formatting import amount, share

_PAID = ("funding_rate", "funding_interval", "open_interest", "close")


@arithmetic(
    "It is a mistake to ignore changes of funding.",
    "Funding is money that is paid or received, on top of the move of the price.",
)
def _c38(frame: pd.DataFrame) -> Answer:
    leverage, rate = 20, 0.0001
    a_day = 3 * leverage * rate
    because = (
        f"Funding is paid on the whole position, so {leverage}x of leverage makes 0.01% every eight hours "
        f"{share(a_day)} of the margin a day. Left out, a result is wrong by exactly what was paid."
    )
    if "funding_rate" in frame.columns and frame["funding_rate"].notna().any():
        paid = float(frame["funding_rate"].sum())
        who = "was paid by longs" if paid > 0 else "was received by longs"
        because += f" On this market {amount(abs(paid)).lstrip('+')} of the position {who} in all."
    return Answer("arithmetic", because, a_day, holds=True)


C10 = Claim(
    id="C10",
    says="Funding below zero while open interest keeps growing is a bad sign for the price.",
    means="Over three days the price falls more, or rises less, than usual.",
    needs=_PAID,
    speaks=when(lambda rate, change: (rate < 0) & (change > 0), settled, velocity_of("open_interest", "24h")),
    horizon="72h",
    expect="lower",
    rival="Others see shorts that crowd in and will be squeezed, and expect a rise.",
).with_reading(
    id="C10-strict",
    says="The same, with a premium clearly below zero for a day and an unusual growth.",
    needs=("premium", "open_interest", "close"),
    speaks=when(
        lambda premium, score: (premium < -0.0002) & (score > 1),
        lambda f: trailing(f["premium"], "24h", "mean"),
        jump,
    ),
    rival="Others expect a squeeze of the shorts, and a rise.",
)

C11 = (
    Claim(
        id="C11",
        says="Soaring funding with a surge of open interest is euphoria; a slump follows, without exception.",
        means="Each time, the price lies 5% lower at some moment within 72 h; both figures are ours.",
        needs=(*_PAID, "low"),
        speaks=when(lambda place, score: (place >= 0.95) & (score > 2), funding_place, jump),
        horizon="72h",
        outcome=fell_by(0.05),
        unit="share",
        expect="higher",
        every=True,
        matters=0.1,
    )
    .with_reading(
        id="C11-rate",
        says="After it a slump is at least more likely than usual.",
        means="More often than usual, the price lies 5% lower at some time of the next three days.",
        every=False,
    )
    .with_reading(
        id="C11-move",
        says="After it the price falls.",
        means="Over three days the price falls more, or rises less, than usual.",
        needs=_PAID,
        outcome=price_move,
        unit="return",
        expect="lower",
        every=False,
        matters=0.01,
        rival="High funding has also gone with rising prices, on average.",
    )
)
