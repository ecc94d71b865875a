"""Simulated markets by name: what each number of a mechanism is, and two sets of them.

A world holds no randomness and no bar length. Memories are half-lives in hours and sizes are per
hour, day or year, so that `oikit.simulate.market` can draw the same market on bars of a minute or of
an hour. The sets are tuned until simulated moments fall where measured ones lie; they are not
fitted, and the markets are like BNB and BTC perpetuals only in those moments
(`tests/test_simulate.py` lists each moment with its band).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from oikit.clock import utc
from oikit.errors import InputError

__all__ = ["WORLDS", "Cascade", "World"]


_ABOVE_ZERO = (
    "price",
    "annual_volatility",
    "open_interest",
    "level_memory",
    "bursts_per_day",
    "burst_size",
    "burst_memory",
    "deleveraging_memory",
    "return_memory",
    "turnover",
    "funding_cap",
    "account_ratio",
    "account_memory",
    "response_memory",
    "top_account_ratio",
    "top_position_ratio",
    "supply",
)


@dataclass(frozen=True, slots=True)
class World:
    """The parameters of one simulated market.

    Attributes
    ----------
    name : str
        Says what it resembles; it is never the name of a market.
    price : float, quote per base
        Where the first bar opens.
    price_decimals, lot_decimals : int
        Prices are whole ticks and coins whole lots, as on a venue (whose lots are finer).
    annual_volatility : float
        Root mean square over the seasons and the slow level.
    volatility_memory : tuple of (half-life in hours, sd of log volatility)
        Parts that add up: the slow level, and the clusters of days and of hours.
    jumps_per_day, jump_size : float
        Sudden moves; the size is a standard deviation, as a share of the day's own.
    open_interest : float, base units, one side
    level_memory : float, hours
        Half-life of the pull to that level: long enough to look like none.
    position_noise : float
        Log change of open interest in an ordinary hour, one standard deviation.
    price_response : float
        Log change of open interest per log return, with a half-life of 40 minutes.
    activity_response : float
        The same per log return of either sign beyond that of the day before, at once: busy hours
        open positions, quiet ones bleed.
    bursts_per_day, burst_size, burst_memory : float
        Openings that come by themselves; mean log size; half-life in hours of what they leave.
    liquidations : float
        How densely liquidation prices lie; see `oikit.simulate.market`.
    deleveraging : float
        Closed by choice after each coin closed by force.
    deleveraging_memory : float, hours
        Half-life of that delay.
    return_memory : float, hours
        Half-life in which forced-out positions come back.
    turnover : float
        Coins traded in an ordinary hour over coins of open interest.
    premium_steps : tuple of (probability, basis points)
        Quantiles of the premium; between them it is linear in normal scores.
    premium_memory : tuple of (half-life in hours, share of variance)
    premium_trend : float
        Correlation of the premium's score with the return of the last days.
    premium_noise : float, basis points
        What a single reading adds.
    interest : float, fraction per 8 h
    funding_hours : int
    funding_cap : float
        Largest payment, either way.
    account_ratio, account_spread, account_memory : float
        Level, sd of the log, half-life in hours of the part that ignores the price.
    account_response : float
        Log ratio per log price: how strongly the crowd of accounts leans against a move.
    response_memory : float, hours
        Half-life in which it forgets a move.
    top_account_ratio, top_position_ratio : float
    taker_link : float
        Correlation of the taker imbalance with the move of its own bar, in its own volatility.
    supply : float, base units on 2023-01-01
    supply_growth : float per year
    quarterly_burn : float
        Share of the supply that vanishes on the 15th of each quarter's first month, at noon.
    """

    name: str
    price: float
    price_decimals: int
    lot_decimals: int
    annual_volatility: float
    volatility_memory: tuple[tuple[float, float], ...]
    jumps_per_day: float
    jump_size: float
    open_interest: float
    level_memory: float
    position_noise: float
    price_response: float
    activity_response: float
    bursts_per_day: float
    burst_size: float
    burst_memory: float
    liquidations: float
    deleveraging: float
    deleveraging_memory: float
    return_memory: float
    turnover: float
    premium_steps: tuple[tuple[float, float], ...]
    premium_memory: tuple[tuple[float, float], ...]
    premium_trend: float
    premium_noise: float
    interest: float
    funding_hours: int
    funding_cap: float
    account_ratio: float
    account_spread: float
    account_memory: float
    account_response: float
    response_memory: float
    top_account_ratio: float
    top_position_ratio: float
    taker_link: float
    supply: float
    supply_growth: float
    quarterly_burn: float

    def __post_init__(self) -> None:
        """Refuse what no market can be."""
        problems = [
            f"{name}={getattr(self, name)} must be above 0"
            for name in _ABOVE_ZERO
            if not getattr(self, name) > 0
        ]
        if self.funding_hours < 1 or 24 % self.funding_hours:
            problems.append(f"funding_hours={self.funding_hours} must divide a day: 1, 2, 4, 8 ...")
        if not 0 <= self.jumps_per_day * self.jump_size**2 < 1:
            problems.append("jumps_per_day and jump_size leave nothing of the day's variance; lower one")
        steps = self.premium_steps
        if len(steps) < 2 or any(a[0] >= b[0] or a[1] > b[1] for a, b in pairwise(steps)):
            problems.append("premium_steps must rise, and be two or more")
        if problems:
            raise InputError(f"{self.name} cannot be a world: " + "; ".join(problems))


@dataclass(frozen=True, slots=True)
class Cascade:
    """A crash that a world is made to go through: the price is pushed, the rest must react.

    Attributes
    ----------
    at : str or Timestamp
        When the fall begins.
    depth : float
        Share of the price that is lost at the low.
    fall_hours : float
    rebound : float
        Gain from the low.
    rebound_hours : float
    """

    at: str | pd.Timestamp
    depth: float = 0.3
    fall_hours: float = 1.25
    rebound: float = 0.28
    rebound_hours: float = 1.4

    def __post_init__(self) -> None:
        """Refuse what no crash can be."""
        utc(self.at, "at")
        if not (0 < self.depth < 1 and self.rebound >= 0 and self.fall_hours > 0 and self.rebound_hours > 0):
            raise InputError(
                f"depth={self.depth} must lie between 0 and 1, rebound={self.rebound} must be 0 or more, "
                "and both lengths above 0"
            )


_BNB = World(
    name="BNB-like",
    price=330.0,
    price_decimals=2,
    lot_decimals=0,
    annual_volatility=0.57,
    volatility_memory=((1080.0, 0.26), (48.0, 0.32), (4.0, 0.41)),
    jumps_per_day=2.0,
    jump_size=0.22,
    open_interest=580_000.0,
    level_memory=3600.0,
    position_noise=0.0028,
    price_response=0.38,
    activity_response=0.65,
    bursts_per_day=0.25,
    burst_size=0.032,
    burst_memory=60.0,
    liquidations=0.5,
    deleveraging=4.0,
    deleveraging_memory=1.3,
    return_memory=240.0,
    turnover=0.045,
    premium_steps=(
        (0.0001, -32.0),
        (0.01, -15.3),
        (0.05, -10.0),
        (0.255, -5.0),
        (0.765, 5.0),
        (0.95, 7.1),
        (0.99, 9.1),
        (0.9999, 16.0),
    ),
    premium_memory=((6.0, 0.35), (160.0, 0.65)),
    premium_trend=0.1,
    premium_noise=1.0,
    interest=0.0,
    funding_hours=8,
    funding_cap=0.00375,
    account_ratio=2.1,
    account_spread=0.19,
    account_memory=1440.0,
    account_response=1.3,
    response_memory=36.0,
    top_account_ratio=1.8,
    top_position_ratio=1.35,
    taker_link=0.72,
    supply=160_000_000.0,
    supply_growth=0.0,
    quarterly_burn=0.0122,
)

_BTC = World(
    name="BTC-like",
    price=22_400.0,
    price_decimals=1,
    lot_decimals=1,
    annual_volatility=0.49,
    volatility_memory=((1080.0, 0.25), (48.0, 0.31), (4.0, 0.37)),
    jumps_per_day=2.0,
    jump_size=0.2,
    open_interest=105_000.0,
    level_memory=3600.0,
    position_noise=0.0055,
    price_response=0.45,
    activity_response=0.6,
    bursts_per_day=0.25,
    burst_size=0.028,
    burst_memory=72.0,
    liquidations=0.8,
    deleveraging=4.0,
    deleveraging_memory=1.3,
    return_memory=240.0,
    turnover=0.085,
    premium_steps=(
        (0.0001, -7.5),
        (0.01, -5.6),
        (0.05, -5.2),
        (0.105, -5.0),
        (0.6, -4.0),
        (0.87, 6.0),
        (0.95, 7.1),
        (0.99, 9.7),
        (0.9999, 15.0),
    ),
    premium_memory=((4.0, 0.2), (700.0, 0.8)),
    premium_trend=0.35,
    premium_noise=0.4,
    interest=0.0001,
    funding_hours=8,
    funding_cap=0.003,
    account_ratio=1.9,
    account_spread=0.12,
    account_memory=72.0,
    account_response=8.0,
    response_memory=48.0,
    top_account_ratio=1.7,
    top_position_ratio=1.2,
    taker_link=0.72,
    supply=19_250_000.0,
    supply_growth=0.012,
    quarterly_burn=0.0,
)

WORLDS: dict[str, World] = {"bnb": _BNB, "btc": _BTC}
"""The ready worlds, by short name."""
