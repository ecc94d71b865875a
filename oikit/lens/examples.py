"""Examples for learning and testing: the variables known at each question, and its outcome.

`examples` makes them of one market, `pool` joins markets. Labels of neighbouring bars share most of
their hours: `uniqueness` measures how much of each is its own. Those shares are the weights in every fit
and add up to the ``effective_n`` of all evidence.

Nothing is filled in: a question without a known outcome is left out and counted, and an unknown variable
stays NaN.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oikit.clock import bars, length, words
from oikit.errors import FrameError, InputError
from oikit.frame import validate
from oikit.lens.features import features
from oikit.lens.labels import LABELS, Label
from oikit.stats.given import Floats

__all__ = ["Examples", "examples"]


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Rows to learn from and to test on, of one market or many, in order of time.

    Attributes
    ----------
    variables : DataFrame, shape (n, k)
        What was known; NaN where it was not. Rows are numbered.
    facts : DataFrame, shape (n, 4)
        ``time`` (end of the bar at which the question is asked), ``market``, ``outcome`` (1.0 or
        0.0) and ``weight`` (its `uniqueness`).
    label : str
        What an outcome of 1 means.
    horizon, every : Timedelta
        When an outcome is known, and how far apart the questions of one market are.
    notes : tuple of str
        What was left out, and why.
    """

    variables: pd.DataFrame
    facts: pd.DataFrame
    label: str
    horizon: pd.Timedelta
    every: pd.Timedelta
    notes: tuple[str, ...] = ()

    @property
    def times(self) -> pd.DatetimeIndex:
        """Return the time of each question."""
        return pd.DatetimeIndex(self.facts["time"])

    @property
    def effective_n(self) -> float:
        """Return the effective number of labels without overlap, at most: markets share their days."""
        return float(self.facts["weight"].sum())

    def only(self, columns: Sequence[str]) -> Examples:
        """Return the same rows with some of the variables."""
        lacking = [name for name in columns if name not in self.variables.columns]
        if lacking:
            raise InputError(
                f"{', '.join(lacking)}: no such variables here; there are {', '.join(self.variables.columns)}"
            )
        return Examples(
            self.variables[list(columns)], self.facts, self.label, self.horizon, self.every, self.notes
        )


def examples(
    frame: pd.DataFrame,
    *,
    label: str | Label = "triple barrier",
    variables: pd.DataFrame | None = None,
    clocks: Sequence[str] = ("1h",),
    only: Iterable[str] | None = None,
    every: str = "8h",
    market: str = "market",
) -> Examples:
    """Join the variables known at each question to its outcome.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        A valid frame of one market.
    label : str or Label
        One of `LABELS`, or your own.
    variables : DataFrame, shape (n, k), optional
        On the frame's index; by default ``features(frame, clocks=clocks, only=only)``.
    clocks, only
        As in `oikit.lens.features.features`. The daily clock knows nothing for its first 81 days.
    every : str
        How far apart the questions are, on the grid of UTC days. Settlements are 8 h apart; closer
        questions repeat each other and cost time.
    market : str
        What to call it when markets are pooled.

    Returns
    -------
    given : Examples
        Questions whose outcome is not known are left out and counted in ``notes``.

    Raises
    ------
    InputError
        If the label is unknown, the variables stand on another index, or no outcome is known.
    FrameError
        If the frame breaks the contract or lacks columns.
    """
    asked = _label(label)
    validate(frame, needs=asked.needs)
    if len(frame) < 2:
        raise FrameError([f"it has {len(frame)} row(s); at least two are needed, to know how long a bar is"])
    step, horizon = length(every), length(asked.horizon, "horizon")
    bars(every, frame.index), bars(asked.horizon, frame.index)
    if variables is None:
        variables = features(frame, clocks=clocks, only=only)
    elif not variables.index.equals(frame.index):
        raise InputError("variables must stand on the index of the frame; use variables.reindex(frame.index)")
    times = pd.DatetimeIndex(frame.index)
    answer = asked.answer(frame)
    on_grid = times.floor(step) == times
    known = answer.notna().to_numpy()
    rows = np.flatnonzero(on_grid & known)
    if not len(rows):
        raise InputError(
            f"no outcome of {asked.name!r} is known on the {len(frame):,} bars of {market!r}: a market must "
            f"move, and be longer than the windows of the label and its horizon of {words(horizon)}"
        )
    outcome = answer.to_numpy()[rows]
    facts = pd.DataFrame(
        {
            "time": times[rows],
            "market": market,
            "outcome": outcome,
            "weight": uniqueness(times[rows], horizon),
        }
    )
    lost = int(np.count_nonzero(on_grid & ~known))
    notes = [f"{market}: {lost:,} of {int(on_grid.sum()):,} questions have no known outcome"] if lost else []
    return Examples(
        variables.iloc[rows].reset_index(drop=True), facts, asked.says, horizon, step, tuple(notes)
    )


def pool(several: Iterable[Examples]) -> Examples:
    """Join the examples of several markets, in order of time."""
    parts = list(several)
    if not parts:
        raise InputError("there is nothing to pool; give the examples of at least one market")
    names = [name for part in parts for name in part.facts["market"].unique()]
    first = parts[0]
    for part in parts:
        mine, theirs = ((list(p.variables.columns), p.label, p.horizon, p.every) for p in (first, part))
        if mine != theirs:
            raise InputError("these examples differ in variables, label, horizon or spacing; make them alike")
    if len(set(names)) < len(names):
        raise InputError(f"the markets are {', '.join(names)}: give each its own name with market=")
    facts = pd.concat([part.facts for part in parts], ignore_index=True)
    variables = pd.concat([part.variables for part in parts], ignore_index=True)
    order = facts.sort_values(["time", "market"], kind="stable").index
    notes = tuple(note for part in parts for note in part.notes)
    return Examples(
        variables.loc[order].reset_index(drop=True),
        facts.loc[order].reset_index(drop=True),
        first.label,
        first.horizon,
        first.every,
        notes,
    )


def uniqueness(times: pd.DatetimeIndex, horizon: pd.Timedelta) -> Floats:
    """Return the share of each label that does not overlap with others.

    Examples
    --------
    >>> days = pd.DatetimeIndex(["2026-03-02", "2026-03-03", "2026-03-09"], tz="UTC")
    >>> uniqueness(days, pd.Timedelta(days=2)).tolist()
    [0.75, 0.75, 1.0]
    """
    start = times.as_unit("ns").asi8
    stop = start + horizon.value
    edges = np.unique(np.concatenate([start, stop]))
    began, ended = np.searchsorted(start, edges, "right"), np.searchsorted(stop, edges, "right")
    looking = (began - ended)[:-1]
    share = np.where(looking > 0, np.diff(edges) / np.maximum(looking, 1), 0.0)
    before = np.concatenate([[0.0], np.cumsum(share)])
    own = before[np.searchsorted(edges, stop)] - before[np.searchsorted(edges, start)]
    return np.asarray(own / horizon.value, dtype=np.float64)


def _label(label: str | Label) -> Label:
    if isinstance(label, Label):
        return label
    if label not in LABELS:
        raise InputError(f"label={label!r} is unknown; there are {', '.join(LABELS)}")
    return LABELS[label]
