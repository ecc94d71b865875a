"""The ledger: all 38 statements, in our own words, each answered on every market that can be asked."""

from __future__ import annotations

import json
import re
import sys
import warnings
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import oikit
from oikit import stats
from oikit.charts import finding
from oikit.charts.results import forest
from oikit.claims import (
    CLAIMS,
    KINDS,
    VERDICTS,
    Claim,
    Verdict,
    claims_json,
    claims_text,
    eras,
    judge,
    ledger_table,
    readings,
    side_by_side,
    weigh,
)
from oikit.claims.article.positioning import coins_needed, squeeze_table
from oikit.claims.weigh import ask, refuse_look_ahead
from oikit.errors import FrameError, InputError
from oikit.lens.features import features
from oikit.lessons import numbers
from tests.conftest import SHARED, frame

WORLDS = ("bnb-null", "bnb-planted", "btc-null")
FORECASTS = [each for each in readings(CLAIMS.values()) if each.kind == "forecast"]


@pytest.fixture(scope="module")
def found() -> dict[str, dict[str, Verdict]]:
    """The verdicts on the three worlds, once."""
    return {name: judge(oikit.sample(name)) for name in WORLDS}


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """The table of two worlds, on a year each."""
    return ledger_table({name: oikit.sample(name).iloc[-9_000:] for name in WORLDS[:2]})


# ---------------------------------------------------------------- what stands in it


def test_there_are_38_statements_in_order() -> None:
    """Their ids are those of the review that they come from."""
    assert list(CLAIMS) == [f"C{i:02}" for i in range(1, 39)]
    assert all(claim.id == name for name, claim in CLAIMS.items())
    path = SHARED / "cases" / "claims.json"
    if not path.exists():
        pytest.skip(f"no review at {path}")
    assert [entry["id"] for entry in json.loads(path.read_text(encoding="utf-8"))] == list(CLAIMS)


def test_the_words_are_our_own() -> None:
    """No four words in a row are the article's."""
    path = SHARED / "cases" / "claims.json"
    if not path.exists():
        pytest.skip(f"no review at {path}")

    def fours(text: str) -> set[tuple[str, ...]]:
        said = re.findall(r"[a-z0-9%$]+", text.lower())
        return {tuple(said[i : i + 4]) for i in range(len(said) - 3)}

    theirs = set().union(*(fours(each["quote"]) for each in json.loads(path.read_text(encoding="utf-8"))))
    ours = {each.id: fours(each.says) | fours(each.means) for each in readings(CLAIMS.values())}

    assert {name: both for name, mine in ours.items() if (both := mine & theirs)} == {}


@pytest.mark.parametrize("claim", readings(CLAIMS.values()), ids=lambda claim: claim.id)
def test_every_statement_is_whole(claim: Claim) -> None:
    """A sentence, what would have to be true, a kind, a lesson; the other readings hang on the first."""
    assert claim.kind in KINDS
    assert claim.lesson in {f"{i:02}" for i in range(10)}
    for sentence in (claim.says, claim.means):
        assert re.fullmatch(r"[A-Z].+[.]", sentence)
    assert all(each.id.startswith(f"{claim.id}-") and not each.beside for each in claim.beside)


def test_ids_are_used_once() -> None:
    """One row each in the table."""
    ids = [each.id for each in readings(CLAIMS.values())]

    assert len(ids) == len(set(ids))


def test_the_lessons_of_the_course_are_named() -> None:
    """Whatever lesson exists has a claim to treat."""
    treated = {claim.lesson for claim in CLAIMS.values()}

    assert {str(each)[:2] for each in numbers()} <= treated | {"00", "10"}


# ---------------------------------------------------------------- what they may do


@pytest.mark.parametrize("claim", FORECASTS, ids=lambda claim: claim.id)
def test_no_claim_of_the_ledger_looks_ahead(claim: Claim) -> None:
    """Asked again at thirty cuts and more, where it speaks, and how it acts; so `judge` need not."""
    market = oikit.sample("bnb-planted").iloc[:5_000]
    low = market.assign(long_short_ratio=market["long_short_ratio"] / 3.5)
    for data in (market, low):
        said = ask(claim, data)
        refuse_look_ahead(claim, data, said)
        for stop in range(600, 5_000, 1_100):
            early = ask(claim, data.iloc[:stop])
            pd.testing.assert_series_equal(early, said.iloc[:stop], check_freq=False)


@pytest.mark.parametrize("claim", FORECASTS, ids=lambda claim: claim.id)
def test_a_claim_reads_what_it_says_it_needs(claim: Claim) -> None:
    """Nothing else in the frame is touched: all other columns can go."""
    market = oikit.sample("bnb-null").iloc[:3_000]
    lean = market[list(dict.fromkeys(("close", *claim.needs)))]
    whole, rest = (ask(claim, data) for data in (market, lean))

    pd.testing.assert_series_equal(whole, rest)
    assert weigh(claim, lean, look=False).word in VERDICTS


def test_both_signs_are_tested_where_guides_disagree() -> None:
    """A rival reading is named, and the test has two sides: the opposite would be called contradicted."""
    rivals = {each.id for each in FORECASTS if each.rival}

    assert rivals >= {"C09", "C10", "C11-move", "C16", "C21"}
    market = oikit.sample("bnb-planted")
    down = next(each for each in CLAIMS["C09"].beside if each.id == "C09-jump")
    assert weigh(down, market).word == "supported"
    mirrored = 1 / market[["close", "open"]]
    assert weigh(down, market.assign(**mirrored)).word == "contradicted"


# ---------------------------------------------------------------- verdicts on the worlds


@pytest.mark.parametrize("world", WORLDS)
def test_every_statement_has_a_verdict_with_a_number(
    world: str, found: dict[str, dict[str, Verdict]]
) -> None:
    """A word of the closed set, n wherever data were asked, and a sentence that says why."""
    for name, verdict in found[world].items():
        for each in (verdict, *verdict.beside):
            assert each.word in VERDICTS
            assert len(each.because) > 40
            if each.word in ("supported", "negligible"):
                assert each.n >= 10
            if each.word == "arithmetic":
                assert each.claim.kind in ("definition", "arithmetic", "advice")
                assert np.isnan(each.p)
            if each.claim.kind == "forecast":
                assert "n = " in each.because or each.effect is not None
                assert "cannot be asked of these bars" not in each.because
        assert str(verdict).startswith(verdict.label)
        assert name in CLAIMS


def test_nothing_is_found_where_nothing_is(found: dict[str, dict[str, Verdict]]) -> None:
    """On both null worlds no difference survives; "every time" is false by counting."""
    for world in ("bnb-null", "btc-null"):
        for verdict in found[world].values():
            for each in (verdict, *verdict.beside):
                assert each.word not in ("supported", "contradicted") or each.claim.every


def test_the_planted_effect_is_found(found: dict[str, dict[str, Verdict]]) -> None:
    """Of the size that the manifest prints, for 72 h after a jump, against the mean of all."""
    from oikit.simulate.samples import manifest

    jump = next(each for each in found["bnb-planted"]["C09"].beside if each.id == "C09-jump")
    drift = 9 * manifest()["bnb-planted"]["effect"]["drift_after_an_event"]

    assert (jump.word, jump.n) == ("supported", manifest()["bnb-planted"]["effect"]["events"])
    assert jump.effect is not None
    assert jump.effect.low < drift < jump.effect.high
    assert jump.p_adjusted < 0.01 and jump.net > 0


def test_a_threshold_that_never_fires_is_silent_and_says_what_it_would_take(
    found: dict[str, dict[str, Verdict]],
) -> None:
    """No event, the coins that 15% needs, and how many times the most there was."""
    verdict, market = found["bnb-null"]["C05"], oikit.sample("bnb-null")
    share = market["open_interest"] / market["circulating_supply"]
    needed = 0.15 * market["circulating_supply"][share.idxmax()]

    assert (verdict.word, verdict.n) == ("silent", 0)
    assert f"takes {needed:,.0f} coins in contracts" in verdict.because
    assert f"{needed / market['open_interest'][share.idxmax()]:.1f} times as many" in verdict.because
    assert "(n = 0)" in verdict.because
    assert coins_needed(market * np.nan) == "Open interest or supply is not known here."


def test_the_squeeze_rule_shows_its_table_first(found: dict[str, dict[str, Verdict]]) -> None:
    """How often the two conditions meet, before a word on what followed."""
    market = oikit.sample("bnb-null")
    counts = squeeze_table(market)
    verdict = found["bnb-null"]["C14"]

    assert counts.shape == (2, 2)
    assert counts.to_numpy().sum() == market["funding_rate"].notna().sum() - 90 * 24 + 1 - 7
    assert verdict.because.split("\n")[0].endswith("Both at once: 0 (without any link, 0.0).")
    assert (verdict.word, verdict.n) == ("silent", 0)
    assert squeeze_table(market.iloc[:100]).to_numpy().sum() == 0


def test_the_squeeze_rule_is_counted_where_it_speaks() -> None:
    """In a market turned so that accounts are short, "must come" fails at once."""
    market = oikit.sample("bnb-null")
    short = market.assign(long_short_ratio=market["long_short_ratio"] / 5)
    verdict = weigh(CLAIMS["C14"], short)

    assert squeeze_table(short).iloc[0, 0] > 0
    assert verdict.word == "contradicted" and verdict.number > 0
    assert verdict.because.startswith("Of 24,210 bars")


def test_every_single_time_is_decided_by_counting_failures(found: dict[str, dict[str, Verdict]]) -> None:
    """The count, its exact interval, and what would have happened anyway."""
    verdict = found["bnb-null"]["C11"]
    rate = stats.clopper_pearson(int(verdict.number), verdict.n)

    assert verdict.word == "contradicted"
    assert f"in {verdict.number:.0f} of {verdict.n} separate events" in verdict.because
    assert f"{100 * rate.low:.3g}% to {100 * rate.high:.3g}%" in verdict.because
    assert np.isnan(verdict.p)


# ---------------------------------------------------------------- the family


def test_every_comparison_of_a_market_belongs_to_its_family(found: dict[str, dict[str, Verdict]]) -> None:
    """Benjamini and Hochberg over all that were compared; what was not, makes the family no larger."""
    flat = [each for verdict in found["bnb-null"].values() for each in (verdict, *verdict.beside)]
    p = np.array([each.p for each in flat])

    np.testing.assert_allclose([each.p_adjusted for each in flat], stats.benjamini_hochberg(p))
    assert np.isfinite(p).sum() >= 15
    called = [each for each in flat if each.effect is not None and each.word in ("supported", "contradicted")]
    assert all(each.p_adjusted <= 0.10 for each in called)


def test_a_lucky_one_among_many_is_not_called(found: dict[str, dict[str, Verdict]]) -> None:
    """It stands out alone, and not among twenty; and the sentence says so."""
    lucky = [
        each
        for world in WORLDS
        for verdict in found[world].values()
        for each in verdict.beside
        if each.p <= 0.05 < each.p_adjusted
    ]

    assert lucky
    assert all(each.word == "undecided" for each in lucky)
    assert all("Alone it would be" in each.because for each in lucky)
    assert all("times in 100." in each.because or "expected by luck" in each.because for each in lucky)


# ---------------------------------------------------------------- tables and texts


def test_one_word_for_each_statement() -> None:
    """What the command line writes as JSON."""
    words = claims_json(oikit.sample("btc-null").iloc[-6_000:])

    assert list(words) == list(CLAIMS)
    assert set(words.values()) <= set(VERDICTS)
    assert json.loads(json.dumps(words)) == words


def test_the_text_can_be_read_aloud() -> None:
    """A head, one line each, the tally; with details also the reasons and the other readings."""
    market = oikit.sample("bnb-null").iloc[-3_000:]
    short = claims_text(market, market="bnb-null", source="Simulated.")
    long = claims_text(market, market="bnb-null", details=True)
    lines = short.split("\n")

    assert lines[0].startswith("bnb-null: 3,000 bars of 1h, 2025-11-04 to 2026-03-09 UTC")
    assert lines[1] == "Simulated."
    assert sum(line[:3] in CLAIMS for line in lines) == 38
    tallies = [
        re.fullmatch(r"(\d+) ([a-z ]+): ((\d+ [a-z ]+, )*\d+ [a-z ]+)\.", line) for line in lines[-3:-1]
    ]
    for tally, (n, what) in zip(tallies, ((38, "statements"), (15, "other readings")), strict=True):
        assert tally and (int(tally[1]), tally[2]) == (n, what)
        assert sum(map(int, re.findall(r"\d+", tally[3]))) == n
    assert lines[-1] == "Of what is called supported or contradicted here, at most 10% may be luck."
    assert re.search(r"C12  [a-z ]+ \(n = \d+; .+%, from .+% to .+%\): ", short)
    assert "C09-jump  " in long and "C09-jump" not in short
    assert "     Each contract has one long and one short" in long


def test_the_table_has_a_row_for_each_market_and_reading(table: pd.DataFrame) -> None:
    """And its columns are those of the verdicts."""
    assert len(table) == 2 * len(readings(CLAIMS.values()))
    assert table["market"].drop_duplicates().tolist() == list(WORLDS[:2])
    assert set(table["verdict"]) <= set(VERDICTS)
    weighed = table[table["p"].notna()]
    assert (weighed["low"] <= weighed["effect"]).all() and (weighed["effect"] <= weighed["high"]).all()
    assert weighed[["base", "p_adjusted", "naive_p", "detectable", "needed"]].notna().all(axis=None)
    assert (weighed["n"] >= 10).all()
    assert table.set_index("id").loc["C22", "holds"].tolist() == [True, True]


def test_markets_stand_side_by_side(table: pd.DataFrame) -> None:
    """Does it replicate? Words, and how many point the same way."""
    both = side_by_side(table)

    assert list(both.columns) == [*WORLDS[:2], "weighed", "same_way", "called"]
    assert both.index.tolist() == [each.id for each in readings(CLAIMS.values())]
    assert (both["same_way"] <= both["weighed"]).all()
    assert both.loc["C12", "weighed"] == 2
    assert both.loc["C13"].tolist() == ["arithmetic", "arithmetic", 0, 0, 0]


def test_eras_of_one_market_are_markets_of_their_own() -> None:
    """Equal parts, none of a bar in two; a sample too short to cut is refused."""
    market = oikit.sample("bnb-null")
    parts = eras(market, 3)

    assert [len(part) for part in parts.values()] == [len(market) // 3] * 3
    assert all(a.index[-1] < b.index[0] for a, b in pairwise(parts.values()))
    assert next(iter(parts)) == "2023-03-06 to 2024-03-06"
    with pytest.raises(InputError, match="ask for fewer"):
        eras(market.iloc[:5], 3)


def test_a_single_frame_is_a_market_too() -> None:
    """And claims of one's own can stand in a ledger."""
    market = oikit.sample("bnb-null").iloc[:4_000]
    rows = ledger_table(market, claims=[CLAIMS["C12"], CLAIMS["C13"]])

    assert rows["market"].unique().tolist() == ["market"]
    assert rows["id"].tolist() == ["C12", "C12-down", "C12-new-longs", "C13"]


# ---------------------------------------------------------------- what a market lacks


def test_a_market_that_lacks_a_column_is_not_asked() -> None:
    """Every claim still has its word, on prices alone."""
    prices = oikit.sample("bnb-null")[["open", "high", "low", "close"]].iloc[:3_000]
    verdicts = judge(prices)

    assert set(verdicts) == set(CLAIMS)
    assert "has no open_interest and no circulating_supply" in verdicts["C05"].because
    assert {verdicts[each.id].word for each in CLAIMS.values() if each.kind == "forecast"} == {"not asked"}
    bare = judge(prices[["close"]].rename(columns={"close": "my_price"}))
    assert bare["C12"].because.startswith("This market has no close and no open_interest")


def test_bars_that_do_not_fit_are_said() -> None:
    """Four hours cannot be asked of days; the claim is not asked, and the ledger goes on."""
    daily = oikit.resample(oikit.sample("bnb-null"), "1d")
    verdicts = judge(daily)

    assert verdicts["C36"].word == "not asked"
    assert "window=4h is no whole number of bars of 1d" in verdicts["C36"].because
    assert verdicts["C12"].n > 200


def test_a_reader_is_told_what_the_ledger_only_notes() -> None:
    """A claim of one's own that looks ahead, or asks for bars that are not there, is refused outright."""
    market = oikit.sample("bnb-null").iloc[:2_000]

    def mine(**more: Any) -> Claim:
        return Claim(
            **{"id": "mine", "says": "S.", "means": "M.", "needs": ("close",), "horizon": "6h", **more}
        )

    ahead = mine(speaks=lambda f: f["close"].shift(-1) > f["close"])
    with pytest.raises(InputError, match="mine looks ahead"):
        judge(market, claims=[ahead])
    with pytest.raises(InputError, match="no whole number of bars"):
        judge(market, claims=[mine(speaks=lambda f: f["close"] > 600, horizon="90min")])
    with pytest.raises(FrameError, match="time"):
        judge(market.reset_index())


# ---------------------------------------------------------------- real figures


@pytest.fixture
def exchange(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    """A stand-in of the exchange, with four weeks of real open interest."""
    home = SHARED / "venue"
    if not (home / "venue.py").exists():
        pytest.skip(f"no stand-in of the exchange at {home}")
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path))
    if str(home) not in sys.path:
        sys.path.insert(0, str(home))
    from venue import Venue

    with Venue(now="2026-03-20T00:10:00Z") as running:
        yield running


@pytest.mark.venue
@pytest.mark.parametrize(("symbol", "every"), [("BNBUSDT", "4h"), ("BTCUSDT", "1d"), ("BNBUSDT", "1h")])
def test_real_figures_get_verdicts_without_an_error(symbol: str, every: str, exchange: Any) -> None:
    """Four weeks are short: n is shown, and nothing is supported on fewer than ten events."""
    market = oikit.load(symbol, since="2026-02-20", every=every, rest=exchange.url)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = ledger_table({symbol: market})

    assert len(rows) == len(readings(CLAIMS.values()))
    assert set(rows["verdict"]) <= set(VERDICTS)
    assert (rows.loc[rows["verdict"] == "supported", "n"] >= 10).all()
    asked = rows[rows["kind"] == "forecast"]
    assert (asked["because"].str.contains("n = ") | asked["p"].notna()).all()
    assert asked["n"].max() >= 10
    literal = rows.set_index("id").loc["C05"]
    assert (literal["verdict"], literal["n"]) == ("silent", 0)
    assert "times as many are needed" in literal["because"]


WEEKS = oikit.sample("bnb-null").iloc[-24 * 7 * 8 :]
PRICES = ["open", "high", "low", "close", "mark_price"]
ODD = {
    "a flat price": WEEKS.assign(**dict.fromkeys(PRICES, 1.0)),
    "a price of a billionth": WEEKS.assign(**{name: WEEKS[name] * 1e-11 for name in PRICES}),
    "a price that stops": WEEKS.assign(
        **{name: WEEKS[name].where(WEEKS.index < WEEKS.index[700], 1.0) for name in PRICES}
    ),
    "flat open interest": WEEKS.assign(open_interest=1e6, open_interest_value=6e8),
    "nothing traded": WEEKS.assign(**dict.fromkeys((name for name in WEEKS if "volume" in name), 0.0)),
    "all flat": WEEKS.assign(**dict.fromkeys(WEEKS, 1.0)),
    "a flat week": WEEKS.assign(**dict.fromkeys(PRICES, 1.0)).iloc[-168:],
}


@pytest.mark.parametrize("name", ODD)
def test_a_market_without_a_move_is_judged_without_a_warning(name: str) -> None:
    """A coin tied to the dollar does not move; NumPy's warnings of it would be red lines to a reader."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        words = claims_json(ODD[name])
        assert np.isfinite(features(ODD[name], clocks=("1h", "1d")).to_numpy(dtype=float)).any()

    assert words["C13"] == "arithmetic"
    assert "supported" not in {words["C05"], words["C09"]}


# ---------------------------------------------------------------- the picture and the recipe


def test_the_forest_says_what_stands_out(table: pd.DataFrame) -> None:
    """Both panels, n on each line, and the finding counts what could be compared."""
    one = table[table["market"] == "bnb-planted"]
    picture = forest(one, source="Simulated.")
    says, spec = finding(picture), json.dumps(picture.to_dict())

    weighed = one[one["effect"].notna()]
    assert f"{len(weighed)} readings of {len(one)} could be compared" in says
    assert all(f"{row.id} (n = {row.n:,})" in spec for row in weighed.itertuples())
    assert "per cent" in spec and "points of 100" in spec
    assert "Simulated." in spec


def test_the_forest_puts_markets_side_by_side(table: pd.DataFrame) -> None:
    """Each reading with all its markets, in the order of the ledger."""
    says = finding(forest(table))
    names = [
        row["name"] for data in forest(table).to_dict()["datasets"].values() for row in data if "name" in row
    ]

    assert says.startswith("On bnb-null, bnb-planted, ")
    assert names.index(next(n for n in names if n.startswith("C12 · bnb-planted"))) == 1 + names.index(
        next(n for n in names if n.startswith("C12 · bnb-null"))
    )


def test_the_forest_names_what_was_called() -> None:
    """By comparison and by counting; an interval without an end is drawn to the edge."""
    rows = pd.DataFrame(
        {
            "market": "m",
            "id": ["A", "B", "C", "D"],
            "verdict": ["supported", "contradicted", "negligible", "contradicted"],
            "n": [20, 30, 12, 4],
            "effect": [0.02, -0.01, 0.0, np.nan],
            "low": [0.01, -0.02, -np.inf, np.nan],
            "high": [0.03, -0.005, np.inf, np.nan],
            "unit": "return",
        }
    )

    assert finding(forest(rows)) == (
        "On m, 3 readings of 4 could be compared with what usually happens; 1 interval holds 0, "
        "1 of 3 are negligible. Supported: A (n = 20); contradicted: B (n = 30), D (n = 4)."
    )
    endless = rows[rows["id"] == "C"]
    assert finding(forest(endless)).endswith("0, 1 of 1 are negligible. None stands out.")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (pd.DataFrame({"id": ["A"]}), "the table has no market, verdict"),
        (
            pd.DataFrame(
                {k: [np.nan] for k in ("market", "id", "verdict", "n", "effect", "low", "high", "unit")}
            ),
            "no claim could be compared",
        ),
    ],
)
def test_the_forest_refuses_what_it_cannot_draw(rows: pd.DataFrame, words: str) -> None:
    """With where to get a table, or where to look."""
    with pytest.raises(InputError, match=words):
        forest(rows)


def test_the_recipe_for_a_claim_of_ones_own_runs() -> None:
    """Ten lines, as CONTRIBUTING gives them."""
    words = (Path(__file__).resolve().parents[1] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    recipe = words.split("## A claim of your own, in ten lines")[1].split("```python\n")[1].split("```")[0]
    lines = recipe.strip("\n").split("\n")
    body = lines[lines.index("mine = Claim(") :]
    said: list[str] = []
    exec("\n".join(lines), {"print": lambda verdict: said.append(str(verdict))})  # the words are our own

    assert len([line for line in body if line.strip()]) == 10
    assert said[0].startswith("supported (this table): “A jump in open interest is followed by a fall.”")


def test_an_empty_ledger_is_no_error() -> None:
    """No claims, no rows."""
    assert judge(frame(close=[1.0, 2.0]), claims=[]) == {}
