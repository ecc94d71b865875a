"""Intervals from the data themselves: blocks of bars drawn again, and labels dealt again.

Single bars drawn at random would pretend that neighbours know nothing of each other. The stationary
bootstrap draws runs of bars instead, of random length and wrapped round the end, so that a
resample is as persistent as the sample.
"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd

from oikit.errors import InputError
from oikit.stats.estimate import Comparison, Estimate, Expect, expected
from oikit.stats.given import Floats, Values, column, fraction, horizon_bars, pair_events, random, whole
from oikit.stats.shift import compare_with_null

__all__ = ["block_length", "bootstrap_effect", "bootstrap_mean", "bootstrap_sums", "permutation"]

# Blocks handled at once: small enough for the cache, large enough to forget the interpreter.
_CELLS = 1 << 14


def block_length(values: Values) -> float:
    """How long must a block be, so that the data keep their own persistence?

    Parameters
    ----------
    values : Series, array or list, shape (n,), on consecutive bars
        NaN counts as being at the mean.

    Returns
    -------
    float, bars
        Mean block length for the stationary bootstrap: 1 for data without memory, at most
        ``3 sqrt(n)`` and a third of the sample.

    Raises
    ------
    InputError
        If fewer than four values are known.

    Notes
    -----
    Politis and White (2004) with the correction of Patton, Politis and White (2009): the length
    that is best for the variance of a mean, with the flat-top window cut at twice the first lag
    that begins a run of quiet autocorrelations.

    Examples
    --------
    >>> block_length([5.0, 5.0, 5.0, 5.0])
    1.0
    """
    known = column(values, "values", known=4)
    n = len(known)
    centred = np.nan_to_num(known - np.nanmean(known))
    if not centred.any():
        return 1.0
    patience = max(5, int(math.log10(n)))
    lags = min(math.ceil(math.sqrt(n)) + patience, n - 1)
    size = 1 << (n + lags).bit_length()
    power = np.abs(np.fft.rfft(centred, size)) ** 2
    covariance = np.fft.irfft(power, size)[: lags + 1] / n
    quiet = np.abs(covariance[1:] / covariance[0]) < 2 * math.sqrt(math.log10(n) / n)
    runs = np.convolve(quiet, np.ones(patience), "valid") == patience
    cut = min(2 * (int(np.argmax(runs)) + 1), lags) if runs.any() else lags
    lag = np.arange(1, cut + 1)
    weight = np.minimum(1.0, 2 * (1 - lag / cut))
    longest = math.ceil(min(3 * math.sqrt(n), n / 3))
    variance = covariance[0] + 2 * float(np.sum(weight * covariance[1 : cut + 1]))
    slope = 2 * float(np.sum(weight * lag * covariance[1 : cut + 1]))
    # Data that cancel out in the long run (up, down, up, down) ask for whole history.
    best = (slope**2 / variance**2 * n) ** (1 / 3) if variance else math.inf
    return float(min(max(best, 1.0), longest))


def bootstrap_sums(columns: Floats, *, block: float, draws: int = 10_000, seed: int = 0) -> Floats:
    """What would the sums of these columns be, had history been dealt again in blocks?

    A mean is a sum over a count, a difference of means four sums: whatever is made of sums can be
    resampled with this. All columns are drawn together, bar by bar.

    Parameters
    ----------
    columns : array, shape (n, k)
        No NaN: put 0 there, and a column that counts what is known.
    block : float, bars
        Mean length of a block.
    draws : int
    seed : int

    Returns
    -------
    array, shape (draws, k)

    Raises
    ------
    InputError
        If a value is missing or the block is shorter than a bar.

    Notes
    -----
    Politis and Romano (1994). The sum of a block is a difference of two prefix sums, so a draw
    costs its blocks and not its bars.

    Examples
    --------
    >>> bootstrap_sums(np.ones((5, 1)), block=2, draws=3).tolist()
    [[5.0], [5.0], [5.0]]
    """
    table = np.asarray(columns, dtype=np.float64)
    if table.ndim != 2 or not table.size:
        raise InputError(f"columns have shape {table.shape}; give an array of bars by columns")
    if not np.isfinite(table).all():
        raise InputError("columns hold a missing value; put 0 there and count the known ones in a column")
    if not 1 <= block < math.inf:
        raise InputError(f"block={block:g} is no length of a bar or more; use block_length(values)")
    generator, draws = random(seed), whole(draws, "draws")
    n, k = table.shape
    # Sums are taken of what differs from the mean: long prefix sums of a constant lose digits.
    centre = table.mean(axis=0)
    prefix = np.zeros((k, 2 * n + 1))
    prefix[:, 1 : n + 1] = prefix[:, n + 1 :] = (table - centre).T
    np.cumsum(prefix, axis=1, out=prefix)
    sums = np.zeros((k, draws))
    rate = -math.log1p(-1 / block) if block > 1 else math.inf
    typical = n / block
    width = int(typical + 2 * math.sqrt(typical)) + 2
    height = max(1, _CELLS // width)
    for first in range(0, draws, height):
        rows = np.arange(first, min(first + height, draws))
        filled = np.zeros(len(rows), dtype=np.int64)
        while len(rows):
            # The whole part of an exponential is geometric, and a fast one.
            lengths = generator.standard_exponential((len(rows), width))
            lengths /= rate
            ends = np.minimum(lengths, n, out=lengths).astype(np.int64)
            ends += 1
            ends[:, 0] += filled
            np.cumsum(ends, axis=1, out=ends)
            np.minimum(ends, n, out=ends)
            start = generator.integers(0, n, ends.shape)
            stop = start + ends
            stop[:, 1:] -= ends[:, :-1]
            stop[:, 0] -= filled
            # `take` refuses wider numbers than the machine's own; browsers count in 32 bits.
            start, stop = (each.astype(np.intp, copy=False) for each in (start, stop))
            for sums_of_column, before in zip(sums, prefix, strict=True):
                blocks = before.take(stop, mode="clip")
                blocks -= before.take(start, mode="clip")
                sums_of_column[rows] += blocks.sum(axis=1)
            filled = ends[:, -1]
            short = filled < n
            rows, filled = rows[short], filled[short]
    return sums.T + n * centre


def bootstrap_mean(
    values: Values,
    *,
    block: float | None = None,
    draws: int = 10_000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Estimate:
    """What is the mean, and how far may it be off, given how persistent the data are?

    Parameters
    ----------
    values : Series, array or list, shape (n,), any unit, on consecutive bars
        NaN is left out of sum and count alike; ``n`` of the answer says how many were known.
    block : float, optional, bars
        Mean block length; `block_length` of the values by default. Not less than the horizon if
        the values look ahead.
    draws, seed : int
    confidence : float

    Returns
    -------
    Estimate
        The interval holds the middle of the resampled means.

    Raises
    ------
    InputError
        If fewer than four values are known.

    Examples
    --------
    >>> answer = bootstrap_mean([1.0, 2.0, 3.0, 4.0] * 25)
    >>> answer.value, answer.n, answer.low < 2.5 < answer.high
    (2.5, 100, True)
    """
    known = column(values, "values", known=4)
    alpha = 1 - fraction(confidence, "confidence", open_ends=True)
    length = block_length(known) if block is None else float(block)
    counted = ~np.isnan(known)
    table = np.column_stack([np.nan_to_num(known), counted])
    total, count = bootstrap_sums(table, block=length, draws=draws, seed=seed).T
    # A draw can land on unknown bars alone; it says nothing about the mean.
    means = total[count > 0.5] / count[count > 0.5]
    low, high = np.quantile(means, [alpha / 2, 1 - alpha / 2])
    return Estimate(
        float(np.nanmean(known)),
        float(low),
        float(high),
        int(counted.sum()),
        f"stationary bootstrap, blocks of {length:.3g}",
        confidence,
    )


def bootstrap_effect(
    events: Values,
    outcome: Values,
    *,
    horizon: int | str | pd.Timedelta,
    base: Values | float | None = None,
    block: float | None = None,
    draws: int = 10_000,
    seed: int = 0,
    confidence: float = 0.95,
) -> Estimate:
    """By how much did what followed the events differ, and how far may that be off?

    Parameters
    ----------
    events, outcome, horizon, base
        As in `oikit.stats.circular_shift`.
    block : float, optional, bars
        Mean block length; by default the longer of the horizon and the `block_length` of what
        each bar adds to the effect.
    draws, seed : int
    confidence : float

    Returns
    -------
    Estimate, in the unit of the outcome
        ``n`` counts events with a known outcome.

    Raises
    ------
    InputError
        As `oikit.stats.circular_shift`.

    Notes
    -----
    Each draw's distance from the effect is measured in that draw's own standard error of the
    events' mean; the interval is the effect plus or minus the quantile of that, times the
    standard error seen (a symmetric percentile-t). With fewer than some thirty clusters of events
    any bootstrap of bars is too sure of itself: `circular_shift` gives the interval that holds the
    truth as often as it says (`tests/test_stats_size.py` measures both).

    Examples
    --------
    >>> answer = bootstrap_effect([1, 0, 1, 0] * 25, [3.0, 1.0, 5.0, 0.0] * 25, horizon=1)
    >>> answer.value, answer.n, answer.low < 3.5 < answer.high
    (3.5, 50, True)
    """
    given = pair_events(events, outcome, base)
    alpha = 1 - fraction(confidence, "confidence", open_ends=True)
    ahead = horizon_bars(horizon, outcome if isinstance(outcome, pd.Series) else events)
    on = (given.on & given.known).astype(np.float64)
    off = (given.off & given.known).astype(np.float64)
    above, hits = float(given.hits.mean()), len(given.hits)
    # Seen from the events' mean, squares do not cancel.
    after = np.nan_to_num(given.outcome - above)
    adds = on * after / hits
    columns = [on, on * after, on * after**2]
    all_compared = bool((on + off).all())
    if given.against_rest:
        adds = adds - off * (after - after[off > 0].mean()) / len(given.rest)
        columns += [(on + off) * after] if all_compared else [(on + off) * after, on + off]
    length = max(block_length(adds), float(ahead)) if block is None else float(block)
    sums = bootstrap_sums(np.column_stack(columns), block=length, draws=draws, seed=seed).T
    rest = (float(len(on)) if all_compared else sums[-1]) - sums[0]
    # A draw without two events, or without any rest, compares nothing.
    usable = np.rint(sums[0]) >= 2
    if given.against_rest:
        usable &= np.rint(rest) >= 1
    sums, rest = sums[:, usable], rest[usable]
    mean = sums[1] / sums[0]
    effect = mean - (sums[3] - sums[1]) / rest if given.against_rest else mean + above
    own = float(np.var(given.hits))
    if given.yes_no:
        own = float(np.var(given.outcome[given.known]))
        variance = np.full(len(mean), own)
    else:
        variance = np.maximum(sums[2] / sums[0] - mean**2, 0.0)
    varies = variance > 1e-12 * own
    distance = np.abs(effect[varies] - given.effect) / np.sqrt(variance[varies] / sums[0][varies])
    error = math.sqrt(own / hits)
    width = float(np.quantile(distance, 1 - alpha)) * error if error > 0 and len(distance) else math.inf
    return Estimate(
        given.effect,
        given.effect - width,
        given.effect + width,
        hits,
        f"stationary bootstrap, blocks of {length:.3g}",
        confidence,
    )


def permutation(
    first: Values,
    second: Values,
    *,
    expect: Expect = "different",
    draws: int = 9_999,
    seed: int = 0,
    confidence: float = 0.95,
) -> Comparison:
    """Do two groups differ in their mean, if any number could have been in either?

    Only for numbers that do not lean on their neighbours: trades of different days, learners,
    markets. Bars are not like that; use `circular_shift`.

    Parameters
    ----------
    first, second : Series, array or list, shapes (n,) and (m,), one unit
    expect : {"different", "higher", "lower"}
        Of the first group.
    draws : int
        If there are no more ways than this to deal the numbers, each is tried once.
    seed : int
    confidence : float

    Returns
    -------
    Comparison
        ``effect`` is the mean of the first group minus that of the second. Its ends are infinite
        when there are too few ways to ever reach that confidence.

    Raises
    ------
    InputError
        If a group is empty or holds NaN, or fewer than three numbers are given.

    Examples
    --------
    >>> permutation([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]).p
    0.1
    """
    one, two = column(first, "first", nan=False), column(second, "second", nan=False)
    alpha = 1 - fraction(confidence, "confidence", open_ends=True)
    expect, draws = expected(expect), whole(draws, "draws")
    pool = np.concatenate([one, two])
    n, size = len(pool), len(one)
    if n < 3:
        raise InputError("two numbers can be dealt in two ways only; at least three are needed")
    ways = math.comb(n, size)
    if ways - 1 <= draws:
        # The first combination is the one that happened.
        chosen = np.array(list(itertools.combinations(range(n), size))[1:])
        totals = pool[chosen].sum(axis=1)
    else:
        generator = random(seed)
        height = max(1, _CELLS // n)
        totals = np.concatenate(
            [
                generator.permuted(np.tile(pool, (min(height, draws - done), 1)), axis=1)[:, :size].sum(
                    axis=1
                )
                for done in range(0, draws, height)
            ]
        )
    null = totals / size - (pool.sum() - totals) / (n - size)
    value = float(one.mean() - two.mean())
    p, reach = compare_with_null(value, null, expect, alpha)
    spread = float(null.std())
    effect = Estimate(value, value - reach, value + reach, n, "permutation", confidence)
    return Comparison(effect, p, value / spread if spread > 0 else 0.0, len(null), expect)
