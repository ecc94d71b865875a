"""A cascade: a shock forces positions out, their orders move the price, and that forces out more.

The two sides are equally large, always. What differs is how they are levered: `cohorts` turns a mix
of leverage on each side into liquidation prices, and `cascade` follows a shock through them, round
by round, until nobody new is reached or nobody is left. A deep book stops it early.

Simplified on purpose: the price moves in proportion to what is forced out, nobody steps in or
leaves of their own will, and all of a cohort goes at one price.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oikit.errors import InputError
from oikit.margin import liquidation_price
from oikit.margin.checks import Side, checked

__all__ = ["Cascade", "cascade", "cohorts"]

_COLUMNS = ["side", "leverage", "quantity", "liquidation_price"]


@dataclass(frozen=True, slots=True, eq=False)
class Cascade:
    """The liquidations that a price shock forces, round by round, and the price at which they end.

    Attributes
    ----------
    side : {"long", "short"}
        The side that a move in this direction hurts. A fall forces out longs, by definition.
    steps : DataFrame, one row per round
        ``price`` after the round (quote/base), ``forced`` in it and ``total`` so far (base). Round 0
        is the shock itself.
    cohorts : DataFrame
        Those given, with the ``round`` that forced each out, NaN for those that stayed.
    open_interest : float, base
        Of one side.
    start : float, quote/base
        The price before the shock.
    """

    side: Side
    steps: pd.DataFrame
    cohorts: pd.DataFrame
    open_interest: float
    start: float

    @property
    def forced(self) -> float:
        """Return the quantity liquidated in all rounds together, in base units."""
        return float(self.steps["total"].iloc[-1])

    @property
    def price(self) -> float:
        """Return the price after the last round."""
        return float(self.steps["price"].iloc[-1])

    def __str__(self) -> str:
        """One sentence."""
        shock, end = self.steps["price"].iloc[0] / self.start - 1, self.price / self.start - 1
        share = self.forced / self.open_interest
        rounds = len(self.steps) - 1
        return (
            f"A move of {shock:+.1%} forces out {share:.0%} of the open {self.side}s "
            f"in {rounds} round{'' if rounds == 1 else 's'}, and the price stops at {end:+.1%}."
        )


def cohorts(
    price: float,
    *,
    open_interest: float,
    long_leverage: Mapping[float, float],
    short_leverage: Mapping[float, float],
    maintenance_margin_rate: float,
    long_entry: float | None = None,
    short_entry: float | None = None,
) -> pd.DataFrame:
    """Return the liquidation prices of a market with this mix of leverage.

    Parameters
    ----------
    price : float, quote/base
        The mark price now.
    open_interest : float, base, one side
        Each side holds all of it.
    long_leverage, short_leverage : mapping of leverage (×) to weight
        How the side's quantity is spread; only the proportions of the weights matter.
    maintenance_margin_rate : float, fraction
    long_entry, short_entry : float, optional, quote/base
        The side's entry price; `price` if left out.

    Returns
    -------
    DataFrame
        ``side``, ``leverage`` (×), ``quantity`` (base) and ``liquidation_price`` (quote/base),
        nearest to the price first within each side.

    Raises
    ------
    InputError
        If a number is impossible, or a cohort would already have been liquidated at this price.

    Examples
    --------
    >>> cohorts(100, open_interest=10, long_leverage={10: 1, 2: 1}, short_leverage={5: 1},
    ...         maintenance_margin_rate=0.0)[["side", "quantity", "liquidation_price"]].values.tolist()
    [['long', 5.0, 90.0], ['long', 5.0, 50.0], ['short', 10.0, 120.0]]
    """
    mark = checked(price, "price", "positive")
    coins = checked(open_interest, "open_interest", "positive")
    rate = checked(maintenance_margin_rate, "maintenance_margin_rate", "share")
    sides: dict[Side, tuple[Mapping[float, float], float | None]] = {
        "long": (long_leverage, long_entry),
        "short": (short_leverage, short_entry),
    }
    rows = []
    for side, (mix, entry) in sides.items():
        weights = {
            checked(leverage, f"{side}_leverage", "positive"): checked(weight, "a weight", "not negative")
            for leverage, weight in mix.items()
        }
        total = sum(weights.values())
        if not total:
            raise InputError(f"{side}_leverage holds no weight; give at least one, like {{10: 1}}")
        for leverage in sorted(weights, reverse=True):
            closed = liquidation_price(
                mark if entry is None else entry,
                side=side,
                quantity=1.0,
                leverage=leverage,
                tiers=rate,
            )
            rows.append((side, leverage, coins * weights[leverage] / total, closed))
    return _checked_cohorts(pd.DataFrame(rows, columns=_COLUMNS), mark)


def cascade(cohorts: pd.DataFrame, *, price: float, shock: float, depth: float) -> Cascade:
    """Return what a price shock liquidates, in which order, and where the price stops.

    Parameters
    ----------
    cohorts : DataFrame
        From `cohorts`, or your own with the same columns.
    price : float, quote/base
        Before the shock.
    shock : float, fraction of the price
        Below 0: a fall, which hurts longs. Above 0: a rise, which hurts shorts.
    depth : float, base
        How much must be sold or bought to move the price by one per cent (of `price`).

    Returns
    -------
    Cascade

    Raises
    ------
    InputError
        If a number is impossible, the shock is a fall of 100% or more, or a cohort is already
        liquidated.

    Notes
    -----
    With F(p) the quantity liquidated at price p, the price goes to the nearest p that satisfies
    ``p = price * (1 + shock ± F(p) / (100 * depth))``, from the shock onwards. It never falls when the
    shock or the leverage grows or the book gets thinner, and is at most the open interest.

    Examples
    --------
    >>> book = cohorts(100, open_interest=10, long_leverage={20: 1, 10: 1}, short_leverage={5: 1},
    ...                maintenance_margin_rate=0.0)
    >>> print(cascade(book, price=100, shock=-0.06, depth=1))
    A move of -6.0% forces out 100% of the open longs in 2 rounds, and the price stops at -16.0%.
    >>> print(cascade(book, price=100, shock=-0.06, depth=5))
    A move of -6.0% forces out 50% of the open longs in 1 round, and the price stops at -7.0%.
    """
    mark = checked(price, "price", "positive")
    thick = checked(depth, "depth", "positive")
    if checked(shock, "shock") <= -1:
        raise InputError(f"shock={shock:g} would take the price to 0 or below; type a fall of 5% as -0.05")
    table = _checked_cohorts(cohorts, mark).copy()
    side: Side = "short" if shock > 0 else "long"
    way = 1 if shock > 0 else -1
    closed, size = table["liquidation_price"].to_numpy(), table["quantity"].to_numpy()
    mine = (table["side"] == side).to_numpy()
    when = np.full(len(table), np.nan)
    rounds = [(mark * (1 + shock), 0.0, 0.0)]
    while shock:
        # A liquidation price of 0 is none: no price above 0 reaches it.
        reached = mine & np.isnan(when) & ((rounds[-1][0] - closed) * way >= 0) & (closed > 0)
        forced = float(size[reached].sum())
        when[reached] = len(rounds)
        if not forced:
            break
        total = rounds[-1][2] + forced
        rounds.append((max(0.0, mark * (1 + shock + way * total / (100 * thick))), forced, total))
    steps = pd.DataFrame(rounds, columns=["price", "forced", "total"]).rename_axis("round")
    return Cascade(side, steps, table.assign(round=when), float(size[mine].sum()), mark)


def _checked_cohorts(table: pd.DataFrame, price: float) -> pd.DataFrame:
    missing = [name for name in _COLUMNS if name not in table.columns]
    if missing:
        raise InputError(f"the cohorts need the columns {', '.join(_COLUMNS)}; {missing[0]!r} is missing")
    odd = set(table["side"]) - {"long", "short"}
    if odd:
        raise InputError(f"side={odd.pop()!r} is no side; type 'long' or 'short'")
    for name in ("quantity", "liquidation_price"):
        values = checked(table[name], name, "not negative")
        if values.isna().any():
            raise InputError(f"{name} of a cohort is NaN; a cohort must be known")
    long = table.loc[table["side"] == "long", "quantity"].sum()
    short = table.loc[table["side"] == "short", "quantity"].sum()
    if not long > 0 or abs(long - short) > 1e-9 * long:
        raise InputError(
            f"the longs hold {long:g} and the shorts {short:g}; every contract has one of each, "
            "so both sides hold all of the open interest"
        )
    gone = np.where(table["side"] == "long", 1, -1) * (table["liquidation_price"] - price) >= 0
    if gone.any():
        row = table[gone].iloc[0]
        raise InputError(
            f"the {row['side']}s of {row['leverage']:g}x are liquidated at {row['liquidation_price']:g}, "
            f"which the price {price:g} has passed; take less leverage or an entry nearer to the price"
        )
    return table
