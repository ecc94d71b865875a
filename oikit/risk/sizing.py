"""Position sizes under three readings of "capped at 2%", and what each can lose.

=============  ==========================================  =======================
reading        the cap is a share of the account that …    notional
=============  ==========================================  =======================
``risk``       is lost if the stop is hit                  cap × equity / stop
``margin``     is put up as margin                         cap × equity × leverage
``notional``   the whole position is worth                 cap × equity
=============  ==========================================  =======================
"""

from __future__ import annotations

from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from oikit.errors import InputError
from oikit.margin import liquidation_price
from oikit.margin.checks import Side, as_number, checked

__all__ = ["Reading", "liquidation_distance", "position_size", "readings"]

Reading = Literal["risk", "margin", "notional"]


def liquidation_distance(
    notional: Any,
    *,
    side: Side,
    leverage: Any,
    tiers: Any,
    fee_rate: float = 0.0,
    funding_paid: Any = 0.0,
) -> Any:
    """Return how far the price may move against a position before it is liquidated.

    Parameters
    ----------
    notional : float or Series, quote
        At the entry; with one rate for all sizes any number will do.
    side : {"long", "short"}
    leverage : float or Series, ×
    tiers : DataFrame or float
        As in `oikit.margin.liquidation_price`, like the costs.
    fee_rate, funding_paid : float, fraction of the notional at entry

    Returns
    -------
    float or Series, fraction of the entry price
        1 for a long that is liquidated at no price; below 0 for a position liquidated at once.

    Examples
    --------
    >>> round(liquidation_distance(5000, side="long", leverage=20, tiers=0.005), 5)
    0.04523
    """
    closed = liquidation_price(
        1.0,
        side=side,
        quantity=notional,
        leverage=leverage,
        tiers=tiers,
        fee_rate=fee_rate,
        funding_paid=funding_paid,
    )
    return as_number(1.0 - closed if side == "long" else closed - 1.0)


def position_size(
    equity: Any, *, cap: float, reading: Reading, leverage: Any = None, stop: Any = None
) -> Any:
    """Return the notional that this reading of the cap allows.

    Parameters
    ----------
    equity : float or Series, quote
    cap : float, fraction of the equity
        0.02 for "2%".
    reading : {"risk", "margin", "notional"}
        No default: the three readings differ too much to choose one silently.
    leverage : float or Series, ×
        For ``"margin"``.
    stop : float or Series, fraction of the entry price
        For ``"risk"``: the distance of the stop. `readings` checks that it comes before the liquidation.

    Returns
    -------
    float or Series, quote

    Raises
    ------
    InputError
        If a number is impossible, or one that the reading needs is missing.

    Examples
    --------
    >>> [position_size(10_000, cap=0.02, reading=each, leverage=20, stop=0.04)
    ...  for each in ("risk", "margin", "notional")]
    [5000.0, 4000.0, 200.0]
    """
    allowed: Any = checked(equity, "equity", "positive") * checked(cap, "cap", "share")
    if reading == "notional":
        return as_number(allowed)
    if reading == "margin":
        return as_number(allowed * checked(_given(leverage, "leverage", reading), "leverage", "positive"))
    if reading == "risk":
        return as_number(allowed / checked(_given(stop, "stop", reading), "stop", "fraction"))
    raise InputError(f"reading={reading!r} is none of {', '.join(get_args(Reading))}")


def _given(value: Any, name: str, reading: str) -> Any:
    if value is None:
        raise InputError(f"the reading {reading!r} needs {name}=…")
    return value


def readings(
    equity: float, *, cap: float, leverage: float, side: Side, tiers: Any, stop: float | None = None
) -> pd.DataFrame:
    """Tabulate what the three readings of a cap allow, and what each of them can lose.

    Parameters
    ----------
    equity : float, quote
    cap : float, fraction of the equity
    leverage : float, ×
    side : {"long", "short"}
    tiers : DataFrame or float
        As in `oikit.margin.liquidation_price`.
    stop : float, optional, fraction of the entry price
        Without one, the liquidation is the stop.

    Returns
    -------
    DataFrame, one row per reading, all in quote units
        ``notional``, ``margin``, ``loss_at_1_percent`` (a move of 1% against it), ``loss_at_stop``,
        and ``margin`` again as ``most_to_lose``: what an isolated position can lose when the stop fails.

    Raises
    ------
    InputError
        If the stop lies beyond the liquidation, or a notional is too large for the leverage.

    Examples
    --------
    >>> readings(10_000, cap=0.02, leverage=20, side="long", tiers=0.005, stop=0.01).round(1)
              notional  margin  loss_at_1_percent  loss_at_stop  most_to_lose
    reading
    risk       20000.0  1000.0              200.0         200.0        1000.0
    margin      4000.0   200.0               40.0          40.0         200.0
    notional     200.0    10.0                2.0           2.0          10.0
    """
    factor = checked(leverage, "leverage", "positive")
    rows = {}
    for reading in get_args(Reading):
        away = stop
        if stop is None:
            away = _own_liquidation(equity, cap, reading, factor, side, tiers)
        notional = position_size(equity, cap=cap, reading=reading, leverage=factor, stop=away)
        room = liquidation_distance(notional, side=side, leverage=factor, tiers=tiers)
        if stop is not None and stop >= room:
            raise InputError(
                f"a stop {stop:.2%} away is never reached: at {factor:g}x a {side} of {notional:,.0f} is "
                f"liquidated after {room:.2%}. Take a nearer stop or less leverage"
            )
        margin = notional / factor
        rows[reading] = {
            "notional": notional,
            "margin": margin,
            "loss_at_1_percent": min(notional * 0.01, margin),
            "loss_at_stop": notional * (room if away is None else away),
            "most_to_lose": margin,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("reading")


def _own_liquidation(
    equity: float, cap: float, reading: Reading, leverage: float, side: Side, tiers: Any
) -> float | None:
    """The stop that is the liquidation of the very position it sizes; the tier may depend on the size."""
    if reading != "risk":
        return None
    away, before = 1.0 / leverage, np.inf
    while abs(away - before) > 1e-13:
        before = away
        notional = position_size(equity, cap=cap, reading=reading, stop=min(away, 1 - 1e-12))
        away = liquidation_distance(notional, side=side, leverage=leverage, tiers=tiers)
        if away <= 0:
            raise InputError(
                f"a {side} at {leverage:g}x is liquidated as soon as it is opened: {away:.2%} away"
            )
    return away
