"""The hero picture of lesson 05: both sides as dominoes at their liquidation prices, and a shock you drag.

Each side holds the same 20 dominoes of one contract. They stand on one price axis, where
`oikit.cascade.cohorts` liquidates them; what a shock knocks over is followed as `oikit.cascade.cascade`
follows it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

from oikit.cascade import Cascade, cascade, cohorts
from oikit.errors import InputError
from oikit.explore.hero import Hero, Question, fill, script
from oikit.explore.svg import Still

PRICE, DOMINOES, RATE = 600.0, 20, 0.005
LEVERAGE = {"cautious": (4, 12), "mixed": (4, 50), "bold": (10, 50)}
DEPTHS = {"thin": 1.0, "usual": 3.0, "deep": 10.0}  # dominoes that move the price by 1%
SHOCKS = tuple(round(step * 0.005, 3) for step in range(-40, 41))
FALL = -0.05
OPTIONS = ("at −5%", "near −7%", "near −12%")

TEXT = {
    "open": "The claim: 30% more shorts than longs, so a squeeze is inevitable",
    "rest_title": "Two sides of the same size: now push the price",
    "rest": "Each domino is 5% of open interest and stands at the price where it is liquidated. Longs stand "
    "below the price and fall when it falls; shorts stand above it.",
    "neither_title": "Same size, and this move reaches neither side",
    "same_title": "Same size, same leverage: {fallen} of 20 fall, whichever way the price goes",
    "both_title": "Same size, and here {fallen} of 20 fall, whichever way the price goes",
    "long_title": "Same size, but the longs stand closer to the edge",
    "short_title": "Same size, but the shorts stand closer to the edge",
    "hit": "A {move} of {size:p} knocks over **{fallen} of 20** {side} in {rounds|round|rounds}, and the "
    "price stops at **{stop:+p1}**.",
    "miss": "A {move} of {size:p} knocks over **none** of the {side}.",
    "mirror_hit": "The same move the other way knocks over **{mirror} of 20** {other} and stops at "
    "{mirror_stop:+p1}.",
    "mirror_miss": "The same move the other way knocks over **none** of the {other}.",
}

FOOT = (
    "A model, no market. Longs always equal shorts: 20 dominoes each. Cautious means 4x to 12x, bold 10x to "
    "50x, mixed 4x to 50x, with a maintenance margin of 0.5%. In a thin, usual and deep book 1, 3 and 10 "
    "dominoes move the price by 1%. Drag the price, or use the arrow keys."
)


def book(longs: str, shorts: str) -> Any:
    """Return both sides with their liquidation prices, nearest to the price first."""
    sides: dict[str, Any] = {}
    for side, mix in (("long_leverage", longs), ("short_leverage", shorts)):
        low, high = LEVERAGE[mix]
        # Even steps of 1/leverage, so that the dominoes stand at even distances.
        steps = (1 / low + (1 / high - 1 / low) * step / (DOMINOES - 1) for step in range(DOMINOES))
        sides[side] = {1 / step: 1.0 for step in steps}
    return cohorts(PRICE, open_interest=DOMINOES, maintenance_margin_rate=RATE, **sides)


@functools.lru_cache(maxsize=1024)
def follow(longs: str, shorts: str, depth: str, shock: float) -> Cascade:
    """Follow one shock through both sides."""
    return cascade(book(longs, shorts), price=PRICE, shock=shock, depth=DEPTHS[depth])


def facts(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the picture shows and says in this state."""
    shock, mixes = state["shock"], (state["longs"], state["shorts"], state["depth"])
    if not shock:
        return {"title": "rest_title", "says": "rest"}
    there, back = follow(*mixes, shock), follow(*mixes, -shock)
    fallen, mirror = round(there.forced), round(back.forced)
    side, other = ("longs", "shorts") if shock < 0 else ("shorts", "longs")
    if fallen == mirror:
        title = "neither_title" if not fallen else "same_title" if mixes[0] == mixes[1] else "both_title"
    else:
        title = f"{(side if fallen > mirror else other)[:-1]}_title"
    return {
        "move": "fall" if shock < 0 else "rise",
        "size": abs(shock),
        "side": side,
        "other": other,
        "fallen": fallen,
        "rounds": len(there.steps) - 1,
        "stop": there.price / PRICE - 1,
        "mirror": mirror,
        "mirror_stop": back.price / PRICE - 1,
        "title": title,
        "says": ["hit" if fallen else "miss", "mirror_hit" if mirror else "mirror_miss"],
    }


def read(setting: str, value: Any) -> Any:
    """Read a shock as a fraction or as text, and the mixes and books by name."""
    options: Any = SHOCKS if setting == "shock" else DEPTHS if setting == "depth" else LEVERAGE
    if setting == "shock" and isinstance(value, str):
        number = value.replace("−", "-").rstrip("% ")
        value = float(number) / 100 if number.lstrip("+-").replace(".", "", 1).isdigit() else value
    if (
        setting == "shock"
        and isinstance(value, int | float)
        and any(abs(value - each) < 1e-9 for each in SHOCKS)
    ):
        return min(SHOCKS, key=lambda each: abs(each - value))
    if setting == "shock" or value not in options:
        some = "a step of 0.005 from -0.2 to 0.2" if setting == "shock" else f"one of {', '.join(options)}"
        raise InputError(f"{setting}={value!r} is not one of its positions; use {some}")
    return value


def draw(state: Mapping[str, Any]) -> str:
    """Draw the dominoes at their prices: those that fell lie flat."""
    found = facts(state)
    says = " ".join(
        fill(TEXT[key], found).replace("**", "")
        for key in ([found["says"]] if isinstance(found["says"], str) else found["says"])
    )
    still = Still(f"{fill(TEXT[found['title']], found)}. {says}", FOOT, height=190)
    there = follow(state["longs"], state["shorts"], state["depth"], state["shock"])

    def x(price: float) -> float:
        return 912 * (price / PRICE - 0.7) / 0.6

    for row in there.cohorts.to_dict("records"):
        out, at = row["round"] == row["round"], x(row["liquidation_price"])
        if out:
            still.line(
                [(at, 148), (at + (-46 if row["side"] == "long" else 46), 112)], color="accent", width=4
            )
        else:
            still.bar(at - 3, 50, 6, 100, color="data")
    still.line([(0, 150), (912, 150)], color="faint", width=1)
    for move in (-0.2, -0.1, 0, 0.1, 0.2):
        still.text(x(PRICE * (1 + move)), 172, f"${PRICE * (1 + move):,.0f}", anchor="middle", color="soft")
    for price, color in ((PRICE * (1 + state["shock"]), "ink"), (there.price, "accent")):
        still.line([(x(price), 24), (x(price), 150)], color=color)
    still.text(0, 16, "Longs", weight=650)
    still.text(912, 16, "Shorts", weight=650, anchor="end")
    return str(still)


def _prices() -> dict[str, dict[str, list[float]]]:
    found: dict[str, dict[str, list[float]]] = {}
    for mix in LEVERAGE:
        table = book(mix, mix)
        found[mix] = {side: rows["liquidation_price"].tolist() for side, rows in table.groupby("side")}
    return found


def _stop(shock: float) -> float:
    return follow("bold", "cautious", "usual", shock).price / PRICE - 1


HERO = Hero(
    id="05",
    title="Dominoes: who is forced out, and in which order",
    script=script(__package__),
    data={
        "price": PRICE,
        "depths": DEPTHS,
        "leverage": LEVERAGE,
        "prices": _prices(),
        "shocks": SHOCKS,
    },
    text=TEXT,
    question=Question(
        "Both sides are equal. The price falls by 5%: where does it stop?",
        OPTIONS,
        min(
            OPTIONS,
            key=lambda option: abs(_stop(FALL) - float(option.split()[1].replace("−", "-")[:-1]) / 100),
        ),
    ),
    facts=facts,
    start={"longs": "bold", "shorts": "cautious", "depth": "usual", "shock": 0.0},
    after={"shock": FALL},
    foot=FOOT,
    draw=draw,
    read=read,
)
"""The picture that opens lesson 05."""
