"""P3: the whole ledger on three years of hours, against the same tests through arch and loops; worlds too.

``rows()`` times. The rival only runs the tests: its slides with ``np.roll``, its resamples with arch, a
stated share of each, scaled up. Ours is everything: signals, funnels, outcomes, tests, sentences.

``python -m benchmarks.ledger worlds 1000`` counts how often claims are called on markets that are known
to hold nothing (`cry_wolf`), and on markets that hold an effect of known size (`found`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

import oikit
from benchmarks.harness import Row, race
from oikit import stats
from oikit.claims import CLAIMS, judge, readings, weigh
from oikit.claims.claim import ask
from oikit.claims.events import base_rate, first_in_cluster, terciles
from oikit.clock import bars
from oikit.simulate.market import planted_drift, simulate
from oikit.simulate.worlds import WORLDS

DRAWS = 10_000
GOAL = 50.0
CALLED = ("supported", "contradicted")

# "Every time" is false in a market without any link, and saying so is no false alarm.
COMPARED = tuple(
    replace(claim, beside=())
    for claim in readings(CLAIMS.values())
    if claim.kind == "forecast" and not claim.every
)
JUMP = next(claim for claim in COMPARED if claim.id == "C09-jump")


def year(seed: int, *, world: str = "bnb", effect: float = 0.0, years: int = 1) -> pd.DataFrame:
    """Hours of a simulated market."""
    return simulate(
        WORLDS[world], since=f"{2026 - years}-03-09", until="2026-03-09", seed=seed, effect=effect
    )


def cry_wolf(seeds: Iterable[int], *, world: str = "bnb", years: int = 1) -> pd.DataFrame:
    """How often is each claim called supported or contradicted where nothing leads the price?

    Returns
    -------
    DataFrame, one row for each reading
        ``weighed`` (markets with ten events or more), ``called``, ``shift`` and ``naive`` (shares of
        all markets in which the verdict, the sliding p-value alone and a plain t-test speak), ``n``.
    """
    found = []
    for seed in seeds:
        market = year(seed, world=world, years=years)
        for claim in COMPARED:
            v = weigh(claim, market, look=False)
            found.append(
                (claim.id, v.effect is not None, v.word in CALLED, v.p <= 0.05, v.naive_p <= 0.05, v.n)
            )
    table = pd.DataFrame(found, columns=["id", "weighed", "called", "shift", "naive", "n"])
    return table.groupby("id", sort=False).mean()


def found(seeds: Iterable[int], effect: float, *, years: int = 1) -> pd.Series:
    """How often is a planted effect found, and how often should it be?

    Returns
    -------
    Series
        ``found`` (share of markets), ``stated`` (mean power for the number of events and the spread that
        each market shows, at the effect that was planted there), ``held`` (share of intervals that
        hold it), ``planted`` (mean, per event).
    """
    answers = []
    for seed in seeds:
        market = year(seed, effect=effect, years=years)
        v = weigh(JUMP, market, look=False)
        ahead = planted_drift(market["open_interest"], effect).rolling(72).sum().shift(-72)
        planted = float(ahead[v.followed.index].mean())
        spread = v.detectable / stats.min_detectable_effect(1.0, v.n)
        stated = stats.power_of(abs(planted) / spread, v.n)
        answers.append((v.word == "supported", stated, v.effect.low <= planted <= v.effect.high, planted))
    return pd.DataFrame(answers, columns=["found", "stated", "held", "planted"]).mean()


def questions(market: pd.DataFrame) -> list[tuple[np.ndarray, np.ndarray, int]]:
    """Events, what followed beyond the usual, and the horizon, of each claim that can be compared."""
    groups, out = terciles(market["close"]), []
    for claim in COMPARED:
        events = first_in_cluster(ask(claim, market) == 1, claim.horizon)
        after = claim.outcome(market, claim.horizon)
        if claim.acts is not None:
            after = after * claim.acts(market)
        beyond = (after - base_rate(after, groups)).to_numpy()
        there = ~np.isnan(beyond)
        if (events.to_numpy() & there).sum() >= 10:
            out.append((events.to_numpy()[there], beyond[there], bars(claim.horizon, market.index)))
    return out


def rolled(asked: list[tuple[np.ndarray, np.ndarray, int]], slides: int) -> None:
    """The sliding test, one slide at a time."""
    rng = np.random.default_rng(0)
    for events, beyond, _ in asked:
        k = events.sum() ** 0.5
        for slide in rng.integers(1, len(events), slides):
            hits = beyond[np.roll(events, slide)]
            hits.mean() / (hits.std(ddof=1) / k)


def through_arch(asked: list[tuple[np.ndarray, np.ndarray, int]], draws: int) -> None:
    """The interval, through arch."""
    from arch.bootstrap import StationaryBootstrap

    for events, beyond, reach in asked:
        block = max(reach, min(168, len(events) // 50))
        sample = StationaryBootstrap(block, events, beyond, seed=0)
        sample.apply(lambda on, y: y[on].mean() / max(y[on].std(), 1e-12), draws)


def blocks_alone(asked: list[tuple[np.ndarray, np.ndarray, int]]) -> None:
    """The random numbers that any bootstrap by blocks must draw, and one transform each way."""
    for events, beyond, reach in asked:
        count = int(DRAWS * (len(events) / max(reach, 168) + 1))
        rng = np.random.default_rng(0)
        rng.standard_exponential(count)
        rng.integers(0, len(events), count)
        np.fft.irfft(np.fft.rfft(beyond), len(events))


def rows(rounds: int = 1) -> list[Row]:
    market = oikit.sample("bnb-null")
    asked = questions(market)
    roll, arch, floor, ours = race(
        lambda: rolled(asked, DRAWS // 100),
        lambda: through_arch(asked, DRAWS // 500),
        lambda: blocks_alone(asked),
        lambda: judge(market),
        rounds=rounds,
    )
    name = f"P3 whole ledger, {len(asked)} compared, 3 years hourly"
    rival = "np.roll (1/100) + arch (1/500), tests only"
    return [Row(name, rival, 100 * roll + 500 * arch, "random numbers", floor, ours, GOAL)]


def worlds(count: int) -> None:
    """Print both tables."""
    most = 0.05 + 2 * (0.05 * 0.95 / count) ** 0.5
    for world in ("bnb", "btc"):
        table = cry_wolf(range(count), world=world)
        print(f"\n{count} {world} worlds of one year without any link; at most {most:.3f} may be called")
        print(table.round(3).to_string())
    print("\nplanted, one year (per 8 h)")
    for effect in (-0.002, -0.005, -0.01):
        print(effect, found(range(min(count, 200)), effect).round(3).to_dict())


if __name__ == "__main__":
    if sys.argv[1:2] == ["worlds"]:
        worlds(int(sys.argv[2]) if len(sys.argv) > 2 else 1_000)
    else:
        for row in rows():
            print(row)
