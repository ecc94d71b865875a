"""Labels: the price decides whether a stamp says when a figure was seen, or five minutes before."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oikit.data.labels import SWITCH, Label, Measured, choose, judge, measure, spans
from oikit.errors import InputError
from tests.bulk_files import COINS, DAY, FIVE, PRICE, TIMES, utc

SEEN = TIMES[1:289]
TOLD = Measured("end", 1e-5, 8e-4, 287)
UNTOLD = Measured(None, np.nan, np.nan, 0, "only 0 instant(s) have a price to compare with")


def stamped(label: str, seen: pd.DatetimeIndex = SEEN) -> tuple[pd.Series, pd.Series]:
    """Open interest and its value as a file of that label has them."""
    at = seen if label == "end" else seen - FIVE
    return COINS[seen].set_axis(at), (COINS * PRICE)[seen].set_axis(at)


@pytest.mark.parametrize("label", ["end", "start"])
@pytest.mark.parametrize("clock", ["5min", "15min", "1h"])
def test_the_label_is_told_by_the_price_on_any_clock(label: str, clock: str) -> None:
    """An hourly price is what a reader may have; it makes 23 or 24 pairs a day and is enough."""
    price = PRICE[PRICE.index == PRICE.index.floor(clock)]

    found = measure(*stamped(label), price)

    assert found.held == label
    assert {"end": found.error_end, "start": found.error_start}[label] == pytest.approx(0, abs=1e-9)
    assert {"end": found.error_start, "start": found.error_end}[label] > 2e-4
    assert found.n >= (23 if clock == "1h" else 90)
    assert str(found).startswith(f"{label}: ")


@given(seed=st.integers(0, 10_000), noise=st.floats(0, 1e-4), label=st.sampled_from(["end", "start"]))
@settings(max_examples=60, deadline=None)
def test_a_last_price_a_little_off_the_mark_still_tells(seed: int, noise: float, label: str) -> None:
    """The last trade is not the mark price: one basis point off, at eight that the price moves."""
    rough = PRICE * np.exp(noise * np.random.default_rng(seed).standard_normal(len(PRICE)))

    assert measure(*stamped(label), rough).held == label


@given(seed=st.integers(0, 10_000))
@settings(max_examples=100, deadline=None)
def test_a_price_that_tells_nothing_is_not_believed(seed: int) -> None:
    """Where only noise differs, a choice would be a coin toss, and a wrong one is a look-ahead."""
    rng = np.random.default_rng(seed)

    found = judge(1e-5 * np.abs(rng.standard_normal(287)), 1e-5 * np.abs(rng.standard_normal(287)))

    assert found.held is None
    assert "too little" in found.says


def test_a_flat_price_cannot_tell() -> None:
    """Both instants fit it perfectly."""
    flat = PRICE * 0 + 600

    found = measure(COINS[SEEN], COINS[SEEN] * 600, flat)

    assert (found.held, found.error_end, found.error_start, found.n) == (None, 0.0, 0.0, 287)
    assert "the price moved too little to tell" in str(found)


def test_the_price_of_another_market_is_not_used_to_tell() -> None:
    """Wrong by a tenth under either label means that it is not the price of these contracts."""
    found = measure(*stamped("end"), PRICE * 1.1)

    assert found.held is None
    assert "off at either instant" in found.says


def test_a_few_rows_are_too_few() -> None:
    """Eleven pairs could agree by chance."""
    assert (
        measure(*stamped("end", SEEN[:12]), PRICE).says == "only 11 instant(s) have a price to compare with"
    )


def test_zero_and_blank_open_interest_are_not_compared() -> None:
    """They imply no price."""
    coins, value = stamped("end")
    coins.iloc[:100], value.iloc[100:120] = 0.0, np.nan

    assert measure(coins, value, PRICE).n == 167


def test_a_table_and_its_stamps_belong_together() -> None:
    """Value over open interest of other rows would be the price of nothing."""
    with pytest.raises(InputError, match="same rows"):
        measure(COINS[SEEN], COINS[SEEN][1:], PRICE)


# ---------------------------------------------------------------- what cannot be measured


def days(count: int, first: str = "2026-03-01") -> list[pd.Timestamp]:
    return [utc(first) + i * DAY for i in range(count)]


def test_the_price_rules_whatever_the_stamps_and_the_date_suggest() -> None:
    """Files of 2024 are reported under both labels."""
    [label] = choose([Measured("start", 8e-4, 1e-5, 287)], ["end"], days(1))

    assert (label.held, label.how, label.remark) == ("start", "price", "")


def test_what_cannot_be_measured_follows_its_measured_neighbours() -> None:
    """One quiet day among files read alike is read alike too, if its stamps look alike."""
    told = [Measured("start", 8e-4, 1e-5, 287), UNTOLD, Measured("start", 8e-4, 1e-5, 287)]

    label = choose(told, ["end", "end", "end"], days(3))[1]

    assert (label.held, label.how) == ("start", "neighbours")
    assert label.remark == f"label 'start' as in the measured files around it: {UNTOLD.says}"


@pytest.mark.parametrize(
    ("measured", "stamps"),
    [
        ([TOLD, UNTOLD, Measured("start", 8e-4, 1e-5, 287)], ["start", "start", "start"]),  # they disagree
        ([TOLD, UNTOLD, TOLD], ["end", "start", "end"]),  # their stamps look different
        ([UNTOLD, UNTOLD, UNTOLD], ["end", "start", "end"]),  # nobody knows
    ],
)
def test_where_neighbours_cannot_say_the_stamps_do(
    measured: list[Measured], stamps: list[str | None]
) -> None:
    """00:00 to 23:55 is what a start label looks like."""
    label = choose(measured, stamps, days(3))[1]  # type: ignore[arg-type]

    assert (label.held, label.how) == ("start", "stamps")
    assert "by its first and last stamp" in label.remark


def test_a_measured_file_months_away_is_no_neighbour() -> None:
    """The label has changed before."""
    [_, label] = choose([TOLD, UNTOLD], [None, None], [utc("2026-07-01"), utc("2026-09-01")])

    assert (label.held, label.how) == ("start", "date")


@pytest.mark.parametrize(("day", "held"), [("2026-06-24", "end"), ("2026-06-25", "start")])
def test_the_date_is_the_last_resort_and_says_so(day: str, held: str) -> None:
    """What is reported of a change nobody announced."""
    [label] = choose([UNTOLD], [None], [utc(day)])

    assert (label.held, label.how) == (held, "date")
    assert "reported of files before and from 2026-06-25" in label.remark


# ---------------------------------------------------------------- what provenance keeps


def test_a_label_is_recorded_in_words_and_numbers() -> None:
    """JSON has no NaN, so what was not measured is nothing."""
    assert Label("end", "price", TOLD).record() == {
        "label": "end",
        "how": "price",
        "error_end": 1e-5,
        "error_start": 8e-4,
        "n": 287,
        "remark": "",
    }
    assert Label("end", "date", UNTOLD).record()["error_end"] is None


def test_a_run_of_labels_is_summed_up_by_spans() -> None:
    """Five years are two lines, not 1,760."""
    labels = [Label("end", "price", TOLD), Label("end", "stamps", UNTOLD), Label("start", "price", TOLD)]

    assert spans(list(zip(days(3, "2026-06-23"), labels, strict=True))) == [
        {
            "label": "end",
            "since": "2026-06-23",
            "files": 2,
            "told_by": {"price": 1, "stamps": 1},
            "until": "2026-06-24",
        },
        {"label": "start", "since": "2026-06-25", "files": 1, "told_by": {"price": 1}, "until": "2026-06-25"},
    ]
    assert utc("2026-06-25") == SWITCH
