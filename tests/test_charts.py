"""Charts: what is drawn, what is said, and that neither leaves out or looks ahead."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oikit import charts
from oikit.charts import theme
from oikit.charts.base import View, assemble, spread
from oikit.errors import FrameError, InputError
from oikit.formatting import number
from tests.conftest import frame, series

CHARTS = ("price_and_open_interest", "ratio", "velocity", "funding", "crowds")
DAYS = 45


@pytest.fixture(scope="module")
def market() -> pd.DataFrame:
    """Forty-five days of hours of a market that moves a little, with a lost day in it."""
    n = 24 * DAYS
    steps = np.random.default_rng(5).normal(0, 0.004, (3, n)).cumsum(axis=1)
    table = frame(
        close=600 * np.exp(steps[0]),
        open_interest=500_000 * np.exp(steps[1]),
        circulating_supply=np.full(n, 137_000_000.0),
        funding_rate=np.where(np.arange(1, n + 1) % 8 == 0, 0.0001, 0.0),
        funding_interval=np.where(np.arange(1, n + 1) % 8 == 0, 8.0, 0.0),
        long_short_ratio=np.exp(0.8 + steps[2]),
        top_account_ratio=np.exp(0.5 + steps[2]),
        top_position_ratio=np.exp(0.1 + steps[2] / 3),
        since="2026-01-19 01:00",
    )
    table.iloc[500:524, [0, 1]] = np.nan
    return table.assign(open_interest_value=table["open_interest"] * table["close"])


def datasets(spec: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """The rows of each table, as a reader's browser makes them of the text: numbers, nothing, or words."""
    return [rows_of(each) for each in spec["datasets"].values()]


def rows_of(text: str) -> list[dict[str, Any]]:
    return [{name: cell(value) for name, value in row.items()} for row in csv.DictReader(io.StringIO(text))]


def cell(text: str) -> Any:
    try:
        return float(text) if text else None
    except ValueError:
        return text


def every(spec: Any, key: str) -> list[Any]:
    """All values under this key, however deep."""
    if isinstance(spec, dict):
        found = [spec[key]] if key in spec else []
        return found + [
            each for name, part in spec.items() if name != "datasets" for each in every(part, key)
        ]
    return [each for part in spec for each in every(part, key)] if isinstance(spec, list) else []


# ---------------------------------------------------------------- thinning

cells = st.one_of(st.floats(-1e6, 1e6), st.just(float("nan")))


@given(st.lists(cells, max_size=400), st.integers(8, 60))
def test_thinning_keeps_extremes_breaks_and_order(values: list[float], limit: int) -> None:
    """A reader may be shown fewer marks, never a lower peak or a line over a hole."""
    whole = pd.Series(values, dtype=float)

    kept = charts.thin(whole, limit)

    assert len(kept) <= limit
    assert kept.index.is_monotonic_increasing and kept.index.is_unique
    pd.testing.assert_series_equal(kept, whole.loc[kept.index])
    if whole.notna().any():
        known = whole.dropna()
        assert (kept.min(), kept.max()) == (known.min(), known.max())
        assert {known.index[0], known.index[-1]} <= set(kept.index)
    drawn = kept.notna()
    for left, right in zip(kept.index, kept.index[1:], strict=False):
        if drawn[left] and drawn[right]:
            assert whole.loc[left:right].notna().all()


def test_thinning_keeps_each_stretch_s_peak() -> None:
    """Extremes are kept all along, not only those of the whole."""
    wave = pd.Series(np.tile([0.0, 1.0, 5.0, -5.0, 0.0], 400))

    kept = charts.thin(wave, 200)

    assert set(np.diff(kept.index[kept == 5.0])) <= set(range(5, 40))


def test_many_breaks_are_all_kept_within_the_limit() -> None:
    """Where every other bar is lost, no two of the rest may be joined; where all are, nothing is."""
    holes = pd.Series(np.where(np.arange(1000) % 2, np.nan, np.arange(1000.0)))

    kept = charts.thin(holes, 50)

    assert len(kept) <= 50
    assert not (kept.notna() & kept.shift().notna()).any()
    assert charts.thin(holes * np.nan, 50).isna().tolist() == [True]


def test_a_short_series_is_not_touched() -> None:
    """Nothing is thinned that fits."""
    values = series([1.0, np.nan, 2.0])

    assert charts.thin(values) is values


def test_too_few_marks_are_refused() -> None:
    """With three marks no line says anything true."""
    with pytest.raises(InputError, match="below 8"):
        charts.thin(series([1.0]), 3)


# ---------------------------------------------------------------- every chart


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_drawn_in_utc(name: str, market: pd.DataFrame) -> None:
    """Otherwise the axis follows the zone of whoever looks."""
    spec = getattr(charts, name)(market).to_dict()

    scales = [x["scale"] for x in every(spec, "x") if isinstance(x, dict)]

    assert scales
    assert all(scale["type"] == "utc" for scale in scales)
    stamps = {row["time"] for rows in datasets(spec) for row in rows if "time" in row}
    assert "2026-01-20T08:00Z" in stamps
    assert all(len(stamp) == 17 and stamp.endswith("Z") for stamp in stamps)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_what_it_shows(name: str, market: pd.DataFrame) -> None:
    """The sentence is read aloud, printed in the chart, and holds numbers with their unit."""
    chart = getattr(charts, name)(market, source="Simulated: a test")
    spec = chart.to_dict()

    said = charts.finding(chart)

    assert said == spec["description"] == " ".join(spec["title"]["subtitle"])
    assert any(sign.isdigit() for sign in said) and "%" in said and "nan" not in said
    assert "Simulated: a test" in json.dumps(every(spec, "title"))
    assert spec["usermeta"]["oikit"]["source"].startswith("Simulated: a test. Drawn: 1,080 rows of 1h to ")


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_holds_at_most_two_thousand_marks_a_series(name: str) -> None:
    """A year of hours is beyond what a page carries and an eye sees."""
    n = 24 * 150
    steps = np.random.default_rng(1).normal(0, 0.01, n).cumsum()
    table = frame(
        close=np.exp(steps),
        open_interest=np.exp(steps) * 100,
        open_interest_value=np.exp(2 * steps) * 100,
        circulating_supply=np.full(n, 1e6),
        funding_rate=steps / 1e4,
        funding_interval=np.ones(n),
        long_short_ratio=np.exp(steps),
    )

    spec = getattr(charts, name)(table).to_dict()

    assert max(len(rows) for rows in datasets(spec)) <= 2000


@pytest.mark.parametrize("name", ["price_and_open_interest", "ratio", "velocity"])
def test_a_gap_stays_a_gap(name: str, market: pd.DataFrame) -> None:
    """A line over a lost day would show what nobody recorded."""
    spec = getattr(charts, name)(market).to_dict()

    lost = [
        row
        for rows in datasets(spec)
        for row in rows
        if row.get("time") == "2026-02-09T00:00Z" and row.get("value", 0) is None
    ]

    assert lost
    assert not every(spec, "interpolate") and not every(spec, "invalid")


@pytest.mark.parametrize("name", ["price_and_open_interest", "ratio", "velocity"])
def test_a_lost_day_stands_on_grey_and_is_counted_below(name: str, market: pd.DataFrame) -> None:
    """A break in a line can be a pixel wide; the ground shows how long nothing was known."""
    chart = getattr(charts, name)(market, source="Simulated: a test")
    spec = chart.to_dict()
    grounds = [rows[0] for rows in datasets(spec) if rows and "until" in rows[0]]

    assert {"time": "2026-02-08T20:00Z", "until": "2026-02-09T20:00Z"} in grounds or name == "velocity"
    assert len(grounds) == 1
    assert " known, longest gap 1d; " in spec["usermeta"]["oikit"]["source"]
    assert spec["usermeta"]["oikit"]["source"].endswith("; grey: not known.")


def test_data_without_a_hole_has_no_grey(market: pd.DataFrame) -> None:
    """Otherwise the test above could pass on any drawing."""
    whole = market.loc[:"2026-02-07"]
    spec = charts.ratio(whole, source="Simulated: a test").to_dict()

    assert not [rows for rows in datasets(spec) if rows and "until" in rows[0]]
    assert spec["usermeta"]["oikit"]["source"].endswith("; every cell known.")


@pytest.mark.parametrize("name", CHARTS)
def test_a_shade_is_drawn_and_spoken_of(name: str, market: pd.DataFrame) -> None:
    """The sentence is about the shaded week, whatever else is drawn."""
    chart = getattr(charts, name)(market, shade=("2026-02-16", "2026-02-23"))

    assert "23 Feb 2026" in charts.finding(chart)
    assert {"time": "2026-02-16T00:00Z", "until": "2026-02-23T00:00Z"} in [
        rows[0] for rows in datasets(chart.to_dict())
    ]


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_written_as_altair_would_write_it(name: str, market: pd.DataFrame) -> None:
    """The short way leaves out copies and nothing else; what a reader adds goes Altair's own way."""
    chart = getattr(charts, name)(market, source="Simulated: a test", shade=("2026-02-16", "2026-02-23"))

    assert chart.to_dict() == alt.VConcatChart.to_dict(chart)
    assert chart.to_dict(validate=False) == chart.to_dict()
    moving = getattr(charts, name)(market)
    layers = moving.vconcat[0].layer
    layers[-1] = layers[-1].add_params(alt.selection_interval(name="seen", bind="scales"))
    layers[-1].name = "moving"  # older versions of Altair number nameless views anew each time
    assert moving.to_dict()["params"] and moving.to_dict() == alt.VConcatChart.to_dict(moving)


def test_a_panel_with_data_of_its_own_is_drawn() -> None:
    """Altair lifts what all layers share; that is left to it."""
    table = pd.DataFrame({"x": [1, 2], "y": [2, 1]})
    both = alt.layer(alt.Chart(table).mark_line(), alt.Chart(table).mark_point()).encode(x="x", y="y")
    chart = assemble([both], title="one", finding="two", source="", width=100)

    assert chart.to_dict() == alt.VConcatChart.to_dict(chart)


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("version", ["5.8", "6.1"])
def test_a_chart_compiles_in_both_versions(name: str, version: str, market: pd.DataFrame) -> None:
    """JupyterLab draws with Vega-Lite 5, Altair writes for 6: only what both know is used."""
    vl_convert = pytest.importorskip("vl_convert")
    if version not in vl_convert.get_vegalite_versions():
        pytest.skip(f"this vl-convert has no Vega-Lite {version}")
    spec = theme._ready(getattr(charts, name)(market, shade=("2026-02-16", "2026-02-23")).to_dict())

    picture = vl_convert.vegalite_to_svg(spec, vl_version=version)

    assert picture.count("<path") > 5


@pytest.mark.parametrize("name", CHARTS)
def test_the_frame_is_not_changed(name: str, market: pd.DataFrame) -> None:
    """A chart draws what it is given."""
    before = market.copy()
    getattr(charts, name)(market)

    pd.testing.assert_frame_equal(market, before)


DOORS: list[tuple[str, dict[str, Any], str]] = [
    ("ratio", {"since": "2027-01-01"}, "nothing to draw: since=2027-01-01"),
    ("ratio", {"until": "2020-01-01"}, "leave 0 of 1080 bars"),
    ("ratio", {"since": "tomorrow"}, "is no time"),
    ("ratio", {"band": "90min"}, "no whole number of bars"),
    ("velocity", {"window": "soon"}, "no length of time"),
    ("crowds", {"shade": ("2026-02-23", "2026-02-16")}, "is no span of what is drawn"),
    ("crowds", {"shade": ("2025-02-23", "2026-02-16")}, "is no span of what is drawn"),
    ("funding", {"until": "2026-01-19 05:00"}, "no funding was settled"),
    ("ratio", {"shade": ("2026-02-08 21:00", "2026-02-09 02:00")}, "no value is known"),
]


@pytest.mark.parametrize(("name", "options", "says"), DOORS)
def test_what_cannot_be_drawn_is_refused_in_words(
    name: str, options: dict[str, Any], says: str, market: pd.DataFrame
) -> None:
    """An empty picture with no reason would be the worst answer."""
    with pytest.raises(InputError, match=says):
        getattr(charts, name)(market, **options)


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_names_the_column_it_lacks(name: str) -> None:
    """The reader learns which one to load."""
    with pytest.raises(FrameError, match=r"open_interest|funding_rate|long_short_ratio|close"):
        getattr(charts, name)(frame(volume=[1.0, 2.0, 3.0]))


def test_an_empty_frame_is_refused() -> None:
    """There is nothing to say of no bars."""
    with pytest.raises(InputError, match="leave 0 of 0 bars"):
        charts.crowds(frame(long_short_ratio=[]))


# ---------------------------------------------------------------- by hand


def test_price_and_position_are_told_apart() -> None:
    """Dollars rise by a tenth while not one position was opened."""
    table = frame(close=[600, 630, 660], open_interest=[1000] * 3, open_interest_value=[6e5, 6.3e5, 6.6e5])

    said = charts.finding(charts.price_and_open_interest(table))

    assert "the price rose 10.0% (600.00 to 660.00)" in said
    assert "Open interest moved 0.0% (1,000 to 1,000) in coins and rose 10.0%" in said


def test_bars_that_are_not_known_are_counted() -> None:
    """What is missing is said, not bridged."""
    table = frame(close=[600] * 4, open_interest=[5, np.nan, np.nan, 4], open_interest_value=[1, 1, 1, 1])

    said = charts.finding(charts.price_and_open_interest(table))

    assert said.endswith("2 of 3 bars have no open interest.")


def test_a_series_of_which_nothing_is_known_is_called_unknown() -> None:
    """Rather a plain word than a nan."""
    table = frame(close=[600] * 3, open_interest=[np.nan] * 3, open_interest_value=[1, 1, 1])

    assert "Open interest is not known in coins" in charts.finding(charts.price_and_open_interest(table))


def test_the_ratio_is_held_against_the_bars_before_it() -> None:
    """Ten bars at 1% to 1.9%, then 4%: above the band, which does not hold the 4% itself."""
    share = [*np.linspace(0.010, 0.019, 10), 0.04]
    table = frame(open_interest=np.array(share) * 1000, circulating_supply=[1000.0] * 11)

    said = charts.finding(charts.ratio(table, band="10h"))

    low, high = np.quantile(share[:10], [0.05, 0.95])
    assert "were 4.000% of the coins in circulation, above the middle 90% of the 10h before" in said
    assert f"({low:.3%} to {high:.3%}, n = 10 bars of 1h)" in said


def test_a_band_of_too_few_bars_is_not_drawn_and_said() -> None:
    """Two bars are no yardstick of thirty days."""
    table = frame(open_interest=[10.0, 11.0, 12.0], circulating_supply=[1000.0] * 3)

    chart = charts.ratio(table)

    assert "with too few known bars in the 30d before to compare with" in charts.finding(chart)
    assert "area" not in json.dumps(every(chart.to_dict(), "mark"))


@given(st.lists(st.floats(1, 100), min_size=14, max_size=40), st.integers(12, 38))
def test_a_band_never_sees_the_future(values: list[float], cut: int) -> None:
    """Cutting off what came after changes no band before it."""
    cut = min(cut, len(values))
    bands = []
    for part in (values, values[:cut]):
        table = frame(open_interest=part)
        bands.append(View(table, (), None, None, None, 480).belt(table["open_interest"], "6h").iloc[:cut])

    pd.testing.assert_frame_equal(*bands, check_freq=False)


def test_velocity_is_told_in_per_cent_and_in_robust_deviations() -> None:
    """From 100 to 110 in a day is 10%, and far from days that hardly moved."""
    coins = 100 + np.tile([0.0, 0.1, 0.2, 0.1], 20)
    table = frame(open_interest=[*coins, 110.0])

    said = charts.finding(charts.velocity(table, window="4h", band="2d"))

    assert "open interest stood 10.0% above its level 4h before" in said
    assert "above the middle 90% of the 2d before" in said


def test_funding_is_drawn_as_paid() -> None:
    """A bar is as wide as the hours it pays for and as high as what was paid: nothing is scaled."""
    table = frame(
        funding_rate=[0, 0, 0, 0.0004, 0, 0, 0, -0.0001, 0.0002],
        funding_interval=[0, 0, 0, 4.0, 0, 0, 0, 4.0, 1.0],
    )

    chart = charts.funding(table)
    bars = next(rows for rows in datasets(chart.to_dict()) if "rate" in rows[0])

    assert bars == [
        {"time": "2026-03-02T04:00Z", "rate": 4.0, "hours": 4.0, "since": "2026-03-02T00:00Z"},
        {"time": "2026-03-02T08:00Z", "rate": -1.0, "hours": 4.0, "since": "2026-03-02T04:00Z"},
        {"time": "2026-03-02T09:00Z", "rate": 2.0, "hours": 1.0, "since": "2026-03-02T08:00Z"},
    ]
    said = charts.finding(chart)
    assert "longs paid shorts 0.050% of the position in 3 settlements, every 1h or 4h" in said
    assert "0 of them were exactly 0" in said


@pytest.mark.parametrize(
    ("rates", "says"),
    [
        ([0, -0.0001, np.nan], "shorts paid longs 0.010% of the position in 1 settlements, every 1h"),
        ([0, -0.0001, np.nan], "1 of 2 bars are not known"),
        ([0, 0, 0], "nobody paid: all of 2 settlements, every 1h, were exactly 0"),
    ],
)
def test_funding_says_who_paid(rates: list[float], says: str) -> None:
    """The sign is told in words, and so are zero and not knowing."""
    table = frame(funding_rate=rates, funding_interval=[1.0] * 3)

    assert says in charts.finding(charts.funding(table))


def test_a_shade_without_a_settlement_says_so() -> None:
    """Four hours between two settlements cost nothing, and that is a finding, too."""
    table = frame(funding_rate=[*[0.0] * 7, 0.0001], funding_interval=[*[0.0] * 7, 8.0])

    chart = charts.funding(table, shade=("2026-03-02 02:00", "2026-03-02 05:00"))

    assert charts.finding(chart).endswith("nothing was settled.")


def test_heads_and_coins_are_told_apart() -> None:
    """Three accounts to one are 75% of heads; of coins it may be half."""
    table = frame(long_short_ratio=[3.0, 3.0], top_position_ratio=[1.0, 1.0])

    said = charts.finding(charts.crowds(table))

    assert "75.0% of all accounts (counting heads), 50.0% of top accounts (counting coins)" in said
    assert "Over the whole market it is always 50%" in said


def test_labels_are_moved_apart() -> None:
    """Two crowds at one place are still both named."""
    apart = spread({"a": 0.5, "b": 0.5, "c": 0.51}, 0.1, 0.0, 1.0)

    assert sorted(apart, key=lambda name: apart[name]) == ["a", "b", "c"]
    assert np.diff(sorted(apart.values())).min() >= 0.1 - 1e-12
    assert spread({"a": 0.99}, 0.1, 0.0, 1.0) == {"a": 0.99}
    assert max(spread({"a": 1.0, "b": 1.0}, 0.1, 0.0, 1.0).values()) <= 1.0


# ---------------------------------------------------------------- theme and renderer


def luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


def contrast(color: str) -> float:
    return (luminance(charts.COLORS["background"]) + 0.05) / (luminance(color) + 0.05)


@pytest.mark.parametrize("name", ["text", "muted"])
def test_text_can_be_read(name: str) -> None:
    """4.5:1 is the least that WCAG asks of text."""
    assert contrast(charts.COLORS[name]) >= 4.5


@pytest.mark.parametrize(
    "name", ["price", "open_interest", "open_interest_value", "long", "short", "funding", "accent"]
)
def test_lines_can_be_seen(name: str) -> None:
    """3:1 is the least that WCAG asks of what carries meaning."""
    assert contrast(charts.COLORS[name]) >= 3.0


@pytest.fixture
def own_theme() -> Any:
    """Leave altair as it was found."""
    before = alt.theme.active, alt.renderers.active
    yield alt
    alt.theme.enable(before[0])
    alt.renderers.enable(before[1])


def test_importing_changes_nothing() -> None:
    """The reader's own charts look as before until `use_theme` is called."""
    code = (
        "import altair as alt; before = alt.theme.active, alt.renderers.active; import oikit.charts;"
        "assert (alt.theme.active, alt.renderers.active) == before; oikit.charts.use_theme('spec');"
        "assert (alt.theme.active, alt.renderers.active) == ('oikit', 'oikit')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_charts_wait_for_no_grammar() -> None:
    """Where rfc3987-syntax is installed, newer jsonschema builds one: slower than all of altair."""
    code = "import sys, altair, oikit.charts; print({'rfc3987_syntax', 'lark'} & set(sys.modules))"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "set()", "install with -c constraints.txt"


def test_jupyterlab_gets_the_specification(own_theme: Any, market: pd.DataFrame) -> None:
    """Under the type that JupyterLab draws by itself, with the words for whoever cannot."""
    charts.use_theme("spec")
    bundle = charts.ratio(market)._repr_mimebundle_(None, None)

    spec = bundle[theme.MIME]
    assert spec["$schema"].endswith("/v5.json")
    assert spec["usermeta"]["embedOptions"] == {"renderer": "svg", "actions": False}
    assert spec["config"]["axis"]["labelFontSize"] == 14
    assert bundle["text/plain"] == spec["description"]
    assert "http" not in json.dumps({key: part for key, part in spec.items() if key != "$schema"})


@pytest.mark.parametrize("place", ["VSCODE_PID", "google.colab"])
def test_elsewhere_a_picture_is_sent(
    place: str, own_theme: Any, market: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Places that would draw from a network get a finished drawing that says what it shows."""
    if place == "google.colab":
        monkeypatch.setitem(sys.modules, place, sys)
    else:
        monkeypatch.setenv(place, "1")
    charts.use_theme()
    chart = charts.crowds(market)

    html = chart._repr_mimebundle_(None, None)["text/html"]

    assert html.startswith('<div role="img" aria-label="On ') and "<svg" in html
    assert "<script" not in html and "https://" not in html


def test_in_jupyterlab_auto_means_the_specification(own_theme: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No sign of another place: leave the drawing to the page."""
    monkeypatch.delenv("VSCODE_PID", raising=False)
    charts.use_theme()

    bundle = (
        own_theme.Chart(pd.DataFrame({"x": [1]})).mark_point().encode(x="x")._repr_mimebundle_(None, None)
    )

    assert bundle["text/plain"] == "a chart"


def test_an_unknown_way_to_draw_is_refused() -> None:
    """And the known ones are named."""
    with pytest.raises(InputError, match="'auto', 'spec' or 'picture'"):
        charts.use_theme("png")  # type: ignore[arg-type]


def test_a_chart_without_words_is_refused() -> None:
    """A chart of one's own has a finding only if it was given one."""
    with pytest.raises(InputError, match="no description"):
        charts.finding(alt.Chart())
    assert charts.finding(alt.Chart(description="one point")) == "one point"


@pytest.mark.parametrize(
    ("value", "written"),
    [(2.5e9, "2.5 billion"), (-1234.5, "-1,234"), (0.01234, "0.0123"), (float("nan"), "unknown")],
)
def test_numbers_are_written_as_people_say_them(value: float, written: str) -> None:
    """And what is not known is no number."""
    assert number(value) == written


def test_a_missing_part_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without altair the reader is told what to type."""
    for name in ("altair", "vl_convert"):
        monkeypatch.setitem(sys.modules, name, None)

    with pytest.raises(ImportError, match=r"pip install 'oikit\[charts\]'"):
        charts.use_theme()
    with pytest.raises(ImportError, match="vl-convert-python"):
        theme._as_picture({})
    for name in [name for name in sys.modules if name.startswith("oikit.charts")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ImportError, match=r"pip install 'oikit\[charts\]'"):
        __import__("oikit.charts.base")
