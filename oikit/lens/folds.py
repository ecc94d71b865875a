"""Walk-forward folds: training and test rows cut by time, with a gap that no label reaches across.

::

    time ──▶
    fold 1   [ train ........ ]<h+gap>[ calibrate ]<h+gap>[ test ]
    fold 2   [ train ................. ]<h+gap>[ calibrate ... ]<h+gap>[ test ]

`walk_forward` makes them, `audit` checks any folds for leaks. A label looks one horizon ahead, so a row
is *purged* from the past if its horizon reaches the next part, and the gap (the embargo) removes those
whose variables would still share most of their window with it. No row after a test is used for training.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.clock import length, words
from oikit.errors import InputError

__all__ = ["Fold", "audit", "walk_forward"]

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """Numbers of the rows for training, for calibration and for testing.

    Attributes
    ----------
    train, calibrate, test : array of int
        `calibrate` may be empty; then nothing is corrected.
    """

    train: Rows
    calibrate: Rows
    test: Rows

    @property
    def past(self) -> Rows:
        """Return the rows before the test: for training and for calibration."""
        return np.concatenate([self.train, self.calibrate])


def walk_forward(
    times: pd.DatetimeIndex,
    *,
    horizon: str | pd.Timedelta,
    gap: str | pd.Timedelta = "24h",
    folds: int = 5,
    first: float = 0.4,
    calibrate: float = 0.3,
) -> list[Fold]:
    """Cut history so that each test is judged by its past alone.

    Parameters
    ----------
    times : DatetimeIndex, shape (n,)
        In order; markets that are pooled repeat a time.
    horizon : str or Timedelta
        How far a label looks ahead.
    gap : str or Timedelta
        Kept free beyond that.
    folds : int
        Tests of equal length in time.
    first : float, fraction
        Share of the time before the first test.
    calibrate : float, fraction
        Latest share of each past that is kept from training, to correct the probabilities.

    Returns
    -------
    list of Fold
        For each: ``max(train) + horizon + gap < min(calibrate)`` and
        ``max(calibrate) + horizon + gap < min(test)``, in time. A fold whose test has no rows (a hole
        in the data) is left out.

    Raises
    ------
    InputError
        If the times are not in order, a share is none, or the past of a fold is too short.

    Examples
    --------
    >>> days = pd.date_range("2026-01-01", periods=40, freq="D", tz="UTC")
    >>> fold = walk_forward(days, horizon="3d", gap="1d", folds=2, first=0.5)[0]
    >>> [int(row) for row in (fold.train[-1], fold.calibrate[0], fold.calibrate[-1], fold.test[0])]
    [6, 11, 15, 20]
    """
    wait = length(horizon, "horizon") + _free(gap)
    if isinstance(folds, bool) or not isinstance(folds, int) or folds < 1:
        raise InputError(f"folds={folds!r} must be a whole number, 1 or more")
    for name, share in (("first", first), ("calibrate", calibrate)):
        if not 0 < share < 1:
            raise InputError(f"{name}={share!r} must be a fraction between 0 and 1")
    if not len(times) or not times.is_monotonic_increasing:
        raise InputError("times must hold at least one row, in order; sort the examples by time")
    start, end = times[0], times[-1]
    if start == end:
        raise InputError(f"all {len(times)} row(s) are of one moment; there is no past to learn from")
    opening = start + first * (end - start)
    edges = [opening + k * (end - opening) / folds for k in range(folds + 1)]
    out = []
    for k in range(folds):
        last = edges[k + 1]
        test = (times >= edges[k]) & (times <= last if k == folds - 1 else times < last)
        if not test.any():
            continue
        begin = times[test][0]
        past = times + wait < begin
        if not past.any():
            raise _too_short(k, begin - start, wait)
        newest = times[past][-1]
        later = past & (times >= newest - calibrate * (newest - start))
        earlier = times + wait < times[later][0]
        if not earlier.any():
            raise _too_short(k, begin - start, wait)
        out.append(Fold(*(np.flatnonzero(part).astype(np.int64) for part in (earlier, later, test))))
    return out


def audit(
    folds: Sequence[Fold],
    times: pd.DatetimeIndex,
    *,
    horizon: str | pd.Timedelta,
    gap: str | pd.Timedelta = "24h",
) -> list[str]:
    """Return the faults of these folds, one line each.

    Parameters
    ----------
    folds : sequence of Fold
    times : DatetimeIndex, shape (n,)
    horizon, gap : str or Timedelta
        The time that the folds must keep free.

    Returns
    -------
    list of str
        One line for each fault of each fold; empty if there is none: rows in two parts, labels that
        reach into another part or its gap, training rows after the start of the test.

    Examples
    --------
    >>> days = pd.date_range("2026-01-01", periods=4, freq="D", tz="UTC")
    >>> touching = Fold(np.array([0, 1]), np.array([], dtype=int), np.array([2, 3]))
    >>> audit([touching], days, horizon="1d", gap="0h")
    ['fold 1: 1 row(s) of train share hours, or the gap, with a row of test']
    """
    wait = length(horizon, "horizon") + _free(gap)
    faults = []
    for number, fold in enumerate(folds, 1):
        for name, rows, later, of in (
            ("train", fold.train, "test", fold.test),
            ("calibrate", fold.calibrate, "test", fold.test),
            ("train", fold.train, "calibrate", fold.calibrate),
        ):
            if not len(rows) or not len(of):
                continue
            apart = np.setdiff1d(rows, of)
            near = int(np.count_nonzero(_nearest(times[apart], times[of]) <= wait))
            after = int(np.count_nonzero(times[apart] > times[of].min()))
            for count, says in (
                (len(rows) - len(apart), f"of {name} stand in {later} too"),
                (near, f"of {name} share hours, or the gap, with a row of {later}"),
                (after, f"of {name} come after {later} has begun"),
            ):
                if count:
                    faults.append(f"fold {number}: {count} row(s) {says}")
    return faults


def _free(gap: str | pd.Timedelta) -> pd.Timedelta:
    """Read a gap, which unlike other lengths of time may be none."""
    if gap == pd.Timedelta(0) or str(gap) in ("0", "0h", "0d", "0min"):
        return pd.Timedelta(0)
    return length(gap, "gap")


def _nearest(times: pd.DatetimeIndex, others: pd.DatetimeIndex) -> pd.TimedeltaIndex:
    """Return the distance of each time to the nearest of the others."""
    known = others.sort_values()
    right = known.searchsorted(times).clip(max=len(known) - 1)
    left = (right - 1).clip(min=0)
    to_next, to_last = (np.abs((known[at] - times).to_numpy()) for at in (right, left))
    return pd.TimedeltaIndex(np.minimum(to_next, to_last))


def _too_short(fold: int, span: pd.Timedelta, wait: pd.Timedelta) -> InputError:
    days = span / pd.Timedelta(days=1)
    return InputError(
        f"fold {fold + 1} has a past of {days:.1f} days, too short to train and to calibrate with "
        f"{words(wait)} (horizon and gap) kept free after each; take a longer market, or a larger first"
    )
