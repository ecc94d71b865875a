"""Data quality: what is known, what is missing, what was repaired, and how old it is.

===================  ============================================================================
`coverage`           one frame: share known and longest gap of each column, as one printable line
`outages`            spans in which nothing is known, to shade in a chart
`compare`            two tables of the same moments: stored and fetched, or archive and REST
`redenominations`    when coins were counted anew, without a trade
`reworded`           cells of two tables that tell one figure with more digits or fewer
``DEFECTS``          every known defect of bulk files: how it is found and what is done about it
===================  ============================================================================

Gaps are measured and reported; nothing here fills one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.clock import bar_length, words
from oikit.data.venues.defects import DEFECTS
from oikit.errors import InputError
from oikit.frame import FIELDS, validate

__all__ = ["DEFECTS", "coverage"]

_ROUNDED = ("long_short_ratio", "top_account_ratio", "top_position_ratio", "taker_buy_sell_ratio")
_ROUNDING = 1e-3  # the REST service gives four decimals, the archive eight; 3.2e-4 is the most seen
_DECIMALS = 4  # of a ratio from the REST service
_RENAMED = 5.0  # times as many coins, or as few; no bar of trading does that and leaves their value
_STOOD = 1.5  # times; a value that changed by less from one bar to the next stood
_NAMED = 3  # as many things as the one line names of a kind


@dataclass(frozen=True, slots=True)
class Coverage:
    """Coverage of a frame: what is known, the longest gaps, repairs and age.

    Attributes
    ----------
    rows : int
    every : Timedelta
        Length of a bar; zero for a single row.
    until : Timestamp or None
        The last stamp.
    known : dict of str to float, fraction
        Share of bars in which each column is known.
    longest_gap : dict of str to Timedelta
        Longest run of bars in which it is not.
    repairs : dict of str to int
        Repairs by description, counted.
    stale : Timedelta or None
        Age of the newest bar with anything known in it, where `now` was given.
    revised : int
        Rows that differ from what was stored before.
    """

    rows: int
    every: pd.Timedelta
    until: pd.Timestamp | None
    known: dict[str, float]
    longest_gap: dict[str, pd.Timedelta]
    repairs: dict[str, int]
    stale: pd.Timedelta | None = None
    revised: int = 0

    def __str__(self) -> str:
        """One line, for under a chart."""
        if self.until is None:
            return "no rows"
        line = f"{self.rows:,} rows"
        if self.every:
            line += f" of {words(self.every)}"
        line += f" to {self.until:%Y-%m-%d %H:%M} UTC; {self._gaps()}"
        if self.repairs:
            line += f"; {sum(self.repairs.values()):,} repair(s)"
        if self.revised:
            line += f"; {self.revised:,} row(s) revised since stored"
        if self.stale is not None:
            line += f"; {_span(max(self.stale, pd.Timedelta(0)))} old"
        return line

    def _gaps(self) -> str:
        alike: dict[tuple[float, pd.Timedelta], list[str]] = {}
        for name, share in sorted(self.known.items(), key=lambda item: (item[1], item[0])):
            if share < 1:
                alike.setdefault((share, self.longest_gap[name]), []).append(name)
        if not alike:
            return "every cell known"
        named = [
            f"{_listed(names)} {_percent(share)} known, longest gap {_span(gap)}"
            for (share, gap), names in list(alike.items())[:_NAMED]
        ]
        if len(alike) > _NAMED:
            others = sum(len(names) for names in list(alike.values())[_NAMED:])
            named.append(f"gaps in {others} other column(s)")
        return "; ".join(named)


def _listed(names: list[str]) -> str:
    if len(names) > _NAMED:
        names = [*names[: _NAMED - 1], f"{len(names) - _NAMED + 1} more"]
    return ", ".join(names)


def _percent(share: float) -> str:
    # 0.99999 is not all of it, and 0.00001 is not nothing.
    return f"{min(max(share, 0.001), 0.999) if 0 < share < 1 else share:.1%}"


def _span(span: pd.Timedelta) -> str:
    """A length of time as short as it can be said."""
    for unit, name in ((pd.Timedelta(days=1), "d"), (pd.Timedelta(hours=1), "h")):
        if span >= 2 * unit or (span and span % unit == pd.Timedelta(0)):
            return f"{span / unit:.1f}".removesuffix(".0") + name
    return f"{span // pd.Timedelta(minutes=1)}min"


def coverage(
    frame: pd.DataFrame,
    *,
    repairs: Mapping[str, int] | None = None,
    now: pd.Timestamp | None = None,
    revised: int = 0,
) -> Coverage:
    """Return how much of a frame is known, column by column.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        A valid frame.
    repairs : mapping of str to int, optional
        Repairs of its readers, as kept in provenance.
    now : Timestamp, optional
        For the age of the newest figure.
    revised : int
        Rows that differ from what was stored; see `compare`.

    Returns
    -------
    Coverage
        Print it for one line.

    Raises
    ------
    FrameError
        If it is not a valid frame.

    Examples
    --------
    >>> times = pd.date_range("2026-03-02 01:00", periods=4, freq="h", tz="UTC", name="time")
    >>> frame = pd.DataFrame({"close": [600.0] * 4, "open_interest": [5.0, None, None, 6.0]}, times)
    >>> print(coverage(frame, now=pd.Timestamp("2026-03-02 09:00", tz="UTC")))
    4 rows of 1h to 2026-03-02 04:00 UTC; open_interest 50.0% known, longest gap 2h; 5h old
    """
    validate(frame)
    index = pd.DatetimeIndex(frame.index)
    every = bar_length(index) if len(index) > 1 else pd.Timedelta(0)
    blank = frame.isna().to_numpy()
    some = np.flatnonzero(~blank.all(axis=1))
    newest = index[some[-1]] if blank.size and len(some) else None
    return Coverage(
        rows=len(frame),
        every=every,
        until=index[-1] if len(index) else None,
        known={str(name): float(1 - blank[:, i].mean()) for i, name in enumerate(frame) if len(frame)},
        longest_gap={str(name): _longest(blank[:, i]) * every for i, name in enumerate(frame) if len(frame)},
        repairs=dict(repairs or {}),
        stale=None if now is None or newest is None else now - newest,
        revised=revised,
    )


def _runs(blank: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the starts and the ends (exclusive) of the runs of True."""
    edges = np.diff(blank.astype(np.int8), prepend=0, append=0)
    return np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)


def _longest(blank: npt.NDArray[np.bool_]) -> int:
    first, past = _runs(blank)
    return int((past - first).max(initial=0))


def outages(
    frame: pd.DataFrame, columns: list[str] | None = None, *, at_least: int = 1
) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """Return the spans in which none of these columns is known.

    Examples
    --------
    >>> times = pd.date_range("2026-03-02 01:00", periods=4, freq="h", tz="UTC", name="time")
    >>> frame = pd.DataFrame({"close": [600.0, None, None, 606.0]}, times)
    >>> [(f"{a:%H:%M}", f"{b:%H:%M}") for a, b in outages(frame)]
    [('01:00', '03:00')]
    """
    names = list(frame.columns) if columns is None else columns
    lacking = [name for name in names if name not in frame.columns]
    if lacking:
        there = ", ".join(map(str, frame))
        raise InputError(f"no column {', '.join(map(repr, lacking))}; this frame has {there}")
    index = pd.DatetimeIndex(validate(frame).index)
    every = bar_length(index)
    first, past = _runs(np.asarray(frame[names].isna().to_numpy().all(axis=1)))
    return [(index[a] - every, index[b - 1]) for a, b in zip(first, past, strict=True) if b - a >= at_least]


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of two tables of the same moments.

    Attributes
    ----------
    rows : int
        Moments in both at which something is known in both.
    differing : DatetimeIndex
        Those at which a figure differs by more than rounding.
    largest : dict of str to float, fraction
        The largest difference of each shared column.
    """

    rows: int
    differing: pd.DatetimeIndex
    largest: dict[str, float]

    def __str__(self) -> str:
        """One line."""
        if not len(self.differing):
            return f"{self.rows:,} row(s) in both, all alike"
        name = max(self.largest, key=lambda column: self.largest[column])
        return (
            f"{len(self.differing):,} of {self.rows:,} row(s) in both differ, the first at "
            f"{self.differing[0]:%Y-%m-%d %H:%M} UTC, most in {name} ({self.largest[name]:.2%})"
        )


def compare(stored: pd.DataFrame, fetched: pd.DataFrame) -> Agreement:
    """Compare two tables of the same market where both are known.

    Open interest, prices and volumes must be equal to the last digit; ratios may differ by the
    rounding of the venue's two services (a thousandth of themselves). A cell that is missing in one does
    not count as a difference.

    Examples
    --------
    >>> times = pd.date_range("2026-03-02 01:00", periods=2, freq="h", tz="UTC", name="time")
    >>> old = pd.DataFrame({"open_interest": [100.0, 200.0]}, times)
    >>> print(compare(old, old.assign(open_interest=[100.0, 300.0])))
    1 of 2 row(s) in both differ, the first at 2026-03-02 02:00 UTC, most in open_interest (50.00%)
    """
    index = pd.DatetimeIndex(stored.index.intersection(fetched.index))
    columns = [name for name in stored if name in fetched and name in FIELDS]
    known, off = np.zeros(len(index), dtype=bool), np.zeros(len(index), dtype=bool)
    largest = {}
    for name in columns:
        ours, theirs = (table.loc[index, name].to_numpy(dtype=np.float64) for table in (stored, fetched))
        both = ~np.isnan(ours) & ~np.isnan(theirs)
        scale = np.where(ours != 0, np.abs(ours), 1.0)
        apart = np.where(both, np.abs(theirs - ours) / scale, 0.0)
        known |= both
        off |= apart > (_ROUNDING if name in _ROUNDED else 0.0)
        largest[str(name)] = float(apart.max(initial=0.0))
    return Agreement(int(known.sum()), index[off], largest)


def reworded(was: pd.DataFrame, now: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the cells that tell the same figure with another number of digits, and those with fewer now.

    Only ratios come from two services that round; any other figure that differs is another figure.

    Examples
    --------
    >>> times = pd.date_range("2026-03-02 01:00", periods=2, freq="h", tz="UTC", name="time")
    >>> was = pd.DataFrame({"long_short_ratio": [2.00041216, 1.5]}, times)
    >>> same, fewer = reworded(was, pd.DataFrame({"long_short_ratio": [2.0004, 1.6]}, times))
    >>> same["long_short_ratio"].tolist(), fewer["long_short_ratio"].tolist()
    ([True, False], [True, False])
    """
    same = pd.DataFrame(False, now.index, now.columns)
    fewer = same.copy()
    for name in (name for name in _ROUNDED if name in was and name in now):
        old, new = was[name].to_numpy(dtype=np.float64), now[name].to_numpy(dtype=np.float64)
        near = (old != new) & (np.abs(new - old) <= _ROUNDING * np.abs(old))
        short, shorter = (np.round(values, _DECIMALS) == values for values in (old, new))
        same[name], fewer[name] = near & (short != shorter), near & shorter & ~short
    return same, fewer


def redenominations(frame: pd.DataFrame) -> list[tuple[pd.Timestamp, float]]:
    """Return when coins were counted anew, and by which factor: price moved against them, value stood.

    Examples
    --------
    >>> times = pd.date_range("2026-03-02 01:00", periods=2, freq="h", tz="UTC", name="time")
    >>> frame = pd.DataFrame({"close": [600.0, 6.0], "open_interest": [5.0, 505.0]}, times)
    >>> [factor for at, factor in redenominations(frame)]
    [101.0]
    """
    if not {"close", "open_interest"} <= {*frame}:
        return []
    both = frame[["close", "open_interest"]].where(lambda cells: cells > 0).dropna()
    price, coins = np.log(both.to_numpy(dtype=np.float64)).T
    moved, held = np.diff(coins), np.abs(np.diff(price) + np.diff(coins)) < np.log(_STOOD)
    found = np.flatnonzero((np.abs(moved) > np.log(_RENAMED)) & held) + 1
    return [(both.index[int(i)], float(round(np.exp(moved[i - 1]), 9))) for i in found]
