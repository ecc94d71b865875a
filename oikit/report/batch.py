"""Many reports in one go: side by side, each on its own, with an index and a feed.

A market that cannot be reported is listed and stops no other. The bytes are the same whether the reports
are made one after the other, several at once, or on a cluster.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from oikit.data.mirror import names
from oikit.errors import MissingExtra, OikitError, ReportError
from oikit.files import Folder, cache_folder, folder, store_address
from oikit.report.feed import atom
from oikit.report.index import merged, page
from oikit.report.order import Order, Outcome, checked_formats, checked_text, pieces, placed, week_before
from oikit.report.run import Engine, Report, checked, deliver, earlier, own_notebook

__all__ = ["Batch", "batch", "listed"]


_NOTEBOOK = ""  # the weekly one of whichever oikit makes the report, here or on a cluster


@dataclass(frozen=True, slots=True)
class Missed:
    """A report that was not made.

    Attributes
    ----------
    market, week : str
        The week is empty where it was to be the last whole one, and ``"last - 2"`` two before that.
    why : str
    """

    market: str
    week: str
    why: str

    def __str__(self) -> str:
        """One line."""
        return f"{self.market}{f', {self.week}' if self.week else ''}: {self.why}"


@dataclass(frozen=True, slots=True)
class Batch:
    """The reports that a batch has written, and those that failed.

    Attributes
    ----------
    made : list of Report
    missed : list of Missed
    alone : list of str
        MARKET-WEEK of reports for which there were no facts of the week before.
    same : list of str
        MARKET-WEEK of reports that were there and would be the same, so they were not made again.
    index, feed : Path or str
    """

    made: list[Report]
    missed: list[Missed]
    alone: list[str]
    same: list[str]
    index: Path | str
    feed: Path | str

    def __str__(self) -> str:
        """One line."""
        count = len(self.made) + len(self.missed)
        there = f", {len(self.same)} of them there already" if self.same else ""
        plural = "s" if count != 1 else ""
        return f"{len(self.made)} of {count} report{plural} made{there}; the index is {self.index}"


def listed(markets: str | Path, *, store: str | Path | None = None) -> list[str]:
    """Read the names of markets from a file, one a line; or ``"all"`` that are stored.

    Parameters
    ----------
    markets : str or path
        Empty lines and what follows a ``#`` are left out.
    store : path or address, optional
        Of stored bars; by default the usual one.

    Raises
    ------
    ReportError
        If there is no such file, or there are no names.
    """
    if str(markets) == "all":
        checked(store=store)
        stored = names(store)
        if not stored:
            where = store or store_address()
            raise ReportError(
                f"the store {where} holds no market; fill it with 'oikit fetch', or list samples in a file"
            )
        return stored
    try:
        text = Path(markets).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise ReportError(
            f"cannot read the list of markets {markets} ({why}); one name a line, or 'all'"
        ) from error
    found = [name for name in (each.split("#")[0].strip() for each in text.splitlines()) if name]
    if not found:
        raise ReportError(f"the list of markets {markets} is empty; write one name a line")
    return found


def batch(
    markets: Iterable[str],
    *,
    week: str | None = None,
    weeks: int = 1,
    out: str | Path = "reports",
    store: str | Path | None = None,
    title: str = "",
    notes: str = "",
    against: str | Path | None = None,
    formats: Sequence[str] | str = ("html", "json"),
    jobs: int | None = None,
    cluster: str | None = None,
    site: str = "",
    progress: bool = False,
    appendix: bool = False,
    again: bool = False,
    template: str | Path | None = None,
    engine: Engine = "auto",
) -> Batch:
    """Write the weekly reports of many markets, with an index and a feed.

    Parameters
    ----------
    markets : iterable of str
        Samples, or symbols in the store; see `listed`.
    week : str, optional
        An ISO week, like ``"2026-W10"``; by default the last whole one in each market's data.
    weeks : int
        So many weeks, of which that is the last.
    out, store, title, notes, formats, appendix, template, engine
        As in `run`.
    against : path or address, optional
        A folder of earlier reports: each market is compared with its facts of the week before, where
        they were there before the batch began. Needs `week`.
    jobs : int, optional
        How many at once; by default one for each core.
    cluster : str, optional
        Address of a Dask scheduler that is running, such as ``"tcp://127.0.0.1:8786"``. Its workers
        need oikit, and the store: under the same path, or by an address that they reach.
    site : str
        Address under which the folder is published, for the feed.
    again : bool
        Make what is there already, too, although it would be the same.
    progress : bool
        Show a bar on the standard error, if that is a terminal.

    Returns
    -------
    Batch
        ``OUT/index.html``, ``OUT/index.json`` and ``OUT/feed.xml`` tell of these reports and of the
        ones that were there.

    Raises
    ------
    ReportError
        If a parameter is of no use for any market.
    OikitError
        If the folder cannot be written, or a part is not installed. What concerns one market is not
        raised but listed.
    """
    asked = list(markets)
    _check(asked, week=week, weeks=weeks, against=against, jobs=jobs)
    checked(week=week, out=out, store=store, against=against)
    kinds = checked_formats(formats)
    plain = Order(
        "",
        store=placed(store),
        title=checked_text("title", title),
        notes=checked_text("notes", notes),
        formats=kinds,
        notebook=_NOTEBOOK or own_notebook(template),
        appendix=appendix,
        kernel=engine == "papermill",
    )
    if "pdf" in kinds and cluster is None:
        from oikit.report.pdf import browser

        browser()
    place = folder(out)
    there = merged(place.read("index.json"), [])  # one that cannot be read is refused before the work
    pages = {} if again else _pages(there, place.names(), kinds)
    before = folder(against, make=False) if against is not None else None
    orders, alone = _orders(plain, asked, week, weeks, before)
    orders = [replace(each, made=pages.get(each.market, {})) for each in orders]
    made: list[Report] = []
    missed: list[Missed] = []
    same: list[str] = []
    lines = []
    bar = _bar(len(orders), progress)
    with closing(_carried_out(orders, jobs, cluster)) as outcomes, closing(bar):
        for outcome in outcomes:
            order = outcome.order
            try:
                made.append(deliver(place, outcome))
                if outcome.made and outcome.made.line:
                    lines.append(outcome.made.line)
                elif outcome.made:
                    same.append(outcome.made.name)
            except OikitError as error:
                name = outcome.name.removeprefix(f"{order.market}-") or order.week or _back(order.back)
                missed.append(Missed(order.market, name, " ".join(str(error).split())))
            bar.update()
    missed.sort(key=lambda each: (each.market, each.week))
    made.sort(key=lambda each: str(each.facts))
    return Batch(
        made, missed, alone, sorted(same), *_indexed(place, lines, missed, str(out), plain.store, site)
    )


def _pages(index: dict[str, Any], names: set[str], kinds: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return what the pages that are there, whole, were made of: by market, by week."""
    found: dict[str, dict[str, str]] = {}
    for each in index["reports"]:
        market, week = each["market"], each["week"]
        wanted = {f"{market}-{week}.{kind.replace('json', 'facts.json')}" for kind in (*kinds, "json")}
        if "made_of" in each and wanted <= names:
            found.setdefault(market, {})[week] = str(each["made_of"])
    return found


def _back(weeks: int) -> str:
    return f"last - {weeks}" if weeks else ""


def _check(names: list[str], *, week: object, weeks: object, against: object, jobs: object) -> None:
    if not names:
        raise ReportError("there is no market to report on; give at least one")
    for name in names:
        checked(market=name)
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        raise ReportError(f"listed more than once: {', '.join(twice)}; list each market once")
    for what, count in (("weeks", weeks), ("jobs", 1 if jobs is None else jobs)):
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            raise ReportError(f"{what}={count!r} is no number of {what}; give 1 or more")
    if against is not None and week is None:
        raise ReportError("to compare with the week before, say which week: week='2026-W10', --week 2026-W10")


def _orders(
    plain: Order, names: list[str], week: str | None, weeks: int, before: Folder | None
) -> tuple[list[Order], list[str]]:
    orders, alone = [], []
    for name in names:
        for back in reversed(range(weeks)):
            which = week_before(week, back) if week is not None else None
            last = None
            if before is not None and which is not None:
                file = f"{name}-{week_before(which)}.facts.json"
                if before.read(file) is None:
                    alone.append(f"{name}-{which}")
                else:
                    last = earlier(before.at(file))
            counted = back if which is None else 0
            # Links to what is there for sure: the weeks of this batch, and the one that it compares with.
            near = (("previous", back + 1 < weeks or last is not None), ("next", back > 0))
            beside = " ".join([*(side for side, there in near if there), "index"])
            orders.append(replace(plain, market=name, week=which, back=counted, last=last, beside=beside))
    return orders, alone


def _carried_out(
    orders: list[Order], jobs: int | None, cluster: str | None
) -> Generator[Outcome, None, None]:
    if cluster is not None:
        from oikit.report.cluster import carried_out

        yield from carried_out(cluster, orders)
        return
    from oikit.report.warm import maker

    count = min(jobs or _cores(), len(orders))
    with ThreadPoolExecutor(count) as pool, maker() as made:
        yield from _in_turn(pool, made.ask, pieces(orders, count), 2 * count)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _in_turn(
    pool: ThreadPoolExecutor,
    ask: Callable[[Sequence[Order]], list[Outcome]],
    runs: Iterable[Sequence[Order]],
    ahead: int,
) -> Iterator[Outcome]:
    """Yield outcomes as they come, with only a few runs of orders ahead, to save memory."""
    waiting: set[Future[list[Outcome]]] = set()
    for run in runs:
        waiting.add(pool.submit(ask, run))
        if len(waiting) >= ahead:
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            yield from (outcome for each in done for outcome in each.result())
    while waiting:
        done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        yield from (outcome for each in done for outcome in each.result())


def _bar(total: int, progress: bool) -> Any:
    try:
        from tqdm import tqdm
    except ImportError as error:
        raise MissingExtra("tqdm", "report") from error
    return tqdm(total=total, unit="report", disable=None if progress else True, dynamic_ncols=True)


def _indexed(
    place: Folder, lines: list[dict[str, Any]], missed: list[Missed], out: str, store: str, site: str
) -> tuple[Path | str, Path | str]:
    told = [(each.market, each.week, _public(each.why, out, store)) for each in missed]
    with place.alone():  # another batch may have written here meanwhile: its reports stay in the index
        index = merged(place.read("index.json"), lines)
        text = json.dumps(index, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
        place.put(
            {
                "index.json": text.encode(),
                "index.html": page(index, told, feed="feed.xml").encode(),
                "feed.xml": atom(index, site=site).encode(),
            }
        )
    return place.at("index.html"), place.at("feed.xml")


def _public(why: str, out: str, store: str) -> str:
    """Return the text without this computer's folders, for pages that may be published."""
    for folder_here in (out, store, store_address(), str(cache_folder())):
        if folder_here:
            why = (
                why.replace(f"{folder_here}/", "")
                .replace(f"{folder_here}\\", "")
                .replace(folder_here, "(here)")
            )
    return why
