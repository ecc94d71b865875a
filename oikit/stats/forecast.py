"""How good is a probability? Its score, and which part of that is honesty and which is knowledge."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.errors import InputError
from oikit.stats.estimate import Estimate
from oikit.stats.given import Floats, Values, column, fraction, whole
from oikit.stats.intervals import wilson
from oikit.stats.resample import bootstrap_mean

__all__ = ["Brier", "base_rate_scores", "brier", "reliability_groups", "reliability_table"]


@dataclass(frozen=True, slots=True)
class Brier:
    """A Brier score and its parts: ``score = reliability - resolution + uncertainty + within``.

    Attributes
    ----------
    score : Estimate
        Mean squared distance of forecast and outcome; 0 is perfect.
    reliability : float
        How far "30%" is from happening 30% of the time; 0 is honest.
    resolution : float
        How far the forecasts tell cases apart; 0 is no knowledge.
    uncertainty : float
        What the base rate alone would score, known in advance.
    skill : float
        ``1 - score / uncertainty``: share of that which the forecasts remove; below 0, the base
        rate alone is better. NaN if the outcome never varies.
    within : float
        What is lost by treating the forecasts of one bin as one; 0 without bins.
    """

    score: Estimate
    reliability: float
    resolution: float
    uncertainty: float
    skill: float
    within: float

    def __str__(self) -> str:
        """Score, then skill."""
        return f"Brier score {self.score}, skill {self.skill:.3g} over the base rate"


def brier(
    forecast: Values,
    outcome: Values,
    *,
    bins: int | None = None,
    block: float | None = None,
    draws: int = 2_000,
    seed: int = 0,
) -> Brier:
    """How good are these probabilities?

    Parameters
    ----------
    forecast : Series, array or list, shape (n,), fraction
        Probability that it happens. NaN: no forecast was made.
    outcome : Series, array or list, shape (n,), bool or 0/1
        Whether it happened. NaN: not known.
    bins : int, optional
        Equal bins of [0, 1] for the parts; by default each distinct forecast is its own. The parts
        depend on the bins, the score does not.
    block : float, optional, bars
        For the interval of the score, as in `oikit.stats.bootstrap_mean`; not less than the horizon.
    draws, seed : int

    Returns
    -------
    Brier
        ``score.n`` counts the rows with both a forecast and an outcome; only those enter.

    Raises
    ------
    InputError
        If a forecast is not from 0 to 1, an outcome neither 0 nor 1, the columns differ in length,
        or fewer than four rows are complete.

    Notes
    -----
    Murphy (1973); `within` after Stephenson, Coelho and Jolliffe (2008).

    Examples
    --------
    >>> answer = brier([0.5, 0.5, 1.0, 1.0], [0, 1, 1, 1])
    >>> answer.score.value, answer.reliability, answer.resolution, answer.uncertainty
    (0.125, 0.0, 0.0625, 0.1875)
    """
    said, came = column(forecast, "forecast", known=0), column(outcome, "outcome", known=0)
    if len(said) != len(came):
        raise InputError(
            f"forecast and outcome have {len(said):,} and {len(came):,} rows; take both from one frame"
        )
    if ((said < 0) | (said > 1)).any():
        raise InputError("a forecast is not from 0 to 1; give probabilities as fractions (5% is 0.05)")
    if (~np.isnan(came) & (came != 0) & (came != 1)).any():
        raise InputError("an outcome is neither 0 nor 1; a probability is about yes or no")
    score = bootstrap_mean((said - came) ** 2, block=block, draws=draws, seed=seed)
    complete = ~np.isnan(said) & ~np.isnan(came)
    said, came = said[complete], came[complete]
    labels = (
        said if bins is None else np.minimum((said * whole(bins, "bins")).astype(np.int64), int(bins) - 1)
    )
    _, group = np.unique(labels, return_inverse=True)
    size = np.bincount(group)
    mean_said, mean_came = np.bincount(group, said) / size, np.bincount(group, came) / size
    rate = float(came.mean())
    share = size / len(said)
    reliability = float(np.sum(share * (mean_said - mean_came) ** 2))
    resolution = float(np.sum(share * (mean_came - rate) ** 2))
    uncertainty = rate * (1 - rate)
    return Brier(
        score,
        reliability,
        resolution,
        uncertainty,
        1 - score.value / uncertainty if uncertainty > 0 else math.nan,
        score.value - (reliability - resolution + uncertainty) if bins is not None else 0.0,
    )


def base_rate_scores(rate: float) -> tuple[float, float]:
    """What does a forecaster score, who knows the base rate and nothing else?

    Parameters
    ----------
    rate : float, fraction
        How often it happens.

    Returns
    -------
    brier, log_loss : float
        The scores to beat; the second in natural logarithms.

    Raises
    ------
    InputError
        If the rate is no fraction.

    Examples
    --------
    >>> base_rate_scores(0.5)
    (0.25, 0.6931471805599453)
    """
    rate = fraction(rate, "rate")
    loss = -sum(part * math.log(part) for part in (rate, 1 - rate) if part > 0)
    return rate * (1 - rate), loss


def reliability_table(
    said: Any, came: Any, *, weight: Any = None, edges: Sequence[float] | None = None, bins: int = 5
) -> pd.DataFrame:
    """How often did it happen, group by group of what was said?

    Parameters
    ----------
    said : array, shape (n,), fraction
    came : array, shape (n,), 1.0 or 0.0
    weight : array, shape (n,), optional
        How much of each answer is its own, as in `oikit.lens.examples.uniqueness`; 1 by default.
    edges : sequence of float, optional
        Where one group ends and the next begins. By default `bins` groups of equally many answers;
        equal probabilities stay together.
    bins : int

    Returns
    -------
    DataFrame, one row for each group that holds an answer
        ``n`` (answers that share nothing, at least 1), mean ``said``, share that ``came``, and ``low`` and
        ``high``, the 95% Wilson interval of that share for so many.

    Raises
    ------
    InputError
        If there are no answers, or the columns differ in length.

    Examples
    --------
    >>> table = reliability_table([0.2, 0.2, 0.8, 0.8], [0, 0, 1, 0], edges=[0.5])
    >>> table[["n", "said", "came"]].values.tolist()
    [[2.0, 0.2, 0.0], [2.0, 0.8, 0.5]]
    """
    forecast, outcome = (np.asarray(each, dtype=np.float64) for each in (said, came))
    own = np.ones(len(forecast)) if weight is None else np.asarray(weight, dtype=np.float64)
    if not len(forecast) or not len(forecast) == len(outcome) == len(own):
        raise InputError(
            f"said and came have {len(forecast):,} and {len(outcome):,} answers; give as many of both, "
            "at least one"
        )
    group = reliability_groups(forecast, edges=edges, bins=bins)
    size = np.bincount(group)
    n = np.maximum(np.round(np.bincount(group, own)), 1).astype(np.int64)
    mean, share = (np.bincount(group, of) / size for of in (forecast, outcome))
    intervals = [wilson(round(s * int(k)), int(k)) for s, k in zip(share, n, strict=True)]
    low, high = ([getattr(each, end) for each in intervals] for end in ("low", "high"))
    table = pd.DataFrame({"n": n, "said": mean, "came": share, "low": low, "high": high})
    return table.rename_axis("group")


def reliability_groups(
    said: Floats, *, edges: Sequence[float] | None = None, bins: int = 5
) -> npt.NDArray[np.intp]:
    """Number of each answer's group, from 0 and without gaps, in order of what was said."""
    if edges is None:
        cuts = np.unique(np.quantile(said, np.linspace(0, 1, bins + 1)[1:-1]))
        group = np.searchsorted(cuts, said, side="left")
    else:
        group = np.searchsorted(np.asarray(edges, dtype=np.float64), said, side="right")
    return np.asarray(np.unique(group, return_inverse=True)[1])
