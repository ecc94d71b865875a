"""The sections about the past and about chance: base rates, changes, claims, the record, risk, edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oikit.report.blocks import Block, Bullets, Code, Heading, Inline, Para, Shown, Strong, Table
from oikit.report.sections import Facts, explained, indexed

_NAMES = {
    "price": "Price",
    "open_interest": "Open interest, coins",
    "open_interest_value": "Open interest, dollars",
    "oi_to_cap": "Open interest / supply",
    "velocity_1h": "Velocity over a day",
    "velocity_score_1h": "Velocity, robust score",
    "funding_paid": "Funding paid over the week",
    "funding_year": "Funding, a year of that",
    "funding_cost": "Cost to hold $1,000 long",
    "funding_streak": "Streak of settlements",
    "long_share_accounts": "Long share, all accounts",
    "long_share_top_accounts": "Long share, top accounts",
    "long_share_top_positions": "Long share, top positions (coins)",
}


def rates(facts: Facts) -> list[Block]:
    """Return the section on base rates, for the conditions met this week."""
    told = facts["rates"]
    blocks: list[Block] = [Heading("What followed weeks like this one"), explained(facts, "base_rate")]
    if not told:
        reason = (
            "no condition is known to hold, because a week and the one before it are not known well enough"
        )
        return [*blocks, Para([f"Nothing can be said: {reason}."])]
    held = list(dict.fromkeys(each["condition_says"] for each in told))
    blocks.append(Para(["Conditions that held as the week ended:"]))
    blocks.append(Bullets([[each] for each in held]))
    for outcome in dict.fromkeys(each["outcome_says"] for each in told):
        mine = [each for each in told if each["outcome_says"] == outcome]
        rows: list[list[Sequence[Inline]]] = [_rate(each) for each in mine]
        base: list[Sequence[Inline]] = [
            ["any week"],
            [Shown(mine[0]["base"], "tenths")],
            [""],
            [""],
            [Shown(mine[0]["base_n"])],
        ]
        head = ["Weeks with", "Share", "95% interval", "Said (drawn towards any week)", "Weeks"]
        says = f"After it {outcome}"
        blocks.append(Table(head, [*rows, base], frozenset({1, 2, 3, 4}), says, "wide"))
    return blocks


def _rate(each: dict[str, Any]) -> list[Sequence[Inline]]:
    name = [each["condition"].replace("-", " ")]
    if each["few"]:
        return [name, ["too few"], [""], [""], [Shown(each["n"])]]
    interval = _between(each["low"], each["high"], "tenths")
    share, said = ([Shown(each[kind], "tenths")] for kind in ("share", "said"))
    return [name, share, interval, said, [Shown(each["n"])]]


def changes(facts: Facts) -> list[Block]:
    """Return the section on changes since an earlier report: in metrics and in inputs."""
    told = facts["changes"]
    head: list[Block] = [Heading("What changed since the last report")]
    if told is None:
        line = f"oikit report {facts['market']} --week {facts['week']} --against LAST.facts.json"
        said: list[Inline] = [
            "No earlier facts were given, so nothing is compared here. To compare, type ",
            Code(line),
            ".",
        ]
        return [*head, Para(said)]
    of = indexed(facts)
    revised: list[Sequence[Inline]] = []
    for name, each in told["inputs"].items():
        weeks = ", ".join(each["weeks"])
        more = ", the last of them" if of[each["count"]]["value"] > len(each["weeks"]) else ""
        revised.append(
            [Strong(name), ": weeks revised or filled in since: ", Shown(each["count"]), f" ({weeks}{more})"]
        )
    revised += [[Strong(name), ": a column that is new"] for name in told["columns"]["came"]]
    revised += [[Strong(name), ": a column that is gone"] for name in told["columns"]["went"]]
    blocks: list[Block] = list(head)
    if revised:
        warning = f" are not all what they were when the facts of week {told['week']} were written."
        blocks += [
            Para([Strong("REVISED INPUTS:"), f" the bars before{warning}"], "badge revised"),
            Bullets(revised),
        ]
    else:
        blocks.append(
            Para([f"Inputs: no bar that the facts of week {told['week']} stood on has been changed since."])
        )
    rows: list[list[Sequence[Inline]]] = [
        [[_NAMES[ids["now"]]], [Shown(ids["was"])], [Shown(ids["now"])], [Shown(ids["change"], "signed")]]
        for ids in told["metrics"]
    ]
    if rows:
        names = ["Metric", f"Week {told['week']}", f"Week {facts['week']}", "Change"]
        blocks.append(Table(names, rows, frozenset({1, 2, 3})))
    return [*blocks, explained(facts, "revision")]


def claims(facts: Facts) -> list[Block]:
    """Return the section on the claims whose signal fired this week, and on changed verdicts."""
    of = indexed(facts)
    told = facts["claims"]
    spoke = [each for each in told if each["spoke"] and of[each["spoke"]]["value"]]
    blocks: list[Block] = [
        Heading("Claims that spoke"),
        explained(facts, "verdict"),
        Para(
            [
                "Of ",
                Shown("claims_all"),
                " statements ",
                Shown("claims_forecasts"),
                " are forecasts; ",
                Shown("claims_asked"),
                " of these could be asked this week, and ",
                Shown("claims_spoke"),
                " spoke.",
            ]
        ),
    ]
    if spoke:
        rows: list[list[Sequence[Inline]]] = [
            [[f"{each['id']}: {each['says']}"], [Shown(each["spoke"])], [each["told"]], [Shown(each["n"])]]
            for each in spoke
        ]
        head = ["Claim", "Bars it spoke", "Verdict so far", "Events"]
        blocks.append(Table(head, rows, frozenset({1, 3}), kind="wide"))
    moved = facts["verdicts_moved"]
    if facts["changes"] is None:
        return blocks
    week = facts["changes"]["week"]
    if not moved:
        return [*blocks, Para([f"No verdict has moved since week {week}."])]
    return [
        *blocks,
        Para([f"Verdicts that moved since week {week}:"]),
        Bullets([[Strong(each["id"]), f": {each['was']}, now {each['now']}"] for each in moved]),
    ]


def record(facts: Facts) -> list[Block]:
    """The report's own past statements against what followed."""
    told = facts["record"]
    blocks: list[Block] = [
        Heading("Were our own statements right?"),
        explained(facts, "brier", "skill", "reliability"),
    ]
    if told["unknown"]:
        blocks.append(Para([f"There is no record yet: {told['unknown']}."]))
    else:
        parts: list[list[Sequence[Inline]]] = [
            [["Brier score"], [Shown(told["brier"])], _between(told["brier_low"], told["brier_high"])],
            [["… reliability (0 is honest)"], [Shown(told["reliability"])], [""]],
            [["… less resolution"], [Shown(told["resolution"])], [""]],
            [["… plus uncertainty"], [Shown(told["uncertainty"])], [""]],
            [["… plus what binning loses"], [Shown(told["within"])], [""]],
            [
                ["Skill over the base rate"],
                [Shown(told["skill"], "change")],
                _between(told["skill_low"], told["skill_high"], "change"),
            ],
        ]
        said: list[Inline] = [
            "What this report would have said at the end of each of the past ",
            Shown(told["weeks"]),
            " weeks, worked out again from what was known then: ",
            Shown(told["n"]),
            " statements. Those of one week share its luck.",
        ]
        blocks += [Para(said), Table(["Score", "Value", "95% interval"], parts, frozenset({1, 2}))]
    if told["last"]:
        blocks.append(_last(told["last"]))
    return blocks


def _last(told: list[dict[str, Any]]) -> Table:
    """Return a table of last week's forecasts and their outcomes."""
    outcomes = list(dict.fromkeys(each["outcome"] for each in told))
    by = {(each["condition"], each["outcome"]): each for each in told}
    rows: list[list[Sequence[Inline]]] = []
    for condition in dict.fromkeys(each["condition"] for each in told):
        cells: list[Sequence[Inline]] = [[condition.replace("-", " ")]]
        for outcome in outcomes:
            each = by.get((condition, outcome))
            cells.append([Shown(each["said"], "tenths")] if each else ["nothing"])
        rows.append(cells)
    last = {each["outcome"]: each for each in told}
    came = {True: "yes", False: "no", None: "not known"}
    rows.append([[Strong("and it came")], *([Strong(came[last[outcome]["came"]])] for outcome in outcomes)])
    head = ["Said a week ago, after", *(last[outcome]["outcome_says"] for outcome in outcomes)]
    return Table(head, rows, frozenset(range(1, len(head))), kind="tight")


def _between(low: str, high: str, part: str = "value") -> list[Inline]:
    return [Shown(low, part), " to ", Shown(high, part)]


def record_caption(facts: Facts) -> list[Inline]:
    """The sentence under the plot of the record."""
    told = facts["record"]
    if told["unknown"]:
        return [f"There is no record yet: {told['unknown']}."]
    lies = "inside" if told["inside"] else "OUTSIDE"
    said: list[Inline] = [
        f"The record lies {lies} the band of luck: right probabilities would look at least as far off in ",
        Shown(told["p"]),
        " of all worlds. Said and came differ by ",
        Shown(told["error"], "size"),
        " on average; right probabilities would differ by ",
        Shown(told["usual_error"], "size"),
        ".",
    ]
    if not told["inside"]:
        said.append(
            " What this report says of the next week was not honest in the past year: do not lean on it."
        )
    return said


def risk(facts: Facts) -> list[Block]:
    """Distance to liquidation by leverage, with funding drag."""
    told = facts["risk"]
    of = indexed(facts)
    rows: list[list[Sequence[Inline]]] = []
    by: dict[int, dict[str, dict[str, Any]]] = {}
    for each in told["rows"]:
        by.setdefault(each["leverage"], {})[each["side"]] = each
    kinds = {"distance": "change", "dragged": "change", "touched": "tenths"}
    for leverage, sides in by.items():
        if all(of[each["distance"]]["value"] is None for each in sides.values()):
            continue
        cells: list[Sequence[Inline]] = [[f"{leverage}x"]]
        cells += [
            [Shown(sides[side][kind], part)] for side in ("long", "short") for kind, part in kinds.items()
        ]
        rows.append(cells)
    blocks: list[Block] = [
        Heading("How far is liquidation?"),
        explained(facts, "liquidation_distance", "funding_drag", "touched"),
    ]
    if not rows:
        reason = of[told["rows"][0]["distance"]]["unknown"]
        return [*blocks, Para([f"Unknown: {reason}."])]
    head = ["Leverage", "Long", "… dragged", "… came", "Short", "… dragged", "… came"]
    said: list[Inline] = [
        "Moves of the price, from the last of the week, that liquidate an isolated position, by ",
        f"{told['tiers']}. Dragged: after ",
        Shown(told["weeks_held"]),
        " weeks of this week's funding. Came: share of the past year's starts from which it went that far "
        "within a week, out of ",
        Shown(told["weeks_past"]),
        " weeks side by side.",
    ]
    return [*blocks, Para(said), Table(head, rows, frozenset(range(1, 7)), kind="tight")]


def turning(facts: Facts) -> list[Block]:
    """Return the section on what would change this reading."""
    told = facts["turning"]
    blocks: list[Block] = [Heading("What would change this reading")]
    if not told:
        return [*blocks, Para(["Too little is known to say how far each reading is from another."])]
    return [*blocks, Bullets([_turn(facts, each) for each in told]), explained(facts, "turning")]


def _turn(facts: Facts, each: dict[str, Any]) -> list[Inline]:
    of = indexed(facts)
    reading, then = each["reading"], each["then"]
    said: list[Inline] = [Strong(reading[:1].upper() + reading[1:]), ". "]
    if each["kind"] == "funding":
        if of[each["move"]]["value"] is None:
            return [*said, f"One settlement above or below zero, and {then}."]
        count = "settlement" if of[each["move"]]["value"] == 1 else "settlements"
        said += [
            "It takes ",
            Shown(each["move"]),
            f" {count} the other way, of the usual size of those that ",
        ]
        return [*said, "were not zero (", Shown(each["edge"], "size"), "), and ", then, "."]
    if each["kind"] == "quadrant":
        said += ["A change of ", Shown(each["move"], "signed"), " from here, back to ", Shown(each["edge"])]
        return [*said, ", and ", then, "."]
    said += [f"{then[:1].upper()}{then[1:]} begins at ", Shown(each["edge"]), ", which is "]
    return [*said, Shown(each["move"], "signed"), " from here."]
