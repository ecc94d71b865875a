"""The index as an Atom feed, so that a reader hears of a new report.

Its dates are those of the weeks and not of any clock, and each entry is known by its market and week:
the same index gives the same bytes.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from oikit.report.fact import reality, text

_ATOM = "http://www.w3.org/2005/Atom"
_KEPT = 100
_SAID = {"open_interest_change": "open interest in coins", "price_change": "price"}


def atom(index: Mapping[str, Any], *, site: str = "") -> str:
    """Write the newest hundred reports of an index as a feed."""
    reports = sorted(index["reports"], key=lambda each: each["market"])
    reports = sorted(reports, key=lambda each: each["week"], reverse=True)[:_KEPT]
    site = site if not site or site.endswith("/") else f"{site}/"
    feed = ElementTree.Element("feed", {"xmlns": _ATOM})
    _add(feed, "id", _name(f"oikit-reports:{site}"))
    _add(feed, "title", "Weekly reports of open interest")
    _add(feed, "updated", max((each["until"] for each in reports), default="1970-01-01T00:00:00Z"))
    _add(_add(feed, "author"), "name", "oikit")
    _add(feed, "link", rel="self", href=f"{site}feed.xml")
    _add(feed, "link", rel="alternate", type="text/html", href=f"{site}index.html")
    for each in reports:
        entry = _add(feed, "entry")
        name = f"{each['market']}-{each['week']}"
        ending = "html" if "html" in each["files"] else "facts.json"
        _add(entry, "id", _name(f"oikit-report:{site}{name}"))
        _add(entry, "title", f"{each['market']}, week {each['week']}, {reality(each, 'data')}")
        _add(entry, "updated", each["until"])
        _add(entry, "link", rel="alternate", href=f"{site}{name}.{ending}")
        _add(entry, "summary", _summary(each))
    ElementTree.indent(feed, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(feed, encoding="unicode") + "\n"


def _add(parent: ElementTree.Element, tag: str, text: str = "", **attributes: str) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, tag, attributes)
    made.text = text or None
    return made


def _name(what: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, what).urn


def _summary(each: Mapping[str, Any]) -> str:
    facts = {name: each["facts"].get(name) for name in _SAID}
    said = [
        f"{title} {text(fact, 'signed') if fact else 'unknown'}"
        for (name, title), fact in zip(_SAID.items(), facts.values(), strict=True)
    ]
    kind = {
        "simulated": "Simulated, never traded. ",
        "real": "",
    }.get(reality(each), "Real, so it is said. ")
    if (by := each.get("given_by")) and kind:
        kind = f"{kind}The source is not the exchange itself but “{by}”. "
    return f"{kind}Over the week: {', '.join(said)}. It describes; it is not advice."
