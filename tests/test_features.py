"""The lens' variables: checked by hand, against the indicators, against pandas, and by laws."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.features import plain_pandas
from oikit import indicators as ind
from oikit.errors import FrameError, InputError
from oikit.frame import resample
from oikit.lens import operators
from oikit.lens.catalogue import FAMILIES
from oikit.lens.features import CLOCKS, FEATURES, Stream, available, feature_table, features
from oikit.lens.graph import Following, change, field, over_history, score, streak, total
from oikit.lens.operators import Operator
from oikit.lens.scale import SCALES, Scale
from oikit.simulate.market import simulate
from oikit.simulate.worlds import WORLDS
from tests.conftest import frame

NAN = float("nan")
SMALL = ("5min", "15min", "1h")


@functools.cache
def market(days: int = 120, every: str = "5min", *, until: str = "2026-03-09") -> pd.DataFrame:
    """A simulated market; do not change it, it is shared."""
    end = pd.Timestamp(until, tz="UTC")
    return simulate(WORLDS["bnb"], since=end - pd.Timedelta(days=days), until=end, every=every, seed=7)


@functools.cache
def known() -> pd.DataFrame:
    """All variables of that market; shared as well."""
    return features(market())


@contextmanager
def small_windows() -> Iterator[None]:
    """Windows of a few bars, so that half a day of 5-minute bars fills three clocks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(SCALES, "5min", Scale(minutes=5, move=2, long=5, yard=7))
        patch.setitem(SCALES, "15min", Scale(minutes=15, move=3, long=4, yard=6))
        patch.setitem(SCALES, "1h", Scale(minutes=60, move=1, long=2, yard=4))
        yield


def same(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Equal to the last bit, NaN for NaN."""
    pd.testing.assert_frame_equal(left, right, check_exact=True, check_freq=False)


def near(left: pd.DataFrame, right: pd.DataFrame) -> None:
    """Equal to 1e-9, NaN for NaN."""
    pd.testing.assert_frame_equal(left, right, rtol=0, atol=1e-9, check_freq=False)


def streamed(rows: pd.DataFrame, cut: int, clocks: tuple[str, ...]) -> pd.DataFrame:
    """What a stream says at each bar after the first ones."""
    stream = Stream(rows.iloc[:cut], clocks=clocks)
    said = [stream.update(rows.iloc[i]) for i in range(cut, len(rows))]
    return pd.DataFrame(said).rename_axis("time")


def whole(name: str, clock: str, rows: pd.DataFrame) -> pd.Series:
    """One variable on one clock."""
    return features(rows, clocks=[clock], only=[name])[f"{name}@{clock}"]


# --- laws of the operators -----------------------------------------------------------------------

# Few distinct values, so that there are ties, runs and constant windows; and holes.
columns = st.lists(
    st.sampled_from([0.0, 0.1, -0.1, 0.3, 1e9, NAN, 0.0, 0.1, -2.5]), min_size=0, max_size=40
).map(np.array)
hours = st.lists(st.sampled_from([0.0, 0.0, 8.0, NAN, 1.0]), min_size=40, max_size=40).map(np.array)
spans = st.integers(4, 19)
OPERATORS = [
    *(operators.LAG, operators.TOTAL, operators.HIGHEST, operators.LOWEST),
    *(operators.SCORE, operators.PERCENTILE, operators.STREAK, operators.HELD),
]
each_operator = pytest.mark.parametrize("operator", OPERATORS, ids=lambda o: o.name)


def looks_at(operator: Operator, column: np.ndarray, hours: np.ndarray, span: int) -> list[np.ndarray]:
    """The columns that this operator reads."""
    return [column, hours[: len(column)]] if operator is operators.HELD else [column]


def answers_by_window(operator: Operator, read: list[np.ndarray], span: int) -> bool:
    """Is each answer that of its own window, whatever stands before and after it?"""
    said = operator.whole(*read, span)
    for end in range(1, len(read[0]) + 1):
        windows = [np.concatenate([np.full(span, NAN), column[:end]])[-span:] for column in read]
        for answer in (operator.newest(*windows), operator.whole(*windows, span)[-1]):
            if not np.array_equal(said[end - 1], answer, equal_nan=True):
                return False
    return len(said) == len(read[0])


@each_operator
@given(column=columns, hours=hours, span=spans)
def test_an_operator_answers_from_its_window_alone(
    operator: Operator, column: np.ndarray, hours: np.ndarray, span: int
) -> None:
    """Bit for bit: no future, no trace of a longer past, and a stream that cannot drift away."""
    assert answers_by_window(operator, looks_at(operator, column, hours, span), span)


@pytest.mark.parametrize(
    "planted",
    [
        lambda x, span: pd.Series(x).rolling(span, center=True).sum().to_numpy(),
        lambda x, span: x - np.nanmean(x),
        lambda x, span: np.concatenate([x[1:], [NAN]]),
        lambda x, span: np.cumsum(x) - np.concatenate([np.zeros(span), np.cumsum(x)])[: len(x)],
    ],
    ids=["centred", "scaled by the whole sample", "shifted by a bar", "dust of the past"],
)
def test_the_law_of_the_window_can_fail(planted: Callable) -> None:
    """Four ways to get it wrong, and each is noticed."""
    values = np.random.default_rng(0).normal(size=30) + 1e3

    assert not answers_by_window(Operator("planted", planted), [values], 6)


@pytest.mark.parametrize("operator", OPERATORS[1:6], ids=lambda o: o.name)
@given(column=columns, span=spans)
def test_an_operator_is_silent_until_its_window_is_full(
    operator: Operator, column: np.ndarray, span: int
) -> None:
    """Half a window would pass for a whole one, and a hole for a quiet bar."""
    said = operator.whole(column, span)
    full = pd.Series(column).notna().rolling(span).sum() == span

    assert np.isnan(said[~full.to_numpy()]).all()
    assert operator.name == "score" or not np.isnan(said[full.to_numpy()]).any()


def test_a_sum_of_equal_numbers_is_equal_at_every_bar() -> None:
    """Or a score of it would find a spread that is rounding and nothing else."""
    tenth = np.full(5000, 0.1)
    sums = over_history([total(field("x"), 864)], {"x": tenth})[total(field("x"), 864)]

    assert set(np.unique(sums[863:])) == {sums[863]}
    assert np.isnan(sums[:863]).all()


# --- laws of all variables -----------------------------------------------------------------------

holes = st.lists(
    st.tuples(st.integers(0, 199), st.integers(1, 9), st.one_of(st.none(), st.integers(0, 14))), max_size=6
)


def with_holes(rows: pd.DataFrame, holes: list[tuple[int, int, int | None]]) -> pd.DataFrame:
    """Make bars unknown, in one column or in all."""
    rows = rows.copy()
    for at, length, column in holes:
        rows.iloc[at : at + length, slice(None) if column is None else column] = NAN
    return rows


@settings(max_examples=15, deadline=None)
@given(start=st.integers(0, 30), n=st.integers(40, 200), share=st.floats(0.05, 1.0), holes=holes)
def test_a_stream_says_what_the_batch_says(
    start: int, n: int, share: float, holes: list[tuple[int, int, int | None]]
) -> None:
    """All variables, three clocks, any beginning, any holes: one bar at a time changes nothing."""
    rows = with_holes(market(2).iloc[start : start + n], holes)
    cut = max(int(share * n), 2)
    with small_windows():
        expected = features(rows, clocks=SMALL)
        stream = Stream(rows.iloc[:cut], clocks=SMALL)
        near(stream.values.to_frame().T, expected.iloc[[cut - 1]].rename_axis(None))
        if cut < n:
            near(streamed(rows, cut, SMALL), expected.iloc[cut:])


def test_a_stream_says_what_the_batch_says_with_its_real_windows() -> None:
    """120 days, the last one bar by bar, through a hole, with every window full."""
    rows = with_holes(market(), [(-200, 3, None)])
    cut = len(rows) - 290

    near(streamed(rows, cut, CLOCKS), features(rows).iloc[cut:])


@pytest.mark.parametrize("cut", [2, 37, 100, 143])
def test_cutting_off_the_future_changes_nothing(cut: int) -> None:
    """The truncation law, for every variable on every clock at once."""
    rows = with_holes(market(2).iloc[5:210], [(60, 4, None), (90, 2, 3)])
    with small_windows():
        same(features(rows, clocks=SMALL).iloc[:cut], features(rows.iloc[:cut], clocks=SMALL))


@settings(max_examples=10, deadline=None)
@given(cut=st.integers(20, 190), seed=st.integers(0, 9), blank=st.booleans())
def test_a_different_future_changes_nothing_now(cut: int, seed: int, blank: bool) -> None:
    """Rows after t are replaced by others, or by nothing: no variable at or before t notices."""
    rows = market(2).iloc[:200]
    other = rows.copy()
    factors = np.random.default_rng(seed).uniform(0.5, 2.0, other.iloc[cut:].shape)
    other.iloc[cut:] = NAN if blank else other.iloc[cut:] * factors
    with small_windows():
        same(features(rows, clocks=SMALL).iloc[:cut], features(other, clocks=SMALL).iloc[:cut])


def test_a_different_future_changes_nothing_with_the_real_windows() -> None:
    """The same once with every window full, at a moment that is inside an hour and a day."""
    rows, cut = market(), len(market()) - 5 * 288 - 7
    other = rows.copy()
    other.iloc[cut:] *= np.random.default_rng(1).uniform(0.5, 2.0, other.iloc[cut:].shape)
    now, then = known(), features(other)

    same(now.iloc[:cut], then.iloc[:cut])
    assert not now.iloc[cut:].equals(then.iloc[cut:])


def test_a_longer_past_than_the_reach_changes_nothing() -> None:
    """So a stream may start from the days that fill the windows, and not from the archive."""
    rows = market(120, "1h")
    recent = rows[rows.index > rows.index[-1] - pd.Timedelta(days=81)]

    same(features(rows, clocks=["1h", "1d"]).tail(1), features(recent, clocks=["1h", "1d"]).tail(1))
    assert feature_table()["reach"].max() == pd.Timedelta(days=81)


def test_the_index_stays_and_the_frame_is_left_alone() -> None:
    """What goes in is not touched, and what comes out stands on the same rows."""
    rows = market(2)
    before = rows.copy(deep=True)
    said = features(rows)
    Stream(rows.iloc[:-1]).update(rows.iloc[-1])

    same(rows, before)
    assert said.index.equals(rows.index)
    assert said.columns.tolist() == feature_table().index.tolist()


@pytest.mark.parametrize("clock", CLOCKS)
def test_every_variable_stays_within_its_unit(clock: str) -> None:
    """A share is a share: bounds are told in the table, so they must hold."""
    said, table = known(), feature_table([clock])
    bounds = {"-1 to 1": (-1, 1), "-2 to 2": (-2, 2), "0 to 2": (0, 2), "0 or 1": (0, 1)}
    for column, unit in table["unit"].items():
        low, high = bounds.get(unit, (-np.inf, np.inf))
        if str(column).split("@")[0].endswith(("_percentile", "_share", "_straightness", "_position")):
            low, high = 0, 1
        assert said[column].min() >= low - 1e-12, column
        assert said[column].max() <= high + 1e-12, column
        assert unit != "0 or 1" or set(said[column].dropna()) <= {0.0, 1.0}, column


# --- what the numbers are ------------------------------------------------------------------------


def test_the_lens_agrees_with_plain_pandas() -> None:
    """Every formula was written twice, the second time as one would in pandas."""
    rows = market(100, "1h")

    near(
        features(rows, clocks=["1h", "1d"]).sort_index(axis=1),
        plain_pandas(rows, ("1h", "1d")).sort_index(axis=1),
    )


@pytest.mark.parametrize(
    ("name", "indicator"),
    [
        ("oi_to_cap", lambda f, w: ind.oi_to_cap(f["open_interest"], f["circulating_supply"])),
        ("velocity", lambda f, w: ind.velocity(f["open_interest"], w.move)),
        (
            "velocity_score",
            lambda f, w: ind.robust_zscore(ind.velocity(f["open_interest"], w.move), w.yard),
        ),
        ("divergence", lambda f, w: ind.divergence(f["close"], f["open_interest"], w.move, w.yard)),
        ("new_shorts", lambda f, w: _named(f, w, "new shorts")),
        ("new_longs", lambda f, w: _named(f, w, "new longs")),
        ("short_covering", lambda f, w: _named(f, w, "short covering")),
        ("long_liquidation", lambda f, w: _named(f, w, "long liquidation")),
        ("price_part", lambda f, w: _part(f, w, "price_part")),
        ("position_part", lambda f, w: _part(f, w, "position_part")),
        ("cross_part", lambda f, w: _part(f, w, "cross_part")),
        ("funding", lambda f, w: ind.settled_funding(f["funding_rate"], f["funding_interval"])),
        ("funding_apr", lambda f, w: ind.funding_apr(f["funding_rate"], w.long)),
        ("premium_percentile", lambda f, w: ind.trailing_percentile(f["premium"], w.yard)),
        ("crowd_lean", lambda f, w: ind.asymmetry(f["long_short_ratio"])),
    ],
)
def test_the_lens_says_what_the_indicators_say(name: str, indicator: Callable) -> None:
    """A lesson and the lens must not mean two things by one word, on any clock, through a hole."""
    rows = with_holes(market(3), [(400, 2, None)])
    with small_windows():
        for clock in SMALL:
            expected = ind.clocks(rows, [clock], lambda f, clock=clock: indicator(f, SCALES[clock]))[clock]
            pd.testing.assert_series_equal(
                whole(name, clock, rows), expected, check_names=False, rtol=0, atol=1e-12
            )


def _named(f: pd.DataFrame, w: Scale, label: str) -> pd.Series:
    said = ind.quadrant(f["close"], f["open_interest"], w.move)
    return said.eq(label).astype(float).where(said.notna())


def _part(f: pd.DataFrame, w: Scale, part: str) -> pd.Series:
    parts = ind.price_and_position_parts(f["open_interest"], f["close"], w.long)
    return parts[part] / (f["circulating_supply"] * f["close"]).shift(w.long)


def test_a_slow_clock_speaks_when_its_bar_has_ended() -> None:
    """An hour that is still running says nothing; the last one that ended is heard instead."""
    coins = np.arange(100.0, 100.0 + 4 * 12)
    rows = frame("5min", "2026-03-02 00:05", open_interest=coins, circulating_supply=np.full(48, 1e3))
    said = whole("oi_to_cap", "1h", rows)

    assert said.iloc[:11].isna().all()
    assert said.iloc[11:23].tolist() == [0.111] * 12
    assert said.iloc[23] == 0.123


def test_funding_is_told_in_its_own_interval() -> None:
    """0.01% for four hours is 0.02% for eight; nothing is assumed to settle three times a day."""
    paid = [1e-4, 0, 0, 0, -1e-4, 0, 0, 0, 0.0, NAN, 0.0, 1e-4]
    hours = [4.0, 0, 0, 0, 1.0, 0, 0, 0, 8.0, NAN, 0.0, 8.0]
    rows = frame(funding_rate=paid, funding_interval=hours)
    said = features(
        rows, clocks=["1h"], only=["funding", "funding_interval", "hours_since_settlement", "funding_streak"]
    )

    assert said["funding@1h"].tolist() == pytest.approx(
        [2e-4] * 4 + [-8e-4] * 4 + [0.0, NAN, NAN, 1e-4], nan_ok=True
    )
    assert said["funding_interval@1h"].tolist() == pytest.approx(
        [4] * 4 + [1] * 4 + [8, NAN, NAN, 8], nan_ok=True
    )
    assert said["hours_since_settlement@1h"].tolist() == pytest.approx(
        [0, 1, 2, 3] * 2 + [0, NAN, NAN, 0], nan_ok=True
    )
    # The first run may have begun before the data, and the last one in the hole.
    assert said["funding_streak@1h"].tolist() == pytest.approx(
        [NAN] * 4 + [-1, -2, -3, -4, 0, NAN, NAN, NAN], nan_ok=True
    )


def test_a_streak_is_known_once_it_fills_its_window() -> None:
    """After that many bars it is at least so long, whatever came before."""
    said = over_history([streak(field("x"), 3)], {"x": np.array([2.0, 5.0, 1.0, 1.0, -1.0])})

    assert said[streak(field("x"), 3)].tolist() == pytest.approx([NAN, NAN, 3, 3, -1], nan_ok=True)


def test_takers_who_only_buy_lean_all_the_way() -> None:
    """Bought less sold over all; sold is what was traded and not bought."""
    rows = frame(volume=[4.0] * 30, taker_buy_volume=[4.0] * 24 + [1.0] * 6)
    said = whole("taker_imbalance", "1h", rows)

    assert said.iloc[23] == 1.0
    assert said.iloc[29] == pytest.approx((18 - 0.5 * 6) / 24)


def test_the_calendar_is_that_of_the_moment() -> None:
    """A bar that ends on Saturday 00:00 UTC is known on the weekend; Monday 00:00 is none."""
    rows = frame("1h", "2026-03-06 23:00", close=[1.0] * 52)
    said = features(rows, clocks=["1h"], only=["weekend", "hour_sine", "hour_cosine", "weekday_cosine"])

    assert said["weekend@1h"].tolist() == [0.0] + [1.0] * 48 + [0.0] * 3
    assert said.loc["2026-03-07 06:00", "hour_sine@1h"].item() == pytest.approx(1.0)
    assert said.loc["2026-03-07 12:00", "hour_cosine@1h"].item() == pytest.approx(-1.0)
    assert said.loc["2026-03-09 00:00", "weekday_cosine@1h"].item() == pytest.approx(1.0)


def test_crowds_disagree_where_heads_and_money_do() -> None:
    """Two thirds of the heads short, two thirds of the top money long, takers at rest."""
    n = 80
    rows = frame(
        volume=[2.0] * n,
        taker_buy_volume=[1.0] * n,
        long_short_ratio=[0.5] * n,
        top_account_ratio=[1.0] * n,
        top_position_ratio=[2.0] * n,
    )
    last = features(
        rows, clocks=["1h"], only=["crowds_spread", "crowds_agreement", "top_minus_crowd", "size_minus_heads"]
    ).iloc[-1]

    assert last["crowds_spread@1h"] == pytest.approx(2 / 3)
    assert last["crowds_agreement@1h"] == 0.0
    assert last["top_minus_crowd@1h"] == pytest.approx(np.log(4))
    assert last["size_minus_heads@1h"] == pytest.approx(np.log(2))


# --- what is not known ---------------------------------------------------------------------------


def test_a_hundred_and_twenty_days_fill_every_window() -> None:
    """The bundled 5-minute sample is that long, and a month of it is left to look at."""
    said = known()

    assert said.iloc[-1].notna().all()
    assert said.iloc[81 * 288 :].notna().all(axis=None)


def test_a_market_shorter_than_a_window_has_columns_of_nan() -> None:
    """It is no error: the clocks that are filled speak, and the others say nothing."""
    said = features(market(20))

    assert said["premium_percentile@5min"].notna().any()
    assert said["premium_percentile@1d"].isna().all()
    assert said["velocity@1d"].notna().any()
    assert features(market(2).iloc[:2], clocks=["1d"]).isna().all(axis=None)


@pytest.mark.parametrize("column", ["premium", "open_interest", "close", "long_short_ratio"])
def test_a_column_that_never_moves_has_no_score(column: str) -> None:
    """A score against a past without width, and a correlation with a constant, are not known."""
    rows = market(40, "1h").copy()
    rows[column] = 0.1
    if column == "close":
        rows["high"] = rows["low"] = 0.1
    said = features(rows, clocks=["1h"]).iloc[-1]
    unknown = {
        "premium": {"premium_score", "velocity_times_premium", "oi_premium_correlation"},
        "open_interest": {
            *("velocity_score", "velocity_times_premium", "divergence", "divergence_gap"),
            *("oi_straightness", "oi_price_correlation", "oi_premium_correlation"),
        },
        "close": {
            *("price_move_score", "divergence", "divergence_gap", "volatility_ratio", "price_position"),
            *("falling_share", "price_straightness", "taker_price_correlation", "oi_price_correlation"),
            "crowd_price_correlation",
        },
        "long_short_ratio": {"crowd_price_correlation"},
    }

    assert {str(name).split("@")[0] for name in said.index[said.isna()]} == unknown[column]


@pytest.mark.parametrize("column", sorted({name for f in FEATURES.values() for name in f.needs}))
def test_a_column_of_nan_silences_what_reads_it_and_nothing_else(column: str) -> None:
    """Otherwise a feed that is down would look like a quiet market; and ``needs`` tells the truth."""
    rows = market(60, "1h").copy()
    rows[column] = NAN
    said = features(rows, clocks=["1h"]).iloc[-1].isna()

    for name, feature in FEATURES.items():
        assert said[f"{name}@1h"] == (column in feature.needs), name


# --- the table -----------------------------------------------------------------------------------


def test_there_are_fifty_variables_on_three_clocks() -> None:
    """The article says fifty."""
    assert sum(feature.clocks == CLOCKS for feature in FEATURES.values()) >= 50
    assert len(feature_table()) == sum(len(feature.clocks) for feature in FEATURES.values())


def test_the_table_says_each_window_in_plain_words() -> None:
    """No placeholder is left, and a window that is named is one that is used."""
    table = feature_table()

    assert not table["formula"].str.contains("[{}]").any()
    assert table.loc["velocity@5min", "formula"].endswith("over 1h")
    assert table.loc["premium_score@1d", ["window", "reach"]].tolist() == ["60d", pd.Timedelta(days=61)]
    for feature in FEATURES.values():
        named = {name for name in ("move", "long", "yard", "day") if f"{{{name}}}" in feature.formula}
        assert named <= set(feature.windows), feature.name
    assert (
        table["formula"].groupby(table["clock"]).nunique().tolist() == table.groupby("clock").size().tolist()
    )


def test_a_family_reads_what_the_ones_before_it_read_and_one_kind_more() -> None:
    """The question "what does open interest add?" is asked by leaving families out."""
    kinds = {
        "calendar": set(),
        "price": {"close", "high", "low"},
        "volume": {"volume", "taker_buy_volume"},
        "funding": {"premium", "funding_rate", "funding_interval"},
        "open interest": {"open_interest", "circulating_supply"},
        "crowds": {"long_short_ratio", "top_account_ratio", "top_position_ratio"},
    }
    allowed: set[str] = set()
    for family in FAMILIES:
        allowed |= kinds[family]
        for feature in FEATURES.values():
            if feature.family == family:
                assert set(feature.needs) <= allowed, feature.name
                assert family == "calendar" or kinds[family] & set(feature.needs), feature.name


def test_a_frame_with_less_gives_the_variables_it_can() -> None:
    """Price alone gives the calendar and the price, in the same numbers."""
    rows = market(3)[["close", "high", "low"]]
    names = available(rows)

    assert {FEATURES[name].family for name in names} == {"calendar", "price"}
    same(features(rows, only=names), features(market(3), only=names))
    assert features(rows, only=["weekend"]).notna().any(axis=None)


# --- doors ---------------------------------------------------------------------------------------

GOOD = market(2, "1h")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (
            lambda: features(GOOD.drop(columns=["premium", "volume"]), clocks=["1h"]),
            r"'volume' is missing; .*more read it\n.*'premium' is missing; .*\n.*available\(frame\)",
        ),
        (
            lambda: features(GOOD.drop(columns="circulating_supply"), clocks=["1h"], only=["oi_to_cap"]),
            "'circulating_supply' is missing; oi_to_cap read it",
        ),
        (lambda: features(GOOD), r"bars of this frame are 1h long, so ask clocks=\('1h', '1d'\)"),
        (
            lambda: features(frame("48h", "2026-03-02", close=[1.0, 2.0]), clocks=["1d"], only=["weekend"]),
            "2d long, and fit none",
        ),
        (lambda: features(GOOD, clocks=["4h"]), "clock '4h' is unknown; the lens has 5min, 1h, 1d"),
        (lambda: features(GOOD, clocks="1h"), "give a sequence of clocks"),
        (lambda: features(GOOD, clocks=[]), "give a sequence of clocks"),
        (lambda: feature_table(["2h"]), "clock '2h' is unknown"),
        (lambda: features(GOOD, clocks=["1h"], only=["velocty"]), "did you mean 'velocity'"),
        (lambda: features(GOOD, clocks=["1h"], only=["sentiment of it"]), "FEATURES lists them"),
        (lambda: features(GOOD, clocks=["1h"], only="velocity"), "give a list of variables"),
        (lambda: features(GOOD, clocks=["1h"], only=[]), "give a list of variables"),
        (lambda: features(GOOD, clocks=["1d"], only=["hour_sine"]), "hour_sine says nothing on 1d"),
        (lambda: features(GOOD.iloc[:1], clocks=["1h"]), "1 row"),
        (lambda: features(GOOD["close"], clocks=["1h"]), "it is a Series"),
        (lambda: features(GOOD.tz_localize(None), clocks=["1h"]), "no time zone"),
        (lambda: features(GOOD.assign(close=-1.0), clocks=["1h"]), "'close' holds -1"),
        (lambda: Stream(GOOD), "so ask clocks"),
        (lambda: Stream(GOOD.iloc[:0], clocks=["1h"]), "0 row"),
    ],
)
def test_what_cannot_be_computed_is_refused_with_the_way_out(call: Callable, words: str) -> None:
    """One error that names everything at once, before anything is computed."""
    with pytest.raises(InputError, match=f"(?s){words}"):
        call()


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda bar: bar.rename(bar.name + pd.Timedelta(hours=1)), "the next one ends at"),
        (lambda bar: bar.to_frame().T, "this is a DataFrame"),
        (lambda bar: bar.drop(["premium", "close"]), "lacks close, premium"),
        (lambda bar: bar.where(bar.index != "close", -5.0), "'close' holds -5"),
        (lambda bar: bar.where(bar.index != "volume", -1e-300), "'volume' holds -1e-300"),
        (lambda bar: bar.where(bar.index != "premium", np.inf), "'premium' holds inf"),
        (lambda bar: bar.astype(object).where(bar.index != "close", "high"), "no number"),
    ],
    ids=["skipped", "table", "lacking", "below zero", "a little below zero", "infinite", "text"],
)
def test_a_bar_that_cannot_be_is_refused_and_nothing_is_taken(spoil: Callable, words: str) -> None:
    """The next good bar gives what it would have given."""
    stream = Stream(GOOD.iloc[:-1], clocks=["1h"])
    before = stream.values
    with pytest.raises((InputError, FrameError), match=words):
        stream.update(spoil(GOOD.iloc[-1]))

    assert stream.values.equals(before)
    said = stream.update(GOOD.iloc[-1])
    near(said.to_frame().T, features(GOOD, clocks=["1h"]).tail(1).rename_axis(None))
    assert stream.time == GOOD.index[-1]


def test_a_stream_ends_a_slow_bar_as_resample_does() -> None:
    """The rules of a longer bar are those of the frame, whichever way it is made."""
    rows = market(2)
    fields = ["high", "low", "close"]
    stream = Stream(rows.iloc[:288], clocks=["1d"], only=["price_position", "price_move"])
    for i in range(288, 576):
        stream.update(rows.iloc[i])
    ended = resample(rows[fields], "1d").iloc[-1]

    assert dict(stream._hands[0]._ended()) == ended[list(stream._hands[0]._fields)].to_dict()


def test_formulas_can_be_followed_by_hand() -> None:
    """The graph alone: two bars of history, then one more, by the same rules."""
    speed, odd = change(field("x"), 1), score(field("x"), 3)
    past = np.array([1.0, 2.0, 3.0])
    follow = Following([speed, odd], {"x": past})

    assert follow.values == pytest.approx([1.0, NAN], nan_ok=True)
    assert follow.step({"x": 4.0}) == pytest.approx([1.0, 2 / 1.4826])
    assert Following([speed], {"x": np.array([])}).step({"x": 1.0}) == pytest.approx([NAN], nan_ok=True)
    assert (1.0 - field("x")) is (1.0 - field("x"))
