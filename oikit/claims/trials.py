"""The trials meter: how many settings were tried before this one?

The best of many settings looks good by luck. `Trials` counts what was tried, claim by claim;
`SESSION` is the one that explorers and sweeps share, so that it sees a whole session. `deflate` puts
the figure that knows of all tries beside the one that does not, and `sweep` tries a grid of settings
and counts each.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from oikit import stats
from oikit.claims.claim import Claim, Verdict
from oikit.claims.weigh import adjust, weigh
from oikit.errors import InputError
from oikit.formatting import chance, count, share
from oikit.stats import SMALLEST_N

__all__ = ["SESSION", "Deflated", "Sweep", "Trials", "deflate", "sweep"]


class Trials:
    """How many different settings of each claim have been tried?

    The same setting twice is one try: a slider may come back to where it was.

    Examples
    --------
    >>> meter = Trials()
    >>> meter.note("C09", {"window": "24h"}), meter.note("C09", {"window": "72h"})
    (1, 2)
    >>> meter.note("C09", {"window": "24h"}), meter.of("C09"), meter.total
    (2, 2, 2)
    """

    def __init__(self) -> None:
        self._tried: dict[str, set[str]] = {}

    def note(self, claim: str, setting: object) -> int:
        """Count a setting of a claim, by its id; how many have been tried now."""
        tried = self._tried.setdefault(claim, set())
        tried.add(repr(sorted(setting.items())) if isinstance(setting, Mapping) else repr(setting))
        return len(tried)

    def of(self, claim: str) -> int:
        """How many settings of this claim have been tried?"""
        return len(self._tried.get(claim, ()))

    @property
    def total(self) -> int:
        """How many settings of all claims together?"""
        return sum(map(len, self._tried.values()))

    def table(self) -> pd.Series:
        """How many of each, most first."""
        counts = {claim: len(tried) for claim, tried in self._tried.items()}
        return pd.Series(counts, name="tried", dtype="int64").sort_values(ascending=False, kind="stable")

    def clear(self) -> None:
        """Begin a new session."""
        self._tried.clear()


SESSION = Trials()
"""What this session has tried."""


@dataclass(frozen=True, slots=True)
class Deflated:
    """A result as it looks, and as it looks when all tries are known.

    Attributes
    ----------
    trials, n : int
        Settings that were tried, and events.
    naive_p, p : float
        The chance of such a result for one try, and for the best of all.
    naive_skill, skill : float, fraction
        How sure one can be that the difference per event points this way at all (the probabilistic
        Sharpe ratio), and that it beats what the best of so many tries shows without any skill (the
        deflated one). NaN with fewer than `SMALLEST_N` events.
    """

    trials: int
    n: int
    naive_p: float
    p: float
    naive_skill: float
    skill: float

    def __str__(self) -> str:
        """Both figures, side by side."""
        tried = count(self.trials, "setting") + " tried"
        if math.isnan(self.naive_p):
            return f"{tried}; too few events to compare (n = {self.n})."
        skill = f" Sure to point this way: {share(self.naive_skill)} alone, {share(self.skill)} deflated."
        skill = "" if math.isnan(self.skill) else skill
        return (
            f"{tried}. Chance alone does as well {chance(self.naive_p)} for one try, and {chance(self.p)} "
            f"for the best of {self.trials:,} (n = {count(self.n, 'event')}).{skill}"
        )


def deflate(verdict: Verdict, trials: int, *, variance: float | None = None) -> Deflated:
    """Return what is left of a result, if it is the best of so many tries.

    Parameters
    ----------
    verdict : Verdict
        Of the setting that was picked.
    trials : int
        Settings that were tried, the picked one among them (`Trials.of`).
    variance : float, optional
        Of the Sharpe ratios per event of the tries; what luck alone makes of them (1 / n) by default.

    Returns
    -------
    Deflated

    Raises
    ------
    InputError
        If fewer than one setting was tried.
    """
    if trials < 1:
        raise InputError(f"trials={trials} cannot be: the setting that was picked is one")
    p = verdict.p if math.isnan(verdict.p) else stats.any_false_positive(trials, verdict.p)
    record = _record(verdict)
    if record is None:
        return Deflated(trials, verdict.n, verdict.p, p, math.nan, math.nan)
    spread = 1 / record["n"] if variance is None or not variance > 0 else variance
    skill = stats.deflated_sharpe(trials=trials, variance=spread, **record)
    return Deflated(trials, verdict.n, verdict.p, p, stats.probabilistic_sharpe(**record), skill)


class Sweep(NamedTuple):
    """What a sweep tried and found.

    Attributes
    ----------
    table : DataFrame, one row for each setting
        The settings, then ``verdict``, ``n``, ``effect``, ``p`` and ``sharpe`` (per event).
    best : Verdict
        Of the smallest p, with the word that is left when all tries are known; of the last setting if
        nothing could be compared.
    deflated : Deflated
        That one, with all that was tried of this claim in the session.
    """

    table: pd.DataFrame
    best: Verdict
    deflated: Deflated


def sweep(
    make: Callable[..., Claim], frame: pd.DataFrame, *, meter: Trials = SESSION, **settings: Iterable[Any]
) -> Sweep:
    """Try every combination of these settings, and count each.

    Parameters
    ----------
    make : callable
        From one value of each setting to a claim; all with the same id.
    frame : DataFrame, shape (n, m)
    meter : Trials
        Where they are counted.
    **settings : iterables
        Name and values of each setting.

    Returns
    -------
    Sweep

    Raises
    ------
    InputError
        If there is nothing to try, the claims do not share one id, or one looks ahead. The first, the last
        and the best setting are tried for that; `weigh` tries any other.
    """
    combinations = [dict(zip(settings, each, strict=True)) for each in itertools.product(*settings.values())]
    if not settings or not combinations:
        raise InputError("nothing to try: give settings with their values, like window=['24h', '72h']")
    claims = [make(**each) for each in combinations]
    name = claims[0].id
    if any(claim.id != name for claim in claims):
        raise InputError("the settings of one claim share its id, or their tries are not counted together")
    ends = (0, len(claims) - 1)
    verdicts = [weigh(claim, frame, look=place in ends) for place, claim in enumerate(claims)]
    for each in combinations:
        meter.note(name, each)
    table = pd.DataFrame(combinations).assign(
        verdict=[v.word for v in verdicts],
        n=[v.n for v in verdicts],
        effect=[v.effect.value if v.effect is not None else math.nan for v in verdicts],
        p=[v.p for v in verdicts],
        sharpe=[(_record(v) or {"sharpe": math.nan})["sharpe"] for v in verdicts],
    )
    at = ends[1] if table["p"].isna().all() else int(table["p"].argmin())
    best = verdicts[at] if at in ends else weigh(claims[at], frame)
    sharpes = table["sharpe"].dropna().to_numpy()
    variance = float(sharpes.var(ddof=1)) if len(sharpes) > 1 else None
    deflated = deflate(best, meter.of(name), variance=variance)
    if not math.isnan(deflated.p):
        best = adjust(best, deflated.p, deflated.trials, "settings tried")
    return Sweep(table, best, deflated)


def _record(verdict: Verdict) -> stats.TrackRecord | None:
    """Return the record of what events brought beyond the usual, on the side expected (or that they took)."""
    if verdict.effect is None or verdict.followed is None or verdict.n < SMALLEST_N:
        return None
    taken = math.copysign(1.0, verdict.effect.value)
    side = {"higher": 1.0, "lower": -1.0}.get(verdict.claim.expect, taken)
    beyond = verdict.effect.value - float(verdict.followed.mean())
    try:
        return stats.track_record(side * (verdict.followed + beyond))
    except InputError:
        return None
