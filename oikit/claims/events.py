"""When a claim spoke, what followed, and what usually follows.

`forward` is the only function of `oikit.claims` that looks ahead, and only an outcome may call it.
The rest is counting: `first_in_cluster` keeps events whose outcomes do not overlap, `terciles` sorts
bars by how wild the market has been, and `base_rate` says what usually followed at such times.

An outcome is a function of a frame and a horizon: `price_move`, `size_of_move`, what `fell_by`,
`turned_by` and `squeezed` return, or one of your own made with `forward`.

A state of a market is 1.0, 0.0, or NaN while it is not known (`known`, and `when` for a rule of several
inputs). A look-back answers where 95% of it is known (`over_holes`). What is costly is remembered by the
content of its Series, so that the claims of a ledger share it, and nothing stale can come back.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from functools import wraps
from typing import Literal

import numpy as np
import pandas as pd

from oikit.clock import bars
from oikit.errors import InputError
from oikit.indicators import oi_to_cap, robust_zscore, settled_funding, velocity
from oikit.margin import TAKER_FEE
from oikit.rolling import Window, log_change

__all__ = ["first_in_cluster", "forward", "funding_place", "past_place", "turned_by"]

# Answers of one function: enough for the ledger of a market, and little to hold on to.
_ROOM = 8


def remembered(make: Callable[..., pd.Series]) -> Callable[..., pd.Series]:
    """Remember the last answers of a pure function of Series, by the content of these Series."""
    answers: dict[object, pd.Series] = {}

    @wraps(make)
    def recall(*inputs: object, **more: object) -> pd.Series:
        content = (_digest(each) if isinstance(each, pd.Series) else each for each in inputs)
        key = (*content, *sorted(more.items()))
        answers[key] = answers.pop(key) if key in answers else make(*inputs, **more)  # the newest stands last
        if len(answers) > _ROOM:
            answers.pop(next(iter(answers)))
        return answers[key].copy()

    return recall


def _digest(values: pd.Series) -> tuple[object, ...]:
    ends = (values.index[0], values.index[-1]) if len(values) else ()
    return (len(values), *ends, hashlib.blake2b(values.to_numpy(dtype=float).tobytes()).digest())


KNOWN = 0.95
"""A look-back answers where so much of it is known: one missing hour must not silence a month."""


def known(state: pd.Series, *inputs: pd.Series) -> pd.Series:
    """Say yes or no where all inputs are known, and nothing elsewhere."""
    return state.astype(float).where(np.logical_and.reduce([each.notna() for each in inputs]))


State = Callable[[pd.DataFrame], pd.Series]


def when(condition: Callable[..., pd.Series], *inputs: State | str) -> State:
    """Make a state: whether these inputs, states or columns, meet a condition where all are known."""

    def state(frame: pd.DataFrame) -> pd.Series:
        values = [frame[each] if isinstance(each, str) else each(frame) for each in inputs]
        return known(condition(*values), *values)

    return state


def over_holes(
    values: pd.Series, window: Window, measure: Callable[[pd.Series, int], pd.Series], *, before: int = 0
) -> pd.Series:
    """Ask a trailing measure of the last known bars, as many as the window has, if few are missing.

    Without holes it is what the measure says by itself. NaN where the bar is not known, and where the
    known bars lie in a stretch of which less than 95% is known; a measure may look further back by `before`.

    Examples
    --------
    >>> means = lambda known, count: known.rolling(count).mean()
    >>> over_holes(pd.Series([1.0, np.nan, *[1.0] * 19, 3.0]), 20, means).dropna().tolist()
    [1.0, 1.1]
    """
    count = bars(window, values.index)
    rows = np.flatnonzero(values.notna().to_numpy())
    measured = measure(pd.Series(values.to_numpy()[rows]), count).to_numpy(dtype=float)
    reach = count + before - 1
    far = np.full(len(rows), np.inf)
    far[reach:] = rows[reach:] - rows[: max(len(rows) - reach, 0)] - before + 1
    out = np.full(len(values), np.nan)
    out[rows] = np.where(far <= count / KNOWN, measured, np.nan)
    return pd.Series(out, values.index)


def trailing(values: pd.Series, window: Window, how: Literal["max", "median", "mean"]) -> pd.Series:
    """Return the largest, the median or the mean of the last bars."""
    return over_holes(values, window, lambda known, count: getattr(known.rolling(count), how)())


def unusual(values: pd.Series) -> pd.Series:
    """The robust score against the 30 days before."""
    return over_holes(values, "30d", robust_zscore, before=1)


@remembered
def past_place(values: pd.Series, window: Window = "365d", at_least: Window = "90d") -> pd.Series:
    """Return the share of its own past that lies below each value, equal values counting a half.

    The past is `window` long, or, early in a sample, what there is of it from `at_least` on, of which 95%
    must be known: a rule that starts with a year of silence could not be weighed on a year of data.
    """
    index, least = values.index, bars(at_least, values.index)
    rolling = values.rolling(bars(window, index), min_periods=math.ceil(KNOWN * least))
    begun = values.notna().cummax().cumsum() >= least
    return ((rolling.rank(method="average") - 0.5) / rolling.count()).where(begun)


@remembered
def jump_score(open_interest: pd.Series) -> pd.Series:
    """How unusual is the change of open interest over a day, against the 30 days before?"""
    return unusual(velocity(open_interest, "24h"))


def jump(frame: pd.DataFrame) -> pd.Series:
    """Return the `jump_score` of a market."""
    return jump_score(frame["open_interest"])


def velocity_of(name: str, window: Window) -> State:
    """Make a state: the velocity of this column."""
    return lambda frame: velocity(frame[name], window)


@remembered
def quiet_score(price: pd.Series) -> pd.Series:
    """How unusual is the change of the price over a day, against the 30 days before?"""
    return unusual(log_change(price, bars("24h", price.index)))


def quietness(frame: pd.DataFrame) -> pd.Series:
    """How wide was the price's range over a day, over the median range of the 30 days before?"""
    high, low = trailing(frame["high"], "24h", "max"), -trailing(-frame["low"], "24h", "max")
    width = pd.Series(np.log(high / low), frame.index)
    return width / trailing(width, "30d", "median").shift(1)


def settled(frame: pd.DataFrame) -> pd.Series:
    """The last funding rate that was settled, per 8 hours."""
    return settled_funding(frame["funding_rate"], frame["funding_interval"])


def funding_place(frame: pd.DataFrame) -> pd.Series:
    """Where does the last settled funding lie in its own past year?"""
    return past_place(settled(frame))


def ratio(frame: pd.DataFrame) -> pd.Series:
    """Return open interest over supply."""
    return oi_to_cap(frame["open_interest"], frame["circulating_supply"])


def ratio_place(frame: pd.DataFrame) -> pd.Series:
    """Where does open interest over supply lie in its own past year?"""
    return past_place(ratio(frame))


def crowd_place(frame: pd.DataFrame) -> pd.Series:
    """Where does the ratio of long to short accounts lie in its own past year?"""
    return past_place(frame["long_short_ratio"])


def against_trend(frame: pd.DataFrame) -> pd.Series:
    """Return -1.0 where the price rose over 30 days, 1.0 where it fell, 0.0 where it stands still."""
    return -pd.Series(np.sign(log_change(frame["close"], bars("30d", frame.index))), frame.index)


WILDNESS = "24h"
"""Over how long `terciles` looks back to say how wild the market has been."""

Outcome = Callable[[pd.DataFrame, Window], pd.Series]
How = Literal["change", "sum", "lowest", "highest"]


def forward(
    values: pd.Series,
    horizon: Window,
    how: How = "change",
    *,
    entry: pd.Series | None = None,
    since: pd.Series | None = None,
) -> pd.Series:
    """What came after each bar?

    Parameters
    ----------
    values : Series, shape (n,)
    horizon : int or str
        How far to look, in bars (``72``) or as a length of time (``"72h"``).
    how : {"change", "sum", "lowest", "highest"}
        ``"change"``: the log change up to the last bar of the horizon. Over all bars after this one,
        up to and with that last one: their ``"sum"``, or the log change to the ``"lowest"`` or the
        ``"highest"`` of them.
    entry : Series, shape (n,), optional
        The price at which each bar opens. A change counts from the next bar's opening, which is the
        first price for anybody who has seen this bar.
    since : Series, shape (n,), optional
        Without `entry`: what a change counts from; this bar's own value by default.

    Returns
    -------
    Series, shape (n,)
        NaN where a bar that it needs is unknown, and so in the last bars.

    Raises
    ------
    InputError
        If the horizon is no whole number of bars, or `how` is another word.

    Examples
    --------
    >>> forward(pd.Series([1.0, 2.0, 4.0]), 1, "sum").tolist()
    [2.0, 4.0, nan]
    """
    count = bars(horizon, values.index)
    if how not in ("change", "sum", "lowest", "highest"):
        raise InputError(f"how={how!r} is unknown; use 'change', 'sum', 'lowest' or 'highest'")
    rolling = values.rolling(count)
    at_end = {"sum": rolling.sum, "lowest": rolling.min, "highest": rolling.max}
    end = (values if how == "change" else at_end[how]()).shift(-count)
    if how == "sum":
        return end
    start = entry.shift(-1) if entry is not None else values if since is None else since
    return pd.Series(np.log(end / start), values.index)


def price_move(frame: pd.DataFrame, horizon: Window) -> pd.Series:
    """How far did the price move after each bar?"""
    return forward(frame["close"], horizon, entry=frame.get("open"))


def size_of_move(frame: pd.DataFrame, horizon: Window) -> pd.Series:
    """How far did the price move, up or down? `price_move` without its sign."""
    return price_move(frame, horizon).abs()


def kept(frame: pd.DataFrame, horizon: Window, side: pd.Series | float) -> pd.Series:
    """What would somebody have kept who acted at each bar, after fees and funding?"""
    move = price_move(frame, horizon)
    if "funding_rate" in frame.columns:
        move = move - forward(frame["funding_rate"], horizon, "sum")
    return side * move - 2 * TAKER_FEE


def fell_by(fall: float) -> Outcome:
    """Make an outcome: did the price ever lie this far below, within the horizon?"""
    return lambda f, horizon: known((low := _reached(f, "low", horizon)) <= np.log1p(-fall), low)


def turned(frame: pd.DataFrame, horizon: Window) -> pd.Series:
    """Did the price go the other way than over the same time before? 1.0, 0.0 or NaN."""
    before = log_change(frame["close"], bars(horizon, frame.index))
    after = price_move(frame, horizon)
    return known(before * after < 0, before, after)


def turned_by(against: float, trend: Window = "30d") -> Outcome:
    """Make an outcome: did the price ever go this far against its change over the `trend` before?"""

    def turned(frame: pd.DataFrame, horizon: Window) -> pd.Series:
        before = log_change(frame["close"], bars(trend, frame.index))
        deepest, highest = _reached(frame, "low", horizon), _reached(frame, "high", horizon)
        far = np.where(before > 0, deepest <= np.log1p(-against), highest >= np.log1p(against))
        return known(pd.Series(far, frame.index), before, deepest, highest)

    return turned


def squeezed(rise: float, closed: float) -> Outcome:
    """Make an outcome: did the price rise this far while positions were closed, within the horizon?"""

    def squeeze(frame: pd.DataFrame, horizon: Window) -> pd.Series:
        highest = _reached(frame, "high", horizon)
        left = forward(frame["open_interest"], horizon, "lowest", since=frame["open_interest"])
        return known((highest >= np.log1p(rise)) & (left <= np.log1p(-closed)), highest, left)

    return squeeze


def first_in_cluster(flags: pd.Series, horizon: Window) -> pd.Series:
    """Keep one flag of each cluster: the first, and then none until the horizon is over.

    Parameters
    ----------
    flags : Series of bool, shape (n,)
    horizon : int or str
        Outcomes of what is kept do not overlap.

    Returns
    -------
    Series of bool, shape (n,)

    Examples
    --------
    >>> first_in_cluster(pd.Series([True, True, False, True]), 3).tolist()
    [True, False, False, True]
    """
    wait = bars(horizon, flags.index)
    events = np.zeros(len(flags), dtype=bool)
    free = 0
    for row in np.flatnonzero(flags.to_numpy(dtype=bool)).tolist():
        if row >= free:
            events[row], free = True, row + wait
    return pd.Series(events, flags.index)


@remembered
def terciles(price: pd.Series, window: Window = WILDNESS) -> pd.Series:
    """Was the market calm (0.0), usual (1.0) or wild (2.0) before each bar?"""
    size = over_holes(price, window, lambda known, n: log_change(known, 1).abs().rolling(n).mean(), before=1)
    return pd.Series(np.ceil(size.rank(pct=True) * 3) - 1, price.index)


def base_rate(outcome: pd.Series, groups: pd.Series) -> pd.Series:
    """Return what usually followed at such times."""
    # Bars at which the claim spoke count too: left out, they would make the comparison sharper for the
    # arrangement that happened than for those that chance makes, and so find too much.
    code, values = groups.to_numpy(), outcome.to_numpy()
    base = np.full(len(values), np.nan)
    for group in (0.0, 1.0, 2.0):
        mine = code == group
        known = values[mine & ~np.isnan(values)]
        base[mine] = known.mean() if len(known) else np.nan
    return pd.Series(base, outcome.index)


def _reached(frame: pd.DataFrame, column: Literal["low", "high"], horizon: Window) -> pd.Series:
    how: How = "lowest" if column == "low" else "highest"
    return forward(frame[column], horizon, how, entry=frame.get("open"), since=frame["close"])
