"""Times that cannot be read: the file is refused by name and asked for again. Bars without a trade."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oikit.data import past
from oikit.data.answer import answer
from oikit.data.bulk import Pool
from oikit.data.question import understood
from oikit.data.venues import archive
from oikit.data.venues.archive import File
from oikit.errors import BadReply
from tests.bulk_files import FIVE, HEAD, day_rows, metrics_file, shelved, text, utc
from tests.conftest import frame as frame_of

DAY = "2026-06-10"
FORMS: dict[str, Callable[[pd.Timestamp], str]] = {
    "milliseconds": lambda at: str(int(at.timestamp() * 1000)),
    "with a T": lambda at: f"{at:%Y-%m-%dT%H:%M:%SZ}",
    "day first": lambda at: f"{at:%d.%m.%Y %H:%M}",
    "a date alone": lambda at: f"{at:%Y-%m-%d}",
    "another year": lambda at: f"{at - pd.Timedelta(days=365):%Y-%m-%d %H:%M:%S}",
    "nothing": lambda at: "",
}


def metrics(form: Callable[[pd.Timestamp], str], day: str = DAY) -> tuple[File, bytes]:
    rows = [[form(utc(row[0])), *row[1:]] for row in day_rows(day)]
    return metrics_file(day), text(rows, HEAD)


@pytest.mark.parametrize("form", FORMS)
def test_a_file_without_a_time_that_can_be_read_is_refused_by_name(form: str) -> None:
    """And the file beside it is used."""
    sheets = [metrics(FORMS[form]), metrics(lambda at: f"{at:%Y-%m-%d %H:%M:%S}", "2026-06-11")]

    found = archive.read(sheets, strict=False)

    assert list(found.refused) == [sheets[0][0].key]
    assert found.refused[sheets[0][0].key].startswith("BNBUSDT-metrics-2026-06-10.zip has no row with a time")
    assert len(found.frame) == 288
    assert not any("lack" in repair for repair in found.repairs)  # a refusal is no gap of the publisher's
    with pytest.raises(BadReply, match=r"BNBUSDT-metrics-2026-06-10.zip has no row with a time"):
        archive.read(sheets)


@pytest.mark.parametrize("scale", [1, 10**6], ids=["seconds", "nanoseconds"])
@pytest.mark.parametrize("kind", ["klines", "fundingRate"])
def test_bars_and_settlements_in_another_unit_of_time_are_refused_too(kind: str, scale: int) -> None:
    """Seconds would lie in January 1970, nanoseconds in no year at all."""
    at = [int((utc(DAY) + i * 12 * FIVE).timestamp()) * scale * (1000 if scale > 1 else 1) for i in range(24)]
    if kind == "klines":
        file = File("klines", "BNBUSDT", utc(DAY), utc(DAY) + pd.Timedelta(days=1), "1h")
        rows = [[str(t), "1", "1", "1", "1", "5", str(t + 3599), "5", "9", "2", "2", "0"] for t in at]
        sheets = [(file, text(rows, None))]
    else:
        file = File("fundingRate", "BNBUSDT", utc("2026-06-01"), utc("2026-07-01"))
        rows = [[str(t), "8", "0.0001"] for t in at]
        sheets = [(file, text(rows, ["calc_time", "funding_interval_hours", "last_funding_rate"]))]

    found = archive.read(sheets, strict=False)

    assert list(found.refused) == [file.key]
    assert found.frame.empty


def test_such_a_day_is_asked_for_until_its_times_can_be_read() -> None:
    """It is never settled; a day that an earlier oikit settled empty is read when asked to look again."""
    step, window = pd.Timedelta("1h"), past.Window(utc(DAY), utc("2026-06-11"))
    bars = pd.DataFrame(index=pd.date_range(utc(DAY) + step, window.until, freq=step, name="time"))
    first = clock = utc("2026-08-01")
    odd, fine = (
        metrics(FORMS[form]) if form else metrics(lambda at: f"{at:%Y-%m-%d %H:%M:%S}")
        for form in ("milliseconds", "")
    )
    ask = {"first": first, "clock": clock}

    with Pool(shelved([odd]).get) as pool:
        refused = past.read_past(pool, "BNBUSDT", step, bars, window, **ask)
    emptied = {odd[0].key: {"sha256": "0" * 64, "bars": 0}}
    with Pool(shelved([fine]).get, known=past.hashes(emptied)) as pool:
        read = past.read_past(pool, "BNBUSDT", step, bars, window, **ask)

    assert list(refused.refused) == [odd[0].key]
    assert odd[0].key not in refused.files
    assert past.wanted(bars, "BNBUSDT", first, refused.files) == [window]
    assert past.wanted(bars, "BNBUSDT", first, emptied, recheck=True) == [window]
    assert past.hashes(emptied) == {}
    assert read.frame["open_interest"].notna().all()


def test_bars_without_a_trade_are_told_from_a_quiet_price(tmp_path: Path) -> None:
    """The exchange repeats the last price where nobody trades; one that stands while many do is a price."""
    asked = understood("BNBUSDT", "2026-03-02", None, "1h", tmp_path, "http://127.0.0.1:9")
    price = {name: [600.0] * 4 for name in ("open", "high", "low", "close")}
    traded = frame_of(**price, volume=[5.0, 0.0, 0.0, np.nan])

    dead = answer(asked, traded, (), (), 0)
    quiet = answer(asked, traded.assign(volume=5.0), (), (), 0)

    assert dead.remarks == (
        "klines: 2 of 4 bar(s) have no trade, so their prices only repeat the last; "
        "the first ends 2026-03-02 02:00 UTC",
    )
    assert quiet.remarks == ()
