"""Forecasts of lesson 07's look-alikes and their skill: the numbers behind the calibration bench.

The model is simple. It finds the training moments most like this one, and forecasts the frequency of the
outcome after those, averaged with the base rate. The outcome is that of `oikit.lens.labels`: does the
price rise by 1.5 daily sigma before it falls as far, within three days? There is a forecast every eight
hours.

Two choices decide on the training rows. *Shuffled* assigns rows to tests at random, so that moments
before and after a test row train; *walk-forward* trains on the past only. A *gap* removes training rows
whose outcomes share hours with the test row. Beside two variables of the market there are slow, invented
ones, independent of the price. Both worlds are simulated: in the null world nothing leads the price.

All settings take a minute, so they are computed once, by `table`, and stored beside this module; the
bench reads them, and a test computes them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from oikit.lens.examples import Examples
    from oikit.lens.folds import Fold
    from oikit.stats import Estimate

Floats = npt.NDArray[np.float64]

VARIABLES = ("velocity_score", "crowd_lean_percentile")
EVERY = "8h"
TESTS = 20
ALIKE = 60
"""So many look-alikes speak, and the base rate counts as much as all of them."""

MOST = 50
SETS = 5
"""So many sets of invented variables are drawn and judged together, or else one lucky set would decide."""

FIRST = 0.4  # share of the time before the first test
MEMORY = 60  # moments (twenty days) after which a slow variable has forgotten most of what it was
SEED = 7
_DRAWS = 1_000

COLUMNS = (
    *("world", "split", "gap", "noise", "kind", "n", "alone", "faults"),
    *("skill", "low", "high", "naive_low", "naive_high", "shared"),
    *("said", "came", "bar_low", "bar_high"),
)

_HOURS = {"none": 0.0, "3 days": 72.0, "7 days": 168.0}


class Worth(NamedTuple):
    """The skill and the calibration of the forecasts of one setting.

    Attributes
    ----------
    skill, naive : Estimate, fraction
        Share of the base rate's squared error that is removed; with blocks of five horizons, and with
        each question treated as new evidence.
    questions : int
    alone : int
        The effective number of independent outcomes, which share no hours.
    shared : float, fraction
        Look-alikes whose answer shares hours with the question.
    faults : int
        Tests, of `TESTS`, to which `oikit.lens.folds.audit` objects.
    bars : list of dict
        Forecast against observed frequencies, as in `oikit.stats.reliability_table`.
    """

    skill: Estimate
    naive: Estimate
    questions: int
    alone: int
    shared: float
    faults: int
    bars: list[dict[str, float]]


@lru_cache(maxsize=2)
def _asked(world: str) -> Examples:
    from oikit.lens.examples import Examples, examples
    from oikit.simulate.samples import sample

    given = examples(sample(f"bnb-{world}"), only=VARIABLES, every=EVERY)
    known = given.variables.notna().all(axis=1)
    return Examples(
        given.variables[known].reset_index(drop=True),
        given.facts[known].reset_index(drop=True),
        given.label,
        given.horizon,
        given.every,
    )


@lru_cache(maxsize=2)
def _invented(rows: int) -> Floats:
    """Return `SETS` sets of slow, autocorrelated variables that are independent of the market."""
    generator = np.random.default_rng(SEED)
    keep = np.exp(-1 / MEMORY)
    fresh = np.sqrt(1 - keep**2) * generator.standard_normal((SETS, rows, MOST))
    out = np.empty_like(fresh)
    now = generator.standard_normal((SETS, MOST))
    for row in range(rows):
        now = keep * now + fresh[:, row]
        out[:, row] = now
    return out


def who_teaches(hours: Floats, split: str, gap: str) -> list[Fold]:
    """Assign the later questions to tests, with the training rows of each."""
    from oikit.lens.folds import Fold

    asked = np.flatnonzero(hours >= hours[0] + FIRST * (hours[-1] - hours[0]))
    if split == "shuffled":
        asked = np.random.default_rng(SEED).permutation(asked)
    free, none, folds = _HOURS[gap], np.array([], dtype=np.int64), []
    for part in np.array_split(asked, TESTS):
        test = np.sort(part)
        if split == "shuffled":
            teach = np.abs(hours[:, None] - hours[test]).min(axis=1) > free
        else:
            teach = hours + free < hours[test[0]]
        folds.append(Fold(np.flatnonzero(teach).astype(np.int64), none, test))
    return folds


def worth(world: str, split: str, gap: str, noise: str) -> Worth:
    """Forecast with the look-alikes, and score the forecasts."""
    import pandas as pd

    from oikit.lens.calibration import score
    from oikit.lens.folds import audit
    from oikit.lens.model import Forecasts
    from oikit.stats import reliability_table

    given = _asked(world)
    hours = ((given.times - given.times[0]) / pd.Timedelta(hours=1)).to_numpy(dtype=np.float64)
    happened = given.facts["outcome"].to_numpy(dtype=np.float64)
    known = given.variables.to_numpy(dtype=np.float64)
    sets = SETS if int(noise) else 1
    reach = given.horizon / pd.Timedelta(hours=1)
    folds, parts, shared = who_teaches(hours, split, gap), [], []
    for one in range(sets):
        variables = np.column_stack([known, _invented(len(hours))[one, :, : int(noise)]])
        for number, fold in enumerate(folds, 1):
            alike = _most_alike(variables[fold.train], variables[fold.test])
            rate = float(happened[fold.train].mean())
            told = happened[fold.train][alike].mean(axis=1)
            apart = np.abs(hours[fold.train][alike] - hours[fold.test][:, None])
            shared.append(float((apart < reach).mean()))
            part = given.facts.iloc[fold.test][["time", "outcome", "weight"]]
            past = float(given.facts["weight"].to_numpy()[fold.train].sum())
            # Sets stand as markets do: the score takes all of one moment together.
            said = {"market": f"set {one}", "fold": number, "probability": (told + rate) / 2}
            parts.append(part.assign(**said, base_rate=rate, past=past))
    every = pd.concat(parts)
    forecasts = Forecasts(every, "look-alikes", given.label, given.horizon, given.every)
    faults = audit(folds, given.times, horizon=given.horizon, gap="0h")
    bars = reliability_table(every["probability"], every["outcome"], weight=every["weight"] / sets)
    return Worth(
        score(forecasts, draws=_DRAWS).skill,
        score(forecasts, block=1, draws=_DRAWS).skill,
        len(every) // sets,
        round(float(every["weight"].sum()) / sets),
        float(np.mean(shared)),
        len({fault.split(":")[0] for fault in faults}),
        [{str(name): float(value) for name, value in each.items()} for each in bars.to_dict("records")],
    )


def _most_alike(taught: Floats, asked: Floats) -> npt.NDArray[np.intp]:
    """Return the nearest training rows of each test row, in standard deviations of the training rows."""
    centre, spread = taught.mean(axis=0), taught.std(axis=0)
    known, new = (np.clip((each - centre) / spread, -3, 3) for each in (taught, asked))
    distance = (known**2).sum(axis=1) - 2 * new @ known.T
    return np.argpartition(distance, ALIKE, axis=1)[:, :ALIKE]


def table(settings: Iterable[Mapping[str, str]]) -> str:
    """Compute these settings and write them down, one line for each row of the bench."""
    lines = [",".join(COLUMNS)]
    for setting in settings:
        found = worth(**setting)
        where = ",".join(setting[name] for name in COLUMNS[:4])
        skill, naive = found.skill, found.naive
        shares = (skill.value, skill.low, skill.high, naive.low, naive.high, found.shared)
        # Adding zero takes the sign off a zero.
        told = ",".join(f"{round(100 * each, 1) + 0.0:.1f}" for each in shares)
        lines.append(f"{where},skill,{found.questions},{found.alone},{found.faults},{told},,,,")
        for each in found.bars:
            bar = ",".join(f"{each[name]:.3f}" for name in ("said", "came", "low", "high"))
            lines.append(f"{where},bar,{each['n']:.0f},,,,,,,,,{bar}")
    return "\n".join(lines) + "\n"
