"""The exercises of lesson 00: count the rows, name five kinds, and rewrite a boast so that it can fail.

The kinds are those of `oikit.claims`. What is compared in the second and third exercise is no
number: a kind is a word, and a rewritten slot is either whole or has a named fault.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from oikit.claims.claim import KINDS
from oikit.errors import InputError
from oikit.learn.exercise import Exercise, Malrule

# --- 00.1: a number, read off and handed in ---


def _market() -> Any:
    from oikit.simulate.samples import sample

    return sample("bnb-null")


ROWS = Exercise(
    id="00.1",
    parts=("hours",),
    answer=lambda _: {"hours": float(len(_market()))},
    counts=("hours",),
    rules=(
        Malrule(
            "counts-columns",
            "hours",
            lambda _: float(_market().shape[1]),
            "that is how many columns there are. Each hour is a row.",
        ),
        Malrule(
            "counts-cells",
            "hours",
            lambda _: float(_market().size),
            "that is rows times columns, every cell of the table. Each hour is a row.",
        ),
        Malrule(
            "counts-days",
            "hours",
            lambda _: len(_market()) / 24,
            "that is how many days. Each row is one hour.",
        ),
        Malrule(
            "counts-a-year",
            "hours",
            lambda _: 8760.0,
            "that is the hours of one year. Count those of this market: how many rows has it?",
        ),
    ),
    hints=("len(...) counts the rows of a table.", "put the name of the market between the brackets of len."),
    worked=lambda _: f"hours = len(market), which is {len(_market()):,}.",
    well="you ran a cell, changed it, and had it checked. That is all the technique there is.",
)


# --- 00.2: five kinds ---

SENTENCES: dict[str, str] = {
    "a": "A short gains when the price falls.",
    "b": "A coin that has lost half of its price must double to be back where it was.",
    "c": "In the week after funding was negative for a whole day, the price rises more than usual.",
    "d": "Professionals have understood this number for a long time.",
    "e": "Write your reason down before you look at the chart.",
}
"""Not from the ledger, where their kinds could be looked up."""

_KIND_OF = dict(
    zip(SENTENCES, ("definition", "arithmetic", "forecast", "not testable", "advice"), strict=True)
)

_WHY_NOT: dict[str, dict[str, str]] = {
    "a": {
        "arithmetic": "a: which two numbers would you put together here? It says what a word means.",
        "forecast": "a: it says what follows *if* the price falls, not that it will. Could it ever fail?",
        "not testable": "a: a position that does not gain when the price falls is not called a short.",
        "advice": "a: it tells nobody what to do.",
    },
    "b": {
        "definition": "b: nobody decided that by naming something. Take a price of one hundred and compute.",
        "forecast": "b: it does not say that the coin will come back. What would it take, if it did?",
        "not testable": "b: it needs no market, but you can check it, with one price and a pencil.",
        "advice": "b: it says what is needed to be back, not that anybody should wait for it.",
    },
    "c": {
        "definition": "c: it could turn out wrong, so it is not true by the meaning of its words.",
        "arithmetic": "c: no sum leads from funding to a later price. Where would you have to look?",
        "not testable": "c: it names the event, how long to look, and what to compare with. What is missing?",
        "advice": "c: somebody may act on it, but it only says what comes next.",
    },
    "d": {
        "definition": "d: no word here is being explained.",
        "arithmetic": "d: there is no number in it that could be computed from others.",
        "forecast": "d: it is about the past and about what people know. Which column shows that?",
        "advice": "d: it flatters and does not instruct. Whom would you have to ask, and how?",
    },
    "e": {
        "definition": "e: it explains no word.",
        "arithmetic": "e: nothing is computed here.",
        "forecast": "e: it does not say what will happen if you do, or if you do not.",
        "not testable": "e: close, since it is neither true nor false. Which of the five is a request?",
    },
}


def _named(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for letter, value in answers.items():
        word = " ".join(value.lower().replace("-", " ").split()) if isinstance(value, str) else ""
        if word not in KINDS:
            raise InputError(f"{letter} is {value!r}; use one of {', '.join(KINDS)}, between quotes.")
        found[letter] = word
    return found


FIVE = Exercise(
    id="00.2",
    parts=tuple(SENTENCES),
    answer=lambda _: dict(_KIND_OF),
    observe=_named,
    rules=tuple(
        Malrule(f"takes-it-for-{kind.replace(' ', '-')}", letter, lambda _, kind=kind: kind, why)  # type: ignore[misc]
        for letter, reasons in _WHY_NOT.items()
        for kind, why in reasons.items()
    ),
    hints=("ask of each: which observation could show that it is wrong?",),
    worked=lambda _: ", ".join(f"{letter}: {kind}" for letter, kind in _KIND_OF.items()),
    well="each kind asks for its own answer: a dictionary, a pencil, data, a question, your own mind.",
)


# --- 00.3: five slots ---

SLOTS = ("event", "horizon", "outcome", "comparison", "sample")

_ALWAYS = re.compile(
    r"\b(always|never|every (single )?time|without exception|inevitabl[ey]|must|certain(ly)?)\b"
)
_NUMBER = r"\d|\b(an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve)\b"
_LENGTH = re.compile(r"\b(minutes?|hours?|days?|weeks?|months?|years?|\d+ ?(min|h|d|w))\b")
_MEASURED = re.compile(
    r"\b(prices?|returns?|closes?|open interest|funding|volume|volatility|ratio|liquidations?)\b"
)
_LINE = re.compile(
    r"\d|\b(half|twice|doubles?|halves|decile|quartile|percentile|tenth|twentieth|record|highest|lowest|"
    r"negative|positive|zero|(above|below|over|under) its)\b"
)
# Whoever says that BNB falls, or speaks of a slump, means the price.
_MOVED = re.compile(
    _MEASURED.pattern
    + r"|\b(btc|eth|bnb|sol|bitcoin|ether|coin|market|slump|crash|rally|drop|decline|sell-?off)\b"
)
_SIZE = re.compile(
    r"\d[\d.,]* ?(%|per ?cent|percent|basis points?|bps?|usdt?|dollars?|times|x)|"
    r"\b(lower|higher|below|above|down|up|falls?|fell|rises?|rose|drops?|gains?|loses?|slump|crash|rally|"
    r"increases?|decreases?|declines?|grows?|shrinks?)\b"
)
_TIMES = (
    r"(minutes?|hours?|days?|weeks?|months?|times?|periods?|moments?|bars?|sample|history|market|occasions?)"
)
_AGAINST = re.compile(
    r"\b(other|others|all|any|every|usual|ordinary|normal|average|random|typical|remaining|rest|whole|quiet)\b"
    rf"(\W+\w+){{0,3}}?\W+{_TIMES}\b|\b{_TIMES}\W+(\w+\W+){{0,2}}(when|with|without|in which|before|"
    r"outside)\b|"
    r"\b(than usual|the usual|usually|base rate|average|median|on average|unconditional|by chance|the rest|"
    r"buy.and.hold|coin (flip|toss)|control)\b|\bwithout (the |this |that |such |an? |high |extreme )*"
    r"(events?|signals?|jumps?|surges?|alarms?|funding)\b"
)
_YEAR = re.compile(r"\b(19|20)\d\d\b")
_MARKET = re.compile(
    r"\b(btc|eth|bnb|sol|bitcoin|ether|binance|bybit|okx|hyperliquid|[a-z0-9]*usdt?|markets?|coins?)\b"
)

_FAULTS: dict[str, dict[str, str]] = {
    "event": {
        "empty": "event: when does the statement speak? Say what must be seen, in a few words.",
        "every-time": "event: leave *every time* out. An event only says when to look.",
        "names-no-column": "event: which figure is it about? Name one that is published, such as funding.",
        "names-no-line": "event: from where on does it count? With a number, others find the same hours.",
    },
    "horizon": {
        "empty": "horizon: how long do you look afterwards?",
        "no-number": "horizon: *soon* has no end, so no day could speak against it. Give a number.",
        "no-unit": "horizon: a number of what? Write hours or days behind it.",
    },
    "outcome": {
        "empty": "outcome: what must happen?",
        "every-time": "outcome: say what happens, not how surely. How often is for the data to say.",
        "names-no-column": "outcome: which figure moves? Name one that can be looked up, such as the price.",
        "names-no-size": "outcome: which way, or how far, must it move? Without that, anything fits.",
    },
    "comparison": {
        "empty": "comparison: compared with what? Prices fall on other days, too.",
        "every-time": "comparison: *every time* compares with nothing. How often does it happen anyway?",
        "names-none": "comparison: name the other days: all hours, the usual, or those without the event.",
    },
    "sample": {
        "empty": "sample: on which data will you look?",
        "no-period": "sample: from when to when? Without years anybody can pick the days that fit.",
        "no-market": "sample: which market, on which exchange? A name is missing.",
    },
}
"""Slot to the faults it can have and what is said about them; the order is that of looking."""

_LOOK: dict[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "event": (("names-no-column", _MEASURED), ("names-no-line", _LINE)),
    "horizon": (
        ("no-number", re.compile(_NUMBER)),
        ("no-unit", _LENGTH),
    ),
    "outcome": (("names-no-column", _MOVED), ("names-no-size", _SIZE)),
    "comparison": (("names-none", _AGAINST),),
    "sample": (("no-period", _YEAR), ("no-market", _MARKET)),
}


def _fault(slot: str, text: str) -> str:
    """The first fault of a slot, or ``whole``."""
    said = " ".join(text.lower().replace("_", " ").split())
    if len(said) < 2 or (slot != "horizon" and len(said.split()) < 2):
        return "empty"
    if "every-time" in _FAULTS[slot] and _ALWAYS.search(said):
        return "every-time"
    return next((fault for fault, needs in _LOOK[slot] if not needs.search(said)), "whole")


def _slots(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    for slot, text in answers.items():
        if not isinstance(text, str):
            raise InputError(f"{slot} is {text!r}; write words between quotes.")
    return {slot: _fault(slot, text) for slot, text in answers.items()}


REWRITE = Exercise(
    id="00.3",
    parts=SLOTS,
    answer=lambda _: dict.fromkeys(SLOTS, "whole"),
    observe=_slots,
    rules=tuple(
        Malrule(fault, slot, lambda _, fault=fault: fault, says)  # type: ignore[misc]
        for slot, faults in _FAULTS.items()
        for fault, says in faults.items()
    ),
    hints=(
        "give the event a line, the horizon a unit, the outcome a figure, and name what you compare with.",
    ),
    worked=lambda _: (
        'event = "funding in its highest twentieth of the past year, open interest up 10% in a day"; '
        'horizon = "72 hours"; outcome = "the price is 5% lower"; '
        'comparison = "all other hours of the same market"; sample = "BNBUSDT on Binance, 2023 to 2026".'
    ),
    well="all five slots hold. Now the sentence can be wrong, which is what makes it worth testing. "
    "Whether it is well chosen no machine can judge: read it to somebody.",
)

EXERCISES = {each.id: each for each in (ROWS, FIVE, REWRITE)}
"""By id, in the order of the lesson."""
