"""Said against came: how often did it happen, of all that were given this probability?

The same few lines serve the forecasts of a model and the confidences of a learner. Each group has its n
and a Wilson interval; the chart shows the line on which what was said is what came.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from oikit.errors import InputError

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["draw_reliability", "said_and_came"]

_LOOKS = (("open_interest", "circle"), ("short", "square"), ("funding", "diamond"))


def said_and_came(
    said: Any, came: Any, *, weight: Any = None, edges: Sequence[float] | None = None, bins: int = 5
) -> pd.DataFrame:
    """How often did it happen, group by group of what was said?

    Parameters
    ----------
    said : array, shape (n,), fraction
    came : array, shape (n,), 1.0 or 0.0
    weight : array, shape (n,), optional
        How much of each answer is its own, as in `oikit.lens.examples.uniqueness`; 1 by default.
    edges : sequence of float, optional
        Where one group ends and the next begins. By default `bins` groups of equally many answers.
    bins : int

    Returns
    -------
    DataFrame, one row for each group that holds an answer
        ``n`` (answers that share nothing, at least 1), mean ``said``, share that ``came``, and ``low`` and
        ``high``, the Wilson interval of that share for so many.

    Raises
    ------
    InputError
        If there are no answers, or the columns differ in length.

    Examples
    --------
    >>> said_and_came([0.2, 0.2, 0.8, 0.8], [0, 0, 1, 0], edges=[0.5])[["n", "said", "came"]].values.tolist()
    [[2.0, 0.2, 0.0], [2.0, 0.8, 0.5]]
    """
    import numpy as np
    import pandas as pd

    from oikit.stats import wilson

    told, happened = (np.asarray(each, dtype=np.float64) for each in (said, came))
    own = np.ones(len(told)) if weight is None else np.asarray(weight, dtype=np.float64)
    if not len(told) or not len(told) == len(happened) == len(own):
        raise InputError(
            f"said and came have {len(told):,} and {len(happened):,} answers; give as many of both, "
            "at least one"
        )
    if edges is None:
        cuts = np.unique(np.quantile(told, np.linspace(0, 1, bins + 1)[1:-1]))
        group = np.searchsorted(cuts, told, side="left")
    else:
        group = np.searchsorted(np.asarray(edges, dtype=np.float64), told, side="right")
    rows = []
    for one in np.unique(group):
        here = group == one
        n = max(round(float(own[here].sum())), 1)
        share = float(happened[here].mean())
        bar = wilson(round(share * n), n)
        rows.append(
            {"n": n, "said": float(told[here].mean()), "came": share, "low": bar.low, "high": bar.high}
        )
    return pd.DataFrame(rows).rename_axis("group")


def draw_reliability(
    tables: Mapping[str, pd.DataFrame], *, title: str = ""
) -> alt.LayerChart | alt.FacetChart:
    """Draw said against came, with Wilson bars, beside the line on which both are the same.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Up to three, from `said_and_came`, each under the name that stands beside it. Empty tables, and
        none at all, leave the line alone.
    title : str

    Returns
    -------
    LayerChart
        Its ``description`` says how many bars hold the line.

    Raises
    ------
    InputError
        If there are more than three.
    """
    import altair as alt

    from oikit.charts.theme import COLORS

    if len(tables) > len(_LOOKS):
        raise InputError(f"{len(tables)} tables hide each other; draw three at most")
    low, high = _reach(tables)
    whole = alt.Scale(domain=[low, high], nice=False)
    ticks = alt.Axis(format=".0%", tickCount=5)
    x = alt.X("said:Q", title="what was said", scale=whole, axis=ticks)
    y = alt.Y("came:Q", title="how often it came", scale=whole, axis=ticks)
    line = (
        alt.Chart(alt.InlineData([{"said": low, "came": low}, {"said": high, "came": high}]))
        .mark_line(strokeDash=[6, 4], color=COLORS["muted"], strokeWidth=1.5)
        .encode(x, y)
    )
    layers, told = [line], []
    for (name, table), (color, shape) in zip(tables.items(), _LOOKS, strict=False):
        if table.empty:
            told.append(f"{name}: no answers yet.")
            continue
        values = [
            {str(key): round(float(value), 4) for key, value in row.items()} | {"of": name}
            for row in table.to_dict("records")
        ]
        base = alt.Chart(alt.InlineData(values)).encode(x)
        layers += [
            base.mark_rule(strokeWidth=2.5, opacity=0.55, color=COLORS[color]).encode(
                alt.Y("low:Q", scale=whole), y2="high:Q"
            ),
            base.mark_point(filled=True, size=90, opacity=1, color=COLORS[color], shape=shape).encode(y),
        ]
        hold = int(((table["low"] <= table["said"]) & (table["said"] <= table["high"])).sum())
        told.append(f"{name}: {hold} of {len(table)} bars hold the line on which said is what came.")
    names = [
        alt.Chart(alt.InlineData([{"label": f"{mark} {name}{_counts(table)}"}]))
        .mark_text(align="left", baseline="top", color=COLORS[color], fontWeight="bold")
        .encode(alt.Text("label:N"), x=alt.value(8), y=alt.value(8 + 18 * at))
        for at, ((name, table), (color, _), mark) in enumerate(
            zip(tables.items(), _LOOKS, "●■◆", strict=False)
        )
    ]
    return alt.layer(*layers, *names).properties(
        width=380,
        height=300,
        title=title,
        description=" ".join(["Said against came.", *(told or ["No answers yet."])]),
    )


def _reach(tables: Mapping[str, pd.DataFrame]) -> tuple[float, float]:
    """The tenths between which everything lies; from nothing to one without answers."""
    ends = [table[["said", "low", "high"]] for table in tables.values() if not table.empty]
    if not ends:
        return 0.0, 1.0
    least, most = min(each.min().min() for each in ends), max(each.max().max() for each in ends)
    # One tenth more, for the names.
    return math.floor(10 * least) / 10, min(math.ceil(10 * most) / 10 + 0.1, 1.0)


def _counts(table: pd.DataFrame) -> str:
    """How many answers the groups hold, from left to right."""
    if table.empty:
        return ""
    counts = [f"{n:.0f}" for n in table["n"]]
    return f", n = {', '.join(counts)}" if len(set(counts)) > 1 else f", n = {counts[0]} in each group"
