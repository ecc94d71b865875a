"""The folds about the week itself: its days, its levels and funding, and how good its data are.

Nothing is computed here. The front is in `oikit.report.cover`; the folds about the past and about chance are
in `oikit.report.judged`, the last ones in `oikit.report.appendix`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oikit.explanations import Explanation
from oikit.report.blocks import Block, Code, Explain, Fold, Inline, Para, Shown, Table
from oikit.report.cover import Facts, indexed
from oikit.report.fact import day, when
from oikit.report.levels import CROWDS


def explained(facts: Facts, *names: str) -> Explain:
    """The explanations of these definitions, as the facts carry them."""
    there = facts["definitions"]
    return Explain([Explanation(**there[name]) for name in names if name in there])


def trail(facts: Facts) -> list[Block]:
    """Return the days of the week, each with its own change."""
    told, days = facts["trail"], facts["front"]["days"]
    if told["unknown"] or not days:
        return [Fold("Day by day", [], [f"Not known: {told['unknown']}."], "trail")]
    rows: list[list[Sequence[Inline]]] = [
        [
            [day(each["time"])],
            [Shown(each["price"], "change")],
            [Shown(each["coins"], "change")],
            [Shown(each["dollars"], "money")],
            [Shown(each["liquidated"], "money")],
            [each["label"]],
        ]
        for each in days
    ]
    head = ["Day (UTC)", "Price", "Coins", "Opened or closed", "Forced out", "Name of the move"]
    names = [each["label"] for each in days]
    lead = "; ".join(f"{name} on {_TIMES[names.count(name)]}" for name in dict.fromkeys(names))
    blocks = [
        Table(head, rows, frozenset({1, 2, 3, 4}), kind="tight"),
        explained(facts, "quadrant"),
    ]
    return [Fold("Day by day", blocks, [f"Each day's own change: {lead}."], "trail")]


_TIMES = ("no day", "one day", "two days", "three days", "four days", "five days", "six days", "seven days")


def more(facts: Facts) -> list[Block]:
    """Return the levels in coins and dollars, funding as it was paid, and velocity."""
    of = indexed(facts)
    lead: list[Inline] = [
        "Levels in coins and dollars, each settlement of funding, velocity on three clocks."
    ]
    if of["funding_paid"]["value"] is not None and of["velocity_score_1h"]["value"] is not None:
        lead = ["Funding for a year: ", Shown("funding_year"), "; velocity over a day: "]
        lead += [Shown("velocity_score_1h"), " from its median."]
    others = ("oi_to_cap", *(fact for fact, _ in CROWDS.values()), "liquidated", "traded", "turning")
    blocks = [*coins(facts), *funding(facts), *pace(facts), explained(facts, *others)]
    return [Fold("Dollars, funding, velocity", blocks, lead, "more")]


def data(facts: Facts) -> list[Block]:
    """Return how much of the week is known, its age, repairs and revisions, and where it came from."""
    told = facts["quality"]
    rows: list[list[Sequence[Inline]]] = []
    for name, ids in told["columns"].items():
        cells: list[Sequence[Inline]] = [[name]]
        if ids["absent"]:
            cells += [["not in the data"], [""], [""]]
        else:
            cells += [[Shown(ids["known"], "tenths")], [Shown(ids["gap"])], [Shown(ids["stale"])]]
        rows.append(cells)
    said: list[Inline] = [
        f"The week from {when(facts['since'])} to {when(facts['until'])} UTC has ",
        Shown(told["rows"]),
        f" bars of {facts['every']}; ",
        Shown(told["rows_before"]),
        " bars before it serve as the yardstick. What is missing was not filled in. Repairs on the way in: ",
        Shown(told["repairs"]),
        f" ({'; '.join(told['repaired'])})" if told["repaired"] else "",
        "; rows revised by the venue since they were stored: ",
        Shown(told["revised_rows"]),
        ".",
    ]
    fine = facts["fine_sha256"]
    hashes: list[Inline] = ["; of the finer bars ", Code(fine)] if fine else []
    lead: list[Inline] = [Shown(told["series_whole"]), " of ", Shown(told["series"])]
    lead += [" series known at every bar of the week; repairs: ", Shown(told["repairs"])]
    lead += ["; revised rows: ", Shown(told["revised_rows"]), "."]
    head = ["Column", "Known", "Longest gap", "Age of the newest"]
    blocks: list[Block] = [
        Para(said),
        Table(head, rows, frozenset({1, 2, 3}), kind="tight"),
        Para([f"Source: {facts['source']}."]),
        Para(
            [
                f"oikit {facts['oikit_version']}, facts of schema {facts['schema_version']}; "
                "bars used, sha256 ",
                Code(facts["data_sha256"]),
                *hashes,
                ".",
            ],
            "note",
        ),
        explained(facts, "coverage", "repairs", "revision"),
    ]
    return [Fold("Data and provenance", blocks, lead, "data")]


def coins(facts: Facts) -> list[Block]:
    """Open interest in coins and dollars, and the part that is only the price."""
    of = indexed(facts)
    rows: list[list[Sequence[Inline]]] = [
        [["Price"], [Shown("price")], [Shown("price_change", "change")]],
        [["Open interest, coins"], [Shown("open_interest")], [Shown("open_interest_change", "change")]],
        [["Open interest, dollars"], [Shown("open_interest_value")], [Shown("dollar_change", "change")]],
    ]
    blocks: list[Block] = [
        Table(["Level", "End of the week", "Change"], rows, frozenset({1, 2})),
    ]
    if of["dollar_change"]["value"] is not None:
        said: list[Inline] = [
            "Of the change in dollars, ",
            Shown("dollar_change_price_part"),
            " is the price alone, ",
            Shown("dollar_change_position_part"),
            " is positions alone, and ",
            Shown("dollar_change_cross_part"),
            " is both at once.",
        ]
        blocks.append(Para(said))
    else:
        blocks.append(Para([f"The change in dollars is unknown: {of['dollar_change']['unknown']}."]))
    return [*blocks, explained(facts, "price", "open_interest", "open_interest_value", "dollar_change")]


def funding(facts: Facts) -> list[Block]:
    """Funding as paid, its own interval, its streak, and what it cost to hold."""
    of = indexed(facts)
    names = ("funding_paid", "funding_year", "funding_settlements", "funding_interval", "funding_streak")
    blocks: list[Block] = [explained(facts, *names, "funding_cost")]
    if of["funding_paid"]["value"] is None:
        return [Para([f"Funding is unknown: {of['funding_paid']['unknown']}."])]
    rows: list[list[Sequence[Inline]]] = [
        [["Paid over the week (above zero: by longs)"], [Shown("funding_paid")]],
        [["The same, paid for a year"], [Shown("funding_year")]],
        [
            ["Settlements, and those of exactly zero"],
            [Shown("funding_settlements"), ", ", Shown("funding_zeros")],
        ],
        [["Own interval, shortest and longest"], _interval(of)],
        [["Last settled rate"], [Shown("funding_last")]],
        [["Streak: settlements in a row with that sign"], [Shown("funding_streak")]],
        [["Cost to hold $1,000 long for the week"], [Shown("funding_cost")]],
    ]
    return [Table(["Funding", "Value"], rows, frozenset({1})), *blocks]


def _interval(of: dict[str, dict[str, Any]]) -> list[Inline]:
    if of["funding_interval_shortest"]["value"] == of["funding_interval_longest"]["value"]:
        return [Shown("funding_interval_shortest")]
    return [Shown("funding_interval_shortest"), " to ", Shown("funding_interval_longest")]


def pace(facts: Facts) -> list[Block]:
    """Velocity and divergence on three clocks, and which of them are not there."""
    of = indexed(facts)
    rows: list[list[Sequence[Inline]]] = []
    lost = []
    for each in facts["clocks"]:
        if of[each["velocity"]]["value"] is None and of[each["asked"]]["value"] is None:
            lost.append(f"Nothing on the clock of {each['clock']}: {of[each['velocity']]['unknown']}.")
            continue
        jumped: list[Inline] = [Shown(each["diverged"])]
        if of[each["asked"]]["value"] is not None:
            jumped += [" of ", Shown(each["asked"])]
        rows.append(
            [
                [f"{each['clock']} (over {each['window']}, against {each['yardstick']})"],
                [Shown(each["velocity"])],
                [Shown(each["score"])],
                jumped,
            ]
        )
    head = ["Clock", "Velocity", "Robust score", "Bars that diverged"]
    blocks: list[Block] = [
        explained(facts, "velocity", "velocity_score", "divergence"),
    ]
    blocks += [Table(head, rows, frozenset({1, 2, 3}))] if rows else []
    return [*blocks, *(Para([says], "note") for says in lost)]
