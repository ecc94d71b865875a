"""Labels: answers one can read off five bars, and rows that are weighed by what is their own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oikit.errors import FrameError, InputError
from oikit.lens.examples import Examples, examples, pool, uniqueness
from oikit.lens.labels import LABELS, Label, reversal, squeeze, triple_barrier
from tests.conftest import frame, series

# Moves in whole per mille, of which none is a barrier by construction of the others.
paths = st.lists(st.integers(-100, 100).map(lambda k: k / 1000), min_size=30, max_size=60)


def walk(n: int = 24 * 60, seed: int = 0, **more: object) -> pd.DataFrame:
    """A random walk, with what the squeeze label reads."""
    rng = np.random.default_rng(seed)
    made = {
        "close": 100 * np.exp(np.cumsum(0.01 * rng.standard_normal(n))),
        "open_interest": 1e5 * np.exp(np.cumsum(0.01 * rng.standard_normal(n))),
        "long_liquidations": np.ones(n),
        "short_liquidations": 9 * np.ones(n),
    }
    return frame(**(made | more))


def test_the_first_barrier_counts() -> None:
    """Up then down is up; down then up is down; a move that comes too late is neither."""
    # sigma of two bars is log(1.1) each way, so the barriers of width 1 are 10% away
    up = [100, 110, 100, 111, 80, 100.0]
    down = [100, 110, 100, 80, 120, 100.0]
    late = [100, 110, 100, 101, 102, 120.0]

    for path, answer in ((up, 1.0), (down, -1.0), (late, 0.0)):
        side = triple_barrier(series(path), horizon=2, width=1.0, window=2, per=1)
        assert side.iloc[2] == answer


def test_a_label_is_unknown_until_its_horizon_has_ended() -> None:
    """Also where a barrier was touched at once: else the last rows would all be touched ones."""
    side = triple_barrier(series([100, 110, 100, 150, 150.0]), horizon=3, width=1.0, window=2, per=1)

    assert side.isna().tolist() == [True, True, True, True, True]
    assert (
        triple_barrier(series([100, 110, 100, 150, 150.0]), horizon=2, width=1.0, window=2, per=1).iloc[2]
        == 1
    )


def test_a_gap_in_the_horizon_is_no_answer() -> None:
    """A bar nobody recorded may have touched the other barrier."""
    whole = triple_barrier(series([100, 110, 100, 100, 120.0]), horizon=2, width=1.0, window=2, per=1)
    gap = triple_barrier(series([100, 110, 100, np.nan, 120.0]), horizon=2, width=1.0, window=2, per=1)

    assert whole.iloc[2] == 1.0
    assert np.isnan(gap.iloc[2])


def test_a_price_that_never_moves_has_no_barrier() -> None:
    """Sigma is zero, and a barrier at the price itself would be touched by standing still."""
    assert triple_barrier(series([100.0] * 50), horizon=3, window=5, per=2).isna().all()


def test_a_reversal_goes_against_the_trend() -> None:
    """After a rise only a fall counts, after a fall only a rise; without a trend there is no answer."""
    rising = reversal(series([100, 110, 104, 120.0]), horizon=2, trend=1)
    falling = reversal(series([110, 100, 106, 90.0]), horizon=2, trend=1)
    on = reversal(series([100, 110, 111, 112.0]), horizon=2, trend=1)
    flat = reversal(series([100, 100, 106, 90.0]), horizon=2, trend=1)

    assert [rising.iloc[1], falling.iloc[1], on.iloc[1]] == [1.0, 1.0, 0.0]
    assert np.isnan(flat.iloc[1])


def test_a_squeeze_needs_all_three() -> None:
    """Price up, contracts gone, shorts forced out: with one of them missing it is something else."""
    base = {
        "close": [100, 109, 109.0],
        "open_interest": [1000, 940, 940.0],
        "long_liquidations": [0, 1, 0.0],
        "short_liquidations": [0, 9, 0.0],
    }
    for change in (
        {},
        {"close": [100, 105, 105.0]},
        {"open_interest": [1000, 990, 990.0]},
        {"short_liquidations": [0, 1, 0.0]},
        {"short_liquidations": [0, 0, 0.0], "long_liquidations": [0, 0, 0.0]},
    ):
        answer = squeeze(frame(**(base | change)), horizon=2)
        assert answer.iloc[0] == (0.0 if change else 1.0)
        assert answer.iloc[1:].isna().all()


@given(moves=paths, scale=st.floats(0.01, 100))
@settings(max_examples=40, deadline=None)
def test_labels_do_not_know_the_unit_of_the_price(moves: list[float], scale: float) -> None:
    """Ten times the price gives the same answers."""
    close = series(100 * np.exp(np.cumsum(moves)))
    for label in (
        lambda c: triple_barrier(c, horizon=4, window=6, per=2),
        lambda c: reversal(c, horizon=4, trend=5),
    ):
        # Adding a constant to a log is not exact: what hangs on the last digit may fall either way.
        assert (label(close).fillna(9) == label(close * scale).fillna(9)).mean() > 0.8


@given(moves=paths, cut=st.integers(12, 25))
@settings(max_examples=40, deadline=None)
def test_a_label_reads_no_further_than_its_horizon(moves: list[float], cut: int) -> None:
    """What happens after the horizon changes no answer: purging by the horizon is enough."""
    close = series(100 * np.exp(np.cumsum(moves)))
    other = close.copy()
    other.iloc[cut:] *= 3.0
    for label in (
        lambda c: triple_barrier(c, horizon=4, window=6, per=2),
        lambda c: reversal(c, horizon=4, trend=5),
    ):
        pd.testing.assert_series_equal(label(close).iloc[: cut - 4], label(other).iloc[: cut - 4])


@given(n=st.integers(1, 40), every=st.integers(1, 5), horizon=st.integers(1, 12))
@settings(max_examples=60, deadline=None)
def test_weights_add_up_to_what_does_not_overlap(n: int, every: int, horizon: int) -> None:
    """Together the labels look at so many hours; in units of the horizon, that is their sum."""
    times = pd.date_range("2026-03-02", periods=n, freq=f"{every}h", tz="UTC")
    weight = uniqueness(times, pd.Timedelta(hours=horizon))
    seen = horizon + (n - 1) * min(every, horizon)

    assert weight.sum() == pytest.approx(seen / horizon)
    assert ((weight > 0) & (weight <= 1 + 1e-12)).all()


def test_examples_say_what_was_left_out() -> None:
    """The first month has no sigma and the last three days no outcome; both are counted."""
    given = examples(walk(), only=["price_move"], market="one")

    assert given.notes == ("one: 99 of 180 questions have no known outcome",)
    assert len(given.facts) == len(given.variables) == 81
    assert given.facts["outcome"].isin([0.0, 1.0]).all()
    assert given.times[0] == pd.Timestamp("2026-04-01 08:00", tz="UTC")
    assert given.effective_n == pytest.approx((72 + 80 * 8) / 72)
    assert list(given.only(["price_move@1h"]).variables) == ["price_move@1h"]


@pytest.mark.parametrize("name", LABELS)
def test_every_label_makes_examples(name: str) -> None:
    """Each of the three is asked and answered on one market."""
    given = examples(walk(), label=name, only=["price_move"])

    assert given.label == LABELS[name].says
    assert given.horizon == pd.Timedelta(LABELS[name].horizon.upper().replace("H", "h"))


def test_the_barrier_label_counts_a_fall_as_no() -> None:
    """The question is about a rise; a fall and a standstill are both a no."""
    world = walk()
    answer = LABELS["triple barrier"].answer(world)
    side = triple_barrier(world["close"])

    assert (answer.dropna() == (side.dropna() > 0)).all()
    assert (answer.isna() == side.isna()).all()


def test_pooled_markets_stand_in_order_of_time() -> None:
    """Folds cut by time, so the rows of all markets must run along together."""
    both = pool(examples(walk(seed=k), only=["price_move"], market=f"m{k}") for k in range(2))

    assert both.times.is_monotonic_increasing
    assert both.facts["market"].value_counts().to_dict() == {"m0": 81, "m1": 81}
    assert len(both.notes) == 2


class TestDoors:
    """Every way in is refused with the right words."""

    @pytest.mark.parametrize(
        ("call", "says"),
        [
            (lambda w: triple_barrier(w["close"], width=0), "width=0 must be above 0"),
            (lambda w: triple_barrier(w["close"].to_numpy()), "give a Series"),
            (lambda w: triple_barrier(w["close"], horizon="30min"), "no whole number of bars"),
            (lambda w: reversal(w["close"], move=5), "move=5 is no fraction"),
            (lambda w: squeeze(w, rise=8), "rise=8 is no fraction"),
            (lambda w: squeeze(w[["close"]]), "'open_interest' is missing"),
            (lambda w: examples(w, label="moon"), "there are triple barrier, reversal, squeeze"),
            (lambda w: examples(w.iloc[:1]), "it has 1 row"),
            (lambda w: examples(w.iloc[:100], only=["price_move"]), "must move, and be longer"),
            (lambda w: examples(w.assign(close=5.0), only=["price_move"]), "must move, and be longer"),
            (lambda w: examples(w, variables=w.iloc[1:]), "on the index of the frame"),
            (lambda w: examples(w, only=["price_move"], every="30min"), "no whole number of bars"),
            (lambda w: examples(w, only=["price_move"]).only(["x"]), "no such variables"),
            (lambda w: pool([]), "nothing to pool"),
            (lambda w: pool([examples(w, only=["price_move"])] * 2), "own name with market="),
            (
                lambda w: pool(
                    [
                        examples(w, only=["price_move"], market="a"),
                        examples(w, only=["price_move_long"], market="b"),
                    ]
                ),
                "differ in variables",
            ),
        ],
    )
    def test_says_what_to_type(self, call: object, says: str) -> None:
        with pytest.raises((InputError, FrameError), match=says):
            call(walk())  # type: ignore[operator]


def test_your_own_question_is_a_label_too() -> None:
    """Anything that answers with 1, 0 and NaN can be asked."""
    mine = Label(
        "up", "the close is higher a day later", "24h", ("close",), lambda f: f["close"].diff(-24) * 0 + 1
    )
    given = examples(walk(), label=mine, only=["price_move"], every="24h")

    assert isinstance(given, Examples)
    assert given.facts["weight"].eq(1.0).all()
