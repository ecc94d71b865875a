"""The sections of the page: each function takes the facts and returns blocks.

Nothing is computed here. Sentences that belong to a chart are in `captions`; the sections about the
past and about chance are in `oikit.report.judged`, the last ones in `oikit.report.appendix`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oikit.explanations import Explanation
from oikit.report.blocks import (
    Block,
    Bullets,
    Code,
    Explain,
    Heading,
    Inline,
    Para,
    Quote,
    Shown,
    Strong,
    Table,
)
from oikit.report.fact import day, when

Facts = dict[str, Any]
"""The document of `oikit.report.collect`."""

_BADGES = {
    "simulated": ("SIMULATED DATA.", " A made-up market: nothing here was ever traded."),
    "real": ("REAL DATA.", " Figures of a market, as the exchange gave them."),
    "doubtful": ("REAL DATA, so it is said.", " The source is not the exchange itself"),
}

_CROWDS = (
    ("long_share_accounts", "of all accounts"),
    ("long_share_top_accounts", "of top accounts"),
    ("long_share_top_positions", "of the coins that top accounts hold"),
)


def indexed(facts: Facts) -> dict[str, dict[str, Any]]:
    """The facts by id."""
    return {fact["id"]: fact for fact in facts["facts"]}


def explained(facts: Facts, *names: str) -> Explain:
    """The explanations of these definitions, as the facts carry them."""
    there = facts["definitions"]
    return Explain([Explanation(**there[name]) for name in names if name in there])


def header(facts: Facts, title: str = "", notes: str = "") -> list[Block]:
    """Return the header: market, week and the kind of data, which comes first."""
    kind = facts["kind"]
    kind = "doubtful" if kind == "real" and not facts["vouched"] else kind
    strong, rest = _BADGES[kind]
    if kind == "doubtful":
        rest += f" but “{by}”." if (by := facts.get("given_by")) else "."
    blocks: list[Block] = [Heading(f"{facts['market']}, week {facts['week']}", 1)]
    if title.strip():
        blocks.append(Para([" ".join(title.split())], "title"))
    blocks += [
        Para([Strong(strong), rest], f"badge {kind}"),
        Para(
            [
                f"The week from {when(facts['since'])} to {when(facts['until'])} UTC, in bars of "
                f"{facts['every']}. This describes; it is not advice."
            ]
        ),
        Para(
            [
                f"Source: {facts['source']}. Bars used: sha256 ",
                Code(facts["data_sha256"][:12]),
                f"; made by oikit {facts['oikit_version']}.",
            ],
            "note",
        ),
    ]
    if notes.strip():
        blocks.append(Quote(notes))
    return blocks


def quality(facts: Facts) -> list[Block]:
    """Return the section on how much of the week is known, its age, repairs and revisions."""
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
        "The week has ",
        Shown(told["rows"]),
        f" bars of {facts['every']}; ",
        Shown(told["rows_before"]),
        " bars before it serve as the yardstick. What is missing was not filled in. Repairs on the way in: ",
        Shown(told["repairs"]),
        _listed(told["repaired"]),
        "; rows revised by the venue since they were stored: ",
        Shown(told["revised_rows"]),
        ".",
    ]
    changes = facts["changes"]
    if changes is not None:
        hit = ", ".join(changes["inputs"])
        said.append(
            f" Since the facts of week {changes['week']}: "
            + (f"inputs were revised ({hit}); see what changed." if hit else "no input was revised.")
        )
    head = ["Column", "Known", "Longest gap", "Age of the newest"]
    return [
        Heading("How good are the data?"),
        Para(said),
        Table(head, rows, frozenset({1, 2, 3}), kind="tight"),
        explained(facts, "coverage", "repairs", "revision"),
    ]


def _listed(repaired: dict[str, int]) -> str:
    return f" ({'; '.join(repaired)})" if repaired else ""


def headlines(facts: Facts) -> list[Block]:
    """The week in four bullets: level, change, rank and percentile."""
    of = indexed(facts)
    return [Heading("The week in four lines"), Bullets([_level(of, *each) for each in _bullets(of)])]


def _bullets(of: dict[str, dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    return [
        ("Open interest", "open_interest", "open_interest_change", "ended at "),
        ("Open interest / supply", "oi_to_cap", "oi_to_cap_change", "ended at "),
        ("Funding", "funding_paid", "funding_change", _payer(of["funding_paid"])),
        ("The crowd of all accounts", "long_share_accounts", "long_share_accounts_change", "ended "),
    ]


def _payer(paid: dict[str, Any]) -> str:
    if not paid["value"]:
        return "nobody paid, on balance: "
    return "longs paid shorts " if paid["value"] > 0 else "shorts paid longs "


def _level(of: dict[str, dict[str, Any]], name: str, fact: str, change: str, verb: str) -> list[Inline]:
    level = of[fact]
    if level["value"] is None:
        return [Strong(name), f" is unknown: {level['unknown']}."]
    between = ": " if fact == "funding_paid" else " "
    said: list[Inline] = [Strong(name), f"{between}{verb}", Shown(fact, "size")]
    said += [" of the position"] if fact == "funding_paid" else [" long"] if fact.startswith("long") else []
    moved = of[change]
    if moved["value"] is None:
        said.append("; its change over the week is unknown")
    elif fact == "funding_paid":
        said += ["; change against the week before: ", Shown(change, "signed")]
    elif moved["unit"] == "points":
        said += ["; ", Shown(change), " over the week"]
    else:
        word = "up " if moved["value"] > 0 else "down " if moved["value"] < 0 else "unchanged: "
        said += ["; ", word, Shown(change, "size"), " over the week"]
    if level["rank"]:
        said += ["; rank ", Shown(fact, "rank"), " ends of weeks, highest first"]
    said += _placed(level)
    return [*said, "."]


def _placed(fact: dict[str, Any]) -> list[Inline]:
    if not fact["percentile"]:
        return ["; too little is known of its past for a percentile"]
    name = fact["id"]
    return [
        "; above ",
        Shown(name, "place"),
        " of its values in the last ",
        Shown(name, "window"),
        " (n\u00a0=\u00a0",
        Shown(name, "count"),
        ")",
    ]


def coins(facts: Facts) -> list[Block]:
    """Open interest in coins and dollars, and the part that is only the price."""
    of = indexed(facts)
    rows: list[list[Sequence[Inline]]] = [
        [["Price"], [Shown("price")], [Shown("price_change", "change")]],
        [["Open interest, coins"], [Shown("open_interest")], [Shown("open_interest_change", "change")]],
        [["Open interest, dollars"], [Shown("open_interest_value")], [Shown("dollar_change", "change")]],
    ]
    blocks: list[Block] = [
        Heading("Open interest in coins and in dollars"),
        Table(["What", "End of the week", "Change"], rows, frozenset({1, 2})),
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


def ratio(facts: Facts) -> list[Block]:
    """The ratio in its own history."""
    return [Heading("Open interest / supply in its own history"), explained(facts, "oi_to_cap")]


def trail(facts: Facts) -> list[Block]:
    """The path of the week on the plane of price and positions."""
    told = facts["trail"]
    blocks: list[Block] = [Heading("The trail of the week"), explained(facts, "quadrant")]
    if told["unknown"]:
        return [*blocks, Para([f"There is none: {told['unknown']}."])]
    rows: list[list[Sequence[Inline]]] = [
        [
            [day(each["time"])],
            [Shown(each["price"], "change")],
            [Shown(each["open_interest"], "change")],
            [each["label"]],
        ]
        for each in told["days"]
    ]
    head = ["Day (UTC)", "Price since start", "Coins since start", "Name of the day's own move"]
    return [*blocks, Table(head, rows, frozenset({1, 2}), kind="tight")]


def funding(facts: Facts) -> list[Block]:
    """Funding as paid, its own interval, its streak, and what it cost to hold."""
    of = indexed(facts)
    names = ("funding_paid", "funding_year", "funding_settlements", "funding_interval", "funding_streak")
    blocks: list[Block] = [
        Heading("Funding, as it was paid"),
        explained(facts, *names, "funding_cost"),
    ]
    if of["funding_paid"]["value"] is None:
        return [*blocks, Para([f"Unknown: {of['funding_paid']['unknown']}."])]
    rows: list[list[Sequence[Inline]]] = [
        [["Paid over the week (above zero: by longs)"], [Shown("funding_paid")]],
        [["A year of that"], [Shown("funding_year")]],
        [
            ["Settlements, and those of exactly zero"],
            [Shown("funding_settlements"), ", ", Shown("funding_zeros")],
        ],
        [["Own interval, shortest and longest"], _interval(of)],
        [["Last settled rate"], [Shown("funding_last")]],
        [["Streak: settlements in a row with that sign"], [Shown("funding_streak")]],
        [["Cost to hold $1,000 long for the week"], [Shown("funding_cost")]],
    ]
    return [*blocks, Table(["Funding", "Value"], rows, frozenset({1}))]


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
        Heading("Velocity and divergence, on three clocks"),
        explained(facts, "velocity", "velocity_score", "divergence"),
    ]
    blocks += [Table(head, rows, frozenset({1, 2, 3}))] if rows else []
    return [*blocks, *(Para([says], "note") for says in lost)]


def crowds(facts: Facts) -> list[Block]:
    """The three crowds."""
    return [
        Heading("The three crowds"),
        explained(facts, "long_share_accounts", "long_share_top_accounts", "long_share_top_positions"),
    ]


def captions(facts: Facts, name: str) -> list[Inline]:
    """The sentence that stands under a chart, and is read aloud: facts only."""
    of = indexed(facts)
    if name == "ratio":
        return [*_level(of, "Open interest / supply", "oi_to_cap", "oi_to_cap_change", "ended at ")]
    if name == "funding":
        return [*_level(of, "Over the week", "funding_paid", "funding_change", _payer(of["funding_paid"]))]
    if name == "crowds":
        known = [(fact, whose) for fact, whose in _CROWDS if of[fact]["value"] is not None]
        if not known:
            return ["The crowds are unknown: the data has none of their ratios."]
        said: list[Inline] = ["Long were "]
        for place, (fact, whose) in enumerate(known):
            said += [", " if place else "", Shown(fact), f" {whose}"]
        return [*said, ". Over the whole market it is always half: each contract has one long and one short."]
    if name == "pace":
        return _paced(of)
    if name == "trail":
        return _trailed(facts, of)
    return [
        "Over the week the price changed by ",
        Shown("price_change", "signed"),
        ", open interest by ",
        Shown("open_interest_change", "signed"),
        " in coins and by ",
        Shown("dollar_change", "signed"),
        " in all.",
    ]


def _paced(of: dict[str, dict[str, Any]]) -> list[Inline]:
    speed = of["velocity_1h"]
    if speed["value"] is None:
        return [f"The velocity over a day is unknown: {speed['unknown']}."]
    said: list[Inline] = [
        "The log change of open interest over the last day of the week is ",
        Shown("velocity_1h"),
    ]
    if of["velocity_score_1h"]["value"] is not None:
        said += [", which is ", Shown("velocity_score_1h"), " robust deviations from its median"]
    return [*said, "."]


def _trailed(facts: Facts, of: dict[str, dict[str, Any]]) -> list[Inline]:
    told = facts["trail"]
    if not told["days"]:
        return ["There is no trail."]
    last = told["days"][-1]
    said: list[Inline] = ["Since the week began the price ", *_went(of[last["price"]])]
    said += [" and open interest in coins ", *_went(of[last["open_interest"]]), "."]
    labels = [(name, fact) for name, fact in told["labels"].items() if of[fact]["value"]]
    if labels:
        said.append(" Bars by the name of their last day: ")
        for place, (name, fact) in enumerate(labels):
            said += [", " if place else "", f"{name}\u00a0", Shown(fact)]
        said.append(".")
    return said


def _went(fact: dict[str, Any]) -> list[Inline]:
    moved = fact["value"]
    if not moved:
        return ["did not move" if moved == 0 else "is not known"]
    return ["rose " if moved > 0 else "fell ", Shown(fact["id"], "size")]
