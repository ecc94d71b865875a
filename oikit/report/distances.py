"""Distance to liquidation by leverage, and how far weeks of this week's funding reduce it."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd

from oikit import clock
from oikit.errors import InputError
from oikit.margin import liquidation_price, max_leverage, tiers
from oikit.margin.checks import Side
from oikit.report.book import Book
from oikit.risk import touch_frequency

LEVERAGES = (2, 5, 10, 20, 50)
STAKE = 10_000.0
"""Dollars of notional at entry: the first tier of every table here."""

_FLAT = 0.005  # one maintenance rate for all sizes, where there is no table of this contract
_WEEKS_HELD = 4
_SIDES: tuple[Side, ...] = ("long", "short")


def collect_distances(book: Book) -> dict[str, Any]:
    """Distance to liquidation of an isolated position opened at the end of the week."""
    about = book.about
    table, words = _tiers(about.market, about.until)
    paid = next((each for each in book.facts if each["id"] == "funding_paid"), {"value": None, "unknown": ""})
    price = book.column("close")
    row = pd.Series(dtype=float) if isinstance(price, str) else book.known(price, about.until)
    reason = price if isinstance(price, str) else "no price of the week's last day is known"
    times = list(row.index)
    held = book.add(
        "risk_weeks_held", float(_WEEKS_HELD), "count", "funding_drag", "weeks of funding that are added up"
    )
    past = about.frame.loc[about.until - pd.Timedelta(days=365) :]
    windows = book.add(
        "risk_weeks_past",
        float((past.index[-1] - past.index[0]) // clock.WEEK),
        "count",
        "touched",
        "weeks side by side in the past year of data",
        list(past.index[[0, -1]]),
    )
    drag = None if paid["value"] is None else float(paid["value"]) * _WEEKS_HELD
    far_off = {side: _distances(side, table, 0.0) if len(row) else {} for side in _SIDES}
    after = {
        side: {} if drag is None else _distances(side, table, drag if side == "long" else -drag)
        for side in _SIDES
    }
    rows = []
    for leverage in LEVERAGES:
        for side in _SIDES:
            unless = f"{leverage}x is more than these margins allow" if len(row) else reason
            near = far_off[side].get(leverage)
            dragged = None if near is None else after[side].get(leverage)
            touched = _touched(past, side, near)
            far = unless if near is None else "the past year has no low and high of enough bars"
            ids = _write(
                book,
                f"risk_{leverage}x_{side}",
                f"{side} at {leverage}x",
                (near, unless, times),
                (dragged, unless if near is None else str(paid["unknown"]), times),
                (touched, far, list(past.index[[0, -1]])),
            )
            rows.append({"leverage": leverage, "side": side, **ids})
    return {"tiers": words, "weeks_held": held, "weeks_past": windows, "rows": rows}


_Told = tuple[float | None, str, list[pd.Timestamp]]


def _write(book: Book, stem: str, what: str, near: _Told, dragged: _Told, touched: _Told) -> dict[str, str]:
    said = (
        ("distance", "liquidation_distance", "move of the price that liquidates it", near),
        ("dragged", "funding_drag", f"the same after {_WEEKS_HELD} weeks of this week's funding", dragged),
        (
            "touched",
            "touched",
            "share of the past year's starts from which it went that far in a week",
            touched,
        ),
    )
    return {
        kind: book.add(
            f"{stem}_{kind}", value, "fraction", definition, f"{what}: {label}", times, unknown=reason
        )
        for kind, definition, label, (value, reason, times) in said
    }


def _tiers(market: str, on: pd.Timestamp) -> tuple[pd.DataFrame | float, str]:
    """Take the table of this contract, or one rate for all sizes; and say which."""
    match = re.fullmatch(r"(bnb|btc)-[a-z0-9]+", market)
    symbol = f"{match[1].upper()}USDT" if match else market
    try:
        table = tiers(symbol, on=on)
    except InputError:
        return _FLAT, f"a maintenance margin of {_FLAT:.1%} for all sizes: there is no table of {symbol}"
    return table, f"the maintenance margins of {symbol} in the table of {table['date'].iloc[0]}"


def _distances(side: Side, table: pd.DataFrame | float, drag: float) -> dict[int, float]:
    """Return the move from the entry price to the liquidation price, by each leverage that is allowed."""
    most = max_leverage(STAKE, tiers=table)
    allowed = [each for each in LEVERAGES if each <= most]
    if not allowed:
        return {}
    price = liquidation_price(
        1.0,
        side=side,
        quantity=STAKE,
        tiers=table,
        leverage=pd.Series(allowed, dtype=float),
        funding_paid=drag,
    )
    return dict(zip(allowed, (price - 1.0).tolist(), strict=True))


def _touched(past: pd.DataFrame, side: Side, move: float | None) -> float | None:
    name = "low" if side == "long" else "high"
    if move is None or name not in past.columns or move <= -1:
        return None
    try:
        return touch_frequency(past[["close", name]], barrier=1 + move, window="7d").share
    except InputError:
        return None
