"""Charts of what leverage does: to a position, to a market and to an account."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import numpy as np
import pandas as pd

from oikit.cascade import Cascade
from oikit.charts.base import LIMIT, alt, apart, assemble, log_ticks, thin
from oikit.charts.theme import COLORS
from oikit.errors import InputError
from oikit.formatting import fine_percent, multiple, number, percent, signed
from oikit.margin import max_leverage
from oikit.margin.checks import Side, checked, sign
from oikit.risk import Accounts, liquidation_distance
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
    """Draw the share of simulated accounts that is not ruined, trade by trade.

    Parameters
    ----------
    runs : mapping of a name to Accounts
        One to four results of `oikit.risk.simulate_accounts`, like ``{"5x": ..., "20x": ...}``.
    source, width
        As in `oikit.charts`.

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
        raise InputError(f"the runs have {' or '.join(map(str, lengths))} trades; compare runs of one length")
    width, height = width - _BESIDE, 240
    tables = [_alive(run, LIMIT // (2 * len(runs))) for run in runs.values()]
    x = alt.X("trade:Q", title="trades", scale=alt.Scale(domain=[0, *lengths], nice=False), axis=_FEW)
    y = alt.Y("share:Q", title=None, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format=".0%"))
    # The first named stands above those it ties with.
    ends = {name: float(runs[name].survival.iloc[-1]) for name in reversed(list(runs))}
    places = apart(ends, 20 / height, 0.0, 1.0)
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
                f"{name}: {fine_percent(ends[name])}",
                color,
            ),
        ]
    many = " or ".join(map("{:,}".format, sorted({len(run.wealth) for run in runs.values()})))
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
    return f"{fine_percent(share)} ({fine_percent(found.low)} to {fine_percent(found.high)})"


def wealth_fan(run: Accounts, *, source: str = "", width: int = 480) -> alt.VConcatChart:
    """Draw what the simulated accounts hold, and how far apart they are.

    Parameters
    ----------
    run : Accounts
        From `oikit.risk.simulate_accounts`.
    source, width
        As in `oikit.charts`.

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
    axis = alt.Axis(values=log_ticks(low, high), tickCount=40, labelExpr="format(datum.value, '.3~g') + '×'")
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
    places = apart(places, room, math.log10(low), math.log10(high))
    digits = 2 if high > 1.5 * low else 3
    for name, value in ends.items():
        at = {"trade": table["trade"].iloc[-1], "median": 10 ** places[name]}
        tone = "open_interest" if name == "half below" else "muted"
        layers.append(_beside(x, y, at, f"{name} {multiple(value, digits)}", tone))
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
        f"Of {len(wealth):,} simulated accounts half hold {multiple(last[0.5])} their start or less after "
        f"{run.fan.index[-1]:,} trades, and {fine_percent(float(np.mean(wealth < 1)))} hold less than they "
        f"began with. The middle 90% lie between {multiple(last[0.05])} and {multiple(last[0.95])}. The mean "
        f"is {multiple(mean)}, more than {fine_percent(float(np.mean(wealth < mean)))} of the accounts hold."
    )


def _known(run: Any) -> None:
    if not isinstance(run, Accounts):
        raise InputError(
            f"{type(run).__name__} is no result of oikit.risk.simulate_accounts; draw one of those"
        )


def _beside(x: alt.X, y: alt.Y, at: dict[str, Any], says: str, color: str) -> alt.Chart:
    """Words right of the drawing, at the end of a line."""
    text = alt.Chart(pd.DataFrame({name: [value] for name, value in at.items()} | {"says": [says]}))
    return text.mark_text(align="left", dx=8, color=COLORS[color]).encode(x, y, text="says:N")


_POINTS = 80
_RULE = "1 / leverage"
_DASHES = ((1, 0), (6, 4), (12, 3, 2, 3))
_BINS = 30  # of each side
_ROW = 24
_LABELS = 16
_MOVE = "datum.value ? format(datum.value, '+.0%') : '0%'"


def liquidation_moves(
    tiers: pd.DataFrame | float,
    *,
    notionals: Sequence[float] = (5_000, 1_000_000),
    at: float = 20,
    leverages: tuple[float, float] = (10, 75),
    source: str = "",
    width: int = 480,
) -> alt.VConcatChart:
    """Draw the move of the price that liquidates a position, by leverage.

    Parameters
    ----------
    tiers : DataFrame or float
        As in `oikit.margin.liquidation_price`: a table of tiers, or one maintenance margin rate.
    notionals : sequence of float, quote
        One to three sizes of a position at its entry.
    at : float, ×
        The leverage that is marked and spoken of.
    leverages : tuple of two floats, ×
        From where to where. A line ends where the tier of its size allows no more.
    source, width
        As in `oikit.charts`.

    Returns
    -------
    VConcatChart
        Longs below 0 (a fall liquidates them), shorts above. The size is told by the dash; the dotted
        line is 1 / leverage, which many take for the distance. Isolated margin, without fees and
        funding.

    Raises
    ------
    InputError
        If a number is impossible, or none of the positions may be opened at the leverage that is marked.
    """
    low, high = (checked(each, "leverages", "positive") for each in leverages)
    marked = checked(at, "at", "positive")
    if not low < high or not low <= marked <= high:
        raise InputError(
            f"leverages={low:g} to {high:g} and at={marked:g} do not fit; type leverages=(from, to) "
            "with at= between them"
        )
    if not 1 <= len(notionals) <= len(_DASHES) or len(set(notionals)) < len(notionals):
        raise InputError(f"notionals={list(notionals)} cannot be drawn; give one to three different sizes")
    sizes = {number(each): checked(each, "notionals", "positive") for each in sorted(notionals)}
    if len(sizes) < len(notionals):
        raise InputError(f"notionals={list(notionals)} are too alike to be told apart in words")
    most = {name: float(max_leverage(size, tiers=tiers)) for name, size in sizes.items()}
    if marked > max(most.values()):
        raise InputError(
            f"at={marked:g} is more than any of these positions may take: the smallest ends at "
            f"{max(most.values()):g}x; take a smaller at= or smaller notionals"
        )
    grid = np.unique([*np.geomspace(low, high, _POINTS), marked])
    lines = [
        _moves(name, side, size, np.unique([*grid[grid < top], min(top, high)]), tiers)
        for name, size in sizes.items()
        if (top := most[name]) > low
        for side in get_args(Side)
    ]
    rule = [
        pd.DataFrame({"leverage": grid, "move": way / grid, "size": _RULE, "side": "rule"}) for way in (-1, 1)
    ]
    closed = {
        name: {
            s: float(liquidation_distance(size, side=s, leverage=marked, tiers=tiers))
            for s in ("long", "short")
        }
        for name, size in sizes.items()
        if marked <= most[name]
    }
    drawn = [name for name in sizes if most[name] > low]
    panel = _moves_panel(pd.concat([*lines, *rule]), _callouts(closed, marked), drawn, (low, high), marked)
    says = _closed_words(closed, most, marked)
    panel = panel.properties(width=width, title="Move of the price that liquidates the position, by leverage")
    title = f"Does {marked:g}x survive a move of {_plain(1 / marked)}?"
    return assemble([panel], title=title, finding=says, source=source, width=width)


def _moves(name: str, side: Side, size: float, leverages: Any, tiers: Any) -> pd.DataFrame:
    away = liquidation_distance(np.full(len(leverages), size), side=side, leverage=leverages, tiers=tiers)
    table = pd.DataFrame({"leverage": leverages, "move": -sign(side) * away, "size": name, "side": side})
    return table[away >= 0]  # beyond, it is liquidated as soon as it is opened


def _callouts(closed: dict[str, dict[str, float]], at: float) -> pd.DataFrame:
    """The marked points; the outermost and the innermost of a side are written, where there is room."""
    rows = []
    for side in get_args(Side):
        alive = {name: away[side] for name, away in closed.items() if away[side] > 0}
        order = sorted(alive, key=lambda name: -alive[name])
        for place, name in enumerate(order):
            where = "outer" if place == 0 else "inner" if place == len(order) - 1 else "none"
            move = -sign(side) * alive[name]
            rows.append((at, move, name, side, where, signed(100 * move, 2, "%")))
    return pd.DataFrame(rows, columns=["leverage", "move", "size", "side", "where", "says"])


def _moves_panel(
    lines: pd.DataFrame, marks: pd.DataFrame, names: list[str], ends: tuple[float, float], at: float
) -> alt.LayerChart:
    low, high = ends
    ticks = [each for each in (1, 2, 3, 5, 10, 15, 20, 30, 50, 75, 100, 125) if low <= each <= high]
    axis = alt.Axis(values=sorted({*ticks, at}), labelExpr="datum.value + 'x'", title="leverage")
    x = alt.X("leverage:Q", scale=alt.Scale(type="log", domain=[low, high], nice=False), axis=axis)
    reach = max(float(lines["move"].abs().max()), 1 / low)
    y = alt.Y(
        "move:Q",
        title=None,
        scale=alt.Scale(domain=[-reach, reach]),
        axis=alt.Axis(labelExpr=_MOVE, tickCount=7),
    )
    color = alt.Color(
        "side:N",
        legend=None,
        scale=alt.Scale(
            domain=["long", "short", "rule"], range=[COLORS[n] for n in ("long", "short", "muted")]
        ),
    )
    dashes = [*_DASHES[: len(names)], (1, 4)]
    dash = alt.StrokeDash(
        "size:N",
        scale=alt.Scale(domain=[*names, _RULE], range=[list(each) for each in dashes]),
        legend=alt.Legend(
            title="position at entry, USDT",
            titleFontWeight="normal",
            orient="top",
            columns=2,
            symbolSize=900,
            symbolStrokeColor=COLORS["text"],
        ),
    )
    tips = [
        alt.Tooltip("leverage:Q", format=".3~g"),
        alt.Tooltip("move:Q", format="+.2%"),
        alt.Tooltip("size:N", title="position"),
    ]
    line = alt.Chart(lines.assign(way=lines["move"] > 0)).mark_line(strokeWidth=2)
    layers = [
        _across([0.0], "move", y),
        _across([-1 / at, 1 / at], "move", y),
        line.encode(x, y, color=color, strokeDash=dash, detail="way:N", tooltip=tips),
        alt.Chart(marks).mark_point(filled=True, size=60, opacity=1).encode(x, y, color=color, tooltip=tips),
    ]
    for side, way in (("long", 1), ("short", -1)):
        mine = marks[marks["side"] == side]
        outer, inner = (alt.Chart(mine[mine["where"] == where]) for where in ("outer", "inner"))
        look: dict[str, Any] = {"color": COLORS[side], "fontWeight": "bold"}
        layers += [
            outer.mark_text(align="left", dx=4, dy=19 * way, **look).encode(x, y, text="says:N"),
            inner.mark_text(align="right", dx=-9, dy=-9 * way, **look).encode(x, y, text="says:N"),
        ]
        words = f"{side}s: liquidated by a {'fall' if way > 0 else 'rise'}"
        corner = alt.Chart(pd.DataFrame({"leverage": [high], "move": [-way * reach * 0.93], "says": words}))
        corner = corner.mark_text(align="right", color=COLORS[side])
        layers.append(corner.encode(x, y, text="says:N"))
    said = pd.DataFrame({"leverage": high, "move": [-1 / at, 1 / at], "side": ["long", "short"]})
    for way, side in ((1, "long"), (-1, "short")):
        note = alt.Chart(said[said["side"] == side].assign(says=f"{'−' if way > 0 else '+'}{_plain(1 / at)}"))
        layers.append(
            note.mark_text(align="right", dy=11 * way, color=COLORS["muted"]).encode(x, y, text="says:N")
        )
    return alt.LayerChart(layer=layers, height=340)


def _closed_words(closed: dict[str, dict[str, float]], most: dict[str, float], at: float) -> str:
    said: list[str] = []
    for name, top in most.items():
        who = f"a position of {name}" if not said else f"one of {name}"
        if name not in closed:
            said.append(f"{who} may take {top:g}x at most")
            continue
        fall, rise = closed[name]["long"], closed[name]["short"]
        if min(fall, rise) <= 0:
            said.append(f"{who} is liquidated as soon as it is opened")
        else:
            both = f"a fall of {percent(fall, 2)} (long) or a rise of {percent(rise, 2)} (short)"
            said.append(f"{who} is liquidated by {both}" if not said else f"{who} by {both}")
    early = all(away < 1 / at - 1e-12 for both in closed.values() for away in both.values())
    end = f": before the {_plain(1 / at)} that 1 / leverage suggests" if early else ""
    return f"At {at:g}x {', '.join(said)}{end}."


def _plain(share: float) -> str:
    return f"{100 * share:.3g}%"


def _across(values: list[float], field: str, y: alt.Y) -> alt.Chart:
    rule = alt.Chart(pd.DataFrame({field: values}))
    return rule.mark_rule(color=COLORS["muted"], strokeWidth=1).encode(y=y)


def cascade_steps(
    cascade: Cascade, *, within: float = 0.2, source: str = "", width: int = 480
) -> alt.VConcatChart:
    """Draw who is forced out, round by round, and where it stops.

    Parameters
    ----------
    cascade : Cascade
        From `oikit.cascade.cascade`.
    within : float, fraction of the price
        The least that is drawn on both sides of the price; it grows to hold where the price stops. What
        is liquidated farther away is counted in the words above the panel.
    source : str
        One line on where the numbers are from.
    width : int, pixels

    Returns
    -------
    VConcatChart
        Above, the liquidation prices of both sides: longs left of the price, shorts right of it, filled
        where they were forced out. Below, on the same axis, one bar per round: how far it moved the
        price.

    Raises
    ------
    InputError
        If it is no cascade, or a number is impossible.
    """
    if not isinstance(cascade, Cascade):
        raise InputError(f"{type(cascade).__name__} is no cascade; make one with oikit.cascade.cascade(…)")
    moves = cascade.steps["price"].to_numpy() / cascade.start - 1
    reach = max(checked(within, "within", "positive"), 1.1 * float(np.abs(moves).max()))
    # A fall ends at -100%.
    domain = [-min(reach, 1.0), reach]
    axis = alt.Axis(
        labelExpr=_MOVE, labelFlush=True, labelSeparation=12, tickCount=8, title="move of the price"
    )
    scale = alt.Scale(domain=domain, nice=False)
    bare = alt.Axis(labels=False, ticks=False, title=None)
    panels = [
        _places(cascade, domain, moves[-1], alt.X("move:Q", scale=scale, axis=bare)),
        _rounds(cascade, moves, alt.X("move:Q", scale=scale, axis=axis)),
    ]
    panels = [panel.properties(width=width) for panel in panels]
    title = "Who is forced out, and where does it stop?"
    return assemble(panels, title=title, finding=_finding(cascade, moves[0]), source=source, width=width)


def _places(cascade: Cascade, domain: list[float], stop: float, x: alt.X) -> alt.LayerChart:
    table, far = _binned(cascade, domain)
    color = alt.Scale(domain=["long", "short"], range=[COLORS["long"], COLORS["short"]])
    fill = alt.condition("datum.out", alt.Color("side:N", scale=color, legend=None), alt.value("#ffffff"))
    y = alt.Y("base:Q", title=None, axis=alt.Axis(format=".0%", minExtent=50))
    tips = [
        alt.Tooltip("side:N"),
        alt.Tooltip("share:Q", format=".1%"),
        alt.Tooltip("out:N", title="forced out"),
    ]
    bars = alt.Chart(table).mark_rect(strokeWidth=1.5)
    bars = bars.encode(
        x,
        alt.X2("until:Q"),
        y,
        alt.Y2("top:Q"),
        fill=fill,
        stroke=alt.Stroke("side:N", scale=color, legend=None),
        tooltip=tips,
    )
    layers = [bars, *_lines(stop, x)]
    for side, way in (("long", -1), ("short", 1)):
        name = alt.Chart(pd.DataFrame({"move": [0.0], "says": f"{side}s"}))
        name = name.mark_text(
            align="left" if way > 0 else "right", dx=8 * way, color=COLORS[side], fontWeight="bold"
        )
        layers.append(name.encode(x, y=alt.value(-10), text="says:N"))
    beyond = [f"{percent(share)} of the {side}s" for side, share in far.items() if share > 0]
    rest = f"Not drawn, as liquidated farther away or never: {' and '.join(beyond)}." if beyond else ""
    head = [
        "Where each side is liquidated, as a share of open interest.",
        "Filled: forced out. Hollow: not reached. Dashed: where the price stops.",
        *([rest] if rest else []),
    ]
    return alt.LayerChart(layer=layers, title=alt.TitleParams(head, frame="bounds", offset=22), height=150)


def _binned(cascade: Cascade, domain: list[float]) -> tuple[pd.DataFrame, dict[str, float]]:
    """The cohorts in bins that end at the price, those forced out below those that stayed."""
    cohorts = cascade.cohorts
    move = cohorts["liquidation_price"].to_numpy() / cascade.start - 1
    share = cohorts["quantity"].to_numpy() / cascade.open_interest
    reached = cohorts["round"].notna().to_numpy()
    far, rows = {}, []
    for side, end in (("long", domain[0]), ("short", domain[1])):
        mine = (cohorts["side"] == side).to_numpy()
        # A liquidation price of 0 is none.
        near = mine & (np.abs(move) <= abs(end)) & (cohorts["liquidation_price"].to_numpy() > 0)
        far[side] = float(share[mine & ~near].sum())
        bins = np.minimum((np.abs(move) / abs(end) * _BINS).astype(int), _BINS - 1)
        for at in np.unique(bins[near]):
            base = 0.0
            for out in (True, False):
                size = float(share[near & (bins == at) & (reached == out)].sum())
                if size > 0:
                    edges = sorted((at / _BINS * end, (at + 1) / _BINS * end))
                    rows.append((side, *edges, base, base + size, size, out))
                    base += size
    columns = ["side", "move", "until", "base", "top", "share", "out"]
    return pd.DataFrame(rows, columns=columns), far


def _rounds(cascade: Cascade, moves: Any, x: alt.X) -> alt.LayerChart:
    steps = cascade.steps
    names = ["shock", *(str(each) for each in steps.index[1:])]
    forced = steps["forced"].to_numpy() / cascade.open_interest
    table = pd.DataFrame(
        {"round": names, "until": np.array([0.0, *moves[:-1]]), "move": moves, "forced": forced}
    )
    table["says"] = [signed(100 * moves[0], 1, "%"), *(f"{percent(each)} forced out" for each in forced[1:])]
    table["color"] = ["price", *[cascade.side] * (len(names) - 1)]
    bare: dict[str, Any] = {"ticks": False, "domain": False, "grid": False, "minExtent": 50}
    bare["labelOverlap"] = True
    rows = alt.Y("round:N", sort=None, title=None, axis=alt.Axis(**bare))
    tones = ["price", "long", "short"]
    color = alt.Color(
        "color:N", legend=None, scale=alt.Scale(domain=tones, range=[COLORS[each] for each in tones])
    )
    tips = [alt.Tooltip("round:N"), alt.Tooltip("move:Q", title="price ends at", format="+.1%")]
    tips.append(alt.Tooltip("forced:Q", title="forced out", format=".1%"))
    bars = alt.Chart(table).mark_bar(height={"band": 0.7}).encode(x, alt.X2("until:Q"), rows, color=color)
    # Words stand where the bar began: nothing else is drawn on that side of it.
    falls = moves[0] < 0
    few = table.iloc[:: -(-len(table) // _LABELS)]
    beside: dict[str, Any] = {"align": "left" if falls else "right", "dx": 8 if falls else -8}
    named = alt.Chart(few).encode(alt.X("until:Q"), rows, text="says:N")
    # The line at zero would run through them.
    clear = named.mark_text(**beside, stroke="white", strokeWidth=6, strokeJoin="round", aria=False)
    words = named.mark_text(**beside)
    height = _ROW * min(len(table), _LABELS)
    head = "How far each round pushes the price, and how much it forces out"
    layers = [*_lines(moves[-1], x), clear, bars.encode(tooltip=tips), words]
    return alt.LayerChart(layer=layers, title=alt.TitleParams(head, frame="bounds"), height=height)


def _lines(stop: float, x: alt.X) -> list[alt.Chart]:
    lines = []
    for at, dash, color in ((0.0, [1, 0], "band"), (stop, [5, 4], "muted")):
        line = alt.Chart(pd.DataFrame({"move": [at]}))
        lines.append(line.mark_rule(color=COLORS[color], strokeDash=dash).encode(x=x))
    return lines


def _finding(cascade: Cascade, shock: float) -> str:
    table, closed = cascade.cohorts, cascade.cohorts["liquidation_price"]
    # The very price of the shock and its mirror image, so that nothing hangs on a rounding.
    reached = float(cascade.steps["price"].iloc[0])
    low, high = sorted((reached, 2 * cascade.start - reached))
    near = table["quantity"].where((closed > 0) & (closed >= low) & (closed <= high), 0.0)
    share = near.groupby(table["side"]).sum() / cascade.open_interest
    told = str(cascade).replace("-", "−")
    return (
        f"{told} Both sides are equally large. A move of {percent(abs(shock))} against each reaches "
        f"{percent(share['long'], 0)} of the longs and {percent(share['short'], 0)} of the shorts at once."
    )
