"""The plan of exercise 08.4: what has to be fixed before anyone looks, line by line.

A plan is text, so that it can be kept as it was written. Each line is a name of `SLOTS`, a colon, and
what was decided; `PLAN` refuses lines that would leave a choice for later.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from oikit.errors import InputError
from oikit.learn.exercise import Exercise, Malrule, Unfinished

SLOTS = ("claim", "event", "horizon", "outcome", "against", "data", "costs", "trials", "verdict")
"""What has to be fixed before anyone looks."""

_UNITS = r"\d+\s*(h|d|hours?|days?|weeks?|bars?)\b"


def _one(value: str) -> Callable[[Any], str]:
    return lambda _: value


def _planned(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    text = answers["plan"]
    if not isinstance(text, str):
        raise InputError(
            f"plan is {type(text).__name__}; give one text, with a line for each of {', '.join(SLOTS)}."
        )
    pairs = (line.split(":", 1) for line in text.splitlines() if ":" in line)
    plan = {name.strip().lower(): words.strip() for name, words in pairs}
    missing = [name for name in SLOTS if not plan.get(name) or plan[name] in ("TODO", "...")]
    if len(missing) == len(SLOTS) and (set(SLOTS) & set(plan) or not text.strip()):
        raise Unfinished("your turn: fill the lines of the plan.")
    if missing:
        raise InputError(f"still open: {', '.join(missing)}. Each gets a line, like `horizon: 48h`.")
    return {"plan": _weakness(plan)}


def _weakness(plan: Mapping[str, str]) -> str:
    """The first thing that would leave a choice open, or nothing."""
    number = r"\d"
    checks = {
        "no-threshold": re.search(number, plan["event"]),
        "no-unit": re.search(_UNITS, plan["horizon"], re.IGNORECASE),
        "no-comparison": not re.fullmatch(r"(nothing|none|zero|0|-|no)\W*", plan["against"], re.IGNORECASE),
        "no-period": re.search(r"\b20\d\d\b", plan["data"]),
        "no-count": re.match(r"0*[1-9]|(one|two|three|four|five|six|ten|twenty)\b", plan["trials"], re.I),
        "no-line": re.search(number, plan["verdict"]),
    }
    return next((name for name, holds in checks.items() if not holds), "complete")


PLAN = Exercise(
    id="08.4",
    parts=("plan",),
    observe=_planned,
    answer=lambda _: {"plan": "complete"},
    rules=(
        Malrule(
            "no-threshold",
            "plan",
            _one("no-threshold"),
            "event: no number in it. From which value on? Two readers must find the same bars.",
        ),
        Malrule(
            "no-unit",
            "plan",
            _one("no-unit"),
            "horizon: a number with its unit is asked, such as 72h. Without it any later moment fits.",
        ),
        Malrule(
            "no-comparison",
            "plan",
            _one("no-comparison"),
            "against: compared with nothing, a rising market makes every rule look good. What is usual?",
        ),
        Malrule(
            "no-period",
            "plan",
            _one("no-period"),
            "data: which years? An open period ends when the result is liked.",
        ),
        Malrule(
            "no-count",
            "plan",
            _one("no-count"),
            "trials: begin with a whole number, one at least: how many rules you will try before you choose.",
        ),
        Malrule(
            "no-line",
            "plan",
            _one("no-line"),
            "verdict: no number in it. Which interval, or which p after all tries, would make you say "
            "supported?",
        ),
    ),
    hints=("one line for each of the nine names, with a colon after the name.",),
    worked=lambda _: "each line holds a number, a unit, or a name that leaves no choice for later.",
    well="a stranger could run it, and nobody can move a line after looking. Keep it for lesson 09.",
)
