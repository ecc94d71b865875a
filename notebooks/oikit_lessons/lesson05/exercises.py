"""The exercises of lesson 05, squeeze asymmetry.

Sources of the facts: each contract has one long and one short, so both sides hold the same number; a
cascade is followed as `oikit.cascade.cascade` does, by hand and without its checks; the last exercise
is the one-sided bound of an exact binomial interval. The numbers here are ours and differ from the
ones the lesson works through.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from oikit.errors import InputError
from oikit.learn.exercise import Exercise, Malrule, Property, number

HEADS = Exercise(
    id="05.1",
    parts=("times_larger", "held_long"),
    given={"long_accounts": (0.64, "of all accounts"), "open_interest": (90_000, "contracts")},
    answer=lambda p: {
        "times_larger": p.long_accounts / (1 - p.long_accounts),
        "held_long": p.open_interest / 1.0,
    },
    rules=(
        Malrule(
            "upside-down",
            "times_larger",
            lambda p: (1 - p.long_accounts) / p.long_accounts,
            "times_larger: that is the average long over the average short. Fewer accounts share the same "
            "contracts: who holds more each?",
        ),
        Malrule(
            "equal-sides-equal-sizes",
            "times_larger",
            lambda p: 1.0,
            "times_larger: the sides are equally large, but not equally many. Divide the same contracts "
            "among fewer.",
        ),
        Malrule(
            "difference-of-shares",
            "times_larger",
            lambda p: 2 * p.long_accounts - 1,
            "times_larger: that is the difference of the two shares of heads. How many accounts are there "
            "for each short one?",
        ),
        Malrule(
            "against-all-accounts",
            "times_larger",
            lambda p: 1 / (1 - p.long_accounts),
            "times_larger: you compare with all accounts together. Compare the average short with the "
            "average long.",
        ),
        Malrule(
            "heads-are-contracts",
            "held_long",
            lambda p: p.long_accounts * p.open_interest,
            "held_long: you gave each account the same size. Who stands on the other side of each contract?",
        ),
        Malrule(
            "half-each",
            "held_long",
            lambda p: 0.5 * p.open_interest,
            "held_long: you split the contracts between the sides. A contract is not one or the other: it "
            "has a long and a short.",
        ),
        Malrule(
            "both-sides-counted",
            "held_long",
            lambda p: 2.0 * p.open_interest,
            "held_long: those are longs and shorts together. How many contracts are held long?",
        ),
    ),
    counts=("held_long",),
    hints={
        "times_larger": (
            "both sides hold all of the contracts. Share them among the heads on each side.",
            "times_larger is (contracts per short account) over (contracts per long account).",
        ),
        "held_long": ("each contract has one long and one short. How many longs is that?",),
    },
    worked=lambda p: (
        f"held_long = {p.open_interest:,}, since each contract has a long. With {p.long_accounts:.0%} of "
        f"accounts long, times_larger = {p.long_accounts:g} / {1 - p.long_accounts:g} = "
        f"{p.long_accounts / (1 - p.long_accounts):.4f}."
    ),
    well="a ratio of accounts counts heads. The sides stay equal; fewer heads hold more each.",
)

Book = Sequence[tuple[float, float]]
Case = tuple[list[tuple[float, float]], float, float]


def _cases(seed: int = 5) -> list[Case]:
    """Markets of longs (liquidation price, contracts), a price after a shock, what a contract moves."""
    cases: list[Case] = [
        ([(95.0, 4.0), (90.0, 6.0)], 96.0, 1.0),
        ([(95.0, 4.0), (90.0, 6.0)], 95.0, 0.5),
        ([(95.0, 4.0), (90.0, 6.0)], 94.0, 1.0),
        ([(97.0, 3.0), (94.0, 2.0), (92.0, 2.0), (60.0, 9.0)], 96.5, 1.0),
        ([(97.0, 3.0), (94.0, 2.0), (80.0, 5.0)], 96.0, 0.1),
    ]
    draw = random.Random(seed)
    for count in (4, 6, 9):
        book = [(float(draw.randint(60, 97)), float(draw.randint(1, 9))) for _ in range(count)]
        cases.append((book, draw.randint(88, 96) + 0.5, draw.choice([0.2, 0.5, 1.0])))
    return cases


def _rounds(book: Book, price: float, impact: float) -> float:
    forced, now = 0.0, price
    while True:
        total = sum(size for level, size in book if now <= level)
        if total == forced:
            return forced
        forced, now = total, price - impact * total


def _of_each(found: Callable[[Book, float, float], float]) -> Callable[[Any], list[float]]:
    return lambda _: [float(found(*case)) for case in _cases()]


def _first(book: Book, price: float, impact: float) -> float:
    return sum(size for level, size in book if price <= level)


def _two(book: Book, price: float, impact: float) -> float:
    return _first(book, price - impact * _first(book, price, impact), impact)


def _strict(book: Book, price: float, impact: float) -> float:
    forced, now = 0.0, price
    while True:
        total = sum(size for level, size in book if now < level)
        if total == forced:
            return forced
        forced, now = total, price - impact * total


def _end(book: Book, price: float, impact: float) -> float:
    return price - impact * _rounds(book, price, impact)


def _run(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Call the learner's function on every market."""
    function = answers["forced_out"]
    if not callable(function):
        raise InputError(f"forced_out is {function!r}; it should be a function of book, price and impact.")
    found = [function(list(book), price, impact) for book, price, impact in _cases()]
    return {"forced": [number(each, "forced_out", "one number for the whole market") for each in found]}


CASCADE = Exercise(
    id="05.2",
    parts=("forced_out",),
    observe=_run,
    answer=lambda given: {"forced": _of_each(_rounds)(given)},
    counts=("forced",),
    rules=(
        Malrule(
            "only-the-shock",
            "forced",
            _of_each(_first),
            "you stop after the shock. What they sell moves the price: who is reached then?",
        ),
        Malrule(
            "only-one-more-round",
            "forced",
            _of_each(_two),
            "you go one round further. The second wave sells, too: go on until nobody new is reached.",
        ),
        Malrule(
            "counts-people",
            "forced",
            _of_each(lambda book, price, impact: sum(_end(book, price, impact) <= x for x, _ in book)),
            "you count positions, each as one. How many contracts does each of them hold?",
        ),
        Malrule(
            "below-but-not-at",
            "forced",
            _of_each(_strict),
            "in one market the price falls exactly to a liquidation price. Reaching it is enough.",
        ),
        Malrule(
            "everybody",
            "forced",
            _of_each(lambda book, price, impact: sum(size for _, size in book)),
            "you force out everybody. Some are so far away that the cascade ends before them.",
        ),
        Malrule(
            "where-it-stops",
            "forced",
            _of_each(_end),
            "that is the price where it stops. How many contracts were forced out on the way?",
        ),
        Malrule(
            "the-other-side",
            "forced",
            _of_each(lambda book, price, impact: sum(size for level, size in book if price > level)),
            "those are the ones that stay. A long is closed when the price is at or below its level.",
        ),
    ),
    properties=(
        Property(
            "within-open-interest",
            lambda seen, _: all(
                0 <= forced <= sum(size for _, size in book)
                for forced, (book, _, _) in zip(seen["forced"], _cases(), strict=True)
            ),
            "a property fails: nobody can be forced out twice, so it is at most what is open.",
        ),
        Property(
            "no-less-than-the-shock",
            lambda seen, _: all(
                forced >= _first(*case) for forced, case in zip(seen["forced"], _cases(), strict=True)
            ),
            "a property fails: whom the shock itself reaches is out, whatever comes after.",
        ),
    ),
    hints=(
        "begin with the price after the shock, and add up who is at or above it. Then lower the price and "
        "look again.",
        "each time: total = sizes whose level is at or above now; now = price − impact × total; stop when "
        "total stays.",
    ),
    worked=lambda _: (
        "start with total = 0 and now = price; repeat: new = sum of sizes with now <= level; if new == "
        "total, give it back; else total = new and now = price − impact × total."
    ),
    well="it goes on until nobody new is reached, and the sum never exceeds what was open.",
)

CHANCE = 0.05


def _lowest(p: Any) -> float:
    return float(CHANCE ** (1 / p.cases))


EVERY_TIME = Exercise(
    id="05.3",
    parts=("lowest",),
    given={"cases": (4, "funding highs, each followed by a rise"), "chance": (CHANCE, "of a run of luck")},
    answer=lambda p: {"lowest": _lowest(p)},
    rules=(
        Malrule(
            "always-means-always",
            "lowest",
            lambda p: 1.0,
            "that is the share you saw. A rule that works three times in four shows four of four quite "
            "often.",
        ),
        Malrule(
            "chance-over-cases",
            "lowest",
            lambda p: p.chance / p.cases,
            "you divide the chance. Four in a row are four shares multiplied.",
        ),
        Malrule(
            "turned-round",
            "lowest",
            lambda p: 1 - _lowest(p),
            "that is how often it may fail. How often must it hold at least?",
        ),
        Malrule(
            "no-luck",
            "lowest",
            lambda p: (1 - p.chance) ** (1 / p.cases),
            "you ask which share makes four of four nearly certain. Ask which makes it a run of luck.",
        ),
        Malrule(
            "forwards",
            "lowest",
            lambda p: p.chance**p.cases,
            "you raise the chance to the power of the cases. The chance is the result: which share, raised "
            "to that power, gives it?",
        ),
        Malrule(
            "one-in-twenty-fails",
            "lowest",
            lambda p: 1 - p.chance,
            "with that share four of four would be usual. How low may it be until four of four is luck?",
        ),
        Malrule(
            "rule-of-three",
            "lowest",
            lambda p: 1 - 3 / p.cases,
            "three over n is a rule for many cases. With so few, take the root.",
        ),
    ),
    hints=(
        "if the true share is s, four of four happen with s × s × s × s.",
        "set that to chance and take the fourth root.",
    ),
    worked=lambda p: f"s to the power of {p.cases} = {p.chance:g} gives s = {_lowest(p):.4f}.",
    well="“every time” so far allows a rule that is right less than half of the time.",
)

EXERCISES = {each.id: each for each in (HEADS, CASCADE, EVERY_TIME)}
"""By id, in the order of the lesson."""
