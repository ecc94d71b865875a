"""Ledgers of a venue's request budgets, and of pauses and bans.

A venue counts per internet address, so all processes of all users of one computer must count together.
Each user's counts live in a folder of their own in the computer's folder for temporary files, where
everybody can read them and nobody else can write them: `FileLedger` adds up what it reads. What another
user says is numbers, never words, and counts only where that user owns it. ``OIKIT_BUDGETS`` names
another folder than ``/tmp``.

When in doubt, it counts too much: a file that cannot be read counts as a budget that was spent when it
was written. If there is no folder to write to, a process counts alone.
"""

from __future__ import annotations

import contextlib
import functools
import getpass
import json
import math
import os
import secrets
import stat
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from oikit.data.venues.query import Budget
from oikit.files import locked

_SLOTS = 300  # of a window; the file tells no finer times apart, so it stays small
_PATIENCE = 5.0  # s to wait for the file; whoever holds it does so for a millisecond
_LONGEST = 3 * 86_400.0  # s; no ban is longer
_LARGEST = 2**20  # bytes of one user's file; a busy one has 20,000
_MOST = 10**6  # no request weighs as much
_NAME, _FILE = "oikit-budgets-", "counts.json"

Spent = list[tuple[float, int]]


@dataclass(slots=True)
class Counts:
    """The use of each budget, the addresses that are blocked, and until when nothing certain is known.

    Attributes
    ----------
    spent : dict of str to list of (float, int)
        By address and budget: times and weights.
    held : dict of str to (float, bool)
        By address: until when it is blocked, and whether that is a ban.
    doubt : float
        Before this time counts may have been lost.
    """

    spent: dict[str, Spent] = field(default_factory=dict)
    held: dict[str, tuple[float, bool]] = field(default_factory=dict)
    doubt: float = -math.inf

    def current(self, key: tuple[str, str], budget: Budget, now: float) -> Spent:
        """Return what counts in the window that ends now."""
        kept = self.spent.get(" ".join(key), [])
        # What lies ahead was booked by a clock that has been set back since.
        kept = [(t, w) for t, w in kept if now - budget.seconds < t <= now + budget.seconds]
        if now - budget.seconds < self.doubt <= now:
            return [(self.doubt, math.ceil(budget.allowed)), *kept]
        return kept

    def blocked(self, base: str, now: float) -> tuple[float, bool]:
        """Return for how many seconds an address is blocked, and whether that is a ban."""
        until, banned = self.held.get(base, (0.0, False))
        left = until - now
        return (left, banned) if 0 < left <= _LONGEST else (0.0, False)


class Ledger:
    """The use of each budget in its last window, by all clients that share this ledger."""

    def __init__(self) -> None:
        self._own = Counts()
        self._lock = threading.Lock()

    def book(self, key: tuple[str, str], budget: Budget, weight: int, now: float) -> float:
        """Book this weight and return 0, or return the seconds to wait until it fits."""
        with self._turn():
            now = self._when(now)
            wait = self._wait(key, budget, weight, now)
            if not wait:
                before = list(self._own.spent.get(" ".join(key), ()))
                self._add(key, budget, weight, now)
                # Another user may have booked the same at the same time: then neither has.
                wait = self._again(key, budget, now)
                if wait:
                    self._own.spent[" ".join(key)] = before
            return wait

    def heard(self, key: tuple[str, str], budget: Budget, used: int, now: float) -> None:
        """Take over the venue's own count where it is higher: others behind this address ask too."""
        with self._turn():
            now = self._when(now)
            more = used - sum(w for _, w in self._current(key, budget, now))
            if more > 0:
                self._add(key, budget, more, now)

    def hold(self, base: str, seconds: float, now: float, *, banned: bool = False) -> None:
        """Block this address for so many seconds: a pause, or a ban."""
        with self._turn():
            until = self._when(now) + min(seconds, _LONGEST)
            if until > self._own.held.get(base, (0.0, False))[0]:
                self._own.held[base] = until, banned

    def held(self, base: str, now: float) -> tuple[float, bool]:
        """Return for how many seconds this address is blocked, 0 if it is not, and whether by a ban."""
        with self._turn():
            now = self._when(now)
            own = self._own.blocked(base, now)
            if not own[0]:
                self._own.held.pop(base, None)
            return max(own, *(counts.blocked(base, now) for counts in self._others()), (0.0, False))

    def _wait(self, key: tuple[str, str], budget: Budget, weight: int, now: float) -> float:
        spent = self._current(key, budget, now)
        # A request heavier than the whole budget must still go out, alone.
        if not spent or sum(w for _, w in spent) + weight <= budget.allowed:
            return 0.0
        return max(min(t for t, _ in spent) + budget.seconds - now, 0.001)

    def _current(self, key: tuple[str, str], budget: Budget, now: float) -> Spent:
        return [row for counts in (self._own, *self._others()) for row in counts.current(key, budget, now)]

    def _add(self, key: tuple[str, str], budget: Budget, weight: int, now: float) -> None:
        kept = self._own.current(key, budget, now)
        self._own.spent[" ".join(key)] = [(t, w) for t, w in kept if t != self._own.doubt]
        self._own.spent[" ".join(key)].append((now, weight))

    def _again(self, key: tuple[str, str], budget: Budget, now: float) -> float:
        return 0.0

    def _others(self) -> list[Counts]:
        return []

    def _when(self, now: float) -> float:
        return now

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        with self._lock:
            yield


class FileLedger(Ledger):
    """The same between processes and users, by a file of each user in one place."""

    def __init__(self, place: Path, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._place, self._clock = place, clock
        self._folder: Path | None = None
        self._beside: list[Counts] = []

    def _when(self, now: float) -> float:
        return self._clock()

    def _others(self) -> list[Counts]:
        return self._beside

    def _add(self, key: tuple[str, str], budget: Budget, weight: int, now: float) -> None:
        slot = budget.seconds / _SLOTS
        super()._add(key, budget, weight, math.ceil(now / slot) * slot)
        spent = self._own.spent[" ".join(key)]
        if len(spent) > 1 and spent[-2][0] == spent[-1][0]:
            spent[-2:] = [(spent[-1][0], spent[-2][1] + spent[-1][1])]

    def _again(self, key: tuple[str, str], budget: Budget, now: float) -> float:
        before = self._beside
        if self._folder is None:
            return 0.0
        self._save()
        self._beside = _beside(self._place, self._folder)
        # Nothing more of our own: it is booked already.
        return 0.0 if self._beside == before else self._wait(key, budget, 0, now)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        with self._lock, contextlib.ExitStack() as stack:
            try:
                self._folder = _own_folder(self._place)
                stack.enter_context(locked(self._folder / ".lock", patience=_PATIENCE))
            except OSError:
                self._folder, self._beside = None, []
                yield
                return
            self._own = _read(self._folder / _FILE) or self._own
            self._beside = _beside(self._place, self._folder)
            yield
            self._save()

    def _save(self) -> None:
        own = self._own
        text = json.dumps({"spent": own.spent, "held": own.held, "doubt": own.doubt})
        # A file that cannot be written leaves this process counting alone.
        with contextlib.suppress(OSError):
            assert self._folder
            part = self._folder / f".{secrets.token_hex(6)}.part"
            try:
                with open(part, "x", encoding="utf-8") as file:
                    file.write(text)
                part.chmod(0o644)  # whatever new files of this user are like: others must read it
                os.replace(part, self._folder / _FILE)
            finally:
                part.unlink(missing_ok=True)


def _me() -> str:
    try:
        return str(os.getuid()) if hasattr(os, "getuid") else getpass.getuser()
    except (KeyError, OSError):
        return "0"


def _folders(place: Path) -> Iterator[tuple[str, Path]]:
    """Yield each user's folders: those that are named after their owner."""
    with os.scandir(place) as entries:
        for entry in entries:
            if not entry.name.startswith(_NAME) or not entry.is_dir(follow_symlinks=False):
                continue
            who = entry.name.removeprefix(_NAME).partition(".")[0]
            if not hasattr(os, "getuid") or str(entry.stat(follow_symlinks=False).st_uid) == who:
                yield who, Path(entry.path)


def _own_folder(place: Path) -> Path:
    """Return this user's folder, made if need be; a name that somebody else has taken is left to them."""
    plain = place / f"{_NAME}{_me()}"
    state = os.lstat(_make(plain))
    if stat.S_ISDIR(state.st_mode) and (not hasattr(os, "getuid") or state.st_uid == os.getuid()):
        return plain
    mine = sorted(path for who, path in _folders(place) if who == _me())
    return mine[0] if mine else _make(plain.with_name(f"{plain.name}.{secrets.token_hex(6)}"))


def _make(path: Path) -> Path:
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o755)
        path.chmod(0o755)
    return path


def _beside(place: Path, own: Path) -> list[Counts]:
    """Return what other users have counted."""
    found = (_read(path / _FILE) for _, path in sorted(_folders(place)) if path != own)
    return [counts for counts in found if counts]


def _read(path: Path) -> Counts | None:
    """Read one user's counts; None if there are none yet."""
    try:
        # Neither through a link, nor waiting for a pipe.
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        with open(os.open(path, flags), "rb") as file:
            state = os.fstat(file.fileno())
            body = file.read(_LARGEST + 1) if stat.S_ISREG(state.st_mode) else b""
    except OSError:
        return None
    try:
        if len(body) > _LARGEST:
            raise ValueError
        found = json.loads(body)
        return Counts(
            {str(key): [_row(row) for row in rows] for key, rows in found["spent"].items()},
            {str(base): (float(until), banned is True) for base, (until, banned) in found["held"].items()},
            float(found["doubt"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Counts(doubt=state.st_mtime)


def _row(row: Any) -> tuple[float, int]:
    at, weight = row
    if not 0 < int(weight) <= _MOST:
        raise ValueError
    return float(at), int(weight)


@functools.cache
def shared() -> Ledger:
    """The ledger of this computer."""
    # TMPDIR may be another for each user.
    common = Path("/tmp") if os.name == "posix" and Path("/tmp").is_dir() else Path(tempfile.gettempdir())
    return FileLedger(Path(os.environ.get("OIKIT_BUDGETS") or common).expanduser())
