"""The frame contract: what is refused, and what longer bars do."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oikit import frame as module
from oikit.errors import FrameError, InputError
from oikit.frame import FIELDS, grid, resample, validate, without_freq
from tests.conftest import frame, series


def test_the_table_in_the_docstring_is_the_table_in_the_code() -> None:
    """One table, drawn once: a field that is renamed in one place is renamed in both."""
    rows = [line.split() for line in module.__doc__.splitlines()]
    kinds = {field.over_time for field in FIELDS.values()}
    drawn = {row[0]: row[1] for row in rows if row and row[0] in FIELDS and row[1] in kinds}

    assert drawn == {name: field.over_time for name, field in FIELDS.items()}
    assert all(field.says in " ".join(module.__doc__.split()) for field in FIELDS.values())


def test_a_valid_frame_comes_back_untouched() -> None:
    """`validate` stands in a chain, so it returns the very same object."""
    table = frame(close=[1, 2, 3], open_interest=[5, np.nan, 6])

    assert validate(table, needs=["close"]) is table


def test_columns_of_your_own_are_welcome() -> None:
    """A label beside the fields is no mistake; a misspelt field is."""
    table = frame(close=[1, 2])

    assert validate(table.assign(who="new longs")) is not None
    with pytest.raises(FrameError, match="did you mean 'open_interest'"):
        validate(table.assign(openinterest=1.0))


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("oi", "open_interest"),
        ("openInterest", "open_interest"),
        ("sumOpenInterest", "open_interest"),
        ("oi_usd", "open_interest_value"),
        ("price", "close"),
        ("Close", "close"),
        ("funding", "funding_rate"),
        ("longShortRatio", "long_short_ratio"),
    ],
)
def test_what_others_call_a_field_is_a_near_miss_of_it(name: str, field: str) -> None:
    """So that a table of one's own is not silently without it; beside the field itself it is one's own."""
    table = frame(volume=[1, 2]).assign(**{name: 1.0})

    with pytest.raises(FrameError, match=f"column '{name}' is no field; did you mean '{field}'"):
        validate(table)
    if name in ("oi", "price", "funding"):
        assert validate(table.assign(**{field: 0.001})) is not None


def test_funding_in_per_cent_is_suspected_aloud() -> None:
    """Ten basis points are usual, ten per cent are not; the table is returned all the same."""
    assert validate(frame(funding_rate=[0.0, 0.003, 0.0, 0.001] * 6)) is not None
    with pytest.warns(UserWarning, match=r"funding_rate reaches 0\.1, 10\.0% of the position"):
        validate(frame(funding_rate=[0.0, 0.01, 0.0, 0.1] * 6))


def test_money_in_a_column_of_coins_is_suspected_aloud() -> None:
    """Half a million coins of 600 are usual; 300 million of them are money."""
    assert validate(frame(close=[600] * 24, open_interest=[5e5] * 24)) is not None
    with pytest.warns(UserWarning, match="more than all exchanges hold; if it is in money"):
        validate(frame(close=[600] * 24, open_interest=[5e8] * 24))


hours = pd.date_range("2026-03-02", periods=4, freq="h", tz="UTC", name="time")
good = pd.DataFrame({"close": [1.0, 2, 3, 4]}, hours)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (good["close"], "a frame is a pandas.DataFrame"),
        (good.reset_index(drop=True), "the index holds no times"),
        (good.rename_axis("timestamp"), "rename_axis('time')"),
        (good.tz_localize(None), "tz_localize('UTC')"),
        (good.tz_convert("Asia/Tokyo"), "tz_convert('UTC')"),
        (good.iloc[::-1], "sort_index()"),
        (good.iloc[[0, 1, 1, 2]], "stands twice"),
        (good.drop(hours[1]), "1 row(s) are missing"),
        (good.set_axis(hours[:3].append(hours[3:] + pd.Timedelta("7min"))), "no regular grid"),
        (good.set_axis(hours[:3].append(pd.DatetimeIndex([pd.NaT], tz="UTC"))), "a missing time"),
        (good.astype("float32"), "not float64"),
        (good.astype(str), "not float64"),
        (good.astype(int), "not float64"),
        (good - 1, "must be finite and above 0"),
        (good.replace(2.0, np.inf), "must be finite and above 0"),
        (good.assign(volume=-1.0), "must be finite and 0 or more"),
        (good.assign(funding_rate=-np.inf), "must be finite and a number"),
        (pd.concat([good, good], axis=1), "stands twice"),
        (good.drop(columns="close"), "column 'close' is missing"),
    ],
)
def test_a_broken_frame_is_refused_with_the_line_that_mends_it(table: pd.DataFrame, says: str) -> None:
    """Bad input is refused at the door, in words that say what to type."""
    with pytest.raises(FrameError) as error:
        validate(
            table.rename_axis("time") if "rename" not in says and says != "sort" else table, needs=["close"]
        )

    assert says in str(error.value)


ends = good.index
foreign = {
    "text": good.set_axis(ends.strftime("%Y-%m-%dT%H:%M:%SZ")),
    "text of read_csv": good.reset_index().astype({"time": str}),
    "text without a zone": good.set_axis(ends.strftime("%Y-%m-%d %H:%M")),
    "python's own": good.set_axis(pd.Index([each.to_pydatetime() for each in ends], dtype=object)),
    "periods": good.set_axis((ends - pd.Timedelta("1h")).tz_localize(None).to_period("h")),
    "naive": good.tz_localize(None),
    "another zone": good.tz_convert("Asia/Tokyo"),
    "one missing": pd.concat([good, good.iloc[:1].set_axis(pd.DatetimeIndex([pd.NaT], tz="UTC"))]),
    "one twice": good.iloc[[0, 1, 2, 2, 3]],
} | {
    f"{place} in {unit}": good.set_axis(ends.as_unit(unit).asi8)
    if place == "index"
    else good.assign(time=ends.as_unit(unit).asi8.astype(kind)).reset_index(drop=True)
    for unit in ("s", "ms", "us", "ns")
    for place, kind in (("index", "int64"), ("column", "int64"), ("floating column", "float64"))
}


@pytest.mark.parametrize("name", foreign)
def test_a_table_with_other_times_is_refused_with_a_line_that_makes_it_a_frame(name: str) -> None:
    """By `grid` and `validate` alike; the line is typed as it stands, and no bar is lost or moved to 1970."""
    frame = foreign[name]
    with pytest.raises(FrameError) as refused:
        grid(frame, "1h")
    assert refused.value.problems[0] in [*_problems(frame)]

    mended = eval(refused.value.problems[0].rsplit("use " if "use " in str(refused.value) else ": ", 1)[1])

    back = validate(grid(mended, "1h"))[["close"]]
    pd.testing.assert_frame_equal(back, good, check_freq=False, check_index_type=False)


def _problems(frame: pd.DataFrame) -> list[str]:
    with pytest.raises(FrameError) as refused:
        validate(frame)
    return refused.value.problems


@pytest.mark.parametrize(
    "index",
    [
        pd.RangeIndex(4),
        pd.Index([20260302, 20260303, 20260304, 20260305]),
        pd.Index([0.5, 1.5, np.nan, 2.5]),
        pd.timedelta_range("0h", periods=4, freq="h"),
        pd.MultiIndex.from_product([["a", "b"], [1, 2]]),
        pd.Index(["a", 1, None, 2.0], dtype=object),
    ],
)
def test_what_says_no_moment_is_refused_without_a_line_to_1970(index: pd.Index) -> None:
    """Pandas makes a nanosecond of 1970 of any number; nobody is told to let it."""
    for door in (validate, lambda table: grid(table, "1h")):
        with pytest.raises(FrameError, match="holds no times") as refused:
            door(good.set_axis(index))
        assert "to_datetime" not in str(refused.value)


def test_text_that_could_be_two_days_is_not_read_by_the_line_that_is_told() -> None:
    """The third of April or the fourth of March: pandas would choose one."""
    frame = good.set_axis(["03/04/2026 08:00", "03/04/2026 09:00", "03/04/2026 10:00", "03/04/2026 11:00"])

    with pytest.raises(ValueError, match="ISO8601"):
        eval(_problems(frame)[0].rsplit("use ", 1)[1])


def test_all_problems_are_told_at_once() -> None:
    """Nobody wants to mend a table one error at a time."""
    broken = good.tz_localize(None).astype(int)

    with pytest.raises(FrameError) as error:
        validate(broken, needs=["close", "open_interest"])

    assert len(error.value.problems) == 3


def test_each_kind_of_column_has_its_own_way_to_grow_longer() -> None:
    """Stocks keep their last value, flows add up, prices keep their shape."""
    table = frame(
        open=[1, 2, 3, 4],
        high=[5, 9, 7, 6],
        low=[1, 0.5, 3, 2],
        close=[2, 3, 4, 5],
        volume=[1, 2, 3, 4],
        open_interest=[10, 11, 12, 13],
        funding_rate=[0, 0.0001, 0, -0.0002],
    )
    longer = resample(table, "2h")

    assert longer.index.tolist() == [table.index[1], table.index[3]]
    assert longer["open"].tolist() == [1, 3]
    assert longer["high"].tolist() == [9, 7]
    assert longer["low"].tolist() == [0.5, 2]
    assert longer["close"].tolist() == [3, 5]
    assert longer["volume"].tolist() == [3, 7]
    assert longer["open_interest"].tolist() == [11, 13]
    assert longer["funding_rate"].tolist() == [0.0001, -0.0002]


def test_a_ratio_of_volumes_is_taken_again_and_never_averaged() -> None:
    """The mean of 3 and 1/3 is 1.67; the bought and sold coins say 2."""
    table = frame(taker_buy_volume=[300, 10], taker_sell_volume=[100, 30], taker_buy_sell_ratio=[3, 1 / 3])

    assert resample(table, "2h")["taker_buy_sell_ratio"].tolist() == [310 / 130]
    with pytest.raises(FrameError, match="average of ratios would be wrong"):
        resample(table[["taker_buy_sell_ratio"]], "2h")


def test_what_is_unknown_stays_unknown() -> None:
    """A sum with an unknown part is unknown; a stock is what it was at the end, known or not."""
    table = frame(volume=[1, np.nan, 3, 4], open_interest=[10, np.nan, 12, 13])
    longer = resample(table, "2h")

    np.testing.assert_array_equal(longer["volume"], [np.nan, 7])
    np.testing.assert_array_equal(longer["open_interest"], [np.nan, 13])


def test_a_bar_seen_in_part_is_unknown_in_its_flows_and_an_unfinished_one_is_not_there() -> None:
    """Hours 03 to 08 make one whole bar of four, one without its beginning, and one without its end."""
    table = frame(since="2026-03-02 03:00", volume=[1, 1, 1, 1, 1, 1, 1], open_interest=range(3, 10))
    longer = resample(table, "4h")

    assert longer.index.strftime("%H:%M").tolist() == ["04:00", "08:00"]
    np.testing.assert_array_equal(longer["volume"], [np.nan, 4])
    np.testing.assert_array_equal(longer["open_interest"], [4, 8])


def test_days_are_utc_days_and_weeks_begin_on_monday() -> None:
    """The bar that ends on Monday 00:00 is the last of its week."""
    table = frame("1D", "2026-03-03", volume=[1] * 14)

    assert resample(table, "7d").index.strftime("%a %d").tolist() == ["Mon 09", "Mon 16"]
    assert resample(table, "7d")["volume"].tolist() == [7, 7]
    assert resample(table, "1d") is table


@given(
    values=st.lists(st.one_of(st.none(), st.integers(1, 9)), min_size=2, max_size=60),
    start=st.integers(0, 200),
    size=st.sampled_from([2, 3, 4, 6, 12, 24]),
)
def test_the_reshape_agrees_with_a_plain_group_by(values: list[int | None], start: int, size: int) -> None:
    """The fast way says what the slow way says, wherever the frame begins and whatever is missing."""
    first = str(pd.Timestamp("2026-03-02") + pd.Timedelta(hours=start))
    data = [np.nan if v is None else v for v in values]
    table = frame("1h", first, volume=data, open_interest=data)
    ours = resample(table, f"{size}h")

    ends = table.index.ceil(f"{size}h")
    groups = table.groupby(ends)
    expected = groups["open_interest"].nth(-1)
    sums = groups["volume"].apply(lambda v: v.sum(skipna=False) if len(v) == size else np.nan)
    finished = sums.index[sums.index <= table.index[-1]]
    np.testing.assert_array_equal(ours["volume"], sums.loc[finished])
    np.testing.assert_array_equal(ours["open_interest"], table["open_interest"].reindex(finished))
    assert len(expected) >= len(ours)


@pytest.mark.parametrize(
    ("every", "says"),
    [
        ("90min", "a whole number of bars"),
        ("5h", "divide a day"),
        ("30min", "a whole number of bars"),
        ("2d", "divide a day"),
        ("soon", "is no length of time"),
        ("0h", "is not above zero"),
    ],
)
def test_a_length_that_does_not_fit_is_refused(every: str, says: str) -> None:
    """No bar is cut, and none is stretched."""
    with pytest.raises(InputError, match=says):
        resample(frame(close=[1, 2, 3]), every)


def test_a_column_without_a_rule_is_not_dropped_silently() -> None:
    """Nobody loses a column without being told."""
    with pytest.raises(FrameError, match="'who' has no rule"):
        resample(frame(close=[1, 2]).assign(who="me"), "2h")


def test_stamps_off_the_clock_are_refused() -> None:
    """Rows at seven minutes past cannot make whole hours."""
    with pytest.raises(InputError, match="not on a grid"):
        resample(frame("5min", "2026-03-02 01:02", close=[1, 2, 3]), "1h")


def test_a_grid_shows_the_bars_nobody_recorded() -> None:
    """A missing row becomes a row of NaN; nothing is filled and nothing is moved."""
    table = frame(close=[1, 2, 3, 4]).drop(series([1, 2, 3, 4]).index[1:3])
    whole = grid(table, "1h")

    np.testing.assert_array_equal(whole["close"], [1, np.nan, np.nan, 4])
    assert validate(whole) is whole
    assert grid(table.iloc[:0], "1h").empty
    with pytest.raises(InputError, match="1 stamp"):
        grid(table.set_axis(table.index + pd.to_timedelta([0, 60], unit="s")), "1h")


def test_two_tables_that_overlap_are_joined_on_times_that_they_have() -> None:
    """Pandas 2 makes times of its own when both indexes store a frequency in microseconds."""
    hours = pd.date_range("2026-02-16 04:00", periods=6, freq="4h", tz="UTC", name="time").as_unit("us")
    early, late = (pd.DataFrame({"close": 1.0}, hours[part]) for part in (slice(0, 4), slice(2, 6)))
    joined = without_freq(early).combine_first(without_freq(late))

    assert without_freq(early).index.freq is None and early.index.freq is not None
    assert list(joined.index) == list(hours)
