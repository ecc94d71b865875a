"""P6: one weekly report, each of twenty in a batch, and the same on a Dask cluster of this computer.

The rival is what one would do without oikit's own delivery: papermill runs the same notebook, one after
the other, each in a kernel of its own, and nbconvert makes the page. The floor is drawing: the notebook's
cells run and the page written from facts that are there, without the ledger and all else that makes them.
The batch makes twenty different weeks of three simulated markets; what no later bar changes is worked out
once for each. The rival is timed on four of the twenty, as each of its reports costs the same.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.harness import Row, cpu, fresh, seconds, skipped
from oikit.report.batch import batch
from oikit.report.engine import template
from oikit.report.order import week_before
from oikit.report.source import subject

MARKETS = ("bnb-null", "bnb-planted", "btc-null")
COUNT, TIMED = 20, 4

_PLAIN = """
import sys, papermill, nbformat
from nbconvert import HTMLExporter
template, out, *asked = sys.argv[1:]
for each in asked:
    market, week = each.split("/")
    made = papermill.execute_notebook(
        template, f"{out}/{market}-{week}.ipynb", {"market": market, "week": week},
        kernel_name="python3", progress_bar=False,
    )
    html, _ = HTMLExporter(exclude_input=True).from_notebook_node(made)
    open(f"{out}/{market}-{week}.html", "w", encoding="utf-8").write(html)
"""


def plain(out: Path, asked: list[str]) -> None:
    """Papermill and nbconvert, in a process of their own."""
    command = [sys.executable, "-c", _PLAIN, str(template()), str(out), *asked]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


def one(out: Path, market: str, week: str) -> None:
    """``oikit report``, as it is typed."""
    start = "from oikit.cli import main; main()"
    command = [sys.executable, "-c", start, "report", market, "--week", week, "--out", str(out)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def many(out: Path, *, cluster: str | None = None, jobs: int | None = None) -> None:
    """Twenty reports with their index, from the start of the warm process to the feed."""
    made = batch(MARKETS, weeks=-(-COUNT // len(MARKETS)), out=out, cluster=cluster, jobs=jobs, again=True)
    assert not made.missed, made.missed[0]


_DRAWING = """
import json, time
from oikit.export import page
from oikit.report import collect, subject
from oikit.report.engine import outputs
from oikit.report.warm import _import_all
_import_all()
about = subject("bnb-null")
facts = json.loads(json.dumps(collect(about), ensure_ascii=False))
start = time.perf_counter()
notebook = outputs(about=about, known=facts, title="", notes="", beside="", appendix="")
page.render(notebook, title="x", show_code=False)
print(time.perf_counter() - start)
"""


def drawing() -> float:
    """What is left of one report once everything is imported and its facts are known."""
    return min(float(fresh(_DRAWING).split()[-1]) for _ in range(3))


def in_turns(rival: Callable[[], object], ours: Callable[[], object], rounds: int) -> tuple[float, float]:
    """The lesser of each, taken in turns: what else the computer does can only add."""
    taken = [(seconds(rival), seconds(ours)) for _ in range(rounds)]
    return min(each for each, _ in taken), min(each for _, each in taken)


def rows() -> Iterator[Row | str]:
    """One alone, each of twenty, and on a cluster."""
    market, last = MARKETS[0], subject(MARKETS[0]).week
    weeks = [f"{market}/{week_before(last, back)}" for back in range(TIMED)]
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    whole = -(-COUNT // len(MARKETS)) * len(MARKETS)
    with tempfile.TemporaryDirectory() as aside:
        out = Path(aside)
        spent: list[float] = []
        rival, ours = in_turns(
            lambda: plain(out, weeks[:1]), lambda: spent.append(cpu(lambda: one(out, market, last))), 3
        )
        floor = drawing()
        yield Row("P6 one weekly report", "papermill + nbconvert", rival, "drawing", floor, ours, 0.8)
        yield Row("P6 one weekly report, CPU", "the budget", 2.5, "-", None, min(spent), 1.0)
        each, alone = in_turns(lambda: plain(out, weeks), lambda: many(out / "alone", jobs=1), 1)
        each, alone = each / TIMED, alone / whole
        one_by_one = f"P6 each of {whole}, one at a time"
        yield Row(one_by_one, "papermill in turn", each, "drawing", floor, alone, None)
        together = min(seconds(lambda: many(out / "together")) for _ in range(2)) / whole
        yield Row(
            f"P6 each of {whole}, {cores} at once", "papermill in turn", each, "-", None, together, 10.0
        )
        yield from _on_a_cluster(out, together, whole)


def _on_a_cluster(out: Path, together: float, whole: int) -> list[Row | str]:
    try:
        from distributed import LocalCluster
    except ImportError:
        return [skipped(f"P6 each of {whole}, Dask, 2 workers", "dask.distributed is not installed")]
    with LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        many(out / "cluster", cluster=address)  # its workers warm up, as they have on a cluster that runs
        there = min(seconds(lambda: many(out / "cluster", cluster=address)) for _ in range(2)) / whole
    return [
        Row(f"P6 each of {whole}, Dask, 2 workers", "the same without Dask", together, "-", None, there, 0.5)
    ]
