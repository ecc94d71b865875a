"""Honesty: no skill where there is none, the planted link where there is one, and luck called luck."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest

from oikit.errors import InputError
from oikit.lens.ablation import ablation, importance
from oikit.lens.calibration import compare, gain, reliability, score
from oikit.lens.conformal import conformal
from oikit.lens.examples import Examples, examples, pool
from oikit.lens.features import FEATURES
from oikit.lens.learners import MODELS, Model
from oikit.lens.model import Forecasts, forecast
from oikit.simulate.market import simulate
from oikit.simulate.worlds import WORLDS

EFFECT = 0.015
"""Planted log return per 8 h: nine of them in the 72 h after an event."""


@functools.cache
def world(seed: int, *, years: int = 1, effect: float = 0.0, only: tuple[str, ...] | None = None) -> Examples:
    """Hourly variables of a simulated market; do not change it, it is shared."""
    since, until = f"{2026 - years}-01-01", "2026-01-01"
    market = simulate(WORLDS["bnb"], since=since, until=until, seed=seed, effect=effect)
    return examples(market, only=only, market=f"m{seed}")


@functools.cache
def forecasts(seed: int, model: str = "logistic") -> Forecasts:
    """What a model says of a year without a link; do not change it, it is shared."""
    return forecast(world(seed), model=model)


@functools.cache
def planted(*seeds: int) -> Examples:
    """Three years of some markets, each with the link."""
    return pool(world(seed, years=3, effect=EFFECT) for seed in seeds)


def said(
    probability: object, outcome: object, *, base: object = 0.5, every: str = "8h", horizon: str = "72h",
    past: float = 1e9,
) -> Forecasts:  # fmt: skip
    """Forecasts as one would write them down."""
    n = len(np.asarray(outcome))
    table = pd.DataFrame(
        {
            "time": pd.date_range("2026-01-01", periods=n, freq=every, tz="UTC"),
            "market": "one",
            "fold": 1 + np.arange(n) * 4 // n,
            "outcome": np.asarray(outcome, dtype=float),
            "weight": 1 / 9,
            "probability": probability,
            "base_rate": base,
            "past": past,
        }
    )
    return Forecasts(table, "by hand", "x", pd.Timedelta(horizon), pd.Timedelta(every))


def overlapping(n: int, p: object, seed: int, m: int = 9) -> np.ndarray:
    """Outcomes with these chances, whose luck lasts for m questions."""
    rng = np.random.default_rng(seed)
    noise = np.concatenate([[0.0], np.cumsum(rng.standard_normal(n + m))])
    luck = (noise[m : n + m] - noise[:n]) / np.sqrt(m)
    rank = luck.argsort().argsort() / n  # uniform enough
    return (rank < p).astype(float)


def covers_zero(given: Forecasts) -> bool:
    skill = score(given, draws=500).skill
    return skill.low <= 0 <= skill.high


class TestNullWorlds:
    """Where nothing can be known, nothing may be seen."""

    @pytest.mark.parametrize("model", ["logistic", "tree"])
    def test_the_lens_shows_no_skill(self, model: str) -> None:
        """In at least 95% of worlds the interval holds zero; of twelve, one may miss by chance."""
        seeds = range(12 if model == "logistic" else 8)
        held = [covers_zero(forecasts(seed, model)) for seed in seeds]

        assert sum(held) >= len(held) - 1

    def test_the_lens_stays_inside_its_band(self) -> None:
        """The luck of the outcomes and of the past explains every bin, but for a world in twenty."""
        inside = [reliability(forecasts(seed), draws=300).inside for seed in range(12)]

        assert sum(inside) >= 11

    def test_no_family_is_the_source(self) -> None:
        """The ablation names none."""
        assert [ablation(world(seed), draws=500).source for seed in range(2)] == [None] * 2

    @pytest.mark.slow
    @pytest.mark.parametrize("model", ["logistic", "tree"])
    def test_the_lens_shows_no_skill_in_a_hundred_worlds(self, model: str) -> None:
        """The promise in full: at least 95 of 100 intervals hold zero, and as many bands hold."""
        skills, inside = 0, 0
        for seed in range(1000, 1100):
            given = forecast(world.__wrapped__(seed), model=model)
            skills += covers_zero(given)
            inside += reliability(given, draws=300).inside

        assert skills >= 95
        assert inside >= 90  # nominally 95, three standard errors of a hundred worlds below


class TestPlantedWorlds:
    """Where a link is planted from open interest to returns, it is found there."""

    @pytest.mark.parametrize("seeds", [(0, 1), (2, 3)])
    def test_the_lens_finds_the_effect_and_its_source(self, seeds: tuple[int, int]) -> None:
        """Skill above zero, and open interest is what is missed; price only shows what it did."""
        found = ablation(planted(*seeds), draws=500)
        last = found.table.iloc[-1]

        assert last["low"] > 0
        assert "open interest" in found.adds
        assert found.source == "open interest"
        assert found.missed["open interest"].low > 0
        assert "Open interest: 0.0" in str(found)

    def test_the_null_world_of_the_same_seed_has_nothing(self) -> None:
        """The only difference is the drift."""
        found = ablation(world(0, years=3), draws=500)

        assert found.source is None
        assert "open interest" not in found.adds

    def test_open_interest_is_among_what_matters(self) -> None:
        """The best variable reads open interest, and it is far above the noise."""
        lines = importance(planted(0, 1), seed=1)

        reads = FEATURES[lines.index[0].split("@")[0]]
        assert reads.family == "open interest"
        assert lines["importance"].iloc[0] > 2 * lines["floor"].iloc[0]

    def test_pooled_markets_find_it_together(self) -> None:
        """Three short markets say what one is too short to say."""
        both = pool(world(seed, effect=0.02) for seed in range(3))

        assert score(forecast(both), draws=1_000).skill.low > 0


class TestScore:
    """Numbers one can work out."""

    def test_by_hand(self) -> None:
        """Always right by 0.8 against a base rate of a half: 0.04 against 0.25."""
        outcome = np.array([0.0, 1.0] * 20)
        found = score(said(0.2 + 0.6 * outcome, outcome))

        assert found.brier.score.value == pytest.approx(0.04)
        assert found.skill.value == pytest.approx(1 - 0.04 / 0.25)
        assert found.log_loss == pytest.approx(-np.log(0.8))
        assert found.base_log_loss == pytest.approx(np.log(2))
        assert found.log_skill.value == pytest.approx(1 - np.log(0.8) / np.log(0.5))
        assert found.effective_n == pytest.approx(40 / 9)
        assert "worth 4 that share nothing" in str(found)

    def test_the_base_rate_has_no_skill_and_no_doubt_about_it(self) -> None:
        """Zero, with an interval of no width."""
        skill = score(said(0.5, [0.0, 1.0] * 20)).skill

        assert (skill.value, skill.low, skill.high) == (0.0, 0.0, 0.0)

    def test_an_outcome_known_for_sure_leaves_nothing_to_beat(self) -> None:
        """A base rate that is never wrong cannot be improved on, nor divided by."""
        assert score(said(0.5, [0.0] * 40, base=0.0)).skill.value == 0.0

    def test_the_interval_is_right_about_overlapping_luck(self) -> None:
        """Wrong by a fixed amount and right by luck: nineteen intervals in twenty hold the truth."""
        held = 0
        for seed in range(200):
            rng = np.random.default_rng(seed)
            off = np.repeat(rng.normal(0, 0.1, 35), 20)
            came = overlapping(700, 0.4, seed)
            given = said(np.clip(0.4 + off, 0.01, 0.99), came, base=0.4)
            # What the skill would be on average over the luck of the outcomes.
            truth = -float(np.mean(off**2)) / (0.4 * 0.6)
            skill = score(given, draws=200).skill
            held += skill.low <= truth <= skill.high

        assert held >= 180

    def test_markets_of_one_moment_are_drawn_together(self) -> None:
        """The same market twice is no more evidence than once."""
        one = said(np.linspace(0.3, 0.7, 300), overlapping(300, np.linspace(0.2, 0.8, 300), 1))
        table = pd.concat([one.table, one.table.assign(market="two")], ignore_index=True)
        two = Forecasts(table, "x", "x", one.horizon, one.every)
        a, b = score(one, draws=500).skill, score(two, draws=500).skill

        assert b.high - b.low == pytest.approx(a.high - a.low, rel=0.05)
        assert b.n == 2 * a.n

    def test_models_are_compared_in_one_table(self) -> None:
        """One row for each, with its own count of questions."""
        names = ["logistic", "rules", "yesterday", "four variables", "base rate"]
        table = compare({name: forecast(world(0), model=name) for name in names}, draws=200)

        assert table.index.tolist() == names
        assert table.loc["base rate", "skill"] == pytest.approx(0.0)
        assert (table["low"] <= table["skill"]).all() and (table["skill"] <= table["high"]).all()
        assert table.loc["base rate", "questions"] >= table.loc["logistic", "questions"]

    @pytest.mark.parametrize(
        ("call", "says"),
        [
            (lambda: score(said(0.5, [1.0, 0.0, 1.0])), "too few|at least"),
            (lambda: gain(said(0.5, [1, 0] * 9), forecast(world(0))), "share no questions"),
            (lambda: reliability(said(0.5, [1, 0] * 9), bins=0), "bins=0 is too small"),
            (lambda: conformal(said(0.5, [1, 0] * 9)), "no fold has enough forecasts"),
            (lambda: conformal(said(0.5, [1, 0] * 9), miss=10), "miss=10"),
            (lambda: ablation(world(0), model="rules"), "reads its own columns"),
            (lambda: ablation(world(0), order=["price"]), "lacks"),
            (lambda: importance(world(0), noise=0), "noise=0 is too small"),
        ],
    )
    def test_doors(self, call: object, says: str) -> None:
        with pytest.raises(InputError, match=says):
            call()  # type: ignore[operator]


class TestReliability:
    """Said against came, and the band of luck."""

    def test_right_probabilities_stay_inside(self) -> None:
        """Nineteen times in twenty, whatever the overlap."""
        p = np.tile([0.2, 0.4, 0.6], 200)
        inside = [
            reliability(said(p, overlapping(600, p, seed)), bins=3, draws=200).inside for seed in range(60)
        ]

        assert 0.85 <= np.mean(inside) <= 1.0

    def test_wrong_probabilities_do_not(self) -> None:
        """Said 10% and 90%, came 40% and 60%: no luck does that."""
        p = np.repeat([0.1, 0.9], 600)
        found = reliability(said(p, overlapping(1200, np.repeat([0.4, 0.6], 600), 0)), bins=2)

        assert not found.inside
        assert found.p < 0.01
        assert found.error == pytest.approx(0.3, abs=0.1)
        assert found.error > 3 * found.usual_error

    def test_overlap_widens_the_band(self) -> None:
        """Six hundred overlapping outcomes are worth some sixty."""
        p = np.full(600, 0.4)
        wide = reliability(said(p, overlapping(600, p, 0)), bins=1).table
        narrow = reliability(said(p, overlapping(600, p, 0), horizon="8h"), bins=1).table

        assert (wide["high"] - wide["low"]).iloc[0] > 2 * (narrow["high"] - narrow["low"]).iloc[0]

    def test_a_short_past_widens_the_band(self) -> None:
        """A level learned from thirty labels may be off by itself."""
        p = np.full(600, 0.4)
        given = said(p, overlapping(600, p, 0), base=0.4, past=30.0)
        learned, right = (reliability(given, bins=1, learned=kind).table for kind in (True, False))

        assert (learned["high"] - learned["low"]).iloc[0] > (right["high"] - right["low"]).iloc[0] + 0.03

    def test_equal_probabilities_stay_together(self) -> None:
        """Ten bins of one number are one bin."""
        found = reliability(said(0.5, [0.0, 1.0] * 50), bins=10)

        assert found.table["questions"].tolist() == [100]
        assert found.table["said"].tolist() == [0.5]
        assert found.error == 0.0
        assert found.inside


class TestConformal:
    """What a user may rely on."""

    def test_sets_hold_the_outcome_as_often_as_promised(self) -> None:
        """On questions that could be swapped, nine in ten."""
        rng = np.random.default_rng(0)
        p = rng.uniform(0.02, 0.98, 4_000)
        found = conformal(said(p, rng.random(4_000) < p, horizon="8h"))

        assert found.aim == 0.9
        assert found.coverage.value == pytest.approx(0.9, abs=0.03)
        assert found.coverage.low < 0.9 < found.coverage.high
        assert 0.3 < found.decided < 0.9
        assert found.notes == ("fold 1: 0 earlier forecasts, 50 are needed; it has no sets",)

    def test_the_range_holds_the_probability(self) -> None:
        """Where the forecasts are right, the range is narrow and round them."""
        rng = np.random.default_rng(1)
        p = rng.choice([0.2, 0.5, 0.8], 2_000)
        table = conformal(said(p, rng.random(2_000) < p, horizon="8h")).table

        assert (table["low"] <= table["high"]).all()
        assert (
            (table["low"] - 0.1 <= table["probability"]) & (table["probability"] <= table["high"] + 0.1)
        ).all()
        assert (table["high"] - table["low"]).max() < 0.05

    def test_a_range_is_what_an_isotonic_curve_says(self) -> None:
        """The same as scikit-learn's, with one more point."""
        isotonic = pytest.importorskip("sklearn.isotonic")
        rng = np.random.default_rng(2)
        p = rng.uniform(0, 1, 120).round(2)
        came = (rng.random(120) < p).astype(float)
        table = conformal(said(p, came, horizon="8h"), least=20).table
        row = table[table["fold"] == 4].iloc[3]
        past = (p[:89], came[:89])  # what was over before the first question of the last fold
        for answer, end in ((0.0, "low"), (1.0, "high")):
            curve = isotonic.IsotonicRegression(y_min=0, y_max=1).fit(
                np.append(past[0], row["probability"]), np.append(past[1], answer)
            )
            assert row[end] == pytest.approx(float(curve.predict([row["probability"]])[0]))

    def test_vague_forecasts_rule_nothing_out(self) -> None:
        """At a half each, both answers stay."""
        found = conformal(said(0.5, np.random.default_rng(3).random(400) < 0.5))

        assert found.decided == 0.0
        assert found.coverage.value == 1.0

    def test_a_promise_that_the_past_cannot_measure_rules_nothing_out(self) -> None:
        """To miss one in a thousand takes a thousand earlier outcomes."""
        found = conformal(said(np.tile([0.1, 0.9], 150), np.tile([0.0, 1.0], 150)), miss=0.001)

        assert found.decided == 0.0


class TestAblation:
    """Families one by one, and variables against noise."""

    def toy(self, link: float = 1.5) -> Examples:
        rng = np.random.default_rng(0)
        x, z, copy = rng.standard_normal((3, 1200))
        came = (rng.random(1200) < 1 / (1 + np.exp(-link * x))).astype(float)
        times = pd.date_range("2026-01-01", periods=1200, freq="8h", tz="UTC")
        facts = pd.DataFrame({"time": times, "market": "toy", "outcome": came, "weight": 1.0})
        columns = pd.DataFrame({"z": z, "x": x, "copy": x + 0.1 * copy})
        return Examples(columns, facts, "toy", pd.Timedelta("8h"), pd.Timedelta("8h"))

    def test_a_copy_adds_nothing_and_is_not_missed(self) -> None:
        """What stands in line first gets the gain; what has a double is not missed."""
        given = self.toy()
        kinds = {"z": "noise", "x": "cause", "copy": "double"}
        alone = ablation(given.only(["z", "x"]), families=kinds, order=["noise", "cause"], draws=500)
        both = ablation(given, families=kinds, order=["noise", "cause", "double"], draws=500)

        assert (alone.adds, alone.source) == (("cause",), "cause")
        assert "double" not in both.adds
        assert both.missed["cause"].value < 0.3 * alone.missed["cause"].value
        assert both.table["variables"].tolist() == [1, 2, 3]

    def test_noise_adds_nothing(self) -> None:
        """And it is said in one sentence."""
        found = ablation(
            self.toy(0.0), families=dict.fromkeys(["z", "x", "copy"], "one"), order=["one"], draws=500
        )

        assert str(found) == "no family is seen to add to those before it"
        assert found.gains["one"].confidence == 0.95

    def test_a_column_without_a_family_is_refused(self) -> None:
        """Only the lens' own variables have one."""
        with pytest.raises(InputError, match="say its family with families="):
            ablation(self.toy())

    def test_the_cause_is_above_the_noise(self) -> None:
        """Sliding it out of place hurts; sliding noise does not."""
        lines = importance(self.toy().only(["z", "x"]), noise=3)

        assert lines.index[0] == "x"
        assert lines["above"].to_dict() == {"x": True} | {n: False for n in lines.index[1:] if n != "x"}
        assert lines["noise"].sum() == 3

    def test_a_fold_that_cannot_be_taught_is_passed_over(self) -> None:
        """With one outcome only at the start, the later folds still speak."""
        given = self.toy()
        facts = given.facts.copy()
        facts.loc[:350, "outcome"] = 0.0
        some = Examples(given.variables, facts, "toy", given.horizon, given.every)
        never = Examples(given.variables, facts.assign(outcome=0.0), "toy", given.horizon, given.every)

        assert importance(some, noise=1).index[0] in ("x", "copy")
        with pytest.raises(InputError, match="no fold could be taught"):
            importance(never)

    def test_a_test_without_a_whole_row_is_passed_over(self) -> None:
        """Unknown to the end: earlier folds have spoken."""
        given = self.toy()
        hole = given.variables.copy()
        hole.iloc[1050:] = np.nan

        assert len(importance(Examples(hole, given.facts, "t", given.horizon, given.every), noise=1)) == 4

    def test_your_own_model_is_ablated_too(self) -> None:
        """A model is a value; it needs no name in the list."""
        mine = Model("mine", "", None, MODELS["logistic"].learn)
        found = ablation(
            self.toy().only(["z", "x"]), model=mine, families={"z": "a", "x": "b"}, order="ab", draws=200
        )

        assert found.source == "b"
