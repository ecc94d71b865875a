"""The exercises of lesson 01, open interest basics.

Sources of the facts: a contract is one long and one short, so a trade moves open interest by its
size times (sides that open, minus one); the three parts of a dollar change are those of
`oikit.indicators.price_and_position_parts`. The numbers here are ours and differ from the ones the
lesson works through.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from oikit.errors import InputError
from oikit.learn.exercise import Exercise, Malrule, Property, plain


class Trade(NamedTuple):
    """A trade: what the buyer and the seller do, and the number of contracts.

    Attributes
    ----------
    buyer : {"opens", "closes"}
        Opens a long, or closes a short.
    seller : {"opens", "closes"}
        Opens a short, or closes a long.
    size : int, contracts
    """

    buyer: str
    seller: str
    size: int


Trades = Sequence[Trade]


def _ledgers(seed: int = 1, count: int = 12) -> list[list[Trade]]:
    """Ledgers that can exist: one of each kind by hand, then drawn ones."""
    ledgers = [
        [Trade("opens", "opens", 5)],
        [Trade("opens", "opens", 5), Trade("opens", "closes", 2), Trade("closes", "opens", 3)],
        [Trade("opens", "opens", 5), Trade("closes", "closes", 5), Trade("opens", "opens", 1)],
    ]
    draw = random.Random(seed)
    for length in range(2, 2 + count):
        open_now, ledger = 0, []
        for _ in range(length):
            buyer, seller, size = (
                draw.choice(("opens", "closes")),
                draw.choice(("opens", "closes")),
                draw.randint(1, 9),
            )
            if (buyer, seller) != ("opens", "opens") and open_now < size:
                buyer = seller = "opens"
            open_now += size * _sides(Trade(buyer, seller, size))
            ledger.append(Trade(buyer, seller, size))
        ledgers.append(ledger)
    return ledgers


IMPOSSIBLE = [Trade("opens", "opens", 2), Trade("closes", "closes", 3)]


def _sides(trade: Trade) -> int:
    return (trade.buyer == "opens") + (trade.seller == "opens") - 1


def _add_up(moves: Callable[[Trade], int]) -> Callable[[Any], list[list[float]]]:
    """The path that follows if a trade moves open interest by ``moves(trade)``."""

    def paths(_: Any) -> list[list[float]]:
        return [_path(ledger, moves) for ledger in _ledgers()]

    return paths


def _path(ledger: Trades, moves: Callable[[Trade], int]) -> list[float]:
    total, path = 0.0, []
    for trade in ledger:
        total += moves(trade)
        path.append(total)
    return path


def _right(trade: Trade) -> int:
    return trade.size * _sides(trade)


def _run(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Call the learner's function on every ledger, and on the one that cannot exist."""
    function = answers["oi_path"]
    if not callable(function):
        raise InputError(f"oi_path is {function!r}; it should be a function of one list of trades.")
    paths = [plain(function(list(ledger)), "what oi_path gives back") for ledger in _ledgers()]
    try:
        function(list(IMPOSSIBLE))
        refused = "accepted"
    except ValueError:
        refused = "ValueError"
    except Exception as error:
        refused = type(error).__name__
    return {"paths": paths, "impossible": refused}


def _long_totals() -> list[list[float]]:
    return [
        _path(ledger, lambda trade: trade.size * ((trade.buyer == "opens") - (trade.seller == "closes")))
        for ledger in _ledgers()
    ]


def _each(test: Callable[[Any, Trades], bool]) -> Callable[[Mapping[str, Any], Any], bool]:
    return lambda seen, _: all(
        test(path, ledger) for path, ledger in zip(seen["paths"], _ledgers(), strict=True)
    )


OI_PATH = Exercise(
    id="01.1",
    parts=("oi_path",),
    observe=_run,
    counts=("paths",),
    answer=lambda given: {"paths": _add_up(_right)(given), "impossible": "ValueError"},
    rules=(
        Malrule(
            "counts-both-sides",
            "paths",
            _add_up(lambda trade: 2 * _right(trade)),
            "you count the long and the short as two. One contract has both: how many contracts is that?",
        ),
        Malrule(
            "open-interest-is-volume",
            "paths",
            _add_up(lambda trade: trade.size),
            "that is the volume so far: every trade adds to it. What if both sides of a trade leave?",
        ),
        Malrule(
            "only-the-buyer-counts",
            "paths",
            _add_up(lambda trade: trade.size if trade.buyer == "opens" else -trade.size),
            "only the buyer decides in your function. What if the seller hands an old position on?",
        ),
        Malrule(
            "only-the-seller-counts",
            "paths",
            _add_up(lambda trade: trade.size if trade.seller == "opens" else -trade.size),
            "only the seller decides in your function. What if the buyer takes an old position over?",
        ),
        Malrule(
            "one-new-side-is-enough",
            "paths",
            _add_up(lambda trade: trade.size if "opens" in trade[:2] else -trade.size),
            "one new side is enough to add contracts in your function. Who was on that side before?",
        ),
        Malrule(
            "never-shrinks",
            "paths",
            _add_up(lambda trade: trade.size if trade[:2] == ("opens", "opens") else 0),
            "your path never falls. What happens to a contract when both of its sides leave?",
        ),
        Malrule(
            "forgets-the-size",
            "paths",
            _add_up(_sides),
            "you count trades, each as one. How many contracts does a trade move?",
        ),
        Malrule(
            "changes-not-levels",
            "paths",
            lambda _: [[float(_right(trade)) for trade in ledger] for ledger in _ledgers()],
            "these are the changes, trade by trade. Open interest is what stands after all trades so far.",
        ),
        Malrule(
            "starts-with-the-empty-market",
            "paths",
            lambda given: [[0.0, *path] for path in _add_up(_right)(given)],
            "your path begins with the empty market. Give one number for each trade: what stands after it.",
        ),
        Malrule(
            "only-the-last",
            "paths",
            lambda given: [path[-1] for path in _add_up(_right)(given)],
            "that is only the last number. Return one for each trade.",
        ),
        Malrule(
            "accepts-the-impossible",
            "impossible",
            lambda _: "accepted",
            "the path is right for every ledger that can exist. One that closes more than is open cannot: "
            "raise ValueError there.",
        ),
    ),
    properties=(
        Property(
            "one-number-for-each-trade",
            _each(lambda path, ledger: isinstance(path, list) and len(path) == len(ledger)),
            "give back a list with one number for each trade.",
        ),
        Property(
            "never-negative",
            _each(lambda path, _: min(path) >= 0),
            "a property fails: open interest went below zero on a ledger that can exist.",
        ),
        Property(
            "long-equals-short",
            lambda seen, _: seen["paths"] == _long_totals(),
            "a property fails: your path must equal the long total and the short total after every trade.",
        ),
        Property(
            "refuses-with-ValueError",
            lambda seen, _: seen["impossible"] == "ValueError",
            "the path is right. On a ledger that closes more than is open, raise ValueError, no other error.",
        ),
    ),
    hints=(
        "for each trade, count the sides that open: two, one or none.",
        "two that open add the size, one leaves the count, none takes the size away.",
    ),
    worked=lambda _: (
        "start with total = 0 and an empty list; for each trade add size × (sides that open − 1) to total, "
        "raise ValueError if total falls below 0, and append total to the list."
    ),
    well="longs, shorts and your path agree after every trade, and what cannot exist is refused.",
)


def _parts(p: Any) -> dict[str, float]:
    more, dearer = p.contracts_after - p.contracts_before, p.price_after - p.price_before
    return {
        "price_part": float(p.contracts_before * dearer),
        "position_part": float(p.price_before * more),
        "cross_part": float(more * dearer),
    }


def _value(p: Any) -> float:
    return float(p.contracts_after * p.price_after - p.contracts_before * p.price_before)


def _worked(p: Any) -> str:
    parts = _parts(p)
    return (
        f"price part {p.contracts_before:,} × ({p.price_after} − {p.price_before}) = "
        f"{parts['price_part']:,.0f}; "
        f"position part {p.price_before} × ({p.contracts_after:,} − {p.contracts_before:,}) = "
        f"{parts['position_part']:,.0f}; "
        f"cross part, the product of both changes, = {parts['cross_part']:,.0f}. "
        f"Together {_value(p):,.0f} USDT, which is value after minus value before."
    )


_SWAPPED = (
    "you take the {which} *after* the change as the base, so the cross part hides in this one. "
    "Which {which} did the market start from?"
)

DECOMPOSITION = Exercise(
    id="01.2",
    parts=("price_part", "position_part", "cross_part"),
    given={
        "price_before": (250, "USDT"),
        "price_after": (230, "USDT"),
        "contracts_before": (2_000_000, "contracts of one coin"),
        "contracts_after": (2_400_000, "contracts of one coin"),
    },
    answer=_parts,
    rules=(
        Malrule(
            "swaps-the-base",
            "price_part",
            lambda p: float(p.contracts_after * (p.price_after - p.price_before)),
            "price_part: " + _SWAPPED.format(which="contracts"),
        ),
        Malrule(
            "takes-the-whole-change",
            "price_part",
            _value,
            "price_part: that is the whole change in dollars. How much if no contract had been added?",
        ),
        Malrule(
            "forgets-the-contracts",
            "price_part",
            lambda p: float(p.price_after - p.price_before),
            "price_part: that is the change of the price of one contract. How many were open?",
        ),
        Malrule(
            "swaps-the-base",
            "position_part",
            lambda p: float(p.price_after * (p.contracts_after - p.contracts_before)),
            "position_part: " + _SWAPPED.format(which="price"),
        ),
        Malrule(
            "takes-the-whole-change",
            "position_part",
            _value,
            "position_part: that is the whole change in dollars. How much if the price had stood still?",
        ),
        Malrule(
            "forgets-the-price",
            "position_part",
            lambda p: float(p.contracts_after - p.contracts_before),
            "position_part: that is a number of contracts. What were they worth before the price moved?",
        ),
        Malrule(
            "forgets-the-cross-part",
            "cross_part",
            lambda _: 0.0,
            "cross_part: the first two parts do not add up to the whole change. What is left over?",
        ),
        Malrule(
            "takes-the-whole-change",
            "cross_part",
            _value,
            "cross_part: that is the whole change. What is left of it after the first two parts?",
        ),
    ),
    hints={
        "price_part": (
            "hold one thing still: what if only the price had moved, with the contracts of before?",
            "price_part is contracts before × (price after − price before).",
        ),
        "position_part": (
            "hold one thing still: what if only the contracts had changed, at the price of before?",
            "position_part is price before × (contracts after − contracts before).",
        ),
        "cross_part": (
            "the three parts add up to value after minus value before. What do the first two leave?",
            "cross_part is both changes multiplied.",
        ),
    },
    worked=_worked,
    well="the three parts add up to the whole change. Dollars rose while the price fell: positions grew.",
)

EXERCISES = {each.id: each for each in (OI_PATH, DECOMPOSITION)}
"""By id, in the order of the lesson."""
