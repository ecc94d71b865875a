"""The claim ledger of lesson 00: the standing of each of the 38 statements, and its grounds.

Each statement gets its verdict from `oikit.claims.judge` on a simulated market, and from that its
standing: a word for what a reader may do with it. Standings are computed, with one exception:
contradictions within the article are found by reading, and listed in `CONTRADICTIONS`.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from oikit.claims.claim import KINDS
from oikit.explore import worlds
from oikit.explore.model import Choice, Explorer

if TYPE_CHECKING:
    import altair as alt

    from oikit.claims import Verdict

__all__ = ["CONTRADICTIONS", "counts"]

CONTRADICTIONS: dict[str, str] = {
    "C03": "the ratio is the same open interest over a supply that hardly moves",
    "C14": "when funding is highest longs pay to stay: if there is a crowd, it is theirs",
    "C21": "the same article lists standing against the trend among the mistakes",
    "C29": "the same article calls it a mistake at the very times when it would be right",
}
"""Claim id to what stands against it in the same article."""

IMPOSSIBLE = ("C13",)
"""What no market could ever show: each contract has both sides."""

STANDINGS = (
    "true as stated",
    "false as stated",
    "it depends",
    "impossible",
    "at odds with itself",
    "merely advice",
    "not testable",
    "not asked",
    "silent",
    "undecided",
    "negligible",
    "contradicted by data",
    "supported in one reading",
    "supported",
)
"""What a reader may do with a statement, from what needs no data to what data have shown."""

_BUILT = {"null": "nothing built in", "planted": "a fall after jumps of open interest built in"}

KIND = Choice("kind", "Which kind of statement?", ("any", *KINDS), "any")
WHERE = Choice("met_in", "Met in which lesson?", ("any", *(f"{lesson:02}" for lesson in range(10))), "00")
WORLD = Choice("world", "On which market are forecasts weighed?", tuple(_BUILT), "null")

WIDTH, _NAMES, _BESIDE, _LINE = 546, 172, 388, 44


def standing(verdict: Verdict) -> str:
    """Return the standing of a statement: what a reader may do with it."""
    if verdict.id in CONTRADICTIONS:
        return "at odds with itself"
    if verdict.claim.kind == "advice":
        return "merely advice"
    if verdict.id in IMPOSSIBLE:
        return "impossible"
    if verdict.word == "arithmetic" and verdict.depends:
        return "it depends"
    if verdict.word == "arithmetic":
        return "true as stated" if verdict.holds else "false as stated"
    if verdict.word != "supported" and any(each.word == "supported" for each in verdict.beside):
        return "supported in one reading"
    return "contradicted by data" if verdict.word == "contradicted" else verdict.word


_worlds = partial(worlds.offered, WORLD)


@lru_cache(maxsize=3)
def ledger(world: str) -> tuple[dict[str, Any], ...]:
    """Judge all statements on one market."""
    from oikit.claims import CLAIMS, judge

    return tuple(
        {
            "id": name,
            "lesson": CLAIMS[name].lesson,
            "kind": verdict.claim.kind,
            "says": verdict.claim.says,
            "verdict": _verdict(verdict),
            "standing": standing(verdict),
        }
        for name, verdict in judge(worlds.frame(world)).items()
    )


def _verdict(verdict: Verdict) -> str:
    # A line break inside "n = 79" would tear it apart.
    return (
        f"{verdict.word}, n\u00a0=\u00a0{verdict.n:,}" if verdict.claim.kind == "forecast" else verdict.word
    )


def counts(world: str) -> dict[str, int]:
    """Return how many statements have each standing on this market.

    Parameters
    ----------
    world : {"null", "planted", "real"}

    Returns
    -------
    dict of str to int
        One entry for each of `STANDINGS`.
    """
    found = Counter(row["standing"] for row in ledger(world))
    return {name: found[name] for name in STANDINGS}


def rows(kind: str, met_in: str, world: str) -> list[dict[str, Any]]:
    """Pick the statements of one kind and one lesson."""
    return [row for row in ledger(world) if kind in ("any", row["kind"]) and met_in in ("any", row["lesson"])]


def says(kind: str, met_in: str, world: str) -> str:
    """Put what is shown into words."""
    shown = rows(kind, met_in, world)
    if not shown:
        return f"None of the {len(ledger(world))} statements is of this kind in this lesson."
    found = Counter(row["standing"] for row in shown)
    told = ", ".join(f"{found[name]} {name}" for name in STANDINGS if found[name])
    said = [f"{len(shown)} of {len(ledger(world))} statements: {told}."]
    for name in ("impossible", "at odds with itself"):
        who = [row["id"] for row in shown if row["standing"] == name]
        if who:
            said.append(f"{name.capitalize()}: {', '.join(who)}.")
    if any(row["kind"] == "forecast" for row in shown):
        which = (
            f"a simulated market with {_BUILT[world]}"
            if world in _BUILT
            else f"a real market, {worlds.SYMBOL}"
        )
        said.append(f"Forecasts are weighed on {which}.")
    return " ".join(said)


def draw(base: alt.Chart) -> alt.VConcatChart:
    """Draw how many statements have each standing, and list those that are shown."""
    import altair as alt

    from oikit.charts.theme import COLORS

    every = [
        {"of": world, "standing": name, "count": n}
        for world in _worlds()
        for name, n in counts(world).items()
    ]
    most = max(max(counts(world).values()) for world in _worlds())
    y = alt.Y("standing:N", axis=None, sort=list(STANDINGS), scale=alt.Scale(domain=list(STANDINGS)))
    scale = alt.Scale(domain=[0, most * 1.1], range=[_NAMES, WIDTH], nice=False)
    x = alt.X("count:Q", axis=None, scale=scale)
    whole = alt.Chart(alt.InlineData(every)).transform_filter("datum.of === world").encode(x, y)
    part = base.transform_aggregate(count="count()", groupby=["standing"]).encode(x, y)
    standings = alt.layer(
        whole.mark_bar(color=COLORS["band"]).encode(x2=alt.datum(0)),
        # Empty where nothing is listed, and then nameless: the numbers on it are read aloud instead.
        part.mark_bar(color=COLORS["accent"], aria=False).encode(x2=alt.datum(0)),
        whole.mark_text(align="left", dx=5).encode(text="count:Q"),
        whole.mark_text(align="right", dx=-6).encode(alt.Text("standing:N"), x=alt.value(_NAMES)),
        part.mark_text(align="left", dx=5, color="white", fontWeight="bold").encode(
            alt.Text("count:Q"), x=alt.value(_NAMES)
        ),
    ).properties(
        title="How many statements have each standing; dark: those listed below",
        height=alt.Step(21),
        width=WIDTH,
    )

    wrapped = [
        {"id": row["id"], "lines": textwrap.fill(row["says"], _LINE)} for row in ledger(WORLD.options[0])
    ]
    entry = base.transform_lookup(
        "id", alt.LookupData(alt.InlineData(wrapped), "id", ["lines"])
    ).transform_calculate(
        beside="'lesson ' + datum.lesson + ' · ' + datum.kind + "
        "(datum.kind === 'forecast' ? '\\n' + datum.verdict : '')"
    )

    def column(at: int, field: str, line: int = 0, **style: Any) -> alt.Chart:
        return entry.mark_text(
            align="left", baseline="top", dy=16 * line - 22, lineBreak="\n", lineHeight=16, **style
        ).encode(alt.Text(field), alt.Y("id:N", axis=None, sort="ascending"), x=alt.value(at))

    listed = alt.layer(
        column(0, "id:N", fontWeight="bold"),
        column(38, "lines:N"),
        column(_BESIDE, "standing:N", fontWeight="bold"),
        column(_BESIDE, "beside:N", 1, color=COLORS["muted"]),
    ).properties(title="The statements, in our own words", height=alt.Step(56), width=WIDTH)
    return alt.vconcat(standings, listed, spacing=16)


EXPLORER = Explorer(
    id="00",
    title="Claim ledger",
    asks="What kind of statement is this, and what can be said of it?",
    controls=(KIND, WHERE, WORLD),
    rows=rows,
    says=says,
    draw=draw,
    shows={
        "id": "statement",
        "lesson": "lesson",
        "kind": "kind",
        "says": "it says, in our own words",
        "verdict": "verdict",
        "standing": "standing",
    },
    grows=True,
    worlds=_worlds,
)
"""The explorer of lesson 00."""
