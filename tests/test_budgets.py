"""Budgets between processes, and the lock under them: counted together, held by the living only."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

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
    return FileLedger(tmp_path, clock), FileLedger(tmp_path, clock), clock


def folder(place: Path, more: str = "") -> Path:
    """Where this user's counts are."""
    return place / f"oikit-budgets-{budgets._me()}{more}"


def counted(place: Path) -> Any:
    """What this user's file says."""
    return json.loads((folder(place) / "counts.json").read_text())


def put_beside(place: Path, content: str | dict[str, Any], *, owner: str | None = None) -> Path:
    """Another user's counts; in a name of ours, since a test may not become somebody else."""
    where = folder(place, ".other") if owner is None else place / f"oikit-budgets-{owner}"
    where.mkdir()
    text = content if isinstance(content, str) else json.dumps(content)
    (where / "counts.json").write_text(text)
    return where


def spent(weight: int, at: float = Clock.now) -> dict[str, Any]:
    return {"spent": {" ".join(KEY): [[at, weight]]}, "held": {}, "doubt": 0.0}


def test_two_ledgers_in_one_place_count_together(tmp_path: Path) -> None:
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

    assert len(counted(tmp_path)["spent"][" ".join(KEY)]) <= 301
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
        ledger = FileLedger(tmp_path, clock)
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

    assert other.held("http://venue.test", 0.0) == (30.0, False)
    clock.now += 31
    assert other.held("http://venue.test", 0.0) == (0.0, False)


def test_a_clock_that_is_set_back_stops_nobody_for_long(tmp_path: Path) -> None:
    """What was booked in the future is forgotten; a ban of years is none."""
    one, _, clock = pair(tmp_path)
    one.book(KEY, TEN, 8, 0.0)
    one.hold("http://venue.test", 100.0, 0.0, banned=True)
    clock.now -= 1e6

    assert one.book(KEY, TEN, 1, 0.0) == 0.0
    assert one.held("http://venue.test", 0.0) == (0.0, False)


BROKEN = [
    "",
    "{",
    "[]",
    "[" * 100_000,
    '{"spent": 3, "held": {}, "doubt": 0}',
    '{"spent": {"a": [[1]]}, "held": {}, "doubt": 0}',
    '{"spent": {"a": [[1, -5]]}, "held": {}, "doubt": 0}',
    '{"spent": {"a": [[1, 1e300]]}, "held": {}, "doubt": 0}',
    '{"spent": {}, "held": {"http://venue.test": "\\u001b[2J"}, "doubt": 0}',
    '{"spent": {}, "held": {}}',
    " " * 2_000_000,
]


@pytest.mark.parametrize("whose", ["own", "another's"])
@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_file_counts_as_a_budget_that_was_spent(content: str, whose: str, tmp_path: Path) -> None:
    """Whoever was killed while writing may have asked for all of it; a window later that is over."""
    one, other, clock = pair(tmp_path)
    one.book(KEY, TEN, 1, 0.0)
    where = folder(tmp_path) if whose == "own" else put_beside(tmp_path, "")
    (where / "counts.json").write_text(content)
    os.utime(where / "counts.json", (clock.now, clock.now))
    clock.now += 10

    assert 289 <= other.book(KEY, TEN, 1, 0.0) <= 290
    assert 289 <= one.book(("http://another", "data"), TEN, 1, 0.0) <= 290
    clock.now += 290
    assert one.book(KEY, TEN, 8, 0.0) == 0.0


# ---------------------------------------------------------------- several users


def test_users_of_one_computer_spend_one_budget(tmp_path: Path) -> None:
    """Thirty users behind one address are one to the exchange."""
    one, _, clock = pair(tmp_path)
    put_beside(tmp_path, spent(5, clock.now - 100))

    assert [one.book(KEY, TEN, 1, 0.0) > 0 for _ in range(4)] == [False, False, False, True]
    assert 199 <= one.book(KEY, TEN, 1, 0.0) <= 201
    one.heard(KEY, TEN, 8, 0.0)
    assert sum(weight for _, weight in counted(tmp_path)["spent"][" ".join(KEY)]) == 3


def test_a_ban_that_another_user_has_met_is_told_in_our_own_words(tmp_path: Path) -> None:
    """Numbers are taken over, words never: they could be made to look like something else."""
    one, _, clock = pair(tmp_path)
    put_beside(tmp_path, {"spent": {}, "held": {"http://venue.test": [clock.now + 60, True]}, "doubt": 0})

    assert one.held("http://venue.test", 0.0) == (60.0, True)
    with (
        Client("http://venue.test", budgets={"data": TEN}, ledger=one) as client,
        pytest.raises(RateLimited, match=r"^venue\.test has banned this address for 60 s"),
    ):
        client.get(Query("/x", {}, "data"))


def test_two_users_at_the_same_moment_do_not_both_get_the_last_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each writes its own count first and looks at the others' again; in doubt neither has it."""
    one, _, _ = pair(tmp_path)
    looks = iter([[], [budgets.Counts({" ".join(KEY): [(Clock.now, 8)]})]])
    monkeypatch.setattr(budgets, "_beside", lambda place, own: next(looks))

    assert one.book(KEY, TEN, 1, 0.0) > 0
    assert counted(tmp_path)["spent"][" ".join(KEY)] == []


@pytest.mark.parametrize("planted", ["link to a folder", "link to nothing", "file", "another's folder"])
def test_a_name_that_somebody_else_has_taken_is_left_to_them(planted: str, tmp_path: Path) -> None:
    """They can neither have our counts written elsewhere nor say what they are."""
    place, precious = tmp_path / "tmp", tmp_path / "precious"
    place.mkdir()
    precious.mkdir()
    (precious / "counts.json").write_text("my thesis")
    if planted == "link to a folder":
        folder(place).symlink_to(precious)
    elif planted == "link to nothing":
        folder(place).symlink_to(tmp_path / "nothing")
    elif planted == "file":
        folder(place).write_text("my thesis")
    else:
        put_beside(place, spent(8), owner=budgets._me())
        try:
            os.chown(folder(place), 12345, -1)
        except OSError:
            pytest.skip("only root may give a folder away")
    one, other, _ = pair(place)

    assert one.book(KEY, TEN, 8, 0.0) == 0.0
    assert other.book(KEY, TEN, 1, 0.0) > 0
    assert (precious / "counts.json").read_text() == "my thesis"
    assert [path.name for path in precious.iterdir()] == ["counts.json"]
    assert not (tmp_path / "nothing").exists()


def test_counts_in_the_name_of_another_user_are_not_counted(tmp_path: Path) -> None:
    """Anybody may make a folder of any name, but not make somebody else its owner."""
    put_beside(tmp_path, spent(8), owner="12345")
    one, _, _ = pair(tmp_path)

    assert one.book(KEY, TEN, 8, 0.0) == 0.0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_a_pipe_or_a_link_in_place_of_counts_is_not_waited_for(kind: str, tmp_path: Path) -> None:
    """Another user may put anything into a folder of theirs."""
    where = put_beside(tmp_path, "") / "counts.json"
    where.unlink()
    if kind == "pipe":
        os.mkfifo(where)
    else:
        where.symlink_to(folder(tmp_path) / "counts.json")
    one, _, clock = pair(tmp_path)
    clock.now += 1e9

    assert one.book(KEY, TEN, 8, 0.0) == 0.0


def test_everybody_may_read_the_counts_and_nobody_else_write_them(tmp_path: Path) -> None:
    """Even where this user's new files are private."""
    before = os.umask(0o077)
    try:
        pair(tmp_path)[0].book(KEY, TEN, 1, 0.0)
    finally:
        os.umask(before)

    assert stat.S_IMODE(folder(tmp_path).stat().st_mode) == 0o755
    assert stat.S_IMODE((folder(tmp_path) / "counts.json").stat().st_mode) == 0o644
    assert sorted(path.name for path in folder(tmp_path).iterdir()) == [".lock", "counts.json"]


AS_USER = """
import os, sys
from pathlib import Path
from oikit.data.budgets import FileLedger
from oikit.data.venues.query import Budget
import filelock
os.setuid(int(sys.argv[2]))
ledger = FileLedger(Path(sys.argv[1]))
print(sum(ledger.book(("http://venue.test", "data"), Budget(100, 300.0), 1, 0.0) == 0.0 for _ in range(60)))
"""


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root may become others")
def test_real_users_spend_one_budget_and_cannot_touch_each_others_counts() -> None:
    """Three that want sixty each get no more than eighty in all."""
    # Not below the folder of this run's tests, which another run may close to others at any time.
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o1777)
        command = [sys.executable, "-c", AS_USER, name]
        running = [
            subprocess.Popen([*command, str(who)], stdout=subprocess.PIPE, text=True)
            for who in (4001, 4002, 4003)
        ]
        got = [int(each.communicate(timeout=120)[0]) for each in running]
        there = {path.name: path.stat().st_uid for path in place.iterdir()}

    assert 70 <= sum(got) <= 80
    assert there == {f"oikit-budgets-{who}": who for who in (4001, 4002, 4003)}


def test_without_a_place_a_process_counts_alone(tmp_path: Path) -> None:
    """A folder that is none."""
    lone = FileLedger(tmp_path / "none", Clock())
    for _ in range(8):
        assert lone.book(KEY, TEN, 1, 0.0) == 0.0

    assert lone.book(KEY, TEN, 1, 0.0) > 0


@pytest.mark.skipif(os.name != "posix", reason="other computers have no common folder")
def test_clients_share_the_computers_ledger(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In the folder that all users have, whatever a user calls it; or where a setting says."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setenv("LOGNAME", "somebody")
    monkeypatch.delenv("OIKIT_BUDGETS")
    budgets.shared.cache_clear()
    try:
        assert budgets.shared() is budgets.shared()
        assert budgets.shared()._place == Path("/tmp")  # type: ignore[attr-defined]

        monkeypatch.setenv("OIKIT_BUDGETS", str(tmp_path))
        budgets.shared.cache_clear()
        budgets.shared().book(KEY, TEN, 1, 0.0)
        assert [path.name for path in tmp_path.iterdir()] == [folder(tmp_path).name]
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
    command = [sys.executable, "-c", BOOKS, str(tmp_path)]
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
