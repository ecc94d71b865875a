"""Charts of a market: price and open interest, ratio, velocity, funding, crowds, and the trail of a week."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oikit.charts.base import Span, View, When, alt, assemble, axis, layered, plot, rows, spread, thin
from oikit.charts.theme import COLORS
from oikit.clock import bars
from oikit.errors import FrameError, InputError
from oikit.formatting import moment, percent, weekday
from oikit.indicators import funding_apr, long_share, oi_to_cap, robust_zscore
from oikit.indicators import velocity as log_velocity

__all__ = ["crowds", "finding", "funding", "price_and_open_interest", "ratio", "trail", "velocity"]


def finding(chart: alt.TopLevelMixin) -> str:
    """Return the sentence that a chart says.

    Parameters
    ----------
    chart : Chart
        One of ours, or any with a ``description``.

    Returns
    -------
    str
        The sentence that stands in the chart and is read aloud.

    Raises
    ------
    InputError
        If the chart has no description.
    """
    says = getattr(chart, "description", None)
    if not isinstance(says, str):
        raise InputError("this chart has no description; give it one with .properties(description=...)")
    return says


def price_and_open_interest(
    frame: pd.DataFrame,
    *,
    since: When | None = None,
    until: When | None = None,
    shade: Span | None = None,
    source: str = "",
    width: int = 470,
) -> alt.VConcatChart:
    """Draw the price, open interest in coins, and the same in dollars.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        With ``close`` and ``open_interest``; ``open_interest_value`` is derived where it is not there.
    since, until, shade, source, width
        As in `oikit.charts`.

    Returns
    -------
    VConcatChart
        The price, open interest in coins, and the same in dollars, which moves whenever the price
        does.

    Raises
    ------
    FrameError
        If the frame breaks the contract or lacks a column.
    InputError
        If there is nothing to draw in this span.
    """
    if "open_interest_value" not in frame and {"close", "open_interest"} <= set(frame):
        price = frame["mark_price"] if "mark_price" in frame else frame["close"]
        frame = frame.assign(open_interest_value=frame["open_interest"] * price)
    view = View(frame, ("close", "open_interest", "open_interest_value"), since, until, shade, width)
    price, coins, dollars = (view.cut(frame[name]) for name in view.needs)
    says = (
        f"{view.span} the price {view.moved(price)}. Open interest {view.moved(coins)} in coins "
        f"and {view.moved(dollars)} in dollars.{view.missing(coins, 'open interest')}"
    )
    value = view.line(dollars, "open_interest_value", axis(f"'$' + {_COUNT}"))
    panels = [
        view.panel(
            [view.line(price, "price", axis(), labels=False)],
            "Price, dollars per coin",
            170,
            of=price,
            labels=False,
        ),
        view.panel(
            [view.line(coins, "open_interest", axis(_COUNT), labels=False)],
            "Open interest, coins",
            120,
            of=coins,
            labels=False,
        ),
        view.panel([value], "Open interest, dollars: moves whenever the price does", 120, of=dollars),
    ]
    title = "Did positions move, or only the price?"
    return assemble(panels, title=title, finding=says, source=view.foot(source), width=width)


def ratio(
    frame: pd.DataFrame,
    *,
    band: str = "30d",
    since: When | None = None,
    until: When | None = None,
    shade: Span | None = None,
    source: str = "",
    width: int = 470,
) -> alt.VConcatChart:
    """Draw open interest as a share of all coins, with its own trailing band.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        With ``open_interest`` and ``circulating_supply``.
    band : str
        The band at a bar holds the middle 90% of the bars of this long before it.
    since, until, shade, source, width
        As in `oikit.charts`.

    Returns
    -------
    VConcatChart
        Coins in open contracts as a share of the coins in circulation.

    Raises
    ------
    FrameError
        If the frame breaks the contract or lacks a column.
    InputError
        If there is nothing to draw in this span, or the band is no whole number of bars.
    """
    view = View(frame, ("open_interest", "circulating_supply"), since, until, shade, width)
    share = oi_to_cap(frame["open_interest"], frame["circulating_supply"])
    drawn, belt = view.cut(share), view.belt(share, band)
    at, value = view.last(drawn)
    compared = view.against(belt, band, at, value, lambda share: percent(share, 3))
    says = (
        f"On {moment(at)} the coins in open contracts were {percent(value, 3)} of the coins in "
        f"circulation, {compared}.{view.missing(drawn, 'ratio')}"
    )
    y = axis("format(datum.value, '.2%')")
    panel = view.panel(
        [*view.band(belt, y), view.line(drawn, "open_interest", y)],
        f"Open interest / circulating supply; band: middle 90% of the {band} before, dashed: median",
        240,
        of=drawn,
    )
    title = "Is open interest large for this coin?"
    return assemble([panel], title=title, finding=says, source=view.foot(source), width=width)


def velocity(
    frame: pd.DataFrame,
    *,
    window: str = "24h",
    band: str = "30d",
    since: When | None = None,
    until: When | None = None,
    shade: Span | None = None,
    source: str = "",
    width: int = 470,
) -> alt.VConcatChart:
    """Draw how fast positions open or close, with its own trailing band.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        With ``open_interest``.
    window : str
        The change is over this long.
    band : str
        The band at a bar holds the middle 90% of the bars of this long before it.
    since, until, shade, source, width
        As in `oikit.charts`.

    Returns
    -------
    VConcatChart
        The change of open interest in coins over `window`, in per cent.

    Raises
    ------
    FrameError
        If the frame breaks the contract or lacks a column.
    InputError
        If there is nothing to draw in this span, or a length is no whole number of bars.
    """
    view = View(frame, ("open_interest",), since, until, shade, width)
    logs = log_velocity(frame["open_interest"], window)
    change = pd.Series(np.expm1(logs), logs.index)
    drawn, belt = view.cut(change), view.belt(change, band)
    at, value = view.last(drawn)
    compared = view.against(belt, band, at, value, percent)
    count = bars(band, logs.index)
    score = robust_zscore(logs[:at].iloc[-count - 1 :], count).iloc[-1]
    side = "below" if score < 0 else "above"
    far = (
        f" That is {abs(score):.1f} robust standard deviations {side} their median."
        if np.isfinite(score)
        else ""
    )
    says = (
        f"On {moment(at)} open interest stood {percent(abs(value))} {'below' if value < 0 else 'above'} its "
        f"level {window} before, in coins: {compared}.{far}{view.missing(drawn, 'velocity')}"
    )
    y = axis("format(datum.value, '.1~%')")
    panel = view.panel(
        [*view.band(belt, y), view.level(0.0, y), view.line(drawn, "open_interest", y)],
        f"Change of open interest in coins over {window}; band: middle 90% of the {band} before",
        240,
        of=drawn,
    )
    title = "How fast do positions open or close?"
    return assemble([panel], title=title, finding=says, source=view.foot(source), width=width)


def funding(
    frame: pd.DataFrame,
    *,
    since: When | None = None,
    until: When | None = None,
    shade: Span | None = None,
    source: str = "",
    width: int = 470,
) -> alt.VConcatChart:
    """Draw each funding payment: who paid whom, and how much.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        With ``funding_rate`` and ``funding_interval``.
    since, until, shade, source, width
        As in `oikit.charts`.

    Returns
    -------
    VConcatChart
        One bar per settlement, as wide as the hours it pays for. Nothing is scaled to a common
        interval: this is what was paid.

    Raises
    ------
    FrameError
        If the frame breaks the contract or lacks a column.
    InputError
        If there is nothing to draw in this span.
    """
    view = View(frame, ("funding_rate", "funding_interval"), since, until, shade, width)
    rate, hours = (view.cut(frame[name]).iloc[1:] for name in view.needs)
    paid = rate[(hours > 0) & rate.notna()]
    if paid.empty:
        raise InputError(f"nothing to draw: no funding was settled {view.span.lower()}; draw a longer span")
    every = " or ".join(f"{length:g}h" for length in sorted(hours[paid.index].unique()))
    kept = thin(paid)
    lengths = hours[kept.index]
    begins = kept.set_axis(kept.index - pd.to_timedelta(lengths, unit="h"))
    table = rows({"rate": kept * 1e4, "hours": lengths}).assign(since=rows({"rate": begins})["time"])
    below = {"test": "datum.rate < 0", "value": COLORS["accent"]}
    colour = alt.ColorValue(COLORS["funding"], condition=below)
    tips = [
        alt.Tooltip("rate:Q", title="basis points"),
        alt.Tooltip("hours:Q", title="for this many hours"),
    ]
    # Nothing but zeros would leave the axis without a unit.
    y = alt.Y("rate:Q", title=None, scale=alt.Scale(domain=[-1, 1]) if not paid.any() else alt.Undefined)
    bar = plot(table).mark_bar()
    bar = bar.encode(view.x("since"), alt.X2("time:T"), y, alt.Y2Datum(0), color=colour, tooltip=tips)
    some = "" if len(kept) == len(paid) else " (only the largest and smallest of each stretch)"
    panel = view.panel(
        [bar, view.level(0.0, alt.Y("value:Q", title=None))],
        f"Basis points (0.01%) of the position, paid every {every}{some}. "
        "Above 0 longs pay, below 0 shorts pay",
        220,
        of=frame["funding_rate"],
    )
    told = _paid(*(view.told(frame[name]).iloc[1:] for name in view.needs))
    title = "Who paid whom for holding a position?"
    return assemble(
        [panel], title=title, finding=f"{view.span} {told}", source=view.foot(source), width=width
    )


# Thousands, millions, billions; d3's own G would be read as something else.
_COUNT = "replace(format(datum.value, '~s'), 'G', 'B')"


def _paid(rate: pd.Series, hours: pd.Series) -> str:
    settled = rate[(hours > 0) & rate.notna()]
    if settled.empty:
        return "nothing was settled."
    every = " or ".join(f"{length:g}h" for length in sorted(hours[settled.index].unique()))
    total, year = settled.sum(), funding_apr(rate, len(rate)).iloc[-1]
    if (settled == 0).all():
        return f"nobody paid: all of {len(settled)} settlements, every {every}, were exactly 0."
    who = "longs paid shorts" if total >= 0 else "shorts paid longs"
    lost = int((rate.isna() | hours.isna()).sum())
    rest = (
        f"{lost} of {len(rate)} bars are not known." if lost else f"A year of that is {percent(abs(year))}."
    )
    return (
        f"{who} {percent(abs(total), 3)} of the position in {len(settled)} settlements, every {every}; "
        f"{int((settled == 0).sum())} of them were exactly 0. {rest}"
    )


# Column: what it is called, what it counts, its colour, dash and shape.
_CROWDS = {
    "long_short_ratio": ("all accounts", "heads", "long", (1, 0), "circle"),
    "top_account_ratio": ("top accounts", "heads", "open_interest", (5, 3), "square"),
    "top_position_ratio": ("top accounts", "coins", "short", (1, 0), "triangle-up"),
}


def crowds(
    frame: pd.DataFrame,
    *,
    since: When | None = None,
    until: When | None = None,
    shade: Span | None = None,
    source: str = "",
    width: int = 470,
) -> alt.VConcatChart:
    """Draw the share of each crowd that is long.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        With at least one of ``long_short_ratio``, ``top_account_ratio``, ``top_position_ratio``.
    since, until, shade, source, width
        As in `oikit.charts`.

    Returns
    -------
    VConcatChart
        Two counts of heads and one of coins, as long shares. Over the whole market the share is
        always a half, as each contract has one long and one short.

    Raises
    ------
    FrameError
        If the frame breaks the contract or has none of the columns.
    InputError
        If there is nothing to draw in this span.
    """
    view = View(frame, (), since, until, shade, width - 110)  # the labels stand beside the lines
    shares = {name: view.cut(long_share(frame[name])) for name in _CROWDS if name in frame.columns}
    shares = {name: share for name, share in shares.items() if view.told(share).notna().any()}
    if not shares:
        raise FrameError([f"nothing is known of {', '.join(_CROWDS)} in this span; one of them is needed"])
    view.needs = tuple(shares)
    ends = {name: view.last(share) for name, share in shares.items()}
    seen = pd.concat([*shares.values(), pd.Series([0.5])])
    room = 0.05 * (seen.max() - seen.min()) or 0.01
    low, high, height = float(seen.min() - room), float(seen.max() + room), 240
    y = axis("format(datum.value, '.0%')", alt.Scale(domain=[low, high], nice=False))
    places = {name: share.dropna().iloc[-1] for name, share in shares.items()}
    places = spread(places, 36 * (high - low) / height, low, high)
    edge = pd.Series([0.0], view.drawn[-1:])
    layers = [view.level(0.5, y)]
    for name, share in shares.items():
        called, counts, color, dash, shape = _CROWDS[name]
        label = rows({"value": edge + places[name]}).assign(says=f"{called}\n({counts})")
        at_end = plot(label).encode(x=view.x(), y=y)
        layers += [
            view.line(share, color, y, dash=dash),
            at_end.mark_point(shape=shape, xOffset=10, size=50, filled=True, opacity=1, color=COLORS[color]),
            at_end.mark_text(align="left", dx=20, lineBreak="\n").encode(text=alt.Text("says:N")),
        ]
    said = [f"{percent(ends[n][1])} of {_CROWDS[n][0]} (counting {_CROWDS[n][1]})" for n in shares]
    says = (
        f"On {moment(max(at for at, _ in ends.values()))} the long share was {', '.join(said)}. Over the "
        "whole market it is always 50%: each contract has one long and one short."
    )
    head = "Share that is long. Heads count accounts, coins count what they hold"
    panel = view.panel(layers, head, height, of=pd.DataFrame(shares).mean(axis=1))
    title = "Which share of each crowd is long?"
    return assemble([panel], title=title, finding=says, source=view.foot(source), width=width)


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
    """Draw a week, day by day, on the plane of price and open interest.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        With ``close`` and ``open_interest``, in bars that divide a day.
    since, until, shade, source, width
        As in `oikit.charts`. The path is that of the shade, or of all that is drawn.

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
    kept = [thin(moved[name], 400).index for name in view.needs]
    path = moved[np.logical_or.reduce([moved.index.isin(each) for each in kept])]
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
