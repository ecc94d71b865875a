"""Pictures of liquidation: of one position by its leverage, and of a market round by round.

`oikit.charts.risk` is the door to both.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
import pandas as pd

from oikit.cascade import Cascade
from oikit.charts.stack import alt, assemble
from oikit.charts.theme import COLORS
from oikit.errors import InputError
from oikit.formatting import number, percent, signed
from oikit.margin import max_leverage
from oikit.margin.checks import Side, checked, sign
from oikit.risk import liquidation_distance

__all__ = ["cascade_steps", "liquidation_moves"]

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
    """How far may the price go against a position before the exchange closes it?

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
        See the head of this module.

    Returns
    -------
    VConcatChart
        Longs below 0 (a fall liquidates them), shorts above. The size is told by the dash; the dotted
        line is 1 / leverage, which many take for the distance. Isolated margin, without fees and
        funding.

    Raises
    ------
    InputError
        If a number cannot be, or none of the positions may be opened at the leverage that is marked.
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
        axis=alt.Axis(labelExpr="datum.value ? format(datum.value, '+.0%') : '0%'", tickCount=7),
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
    """Who is forced out, in which order, and where does it stop?

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
        If it is no cascade, or a number cannot be.
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
