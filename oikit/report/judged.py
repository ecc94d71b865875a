"""The folds about the past and about chance: base rates, signals, the report's own record, risk."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oikit.report import drawing
from oikit.report.blocks import Block, Bullets, Figure, Fold, Inline, Para, Shown, Strong, Table
from oikit.report.cover import Facts, indexed, source
from oikit.report.sections import explained


def rates(facts: Facts) -> list[Block]:
    """Return the section on base rates, for the conditions met this week."""
    told = facts["rates"]
    if not told:
        return [Fold("Base rates", [], ["No condition of the week is known to hold."], "rates")]
    of = indexed(facts)
    lead: list[Inline] = [
        Shown("rates_missed"),
        " of ",
        Shown("rates_shown"),
        " shares miss the one of all weeks; ",
    ]
    lead += [Shown("rates_luck", "brief"), " would by luck alone."]
    if not of["rates_shown"]["value"]:
        lead = ["Too few earlier weeks like this one for any share."]
    blocks: list[Block] = []
    if of["rates_shown"]["value"]:
        says = (
            "Dots: of the earlier weeks in which the condition held, the share after which it came; bars: "
            "its 95% interval; upright line: the same share of all earlier weeks."
        )
        svg = drawing.shares(told, of, says)
        blocks.append(Figure(["What followed weeks like this one"], says, svg, source(facts)))
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
    blocks.append(explained(facts, "base_rate"))
    return [Fold("Base rates", blocks, lead, "rates", "inprint")]


def _rate(each: dict[str, Any]) -> list[Sequence[Inline]]:
    name = [each["condition"].replace("-", " ")]
    if each["few"]:
        return [name, ["too few"], [""], [""], [Shown(each["n"])]]
    interval = _between(each["low"], each["high"], "tenths")
    share, said = ([Shown(each[kind], "tenths")] for kind in ("share", "said"))
    return [name, share, interval, said, [Shown(each["n"])]]


def claims(facts: Facts) -> list[Block]:
    """Return the section on the claims whose signal fired this week, and on changed verdicts."""
    of = indexed(facts)
    told = facts["claims"]
    spoke = [each for each in told if each["spoke"] and of[each["spoke"]]["value"]]
    lead: list[Inline] = [Shown("claims_spoke"), " of ", Shown("claims_asked")]
    lead += [" forecasts that could be asked fired this week."]
    blocks: list[Block] = [
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
                " fired.",
            ]
        ),
    ]
    if spoke:
        rows: list[list[Sequence[Inline]]] = [
            [[f"{each['id']}: {each['says']}"], [Shown(each["spoke"])], [each["told"]], [Shown(each["n"])]]
            for each in spoke
        ]
        head = ["Forecast", "Bars it fired", "Verdict so far", "Events"]
        blocks.append(Table(head, rows, frozenset({1, 3}), kind="wide"))
    moved, given = facts["verdicts_moved"], facts["changes"]
    if given is not None and not moved:
        blocks.append(Para([f"No verdict has moved since week {given['week']}."]))
    elif given is not None:
        blocks.append(Para([f"Verdicts that moved since week {given['week']}:"]))
        blocks.append(
            Bullets([[Strong(each["id"]), f": {each['was']}, now {each['now']}"] for each in moved])
        )
    return [Fold("Signals fired", [*blocks, explained(facts, "verdict")], lead, "claims")]


def record(facts: Facts) -> list[Block]:
    """The report's own past statements against what followed."""
    told = facts["record"]
    blocks: list[Block] = []
    lead: list[Inline] = [f"There is no record yet: {told['unknown']}."]
    if not told["unknown"]:
        lead = [
            "Brier score ",
            Shown(told["brier"]),
            " over ",
            Shown(told["weeks"]),
            " weeks; skill over the base rate ",
        ]
        lead += [Shown(told["skill"], "change"), " ("]
        lead += [*_between(told["skill_low"], told["skill_high"], "change"), ")."]
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
        blocks += [
            Para(said),
            Para(record_caption(facts)),
            Table(["Score", "Value", "95% interval"], parts, frozenset({1, 2})),
        ]
    if told["last"]:
        blocks.append(_last(told["last"]))
    blocks.append(explained(facts, "brier", "skill", "reliability"))
    return [Fold("Own record", blocks, lead, "record")]


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
    if not rows:
        reason = of[told["rows"][0]["distance"]]["unknown"]
        return [Fold("Risk panel", [], [f"Unknown: {reason}."], "risk")]
    first = next(
        (
            sides["long"]
            for sides in [by.get(10, {}), *by.values()]
            if sides and of[sides["long"]["distance"]]["value"]
        ),
        by[min(by)]["long"],
    )
    lead: list[Inline] = [
        f"A {first['leverage']}x long is liquidated at ",
        Shown(first["distance"], "change"),
    ]
    if of[first["touched"]]["value"] is not None:
        lead += [
            "; from ",
            Shown(first["touched"], "tenths"),
            " of the past year's hours the price went that far",
        ]
        lead += [" in a week"]
    lead += ["."]
    head = ["Leverage", "Long", "… with funding", "… touched", "Short", "… with funding", "… touched"]
    said: list[Inline] = [
        "Moves of the price, from the last of the week, that liquidate an isolated position, by ",
        f"{told['tiers']}. With funding: after ",
        Shown(told["weeks_held"]),
        " weeks of this week's funding. Touched: share of the past year's starts from which it went that "
        "far within a week, out of ",
        Shown(told["weeks_past"]),
        " weeks side by side.",
    ]
    table = Table(head, rows, frozenset(range(1, 7)), kind="tight")
    more = explained(facts, "liquidation_distance", "funding_drag", "touched")
    return [Fold("Risk panel", [Para(said), table, more], lead, "risk")]
