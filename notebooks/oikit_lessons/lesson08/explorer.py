"""Lesson 08, the overfitting bench: search for a rule, and keep a part of history under seal.

Three choices make a rule of `oikit.lens.garden`; each combination is one more try. The reader
searches on the days up to the cut, and the bench keeps count, on disk beside the notes of the course,
so that a new kernel forgets nothing. What came after the cut is read once, by
`oikit_lessons.lesson08.hold_out.open_seal`, for the best rule so far.

Both worlds are simulated: in the null world nothing leads the price, in the planted one a jump in
open interest is followed by a fall.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from oikit.explore.model import Choice, Explorer, Memory, every_setting
from oikit.formatting import count, signed
from oikit.lens.garden import (
    CUT,
    POSITIONS,
    SIGNALS,
    chance,
    daily,
    every_rule,
    held,
    luck,
    often,
    returns,
    sharpe,
    told,
)

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

__all__ = ["EXPLORER", "best_so_far", "made", "opened", "results", "tries"]

WIDTH = 460
_EVERY = 35
_KEY = "thick: best so far; dashed: this rule"

WORLD = Choice("world", "Which simulated market: nothing built in, or a link?", ("null", "planted"), "null")
SIGNAL = Choice("signal", "Which score must be high?", SIGNALS, "funding")
LEVEL = Choice("level", "How many robust deviations above its last month?", ("1", "2", "3"), "2")
POSITION = Choice("position", "What is held after it?", tuple(POSITIONS), "short 1 day")


# --- what the session remembers, on disk ---


def tries(world: str) -> list[dict[str, Any]]:
    """Return the different rules tried in this world, in their order.

    Parameters
    ----------
    world : {"null", "planted"}
    """
    from oikit.learn.notes import entries

    return [dict(each["rule"]) for each in entries("try", f"08.{world}")]


def best_so_far(world: str) -> dict[str, Any] | None:
    """Return the rule with the best Sharpe ratio before the cut; None if none was tried.

    Parameters
    ----------
    world : {"null", "planted"}
    """
    made = [(_found(world, **rule)["sharpe"], rule) for rule in tries(world)]
    return max(made, key=lambda each: each[0])[1] if made else None


def opened(world: str) -> dict[str, Any] | None:
    """Return the result recorded when this world's hold-out was opened; None before that.

    Parameters
    ----------
    world : {"null", "planted"}
    """
    from oikit.learn.notes import entries

    found = entries("seal", f"08.{world}")
    return found[0] if found else None


def _remember(settings: Mapping[str, Any]) -> str:
    """Count a rule, and say what the best of all tries is worth."""
    from oikit.learn.notes import record

    world, rule = str(settings["world"]), {k: v for k, v in settings.items() if k != "world"}
    if rule not in tries(world):
        record("try", f"08.{world}", rule=rule)
    tried, best = len(tries(world)), best_so_far(world) or rule
    found, n = _found(world, **best), len(_part(world, sealed=False))
    p = found["p"]
    said = f"Rules tried in this world: {tried}. "
    if tried > 1:
        said += (
            f"The best so far is {told(best)}: a Sharpe ratio of {signed(found['sharpe'])}, when the best of "
            f"{tried} without skill shows about {signed(luck(tried, n))}. As a single try, chance alone does "
            f"as well in {often(p)}; after Bonferroni for {tried} tries, in {often(min(1.0, p * tried))}. "
        )
    seal = opened(world)
    if seal is None:
        return f"{said}The seal is closed."
    since = f"The seal was opened after {count(seal['tried'], 'rule')}"
    return f"{said}{since}; whatever is tried since has no sealed part left."


def _kept(settings: Mapping[str, Any]) -> dict[str, float]:
    """The number of the best setting in this world, and how many were tried."""
    world = str(settings["world"])
    best, every = best_so_far(world), every_setting(EXPLORER)
    at = -1 if best is None else every.index({"world": world, **best})
    return {"best": at, "tried": max(1, len(tries(world)))}


# --- one rule ---


@lru_cache(maxsize=2)
def _days(world: str) -> pd.DataFrame:
    from oikit.simulate.samples import sample

    return daily(sample(f"bnb-{world}"))


def _part(world: str, *, sealed: bool) -> pd.DataFrame:
    days = _days(world)
    return days[CUT:].iloc[1:] if sealed else days[:CUT]


def made(world: str, rule: Mapping[str, Any], *, sealed: bool) -> pd.Series:
    """Return a rule's daily returns in one part, after costs and relative to its average day.

    Parameters
    ----------
    world : {"null", "planted"}
    rule : mapping
        With ``signal``, ``level`` and ``position``.
    sealed : bool
        The part after the cut, or the one before it.
    """
    return returns(_part(world, sealed=sealed), **rule)


def results(world: str, rule: Mapping[str, Any], *, sealed: bool) -> dict[str, float]:
    """Return the performance of a rule in one part.

    Parameters
    ----------
    world, rule, sealed
        As in `made`.

    Returns
    -------
    dict
        ``days`` in position, ``total`` log return, ``sharpe`` a year with ``low`` and ``high``, and
        ``p`` as if it were the only try.
    """
    earned = made(world, rule, sealed=sealed)
    answer = sharpe(earned)
    return {
        "days": int((held(_part(world, sealed=sealed), **rule) != 0).sum()),
        "total": float(earned.sum()),
        "sharpe": answer.value,
        "low": answer.low,
        "high": answer.high,
        "p": chance(earned),
    }


@lru_cache(maxsize=256)
def _found(world: str, signal: str, level: str, position: str) -> dict[str, float]:
    return results(world, {"signal": signal, "level": level, "position": position}, sealed=False)


def rows(world: str, signal: str, level: str, position: str) -> list[dict[str, Any]]:
    """Put one rule into rows: how good it was before the cut, and its path."""
    rule: dict[str, Any] = {"signal": signal, "level": level, "position": position}
    found = _found(world, **rule)
    table: list[dict[str, Any]] = [
        {"kind": "rule", "days": int(found["days"])}
        | {name: round(found[name], 2) for name in ("sharpe", "low", "high")}
        | {"p": round(found["p"], 4)}
    ]
    path = made(world, rule, sealed=False).cumsum()
    table += _path("path", path)
    seal = opened(world)
    if seal is not None and dict(seal["rule"]) == rule:
        table += _path("sealed", made(world, rule, sealed=True).cumsum() + path.iloc[-1])
    return table


def _path(kind: str, made: pd.Series) -> list[dict[str, Any]]:
    import pandas as pd

    at = sorted({*range(0, len(made), _EVERY), len(made) - 1})
    first = pd.Timestamp("1970-01-01", tz="UTC")
    return [
        {"kind": kind, "day": (made.index[i] - first).days, "made": round(100 * float(made.iloc[i]), 1)}
        for i in at
    ]


def says(world: str, signal: str, level: str, position: str) -> str:
    """Put the result of one rule before the cut into words."""
    rule: dict[str, Any] = {"signal": signal, "level": level, "position": position}
    found = _found(world, **rule)
    built = "nothing built in" if world == "null" else "a link planted"
    return (
        f"Simulated, {built}. {told(rule).capitalize()}: on {found['days']:.0f} days up to the end of 2024 "
        f"its log return was {signed(100 * found['total'], 0)}% against the usual, after costs. That is a "
        f"yearly Sharpe ratio of {signed(found['sharpe'])}, 95% interval {signed(found['low'])} to "
        f"{signed(found['high'])}."
    )


def draw(base: alt.Chart) -> alt.VConcatChart:
    """Draw the rule and the best so far up to the cut, the part under seal, and their Sharpe ratios."""
    import altair as alt

    from oikit.charts.theme import COLORS

    # Without a kernel nobody keeps the best, so the chosen rule stands in its place.
    this = base.transform[0].filter
    best = alt.Chart(base.data).transform_filter(f"best < 0 ? {this} : datum.at === best")
    paths, ratios = (one(base, best, alt, COLORS) for one in (_draw_paths, _draw_ratios))
    return alt.vconcat(paths, ratios, spacing=14)


def _draw_paths(base: alt.Chart, best: alt.Chart, alt: Any, colors: Mapping[str, str]) -> alt.LayerChart:
    ends = (_days("null").index[0], _days("null").index[-1])
    time = {"scale": alt.Scale(type="utc", domain=[f"{end:%Y-%m-%d}" for end in ends], nice=False)}
    x = alt.X("time:T", title=None, axis=alt.Axis(format="%b %Y", tickCount=6), **time)
    percent = "(datum.value === 0 ? '0' : replace(format(datum.value, '+.0f'), '-', '−')) + '%'"
    y = alt.Y(
        "made:Q",
        title=None,
        scale=alt.Scale(domain=[-120, 180], nice=False, clamp=True),
        axis=alt.Axis(labelExpr=percent, tickCount=6),
    )
    moment = "toDate(datum.day * 86400000)"

    def path(of: alt.Chart, kind: str) -> alt.Chart:
        return of.transform_filter(f"datum.kind === '{kind}'").transform_calculate(time=moment)

    places = [
        {"world": world, "start": CUT, "end": f"{ends[1]:%Y-%m-%d}", "label": _label(world)}
        for world in WORLD.options
    ]
    under = alt.Chart(alt.InlineData(places)).transform_filter("datum.world === world")
    start = alt.X("start:T", **time)
    seal = under.mark_rect(color=colors["band"], opacity=0.45).encode(start, alt.X2("end:T"))
    label = under.mark_text(align="left", baseline="bottom", dx=8, lineBreak="\n").encode(
        start, alt.Text("label:N"), y=alt.value(166)
    )
    key = (
        alt.Chart(alt.InlineData([{"one": 1}]))
        .transform_calculate(label=f"best < 0 ? 'the rule you chose' : '{_KEY}'")
        .mark_text(align="left", baseline="top")
        .encode(alt.Text("label:N"), x=alt.value(8), y=alt.value(2))
    )
    thick = {"color": colors["open_interest"], "strokeWidth": 2.6}
    lines = (
        path(best, "path").mark_line(**thick).encode(x, y),
        # Marks that may be empty have nothing to tell a screen reader; the sentence says what they show.
        path(best, "sealed").mark_line(aria=False, **thick).encode(x, y),
        path(base, "path").mark_line(color=colors["price"], strokeDash=[5, 3]).encode(x, y),
    )
    return alt.layer(seal, label, key, *lines).properties(
        title="Log return against the usual, after costs: searched, then sealed", height=190, width=WIDTH
    )


def _label(world: str) -> str:
    seal = opened(world)
    return "under seal" if seal is None else f"opened after\n{count(seal['tried'], 'rule')}"


def _draw_ratios(base: alt.Chart, best: alt.Chart, alt: Any, colors: Mapping[str, str]) -> alt.LayerChart:
    scale = alt.Scale(domain=[-3.6, 3.6], nice=False, clamp=True)
    number = "datum.value === 0 ? '0' : replace(format(datum.value, '+.0f'), '-', '−')"

    def x(name: str) -> alt.X:
        return alt.X(f"{name}:Q", title=None, scale=scale, axis=alt.Axis(labelExpr=number, tickCount=7))

    days = len(_part("null", sealed=False))
    lucky = [{"of": count, "luck": round(luck(count, days), 2)} for count in range(1, len(every_rule()) + 1)]
    chance_line = alt.Chart(alt.InlineData(lucky)).transform_filter("datum.of === tried && tried > 1")
    rule, one = (each.transform_filter("datum.kind === 'rule'") for each in (base, best))
    zero = alt.Chart(alt.InlineData([{"at": 0}])).mark_rule(color=colors["muted"]).encode(x("at"))
    return alt.layer(
        zero,
        chance_line.mark_rule(color=colors["accent"], strokeDash=[5, 4], strokeWidth=2, aria=False).encode(
            x("luck")
        ),
        chance_line.transform_calculate(label="'best of ' + datum.of + ' by luck'")
        .mark_text(align="left", baseline="top", dx=5, color=colors["accent"])
        .encode(x("luck"), alt.Text("label:N"), y=alt.value(4)),
        rule.mark_rule(strokeWidth=3, color=colors["muted"]).encode(x("low"), x2="high:Q", y=alt.value(42)),
        rule.mark_point(filled=True, size=90, opacity=1, color=colors["price"]).encode(
            x("sharpe"), y=alt.value(42)
        ),
        rule.transform_calculate(label="'this rule, ' + datum.days + ' days in position'")
        .mark_text(align="left", baseline="top", color=colors["price"])
        .encode(alt.Text("label:N"), x=alt.value(4), y=alt.value(50)),
        one.transform_filter("best >= 0")
        .mark_point(
            shape="diamond", filled=True, size=130, opacity=1, color=colors["open_interest"], aria=False
        )
        .encode(x("sharpe"), y=alt.value(84)),
        one.transform_filter("best >= 0")
        .transform_calculate(label="'best so far ' + replace(format(datum.sharpe, '+.1f'), '-', '−')")
        .mark_text(align="left", baseline="top", color=colors["open_interest"])
        .encode(alt.Text("label:N"), x=alt.value(4), y=alt.value(78)),
    ).properties(title="Yearly Sharpe ratio before the seal, with its 95% interval", height=104, width=WIDTH)


EXPLORER = Explorer(
    id="08",
    title="Overfitting bench",
    asks="How good does the best of your tries look, and what is left of it where you did not look?",
    controls=(WORLD, SIGNAL, LEVEL, POSITION),
    rows=rows,
    says=says,
    draw=draw,
    shows={
        "days": "days in position",
        "sharpe": "Sharpe ratio a year",
        "low": "from",
        "high": "to",
        "p": "chance of one try",
    },
    tries=True,
    memory=Memory(says=_remember, kept=_kept, alone={"best": -1, "tried": 1}),
)
"""The explorer of lesson 08."""
