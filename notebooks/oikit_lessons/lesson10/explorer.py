"""The replay of lesson 10: what was known at each bar, and what only hindsight shows.

The last week of two simulated markets, and of a stored one, in bars of four hours, one after the other.
The axis of the chart grows with the bars shown so far: a fixed one would reveal the range of the week.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from oikit.explore import worlds
from oikit.explore.model import Amount, Choice, Explorer
from oikit.formatting import signed

if TYPE_CHECKING:
    import altair as alt

EVERY, SPAN, PAST = "4h", "24h", "30d"
BARS = 42
"""Bars in the week."""

_PLANTED = "a fall after jumps of open interest built in"

WORLD = Choice("world", "Which market: nothing built in, or a link?", ("null", "planted"), "null")
BAR = Amount("bar", "How many bars of the week are over?", 1, BARS, 1, 12, "4-hour bars")
LATER = Choice("later", "May you look at the bars that come later?", ("hidden", "shown"), "hidden")

WIDTH = 460


_worlds = partial(worlds.offered, WORLD)


@lru_cache(maxsize=3)
def week(world: str) -> tuple[dict[str, Any], ...]:
    """Return the last 7 days of a market without an unknown bar."""
    from oikit.formatting import weekday
    from oikit.frame import resample
    from oikit.indicators import robust_zscore, velocity

    frame = resample(worlds.frame(world)[["close", "open_interest"]], EVERY)
    change = velocity(frame["open_interest"], SPAN)
    whole = frame.assign(change=change, score=robust_zscore(change, PAST))
    known = whole.notna().all(axis=1).rolling(BARS).sum() == BARS
    last = whole.loc[: known[known].index[-1]].iloc[-BARS:]
    middle = last["change"].median()
    spread = 1.4826 * (last["change"] - middle).abs().median()
    return tuple(
        {
            "bar": place,
            "time": f"{weekday(time)} {time:%H:%M}",
            "close": round(float(row["close"]), 1),
            "open_interest": round(float(row["open_interest"]) / 1e3, 1),
            "change": round(100 * float(row["change"]), 1),
            "score": round(float(row["score"]), 1),
            "hindsight": round(float((row["change"] - middle) / spread), 1),
        }
        for place, (time, row) in enumerate(zip(last.index, last.to_dict("records"), strict=True), 1)
    )


def rows(world: str, bar: float, later: str) -> list[dict[str, Any]]:
    """Return one bar, and the highest close so far."""
    seen = week(world)[: int(bar)]
    high = max(seen, key=lambda row: row["close"])
    now = dict(seen[-1])
    if later == "hidden":
        now["hindsight"] = ""
    return [{**now, "high": high["close"], "high_at": high["bar"]}]


def says(world: str, bar: float, later: str) -> str:
    """Put what is known at this bar into words."""
    (now,) = rows(world, bar, later)
    said = (
        f"{worlds.told(world, _PLANTED)}. It is {now['time']} UTC, bar {now['bar']} of {BARS}. Open interest "
        f"changed by {signed(now['change'])}% in a day, a score of {signed(now['score'])} against the "
        f"{PAST[:-1]} days before. The highest close so far is {now['high']:,} USDT, at bar {now['high_at']}."
    )
    if later == "hidden":
        return f"{said} What comes next is not known."
    top = max(week(world), key=lambda row: row["close"])
    return (
        f"{said} With hindsight the highest close of the week is {top['close']:,} USDT, at bar {top['bar']}, "
        f"and the same change scores {signed(now['hindsight'])} against the week. Nobody knew either."
    )


def draw(base: alt.Chart) -> alt.VConcatChart:
    """Draw price and open interest up to the chosen bar, and the rest only if it may be seen."""
    import altair as alt

    from oikit.charts.theme import COLORS

    kept = ("bar", "close", "open_interest")
    every = [
        {"of": world, **{name: row[name] for name in kept}} for world in _worlds() for row in week(world)
    ]
    both = alt.Chart(alt.InlineData(every)).transform_filter("datum.of === world")
    known = both.transform_filter("datum.bar <= bar")
    # The chosen bar is in both, so that the two lines meet.
    rest = both.transform_filter("datum.bar >= bar && later === 'shown'")

    def panel(field: str, title: str, axis: str | None) -> Any:
        x = alt.X(
            "bar:Q",
            title=axis,
            scale=alt.Scale(domain=[1, BARS], nice=False),
            axis=alt.Axis(values=list(range(6, BARS + 1, 6)), grid=False),
        )
        y = alt.Y(f"{field}:Q", title=None, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=4))
        color = COLORS["price" if field == "close" else field]
        line = known.mark_line(color=color, point={"color": color, "size": 18}).encode(x, y)
        hidden = rest.mark_line(color=COLORS["muted"], strokeDash=[4, 3], aria=False).encode(x, y)
        now = base.mark_rule(color=COLORS["accent"], strokeWidth=1.5).encode(x)
        return alt.layer(hidden, line, now).properties(title=title, height=120, width=WIDTH)

    return alt.vconcat(
        panel("close", "Price (USDT); dashed: what comes later", None),
        panel("open_interest", "Open interest (thousand coins)", "bars of the week that are over"),
        spacing=10,
    )


EXPLORER = Explorer(
    id="10",
    title="Replay",
    asks="What was known at this bar, and what is known only with hindsight?",
    controls=(WORLD, BAR, LATER),
    rows=rows,
    says=says,
    draw=draw,
    shows={
        "bar": "bar",
        "time": "time, UTC",
        "close": "close",
        "open_interest": "open interest, thousand coins",
        "change": "change in a day, %",
        "score": "score, past only",
        "high": "highest close so far",
        "hindsight": "score with hindsight",
    },
    worlds=_worlds,
)
"""The explorer of lesson 10."""
