"""Binance USD-M futures: parse answers and place their rows on bars.

===================  =====================================  ==========================================
series               the venue's stamp                      here
===================  =====================================  ==========================================
klines, premium      open of the bar                        + one bar; a bar in progress is left out
open interest        the instant                            as it is
three ratios         the instant                            as it is
funding              the settlement, some ms late           rounded, booked in the bar (start, end]
===================  =====================================  ==========================================

Every stamp returned is the end of its bar, or the moment of a snapshot. A cell that is blank, not a
number or out of range becomes NaN and is counted; a duplicate row is counted too. A row of another
market, a stamp that was not requested, or two figures for one moment make the whole answer invalid
(`BadReply`), because then nothing in it can be trusted.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.data.venues.query import SYMBOL, Query, Reading
from oikit.errors import BadReply
from oikit.frame import FIELDS

PERIODS = {
    pd.Timedelta(minutes=5): "5m",
    pd.Timedelta(minutes=15): "15m",
    pd.Timedelta(minutes=30): "30m",
    pd.Timedelta(hours=1): "1h",
    pd.Timedelta(hours=2): "2h",
    pd.Timedelta(hours=4): "4h",
    pd.Timedelta(hours=6): "6h",
    pd.Timedelta(hours=12): "12h",
    pd.Timedelta(days=1): "1d",
}
"""The bar lengths that klines and statistics both come in."""
RATIOS = {
    "globalLongShortAccountRatio": "long_short_ratio",
    "topLongShortAccountRatio": "top_account_ratio",
    "topLongShortPositionRatio": "top_position_ratio",
}
"""What the venue calls the three ratios, and what we do."""

Floats = npt.NDArray[np.float64]

_STEPS: dict[str | int, pd.Timedelta] = {text: step for step, text in PERIODS.items()}
_HOUR, _MS = pd.Timedelta(hours=1), pd.Timedelta(milliseconds=1)
_LATE = pd.Timedelta(minutes=1)  # far more than the milliseconds by which settlements are stamped late
_LONGEST, _DAY = 8 * 60, 24 * 60  # minutes: the longest time between settlements, and a day
_CHANGED = 6  # settlements that must seem to be missing before a longer interval is believed
_ODD = "{}: cell(s) blank or out of range, now missing"
_YEARS = (2019, 2050)  # from the first market on; a clock far ahead would lay out bars without end
_MOST = 1e18  # no price, volume or supply is anywhere near


def read_time(reply: dict[str, Any]) -> pd.Timestamp:
    """Read the venue's clock (``serverTime``), or the moment of a figure (``time``)."""
    at = pd.Timestamp(_stamp(reply.get("serverTime", reply.get("time"))), unit="ms", tz="UTC")
    if not _YEARS[0] <= at.year < _YEARS[1]:
        raise BadReply(f"Binance's clock says {at:%Y-%m-%d}, which cannot be; try again later")
    return at


def read_markets(reply: dict[str, Any]) -> dict[str, str]:
    """Read which symbols there are, and what each is: ``"TRADING"`` for a perpetual that trades.

    Perpetuals of shares or metals are of kinds of their own, like ``TRADIFI_PERPETUAL``. Entries whose
    symbol is no plain name are left out: nothing may be asked by such a name.
    """
    rows = reply.get("symbols")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadReply("Binance's list of markets has no list of symbols; try again later")
    found = {}
    for row in rows:
        name, kind, status = (str(row.get(key, "")) for key in ("symbol", "contractType", "status"))
        if SYMBOL.fullmatch(name):
            state = status if f"_{kind}".endswith("_PERPETUAL") else kind
            found[name] = state if SYMBOL.fullmatch(state) else "UNKNOWN"
    return found


def next_page(query: Query, rows: list[Any]) -> Query | None:
    """Return the query for the next page, or None if the answer was the last one.

    Klines and settlements are read forward from the newest row, so rows missing at the venue cannot end
    them early. Statistics come in fixed windows and have no next page.
    """
    if query.bucket == "data" or not rows:
        return None
    key = "fundingTime" if query.bucket == "funding" else 0
    newest = max(_stamp(_cell(row, key)) for row in rows)
    # Settlements are an hour apart at least, give or take the milliseconds.
    apart = _HOUR - _LATE if query.bucket == "funding" else _STEPS[query.params["interval"]]
    if newest + apart // _MS > int(query.params["endTime"]):
        return None
    return replace(query, params={**query.params, "startTime": newest + 1})


def _stamp(value: object) -> int:
    """Read epoch milliseconds from a whole number or its text; 13 digits, or it is no such thing."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not re.fullmatch(r"[0-9]{13}", text):
        raise BadReply("Binance sent a row whose time is not in milliseconds; none of it is used")
    return int(text)


def _cell(row: Any, key: str | int) -> object:
    return row.get(key) if isinstance(row, dict) else row[key]


def _rows(query: Query, rows: list[Any], key: str | int) -> tuple[dict[int, Any], Counter[str]]:
    """Rows by stamp, in order, once each; or the reason why none of them can be trusted."""
    what = _name(query)
    shape: type[Any] = dict if isinstance(key, str) else list
    start, end = int(query.params["startTime"]), int(query.params["endTime"])
    repairs: Counter[str] = Counter()
    by_stamp: dict[int, Any] = {}
    for row in rows:
        if not isinstance(row, shape) or (shape is list and len(row) < 11):
            raise BadReply(f"{what}: Binance sent a row of an unknown shape; none of it is used")
        if shape is dict:
            _check_named(what, str(row.get("symbol", "")), str(query.params["symbol"]))
        at = _stamp(_cell(row, key))
        if shape is list and at > end:
            continue  # a bar still in progress
        if not start <= at <= end:
            raise BadReply(
                f"{what}: Binance sent a row from {_when(at)}, which was not asked for; none of it is used"
            )
        if at in by_stamp:
            if by_stamp[at] != row:
                raise BadReply(
                    f"{what}: Binance gives two different figures for {_when(at)}; none of it is used"
                )
            repairs[f"{what}: row(s) stood twice, one of each is kept"] += 1
        by_stamp[at] = row
    if list(by_stamp) != sorted(by_stamp):
        repairs[f"{what}: answer(s) came out of order and were sorted"] += 1
    return dict(sorted(by_stamp.items())), repairs


def _check_named(what: str, found: str, asked: str) -> None:
    if found != asked:
        # A name that is none is not repeated: it could be made to look like something else.
        named = found if SYMBOL.fullmatch(found) else "no market's name"
        raise BadReply(f"{what}: asked for {asked}, but Binance sent a row of {named}; none of it is used")


def _name(query: Query) -> str:
    return query.path.rsplit("/", 1)[1]


def _when(ms: int) -> str:
    return f"{pd.Timestamp(ms, unit='ms', tz='UTC'):%Y-%m-%d %H:%M:%S} UTC"


def _float(cell: object) -> float:
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        return np.nan
    try:
        return float(cell)
    except ValueError:
        return np.nan


def _column(name: str, cells: list[object], repairs: Counter[str]) -> Floats:
    """Numbers out of texts; what cannot exist is missing, and counted."""
    field = FIELDS[name]
    values = np.array([_float(cell) for cell in cells], dtype=np.float64)
    known = np.isfinite(values) & (np.abs(values) <= (1.0 if field.unit == "fraction" else _MOST))
    if field.bound == "positive":
        known &= values > 0
    elif field.bound == "not negative":
        known &= values >= 0
    if not known.all():
        repairs[_ODD.format(name)] += int((~known).sum())
    return np.where(known, values, np.nan)


def _frame(columns: dict[str, Floats], stamps: list[int]) -> pd.DataFrame:
    index = pd.DatetimeIndex(pd.to_datetime(stamps, unit="ms", utc=True), name="time").as_unit("us")
    return pd.DataFrame(columns, index)


def read_klines(query: Query, rows: list[Any]) -> Reading:
    """Prices and volumes, with what takers bought and sold; a bar in progress is left out."""
    bars, repairs = _rows(query, rows, 0)
    names = {
        "open": 1,
        "high": 2,
        "low": 3,
        "close": 4,
        "volume": 5,
        "quote_volume": 7,
        "taker_buy_volume": 9,
    }
    columns = {name: _column(name, [row[i] for row in bars.values()], repairs) for name, i in names.items()}
    # The venue writes at most eight decimals; rounding to them undoes the dust of the subtraction.
    sold: list[object] = [*np.round(columns["volume"] - columns["taker_buy_volume"], 8).tolist()]
    columns["taker_sell_volume"] = _column("taker_sell_volume", sold, repairs)
    return Reading(_frame(columns, _ends(query, bars)), repairs)


def read_premium(query: Query, rows: list[Any]) -> Reading:
    """The premium index at the end of each bar; a bar in progress is left out."""
    bars, repairs = _rows(query, rows, 0)
    premium = _column("premium", [row[4] for row in bars.values()], repairs)
    return Reading(_frame({"premium": premium}, _ends(query, bars)), repairs)


def _ends(query: Query, bars: dict[int, Any]) -> list[int]:
    step = _STEPS[query.params["interval"]] // _MS
    return [at + step for at in bars]


def read_interest(query: Query, rows: list[Any]) -> Reading:
    """Open interest in coins (one side, as the venue counts it), in quote units, and the supply beside it.

    A supply of 0 is how the venue says that it knows none; it stays 0 here, so that it is not asked again.
    """
    points, repairs = _rows(query, rows, "timestamp")
    names = {"open_interest": "sumOpenInterest", "open_interest_value": "sumOpenInterestValue"}
    columns = {
        name: _column(name, [row.get(key) for row in points.values()], repairs) for name, key in names.items()
    }
    # The supply came into these rows in July 2025 only; where it lacks altogether nothing was repaired.
    given = [row.get("CMCCirculatingSupply") for row in points.values()]
    there = [i for i, cell in enumerate(given) if cell is not None]
    columns["circulating_supply"] = np.full(len(given), np.nan)
    supply = _column("circulating_supply", [given[i] for i in there], repairs)
    supply[[_float(given[i]) == 0 for i in there]] = 0.0
    columns["circulating_supply"][there] = supply
    return Reading(_frame(columns, list(points)), repairs)


def read_ratio(query: Query, rows: list[Any]) -> Reading:
    """One of the three crowds: long over short, as the path of the query says."""
    points, repairs = _rows(query, rows, "timestamp")
    name = RATIOS[_name(query)]
    ratio = _column(name, [row.get("longShortRatio") for row in points.values()], repairs)
    return Reading(_frame({name: ratio}, list(points)), repairs)


def read_funding(query: Query, rows: list[Any]) -> Reading:
    """Settlements, a row each, at the minute they are meant for; `lay_funding` books them in bars."""
    paid, repairs = _rows(query, rows, "fundingTime")
    # Counted when booked: of the day before, only the times are used.
    rate = _column("funding_rate", [row.get("fundingRate") for row in paid.values()], Counter())
    frame = _frame({"funding_rate": rate}, list(paid))
    return Reading(frame.set_axis(pd.DatetimeIndex(frame.index).round("1min")), repairs)


# ---------------------------------------------------------------- laying on bars


def _grid(step: pd.Timedelta, since: pd.Timestamp, until: pd.Timestamp) -> pd.DatetimeIndex:
    return pd.date_range(since + step, until, freq=step, name="time").as_unit("us")


def lay(read: pd.DataFrame, step: pd.Timedelta, since: pd.Timestamp, until: pd.Timestamp) -> Reading:
    """One row a bar; a bar the venue lacks is a row of NaN."""
    off = read.index.difference(_grid(step, since, until))
    if len(off):
        raise BadReply(
            f"Binance sent a row stamped {off[0]}, which ends no bar that was asked for; none of it is used"
        )
    return Reading(read.reindex(_grid(step, since, until)), Counter())


def lay_funding(paid: pd.DataFrame, step: pd.Timedelta, since: pd.Timestamp, until: pd.Timestamp) -> Reading:
    """Book each settlement, with the hours it pays for, in the bar that holds it.

    The exchange's rows do not say their interval, so it is the distance to the row before; the archive's
    do, and are believed. Where a settlement seems to be missing, the bars in which it is due are NaN
    rather than 0. One settlement told twice within a minute counts once.
    """
    minute = pd.Timedelta(minutes=1)
    end, size = (until - since) // minute, step // minute
    paid, twice = _once(paid)
    at = np.asarray((pd.DatetimeIndex(paid.index) - since) // minute, dtype=np.int64)
    stated = paid.get("funding_interval", pd.Series(np.nan, paid.index)).to_numpy(dtype=np.float64)
    possible = (stated > 0) & (stated <= _DAY / 60)
    hours, missing = _intervals(at, end, np.where(possible, stated, np.nan))
    frame = pd.DataFrame(0.0, _grid(step, since, until), ["funding_rate", "funding_interval"])
    bars, inside = -(-at // size) - 1, (at > 0) & (at <= end)
    for name, values in (("funding_rate", paid["funding_rate"].to_numpy()), ("funding_interval", hours)):
        flow = np.zeros(len(frame))
        np.add.at(flow, bars[inside], values[inside])
        frame[name] = flow
    repairs: Counter[str] = Counter()
    again = int(((twice > since) & (twice <= until)).sum())
    if again:
        repairs["fundingRate: row(s) stood twice, one of each is kept"] += again
    odd = int(paid["funding_rate"].isna().to_numpy()[inside].sum())
    if odd:
        repairs[_ODD.format("funding_rate")] += odd
    hidden = sorted({-(-point // size) - 1 for point in missing if 0 < point <= end})
    if hidden:
        frame.iloc[hidden] = np.nan
        repairs["funding: bar(s) seem to lack a settlement, so their funding is missing"] += len(hidden)
    return Reading(frame, repairs)


def _once(paid: pd.DataFrame) -> tuple[pd.DataFrame, pd.DatetimeIndex]:
    """Settlements once each, and the moments that stood again with the same figures."""
    times = pd.DatetimeIndex(paid.index)
    if times.is_unique:
        return paid, times[:0]
    same = paid.groupby(level=0)
    odd = (same.min() < same.max()).any(axis=1)
    if odd.any():
        raise BadReply(f"fundingRate: Binance gives two settlements for {odd.idxmax()}; none of it is used")
    return same.first(), times[times.duplicated()]


def _intervals(at: npt.NDArray[np.int64], end: int, stated: Floats) -> tuple[Floats, list[int]]:
    """Hours that each settlement pays for, and the moments at which one seems to be missing.

    Times are in minutes after the first bar began; what is known begins a day earlier. One is
    missing where two are further apart than is stated, or else than any interval or than what is usual
    on both sides, and where the next is due and not there. It is due at the shorter interval beside it.
    """
    if not len(at):
        return np.empty(0), _due(-_DAY, end + 60, 60)
    apart, told = np.diff(at), stated * 60
    known = np.isfinite(told[1:])
    usual = np.where(known, told[1:], apart)
    lacking = np.where(known, apart > usual, _longer_than_usual(usual))
    missing = []
    for i in np.flatnonzero(lacking):
        if known[i]:
            missing += list(range(int(at[i + 1] - told[i + 1]), int(at[i]), -int(told[i + 1])))
            continue
        missing += _due(at[i], at[i + 1], min(_beside(usual, lacking, int(i)), default=60))
    if at[0] > _LONGEST - _DAY:
        first = told[0] if np.isfinite(told[0]) else usual[0] if len(apart) and not lacking[0] else 60
        missing += _due(-_DAY, at[0] - first + 1, 60)
    last = told[-1] if np.isfinite(told[-1]) else usual[-1] if len(apart) and not lacking[-1] else _LONGEST
    missing += _due(at[-1], end + 1, last)
    measured = np.append(np.nan, np.where(lacking, np.nan, apart / 60))
    return np.where(np.isfinite(stated), stated, measured), missing


def _longer_than_usual(apart: Floats) -> npt.NDArray[np.bool_]:
    """Distances too long for an interval, or longer than those before and after them.

    A longer interval is believed once it has held twice and would else mean many settlements missing.
    """
    lacking = apart > _LONGEST
    while True:
        left = np.flatnonzero(~lacking)
        runs = np.split(left, np.flatnonzero(np.diff(apart[left])) + 1) if len(left) else []
        found = False
        for before, run, after in zip(runs, runs[1:], [*runs[2:], None], strict=False):
            length, shorter = apart[run[0]], apart[before[0]]
            if length <= shorter or (after is not None and length <= apart[after[0]]):
                continue
            shorter = shorter if after is None else min(shorter, apart[after[0]])
            if len(run) < 2 or len(run) * (length - shorter) < _CHANGED * shorter:
                lacking[run] = found = True
        if not found:
            return lacking


def _beside(apart: Floats, lacking: npt.NDArray[np.bool_], i: int) -> list[float]:
    """Distances nearest to one on either side that are intervals."""
    good = np.flatnonzero(~lacking)
    at = int(np.searchsorted(good, i))
    return [float(apart[good[j]]) for j in (at - 1, at) if 0 <= j < len(good)]


def _due(after: float, before: float, every: float) -> list[int]:
    return list(range(int(after + every), int(before), max(int(every), 1)))
