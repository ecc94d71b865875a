"""What a claim is, what a verdict is, and the words that a verdict may use.

A claim says *when it speaks*, *what followed* and *which way*; `weigh` (in `oikit.claims.weigh`)
turns it and a frame into a verdict. Definitions, arithmetic, advice and what cannot be tested carry
an `answer` instead: a proof or a reason, never a p-value.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, get_args

import pandas as pd

from oikit.claims.events import Outcome, price_move
from oikit.errors import InputError
from oikit.formatting import Unit, share
from oikit.rolling import answered
from oikit.stats import Estimate
from oikit.stats.estimate import Expect, expected
from oikit.stats.given import column

__all__ = ["KINDS", "VERDICTS", "Answer", "Claim", "Funnel", "Verdict", "ask"]

Kind = Literal["definition", "arithmetic", "forecast", "not testable", "advice"]
Word = Literal[
    "supported",
    "contradicted",
    "negligible",
    "undecided",
    "silent",
    "not asked",
    "not testable",
    "arithmetic",
]

KINDS: tuple[Kind, ...] = get_args(Kind)
"""What a statement can be."""

VERDICTS: tuple[Word, ...] = get_args(Word)
"""The only words a verdict may use.

supported, contradicted   the data differ from the usual, the way that was said or the other
negligible                any difference is smaller than what matters
undecided                 chance could do as much, and so could a difference that matters
silent                    it was asked, and spoke never or too seldom
not asked                 a column is missing, the bars are too long, the past is too short, or it takes
                          other data than one market's
not testable              nothing that could be observed would decide it
arithmetic                it holds, it does not hold, or it depends
"""

_ID = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to what needs no weighing: a proof, or why there is none.

    Attributes
    ----------
    word : str
        One of `VERDICTS`.
    because, number : str and float
        One or two sentences with the number that decided it, and that number.
    holds : bool, optional
        Of arithmetic: whether the statement is right as it stands.
    depends : str
        Of arithmetic that neither holds nor fails: what it depends on.
    table : DataFrame, optional
        The numbers behind it.
    """

    word: Word
    because: str
    number: float = math.nan
    holds: bool | None = None
    table: pd.DataFrame | None = None
    depends: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """A statement, and how it is put to the test.

    Attributes
    ----------
    id : str
    says : str
        What the article says, in a faithful paraphrase: nothing harder, nothing added. Of another reading:
        how it differs.
    means : str
        Our reading of it: what would have to be true, with the figures that are ours.
    kind : str
        One of `KINDS`.
    lesson : str
        Where it is treated, like ``"02"``.
    needs : tuple of str
        Columns that it reads.
    speaks : callable
        From a frame to a Series on its rows: True or 1.0 where the claim speaks, False or 0.0 where
        it does not, NaN where nobody could know. It may read no later bar.
    horizon : str or int
        How far the outcome looks; also how long the claim then stays silent.
    expect : {"higher", "lower", "different"}
        Which way what followed should differ from what usually follows. Both ways are tested.
    outcome : callable
        From a frame and the horizon to what followed, by default `oikit.claims.events.price_move`.
    unit : {"return", "share"}
        ``"share"`` if the outcome is 1.0 (it happened) or 0.0 (it did not).
    acts : callable, optional
        From a frame to 1.0 (long) or -1.0 (short) at every bar, for a claim whose direction changes.
        The outcome is then multiplied by it, and ``expect`` is ``"higher"``.
    every : bool
        The claim says "every time": failures are counted, nothing is compared.
    matters : float, in the unit of the outcome
        The smallest difference worth knowing of, named before looking.
    rival : str
        What others say of the same state, where they say the opposite.
    shows : callable, optional
        From a frame to a sentence that must be read before any outcome.
    answer : callable, optional
        Of anything but a forecast: from a frame to an `Answer`.
    beside : tuple of Claim
        Other readings of the same statement.

    Raises
    ------
    InputError
        If it is neither a whole forecast nor an answer.
    """

    id: str
    says: str
    means: str
    kind: Kind = "forecast"
    lesson: str = ""
    needs: tuple[str, ...] = ()
    speaks: Callable[[pd.DataFrame], pd.Series] | None = None
    horizon: str | int = ""
    expect: Expect = "different"
    outcome: Outcome = price_move
    unit: Unit = "return"
    acts: Callable[[pd.DataFrame], pd.Series] | None = None
    every: bool = False
    matters: float = 0.01
    rival: str = ""
    shows: Callable[[pd.DataFrame], str] | None = None
    answer: Callable[[pd.DataFrame], Answer] | None = None
    beside: tuple[Claim, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what cannot be weighed."""
        if not isinstance(self.id, str) or not _ID.fullmatch(self.id):
            raise InputError(f"id={self.id!r} is no id; use letters, digits and dashes, like 'my-claim'")
        problems = []
        if not self.says or not self.means:
            problems.append("says=… and means=… must each hold a sentence")
        if self.kind not in KINDS:
            problems.append(f"kind={self.kind!r} is none of {', '.join(KINDS)}")
        if self.kind == "forecast" and (self.speaks is None or not self.horizon or self.answer is not None):
            problems.append("a forecast needs speaks=… and horizon=…, and has no answer")
        if self.kind != "forecast" and (self.answer is None or self.speaks is not None):
            problems.append("what is no forecast needs answer=…, and never speaks")
        if self.unit not in get_args(Unit):
            problems.append(f"unit={self.unit!r} is neither 'return' nor 'share'")
        if self.every and self.unit != "share":
            problems.append("every=True counts how often it happened: use unit='share'")
        if self.acts is not None and self.expect != "higher":
            problems.append("with acts=… the outcome is what acting brings: use expect='higher'")
        if not self.matters > 0:
            problems.append(f"matters={self.matters!r} must be above 0")
        if problems:
            raise InputError(f"claim {self.id} cannot be: " + "; ".join(problems))
        expected(self.expect)

    def with_reading(self, **changes: Any) -> Claim:
        """Add another reading beside this claim: the same but for what changes."""
        return replace(self, beside=(*self.beside, replace(self, beside=(), **changes)))

    def with_lesson(self, lesson: str) -> Claim:
        """Return the same claim, with its readings, as it is treated in this lesson."""
        return replace(self, lesson=lesson, beside=tuple(each.with_lesson(lesson) for each in self.beside))


def _answered(kind: Kind, says: str, means: str) -> Callable[[Callable[[pd.DataFrame], Answer]], Claim]:
    """Make a claim of the function that answers it, and is called like it."""
    return lambda answer: Claim(answer.__name__.strip("_").upper(), says, means, kind, answer=answer)


definition, arithmetic, not_testable, advice = (
    partial(_answered, each) for each in KINDS if each != "forecast"
)


@dataclass(frozen=True, slots=True)
class Funnel:
    """How many bars become how many events; counted before any outcome is read.

    Attributes
    ----------
    bars, known, flagged : int
        Bars of the frame, those at which the claim could be asked, and those at which it spoke.
    events : int
        The first flagged bar of each cluster: their outcomes do not overlap.
    covered : float
        Share of the bars that lie within the horizon of an event.
    """

    bars: int
    known: int
    flagged: int
    events: int
    covered: float

    def __str__(self) -> str:
        """One line."""
        return (
            f"{self.bars:,} bars; it could be asked at {self.known:,}; it spoke at {self.flagged:,}, "
            f"which are {self.events:,} separate events; {share(self.covered)} of the time lies within reach"
        )


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """What became of a claim on a frame.

    Attributes
    ----------
    claim : Claim
    word : str
        One of `VERDICTS`.
    because, number : str and float
        The number that decided it, in a sentence or three and by itself.
    holds, depends, table
        As in `Answer`.
    funnel : Funnel, optional
        Of a forecast.
    n, unknown : int
        Events whose outcome is known, and events whose outcome is not.
    effect : Estimate, optional
        What followed the events less what usually follows in an equally wild market. Its 95% interval
        is the circular shift's own: it excludes 0 exactly where p is at most 0.05.
    base : float
        What usually follows.
    p : float
        Studentised circular shift, both sides. NaN if nothing was compared.
    p_adjusted : float
        For all claims that were asked of the same frame (Benjamini and Hochberg), or for all
        settings that were tried.
    naive_p : float
        What a t-test would say that takes every bar for new evidence: a contrast, it decides nothing.
    detectable : float
        The smallest difference that this many events would have shown four times in five, by the
        spread of the statistic over the slides.
    needed : int, optional
        How many events would show the smallest difference that matters four times in five.
    net : float
        What was kept per event by acting on it, after fees and funding; NaN if it is no direction.
    followed : Series, optional
        What followed each event, by its time.
    guard : str
        Of a claim of your own: how it was tried for look-ahead, and what that cannot show.
    beside : tuple of Verdict
        Of the other readings.
    market : str
        On which it was asked, and that it is simulated where that is known.
    truth : str
        On a bundled market: what was built into it, and whether the word says so.
    """

    claim: Claim
    word: Word
    because: str
    number: float = math.nan
    holds: bool | None = None
    funnel: Funnel | None = None
    n: int = 0
    unknown: int = 0
    effect: Estimate | None = None
    base: float = math.nan
    p: float = math.nan
    p_adjusted: float = math.nan
    naive_p: float = math.nan
    detectable: float = math.nan
    needed: int | None = None
    net: float = math.nan
    followed: pd.Series | None = None
    table: pd.DataFrame | None = None
    guard: str = ""
    beside: tuple[Verdict, ...] = ()
    depends: str = ""
    market: str = "this table"
    truth: str = ""

    @property
    def id(self) -> str:
        """Of the claim."""
        return self.claim.id

    def __str__(self) -> str:
        """The word, the market, the statement, the reason, and how it was tried for look-ahead."""
        reading = f"Our reading: {self.claim.means}"
        lines = "\n".join(filter(None, (reading, self.because, self.truth, self.guard)))
        return f"{self.label} ({self.market}): “{self.claim.says}”\n  " + lines.replace("\n", "\n  ")

    @property
    def label(self) -> str:
        """The word; of arithmetic also whether the statement is right as it stands."""
        if self.word == "arithmetic" and self.depends:
            return f"arithmetic, and it depends on {self.depends}"
        if self.word != "arithmetic" or self.holds is None:
            return self.word
        return "arithmetic, and it holds" if self.holds else "arithmetic, and it does not hold"

    __repr__ = __str__


def ask(claim: Claim, frame: pd.DataFrame) -> pd.Series:
    """Return where a forecast speaks (1.0), does not (0.0) or cannot know (NaN), or refuse other answers."""
    if claim.speaks is None:
        raise InputError(f"claim {claim.id} is {claim.kind} and never speaks; use weigh(claim, frame)")
    return answered(frame, (claim, "speaks"), partial(_answer, claim))


def _answer(claim: Claim, frame: pd.DataFrame) -> pd.Series:
    assert claim.speaks is not None
    flags = on_rows(claim.speaks(frame), frame, f"what claim {claim.id} says")
    if not flags.dropna().isin((0.0, 1.0)).all():
        raise InputError(f"claim {claim.id} must say yes or no; compare with a threshold, like score > 2")
    return flags


def side_of(claim: Claim, frame: pd.DataFrame) -> pd.Series:
    """Return the side that a claim with ``acts`` takes at each bar, or refuse what is no side."""
    assert claim.acts is not None
    return on_rows(claim.acts(frame), frame, f"acts of claim {claim.id}")


def on_rows(values: object, frame: pd.DataFrame, what: str) -> pd.Series:
    """Take a Series of numbers on the rows of the frame, or refuse what is none."""
    if not isinstance(values, pd.Series) or not values.index.equals(frame.index):
        size = f" of {len(values):,} rows" if isinstance(values, pd.Series) else ""
        raise InputError(
            f"{what} must be a Series on the {len(frame):,} rows of the frame, not a "
            f"{type(values).__name__}{size}; make it from the frame's own columns"
        )
    return pd.Series(column(values, what, known=0), frame.index)
