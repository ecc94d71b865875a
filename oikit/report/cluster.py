"""The reports of a batch on the workers of a Dask scheduler that somebody has started.

A few weeks of one market are one task, and need nothing but the store: each worker reaches it under the same
path, or by its address. What is made comes back to whoever asked, and only that one writes. A worker that is
lost costs its tasks only, which run again elsewhere: an order gives the same bytes wherever it runs.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterator, Sequence

from oikit.errors import InputError, MissingExtra
from oikit.report.order import Order, Outcome, pieces
from oikit.report.warm import Fresh, maker

_AGAIN = 3  # times that a task may lose its worker


def carried_out(address: str, orders: Sequence[Order]) -> Iterator[Outcome]:
    """Carry out all orders on the cluster, and yield each outcome as it is done."""
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        raise MissingExtra("dask.distributed", "cluster") from error
    try:
        client = distributed.Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"no Dask scheduler answers at {address!r} ({error}); start one with 'dask scheduler', "
            "or leave cluster out to run here"
        ) from error
    with client:
        workers = client.scheduler_info(n_workers=-1)["workers"]
        if not workers:
            raise InputError(
                f"the scheduler at {address!r} has no workers; start one with 'dask worker {address}'"
            )
        asked = {
            client.submit(_there, piece, pure=False, retries=_AGAIN): piece
            for piece in pieces(orders, len(workers))
        }
        for task in distributed.as_completed(list(asked), loop=client.loop):
            piece = asked.pop(task)
            if task.status == "finished":
                yield from task.result()
            else:
                says = f"the cluster could not make the report of {piece[0].market}: {task.exception()}"
                yield from (Outcome(each, None, "ReportError", " ".join(says.split())) for each in piece)
            task.release()  # a page is a megabyte or two, and there may be hundreds


_kept: list[Fresh] = []
_starting = threading.Lock()


def _there(piece: Sequence[Order]) -> list[Outcome]:
    """Carry out the orders of a market on a worker; its warm process lives until the worker ends."""
    with _starting:
        if not _kept:
            _kept.append(maker())
    return _kept[0].ask(piece)
