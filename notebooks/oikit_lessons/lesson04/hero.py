"""The hero picture of lesson 04: 1,000 weeks as dots, an alarm, and how many of its alarms are right.

Three shares decide: how many weeks hold a dump, how many of those the alarm catches, and in how many quiet
weeks it rings. It is arithmetic in whole weeks, and no market is in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from oikit.errors import InputError
from oikit.explore.hero import Hero, Question, fill, script
from oikit.explore.svg import Still

WEEKS, ROWS = 1000, 20
RANGES = {"dumps": (1, 50), "caught": (0, 100), "false_alarms": (0, 60)}
START = {"dumps": 10, "caught": 70, "false_alarms": 20}
VIEWS = ("all weeks", "alarms only")

TEXT = {
    "open": "The claim: after euphoria comes a dump, every single time",
    "false_title": "It catches {caught} of 100 dumps, yet {wrong_share} of 100 alarms are false",
    "right_title": "It catches {caught} of 100 dumps, and {share} of 100 alarms are right",
    "silent_title": "This alarm never rings",
    "count": "The alarm rings in {alarms|week|weeks}, and a dump follows in {right} of them: **{share} of "
    "100 alarms are right**.",
    "outweighed": "Quiet weeks are so many that even {false_alarms} of 100 of them outweigh the dumps.",
    "mixed": "Fewer false alarms, or more dumps to catch, would make it worth more.",
    "every": "Only without a single false alarm is it “every time”.",
    "silent": "It catches no dump and gives no false alarm, so there is **nothing to count**.",
}

FOOT = (
    "Arithmetic, no market: one dot is one week. Filled orange: an alarm, and a dump followed. Orange ring: "
    "a false alarm. Dark: a dump without an alarm. Grey: a quiet week without one."
)


def facts(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the picture shows and says in this state."""
    caught, cried = state["caught"], state["false_alarms"]
    dumps = WEEKS * state["dumps"] // 100
    right, wrong = _half_up(dumps * caught, 100), _half_up((WEEKS - dumps) * cried, 100)
    alarms = right + wrong
    share = _half_up(100 * right, alarms) if alarms else 0
    if not alarms:
        title, says = "silent_title", ["silent"]
    else:
        title = "false_title" if share < 50 else "right_title"
        says = ["count", "every" if not wrong else "outweighed" if wrong > right else "mixed"]
    return {
        "weeks": WEEKS,
        "dump_weeks": dumps,
        "caught": caught,
        "false_alarms": cried,
        "right": right,
        "wrong": wrong,
        "alarms": alarms,
        "share": share,
        "wrong_share": 100 - share,
        "title": title,
        "says": says,
    }


def _half_up(part: int, whole: int) -> int:
    return (2 * part + whole) // (2 * whole)


def read(setting: str, value: Any) -> Any:
    """Read how many of 100."""
    if setting == "view":
        if value not in VIEWS:
            raise InputError(f"view={value!r} is not one of these; use one of {', '.join(VIEWS)}")
        return value
    low, high = RANGES[setting]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"{setting}={value!r} is no count of 100; use a whole number from {low} to {high}")
    return value


def draw(state: Mapping[str, Any]) -> str:
    """Draw the weeks in two blocks, those with a dump at the left."""
    found = facts(state)
    says = " ".join(fill(TEXT[key], found).replace("**", "") for key in found["says"])
    still = Still(f"{fill(TEXT[found['title']], found)}. {says}", FOOT, height=350)
    blocks = ((found["dump_weeks"], found["right"]), (WEEKS - found["dump_weeks"], found["wrong"]))
    columns = [-(-count // ROWS) for count, _ in blocks]
    cell, left = 890 / sum(columns), 0.0
    for (count, alarms), wide, is_dump in zip(blocks, columns, (True, False), strict=True):
        for week in range(count):
            x = left + cell * (week % wide + 0.5)
            y = 322 - min(cell, 16) * (week // wide + 0.5)
            rings = week < alarms
            still.circle(x, y, 6, color="accent" if rings else "ink" if is_dump else "line")
            if rings and not is_dump:
                still.circle(x, y, 4, color="paper")
        said = f"{alarms} right of {count} dumps"
        if not is_dump:
            said = f"{alarms} false alarms in {count} quiet weeks"
        still.text(left, 344, said, color="accent", weight=650)
        left += cell * wide + 22
    return str(still)


HERO = Hero(
    id="04",
    title="1,000 weeks: how many alarms are right",
    script=script(__package__),
    data={"weeks": WEEKS, "rows": ROWS, "ranges": RANGES, "views": VIEWS},
    text=TEXT,
    question=Question(
        "The alarm rings before 70 of 100 dumps, and in 20 of 100 quiet weeks. Of 100 alarms, how many are "
        "right?",
        ("70", "50", "28", "10"),
        str(facts(START)["share"]),
    ),
    facts=facts,
    start={**START, "view": "all weeks"},
    after={},
    foot=FOOT,
    draw=draw,
    read=read,
)
"""The picture that opens lesson 04."""
