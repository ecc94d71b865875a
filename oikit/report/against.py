"""Changes since an earlier report: in its verdicts, and in the bars that it stood on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from oikit.clock import utc
from oikit.errors import InputError, ReportError
from oikit.report.book import Book, digits
from oikit.report.inputs import revisions


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
    """Compare the inputs with those of an earlier report."""
    if last is None:
        return None
    revised = {}
    for name, weeks in revisions(inputs, last["inputs"]).items():
        label = f"weeks in which {name} is not what it was when week {last['week']} was written"
        count = book.add(f"revised_{name}", float(len(weeks)), "count", "revision", label)
        noun = "week" if len(weeks) == 1 else "weeks"
        revised[name] = {"count": count, "noun": noun, "weeks": weeks[-5:]}
    here, there = set(inputs["columns"]), set(last["inputs"]["columns"])
    return {
        "week": last["week"],
        "oikit_version": str(last.get("oikit_version")),
        "data_sha256": str(last.get("data_sha256")),
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
