"""Liquidation prices on venues that differ from `oikit.margin.liquidation_price`.

=======================================  =========================================================
venue                                    what differs
=======================================  =========================================================
Gate, OKX, Phemex                        nothing but ``closing_fee_rate``: the taker fee
Hyperliquid                              nothing: one rate for all sizes, half of 1 / max leverage
Bybit (older page), KuCoin, many guides  `at_entry`: maintenance margin frozen at the entry price
coin-margined contracts                  `inverse` and `inverse_bankruptcy`: margin in coins
=======================================  =========================================================
"""

from __future__ import annotations

from typing import Any

import numpy as np

from oikit.errors import InputError
from oikit.margin.checks import Side, as_number, checked, sign

__all__ = ["at_entry", "buffered", "inverse", "inverse_bankruptcy"]


def at_entry(
    entry_price: Any, *, side: Side, leverage: Any, maintenance_margin_rate: float, added_margin: Any = 0.0
) -> Any:
    """Return the liquidation price when the maintenance margin is charged on the entry price.

    Parameters
    ----------
    entry_price : float or Series, quote/base
    side : {"long", "short"}
    leverage : float or Series, ×
    maintenance_margin_rate : float, fraction
    added_margin : float or Series, quote per unit of base
        Margin added later, divided by the quantity.

    Returns
    -------
    float or Series, quote/base

    Notes
    -----
    ``entry * (1 - s/L + s*rate) - s * added``. Simpler, symmetric, and slightly different: for a 20x
    long at 100,000 it gives 95,500, while charging at the mark price gives 95,477.39.

    Examples
    --------
    >>> at_entry(20_000, side="long", leverage=50, maintenance_margin_rate=0.005)
    19700.0
    """
    entry: Any = checked(entry_price, "entry_price", "positive")
    factor: Any = checked(leverage, "leverage", "positive")
    rate = checked(maintenance_margin_rate, "maintenance_margin_rate", "share")
    room = entry * (1 / factor - rate) + checked(added_margin, "added_margin")
    return as_number(np.maximum(entry - sign(side) * room, 0.0))


def inverse(
    entry_price: Any,
    *,
    side: Side,
    value: Any,
    margin: Any,
    maintenance_margin_rate: float,
    closing_fee_rate: float = 0.0,
) -> Any:
    """Return the liquidation price of a contract margined in its own coin.

    Parameters
    ----------
    entry_price : float or Series, quote/base
    side : {"long", "short"}
    value : float or Series, quote
        The face value of the position: it is fixed in quote units, and its value in coins moves.
    margin : float or Series, base
        In coins; the wallet balance in cross.
    maintenance_margin_rate : float, fraction of the coins at the entry price
    closing_fee_rate : float, fraction
        Reserved for closing at the bankruptcy price.

    Returns
    -------
    float or Series, quote/base
        Infinity for a short that is liquidated at no price.

    Notes
    -----
    A long of value V holds V/price coins less than it began with as the price falls::

        margin + s * V * (1/entry - 1/price) = V * rate / entry + V * fee / bankruptcy

    Examples
    --------
    >>> round(inverse(2000, side="long", value=2000, margin=0.1, maintenance_margin_rate=0.005), 2)
    1826.48
    """
    entry, worth, coins = _inverse_inputs(entry_price, value, margin)
    rate = checked(maintenance_margin_rate, "maintenance_margin_rate", "share")
    fee = checked(closing_fee_rate, "closing_fee_rate", "share")
    broke = inverse_bankruptcy(entry, side=side, value=worth, margin=coins, closing_fee_rate=fee)
    kept = worth * rate / entry + worth * fee / broke
    coins_at_the_end = 1 / entry + sign(side) * (coins - kept) / worth
    return as_number(_reciprocal(coins_at_the_end))


def inverse_bankruptcy(
    entry_price: Any, *, side: Side, value: Any, margin: Any, closing_fee_rate: float = 0.0
) -> Any:
    """Return the price at which the whole margin of a coin-margined position is lost.

    Parameters
    ----------
    entry_price, side, value, margin, closing_fee_rate
        As in `inverse`; the fee of closing there is paid from the margin.

    Returns
    -------
    float or Series, quote/base
        Infinity for a short whose margin is lost at no price.

    Examples
    --------
    >>> round(inverse_bankruptcy(8000, side="long", value=10_000, margin=0.5, closing_fee_rate=0.00075), 2)
    5718.57
    """
    entry, worth, coins = _inverse_inputs(entry_price, value, margin)
    fee = checked(closing_fee_rate, "closing_fee_rate", "share")
    direction = sign(side)
    return as_number((1 + direction * fee) * _reciprocal(1 / entry + direction * coins / worth))


def _inverse_inputs(entry_price: Any, value: Any, margin: Any) -> tuple[Any, Any, Any]:
    return (
        checked(entry_price, "entry_price", "positive"),
        checked(value, "value", "positive"),
        checked(margin, "margin", "positive"),
    )


def _reciprocal(coins: Any) -> Any:
    # Coins per unit of quote at or below 0 mean a price beyond any: infinity, not a negative price.
    with np.errstate(divide="ignore"):
        return as_number(1.0 / np.maximum(coins, 0.0))


def buffered(liquidation_price: Any, entry_price: Any, *, side: Side, buffer: float) -> Any:
    """Return the exit price of a program that leaves a buffer before the liquidation price.

    Parameters
    ----------
    liquidation_price, entry_price : float or Series, quote/base
    side : {"long", "short"}
    buffer : float, fraction of the distance from entry to liquidation
        freqtrade takes 0.05.

    Returns
    -------
    float or Series, quote/base

    Examples
    --------
    >>> buffered(8.0, 10.0, side="long", buffer=0.05)
    8.1
    """
    closed: Any = checked(liquidation_price, "liquidation_price", "not negative")
    entry: Any = checked(entry_price, "entry_price", "positive")
    share = checked(buffer, "buffer", "share")
    if bool(np.any((entry - closed) * sign(side) < 0)):
        raise InputError(f"a {side} is not liquidated on the winning side of its entry; check both prices")
    return as_number(closed + (entry - closed) * share)
