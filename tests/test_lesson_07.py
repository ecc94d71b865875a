"""Lesson 07: the exercises, the bench and its stored table, and the learner's own reliability."""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

import oikit
from oikit.charts.results import reliability_of
from oikit.claims import CLAIMS, weigh
from oikit.errors import InputError
from oikit.explore import still
from oikit.explore.model import every_setting
from oikit.learn import my_calibration, predict, reveal
from oikit.learn.exercise import judge
from oikit.learn.notes import record
from oikit.learn.todo import TODO
from oikit.lens import calibration, examples, folds, model
from oikit.stats import SMALLEST_N, binomial_p, reliability_table, wilson
from oikit_lessons.lesson07 import nearest_neighbours
from oikit_lessons.lesson07.exercises import EXERCISES
from oikit_lessons.lesson07.explorer import EXPLORER, rows, says
from oikit_lessons.lesson07.nearest_neighbours import COLUMNS, TESTS, table, who_teaches, worth
from oikit_lessons.lesson07.skill import skill_by_model

ALL = every_setting(EXPLORER)
KNOWN = ["price_move", "volatility_percentile", "velocity", "velocity_score", "divergence", "funding"]
KNOWN += ["crowd_lean", "oi_to_cap_percentile"]

Numbers = list[float]

# --- exercises ---


def cut(wait: Callable[[int, int], int]) -> Any:
    """A splitter that keeps so many days free."""

    def splits(n: int, horizon: int, gap: int, size: int) -> Any:
        starts = range(n // 2, n, size)
        return [(list(range(s - wait(horizon, gap))), list(range(s, min(s + size, n)))) for s in starts]

    return splits


right_splits = cut(lambda horizon, gap: horizon + gap)


def everybody_else(n: int, horizon: int, gap: int, size: int) -> Any:
    return [
        ([day for day in range(n) if day not in test], test)
        for _, test in right_splits(n, horizon, gap, size)
    ]


def first_past(n: int, horizon: int, gap: int, size: int) -> Any:
    pairs = right_splits(n, horizon, gap, size)
    return [(pairs[0][0], test) for _, test in pairs]


def square(said: Any, came: Any) -> float:
    return float(np.mean((np.asarray(said) - np.asarray(came)) ** 2))


def scored(score: Any = None, skill: Any = None) -> Any:
    """A right pair with one part wrong."""

    def worth_of(said: Numbers, came: Numbers, base: float) -> Any:
        right = square(said, came)
        gained = 1 - right / square([base] * len(came), came)
        return (
            right if score is None else score(np.array(said), np.array(came)),
            gained if skill is None else skill(right, np.array(came), base),
        )

    return worth_of


def by_side(pull: float) -> Any:
    def corrected(said: Numbers, before: Numbers, came: Numbers) -> Numbers:
        rate, told = sum(came) / len(came), []
        for p in said:
            side = [y for q, y in zip(before, came, strict=True) if (q >= 0.5) == (p >= 0.5)]
            told.append((sum(side) + pull * rate) / (len(side) + pull))
        return told

    return corrected


WRONG: dict[str, dict[str, Any]] = {
    "07.1": {
        "no-gap": cut(lambda horizon, gap: 0),
        "forgets-the-horizon": cut(lambda horizon, gap: gap),
        "forgets-the-gap": cut(lambda horizon, gap: horizon),
        "one-day-too-late": cut(lambda horizon, gap: horizon + gap - 1),
        "the-future-teaches": everybody_else,
        "never-learns-more": first_past,
        "kept-free": cut(lambda horizon, gap: -1),
        "": cut(lambda horizon, gap: horizon + gap + 1),
    },
    "07.2": {
        "accuracy": scored(score=lambda p, y: np.mean((p >= 0.5) == (y == 1))),
        "root": scored(score=lambda p, y: math.sqrt(square(p, y))),
        "absolute": scored(score=lambda p, y: np.mean(np.abs(p - y))),
        "sum": scored(score=lambda p, y: np.sum((p - y) ** 2)),
        "ratio": scored(skill=lambda score, y, base: score / square(np.full(len(y), base), y)),
        "over-your-own-score": scored(
            skill=lambda score, y, base: 1 - square(np.full(len(y), base), y) / score
        ),
        "difference": scored(skill=lambda score, y, base: square(np.full(len(y), base), y) - score),
        "hindsight": scored(skill=lambda score, y, base: 1 - score / np.var(y)),
        "variance": scored(skill=lambda score, y, base: 1 - score / (base * (1 - base))),
        "a-coin": scored(skill=lambda score, y, base: 1 - score / 0.25),
        "": scored(skill=lambda score, y, base: 7.0),
    },
    "07.3": {
        "untouched": lambda said, before, came: said,
        "no-pull": by_side(0),
        "all-in-one": lambda said, before, came: [sum(came) / len(came)] * len(said),
        "half-way": lambda said, before, came: [(p + sum(came) / len(came)) / 2 for p in said],
        "rising": lambda said, before, came: [1 - p for p in said],
        "near-the-rate": lambda said, before, came: [0.99] * len(said),
        "": by_side(3),
    },
    "07.4": {
        "one-half": lambda cost, loss, saved: 0.5,
        "saves-all": lambda cost, loss, saved: cost / loss,
        "what-is-left": lambda cost, loss, saved: cost / (loss * (1 - saved)),
        "as-odds": lambda cost, loss, saved: cost / (cost + loss * saved),
        "upside-down": lambda cost, loss, saved: loss * saved / cost,
        "": lambda cost, loss, saved: 0.123,
    },
    "07.5": {
        "never-by-chance": lambda real, shuffled: np.mean(np.array(shuffled) >= real),
        "better-only": lambda real, shuffled: (1 + sum(np.array(shuffled) > real)) / (len(shuffled) + 1),
        "the-other-tail": lambda real, shuffled: (1 + sum(np.array(shuffled) <= real)) / (len(shuffled) + 1),
        "a-rank": lambda real, shuffled: 1 + sum(np.array(shuffled) >= real),
        "adds-below-only": lambda real, shuffled: sum(np.array(shuffled) >= real) / (len(shuffled) + 1),
        "": lambda real, shuffled: 0.77,
    },
}


@pytest.mark.parametrize(("name", "wrong"), [(name, wrong) for name, each in WRONG.items() for wrong in each])
def test_each_wrong_answer_gets_its_own_reason(name: str, wrong: str) -> None:
    """A wrong model is named, a broken property is told, and the rest gets a hint."""
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
        ("07.1", right_splits),
        ("07.1", lambda *cut: [(range(len(a)), np.array(b)) for a, b in right_splits(*cut)]),
        ("07.2", scored()),
        ("07.2", lambda said, came, base: [round(each, 6) for each in scored()(said, came, base)]),
        ("07.3", by_side(10)),
        ("07.4", lambda cost, loss, saved: cost / loss / saved),
        ("07.5", lambda real, shuffled: np.mean(np.array([real, *shuffled]) >= real)),
    ],
)
def test_a_right_answer_is_right_however_it_is_written(name: str, answer: Any) -> None:
    """Ranges, arrays and lists are answers; so is a rounded number."""
    assert judge(EXERCISES[name], [answer]).status == "CORRECT"


@pytest.mark.parametrize(
    ("name", "answer", "status", "says_so"),
    [
        ("07.1", 3, "NOT YET", "should be a function"),
        ("07.1", lambda *cut: TODO, "NOT ATTEMPTED", "still gives back TODO"),
        ("07.1", lambda *cut: 5, "NOT YET", "no list of pairs"),
        ("07.1", lambda *cut: ["ab", "cd"], "NOT YET", "no list of pairs"),
        ("07.1", lambda *cut: [], "NOT YET", "no days in it"),
        ("07.1", lambda *cut: [([], [1])], "NOT YET", "no days in it"),
        ("07.2", 3, "NOT YET", "should be a function"),
        ("07.2", lambda said, came, base: None, "NOT YET", "did you forget `return`?"),
        ("07.2", lambda said, came, base: 0.2, "NOT YET", "1 number(s); asked for: score, skill"),
        ("07.2", lambda said, came, base: said[99], "ERROR", "IndexError"),
        ("07.3", 3, "NOT YET", "should be a function"),
        ("07.3", lambda said, before, came: 0.3, "NOT YET", "one probability for each"),
        ("07.3", lambda said, before, came: TODO, "NOT ATTEMPTED", "still gives back TODO"),
        ("07.4", lambda cost, loss, saved: "half", "NOT YET", "'half'"),
        ("07.5", lambda real, shuffled: math.nan, "NOT YET", "missing or infinite"),
    ],
)
def test_odd_answers_cost_one_line(name: str, answer: Any, status: str, says_so: str) -> None:
    """Whatever a function gives back is met with words."""
    found = judge(EXERCISES[name], [answer])

    assert found.status == status
    assert says_so in found.says


def test_the_splitter_of_the_lesson_passes_the_audit_of_the_library() -> None:
    """What the exercise asks for is what `oikit.lens.folds` calls clean."""
    days = pd.date_range("2026-01-01", periods=30, freq="D", tz="UTC")
    none = np.array([], dtype=np.int64)
    made = [folds.Fold(np.array(a), none, np.array(b)) for a, b in right_splits(30, 5, 2, 6)]
    touching = [folds.Fold(np.array(a), none, np.array(b)) for a, b in cut(lambda h, g: g)(30, 5, 2, 6)]

    assert folds.audit(made, days, horizon="5d", gap="2d") == []
    assert len(folds.audit(touching, days, horizon="5d", gap="2d")) == len(touching)


# --- questions and claims ---


def test_the_numbers_of_the_questions_are_those_of_the_code() -> None:
    """Ten forecasts of 10%, seven of nine, and a coin."""
    seven = wilson(7, 9)

    stays_away = 0.9**10
    assert 1 - stays_away == pytest.approx(0.65, abs=0.01)
    assert stays_away == pytest.approx(1 / 3, abs=0.02)
    assert (round(seven.low, 2), round(seven.high, 2), round(seven.value, 2)) == (0.45, 0.94, 0.78)
    assert binomial_p(7, 9, 0.5) / 2 == pytest.approx(1 / 11, abs=0.005)


def test_the_worked_example_has_the_scores_it_is_known_for() -> None:
    """The base rate, one half and never, for something that happens three times in ten."""
    came = np.repeat([1.0, 0.0], [30, 70])

    assert [round(square(np.full(100, p), came), 3) for p in (0.3, 0.5, 0.0)] == [0.21, 0.25, 0.3]
    assert np.mean((np.full(100, 0.3) >= 0.5) == came) == np.mean((np.zeros(100) >= 0.5) == came) == 0.7


def test_the_claims_of_the_lesson_have_the_verdicts_it_tells() -> None:
    """Two can be settled by thinking, and what is said about the last needs no data either."""
    market = oikit.sample("bnb-null")
    words = {name: str(weigh(CLAIMS[name], market)) for name in ("C17", "C18", "C19", "C30", "C36")}

    assert words["C17"].startswith("not testable") and words["C19"].startswith("not asked")
    assert words["C18"].startswith("arithmetic, and it depends on what")
    assert words["C30"].startswith("arithmetic, and it holds")
    assert words["C36"].startswith("negligible")


# --- the model of the lesson ---


@pytest.fixture(scope="module")
def asked() -> dict[str, examples.Examples]:
    return {
        name: examples.examples(oikit.sample(f"bnb-{name}"), only=KNOWN, every="24h")
        for name in ("null", "planted")
    }


def test_the_models_of_the_lesson_do_what_its_prose_says(asked: dict[str, examples.Examples]) -> None:
    """Null: raw looks worse and holds zero, corrected is the base rate. Planted: tiny, barely above zero."""
    raw = calibration.score(model.forecast(asked["null"], correct=False)).skill
    null = calibration.score(model.forecast(asked["null"])).skill
    there = calibration.score(model.forecast(asked["planted"])).skill

    assert raw.value < 0 and raw.low < 0 < raw.high
    assert (null.value, null.low, null.high) == (0.0, 0.0, 0.0)
    assert 0 < there.low < 0.003 and 0.005 < there.value < 0.015  # "about a hundredth"


def test_the_bars_of_the_null_world_hold_the_line_and_lie_flat(asked: dict[str, examples.Examples]) -> None:
    """Raw says from a fifth to two fifths, and it comes about equally often; few answers share nothing."""
    said = model.forecast(asked["null"], correct=False).table
    bars = reliability_table(said["probability"], said["outcome"], weight=said["weight"])

    assert bars["said"].max() - bars["said"].min() > 0.2 > 3 * (bars["came"].max() - bars["came"].min())
    assert ((bars["low"] <= bars["said"]) & (bars["said"] <= bars["high"])).all()
    assert bars["n"].between(40, 45).all()


def test_every_variable_learns_some_luck_by_heart(asked: dict[str, examples.Examples]) -> None:
    """In-sample skill rises where there is nothing to know, and unseen days gain nothing."""
    null, noise = asked["null"], np.random.default_rng(7)
    every, none = np.arange(len(null.facts)), np.array([], dtype=np.int64)
    learnt, unseen = [], []
    for count in (0, 10, 50):
        extra = pd.DataFrame(noise.standard_normal((len(every), count))).add_prefix("noise ")
        more = replace(null, variables=pd.concat([null.variables, extra], axis=1))
        taught = model.forecast(more, folds=[folds.Fold(every, none, every)], correct=False)
        learnt.append(calibration.score(taught).skill.value)
        unseen.append(calibration.score(model.forecast(more, correct=False)).skill.value)

    assert all(after > before for before, after in pairwise(learnt)) and learnt[0] > 0
    assert max(unseen) < 0


def test_skills_stand_beside_each_other_with_wider_intervals(asked: dict[str, examples.Examples]) -> None:
    """Same skill as `score` says, interval widened for the number of models, and the naive one beside it."""
    worlds = {name: oikit.sample(f"bnb-{name}") for name in ("null", "planted")}
    found = skill_by_model(worlds, models=("logistic", "four variables", "tree"), only=KNOWN)
    one = calibration.score(model.forecast(asked["planted"])).skill

    assert list(found.index[:2]) == ["logistic, null", "four variables, null"] and len(found) == 6
    line = found.loc["logistic, planted"]
    assert line["effect"] == pytest.approx(one.value, abs=1e-12)
    assert line["low"] < one.low < one.value < one.high < line["high"]
    assert (line["n"], line["questions"]) == (214, 640)
    assert ((found["low"] <= 0) & (found["high"] >= 0)).all()  # "cannot be sure of it"
    assert found.attrs["against"] == "the base rate" and found.attrs["left_out"] == ()


def test_a_market_that_is_too_short_or_too_bare_is_said_and_left_out() -> None:
    """A learner who stored a month of a market reads why it is not judged, and the lesson goes on."""
    whole = oikit.sample("bnb-null")
    bare = whole[["open", "high", "low", "close", "volume"]]
    found = skill_by_model(
        {"null": whole, "month": whole.iloc[:700], "bare": bare, "one": whole.iloc[:1]},
        models=("logistic", "four variables"),
        only=["price_move", "oi_to_cap_percentile", "velocity", "funding", "crowd_lean"],
    )

    assert list(found.index) == ["logistic, null", "four variables, null", "logistic, bare"]
    assert [line.split(":")[0] for line in found.attrs["left_out"]] == [
        "month",
        "four variables, bare",
        "one",
    ]
    with pytest.raises(InputError, match="no model could say anything"):
        skill_by_model({"month": whole.iloc[:700]}, models=("logistic",), only=["price_move"])
    with pytest.raises(InputError, match="no markets"):
        skill_by_model({}, models=("logistic",), only=["price_move"])


# --- the bench ---

HOURS = np.arange(0, 8 * 400, 8.0)


@pytest.mark.parametrize("split", ["shuffled", "walk-forward"])
@pytest.mark.parametrize(("gap", "free"), [("none", 0), ("3 days", 72), ("7 days", 168)])
def test_teachers_keep_away_as_far_as_they_should(split: str, gap: str, free: float) -> None:
    """The same questions are judged in every setting, once; nobody near teaches, nor anybody later."""
    dealt = who_teaches(HOURS, split, gap)
    judged = np.sort(np.concatenate([fold.test for fold in dealt]))

    assert len(dealt) == TESTS
    assert judged.tolist() == list(range(160, 400))
    for fold in dealt:
        away = np.abs(HOURS[fold.train][:, None] - HOURS[fold.test]).min()
        assert away > free
        if split == "walk-forward":
            assert fold.train.max() < fold.test.min()
            assert HOURS[fold.test[0]] - HOURS[fold.train[-1] + 1] <= free  # no longer than it must be
        elif gap == "none":
            assert fold.train.max() > fold.test.min()


def test_the_fold_audit_of_the_library_agrees() -> None:
    """It passes the past alone with a gap, and nothing else."""
    times = pd.Timestamp("2026-01-01", tz="UTC") + pd.to_timedelta(HOURS, unit="h")
    faulty = {
        (split, gap): bool(
            folds.audit(who_teaches(HOURS, split, gap), pd.DatetimeIndex(times), horizon="72h", gap="0h")
        )
        for split in ("shuffled", "walk-forward")
        for gap in ("none", "3 days", "7 days")
    }

    assert [each for each, found in faulty.items() if not found] == [
        ("walk-forward", "3 days"),
        ("walk-forward", "7 days"),
    ]


def market(outcome: Callable[[np.ndarray, np.ndarray], np.ndarray], n: int = 900) -> examples.Examples:
    """Two variables, and an answer made of the first and of luck that lasts three days."""
    draw = np.random.default_rng(3)
    x = draw.standard_normal((n, 2))
    steps = np.concatenate([[0.0], draw.standard_normal(n + 9).cumsum()])
    luck = (steps[9 : n + 9] - steps[:n]) / 3
    times = pd.date_range("2026-01-01", periods=n, freq="8h", tz="UTC")
    facts = pd.DataFrame(
        {"time": times, "market": "m", "outcome": outcome(x[:, 0], luck).astype(float)}
    ).assign(weight=examples.uniqueness(times, pd.Timedelta("72h")))
    variables = pd.DataFrame(x, columns=list(nearest_neighbours.VARIABLES))
    return examples.Examples(variables, facts, "x", pd.Timedelta("72h"), pd.Timedelta("8h"))


def test_look_alikes_find_what_is_there_and_a_leak_where_nothing_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that hangs on a variable is found honestly; one made of luck is found by cheating only."""
    there, nothing = market(lambda x, luck: x + luck > 0.5), market(lambda x, luck: luck > 0.5)
    monkeypatch.setattr(nearest_neighbours, "_asked", lambda world: there if world == "planted" else nothing)
    honest = {"split": "walk-forward", "gap": "3 days"}
    found = worth("planted", noise="0", **honest)
    leak = worth("null", split="shuffled", gap="none", noise="10")
    none = worth("null", noise="10", **honest)

    assert found.skill.low > 0.05 and found.faults == 0 and found.shared == 0
    assert leak.skill.low > 0 and leak.faults == TESTS and leak.shared > 0.1
    assert none.skill.low < 0.01
    assert found.questions == leak.questions == 540
    assert leak.naive.high - leak.naive.low < leak.skill.high - leak.skill.low
    assert sum(each["n"] for each in leak.bars) == pytest.approx(leak.alone, abs=3)


def test_every_setting_is_stored_once_and_nothing_else() -> None:
    """A summary and five groups for each of them, with the columns that `table` writes."""
    text = (Path(nearest_neighbours.__file__).with_suffix(".csv")).read_text(encoding="utf-8")
    lines = list(csv.DictReader(text.splitlines()))

    assert tuple(lines[0]) == COLUMNS
    assert len(lines) == 6 * len(ALL) == 216
    for each in ALL:
        kinds = [row["kind"] for row in rows(**each)]  # type: ignore[arg-type]
        assert kinds == ["skill", *["bar"] * 5]


@pytest.mark.parametrize(
    "setting",
    [
        ("null", "shuffled", "none", "10"),
        ("planted", "walk-forward", "3 days", "0"),
    ],
    ids="-".join,
)
def test_the_stored_numbers_are_those_that_are_computed(setting: tuple[str, ...]) -> None:
    """To a tenth of a point or two, since the order of a sum may differ from machine to machine."""
    stored_is_computed(dict(zip(("world", "split", "gap", "noise"), setting, strict=True)))


@pytest.mark.slow
def test_all_stored_numbers_are_those_that_are_computed() -> None:
    """A minute, and every setting."""
    for each in ALL:
        stored_is_computed({name: str(value) for name, value in each.items()})


def stored_is_computed(named: dict[str, str]) -> None:
    computed = list(csv.DictReader(table([named]).splitlines()))
    for stored, fresh in zip(rows(**named), computed, strict=True):
        for name, value in stored.items():
            short = f"bar_{name}" if stored["kind"] == "bar" and name in ("low", "high") else name
            # A bar that gains or loses one answer moves by a few hundredths.
            off = (1 if name == "n" else 0.2) if stored["kind"] == "skill" or name == "n" else 0.05
            if name != "kind":
                assert value == pytest.approx(float(fresh[short]), abs=off), name


def skill(world: str, split: str, gap: str, noise: str) -> dict[str, Any]:
    return rows(world, split, gap, noise)[0]


def test_a_leak_shows_skill_where_there_is_none_and_vanishes_with_the_past_alone_and_a_gap() -> None:
    """The whole lesson in one table."""
    for noise in ("10", "50"):
        assert skill("null", "shuffled", "none", noise)["low"] > 2
        for gap in ("3 days", "7 days"):
            assert skill("null", "walk-forward", gap, noise)["low"] < 0
            assert skill("null", "walk-forward", gap, noise)["skill"] < 0
            assert skill("null", "walk-forward", gap, noise)["shared"] == 0
    assert (
        skill("null", "walk-forward", "3 days", "50")["skill"]
        < skill("null", "walk-forward", "3 days", "0")["skill"]
    )
    leak, honest = skill("null", "shuffled", "none", "10"), skill("planted", "walk-forward", "3 days", "0")
    assert leak["skill"] > 3 * honest["skill"] > 0  # "which looks better?"
    assert leak["shared"] > 20


def test_as_it_opens_the_leak_looks_honest() -> None:
    """Every bar holds the line, and the dots rise more steeply than it: as the prose says."""
    bars = [row for row in rows(**EXPLORER.start) if row["kind"] == "bar"]  # type: ignore[arg-type]

    assert all(each["low"] <= each["said"] <= each["high"] for each in bars)
    assert bars[-1]["came"] - bars[0]["came"] > bars[-1]["said"] - bars[0]["said"] > 0
    assert [each["came"] for each in bars] == sorted(each["came"] for each in bars)


def test_every_sentence_agrees_with_its_rows() -> None:
    """A sentence that drifts from its table would teach something false."""
    ends = set()
    for settings_ in ALL:
        said, found = says(**settings_), rows(**settings_)[0]  # type: ignore[arg-type]
        ends.add(said.split("tests. ")[1])

        assert said.startswith("Simulated, ") and "  " not in said
        assert f"{found['n']:,} questions worth {found['alone']}" in said
        assert ("all of this skill is a leak" in said) == (settings_["world"] == "null" and found["low"] > 0)
        assert "−0.0%" not in said and "+0.0%" not in said
    assert len(ends) >= 4


@pytest.mark.parametrize(
    ("found", "says_so"),
    [
        ({"low": 0.1, "high": 2.0, "faults": 0}, "small skill, and an honest one"),
        ({"low": 0.1, "high": 2.0, "faults": 3}, "this number cannot tell"),
        ({"low": -0.1, "high": 2.0, "faults": 0}, "cannot see it for sure"),
        ({"low": -2.1, "high": -0.1, "faults": 0}, "worse than the base rate"),
    ],
)
def test_the_planted_world_has_a_word_for_each_case(found: dict[str, Any], says_so: str) -> None:
    """Also for those that these settings do not reach."""
    from oikit_lessons.lesson07.explorer import _verdict

    assert says_so in _verdict("planted", found)


def test_the_page_carries_a_small_grid() -> None:
    """Every setting in one specification that can be sent."""
    assert len(json.dumps(still("07").to_dict())) < 250_000
    assert len(ALL) == 36


@pytest.mark.parametrize("version", ["5", "6"])
def test_both_versions_of_the_library_draw_the_chosen_setting(version: str) -> None:
    """Five dots with bars, and what the questions are worth."""
    convert = pytest.importorskip("vl_convert")
    newest = [v for v in convert.get_vegalite_versions() if v.startswith(version)][-1]
    spec = still("07").to_dict()
    for param in spec["params"]:
        param["value"] = {"world": "planted", "split": "walk-forward"}.get(param["name"], param["value"])
    picture = convert.vegalite_to_svg({**spec, "$schema": ""}, vl_version=newest)

    assert "1,917 questions worth 213" in picture
    assert "better ▶" in picture
    assert len(re.findall(r'aria-roledescription="point"', picture)) == 6


# --- said against came ---


def test_groups_count_answers_that_share_nothing() -> None:
    """Four answers that overlap by half are worth two, and the bar is as long as for two."""
    found = reliability_table(
        [0.2, 0.2, 0.2, 0.2, 0.9, 0.9], [1, 0, 1, 0, 1, 1], weight=[0.5] * 6, edges=[0.5]
    )

    assert found["n"].tolist() == [2, 1]
    assert found["came"].tolist() == [0.5, 1.0]
    assert (found["low"][0], found["high"][0]) == (wilson(1, 2).low, wilson(1, 2).high)
    assert len(reliability_table(np.linspace(0, 1, 10), [0, 1] * 5)) == 5
    assert len(reliability_table([0.3] * 6, [0, 1] * 3)) == 1


@pytest.mark.parametrize(("said", "came"), [([], []), ([0.2], [1, 0]), ([0.2, 0.3], [1])])
def test_groups_of_nothing_are_refused(said: Numbers, came: Numbers) -> None:
    """One line that says how many there were."""
    with pytest.raises(InputError, match="give as many of both"):
        reliability_table(said, came)


def test_the_reliability_chart_says_what_holds_the_line() -> None:
    """For readers who see no chart; without answers only the line is drawn."""
    one = reliability_table([0.1] * 30 + [0.9] * 30, [0] * 27 + [1] * 3 + [0] * 27 + [1] * 3, edges=[0.5])
    told = reliability_of({"raw": one, "calm": one[:0]}).to_dict()["description"]

    assert "raw: 1 of 2 bars hold the line" in told and "calm: no answers yet" in told
    assert "No answers yet" in reliability_of({}).to_dict()["description"]
    with pytest.raises(InputError, match="three at most"):
        reliability_of(dict.fromkeys("abcd", one))
    text = json.dumps(reliability_of({"raw": one, "other": one.assign(n=[30, 29])}).to_dict())
    assert "n = 30 in each group" in text and "n = 30, 29" in text


# --- the learner's own ---


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_own_answers_by_hand() -> None:
    """Ten answers, eight of them right, all said with 0.9."""
    found = my_calibration([(0.9, True)] * 8 + [(0.9, False)] * 2)

    assert found.n == 10 and found.sure == pytest.approx(0.9)
    assert found.brier is not None and found.brier.value == pytest.approx(0.8 * 0.01 + 0.2 * 0.81)
    assert found.brier.low < found.brier.value < found.brier.high
    assert found.right == wilson(8, 10)
    assert found.table[["n", "came"]].to_numpy().tolist() == [[10, 0.8]]
    assert "Right: 8, which is 80% (95% interval 49% to 94%, Wilson)" in found.says
    assert "Always saying 80%, which nobody knew before, would have scored 0.160" in found.says
    assert "n = 10" in str(found) and "<li>" in found._repr_html_() and repr(found) == str(found)


@pytest.mark.parametrize(
    ("answers", "says_so"),
    [
        ([], "nothing to say"),
        ([(0.7, True)] * 3, "too few to tell"),
        ([(0.7, True)] * (SMALLEST_N - 1), "too few to tell"),
        ([(0.7, True)] * 8 + [(0.7, False)] * 4, "nothing says that you are too sure or too modest"),
        ([(0.95, False)] * 12 + [(0.95, True)] * 8, "surer than you were right"),
        ([(0.4, True)] * 20, "right more often than you were sure"),
    ],
)
def test_own_reliability_is_said_plainly(answers: list[tuple[float, bool]], says_so: str) -> None:
    """With few answers the finding is that they are few."""
    found = my_calibration(answers)

    assert says_so in found.says
    assert ("too few" in str(found.draw().to_dict()["title"])) == (found.n < SMALLEST_N)


def test_nothing_is_scored_without_answers() -> None:
    """No number stands where there is none."""
    none = my_calibration([])

    assert none.right is None and none.brier is None and math.isnan(none.sure)
    assert none.table.empty and "%" not in none.says
    assert my_calibration([(0.5, True)] * 3).brier is None


def test_own_predictions_are_read_as_they_stood_when_the_answer_was_seen(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Changed before the answer: the last one counts. After it: nothing changes. Unseen: it waits."""
    predict("07.a", choice="a", confidence=0.9)
    predict("07.a", choice="b", confidence=0.6)
    reveal("07.a")
    predict("07.a", choice="a", confidence=0.99)
    reveal("07.a")
    predict("07.b", choice="a", confidence=0.8)
    reveal("07.b")
    predict("07.c", choice="c", confidence=0.7)
    capsys.readouterr()
    found = my_calibration()

    assert found.answers == ((0.6, True), (0.8, False))
    assert found.waiting == 1 and found.says.endswith("One prediction waits for the answer.")
    predict("06.a", choice="c", confidence=0.5)
    assert "2 predictions wait for the answer." in my_calibration().says


def test_odd_notes_are_left_out(folder: Path) -> None:
    """A reveal without a prediction, one without a result, a confidence that is none: not counted."""
    record("reveal", "01.a", right=True)
    record("prediction", "01.b", choice="a", confidence=7)
    record("reveal", "01.b", right=True)
    record("prediction", "02.a", choice="a", confidence=0.5)
    record("reveal", "02.a")
    record("quiz", "02.q1", status="CORRECT", choice="a")

    assert my_calibration().answers == () and my_calibration().waiting == 1
    (folder / ".oikit" / "progress.json").write_text("{", encoding="utf-8")
    assert my_calibration().n == 0


@pytest.mark.parametrize("said", [1.2, -0.1, math.nan, True, "sure", None])
def test_a_confidence_that_is_none_is_refused(said: Any) -> None:
    """One line with an example."""
    with pytest.raises(InputError, match="is no fraction"):
        my_calibration([(said, True)])


@settings(max_examples=40, deadline=None)
@drawn(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=4, max_size=40))
def test_laws_of_own_answers(answers: list[tuple[float, bool]]) -> None:
    """Every answer is in one group, scores are from 0 to 1, and the interval holds the score."""
    found = my_calibration(answers)

    assert found.table["n"].sum() == found.n == len(answers)
    assert found.brier is not None and found.right is not None
    assert 0 <= found.brier.value <= 1
    assert found.brier.low <= found.brier.value + 1e-12 and found.brier.value <= found.brier.high + 1e-12
    assert found.right.low <= found.right.value <= found.right.high


def test_each_forecaster_has_bars_of_its_own_colour() -> None:
    """Where two bars stand side by side, their colour says whose they are."""
    one = reliability_table([0.1] * 30 + [0.9] * 30, [0] * 27 + [1] * 3 + [0] * 27 + [1] * 3, edges=[0.5])
    layers = reliability_of({"raw": one, "calm": one}).to_dict()["layer"]
    bars = [layer["mark"]["color"] for layer in layers if layer["mark"]["type"] == "rule"]

    assert len(bars) == 2 and len(set(bars)) == 2
