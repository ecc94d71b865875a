"""Lesson 04, funding: wrong answers get their reasons, the bench is right, the prose is true."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import oikit
from oikit import stats
from oikit.claims import CLAIMS, weigh
from oikit.claims.ledger import judge as ledger
from oikit.errors import InputError
from oikit.explore import explore, still
from oikit.explore.model import every_setting, grid
from oikit.formatting import signed
from oikit.learn import TODO
from oikit.learn.exercise import judge
from oikit.margin import funding_payment
from oikit.stats.lagged import lagged, strongest
from oikit_lessons.lesson04.exercises import ALARM, BLOCKS, EVERY, PAYMENT
from oikit_lessons.lesson04.explorer import EXPLORER, days, rows, says
from oikit_lessons.lesson04.questions import QUESTIONS

ALL: list[dict[str, Any]] = every_setting(EXPLORER)
START: dict[str, Any] = EXPLORER.start
NUMBERS = (PAYMENT, ALARM, EVERY)

# --- the exercises ---


def test_the_answers_are_those_of_the_library() -> None:
    """An exercise and the package must not teach two formulas."""
    p = PAYMENT.numbers
    once = funding_payment(p.funding_rate, side="long", quantity=p.coins, mark_price=p.mark_price)
    margin = p.coins * p.mark_price / p.leverage
    assert judge(PAYMENT, [3 * once, 3 * once / margin]).status == "CORRECT"

    e = EVERY.numbers
    assert judge(EVERY, [stats.zero_failures(e.cases).high, 149]).status == "CORRECT"
    assert stats.zero_failures(149).high <= e.seldom < stats.zero_failures(148).high

    a = ALARM.numbers
    weeks = np.random.default_rng(0).random((200_000, 2))
    slump = weeks[:, 0] < a.usual
    alarm = weeks[:, 1] < np.where(slump, a.catches, a.false_alarms)
    assert ALARM.answer(a)["right"] == pytest.approx(slump[alarm].mean(), abs=0.01)


def dealt(x: list[float], y: list[float], block: int, starts: list[int]) -> float:
    picked = [(start + step) % len(x) for start in starts for step in range(block)]
    return float(np.corrcoef([x[i] for i in picked], [y[i] for i in picked])[0, 1])


def stops(x: list[float], y: list[float], block: int, starts: list[int]) -> float:
    pairs = [pair for start in starts for pair in list(zip(x, y, strict=True))[start : start + block]]
    return float(np.corrcoef(np.array(pairs).T)[0, 1])


def torn(x: list[float], y: list[float], block: int, starts: list[int]) -> float:
    picked = [x[(start + step) % len(x)] for start in starts for step in range(block)]
    return float(np.corrcoef(picked, [y[i % len(y)] for i in range(len(picked))])[0, 1])


def spread(x: list[float], y: list[float], block: int, starts: list[int]) -> float:
    picked = [(start + step) % len(x) for start in starts for step in range(block)]
    return float(np.cov([x[i] for i in picked], [y[i] for i in picked])[0, 1])


WRONG: dict[str, Callable[..., Any]] = {
    "as-it-happened": lambda x, y, block, starts: np.corrcoef(x, y)[0, 1],
    "single-rows": lambda x, y, block, starts: np.corrcoef([x[s] for s in starts], [y[s] for s in starts])[
        0, 1
    ],
    "stops-at-the-end": stops,
    "pairs-torn-apart": torn,
    "covariance": spread,
    "squared": lambda *case: dealt(*case) ** 2,
    "between-minus-one-and-one": lambda *case: 7.0,
}


@pytest.mark.parametrize("name", WRONG)
def test_each_wrong_deal_gets_its_own_reason(name: str) -> None:
    """Written as a learner would write it, not as the malrule computes it."""
    known = {rule.name: rule.says for rule in BLOCKS.rules}
    known |= {each.name: each.says for each in BLOCKS.properties}
    found = judge(BLOCKS, [WRONG[name]])

    assert (found.status, found.misconception, found.says) == ("NOT YET", name, known[name])
    assert set(known) == set(WRONG)


@pytest.mark.parametrize(
    ("function", "status", "says"),
    [
        (3, "NOT YET", "should be a function of x, y, block and starts"),
        (lambda x, y, block, starts: [0.5, 0.5], "NOT YET", "one correlation is asked"),
        (lambda x, y, block, starts: "close", "NOT YET", "give a plain number"),
        (lambda x, y, block, starts: float("nan"), "NOT YET", "missing or infinite"),
        (lambda x, y, block, starts: x[99], "ERROR", "IndexError"),
        (lambda x: 0, "ERROR", "TypeError"),
        (lambda x, y, block, starts: TODO, "NOT ATTEMPTED", "still gives back TODO"),
        (lambda x, y, block, starts: 0.123, "NOT YET", "collect the rows first"),
        (dealt, "CORRECT", "pairs stay pairs"),
        (lambda *case: np.float64(dealt(*case)), "CORRECT", "pairs stay pairs"),
    ],
)
def test_what_is_no_correlation_is_answered_in_words(function: Any, status: str, says: str) -> None:
    """A wrong type, an empty answer or a crash costs one line."""
    found = judge(BLOCKS, [function])

    assert found.status == status
    assert says in found.says


def test_the_worked_answers_hold_the_numbers() -> None:
    """After the hints a learner reads the whole way."""
    for exercise in NUMBERS:
        told = exercise.worked(exercise.numbers)
        for value in exercise.answer(exercise.numbers).values():
            assert f"{value:.4f}" in told or f"{value:.0f}" in told
    assert "% len(x)" in BLOCKS.worked(BLOCKS.numbers)


# --- correlations at a lag ---


def noise(*shape: int, seed: int = 0) -> Any:
    return np.random.default_rng(seed).normal(size=shape)


def test_a_lag_reads_the_second_column_later() -> None:
    """Above zero the first leads; the numbers are those of plain correlations of the pairs."""
    x = pd.Series(noise(200))
    y = x.shift(2) + pd.Series(noise(200, seed=1))
    table = lagged(x, y, horizon=1, reach=3).set_index("lag")

    assert table["r"].idxmax() == 2
    assert [lag for lag, _ in strongest(x, y, reach=3)] == [2, 2, 2]
    for lag in table.index:
        assert table.loc[lag, "r"] == pytest.approx(x.corr(y.shift(-lag)))
        assert table.loc[lag, "n"] == (x * y.shift(-lag)).count()


def test_the_naive_interval_is_fishers() -> None:
    """By hand: the hyperbolic tangent of z plus or minus two standard errors."""
    x, y = pd.Series(noise(103)), pd.Series(noise(103, seed=1))
    (row,) = lagged(x, y, horizon=1, reach=0).to_dict("records")
    low, high = (math.tanh(math.atanh(x.corr(y)) + sign * 1.959964 / 10) for sign in (-1, 1))

    assert (row["naive_low"], row["naive_high"]) == pytest.approx((low, high))


def test_what_is_unknown_is_left_out_with_its_partner() -> None:
    """And the mirror image has the mirrored curve."""
    x, y = pd.Series(noise(120)), pd.Series(noise(120, seed=1))
    x[10:20] = np.nan
    table = lagged(x, y, horizon=2, reach=1)
    back = lagged(x, -y, horizon=2, reach=1)

    assert table["n"].tolist() == [109, 110, 109]
    assert back["r"].tolist() == pytest.approx((-table["r"]).tolist())
    assert back["low"].tolist() == pytest.approx((-table["high"]).tolist())
    pd.testing.assert_frame_equal(table, lagged(x, y, horizon=2, reach=1))


@pytest.mark.parametrize(
    ("first", "second", "reach"),
    [
        (pd.Series([1.0] * 50), pd.Series(noise(50)), 0),
        (pd.Series(noise(50)), pd.Series([np.nan] * 50), 0),
        (pd.Series(noise(20)), pd.Series(noise(20)), 0),
        (pd.Series(noise(50)), pd.Series(noise(50)), 25),
    ],
    ids=["stands still", "unknown", "few", "far apart"],
)
def test_too_few_pairs_that_move_have_no_correlation(first: Any, second: Any, reach: int) -> None:
    """One line, with what there is."""
    with pytest.raises(InputError, match="a correlation needs"):
        lagged(first, second, horizon=1, reach=reach)


def test_windows_that_overlap_fool_the_textbook_and_not_the_blocks() -> None:
    """Of unrelated columns of weekly changes, read each day; the block interval errs far less."""
    naive = blocks = 0
    for seed in range(80):
        x, y = (pd.Series(noise(700, seed=2 * seed + each).cumsum()).diff(7) for each in (0, 1))
        (row,) = lagged(x, y, horizon=7, reach=0, draws=400, seed=seed).to_dict("records")
        naive += not row["naive_low"] <= 0 <= row["naive_high"]
        blocks += not row["low"] <= 0 <= row["high"]

    assert naive >= 0.25 * 80
    assert blocks <= 0.14 * 80


# --- the bench ---


def row(**settings: str) -> dict[str, Any]:
    (found,) = rows(**{**START, **settings})
    return found


def outside(found: dict[str, Any], prefix: str = "") -> bool:
    return bool(not found[f"{prefix}low"] <= 0 <= found[f"{prefix}high"])


def test_strangers_look_related_by_level_and_not_by_change() -> None:
    """What the first thing to notice finds, in a world where nothing can be found."""
    for lag in map(str, EXPLORER.controls[3].options):
        for horizon in ("1d", "3d", "7d"):
            level = row(world="apart", horizon=horizon, lag=lag)
            change = row(world="apart", measure="changes", horizon=horizon, lag=lag)

            assert level["r"] > 0.5 and outside(level)
            assert not outside(change)
    assert "yet there is nothing to find" in says(**{**START, "world": "apart"})


def test_over_seven_days_the_naive_band_is_sure_of_strangers() -> None:
    """What the second thing to notice finds, and the sentence says so."""
    settings = {**START, "world": "apart", "measure": "changes", "horizon": "7d", "lag": "+7d"}

    assert "the naive one would have been sure" in says(**settings)


def test_the_planted_fall_shows_at_its_lags_and_one_lag_of_the_null_world_is_luck() -> None:
    """What the third thing to notice finds: below zero where planted; one false alarm where nothing leads."""
    for lag in ("+1d", "+2d"):
        assert row(world="planted", measure="changes", lag=lag)["high"] < 0
    ahead = ("+1d", "+2d", "+3d", "+7d")
    null = [lag for lag in ahead if outside(row(world="null", measure="changes", lag=lag))]

    assert null == ["+1d"]
    assert row(world="null", measure="changes", lag="0d")["low"] > 0  # the same day is shared


def test_the_years_of_strangers_do_not_agree() -> None:
    """What the last thing to notice finds."""
    for measure in ("levels", "changes"):
        said = says(**{**START, "world": "apart", "measure": measure})
        (peaks,) = re.findall(r"Strongest lag of each year: (.*) days\.", said)

        assert len(set(peaks.split(", "))) > 1


def test_every_sentence_agrees_with_its_row() -> None:
    """A sentence that drifts from its table would teach something false."""
    for settings in ALL:
        said, found = says(**settings), rows(**settings)[0]

        assert said.startswith("Simulated, ") and "  " not in said
        assert f"is {signed(found['r'], 2)}" in said
        assert f"{found['n']:,} pairs, of which {found['alone']:,} share no day" in said
        assert ("leaves zero out" in said) == outside(found)
        assert ("would have been sure" in said) == (outside(found, "naive_") and not outside(found))
        assert found["low"] <= found["r"] <= found["high"]


def test_strangers_are_two_samples_on_the_same_days() -> None:
    """The price of one, the coins of the other."""
    both, null, planted = (days(world) for world in ("apart", "null", "planted"))

    assert both["price"].equals(null["price"]) and both["open_interest"].equals(planted["open_interest"])
    assert len(both) == 1_099 and both.notna().all(axis=None)


def test_the_page_carries_a_small_grid() -> None:
    """Every setting in one specification that can be sent, and as many as the sentence says."""
    spec = json.dumps(still("04").to_dict())

    assert len(spec) < 250_000
    assert len({each["at"] for each in grid(EXPLORER)}) == len(ALL) == 162
    assert "There are 162 settings" in re.sub(r"\s+", " ", spec.replace("\\n", " "))


def test_the_axis_of_the_years_says_what_it_counts() -> None:
    """A layer without the title takes it off the axis, and then nobody knows who is read later."""
    _, years = still("04").to_dict()["vconcat"][0]["vconcat"]
    titles = [layer["encoding"]["x"]["title"] for layer in years["layer"]]

    assert len(titles) > 1 and set(titles) == {"days by which the price is read later"}


@pytest.mark.parametrize("version", ["5", "6"])
def test_both_versions_of_the_library_draw_the_chosen_setting(version: str) -> None:
    """The number of the chosen lag, every lag of the curve, three years."""
    convert = pytest.importorskip("vl_convert")
    newest = [v for v in convert.get_vegalite_versions() if v.startswith(version)][-1]
    spec = still("04").to_dict()
    chosen = {"measure": "changes", "horizon": "3d", "world": "planted", "lag": "+2d"}
    for param in spec["params"]:
        param["value"] = chosen[param["name"]]
    picture = convert.vegalite_to_svg({**spec, "$schema": ""}, vl_version=newest)

    assert f"r = {row(**chosen)['r']:+.2f}".replace("-", "−") in picture
    assert "2 days later" in re.sub(r"\s+", " ", picture)
    assert len(re.findall(r'aria-roledescription="line mark"', picture)) == 3
    assert all(f"{each} year" in picture for each in ("first", "second", "third"))


def test_words_read_the_row_aloud() -> None:
    """One line, with both intervals and the pairs that count."""
    answer = explore("04", measure="changes", horizon="7d")

    assert answer.table[0][:3] == ["lag, days", "correlation", "from"]
    assert answer.table[1][-2:] == ["1,092", "156"]
    assert "Settings tried so far" in answer.tried


# --- what the prose says ---


def test_the_facts_in_the_questions_are_true() -> None:
    """Numbers in options come from nowhere else, so they are computed here once more."""
    assert QUESTIONS["04.w1"].answer == "b"
    walks = [abs(np.corrcoef(each)[0, 1]) for each in noise(500, 2, 365, seed=4).cumsum(axis=2)]
    assert QUESTIONS["04.b"].answer == "c" and np.median(walks) == pytest.approx(0.42, abs=0.03)
    assert QUESTIONS["04.c"].answer == "a" and round(0.07 / (0.07 + 0.18), 2) == 0.28
    assert QUESTIONS["04.q3"].answer == "b" and 300 / 30 == 10
    assert funding_payment(0.0003, side="long", quantity=1, mark_price=1.0) < 0  # 04.a
    assert funding_payment(-0.0002, side="short", quantity=1, mark_price=1.0) < 0  # 04.q1
    assert [QUESTIONS[name].answer for name in ("04.w2", "04.a", "04.q1", "04.q2")] == ["c", "b", "a", "d"]


def test_the_worked_numbers_are_those_of_the_course() -> None:
    """0.05% each eight hours, and what a run without failure allows."""
    assert (f"{3 * 365 * 0.0005:.1%}", f"{3 * 0.0005 * 20:.1%}") == ("54.8%", "3.0%")
    assert [round(stats.zero_failures(n).high, 2) for n in (5, 20)] == [0.45, 0.14]


def test_the_verdicts_are_the_ones_the_lesson_speaks_of() -> None:
    """One lucky reading in the null world is supported alone and undecided among the others."""
    null, planted = oikit.sample("bnb-null"), oikit.sample("bnb-planted")
    asked = [CLAIMS[name] for name in ("C10", "C11", "C12", "C38")]

    for frame, word in ((null, "negligible"), (planted, "undecided")):
        assert [weigh(claim, frame).word for claim in asked[:2]] == [word, "contradicted"]
    alone, among = weigh(CLAIMS["C11"], null), ledger(null, claims=asked)["C11"]
    assert alone.beside[-1].word == "supported"
    assert among.beside[-1].word == "undecided"
    assert alone.followed is not None and 0.0 in alone.followed.tolist()
    assert weigh(CLAIMS["C38"], null).label == "arithmetic, and it holds"
