"""The exercises of lesson 03, velocity and divergence.

Sources of the facts: velocity is the log change in coins, as in `oikit.indicators.velocity`; the
score is the trailing one of `oikit.indicators.robust_zscore`; the chance of a line-up is the upper
tail of the binomial distribution. A function is also run on data whose end was cut off: what it said
before must not change.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from oikit.errors import InputError
from oikit.learn.exercise import Exercise, Malrule, Property, plain
from oikit.learn.todo import untouched

Floats = npt.NDArray[np.float64]
Rule = Callable[[Floats, int], Floats]

UNKNOWN = "unknown"
_LENGTHS = ((12, 1), (15, 3), (24, 5))
_CUT = 2
"""This many bars are cut off the end."""


def _data(seed: int = 3) -> list[tuple[Floats, int]]:
    draw = np.random.default_rng(seed)
    return [(np.round(1000 * np.exp(draw.normal(0, 0.04, n).cumsum()), 1), w) for n, w in _LENGTHS]


def _score_data() -> list[tuple[Floats, int]]:
    return [(values, max(5, w)) for values, w in _data(seed=4)]


def _column(values: Any) -> list[Any]:
    """Numbers as they are; a place that is not known by a word, so that it can be compared."""
    return [UNKNOWN if math.isnan(each) else float(each) for each in np.asarray(values, dtype=float)]


def _read(value: Any, name: str, length: int) -> list[Any]:
    if isinstance(value, str | bytes | Mapping):
        raise InputError(f"{name} gives back {value!r}; a list of numbers is asked for.")
    try:
        found = np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise InputError(f"{name} gives back something that is no list of numbers.") from None
    if found.ndim != 1 or len(found) != length:
        size = len(found) if found.ndim == 1 else "no list of"
        raise InputError(
            f"{name} gives back {size} numbers for {length} bars; give one for each bar, and "
            "float('nan') where the window is not full."
        )
    if np.isinf(found).any():
        raise InputError(f"{name} gives back a number that is infinite; look at what you divide by.")
    return _column(found)


def _runs(part: str, data: Callable[[], list[tuple[Floats, int]]]) -> Callable[[Any, Mapping[str, Any]], Any]:
    """Call the learner's function on whole columns, and on the same ones cut short."""

    def observe(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
        function = answers[part]
        if not callable(function):
            raise InputError(f"{part} is {function!r}; it should be a function of a list and of a window.")
        whole, cut = [], []
        for values, window in data():
            got = function(values.tolist(), window)
            if untouched(got):
                plain(got, part)  # says so
            whole.append(_read(got, part, len(values)))
            early = values[:-_CUT].tolist()
            cut.append(_read(function(early, window), part, len(early)))
        return {"values": whole, "cut": cut}

    return observe


def _answers(rule: Rule, data: Callable[[], list[tuple[Floats, int]]]) -> Callable[[Any], dict[str, Any]]:
    def answer(_: Any) -> dict[str, Any]:
        return {
            "values": [_column(rule(values, window)) for values, window in data()],
            "cut": [_column(rule(values[:-_CUT], window)) for values, window in data()],
        }

    return answer


def _gives(rule: Rule, data: Callable[[], list[tuple[Floats, int]]]) -> Callable[[Any], list[Any]]:
    return lambda given: _answers(rule, data)(given)["values"]


def _early_agrees(seen: Mapping[str, Any], _: Any) -> bool:
    pairs = zip(seen["values"], seen["cut"], strict=True)
    return all(repr(whole[: len(cut)]) == repr(cut) for whole, cut in pairs)


_NO_FUTURE = Property(
    "no-look-ahead",
    _early_agrees,
    "a property fails: the value at time t must not change when the future is cut off.",
)


# --- 03.1 ---


def _behind(values: Floats, window: int, of: Callable[[Floats, Floats], Floats]) -> Floats:
    out = np.full(len(values), np.nan)
    out[window:] = of(values[window:], values[:-window])
    return out


def _velocity(values: Floats, window: int) -> Floats:
    return _behind(values, window, lambda now, then: np.log(now / then))


def _ahead(values: Floats, window: int) -> Floats:
    out = np.full(len(values), np.nan)
    out[:-window] = np.log(values[window:] / values[:-window])
    return out


VELOCITY = Exercise(
    id="03.1",
    parts=("velocity_of",),
    observe=_runs("velocity_of", _data),
    answer=_answers(_velocity, _data),
    rules=(
        Malrule(
            "looks-ahead",
            "values",
            _gives(_ahead, _data),
            "your value at a bar compares it with a *later* one. Cut the future off, and it changes. Which "
            "bar lies w before?",
        ),
        Malrule(
            "per-cent-change",
            "values",
            _gives(lambda v, w: _behind(v, w, lambda now, then: now / then - 1), _data),
            "that is the change as a fraction. Up by a tenth and down by a tenth then do not cancel; the log "
            "change is asked for.",
        ),
        Malrule(
            "coins-not-logs",
            "values",
            _gives(lambda v, w: _behind(v, w, lambda now, then: now - then), _data),
            "that is a number of coins. A thousand coins are much for one market and nothing for another: "
            "take logarithms first.",
        ),
        Malrule(
            "then-minus-now",
            "values",
            _gives(lambda v, w: -_velocity(v, w), _data),
            "the sign is turned round: a growing open interest has a velocity above zero.",
        ),
        Malrule(
            "window-too-short",
            "values",
            _gives(lambda v, w: _velocity(v, max(1, w - 1)), _data),
            "your window is one bar short. From bar to bar, w steps lie between the two ends.",
        ),
        Malrule(
            "window-too-long",
            "values",
            _gives(lambda v, w: _velocity(v, w + 1), _data),
            "your window is one bar too long. From bar to bar, w steps lie between the two ends.",
        ),
        Malrule(
            "per-bar",
            "values",
            _gives(lambda v, w: _velocity(v, w) / w, _data),
            "that is the change per bar. The change over the whole window is asked for.",
        ),
        Malrule(
            "unknown-as-zero",
            "values",
            _gives(lambda v, w: np.nan_to_num(_velocity(v, w)), _data),
            "the first w bars are zero, but you can't know that nothing moved. Use float('nan').",
        ),
    ),
    properties=(_NO_FUTURE,),
    hints=(
        "at bar t you need the value of bar t and of bar t - w; the first w bars have none.",
        "log(oi[t] / oi[t - w]) for t from w on, and float('nan') before.",
    ),
    worked=lambda _: (
        "[float('nan')] * w for the first w bars, then math.log(oi[t] / oi[t - w]) for each t from w on."
    ),
    well="nothing changes when the future is cut off: at each bar your function knows what you knew.",
)


# --- 03.2 ---


def _trailing(values: Floats, window: int, of: Callable[[float, Floats], float], *, own: int = 0) -> Floats:
    """Apply `of` to each value and the `window` before it; with `own` = 1 it is in its own window."""
    out = np.full(len(values), np.nan)
    for t in range(window - own, len(values)):
        out[t] = of(float(values[t]), values[t - window + own : t + own])
    return out


def _robust(value: float, past: Floats) -> float:
    middle = np.median(past)
    return float((value - middle) / (1.4826 * np.median(np.abs(past - middle))))


def _plain(value: float, past: Floats) -> float:
    return float((value - past.mean()) / past.std())


def _one_less(value: float, past: Floats) -> float:
    return float((value - past.mean()) / past.std(ddof=1))


def _without_factor(value: float, past: Floats) -> float:
    return _robust(value, past) * 1.4826


def _expanding(values: Floats, window: int) -> Floats:
    out = np.full(len(values), np.nan)
    for t in range(window, len(values)):
        out[t] = _robust(float(values[t]), values[:t])
    return out


def _own_from_w(values: Floats, window: int) -> Floats:
    out = _trailing(values, window, _robust, own=1)
    out[:window] = np.nan
    return out


def _whole(values: Floats, window: int) -> Floats:
    out = np.array([_robust(float(each), values) for each in values])
    out[:window] = np.nan
    return out


SCORE = Exercise(
    id="03.2",
    parts=("score",),
    observe=_runs("score", _score_data),
    answer=_answers(lambda v, w: _trailing(v, w, _robust), _score_data),
    rules=(
        Malrule(
            "whole-sample",
            "values",
            _gives(_whole, _score_data),
            "your yardstick is made of the whole sample, so a property fails: the value at time t must not "
            "change when the future is cut off. Use the w values before it.",
        ),
        Malrule(
            "includes-itself",
            "values",
            _gives(lambda v, w: _trailing(v, w, _robust, own=1), _score_data),
            "the value is part of its own yardstick, so a jump makes itself look smaller. Use the w values "
            "*before* it.",
        ),
        Malrule(
            "within-its-own-window",
            "values",
            _gives(_own_from_w, _score_data),
            "your window ends with the value itself, which is then part of its own yardstick. End it one bar "
            "before.",
        ),
        Malrule(
            "all-of-the-past",
            "values",
            _gives(_expanding, _score_data),
            "your yardstick is all of the past, and it grows. Only the last w values are asked for.",
        ),
        Malrule(
            "mean-and-deviation",
            "values",
            _gives(lambda v, w: _trailing(v, w, _plain), _score_data),
            "that is mean and standard deviation. One earlier jump would stretch both; take medians.",
        ),
        Malrule(
            "mean-and-sample-deviation",
            "values",
            _gives(lambda v, w: _trailing(v, w, _one_less), _score_data),
            "that is mean and sample standard deviation. One earlier jump stretches both: use medians.",
        ),
        Malrule(
            "forgets-the-factor",
            "values",
            _gives(lambda v, w: _trailing(v, w, _without_factor), _score_data),
            "the median distance is a third smaller than a standard deviation. Multiply it by 1.4826.",
        ),
        Malrule(
            "unknown-as-zero",
            "values",
            _gives(lambda v, w: np.nan_to_num(_trailing(v, w, _robust)), _score_data),
            "the first w bars score zero, which means usual. You can't know that, so use float('nan').",
        ),
    ),
    properties=(_NO_FUTURE,),
    hints=(
        "at bar t the past is values[t - w : t]; its median is the middle.",
        "divide the distance from the middle by 1.4826 × the median of the distances of the past.",
    ),
    worked=lambda _: (
        "for t from w on: past = values[t - w : t], middle = median(past), width = median of "
        "|past - middle|, and the score is (values[t] - middle) / (1.4826 × width)."
    ),
    well="a jump is measured by what was known before it, and nothing of it gets into its own yardstick.",
)


# --- 03.3 ---

PANELS = 20
_PICKS = ((1, 1), (2, 10), (3, 12), (4, 30), (5, 30), (0, 5), (2, 2))


def _exactly(k: int, n: int, rate: float = 1 / PANELS) -> float:
    return math.comb(n, k) * rate**k * (1 - rate) ** (n - k)


def _at_least(k: int, n: int, rate: float = 1 / PANELS) -> float:
    return sum(_exactly(hits, n, rate) for hits in range(k, n + 1))


def _for_all(make: Callable[[int, int], float]) -> Callable[[Any], list[float]]:
    return lambda _: [float(make(k, n)) for k, n in _PICKS]


def _run_chance(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    function = answers["chance"]
    if not callable(function):
        raise InputError(f"chance is {function!r}; it should be a function of k and n.")
    return {"chances": [plain(function(k, n), "what chance gives back") for k, n in _PICKS]}


def _are_chances(seen: Mapping[str, Any], _: Any) -> bool:
    chances: Sequence[Any] = seen["chances"]
    return all(isinstance(each, float) and 0 <= each <= 1 + 1e-9 for each in chances)


CHANCE = Exercise(
    id="03.3",
    parts=("chance",),
    observe=_run_chance,
    answer=lambda given: {"chances": _for_all(_at_least)(given)},
    rules=(
        Malrule(
            "exactly-k",
            "chances",
            _for_all(_exactly),
            "that is the chance of exactly k. A result that is even better would also count: k or more.",
        ),
        Malrule(
            "more-than-k",
            "chances",
            _for_all(lambda k, n: _at_least(k + 1, n)),
            "that is the chance of more than k. The result itself counts, too: k or more.",
        ),
        Malrule(
            "at-most-k",
            "chances",
            _for_all(lambda k, n: 1 - _at_least(k + 1, n)),
            "that is the chance of k or fewer. How often does luck do *as well or better*?",
        ),
        Malrule(
            "a-coin",
            "chances",
            _for_all(lambda k, n: _at_least(k, n, 0.5)),
            "you let luck be right half of the time. Only one panel of 20 is real.",
        ),
        Malrule(
            "all-of-them",
            "chances",
            _for_all(lambda k, n: (1 / PANELS) ** k),
            "that is the chance that k people are all right. Which k of the n is left open, too.",
        ),
        Malrule(
            "share",
            "chances",
            _for_all(lambda k, n: k / n),
            "that is the share who were right. How often would luck alone make such a share?",
        ),
        Malrule(
            "in-per-cent",
            "chances",
            _for_all(lambda k, n: 100 * _at_least(k, n)),
            "your chances are in per cent, and they are right. Give them as fractions.",
        ),
    ),
    properties=(
        Property("a-chance", _are_chances, "a property fails: a chance is one number from nothing to one."),
    ),
    hints=(
        "exactly k of n: the ways to choose them, times 1/20 for each hit, times 19/20 for each miss.",
        "sum math.comb(n, j) × 0.05^j × 0.95^(n - j) over j from k to n.",
    ),
    worked=lambda _: (
        f"for 4 of 30: the sum of comb(30, j) × 0.05^j × 0.95^(30 - j) over j from 4 to 30 is "
        f"{_at_least(4, 30):.4f}."
    ),
    well="4 of 30 may be luck, 5 of 30 hardly. Now a class can measure what it sees.",
)

EXERCISES = {each.id: each for each in (VELOCITY, SCORE, CHANCE)}
"""By id, in the order of the lesson."""
