"""The leak laboratory: brilliant where nothing can be known, and caught by the one who looks there."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from oikit.errors import InputError
from oikit.lens.features import features
from oikit.lens.labels import triple_barrier
from oikit.lens.leaks import (
    HONEST,
    LEAKS,
    altered_future,
    examine,
    null_canary,
    truncation,
)
from oikit.simulate.market import simulate
from oikit.simulate.worlds import WORLDS
from oikit.stats import Estimate
from tests.conftest import frame

CAUGHT_BY = {
    "centred window": ("truncation", "altered future"),
    "full-sample scaling": ("truncation", "altered future"),
    "shifted stamp": ("truncation", "altered future"),
    "overlapping folds": ("fold audit",),
}


@functools.cache
def null(seed: int) -> pd.DataFrame:
    """A year in which nothing can be known; shared."""
    return simulate(WORLDS["bnb"], since="2025-01-01", until="2026-01-01", seed=seed)


def worlds() -> list[pd.DataFrame]:
    return [null(seed) for seed in (1, 2, 3)]


@functools.cache
def canary(name: str) -> tuple[bool, list[Estimate]]:
    """What the canary says about a leak, or about the honest pipeline."""
    pipeline = HONEST if name == "honest" else LEAKS[name].pipeline
    return null_canary(pipeline, worlds())


@pytest.mark.parametrize("name", LEAKS)
def test_each_leak_looks_brilliant_on_a_null_world(name: str) -> None:
    """It removes a good part of the squared error, where an honest pipeline removes none."""
    sings, skills = canary(name)
    quiet, honest = canary("honest")

    assert sings and not quiet
    assert np.median([skill.value for skill in skills]) > 0.05
    assert np.mean([skill.value for skill in skills]) > np.mean([skill.value for skill in honest]) + 0.04
    assert max(skill.low for skill in honest) <= 0


@pytest.mark.parametrize("name", LEAKS)
def test_each_leak_is_caught_and_named(name: str) -> None:
    """By the detector that looks where it is, and by no other."""
    found = examine(LEAKS[name].pipeline, null(1))

    assert found.leaks == (name,)
    assert found.table.index[found.table["found"]].tolist() == list(CAUGHT_BY[name])
    assert str(found).startswith(f"this leaks: {name}")


@pytest.mark.parametrize("seed", [4, 5])
@pytest.mark.parametrize("name", [name for name in LEAKS if name != "overlapping folds"])
def test_a_leak_is_told_apart_on_any_market(name: str, seed: int) -> None:
    """Wherever the cuts fall, a stamp, a window and a scale reach back differently."""
    pipeline = LEAKS[name].pipeline

    assert examine(pipeline, null(seed).iloc[:4000], seed=seed).leaks == (name,)


def test_the_honest_pipeline_passes() -> None:
    """All detectors are silent, and the canary too."""
    found = examine(HONEST, null(1), worlds=worlds()[:1])

    assert found.leaks == ()
    assert not found.table["found"].any()
    assert found.columns == {}
    assert str(found).startswith("no leak was found")


def test_all_honest_variables_pass() -> None:
    """Both detectors, over every variable of the hourly and the daily clock."""

    def everything(market: pd.DataFrame) -> pd.DataFrame:
        return features(market, clocks=["1h", "1d"])

    short = null(1).iloc[:4000]
    assert truncation(everything, short, cuts=1) == {}
    assert altered_future(everything, short, cuts=1) == {}


def test_a_leak_of_unknown_kind_still_makes_the_canary_sing() -> None:
    """An answer that came with the rows: it passes every test of time, and shows skill where none is."""
    # A file that somebody prepared with hindsight, looked up by the first price.
    prepared = {world["close"].iloc[0]: triple_barrier(world["close"]) for world in worlds()}

    def knows(market: pd.DataFrame) -> pd.DataFrame:
        answer = prepared[market["close"].iloc[0]]
        return HONEST.variables(market).assign(tip=answer.reindex(market.index).fillna(0.0))

    found = examine(replace(HONEST, variables=knows), null(1), worlds=worlds())

    assert found.leaks == ("unknown",)
    assert found.table["found"].to_dict() == {
        "truncation": False,
        "altered future": False,
        "fold audit": False,
        "null canary": True,
    }


def test_both_kinds_of_leak_are_named_together() -> None:
    """One fault does not hide the other."""
    worse = replace(LEAKS["overlapping folds"].pipeline, variables=LEAKS["centred window"].pipeline.variables)

    assert examine(worse, null(1)).leaks == ("centred window", "overlapping folds")


def test_the_reach_of_a_window_is_measured_in_bars() -> None:
    """A mean of five bars round the bar knows two bars of its future, at every cut."""
    rng = np.random.default_rng(0)
    market = frame(close=100 + rng.random(200))
    centred = truncation(lambda f: f[["close"]].rolling(5, center=True).mean(), market)
    trailing = truncation(lambda f: f[["close"]].rolling(5).mean(), market)

    assert set(centred["close"]) == {2}
    assert trailing == {}
    assert altered_future(lambda f: f[["close"]].shift(-1), market)["close"] == [1] * 5


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: null_canary(HONEST, []), "at least one null world"),
        (lambda: truncation(lambda f: f, frame(close=[1.0] * 5)), "5 bars are too few"),
        (lambda: truncation(lambda f: f, null(1), cuts=0), "cuts=0 is too small"),
    ],
)
def test_doors(call: object, says: str) -> None:
    with pytest.raises(InputError, match=says):
        call()  # type: ignore[operator]
