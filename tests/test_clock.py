"""Moments and lengths of time, as people type them."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest

from oikit.clock import bar_length, bars, length, utc, week, words
from oikit.errors import InputError

hourly = pd.date_range("2026-03-02", periods=4, freq="h", tz="UTC")


@pytest.mark.parametrize(
    ("typed", "span"),
    [("5min", "5min"), ("5m", "5min"), ("4h", "4h"), ("1d", "24h"), ("1 D", "24h"), ("2w", "336h")],
)
def test_a_length_is_read_as_people_type_it(typed: str, span: str) -> None:
    """``5m`` is five minutes here, never five months."""
    assert length(typed) == pd.Timedelta(span)
    assert length(pd.Timedelta(span)) == pd.Timedelta(span)


@pytest.mark.parametrize("typed", ["", "h", "1.5h", "1 month", "-1h", "1h30", None, 3, "9999999d", pd.NaT])
def test_what_is_no_length_is_refused(typed: object) -> None:
    """An unread length must not become a guess."""
    with pytest.raises(InputError, match="type it like 5min, 4h or 1d"):
        length(typed)  # type: ignore[arg-type]


@pytest.mark.parametrize("span", [pd.Timedelta(0), pd.Timedelta("-1h")])
def test_a_length_is_above_zero(span: pd.Timedelta) -> None:
    with pytest.raises(InputError, match="not above zero"):
        length(span)


def test_a_text_without_a_zone_is_utc_and_a_clock_without_one_is_refused() -> None:
    """What a person types is in UTC, as promised; a datetime could be on any clock."""
    assert utc("2026-03-02") == hourly[0]
    assert utc("2026-03-02T09:00+09:00") == hourly[0]
    assert utc(hourly[0]) == hourly[0]
    with pytest.raises(InputError, match="has no time zone"):
        utc(datetime.datetime(2026, 3, 2))  # noqa: DTZ001
    with pytest.raises(InputError, match="has no time zone"):
        utc(pd.Timestamp("2026-03-02"), "since")


@pytest.mark.parametrize(
    ("typed", "time"),
    [
        ("2026-03-02T08:00", "08:00:00"),
        (" 2026-03-02 08:00 ", "08:00:00"),
        ("2026-03-02 08:00:30", "08:00:30"),
        ("2026-03-02 08:00:30.125", "08:00:30.125000"),
        ("2026-03-02T08:00Z", "08:00:00"),
        ("2026-03-02 08:00 UTC", "08:00:00"),
        ("2026-03-02T17:00:00+0900", "08:00:00"),
        (np.str_("2026-03-02"), "00:00:00"),
        (datetime.datetime(2026, 3, 2, 8, tzinfo=datetime.UTC), "08:00:00"),
    ],
)
def test_a_time_is_read_in_the_forms_of_iso_that_people_type(typed: str, time: str) -> None:
    assert str(utc(typed)) == f"2026-03-02 {time}+00:00"


@pytest.mark.parametrize(
    "naive", [datetime.date(2026, 3, 2), np.datetime64("2026-03-02"), pd.Timestamp("2026-03-02")]
)
def test_the_line_that_gives_a_clock_its_zone_can_be_typed_as_it_stands(naive: object) -> None:
    with pytest.raises(InputError, match="has no time zone") as refused:
        utc(naive)  # type: ignore[arg-type]

    assert utc(eval(str(refused.value).split("use ")[1])) == hourly[0]


@pytest.mark.parametrize(
    "typed",
    [
        *("yesterday-ish", "now", "today", "", "2026-13-01", "2026-02-30", None, "NaT", [1]),
        *(
            "2.3.2026",
            "02.03.2026",
            "03/04/2026",
            "13/04/2026",
            "2/30",
            "8:00",
            "10:30",
            "2026-3-2",
            "20260302",
        ),
        *("2026", "2026-03", "2026-03-02T8:00", "2026-03-02T25:00", "\u0662026-03-02", b"2026-03-02"),
        *(1_772_409_600_000, np.int64(3), 1.5, True, pd.Period("2026-03-02")),
        *("1969-12-31", "0026-03-02", "9026-03-02", pd.Timestamp("1969-12-31", tz="UTC")),
    ],
)
def test_what_is_no_time_is_refused(typed: object) -> None:
    """Nor is what could be two days, hangs on this computer's clock, or would be a moment of 1970."""
    with pytest.raises(InputError, match="type it like 2026-03-02"):
        utc(typed, "since")  # type: ignore[arg-type]


def test_a_window_is_counted_in_bars() -> None:
    """A length of time and a number of bars are the same thing said twice."""
    assert bars("3h", hourly) == bars(3, hourly) == bars(np.int64(3), hourly) == 3
    assert bars(3, pd.RangeIndex(9)) == 3


@pytest.mark.parametrize(
    ("window", "index", "says"),
    [
        ("90min", hourly, "no whole number of bars of 1h"),
        ("30min", hourly, "no whole number"),
        (0, hourly, "at least 1"),
        (-2, hourly, "at least 1"),
        (True, hourly, "neither a number of bars"),
        (2.0, hourly, "neither a number of bars"),
        ("3h", pd.RangeIndex(9), "needs an index of times"),
        ("3h", hourly[:1], "one row has no bar length"),
        ("3h", hourly.delete(1), "no regular grid"),
        (2, hourly.delete(1), "no regular grid"),
        (2, hourly[::-1], "no regular grid"),
    ],
)
def test_a_window_that_cannot_be_counted_is_refused(window: object, index: pd.Index, says: str) -> None:
    """A lost bar counted over would pass for a real change of a few bars."""
    with pytest.raises(InputError, match=says):
        bars(window, index)  # type: ignore[arg-type]


def test_a_bar_length_is_written_as_it_is_typed() -> None:
    assert words(bar_length(hourly)) == "1h"
    assert [words(pd.Timedelta(s)) for s in ("1D", "240min", "5min", "90s")] == [
        "1d",
        "4h",
        "5min",
        "0 days 00:01:30",
    ]


def test_a_week_is_an_iso_week() -> None:
    """Week 1 of 2026 begins in 2025."""
    since, until = week("2026-W01")

    assert (str(since.date()), str(until.date())) == ("2025-12-29", "2026-01-05")
    assert week("2026w01") == (since, until)


@pytest.mark.parametrize("typed", ["2026-W60", "2026", "W10", "2026-10", None, "2026-W00"])
def test_what_is_no_week_is_refused(typed: object) -> None:
    with pytest.raises(InputError, match="type it like 2026-W10"):
        week(typed)  # type: ignore[arg-type]
