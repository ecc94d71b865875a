"""The hero picture of lesson 02: a line at 15% of market cap over a coin's own history.

The ratio is read once a day: open interest in coins over coins in circulation. An episode is the first day
above the line, and then none until 30 days are over, as `oikit.claims.events.first_in_cluster` counts.
"""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from oikit.errors import InputError
from oikit.explore.hero import Hero, Market, Question, fill, script
from oikit.explore.svg import Still
from oikit.real_facts import real_fact

if TYPE_CHECKING:
    import pandas as pd

ARTICLE, WAIT = 0.15, 30
FEWEST = 60  # days that a picture needs
MARKS = (
    (
        real_fact("btc-ratio-highest").value,
        "Bitcoin on all exchanges, highest day of 2019–24: {mark:p}",
        "Bitcoin, highest of 2019–24: {mark:p}",
    ),
)
OPTIONS = ("never", "on a few days", "on 50 days or more")

TEXT = {
    "open": "The claim: above 15% of market cap, a reversal is probable",
    "never_title": "The {threshold:p} line is {times:x} times as high as the highest day",
    "never": "In {span} this coin was **never** above {threshold:p}; its highest day is {highest:p}. A rule "
    "that never fires has no record, good or bad.",
    "just_title": "No day of {span} was above {threshold:p}",
    "just": "The highest day is {highest:p}, so **no day** and no episode is left. A little lower, and the "
    "rule starts to fire.",
    "one_title": "{days|day|days} in {span} was above {threshold:p}",
    "one": "A single day is **a single case**: whatever followed it could have followed anything.",
    "some_title": "{days|day|days} above {threshold:p}, but only {episodes|episode|episodes}",
    "some": "High days stand next to each other and share what comes next, so {days|day|days} are not as "
    "many cases. Waiting {wait} days after each first one leaves **{episodes|case|cases}** to learn from.",
    "all_title": "All {days} days were above {threshold:p}",
    "all": "A line below every day says nothing about any of them: there is **no other day** to compare "
    "with.",
}


def hero(market: Market | None = None) -> Hero:
    """Return the picture of a market.

    Parameters
    ----------
    market : Market, optional
        With ``open_interest`` and ``circulating_supply`` on 60 days or more; by default the simulated
        ``bnb-null``.

    Returns
    -------
    Hero

    Raises
    ------
    InputError
        If fewer than 60 days are known.
    """
    chosen = market or Market.sample("bnb-null")
    ratio = daily(chosen)
    known = int(ratio.notna().sum())
    if known < FEWEST:
        raise InputError(
            f"{chosen.name}: open interest over coins in circulation is known on {known} days, and the "
            f"picture needs {FEWEST}; fetch more days, or leave market out to see a simulated one"
        )
    highest = float(ratio.max())
    steps = grid(float(ratio.min()), highest)
    near, far = 1.1 * highest, max(0.166, 1.25 * highest)
    days = [day.strftime("%Y-%m-%d") for day in (ratio.index[0], ratio.index[-1])]
    own = min(steps, key=lambda step: abs(step - float(ratio.quantile(0.81))))
    span = told(known)
    above = int((ratio > ARTICLE).sum())
    marks = [[mark, *(fill(says, {"mark": mark}) for says in lines)] for mark, *lines in MARKS]
    data = {
        "ratio": _rounded(ratio, steps),
        "first": days[0],
        "steps": steps,
        "article": ARTICLE,
        "wait": WAIT,
        "highest": highest,
        "highest_at": int(ratio.to_numpy().tolist().index(highest)),
        "near": near,
        "far": far,
        "own": own,
        "known": known,
        "span": span,
        "marks": marks,
        "what": f"{chosen.name}: open interest as a share of all coins",
    }
    foot = (
        f"{chosen.told}, one value a day from {days[0]} to {days[1]}: open interest in coins ÷ coins in "
        f"circulation. An episode starts on the first day above the line, and the next one {WAIT} days later "
        "at the earliest. Dotted: a published figure of a real coin. Drag the line, or use the arrow keys."
    )
    facts = functools.partial(_facts, ratio, span)
    return Hero(
        id="02",
        title="The 15% line",
        script=script(__package__),
        data=data,
        text=TEXT,
        question=Question(
            f"How often was this coin above 15% in {span}?",
            OPTIONS,
            OPTIONS[0 if not above else 1 if above < 50 else 2],
        ),
        facts=facts,
        start={"threshold": ARTICLE, "top": near},
        after={"threshold": ARTICLE, "top": far},
        foot=foot,
        draw=functools.partial(_draw, ratio, facts, foot),
        read=_read,
    )


def daily(market: Market) -> pd.Series:
    """Return open interest over all coins, once a day."""
    from oikit.frame import resample
    from oikit.indicators import oi_to_cap

    days = resample(market.frame[["open_interest", "circulating_supply"]], "1d")
    return oi_to_cap(days["open_interest"], days["circulating_supply"])


def count(ratio: pd.Series, threshold: float) -> tuple[int, int]:
    """Return the days above a line, and the episodes."""
    from oikit.claims.events import first_in_cluster

    above = ratio > threshold
    return int(above.sum()), int(first_in_cluster(above, f"{WAIT}d").sum())


def grid(lowest: float, highest: float) -> list[float]:
    """Return where the line can stand: in fine steps over the coin's own range, in coarse ones up to 16%.

    Examples
    --------
    >>> steps = grid(0.0026, 0.0065)
    >>> steps[:2], steps[-2:], 0.15 in steps
    ([0.0019, 0.002], [0.1575, 0.16], True)
    """
    unit = 10 ** (math.floor(math.log10(highest)) - 1)
    fine = range(max(1, math.floor(0.75 * lowest / unit)), math.floor(1.1 * highest / unit) + 1)
    steps = {round(step * unit, 10) for step in fine} | {ARTICLE}
    coarse = max(0.0025, unit)
    steps |= {
        round(step * coarse, 10)
        for step in range(1, round(0.16 / coarse) + 1)
        if step * coarse > max(steps - {ARTICLE})
    }
    return sorted(steps)


def told(days: int) -> str:
    """Return a number of days as a person says it.

    Examples
    --------
    >>> told(1099), told(365), told(90)
    ('3 years', 'a year', '90 days')
    """
    years = round(days / 365.25)
    return f"{days} days" if days < 330 else "a year" if years == 1 else f"{years} years"


def _facts(ratio: pd.Series, span: str, state: Mapping[str, Any]) -> dict[str, Any]:
    threshold, highest, known = state["threshold"], float(ratio.max()), int(ratio.notna().sum())
    days, episodes = count(ratio, threshold)
    if days:
        key = "all" if days == known else "one" if days == 1 else "some"
    else:
        key = "just" if threshold / highest < 1.05 else "never"
    return {
        "threshold": threshold,
        "days": days,
        "episodes": episodes,
        "highest": highest,
        "times": threshold / highest,
        "known": known,
        "span": span,
        "wait": WAIT,
        "title": f"{key}_title",
        "says": key,
    }


def _read(setting: str, value: Any) -> Any:
    if isinstance(value, str) and value.rstrip().endswith("%"):
        with contextlib.suppress(ValueError):
            value = float(value.rstrip().removesuffix("%")) / 100
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1:
        raise InputError(
            f"{setting}={value!r} is no share of all coins; use a number such as 0.005, or '0.5%'"
        )
    return float(value)


def _rounded(ratio: pd.Series, steps: list[float]) -> list[float | None]:
    """Return the ratios with as few digits as tell the same days above every step of the line."""
    known = ratio.dropna()
    for digits in (5, 8):
        short = known.map(lambda value, digits=digits: float(f"{value:.{digits}g}"))
        if all(((short > step) == (known > step)).all() for step in steps):
            break
    else:
        short = known
    return [None if math.isnan(value) else value for value in short.reindex(ratio.index)]


def _draw(ratio: pd.Series, facts: Any, foot: str, state: Mapping[str, Any]) -> str:
    found = facts(state)
    head = fill(TEXT[found["title"]], found) + ". " + fill(TEXT[found["says"]], found).replace("**", "")
    still = Still(head, foot, height=300)
    top = max(1.1 * found["threshold"], 1.1 * found["highest"])
    runs: list[list[tuple[float, float]]] = [[]]
    for day, value in enumerate(ratio):
        if math.isnan(value):
            runs.append([])
        else:
            runs[-1].append((912 * day / (len(ratio) - 1), 290 * (1 - value / top)))
    for run in runs:
        if len(run) > 1:
            still.line(run)
    line = 290 * (1 - found["threshold"] / top)
    still.line([(0, 290), (912, 290)], color="faint", width=1)
    still.line([(0, line), (912, line)], color="accent")
    still.text(0, line + 20, fill("line at {threshold:p}", found), color="accent", weight=650)
    still.text(
        912, 290 * (1 - found["highest"] / top) - 10, fill("highest day: {highest:p}", found), anchor="end"
    )
    return str(still)
