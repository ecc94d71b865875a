"""Pictures of a frame: each function takes a frame and returns an Altair chart.

==========================  =====================================================================
`price_and_open_interest`   did positions move, or only the price?  coins and dollars apart
`ratio`                     open interest as a share of all coins, with its own trailing band
`velocity`                  how fast positions open and close, with its own trailing band
`funding`                   what was paid, each time it was paid
`crowds`                    who is long: accounts, top accounts, top positions
`oikit.charts.risk`         liquidation distance, survival, spread of wealth, the steps of a cascade
`oikit.charts.trail`        which way a week went, day by day, on the plane of price and open interest
`oikit.charts.scorecard`    what followed, how often; and whether what was said came true
==========================  =====================================================================

All of them understand the same keywords. ``since`` and ``until`` draw the bars with
since < time <= until, while a band still sees what came before. ``shade=(since, until)`` shades a
span and lets the sentence speak of it. ``source`` is one line on where the data is from; it says
"simulated" of what is, and how much of what is drawn is known is put behind it. Where what a panel
draws is not known for two bars or more, its ground is grey. ``width`` is that of the drawing in
pixels.

The one rule: a chart draws what it is given and says in a sentence what it shows (`finding`, which
is also what a screen reader hears). It never fetches and never looks ahead: a band at a bar is made
of the bars before it. Times are UTC, and a gap is drawn as a gap.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from oikit.charts.canvas import Span, View, When, rows, thin
from oikit.charts.canvas import axis as _y
from oikit.charts.holders import crowds
from oikit.charts.stack import alt, assemble, plot
from oikit.charts.theme import COLORS, use_theme
from oikit.clock import bars
from oikit.errors import InputError
from oikit.formatting import moment, percent
from oikit.indicators import funding_apr, oi_to_cap, robust_zscore
from oikit.indicators import velocity as log_velocity

__all__ = [
    "COLORS",
    "crowds",
    "finding",
    "funding",
    "price_and_open_interest",
    "ratio",
    "thin",
    "use_theme",
    "velocity",
]


def finding(chart: alt.TopLevelMixin) -> str:
    """What does this chart say, in words?

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
    """Did positions move, or only the price?

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        With ``close``, ``open_interest`` and ``open_interest_value``.
    since, until, shade, source, width
        See the head of this module.

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
    view = View(frame, ("close", "open_interest", "open_interest_value"), since, until, shade, width)
    price, coins, dollars = (view.cut(frame[name]) for name in view.needs)
    says = (
        f"{view.span} the price {view.moved(price)}. Open interest {view.moved(coins)} in coins "
        f"and {view.moved(dollars)} in dollars.{view.missing(coins, 'open interest')}"
    )
    value = view.line(dollars, "open_interest_value", _y(f"'$' + {_COUNT}"))
    panels = [
        view.panel(
            [view.line(price, "price", _y(), labels=False)],
            "Price, dollars per coin",
            170,
            of=price,
            labels=False,
        ),
        view.panel(
            [view.line(coins, "open_interest", _y(_COUNT), labels=False)],
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
    """Is open interest large for this coin, by its own past?

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        With ``open_interest`` and ``circulating_supply``.
    band : str
        The band at a bar holds the middle 90% of the bars of this long before it.
    since, until, shade, source, width
        See the head of this module.

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
    y = _y("format(datum.value, '.2%')")
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
    """How fast do positions open or close, and is that unusual?

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        With ``open_interest``.
    window : str
        The change is over this long.
    band : str
        The band at a bar holds the middle 90% of the bars of this long before it.
    since, until, shade, source, width
        See the head of this module.

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
    y = _y("format(datum.value, '.1~%')")
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
    """Who paid whom, how much, each time?

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        With ``funding_rate`` and ``funding_interval``.
    since, until, shade, source, width
        See the head of this module.

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
