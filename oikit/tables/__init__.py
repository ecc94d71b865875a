"""Anybody's table of a market as a frame: files of exchanges, of ccxt, of data vendors and your own.

`read` takes a path, an address, a DataFrame, or the lists that ccxt and the exchanges return. It finds the
columns by their headers (``names.toml``), tells the unit of the times by their size, finds the bar length,
stamps each bar with its end and lays the grid. `read_with_notes` returns what it did as well.

The one rule: no table becomes a wrong frame. What could be read in two ways is refused, and the message
holds the line to type, in which ``columns`` says what a header means::

    columns={"oi": "open_interest"}             coins, one side
    columns={"oi": "open_interest_value"}       money
    columns={"oi": "open_interest both sides"}  halved
    columns={"oi": "open_interest x 0.01"}      contracts of 0.01 coins
    columns={"funding": "funding_rate %"}       per cent
    columns={"funding": "funding_rate filled"}  the last rate in every bar; booked where it was settled
    columns={"date": "time start"}              the stamp is the start of the bar; or "time end"
    columns={"note": None}                      left out
"""

from __future__ import annotations

import difflib
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from oikit.clock import length, words
from oikit.errors import FrameError, InputError
from oikit.frame import FIELDS, resample, validate
from oikit.tables.bars import framed
from oikit.tables.cells import Reading, moments, opened
from oikit.tables.headers import meanings, one_market, time_column

__all__ = ["read", "read_with_notes"]

Told = Mapping[str, str | None]

_LOG = logging.getLogger("oikit")


def read(
    source: Any,
    *,
    symbol: str | None = None,
    every: str | pd.Timedelta | None = None,
    columns: Told | None = None,
    utc: bool | str | None = None,
) -> pd.DataFrame:
    """Read a table of a market, wherever it is from, as a frame.

    Parameters
    ----------
    source : path, address, DataFrame, list or dict
        A file of CSV, JSON or Parquet, plain or packed; a table; or what ccxt and exchanges return.
    symbol : str, optional
        The market to take where the table holds several.
    every : str or Timedelta, optional
        The bar length. Needed where the rows are at no regular times; if it is longer than the bars of
        the table, longer bars are made.
    columns : mapping of str to str, optional
        What headers mean where their names do not say it; None leaves one out. See `oikit.tables`.
    utc : bool or str, optional
        For times that name no zone: True if they are in UTC, or the name of their zone.

    Returns
    -------
    DataFrame, shape (n, m)
        A valid frame. What was done on the way is logged, one line each, by the logger ``oikit``: as a
        warning where numbers were changed or lost.

    Raises
    ------
    InputError
        If the table could be read in two ways, or in none; the message holds the line to type.
    StoreError
        If the file cannot be read.

    Examples
    --------
    >>> rows = [[1_772_409_600_000 + 3_600_000 * i, 600.0, 606.0, 597.0, 603.0, 12.5] for i in range(3)]
    >>> print(read(rows).index[0])
    2026-03-02 01:00:00+00:00
    """
    frame, it = _read(source, symbol, every, columns, utc)
    for level, note in it.notes:
        _LOG.log(level, "%s: %s", it.name, note)
    return frame


def read_with_notes(
    source: Any,
    *,
    symbol: str | None = None,
    every: str | pd.Timedelta | None = None,
    columns: Told | None = None,
    utc: bool | str | None = None,
) -> tuple[pd.DataFrame, list[str]]:
    """Read a table as `read` does, and return what was done on the way.

    Parameters
    ----------
    source : path, address, DataFrame, list or dict
    symbol : str, optional
    every : str or Timedelta, optional
    columns : mapping of str to str, optional
    utc : bool or str, optional
        All as for `read`.

    Returns
    -------
    frame : DataFrame
    notes : list of str
        One line each.

    Raises
    ------
    InputError
        If the table could be read in two ways, or in none; the message holds the line to type.
    StoreError
        If the file cannot be read.
    """
    frame, it = _read(source, symbol, every, columns, utc)
    return frame, [note for _, note in it.notes]


def _read(
    source: Any, symbol: str | None, every: Any, columns: Told | None, utc: bool | str | None
) -> tuple[pd.DataFrame, Reading]:
    span = None if every is None else length(every)
    name = repr(str(source)) if isinstance(source, str | Path) else "table"
    arguments = {"symbol": symbol, "every": None if span is None else words(span), "utc": utc}
    it = Reading(pd.DataFrame(), name, dict(columns or {}), arguments)
    if isinstance(source, pd.DataFrame) and not columns and _valid(source):
        frame = source.copy()
        it.say("it is a frame already")
    else:
        opened(it, source)
        _known(it)
        one_market(it, symbol)
        stamp, label = time_column(it)
        times, dates_only = moments(it, stamp, utc, archive=label == "archive")
        frame = framed(it, meanings(it, stamp), times, stamp, label, dates_only, span)
    if span is not None and len(frame) > 1 and frame.index[1] - frame.index[0] != span:
        frame = _longer(it, frame, span)
    return validate(frame), it


def _valid(table: pd.DataFrame) -> bool:
    try:
        return bool(len(validate(table)) > 1 and set(table.columns) & set(FIELDS))
    except FrameError:
        return False


def _known(it: Reading) -> None:
    """Refuse a table without rows, or with headers that cannot be told apart."""
    if it.cells.empty:
        raise InputError(f"{it.name} holds no rows")
    headers = [str(header) for header in it.cells.columns]
    if len(set(headers)) < len(headers):
        twice = next(header for header in headers if headers.count(header) > 1)
        raise InputError(f"{it.name} has two columns {twice!r}; give each a name of its own")
    it.cells.columns = pd.Index(headers)
    for header in it.told:
        if header not in headers:
            near = difflib.get_close_matches(header, headers, 1, 0.5)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise InputError(f"{it.name} has no column {header!r}; it has {', '.join(headers)}{hint}")


def _longer(it: Reading, frame: pd.DataFrame, span: pd.Timedelta) -> pd.DataFrame:
    bar = frame.index[1] - frame.index[0]
    if bar > span:
        raise InputError(
            f"{it.name} has bars of {words(bar)}, and shorter ones cannot be made of them; "
            f"type {it.line(every=None)}"
        )
    frame = frame[[name for name in FIELDS if name in frame]]
    if "taker_buy_sell_ratio" in frame and not {"taker_buy_volume", "taker_sell_volume"} <= set(frame):
        frame = frame.drop(columns="taker_buy_sell_ratio")
        it.say("taker_buy_sell_ratio is left out: a longer bar's needs the volumes", logging.WARNING)
    it.say(f"made into bars of {words(span)}")
    return resample(frame, span)
