"""Lesson 02: the ratio, its threshold bench, and why each wrong answer is wrong."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from oikit.claims import SESSION
from oikit.explore import explore, still, tried
from oikit.explore.model import every_setting, grid
from oikit.learn import by_event, evidence_card, real_market
from oikit.learn.evidence import draw_intervals
from oikit.learn.exercise import judge
from oikit.stats import trials_needed, wilson
from oikit_lessons.lesson02.exercises import EXERCISES
from oikit_lessons.lesson02.explorer import (
    EXPLORER,
    PUSH,
    PUSHED_ABOVE,
    THRESHOLDS,
    bench,
    daily,
    push,
    rows,
    says,
    turns,
)
from oikit_lessons.lesson02.questions import QUESTIONS

ROOT = Path(__file__).resolve().parents[1]
LESSON = "02_ratio_threshold"

RATIO, EPISODES, INTERVAL = EXERCISES.values()
ALL = every_setting(EXPLORER)


# --- exercises ---


def right_episodes(above: list[bool], wait: int) -> list[int]:
    starts: list[int] = []
    for day, high in enumerate(above):
        if high and (not starts or day >= starts[-1] + wait):
            starts.append(day)
    return starts


def right_interval(k: int, n: int, z: float = 1.96) -> tuple[float, float]:
    found = wilson(k, n, confidence=math.erf(z / math.sqrt(2)))
    return found.low, found.high


def plain(k: int, n: int) -> tuple[float, float]:
    half = 1.96 * math.sqrt(k / n * (1 - k / n) / n)
    return k / n - half, k / n + half


def crossings(above: list[bool]) -> list[bool]:
    return [high and not (day and above[day - 1]) for day, high in enumerate(above)]


def after_the_last(above: list[bool], wait: int) -> list[int]:
    days = [day for day, high in enumerate(above) if high]
    return [day for place, day in enumerate(days) if not place or day >= days[place - 1] + wait]


def shifted_middle(k: int, n: int) -> tuple[float, float]:
    low, high = right_interval(k, n)
    return k / n - (high - low) / 2, k / n + (high - low) / 2


def undivided(k: int, n: int) -> tuple[float, ...]:
    return tuple(end * (1 + 1.96**2 / n) for end in right_interval(k, n))


p = RATIO.numbers
coins = p.coins_a + p.value_b / p.price + p.both_sides_c / 2

WRONG: dict[str, dict[str, Any]] = {
    "02.1": {
        "one-venue-only": p.coins_a / p.circulating_supply,
        "forgets-a-venue": (p.coins_a + p.value_b / p.price) / p.circulating_supply,
        "counts-both-sides": (coins + p.both_sides_c / 2) / p.circulating_supply,
        "takes-the-total-supply": coins / p.total_supply,
        "adds-dollars-to-coins": (coins - p.value_b / p.price + p.value_b) / p.circulating_supply,
        "dollars-over-coins": coins * p.price / p.circulating_supply,
        "coins-over-dollars": coins / p.price / p.circulating_supply,
        "upside-down": p.circulating_supply / coins,
        "unit": 100 * coins / p.circulating_supply,
        "": 0.5,
    },
    "02.2": {
        "counts-days": lambda above, _: [day for day, high in enumerate(above) if high],
        "counts-crossings": lambda above, _: [day for day, new in enumerate(crossings(above)) if new],
        "crossings-only": lambda above, wait: right_episodes(crossings(above), wait),
        "waits-after-the-last-day": after_the_last,
        "waits-a-day-too-long": lambda above, wait: right_episodes(above, wait + 1),
        "waits-a-day-too-short": lambda above, wait: right_episodes(above, wait - 1),
        "only-how-many": lambda above, wait: len(right_episodes(above, wait)),
        "yes-or-no": lambda above, wait: [day in right_episodes(above, wait) for day in range(len(above))],
        "only-days-above": lambda above, wait: [day + 1 for day in right_episodes(above, wait)],
        "far-enough-apart": lambda above, wait: [day for day in right_episodes(above, wait) for _ in "ab"],
    },
    "02.3": {
        "share-plus-minus": plain,
        "share-plus-minus-cut-off": lambda k, n: (max(0.0, plain(k, n)[0]), min(1.0, plain(k, n)[1])),
        "one-standard-error": lambda k, n: right_interval(k, n, 1.0),
        "nine-times-in-ten": lambda k, n: right_interval(k, n, 1.645),
        "around-the-share": shifted_middle,
        "forgets-to-divide": undivided,
        "in-per-cent": lambda k, n: [100 * end for end in right_interval(k, n)],
        "high-before-low": lambda k, n: right_interval(k, n)[::-1],
        "two-ends": lambda k, n: k / n,
        "holds-the-share": lambda k, n: (0.4, 0.5),
        "inside-nothing-and-one": lambda k, n: (-1.0, 2.0),
    },
}


@pytest.mark.parametrize(("name", "wrong"), [(name, wrong) for name, each in WRONG.items() for wrong in each])
def test_each_wrong_answer_gets_its_own_reason(name: str, wrong: str) -> None:
    """A wrong model is named; anything else breaks a property, a unit, or gets a hint."""
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
        ("02.1", coins / p.circulating_supply),
        ("02.1", pd.Series([0.0064063])),
        ("02.2", right_episodes),
        ("02.2", lambda above, wait: np.array(right_episodes(above, wait))),
        ("02.3", right_interval),
        ("02.3", lambda k, n: [round(end, 5) for end in right_interval(k, n)]),
    ],
)
def test_a_right_answer_is_right_however_it_is_written(name: str, answer: Any) -> None:
    """Arrays, tuples and rounded numbers are answers."""
    assert judge(EXERCISES[name], [answer]).status == "CORRECT"


@pytest.mark.parametrize("name", ["02.2", "02.3"])
def test_what_is_no_function_is_told_so(name: str) -> None:
    """A number in place of a function costs one line."""
    assert "should be a function" in judge(EXERCISES[name], [3]).says


# --- questions ---


def test_the_numbers_of_the_quiz_are_those_of_the_code() -> None:
    """A quiz that teaches a wrong number would be worse than none."""
    case = explore("02", world="planted", threshold="0.55%", horizon="14 days", cases="episodes")

    assert round(trials_needed(0.55), -1) == 780
    assert "7 of 9 episodes: 78%. Usual is 61%" in case.says
    assert "The interval, 45 to 94%, holds the usual rate" in case.says
    asked = QUESTIONS["02.q2"]
    assert "7 of 9" in asked.asks and "61%" in asked.asks
    assert "between 45% and 94%" in asked.says["b"]
    # Eleven right or more of twenty, by luck: "two of five tries".
    assert sum(math.comb(20, k) for k in range(11, 21)) / 2**20 == pytest.approx(0.41, abs=0.01)


# --- the bench ---


@pytest.fixture(scope="module")
def days() -> pd.DataFrame:
    from oikit.simulate.samples import sample

    return daily(sample("bnb-null"))


def test_a_turn_is_a_close_against_the_last_thirty_days() -> None:
    """Up for thirty days; then down by five in a hundred within three days, or not."""
    index = pd.date_range("2026-01-01", periods=36, freq="D", tz="UTC", name="time")
    path = [*np.linspace(100, 130, 31), 129.0, 128.0, 123.0, 123.0, 123.0]
    turned = turns(pd.Series(path, index), "3d")

    assert turned.iloc[:30].isna().all()
    assert turned.iloc[30] == 1.0  # 123 is below 0.95 × 130
    assert turned.iloc[31:33].tolist() == [0.0, 0.0]  # 123 / 129 and 123 / 128 are above 0.95
    assert turned.iloc[33:].isna().all()


def test_the_push_changes_the_price_and_not_the_ratio(days: pd.DataFrame) -> None:
    """Coins over coins: the planted link can be put into the price alone."""
    pushed = push(days)
    step = np.log(pushed["close"]).diff() - np.log(days["close"]).diff()
    high = (days["ratio"] > PUSHED_ABOVE).shift(1, fill_value=False)

    pd.testing.assert_series_equal(pushed["ratio"], days["ratio"])
    assert step[~high].abs().max() < 1e-12
    assert step[high].abs().iloc[0] == pytest.approx(PUSH)
    trend = np.sign(np.log(pushed["close"]).diff(30)).shift(1)
    assert (step[high] * trend[high] <= 1e-12).all()


def test_episodes_are_days_that_are_a_horizon_apart(days: pd.DataFrame) -> None:
    """The count of days is what the naive reader takes; the episodes are among them."""
    for horizon in (3, 7, 14, 30):
        each, clumps = (bench(days, 0.005, horizon, cases) for cases in ("days", "episodes"))

        assert set(clumps.turned.index) <= set(each.turned.index)
        assert len(clumps.turned) <= len(each.turned) <= each.above
        assert clumps.turned.index.to_series().diff().min() >= pd.Timedelta(days=horizon)
        assert clumps.after.low <= clumps.after.value <= clumps.after.high


def test_the_line_of_the_article_has_no_record_in_either_world() -> None:
    """Zero cases are said as such, and nothing is drawn for them."""
    for world in ("null", "planted"):
        table = rows(world, "15%", "7 days", "episodes")

        assert "no record, good or bad" in says(world, "15%", "7 days", "episodes")
        assert [row["who"] for row in table if row["kind"] == "rate"] == ["usual"]
        assert "times as high" in table[0]["label"]


def test_the_usual_rate_grows_with_the_horizon() -> None:
    """What the reader is asked to notice."""
    rates = [
        next(row["share"] for row in rows("null", "0.5%", horizon, "days") if row.get("who") == "usual")
        for horizon in ("3 days", "7 days", "14 days", "30 days")
    ]

    assert rates == sorted(rates) and rates[-1] > 3 * rates[0]


def test_days_cry_wolf_where_episodes_do_not() -> None:
    """In the null world there is a setting that looks like a finding until episodes are counted."""
    fooled = [each for each in ALL if each["world"] == "null" and "leaves the usual" in says(**each)]  # type: ignore[arg-type]

    assert fooled and {each["cases"] for each in fooled} == {"days"}
    assert all("count episodes before" in says(**each) for each in fooled)  # type: ignore[arg-type]


def test_the_planted_link_is_found_at_some_settings_and_missed_at_others() -> None:
    """Power is a matter of cases: the lesson says so, and it is so."""
    found = [
        "leaves the usual" in says("planted", threshold, "7 days", "episodes")
        for threshold in THRESHOLDS
        if threshold != "15%"
    ]

    assert any(found) and not all(found)


def test_every_sentence_says_simulated_and_agrees_with_its_rows() -> None:
    """A sentence that drifts from its table would teach something false."""
    for settings in ALL:
        said = says(**settings)  # type: ignore[arg-type]
        table = {row["who"]: row for row in rows(**settings) if row["kind"] == "rate"}  # type: ignore[arg-type]

        assert said.startswith("Simulated, ")
        assert "  " not in said
        if "above" in table:
            hits, n = map(int, re.findall(r"after (\d+) of (\d+)", said)[0])
            assert n == table["above"]["n"]
            assert table["above"]["share"] == pytest.approx(100 * hits / n, abs=0.05)
            assert f"Usual is {table['usual']['share']:.0f}%" in said


def test_the_page_carries_a_small_grid() -> None:
    """Every setting in one specification that can be sent."""
    spec = json.dumps(still("02").to_dict())

    assert len(spec) < 250_000
    assert len({row["at"] for row in grid(EXPLORER)}) == len(ALL) == 80
    assert "There are 80 settings to try here." in " ".join(spec.replace("\\n", " ").split())


@pytest.mark.parametrize("version", ["5", "6"])
def test_both_versions_of_the_library_draw_the_chosen_setting(version: str) -> None:
    """Days are found by the page itself, episodes come with the rows: each is drawn where it belongs."""
    convert = pytest.importorskip("vl_convert")
    newest = [v for v in convert.get_vegalite_versions() if v.startswith(version)][-1]
    spec = still("02").to_dict()
    for cases, wanted in (("days", "98 days above the line"), ("episodes", "17 episodes")):
        for param in spec["params"]:
            param["value"] = {"threshold": "0.55%", "cases": cases}.get(param["name"], param["value"])
        picture = convert.vegalite_to_svg({**spec, "$schema": ""}, vl_version=newest)
        drawn = " ".join(re.findall(r"<text[^>]*>([^<]+)</text>", picture))

        assert wanted in drawn
        marks = re.findall(r'<g class="mark-symbol role-mark[^>]*>(.*?)</g>', picture)
        days, episodes, rates = (each.count("<path") for each in marks)
        assert (days, episodes, rates) == {"days": (98, 0, 2), "episodes": (0, 17, 2)}[cases]


def test_settings_are_counted_once_in_words_and_in_the_face() -> None:
    """The same setting twice is one try, and every face says the number."""
    pytest.importorskip("ipywidgets")
    SESSION.clear()
    try:
        first = explore("02", horizon="3 days")
        assert first.tried == explore("02", horizon="3 days").tried == "Settings tried so far: 1."
        assert "so far: 1." in str(first) and "so far: 1." in first._repr_html_()
        face = explore("02")
        face.controls["cases"].value = "episodes"

        assert face.sentence.text.endswith("\nSettings tried so far: 3.")
        assert tried("02") == 3
        assert tried("01") == 0
        assert explore("01", size=1).tried == ""
    finally:
        SESSION.clear()


# --- evidence ---


def test_by_event_tells_of_episodes_and_of_no_record(days: pd.DataFrame) -> None:
    """An event that never happened is a row with n = 0, and the card and the picture can take it."""
    lines = {"above 15%": days["ratio"] > 0.15, "above 0.5%": days["ratio"] > 0.005}
    table = by_event(lines, turns(days["close"], "7d"), horizon="7d")
    card = evidence_card(
        claim="c",
        table=table,
        method="m",
        trials=1,
        data="d",
        costs="none",
        verdict="undecided",
        unit="points",
    )

    assert table["n"].tolist() == [0, len(bench(days, 0.005, 7, "episodes").turned)]
    assert table.loc["above 15%"].drop("n").isna().all()
    assert "unknown" in str(card) and "n counts separate events" in str(card)
    assert "against what is usual" in str(card)
    assert "difference, points" in card._repr_html_()
    spec = draw_intervals(table, unit="points", against="usual").to_dict()
    assert spec["description"].endswith("The interval holds 0.")
    assert by_event({"never": days["ratio"] > 1}, turns(days["close"], "7d"), horizon="7d")["p"].isna().all()


def test_a_planted_turn_is_found_by_the_card(days: pd.DataFrame) -> None:
    """The machine that stays silent in the null world speaks where there is a link."""
    high = {"high": days["ratio"] > PUSHED_ABOVE}
    quiet = by_event(high, turns(days["close"], "7d"), horizon="7d").iloc[0]
    loud = by_event(high, turns(push(days)["close"], "7d"), horizon="7d").iloc[0]

    assert quiet["low"] < 0 < quiet["high"] and quiet["p"] > 0.05
    assert loud["low"] > 0 and loud["p"] <= 0.05


def test_another_unit_is_refused(days: pd.DataFrame) -> None:
    """Points or basis points; nothing else has a meaning on the card."""
    from oikit.errors import InputError

    table = by_event({"high": days["ratio"] > 0.005}, turns(days["close"], "7d"), horizon="7d")
    with pytest.raises(InputError, match="use one of basis points, points"):
        draw_intervals(table, unit="per cent")


# --- the third world ---


def test_without_a_store_the_lesson_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """No network is asked: one sentence says how to add a real market later."""
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path))

    assert real_market() is None
    assert 'oikit.load("BNBUSDT"' in capsys.readouterr().out


def keep(root: Any, symbol: str, bars: int, address: str = "http://127.0.0.1:9") -> None:
    """Store the last bars of a sample under this symbol."""
    from oikit.data import store
    from oikit.simulate.samples import sample

    stored = sample("bnb-null").iloc[-bars:].drop(columns="circulating_supply")
    stored.index = stored.index.as_unit("us")
    origin = {"address": address, "fetched_at": "2026-03-10T00:00:00+00:00", "lacking": [], "remarks": []}
    store.write(root, symbol, pd.Timedelta("1h"), stored, origin)


def test_a_stored_market_is_read_with_its_provenance(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """What somebody fetched becomes the third world, and says where it is from."""
    keep(tmp_path, "BNBUSDT", 1500)
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path))

    real = real_market()

    assert real is not None and len(real) == 1500
    assert real["circulating_supply"].notna().all()
    assert "figures given as real by http://127.0.0.1:9" in capsys.readouterr().out
    assert daily(real)["ratio"].notna().any()


@pytest.mark.parametrize(
    ("stored", "chosen"),
    [
        ({"BNBUSDT": 1439}, None),
        ({"BNBUSDT": 1440}, "BNBUSDT"),
        ({"ETHUSDT": 1500}, "ETHUSDT"),
        ({"ETHUSDT": 1500, "SOLUSDT": 1600}, "SOLUSDT"),
        ({"ETHUSDT": 3000, "BNBUSDT": 1500}, "BNBUSDT"),
        ({"ETHUSDT": 1500, "BNBUSDT": 100}, "ETHUSDT"),
    ],
)
def test_any_market_of_sixty_days_will_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, stored: dict[str, int], chosen: str | None
) -> None:
    """The coin of the article is taken first, then the market with the most bars."""
    for symbol, bars in stored.items():
        keep(tmp_path, symbol, bars)
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path))

    real = real_market()

    assert (real is None) == (chosen is None)
    assert real is None or (real.attrs["symbol"], len(real)) == (chosen, stored[chosen or ""])


def test_what_a_store_says_of_itself_is_shown_as_text(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    """An address with a script in it ran once in an exported page."""
    keep(tmp_path, "BNBUSDT", 1500, "http://x/`<script>alert(1)</script><meta http-equiv=refresh>")
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path))

    real_market()
    said = capsys.readouterr().out

    assert "<" not in said and "`" not in said
    assert "&lt;script&gt;" in said
