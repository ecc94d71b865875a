"""The last sections: every choice, every fact, and how to make the page again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from oikit.report.blocks import Block, Code, Fold, Heading, Inline, Link, Para, Shown, Table
from oikit.report.fact import span
from oikit.report.sections import Facts


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
    return [
        Heading("Appendix: parameters and all facts"),
        Table(["Parameter", "Value"], choices, kind="tight"),
        *folds,
    ]


def _whence(fact: dict[str, Any]) -> list[Inline]:
    return [span(fact) if fact["value"] is not None else str(fact["unknown"])]


def _where(fact: dict[str, Any]) -> list[Inline]:
    said: list[Inline] = []
    if fact["percentile"]:
        said += ["; above ", Shown(fact["id"], "place"), " in ", Shown(fact["id"], "window")]
    if fact["rank"]:
        said += ["; rank ", Shown(fact["id"], "rank")]
    return said


def origin(facts: Facts) -> list[Block]:
    """Return the section on how to reproduce the page, with versions and digests."""
    line = f"oikit report {facts['market']} --week {facts['week']}"
    name = f"{facts['market']}-{facts['week']}.facts.json"
    if facts["changes"] is not None:
        line += f" --against {facts['market']}-{facts['changes']['week']}.facts.json"
    fine = facts["fine_sha256"]
    more: list[Inline] = ["; of the finer bars ", Code(fine)] if fine else []
    return [
        Heading("How to make this page again"),
        Para(
            [
                "Type ",
                Code(line),
                ". The same bars give the same page, byte for byte. The same numbers for programs: ",
                Link(name),
                ".",
            ]
        ),
        Para(
            [
                f"oikit {facts['oikit_version']}, facts of schema {facts['schema_version']}; "
                "bars used, sha256 ",
                Code(facts["data_sha256"]),
                *more,
                ".",
            ],
            "note",
        ),
    ]
