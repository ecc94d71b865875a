"""The facts of a report as a page and as a mail.

`html` writes one section, for a cell of the notebook; `markdown` writes all of them. Both write the
same blocks (`oikit.report.sections`, `oikit.report.judged`). Every word that came from outside is
escaped. Nothing is worked out here; a number that is not among the facts is not written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from importlib import resources
from typing import Any

import numpy as np
import pandas as pd

from oikit.errors import FrameError, InputError
from oikit.report import appendix, judged, sections
from oikit.report import blocks as write
from oikit.report.fact import reality, text
from oikit.report.source import Subject

__all__ = ["draw", "draw_rates", "draw_record", "html"]

_WEEKS = 8

SECTIONS: dict[str, Callable[[dict[str, Any]], list[write.Block]]] = {
    "header": sections.header,
    "quality": sections.quality,
    "headlines": sections.headlines,
    "coins": sections.coins,
    "ratio": sections.ratio,
    "trail": sections.trail,
    "funding": sections.funding,
    "pace": sections.pace,
    "crowds": sections.crowds,
    "rates": judged.rates,
    "changes": judged.changes,
    "claims": judged.claims,
    "record": judged.record,
    "risk": judged.risk,
    "turning": judged.turning,
    "table": appendix.table,
    "origin": appendix.origin,
}
"""In the order of the page."""

_CAPTIONED = ("ratio", "trail", "funding", "pace", "crowds")


def html(facts: dict[str, Any], section: str, *, title: str = "", notes: str = "") -> str:
    """Write one section of the page.

    Parameters
    ----------
    facts : dict
        From `oikit.report.collect`.
    section : str
        One of `SECTIONS`.
    title, notes : str
        The reader's own text, for the header: shown as text, whatever is in it.

    Returns
    -------
    str
        HTML. Each number carries the id of its fact as ``data-fact``.

    Raises
    ------
    InputError
        If there is no such section.
    """
    made = _section(facts, section, title, notes)
    body = write.html(made, sections.indexed(facts))
    return f"<style>\n{_style()}</style>\n{body}" if section == "header" else body


def markdown(facts: dict[str, Any], *, title: str = "", notes: str = "") -> str:
    """Write the page as Markdown for a mail."""
    by = sections.indexed(facts)
    made: list[write.Block] = []
    for section in SECTIONS:
        if section == "table":
            continue
        made += _section(facts, section, title, notes)
        if section in _CAPTIONED:
            made.append(write.Para(sections.captions(facts, section)))
        if section == "record":
            made.append(write.Para(judged.record_caption(facts)))
    return write.markdown(made, by)


def value(fact: dict[str, Any]) -> str:
    """Write one fact with its unit, as text."""
    return text(fact)


def _section(facts: dict[str, Any], section: str, title: str, notes: str) -> list[write.Block]:
    if section not in SECTIONS:
        raise InputError(f"section={section!r} is none of {', '.join(SECTIONS)}")
    if section == "header":
        return sections.header(facts, write.clean(title), write.clean(notes))
    return SECTIONS[section](facts)


def _style() -> str:
    return resources.files("oikit.report").joinpath("weekly.css").read_text(encoding="utf-8")


def draw(
    chart: Callable[..., Any], about: Subject, facts: dict[str, Any] | None = None, section: str = ""
) -> Any:
    """Draw a chart of the eight weeks up to the end of this one, the week shaded.

    Parameters
    ----------
    chart : callable
        One of `oikit.charts`.
    about : Subject
    facts : dict, optional
        With `section`: the sentence under the chart is made from these, so that no number on the page
        is worked out twice.
    section : str
        One of those with a chart: ``"coins"``, ``"ratio"``, ``"trail"``, ``"pace"``, ``"funding"`` or
        ``"crowds"``.

    Returns
    -------
    Chart or HTML
        A sentence instead, where the data has not what the chart needs.
    """
    kind = "simulated" if about.simulated else "real"
    source = _source({"market": about.market, "kind": kind, "vouched": about.vouched})
    begins = max(about.until - pd.Timedelta(weeks=_WEEKS), about.frame.index[0])
    try:
        made = chart(
            about.frame,
            since=begins,
            until=about.until,
            shade=(max(about.since, begins), about.until),
            source=source,
        )
    except InputError as error:
        return _not_drawn(error, facts, section)
    if facts is None:
        return made
    return _captioned(made, _said(facts, section), source)


def draw_rates(facts: dict[str, Any]) -> Any:
    """Draw what followed weeks like this one, from the facts alone; a sentence where there is nothing."""
    from oikit.charts.results import base_rates

    of = sections.indexed(facts)
    rows = [
        {
            "name": each["condition"].replace("-", " "),
            "group": each["outcome_says"],
            **{kind: _number(of[each[kind]]) for kind in ("share", "low", "high", "base", "n")},
        }
        for each in facts["rates"]
    ]
    source = _source(facts)
    try:
        made = base_rates(pd.DataFrame(rows), source=source)
    except InputError as error:
        return _not_drawn(error, None, "")
    says = (
        "Dots: of the earlier weeks in which the condition held, the share after which it came; bars: its "
        "95% interval; dashed: the same share of all earlier weeks. A bar that crosses the dashed line told "
        "nothing that shows."
    )
    return _captioned(made, says, source)


def draw_record(facts: dict[str, Any]) -> Any:
    """Draw the record of the report's own statements, from the facts alone; a sentence if there is none."""
    from oikit.charts.results import reliability

    of = sections.indexed(facts)
    says = write.plain(judged.record_caption(facts), of)
    rows = [{kind: _number(of[fact]) for kind, fact in each.items()} for each in facts["record"]["bins"]]
    if not rows:
        return _html(f'<p class="note">{escape(says, quote=False)}</p>')
    source = _source(facts)
    return _captioned(reliability(pd.DataFrame(rows), source=source), says, source)


def _number(fact: dict[str, Any]) -> float:
    return np.nan if fact["value"] is None else float(fact["value"])


def _source(of: Mapping[str, Any]) -> str:
    told = reality(of, "data")
    return f"{told[:1].upper()}{told[1:]}: {of['market']}; the whole source stands at the head of this page."


def _said(facts: dict[str, Any] | None, section: str) -> str:
    if facts is None or not section:
        return ""
    return write.plain(sections.captions(facts, section), sections.indexed(facts))


def _captioned(chart: Any, says: str, source: str) -> Any:
    """Set the chart's finding from the facts, so that no number on the page is computed twice."""
    about = {**chart.usermeta["oikit"], "finding": says, "source": source}
    # Set, not by its own way, which copies the chart: it was drawn here, and nobody else has it.
    chart.description, chart.usermeta = says, {"oikit": about}
    return chart


def _not_drawn(error: InputError, facts: dict[str, Any] | None, section: str) -> Any:
    why = error.problems[0] if isinstance(error, FrameError) else str(error)
    said = _said(facts, section)
    more = f" {escape(said, quote=False)}" if said else ""
    return _html(f'<p class="note">Not drawn: {escape(why, quote=False)}.{more}</p>')


def _html(says: str) -> Any:
    from IPython.display import HTML

    return HTML(says)
