"""Skill and calibration of probability forecasts, with the range that chance alone gives.

==========================  =================================================================
skill over the base rate    `score`: Brier score and its parts, log loss, skill with intervals
calibration                 `reliability`: forecast and observed frequency, chance band
comparison                  `compare`: every model on the same questions
prediction sets             `oikit.lens.conformal`
==========================  =================================================================

Neighbouring outcomes share hours, so errors are correlated. Intervals draw blocks of five horizons, all
markets of a moment together; the chance band simulates outcomes that overlap as the labels do. A gap
between forecast and frequency means nothing unless it is larger than chance makes it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oikit.errors import InputError
from oikit.lens.model import Forecasts
from oikit.stats import Brier, Estimate, bootstrap_sums, brier
from oikit.stats.forecast import reliability_groups
from oikit.stats.given import Floats, fraction, random, whole
from oikit.stats.special import normal_quantile

__all__ = ["gain", "reliability", "score", "share"]

# Log losses are cut where a probability says "never" or "always": no past of this length could.
_LEAST = 1e-3


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one model's forecasts.

    Attributes
    ----------
    brier : Brier
        Score and parts, the parts in ten equal bins. Its own ``skill`` uses the base rate of the test
        itself, which was unknown at the time.
    skill : Estimate, fraction
        Share of the squared error removed, against the base rate of each fold's past. Above zero is
        better. ``n`` counts questions.
    log_loss, base_log_loss : float
        Mean, in natural logarithms.
    log_skill : Estimate, fraction
        The same share for the log loss.
    effective_n : float
        Effective number of labels without overlap, at most.
    """

    brier: Brier
    skill: Estimate
    log_loss: float
    base_log_loss: float
    log_skill: Estimate
    effective_n: float

    def __str__(self) -> str:
        """Skill first, with what it rests on."""
        return (
            f"skill over the base rate {self.skill}; the questions are worth {self.effective_n:.0f} "
            "that share nothing"
        )


def score(given: Forecasts, *, block: float | None = None, draws: int = 2_000, seed: int = 0) -> Scores:
    """Score probabilities against the base rate.

    Parameters
    ----------
    given : Forecasts
    block : float, optional
        Mean length of a block, in questions of one market; five horizons by default.
    draws, seed : int

    Returns
    -------
    Scores

    Raises
    ------
    InputError
        If fewer than four questions were answered.
    """
    table = given.table
    said, base, came = (table[name].to_numpy() for name in ("probability", "base_rate", "outcome"))
    markets = max(table["market"].nunique(), 1)
    length = 5.0 * given.overlap if block is None else block
    losses, base_losses = _log_loss(said, came), _log_loss(base, came)
    return Scores(
        brier(said, came, bins=10, block=length * markets, draws=draws, seed=seed),
        share(given, (base - came) ** 2 - (said - came) ** 2, (base - came) ** 2, length, draws, seed),
        float(losses.mean()),
        float(base_losses.mean()),
        share(given, base_losses - losses, base_losses, length, draws, seed),
        float(table["weight"].sum()),
    )


def gain(
    more: Forecasts,
    less: Forecasts,
    *,
    block: float | None = None,
    confidence: float = 0.95,
    draws: int = 2_000,
    seed: int = 0,
) -> Estimate:
    """Return the gain of one model over another, as a share of the base rate's squared error.

    Parameters
    ----------
    more, less : Forecasts
        Forecasts of the same examples. Only questions that both answered count, also in ``n``.
    block, draws, seed
        As in `score`.
    confidence : float

    Returns
    -------
    Estimate, fraction of the base rate's squared error
        Above zero: `more` is better.

    Raises
    ------
    InputError
        If they answered no questions in common.
    """
    both = more.table.index.intersection(less.table.index)
    a, b = more.table.loc[both], less.table.loc[both]
    if not len(both) or not a[["time", "market"]].equals(b[["time", "market"]]):
        raise InputError("these forecasts share no questions; make both from the same examples and folds")
    came = a["outcome"].to_numpy()
    better = (b["probability"].to_numpy() - came) ** 2 - (a["probability"].to_numpy() - came) ** 2
    common = Forecasts(a, more.model, more.label, more.horizon, more.every)
    length = 5.0 * more.overlap if block is None else block
    base = (a["base_rate"].to_numpy() - came) ** 2
    sure = fraction(confidence, "confidence", open_ends=True)
    return share(common, better, base, length, draws, seed, sure)


def compare(models: Mapping[str, Forecasts], *, draws: int = 2_000, seed: int = 0) -> pd.DataFrame:
    """Tabulate the scores of each model, with the interval of its skill."""
    rows = {}
    for name, given in models.items():
        found = score(given, draws=draws, seed=seed)
        rows[name] = {
            "questions": len(given.table),
            "brier": found.brier.score.value,
            "log_loss": found.log_loss,
            "skill": found.skill.value,
            "low": found.skill.low,
            "high": found.skill.high,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("model")


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Forecast against observed frequencies, with the band that chance alone gives.

    Attributes
    ----------
    table : DataFrame, one row per bin
        ``questions``, ``said`` (mean probability), ``came`` (share that happened), ``low`` and
        ``high`` (where ``came`` lies nineteen times in twenty, if every probability were right).
    error : float, fraction
        Mean distance of said and came, weighted by questions (in these bins, ECE).
    usual_error : float, fraction
        What that distance is on average, if every probability were right. It is never 0.
    p : float
        Share of worlds with right probabilities in which the worst bin is at least as far off, each
        bin measured in its own spread.
    inside : bool
        Whether that share is at least one in twenty: no bin says that the probabilities are wrong.
    """

    table: pd.DataFrame
    error: float
    usual_error: float
    p: float
    inside: bool


def reliability(
    given: Forecasts, *, bins: int = 5, learned: bool = True, draws: int = 1_000, seed: int = 0
) -> Reliability:
    r"""Compare forecast and observed frequencies in bins, with the band that chance alone gives.

    Parameters
    ----------
    given : Forecasts
    bins : int
        Bins of equally many questions, in order of probability; equal probabilities stay together.
    learned : bool
        Whether the sampling error of the past, from which the level was learned, widens the band.
        Without it, a good method with a short past leaves the band in more than 5% of cases.
    draws, seed : int

    Returns
    -------
    Reliability

    Notes
    -----
    In each drawn world the outcome of a question happens when :math:`\Phi(z_t)` is below its
    probability, where :math:`z_t` is a mean of independent normals over the question's horizon: so
    outcomes overlap as the labels do. Markets share their normals, which makes the band wide rather than
    narrow. The error of the past moves all log odds by one normal number per world, with the standard
    error of a base rate learned from that fold's effective n.
    """
    table = given.table
    bins, draws = whole(bins, "bins"), whole(draws, "draws")
    said, came = table["probability"].to_numpy(), table["outcome"].to_numpy()
    group = reliability_groups(said, bins=bins)
    size = np.bincount(group).astype(np.float64)
    mean_said, mean_came = (np.bincount(group, of) / size for of in (said, came))
    step = _slots(given)
    reach = int(step.max()) + given.overlap
    rate = table["base_rate"].to_numpy()
    doubt = 1 / np.sqrt(np.maximum(table["past"].to_numpy() * rate * (1 - rate), 1e-9)) * bool(learned)
    # The error of a share, brought from log odds to normal scores at this question's probability.
    limit = np.array([_normal(p) for p in said.tolist()])
    density = np.exp(-(limit**2) / 2) / math.sqrt(2 * math.pi)
    tilt = doubt * said * (1 - said) / np.maximum(density, 1e-6)
    generator = random(seed)
    dealt = np.empty((draws, len(size)))
    for draw in range(draws):
        before = np.concatenate([[0.0], np.cumsum(generator.standard_normal(reach))])
        luck = (before[step + given.overlap] - before[step]) / math.sqrt(given.overlap)
        moved = limit + generator.standard_normal() * tilt
        dealt[draw] = np.bincount(group, luck < moved) / size
    low, high = np.quantile(dealt, [0.025, 0.975], axis=0)
    off = np.abs(dealt - mean_said)
    spread = np.maximum(np.sqrt((off**2).mean(axis=0)), 1e-12)
    worst = (off / spread).max(axis=1)
    seen = float((np.abs(mean_came - mean_said) / spread).max())
    p = (1 + int(np.count_nonzero(worst >= seen))) / (draws + 1)
    share = size / size.sum()
    lines = pd.DataFrame(
        {
            "questions": size.astype(np.int64),
            "said": mean_said,
            "came": mean_came,
            "low": low,
            "high": high,
        }
    ).rename_axis("bin")
    return Reliability(
        lines,
        float(np.sum(share * np.abs(mean_came - mean_said))),
        float((off @ share).mean()),
        p,
        p >= 0.05,
    )


def share(
    given: Forecasts,
    top: Floats,
    base: Floats,
    block: float,
    draws: int,
    seed: int,
    confidence: float = 0.95,
) -> Estimate:
    """Return the ratio of two sums, with a block-bootstrap interval.

    Parameters
    ----------
    given : Forecasts
        Its times determine which rows are neighbours.
    top, base : array, shape (n,)
    block : float
        Mean length of a block, in questions of one market.
    draws, seed : int
    confidence : float

    Returns
    -------
    Estimate
        Symmetric percentile-t: plain percentiles of a block bootstrap miss the truth more than twice as
        often as they should on null worlds, because distant draws are noisy themselves. So each draw's
        distance is measured in its own standard error, as in `oikit.stats.bootstrap_effect`.

    Raises
    ------
    InputError
        If there are fewer than four rows.
    """
    if len(top) < 4:
        raise InputError(f"{len(top)} answered question(s) are too few to judge; at least 4 are needed")
    # The base rate, said once more by a model, differs in its last digit; that is no difference.
    top = np.where(np.abs(top) < 1e-12, 0.0, top)
    whole_base = float(base.sum())
    value = float(top.sum()) / whole_base if whole_base > 0 else 0.0
    slot = _slots(given)
    moments = np.column_stack([top, base, np.ones(len(top))])
    by_moment = np.zeros((int(slot.max()) + 1, 3))
    np.add.at(by_moment, slot, moments)
    gains, bases, asked = by_moment.T
    away = gains - value * bases
    columns = np.column_stack([gains, bases, away**2, asked > 0])
    draws_of = bootstrap_sums(columns, block=max(block, 1.0), draws=draws, seed=seed)
    top_sum, base_sum, square, count = draws_of[draws_of[:, 1] > 1e-12 * max(whole_base, 1e-300)].T
    drawn = top_sum / base_sum
    error = np.sqrt(np.maximum(square / count - ((top_sum - value * base_sum) / count) ** 2, 0.0) * count)
    error /= base_sum
    mine = math.sqrt(float(np.sum(away**2))) / whole_base if whole_base > 0 else 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.abs(drawn - value) / error
    far = far[np.isfinite(far)]
    width = float(np.quantile(far, confidence)) * mine if len(far) and mine > 1e-12 else 0.0
    method = f"block bootstrap, blocks of {block:.3g}"
    return Estimate(value, value - width, value + width, len(top), method, confidence)


def _slots(given: Forecasts) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Number of each question's moment on the grid of questions."""
    times = pd.DatetimeIndex(given.table["time"])
    return np.asarray((times - times.min()) // given.every, dtype=np.int64)


def _log_loss(said: Floats, came: Floats) -> Floats:
    said = np.clip(said, _LEAST, 1 - _LEAST)
    return -np.log(np.where(came == 1, said, 1 - said))


def _normal(p: float) -> float:
    return normal_quantile(min(max(p, 1e-9), 1 - 1e-9))
