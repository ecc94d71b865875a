"""The article's rule: trades that can be done by hand, books that must balance, rivals that must be fair."""

from __future__ import annotations

import collections
import sys
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oikit.errors import FrameError, InputError
from oikit.exchange import Exchange
from oikit.margin import liquidation_price, tiers
from oikit.margin.brackets import ladder
from oikit.risk import position_size
from oikit.simulate.samples import sample
from oikit.simulate.worlds import WORLDS
from oikit.strategy import (
    Specification,
    buy_and_hold,
    compare,
    conditions,
    needs,
    random_entry,
    run,
    simulated,
    specification,
)
from oikit.strategy.engine import Bars, Trade, liquidation_prices, notional_of, trade
from oikit.strategy.rivals import _mean_of
from oikit.strategy.run import Account
from tests.conftest import frame

# The rates here are invented, and large: validate suspects them of being per cent, and rightly so.
pytestmark = pytest.mark.filterwarnings("ignore:funding_rate reaches")

RATE = 0.01

# Windows of a few bars, one level that always holds, and the sign of one early settlement for the
# side: so the test says at which bars the rule enters, and the rule itself still decides.
QUICK = {
    "ratio_reading": "level",
    "ratio_level": 1e-9,
    "ratio_window": 5,
    "velocity_window": 1,
    "velocity_baseline": 5,
    "velocity_score": 10.0,
    "funding_percentile": 0.5,
    "funding_window": 5,
    "at_least": 3,
    "crowd_lead": None,
    "exit_velocity": -0.2,
    "stop": None,
    "hold": 4,
    "fee_rate": 0.0,
}


def quick(**changes: object) -> Specification:
    return Specification(**{**QUICK, "cap_reading": "margin", "cap": 0.5, **changes})


def market(
    prices: object, jumps: object = (), side: int = 1, drops: object = (), **columns: object
) -> pd.DataFrame:
    """A market whose open interest jumps (and drops) where the test says so; every bar is one tick."""
    prices = np.asarray(prices, dtype=float)
    wiggle = np.resize([0.001, -0.002, 0.003, -0.001, 0.002, -0.003], len(prices))
    wiggle[list(jumps)] += 0.3
    wiggle[list(drops)] -= 0.4
    rate, hours = np.zeros((2, len(prices)))
    rate[0], hours[0] = -side * 0.001, 8.0
    return frame(
        **{
            **dict.fromkeys(("open", "high", "low", "close"), prices),
            "open_interest": 1000 * np.exp(np.cumsum(wiggle)),
            "circulating_supply": np.full(len(prices), 1e6),
            "funding_rate": rate,
            "funding_interval": hours,
            **columns,
        }
    )


FLAT = [100.0] * 20


# By hand


def follow(columns: dict[str, object], side: int = 1, quantity: float = 5.0, **changes: object) -> Trade:
    """One position through these bars, entered in the first; it wants out in the last."""
    n = len(next(iter(columns.values())))  # type: ignore[arg-type]
    closes = columns.get("close", [100.0] * n)
    bars = Bars(
        frame(**{**dict.fromkeys(("high", "low", "close"), closes), "funding_rate": [0.0] * n, **columns})
    )
    leave = int(changes.pop("leave", n - 1))  # type: ignore[arg-type]
    spec = quick(leverage=2.0, **changes)
    return trade(bars, spec, side, 0, quantity, leave=leave, why="time", steps=ladder(RATE))


def test_fees_and_funding_are_charged_as_by_hand():
    """5 coins from 100 to 104, a fee of 0.1% twice, and 1% of funding on a mark of 102 once."""
    done = follow(
        {
            "open": [100, 101, 104],
            "close": [101, 103, 99],
            "mark_price": [101, 102, 98],
            "funding_rate": [0, 0.01, 0.5],
        },
        fee_rate=0.001,
    )

    assert (done.profit, done.why, done.exit, done.held) == (20.0, "time", 2, 2)
    assert done.fees == pytest.approx(0.5 + 0.52)
    assert done.funding_paid == pytest.approx(5.10)
    assert done.net == pytest.approx(13.88)
    assert done.worth.tolist() == pytest.approx([5 - 0.5, 15 - 0.5 - 5.1])


def test_a_short_receives_what_a_long_pays():
    """Funding moves between the two sides; nothing of it stays on the way."""
    columns = {"open": [100, 101, 104], "close": [101, 103, 99], "funding_rate": [0.002, 0.01, 0]}
    long, short = follow(columns), follow(columns, -1)

    assert long.funding_paid == -short.funding_paid == pytest.approx(5 * (0.2020 + 1.03))
    assert long.profit == -short.profit == 20.0


def test_funding_belongs_to_who_holds_at_the_end_of_the_bar():
    """The bar of the entry pays; the bar at whose open one leaves does not."""
    rates = {"open": [100, 100, 100], "funding_rate": [0.01, 0.0, 0.01]}

    assert follow(rates).funding_paid == pytest.approx(5.0)


def test_a_stop_is_filled_at_its_price_and_a_gap_at_the_open():
    """A stop is a promise about a path; a bar that opens beyond it has broken the promise."""
    on_the_way = follow({"open": [100, 100, 100], "low": [99, 94, 99]}, stop=0.05)
    gap = follow({"open": [100, 90, 100], "low": [99, 88, 99]}, stop=0.05)

    assert (on_the_way.why, on_the_way.exit_price, on_the_way.exit, on_the_way.held) == ("stop", 95.0, 1, 2)
    assert (gap.why, gap.exit_price, gap.profit) == ("stop", 90.0, -50.0)


def test_a_liquidation_takes_the_margin_or_leaves_what_its_fee_leaves():
    """A long of 500 at 2x is liquidated at 100 / 2 / 0.99 = 50.51, with 2.53 of its 250 left."""
    columns = {"open": [100, 80, 80], "low": [99, 50, 79], "close": [99, 80, 80]}
    whole, fee = follow(columns), follow(columns, liquidation_fee_rate=0.004)

    assert (whole.why, whole.liquidation_price) == ("liquidation", pytest.approx(50 / 0.99))
    assert (whole.net, whole.exit_price, whole.fees) == (-250.0, 50.0, 0.0)
    assert fee.exit_price == pytest.approx(50 / 0.99)
    assert fee.fees == pytest.approx(0.004 * 5 * 50 / 0.99)
    assert fee.net == pytest.approx(-250 + 5 * 50 / 0.99 * (0.01 - 0.004))
    assert follow(columns, liquidation_fee_rate=0.5).net == pytest.approx(-250)


def test_a_gap_beyond_the_margin_takes_the_margin_and_no_more():
    """Isolated margin: what lies beyond it is the insurance fund's."""
    columns = {"open": [100, 30, 30], "low": [99, 29, 29]}

    assert follow(columns).net == follow(columns, liquidation_fee_rate=0.004).net == -250.0
    assert follow(columns, liquidation_fee_rate=0.004).fees == 0.0
    assert follow(columns, leave=1).why == "liquidation"


@pytest.mark.parametrize(("low", "why"), [(60.0, "time"), (59.9999, "liquidation")])
def test_at_the_liquidation_price_a_position_still_lives(low, why):
    """At 60 a coin on a margin of 50 holds 10 and must hold a sixth of 60: below it is over."""
    bars = Bars(
        frame(
            open=[100, 100, 100], high=[100] * 3, low=[100, low, 100], close=[100] * 3, funding_rate=[0] * 3
        )
    )
    steps = ladder(1 / 6)

    assert trade(bars, quick(leverage=2.0), 1, 0, 1.0, leave=2, why="time", steps=steps).why == why


def test_funding_eats_the_margin_and_brings_the_liquidation_nearer():
    """After 40% of the margin was paid, a fall to 65 is enough, which without it would not be."""
    columns = {"open": [100, 100, 100], "low": [100, 65, 100]}
    paid = follow({**columns, "funding_rate": [0.2, 0.0, 0.0]})

    assert follow(columns).why == "time"
    assert (paid.why, paid.net, paid.funding_paid) == ("liquidation", -250.0, 100.0)


def test_a_stop_that_funding_has_pushed_behind_the_liquidation_is_never_reached():
    """The two are compared bar by bar, not once at the entry."""
    columns = {"open": [100, 100, 100], "low": [100, 58, 100], "funding_rate": [0.2, 0.0, 0.0]}

    assert follow(columns, stop=0.42).why == "liquidation"
    assert follow({**columns, "funding_rate": [0.0] * 3}, stop=0.42).why == "stop"


def test_the_last_bar_is_left_at_its_open_whatever_it_does_later():
    """An exit at the open cannot be stopped out by the same bar's low."""
    columns = {"open": [100, 100, 99], "low": [99, 99, 10], "close": [100, 100, 20]}

    assert (follow(columns, stop=0.05).why, follow(columns, stop=0.05).exit_price) == ("time", 99.0)


def test_a_bar_that_nobody_recorded_is_held_through():
    """The exit waits for the next price, and the position is marked at the last one."""
    nan = np.nan
    columns = {"open": [100, nan, nan, 104, 90], "close": [101, nan, nan, 105, 90]}
    done = follow(columns, leave=2)

    assert (done.exit, done.exit_price, done.why) == (3, 104.0, "time")
    assert done.worth.tolist() == [5.0, 5.0, 5.0]


def test_a_frame_that_ends_closes_at_its_last_price():
    """So that nothing is left to hope for."""
    done = follow({"open": [100, 100, 100], "close": [100, 100, 103]}, leave=9)

    assert (done.why, done.exit_price, done.exit, done.held) == ("end", 103.0, 2, 3)


def test_without_an_open_orders_are_filled_at_the_next_close():
    """And what happened in that bar before its close was not lived through."""
    done = follow({"close": [100, 102, 104], "low": [1, 100, 101], "funding_rate": [0.5, 0.001, 0.001]})

    assert (done.entry_price, done.exit_price, done.why, done.held) == (100.0, 104.0, "time", 2)
    assert done.funding_paid == pytest.approx(5 * (0.102 + 0.104))


def test_the_rule_decides_at_the_end_of_a_bar_and_is_filled_in_the_next():
    """The jump is in bar 10; the price of bar 11 is paid, and four bars later that of bar 15."""
    prices = 100.0 + np.arange(20)
    done = run(quick(leverage=2.0), market(prices, [10]), tiers=RATE, start=1000)
    row = done.trades.iloc[0]

    assert list(done.trades["side"]) == ["long"]
    assert (row["decided"], row["entry_time"]) == (done.equity.index[10], done.equity.index[11])
    assert (row["entry_price"], row["exit_price"], row["why"]) == (111.0, 115.0, "time")
    assert row["notional"] == pytest.approx(1000)
    assert done.growth == pytest.approx(4 / 111)
    assert (done.equity.iloc[:11] == 1000).all()


def test_conditions_that_last_are_entered_when_they_begin():
    """A change over three bars is large in bars 10 to 12; the rule decides in bar 10."""
    spec = quick(velocity_window=3, velocity_score=5.0, hold=2)
    asked = market(FLAT, [10])
    done = run(spec, asked, tiers=RATE)

    assert conditions(spec, asked).state.iloc[9:14].tolist() == [0, 1, 1, 1, 0]
    assert done.trades["decided"].tolist() == [asked.index[10]]


def test_a_reversal_is_left_at_the_next_open():
    """Open interest falls back in bar 12, so the exit is bar 13's."""
    done = run(quick(), market(100.0 + np.arange(20), [10], drops=[12]), tiers=RATE)

    assert done.trades.loc[0, ["exit_price", "why"]].tolist() == [113.0, "reversal"]


def test_the_conditions_of_the_other_side_are_a_reversal():
    """The side that paid has changed when the next jump comes: out, and not round."""
    rate, hours = np.zeros((2, 20))
    rate[[0, 12]], hours[[0, 12]] = [-0.001, 0.001], 8.0
    columns = {"funding_rate": rate, "funding_interval": hours}
    done = run(quick(hold=8), market(FLAT, [10, 13], **columns), tiers=RATE)

    assert done.trades["why"].tolist() == ["reversal"]
    assert done.trades["exit_time"].tolist() == [done.equity.index[14]]


def test_all_four_conditions_are_needed():
    """Take one away, and there is no trade."""
    ratios = {"long_short_ratio": [0.7] * 20}
    whole = run(quick(crowd_lead=0.3), market(FLAT, [10], **ratios), tiers=RATE)
    others = {
        "ratio": (quick(crowd_lead=0.3, ratio_level=0.15), market(FLAT, [10], **ratios)),
        "velocity": (quick(crowd_lead=0.3), market(FLAT, [], **ratios)),
        "funding": (quick(crowd_lead=0.3, funding_percentile=0.6), market(FLAT, [10], **ratios)),
        "crowd": (quick(crowd_lead=0.3), market(FLAT, [10], long_short_ratio=[0.8] * 20)),
        "one crowd": (quick(crowd_lead=0.3), market(FLAT, [10], -1, **ratios)),
    }

    assert len(whole.trades) == 1
    assert {name: len(run(*each, tiers=RATE).trades) for name, each in others.items()} == dict.fromkeys(
        others, 0
    )


def test_the_sentence_as_it_stands_is_cash():
    """The level of 15% is not reached on any sample: no trade, no cost, not a cent of difference."""
    done = run(Specification(ratio_reading="level"), sample("bnb-null"), tiers=RATE)

    assert len(done.trades) == 0
    assert (done.equity == 10_000.0).all()
    assert (done.growth, done.drawdown, done.liquidations) == (0.0, 0.0, 0)


# The toy exchange


def on_the_exchange(
    prices: list[float], jumps: set[int], side: int, *, leverage: int, hold: int, cap: Fraction
) -> tuple[float, list[float], int]:
    """The same rule kept by hand on the toy exchange: the end, the trades, how many were liquidated."""
    venue = Exchange(prices[0], maintenance=RATE)
    venue.open_account("house", 10**12, leverage=100)
    order, back = (venue.buy, venue.sell) if side > 0 else (venue.sell, venue.buy)
    balance, nets, liquidated = Fraction(1000), [], 0
    name, deposit, leave, wanted = "", Fraction(0), 0, False

    def settle() -> None:
        nonlocal balance, name, liquidated
        account = venue.accounts[name]
        if account.position:
            back(name, abs(account.position))
            order("house", abs(venue.accounts["house"].position))
        else:
            liquidated += 1
        nets.append(float(account.cash - deposit))
        balance += account.cash - deposit
        name = ""

    for bar, price in enumerate(prices):
        venue.step(price)
        if name and (bar == leave or not venue.accounts[name].position):
            settle()
        if wanted:
            lots = int(cap * balance * leverage / Fraction(str(price)))
            if lots:
                name, leave, deposit = f"trade {bar}", bar + hold, lots * Fraction(str(price)) / leverage
                venue.open_account(name, deposit, leverage=leverage)
                back("house", lots)
                order(name, lots)
        wanted = bar in jumps and not name
    if name:
        settle()
    return float(balance), nets, liquidated


def test_a_crash_is_booked_as_on_the_toy_exchange():
    """100 x 25 coins at 5x, liquidated below 80.8: the exchange and the rule lose the same 500."""
    prices = [100.0] * 12 + [95.0, 85.0, 79.0, 70.0] + [60.0] * 8
    spec = quick(leverage=5.0, hold=6)
    ours = run(spec, market(prices, [10]), tiers=RATE, start=1000, lot=1)
    balance, nets, liquidated = on_the_exchange(prices, {10}, 1, leverage=5, hold=6, cap=Fraction(1, 2))

    assert (liquidated, ours.liquidations) == (1, 1)
    assert ours.trades["net"].tolist() == pytest.approx(nets, abs=0.005) == [-500.0]
    assert ours.equity.iloc[-1] == pytest.approx(balance, abs=0.005)


@settings(max_examples=40, deadline=None)
@given(
    moves=st.lists(st.integers(-18, 18), min_size=30, max_size=50),
    jumps=st.sets(st.integers(7, 48), min_size=1, max_size=8),
    side=st.sampled_from([1, -1]),
    leverage=st.sampled_from([2, 5, 10]),
    hold=st.integers(1, 12),
)
def test_the_books_agree_with_the_toy_exchange(moves, jumps, side, leverage, hold):
    """No fees and no funding there: trade by trade, and in the end, the same cent."""
    prices = np.maximum(np.round(100 * np.exp(np.cumsum(moves) / 100), 2), 1.0)
    asked = market(prices, [j for j in jumps if j < len(prices)], side)
    spec = quick(leverage=float(leverage), hold=hold)
    begins = set(np.flatnonzero(conditions(spec, asked).begins).tolist())

    ours = run(spec, asked, tiers=RATE, start=1000, lot=1)
    balance, nets, liquidated = on_the_exchange(
        prices.tolist(), begins, side, leverage=leverage, hold=hold, cap=Fraction(1, 2)
    )

    assert ours.trades["net"].tolist() == pytest.approx(nets, abs=0.005)
    assert ours.liquidations == liquidated
    assert ours.equity.iloc[-1] == pytest.approx(balance, abs=0.005)


# Laws


@st.composite
def rough(draw: st.DrawFn) -> pd.DataFrame:
    """Any short market: wide bars, funding of both signs, bars nobody recorded."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(30, 70))
    close = 100 * np.exp(np.cumsum(rng.normal(0, draw(st.sampled_from([0.01, 0.05])), n)))
    opening = np.roll(close, 1) * np.exp(rng.normal(0, 0.01, n))
    opening[0] = close[0]
    jumps = rng.choice(np.arange(7, n), 6, replace=False)
    rate, hours = np.zeros((2, n))
    rate[::8], hours[::8] = rng.normal(0, 0.005, len(rate[::8])), 8.0
    made = market(
        close,
        jumps,
        drops=rng.choice(np.setdiff1d(np.arange(7, n), jumps), 3, replace=False),
        open=opening,
        high=np.maximum(opening, close) * np.exp(np.abs(rng.normal(0, 0.02, n))),
        low=np.minimum(opening, close) * np.exp(-np.abs(rng.normal(0, 0.02, n))),
        mark_price=close * np.exp(rng.normal(0, 0.001, n)),
        funding_rate=rate,
        funding_interval=hours,
    )
    prices = ["open", "high", "low", "close", "mark_price", "funding_rate"]
    for row in draw(st.lists(st.integers(1, n - 1), max_size=4)):
        made.loc[made.index[row], prices] = np.nan
    return made.drop(columns="open") if draw(st.booleans()) else made


def allowed(make: object) -> object:
    """Rules that ask for more margin than there is are refused at the door, and not of interest here."""
    try:
        return make()  # type: ignore[operator]
    except InputError:
        return None


sane = st.builds(
    lambda **given: allowed(lambda: quick(**given)),
    leverage=st.sampled_from([1.0, 5.0, 20.0]),
    stop=st.sampled_from([None, 0.02]),
    hold=st.integers(1, 12),
    fee_rate=st.sampled_from([0.0, 0.0005]),
    liquidation_fee_rate=st.sampled_from([None, 0.005]),
    cap_reading=st.sampled_from(["risk", "margin", "notional"]),
    cap=st.sampled_from([0.01, 0.2]),
    exit_velocity=st.sampled_from([-0.2, 0.0]),
    velocity_window=st.sampled_from([1, 3]),
    velocity_score=st.sampled_from([3.0, 10.0]),
).filter(lambda rule: rule is not None)


@settings(max_examples=30, deadline=None)
@given(asked=rough(), spec=sane)
def test_money_is_neither_made_nor_lost(asked, spec):
    """The start, the profits, the fees and the funding are all there is; no account owes anything."""
    done = run(spec, asked, tiers=RATE, start=1000)
    t = done.trades

    assert done.equity.iloc[-1] == pytest.approx(
        1000 + t["profit"].sum() - t["fees"].sum() - t["funding_paid"].sum()
    )
    assert (t["net"] == t["profit"] - t["fees"] - t["funding_paid"]).all()
    assert (done.equity > 0).all()
    assert (t["net"] >= -t["margin"] - t["fees"] - 1e-9).all()


@settings(max_examples=30, deadline=None)
@given(asked=rough(), spec=sane)
def test_there_is_one_position_at_a_time_and_never_more_than_the_cap(asked, spec):
    """Never add, in bars: the next is decided after the last has ended. And its size keeps to its reading."""
    done = run(spec, asked, tiers=RATE, start=1000)
    t = done.trades

    assert all(end <= then for end, then in pairwise_of(t["exit_time"], t["decided"]))
    assert (t["decided"] < t["entry_time"]).all() and (t["entry_time"] <= t["exit_time"]).all()
    before = done.equity.reindex(pd.DatetimeIndex(t["decided"])).to_numpy()
    most = {
        "notional": t["notional"],
        "margin": t["margin"],
        "risk": t["margin"] if spec.stop is None else t["notional"] * spec.stop,
    }[spec.cap_reading]
    assert (most <= spec.cap * before * (1 + 1e-9)).all()
    assert (t["bars"] >= 1).all()


def pairwise_of(ends: pd.Series, starts: pd.Series) -> list[tuple[object, object]]:
    return list(zip(ends.iloc[:-1], starts.iloc[1:], strict=True))


@settings(max_examples=30, deadline=None)
@given(asked=rough(), spec=sane, cut=st.integers(20, 60), alter=st.booleans())
def test_no_trade_knows_the_future(asked, spec, cut, alter):
    """Cut the future off, or change it: what was over is as it was, and so is the account until then."""
    cut = min(cut, len(asked) - 1)
    early = asked.iloc[:cut]
    if alter:
        other = asked.copy()
        other.iloc[cut:] = other.iloc[cut:] * 1.5
        early = other
    whole, part = (run(spec, each, tiers=RATE, start=1000) for each in (asked, early))
    until = asked.index[cut - 1]

    def over(trades: pd.DataFrame) -> pd.DataFrame:
        return trades[(trades["exit_time"] <= until) & (trades["why"] != "end")].reset_index(drop=True)

    entered = ["side", "decided", "entry_time", "entry_price", "quantity", "margin", "liquidation_price"]
    pd.testing.assert_frame_equal(over(whole.trades), over(part.trades)[: len(over(whole.trades))])
    # Filled at closes, an entry in the very last bar would have nothing to live through, and is not made.
    since = until if "open" in asked.columns else asked.index[cut - 2]
    pd.testing.assert_frame_equal(
        *(each.trades.loc[each.trades["entry_time"] <= since, entered] for each in (whole, part))
    )
    assert whole.equity.iloc[: cut - 1].to_numpy() == pytest.approx(part.equity.iloc[: cut - 1].to_numpy())


@settings(max_examples=40, deadline=None)
@given(
    side=st.sampled_from([1, -1]),
    entry=st.floats(1, 1e5),
    notional=st.floats(10, 9e6),
    share=st.floats(0, 1.2),
)
def test_the_quick_liquidation_price_is_the_slow_one(side, entry, notional, share):
    """The engine has its own copy of one formula, for speed; it may not drift away."""
    table = tiers("BNBUSDT", on="2025-01-01")
    quantity, margin = notional / entry, share * notional
    slow = liquidation_price(
        entry, side="long" if side > 0 else "short", quantity=quantity, margin=margin, tiers=table
    )

    assert liquidation_prices(ladder(table), side, entry, quantity, np.array([margin]))[0] == pytest.approx(
        slow
    )


@pytest.mark.parametrize("reading", ["risk", "margin", "notional"])
def test_sizes_are_those_of_the_readings(reading):
    """One sentence, three sizes, and here the same three as in `oikit.risk`."""
    spec = Specification(cap_reading=reading)

    assert notional_of(spec, 10_000) == position_size(
        10_000, cap=spec.cap, reading=reading, leverage=spec.leverage, stop=spec.stop
    )


def test_a_larger_maintenance_margin_liquidates_no_fewer():
    """The table of tiers is read, not only asked for."""
    prices = [100.0] * 11 + [98.0, 89.0, 98.0, 98.0, 98.0] + [98.0] * 10
    spec, asked = quick(leverage=10.0), market(prices, [10])

    assert [run(spec, asked, tiers=rate).liquidations for rate in (0.001, 0.05)] == [0, 1]


# What is missing, refused or left out is said


def test_what_was_not_known_is_counted():
    """No open, no mark, bars nobody recorded: each is one sentence."""
    asked = market(FLAT, [10]).drop(columns="open")
    asked.loc[asked.index[13], ["high", "low", "close", "funding_rate"]] = np.nan
    said = str(run(quick(), asked, tiers=RATE))

    assert "no open" in said
    assert "no mark price" in said
    assert "In 1 bar(s) a position was held and marked" in said
    assert "In 1 bar(s) the funding" in said


def test_a_bar_without_a_price_is_not_entered_in():
    """The order is gone, not moved to a bar that suits."""
    asked = market(FLAT, [10])
    asked.loc[asked.index[11], ["open", "high", "low", "close"]] = np.nan
    done = run(quick(), asked, tiers=RATE)

    assert len(done.trades) == 0
    assert "Of the entries, 1 came to nothing: the bar to enter in was not known." in done.remarks


def test_a_condition_that_begins_while_a_position_is_open_adds_nothing():
    """It is counted, and that is all."""
    done = run(quick(hold=6), market(FLAT, [10, 12]), tiers=RATE)

    assert len(done.trades) == 1
    assert "1 time(s) the conditions began while a position was open; nothing was added." in done.remarks


def test_a_jump_in_the_last_bar_finds_no_bar_to_enter():
    """Nothing is filled at a price that had gone by when the rule decided."""
    assert len(run(quick(), market(FLAT, [19]), tiers=RATE).trades) == 0
    assert len(run(quick(), market(FLAT, [18]).drop(columns="open"), tiers=RATE).trades) == 0


def test_an_account_that_cannot_pay_is_refused():
    """An exchange asks for margin and fee together; the rule trades on only where they are there."""
    fees = run(quick(cap=1.0, fee_rate=0.01), market(FLAT, [10]), tiers=RATE)
    lots = run(quick(leverage=1.0, cap=0.001), market(FLAT, [10]), tiers=RATE, lot=1)

    assert fees.remarks[-1] == (
        "Of the entries, 1 came to nothing: the account did not hold the margin and the fee."
    )
    assert lots.remarks[-1] == "Of the entries, 1 came to nothing: the size was less than one lot."


def account(spec: Specification, balance: float, table: object = RATE) -> Account:
    return Account(Bars(market(FLAT)), spec, balance, steps=ladder(table))


def test_an_account_that_has_outgrown_its_tier_is_refused():
    """The exchange would not fill the order, so the rule may not pretend that it did."""
    grown = account(quick(leverage=20.0, cap=1.0), 200_000, tiers("BNBUSDT", on="2025-01-01"))
    nearer = account(quick(leverage=5.0, stop=0.17), 8e6, tiers("BNBUSDT", on="2025-01-01"))
    empty = account(quick(), 0.0)

    assert [each.take(1, 5, 9, "time") for each in (grown, nearer, empty)] == [None] * 3
    assert list(grown.refused) == ["the tier of the position did not allow the leverage"]
    assert list(nearer.refused) == ["its liquidation came before its stop"]
    assert list(empty.refused) == ["the account was empty"]


# Doors


DOORS = {
    "cap": ({"cap": 1.5}, "cap=1.5 cannot be"),
    "fee": ({"fee_rate": -0.001}, "fee_rate=-0.001 cannot be"),
    "leverage": ({"leverage": 0}, "leverage=0 cannot be"),
    "stop": ({"stop": 1.2}, "stop=1.2 cannot be"),
    "crowd": ({"crowd": "everybody"}, "none of long_short_ratio, top_account_ratio, top_position_ratio"),
    "reading": ({"cap_reading": "all"}, "none of risk, margin, notional"),
    "ratio": ({"ratio_reading": "feeling"}, "none of percentile, level"),
    "funding": ({"funding_percentile": 0.2}, "begins at 0.5"),
    "too much margin": ({"stop": 0.001, "leverage": 5}, "takes 4.00 accounts of margin"),
    "text": ({"velocity_score": "high"}, "is no number"),
    "liquidation fee": ({"liquidation_fee_rate": -1.0}, "liquidation_fee_rate=-1 cannot be"),
}


@pytest.mark.parametrize(("changes", "words"), DOORS.values(), ids=DOORS)
def test_a_rule_that_cannot_be_is_refused(changes, words):
    """Before it has seen any data."""
    with pytest.raises(InputError, match="no rule that can be run yet") as error:
        Specification(**changes)
    assert words in str(error.value)


def test_all_that_is_wrong_is_said_at_once():
    """One correction, not five."""
    with pytest.raises(InputError) as error:
        Specification(cap=2, fee_rate=-1, crowd="x")
    assert str(error.value).count("\n  - ") == 3


SMALL = market(FLAT, [10])
ENTRANCES = {
    "no supply": ({"frame": SMALL.drop(columns="circulating_supply")}, FrameError, "'circulating_supply' is"),
    "no low": ({"frame": SMALL.drop(columns="low")}, FrameError, "'low' is missing"),
    "no crowd": ({"spec": quick(crowd_lead=0.3)}, FrameError, "'long_short_ratio' is missing"),
    "too short": ({"frame": SMALL.iloc[:7]}, InputError, "has 7 bars, and the rule reads 7 before"),
    "a week": ({"spec": Specification(crowd_lead=None)}, InputError, "20 bars, and the rule reads 2,160"),
    "at least": ({"spec": quick(at_least=6)}, InputError, "at_least=6 is longer than ratio_window=5"),
    "all unknown": (
        {"frame": SMALL.assign(open_interest=np.nan)},
        InputError,
        "never known all at once",
    ),
    "leverage": (
        {"spec": quick(leverage=80.0), "tiers": tiers("BNBUSDT", on="2025-01-01")},
        InputError,
        "80x is not allowed",
    ),
    "stop": ({"spec": quick(leverage=20.0, stop=0.05)}, InputError, "a stop 5.00% away is never reached"),
    "dead on arrival": ({"spec": quick(leverage=150.0)}, InputError, "liquidated as soon as it is opened"),
    "nothing": ({"spec": quick(cap=0.0)}, InputError, "allows no position at all"),
    "tiers": ({"tiers": "BNBUSDT"}, InputError, "neither a table of tiers nor one rate"),
    "start": ({"start": -5}, InputError, "start=-5 cannot be"),
    "lot": ({"lot": 0}, InputError, "lot=0 cannot be"),
}


@pytest.mark.parametrize(("changes", "kind", "words"), ENTRANCES.values(), ids=ENTRANCES)
def test_what_cannot_be_run_is_refused(changes, kind, words):
    """With the number that is wrong and what to do about it."""
    asked = {"spec": quick(), "frame": SMALL, "tiers": RATE, **changes}
    with pytest.raises(kind) as error:
        run(asked.pop("spec"), asked.pop("frame"), **asked)
    assert words in str(error.value)


# The table of the rule


def test_every_number_is_in_the_table_with_its_owner():
    """A stranger needs all of them, and may ask whose each is."""
    table = specification(Specification())
    named = table[table["name"] != ""].set_index("name")
    fields = set(Specification.__dataclass_fields__)

    assert set(named.index) == fields - {"ratio_level"}
    assert set(table["whose"]) == {"article", "ours"}
    assert named.loc[["cap", "leverage", "crowd_lead", "funding_window"], "whose"].eq("article").all()
    assert named.loc[["stop", "hold", "velocity_score", "fee_rate"], "whose"].eq("ours").all()
    assert "never add to a position" in set(table["rule"])
    assert list(dict.fromkeys(table["part"])) == ["enter", "size", "exit", "costs"]


def test_the_other_reading_of_the_ratio_shows_the_article_s_number():
    """15% stands in the table when it is what the rule reads."""
    table = specification(Specification(ratio_reading="level")).set_index("name")

    assert table.loc["ratio_level", ["value", "whose"]].tolist() == [0.15, "article"]
    assert table.loc["ratio_reading", "whose"] == "yours"
    assert "ratio_window" not in table.index


def test_the_rule_needs_no_column_that_it_does_not_read():
    """Without the crowd condition, no crowd is asked for."""
    assert "long_short_ratio" in needs(Specification())
    assert "long_short_ratio" not in needs(Specification(crowd_lead=None))


# Rivals


def test_buy_and_hold_is_the_whole_account_less_its_costs():
    """From 100 to 150 with 1% of funding at 120 and a fee of 0.1%: one line of arithmetic."""
    prices = [100.0] * 12 + [120.0] + [150.0] * 7
    rate = np.zeros(20)
    rate[0], rate[12] = -0.001, 0.01
    asked = market(prices, [], funding_rate=rate)
    done = run(quick(fee_rate=0.001), asked, tiers=RATE, start=1001)
    held = buy_and_hold(done, asked, tiers=RATE)

    assert held.equity.iloc[-1] == pytest.approx(1001 - 1 + 500 - 12 - 1.5)
    assert held.trades["entry_time"].tolist() == [asked.index[asked.index.get_loc(done.since) + 1]]
    assert held.trades["why"].tolist() == ["end"]


def test_buy_and_hold_begins_at_the_first_price_there_is():
    """And with no bar left it has no trade."""
    asked = market(FLAT, [])
    done = run(quick(), asked, tiers=RATE)
    first = asked.index.get_loc(done.since) + 1
    holed = asked.copy()
    holed.loc[asked.index[first], ["open", "close"]] = np.nan
    last = asked.iloc[: first + 1].drop(columns="open")
    short = run(quick(), last, tiers=RATE) if len(last) > 7 else None

    assert buy_and_hold(done, holed, tiers=RATE).trades["entry_time"].tolist() == [asked.index[first + 1]]
    assert short is None or len(buy_and_hold(short, last, tiers=RATE).trades) == 0


def test_random_entries_are_the_same_trades_at_other_times():
    """As many, on the same sides and as long: with a price that stands still only the fees are left."""
    asked = market([100.0] * 60, [10, 20, 30])
    done = run(quick(fee_rate=0.001), asked, tiers=RATE)
    drawn = random_entry(done, asked, tiers=RATE, draws=50, seed=3)

    assert (drawn["trades"] == 3).all()
    assert drawn["growth"].to_numpy() == pytest.approx(done.growth)
    assert (drawn["liquidations"] == 0).all()


@pytest.mark.parametrize("side", [1, -1])
def test_random_entries_hold_on_average_what_the_market_gives(side):
    """On a steady climb every moment is as good as any other: longs gain, shorts lose, the same each bar."""
    asked = market(100 * 1.001 ** np.arange(200), [50, 100, 150], side)
    done = run(quick(), asked, tiers=RATE)
    drawn = random_entry(done, asked, tiers=RATE, draws=20, seed=3)

    assert drawn["growth"].to_numpy() == pytest.approx(done.growth)


def test_the_same_seed_draws_the_same_entries_and_another_does_not():
    """What was drawn can be drawn again."""
    rng = np.random.default_rng(1)
    asked = market(100 * np.exp(np.cumsum(rng.normal(0, 0.01, 200))), [50, 100, 150])
    done = run(quick(), asked, tiers=RATE)
    one, same, other = (random_entry(done, asked, tiers=RATE, draws=20, seed=s) for s in (1, 1, 2))

    pd.testing.assert_frame_equal(one, same)
    assert not one["growth"].equals(other["growth"])


def test_without_a_trade_the_random_rival_is_cash():
    """Nothing to match, nothing to draw."""
    asked = market(FLAT, [])
    drawn = random_entry(run(quick(), asked, tiers=RATE), asked, tiers=RATE, draws=5)

    assert drawn.to_numpy().tolist() == [[0.0, 0.0, 0.0]] * 5


def test_a_result_of_another_frame_is_refused():
    """Rivals on another market are no rivals."""
    done = run(quick(), SMALL, tiers=RATE)
    with pytest.raises(InputError, match="of another frame"):
        random_entry(done, SMALL.iloc[:15], tiers=RATE)


def test_a_comparison_says_what_the_markets_are():
    """Three markets are too few for an interval, and the sentence says so, and what they are."""
    markets = {name: market(FLAT, [10]) for name in "abc"}
    said = compare(quick(), markets, tiers=RATE, called="simulated markets", draws=5)

    assert str(said).startswith("On 3 simulated markets the rule made 3 trades.")
    assert "Too few markets" in str(said)
    assert said.table.loc["random entry", "accounts"] == 15
    assert said.table.loc["cash", ["growth", "trades"]].tolist() == [0.0, 0.0]
    assert said.markets["beats"].tolist() == [0.5] * 3


def test_a_rule_that_never_trades_is_called_cash():
    """No trade is a finding, not a failure."""
    said = compare(quick(), {"a": market(FLAT, [])}, tiers=RATE, called="simulated markets", draws=2)

    assert "the rule made 0 trades, on 1 of them none. Where it never trades it is cash." in str(said)
    assert said.markets["beats"].isna().all()


def test_the_interval_over_markets_is_that_of_the_textbook():
    """Nine markets from 0.1 to 0.9: mean 0.5 and Student's t; below eight markets, none."""
    from scipy import stats

    shares = np.linspace(0.1, 0.9, 9)
    low, high = stats.t.interval(0.95, 8, shares.mean(), stats.sem(shares))
    answer = _mean_of(shares)

    assert answer is not None
    assert (answer.value, answer.low, answer.high) == pytest.approx((0.5, low, high))
    assert _mean_of(shares[:7]) is None


def test_no_market_is_no_comparison():
    """An empty list has no median."""
    with pytest.raises(InputError, match="no market to compare on"):
        compare(quick(), {}, tiers=RATE, called="markets")


@pytest.fixture(scope="module")
def worlds():
    span = {"since": "2024-01-01", "until": "2026-01-01"}
    return {
        effect: compare(
            Specification(),
            simulated(WORLDS["bnb"], seeds=range(20, 28), effect=effect, **span),
            tiers=tiers("BNBUSDT", on="2025-01-01"),
            called="simulated markets",
            draws=50,
        )
        for effect in (0.0, -0.02)
    }


def test_on_null_worlds_the_timing_of_the_rule_is_chance(worlds):
    """Nothing is there, and nothing is found."""
    assert worlds[0.0].beats.low <= 0.5 <= worlds[0.0].beats.high
    assert "cannot be told from chance" in str(worlds[0.0])


def test_on_planted_worlds_it_is_found(worlds):
    """The same rule, on the same jumps of open interest, when something does follow them."""
    assert worlds[-0.02].beats.low > 0.5
    assert "differs from chance" in str(worlds[-0.02])
    assert worlds[-0.02].table.loc["the rule", "growth"] > worlds[0.0].table.loc["the rule", "growth"]


def test_three_years_of_hours_take_few_steps_each():
    """Sweeps and classes run this many times; calls are counted, for a computer may be busy."""
    asked = sample("bnb-planted").assign(close=lambda f: f["close"] * 1.0)
    calls = collections.Counter()
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, given: calls.update([event]))
    try:
        run(Specification(hold="71h"), asked, tiers=RATE)
    finally:
        sys.setprofile(before)

    assert calls["call"] < 30 * len(asked)
    assert calls["c_call"] < 30 * len(asked)


def test_the_sample_reads_as_it_did():
    """A number somebody quoted yesterday is the same today."""
    done = run(Specification(), sample("bnb-null"), tiers=tiers("BNBUSDT", on="2025-01-01"))

    assert (len(done.trades), done.liquidations, done.trades["side"].unique().tolist()) == (6, 0, ["short"])
    assert done.equity.iloc[-1] == pytest.approx(10_000 + done.trades["net"].sum())
    assert str(done).startswith("6 trade(s) since 2023-06-04, 0 of them ended by liquidation")
