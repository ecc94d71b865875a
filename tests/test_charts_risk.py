"""Charts of leverage, cascades and accounts: the numbers said are the data's, and nothing is hidden."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oikit import charts
from oikit.cascade import Cascade, cascade, cohorts
from oikit.charts import theme
from oikit.charts.base import apart, log_ticks
from oikit.charts.risk import cascade_steps, liquidation_moves, survival, wealth_fan
from oikit.errors import InputError
from oikit.formatting import fine_percent
from oikit.margin import tiers
from oikit.risk import Accounts, simulate_accounts
from oikit.stats import wilson

QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95]


def accounts(wealth: list[float], alive: list[float], fan: list[list[float]] | None = None) -> Accounts:
    """What a simulation would have returned, written by hand."""
    trades = len(alive) - 1
    rows = [[1.0] * 5, list(np.quantile(wealth, QUANTILES))] if fan is None else fan
    marks = np.linspace(0, trades, len(rows)).round().astype(int)
    return Accounts(
        wealth=np.sort(np.array(wealth)),
        fan=pd.DataFrame(rows, pd.Index(marks, name="trade"), QUANTILES),
        survival=pd.Series(alive, pd.RangeIndex(trades + 1, name="trade"), name="survival"),
        drawdown=np.zeros(len(wealth)),
        liquidations=0.0,
        liquidation_distance=0.05,
    )


def fallen(shock: float = -0.06, depth: float = 1.0) -> Cascade:
    """Ten coins: half the longs break at 95, half at 90, all shorts at 120; no maintenance margin."""
    table = cohorts(
        100,
        open_interest=10,
        long_leverage={20: 1, 10: 1},
        short_leverage={5: 1},
        maintenance_margin_rate=0.0,
    )
    return cascade(table, price=100, shock=shock, depth=depth)


def deep(rounds: int) -> Cascade:
    """One cohort after the other, each just close enough to fall by the one before."""
    closed = 100 - 0.1 * np.arange(1, rounds + 1)
    table = pd.DataFrame(
        {"side": "long", "leverage": 20.0, "quantity": 1.0, "liquidation_price": closed},
    )
    other = pd.DataFrame(
        {"side": ["short"], "leverage": 2.0, "quantity": float(rounds), "liquidation_price": 150.0}
    )
    return cascade(pd.concat([table, other], ignore_index=True), price=100, shock=-0.001, depth=10)


@pytest.fixture(scope="module")
def runs() -> dict[str, Accounts]:
    """Three small simulations that differ in leverage alone."""
    return {
        f"{leverage}x": simulate_accounts(
            accounts=400,
            trades=300,
            seed=1,
            leverage=leverage,
            margin_share=0.1,
            edge=0.0,
            volatility=0.03,
            tiers=0.005,
        )
        for leverage in (5, 10, 20)
    }


def drawn(name: str, runs: dict[str, Accounts], **options: Any) -> alt.VConcatChart:
    """Each chart once, with something ordinary in it."""
    return {
        "liquidation_moves": lambda: liquidation_moves(tiers("BNBUSDT"), **options),
        "survival": lambda: survival(runs, **options),
        "wealth_fan": lambda: wealth_fan(runs["10x"], **options),
        "cascade_steps": lambda: cascade_steps(fallen(), **options),
    }[name]()


CHARTS = ("liquidation_moves", "survival", "wealth_fan", "cascade_steps")


def rows(chart: alt.VConcatChart, *names: str) -> pd.DataFrame:
    """The drawn data that hold all of these columns."""
    tables = [pd.DataFrame(each) for each in chart.to_dict()["datasets"].values()]
    return pd.concat([each for each in tables if set(names) <= set(each.columns)], ignore_index=True)


def every(spec: Any, key: str) -> list[Any]:
    """All values under this key, however deep."""
    if isinstance(spec, dict):
        found = [spec[key]] if key in spec else []
        return found + [
            each for name, part in spec.items() if name != "datasets" for each in every(part, key)
        ]
    return [each for part in spec for each in every(part, key)] if isinstance(spec, list) else []


# ---------------------------------------------------------------- every chart


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_what_it_shows(name: str, runs: dict[str, Accounts]) -> None:
    """The sentence is read aloud, stands in the chart, and holds numbers with their unit."""
    chart = drawn(name, runs, source="Simulated: a test")
    spec = chart.to_dict()

    said = charts.finding(chart)

    assert said == spec["description"] == " ".join(spec["title"]["subtitle"])
    assert any(sign.isdigit() for sign in said) and "%" in said and "nan" not in said
    assert "Simulated: a test" in json.dumps(every(spec, "title"))
    assert spec["usermeta"]["oikit"]["source"] == "Simulated: a test"


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_survives_the_way_through_json(name: str, runs: dict[str, Accounts]) -> None:
    """A notebook stores text; what comes back is the same, and no number is lost on the way."""
    spec = drawn(name, runs).to_dict()

    assert json.loads(json.dumps(spec, allow_nan=False)) == spec


def test_a_chart_read_back_says_the_same(runs: dict[str, Accounts]) -> None:
    """The sentence travels inside the chart."""
    chart = drawn("cascade_steps", runs)

    back = alt.VConcatChart.from_json(chart.to_json(), validate=False)

    assert charts.finding(back) == charts.finding(chart)


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("version", ["5.8", "6.1"])
def test_a_chart_compiles_in_both_versions(name: str, version: str, runs: dict[str, Accounts]) -> None:
    """JupyterLab draws with Vega-Lite 5, Altair writes for 6: only what both know is used."""
    vl_convert = pytest.importorskip("vl_convert")
    if version not in vl_convert.get_vegalite_versions():
        pytest.skip(f"this vl-convert has no Vega-Lite {version}")

    picture = vl_convert.vegalite_to_svg(theme._ready(drawn(name, runs).to_dict()), vl_version=version)

    assert picture.count("<path") > 5


def test_no_chart_brings_more_than_two_thousand_marks() -> None:
    """Four accounts of 5,000 trades, a cascade of 300 rounds: more than a page carries."""
    steady = accounts([1.0, 2.0], list(np.linspace(1, 0.5, 5001)), [[0.5, 0.8, 1.0, 1.2, 2.0]] * 5001)
    big = [
        survival({str(n): steady for n in range(4)}),
        wealth_fan(steady),
        cascade_steps(deep(300)),
        liquidation_moves(tiers("BNBUSDT"), notionals=(5_000, 60_000, 1_000_000)),
    ]

    for chart in big:
        assert sum(len(each) for each in chart.to_dict()["datasets"].values()) <= 2000


def test_what_is_drawn_is_not_changed(runs: dict[str, Accounts]) -> None:
    """A chart draws what it is given."""
    shock, table = fallen(), tiers("BNBUSDT")
    before = [runs["5x"].survival.copy(), runs["10x"].fan.copy(), shock.cohorts.copy(), table.copy()]

    for name in CHARTS:
        drawn(name, runs)
    cascade_steps(shock), liquidation_moves(table)

    pd.testing.assert_series_equal(runs["5x"].survival, before[0])
    for after, old in zip((runs["10x"].fan, shock.cohorts, table), before[1:], strict=True):
        pd.testing.assert_frame_equal(after, old)


STEADY = accounts([1.0, 1.0], [1.0, 1.0])
DOORS: list[tuple[Any, str]] = [
    (lambda: liquidation_moves(0.005, leverages=(50, 10)), "do not fit"),
    (lambda: liquidation_moves(0.005, at=5), "do not fit"),
    (lambda: liquidation_moves(0.005, at=float("nan")), "at is NaN"),
    (lambda: liquidation_moves(0.005, leverages=(0, 75)), "leverages=0 cannot be"),
    (lambda: liquidation_moves(0.005, notionals=()), "one to three different sizes"),
    (lambda: liquidation_moves(0.005, notionals=(1, 2, 3, 4)), "one to three different sizes"),
    (lambda: liquidation_moves(0.005, notionals=(5_000, 5_000)), "one to three different sizes"),
    (lambda: liquidation_moves(0.005, notionals=(5_000.1, 5_000.2)), "too alike"),
    (lambda: liquidation_moves(0.005, notionals=(0,)), "notionals=0 cannot be"),
    (lambda: liquidation_moves("BNBUSDT"), "tiers"),
    (lambda: liquidation_moves(tiers("BNBUSDT"), notionals=(2e7,), at=20), "more than any of these"),
    (lambda: survival({}), "0 runs cannot be drawn"),
    (lambda: survival({str(n): STEADY for n in range(5)}), "5 runs cannot be drawn"),
    (lambda: survival({"5x": STEADY.survival}), "Series is no result of oikit.risk.simulate_accounts"),
    (lambda: survival({"a": STEADY, "b": accounts([1.0], [1.0] * 3)}), "have 1 or 2 trades"),
    (lambda: wealth_fan(STEADY.fan), "DataFrame is no result"),
    (lambda: cascade_steps(fallen().steps), "DataFrame is no cascade"),
    (lambda: cascade_steps(fallen(), within=0), "within=0 cannot be"),
]


@pytest.mark.parametrize(("draw", "says"), DOORS, ids=[says for _, says in DOORS])
def test_what_cannot_be_drawn_is_refused_in_words(draw: Any, says: str) -> None:
    """An empty picture with no reason would be the worst answer."""
    with pytest.raises(InputError, match=says):
        draw()


# ---------------------------------------------------------------- liquidation by leverage and size


def test_twenty_times_dies_before_five_per_cent() -> None:
    """The numbers of the lesson: small and large, long and short, against the 5% of 1 / leverage."""
    chart = liquidation_moves(tiers("BNBUSDT", on="2025-01-01"))

    said = charts.finding(chart)

    assert "At 20x a position of 5,000 is liquidated by a fall of 4.52% (long) or a rise of 4.48%" in said
    assert "one of 1.0 million by a fall of 3.29% (long) or a rise of 3.16% (short)" in said
    assert said.endswith(": before the 5% that 1 / leverage suggests.")
    marks = rows(chart, "where")
    assert set(marks["says"]) == {"−4.52%", "−3.29%", "+4.48%", "+3.16%"}
    assert marks["move"].abs().max() < 0.05


def test_a_side_is_told_by_direction_and_a_size_by_its_dash() -> None:
    """Without colour, longs are still below 0 and shorts above, and each size has a dash."""
    chart = liquidation_moves(0.005)
    lines = rows(chart, "size", "side", "way")

    assert (lines.loc[lines["side"] == "long", "move"] < 0).all()
    assert (lines.loc[lines["side"] == "short", "move"] > 0).all()
    dash = next(each for each in every(chart.to_dict(), "strokeDash") if "field" in str(each))
    assert dash["scale"]["domain"] == ["5,000", "1.0 million", "1 / leverage"]
    assert len({str(each) for each in dash["scale"]["range"]}) == 3


def test_a_line_ends_where_the_tier_ends() -> None:
    """A million may take 25x in this table; nothing is drawn beyond, and 30x is said to be too much."""
    table = tiers("BNBUSDT", on="2025-01-01")

    chart = liquidation_moves(table, at=30)

    lines = rows(chart, "size", "side", "way")
    ends = lines.groupby("size")["leverage"].max()
    assert (ends["5,000"], ends["1.0 million"]) == (75.0, 25.0)
    assert "one of 1.0 million may take 25x at most" in charts.finding(chart)


def test_a_size_with_no_line_is_still_spoken_of() -> None:
    """Twenty million may take less than 10x here: not drawn, not in the legend, but said."""
    chart = liquidation_moves(tiers("BNBUSDT", on="2025-01-01"), notionals=(5_000, 20_000_000))

    assert set(rows(chart, "size", "side", "way")["size"]) == {"5,000", "1 / leverage"}
    assert "one of 20.0 million may take 5x at most" in charts.finding(chart)


def test_a_position_that_is_dead_on_arrival_is_called_so() -> None:
    """At 50x and 2.5% maintenance the margin is gone before anything moves; no line is drawn there."""
    chart = liquidation_moves(0.025, at=50, notionals=(5_000,))

    assert charts.finding(chart).startswith(
        "At 50x a position of 5,000 is liquidated as soon as it is opened"
    )
    lines = rows(chart, "size", "side", "way")
    assert lines.loc[lines["size"] == "5,000", "leverage"].max() <= 40
    assert "where" not in pd.concat(map(pd.DataFrame, chart.to_dict()["datasets"].values())).columns


def test_without_maintenance_margin_the_rule_of_thumb_holds() -> None:
    """Then 1 / leverage is exact, and the chart does not claim otherwise."""
    said = charts.finding(liquidation_moves(0.0, notionals=(5_000,)))

    assert (
        said
        == "At 20x a position of 5,000 is liquidated by a fall of 5.00% (long) or a rise of 5.00% (short)."
    )


# ---------------------------------------------------------------- survival


def test_survival_says_the_shares_with_their_intervals() -> None:
    """Three of four are left, and one of four: the interval is Wilson's at n = 4."""
    chart = survival({"5x": accounts([1.0] * 4, [1, 1, 0.75]), "20x": accounts([1.0] * 4, [1, 0.5, 0.25])})

    high, low = wilson(3, 4), wilson(1, 4)
    assert charts.finding(chart) == (
        "Of 4 simulated accounts each, not ruined after 2 trades (with 95% interval): "
        f"5x 75.0% ({high.low:.1%} to {high.high:.1%}), 20x 25.0% ({low.low:.1%} to {low.high:.1%}). "
        "20x: half are gone by trade 1."
    )
    band = rows(chart, "share", "low", "high")
    assert band["share"].tolist() == [1, 1, 0.75, 1, 0.5, 0.25]
    assert band.loc[2, ["low", "high"]].tolist() == pytest.approx([high.low, high.high])


def test_each_run_has_its_own_dash_and_name() -> None:
    """Colour is never alone: the words stand at the end of each line."""
    chart = survival({name: accounts([1.0] * 10, [1.0, 0.9]) for name in ("a", "b", "c", "d")})
    marks = [each for each in every(chart.to_dict(), "mark") if each["type"] == "line"]

    assert len({str(each["strokeDash"]) for each in marks}) == 4
    assert [f"{name}: 90.0%" for name in "abcd"] == [
        each for each in rows(chart, "says")["says"].tolist() if ":" in each
    ]


def test_a_long_run_keeps_its_ends() -> None:
    """Thinning leaves out points of a smooth line, never its end."""
    alive = np.linspace(1, 0.2, 3001)

    kept = rows(survival({"20x": accounts([1.0] * 10, list(alive))}), "share", "low")

    assert kept["trade"].iloc[[0, -1]].tolist() == [0, 3000]
    assert kept["share"].iloc[-1] == pytest.approx(0.2)
    assert np.diff(kept["trade"]).max() <= 10


def test_runs_that_end_together_are_still_told_apart() -> None:
    """The words of two lines in one place stand apart, the first named above."""
    chart = survival({name: accounts([1.0] * 10, [1.0, 0.5]) for name in ("5x", "20x")})

    words = rows(chart, "says", "share").set_index("says")["share"]
    assert words["5x: 50.0%"] - words["20x: 50.0%"] == pytest.approx(20 / 240)


@pytest.mark.parametrize(
    ("share", "says"),
    [(1.0, "100%"), (0.0, "0%"), (0.5, "50.0%"), (0.9999, "99.99%"), (0.00004, "0.004%")],
)
def test_nearly_all_is_not_called_all(share: float, says: str) -> None:
    """One ruined account of ten thousand is not none."""
    assert fine_percent(share) == says


# ---------------------------------------------------------------- wealth


def test_the_fan_says_median_spread_and_mean() -> None:
    """Four accounts of a half and one of four: the mean is 1.2, above four fifths of them."""
    chart = wealth_fan(accounts([0.5, 0.5, 0.5, 0.5, 4.0], [1.0] * 3))

    high = np.quantile([0.5, 0.5, 0.5, 0.5, 4.0], 0.95)
    assert charts.finding(chart) == (
        "Of 5 simulated accounts half hold 0.5× their start or less after 2 trades, and 80.0% hold less "
        f"than they began with. The middle 90% lie between 0.5× and {high:.3g}×. The mean is 1.2×, more "
        "than 80.0% of the accounts hold."
    )


def test_wealth_is_drawn_on_a_log_axis_as_it_is_given() -> None:
    """Halving is as far as doubling, and the drawn quantiles are the simulated ones."""
    fan = [[1.0] * 5, [0.25, 0.5, 1.0, 2.0, 4.0]]
    chart = wealth_fan(accounts([0.5, 1.0, 2.0], [1.0, 1.0], fan))

    table = rows(chart, "lowest", "highest")
    assert table.iloc[-1].tolist() == [1, 0.25, 0.5, 1.0, 2.0, 4.0]
    scales = [each["scale"] for each in every(chart.to_dict(), "y") if "scale" in each]
    assert scales and all(scale["type"] == "log" and scale["domain"] == [0.25, 4.0] for scale in scales)


def test_nothing_left_is_drawn_on_the_edge_and_said() -> None:
    """A log axis has no 0; the reader is told what stands in its place."""
    fan = [[1.0] * 5, [0.0, 0.0, 0.1, 0.2, 1.0]]
    chart = wealth_fan(accounts([0.0, 0.1, 1.0], [1.0, 0.5], fan))

    assert rows(chart, "lowest")["lowest"].tolist() == [1.0, 0.05]
    assert "lower edge stands for nothing left" in json.dumps(every(chart.to_dict(), "title"))
    assert "between 0× and 1×" in charts.finding(chart)
    assert "5% below 0×" in rows(chart, "says")["says"].tolist()


def test_accounts_that_never_move_can_be_drawn() -> None:
    """An axis from 1 to 1 would have no room."""
    chart = wealth_fan(accounts([1.0, 1.0], [1.0, 1.0]))

    assert "half hold 1× their start" in charts.finding(chart)


def test_tiny_and_huge_wealth_is_written_plainly() -> None:
    """No reader should meet 7e-12."""
    said = charts.finding(wealth_fan(accounts([1e-9, 1e-9, 123_456.0], [1.0, 1.0])))

    assert "half hold under 0.001× their start" in said and "The mean is 41,152×" in said


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0.96, 1.05, [0.96, 0.98, 1.0, 1.02, 1.04]),
        (0.4, 1.25, [0.4, 0.6, 0.8, 1.0, 1.2]),
        (0.958, 1.0, [0.96, 0.97, 0.98, 0.99, 1.0]),
        (0.09, 1.7, [0.1, 0.2, 0.5, 1.0]),
        (1e-3, 20, [0.001, 0.01, 0.1, 1.0, 10.0]),
        (1e-9, 2, [1e-9, 1e-7, 1e-5, 1e-3, 0.1]),
    ],
)
def test_the_marks_of_a_log_axis_are_round(low: float, high: float, ticks: list[float]) -> None:
    """Whether wealth moved by a hundredth or by a million, a few round numbers stand beside it."""
    assert log_ticks(low, high) == pytest.approx(ticks)


# ---------------------------------------------------------------- cascade


def test_a_cascade_says_what_was_forced_out_and_how_the_sides_compare() -> None:
    """A fall of 6% passes 95; the five coins there push the price by 5% more, and 90 goes, too."""
    chart = cascade_steps(fallen())

    assert charts.finding(chart) == (
        "A move of −6.0% forces out 100% of the open longs in 2 rounds, and the price stops at −16.0%. "
        "Both sides are equally large. A move of 6.0% against each reaches 50% of the longs and 0% of the "
        "shorts at once."
    )
    steps = rows(chart, "round", "forced")
    assert steps["round"].tolist() == ["shock", "1", "2"]
    assert steps["until"].tolist() == pytest.approx([0.0, -0.06, -0.11])
    assert steps["move"].tolist() == pytest.approx([-0.06, -0.11, -0.16])
    assert steps["says"].tolist() == ["−6.0%", "50.0% forced out", "50.0% forced out"]


def test_longs_stand_left_of_the_price_and_shorts_right() -> None:
    """The side is told by place, and whether it was reached by filling, not by colour alone."""
    chart = cascade_steps(fallen(depth=5), within=0.3)
    bars = rows(chart, "side", "base", "top")

    assert (bars.loc[bars["side"] == "long", "until"] <= 0).all()
    assert (bars.loc[bars["side"] == "short", "move"] >= 0).all()
    assert bars.set_index("side")["out"].groupby(level=0).sum().to_dict() == {"long": 1, "short": 0}
    assert bars.groupby("side")["share"].sum().to_dict() == pytest.approx({"long": 1.0, "short": 1.0})


def test_what_lies_outside_the_drawing_is_counted() -> None:
    """Within 8% of the price half of the longs break; the rest is named, not cut off in silence."""
    chart = cascade_steps(fallen(shock=-0.01, depth=5), within=0.08)

    titles = [
        each["text"] for each in every(chart.to_dict(), "title") if isinstance(each, dict) and "text" in each
    ]
    words = " ".join(line for text in titles if isinstance(text, list) for line in text)
    assert "farther away or never: 50.0% of the longs and 100.0% of the shorts." in words


def test_the_drawing_grows_until_it_holds_where_the_price_stops() -> None:
    """A cascade to -16% is not cut at -5%."""
    spec = cascade_steps(fallen(), within=0.05).to_dict()

    domains = [each["scale"]["domain"] for each in every(spec, "x") if "scale" in each]
    assert domains and all(each == pytest.approx([-0.176, 0.176]) for each in domains)


def test_a_mirrored_shock_is_drawn_mirrored() -> None:
    """A rise forces out shorts; the words stand on the other side of the bars."""
    chart = cascade_steps(fallen(shock=0.25))

    assert charts.finding(chart).startswith("A move of +25.0% forces out 100% of the open shorts in 1 round")
    assert "reaches 100% of the longs and 100% of the shorts at once" in charts.finding(chart)
    assert rows(chart, "round", "forced")["says"].tolist() == ["+25.0%", "100.0% forced out"]
    words = [each for each in every(chart.to_dict(), "mark") if each["type"] == "text"]
    assert words[-1]["align"] == "right"


def test_cohorts_in_one_place_are_piled_up() -> None:
    """Two longs beside each other, one reached: it stands below, the other on top of it."""
    table = pd.DataFrame(
        {
            "side": ["long", "long", "short"],
            "leverage": [20.0, 16.0, 2.0],
            "quantity": [1.0, 3.0, 4.0],
            "liquidation_price": [94.5, 93.6, 150.0],
        }
    )

    bars = rows(cascade_steps(cascade(table, price=100, shock=-0.06, depth=100), within=1.0), "base", "top")

    long = bars[bars["side"] == "long"]
    assert long[["base", "top", "out"]].values.tolist() == [[0.0, 0.25, True], [0.25, 1.0, False]]
    assert len(set(long["move"])) == 1


def test_a_calm_market_has_a_shock_and_nothing_else() -> None:
    """Nobody is reached: one bar, and a sentence that says so."""
    for shock in (-0.01, 0.0):
        chart = cascade_steps(fallen(shock=shock))

        assert "forces out 0% of the open longs in 0 rounds" in charts.finding(chart)
        assert rows(chart, "round", "forced")["round"].tolist() == ["shock"]


def test_a_long_cascade_keeps_every_bar_and_names_some() -> None:
    """Forty rounds are all drawn; words stand beside as many as fit."""
    chart = cascade_steps(deep(40))

    tables = [pd.DataFrame(each) for each in chart.to_dict()["datasets"].values()]
    sizes = sorted(len(each) for each in tables if "round" in each.columns)
    assert sizes == [14, 41]


# ---------------------------------------------------------------- words beside lines


@given(
    st.dictionaries(st.text("abcd", min_size=1, max_size=3), st.floats(0, 1), min_size=1, max_size=5),
)
def test_words_never_touch_and_stay_inside(places: dict[str, float]) -> None:
    """Names that end at one place are moved apart; a name alone stays where its line ends."""
    placed = apart(places, 0.1, 0.0, 1.0)

    order = sorted(placed, key=lambda name: placed[name])
    assert sorted(places.values()) == [places[name] for name in order]
    assert np.all(np.diff([placed[name] for name in order]) >= 0.1 - 1e-9)
    assert min(placed.values()) >= -1e-9 and max(placed.values()) <= 1 + 1e-9
    for name, place in places.items():
        if all(abs(place - other) >= 0.5 for also, other in places.items() if also != name):
            assert placed[name] == pytest.approx(place)
