"""Killed, crowded, full, read-only: the store is whole, and the next fetch completes it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from oikit.data.upkeep import compact, verify
from oikit.errors import StoreError
from tests.stand_in import get, sha_of, stand_in

pytestmark = [
    pytest.mark.venue,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="these tests fork, which this system cannot"),
]

# One process imports everything once and forks a child for each fetch; it has no threads of its own.
HARNESS = """
import json, os, signal, sys, time
from pathlib import Path
import httpx, pyarrow.parquet, pyarrow.csv, stamina
from oikit.data import fetch, past, stitch
from oikit.data.http import Client, Ledger
from oikit.data.venues import binance

def run(url, root, die_at):
    left, replace = [die_at], os.replace
    def counted(*paths):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        replace(*paths)
    os.replace = counted
    with Client(url, budgets=binance.BUDGETS, wait=0.01, ledger=Ledger()) as client:
        fetch.fetch("BNBUSDT", since="2026-02-14", every="4h", store=root, archive=url, client=client)

def child(url, root, die_at):
    pid = os.fork()
    if not pid:
        try:
            run(url, root, die_at)
        except BaseException as error:
            print(repr(error), file=sys.stderr, flush=True)
            os._exit(1)
        os._exit(0)
    return pid

for line in sys.stdin:
    job = json.loads(line)
    began = time.monotonic()
    pids = [child(job["url"], job["root"], job.get("die_at", 0)) for _ in range(job.get("at_once", 1))]
    if "after" in job:
        time.sleep(job["after"])
        os.kill(pids[0], signal.SIGKILL)
    ends = [os.waitpid(pid, 0)[1] for pid in pids]
    print(json.dumps({"ends": ends, "took": time.monotonic() - began}), flush=True)
"""

Job = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def venue() -> Iterator[Any]:
    with stand_in("2026-03-20T00:10:00Z", window_scale=0.02) as v:
        yield v


@pytest.fixture(scope="module")
def job(venue: Any) -> Iterator[Job]:
    """Run fetches in processes of their own, and kill them where that is asked for."""
    process = subprocess.Popen(
        [sys.executable, "-c", HARNESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin and process.stdout

    def call(root: Path, **more: Any) -> dict[str, Any]:
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps({"url": venue.url, "root": str(root), **more}) + "\n")
        process.stdin.flush()
        found: dict[str, Any] = json.loads(process.stdout.readline())
        return found

    yield call
    process.stdin.close()
    process.wait(timeout=20)


@pytest.fixture(scope="module")
def truth(job: Job, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], float]:
    """The bytes that an undisturbed fetch stores, and how long it takes."""
    root = tmp_path_factory.mktemp("truth")
    job(tmp_path_factory.mktemp("warm"))
    done = job(root)
    assert done["ends"] == [0]
    return sha_of(root), done["took"]


# Fractions of the time that a fetch takes, spread by a rule that repeats itself only after very long.
MOMENTS = [round((0.02 + 0.6180339887 * k) % 1, 3) for k in range(20)]


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_the_next_run_completes_to_the_same_bytes(
    moment: float, job: Job, truth: tuple[dict[str, str], float], tmp_path: Path
) -> None:
    """Kill -9, as a closed laptop would: nothing half written is read, nothing known is lost."""
    wanted, took = truth
    job(tmp_path / "store", after=moment * took)
    if (tmp_path / "store").exists():
        wrong = verify(tmp_path / "store")
        assert all("left half written" in line for line in wrong)

    assert job(tmp_path / "store")["ends"] == [0]

    assert sha_of(tmp_path / "store") == wanted
    assert verify(tmp_path / "store") == []


def test_killed_at_every_single_file_the_next_run_completes_to_the_same_bytes(
    job: Job, truth: tuple[dict[str, str], float], tmp_path: Path
) -> None:
    """Just before each of the files is put in place, one after another: no state between two is unsound."""
    for number in range(1, 40):
        root = tmp_path / str(number)
        [end] = job(root, die_at=number)["ends"]
        if end == 0:
            break
        assert all("left half written" in line for line in verify(root))
        assert job(root)["ends"] == [0]
        assert sha_of(root) == truth[0]
        assert verify(root) == []

    assert 8 < number < 39


def test_two_fetches_at_once_store_what_one_would(
    job: Job, truth: tuple[dict[str, str], float], tmp_path: Path
) -> None:
    """A report and a notebook, on one store, at one time."""
    assert job(tmp_path / "store", at_once=3)["ends"] == [0, 0, 0]

    assert sha_of(tmp_path / "store") == truth[0]
    assert verify(tmp_path / "store") == []


def test_what_a_killed_process_left_is_taken_away(tmp_path: Path, venue: Any) -> None:
    """By the next one that writes there, or by oikit store compact."""
    get(venue, tmp_path)
    left = tmp_path / "binance/BNBUSDT/4h/.2026-03.parquet.0123456789ab.part"
    left.write_bytes(b"half")

    assert verify(tmp_path) == [f"{left}: left half written; oikit store compact takes it away"]
    assert compact(tmp_path)[0] == f"{left}: taken away, it was left half written"
    assert verify(tmp_path) == []


# ---------------------------------------------------------------- disks


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """A file system of its own, of a given kind; needs to be root."""
    where = tmp_path / "disk"
    where.mkdir()
    there: list[Path] = []

    def mount(options: str) -> Path:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(where)], capture_output=True, check=False
        )
        if done.returncode:
            pytest.skip("a small disk of its own needs leave to mount one")
        there.append(where)
        return where

    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a small disk of its own needs leave to mount one")
    yield mount
    for _ in there:
        subprocess.run(["umount", str(where)], check=True)


@pytest.mark.parametrize("size", [8, 24, 48, 64, 96])
def test_a_full_disk_is_one_clear_error_and_the_store_verifies(
    size: int, mounted: Callable[[str], Path], venue: Any
) -> None:
    """However much of it there was room for."""
    root = mounted(f"size={size}k") / "store"

    with pytest.raises(StoreError, match=r"No space left on device.*--store or OIKIT_STORE") as refused:
        get(venue, root, every="1h")

    assert "\n" not in str(refused.value)
    assert verify(root) == []
    assert not list(root.rglob("*.part"))


def test_a_read_only_disk_can_be_read_and_says_what_it_is(mounted: Callable[[str], Path], venue: Any) -> None:
    """What is stored is given; for anything more it is one clear error, before anything is asked."""
    root = mounted("size=8m") / "store"
    span = {"since": "2026-02-20", "until": "2026-03-10"}
    first = get(venue, root, **span)
    subprocess.run(["mount", "-o", "remount,ro", str(root.parent)], check=True)
    sent = len(venue.requests)

    again = get(venue, root, **span)
    with pytest.raises(StoreError, match=r"Read-only file system.*--store or OIKIT_STORE"):
        get(venue, root)

    assert again.frame.equals(first.frame)
    assert len(venue.requests) == sent
    assert verify(root) == []
