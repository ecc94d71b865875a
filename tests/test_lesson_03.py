"""Lesson 03: why each wrong answer is wrong, and the numbers of its questions."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest

import oikit
from oikit.claims.events import first_in_cluster
from oikit.indicators import oi_to_cap, robust_zscore, velocity
from oikit.learn.exercise import judge
from oikit.learn.lessons import question
from oikit.learn.todo import TODO
from oikit.stats import binomial_p
from oikit_lessons.lesson03.exercises import EXERCISES
from oikit_lessons.lesson03.questions import QUESTIONS

KEPT = Path(__file__).parent / "solved" / "03_velocity_divergence.ipynb"
NAN = float("nan")

Numbers = list[float]


# --- exercises ---


def right_velocity(oi: Numbers, w: int) -> Numbers:
    return [NAN] * w + [math.log(oi[t] / oi[t - w]) for t in range(w, len(oi))]


def changed(make: Any) -> Any:
    """A wrong velocity that compares each bar with the one before the window."""
    return lambda oi, w: [NAN] * w + [make(oi[t], oi[t - w]) for t in range(w, len(oi))]


def robust(value: float, past: Any) -> float:
    past = np.asarray(past)
    middle = np.median(past)
    return float((value - middle) / (1.4826 * np.median(np.abs(past - middle))))


def right_score(values: Numbers, w: int) -> Numbers:
    return [NAN] * w + [robust(values[t], values[t - w : t]) for t in range(w, len(values))]


def scored(make: Any) -> Any:
    return lambda values, w: [NAN] * w + [make(values, t, w) for t in range(w, len(values))]


def includes_itself(values: Numbers, w: int) -> Numbers:
    scores = [robust(values[t], values[t - w + 1 : t + 1]) for t in range(w - 1, len(values))]
    return [NAN] * (w - 1) + scores


def exactly(k: int, n: int, rate: float = 0.05) -> float:
    return math.comb(n, k) * rate**k * (1 - rate) ** (n - k)


def right_chance(k: int, n: int, rate: float = 0.05) -> float:
    return sum(exactly(hits, n, rate) for hits in range(k, n + 1))


def centred(values: Numbers, w: int) -> Numbers:
    """Right at no bar, and it looks ahead: nobody wrote a rule for it."""
    return pd.Series(values).rolling(2 * w + 1, center=True, min_periods=1).mean().tolist()


WRONG: dict[str, dict[str, Any]] = {
    "03.1": {
        "looks-ahead": lambda oi, w: [math.log(b / a) for a, b in zip(oi, oi[w:], strict=False)] + [NAN] * w,
        "per-cent-change": changed(lambda now, then: now / then - 1),
        "coins-not-logs": changed(lambda now, then: now - then),
        "then-minus-now": changed(lambda now, then: math.log(then / now)),
        "window-too-short": lambda oi, w: right_velocity(oi, max(1, w - 1)),
        "window-too-long": lambda oi, w: right_velocity(oi, w + 1),
        "per-bar": lambda oi, w: [each / w for each in right_velocity(oi, w)],
        "unknown-as-zero": lambda oi, w: np.nan_to_num(right_velocity(oi, w)),
        "no-look-ahead": centred,
        "": lambda oi, w: [NAN] * w + [0.5] * (len(oi) - w),
    },
    "03.2": {
        "whole-sample": scored(lambda values, t, _: robust(values[t], values)),
        "includes-itself": includes_itself,
        "within-its-own-window": scored(lambda values, t, w: robust(values[t], values[t - w + 1 : t + 1])),
        "all-of-the-past": scored(lambda values, t, _: robust(values[t], values[:t])),
        "mean-and-deviation": scored(
            lambda values, t, w: (values[t] - np.mean(values[t - w : t])) / np.std(values[t - w : t])
        ),
        "mean-and-sample-deviation": lambda values, w: (
            (pd.Series(values) - pd.Series(values).rolling(w).mean().shift())
            / pd.Series(values).rolling(w).std().shift()
        ),
        "forgets-the-factor": lambda values, w: [1.4826 * each for each in right_score(values, w)],
        "unknown-as-zero": lambda values, w: np.nan_to_num(right_score(values, w)),
        "no-look-ahead": centred,
    },
    "03.3": {
        "exactly-k": exactly,
        "more-than-k": lambda k, n: right_chance(k + 1, n),
        "at-most-k": lambda k, n: 1 - right_chance(k + 1, n),
        "a-coin": lambda k, n: right_chance(k, n, 0.5),
        "all-of-them": lambda k, n: 0.05**k,
        "share": lambda k, n: k / n,
        "in-per-cent": lambda k, n: 100 * right_chance(k, n),
        "a-chance": lambda k, n: 7.0,
    },
}


@pytest.mark.parametrize(("name", "wrong"), [(name, wrong) for name, each in WRONG.items() for wrong in each])
def test_each_wrong_answer_gets_its_own_reason(name: str, wrong: str) -> None:
    """A wrong model is named; anything that looks ahead breaks a property; the rest gets a hint."""
    found = judge(EXERCISES[name], [WRONG[name][wrong]])

    assert (found.status, found.misconception) == ("NOT YET", wrong)
    assert found.says


@pytest.mark.parametrize("name", EXERCISES)
def test_every_wrong_model_is_tried(name: str) -> None:
    """A new rule needs an example above, written as a learner would write it."""
    asked = EXERCISES[name]

    assert {each.name for each in (*asked.rules, *asked.properties)} <= set(WRONG[name])


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("03.1", right_velocity),
        ("03.1", lambda oi, w: velocity(pd.Series(oi), w)),
        ("03.1", lambda oi, w: [None if math.isnan(each) else each for each in right_velocity(oi, w)]),
        ("03.2", right_score),
        ("03.2", lambda values, w: robust_zscore(pd.Series(values), w)),
        ("03.3", right_chance),
        ("03.3", lambda k, n: round(right_chance(k, n), 6)),
    ],
)
def test_a_right_answer_is_right_however_it_is_written(name: str, answer: Any) -> None:
    """Series, lists and None for what is unknown are answers; so is the library itself."""
    assert judge(EXERCISES[name], [answer]).status == "CORRECT"


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        (3, "NOT YET", "should be a function"),
        (lambda oi, w: TODO, "NOT ATTEMPTED", "still gives back TODO"),
        (lambda oi, w: None, "NOT YET", "did you forget `return`?"),
        (lambda oi, w: "fast", "NOT YET", "'fast'"),
        (lambda oi, w: [object()], "NOT YET", "no list of numbers"),
        (lambda oi, w: 0.5, "NOT YET", "no list of numbers for 12 bars"),
        (lambda oi, w: oi[w:], "NOT YET", "one for each bar"),
        (lambda oi, w: [math.inf] * len(oi), "NOT YET", "infinite"),
        (lambda oi, w: oi[len(oi)], "ERROR", "IndexError"),
    ],
)
def test_odd_answers_cost_one_line(answer: Any, status: str, says: str) -> None:
    """Whatever a function gives back is met with words."""
    found = judge(EXERCISES["03.1"], [answer])

    assert found.status == status
    assert says in found.says
    assert "should be a function" in judge(EXERCISES["03.3"], [3]).says


# --- questions ---


def test_the_numbers_of_the_questions_are_those_of_the_code() -> None:
    """Four of thirty may be luck and five hardly; the warm-up counts clumps as lesson 02 does."""
    assert right_chance(5, 30) < 0.05 < right_chance(4, 30)
    assert binomial_p(1, 1, 0.05) == pytest.approx(0.05)
    market = oikit.resample(oikit.sample("bnb-null"), "1d")
    high = oi_to_cap(market["open_interest"], market["circulating_supply"]) > 0.0055
    assert f"{high.sum()} days, in {first_in_cluster(high, '7d').sum()} clumps" in QUESTIONS["03.w1"].asks


def test_the_best_of_many_readings_looks_as_the_prediction_says() -> None:
    """Prediction 03.b: 27 readings of a market of noise, and the strongest is a fall of a few per cent."""
    (table,) = (
        output.data["text/plain"]
        for cell in nbformat.read(KEPT, as_version=4).cells
        for output in cell.get("outputs", [])
        if "effect" in output.data["text/plain"] and "spike" in output.data["text/plain"]
    )
    head, best, *_ = table.splitlines()
    place = head.split().index("effect") + 1  # the first column has no head

    fall = float(best.split()[place])
    assert "27 readings" in QUESTIONS["03.b"].asks and QUESTIONS["03.b"].answer == "b"
    assert "fall of a few per cent" in QUESTIONS["03.b"].options["b"]
    asked = question("04.w1").asks  # the next lesson asks about it again
    assert "twenty-seven rules" in asked and "almost three per cent" in asked and -0.03 < fall < -0.025
