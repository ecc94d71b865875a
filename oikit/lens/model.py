"""Probability forecasts of the lens, each from the past of its test only.

`forecast` walks one of `oikit.lens.learners.MODELS` through the folds. The scores of every model get the
same correction: a slope learned on a later part of the past (never below zero, and zero where chance
would explain it, which leaves the base rate), and a level that makes the mean over the past equal the
observed frequency.

Nothing is filled in. A variable that is mostly unknown, or constant, in the training part of a fold is
left out of it, and a row that lacks one of the others has no forecast; a fold that cannot be trained, as
with one outcome only, has no forecasts. ``notes`` lists all three.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from oikit.errors import InputError
from oikit.lens.examples import Examples
from oikit.lens.folds import Fold, walk_forward
from oikit.lens.learners import MODELS, Model, Scorer, sklearn
from oikit.stats.given import Floats

__all__ = ["Forecasts", "forecast"]

# A variable unknown in half of the past would cost more rows than it could be worth.
_KNOWN = 0.5
# A slope whose square is not this many times its variance is taken as zero, others are drawn towards it.
_DOUBT = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A model fitted on one fold.

    Attributes
    ----------
    columns : tuple of str
        The variables that were kept.
    rate : float, fraction
        The base rate of the past.
    score : callable
        From those variables to raw log odds.
    slope, level : float
        The correction: corrected log odds are ``level + slope * score``.
    """

    columns: tuple[str, ...]
    rate: float
    score: Scorer
    slope: float
    level: float

    def probability(self, x: Floats) -> Floats:
        """Corrected probabilities; every value of `x`, shape (n, k), must be known."""
        if not len(x):
            return np.zeros(0)
        return _chance(self.level + self.slope * self.score(x))


@dataclass(frozen=True, slots=True, eq=False)
class Forecasts:
    """Forecasts and outcomes, one row per question.

    Attributes
    ----------
    table : DataFrame, shape (n, 8)
        ``time``, ``market``, ``fold``, ``outcome``, ``weight``, ``probability``, ``base_rate`` (the
        frequency in the past of that fold: the forecast to beat) and ``past`` (the effective n of that
        past). Row labels are those of the examples.
    model, label : str
    horizon, every : Timedelta
    notes : tuple of str
        What was left out, and why.
    """

    table: pd.DataFrame
    model: str
    label: str
    horizon: pd.Timedelta
    every: pd.Timedelta
    notes: tuple[str, ...] = ()

    @property
    def overlap(self) -> int:
        """Return how many consecutive questions share hours with one outcome."""
        return max(int(-(-self.horizon // self.every)), 1)


def forecast(
    given: Examples,
    *,
    model: str | Model = "logistic",
    folds: Sequence[Fold] | None = None,
    gap: str = "24h",
    correct: bool = True,
    seed: int = 0,
) -> Forecasts:
    """Forecast each fold's test rows from its past only.

    Parameters
    ----------
    given : Examples
    model : str or Model
        One of `oikit.lens.learners.MODELS`, or your own.
    folds : sequence of Fold, optional
        By default ``walk_forward`` with its own defaults and this `gap`.
    gap : str
    correct : bool
        Whether the scores are corrected on the later part of each past. Otherwise they are used as they
        are.
    seed : int

    Returns
    -------
    Forecasts

    Raises
    ------
    InputError
        If the model is unknown or lacks a column, or if no fold can be trained (the message says why).
    MissingExtra
        Without scikit-learn.
    """
    asked = _model(model, given)
    columns = list(given.variables.columns if asked.columns is None else asked.columns)
    x_all = given.variables[columns].to_numpy(dtype=np.float64)
    y_all = given.facts["outcome"].to_numpy(dtype=np.float64)
    parts = walk_forward(given.times, horizon=given.horizon, gap=gap) if folds is None else folds
    notes, said = list(given.notes), []
    for number, fold in enumerate(parts, 1):
        taught = fit(given, fold, asked, correct=correct, seed=seed)
        notes += [f"fold {number}: {note}" for note in taught[1]]
        if taught[0] is None:
            continue
        keep = [columns.index(name) for name in taught[0].columns]
        known = ~np.isnan(x_all[fold.test][:, keep]).any(axis=1)
        rows = fold.test[known]
        if len(rows) < len(fold.test):
            notes.append(
                f"fold {number}: {len(fold.test) - len(rows):,} of {len(fold.test):,} questions lack a "
                "variable; they have no forecast"
            )
        part = given.facts.iloc[rows][["time", "market", "outcome", "weight"]].copy()
        part.insert(2, "fold", number)
        part["probability"] = taught[0].probability(x_all[np.ix_(rows, np.array(keep, dtype=np.int64))])
        part["base_rate"] = taught[0].rate
        part["past"] = float(given.facts["weight"].to_numpy()[fold.past].sum())
        said.append(part)
    if not said or not sum(map(len, said)):
        raise InputError(f"{asked.name!r} could say nothing:\n  - " + "\n  - ".join(notes or ["no folds"]))
    table = pd.concat(said)
    if np.isnan(y_all[table.index]).any():
        raise InputError("an outcome is missing; examples hold known outcomes only")
    return Forecasts(table, asked.name, given.label, given.horizon, given.every, tuple(notes))


def fit(
    given: Examples, fold: Fold, model: str | Model = "logistic", *, correct: bool = True, seed: int = 0
) -> tuple[Fitted | None, list[str]]:
    """Fit a model on the past of one fold; None with notes if that is impossible."""
    asked = _model(model, given)
    columns = list(given.variables.columns if asked.columns is None else asked.columns)
    x_all = given.variables[columns].to_numpy(dtype=np.float64)
    y_all = given.facts["outcome"].to_numpy(dtype=np.float64)
    weight = given.facts["weight"].to_numpy(dtype=np.float64)
    keep, notes = _useful(x_all[fold.train], columns)
    if (columns and not keep) or (asked.all_or_none and len(keep) < len(columns)):
        return None, [*notes, f"{asked.name!r} has too few variables left; there is no forecast"]

    def whole(rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        return rows[~np.isnan(x_all[np.ix_(rows, np.array(keep, dtype=np.int64))]).any(axis=1)]

    train, later, past = whole(fold.train), whole(fold.calibrate), np.sort(whole(fold.past))
    for name, rows in (("train", train), ("calibrate", later)):
        if name == "calibrate" and (not correct or not len(fold.calibrate)):
            continue
        if len(np.unique(y_all[rows])) < 2:
            kind = f"only the outcome {y_all[rows][0]:g}" if len(rows) else "no row with all variables"
            return None, [*notes, f"{name} has {kind}; there is no forecast"]
    x = x_all[:, keep]
    score = asked.learn(x[train], y_all[train], weight[train], seed)
    # Every question counts here, also one that lacks a variable: the rate is the same for all models.
    rate = float(y_all[fold.past].mean())
    slope, level = 1.0, 0.0
    if correct:
        raw = score(x[past])
        slope = _slope(score(x[later]), y_all[later], weight[later]) if len(later) else 1.0
        level = _level(slope * raw, rate)
    return Fitted(tuple(columns[k] for k in keep), rate, score, slope, level), notes


def _useful(x: Floats, columns: list[str]) -> tuple[list[int], list[str]]:
    """Return the variables known in most rows and not constant, and a line about the others."""
    known = ~np.isnan(x)
    share = known.mean(axis=0) if len(x) else np.zeros(x.shape[1])
    low = np.where(known, x, np.inf).min(axis=0, initial=np.inf)
    high = np.where(known, x, -np.inf).max(axis=0, initial=-np.inf)
    moves = high > low
    lines = []
    for says, wrong in (("mostly unknown", share < _KNOWN), ("never moves", (share >= _KNOWN) & ~moves)):
        names = [columns[k] for k in np.flatnonzero(wrong)]
        if names:
            some = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
            lines.append(f"left out, as {says} in training: {some}")
    return np.flatnonzero((share >= _KNOWN) & moves).tolist(), lines


def _slope(score: Floats, y: Floats, weight: Floats) -> float:
    """Return the part of the score's slope that later data confirm.

    The slope of a logistic fit is shrunk towards zero by a positive-part Stein factor: a slope that
    chance would explain becomes zero, a large one hardly changes. Without this, a model trained on a
    year is worse than the base rate more often than chance allows.
    """
    if float(score.std()) < 1e-9:
        return 0.0
    centred = score - np.average(score, weights=weight)
    model = sklearn("linear_model").LogisticRegression(C=100.0, max_iter=1_000)
    model.fit(centred[:, None], y, sample_weight=weight)
    slope = float(model.coef_[0, 0])
    said = _chance(slope * centred + float(model.intercept_[0]))
    evidence = slope**2 * float(np.sum(weight * said * (1 - said) * centred**2))
    return slope * max(1 - _DOUBT / evidence, 0.0) if slope > 0 and evidence > 0 else 0.0


def _level(score: Floats, rate: float) -> float:
    """Find the level at which the mean probability over these scores is the rate."""
    low, high = -50.0, 50.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if _chance(score + middle).mean() > rate else (middle, high)
    return (low + high) / 2


def _chance(odds: Floats) -> Floats:
    return 1.0 / (1.0 + np.exp(-np.clip(odds, -35.0, 35.0)))


def _model(model: str | Model, given: Examples) -> Model:
    if isinstance(model, str):
        if model not in MODELS:
            raise InputError(f"model={model!r} is unknown; there are {', '.join(MODELS)}")
        model = MODELS[model]
    lacking = [name for name in model.columns or () if name not in given.variables.columns]
    if lacking:
        raise InputError(f"{model.name!r} reads {', '.join(lacking)}, which these examples lack")
    if not given.variables.shape[1]:
        raise InputError("these examples hold no variables; give examples(frame, only=[...]) at least one")
    return model
