"""P2: the first indicator set on one symbol-year of 5-minute bars, on three clocks.

The rival is the same set as one would write it in pandas: ``resample().agg``, ``rolling``,
``shift``, ``reindex``. A robust score has no pandas word, so the rival uses ``rolling.apply``, which is
slow enough to decide the whole; so the set is timed without it, too.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks.harness import Row, cpu, in_turns, race
from oikit import indicators as ind
from oikit.frame import FIELDS, resample

CLOCKS = ["5min", "1h", "1d"]
BARS = 365 * 288


def market(n: int = BARS) -> pd.DataFrame:
    """A frame with the columns that the set reads: plain random walks, simulated for timing only."""
    rng = np.random.default_rng(0)
    index = pd.date_range("2025-01-01 00:05", periods=n, freq="5min", tz="UTC", name="time")
    walk = lambda start, step: start * np.exp(np.cumsum(step * rng.standard_normal(n)))  # noqa: E731
    hour = np.arange(1, n + 1) % 96 == 0
    return pd.DataFrame(
        {
            "close": walk(600.0, 1e-3),
            "open_interest": walk(5e5, 1e-3),
            "circulating_supply": np.full(n, 1.4e8),
            "funding_rate": np.where(hour, np.round(1e-4 * rng.standard_normal(n), 8), 0.0),
            "funding_interval": np.where(hour, 8.0, 0.0),
            "long_short_ratio": walk(2.0, 1e-4),
        },
        index,
    )


def mad(window: np.ndarray) -> float:
    return float(np.median(np.abs(window - np.median(window))))


def pandas_score(values: pd.Series, n: int) -> pd.Series:
    past = values.shift().rolling(n)
    return (values - past.median()) / (1.4826 * past.apply(mad, raw=True))


def score_from_nothing(values: pd.Series, n: int) -> pd.Series:
    """Ours as it was: the values nearest to the median looked for anew at each bar."""

    def nearest(k: int) -> float:
        starts = range(n - k)
        at = bisect_left(starts, True, key=lambda s: held[s + k] - centre >= centre - held[s])
        right = held[at + k] - centre if at < len(starts) else np.inf
        return min(right, centre - held[at - 1]) if at else right

    median, spread, held, listed = *np.full((2, len(values)), np.nan), list[float](), values.tolist()
    for row, value in enumerate(listed):
        if len(held) == n:
            centre = (held[(n - 1) // 2] + held[n // 2]) / 2
            median[row], spread[row] = centre, (nearest((n - 1) // 2) + nearest(n // 2)) / 2
            del held[bisect_left(held, listed[row - n])]
        if value != value:
            held = []
        else:
            insort(held, value)
    return (values - median) / np.where(spread > 0, 1.4826 * spread, np.nan)


def pandas_quadrant(price: pd.Series, coins: pd.Series, n: int) -> pd.Series:
    move, change = np.log(price).diff(n), np.log(coins).diff(n)
    names = np.select(
        [
            (move > 0) & (change > 0),
            (move > 0) & (change < 0),
            (move < 0) & (change > 0),
            (move < 0) & (change < 0),
        ],
        ["new longs", "short covering", "new shorts", "long liquidation"],
        "neutral",
    )
    return pd.Series(names, price.index).where(move.notna() & change.notna()).astype("category")


def pandas_parts(coins: pd.Series, price: pd.Series, n: int) -> pd.DataFrame:
    before, was = coins.shift(n), price.shift(n)
    return pd.DataFrame(
        {
            "price": before * price.diff(n),
            "position": was * coins.diff(n),
            "cross": coins.diff(n) * price.diff(n),
            "change": (coins * price).diff(n),
        }
    )


def pandas_settled(rate: pd.Series, hours: pd.Series) -> pd.Series:
    return (8 * rate / hours).where(hours > 0).ffill()


Pair = tuple[Callable[[pd.DataFrame, int, int], object], Callable[[pd.DataFrame, int, int], object]]

# name: (ours, pandas); f is a frame, n the bars of a day, b the bars of the baseline.
SET: dict[str, Pair] = {
    "oi_to_cap": (
        lambda f, n, b: ind.oi_to_cap(f["open_interest"], f["circulating_supply"]),
        lambda f, n, b: f["open_interest"] / f["circulating_supply"].where(f["circulating_supply"] > 0),
    ),
    "velocity": (
        lambda f, n, b: ind.velocity(f["open_interest"], n),
        lambda f, n, b: np.log(f["open_interest"]).diff(n),
    ),
    "robust_zscore": (
        lambda f, n, b: ind.robust_zscore(ind.velocity(f["open_interest"], n), b),
        lambda f, n, b: pandas_score(np.log(f["open_interest"]).diff(n), b),
    ),
    "trailing_percentile": (
        lambda f, n, b: ind.trailing_percentile(f["open_interest"], b),
        lambda f, n, b: (f["open_interest"].rolling(b).rank() - 0.5) / b,
    ),
    "divergence": (
        lambda f, n, b: ind.divergence(f["close"], f["open_interest"], n, b),
        lambda f, n, b: (
            (pandas_score(np.log(f["open_interest"]).diff(n), b) >= 2)
            & (pandas_score(np.log(f["close"]).diff(n), b).abs() <= 0.5)
        ),
    ),
    "quadrant": (
        lambda f, n, b: ind.quadrant(f["close"], f["open_interest"], n),
        lambda f, n, b: pandas_quadrant(f["close"], f["open_interest"], n),
    ),
    "price_and_position_parts": (
        lambda f, n, b: ind.price_and_position_parts(f["open_interest"], f["close"], n),
        lambda f, n, b: pandas_parts(f["open_interest"], f["close"], n),
    ),
    "settled_funding": (
        lambda f, n, b: ind.settled_funding(f["funding_rate"], f["funding_interval"]),
        lambda f, n, b: pandas_settled(f["funding_rate"], f["funding_interval"]),
    ),
    "funding_apr": (
        lambda f, n, b: ind.funding_apr(f["funding_rate"], b),
        lambda f, n, b: f["funding_rate"].rolling(b).sum() * (365 * n / b),
    ),
    "long_share": (
        lambda f, n, b: ind.long_share(f["long_short_ratio"]),
        lambda f, n, b: f["long_short_ratio"] / (1 + f["long_short_ratio"]),
    ),
    "asymmetry": (
        lambda f, n, b: ind.asymmetry(f["long_short_ratio"]),
        lambda f, n, b: (f["long_short_ratio"] - 1) / (f["long_short_ratio"] + 1),
    ),
}

RULES = {"last": "last", "sum": "sum", "first": "first", "max": "max", "min": "min"}


def pandas_resample(frame: pd.DataFrame, every: str) -> pd.DataFrame:
    rules = {name: RULES[FIELDS[name].over_time] for name in frame}
    return frame.resample(every, label="right", closed="right").agg(rules)


def bars_of(every: str) -> tuple[int, int]:
    """Bars of a day and of the baseline of a week on this clock."""
    day = int(pd.Timedelta("1D") / pd.Timedelta(every.replace("d", "D")))
    return day, 7 * day


SCORED = ("robust_zscore", "divergence")


def whole_set(
    frame: pd.DataFrame,
    which: int,
    longer: Callable[[pd.DataFrame, str], pd.DataFrame],
    without: tuple[str, ...] = (),
) -> None:
    for every in CLOCKS:
        slow = frame if every == "5min" else longer(frame, every)
        n, b = bars_of(every)
        for name, pair in SET.items():
            if name in without:
                continue
            said = pair[which](slow, n, b)
            if every != "5min":
                said.reindex(frame.index, method="ffill")  # type: ignore[attr-defined]


def rows(rounds: int = 1) -> list[Row]:
    frame = market()
    values = frame.to_numpy()

    def floor() -> object:
        return np.diff(np.log(np.abs(values) + 1e-12), axis=0)

    work = "P2 indicator set, 3 clocks, 105,120 bars"
    theirs, ours = in_turns(
        lambda: whole_set(frame, 1, pandas_resample), lambda: whole_set(frame, 0, resample), rounds=rounds
    )
    bare_theirs, bare_ours, lowest = race(
        lambda: whole_set(frame, 1, pandas_resample, SCORED),
        lambda: whole_set(frame, 0, resample, SCORED),
        floor,
    )
    out = [
        Row(work, "pandas", theirs, "one pass of logs", lowest, ours, 3.0),
        Row("P2 the same without the robust score", "pandas", bare_theirs, "-", None, bare_ours, 1.0),
    ]
    change = ind.velocity(frame["open_interest"], 288)
    for days in (7, 30):
        pd.testing.assert_series_equal(
            score_from_nothing(change, 288 * days), ind.robust_zscore(change, 288 * days), check_exact=True
        )
        anew, followed = in_turns(
            lambda days=days: score_from_nothing(change, 288 * days),
            lambda days=days: ind.robust_zscore(change, 288 * days),
            rounds=3,
            of=cpu,
        )
        # At most 45 % of the time that it took.
        name = f"P2 robust score against {days} days, CPU"
        out.append(Row(name, "the search from nothing", anew, "-", None, followed, 1 / 0.45))
    theirs, ours = race(lambda: pandas_resample(frame, "1h"), lambda: resample(frame, "1h"))
    out.append(Row("   resample 5 min to 1 h", "pandas", theirs, "-", None, ours, 1.0))
    n, b = bars_of("5min")
    for name, (mine, plain) in SET.items():
        slow = name in SCORED
        calls = (lambda plain=plain: plain(frame, n, b), lambda mine=mine: mine(frame, n, b))
        theirs, ours = in_turns(*calls, rounds=1) if slow else race(*calls, rounds=9)
        # The percentile is pandas' own rank and a division: the same time, give or take what a run varies.
        goal = 0.95 if name == "trailing_percentile" else 1.0
        out.append(Row(f"   {name}", "pandas", theirs, "-", None, ours, goal))
    return out
