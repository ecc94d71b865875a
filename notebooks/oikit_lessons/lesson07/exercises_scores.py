"""The exercises of lesson 07 that score forecasts and decide by them.

Sources of the facts: the Brier score is that of `oikit.stats.brier`, skill is measured against the base rate
of the past; acting pays where the expected saving exceeds what it costs; a p from shuffles counts the real
result among them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from oikit.errors import InputError
from oikit.learn.exercise import Exercise, Malrule, plain

Cases = Sequence[tuple[Any, ...]]


def _runs(part: str, cases: Cases, names: Sequence[str]) -> Callable[[Any, Mapping[str, Any]], Any]:
    """Call the learner's function on every case; one named list for each number it gives back."""

    def observe(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
        function = answers[part]
        if not callable(function):
            raise InputError(f"{part} is {function!r}; it should be a function.")
        got = []
        for case in cases:
            value = function(*(list(each) if isinstance(each, tuple) else each for each in case))
            told = plain(value, f"what {part} gives back")
            got.append(told if isinstance(told, list) else [told])
            if len(got[-1]) != len(names):
                raise InputError(
                    f"{part} gives back {len(got[-1])} number(s); asked for: {', '.join(names)}."
                )
        return {name: [each[at] for each in got] for at, name in enumerate(names)}

    return observe


def _of_all(rule: Callable[..., float], cases: Cases) -> Callable[[Any], list[float]]:
    return lambda _: [float(rule(*case)) for case in cases]


# --- 07.2 ---


def _said(seed: int, n: int, rate: float) -> tuple[tuple[float, ...], tuple[int, ...], float]:
    draw = random.Random(seed)
    said = tuple(round(draw.uniform(0.1, 0.9), 2) for _ in range(n))
    return said, tuple(int(draw.random() < p) for p in said), rate


_TOLD = (((0.8, 0.4, 0.1), (1, 0, 0), 0.4), _said(1, 9, 0.3), _said(4, 14, 0.25))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _brier(said: Sequence[float], came: Sequence[float], base: float = 0.0) -> float:
    return _mean([(p - y) ** 2 for p, y in zip(said, came, strict=True)])


def _base(came: Sequence[float], base: float) -> float:
    return _brier([base] * len(came), came)


def _skill(said: Sequence[float], came: Sequence[float], base: float) -> float:
    return 1 - _brier(said, came) / _base(came, base)


def _accuracy(said: Sequence[float], came: Sequence[float], base: float) -> float:
    return _mean([(p >= 0.5) == (y == 1) for p, y in zip(said, came, strict=True)])


BRIER = Exercise(
    id="07.2",
    parts=("worth",),
    observe=_runs("worth", _TOLD, ("score", "skill")),
    answer=lambda g: {"score": _of_all(_brier, _TOLD)(g), "skill": _of_all(_skill, _TOLD)(g)},
    rules=(
        Malrule(
            "accuracy",
            "score",
            _of_all(_accuracy, _TOLD),
            "score: that is accuracy. It asks on which side of one half you were, and forgets how sure.",
        ),
        Malrule(
            "root",
            "score",
            _of_all(lambda s, c, b: _brier(s, c) ** 0.5, _TOLD),
            "score: that is its square root. The Brier score is the mean square itself.",
        ),
        Malrule(
            "absolute",
            "score",
            _of_all(lambda s, c, b: _mean([abs(p - y) for p, y in zip(s, c, strict=True)]), _TOLD),
            "score: those are distances, not squares. With distances, saying nothing but 0 and 1 would pay.",
        ),
        Malrule(
            "sum",
            "score",
            _of_all(lambda s, c, b: _brier(s, c) * len(s), _TOLD),
            "score: that is the sum. Divide it by the number of forecasts.",
        ),
        Malrule(
            "ratio",
            "skill",
            _of_all(lambda s, c, b: 1 - _skill(s, c, b), _TOLD),
            "skill: that is the share that is left. Skill is the share that was removed.",
        ),
        Malrule(
            "over-your-own-score",
            "skill",
            _of_all(lambda s, c, b: 1 - _base(c, b) / _brier(s, c), _TOLD),
            "skill: you divide by the score of the forecasts. Divide by the score of the base rate.",
        ),
        Malrule(
            "difference",
            "skill",
            _of_all(lambda s, c, b: _base(c, b) - _brier(s, c), _TOLD),
            "skill: that is a difference of scores. As a share of which of them?",
        ),
        Malrule(
            "hindsight",
            "skill",
            _of_all(lambda s, c, b: _skill(s, c, _mean(c)), _TOLD),
            "skill: you compare with the share that came in this very test, which nobody knew. Use base.",
        ),
        Malrule(
            "variance",
            "skill",
            _of_all(lambda s, c, b: 1 - _brier(s, c) / (b * (1 - b)), _TOLD),
            "skill: base × (1 − base) is what the base rate scores on average. Score it on these outcomes.",
        ),
        Malrule(
            "a-coin",
            "skill",
            _of_all(lambda s, c, b: _skill(s, c, 0.5), _TOLD),
            "skill: you compare with always saying one half. The forecast to beat says base each time.",
        ),
    ),
    hints={
        "score": (
            "for each forecast: how far was said from came?",
            "the score is the mean of (said − came) squared.",
        ),
        "skill": (
            "first score somebody who says base each time, on the same outcomes.",
            "skill is 1 − score / score of the base rate.",
        ),
    },
    worked=lambda _: (
        f"for said = {list(_TOLD[0][0])}, came = {list(_TOLD[0][1])}, base = {_TOLD[0][2]:g}: the score is "
        f"{_brier(*_TOLD[0]):.4f}, that of the base rate {_base(_TOLD[0][1], _TOLD[0][2]):.4f}, and the "
        f"skill {_skill(*_TOLD[0]):.4f}."
    ),
    well="squared distance, and the share of it that the forecasts remove from the base rate's.",
)

# --- 07.4 ---

_COSTS = ((12.0, 80.0, 0.75), (5.0, 200.0, 0.5), (30.0, 45.0, 0.9))


def _line(cost: float, loss: float, saved: float) -> float:
    return cost / (loss * saved)


THRESHOLD = Exercise(
    id="07.4",
    parts=("act_from",),
    observe=_runs("act_from", _COSTS, ("line",)),
    answer=lambda given: {"line": _of_all(_line, _COSTS)(given)},
    rules=(
        Malrule(
            "one-half",
            "line",
            _of_all(lambda c, d, s: 0.5, _COSTS),
            "one half is where yes becomes more likely than no. What an act costs and saves decides.",
        ),
        Malrule(
            "saves-all",
            "line",
            _of_all(lambda c, d, s: c / d, _COSTS),
            "you let the act save the whole loss. It saves the share saved.",
        ),
        Malrule(
            "what-is-left",
            "line",
            _of_all(lambda c, d, s: c / (d * (1 - s)), _COSTS),
            "that is the part of the loss which the act does not save.",
        ),
        Malrule(
            "as-odds",
            "line",
            _of_all(lambda c, d, s: c / (c + d * s), _COSTS),
            "the cost is paid whether it happens or not, so it does not belong below the line as well.",
        ),
        Malrule(
            "upside-down",
            "line",
            _of_all(lambda c, d, s: d * s / c, _COSTS),
            "that is the saving over the cost. At which probability are p × saving and cost the same?",
        ),
    ),
    hints=(
        "acting costs the same each time, and saves loss × saved when it happens.",
        "solve p × loss × saved = cost for p.",
    ),
    worked=lambda _: "cost / (loss × saved): for 12, 80 and 0.75 it is 12 / 60 = 0.2.",
    well="a probability does not say what to do; costs and probability together do.",
)


# --- 07.5 ---

_SHUFFLES = (
    (3.0, (1.0, 3.0, 2.0, 5.0, 0.0, 1.5, 2.5, 0.5, 4.0)),
    (9.0, tuple(float(each % 7) for each in range(199))),
    (0.4, (0.1, 0.2, 0.4, 0.4, 0.3)),
)


def _chance(real: float, shuffled: Sequence[float]) -> float:
    return (1 + sum(each >= real for each in shuffled)) / (len(shuffled) + 1)


SHUFFLED = Exercise(
    id="07.5",
    parts=("chance_of",),
    observe=_runs("chance_of", _SHUFFLES, ("p",)),
    answer=lambda given: {"p": _of_all(_chance, _SHUFFLES)(given)},
    rules=(
        Malrule(
            "never-by-chance",
            "p",
            _of_all(lambda r, s: sum(each >= r for each in s) / len(s), _SHUFFLES),
            "the real one is one of the ways in which it could have come; count it too, above and below the "
            "line. No chance is zero after so few tries.",
        ),
        Malrule(
            "better-only",
            "p",
            _of_all(lambda r, s: (1 + sum(each > r for each in s)) / (len(s) + 1), _SHUFFLES),
            "you leave out the shuffles that did exactly as well.",
        ),
        Malrule(
            "the-other-tail",
            "p",
            _of_all(lambda r, s: (1 + sum(each <= r for each in s)) / (len(s) + 1), _SHUFFLES),
            "you count those that did as badly or worse.",
        ),
        Malrule(
            "a-rank",
            "p",
            _of_all(lambda r, s: 1 + sum(each >= r for each in s), _SHUFFLES),
            "that is a rank, and a fine thing to report. Of how many?",
        ),
        Malrule(
            "adds-below-only",
            "p",
            _of_all(lambda r, s: sum(each >= r for each in s) / (len(s) + 1), _SHUFFLES),
            "the real one was added below the line and not above it.",
        ),
    ),
    hints=(
        "how many of all results, the real one among them, are at least as good as the real one?",
        "(1 + how many shuffled are >= real) / (len(shuffled) + 1).",
    ),
    worked=lambda _: (
        f"for 3 among nine shuffles of which three reach it: (1 + 3) / 10 = {_chance(*_SHUFFLES[0]):g}."
    ),
    well="the rank of the real one among all, and it can never be zero.",
)
