"""The rule itself: every number it needs, whose number that is, and when it asks to enter.

The article gives four things to look at and few of the numbers. A rule that can be run needs all of
them, so each field of `Specification` says whether its value is the article's or ours, and
`specification` returns that as a table. Ours are those of the claims (`oikit.claims`) where these
have one, and were not chosen by what followed.

Two of its sentences had to be repaired. Its ratio of 15% is never reached by BNB, so the default is
a percentile of the market's own past (``ratio_reading="level"`` is the sentence as it stands). And it
asks for funding at its highest while shorts are more numerous, which is two crowds at once: here the
side that pays must also be the side that leads.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

import numpy as np
import pandas as pd

from oikit.claims.events import past_place
from oikit.clock import bars
from oikit.errors import InputError
from oikit.frame import validate
from oikit.indicators import oi_to_cap, robust_zscore, settled_funding, velocity
from oikit.margin import TAKER_FEE
from oikit.margin.checks import checked
from oikit.risk.sizing import Reading

__all__ = ["Conditions", "Specification", "conditions", "needs", "specification"]

Crowd = Literal["long_short_ratio", "top_account_ratio", "top_position_ratio"]


def _is(part: str, whose: str, says: str) -> dict[str, str]:
    return {"part": part, "whose": whose, "says": says}


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """The article's framework, written so that a stranger gets the same trades.

    Enter when all four conditions hold and did not all hold a bar before, against the side that pays
    and that most accounts are on. `specification` lists every number with its owner.

    Attributes
    ----------
    ratio_reading : {"percentile", "level"}
        Open interest over supply is high against its own past, or against one fixed level.
    ratio_level : float, fraction
    ratio_percentile : float, fraction
    ratio_window : int or str
    velocity_window, velocity_baseline : int or str
    velocity_score : float, robust standard deviations
    funding_percentile : float, fraction
        From one half on; one minus it is the bound for a long.
    funding_window : int or str
    at_least : int or str
        How much of these pasts must be known before they count.
    crowd : {"long_short_ratio", "top_account_ratio", "top_position_ratio"}
    crowd_lead : float, optional, fraction
        How many more there must be on one side; None asks for nothing.
    cap : float, fraction of the account
    cap_reading : {"risk", "margin", "notional"}
        As in `oikit.risk.position_size`.
    leverage : float, ×
        Isolated margin.
    exit_velocity : float, log change
    stop : float, optional, fraction of the entry price
        None: no stop; with the reading ``"risk"`` the whole margin is then what is at risk.
    hold : int or str
    fee_rate : float, fraction of the notional
    liquidation_fee_rate : float, optional, fraction of the notional
        None: a liquidation takes the whole margin, as on `oikit.exchange`. A number: the position is
        closed at its liquidation price, and what the fee leaves of the margin comes back.

    Raises
    ------
    InputError
        If a number is impossible, with one line for each.

    Examples
    --------
    >>> rule = Specification(leverage=10)
    >>> rule.cap, rule.cap_reading
    (0.02, 'risk')
    """

    ratio_reading: Literal["percentile", "level"] = field(
        default="percentile",
        metadata=_is("enter", "ours", "open interest over supply is measured against its own past"),
    )
    ratio_level: float = field(
        default=0.15, metadata=_is("enter", "article", "or it must be above this level")
    )
    ratio_percentile: float = field(
        default=0.95, metadata=_is("enter", "ours", "it must stand at least here in that past")
    )
    ratio_window: int | str = field(default="365d", metadata=_is("enter", "ours", "how long that past is"))
    velocity_window: int | str = field(
        default="24h", metadata=_is("enter", "ours", "open interest in coins has changed over this")
    )
    velocity_baseline: int | str = field(
        default="30d", metadata=_is("enter", "ours", "and the change is scored against this past")
    )
    velocity_score: float = field(default=2.0, metadata=_is("enter", "ours", "it must score at least this"))
    funding_percentile: float = field(
        default=0.90,
        metadata=_is(
            "enter", "ours", "the last settled funding must stand at least here, or as low for a long"
        ),
    )
    funding_window: int | str = field(
        default="365d",
        metadata=_is("enter", "article", "the past that funding is ranked in: a year (annual highs)"),
    )
    at_least: int | str = field(
        default="90d", metadata=_is("enter", "ours", "how much of these pasts must be known")
    )
    crowd: Crowd = field(default="long_short_ratio", metadata=_is("enter", "ours", "which crowd is counted"))
    crowd_lead: float | None = field(
        default=0.30, metadata=_is("enter", "article", "the paying side must be more numerous by this")
    )
    cap: float = field(
        default=0.02, metadata=_is("size", "article", "share of the account that a position may be")
    )
    cap_reading: Reading = field(
        default="risk", metadata=_is("size", "ours", "what that share is of: lost at the stop")
    )
    leverage: float = field(
        default=5.0, metadata=_is("size", "article", "notional over margin; the lower end of five to ten")
    )
    exit_velocity: float = field(
        default=0.0,
        metadata=_is("exit", "ours", "reversal: open interest over its window has changed by less than this"),
    )
    stop: float | None = field(
        default=0.05, metadata=_is("exit", "ours", "stop: so far from the entry price")
    )
    hold: int | str = field(default="72h", metadata=_is("exit", "ours", "time: so long after the entry"))
    fee_rate: float = field(
        default=TAKER_FEE, metadata=_is("costs", "ours", "taker fee, at the entry and at the exit")
    )
    liquidation_fee_rate: float | None = field(
        default=None,
        metadata=_is("costs", "ours", "fee of a liquidation; none given: the whole margin is lost"),
    )

    def __post_init__(self) -> None:
        """Refuse what cannot be, all at once."""
        problems = []
        for name, rule in _RULES.items():
            value = getattr(self, name)
            if value is None and name in _MAY_BE_NONE:
                continue
            try:
                checked(value, name, rule)
            except InputError as error:
                problems.append(str(error))
        for name, words in _WORDS.items():
            if getattr(self, name) not in words:
                problems.append(f"{name}={getattr(self, name)!r} is none of {', '.join(words)}")
        if not problems and self.funding_percentile < 0.5:
            problems.append(f"funding_percentile={self.funding_percentile:g} cannot be; it begins at 0.5")
        if not problems and self.stop and self.cap_reading == "risk":
            share = self.cap / self.stop / self.leverage
            if share > 1:
                problems.append(
                    f"to lose {self.cap:.1%} at a stop {self.stop:.2%} away takes {share:.2f} accounts of "
                    f"margin at {self.leverage:g}x; take a wider stop, a smaller cap or another reading"
                )
        if problems:
            lines = "\n".join(f"  - {problem}" for problem in problems)
            raise InputError(f"this is no rule that can be run yet:\n{lines}")


_RULES: dict[str, Any] = {
    "ratio_level": "positive",
    "ratio_percentile": "share",
    "velocity_score": "any",
    "funding_percentile": "share",
    "crowd_lead": "not negative",
    "cap": "share",
    "leverage": "positive",
    "exit_velocity": "any",
    "stop": "fraction",
    "fee_rate": "share",
    "liquidation_fee_rate": "share",
}
_MAY_BE_NONE = ("crowd_lead", "stop", "liquidation_fee_rate")
_WORDS: dict[str, tuple[str, ...]] = {
    "ratio_reading": ("percentile", "level"),
    "crowd": get_args(Crowd),
    "cap_reading": get_args(Reading),
}

_FIXED = (
    ("enter", "against the crowd: short where longs pay and lead, long where shorts do", "article"),
    ("enter", "decided at the end of a bar, filled at the open of the next", "ours"),
    ("enter", "only when all conditions begin to hold, and no position is open", "ours"),
    ("size", "never add to a position", "article"),
    ("exit", "reversal: or the conditions of the other side begin to hold", "ours"),
    ("costs", "funding: paid or received by who holds at the end of the bar that settles it", "ours"),
)


def specification(spec: Specification) -> pd.DataFrame:
    """Tabulate the rule number by number, with the origin of each number.

    Parameters
    ----------
    spec : Specification

    Returns
    -------
    DataFrame, one row per rule
        ``part`` (enter, size, exit, costs), ``rule`` in words, ``name`` of the field, ``value``, and
        ``whose``: ``article``, ``ours``, or ``yours`` where it is not the default. A rule without a
        number has no name. Fields that this reading of the ratio does not use are left out.

    Examples
    --------
    >>> table = specification(Specification(stop=0.03))
    >>> table.set_index("name").loc[["cap", "stop", "hold"], "whose"].tolist()
    ['article', 'yours', 'ours']
    """
    unused = {"percentile": {"ratio_level"}, "level": {"ratio_percentile", "ratio_window"}}[
        spec.ratio_reading
    ]
    rows: list[tuple[object, ...]] = []
    known: Any = fields(spec)
    for part in dict.fromkeys(each.metadata["part"] for each in known):
        for each in known:
            if each.metadata["part"] == part and each.name not in unused:
                value = getattr(spec, each.name)
                whose = each.metadata["whose"] if value == each.default else "yours"
                rows.append((part, each.metadata["says"], each.name, value, whose))
        rows += [(part, says, "", "", whose) for where, says, whose in _FIXED if where == part]
    return pd.DataFrame(rows, columns=["part", "rule", "name", "value", "whose"])


@dataclass(frozen=True, slots=True)
class Conditions:
    """The rule's readings at each bar, and the entries that it signals.

    Attributes
    ----------
    readings : DataFrame, shape (n, 5)
        ``ratio`` (percentile or level), ``velocity``, ``velocity_score``, ``funding_rate``
        (the last settled, per 8 hours), ``crowd`` (the ratio).
    state : Series, shape (n,)
        1 where all conditions of a long hold, -1 of a short, 0 neither, NaN where unknown.
    begins : Series, shape (n,)
        The state where it has just begun, 0 elsewhere: the bars at which the rule enters.
    """

    readings: pd.DataFrame
    state: pd.Series
    begins: pd.Series


def needs(spec: Specification) -> tuple[str, ...]:
    """Return the columns that the rule reads."""
    crowd = () if spec.crowd_lead is None else (spec.crowd,)
    prices = ("high", "low", "close")
    return (*prices, "open_interest", "circulating_supply", "funding_rate", "funding_interval", *crowd)


def conditions(spec: Specification, frame: pd.DataFrame) -> Conditions:
    """Return the rule's readings and its entry signals at each bar.

    Parameters
    ----------
    spec : Specification
    frame : DataFrame, shape (n, m)
        With the columns that `needs` names. No later bar is read.

    Returns
    -------
    Conditions

    Raises
    ------
    FrameError
        If a column is missing.
    InputError
        If the frame is too short for the windows, or the rule's readings are never all known at one bar.
    """
    validate(frame, needs=needs(spec))
    _long_enough(spec, frame)
    coins = frame["open_interest"]
    ratio = oi_to_cap(coins, frame["circulating_supply"])
    change = velocity(coins, spec.velocity_window)
    score = robust_zscore(change, spec.velocity_baseline)
    paid = settled_funding(frame["funding_rate"], frame["funding_interval"])
    place = past_place(paid, spec.funding_window, spec.at_least)
    if spec.ratio_reading == "percentile":
        ratio = past_place(ratio, spec.ratio_window, spec.at_least)
        high = ratio >= spec.ratio_percentile
    else:
        high = ratio > spec.ratio_level
    surge = high & (score >= spec.velocity_score)
    short = surge & (paid > 0) & (place >= spec.funding_percentile)
    long = surge & (paid < 0) & (place <= 1 - spec.funding_percentile)
    read = [ratio, change, score, place]
    crowd = frame[spec.crowd] if spec.crowd in frame.columns else pd.Series(np.nan, frame.index)
    if spec.crowd_lead is not None:
        short &= crowd > 1 + spec.crowd_lead
        long &= crowd < 1 / (1 + spec.crowd_lead)
        read.append(crowd)
    there = np.logical_and.reduce([each.notna() for each in read])
    if not there.any():
        raise InputError(
            "what the rule reads is never known all at once in this frame; look at "
            "frame.isna().sum(): one unknown bar silences a window until it has passed"
        )
    state = (long.astype(float) - short.astype(float)).where(there)
    begins = state.where(state != state.shift(1), 0.0).fillna(0.0)
    readings = {
        "ratio": ratio,
        "velocity": change,
        "velocity_score": score,
        "funding_rate": paid,
        "crowd": crowd,
    }
    return Conditions(pd.DataFrame(readings), state, begins)


def _long_enough(spec: Specification, frame: pd.DataFrame) -> None:
    index = frame.index
    first = bars(spec.at_least, index) - 1
    for name in ("ratio_window", "funding_window"):
        if bars(getattr(spec, name), index) <= first:
            raise InputError(
                f"at_least={spec.at_least!s} is longer than {name}={getattr(spec, name)!s}; "
                "less of a past must be enough than there is of it"
            )
    scored = bars(spec.velocity_window, index) + bars(spec.velocity_baseline, index)
    needed = max(first, scored) + 2
    if len(frame) < needed:
        raise InputError(
            f"this frame has {len(frame):,} bars, and the rule reads {needed - 1:,} before it can decide and "
            "one more to enter; take a longer frame, or shorter windows"
        )
