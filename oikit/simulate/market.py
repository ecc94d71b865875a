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

from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.clock import DAY, bar_length, bars, length, utc, words
from oikit.errors import InputError
from oikit.frame import validate
from oikit.indicators import robust_zscore, velocity
from oikit.margin.funding import funding_rate_from_premium
from oikit.simulate.worlds import Cascade, World

__all__ = ["planted_events", "simulate"]

HORIZON = pd.Timedelta("72h")
"""How long the planted drift lasts after an event, and how long the next event has to wait."""

EVENT = (
    "the log change of open interest in coins over 24 h stands more than 2 robust standard deviations "
    "above the median of the 30 days before it, and the last event is at least 72 h old"
)
"""`planted_events` in words."""

# What starts empty (averages, what is forced out) has a month to fill before the first bar.
_WARM_UP = 30 * DAY

Floats = npt.NDArray[np.float64]

_HOURS_A_YEAR = 8760.0

# Mean absolute return of each UTC hour, and of Monday to Sunday, over the mean of all.
_BY_HOUR = np.array(
    [
        *(1.08, 0.98, 0.95, 0.90, 0.88, 0.88, 0.92, 0.98, 1.02, 0.98, 0.95, 0.95),
        *(1.02, 1.18, 1.37, 1.26, 1.15, 1.06, 1.00, 0.98, 0.96, 0.92, 0.88, 0.82),
    ]
)
_BY_DAY = np.array([1.17, 1.06, 1.06, 1.06, 1.04, 0.78, 0.83])

# One stream each, so that drawing more for one part shifts no other part.
_STREAMS = ("volatility", "returns", "ranges", "positions", "bursts", "premium", "volume", "ratios", "prints")


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
    r"""Return a simulated market as a frame.

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
        so changing one part leaves the parts that do not read it unchanged to the bit.
    effect : float, log return per 8 h
        Planted effect: how much higher the mean return is within `HORIZON` after an event than elsewhere
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
        If the times are not on the grid, or a number is impossible.

    Notes
    -----
    *Price.* Log volatility is a sum of Ornstein-Uhlenbeck parts, times a season of hours and
    weekdays; returns are normal given it, plus a few Laplace jumps. High and low are those of a
    Brownian bridge from open to close.

    *Open interest.* Log coins = level + bursts - gone. The level takes ordinary openings and
    closings, larger in busy hours; it leans with the price and with activity, and is pulled back so
    slowly that it looks like a random walk. Bursts of opening come at random and fade. Liquidation
    prices lie around the mean entry (the average price, half-life 12 h): a fall by :math:`d` below
    it has reached :math:`k\,d^{1.5}` of all longs, more if much was opened in bursts lately, and a price
    swept once has no positions left until new ones are opened. In a small move other traders take over
    the liquidated positions; in a deep one open interest falls, and more positions are closed by choice
    in the hours after. It recovers over weeks.

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
    path = price_path(world, grid, cascade, warm)
    longs, shorts, closed, bursts = forced_out(world, grid, path)
    coins = np.round(coins_open(world, grid, path, closed, bursts), world.lot_decimals)
    if effect:
        drift = planted_drift(pd.Series(coins[warm:], grid.index[warm:]), effect)
        path = path.plus(np.concatenate([np.zeros(warm), drift]))
    premium = np.round(premiums(world, grid, path), 7)
    paid, hours = settlements(world, grid, premium)
    accounts, heads, sizes = crowds(world, grid, path, longs)
    held = coins * np.exp(path.before)
    columns = {
        **_prices(world, grid, path),
        "premium": premium,
        **_lots(world, grid, path, coins),
        "open_interest": coins,
        "funding_rate": paid,
        "funding_interval": hours,
        "long_short_ratio": np.round(accounts, 4),
        "top_account_ratio": np.round(heads, 4),
        "top_position_ratio": np.round(sizes, 4),
        "circulating_supply": supply(world, grid.index),
        "long_liquidations": np.round(longs * held),
        "short_liquidations": np.round(shorts * held),
    }
    return validate(derived(pd.DataFrame(columns, grid.index).iloc[warm:]))


def planted_events(open_interest: pd.Series) -> pd.Series:
    """Return the bars at which open interest jumps, as the planted worlds define a jump.

    Parameters
    ----------
    open_interest : Series, shape (n,), base units, one side

    Returns
    -------
    Series of bool, shape (n,)
        True at an event as defined by `EVENT`; no later bar is read. There are no events until the
        windows are full, so the first is possible after 31 days.
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
    """Return what a planted world adds to the log return of each bar.

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
    """Add the columns that follow from the others; the sample pack does not store them."""
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
        raise InputError(f"world={world!r} is no World; use WORLDS['bnb'] of oikit.simulate.worlds")
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


def _lots(world: World, grid: Grid, path: Path, coins: Floats) -> dict[str, Floats]:
    """Whole lots, at least one on each side."""
    traded, bought = volumes(world, grid, path, coins)
    lot = 10.0**-world.lot_decimals
    volume = np.maximum(np.round(traded, world.lot_decimals), 2 * lot)
    taker_buy = np.clip(np.round(volume * bought, world.lot_decimals), lot, volume - lot)
    return {"volume": volume, "taker_buy_volume": np.round(taker_buy, world.lot_decimals)}


# Each part draws from its own stream, and none reads what follows it: positions, funding and ratios
# cannot lead returns. Nothing below is rounded.


@dataclass(frozen=True, slots=True)
class Grid:
    """The bars of a simulation, their length in hours, and the seed."""

    index: pd.DatetimeIndex
    hours: float
    seed: int

    def stream(self, part: str) -> np.random.Generator:
        """The random numbers of one part."""
        return np.random.default_rng([self.seed, _STREAMS.index(part)])


@dataclass(frozen=True, slots=True)
class Path:
    """A price in logarithms, bar by bar.

    Attributes
    ----------
    start : float
        Log price before the first bar.
    returns : ndarray, shape (n,)
    spread : ndarray, shape (n,)
        Standard deviation of the bar's own wandering, jumps apart.
    busy : ndarray, shape (n,)
        Volatility over the usual one.
    over, under : ndarray, shape (n,)
        Twice an exponential draw, for the extremes.
    """

    start: float
    returns: Floats
    spread: Floats
    busy: Floats
    over: Floats
    under: Floats

    @property
    def close(self) -> Floats:
        """Return the log price at the end of each bar."""
        return self.start + np.cumsum(self.returns)

    @property
    def before(self) -> Floats:
        """Return the log price at the beginning of each bar."""
        return self.close - self.returns

    @property
    def high(self) -> Floats:
        """The highest point of a Brownian bridge from beginning to end."""
        return self.before + (self.returns + np.sqrt(self.returns**2 + self.spread**2 * self.over)) / 2

    @property
    def low(self) -> Floats:
        """The lowest point of such a bridge, drawn by itself."""
        return self.before + (self.returns - np.sqrt(self.returns**2 + self.spread**2 * self.under)) / 2

    def plus(self, drift: Floats) -> Path:
        """The same surprises with a drift added."""
        return replace(self, returns=self.returns + drift)


def price_path(world: World, grid: Grid, cascade: Cascade | None, since: int) -> Path:
    """Slow level times clusters times season, then normal returns and jumps."""
    n, hours = len(grid.index), grid.hours
    rng = grid.stream("volatility")
    log_volatility = np.zeros(n)
    for half_life, size in world.volatility_memory:
        log_volatility += _wander(rng, n, size, half_life, hours) - size**2
    busy = _season(grid) * np.exp(log_volatility)
    push = np.zeros(n)
    if cascade is not None:
        push, fear = _push(cascade, grid)
        busy = busy * fear
    rng = grid.stream("returns")
    spread = busy * _usual(world, hours) * np.sqrt(1.0 - world.jumps_per_day * world.jump_size**2)
    returns = spread * rng.standard_normal(n) + push
    jumps = np.sqrt(rng.poisson(world.jumps_per_day * hours / 24.0, n))
    jumps *= rng.laplace(0.0, world.jump_size / np.sqrt(2.0), n)
    returns += jumps * busy * _usual(world, 24.0)
    over, under = -2.0 * np.log1p(-grid.stream("ranges").random((2, n)))
    start = np.log(world.price) - returns[:since].sum()
    return Path(float(start), returns, spread, busy, over, under)


def forced_out(world: World, grid: Grid, path: Path) -> tuple[Floats, Floats, Floats, Floats]:
    """Return liquidated longs and shorts, the open interest this closes, and the bursts of openings."""
    hours, n = grid.hours, len(grid.index)
    rng = grid.stream("bursts")
    rate = world.bursts_per_day * hours / 24.0
    # Busy hours bring more of them; the clusters of volatility average some 0.85.
    opened = rng.poisson(rate * np.minimum(path.busy / 0.85, 4.0)) * rng.exponential(world.burst_size, n)
    bursts = _memory(_delayed(opened, 1.5, hours), world.burst_memory, hours)
    fragile = np.minimum(0.5 + 0.5 * bursts / _usual_bursts(world), 2.0)
    entry = _average(path.close, path.start, 12.0, hours)
    fallen, risen = entry - path.low, path.high - entry
    longs = world.liquidations * fragile * _swept(fallen, hours)
    shorts = world.liquidations * fragile * _swept(risen, hours)
    # Others take over what little is forced out on a quiet day; after a deep move few want to.
    closed = longs * fallen / (np.abs(fallen) + 0.05) + shorts * risen / (np.abs(risen) + 0.05)
    return longs, shorts, closed, bursts


def coins_open(world: World, grid: Grid, path: Path, closed: Floats, bursts: Floats) -> Floats:
    """Open interest in coins: a level near a unit root, bursts, and what is gone for a while."""
    n, hours = len(grid.index), grid.hours
    rng = grid.stream("positions")
    flow = world.position_noise * np.sqrt(hours) * np.minimum(path.busy, 3.0) * rng.standard_normal(n)
    # In a rush few open anything, so both answers to an ordinary move fade as volatility soars.
    score = np.clip(path.returns / path.spread, -3.0, 3.0)
    move = path.spread * np.exp(-((path.spread / (3.0 * _usual(world, hours))) ** 2))
    flow += _delayed(world.price_response * move * score, 0.7, hours)
    activity = move * np.abs(score)
    unusual = activity - _average(activity, 0.8 * _usual(world, hours), 24.0, hours)
    flow += world.activity_response * np.sqrt(hours) * unusual
    flow[0] += world.position_noise * _stationary(world.level_memory, 1.0) * rng.standard_normal()
    level = _memory(flow, world.level_memory, hours)
    gone = 0.5 * closed + world.deleveraging * _delayed(closed, world.deleveraging_memory, hours)
    gone = _memory(gone, world.return_memory, hours)
    return np.asarray(world.open_interest * np.exp(level + bursts - _usual_bursts(world) - gone))


def premiums(world: World, grid: Grid, path: Path) -> Floats:
    """Readings of the premium: a slow score, mapped to the world's quantiles."""
    n, hours = len(grid.index), grid.hours
    rng = grid.stream("premium")
    own = np.zeros(n)
    for half_life, share in world.premium_memory:
        own += _wander(rng, n, np.sqrt(share), half_life, hours)
    trend = _memory(path.returns / (_usual(world, 1.0) * _stationary(84.0, 1.0)), 84.0, hours)
    score = world.premium_trend * trend + np.sqrt(1.0 - world.premium_trend**2) * own
    at = [NormalDist().inv_cdf(probability) for probability, _ in world.premium_steps]
    points = np.interp(score, at, [points for _, points in world.premium_steps])
    return np.asarray((points + world.premium_noise * rng.standard_normal(n)) * 1e-4)


def settlements(world: World, grid: Grid, premium: Floats) -> tuple[Floats, Floats]:
    """Funding that the venue's formula makes of these readings, and the hours it pays for."""
    step = round(grid.hours * 3600)
    size = world.funding_hours * 3600 // step
    bar = (grid.index.as_unit("s").asi8 // step - 1).astype(np.int64)
    interval, place = bar // size - bar[0] // size, bar % size + 1
    # Linear time weights, the newest heaviest; of a first interval that is cut, the bars there are.
    mean = np.bincount(interval, place * premium) / np.bincount(interval, place)
    rates = funding_rate_from_premium(
        mean, interest=world.interest, interval_hours=world.funding_hours, cap=world.funding_cap
    )
    settles = place == size
    # Adding 0.0 turns a rounded -0.0 into 0.0, which prints as what it is.
    paid = np.where(settles, np.round(np.asarray(rates), 8)[interval], 0.0) + 0.0
    return paid, np.where(settles, float(world.funding_hours), 0.0)


def volumes(world: World, grid: Grid, path: Path, coins: Floats) -> tuple[Floats, Floats]:
    """Coins traded, and the share of them that was bought by those who crossed the spread."""
    n, hours = len(grid.index), grid.hours
    rng = grid.stream("volume")
    score = np.clip(path.returns / path.spread, -4.0, 4.0)
    size = np.log(coins * world.turnover * hours) + 1.1 * np.log(path.busy)
    size += 0.3 * (np.abs(score) - 0.8) + _wander(rng, n, 0.3, 6.0, hours) + 0.25 * rng.standard_normal(n)
    own = np.sqrt(1.0 - world.taker_link**2) * rng.standard_normal(n)
    # Measured spreads of the log ratio: 0.42 on five minutes, 0.25 on an hour.
    lean = 0.25 * hours**-0.21 * (world.taker_link * score + own) - 0.02
    return np.exp(size), 1.0 / (1.0 + np.exp(-lean))


def crowds(world: World, grid: Grid, path: Path, longs: Floats) -> tuple[Floats, Floats, Floats]:
    """Three ratios: of all accounts, of the top accounts, of the top accounts' positions."""
    n, hours = len(grid.index), grid.hours
    rng = grid.stream("ratios")
    move = _memory(_delayed(path.returns, 1.2, hours), world.response_memory, hours)
    # Accounts are counted late; and beyond some 8% the crowd has nobody left to lean with.
    lean = -world.account_response * 0.08 * np.tanh(_late(move, 0.4, hours) / 0.08)
    lean += _wander(rng, n, world.account_spread, world.account_memory, hours)
    day = (grid.index - pd.Timedelta("150min")).floor("D").asi8
    chosen = np.diff(day, prepend=day[:1]) > 0
    anew = 0.03 * chosen * rng.standard_normal((2, n))
    heads = 0.8 * lean + _wander(rng, n, 0.12, 240.0, hours) + _memory(anew[0], 24.0, hours)
    sizes = _wander(rng, n, 0.11, 720.0, hours) + _memory(anew[1], 24.0, hours)
    sizes -= 4.0 * _memory(longs, 0.25, hours)
    return (
        world.account_ratio * np.exp(lean),
        world.top_account_ratio * np.exp(heads),
        world.top_position_ratio * np.exp(sizes),
    )


def supply(world: World, index: pd.DatetimeIndex) -> Floats:
    """Coins in circulation: a little more each day, and a step down each quarter."""
    years = (index.floor("D") - pd.Timestamp("2023-01-01", tz="UTC")) / pd.Timedelta(days=365)
    # Noon of the 15th becomes midnight of the 1st, so that the burn opens a quarter.
    moved = index - pd.Timedelta(days=14, hours=12)
    burns = (moved.year.to_numpy() - 2023) * 4.0 + (moved.month.to_numpy() + 2) // 3
    grown = world.supply * (1.0 + world.supply_growth) ** years.to_numpy()
    return np.asarray(np.round(grown * (1.0 - world.quarterly_burn) ** burns))


def _usual(world: World, hours: float) -> float:
    return float(world.annual_volatility * np.sqrt(hours / _HOURS_A_YEAR))


def _usual_bursts(world: World) -> float:
    return world.bursts_per_day / 24.0 * world.burst_size * world.burst_memory / float(np.log(2.0))


def _stationary(half_life: float, hours: float) -> float:
    """Standard deviation that unit shocks build up."""
    return float(1.0 / np.sqrt(1.0 - 0.25 ** (hours / half_life)))


def _memory(shocks: Floats, half_life: float, hours: float) -> Floats:
    """Return the decayed sum of all shocks so far, with a half-life in hours."""
    keep = 0.5 ** (hours / half_life)
    scaled = shocks / (1.0 - keep)
    scaled[0] = shocks[0]
    # pandas' exponential mean is this recursion, compiled.
    return np.array(pd.Series(scaled).ewm(alpha=1.0 - keep, adjust=False).mean())


def _delayed(flow: Floats, half_life: float, hours: float) -> Floats:
    """The same total, arriving with a half-life of `half_life` hours."""
    return _memory(flow * (1.0 - 0.5 ** (hours / half_life)), half_life, hours)


def _average(level: Floats, start: float, half_life: float, hours: float) -> Floats:
    """Return the exponential average of a level before each bar."""
    padded = pd.Series(np.concatenate([[start], level[:-1]]))
    return np.array(padded.ewm(alpha=1.0 - 0.5 ** (hours / half_life), adjust=False).mean())


def _wander(rng: np.random.Generator, n: int, size: float, half_life: float, hours: float) -> Floats:
    """An Ornstein-Uhlenbeck path of this standard deviation, begun as it goes on."""
    shocks = rng.standard_normal(n) * (size / _stationary(half_life, hours))
    shocks[0] *= _stationary(half_life, hours)
    return _memory(shocks, half_life, hours)


def _late(values: Floats, lag: float, hours: float) -> Floats:
    """Return the values `lag` hours ago, interpolated between two bars."""
    whole, part = divmod(lag / hours, 1.0)
    padded = np.concatenate([np.zeros(int(whole) + 1), values])
    return np.asarray((1.0 - part) * padded[1 : len(values) + 1] + part * padded[: len(values)])


def _swept(depth: Floats, hours: float) -> Floats:
    """Newly reached liquidation prices; those swept fill up again by 0.1% of distance an hour."""
    refill = 0.001 * hours * np.arange(len(depth))
    reached = np.maximum(depth, 0.0)
    edge = np.maximum.accumulate(reached + refill) - refill
    before = np.maximum(np.concatenate([[0.0], edge[:-1]]) - 0.001 * hours, 0.0)
    return np.asarray(np.maximum(reached, before) ** 1.5 - before**1.5)


def _season(grid: Grid) -> Floats:
    middle = grid.index - pd.Timedelta(hours=grid.hours / 2)
    clock = (middle - middle.floor("D")) / pd.Timedelta(hours=1)
    by_hour = np.interp(clock.to_numpy(), np.arange(24) + 0.5, _BY_HOUR, period=24.0)
    by_day = _BY_DAY[middle.day_of_week.to_numpy()]
    return np.asarray(by_hour * by_day / np.sqrt(np.mean(_BY_HOUR**2) * np.mean(_BY_DAY**2)))


def _push(cascade: Cascade, grid: Grid) -> tuple[Floats, Floats]:
    """Returns that a crash adds, and by how much it multiplies volatility."""
    end = ((grid.index - utc(cascade.at, "at")) / pd.Timedelta(hours=1)).to_numpy()
    hour = np.concatenate([[end[0] - grid.hours], end])
    fall = np.clip(hour / cascade.fall_hours, 0.0, 1.0)
    back = np.clip((hour - cascade.fall_hours) / cascade.rebound_hours, 0.0, 1.0)
    # Forced sales feed on themselves: the fall speeds up until it ends.
    path = np.log1p(-cascade.depth) * (0.35 * fall + 0.65 * fall**6)
    path += np.log1p(cascade.rebound) * (1.0 - (1.0 - back) ** 3)
    fear = 1.0 + 4.0 * 0.5 ** (np.abs(end - cascade.fall_hours) / 0.5) * (end > 0)
    return np.diff(path), fear
