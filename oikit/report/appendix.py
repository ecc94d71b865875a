"""The last sections: every choice, every fact, and how to make the page again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oikit.report.blocks import Block, Code, Fold, Inline, Link, Para, Part, Shown, Table
from oikit.report.cover import Facts
from oikit.report.fact import span


def table(facts: Facts) -> list[Block]:
    """The parameters, and every fact with its rows and its place."""
    choices: list[list[Sequence[Inline]]] = [[[name], [says]] for name, says in facts["parameters"].items()]
    grouped: dict[str, list[dict[str, Any]]] = {}
    for fact in facts["facts"]:
        grouped.setdefault(fact["definition"], []).append(fact)
    folds: list[Block] = []
    for name, group in grouped.items():
        rows = [[[fact["label"]], _whence(fact), [Shown(fact["id"]), *_where(fact)]] for fact in group]
        head = ["Fact", "Rows it comes from (UTC)", "Value"]
        inner = Table(head, rows, frozenset({2}), kind="facts")
        folds.append(Fold(facts["definitions"][name]["title"], [inner]))
    blocks = [Table(["Parameter", "Value"], choices, kind="tight"), *folds]
    return [Part("Appendix: parameters and all facts", blocks, "appendix", "ruled")]


def _whence(fact: dict[str, Any]) -> list[Inline]:
    return [span(fact) if fact["value"] is not None else str(fact["unknown"])]


def _where(fact: dict[str, Any]) -> list[Inline]:
    said: list[Inline] = []
    if fact["percentile"]:
        said += ["; above ", Shown(fact["id"], "place"), " in ", Shown(fact["id"], "window")]
    if fact["rank"]:
        said += ["; rank ", Shown(fact["id"], "rank")]
    return said


def again(facts: Facts) -> list[Block]:
    """Return the section on how to make the page again, and the foot of the page."""
    line = f"oikit report {facts['market']} --week {facts['week']}"
    name = f"{facts['market']}-{facts['week']}.facts.json"
    if facts["changes"] is not None:
        line += f" --against {facts['market']}-{facts['changes']['week']}.facts.json"
    said: list[Inline] = [
        "Type ",
        Code(line),
        ". The same bars give the same page, byte for byte. The same numbers for programs: ",
        Link(name),
        ".",
    ]
    lead = "One command; the facts behind every number are in a file beside this page."
    return [Fold("Make this page again", [Para(said)], [lead], "again"), Para(_foot(facts), "foot")]


def _foot(facts: Facts) -> list[Inline]:
    kind = "Simulated market: nothing here was ever traded. " if facts["kind"] == "simulated" else ""
    return [
        f"{kind}This page describes; it is not advice. “Short covering” and the like are names for "
        "price and open interest moving together; every contract has a long and a short. Times are UTC. Open "
        "interest counts one side, on one venue."
    ]
