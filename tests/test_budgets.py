"""Budgets between processes, and the lock under them: counted together, held by the living only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest

from oikit.data import budgets
from oikit.data.budgets import FileLedger, Ledger
from oikit.data.http import Client
from oikit.data.venues.query import Budget, Query
from oikit.errors import InputError, RateLimited, StoreError
from oikit.files import locked, storing, write_atomic

KEY = ("http://venue.test", "data")
TEN = Budget(10, 300.0)


class Clock:
    """The same seconds for every ledger."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


def pair(tmp_path: Path) -> tuple[FileLedger, FileLedger, Clock]:
    clock = Clock()
    path = tmp_path / "budgets.json"
    return FileLedger(path, clock), FileLedger(path, clock), clock


def test_two_ledgers_on_one_file_count_together(tmp_path: Path) -> None:
    """As two notebooks do; four fifths of ten are eight, whoever spends them."""
    one, other, clock = pair(tmp_path)
    for each in (one, other) * 4:
        assert each.book(KEY, TEN, 1, 0.0) == 0.0

    wait = one.book(KEY, TEN, 1, 0.0)

    assert 299 <= wait <= 301
    assert other.book(("http://another", "data"), TEN, 1, 0.0) == 0.0
    clock.now += wait
    assert other.book(KEY, TEN, 8, 0.0) == 0.0


def test_the_file_stays_small(tmp_path: Path) -> None:
    """Thousands of requests in a window are a few hundred numbers."""
    one, _, clock = pair(tmp_path)
    for _ in range(600):
        clock.now += 0.5
        one.book(KEY, Budget(10_000, 300.0), 1, 0.0)

    assert len(json.loads((tmp_path / "budgets.json").read_text())["spent"][" ".join(KEY)]) <= 301
    assert one.book(KEY, Budget(700, 300.0), 1, 0.0) > 0  # and none of them is forgotten


def test_the_venues_own_count_is_shared_too(tmp_path: Path) -> None:
    """What one has heard the other believes."""
    one, other, _ = pair(tmp_path)
    one.heard(KEY, TEN, 8, 0.0)

    assert other.book(KEY, TEN, 1, 0.0) > 0


def test_a_ban_is_everybodys(tmp_path: Path) -> None:
    """Whoever asks on from this computer makes it longer for all; so nobody does."""
    clock, asked = Clock(), []

    def venue(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return httpx.Response(418, headers={"retry-after": "120"}, json={"code": -1003, "msg": "banned"})

    def client() -> Client:
        ledger = FileLedger(tmp_path / "budgets.json", clock)
        transport = httpx.MockTransport(venue)
        return Client("http://venue.test", budgets={"data": TEN}, transport=transport, ledger=ledger)

    for _ in range(3):
        with client() as each, pytest.raises(RateLimited, match="has banned this address for 120 s"):
            each.get(Query("/x", {}, "data"))
    assert len(asked) == 1
    clock.now += 121
    with client() as each, pytest.raises(RateLimited):
        each.get(Query("/x", {}, "data"))
    assert len(asked) == 2


def test_a_pause_is_everybodys(tmp_path: Path) -> None:
    """Retry-After is meant for the address."""
    one, other, clock = pair(tmp_path)
    one.hold("http://venue.test", 30.0, 0.0)
    one.hold("http://venue.test", 10.0, 0.0)

    assert other.held("http://venue.test", 0.0) == (30.0, "")
    clock.now += 31
    assert other.held("http://venue.test", 0.0) == (0.0, "")


def test_a_clock_that_is_set_back_stops_nobody_for_long(tmp_path: Path) -> None:
    """What was booked in the future is forgotten; a ban of years is none."""
    one, _, clock = pair(tmp_path)
    one.book(KEY, TEN, 8, 0.0)
    one.hold("http://venue.test", 100.0, 0.0, "banned")
    clock.now -= 1e6

    assert one.book(KEY, TEN, 1, 0.0) == 0.0
    assert one.held("http://venue.test", 0.0) == (0.0, "")


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"spent": 3, "held": {}}', '{"spent": {"a": [[1]]}, "held": {}}']
)
def test_a_broken_file_is_begun_anew(content: str, tmp_path: Path) -> None:
    """A count that was cut short is no reason not to ask."""
    one, other, _ = pair(tmp_path)
    (tmp_path / "budgets.json").write_text(content)

    assert one.book(KEY, TEN, 8, 0.0) == 0.0
    assert other.book(KEY, TEN, 1, 0.0) > 0


def test_without_a_file_a_process_counts_alone(tmp_path: Path) -> None:
    """A folder that is none, or a lock that nobody lets go of."""
    lone = FileLedger(tmp_path / "none" / "budgets.json", Clock())
    for _ in range(8):
        assert lone.book(KEY, TEN, 1, 0.0) == 0.0

    assert lone.book(KEY, TEN, 1, 0.0) > 0


def test_clients_share_the_computers_ledger(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One file in the folder for temporary files, named after whoever is logged in."""
    monkeypatch.setattr(budgets.tempfile, "gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(budgets.getpass, "getuser", lambda: "a/b c")
    budgets.shared.cache_clear()
    try:
        assert budgets.shared() is budgets.shared()
        budgets.shared().book(KEY, TEN, 1, 0.0)
        assert sorted(path.name for path in tmp_path.iterdir()) == [
            "oikit-budgets-abc.json",
            "oikit-budgets-abc.lock",
        ]

        def nobody() -> str:
            raise KeyError("no such user")

        monkeypatch.setattr(budgets.getpass, "getuser", nobody)
        budgets.shared.cache_clear()
        assert isinstance(budgets.shared(), Ledger)
    finally:
        budgets.shared.cache_clear()


BOOKS = """
import sys
from pathlib import Path
from oikit.data.budgets import FileLedger
from oikit.data.venues.query import Budget
ledger = FileLedger(Path(sys.argv[1]))
print(sum(ledger.book(("http://venue.test", "data"), Budget(100, 300.0), 1, 0.0) == 0.0 for _ in range(60)))
"""


def test_processes_together_spend_one_budget(tmp_path: Path) -> None:
    """Three that want sixty each get eighty in all: not one more, and not one is lost."""
    path = str(tmp_path / "budgets.json")
    command = [sys.executable, "-c", BOOKS, path]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]

    assert sum(int(each.communicate(timeout=60)[0]) for each in running) == 80


# ---------------------------------------------------------------- the lock, and files


def test_a_lock_is_held_by_one(tmp_path: Path) -> None:
    """A second one waits, and says so when it has waited long enough."""
    inside = threading.Event()
    go = threading.Event()

    def holder() -> None:
        with locked(tmp_path / ".lock"):
            inside.set()
            go.wait(10)

    thread = threading.Thread(target=holder)
    thread.start()
    inside.wait(10)
    with (
        pytest.raises(StoreError, match="another process has held it"),
        storing(tmp_path, "write to"),
        locked(tmp_path / ".lock", patience=0.05),
    ):
        pass
    go.set()
    with locked(tmp_path / ".lock"):
        pass
    thread.join()


@pytest.mark.skipif(os.name != "posix", reason="killed as posix kills")
def test_a_lock_dies_with_its_owner(tmp_path: Path) -> None:
    """Kill -9 leaves the file, and no lock."""
    code = """
import sys, time
from pathlib import Path
from oikit.files import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""
    path = tmp_path / ".lock"
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    with pytest.raises(TimeoutError), locked(path, patience=0.05):
        pass
    process.kill()
    process.wait()
    process.stdout.close()

    with locked(path, patience=5.0):
        assert path.exists()


def test_a_file_is_put_whole(tmp_path: Path) -> None:
    """And nothing beside it is left."""
    write_atomic({tmp_path / "a": b"old"})
    write_atomic({tmp_path / "a": b"new"}, durable=True)

    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"new")]


# ---------------------------------------------------------------- files through the client


def test_a_file_comes_as_it_is_or_not_at_all() -> None:
    """Bytes are not parsed; a missing one is None; an address elsewhere is refused."""

    def venue(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/a/zip":
            return httpx.Response(200, content=b"PK\x03", headers={"content-type": "application/zip"})
        if request.url.path == "/a/page":
            return httpx.Response(200, html="<title>hello</title>")
        return httpx.Response(404, text="<Error/>")

    first = Client(
        "http://venue.test", budgets={}, transport=httpx.MockTransport(venue), ledger=Ledger(), wait=0.0
    )
    with first.beside("http://files.test/a/", budgets={"files": TEN}, most_bytes=1000) as client:
        assert client.fetch("http://files.test/a/zip") == b"PK\x03"
        assert client.fetch("http://files.test/a/none") is None
        with pytest.raises(InputError, match="is not below"):
            client.fetch("http://files.test/b/zip")
        with pytest.raises(Exception, match="a page called 'hello'"):
            client.fetch("http://files.test/a/page")
