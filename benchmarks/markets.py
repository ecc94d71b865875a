"""P10: indicators and events of many markets, a year of 5-minute bars each, read from a store.

Four times the markets may take four times as long, and no more memory: one market is held at a time. With
Dask each market is one future, and gives the numbers that one process gives.
"""

from __future__ import annotations

import hashlib
import importlib.util
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.harness import Row, cpu, in_turns, peak_mb, seconds, size, skipped
from oikit.claims.events import first_in_cluster, forward
from oikit.data import store
from oikit.indicators import divergence, funding_apr, oi_to_cap, robust_zscore, trailing_percentile, velocity
from oikit.simulate.market import simulate
from oikit.simulate.worlds import WORLDS

MARKETS, FEW = 16, 4
SINCE, UNTIL = pd.Timestamp("2025-03-09", tz="UTC"), pd.Timestamp("2026-03-09", tz="UTC")
FIVE = pd.Timedelta("5min")
COLUMNS = ["close", "open_interest", "circulating_supply", "funding_rate", "funding_interval"]


def name(number: int) -> str:
    return f"M{number:02d}USDT"


def fill(root: Path, count: int = MARKETS) -> None:
    """Simulate one year, and give each market a price and open interest of its own size."""
    frame = simulate(WORLDS["bnb"], since=SINCE, until=UNTIL, every="5min", seed=0)[COLUMNS]
    for number in range(count):
        own = frame.assign(
            close=frame["close"] * (1 + number), open_interest=frame["open_interest"] * (1 + number)
        )
        store.write(root, name(number), FIVE, own, {"source": "simulated, for timing only"})


def one(root: str, market: str) -> tuple[str, str, float]:
    """The indicators of a market, and what followed its events; their digest and the mean."""
    frame = store.read(Path(root), market, FIVE, SINCE, UNTIL)
    coins, price = frame["open_interest"], frame["close"]
    table = pd.DataFrame(
        {
            "ratio": oi_to_cap(coins, frame["circulating_supply"]),
            "velocity": velocity(coins, "24h"),
            "score": robust_zscore(velocity(coins, "24h"), "7d"),
            "place": trailing_percentile(coins, "30d"),
            "divergence": divergence(price, coins, "24h", "7d"),
            "paid": funding_apr(frame["funding_rate"], "7d"),
        }
    )
    events = first_in_cluster(table["score"] > 2, "3d").to_numpy()
    after = forward(price, "3d").to_numpy()[events]
    digest = hashlib.sha256(table.to_numpy().tobytes() + after.tobytes()).hexdigest()
    return market, digest, float(np.nanmean(after))


def all_of(root: Path, count: int) -> list[tuple[str, str, float]]:
    return [one(str(root), name(number)) for number in range(count)]


def rows() -> Iterator[Row | str]:
    with tempfile.TemporaryDirectory() as aside:
        root = Path(aside)
        fill(root)
        all_of(root, 1)
        few, many = in_turns(lambda: all_of(root, FEW), lambda: all_of(root, MARKETS), rounds=1, of=cpu)
        work = f"P10 {MARKETS} markets, a year of 5-minute bars, CPU"
        per = MARKETS / FEW
        yield Row(work, f"{per:g} x the time of {FEW}", per * few, "-", None, many, 0.85)
        code = f"from pathlib import Path; from benchmarks.markets import all_of; all_of(Path({aside!r}), %d)"
        yield size(f"P10 peak memory, {MARKETS} markets", peak_mb(code % MARKETS), 1000)
        yield size(f"    the same, {FEW} markets", peak_mb(code % FEW), 1000)
        if importlib.util.find_spec("distributed") is None:
            yield skipped("P10 Dask, a future for each market", "dask.distributed is not installed")
            return
        yield _with_dask(root)


def _with_dask(root: Path) -> Row | str:
    from distributed import Client, LocalCluster

    alike: list[tuple[str, str, float]] = []
    alone = seconds(lambda: alike.extend(all_of(root, MARKETS)))
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):

        def there() -> list[tuple[str, str, float]]:
            asked = [client.submit(one, str(root), name(n), pure=False) for n in range(MARKETS)]
            return client.gather(asked)

        if there() != alike:  # and the workers are warm now, as on a cluster that runs
            return "P10 Dask, a future for each market: OTHER NUMBERS than one process gives | NOT MET"
        taken = seconds(there)
    work = f"P10 {MARKETS} markets, Dask, 2 workers, same numbers"
    return Row(work, "one process", alone, "-", None, taken, None)


if __name__ == "__main__":
    for row in rows():
        print(row)
