"""Pictures of what leverage does: to a position, to a market and to an account.

==========================  =====================================================================
`liquidation_moves`         which price move liquidates a position: by leverage, size and side
`cascade_steps`             who a shock forces out, round by round, and where it stops
`survival`                  how many simulated accounts are not ruined yet, trade by trade
`wealth_fan`                what the simulated accounts hold: the middle, and how far apart they are
==========================  =====================================================================

As in `oikit.charts`: a chart draws what it is given and says in a sentence what it shows
(`oikit.charts.finding`). ``source`` is one line on where the numbers are from. ``width`` is that of
the drawing in pixels.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from oikit.charts.canvas import LIMIT, thin
from oikit.charts.cascade import cascade_steps, liquidation_moves
from oikit.charts.stack import alt, assemble
from oikit.charts.theme import COLORS
from oikit.errors import InputError
from oikit.formatting import percent
from oikit.risk import Accounts
from oikit.stats import wilson

__all__ = ["cascade_steps", "liquidation_moves", "survival", "wealth_fan"]

_FEW = alt.Axis(tickCount=5)
# Room right of the drawing for words beside the ends of lines.
_BESIDE = 120
_LOOKS = (
    ("open_interest", (1, 0)),
    ("short", (8, 4)),
    ("long", (2, 3)),
    ("funding", (10, 3, 2, 3)),
)


def survival(runs: Mapping[str, Accounts], *, source: str = "", width: int = 480) -> alt.VConcatChart:
    """How many accounts are still there?

    Parameters
    ----------
    runs : mapping of a name to Accounts
        One to four results of `oikit.risk.simulate_accounts`, like ``{"5x": ..., "20x": ...}``.
    source, width
        See the head of this module.

    Returns
    -------
    VConcatChart
        The share that is not ruined, trade by trade, and the 95% interval of the simulation
        (Wilson, each trade by itself): it tells how well so many accounts measure the share, and nothing
        about whether real trades are like simulated ones.

    Raises
    ------
    InputError
        If there is nothing to draw, or too much.
    """
    for each in runs.values():
        _known(each)
    if not 1 <= len(runs) <= len(_LOOKS):
        raise InputError(f"{len(runs)} runs cannot be drawn; give one to {len(_LOOKS)}, like {{'5x': …}}")
    lengths = sorted({int(run.survival.index[-1]) for run in runs.values()})
    if len(lengths) > 1:
        raise InputError(f"the runs have {_listed(lengths)} trades; compare runs of the same length")
    width, height = width - _BESIDE, 240
    tables = [_alive(run, LIMIT // (2 * len(runs))) for run in runs.values()]
    x = alt.X("trade:Q", title="trades", scale=alt.Scale(domain=[0, *lengths], nice=False), axis=_FEW)
    y = alt.Y("share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%"))
    # The first named stands above those it ties with.
    ends = {name: float(runs[name].survival.iloc[-1]) for name in reversed(list(runs))}
    places = _apart(ends, 20 / height, 0.0, 1.0)
    layers = []
    for (color, dash), name, mine in zip(_LOOKS, runs, tables, strict=False):
        base = alt.Chart(mine)
        tips = [
            alt.Tooltip("trade:Q"),
            *(alt.Tooltip(f"{n}:Q", format=".1%") for n in ("share", "low", "high")),
        ]
        layers += [
            base.mark_area(color=COLORS[color], opacity=0.25).encode(
                x, alt.Y("low:Q", title=None), alt.Y2("high:Q")
            ),
            base.mark_line(color=COLORS[color], strokeDash=list(dash), strokeWidth=2).encode(
                x, y, tooltip=tips
            ),
            _beside(
                x,
                y,
                {"trade": mine["trade"].iloc[-1], "share": places[name]},
                f"{name}: {_share(ends[name])}",
                color,
            ),
        ]
    many = _listed({len(run.wealth) for run in runs.values()})
    panel = alt.LayerChart(
        layer=layers,
        title=f"Share of {many} simulated accounts that are not ruined. Band: 95% interval of the simulation",
        width=width,
        height=height,
    )
    left = ", ".join(f"{name} {_left(run)}" for name, run in runs.items())
    half = [
        f" {name}: half are gone by trade {int(gone.index[0]):,}."
        for name, run in runs.items()
        if len(gone := run.survival[run.survival <= 0.5])
    ]
    says = (
        f"Of {many} simulated accounts each, not ruined after {lengths[0]:,} trades (with 95% interval): "
        f"{left}.{''.join(half)}"
    )
    title = "How many accounts are still there?"
    return assemble([panel], title=title, finding=says, source=source, width=width)


def _alive(run: Accounts, limit: int) -> pd.DataFrame:
    kept = thin(run.survival.astype(float), limit)
    found = [wilson(round(share * len(run.wealth)), len(run.wealth)) for share in kept]
    return pd.DataFrame(
        {
            "trade": kept.index.to_numpy(),
            "share": kept.to_numpy(),
            "low": [each.low for each in found],
            "high": [each.high for each in found],
        }
    )


def _left(run: Accounts) -> str:
    n, share = len(run.wealth), float(run.survival.iloc[-1])
    found = wilson(round(share * n), n)
    return f"{_share(share)} ({_share(found.low)} to {_share(found.high)})"


def wealth_fan(run: Accounts, *, source: str = "", width: int = 480) -> alt.VConcatChart:
    """What do the accounts hold, and how far apart are they?

    Parameters
    ----------
    run : Accounts
        From `oikit.risk.simulate_accounts`.
    source, width
        See the head of this module.

    Returns
    -------
    VConcatChart
        The median, the middle half and the middle 90% of wealth as multiples of the start, on a log
        axis, where halving is as far as doubling. A ruined account stays where it stopped; one that
        has nothing left is drawn on the lower edge, which has no 0.

    Raises
    ------
    InputError
        If it is no such result.
    """
    _known(run)
    fan = run.fan.astype(float)
    edge = float(fan.where(fan > 0).min().min()) / 2
    empty = bool((fan <= 0).to_numpy().any())
    shown = fan.clip(lower=edge) if empty else fan
    table = shown.set_axis(["lowest", "lower", "median", "upper", "highest"], axis=1).reset_index()
    table = table.iloc[np.unique(np.linspace(0, len(table) - 1, min(len(table), LIMIT // 4)).astype(int))]
    low, high = min(float(shown.min().min()), 1.0), max(float(shown.max().max()), 1.0)
    low, high = (low, high) if high > low * 1.01 else (low / 1.005, high * 1.005)
    width, height = width - _BESIDE, 280
    x = alt.X(
        "trade:Q", title="trades", scale=alt.Scale(domain=[0, int(fan.index[-1])], nice=False), axis=_FEW
    )
    scale = alt.Scale(type="log", domain=[low, high], nice=False)
    # On a log axis Vega drops some of the given values unless many are asked for.
    axis = alt.Axis(values=_ticks(low, high), tickCount=40, labelExpr="format(datum.value, '.3~g') + '×'")
    y = alt.Y("median:Q", title=None, scale=scale, axis=axis)
    base = alt.Chart(table)
    tips = [alt.Tooltip(f"{name}:Q", format=".3~g") for name in table.columns]
    layers = [
        base.mark_area(color=COLORS["band"], opacity=0.55).encode(
            x, alt.Y("lowest:Q", title=None, scale=scale, axis=axis), alt.Y2("highest:Q")
        ),
        base.mark_area(color=COLORS["open_interest"], opacity=0.35).encode(
            x, alt.Y("lower:Q", title=None, scale=scale, axis=axis), alt.Y2("upper:Q")
        ),
        alt.Chart(pd.DataFrame({"median": [1.0]}))
        .mark_rule(color=COLORS["muted"], strokeDash=[6, 4])
        .encode(y=y),
        base.mark_line(color=COLORS["open_interest"], strokeWidth=2.5).encode(x, y, tooltip=tips),
    ]
    ends = dict(
        zip(("5% below", "25% below", "half below", "25% above", "5% above"), fan.iloc[-1], strict=True)
    )
    places = {name: math.log10(max(value, edge)) for name, value in ends.items()}
    # Equal values keep the order of their quantiles, so the words do, too.
    room = 20 / height * math.log10(high / low)
    places = _apart(places, room, math.log10(low), math.log10(high))
    digits = 2 if high > 1.5 * low else 3
    for name, value in ends.items():
        at = {"trade": table["trade"].iloc[-1], "median": 10 ** places[name]}
        tone = "open_interest" if name == "half below" else "muted"
        layers.append(_beside(x, y, at, f"{name} {_times(value, digits)}", tone))
    panel = alt.LayerChart(
        layer=layers,
        title=[
            "Wealth as a multiple of the start, on a log axis.",
            "Light: middle 90% of accounts. Dark: middle half. Line: median.",
            *(["The lower edge stands for nothing left."] if empty else []),
        ],
        width=width,
        height=height,
    )
    title = "What do the accounts hold?"
    return assemble([panel], title=title, finding=_held(run), source=source, width=width)


def _held(run: Accounts) -> str:
    wealth, last = run.wealth, run.fan.iloc[-1]
    mean = float(np.mean(wealth))
    return (
        f"Of {len(wealth):,} simulated accounts half hold {_times(last[0.5])} their start or less after "
        f"{run.fan.index[-1]:,} trades, and {_share(float(np.mean(wealth < 1)))} hold less than they began "
        f"with. The middle 90% lie between {_times(last[0.05])} and {_times(last[0.95])}. The mean is "
        f"{_times(mean)}, more than {_share(float(np.mean(wealth < mean)))} of the accounts hold."
    )


def _known(run: Any) -> None:
    if not isinstance(run, Accounts):
        raise InputError(
            f"{type(run).__name__} is no result of oikit.risk.simulate_accounts; draw one of those"
        )


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers on a log axis: decades where there are many, even steps where there is hardly one."""
    decades = math.log10(high / low)
    if decades < 0.5:
        step = 10.0 ** math.floor(math.log10((high - low) / 2))
        step *= 5 if (high - low) / step > 10 else 2 if (high - low) / step > 5 else 1
        return [round(step * n, 9) for n in range(math.ceil(low / step), math.floor(high / step) + 1)]
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1,) if decades > 2.5 else (1, 2, 5)
    found = [step * 10.0**power for power in powers for step in steps]
    inside = [each for each in found if low <= each <= high]
    return inside[:: -(-len(inside) // 8)]


def _times(value: float, digits: int = 3) -> str:
    if 0 < abs(value) < 0.001:
        return "under 0.001×"
    return f"{value:,.{digits}g}×" if abs(value) < 10**digits else f"{value:,.0f}×"


def _share(share: float) -> str:
    """Per cent, with as many digits as keep nearly all apart from all, and nearly none from none."""
    if share in (0, 1):
        return f"{share:.0%}"
    digits = next((n for n in range(1, 6) if 0 < round(share, n + 2) < 1), 6)
    return percent(share, digits)


def _listed(counts: Iterable[int]) -> str:
    return " or ".join(f"{count:,}" for count in sorted(counts))


def _apart(places: dict[str, float], room: float, low: float, high: float) -> dict[str, float]:
    """Move apart only those words that would touch, each crowd around its own middle."""
    crowds: list[list[str]] = []

    def middle(crowd: list[str]) -> float:
        half = (len(crowd) - 1) * room / 2
        return min(max(sum(places[name] for name in crowd) / len(crowd), low + half), high - half)

    for name in sorted(places, key=lambda name: places[name]):
        crowds.append([name])
        while len(crowds) > 1 and middle(crowds[-1]) - middle(crowds[-2]) < room * (
            (len(crowds[-1]) + len(crowds[-2])) / 2
        ):
            last = crowds.pop()
            crowds[-1] += last
    return {
        name: middle(crowd) + (place - (len(crowd) - 1) / 2) * room
        for crowd in crowds
        for place, name in enumerate(crowd)
    }


def _beside(x: alt.X, y: alt.Y, at: dict[str, Any], says: str, color: str) -> alt.Chart:
    """Words right of the drawing, at the end of a line."""
    text = alt.Chart(pd.DataFrame({name: [value] for name, value in at.items()} | {"says": [says]}))
    return text.mark_text(align="left", dx=8, color=COLORS[color]).encode(x, y, text="says:N")
