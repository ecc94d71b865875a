"""Weigh a claim: count first, then look, then ask what chance would have done.

1. `funnel` counts bars, flags and separate events. No outcome has been read so far.
2. What followed the events is compared with what usually follows in an equally wild market.
3. The whole pattern of events is slid round the sample (`oikit.stats.circular_shift`): the share of
   slides that do as well decides. Both sides count, whatever the claim expects.
4. The interval holds every difference that those slides would not call unusual, so it never says
   anything else than the p-value. What could have been seen is scaled by the same slides: a claim that
   speaks half of the time has more to compare than its events alone.

`weigh` does it for one claim; `prepare` is its half for many (`oikit.claims.ledger.judge`).
"""

from __future__ import annotations

import difflib
import math
import re
from dataclasses import replace

import numpy as np
import pandas as pd

from oikit import stats
from oikit.claims import telling
from oikit.claims.article import CLAIMS, readings
from oikit.claims.checks import ask, refuse_look_ahead, refuse_outcome, refuse_reaching_back, side_of
from oikit.claims.events import base_rate, first_in_cluster, kept, price_move, terciles
from oikit.claims.model import Claim, Funnel, Verdict, Word
from oikit.clock import bar_length, bars
from oikit.errors import InputError
from oikit.frame import validate
from oikit.rolling import one_history
from oikit.stats import SMALLEST_N
from oikit.stats.special import t_quantile

__all__ = ["funnel", "weigh"]

ALPHA = 0.05
"""How often a claim about nothing may be called supported or contradicted."""

# With no failure seen, more than this share of failures cannot be ruled out below 29 events.
_RARE = 0.1
# Of the bars that could be asked without holes, so many may be lost without a word.
_A_FEW = 0.05


def funnel(claim: Claim | str, frame: pd.DataFrame) -> Funnel:
    """How many separate events has this claim on this frame?

    Parameters
    ----------
    claim : Claim, or the id of one in the ledger
        A forecast.
    frame : DataFrame

    Returns
    -------
    Funnel
        No outcome is read for it.

    Raises
    ------
    FrameError
        If a column is missing.
    InputError
        If the claim does not say yes or no on the rows of the frame, or no claim has that id.
    """
    claim = named(claim)
    validate(frame, needs=claim.needs)
    said = ask(claim, frame)
    return _counted(said, first_in_cluster(said == 1, claim.horizon), claim)


def weigh(
    claim: Claim | str,
    frame: pd.DataFrame,
    *,
    market: str | None = None,
    draws: int = 0,
    seed: int = 0,
    trials: int = 1,
    look: bool = True,
) -> Verdict:
    """What do these data say about this claim?

    Parameters
    ----------
    claim : Claim, or the id of one in the ledger, like ``"C12"``
    frame : DataFrame, shape (n, m)
        With ``close`` and the columns that the claim needs.
    market : str, optional
        Its name, to be said with the verdict. Of a bundled market (``oikit.sample``) the verdict also says
        what was built into it. Without a name it is "this table".
    draws, seed : int
        Not needed: nothing is drawn. They stay so that what was written for an earlier interval runs.
    trials : int
        Settings of this claim that have been tried, this one among them: the best of many looks
        good by luck, so the p-value that decides is made larger (``1 - (1 - p) ** trials``).
    look : bool
        Ask a claim of your own again at some thirty bars with the later ones cut off, and its outcome
        with the past altered, and refuse it if either answer moves. It takes at most about 2 s of three
        years of hours. A claim of the ledger is held to this by the tests and not asked again. **What
        this cannot see:** a function that holds the whole frame from outside (a closure) instead of
        using the frame it is given.

    Returns
    -------
    Verdict

    Raises
    ------
    FrameError
        If the frame breaks the contract or lacks a column. (A reading beside the claim is not asked then.)
    InputError
        If no claim has that id, or the claim looks ahead, does not say yes or no, or its outcome knows
        what is not over yet or holds what was over before.
    """
    claim = named(claim)
    validate(frame, needs=_columns(claim))
    look = look and not _of_the_ledger(claim)
    with one_history():
        verdict, *beside = (prepare(each, frame, look=look) for each in (claim, *claim.beside))
    if trials > 1 and not math.isnan(verdict.p):
        verdict = adjust(verdict, stats.any_false_positive(trials, verdict.p), trials, "settings tried")
    return placed(replace(verdict, beside=tuple(beside)), market)


def named(claim: Claim | str) -> Claim:
    """Take a claim, or find the one in the ledger that has this id."""
    if isinstance(claim, Claim):
        return claim
    by_id = {each.id: each for each in readings(CLAIMS.values())}
    if claim not in by_id:
        padded = re.sub(r"^[Cc]?(\d)(?!\d)", r"C0\1", str(claim).strip())
        near = difflib.get_close_matches(padded.capitalize(), by_id, 1, 0.4)
        hint = f"did you mean {near[0]!r}?" if near else "the ledger holds C01 to C38 and other readings"
        raise InputError(f"no claim is called {claim!r}; {hint}")
    return by_id[claim]


def placed(verdict: Verdict, market: str | None) -> Verdict:
    """Name the market of a verdict, and on a bundled one what was built into it."""
    if market is None:
        return verdict
    from oikit.simulate.samples import NAMES, manifest

    beside = tuple(placed(each, market) for each in verdict.beside)
    if market not in NAMES:
        return replace(verdict, market=market, beside=beside)
    truth = telling.truth(verdict, manifest()[market]["effect"])
    return replace(verdict, market=f"{market}, simulated", truth=truth, beside=beside)


def prepare(claim: Claim, frame: pd.DataFrame, *, look: bool = True) -> Verdict:
    """Weigh one reading, as if it were the only question."""
    lacking = [name for name in _columns(claim) if name not in frame.columns]
    if lacking:
        return Verdict(claim, "not asked", telling.lacking(lacking), 0.0)
    if claim.answer is not None:
        a = claim.answer(frame)
        return Verdict(claim, a.word, a.because, a.number, a.holds, table=a.table, depends=a.depends)
    said = ask(claim, frame)
    guard = refuse_look_ahead(claim, frame, said) if look else ""
    events = first_in_cluster(said == 1, claim.horizon)
    counts = _counted(said, events, claim)
    found = _unasked(claim, counts, frame) or _looked(claim, frame, said, events, counts, look)
    first = claim.shows(frame) + "\n" if claim.shows is not None else ""
    return replace(found, because=first + found.because, guard=guard)


def adjust(verdict: Verdict, p: float, among: int, what: str, alpha: float = ALPHA) -> Verdict:
    """The same verdict, knowing that it was not the only question asked."""
    word, because = verdict.word, verdict.because
    if word in ("supported", "contradicted") and p > alpha:
        because += telling.lucky(verdict, among, what)
        word = "undecided"
    return replace(verdict, p_adjusted=p, word=word, because=because)


def _of_the_ledger(claim: Claim) -> bool:
    return any(claim is each for each in readings(CLAIMS.values()))


def _columns(claim: Claim) -> list[str]:
    needs = ("close", *claim.needs) if claim.kind == "forecast" else claim.needs
    return list(dict.fromkeys(needs))


def _counted(said: pd.Series, events: pd.Series, claim: Claim) -> Funnel:
    reach, n = bars(claim.horizon, said.index), int(events.sum())
    row = np.flatnonzero(events.to_numpy())
    covered = int(np.minimum(reach, len(said) - 1 - row).sum())
    share = covered / len(said) if len(said) else 0.0
    return Funnel(len(said), int(said.notna().sum()), int((said == 1).sum()), n, share)


def _unasked(claim: Claim, counts: Funnel, frame: pd.DataFrame) -> Verdict | None:
    """A verdict where there is nothing to compare, before any outcome is read."""
    if not counts.known:
        return Verdict(claim, "not asked", _why_not(claim, frame), 0.0, funnel=counts)
    if not counts.events:
        because = telling.never(counts) + _lost(claim, frame, counts)
        return Verdict(claim, "silent", because, 0.0, funnel=counts, needed=SMALLEST_N)
    if counts.flagged == counts.known:
        return Verdict(claim, "not testable", telling.always(counts), 1.0, funnel=counts)
    return None


def _why_not(claim: Claim, frame: pd.DataFrame) -> str:
    """Find out why no bar could be asked: a column, a hole, or a past that is too short."""
    empty = [name for name in _columns(claim) if not frame[name].notna().any()]
    if empty:
        return telling.unknown_throughout(empty)
    holes = _holes(claim, frame)
    if holes and ask(claim, frame.ffill().bfill()).notna().any():
        return telling.holed(*holes)
    return telling.too_short(len(frame))


def _lost(claim: Claim, frame: pd.DataFrame, counts: Funnel) -> str:
    """Name the hole that took bars away, if it took more than a few."""
    holes = _holes(claim, frame)
    if not holes:
        return ""
    could = int(ask(claim, frame.ffill().bfill()).notna().sum())
    return telling.lost(could - counts.known, *holes) if could - counts.known > _A_FEW * could else ""


def _holes(claim: Claim, frame: pd.DataFrame) -> tuple[str, int, int, pd.Timestamp] | None:
    """Return the column that misses most bars, how many of how many, and the first."""
    unknown = {name: np.flatnonzero(frame[name].isna()) for name in _columns(claim)}
    name, rows = max(unknown.items(), key=lambda each: len(each[1]))
    return (name, len(rows), len(frame), frame.index[rows[0]]) if len(rows) else None


def _too_few(claim: Claim, counts: Funnel, frame: pd.DataFrame, n: int, more: str = "") -> Verdict:
    years = len(frame) * bar_length(frame.index) / pd.Timedelta(days=365)
    because = telling.too_few(counts, n, years) + more + _lost(claim, frame, counts)
    return Verdict(claim, "silent", because, float(n), funnel=counts, n=n, needed=SMALLEST_N)


def _looked(
    claim: Claim, frame: pd.DataFrame, said: pd.Series, events: pd.Series, counts: Funnel, look: bool
) -> Verdict:
    """Read the outcome, at last."""
    after = claim.outcome(frame, claim.horizon)
    refuse_outcome(claim, frame, after)
    if look:
        refuse_reaching_back(claim, frame, said, after)
    if claim.acts is not None:
        after = after * side_of(claim, frame)
    usual = base_rate(after, terciles(frame["close"]))
    there = events & after.notna() & usual.notna()
    followed, n = after[there], int(there.sum())
    if not claim.every and n >= SMALLEST_N:
        verdict = _compared(claim, frame, said, events, after, usual)
        verdict = replace(verdict, funnel=counts, unknown=counts.events - n)
        return replace(verdict, because=telling.compared(verdict))
    if claim.every and n:
        verdict = _every(claim, followed, float(usual[there].mean()))
    else:
        more = telling.exact(int(followed.sum()), n) if claim.unit == "share" and n else ""
        verdict = _too_few(claim, counts, frame, n, more)
    return replace(verdict, funnel=counts, n=n, unknown=counts.events - n, followed=followed)


def _compared(
    claim: Claim,
    frame: pd.DataFrame,
    said: pd.Series,
    events: pd.Series,
    after: pd.Series,
    usual: pd.Series,
) -> Verdict:
    """Against what usually follows, and against what chance would have made of it."""
    there = events & after.notna() & usual.notna()
    n, reach = int(there.sum()), bars(claim.horizon, frame.index)
    shift = stats.circular_shift(events, after, horizon=reach, base=usual)
    spread = _spread(shift, n)
    varies = math.isfinite(spread) and spread > 0
    return Verdict(
        claim,
        _word(claim, shift.p, shift.effect),
        "",
        shift.p,
        n=n,
        effect=shift.effect,
        base=float(usual[there].mean()),
        p=shift.p,
        p_adjusted=shift.p,
        naive_p=stats.plain_t(said, after).p,
        detectable=stats.min_detectable_effect(spread, n) if varies else math.nan,
        needed=stats.events_needed(claim.matters, spread) if varies else None,
        net=_net(claim, frame, there),
        followed=after[there],
    )


def _spread(shift: stats.Comparison, n: int) -> float:
    """Return the spread of one event's outcome, as far as chance lets it show in the mean of n.

    Student's t would ask for its own quantile of errors; the slides of this claim ask for `reach`. For a
    claim that speaks often that is less, because what is usual moves with its events.
    """
    return shift.error * math.sqrt(n) * shift.reach / t_quantile(1 - ALPHA / 2, n - 1)


def _word(claim: Claim, p: float, effect: stats.Estimate) -> Word:
    if max(-effect.low, effect.high) < claim.matters:
        return "negligible"
    if p > ALPHA:
        return "undecided"
    way = "higher" if effect.value > 0 else "lower"
    return "supported" if claim.expect in ("different", way) else "contradicted"


def _net(claim: Claim, frame: pd.DataFrame, there: pd.Series) -> float:
    if claim.outcome is not price_move or (claim.acts is None and claim.expect == "different"):
        return math.nan
    side = side_of(claim, frame) if claim.acts is not None else 1.0 if claim.expect == "higher" else -1.0
    return float(kept(frame, claim.horizon, side)[there].mean())


def _every(claim: Claim, followed: pd.Series, usual: float) -> Verdict:
    """Count failures: one is enough, and none proves little."""
    n = len(followed)
    failed = n - int(followed.sum())
    if failed:
        because = telling.failed(claim, failed, n, usual)
        return Verdict(claim, "contradicted", because, float(failed), base=usual)
    most = stats.zero_failures(n).high
    word: Word = "supported" if most <= _RARE else "undecided"
    return Verdict(claim, word, telling.never_failed(n, most, usual), most, base=usual)
