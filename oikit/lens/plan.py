"""The plan of a computation, checked against the frame, for a history and for a stream alike."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from oikit.clock import MONDAY, bar_length, words
from oikit.errors import FrameError, InputError
from oikit.frame import resample, validate
from oikit.lens.catalogue import CLOCKS, FEATURES, Row, variables
from oikit.lens.graph import needs
from oikit.lens.operators import Floats
from oikit.lens.scale import MINUTES, SCALES


@dataclass(frozen=True, slots=True)
class Plan:
    """The variables to compute on each clock, and the columns they read.

    Attributes
    ----------
    step : Timedelta
        Bar length of the frame.
    rows : dict of str to list of Row
        Rows by clock.
    fields : list of str
        Columns of the frame, without the time.
    """

    step: pd.Timedelta
    rows: dict[str, list[Row]]
    fields: list[str]

    @property
    def names(self) -> list[str]:
        """Names of the columns, clock by clock."""
        return [f"{row.name}@{clock}" for clock, rows in self.rows.items() for row in rows]


def plan(frame: pd.DataFrame, clocks: Sequence[str], only: Iterable[str] | None) -> Plan:
    """Check everything that can be checked before anything is computed."""
    rows = rows_of(clocks)
    if only is not None:
        names = _known(only)
        rows = {clock: [row for row in of if row.name in names] for clock, of in rows.items()}
        silent = sorted(names - {row.name for of in rows.values() for row in of})
        if silent:
            raise InputError(
                f"{', '.join(silent)} says nothing on {', '.join(clocks)}; ask it on another clock"
            )
    validate(frame)
    if len(frame) < 2:
        raise FrameError([f"it has {len(frame)} row(s); at least two are needed, to know how long a bar is"])
    step = bar_length(frame.index)
    fits = [clock for clock, scale in SCALES.items() if not pd.Timedelta(minutes=scale.minutes) % step]
    if not set(clocks) <= set(fits):
        raise InputError(
            f"clocks={tuple(clocks)}: the bars of this frame are {words(step)} long, "
            + (f"so ask clocks={tuple(fits)}" if fits else f"and fit none of {', '.join(SCALES)}")
        )
    fields = [name for name in needs(row.node for of in rows.values() for row in of) if name != MINUTES]
    _nothing_missing(frame, fields, rows)
    return Plan(step, rows, fields)


def rows_of(clocks: Sequence[str]) -> dict[str, list[Row]]:
    """Every variable of each clock."""
    if isinstance(clocks, str) or not clocks:
        raise InputError(f"clocks={clocks!r}: give a sequence of clocks, like clocks={CLOCKS[1:]}")
    for clock in clocks:
        if clock not in SCALES:
            raise InputError(f"clock {clock!r} is unknown; the lens has {', '.join(SCALES)}")
    return {clock: list(variables(SCALES[clock]).values()) for clock in clocks}


def _known(only: Iterable[str]) -> set[str]:
    names = {only} if isinstance(only, str) else set(only)
    for name in sorted(names - set(FEATURES)):
        close = difflib.get_close_matches(name, FEATURES, 1, 0.6)
        hint = f"did you mean {close[0]!r}?" if close else "FEATURES lists them"
        raise InputError(f"only={name!r} is no variable of the lens; {hint}")
    if isinstance(only, str) or not names:
        raise InputError(f"only={only!r}: give a list of variables, like only=['velocity', 'premium']")
    return names


def _nothing_missing(frame: pd.DataFrame, fields: list[str], rows: dict[str, list[Row]]) -> None:
    problems = []
    for field in fields:
        if field not in frame.columns:
            readers = list(
                dict.fromkeys(row.name for of in rows.values() for row in of if field in needs([row.node]))
            )
            some = ", ".join(readers[:3]) + (f" and {len(readers) - 3} more" if len(readers) > 3 else "")
            problems.append(f"column {field!r} is missing; {some} read it")
    if problems:
        raise FrameError([*problems, "for the variables that need none of these, use only=available(frame)"])


def columns_of(frame: pd.DataFrame, clock: str) -> tuple[pd.DatetimeIndex, dict[str, Floats]]:
    """Bars of a clock that have ended, as columns, with the time as one of them."""
    slow = resample(frame, clock)
    index = pd.DatetimeIndex(slow.index)
    columns = {str(name): slow[name].to_numpy() for name in slow.columns}
    columns[MINUTES] = ((index - MONDAY) / pd.Timedelta(minutes=1)).to_numpy(dtype=float)
    return index, columns
