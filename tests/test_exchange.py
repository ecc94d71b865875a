"""The toy exchange and the cascade: two laws after anything that can happen, and how a squeeze works."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oikit import margin
from oikit.cascade import Cascade, cascade, cohorts
from oikit.errors import InputError
from oikit.exchange import Event, Exchange

NAMES = ["Ann", "Bob", "Cem", "Dot", "Eva"]


def market(
    *, maintenance: Any = 0.02, fund: float = 0, money: dict[str, tuple[float, float]] | None = None
) -> Exchange:
    """An exchange at 100 with these deposits and leverages, and a rich maker."""
    venue = Exchange(100, maintenance=maintenance, fund=fund)
    for name, (deposit, leverage) in (money or {}).items():
        venue.open_account(name, deposit, leverage=leverage)
    venue.open_account("maker", 1_000_000, leverage=1)
    return venue


def open_long(venue: Exchange, name: str, contracts: int, seller: str = "maker") -> None:
    venue.buy(name, contracts)
    venue.sell(seller, contracts)


# By hand


def test_open_interest_counts_who_opens_and_who_closes():
    """Both open: up. One opens, one closes: the same. Both close: down. Volume tells none of this."""
    venue = market(money={"Ann": (1000, 5), "Bob": (1000, 5)})
    seen = []
    for buyer, seller in [("Ann", "maker"), ("Bob", "Ann"), ("maker", "Bob")]:
        open_long(venue, buyer, 10, seller)
        seen.append(venue.open_interest)

    assert seen == [10, 10, 0]
    assert [event.what for event in venue.events] == ["trade"] * 3


def test_an_order_waits_until_the_price_allows_it():
    """A bid below the market is depth that a fall will meet."""
    venue = market(money={"Ann": (1000, 5)})
    venue.buy("Ann", 3, limit=95)

    assert venue.sell("maker", 2) == []
    assert venue.step(96) == []
    assert venue.step(94) == [Event(2, "trade", "Ann", "long", 2, 94.0, "maker")]
    assert [order.contracts for order in venue.orders] == [1]


def test_nobody_trades_with_himself():
    """An own order on the other side is passed over."""
    venue = market(money={"Ann": (1000, 5)})
    venue.buy("Ann", 1)
    venue.sell("Ann", 1)

    assert venue.events == []
    assert len(venue.orders) == 2


def test_a_liquidated_account_takes_its_orders_out_of_the_book():
    """Its own bid must not catch its own fall."""
    venue = market(money={"Ann": (500, 10)})
    venue.buy("Ann", 45, limit=50)
    open_long(venue, "Ann", 20)

    assert venue.step(80) == []
    assert [event.what for event in venue.step(49)] == ["deleveraging"]
    assert venue.orders == []


def test_an_order_its_owner_can_no_longer_carry_is_cancelled():
    """The equity fell with the price; a waiting order is looked at again when its turn comes."""
    venue = market(money={"Ann": (500, 10)})
    open_long(venue, "Ann", 10)
    venue.buy("Ann", 30, limit=80)
    venue.sell("maker", 30, limit=70)

    assert venue.step(75) == [Event(1, "cancelled", "Ann", "long", 30, 75.0)]


def test_a_liquidation_that_the_book_takes_fills_the_fund():
    """Ann is closed at 91 with 10 of her 100 left; the fund keeps it."""
    venue = market(money={"Ann": (100, 10)})
    open_long(venue, "Ann", 10)
    venue.buy("maker", 10, limit=95)
    events = venue.step(91)

    assert events == [Event(1, "liquidation", "Ann", "long", 10, 91.0, "maker", 10.0)]
    assert venue.fund == 10
    assert venue.table().loc["Ann", "equity"] == 0


def test_the_fund_pays_what_is_lost_beyond_the_margin():
    """At 85 Ann owes 50; a fund of 60 pays them and nobody else notices."""
    venue = market(money={"Ann": (100, 10)}, fund=60)
    open_long(venue, "Ann", 10)
    venue.buy("maker", 10, limit=95)
    events = venue.step(85)

    assert events == [Event(1, "liquidation", "Ann", "long", 10, 85.0, "maker", -50.0)]
    assert venue.fund == 10


def test_when_the_fund_is_empty_the_winners_are_closed():
    """A fund of 20 carries 4 of 10 contracts; the other 6 are closed at the bankruptcy price of 90."""
    venue = market(money={"Ann": (100, 10), "Bob": (1000, 2)}, fund=20)
    open_long(venue, "Ann", 10, seller="Bob")
    venue.buy("maker", 10, limit=95)
    events = venue.step(85)

    assert events == [
        Event(1, "liquidation", "Ann", "long", 4, 85.0, "maker", -20.0),
        Event(1, "deleveraging", "Ann", "long", 6, 90.0, "Bob"),
    ]
    assert (venue.fund, venue.open_interest) == (0, 4)
    assert venue.table().loc["Bob", "profit"] == 6 * 10 + 4 * 15


def test_the_best_ranked_winner_is_closed_first():
    """Large gains on thin margin come first: Cem at 10x before Bob at 1x, though Bob came first."""
    venue = market(money={"Ann": (100, 10), "Bob": (500, 1), "Cem": (50, 10)})
    open_long(venue, "Ann", 5, seller="Bob")
    open_long(venue, "Ann", 5, seller="Cem")
    events = venue.step(91)

    assert [(event.other, event.contracts) for event in events] == [("Cem", 5), ("Bob", 5)]
    assert margin.adl_score(-1.0, 100.0, 0.5) == 0


def test_the_weakest_goes_first():
    """Both are gone at 85; Ann, levered 20x, is beyond any ratio first."""
    venue = market(money={"Bob": (100, 10), "Ann": (50, 20)})
    open_long(venue, "Bob", 10)
    open_long(venue, "Ann", 10)

    assert [event.name for event in venue.step(91.5)] == ["Ann", "Bob"]


def test_the_entry_is_the_average_of_what_is_open():
    """Adding averages, closing leaves it, turning round starts anew."""
    venue = market(money={"Ann": (10_000, 5)})
    open_long(venue, "Ann", 10)
    venue.step(110)
    open_long(venue, "Ann", 10)
    entries = [venue.table().loc["Ann", "entry_price"]]
    for contracts in (5, 25):
        venue.sell("Ann", contracts)
        venue.buy("maker", contracts)
        entries.append(venue.table().loc["Ann", "entry_price"])

    assert entries == [105.0, 105.0, 110.0]
    assert venue.table().loc["Ann", ["position", "profit"]].tolist() == [-10, 100]
    assert math.isnan(market().table().loc["maker", "entry_price"])


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize("leverage", [3, 10, 20])
def test_the_toy_liquidates_where_the_formula_says(side: str, leverage: int):
    """A cent before the liquidation price the account lives, a cent beyond it does not."""
    closed = margin.liquidation_price(100.0, side=side, quantity=10, leverage=leverage, tiers=0.005)
    lives = {}
    for cent in (-0.01, 0.01):
        venue = market(maintenance=0.005, money={"Ann": (1000 / leverage, leverage * 1.0001)})
        if side == "long":
            open_long(venue, "Ann", 10)
        else:
            open_long(venue, "maker", 10, seller="Ann")
        venue.step(closed + cent)
        lives[cent] = bool(venue.accounts["Ann"].position)

    assert lives == ({-0.01: False, 0.01: True} if side == "long" else {-0.01: True, 0.01: False})


# Laws of the exchange

actions = st.lists(
    st.one_of(
        st.tuples(st.just("trade"), st.permutations(NAMES), st.integers(1, 40)),
        st.tuples(
            st.sampled_from(["buy", "sell"]),
            st.sampled_from(NAMES),
            st.integers(1, 40),
            st.one_of(st.none(), st.integers(60, 150)),
        ),
        st.tuples(st.just("step"), st.integers(60, 150)),
    ),
    min_size=5,
    max_size=40,
)
deposits = st.lists(st.tuples(st.integers(50, 1500), st.integers(5, 25)), min_size=5, max_size=5)


@settings(max_examples=300)
@given(actions=actions, deposits=deposits, fund=st.integers(0, 500))
def test_longs_equal_shorts_and_no_money_is_made_whatever_happens(
    actions: list[tuple[Any, ...]], deposits: list[tuple[int, int]], fund: int
):
    """After any sequence of orders, falls, rises, liquidations and deleveragings; to the last digit."""
    venue = Exchange(100, maintenance=0.02, fund=fund)
    for name, (deposit, leverage) in zip(NAMES, deposits, strict=True):
        venue.open_account(name, deposit, leverage=leverage)
    for what, *how in actions:
        before = venue.open_interest
        seen = len(venue.events)
        with contextlib.suppress(InputError):
            if what == "trade":
                open_long(venue, how[0][0], how[1], seller=how[0][1])
            elif what == "step":
                venue.step(how[0])
            else:
                getattr(venue, what)(how[0], how[1], limit=how[2])
        events = venue.events[seen:]
        books = venue.books()
        traded = sum(event.contracts for event in events if event.what != "cancelled")
        worth = [account.equity(venue.price) for account in venue.accounts.values()]

        assert books.long == books.short == venue.open_interest
        assert books.profit + books.fund_change == 0
        assert sum(worth) + venue.fund == sum(deposit for deposit, _ in deposits) + fund
        assert abs(venue.open_interest - before) <= traded
        assert venue.fund >= 0
        assert min(worth) >= 0


@settings(max_examples=200)
@given(
    path=st.lists(st.integers(-45, 45), min_size=1, max_size=12),
    trades=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 30)), max_size=12),
    depth=st.lists(st.tuples(st.integers(-40, -5), st.integers(1, 30)), max_size=4),
    deposits=deposits,
    fund=st.integers(0, 300),
)
def test_a_mirrored_path_liquidates_the_mirrored_accounts(
    path: list[int],
    trades: list[tuple[int, int, int]],
    depth: list[tuple[int, int]],
    deposits: list[tuple[int, int]],
    fund: int,
):
    """Nothing favours a side: swap longs and shorts, reflect the price, and the same accounts go.

    With a maintenance margin per contract; one on the notional hurts shorts a little more.
    """

    def play(way: int) -> list[tuple[Any, ...]]:
        venue = market(maintenance=lambda contracts, price: Fraction(2 * contracts), fund=fund)
        for name, (deposit, leverage) in zip(NAMES, deposits, strict=True):
            venue.open_account(name, deposit, leverage=leverage)
        for one, other, contracts in trades:
            if one == other:
                continue
            opened, closed = (venue.buy, venue.sell)[::way]
            try:
                opened(NAMES[one], contracts)
                closed(NAMES[other], contracts)
            except InputError:
                venue.orders.clear()
        for away, contracts in depth:
            for direction in (1, -1):
                order = venue.buy if direction * way > 0 else venue.sell
                order("maker", contracts, limit=100 + direction * way * away)
        for change in path:
            venue.step(100 + way * change)
        return [
            (
                event.step,
                event.what,
                event.name,
                event.other,
                event.contracts,
                (event.side == "long") == (way > 0),
            )
            for event in venue.events
            if event.what in ("liquidation", "deleveraging")
        ]

    assert play(1) == play(-1)


def test_the_laws_are_watched_by_the_exchange_itself():
    """A bug that makes money, or a long without a short, stops the next step."""
    venue = market(money={"Ann": (100, 10)})
    open_long(venue, "Ann", 1)
    venue.accounts["Ann"].cash += Fraction(1, 10**12)
    with pytest.raises(AssertionError, match="money was made or lost"):
        venue.step(100)
    venue.accounts["Ann"].position += 1

    with pytest.raises(AssertionError, match="longs 2 and shorts 1 differ"):
        venue.step(100)


# Cascade


def book(**how: Any) -> pd.DataFrame:
    known = {
        "open_interest": 1000.0,
        "long_leverage": {20: 1, 10: 1, 3: 2},
        "short_leverage": {5: 1, 2: 1},
        "maintenance_margin_rate": 0.005,
    }
    return cohorts(100.0, **(known | how))


def test_equal_sides_are_not_equally_fragile():
    """Longs at 20x and shorts at 3x hold the same open interest; 5% either way forces out one side."""
    table = book(long_leverage={20: 1}, short_leverage={3: 1})
    fall, rise = (cascade(table, price=100.0, shock=shock, depth=1e9) for shock in (-0.05, 0.05))

    assert (fall.side, fall.forced) == ("long", 1000.0)
    assert (rise.side, rise.forced) == ("short", 0.0)
    assert str(rise) == (
        "A move of +5.0% forces out 0% of the open shorts in 0 rounds, and the price stops at +5.0%."
    )


def test_a_thin_book_turns_a_shock_into_a_cascade():
    """-5% reaches the 20x longs; 250 coins at 50 a per cent are 5% more, which reaches the 10x longs."""
    thin = cascade(book(), price=100.0, shock=-0.05, depth=50.0)

    assert thin.steps["forced"].tolist() == [0.0, 250.0, 250.0]
    assert thin.steps["price"].tolist() == pytest.approx([95.0, 90.0, 85.0])
    assert thin.cohorts.loc[thin.cohorts["side"] == "long", "round"].tolist()[:2] == [1.0, 2.0]
    assert thin.cohorts["round"].isna().sum() == 3
    assert cascade(book(), price=100.0, shock=-0.05, depth=100.0).forced == 250.0


def test_a_cascade_can_run_to_the_end_but_not_below_zero():
    """With hardly any book all longs go, and the price stops at 0; longs without leverage stay."""
    everyone = cascade(book(long_leverage={20: 1, 2: 1}), price=100.0, shock=-0.05, depth=1.0)
    stay = cascade(book(long_leverage={20: 1, 1: 1}), price=100.0, shock=-0.05, depth=1.0)

    assert (everyone.forced, everyone.price) == (1000.0, 0.0)
    assert stay.forced == 500.0


def test_a_cohort_goes_when_its_price_is_reached_and_not_before():
    """A hundredth of a per cent either side of the liquidation price of 20x."""
    closed = book()["liquidation_price"].iloc[0] / 100 - 1
    forced = [cascade(book(), price=100.0, shock=closed + by, depth=1e9).forced for by in (0.0001, -0.0001)]

    assert forced == [0.0, 250.0]


def test_an_old_entry_leaves_more_room():
    """Longs that came in at 80 are still far away when those at 100 are gone."""
    late = cascade(book(), price=100.0, shock=-0.06, depth=1e9)
    early = cascade(book(long_entry=80.0), price=100.0, shock=-0.06, depth=1e9)

    assert late.forced > early.forced == 0.0
    assert book(short_entry=110.0)["liquidation_price"].iloc[-1] > book()["liquidation_price"].iloc[-1]


mixes = st.dictionaries(st.sampled_from([1, 2, 3, 5, 10, 20, 50, 100]), st.floats(0.01, 1), min_size=1)
shocks = st.floats(-0.9, 0.9)
depths = st.floats(0.1, 1e4)


@given(longs=mixes, shorts=mixes, shock=shocks, depth=depths, more=st.floats(1, 3), deeper=st.floats(1, 10))
def test_a_cascade_grows_with_the_shock_shrinks_with_depth_and_is_bounded(
    longs: dict[float, float],
    shorts: dict[float, float],
    shock: float,
    depth: float,
    more: float,
    deeper: float,
):
    """Non-decreasing, and never more than the open interest."""
    table = book(long_leverage=longs, short_leverage=shorts)

    def forced(size: float, thickness: float) -> Cascade:
        return cascade(table, price=100.0, shock=size, depth=thickness)

    here = forced(shock, depth)
    larger = forced(max(-0.99, shock * more), depth)

    assert 0 <= here.forced <= here.open_interest * (1 + 1e-12)
    assert here.forced <= larger.forced * (1 + 1e-12)
    assert forced(shock, depth * deeper).forced <= here.forced * (1 + 1e-12)
    assert here.steps["total"].is_monotonic_increasing
    assert here.steps["forced"].sum() == pytest.approx(here.forced)


@given(
    mix=mixes,
    shock=st.floats(-0.5, -0.001),
    depth=depths,
    factor=st.floats(1, 1.9),
    side=st.sampled_from([1, -1]),
)
def test_a_cascade_grows_with_leverage(
    mix: dict[float, float], shock: float, depth: float, factor: float, side: int
):
    """Lever everybody on the side higher, and at least as much is forced out."""
    name = "long_leverage" if side > 0 else "short_leverage"
    mild, wild = (
        cascade(
            book(**{name: {leverage * by: weight for leverage, weight in mix.items()}}),
            price=100.0,
            shock=side * shock,
            depth=depth,
        )
        for by in (1.0, factor)
    )

    assert mild.forced <= wild.forced * (1 + 1e-12)


@given(longs=mixes, shorts=mixes, shock=shocks, depth=depths)
def test_a_mirrored_market_has_the_mirrored_cascade(
    longs: dict[float, float], shorts: dict[float, float], shock: float, depth: float
):
    """Reflect the liquidation prices and the shock, swap the sides: the same is forced out, as often."""
    table = book(long_leverage=longs, short_leverage=shorts)
    table = table[table["liquidation_price"].between(1.0, 199.0) | (table["quantity"] < 0)]
    sizes = table.groupby("side")["quantity"].sum()
    if len(sizes) < 2:
        return
    # Whoever is left holds all of the open interest again.
    table = table.assign(quantity=table["quantity"] / table["side"].map(sizes))
    mirrored = table.assign(
        side=table["side"].map({"long": "short", "short": "long"}),
        liquidation_price=200.0 - table["liquidation_price"],
    )
    here = cascade(table, price=100.0, shock=shock, depth=depth)
    there = cascade(mirrored, price=100.0, shock=-shock, depth=depth)

    assert there.forced == pytest.approx(here.forced)
    assert len(there.steps) == len(here.steps)
    if shock and here.price > 0 and there.price > 0:
        assert there.side != here.side
        assert there.price == pytest.approx(200.0 - here.price)


# Doors

FINE = book()


def with_ann() -> Exchange:
    return market(money={"Ann": (100, 10)})


DOORS: dict[str, tuple[Callable[[], Any], str]] = {
    "price 0": (lambda: Exchange(0, maintenance=0.01), "price=0 cannot be"),
    "price unknown": (lambda: Exchange(math.nan, maintenance=0.01), "price is NaN"),
    "a step to 0": (lambda: with_ann().step(0), "price=0 cannot be"),
    "maintenance in per cent": (lambda: Exchange(100, maintenance=2), "maintenance=2 cannot be"),
    "a fund below 0": (lambda: Exchange(100, maintenance=0.01, fund=-1), "fund=-1"),
    "the same name twice": (
        lambda: with_ann().open_account("Ann", 1, leverage=1),
        "an account 'Ann' already",
    ),
    "a deposit of 0": (lambda: with_ann().open_account("Bob", 0, leverage=1), "deposit=0"),
    "leverage 0": (lambda: with_ann().open_account("Bob", 1, leverage=0), "leverage=0"),
    "a stranger": (lambda: with_ann().buy("Zoe", 1), "no account 'Zoe'; there are Ann, maker"),
    "a stranger in an empty house": (lambda: Exchange(1, maintenance=0.1).buy("Zoe", 1), "there are none"),
    "too large": (
        lambda: with_ann().buy("Ann", 11),
        "Ann has 100.00 and may not hold 11 contracts at 100 with 10x",
    ),
    "half a contract": (lambda: with_ann().buy("Ann", 0.5), "contracts=0.5 is no count"),
    "no contracts": (lambda: with_ann().sell("Ann", 0), "contracts=0 is no count"),
    "a limit of 0": (lambda: with_ann().sell("Ann", 1, limit=0), "limit=0"),
    "no weights": (lambda: book(long_leverage={}), "long_leverage holds no weight"),
    "weights of 0": (lambda: book(short_leverage={5: 0}), "short_leverage holds no weight"),
    "a weight below 0": (lambda: book(short_leverage={5: -1}), "a weight=-1"),
    "leverage 0 in a mix": (lambda: book(long_leverage={0: 1}), "long_leverage=0"),
    "gone already": (lambda: book(long_entry=120.0), "the longs of 20x are liquidated at 114.57.*has passed"),
    "a rate in per cent": (lambda: book(maintenance_margin_rate=5), "maintenance_margin_rate=5 cannot be"),
    "open interest 0": (lambda: book(open_interest=0), "open_interest=0"),
    "depth 0": (lambda: cascade(FINE, price=100, shock=-0.1, depth=0), "depth=0"),
    "a fall of 100%": (lambda: cascade(FINE, price=100, shock=-1, depth=1), "a fall of 5% as -0.05"),
    "a shock unknown": (lambda: cascade(FINE, price=100, shock=math.nan, depth=1), "shock is NaN"),
    "another price": (lambda: cascade(FINE, price=80, shock=-0.1, depth=1), "the price 80 has passed"),
    "a column missing": (
        lambda: cascade(FINE.drop(columns="quantity"), price=100, shock=-0.1, depth=1),
        "'quantity' is missing",
    ),
    "a side unknown": (
        lambda: cascade(FINE.assign(side="up"), price=100, shock=-0.1, depth=1),
        "side='up' is no side",
    ),
    "a size unknown": (
        lambda: cascade(FINE.assign(quantity=math.nan), price=100, shock=-0.1, depth=1),
        "quantity of a cohort is NaN",
    ),
    "longs without shorts": (
        lambda: cascade(FINE[FINE["side"] == "long"], price=100, shock=-0.1, depth=1),
        "the longs hold 1000 and the shorts 0; every contract has one of each",
    ),
    "longs above shorts": (
        lambda: cascade(FINE.assign(quantity=1.0), price=100, shock=-0.1, depth=1),
        "the longs hold 3 and the shorts 2",
    ),
}


@pytest.mark.parametrize("door", DOORS)
def test_a_door_says_what_is_wrong(door: str):
    """Every bad number is named, with what would be right."""
    ask, words = DOORS[door]

    with pytest.raises(InputError, match=words):
        ask()


def test_a_refused_order_leaves_no_trace():
    """Neither in the book nor in the events."""
    venue = with_ann()
    with pytest.raises(InputError):
        venue.buy("Ann", 11)

    assert (venue.orders, venue.events) == ([], [])
