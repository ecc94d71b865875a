"""The hero picture of lesson 08: the best of many rules without skill, and the same rule a year later.

Every rule is luck: its gains are normal with mean zero, at a fixed stake of $100 and 20% volatility a year.
So $20 a year is a Sharpe ratio of 1. Each rule draws from a stream of its own, the same here and in the page.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from oikit.errors import InputError
from oikit.explore.hero import Hero, Question, fill, script
from oikit.explore.svg import Still
from oikit.stats import deflated_sharpe, expected_max_sharpe, probabilistic_sharpe

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

RULES = (1, 2, 5, 10, 20, 50, 100, 200)
STEPS, DAYS, TRIED, FIRST = 26, 365, 100, 9  # STEPS of a year that are drawn
OPTIONS = ("about 0", "about 1", "about 2.5")

TEXT = {
    "open": "The claim: over hundreds of trades, the edge compounds",
    "one_title": "One rule without skill shows {best:s}; a year later it shows {next:s}",
    "many_title": "The best of {rules} worthless rules shows {best:s}; a year later, {next:s}",
    "one": "It is luck and nothing else, and yet a test of this single rule would be **{alone:p0}** sure of "
    "its edge.",
    "many": "As the only rule you tried, you could be {alone:p1} sure of its edge. But luck alone lifts the "
    "best of {rules} to about {luck:s}: counting all tries, you can be **{counted:p0}** sure.",
}

FOOT = (
    "Simulated, no market: 365 normal days a year with mean zero, 20% volatility and a fixed stake of $100. "
    "Sharpe ratio: the gain of a year over its volatility. “Counting all tries” is the deflated Sharpe "
    "ratio of Bailey and López de Prado. The first draw was picked because it is typical."
)


def years(seed: int, rules: int) -> npt.NDArray[np.float64]:
    """Return the steps of both years of each rule, in standard deviations of a step.

    Parameters
    ----------
    seed : int
    rules : int

    Returns
    -------
    array, shape (rules, 2 * STEPS)
    """
    import numpy as np

    state = (np.arange(rules, dtype=np.uint64) * 104_729 + seed * 7_919).astype(np.uint32)
    columns = []
    for _ in range(2 * 2 * STEPS):
        state = state + np.uint32(0x9E3779B9)
        z = (state ^ (state >> np.uint32(16))) * np.uint32(0x21F0AAAD)
        z = (z ^ (z >> np.uint32(15))) * np.uint32(0x735A2D97)
        columns.append(((z ^ (z >> np.uint32(15))).astype(np.float64) + 0.5) / 2**32)
    uniform = np.array(columns).T
    normal: npt.NDArray[np.float64] = np.sqrt(-2 * np.log(uniform[:, ::2])) * np.cos(
        2 * np.pi * uniform[:, 1::2]
    )
    return normal


def facts(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the picture shows and says in this state."""
    rules = state["rules"]
    steps = years(state["seed"], rules)
    tested = steps[:, :STEPS].sum(axis=1) / math.sqrt(STEPS)
    best = int(tested.argmax())
    sharpe = float(tested[best])
    later = float(steps[best, STEPS:].sum() / math.sqrt(STEPS))
    daily, kind = sharpe / math.sqrt(DAYS), "one" if rules == 1 else "many"
    return {
        "rules": rules,
        "number": best + 1,
        "best": sharpe,
        "next": later,
        "luck": expected_max_sharpe(rules),
        "alone": probabilistic_sharpe(daily, DAYS),
        "counted": deflated_sharpe(daily, DAYS, trials=rules, variance=1 / DAYS),
        "title": f"{kind}_title",
        "says": kind,
    }


def read(setting: str, value: Any) -> Any:
    """Read how many rules, or the number of a draw."""
    if setting == "rules" and value not in RULES:
        raise InputError(f"rules={value!r} is not one of its steps; use one of {', '.join(map(str, RULES))}")
    if setting == "seed" and (isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 10**6):
        raise InputError(f"seed={value!r} is no number of a draw; use a whole number such as {FIRST}")
    return value


def draw(state: Mapping[str, Any]) -> str:
    """Draw both years of every rule, the best one last."""
    import numpy as np

    found = facts(state)
    still = Still(
        f"{fill(TEXT[found['title']], found)}. {fill(TEXT[found['says']], found).replace('**', '')}",
        FOOT,
        height=300,
    )
    steps = years(state["seed"], state["rules"])
    order = sorted(range(len(steps)), key=lambda rule: rule == found["number"] - 1)
    for rule in order:
        is_best = rule == order[-1]
        for year, left in enumerate((0, 470)):
            path = np.concatenate([[0.0], np.cumsum(steps[rule, year * STEPS : (year + 1) * STEPS])])
            points = [
                (left + 430 * at / STEPS, 150 - 45 * float(v) / math.sqrt(STEPS)) for at, v in enumerate(path)
            ]
            still.line(points, color="accent" if is_best else "faint", width=3 if is_best else 0.7)
    still.text(0, 296, "the year it is tested on")
    still.text(470, 296, "the next year")
    return str(still)


HERO = Hero(
    id="08",
    title="The best of many rules without skill",
    script=script(__package__),
    data={
        "rules": RULES,
        "steps": STEPS,
        "days": DAYS,
        "tried": TRIED,
        "luck": {rules: expected_max_sharpe(rules) for rules in RULES},
    },
    text=TEXT,
    question=Question(
        "You try 100 rules on one year. None has any skill. Which Sharpe ratio does the best one show?",
        OPTIONS,
        OPTIONS[2] if expected_max_sharpe(TRIED) > 2 else "",
    ),
    facts=facts,
    start={"seed": FIRST, "rules": 1},
    after={"rules": TRIED},
    foot=FOOT,
    draw=draw,
    read=read,
)
"""The picture that opens lesson 08."""
