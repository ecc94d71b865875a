"""Lesson 03: velocity, the divergence bench, the line-up, and why each wrong answer is wrong."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from oikit_lessons.lesson03.explorer import EXPLORER, HORIZON, jumps, path, rows, says
from oikit_lessons.lesson03.lineup import PANELS, line_up

from oikit.errors import InputError
from oikit.explore import still
from oikit.explore.model import every_setting, grid
from oikit.indicators import robust_zscore, velocity
from oikit.learn.exercise import judge
from oikit.learn.todo import TODO
from oikit.stats import binomial_p
from oikit_lessons.lesson03.exercises import EXERCISES

ROOT = Path(__file__).resolve().parents[1]
LESSON = "03_velocity_divergence"
ALL = every_setting(EXPLORER)
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


def test_the_numbers_of_the_lesson_are_those_of_the_code() -> None:
    """Four of thirty may be luck and five hardly; the warm-up repeats what lesson 02 showed."""
    from oikit_lessons.lesson02.explorer import bench, daily

    from oikit.simulate.samples import sample

    assert right_chance(5, 30) < 0.05 < right_chance(4, 30)
    assert binomial_p(1, 1, 0.05) == pytest.approx(0.05)
    days = daily(sample("bnb-null"))
    assert len(bench(days, 0.0055, 7, "days").turned) == 98
    assert len(bench(days, 0.0055, 7, "episodes").turned) == 17
    null = [each for each in ALL if each["world"] == "null"]
    assert len(null) == 36  # "three dozen readings"


# --- the bench ---


def hourly(values: Any) -> pd.Series:
    index = pd.date_range("2026-01-01 01:00", periods=len(values), freq="h", tz="UTC", name="time")
    return pd.Series(np.asarray(values, dtype=float), index)


def test_a_fall_after_each_case_is_seen_at_its_size() -> None:
    """Flat, and ten per cent down in the hours after each of four cases."""
    moves = np.zeros(2000)
    spoken = np.zeros(2000, dtype=bool)
    for start in (200, 600, 1000, 1400):
        spoken[start] = True
        moves[start + 1 : start + 11] = -0.01
    close = hourly(100 * np.exp(moves.cumsum()))
    found = jumps(close, pd.Series(spoken, close.index))
    around = {each["hour"]: each["mean"] for each in path(close, found.at)}

    usual = -0.1 * 4 * 72 / 1928  # each case lies ahead of 72 bars, ten of them in part
    assert found.at.tolist() == [200, 600, 1000, 1400]
    assert found.effect.value == pytest.approx(-0.1 - usual, abs=0.002)
    assert around[0] == 0.0
    assert around[72] == pytest.approx(100 * found.effect.value, abs=0.3)
    assert around[-72] == pytest.approx(100 * usual, abs=0.3)


def test_nothing_stands_out_in_the_null_world_although_every_hour_would_cry() -> None:
    """The honest intervals of all three dozen rules hold zero; the naive ones of some do not."""
    told = [says(**each) for each in ALL if each["world"] == "null"]  # type: ignore[arg-type]

    assert all("holds zero" in each for each in told)
    assert sum("would have been sure" in each for each in told) >= 5


def test_the_planted_fall_is_found_with_and_without_a_still_price() -> None:
    """What was planted follows every jump; a price that stands still adds nothing."""
    for quiet in ("0.5", "1", "any"):
        effect = rows("planted", "24h", 2.0, quiet)[0]

        assert "leaves zero out" in says("planted", "24h", 2.0, quiet)
        assert effect["low"] < effect["effect"] < effect["high"] < 0
    assert rows("planted", "24h", 2.0, "any")[0]["effect"] == pytest.approx(
        rows("planted", "24h", 2.0, "0.5")[0]["effect"], abs=0.5
    )


def test_the_strongest_rule_of_noise_is_far_from_zero() -> None:
    """The lesson shows it in words, so it must be the strongest, and rest on few cases."""
    said = says("null", "72h", 3.0, "1")

    assert "number 1 of 36 rules" in said
    assert rows("null", "72h", 3.0, "1")[0]["n"] < 20
    assert rows("null", "72h", 3.0, "1")[0]["effect"] < -2


def test_every_sentence_agrees_with_its_rows() -> None:
    """A sentence that drifts from its table would teach something false."""
    for settings in ALL:
        said, effect = says(**settings), rows(**settings)[0]  # type: ignore[arg-type]

        assert said.startswith("Simulated, ") and "  " not in said
        assert f"{effect['n']} separate times" in said
        inside = effect["low"] <= 0 <= effect["high"]
        assert ("holds zero" in said) == inside
        assert "−0.0%" not in said and "+0.0%" not in said


def test_the_page_carries_a_small_grid() -> None:
    """Every setting in one specification that can be sent."""
    spec = json.dumps(still("03").to_dict())

    assert len(spec) < 250_000
    assert len({row["at"] for row in grid(EXPLORER)}) == len(ALL) == 72
    assert HORIZON == "72h"


@pytest.mark.parametrize("version", ["5", "6"])
def test_both_versions_of_the_library_draw_the_chosen_setting(version: str) -> None:
    """The cases are named, all rules of the chosen world stand as ticks."""
    convert = pytest.importorskip("vl_convert")
    newest = [v for v in convert.get_vegalite_versions() if v.startswith(version)][-1]
    spec = still("03").to_dict()
    for param in spec["params"]:
        param["value"] = {"world": "planted", "spike": 3.0}.get(param["name"], param["value"])
    picture = convert.vegalite_to_svg({**spec, "$schema": ""}, vl_version=newest)

    assert "45 cases; dashed" in picture
    assert len(re.findall(r'aria-roledescription="tick"', picture)) == 36


# --- the line-up ---


@pytest.fixture
def market() -> tuple[pd.Series, pd.Series]:
    draw = np.random.default_rng(1)
    moves, events = draw.normal(0, 0.002, 12_000), np.zeros(12_000, dtype=bool)
    # Unevenly apart: slid, an even comb would fall upon itself.
    for start in 100 + draw.integers(0, 400, 24) + 480 * np.arange(24):
        events[start] = True
        moves[start + 1 : start + 40] -= 0.002
    close = hourly(100 * np.exp(moves.cumsum()))
    return close, pd.Series(events, close.index)


def test_what_was_planted_stands_out_of_the_line_up(
    market: tuple[pd.Series, pd.Series], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """The panel that falls most is the one that happened, wherever the seed hides it."""
    monkeypatch.chdir(tmp_path)
    places = set()
    for seed in range(6):
        shown = line_up("03.test", *market, seed=seed)
        last = shown.paths[shown.paths["hour"] == 72].set_index("panel")["moved"]
        shown.judge(int(last.idxmin()))
        places.add(int(last.idxmin()))

        assert "that is the one that happened" in capsys.readouterr().out
        assert last.index.tolist() == list(range(1, PANELS + 1))
    assert len(places) > 1


def test_a_pick_is_asked_for_kept_and_answered(
    market: tuple[pd.Series, pd.Series], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """No pick, no answer; the place is in no repr."""
    monkeypatch.chdir(tmp_path)
    shown = line_up("03.test", *market, seed=0)
    shown.judge(TODO)
    assert "NOT ATTEMPTED" in capsys.readouterr().out
    last = shown.paths[shown.paths["hour"] == 72].set_index("panel")["moved"]
    shown.judge(int(last.idxmax()))

    assert f"number {last.idxmin()} is the one" in capsys.readouterr().out
    assert "_place" not in repr(shown)
    kept = json.loads((tmp_path / ".oikit" / "progress.json").read_text())["entries"]
    assert [each["right"] for each in kept if each["kind"] == "line-up"] == [False]


@pytest.mark.parametrize("pick", [0, 21, "seven", True, 2.5])
def test_a_pick_that_is_no_panel_is_refused(market: tuple[pd.Series, pd.Series], pick: Any) -> None:
    """One line, with the numbers there are."""
    with pytest.raises(InputError, match="from 1 to 20"):
        line_up("03.test", *market, seed=0).judge(pick)


def test_a_line_up_needs_events(market: tuple[pd.Series, pd.Series]) -> None:
    """One event is no mean."""
    close, events = market
    with pytest.raises(InputError, match="at least two"):
        line_up("03.test", close, events & (events.cumsum() == 1), seed=0)


def test_the_line_up_is_drawn_with_words_and_without_its_answer(market: tuple[pd.Series, pd.Series]) -> None:
    """Twenty lines with numbers and a description; nothing marks the one."""
    shown = line_up("03.test", *market, seed=0)
    spec = shown.draw().to_dict()

    assert "One of them happened" in spec["description"]
    assert "place" not in json.dumps(spec)
    convert = pytest.importorskip("vl_convert")
    picture = convert.vegalite_to_svg({**spec, "$schema": ""}, vl_version="5.20")
    assert len(re.findall(r'aria-roledescription="line mark"', picture)) == PANELS
