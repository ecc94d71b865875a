"""Retrieval of bulk files, and the checks that a file must pass before it is opened.

A *place* is a function ``key -> bytes``, or None where there is no such file: `place` makes one of a web
address, a folder (a teacher's stick) or any fsspec address. `collect` takes files from it: checksum
first, then the zip, then the one table inside. Files left out or refused are listed.

A file is used whole, as the archive published it, or not at all. Nothing is written.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import struct
import zipfile
import zlib
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from oikit.data.venues.archive_files import File
from oikit.data.venues.defects import DEFECTS, count_as
from oikit.errors import BadReply, InputError, StoreError, Unreachable
from oikit.files import filesystem

Place = Callable[[str], bytes | None]
"""What brings a file: its bytes by key, or None where there is no such file."""
Watch = Callable[[int, int, File], object]
"""Called with how many files have come, how many are expected in all, and the last one."""

LARGEST = 32 * 2**20
"""No file, packed or not, is larger: a month of one-minute bars is 6 MB."""
_DAY = 2 * 2**20  # no table of a day is larger: its one-minute bars are 0.2 MB
_DIGEST = re.compile(rb"([0-9a-fA-F]{64})\s+\*?([\x21-\x7e]{1,200})\s*")
_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_HOPELESS = 10  # refusals in a row; then it is the place that is wrong, and asking on is no use
_WEB = re.compile(r"https?://", re.IGNORECASE)
_CHECKSUM = ".CHECKSUM"


# ---------------------------------------------------------------- places


def place(where: str | Path, *, fetch: Place | None = None) -> Place:
    """Make a place of an address."""
    address = str(where)
    if "://" not in address:
        return _folder(Path(address))
    if _WEB.search(address):
        if fetch is None or not _WEB.match(address):
            raise InputError(f"archive={address!r} is a web address; only oikit's own client may read it")
        base = address.rstrip("/")
        return lambda key: fetch(f"{base}/{_checked(key)}")
    return _elsewhere(address)


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key) or ".." in key:
        raise InputError(f"{key!r:.80} is no key of the archive")
    return key


def _folder(base: Path) -> Place:
    if not (base / "data" / "futures" / "um").is_dir():
        raise InputError(
            f"archive={str(base)!r} is no copy of the archive; "
            "it must be a folder that holds data/futures/um, as the archive lays it out"
        )

    def read(key: str) -> bytes | None:
        path = f"{base}/{_checked(key)}"
        try:
            with open(path, "rb") as file:
                size = os.fstat(file.fileno()).st_size
                return _bounded(key, file.read(min(size, LARGEST) + 1))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise StoreError(f"{path} cannot be read: {error.strerror or error}") from error

    return read


def _elsewhere(address: str) -> Place:
    system, root = filesystem(address, "data")

    def read(key: str) -> bytes | None:
        try:
            with system.open(f"{root.rstrip('/')}/{_checked(key)}", "rb") as file:
                return _bounded(key, file.read(LARGEST + 1))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreachable(f"{address} did not give {key}: {error}") from error

    return read


def _bounded(key: str, body: bytes) -> bytes:
    if len(body) > LARGEST:
        raise BadReply(_refusal(key, "too-large"))
    return body


def _refusal(key: str, defect: str, more: str = "") -> str:
    return f"{key.rsplit('/', 1)[-1]} {DEFECTS[defect].says}{more}; nothing of it is used"


# ---------------------------------------------------------------- one file


def inflate(body: bytes, member: str, *, largest: int = LARGEST) -> bytes:
    """Take the one table out of a zip."""
    name = member.removesuffix(".csv") + ".zip"
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            inside = archive.infolist()
        if [each.filename for each in inside] != [member]:
            raise BadReply(_refusal(name, "strange-member"))
        if inside[0].file_size > largest:
            raise BadReply(_refusal(name, "too-large"))
        text = _unpacked(body, inside[0])
    except (
        *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError),
        *(NotImplementedError, OSError, OverflowError),
    ) as error:
        raise BadReply(_refusal(name, "broken-zip")) from error
    if len(text) != inside[0].file_size or zlib.crc32(text) != inside[0].CRC:
        raise BadReply(_refusal(name, "broken-zip"))
    return text


def _unpacked(body: bytes, inside: zipfile.ZipInfo) -> bytes:
    """Inflate no further than a byte past the size that was promised; `zipfile` would trust the stream."""
    at = inside.header_offset
    name, extra = struct.unpack_from("<HH", body, at + 26)
    first = at + 30 + name + extra
    packed = body[first : first + inside.compress_size]
    if body[at + 30 : at + 30 + name] != inside.filename.encode() or inside.flag_bits & 1:
        raise zipfile.BadZipFile("its two headers disagree, or it is locked")
    if inside.compress_type == zipfile.ZIP_STORED:
        return packed
    if inside.compress_type != zipfile.ZIP_DEFLATED:
        raise NotImplementedError(f"packed in way {inside.compress_type}")
    return zlib.decompressobj(-zlib.MAX_WBITS).decompress(packed, inside.file_size + 1)


@dataclass(frozen=True, slots=True)
class Pack:
    """One file, verified.

    Attributes
    ----------
    file : File
    text : bytes
        The table inside.
    sha256 : str
        Of the zip.
    checked : bool
        Whether the archive's own checksum said the same; else it had none.
    """

    file: File
    text: bytes
    sha256: str
    checked: bool


def verified(read: Place, file: File, *, known: str = "") -> Pack | str | None:
    """Fetch one file and verify its checksum; the known checksum if unchanged, None if missing."""
    key = file.key
    for _ in range(2):
        said = _said(read, key)
        if known and said == known:
            return known
        body = read(key)
        if body is None:
            return None
        digest = hashlib.sha256(body).hexdigest()
        if said in (None, digest):
            if digest == known:
                return known
            text = inflate(body, file.member, largest=LARGEST if file.monthly else _DAY)
            return Pack(file, text, digest, said is not None)
    raise BadReply(_refusal(key, "checksum-mismatch"))


def _said(read: Place, key: str) -> str | None:
    """The checksum that the archive gives; one that cannot be read matches nothing."""
    text = read(key + _CHECKSUM)
    if text is None:
        return None
    match = _DIGEST.fullmatch(text)
    ours = match and match[2].decode() == key.rsplit("/", 1)[1]
    return match[1].decode().lower() if match and ours else "unreadable"


# ---------------------------------------------------------------- many files


@dataclass(frozen=True, slots=True)
class Haul:
    """The result of a request for files.

    Attributes
    ----------
    packs : list of Pack
    missing : list of File
        Not in the archive: normal for yesterday, a gap for earlier dates.
    unchanged : list of File
        Stored already, and identical to the archive's.
    revised : dict of str to (str, str)
        By key, stored already but replaced since: the stored sha256 and the new one.
    refused : dict of str to str
        By key: what is wrong with it.
    """

    packs: list[Pack] = field(default_factory=list)
    missing: list[File] = field(default_factory=list)
    unchanged: list[File] = field(default_factory=list)
    revised: dict[str, tuple[str, str]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)

    @property
    def sheets(self) -> list[tuple[File, bytes]]:
        """The tables, as `oikit.data.venues.archive.read` takes them."""
        return [(pack.file, pack.text) for pack in self.packs]

    @property
    def repairs(self) -> Counter[str]:
        """Return counts of files without a checksum or revised, beside those of `archive.read`."""
        counts: Counter[str] = Counter()
        for pack in self.packs:
            if not pack.checked:
                counts[count_as("no-checksum", pack.file.set)] += 1
            if pack.file.key in self.revised:
                counts[count_as("revised", pack.file.set)] += 1
        return counts

    def gaps(self, before: pd.Timestamp) -> Counter[str]:
        """Files that are missing although their day or month had ended by then, counted in words."""
        return Counter(count_as("missing-file", file.set) for file in self.missing if file.end <= before)

    def check(self) -> Haul:
        """Return itself, or say every file that was refused."""
        if self.refused:
            lines = "\n".join(f"  - {why}" for why in self.refused.values())
            raise BadReply(f"{len(self.refused)} file(s) of the archive are refused:\n{lines}")
        return self


_Came = Pack | str | BadReply | None


class Pool:
    """Files on their way: `at_once` of them at any time, in the order in which they are asked for.

    A slow file holds nobody up: the next one is begun as soon as any has come. What was asked for and is
    not taken is not begun once the block ends.

    Parameters
    ----------
    read : callable
        A place.
    at_once : int
    known : mapping of str to str, optional
        By key: the checksum of what is stored already.
    whole : bool
        Do not ask for a month that is missing by its days.
    """

    def __init__(
        self,
        read: Place,
        *,
        at_once: int = 1,
        known: Mapping[str, str] | None = None,
        whole: bool = False,
    ) -> None:
        self._read, self.known, self.whole = read, known or {}, whole
        self._threads = ThreadPoolExecutor(at_once)
        self._coming: dict[str, Future[_Came]] = {}
        self._last: dict[str, tuple[str, _Came]] = {}
        self._refused = 0  # in a row, as they come
        self._away: Exception | None = None

    def __enter__(self) -> Pool:
        """Open for as long as the block lasts."""
        return self

    def __exit__(self, *_: object) -> None:
        """Begin nothing more, and wait for what is on its way."""
        self._threads.shutdown(cancel_futures=True)

    def __len__(self) -> int:
        """Return how many files were asked for and not taken."""
        return len(self._coming)

    def ask(self, files: Iterable[File]) -> None:
        """Ask for files; one that is on its way, or was the last of its set, is not asked for again."""
        for file in files:
            if file.key not in self._coming and file.key != self._last.get(file.set, ("",))[0]:
                self._coming[file.key] = self._threads.submit(self._bring, file)

    def take(self, file: File) -> _Came:
        """Wait for a file: what `verified` returns, or why it is refused."""
        self.ask([file])
        # A month's last day is read once more with the next month, for its last row.
        key, came = self._last.get(file.set, ("", None))
        if key != file.key:
            came = self._coming.pop(file.key).result()
            self._last[file.set] = file.key, came
        return replace(came, file=file) if isinstance(came, Pack) else came

    def _bring(self, file: File) -> _Came:
        if self._away:
            raise self._away
        if self._refused >= _HOPELESS:
            return BadReply(f"{file.stem}.zip was not asked for, since {_HOPELESS} in a row were refused")
        try:
            came = verified(self._read, file, known=self.known.get(file.key, ""))
        except BadReply as error:
            self._refused += 1
            return error
        except Exception as error:
            self._away = error
            raise
        self._refused = 0
        return came


def collect(pool: Pool, files: Iterable[File], *, watch: Watch | None = None) -> Haul:
    """Take many files; a refused one does not stop the others, ten in a row do.

    A month that the archive does not have is asked for by its days.
    """
    haul, waiting, done, in_a_row = Haul(), deque(files), 0, 0
    pool.ask(waiting)
    while waiting:
        file = waiting.popleft()
        came = pool.take(file)
        days: list[File] = []
        if isinstance(came, BadReply):
            haul.refused[file.key] = str(came)
            in_a_row += 1
            if in_a_row >= _HOPELESS:
                haul.check()
        else:
            in_a_row = 0
            days = _sort_in(haul, file, came, pool)
        done += 1
        waiting.extendleft(reversed(days))
        pool.ask(days)
        if watch:
            watch(done, done + len(waiting), file)
    return haul


def _sort_in(haul: Haul, file: File, came: Pack | str | None, pool: Pool) -> list[File]:
    """Record the result of one file; for a missing month, return its days to ask for instead."""
    if isinstance(came, Pack):
        haul.packs.append(came)
        if pool.known.get(file.key, came.sha256) != came.sha256:
            haul.revised[file.key] = pool.known[file.key], came.sha256
    elif came:
        haul.unchanged.append(file)
    elif file.days() and not pool.whole:
        return file.days()
    elif not file.spare:
        haul.missing.append(file)
    return []
