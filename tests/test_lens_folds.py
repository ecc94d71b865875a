"""Folds: nothing that judges may have taught, and nothing that taught may reach what judges."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from oikit.errors import InputError
from oikit.lens.folds import Fold, audit, walk_forward

NONE = np.array([], dtype=np.int64)


def hours(n: int, every: int = 8) -> pd.DatetimeIndex:
    return pd.date_range("2026-01-01", periods=n, freq=f"{every}h", tz="UTC")


@given(
    n=st.integers(60, 400),
    every=st.integers(1, 24),
    horizon=st.integers(1, 96),
    gap=st.integers(0, 48),
    folds=st.integers(1, 6),
    first=st.floats(0.3, 0.7),
    calibrate=st.floats(0.1, 0.5),
    holes=st.sets(st.integers(1, 399), max_size=40),
    markets=st.integers(1, 3),
)
@settings(max_examples=120, deadline=None)
def test_the_past_is_over_before_the_test_begins(
    n: int, every: int, horizon: int, gap: int, folds: int, first: float, calibrate: float,
    holes: set[int], markets: int,
) -> None:  # fmt: skip
    """max(train) + horizon + gap < min(test), for every fold, with holes and with pooled markets."""
    one = hours(n, every)
    times = one[[k for k in range(n) if k not in holes]].repeat(markets)
    ahead, free = pd.Timedelta(hours=horizon), pd.Timedelta(hours=gap)
    try:
        made = walk_forward(times, horizon=ahead, gap=free, folds=folds, first=first, calibrate=calibrate)
    except InputError as refused:
        assert "too short" in str(refused)
        assume(False)

    for fold in made:
        assert len(fold.train) and len(fold.calibrate) and len(fold.test)
        assert times[fold.train].max() + ahead + free < times[fold.calibrate].min()
        assert times[fold.past].max() + ahead + free < times[fold.test].min()
    assert audit(made, times, horizon=ahead, gap=free) == []
    judged = np.concatenate([fold.test for fold in made])
    assert len(np.unique(judged)) == len(judged)
    assert times[judged].max() == times[-1]


def test_a_fold_learns_from_more_past_than_the_one_before() -> None:
    """The window grows: nothing that was known is forgotten."""
    sizes = [len(fold.past) for fold in walk_forward(hours(600), horizon="72h")]

    assert sizes == sorted(sizes)
    assert len(sizes) == 5


def test_a_test_without_rows_is_left_out() -> None:
    """A hole of months in the data is no reason to refuse the rest."""
    times = hours(900)
    times = times[(times < times[500]) | (times > times[700])]

    assert len(walk_forward(times, horizon="72h", folds=5)) == 4


@pytest.mark.parametrize(
    ("fold", "says"),
    [
        (Fold(np.arange(10), NONE, np.arange(9, 20)), "1 row(s) of train stand in test too"),
        (Fold(np.arange(10), NONE, np.arange(12, 20)), "10 row(s) of train share hours, or the gap"),
        (Fold(np.arange(50, 60), NONE, np.arange(20)), "10 row(s) of train come after test has begun"),
        (Fold(np.arange(5), np.arange(30, 40), np.arange(45, 60)), "of calibrate share hours"),
        (Fold(np.arange(5), np.arange(6, 12), np.arange(45, 60)), "row of calibrate"),
    ],
)
def test_the_audit_names_the_fault(fold: Fold, says: str) -> None:
    """Folds may come from anywhere; each of the usual faults has its own line."""
    assert any(says in fault for fault in audit([fold], hours(60), horizon="72h", gap="24h"))


def test_the_audit_is_the_door_of_walk_forward() -> None:
    """A planted bug, one bar too little of gap, is seen."""
    times = hours(600)
    folds = walk_forward(times, horizon="72h", gap="16h")

    assert audit(folds, times, horizon="72h", gap="16h") == []
    assert len(audit(folds, times, horizon="72h", gap="24h")) == 10


@pytest.mark.parametrize(
    ("times", "more", "says"),
    [
        (hours(600), {"horizon": "soon"}, "no length of time"),
        (hours(600), {"gap": "-1h"}, "no length of time"),
        (hours(600), {"folds": 0}, "folds=0 must be a whole number"),
        (hours(600), {"first": 1.0}, "first=1.0 must be a fraction"),
        (hours(600), {"calibrate": 0}, "calibrate=0 must be a fraction"),
        (hours(600)[::-1], {}, "in order"),
        (hours(0), {}, "at least one row"),
        (hours(1), {}, "of one moment"),
        (hours(20), {}, "too short to train"),
        (hours(40), {"first": 0.4, "horizon": "96h"}, "too short to train"),
    ],
)
def test_what_cannot_be_cut_is_refused(times: pd.DatetimeIndex, more: dict[str, object], says: str) -> None:
    """The message says how long the past is, and what to change."""
    with pytest.raises(InputError, match=says):
        walk_forward(times, **({"horizon": "72h"} | more))  # type: ignore[arg-type]
