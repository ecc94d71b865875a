"""Maintenance-margin tiers: how much a position of this size must hold, and how far it may be levered.

A table of tiers is a plain DataFrame, one row per tier, smallest first:

========================  ==============  =========================================================
column                    unit            is
========================  ==============  =========================================================
notional_floor            quote           where the tier begins; the first begins at 0
notional_cap              quote           where it ends and the next begins
maintenance_margin_rate   fraction        charged on the whole notional, less the deduction
max_leverage              ×               the most a position of this size may be opened with
deduction                 quote           computed by `check_tiers`; what keeps the margin continuous
========================  ==============  =========================================================

Exchanges change their tiers, so the tables are data with a date (`tiers`), and a table of your own
is as good as ours. Where all sizes share one rate, a plain number does: ``tiers=0.005``.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.clock import utc
from oikit.errors import InputError
from oikit.margin.checks import Numbers, as_number, checked

__all__ = ["Ladder", "check_tiers", "ladder", "maintenance_margin", "max_leverage", "tiers"]

_COLUMNS = ["notional_floor", "notional_cap", "maintenance_margin_rate", "max_leverage"]


@dataclass(frozen=True, slots=True)
class Ladder:
    """The columns of a checked table, as arrays: what the formulas compute with."""

    floors: npt.NDArray[np.float64]
    caps: npt.NDArray[np.float64]
    rates: npt.NDArray[np.float64]
    leverages: npt.NDArray[np.float64]
    deductions: npt.NDArray[np.float64]


def tiers(symbol: str, *, on: str | pd.Timestamp | None = None) -> pd.DataFrame:
    """Return the margin tiers of a contract as of a day.

    Parameters
    ----------
    symbol : str
        ``"BNBUSDT"``, ``"BTCUSDT"`` or ``"ETHUSDT"``.
    on : str or Timestamp, optional
        Selects the newest table that is not younger than this day; the newest of all if left out.
        Changes can be missing here: compare with the exchange before you rely on it.

    Returns
    -------
    DataFrame, shape (k, 7), indexed by tier from 1
        The columns above, ``date`` and ``source``.

    Raises
    ------
    InputError
        If there is no table for this symbol, or none that old.

    Examples
    --------
    >>> tiers("BNBUSDT", on="2025-01-01")[["notional_cap", "maintenance_margin_rate", "max_leverage"]].head(2)
          notional_cap  maintenance_margin_rate  max_leverage
    tier
    1          10000.0                    0.005          75.0
    2          50000.0                    0.006          50.0
    """
    stored = {
        file.name.removesuffix(".csv"): file
        for file in (resources.files("oikit") / "tiers").iterdir()
        if file.name.endswith(".csv")
    }
    if symbol not in stored:
        raise InputError(
            f"there are no tiers of {symbol!r} here; there are {', '.join(sorted(stored))}. "
            "Any table with the same columns will do instead"
        )
    with stored[symbol].open(encoding="utf-8") as file:
        table = pd.read_csv(file, dtype=dict.fromkeys(_COLUMNS, "float64") | {"date": str})
    dates = sorted(table["date"].unique())
    known = dates if on is None else [date for date in dates if pd.Timestamp(date, tz="UTC") <= utc(on, "on")]
    if not known:
        raise InputError(f"the tiers of {symbol} on {on} are not known; the oldest table is of {dates[0]}")
    chosen = table[table["date"] == known[-1]].reset_index(drop=True)
    return check_tiers(chosen.set_axis(pd.RangeIndex(1, len(chosen) + 1, name="tier")))


def check_tiers(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with its deductions, or say everything that is wrong with it.

    Parameters
    ----------
    table : DataFrame, shape (k, m)
        The four columns above. A ``deduction`` column is compared with the one computed here.

    Returns
    -------
    DataFrame, shape (k, m or m + 1)
        A new table; the one given is left as it is.

    Raises
    ------
    InputError
        With one line for each problem.

    Notes
    -----
    ``deduction_k = deduction_(k-1) + floor_k * (rate_k - rate_(k-1))``: with it the margin does not
    jump where a tier begins.

    Examples
    --------
    >>> own = pd.DataFrame({"notional_floor": [0, 100], "notional_cap": [100, 1000],
    ...                     "maintenance_margin_rate": [0.01, 0.02], "max_leverage": [50, 20]})
    >>> check_tiers(own)["deduction"].tolist()
    [0.0, 1.0]
    """
    if not isinstance(table, pd.DataFrame):
        raise InputError(
            f"tiers={table!r} is neither a table of tiers nor one rate for all sizes, like 0.005"
        )
    missing = [name for name in _COLUMNS if name not in table.columns]
    if missing or table.empty:
        raise InputError(
            f"a table of tiers needs the columns {', '.join(_COLUMNS)} and at least one row; "
            f"this one has {', '.join(map(str, table.columns)) or 'no columns'} and {len(table)} row(s)"
        )
    try:
        columns = table[_COLUMNS].to_numpy(dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InputError(f"a table of tiers must hold numbers: {error}") from error
    floors, caps, rates, leverages = columns.T
    problems = _problems(floors, caps, rates, leverages)
    if not problems:
        deductions = np.cumsum(floors * np.diff(rates, prepend=rates[0]))
        if "deduction" in table.columns and not np.allclose(table["deduction"], deductions, rtol=1e-9):
            problems = [f"the deductions are not those of these tiers, which are {deductions.tolist()}"]
    if problems:
        lines = "\n".join(f"  - {problem}" for problem in problems)
        raise InputError(f"this is no table of tiers yet:\n{lines}")
    return table.assign(**dict(zip(_COLUMNS, columns.T, strict=True)), deduction=deductions)


def _problems(floors: Any, caps: Any, rates: Any, leverages: Any) -> list[str]:
    if np.isnan([floors, caps, rates, leverages]).any():
        return ["it holds an empty cell"]
    problems = []
    if floors[0] != 0:
        problems.append(f"the first tier begins at {floors[0]:g}; it must begin at 0")
    if (caps <= floors).any():
        problems.append(f"tier {1 + int(np.argmax(caps <= floors))} ends before it begins")
    seams = floors[1:] != caps[:-1]
    if seams.any():
        at = int(np.argmax(seams))
        problems.append(
            f"tier {at + 1} ends at {caps[at]:g} and tier {at + 2} begins at {floors[at + 1]:g}; "
            "tiers must be in order, without a gap and without an overlap"
        )
    if (rates <= 0).any() or (rates >= 1).any():
        problems.append("a maintenance margin rate is a fraction between 0 and 1 (0.005 is 0.5%)")
    elif (np.diff(rates) <= 0).any():
        problems.append("the maintenance margin rates must rise from tier to tier")
    if (leverages <= 0).any() or (np.diff(leverages) > 0).any():
        problems.append("the largest leverages must be above 0 and must not rise from tier to tier")
    elif (leverages * rates > 1).any():
        at = int(np.argmax(leverages * rates > 1))
        problems.append(
            f"tier {at + 1} allows {leverages[at]:g}x but asks to hold {rates[at]:g} of the notional: "
            "such a position would be liquidated at once"
        )
    return problems


def ladder(tiers: Any) -> Ladder:
    """The arrays of a table of tiers, or of one rate for all sizes (`deduction` 0, any leverage).

    Raises
    ------
    InputError
        If it is neither.
    """
    if isinstance(tiers, pd.DataFrame):
        table = check_tiers(tiers)
        return Ladder(*(table[name].to_numpy(dtype=np.float64) for name in [*_COLUMNS, "deduction"]))
    if isinstance(tiers, int | float) and not isinstance(tiers, bool):
        rate = checked(tiers, "tiers", "share")
        return Ladder(*(np.array([value]) for value in (0.0, np.inf, rate, np.inf, 0.0)))
    check_tiers(tiers)
    raise AssertionError  # pragma: no cover


def maintenance_margin(notional: Numbers, *, tiers: Any) -> Numbers:
    """Return the maintenance margin of a position of this notional.

    Parameters
    ----------
    notional : float, array or Series, quote
        Size times **mark** price, without a sign.
    tiers : DataFrame or float
        A table of tiers, or one rate for all sizes.

    Returns
    -------
    float, array or Series, quote
        Continuous in the notional. A position that has grown beyond the last tier keeps the last rate.
        NaN stays NaN.

    Notes
    -----
    ``notional * rate_k - deduction_k``, with k the tier of the notional. As the rates rise and the tiers
    join without a gap, this is the largest of the k candidates.

    Examples
    --------
    >>> maintenance_margin(20_000, tiers=tiers("BNBUSDT", on="2025-01-01"))
    110.0
    """
    size: Any = checked(notional, "notional", "not negative")
    steps = ladder(tiers)
    margin: Any = size * steps.rates[0]
    for rate, deduction in zip(steps.rates[1:], steps.deductions[1:], strict=True):
        margin = np.maximum(margin, size * rate - deduction)
    return as_number(margin)


def max_leverage(notional: Numbers, *, tiers: Any) -> Numbers:
    """Return the highest leverage at which a position of this notional can be opened.

    Parameters
    ----------
    notional : float, array or Series, quote
        A notional on the boundary of two tiers belongs to the smaller one. NaN stays NaN.
    tiers : DataFrame or float
        A table of tiers, or one rate for all sizes (which sets no limit: infinity).

    Returns
    -------
    float, array or Series, ×

    Raises
    ------
    InputError
        If the notional is larger than the last tier allows.

    Examples
    --------
    >>> max_leverage(10_000_000, tiers=tiers("BNBUSDT", on="2025-01-01"))
    10.0
    """
    size: Any = checked(notional, "notional", "not negative")
    steps = ladder(tiers)
    values = np.asarray(size, dtype=np.float64)
    if (values > steps.caps[-1]).any():
        raise InputError(
            f"a notional of {np.nanmax(values):,.0f} is larger than the last tier of this table, "
            f"which ends at {steps.caps[-1]:,.0f}; no such position can be opened"
        )
    found = steps.leverages[np.minimum(np.searchsorted(steps.caps, values), len(steps.caps) - 1)]
    allowed: Any = np.where(np.isnan(values), np.nan, found)
    if isinstance(size, pd.Series):
        allowed = pd.Series(allowed, size.index)
    return as_number(allowed)
