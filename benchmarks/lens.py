"""The lens walks forward over three years of hours: labels, folds, six models, honest scores.

The rival is the same walk as one would write it with scikit-learn alone: a pipeline that scales and fits on
the same rows of the same folds, corrected by ``CalibratedClassifierCV`` on the same later part.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from benchmarks.harness import Row, race
from oikit.lens.calibration import score
from oikit.lens.examples import Examples, examples
from oikit.lens.features import features
from oikit.lens.folds import walk_forward
from oikit.lens.model import forecast
from oikit.simulate.market import simulate
from oikit.simulate.worlds import WORLDS


@functools.cache
def market() -> pd.DataFrame:
    """Three years of hourly bars, simulated."""
    return simulate(WORLDS["bnb"], since="2023-03-06", until="2026-03-06", seed=8)


@functools.cache
def given(every: str = "8h") -> Examples:
    return examples(market(), every=every)


def plain(of: Examples) -> np.ndarray:
    """The walk in scikit-learn's own words, without weights or notes."""
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.frozen import FrozenEstimator
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    x, y = of.variables.to_numpy(), of.facts["outcome"].to_numpy()
    whole = ~np.isnan(x).any(axis=1)
    said = []
    for fold in walk_forward(of.times, horizon=of.horizon):
        train, later, test = (rows[whole[rows]] for rows in (fold.train, fold.calibrate, fold.test))
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1_000))
        model.fit(x[train], y[train])
        corrected = CalibratedClassifierCV(FrozenEstimator(model), method="sigmoid").fit(x[later], y[later])
        said.append(corrected.predict_proba(x[test])[:, 1])
    return np.concatenate(said)


def rows() -> list[Row]:
    """One line for the walk, and what stands before and after it."""
    frame, of, dense = market(), given(), given("1h")
    rival, ours = race(lambda: plain(of), lambda: forecast(of), rounds=3)
    dense_rival, dense_ours = race(lambda: plain(dense), lambda: forecast(dense), rounds=3)
    label, known = race(
        lambda: examples(frame, variables=given_variables()), lambda: features(frame, clocks=["1h"]), rounds=3
    )
    said = forecast(of)
    (judged,) = race(lambda: score(said), rounds=3)
    (tree,) = race(lambda: forecast(of, model="tree"), rounds=3)
    n, dense_n = len(of.facts), len(dense.facts)
    return [
        Row(
            f"walk-forward, 3 years, {n:,} questions, 82 variables",
            "scikit-learn",
            rival,
            "-",
            None,
            ours,
            0.5,
        ),
        Row(
            f"walk-forward, 3 years, every hour ({dense_n:,})",
            "scikit-learn",
            dense_rival,
            "-",
            None,
            dense_ours,
            0.5,
        ),
        Row("the same walk with trees", "logistic", ours, "-", None, tree, None),
        Row("labels and weights, 3 years hourly", "its variables", known, "-", None, label, None),
        Row("scores with intervals (2,000 draws)", "the walk", ours, "-", None, judged, None),
    ]


@functools.cache
def given_variables() -> pd.DataFrame:
    return features(market(), clocks=["1h"])
