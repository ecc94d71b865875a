"""Was the best setting chosen, or was the noise of one half of history?"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from oikit.errors import InputError
from oikit.stats.given import Floats, whole

__all__ = ["Overfitting", "cpcv_counts", "overfitting"]

# Splits handled at once, so that thousands of them do not fill the memory.
_SPLITS = 2048


@dataclass(frozen=True, slots=True, eq=False)
class Overfitting:
    """How the winners of one half of history did in the other half.

    Attributes
    ----------
    pbo : float, fraction
        Splits in which the winner ended in the lower half outside (Bailey et al.: the probability
        of backtest overfitting). **About a half means that choosing was worth nothing**, and one
        low value is no evidence: pure noise gives values far below a half quite often.
    mean_logit : float
        Mean log odds of the winner's rank outside; 0: in the middle.
    loss : float, fraction
        Splits in which the winner's score outside was below zero.
    logits : array, shape (splits,)
    settings, bars : int
        How many settings were compared, on how many bars.
    """

    pbo: float
    mean_logit: float
    loss: float
    logits: Floats
    settings: int
    bars: int

    def __str__(self) -> str:
        """One line, with what it rests on."""
        return (
            f"the winner of one half was in the lower half of the other in {100 * self.pbo:.3g}% of "
            f"{len(self.logits):,} splits ({self.settings} settings, {self.bars:,} bars)"
        )


def overfitting(
    performance: pd.DataFrame | Floats, *, groups: int = 16, score: Literal["sharpe", "mean"] = "sharpe"
) -> Overfitting:
    """Would the setting that won one half of history have been a good choice for the other half?

    Parameters
    ----------
    performance : DataFrame or array, shape (bars, settings), fraction per bar
        Return of every setting that was tried on every bar, the bad ones too.
    groups : int
        Even number of pieces that history is cut into; each half of them is once the past. If the
        bars cannot be divided evenly, the first pieces have one bar more.
    score : {"sharpe", "mean"}
        What "best" means; a setting that never moves scores 0.

    Returns
    -------
    Overfitting

    Raises
    ------
    InputError
        If there are fewer than two settings, a value is missing, groups are odd, or there are fewer
        than two bars in a group.

    Notes
    -----
    Combinatorially symmetric cross-validation (Bailey, Borwein, López de Prado and Zhu, 2017): with
    the winner's rank r outside among N settings, the logit is that of ``r / (N + 1)`` and PBO the
    share of logits not above zero. Ties share their rank.

    Examples
    --------
    >>> noise = np.random.default_rng(0).standard_normal((240, 10))
    >>> round(overfitting(noise, groups=8).pbo, 4)
    0.1714
    """
    table = np.asarray(performance, dtype=np.float64)
    if table.ndim != 2 or table.shape[1] < 2:
        raise InputError(f"performance has shape {table.shape}; give bars by settings, two settings or more")
    if not np.isfinite(table).all():
        raise InputError("performance holds a missing value; a bar without a position returned 0")
    groups = whole(groups, "groups", at_least=2)
    bars, settings = table.shape
    if groups % 2 or bars < 2 * groups:
        raise InputError(f"groups={groups} does not fit: it must be even, with two of {bars} bars in each")
    if score not in ("sharpe", "mean"):
        raise InputError(f"score={score!r} is unknown; use 'sharpe' or 'mean'")
    pieces = np.array_split(table, groups)
    sums = np.array([piece.sum(axis=0) for piece in pieces])
    squares = np.array([(piece**2).sum(axis=0) for piece in pieces])
    counts = np.array([len(piece) for piece in pieces], dtype=np.float64)
    halves = itertools.combinations(range(groups), groups // 2)
    logits, losses = [], 0
    while chosen := list(itertools.islice(halves, _SPLITS)):
        inside = np.zeros((len(chosen), groups))
        np.put_along_axis(inside, np.array(chosen), 1.0, axis=1)
        winners = _scores(inside, sums, squares, counts, score).argmax(axis=1)[:, None]
        outside = _scores(1.0 - inside, sums, squares, counts, score)
        winner = np.take_along_axis(outside, winners, axis=1)
        below, level = (outside < winner).sum(axis=1), (outside == winner).sum(axis=1)
        rank = below + (level + 1) / 2
        logits.append(np.log(rank / (settings + 1 - rank)))
        losses += int((winner < 0).sum())
    found = np.concatenate(logits)
    return Overfitting(
        float(np.mean(found <= 0)), float(found.mean()), losses / len(found), found, settings, bars
    )


def cpcv_counts(groups: int, test_groups: int) -> tuple[int, int]:
    """How many splits and how many whole paths does combinatorial cross-validation give?

    Parameters
    ----------
    groups : int
        Pieces that history is cut into.
    test_groups : int
        Pieces held out at a time.

    Returns
    -------
    splits, paths : int

    Raises
    ------
    InputError
        If no piece would be left to learn from.

    Examples
    --------
    >>> cpcv_counts(6, 2)
    (15, 5)
    """
    groups, test_groups = whole(groups, "groups", at_least=2), whole(test_groups, "test_groups")
    if test_groups >= groups:
        raise InputError(f"test_groups={test_groups} of {groups} leaves nothing to learn from")
    splits = math.comb(groups, test_groups)
    return splits, splits * test_groups // groups


def _scores(half: Floats, sums: Floats, squares: Floats, counts: Floats, score: str) -> Floats:
    n = (half @ counts)[:, None]
    mean = (half @ sums) / n
    if score == "mean":
        return mean
    square = (half @ squares) / n
    variance = np.maximum(square - mean**2, 0.0) * n / (n - 1)
    moves = variance > 1e-14 * square
    return np.divide(mean, np.sqrt(variance), out=np.zeros_like(mean), where=moves)
