"""The numbers of one week: each with its unit, its definition and the rows it came from.

A report is drawn from these and from nothing else. The same bars give the same facts, to the last
digit. What is not known is null, with the reason; nothing is estimated in its place. The shape of the
document is told in ``SCHEMA.md`` beside this module; each topic has a module of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import oikit
from oikit import clock
from oikit.explanations import explain
from oikit.report.against import check_last, collect_changes, moved_verdicts
from oikit.report.book import Book, stamp
from oikit.report.distances import LEVERAGES, STAKE, collect_distances
from oikit.report.front import WEEKS, collect_before, collect_front, seen
from oikit.report.inputs import collect_quality, digest, prints
from oikit.report.levels import collect_crowds, collect_levels
from oikit.report.pace import CLOCKS, collect_clocks, collect_trail
from oikit.report.paid import collect_paid
from oikit.report.scorecard import DRAWS, YEAR, collect_record
from oikit.report.source import Subject
from oikit.report.turning import collect_turning
from oikit.report.voices import collect_claims
from oikit.report.weeks import PULL, History, collect_rates
from oikit.stats import SMALLEST_N

__all__ = ["collect"]

SCHEMA_VERSION = 4
"""Goes up when a fact is renamed or means something else."""


def collect(
    about: Subject, *, last: Mapping[str, Any] | None = None, history: History | None = None
) -> dict[str, Any]:
    """Work out the facts of one week.

    Parameters
    ----------
    about : Subject
        From `oikit.report.subject`.
    last : mapping, optional
        The facts of an earlier week of the same market, to be compared with.
    history : History, optional
        All bars of this market, where several of its weeks are worked out: what no later bar can change is
        worked out once, and cut. The facts are the same.

    Returns
    -------
    dict
        Ready for JSON. ``facts`` is a list, each with ``id``, ``value`` (None if unknown), ``unit``,
        ``definition`` (an entry of ``definitions`` and of `oikit.explain`), ``label``, ``times`` (of the
        rows it came from), ``percentile`` (``value``, ``window`` and ``n``, or None), ``rank`` (``value``
        and ``of``, or None) and ``unknown`` (why, or None). The sections around it refer to facts by id;
        ``SCHEMA.md`` tells them all.

    Raises
    ------
    ReportError
        If `last` is not the facts of an earlier week of this market.
    """
    book = Book(about)
    before = None if last is None else check_last(last, book, SCHEMA_VERSION)
    quality = collect_quality(book)
    collect_levels(book)
    trail = collect_trail(book)
    collect_paid(book)
    clocks = collect_clocks(book)
    collect_crowds(book)
    history = History(about) if history is None else history
    front = collect_front(book, trail)
    collect_before(book, front, history.fronts if history.bars.begins_with(about.frame) else {})
    said = history.said(about)
    rates = collect_rates(book, said)
    inputs = prints(about.frame, about.until)
    changes = collect_changes(book, before, inputs)
    with history.bars.up_to(about.frame):
        claims = collect_claims(book)
    turning = collect_turning(book)
    seen(book, turning)
    return {
        "schema_version": SCHEMA_VERSION,
        "market": about.market,
        "week": about.week,
        "since": stamp(about.since),
        "until": stamp(about.until),
        "every": clock.words(clock.bar_length(about.frame.index)),
        "kind": "simulated" if about.simulated else "real",
        "vouched": about.vouched,
        "given_by": about.given_by,
        "source": about.source,
        "data_sha256": digest(about.frame),
        "fine_sha256": None if about.fine is None else digest(about.fine),
        "oikit_version": oikit.__version__,
        "parameters": _parameters(),
        "quality": quality,
        "clocks": clocks,
        "trail": trail,
        "rates": rates,
        "changes": changes,
        "claims": claims,
        "verdicts_moved": moved_verdicts(claims, before),
        "record": collect_record(book, said),
        "risk": collect_distances(book),
        "turning": turning,
        "front": front,
        "inputs": inputs,
        "facts": book.facts,
        "definitions": {
            name: explain(name)._asdict() for name in sorted({each["definition"] for each in book.facts})
        },
    }


def _parameters() -> dict[str, str]:
    """Return every choice that the numbers of the report depend on."""
    spans = "; ".join(f"{every}: {window} against {yard}" for every, (window, yard) in CLOCKS.items())
    return {
        "clocks: window against yardstick": spans,
        "percentiles": "of the past 365 days, or the longest of 180, 90 and 30 that is nine tenths known",
        "ranks": "among the ends of the past 52 weeks, the highest first",
        "front": f"lines over {WEEKS} weeks; flat is under a quarter of the median weekly change; another "
        "name from 5 of 7 days; forced out from 1/3 of what was closed; places among the outer tenth",
        "conditions": "top and bottom fifth of the past 52 weeks, at least 26",
        "fewest earlier weeks for a share": str(SMALLEST_N),
        "weight of the base rate in what is said": f"{PULL:g} weeks",
        "weeks in the record": str(YEAR),
        "draws of the bootstrap and of the band": f"{DRAWS:,}, seed 0",
        "liquidation": f"isolated margin, {STAKE:,.0f} dollars of notional, no fees",
        "leverages": ", ".join(f"{each}x" for each in LEVERAGES),
    }
