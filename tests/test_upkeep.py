"""Looking after the store: what is there, what is wrong with it, and how to get it out."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from oikit import cli
from oikit.data import held, store
from oikit.data.upkeep import compact, export, shelves, verify
from oikit.errors import InputError
from tests.conftest import frame

STEP = pd.Timedelta(hours=4)
ORIGIN: dict[str, Any] = {"address": "https://fapi.binance.com", "fetched_at": "2026-03-20T00:10:00+00:00"}


def filled(root: Path, symbol: str = "BNBUSDT", **more: Any) -> Path:
    """A store with two months of one market; its folder."""
    bars = frame(
        "4h", "2026-02-28 16:00", close=[0.1 + 0.2, 2.0, 3.0, 4.0], open_interest=[5.0, math.nan, 6.0, 7.0]
    )
    store.write(root, symbol, STEP, bars, {**ORIGIN, "remarks": [], **more})
    return root / "binance" / symbol / "4h"


def test_each_market_is_one_line(tmp_path: Path) -> None:
    """What, how much, from when to when, from where, and how old."""
    filled(tmp_path)
    held.note_files(
        tmp_path, "BNBUSDT", STEP, "stick", {"a": {"sha256": "1"}, "b": {"missing": ORIGIN["fetched_at"]}}
    )
    [shelf], wrong = shelves(tmp_path)

    assert str(shelf).startswith(
        "BNBUSDT 4h: 4 bars in (2026-02-28 12:00, 2026-03-01 04:00] UTC, 2 file(s), 0.0 MiB, "
        "from https://fapi.binance.com and 1 file(s) of its archive, fetched 2026-03-20 00:10 UTC"
    )
    assert wrong == []
    assert shelves(tmp_path / "none") == ([], [])


def test_a_whole_store_verifies(tmp_path: Path) -> None:
    """Nothing is wrong, and nothing is written."""
    filled(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    assert verify(tmp_path) == []
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    with pytest.raises(InputError, match="there is no store at"):
        verify(tmp_path / "none")


def flip(where: Path) -> None:
    body = bytearray((where / "2026-03.parquet").read_bytes())
    body[len(body) // 2] ^= 1
    (where / "2026-03.parquet").write_bytes(bytes(body))


def said_otherwise(where: Path) -> None:
    note = json.loads((where / "manifest.json").read_text())
    note["files"]["2026-03"]["rows"] = 99
    (where / "manifest.json").write_text(json.dumps(note))


def odd(where: Path, change: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    """A file that fits its checksum and still cannot be true."""
    import hashlib

    path, note = where / "2026-03.parquet", json.loads((where / "manifest.json").read_text())
    change(pd.read_parquet(path)).to_parquet(path)
    note["files"]["2026-03"]["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    (where / "manifest.json").write_text(json.dumps(note))


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (flip, "2026-03.parquet: it is damaged, its checksum is not the one in manifest.json"),
        (lambda where: (where / "2026-03.parquet").unlink(), "2026-03.parquet: is gone; fetch again"),
        (
            lambda where: (where / "2026-04.parquet").write_bytes(b"x"),
            "2026-04.parquet: no manifest names it",
        ),
        (lambda where: (where / "manifest.json").write_text("{"), "manifest.json: it is damaged"),
        (
            lambda where: (where / "archive.json").write_text("[]"),
            "archive.json: it is damaged, it lists no files; move it away",
        ),
        (said_otherwise, "1 rows are not those of its manifest"),
        (lambda where: (where / ".a.0.part").write_bytes(b""), ".a.0.part: left half written"),
        (lambda where: odd(where, lambda x: x.assign(close=-1.0)), "close holds a value that cannot be"),
        (lambda where: odd(where, lambda x: x.assign(close=math.inf)), "close holds a value that cannot be"),
        (
            lambda where: odd(where, lambda x: pd.concat([x, x]).iloc[:1].set_axis(x.index + STEP / 8)),
            "ends no bar",
        ),
        (lambda where: odd(where, lambda x: pd.concat([x, x])), "out of order, or stand twice"),
    ],
)
def test_whatever_is_wrong_is_found(harm: Callable[[Path], object], says: str, tmp_path: Path) -> None:
    """And said with the file's name and what to do."""
    harm(filled(tmp_path))

    wrong = verify(tmp_path)

    assert any(says in line for line in wrong)


def test_compacting_takes_away_what_is_of_no_use(tmp_path: Path) -> None:
    """Half-written files and the memory of old fetches, and no bar."""
    for number in range(5):
        where = filled(tmp_path, number=number)
    (where / ".x.0.part").write_bytes(b"")
    bars = {path.name: path.read_bytes() for path in where.glob("*.parquet")}

    assert compact(tmp_path, keep=2) == [
        f"{where / '.x.0.part'}: taken away, it was left half written",
        "BNBUSDT 4h: 2 of 5 fetches remembered",
    ]
    assert [each["number"] for each in store.manifest(tmp_path, "BNBUSDT", STEP)["fetches"]] == [3, 4]
    assert {path.name: path.read_bytes() for path in where.glob("*.parquet")} == bars
    assert compact(tmp_path, keep=2) == ["BNBUSDT 4h: 2 of 2 fetches remembered"]


def test_a_csv_reads_back_as_the_same_numbers(tmp_path: Path) -> None:
    """Whoever reads no Parquet gets the same table: a missing value is an empty cell."""
    filled(tmp_path)

    assert export(tmp_path, "BNBUSDT", "4h", tmp_path / "bnb.csv") == 4

    text = (tmp_path / "bnb.csv").read_text()
    assert text.splitlines()[:3] == [
        "time,close,open_interest",
        "2026-02-28T16:00:00Z,0.30000000000000004,5.0",
        "2026-02-28T20:00:00Z,2.0,",
    ]
    with pytest.raises(InputError, match="holds nothing of ETHUSDT 4h; it holds BNBUSDT 4h"):
        export(tmp_path, "ETHUSDT", "4h", tmp_path / "eth.csv")


# ---------------------------------------------------------------- the command


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(["store", *arguments])
    written = capsys.readouterr()
    return int(ended.value.code or 0), written.out, written.err


def test_the_command_lists_verifies_compacts_and_exports(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the shell, with --store or OIKIT_STORE."""
    root = tmp_path / "store"
    where = filled(root)
    monkeypatch.setenv("OIKIT_STORE", str(root))

    assert run(capsys, "list")[1].startswith("BNBUSDT 4h: 4 bars in (")
    assert run(capsys, "verify", "--store", str(root)) == (
        0,
        f"{root}: 1 market(s), every file as it was written\n",
        "",
    )
    assert run(capsys, "compact")[:2] == (0, "BNBUSDT 4h: 1 of 1 fetches remembered\n")
    csv = tmp_path / "out.csv"
    assert run(capsys, "export", "BNBUSDT", str(csv), "--every", "4h")[1] == f"{csv}: 4 rows of BNBUSDT 4h\n"
    flip(where)
    code, out, err = run(capsys, "verify")
    assert (code, out.count("damaged"), err) == (2, 1, f"oikit: 1 thing(s) are wrong with {root}\n")


@pytest.mark.parametrize(
    "odd",
    [
        "BNBUSDT (conflicted copy)/4h",
        "BNBUSDT/4h (1)",
        "BNBUSDT/240min",
        "bnbusdt/4h",
        "BNBUSDT/old",
        "\x1b[2J/4h",
    ],
)
def test_folders_of_other_peoples_tools_are_skipped_and_told(odd: str, tmp_path: Path) -> None:
    """A synchronised folder gets copies with odd names: no command stumbles over one, and verify names it."""
    shutil.copytree(filled(tmp_path), tmp_path / "binance" / odd)

    assert store.markets(tmp_path) == [("BNBUSDT", "4h")]
    assert [shelf.symbol for shelf in shelves(tmp_path)[0]] == ["BNBUSDT"]
    assert len(compact(tmp_path)) == 1
    (told,) = verify(tmp_path)
    assert "no market and bar length of ours" in told
    assert "\x1b" not in told
