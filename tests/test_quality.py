"""Quality: what is known, what is missing, and whether two sources agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oikit.data.quality import DEFECTS, compare, coverage, outages, redenominations
from oikit.errors import FrameError, InputError
from tests.conftest import frame

NAN = float("nan")
NOW = pd.Timestamp("2026-03-02 09:00", tz="UTC")


def test_each_column_has_its_share_and_its_longest_gap() -> None:
    """A chart of the ratio must say that it lacks half a day, though the price lacks nothing."""
    table = frame(close=[600.0] * 6, open_interest=[1, NAN, NAN, 2, NAN, 3], long_short_ratio=[NAN] * 6)

    found = coverage(table, repairs={"metrics: row(s) stood twice": 2}, now=NOW, revised=1)

    assert found.rows == 6
    assert found.known == {"close": 1.0, "open_interest": 0.5, "long_short_ratio": 0.0}
    assert found.longest_gap["open_interest"] == pd.Timedelta("2h")
    assert found.longest_gap["close"] == pd.Timedelta(0)
    assert found.stale == pd.Timedelta("3h")
    assert str(found) == (
        "6 rows of 1h to 2026-03-02 06:00 UTC; "
        "long_short_ratio 0.0% known, longest gap 6h; open_interest 50.0% known, longest gap 2h; "
        "2 repair(s); 1 row(s) revised since stored; 3h old"
    )


def test_a_whole_frame_says_so() -> None:
    """No gap is worth one word."""
    assert str(coverage(frame(close=[1, 2]))) == "2 rows of 1h to 2026-03-02 02:00 UTC; every cell known"


def test_one_line_stays_one_line() -> None:
    """Columns that lack the same bars are told together; twenty with gaps are counted, not listed."""
    table = frame(**{name: [1.0, NAN] for name in ("open", "high", "low", "close", "mark_price")})
    short = ("open", "high", "low", "close", "mark_price")
    uneven = frame(**{name: [1.0] * (9 - i) + [NAN] * i for i, name in enumerate(short, 1)})

    assert str(coverage(table)).endswith(" UTC; close, high, 3 more 50.0% known, longest gap 1h")
    assert str(coverage(uneven)).endswith("low 66.7% known, longest gap 3h; gaps in 2 other column(s)")


def test_almost_all_is_not_all() -> None:
    """One missing cell in ten thousand must not round to nothing missing."""
    table = frame(close=np.where(np.arange(10_000) == 5, NAN, 600.0))

    assert "close 99.9% known" in str(coverage(table))
    assert "close 0.1% known" in str(coverage(frame(close=np.where(np.arange(10_000) == 5, 600.0, NAN))))


@pytest.mark.parametrize(
    ("rows", "line"),
    [(0, "no rows"), (1, "1 rows to 2026-03-02 01:00 UTC; every cell known")],
)
def test_next_to_nothing_is_covered_too(rows: int, line: str) -> None:
    """A fetch may come back empty."""
    assert str(coverage(frame(close=[600.0] * rows))) == line


def test_a_frame_of_nothing_has_no_age() -> None:
    """Rows there are, but nothing in them."""
    assert coverage(frame(close=[NAN, NAN]), now=NOW).stale is None
    assert coverage(frame(close=[1, NAN, NAN]), now=NOW).stale == pd.Timedelta("8h")


@pytest.mark.parametrize(
    ("hours", "words"),
    [(0.5, "30min"), (1.5, "90min"), (34.5, "34.5h"), (24 * 12, "12d"), (60, "2.5d"), (-1, "0min")],
)
def test_lengths_of_time_are_said_shortly(hours: float, words: str) -> None:
    """A gap of 2070 minutes is a day and a half."""
    found = coverage(
        frame(close=[1.0, 2.0]), now=pd.Timestamp("2026-03-02 02:00", tz="UTC") + pd.Timedelta(hours=hours)
    )

    assert str(found).endswith(f"; {words} old")


def test_what_is_no_frame_has_no_coverage() -> None:
    """The share of a table with holes in its index would be of another whole."""
    with pytest.raises(FrameError):
        coverage(frame(close=[1, 2, 3, 4]).iloc[[0, 1, 3]])


@given(known=st.lists(st.booleans(), min_size=2, max_size=40))
def test_shares_gaps_and_outages_belong_together(known: list[bool]) -> None:
    """The longest outage is the longest gap, and all of them together are what is not known."""
    table = frame(close=np.where(known, 600.0, NAN))
    found, spans = coverage(table), outages(table)

    lengths = [until - since for since, until in spans]
    assert sum(lengths, pd.Timedelta(0)) == pd.Timedelta("1h") * (len(known) - sum(known))
    assert max(lengths, default=pd.Timedelta(0)) == found.longest_gap["close"]
    assert found.known["close"] == pytest.approx(sum(known) / len(known))


def test_an_outage_is_where_all_of_it_is_missing() -> None:
    """Shaded from the beginning of the first missing bar to the end of the last."""
    table = frame(close=[1, NAN, NAN, 2, NAN], open_interest=[1, 2, NAN, NAN, NAN])
    hour = [pd.Timestamp(f"2026-03-02 0{h}:00", tz="UTC") for h in range(6)]

    assert outages(table) == [(hour[2], hour[3]), (hour[4], hour[5])]
    assert outages(table, ["close"]) == [(hour[1], hour[3]), (hour[4], hour[5])]
    assert outages(table, ["close"], at_least=2) == [(hour[1], hour[3])]


@pytest.mark.parametrize(
    ("columns", "rows", "words"), [(["closing"], 3, "no column 'closing'"), (None, 1, "no bar length")]
)
def test_an_outage_of_what_is_not_there_is_refused(columns: list[str] | None, rows: int, words: str) -> None:
    """With the columns that are."""
    with pytest.raises(InputError, match=words):
        outages(frame(close=[1.0] * rows), columns)


# ---------------------------------------------------------------- two sources


def test_open_interest_must_agree_to_the_last_digit() -> None:
    """Archive and REST give the same number of coins, or one of them was read at the wrong instant."""
    ours = frame(open_interest=[100.0, 200.0, NAN], long_short_ratio=[2.0, 2.0, 2.0])
    theirs = frame(open_interest=[100.0, 200.0001, 7.0], long_short_ratio=[2.0005, 2.0, NAN])

    found = compare(ours, theirs)

    assert found.rows == 2
    assert found.differing.tolist() == [pd.Timestamp("2026-03-02 02:00", tz="UTC")]
    assert found.largest["open_interest"] == pytest.approx(5e-7)
    assert found.largest["long_short_ratio"] == pytest.approx(2.5e-4)
    assert "1 of 2 row(s) in both differ" in str(found)


def test_rounding_of_a_ratio_is_no_difference_and_more_than_that_is() -> None:
    """Four decimals against eight."""
    ours = frame(top_account_ratio=[1.0, 1.0])

    assert str(compare(ours, frame(top_account_ratio=[1.0009, 1.0]))) == "2 row(s) in both, all alike"
    assert len(compare(ours, frame(top_account_ratio=[1.01, 1.0])).differing) == 1


def test_zero_and_nothing_are_compared_with_care() -> None:
    """A flow of zero has no relative difference, and columns of one side only are nobody's."""
    found = compare(
        frame(funding_rate=[0.0, 0.0], close=[1, 2]), frame(funding_rate=[0.0, 0.0001], mine=[1, 2])
    )

    assert found.largest == {"funding_rate": 0.0001}
    assert len(found.differing) == 1
    assert compare(frame(close=[1]), frame(close=[1], since="2027-01-01")).rows == 0


def test_the_catalogue_is_open_to_readers() -> None:
    """A lesson lists it."""
    assert DEFECTS["zero-cell"].cure == "missing"
    assert DEFECTS["blank-cell"].seen.startswith("2022")


@pytest.mark.parametrize("factor", [10, 100, 1000, 0.1, 0.001])
@pytest.mark.parametrize("gap", [False, True], ids=["at once", "across a gap"])
def test_coins_counted_anew_are_no_trade(factor: float, gap: bool) -> None:
    """Coins times k and the price by k, within one bar: found with its factor, whatever lies between."""
    steps = np.arange(48)
    market = frame(close=600 + steps % 5, open_interest=5e5 + 1000 * (steps % 7))
    market.loc[market.index[24:], "close"] /= factor
    market.loc[market.index[24:], "open_interest"] *= factor
    if gap:
        market.iloc[20:26] = np.nan

    found = redenominations(market)

    assert [at for at, _ in found] == [market.index[26 if gap else 24]]
    assert found[0][1] == pytest.approx(factor, rel=0.02)


@pytest.mark.parametrize(
    ("close", "coins"),
    [
        ([600.0, 60.0, 60.0], [5e5, 5e5, 5e5]),  # a crash, and nobody moved
        ([600.0, 300.0, 300.0], [5e5, 1e6, 1e6]),  # a halved price, and twice the coins
        ([600.0, 600.0, 600.0], [5e5, 5e6, 5e6]),  # ten times the positions
        ([600.0, 600.0, 600.0], [5e5, 0.0, 5e5]),
        ([600.0, np.nan, 600.0], [5e5, 5e5, np.nan]),
    ],
)
def test_what_trading_can_do_is_no_redenomination(close: list[float], coins: list[float]) -> None:
    """One of the two alone says nothing, and neither does a factor that a bad day can have."""
    assert redenominations(frame(close=close, open_interest=coins)) == []
