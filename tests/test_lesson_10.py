"""Lesson 10, your own market: wrong answers get reasons, the replay knows no later bar, the prose is true."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import oikit
from oikit.data.quality import coverage
from oikit.explore import explore, still
from oikit.explore.model import every_setting
from oikit.frame import resample
from oikit.indicators import robust_zscore, velocity
from oikit.learn import TODO
from oikit.learn.evidence import by_event, draw_intervals, evidence_card
from oikit.learn.exercise import judge
from oikit_lessons.lesson10.exercises import EXERCISES, FALL, GAP, SLOTS, _columns, _paths
from oikit_lessons.lesson10.explorer import BARS, EXPLORER, rows, says, week
from oikit_lessons.lesson10.questions import QUESTIONS
from tests.runs import lesson_of

ROOT = Path(__file__).resolve().parents[1]
LESSON = "10_your_own_market"

Column = Sequence[float | None]
Prices = Sequence[float]

# --- exercise 10.1 ---


def longest(column: Column) -> int:
    run = most = 0
    for value in column:
        run = run + 1 if value is None else 0
        most = max(most, run)
    return most


def runs(column: Column) -> list[int]:
    found = [0]
    for value in column:
        if value is None:
            found[-1] += 1
        elif found[-1]:
            found.append(0)
    return [each for each in found if each]


def between_known(column: Column) -> int:
    known = [place for place, value in enumerate(column) if value is not None]
    return longest(column[known[0] : known[-1] + 1])


WRONG_GAPS: dict[str, Callable[[Column], Any]] = {
    "counts-all-missing": lambda column: sum(value is None for value in column),
    "counts-the-gaps": lambda column: len(runs(column)),
    "takes-the-first": lambda column: (runs(column) or [0])[0],
    "takes-the-last": lambda column: (runs(column) or [0])[-1],
    "counts-from-known-to-known": lambda column: longest(column) + 1 if runs(column) else 0,
    "forgets-the-ends": between_known,
    "takes-zero-for-missing": lambda column: longest([value if value else None for value in column]),
    "counts-the-known": lambda column: longest([1.0 if value is None else None for value in column]),
    "within-the-column": lambda column: -longest(column),
}

WRONG_FALLS: dict[str, Callable[[Prices], Any]] = {
    "knows-the-highest-of-all": lambda p: [1 - x / max(p) for x in p],
    "looks-only-ahead": lambda p: [1 - x / max(p[i:]) for i, x in enumerate(p)],
    "from-the-first": lambda p: [1 - x / p[0] for x in p],
    "from-the-bar-before": lambda p: [0, *(1 - b / a for a, b in pairwise(p))],
    "leaves-out-the-present-bar": lambda p: [0, *(1 - p[i] / max(p[:i]) for i in range(1, len(p)))],
    "turns-the-sign": lambda p: [x / max(p[: i + 1]) - 1 for i, x in enumerate(p)],
    "in-per-cent": lambda p: [100 - 100 * x / max(p[: i + 1]) for i, x in enumerate(p)],
    "divides-by-the-price": lambda p: [max(p[: i + 1]) / x - 1 for i, x in enumerate(p)],
    "in-dollars": lambda p: [max(p[: i + 1]) - x for i, x in enumerate(p)],
    "only-the-last": lambda p: 1 - p[-1] / max(p),
    "one-number-for-each-bar": lambda p: [1 - x / max(p[: i + 1]) for i, x in enumerate(p)][1:],
    "cut-off-the-later-bars": lambda p: [x / (sum(p) / len(p)) for x in p],
}


@pytest.mark.parametrize(
    ("exercise", "wrong", "name"),
    [(GAP, WRONG_GAPS[name], name) for name in WRONG_GAPS]
    + [(FALL, WRONG_FALLS[name], name) for name in WRONG_FALLS],
    ids=[*WRONG_GAPS, *WRONG_FALLS],
)
def test_each_wrong_function_gets_its_own_reason(exercise: Any, wrong: Any, name: str) -> None:
    """Written as a learner would write it, not as the malrule computes it."""
    known = {each.name: each.says for each in (*exercise.rules, *exercise.properties)}
    found = judge(exercise, [wrong])

    assert (found.status, found.misconception, found.says) == ("NOT YET", name, known[name])


def test_every_reason_is_tried() -> None:
    """A reason nobody can reach would be dead text."""
    for exercise, wrong in ((GAP, WRONG_GAPS), (FALL, WRONG_FALLS)):
        assert {each.name for each in (*exercise.rules, *exercise.properties)} == set(wrong)


@pytest.mark.parametrize(
    ("exercise", "function", "status", "says"),
    [
        (GAP, longest, "CORRECT", "nothing was filled"),
        (GAP, 3, "NOT YET", "should be a function of one column"),
        (GAP, lambda column: TODO, "NOT ATTEMPTED", "still gives back TODO"),
        (GAP, lambda column: [1, 2], "NOT YET", "one number for the whole column"),
        (GAP, lambda column: "none", "NOT YET", "give a plain number"),
        (GAP, lambda column: max(column), "ERROR", "TypeError"),
        (GAP, lambda column: 0.5, "NOT YET", "keep two numbers"),
        (
            FALL,
            lambda p: [1 - x / max(p[: i + 1]) for i, x in enumerate(p)],
            "CORRECT",
            "without looking ahead",
        ),
        (FALL, None, "NOT ATTEMPTED", "your turn"),
        (FALL, "max", "NOT YET", "should be a function of one list of prices"),
        (FALL, lambda p: TODO, "NOT ATTEMPTED", "still gives back TODO"),
        (FALL, lambda p: p[99], "ERROR", "IndexError"),
        (FALL, lambda p: [0.5 for _ in p], "NOT YET", "prices that have been seen"),
    ],
)
def test_whatever_comes_is_answered_in_words(exercise: Any, function: Any, status: str, says: str) -> None:
    """A wrong type, an empty answer or a crash costs one line."""
    found = judge(exercise, [function])

    assert found.status == status
    assert says in found.says


def test_the_columns_and_paths_hold_what_they_must() -> None:
    """Gaps at both ends, zeros that are known, columns without a gap; highs that come late."""
    columns, paths = _columns(), _paths()

    assert all(any(value is not None for value in column) for column in columns)
    assert any(column[0] is None for column in columns) and any(column[-1] is None for column in columns)
    assert any(None not in column for column in columns) and any(0.0 in column for column in columns)
    assert any(max(path) not in path[:2] for path in paths)
    assert "longest = max(longest, run)" in GAP.worked(None)
    assert "max(prices[: i + 1])" in FALL.worked(None)


def test_the_slots_are_asked_again_under_their_own_number() -> None:
    """The same check as in lesson 00, on a sentence of the reader's own."""
    right = ["a score below -3", "72 hours", "the price is higher", "all other hours", "BTC, 2023 to 2026"]

    assert judge(SLOTS, right).status == "NOT YET"
    assert judge(SLOTS, ["open interest, by a score below −3", *right[1:]]).status == "CORRECT"
    assert list(EXERCISES) == ["10.1", "10.2", "10.3"]


# --- the replay ---


def test_the_bench_tells_of_a_bar_only_what_was_known() -> None:
    """Asked again with the later bars cut off, each score is the same."""
    frame = resample(oikit.sample("bnb-null")[["close", "open_interest"]], "4h")
    for place in (1, 13, 27, BARS):
        seen = frame.iloc[: len(frame) - BARS + place]
        change = velocity(seen["open_interest"], "24h")
        (now,) = rows("null", place, "hidden")

        assert now["change"] == round(100 * change.iloc[-1], 1)
        assert now["score"] == round(robust_zscore(change, "30d").iloc[-1], 1)
        assert now["high"] == round(seen["close"].iloc[-place:].max(), 1)


def test_hidden_means_hidden() -> None:
    """No number of a later bar is in the rows or in the sentence until it may be seen."""
    for settings in every_setting(EXPLORER):
        (now,), said = rows(**settings), says(**settings)
        assert ("With hindsight" in said) == (settings["later"] == "shown")
        assert ("hindsight" not in said.lower()) == (now["hindsight"] == "")
        assert now["high_at"] <= now["bar"] == settings["bar"]
        assert f"{now['high']:,}" in said


def test_what_the_reader_is_asked_to_notice_is_there() -> None:
    """A high that was not the last, a score that hindsight takes back, and two worlds that look alike."""
    for world in ("null", "planted"):
        table = week(world)
        top = max(row["close"] for row in table)
        highs = [rows(world, bar, "hidden")[0]["high"] for bar in range(1, BARS + 1)]
        assert any(high == row["close"] < top for high, row in zip(highs, table, strict=True))
    assert any(abs(row["score"]) > 2 > abs(row["hindsight"]) for row in week("planted"))
    assert any(abs(row["score"]) > 2 > abs(row["hindsight"]) for row in week("null"))


def test_the_still_face_is_small_and_does_not_draw_what_is_hidden() -> None:
    """The line ends at the chosen bar; the dashed one is there only if it may be seen."""
    convert = pytest.importorskip("vl_convert")
    newest = [v for v in convert.get_vegalite_versions() if v.startswith("5")][-1]
    drawn = {}
    for later in ("hidden", "shown"):
        spec = still("10").to_dict()
        chosen = {"world": "null", "bar": 5, "later": later}
        for param in spec["params"]:
            param["value"] = chosen[param["name"]]
        assert len(json.dumps(spec)) < 250_000
        drawn[later] = convert.vegalite_to_svg({**spec, "$schema": ""}, vl_version=newest)

    assert drawn["hidden"].count('aria-roledescription="point"') == 2 * 5
    assert "stroke-dasharray" in drawn["shown"] and "stroke-dasharray" not in drawn["hidden"]
    # The axis, too, knows only what has been seen: the week goes on to lower prices.
    assert ">820<" in drawn["shown"] and ">820<" not in drawn["hidden"]


def test_in_words_one_bar_is_one_line() -> None:
    """For reading aloud: a head and the bar."""
    answer = explore("10", bar=3)

    assert len(answer.table) == 2
    assert "bar 3 of 42" in answer.says


# --- what the prose says ---


def test_a_gap_that_is_filled_looks_like_a_quiet_market() -> None:
    """What the lesson lets the reader count, computed once more."""
    broken = oikit.sample("bnb-null")[["close", "open_interest"]].tail(7 * 24).copy()
    broken.iloc[60:69] = np.nan

    assert coverage(broken).longest_gap["close"] == pd.Timedelta(hours=9)
    assert broken["close"].diff().eq(0).sum() == 0
    assert broken.ffill()["close"].diff().eq(0).sum() == 9


def test_hindsight_takes_unusual_hours_back() -> None:
    """The lesson says that hours drop out or are new; in the bundled week many drop out."""
    change = velocity(oikit.sample("bnb-null")["open_interest"], "24h")
    whole = change.tail(7 * 24)
    spread = 1.4826 * (whole - whole.median()).abs().median()
    then = robust_zscore(change, "30d").tail(7 * 24).abs().gt(2)
    later = ((whole - whole.median()) / spread).abs().gt(2)

    assert (then & ~later).sum() > 20
    assert later.sum() > 10


def test_a_reader_with_little_data_gets_a_card_without_an_estimate() -> None:
    """A market of three weeks has no event; the lesson must still run to its end."""
    short = oikit.sample("bnb-null").tail(24 * 20)
    never = pd.Series(0.0, short.index)
    table = by_event({"never": never}, short["close"].pct_change(), horizon="72h")
    card = evidence_card(
        claim="c",
        table=table,
        method="m",
        trials=0,
        data="d",
        costs="none",
        verdict="silent",
        because="n = 0",
    )

    assert draw_intervals(table).to_dict()
    assert "unknown" in str(card)


def test_the_facts_in_the_questions_are_true() -> None:
    """Numbers in options come from nowhere else, so they are computed here once more."""
    assert QUESTIONS["10.w1"].answer == "a" and 0.96 / 0.94 > 1
    assert QUESTIONS["10.w2"].answer == "c" and 0.5**3 == 1 / 8
    assert [QUESTIONS[f"10.{letter}"].answer for letter in "ab"] == ["a", "b"]
    assert [QUESTIONS[f"10.q{i}"].answer for i in (1, 2, 3)] == ["b", "b", "c"]
    assert 8 - 3 == 5


# --- with a market of the reader's own ---


@pytest.mark.notebook
def test_the_lesson_takes_a_stored_market_and_calls_it_real(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six weeks of a stored market: the lesson runs to its end on it, with too few events for a verdict."""
    nbclient = pytest.importorskip("nbclient")
    from oikit.data import store
    from oikit.learn.course import solved

    kept = oikit.sample("bnb-null").iloc[-24 * 42 :].drop(columns="circulating_supply")
    kept.index = kept.index.as_unit("us")
    origin = {
        "address": "http://127.0.0.1:9",
        "fetched_at": "2026-03-10T00:00:00+00:00",
        "lacking": [],
        "remarks": [],
    }
    store.write(tmp_path / "store", "BNBUSDT", pd.Timedelta("1h"), kept, origin)
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path / "store"))
    notebook = solved(lesson_of("10"))
    where = {"metadata": {"path": str(tmp_path)}}
    done = nbclient.NotebookClient(notebook, timeout=180, kernel_name="python3", resources=where).execute()
    outputs = [output for cell in done.cells for output in cell.get("outputs", [])]
    said = "\n".join(output.get("data", {}).get("text/plain", "") for output in outputs)

    assert not [output for output in outputs if output.output_type in ("error", "stream")]
    assert "From here on the market is BNBUSDT, which is real." in said
    assert "Verdict: silent" in said
    assert list((tmp_path / "my_report").glob("BNBUSDT-*.html"))
