"""A venue that answers for ever: its clock, its pages and its packing have bounds."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from oikit.data.fetch import fetch
from oikit.data.http import Client, Ledger
from oikit.data.venues import binance
from oikit.data.venues.binance_rows import read_time
from oikit.data.venues.query import Query
from oikit.errors import BadReply
from tests.test_moving_wall import Venue


class Drip(Venue):
    """An exchange that gives one row a page of one series, and always has another."""

    def __init__(self, name: str) -> None:
        super().__init__("2026-03-20 00:13:50", 0.0)
        self.name = name

    def reply(self, name: str, asked: dict[str, str]) -> tuple[int, Any]:
        start = int(asked.get("startTime", 0))
        if name == self.name == "fundingRate":
            return 200, [{"symbol": "M00USDT", "fundingTime": start + 1, "fundingRate": "1e-4"}]
        status, rows = super().reply(name, asked)
        return status, rows[:1] if name == self.name else rows


@pytest.mark.parametrize("name", ["fundingRate", "klines"])
def test_pages_without_progress_end_in_an_error(name: str, tmp_path: Path) -> None:
    """A millisecond further, or a bar: after a few pages more than are needed it is over."""
    venue = Drip(name)

    with venue.client() as client, pytest.raises(BadReply, match="pages of a row or two"):
        fetch("M00USDT", since="2026-03-01", every="5min", store=tmp_path, client=client)

    assert venue.sent < 100  # of which the other series take half


@pytest.mark.parametrize("at", [9_999_999_999_999, 2_600_000_000_000, 1_000_000_000_000])
def test_a_clock_of_another_age_is_refused(at: int) -> None:
    """In 2286 there would be bars without end to lay out, and in 2001 there was no market."""
    year = pd.Timestamp(at, unit="ms").year

    with pytest.raises(BadReply, match=rf"clock says {year}-\d\d-\d\d, which cannot be"):
        read_time({"serverTime": at})


@pytest.mark.parametrize("packed", ["gzip, gzip", "gzip, gzip, gzip", "deflate", "br", "zstd", "\x1b[2J"])
def test_an_answer_is_unpacked_once_and_in_one_way(packed: str) -> None:
    """A few kilobytes in gzip in gzip would take gigabytes before a limit could count them."""
    body = gzip.compress(gzip.compress(b"[" + b" " * 2**20 + b"]"))
    reply = httpx.Response(
        200,
        headers={"content-type": "application/json", "content-encoding": packed},
        stream=httpx.ByteStream(body),
    )
    client = Client(
        "http://venue.test",
        budgets=binance.BUDGETS,
        transport=httpx.MockTransport(lambda request: reply),
        ledger=Ledger(),
    )

    with (
        client,
        pytest.raises(BadReply, match=r"venue\.test/x packed an answer in a way that was not") as refused,
    ):
        client.get(Query("/x", {}, "fapi"))

    assert client.requests == 1
    assert "\x1b" not in str(refused.value)


def test_one_gzip_is_asked_for_and_unpacked() -> None:
    """As any client does."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers["accept-encoding"])
        return httpx.Response(
            200,
            headers={"content-type": "application/json", "content-encoding": "gzip"},
            stream=httpx.ByteStream(gzip.compress(b"[1, 2]")),
        )

    with Client(
        "http://venue.test",
        budgets=binance.BUDGETS,
        transport=httpx.MockTransport(answer),
        ledger=Ledger(),
    ) as client:
        assert client.get(Query("/x", {}, "fapi")) == [1, 2]

    assert asked == ["gzip"]
