"""The sentences of a verdict: what happened, how sure that is, and what would have been seen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from oikit import stats
from oikit.claims.claim import Claim, Funnel, Verdict
from oikit.claims.events import KNOWN
from oikit.formatting import amount, chance, count, difference, interval, moment, share
from oikit.stats import SMALLEST_N

Hole = tuple[str, int, int, pd.Timestamp]
"""A column, at how many of how many bars it is unknown, and the first of these."""

_MOVES = {"price_move": "the price moved", "size_of_move": "the price moved, up or down,"}


def lacking(columns: list[str]) -> str:
    return f"This market has no {' and no '.join(columns)}, so it could not be asked (n = 0)."


def never(counts: Funnel) -> str:
    return f"It never spoke on the {count(counts.known, 'bar')} on which it could be asked (n = 0)."


def not_asked(rows: int, empty: list[str], hole: Hole | None) -> str:
    why = f"a look-back is longer than these {count(rows, 'bar')}"
    if hole:
        why = f"{_missing(*hole)}, and each look-back needs {share(KNOWN)} of its bars"
    if empty:
        why = f"{' and '.join(empty)} {'is' if len(empty) == 1 else 'are'} unknown at every bar"
    return f"It could not be asked (n = 0): {why}."


def lost(bars: int, hole: Hole) -> str:
    return f" It could not be asked at {count(bars, 'more bar')}, because {_missing(*hole)}."


def _missing(column: str, missing: int, of: int, first: pd.Timestamp) -> str:
    return f"{column} is unknown at {missing:,} of {count(of, 'bar')}, first at {moment(first)} UTC"


def answer(value: float, verb: str) -> str:
    if verb == "acts":
        return "acts not at all" if math.isnan(value) else f"acts {value:+g}"
    return "says nothing" if math.isnan(value) else "says yes" if value else "says no"


def guarded(cuts: int, bars: int, *, fewer_than: int) -> str:
    fewer = f" (not at {fewer_than}, because this table has {bars:,})" if fewer_than else ""
    return (
        f"Look-ahead: asked again at {count(cuts, 'bar')}{fewer} with all later ones cut off, it said the "
        "same. A function that holds the whole table from outside cannot be caught this way: use only the "
        "frame it is given."
    )


def always(counts: Funnel) -> str:
    return (
        f"It speaks on every one of the {count(counts.known, 'bar')} on which it could be asked, so there "
        "is no other time to compare with."
    )


def too_few(counts: Funnel, n: int, years: float) -> str:
    known = "" if n == counts.events else f", {n} of them with a known outcome"
    spoke = f"It spoke {count(counts.events, 'separate time')}{known} (n = {n})"
    return f"{spoke}; below {SMALLEST_N} nothing is decided." + (
        f" At this rate, {SMALLEST_N} take {SMALLEST_N / n * years:.1f} years of such data." if n else ""
    )


def exact(hits: int, n: int) -> str:
    rate = stats.clopper_pearson(hits, n)
    return f" It happened in {hits} of {n} (exact 95% interval {share(rate.low)} to {share(rate.high)})."


def failed(claim: Claim, times: int, n: int, usual: float) -> str:
    rate = stats.clopper_pearson(times, n)
    return (
        f"It failed to happen within {claim.horizon} in {times:,} of {count(n, 'separate event')} (n = {n}): "
        f"one is enough. The rate of failures is {share(rate.value)} (exact 95% interval {share(rate.low)} "
        f"to {share(rate.high)}).{_anyway(usual)}"
    )


def never_failed(n: int, most: float, usual: float) -> str:
    return (
        f"It happened in all {count(n, 'separate event')} (n = {n}). Such a run has a chance of 5% even if "
        f"it fails in {share(most)} of cases; 29 in a row would leave at most 10%.{_anyway(usual)}"
    )


def _anyway(usual: float) -> str:
    return f" In equally wild markets what was promised happens in {amount(usual, 'share')} of cases anyway."


def lucky(v: Verdict, among: int, what: str) -> str:
    likely = stats.any_false_positive(among, v.p)
    by_luck = "is to be expected by luck" if among * v.p >= 1 else f"would come by luck {chance(likely)}"
    return f"\nAlone it would be {v.word}. Among {among:,} {what}, one that stands out like this {by_luck}."


def truth(v: Verdict, built_in: Mapping[str, Any] | None) -> str:
    if v.effect is None:
        return ""
    if built_in is None and v.word in ("supported", "contradicted"):
        return f"{v.word.capitalize()}, and yet nothing is here: this is one of the five in a hundred."
    if built_in is None:
        return "In truth nothing leads the price in this world."
    size = difference(float(built_in["size"]))
    return (
        f"In truth {size} per 8 h are planted in this world after jumps of open interest, and nothing else."
    )


def size(v: Verdict) -> str:
    if v.effect is None:
        return ""
    unit = v.claim.unit
    return f"; {difference(v.effect.value, unit)}, {interval(v.effect.low, v.effect.high, unit)}"


def compared(v: Verdict) -> str:
    assert v.effect is not None
    claim, unit, effect = v.claim, v.claim.unit, v.effect
    lost = f" ({count(v.unknown, 'more has an', 'more have an')} unknown outcome)" if v.unknown else ""
    events = count(v.n, "separate event") + lost
    usual = amount(v.base, unit)
    if unit == "share":
        rate = v.base + effect.value
        what = (
            f"After {rate * v.n:,.0f} of {events} it happened within {claim.horizon} ({amount(rate, unit)}); "
            f"in equally wild markets it does in {usual} of cases."
        )
    else:
        moved = _MOVES.get(getattr(claim.outcome, "__name__", ""), "the outcome was")
        made = "acting on it brought" if claim.acts else moved
        what = (
            f"In the {claim.horizon} after {events} {made} {amount(v.base + effect.value)} on average; usual "
            f"in equally wild markets is {usual}."
        )
    says = (
        f"The difference is {difference(effect.value, unit)} (95% interval "
        f"{interval(effect.low, effect.high, unit)}). One at least this large, either way, would come by "
        f"chance {chance(v.p)}."
    )
    if v.word == "negligible":
        small = difference(claim.matters, unit).lstrip("+")
        says += f" So there is no effect as large as {small}, either way."
        if v.p <= 1 - effect.confidence:
            says += " It is no zero, and too small to matter."
    if v.word == "undecided" and v.needed is not None:
        seen, small = (difference(size, unit).lstrip("+") for size in (v.detectable, claim.matters))
        says += f" A difference of {seen} or more would have been seen four times in five"
        says += f"; to see {small} takes {count(v.needed, 'event')}."
    if not math.isnan(v.net):
        says += f" Who acted on it kept {amount(v.net)} a time, after fees and funding."
    return f"{what}\n{says}"
