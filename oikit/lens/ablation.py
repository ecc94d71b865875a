"""Ablation and importance: what each family adds, and which variables beat noise.

`ablation` adds the families one by one, in the order of `oikit.lens.catalogue.FAMILIES`, and gives each
difference its interval: *what does open interest add to price, volume and funding?* `importance` shifts
one variable at a time in time, and adds noise variables of the same kind, because the best of fifty
useless variables looks useful.

Neither shows causes. A family that adds nothing may carry the same information as one before it; and one
that adds may be a proxy for something that was not recorded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oikit.errors import InputError
from oikit.lens.calibration import gain, score
from oikit.lens.catalogue import FAMILIES, FEATURES
from oikit.lens.examples import Examples
from oikit.lens.folds import Fold, walk_forward
from oikit.lens.learners import MODELS, Model
from oikit.lens.model import Forecasts, fit, forecast
from oikit.stats import Estimate
from oikit.stats.given import Floats, random, whole


@dataclass(frozen=True, slots=True, eq=False)
class Ablation:
    """The skill that each family adds to those before it.

    Attributes
    ----------
    table : DataFrame, one row per step
        Index ``family``; ``variables`` (their number so far), ``skill`` with ``low`` and ``high`` (of
        all of them, over the base rate), ``gain`` with ``gain_low`` and ``gain_high`` (of this family
        over those before it; the first, over the base rate), and ``missed`` with ``missed_low`` and
        ``missed_high`` (the loss if only this family is removed from the full set).
    gains, missed : dict of str to Estimate
        The same numbers; the confidence of each is raised to hold jointly for all of its kind.
    adds : tuple of str
        Families whose gain has an interval above zero.
    source : str or None
        The one of them with the largest loss when removed, if that is above zero with its interval.
        Effects often show in the price too, so an earlier family may add without being the source.
    steps : dict of str to Forecasts
    """

    table: pd.DataFrame
    gains: dict[str, Estimate]
    missed: dict[str, Estimate]
    adds: tuple[str, ...]
    source: str | None
    steps: dict[str, Forecasts]

    def __str__(self) -> str:
        """One sentence on what adds, and one on open interest if it was asked."""
        said = (
            f"{', '.join(self.adds)} added to what came before; missed most: {self.source or 'none for sure'}"
            if self.adds
            else "no family is seen to add to those before it"
        )
        if "open interest" in self.gains:
            said += f". Open interest: {self.gains['open interest']}"
        return said


def ablation(
    given: Examples,
    *,
    model: str | Model = "logistic",
    families: Mapping[str, str] | None = None,
    order: Sequence[str] = tuple(FAMILIES),
    folds: Sequence[Fold] | None = None,
    gap: str = "24h",
    draws: int = 2_000,
    seed: int = 0,
) -> Ablation:
    """Measure what each family of variables adds to the ones before it."""
    if isinstance(model, str) and model in MODELS and MODELS[model].columns is not None:
        raise InputError(f"model={model!r} reads its own columns; take 'logistic' or 'tree'")
    family = {name: _family(name, families or {}) for name in given.variables.columns}
    strangers = sorted(set(family.values()) - set(order))
    if strangers:
        raise InputError(f"order={tuple(order)} lacks {', '.join(strangers)}; name every family once")
    asked = [name for name in order if name in set(family.values())]
    parts = walk_forward(given.times, horizon=given.horizon, gap=gap) if folds is None else folds
    before = forecast(given, model="base rate", folds=parts, seed=seed)
    # Several questions at once: each is asked more strictly, so that all answers hold together.
    sure = 1 - 0.05 / max(len(asked), 1)
    rows, gains, steps = {}, {}, {}
    for k, step in enumerate(asked):
        columns = [name for name in given.variables.columns if family[name] in asked[: k + 1]]
        now = forecast(given.only(columns), model=model, folds=parts, seed=seed)
        skill = score(now, draws=draws, seed=seed).skill
        more = gain(now, before, confidence=sure, draws=draws, seed=seed)
        rows[step] = {
            "variables": len(columns),
            "skill": skill.value,
            "low": skill.low,
            "high": skill.high,
            "gain": more.value,
            "gain_low": more.low,
            "gain_high": more.high,
        }
        gains[step], steps[step], before = more, now, now
    adds = tuple(name for name, more in gains.items() if more.low > 0)
    missed = {}
    for step in asked:
        columns = [name for name in given.variables.columns if family[name] != step]
        less = (
            forecast(given.only(columns), model=model, folds=parts, seed=seed)
            if columns
            else forecast(given, model="base rate", folds=parts, seed=seed)
        )
        missed[step] = gain(before, less, confidence=sure, draws=draws, seed=seed)
        lost = missed[step]
        rows[step] |= {"missed": lost.value, "missed_low": lost.low, "missed_high": lost.high}
    needed = [name for name in adds if missed[name].low > 0]
    source = max(needed, key=lambda name: missed[name].value) if needed else None
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("family")
    return Ablation(table, gains, missed, adds, source, steps)


def importance(
    given: Examples,
    *,
    model: str | Model = "logistic",
    folds: Sequence[Fold] | None = None,
    gap: str = "24h",
    noise: int = 5,
    repeats: int = 3,
    seed: int = 0,
) -> pd.DataFrame:
    """Measure how much worse the forecasts get when one variable is shifted in time."""
    noise, repeats, generator = whole(noise, "noise"), whole(repeats, "repeats"), random(seed)
    columns = list(given.variables.columns)
    market = given.facts["market"].to_numpy()
    wide = given.variables.copy()
    for k in range(noise):
        source = wide[columns[int(generator.integers(len(columns)))]].to_numpy()
        wide[f"noise {k + 1}"] = _slide(source, market, generator)
    full = Examples(wide, given.facts, given.label, given.horizon, given.every, given.notes)
    parts = walk_forward(given.times, horizon=given.horizon, gap=gap) if folds is None else folds
    y, x_all = given.facts["outcome"].to_numpy(), wide.to_numpy(dtype=np.float64)
    rise, base, lines = dict.fromkeys(wide.columns, 0.0), 0.0, []
    for number, fold in enumerate(parts, 1):
        taught, said = fit(full, fold, model, seed=seed)
        lines += [f"fold {number}: {line}" for line in said]
        if taught is None:
            continue
        keep = wide.columns.get_indexer(pd.Index(taught.columns))
        x = x_all[np.ix_(fold.test, keep)]
        known = ~np.isnan(x).any(axis=1)
        x, came, whose = x[known], y[fold.test][known], market[fold.test][known]
        if not len(x):
            continue
        loss = float(np.sum((taught.probability(x) - came) ** 2))
        base += float(np.sum((taught.rate - came) ** 2))
        for j, name in enumerate(taught.columns):
            moved = x.copy()
            for _ in range(repeats):
                moved[:, j] = _slide(x[:, j], whose, generator)
                worse = float(np.sum((taught.probability(moved) - came) ** 2)) - loss
                rise[name] += worse / repeats
    if base <= 0:
        raise InputError("no fold could be taught:\n  - " + "\n  - ".join(lines or ["no folds"]))
    table = pd.DataFrame({"importance": pd.Series(rise) / base}).rename_axis("variable")
    table["noise"] = ~table.index.isin(columns)
    table["floor"] = float(table.loc[table["noise"], "importance"].max())
    table["above"] = ~table["noise"] & (table["importance"] > table["floor"].clip(lower=0.0))
    return table.sort_values("importance", ascending=False, kind="stable")


def _slide(
    values: Floats, market: np.ndarray[tuple[int], np.dtype[np.object_]], generator: np.random.Generator
) -> Floats:
    """Slide a column round, market by market, by at least an eighth of its rows."""
    out = values.copy()
    for name in pd.unique(pd.Series(market)):
        rows = np.flatnonzero(market == name)
        least = len(rows) // 8
        by = int(generator.integers(least, max(len(rows) - least, least + 1)))
        out[rows] = np.roll(values[rows], by)
    return out


def _family(column: str, families: Mapping[str, str]) -> str:
    if column in families:
        return families[column]
    name = column.split("@")[0]
    if name not in FEATURES:
        raise InputError(
            f"{column!r} is no variable of the lens; say its family with families={{{column!r}: ...}}"
        )
    return FEATURES[name].family
