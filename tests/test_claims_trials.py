"""The trials meter: every setting counts once, and the best of many is worth less than it looks."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from oikit import stats
from oikit.claims import SESSION, Claim, Trials, deflate, sweep, weigh
from oikit.claims.events import known
from oikit.errors import InputError
from oikit.simulate.samples import sample
from tests.conftest import frame


def market(seed: int = 0, n: int = 3_000) -> pd.DataFrame:
    """A random walk and noise: simulated, nothing in it."""
    rng = np.random.default_rng(seed)
    price = 100 * np.exp(np.cumsum(0.005 * rng.standard_normal(n)))
    return frame(close=price, state=rng.standard_normal(n))


def make(level: float = 1.5, horizon: str = "6h", id: str = "mine") -> Claim:
    return Claim(
        id=id,
        says="A high state is followed by a rise.",
        means="The next hours rise more than usual.",
        needs=("state",),
        speaks=lambda f: f["state"] > level,
        horizon=horizon,
        expect="higher",
    )


def test_the_meter_counts_settings_per_claim_and_per_session() -> None:
    """A slider that comes back has not tried anything new; the order of the names does not matter."""
    meter = Trials()
    meter.note("C09", {"window": "24h", "spike": 2})
    meter.note("C09", {"spike": 2, "window": "24h"})
    meter.note("C09", {"window": "24h", "spike": 3})
    meter.note("C21", 0.95)

    assert (meter.of("C09"), meter.of("C21"), meter.of("C10"), meter.total) == (2, 1, 0, 3)
    assert meter.table().to_dict() == {"C09": 2, "C21": 1}
    meter.clear()
    assert meter.total == 0


def test_a_sweep_counts_every_setting_it_tries() -> None:
    """Twelve settings, one table, and the best one deflated by twelve."""
    meter = Trials()
    tried = sweep(make, market(), meter=meter, level=[1.0, 1.5, 2.0], horizon=["3h", "6h", "12h", "24h"])

    assert meter.of("mine") == len(tried.table) == tried.deflated.trials == 12
    assert tried.best.p == tried.table["p"].min() == tried.deflated.naive_p
    assert tried.deflated.p == tried.best.p_adjusted == pytest.approx(1 - (1 - tried.best.p) ** 12)
    again = sweep(make, market(), meter=meter, level=[1.0, 1.25], horizon=["3h"])
    assert meter.of("mine") == again.deflated.trials == 13


def test_explorers_and_sweeps_share_one_session() -> None:
    """Unless another meter is named."""
    SESSION.clear()
    SESSION.note("mine", {"level": 9.0})
    tried = sweep(make, market(), level=[1.5])

    assert tried.deflated.trials == SESSION.of("mine") == 2
    SESSION.clear()


def test_the_deflated_figure_stands_beside_the_naive_one() -> None:
    """In the object and in the sentence; more tries, less skill."""
    verdict = weigh(make(), market(1))
    one, many = deflate(verdict, 1), deflate(verdict, 100)

    assert one.p == one.naive_p == verdict.p
    assert one.skill == one.naive_skill == many.naive_skill > many.skill
    assert many.p > many.naive_p
    assert "100 settings tried. Chance alone does as well" in str(many)
    assert "alone," in str(many) and "deflated" in str(many)


def test_the_best_of_many_settings_on_nothing_is_nothing() -> None:
    """Naively, the best of 20 stands out in most of these markets; deflated, in few."""
    naive, deflated = [], []
    for seed in range(16):
        rng = np.random.default_rng(1_000 + seed)
        data = market(seed, 1_500).assign(**{f"s{i}": rng.standard_normal(1_500) for i in range(20)})

        def pick(column: str) -> Claim:
            return Claim(
                "noise",
                "It rises.",
                "It rises.",
                needs=(column,),
                speaks=lambda f: f[column] > 1.5,
                horizon="6h",
            )

        found = sweep(pick, data, meter=Trials(), column=[f"s{i}" for i in range(20)]).deflated
        naive.append(found.naive_p <= 0.05)
        deflated.append(found.p <= 0.05)

    assert np.mean(naive) > 0.4
    assert np.mean(deflated) <= 0.05 + 2 * math.sqrt(0.05 * 0.95 / 16)


def test_too_few_events_have_nothing_to_deflate() -> None:
    """The tries are said all the same."""
    tried = sweep(make, market(), meter=Trials(), level=[4.5, 99.0])

    assert math.isnan(tried.deflated.p) and math.isnan(tried.deflated.skill)
    assert str(tried.deflated) == "2 settings tried; too few events to compare (n = 0)."
    assert tried.best.word == "silent"


def test_a_record_without_any_spread_has_no_skill_figure() -> None:
    """An outcome that is always the same: the p-value is there, a Sharpe ratio is not."""
    flat = Claim(
        "flat",
        "It is so.",
        "It is so.",
        needs=("state",),
        speaks=lambda f: f["state"] > 1.5,
        horizon="6h",
        outcome=lambda f, h: (f["close"] * 0).where(np.arange(len(f)) < len(f) - 6),
    )
    found = deflate(weigh(flat, market()), 3)

    assert math.isnan(found.skill)
    assert "Sure to point" not in str(found)


def test_the_variance_of_the_tries_can_be_given() -> None:
    """The more the tries differ, the better their best looks by luck."""
    verdict = weigh(make(), market(1))

    assert deflate(verdict, 20, variance=0.5).skill < deflate(verdict, 20, variance=0.001).skill
    assert deflate(verdict, 20, variance=0.0).skill == deflate(verdict, 20).skill


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: sweep(make, market()), "nothing to try"),
        (lambda: sweep(make, market(), level=[]), "nothing to try"),
        (lambda: sweep(make, market(), id=["a", "b"]), "share its id"),
        (lambda: deflate(weigh(make(), market()), 0), "the setting that was picked is one"),
    ],
)
def test_what_cannot_be_tried_is_refused(call: object, words: str) -> None:
    """With a word on what to give."""
    with pytest.raises(InputError, match=words):
        call()  # type: ignore[operator]


def test_the_deflated_figures_are_those_of_stats() -> None:
    """By hand from the record of the events, on the side that was expected."""
    verdict = weigh(make(), market(2))
    assert verdict.followed is not None and verdict.effect is not None
    beyond = verdict.followed - verdict.followed.mean() + verdict.effect.value
    record = stats.track_record(beyond)

    found = deflate(verdict, 7)
    assert found.naive_skill == pytest.approx(stats.probabilistic_sharpe(**record))
    assert found.skill == pytest.approx(stats.deflated_sharpe(trials=7, variance=1 / verdict.n, **record))


@pytest.mark.parametrize("ahead", [[0, 0, 3], [3, 0, 0], [0, 3, 0]])
def test_a_sweep_refuses_a_best_setting_that_looks_ahead(ahead: list[int]) -> None:
    """Wherever it stands: what is reported has been tried."""
    market = sample("bnb-null").iloc[:6000]

    def make(place: int) -> Claim:
        back = -24 if ahead[place] else 24
        return Claim(
            id="leaky",
            says="It rises.",
            means="It rises.",
            needs=("close",),
            speaks=lambda f: known(f["close"].shift(back) > 1.03 * f["close"], f["close"].shift(back)),
            horizon="24h",
            expect="higher",
        )

    with pytest.raises(InputError, match="looks ahead"):
        sweep(make, market, meter=Trials(), place=[0, 1, 2])
