"""The known defects of bulk files: detection, cure and frequency.

``DEFECTS`` is the catalogue. A defect of rows is detected by a function over `Rows` and cured in one of
six ways; a defect of a whole file is detected where files are opened (`oikit.data.bulk`) or parsed
(`oikit.data.venues.archive`): the file is refused, or a gap remains.

==============  ================================================================================
cure            what happens
==============  ================================================================================
left out        the row is not used
moved           its stamp goes back to the bar it belongs to
sorted          the rows of the file are put in order
missing         the cell becomes NaN
one kept        of identical rows, one stays
gap             nothing can be repaired; it is counted, and stays a gap
refused         nothing of the file is used
==============  ================================================================================

Every repair is counted and reported, and no value is returned that was not in a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.frame import FIELDS

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Cure = Literal["left out", "moved", "sorted", "missing", "one kept", "gap", "refused"]

UNREADABLE = np.iinfo(np.int64).min
"""The stamp of a row that has none."""
_DAY = 86_400_000  # ms
_LATE = 60_000  # ms; seen are 1 to 3 s, and no bar is shorter than a minute
_STUB = 0.01  # of the open interest before; the worst cascade on record left half of it
_DEAREST = 1e7  # quote units; no coin costs as much
_BELIEVED = 12  # rows; what has been so low for an hour is how the market is
_MOST = 1e18  # no price, volume or count is anywhere near


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows as they stood in files, in the order in which they stood.

    Attributes
    ----------
    columns : tuple of str
        Names of the cells: fields of a frame.
    label : array of int, shape (n,)
        The stamp in the file, ms since 1970 in UTC; ``UNREADABLE`` where there is none.
    file : array of int, shape (n,)
        Which file the row stood in, counted from 0; never falling.
    cells : array of float, shape (n, m)
        NaN where blank or no number.
    start, end : array of int, shape (k,)
        The span that each file's name gives, in ms.
    step : int
        Length of a bar in ms; 0 where stamps keep to no grid.
    closed : bool
        Whether the stamp `end` can be a file's own.
    """

    columns: tuple[str, ...]
    label: Ints
    file: Ints
    cells: Floats
    start: Ints
    end: Ints
    step: int
    closed: bool = False

    def keep(self, which: Mask | Ints) -> Rows:
        """Return only these rows."""
        return replace(self, label=self.label[which], file=self.file[which], cells=self.cells[which])


@dataclass(frozen=True, slots=True)
class Defect:
    """One known defect.

    Attributes
    ----------
    name : str
    says : str
        What a count of it reads like, after the number and the place.
    cure : str
        As the table above.
    seen : str
        Where it has been seen.
    find : callable, optional
        `Rows` to a mask of rows, or of cells; None for a defect of a whole file.
    """

    name: str
    says: str
    cure: Cure
    seen: str
    find: Callable[[Rows], Mask] | None = None


# ---------------------------------------------------------------- detectors


def _unreadable(rows: Rows) -> Mask:
    return rows.label == UNREADABLE


def _late(rows: Rows) -> Mask:
    beyond = rows.label % rows.step if rows.step else np.zeros_like(rows.label)
    return (beyond > 0) & (beyond <= _LATE)


def _between(rows: Rows) -> Mask:
    return rows.label % rows.step != 0 if rows.step else np.zeros(len(rows.label), dtype=bool)


def _of_another_day(rows: Rows) -> Mask:
    start, end = rows.start[rows.file], rows.end[rows.file]
    return (rows.label < start) | ((rows.label > end) if rows.closed else (rows.label >= end))


def _unordered(rows: Rows) -> Mask:
    return _with_previous(rows, rows.label[1:] < rows.label[:-1])


def _with_previous(rows: Rows, holds: Mask) -> Mask:
    """Rows for which it holds with the row before, in the same file."""
    return np.concatenate([[False], holds & (rows.file[1:] == rows.file[:-1])])[: len(rows.label)]


def _wholly_blank(rows: Rows) -> Mask:
    if not np.isnan(rows.cells.sum()):  # a sum is quick, and any blank would show in it
        return np.zeros(len(rows.label), dtype=bool)
    return np.asarray(np.isnan(rows.cells).all(axis=1))


def _blank(rows: Rows) -> Mask:
    if not np.isnan(rows.cells.sum()):
        return np.zeros(rows.cells.shape, dtype=bool)
    return np.isnan(rows.cells) & ~_wholly_blank(rows)[:, None]


def _zero(rows: Rows) -> Mask:
    positive = np.array([FIELDS[name].bound == "positive" for name in rows.columns])
    return (rows.cells == 0) & positive


def _impossible(rows: Rows) -> Mask:
    wrong = np.zeros(rows.cells.shape, dtype=bool)
    for i, name in enumerate(rows.columns):
        field, values = FIELDS[name], rows.cells[:, i]
        wrong[:, i] = np.abs(values) > (1.0 if field.unit == "fraction" else _MOST)
        if field.bound != "any":
            wrong[:, i] |= values < 0
    return wrong


def _stub(rows: Rows) -> Mask:
    """Open interest that fell to almost nothing at once, in coins and in money: rows before decide, alone."""
    wrong = np.zeros(rows.cells.shape, dtype=bool)
    if "open_interest" not in rows.columns:
        return wrong
    i = rows.columns.index("open_interest")
    known = np.flatnonzero(~np.isnan(rows.cells[:, i]))
    coins, at = rows.cells[known, i], rows.label[known]
    money = rows.cells[known, rows.columns.index("open_interest_value")]
    for start in np.flatnonzero(coins[1:] < _STUB * coins[:-1]) + 1:
        if wrong[known[start], i]:
            continue
        last = start - 1  # the figure that was believed last
        low = slice(start, start + _BELIEVED)
        fallen = (coins[low] < _STUB * coins[last]) & (at[low] - at[last] <= _DAY)
        # Where money stands and coins fell, the coin was renamed, unless none could be so dear.
        fallen &= ~(money[low] >= _STUB * money[last]) | (money[low] > _DEAREST * coins[low])
        wrong[known[low][np.logical_and.accumulate(fallen)], i] = True
    return wrong


def _repeats(rows: Rows) -> Mask:
    return _with_previous(rows, rows.label[1:] == rows.label[:-1])


def _at_odds(rows: Rows) -> Mask:
    again = _repeats(rows)
    odd = np.zeros(len(again), dtype=bool)
    if again.any():
        members, first = _groups(again)
        low, high = (pick.reduceat(rows.cells[members], first, axis=0) for pick in (np.fmin, np.fmax))
        odd[members] = np.repeat((low < high).any(axis=1), np.diff(first, append=len(members)))
    return odd


def _groups(again: Mask) -> tuple[Ints, Ints]:
    """Rows that stand more than once, and where among these each group begins."""
    members = np.flatnonzero(again | np.append(again[1:], False))
    return members, np.flatnonzero(~again[members])


# ---------------------------------------------------------------- the catalogue

DEFECTS: dict[str, Defect] = {
    defect.name: defect
    for defect in (
        Defect(
            "unreadable-stamp",
            "row(s) without a clock time, left out",
            "left out",
            "January 2023, one row a day with a date only, as first published",
            _unreadable,
        ),
        Defect(
            "late-stamp",
            "stamp(s) some seconds late, moved back",
            "moved",
            "BNBUSDT and others 2024-04-01 to 04-03",
            _late,
        ),
        Defect("off-grid-stamp", "row(s) stamped between two bars, left out", "left out", "-", _between),
        Defect(
            "other-day-row",
            "row(s) of another day, left to that day's file",
            "left out",
            "BNBUSDT 2024-04-03, with another open interest than the next day's own file",
            _of_another_day,
        ),
        Defect(
            "unsorted",
            "row(s) out of order, sorted",
            "sorted",
            "1,044 of 17,766 files of ten coins, from 2024-04-04 on",
            _unordered,
        ),
        Defect("blank-row", "row(s) wholly blank, a gap", "gap", "2026-01-01", _wholly_blank),
        Defect(
            "blank-cell",
            "cell(s) blank or no number, missing",
            "missing",
            "2022: 87% of the top traders' two columns, 35% of the taker ratio",
            _blank,
        ),
        Defect(
            "zero-cell",
            "cell(s) zero where nothing can be zero, now missing",
            "missing",
            "2022-03-07 and 08; the value alone from 2023-04-10 08:25",
            _zero,
        ),
        Defect("out-of-range", "cell(s) out of range, now missing", "missing", "-", _impossible),
        Defect(
            "stub-interest",
            "cell(s) at once under a hundredth of the row before, now missing",
            "missing",
            "ten rows of one coin or less, BTCUSDT",
            _stub,
        ),
        Defect("conflict", "gives two different figures for one moment", "refused", "-", _at_odds),
        Defect(
            "doubled",
            "row(s) stood twice, one of each is kept",
            "one kept",
            "263 BTCUSDT files 2020-09-01 to 2021-05-21",
            _repeats,
        ),
        Defect(
            "midnight-twice",
            "row(s) at midnight also stood in the next file, the owner's is kept",
            "left out",
            "around a change of labels",
        ),
        Defect(
            "short-file",
            "bar(s) that files lack, gaps",
            "gap",
            "2024-02-16 ends 13:30; 105 files of ten coins",
        ),
        Defect("missing-file", "file(s) the archive lacks, gaps", "gap", "2022-02-23, many markets"),
        Defect("no-checksum", "file(s) without a checksum, taken on the zip's own word", "gap", "-"),
        Defect("checksum-mismatch", "does not match its checksum", "refused", "2026-07-09, two markets"),
        Defect("broken-zip", "is no whole zip", "refused", "-"),
        Defect("strange-member", "holds something other than its one table", "refused", "-"),
        Defect("too-large", "is larger than any such file can be", "refused", "-"),
        Defect("too-many-rows", "has more rows than any such file can have", "refused", "-"),
        Defect("strange-header", "has other columns than we know", "refused", "-"),
        Defect(
            "strange-times", "has no row with a time of its day or month that can be read", "refused", "-"
        ),
        Defect("strange-row", "holds a line that is no row of it", "refused", "-"),
        Defect("other-market", "holds a row of another market", "refused", "-"),
        Defect("other-bars", "holds bars of another length", "refused", "-"),
        Defect(
            "revised",
            "file(s) replaced since they were stored, the newer is kept",
            "one kept",
            "2023-09-18, hours 13 to 24 came later",
        ),
    )
}
"""Every known defect, by name; those of rows in the order in which they are looked for."""


def count_as(name: str, what: str) -> str:
    """Return the words under which a defect is counted: the place, then what was done."""
    return f"{what}: {DEFECTS[name].says}"


# ---------------------------------------------------------------- cures


def repair(rows: Rows, what: str) -> tuple[Rows, Counter[str], dict[int, str]]:
    """Find every defect of rows in its turn, cure it and count it."""
    repairs: Counter[str] = Counter()
    refused: dict[int, str] = {}
    for defect in DEFECTS.values():
        mask = defect.find(rows) if defect.find else np.zeros(0, dtype=bool)
        if not mask.any():
            continue
        if defect.cure == "refused":
            for number in np.unique(rows.file[mask]):
                at = rows.label[mask & (rows.file == number)][0]
                refused[int(number)] = f"{defect.says}, {pd.Timestamp(at, unit='ms'):%Y-%m-%d %H:%M} UTC"
            rows = rows.keep(~np.isin(rows.file, list(refused)))
            continue
        repairs.update(_counts(defect, mask, rows, what))
        rows = _CURES[defect.cure](rows, mask)
    return rows, repairs, refused


def _counts(defect: Defect, mask: Mask, rows: Rows, what: str) -> Iterable[Any]:
    if mask.ndim == 1:
        return {f"{what}: {defect.says}": int(mask.sum())}
    each = zip(rows.columns, mask.sum(axis=0), strict=True)
    return {f"{name}: {defect.says}": int(count) for name, count in each if count}


def _moved(rows: Rows, mask: Mask) -> Rows:
    return replace(rows, label=np.where(mask, rows.label - rows.label % rows.step, rows.label))


def _sorted(rows: Rows, mask: Mask) -> Rows:
    within = np.flatnonzero(np.isin(rows.file, rows.file[mask]))
    order = np.arange(len(rows.file))
    order[within] = within[np.lexsort((rows.label[within], rows.file[within]))]
    return rows.keep(order)


def _missing(rows: Rows, mask: Mask) -> Rows:
    return replace(rows, cells=np.where(mask, np.nan, rows.cells))


def _one_kept(rows: Rows, mask: Mask) -> Rows:
    members, first = _groups(mask)
    cells = rows.cells.copy()
    # They agree wherever both are known, so the smaller of two is the one that is known.
    cells[members[first]] = np.fmin.reduceat(rows.cells[members], first, axis=0)
    return replace(rows, cells=cells).keep(~mask)


_CURES: dict[str, Callable[[Rows, Mask], Rows]] = {
    "left out": lambda rows, mask: rows.keep(~mask),
    "moved": _moved,
    "sorted": _sorted,
    "missing": _missing,
    "one kept": _one_kept,
    "gap": lambda rows, mask: rows,
}
