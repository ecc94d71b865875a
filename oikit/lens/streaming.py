"""The variables of the lens, bar by bar: a new row updates them all and reads no history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from oikit.clock import MONDAY, length, words
from oikit.errors import FrameError, InputError
from oikit.frame import FIELDS, OVER_TIME, validate
from oikit.lens.catalogue import CLOCKS
from oikit.lens.graph import Following
from oikit.lens.operators import Floats
from oikit.lens.plan import Plan, columns_of, plan
from oikit.lens.scale import MINUTES

_MINUTE = pd.Timedelta(minutes=1)

# The highest number that is too low; there is none between 0 and the smallest float below it.
_BELOW = {"positive": 0.0, "not negative": np.nextafter(0.0, -1.0), "any": -np.inf}


class Stream:
    """All variables of the newest bar, updated bar by bar.

    Attributes
    ----------
    time : Timestamp
        End of the newest bar.
    values : Series
        The values at that time, by column: the last row of ``features`` of all rows so far, to 1e-9.

    Notes
    -----
    It keeps only the last window of each operator, so a bar costs the same after a day and after years.

    Examples
    --------
    >>> times = pd.date_range("2026-03-02 01:00", periods=26, freq="h", tz="UTC", name="time")
    >>> hourly = pd.DataFrame({"open_interest": [100.0] * 25 + [110.0]}, times)
    >>> stream = Stream(hourly.iloc[:25], clocks=["1h"], only=["velocity"])
    >>> stream.values.to_dict(), stream.update(hourly.iloc[25]).round(4).to_dict()
    ({'velocity@1h': 0.0}, {'velocity@1h': 0.0953})
    """

    def __init__(
        self, history: pd.DataFrame, *, clocks: Sequence[str] = CLOCKS, only: Iterable[str] | None = None
    ) -> None:
        asked = plan(history, clocks, only)
        history = history[asked.fields]
        self.time = pd.Timestamp(history.index[-1])
        self._step, self._fields = asked.step, pd.Index(asked.fields)
        self._below = np.array([_BELOW[FIELDS[name].bound] for name in asked.fields])
        self._hands = [_Hand(history, clock, asked) for clock in asked.rows]
        self._names = pd.Index(asked.names)

    @property
    def values(self) -> pd.Series:
        """Return the values of all variables at `time`."""
        said = [value for hand in self._hands for value in hand.running.values]
        return pd.Series(said, self._names, name=self.time)

    def update(self, bar: pd.Series) -> pd.Series:
        """Take the next bar, and return the value of every variable."""
        time = self.time + self._step
        if not isinstance(bar, pd.Series):
            raise InputError(
                f"a bar is a row of a frame, like frame.iloc[-1]; this is a {type(bar).__name__}"
            )
        if bar.name != time:
            raise InputError(
                f"this bar ends at {bar.name}; the next one ends at {time} (bars of {words(self._step)}). "
                "Hand in one that nobody recorded as a row of NaN"
            )
        missing = [name for name in self._fields if name not in bar.index]
        if missing:
            raise FrameError([f"the bar of {time} lacks {', '.join(missing)}"])
        try:
            row = bar.reindex(self._fields).to_numpy(dtype=float)
        except (TypeError, ValueError) as error:
            raise FrameError([f"the bar of {time} holds something that is no number: {error}"]) from error
        if (np.isinf(row) | (row <= self._below)).any():
            validate(pd.DataFrame(row[None], pd.DatetimeIndex([time], name="time"), self._fields))
        for hand in self._hands:
            hand.move(time, row)
        self.time = time
        return self.values


class _Hand:
    """One clock: the bars of its running slow bar, and the formulas that follow the ended ones."""

    def __init__(self, history: pd.DataFrame, clock: str, asked: Plan) -> None:
        self._step, self._fields = asked.step, asked.fields
        self._bars = length(clock) // asked.step
        self._cells = np.full((self._bars, len(asked.fields)), np.nan)
        running = self._place(history.index[-1]) + 1
        begun = history.to_numpy()[-running:]
        self._cells[running - len(begun) : running] = begun
        self.running = Following([row.node for row in asked.rows[clock]], columns_of(history, clock)[1])

    def _place(self, time: pd.Timestamp) -> int:
        """Return the position, in the running slow bar, of the bar that ends at this time."""
        return ((time - MONDAY) // self._step - 1) % self._bars

    def move(self, time: pd.Timestamp, row: Floats) -> None:
        """Take a bar; if it is the last of a slow one, that one has ended and the formulas go on."""
        place = self._place(time)
        self._cells[place] = row
        if place + 1 < self._bars:
            return
        self.running.step({MINUTES: (time - MONDAY) / _MINUTE, **self._ended()})

    def _ended(self) -> dict[str, float]:
        # The rules of `resample` without its checks, which take longer than all variables together:
        # each row has been checked when it came in.
        return {
            name: OVER_TIME[FIELDS[name].over_time](self._cells[None, :, i])[0]
            for i, name in enumerate(self._fields)
        }
