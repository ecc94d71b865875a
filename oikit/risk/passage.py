"""First-passage probabilities: the chance that the price touches a level within so many days.

Three methods, whose results differ instructively:

* `touch_probability`: a closed form, for a price that moves like a geometric Brownian motion and is
  observed continuously;
* `simulate_touch`: a simulation, also with fat tails or jumps of the same variance, observed hourly or
  daily (which misses touches in between);
* `touch_frequency`: the frequency in a frame.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from oikit.clock import bars
from oikit.errors import InputError
from oikit.frame import validate
from oikit.margin import liquidation_price
from oikit.margin.checks import Numbers, Side, as_number, checked, whole

__all__ = [
    "Simulated",
    "liquidation_probability",
    "simulate_touch",
    "touch_frequency",
    "touch_probability",
]

DAYS_PER_YEAR = 365


class Simulated(NamedTuple):
    """A share of simulated paths, and its standard error."""

    probability: float
    standard_error: float


class Frequency(NamedTuple):
    """Observed frequency of a touch.

    Attributes
    ----------
    share : float
        Of the windows whose end is known.
    windows : int
        Their number; they overlap, so they are far from independent.
    independent : float
        How many fit without overlap.
    unknown : int
        Windows left out because a bar in them is unknown and the others do not show a touch.
    """

    share: float
    windows: int
    independent: float
    unknown: int


def touch_probability(barrier: Numbers, *, volatility: float, days: float, drift: float = 0.0) -> Numbers:
    """Return the probability that the price touches a level within so many days.

    Parameters
    ----------
    barrier : float, array or Series, ratio
        The level divided by the current price: 0.95 is 5% below. 0 is never touched. NaN stays NaN.
    volatility : float, fraction per square root of a year of 365 days
    days : float
    drift : float, fraction per year
        Drift of the price; at 0 its expectation does not change.

    Returns
    -------
    float, array or Series
        1 where the barrier is the price itself.

    Notes
    -----
    With a = abs(log barrier), T years, and m the drift of the log price towards the barrier
    (``drift - volatility**2/2`` for one above, its opposite for one below)::

        Phi((m*T - a) / s) + exp(2*m*a / volatility**2) * Phi((-m*T - a) / s),   s = volatility * sqrt(T)

    Examples
    --------
    >>> round(touch_probability(0.95, volatility=0.6, days=7), 4)
    0.5508
    """
    level: Any = checked(barrier, "barrier", "not negative")
    sigma = checked(volatility, "volatility", "positive")
    years = checked(days, "days", "positive") / DAYS_PER_YEAR
    mean = checked(drift, "drift") - sigma**2 / 2
    answers = [_touch(float(each), sigma, years, mean) for each in np.ravel(level)]
    chance: Any = np.array(answers).reshape(np.shape(level))
    if isinstance(level, pd.Series):
        chance = pd.Series(answers, level.index)
    return as_number(chance)


def _touch(level: float, sigma: float, years: float, mean: float) -> float:
    if math.isnan(level) or level == 0:
        return level
    away, towards = abs(math.log(level)), math.copysign(mean, mean * math.log(level))
    spread = sigma * math.sqrt(years)
    straight = 0.5 * math.erfc((away - towards * years) / spread / math.sqrt(2))
    reflected = 2 * towards * away / sigma**2 + _log_upper_tail((away + towards * years) / spread)
    return min(1.0, straight + math.exp(reflected))


def _log_upper_tail(x: float) -> float:
    # Beyond 30 the tail itself is 0 in floating point; its logarithm is not.
    if x < 30:
        return math.log(0.5 * math.erfc(x / math.sqrt(2)))
    return -x * x / 2 - math.log(x * math.sqrt(2 * math.pi))


def liquidation_probability(
    leverage: Any,
    *,
    side: Side,
    tiers: Any,
    volatility: float,
    days: float,
    drift: float = 0.0,
    notional: Any = None,
    fee_rate: float = 0.0,
    funding_paid: float = 0.0,
) -> Any:
    """Return the probability that a position left alone is liquidated within so many days.

    Parameters
    ----------
    leverage : float, array or Series, ×
    side : {"long", "short"}
    tiers : DataFrame or float
        As in `oikit.margin.liquidation_price`, like the costs.
    volatility, days, drift
        As in `touch_probability`.
    notional : float or Series, quote
        Needed with a table of tiers; with one rate for all sizes it changes nothing.
    fee_rate, funding_paid : float, fraction of the notional at entry

    Returns
    -------
    float, array or Series

    Notes
    -----
    The trigger is the mark price; the model has only one price.

    Examples
    --------
    >>> round(liquidation_probability(20, side="long", tiers=0.005, volatility=0.6, days=7), 4)
    0.5909
    """
    if notional is None:
        if isinstance(tiers, pd.DataFrame):
            raise InputError("with a table of tiers the size decides; give notional=…")
        notional = 1.0
    closed = liquidation_price(
        1.0,
        side=side,
        quantity=notional,
        leverage=leverage,
        tiers=tiers,
        fee_rate=fee_rate,
        funding_paid=funding_paid,
    )
    sure = closed >= 1 if side == "long" else closed <= 1
    chance = touch_probability(closed, volatility=volatility, days=days, drift=drift)
    return as_number(np.where(sure, 1.0, chance) if np.any(sure) else chance)


Shocks = Callable[[np.random.Generator, int, float, float], Any]


def _normal(rng: np.random.Generator, paths: int, sigma: float, years: float) -> Any:
    return rng.standard_normal(paths) * sigma * math.sqrt(years)


def _student(rng: np.random.Generator, paths: int, sigma: float, years: float) -> Any:
    # A t distribution with 3 degrees of freedom has variance 3.
    return rng.standard_t(3, paths) * sigma * math.sqrt(years / 3)


def _jumps(rng: np.random.Generator, paths: int, sigma: float, years: float) -> Any:
    per_year, mean, spread = 12.0, -0.02, 0.08
    calm = sigma**2 - per_year * (mean**2 + spread**2)
    if calm <= 0:
        raise InputError(
            f"jumps alone make a volatility of {math.sqrt(sigma**2 - calm):.2f}; give a larger one"
        )
    count = rng.poisson(per_year * years, paths)
    jumped = mean * count + spread * np.sqrt(count) * rng.standard_normal(paths)
    quiet = rng.standard_normal(paths) * math.sqrt(calm * years)
    return quiet + jumped - mean * per_year * years


TAILS: dict[str, Shocks] = {"normal": _normal, "student": _student, "jumps": _jumps}
"""How one step moves: normal; Student's t with 3 degrees of freedom; or normal with 12 jumps a year of
-2% on average, give or take 8%. All have mean 0 and the same variance."""


def simulate_touch(
    barrier: float,
    *,
    volatility: float,
    days: float,
    drift: float = 0.0,
    tails: Literal["normal", "student", "jumps"] = "normal",
    steps_per_day: int = 24,
    bridge: bool = False,
    paths: int = 20_000,
    seed: int,
) -> Simulated:
    """Estimate by simulation the probability that the price touches a level.

    Parameters
    ----------
    barrier, volatility, days, drift
        As in `touch_probability`.
    tails : {"normal", "student", "jumps"}
        See `TAILS`.
    steps_per_day : int
        How often the price is observed. Touches in between are missed.
    bridge : bool
        Add the chance of a touch between two observations (a Brownian bridge); for ``"normal"`` only.
    paths : int
    seed : int
        The same seed gives the same answer.

    Returns
    -------
    Simulated
        ``probability`` and ``standard_error``.

    Raises
    ------
    InputError
        If a number is impossible.
    """
    level = checked(barrier, "barrier", "positive")
    sigma = checked(volatility, "volatility", "positive")
    looks, count = whole(steps_per_day, "steps_per_day"), whole(paths, "paths")
    steps = round(checked(days, "days", "positive") * looks)
    if tails not in TAILS:
        raise InputError(f"tails={tails!r} is none of {', '.join(TAILS)}")
    if bridge and tails != "normal":
        raise InputError("a Brownian bridge says nothing about fat tails or jumps; leave bridge out")
    if not steps:
        raise InputError(f"days={days:g} is less than one look; raise steps_per_day")
    years = 1 / (looks * DAYS_PER_YEAR)
    move = (checked(drift, "drift") - sigma**2 / 2) * years
    rng = np.random.default_rng(seed)
    # Distance to the barrier along the way to it, so that one rule serves both directions.
    way = math.copysign(1.0, math.log(level))
    away = np.full(count, abs(math.log(level)))
    untouched = np.ones(count)
    for _ in range(steps):
        before = away
        away = before - way * (TAILS[tails](rng, count, sigma, years) + move)
        if bridge:
            ahead = np.maximum(before, 0) * np.maximum(away, 0)
            untouched *= -np.expm1(-2 * ahead / (sigma**2 * years))
        else:
            untouched[away <= 0] = 0.0
    touched = 1 - untouched
    return Simulated(float(touched.mean()), float(touched.std() / math.sqrt(count)))


def touch_frequency(frame: pd.DataFrame, *, barrier: float, window: int | str) -> Frequency:
    """Return how often the price touched a level within the next bars.

    It reads future bars, like any outcome; do not use it as an indicator.

    Parameters
    ----------
    frame : DataFrame
        With ``close``, and ``low`` for a barrier below 1 or ``high`` for one above.
    barrier : float, ratio
        The level divided by the close of the bar before the window.
    window : int or str
        In bars or as a length of time.

    Returns
    -------
    Frequency

    Raises
    ------
    InputError
        If no window fits, or the barrier is the price itself.
    """
    level = checked(barrier, "barrier", "positive")
    if level == 1:
        raise InputError("a barrier of 1 is the price itself; take one above or below")
    column = "low" if level < 1 else "high"
    validate(frame, needs=["close", column])
    count = bars(window, frame.index)
    starts = len(frame) - count
    if starts < 1:
        raise InputError(f"a window of {count} bars does not fit into {len(frame)} row(s)")
    ahead = frame[column].rolling(count, min_periods=1)
    extreme = (ahead.min() if level < 1 else ahead.max()).to_numpy()[count:]
    unknown = frame[column].isna().rolling(count).sum().to_numpy()[count:] > 0
    reach = level * frame["close"].to_numpy()[:starts]
    hit = (extreme <= reach) if level < 1 else (extreme >= reach)
    known = hit | ~(unknown | np.isnan(reach))
    windows = int(known.sum())
    share = float(hit[known].mean()) if windows else math.nan
    return Frequency(share, windows, starts / count, int(starts - windows))
