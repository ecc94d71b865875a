"""Intervals for many claims of one frame at once: history is dealt again once, and all are read off it.

What it gives is what `oikit.stats.bootstrap_effect` gives for each by itself, number for number
(`tests/test_claims_weighing.py`): the same seed deals the same blocks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from oikit.stats import Estimate, bootstrap_sums

# So many share their random numbers; with more, their columns no longer fit into a processor's cache.
_TOGETHER = 5


class Sample(NamedTuple):
    """The events of a claim, and what followed beyond the usual.

    Attributes
    ----------
    on : array of bool, shape (n,)
        Events with a known outcome.
    beyond : array of float, shape (n,)
        What followed each bar less what usually follows; NaN where not known.
    block : int, bars
        Mean length of a block.
    variance : float, optional
        Of a yes or no outcome, which has no spread of its own.
    """

    on: npt.NDArray[np.bool_]
    beyond: npt.NDArray[np.float64]
    block: int
    variance: float | None


def intervals(samples: Sequence[Sample], draws: int, seed: int) -> list[Estimate]:
    """How far may each mean difference be off?"""
    found: dict[int, Estimate] = {}
    for block in dict.fromkeys(each.block for each in samples):
        mine = [at for at, each in enumerate(samples) if each.block == block]
        for few in (mine[first : first + _TOGETHER] for first in range(0, len(mine), _TOGETHER)):
            table = np.column_stack([_columns(samples[at]) for at in few])
            sums = bootstrap_sums(table, block=block, draws=draws, seed=seed)
            for place, at in enumerate(few):
                found[at] = _interval(samples[at], sums[:, 3 * place : 3 * place + 3])
    return [found[at] for at in range(len(samples))]


def _columns(sample: Sample) -> npt.NDArray[np.float64]:
    on = sample.on.astype(np.float64)
    beyond = np.where(sample.on, sample.beyond, 0.0)
    return np.column_stack([on, beyond, beyond**2])


def _interval(sample: Sample, sums: npt.NDArray[np.float64]) -> Estimate:
    hits = sample.beyond[sample.on]
    n, effect, own = len(hits), float(hits.mean()), float(hits.var())
    sums = sums[np.rint(sums[:, 0]) >= 2]
    count, mean = sums[:, 0], sums[:, 1] / sums[:, 0]
    variance = np.maximum(sums[:, 2] / count - mean**2, 0.0)
    if sample.variance is not None:
        variance, spread = np.full(len(mean), sample.variance), sample.variance
    else:
        spread = own
    varies = variance > 1e-12 * max(own, 1e-300)
    distance = np.abs(mean[varies] - effect) / np.sqrt(variance[varies] / count[varies])
    error = math.sqrt(spread / n)
    width = float(np.quantile(distance, 0.95)) * error if error > 0 and len(distance) else math.inf
    return Estimate(
        effect, effect - width, effect + width, n, f"stationary bootstrap, blocks of {sample.block:.3g}"
    )
