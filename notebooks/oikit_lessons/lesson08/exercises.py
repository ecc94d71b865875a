"""The exercises of lesson 08, common mistakes and overfitting.

The first is judged by the mean of many calls, as no two ways to draw chance give the same numbers;
the second has one right answer; the third and the fourth are judged by laws that every right answer
obeys. The twenty p-values are ours and were made so that each way of counting gives another number.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from oikit.errors import InputError
from oikit.learn.exercise import Exercise, Malrule, Unfinished, number
from oikit.stats import expected_max_sharpe
from oikit_lessons.lesson08.bug_hunt import FAULTS, remaining
from oikit_lessons.lesson08.preregistration import PLAN

__all__ = ["P_VALUES"]


def _is(value: Any) -> Callable[[Any], Any]:
    return lambda _: value


# --- 08.1: the best of many ---

DAYS, SEEDS = 365, range(80)
_FEW, _MANY = 10, 100


def _best_of(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Call the learner's function with many seeds, and name what its means look like."""
    function = answers["best_of"]
    if not callable(function):
        raise InputError(f"best_of is {function!r}; it should be a function of n, days and a seed.")
    few, many = (
        [number(function(n, DAYS, seed), "best_of", "one number, the best of the n,") for seed in SEEDS]
        for n in (_FEW, _MANY)
    )
    if np.ptp(many) == 0:
        return {"best": "ignores-the-seed"}
    return {"best": _named(float(np.mean(few)), float(np.mean(many)))}


def _named(few: float, many: float) -> str:
    """The nearest of the means that a right or a wrong model leads to; "another" if none is near."""
    right = tuple(map(expected_max_sharpe, (_FEW, _MANY)))
    both = tuple(map(expected_max_sharpe, (2 * _FEW, 2 * _MANY)))
    year = math.sqrt(DAYS)
    looks = {
        "right": right,
        "either-direction": both,
        "trading-days-of-a-stock": tuple(math.sqrt(252 / 365) * each for each in right),
        "a-day-not-a-year": tuple(each / year for each in right),
        "times-the-days": tuple(each * year for each in right),
        "the-worst": tuple(-each for each in right),
        "not-the-best": (0.0, 0.0),
    }
    # Near is near for its own size; for a Sharpe ratio of a day a fifth would be everything.
    near = {
        name: math.hypot(few - a, many - b) / max(0.05, abs(b)) for name, (a, b) in looks.items() if (a, b)
    }
    name = min(near, key=lambda each: near[each])
    return name if near[name] < (1.0 if name == "not-the-best" else 0.12) else "another"


BEST_OF = Exercise(
    id="08.1",
    parts=("best_of",),
    observe=_best_of,
    answer=_is({"best": "right"}),
    rules=(
        Malrule(
            "ignores-the-seed",
            "best",
            _is("ignores-the-seed"),
            "every seed gives the same number. Draw with np.random.default_rng(seed).",
        ),
        Malrule(
            "a-day-not-a-year",
            "best",
            _is("a-day-not-a-year"),
            "that is the best Sharpe ratio of a day. Multiply by the square root of the days of a year.",
        ),
        Malrule(
            "times-the-days",
            "best",
            _is("times-the-days"),
            "far too good. Over a year the mean grows with the days, the spread with their square root: "
            "which factor does their ratio take?",
        ),
        Malrule(
            "trading-days-of-a-stock",
            "best",
            _is("trading-days-of-a-stock"),
            "close, but the year of a stock market has about 252 days. A perpetual is traded on all 365.",
        ),
        Malrule(
            "not-the-best",
            "best",
            _is("not-the-best"),
            "around zero: that is the mean rule, or a single one. Give back the best of the n.",
        ),
        Malrule(
            "the-worst",
            "best",
            _is("the-worst"),
            "that is the worst of them. Which one would be shown to you?",
        ),
        Malrule(
            "either-direction",
            "best",
            _is("either-direction"),
            "you also count how bad the bad ones are. Leave the sign: take the largest Sharpe ratio.",
        ),
        Malrule(
            "another",
            "best",
            _is("another"),
            "its mean over many seeds is not that of the best of n. For each rule take mean over standard "
            "deviation of its days; then the largest of the n; then the factor for a year.",
        ),
    ),
    hints=("draw a table with n rows and as many columns as days: one row for each rule.",),
    worked=lambda _: (
        "draws = np.random.default_rng(seed).normal(size=(n, days)); "
        "return (draws.mean(axis=1) / draws.std(axis=1)).max() * 365**0.5."
    ),
    well="no rule in it can do anything, and the best of many looks like skill.",
)

# --- 08.2: twenty p-values ---

P_VALUES = (
    *(0.0212, 0.61, 0.0012, 0.34, 0.038, 0.0131, 0.92, 0.0026, 0.12, 0.0247),
    *(0.47, 0.0049, 0.73, 0.0142, 0.047, 0.083, 0.0118, 0.55, 0.26, 0.81),
)
"""Of twenty rules that somebody tried on the same market."""

_M, _ALPHA = len(P_VALUES), 0.05


def _survive(limit: Callable[[int], float], given: Sequence[float] = P_VALUES) -> list[bool]:
    return [p <= limit(place) for place, p in enumerate(given, start=1)]


def _until_first_miss(passed: Sequence[bool]) -> float:
    return float(passed.index(False))


_SORTED = sorted(P_VALUES)
_STEPS = _survive(lambda place: _ALPHA * place / _M, _SORTED)
_COUNTS = {
    "raw": float(sum(_survive(lambda _: _ALPHA))),
    "bonferroni": float(sum(_survive(lambda _: _ALPHA / _M))),
    "holm": _until_first_miss(_survive(lambda place: _ALPHA / (_M - place + 1), _SORTED)),
    "benjamini_hochberg": float(max(place for place, passed in enumerate(_STEPS, start=1) if passed)),
    "first miss": _until_first_miss(_STEPS),
    "each alone": float(sum(_STEPS)),
    "unsorted": float(sum(_survive(lambda place: _ALPHA * place / _M))),
}
_OF_RAW = float(sum(_survive(lambda _: _ALPHA / _COUNTS["raw"])))

SURVIVORS = Exercise(
    id="08.2",
    parts=("strict", "with_some_luck"),
    answer=lambda _: {"strict": _COUNTS["bonferroni"], "with_some_luck": _COUNTS["benjamini_hochberg"]},
    counts=("strict", "with_some_luck"),
    rules=(
        Malrule(
            "raw",
            "strict",
            _is(_COUNTS["raw"]),
            "strict: that is how many lie below 0.05 each alone. Twenty were tried: share the 0.05 among "
            "them.",
        ),
        Malrule(
            "divides-by-the-good-ones",
            "strict",
            _is(_OF_RAW),
            "strict: you share 0.05 among those that look good. All twenty were tried.",
        ),
        Malrule(
            "holm",
            "strict",
            _is(_COUNTS["holm"]),
            "strict: that is Holm's way, which is a little kinder and also right. Here one line is asked "
            "for all: 0.05 over 20.",
        ),
        Malrule(
            "the-other-method",
            "strict",
            _is(_COUNTS["benjamini_hochberg"]),
            "strict: that is the count of the other method. Here not even one may be luck.",
        ),
        Malrule(
            "raw",
            "with_some_luck",
            _is(_COUNTS["raw"]),
            "with_some_luck: that is how many lie below 0.05 each alone. The line rises with the rank: "
            "0.05 × rank / 20.",
        ),
        Malrule(
            "the-other-method",
            "with_some_luck",
            _is(_COUNTS["bonferroni"]),
            "with_some_luck: that is one flat line for all. Here it rises with the rank.",
        ),
        Malrule(
            "unsorted",
            "with_some_luck",
            _is(_COUNTS["unsorted"]),
            "with_some_luck: the rank is the place after sorting from the smallest, not the place in the "
            "list.",
        ),
        Malrule(
            "stops-at-the-first-miss",
            "with_some_luck",
            _is(_COUNTS["first miss"]),
            "with_some_luck: you stop at the first p above its line. Look for the *last* one below it.",
        ),
        Malrule(
            "each-alone",
            "with_some_luck",
            _is(_COUNTS["each alone"]),
            "with_some_luck: you count those below their own line. Find the last of them; it takes all "
            "smaller ones along.",
        ),
        Malrule(
            "holm",
            "with_some_luck",
            _is(_COUNTS["holm"]),
            "with_some_luck: that is Holm's way, under which not even one may be luck.",
        ),
    ),
    hints={
        "strict": ("Bonferroni has one line for every p: 0.05 / 20. Count the p at or below it.",),
        "with_some_luck": (
            "sort p from the smallest. Each rank has a line of its own, 0.05 × rank / 20.",
            "find the largest rank whose p is at most 0.05 × rank / 20. That rank is the count.",
        ),
    },
    worked=lambda _: (
        f"0.05 / 20 = {_ALPHA / _M:g}, and {_COUNTS['bonferroni']:.0f} lies at or below it. Sorted, the last "
        f"p at or below 0.05 × rank / 20 has the rank {_COUNTS['benjamini_hochberg']:.0f}: so many survive."
    ),
    well="one question answered strictly, the other with a named share of luck; both count every try.",
)

# --- 08.3: the bug hunt ---

_LEFT = {1: "One", 2: "Two", 3: "Three", 4: "Four"}
_BROKEN = {
    "silent": "score says nothing any more, or always the same. A repair took too much away.",
    "knows the future": "score still changes when later days are cut off, in a new way. What in it "
    "is counted over all days?",
    "funding": "the money for funding goes another way now. Who holds a long through a day pays that day's "
    "rate; who holds a short receives it.",
    "fill": "a position is held on other days than the ones after its decision. Decided at the end of a "
    "day, it earns what the next day brings.",
    "before it is known": "shift(-1) puts the position on the day before its decision, when nobody could "
    "hold it. shift(1) moves it to the day after.",
    "tomorrow": "shift(-1) brings the next day's move to today. It is earned tomorrow: leave the moves where "
    "they are, and move the position to the next day with shift(1).",
    "dead": "a coin that is gone still takes part. After its last price it has no return, not a return of 0.",
    "books": "the books of a small market do not come out any more. Each day is the mean, over the coins "
    "that are there, of side times (move less funding).",
}


def _hunted(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    left, broken = remaining(answers["score"], answers["backtest"])
    if left == FAULTS:
        raise Unfinished(
            "all five faults are still there: your turn. Change a line, run its cell, then this one again."
        )
    return {"faults": broken or float(left)}


HUNT = Exercise(
    id="08.3",
    parts=("score", "backtest"),
    observe=_hunted,
    countdown="faults",
    counts=("faults",),
    answer=_is({"faults": 0.0}),
    rules=(
        *(
            Malrule(
                f"{left}-left",
                "faults",
                _is(float(left)),
                f"{word} of the five faults {'is' if left == 1 else 'are'} left, and nothing new is broken.",
            )
            for left, word in _LEFT.items()
        ),
        *(
            Malrule(name.replace(" ", "-"), "faults", _is(name), f"something new is wrong: {says}")
            for name, says in _BROKEN.items()
        ),
    ),
    hints=(
        "ask of each line: would it have given the same number on that day?",
        "ask of each coin and each day: who was there, who paid, and when was it decided?",
    ),
    worked=lambda _: (
        "score: close.rolling(25).mean() without a centre, and slope over slope.rolling(100).std() instead "
        "of the mean and spread of all days. backtest: keep all coins; "
        "held = np.sign(score(closes)).shift(1); "
        "then held * (moves - funding), and the mean over the coins that are there."
    ),
    well="it knows no later day, fills after deciding, pays its funding, and counts the dead.",
)

EXERCISES = {each.id: each for each in (BEST_OF, SURVIVORS, HUNT, PLAN)}
"""By id, in the order of the lesson."""
