"""The thirty-day wall moves on while one asks: what slips behind it is a gap and a remark, never an error."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from oikit.data.fetch import fetch
from oikit.data.http import Client, Ledger
from oikit.data.venues import binance

MINUTE, DAY = 60_000, 86_400_000


class Venue:
    """An exchange in a function: constant figures, and a clock that each answer and each wait moves on."""

    def __init__(self, start: str, pace: float, waits: int = 0) -> None:
        self.begun = self.now = int(pd.Timestamp(start, tz="UTC").timestamp() * 1000)
        self.pace, self.waits, self.sent, self.refused = pace, waits, 0, 0

    def nap(self, seconds: float) -> None:
        self.now += round(seconds * 1000)

    def client(self) -> Client:
        return Client(
            "http://venue.test",
            budgets=binance.BUDGETS,
            transport=httpx.MockTransport(self.answer),
            sleep=self.nap,
            now=lambda: (self.now - self.begun) / 1000,
            ledger=Ledger(),
        )

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.sent += 1
        self.nap(self.pace)
        if self.waits and self.sent == self.waits:
            return httpx.Response(429, headers={"Retry-After": "62"}, json={"code": -1003, "msg": "too many"})
        asked, name = dict(request.url.params), request.url.path.rsplit("/", 1)[1]
        if "/futures/data/" in request.url.path and int(asked["startTime"]) < self.now - 30 * DAY:
            self.refused += 1
            return httpx.Response(400, json={"code": -1130, "msg": "parameter 'startTime' is invalid."})
        status, body = self.reply(name, asked)
        return httpx.Response(status, content=json.dumps(body), headers={"content-type": "application/json"})

    def reply(self, name: str, asked: dict[str, str]) -> tuple[int, Any]:
        market = {"symbol": "M00USDT", "contractType": "PERPETUAL", "status": "TRADING"}
        fixed: dict[str, tuple[int, Any]] = {
            "time": (200, {"serverTime": self.now}),
            "exchangeInfo": (200, {"symbols": [market]}),
            "premiumIndex": (200, {"symbol": "M00USDT", "markPrice": "2", "time": self.now}),
            "premiumIndexKlines": (404, {"code": -5000, "msg": "path"}),
        }
        if name in fixed:
            return fixed[name]
        lengths = {"5m": 5, "1h": 60}
        step = lengths.get(asked.get("interval", asked.get("period", "")), 480) * MINUTE
        first = -(-int(asked["startTime"]) // step) * step
        times = list(range(first, min(int(asked["endTime"]), self.now) + 1, step))[: int(asked["limit"])]
        if name == "klines":
            return 200, [[t, *"2222", "9", t + step - 1, "18", 1, "5", "10", "0"] for t in times]
        if name == "fundingRate":
            return 200, [{"symbol": "M00USDT", "fundingTime": t, "fundingRate": "1e-4"} for t in times]
        row = {
            "symbol": "M00USDT",
            "sumOpenInterest": "10",
            "sumOpenInterestValue": "20",
            "longShortRatio": "2",
        }
        return 200, [{**row, "timestamp": t} for t in times]


@pytest.mark.parametrize(
    ("venue", "every", "slips"),
    [
        (Venue("2026-03-20 00:13:50", 0.1), "5min", False),
        (Venue("2026-03-20 00:13:50", 2.0), "5min", True),
        (Venue("2026-03-20 00:13:50", 9.0), "5min", True),
        (Venue("2026-03-20 00:13:50", 0.1, waits=30), "5min", True),
        (Venue("2026-03-20 00:13:50", 0.1, waits=60), "5min", True),
        (Venue("2026-03-20 00:58:50", 0.1, waits=6), "1h", True),
        (Venue("2026-03-20 00:58:30", 0.1, waits=6), "1h", False),
    ],
    ids=["quick", "2 s an answer", "9 s an answer", "a wait", "a late wait", "hourly", "hourly, in time"],
)
def test_the_wall_moves_while_we_ask(venue: Venue, every: str, slips: bool, tmp_path: Path) -> None:
    """A slow line, or a 429 with a minute to wait: a frame, nothing refused, and each lost bar counted."""
    with venue.client() as client:
        found = fetch("M00USDT", since="2026-02-10", every=every, store=tmp_path, client=client)

    said = {r.split(":")[0]: r for r in found.remarks if "slipped behind the thirty-day wall, gaps" in r}
    first = pd.Timestamp(venue.begun, unit="ms", tz="UTC") - pd.Timedelta(days=30)
    inside = found.frame[found.frame.index > first + pd.Timedelta(minutes=1)]
    for name in ("open interest", "long short ratio", "top account ratio", "top position ratio"):
        lost = int(inside[name.replace(" ", "_")].isna().sum())
        told = int(said[name].split("(")[-1].rstrip(")")) if name in said else 0
        assert lost == told, name
    assert venue.refused == 0
    assert bool(said) == slips
    assert found.frame["close"].notna().all()
