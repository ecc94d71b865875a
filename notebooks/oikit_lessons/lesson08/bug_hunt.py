"""The bug hunt of lesson 08: a short backtest with five faults, and laws that find them.

The learner repairs two functions. `remaining` counts the faults that are left without looking at the
code, by what it does:

==========================  ================================================================
fault                       what gives it away
==========================  ================================================================
a window with a centre      with the end cut off, the last scores before the cut change
a yardstick of all days     with the end cut off, every score is stretched or moved alike
filled in the same bar      the books agree with a fill at the bar that decided
funding ignored             the books agree with holding for free
the dead left out           the books agree with a market of survivors
==========================  ================================================================

The books are kept here in every way one could keep them, so that a repair that breaks something else
is named, too.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from oikit.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["market"]

FAULTS = 5
DEAD = ("coin 3", "coin 7", "coin 10")
"""Coins of `market` that lose most of their price in one day and are gone after it."""

_NEAR = 60
"""Bars before a cut that a window with a centre can change."""


def score(close: pd.DataFrame) -> pd.DataFrame:
    """Return the standardised slope of each smoothed price. It contains two faults."""
    smooth = close.rolling(25, center=True).mean()
    slope = smooth.pct_change(fill_method=None)
    return (slope - slope.mean()) / slope.std()


def backtest(
    closes: pd.DataFrame, funding: pd.DataFrame, score: Callable[[pd.DataFrame], pd.DataFrame]
) -> pd.Series:
    """Return the daily mean return of following the score. It contains three faults."""
    import numpy as np

    closes = closes.dropna(axis="columns")
    side: pd.DataFrame = np.sign(score(closes))  # type: ignore[assignment]
    moves = closes.pct_change(fill_method=None)
    earned: pd.Series = (side * moves).mean(axis="columns")
    return earned


@lru_cache(maxsize=1)
def market() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw twelve simulated coins without any link, three of which do not live to the end.

    Returns
    -------
    closes, funding : DataFrame, shape (730, 12)
        Daily prices and the funding rate of each day; NaN once a coin is gone.
    """
    import numpy as np
    import pandas as pd

    draw = np.random.default_rng(8)
    index = pd.date_range("2024-01-02", periods=730, freq="D", tz="UTC", name="time")
    names = [f"coin {number}" for number in range(1, 13)]
    prices = np.exp(draw.normal(0, 0.03, (730, 12)).cumsum(axis=0))
    closes = pd.DataFrame(prices.copy(), index, names)
    funding = pd.DataFrame(draw.normal(3e-4, 2e-4, (730, 12)), index, names)
    for name, end in zip(DEAD, (300, 450, 600), strict=True):
        closes.iloc[end - 1, names.index(name)] = 0.4 * prices[end - 1, names.index(name)]
        closes.loc[index[end:], name] = np.nan
        funding.loc[index[end:], name] = np.nan
    return closes, funding


def remaining(
    score: Callable[[pd.DataFrame], pd.DataFrame], backtest: Callable[..., pd.Series]
) -> tuple[int, str]:
    """Return how many of the five faults are left, and what a repair broke.

    Examples
    --------
    >>> remaining(score, backtest)
    (5, '')
    """
    for name, each in (("score", score), ("backtest", backtest)):
        if not callable(each):
            raise InputError(f"{name} is {each!r}; give the function itself, without calling it.")
    stretched, centred, odd = _looks(score)
    kept, broken = _kept_books(backtest)
    return stretched + centred + kept, odd or broken


# --- the score: cut the future off ---


def _looks(score: Callable[[pd.DataFrame], pd.DataFrame]) -> tuple[int, int, str]:
    """Return whether a score is rescaled by later days or revised near a cut, and any new fault."""
    import numpy as np

    closes = market()[0].drop(columns=list(DEAD)).iloc[:420, :4]
    cut = 340
    with np.errstate(all="ignore"):
        full, now = _scores(score, closes)[:cut], _scores(score, closes.iloc[:cut])
    if np.isfinite(now[cut // 2 : cut - _NEAR]).mean() < 0.9 or np.nanstd(now[cut // 2 : cut - _NEAR]) == 0:
        return 0, 0, "silent"
    stretched = centred = 0
    for was, came in zip(full.T, now.T, strict=True):
        far = slice(cut // 2, cut - _NEAR)
        known = np.isfinite(was[far]) & np.isfinite(came[far])
        design = np.column_stack([was[far][known], np.ones(known.sum())])
        (factor, moved), *_ = np.linalg.lstsq(design, came[far][known], rcond=None)
        spread = np.nanstd(came[far])
        if not np.allclose(design @ [factor, moved], came[far][known], rtol=0, atol=1e-6 * spread):
            return 0, 0, "knows the future"
        stretched |= int(not (abs(factor - 1) < 1e-7 and abs(moved) < 1e-7 * max(1.0, spread)))
        near = slice(cut - _NEAR, cut)
        centred |= int(
            not np.allclose(
                factor * was[near] + moved, came[near], rtol=0, atol=1e-6 * spread, equal_nan=True
            )
        )
    return stretched, centred, ""


def _scores(score: Callable[[pd.DataFrame], pd.DataFrame], closes: pd.DataFrame) -> Any:
    import numpy as np

    found = np.asarray(score(closes.copy()), dtype=np.float64)
    if found.shape != closes.shape:
        raise InputError(
            f"score gives back a table of shape {found.shape} for prices of shape {closes.shape}; "
            "one score for each day and coin is asked."
        )
    return found


# --- the backtest: keep the books in every way ---

_FILLS = {
    "held from the next": 1,
    "same bar": 0,
    "before it is known": -1,
    "a bar too late": 2,
    "tomorrow": 0,
}
"""The days by which a position is moved; tomorrow: it stays, and the next day's move is brought to it."""
_FUNDING = ("paid", "ignored", "received", "of the new side")
_DEAD = ("kept", "left out", "never gone")


def _kept_books(backtest: Callable[..., pd.Series]) -> tuple[int, str]:
    """Return how many of the backtest's three faults are left, and any new fault."""
    import numpy as np

    closes, funding, sides = _small_market()

    def known(table: pd.DataFrame) -> pd.DataFrame:
        return sides.reindex(index=table.index, columns=table.columns)

    found = np.asarray(backtest(closes.copy(), funding.copy(), known), dtype=np.float64)
    if found.shape != (len(closes),):
        raise InputError(
            f"backtest gives back shape {found.shape}; one return for each of {len(closes)} days is asked."
        )
    for fill, paid, dead in itertools.product(_FILLS, _FUNDING, _DEAD):
        if np.allclose(np.nan_to_num(found), books(fill, paid, dead), rtol=0, atol=1e-9):
            break
    else:
        return 0, "books"
    left = (fill == "same bar") + (paid == "ignored") + (dead == "left out")
    if fill in ("before it is known", "tomorrow"):
        return left, fill
    if fill == "a bar too late":
        return left, "fill"
    if paid in ("received", "of the new side"):
        return left, "funding"
    return left, "dead" if dead == "never gone" else ""


def books(fill: str, paid: str, dead: str) -> Any:
    """Keep the books of a small market in one way."""
    import numpy as np
    import pandas as pd

    closes, funding, sides = _small_market()
    if dead == "left out":
        closes = closes.dropna(axis="columns")
    elif dead == "never gone":
        closes = closes.ffill()
    sides, funding = sides[closes.columns], funding[closes.columns]
    if dead == "never gone":
        funding = funding.fillna(0.0)
    side = pd.DataFrame(np.sign(sides), sides.index, sides.columns)
    held, moves, rates = side.shift(_FILLS[fill]), closes.pct_change(fill_method=None), funding
    if fill == "tomorrow":
        moves, rates = moves.shift(-1), rates.shift(-1)
    cost = {
        "paid": held * rates,
        "ignored": 0.0,
        "received": -held * rates,
        "of the new side": side * funding,
    }[paid]
    earned = held * moves - cost
    return np.nan_to_num(earned.mean(axis="columns").to_numpy())


@lru_cache(maxsize=1)
def _small_market() -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return four coins over 40 days, one of which ends after day 25, and arbitrary scores."""
    import numpy as np
    import pandas as pd

    draw = np.random.default_rng(80)
    index = pd.date_range("2025-01-02", periods=40, freq="D", tz="UTC", name="time")
    names = list("ABCD")
    closes = pd.DataFrame(100 * np.exp(draw.normal(0, 0.04, (40, 4)).cumsum(axis=0)), index, names)
    funding = pd.DataFrame(draw.normal(0, 0.002, (40, 4)), index, names)
    sides = pd.DataFrame(draw.choice([-1.5, 1.5], (40, 4)), index, names)
    closes.loc[index[25:], "C"] = np.nan
    funding.loc[index[25:], "C"] = np.nan
    return closes, funding, sides
