"""Definitions and arithmetic are proved, not weighed: by hand, by closed form, and on the toy exchange."""

from __future__ import annotations

import contextlib
import math
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oikit
from oikit.claims import CLAIMS, Verdict, weigh
from oikit.claims.events import kept, price_move
from oikit.errors import InputError
from oikit.exchange import Exchange
from oikit.indicators import oi_to_cap
from oikit.risk import liquidation_distance
from tests.conftest import frame

EMPTY = frame(close=[100.0, 101.0, 99.0, 100.0])
NAMES = ("Ann", "Bob", "Cid", "Dora")


def said(name: str, data: pd.DataFrame = EMPTY) -> Verdict:
    return weigh(CLAIMS[name], data)


# ---------------------------------------------------------------- C13: as many longs as shorts

orders = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(("buy", "sell")), st.integers(1, 5)), max_size=25
)
steps = st.lists(st.integers(-12, 12), max_size=6)


@settings(max_examples=60, deadline=None)
@given(orders=orders, moves=steps)
def test_c13_long_equals_short_whatever_is_traded_and_whoever_is_forced_out(
    orders: list[tuple[str, str, int]], moves: list[int]
) -> None:
    """The identity that refutes it: no sequence of trades, liquidations and deleveraging breaks it."""
    venue = Exchange(100, maintenance=0.01, fund=50)
    for name in NAMES:
        venue.open_account(name, 100, leverage=10)
    for i, (name, side, contracts) in enumerate(orders):
        with contextlib.suppress(InputError):  # not enough margin: nothing happens
            getattr(venue, side)(name, contracts)
        if i < len(moves):
            venue.step(float(venue.price) + moves[i])
        books = venue.books()
        positions = venue.table()["position"]
        assert books.long == books.short == venue.open_interest
        assert positions[positions > 0].sum() == -positions[positions < 0].sum() == books.long


def test_c13_says_that_it_is_no_question_for_data() -> None:
    """Arithmetic, false by identity, and the crowds that can lean are counted instead."""
    heads = frame(close=[1.0] * 4, long_short_ratio=[0.7, 0.8, 2.0, 2.0], top_position_ratio=[1.3] * 4)
    verdict = said("C13", heads)

    assert (verdict.word, verdict.holds, verdict.number) == ("arithmetic", False, 0.0)
    assert "all accounts below 0.769 on 25% of bars, top positions below 0.769 on 0% of bars" in str(verdict)
    assert str(said("C13")).endswith("a part of the market.")


# ---------------------------------------------------------------- C15: nobody is liquidated first


def crowd(flip: bool) -> Exchange:
    """Four accounts of different leverage on either side; the margin asked does not depend on the price."""
    venue = Exchange(100, maintenance=lambda contracts, price: Fraction(contracts))
    for name, leverage in zip(NAMES, (20, 10, 20, 5), strict=True):
        venue.open_account(name, 100, leverage=leverage)
    sides = ("buy", "sell") if flip else ("sell", "buy")
    for name, side, contracts in (
        ("Ann", sides[0], 18),
        ("Cid", sides[1], 18),
        ("Bob", sides[0], 4),
        ("Dora", sides[1], 4),
    ):
        getattr(venue, side)(name, contracts)
    return venue


@settings(max_examples=60, deadline=None)
@given(moves=st.lists(st.integers(-9, 9), min_size=1, max_size=10))
def test_c15_the_mirror_image_of_a_market_liquidates_the_mirror_image(moves: list[int]) -> None:
    """Turn the path upside down and swap the sides: the same people, the same contracts, the same step."""
    one, other = crowd(False), crowd(True)
    price = 100
    for move in moves:
        price = min(max(price + move, 20), 180)
        one.step(price)
        other.step(200 - price)
    there = [(e.step, e.what, e.name, e.contracts, e.other) for e in one.events if e.step]
    here = [(e.step, e.what, e.name, e.contracts, e.other) for e in other.events if e.step]
    swapped = {"long": "short", "short": "long"}

    assert there == here
    assert [e.side for e in one.events if e.step] == [swapped[e.side] for e in other.events if e.step]


@settings(max_examples=40, deadline=None)
@given(moves=st.lists(st.integers(0, 9), min_size=1, max_size=10))
def test_c15_in_a_rise_only_shorts_can_be_liquidated(moves: list[int]) -> None:
    """Without any rule that prefers a side: whoever gains cannot fall below a margin."""
    venue = Exchange(100, maintenance=0.01)
    for name in NAMES:
        venue.open_account(name, 100, leverage=20)
    venue.buy("Ann", 15)
    venue.sell("Bob", 15)
    venue.buy("Cid", 3)
    venue.sell("Dora", 3)
    forced = [e for move in moves for e in venue.step(float(venue.price) + move)]

    assert {e.side for e in forced if e.what in ("liquidation", "deleveraging")} <= {"short"}


def test_c15_counts_who_was_forced_out_where_that_is_known() -> None:
    """Both sides are forced out on rising days, too; nothing is said where nobody was."""
    n = 72
    rising = {"close": 100 * 1.001 ** np.arange(n)}
    some = frame(**rising, long_liquidations=np.full(n, 1.0), short_liquidations=np.full(n, 3.0))
    none = frame(**rising, long_liquidations=np.zeros(n), short_liquidations=np.zeros(n))

    assert said("C15", some).number == pytest.approx(0.75)
    assert "75% of what was forced out over rising days was short" in str(said("C15", some))
    for quiet in (none, frame(**rising)):
        verdict = said("C15", quiet)
        assert (verdict.word, verdict.holds) == ("arithmetic", False)
        assert "forced out over" not in str(verdict)


# ---------------------------------------------------------------- C04, C33: what is counted


@given(
    coins=st.floats(1, 1e9),
    supply=st.floats(1, 1e9),
    price=st.floats(1e-3, 1e6),
    times=st.floats(1e-3, 1e3),
)
def test_c04_the_price_cancels(coins: float, supply: float, price: float, times: float) -> None:
    """Dollars over dollars at any price, or coins over coins: one number."""
    plain = oi_to_cap(pd.Series([coins]), pd.Series([supply]))[0]
    for at in (price, price * times):
        assert oi_to_cap(pd.Series([coins * at]), pd.Series([supply * at]))[0] == pytest.approx(
            plain, rel=1e-12
        )


def test_c04_says_the_usual_level_where_it_can() -> None:
    """Both in dollars, and off by nothing."""
    data = frame(close=[500.0, 600.0], open_interest=[4.0, 6.0], circulating_supply=[1000.0, 1000.0])
    verdict = said("C04", data)

    assert verdict.word == "arithmetic" and verdict.holds
    assert verdict.number < 1e-12
    assert "usual level is 0.5%" in str(verdict)
    assert "Here the" not in str(said("C04"))


def test_c33_the_same_contracts_need_different_capital() -> None:
    """On the toy exchange: equal open interest, four times the margin."""
    opened = {}
    for leverage in (5, 20):
        venue = Exchange(100, maintenance=0.01)
        margin = 1000 / leverage
        venue.open_account("Ann", margin, leverage=leverage)
        venue.open_account("Bob", margin, leverage=leverage)
        venue.buy("Ann", 10)
        venue.sell("Bob", 10)
        opened[leverage] = (venue.open_interest, sum(float(a.deposited) for a in venue.accounts.values()))
    table = said("C33").table

    assert opened[5][0] == opened[20][0] == 10
    assert opened[5][1] == 4 * opened[20][1]
    assert table is not None
    assert table["margin"].to_dict() == {5: 4e8, 10: 2e8, 20: 1e8}


def test_c33_dollars_can_rise_while_contracts_are_closed() -> None:
    """Counted on the frame: a rally makes dollars of coins that are fewer."""
    n = 48
    rally = frame(close=100 * 1.01 ** np.arange(n), open_interest=1000 * 0.999 ** np.arange(n))

    assert "moved opposite ways over 100% of days" in str(said("C33", rally))
    assert "opposite ways" not in str(said("C33"))


# ---------------------------------------------------------------- C22, C37: where a position ends


def test_c22_the_toy_exchange_closes_before_five_per_cent() -> None:
    """At the number that the verdict names, and not before."""
    verdict = said("C22")
    venue = Exchange(100, maintenance=0.005, fund=1000)
    venue.open_account("Ann", 500, leverage=20)
    venue.open_account("Bob", 100_000, leverage=20)
    venue.buy("Ann", 100)
    venue.sell("Bob", 100)

    assert verdict.number == pytest.approx(1 - 0.95 / 0.995)
    assert venue.step(100 * (1 - verdict.number) + 1e-6) == []
    assert venue.step(100 * (1 - verdict.number) - 1e-6) != []
    assert verdict.number < 0.05 and verdict.holds is True


@given(path=st.lists(st.floats(-0.2, 0.2), min_size=1, max_size=40))
def test_c37_more_leverage_never_lives_longer(path: list[float]) -> None:
    """On any path: the bar of liquidation comes no later at a higher leverage."""
    price = np.exp(np.cumsum(path))
    ends = []
    for leverage in (2, 3, 5, 10, 20, 50):
        far = liquidation_distance(1.0, side="long", leverage=leverage, tiers=0.005)
        hit = np.flatnonzero(price <= 1 - far)
        ends.append(int(hit[0]) if len(hit) else len(price))

    assert ends == sorted(ends, reverse=True)
    table = said("C37").table
    assert table is not None and table["liquidated"].is_monotonic_increasing


def test_c02_any_share_can_be_had() -> None:
    """Counted on the frame, where it has lows; the time and the leverage decide."""
    rng = np.random.default_rng(0)
    close = 100 * np.exp(np.cumsum(0.008 * rng.standard_normal(24 * 40)))
    verdict = said("C02", frame(close=close, low=close * 0.995))

    assert verdict.table is not None
    assert list(verdict.table.columns) == ["1d", "7d"]
    assert verdict.table.loc[50, "7d"] > verdict.table.loc[5, "1d"]
    assert "one in ten can be had, and so can anything between" in str(verdict)
    for small in (EMPTY, frame(close=[1.0, 1.0], low=[1.0, 1.0])):
        assert said("C02", small).table is None


# ---------------------------------------------------------------- C38: funding is money


@given(rates=st.lists(st.floats(-0.001, 0.001), min_size=6, max_size=30))
def test_c38_leaving_funding_out_is_wrong_by_what_was_paid(rates: list[float]) -> None:
    """To the last digit, for a long and for a short."""
    data = frame(close=100 + np.arange(len(rates)) % 3, funding_rate=rates)
    without = data.drop(columns="funding_rate")
    paid = data["funding_rate"].rolling(3).sum().shift(-3)

    for side in (1.0, -1.0):
        apart = kept(without, 3, side) - kept(data, 3, side)
        np.testing.assert_allclose(apart.dropna(), (side * paid).dropna(), atol=1e-15)
    np.testing.assert_array_equal(price_move(data, 3), price_move(without, 3))


def test_c38_adds_up_what_this_market_paid() -> None:
    """20x at 0.01% three times a day is 0.6% of the margin a day."""
    paid = said("C38", frame(close=[1.0] * 3, funding_rate=[0.0, 0.001, 0.0]))
    received = said("C38", frame(close=[1.0] * 3, funding_rate=[0.0, -0.001, 0.0]))

    assert paid.number == pytest.approx(0.006)
    assert "0.10% of the position was paid by longs" in str(paid)
    assert "was received by longs" in str(received)
    assert "in all" not in str(said("C38"))


# ---------------------------------------------------------------- numbers that decide

NUMBERS = {
    "C01": (30.0, "month of the same market is thirty of its days"),
    "C08": (483.0, "takes 483 traders"),
    "C18": (0.923055, "92.3%, and 2.5 on average"),
    "C20": (2258 / 365, "takes 2.7 years of days to tell from luck with a chance of one half, and 6.2 years"),
    "C23": (100.0, "20,000 (2% lost at a stop 1% away), 4,000 (2% put up as margin) or 200"),
    "C24": (0.3689, "2% lost at a stop: 36.9% and 99.6%; 2% put up as margin: under 0.1% and 1.43%"),
    "C25": (0.5, "12.5% at half the best size, 50% at the best and 100% at twice it"),
    "C28": (2.5076, "a yearly Sharpe ratio of 1.54 over one year, of 100 rules 2.51"),
    "C30": (1 - 0.9**10, "65.1%"),
    "C31": (1.7161, "1.72 times as large. Ten times the size makes it 0.96 times, and without an edge"),
}


@pytest.mark.parametrize(
    ("name", "number", "words"), [(n, *rest) for n, rest in NUMBERS.items()], ids=NUMBERS
)
def test_the_number_that_decided_is_the_one_in_the_sentence(name: str, number: float, words: str) -> None:
    """Each from a closed form or an exact count."""
    verdict = said(name)

    assert verdict.number == pytest.approx(number, abs=2e-4)
    assert words in str(verdict)


def test_c26_adding_to_a_loser_changes_the_shape_and_not_the_mean() -> None:
    """Optional stopping, on simulated paths: within three standard errors of no difference."""
    verdict = said("C26")
    table: Any = verdict.table

    error = math.hypot(table.loc["never add", "standard_error"], table.loc["average down", "standard_error"])
    assert abs(verdict.number) <= 3 * error
    assert table.loc["average down", "win_share"] > table.loc["never add", "win_share"]
    assert "A simulation under stated assumptions, not a proof" in str(verdict)


def test_c32_compares_with_20x_as_the_article_does() -> None:
    """Growth by hand, and survival of a year; all shrink, and 20x most."""
    verdict = said("C32")
    table: Any = verdict.table

    assert verdict.holds is True
    assert table["log growth a year"].tolist() == pytest.approx([-1.5, -12.0, -60.0])
    assert table["survives a year"].round(2).tolist() == [0.48, 0.25, 0.12]
    assert verdict.number == pytest.approx(0.6 / 0.36)


FAIR = {
    "C03": ("not testable", "The ratio holds the supply, too"),
    "C13": ("arithmetic, and it does not hold", "Each contract has one long and one short"),
    "C18": ("arithmetic, and it depends on what the variables hold", "The number and the speed are granted"),
    "C19": ("not asked", "By the venues' own manuals it is the other way round"),
    "C22": ("arithmetic, and it holds", "5% is enough, and so is less"),
    "C23": ("arithmetic, and it depends on what the 2% are of", "three readings"),
    "C24": (
        "arithmetic, and it depends on what the 2% are of, and on the rule",
        "Three readings, three answers",
    ),
    "C26": ("arithmetic, and it depends on the drift of the price", "not a proof"),
    "C28": ("not testable", "How many traders do it nobody has counted"),
    "C31": ("arithmetic, and it depends on the edge and the costs", "At the article's own 2% a bet it does"),
    "C32": ("arithmetic, and it holds", "Against 20x it holds"),
    "C34": ("not asked", "depth and spread of the order book, and the number of trades, of many markets"),
    "C35": ("not asked", "on 20 markets or more"),
}


@pytest.mark.parametrize(("name", "label", "words"), [(n, *rest) for n, rest in FAIR.items()], ids=FAIR)
def test_a_reading_is_no_harder_than_the_article(name: str, label: str, words: str) -> None:
    """What it says is granted where it is so; what it hangs on, or what it would take, is named."""
    verdict = said(name)

    assert verdict.label == label
    assert words in verdict.because
    assert f"Our reading: {CLAIMS[name].means}" in str(verdict)


def test_advice_never_fails() -> None:
    """Nobody can be wrong by advising; what it hangs on can be said."""
    for claim in CLAIMS.values():
        if claim.kind == "advice":
            assert said(claim.id).holds is None and said(claim.id).depends


def test_c36_asks_what_delay_costs() -> None:
    """The same rule, short when a jump begins: what an hour, and four, would have kept from it."""
    rows = {
        each.id: (each.horizon, each.speaks, each.acts) for each in (CLAIMS["C36"], *CLAIMS["C36"].beside)
    }

    assert [rows[name][0] for name in ("C36", "C36-hour")] == ["4h", "1h"]
    assert rows["C36"][1:] == rows["C36-hour"][1:]


def test_c14_low_says_why_it_does_not_speak() -> None:
    """The two conditions, and how far this market is from each."""
    verdict = said("C14", oikit.sample("bnb-null")).beside[0]

    assert verdict.word == "silent"
    assert "The lowest ratio here is 1.258, and it is that low on 0 bars; funding is that low on 542" in str(
        verdict
    )


def test_c06_one_size_two_leans() -> None:
    """Heads long, coins short: the size of open interest tells neither."""
    apart = frame(close=[1.0] * 4, long_short_ratio=[2.0] * 4, top_position_ratio=[0.5, 0.5, 2.0, 1.0])
    unknown = frame(close=[1.0] * 2, long_short_ratio=[np.nan] * 2, top_position_ratio=[1.0] * 2)

    assert said("C06", apart).number == pytest.approx(2 / 3)
    assert "different sides on 2 of 3 bars" in str(said("C06", apart))
    for plain in (EMPTY, unknown):
        assert math.isnan(said("C06", plain).number)


def test_c29_the_share_follows_from_the_definition() -> None:
    """Six definitions, as far as the data reach; each a share of bars."""
    rng = np.random.default_rng(0)
    close = 100 * np.exp(np.cumsum(0.006 * rng.standard_normal(24 * 60)))
    verdict = said("C29", frame(close=close, high=close * 1.002, low=close * 0.998))

    assert verdict.table is not None and len(verdict.table) == 6
    assert verdict.number > 0.2
    assert "By 6 definitions" in str(verdict)
    long_bars = frame("8D", close=close[:9], high=close[:9], low=close[:9])
    for plain in (EMPTY, long_bars):
        assert said("C29", plain).table is None


def test_c34_shows_a_stand_in_and_calls_it_that() -> None:
    """Depth has no column; with volume there is a rough one, with n."""
    n = 24 * 30
    rng = np.random.default_rng(0)
    close = 100 * np.exp(np.cumsum(0.005 * rng.standard_normal(n)))
    coins = 1000 * np.exp(np.cumsum(0.01 * rng.standard_normal(n)))
    verdict = said("C34", frame(close=close, open_interest=coins, quote_volume=np.full(n, 1e6)))
    short = frame(close=close[:50], open_interest=coins[:50], quote_volume=np.full(50, 1e6))

    assert -1 < verdict.number < 1
    assert "n = 28 days" in str(verdict)
    for plain in (EMPTY, short):
        assert math.isnan(said("C34", plain).number)


def test_c01_names_the_turnover_it_can_count() -> None:
    """A day and a month of the same frame."""
    data = frame(close=[1.0] * 3, quote_volume=[1e9, 1e9, 1e9])

    assert "24.00 billion a day and 720.0 billion a month" in str(said("C01", data))
