"""What a claim must be, before it is believed: yes or no, on these rows, and blind to the future."""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.claims.events import price_move
from oikit.claims.model import Claim
from oikit.clock import bars
from oikit.errors import InputError
from oikit.frame import FIELDS
from oikit.stats.given import column

__all__ = ["ask"]

CUTS = 30
"""At so many bars a claim is asked again; half of them stand just before it spoke."""

SECONDS = 0.9
"""A slow claim is asked at fewer: asking it again may take this much processor time, its outcome as much."""

_FEWEST_CUTS = 4


def ask(claim: Claim, frame: pd.DataFrame) -> pd.Series:
    """Where does the claim speak?

    Parameters
    ----------
    claim : Claim
        A forecast.
    frame : DataFrame, shape (n, m)

    Returns
    -------
    Series, shape (n,), 1.0, 0.0 or NaN

    Raises
    ------
    InputError
        If the claim is no forecast, or answers anything but yes, no or unknown on these rows.
    """
    if claim.speaks is None:
        raise InputError(f"claim {claim.id} is {claim.kind} and never speaks; use weigh(claim, frame)")
    said = claim.speaks(frame)
    if not isinstance(said, pd.Series) or not said.index.equals(frame.index):
        raise InputError(
            f"claim {claim.id} must speak in a Series on the rows of the frame, not in a "
            f"{type(said).__name__}; make it from the frame's own columns"
        )
    answers = column(said, f"what claim {claim.id} says", known=0)
    if not np.isin(answers[~np.isnan(answers)], (0.0, 1.0)).all():
        raise InputError(f"claim {claim.id} must say yes or no; compare with a threshold, like score > 2")
    return pd.Series(answers, frame.index)


def side_of(claim: Claim, frame: pd.DataFrame) -> pd.Series:
    """Return the side that a claim with ``acts`` takes at each bar, or refuse what is no side."""
    assert claim.acts is not None
    side = claim.acts(frame)
    if not isinstance(side, pd.Series) or not side.index.equals(frame.index):
        size = f" of {len(side):,} rows" if isinstance(side, pd.Series) else ""
        raise InputError(
            f"acts of claim {claim.id} must be a Series on the {len(frame):,} rows of the frame, not a "
            f"{type(side).__name__}{size}; make it from the frame's own columns"
        )
    return pd.Series(column(side, f"acts of claim {claim.id}", known=0), frame.index)


def guarded(cuts: int, planned: int) -> str:
    """Say how often a claim was asked again, and what that cannot show."""
    few = "" if cuts == planned else f" (of {planned}; it is slow)"
    return (
        f"Look-ahead: asked again at {cuts} bars{few} with all later ones cut off, it said the same. A "
        "function that holds the whole table from outside cannot be caught this way: use only the frame it "
        "is given."
    )


def refuse_look_ahead(claim: Claim, frame: pd.DataFrame, said: pd.Series, *, seconds: float = SECONDS) -> str:
    """Ask again at bars all over the sample, and refuse a claim that knew what came later.

    Parameters
    ----------
    claim : Claim
        A forecast.
    frame : DataFrame, shape (n, m)
    said : Series, shape (n,)
        What it says on the whole frame.
    seconds : float
        Processor time after which no further cut is begun; the first few are asked whatever they cost.

    Returns
    -------
    str
        What was tried, and what cannot be.

    Raises
    ------
    InputError
        With the bar that gave it away.

    Notes
    -----
    At each cut, with all later bars gone, ``speaks`` and ``acts`` must say of every bar before it what
    they say on the whole frame. Half of the cuts stand just before a bar at which the claim spoke (a
    centred window shows there), others at such a bar (there even one bar of foresight shows), the rest
    evenly.

    A function that closes over the whole frame answers from outside of what it is given. No cut can show
    that.
    """
    plan, slow = _cuts(said), _slow(seconds)
    side = None if claim.acts is None else side_of(claim, frame)
    for done, row in enumerate(plan):
        if slow(done):
            return guarded(done, len(plan))
        early = frame.iloc[: row + 1]
        _same_before(claim, said, _again(claim, early, ask), "says", _word)
        if side is not None:
            _same_before(claim, side, _again(claim, early, side_of), "acts", _side)
    return guarded(len(plan), len(plan))


def refuse_reaching_back(
    claim: Claim, frame: pd.DataFrame, said: pd.Series, after: pd.Series, *, seconds: float = SECONDS
) -> None:
    """Alter the past, and refuse an outcome that moves: it holds the bar of the signal, or earlier ones.

    Parameters
    ----------
    claim : Claim
        A forecast.
    frame : DataFrame, shape (n, m)
    said, after : Series, shape (n,)
        What it says, and what followed, on the whole frame.
    seconds : float
        As in `refuse_look_ahead`.

    Raises
    ------
    InputError
        With the bar that gave it away.

    Notes
    -----
    Altered are all rows before a bar, and of the bar itself all that happened within it: everything but
    ``close`` and the other fields that are read at a bar's end. Outcomes from that bar on may not move.
    Those of `oikit.claims.events` are held to that by the tests; some compare with a trend, and say so.
    """
    if getattr(claim.outcome, "__module__", "") == price_move.__module__:
        return
    altered, slow = _Altered(frame), _slow(seconds)
    for done, row in enumerate(_cuts(said)):
        if slow(done):
            return
        _same_after(claim, after, claim.outcome(altered.before(row, done), claim.horizon), row)


def _slow(seconds: float) -> Callable[[int], bool]:
    """Start a clock that says whether one more like those that are done would take too long."""
    started = time.process_time()
    return lambda done: done >= _FEWEST_CUTS and (time.process_time() - started) * (done + 1) / done > seconds


def _again(claim: Claim, early: pd.DataFrame, what: Callable[[Claim, pd.DataFrame], pd.Series]) -> pd.Series:
    try:
        return what(claim, early)
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"claim {claim.id} cannot be asked with the bars after {early.index[-1]} cut off "
            f"({type(error).__name__}: {error}); a claim must have an answer on any beginning of the data"
        ) from error


def _same_before(
    claim: Claim, whole: pd.Series, early: pd.Series, verb: str, word: Callable[[float], str]
) -> None:
    before, after = early.to_numpy(), whole.to_numpy()[: len(early)]
    changed = ~np.isclose(before, after, rtol=1e-9, atol=1e-12, equal_nan=True)
    if changed.any():
        at, index = int(np.argmax(changed)), whole.index
        was, now = word(after[at]), word(before[at])
        raise InputError(
            f"claim {claim.id} looks ahead: at {index[at]} it {verb} {was}, but with the bars after "
            f"{index[len(early) - 1]} cut off it {verb} {now}. Use trailing windows, and no statistic of "
            "the whole sample"
        )


def _same_after(claim: Claim, after: pd.Series, altered: pd.Series, row: int) -> None:
    here, there = (np.asarray(each, dtype=float)[row:] for each in (after, altered))
    usual = float(np.nanmax(np.abs(here), initial=0.0))
    moved = ~np.isclose(here, there, rtol=1e-6, atol=1e-9 * usual, equal_nan=True)
    if moved.any():
        at, index = row + int(np.argmax(moved)), after.index
        raise InputError(
            f"the outcome of claim {claim.id} reaches back: at {index[at]} it changes when the bars before "
            f"{index[row]} and that bar's own trading are altered. Count from the close of the bar, like "
            "forward(close, horizon), and put what was known by then into speaks= or acts="
        )


class _Altered:
    """A frame whose past can be made another."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self._names = frame.select_dtypes("number").columns
        self._values: npt.NDArray[np.float64] = frame[self._names].to_numpy(dtype=float)
        fields = [FIELDS.get(str(name)) for name in self._names]
        self._flows = np.array([field is None or field.over_time != "last" for field in fields])

    def before(self, row: int, turn: int) -> pd.DataFrame:
        """Alter all rows before this one, and of this one what happened within the bar."""
        # Three times and a third by turns: so a past move changes its size, and its sign, too.
        factor = 3.0 if turn % 2 else 1 / 3.0
        values = self._values.copy()
        values[:row] = np.flipud(self._values)[:row] * factor + factor
        values[row, self._flows] = values[row, self._flows] * factor + factor
        other = pd.DataFrame(values, self._frame.index, self._names)
        return other if len(self._names) == self._frame.shape[1] else self._frame.assign(**other)


def _word(answer: float) -> str:
    return "nothing" if np.isnan(answer) else "yes" if answer else "no"


def _side(side: float) -> str:
    return "not at all" if np.isnan(side) else f"{side:+g}"


def _cuts(said: pd.Series) -> list[int]:
    """Choose rows all over the sample: half just before it spoke, some where it did, some anywhere."""
    n, spoke = len(said), np.flatnonzero(said == 1)
    begins = spoke[np.diff(spoke, prepend=-2) > 1]
    known = np.flatnonzero(said.notna())
    first = int(known[0]) if len(known) else 0
    rows = np.linspace(first, n - 2, CUTS // 4 + 2).astype(int)[1:-1].tolist()
    rows += (_spread(begins, n, CUTS // 2) - 1).tolist()
    rows += _spread(spoke, n, CUTS - len(rows)).tolist()
    rows = sorted({int(row) for row in rows if 1 <= row < n - 1})
    missing = CUTS - len(rows)
    if missing > 0 and n > 3:
        rows += np.linspace(max(first, 1), n - 2, 4 * missing).astype(int).tolist()[1::4][:missing]
    return _halving(sorted({int(row) for row in rows if 1 <= row < n - 1}))


def _spread(rows: npt.NDArray[np.intp], n: int, count: int) -> npt.NDArray[np.intp]:
    """Pick so many of these rows: the middle one of each equal stretch of time that has any, then others."""
    if len(rows) <= count:
        return rows
    edges = np.searchsorted(rows, np.linspace(0, n, count + 1))
    picked = [rows[(a + b) // 2] for a, b in pairwise(edges.tolist()) if b > a]
    rest = np.setdiff1d(rows, picked)
    more = rest[np.linspace(0, len(rest) - 1, count - len(picked) + 2).astype(int)[1:-1]]
    return np.concatenate((picked, more)).astype(np.intp)


def _halving(rows: list[int]) -> list[int]:
    """Order rows so that any first few of them lie all over the sample."""
    bits = max(len(rows) - 1, 1).bit_length()
    order = (int("".join(reversed(f"{i:0{bits}b}")), 2) for i in range(1 << bits))
    return [rows[i] for i in order if i < len(rows)]


def refuse_outcome(claim: Claim, frame: pd.DataFrame, after: pd.Series) -> None:
    """Refuse an outcome that is no outcome of this horizon."""
    if not isinstance(after, pd.Series) or not after.index.equals(frame.index):
        raise InputError(f"the outcome of claim {claim.id} must be a Series on the rows of the frame")
    values = column(after, f"the outcome of claim {claim.id}", known=0)
    reach = bars(claim.horizon, frame.index)
    late = np.flatnonzero(~np.isnan(values[max(len(values) - reach, 0) :]))
    if len(late):
        at = frame.index[max(len(values) - reach, 0) + int(late[0])]
        raise InputError(
            f"the outcome of claim {claim.id} knows at {at} what follows in {claim.horizon}, but the data "
            "end sooner; make it with forward(values, horizon)"
        )
    if claim.unit == "share" and not np.isin(values[~np.isnan(values)], (0.0, 1.0)).all():
        raise InputError(f"the outcome of claim {claim.id} must be yes (1.0) or no (0.0), as its unit says")
