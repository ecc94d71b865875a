"""The margin bench of lesson 06: the distance to liquidation, and how often it is touched.

One long with isolated margin is opened and left alone for three days. Its liquidation line is that of
`oikit.margin.liquidation_price`, moved by funding every eight hours. The price is a simulated random
walk without drift, the same walks for every setting, observed continuously: the lowest point between two
hours is drawn from its exact distribution. Fees are left out. There is no choice of world: nothing is
tried on data.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from oikit.explore.model import Choice, Explorer
from oikit.margin import liquidation_price
from oikit.stats import Estimate, wilson

if TYPE_CHECKING:
    import altair as alt

HOURS = 72
EVERY = 8  # hours between two settlements of funding, and between two rows
PATHS = 4_000
SEED = 6

LEVERAGE = Choice("leverage", "How far is the position levered?", ("5x", "10x", "20x", "50x"), "20x")
MAINTENANCE = Choice(
    "maintenance", "Which share of the position must stay as margin?", ("0.5%", "1%", "2.5%"), "0.5%"
)
FUNDING = Choice(
    "funding", "What does the long pay every eight hours, of the position?", ("0%", "0.05%", "0.1%"), "0%"
)
VOLATILITY = Choice("volatility", "How far does the price move on a usual day?", ("1%", "3%", "5%"), "3%")

Floats = npt.NDArray[np.float64]


@lru_cache(maxsize=len(VOLATILITY.options))
def _walks(volatility: str) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Log prices on the hour, and the lowest log price of each hour."""
    rng = np.random.default_rng(SEED)
    step = _share(volatility) / np.sqrt(24)
    moves = rng.standard_normal((PATHS, HOURS)) * step - step**2 / 2
    ends = np.concatenate([np.zeros((PATHS, 1)), moves.cumsum(axis=1)], axis=1)
    # The lowest point of a Brownian path between two known ends.
    deep = np.sqrt(moves**2 + 2 * step**2 * rng.standard_exponential((PATHS, HOURS)))
    lowest = (ends[:, :-1] + ends[:, 1:] - deep) / 2
    return ends.astype(np.float32), lowest.astype(np.float32)


@lru_cache(maxsize=1024)
def _shares(
    leverage: str, maintenance: str, funding: str, volatility: float
) -> tuple[Floats, Floats, Floats]:
    """The line hour by hour, the share that touched it so far, and the share beyond it on the hour."""
    paid = _share(funding) * (np.arange(HOURS + 1) // EVERY)
    line = liquidation_price(
        1.0,
        side="long",
        quantity=1.0,
        leverage=float(leverage.rstrip("x")),
        tiers=_share(maintenance),
        funding_paid=paid,
    )
    ends, lowest = _walks(volatility)
    wall = np.log(line).astype(np.float32)
    # During an hour the line is that of its beginning; what is paid on the hour counts on the hour.
    beyond = ends <= wall
    touched = np.concatenate([beyond[:, :1], beyond[:, 1:] | (lowest <= wall[:-1])], axis=1)
    return line, np.logical_or.accumulate(touched, axis=1).mean(axis=0), beyond.mean(axis=0)


def _share(text: str) -> float:
    return float(text.rstrip("%")) / 100


def rows(leverage: str, maintenance: str, funding: str, volatility: str) -> list[dict[str, Any]]:
    """Follow one long for three days.

    Examples
    --------
    >>> round(rows("20x", "0.5%", "0%", "3%")[0]["line"], 4)
    -0.0452
    """
    line, touched, beyond = _shares(leverage, maintenance, funding, volatility)
    table = []
    for hour in range(0, HOURS + 1, EVERY):
        spread = _share(volatility) * np.sqrt(hour / 24)
        table.append(
            {
                "hour": hour,
                "low": round(float(np.expm1(-1.645 * spread - spread**2 / 2)), 4),
                "high": round(float(np.expm1(1.645 * spread - spread**2 / 2)), 4),
                "line": round(float(line[hour] - 1), 5),
                "paid": round(_share(funding) * (hour // EVERY), 5),
                "keep": round(float(_share(maintenance) * line[hour]), 5),
                "touched": round(float(touched[hour]), 4),
                "beyond": round(float(beyond[hour]), 4),
            }
        )
    return table


def touched_share(leverage: str, maintenance: str, funding: str, volatility: str, hours: int) -> Estimate:
    """Return the share of walks that touched the line within so many hours, with its interval."""
    _, touched, _ = _shares(leverage, maintenance, funding, volatility)
    return wilson(round(touched[hours] * PATHS), PATHS)


def says(leverage: str, maintenance: str, funding: str, volatility: str) -> str:
    """Put the three days into words.

    Examples
    --------
    >>> says("50x", "2.5%", "0%", "3%")
    'A 50x long puts up 2.0% and must keep 2.5%: it is closed as soon as it is opened.'
    """
    first, *_, last = rows(leverage, maintenance, funding, volatility)
    if first["line"] >= 0:
        margin = 1 / float(leverage.rstrip("x"))
        return (
            f"A {leverage} long puts up {margin:.1%} and must keep {maintenance}: "
            "it is closed as soon as it is opened."
        )
    later = f" After three days of funding {_fall(last)} is enough." if last["paid"] else ""
    day = touched_share(leverage, maintenance, funding, volatility, 24).value
    end = touched_share(leverage, maintenance, funding, volatility, HOURS)
    return (
        f"A {leverage} long that must keep {maintenance} is closed by {_fall(first)}.{later} "
        f"Of {PATHS:,} simulated walks of {volatility} a day, {day:.0%} touch the line within a day and "
        f"{end.value:.0%} within three (95% interval {end.low:.1%} to {end.high:.1%}). "
        f"At the end {last['beyond']:.0%} are beyond it."
    )


def _fall(row: dict[str, Any]) -> str:
    return f"a fall of {-row['line']:.1%}"


WIDTH = 480
BESIDE = 124


def draw(base: alt.Chart) -> alt.VConcatChart:
    """Draw the line over the walks, who touched it, and where the margin goes."""
    import altair as alt

    from oikit.charts.theme import COLORS

    width = WIDTH - BESIDE
    hours = alt.Scale(domain=[0, HOURS], nice=False)
    bare = alt.X("hour:Q", scale=hours, axis=alt.Axis(labels=False, ticks=False, title=None))
    timed = alt.X(
        "hour:Q", scale=hours, axis=alt.Axis(title="hours since the opening", values=[0, 24, 48, 72])
    )
    last = base.transform_filter(f"datum.hour === {HOURS}")

    def beside(field: str, words: str, color: str, scale: alt.Scale, dy: int = 0) -> alt.Chart:
        said = last.transform_calculate(label=words)
        mark = said.mark_text(align="left", dx=8, dy=dy, color=COLORS[color], fontWeight="bold")
        return mark.encode(alt.X("hour:Q", scale=hours), alt.Y(f"{field}:Q", scale=scale), text="label:N")

    moves = alt.Scale(domain=[-0.22, 0.16], nice=False)
    signed = alt.Axis(
        labelExpr="datum.value ? format(datum.value, '+.0%') : '0%'", values=[-0.2, -0.1, 0, 0.1]
    )
    y = alt.Y("low:Q", scale=moves, title=None, axis=signed)
    walks = [
        base.mark_area(color=COLORS["band"], opacity=0.8).encode(bare, y, alt.Y2("high:Q")),
        alt.Chart(alt.InlineData([{"at": 0}]))
        .mark_rule(color=COLORS["muted"])
        .encode(alt.Y("at:Q", scale=moves)),
        base.mark_line(
            color=COLORS["long"], strokeWidth=2.5, strokeDash=[7, 4], interpolate="step-after"
        ).encode(bare, alt.Y("line:Q", scale=moves)),
        beside("line", "'closed at'", "long", moves, dy=-9),
        beside("line", "format(datum.line, '+.1%')", "long", moves, dy=9),
        beside("high", "'90% of walks'", "muted", moves),
    ]
    whole = alt.Scale(domain=[0, 1.08], nice=False)
    shares = alt.Axis(format=".0%", values=[0, 0.5, 1])
    crossed = [
        base.mark_line(color=COLORS["short"], strokeWidth=2.5).encode(
            timed, alt.Y("touched:Q", scale=whole, title=None, axis=shares)
        ),
        base.mark_line(color=COLORS["muted"], strokeWidth=2, strokeDash=[3, 3]).encode(
            timed, alt.Y("beyond:Q", scale=whole)
        ),
        beside("touched", "format(datum.touched, '.0%') + ' touched'", "short", whole, dy=-6),
        beside("beyond", "format(datum.beyond, '.0%') + ' beyond'", "muted", whole, dy=11),
    ]
    names = {"paid": "paid in funding", "keep": "must stay", "room": "left for the price"}
    spent = (
        last.transform_calculate(room="max(0, -datum.line)", margin="datum.paid + datum.keep - datum.line")
        .transform_fold([*names], ["part", "size"])
        .transform_calculate(
            place=f"indexof({list(names)}, datum.part)",
            says=f"{names}[datum.part] + ' ' + format(datum.size / datum.margin, '.0%')",
        )
        .transform_stack(
            stack="size",
            groupby=["hour"],
            sort=[alt.SortField("place")],
            as_=["from", "to"],
            offset="normalize",
        )
    )
    color = alt.Color(
        "part:N",
        legend=None,
        scale=alt.Scale(domain=list(names), range=[COLORS[each] for each in ("funding", "muted", "long")]),
    )
    share = alt.Scale(domain=[0, 1], nice=False)
    parts = [
        spent.mark_bar(stroke="white", height=18).encode(
            alt.X("from:Q", scale=share, axis=None), alt.X2("to:Q"), alt.Y(value=11), color=color
        ),
        # Words in three fixed places: inside a narrow part they would not fit.
        spent.transform_calculate(slot="[0, 0.34, 0.6][datum.place]")
        .mark_text(align="left", fontWeight="bold")
        .encode(alt.X("slot:Q", scale=share, axis=None), alt.Y(value=34), text="says:N", color=color),
    ]
    panels = (
        (walks, width, 190, "Price of a long since its entry, and the line where it is closed"),
        (crossed, width, 100, "Simulated walks that touched the line so far, or are beyond it now"),
        (parts, WIDTH, 42, "What becomes of the margin in three days"),
    )
    return alt.vconcat(
        *(
            alt.layer(*layers).properties(title=title, height=height, width=wide)
            for layers, wide, height, title in panels
        ),
        spacing=10,
    )


EXPLORER = Explorer(
    id="06",
    title="Margin bench",
    asks="How near is the liquidation, and how likely is it touched within three days?",
    controls=(LEVERAGE, MAINTENANCE, FUNDING, VOLATILITY),
    rows=rows,
    says=says,
    draw=draw,
    shows={
        "hour": "hour",
        "line": "closed at",
        "paid": "funding paid",
        "keep": "must stay",
        "touched": "touched so far",
        "beyond": "beyond it now",
    },
)
"""The explorer of lesson 06."""
