"""The variables of the lens: what is known at each bar, on three clocks, from one frame.

`FEATURES` is the list, `feature_table` shows it with formulas and windows, `features` computes it,
and `Stream` (in `oikit.lens.streaming`) goes on bar by bar. A column is called ``velocity@1h``: the
variable, at the clock.

Known at its time, by construction: a formula can only look back (`oikit.lens.operators`), and the value
of a slow clock is used from the end of its bar until the next one ends. NaN means unknown: before a
window is full (the longest reach is 81 days, on the daily clock), where it contains an unrecorded bar,
and where a formula divides by zero, like the score of a constant column. A market shorter than a window,
and a column of NaN, give columns of NaN: see ``features(...).count()``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from oikit.clock import words
from oikit.lens.catalogue import CLOCKS, FEATURES
from oikit.lens.graph import over_history, reach, spans
from oikit.lens.plan import columns_of, plan, rows_of
from oikit.lens.scale import SCALES
from oikit.lens.streaming import Stream

__all__ = ["CLOCKS", "FEATURES", "Stream", "available"]


def available(frame: pd.DataFrame) -> list[str]:
    """Return the variables for which this frame has the columns.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)

    Returns
    -------
    list of str
        For ``features(frame, only=...)``. Columns of NaN count as present.

    Examples
    --------
    >>> available(pd.DataFrame({"premium": [0.0001]}))[-2:]
    ['premium_volatility', 'premium_positive_share']
    """
    return [name for name, feature in FEATURES.items() if set(feature.needs) <= set(frame.columns)]


def feature_table(clocks: Sequence[str] = CLOCKS) -> pd.DataFrame:
    """Describe each variable: formula, unit, window and family.

    Examples
    --------
    >>> feature_table().loc["velocity@1h", ["formula", "window"]].tolist()
    ['log change of open interest, in coins, over 1d', '1d']
    """
    lines = {}
    for clock, rows in rows_of(clocks).items():
        scale = SCALES[clock]
        bar = pd.Timedelta(minutes=scale.minutes)
        spelt = {name: words(getattr(scale, name) * bar) for name in ("move", "long", "yard", "day")}
        for row in rows:
            longest = max(scale.windows(spans(row.node)).values(), default=1)
            lines[f"{row.name}@{clock}"] = {
                "variable": row.name,
                "clock": clock,
                "family": row.family,
                "formula": row.formula.format(**spelt),
                "unit": row.unit,
                "window": words(longest * bar),
                "reach": reach(row.node) * bar,
                "needs": ", ".join(FEATURES[row.name].needs),
            }
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis("column")


def features(
    frame: pd.DataFrame, *, clocks: Sequence[str] = CLOCKS, only: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return the variables known at each bar.

    Examples
    --------
    >>> times = pd.date_range("2026-03-02 01:00", periods=25, freq="h", tz="UTC", name="time")
    >>> hourly = pd.DataFrame({"open_interest": [100.0] * 24 + [110.0]}, times)
    >>> features(hourly, clocks=["1h"], only=["velocity"]).iloc[-1].round(4).to_dict()
    {'velocity@1h': 0.0953}
    """
    asked = plan(frame, clocks, only)
    said = np.full((len(asked.names), len(frame)), np.nan)
    lines = iter(said)
    for clock, rows in asked.rows.items():
        index, columns = columns_of(frame[asked.fields], clock)
        values = over_history([row.node for row in rows], columns)
        ended = index.searchsorted(pd.DatetimeIndex(frame.index), side="right") - 1
        silent = np.count_nonzero(ended < 0)  # before the first slow bar has ended
        for row, line in zip(rows, lines, strict=False):
            line[silent:] = values[row.node][ended[silent:]]
    return pd.DataFrame(said.T, frame.index, asked.names, copy=False)
