"""The stand-in of the exchange, a polite client that does not wait long, and what is compared with what."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from oikit.data.fetch import Fetched, fetch
from oikit.data.http import Client, Ledger
from oikit.data.upkeep import verify
from oikit.data.venues import binance
from tests.bulk_files import stand_in

__all__ = ["ask", "get", "is_part_of", "sha_of", "stand_in", "truth_of", "whole"]


def ask(v: Any, **more: Any) -> Client:
    """A client that does not wait long, and shares its budgets with nobody."""
    return Client(v.url, budgets=binance.BUDGETS, **{"wait": 0.01, "ledger": Ledger(), **more})


def get(v: Any, root: Path, *, options: dict[str, Any] | None = None, **more: Any) -> Fetched:
    """Fetch from the stand-in, its archive included."""
    asked = {"since": "2026-02-16", "every": "4h", "archive": v.url, **more}
    with ask(v, **(options or {})) as client, warnings.catch_warnings():
        warnings.simplefilter("error")
        return fetch(asked.pop("symbol", "BNBUSDT"), store=root, client=client, **asked)


def truth_of(v: Any, frame: pd.DataFrame, symbol: str = "BNBUSDT") -> list[float]:
    """What open interest was at each instant, without any of our code."""
    market = v.markets[symbol]
    return [float(market.oi(round(at.timestamp() * 1000))[0]) for at in frame.index]


def is_part_of(frame: pd.DataFrame, truth: pd.DataFrame) -> bool:
    """Whether every value that is known is the true one; ratios of two services differ by rounding.

    Supply is left out: a table of published figures stands in where the venue's count does not begin.
    """
    shared = [name for name in frame if name in truth and name not in ("circulating_supply", "market_cap")]
    ours, true = frame[shared].to_numpy(float), truth[shared].reindex(frame.index).to_numpy(float)
    near = np.abs(ours / np.where(true == 0, 1.0, true) - np.where(true == 0, 0.0, 1.0)) < 1e-3
    exact = np.array([not name.endswith("ratio") for name in shared])
    return bool((np.isnan(ours) | (ours == true) | (near & ~exact)).all())


def whole(root: Path) -> bool:
    """Whether a store verifies; one that was never begun has nothing to be wrong."""
    return not root.exists() or verify(root) == []


def sha_of(root: Path) -> dict[str, str]:
    """The checksum of every file of bars, and of what is held of the archive."""
    import hashlib

    paths = [path for path in root.rglob("*") if path.suffix == ".parquet" or path.name == "archive.json"]
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
