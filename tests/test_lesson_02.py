"""Lesson 02: why each wrong answer is wrong, the numbers of its questions, evidence, and stored markets."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

import oikit
from oikit.claims.events import first_in_cluster, forward
from oikit.indicators import oi_to_cap
from oikit.learn import by_event, evidence_card, real_market
from oikit.learn.evidence import draw_intervals
from oikit.learn.exercise import judge
from oikit.stats import trials_needed, wilson
from oikit_lessons.lesson02.exercises import EXERCISES
from oikit_lessons.lesson02.questions import QUESTIONS

RATIO, EPISODES, INTERVAL = EXERCISES.values()


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
    found = wilson(7, 9)

    assert round(trials_needed(0.55), -1) == 780
    assert (round(7 / 9, 2), round(found.low, 2), round(found.high, 2)) == (0.78, 0.45, 0.94)
    asked = QUESTIONS["02.q2"]
    assert "7 of 9" in asked.asks and "61%" in asked.asks
    assert "between 45% and 94%" in asked.says["b"] and found.low < 0.61 < found.high
    assert "78%" in asked.options["a"]
    # Eleven right or more of twenty, by luck.
    assert sum(math.comb(20, k) for k in range(11, 21)) / 2**20 == pytest.approx(0.41, abs=0.01)
    # With 80 cases of 55% the interval is about 20 points wide, and 8,000 show an edge of 2 points.
    assert 0.2 < wilson(44, 80).high - wilson(44, 80).low < 0.22
    assert wilson(4000 + 160, 8000).low > 0.5


def test_noise_comes_down_as_often_as_the_prediction_says() -> None:
    """Prediction 02.c, for any seed: from its highest twentieth it is lower a month later in nine of ten."""
    for seed in range(3):
        noise = pd.Series(np.random.default_rng(seed).standard_normal(60_000))
        level = noise.ewm(alpha=0.03, adjust=False).mean()
        lower = (level.shift(-30) < level)[:-30]
        top = (level > level.quantile(0.95))[:-30]

        assert lower[top].mean() == pytest.approx(0.9, abs=0.04)
        assert lower.mean() == pytest.approx(0.5, abs=0.02)
    assert QUESTIONS["02.c"].answer == "c" and "90 times in 100" in QUESTIONS["02.c"].options["c"]


@pytest.fixture(scope="module")
def days() -> pd.DataFrame:
    found = oikit.resample(oikit.sample("bnb-null"), "1d")
    return found.assign(ratio=oi_to_cap(found["open_interest"], found["circulating_supply"]))


# --- evidence ---


def push(days: pd.DataFrame) -> pd.Series:
    """The closes, with a fall of 3 % on each day that follows a ratio above 0.5 %."""
    after = (days["ratio"] > 0.005).shift(1, fill_value=False)
    return days["close"] * np.exp((-0.03 * after).cumsum())


def test_by_event_tells_of_episodes_and_of_no_record(days: pd.DataFrame) -> None:
    """An event that never happened is a row with n = 0, and the card and the picture can take it."""
    lines = {"above 15%": days["ratio"] > 0.15, "above 0.5%": days["ratio"] > 0.005}
    moved = forward(days["close"], "7d")
    table = by_event(lines, moved, horizon="7d")
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
    episodes = first_in_cluster(lines["above 0.5%"], "7d") & moved.notna()

    assert table["n"].tolist() == [0, episodes.sum()]
    assert table.loc["above 15%"].drop("n").isna().all()
    assert "unknown" in str(card) and "n counts separate events" in str(card)
    assert "against what is usual" in str(card)
    assert "difference, points" in card._repr_html_()
    spec = draw_intervals(table, unit="points", against="usual").to_dict()
    assert spec["description"].endswith("The interval holds 0.")
    assert by_event({"never": days["ratio"] > 1}, moved, horizon="7d")["p"].isna().all()


def test_a_planted_fall_is_found_by_the_card(days: pd.DataFrame) -> None:
    """The machine that stays silent in the null world speaks where there is a link."""
    high = {"high": days["ratio"] > 0.005}
    quiet = by_event(high, forward(days["close"], "7d"), horizon="7d").iloc[0]
    loud = by_event(high, forward(push(days), "7d"), horizon="7d").iloc[0]

    assert quiet["low"] < 0 < quiet["high"] and quiet["p"] > 0.05
    assert loud["high"] < 0 and loud["p"] <= 0.05


def test_another_unit_is_refused(days: pd.DataFrame) -> None:
    """Points or basis points; nothing else has a meaning on the card."""
    from oikit.errors import InputError

    table = by_event({"high": days["ratio"] > 0.005}, forward(days["close"], "7d"), horizon="7d")
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
