"""The index of a folder of reports: a table to sort, small pictures to compare, and a file for programs.

``index.json`` says what each report said; ``index.html`` is drawn from it and from nothing else. A run
adds its reports to the ones that are there, so the order of runs does not matter: the same reports give
the same bytes.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from oikit import clock
from oikit.errors import StoreError
from oikit.formatting import moment, number
from oikit.report.fact import reality, text
from oikit.report.source import Subject

COLUMNS = {
    "price_change": "Price over the week",
    "open_interest_change": "Open interest in coins over the week",
    "oi_to_cap": "Open interest / supply",
    "velocity_score_1h": "Velocity, robust score",
    "funding_paid": "Funding over the week",
    "long_share_accounts": "Long share, all accounts",
}
"""What the table shows of a report: the fact and its heading."""

# Of each column, so that its numbers can be compared at a glance.
_PARTS = {
    "price_change": "change",
    "open_interest_change": "change",
    "oi_to_cap": "thousandths",
    "velocity_score_1h": "value",
    "funding_paid": "thousandths",
    "long_share_accounts": "tenths",
}

_SCHEMA = "oikit-index/1"
_WEEKS = 8
_WIDTH, _HEIGHT = 220, 56
_BESIDE = {"week": "Week", "kind": "Data"}
_HEARSAY = "REAL DATA, so it is said."
_LINES = {"open_interest": "Open interest", "price": "Price"}


def line(about: Subject, facts: Mapping[str, Any], files: Sequence[str]) -> dict[str, Any]:
    """Return the index entry of one report."""
    of = {fact["id"]: fact for fact in facts["facts"]}
    kept = {
        name: {key: of[name][key] for key in ("value", "unit", "percentile")}
        for name in COLUMNS
        if name in of
    }
    return {
        "market": about.market,
        "week": about.week,
        "until": about.until.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "kind": facts["kind"],
        "vouched": bool(facts["vouched"]),
        "given_by": facts["given_by"],
        "data_sha256": facts["data_sha256"],
        "files": list(files),
        "facts": kept,
        "trail": {
            name: _daily(about, column)
            for name, column in zip(_LINES, ("open_interest", "close"), strict=True)
        },
    }


def _daily(about: Subject, column: str) -> list[float | None]:
    days = pd.date_range(end=about.until, periods=7 * _WEEKS, freq=clock.DAY)
    if column not in about.frame.columns:
        return [None] * len(days)
    known = about.frame[column].reindex(days)
    return [float(f"{each:.6g}") if np.isfinite(each) else None for each in known]


def merged(before: bytes | None, lines: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Add lines to an index, each in the place of an older one of the same market and week."""
    found = _read(before) if before is not None else []
    by_name = {(each["market"], each["week"]): dict(each) for each in [*found, *lines]}
    ordered = [by_name[key] for key in sorted(by_name)]
    newest = {each["market"]: each["week"] for each in ordered}
    for each in ordered:
        if each["week"] != newest[each["market"]]:
            each.pop("trail", None)  # drawn for the newest only
    return {"schema": _SCHEMA, "reports": ordered}


def _read(before: bytes) -> list[dict[str, Any]]:
    try:
        told = json.loads(before)
        if told["schema"] == _SCHEMA and all(
            {"market", "week", "facts"} <= set(each) for each in told["reports"]
        ):
            return list(told["reports"])
    except (ValueError, KeyError, TypeError):
        pass
    raise StoreError("index.json in this folder is no index of reports; move it away, and it is made again")


def latest(index: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The newest report of each market, by market."""
    return list({each["market"]: each for each in index["reports"]}.values())


def page(index: Mapping[str, Any], failed: Sequence[tuple[str, str, str]] = (), *, feed: str = "") -> str:
    """Draw the index as one page that needs no other file and no network."""
    script = _part("index.js")
    hashed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    rows = latest(index)
    link = (
        f'<link rel="alternate" type="application/atom+xml" title="Weekly reports" href="{escape(feed)}">\n'
    )
    return _SHELL.format(
        policy=f"default-src 'none'; script-src 'sha256-{hashed}'; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'",
        feed=link if feed else "",
        style=_part("index.css"),
        lead=_lead(rows),
        failed=_failed(failed),
        table=_table(rows),
        ends=_ends(rows),
        pictures="".join(_picture(row, dated=not _same(rows, "until")) for row in rows),
        earlier=_earlier(index, rows),
        script=script,
    )


_SHELL = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Weekly reports of open interest</title>
{feed}<style>
{style}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
<main id="content" tabindex="-1">
<h1>Weekly reports of open interest</h1>
{lead}{failed}<h2 id="markets">The markets</h2>
{table}<h2>Eight weeks, day by day</h2>
<p>Open interest in coins (solid) and price (dashed) up to {ends}. Each line has a scale of
its own, from its lowest to its highest day: shapes can be compared, heights cannot.</p>
<ul class="pictures">
{pictures}</ul>
{earlier}</main>
<script>{script}</script>
</body>
</html>
"""


@functools.cache
def _part(name: str) -> str:
    return resources.files("oikit.report").joinpath(name).read_text(encoding="utf-8")


def _same(rows: Sequence[Mapping[str, Any]], name: str) -> bool:
    return len({reality(row) if name == "kind" else row[name] for row in rows}) == 1


def _lead(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the opening paragraph, with badges for simulated data and unverified sources."""
    badges: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row["kind"] == "simulated":
            says = ("SIMULATED DATA.", "never traded anywhere.")
        elif row.get("vouched"):
            continue
        elif "vouched" not in row:
            says = (_HEARSAY, "whether the source is the exchange itself is not known.")
        else:
            by = f" but “{row['given_by']}”." if row.get("given_by") else "."
            says = (_HEARSAY, f"the source is not the exchange itself{by}")
        badges.setdefault(says, []).append(row["market"])
    told = "".join(
        f'<p class="badge"><strong>{loud}</strong> '
        f"{'All of these' if len(markets) == len(rows) else escape(', '.join(markets))}: {escape(rest)}</p>\n"
        for (loud, rest), markets in badges.items()
    )
    whose = f"The newest report of {len(rows)} market{'s' if len(rows) != 1 else ''}"
    week = f", week {escape(rows[0]['week'])}" if _same(rows, "week") else ""
    kind = f": {reality(rows[0], 'data')}" if _same(rows, "kind") else ""
    return f"<p>{whose}{week}{kind}. They describe; they are not advice.</p>\n{told}"


def _failed(failed: Sequence[tuple[str, str, str]]) -> str:
    if not failed:
        return ""
    rows = "".join(
        f"<li><strong>{escape(market)}{escape(f', {week}' if week else '')}</strong>: {escape(why)}</li>\n"
        for market, week, why in sorted(failed)
    )
    head = '<section class="failed" aria-labelledby="failed"><h2 id="failed">Not made this time</h2>'
    return f"{head}\n<ul>\n{rows}</ul></section>\n"


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    beside = {name: title for name, title in _BESIDE.items() if not _same(rows, name)}
    window = _window(rows)
    titles = ["Market", *beside.values(), *COLUMNS.values()]
    heads = "".join(
        f'<th scope="col"{" class=number" if n > len(beside) else ""}'
        f'{" aria-sort=ascending" if n == 0 else ""}><button type="button">{escape(title)}</button></th>'
        for n, title in enumerate(titles)
    )
    body = "".join(_row(row, beside, window) for row in rows)
    small = ""
    if window:
        small = f" Small print: the share of its own last {_days(window)} that a value lies above"
        others = any(place["window"] != window for place in _places(rows))
        small += ", or of as long as is told beside it." if others else "."
    return (
        '<div class="wide" role="region" aria-labelledby="markets" tabindex="0">\n'
        f"<table><thead><tr>{heads}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n"
        '<p class="note">Press a heading to sort by it, and again to turn the order. Unknown values stand '
        f"last.{small}</p>\n"
    )


def _places(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    told = [row["facts"].get(name) for row in rows for name in COLUMNS]
    return [fact["percentile"] for fact in told if fact and fact["value"] is not None and fact["percentile"]]


def _window(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return the most frequent window of the percentiles, which is stated only once."""
    counted = Counter(place["window"] for place in _places(rows))
    return max(counted, key=lambda each: (counted[each], each)) if counted else ""


def _days(window: str) -> str:
    return window.replace("d", " days")


def _row(row: Mapping[str, Any], beside: Iterable[str], window: str) -> str:
    cells = [f'<th scope="row">{_link(row, row["market"])}</th>']
    cells += [
        f'<td class="{name}">{escape(reality(row) if name == "kind" else row[name])}</td>' for name in beside
    ]
    for name in COLUMNS:
        fact = row["facts"].get(name)
        if fact is None or fact["value"] is None:
            cells.append('<td class="number">unknown</td>')
            continue
        place = fact["percentile"]
        small = ""
        if place:
            of = "" if place["window"] == window else f" of {_days(place['window'])}"
            small = f"<small>above {text(fact, 'place')}{of}</small>"
        told = escape(text(fact, _PARTS[name]))
        cells.append(f'<td class="number" data-value="{fact["value"]!r}">{told}{small}</td>')
    return f"<tr>{''.join(cells)}</tr>\n"


def _link(row: Mapping[str, Any], says: str, aloud: str = "") -> str:
    ending = next(
        (each for each in ("html", "pdf", "md", "facts.json") if each in row["files"]), "facts.json"
    )
    label = f' aria-label="{escape(aloud)}"' if aloud else ""
    return f'<a href="{escape(row["market"])}-{escape(row["week"])}.{ending}"{label}>{escape(says)}</a>'


def _ends(rows: Sequence[Mapping[str, Any]]) -> str:
    return _until(rows[0]) if _same(rows, "until") else "the end of each report"


def _until(row: Mapping[str, Any]) -> str:
    return moment(pd.Timestamp(row["until"])).replace(" ", "\u00a0")


def _picture(row: Mapping[str, Any], *, dated: bool) -> str:
    """Two lines, and in words what they show."""
    says, drawn = [], []
    for name, title in _LINES.items():
        values = row["trail"][name]
        known = [each for each in values if each is not None]
        if not known:
            says.append(f"{title}: unknown.")
            continue
        unit = " coins" if name == "open_interest" else " dollars"
        says.append(
            f"{title}: first {number(known[0])}, last {number(known[-1])}, lowest {number(min(known))}, "
            f"highest {number(max(known))}{unit}."
        )
        drawn.append(f'<path class="{name}" d="{_path(values)}"/>')
    label, until = escape(" ".join(says)), f" to {_until(row)}" if dated else ""
    box = f"0 0 {_WIDTH} {_HEIGHT}"
    return (
        f'<li><figure><svg role="img" aria-label="{label}" viewBox="{box}">{"".join(drawn)}</svg>'
        f"<figcaption>{_link(row, row['market'])}{until}</figcaption></figure></li>\n"
    )


def _path(values: Sequence[float | None]) -> str:
    """A line from left to right; it is broken where a day is unknown."""
    known = [each for each in values if each is not None]
    low, span = min(known), (max(known) - min(known)) or math.inf
    steps, pen = [], "M"
    for place, each in enumerate(values):
        if each is None:
            pen = "M"
            continue
        x = 4 + place * (_WIDTH - 8) / (len(values) - 1)
        y = _HEIGHT - 4 - (each - low) / span * (_HEIGHT - 8)
        steps.append(f"{pen}{x:.1f} {y:.1f}")
        if pen == "M" and (place + 1 == len(values) or values[place + 1] is None):
            steps.append("h0.1")  # a day alone is a dot
        pen = "L"
    return "".join(steps)


def _earlier(index: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> str:
    newest = {(row["market"], row["week"]) for row in rows}
    old: dict[str, list[Mapping[str, Any]]] = {}
    for row in index["reports"]:
        if (row["market"], row["week"]) not in newest:
            old.setdefault(row["market"], []).append(row)
    if not old:
        return ""
    folds = "".join(_weeks(market, of, shown=n == 0) for n, (market, of) in enumerate(old.items()))
    return f"<h2>Earlier weeks</h2>\n{folds}"


def _weeks(market: str, rows: Sequence[Mapping[str, Any]], *, shown: bool) -> str:
    """The earlier weeks of one market, folded; a line for each year, the newest first."""
    ends = dict.fromkeys(rows[end]["week"] for end in (0, -1))
    span = " to ".join(f"<span>{escape(week)}</span>" for week in ends)
    count = f"{len(rows)} earlier week{'s' if len(rows) != 1 else ''}"
    years: dict[str, list[str]] = {}
    for row in reversed(rows):
        year, _, week = row["week"].partition("-")
        years.setdefault(year, []).append(_link(row, week or year, f"{market} {row['week']}"))
    lines = "".join(f"<li><b>{escape(year)}</b> {' '.join(links)}</li>\n" for year, links in years.items())
    return (
        f"<details{' open' if shown else ''}><summary>{escape(market)}: {count}, {span}</summary>\n"
        f'<ul class="weeks">\n{lines}</ul></details>\n'
    )
