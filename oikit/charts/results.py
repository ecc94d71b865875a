"""Charts of results: the ledger of claims, base rates, and calibration."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from oikit.charts.base import alt, assemble, layered, plot
from oikit.charts.theme import COLORS
from oikit.errors import InputError
from oikit.formatting import percent

__all__ = ["bars_and_dots", "base_rates", "diagonal", "forest", "reliability", "reliability_of"]

_NEEDS = ["market", "id", "verdict", "n", "effect", "low", "high", "unit"]
_UNITS = {
    "return": (100.0, "Less or more than usual, per cent"),
    "share": (100.0, "Less or more often than usual, points of 100"),
}
# Word: colour and shape, so that neither carries the meaning alone.
_WORDS = {
    "supported": ("long", "triangle-up"),
    "contradicted": ("short", "triangle-down"),
    "negligible": ("accent", "square"),
    "undecided": ("muted", "circle"),
}
_CLAIM_ROW = 22


def forest(table: pd.DataFrame, *, source: str = "", width: int = 600) -> alt.VConcatChart:
    """Draw each claim's effect with its interval, its n and its verdict.

    Parameters
    ----------
    table : DataFrame
        From `oikit.claims.ledger_table`; one market or several.
    source : str
        One line on where the data are from; it says "simulated" of what is.
    width : int, pixels

    Returns
    -------
    VConcatChart
        One line for each reading that could be compared: what followed less what usually follows,
        with its 95% interval and its number of events. Returns and shares stand in panels of their
        own. What could not be compared is counted in the finding.

    Raises
    ------
    InputError
        If it is no ledger table, or nothing in it could be compared.
    """
    lacking = [name for name in _NEEDS if name not in table.columns]
    if lacking:
        raise InputError(
            f"the table has no {', '.join(lacking)}; make it with oikit.claims.ledger_table(frames)"
        )
    drawn = table[np.isfinite(table["effect"].astype(float))]
    if drawn.empty:
        raise InputError("nothing to draw: no claim could be compared; see the column 'because'")
    # Readings in the order of the ledger, each with its markets side by side.
    order = {name: place for place, name in enumerate(dict.fromkeys(table["id"]))}
    drawn = drawn.sort_values("id", key=lambda ids: ids.map(order), kind="stable")
    several = len(set(drawn["market"])) > 1
    names = drawn["id"] + (" · " + drawn["market"] if several else "")
    drawn = drawn.assign(name=names + " (n = " + drawn["n"].map("{:,}".format) + ")")
    panels = [
        _panel(drawn[drawn["unit"] == unit], *look, width)
        for unit, look in _UNITS.items()
        if (drawn["unit"] == unit).any()
    ]
    title = "Which claims stand out from what usually happens?"
    return assemble(panels, title=title, finding=_finding(table, drawn), source=source, width=width)


def _panel(rows: pd.DataFrame, scale: float, title: str, width: int) -> alt.LayerChart:
    points = rows[["name", "verdict"]].assign(
        **{name: (rows[name].astype(float) * scale).round(4) for name in ("effect", "low", "high")}
    )
    # An end that the data cannot bound is drawn to the edge of what can be.
    ends = points[["low", "high"]].to_numpy()
    reach = float(np.abs(ends[np.isfinite(ends)]).max()) if np.isfinite(ends).any() else 1.0
    points[["low", "high"]] = np.clip(ends, -reach, reach)
    words = [word for word in _WORDS if (points["verdict"] == word).any()]
    place = alt.Y(
        "name:N", sort=None, title=None, axis=alt.Axis(labelLimit=300, ticks=False, domain=False, grid=False)
    )
    base = alt.Chart(points).encode(y=place)
    legend = alt.Legend(title=None, orient="top")
    color = alt.Color(
        "verdict:N",
        legend=legend,
        scale=alt.Scale(domain=words, range=[COLORS[_WORDS[word][0]] for word in words]),
    )
    line = base.mark_rule(strokeWidth=2).encode(
        alt.X("low:Q", title=None, axis=alt.Axis(tickCount=6)), alt.X2("high:Q"), color=color
    )
    dot = base.mark_point(filled=True, size=90, opacity=1).encode(
        x="effect:Q",
        color=color,
        shape=alt.Shape(
            "verdict:N",
            legend=legend,
            scale=alt.Scale(domain=words, range=[_WORDS[word][1] for word in words]),
        ),
        tooltip=[alt.Tooltip(f"{name}:Q", format="+.2f") for name in ("effect", "low", "high")],
    )
    zero = alt.Chart(pd.DataFrame({"at": [0.0]})).mark_rule(strokeDash=[4, 4], color=COLORS["muted"])
    return alt.LayerChart(
        layer=[zero.encode(x="at:Q"), line, dot],
        title=f"{title}; bars: 95% interval",
        width=width - 220,
        height=_CLAIM_ROW * len(points),
    )


def _finding(table: pd.DataFrame, drawn: pd.DataFrame) -> str:
    markets = list(dict.fromkeys(table["market"]))
    called = table[table["verdict"].isin(["supported", "contradicted"])]
    small = int((drawn["verdict"] == "negligible").sum())
    low, high = drawn["low"].astype(float), drawn["high"].astype(float)
    hold = int(((low <= 0) & (high >= 0)).sum())
    which = "; ".join(
        f"{word}: {', '.join(_called(part, len(markets)))}"
        for word, part in called.groupby("verdict", sort=False)
    )
    return (
        f"On {', '.join(map(str, markets))}, {len(drawn)} readings of {len(table)} could be compared with "
        f"what usually happens; {hold} {'interval holds' if hold == 1 else 'intervals hold'} 0"
        f"{f', {small} of {len(drawn)} are negligible' if small else ''}. "
        f"{which[:1].upper()}{which[1:]}{'.' if which else 'None stands out.'}"
    )


def _called(part: pd.DataFrame, markets: int) -> list[str]:
    return [
        f"{row['id']} on {row['market']} (n = {row['n']})" if markets > 1 else f"{row['id']} (n = {row['n']})"
        for _, row in part.iterrows()
    ]


_BINS = ("n", "said", "came", "low", "high")
_RATES = ("name", "group", "share", "low", "high", "base", "n")
_SIDE = 340
_ROW = 24


def reliability(table: pd.DataFrame, *, source: str = "", width: int = 470) -> alt.VConcatChart:
    """Draw the stated probabilities against the share that came true.

    Parameters
    ----------
    table : DataFrame, one row for each bin
        ``n`` (statements), ``said`` (mean probability), ``came`` (share that happened), ``low`` and
        ``high`` (between which the share lies nineteen times in twenty, if every probability is right).
    source : str
    width : int, pixels

    Returns
    -------
    VConcatChart
        What came against what was said, on the diagonal if honest; bars are the band of luck, numbers
        the statements in each bin. A bin outside its band is a cross instead of a dot.

    Raises
    ------
    InputError
        If a column or every row is missing.
    """
    points = _checked(table, _BINS, "reliability")
    out = (points["came"] < points["low"]) | (points["came"] > points["high"])
    points = points.round(4).assign(
        where=np.where(out, "outside", "inside"), count=points["n"].map("{:,.0f}".format)
    )
    scale = alt.Scale(domain=[0, 1], nice=False)
    axis = alt.Axis(format=".0%", tickCount=6)
    x = alt.X("said:Q", title="what was said", scale=scale, axis=axis)
    y = alt.Y("came:Q", title="what came", scale=scale, axis=axis)
    base = plot(points)
    looks = alt.Scale(domain=["inside", "outside"], range=[COLORS["open_interest"], COLORS["short"]])
    shapes = alt.Scale(domain=["inside", "outside"], range=["circle", "cross"])
    color = alt.Color("where:N", scale=looks, legend=None)
    layers = [
        diagonal(x, y, (0.0, 1.0)),
        *bars_and_dots(base, x, y, color=color, shape=alt.Shape("where:N", scale=shapes, legend=None)),
        # Side by side the counts would run into each other where bins are close.
        base.transform_window(place="row_number()", sort=[alt.SortField("said")])
        .transform_calculate(at="0.04 + 0.05 * (datum.place % 3)")
        .mark_text(fontSize=12, color=COLORS["muted"])
        .encode(x, alt.Y("at:Q", scale=scale), text=alt.Text("count:N")),
    ]
    inside = int((~out).sum())
    says = (
        f"Of {len(points)} bins {inside} {'lies' if inside == 1 else 'lie'} inside the band that luck alone "
        f"would fill, over {int(points['n'].sum()):,} statements."
    )
    panel = layered(
        layers,
        title=[
            "Dots: statements in bins of equal size, their numbers below. Bars: where a dot",
            "lies 19 times in 20, if honest. Dashed: said is what came",
        ],
        width=min(width, _SIDE),
        height=_SIDE,
    )
    title = "Did what the report said come true?"
    return assemble([panel], title=title, finding=says, source=source, width=width)


def diagonal(x: alt.X, y: alt.Y, ends: tuple[float, float]) -> alt.Chart:
    """Draw the line on which what was said is what came."""
    line = plot(pd.DataFrame({"said": ends, "came": ends}))
    return line.mark_line(color=COLORS["muted"], strokeDash=[5, 4], strokeWidth=1).encode(x, y)


def bars_and_dots(
    base: alt.Chart, x: alt.X, y: alt.Y, *, color: Any, shape: Any, bar_color: str = ""
) -> list[alt.Chart]:
    """Draw ``came`` against ``said`` as dots, each on a bar from ``low`` to ``high``."""
    look: dict[str, Any] = {"color": bar_color, "opacity": 0.35} if bar_color else {"color": COLORS["band"]}
    tips = [alt.Tooltip(f"{name}:Q", format=".1%") for name in ("said", "came", "low", "high")]
    bar = base.mark_rule(strokeWidth=9, **look)
    dot = base.mark_point(filled=True, size=110, opacity=1)
    return [
        bar.encode(x, alt.Y("low:Q", scale=y["scale"]), alt.Y2("high:Q")),
        dot.encode(x, y, color=color, shape=shape, tooltip=tips),
    ]


def reliability_of(tables: Mapping[str, pd.DataFrame], *, title: str = "") -> alt.LayerChart:
    """Draw what came against what was said for up to three forecasters.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        From `oikit.stats.reliability_table`, each under the name that stands beside it. Empty tables,
        and none at all, leave the line alone.
    title : str

    Returns
    -------
    LayerChart
        Its ``description`` says how many bars hold the line on which said is what came.

    Raises
    ------
    InputError
        If there are more than three.
    """
    if len(tables) > len(_FORECASTERS):
        raise InputError(f"{len(tables)} tables hide each other; draw three at most")
    low, high = _reach(tables)
    scale, ticks = alt.Scale(domain=[low, high], nice=False), alt.Axis(format=".0%", tickCount=5)
    x = alt.X("said:Q", title="what was said", scale=scale, axis=ticks)
    y = alt.Y("came:Q", title="how often it came", scale=scale, axis=ticks)
    layers, says = [diagonal(x, y, (low, high))], []
    looks = zip(tables.items(), _FORECASTERS, strict=False)
    for place, ((name, table), (color, shape, mark)) in enumerate(looks):
        label = plot(pd.DataFrame({"label": [f"{mark} {name}{_counts(table)}"]}))
        label = label.mark_text(align="left", baseline="top", color=COLORS[color], fontWeight="bold")
        layers.append(label.encode(alt.Text("label:N"), x=alt.value(8), y=alt.value(8 + 18 * place)))
        if table.empty:
            says.append(f"{name}: no answers yet.")
            continue
        tone, form = alt.value(COLORS[color]), alt.value(shape)
        # A bar has its forecaster's colour, or nobody could tell whose it is where two stand side by side.
        points = plot(table.astype(float).round(4))
        layers += bars_and_dots(points, x, y, color=tone, shape=form, bar_color=COLORS[color])
        hold = int(((table["low"] <= table["said"]) & (table["said"] <= table["high"])).sum())
        says.append(f"{name}: {hold} of {len(table)} bars hold the line on which said is what came.")
    text = " ".join(["Said against came.", *(says or ["No answers yet."])])
    return layered(layers, width=380, height=300, title=title, description=text)


_FORECASTERS = (("open_interest", "circle", "●"), ("short", "square", "■"), ("funding", "diamond", "◆"))


def _reach(tables: Mapping[str, pd.DataFrame]) -> tuple[float, float]:
    """The tenths between which everything lies; from nothing to one without answers."""
    ends = [table[["said", "low", "high"]] for table in tables.values() if not table.empty]
    if not ends:
        return 0.0, 1.0
    least, most = min(each.min().min() for each in ends), max(each.max().max() for each in ends)
    # One tenth more, for the names.
    return math.floor(10 * least) / 10, min(math.ceil(10 * most) / 10 + 0.1, 1.0)


def _counts(table: pd.DataFrame) -> str:
    """Return the number of observations per group, from left to right, as text."""
    if table.empty:
        return ""
    counts = [f"{n:.0f}" for n in table["n"]]
    return f", n = {', '.join(counts)}" if len(set(counts)) > 1 else f", n = {counts[0]} in each group"


def base_rates(table: pd.DataFrame, *, source: str = "", width: int = 470) -> alt.VConcatChart:
    """Draw how often something followed weeks like this one, beside any week.

    Parameters
    ----------
    table : DataFrame, one row for each condition and outcome
        ``name`` (of the condition), ``group`` (the outcome, in words), ``share`` with ``low`` and ``high``
        (NaN: too few), ``base`` and ``n``.
    source : str
    width : int, pixels

    Returns
    -------
    VConcatChart
        One panel for each outcome: dots with 95% intervals, the base rate as a dashed line. What has
        too few weeks is named and not drawn.

    Raises
    ------
    InputError
        If a column or every row is missing, or nothing has enough weeks.
    """
    rows = _checked(table, _RATES, "base rates")
    if rows["share"].isna().all():
        raise InputError("nothing to draw: no condition of this week has enough earlier weeks")
    panels, beyond = [], 0
    groups = list(dict.fromkeys(rows["group"]))
    scale = alt.Scale(domain=[0, 1], nice=False)
    for place, group in enumerate(groups):
        mine = rows[rows["group"] == group].copy()
        few = mine["share"].isna()
        mine["label"] = mine["name"] + [
            f" (n = {n:.0f}{', too few' if lost else ''})" for n, lost in zip(mine["n"], few, strict=True)
        ]
        told = mine[~few]
        away = (told["low"] > told["base"]) | (told["high"] < told["base"])
        beyond += int(away.sum())
        panels.append(_rates(mine.round(4), group, scale, width, last=place == len(groups) - 1))
    drawn = int(rows["share"].notna().sum())
    says = (
        f"Of {drawn} shares {beyond} {'has' if beyond == 1 else 'have'} an interval that does not hold the "
        f"base rate; by luck alone about one in twenty would."
    )
    title = "What followed weeks like this one?"
    return assemble(panels, title=title, finding=says, source=source, width=width)


def _rates(mine: pd.DataFrame, group: str, scale: alt.Scale, width: int, *, last: bool) -> alt.LayerChart:
    order = mine["label"].tolist()
    names = alt.Axis(labelLimit=260, ticks=False, domain=False, grid=False)
    y = alt.Y("label:N", sort=order, title=None, axis=names, scale=alt.Scale(domain=order))
    axis = alt.Axis(format=".0%", tickCount=6, labels=last, ticks=last)
    x = alt.X("share:Q", title=None, scale=scale, axis=axis)
    told = plot(mine.dropna(subset=["share"])[["label", "share", "low", "high"]])
    base = plot(pd.DataFrame({"share": [float(mine["base"].iloc[0])]}))
    layers = [
        base.mark_rule(strokeDash=[5, 4], color=COLORS["accent"], strokeWidth=1.6).encode(x),
        told.mark_rule(strokeWidth=2, color=COLORS["open_interest"]).encode(
            alt.X("low:Q", title=None, scale=scale, axis=axis), alt.X2("high:Q"), y
        ),
        told.mark_point(filled=True, size=80, opacity=1, color=COLORS["open_interest"]).encode(
            x, y, tooltip=[alt.Tooltip(f"{name}:Q", format=".1%") for name in ("share", "low", "high")]
        ),
    ]
    head = f"{group[:1].upper()}{group[1:]}: base rate {percent(float(mine['base'].iloc[0]), 0)} (dashed)"
    return layered(layers, title=head, width=max(width - 240, 160), height=_ROW * len(order))


def _checked(table: pd.DataFrame, needs: Sequence[str], what: str) -> pd.DataFrame:
    lacking = [name for name in needs if name not in table.columns]
    if lacking or table.empty:
        raise InputError(
            f"nothing to draw of {what}: the table has {len(table)} rows and lacks "
            f"{', '.join(lacking) or 'nothing'}; it needs {', '.join(needs)}"
        )
    return table.reset_index(drop=True)
