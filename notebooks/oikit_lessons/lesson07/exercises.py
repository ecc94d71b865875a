"""The exercises of lesson 07, the AI lens.

Sources of the facts: folds are cut as by `oikit.lens.folds.walk_forward`, in days; a correction by shares of
the past keeps the order of a model and takes its numbers from what happened. The exercises that score and
decide are in `oikit_lessons.lesson07.exercises_scores`. The numbers here are ours and differ from the ones
the lesson works through.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from oikit.errors import InputError
from oikit.learn.exercise import Exercise, Malrule, Property, plain
from oikit.learn.todo import untouched
from oikit_lessons.lesson07.exercises_scores import BRIER, SHUFFLED, THRESHOLD

# --- 07.1 ---

Pair = tuple[list[int], list[int]]
_CUTS = ((20, 3, 1, 5), (24, 2, 3, 4), (30, 5, 2, 6))
"""Days, horizon, gap and length of a test; the first test starts in the middle."""


def _splits(n: int, horizon: int, gap: int, size: int, *, wait: int | None = None) -> list[Pair]:
    free = horizon + gap if wait is None else wait
    starts = range(n // 2, n, size)
    return [(list(range(max(at - free, 0))), list(range(at, min(at + size, n)))) for at in starts]


def _around(n: int, horizon: int, gap: int, size: int) -> list[Pair]:
    return [
        ([day for day in range(n) if day not in test], test) for _, test in _splits(n, horizon, gap, size)
    ]


def _one_window(n: int, horizon: int, gap: int, size: int) -> list[Pair]:
    first = _splits(n, horizon, gap, size)[0][0]
    return [(first, test) for _, test in _splits(n, horizon, gap, size)]


def _read_pairs(value: Any) -> list[Pair]:
    if untouched(value):
        plain(value, "splits")  # says so
    try:
        pairs = [([int(day) for day in train], [int(day) for day in test]) for train, test in value]
    except (TypeError, ValueError):
        raise InputError("splits gives back no list of pairs (train, test), each a list of days.") from None
    if not all(train and test for train, test in pairs) or not pairs:
        raise InputError("splits gives back a pair with no days in it; there is a past for every test here.")
    return [(sorted(train), sorted(test)) for train, test in pairs]


def _flat(pairs: Sequence[Pair]) -> list[list[float]]:
    return [[float(day) for day in part] for pair in pairs for part in pair]


def _run_splits(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    function = answers["splits"]
    if not callable(function):
        raise InputError(f"splits is {function!r}; it should be a function of n, horizon, gap and size.")
    return {"folds": [_flat(_read_pairs(function(*cut))) for cut in _CUTS]}


def _folds(rule: Callable[..., list[Pair]]) -> Callable[[Any], list[list[list[float]]]]:
    return lambda _: [_flat(rule(*cut)) for cut in _CUTS]


def _kept_free(seen: Mapping[str, Any], _: Any) -> bool:
    return all(
        max(train) + horizon + gap < min(test)
        for (_, horizon, gap, _), flat in zip(_CUTS, seen["folds"], strict=True)
        for train, test in zip(flat[::2], flat[1::2], strict=True)
    )


SPLITS = Exercise(
    id="07.1",
    parts=("splits",),
    observe=_run_splits,
    counts=("folds",),
    answer=lambda given: {"folds": _folds(_splits)(given)},
    rules=(
        Malrule(
            "no-gap",
            "folds",
            _folds(lambda n, h, g, s: _splits(n, h, g, s, wait=0)),
            "your past goes up to the test itself. The answer of its last day is known only within the test.",
        ),
        Malrule(
            "forgets-the-horizon",
            "folds",
            _folds(lambda n, h, g, s: _splits(n, h, g, s, wait=g)),
            "you keep the gap free, and the last days of the past still look into the test. How far does an "
            "answer look?",
        ),
        Malrule(
            "forgets-the-gap",
            "folds",
            _folds(lambda n, h, g, s: _splits(n, h, g, s, wait=h)),
            "the answers end in time; what you were asked to keep free beyond that is missing.",
        ),
        Malrule(
            "one-day-too-late",
            "folds",
            _folds(lambda n, h, g, s: _splits(n, h, g, s, wait=h + g - 1)),
            "one day too many teaches: its answer is known exactly when the test begins, and the property "
            "asks for before.",
        ),
        Malrule(
            "the-future-teaches",
            "folds",
            _folds(_around),
            "you teach with every day that is not in the test, so the days after it teach as well. Nobody "
            "had them.",
        ),
        Malrule(
            "never-learns-more",
            "folds",
            _folds(_one_window),
            "every test has the past of the first one. As time goes on more of the past may teach.",
        ),
    ),
    properties=(
        Property(
            "kept-free",
            _kept_free,
            "a property fails: in each fold max(train) + horizon + gap must be less than min(test).",
        ),
    ),
    hints=(
        "tests start at n // 2, and then every size days. Which is the last day that may teach for one?",
        "for a test that starts at day s, range(s - horizon - gap) teaches; the last test may be short.",
    ),
    worked=lambda _: (
        "for each s in range(n // 2, n, size): train = range(s - horizon - gap) and test = "
        "range(s, min(s + size, n))."
    ),
    well="each test is judged by a past whose answers were all known before it began.",
)


# --- 07.3 ---


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


PULL = 10
"""So many past forecasts of the base rate stand beside those of each side."""


def _past(seed: int, n: int) -> tuple[tuple[float, ...], tuple[float, ...], tuple[int, ...]]:
    """A past whose forecasts are too bold, and some new ones."""
    draw = random.Random(seed)
    said = tuple(round(draw.uniform(0.05, 0.95), 2) for _ in range(n))
    came = tuple(int(draw.random() < 0.3 + 0.3 * (p >= 0.5)) for p in said)
    return (0.9, 0.2, 0.5, 0.65, 0.05), said, came


_PASTS = (_past(2, 40), _past(3, 60), _past(5, 30))


def _shares(past: Sequence[Any], pull: float, *, line: float = 0.5) -> list[float]:
    said, before, came = past
    rate, told = _mean(came), []
    for p in said:
        side = [y for q, y in zip(before, came, strict=True) if (q >= line) == (p >= line)]
        told.append((sum(side) + pull * rate) / (len(side) + pull))
    return told


def _half_way(past: Sequence[Any]) -> list[float]:
    return [(p + _mean(past[2])) / 2 for p in past[0]]


def _each(rule: Callable[[Sequence[Any]], list[float]]) -> Callable[[Any], list[list[float]]]:
    return lambda _: [rule(past) for past in _PASTS]


def _run_corrected(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    function = answers["corrected"]
    if not callable(function):
        raise InputError(f"corrected is {function!r}; it should be a function.")
    told = [plain(function(*map(list, past)), "what corrected gives back") for past in _PASTS]
    for past, each in zip(_PASTS, told, strict=True):
        if not isinstance(each, list) or len(each) != len(past[0]):
            raise InputError(f"corrected gives back {each!r}; give one probability for each of said.")
    return {"told": told}


def _rising(seen: Mapping[str, Any], _: Any) -> bool:
    for past, told in zip(_PASTS, seen["told"], strict=True):
        ordered = [each for _, each in sorted(zip(past[0], told, strict=True))]
        if any(after < before - 1e-9 for before, after in itertools.pairwise(ordered)):
            return False
    return True


def _near_the_rate(seen: Mapping[str, Any], _: Any) -> bool:
    from oikit.stats import wilson

    for past, told in zip(_PASTS, seen["told"], strict=True):
        rate = wilson(sum(past[2]), len(past[2]))
        if not rate.low <= _mean(told) <= rate.high:
            return False
    return True


CORRECTED = Exercise(
    id="07.3",
    parts=("corrected",),
    observe=_run_corrected,
    answer=lambda given: {"told": _each(lambda past: _shares(past, PULL))(given)},
    rules=(
        Malrule(
            "untouched",
            "told",
            _each(lambda past: list(past[0])),
            "these are the forecasts as they came. How often did it happen, on each side of one half?",
        ),
        Malrule(
            "no-pull",
            "told",
            _each(lambda past: _shares(past, 0)),
            "the shares are right. A side with few cases swings: let ten of the base rate stand beside it.",
        ),
        Malrule(
            "all-in-one",
            "told",
            _each(lambda past: [_mean(past[2])] * len(past[0])),
            "that is the base rate for all. It is honest, and throws away what the sides tell apart.",
        ),
        Malrule(
            "half-way",
            "told",
            _each(_half_way),
            "you go half way to the base rate whatever the past says. Let the past decide how far.",
        ),
    ),
    properties=(
        Property("rising", _rising, "a property fails: whoever said more must not be told less."),
        Property(
            "near-the-rate",
            _near_the_rate,
            "a property fails: the mean of what you say lies outside the interval of how often it happens.",
        ),
    ),
    hints=(
        "for each new forecast take the past ones on its own side of one half (0.5 itself counts as above).",
        "(how many of them came + 10 × the base rate) / (how many they are + 10).",
    ),
    worked=lambda _: (
        "rate = mean(past_came); for each p: side = the outcomes whose past forecast was on the side of p; "
        "(sum(side) + 10 × rate) / (len(side) + 10)."
    ),
    well="the order of the model stays, and the size of its numbers comes from what happened.",
)


EXERCISES = {each.id: each for each in (SPLITS, BRIER, CORRECTED, THRESHOLD, SHUFFLED)}
"""By id, in the order of the lesson."""
