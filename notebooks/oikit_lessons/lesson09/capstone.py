"""Readers of a plan, a table of verdicts and a memo: each part becomes one word that can be graded.

The readers check structure and what a careful reviewer asks first. They cannot tell a good memo from a
bad one; the rubric and another group do that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from oikit.claims.claim import VERDICTS
from oikit.errors import InputError
from oikit.learn.show import note
from oikit.learn.todo import TODO, untouched
from oikit.stats import SMALLEST_N

__all__ = ["begun_plan", "draft"]

GIVEN = "given"

FIELDS: dict[str, str] = {
    "universe": "which market, which bars, from when to when",
    "inputs": "which columns are read",
    "decided": "when it is decided, and in which bar it is filled",
    "rule": "what must hold, with its numbers",
    "size": "how much of the account, and of what: loss, margin or position",
    "exit": "what ends a position, with its numbers",
    "stop": "how far away, or none",
    "costs": "what is charged, on both sides of the trade and while it is held",
    "verdict": "how many cases at least, and what the interval must show",
}
"""The parts of a plan and what each must say."""

PARTS = ("Question", "Rule", "Evidence", "Verdict", "Limits")
"""The paragraphs of a memo, in this order."""

PAGE = 400
"""Words on a page."""

RUBRIC = {
    "testable": (4, "a stranger could run the rule: every number is there, fixed before the run"),
    "no leakage": (4, "nothing was decided with what came later; fills are in the next bar"),
    "uncertainty": (4, "each effect has its n and its interval"),
    "trials": (2, "everything that was looked at is counted"),
    "costs": (2, "fees, and funding that is paid or received"),
    "verdict": (2, "the verdict follows from the interval, and undecided is a verdict"),
    "plain": (2, "plain words, figures with a description"),
}
"""Points and what earns them; nothing else earns any."""


def begun_plan() -> dict[str, Any]:
    """Return the start of a plan: its parts, of which the first two are filled in.

    Returns
    -------
    dict
        ``TODO`` where something is still to be written.

    Examples
    --------
    >>> begun_plan()["stop"]
    TODO
    """
    return dict.fromkeys(FIELDS, TODO) | {
        "universe": "A, B and C, all simulated, bars of 1 hour from 2023-03-06 to 2026-03-09",
        "inputs": ["close", "open_interest", "circulating_supply", "funding_rate", "long_short_ratio"],
    }


def read_plan(plan: Any) -> dict[str, str]:
    """Read a plan as a stranger would who has to run it."""
    if not isinstance(plan, Mapping):
        raise InputError(f"the plan is a {type(plan).__name__}; begin with begun_plan() and fill it in.")
    missing = [name for name in FIELDS if untouched(plan.get(name)) or not str(plan[name]).strip()]
    if missing:
        asked = "; ".join(f"{name}: {FIELDS[name]}" for name in missing)
        raise InputError(f"{len(missing)} part(s) of the plan are still to write. {asked}.")
    said = {name: str(plan[name]).lower() for name in FIELDS}
    found = {name: GIVEN if re.search(r"\d", said[name]) else "no number" for name in FIELDS}
    found["inputs"] = _inputs(plan["inputs"])
    found["decided"] = GIVEN if "next" in said["decided"] else "same bar"
    if found["size"] == GIVEN and not re.search(r"risk|los[est]|margin|notional|position", said["size"]):
        found["size"] = "of what"
    if re.search(r"\b(top|peak|bottom|best|highest|lowest)\b", said["exit"]):
        found["exit"] = "hindsight"
    if re.search(r"\b(none|no stop)\b", said["stop"]):
        found["stop"] = GIVEN
    fee, funding = "fee" in said["costs"], "funding" in said["costs"]
    found["costs"] = GIVEN if fee and funding else "no funding" if fee else "no fees" if funding else "none"
    if "interval" not in said["verdict"]:
        earns = re.search(r"profit|gain|grow|grew|earn|money|positive", said["verdict"])
        found["verdict"] = "profit decides" if earns else "no interval"
    return found


def _inputs(given: Any) -> str:
    names = re.findall(r"[a-z_]+", str(given).lower())
    if any(name.startswith(("future", "next", "forward", "later")) for name in names):
        return "the outcome"
    lacking = {"open_interest", "funding_rate", "close"} - set(names)
    return "too few" if lacking else GIVEN


def read_table(table: Any) -> dict[str, str]:
    """Return, for each part of a table of verdicts, whether its verdicts follow from the numbers."""
    if not hasattr(table, "columns"):
        raise InputError(f"the table is a {type(table).__name__}; make it with evidence.assign(...).")
    needs = ("n", "effect", "low", "high", "trials", "verdict")
    lacking = [name for name in needs if name not in table.columns]
    if lacking:
        raise InputError(f"the table has no column {', '.join(lacking)}; each line needs {', '.join(needs)}.")
    unknown = [each for each in table["verdict"] if each not in VERDICTS]
    if unknown:
        raise InputError(f"the verdict {unknown[0]!r} is none of ours; use one of {', '.join(VERDICTS)}.")
    found = {"trials": GIVEN, "jumps": GIVEN, "rule": GIVEN}
    if any(untouched(each) or not each >= len(table) for each in table["trials"]):
        found["trials"] = "too few"
    for name, line in table.iterrows():
        part = "rule" if str(name).startswith("rule") else "jumps"
        if found[part] == GIVEN:
            found[part] = _follows(line, up=part == "rule")
    return found


def _follows(line: Any, *, up: bool) -> str:
    word = line["verdict"]
    if word in ("not testable", "arithmetic", "not asked"):
        return "it was tested"
    decided = word in ("supported", "contradicted")
    if line["n"] < SMALLEST_N:
        return "too few cases" if decided else GIVEN
    if not line["low"] <= 0 <= line["high"]:
        right = "supported" if (line["effect"] > 0) == up else "contradicted"
        return GIVEN if word == right else "wrong way" if decided else "afraid"
    if not decided:
        return GIVEN
    return "effect alone" if word == "supported" else "zero is no proof"


def memo_parts(memo: str) -> dict[str, str]:
    """Take a memo apart.

    Examples
    --------
    >>> memo_parts("Question: is it so? Verdict: undecided.")
    {'Question': 'is it so?', 'Verdict': 'undecided.'}
    """
    pieces = re.split(rf"\b({'|'.join(PARTS)}):", memo)
    return {name: text.strip() for name, text in zip(pieces[1::2], pieces[2::2], strict=True)}


def read_memo(memo: Any) -> str:
    """Read a memo as a reviewer skims it."""
    if not isinstance(memo, str):
        raise InputError(f"the memo is a {type(memo).__name__}; write it as text, between three quotes.")
    parts = memo_parts(memo)
    missing = [name for name in PARTS if not parts.get(name)]
    if missing:
        raise InputError(
            f"the memo lacks {', '.join(missing)}; begin each paragraph with one of {', '.join(PARTS)}, "
            "and a colon."
        )
    asked = {
        "too long": len(memo.split()) <= PAGE,
        "advice": not re.search(
            r"\b(buy|sell|go long|go short|you should|will rise|will fall)\b", memo, re.I
        ),
        "no n": re.search(r"\bn\s*=\s*\d|\b\d+ (separate |)(cases|trades|events|jumps)", parts["Evidence"]),
        "no interval": re.search(r"\d\s*(%|bp|basis points|)\s+to\s+\S*\d", parts["Evidence"]),
        "no verdict": any(word in parts["Verdict"].lower() for word in VERDICTS),
        "no trials": re.search(r"\b(tried|tries|trials|looked at)\b", memo, re.I),
        "not called simulated": re.search(r"simulat", memo, re.I),
    }
    return next((name for name, there in asked.items() if not there), GIVEN)


_DRAFT = (
    "Memo of a group that we made up. Rule: the default specification, submitted before the run. "
    "Each decision is made at the end of a bar and filled at the next open.",
    "We looked at a few leverages and show the best one, 20x. The account grew by 9% in one year, on 6 "
    "trades, after fees; funding was left out, because it is small.",
    "Verdict: supported, since the account grew. The market was simulated. The chart has a description.",
)


def draft() -> None:
    """Show a memo to be reviewed, and the rubric; the group that wrote it was made up."""
    marks = [f"{name}, {points} points: {says}." for name, (points, says) in RUBRIC.items()]
    note("QUESTION", "09.memo", *_DRAFT, "The rubric. Profit earns no points.", *marks)
