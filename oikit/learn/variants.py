"""Individual numbers for each learner: always the same ones, computed without a stored list.

Which entry of a short list is taken follows from an HMAC of the course, the learner, the exercise
and the name of the number. So a teacher can draw them again, and a reload changes nothing. The
learner ``"class"`` has the numbers that stand in the exercise itself.

Every combination is tested: the wrong models stay apart from each other and from the right answer,
and what the exercise says in words stays true. Exercises whose words name their numbers, such as four
of four, have no list, and are the same for everyone.
"""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import itertools
from collections.abc import Iterator, Mapping

from oikit.learn.exercise import Exercise
from oikit.learn.learners import CLASS

OTHER_NUMBERS = "other-numbers"
"""What is noted for an answer that is right for the numbers of the class: no wrong idea."""

_COURSE = b"oikit 1"

DRAWS: dict[str, Mapping[str, tuple[float, ...]]] = {
    # The price falls and dollars rise: both are said in words.
    "01.2": {
        "price_before": (240, 260, 275),
        "price_after": (225, 232, 236),
        "contracts_before": (1_500_000, 2_200_000),
        "contracts_after": (3_000_000, 3_200_000, 3_500_000),
    },
    "02.1": {
        "coins_a": (380_000, 510_000, 560_000),
        "value_b": (130_000_000, 182_000_000),
        "both_sides_c": (150_000, 210_000, 230_000),
        "price": (480, 540, 610),
        "circulating_supply": (112_000_000, 136_000_000, 145_000_000),
    },
    "04.1": {
        "coins": (30, 50, 70, 80),
        "mark_price": (580.0, 590.0, 640.0),
        "funding_rate": (-0.0002, -0.0003, -0.0005),
        "leverage": (5, 8, 12),
    },
    "05.1": {
        "long_accounts": (0.56, 0.58, 0.61, 0.67, 0.72, 0.76),
        "open_interest": (40_000, 60_000, 75_000, 120_000),
    },
    "06.1": {
        "leverage": (12, 15, 16, 18),
        "maintenance_margin_rate": (0.008, 0.012, 0.015),
        "funding_paid": (0.003, 0.004, 0.006),
    },
    "06.2": {
        "equity": (12_000, 24_000, 45_000, 60_000),
        "cap": (0.01, 0.015, 0.03),
        "leverage": (4, 6, 12),
        "stop": (0.04, 0.06, 0.075),
    },
}
"""For each exercise, the numbers that are drawn and the list each is drawn from."""


def drawn(exercise: Exercise, learner: str) -> Exercise:
    """Return the exercise with this learner's numbers."""
    lists = DRAWS.get(exercise.id, {})
    if learner == CLASS or not lists:
        return exercise
    return _with(exercise, {name: _pick(learner, exercise.id, name, lists[name]) for name in lists})


def every(exercise: Exercise) -> Iterator[Exercise]:
    """Yield the exercise as the class has it, then with every combination a learner can draw."""
    yield exercise
    lists = DRAWS.get(exercise.id, {})
    if lists:
        for values in itertools.product(*lists.values()):
            yield _with(exercise, dict(zip(lists, values, strict=True)))


def _with(exercise: Exercise, values: Mapping[str, float]) -> Exercise:
    given = {name: (values.get(name, value), unit) for name, (value, unit) in exercise.given.items()}
    return dataclasses.replace(exercise, given=given)


def _pick(learner: str, exercise: str, name: str, values: tuple[float, ...]) -> float:
    said = hmac.digest(_COURSE, f"{learner}|{exercise}|{name}".encode(), hashlib.sha256)
    return values[int.from_bytes(said[:8], "big") % len(values)]
