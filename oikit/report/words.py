"""The facts of a report as text: header, headlines, tables and how to make it again.

Each function takes the facts of `oikit.report.collect` and returns HTML. Every word that came from
outside is escaped. Nothing is worked out here; a number that is not among the facts is not written.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any

import pandas as pd

from oikit.errors import FrameError, InputError
from oikit.report.source import Subject
from oikit.theme import moment, number, percent

__all__ = ["coverage", "draw", "header", "headlines", "origin", "table", "value"]

_WEEKS = 8

_BADGES = {
    "simulated": "<strong>SIMULATED DATA.</strong> A made-up market: nothing here was ever traded.",
    "real": "<strong>REAL DATA.</strong> Figures of a market, as the exchange gave them.",
    "doubtful": "<strong>REAL DATA, so it is said.</strong> The source is not the exchange itself.",
}

_LABELS = {
    "price": "Price",
    "price_change": "Price, change over the week",
    "open_interest": "Open interest, coins",
    "open_interest_change": "Open interest in coins, change over the week",
    "open_interest_value": "Open interest, dollars",
    "dollar_change": "Open interest in dollars, change over the week",
    "dollar_change_price_part": "… of that: price",
    "dollar_change_position_part": "… of that: positions",
    "dollar_change_cross_part": "… of that: both at once",
    "oi_to_cap": "Open interest / circulating supply",
    "velocity_24h": "Velocity over 24 hours",
    "velocity_score": "Velocity, robust score",
    "funding_paid": "Funding paid over the week",
    "funding_year": "Funding, a year of that",
    "funding_settlements": "Funding, settlements",
    "funding_zeros": "Funding, settlements of exactly 0",
    "long_share_accounts": "Long share, all accounts (heads)",
    "long_share_top_accounts": "Long share, top accounts (heads)",
    "long_share_top_positions": "Long share, top accounts (coins)",
}


def header(facts: dict[str, Any]) -> str:
    """What this is, and how real it is: the first thing to be read."""
    kind = facts["kind"]
    badge = _BADGES["real" if facts["vouched"] else "doubtful" if kind == "real" else "simulated"]
    span = f"from {_when(facts['since'])} to {_when(facts['until'])} UTC"
    return (
        f"<h1>{escape(facts['market'])}, week {escape(facts['week'])}</h1>\n"
        f'<p class="badge {kind}">{badge}</p>\n'
        f"<p>The week {span}, in bars of {escape(facts['every'])}. This describes; it is not advice.</p>\n"
        f'<p class="note">Source: {escape(facts["source"])}</p>'
    )


def headlines(facts: dict[str, Any]) -> str:
    """The week in five sentences, each made of facts."""
    of = {fact["id"]: fact for fact in facts["facts"]}
    lines = [_open_interest(of), _dollars(of), _ratio(of), _funding(of), _crowds(of)]
    return "<ul>\n" + "".join(f"<li>{line}</li>\n" for line in lines) + "</ul>"


def draw(chart: Callable[..., Any], about: Subject) -> Any:
    """Draw a chart of the eight weeks up to the end of this one, the week shaded.

    Parameters
    ----------
    chart : callable
        One of `oikit.charts`.
    about : Subject

    Returns
    -------
    Chart or HTML
        A sentence instead, where the data has not what the chart needs.
    """
    kind = "Simulated" if about.simulated else "Real"
    begins = max(about.until - pd.Timedelta(weeks=_WEEKS), about.frame.index[0])
    try:
        return chart(
            about.frame,
            since=begins,
            until=about.until,
            shade=(max(about.since, begins), about.until),
            source=f"{kind} data: {about.market}; the whole source stands at the head of this page.",
        )
    except InputError as error:
        from IPython.display import HTML

        why = error.problems[0] if isinstance(error, FrameError) else str(error)
        return HTML(f'<p class="note">Not drawn: {escape(why, quote=False)}.</p>')


def table(facts: dict[str, Any]) -> str:
    """Every fact: its value, its definition and rows, and its place among its own past."""
    rows = "".join(_row(fact) for fact in facts["facts"])
    return (
        '<table class="facts"><thead><tr><th scope="col">Fact, definition, rows it comes from (UTC)</th>'
        f'<th scope="col" class="number">Value</th></tr></thead>\n<tbody>\n{rows}</tbody></table>'
    )


def coverage(facts: dict[str, Any]) -> str:
    """How much of the week is known."""
    told = facts["coverage"]
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        + (
            '<td colspan="2">not in the data</td></tr>\n'
            if name in told["absent"]
            else f'<td class="number">{lost}</td><td class="number">{told["longest_gap"][name]}</td></tr>\n'
        )
        for name, lost in told["missing"].items()
    )
    return (
        f"<p>The week has {told['rows']} bars of {escape(facts['every'])}; {told['rows_before']:,} bars "
        "before it serve as the yardstick. What is missing was not filled in.</p>\n"
        '<table><thead><tr><th scope="col">Column</th><th scope="col" class="number">Missing bars</th>'
        f'<th scope="col" class="number">Longest gap</th></tr></thead>\n<tbody>\n{rows}</tbody></table>'
    )


def origin(facts: dict[str, Any], name: str) -> str:
    """How to make this page again, and what it stands on."""
    return (
        f"<p>To make this page again, type <code>oikit report {escape(facts['market'])} "
        f"--week {escape(facts['week'])}</code>. The same bars give the same page, byte for byte. "
        f'The same numbers for programs: <a href="{escape(name)}">{escape(name)}</a>.</p>\n'
        f'<p class="note">oikit {escape(facts["oikit_version"])}; bars used, sha256 '
        f"<code>{escape(facts['data_sha256'])}</code>.</p>"
    )


def value(fact: dict[str, Any]) -> str:
    """One fact with its unit, as text."""
    if fact["value"] is None:
        return "unknown"
    return _UNITS[fact["unit"]](fact["value"])


def _signed(write: Callable[[float], str]) -> Callable[[float], str]:
    return lambda v: ("−" if v < 0 else "") + write(abs(v))


_UNITS: dict[str, Callable[[float], str]] = {
    "dollars per coin": lambda v: f"${number(v)}",
    "coins": lambda v: f"{number(v)} coins",
    "dollars": _signed(lambda v: f"${number(v)}"),
    "fraction": lambda v: percent(v, 3 if abs(v) < 0.01 else 1),
    "fraction per year": lambda v: f"{percent(v)} a year",
    "log change": _signed(lambda v: f"{v:.4f}"),
    "robust deviations": _signed(lambda v: f"{v:.1f}"),
    "count": lambda v: f"{v:.0f}",
}


def _when(stamp: str) -> str:
    return moment(pd.Timestamp(stamp))


def _place(fact: dict[str, Any]) -> str:
    place = fact["percentile"]
    if place is None:
        return ""
    # A share that only rounds to all is not all.
    share, window = min(place["value"], 0.999), place["window"].replace("d", " days")
    part = percent(share, 0 if 0.01 <= share <= 0.99 else 1)
    return f"above {part} of its values in the last {window}"


def _changed(fact: dict[str, Any]) -> str:
    if fact["value"] is None:
        return "changed by an unknown share over the week"
    verb = "rose" if fact["value"] >= 0 else "fell"
    return f"{verb} {percent(abs(fact['value']))} over the week"


def _with_place(fact: dict[str, Any]) -> str:
    return _shown(fact) + (f" ({_place(fact)})" if fact["percentile"] else "")


def _open_interest(of: dict[str, dict[str, Any]]) -> str:
    return (
        f"<strong>Open interest</strong> ended at {_with_place(of['open_interest'])} and "
        f"{_changed(of['open_interest_change'])}; the price {_changed(of['price_change'])}."
    )


def _dollars(of: dict[str, dict[str, Any]]) -> str:
    if of["dollar_change"]["value"] is None:
        return f"<strong>In dollars</strong> its change is unknown: {escape(of['dollar_change']['unknown'])}."
    return (
        f"<strong>In dollars</strong> it changed by {_shown(of['dollar_change'])}: "
        f"{_shown(of['dollar_change_price_part'])} is the price alone, "
        f"{_shown(of['dollar_change_position_part'])} is positions alone, "
        f"{_shown(of['dollar_change_cross_part'])} is both at once."
    )


def _ratio(of: dict[str, dict[str, Any]]) -> str:
    ratio = of["oi_to_cap"]
    if ratio["value"] is None:
        return f"<strong>Open interest / circulating supply</strong> is unknown: {escape(ratio['unknown'])}."
    return f"<strong>Open interest / circulating supply</strong> ended at {_with_place(ratio)}."


def _funding(of: dict[str, dict[str, Any]]) -> str:
    paid = of["funding_paid"]
    if paid["value"] is None:
        return f"<strong>Funding</strong> is unknown: {escape(paid['unknown'])}."
    if paid["value"] == 0 and of["funding_zeros"]["value"] == of["funding_settlements"]["value"]:
        return (
            f"<strong>Funding</strong>: nobody paid; {value(of['funding_zeros'])} settlements of exactly 0."
        )
    who = "longs paid shorts" if paid["value"] >= 0 else "shorts paid longs"
    return (
        f"<strong>Funding</strong>: {who} {percent(abs(paid['value']), 3)} of the position in "
        f"{_shown(of['funding_settlements'])} settlements, {_shown(of['funding_zeros'])} of them exactly 0; "
        f"a year of that is {percent(abs(of['funding_year']['value']))}."
    )


def _crowds(of: dict[str, dict[str, Any]]) -> str:
    names = {
        "long_share_accounts": "of all accounts",
        "long_share_top_accounts": "of top accounts",
        "long_share_top_positions": "of the coins that top accounts hold",
    }
    known = [f"{_shown(of[fact])} {whose}" for fact, whose in names.items() if of[fact]["value"] is not None]
    if not known:
        return "<strong>The crowds</strong> are unknown: the data has none of their ratios."
    return (
        f"<strong>The crowds</strong>: long were {', '.join(known)}. Over the whole market it is always "
        "half: each contract has one long and one short."
    )


def _row(fact: dict[str, Any]) -> str:
    rows = " to ".join(_when(time) for time in fact["times"]) or fact["unknown"] or ""
    place = f"<small>{escape(_place(fact))}</small>" if fact["percentile"] else ""
    return (
        f'<tr><th scope="row">{escape(_LABELS[fact["id"]])}'
        f"<small>{escape(fact['definition'])}; {escape(rows)}</small></th>"
        f'<td class="number">{_shown(fact)}{place}</td></tr>\n'
    )


def _shown(fact: dict[str, Any]) -> str:
    """A value that no line ends within."""
    return f'<span class="whole">{escape(value(fact))}</span>'
