"""Bulk files for tests: made by hand or by rule, zipped, with a checksum, and a place to take them from."""

from __future__ import annotations

import hashlib
import io
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

from oikit.data import bulk
from oikit.data.bulk import Haul, Place, Pool, place
from oikit.data.venues.archive import SETS, Archived, File, files, read
from tests.conftest import SHARED

HEAD = ["create_time", "symbol", *SETS["metrics"]]
FIVE = pd.Timedelta("5min")
DAY = pd.Timedelta(days=1)
VENUE = SHARED / "venue"

Row = list[str]


def utc(text: str) -> pd.Timestamp:
    return pd.Timestamp(text, tz="UTC")


# ---------------------------------------------------------------- a market whose truth is known

TIMES = pd.date_range("2026-06-01", "2026-07-11", freq="5min", tz="UTC", name="time")
PRICE = pd.Series(
    np.round(600 * np.exp(np.cumsum(8e-4 * np.random.default_rng(7).standard_normal(len(TIMES)))), 2), TIMES
)
"""The price at each instant; it moves about 8 basis points in five minutes."""
COINS = pd.Series(400_000.0 + np.arange(len(TIMES)), TIMES)
"""Open interest at each instant: its own number, so that a misplaced one is found."""


def metrics_file(day: str, symbol: str = "BNBUSDT") -> File:
    at = utc(day)
    return File("metrics", symbol, at, at + DAY)


def row(seen: pd.Timestamp, label: pd.Timestamp, symbol: str = "BNBUSDT") -> Row:
    """What the archive says of one instant."""
    coins = COINS[seen]
    cells = [f"{coins}", f"{coins * PRICE[seen]:.8f}", "2.0", "1.3", "2.2", f"{coins / 400_000:.8f}"]
    return [f"{label:%Y-%m-%d %H:%M:%S}", symbol, *cells]


@lru_cache(maxsize=256)
def day_rows(day: str, label: str = "end", look: str | None = None) -> list[Row]:
    """The 288 rows of a day.

    `label`: whether stamps are the instants themselves or five minutes before. `look`: whether stamps
    run from 00:05 ("end") or from 00:00 ("start"); by default as the label does. Shared: do not change.
    """
    first = utc(day) + (FIVE if (look or label) == "end" else 0 * FIVE)
    stamps = [first + i * FIVE for i in range(288)]
    return [row(at + (FIVE if label == "start" else 0 * FIVE), at) for at in stamps]


def text(rows: Sequence[Row], head: Sequence[str] | None = HEAD) -> bytes:
    return "".join(",".join(each) + "\n" for each in ([*([head] if head else []), *rows])).encode()


def sheet(day: str, rows: Sequence[Row]) -> tuple[File, bytes]:
    return metrics_file(day), text(rows)


# ---------------------------------------------------------------- zips and places


def zipped(member: str, body: bytes, *more: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, each in (*more, (member, body)):
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), each, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def checksum(key: str, body: bytes, end: str = "\n") -> bytes:
    return f"{hashlib.sha256(body).hexdigest()}  {key.rsplit('/', 1)[1]}{end}".encode()


def shelf(zips: Mapping[str, bytes]) -> dict[str, bytes]:
    """Zips by key, each with its checksum beside it; ``shelf(...).get`` is a place."""
    return {**zips, **{f"{key}.CHECKSUM": checksum(key, body) for key, body in zips.items()}}


def shelved(sheets: Sequence[tuple[File, bytes]]) -> dict[str, bytes]:
    return shelf({file.key: zipped(file.member, body) for file, body in sheets})


# ---------------------------------------------------------------- the stand-in of the exchange


def stand_in(now: str, *faults: str, **more: Any) -> Any:
    """The stand-in, to be used in a ``with``; skips where it is not there."""
    if not (VENUE / "venue.py").exists():
        pytest.skip(f"no stand-in of the exchange at {VENUE}")
    if str(VENUE) not in sys.path:
        sys.path.insert(0, str(VENUE))
    from venue import Handler, Venue

    # Its answers go out in two pieces, which a careful network stack holds back by 40 ms.
    Handler.disable_nagle_algorithm = True
    return Venue(now=now, faults=faults, **more)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


def fetch(url: str) -> bytes | None:
    """The least that a fetch must do: bytes, or None at a 404; no redirect."""
    try:
        with urllib.request.build_opener(_Stay()).open(url, timeout=10) as answer:
            return bytes(answer.read(64 * 2**20))
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 404:
            return None
        raise


def at(venue: Any) -> Place:
    return place(venue.url, fetch=fetch)


def collect(
    read: Place,
    wanted: Iterable[File],
    *,
    watch: bulk.Watch | None = None,
    at_once: int = 1,
    known: Mapping[str, str] | None = None,
) -> Haul:
    """Take files from a place by a pool of its own."""
    with Pool(read, at_once=at_once, known=known) as pool:
        return bulk.collect(pool, wanted, watch=watch)


def take(
    venue: Any,
    name: str,
    since: str,
    until: str,
    *,
    interval: str = "",
    price: pd.Series | None = None,
    symbol: str = "BNBUSDT",
) -> Archived:
    """Read a range of one set from the stand-in; a file that is refused ends it."""
    wanted = files(name, symbol, utc(since), utc(until), interval=interval)
    haul = collect(at(venue), wanted).check()
    found = read(haul.sheets, price=price)
    index = found.frame.index
    return found._replace(frame=found.frame[(index > utc(since)) & (index <= utc(until))])
