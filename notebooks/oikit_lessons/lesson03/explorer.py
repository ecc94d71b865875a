"""The divergence bench of lesson 03: the price after a jump in open interest without a price move.

Four choices turn the sentence into a rule; each combination is one more try. The chart shows the mean
path of the price around the cases of the chosen rule, and below it the effects of every rule that could
have been chosen in this world. Two worlds are simulated: in the null world nothing leads the price, in
the planted one a jump is followed by a fall of stated size. A stored market is the third.
"""

from __future__ import annotations

import math
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from oikit.errors import InputError
from oikit.explore import worlds
from oikit.explore.model import Amount, Choice, Explorer, every_setting
from oikit.formatting import signed

if TYPE_CHECKING:
    import altair as alt
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

HORIZON = "72h"
"""How far every rule looks ahead; it is fixed, or else it would be a fifth choice."""

AROUND = tuple(range(-72, 73, 12))
WIDTH = 460

WORLD = Choice("world", "Which market: nothing built in, or a link?", ("null", "planted"), "null")
WINDOW = Choice("window", "Over how long is a jump measured?", ("12h", "24h", "72h"), "24h")
SPIKE = Amount("spike", "From which score on is it a jump?", 1.5, 3.0, 0.5, 2.0, "deviations")
QUIET = Choice("quiet", "Which score may a still price reach at most?", ("0.5", "1", "any"), "0.5")


class Jumps(NamedTuple):
    """The cases of a rule and their effect.

    Attributes
    ----------
    at : array of int
        The bars of separate cases with a known outcome.
    effect : Estimate
        Log return over `HORIZON` after them, less the mean of all bars; the interval is that of
        `oikit.stats.circular_shift`.
    naive : Estimate
        The same by a t-test that treats every bar as new evidence.
    p : float
    """

    at: npt.NDArray[np.intp]
    effect: Any
    naive: Any
    p: float


def jumps(close: pd.Series, spoken: pd.Series) -> Jumps:
    """Estimate the effect after a rule's cases, relative to the mean of all bars."""
    import numpy as np

    from oikit.claims.events import first_in_cluster, forward
    from oikit.stats import circular_shift, plain_t

    after = forward(close, HORIZON)
    cases, usual = first_in_cluster(spoken, HORIZON), float(after.mean())
    honest = circular_shift(cases, after, horizon=HORIZON, base=usual)
    naive = plain_t(spoken, after, base=usual)
    return Jumps(np.flatnonzero(cases & after.notna()), honest.effect, naive.effect, honest.p)


def path(close: pd.Series, at: npt.NDArray[np.intp]) -> list[dict[str, float]]:
    """Return the mean price path around these bars, relative to the usual path."""
    import numpy as np

    logs = np.log(close.to_numpy())
    table = []
    for hour in AROUND:
        inside = at[(at + hour >= 0) & (at + hour < len(logs))]
        moved = logs[inside + hour] - logs[inside]
        usual = np.nanmean(logs[72 + hour : len(logs) - 72 + hour] - logs[72 : len(logs) - 72])
        mean = float(np.nanmean(moved) - usual)
        error = 1.96 * float(np.nanstd(moved, ddof=1)) / math.sqrt(len(moved)) if hour else 0.0
        table.append(
            {"hour": hour, "mean": _percent(mean)}
            | {"low": _percent(mean - error), "high": _percent(mean + error)}
        )
    return table


def _percent(value: float) -> float:
    return round(100 * value, 2)


_worlds = partial(worlds.offered, WORLD)


@lru_cache(maxsize=3)
def _close(world: str) -> pd.Series:
    return worlds.frame(world)["close"]


@lru_cache(maxsize=9)
def _scores(world: str, window: str) -> tuple[pd.Series, pd.Series]:
    from oikit.clock import bars
    from oikit.indicators import robust_zscore, velocity
    from oikit.rolling import log_change

    frame = worlds.frame(world)
    move = log_change(frame["close"], bars(window, frame.index))
    return robust_zscore(velocity(frame["open_interest"], window)), robust_zscore(move)


@lru_cache(maxsize=128)
def _found(world: str, window: str, spike: float, quiet: str) -> Jumps | None:
    """Return the result of a rule; None where it has too few cases, as it may in a real market."""
    jump, move = _scores(world, window)
    spoken = (jump >= spike) & (move.abs() <= (math.inf if quiet == "any" else float(quiet)))
    try:
        return jumps(_close(world), spoken)
    except InputError:
        return None


@lru_cache(maxsize=3)
def _effects(world: str) -> tuple[float, ...]:
    """Return the effect of every rule that can be chosen in this world."""
    rules = (each | {"world": world} for each in every_setting(EXPLORER) if each["world"] == "null")
    return tuple(found.effect.value for each in rules if (found := _found(**each)))


def rows(world: str, window: str, spike: float, quiet: str) -> list[dict[str, Any]]:
    """Put one rule into rows: the path around its cases, and its effect."""
    found = _found(world, window, spike, quiet)
    if found is None:
        return [{"kind": "effect", "n": 0}]
    effect, naive = found.effect, found.naive
    summary = {
        "kind": "effect",
        "n": effect.n,
        "effect": _percent(effect.value),
        "low": _percent(effect.low),
        "high": _percent(effect.high),
        "naive_low": _percent(naive.low),
        "naive_high": _percent(naive.high),
    }
    return [summary, *({"kind": "path", **each} for each in path(_close(world), found.at))]


def says(world: str, window: str, spike: float, quiet: str) -> str:
    """Put the result of one rule into words."""
    found, effects = _found(world, window, spike, quiet), _effects(world)
    still = "whatever the price did" if quiet == "any" else "with a price that stood still"
    said = (
        f"{worlds.told(world, 'a fall after jumps planted')}. Open interest jumped over {_hours(window)} by "
        f"a score of {spike:g} or more, {still}, "
    )
    if found is None:
        return f"{said}too seldom for anything to be compared."
    effect = found.effect
    holds = effect.low <= 0 <= effect.high
    rank = sorted(effects, key=abs, reverse=True).index(effect.value) + 1
    change, low, high = (signed(100 * each, 1, "%") for each in (effect.value, effect.low, effect.high))
    said += (
        f"{effect.n} separate times. In the {_hours(HORIZON)} after, the price moved "
        f"{change} against the usual. The interval, {low} to {high}, "
        f"{'holds zero' if holds else 'leaves zero out'}."
    )
    if holds and not found.naive.low <= 0 <= found.naive.high:
        said += " A test that takes every hour for new evidence would have been sure."
    return f"{said} By size this is number {rank} of {len(effects)} rules."


def _hours(window: str) -> str:
    return f"{window[:-1]} hours"


def draw(base: alt.Chart) -> alt.VConcatChart:
    """Draw the path around the cases, and the effect among those of all rules of this world."""
    import altair as alt

    from oikit.charts.theme import COLORS

    of = {kind: base.transform_filter(f"datum.kind === '{kind}'") for kind in ("path", "effect")}
    percent = "(datum.value === 0 ? '0' : replace(format(datum.value, '+.0f'), '-', '−')) + '%'"
    hour = alt.X(
        "hour:Q",
        title="hours before and after the jump is known",
        scale=alt.Scale(domain=[-72, 72], nice=False),
        axis=alt.Axis(values=list(range(-72, 73, 24))),
    )
    scale = alt.Scale(domain=[-8, 8], nice=False, clamp=True)
    mean = alt.Y("mean:Q", title=None, scale=scale, axis=alt.Axis(labelExpr=percent, tickCount=5))
    band = (
        of["path"]
        .mark_area(color=COLORS["band"], opacity=0.7)
        .encode(hour, alt.Y("low:Q", scale=scale), y2="high:Q")
    )
    line = of["path"].mark_line(color=COLORS["price"], point={"color": COLORS["price"]}).encode(hour, mean)
    known = (
        alt.Chart(alt.InlineData([{"hour": 0}]))
        .mark_rule(strokeDash=[5, 4], color=COLORS["open_interest"], strokeWidth=1.5)
        .encode(hour)
    )

    listed = [f"{world},{_percent(each)}" for world in _worlds() for each in _effects(world)]
    every = alt.Chart(
        alt.InlineData(
            "\n".join(["of,effect", *listed]),
            format=alt.CsvDataFormat(type="csv", parse={"effect": "number"}),
        )
    ).transform_filter("datum.of === world")
    reach = alt.Scale(domain=[-8, 6], nice=False, clamp=True)

    def across(field: str) -> alt.X:
        return alt.X(field, title=None, scale=reach, axis=alt.Axis(labelExpr=percent, tickCount=7))

    zero = (
        alt.Chart(alt.InlineData([{"effect": 0}]))
        .mark_rule(color=COLORS["muted"])
        # It begins below the words, so as not to run through them.
        .encode(across("effect:Q"), y=alt.value(28), y2=alt.value(124))
    )
    ticks = every.mark_tick(color=COLORS["muted"], thickness=1.5, height=22, opacity=0.75).encode(
        across("effect:Q"), y=alt.value(88)
    )
    honest = (
        of["effect"]
        .mark_rule(strokeWidth=3.5, color=COLORS["accent"])
        .encode(across("low:Q"), x2="high:Q", y=alt.value(44))
    )
    naive = (
        of["effect"]
        .mark_rule(strokeWidth=2, strokeDash=[3, 3], color=COLORS["muted"])
        .encode(across("naive_low:Q"), x2="naive_high:Q", y=alt.value(64))
    )
    dot = (
        of["effect"]
        .mark_point(filled=True, size=110, opacity=1, color=COLORS["accent"])
        .encode(across("effect:Q"), y=alt.value(44))
    )
    label = (
        of["effect"]
        .transform_calculate(
            label="datum.n ? format(datum.n, ',') + ' cases; dashed: every hour counted' : 'too few cases'"
        )
        .mark_text(align="left", baseline="top")
        .encode(alt.Text("label:N"), x=alt.value(4), y=alt.value(6))
    )
    names = (
        alt.Chart(alt.InlineData([{"label": "each tick: one of the rules"}]))
        .mark_text(align="left", baseline="top", color=COLORS["muted"])
        .encode(alt.Text("label:N"), x=alt.value(4), y=alt.value(104))
    )
    return alt.vconcat(
        alt.layer(band, line, known).properties(
            title="The price around the jump, mean of all cases, against the usual", height=170, width=WIDTH
        ),
        alt.layer(zero, ticks, naive, honest, dot, label, names).properties(
            title=f"What followed within {_hours(HORIZON)}, with its 95% interval",
            height=124,
            width=WIDTH,
        ),
        spacing=14,
    )


EXPLORER = Explorer(
    id="03",
    title="Divergence bench",
    asks="What follows a jump in open interest while the price stands still?",
    controls=(WORLD, WINDOW, SPIKE, QUIET),
    rows=rows,
    says=says,
    draw=draw,
    shows={
        "n": "cases",
        "effect": "moved, %",
        "low": "from",
        "high": "to",
        "naive_low": "naive from",
        "naive_high": "naive to",
    },
    tries=True,
    worlds=_worlds,
)
"""The explorer of lesson 03."""
