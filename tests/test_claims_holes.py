"""A hole is a hole: a missing hour costs its own bars, not the month after it, and it is named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oikit
from oikit.claims import CLAIMS, Claim, events, readings, weigh
from oikit.claims.claim import ask
from oikit.claims.events import terciles
from oikit.rolling import robust_zscore
from tests.conftest import frame, series

FORECASTS = [each for each in readings(CLAIMS.values()) if each.kind == "forecast"]
TWO_YEARS = 2 * 8_760


@pytest.fixture(scope="module")
def whole() -> pd.DataFrame:
    return oikit.sample("bnb-planted").iloc[:TWO_YEARS]


@pytest.fixture(scope="module")
def holed(whole: pd.DataFrame) -> pd.DataFrame:
    """One hour in 700 is missing, in every column."""
    return whole.where(pd.Series(np.arange(TWO_YEARS) % 700 != 350, whole.index), axis=0)


@pytest.mark.parametrize("claim", FORECASTS, ids=lambda claim: claim.id)
def test_one_missing_hour_a_month_leaves_the_claim_askable(
    claim: Claim, whole: pd.DataFrame, holed: pd.DataFrame
) -> None:
    """Of the bars on which it can be asked at all, at least 95% stay."""
    before, after = (ask(claim, data).notna() for data in (whole, holed))

    assert (before & after).sum() >= 0.95 * before.sum() > 0
    assert not (after & ~before).any()


def test_open_interest_that_misses_an_hour_a_month_is_asked_for_two_years(holed: pd.DataFrame) -> None:
    """95% of all bars, the first month included."""
    for name in ("C09", "C12"):
        assert ask(CLAIMS[name], holed).notna().mean() >= 0.95
    jump = next(each for each in CLAIMS["C09"].beside if each.id == "C09-jump")
    assert weigh(jump, holed).n >= 60


def test_a_hole_changes_a_score_no_more_than_it_must(whole: pd.DataFrame, holed: pd.DataFrame) -> None:
    """The yardstick of 720 bars misses one or two: the score stays nearly what it was."""
    one, two = (events.jump_score(data["open_interest"]) for data in (whole, holed))
    both = one.notna() & two.notna()

    assert float((one - two)[both].abs().quantile(0.99)) < 0.1
    assert float(one[both].corr(two[both])) > 0.999


@given(
    values=st.lists(st.floats(-5, 5), min_size=8, max_size=60),
    holes=st.sets(st.integers(0, 59), max_size=12),
    count=st.integers(3, 12),
)
@settings(deadline=None)
def test_a_look_back_answers_from_known_bars_that_lie_close_together(
    values: list[float], holes: set[int], count: int
) -> None:
    """Without holes what the measure says; with holes, of the last known ones, or nothing."""
    column = series(values)
    means = events.trailing(column, count, "mean")
    pd.testing.assert_series_equal(means, column.rolling(count).mean())
    pd.testing.assert_series_equal(
        events.over_holes(column, count, robust_zscore, before=1), robust_zscore(column, count)
    )

    some = column.where(~np.isin(np.arange(len(values)), list(holes)))
    rows = np.flatnonzero(some.notna())
    for row, said in enumerate(events.trailing(some, count, "mean")):
        mine = rows[rows <= row][-count:]
        near = len(mine) == count and mine[-1] == row and (row - mine[0] + 1) * events.KNOWN <= count
        assert np.isnan(said) != near
        if near:
            assert said == pytest.approx(some.iloc[mine].mean(), abs=1e-9)


def test_a_long_hole_is_not_bridged() -> None:
    """A score, a place and a third are silent until their past is known again."""
    rng = np.random.default_rng(0)
    column = series(np.exp(np.cumsum(0.01 * rng.standard_normal(3_000))).tolist())
    broken = column.where((np.arange(3_000) < 1_500) | (np.arange(3_000) >= 1_600))

    after = np.arange(3_000) >= 1_600
    assert events.unusual(broken)[after].isna().sum() >= 600
    assert terciles(broken)[after].isna().sum() == 24
    assert events.past_place(broken, "30d", "30d")[after].isna().sum() >= 500


# ---------------------------------------------------------------- the reason


def mine(**more: object) -> Claim:
    return Claim(
        "mine",
        "It falls.",
        "It falls.",
        needs=("open_interest",),
        speaks=lambda f: events.known(
            events.jump_score(f["open_interest"]) > 2, events.jump_score(f["open_interest"])
        ),
        horizon="6h",
        expect="lower",
    )


def market(n: int = 2_000) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    walk = np.exp(np.cumsum(0.01 * rng.standard_normal((2, n)), axis=1))
    return frame(close=100 * walk[0], open_interest=1_000 * walk[1])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda f: f.assign(open_interest=f["open_interest"].where(np.arange(len(f)) % 10 != 7)),
            "open_interest is unknown at 200 of 2,000 bars, first at 2 Mar 2026 08:00 UTC, and each "
            "look-back needs 95% of its bars",
        ),
        (lambda f: f.assign(open_interest=np.nan), "open_interest is unknown at every bar"),
        (lambda f: f.iloc[:500], "a look-back is longer than these 500 bars"),
    ],
)
def test_a_claim_that_could_not_be_asked_says_why(change: object, words: str) -> None:
    """A hole is named with its column and its first bar; a column that is empty, and a short past, too."""
    assert words in weigh(mine(), change(market()), look=False).because  # type: ignore[operator]


def test_a_hole_that_takes_bars_away_is_named() -> None:
    """A claim that spoke too seldom, because half of its bars could not be asked, says so."""
    data = market()
    data = data.assign(open_interest=data["open_interest"].where(np.arange(2_000) < 900))
    few = weigh(mine(), data, look=False)

    assert few.n < 10
    assert "more bars, because open_interest is unknown at 1,100 of 2,000 bars, first at 8 Apr" in few.because
