"""Settlements of funding on bars: none is invented, none counts twice, and a lacking one is not zero."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from oikit.data.venues import binance
from oikit.data.venues.binance_rows import lay_funding, read_funding
from oikit.data.venues.query import Reading
from oikit.errors import BadReply
from tests.bulk_files import utc
from tests.test_binance import ms, paid

HOUR, DAY = pd.Timedelta(hours=1), pd.Timedelta(days=1)
FIRST = utc("2026-06-24")
SINCE = FIRST + DAY
LONG = {8: 10, 4: 18, 2: 30, 1: 50}
"""Settlements in all, by the hours between two."""


def settled(every: int, *, gone: tuple[int, ...] = (), told: bool = False) -> pd.DataFrame:
    """Settlements every so many hours, some of them lacking; `told` as the archive gives them."""
    at = pd.DatetimeIndex([FIRST + every * HOUR * k for k in range(LONG[every])])
    paid = pd.DataFrame({"funding_rate": 1e-4}, at)
    return (paid.assign(funding_interval=float(every)) if told else paid).drop(at[list(gone)])


def laid(paid: pd.DataFrame, every: int, step: str = "1h") -> Reading:
    return lay_funding(paid, pd.Timedelta(step), SINCE, FIRST + every * HOUR * (LONG[every] - 1))


@pytest.mark.parametrize("told", [False, True], ids=["exchange", "archive"])
@pytest.mark.parametrize("every", LONG)
def test_one_to_three_lacking_settlements_are_never_zero(every: int, told: bool) -> None:
    """Every pattern: the bars of those that lack are NaN, all others are what they were, and it is said."""
    first = 24 // every + 1
    truth = laid(settled(every, told=told), every).frame
    for many in (1, 2, 3):
        for gone in itertools.combinations(range(first, min(LONG[every] - 1, first + 8)), many):
            found = laid(settled(every, gone=gone, told=told), every)
            lost = pd.DatetimeIndex([FIRST + every * HOUR * k for k in gone])
            rate = found.frame["funding_rate"]
            assert rate[lost].isna().all(), gone
            assert rate.dropna().equals(truth["funding_rate"][rate.notna()]), gone
            hours = found.frame["funding_interval"].dropna()
            assert hours.equals(truth["funding_interval"][hours.index]), gone
            assert found.repairs.total() == rate.isna().sum() >= many
            if told:
                assert rate.isna().sum() == many  # what is stated needs no caution


@pytest.mark.parametrize(("short", "long"), [(1, 4), (1, 8), (2, 8), (4, 8), (1, 2)])
def test_a_longer_interval_that_stays_is_believed(short: int, long: int) -> None:
    """The exchange does change it; then nothing is lacking, before or after, and back again too."""
    at = [*range(0, 48, short), *range(48, 48 + 8 * long, long), *range(48 + 8 * long, 160, short)]
    paid = pd.DataFrame({"funding_rate": 1e-4}, pd.DatetimeIndex([FIRST + h * HOUR for h in at]))

    found = lay_funding(paid, HOUR, SINCE, FIRST + at[-1] * HOUR)

    assert found.repairs == {}
    assert found.frame["funding_rate"].sum() == pytest.approx(1e-4 * sum(h > 24 for h in at))
    assert found.frame["funding_interval"].sum() == len(found.frame)


def test_the_interval_that_the_archive_states_is_used() -> None:
    """The first of a change to four hours stands an hour after the last, and pays for what is stated."""
    times = [FIRST + h * HOUR for h in (0, 8, 16, 24, 32, 33, 37)]
    paid = pd.DataFrame(
        {"funding_rate": 1e-4, "funding_interval": [8.0, 8.0, 8.0, 8.0, 8.0, 4.0, np.nan]}, times
    )

    frame = lay_funding(paid, HOUR, SINCE, FIRST + 37 * HOUR).frame

    assert frame["funding_interval"][frame["funding_interval"] > 0].tolist() == [8.0, 4.0, 4.0]


@pytest.mark.parametrize("hours", [0.0, -8.0, 1e12])
def test_an_interval_that_cannot_be_is_measured_instead(hours: float) -> None:
    """A nought among the hours is no reason to ask without end."""
    found = laid(settled(8, told=True).assign(funding_interval=hours), 8)

    assert found.frame.equals(laid(settled(8), 8).frame)


@pytest.mark.parametrize("late", [0, 7, 45])
@pytest.mark.parametrize("both", [True, False], ids=["in one answer", "on the next page"])
def test_a_settlement_told_twice_counts_once(late: int, both: bool) -> None:
    """Some milliseconds apart and with the same rate, it is one settlement, and a repair."""
    rows = [paid(ms(FIRST) + h * 3_600_000) for h in range(0, 49, 8)]
    again = [paid(ms(FIRST) + 32 * 3_600_000 + late + 1)]
    query = binance.SERIES["funding"].ask("BNBUSDT", HOUR, SINCE, FIRST + 2 * DAY)[0]
    pages = [sorted([*rows, *again], key=lambda row: row["fundingTime"])] if both else [rows, again]
    read = pd.concat([read_funding(query, page).frame for page in pages])

    found = lay_funding(read, HOUR, SINCE, FIRST + 2 * DAY)

    assert found.frame["funding_rate"].sum() == pytest.approx(3e-4)
    assert found.frame["funding_interval"].sum() == 24
    assert found.repairs == {"fundingRate: row(s) stood twice, one of each is kept": 1}


def test_two_rates_for_one_settlement_are_refused() -> None:
    """One of them was paid; nobody can say which."""
    once = settled(8)
    other = once.iloc[[4]] * 2

    with pytest.raises(BadReply, match="two settlements"):
        laid(pd.concat([once, other]), 8)
