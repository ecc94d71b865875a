"""Bulk files: where they come from, and what must be true of one before it is opened."""

from __future__ import annotations

import io
import os
import sys
import threading
import time
import tracemalloc
import urllib.error
import zipfile
import zlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import fsspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oikit.data import bulk
from oikit.data.bulk import Pack, inflate, place, verified
from oikit.data.venues.archive import File, files, read
from oikit.errors import BadReply, InputError, MissingExtra, StoreError, Unreachable
from tests.bulk_files import (
    DAY,
    at,
    checksum,
    collect,
    day_rows,
    fetch,
    metrics_file,
    shelf,
    shelved,
    stand_in,
    text,
    utc,
    zipped,
)

FILE = metrics_file("2026-06-10")
BODY = text(day_rows("2026-06-10")[:24])
ZIP = zipped(FILE.member, BODY)


# ---------------------------------------------------------------- places


def laid_out(root: Path, shelf: dict[str, bytes]) -> Path:
    """A folder as the archive lays it out."""
    for key, body in shelf.items():
        (root / key).parent.mkdir(parents=True, exist_ok=True)
        (root / key).write_bytes(body)
    return root


def test_a_folder_is_a_place(tmp_path: Path) -> None:
    """A class fetches from a stick."""
    read = place(laid_out(tmp_path, shelf({FILE.key: ZIP})))

    assert read(FILE.key) == ZIP
    assert read(metrics_file("2026-06-11").key) is None
    assert read(FILE.key + "/beneath.zip") is None


def test_any_fsspec_address_is_a_place() -> None:
    """A bucket is read as a folder is."""
    system = fsspec.filesystem("memory")
    system.pipe(f"/stick/{FILE.key}", ZIP)

    read = place("memory://stick/")

    assert read(FILE.key) == ZIP
    assert read(metrics_file("2026-06-11").key) is None


def test_a_web_address_is_read_by_the_fetch_it_came_with() -> None:
    """Only one module opens connections; this is not it."""
    asked = []

    read = place("https://data.binance.vision/", fetch=lambda url: asked.append(url))

    assert read(FILE.key) is None
    assert asked == [f"https://data.binance.vision/{FILE.key}"]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("https://data.binance.vision", "only oikit's own client"),
        ("simplecache::https://data.binance.vision", "only oikit's own client"),
        ("no such folder", "data/futures/um"),
        ("nosuchscheme://bucket", "the address nosuchscheme://bucket cannot be used"),
    ],
)
def test_an_address_that_is_no_place_is_refused(where: str, words: str) -> None:
    """With what to type instead."""
    with pytest.raises(InputError, match=words):
        place(where)


@pytest.mark.parametrize("key", ["../../etc/passwd", "/etc/passwd", "data/../../x", "a//b", "a b", "", ".x"])
def test_a_key_cannot_leave_its_place(key: str, tmp_path: Path) -> None:
    """Keys are made of checked symbols; this is the second lock."""
    read = place(laid_out(tmp_path, {FILE.key: ZIP}))

    with pytest.raises(InputError, match="no key of the archive"):
        read(key)


def test_a_file_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    """A stick can be damaged; that is not the same as a missing day."""
    (tmp_path / FILE.key).mkdir(parents=True)

    with pytest.raises(StoreError, match="cannot be read: Is a directory"):
        place(tmp_path)(FILE.key)


def test_a_bucket_that_fails_is_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a missing day either."""
    system = fsspec.filesystem("memory")

    def fails(*args: Any, **more: Any) -> None:
        raise OSError("the line is dead")

    read = place("memory://stick")
    monkeypatch.setattr(type(system), "open", fails)

    with pytest.raises(Unreachable, match="the line is dead"):
        read(FILE.key)


def test_without_fsspec_a_bucket_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder and the web need no such thing."""
    monkeypatch.setitem(sys.modules, "fsspec.core", None)

    with pytest.raises(MissingExtra, match="fsspec"):
        place("s3://bucket")


def test_a_file_too_large_to_be_one_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither from a folder nor from a bucket."""
    monkeypatch.setattr(bulk, "LARGEST", 100)
    fsspec.filesystem("memory").pipe(f"/heavy/{FILE.key}", ZIP)

    for where in (laid_out(tmp_path, {FILE.key: ZIP}), "memory://heavy"):
        with pytest.raises(BadReply, match="larger than any such file can be"):
            place(where)(FILE.key)


# ---------------------------------------------------------------- one zip


def test_the_one_table_is_taken_out() -> None:
    """The ordinary case, packed and unpacked."""
    assert inflate(ZIP, FILE.member) == BODY

    stored = zipped(FILE.member, b"")
    assert inflate(stored, FILE.member) == b""


def plain(member: str, body: bytes, way: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", way) as archive:
        archive.writestr(member, body)
    return out.getvalue()


def locked(body: bytes) -> bytes:
    """The same zip, with the mark of a password in both headers."""
    data = bytearray(body)
    data[6] |= 1
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def lying(body: bytes, size: int) -> bytes:
    """The same zip, promising another size in both headers."""
    data = bytearray(body)
    for where in (22, data.rindex(b"PK\x01\x02") + 24):
        data[where : where + 4] = size.to_bytes(4, "little")
    return bytes(data)


def test_a_stored_table_is_as_good_as_a_packed_one() -> None:
    """A stick may hold zips made anew."""
    assert inflate(plain(FILE.member, BODY), FILE.member) == BODY


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "is no whole zip"),
        (b"<html>Just a moment...</html>", "is no whole zip"),
        (ZIP[: len(ZIP) // 2], "is no whole zip"),
        (ZIP[:60] + b"corrupt!" + ZIP[68:], "is no whole zip"),
        (zipped("other.csv", BODY), "holds something other"),
        (zipped(FILE.member, BODY, ("../../evil.csv", b"x")), "holds something other"),
        (zipped(FILE.member, BODY, ("readme.txt", b"x")), "holds something other"),
        (zipped(f"../{FILE.member}", BODY), "holds something other"),
        (plain(FILE.member, BODY, zipfile.ZIP_BZIP2), "is no whole zip"),
        (plain(FILE.member, BODY, zipfile.ZIP_LZMA), "is no whole zip"),
        (locked(ZIP), "is no whole zip"),
        (lying(ZIP, len(BODY) - 1), "is no whole zip"),
        (lying(ZIP, len(BODY) + 1), "is no whole zip"),
        (lying(ZIP, 2**31), "larger than any such file can be"),
    ],
)
def test_a_zip_that_is_not_what_it_should_be_is_refused(body: bytes, words: str) -> None:
    """By name, with what is wrong; and nothing of it is used."""
    with pytest.raises(
        BadReply, match=rf"^BNBUSDT-metrics-2026-06-10.zip .*{words}.*; nothing of it is used$"
    ):
        inflate(body, FILE.member)


def test_a_bomb_that_lies_about_its_size_is_unpacked_no_further() -> None:
    """64 MiB of zeros that call themselves ten bytes."""
    bomb = lying(zipped(FILE.member, bytes(64 * 2**20)), 10)
    tracemalloc.start()
    with pytest.raises(BadReply, match="is no whole zip"):
        inflate(bomb, FILE.member)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 2**20


@pytest.mark.parametrize("monthly", [False, True])
def test_the_table_of_a_day_is_smaller_than_that_of_a_month(monthly: bool) -> None:
    """Thirty-one large files of a month at once would fill the memory; a day's is never a tenth of this."""
    day = File("klines", "BNBUSDT", utc("2026-06-01"), utc("2026-07-01" if monthly else "2026-06-02"), "1m")
    body = zipped(day.member, b"1,\n" * 2**20)

    if monthly:
        assert isinstance(verified({day.key: body}.get, day), Pack)
    else:
        with pytest.raises(BadReply, match=r"^BNBUSDT-1m-2026-06-01\.zip is larger than any such file"):
            verified({day.key: body}.get, day)


# ---------------------------------------------------------------- one file and its checksum


def test_a_file_that_fits_its_checksum_is_taken() -> None:
    """With or without a line end, and in either case of letters."""
    for end in ("\n", "", "\r\n"):
        found = verified({FILE.key: ZIP, f"{FILE.key}.CHECKSUM": checksum(FILE.key, ZIP, end)}.get, FILE)

        assert isinstance(found, Pack)
        assert (found.text, found.checked) == (BODY, True)


@pytest.mark.parametrize(
    "said",
    [
        checksum(FILE.key, b"another"),
        checksum("data/other.zip", ZIP),
        b"<html>",
        b"",
        checksum(FILE.key, ZIP) * 2,
    ],
    ids=["another digest", "another name", "a page", "nothing", "two lines"],
)
def test_a_file_that_does_not_fit_its_checksum_is_brought_once_more_and_then_refused(said: bytes) -> None:
    """A broken line heals; a wrong file does not."""
    asked: Counter[str] = Counter()

    def read(key: str) -> bytes:
        asked[key] += 1
        return said if key.endswith(".CHECKSUM") else ZIP

    with pytest.raises(BadReply, match=r"2026-06-10[.]zip does not match its checksum"):
        verified(read, FILE)
    assert asked == {FILE.key: 2, f"{FILE.key}.CHECKSUM": 2}


def test_a_file_that_changes_while_it_is_brought_is_brought_whole() -> None:
    """The archive replaces files; the second try finds both halves alike."""
    newer = zipped(FILE.member, BODY + b"\n")
    shelves = iter([checksum(FILE.key, ZIP), newer, checksum(FILE.key, newer), newer])

    found = verified(lambda key: next(shelves), FILE)

    assert isinstance(found, Pack)
    assert found.text == BODY + b"\n"


def test_a_file_without_a_checksum_is_taken_and_counted() -> None:
    """A teacher's stick may hold the zips alone; the zip's own checksum is still looked at."""
    haul = collect({FILE.key: ZIP}.get, [FILE])

    assert not haul.packs[0].checked
    assert haul.repairs == {"metrics: file(s) without a checksum, taken on the zip's own word": 1}


# ---------------------------------------------------------------- many files


def test_what_came_and_what_did_not_is_told_apart() -> None:
    """A hole, a refusal and a file are three things."""
    week = files("metrics", "BNBUSDT", utc("2026-06-10") + DAY / 2, utc("2026-06-13"))
    stick = shelved([(file, text(day_rows(f"{file.start:%Y-%m-%d}"))) for file in week])
    del stick[week[1].key], stick[f"{week[1].key}.CHECKSUM"]
    stick[week[2].key] = b"not a zip"
    seen = []

    haul = collect(stick.get, week, watch=lambda done, total, file: seen.append((done, total, file)))

    assert [pack.file for pack in haul.packs] == week[:1]
    assert [file for file, _ in haul.sheets] == week[:1]
    assert haul.missing == [week[1]]
    assert list(haul.refused) == [week[2].key]
    assert seen == [(1, 3, week[0]), (2, 3, week[1]), (3, 3, week[2])]
    assert haul.packs[0].checked
    with pytest.raises(
        BadReply, match=r"1 file\(s\) of the archive are refused:\n  - BNBUSDT-metrics-2026-06-12"
    ):
        haul.check()


def test_ten_refusals_in_a_row_are_enough() -> None:
    """A place that gives pages for files will not do better at the thousandth."""
    asked = []

    def read(key: str) -> bytes:
        asked.append(key)
        return b"<html>"

    with pytest.raises(BadReply, match=r"10 file\(s\) of the archive are refused"):
        collect(read, files("metrics", "BNBUSDT", utc("2026-01-01 12:00"), utc("2026-06-01")))
    assert len(asked) == 10 * 4


class Line:
    """A place at the other end of a long line: no answer comes before it is let through."""

    def __init__(self, shelf_: dict[str, bytes]) -> None:
        self._shelf, self._wait = shelf_, threading.Condition()
        self.waiting: list[str] = []
        self.asked = 0

    def __call__(self, key: str) -> bytes | None:
        if key.endswith(".CHECKSUM"):
            return None
        with self._wait:
            self.asked += 1
            self.waiting.append(key)
            self._wait.notify_all()
            assert self._wait.wait_for(lambda: key not in self.waiting, timeout=30)
        return self._shelf.get(key)

    def reach(self, many: int) -> bool:
        """Wait until so many are on their way."""
        with self._wait:
            return self._wait.wait_for(lambda: len(self.waiting) >= many, timeout=30)

    def let(self, *keys: str) -> None:
        """Let answers through."""
        with self._wait:
            self.waiting = [key for key in self.waiting if key not in keys]
            self._wait.notify_all()


def test_one_slow_file_holds_nobody_up() -> None:
    """A window that slides: the next is begun when any has come, never more than six at once."""
    week = [metrics_file(f"2026-06-{day:02}") for day in range(1, 21)]
    line = Line(shelf({file.key: zipped(file.member, BODY) for file in week}))
    with ThreadPoolExecutor(1) as apart:
        haul = apart.submit(collect, line, week, at_once=6)
        slow = week[0].key
        for done in range(0, 15, 5):
            assert line.reach(6)
            assert line.waiting[0] == slow
            assert len(line.waiting) == 6
            assert line.asked == done + 6
            line.let(*(key for key in line.waiting if key != slow))
        while not haul.done():
            line.let(*line.waiting)
            time.sleep(0.001)

    assert [pack.file for pack in haul.result().packs] == week
    assert line.asked == 20


def test_files_of_the_next_month_are_on_their_way_while_this_one_is_read() -> None:
    """And the last day of this month, which is the day before the next, is brought once."""
    may = files("metrics", "BNBUSDT", utc("2026-05-30"), utc("2026-06-01"))
    june = files("metrics", "BNBUSDT", utc("2026-06-01"), utc("2026-06-03"))
    asked: list[str] = []

    def read(key: str) -> bytes | None:
        asked.append(key)
        return None

    with bulk.Pool(read, at_once=6) as pool:
        for month in (may, june):
            pool.ask(month)
        assert len(pool) == 5
        first, second = (bulk.collect(pool, month) for month in (may, june))

    assert [file.spare for file in june] == [True, False, False]
    assert [file.stem[-5:] for file in first.missing] == ["05-30", "05-31"]
    assert [file.stem[-5:] for file in second.missing] == ["06-01", "06-02"]
    assert len(asked) == len(set(asked)) == 2 * 5


@pytest.mark.parametrize("at_once", [1, 6])
def test_after_ten_refusals_hardly_anything_more_is_asked_for(at_once: int) -> None:
    """What is on its way by then comes; the rest of five months never does."""
    asked = []

    def read(key: str) -> bytes:
        asked.append(key)
        return b"<html>"

    with pytest.raises(BadReply, match=r"10 file\(s\) of the archive are refused"):
        collect(read, files("metrics", "BNBUSDT", utc("2026-01-01"), utc("2026-06-01")), at_once=at_once)
    assert 40 <= len(asked) <= 4 * (10 + at_once - 1)


@pytest.mark.parametrize("at_once", [1, 6])
def test_a_place_that_is_away_ends_it_at_once(at_once: int) -> None:
    """Every other file would wait as long for nothing."""
    asked = []

    def read(key: str) -> bytes:
        asked.append(key)
        raise Unreachable("nobody answers")

    with pytest.raises(Unreachable):
        collect(read, files("metrics", "BNBUSDT", utc("2026-01-01"), utc("2026-06-01")), at_once=at_once)
    assert len(asked) <= at_once


def test_a_missing_file_is_a_gap_once_its_day_is_over() -> None:
    """Yesterday's may come this afternoon; last year's will not."""
    haul = collect({}.get, files("metrics", "BNBUSDT", utc("2026-06-10") + DAY / 2, utc("2026-06-12")))

    assert haul.check() is haul
    assert haul.gaps(utc("2026-06-11")) == {"metrics: file(s) the archive lacks, gaps": 1}


def test_the_day_before_is_asked_for_but_not_missed() -> None:
    """Only an oddly stamped last row of it could be wanted."""
    wanted = files("metrics", "BNBUSDT", utc("2026-06-10"), utc("2026-06-11"))

    haul = collect({}.get, wanted)

    assert [file.stem[-10:] for file in wanted] == ["2026-06-09", "2026-06-10"]
    assert haul.missing == wanted[1:]


def test_a_month_that_is_not_there_yet_is_asked_for_by_its_days() -> None:
    """Monthly files come up to a week late."""
    [month] = files("klines", "BNBUSDT", utc("2026-06-01"), utc("2026-07-01"), interval="5m")
    days = month.days()

    haul = collect(shelved([(day, b"") for day in days[:20]]).get, [month])

    assert [pack.file for pack in haul.packs] == days[:20]
    assert haul.missing == days[20:]


def test_a_stored_file_is_not_brought_again_and_a_replaced_one_is() -> None:
    """97 bytes say whether five years of files are still what they were."""
    asked = []
    stick = shelved([(FILE, BODY), (metrics_file("2026-06-11"), BODY)])
    first = collect(stick.get, [FILE, metrics_file("2026-06-11")])
    known = {pack.file.key: pack.sha256 for pack in first.packs}
    stick |= shelved([(FILE, BODY + BODY.splitlines()[1] + b"\n")])

    def watched(key: str) -> bytes | None:
        asked.append(key)
        return stick.get(key)

    again = collect(watched, [FILE, metrics_file("2026-06-11")], known=known)

    assert again.unchanged == [metrics_file("2026-06-11")]
    assert metrics_file("2026-06-11").key not in asked
    assert again.revised == {FILE.key: (known[FILE.key], again.packs[0].sha256)}
    assert again.repairs == {"metrics: file(s) replaced since they were stored, the newer is kept": 1}


def test_without_a_checksum_a_stored_file_is_known_by_its_own() -> None:
    """A stick without checksums is read again, and found to be the same."""
    known = {FILE.key: collect({FILE.key: ZIP}.get, [FILE]).packs[0].sha256}

    assert collect({FILE.key: ZIP}.get, [FILE], known=known).unchanged == [FILE]


# ---------------------------------------------------------------- broken bytes

EDITS = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "insert", "drop", "swap"]),
        st.floats(0, 1, exclude_max=True),
        st.binary(min_size=1, max_size=12),
    ),
    min_size=1,
    max_size=4,
)


def broken(body: bytes, edits: list[tuple[str, float, bytes]]) -> bytes:
    """The same bytes, damaged."""
    for what, where, more in edits:
        i = int(where * max(len(body), 1))
        if what == "flip":
            body = body[:i] + bytes([body[i] ^ more[0]]) + body[i + 1 :] if body else more
        elif what == "cut":
            body = body[:i]
        elif what == "insert":
            body = body[:i] + more + body[i:]
        elif what == "drop":
            body = body[:i] + body[i + len(more) :]
        else:
            body = body[:i] + more + body[i + len(more) :]
    return body


TRUTH = read([(FILE, BODY)]).frame


def check_broken(edits: list[tuple[str, float, bytes]], empty: Path) -> None:
    """Whatever happens to the bytes of a zip: refused, or to the last digit what it was."""
    zip_ = broken(ZIP, edits)

    # The worst case: the checksum was made of the broken zip, so that only the zip can tell.
    haul = collect(shelf({FILE.key: zip_}).get, [FILE])

    if haul.packs:
        assert read(haul.sheets).frame.equals(TRUTH)
    else:
        assert list(haul.refused) == [FILE.key]
    assert list(empty.iterdir()) == []


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A folder to stand in, that must stay empty."""
    where = tmp_path_factory.mktemp("empty")
    before = Path.cwd()
    os.chdir(where)
    yield where
    os.chdir(before)


@given(edits=EDITS)
@settings(max_examples=400, deadline=None)
def test_no_broken_zip_yields_a_value_that_was_not_in_it(
    empty: Path, edits: list[tuple[str, float, bytes]]
) -> None:
    """Nothing hangs, nothing is written, nothing is made up."""
    check_broken(edits, empty)


@pytest.mark.slow
@given(edits=EDITS)
@settings(max_examples=10_000, deadline=None)
def test_no_broken_zip_of_ten_thousand_yields_a_value_that_was_not_in_it(
    empty: Path, edits: list[tuple[str, float, bytes]]
) -> None:
    """The same, for a night with time."""
    check_broken(edits, empty)


def test_a_flipped_digit_is_noticed_only_because_someone_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests above can fail: with the zip's own checksum unseen, another figure goes through."""
    whole, right = plain(FILE.member, BODY), zlib.crc32(BODY)
    flipped = whole.replace(b"2.2,", b"2.3,", 1)
    with pytest.raises(BadReply, match="is no whole zip"):
        inflate(flipped, FILE.member)

    monkeypatch.setattr(bulk.zlib, "crc32", lambda text: right)

    assert inflate(flipped, FILE.member) == BODY.replace(b"2.2,", b"2.3,", 1)


# ---------------------------------------------------------------- the stand-in's faults


@pytest.mark.venue
@pytest.mark.parametrize(
    ("fault", "refused", "missing"),
    [
        ("checksum-mismatch", "does not match its checksum", 0),
        ("corrupt-zip", "is no whole zip", 0),
        ("zip-bomb", "is larger than any such file can be", 0),
        ("zip-slip", "holds something other than its one table", 0),
        ("missing-day-404", "", 2),
        ("revised-file", "", 0),
    ],
)
def test_each_fault_of_the_archive_is_met(fault: str, refused: str, missing: int, empty: Path) -> None:
    """Refused by name, or a hole, or read whole; nothing is ever written."""
    wanted = files("metrics", "BNBUSDT", utc("2026-03-15") + DAY / 2, utc("2026-03-17"))
    with stand_in("2026-03-20T00:00:00Z", fault + ("" if fault == "zip-bomb" else "=1")) as venue:
        haul = collect(at(venue), wanted)

    assert len(haul.refused) == (2 if refused else 0)
    assert all(refused in why for why in haul.refused.values())
    assert len(haul.missing) == missing
    assert len(haul.packs) == (0 if refused or missing else 2)
    assert list(empty.iterdir()) == []


@pytest.mark.venue
def test_a_revised_file_is_noticed_by_its_checksum_and_the_newer_kept() -> None:
    """Files are replaced later; the stored hash and the new one are both told."""
    wanted = files("metrics", "BNBUSDT", utc("2026-03-15") + DAY / 2, utc("2026-03-16"))
    with stand_in("2026-03-20T00:00:00Z") as venue:
        known = {pack.file.key: pack.sha256 for pack in collect(at(venue), wanted).packs}
        assert collect(at(venue), wanted, known=known).unchanged == wanted
        venue.add_fault("revised-file")
        haul = collect(at(venue), wanted, known=known)

    assert haul.revised == {wanted[0].key: (known[wanted[0].key], haul.packs[0].sha256)}
    assert known[wanted[0].key] != haul.packs[0].sha256
    assert "metrics: file(s) replaced since they were stored, the newer is kept" in haul.repairs


@pytest.mark.venue
def test_a_redirect_is_not_followed() -> None:
    """The decoy serves plausible, false figures."""
    with stand_in("2026-03-20T00:00:00Z", "redirect-elsewhere") as venue:
        with pytest.raises(urllib.error.HTTPError) as caught:
            at(venue)(FILE.key)
        caught.value.close()

        assert venue.decoy_hits == []


@pytest.mark.venue
def test_a_stick_says_what_the_web_says(tmp_path: Path) -> None:
    """The teacher's copy of the archive is as good as the archive."""
    wanted = files("metrics", "BNBUSDT", utc("2026-03-15") + DAY / 2, utc("2026-03-17"))
    keys = [f"{file.key}{end}" for file in wanted for end in ("", ".CHECKSUM")]
    with stand_in("2026-03-20T00:00:00Z") as venue:
        web = collect(at(venue), wanted)
        stick = laid_out(tmp_path, {key: fetch(f"{venue.url}/{key}") or b"" for key in keys})

    assert collect(place(stick), wanted).sheets == web.sheets


def test_files_are_named_as_the_archive_names_them() -> None:
    """Letter by letter."""
    month = File("fundingRate", "BNBUSDT", utc("2026-03-01"), utc("2026-04-01"))

    assert month.key == "data/futures/um/monthly/fundingRate/BNBUSDT/BNBUSDT-fundingRate-2026-03.zip"
    assert month.member == "BNBUSDT-fundingRate-2026-03.csv"
