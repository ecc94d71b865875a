"""The one table everything passes around, and its rules.

A *frame* is a plain ``pandas.DataFrame``: one contract, one venue, one row per bar.

=====================  ========  ================  =====================================================
column                 kind      unit              is
=====================  ========  ================  =====================================================
open                   first     quote/base        price of the first trade in the bar
high                   max       quote/base        highest traded price in the bar
low                    min       quote/base        lowest traded price in the bar
close                  last      quote/base        price of the last trade in the bar
mark_price             last      quote/base        what liquidations and funding are computed with
index_price            last      quote/base        the spot price that the mark is tied to
premium                last      fraction          premium index, before the funding formula clamps it
volume                 sum       base              coins traded in the bar
quote_volume           sum       quote             the same in quote units
taker_buy_volume       sum       base              coins bought by the side that crossed the spread
taker_sell_volume      sum       base              coins sold by the side that crossed the spread
taker_buy_sell_ratio   volumes   ratio of volumes  aggressive buys over aggressive sells
open_interest          last      base, one side    contracts open at the end of the bar
open_interest_value    last      quote, one side   the same at the mark price; moves with price
funding_rate           sum       fraction          paid by longs to shorts in this bar; 0 if nothing settled
funding_interval       sum       hours             hours this bar's funding pays for; 0 if nothing settled
long_short_ratio       last      ratio of accounts long accounts over short accounts: heads, not money
top_account_ratio      last      ratio of accounts the same among the venue's top accounts
top_position_ratio     last      ratio of size     long over short positions of the top accounts
circulating_supply     last      base              coins in circulation, as known then
market_cap             last      quote             circulating supply at the price of the bar
long_liquidations      sum       quote             longs that were forced out in the bar
short_liquidations     sum       quote             shorts that were forced out in the bar
=====================  ========  ================  =====================================================

The rules, which `validate` guards:

1. The index is named ``time``, in UTC, strictly increasing and on a **regular grid**. A bar that
   nobody recorded is a row of NaN, never a missing row.
2. A row is stamped with the **end** of its bar: the moment its numbers could first be known.
3. Kind says what a longer bar does (`resample` asks it): stocks keep their last value, flows add
   up, a ratio of volumes is taken again from its volumes and never averaged.
4. Fractions, not percent. Positive funding: longs pay shorts. Long open interest equals short
   open interest, always, so ``open_interest`` counts one side.

What is not known is NaN, and stays NaN: a longer bar with an unknown part has an unknown sum.
"""

from __future__ import annotations

import difflib
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from oikit.clock import DAY, MONDAY, WEEK, bar_length, length, words
from oikit.errors import FrameError, InputError

__all__ = ["FIELDS", "OVER_TIME", "grid", "resample", "validate", "without_freq"]

OverTime = Literal["first", "max", "min", "last", "sum", "volumes"]
Bound = Literal["positive", "not negative", "any"]


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a frame: its meaning, its unit, and how it is aggregated to longer bars.

    Attributes
    ----------
    name : str
        The one spelling used in code, prose and charts.
    over_time : {"first", "max", "min", "last", "sum", "volumes"}
        How `resample` aggregates. ``"volumes"``: computed again from `parts`.
    unit : str
    says : str
        One plain line.
    bound : {"positive", "not negative", "any"}
        Which values are possible.
    parts : tuple of str
        Numerator and denominator of a ratio of volumes.
    """

    name: str
    over_time: OverTime
    unit: str
    says: str
    bound: Bound = "positive"
    parts: tuple[str, ...] = ()


class _Fields(dict[str, Field]):
    """The fields by name; printed, they are a table."""

    def __str__(self) -> str:
        """One line for each field."""
        rows = [("column", "over time", "unit", "is")]
        rows += [(each.name, each.over_time, each.unit, each.says) for each in self.values()]
        wide = [max(len(row[place]) for row in rows) for place in range(3)]
        return "\n".join("  ".join([*map(str.ljust, row, wide), row[3]]) for row in rows)

    __repr__ = __str__


FIELDS: dict[str, Field] = _Fields(
    {
        field.name: field
        for field in (
            Field("open", "first", "quote/base", "price of the first trade in the bar"),
            Field("high", "max", "quote/base", "highest traded price in the bar"),
            Field("low", "min", "quote/base", "lowest traded price in the bar"),
            Field("close", "last", "quote/base", "price of the last trade in the bar"),
            Field("mark_price", "last", "quote/base", "what liquidations and funding are computed with"),
            Field("index_price", "last", "quote/base", "the spot price that the mark is tied to"),
            Field(
                "premium", "last", "fraction", "premium index, before the funding formula clamps it", "any"
            ),
            Field("volume", "sum", "base", "coins traded in the bar", "not negative"),
            Field("quote_volume", "sum", "quote", "the same in quote units", "not negative"),
            Field(
                "taker_buy_volume",
                "sum",
                "base",
                "coins bought by the side that crossed the spread",
                "not negative",
            ),
            Field(
                "taker_sell_volume",
                "sum",
                "base",
                "coins sold by the side that crossed the spread",
                "not negative",
            ),
            Field(
                "taker_buy_sell_ratio",
                "volumes",
                "ratio of volumes",
                "aggressive buys over aggressive sells",
                "not negative",
                ("taker_buy_volume", "taker_sell_volume"),
            ),
            Field("open_interest", "last", "base, one side", "contracts open at the end of the bar"),
            Field(
                "open_interest_value",
                "last",
                "quote, one side",
                "the same at the mark price; moves with price",
            ),
            Field(
                "funding_rate",
                "sum",
                "fraction",
                "paid by longs to shorts in this bar; 0 if nothing settled",
                "any",
            ),
            Field(
                "funding_interval",
                "sum",
                "hours",
                "hours this bar's funding pays for; 0 if nothing settled",
                "not negative",
            ),
            Field(
                "long_short_ratio",
                "last",
                "ratio of accounts",
                "long accounts over short accounts: heads, not money",
            ),
            Field(
                "top_account_ratio", "last", "ratio of accounts", "the same among the venue's top accounts"
            ),
            Field(
                "top_position_ratio", "last", "ratio of size", "long over short positions of the top accounts"
            ),
            Field("circulating_supply", "last", "base", "coins in circulation, as known then"),
            Field("market_cap", "last", "quote", "circulating supply at the price of the bar"),
            Field(
                "long_liquidations", "sum", "quote", "longs that were forced out in the bar", "not negative"
            ),
            Field(
                "short_liquidations", "sum", "quote", "shorts that were forced out in the bar", "not negative"
            ),
        )
    }
)
"""Every column a frame may have, by name; printed, a table of them."""


def validate(frame: pd.DataFrame, *, needs: Iterable[str] = ()) -> pd.DataFrame:
    """Return the frame itself, or say everything that is wrong with it.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        Columns of your own are welcome beside the fields, unless their name is a near miss of one.
    needs : iterable of str
        Fields that must be there.

    Returns
    -------
    DataFrame
        The very same object, so that the call can stand in a chain.

    Raises
    ------
    FrameError
        With one line for each problem, and how to mend it.

    Warns
    -----
    UserWarning
        If funding looks like per cent, or open interest like money: possible, and hardly ever meant.

    Examples
    --------
    >>> times = pd.date_range("2026-03-02 01:00", periods=2, freq="h", tz="UTC", name="time")
    >>> validate(pd.DataFrame({"close": [600.0, 606.0]}, times)).shape
    (2, 1)
    """
    if not isinstance(frame, pd.DataFrame):
        raise FrameError([f"it is a {type(frame).__name__}; a frame is a pandas.DataFrame"])
    problems = [*_index_problems(frame), *_column_problems(frame, tuple(needs))]
    if problems:
        raise FrameError(problems)
    for suspicion in _suspicions(frame):
        warnings.warn(suspicion, UserWarning, stacklevel=2)
    return frame


def _suspicions(frame: pd.DataFrame) -> list[str]:
    """List what is possible and hardly ever meant; one pass over two columns, as frames are checked often."""
    found: list[str] = []
    if len(frame) < 24:
        return found  # a day of hours is the least that shows what is usual
    if (
        "funding_rate" in frame
        and frame["funding_rate"].std() > 0
        and looks_like_percent(frame["funding_rate"])
    ):
        most = frame["funding_rate"].abs().max()
        found.append(
            f"funding_rate reaches {most:g}, {most:.1%} of the position at one settlement; if it is in per "
            "cent, use frame.assign(funding_rate=frame['funding_rate'] / 100)"
        )
    if {"open_interest", "close"} <= set(frame) and _too_much(frame["open_interest"], frame["close"]):
        found.append(
            f"open_interest is {frame['open_interest'].median():,.0f} at a price of "
            f"{frame['close'].median():,.6g}, more than all exchanges hold; if it is in money, use "
            "frame.assign(open_interest=frame['open_interest'] / frame['close'])"
        )
    return found


def _index_problems(frame: pd.DataFrame) -> list[str]:
    index, problems = frame.index, _time_problems(frame)
    if not isinstance(index, pd.DatetimeIndex):
        return problems
    if index.name != "time":
        problems.append(f"the index is named {index.name!r}; use frame.rename_axis('time')")
    if index.hasnans or not index.is_unique:
        return problems
    if not index.is_monotonic_increasing:
        problems.append("the times are not in order; use frame.sort_index()")
    elif len(index) > 2:
        gaps = np.diff(index.asi8)
        step = gaps.min()
        if (gaps % step).any():
            at = index[1:][gaps % step != 0][0]
            problems.append(f"the times are on no regular grid (the first that is off: {at})")
        elif (gaps != step).any():
            missing = int((gaps // step - 1).sum())
            at = index[1:][gaps != step][0]
            problems.append(
                f"{missing} row(s) are missing before {at} or later; a bar nobody recorded is a row of NaN: "
                "use oikit.frame.grid(frame, every)"
            )
    return problems


def _time_problems(frame: pd.DataFrame) -> list[str]:
    """List why the index does not say when each row was; `grid` asks for no more."""
    index = frame.index
    if not isinstance(index, pd.DatetimeIndex):
        return [_no_times(frame)]
    problems = []
    if index.tz is None:
        problems.append("the index has no time zone; if the times are UTC, use frame.tz_localize('UTC')")
    elif str(index.tz) != "UTC":
        problems.append(f"the index is in {index.tz}; use frame.tz_convert('UTC')")
    if index.hasnans:
        problems.append("the index holds a missing time; use frame[frame.index.notna()]")
    elif not index.is_unique:
        at = index[index.duplicated()][0]
        problems.append(
            f"the time {at} stands twice; look at frame.loc['{at}'], then keep one row of it: "
            "frame[~frame.index.duplicated(keep='last')]"
        )
    return problems


def _no_times(frame: pd.DataFrame) -> str:
    """Say what stands there instead of times, and the line that makes times of it; never one to 1970."""
    if isinstance(frame.index, pd.PeriodIndex):
        # A bar is stamped with its end, where the next period starts.
        made = "(frame.index + 1).to_timestamp().tz_localize('UTC').rename('time')"
        return f"the index holds periods; if they are UTC, use frame.set_index({made})"
    places = [("index", "frame.index", frame.index)]
    if list(frame.columns).count("time") == 1:
        places.insert(0, ("column 'time'", "frame['time']", pd.Index(frame["time"])))
    for place, source, values in places:
        kind, unit = pd.api.types.infer_dtype(values, skipna=True), None
        if kind in ("integer", "floating"):
            unit = _unit(values)
        if unit:
            holds, how = f"counts {_UNITS[unit]} since 1970;", f"unit='{unit}', "
        elif kind == "string":
            holds, how = "holds text, no times; if it is in UTC,", "format='ISO8601', "
        elif kind in ("datetime", "datetime64", "date"):
            holds, how = "holds times; if they are UTC,", ""
        else:
            continue
        named = ".rename('time')" if place == "index" else ""
        return f"the {place} {holds} use frame.set_index(pd.to_datetime({source}, {how}utc=True){named})"
    return (
        f"the index holds no times but {frame.index.dtype}; "
        "give the column that has them the name 'time', then use frame.set_index('time')"
    )


_UNITS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds"}


def _unit(values: pd.Index) -> str | None:
    """The unit in which all are times from 2001 to 2096; no number is that in two units."""
    for power, unit in enumerate(_UNITS):
        if (values >= 10 ** (9 + 3 * power)).all() and (values < 4 * 10 ** (9 + 3 * power)).all():
            return unit
    return None


def _column_problems(frame: pd.DataFrame, needs: tuple[str, ...]) -> list[str]:
    problems = []
    for name in dict.fromkeys(needs):
        if name not in frame.columns:
            problems.append(
                f"column {name!r} is missing; this frame has {', '.join(map(str, frame.columns))}"
            )
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        return [*problems, f"column {twice!r} stands twice"]
    for name in frame.columns:
        field = FIELDS.get(name)
        if field is None:
            close = _meant(str(name))
            if close and (close not in frame.columns or _letters(str(name)) not in _OTHERS):
                problems.append(f"column {name!r} is no field; did you mean {close!r}?")
            continue
        column = frame[name]
        if column.dtype != np.float64:
            problems.append(
                f"column {name!r} holds {column.dtype}, not float64; "
                f"use frame.astype({{{name!r}: 'float64'}}) after looking at it"
            )
            continue
        values = column.to_numpy()
        wrong = np.isinf(values)
        if field.bound == "positive":
            wrong |= values <= 0
        elif field.bound == "not negative":
            wrong |= values < 0
        if wrong.any():
            at = frame.index[wrong][0]
            problems.append(
                f"column {name!r} holds {values[wrong][0]:g} at {at} ({int(wrong.sum())} such): "
                f"{field.says}, so it must be finite and {_BOUNDS[field.bound]}; what is not known is NaN"
            )
    return problems


# As other people call them; where the field itself is there, such a column is the reader's own.
_OTHERS = {
    "oi": "open_interest",
    "sumopeninterest": "open_interest",
    "openinterestusd": "open_interest_value",
    "oiusd": "open_interest_value",
    "sumopeninterestvalue": "open_interest_value",
    "price": "close",
    "lastprice": "close",
    "funding": "funding_rate",
    "longshortaccountratio": "long_short_ratio",
}


def _letters(name: str) -> str:
    return "".join(letter for letter in name.lower() if letter.isalnum())


def _meant(name: str) -> str:
    """Return the field that a column's name is a near miss of, or nothing."""
    plain = {_letters(field): field for field in FIELDS} | _OTHERS
    near = difflib.get_close_matches(name, FIELDS, 1, 0.85)
    return plain.get(_letters(name), near[0] if near else "")


_BOUNDS = {"positive": "above 0", "not negative": "0 or more", "any": "a number"}


def grid(frame: pd.DataFrame, every: str | pd.Timedelta) -> pd.DataFrame:
    """Put the rows on a regular grid: a bar that was not recorded becomes a row of NaN.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        Stamped at bar ends, in UTC.
    every : str or Timedelta
        The bar length.

    Returns
    -------
    DataFrame, shape (k, m), k >= n
        From the first stamp to the last. Nothing is filled.

    Raises
    ------
    FrameError
        If the index holds no times, a missing one or one twice, or is not in UTC.
    InputError
        If a stamp is off the grid: nothing is moved, rounded or dropped.
    """
    step = length(every)
    if frame.empty:
        return frame.rename_axis("time")
    problems = _time_problems(frame)
    if problems:
        raise FrameError(problems)
    index = pd.DatetimeIndex(frame.index)
    whole = pd.date_range(index.min(), index.max(), freq=step, name="time").as_unit(index.unit)
    off = index.difference(whole)
    if len(off):
        raise InputError(f"{len(off)} stamp(s) are not on a grid of {words(step)}; the first is {off[0]}")
    return frame.reindex(whole)


def looks_like_percent(funding_rate: pd.Series) -> bool:
    """Return whether rates are too large for fractions: 5 % at one settlement, or 0.2 % as a rule."""
    paid = funding_rate[funding_rate.notna() & (funding_rate != 0)].abs()
    return bool(len(paid) and (paid.max() >= 0.05 or (len(paid) >= 3 and paid.median() > 0.002)))


def _too_much(open_interest: pd.Series, price: pd.Series) -> bool:
    # In quote units: more than all exchanges together have ever held of one coin.
    value = (open_interest * price).dropna()
    return bool(len(value) and value.median() > 2e11)


def looks_like_money(open_interest: pd.Series, price: pd.Series) -> bool:
    """Return whether open interest is too large to be coins, or follows the price as only money does."""
    if _too_much(open_interest, price):
        return True
    both = pd.DataFrame({"coins": np.log(open_interest), "price": np.log(price)}).diff().dropna()
    if len(both) < 100 or not both["price"].var() or not both["coins"].var():
        return False
    slope = both["coins"].cov(both["price"]) / both["price"].var()
    return bool(both["coins"].corr(both["price"]) > 0.6 and slope > 0.8)


def without_freq(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with an index that stores no frequency.

    pandas 2 joins two indexes that store one, in microseconds, to times that neither has.
    """
    index = pd.DatetimeIndex(frame.index).copy()
    index.freq = None  # type: ignore[misc]
    return frame.set_axis(index)


def resample(frame: pd.DataFrame, every: str | pd.Timedelta) -> pd.DataFrame:
    """Make longer bars, each column in its own way.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        A valid frame with no columns of your own (there is no rule for them).
    every : str or Timedelta
        The new bar length: a whole number of old bars that divides a day, a day, or seven days.

    Returns
    -------
    DataFrame, shape (k, m)
        Bars end at multiples of `every` in UTC (weeks on Monday 00:00). A last bar that has not
        ended yet is left out, as nobody knows it yet; in a first bar that is only partly covered,
        what needs the whole bar is NaN.

    Raises
    ------
    FrameError
        If the frame breaks the contract or holds a column without a rule.
    InputError
        If the lengths do not fit.

    Notes
    -----
    The regular grid makes this a reshape, with no grouping. NaN spreads: a sum, a high or a low
    with an unknown part is unknown, and a stock is what it was at the bar's end, known or not.

    Examples
    --------
    >>> times = pd.date_range("2026-03-02 01:00", periods=4, freq="h", tz="UTC", name="time")
    >>> hourly = pd.DataFrame({"volume": [1.0, 2, 3, 4], "open_interest": [10.0, 11, 12, 13]}, times)
    >>> resample(hourly, "2h")["volume"].tolist(), resample(hourly, "2h")["open_interest"].tolist()
    ([3.0, 7.0], [11.0, 13.0])
    """
    validate(frame)
    strangers = [str(name) for name in frame.columns if name not in FIELDS]
    if strangers:
        raise FrameError(
            [f"column {name!r} has no rule for longer bars; drop it first" for name in strangers]
        )
    old = pd.DatetimeIndex(frame.index)
    step, span = bar_length(old), length(every)
    if span % step or not (span == WEEK or DAY % span == pd.Timedelta(0)):
        raise InputError(
            f"every={every!s} does not fit: it must be a whole number of bars of {words(step)} "
            "and divide a day, or be 7d"
        )
    if span == step:
        return frame
    size = span // step
    offset = (old[0] - MONDAY) % span
    if offset % step:
        raise InputError(f"the first stamp, {old[0]}, is not on a grid of {words(step)}")
    # Rows lacking at the front of the first bar; a stamp on the grid itself ends a bar.
    lacking = (offset // step - 1) % size
    ends = (lacking + len(frame)) // size
    first_end = old[0] + (size - 1 - lacking) * step
    index = pd.date_range(first_end, periods=ends, freq=span, name="time").as_unit(old.unit)

    values = np.full((ends * size, frame.shape[1]), np.nan)
    values[lacking:] = frame.to_numpy()[: max(ends * size - lacking, 0)]
    cells = values.reshape(ends, size, frame.shape[1])
    out = pd.DataFrame(
        {name: OVER_TIME[FIELDS[name].over_time](cells[:, :, i]) for i, name in enumerate(frame.columns)},
        index,
    )
    for name in frame.columns:
        if FIELDS[name].over_time == "volumes":
            out[name] = _ratio_of_volumes(out, FIELDS[name])
    return out


OVER_TIME: dict[str, Callable[[Any], Any]] = {
    "first": lambda cells: cells[:, 0],
    "last": lambda cells: cells[:, -1],
    "max": lambda cells: cells.max(axis=1, initial=-np.inf),
    "min": lambda cells: cells.min(axis=1, initial=np.inf),
    "sum": lambda cells: cells.sum(axis=1),
    "volumes": lambda cells: np.full(len(cells), np.nan),
}
"""What each kind does with an array of shape (bars, size): from the old cells of each bar to its value."""


def _ratio_of_volumes(frame: pd.DataFrame, field: Field) -> pd.Series:
    lacking = [part for part in field.parts if part not in frame.columns]
    if lacking:
        raise FrameError(
            [
                f"{field.name!r} of a longer bar needs {' and '.join(lacking)} "
                "(an average of ratios would be wrong); drop it"
            ]
        )
    above, below = (frame[part] for part in field.parts)
    return above / below.where(below > 0)
