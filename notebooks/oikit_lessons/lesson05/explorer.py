"""Lesson 05, the cascade bench: two sides of equal size, and which of them breaks.

A market with as many longs as shorts. Each side is levered in one of three ways; a shock moves the
price, and `oikit.cascade` follows who is forced out, round by round. The same shock the other way is
followed, too, so that a difference between the sides can be seen. Simplified as said there, and
nothing is tried on data, so there is no world to choose.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from oikit.cascade import Cascade, cascade, cohorts
from oikit.explore.model import Choice, Explorer
from oikit.formatting import percent

if TYPE_CHECKING:
    import altair as alt

PRICE = 100.0
OPEN_INTEREST = 100.0
RATE = 0.005

MIXES: dict[str, dict[float, float]] = {
    "cautious": {3: 6, 5: 3, 10: 1},
    "mixed": {3: 1, 5: 1, 10: 1, 20: 1, 50: 1},
    "bold": {10: 1, 20: 2, 50: 2},
}
DEPTHS = {"thin": 5.0, "usual": 15.0, "deep": 50.0}
"""How much, in per cent of open interest, moves the price by one per cent."""

LONGS = Choice("longs", "How are the longs levered?", tuple(MIXES), "bold")
SHORTS = Choice("shorts", "How are the shorts levered?", tuple(MIXES), "cautious")
SHOCK = Choice("shock", "Which move comes first?", ("-10%", "-5%", "+5%", "+10%"), "-5%")
DEPTH = Choice("depth", "How deep is the market that must absorb it?", tuple(DEPTHS), "usual")


@lru_cache(maxsize=256)
def follow(longs: str, shorts: str, shock: str, depth: str) -> Cascade:
    """Follow one shock.

    Examples
    --------
    >>> round(follow("bold", "cautious", "-5%", "deep").forced)
    80
    """
    book = cohorts(
        PRICE,
        open_interest=OPEN_INTEREST,
        long_leverage=MIXES[longs],
        short_leverage=MIXES[shorts],
        maintenance_margin_rate=RATE,
    )
    return cascade(book, price=PRICE, shock=float(shock.rstrip("%")) / 100, depth=DEPTHS[depth])


def rows(longs: str, shorts: str, shock: str, depth: str) -> list[dict[str, Any]]:
    """List who is open, and what each round forces out."""
    found = follow(longs, shorts, shock, depth)
    table: list[dict[str, Any]] = [
        {
            "side": str(row["side"]),
            "leverage": f"{row['leverage']:g}x",
            "share": round(row["quantity"] / OPEN_INTEREST, 4),
            "closed": round(row["liquidation_price"] / PRICE - 1, 5),
            "out": int(row["round"] == row["round"]),
        }
        for row in found.cohorts.to_dict("records")
    ]
    since = 0.0
    for number, step in enumerate(found.steps.to_dict("records")):
        move = round(step["price"] / PRICE - 1, 4)
        table.append(
            {
                "round": f"round {number}" if number else "shock",
                "forced": round(step["forced"] / OPEN_INTEREST, 4),
                "total": round(step["total"] / OPEN_INTEREST, 4),
                "move": move,
                "since": since,
            }
        )
        since = move
    return table


def says(longs: str, shorts: str, shock: str, depth: str) -> str:
    """Put the shock, and its mirror, into words.

    Examples
    --------
    >>> says("bold", "cautious", "+5%", "usual").split(". ")[0]
    'A rise of 5% forces out none of the shorts: the price stops at +5.0%'
    """
    mirror = f"{'+' if shock[0] == '-' else '-'}{shock[1:]}"
    there = _told(follow(longs, shorts, shock, depth), shock)
    back = _told(follow(longs, shorts, mirror, depth), mirror)
    return f"{there} {back} Both sides are equally large. A model, no data."


def _told(found: Cascade, shock: str) -> str:
    kind = "fall" if shock[0] == "-" else "rise"
    rounds = len(found.steps) - 1
    share = found.forced / found.open_interest
    end = percent(found.price / PRICE - 1)
    much = "all" if share > 0.9999 else f"{share:.0%}" if share else "none"
    times = f" in {rounds} round{'s' if rounds > 1 else ''}" if rounds else ""
    end = f"+{end}" if kind == "rise" else end
    return f"A {kind} of {shock[1:]} forces out {much} of the {found.side}s{times}: the price stops at {end}."


WIDTH = 480
ROUNDS = 2
_ROOM = 0.78  # of open interest: the longest bar and its words


def draw(base: alt.Chart) -> alt.VConcatChart:
    """Draw both sides by their leverage, and the price round by round."""
    import altair as alt

    from oikit.charts.theme import COLORS

    order = ["50x", "20x", "10x", "5x", "3x"]
    y = alt.Y(
        "leverage:N", title=None, scale=alt.Scale(domain=order), axis=alt.Axis(ticks=False, domain=False)
    )
    scale = alt.Scale(domain=[-_ROOM, _ROOM], nice=False)
    names = ["long", "short", "price"]
    tone = alt.Scale(domain=names, range=[COLORS[name] for name in names])
    color = alt.Color("side:N", scale=tone, legend=None)
    people = base.transform_filter("isValid(datum.side)").transform_calculate(
        bar="datum.share * (datum.side === 'long' ? -1 : 1)",
        says="format(datum.closed, '+.1%') + (datum.out ? ' out' : '')",
    )
    left, right = (people.transform_filter(f"datum.side === '{side}'") for side in ("long", "short"))
    x = alt.X("bar:Q", scale=scale, axis=None)
    heads = alt.Chart(
        alt.InlineData(
            [
                {"bar": -0.02, "says": "longs: closed by a fall", "side": "long"},
                {"bar": 0.02, "says": "shorts: closed by a rise", "side": "short"},
            ]
        )
    )

    def words(chart: alt.Chart, align: str, dx: int) -> alt.Chart:
        return chart.mark_text(align=align, dx=dx, baseline="middle").encode(x, y, text="says:N", color=color)  # type: ignore[arg-type]

    sides = alt.layer(
        people.mark_bar(strokeWidth=2, height=16).encode(
            x,
            y,
            stroke=alt.Stroke("side:N", scale=tone, legend=None),
            color=color,
            # Hollow if it stayed: the fill says what the word at the bar says.
            fillOpacity=alt.FillOpacity(
                "out:Q", scale=alt.Scale(domain=[0, 1], range=[0.08, 1]), legend=None
            ),
        ),
        words(left, "right", -8),
        words(right, "left", 8),
        *(
            heads.transform_filter(f"datum.side === '{side}'")
            .mark_text(align=align, baseline="bottom", fontWeight="bold")  # type: ignore[arg-type]
            .encode(x, alt.Y(value=-6), text="says:N", color=color)
            for side, align in (("long", "right"), ("short", "left"))
        ),
    )
    steps = base.transform_filter("isValid(datum.round)").transform_calculate(
        says="format(datum.move, '+.1%') + (datum.forced ? ', ' + format(datum.forced, '.0%') + ' out' : '')",
        side="datum.round === 'shock' ? 'price' : datum.move < 0 ? 'long' : 'short'",
    )
    rounds = ["shock", *(f"round {number}" for number in range(1, ROUNDS + 1))]
    when = alt.Y(
        "round:N", title=None, scale=alt.Scale(domain=rounds), axis=alt.Axis(ticks=False, domain=False)
    )
    price = alt.Scale(domain=[-0.5, 0.5], nice=False)
    from_ = alt.X(
        "since:Q", scale=price, axis=alt.Axis(labelExpr=_SIGNED, title="move of the price", tickCount=5)
    )
    moved = alt.layer(
        alt.Chart(alt.InlineData([{"at": 0}]))
        .mark_rule(color=COLORS["muted"])
        .encode(alt.X("at:Q", scale=price)),
        steps.mark_bar(height=14).encode(from_, alt.X2("move:Q"), when, color=color),
        *(
            steps.transform_filter(f"datum.move {sign} 0")
            .mark_text(align=align, dx=dx)  # type: ignore[arg-type]
            .encode(alt.X("move:Q", scale=price), when, text="says:N")
            for sign, align, dx in (("<", "right", -6), (">=", "left", 6))
        ),
    )
    return alt.vconcat(
        sides.properties(
            title=alt.TitleParams("Share of each side by leverage, and the move that closes it", offset=26),
            height=130,
            width=WIDTH,
        ),
        moved.properties(
            title="Where each round takes the price, and how much it forces out", height=110, width=WIDTH
        ),
        spacing=14,
    )


_SIGNED = "datum.value ? format(datum.value, '+.0%') : '0%'"

EXPLORER = Explorer(
    id="05",
    title="Cascade bench",
    asks="Both sides are equally large: which of them breaks, and what stops it?",
    controls=(LONGS, SHORTS, SHOCK, DEPTH),
    rows=rows,
    says=says,
    draw=draw,
    shows={
        "round": "round",
        "forced": "forced out, fraction",
        "total": "so far",
        "move": "price moved, fraction",
    },
)
"""The explorer of lesson 05."""
