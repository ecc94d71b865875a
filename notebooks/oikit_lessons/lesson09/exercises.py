"""The exercises of lesson 09, putting it together.

A plan, a table and a memo are read by `oikit_lessons.lesson09.capstone`, part by part; each part is a word
that can be judged. The booking of a trade is that of `oikit.strategy.engine`, for one coin.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from oikit.errors import InputError
from oikit.learn.exercise import Exercise, Malrule, Property, number
from oikit_lessons.lesson09.accounting import (
    Case,
    as_return,
    at_the_close,
    booked,
    changed_later,
    closes_at_both_ends,
    funding_on_the_entry,
    longs_only,
    net,
    never_short,
    one_fee,
    too_early,
    trades,
)
from oikit_lessons.lesson09.capstone import FIELDS, GIVEN, RUBRIC, read_memo, read_plan, read_table


def _word(word: str) -> Callable[[Any], str]:
    return lambda _: word


def _lacks(part: str, word: str, name: str, says: str) -> Malrule:
    return Malrule(name, part, _word(word), f"{part}: {says}")


# --- 09.1 ---

PLAN = Exercise(
    id="09.1",
    parts=("plan",),
    observe=lambda _, answers: read_plan(answers["plan"]),
    answer=lambda _: dict.fromkeys(FIELDS, GIVEN),
    rules=(
        _lacks(
            "universe",
            "no number",
            "no-window",
            "from when to when? Without a window somebody can pick the good years afterwards.",
        ),
        _lacks(
            "inputs",
            "the outcome",
            "outcome-among-the-inputs",
            "one of these names is what comes later. The rule may read what is known when it decides.",
        ),
        _lacks(
            "inputs",
            "too few",
            "input-missing",
            "the rule reads open_interest, funding_rate and close at least. Which one is not in your list?",
        ),
        _lacks(
            "decided",
            "same bar",
            "fills-in-the-bar-that-decides",
            "a bar is known when it has ended. In which bar can an order be filled then?",
        ),
        _lacks(
            "rule",
            "no number",
            "rule-without-numbers",
            "“high” and “extreme” are not numbers. What exactly would a stranger type?",
        ),
        _lacks("size", "no number", "size-without-a-number", "which share of the account?"),
        _lacks(
            "size",
            "of what",
            "share-of-what",
            "a share of the account has three readings. Is it what is lost at the stop, the margin, or the "
            "position?",
        ),
        _lacks(
            "exit",
            "hindsight",
            "exit-by-hindsight",
            "nobody knows an extreme before it is past. Which number, known then, ends the position?",
        ),
        _lacks("exit", "no number", "exit-without-numbers", "after how long, or at which reading?"),
        _lacks("stop", "no number", "stop-without-a-distance", "how far from the entry? Or write: none."),
        _lacks(
            "costs",
            "no funding",
            "forgets-the-funding",
            "fees are there. What else is paid, or received, while a position is held?",
        ),
        _lacks("costs", "no fees", "forgets-the-fees", "what does it cost to open and to close?"),
        _lacks("costs", "none", "no-costs", "fees at both ends, and funding in between, are missing."),
        _lacks(
            "verdict",
            "profit decides",
            "profit-decides",
            "an account can grow by luck. What must the interval show, and how many cases are the least?",
        ),
        _lacks(
            "verdict",
            "no interval",
            "verdict-without-an-interval",
            "what must the interval of the effect show?",
        ),
        _lacks("verdict", "no number", "verdict-without-a-least-n", "how many cases are the least?"),
    ),
    hints=("read each part as somebody who has never met you and must get the same trades.",),
    worked=lambda _: (
        "decided: at the end of each hour, filled at the next open. rule: the default Specification, ratio "
        "percentile 0.95, jump 2, funding percentile 0.9, crowd 1.3. size: 2% of the account is lost at the "
        "stop, at 5x. exit: open interest over 24 h falls, or after 72 h. stop: 5% from the entry. costs: "
        "0.05% fee at each end, and funding paid or received. verdict: at least 10 cases, and a 95% "
        "interval that leaves out 0."
    ),
    well="a stranger could run this, and nobody can move the goal afterwards.",
)

# --- 09.2 ---


Found = Callable[[Case], float]


def _of_each(found: Found) -> Callable[[Any], list[float]]:
    return lambda _: [float(found(case)) for case in trades()]


def _run(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Call the learner's function on each trade, and again with another future."""
    function = answers["net"]
    if not callable(function):
        raise InputError(f"net is {function!r}; it should be a function of a trade and its bars.")

    def call(case: Case) -> float:
        back = function(*(list(each) if isinstance(each, list) else each for each in case))
        return number(back, "net", "one number for the trade")

    made = trades()
    return {"nets": [call(each) for each in made], "late": [call(changed_later(each)) for each in made]}


NET = Exercise(
    id="09.2",
    parts=("net",),
    observe=_run,
    answer=lambda given: {"nets": _of_each(net)(given), "late": _of_each(net)(given)},
    rules=(
        Malrule(
            "filled-in-the-bar-that-decides",
            "nets",
            _of_each(too_early),
            "you fill in the bar that decides. Its open was past before anything could be known of it.",
        ),
        Malrule(
            "filled-at-the-close-that-decides",
            "nets",
            _of_each(at_the_close),
            "you enter at the close that the decision needs. The first price after it is the next open.",
        ),
        Malrule(
            "filled-at-closes",
            "nets",
            _of_each(closes_at_both_ends),
            "you enter and leave at the closes. Both orders are filled at the next open.",
        ),
        Malrule(
            "funding-on-the-entry-price",
            "nets",
            _of_each(funding_on_the_entry),
            "you charge funding on the entry price. Each settlement takes the close of its own bar.",
        ),
        Malrule(
            "returns-not-money",
            "nets",
            _of_each(as_return),
            "that is a return, a share of the entry price. What one coin brings is asked, in money.",
        ),
        Malrule(
            "no-fees",
            "nets",
            _of_each(lambda case: booked(case, fees=0.0)),
            "the fees are missing: one when the position is opened, one when it is closed.",
        ),
        Malrule("one-fee", "nets", _of_each(one_fee), "one fee is there. A position is also closed."),
        Malrule(
            "no-funding",
            "nets",
            _of_each(lambda case: booked(case, leg=lambda _: 0.0)),
            "funding is missing: it is settled while the position is held.",
        ),
        Malrule(
            "one-leg-of-funding",
            "nets",
            _of_each(lambda case: booked(case, leg=lambda paid: max(0.0, paid))),
            "you charge funding that is paid, and drop what is received. Both legs count.",
        ),
        Malrule(
            "funding-the-wrong-way",
            "nets",
            _of_each(lambda case: booked(case, leg=lambda paid: -paid)),
            "above zero, longs pay and shorts receive. You have it the other way round.",
        ),
        Malrule(
            "shorts-pay-like-longs",
            "nets",
            _of_each(longs_only),
            "right for a long. A short is on the other side of each payment.",
        ),
        Malrule(
            "no-short-side",
            "nets",
            _of_each(never_short),
            "right for a long. What does a falling price do to a short?",
        ),
    ),
    properties=(
        Property(
            "no-look-ahead",
            lambda seen, _: repr(seen["nets"]) == repr(seen["late"]),
            "a property fails: bars after the exit were changed, and your result changed with them.",
        ),
    ),
    hints=(
        "three parts: what the price brought, two fees, and the funding of the bars it was held through.",
        "it is entered at opens[decided + 1] and left at opens[decided + 1 + hold]; funding is settled at "
        "the end of each bar in between, on closes.",
    ),
    worked=lambda _: (
        "with a = decided + 1 and b = a + hold: side * (opens[b] - opens[a]) - fee * (opens[a] + opens[b]) - "
        "side * sum(rates[i] * closes[i] for i in range(a, b))."
    ),
    well="filled after the decision, charged twice, and funding counts whether paid or received.",
)

# --- 09.3 ---

TABLE = Exercise(
    id="09.3",
    parts=("table",),
    observe=lambda _, answers: read_table(answers["table"]),
    answer=lambda _: {"trials": GIVEN, "jumps": GIVEN, "rule": GIVEN},
    rules=(
        _lacks(
            "trials",
            "too few",
            "tries-not-counted",
            "each line of this table was looked at, so each verdict is one of at least as many tries.",
        ),
        *(
            _lacks(part, word, f"{name}-{part}", says)
            for part in ("jumps", "rule")
            for word, name, says in (
                (
                    "it was tested",
                    "a-test-called-untestable",
                    "this line was tested on data: which of the other four words follows?",
                ),
                (
                    "too few cases",
                    "too-few-cases",
                    "one line has fewer cases than your plan asks for. A word that decides cannot follow, "
                    "whether the account grew or shrank.",
                ),
                (
                    "effect alone",
                    "effect-without-its-interval",
                    "the interval holds 0, so neither the effect nor the growth of an account is enough.",
                ),
                (
                    "zero is no proof",
                    "no-proof-taken-for-a-refutation",
                    "an interval that holds 0 also holds effects that matter. Not shown is not refuted.",
                ),
                (
                    "wrong way",
                    "wrong-direction",
                    "the interval leaves out 0. On which side of it does it lie, and what was claimed?",
                ),
                (
                    "afraid",
                    "afraid-to-decide",
                    "enough cases, and the interval leaves out 0: here your plan does decide.",
                ),
            )
        ),
    ),
    hints=("go line by line: enough cases? Does the interval hold 0? On which side does it lie?",),
    worked=lambda _: (
        "fewer than 10 cases: undecided. The interval holds 0: undecided. It leaves out 0 on the side that "
        "was claimed: supported; on the other: contradicted."
    ),
    well="each word follows from its own line, and none from the size of an account.",
)

# --- 09.5 ---

_FAILS = {"uncertainty", "trials", "costs", "verdict"}


def _names(names: set[str]) -> Callable[[Any], list[str]]:
    return lambda _: sorted(names)


def _review(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    given = answers["fails"]
    names = [given] if isinstance(given, str) else list(given)
    unknown = [each for each in names if each not in RUBRIC]
    if unknown:
        raise InputError(f"{unknown[0]!r} is no criterion of the rubric; there are {', '.join(RUBRIC)}.")
    return {"memo": read_memo(answers["memo"]), "fails": sorted(set(names))}


REVIEW = Exercise(
    id="09.5",
    parts=("memo", "fails"),
    observe=_review,
    answer=lambda _: {"memo": GIVEN, "fails": sorted(_FAILS)},
    rules=(
        _lacks("memo", "too long", "longer-than-a-page", "one page: cut what does not bear on the verdict."),
        _lacks("memo", "advice", "gives-advice", "a memo says what was found, and tells nobody what to do."),
        _lacks("memo", "no n", "memo-without-n", "how many cases? Write it in Evidence, as n = ..."),
        _lacks(
            "memo", "no interval", "memo-without-interval", "Evidence needs an interval: from what to what?"
        ),
        _lacks("memo", "no verdict", "memo-without-verdict", "Verdict needs one of the six words."),
        _lacks("memo", "no trials", "memo-without-trials", "how many lines were looked at, or rules tried?"),
        _lacks("memo", "not called simulated", "simulated-left-out", "what kind of market was it?"),
        Malrule(
            "profit-taken-for-evidence",
            "fails",
            _names(_FAILS - {"verdict"}),
            "fails: they call it supported since the account grew. Which criterion is about that?",
        ),
        Malrule(
            "overlooks-the-tries",
            "fails",
            _names(_FAILS - {"trials"}),
            "fails: how many leverages were looked at before the best one was shown?",
        ),
        Malrule(
            "overlooks-the-funding",
            "fails",
            _names(_FAILS - {"costs"}),
            "fails: fees are there. What was left out because it is small?",
        ),
        Malrule(
            "overlooks-the-interval",
            "fails",
            _names(_FAILS - {"uncertainty"}),
            "fails: there is an n. What else does an effect need?",
        ),
        Malrule(
            "asks-too-much-of-the-rule",
            "fails",
            _names(_FAILS | {"testable"}),
            "fails: the specification is named and was fixed before. Which number would a stranger miss?",
        ),
        Malrule(
            "sees-leakage",
            "fails",
            _names(_FAILS | {"no leakage"}),
            "fails: decided at the end of a bar, filled at the next open. What leaks?",
        ),
        Malrule(
            "fails-everything",
            "fails",
            _names(set(RUBRIC)),
            "fails: a reviewer also says what is done well. Which criteria does this memo meet?",
        ),
    ),
    hints=("take the criteria one by one, and look for the sentence in the memo that earns the points.",),
    worked=lambda _: (
        "it fails "
        + ", ".join(sorted(_FAILS))
        + ": no interval, leverages that nobody counted, no funding, and a verdict that follows from growth."
    ),
    well="a review that names what is missing, whatever the account did.",
)

EXERCISES = {each.id: each for each in (PLAN, NET, TABLE, REVIEW)}
"""By id, in the order of the lesson; 09.4 is the opening of the code."""
