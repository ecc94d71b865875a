"""Stores that were cut short, edited, copied or planted: every command says what is wrong, in one line."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from oikit import cli
from oikit.data import store
from oikit.data.store import read
from oikit.data.upkeep import verify
from oikit.errors import StoreError
from tests.bulk_files import stand_in
from tests.stand_in import get

pytestmark = pytest.mark.venue
NOW = "2026-03-20T00:10:00Z"
STEP = pd.Timedelta(hours=4)
FETCH = ["fetch", "BNBUSDT", "--since", "2026-02-20", "--until", "2026-03-19", "--every", "4h"]
COMMANDS: dict[str, list[str]] = {
    "list": ["store", "list"],
    "verify": ["store", "verify"],
    "export": ["store", "export", "BNBUSDT", "out.csv", "--every", "4h"],
    "claims": ["claims", "BNBUSDT", "--json"],
    "fetch": FETCH,
    "compact": ["store", "compact"],
}
Harm = Callable[[Path], object]
"""What is done to the folder of the market, ROOT/binance/BNBUSDT/4h."""


@pytest.fixture(scope="module")
def venue() -> Iterator[Any]:
    with stand_in(NOW, window_scale=0.01) as v:
        yield v


@pytest.fixture(scope="module")
def good(venue: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that is as it was written."""
    root = tmp_path_factory.mktemp("good") / "store"
    get(venue, root, since="2026-02-20", until="2026-03-19")
    return root


def note(change: Callable[[dict[str, Any]], object], name: str = "manifest.json") -> Harm:
    """Edit the manifest."""

    def harm(where: Path) -> None:
        found = json.loads((where / name).read_text())
        change(found)
        (where / name).write_text(json.dumps(found))

    return harm


def text(body: bytes, name: str = "manifest.json") -> Harm:
    return lambda where: (where / name).write_bytes(body)


def bars(change: Callable[[pd.DataFrame], pd.DataFrame] | None, body: bytes = b"") -> Harm:
    """Another table of March, with the checksum of it: what a hostile classmate can do."""

    def harm(where: Path) -> None:
        path = where / "2026-03.parquet"
        if change:
            change(pd.read_parquet(path)).to_parquet(path)
        else:
            path.write_bytes(body)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        note(lambda found: found["files"]["2026-03"].update(sha256=digest))(where)

    return harm


def instead(name: str, put: Callable[[Path], object]) -> Harm:
    """Something else where a file was."""

    def harm(where: Path) -> None:
        (where / name).unlink()
        put(where / name)

    return harm


def flip(where: Path) -> None:
    body = bytearray((where / "2026-03.parquet").read_bytes())
    body[len(body) // 2] ^= 255
    (where / "2026-03.parquet").write_bytes(bytes(body))


def moved_out(where: Path) -> None:
    outside = where.parents[3] / "outside"
    shutil.move(where.parent, outside)
    where.parent.symlink_to(outside)


def copied(name: str) -> Harm:
    return lambda where: shutil.copytree(where, where.parent / name)


def market(name: str) -> Harm:
    return lambda where: shutil.copytree(where.parent, where.parents[1] / name)


KEY = "data/futures/um/daily/metrics/BNBUSDT/BNBUSDT-metrics-2026-02-20.zip"

# What is done, and whether a fetch must then go on and give the truth ("whole"), or may refuse with words.
DAMAGE: dict[str, tuple[Harm, str]] = {
    "bars cut short": (lambda where: os.truncate(where / "2026-03.parquet", 500), "2026-03.parquet"),
    "a bit turned": (flip, "2026-03.parquet"),
    "bars empty": (lambda where: os.truncate(where / "2026-03.parquet", 0), "2026-03.parquet"),
    "bars gone": (lambda where: (where / "2026-03.parquet").unlink(), "whole"),
    "manifest gone": (lambda where: (where / "manifest.json").unlink(), "holds 2 file(s) of bars, but no"),
    "manifest empty": (text(b""), "it is no JSON"),
    "manifest a list": (text(b"[]"), "it lists no files"),
    "manifest of no files": (text(b'{"files": {}}'), "it lists no files"),
    "manifest with a mark": (
        lambda where: text(b"\xef\xbb\xbf" + (where / "manifest.json").read_bytes())(where),
        "whole",
    ),
    "manifest in UTF-16": (
        lambda where: text((where / "manifest.json").read_text().encode("utf-16"))(where),
        "it is no JSON",
    ),
    "manifest too deep": (text(b"[" * 100_000), "it is no JSON"),
    "no until": (note(lambda x: x.pop("until")), "until is no time"),
    "no since": (note(lambda x: x.pop("since")), "since is no time"),
    "no fetched_at": (note(lambda x: x.pop("fetched_at")), "fetched_at is no time"),
    "no address": (note(lambda x: x.pop("address")), "address is no text"),
    "no fetches": (note(lambda x: x.pop("fetches")), "fetches is no list"),
    "no rows": (note(lambda x: x.pop("rows")), "rows is no number"),
    "no sha256": (note(lambda x: x["files"]["2026-03"].pop("sha256")), "files is no list of months"),
    "no last": (note(lambda x: x["files"]["2026-03"].pop("last")), "files is no list of months"),
    "until is a word": (note(lambda x: x.update(until="soon")), "until is no time"),
    "until is a number": (note(lambda x: x.update(until=12)), "until is no time"),
    "until without a zone": (note(lambda x: x.update(until="2026-03-19")), "until is no time"),
    "until far away": (note(lambda x: x.update(until="999999-01-01T00:00:00Z")), "until is no time"),
    "fetched_at is a word": (note(lambda x: x.update(fetched_at="yesterday")), "fetched_at is no time"),
    "lacking is a number": (note(lambda x: x.update(lacking=5)), "lacking is no list of texts"),
    "no_supply is words": (note(lambda x: x.update(no_supply=["soon"])), "no_supply is no list of times"),
    "fetches is a dict": (note(lambda x: x.update(fetches={"a": 1})), "fetches is no list of fetches"),
    "fetches are words": (note(lambda x: x.update(fetches=["a"])), "fetches is no list of fetches"),
    "fetches without remarks": (note(lambda x: x.update(fetches=[{}])), "fetches is no list of fetches"),
    "coming is a list": (note(lambda x: x.update(coming=["2026-03"])), "coming is no list of months"),
    "archive is a word": (note(lambda x: x.update(archive="x")), "archive is no archive"),
    "a month is null": (note(lambda x: x.update(files={"2026-03": None})), "files is no list of months"),
    "a month leads away": (
        note(lambda x: x["files"].update({"../../../../etc/x": x["files"]["2026-03"]})),
        "files is no list of months",
    ),
    "a thirteenth month": (
        note(lambda x: x["files"].update({"2026-13": x["files"]["2026-03"]})),
        "files is no list of months",
    ),
    "a newer schema": (note(lambda x: x.update(schema=99)), "a newer oikit has written it (schema 99"),
    "control codes": (note(lambda x: x.update(address="\x1b[2J all is well")), "address is no text"),
    "archive.json is junk": (text(b'{"files": {"x": 1}}', "archive.json"), "archive.json: it is damaged"),
    "archive.json is cut": (text(b'{"files', "archive.json"), "archive.json: it is damaged"),
    "archive.json says little": (
        lambda where: text(json.dumps({"files": {KEY: {}}}).encode(), "archive.json")(where),
        "whole",
    ),
    "archive.json says a word": (
        lambda where: text(json.dumps({"files": {KEY: {"missing": "soon"}}}).encode(), "archive.json")(where),
        "archive.json: it is damaged",
    ),
    "a conflicted copy": (copied("4h (conflicted copy)"), "whole"),
    "a hidden folder": (copied(".DS_Store"), "whole"),
    "a backup": (copied("backup"), "whole"),
    "a market in small letters": (market("bnbusdt"), "whole"),
    "a market of markup": (market("<img src=x onerror=alert(1)>"), "whole"),
    "a market of control codes": (market("\x1b[31mEVIL\x1b[0m\nBTCUSDT 4h all fine"), "whole"),
    "bars are a folder": (instead("2026-03.parquet", Path.mkdir), "2026-03.parquet"),
    "manifest is a folder": (instead("manifest.json", Path.mkdir), "manifest.json"),
    "manifest is a pipe": (instead("manifest.json", os.mkfifo), "it is no file"),
    "bars are a pipe": (instead("2026-03.parquet", os.mkfifo), "it is no file"),
    "lock is a folder": (
        lambda where: ((where.parents[2] / ".lock").unlink(), (where.parents[2] / ".lock").mkdir()),
        "whole",
    ),
    "foreign files": (
        lambda where: [(where / x).write_text("x") for x in ("notes.txt", "2026-04.parquet", ".hidden")],
        "whole",
    ),
    "a loop": (lambda where: (where.parents[1] / "LOOP").symlink_to(where.parents[1]), "whole"),
    "moved behind a link": (moved_out, "whole"),
    "a column of words": (bars(lambda x: x.assign(evil="x")), "holds something other than numbers"),
    "no times": (bars(lambda x: x.reset_index(drop=True)), "its rows have no times"),
    "rows twice": (bars(lambda x: pd.concat([x, x]).sort_index()), "out of order, or stand twice"),
    "garbage": (bars(None, b"PAR1garbagePAR1"), "it is no table"),
}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize("damage", DAMAGE)
def test_every_command_says_in_a_line_what_is_wrong_with_a_store(
    damage: str,
    good: Path,
    venue: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No traceback and no figure that is not there; and nothing that it prints steers the terminal."""
    harm, says = DAMAGE[damage]
    truth = read(
        good, "BNBUSDT", STEP, pd.Timestamp("2026-02-20", tz="UTC"), pd.Timestamp("2026-03-19", tz="UTC")
    )
    root = tmp_path / "store"
    shutil.copytree(good, root)
    harm(root / "binance" / "BNBUSDT" / "4h")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OIKIT_STORE", str(root))
    monkeypatch.setenv("OIKIT_BINANCE_REST", venue.url)
    monkeypatch.setenv("OIKIT_ARCHIVE", venue.url)

    said: dict[str, tuple[int, str]] = {}
    for name, command in COMMANDS.items():
        with pytest.raises(SystemExit) as ended:
            cli.main(command)
        written = capsys.readouterr()
        said[name] = int(ended.value.code or 0), written.out + written.err
        assert not [each for each in ("\x1b", "\r", "Traceback") if each in said[name][1]]
        assert written.err.count("\n") <= 1
        assert (said[name][0] == 0) == (written.err == "")

    if says == "whole":
        assert said["fetch"][0] == 0
        now = read(
            root, "BNBUSDT", STEP, pd.Timestamp("2026-02-20", tz="UTC"), pd.Timestamp("2026-03-19", tz="UTC")
        )
        assert now[list(truth)].equals(truth)
    else:
        assert said["fetch"][0] == 2
        assert says in said["fetch"][1]
        assert "away and fetch again" in said["fetch"][1] or "choose another folder" in said["fetch"][1]
        assert said["verify"][0] == 2


def test_a_manifest_that_is_gone_is_named_once_for_all_its_files(good: Path, tmp_path: Path) -> None:
    """Not file after file: nothing vouches for any of them."""
    shutil.copytree(good, tmp_path / "store")
    (tmp_path / "store/binance/BNBUSDT/4h/manifest.json").unlink()

    (line,) = verify(tmp_path / "store")

    assert (
        "4h holds 2 file(s) of bars, but no manifest.json that vouches for them; move the folder away" in line
    )


def test_a_manifest_of_the_first_kind_is_read(good: Path, venue: Any, tmp_path: Path) -> None:
    """A store of an older oikit says no schema; it is read as it is, and says one once it is written to."""
    shutil.copytree(good, tmp_path / "store")
    where = tmp_path / "store/binance/BNBUSDT/4h"
    note(lambda found: found.pop("schema"))(where)

    assert verify(tmp_path / "store") == []
    get(venue, tmp_path / "store", since="2026-02-20", until="2026-03-19T12:00")
    assert json.loads((where / "manifest.json").read_text())["schema"] == 1


@pytest.mark.parametrize("name", ["BNBUSDT/4h/.manifest.json.0123456789ab.part", "../.0123456789ab.part"])
def test_what_a_kill_at_the_last_rename_leaves_the_next_fetch_takes_away(
    name: str, good: Path, venue: Any, tmp_path: Path
) -> None:
    """Also where the store knows everything that is asked for, or knows it but for the last line."""
    root = tmp_path / "store"
    shutil.copytree(good, root)
    part, where = root / "binance" / name, root / "binance/BNBUSDT/4h"
    part.write_bytes(b"{")
    found = json.loads((where / "manifest.json").read_text())
    (where / "manifest.json").write_text(
        json.dumps({**found, "coming": {"2026-03": found["files"]["2026-03"]}})
    )
    until = "2026-03-19" if "BNB" in name else "2026-03-19T12:00"

    get(venue, root, since="2026-02-20", until=until)

    assert verify(root) == []
    assert "coming" not in store.manifest(root, "BNBUSDT", STEP)


def test_a_store_that_can_only_be_read_is_read_with_what_a_kill_left(
    good: Path, venue: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tidying up is no reason not to answer."""
    root = tmp_path / "store"
    shutil.copytree(good, root)
    (root / "binance/BNBUSDT/4h/.x.0123456789ab.part").write_bytes(b"{")

    def full(*_: object, **__: object) -> None:
        raise StoreError("this disk can only be read")

    monkeypatch.setattr(store, "settle", full)

    assert get(venue, root, since="2026-02-20", until="2026-03-19").requests == 0
