"""The exercises of lesson 06, risk and sizing.

Sources of the facts: the liquidation price is that of `oikit.margin.liquidation_price` with one rate
for all sizes, the three sizes are those of `oikit.risk.position_size`. The numbers here are ours and
differ from the ones the lesson works through.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from oikit.errors import InputError
from oikit.learn.exercise import Exercise, Malrule, Property, number


def _closed_after(p: Any) -> float:
    """Move that liquidates the long, as a fraction of its entry."""
    return float(1 - (1 - 1 / p.leverage + p.funding_paid) / (1 - p.maintenance_margin_rate))


LONG_MOVE = Exercise(
    id="06.1",
    parts=("move",),
    given={
        "leverage": (25, "×"),
        "maintenance_margin_rate": (0.01, "of the position at that price"),
        "funding_paid": (0.002, "of the position at its entry"),
    },
    answer=lambda p: {"move": _closed_after(p)},
    rules=(
        Malrule(
            "one-over-leverage",
            "move",
            lambda p: 1 / p.leverage,
            "that is 1/leverage: the exchange closes you before the margin is gone. "
            "Where does the maintenance margin enter?",
        ),
        Malrule(
            "forgets-the-maintenance-margin",
            "move",
            lambda p: 1 / p.leverage - p.funding_paid,
            "that is margin less funding, down to nothing. How much of the position must still be there?",
        ),
        Malrule(
            "forgets-the-funding",
            "move",
            lambda p: 1 - (1 - 1 / p.leverage) / (1 - p.maintenance_margin_rate),
            "right for the moment of the opening. Funding has been paid since: out of which money?",
        ),
        Malrule(
            "subtracts-at-the-entry",
            "move",
            lambda p: 1 / p.leverage - p.maintenance_margin_rate - p.funding_paid,
            "very near, or rounded too far to tell: give three digits. If you charged the maintenance margin "
            "on the position at its entry: it is charged at the price where the position is closed, which is "
            "lower.",
        ),
        Malrule(
            "subtracts-and-forgets-the-funding",
            "move",
            lambda p: 1 / p.leverage - p.maintenance_margin_rate,
            "two things are left: the funding that was paid, and that the maintenance margin is charged at "
            "the lower price.",
        ),
        Malrule(
            "funding-received",
            "move",
            lambda p: 1 - (1 - 1 / p.leverage - p.funding_paid) / (1 - p.maintenance_margin_rate),
            "you let funding add to the margin. This long paid it.",
        ),
        Malrule(
            "the-other-side",
            "move",
            lambda p: (1 + 1 / p.leverage - p.funding_paid) / (1 + p.maintenance_margin_rate) - 1,
            "that is the rise which closes a short. This one is long: at a lower price less must stay.",
        ),
        Malrule(
            "a-fall-below-zero",
            "move",
            lambda p: -_closed_after(p),
            "the size is right. A fall is asked for, as a fraction of the entry: give it above zero.",
        ),
        Malrule(
            "the-other-side-below-zero",
            "move",
            lambda p: 1 - (1 + 1 / p.leverage - p.funding_paid) / (1 + p.maintenance_margin_rate),
            "that is the rise which closes a short, with the sign of a fall. For a long, less must stay at "
            "the lower price.",
        ),
        Malrule(
            "the-price-not-the-move",
            "move",
            lambda p: 1 - _closed_after(p),
            "that is the price where it is closed, as a share of the entry. How far is it from there to the "
            "entry?",
        ),
    ),
    properties=(
        Property(
            "before-the-margin-is-gone",
            lambda seen, p: isinstance(seen["move"], float) and not 1 / p.leverage < seen["move"] < 1,
            "a property fails: the move must be smaller than 1/leverage, where all of the margin is gone.",
        ),
    ),
    hints=(
        "call the move d and the position at its entry 1. What is left of the margin after a fall of d? "
        "And how much must be left?",
        "solve 1/leverage − funding_paid − d = maintenance_margin_rate × (1 − d) for d.",
    ),
    worked=lambda p: (
        f"1/{p.leverage:g} − {p.funding_paid:g} − d = {p.maintenance_margin_rate:g} × (1 − d) gives "
        f"d = (1/{p.leverage:g} − {p.funding_paid:g} − {p.maintenance_margin_rate:g}) / "
        f"(1 − {p.maintenance_margin_rate:g}) = {_closed_after(p):.5f}."
    ),
    well="margin, less funding, less the fall, equals what must stay at that price.",
)


def _sizes(p: Any) -> dict[str, float]:
    allowed = float(p.equity * p.cap)
    return {"as_risk": allowed / p.stop, "as_margin": allowed * p.leverage, "as_notional": allowed}


THREE_SIZES = Exercise(
    id="06.2",
    parts=("as_risk", "as_margin", "as_notional"),
    given={
        "equity": (30_000, "USDT"),
        "cap": (0.02, "of the account"),
        "leverage": (8, "×"),
        "stop": (0.05, "of the price"),
    },
    answer=_sizes,
    rules=(
        Malrule(
            "answers-the-loss",
            "as_risk",
            lambda p: float(p.equity * p.cap),
            "as_risk: that is what may be lost. How large is the position that loses it at the stop?",
        ),
        Malrule(
            "leverage-enlarges-the-risk",
            "as_risk",
            lambda p: float(p.equity * p.cap / p.stop * p.leverage),
            "as_risk: leverage does not change what a position loses at its stop, only the margin it needs.",
        ),
        Malrule(
            "stops-the-account",
            "as_risk",
            lambda p: float(p.equity * p.cap * p.stop),
            "as_risk: you take the stop of the loss. The loss is the position times the stop: turn it round.",
        ),
        Malrule(
            "another-reading",
            "as_risk",
            lambda p: float(p.equity * p.cap * p.leverage),
            "as_risk: that is the reading as margin. Here the loss at the stop is capped.",
        ),
        Malrule(
            "answers-the-margin",
            "as_margin",
            lambda p: float(p.equity * p.cap),
            "as_margin: that is the margin itself. How large is the position that it opens?",
        ),
        Malrule(
            "divides-by-the-leverage",
            "as_margin",
            lambda p: float(p.equity * p.cap / p.leverage),
            "as_margin: a position is larger than its margin, not smaller. By which factor?",
        ),
        Malrule(
            "another-reading",
            "as_margin",
            lambda p: float(p.equity * p.cap / p.stop),
            "as_margin: that is the reading as risk. Here no stop is asked about.",
        ),
        Malrule(
            "levers-the-notional",
            "as_notional",
            lambda p: float(p.equity * p.cap * p.leverage),
            "as_notional: here the position itself is capped. Leverage only decides which margin it needs.",
        ),
        Malrule(
            "another-reading",
            "as_notional",
            lambda p: float(p.equity * p.cap / p.stop),
            "as_notional: that is the reading as risk. Here the position itself is capped.",
        ),
        Malrule(
            "answers-the-margin",
            "as_notional",
            lambda p: float(p.equity * p.cap / p.leverage),
            "as_notional: that is the margin of this position. The position is asked.",
        ),
    ),
    hints={
        "as_risk": (
            "equity × cap is what you may lose. Which position loses that much when the price moves by stop?",
            "a position loses position × stop there, so divide equity × cap by the stop.",
        ),
        "as_margin": (
            "equity × cap is the margin. How large a position does that margin open?",
            "margin × leverage is the position.",
        ),
        "as_notional": ("equity × cap is the position itself. What is left to do?",),
    },
    worked=lambda p: (
        f"{p.equity:,} × {p.cap:g} = {p.equity * p.cap:,.0f}. As the loss at the stop: "
        f"{p.equity * p.cap:,.0f} / {p.stop:g} = {_sizes(p)['as_risk']:,.0f}. As margin: × {p.leverage:g} = "
        f"{_sizes(p)['as_margin']:,.0f}. As the position: {p.equity * p.cap:,.0f}."
    ),
    well="one sentence, three positions. Whoever gives the advice has to say which is meant.",
)

LEVEL = 0.955
"""Where the lesson's position is closed, over its entry, roughly."""

Path = Sequence[float]


def _walks(seed: int = 6) -> list[list[list[float]]]:
    """Bundles of paths: some by hand, then drawn ones; no price equals the level but one, on purpose."""
    bundles = [
        [[0.99, 0.95, 1.02], [1.0, 0.98, 0.97], [0.97, 0.94, 0.93], [1.01, 0.96, 0.955]],
        [[1.01, 1.02, 1.0]],
        [[0.94, 0.94, 0.99], [0.94, 0.97, 1.0], [0.99, 1.0, 1.01]],
    ]
    draw = random.Random(seed)
    for count in (5, 8, 13):
        bundle = []
        for _ in range(count):
            price, path = 1.0, []
            for _ in range(24):
                price = round(price * (1 + draw.gauss(0, 0.01)), 6)
                path.append(price)
            bundle.append(path)
        bundles.append(bundle)
    return bundles


def _of_each(found: Callable[[list[list[float]]], float]) -> Callable[[Any], list[float]]:
    return lambda _: [float(found(bundle)) for bundle in _walks()]


def _mean(values: Sequence[float | bool]) -> float:
    return sum(values) / len(values)


def _right(bundle: list[list[float]]) -> float:
    return _mean([min(path) <= LEVEL for path in bundle])


def _run(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Call the learner's function on every bundle."""
    function = answers["touched_share"]
    if not callable(function):
        raise InputError(f"touched_share is {function!r}; it should be a function of paths and a level.")
    given = [function([list(path) for path in bundle], LEVEL) for bundle in _walks()]
    return {"shares": [number(each, "touched_share", "one number for all paths together") for each in given]}


TOUCHED = Exercise(
    id="06.3",
    parts=("touched_share",),
    observe=_run,
    answer=lambda given: {"shares": _of_each(_right)(given)},
    rules=(
        Malrule(
            "only-the-end",
            "shares",
            _of_each(lambda bundle: _mean([path[-1] <= LEVEL for path in bundle])),
            "you look at the last price of each path. The exchange looks at every price on the way.",
        ),
        Malrule(
            "counts-prices-not-paths",
            "shares",
            _of_each(lambda bundle: _mean([price <= LEVEL for path in bundle for price in path])),
            "you count prices. A path that stays below for long is still one position: count paths.",
        ),
        Malrule(
            "counts-without-dividing",
            "shares",
            _of_each(lambda bundle: sum(min(path) <= LEVEL for path in bundle)),
            "that is a number of paths. A share is a part of all paths.",
        ),
        Malrule(
            "in-percent",
            "shares",
            _of_each(lambda bundle: 100 * _right(bundle)),
            "that is in per cent. A share is a fraction, from 0 to 1.",
        ),
        Malrule(
            "the-survivors",
            "shares",
            _of_each(lambda bundle: 1 - _right(bundle)),
            "that is the share of paths that never touched it.",
        ),
        Malrule(
            "below-but-not-at",
            "shares",
            _of_each(lambda bundle: _mean([min(path) < LEVEL for path in bundle])),
            "one path goes exactly to the level and no further. A touch is enough.",
        ),
        Malrule(
            "the-other-direction",
            "shares",
            _of_each(lambda bundle: _mean([max(path) >= LEVEL for path in bundle])),
            "you look at the highest price of each path. Which one is nearest to a level below?",
        ),
    ),
    properties=(
        Property(
            "a-share-of-paths",
            lambda seen, _: all(0 <= share <= 1 for share in seen["shares"]),
            "a property fails: a share lies between 0 and 1.",
        ),
        Property(
            "no-fewer-than-at-the-end",
            lambda seen, _: all(
                share >= _mean([path[-1] <= LEVEL for path in bundle]) - 1e-9
                for share, bundle in zip(seen["shares"], _walks(), strict=True)
            ),
            "a property fails: whoever ends at or below the level has touched it, so there are at least as "
            "many touches.",
        ),
    ),
    hints=(
        "for each path ask one question: did its lowest price reach the level?",
        "min(path) <= level is true or false for each path; the share is how many are true, over all paths.",
    ),
    worked=lambda _: "sum(min(path) <= level for path in paths) / len(paths).",
    well="every price on the way counts, and each path counts once.",
)

EXERCISES = {each.id: each for each in (LONG_MOVE, THREE_SIZES, TOUCHED)}
"""By id, in the order of the lesson."""
