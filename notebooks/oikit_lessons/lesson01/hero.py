"""The hero picture of lesson 01: two people, one contract, and the exchange in between.

Every trade is one contract of one coin. Longs and shorts are booked apart, each from its own side of the
trade, so that they are equal after every trade is a result. No market is in it: bookkeeping is the same in
all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from oikit.errors import InputError
from oikit.explore.hero import Hero, Question, script
from oikit.explore.svg import Still

FIRST = {"contracts": 6, "price": 600}
MOST, ROOM = 12, 60  # contracts that fit into the picture, and trades
DEMO = ("oo", "oc", "co", "cc")
KINDS = {"o": "opens", "c": "closes"}
PRICES = range(200, 1001, 10)

TEXT = {
    "open": "Many read it like this: open interest up is bullish, down is bearish",
    "start_title": "{contracts|contract is|contracts are} open, and nobody has traded yet",
    "start": "Each line is one contract between somebody who is long and somebody who is short. Choose what "
    "the two people do, then press **Trade**.",
    "oo_title": "Both open, so there is one contract more, for longs and shorts alike",
    "oo": "{buyer} bought and opened a long, {seller} sold and opened a short. Open interest **+1**, volume "
    "+1. Now there are **{longs|long|longs} and {shorts|short|shorts}**.",
    "oc_title": "A long changes hands, so open interest stays where it was",
    "oc": "{buyer} bought and opened a long, {seller} sold and closed one. Open interest **0**, volume +1. "
    "Still **{longs|long|longs} and {shorts|short|shorts}**.",
    "co_title": "A short changes hands, so open interest stays where it was",
    "co": "{buyer} bought and closed a short, {seller} sold and opened one. Open interest **0**, volume +1. "
    "Still **{longs|long|longs} and {shorts|short|shorts}**.",
    "cc_title": "Both close, so there is one contract less, for longs and shorts alike",
    "cc": "{buyer} bought and closed a short, {seller} sold and closed a long. Open interest **−1**, volume "
    "+1. Now there are **{longs|long|longs} and {shorts|short|shorts}**.",
    "demo_title": "Sometimes: up once, down once in four trades",
    "demo": "Both open: **+1**. One opens and one closes: **0**. Both close: **−1**. Volume grew with every "
    "trade, and longs always equal shorts: **{longs} and {shorts}**.",
    "dearer_title": "Dollars open rose by {moved:p0}, and nobody traded",
    "cheaper_title": "Dollars open fell by {moved:p0}, and nobody traded",
    "dearer": "{contracts|contract|contracts} × {price:$} = **{dollars:$}**. Nobody opened or closed "
    "anything: all of the **{change:+$}** comes from the price.",
    "cheaper": "{contracts|contract|contracts} × {price:$} = **{dollars:$}**. Nobody opened or closed "
    "anything: all of the **{change:+$}** comes from the price.",
    "parts_title": "Dollars open: {change:+$} since the start, for two reasons",
    "parts": "**{price_part:+$}** because the price moved, **{position_part:+$}** because positions were "
    "opened or closed, and {cross_part:+$} belongs to both. Open interest is "
    "**{contracts|contract|contracts}**.",
    "full_title": "{volume|trade|trades}, {contracts|contract|contracts} open",
    "full": "There is no more room in this picture. Let somebody close a position, or undo a trade.",
    "empty_title": "Nobody holds a contract, so nobody can close one",
    "empty": "Both have to **open** first: the buyer a long, the seller a short.",
}

WHAT = (
    "Each line is one contract:",
    "one end is long and gains when",
    "the price rises, the other is short",
    "and gains when it falls.",
)
FOOT = (
    "A model, no market: it opens with 6 contracts at $600 each, each trade is one contract of one coin, "
    "and volume counts from the first trade. The exchange stands in between, so nobody has to close with "
    "the person they opened with."
)


def books(trades: Sequence[str]) -> dict[str, Any]:
    """Book these trades, each side from its own half of them.

    Parameters
    ----------
    trades : sequence of {"oo", "oc", "co", "cc"}
        What the buyer does, then the seller: open or close.

    Returns
    -------
    dict
        ``longs`` and ``shorts`` (who holds them), ``buyer`` and ``seller`` of the last trade.

    Raises
    ------
    InputError
        If a trade is of no such kind, closes more than is open, or does not fit into the picture.
    """
    people = iter(range(2 * FIRST["contracts"] + 2 * len(trades)))
    longs, shorts = [], []
    for _ in range(FIRST["contracts"]):
        longs.append(next(people))
        shorts.append(next(people))
    buyer = seller = None
    for number, kind in enumerate(trades, start=1):
        if kind not in DEMO:
            raise InputError(
                f"trade {number} is {kind!r}; a trade is one of {', '.join(DEMO)} (buyer, seller)"
            )
        if "c" in kind and not longs:
            raise InputError(f"trade {number} closes a contract, and none is open; use 'oo' first")
        if number > ROOM or (kind == "oo" and len(longs) == MOST):
            raise InputError(
                f"trade {number} does not fit: the picture holds {MOST} contracts and {ROOM} trades"
            )
        if kind == "oo":
            longs.append(buyer := next(people))
            shorts.append(seller := next(people))
        elif kind == "oc":
            place = longs.index(min(longs))
            seller, buyer = longs[place], next(people)
            longs[place] = buyer
        elif kind == "co":
            place = shorts.index(min(shorts))
            buyer, seller = shorts[place], next(people)
            shorts[place] = seller
        else:
            seller, buyer = longs.pop(), shorts.pop(max(0, len(shorts) - 2))
    return {"longs": longs, "shorts": shorts, "buyer": buyer, "seller": seller}


def name(person: int | None) -> str:
    """Return the letter of a person, and a number where the letters have been used up.

    Examples
    --------
    >>> name(0), name(25), name(26), name(None)
    ('A', 'Z', 'A2', '')
    """
    if person is None:
        return ""
    return chr(65 + person % 26) + (str(person // 26 + 1) if person >= 26 else "")


def facts(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the picture shows and says in this state."""
    import pandas as pd

    from oikit.indicators import price_and_position_parts

    trades, price = state["trades"], state["price"]
    booked = books(trades)
    contracts = len(booked["longs"])
    coins = pd.Series([FIRST["contracts"], contracts], dtype=float)
    parts = price_and_position_parts(coins, pd.Series([FIRST["price"], price], dtype=float), 1).iloc[-1]
    key = trades[-1] if trades else "start"
    if state["about"] in ("full", "empty"):
        key = state["about"]
    elif state["about"] != "trade" and price != FIRST["price"]:
        key = "parts" if trades else "dearer" if price > FIRST["price"] else "cheaper"
    elif state["about"] == "demo" and tuple(trades) == DEMO:
        key = "demo"
    return {
        "contracts": contracts,
        "longs": contracts,
        "shorts": len(booked["shorts"]),
        "volume": len(trades),
        "price": price,
        "dollars": contracts * price,
        "first_dollars": FIRST["contracts"] * FIRST["price"],
        "moved": abs(price - FIRST["price"]) / FIRST["price"],
        **{
            part: round(float(parts[part]))
            for part in ("price_part", "position_part", "cross_part", "change")
        },
        "buyer": name(booked["buyer"]),
        "seller": name(booked["seller"]),
        "title": f"{key}_title",
        "says": key,
    }


def read(setting: str, value: Any) -> Any:
    """Read trades as pairs of words or letters, and a price as one of the slider's."""
    if setting == "trades":
        kinds = value.replace(",", " ").split() if isinstance(value, str) else value
        trades = [kind if isinstance(kind, str) else "".join(side[:1] for side in kind) for kind in kinds]
        books(trades)
        return trades
    if setting == "price" and value not in PRICES:
        raise InputError(f"price={value!r} is not one of its steps; use a multiple of 10 from 200 to 1,000")
    return value


def draw(state: Mapping[str, Any]) -> str:
    """Draw the people, and the dollars as parts."""
    found = facts(state)
    still = Still(HERO.says(**state), FOOT, height=250)
    for row, (side, y) in enumerate((("Longs", 40), ("Shorts", 130))):
        still.text(0, y + 5, side, weight=650)
        for place in range(found["contracts"]):
            x = 90 + 38 * place
            if not row:
                still.line([(x, y), (x, 130)], color="faint", width=3)
            still.circle(x, y, 13, color="data")
    peak = max(found["dollars"], found["first_dollars"], 1)
    for at, (label, dollars) in enumerate(
        (("at the start", found["first_dollars"]), ("now", found["dollars"]))
    ):
        x = 660 + 130 * at
        still.bar(x, 200 - 150 * dollars / peak, 90, 150 * dollars / peak, color="accent" if at else "data")
        still.text(x + 45, 220, label, anchor="middle")
        still.text(x + 45, 192 - 150 * dollars / peak, f"${dollars:,}", anchor="middle", weight=650)
    still.text(90, 190, f"open interest {found['contracts']}, volume {found['volume']}", weight=650)
    return str(still)


HERO = Hero(
    id="01",
    title="Two people, one contract",
    script=script(__package__),
    data={"first": FIRST, "most": MOST, "room": ROOM, "demo": DEMO, "what": WHAT},
    text=TEXT,
    question=Question(
        "Two people make a trade. Does open interest rise?", ("always", "sometimes", "never"), "sometimes"
    ),
    facts=facts,
    start={"trades": [], "price": FIRST["price"], "about": "trade"},
    after={"trades": list(DEMO), "about": "demo"},
    foot=FOOT,
    draw=draw,
    read=read,
)
"""The picture that opens lesson 01."""
