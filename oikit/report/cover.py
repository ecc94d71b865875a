"""The words of the front: the finding as the title, six measures, three pictures, two tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from oikit.report import drawing
from oikit.report.blocks import (
    Block,
    Figure,
    Head,
    Inline,
    Links,
    Para,
    Part,
    Quote,
    Shown,
    Small,
    Strong,
    Table,
    Tile,
    Tiles,
    plain,
)
from oikit.report.fact import day, reality

Facts = dict[str, Any]
"""The document of `oikit.report.collect`."""

Of = Mapping[str, dict[str, Any]]

_NAMES = {
    "price": "Price",
    "open_interest": "Open interest",
    "oi_to_cap": "Open interest / supply",
    "funding_paid": "Funding, 7 days",
    "long_share_accounts": "Accounts long",
    "liquidated": "Liquidations, 7 days",
    "traded": "Traded, 7 days",
}
_SAID = {
    "funding_paid": "Funding over the week",
    "long_share_accounts": "The share of accounts that are long",
    "liquidated": "What was liquidated",
    "traded": "What was traded",
}
_DAYS = {
    "Mon": "Monday",
    "Tue": "Tuesday",
    "Wed": "Wednesday",
    "Thu": "Thursday",
    "Fri": "Friday",
    "Sat": "Saturday",
    "Sun": "Sunday",
}
_HERE = (
    ("Measures", "measures"),
    ("Charts", "pictures"),
    ("What changed", "changed"),
    ("What would change it", "turning"),
    ("Base rates", "rates"),
    ("Signals", "claims"),
    ("Own record", "record"),
    ("Risk", "risk"),
    ("Days", "trail"),
    ("Data", "data"),
)


def indexed(facts: Facts) -> dict[str, dict[str, Any]]:
    """The facts by id."""
    return {fact["id"]: fact for fact in facts["facts"]}


def source(facts: Facts) -> str:
    """Name the market, and how real it is, under a picture."""
    told = reality(facts, "data")
    return f"{told[:1].upper()}{told[1:]}: {facts['market']}, bars of {facts['every']}, UTC."


def header(facts: Facts, title: str = "", notes: str = "", beside: str = "") -> list[Block]:
    """Return the top: ways to elsewhere, the kind of data, how whole they are, and the finding."""
    of = indexed(facts)
    first, last = day(facts["front"]["ends"][1]), day(facts["front"]["ends"][-1])
    series, whole = of[facts["quality"]["series"]], of[facts["quality"]["series_whole"]]
    fine = series["value"] == whole["value"]
    state: list[Inline] = ["Data complete: " if fine else "Data incomplete: "]
    state += [Shown(whole["id"]), " of ", Shown(series["id"]), " series"]
    blocks: list[Block] = [
        Links(_HERE, _beside(facts, beside)),
        Head(
            f"{facts['market']}, week {facts['week']}, {first} to {last}",
            _real(facts),
            facts["kind"] == "simulated" or not facts["vouched"],
            state,
            fine,
            finding(facts),
            dek(facts),
        ),
    ]
    if title.strip():
        blocks.append(Para([" ".join(title.split())], "title"))
    if notes.strip():
        blocks.append(Quote(notes))
    return blocks


def _beside(facts: Facts, beside: str) -> list[tuple[str, str]]:
    """Return the links to other pages, as far as it is known that they are there."""
    from oikit.report.order import week_before

    market, week, known = facts["market"], facts["week"], beside.split()
    before, after = week_before(week), week_before(week, -1)
    links = [(f"← {before[5:]}", f"{market}-{before}.html" if "previous" in known else "")]
    links += [("All reports", "index.html")] if "index" in known else []
    return [*links, (f"{after[5:]} →", f"{market}-{after}.html" if "next" in known else "")]


def _real(facts: Facts) -> list[Inline]:
    if facts["kind"] == "simulated":
        return [Strong("Simulated."), " Nothing here was ever traded."]
    if facts["vouched"]:
        return [Strong("Real data."), " As the exchange gave them."]
    by = f" “{facts['given_by']}”, which" if facts.get("given_by") else " It"
    return [Strong("Unverified source."), f"{by} is not the exchange itself."]


def finding(facts: Facts) -> tuple[list[Inline], list[Inline]]:
    """Return the title in two lines: the two numbers, and what the desk calls them."""
    of, read = indexed(facts), facts["front"]["reading"]
    if read["row"] == 1:
        name, fact = read["says"].replace("_", " "), of[f"seen_{read['says']}"]
        if fact["value"] >= 0.9:
            return ["Week not readable:"], ["the bars at its two ends are not known"]
        return ["Week not readable:"], [f"{name} known for ", Shown(fact["id"]), " of bars"]
    numbers: list[Inline] = ["Price ", Shown("price_change", "whole"), ", open interest "]
    numbers += [Shown("open_interest_change", "whole"), ":"]
    if read["row"] == 4:
        return numbers, [f"{read['says']} on ", Shown("reading_days"), " of 7 days"]
    return numbers, [read["says"]]


def dek(facts: Facts) -> list[Inline]:
    """Return the sentences under the title: the path, the place, what was forced, what was paid."""
    of, front = indexed(facts), facts["front"]
    said: list[Inline] = _walked(of, facts)
    said += _stood(of, front)
    coins, forced = of["open_interest_change"]["value"], of[front["forced"]]["value"]
    if forced is not None and coins is not None and coins < 0:
        said += [
            " Liquidations account for at most ",
            Shown(front["forced"], "rounded"),
            " of what was closed.",
        ]
    elif of["dollar_change"]["value"] is not None:
        said += [" In dollars open interest changed by ", Shown("dollar_change", "money")]
        said += ["; the price alone made ", Shown("dollar_change_price_part", "money"), " of that."]
    paid = of["funding_paid"]["value"]
    if paid is not None:
        who = (
            "Longs paid shorts " if paid > 0 else "Shorts paid longs " if paid < 0 else "Neither side paid: "
        )
        said += [f" {who}", Shown("funding_paid", "size"), " of the position in funding."]
    return said


def _walked(of: Of, facts: Facts) -> list[Inline]:
    told = facts["front"]["lines"]
    if told["kind"] in ("peaked", "bottomed"):
        verb = "gave back" if told["kind"] == "peaked" else "regained"
        turn = "Positions grew until " if told["kind"] == "peaked" else "Positions shrank until "
        return [f"{turn}{_weekday(told['day'])} and then {verb} ", Shown(told["fact"], "size"), "."]
    days = facts["front"]["days"]
    opened, closed = _counted(of, days)
    if not opened and not closed:
        return ["The path of the week is not known."]
    return [f"Positions grew on {_few(opened)} and shrank on {_few(closed)}."]


def _counted(of: Of, days: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    moved = [of[each["dollars"]]["value"] for each in days]
    return sum(each is not None and each > 0 for each in moved), sum(
        each is not None and each < 0 for each in moved
    )


def _few(count: int) -> str:
    words = (
        "no day",
        "one day",
        "two days",
        "three days",
        "four days",
        "five days",
        "six days",
        "all seven days",
    )
    return words[count]


def _stood(of: Of, front: Facts) -> list[Inline]:
    """Name the measure that stands farthest out, if one stands in the outer tenth."""
    places = [(each["name"], of[each["place"]]) for each in front["tiles"]]
    known = [(name, fact) for name, fact in places if fact["value"] is not None]
    if front["window"] is None or not known:
        return [" Too little is known of the past to say where that stands."]
    name, fact = max(known, key=lambda each: abs(each[1]["value"] - 0.5))
    if abs(fact["value"] - 0.5) <= 0.4:
        return [f" No measure is in the outer tenth of its past {front['window']}."]
    return [
        f" {_SAID.get(name, _NAMES[name])} is in the ",
        Shown(fact["id"], "standing"),
        f" of its past {front['window']}.",
    ]


def measures(facts: Facts) -> list[Block]:
    """Return the six tiles, all in one window."""
    of, front = indexed(facts), facts["front"]
    tiles = []
    for each in front["tiles"]:
        place = of[each["place"]]
        value, moved = _tile(of, each["name"], front)
        where: list[Inline] = [Shown(each["place"], "standing"), f" of {front['window']}"]
        if place["value"] is None:
            where = ["no place: the past is too short"]
        picture = drawing.spark(each["line"], place["value"])
        tiles.append(Tile(_NAMES[each["name"]], value, moved, where, picture))
    window = front["window"] or "13 weeks, as the past is too short for more"
    lead = f"All lines and places: past {window}. Marked part of the rail: the middle three fifths."
    count = ("No", "One", "Two", "Three", "Four", "Five", "Six")[len(tiles)]
    says = f"{count} measure{'s' if len(tiles) != 1 else ''}"
    if not tiles:
        return [Part("No measures", [Para(["The data have none of them."])], "measures", "ruled")]
    return [Part(says, [Tiles(tiles)], "measures", "ruled", [lead])]


def _tile(of: Of, name: str, front: Facts) -> tuple[list[Inline], list[Inline]]:
    if name == "funding_paid":
        paid = of[name]["value"]
        who = "longs paid" if paid and paid > 0 else "shorts paid" if paid else "neither side paid"
        year: list[Inline] = [f"{who}, ", Shown("funding_year")] if paid is not None else ["unknown"]
        return [Shown(name, "signed")], year
    if name == "liquidated":
        ids = front["liquidated"]
        sides: list[Inline] = [
            "longs ",
            Shown(ids["longs"], "money"),
            ", shorts ",
            Shown(ids["shorts"], "money"),
        ]
        return [Shown(name, "money")], sides
    if name == "traded":
        return [Shown(name, "money")], ["liquidations are not in the data"]
    change = f"{name}_change"
    part = "value" if of[change]["unit"] == "points" else "change"
    moved: list[Inline] = [Shown(change, part), " on the week"]
    if name == "open_interest" and of["open_interest_value"]["value"] is not None:
        moved = [Shown(change, part), ", ", Shown("open_interest_value", "money")]
    if name == "open_interest":
        return [Shown(name, "amount"), Small(" coins")], moved
    return [Shown(name, "tenths" if name == "long_share_accounts" else "value")], moved


def pictures(facts: Facts) -> list[Block]:
    """Return three charts, each under its finding."""
    of, front = indexed(facts), facts["front"]
    where = source(facts)
    weeks = front["lines"]["weeks"]
    about = (
        (_line(facts), f"Price in dollars and open interest in coins, {weeks} weeks"),
        (_path(of, front), "The week's path in price and open interest"),
        (_bars(of, front), "Coins opened or closed each day, at the price before"),
    )
    says = [plain([*finding, ". ", caption, "."], of) for finding, caption in about]
    drawn = [drawing.lines(front, of, [front["first"], facts["since"]], says[0])]
    if facts["trail"]["days"]:
        drawn += [drawing.path(front, of, facts["trail"]["days"], says[1]), drawing.bars(front, of, says[2])]
    figures = [
        Figure(finding, caption, svg, where) for (finding, caption), svg in zip(about, drawn, strict=False)
    ]
    return [Part("Three charts behind the reading", figures, "pictures", "ruled three")]


def _line(facts: Facts) -> list[Inline]:
    told = facts["front"]["lines"]
    kind, fact = told["kind"], told["fact"]
    if kind == "none":
        return ["Open interest is not known"]
    if kind in ("peaked", "bottomed"):
        verb, then = ("peaked", "gave back ") if kind == "peaked" else ("bottomed", "regained ")
        return [f"Open interest {verb} on {_weekday(told['day'])}, then {then}", Shown(fact, "size")]
    if kind in ("high", "low"):
        return [
            f"Open interest ends at its {'highest' if kind == 'high' else 'lowest'} in {told['weeks']} weeks"
        ]
    return ["Open interest ends ", Shown(fact, "size"), f" below its {told['weeks']}-week high"]


def _path(of: Of, front: Facts) -> list[Inline]:
    opened, closed = _counted(of, front["days"])
    if not opened and not closed:
        return ["The days of the week are not known"]
    return [f"Positions grew on {_few(opened)} and shrank on {_few(closed)}"]


def _bars(of: Of, front: Facts) -> list[Inline]:
    if of[front["forced"]]["value"] is not None:
        return ["Liquidations explain at most ", Shown(front["forced"], "rounded"), " of the closing"]
    known = [each for each in front["days"] if of[each["dollars"]]["value"] is not None]
    if not known:
        return ["The days of the week are not known"]
    most = max(known, key=lambda each: abs(of[each["dollars"]]["value"]))
    return [f"{_weekday(most['time'])} made the largest change: ", Shown(most["dollars"], "money")]


def _weekday(time: str) -> str:
    return _DAYS[day(time).split(" ", 1)[0]]


def changed(facts: Facts) -> list[Block]:
    """Return what changed since the week before, in metrics and in inputs."""
    front, of = facts["front"], indexed(facts)
    was, given = front["before"], facts["changes"]
    lead = _inputs(given)
    if was is None:
        return [
            Part(
                "What changed since last week",
                [Para(["The week before is not in the data."])],
                "changed",
                "half",
                lead,
            )
        ]
    rows: list[list[Sequence[Inline]]] = [
        [["Reading"], [_reading(was["reading"])], [Strong(_reading(front["reading"]))]]
    ]
    for name, says, part in (
        ("price_change", "Price", "change"),
        ("open_interest_change", "Open interest", "change"),
        ("place_open_interest", f"Open interest, place in {front['window']}", "standing"),
        ("funding_paid", "Funding, 7 days", "signed"),
        ("long_share_accounts", "Accounts long", "tenths"),
        ("long_share_top_positions", "Top positions long", "tenths"),
        ("liquidated", "Liquidations", "money"),
    ):
        before = was["facts"].get(name)
        if before is not None and of[name]["value"] is not None:
            rows.append([[says], [Shown(before, part)], [Shown(name, part)]])
    table = Table(["Measure", was["week"][5:], facts["week"][5:]], rows, frozenset({1, 2}), kind="front last")
    return [Part("What changed since last week", [table], "changed", "half", lead)]


def _inputs(given: Mapping[str, Any] | None) -> list[Inline]:
    """Say which bars are not what they were when the earlier report was written."""
    if given is None:
        return ["Inputs: no earlier report was given, so no revision can be seen."]
    said: list[Inline] = []
    for name, each in given["inputs"].items():
        weeks = ", ".join(each["weeks"])
        said += [", " if said else "", f"{name} in ", Shown(each["count"]), f" {each['noun']} ({weeks})"]
    if said:
        said = [Strong("REVISED INPUTS:"), " ", *said, f", since the report of week {given['week']}."]
    else:
        said = [f"Inputs: nothing revised since the report of week {given['week']}."]
    for word, names in (("new", given["columns"]["came"]), ("gone", given["columns"]["went"])):
        said += [f" {word}: {', '.join(names)};"] if names else []
    return said


def _reading(read: Mapping[str, Any]) -> str:
    """Return the title's words in the room of a cell."""
    if read["row"] == 1:
        return "not readable"
    return str(read["says"]).split(",")[0].split(" at a ")[0].removeprefix("the move needed ")


def turning(facts: Facts) -> list[Block]:
    """Return what would change this reading, how far that is, and how often a week moved so far."""
    of = indexed(facts)
    rows: list[list[Sequence[Inline]]] = []
    for each in facts["turning"]:
        known = of[each["seen"]]["value"] is not None
        seen: list[Inline] = [Shown(each["seen"]), " of ", Shown(each["weeks"])] if known else ["unknown"]
        rows.append([_condition(of, each), _far(of, each), seen])
    name, says = "turning", "What would change this reading"
    if not rows:
        return [
            Part(
                says,
                [Para(["Too little is known to say how far each reading is from another."])],
                name,
                "half",
            )
        ]
    head = ["If", "Distance", "Seen in"]
    lead = "Last column: past weeks that moved at least that far, the same way."
    return [Part(says, [Table(head, rows, frozenset({1, 2}), kind="front")], name, "half", [lead])]


def _condition(of: Of, each: Mapping[str, Any]) -> list[Inline]:
    if each["kind"] == "funding":
        if of[each["move"]]["value"] is None:
            return ["One settlement above or below zero", f" → {each['then']}"]
        count = "settlement" if of[each["move"]]["value"] == 1 else "settlements"
        return [
            Shown(each["move"]),
            f" {count} of ",
            Shown(each["edge"], "size"),
            f" the other way → {each['then']}",
        ]
    if each["kind"] == "quadrant":
        says = "Price back to " if each["fact"] == "price_change" else "Open interest back to "
        return [says, Shown(each["edge"]), f" → {each['then']}"]
    says = "OI / supply at " if each["kind"] == "ratio" else "Accounts long at "
    return [says, Shown(each["edge"]), f" → {each['then']}"]


def _far(of: Of, each: Mapping[str, Any]) -> list[Inline]:
    return ["turn of sign"] if each["kind"] == "funding" else [Shown(each["move"], "signed")]
