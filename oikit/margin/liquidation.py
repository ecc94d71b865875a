"""Liquidation and bankruptcy prices of a position, as mark prices.

Linear contracts (margin and profit in quote units), isolated or cross, as Binance computes it: the
maintenance margin is charged on the notional at the mark price, in the tier of that notional. Other
venues' formulas are in `oikit.margin.elsewhere`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from oikit.errors import InputError
from oikit.margin.brackets import ladder, max_leverage
from oikit.margin.checks import Side, as_number, checked, sign

__all__ = ["adl_score", "bankruptcy_price", "liquidation_price", "liquidation_price_in_tier"]


def liquidation_price(
    entry_price: Any,
    *,
    side: Side,
    quantity: Any,
    tiers: Any,
    leverage: Any = None,
    margin: Any = None,
    fee_rate: float = 0.0,
    funding_paid: Any = 0.0,
    closing_fee_rate: float = 0.0,
    others_maintenance: Any = 0.0,
    others_profit: Any = 0.0,
) -> Any:
    """Return the mark price at which a position is liquidated.

    Parameters
    ----------
    entry_price : float or Series, quote/base
    side : {"long", "short"}
    quantity : float or Series, base
        Unsigned.
    tiers : DataFrame or float
        A table of tiers (`tiers`, or your own), or one maintenance margin rate for all sizes.
    leverage : float or Series, ×, optional
        Isolated margin: the margin is the notional at entry divided by the leverage.
    margin : float or Series, quote, optional
        Instead of `leverage`: the margin of an isolated position, or the wallet balance in cross.
    fee_rate : float, fraction of the notional at entry
        The opening fee, where it is taken from the margin.
    funding_paid : float or Series, fraction of the notional at entry
        Since the opening; negative if received.
    closing_fee_rate : float, fraction of the notional at the liquidation price
        Some venues (Gate, OKX, Phemex) require that the margin still covers it.
    others_maintenance, others_profit : float or Series, quote
        Cross margin: maintenance margin and unrealised profit of the account's other positions.

    Returns
    -------
    float or Series, quote/base
        0 where no price above 0 liquidates. A long whose margin is too small from the start has a
        liquidation price above its entry. NaN in a Series stays NaN.

    Raises
    ------
    InputError
        If a number is impossible, or the leverage is more than the tier of this notional allows.

    Notes
    -----
    Within tier k the price solves *margin + profit = maintenance margin*
    (`liquidation_price_in_tier`). The maintenance margin is the largest of the k candidates
    (`maintenance_margin`), so the tier that is consistent with its own answer is the one whose
    price is reached first: the highest for a long, the lowest for a short.

    Examples
    --------
    A 20x long is liquidated before the price has fallen 5%:

    >>> round(liquidation_price(600.0, side="long", quantity=10, leverage=20, tiers=0.005), 4)
    572.8643
    """
    entry: Any = checked(entry_price, "entry_price", "positive")
    size: Any = checked(quantity, "quantity", "positive")
    steps = ladder(tiers)
    notional = entry * size
    if (leverage is None) == (margin is None):
        raise InputError("a liquidation price needs either leverage=… or margin=…, and not both")
    if leverage is not None:
        factor: Any = checked(leverage, "leverage", "positive")
        _check_leverage(factor, notional, tiers)
        collateral = notional / factor
    else:
        collateral = checked(margin, "margin", "not negative")
    spent = checked(fee_rate, "fee_rate", "share") + checked(funding_paid, "funding_paid")
    collateral = collateral - spent * notional
    reached: Any = None
    nearest = np.maximum if sign(side) > 0 else np.minimum
    for rate, deduction in zip(steps.rates, steps.deductions, strict=True):
        price = liquidation_price_in_tier(
            entry,
            side=side,
            quantity=size,
            margin=collateral,
            maintenance_margin_rate=float(rate),
            deduction=float(deduction),
            closing_fee_rate=closing_fee_rate,
            others_maintenance=others_maintenance,
            others_profit=others_profit,
        )
        reached = price if reached is None else nearest(reached, price)
    return as_number(np.maximum(reached, 0.0))


def _check_leverage(leverage: Any, notional: Any, tiers: Any) -> None:
    allowed = np.asarray(max_leverage(notional, tiers=tiers))
    sizes, wanted, most = np.broadcast_arrays(np.asarray(notional), np.asarray(leverage), allowed)
    over = wanted > most
    if over.any():
        raise InputError(
            f"{wanted[over][0]:g}x is not allowed for a notional of {sizes[over][0]:,.0f}: "
            f"its tier ends at {most[over][0]:g}x. Take a smaller position or less leverage"
        )


def liquidation_price_in_tier(
    entry_price: Any,
    *,
    side: Side,
    quantity: Any,
    margin: Any,
    maintenance_margin_rate: float,
    deduction: float = 0.0,
    closing_fee_rate: float = 0.0,
    others_maintenance: Any = 0.0,
    others_profit: Any = 0.0,
) -> Any:
    """Return the liquidation price under the rate and deduction of one given tier.

    It does not check that the notional at the returned price lies in that tier.

    Parameters
    ----------
    entry_price, quantity, margin : float or Series
        As in `liquidation_price`; here the margin is what is left after fees and funding.
    side : {"long", "short"}
    maintenance_margin_rate : float, fraction
    deduction : float, quote
        The deduction of the tier; Binance calls it the maintenance amount, or ``cum``.
    closing_fee_rate, others_maintenance, others_profit
        As in `liquidation_price`.

    Returns
    -------
    float or Series, quote/base
        Below 0 where no price liquidates.

    Notes
    -----
    With s = 1 for a long and -1 for a short, the price solves::

        margin + others_profit - others_maintenance + s * q * (price - entry)
            = q * price * (rate + closing_fee_rate) - deduction

    Examples
    --------
    >>> liquidation_price_in_tier(100.0, side="long", quantity=1, margin=55, maintenance_margin_rate=0.1)
    50.0
    """
    direction = sign(side)
    entry: Any = checked(entry_price, "entry_price", "positive")
    size: Any = checked(quantity, "quantity", "positive")
    rate = checked(maintenance_margin_rate, "maintenance_margin_rate", "share")
    rate = checked(rate + checked(closing_fee_rate, "closing_fee_rate", "share"), "rate and fee", "share")
    if rate == 1.0:
        raise InputError("a maintenance margin rate and closing fee of 1 leave a long no liquidation price")
    free = checked(margin, "margin") + checked(others_profit, "others_profit")
    free = free - checked(others_maintenance, "others_maintenance", "not negative")
    return as_number((direction * entry * size - free - deduction) / (size * (direction - rate)))


def bankruptcy_price(
    entry_price: Any, *, side: Side, leverage: Any = None, quantity: Any = None, margin: Any = None
) -> Any:
    """Return the price at which the whole margin is lost.

    Parameters
    ----------
    entry_price : float or Series, quote/base
    side : {"long", "short"}
    leverage : float or Series, ×, optional
        Or, instead of it, both of:
    quantity : float or Series, base, optional
    margin : float or Series, quote, optional

    Returns
    -------
    float or Series, quote/base
        0 where the margin lasts at every price above 0.

    Raises
    ------
    InputError
        If a number is impossible, or the amount of margin is ambiguous.

    Examples
    --------
    >>> bankruptcy_price(10_000, side="long", leverage=50)
    9800.0
    """
    entry: Any = checked(entry_price, "entry_price", "positive")
    given = (leverage is not None, quantity is not None, margin is not None)
    if given == (True, False, False):
        room = entry / checked(leverage, "leverage", "positive")
    elif given == (False, True, True):
        room = checked(margin, "margin", "not negative") / checked(quantity, "quantity", "positive")
    else:
        raise InputError("a bankruptcy price needs either leverage=…, or quantity=… and margin=…")
    return as_number(np.maximum(entry - sign(side) * room, 0.0))


def adl_score(profit: Any, wallet_balance: Any, margin_ratio: Any) -> Any:
    """Return the auto-deleveraging score: the winners with the highest are closed first.

    Parameters
    ----------
    profit : number, quote
        Unrealised profit; a loss counts as 0.
    wallet_balance : number, quote
        Below 1 counts as 1.
    margin_ratio : number, fraction
        Maintenance margin over equity: the closer to liquidation, the higher.

    Returns
    -------
    number
        Profit per balance, times the margin ratio: large gains on thin margin come first.

    Examples
    --------
    >>> round(adl_score(40.2, 4.27, 0.1342), 2)
    1.26
    """
    return max(0, profit) / max(1, wallet_balance) * margin_ratio
