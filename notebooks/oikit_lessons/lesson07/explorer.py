"""The calibration bench of lesson 07: the skill of a probability forecast, and whether it leaks.

The forecasts are those of the nearest neighbours (`oikit_lessons.lesson07.nearest_neighbours` computed
every number here). Four choices: the world, the split into training and test, the gap around a test, and
the number of invented variables beside the real ones. The chart shows the skill with its interval, and
below it the calibration. Both worlds are simulated.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from oikit.explore.model import Choice, Explorer
from oikit.formatting import signed
from oikit_lessons.lesson07.nearest_neighbours import TESTS

if TYPE_CHECKING:
    import altair as alt

WIDTH = 460

WORLD = Choice("world", "Which simulated market: nothing built in, or a link?", ("null", "planted"), "null")
SPLIT = Choice(
    "split", "Who teaches: all other days, or the past alone?", ("shuffled", "walk-forward"), "shuffled"
)
GAP = Choice("gap", "How long is kept free around a test?", ("none", "3 days", "7 days"), "none")
NOISE = Choice("noise", "How many slow, invented variables join in?", ("0", "10", "50"), "10")

_WHOLE = ("n", "alone", "faults")


@lru_cache(maxsize=1)
def _kept() -> dict[tuple[str, ...], list[dict[str, Any]]]:
    """Every setting as it was computed."""
    text = resources.files(__package__).joinpath("nearest_neighbours.csv").read_text(encoding="utf-8")
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for line in csv.DictReader(text.splitlines()):
        setting = tuple(line.pop(name) for name in ("world", "split", "gap", "noise"))
        kind = line.pop("kind")
        row: dict[str, Any] = {"kind": kind}
        for name, value in line.items():
            if value:
                short = name.removeprefix("bar_")
                row[short] = int(value) if name in _WHOLE else float(value)
        found.setdefault(setting, []).append(row)
    return found


def rows(world: str, split: str, gap: str, noise: str) -> list[dict[str, Any]]:
    """Put one setting into rows: its skill, and what was said against what came."""
    return _kept()[world, split, gap, noise]


def says(world: str, split: str, gap: str, noise: str) -> str:
    """Put the worth of one setting into words."""
    found = rows(world, split, gap, noise)[0]
    built = "nothing built in" if world == "null" else "a link planted"
    who = "All other days teach" if split == "shuffled" else "The past alone teaches"
    free = "without a gap" if gap == "none" else f"but for a gap of {gap}"
    skill, low, high = (signed(found[name], 1, "%") for name in ("skill", "low", "high"))
    return (
        f"Simulated, {built}. {who}, {free}; {noise} invented variables. Skill over the base rate: "
        f"{skill} of its squared error, 95% interval {low} to {high}, on {found['n']:,} questions "
        f"worth {found['alone']} that share nothing. "
        f"{found['shared']:.1f}% of the look-alikes share hours with the question; the fold audit objects "
        f"to {found['faults']} of {TESTS} tests. {_verdict(world, found)}"
    )


def _verdict(world: str, found: dict[str, Any]) -> str:
    sure, cheats = found["low"] > 0, found["faults"] > 0
    if world == "null" and sure:
        return "There is nothing to know here, so all of this skill is a leak."
    if found["high"] < 0:
        return "It does worse than the base rate."
    if world == "null":
        return "There is nothing to know here, and nothing is seen."
    if sure and cheats:
        return "How much of it is the link and how much is the leak, this number cannot tell."
    if sure:
        return "A small skill, and an honest one."
    return "The link is there, and this cannot see it for sure."


def draw(base: alt.Chart) -> alt.VConcatChart:
    """Draw the skill with its interval, and said against came."""
    import altair as alt

    from oikit.charts.results import bars_and_dots, diagonal
    from oikit.charts.theme import COLORS

    of = {kind: base.transform_filter(f"datum.kind === '{kind}'") for kind in ("skill", "bar")}
    percent = "(datum.value === 0 ? '0' : replace(format(datum.value, '+.0f'), '-', '−')) + '%'"
    reach = alt.Scale(domain=[-10, 10], nice=False, clamp=True)

    def across(field: str) -> alt.X:
        return alt.X(field, title=None, scale=reach, axis=alt.Axis(labelExpr=percent, tickCount=5))

    zero = (
        alt.Chart(alt.InlineData([{"skill": 0}]))
        .mark_rule(color=COLORS["muted"])
        .encode(across("skill:Q"), y=alt.value(28), y2=alt.value(100))
    )
    honest = (
        of["skill"]
        .mark_rule(strokeWidth=3.5, color=COLORS["accent"])
        .encode(across("low:Q"), x2="high:Q", y=alt.value(46))
    )
    naive = (
        of["skill"]
        .mark_rule(strokeWidth=2, strokeDash=[3, 3], color=COLORS["muted"])
        .encode(across("naive_low:Q"), x2="naive_high:Q", y=alt.value(66))
    )
    dot = (
        of["skill"]
        .mark_point(filled=True, size=110, opacity=1, color=COLORS["accent"])
        .encode(across("skill:Q"), y=alt.value(46))
    )
    label = (
        of["skill"]
        .transform_calculate(
            label="format(datum.n, ',') + ' questions worth ' + datum.alone + '; dashed: each counted as new'"
        )
        .mark_text(align="left", baseline="top")
        .encode(alt.Text("label:N"), x=alt.value(4), y=alt.value(6))
    )

    def end(at: int, words: str) -> alt.Chart:
        place: list[dict[str, Any]] = [{"at": at, "says": words}]
        drawn = alt.Chart(alt.InlineData(place))
        return drawn.encode(across("at:Q"), alt.Text("says:N"), y=alt.value(86))

    worse = end(-10, "◀ worse than the base rate").mark_text(align="left", dx=4, color=COLORS["muted"])
    better = end(10, "better ▶").mark_text(align="right", dx=-4, color=COLORS["muted"])

    share = alt.Scale(domain=[0, 0.7], nice=False, clamp=True)
    ticks = alt.Axis(format=".0%", values=[0, 0.2, 0.4, 0.6])
    x = alt.X("said:Q", title="probability that was said", scale=share, axis=ticks)
    y = alt.Y("came:Q", title=None, scale=share, axis=ticks)
    color = alt.value(COLORS["open_interest"])
    honestly = (
        alt.Chart(alt.InlineData([{"said": 0.6, "came": 0.6, "label": "said is what came"}]))
        .mark_text(align="right", dx=-8, dy=-6, color=COLORS["muted"])
        .encode(x, alt.Y("came:Q", scale=share), alt.Text("label:N"))
    )
    return alt.vconcat(
        alt.layer(zero, naive, honest, dot, label, worse, better).properties(
            title="Skill over the base rate, with its 95% interval", height=100, width=WIDTH
        ),
        alt.layer(
            diagonal(x, y, (0.0, 0.7)),
            honestly,
            *bars_and_dots(of["bar"], x, y, color=color, shape=alt.value("circle")),
        ).properties(title="How often it came, of five groups by what was said", height=230, width=WIDTH),
        spacing=14,
    )


EXPLORER = Explorer(
    id="07",
    title="Calibration bench",
    asks="What is this probability worth, and could it have cheated?",
    controls=(WORLD, SPLIT, GAP, NOISE),
    rows=rows,
    says=says,
    draw=draw,
    shows={
        "n": "questions",
        "alone": "worth",
        "skill": "skill, %",
        "low": "from",
        "high": "to",
        "shared": "look-alikes that share hours, %",
        "faults": "tests the audit objects to",
    },
    tries=True,
)
"""The explorer of lesson 07."""
