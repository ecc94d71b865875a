"""The fallback when the exchange cannot be reached: the store, or on request a simulated sample.

A fallback never looks like the real thing: the remark gives the reason; simulated bars are returned only
on request, and never written to the store of real ones.
"""

from __future__ import annotations

import pandas as pd

from oikit.clock import bar_length, words
from oikit.data.answer import Fetched, answer
from oikit.data.quality import coverage
from oikit.data.question import Question, floor, moment_text
from oikit.errors import OikitError, RateLimited
from oikit.frame import resample
from oikit.simulate import samples


def second_choice(asked: Question, error: OikitError, fallback: str | None) -> Fetched:
    """Take the bars from the store; where it has none of them, a sample if that was asked for."""
    note = asked.manifest()
    # Nobody can say now what has closed since; so it ends where the store ends.
    last = floor(pd.Timestamp(note["until"]), asked.every) if note else asked.since
    until = last if asked.until is None else min(last, asked.until)
    stored = asked.stored(until) if until > asked.since else pd.DataFrame()
    known = int(stored.notna().any(axis=1).sum())
    if not known:
        if fallback == "sample" and not isinstance(error, RateLimited):
            return _from_pack(asked, error)
        raise with_hint(asked, error, loading=True) from error
    fetched = moment_text(note["fetched_at"])
    told = (
        f"{error}. Used instead: the store {asked.root}, fetched {fetched}; it knows {known} of "
        f"{len(stored)} bars of {asked.symbol} {words(asked.step)} up to {moment_text(until)}"
    )
    return answer(asked, stored, (), (), 0, instead=told)


def _from_pack(asked: Question, error: OikitError) -> Fetched:
    """Take the sample that is nearest in kind: its bars of those times if it has any, else all of it."""
    hour = pd.Timedelta(hours=1)
    name = "bnb-5min" if asked.every < hour else "btc-null" if asked.symbol.startswith("BTC") else "bnb-null"
    frame = samples.sample(name)
    if asked.every > bar_length(frame.index):
        frame = resample(frame, asked.every)
    inside = frame[(frame.index > asked.since) & (asked.until is None or frame.index <= asked.until)]
    if len(inside) > 1:
        frame = inside
    span = f"({moment_text(frame.index[0] - asked.every)}, {moment_text(frame.index[-1])}]"
    told = (
        f"{error}; {_held(asked)}. Used instead: "
        f"the SIMULATED sample {name}, which is not {asked.symbol} and was recorded nowhere: "
        f"{len(frame):,} bars of {words(asked.every)} in {span}"
    )
    return Fetched(
        frame=frame,
        symbol=name,
        every=words(asked.every),
        path=asked.root,
        remarks=(),
        losses=(),
        requests=0,
        coverage=coverage(frame),
        instead=told,
    )


def with_hint(asked: Question, error: OikitError, *, loading: bool = False) -> OikitError:
    """The same refusal, what is stored, and what to type instead."""
    sample = "oikit.sample('bnb-null')"
    works = "" if sample in str(error) else f"; {sample} works without the exchange"
    if loading and not isinstance(error, RateLimited):
        works = f"; for simulated bars that are not {asked.symbol}, add fallback='sample'"
    return type(error)(f"{error}; {_held(asked)}{works}")


def _held(asked: Question) -> str:
    note, what = asked.manifest(), f"{asked.symbol} {words(asked.step)}"
    if not note:
        return f"the store {asked.root} holds nothing of {what}"
    since, until = moment_text(note["since"]), moment_text(note["until"])
    return f"the store holds {note['rows']} bars of {what} in ({since}, {until}]"
