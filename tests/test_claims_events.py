"""Events and what followed: by hand, as laws, and with the one function that may look ahead."""

from __future__ import annotations

import ast
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import oikit
from oikit.claims import events
from oikit.claims.events import first_in_cluster, forward, kept, price_move, remembered
from oikit.errors import InputError
from oikit.indicators import divergence, trailing_percentile
from oikit.margin import TAKER_FEE
from tests.conftest import frame, series

CLAIMS = Path(events.__file__).parent
NAN = float("nan")


def same(values: pd.Series, expected: list[float]) -> bool:
    return np.allclose(values.to_numpy(dtype=float), expected, equal_nan=True)


# ---------------------------------------------------------------- looking ahead


def test_forward_says_what_came_after() -> None:
    """Two bars ahead of 1, 2, 4, 8: a factor of four, until the data end."""
    prices = series([1.0, 2.0, 4.0, 8.0])

    assert same(forward(prices, 2), [np.log(4), np.log(4), NAN, NAN])
    assert same(forward(prices, "2h"), forward(prices, 2).tolist())
    assert same(forward(prices, 2, "sum"), [6.0, 12.0, NAN, NAN])


def test_forward_finds_the_extremes_after_this_bar_and_not_in_it() -> None:
    """The low of the bar itself is over; the last bar of the horizon counts."""
    lows, closes = series([1.0, 9.0, 3.0, 5.0]), series([10.0, 10.0, 10.0, 10.0])

    assert same(forward(lows, 2, "lowest", since=closes), [np.log(0.3), np.log(0.3), NAN, NAN])
    assert same(forward(lows, 2, "highest", since=closes), [np.log(0.9), np.log(0.5), NAN, NAN])


def test_nobody_buys_at_a_price_that_is_over() -> None:
    """With an opening price, a move counts from the next bar's opening."""
    market = frame(open=[1.0, 3.0, 5.0], close=[2.0, 4.0, 6.0])

    assert same(price_move(market, 1), [np.log(4 / 3), np.log(6 / 5), NAN])
    assert same(price_move(market[["close"]], 1), [np.log(4 / 2), np.log(6 / 4), NAN])


def test_a_gap_ahead_is_not_known() -> None:
    """A missing price, or a missing payment, leaves the outcome unknown rather than smaller."""
    market = frame(close=[1.0, NAN, 1.0, 1.0, 1.0], funding_rate=[0.0, 0.0, 0.0, NAN, 0.0])

    assert price_move(market, 1).isna().tolist() == [True, True, False, False, True]
    assert kept(market, 1, 1.0).isna().tolist() == [True, True, True, False, True]
    assert forward(market["close"], 2, "lowest").isna().tolist() == [True, True, False, True, True]


def test_fees_and_funding_are_charged_to_either_side() -> None:
    """Flat price, 0.1% paid by longs: a long loses it and both fees, a short gains it less both fees."""
    market = frame(close=[5.0] * 3, funding_rate=[0.0, 0.001, 0.0])

    assert kept(market, 1, 1.0).iloc[0] == pytest.approx(-0.001 - 2 * TAKER_FEE)
    assert kept(market, 1, -1.0).iloc[0] == pytest.approx(0.001 - 2 * TAKER_FEE)
    assert kept(market.drop(columns="funding_rate"), 1, 1.0).iloc[0] == pytest.approx(-2 * TAKER_FEE)


def test_only_forward_looks_ahead() -> None:
    """A negative shift, or a reversed column, stands nowhere else among the claims."""
    found = []
    for path in sorted(CLAIMS.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node in ast.walk(function):
                shift = isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("shift", "diff")
                back = shift and any(isinstance(a, ast.UnaryOp) for a in node.args)
                turned = isinstance(node, ast.Slice) and isinstance(node.step, ast.UnaryOp)
                if back or turned:
                    found.append(function.name)

    assert set(found) == {"forward"}


@pytest.mark.parametrize(
    ("how", "horizon", "words"),
    [("median", 1, "'change', 'sum', 'lowest' or 'highest'"), ("sum", "90min", "whole number of bars")],
)
def test_forward_refuses_what_it_cannot_say(how: str, horizon: object, words: str) -> None:
    """The message says what can be asked."""
    with pytest.raises(InputError, match=words):
        forward(series([1.0, 2.0]), horizon, how)  # type: ignore[arg-type]


# ---------------------------------------------------------------- outcomes


def test_a_slump_is_seen_at_the_low_and_not_at_the_close() -> None:
    """5% below for a moment is 5% below."""
    market = frame(close=[100.0, 99.0, 99.0], low=[99.0, 95.0, 98.0])

    assert same(events.fell_by(0.05)(market, 1), [1.0, 0.0, NAN])


def test_a_turn_goes_the_other_way() -> None:
    """Up then down, down then down; and not known before there is a before."""
    market = frame(close=[1.0, 2.0, 1.5, 1.2])

    assert same(events.turned(market, 1), [NAN, 1.0, 0.0, NAN])


def test_a_swing_is_measured_against_the_trend() -> None:
    """In a rise it is a fall that counts, in a fall a rise."""
    up = frame(close=[1.0, 1.1, 1.2, 1.2], low=[1.0, 1.1, 1.0, 1.2], high=[1.0, 1.1, 1.2, 1.2])
    down = frame(close=[1.2, 1.1, 1.0, 1.0], low=[1.2, 1.1, 1.0, 1.0], high=[1.2, 1.1, 1.3, 1.0])
    calm = frame(close=[1.2, 1.1, 1.0, 1.0], low=[1.2, 1.1, 0.5, 1.0], high=[1.2, 1.1, 1.1, 1.0])
    turn = events.turned_by(0.05, trend=1)

    assert [turn(each, 1).iloc[1] for each in (up, down, calm)] == [1.0, 1.0, 0.0]


def test_a_squeeze_needs_both_halves() -> None:
    """A rise with contracts closed; a rise alone, or a closing alone, is none."""
    squeeze = events.squeezed(0.08, 0.05)
    highs = {"close": [100.0, 100.0], "high": [100.0, 109.0]}

    assert squeeze(frame(**highs, open_interest=[10.0, 9.0]), 1).iloc[0] == 1.0
    assert squeeze(frame(**highs, open_interest=[10.0, 10.0]), 1).iloc[0] == 0.0
    flat = {"close": [100.0, 100.0], "high": [100.0, 100.0]}
    assert squeeze(frame(**flat, open_interest=[10.0, 9.0]), 1).iloc[0] == 0.0


# ---------------------------------------------------------------- events and the usual


@given(flags=st.lists(st.booleans(), min_size=1, max_size=60), wait=st.integers(1, 9))
def test_events_do_not_overlap_and_none_is_lost(flags: list[bool], wait: int) -> None:
    """Kept ones lie a horizon apart; each flag lies within a horizon of a kept one; the first is kept."""
    kept_rows = np.flatnonzero(first_in_cluster(pd.Series(flags), wait))
    rows = np.flatnonzero(flags)

    assert (np.diff(kept_rows) >= wait).all()
    assert set(kept_rows) <= set(rows)
    assert all(any(0 <= row - at < wait for at in kept_rows) for row in rows)


def test_wild_times_are_compared_with_wild_times() -> None:
    """A third of the bars each; what moved most is in the last."""
    rng = np.random.default_rng(0)
    size = np.repeat([0.001, 0.01, 0.05], 300)
    group = events.terciles(series(100 * np.exp(np.cumsum(size * rng.standard_normal(900)))), 24)

    assert group.dropna().value_counts().between(285, 300).all()
    assert [group[30:270].mode()[0], group[340:580].mode()[0], group[640:].mode()[0]] == [0.0, 1.0, 2.0]


def test_the_usual_is_that_of_the_same_third() -> None:
    """Unknown outcomes are left out of it; a group without any has none."""
    usual = events.base_rate(series([1.0, 3.0, NAN, 7.0, NAN]), series([0.0, 0.0, 0.0, 1.0, 2.0]))

    assert same(usual, [2.0, 2.0, 2.0, 7.0, NAN])


# ---------------------------------------------------------------- states


def test_the_jump_of_the_ledger_is_the_divergence_of_the_lessons() -> None:
    """Two spellings of one reading, bar by bar."""
    market = oikit.sample("bnb-null").iloc[:3000]
    score, move = events.jump_score(market["open_interest"]), events.quiet_score(market["close"])
    mine = events.known((score >= 2) & (move.abs() <= 0.5), score, move)

    pd.testing.assert_series_equal(mine, divergence(market["close"], market["open_interest"]))


@given(values=st.lists(st.integers(0, 3), min_size=6, max_size=30))
def test_a_full_past_gives_the_usual_percentile(values: list[int]) -> None:
    """Only the start of a sample is treated in another way: from `at_least` on, with what there is."""
    given_values = series(values)
    mine, usual = events.past_place(given_values, 5, 2), trailing_percentile(given_values, 5)

    pd.testing.assert_series_equal(mine.iloc[4:], usual.iloc[4:])
    assert mine.isna().tolist() == [True] + [False] * (len(values) - 1)


def test_a_quiet_day_is_narrower_than_usual() -> None:
    """Half the usual range scores a half."""
    high = np.full(24 * 40, 2.0)
    high[-24:] = 2**0.5
    market = frame(high=high, low=np.ones(24 * 40))

    assert events.quietness(market).iloc[-1] == pytest.approx(0.5)


def test_a_trend_has_a_sign() -> None:
    """Against a rise, against a fall, none, unknown."""
    close = np.repeat([1.0, 2.0, 1.0, 1.0], 30)
    market = pd.DataFrame({"close": close}, pd.date_range("2026-03-02", periods=120, freq="D", tz="UTC"))

    assert same(events.against_trend(market).iloc[::30], [NAN, -1.0, 1.0, 0.0])


def test_what_is_remembered_is_what_would_be_made_anew() -> None:
    """The key is the content: other numbers, other answers; and an answer that was changed is not kept."""
    calls = []

    @remembered
    def doubled(values: pd.Series, by: float = 2.0) -> pd.Series:
        calls.append(by)
        return values * by

    first = doubled(series([1.0, 2.0]))
    first.iloc[0] = 99.0

    assert doubled(series([1.0, 2.0])).tolist() == [2.0, 4.0]
    assert len(calls) == 1
    assert doubled(series([1.0, 3.0])).tolist() == [2.0, 6.0]
    assert doubled(series([1.0, 2.0]), by=3.0).tolist() == [3.0, 6.0]
    assert doubled(series([])).empty
    for i in range(20):
        doubled(series([float(i)]))
    assert doubled(series([1.0, 2.0])).tolist() == [2.0, 4.0]
