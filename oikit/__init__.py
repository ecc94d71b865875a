"""oikit: read the open interest of perpetual futures, and check what you are told about it.

===================  =========================================================================
a table to work on   `sample` (simulated, bundled), `load` (real, from the exchange or the store),
                     `read` (a file or a table of your own)
its columns          `FIELDS`; `validate` guards them, `resample` makes longer bars
what to ask of it    `oikit.indicators`; `clocks` asks on several clocks at once
what a number means  `explain("oi_to_cap")`, in three parts
where it came from   `provenance`
to look at it        `oikit.charts`, `oikit.explore`, `oikit report` on the command line
to put it to a test  `oikit.claims`, `oikit.stats`; the course's checks are in `oikit.learn`
===================  =========================================================================

Importing oikit loads pandas and nothing heavier; charts, sockets and widgets come when asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from oikit.frame import FIELDS, resample, validate
from oikit.indicators import clocks

if TYPE_CHECKING:
    from oikit.data.fetch import load, provenance
    from oikit.explanations import explain
    from oikit.simulate.samples import sample
    from oikit.tables import read

__version__ = "0.1.0"

__all__ = ["FIELDS", "clocks", "explain", "load", "provenance", "read", "resample", "sample", "validate"]


_WHERE = {
    "explain": "oikit.explanations",
    "load": "oikit.data.fetch",
    "provenance": "oikit.data.fetch",
    "read": "oikit.tables",
    "sample": "oikit.simulate.samples",
}
_ROOMS = ("charts", "claims", "explore", "indicators", "learn", "report", "stats")


def __getattr__(name: str) -> Any:
    """Import the parts that read files, draw or open connections on first use."""
    if name in _WHERE:
        return getattr(importlib.import_module(_WHERE[name]), name)
    if name in _ROOMS:
        return importlib.import_module(f"oikit.{name}")
    raise AttributeError(f"oikit has no {name!r}; it has {', '.join((*__all__, *_ROOMS))}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_ROOMS, "__version__"])
