"""Lesson 06, risk and sizing: wrong answers get their reasons, the bench is right, the prose is true."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

import oikit
from oikit import risk
from oikit.explore import explore, still
from oikit.explore.model import every_setting
from oikit.learn import TODO, evidence_card
from oikit.learn.exercise import judge
from oikit.margin import liquidation_price
from oikit_lessons.lesson06 import explorer
from oikit_lessons.lesson06.exercises import LEVEL, LONG_MOVE, THREE_SIZES, TOUCHED
from oikit_lessons.lesson06.explorer import EXPLORER, HOURS, PATHS, rows, says, touched_share
from oikit_lessons.lesson06.questions import QUESTIONS

ALL = every_setting(EXPLORER)

# --- the exercises ---


def test_the_reference_is_what_the_library_says() -> None:
    """The exercise and `oikit.margin` must not teach two formulas."""
    p = LONG_MOVE.numbers
    closed = liquidation_price(
        1.0,
        side="long",
        quantity=1.0,
        leverage=p.leverage,
        tiers=p.maintenance_margin_rate,
        funding_paid=p.funding_paid,
    )
    assert judge(LONG_MOVE, [1 - closed]).status == "CORRECT"

    q = THREE_SIZES.numbers
    sizes = [
        risk.position_size(q.equity, cap=q.cap, reading=each, leverage=q.leverage, stop=q.stop)
        for each in ("risk", "margin", "notional")
    ]
    assert judge(THREE_SIZES, sizes).status == "CORRECT"


Paths = list[list[float]]
WRONG: dict[str, Callable[[Paths, float], Any]] = {
    "only-the-end": lambda paths, level: np.mean([path[-1] <= level for path in paths]),
    "counts-prices-not-paths": lambda paths, level: np.mean([x <= level for path in paths for x in path]),
    "counts-without-dividing": lambda paths, level: sum(min(path) <= level for path in paths),
    "in-percent": lambda paths, level: 100 * np.mean([min(path) <= level for path in paths]),
    "the-survivors": lambda paths, level: np.mean([min(path) > level for path in paths]),
    "below-but-not-at": lambda paths, level: np.mean([min(path) < level for path in paths]),
    "the-other-direction": lambda paths, level: np.mean([max(path) >= level for path in paths]),
    "a-share-of-paths": lambda paths, level: -1.0,
    "no-fewer-than-at-the-end": lambda paths, level: 0.0,
}


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_function_gets_its_own_reason(name: str) -> None:
    """Written as a learner would write it, not as the malrule computes it."""
    known = {each.name: each.says for each in (*TOUCHED.rules, *TOUCHED.properties)}
    found = judge(TOUCHED, [WRONG[name]])

    assert (found.status, found.misconception, found.says) == ("NOT YET", name, known[name])


def test_every_reason_of_the_function_is_tried() -> None:
    """A reason nobody can reach would be dead text."""
    assert {each.name for each in (*TOUCHED.rules, *TOUCHED.properties)} == set(WRONG)


@pytest.mark.parametrize(
    ("function", "status", "says"),
    [
        (0.3, "NOT YET", "should be a function of paths and a level"),
        (lambda paths, level: [0.1, 0.2], "NOT YET", "one number for all paths together"),
        (lambda paths, level: "half", "NOT YET", "give a plain number"),
        (lambda paths, level: float("nan"), "NOT YET", "missing or infinite"),
        (lambda paths, level: 1 / 0, "ERROR", "ZeroDivisionError"),
        (lambda paths: 0.1, "ERROR", "TypeError"),
        (lambda paths, level: TODO, "NOT ATTEMPTED", "still gives back TODO"),
        (lambda paths, level: 0.97, "NOT YET", "lowest price"),
    ],
)
def test_what_is_no_share_is_answered_in_words(function: Any, status: str, says: str) -> None:
    """A wrong type, an empty answer or a crash costs one line."""
    found = judge(TOUCHED, [function])

    assert found.status == status
    assert says in found.says


def test_a_right_function_may_touch_its_lists() -> None:
    """Each call gets its own copy, so a function that sorts its paths is not punished."""

    def touched_share(paths: Paths, level: float) -> float:
        for path in paths:
            path.sort()
        return sum(path[0] <= level for path in paths) / len(paths)

    assert judge(TOUCHED, [touched_share]).status == "CORRECT"
    assert LEVEL < 1


def test_the_worked_answers_hold_the_numbers() -> None:
    """After the hints a learner reads the whole way."""
    assert f"{LONG_MOVE.answer(LONG_MOVE.numbers)['move']:.5f}" in LONG_MOVE.worked(LONG_MOVE.numbers)
    for value in THREE_SIZES.answer(THREE_SIZES.numbers).values():
        assert f"{value:,.0f}" in THREE_SIZES.worked(THREE_SIZES.numbers)
    assert "min(path) <= level" in TOUCHED.worked(TOUCHED.numbers)


def test_moves_beyond_the_margin_are_refused_by_a_property() -> None:
    """An unknown wrong number still meets the one thing that must hold."""
    assert judge(LONG_MOVE, [0.9]).misconception == "before-the-margin-is-gone"
    assert judge(LONG_MOVE, [2.828282]).misconception == "unit"
    assert judge(LONG_MOVE, [-0.0282828]).misconception == "a-fall-below-zero"


# --- the bench ---


@pytest.mark.parametrize("leverage", ["10x", "20x", "50x"])
@pytest.mark.parametrize("volatility", ["1%", "3%", "5%"])
def test_the_walks_agree_with_the_closed_form(leverage: str, volatility: str) -> None:
    """Without funding the line stands still, and the answer is known: within four standard errors."""
    table = rows(leverage, "0.5%", "0%", volatility)
    for hour in (24, HOURS):
        exact = risk.touch_probability(
            1 + table[0]["line"], volatility=float(volatility[0]) / 100 * 365**0.5, days=hour / 24
        )
        seen = next(row["touched"] for row in table if row["hour"] == hour)

        assert abs(seen - exact) <= 4 * np.sqrt(exact * (1 - exact) / PATHS) + 1e-3


def test_a_touch_stays_a_touch_and_whoever_is_beyond_has_touched() -> None:
    """The two curves of the drawing cannot cross."""
    for settings in ALL:
        table = rows(**settings)

        assert all(after["touched"] >= before["touched"] for before, after in pairwise(table))
        assert all(1 >= row["touched"] >= row["beyond"] >= 0 for row in table)
        assert all(row["low"] <= 0 <= row["high"] or row["hour"] == 0 for row in table)


def test_more_of_anything_is_never_safer() -> None:
    """More leverage, more to keep, more funding, more volatility: each touches at least as often."""
    end = {tuple(settings.values()): rows(**settings)[-1] for settings in ALL}
    for place, control in enumerate(EXPLORER.controls):
        for less, more in pairwise(control.options):
            for key, row in end.items():
                if key[place] == less:
                    other = end[(*key[:place], more, *key[place + 1 :])]
                    assert other["touched"] >= row["touched"]
                    assert other["line"] >= row["line"]


def test_the_margin_is_spent_to_the_last_part() -> None:
    """Funding, what must stay and what is left for the price are the whole margin."""
    for settings in ALL:
        margin = 1 / float(str(settings["leverage"]).rstrip("x"))
        for row in rows(**settings):
            assert row["paid"] + row["keep"] - row["line"] == pytest.approx(margin, abs=2e-5)


def test_a_position_can_be_dead_on_arrival() -> None:
    """The third thing to notice can be found, and is said in words."""
    assert rows("50x", "2.5%", "0%", "1%")[0]["touched"] == 1
    assert "as soon as it is opened" in says("50x", "2.5%", "0.1%", "3%")


def test_the_sentence_says_what_the_table_holds() -> None:
    """The interval is that of as many walks as are named."""
    found = touched_share("20x", "0.5%", "0%", "3%", HOURS)
    said = says("20x", "0.5%", "0%", "3%")

    assert found.n == PATHS and f"{PATHS:,}" in said
    assert found.low < rows("20x", "0.5%", "0%", "3%")[-1]["touched"] < found.high
    assert f"{found.low:.1%} to {found.high:.1%}" in said
    assert "funding" not in said
    assert "of funding" in says("20x", "0.5%", "0.1%", "3%")


def test_the_same_question_has_the_same_answer() -> None:
    """Seeds: a class sees one number, whatever was asked before."""
    first = rows("20x", "1%", "0.05%", "5%")
    explorer._walks.cache_clear()
    explorer._shares.cache_clear()

    assert rows("20x", "1%", "0.05%", "5%") == first


def test_the_still_face_is_small_and_shows_the_chosen_setting() -> None:
    """A page carries every setting; the drawing holds the numbers of the chosen one."""
    convert = pytest.importorskip("vl_convert")
    spec = still("06").to_dict()
    chosen = {"leverage": "50x", "maintenance": "1%", "funding": "0.1%", "volatility": "5%"}
    for param in spec["params"]:
        param["value"] = chosen[param["name"]]
    newest = [v for v in convert.get_vegalite_versions() if v.startswith("5")][-1]
    picture = convert.vegalite_to_svg({**spec, "$schema": ""}, vl_version=newest)
    last = rows("50x", "1%", "0.1%", "5%")[-1]

    assert len(json.dumps(spec)) < 250_000
    assert f"{last['touched']:.0%} touched" in picture
    assert f"{last['beyond']:.0%} beyond" in picture
    assert "paid in funding 45%" in picture


def test_words_come_without_a_drawing() -> None:
    """The path for slow machines."""
    answer = explore("06", leverage="5x", volatility="1%")

    assert answer.settings["leverage"] == "5x"
    assert "closed by a fall of 19.6%" in answer.says


# --- what the prose says ---


def test_the_facts_in_the_questions_are_true() -> None:
    """Numbers in options come from nowhere else, so they are computed here once more."""
    fall = risk.liquidation_distance(1.0, side="long", leverage=20, tiers=0.005)
    yearly = 0.03 * 365**0.5
    looked_once = risk.simulate_touch(1 - fall, volatility=yearly, days=3, steps_per_day=1, seed=6)

    assert QUESTIONS["06.a"].answer == "c" and fall < 0.05
    assert f"{fall:.1%}" == "4.5%"
    assert QUESTIONS["06.b"].answer == "c"
    assert risk.touch_probability(1 - fall, volatility=yearly, days=3) > 1 / 3
    assert looked_once.probability < 1 / 3
    # "about one in five" is how often the price is below at the end.
    assert 0.17 < rows("20x", "0.5%", "0%", "3%")[-1]["beyond"] < 0.23
    assert QUESTIONS["06.q1"].answer == "b" and abs(0.9**20 - 1 / 8) < 0.01
    assert abs(0.9**10 - 1 / 3) < 0.02
    assert QUESTIONS["06.q2"].answer == "d" and 5_000 * 0.09 == 450 < 5_000 / 2


def test_the_evidence_card_says_what_the_worlds_show() -> None:
    """Ten times is emptied in both worlds, so its dot is missing; five is below one, and undecided."""
    for name in ("bnb-null", "bnb-planted"):
        close = oikit.resample(oikit.sample(name)[["close"]], "1d")["close"]
        past = close.pct_change(fill_method=None).dropna()

        assert -1 / 5 < past.min() <= -1 / 10
        assert past.mean() > 0
        assert (np.log1p(5 * past) - np.log1p(past)).mean() < 0


def test_leverage_leaves_the_sharpe_ratio_alone() -> None:
    """What the key points say of the table in the lesson."""
    table = risk.leverage_table([1, 3, 5, 10], drift=0.2, volatility=0.03 * 365**0.5, days=365, tiers=0.005)

    assert table["sharpe"].max() == table["sharpe"].min()
    assert table["median_wealth"].is_monotonic_decreasing
    assert table["survival"].is_monotonic_decreasing


def test_a_card_says_against_what_it_compares() -> None:
    """Growth is compared with the same day at 1x, not with other days."""
    table = pd.DataFrame(
        {"n": [9], "effect": [0.1], "low": [0.0], "high": [0.2], "naive_low": [0.0], "naive_high": [0.2]}
    )
    table.attrs = {"counts": "days", "against": "the same day at 1x"}
    said = str(
        evidence_card(claim="c", table=table, method="m", trials=0, data="d", costs="k", verdict="undecided")
    )

    assert "basis points against the same day at 1x" in said
    assert "n counts days" in said
