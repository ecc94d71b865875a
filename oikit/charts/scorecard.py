"""Statements about the future, counted: how often it followed, and whether what was said came true."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from oikit.charts.stack import alt, assemble, layered, plot
from oikit.charts.theme import COLORS
from oikit.errors import InputError
from oikit.formatting import percent

__all__ = ["base_rates", "reliability"]

_BINS = ("n", "said", "came", "low", "high")
_RATES = ("name", "group", "share", "low", "high", "base", "n")
_SIDE = 340
_ROW = 24


def reliability(table: pd.DataFrame, *, source: str = "", width: int = 470) -> alt.VConcatChart:
    """Did what was said to happen three times in ten happen three times in ten?

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
    diagonal = plot(pd.DataFrame({"said": [0.0, 1.0], "came": [0.0, 1.0]}))
    layers = [
        diagonal.mark_line(color=COLORS["muted"], strokeDash=[5, 4], strokeWidth=1).encode(x, y),
        base.mark_rule(strokeWidth=9, color=COLORS["band"]).encode(
            x, alt.Y("low:Q", scale=scale), alt.Y2("high:Q")
        ),
        base.mark_point(filled=True, size=110, opacity=1).encode(
            x,
            y,
            color=alt.Color("where:N", scale=looks, legend=None),
            shape=alt.Shape("where:N", scale=shapes, legend=None),
            tooltip=[alt.Tooltip(f"{name}:Q", format=".1%") for name in ("said", "came", "low", "high")],
        ),
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


def base_rates(table: pd.DataFrame, *, source: str = "", width: int = 470) -> alt.VConcatChart:
    """How often did it follow weeks like this one, and how often any week?

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
