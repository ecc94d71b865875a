"""From rows to bars: their length, their ends, the grid, and funding booked where it was settled."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from oikit.clock import DAY, words
from oikit.data.labels import SWITCH, judge
from oikit.errors import InputError
from oikit.frame import FIELDS, grid
from oikit.tables.cells import Reading, numbers
from oikit.tables.checks import Rows, bounded, candle_of_what, derived, plausible
from oikit.tables.headers import Column, source

_HOUR = pd.Timedelta(hours=1)
_INTERVALS = (1, 2, 4, 8)  # hours between settlements, at the exchanges there are
_JITTER = pd.Timedelta(seconds=10)


def _micros(index: pd.Index) -> Any:
    """Return times as whole numbers, whatever unit pandas has given them."""
    return pd.DatetimeIndex(index).as_unit("us").asi8


def framed(
    it: Reading,
    columns: list[Column],
    times: pd.DatetimeIndex,
    stamp: str,
    label: str,
    dates: bool,
    every: pd.Timedelta | None,
) -> pd.DataFrame:
    """Make a frame of the columns of a table."""
    if label == "archive":
        times, label = _observed(it, times), "observed"
    values, columns = _values(it, columns)
    rows = _in_order(it, Rows(values.set_axis(times), {c.field: c for c in columns}, stamp))
    if "confirm" in it.cells and it.cells["confirm"].astype(str).isin(["0", "0.0"]).any():
        unfinished = times[it.cells["confirm"].astype(str).isin(["0", "0.0"])]
        rows = Rows(rows.table.drop(index=unfinished), rows.columns, stamp)
        it.say(f"{len(unfinished)} bar that had not ended is left out")
    candle_of_what(it, rows)
    settled = rows.of("settled")
    settlements = label in ("settled", "any") and set(rows.columns) - {"mark_price", "premium"} <= set(
        settled
    )
    if settlements and "funding_rate" in settled and (label == "settled" or _are_settlements(it, rows)):
        frame = _settlements(it, rows, every)
    else:
        frame = _bars(it, rows, label, dates, every)
    frame = bounded(it, frame)
    plausible(it, frame, rows)
    frame = derived(it, frame)
    index = pd.DatetimeIndex(frame.index).as_unit("us").rename("time")
    return frame[[name for name in FIELDS if name in frame]].set_axis(index)


def _values(it: Reading, columns: list[Column]) -> tuple[pd.DataFrame, list[Column]]:
    values = {}
    for column in columns:
        read = [numbers(it, header) for header in column.headers]
        value, signed = read[0]
        if len(read) == 2:
            below = read[1][0]
            value = np.divide(value, below, out=np.full(len(value), np.nan), where=below > 0)
        elif column.percent or (signed and FIELDS[column.field].unit == "fraction"):
            value = value / 100
            if not column.percent:
                it.warn(f"{column.name!r} is in per cent by its cells: divided by 100")
        values[column.field] = value * column.factor
    return pd.DataFrame(values), columns


def _observed(it: Reading, times: pd.DatetimeIndex) -> pd.DatetimeIndex:
    """Return when the rows of Binance's archive were observed: the label changed on one day, unannounced."""
    early = times >= SWITCH
    if (times == SWITCH).sum() == 2 or (early.sum() == 1 and (times == SWITCH).any() and len(times) > 1):
        early[np.flatnonzero(times == SWITCH)[0]] = False  # the last row of the file of the day before
    if early.any():
        it.warn(f"{int(early.sum())} rows from {SWITCH:%Y-%m-%d} on are stamped 5 minutes early: moved")
    return pd.DatetimeIndex(times + pd.to_timedelta(np.where(early, 5, 0), unit="min"))


def _in_order(it: Reading, rows: Rows) -> Rows:
    """Sort the rows; of rows that are told twice, keep one; refuse two that differ."""
    table = rows.table
    if not table.index.is_monotonic_increasing:
        newest_first = table.index.is_monotonic_decreasing
        it.say(
            "the rows were newest first: turned round" if newest_first else "the rows were unsorted: sorted"
        )
        table = table.sort_index(kind="stable")
    twice = table.index.duplicated()
    if twice.any():
        same = table.reset_index(names="").duplicated().to_numpy()
        if (twice & ~same).any():
            at = table.index[twice & ~same][0]
            raise InputError(
                f"{at:%Y-%m-%d %H:%M:%S} UTC stands twice in {it.name}, with different "
                f"values; look at both, then type {it.first}"
                f"oikit.read(table.drop_duplicates({rows.stamp!r}, keep='last'))"
            )
        it.say(f"{int(twice.sum())} rows that stand twice are taken once")
        table = table[~twice]
    return Rows(table, rows.columns, rows.stamp)


# ---- settlements of funding


def _are_settlements(it: Reading, rows: Rows) -> bool:
    """Return whether rows of funding alone are settlements, one each, and not a rate in every bar."""
    column = rows.columns["funding_rate"]
    replies = ({"coin", "premium", "time"}, {"symbol", "timestamp", "datetime"})  # Hyperliquid's, ccxt's
    known = column.name == "fundingRate" and any(each <= set(it.cells) for each in replies)
    hours = np.diff(rows.times.round("min")) / _HOUR
    return bool((column.told and not column.filled) or known or (len(hours) and np.median(hours) >= 8))


def _settlements(it: Reading, rows: Rows, every: pd.Timedelta | None) -> pd.DataFrame:
    """Book each settlement in the bar that ends with it; where none was due, nothing was paid."""
    table = rows.table[rows.table["funding_rate"].notna()]
    if len(table) < 2:
        raise InputError(
            f"{it.name} holds {len(table)} settlement(s) of funding; two are the fewest that tell"
        )
    times = pd.DatetimeIndex(table.index)
    whole = times.floor("min")
    if ((whole - whole.floor("h")) > pd.Timedelta(0)).any():
        at = times[(whole - whole.floor("h")) > pd.Timedelta(0)][0]
        raise it.ask(
            f"funding is settled on full hours, and {at:%Y-%m-%d %H:%M:%S} UTC is none",
            ("to leave it out", {"columns": {rows.columns["funding_rate"].name: None}}),
        )
    if (whole != times).any():
        it.say(
            f"{int((whole != times).sum())} settlements were stamped late by less than a minute: moved back"
        )
    gaps = np.diff(whole) / _HOUR
    hours = _hours(gaps)
    if "funding_interval" in table and table["funding_interval"].notna().all():
        hours = table["funding_interval"].to_numpy()
    else:
        it.say(
            f"settled every {' or '.join(f'{h:g}' for h in np.unique(hours))} h, by the times between them"
        )
    bar = every or pd.Timedelta(hours=float(min(hours)))
    if bar > pd.Timedelta(hours=float(min(hours))):
        bar = pd.Timedelta(hours=float(min(hours)))
    if pd.Timedelta(hours=float(min(hours))) % bar or (bar < pd.Timedelta(hours=1) and _HOUR % bar):
        raise InputError(f"every={words(bar)} does not divide the {min(hours):g} hours between settlements")
    index = pd.date_range(whole[0], whole[-1], freq=bar, name="time").as_unit("us")
    frame = pd.DataFrame({"funding_rate": 0.0, "funding_interval": 0.0}, index)
    due = 0
    for number in np.flatnonzero(gaps > hours[1:]).tolist():
        hole = (index > whole[number]) & (index < whole[number + 1])
        step = pd.Timedelta(hours=float(hours[number + 1]))
        frame.loc[hole & ((whole[number + 1] - index) % step == pd.Timedelta(0))] = np.nan
        due += round(gaps[number] / hours[number + 1]) - 1
    frame.loc[whole, "funding_rate"] = table["funding_rate"].to_numpy()
    frame.loc[whole, "funding_interval"] = hours
    for name in {"mark_price", "premium"} & set(table):
        frame[name] = table[name].set_axis(whole).reindex(index)
    it.say(f"bars of {words(bar)}; where nothing was due the funding is 0")
    if due:
        it.warn(f"{due} settlements that were due are not in the table: unknown")
    return frame


def _hours(gaps: np.ndarray) -> np.ndarray:
    """Return the interval of each settlement: the time since the one before, where a neighbour agrees."""
    padded = np.concatenate([[np.nan], gaps, [np.nan]])
    out = []
    for number in range(len(gaps) + 1):
        before, after = padded[number], padded[number + 1]
        further = padded[number - 1] if number else np.nan
        near = [gap for gap in (before, after, further) if gap in _INTERVALS]
        if before in _INTERVALS and (before in (after, further) or not [n for n in near if n < before]):
            out.append(before)
        else:
            out.append(min(near) if near else 8.0)
    return np.array(out, dtype=float)


# ---- bars


def _bars(it: Reading, rows: Rows, label: str, dates: bool, every: pd.Timedelta | None) -> pd.DataFrame:
    """Stamp the rows with the end of their bars and lay the grid."""
    bar = _length(it, rows.times, every)
    sampled = _sampled(it, rows, bar, every)
    if sampled is not None:
        rows, label = sampled, "observed"
    else:
        rows = Rows(rows.table.set_axis(_on_grid(it, rows.times, bar)), rows.columns, rows.stamp)
    shift = _shifts(it, rows, label, dates, bar)
    parts = {name: rows.table[name].shift(freq=shift[name]) for name in rows.columns if name in shift}
    if "funding_rate" in rows.columns:
        parts |= _funding(it, rows, bar, max([pd.Timedelta(0), *shift.values()]))
    frame = grid(pd.DataFrame(parts).rename_axis("time").sort_index(), bar)
    missing = len(frame) - len(rows.table.index.union(pd.DatetimeIndex([])))
    unknown = int(frame.isna().all(axis=1).sum())
    if unknown:
        it.warn(f"{unknown} of {len(frame):,} bars are not in the table: rows of NaN")
    elif missing > 1:
        it.say(f"{len(frame):,} bars")
    return frame


def _length(it: Reading, times: pd.DatetimeIndex, every: pd.Timedelta | None) -> pd.Timedelta:
    """Return the length of a bar: the commonest time between two rows, if most are that."""
    if len(times) < 2:
        if every is None:
            raise it.ask(f"one row of {it.name} does not tell how long a bar is", ("", {"every": "1h"}))
        return every
    gaps = np.diff(_micros(times))
    unit = 60_000_000 if np.median(gaps) >= 50_000_000 else 1_000_000
    whole = np.maximum(np.round(gaps / unit).astype(int) * unit, unit)
    common, count = np.unique(whole, return_counts=True)
    best = int(common[count.argmax()])
    monthly = {28 * 1440, 29 * 1440, 30 * 1440, 31 * 1440} >= set((common // 60_000_000).tolist())
    if monthly and len(common) > 1:
        raise InputError(f"{it.name} has bars of a month, which are of no fixed length; read days or weeks")
    if count.max() * 2 < len(gaps):
        if every is not None:
            return every
        raise it.ask(
            f"the rows of {it.name} are at no regular times ({words(pd.Timedelta(gaps.min(), 'us'))} to "
            f"{words(pd.Timedelta(gaps.max(), 'us'))} apart), so the length of a bar is yours to choose",
            ("", {"every": "1h"}),
        )
    bar = pd.Timedelta(best, "us")
    if DAY % bar and bar % DAY:
        raise it.ask(
            f"the rows of {it.name} are {words(bar)} apart, which does not divide a day",
            ("", {"every": "1h"}),
        )
    it.say(f"bars of {words(bar)}, by the times between rows")
    return bar


def _sampled(it: Reading, rows: Rows, bar: pd.Timedelta, every: pd.Timedelta | None) -> Rows | None:
    """Take of irregular rows the last one of each bar; None where the rows are regular."""
    if not _off_grid(rows.times, bar).any():
        return None
    if rows.of("candle"):
        off = rows.times[_off_grid(rows.times, bar)]
        raise it.ask(
            f"{len(off)} rows of {it.name} are off the grid of {words(bar)}, the first at "
            f"{off[0]:%Y-%m-%d %H:%M:%S} UTC, and {rows.of('candle')[0]} belongs to a whole bar",
            (
                "to keep what is true at a moment",
                {"columns": {rows.columns[n].name: None for n in rows.of("candle")}},
            ),
        )
    bar = every or bar
    index = pd.date_range(rows.times[0].ceil(bar), rows.times[-1].floor(bar), freq=bar, name="time").as_unit(
        "us"
    )
    if len(index) < 2:
        raise InputError(f"{it.name} spans no two bars of {words(bar)}")
    found = rows.table.reindex(index, method="ffill", tolerance=bar - pd.Timedelta(1, "us"))
    used = int(found.notna().any(axis=1).sum())
    it.warn(
        f"the rows are at no regular times: each bar of {words(bar)} takes its last one, "
        f"{used:,} of {len(rows.table):,}"
    )
    return Rows(found, rows.columns, rows.stamp)


def _off_grid(times: pd.DatetimeIndex, bar: pd.Timedelta) -> np.ndarray:
    """Return which stamps are further from the grid than clocks are late."""
    phase = _micros(times) % (bar // pd.Timedelta(1, "us"))
    common = pd.Series(np.round(phase / 60e6).astype(np.int64)).mode()[0] * 60_000_000
    step = bar // pd.Timedelta(1, "us")
    off = np.minimum((phase - common) % step, (common - phase) % step)
    return off > min(_JITTER, bar / 20) // pd.Timedelta(1, "us")


def _on_grid(it: Reading, times: pd.DatetimeIndex, bar: pd.Timedelta) -> pd.DatetimeIndex:
    """Move stamps that are some seconds late, or a millisecond early, onto the grid."""
    step = bar // pd.Timedelta(1, "us")
    phase = _micros(times) % step
    common = int(pd.Series(np.round(phase / 60e6).astype(np.int64)).mode()[0] * 60_000_000) % step
    snapped = np.round((_micros(times) - common) / step).astype(np.int64) * step + common
    moved = int((snapped != _micros(times)).sum())
    if moved:
        it.say(f"{moved} stamps were up to {np.abs(snapped - _micros(times)).max() / 1e6:g} s off: moved")
    if bar <= DAY and common:
        at = pd.Timestamp(common, unit="us")
        it.say(f"bars begin at {at:%H:%M} UTC, and every {words(bar)} from there")
    index = pd.DatetimeIndex(snapped.astype("datetime64[us]")).tz_localize("UTC")
    if index.has_duplicates:
        raise InputError(
            f"two rows of {it.name} fall into the bar {index[index.duplicated()][0]}; delete one"
        )
    return index


def _shifts(it: Reading, rows: Rows, label: str, dates: bool, bar: pd.Timedelta) -> dict[str, pd.Timedelta]:
    """Return by how much the stamp of each field is to be moved to the end of its bar."""
    candles, instants, vendor = rows.of("candle"), rows.of("instant"), source(it)
    none, late = pd.Timedelta(0), f"the stamp is the start of a bar: moved to its end, {words(bar)} later"
    here = candles + instants
    as_ours = it.zoned and rows.stamp == "time" and all(c.name == c.field for c in rows.columns.values())
    if as_ours and any("_" in name for name in rows.columns) and label == "any":
        told = {"columns": {rows.stamp: "time start"}}
        it.say(
            f"the headers and times are oikit's own, so the stamp is the end of a bar; else {it.line(**told)}"
        )
        return dict.fromkeys(here, none)
    if label in ("end", "observed", "settled"):
        it.say(
            "the stamp is the end of a bar" if label == "end" else "the stamp is the moment of observation"
        )
        return dict.fromkeys(here, none)
    joined = candles and instants and _joined(rows)
    if joined and (label in ("start", "any")):
        it.say(f"{late}; open interest was observed at the stamp, as its price shows, and stays")
        return {**dict.fromkeys(candles, bar), **dict.fromkeys(instants, none)}
    if label == "start" or vendor or dates or (candles and not instants):
        why = f" (as {vendor} does)" if vendor and label != "start" else ""
        it.say(late + why)
        return dict.fromkeys(here, bar)
    if not candles:
        if here:
            told = {"columns": {rows.stamp: "time start"}}
            what = "are read as true at the stamp, which stays; else type"
            it.say(f"{', '.join(here)} {what} {it.line(**told)}")
        return dict.fromkeys(here, none)
    raise it.ask(
        f"{rows.stamp!r} could be the start or the end of a bar, which a wrong guess would let look ahead",
        ("if it is the start, as exchanges stamp candles", {"columns": {rows.stamp: "time start"}}),
        ("if it is the end", {"columns": {rows.stamp: "time end"}}),
    )


def _joined(rows: Rows) -> bool:
    """Return whether open interest was observed at the start of the candle it stands beside, by its price."""
    if not {"open_interest", "open_interest_value", "close"} <= set(rows.columns):
        return False
    implied = np.log((rows.table["open_interest_value"] / rows.table["open_interest"]).where(lambda x: x > 0))
    close = np.log(rows.table["close"].where(rows.table["close"] > 0))
    now, before = (implied - close).abs(), (implied - close.shift(1)).abs()
    return judge(before.to_numpy(copy=True), now.to_numpy(copy=True)).held == "end"


def _funding(it: Reading, rows: Rows, bar: pd.Timedelta, shift: pd.Timedelta) -> dict[str, pd.Series]:
    """Return funding as a flow and its intervals, booked in the bars that end with a settlement."""
    column = rows.columns["funding_rate"]
    rate, hours = rows.table["funding_rate"], bar / _HOUR
    name = column.name
    if "funding_interval" in rows.columns:
        interval = rows.table["funding_interval"]
        if interval.sum() <= 1.1 * (len(interval) * hours + 8):
            by = _settled_shift(pd.DatetimeIndex(interval.index[interval > 0]), shift)
            return {"funding_rate": rate.shift(freq=by), "funding_interval": interval.shift(freq=by)}
    if column.filled:
        return _booked(it, rate, bar, shift, name)
    events = rate.notna() if rate.notna().mean() <= 0.6 else rate.notna() & (rate != 0)
    # Settlements lie apart; a rate that stands in every bar, or runs on, does not.
    crowded = events.any() and (events & events.shift(1, fill_value=False)).sum() > 0.2 * events.sum()
    if hours > 8 and not column.told:
        raise _which_funding(it, name, f"a bar of {words(bar)} holds several settlements")
    if hours < 8 and crowded and not column.told:
        runs = float((rate.diff().iloc[1:] == 0).mean())
        why = "stands still for hours and then changes" if runs > 0.5 else "changes from bar to bar"
        raise _which_funding(it, name, f"it {why} in bars of {words(bar)}", filled=runs > 0.5)
    if hours < 1 and crowded:
        raise _which_funding(it, name, f"nothing is settled every {words(bar)}", filled=True)
    stamps = pd.DatetimeIndex(rate.index[events])
    every = np.full(len(stamps), min(hours, 8.0))
    if len(stamps) and not crowded:
        every = _hours(np.diff(stamps) / _HOUR)
    blank = rate.isna() & ~events
    if blank.any() and events.equals(rate.notna()):
        rate = rate.mask(blank & (stamps.min() <= rate.index), 0.0) if len(stamps) else rate
        it.say(f"{int(blank.sum())} blank cells of {name!r} lie between settlements: nothing was due, 0")
    interval = pd.Series(np.where(rate.notna(), 0.0, np.nan), rate.index)
    interval[events] = every
    told = " or ".join(f"{hour:g}" for hour in np.unique(every))
    if told:
        it.say(f"funding is settled every {told} h, by the bars that hold some")
    by = _settled_shift(stamps, shift)
    return {"funding_rate": rate.shift(freq=by), "funding_interval": interval.shift(freq=by)}


def _settled_shift(stamps: pd.DatetimeIndex, shift: pd.Timedelta) -> pd.Timedelta:
    """Return the shift after which settlements stand where exchanges settle, on full hours of the day."""
    for hours in (8, 4):
        for by in (shift, pd.Timedelta(0)):
            if len(stamps) and not (_micros(stamps + by) % (hours * 3_600_000_000)).any():
                return by
    return shift


def _which_funding(it: Reading, name: str, why: str, *, filled: bool = False) -> InputError:
    choices: list[tuple[str, dict[str, Any]]] = [
        ("if each bar holds the last settled rate", {"columns": {name: "funding_rate filled"}}),
        ("if it is what was paid in each bar", {"columns": {name: "funding_rate"}}),
        ("to leave it out", {"columns": {name: None}}),
    ]
    return it.ask(
        f"{name!r} is no sum of what was paid in each bar: {why}", *(choices if filled else choices[1:])
    )


def _booked(
    it: Reading, rate: pd.Series, bar: pd.Timedelta, shift: pd.Timedelta, name: str
) -> dict[str, pd.Series]:
    """Book a rate that stands in every bar where it was settled: every 8 hours, or every 4."""
    changed = pd.DatetimeIndex(rate.index[rate.diff().fillna(0.0) != 0])
    for hours in (8, 4):
        for by in dict.fromkeys((shift, pd.Timedelta(0))):
            if (
                not (_micros(changed + by) % (hours * 3_600_000_000)).any()
                and not pd.Timedelta(hours=hours) % bar
            ):
                moved = rate.shift(freq=by)
                due = _micros(moved.index) % (hours * 3_600_000_000) == 0
                it.warn(
                    f"{name!r} is booked every {hours} h, {int(due.sum())} settlements; in between it is 0"
                )
                zero = pd.Series(np.where(moved.notna(), 0.0, np.nan), moved.index)
                return {
                    "funding_rate": moved.where(due, zero),
                    "funding_interval": zero.mask(due & moved.notna(), float(hours)),
                }
    raise it.ask(
        f"{name!r} changes at {changed[0]:%H:%M} UTC and other hours at which nothing is settled; it is "
        "no rate that stands until the next settlement",
        ("to leave it out", {"columns": {name: None}}),
    )
