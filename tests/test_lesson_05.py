"""Lesson 05, squeeze asymmetry: wrong answers get their reasons, the bench is right, the prose is true."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest

import oikit
from oikit.cascade import cascade
from oikit.claims.article.positioning import squeeze_table
from oikit.explore import explore, still
from oikit.explore.model import every_setting
from oikit.learn import TODO
from oikit.learn.exercise import judge
from oikit.stats import clopper_pearson
from oikit_lessons.lesson05.exercises import CASCADE, EVERY_TIME, HEADS, _cases, _rounds
from oikit_lessons.lesson05.explorer import EXPLORER, MIXES, ROUNDS, follow, rows, says
from oikit_lessons.lesson05.questions import QUESTIONS

ALL = every_setting(EXPLORER)

# --- the exercises ---


def test_the_bound_is_the_exact_one() -> None:
    """The root is the lower end of the exact interval that leaves one chance in twenty on that side."""
    p = EVERY_TIME.numbers
    exact = clopper_pearson(p.cases, p.cases, confidence=1 - 2 * p.chance).low

    assert judge(EVERY_TIME, [exact]).status == "CORRECT"


Book = list[tuple[float, float]]


def full(book: Book, price: float, impact: float) -> float:
    total, now = 0.0, price
    while True:
        new = sum(size for level, size in book if level >= now)
        if new == total:
            return total
        total, now = new, price - impact * new


def once(book: Book, price: float, impact: float) -> float:
    return sum(size for level, size in book if level >= price)


WRONG: dict[str, Callable[[Book, float, float], Any]] = {
    "only-the-shock": once,
    "only-one-more-round": lambda book, price, impact: once(
        book, price - impact * once(book, price, impact), impact
    ),
    "counts-people": lambda book, price, impact: sum(
        level >= price - impact * full(book, price, impact) for level, _ in book
    ),
    "below-but-not-at": lambda book, price, impact: full(
        [(level - 1e-9, size) for level, size in book], price, impact
    ),
    "everybody": lambda book, price, impact: sum(size for _, size in book),
    "where-it-stops": lambda book, price, impact: price - impact * full(book, price, impact),
    "the-other-side": lambda book, price, impact: sum(size for level, size in book if level < price),
    "within-open-interest": lambda book, price, impact: 1_000.0,
    "no-less-than-the-shock": lambda book, price, impact: 0.0,
}


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_function_gets_its_own_reason(name: str) -> None:
    """Written as a learner would write it, not as the malrule computes it."""
    known = {each.name: each.says for each in (*CASCADE.rules, *CASCADE.properties)}
    found = judge(CASCADE, [WRONG[name]])

    assert (found.status, found.misconception, found.says) == ("NOT YET", name, known[name])


def test_every_reason_of_the_function_is_tried() -> None:
    """A reason nobody can reach would be dead text."""
    assert {each.name for each in (*CASCADE.rules, *CASCADE.properties)} == set(WRONG)


@pytest.mark.parametrize(
    ("function", "status", "says"),
    [
        (3, "NOT YET", "should be a function of book, price and impact"),
        (lambda book, price, impact: [1, 2], "NOT YET", "one number for the whole market"),
        (lambda book, price, impact: "all", "NOT YET", "give a plain number"),
        (lambda book, price, impact: float("inf"), "NOT YET", "missing or infinite"),
        (lambda book, price, impact: book[99], "ERROR", "IndexError"),
        (lambda book: 0, "ERROR", "TypeError"),
        (lambda book, price, impact: TODO, "NOT ATTEMPTED", "still gives back TODO"),
        (lambda book, price, impact: 0.1 + once(book, price, impact), "NOT YET", "look again"),
        (full, "CORRECT", "until nobody new is reached"),
    ],
)
def test_what_is_no_number_is_answered_in_words(function: Any, status: str, says: str) -> None:
    """A wrong type, an empty answer or a crash costs one line."""
    found = judge(CASCADE, [function])

    assert found.status == status
    assert says in found.says


def test_the_exercise_follows_a_cascade_as_the_library_does() -> None:
    """Two ways to count a cascade would teach two cascades."""
    for book, price, impact in _cases():
        size = sum(each for _, each in book)
        table = pd.DataFrame(book, columns=["liquidation_price", "quantity"]).assign(side="long", leverage=1)
        table.loc[len(table)] = [1e6, size, "short", 1]
        # The library's depth is for one per cent of the price, here of 100.
        found = cascade(table, price=100.0, shock=price / 100 - 1, depth=1 / impact)

        assert found.forced == pytest.approx(_rounds(book, price, impact))


def test_the_worked_answers_hold_the_numbers() -> None:
    """After the hints a learner reads the whole way."""
    assert f"{HEADS.answer(HEADS.numbers)['times_larger']:.4f}" in HEADS.worked(HEADS.numbers)
    assert "90,000" in HEADS.worked(HEADS.numbers)
    assert f"{EVERY_TIME.answer(EVERY_TIME.numbers)['lowest']:.4f}" in EVERY_TIME.worked(EVERY_TIME.numbers)
    assert "now = price" in CASCADE.worked(CASCADE.numbers)
    assert EVERY_TIME.answer(EVERY_TIME.numbers)["lowest"] < 0.5


# --- the bench ---


def cohort_rows(settings: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in rows(**settings) if "side" in row]


def round_rows(settings: dict[str, Any]) -> list[dict[str, Any]]:
    return [row for row in rows(**settings) if "round" in row]


def test_both_sides_are_equally_large_in_every_setting() -> None:
    """The finding of the lesson must hold in its own explorer."""
    for settings in ALL:
        for side in ("long", "short"):
            held = [row["share"] for row in cohort_rows(settings) if row["side"] == side]
            assert sum(held) == pytest.approx(1.0)


def test_a_shock_hurts_one_side_only() -> None:
    """A fall closes longs and a rise shorts; who is out adds up to what the rounds forced."""
    for settings in ALL:
        hurt = "long" if settings["shock"].startswith("-") else "short"
        out = [row for row in cohort_rows(settings) if row["out"]]
        last = round_rows(settings)[-1]

        assert {row["side"] for row in out} <= {hurt}
        assert sum(row["share"] for row in out) == pytest.approx(last["total"], abs=1e-3)
        assert len(round_rows(settings)) - 1 <= ROUNDS
        assert abs(last["move"]) <= 0.5


def test_bolder_sides_larger_shocks_and_thinner_markets_force_out_no_less() -> None:
    """The laws of `oikit.cascade`, on every setting of the bench."""
    forced = {tuple(settings.values()): follow(**settings).forced for settings in ALL}
    for longs, shorts, shock, depth in forced:
        here = forced[longs, shorts, shock, depth]
        for bold, bolder in pairwise(MIXES):
            if longs == bold:
                assert forced[bolder, shorts, shock, depth] >= here
            if shorts == bold:
                assert forced[longs, bolder, shock, depth] >= here
        assert forced[longs, shorts, f"{shock[0]}10%", depth] >= here
        assert forced[longs, shorts, shock, "thin"] >= here >= forced[longs, shorts, shock, "deep"]


def test_equal_leverage_leaves_nearly_no_difference() -> None:
    """What the first thing to notice finds: the same share goes, whichever way the shock comes."""
    for mix in MIXES:
        for depth in ("thin", "usual", "deep"):
            for size in ("5%", "10%"):
                fall, rise = (follow(mix, mix, f"{sign}{size}", depth) for sign in "-+")
                assert fall.forced == pytest.approx(rise.forced)


def test_a_deeper_market_loses_a_round_and_a_small_shock_can_empty_a_side() -> None:
    """The second and the third thing to notice can be found."""
    assert len(follow("mixed", "mixed", "-5%", "thin").steps) > len(
        follow("mixed", "mixed", "-5%", "deep").steps
    )
    assert follow("bold", "cautious", "-5%", "usual").forced == pytest.approx(100)
    assert follow("bold", "cautious", "+5%", "usual").forced == 0


def test_the_sentence_tells_the_shock_and_its_mirror() -> None:
    """The other way is what makes a difference between the sides visible."""
    said = says("bold", "cautious", "-5%", "usual")

    assert "A fall of 5% forces out all of the longs in 2 rounds" in said
    assert "A rise of 5% forces out none of the shorts" in said
    for settings in ALL:
        assert f"{abs(round_rows(settings)[-1]['move']):.1%}" in says(**settings)


def test_the_still_face_is_small_and_shows_the_chosen_setting() -> None:
    """A page carries every setting; the drawing holds the numbers of the chosen one."""
    convert = pytest.importorskip("vl_convert")
    spec = still("05").to_dict()
    chosen = {"longs": "mixed", "shorts": "cautious", "shock": "-5%", "depth": "thin"}
    for param in spec["params"]:
        param["value"] = chosen[param["name"]]
    newest = [v for v in convert.get_vegalite_versions() if v.startswith("5")][-1]
    picture = convert.vegalite_to_svg({**spec, "$schema": ""}, vl_version=newest)

    assert len(json.dumps(spec)) < 250_000
    assert "−1.5% out" in picture
    assert "−17.0%" in picture
    assert "longs: closed by a fall" in picture


def test_words_read_the_rounds_aloud() -> None:
    """The cohorts are drawn; the rounds are read."""
    answer = explore("05", shock="-10%")

    assert [line[0] for line in answer.table[1:]] == ["shock", "round 1"]
    assert "Both sides are equally large. A model, no data." in answer.says


# --- what the prose says ---


def test_the_facts_in_the_questions_are_true() -> None:
    """Numbers in options come from nowhere else, so they are computed here once more."""
    assert QUESTIONS["05.a"].answer == "c" and 70 / 30 > 2
    assert QUESTIONS["05.b"].answer == "a"
    assert QUESTIONS["05.q1"].answer == "b" and round(0.7 / 0.3, 1) == 2.3
    assert QUESTIONS["05.q2"].answer == "c"
    assert QUESTIONS["05.q3"].answer == "d" and 0.2 < 0.05**0.5 < 0.23
    assert 0.5**2 == 1 / 4


def test_the_two_conditions_never_meet_in_the_null_world() -> None:
    """The card calls the rule silent there, so the table must be empty where it counts."""
    table = squeeze_table(oikit.sample("bnb-null"))

    assert table.iloc[0, 0] == 0
    assert table.to_numpy().sum() > 20_000


def test_six_people_always_add_up_to_nothing() -> None:
    """The worked example is a proof, so it holds for any seed."""
    for seed in range(5):
        rng = np.random.default_rng(seed)
        held = pd.Series(0, index=list("ABCDEF"))
        for _ in range(100):
            buyer, seller = rng.choice(held.index, size=2, replace=False)
            size = int(rng.integers(1, 10))
            held[buyer] += size
            held[seller] -= size

        assert held.clip(lower=0).sum() == -held.clip(upper=0).sum() > 0
