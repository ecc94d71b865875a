"""Trades to be booked by a learner's function, and the ways in which people book them wrongly.

One coin is held, filled at opens; what is right here is what `oikit.strategy.engine` books.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

from oikit.margin import TAKER_FEE

BARS = 14


class Case(NamedTuple):
    """A trade to be booked.

    Attributes
    ----------
    side : {1, -1}
    decided, hold : int
        The bar at whose end it was decided, and the bars it is held through.
    opens, closes : list of float, quote per coin
    rates : list of float
        Funding settled at the end of each bar, on its close; above 0, longs pay.
    fee : float, fraction of the notional
    """

    side: int
    decided: int
    hold: int
    opens: list[float]
    closes: list[float]
    rates: list[float]
    fee: float


def trades(seed: int = 9) -> list[Case]:
    """Longs and shorts, with funding of both signs."""
    draw, cases = random.Random(seed), []
    for side, decided, hold in ((1, 2, 5), (-1, 3, 6), (-1, 0, 4), (1, 1, 9)):
        opens, closes, rates = [], [], []
        price = 500.0
        for bar in range(BARS):
            opens.append(round(price + draw.uniform(-1, 1), 2))
            price = round(price * (1 + draw.gauss(0, 0.01)), 2)
            closes.append(price)
            rates.append(round(draw.choice((-1, 1)) * draw.uniform(1e-3, 4e-3), 5) if bar % 2 else 0.0)
        cases.append(Case(side, decided, hold, opens, closes, rates, TAKER_FEE))
    return cases


def changed_later(case: Case) -> Case:
    """The same trade, in a market that goes on otherwise after its exit."""
    end = case.decided + 1 + case.hold
    return case._replace(
        opens=case.opens[: end + 1] + [2 * each for each in case.opens[end + 1 :]],
        closes=case.closes[:end] + [2 * each for each in case.closes[end:]],
        rates=case.rates[:end] + [0.01] * (BARS - end),
    )


def _parts(case: Case, begin: int, entry: float) -> tuple[float, float, float]:
    """Return the price change, both fees, and the funding that a long paid."""
    end = begin + case.hold
    paid = sum(case.rates[i] * case.closes[i] for i in range(begin, end))
    return case.opens[end] - entry, case.fee * (entry + case.opens[end]), paid


def _right_parts(case: Case) -> tuple[float, float, float]:
    return _parts(case, case.decided + 1, case.opens[case.decided + 1])


def booked(case: Case, *, fees: float = 1.0, leg: Callable[[float], float] = float) -> float:
    """The result with a share of the fees, and with another reading of what is paid in funding."""
    moved, both, paid = _right_parts(case)
    return case.side * moved - fees * both - leg(case.side * paid)


def net(case: Case) -> float:
    """Return the net profit of the trade, after fees and funding."""
    return booked(case)


def too_early(case: Case) -> float:
    """Filled in the bar that decides."""
    moved, fees, paid = _parts(case, case.decided, case.opens[case.decided])
    return case.side * moved - fees - case.side * paid


def at_the_close(case: Case) -> float:
    """Filled at the close that decides."""
    moved, fees, paid = _parts(case, case.decided + 1, case.closes[case.decided])
    return case.side * moved - fees - case.side * paid


def closes_at_both_ends(case: Case) -> float:
    """Filled at the closes of the two bars that decide."""
    end = case.decided + case.hold
    entry, leave = case.closes[case.decided], case.closes[end]
    return case.side * (leave - entry - _right_parts(case)[2]) - case.fee * (entry + leave)


def funding_on_the_entry(case: Case) -> float:
    """Charged on what the position was worth when it was opened."""
    entry = case.opens[case.decided + 1]
    rates = sum(case.rates[case.decided + 1 : case.decided + 1 + case.hold])
    return booked(case, leg=lambda _: case.side * entry * rates)


def as_return(case: Case) -> float:
    """A fraction of the entry, not money."""
    return net(case) / case.opens[case.decided + 1]


def one_fee(case: Case) -> float:
    """Charged at the opening only."""
    return net(case) + case.fee * case.opens[case.decided + 1 + case.hold]


def longs_only(case: Case) -> float:
    """A short pays what a long pays."""
    moved, fees, paid = _right_parts(case)
    return case.side * moved - fees - paid


def never_short(case: Case) -> float:
    """A short gains when the price rises."""
    moved, fees, paid = _right_parts(case)
    return moved - fees - case.side * paid
