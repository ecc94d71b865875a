"""The store: nothing known is lost, nothing half-written is read, nothing is written elsewhere."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oikit.data import store
from oikit.data.upkeep import verify
from oikit.errors import InputError, StoreError
from oikit.files import store_root
from tests.conftest import frame

STEP = pd.Timedelta(hours=4)
NAN = float("nan")
ORIGIN: dict[str, Any] = {"address": "https://fapi.binance.com", "fetched_at": "2026-03-20T00:10:00+00:00"}


def bars(values: list[float], since: str = "2026-03-02 04:00", column: str = "close") -> pd.DataFrame:
    """A few bars of four hours."""
    return frame("4h", since, **{column: values})


def back(root: Path, since: str = "2026-03-02", until: str = "2026-03-02 16:00") -> pd.DataFrame:
    """What the store knows."""
    return store.read(root, "BNBUSDT", STEP, pd.Timestamp(since, tz="UTC"), pd.Timestamp(until, tz="UTC"))


def put(root: Path, rows: pd.DataFrame, **more: Any) -> list[str]:
    """Write some bars with a plain origin."""
    return store.write(root, "BNBUSDT", STEP, rows, {**ORIGIN, "remarks": [], **more})


def test_what_is_written_is_read_to_the_last_digit(tmp_path: Path) -> None:
    """A double goes through a file unchanged."""
    rows = bars([501296.11, 0.1 + 0.2, 304660215.81654020, NAN])
    put(tmp_path, rows)

    pd.testing.assert_frame_equal(
        back(tmp_path), rows.set_axis(rows.index.as_unit("us")).iloc[:4], check_freq=False
    )


def test_what_is_not_stored_is_nan_on_the_grid(tmp_path: Path) -> None:
    """One row a bar, whether or not anybody stored it."""
    put(tmp_path, bars([1.0], "2026-03-02 08:00"))

    np.testing.assert_equal(back(tmp_path)["close"].to_numpy(), [NAN, 1.0, NAN, NAN])


def test_an_empty_store_has_the_grid_and_no_columns(tmp_path: Path) -> None:
    """Nothing is known, and that is no error."""
    assert back(tmp_path / "new").shape == (4, 0)
    assert store.manifest(tmp_path / "new", "BNBUSDT", STEP) == {}
    assert store.markets(tmp_path / "new") == []


def test_a_bar_that_ends_at_midnight_belongs_to_the_month_it_lies_in(tmp_path: Path) -> None:
    """Files are cut as bars are: (first, last]."""
    put(tmp_path, bars([1.0, 2.0, 3.0], "2026-02-28 20:00"))
    folder = tmp_path / "binance" / "BNBUSDT" / "4h"

    assert sorted(path.name for path in folder.iterdir()) == [
        "2026-02.parquet",
        "2026-03.parquet",
        "manifest.json",
    ]
    assert len(pd.read_parquet(folder / "2026-02.parquet")) == 2


def test_nan_never_replaces_a_known_value(tmp_path: Path) -> None:
    """What the venue no longer gives is still known here."""
    put(tmp_path, bars([1.0, 2.0, NAN, 4.0]))
    remarks = put(tmp_path, bars([NAN, 2.0, 3.0, NAN]))

    assert back(tmp_path)["close"].tolist() == [1.0, 2.0, 3.0, 4.0]
    assert remarks == []


def test_a_revision_is_kept_counted_and_said(tmp_path: Path) -> None:
    """History that changes is news, not noise."""
    put(tmp_path, bars([1.0, 2.0, 3.0, 4.0]))
    remarks = put(tmp_path, bars([1.0, 2.5, 3.0, 4.5]))

    assert back(tmp_path)["close"].tolist() == [1.0, 2.5, 3.0, 4.5]
    assert remarks == [
        "revised: 2 known value(s) changed, the newer stand; first close at 2026-03-02 08:00 UTC, 2 to 2.5"
    ]
    assert store.manifest(tmp_path, "BNBUSDT", STEP)["fetches"][-1]["remarks"] == remarks


def test_columns_and_rows_grow_together(tmp_path: Path) -> None:
    """Series arrive one after another, and months too."""
    put(tmp_path, bars([1.0, 2.0]))
    put(tmp_path, bars([7.0, 8.0], "2026-03-02 08:00", "open_interest"))

    np.testing.assert_equal(back(tmp_path).to_numpy(), [[1.0, NAN], [2.0, 7.0], [NAN, 8.0], [NAN, NAN]])
    assert store.manifest(tmp_path, "BNBUSDT", STEP)["columns"] == ["close", "open_interest"]


def test_the_manifest_tells_where_bars_come_from(tmp_path: Path) -> None:
    """Range, rows, address, time, and a checksum that fits each file."""
    put(tmp_path, bars([1.0, 2.0, 3.0], "2026-02-28 20:00"), remarks=["one repair (1)"])
    note = store.manifest(tmp_path, "BNBUSDT", STEP)
    content = (tmp_path / "binance/BNBUSDT/4h/2026-03.parquet").read_bytes()

    assert (note["rows"], note["since"], note["until"]) == (
        3,
        "2026-02-28T16:00:00+00:00",
        "2026-03-01T04:00:00+00:00",
    )
    assert note["address"] == ORIGIN["address"]
    assert note["files"]["2026-03"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert note["fetches"][0]["remarks"] == ["one repair (1)"]
    assert store.markets(tmp_path) == [("BNBUSDT", "4h")]


def test_a_manifest_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A market that is watched is written to every five minutes."""
    monkeypatch.setattr(store, "_KEPT", 2)
    for value in (1.0, 2.0, 3.0):
        put(tmp_path, bars([value]), number=value)

    assert [f["number"] for f in store.manifest(tmp_path, "BNBUSDT", STEP)["fetches"]] == [2.0, 3.0]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A full disk or a pulled plug: the old bars are there, and no half of the new."""
    put(tmp_path, bars([1.0, 2.0]))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match=r"No space left on device.*--store or OIKIT_STORE"):
        put(tmp_path, bars([9.0, 9.0]))

    assert back(tmp_path)["close"].tolist()[:2] == [1.0, 2.0]
    assert not list(tmp_path.rglob("*.part"))


@pytest.mark.parametrize("number", range(1, 6))
def test_a_write_cut_short_anywhere_is_made_good(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between any two files: what is there can be read, and the next write leads to the same bytes."""
    rows = bars([1.0, 2.0, 3.0], "2026-02-28 20:00")
    put(tmp_path / "wanted", rows)
    put(tmp_path / "cut", rows.iloc[:2])
    replace, left = os.replace, [number]

    def pulled(*paths: Any) -> None:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt
        replace(*paths)

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", pulled)
        try:
            put(tmp_path / "cut", rows + 1)
        except KeyboardInterrupt:
            assert verify(tmp_path / "cut") == []
            store.settle(tmp_path / "cut", "BNBUSDT", STEP)
            assert "coming" not in store.manifest(tmp_path / "cut", "BNBUSDT", STEP)
    put(tmp_path / "cut", rows)

    for month in ("2026-02", "2026-03"):
        one, other = (tmp_path / name / f"binance/BNBUSDT/4h/{month}.parquet" for name in ("wanted", "cut"))
        assert one.read_bytes() == other.read_bytes()
    assert verify(tmp_path / "cut") == []


def test_a_first_write_cut_short_leaves_nothing_to_believe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A manifest that only promises is taken away; nothing to write is written nowhere."""

    def pulled(path: Any, *_: Any) -> None:
        if str(path).endswith("parquet") or ".parquet." in str(path):
            raise KeyboardInterrupt
        replace(path, *_)

    replace = os.replace
    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", pulled)
        with pytest.raises(KeyboardInterrupt):
            put(tmp_path, bars([1.0]))
    store.settle(tmp_path, "BNBUSDT", STEP)

    assert store.manifest(tmp_path, "BNBUSDT", STEP) == {}
    assert put(tmp_path, bars([NAN]), remarks=["nothing known"]) == ["nothing known"]
    assert store.markets(tmp_path) == []


@pytest.mark.parametrize("symbol", ["../../etc", "..", "a/b", "", "C:\\x"])
def test_no_symbol_leads_out_of_the_store(symbol: str, tmp_path: Path) -> None:
    """A name becomes a folder only if it can be nothing else."""
    with pytest.raises(InputError):
        store.write(tmp_path, symbol, STEP, bars([1.0]), ORIGIN)

    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_a_file_is_said_before_anything_is_fetched(tmp_path: Path) -> None:
    """One line, with what to type."""
    (tmp_path / "file").write_text("not a folder")

    for root in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StoreError, match=r"cannot write to .*--store or OIKIT_STORE"):
            store.check(root)


def test_a_read_only_folder_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the system calls it, the reader hears which folder and what to do."""

    def read_only(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "touch", read_only)

    with pytest.raises(StoreError, match=r"cannot write to .* \(Permission denied\)"):
        store.check(tmp_path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write to any folder")
def test_a_folder_without_leave_is_said(tmp_path: Path) -> None:
    """The same on a real folder."""
    tmp_path.chmod(0o500)

    with pytest.raises(StoreError, match="Permission denied"):
        store.check(tmp_path / "new")


def test_a_folder_that_can_be_written_is_left_clean(tmp_path: Path) -> None:
    """The probe goes as it came."""
    store.check(tmp_path / "new")

    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.parametrize("name", ["2026-03.parquet", "manifest.json"])
@pytest.mark.parametrize("content", [b"", b"PAR1 and no more", b"\xff\xfe"])
def test_a_damaged_file_is_said_and_not_read(name: str, content: bytes, tmp_path: Path) -> None:
    """Which file, and that moving it away is enough."""
    put(tmp_path, bars([1.0]))
    (tmp_path / "binance/BNBUSDT/4h" / name).write_bytes(content)

    what = "its folder" if name == "manifest.json" else "it"
    with pytest.raises(StoreError, match=rf"{name}.* move {what} away and fetch again"):
        if name == "manifest.json":
            store.manifest(tmp_path, "BNBUSDT", STEP)
        else:
            back(tmp_path)


@pytest.mark.parametrize("content", ["[]", '{"files": 7}', "3"])
def test_a_manifest_of_something_else_is_said(content: str, tmp_path: Path) -> None:
    """Valid JSON is not yet a manifest."""
    put(tmp_path, bars([1.0]))
    (tmp_path / "binance/BNBUSDT/4h/manifest.json").write_text(content)

    with pytest.raises(
        StoreError, match=r"manifest\.json: it is damaged, it lists no files; move its folder"
    ):
        store.manifest(tmp_path, "BNBUSDT", STEP)


def test_the_place_comes_from_the_environment_or_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same on every system."""
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path))
    assert store_root() == tmp_path
    monkeypatch.delenv("OIKIT_STORE")
    assert store_root() == Path.home() / ".oikit" / "store"


def test_a_manifest_is_readable_text(tmp_path: Path) -> None:
    """A person may open it."""
    put(tmp_path, bars([1.0]))
    text = (tmp_path / "binance/BNBUSDT/4h/manifest.json").read_text(encoding="utf-8")

    assert json.loads(text)["stamp"] == "end of bar, UTC"


cells = st.lists(st.one_of(st.just(NAN), st.floats(0.5, 9.5)), min_size=6, max_size=6)


@given(first=cells, second=cells)
def test_merging_loses_nothing(first: list[float], second: list[float]) -> None:
    """The newer value where it is known, else the older; and a remark exactly if a known one changed."""
    old, new = bars(first), bars(second)

    both, remark = store.merge(old, new)

    wanted = [b if b == b else a for a, b in zip(first, second, strict=True)]
    np.testing.assert_equal(both["close"].to_numpy(), wanted)
    assert bool(remark) == any(a == a and b == b and a != b for a, b in zip(first, second, strict=True))


@given(values=cells)
def test_merging_with_itself_changes_nothing(values: list[float]) -> None:
    """To fetch the same again is no revision."""
    once = bars(values)

    both, remark = store.merge(once, once)

    pd.testing.assert_frame_equal(both, once, check_freq=False)
    assert remark == ""


@pytest.mark.parametrize("column", ["long_short_ratio", "top_account_ratio", "top_position_ratio"])
@pytest.mark.parametrize(
    ("was", "now", "kept", "revised"),
    [
        (2.36471234, 2.3647, 2.36471234, False),
        (2.36471234, 2.3651, 2.36471234, False),  # the exchange rounds two shares first, and divides then
        (2.3647, 2.36471234, 2.36471234, False),
        (2.00041216, 2.0, 2.00041216, False),
        (2.3647, 2.3651, 2.3651, True),
        (2.3647, 2.365, 2.365, True),
        (2.36471234, 2.4647, 2.4647, True),
        (2.36471234, 2.36481234, 2.36481234, True),
        (2.36471234, NAN, 2.36471234, False),
    ],
)
def test_fewer_digits_are_no_revision_and_replace_nothing(
    column: str, was: float, now: float, kept: float, revised: bool
) -> None:
    """The archive writes eight decimals of a ratio, the exchange four; the longer stands, whoever is last."""
    both, remark = store.merge(bars([was, 1.5], column=column), bars([now], column=column))

    assert both[column].tolist() == [kept, 1.5]
    assert bool(remark) == revised


@pytest.mark.parametrize("column", ["close", "open_interest", "funding_rate", "volume"])
def test_any_other_figure_with_fewer_digits_is_revised(column: str) -> None:
    """Both services write these alike, so a shorter one is another one."""
    both, remark = store.merge(bars([0.60625], column=column), bars([0.6062], column=column))

    assert both[column].tolist() == [0.6062]
    assert remark.startswith("revised: 1 known value(s) changed")
