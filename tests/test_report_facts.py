"""The facts of a week: by hand, without a look ahead, with a reason for what is not known."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oikit
from oikit import indicators, report
from oikit.claims import CLAIMS, claims_json
from oikit.claims.claim import ask
from oikit.clock import WEEK, length
from oikit.data import store
from oikit.data.venues import binance
from oikit.errors import InputError, ReportError
from oikit.explanations import EXPLANATIONS, explain
from oikit.margin import liquidation_price, tiers
from oikit.report.book import percentile, rank
from oikit.report.inputs import prints, revisions
from oikit.report.order import week_before
from oikit.report.source import Subject
from oikit.report.weeks import CONDITIONS, OUTCOMES, PULL, SHORT, History, Weeks, statements, weeks
from oikit.simulate import samples
from tests.conftest import frame, series

SINCE, UNTIL = pd.Timestamp("2026-03-02", tz="UTC"), pd.Timestamp("2026-03-09", tz="UTC")


def subject(table: pd.DataFrame, **more: Any) -> Subject:
    about = {
        "market": "test",
        "week": "2026-W10",
        "since": SINCE,
        "until": UNTIL,
        "source": "Simulated: a test",
    }
    return Subject(frame=table, simulated=True, **{**about, **more})


def week_of(every: str = "8h", **columns: Any) -> pd.DataFrame:
    """One week whose first row is the bar that ended when it began."""
    return frame(every, "2026-03-02 00:00", **columns)


def by_id(facts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {fact["id"]: fact for fact in facts["facts"]}


@pytest.fixture
def plain() -> pd.DataFrame:
    """Twenty-two bars of eight hours; coins fall by 3 %, the price rises by 10 %."""
    n = 22
    coins, price = np.linspace(1.00e6, 0.97e6, n), np.linspace(600, 660, n)
    return week_of(
        close=price,
        open_interest=coins,
        open_interest_value=coins * price,
        circulating_supply=np.full(n, 1e8),
        funding_rate=[0.01, *[0.0001] * 10, *[0.0] * 11],
        funding_interval=[8.0] * n,
        long_short_ratio=np.full(n, 3.0),
        top_account_ratio=np.full(n, 1.0),
        top_position_ratio=np.full(n, 0.25),
    )


@pytest.fixture(scope="module")
def null() -> Subject:
    return report.subject("bnb-null", week="2026-W10")


@pytest.fixture(scope="module")
def known(null: Subject) -> dict[str, Any]:
    return report.collect(null)


@pytest.fixture(scope="module")
def last() -> dict[str, Any]:
    """The facts of the week before, as they come from a file."""
    return json.loads(json.dumps(report.collect(report.subject("bnb-null", week="2026-W09"))))


@pytest.fixture(scope="module")
def compared(null: Subject, last: dict[str, Any]) -> dict[str, Any]:
    """The facts of the week against those of the week before, in which one verdict was another."""
    claims = [{**each, "word": "supported"} if each["id"] == "C07" else each for each in last["claims"]]
    return report.collect(null, last={**last, "claims": claims})


# ---------------------------------------------------------------- levels and changes


def test_the_change_in_dollars_is_taken_apart(plain: pd.DataFrame) -> None:
    """The numbers of the docstring of `price_and_position_parts`, found again in a week."""
    facts = by_id(report.collect(subject(plain)))

    parts = {
        name: facts[f"dollar_change{name}"]["value"]
        for name in ("", "_price_part", "_position_part", "_cross_part")
    }
    assert parts == pytest.approx(
        {"": 40.2e6, "_price_part": 60e6, "_position_part": -18e6, "_cross_part": -1.8e6}
    )
    assert facts["open_interest_change"]["value"] == pytest.approx(-0.03)
    assert facts["price_change"]["value"] == pytest.approx(0.1)
    assert facts["dollar_change"]["times"] == ["2026-03-02T00:00Z", "2026-03-09T00:00Z"]


def test_levels_stand_at_the_end_of_the_week(plain: pd.DataFrame) -> None:
    """Each with the row it came from."""
    facts = by_id(report.collect(subject(plain)))

    assert facts["oi_to_cap"]["value"] == pytest.approx(0.0097)
    assert facts["long_share_accounts"]["value"] == 0.75
    assert facts["long_share_accounts_change"]["value"] == 0
    assert facts["long_share_top_accounts"]["value"] == 0.5
    assert facts["long_share_top_positions"]["value"] == 0.2
    assert facts["price"]["times"] == ["2026-03-09T00:00Z"]


def test_every_fact_is_whole(known: dict[str, Any]) -> None:
    """An id of its own, a unit, a definition that can be asked for, and a value or a reason."""
    names = [fact["id"] for fact in known["facts"]]

    assert len(set(names)) == len(names)
    for fact in known["facts"]:
        assert fact["unit"] and fact["label"] and fact["definition"] in known["definitions"]
        assert (fact["value"] is None) == bool(fact["unknown"])
        assert explain(fact["definition"])._asdict() == known["definitions"][fact["definition"]]
    json.dumps(known, allow_nan=False)


def test_the_last_known_bar_of_the_last_day_stands_in_and_is_named(plain: pd.DataFrame) -> None:
    """One late bar does not empty the report; the row says which bar it was."""
    plain.loc[UNTIL, ["open_interest", "open_interest_value"]] = np.nan

    facts = by_id(report.collect(subject(plain)))

    assert facts["open_interest"]["times"] == ["2026-03-08T16:00Z"]
    assert facts["dollar_change"]["times"] == ["2026-03-02T00:00Z", "2026-03-08T16:00Z"]
    assert facts["stale_open_interest"]["value"] == 8


def test_what_is_not_known_is_null_with_a_reason(plain: pd.DataFrame) -> None:
    """Nothing is estimated in its place."""
    plain.loc["2026-03-08":, ["open_interest", "open_interest_value"]] = np.nan
    plain.loc["2026-03-05 08:00", "funding_rate"] = np.nan
    plain = plain.drop(columns="top_account_ratio")

    of = by_id(report.collect(subject(plain)))

    for name in ("open_interest", "open_interest_change", "dollar_change", "oi_to_cap", "trail_7_price"):
        assert of[name]["value"] is not None or "known" in of[name]["unknown"]
    assert of["open_interest"]["value"] is None and of["dollar_change"]["value"] is None
    assert of["funding_paid"]["unknown"] == "1 of 21 bars of the week have no funding"
    assert of["long_share_top_accounts"]["unknown"] == "the data has no top_account_ratio"
    assert of["price"]["unknown"] is None


def test_without_any_column_every_topic_is_still_there(known: dict[str, Any]) -> None:
    """A page of a thin market says what it lacks, and does not fail."""
    facts = report.collect(subject(week_of(volume=np.ones(22))))

    empty = ("coverage", "repairs", "revision", "verdict", "funding_drag", "touched")
    numbers = [each for each in facts["facts"] if each["definition"] not in empty and each["value"] != 0]
    assert len(numbers) > 30
    assert all(fact["value"] is None and fact["unknown"] for fact in numbers)
    assert facts["rates"] == [] and facts["turning"] == [] and facts["trail"]["days"] == []
    assert facts["record"]["unknown"] and "with a statement: 0," in facts["record"]["unknown"]


def test_a_percentile_says_its_window_and_takes_the_longest_that_fits() -> None:
    """Forty days are no year: the thirty before are used, and said."""
    n = 3 * 40 + 1
    rising = frame("8h", "2026-01-28 00:00", open_interest=np.arange(1.0, n + 1))

    place = by_id(report.collect(subject(rising)))["open_interest"]["percentile"]

    assert place == {"value": round(1 - 0.5 / 90, 4), "window": "30d", "n": 90}
    assert percentile(rising["open_interest"].iloc[:60]) is None


def test_a_rank_counts_ends_of_weeks_the_highest_first() -> None:
    """Five ends of weeks: 5, 1, 4, 9, 4; the last shares its place with its equal."""
    ends = pd.date_range(end=UNTIL, periods=5, freq=WEEK)
    values = pd.Series([5.0, 1.0, 4.0, 9.0, 4.0], ends)

    assert rank(values, UNTIL) == {"value": 3, "of": 5}
    assert rank(values.iloc[-3:], UNTIL) is None
    assert rank(values.iloc[:-1], UNTIL) is None


def test_the_same_bars_give_the_same_facts(plain: pd.DataFrame) -> None:
    """To the last digit, whatever order the columns came in; one other bar gives another digest."""
    facts = report.collect(subject(plain))

    assert report.collect(subject(plain[plain.columns[::-1]])) == facts
    plain.iloc[3, 0] += 1e-9
    assert report.collect(subject(plain))["data_sha256"] != facts["data_sha256"]


# ---------------------------------------------------------------- funding


def test_the_week_pays_its_own_funding_only(plain: pd.DataFrame) -> None:
    """The bar that ended when the week began belongs to the week before."""
    facts = by_id(report.collect(subject(plain)))

    assert facts["funding_paid"]["value"] == pytest.approx(0.001)
    assert facts["funding_year"]["value"] == pytest.approx(0.001 * 365 / 7)
    assert facts["funding_settlements"]["value"] == 21
    assert facts["funding_zeros"]["value"] == 11
    assert facts["funding_change"]["unknown"] == "the funding of the week before is not known"


def test_a_streak_ends_where_the_sign_changes(plain: pd.DataFrame) -> None:
    """Eleven exact zeros are a streak; with one bar unknown, only what came after it counts."""
    of = by_id(report.collect(subject(plain)))
    assert (of["funding_streak"]["value"], of["funding_last"]["value"]) == (11, 0)

    plain["funding_rate"] = 0.0002
    plain.loc["2026-03-08 08:00", "funding_rate"] = np.nan
    of = by_id(report.collect(subject(plain)))
    assert (of["funding_streak"]["value"], of["funding_last"]["value"]) == (2, 0.0002)


def test_the_cost_to_hold_follows_the_price(plain: pd.DataFrame) -> None:
    """One settlement of 1 % when the coins are worth 10 % more costs 11 dollars of a thousand."""
    plain["funding_rate"] = [0.0] * 21 + [0.01]

    of = by_id(report.collect(subject(plain)))

    assert of["funding_cost"]["value"] == pytest.approx(11.0)
    assert by_id(report.collect(subject(plain.drop(columns="close"))))["funding_cost"]["unknown"]


def test_the_interval_is_the_settlements_own(plain: pd.DataFrame) -> None:
    """A venue that changed its interval within the week is seen to have."""
    plain["funding_interval"] = [8.0] * 15 + [4.0] * 7

    of = by_id(report.collect(subject(plain)))

    assert of["funding_interval_shortest"]["value"] == 4 and of["funding_interval_longest"]["value"] == 8


# ---------------------------------------------------------------- clocks and trail


def test_a_clock_that_is_not_there_is_named(null: Subject, known: dict[str, Any]) -> None:
    """Hours cannot be read every five minutes."""
    of = by_id(known)

    assert of["velocity_5min"]["unknown"] == "the data has no bars of 5min, only of 1h"
    assert of["velocity_1h"]["value"] == pytest.approx(
        np.log(null.frame["open_interest"].iloc[-1] / null.frame["open_interest"].iloc[-25]), abs=1e-6
    )
    assert of["velocity_1d"]["value"] == pytest.approx(
        np.log(null.frame["open_interest"].iloc[-1] / null.frame["open_interest"].iloc[-169]), abs=1e-6
    )


def test_finer_bars_are_kept_for_the_fastest_clock() -> None:
    """The page of a five-minute market has all three clocks, the daily one without a yardstick."""
    about = report.subject("bnb-5min", week="2026-W09")
    facts = report.collect(about)
    of = by_id(facts)

    assert about.fine is not None and about.fine.index[-1] == about.until
    coins = about.fine["open_interest"]
    assert of["velocity_5min"]["value"] == pytest.approx(np.log(coins.iloc[-1] / coins.iloc[-13]), abs=1e-6)
    assert of["divergence_asked_5min"]["value"] == 7 * 288
    assert of["velocity_score_1d"]["value"] is None
    assert facts["fine_sha256"] and facts["fine_sha256"] != facts["data_sha256"]


def test_the_trail_tells_each_day_against_the_start(plain: pd.DataFrame) -> None:
    """Price up, coins down, day after day: short covering, seven times."""
    facts = report.collect(subject(plain))
    of = by_id(facts)

    assert [day["label"] for day in facts["trail"]["days"]] == ["short covering"] * 7
    assert of["trail_7_price"]["value"] == pytest.approx(0.1)
    assert of["trail_7_open_interest"]["value"] == pytest.approx(-0.03)
    assert of["quadrant_short_covering"]["value"] == 19  # the first two have no day before them


def test_bars_longer_than_a_day_have_no_name() -> None:
    """A week of one bar has no days to name, and a claim that looks back a day cannot be asked."""
    table = frame("7D", "2025-01-06", close=np.arange(1.0, 63.0), open_interest=np.arange(1.0, 63.0))

    of = by_id(report.collect(subject(table)))

    assert "whole number of bars" in of["quadrant_new_longs"]["unknown"]
    assert any(
        "whole number of bars" in (fact["unknown"] or "")
        for name, fact in of.items()
        if name.endswith("_spoke")
    )


# ---------------------------------------------------------------- quality and revisions


def test_gaps_are_counted_and_the_longest_is_told(plain: pd.DataFrame) -> None:
    """Two gaps of one and three bars: four of 21 missing, the longest a day."""
    plain.loc[["2026-03-03 08:00", "2026-03-05 08:00", "2026-03-05 16:00", "2026-03-06"], "close"] = np.nan

    facts = report.collect(subject(plain.drop(columns="circulating_supply")))
    of = by_id(facts)

    assert of["known_close"]["value"] == pytest.approx(17 / 21)
    assert of["gap_close"]["value"] == 24 and of["gap_open_interest"]["value"] == 0
    assert facts["quality"]["columns"]["circulating_supply"] == {"absent": True}
    assert (of["rows"]["value"], of["rows_before"]["value"]) == (21, 1)


def test_repairs_and_revisions_of_the_store_are_told(tmp_path: Path) -> None:
    """What was mended on the way in stands in the box, by its own words."""
    table = samples.sample("bnb-null").loc["2026-02-20 01:00":, ["close", "open_interest"]]
    remarks = ["open interest of exactly 0 made unknown (3)", "revised: 2 known row(s) differ", "other words"]
    note = {"address": binance.ADDRESS, "fetched_at": "2026-03-17T00:00:00+00:00", "remarks": remarks}
    store.write(tmp_path, "BNBUSDT", length("1h"), table, note)
    fine = samples.sample("bnb-5min").loc["2026-02-01 00:05":"2026-03-09", ["close", "open_interest"]]
    store.write(tmp_path, "BNBUSDT", length("5min"), fine, {**note, "remarks": []})

    about = report.subject("BNBUSDT", week="2026-W10", store=tmp_path)
    facts = report.collect(about)

    assert about.repairs == {"open interest of exactly 0 made unknown": 3} and about.revised == 2
    assert facts["quality"]["repaired"] == about.repairs
    assert by_id(facts)["repairs"]["value"] == 3 and by_id(facts)["revised_rows"]["value"] == 2
    assert about.fine is not None and by_id(facts)["velocity_5min"]["value"] is not None


@given(row=st.integers(0, 8 * 21 - 1), place=st.integers(0, 1))
def test_any_revised_bar_is_seen_in_its_week_and_column(row: int, place: int) -> None:
    """Eight whole weeks of two columns: one bar changed is one week of one column."""
    first = pd.Timestamp("2026-01-12 08:00", tz="UTC")
    table = frame("8h", first.strftime("%Y-%m-%d %H:%M"), close=np.ones(168), open_interest=np.ones(168))
    changed = table.copy()
    changed.iloc[row, place] = 2.0

    found = revisions(prints(changed, UNTIL), prints(table, UNTIL))

    year, number, _ = (first + (row // 21) * WEEK).isocalendar()
    assert found == {table.columns[place]: [f"{year}-W{number:02d}"]}
    assert revisions(prints(table, UNTIL), prints(table, UNTIL)) == {}


def test_a_column_that_is_gone_or_on_other_bars_differs_in_all_its_weeks() -> None:
    """Nothing of it can be trusted to be the same."""
    table = frame("8h", "2026-02-23 08:00", close=np.ones(42), open_interest=np.ones(42))

    gone = revisions(prints(table.drop(columns="close"), UNTIL), prints(table, UNTIL))
    other = revisions(
        prints(table.resample("1D", closed="right", label="right").last(), UNTIL), prints(table, UNTIL)
    )

    assert gone == {"close": ["2026-W09", "2026-W10"]}
    assert set(other) == {"close", "open_interest"}
    assert prints(table.iloc[:5], table.index[4])["first"] is None


# ---------------------------------------------------------------- against an earlier week


def test_inputs_that_nobody_touched_are_not_called_revised(
    compared: dict[str, Any], known: dict[str, Any]
) -> None:
    """What changed in the metrics is told from the bars themselves, with or without an earlier report."""
    assert compared["changes"]["week"] == "2026-W09" and compared["changes"]["inputs"] == {}
    assert known["changes"] is None and known["front"] == compared["front"]
    assert by_id(known) == by_id(compared)


def test_a_revised_input_shows_as_revised(null: Subject, last: dict[str, Any]) -> None:
    """The venue rewrote one bar of last week after the report was out."""
    before = report.subject("bnb-null", week="2026-W09")
    table = before.frame.copy()
    table.loc["2026-02-25 05:00", "open_interest"] *= 1.01

    changes = report.collect(null, last={**last, "inputs": prints(table, before.until)})["changes"]

    assert list(changes["inputs"]) == ["open_interest"]
    assert changes["inputs"]["open_interest"]["weeks"] == ["2026-W09"]


def test_a_verdict_that_moved_is_told(compared: dict[str, Any]) -> None:
    """Then supported, now undecided: said with both words."""
    assert compared["verdicts_moved"] == [{"id": "C07", "was": "supported", "now": "undecided"}]


def test_facts_with_the_names_of_before_are_still_compared(null: Subject, last: dict[str, Any]) -> None:
    """What was renamed within the schema is not compared, so it stops nothing."""
    text = json.dumps(last).replace("crowd-more-long", "crowd-long").replace("crowd-less-long", "crowd-short")
    old = json.loads(text)
    del old["given_by"]
    for name in ("record_error", "record_usual_error"):
        by_id(old)[name]["unit"] = "fraction"

    assert report.collect(null, last=old) == report.collect(null, last=last)


DOORS: list[tuple[Any, str]] = [
    ([], "no facts of a weekly report"),
    ({"market": "bnb-null"}, "no facts of a weekly report"),
    ({"schema_version": 1}, "have schema 1, these have 4; make the earlier report anew"),
    ({"market": "btc-null"}, "are of 'btc-null', not of 'bnb-null'"),
    ({"week": "2026-W10", "until": "2026-03-09T00:00Z"}, "which is not before 2026-W10"),
    ({"until": "soon"}, "cannot be read"),
    ({"facts": [{"id": "price"}]}, "cannot be read"),
    ({"facts": [{"id": "price", "unit": "coins", "value": "1", "times": []}]}, "cannot be read"),
    ({"facts": [{"id": [], "unit": "coins", "value": 1.0, "times": []}]}, "cannot be read"),
    ({"facts": [{"id": "price", "unit": "coins", "value": 1.0, "times": ["soon"]}]}, "cannot be read"),
    ({"inputs": {"every": "1h", "first": "2026-W99", "columns": {"close": "ab"}}}, "cannot be read"),
    ({"inputs": {"every": "1h", "first": "2026-W09", "columns": {"close": 3}}}, "cannot be read"),
    ({"claims": 3}, "cannot be read"),
    ({"inputs": {"every": "1h"}}, "cannot be read"),
]


@pytest.mark.parametrize(("given", "says"), DOORS, ids=[f"{n} {says}" for n, (_, says) in enumerate(DOORS)])
def test_what_cannot_be_compared_is_refused(
    given: Any, says: str, null: Subject, last: dict[str, Any]
) -> None:
    """Before anything is worked out."""
    whole = {**last, **given} if given and len(given) < 3 and given != {"market": "bnb-null"} else given

    with pytest.raises(ReportError, match=says):
        report.collect(null, last=whole)


def test_columns_that_came_and_went_are_told(plain: pd.DataFrame) -> None:
    """A column that is new, and one that is gone."""
    early = subject(
        plain.set_axis(plain.index - WEEK).drop(columns="long_short_ratio").assign(volume=1.0),
        week="2026-W09",
        since=SINCE - WEEK,
        until=SINCE,
    )
    changes = report.collect(subject(plain), last=report.collect(early))["changes"]

    assert changes["columns"] == {"came": ["long_short_ratio"], "went": ["volume"]}


# ---------------------------------------------------------------- claims


def test_the_words_are_those_of_the_ledger(null: Subject, known: dict[str, Any]) -> None:
    """Fewer draws give other intervals, which are not shown, and the same words."""
    assert {each["id"]: each["word"] for each in known["claims"]} == claims_json(null.frame)
    of = by_id(known)
    spoke = ask(CLAIMS["C12"], null.frame)
    assert of["claim_C12_spoke"]["value"] == int((spoke[spoke.index > null.since] == 1).sum())
    assert of["claims_forecasts"]["value"] == sum(c.speaks is not None for c in CLAIMS.values())


def test_a_claim_that_cannot_be_asked_says_why(plain: pd.DataFrame) -> None:
    """Its columns are missing, or no bar is known well enough."""
    of = by_id(report.collect(subject(plain.drop(columns="funding_rate"))))

    reasons = {fact["unknown"] for name, fact in of.items() if name.endswith("_spoke") and fact["unknown"]}
    assert "its columns are not in the data" in reasons
    assert "no bar of the week could be asked" in reasons


# ---------------------------------------------------------------- risk and edges


def test_the_distance_is_that_of_the_margin_tables(known: dict[str, Any]) -> None:
    """20x on the first tier; what longs paid brings theirs nearer and lets shorts live longer."""
    of = by_id(known)
    table = tiers("BNBUSDT", on="2026-03-09")
    price = liquidation_price(1.0, side="long", quantity=10_000, leverage=20, tiers=table)

    assert known["risk"]["tiers"].startswith("the maintenance margins of BNBUSDT")
    assert of["risk_20x_long_distance"]["value"] == pytest.approx(price - 1, abs=1e-6)
    assert of["funding_paid"]["value"] > 0
    assert of["risk_20x_long_dragged"]["value"] > of["risk_20x_long_distance"]["value"]
    assert of["risk_20x_short_dragged"]["value"] > of["risk_20x_short_distance"]["value"]
    touched = [of[f"risk_{lev}x_long_touched"]["value"] for lev in (5, 10, 20, 50)]
    assert touched == sorted(touched) and 0 < touched[-1] <= 1


def test_a_contract_without_a_table_gets_one_rate_and_it_is_said(plain: pd.DataFrame) -> None:
    """By hand: a long at 2x, one half of a per cent of maintenance."""
    facts = report.collect(subject(plain, market="ETH-new"))
    of = by_id(facts)

    assert (
        facts["risk"]["tiers"] == "a maintenance margin of 0.5% for all sizes: there is no table of ETH-new"
    )
    assert of["risk_2x_long_distance"]["value"] == pytest.approx(0.5 / 0.995 - 1, abs=1e-6)
    assert "no low and high" in of["risk_2x_long_touched"]["unknown"]


def test_leverage_that_the_contract_lacks_is_said(
    plain: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A table that ends at 20x has no 50x to speak of."""
    own = pd.DataFrame(
        {
            "notional_floor": [0],
            "notional_cap": [1e9],
            "maintenance_margin_rate": [0.01],
            "max_leverage": [20],
        }
    )
    monkeypatch.setattr("oikit.report.distances.tiers", lambda symbol, on: own.assign(date="2026-01-01"))

    of = by_id(report.collect(subject(plain)))

    assert of["risk_50x_long_distance"]["unknown"] == "50x is more than these margins allow"
    assert of["risk_20x_long_distance"]["value"] is not None


def test_an_edge_is_where_the_reading_changes(plain: pd.DataFrame) -> None:
    """The week's price rose by a tenth: a fall of an eleventh undoes it. Ten payments of one size: eleven."""
    facts = report.collect(subject(plain))
    of = by_id(facts)

    assert of["turn_close_move"]["value"] == pytest.approx(-1 / 11)
    assert of["turn_funding_move"]["value"] == 11
    assert [each["kind"] for each in facts["turning"]] == ["funding", "quadrant", "quadrant"]


@pytest.mark.parametrize(("end", "then"), [(0.05, "the middle"), (0.95, "the middle"), (0.5, "fifth")])
def test_the_ratio_names_its_nearest_edge(end: float, then: str) -> None:
    """From the bottom or the top the middle is next; from the middle the nearer fifth."""
    n = 3 * 380
    coins = np.linspace(0, 1, n) * 1e6 + 1
    coins[-1] = end * 1e6
    table = frame("8h", str(UNTIL - pd.Timedelta(hours=8) * (n - 1))[:16], open_interest=coins)
    table["circulating_supply"] = 1e8

    edges = [each for each in report.collect(subject(table))["turning"] if each["kind"] == "ratio"]

    assert then in edges[0]["then"]


def test_nobody_paid_has_no_usual_settlement(plain: pd.DataFrame) -> None:
    """A sum of nothing but zeros turns with the first payment."""
    facts = report.collect(subject(plain.assign(funding_rate=0.0)))

    assert by_id(facts)["turn_funding_move"]["unknown"] == "nobody paid anything in the week"


# ---------------------------------------------------------------- base rates


def weekly(held: list[float], came: list[float]) -> Weeks:
    ends = pd.date_range(end=UNTIL, periods=len(held), freq=WEEK)
    return Weeks(pd.DataFrame({"state": held}, ends), pd.DataFrame({"event": came}, ends))


def test_a_share_counts_weeks_that_were_over() -> None:
    """Held each second week of 24; it came after all of these but the first: 10 of 11, and 10 of 23."""
    held = [1.0, 0.0] * 11 + [0.0, 1.0]
    came = [0.0, 0.0] + [1.0, 0.0] * 10 + [0.0, np.nan]

    row = statements(weekly(held, came)).iloc[-1]

    assert (row["k"], row["n"], row["base_k"], row["base_n"]) == (10, 11, 10, 23)
    assert row["said"] == pytest.approx((10 + PULL * 10.5 / 24) / (11 + PULL))
    assert np.isnan(row["came"])


def test_too_few_weeks_say_nothing() -> None:
    """Nine earlier weeks like this one are one too few."""
    said = statements(weekly([1.0] * 11, [1.0] * 10 + [np.nan]))

    assert said["said"].isna().tolist() == [True] * 10 + [False]


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from([0.0, 1.0, np.nan]), min_size=15, max_size=40),
    st.randoms(use_true_random=False),
    st.integers(12, 14),
)
def test_no_statement_sees_the_future(held: list[float], luck: Any, cut: int) -> None:
    """Cutting off the later weeks leaves every earlier statement as it was."""
    came = [float(luck.random() < 0.5) for _ in held]
    whole = statements(weekly(held, came))
    given = weekly(held, came)
    early = statements(Weeks(given.held.iloc[:cut], given.came.iloc[:cut]))

    kept = whole[whole["week"].isin(given.held.index[:cut])].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, early)


def test_a_week_is_cut_from_bars_without_a_look_ahead(null: Subject) -> None:
    """What held at an end of a week stays, whatever bars come after it."""
    whole = weeks(null.frame, null.until)
    until = null.until - 30 * WEEK
    early = weeks(null.frame.loc[:until], until)

    pd.testing.assert_frame_equal(early.held, whole.held.loc[:until], check_freq=False)
    pd.testing.assert_frame_equal(early.came.iloc[:-1], whole.came.loc[:until].iloc[:-1], check_freq=False)
    assert early.came.iloc[-1].isna().all()


def test_conditions_and_outcomes_mean_what_they_say() -> None:
    """By hand: thirty weeks, the price a stair of one per cent, then one week that falls by six."""
    n = 30 * 21
    price = 100 * 1.01 ** (np.arange(n + 21) // 21)
    table = frame(
        "8h", str(UNTIL - pd.Timedelta(hours=8) * (n + 20))[:16], close=price, low=price, high=price
    )
    table["open_interest"] = np.linspace(1e6, 2e6, n + 21)
    table["funding_rate"], table["funding_interval"] = -0.0001, 8.0
    table.loc[table.index > UNTIL - pd.Timedelta(days=2), "low"] *= 0.94

    found = weeks(table, UNTIL)

    assert found.held["shorts-paid"].iloc[-1] == 1 and found.held["longs-paid"].iloc[-1] == 0
    assert found.held["new-longs"].iloc[-1] == 1
    assert np.isnan(found.held["ratio-high"].iloc[-1])
    assert found.came["higher"].dropna().eq(1).all() and found.came["closed"].dropna().eq(0).all()
    assert found.came["fell"].iloc[-2] == 1 and found.came["fell"].iloc[-3] == 0
    assert set(SHORT) == set(OUTCOMES)
    assert list(found.held.columns) == list(CONDITIONS)


def test_the_rates_of_the_page_are_the_last_row_of_the_record(null: Subject, known: dict[str, Any]) -> None:
    """One table makes both, and a share carries its interval, its n and its base."""
    said = statements(weeks(null.frame, null.until))
    mine = said[said["week"] == null.until].set_index(["condition", "outcome"])
    of = by_id(known)

    assert len(known["rates"]) == len(mine)
    for each in known["rates"]:
        row = mine.loc[(each["condition"], each["outcome"])]
        assert of[each["n"]]["value"] == row["n"] and of[each["base_n"]]["value"] == row["base_n"]
        if not each["few"]:
            share = of[each["share"]]["value"]
            assert share == pytest.approx(row["k"] / row["n"], abs=1e-6)
            assert of[each["low"]]["value"] < share < of[each["high"]]["value"]


# ---------------------------------------------------------------- explanations


def test_every_explanation_has_three_parts() -> None:
    """What it is, how it is computed, how to read it and its limits; whole sentences, printed as lines."""
    for name, told in EXPLANATIONS.items():
        assert all(part.endswith(".") and len(part) > 20 for part in told[1:]), name
        assert str(told).splitlines()[1].startswith("What it is: ")


def test_an_explanation_is_asked_of_oikit() -> None:
    """The same text that the page shows; a wrong name says which there are."""
    assert oikit.explain("oi_to_cap") is EXPLANATIONS["oi_to_cap"]

    with pytest.raises(InputError, match="no explanation of 'oi'; there are base_rate, basis, brier"):
        oikit.explain("oi")


def test_nothing_is_explained_that_no_report_shows(compared: dict[str, Any]) -> None:
    """Each entry belongs to a fact."""
    on_no_report = {"basis", "cvd", "liquidation_share", "oi_to_volume", "oi_weighted_funding", "taker_delta"}
    on_no_report.add("zscore")  # these are indicators that are explained for those who compute them
    assert on_no_report <= set(indicators.__all__)
    assert {fact["definition"] for fact in compared["facts"]} == set(EXPLANATIONS) - on_no_report


def test_series_of_another_kind_has_no_rank() -> None:
    """Weeks that are not on the grid are not counted."""
    assert rank(series([1.0] * 10), UNTIL) is None


def test_the_schema_is_written_down(known: dict[str, Any]) -> None:
    """Each key of the document and of a fact has a line, and no line is left over."""
    text = Path(report.__file__).with_name("SCHEMA.md").read_text(encoding="utf-8")
    fact, around = (
        [
            name
            for line in part.splitlines()
            if line.startswith("| `")
            for name in line.split("|")[1].split(", ")
        ]
        for part in text.split("## Around them")
    )

    assert {name.strip(" `") for name in fact} == set(known["facts"][0])
    assert {name.strip(" `") for name in around} == set(known)
    assert f"schema {known['schema_version']}" in text
    units = {each["unit"] for each in known["facts"]}
    assert all(f"`{unit}`" in text for unit in units)


@pytest.mark.parametrize("back", [1, 60, 130])
def test_facts_worked_out_beside_other_weeks_are_those_worked_out_alone(back: int) -> None:
    """What is worked out once for a market and cut for each week: not one digit differs."""
    newest = report.subject("btc-null")
    about = report.subject("btc-null", week=week_before(newest.week, back))

    assert report.collect(about, history=History(newest)) == report.collect(about)
