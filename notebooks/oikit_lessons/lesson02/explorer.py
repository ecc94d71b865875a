"""The threshold bench of lesson 02: turns of the price while the ratio is above a threshold.

Two worlds share one series of open interest over market cap. In the null world nothing leads the
price. In the planted one the price is pushed against its direction while the ratio is high; the ratio
does not react, because the price cancels in it. Both are simulated; a stored market is the third.

A turn: within the horizon some close is 5% beyond the current one, against the direction of the 30 days
before. `cases` sets what counts as one observation.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from oikit.explore import worlds
from oikit.explore.model import Choice, Explorer
from oikit.stats import SMALLEST_N

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["PUSH", "PUSHED_ABOVE", "daily", "push", "turns"]

TURN, TREND = 0.05, "30d"
PUSHED_ABOVE, PUSH = 0.005, 0.015
"""Planted: above this ratio, a log return a day against the direction of the last thirty."""

WIDTH = 430

WORLD = Choice("world", "Which market: nothing built in, or a link?", ("null", "planted"), "null")
THRESHOLD = Choice(
    "threshold",
    "From where on do you call the ratio high?",
    ("0.45%", "0.5%", "0.55%", "0.6%", "15%"),
    "0.5%",
)
HORIZON = Choice(
    "horizon", "How long may the turn take?", ("3 days", "7 days", "14 days", "30 days"), "7 days"
)
CASES = Choice("cases", "What is one case: each day, or each episode?", ("days", "episodes"), "days")


class Bench(NamedTuple):
    """The days above a threshold, and how often the price turned after them.

    Attributes
    ----------
    above : int
        Days above the threshold.
    turned : Series of bool
        By the time of each case with a known outcome.
    after, usual : Estimate or None
        The share of cases, and of all days, that were followed by a turn. Wilson's interval treats each
        case as new evidence; for all days it counts windows that do not overlap.
    """

    above: int
    turned: pd.Series
    after: Any
    usual: Any


def daily(frame: pd.DataFrame) -> pd.DataFrame:
    """Take from a market what this bench needs, day by day.

    Parameters
    ----------
    frame : DataFrame
        A valid frame with ``close``, ``open_interest`` and ``circulating_supply``.

    Returns
    -------
    DataFrame
        ``close`` and ``ratio``, open interest over market cap as a fraction.
    """
    from oikit.frame import resample
    from oikit.indicators import oi_to_cap

    days = resample(frame[["close", "open_interest", "circulating_supply"]], "1d")
    ratio = oi_to_cap(days["open_interest"], days["circulating_supply"])
    return days[["close"]].assign(ratio=ratio)


def push(days: pd.DataFrame, *, above: float = PUSHED_ABOVE, size: float = PUSH) -> pd.DataFrame:
    """Plant a link: while the ratio is high, move the price against its direction.

    Parameters
    ----------
    days : DataFrame
        From `daily`.
    above : float, fraction
    size : float, log return a day
        Added on the day after each day above, against the sign of the last thirty days' change.

    Returns
    -------
    DataFrame
        The same ratio, another ``close``.
    """
    import numpy as np

    own = np.log(days["close"].to_numpy())
    high = (days["ratio"] > above).to_numpy()
    path = own.copy()
    for day in range(1, len(own)):
        against = -np.sign(path[day - 1] - path[day - 31]) if day > 30 and high[day - 1] else 0.0
        path[day] = path[day - 1] + own[day] - own[day - 1] + size * against
    return days.assign(close=np.exp(path))


def turns(close: pd.Series, horizon: str) -> pd.Series:
    """Return whether the price turned within the horizon.

    Parameters
    ----------
    close : Series, shape (n,), one value a day
    horizon : str
        Such as ``"7d"``.

    Returns
    -------
    Series, shape (n,)
        1.0, 0.0, or NaN where the 30 days before or the horizon after are unknown.
    """
    from oikit.claims.events import turned_by

    # A day is read at its close only, so that a turn needs a close beyond the line.
    frame = close.to_frame("close").assign(high=close, low=close)
    return turned_by(TURN, TREND)(frame, horizon)


def bench(days: pd.DataFrame, threshold: float, horizon: int, cases: str) -> Bench:
    """Count what followed the days, or the episodes, above a threshold."""
    from oikit.claims.events import first_in_cluster
    from oikit.stats import wilson

    outcome = turns(days["close"], f"{horizon}d")
    known = outcome.notna()
    above = days["ratio"] > threshold
    picked = (first_in_cluster(above & known, horizon) if cases == "episodes" else above) & known
    turned = outcome[picked].astype(bool)
    apart = max(1, int(known.sum()) // horizon)
    return Bench(
        int(above.sum()),
        turned,
        wilson(int(turned.sum()), len(turned)) if len(turned) else None,
        wilson(round(float(outcome.mean()) * apart), apart) if known.any() else None,
    )


_worlds = partial(worlds.offered, WORLD)


@lru_cache(maxsize=3)
def _world(world: str) -> pd.DataFrame:
    days = daily(worlds.frame("null" if world == "planted" else world))
    return push(days) if world == "planted" else days


@lru_cache(maxsize=128)
def _found(world: str, threshold: str, horizon: str, cases: str) -> Bench:
    return bench(_world(world), THRESHOLDS[threshold], int(horizon.split()[0]), cases)


THRESHOLDS = {text: float(text.rstrip("%")) / 100 for text in THRESHOLD.options}
"""What each option means, as a fraction."""


def rows(world: str, threshold: str, horizon: str, cases: str) -> list[dict[str, Any]]:
    """Put one setting into rows: the line, the episodes, and the two rates."""
    found, days = _found(world, threshold, horizon, cases), _world(world)
    level = THRESHOLDS[threshold]
    inside = level <= days["ratio"].max()
    hits = int(found.turned.sum())
    note = f"{found.above} days above the line"
    if not inside:
        note = f"{threshold} lies {level / days['ratio'].max():.0f} times as high as the highest day"
    elif cases == "episodes":
        note = f"{len(found.turned)} episodes: ▲ {hits} with a turn, ○ {len(found.turned) - hits} without"
    table: list[dict[str, Any]] = [{"kind": "note", "label": note}]
    if inside:
        table.append({"kind": "line", "level": level * 100})
    if cases == "episodes":
        table += [
            {"kind": "case", "day": _ms(day), "ratio": _percent(height), "turn": int(turned)}
            for (day, turned), height in zip(
                found.turned.items(), days["ratio"][found.turned.index], strict=True
            )
        ]
    for who, rate in (("usual", found.usual), ("above", found.after)):
        if rate is not None:
            share, low, high = (round(100 * each, 1) for each in (rate.value, rate.low, rate.high))
            what = cases if who == "above" else "windows"
            text = f"{share:.0f}% ({low:.0f} to {high:.0f}), {rate.n} {what}"
            table.append(
                {"kind": "rate", "who": who, "share": share, "low": low, "high": high, "n": rate.n}
                | {"label": text}
            )
    return table


def _ms(day: Any) -> int:
    return int(day.timestamp() * 1000)


def _percent(ratio: float) -> float:
    return round(float(ratio) * 100, 4)


def says(world: str, threshold: str, horizon: str, cases: str) -> str:
    """Put the result of one setting into words."""
    found, which = _found(world, threshold, horizon, cases), worlds.told(world, "a link planted")
    if found.after is None:
        return (
            f"{which}. The ratio was never above {threshold}; its highest day is "
            f"{_percent(_world(world)['ratio'].max()):.2f}%. What never speaks has no record, good or bad."
        )
    after, usual = found.after, found.usual
    apart = round(100 * after.value) - round(100 * usual.value)
    holds = after.low <= usual.value <= after.high
    judged = "holds the usual rate: luck would be enough" if holds else "leaves the usual rate out"
    said = (
        f"{which}. Above {threshold}, a turn followed within {horizon} after "
        f"{int(found.turned.sum())} of {after.n} {cases}: {after.value * 100:.0f}%. "
        f"Usual is {usual.value * 100:.0f}%, {_points(apart)}. "
        f"The interval, {after.low * 100:.0f} to {after.high * 100:.0f}%, {judged}."
    )
    if cases == "days" and not holds:
        said += " But neighbouring days share their future: count episodes before you believe it."
    if after.n < SMALLEST_N:
        said += f" It rests on {after.n} {cases} and is {100 * (after.high - after.low):.0f} points wide."
    return said


def _points(apart: int) -> str:
    if not apart:
        return "the same"
    return f"so this is {abs(apart)} points {'more' if apart > 0 else 'less'}"


def draw(base: alt.Chart) -> alt.VConcatChart:
    """Draw the ratio with the line and its cases, and the two rates with their intervals."""
    import altair as alt

    from oikit.charts.theme import COLORS

    # The planted world has the ratio of the null one.
    ratios = {of: _world(of)["ratio"].dropna() for of in _worlds() if of != "planted"}
    low, high = 100 * min(map(min, ratios.values())), 100 * max(map(max, ratios.values()))
    # As text: a chart copies its rows many times while it is put together.
    lines = (f"{of},{_ms(day)},{_percent(x)}" for of, ratio in ratios.items() for day, x in ratio.items())
    series = "\n".join(["of,day,ratio", *lines])
    x = alt.X(
        "day:T",
        scale=alt.Scale(type="utc"),
        title=None,
        axis=alt.Axis(format="%Y", tickCount={"interval": "year", "step": 1}),
    )
    y = alt.Y(
        "ratio:Q",
        title=None,
        scale=alt.Scale(domain=[min(0.2, low), max(0.8, 1.1 * high)], nice=False),
        axis=alt.Axis(labelExpr="format(datum.value, '.1f') + '%'"),
    )
    csv = alt.CsvDataFormat(type="csv", parse={"day": "number", "ratio": "number"})
    shown = f"datum.of === (world === '{worlds.REAL}' ? world : 'null')"
    whole = alt.Chart(alt.InlineData(series, format=csv)).transform_filter(shown)
    line = whole.mark_line(color=COLORS["open_interest"]).encode(x, y)
    # Too many to ship: the page finds these days itself. Where none is drawn, none must need a name.
    dots = (
        whole.transform_filter("cases === 'days' && datum.ratio > parseFloat(threshold)")
        .mark_point(filled=True, size=16, color=COLORS["accent"], opacity=1, aria=False)
        .encode(x, y)
    )
    of = {
        kind: base.transform_filter(f"datum.kind === '{kind}'") for kind in ("line", "note", "case", "rate")
    }
    limit = of["line"].mark_rule(strokeDash=[5, 4], strokeWidth=1.5).encode(y=alt.Y("level:Q"))

    def pair(field: str, first: Any, second: Any, one: str, other: str) -> dict[str, Any]:
        scale = alt.Scale(domain=[first, second], range=[one, other])
        return {"shorthand": field, "scale": scale, "legend": None}

    marked = (
        of["case"]
        .mark_point(size=70, opacity=1, strokeWidth=1.8, aria=False)
        .encode(
            x,
            y,
            alt.Shape(**pair("turn:N", 1, 0, "triangle-up", "circle")),
            alt.Color(**pair("turn:N", 1, 0, COLORS["short"], COLORS["muted"])),
            alt.Fill(**pair("turn:N", 1, 0, COLORS["short"], COLORS["background"])),
        )
    )
    note = (
        of["note"]
        .mark_text(align="left", baseline="top", color=COLORS["text"])
        .encode(alt.Text("label:N"), x=alt.value(6), y=alt.value(8))
    )
    who = alt.Y(
        "who:N",
        scale=alt.Scale(domain=["usual", "above"]),
        title=None,
        axis=alt.Axis(
            labelExpr="datum.value === 'usual' ? 'all days' : 'above the line'", ticks=False, domain=False
        ),
    )
    share = alt.Scale(domain=[0, 100])
    percent = alt.Axis(labelExpr="datum.value + '%'", values=[0, 25, 50, 75, 100], grid=True)
    span = (
        of["rate"]
        .mark_rule(strokeWidth=3, color=COLORS["muted"])
        .encode(who, x=alt.X("low:Q", scale=share, title=None, axis=percent), x2="high:Q")
    )
    color = alt.Color(**pair("who:N", "usual", "above", COLORS["muted"], COLORS["accent"]))
    dot = of["rate"].mark_point(filled=True, size=110, opacity=1).encode(who, alt.X("share:Q"), color)
    words = of["rate"].mark_text(dy=-15).encode(who, alt.Text("label:N"), x=alt.value(WIDTH / 2))
    return alt.vconcat(
        alt.layer(line, dots, limit, marked, note).properties(
            title="Open interest as a share of all coins", height=170, width=WIDTH
        ),
        (span + dot + words).properties(
            title="How often a turn followed, with its 95% interval", height=110, width=WIDTH
        ),
        spacing=14,
    ).resolve_scale(color="independent", shape="independent", fill="independent")


EXPLORER = Explorer(
    id="02",
    title="Threshold bench",
    asks="Does a turn of the price follow more often when the ratio stands above a line?",
    controls=(WORLD, THRESHOLD, HORIZON, CASES),
    rows=rows,
    says=says,
    draw=draw,
    shows={"who": "which days", "share": "turn, %", "low": "from", "high": "to", "n": "n"},
    tries=True,
    worlds=_worlds,
)
"""The explorer of lesson 02."""
