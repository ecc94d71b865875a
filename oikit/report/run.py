"""Make the report of a market and a week: one page and its facts.

What was asked is checked before a notebook runs. The page is written aside and put in place when all
of it is well; when it is not, the last page stays, and the notebook with the failing cell is kept.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from oikit.errors import ReportError
from oikit.files import Folder, folder, read
from oikit.report.order import Order, Outcome, attempt, checked_formats, checked_text, placed, raised
from oikit.report.own import is_table, written
from oikit.report.source import subject

__all__ = ["Report", "run"]

Engine = Literal["auto", "papermill"]

_NOTEBOOK = ""  # the weekly one


@dataclass(frozen=True, slots=True)
class Report:
    """The files that a run has written; iterate over it for all of them.

    Attributes
    ----------
    html, pdf, md : Path, str or None
        The page, if it was requested in that form; an address if `out` was one.
    facts : Path or str
        Its numbers as JSON.
    """

    html: Path | Any
    pdf: Path | Any
    md: Path | Any
    facts: Path | Any

    def __iter__(self) -> Iterator[Path | Any]:
        """Iterate over the files written, page first."""
        return (each for each in (self.html, self.pdf, self.md, self.facts) if each is not None)


def run(
    market: str | pd.DataFrame = "bnb-null",
    *,
    name: str | None = None,
    week: str | None = None,
    out: str | Path = "reports",
    store: str | Path | None = None,
    title: str = "",
    notes: str = "",
    against: str | Path | None = None,
    formats: Sequence[str] | str = ("html", "json"),
    appendix: bool = False,
    template: str | Path | None = None,
    engine: Engine = "auto",
    **unknown: object,
) -> Report:
    """Write the weekly report of one market.

    Parameters
    ----------
    market : str or DataFrame
        A sample of the pack, a symbol in the store, or the file of a table; or a frame.
    name : str, optional
        What to call a frame.
    week : str, optional
        An ISO week, like ``"2026-W10"``; by default the last whole one in the data.
    out : path or address
        The folder to write to; made if missing. Or an address that fsspec knows, like
        ``"s3://bucket/reports"``.
    store : path or address, optional
        Of stored bars; by default the usual one. Of an address the market is copied here first.
    title, notes : str
        Put on the page as text, whatever they hold. A title is one line of up to 200 characters;
        notes are up to 20,000.
    against : path or address, optional
        The facts of an earlier week of this market (``...facts.json``), to be compared with.
    formats : sequence of str
        Any of ``"html"``, ``"pdf"`` (printed by a Chromium that is installed here), ``"md"`` (for a
        mail) and ``"json"``. The facts are written in any case.
    appendix : bool
        Put all facts, with their rows, at the end of the page.
    template : path, optional
        A notebook of your own, such as a changed copy of the weekly one; papermill runs it.
    engine : {"auto", "papermill"}
        How the notebook is run; the page is the same, byte for byte. ``"auto"`` runs its cells here, without
        a kernel; ``"papermill"`` starts one.

    Returns
    -------
    Report
        ``OUT/MARKET-WEEK.html``, which needs no other file and no network, and
        ``OUT/MARKET-WEEK.facts.json``. The same bars give the same bytes.

    Raises
    ------
    ReportError
        If a parameter is unknown, of the wrong type, or asks for what is not there; or if the
        notebook failed, and then it says where the notebook is kept.
    StoreError
        If the store cannot be read, or the folder not be written.
    MissingExtra
        If a part is not installed.
    """
    if unknown:
        raise ReportError(f"the weekly report has no parameter {sorted(unknown)}; it has {_PARAMETERS}")
    if isinstance(market, pd.DataFrame):
        if name is None:
            raise ReportError("a frame has no name; type report.run(frame, name='my-market')")
        with written(market, name) as file:
            given: dict[str, Any] = {"title": title, "notes": notes, "formats": formats, "engine": engine}
            given |= {"appendix": appendix, "template": template}
            return run(file, week=week, out=out, store=store, against=against, **given)
    if name is not None:
        raise ReportError(f"name={name!r} names a frame; {market!r} has its own")
    checked(market=market, week=week, out=out, store=store, against=against)
    if is_table(market) and os.path.isfile(os.path.expanduser(market)):
        market = str(Path(market).expanduser().resolve())  # the notebook runs in a folder of its own
    formats = checked_formats(formats)
    if engine not in ("auto", "papermill"):
        raise ReportError(f"engine={engine!r} is unknown; it is 'auto' or 'papermill'")
    order = Order(
        market,
        week,
        store=placed(store),
        title=checked_text("title", title),
        notes=checked_text("notes", notes),
        last=earlier(against) if against is not None else None,
        formats=formats,
        notebook=_NOTEBOOK or own_notebook(template),
        appendix=appendix,
        kernel=engine == "papermill",
    )
    subject(market, week=week, store=store)
    if "pdf" in formats:
        from oikit.report.pdf import browser

        browser()
    return deliver(folder(out), attempt(order))


def own_notebook(template: str | Path | None) -> str:
    """Return the path of a notebook of the caller's own; empty for the weekly one."""
    if template is None:
        return ""
    path = Path(template).expanduser().resolve()
    if not path.is_file():
        how = "write a copy of the weekly one with: oikit report --write-template FILE"
        raise ReportError(f"there is no notebook {template}; {how}")
    return str(path)


_PARAMETERS = ["market", "week", "out", "store", "title", "notes", "against", "formats"]
_PARAMETERS += ["appendix", "template", "engine", "name"]


def checked(**given: object) -> None:
    """Refuse what is of another type than the report wants, before papermill would only warn of it."""
    for name, value in given.items():
        kinds = (str,) if name in ("market", "week") else (str, Path)
        if not isinstance(value, kinds) and not (value is None and name in ("week", "store", "against")):
            wanted = " or ".join(kind.__name__ for kind in kinds)
            raise ReportError(f"{name}={value!r} is {type(value).__name__}; the report wants {wanted}")


def earlier(where: str | Path) -> dict[str, Any]:
    """Read the facts of an earlier report."""
    try:
        found = json.loads(read(where))
    except ValueError:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("facts"), list) or "week" not in found:
        raise ReportError(f"{where} holds no facts of a report; give the ...facts.json of an earlier week")
    return found


def deliver(place: Folder, outcome: Outcome) -> Report:
    """Write a finished report; or keep the notebook that failed, and raise."""
    made = outcome.made
    if made is None:
        if outcome.notebook:
            kept = f"{outcome.name}.failed.ipynb"
            place.put({kept: outcome.notebook.encode()})
            says = f"{outcome.says}; the notebook up to there is {place.at(kept)}"
            outcome = Outcome(outcome.order, None, outcome.kind, says, outcome.name)
        raise raised(outcome)
    place.put({f"{made.name}.{ending}": content for ending, content in made.files.items()})
    place.remove(f"{made.name}.failed.ipynb")
    endings = made.files or [each.replace("json", "facts.json") for each in (*outcome.order.formats, "json")]
    at = {ending: place.at(f"{made.name}.{ending}") for ending in endings}
    return Report(at.get("html"), at.get("pdf"), at.get("md"), at["facts.json"])
