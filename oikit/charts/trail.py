"""Which way did a week go? Its path on the plane of price and open interest, day by day."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oikit.charts.canvas import Span, View, When, thin
from oikit.charts.stack import alt, assemble, layered, plot
from oikit.charts.theme import COLORS
from oikit.errors import InputError
from oikit.formatting import moment, percent, weekday

__all__ = ["trail"]

_HEIGHT = 340
_MOVE = "datum.value ? format(datum.value, '+.1~%') : '0%'"
_CORNERS = (
    ("new longs", 1, 1),
    ("short covering", 1, -1),
    ("new shorts", -1, 1),
    ("long liquidation", -1, -1),
)


def trail(
    frame: pd.DataFrame,
    *,
    since: When | None = None,
    until: When | None = None,
    shade: Span | None = None,
    source: str = "",
    width: int = 470,
) -> alt.VConcatChart:
    """Which way did price and positions go together?

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        With ``close`` and ``open_interest``, in bars that divide a day.
    since, until, shade, source, width
        See the head of `oikit.charts`. The path is that of the shade, or of all that is drawn.

    Returns
    -------
    VConcatChart
        Change of the price to the right, change of open interest in coins upwards, both against where
        the path begins. Dots are ends of days (UTC). The corners carry the four usual names, which are
        a habit and not a finding.

    Raises
    ------
    FrameError
        If the frame breaks the contract or lacks a column.
    InputError
        If there is nothing to draw in this span.
    """
    view = View(frame, ("close", "open_interest"), since, until, shade, width)
    both = pd.DataFrame({name: view.told(frame[name]) for name in view.needs}).dropna()
    if len(both) < 2:
        raise InputError(f"nothing to draw: price and open interest are not both known {view.span.lower()}")
    moved = both / both.iloc[0] - 1
    # What an eye can see of either: the extremes of both stay.
    kept = moved.index[:0]
    for name in view.needs:
        kept = kept.union(thin(moved[name], 400).index)
    path = moved.loc[kept]
    ends = pd.DatetimeIndex(moved.index)
    days = moved[(ends == ends.normalize()) & (ends > ends[0])]
    reach = {name: 1.18 * max(float(moved[name].abs().max()), 0.005) for name in view.needs}
    x = alt.X(
        "close:Q",
        title="price, change since the start",
        scale=alt.Scale(domain=[-reach["close"], reach["close"]], nice=False),
        axis=alt.Axis(labelExpr=_MOVE, tickCount=5, grid=False),
    )
    y = alt.Y(
        "open_interest:Q",
        title=None,
        scale=alt.Scale(domain=[-reach["open_interest"], reach["open_interest"]], nice=False),
        axis=alt.Axis(labelExpr=_MOVE, tickCount=5),
    )
    line = plot(_rows(path)).mark_line(color=COLORS["open_interest"], strokeWidth=1.4, opacity=0.75)
    layers = [
        *(_rule(name, channel) for name, channel in (("close", "x"), ("open_interest", "y"))),
        _corners(reach, x, y),
        line.encode(x, y, order=alt.Order("step:Q")),
    ]
    if len(days):
        named = _rows(days).assign(says=[_day(time) for time in pd.DatetimeIndex(days.index)])
        dots = plot(named).encode(x, y)
        layers += [
            dots.mark_point(filled=True, size=60, opacity=1, color=COLORS["open_interest"]),
            dots.mark_text(dy=-11, color=COLORS["text"]).encode(text=alt.Text("says:N")),
        ]
    final = moved.iloc[[-1]]
    last = plot(_rows(final)).mark_point(
        size=130, strokeWidth=2.5, opacity=1, color=COLORS["accent"], shape="square"
    )
    layers.append(last.encode(x, y))
    price, coins = (float(final[name].iloc[0]) for name in view.needs)
    corner = next(name for name, right, up in _CORNERS if (right > 0, up > 0) == (price > 0, coins > 0))
    says = (
        f"From {moment(moved.index[0])} to {moment(moved.index[-1])} the price moved by {percent(price)} and "
        f"open interest in coins by {percent(coins)}: the corner usually called {corner}."
    )
    panel = layered(
        layers,
        title="Up: open interest in coins, change since the start. Square: where it ended",
        width=width,
        height=_HEIGHT,
    )
    title = "Which way did price and positions go together?"
    return assemble([panel], title=title, finding=says, source=source, width=width)


def _rows(values: pd.DataFrame) -> pd.DataFrame:
    table = values.map(lambda value: float(f"{value:.5g}") + 0.0).reset_index(drop=True)
    return table.assign(step=np.arange(len(table)))


def _rule(name: str, channel: str) -> alt.Chart:
    rule = plot(pd.DataFrame({name: [0.0]})).mark_rule(color=COLORS["muted"], strokeWidth=1)
    field = f"{name}:Q"
    return rule.encode(x=alt.X(field)) if channel == "x" else rule.encode(y=alt.Y(field))


def _corners(reach: dict[str, float], x: alt.X, y: alt.Y) -> alt.LayerChart:
    layers = []
    for name, right, up in _CORNERS:
        at = pd.DataFrame(
            {
                "close": [right * 0.97 * reach["close"]],
                "open_interest": [up * 0.94 * reach["open_interest"]],
                "says": [name],
            }
        )
        text = plot(at).mark_text(
            align="right" if right > 0 else "left", color=COLORS["muted"], fontStyle="italic"
        )
        layers.append(text.encode(x, y, text=alt.Text("says:N")))
    return layered(layers)


def _day(time: pd.Timestamp) -> str:
    """The day that ends then."""
    return weekday(time - pd.Timedelta(1, "s"))
