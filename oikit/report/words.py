"""The facts of a report as a page and as a mail.

`html` writes one section, for a cell of the notebook; `markdown` writes all of them. Both write the same
blocks (`oikit.report.cover`, `oikit.report.judged`, `oikit.report.sections`). Every word that came from
outside is escaped. Nothing is worked out here; a number that is not among the facts is not written.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from importlib import resources
from typing import Any

import pandas as pd

from oikit.errors import FrameError, InputError
from oikit.report import appendix, cover, judged, sections
from oikit.report import blocks as write
from oikit.report.fact import reality
from oikit.report.source import Subject

__all__ = ["draw", "html"]

_WEEKS = 8

SECTIONS: dict[str, Callable[[dict[str, Any]], list[write.Block]]] = {
    "header": cover.header,
    "measures": cover.measures,
    "pictures": cover.pictures,
    "changed": cover.changed,
    "turning": cover.turning,
    "rates": judged.rates,
    "claims": judged.claims,
    "record": judged.record,
    "risk": judged.risk,
    "trail": sections.trail,
    "more": sections.more,
    "data": sections.data,
    "again": appendix.again,
    "table": appendix.table,
}
"""In the order of the page."""


class Html(str):
    """A part of the page, which a notebook shows as what it is."""

    def _repr_html_(self) -> str:
        return str(self)

    def __repr__(self) -> str:
        """Return no second copy of it, for the notebook's text."""
        return f"<{len(self):,} letters of HTML>"


def html(facts: dict[str, Any], section: str, **own: str) -> Html:
    """Write one section of the page.

    Parameters
    ----------
    facts : dict
        From `oikit.report.collect`.
    section : str
        One of `SECTIONS`.
    own : str
        For the header: ``title`` and ``notes``, the reader's own text, shown as text whatever is in it; and
        ``beside``, which of ``"previous"``, ``"next"`` and ``"index"`` stand beside the page.

    Returns
    -------
    Html
        A str. Each number carries the id of its fact as ``data-fact``.

    Raises
    ------
    InputError
        If there is no such section.
    """
    made = _section(facts, section, **own)
    body = write.html(made, cover.indexed(facts))
    return Html(f"<style>\n{_style(facts)}</style>\n{body}" if section == "header" else body)


def markdown(facts: dict[str, Any], *, title: str = "", notes: str = "") -> str:
    """Write the page as Markdown for a mail."""
    made: list[write.Block] = []
    for section in SECTIONS:
        if section != "table":
            made += _section(
                facts, section, **({"title": title, "notes": notes} if section == "header" else {})
            )
    return write.markdown(made, cover.indexed(facts))


def _section(facts: dict[str, Any], section: str, **own: str) -> list[write.Block]:
    if section not in SECTIONS:
        raise InputError(f"section={section!r} is none of {', '.join(SECTIONS)}")
    if section == "header":
        text = {name: write.clean(says) for name, says in own.items()}
        return cover.header(facts, **text)
    return SECTIONS[section](facts)


def _style(facts: dict[str, Any]) -> str:
    style = resources.files("oikit.report").joinpath("weekly.css").read_text(encoding="utf-8")
    foot = f"{facts['market']}, week {facts['week']}, {reality(facts, 'data')}; describes, does not advise"
    return style.replace(
        "FOOT", "".join(c if c.isalnum() or c in " ,;-." else f"\\{ord(c):x} " for c in foot)
    )


def draw(chart: Callable[..., Any], about: Subject) -> Any:
    """Draw a chart of the eight weeks up to the end of this one, the week shaded.

    Parameters
    ----------
    chart : callable
        One of `oikit.charts`.
    about : Subject

    Returns
    -------
    Chart or Html
        A sentence instead, where the data has not what the chart needs.
    """
    told = reality({"kind": "simulated" if about.simulated else "real", "vouched": about.vouched}, "data")
    begins = max(about.until - pd.Timedelta(weeks=_WEEKS), about.frame.index[0])
    try:
        return chart(
            about.frame,
            since=begins,
            until=about.until,
            shade=(max(about.since, begins), about.until),
            source=f"{told[:1].upper()}{told[1:]}: {about.market}; the whole source is told on this page.",
        )
    except InputError as error:
        why = error.problems[0] if isinstance(error, FrameError) else str(error)
        return Html(f'<p class="note">Not drawn: {escape(why, quote=False)}.</p>')
