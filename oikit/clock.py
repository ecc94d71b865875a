"""Moments and lengths of time, as people type them and as bars count them.

Everything is UTC. A moment without a zone is refused unless it was typed as text; a window is a
number of bars, so that nothing is computed before it is full.
"""

from __future__ import annotations

import datetime
import re

import numpy as np
import pandas as pd

from oikit.errors import InputError

__all__ = ["DAY", "MONDAY", "WEEK", "bar_length", "bars", "length", "utc", "week", "words"]

DAY = pd.Timedelta(days=1)
WEEK = pd.Timedelta(days=7)
MONDAY = pd.Timestamp("1970-01-05", tz="UTC")
"""Days are UTC days and weeks begin on Monday; this was one."""

# Our own small grammar: pandas reads "5m" as minutes in one place and months in another.
_MINUTES = {"min": 1, "m": 1, "h": 60, "d": 1440, "w": 10080}
_LENGTH = re.compile(r"(\d{1,6})\s*(min|m|h|d|w)")
# pandas reads 03/04/2026 as a day in March and 8:00 as one of today's, so it is asked about ISO texts alone.
_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z| ?UTC|[+-]\d\d:?\d\d)?)?", re.ASCII)
_WEEK = re.compile(r"(\d{4})-?[Ww](\d{2})")


def utc(when: str | pd.Timestamp, name: str = "time") -> pd.Timestamp:
    """Read a moment in UTC; a date alone is its midnight.

    A text is ISO 8601, and UTC unless it names another offset: any other form could be two days. A
    ``Timestamp`` or ``datetime`` without a zone is refused, because its clock could be any.

    Parameters
    ----------
    when : str or Timestamp
        Like ``"2026-03-02"``, ``"2026-03-02 08:00"`` or ``"2026-03-02T08:00:30.5+09:00"``.
    name : str
        What to call it in an error.

    Raises
    ------
    InputError
        If it is no time, is not between 1970 and 2100, or is a clock time of an unknown zone.

    Examples
    --------
    >>> utc("2026-03-02")
    Timestamp('2026-03-02 00:00:00+0000', tz='UTC')
    """
    form = "type it like 2026-03-02 or 2026-03-02T08:00Z"
    try:
        if isinstance(when, bool | float | int | np.number):
            raise TypeError  # pandas would count nanoseconds since 1970
        if isinstance(when, str):
            when = when.strip()
            if not _ISO.fullmatch(when):
                raise ValueError
        stamp = pd.Timestamp(when)
    except (ValueError, TypeError) as error:
        raise InputError(f"{name}={when!r} is no time; {form}") from error
    if pd.isna(stamp):
        raise InputError(f"{name} is empty; {form}")
    if stamp.tzinfo is None:
        if not isinstance(when, str):
            raise InputError(
                f"{name}={when!s} has no time zone; if it is UTC, use pd.Timestamp('{stamp}', tz='UTC')"
            )
        stamp = stamp.tz_localize("UTC")
    stamp = stamp.tz_convert("UTC")
    if not 1970 <= stamp.year < 2100:
        raise InputError(f"{name}={when!s} is not between 1970 and 2100; {form}")
    return stamp


def length(every: str | pd.Timedelta, name: str = "every") -> pd.Timedelta:
    """Read a length of time such as ``"5min"``, ``"4h"`` or ``"1d"``.

    Parameters
    ----------
    every : str or Timedelta
        A number and one of ``min`` (or ``m``), ``h``, ``d``, ``w``.
    name : str
        What to call it in an error.

    Raises
    ------
    InputError
        If it is none, or not above zero.

    Examples
    --------
    >>> length("90min")
    Timedelta('0 days 01:30:00')
    """
    if isinstance(every, pd.Timedelta):
        span = every
    else:
        match = _LENGTH.fullmatch(str(every).strip().lower())
        if match is None:
            raise InputError(f"{name}={every!r} is no length of time; type it like 5min, 4h or 1d")
        span = pd.Timedelta(minutes=int(match[1]) * _MINUTES[match[2]])
    if span <= pd.Timedelta(0):
        raise InputError(f"{name}={every!s} is not above zero; type it like 5min, 4h or 1d")
    return span


def bar_length(index: pd.Index) -> pd.Timedelta:
    """Return the length of one bar of this index.

    Parameters
    ----------
    index : DatetimeIndex, shape (n,)
        On a regular grid; two times are enough to know.

    Raises
    ------
    InputError
        If there are fewer than two times, no times at all, or the grid is not regular.
    """
    if not isinstance(index, pd.DatetimeIndex):
        raise InputError(
            "a length of time needs an index of times; give the window as a number of bars instead"
        )
    if len(index) < 2:
        raise InputError("one row has no bar length; give the window as a number of bars instead")
    if isinstance(index.freq, pd.offsets.Tick) and index.freq.n > 0:
        return pd.Timedelta(index.freq)  # regular by its own word, which spares looking
    step = index[1] - index[0]
    gaps = np.diff(index.asi8)
    if gaps[0] <= 0 or (gaps != gaps[0]).any():
        raise InputError("the times are on no regular grid; use oikit.frame.grid(frame, every) first")
    return step


def bars(window: int | str | pd.Timedelta, index: pd.Index, *, at_least: int = 1) -> int:
    """Return a window as a number of bars.

    pandas' own time windows return values before the window is full; a number of bars does not.

    Parameters
    ----------
    window : int or str
        In bars (``24``) or as a length of time (``"24h"``).
    index : DatetimeIndex, shape (n,)
    at_least : int
        The fewest bars that make sense.

    Raises
    ------
    InputError
        If the window is not a whole number of bars, or is too short.

    Examples
    --------
    >>> bars("1d", pd.date_range("2026-03-02", periods=3, freq="4h", tz="UTC"))
    6
    """
    if isinstance(window, bool) or not isinstance(window, int | np.integer | str | pd.Timedelta):
        raise InputError(f"window={window!r} is neither a number of bars nor a length like '24h'")
    if isinstance(window, int | np.integer):
        count, rest = int(window), pd.Timedelta(0)
        if isinstance(index, pd.DatetimeIndex) and len(index) > 1:
            step = bar_length(index)  # a bar that is missing would be counted over, unmarked
    else:
        step = bar_length(index)
        span = length(window, "window")
        count, rest = span // step, span % step
        if rest:
            raise InputError(f"window={window!s} is no whole number of bars of {words(step)}")
    if count < at_least:
        raise InputError(f"window={window!s} is {count} bar(s) here; at least {at_least} are needed")
    return count


def words(span: pd.Timedelta) -> str:
    """A length of time as a person types it."""
    for unit, name in ((DAY, "d"), (pd.Timedelta(hours=1), "h"), (pd.Timedelta(minutes=1), "min")):
        if span % unit == pd.Timedelta(0):
            return f"{span // unit}{name}"
    return str(span)


def week(name: str) -> tuple[pd.Timestamp, pd.Timestamp]:
    """Return the start and the end of an ISO week.

    Parameters
    ----------
    name : str
        Like ``"2026-W10"``.

    Returns
    -------
    since, until : Timestamp
        Monday 00:00 UTC and the Monday after; the bars of the week end in (since, until].

    Raises
    ------
    InputError
        If there is no such week.

    Examples
    --------
    >>> week("2026-W10")[0]
    Timestamp('2026-03-02 00:00:00+0000', tz='UTC')
    """
    match = _WEEK.fullmatch(name.strip()) if isinstance(name, str) else None
    try:
        if match is None:
            raise ValueError
        monday = datetime.date.fromisocalendar(int(match[1]), int(match[2]), 1)
    except ValueError as error:
        raise InputError(f"week={name!r} is no ISO week; type it like 2026-W10") from error
    since = pd.Timestamp(monday, tz="UTC")
    return since, since + WEEK
