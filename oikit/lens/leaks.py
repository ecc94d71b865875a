"""The leak laboratory: four ways to look brilliant where nothing can be known, and who catches them.

=========================  =================================================  ==================
leak                       what went wrong                                    caught by
=========================  =================================================  ==================
``"centred window"``       a smooth line that knows the hours after it        `truncation`
``"full-sample scaling"``  each week scaled by its own mean and spread        `altered_future`
``"shifted stamp"``        daily bars stamped with the beginning of the day   `altered_future`
``"overlapping folds"``    rows dealt to folds at random, labels overlap      `oikit.lens.folds.audit`
=========================  =================================================  ==================

`null_canary` catches all of them, and whatever else may leak, as it only asks whether skill appears in
a world without any; it cannot say where it came from. `examine` asks all detectors and names the leak.

A detector finds what it is shown: variables are tested at some moments, on one frame. Silence at all
of them is good evidence, and no proof.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from oikit.clock import DAY, MONDAY, WEEK, bar_length
from oikit.errors import InputError
from oikit.frame import FIELDS, resample, validate
from oikit.lens.calibration import score
from oikit.lens.examples import Examples, examples
from oikit.lens.features import features
from oikit.lens.folds import Fold, audit, walk_forward
from oikit.lens.learners import Model, rich_tree
from oikit.lens.model import Forecasts, forecast
from oikit.lens.scale import SCALES
from oikit.stats import Estimate
from oikit.stats.given import Floats, random, whole

__all__ = ["HONEST", "LEAKS", "examine"]

_FEW = ("price_move", "price_move_long", "volatility_percentile", "velocity", "premium_mean", "crowd_lean")

_SLOW = (
    *("price_move_long", "volatility", "price_range", "price_below_high", "falling_share", "volume_surge"),
    *("taker_imbalance_long", "premium_mean", "premium_volatility", "funding_apr", "funding_streak"),
    *("oi_to_cap", "velocity_long", "oi_volatility", "oi_below_high", "oi_above_low", "turnover"),
    *("crowd_lean", "top_account_lean", "top_position_lean", "top_minus_crowd"),
)

Variables = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True, slots=True)
class Pipeline:
    """All steps from a frame to forecasts.

    Attributes
    ----------
    variables : callable
        From a frame to what is said to be known at each of its bars.
    split : callable
        From examples to folds.
    model : str or Model
    correct : bool
        As in `oikit.lens.model.forecast`.
    gap : str
        What its folds should keep free beyond the horizon.
    """

    variables: Variables
    split: Callable[[Examples], list[Fold]]
    model: str | Model = "logistic"
    correct: bool = True
    gap: str = "24h"


@dataclass(frozen=True, slots=True)
class Leak:
    """A pipeline with one thing wrong, and what that is.

    Attributes
    ----------
    name, says : str
    pipeline : Pipeline
    """

    name: str
    says: str
    pipeline: Pipeline


def run(pipeline: Pipeline, frame: pd.DataFrame, *, seed: int = 0) -> Forecasts:
    """Forecast a market with this pipeline."""
    given = examples(frame, variables=pipeline.variables(frame))
    folds = pipeline.split(given)
    return forecast(given, model=pipeline.model, folds=folds, correct=pipeline.correct, seed=seed)


def truncation(
    variables: Variables, frame: pd.DataFrame, *, cuts: int = 5, seed: int = 0
) -> dict[str, list[int]]:
    """Return the variables that change when later history is removed, with how far back at each cut."""
    return _reaches(variables, frame, cuts, seed, lambda part, _, k: part.iloc[:k])


def altered_future(
    variables: Variables, frame: pd.DataFrame, *, cuts: int = 5, seed: int = 0
) -> dict[str, list[int]]:
    """Return the variables that change when only later rows are altered.

    Every number after the cut is multiplied by its own factor between a half and two. The result has the
    form of `truncation`, which shortens history and so also catches formulas that count rows; this
    catches formulas that behave differently on a short history.
    """
    generator = random(seed)

    def other(part: pd.DataFrame, names: list[str], k: int) -> pd.DataFrame:
        out = part.copy()
        factor = np.exp(generator.uniform(-np.log(2), np.log(2), (len(part) - k, len(names))))
        out.iloc[k:] = out.iloc[k:].to_numpy() * factor
        return out

    return _reaches(variables, frame, cuts, seed, other)


def null_canary(
    pipeline: Pipeline, worlds: Sequence[pd.DataFrame], *, seed: int = 0
) -> tuple[bool, list[Estimate]]:
    """Return whether a pipeline shows skill on null worlds, and its skill on each."""
    if not len(worlds):
        raise InputError("give at least one null world; oikit.simulate.market.simulate makes them")
    skills = [score(run(pipeline, world, seed=seed), draws=1_000, seed=seed).skill for world in worlds]
    return sum(skill.low > 0 for skill in skills) * 2 > len(skills), skills


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """The findings of the leak detectors on a pipeline.

    Attributes
    ----------
    table : DataFrame, one row per detector
        ``found`` (bool) and ``says``.
    leaks : tuple of str
        Those of `LEAKS` that it looks like; ``"unknown"`` if only the null canary responds.
    columns : dict of str to str
        The variables that read the future, and the leak each looks like.
    """

    table: pd.DataFrame
    leaks: tuple[str, ...]
    columns: dict[str, str]

    def __str__(self) -> str:
        """One line for the whole, one per detector."""
        head = f"this leaks: {', '.join(self.leaks)}" if self.leaks else "no leak was found"
        lines = [f"  {name}: {row.says}" for name, row in self.table.iterrows()]
        return "\n".join([head, *lines])


def examine(
    pipeline: Pipeline,
    frame: pd.DataFrame,
    *,
    worlds: Sequence[pd.DataFrame] = (),
    cuts: int = 5,
    seed: int = 0,
) -> Examination:
    """Examine a pipeline for leaks.

    Parameters
    ----------
    pipeline : Pipeline
    frame : DataFrame, shape (n, m)
        A market to examine it on.
    worlds : sequence of DataFrame
        Null worlds for the canary; without any it is skipped.
    cuts, seed : int

    Returns
    -------
    Examination

    Notes
    -----
    Changed variables are classified so: a change that never reaches further back than one bar of the
    variable's own clock (the part of its name after the @) is a stamp; one that reaches equally far at
    every cut is a window; one whose reach varies is scaling.
    """
    validate(frame)
    step = bar_length(frame.index)
    found = {
        "truncation": truncation(pipeline.variables, frame, cuts=cuts, seed=seed),
        "altered future": altered_future(pipeline.variables, frame, cuts=cuts, seed=seed),
    }
    rows: dict[str, dict[str, object]] = {}
    columns: dict[str, str] = {}
    for detector, changed in found.items():
        columns |= {name: _kind(name, reach, step) for name, reach in changed.items()}
        says = [f"{name} changes up to {max(reach):,} bars before a cut" for name, reach in changed.items()]
        rows[detector] = {"found": bool(changed), "says": "; ".join(says) or "nothing changes"}
    given = examples(frame, variables=pipeline.variables(frame))
    faults = audit(pipeline.split(given), given.times, horizon=given.horizon, gap=pipeline.gap)
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    rows["fold audit"] = {
        "found": bool(faults),
        "says": faults[0] + more if faults else "all folds are clean",
    }
    leaks = [name for name in LEAKS if name in columns.values()] + ["overlapping folds"] * bool(faults)
    if len(worlds):
        sings, skills = null_canary(pipeline, worlds, seed=seed)
        said = ", ".join(f"{skill.value:.3f} [{skill.low:.3f}, {skill.high:.3f}]" for skill in skills)
        rows["null canary"] = {"found": sings, "says": f"skill on worlds without any: {said}"}
        if sings and not leaks:
            leaks = ["unknown"]
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("detector")
    return Examination(table, tuple(leaks), columns)


def _reaches(
    variables: Variables,
    frame: pd.DataFrame,
    cuts: int,
    seed: int,
    other: Callable[[pd.DataFrame, list[str], int], pd.DataFrame],
) -> dict[str, list[int]]:
    validate(frame)
    fields = [name for name in frame.columns if name in FIELDS]
    part = frame[fields]
    n = len(part)
    if n < 8:
        raise InputError(
            f"{n} bars are too few to cut; give a market that fills the windows of its variables"
        )
    at = np.unique(random(seed).integers(n // 2, n - 1, whole(cuts, "cuts"))).tolist()
    full = variables(part)
    reaches: dict[str, list[int]] = {}
    for k in at:
        now = variables(other(part, fields, k))
        for name in full.columns:
            was, came = full[name].to_numpy()[:k], now[name].to_numpy()[:k]
            row = np.flatnonzero(_differs(was, came))
            reaches.setdefault(str(name), []).append(k - int(row[0]) if len(row) else 0)
    return {name: reach for name, reach in reaches.items() if any(reach)}


def _differs(was: Floats, came: Floats) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return where values differ beyond the last digits, which depend on the length of a sum."""
    return np.asarray(~np.isclose(was, came, rtol=1e-9, atol=1e-12, equal_nan=True), dtype=np.bool_)


def _kind(name: str, reach: list[int], step: pd.Timedelta) -> str:
    clock = name.split("@")[-1]
    bar = pd.Timedelta(minutes=SCALES[clock].minutes) // step if clock in SCALES else 1
    if max(reach) <= max(bar, 1):
        return "shifted stamp"
    return "centred window" if len(set(reach)) == 1 and len(reach) > 1 else "full-sample scaling"


def _honest(frame: pd.DataFrame) -> pd.DataFrame:
    return features(frame, clocks=["1h"], only=_FEW)


def _past_only(given: Examples) -> list[Fold]:
    return walk_forward(given.times, horizon=given.horizon)


def _centred(frame: pd.DataFrame) -> pd.DataFrame:
    path = np.log(frame["close"])
    return _honest(frame).assign(**{"off_smooth_line@1h": path - path.rolling(73, center=True).mean()})


def _scaled(frame: pd.DataFrame) -> pd.DataFrame:
    path = np.log(frame["close"])
    week = np.asarray((pd.DatetimeIndex(frame.index) - MONDAY) // WEEK)
    by = path.groupby(week)
    spread = by.transform("std").replace(0.0, np.nan)
    low, high = by.transform("min"), by.transform("max")
    return _honest(frame).assign(
        **{
            "scaled_price@1h": (path - by.transform("mean")) / spread,
            "room_above@1h": high - path,
            "room_below@1h": path - low,
        }
    )


def _stamped(frame: pd.DataFrame) -> pd.DataFrame:
    days = resample(frame[["high", "low", "close"]], "1d")
    days.index = pd.DatetimeIndex(days.index) - DAY
    there = days.reindex(frame.index, method="ffill")
    return _honest(frame).assign(
        **{f"to_{name}_of_day@1d": np.log(there[name] / frame["close"]) for name in there.columns}
    )


def _dealt(given: Examples) -> list[Fold]:
    order = np.random.default_rng(0).permutation(len(given.facts))
    none = np.array([], dtype=np.int64)
    return [
        Fold(np.sort(np.setdiff1d(order, part)), none, np.sort(part)) for part in np.array_split(order, 5)
    ]


def _many(frame: pd.DataFrame) -> pd.DataFrame:
    return features(frame, clocks=["1h"], only=_SLOW)


HONEST = Pipeline(_honest, _past_only)
"""A few variables, folds cut by time, a penalised logistic: what the leaks are planted into."""

LEAKS: dict[str, Leak] = {
    leak.name: leak
    for leak in (
        Leak(
            "centred window",
            "the price is measured from a smooth line of 73 hours that has its middle at the bar",
            replace(HONEST, variables=_centred),
        ),
        Leak(
            "full-sample scaling",
            "the price of each week is scaled by the mean, spread and range of that same week, file by file",
            replace(HONEST, variables=_scaled),
        ),
        Leak(
            "shifted stamp",
            "daily bars carry the beginning of their day as a stamp, so that the morning knows the evening",
            replace(HONEST, variables=_stamped),
        ),
        Leak(
            "overlapping folds",
            "rows are dealt to folds at random, so that each test row has neighbours with the same answer",
            Pipeline(_many, _dealt, rich_tree(), correct=False),
        ),
    )
}
"""Every planted leak, by name."""
