"""Margin and funding: published numbers, laws that hold for any position, and every door refused politely."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from oikit import margin
from oikit.errors import InputError
from oikit.margin import elsewhere
from tests.conftest import SHARED, series
from tests.reference import liquidation

CASES = SHARED / "cases"
BNB = margin.tiers("BNBUSDT", on="2024-10-24")

sides = st.sampled_from(["long", "short"])
notionals = st.floats(10.0, 1.4e8)
prices = st.floats(0.01, 1e5)
rates = st.floats(0.001, 0.3)


def shared_rows(name: str) -> list[dict[str, str]]:
    """The rows of a shared table; none where the folder is not there (see the test that says so)."""
    path = CASES / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@st.composite
def tables(draw: st.DrawFn) -> pd.DataFrame:
    """Any valid table of tiers."""
    count = draw(st.integers(1, 6))
    widths = draw(st.lists(st.floats(100, 1e6), min_size=count, max_size=count))
    steps = draw(st.lists(st.floats(0.001, 0.1), min_size=count, max_size=count))
    caps, tier_rates = np.cumsum(widths), np.cumsum(steps)
    return pd.DataFrame(
        {
            "notional_floor": [0.0, *caps[:-1]],
            "notional_cap": caps,
            "maintenance_margin_rate": tier_rates,
            "max_leverage": 0.99 / tier_rates,
        }
    )


# Published and computed numbers


def test_the_shared_cases_were_there_to_be_tested():
    """A run without them tests less, and says so."""
    if not CASES.exists():
        pytest.skip("the shared reference cases are not beside this checkout")

    assert len(shared_rows("liquidation-cases.csv")) == 58


@pytest.mark.parametrize("row", shared_rows("liquidation-cases.csv"), ids=lambda row: row["case_id"])
def test_a_published_liquidation_price_is_met(row: dict[str, str]):
    """Nine formulas of seven venues; one page contradicts its own formula, and is held to the formula."""
    kind, tolerance = row["tolerance"].split(":")
    wanted = float(row["recomputed"] if row["match"] == "NO" else row["expected"])
    allowed = float(tolerance) * (abs(wanted) if kind == "rel" else 1)

    assert liquidation(row) == pytest.approx(wanted, rel=0, abs=allowed)


@pytest.mark.parametrize(
    "row", shared_rows("funding-cases.csv"), ids=lambda row: f"I={row['I']} P={row['P']}"
)
def test_a_premium_settles_to_the_published_rate(row: dict[str, str]):
    """Both regimes, three intervals, with and without a cap."""
    premium, interest = float(row["P"]), float(row["I"])

    def rate(**how: Any) -> float:
        return margin.funding_rate_from_premium(premium, interest=interest, **how)

    assert rate() == pytest.approx(float(row["F8"]), abs=1e-15)
    assert rate(interval_hours=4) == pytest.approx(float(row["F4_new"]), abs=1e-15)
    assert rate(interval_hours=1) == pytest.approx(float(row["F1_new"]), abs=1e-15)
    assert rate(cap=0.003) == pytest.approx(float(row["F8_cap03"]), abs=1e-15)
    assert rate(interval_hours=1, scaled=False) == rate()


def test_the_stored_tiers_are_the_published_ones():
    """Figures carried over by hand get compared with where they came from."""
    rows = shared_rows("margin-tiers.csv")
    if not rows:
        pytest.skip("the shared reference cases are not beside this checkout")
    for row in rows:
        table = margin.tiers(row["symbol"], on=pd.Timestamp(row["snapshot"].split(" ")[0], tz="UTC"))
        tier = table.loc[int(row["tier"])]

        assert tier["notional_floor"] == float(row["notional_floor"])
        assert tier["notional_cap"] == float(row["notional_cap"])
        assert tier["maintenance_margin_rate"] == float(row["mmr"])
        assert tier["max_leverage"] == float(row["max_leverage"])
        assert tier["deduction"] == pytest.approx(float(row["cum"]), abs=1e-6)
    stored = [margin.tiers(symbol) for symbol in ("BNBUSDT", "BTCUSDT", "ETHUSDT")]
    assert {table["date"].iloc[0] for table in stored} == {"2024-10-24"}


FRACTIONS = {
    2: (0.502513, 1.492537),
    3: (0.670017, 1.326700),
    5: (0.804020, 1.194030),
    10: (0.904523, 1.094527),
    20: (0.954774, 1.044776),
    25: (0.964824, 1.034826),
    50: (0.984925, 1.014925),
    75: (0.991625, 1.008292),
}


@pytest.mark.parametrize("leverage", FRACTIONS)
def test_the_first_tier_closes_where_the_table_says(leverage: int):
    """Liquidation over entry price at a maintenance margin of 0.5%, without costs."""
    got = [
        margin.liquidation_price(1.0, side=side, quantity=1, leverage=leverage, tiers=0.005)
        for side in ("long", "short")
    ]

    assert got == pytest.approx(FRACTIONS[leverage], abs=5e-7)


BNB_AT_600 = {
    (5_000, 5): (482.4121, 716.4179),
    (5_000, 10): (542.7136, 656.7164),
    (5_000, 20): (572.8643, 626.8657),
    (30_000, 5): (482.6962, 715.9046),
    (30_000, 10): (543.0584, 656.2624),
    (30_000, 20): (573.2394, 626.4414),
    (100_000, 5): (483.5758, 714.1188),
    (100_000, 10): (544.1818, 654.7129),
    (100_000, 20): (574.4848, 625.0099),
    (1_000_000, 5): (488.4429, 707.1824),
    (1_000_000, 10): (549.6673, 648.3588),
    (1_000_000, 20): (580.2796, 618.9471),
    (10_000_000, 5): (499.9131, 690.5549),
    (10_000_000, 10): (563.0709, 633.4120),
}


@pytest.mark.parametrize(("notional", "leverage"), BNB_AT_600)
def test_larger_positions_die_sooner(notional: float, leverage: float):
    """BNBUSDT at 600, tiers of October 2024, long and short."""
    got = [
        margin.liquidation_price(600.0, side=side, quantity=notional / 600, leverage=leverage, tiers=BNB)
        for side in ("long", "short")
    ]

    assert got == pytest.approx(BNB_AT_600[notional, leverage], abs=5e-5)


def test_a_20x_position_does_not_live_to_see_five_per_cent():
    """-4.52% and +4.48% at 5,000 notional, -3.29% at a million: the popular "5%" is too kind."""

    def move(side: str, notional: float) -> float:
        closed = margin.liquidation_price(600.0, side=side, quantity=notional / 600, leverage=20, tiers=BNB)
        return closed / 600.0 - 1

    assert move("long", 5_000) == pytest.approx(-0.0452, abs=5e-5)
    assert move("short", 5_000) == pytest.approx(0.0448, abs=5e-5)
    assert move("long", 1_000_000) == pytest.approx(-0.0329, abs=5e-5)


@pytest.mark.parametrize(
    ("leverage", "with_fee", "with_funding"),
    [(5, -0.19548, -0.19457), (10, -0.09498, -0.09407), (20, -0.04472, -0.04382)],
)
def test_costs_bring_the_end_nearer(leverage: float, with_fee: float, with_funding: float):
    """An opening fee of 0.05% from the margin, then nine settlements of 0.01%."""
    how = {"side": "long", "quantity": 1, "leverage": leverage, "tiers": 0.005, "fee_rate": 0.0005}

    assert margin.liquidation_price(1.0, **how) - 1 == pytest.approx(with_fee, abs=6e-6)
    assert margin.liquidation_price(1.0, **how, funding_paid=0.0009) - 1 == pytest.approx(
        with_funding, abs=6e-6
    )


def test_the_exchanges_own_example_comes_out_in_cross_margin():
    """A long of BTC and a long of ETH in one account, from Binance's help page, with its tiers of 2021."""
    eth = {"entry": 1456.84, "mark": 1335.18, "size": 3683.979, "rate": 0.1, "deduction": 135_365.0}
    held = eth["size"] * eth["mark"] * eth["rate"] - eth["deduction"]
    profit = eth["size"] * (eth["mark"] - eth["entry"])
    closed = margin.liquidation_price(
        32481.98,
        side="long",
        quantity=109.488,
        margin=1_535_443.01,
        tiers=margin.tiers("BTCUSDT", on="2021-03-18"),
        others_maintenance=held,
        others_profit=profit,
    )

    assert closed == pytest.approx(26316.89, abs=0.006)


def test_the_simplified_formula_is_a_little_off():
    """95,500 against 95,477.39: maintenance margin on the entry, or on the mark price."""
    exact = margin.liquidation_price(100_000, side="long", quantity=1, leverage=20, tiers=0.005)

    assert elsewhere.at_entry(100_000, side="long", leverage=20, maintenance_margin_rate=0.005) == 95_500
    assert exact == pytest.approx(95_477.39, abs=0.005)


def test_maintenance_margin_and_largest_leverage_by_hand():
    """BTC tiers of 2021: 250,000 is 0.5% less 50; the seam belongs to the smaller tier."""
    btc = margin.tiers("BTCUSDT", on="2022-06-01")

    assert margin.maintenance_margin(250_000, tiers=btc) == 1_200
    assert margin.maintenance_margin(251_000, tiers=btc) == 1_210
    assert margin.max_leverage(250_000, tiers=btc) == 100
    assert margin.max_leverage(250_000.01, tiers=btc) == 50
    assert margin.max_leverage(1.0, tiers=0.01) == math.inf


def test_what_one_side_pays_the_other_receives():
    """30 coins at 2.77 and two settlements that shorts pay."""
    paid = [
        margin.funding_payment(rate, side="short", quantity=30, mark_price=2.77) for rate in (-8e-6, -3e-6)
    ]

    assert paid == pytest.approx([-0.0006648, -0.0002493])
    assert margin.funding_payment(-8e-6, side="long", quantity=30, mark_price=2.77) == -paid[0]


def test_a_premium_is_zero_inside_the_spread_and_unknown_in_a_thin_book():
    """A book too thin for the impact order has no impact price; that is not a premium of 0."""
    got = margin.premium_index(
        series([599.0, 606.0, 590.0, math.nan]), series([601.0, 607.0, 594.0, 601.0]), 600.0
    )

    assert got.iloc[:3].tolist() == pytest.approx([0.0, 0.01, -0.01])
    assert math.isnan(got.iloc[3])
    assert math.isnan(margin.mean_premium([0.1, math.nan]))


def test_every_function_takes_a_series_and_keeps_its_index_and_gaps():
    """A frame's column goes in, a column comes out, and what is not known stays so."""
    values = series([600.0, math.nan, 300.0])
    answers = [
        margin.liquidation_price(values, side="short", quantity=2, leverage=10, tiers=BNB),
        margin.bankruptcy_price(values, side="short", leverage=10),
        margin.maintenance_margin(values, tiers=BNB),
        margin.max_leverage(values, tiers=BNB),
        margin.funding_rate_from_premium(values * 1e-6, interest=0.0001, cap=0.003),
        margin.funding_payment(values * 1e-6, side="long", quantity=1, mark_price=values),
        margin.annual_rate(values * 1e-6, interval_hours=8, compounded=True),
        margin.mark_price_from_funding(values, 0.0001, hours_left=4),
        elsewhere.at_entry(values, side="long", leverage=5, maintenance_margin_rate=0.01),
        elsewhere.inverse(values, side="short", value=100, margin=0.1, maintenance_margin_rate=0.01),
    ]
    for answer in answers:
        assert isinstance(answer, pd.Series)
        assert answer.index.equals(values.index)
        assert answer.isna().tolist() == [False, True, False]


def test_a_series_of_leverages_is_as_good_as_one_by_one():
    """A chart of distance by leverage asks once."""
    leverage = pd.Series([2.0, 5.0, 20.0])
    together = margin.liquidation_price(600.0, side="long", quantity=10, leverage=leverage, tiers=BNB)

    assert together.tolist() == [
        margin.liquidation_price(600.0, side="long", quantity=10, leverage=each, tiers=BNB)
        for each in leverage
    ]


def test_some_positions_have_no_liquidation_price():
    """A long without leverage can only be liquidated at 0; a coin-margined short likewise at infinity."""
    assert margin.liquidation_price(600.0, side="long", quantity=1, leverage=1, tiers=0.005) == 0.0
    assert margin.bankruptcy_price(600.0, side="long", leverage=0.5) == 0.0
    assert (
        elsewhere.inverse(600.0, side="short", value=600, margin=2, maintenance_margin_rate=0.005) == math.inf
    )
    assert elsewhere.inverse_bankruptcy(600.0, side="short", value=600, margin=1) == math.inf


# Laws


@given(table=tables(), size=st.floats(0, 1e7))
def test_maintenance_margin_is_that_of_the_tier_and_never_jumps(table: pd.DataFrame, size: float):
    """Continuous at each seam, rising, and equal to the tier's own formula."""
    checked = margin.check_tiers(table)
    inside = checked[checked["notional_floor"] <= size].iloc[-1]
    caps = table["notional_cap"].to_numpy()
    seams = margin.maintenance_margin(caps, tiers=table)

    assert margin.maintenance_margin(size, tiers=table) == pytest.approx(
        size * inside["maintenance_margin_rate"] - inside["deduction"], abs=1e-6
    )
    assert margin.maintenance_margin(caps * (1 + 1e-12), tiers=table) == pytest.approx(seams, rel=1e-9)
    assert (np.diff(seams) >= 0).all()


@given(
    table=tables(),
    side=sides,
    entry=prices,
    share=st.floats(0.01, 1 - 1e-9),  # the quotient of a whole cap may round beyond it
    strength=st.floats(0.05, 1),
    others=st.floats(-0.01, 0.05),
)
def test_equity_at_the_liquidation_price_is_the_maintenance_margin(
    table: pd.DataFrame, side: str, entry: float, share: float, strength: float, others: float
):
    """The definition itself, whatever tier the answer falls into, isolated or cross."""
    notional = share * table["notional_cap"].iloc[-1]
    leverage = 1 + strength * (margin.max_leverage(notional, tiers=table) - 1)
    assume(leverage > 0.2)
    size = notional / entry
    profit, held = others * notional, 0.5 * abs(others) * notional
    closed = margin.liquidation_price(
        entry,
        side=side,
        quantity=size,
        leverage=leverage,
        tiers=table,
        others_profit=profit,
        others_maintenance=held,
    )
    assume(closed > 0)
    sign = 1 if side == "long" else -1
    equity = notional / leverage + profit - held + sign * size * (closed - entry)

    assert equity == pytest.approx(margin.maintenance_margin(size * closed, tiers=table), abs=1e-9 * notional)


@given(notional=notionals, side=sides, pair=st.tuples(st.floats(0.01, 1), st.floats(0.01, 1)))
def test_more_leverage_dies_sooner(notional: float, side: str, pair: tuple[float, float]):
    """Up for longs, down for shorts, in every tier."""
    top = margin.max_leverage(notional, tiers=BNB)
    low, high = (
        margin.liquidation_price(600.0, side=side, quantity=notional / 600, leverage=each * top, tiers=BNB)
        for each in sorted(pair)
    )

    assert low <= high + 1e-9 if side == "long" else low >= high - 1e-9


@given(leverage=st.floats(1.01, 100), rate=rates)
def test_a_short_dies_a_little_sooner_than_a_long(leverage: float, rate: float):
    """The short's notional grows on the way, and with it what it must hold."""
    assume(leverage * rate < 0.999)
    long, short = (
        margin.liquidation_price(1.0, side=side, quantity=1, leverage=leverage, tiers=rate)
        for side in ("long", "short")
    )

    assert short - 1 < 1 - long


@given(side=sides, entry=prices, leverage=st.floats(1, 100), rate=rates)
def test_without_maintenance_margin_the_sides_mirror_and_bankruptcy_is_liquidation(
    side: str, entry: float, leverage: float, rate: float
):
    """At rate 0 both stop where the margin is gone; with a rate, liquidation comes first."""
    how = {"quantity": 1.0, "leverage": leverage}
    long = margin.liquidation_price(entry, side="long", **how, tiers=0.0)
    short = margin.liquidation_price(entry, side="short", **how, tiers=0.0)
    broke = margin.bankruptcy_price(entry, side=side, leverage=leverage)

    assert (long + short) / 2 == pytest.approx(entry)
    assert {"long": long, "short": short}[side] == pytest.approx(broke, abs=1e-9 * entry)
    assert margin.bankruptcy_price(
        entry, side=side, quantity=2.0, margin=2 * entry / leverage
    ) == pytest.approx(broke, abs=1e-9 * entry)
    closed = margin.liquidation_price(entry, side=side, **how, tiers=rate)
    assert closed >= broke - 1e-9 * entry if side == "long" else closed <= broke + 1e-9 * entry


@given(side=sides, entry=prices, scale=st.floats(0.01, 100), leverage=st.floats(1, 50), rate=rates)
def test_a_price_in_other_units_is_the_same_position(
    side: str, entry: float, scale: float, leverage: float, rate: float
):
    """Within a tier only ratios matter; so they do in coin-margined contracts."""
    how = {"side": side, "quantity": 3.0, "leverage": leverage, "tiers": rate}

    assert margin.liquidation_price(entry * scale, **how) == pytest.approx(
        scale * margin.liquidation_price(entry, **how), abs=1e-9 * entry * scale
    )


@given(notional=notionals, side=sides, more=st.floats(1.001, 3), strength=st.floats(0.1, 1))
def test_adding_margin_moves_the_price_away(notional: float, side: str, more: float, strength: float):
    """Never nearer, and farther wherever there is a price to move."""
    size = notional / 600
    put_up = notional / (strength * margin.max_leverage(notional, tiers=BNB))
    before, after = (
        margin.liquidation_price(600.0, side=side, quantity=size, margin=each, tiers=BNB)
        for each in (put_up, put_up * more)
    )

    assert after > before if side == "short" else (after < before or before == 0.0)


@given(side=sides, entry=prices, leverage=st.floats(1.5, 50), rate=st.floats(0.001, 0.01))
def test_a_coin_margined_position_holds_what_it_must_at_its_liquidation_price(
    side: str, entry: float, leverage: float, rate: float
):
    """In coins: margin and profit equal the maintenance margin; at the bankruptcy price they are 0."""
    how = {"side": side, "value": 100.0, "margin": 100 / entry / leverage}
    sign = 1 if side == "long" else -1
    closed = elsewhere.inverse(entry, **how, maintenance_margin_rate=rate)
    broke = elsewhere.inverse_bankruptcy(entry, **how)

    def coins(price: float) -> float:
        return how["margin"] + sign * 100 * (1 / entry - 1 / price)

    assert coins(closed) == pytest.approx(100 * rate / entry)
    assert coins(broke) == pytest.approx(0, abs=1e-9 * 100 / entry)


@given(
    premium=st.floats(-0.02, 0.02),
    other=st.floats(-0.02, 0.02),
    interest=st.floats(-0.001, 0.001),
    hours=st.sampled_from([1, 2, 4, 8]),
    cap=st.floats(0.0001, 0.02),
)
def test_funding_is_a_clamped_premium(premium: float, other: float, interest: float, hours: int, cap: float):
    """Rising in the premium, exactly the interest near it, within the cap, scaled by the interval."""

    def rate(value: float, **how: Any) -> float:
        return margin.funding_rate_from_premium(value, interest=interest, **how)

    low, high = sorted([premium, other])

    assert rate(low) <= rate(high)
    assert abs(rate(premium, interval_hours=hours, cap=cap)) <= cap
    assert rate(premium, interval_hours=hours) == pytest.approx(rate(premium) * hours / 8)
    assert rate(premium, interval_hours=hours, scaled=False) == rate(premium)
    assert abs(rate(premium) - premium) <= 0.0005 + 1e-15
    if abs(premium - interest) < 0.0005:
        assert rate(premium) == interest


@given(rate=st.floats(-0.01, 0.01), size=st.floats(0, 1e6), price=prices, split=st.floats(0, 1))
def test_funding_only_changes_hands(rate: float, size: float, price: float, split: float):
    """The sides cancel, and two halves pay what the whole pays."""

    def paid(side: str, quantity: float) -> float:
        return margin.funding_payment(rate, side=side, quantity=quantity, mark_price=price)

    assert paid("long", size) + paid("short", size) == 0
    assert paid("long", size * split) + paid("long", size * (1 - split)) == pytest.approx(paid("long", size))


@given(values=st.lists(st.floats(-0.01, 0.01), min_size=1, max_size=40))
def test_the_mean_premium_lies_among_its_samples_and_leans_to_the_newest(values: list[float]):
    """Moving a high sample later never lowers it."""
    mean = margin.mean_premium(values)

    assert min(values) - 1e-12 <= mean <= max(values) + 1e-12
    assert margin.mean_premium(sorted(values)) >= mean - 1e-12


# Doors


def own(**changed: list[float]) -> pd.DataFrame:
    """A valid table of two tiers, unless changed."""
    columns = {
        "notional_floor": [0.0, 100.0],
        "notional_cap": [100.0, 1000.0],
        "maintenance_margin_rate": [0.01, 0.02],
        "max_leverage": [50.0, 20.0],
    }
    return pd.DataFrame(columns | changed)


def price(**how: Any) -> Callable[[], Any]:
    known = {"entry_price": 600.0, "side": "long", "quantity": 1.0, "leverage": 10, "tiers": 0.005}
    return lambda: margin.liquidation_price(**(known | how))


DOORS: dict[str, tuple[Callable[[], Any], str]] = {
    "price 0": (price(entry_price=0), "entry_price=0 cannot be; it must be above 0"),
    "price below 0": (price(entry_price=-1.0), "entry_price=-1"),
    "price unknown": (price(entry_price=math.nan), "entry_price is NaN"),
    "price infinite": (price(entry_price=math.inf), "entry_price=inf"),
    "price a word": (price(entry_price="600"), "entry_price='600' is no number"),
    "price true": (price(entry_price=True), "is no number"),
    "a series with a 0": (price(entry_price=series([1.0, 0.0])), r"entry_price holds 0 \(1 such\)"),
    "a series of words": (price(entry_price=pd.Series(["a"])), "not numbers"),
    "leverage 0": (price(leverage=0), "leverage=0 cannot be"),
    "leverage unknown": (price(leverage=math.nan), "leverage is NaN"),
    "leverage above the tier": (
        price(entry_price=1.0, quantity=10_000_000, leverage=20, tiers=BNB),
        "20x is not allowed for a notional of 10,000,000: its tier ends at 10x",
    ),
    "one of many above the tier": (
        price(entry_price=1.0, quantity=pd.Series([10.0, 1e7]), leverage=20, tiers=BNB),
        "20x is not allowed for a notional of 10,000,000",
    ),
    "larger than any tier": (price(quantity=1e6, tiers=BNB), "larger than the last tier"),
    "quantity below 0": (price(quantity=-1), "quantity=-1"),
    "no leverage and no margin": (price(leverage=None), "either leverage=… or margin=…"),
    "leverage and margin": (price(margin=60), "either leverage=… or margin=…"),
    "margin below 0": (price(leverage=None, margin=-60), "margin=-60"),
    "no side": (price(side="up"), "side='up' is no side; type 'long' or 'short'"),
    "a side as a number": (price(side=1), "side=1 is no side"),
    "a fee in per cent": (price(fee_rate=5), "fee_rate=5 cannot be"),
    "nothing left to lose": (price(tiers=0.5, closing_fee_rate=0.5, leverage=1), "leave a long no"),
    "tiers as a word": (price(tiers="BNBUSDT"), "neither a table of tiers nor one rate"),
    "tiers true": (price(tiers=True), "neither a table of tiers nor one rate"),
    "a rate above 1": (price(tiers=5), "tiers=5 cannot be"),
    "no such symbol": (lambda: margin.tiers("DOGEUSDT"), "there are BNBUSDT, BTCUSDT, ETHUSDT"),
    "a symbol that is a path": (lambda: margin.tiers("../tiers/BNBUSDT"), "there are no tiers of"),
    "older than any table": (lambda: margin.tiers("BNBUSDT", on="2019-01-01"), "the oldest table is of 2022"),
    "no such day": (lambda: margin.tiers("BNBUSDT", on="soon"), "on='soon' is no time"),
    "unsorted": (
        lambda: margin.check_tiers(own().iloc[::-1]),
        "the first tier begins at 100; it must begin at 0\n.*must be in order",
    ),
    "gapped": (
        lambda: margin.check_tiers(own(notional_floor=[0.0, 200.0])),
        "ends at 100 and tier 2 begins at 200",
    ),
    "overlapping": (lambda: margin.check_tiers(own(notional_floor=[0.0, 50.0])), "without an overlap"),
    "an empty tier": (
        lambda: margin.check_tiers(own(notional_cap=[100.0, 100.0])),
        "tier 2 ends before it begins",
    ),
    "an empty cell": (
        lambda: margin.check_tiers(own(max_leverage=[50.0, math.nan])),
        "it holds an empty cell",
    ),
    "rates in per cent": (
        lambda: margin.check_tiers(own(maintenance_margin_rate=[1.0, 2.0])),
        "a fraction between 0 and 1",
    ),
    "falling rates": (lambda: margin.check_tiers(own(maintenance_margin_rate=[0.02, 0.01])), "must rise"),
    "rising leverage": (lambda: margin.check_tiers(own(max_leverage=[20.0, 50.0])), "must not rise"),
    "dead on arrival": (lambda: margin.check_tiers(own(max_leverage=[500.0, 20.0])), "liquidated at once"),
    "words for numbers": (lambda: margin.check_tiers(own(max_leverage=["a", "b"])), "must hold numbers"),
    "a missing column": (lambda: margin.check_tiers(own().drop(columns="max_leverage")), "needs the columns"),
    "no rows": (lambda: margin.check_tiers(own().iloc[:0]), "at least one row"),
    "a wrong deduction": (lambda: margin.check_tiers(own(deduction=[0.0, 5.0])), "the deductions are not"),
    "a notional below 0": (lambda: margin.maintenance_margin(-1, tiers=BNB), "notional=-1"),
    "a notional unknown": (lambda: margin.max_leverage(math.nan, tiers=BNB), "notional is NaN"),
    "bankrupt by what": (lambda: margin.bankruptcy_price(600, side="long"), "needs either"),
    "bankrupt twice": (
        lambda: margin.bankruptcy_price(600, side="long", leverage=2, quantity=1, margin=1),
        "needs either",
    ),
    "bankrupt by half": (
        lambda: margin.bankruptcy_price(600, side="long", leverage=2, margin=1),
        "needs either",
    ),
    "no samples": (lambda: margin.mean_premium([]), "at least one"),
    "two rows of samples": (lambda: margin.mean_premium([[1.0], [2.0]]), "in order of time"),
    "an infinite sample": (lambda: margin.mean_premium([1.0, math.inf]), "premiums holds inf"),
    "an interval of 0": (
        lambda: margin.funding_rate_from_premium(0.0, interest=0.0, interval_hours=0),
        "above 0",
    ),
    "a cap of 0": (lambda: margin.funding_rate_from_premium(0.0, interest=0.0, cap=0), "cap=0"),
    "a premium unknown": (lambda: margin.funding_rate_from_premium(math.nan, interest=0.0), "premium is NaN"),
    "later than the next payment": (
        lambda: margin.mark_price_from_funding(600.0, 0.0001, hours_left=9),
        "longer than the interval",
    ),
    "a buffer on the wrong side": (
        lambda: elsewhere.buffered(12.0, 10.0, side="long", buffer=0.05),
        "not liquidated on the winning side",
    ),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_door_says_what_is_wrong(door: str):
    """Every bad number is named, with what would be right."""
    ask, words = DOORS[door]

    with pytest.raises(InputError, match=f"(?s){words}"):
        ask()


def test_a_table_is_not_changed_by_being_checked():
    """The reader's own table stays the reader's."""
    table = own()
    before = table.copy()
    margin.check_tiers(table)

    pd.testing.assert_frame_equal(table, before)


def test_a_table_with_the_right_deductions_passes():
    """A venue's own table may bring them along."""
    table = margin.check_tiers(own(deduction=[0.0, 1.0]))

    assert margin.maintenance_margin(200.0, tiers=table) == 3.0
