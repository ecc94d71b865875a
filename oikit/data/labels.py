"""Label convention of bulk files: whether a stamp is the moment of observation or 5 minutes earlier.

The venue's files of open interest changed their labels without notice: under an **end** label a row
stamped T was observed at T, under a **start** label at T + 5 min. Taking the second for the first leaks
the future. Sources disagree on the date of the change, so it is measured, file by file: open interest is
given in coins and in money, and money over coins is the price **at the moment of observation**.

The price decides. Where it cannot (too few rows, a price that hardly moved, a price that fits neither
moment) the label is that of the measured files around it, else what the first and last stamp suggest,
else what is reported for the date, and a remark says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.clock import length
from oikit.errors import InputError

Held = Literal["end", "start"]
How = Literal["price", "neighbours", "stamps", "date"]
Floats = npt.NDArray[np.float64]

SWITCH = pd.Timestamp("2026-06-25", tz="UTC")
"""From this day on files are reported to be stamped at the start."""
_FEWEST = 12  # pairs
_SURE = 3.0  # standard deviations of a fair coin by which the better instant must win the pairs
_CLEARER = 2.0  # times as near, in the median
_FITS = 0.002  # a price further off than this is not the price of these contracts
_NEAR = pd.Timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Measured:
    """Comparison of a file's implied price with the market price, under each of the two labels.

    Attributes
    ----------
    held : {"end", "start", None}
        None where the price cannot decide.
    error_end, error_start : float, fraction of the price
        Median distance of value / open interest from the price, under each reading.
    n : int
        Pairs compared.
    says : str
        Why the price cannot decide, or empty.
    """

    held: Held | None
    error_end: float
    error_start: float
    n: int
    says: str = ""

    def __str__(self) -> str:
        """One line."""
        errors = f"{self.error_end * 1e4:.2f} bp if end, {self.error_start * 1e4:.2f} bp if start"
        return f"{self.held or 'not told'}: {errors}, n = {self.n}" + (f"; {self.says}" if self.says else "")


@dataclass(frozen=True, slots=True)
class Label:
    """The label convention used for a file, and the evidence for it.

    Attributes
    ----------
    held : {"end", "start"}
    how : {"price", "neighbours", "stamps", "date"}
    measured : Measured
    """

    held: Held
    how: How
    measured: Measured

    @property
    def remark(self) -> str:
        """Return what decided the label instead of the price, and why; empty where the price did."""
        if self.how == "price":
            return ""
        words = {
            "neighbours": "as in the measured files around it",
            "stamps": "by its first and last stamp",
            "date": f"by what is reported of files before and from {SWITCH:%Y-%m-%d}",
        }
        return f"label '{self.held}' {words[self.how]}: {self.measured.says}"

    def record(self) -> dict[str, Any]:
        """Return the fields kept in provenance; an error is None where nothing was measured."""
        seen = self.measured
        errors = {"error_end": seen.error_end, "error_start": seen.error_start}
        return {
            "label": self.held,
            "how": self.how,
            **{name: None if np.isnan(error) else float(error) for name, error in errors.items()},
            "n": seen.n,
            "remark": self.remark,
        }


def measure(
    open_interest: pd.Series, open_interest_value: pd.Series, price: pd.Series, *, step: str = "5min"
) -> Measured:
    """Measure whether a file's stamps are the moment of observation or one step earlier.

    At each moment with a price, the row stamped then and the row stamped a step before are both compared
    with it, so prices of any bar length will do; hourly prices make 23 pairs a day.

    Examples
    --------
    >>> seen = pd.date_range("2026-06-01 00:05", periods=40, freq="5min", tz="UTC")
    >>> price = pd.Series([600.0 + i % 7 for i in range(40)], seen)
    >>> coins = pd.Series(1000.0, seen)
    >>> measure(coins, coins * price, price).held
    'end'
    >>> early = seen - pd.Timedelta("5min")
    >>> measure(coins.set_axis(early), (coins * price).set_axis(early), price).held
    'start'
    """
    if not open_interest.index.equals(open_interest_value.index):
        raise InputError("open interest and its value must stand in the same rows; pass columns of one table")
    implied = open_interest_value / open_interest.where(open_interest > 0)
    price = price[~price.index.duplicated()]
    known = np.log(price.where(price > 0).to_numpy())
    at = implied.reindex(price.index).to_numpy()
    before = implied.reindex(pd.DatetimeIndex(price.index) - length(step)).to_numpy()
    return judge(np.abs(np.log(at) - known), np.abs(np.log(before) - known))


def judge(gap_end: Floats, gap_start: Floats) -> Measured:
    """Decide between two readings of the same stamps."""
    both = np.isfinite(gap_end) & np.isfinite(gap_start)
    end, start = gap_end[both], gap_start[both]
    n = len(end)
    if n < _FEWEST:
        return Measured(None, np.nan, np.nan, n, f"only {n} instant(s) have a price to compare with")
    wins, losses = int(np.count_nonzero(end < start)), int(np.count_nonzero(end > start))
    errors = _median(end), _median(start)
    held: Held = "end" if errors[0] < errors[1] else "start"
    lead = wins - losses if held == "end" else losses - wins
    if min(errors) > _FITS:
        return Measured(None, *errors, n, f"the price is {min(errors):.2%} off at either instant")
    if max(errors) < _CLEARER * min(errors) or lead <= _SURE * np.sqrt(max(wins + losses, 1)):
        return Measured(None, *errors, n, "the price moved too little to tell")
    return Measured(held, *errors, n)


def _median(values: Floats) -> float:
    """The median, sorting in place: numpy's takes ten times as long on 287, and there are years of days."""
    values.sort()
    n = len(values)
    return float(values[(n - 1) // 2 : n // 2 + 1].mean())


def choose(
    measured: Sequence[Measured], stamps: Sequence[Held | None], days: Sequence[pd.Timestamp]
) -> list[Label]:
    """Settle the label of every file of a run, in order of their days."""
    labels = []
    any_held = any(seen.held for seen in measured)
    for number, (seen, stamp, day) in enumerate(zip(measured, stamps, days, strict=True)):
        around = _around(number, measured, stamps, days) if any_held and not seen.held else None
        if seen.held:
            labels.append(Label(seen.held, "price", seen))
        elif around:
            labels.append(Label(around, "neighbours", seen))
        elif stamp:
            labels.append(Label(stamp, "stamps", seen))
        else:
            labels.append(Label("end" if day < SWITCH else "start", "date", seen))
    return labels


def _around(
    number: int, measured: Sequence[Measured], stamps: Sequence[Held | None], days: Sequence[pd.Timestamp]
) -> Held | None:
    """Return the label of the nearest measured files with the same stamps, if both sides agree."""
    found = set()
    for others in (range(number - 1, -1, -1), range(number + 1, len(days))):
        for other in others:
            if abs(days[other] - days[number]) > _NEAR:
                break
            if measured[other].held and stamps[other] == stamps[number]:
                found.add(measured[other].held)
                break
    return found.pop() if len(found) == 1 else None


def spans(labels: Sequence[tuple[pd.Timestamp, Label]]) -> list[dict[str, Any]]:
    """Sum up the labels of many files: one entry for each run of days read alike."""
    out: list[dict[str, Any]] = []
    for day, label in labels:
        if not out or out[-1]["label"] != label.held:
            out.append({"label": label.held, "since": f"{day:%Y-%m-%d}", "files": 0, "told_by": {}})
        told = out[-1]["told_by"]
        told[label.how] = told.get(label.how, 0) + 1
        out[-1].update(until=f"{day:%Y-%m-%d}", files=out[-1]["files"] + 1)
    return out
