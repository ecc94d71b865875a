"""The hero picture of lesson 06: what $100 become in a year, against leverage.

The curve is the account in the middle of all (`oikit.risk.leverage_table`), with its peak at the Kelly
leverage. The shading is another account, one that is opened once and left alone: how likely it is liquidated
within a year.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oikit.errors import InputError
from oikit.explore.hero import Hero, Question, fill, script
from oikit.explore.svg import Still
from oikit.risk import kelly_leverage, leverage_table

ROWS, RATE, DAYS = (1, 2, 3, 5, 10, 20), 0.005, 365.0
STEPS = tuple(
    round(step, 2)
    for step in (
        *(0.2 + 0.05 * k for k in range(36)),
        *(2 + 0.25 * k for k in range(32)),
        *(10 + 0.5 * k for k in range(21)),
    )
)
RANGES = {"drift": (-0.5, 1.5), "volatility": (0.2, 1.2)}
PRESETS = (("a volatile coin", 0.2, 0.57), ("a calm share index", 0.08, 0.2))
OPTIONS = ("below 1x", "about 3x", "5x to 10x", "20x")

TEXT = {
    "open": "The claim: 5x to 10x leverage gives better risk-adjusted returns",
    "none_title": "If the price doesn’t tend to rise, the best leverage is none",
    "below_title": "The best leverage here is {best:t}: even 1x is too much",
    "above_title": "The best leverage here is {best:t}, and {twice:t} earns nothing",
    "wealth": "At **{leverage:t}** the account in the middle turns $100 into **{wealth:m}** in a year.",
    "loses": "Every bit of leverage loses.",
    "past": "That is past twice the best: it loses, although the price tends to rise.",
    "more": "More than the best only slows it down.",
    "less": "Staying below the best costs a little growth and saves a lot of risk.",
    "best": "No other leverage does better.",
}

FOOT = (
    "A model, no market: the price is a random walk without costs. The curve keeps its leverage all year; "
    "the shading and the row of chances belong to a long that is opened once and left alone (maintenance "
    "margin 0.5%). Drag the point, or use the arrow keys."
)


def facts(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the picture shows and says in this state."""
    drift, volatility, leverage = state["drift"], state["volatility"], state["leverage"]
    best = float(kelly_leverage(drift, volatility=volatility))
    table = leverage_table([leverage], drift=drift, volatility=volatility, days=DAYS, tiers=RATE)
    row = table.iloc[0]
    gone = float(1 - row["survival"])
    if best <= 0:
        title, tail = "none_title", "loses"
    else:
        title = "below_title" if best < 0.995 else "above_title"
        tail = "past" if leverage > 2 * best else "more" if leverage > best else "less"
        if abs(leverage / best - 1) < 0.02:
            tail = "best"
    return {
        "leverage": leverage,
        "best": best,
        "twice": 2 * best,
        "wealth": 100 * float(row["median_wealth"]),
        "gone": gone,
        "title": title,
        "says": ["wealth", tail],
    }


def read(setting: str, value: Any) -> Any:
    """Read a leverage such as 5 or "5x", and shares as fractions or per cent."""
    text = value.strip() if isinstance(value, str) else ""
    if text.endswith(("x", "%")) and text[:-1].replace("−", "-").lstrip("-").replace(".", "", 1).isdigit():
        value = float(text[:-1].replace("−", "-")) / (100 if text.endswith("%") else 1)
    low, high = RANGES.get(setting, (STEPS[0], STEPS[-1]))
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InputError(f"{setting}={value!r} is not on its scale; use a number from {low:g} to {high:g}")
    return float(value)


def draw(state: Mapping[str, Any]) -> str:
    """Draw the rows of leverage as bars of dollars."""
    import numpy as np

    found = facts(state)
    says = " ".join(fill(TEXT[key], found).replace("**", "") for key in found["says"])
    still = Still(f"{fill(TEXT[found['title']], found)}. {says}", FOOT, height=300)
    grid = np.geomspace(0.2, 25, 120)
    table = leverage_table(
        grid.tolist(), drift=state["drift"], volatility=state["volatility"], days=DAYS, tiers=RATE
    )
    wealth = 100 * table["median_wealth"].to_numpy()
    top = max(150.0, 1.2 * float(wealth.max()))

    def x(leverage: float) -> float:
        return 912 * float(np.log(leverage / 0.2) / np.log(125))

    still.line([(0, 270), (912, 270)], color="faint", width=1)
    still.line([(0, 270 - 27000 / top), (912, 270 - 27000 / top)], color="soft", width=1, dash="2 5")
    still.text(0, 264 - 27000 / top, "$100 at the start", color="soft")
    still.line([(x(at), 270 - 270 * value / top) for at, value in zip(grid, wealth, strict=True)], width=3)
    for row in ROWS:
        still.text(x(row), 290, f"{row}x", anchor="middle")
    still.circle(x(found["leverage"]), 270 - 270 * found["wealth"] / top, 8, color="accent")
    return str(still)


HERO = Hero(
    id="06",
    title="What $100 become in a year, against leverage",
    script=script(__package__),
    data={"rows": ROWS, "rate": RATE, "steps": STEPS, "ranges": RANGES, "presets": PRESETS},
    text=TEXT,
    question=Question(
        "The price drifts up by 20% a year and swings by 57%. Which leverage grows an account fastest?",
        OPTIONS,
        OPTIONS[0] if kelly_leverage(0.2, volatility=0.57) < 1 else "",
    ),
    facts=facts,
    start={"drift": 0.2, "volatility": 0.57, "leverage": 5.0},
    after={},
    foot=FOOT,
    draw=draw,
    read=read,
)
"""The picture that opens lesson 06."""
