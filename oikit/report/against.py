"""Changes since an earlier report: in the metrics, in the verdicts, and in the inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from oikit.clock import utc
from oikit.errors import InputError, ReportError
from oikit.report.book import Book, digits
from oikit.report.inputs import revisions

_COMPARED = (
    "price",
    "open_interest",
    "open_interest_value",
    "oi_to_cap",
    "velocity_1h",
    "velocity_score_1h",
    "funding_paid",
    "funding_year",
    "funding_cost",
    "funding_streak",
    "long_share_accounts",
    "long_share_top_accounts",
    "long_share_top_positions",
)


def check_last(last: Any, book: Book, version: int) -> dict[str, Any]:
    """Take the facts of an earlier week, or say why they are none."""
    about = book.about
    need = ("schema_version", "market", "week", "until", "facts", "inputs", "claims")
    if not isinstance(last, Mapping) or any(name not in last for name in need):
        raise ReportError("the earlier facts are no facts of a weekly report; give the .facts.json of a week")
    if last["schema_version"] != version:
        raise ReportError(
            f"the earlier facts have schema {last['schema_version']!r}, these have {version}; "
            f"make the earlier report anew: oikit report {about.market} --week {last['week']}"
        )
    if last["market"] != about.market:
        raise ReportError(f"the earlier facts are of {last['market']!r}, not of {about.market!r}")
    try:
        until = utc(last["until"], "until")
        _read(last)
    except (AttributeError, InputError, KeyError, TypeError, ValueError) as error:
        raise ReportError(f"the earlier facts cannot be read: {error!r}") from error
    if not until < about.until:
        raise ReportError(f"the earlier facts are of week {last['week']}, which is not before {about.week}")
    return dict(last)


def _read(last: Mapping[str, Any]) -> None:
    """Touch all that will be compared."""
    for each in last["facts"]:
        hash((each["id"], each["unit"], digits(each["value"] or 0.0)))
        for time in each["times"]:
            pd.Timestamp(time)
    for each in last["claims"]:
        hash((each["id"], each["word"]))
    revisions(last["inputs"], last["inputs"])


def collect_changes(book: Book, last: dict[str, Any] | None, inputs: dict[str, Any]) -> dict[str, Any] | None:
    """Compare with an earlier week."""
    if last is None:
        return None
    now = {each["id"]: each for each in book.facts}
    was = {each["id"]: each for each in last["facts"]}
    metrics = []
    for name in _COMPARED:
        mine, theirs = now[name], was.get(name)
        if theirs is None or theirs["unit"] != mine["unit"]:
            continue
        times = [pd.Timestamp(time) for time in theirs.get("times", [])]
        old = theirs["value"]
        moved = None if old is None or mine["value"] is None else digits(mine["value"] - old)
        label = f"{mine['label']}, as week {last['week']} said it"
        ids = {
            "now": name,
            "was": book.add(
                f"was_{name}",
                old,
                mine["unit"],
                mine["definition"],
                label,
                times,
                unknown="it was not known then",
            ),
            "change": book.add(
                f"moved_{name}",
                moved,
                "points" if mine["unit"] == "fraction" else mine["unit"],
                mine["definition"],
                f"{mine['label']}: now less then",
                times,
                unknown="one of the two is not known",
            ),
        }
        metrics.append(ids)
    revised = {}
    for name, weeks in revisions(inputs, last["inputs"]).items():
        label = f"weeks in which {name} is not what it was when week {last['week']} was written"
        count = book.add(f"revised_{name}", float(len(weeks)), "count", "revision", label)
        revised[name] = {"count": count, "weeks": weeks[-5:]}
    here, there = set(inputs["columns"]), set(last["inputs"]["columns"])
    return {
        "week": last["week"],
        "oikit_version": str(last.get("oikit_version")),
        "data_sha256": str(last.get("data_sha256")),
        "metrics": metrics,
        "inputs": revised,
        "columns": {"came": sorted(here - there), "went": sorted(there - here)},
    }


def moved_verdicts(claims: list[dict[str, Any]], last: dict[str, Any] | None) -> list[dict[str, str]]:
    """Return the verdicts that differ from the earlier report's."""
    words = {each["id"]: each["word"] for each in last["claims"]} if last else {}
    return [
        {"id": each["id"], "was": str(words[each["id"]]), "now": each["word"]}
        for each in claims
        if each["id"] in words and words[each["id"]] != each["word"]
    ]
