"""P3: the tests of one claim, against the same tests through arch and through loops.

A rival that would take minutes does a stated share of its draws and is scaled up, which is fair
because each draw costs the same. (This file is not named statistics.py: it would stand in the way of
Python's own module of that name.)
"""

from __future__ import annotations

import numpy as np

from benchmarks.harness import Row, race
from oikit.stats import block_length, bootstrap_effect, bootstrap_mean, circular_shift

DRAWS = 10_000
GOAL = 50.0


def persistent(n: int, memory: float, seed: int) -> np.ndarray:
    """Noise with a memory: simulated, for timing only."""
    out = np.random.default_rng(seed).standard_normal(n)
    for i in range(1, n):
        out[i] += memory * out[i - 1]
    return out


def claim(n: int, horizon: int) -> tuple[np.ndarray, np.ndarray]:
    """A state that lasts, and outcomes that overlap."""
    state = persistent(n, 0.97, 1)
    price = np.cumsum(0.01 * np.random.default_rng(2).standard_t(4, n + horizon))
    return state > np.quantile(state, 0.95), price[horizon:] - price[:-horizon]


def loop_of_means(values: np.ndarray, block: float, draws: int) -> list[float]:
    """The stationary bootstrap as its definition reads: one bar after another."""
    rng = np.random.default_rng(0)
    n, means, listed = len(values), [], values.tolist()
    for _ in range(draws):
        anew, starts = rng.random(n).tolist(), rng.integers(0, n, n).tolist()
        at, total = -1, 0.0
        for fresh, start in zip(anew, starts, strict=True):
            at = start if at < 0 or fresh < 1 / block else (at + 1) % n
            total += listed[at]
        means.append(total / n)
    return means


def blocks_alone(n: int, block: float, draws: int) -> None:
    """The random numbers that a bootstrap by blocks must draw."""
    rng = np.random.default_rng(0)
    count = int(draws * (n / block + 1))
    rng.standard_exponential(count)
    rng.integers(0, n, count)


def rolled(events: np.ndarray, outcome: np.ndarray, slides: int) -> list[float]:
    """The same statistic as one would write it, one slide at a time; only some of the slides."""
    found = []
    for slide in np.random.default_rng(0).integers(1, len(events), slides):
        moved = np.roll(events, slide)
        hits, rest = outcome[moved], outcome[~moved]
        found.append((hits.mean() - rest.mean()) / (hits.std(ddof=1) / len(hits) ** 0.5))
    return found


def transforms_alone(n: int) -> None:
    """The Fourier transforms of events, outcome and its square, and back."""
    values = np.ones(n)
    spectra = [np.fft.rfft(values) for _ in range(3)]
    for spectrum in spectra[1:]:
        np.fft.irfft(spectra[0] * spectrum, n)


def effect(events: np.ndarray, outcome: np.ndarray) -> float:
    """What arch is asked to resample."""
    return outcome[events].mean() - outcome[~events].mean()


def rows(rounds: int = 3) -> list[Row]:
    from arch.bootstrap import StationaryBootstrap

    values = persistent(2_000, 0.9, 0)
    block = block_length(values)
    arch_mean, loop_mean, mean_floor, mean = race(
        lambda: StationaryBootstrap(block, values, seed=0).apply(np.mean, DRAWS),
        lambda: loop_of_means(values, block, DRAWS // 100),
        lambda: blocks_alone(len(values), block, DRAWS),
        lambda: bootstrap_mean(values, block=block, draws=DRAWS),
        rounds=rounds,
    )

    bars = 105_120
    events, outcome = claim(bars, 288)
    roll, shift_floor, shift = race(
        lambda: rolled(events, outcome, DRAWS // 20),
        lambda: transforms_alone(bars),
        lambda: circular_shift(events, outcome, horizon=288),
        rounds=rounds,
    )

    hours, ahead = 26_280, 72
    events_h, outcome_h = claim(hours, ahead)
    sample = StationaryBootstrap(ahead, events_h, outcome_h, seed=0)
    arch_effect, roll_h, blocks, transforms, ours_effect, ours_shift = race(
        lambda: sample.apply(effect, DRAWS // 50),
        lambda: rolled(events_h, outcome_h, DRAWS // 20),
        lambda: blocks_alone(hours, ahead, DRAWS),
        lambda: transforms_alone(hours),
        lambda: bootstrap_effect(events_h, outcome_h, horizon=ahead, draws=DRAWS),
        lambda: circular_shift(events_h, outcome_h, horizon=ahead),
        rounds=rounds,
    )
    name = f"P3 bootstrap of a mean, 10,000 x 2,000, b = {block:.0f}"
    both = 50 * arch_effect + 20 * roll_h
    return [
        Row(name, "arch", arch_mean, "random numbers", mean_floor, mean, None),
        Row(name, "plain loop, 1/100 of it", 100 * loop_mean, "random numbers", mean_floor, mean, GOAL),
        Row(
            "P3 all slides of 105,120 bars",
            "10,000 np.roll, 1/20 of them",
            20 * roll,
            "transforms",
            shift_floor,
            shift,
            GOAL,
        ),
        Row(
            "P3 one claim, 3 years hourly, shift + bootstrap",
            "np.roll (1/20) + arch (1/50)",
            both,
            "numbers and transforms",
            blocks + transforms,
            ours_effect + ours_shift,
            GOAL,
        ),
        Row(
            "   of it: shift alone",
            "10,000 np.roll",
            20 * roll_h,
            "transforms",
            transforms,
            ours_shift,
            GOAL,
        ),
        Row(
            "   of it: bootstrap alone",
            "arch",
            50 * arch_effect,
            "random numbers",
            blocks,
            ours_effect,
            None,
        ),
    ]


if __name__ == "__main__":
    for row in rows():
        print(row)
