"""The reports of a batch on the workers of a Dask scheduler that somebody has started.

One order is one task, and needs nothing but the store: each worker reaches it under the same path, or
by its address. What is made comes back to whoever asked, and only that one writes. A worker
that is lost costs its tasks only, which run again elsewhere: an order gives the same bytes wherever it runs.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Iterator, Sequence

from oikit.errors import InputError, MissingExtra
from oikit.report.order import Order, Outcome
from oikit.report.warm import Maker, maker

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
        if not client.scheduler_info(n_workers=-1)["workers"]:
            raise InputError(
                f"the scheduler at {address!r} has no workers; start one with 'dask worker {address}'"
            )
        asked = {client.submit(_there, order, pure=False, retries=_AGAIN): order for order in orders}
        for task in distributed.as_completed(list(asked), loop=client.loop):
            order = asked.pop(task)
            if task.status == "finished":
                yield task.result()
            else:
                says = f"the cluster could not make the report of {order.market}: {task.exception()}"
                yield Outcome(order, None, "ReportError", " ".join(says.split()))
            task.release()  # a page is a megabyte or two, and there may be hundreds


_kept: list[Maker] = []
_starting = threading.Lock()


def _there(order: Order) -> Outcome:
    """Carry out one order on a worker; its warm process lives until the worker ends."""
    with _starting:
        if not _kept:
            _kept.append(maker())
    return _kept[0].ask(order)
