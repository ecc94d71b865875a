"""The exercises of lesson 04, funding and correlation.

Sources of the facts: a long pays the rate on the whole position at each settlement, as
`oikit.margin.funding_payment` has it; Bayes' rule, counted in weeks; the bound of
`oikit.stats.zero_failures`; and one deal of `oikit.stats.lagged.lagged`, with given blocks. The
numbers are ours and differ from the ones the lesson works through.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from oikit.errors import InputError
from oikit.learn.exercise import Exercise, Malrule, Property, number

Floats = npt.NDArray[np.float64]

A_DAY = 3  # settlements, one each eight hours


def _cash(p: Any) -> float:
    return float(-p.coins * p.mark_price * p.funding_rate * A_DAY)


PAYMENT = Exercise(
    id="04.1",
    parts=("cash_a_day", "of_margin"),
    given={
        "coins": (40, "coins, held long"),
        "mark_price": (620.0, "USDT"),
        "funding_rate": (-0.0004, "each eight hours"),
        "leverage": (10, "times"),
    },
    answer=lambda p: {"cash_a_day": _cash(p), "of_margin": -p.leverage * p.funding_rate * A_DAY},
    rules=(
        Malrule(
            "longs-always-pay",
            "cash_a_day",
            lambda p: -_cash(p),
            "cash_a_day: the size is right. Longs pay shorts while the rate is above zero. Is it?",
        ),
        Malrule(
            "one-settlement",
            "cash_a_day",
            lambda p: _cash(p) / A_DAY,
            "cash_a_day: that is one settlement. How many are there in a day?",
        ),
        Malrule(
            "on-the-margin",
            "cash_a_day",
            lambda p: _cash(p) / p.leverage,
            "cash_a_day: you took the rate of the margin. It is paid on the whole position.",
        ),
        Malrule(
            "leverage-on-top",
            "cash_a_day",
            lambda p: _cash(p) * p.leverage,
            "cash_a_day: coins times price already is the whole position. Leverage makes it no larger.",
        ),
        Malrule(
            "forgets-the-price",
            "cash_a_day",
            lambda p: _cash(p) / p.mark_price,
            "cash_a_day: that is in coins. What are they worth at the mark price?",
        ),
        Malrule(
            "rate-of-the-position",
            "of_margin",
            lambda p: -p.funding_rate * A_DAY,
            "of_margin: that is the share of the position. How much of it is margin?",
        ),
        Malrule(
            "divides-by-leverage",
            "of_margin",
            lambda p: -p.funding_rate * A_DAY / p.leverage,
            "of_margin: you divided. A small margin carries the whole position: the same money is a larger "
            "share of it.",
        ),
        Malrule(
            "one-settlement-of-margin",
            "of_margin",
            lambda p: -p.leverage * p.funding_rate,
            "of_margin: that is one settlement. The share of a whole day is asked.",
        ),
        Malrule(
            "margin-always-shrinks",
            "of_margin",
            lambda p: p.leverage * p.funding_rate * A_DAY,
            "of_margin: the size is right. Does the money come in or go out? It has the sign of the cash.",
        ),
    ),
    hints={
        "cash_a_day": (
            "position = coins × mark price; a long receives −rate × position at each settlement.",
            "with three settlements a day: cash_a_day = −coins × mark price × rate × 3.",
        ),
        "of_margin": (
            "of_margin is the cash of a day over the margin. How large is the margin?",
            "the margin is the position over the leverage, so of_margin = −leverage × rate × 3.",
        ),
    },
    worked=lambda p: (
        f"cash_a_day = −{p.coins} × {p.mark_price:g} × ({p.funding_rate:g}) × 3 = {_cash(p):.4f}; "
        f"of_margin = −{p.leverage} × ({p.funding_rate:g}) × 3 = {-p.leverage * p.funding_rate * A_DAY:.4f}."
    ),
    well="below zero the long is paid; leverage turns a tiny rate into a visible share of the margin.",
)


def _true_alarms(p: Any) -> float:
    return float(p.catches * p.usual)


def _false_alarms(p: Any) -> float:
    return float(p.false_alarms * (1 - p.usual))


ALARM = Exercise(
    id="04.2",
    parts=("right",),
    given={
        "catches": (0.8, "of the weeks with a slump"),
        "false_alarms": (0.15, "of the weeks without one"),
        "usual": (0.06, "of all weeks hold a slump"),
    },
    answer=lambda p: {"right": _true_alarms(p) / (_true_alarms(p) + _false_alarms(p))},
    rules=(
        Malrule(
            "turned-round",
            "right",
            lambda p: p.catches,
            "that is the share of slumps that had an alarm. You are asked for the share of alarms that had a "
            "slump.",
        ),
        Malrule(
            "no-false-alarm",
            "right",
            lambda p: 1 - p.false_alarms,
            "that is how often a quiet week stays without alarm. It speaks of no alarm at all.",
        ),
        Malrule(
            "forgets-the-usual",
            "right",
            lambda p: p.catches / (p.catches + p.false_alarms),
            "you weigh both kinds of week alike. How many of a thousand weeks hold a slump, how many do not?",
        ),
        Malrule(
            "both-at-once",
            "right",
            _true_alarms,
            "that is the share of *all* weeks with alarm and slump. Divide by all weeks with an alarm.",
        ),
        Malrule(
            "all-alarms",
            "right",
            lambda p: _true_alarms(p) + _false_alarms(p),
            "that is how often the alarm sounds. In how many of these weeks did a slump come?",
        ),
        Malrule(
            "odds",
            "right",
            lambda p: _true_alarms(p) / _false_alarms(p),
            "that is right alarms over false ones. Divide by all alarms, right and false.",
        ),
    ),
    hints=(
        "take a thousand weeks. How many hold a slump, and in how many of these does the alarm sound?",
        "right = catches × usual, over that plus false_alarms × (1 − usual).",
    ),
    worked=lambda p: (
        f"of 1,000 weeks {1000 * p.usual:.0f} hold a slump: {1000 * _true_alarms(p):.0f} alarms are right. "
        f"Of the {1000 * (1 - p.usual):.0f} others {1000 * _false_alarms(p):.0f} have an alarm. right = "
        f"{1000 * _true_alarms(p):.0f} / {1000 * (_true_alarms(p) + _false_alarms(p)):.0f} = "
        f"{_true_alarms(p) / (_true_alarms(p) + _false_alarms(p)):.4f}."
    ),
    well="three of four alarms are false, although the signal catches most slumps: what is rare stays rare.",
)


def _most(p: Any) -> float:
    return float(1 - p.chance ** (1 / p.cases))


def _in_a_row(p: Any) -> float:
    return float(math.ceil(math.log(p.chance) / math.log(1 - p.seldom)))


EVERY = Exercise(
    id="04.3",
    parts=("may_fail", "needed"),
    given={
        "cases": (8, "in a row, none of them a failure"),
        "chance": (0.05, "of a run of luck"),
        "seldom": (0.02, "of all cases may fail"),
    },
    answer=lambda p: {"may_fail": _most(p), "needed": _in_a_row(p)},
    counts=("needed",),
    rules=(
        Malrule(
            "never-failed-never-will",
            "may_fail",
            lambda p: 0.0,
            "may_fail: none was seen. Which failure rate would still let eight in a row go well, one time "
            "in twenty?",
        ),
        Malrule(
            "three-over-n",
            "may_fail",
            lambda p: 3 / p.cases,
            "may_fail: three over n is a rule for many cases. With so few, take the root.",
        ),
        Malrule(
            "share-that-holds",
            "may_fail",
            lambda p: 1 - _most(p),
            "may_fail: that is how often it holds at least. How often may it fail?",
        ),
        Malrule(
            "chance-over-cases",
            "may_fail",
            lambda p: p.chance / p.cases,
            "may_fail: you divide the chance. Eight that go well are eight shares multiplied.",
        ),
        Malrule(
            "sure-eight-times",
            "may_fail",
            lambda p: 1 - (1 - p.chance) ** (1 / p.cases),
            "may_fail: with that rate eight in a row are nearly certain. Which one makes them a run of luck?",
        ),
        Malrule(
            "one-over-seldom",
            "needed",
            lambda p: 1 / p.seldom,
            "needed: so many hold one failure, on average. After how many is its absence a stroke of luck?",
        ),
        Malrule(
            "three-over-seldom",
            "needed",
            lambda p: 3 / p.seldom,
            "needed: three over the rate is near, and a rule of thumb. Find the first whole n with "
            "(1 − seldom)ⁿ at most chance.",
        ),
        Malrule(
            "one-too-few",
            "needed",
            lambda p: _in_a_row(p) - 1,
            "needed: with one case fewer than needed the run is still more than a stroke of luck. Round up.",
        ),
        Malrule(
            "not-rounded",
            "needed",
            lambda p: math.log(p.chance) / math.log(1 - p.seldom),
            "needed: cases are whole. Which is the first number that is enough?",
        ),
    ),
    hints={
        "may_fail": (
            "failing at the rate f, all go well with (1 − f) to the power of cases. Set that to chance.",
            "solve (1 − f)^cases = chance for f: take the root of chance, and subtract it from 1.",
        ),
        "needed": (
            "with f = seldom, how many cases make (1 − f) to their power as small as chance?",
            "needed is log(chance) / log(1 − seldom), rounded up to a whole number.",
        ),
    },
    worked=lambda p: (
        f"may_fail = 1 − {p.chance:g}^(1/{p.cases}) = {_most(p):.4f}; needed = log({p.chance:g}) / "
        f"log(1 − {p.seldom:g}), rounded up = {_in_a_row(p):.0f}."
    ),
    well="a run without failure allows many failures, and “every time” asks for cases that few signals have.",
)


# --- 04.4 ---

Case = tuple[Floats, Floats, int, list[int]]


def _cases(seed: int = 4) -> list[Case]:
    draw = np.random.default_rng(seed)
    cases = []
    for n, block in ((12, 3), (20, 4), (30, 7)):
        x = draw.normal(size=n).cumsum().round(2)
        y = (0.6 * x + draw.normal(size=n).cumsum()).round(2)
        # The last block has to go on at the beginning.
        starts = [*(int(each) for each in draw.integers(0, n, n // block)), n - 1]
        cases.append((x, y, block, starts))
    return cases


def _r(x: Floats, y: Floats) -> float:
    return float(np.corrcoef(x, y)[0, 1])


def _picked(n: int, block: int, starts: list[int]) -> npt.NDArray[np.intp]:
    rows = np.add.outer(np.asarray(starts), np.arange(block)).ravel()
    return np.asarray(rows % n, dtype=np.intp)


def _dealt(x: Floats, y: Floats, block: int, starts: list[int]) -> float:
    rows = _picked(len(x), block, starts)
    return _r(x[rows], y[rows])


def _cut(x: Floats, y: Floats, block: int, starts: list[int]) -> float:
    rows = np.add.outer(np.asarray(starts), np.arange(block)).ravel()
    rows = rows[rows < len(x)]
    return _r(x[rows], y[rows])


def _single(x: Floats, y: Floats, block: int, starts: list[int]) -> float:
    return _r(x[starts], y[starts])


def _only_first(x: Floats, y: Floats, block: int, starts: list[int]) -> float:
    return _r(x[_picked(len(x), block, starts)], np.resize(y, block * len(starts)))


def _covariance(x: Floats, y: Floats, block: int, starts: list[int]) -> float:
    rows = _picked(len(x), block, starts)
    return float(np.cov(x[rows], y[rows])[0, 1])


def _of_each(found: Callable[..., float]) -> Callable[[Any], list[float]]:
    return lambda _: [float(found(*case)) for case in _cases()]


def _run(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Call the learner's function on pairs it has not seen."""
    function = answers["dealt_again"]
    if not callable(function):
        raise InputError(f"dealt_again is {function!r}; it should be a function of x, y, block and starts.")
    return {
        "r": [
            number(function(x.tolist(), y.tolist(), b, list(starts)), "dealt_again", "one correlation")
            for x, y, b, starts in _cases()
        ]
    }


BLOCKS = Exercise(
    id="04.4",
    parts=("dealt_again",),
    observe=_run,
    answer=lambda given: {"r": _of_each(_dealt)(given)},
    rules=(
        Malrule(
            "as-it-happened",
            "r",
            _of_each(lambda x, y, block, starts: _r(x, y)),
            "that is the correlation as it happened. Take only the rows of the blocks.",
        ),
        Malrule(
            "single-rows",
            "r",
            _of_each(_single),
            "you took the row at each start and none of its neighbours. A block has `block` rows.",
        ),
        Malrule(
            "stops-at-the-end",
            "r",
            _of_each(_cut),
            "a block that reaches the end stops there. Let it go on at the beginning: (start + i) % n.",
        ),
        Malrule(
            "pairs-torn-apart",
            "r",
            _of_each(_only_first),
            "you dealt x again and left y. A pair must stay a pair, or every link is lost.",
        ),
        Malrule(
            "covariance",
            "r",
            _of_each(_covariance),
            "that is the covariance. It grows with the units; a correlation has none.",
        ),
        Malrule(
            "squared",
            "r",
            _of_each(lambda *case: _dealt(*case) ** 2),
            "that is the square. The sign is lost with it.",
        ),
    ),
    properties=(
        Property(
            "between-minus-one-and-one",
            lambda seen, _: all(-1 - 1e-9 <= each <= 1 + 1e-9 for each in seen["r"]),
            "a property fails: a correlation lies between minus one and one.",
        ),
    ),
    hints=(
        "collect the rows first: for each start, start, start + 1, … with `block` of them, each % n.",
        "rows = [(s + i) % len(x) for s in starts for i in range(block)], then correlate these x and y.",
    ),
    worked=lambda _: (
        "rows = [(s + i) % len(x) for s in starts for i in range(block)]; then np.corrcoef of x and y at "
        "these rows, entry [0, 1]."
    ),
    well="pairs stay pairs and neighbours neighbours: what is dealt again is as persistent as what happened.",
)

EXERCISES = {each.id: each for each in (PAYMENT, ALARM, EVERY, BLOCKS)}
"""By id, in the order of the lesson."""
