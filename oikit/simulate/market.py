r"""Markets made from a mechanism and a seed, so that the truth about them is known.

::

    slow level × clusters × season ─▶ volatility ─▶ price ─▶ who is forced out ─┐
                                        (jumps)       │                         ▼
              bursts of opening, more in busy hours ──┼──▶ open interest ─▶ events
                                                      │                         │
    planted worlds only:  price ◀── drift of known size after events ◀──────────┘
                                                      │
                     premium ─▶ funding, account and position ratios, taker volume

``effect=0`` is a **null** world: the price is drawn first and alone, so nothing about positions,
funding or ratios says anything about the returns to come. (They do share busy days: a jump in open
interest comes with volatility, and volatility lasts. A test that mistakes that for direction fails
here.) Any other `effect` **plants** a link of that size from open interest to later returns;
`planted_events` says what an event is.

Open interest and liquidations answer to the surprise in the price, not to the planted drift. So the
events are known before the drift is added, the null and the planted world of one seed have the same
open interest and the same events, and the logarithms of their prices differ by the drift and by
nothing else: the truth can be checked to the tick.

Every figure from here must be called simulated where it is shown.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from oikit.clock import DAY, bar_length, bars, length, utc, words
from oikit.errors import InputError
from oikit.frame import validate
from oikit.indicators import robust_zscore, velocity
from oikit.simulate import mechanism
from oikit.simulate.mechanism import Floats, Grid, Path
from oikit.simulate.worlds import Cascade, World

__all__ = ["EVENT", "HORIZON", "derived", "planted_drift", "planted_events", "simulate"]

HORIZON = pd.Timedelta("72h")
"""How long the planted drift lasts after an event, and how long the next event has to wait."""

EVENT = (
    "the log change of open interest in coins over 24 h stands more than 2 robust standard deviations "
    "above the median of the 30 days before it, and the last event is at least 72 h old"
)
"""`planted_events` in words."""

# What starts empty (averages, what is forced out) has a month to fill before the first bar.
_WARM_UP = 30 * DAY


def simulate(
    world: World,
    *,
    since: str | pd.Timestamp,
    until: str | pd.Timestamp,
    every: str | pd.Timedelta = "1h",
    seed: int,
    effect: float = 0.0,
    cascade: Cascade | None = None,
) -> pd.DataFrame:
    r"""What might a market like this have recorded?

    Parameters
    ----------
    world : World
        One of `oikit.simulate.worlds.WORLDS`, or your own with ``dataclasses.replace``.
    since, until : str or Timestamp
        Bars end in (since, until].
    every : str or Timedelta
        An hour, or a whole part of one. For longer bars use `oikit.frame.resample`. Other bars are
        another draw of the same market, not the same path in finer steps.
    seed : int, 0 or more
        The same call gives the same frame. Each part of the mechanism has its own random numbers,
        so that changing one part leaves what does not read it bit for bit as it was.
    effect : float, log return per 8 h
        Planted: how much higher the mean return is within `HORIZON` after an event than elsewhere
        (`planted_drift`).
    cascade : Cascade, optional
        A crash to go through.

    Returns
    -------
    DataFrame, shape (n, 22)
        A valid frame with every field but ``index_price``; nothing is missing.

    Raises
    ------
    InputError
        If the times are not on the grid, or a number cannot be.

    Notes
    -----
    *Price.* Log volatility is a sum of Ornstein-Uhlenbeck parts, times a season of hours and
    weekdays; returns are normal given it, plus a few Laplace jumps. High and low are those of a
    Brownian bridge from open to close.

    *Open interest.* Log coins = level + bursts - gone. The level takes ordinary openings and
    closings, larger in busy hours; it leans with the price and with activity, and is pulled back so
    slowly that it looks like a random walk. Bursts of opening come at random and fade. Liquidation
    prices lie around the mean entry (the average price, half-life 12 h): a fall by :math:`d` below
    it has reached :math:`k\,d^{1.5}` of all longs, more if much was opened in bursts lately, and a
    price swept once holds nobody until it fills again. In a small move others take over what is
    forced out; in a deep one it is gone, and more is closed by choice in the hours after. It comes
    back over weeks.

    *Funding.* A slow score, mapped to quantiles, is the premium; the venue's formula does the rest.

    *Accounts* lean against the price, with a delay. Top accounts are chosen anew at about 02:30
    each day, which moves their ratios. Taker volume leans with its own bar only.

    **Not modelled:** bids, asks and depth; fees; the index, and a mark price apart from the close;
    other venues and other coins (worlds of one seed share their random numbers, so give each its
    own); volatility that answers to the sign of a return; a trend in price; leverage by account;
    margin tiers; the defects of a real feed. Longs and shorts are treated alike. A null world
    denies *every* link to later returns, also those that real markets may have.

    Examples
    --------
    >>> from oikit.simulate.worlds import WORLDS
    >>> week = simulate(WORLDS["bnb"], since="2026-03-01", until="2026-03-08", seed=1)
    >>> len(week), float(week["funding_interval"].sum())
    (168, 168.0)
    """
    grid, warm = _grid(world, since, until, every, seed)
    if not np.isfinite(effect) or abs(effect) > 0.1:
        raise InputError(f"effect={effect!r} is a log return per 8 h; give a number between -0.1 and 0.1")
    path = mechanism.price_path(world, grid, cascade, warm)
    longs, shorts, closed, bursts = mechanism.forced_out(world, grid, path)
    coins = np.round(mechanism.coins_open(world, grid, path, closed, bursts), world.lot_decimals)
    if effect:
        drift = planted_drift(pd.Series(coins[warm:], grid.index[warm:]), effect)
        path = path.plus(np.concatenate([np.zeros(warm), drift]))
    premium = np.round(mechanism.premiums(world, grid, path), 7)
    paid, hours = mechanism.settlements(world, grid, premium)
    accounts, heads, sizes = mechanism.crowds(world, grid, path, longs)
    held = coins * np.exp(path.before)
    columns = {
        **_prices(world, grid, path),
        "premium": premium,
        **_volumes(world, grid, path, coins),
        "open_interest": coins,
        "funding_rate": paid,
        "funding_interval": hours,
        "long_short_ratio": np.round(accounts, 4),
        "top_account_ratio": np.round(heads, 4),
        "top_position_ratio": np.round(sizes, 4),
        "circulating_supply": mechanism.supply(world, grid.index),
        "long_liquidations": np.round(longs * held),
        "short_liquidations": np.round(shorts * held),
    }
    return validate(derived(pd.DataFrame(columns, grid.index).iloc[warm:]))


def planted_events(open_interest: pd.Series) -> pd.Series:
    """When does open interest jump, as the planted worlds mean it?

    Parameters
    ----------
    open_interest : Series, shape (n,), base units, one side

    Returns
    -------
    Series of bool, shape (n,)
        True at an event as `EVENT` has it; no later bar is read. While the windows are not full
        there is none, so the first is possible after 31 days.
    """
    score = robust_zscore(velocity(open_interest, "24h"), "30d").to_numpy()
    wait = bars(HORIZON, open_interest.index)
    events = np.zeros(len(score), dtype=bool)
    last = -wait
    for row in np.flatnonzero(score > 2.0).tolist():
        if row - last >= wait:
            events[row], last = True, row
    return pd.Series(events, open_interest.index)


def planted_drift(open_interest: pd.Series, effect: float) -> pd.Series:
    """How much does a planted world add to the log return of each bar?

    Parameters
    ----------
    open_interest : Series, shape (n,), base units, one side
    effect : float, log return per 8 h

    Returns
    -------
    Series, shape (n,), log return per bar
        In the bars after an event, up to and with `HORIZON`, higher by the effect than in the
        others. All bars share a constant that makes the sum 0: the market as a whole drifts no more
        than without the effect, or three years of it would leave no price to speak of.

    Notes
    -----
    An event study over the whole horizon finds less than 9 times the effect, because many of the
    windows it compares with overlap those of the events.
    """
    events = planted_events(open_interest).to_numpy()
    wait = bars(HORIZON, open_interest.index)
    row, never = np.arange(len(events)), -2 * wait
    last = np.maximum.accumulate(np.where(events, row, never))
    after = row - np.concatenate([[never], last[:-1]]) <= wait
    per_bar = effect * (bar_length(open_interest.index) / pd.Timedelta("8h"))
    return pd.Series(per_bar * (after - after.mean()), open_interest.index)


def derived(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the columns that follow from the others; the sample pack does not store them.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        With prices, volumes, open interest and supply.

    Returns
    -------
    DataFrame, shape (n, m + 6)
        With ``mark_price`` (the close, from which measured marks differ by some 0.4 bp),
        ``quote_volume`` (volume at the mean of open, high, low and close), ``taker_sell_volume``,
        ``taker_buy_sell_ratio`` (NaN where nobody sold), ``open_interest_value`` and ``market_cap``
        (both at the close).
    """
    sold = frame["volume"] - frame["taker_buy_volume"]
    typical = (frame["open"] + frame["high"] + frame["low"] + frame["close"]) / 4.0
    return frame.assign(
        mark_price=frame["close"],
        quote_volume=frame["volume"] * typical,
        taker_sell_volume=sold,
        taker_buy_sell_ratio=frame["taker_buy_volume"] / sold.where(sold > 0),
        open_interest_value=frame["open_interest"] * frame["close"],
        market_cap=frame["circulating_supply"] * frame["close"],
    )


def _grid(
    world: World, since: str | pd.Timestamp, until: str | pd.Timestamp, every: str | pd.Timedelta, seed: int
) -> tuple[Grid, int]:
    """The bars, those of the warm-up first, and how many of these there are."""
    if not isinstance(world, World):
        raise InputError(f"world={world!r} is no World; take WORLDS['bnb'] of oikit.simulate.worlds")
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer) or seed < 0:
        raise InputError(f"seed={seed!r} must be a whole number, 0 or more")
    step, start, end = length(every), utc(since, "since"), utc(until, "until")
    hour = pd.Timedelta(hours=1)
    if hour % step:
        raise InputError(
            f"every={words(step)} does not divide an hour; simulate shorter bars, then oikit.frame.resample"
        )
    for name, when in (("since", start), ("until", end)):
        if when != when.floor(step):
            raise InputError(f"{name}={when} is not on a grid of {words(step)}; use {when.floor(step)}")
    if not start < end:
        raise InputError(f"since={start} must come before until={end}")
    index = pd.date_range(start - _WARM_UP + step, end, freq=step, name="time")
    return Grid(index, step / hour, int(seed)), _WARM_UP // step


def _prices(world: World, grid: Grid, path: Path) -> dict[str, Floats]:
    """Whole ticks; a bar opens where the last one closed, give or take one."""
    places, n = world.price_decimals, len(grid.index)
    rng = grid.stream("prints")

    def ticks(log_price: Floats) -> Floats:
        return np.maximum(np.round(np.exp(log_price), places), 10.0**-places)

    close = ticks(path.close)
    slip = rng.choice([-1.0, 0.0, 1.0], n, p=[0.1, 0.8, 0.1]) * 10.0**-places
    before = np.concatenate([ticks(np.array([path.start])), close[:-1]])
    opening = np.maximum(np.round(before + slip, places), 10.0**-places)
    return {
        "open": opening,
        "high": np.maximum(ticks(path.high), np.maximum(opening, close)),
        "low": np.minimum(ticks(path.low), np.minimum(opening, close)),
        "close": close,
    }


def _volumes(world: World, grid: Grid, path: Path, coins: Floats) -> dict[str, Floats]:
    """Whole lots, at least one on each side."""
    traded, bought = mechanism.volumes(world, grid, path, coins)
    lot = 10.0**-world.lot_decimals
    volume = np.maximum(np.round(traded, world.lot_decimals), 2 * lot)
    taker_buy = np.clip(np.round(volume * bought, world.lot_decimals), lot, volume - lot)
    return {"volume": volume, "taker_buy_volume": np.round(taker_buy, world.lot_decimals)}
