"""Orders for reports: the checked request, and the report made from it in memory.

An `Order` is plain data, so that another process, or another computer, can carry it out. `attempt` never
raises: a refusal or an error is returned as text, and one bad market stops no other.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import oikit
from oikit import clock, errors
from oikit.data.mirror import opened
from oikit.errors import InputError, OikitError, ReportError
from oikit.files import is_address
from oikit.report import engine
from oikit.report.engine import Stopped

if TYPE_CHECKING:
    from oikit.report.source import Subject
    from oikit.report.weeks import History

FORMATS = ("html", "pdf", "md", "json")
"""What a report can be written as. The facts (``json``) are written in any case."""

_PIECE = 8  # weeks of one market that are made one after the other
_LONGEST = {"title": 200, "notes": 20_000}
# What would reorder or hide the text around it: directions of writing, and zero-width marks.
_UNSEEN = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@dataclass(frozen=True, slots=True)
class Order:
    """One report to be made.

    Attributes
    ----------
    market : str
    week : str or None
        None for the last whole one in the data.
    back : int
        So many weeks before that.
    store : str
        Folder or address of stored bars; empty for the usual one.
    title, notes : str
        Text for the page.
    last : dict or None
        The facts of an earlier week, to be compared with.
    formats : tuple of str
    notebook : str
        Path of another notebook than the weekly one; empty for that.
    beside : str
        Which pages stand beside the page: of ``"previous next index"``.
    appendix : bool
        Put all facts at the end of the page.
    made : mapping of str to str
        By week, what the pages that are there were made of: what would be the same is not made again.
    kernel : bool
        Run the weekly one by papermill in a kernel, too, as any other always is.
    """

    market: str
    week: str | None = None
    back: int = 0
    store: str = ""
    title: str = ""
    notes: str = ""
    last: Mapping[str, Any] | None = None
    formats: tuple[str, ...] = ("html", "json")
    notebook: str = ""
    beside: str = ""
    appendix: bool = False
    made: Mapping[str, str] = field(default_factory=dict)
    kernel: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """A report that was made.

    Attributes
    ----------
    name : str
        MARKET-WEEK.
    files : dict of str to bytes
        Content by ending: ``"html"``, ``"pdf"``, ``"md"``, ``"facts.json"``.
    line : dict
        What the index says of it; empty, as `files` then are, if the one that is there would be the same.
    """

    name: str
    files: dict[str, bytes]
    line: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of an order: a report, or the reason for none.

    Attributes
    ----------
    order : Order
    made : Made or None
    kind, says : str
        Name of the error and its message, in one line.
    name, notebook : str
        MARKET-WEEK, and the notebook up to the failing cell if one failed.
    """

    order: Order
    made: Made | None = None
    kind: str = ""
    says: str = ""
    name: str = ""
    notebook: str = field(default="", repr=False)


def checked_text(name: str, value: object) -> str:
    r"""Refuse what is not plain text; lines end in a line feed afterwards.

    Examples
    --------
    >>> checked_text("notes", "first\r\nsecond")
    'first\nsecond'
    """
    if not isinstance(value, str):
        raise ReportError(f"{name}={value!r} is {type(value).__name__}; the report wants str")
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if name == "title" and "\n" in text:
        raise ReportError("title is one line; put the rest into notes")
    if len(text) > _LONGEST[name]:
        raise ReportError(f"{name} is {len(text):,} characters long; {_LONGEST[name]:,} fit")
    bad = {c for c in text if (unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t") or c in _UNSEEN}
    if bad:
        which = ", ".join(f"U+{ord(c):04X}" for c in sorted(bad))
        raise ReportError(f"{name} holds characters that cannot be seen ({which}); leave them out")
    return text


def checked_formats(formats: object) -> tuple[str, ...]:
    """Refuse what a report cannot be written as."""
    given = formats.split(",") if isinstance(formats, str) else formats
    if not isinstance(given, Sequence) or not given or not all(each in FORMATS for each in given):
        raise ReportError(f"formats={formats!r} is unknown; a report is written as {', '.join(FORMATS)}")
    return tuple(each for each in FORMATS if each in given)


def placed(store: str | Path | None) -> str:
    """A store as an order names it: the same from any folder, and empty for the usual one."""
    if is_address(store):
        opened(str(store))
        return str(store)
    return str(Path(store).expanduser().resolve()) if store else ""


def make(order: Order, *, history: History | None = None) -> Made:
    """Make one report: facts, notebook, page."""
    from oikit.export import page
    from oikit.report import words
    from oikit.report.fact import reality
    from oikit.report.facts import collect
    from oikit.report.index import line

    about = _subject(order)
    name = f"{about.market}-{about.week}"
    made_of = _made_of(order, about)
    if order.made.get(about.week) == made_of:
        return Made(name, {}, {})
    more: dict[str, Any] = {} if history is None else {"history": history}
    if order.last is not None:
        more["last"] = _earlier(order.last, about.market, about.week)
    facts = collect(about, **more)
    text = json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    files = {"facts.json": text.encode()}
    if "md" in order.formats:
        files["md"] = words.markdown(facts, title=order.title, notes=order.notes).encode()
    if {"html", "pdf"} & set(order.formats):
        try:
            notebook = _notebook(order, about, text)
        except Stopped as error:
            error.name = name
            raise
        tab = f"{about.market}, week {about.week}, {reality(facts, 'data')}"
        html = page.render(notebook, title=f"{order.title}: {tab}" if order.title else tab, show_code=False)
        if "html" in order.formats:
            files["html"] = html.encode()
        if "pdf" in order.formats:
            from oikit.report.pdf import printed

            files["pdf"] = printed(html, about.until)
    return Made(name, files, {**line(about, facts, sorted(files)), "made_of": made_of})


def _made_of(order: Order, about: Subject) -> str:
    """Return a digest of all that a report hangs on: its bars, what was told of them, and what was asked."""
    from oikit.report.facts import SCHEMA_VERSION
    from oikit.report.inputs import digest

    told = [about.source, about.vouched, about.given_by, about.repairs, about.revised]
    asked = [
        order.title,
        order.notes,
        order.last,
        order.beside,
        order.appendix,
        order.formats,
        order.notebook,
    ]
    bars = [digest(each) for each in (about.frame, about.fine) if each is not None]
    text = json.dumps([oikit.__version__, SCHEMA_VERSION, *bars, told, asked], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _subject(order: Order) -> Subject:
    from oikit.report.source import subject

    about = subject(order.market, week=order.week, store=order.store or None)
    if order.back:
        about = subject(order.market, week=week_before(about.week, order.back), store=order.store or None)
    return about


def _notebook(order: Order, about: Subject, facts: str) -> Any:
    """Run the weekly notebook here, or by papermill where that is asked, or the notebook is another."""
    own = {
        "title": order.title,
        "notes": order.notes,
        "beside": order.beside,
        "appendix": "yes" if order.appendix else "",
    }
    if not order.notebook and not order.kernel:
        return engine.outputs(about=about, known=json.loads(facts), **own)
    parameters = {"market": order.market, "week": about.week, "store": order.store, **own}
    path = Path(order.notebook) if order.notebook else engine.template()
    if order.notebook:  # one's own need not know where it stands
        parameters |= {"beside": "", "appendix": ""}
    return engine.execute(path, parameters, facts=facts, market=about.market)


def week_before(week: str, count: int = 1) -> str:
    """Return the ISO week that lies so many weeks before.

    Examples
    --------
    >>> week_before("2026-W01"), week_before("2026-W10", 2)
    ('2025-W52', '2026-W08')
    """
    try:
        year, number, _ = (clock.week(week)[0] - count * clock.WEEK).isocalendar()
    except InputError as error:
        raise ReportError(str(error)) from error
    return f"{year}-W{number:02d}"


def _earlier(last: Mapping[str, Any], market: str, week: str) -> Mapping[str, Any]:
    if last.get("market") != market or not str(last.get("week")) < week:
        raise ReportError(
            f"the facts to compare with are of {last.get('market')}, week {last.get('week')}; "
            f"they have to be of {market}, of a week before {week}"
        )
    return last


def pieces(orders: Sequence[Order], workers: int) -> list[list[Order]]:
    """Cut orders into runs of weeks of one market, so that each worker has as many: the longest run first.

    A long run shares more. Where a worker's share ends within a market, that market is cut.
    """
    share = -(-len(orders) // workers)
    runs: list[list[Order]] = []
    for place, order in enumerate(orders):
        new = not runs or runs[-1][-1].market != order.market or len(runs[-1]) == _PIECE or not place % share
        runs.append([order]) if new else runs[-1].append(order)
    return sorted(runs, key=len, reverse=True)


def attempts(orders: Sequence[Order]) -> Iterator[Outcome]:
    """Make reports of one market, the last week last: what no later bar changes is worked out once."""
    history = None
    if len(orders) > 1:
        from oikit.report.weeks import History

        with contextlib.suppress(Exception):  # each order says for itself what is wrong with it
            history = History(_subject(orders[-1]))
    for order in orders:
        yield attempt(order, history=history)


def attempt(order: Order, *, history: History | None = None) -> Outcome:
    """Make one report, and say it in words if it cannot be made."""
    try:
        return Outcome(order, make(order, history=history))
    except Exception as error:  # one market's bad luck, whatever it is, is not that of the others
        kind = "ReportError" if isinstance(error, Stopped) else type(error).__name__
        known = isinstance(error, OikitError)
        says = " ".join((str(error) if known else f"{kind}: {error}").split())
        kept = (error.name, error.notebook) if isinstance(error, Stopped) else ("", "")
        return Outcome(order, None, kind, says, *kept)


def raised(outcome: Outcome) -> OikitError:
    """The error of an outcome, as it was raised where the report was to be made."""
    known = getattr(errors, outcome.kind, None)
    kind: type[OikitError] = (
        known if isinstance(known, type) and issubclass(known, OikitError) else ReportError
    )
    error = kind.__new__(kind, outcome.says)
    error.args = (outcome.says,)
    return error
