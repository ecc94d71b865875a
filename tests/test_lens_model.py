"""Models: taught by the past alone, honest about what was left out, and no better than they are."""

from __future__ import annotations

import builtins
import functools
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from oikit.errors import InputError, MissingExtra
from oikit.lens.examples import Examples, examples, pool
from oikit.lens.folds import Fold, walk_forward
from oikit.lens.learners import FOUR, MODELS, Model, sklearn, votes
from oikit.lens.model import Forecasts, fit, forecast
from oikit.simulate.market import simulate
from oikit.simulate.worlds import WORLDS

DAYS = 300


@functools.cache
def market(seed: int = 1, effect: float = 0.0) -> pd.DataFrame:
    """A simulated market; do not change it, it is shared."""
    end = pd.Timestamp("2026-03-09", tz="UTC")
    return simulate(WORLDS["bnb"], since=end - pd.Timedelta(days=DAYS), until=end, seed=seed, effect=effect)


@functools.cache
def given(seed: int = 1, effect: float = 0.0) -> Examples:
    """All hourly variables of one market; shared."""
    return examples(market(seed, effect))


def toy(n: int = 900, *, link: float = 2.0, seed: int = 0, every: str = "8h") -> Examples:
    """Examples whose outcome hangs on ``x`` and not on ``z``, at log odds ``link * x``."""
    rng = np.random.default_rng(seed)
    x, z = rng.standard_normal((2, n))
    outcome = (rng.random(n) < 1 / (1 + np.exp(-link * x))).astype(float)
    times = pd.date_range("2026-01-01", periods=n, freq=every, tz="UTC")
    facts = pd.DataFrame({"time": times, "market": "toy", "outcome": outcome, "weight": 1.0})
    return Examples(pd.DataFrame({"x": x, "z": z}), facts, "toy", pd.Timedelta(every), pd.Timedelta(every))


def brier(said: Forecasts, column: str = "probability") -> float:
    return float(((said.table[column] - said.table["outcome"]) ** 2).mean())


@pytest.mark.parametrize("name", ["logistic", "tree"])
def test_a_clear_link_is_found_and_told_in_probabilities(name: str) -> None:
    """With labels of their own and a strong link, most of what can be known is."""
    said = forecast(toy(), model=name)
    best = forecast(toy(), model=Model("truth", "", ("x",), lambda x, y, w, s: lambda v: 2.0 * v[:, 0]))

    assert brier(said) < 0.8 * brier(said, "base_rate")
    assert brier(said) < brier(best) + 0.02
    for low, high in ((0.1, 0.3), (0.4, 0.6), (0.7, 0.9)):
        part = said.table[said.table["probability"].between(low, high)]
        assert abs(part["outcome"].mean() - part["probability"].mean()) < 0.12


@pytest.mark.parametrize("name", MODELS)
def test_every_model_forecasts_each_question_once(name: str) -> None:
    """A probability strictly between 0 and 1 for each question of each test."""
    said = forecast(given(), model=name)

    assert said.model == name
    assert said.table["probability"].between(0.0, 1.0, inclusive="neither").all()
    assert said.table.index.is_unique
    assert said.table["fold"].nunique() == 5
    assert said.overlap == 9


@pytest.mark.parametrize("name", ["logistic", "tree", "rules"])
def test_the_future_teaches_nothing(name: str) -> None:
    """Altering everything from some moment on leaves every forecast before it as it was."""
    whole = given()
    cut = int(len(whole.facts) * 0.8)
    facts, variables = whole.facts.copy(), whole.variables.copy()
    facts.loc[cut:, "outcome"] = 1 - facts.loc[cut:, "outcome"]
    variables.iloc[cut:] = variables.iloc[cut:].to_numpy() * -3.0 + 1.0
    other = Examples(variables, facts, whole.label, whole.horizon, whole.every)
    one, two = (forecast(of, model=name).table for of in (whole, other))

    pd.testing.assert_frame_equal(one[one.index < cut], two[two.index < cut])
    assert not one[one.index >= cut].equals(two[two.index >= cut])


def test_the_same_seed_gives_the_same_forecasts() -> None:
    """Trees draw nothing here, but the promise is for all."""
    one, two = (forecast(given(), model="tree", seed=3).table for _ in range(2))

    pd.testing.assert_frame_equal(one, two)


def test_the_base_rate_is_that_of_the_past() -> None:
    """The forecast to beat is what was known then, not what the test turned out to be."""
    whole = given()
    folds = walk_forward(whole.times, horizon=whole.horizon)
    said = forecast(whole, model="base rate")

    for number, fold in enumerate(folds, 1):
        part = said.table[said.table["fold"] == number]
        rate = whole.facts["outcome"].iloc[fold.past].mean()
        assert part["base_rate"].to_numpy() == pytest.approx(rate)
        assert part["probability"].to_numpy() == pytest.approx(rate)


def test_a_score_that_later_data_deny_is_turned_off() -> None:
    """A model that learned the wrong way round is not inverted; the base rate is left."""
    contrary = Model("contrary", "", ("x",), lambda x, y, w, s: lambda v: -3.0 * v[:, 0])
    said = forecast(toy(), model=contrary)

    assert brier(said) == pytest.approx(brier(said, "base_rate"), abs=1e-6)
    assert brier(forecast(toy(), model=contrary, correct=False)) > 0.4


def test_the_level_is_what_happened_in_the_past() -> None:
    """Whatever the slope, the mean probability over the past is the rate of the past."""
    whole = toy()
    fold = walk_forward(whole.times, horizon=whole.horizon)[-1]
    taught, notes = fit(whole, fold)

    assert taught is not None
    assert notes == []
    said = taught.probability(whole.variables.to_numpy()[fold.past])
    assert said.mean() == pytest.approx(taught.rate)
    assert taught.probability(np.zeros((0, 2))).shape == (0,)


def test_a_rare_outcome_keeps_its_small_probability() -> None:
    """Nothing is balanced: one in twenty stays one in twenty."""
    whole = toy(1500, link=0.0)
    rare = whole.facts["outcome"].copy()
    rare[:] = (np.random.default_rng(5).random(len(rare)) < 0.05).astype(float)
    whole = Examples(whole.variables, whole.facts.assign(outcome=rare), "rare", whole.horizon, whole.every)

    assert forecast(whole).table["probability"].mean() == pytest.approx(0.05, abs=0.02)


def test_markets_are_pooled_in_one_model() -> None:
    """Both markets teach, both are judged, and all folds cut at the same moments."""
    both = pool(examples(market(seed), only=["price_move", "velocity"], market=f"m{seed}") for seed in (1, 2))
    said = forecast(both).table

    assert set(said["market"]) == {"m1", "m2"}
    for _, part in said.groupby("fold"):
        first = part.groupby("market")["time"].min()
        assert first["m1"] == first["m2"]
    assert said.groupby("fold")["base_rate"].nunique().eq(1).all()


class TestBadInput:
    """A stated skip, or a clear error; never a quiet repair."""

    def with_column(self, values: object) -> Examples:
        whole = toy()
        return Examples(whole.variables.assign(bad=values), whole.facts, "toy", whole.horizon, whole.every)

    def test_a_constant_column_is_left_out_and_said(self) -> None:
        """It cannot be scaled, and says nothing."""
        said = forecast(self.with_column(7.0))

        assert said.notes[0] == "fold 1: left out, as never moves in training: bad"
        pd.testing.assert_frame_equal(said.table, forecast(toy()).table)

    def test_an_unknown_column_is_left_out_and_said(self) -> None:
        """A window that never fills costs its column, not the rows."""
        said = forecast(self.with_column(np.nan))

        assert said.notes[0] == "fold 1: left out, as mostly unknown in training: bad"
        pd.testing.assert_frame_equal(said.table, forecast(toy()).table)

    def test_many_bad_columns_are_counted(self) -> None:
        """The line stays a line."""
        whole = toy()
        bad = whole.variables.assign(**{f"bad{k}": 1.0 for k in range(8)})
        said = forecast(Examples(bad, whole.facts, "toy", whole.horizon, whole.every))

        assert said.notes[0].endswith("bad0, bad1, bad2, bad3, bad4 and 3 more")

    def test_an_unknown_window_in_the_test_is_no_forecast(self) -> None:
        """Its rows are counted, and nothing is filled in."""
        whole = toy()
        hole = whole.variables.copy()
        hole.iloc[-50:, 0] = np.nan
        said = forecast(Examples(hole, whole.facts, "toy", whole.horizon, whole.every))

        assert "50 of" in said.notes[-1] and "no forecast" in said.notes[-1]
        assert said.table.index.max() == len(hole) - 51

    def test_one_outcome_only_in_a_fold_skips_it(self) -> None:
        """Where it always happened there is nothing to tell apart."""
        whole = toy()
        facts = whole.facts.copy()
        facts.loc[:260, "outcome"] = 1.0
        said = forecast(Examples(whole.variables, facts, "toy", whole.horizon, whole.every))

        assert "fold 1: train has only the outcome 1; there is no forecast" in said.notes
        assert 1 not in set(said.table["fold"])

    def test_one_outcome_only_anywhere_is_refused_with_reasons(self) -> None:
        """No fold is left, and the message says why for each."""
        whole = toy()
        always = Examples(whole.variables, whole.facts.assign(outcome=0.0), "toy", whole.horizon, whole.every)
        with pytest.raises(InputError, match="fold 5: train has only the outcome 0"):
            forecast(always)

    def test_nothing_but_unknowns_is_refused(self) -> None:
        """Without a single variable there is no forecast to make."""
        whole = toy()
        with pytest.raises(InputError, match="too few variables left"):
            forecast(Examples(whole.variables * np.nan, whole.facts, "toy", whole.horizon, whole.every))

    def test_a_variable_that_stops_leaves_nothing_to_correct_with(self) -> None:
        """Known while training, unknown ever after: the fold is skipped, and it is said why."""
        whole = toy()
        torn = whole.variables.copy()
        torn.iloc[200:, 0] = np.nan
        said = forecast(Examples(torn, whole.facts, "toy", whole.horizon, whole.every))

        assert "fold 1: calibrate has no row with all variables; there is no forecast" in said.notes
        assert said.table["fold"].min() > 1

    def test_a_market_shorter_than_the_windows_is_refused(self) -> None:
        """Forty days give a week of labels: no past is left once the horizon and the gap are kept free."""
        with pytest.raises(InputError, match="too short to train"):
            forecast(examples(market().iloc[: 24 * 40]))

    @pytest.mark.parametrize(
        ("call", "says"),
        [
            (lambda e: forecast(e, model="oracle"), "there are logistic, tree"),
            (lambda e: forecast(e.only([])), "hold no variables"),
            (
                lambda e: forecast(e.only(["velocity@1h"]), model="four variables"),
                "which these examples lack",
            ),
            (lambda e: forecast(e, folds=[]), "could say nothing"),
            (lambda e: votes(e.variables[["velocity@1h"]]), "the rules read"),
        ],
    )
    def test_says_what_to_type(self, call: object, says: str) -> None:
        with pytest.raises(InputError, match=says):
            call(given())  # type: ignore[operator]

    def test_an_outcome_may_not_be_missing(self) -> None:
        """Examples are made of known outcomes; whoever makes their own is told."""
        whole = toy()
        facts = whole.facts.copy()
        facts.loc[899, "outcome"] = np.nan
        with pytest.raises(InputError, match="an outcome is missing"):
            forecast(Examples(whole.variables, facts, "toy", whole.horizon, whole.every))


def test_the_rules_need_all_of_their_columns() -> None:
    """Half of the rules is another set of rules; they are passed over, and it is said."""
    whole = given()
    torn = whole.variables.assign(**{"funding@1h": np.nan})
    with pytest.raises(InputError, match="'rules' has too few variables left"):
        forecast(Examples(torn, whole.facts, "x", whole.horizon, whole.every), model="rules")


def test_the_rules_vote_as_they_are_written() -> None:
    """One row for each rule, by hand."""
    columns = {
        "oi_to_cap_percentile@1h": 0.5,
        "price_move_long@1h": 0.02,
        "divergence@1h": 0.0,
        "funding@1h": 0.0001,
        "funding_percentile@1h": 0.5,
        "velocity@1h": 0.01,
        "velocity_score@1h": 0.0,
        "crowd_lean_percentile@1h": 0.5,
    }
    cases = [
        ({}, 0.0),
        ({"oi_to_cap_percentile@1h": 0.97}, -1.0),
        ({"oi_to_cap_percentile@1h": 0.97, "price_move_long@1h": -0.02}, 1.0),
        ({"divergence@1h": 1.0}, -1.0),
        ({"funding@1h": -0.0001}, -1.0),
        ({"funding_percentile@1h": 0.99, "velocity_score@1h": 2.5}, -1.0),
        ({"crowd_lean_percentile@1h": 0.99}, -1.0),
        ({"crowd_lean_percentile@1h": 0.01}, 1.0),
        ({"velocity@1h": np.nan}, np.nan),
    ]
    said = votes(pd.DataFrame([columns | change for change, _ in cases]))

    np.testing.assert_array_equal(said.to_numpy(), [answer for _, answer in cases])


def test_the_four_variables_are_four() -> None:
    """The article names four readings; the small model has those."""
    assert len(FOUR) == 4
    assert MODELS["four variables"].columns == FOUR


def test_without_scikit_learn_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra has a name."""
    real = builtins.__import__

    def without(name: str, *args: object, **more: object) -> object:
        if name.startswith("sklearn"):
            raise ImportError(name)
        return real(name, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("importlib.import_module", without)
    with pytest.raises(MissingExtra, match=r"pip install 'oikit\[lens\]'"):
        sklearn("linear_model")


def test_the_lens_is_light_until_it_learns() -> None:
    """Variables, labels, folds and sweeps are read without loading a learning library."""
    names = (
        "features, labels, examples, folds, learners, model, calibration, conformal, ablation, leaks, sweep"
    )
    code = (
        f"import sys\nfrom oikit.lens import {names}\n"
        "print([m for m in ('sklearn', 'scipy', 'dask', 'distributed', 'altair') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"


def test_fitting_by_hand_takes_any_fold() -> None:
    """A fold without a calibrating part is taught, and its slope is left as it is."""
    whole = toy()
    rows = np.arange(900)
    taught, _ = fit(whole, Fold(rows[:400], rows[:0], rows[400:]))

    assert taught is not None
    assert taught.slope == 1.0
