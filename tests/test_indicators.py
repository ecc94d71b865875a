"""Indicators: numbers you can check by hand, and laws that hold for any data."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oikit import indicators as ind
from oikit.errors import FrameError, InputError
from tests.conftest import frame, series

levels = st.lists(
    st.one_of(st.floats(0.5, 2e6), st.just(100.0), st.just(float("nan"))), min_size=12, max_size=30
)
cuts = st.integers(2, 11)

# Every indicator of one Series, with windows short enough for a short Series.
ONE: dict[str, Callable[[pd.Series], pd.Series]] = {
    "velocity": lambda s: ind.velocity(s, 3),
    "robust_zscore": lambda s: ind.robust_zscore(s, 4),
    "robust_zscore, odd": lambda s: ind.robust_zscore(s, 5),
    "trailing_percentile": lambda s: ind.trailing_percentile(s, 4),
    "trailing_percentile, strict": lambda s: ind.trailing_percentile(s, 4, ties="strict"),
    "trailing_percentile, weak": lambda s: ind.trailing_percentile(s, 4, ties="weak"),
    "funding_apr": lambda s: ind.funding_apr(s, 3),
    "zscore": lambda s: ind.zscore(s, 4),
    "long_share": ind.long_share,
    "asymmetry": ind.asymmetry,
}
TWO: dict[str, Callable[[pd.Series, pd.Series], pd.Series | pd.DataFrame]] = {
    "oi_to_cap": ind.oi_to_cap,
    "divergence": lambda a, b: ind.divergence(a, b, 2, 4, spike=1.0, quiet=1.0),
    "quadrant": lambda a, b: ind.quadrant(a, b, 2),
    "quadrant, dead band": lambda a, b: ind.quadrant(a, b, 2, dead_band=0.1),
    "price_and_position_parts": lambda a, b: ind.price_and_position_parts(a, b, 2),
    "settled_funding": ind.settled_funding,
    "basis": ind.basis,
    "oi_to_volume": lambda a, b: ind.oi_to_volume(a, b, 3),
    "taker_delta": ind.taker_delta,
    "cvd": ind.cvd,
    "cvd, window": lambda a, b: ind.cvd(a, b, 3),
    "liquidation_share": lambda a, b: ind.liquidation_share(a, b, 3),
    "oi_weighted_funding": lambda a, b: ind.oi_weighted_funding(
        {
            "one": pd.DataFrame(
                {"open_interest_value": a, "funding_rate": b / 1e9, "funding_interval": b * 0 + 8.0}
            ),
            "other": pd.DataFrame(
                {"open_interest_value": b, "funding_rate": a / 1e9, "funding_interval": a * 0 + 4.0}
            ),
        }
    ),
    "clocks": lambda a, b: ind.clocks(
        pd.DataFrame({"mark_price": a, "open_interest": b}),
        ["1h", "2h", "4h"],
        lambda f: ind.velocity(f["open_interest"], 1),
    ),
}

one_series = pytest.mark.parametrize("indicator", ONE.values(), ids=ONE)
two_series = pytest.mark.parametrize("indicator", TWO.values(), ids=TWO)


def same(left: pd.Series | pd.DataFrame, right: pd.Series | pd.DataFrame) -> None:
    """Equal, NaN for NaN, to the last bit."""
    check = (
        pd.testing.assert_frame_equal if isinstance(left, pd.DataFrame) else pd.testing.assert_series_equal
    )
    check(left, right, check_freq=False, check_exact=True)


# --- laws --------------------------------------------------------------------------------------


@one_series
@given(values=levels, cut=cuts)
def test_no_indicator_sees_the_future(indicator: Callable, values: list[float], cut: int) -> None:
    """Cutting off the future changes nothing that came before."""
    whole = series(values)

    same(indicator(whole).iloc[:cut], indicator(whole.iloc[:cut]))


@two_series
@given(first=levels, second=levels, cut=cuts)
def test_no_indicator_of_two_series_sees_the_future(
    indicator: Callable, first: list[float], second: list[float], cut: int
) -> None:
    """The same, where two Series meet and one could look ahead into the other."""
    n = min(len(first), len(second))
    a, b = series(first[:n]), series(second[:n])

    same(indicator(a, b).iloc[:cut], indicator(a.iloc[:cut], b.iloc[:cut]))


@one_series
@given(values=levels)
def test_an_indicator_keeps_the_index_and_leaves_its_input_alone(
    indicator: Callable, values: list[float]
) -> None:
    """Series in, Series out, same rows; and the reader's own data stays the reader's."""
    whole = series(values)
    before = whole.copy()

    assert indicator(whole).index.equals(whole.index)
    same(whole, before)


@two_series
@given(first=levels, second=levels)
def test_an_indicator_of_two_series_keeps_the_index_and_leaves_them_alone(
    indicator: Callable, first: list[float], second: list[float]
) -> None:
    n = min(len(first), len(second))
    a, b = series(first[:n]), series(second[:n])
    before = a.copy(), b.copy()

    assert indicator(a, b).index.equals(a.index)
    same(a, before[0])
    same(b, before[1])


@given(values=levels, factor=st.floats(0.01, 100))
def test_velocity_percentile_and_score_do_not_care_about_the_unit(values: list[float], factor: float) -> None:
    """Contracts of a tenth of a coin make ten times the number and the same answer."""
    whole = series(values)

    np.testing.assert_allclose(ONE["velocity"](whole * factor), ONE["velocity"](whole), rtol=1e-6, atol=1e-8)
    doubled = whole * 4.0  # exact in binary, so ties stay ties, and a spread of some last digits stays one
    same(ONE["robust_zscore"](doubled), ONE["robust_zscore"](whole))
    for ties in ("", ", strict", ", weak"):
        rank = ONE["trailing_percentile" + ties]
        same(rank(doubled), rank(whole))


@given(first=levels, second=levels, factor=st.sampled_from([0.25, 2.0, 1024.0]))
def test_the_unit_of_the_price_cancels(first: list[float], second: list[float], factor: float) -> None:
    """Labels and ratios depend on moves and shares, dollar parts are in dollars."""
    n = min(len(first), len(second))
    price, coins = series(first[:n]), series(second[:n])

    label = ind.quadrant(price, coins, 2, dead_band=1e-9)
    same(ind.quadrant(price * factor, coins, 2, dead_band=1e-9), label)
    same(ind.oi_to_cap(coins * factor, price * factor), ind.oi_to_cap(coins, price))
    same(
        ind.price_and_position_parts(coins, price * factor, 2),
        ind.price_and_position_parts(coins, price, 2) * factor,
    )


@given(first=levels, second=levels)
def test_the_ratios_and_deltas_of_desks_keep_their_laws(first: list[float], second: list[float]) -> None:
    """Mirror images mirror, units cancel, and sums are sums."""
    n = min(len(first), len(second))
    a, b = series(first[:n]), series(second[:n])

    same(ind.taker_delta(a, b), -ind.taker_delta(b, a))
    np.testing.assert_allclose(
        ind.liquidation_share(a, b, 3) + ind.liquidation_share(b, a, 3),
        (a + b).rolling(3).sum() * 0 + 1,
        rtol=1e-9,
    )
    same(ind.basis(a * 4, b * 4), ind.basis(a, b))
    same(ind.oi_to_volume(a * 4, b * 4, 3), ind.oi_to_volume(a, b, 3))
    same(ind.cvd(a, b), ind.taker_delta(a, b).cumsum(skipna=False))
    np.testing.assert_allclose(
        ind.cvd(a, b, 3), ind.taker_delta(a, b).rolling(3, min_periods=3).sum(), rtol=1e-6, atol=1e-3
    )


@given(values=levels, factor=st.floats(0.01, 100))
def test_the_average_of_venues_lies_between_them(values: list[float], factor: float) -> None:
    """Two venues that pay the same pay that on average, whatever is open at each."""
    rate = series(values) / 1e9
    one = pd.DataFrame({"open_interest_value": 5.0, "funding_rate": rate, "funding_interval": 8.0})
    found = ind.oi_weighted_funding({"one": one, "other": one.assign(open_interest_value=5.0 * factor)})

    np.testing.assert_allclose(found, ind.settled_funding(rate, one["funding_interval"]), rtol=1e-9)


def test_the_indicators_of_desks_by_hand() -> None:
    """Numbers that can be checked on paper."""
    one = frame(open_interest_value=[300, 300, 300], funding_rate=[0.0001, 0, 0], funding_interval=[8, 0, 0])
    other = frame(
        open_interest_value=[100, 100, 100], funding_rate=[0.0, 1e-4, 0], funding_interval=[1, 1, 1]
    )

    # Three quarters at 1 bp per 8 h, and a quarter at 0, then at 8 bp, then at 0 per 8 h.
    assert ind.oi_weighted_funding({"one": one, "other": other}).tolist() == pytest.approx(
        [0.75e-4, 2.75e-4, 0.75e-4]
    )
    assert ind.oi_weighted_funding({"one": one}, "1h").tolist() == pytest.approx([1.25e-5] * 3)
    unknown = other.assign(open_interest_value=[np.nan, 100, 100])
    assert ind.oi_weighted_funding({"one": one, "other": unknown}).isna().tolist() == [True, False, False]
    assert ind.basis(series([594, 600, 0]), series([600, 0, 600])).round(9).tolist()[0] == -0.01
    assert ind.basis(series([594, 600]), series([600, 0])).isna().tolist() == [False, True]
    assert ind.oi_to_volume(series([10, 12, 12]), series([2, 4, 0]), 2).tolist()[1:] == [2.0, 3.0]
    assert ind.oi_to_volume(series([10, 12]), series([0, 0]), 1).isna().all()
    bought, sold = series([5, 1, np.nan, 4]), series([2, 3, 1, 1])
    assert ind.taker_delta(bought, sold).tolist()[:2] == [3.0, -2.0]
    assert ind.cvd(bought, sold).fillna(-99).tolist() == [3.0, 1.0, -99.0, -99.0]
    assert ind.cvd(bought, sold, 1).fillna(-99).tolist() == [3.0, -2.0, -99.0, 3.0]
    share = ind.liquidation_share(series([30, 0, 0]), series([10, 0, 0]), 1)
    assert share.fillna(-1).tolist() == [0.75, -1.0, -1.0]
    # Mean 2 and standard deviation 1 of 1, 2, 3: four is two above.
    assert ind.zscore(series([1, 2, 3, 4, 4]), 3).round(4).tolist()[3:] == [2.0, 1.0]
    assert np.isnan(ind.zscore(series([2e6, 0.3, 0.3, 0.3, 0.3]), 3).iloc[-1])


def test_venues_on_other_rows_are_refused() -> None:
    """An average needs the same bars of each."""
    one = frame(open_interest_value=[3, 3], funding_rate=[0, 0], funding_interval=[8, 0])
    with pytest.raises(InputError, match="'other' stands on other rows"):
        ind.oi_weighted_funding({"one": one, "other": one.iloc[:1]})
    with pytest.raises(InputError, match="needs a frame"):
        ind.oi_weighted_funding({})


@given(values=levels)
def test_funding_adds_up_on_any_scale(values: list[float]) -> None:
    """Twice the rate costs twice as much a year."""
    rate = series(values) / 1e8

    np.testing.assert_allclose(ind.funding_apr(rate * 2, 3), 2 * ind.funding_apr(rate, 3), rtol=1e-9)


@given(ratio=st.lists(st.floats(0.01, 100), min_size=2, max_size=9))
def test_a_crowd_and_its_mirror_image_lean_alike(ratio: list[float]) -> None:
    """Swapping long and short turns the sign and nothing else."""
    r = series(ratio)

    np.testing.assert_allclose(ind.asymmetry(1 / r), -ind.asymmetry(r), atol=1e-12)
    np.testing.assert_allclose(ind.long_share(1 / r), 1 - ind.long_share(r), atol=1e-12)
    assert ind.asymmetry(r).between(-1, 1).all()


@given(first=levels, second=levels)
def test_turning_the_price_over_swaps_the_names_in_pairs(first: list[float], second: list[float]) -> None:
    """The label depends on two signs alone: new longs become new shorts, and so on."""
    n = min(len(first), len(second))
    price, coins = series(first[:n]), series(second[:n])
    swap = {
        "new longs": "new shorts",
        "new shorts": "new longs",
        "short covering": "long liquidation",
        "long liquidation": "short covering",
        "neutral": "neutral",
    }
    usual = ind.quadrant(price, coins, 2, dead_band=1e-9).astype(object).map(swap)
    turned = ind.quadrant(1 / price, coins, 2, dead_band=1e-9).astype(object)

    pd.testing.assert_series_equal(usual, turned, check_dtype=False)


@given(first=levels, second=levels)
def test_the_parts_of_a_dollar_change_add_up(first: list[float], second: list[float]) -> None:
    """Nothing of the change is left over, and nothing is counted twice."""
    n = min(len(first), len(second))
    coins, price = series(first[:n]), series(second[:n])
    parts = ind.price_and_position_parts(coins, price, 2)
    total = parts[["price_part", "position_part", "cross_part"]].sum(axis=1, skipna=False)
    size = (coins * price).abs().max()

    np.testing.assert_allclose(total, parts["change"], atol=1e-9 * (size if size == size else 1))


PIECES: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "a walk": lambda rng, n: rng.standard_normal(n).cumsum(),
    "noise": lambda rng, n: 0.1 * rng.standard_normal(n),
    "ties": lambda rng, n: rng.integers(-1, 2, n).astype(float),
    "jumps": lambda rng, n: 1e6 * rng.standard_cauchy(n),
    "now up, now down": lambda rng, n: 100.0 * (-1.0) ** np.arange(n) + 0.1 * rng.standard_normal(n),
    "a hole": lambda rng, n: np.full(n, np.nan),
    "no end": lambda rng, n: rng.choice([1.0, 2.0, 3.0, np.inf], n),
}


@given(
    pieces=st.lists(st.tuples(st.sampled_from(list(PIECES)), st.integers(1, 60)), min_size=1, max_size=5),
    window=st.integers(3, 60),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_robust_score_is_the_textbook_one(pieces: list[tuple[str, int]], window: int, seed: int) -> None:
    """The fast running median and MAD say what sorting every window says, to the last bit."""
    rng = np.random.default_rng(seed)
    whole = series(np.concatenate([PIECES[name](rng, n) for name, n in pieces]).tolist())
    slow = np.full(len(whole), np.nan)
    for t in range(window, len(whole)):
        past = np.sort(whole.iloc[t - window : t].to_numpy())
        centre = (past[(window - 1) // 2] + past[window // 2]) / 2
        if np.isfinite(centre) and not np.isnan(past).any():
            apart = np.sort(np.abs(past - centre))
            mad = (apart[(window - 1) // 2] + apart[window // 2]) / 2
            slow[t] = (whole.iloc[t] - centre) / (1.4826 * mad) if mad > 0 else np.nan

    same(ind.robust_zscore(whole, window), pd.Series(slow, whole.index, name=whole.name))


@given(window=st.integers(1, 40_000), seed=st.integers(0, 2**32 - 1))
def test_velocity_is_a_difference_of_logs(window: int, seed: int) -> None:
    """Also of a column that is worked on in pieces, with holes and zeros, to the last bit."""
    rng = np.random.default_rng(seed)
    levels = series(np.where(rng.random(40_000) < 0.1, rng.choice([0.0, -1.0, np.nan]), rng.random(40_000)))

    same(ind.velocity(levels, window), np.log(levels.where(levels > 0)).diff(window))


@pytest.mark.parametrize("name", ["velocity", "robust_zscore", "trailing_percentile", "funding_apr"])
def test_nothing_is_said_before_the_window_is_full(name: str) -> None:
    """The first answer comes with the first full window, and a hole empties it again."""
    rising = series([1.0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048])
    first = {"velocity": 3, "robust_zscore": 4, "trailing_percentile": 3, "funding_apr": 2}[name]
    said = ONE[name](rising)
    holed = ONE[name](rising.mask(rising == 32))

    assert said.isna().sum() == first and said.iloc[first:].notna().all()
    assert holed.iloc[5:].isna().any() and holed.iloc[-1:].notna().all()


# --- by hand -----------------------------------------------------------------------------------


def test_a_rally_alone_moves_dollars_and_not_the_ratio() -> None:
    """The price cancels: only coins in contracts and coins in supply are left."""
    coins, supply = series([5e5, 5e5]), series([1.25e8, 1.25e8])

    assert ind.oi_to_cap(coins, supply).tolist() == [0.004, 0.004]
    assert np.isnan(ind.oi_to_cap(coins, series([0.0, np.nan]))).all()


def test_velocity_in_dollars_is_velocity_in_coins_plus_the_return() -> None:
    """The venue's own sample figures: positions hardly moved, dollars fell with the price."""
    coins, dollars = series([20403.637, 20401.367]), series([150570784.08, 149940752.14])
    price = dollars / coins

    assert ind.velocity(coins, 1).iloc[-1] == pytest.approx(-0.0001112547, abs=1e-8)
    assert ind.velocity(dollars, 1).iloc[-1] == pytest.approx(
        ind.velocity(coins, 1).iloc[-1] + ind.velocity(price, 1).iloc[-1], abs=1e-12
    )


def test_dollar_open_interest_can_rise_while_positions_shrink() -> None:
    """Ten per cent more price against three per cent fewer coins: up 40.2 million, none of it new."""
    parts = ind.price_and_position_parts(series([1.00e6, 0.97e6]), series([600.0, 660.0]), 1).iloc[-1]

    assert parts["price_part"] == pytest.approx(60.0e6)
    assert parts["position_part"] == pytest.approx(-18.0e6)
    assert parts["cross_part"] == pytest.approx(-1.8e6)
    assert parts["change"] == pytest.approx(40.2e6)


def test_an_annual_high_that_equals_the_baseline_is_none() -> None:
    """Funding that sits at 1 bp for half of the year makes no high by sitting there once more."""
    funding = series([0.0001, 0.00005, 0.0001, 0.0001, 0.00008, 0.0001])
    last = {
        ties: ind.trailing_percentile(funding, 6, ties=ties).iloc[-1] for ties in ("strict", "mid", "weak")
    }
    higher = ind.trailing_percentile(
        funding.mask(funding.index == funding.index[-1], 0.00011), 6, ties="strict"
    )

    assert last == {"strict": pytest.approx(2 / 6), "mid": pytest.approx(4 / 6), "weak": 1.0}
    assert higher.iloc[-1] == pytest.approx(1 - 1 / 6)


def test_the_four_names_and_the_dead_band() -> None:
    """Up/up, up/down, down/up, down/down, and a move too small to name."""
    price = series([100, 110, 120, 110, 100, 100.05])
    coins = series([50, 55, 50, 55, 50, 60])

    assert ind.quadrant(price, coins, 1, dead_band=0.001).tolist()[1:] == [*ind.QUADRANTS]


def test_divergence_speaks_when_positions_jump_and_the_price_does_not() -> None:
    """The same jump of open interest counts in a still market and not in a moving one."""
    rng = np.random.default_rng(1)
    price = 600 * np.exp(np.cumsum(0.001 * rng.standard_normal(60)))
    coins = 5e5 * np.exp(np.cumsum(0.001 * rng.standard_normal(60)))
    coins[59] = coins[58] * 1.05
    still, moving = price.copy(), price.copy()
    still[59], moving[59] = price[58], price[58] * 1.05

    assert ind.divergence(series(still), series(coins), 1, 40).iloc[-1] == 1.0
    assert ind.divergence(series(moving), series(coins), 1, 40).iloc[-1] == 0.0
    assert ind.divergence(series(still), series(coins), 1, 40).isna().sum() == 41


def test_funding_is_comparable_across_settlement_intervals() -> None:
    """0.01% every eight hours and an eighth of that every hour cost the same per year."""
    eight_hourly = series([0.0001 if i % 8 == 7 else 0.0 for i in range(48)])
    hourly = series([0.0001 / 8] * 48)

    assert ind.funding_apr(eight_hourly, "24h").iloc[-1] == pytest.approx(0.1095)
    assert ind.funding_apr(hourly, "24h").iloc[-1] == pytest.approx(0.1095)


def test_where_nothing_was_paid_the_yearly_rate_is_exactly_nothing() -> None:
    """Dust of a long sum must not turn into a sign: half of BNB's settlements are exactly 0."""
    paid = series([0.1, 0.2, -0.3, 0.7] * 5 + [0.0] * 6)

    assert ind.funding_apr(paid, 4).iloc[-1] == 0.0


def test_the_settled_rate_is_read_in_its_own_interval() -> None:
    """An interval that shrinks from 8 to 4 to 1 h is one price of time, not three."""
    rate = series([0.0, 0.0002, 0.0, 0.0001, 0.000025, np.nan, 0.0, 0.0001])
    hours = series([0.0, 8, 0, 4, 1, np.nan, 0, 4])
    said = ind.settled_funding(rate, hours)

    np.testing.assert_allclose(said, [np.nan, 2e-4, 2e-4, 2e-4, 2e-4, np.nan, np.nan, 2e-4])
    np.testing.assert_allclose(ind.settled_funding(rate, hours, per="1h"), said / 8)


def test_a_slow_clock_speaks_only_when_its_bar_has_ended() -> None:
    """At 05:30 the hour that ends at 06:00 says nothing yet, on any clock."""
    table = frame("30min", "2026-03-02 00:30", open_interest=np.exp(np.arange(12)))
    said = ind.clocks(table, ["30min", "1h", "3h"], lambda f: ind.velocity(f["open_interest"], 1))

    np.testing.assert_allclose(said["30min"], [np.nan] + [1] * 11)
    np.testing.assert_allclose(said["1h"], [np.nan] * 3 + [2] * 9)
    np.testing.assert_allclose(said["3h"], [np.nan] * 11 + [6])


# --- doors -------------------------------------------------------------------------------------

numbers = series([1.0, 2, 3, 4, 5, 6])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: ind.velocity([1.0, 2.0], 1), "open_interest is a list"),
        (lambda: ind.velocity(frame(open_interest=[1, 2]), 1), "give a pandas.Series"),
        (lambda: ind.velocity(numbers.astype(str), 1), "give numbers"),
        (lambda: ind.velocity(numbers > 2, 1), "give numbers"),
        (lambda: ind.velocity(numbers.drop(numbers.index[2]), 1), "no regular grid"),
        (lambda: ind.velocity(numbers.drop(numbers.index[2]), "2h"), "no regular grid"),
        (lambda: ind.velocity(numbers, "90min"), "no whole number"),
        (lambda: ind.robust_zscore(numbers, 2), "at least 3"),
        (lambda: ind.trailing_percentile(numbers, 3, ties="max"), "'mid', 'strict' or 'weak'"),
        (lambda: ind.oi_to_cap(numbers, numbers.iloc[1:]), "on different rows"),
        (lambda: ind.quadrant(numbers, numbers.shift(freq="1h"), 1), "on different rows"),
        (lambda: ind.quadrant(numbers, numbers, 1, dead_band=-0.1), "must be 0 or more"),
        (lambda: ind.quadrant(numbers, numbers, 1, dead_band=float("nan")), "must be 0 or more"),
        (lambda: ind.settled_funding(numbers, numbers, per="lunch"), "no length of time"),
        (lambda: ind.funding_apr(numbers.reset_index(drop=True), 2), "index of times"),
        (lambda: ind.clocks(frame(close=[1, 2]), ["90min"], lambda f: f["close"]), "whole number of bars"),
    ],
)
def test_bad_input_is_refused_in_words(call: Callable[[], object], says: str) -> None:
    """A wrong number is worse than none: what does not fit is said, with what would."""
    with pytest.raises(InputError, match=says):
        call()


def test_a_frame_with_gaps_is_refused_before_anything_is_computed() -> None:
    """Rows that are not there would be counted over as if time had not passed."""
    gappy = frame(open_interest=[1, 2, 3, 4]).drop(series([1, 2]).index[1])

    with pytest.raises(FrameError, match="row\\(s\\) are missing"):
        ind.clocks(gappy, ["1h"], lambda f: f["open_interest"])


def test_whole_numbers_and_short_series_are_welcome() -> None:
    """A Series typed by hand works; one shorter than its window says NaN."""
    assert ind.velocity(pd.Series([1, 1]), 1).tolist()[1] == 0.0
    assert ind.velocity(pd.Series([1.0, 2.0]), 5).isna().all()
    assert ind.funding_apr(series([0.1, 0.2]), 5).isna().all()
    assert ind.velocity(pd.Series([0.0, 2.0, -1.0]), 1).isna().all()


# --- the tests themselves ----------------------------------------------------------------------


def test_a_centred_window_would_be_caught() -> None:
    """The law against the future can fail: here is what it is for."""

    def centred(s: pd.Series) -> pd.Series:
        return s.rolling(3, center=True).median()

    whole = series(range(12))

    with pytest.raises(AssertionError):
        same(centred(whole).iloc[:6], centred(whole.iloc[:6]))
