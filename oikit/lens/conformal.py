"""Conformal sets of outcomes and ranges of probabilities, with a stated coverage.

`conformal` gives each question the set of outcomes that cannot be ruled out, with a target for how often
the set contains the outcome, and a range for its probability. Both use earlier forecasts only.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from oikit.errors import InputError
from oikit.lens.calibration import share
from oikit.lens.learners import sklearn
from oikit.lens.model import Forecasts
from oikit.stats import Estimate
from oikit.stats.given import Floats, fraction


@dataclass(frozen=True, slots=True, eq=False)
class Conformal:
    """Outcome sets and probability ranges, with their measured coverage.

    Attributes
    ----------
    table : DataFrame, one row per question
        ``time``, ``market``, ``fold``, ``outcome``, ``probability``; ``yes`` and ``no``: whether the set
        contains that outcome; ``low`` and ``high``: the range of the probability.
    coverage : Estimate, fraction
        Share of sets that contained the outcome.
    aim : float, fraction
        The target of that share.
    decided : float, fraction
        Share of sets with a single outcome. Where it is small, most sets say "either".
    notes : tuple of str
        Folds without enough earlier forecasts.
    """

    table: pd.DataFrame
    coverage: Estimate
    aim: float
    decided: float
    notes: tuple[str, ...]


def conformal(given: Forecasts, *, miss: float = 0.1, least: int = 50) -> Conformal:
    """Return the outcomes that cannot be ruled out, and a range for each probability.

    The sets (split conformal) are measured on the forecasts of earlier folds whose outcomes were
    known by then: an outcome is ruled out if a share of less than `miss` of the earlier outcomes had
    been given so low a probability. The range (Venn-Abers) comes from a monotone curve through those
    forecasts, fitted once as if this question's outcome were no, and once as if it were yes.

    Notes
    -----
    The target holds for exchangeable questions. Markets change and neighbours overlap, so check
    ``coverage`` and its interval.
    """
    miss = fraction(miss, "miss", open_ends=True)
    parts, notes = [], []
    for number, part in given.table.groupby("fold", sort=True):
        over = given.table["time"] + given.horizon < part["time"].min()
        past = given.table[over & (given.table["fold"] < number)]
        if len(past) < least:
            notes.append(f"fold {number}: {len(past)} earlier forecasts, {least} are needed; it has no sets")
            continue
        said, came = past["probability"].to_numpy(), past["outcome"].to_numpy()
        wrong = np.sort(np.abs(came - said))
        rank = math.ceil((len(wrong) + 1) * (1 - miss))
        limit = wrong[rank - 1] if rank <= len(wrong) else 1.0
        now = part["probability"].to_numpy()
        low, high = _venn_abers(said, came, now)
        parts.append(
            part[["time", "market", "fold", "outcome", "probability"]].assign(
                yes=1 - now <= limit, no=now <= limit, low=low, high=high
            )
        )
    if not parts:
        raise InputError("no fold has enough forecasts before it:\n  - " + "\n  - ".join(notes))
    table = pd.concat(parts)
    held = np.where(table["outcome"] == 1, table["yes"], table["no"]).astype(np.float64)
    some = Forecasts(table, given.model, given.label, given.horizon, given.every)
    coverage = share(some, held, np.ones(len(held)), 5.0 * given.overlap, 2_000, 0)
    return Conformal(table, coverage, 1 - miss, float((table["yes"] != table["no"]).mean()), tuple(notes))


def _venn_abers(said: Floats, came: Floats, now: Floats) -> tuple[Floats, Floats]:
    """Return the values of a monotone curve at these points, fitted once with no and once with yes."""
    curve = sklearn("isotonic").isotonic_regression
    points, group = np.unique(said, return_inverse=True)
    size, happened = np.bincount(group).astype(np.float64), np.bincount(group, came)
    values, inverse = np.unique(now, return_inverse=True)
    ends = np.empty((len(values), 2))
    for k, value in enumerate(values.tolist()):
        at = int(np.searchsorted(points, value))
        n, yes = size, happened
        if at == len(points) or points[at] != value:
            n, yes = np.insert(size, at, 0.0), np.insert(happened, at, 0.0)
        n, yes = n.copy(), yes.copy()
        n[at] += 1
        ends[k, 0] = curve(yes / n, sample_weight=n)[at]
        yes[at] += 1
        ends[k, 1] = curve(yes / n, sample_weight=n)[at]
    return ends[inverse, 0], ends[inverse, 1]
