"""Ledgers of a venue's request budgets, and of pauses and bans.

A venue counts per internet address, so all processes of one computer must count together: `FileLedger`
is a small file in the folder for temporary files, `shared` the ledger that clients use by default.

When in doubt, it counts too much. If the file cannot be used, this process counts alone.
"""

from __future__ import annotations

import contextlib
import functools
import getpass
import json
import math
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from oikit.data.venues.query import Budget
from oikit.files import locked

_SLOTS = 300  # of a window; the file tells no finer times apart, so it stays small
_PATIENCE = 5.0  # s to wait for the file; whoever holds it does so for a millisecond
_LONGEST = 3 * 86_400.0  # s; no ban is longer


class Ledger:
    """The use of each budget in its last window, by all clients that share this ledger."""

    def __init__(self) -> None:
        self._spent: dict[str, list[tuple[float, int]]] = {}
        self._held: dict[str, tuple[float, str]] = {}
        self._lock = threading.Lock()

    def book(self, key: tuple[str, str], budget: Budget, weight: int, now: float) -> float:
        """Book this weight and return 0, or return the seconds to wait until it fits."""
        with self._turn():
            now = self._when(now)
            spent = self._current(key, budget, now)
            # A request heavier than the whole budget must still go out, alone.
            if spent and sum(w for _, w in spent) + weight > budget.allowed:
                return max(spent[0][0] + budget.seconds - now, 0.001)
            self._add(spent, budget, weight, now)
            return 0.0

    def heard(self, key: tuple[str, str], budget: Budget, used: int, now: float) -> None:
        """Take over the venue's own count where it is higher: others behind this address ask too."""
        with self._turn():
            now = self._when(now)
            spent = self._current(key, budget, now)
            more = used - sum(w for _, w in spent)
            if more > 0:
                self._add(spent, budget, more, now)

    def hold(self, base: str, seconds: float, now: float, says: str = "") -> None:
        """Block this address for so many seconds: a ban if `says` gives a reason, else a pause."""
        with self._turn():
            until = self._when(now) + min(seconds, _LONGEST)
            if until > self._held.get(base, (0.0, ""))[0]:
                self._held[base] = until, says

    def held(self, base: str, now: float) -> tuple[float, str]:
        """Return for how many seconds this address is blocked, and why; 0 if it is not."""
        with self._turn():
            until, says = self._held.get(base, (0.0, ""))
            left = until - self._when(now)
            if not 0 < left <= _LONGEST:
                self._held.pop(base, None)
                return 0.0, ""
            return left, says

    def _current(self, key: tuple[str, str], budget: Budget, now: float) -> list[tuple[float, int]]:
        kept = self._spent.get(" ".join(key), [])
        # What lies ahead was booked by a clock that has been set back since.
        kept = [(t, w) for t, w in kept if now - budget.seconds < t <= now + budget.seconds]
        self._spent[" ".join(key)] = kept
        return kept

    def _add(self, spent: list[tuple[float, int]], budget: Budget, weight: int, now: float) -> None:
        spent.append((now, weight))

    def _when(self, now: float) -> float:
        return now

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        with self._lock:
            yield


class FileLedger(Ledger):
    """The same between processes: the counts live in a file, which is locked while it is used."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._path, self._clock = path, clock

    def _when(self, now: float) -> float:
        return self._clock()

    def _add(self, spent: list[tuple[float, int]], budget: Budget, weight: int, now: float) -> None:
        slot = budget.seconds / _SLOTS
        end = math.ceil(now / slot) * slot
        if spent and spent[-1][0] == end:
            weight += spent.pop()[1]
        spent.append((end, weight))

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        with self._lock, contextlib.ExitStack() as stack:
            try:
                stack.enter_context(locked(self._path.with_suffix(".lock"), patience=_PATIENCE))
            except OSError:
                yield
                return
            self._load()
            yield
            # A file that cannot be written leaves this process counting alone.
            with contextlib.suppress(OSError):
                self._path.write_text(
                    json.dumps({"spent": self._spent, "held": self._held}), encoding="utf-8"
                )

    def _load(self) -> None:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            spent = {key: [(float(t), int(w)) for t, w in rows] for key, rows in found["spent"].items()}
            held = {key: (float(until), str(says)) for key, (until, says) in found["held"].items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return  # none yet, or cut short by a full disk: what this process knows stands
        self._spent, self._held = spent, held


@functools.cache
def shared() -> Ledger:
    """The ledger of this computer's reader."""
    try:
        who = "".join(c for c in getpass.getuser() if c.isalnum())
    except (KeyError, OSError):
        who = ""
    return FileLedger(Path(tempfile.gettempdir()) / f"oikit-budgets-{who}.json")
