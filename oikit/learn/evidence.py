"""Tables of effects, their charts, and the evidence card.

Every estimate comes with its n and its interval. The naive interval, which treats every bar as new
evidence, is shown struck through beside the honest one.
"""

from __future__ import annotations

import html
import math
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oikit.claims.claim import VERDICTS
from oikit.errors import InputError
from oikit.formatting import signed

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["by_event", "by_label", "draw_intervals", "evidence_card"]

_LINE = 26  # characters of a label in one line of the picture

BASIS_POINTS = 1e4
_UNITS = {"basis points": (BASIS_POINTS, "bp"), "points": (100.0, "points")}
_MEANS = {
    "basis points": "a basis point (bp) is a hundredth of a per cent",
    "points": "a point is the difference between two percentages",
}


def by_label(labels: pd.Series, outcome: pd.Series, *, horizon: int = 1) -> pd.DataFrame:
    """Compare the outcome after each label with the outcome after all the others.

    Parameters
    ----------
    labels : Series of category, shape (n,), on consecutive bars
        NaN where there is none.
    outcome : Series, shape (n,), fraction
        The outcome; NaN where unknown.
    horizon : int, bars
        How far the outcome looks ahead.

    Returns
    -------
    DataFrame, one row for each label that occurs
        ``n`` (bars with a known outcome), ``mean``, ``effect`` (less the mean of the other labels),
        ``low`` and ``high`` (all effects that `oikit.stats.circular_shift` would not reject),
        ``naive_low`` and ``naive_high`` (a t-test that treats every bar as new evidence), and ``p`` of
        the same shift, adjusted for the number of labels.

    Raises
    ------
    InputError
        If fewer than two labels occur, or one of them too seldom to be compared.

    Notes
    -----
    Bars without a label are in no group. See `oikit.stats` for the methods.
    """
    import pandas as pd

    from oikit.stats import benjamini_hochberg, circular_shift, plain_t

    rows, ps = {}, []
    for label in labels.dropna().unique():
        happened = (labels == label).astype(float).where(labels.notna())
        honest = circular_shift(happened, outcome, horizon=horizon)
        naive = plain_t(happened, outcome).effect
        ps.append(honest.p)
        rows[label] = {
            "n": honest.effect.n,
            "mean": outcome[labels == label].mean(),
            "effect": honest.effect.value,
            "low": honest.effect.low,
            "high": honest.effect.high,
            "naive_low": naive.low,
            "naive_high": naive.high,
        }
    table = pd.DataFrame.from_dict(rows, orient="index").assign(p=benjamini_hochberg(ps))
    order = labels.cat.categories if hasattr(labels, "cat") else sorted(table.index)
    return table.loc[[label for label in order if label in table.index]].rename_axis(
        str(labels.name or "label")
    )


def by_event(events: Mapping[str, pd.Series], outcome: pd.Series, *, horizon: int | str) -> pd.DataFrame:
    """Compare the outcome after each kind of event with the mean outcome of all bars.

    Parameters
    ----------
    events : mapping of str to Series of bool, shape (n,)
        A name and the bars at which it happened.
    outcome : Series, shape (n,), fraction, or 1.0 and 0.0
        The outcome; NaN where unknown.
    horizon : int or str
        How far the outcome looks ahead; further events of a kind are ignored for as long.

    Returns
    -------
    DataFrame, one row for each kind
        ``n`` (separate events with a known outcome), ``mean``, ``effect`` (less the mean
        of all bars), ``low`` and ``high`` (all effects that `oikit.stats.circular_shift` would not
        reject), ``naive_low`` and ``naive_high`` (a t-test on every bar), and ``p``, adjusted for the
        number of kinds. All but ``n`` are NaN where there were fewer than two events.
    """
    import numpy as np
    import pandas as pd

    from oikit.claims.events import first_in_cluster
    from oikit.stats import benjamini_hochberg, circular_shift, plain_t

    rows: dict[str, dict[str, float]] = {}
    ps: dict[str, float] = {}
    usual = float(outcome.mean())
    for name, happened in events.items():
        cases = first_in_cluster(happened, horizon)
        known = int((cases & outcome.notna()).sum())
        if known < 2:
            rows[name] = {"n": known}
            continue
        honest = circular_shift(cases, outcome, horizon=horizon, base=usual)
        naive = plain_t(happened, outcome, base=usual).effect
        ps[name] = honest.p
        rows[name] = {
            "n": known,
            "mean": outcome[cases].mean(),
            "effect": honest.effect.value,
            "low": honest.effect.low,
            "high": honest.effect.high,
            "naive_low": naive.low,
            "naive_high": naive.high,
        }
    columns = ["n", "mean", "effect", "low", "high", "naive_low", "naive_high"]
    table = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=columns)
    adjusted = np.asarray(benjamini_hochberg(list(ps.values()))) if ps else np.empty(0)
    table["p"] = pd.Series(adjusted, list(ps), dtype=float)
    return table.rename_axis("event")


def draw_intervals(
    table: pd.DataFrame, *, title: str = "", unit: str = "basis points", against: str = "the other days"
) -> alt.LayerChart:
    """Draw each effect with its interval and its n.

    Parameters
    ----------
    table : DataFrame
        From `by_label` or `by_event`.
    title : str
    unit : {"basis points", "points"}
        Points are for shares: the difference between two percentages.
    against : str
        What the effects are differences from.

    Returns
    -------
    LayerChart
        Its ``description`` says which intervals hold 0.
    """
    import altair as alt

    from oikit.charts.theme import COLORS

    factor, _ = _unit(unit)
    table = table.dropna(subset=["effect"])
    rows = (table[["effect", "low", "high"]] * factor).assign(
        label=[_wrapped(f"{label} (n\u00a0=\u00a0{n:,.0f})") for label, n in table["n"].items()],
        says=[_interval(low, high, factor) for low, high in zip(table["low"], table["high"], strict=True)],
    )
    lines = alt.Axis(labelLimit=260, labelExpr="split(datum.label, '\\n')", ticks=False, domain=False)
    base = alt.Chart(rows).encode(alt.Y("label:N", sort=None, title=None, axis=lines))
    ticks = alt.Axis(tickCount=5, labelOverlap=False)  # so few that 0 is never the one left out
    x = alt.X("low:Q", title=f"difference from {against}, {unit}", scale=alt.Scale(zero=True), axis=ticks)
    span = base.mark_rule(strokeWidth=3, color=COLORS["muted"]).encode(x, alt.X2("high:Q"))
    dot = base.mark_point(filled=True, size=110, opacity=1, color=COLORS["open_interest"]).encode(
        x="effect:Q"
    )
    text = base.mark_text(dy=-14).encode(alt.Text("says:N"), x="effect:Q")
    # The line at zero would run through the numbers.
    clear = base.mark_text(dy=-14, stroke="white", strokeWidth=8, strokeJoin="round", aria=False).encode(
        alt.Text("says:N"), x="effect:Q"
    )
    zero = alt.Chart(alt.InlineData([{"at": 0}])).mark_rule(strokeDash=[4, 4]).encode(x="at:Q")
    return (zero + clear + span + dot + text).properties(
        width=350,
        height=alt.Step(52),
        description=f"Dots with interval lines. {_holding_zero(table)}",
        title=title,
    )


def _wrapped(label: str) -> str:
    # The n stays in one piece; after that its spaces are spaces again.
    return "\n".join(textwrap.wrap(label, _LINE)).replace("\u00a0", " ")


def _holding_zero(table: pd.DataFrame) -> str:
    table = table.dropna(subset=["effect"])
    hold = int(((table["low"] <= 0) & (table["high"] >= 0)).sum())
    if len(table) == 1:
        return f"The interval {'holds' if hold else 'does not hold'} 0."
    return f"{hold} of {len(table)} intervals {'holds' if hold == 1 else 'hold'} 0."


def _unit(unit: str) -> tuple[float, str]:
    if unit not in _UNITS:
        raise InputError(f"unit={unit!r} is unknown; use one of {', '.join(_UNITS)}")
    return _UNITS[unit]


def _interval(low: float, high: float, factor: float) -> str:
    return "unknown" if low != low else f"{_points(low, factor)} to {_points(high, factor)}"


def _points(value: float, factor: float) -> str:
    if value != value:
        return "unknown"
    if math.isinf(value):
        return "+∞" if value > 0 else "−∞"
    written = signed(value * factor, 0 if round(value * factor) else 1)
    return "0" if written == "0.0" else written  # a small number has a side of zero, and zero itself has none


@dataclass(frozen=True, slots=True)
class Card:
    """An evidence card: what must accompany a result, and nothing else.

    Attributes
    ----------
    claim, method, data, costs, verdict, because : str
    table : DataFrame
    trials : int
    unit : str
    """

    claim: str
    table: pd.DataFrame
    method: str
    trials: int
    data: str
    costs: str
    verdict: str
    because: str
    unit: str = "basis points"

    def _lines(self) -> list[tuple[str, str]]:
        counts = "separate events" if self.table.index.name == "event" else "bars"
        counts = self.table.attrs.get("counts", counts)
        return [
            ("Claim as tested", self.claim),
            (
                "Numbers",
                f"n counts {counts}; {_MEANS[self.unit]}; the naive interval takes every bar for new",
            ),
            ("Method", self.method),
            ("Rules tried before this one", f"{self.trials}"),
            ("Data", self.data),
            ("Costs", self.costs),
            ("Verdict", f"{self.verdict}: {self.because}"),
        ]

    def _rows(self) -> list[tuple[str, str, str, str, str]]:
        factor, _ = _UNITS[self.unit]
        return [
            (
                str(label),
                f"{row['n']:,.0f}",
                _points(row["effect"], factor),
                _interval(row["low"], row["high"], factor),
                _interval(row["naive_low"], row["naive_high"], factor),
            )
            for label, row in self.table.iterrows()
        ]

    def __str__(self) -> str:
        """The same in plain lines."""
        against = "what is usual" if self.table.index.name == "event" else "the other days"
        against = self.table.attrs.get("against", against)
        effects = [
            f"  {label}: {effect} {self.unit} against {against}, 95% interval {interval}, n = {n}"
            for label, n, effect, interval, _ in self._rows()
        ]
        first, *rest = [f"{name}: {text}" for name, text in self._lines()]
        return "\n".join(["Evidence card", first, *effects, *rest])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heads = ("n", f"difference, {_UNITS[self.unit][1]}", "95% interval", "naive interval")
        head = (
            f'<th scope="col" style="text-align: left">{html.escape(str(self.table.index.name or ""))}</th>'
            + "".join(f'<th scope="col" style="white-space: nowrap">{each}</th>' for each in heads)
        )
        body = "".join(
            f'<tr><th scope="row" style="text-align: left">{html.escape(label)}</th>'
            + "".join(
                f'<td style="white-space: nowrap">{each}</td>'
                for each in (n, effect, interval, naive if naive == "unknown" else f"<s>{naive}</s>")
            )
            + "</tr>"
            for label, n, effect, interval, naive in self._rows()
        )
        lines = "".join(
            f"<div><strong>{html.escape(name)}.</strong> {html.escape(text)}</div>"
            for name, text in self._lines()
        )
        return (
            '<div style="border: 1px solid #8c959f; border-radius: 6px; padding: 0.6em 1em; max-width: 46em; '
            'line-height: 1.6"><div><strong>Evidence card</strong></div>'
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{lines}</div>"
        )


def evidence_card(
    *,
    claim: str,
    table: pd.DataFrame,
    method: str,
    trials: int,
    data: str,
    costs: str,
    verdict: str,
    because: str = "",
    unit: str = "basis points",
) -> Card:
    """Return an evidence card: the claim, the data, the effects with intervals, and the verdict.

    Parameters
    ----------
    claim : str
        As tested, in our own words.
    table : DataFrame
        One row for each effect, from `by_label` or `by_event`. What n ``counts`` and what the effects are
        ``against`` can be said in its ``attrs``.
    method : str
        How the interval was made.
    trials : int
        Rules tried before this one.
    data : str
        Window, venue, and whether it is simulated.
    costs : str
        Which costs are in the effect.
    verdict : str
        One of `oikit.claims.VERDICTS`.
    because : str
        The number that decided it; how many intervals hold 0 by default.
    unit : {"basis points", "points"}
        In which the effects are told.

    Returns
    -------
    Card

    Raises
    ------
    InputError
        If the verdict is another word, or the table lacks an interval.
    """
    if verdict not in VERDICTS:
        raise InputError(f"verdict={verdict!r} is none of ours; use one of {', '.join(VERDICTS)}")
    needs = ["n", "effect", "low", "high", "naive_low", "naive_high"]
    lacking = [name for name in needs if name not in table.columns]
    if lacking:
        raise InputError(
            f"the table has no column {', '.join(lacking)}; make it with by_label(labels, outcome)"
        )
    _unit(unit)
    because = because or _holding_zero(table)
    return Card(claim, table, method, trials, data, costs, verdict, because, unit)
