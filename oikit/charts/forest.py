"""The ledger as one picture: each effect with its interval, what it rests on, and its verdict."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oikit.charts.stack import alt, assemble
from oikit.charts.theme import COLORS
from oikit.errors import InputError

__all__ = ["forest"]

_NEEDS = ["market", "id", "verdict", "n", "effect", "low", "high", "unit"]
_UNITS = {
    "return": (100.0, "Less or more than usual, per cent"),
    "share": (100.0, "Less or more often than usual, points of 100"),
}
# Word: colour and shape, so that neither carries the meaning alone.
_WORDS = {
    "supported": ("long", "triangle-up"),
    "contradicted": ("short", "triangle-down"),
    "undecided": ("muted", "circle"),
}
_ROW = 22


def forest(table: pd.DataFrame, *, source: str = "", width: int = 600) -> alt.VConcatChart:
    """Which claims stand out, and by how much?

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
        height=_ROW * len(points),
    )


def _finding(table: pd.DataFrame, drawn: pd.DataFrame) -> str:
    markets = list(dict.fromkeys(table["market"]))
    called = table[table["verdict"].isin(["supported", "contradicted"])]
    low, high = drawn["low"].astype(float), drawn["high"].astype(float)
    hold = int(((low <= 0) & (high >= 0)).sum())
    which = "; ".join(
        f"{word}: {', '.join(_called(part, len(markets)))}"
        for word, part in called.groupby("verdict", sort=False)
    )
    return (
        f"On {', '.join(map(str, markets))}, {len(drawn)} readings of {len(table)} could be compared with "
        f"what usually happens; {hold} {'interval holds' if hold == 1 else 'intervals hold'} 0. "
        f"{which[:1].upper()}{which[1:]}{'.' if which else 'None stands out.'}"
    )


def _called(part: pd.DataFrame, markets: int) -> list[str]:
    return [
        f"{row['id']} on {row['market']} (n = {row['n']})" if markets > 1 else f"{row['id']} (n = {row['n']})"
        for _, row in part.iterrows()
    ]
