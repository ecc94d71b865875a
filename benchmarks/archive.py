"""P1: a year of daily ``metrics`` zips to a valid frame, checksums verified and rows repaired.

The rival is the loop one would write to get as far, file by file: checksum, ``pandas.read_csv``, stamps
moved back to the bar, sorted, once each, what cannot be made missing; then one table of all. It does not
measure labels, which ours does. The floor is what cannot be avoided: read the zips, sha256, inflate.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.harness import Row, race
from oikit.data import bulk
from oikit.data.venues import archive
from oikit.frame import grid, validate

SINCE = pd.Timestamp("2025-01-01", tz="UTC")
DAYS = 365
HEAD = "create_time,symbol," + ",".join(archive.SETS["metrics"]) + "\n"


def lines(stamps: pd.DatetimeIndex, price: pd.Series, rng: np.random.Generator) -> list[str]:
    """Rows of one day as the archive writes them; simulated, for timing only."""
    coins = np.round(450_000 * np.exp(1e-3 * np.cumsum(rng.standard_normal(len(stamps)))), 2)
    ratios = 1 + rng.random((len(stamps), 4))
    value = coins * price[stamps].to_numpy()
    return [
        f"{at:%Y-%m-%d %H:%M:%S},BNBUSDT,{x},{v:.8f}," + ",".join(f"{r:.8f}" for r in four) + "\n"
        for at, x, v, four in zip(stamps, coins, value, ratios, strict=True)
    ]


def write(folder: Path) -> tuple[list[archive.File], pd.Series]:
    """A year of zips with checksums: one in ten unsorted, one in twenty doubled."""
    rng = np.random.default_rng(0)
    index = pd.date_range(SINCE, periods=DAYS * 288 + 1, freq="5min", name="time")
    price = pd.Series(600 * np.exp(np.cumsum(5e-4 * rng.standard_normal(len(index)))), index)
    wanted = archive.files("metrics", "BNBUSDT", SINCE + pd.Timedelta("5min"), index[-1])
    for number, file in enumerate(wanted):
        rows = lines(index[(index > file.start) & (index <= file.end)], price, rng)
        rows = rows[100:] + rows[:100] if number % 10 == 0 else rows
        rows = [row for row in rows for _ in range(2)] if number % 20 == 5 else rows
        body = io.BytesIO()
        with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr(file.member, HEAD + "".join(rows))
        path = folder / file.key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body.getvalue())
        digest = hashlib.sha256(body.getvalue()).hexdigest()
        path.with_name(path.name + ".CHECKSUM").write_text(f"{digest}  {path.name}\n")
    return wanted, price


def ours(folder: Path, wanted: list[archive.File], price: pd.Series) -> pd.DataFrame:
    with bulk.Pool(bulk.place(folder)) as pool:
        haul = bulk.collect(pool, wanted).check()
    return validate(grid(archive.read(haul.sheets, price=price).frame, "5min"))


def theirs(folder: Path, wanted: list[archive.File]) -> pd.DataFrame:
    days = []
    for file in wanted:
        path = folder / file.key
        said = path.with_name(path.name + ".CHECKSUM").read_text().split()[0]
        if hashlib.sha256(path.read_bytes()).hexdigest() != said:
            raise ValueError(path)
        day = pd.read_csv(path, parse_dates=["create_time"])
        day["create_time"] = day["create_time"].dt.floor("5min")
        day = day.drop_duplicates().set_index("create_time").sort_index().drop(columns="symbol")
        days.append(day.where(day > 0))
    return pd.concat(days).tz_localize("UTC").asfreq("5min").rename(columns=archive.SETS["metrics"])


def bare(folder: Path, wanted: list[archive.File]) -> pd.DataFrame:
    """Nothing verified, nothing mended: as little as a table takes."""
    return pd.concat([pd.read_csv(folder / file.key, parse_dates=["create_time"]) for file in wanted])


def floor(folder: Path, wanted: list[archive.File]) -> int:
    size = 0
    for file in wanted:
        body = (folder / file.key).read_bytes()
        hashlib.sha256(body).hexdigest()
        with zipfile.ZipFile(io.BytesIO(body)) as inside:
            size += len(inside.read(file.member))
    return size


def rows(rounds: int = 5) -> list[Row]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wanted, price = write(folder)
        assert len(ours(folder, wanted, price)) == len(theirs(folder, wanted)) == DAYS * 288
        pandas, mine, least, careless = race(
            lambda: theirs(folder, wanted),
            lambda: ours(folder, wanted, price),
            lambda: floor(folder, wanted),
            lambda: bare(folder, wanted),
            rounds=rounds,
        )
    word = "unzip + sha256"
    return [
        Row("P1 archive-year, 365 zips to a frame", "pandas.read_csv loop", pandas, word, least, mine, 3.0),
        # A ceiling: at most 2.5 times the floor.
        Row("P1 the same against its ceiling", "2.5 x the floor", 2.5 * least, word, least, mine, 1.0),
        Row("   the same", "read_csv alone, unverified", careless, word, least, mine, None),
    ]
