"""What was lacking is fetched once it can be had: cell by cell, from either source, and nothing twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from oikit.data import past
from oikit.data.fetch import Fetched, fetch
from oikit.data.venues import binance
from tests.bulk_files import utc
from tests.stand_in import ask, get, is_part_of, stand_in

pytestmark = pytest.mark.venue
STEP = pd.Timedelta(hours=4)
SPAN = {"since": "2026-03-01", "until": "2026-03-19", "every": "4h"}


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test may touch the reader's own store, or ask the real exchange or its archive."""
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path / "unnamed"))
    monkeypatch.setenv("OIKIT_BINANCE_REST", "http://127.0.0.1:9")
    monkeypatch.delenv("OIKIT_ARCHIVE", raising=False)


def blocked(v: Any, root: Path, **more: Any) -> Fetched:
    """Fetch where the exchange does not serve this place: from the archive alone."""
    with ask(v) as client:
        return fetch("BNBUSDT", store=root, client=client, archive=v.url, **{**SPAN, **more})


def lost(frame: pd.DataFrame, truth: pd.DataFrame) -> dict[str, int]:
    """Cells that are known in truth and not here, by column."""
    counts = {name: int((frame[name].isna() & truth[name].notna()).sum()) for name in truth}
    return {name: count for name, count in counts.items() if count}


def test_every_cell_that_heals_is_fetched_and_only_once(tmp_path: Path) -> None:
    """Whichever cell of an answer was out of range; a supply that the venue gives as 0 is not one."""
    with stand_in("2026-03-20T00:10:00Z", window_scale=0.02) as v:
        truth = get(v, tmp_path / "truth", **SPAN).frame
        v.add_fault("out-of-range-value=0.3")
        hurt = get(v, tmp_path / "store", **SPAN).frame
        v.faults.clear()
        healed = get(v, tmp_path / "store", **SPAN).frame
        again = get(v, tmp_path / "store", **SPAN)

    assert {"open", "high", "low"} & set(lost(hurt, truth))
    assert lost(healed, truth) == {}
    assert is_part_of(healed, truth)
    assert again.requests == 0


def test_a_months_funding_comes_once_its_file_is_out(tmp_path: Path) -> None:
    """The file of a month is published after its end; till then its bars are unknown, and it is said."""
    with stand_in("2026-03-20T12:00:00Z", "geo451", window_scale=0.02) as v:
        early = blocked(v, tmp_path / "store")
        v.set_now("2026-04-20T12:00:00Z")
        late = blocked(v, tmp_path / "store")
        fresh = blocked(v, tmp_path / "fresh")

    assert "funding_rate" not in early.frame or early.frame["funding_rate"].isna().all()
    assert any(remark.startswith("funding: 108 of 108 bar(s)") for remark in early.remarks)
    assert late.frame["funding_rate"].notna().all()
    assert late.frame["funding_interval"].notna().all()
    pd.testing.assert_frame_equal(late.frame, fresh.frame, check_freq=False)


def test_a_replaced_file_is_noticed_where_the_exchange_is_blocked(tmp_path: Path) -> None:
    """Recheck asks the archive again there too, for open interest and for prices."""
    span = {"since": "2026-02-02", "until": "2026-02-06"}
    with stand_in("2026-03-20T12:00:00Z", "geo451", window_scale=0.02) as v:
        first = blocked(v, tmp_path / "store", **span)
        quiet = blocked(v, tmp_path / "store", **span)
        v.add_fault("revised-file=1")
        v.requests.clear()
        again = blocked(v, tmp_path / "store", recheck=True, **span)
        asked = " ".join(r["path"] for r in v.requests)

    assert "/metrics/" in asked
    assert "/klines/" in asked
    assert "/fundingRate/" in asked
    assert quiet.frame.equals(first.frame)
    assert any(remark.startswith("metrics: file(s) replaced") for remark in again.remarks)


@pytest.mark.parametrize("name", ["open_interest_value", "top_account_ratio", "top_position_ratio"])
def test_the_archive_gives_what_the_exchange_no_longer_does(name: str) -> None:
    """A day beyond the wall of which one figure lacks is asked for, though its others are known."""
    index = pd.date_range("2026-02-02 04:00", "2026-02-04", freq=STEP, tz="UTC", name="time")
    stored = pd.DataFrame(1.0, index, [name for s in binance.SERIES.values() for name in s.columns])
    assert past.wanted(stored, "BNBUSDT", utc("2026-03-01"), {}) == []

    stored.loc[index[2], name] = np.nan

    assert past.wanted(stored, "BNBUSDT", utc("2026-03-01"), {}) == [(utc("2026-02-02"), utc("2026-02-03"))]
