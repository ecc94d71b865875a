"""A store at an address: copied once, again only where it has changed, and never believed unchecked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from oikit import report
from oikit.data import mirror, store
from oikit.errors import InputError, MissingExtra, ReportError, StoreError
from oikit.files import store_root
from oikit.report.batch import batch, listed
from tests.conftest import frame
from tests.report_parts import MARKETS, few_weeks, last_week

fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed; pip install 'oikit[data]'")

STEP = pd.Timedelta(hours=4)
ORIGIN = {"address": "https://fapi.binance.com", "fetched_at": "2026-03-20T00:10:00+00:00"}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copies are kept here."""
    monkeypatch.setenv("OIKIT_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def there(tmp_path: Path) -> Iterator[str]:
    """An empty place of a file system that is no disk."""
    address = f"memory://{tmp_path}/store"
    yield address
    files = fsspec.filesystem("memory")
    if files.exists(address):
        files.rm(address, recursive=True)


def put(address: str, folder: Path) -> Any:
    """Copy a store there, as one would with the tool of a cloud."""
    files = fsspec.filesystem("memory")
    files.put(f"{folder}/", f"{address}/", recursive=True)
    return files


def write(root: Path, values: list[float], symbol: str = "BNBUSDT") -> Path:
    """A few bars of four hours, at the turn of a month."""
    store.write(root, symbol, STEP, frame("4h", "2026-02-28 20:00", close=values), ORIGIN)
    return root


def back(root: Path) -> list[float]:
    """What is read."""
    since, until = (pd.Timestamp(f"2026-{day}", tz="UTC") for day in ("02-28 16:00", "03-01 04:00"))
    return store.read(root, "BNBUSDT", STEP, since, until)["close"].tolist()


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which files are asked for, by name."""
    asked: list[str] = []
    kind = type(fsspec.filesystem("memory"))
    plain = kind.cat_file

    def cat_file(self: Any, path: str, *rest: Any, **more: Any) -> Any:
        asked.append(path.rsplit("/", 1)[-1])
        return plain(self, path, *rest, **more)

    monkeypatch.setattr(kind, "cat_file", cat_file)
    return asked


def test_a_market_is_copied_once_and_read_from_the_copy(
    there: str, tmp_path: Path, counted: list[str]
) -> None:
    """The second time only the manifest is asked for."""
    put(there, write(tmp_path / "store", [600.0, 601.0, 602.0]))

    assert back(mirror.near(there, "BNBUSDT")) == [600.0, 601.0, 602.0]
    assert sorted(counted) == ["2026-02.parquet", "2026-03.parquet", "manifest.json"]
    counted.clear()
    assert back(mirror.near(f"{there}/", "BNBUSDT")) == [600.0, 601.0, 602.0]
    assert counted == ["manifest.json"]


def test_only_the_month_that_changed_is_sent_again(there: str, tmp_path: Path, counted: list[str]) -> None:
    """And it stands in the copy."""
    put(there, write(tmp_path / "store", [600.0, 601.0, 602.0]))
    mirror.near(there, "BNBUSDT")
    put(there, write(tmp_path / "store", [600.0, 601.0, 603.0]))
    counted.clear()

    assert back(mirror.near(there, "BNBUSDT")) == [600.0, 601.0, 603.0]
    assert sorted(counted) == ["2026-03.parquet", "manifest.json"]


def test_a_file_that_was_damaged_on_the_way_is_refused(there: str, tmp_path: Path) -> None:
    """What was copied before stays as it was."""
    files = put(there, write(tmp_path / "store", [600.0, 601.0, 602.0]))
    here = mirror.near(there, "BNBUSDT")
    write(tmp_path / "store", [600.0, 601.0, 603.0])
    put(there, tmp_path / "store")
    files.pipe_file(f"{there}/binance/BNBUSDT/4h/2026-03.parquet", b"half")

    with pytest.raises(StoreError, match=r"2026-03.parquet is damaged, it is not what the manifest says"):
        mirror.near(there, "BNBUSDT")
    assert back(here) == [600.0, 601.0, 602.0]


def test_a_store_that_is_just_being_written_is_read_as_one_of_the_two(there: str, tmp_path: Path) -> None:
    """Its writer was stopped between the files: the month is the new one, the manifest knows both."""
    root = write(tmp_path / "store", [600.0, 601.0, 602.0])
    note = root / "binance/BNBUSDT/4h/manifest.json"
    old = json.loads(note.read_text(encoding="utf-8"))
    write(root, [600.0, 601.0, 603.0])
    new = json.loads(note.read_text(encoding="utf-8"))
    note.write_text(json.dumps({**old, "coming": {"2026-03": new["files"]["2026-03"]}}), encoding="utf-8")
    put(there, root)

    assert back(mirror.near(there, "BNBUSDT")) == [600.0, 601.0, 603.0]


@pytest.mark.parametrize(
    ("month", "content", "says"),
    [
        ("../../../away", None, r"cannot read the store memory://.*files is no list of months"),
        ("", "{", "cannot read the store memory://"),
        ("", "[]", "cannot read the store memory://"),
    ],
)
def test_a_manifest_of_something_else_is_refused(
    month: str, content: str | None, says: str, there: str, tmp_path: Path, cache: Path
) -> None:
    """No name in it leads out of the copy."""
    root = write(tmp_path / "store", [600.0, 601.0, 602.0])
    note = root / "binance/BNBUSDT/4h/manifest.json"
    found = json.loads(note.read_text(encoding="utf-8"))
    if month:
        found["files"][month] = found["files"].pop("2026-03")
    note.write_text(json.dumps(found) if content is None else content, encoding="utf-8")
    put(there, root)

    with pytest.raises(StoreError, match=says):
        mirror.near(there, "BNBUSDT")
    assert not list(cache.rglob("*.parquet"))


@pytest.mark.parametrize(
    ("where", "error", "says"),
    [
        ("nosuchscheme://bucket", InputError, "the address nosuchscheme://bucket cannot be used"),
        ("https://example.org/store", InputError, "is a web address, which lists no files; copy it"),
    ],
)
def test_an_address_that_is_none_is_said(where: str, error: type[Exception], says: str) -> None:
    """Both doors."""
    for ask in (lambda: mirror.near(where, "BNBUSDT"), lambda: mirror.names(where)):
        with pytest.raises(error, match=says):
            ask()


def test_a_place_that_does_not_answer_is_said(
    there: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its file system raises."""
    put(there, write(tmp_path / "store", [600.0]))

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "no leave")

    monkeypatch.setattr(type(fsspec.filesystem("memory")), "glob", refuse)
    with pytest.raises(StoreError, match=r"cannot read the store memory://.* \(no leave\)"):
        mirror.names(there)


def test_a_copy_that_cannot_be_kept_is_said(there: str, cache: Path) -> None:
    """In one line, with what to set."""
    cache.write_text("a file")

    with pytest.raises(StoreError, match="choose another folder with OIKIT_CACHE"):
        mirror.near(there, "BNBUSDT")


def test_nothing_is_fetched_into_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has no lock; before, a folder named after it would have been made."""
    monkeypatch.setenv("OIKIT_STORE", "s3://bucket/store")

    with pytest.raises(InputError, match="is an address; bars are fetched into a folder"):
        store_root()
    assert store_root("elsewhere") == Path("elsewhere")


def test_a_folder_is_given_back(tmp_path: Path) -> None:
    """Nothing is copied."""
    write(tmp_path / "store", [600.0])

    assert mirror.near(tmp_path / "store", "BNBUSDT") == tmp_path / "store"
    assert mirror.names(tmp_path / "store") == ["BNBUSDT"]
    assert mirror.names(tmp_path / "none") == []


def test_without_fsspec_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra that brings it."""
    monkeypatch.setitem(__import__("sys").modules, "fsspec.core", None)

    with pytest.raises(MissingExtra, match=r"oikit\[data\]"):
        mirror.near("memory://x", "BNBUSDT")


@pytest.mark.notebook
def test_reports_of_a_store_at_an_address_have_the_same_bytes(tmp_path: Path) -> None:
    """One, and a batch of all that are there."""
    root, there = few_weeks(tmp_path / "store"), f"simplecache::file://{tmp_path}/store"

    assert listed("all", store=there) == list(MARKETS)
    week = last_week()
    batch(MARKETS, week=week, store=root, out=tmp_path / "here", formats="json")
    made = batch(MARKETS, week=week, store=there, out=tmp_path / "far", formats="json")
    assert not made.missed
    one = report.run(MARKETS[0], week=week, store=there, out=tmp_path / "one", formats="json")
    for name in ("index.json", "index.html", f"{MARKETS[0]}-{week}.facts.json"):
        assert (tmp_path / "far" / name).read_bytes() == (tmp_path / "here" / name).read_bytes()
    assert one.facts.read_bytes() == (tmp_path / "here" / one.facts.name).read_bytes()


def test_a_market_that_is_not_there_is_said_with_those_that_are(there: str, tmp_path: Path) -> None:
    """By the address that was typed, not by the copy."""
    put(there, write(tmp_path / "store", [600.0]))

    with pytest.raises(ReportError, match=r"the store memory://.*/store holds BNBUSDT; to fill it"):
        report.subject("ETHUSDT", store=there)
