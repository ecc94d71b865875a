"""The claims whose signal fired in the week, and their verdicts on the data so far."""

from __future__ import annotations

from typing import Any

import numpy as np

from oikit.claims import CLAIMS, judge
from oikit.claims.claim import Claim, ask
from oikit.errors import InputError
from oikit.report.book import Book


def collect_claims(book: Book) -> list[dict[str, Any]]:
    """Return each claim of the ledger: whether its signal fired this week, and its verdict."""
    about = book.about
    found = []
    for name, verdict in judge(about.frame).items():
        claim = CLAIMS[name]
        entry: dict[str, Any] = {
            "id": name,
            "says": claim.says,
            "kind": claim.kind,
            "word": verdict.word,
            "told": verdict.label,
            "spoke": None,
            "n": None,
        }
        if claim.speaks is not None:
            entry["spoke"] = _spoke(book, claim)
            label = f"separate events of {name} whose outcome is known, up to the end of the week"
            span = [about.frame.index[0], about.until]
            entry["n"] = book.add(f"claim_{name}_n", float(verdict.n), "count", "verdict", label, span)
        found.append(entry)
    _tally(book, found)
    return found


def _tally(book: Book, found: list[dict[str, Any]]) -> None:
    spoke = {each["id"]: each["value"] for each in book.facts}
    asked = [spoke[each["spoke"]] for each in found if each["spoke"] is not None]
    known = [value for value in asked if value is not None]
    for fact, value, label in (
        ("claims_all", len(found), "statements in the ledger"),
        ("claims_forecasts", len(asked), "of these, forecasts: only they speak"),
        ("claims_asked", len(known), "forecasts that could be asked this week"),
        ("claims_spoke", sum(value > 0 for value in known), "forecasts that spoke in the week"),
    ):
        book.add(fact, float(value), "count", "verdict", label, [book.about.until])


def _spoke(book: Book, claim: Claim) -> str:
    frame, since = book.about.frame, book.about.since
    bars, reason, times = None, "its columns are not in the data", []
    if set(claim.needs) <= set(frame.columns):
        try:
            week = ask(claim, frame)
            week = week[week.index > since].dropna()
        except InputError as error:
            reason = str(error)
        else:
            reason = "no bar of the week could be asked"
            if len(week):
                bars = float(np.count_nonzero(week == 1))
                said = week.index[week == 1]
                times = list(said[[0, -1]]) if len(said) else list(week.index[[0, -1]])
    label = f"bars of the week in which {claim.id} spoke"
    return book.add(f"claim_{claim.id}_spoke", bars, "count", "verdict", label, times, unknown=reason)
