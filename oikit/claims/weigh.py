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
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit import stats
from oikit.claims import sentences
from oikit.claims.article import CLAIMS, readings
from oikit.claims.claim import Claim, Funnel, Verdict, Word, ask, on_rows, side_of
from oikit.claims.events import base_rate, first_in_cluster, kept, price_move, terciles
from oikit.clock import bar_length, bars
from oikit.errors import InputError
from oikit.frame import FIELDS, validate
from oikit.rolling import answered, one_history
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
    flags = ask(claim, frame)
    return _counted(flags, first_in_cluster(flags == 1, claim.horizon), claim)


def weigh(
    claim: Claim | str, frame: pd.DataFrame, *, market: str | None = None, trials: int = 1, look: bool = True
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
    trials : int
        Settings of this claim that have been tried, this one among them: the best of many looks
        good by luck, so the p-value that decides is made larger (``1 - (1 - p) ** trials``).
    look : bool
        Ask a claim of your own again at thirty bars with the later ones cut off, and its outcome with
        the past altered, and refuse it if either answer moves. It takes about fifteen times as long as
        asking once; tables of more than 133,333 bars are asked at fewer, and the verdict says so. A claim
        of the ledger is held to this by the tests and not asked again. **What this cannot see:** a
        function that holds the whole frame from outside (a closure) instead of using the frame it is
        given.

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
    look = look and not any(claim is each for each in readings(CLAIMS.values()))
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
    truth = sentences.truth(verdict, manifest()[market]["effect"])
    return replace(verdict, market=f"{market}, simulated", truth=truth, beside=beside)


def prepare(claim: Claim, frame: pd.DataFrame, *, look: bool = True) -> Verdict:
    """Weigh one reading, as if it were the only question."""
    lacking = [name for name in _columns(claim) if name not in frame.columns]
    if lacking:
        return Verdict(claim, "not asked", sentences.lacking(lacking), 0.0)
    if claim.answer is not None:
        a = claim.answer(frame)
        return Verdict(claim, a.word, a.because, a.number, a.holds, table=a.table, depends=a.depends)
    flags = ask(claim, frame)
    guard = refuse_look_ahead(claim, frame, flags) if look else ""
    events = first_in_cluster(flags == 1, claim.horizon)
    counts = _counted(flags, events, claim)
    verdict = _unasked(claim, counts, frame) or _looked(claim, frame, flags, events, counts, look)
    first = claim.shows(frame) + "\n" if claim.shows is not None else ""
    return replace(verdict, because=first + verdict.because, guard=guard)


def adjust(verdict: Verdict, p: float, among: int, what: str, alpha: float = ALPHA) -> Verdict:
    """The same verdict, knowing that it was not the only question asked."""
    word, because = verdict.word, verdict.because
    if word in ("supported", "contradicted") and p > alpha:
        because += sentences.lucky(verdict, among, what)
        word = "undecided"
    return replace(verdict, p_adjusted=p, word=word, because=because)


def _columns(claim: Claim) -> list[str]:
    needs = ("close", *claim.needs) if claim.kind == "forecast" else claim.needs
    return list(dict.fromkeys(needs))


def _counted(flags: pd.Series, events: pd.Series, claim: Claim) -> Funnel:
    bars_left = len(flags) - 1 - np.flatnonzero(events.to_numpy())
    covered = int(np.minimum(bars(claim.horizon, flags.index), bars_left).sum()) / max(len(flags), 1)
    return Funnel(len(flags), int(flags.notna().sum()), int((flags == 1).sum()), int(events.sum()), covered)


def _unasked(claim: Claim, counts: Funnel, frame: pd.DataFrame) -> Verdict | None:
    """A verdict where there is nothing to compare, before any outcome is read."""
    if not counts.known:
        return Verdict(claim, "not asked", _why_not(claim, frame), 0.0, funnel=counts)
    if not counts.events:
        because = sentences.never(counts) + _lost(claim, frame, counts)
        return Verdict(claim, "silent", because, 0.0, funnel=counts, needed=SMALLEST_N)
    if counts.flagged == counts.known:
        return Verdict(claim, "not testable", sentences.always(counts), 1.0, funnel=counts)
    return None


def _why_not(claim: Claim, frame: pd.DataFrame) -> str:
    """Find out why no bar could be asked: a column, a hole, or a past that is too short."""
    empty, hole = [name for name in _columns(claim) if frame[name].isna().all()], _hole(claim, frame)
    fills_up = not empty and hole and ask(claim, frame.ffill().bfill()).notna().any()
    return sentences.not_asked(len(frame), empty, hole if fills_up else None)


def _lost(claim: Claim, frame: pd.DataFrame, counts: Funnel) -> str:
    """Name the hole that took bars away, if it took more than a few."""
    hole = _hole(claim, frame)
    if not hole:
        return ""
    whole = int(ask(claim, frame.ffill().bfill()).notna().sum())
    return sentences.lost(whole - counts.known, hole) if whole - counts.known > _A_FEW * whole else ""


def _hole(claim: Claim, frame: pd.DataFrame) -> sentences.Hole | None:
    """Return the column that misses most bars, how many of how many, and the first."""
    unknown = {name: np.flatnonzero(frame[name].isna()) for name in _columns(claim)}
    name, rows = max(unknown.items(), key=lambda each: len(each[1]))
    return (name, len(rows), len(frame), frame.index[rows[0]]) if len(rows) else None


def _looked(
    claim: Claim, frame: pd.DataFrame, flags: pd.Series, events: pd.Series, counts: Funnel, look: bool
) -> Verdict:
    """Read the outcome, at last."""
    reach, outcome = bars(claim.horizon, frame.index), claim.outcome
    after = answered(frame, (outcome, reach), lambda given: outcome(given, claim.horizon), ahead=reach)
    refuse_outcome(claim, frame, after)
    if look:
        refuse_reaching_back(claim, frame, flags, after)
    if claim.acts is not None:
        after = after * side_of(claim, frame)
    usual = base_rate(after, terciles(frame["close"]))
    known_events = events & after.notna() & usual.notna()
    followed, n, base = after[known_events], int(known_events.sum()), float(usual[known_events].mean())
    if claim.every and n:
        verdict = _every(claim, followed, base)
    elif n >= SMALLEST_N:
        shift = stats.circular_shift(events, after, horizon=bars(claim.horizon, frame.index), base=usual)
        spread = _spread(shift, n)
        varies = math.isfinite(spread) and spread > 0
        verdict = Verdict(
            claim,
            _word(claim, shift.p, shift.effect),
            "",
            shift.p,
            effect=shift.effect,
            base=base,
            p=shift.p,
            p_adjusted=shift.p,
            naive_p=stats.plain_t(flags, after).p,
            detectable=stats.min_detectable_effect(spread, n) if varies else math.nan,
            needed=stats.events_needed(claim.matters, spread) if varies else None,
            net=_net(claim, frame, known_events),
        )
    else:
        years = len(frame) * bar_length(frame.index) / pd.Timedelta(days=365)
        hits = sentences.exact(int(followed.sum()), n) if claim.unit == "share" and n else ""
        because = sentences.too_few(counts, n, years) + hits + _lost(claim, frame, counts)
        verdict = Verdict(claim, "silent", because, float(n), needed=SMALLEST_N)
    verdict = replace(verdict, funnel=counts, n=n, unknown=counts.events - n, followed=followed)
    return replace(verdict, because=sentences.compared(verdict)) if verdict.effect is not None else verdict


def _spread(shift: stats.Comparison, n: int) -> float:
    """Return the spread of one event's outcome, as far as chance lets it show in the mean of n."""
    # Student's t would ask for its own quantile of errors; the slides of this claim ask for `reach`. For a
    # claim that speaks often that is less, because what is usual moves with its events.
    return shift.error * math.sqrt(n) * shift.reach / t_quantile(1 - ALPHA / 2, n - 1)


def _word(claim: Claim, p: float, effect: stats.Estimate) -> Word:
    if max(-effect.low, effect.high) < claim.matters:
        return "negligible"
    if p > ALPHA:
        return "undecided"
    way = "higher" if effect.value > 0 else "lower"
    return "supported" if claim.expect in ("different", way) else "contradicted"


def _net(claim: Claim, frame: pd.DataFrame, events: pd.Series) -> float:
    if claim.outcome is not price_move or (claim.acts is None and claim.expect == "different"):
        return math.nan
    reach = bars(claim.horizon, frame.index)
    return float(answered(frame, (claim, "kept"), partial(_kept, claim), ahead=reach)[events].mean())


def _kept(claim: Claim, frame: pd.DataFrame) -> pd.Series:
    side = side_of(claim, frame) if claim.acts is not None else 1.0 if claim.expect == "higher" else -1.0
    return kept(frame, claim.horizon, side)


def _every(claim: Claim, followed: pd.Series, usual: float) -> Verdict:
    """Count failures: one is enough, and none proves little."""
    n = len(followed)
    failed = n - int(followed.sum())
    if failed:
        because = sentences.failed(claim, failed, n, usual)
        return Verdict(claim, "contradicted", because, float(failed), base=usual)
    most = stats.zero_failures(n).high
    word: Word = "supported" if most <= _RARE else "undecided"
    return Verdict(claim, word, sentences.never_failed(n, most, usual), most, base=usual)


CUTS = 30
"""At so many bars a claim is asked again; half of them stand just before it spoke."""

BARS_ASKED = 4_000_000
"""No guard asks for more bars in all: a table of more than 133,333 is cut at fewer bars, and it is said."""


def refuse_look_ahead(claim: Claim, frame: pd.DataFrame, flags: pd.Series) -> str:
    """Ask again at bars all over the sample, refuse what knew later ones, and say what was tried.

    At each cut, with all later bars gone, ``speaks`` and ``acts`` must say of every bar before it what
    they say on the whole frame. Half of the cuts stand just before a bar at which the claim spoke (a
    centred window shows there), others at such a bar (there even one bar of foresight shows), the rest
    evenly. No cut can show a function that closes over the whole frame.
    """
    rows, answers = _cuts(flags), [("says", ask, flags)]
    if claim.acts is not None:
        answers.append(("acts", side_of, side_of(claim, frame)))
    for row in rows:
        beginning = frame.iloc[: row + 1]
        for verb, question, answer in answers:
            try:
                _same_before(claim, answer, question(claim, beginning), verb)
            except InputError:
                raise
            except Exception as error:
                raise InputError(
                    f"claim {claim.id} cannot be asked with the bars after {frame.index[row]} cut off "
                    f"({type(error).__name__}: {error}); a claim must have an answer on any beginning of "
                    "the data"
                ) from error
    return sentences.guarded(len(rows), len(frame), fewer_than=CUTS if CUTS * len(frame) > BARS_ASKED else 0)


def refuse_reaching_back(claim: Claim, frame: pd.DataFrame, flags: pd.Series, after: pd.Series) -> None:
    """Alter the past, and refuse an outcome that moves: it holds the bar of the signal, or earlier ones.

    Altered are all rows before a bar, and of the bar itself all that happened within it: everything but
    ``close`` and the other fields that are read at a bar's end. Outcomes from that bar on may not move.
    Those of `oikit.claims.events` are held to that by the tests; some compare with a trend, and say so.
    """
    if getattr(claim.outcome, "__module__", "") != price_move.__module__:
        for row, altered in _with_other_pasts(frame, _cuts(flags)):
            _same_after(claim, after, claim.outcome(altered, claim.horizon), row)


def _same_before(claim: Claim, whole: pd.Series, again: pd.Series, verb: str) -> None:
    first, second = whole.to_numpy()[: len(again)], again.to_numpy()
    changed = ~np.isclose(second, first, rtol=1e-9, atol=1e-12, equal_nan=True)
    if changed.any():
        at, index = int(np.argmax(changed)), whole.index
        was, now = (sentences.answer(float(values[at]), verb) for values in (first, second))
        raise InputError(
            f"claim {claim.id} looks ahead: at {index[at]} it {was}, but with the bars after "
            f"{again.index[-1]} cut off it {now}. Use trailing windows, and no statistic of "
            "the whole sample"
        )


def _same_after(claim: Claim, after: pd.Series, altered: pd.Series, row: int) -> None:
    first, second = (np.asarray(each, dtype=float)[row:] for each in (after, altered))
    usual = float(np.nanmax(np.abs(first), initial=0.0))
    moved = ~np.isclose(first, second, rtol=1e-6, atol=1e-9 * usual, equal_nan=True)
    if moved.any():
        at, index = row + int(np.argmax(moved)), after.index
        raise InputError(
            f"the outcome of claim {claim.id} reaches back: at {index[at]} it changes when the bars before "
            f"{index[row]} and that bar's own trading are altered. Count from the close of the bar, like "
            "forward(close, horizon), and put what was known by then into speaks= or acts="
        )


def _with_other_pasts(frame: pd.DataFrame, rows: list[int]) -> Iterator[tuple[int, pd.DataFrame]]:
    """Yield each row, and the frame with all before it altered, and of it what happened within the bar."""
    names = frame.select_dtypes("number").columns
    values: npt.NDArray[np.float64] = frame[names].to_numpy(dtype=float)
    fields = [FIELDS.get(str(name)) for name in names]
    flows = np.array([field is None or field.over_time != "last" for field in fields])
    for turn, row in enumerate(rows):
        # Three times and a third by turns: so a past move changes its size, and its sign, too.
        factor = 3.0 if turn % 2 else 1 / 3.0
        altered = values.copy()
        altered[:row] = np.flipud(values)[:row] * factor + factor
        altered[row, flows] = altered[row, flows] * factor + factor
        other = pd.DataFrame(altered, frame.index, names)
        yield row, other if len(names) == frame.shape[1] else frame.assign(**other)


def _cuts(flags: pd.Series) -> list[int]:
    """Choose rows all over the sample: half just before it spoke, some where it did, some anywhere."""
    n, spoke = len(flags), np.flatnonzero(flags == 1)
    count = min(CUTS, max(BARS_ASKED // max(n, 1), 4))
    begins = spoke[np.diff(spoke, prepend=-2) > 1]
    known = np.flatnonzero(flags.notna())
    first = int(known[0]) if len(known) else 0
    rows = np.linspace(first, n - 2, count // 4 + 2).astype(int)[1:-1].tolist()
    rows += (_pick(begins, n, count // 2) - 1).tolist()
    rows += _pick(spoke, n, count - len(rows)).tolist()
    inside = {int(row) for row in rows if 1 <= row < n - 1}
    missing = count - len(inside)
    if missing > 0 and n > 3:
        inside |= set(np.linspace(max(first, 1), n - 2, 4 * missing).astype(int).tolist()[1::4][:missing])
    return sorted(row for row in inside if 1 <= row < n - 1)


def _pick(rows: npt.NDArray[np.intp], n: int, count: int) -> npt.NDArray[np.intp]:
    """Pick so many of these rows: the middle one of each equal stretch of time that has any, then others."""
    if len(rows) <= count:
        return rows
    edges = np.searchsorted(rows, np.linspace(0, n, count + 1))
    picked = [rows[(a + b) // 2] for a, b in pairwise(edges.tolist()) if b > a]
    rest = np.setdiff1d(rows, picked)
    more = rest[np.linspace(0, len(rest) - 1, count - len(picked) + 2).astype(int)[1:-1]]
    return np.concatenate((picked, more)).astype(np.intp)


def refuse_outcome(claim: Claim, frame: pd.DataFrame, after: pd.Series) -> None:
    """Refuse an outcome that is no outcome of this horizon."""
    values = on_rows(after, frame, f"the outcome of claim {claim.id}").to_numpy()
    open_end = max(len(values) - bars(claim.horizon, frame.index), 0)
    too_early = open_end + np.flatnonzero(~np.isnan(values[open_end:]))
    if len(too_early):
        raise InputError(
            f"the outcome of claim {claim.id} knows at {frame.index[too_early[0]]} what follows in "
            f"{claim.horizon}, but the data end sooner; make it with forward(values, horizon)"
        )
    if claim.unit == "share" and not np.isin(values[~np.isnan(values)], (0.0, 1.0)).all():
        raise InputError(f"the outcome of claim {claim.id} must be yes (1.0) or no (0.0), as its unit says")
