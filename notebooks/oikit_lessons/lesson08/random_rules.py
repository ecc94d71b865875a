"""Rules that throw dice: what a year of returns looks like when nobody can do anything.

`throw` draws them, `fan` shows all of them with the best of the first year in front, and
`best_and_after` says how good the best looks on average, and how good it is in the year after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from oikit.errors import InputError

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["best_and_after", "fan", "throw"]

YEAR = 365
_EVERY = 24


def throw(rules: int, *, days: int = 2 * YEAR, spread: float = 0.02, seed: int = 0) -> pd.DataFrame:
    """Draw daily returns of rules without any skill.

    Parameters
    ----------
    rules, days : int
    spread : float, fraction
        Standard deviation of a day.
    seed : int

    Returns
    -------
    DataFrame, shape (days, rules), fraction a day
    """
    import numpy as np
    import pandas as pd

    return pd.DataFrame(np.random.default_rng(seed).normal(0, spread, (days, rules)))


def best_and_after(rules: int, *, repeats: int = 100, seed: int = 0) -> tuple[float, float]:
    """Return the mean Sharpe ratios of the first year's best rule, in that year and in the next.

    Parameters
    ----------
    rules : int
    repeats : int
        How often all rules are drawn.
    seed : int

    Returns
    -------
    before, after : float
        Mean yearly Sharpe ratios.
    """
    import numpy as np

    found = []
    for repeat in range(repeats):
        drawn = throw(rules, seed=seed + repeat).to_numpy()
        first, second = (part.mean(axis=0) / part.std(axis=0) for part in (drawn[:YEAR], drawn[YEAR:]))
        found.append((first.max(), second[first.argmax()]))
    before, after = np.mean(found, axis=0) * YEAR**0.5
    return float(before), float(after)


def fan(returns: pd.DataFrame, *, title: str = "") -> alt.LayerChart | alt.FacetChart:
    """Draw what all rules made, the best of the first year in front.

    Parameters
    ----------
    returns : DataFrame, shape (days, rules), fraction a day
        From `throw`, with more days than a year.
    title : str

    Returns
    -------
    LayerChart

    Raises
    ------
    InputError
        If there is no day after the first year.
    """
    import altair as alt
    import numpy as np
    import pandas as pd

    from oikit.charts.theme import COLORS

    if len(returns) <= YEAR:
        raise InputError(f"{len(returns)} days hold no day after the first year; draw more of them")
    year = returns.iloc[:YEAR]
    best = (year.mean() / year.std()).idxmax()
    made = pd.DataFrame(100 * np.log1p(returns.to_numpy()).cumsum(axis=0), columns=returns.columns)
    at = [*range(0, len(made) - 1, _EVERY), len(made) - 1]
    rows = made.iloc[at].round(0).rename_axis("day").reset_index().melt("day", var_name="rule")
    percent = "(datum.value === 0 ? '0' : replace(format(datum.value, '+.0f'), '-', '−')) + '%'"
    y = alt.Y("value:Q", title=None, axis=alt.Axis(labelExpr=percent, tickCount=6))
    reach = alt.Scale(domain=[0, len(returns)], nice=False)
    x = alt.X("day:Q", title="days", scale=reach, axis=alt.Axis(values=[0, 182, YEAR, 547, 730]))
    all_of_them = (
        alt.Chart(rows)
        .mark_line(strokeWidth=0.8, opacity=0.35, color=COLORS["muted"])
        .encode(x, y, detail="rule:N")
    )
    front = (
        alt.Chart(rows[rows["rule"] == best])
        .mark_line(strokeWidth=3, color=COLORS["open_interest"])
        .encode(x, y)
    )
    picked = pd.DataFrame([{"day": YEAR, "says": "picked here"}])
    cut = alt.Chart(picked).mark_rule(strokeDash=[5, 4], color=COLORS["accent"], strokeWidth=2).encode(x)
    name = (
        alt.Chart(picked)
        .mark_text(align="left", baseline="bottom", dx=6, color=COLORS["accent"])
        .encode(x, alt.Text("says:N"), y=alt.value(224))
    )
    before, after = made[best].iloc[YEAR - 1], made[best].iloc[-1] - made[best].iloc[YEAR - 1]
    return alt.layer(all_of_them, cut, front, name).properties(
        width=460,
        height=230,
        title=title,
        description=(
            f"{returns.shape[1]} lines that throw dice. The best of the first year made {before:+.0f}% "
            f"in it and {after:+.0f}% after it, in log returns."
        ),
    )
