"""The record of the report's own statements: honest ones lie inside the band of luck, others do not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from oikit import report
from oikit.clock import WEEK
from oikit.report.book import Book
from oikit.report.scorecard import YEAR, Record, collect_record, record
from oikit.report.source import Subject
from oikit.report.weeks import Weeks, statements, weeks
from oikit.stats import brier
from tests.test_report_facts import by_id, subject, week_of

UNTIL = pd.Timestamp("2026-03-09", tz="UTC")


def simulated(seed: int, length: int = 157, conditions: int = 6, outcomes: int = 4) -> pd.DataFrame:
    """Three years of weeks of a made-up market whose conditions tell nothing: statements about them."""
    rng = np.random.default_rng(seed)
    ends = pd.date_range(end=UNTIL, periods=length, freq=WEEK)
    # Conditions last, as real ones do: each is the sign of a slow wave.
    slow = np.zeros((length, conditions))
    for week in range(1, length):
        slow[week] = 0.8 * slow[week - 1] + rng.normal(0, 0.6, conditions)
    luck = rng.normal(0, 1, length)
    came = np.column_stack([(luck + rng.normal(0, 1, length)) > 0.2 * place for place in range(outcomes)])
    held = pd.DataFrame((slow > 0).astype(float), ends, [f"state-{n}" for n in range(conditions)])
    after = pd.DataFrame(came.astype(float), ends, [f"event-{n}" for n in range(outcomes)])
    after.iloc[-1] = np.nan
    return statements(Weeks(held, after))


def sharpened(said: pd.DataFrame, times: float = 4.0) -> pd.DataFrame:
    """The same statements by somebody too sure: log odds made larger."""
    odds = np.log(said["said"] / (1 - said["said"]))
    return said.assign(said=1 / (1 + np.exp(-times * odds)))


def shifted(said: pd.DataFrame, by: float = 0.3) -> pd.DataFrame:
    """The same statements by somebody who always says more."""
    return said.assign(said=(said["said"] + by).clip(0.01, 0.99))


def test_a_year_of_honest_weeks_lies_inside_its_band() -> None:
    """Of twelve made-up markets, hardly one may leave it: the band is one of nineteen in twenty."""
    inside = [
        found.reliability.inside
        for seed in range(12)
        if isinstance(found := record(simulated(seed), UNTIL), Record)
    ]

    assert len(inside) == 12 and sum(inside) >= 11


def test_a_planted_overconfident_report_lies_outside() -> None:
    """The same markets, the same weeks, and somebody who says nine in ten of what is six in ten."""
    outside = [
        not found.reliability.inside
        for seed in range(12)
        if isinstance(found := record(shifted(simulated(seed)), UNTIL), Record)
    ]
    sharp = [
        not found.reliability.inside
        for seed in range(12)
        if isinstance(found := record(sharpened(simulated(seed), 8.0), UNTIL), Record)
    ]

    assert sum(outside) >= 11
    assert sum(sharp) >= 11


@pytest.mark.parametrize("market", ["bnb-null", "btc-null"])
def test_the_reports_own_statements_are_honest_on_a_simulated_year(market: str) -> None:
    """Of the bundled markets, whose conditions tell next to nothing; and made too sure, they are caught."""
    about = report.subject(market, week="2026-W10")
    said = statements(weeks(about.frame, about.until))

    honest, sure = record(said, about.until), record(sharpened(said), about.until)

    assert isinstance(honest, Record) and isinstance(sure, Record)
    assert honest.weeks == YEAR and honest.reliability.inside and not sure.reliability.inside
    assert honest.skill.low < 0.05 and sure.skill.value < honest.skill.value


def test_the_score_is_that_of_the_statistics() -> None:
    """Nothing is scored twice in two ways, and its parts add up."""
    said = simulated(1)
    found = record(said, UNTIL)
    assert isinstance(found, Record)
    past = said[(said["week"] < UNTIL) & (said["week"] >= UNTIL - YEAR * WEEK)].dropna(
        subset=["said", "came"]
    )

    assert found.n == len(past) and found.weeks == past["week"].nunique() <= YEAR
    assert found.brier.score.value == pytest.approx(brier(past["said"], past["came"], bins=10).score.value)
    parts = found.brier.reliability - found.brier.resolution + found.brier.uncertainty + found.brier.within
    assert parts == pytest.approx(found.brier.score.value)
    assert found.reliability.table["questions"].sum() == found.n


def test_a_short_past_has_no_record() -> None:
    """Twenty weeks cannot judge anybody."""
    found = record(simulated(2, length=36), UNTIL)

    assert isinstance(found, str) and "at least 26 are needed to judge" in found


def test_the_record_of_the_page_is_the_record(known: dict[str, Any], null: Subject) -> None:
    """The ids lead to the numbers of the class."""
    found = record(statements(weeks(null.frame, null.until)), null.until)
    assert isinstance(found, Record)
    told, of = known["record"], by_id(known)

    assert told["inside"] == found.reliability.inside and told["unknown"] is None
    assert of[told["brier"]]["value"] == pytest.approx(found.brier.score.value, rel=1e-6)
    assert of[told["skill"]]["value"] == pytest.approx(found.skill.value, rel=1e-5)
    assert [of[each["n"]]["value"] for each in told["bins"]] == found.reliability.table["questions"].tolist()
    assert len(told["bins"]) == 5


def test_last_weeks_statements_are_set_against_this_week(known: dict[str, Any], null: Subject) -> None:
    """What was said then is worked out from what was over then, and whether it came is known by now."""
    earlier = report.collect(report.subject("bnb-null", week="2026-W09"))
    then = {
        (each["condition"], each["outcome"]): by_id(earlier)[each["said"]]["value"]
        for each in earlier["rates"]
    }
    of = by_id(known)
    price = null.frame["close"]

    assert known["record"]["last"]
    for each in known["record"]["last"]:
        assert of[each["said"]]["value"] == then[each["condition"], each["outcome"]]
        if each["outcome"] == "higher":
            assert each["came"] == bool(price.iloc[-1] > price.iloc[-169])


def test_an_outcome_nobody_knows_is_not_guessed() -> None:
    """A week without a price leaves its statements open."""
    said = simulated(3).assign(came=lambda s: s["came"].where(s["week"] < UNTIL - WEEK))

    told = collect_record(Book(subject(week_of(close=np.ones(22)))), _named(said))

    assert {each["came"] for each in told["last"]} == {None}


def _named(said: pd.DataFrame) -> pd.DataFrame:
    names = {"state-0": "ratio-high", "event-0": "higher"}
    kept = said[(said["condition"] == "state-0") & (said["outcome"] == "event-0")]
    held = kept[kept["week"] == UNTIL - WEEK]
    if held.empty:
        kept = pd.concat([kept, kept.iloc[[-1]].assign(week=UNTIL - WEEK, came=np.nan)])
    return kept.replace({"condition": names, "outcome": names}).reset_index(drop=True)


@pytest.fixture(scope="module")
def null() -> Subject:
    return report.subject("bnb-null", week="2026-W10")


@pytest.fixture(scope="module")
def known(null: Subject) -> dict[str, Any]:
    return report.collect(null)
