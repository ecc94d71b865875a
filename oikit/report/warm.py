"""A process that has imported everything and waits: reports are made in copies of it.

Most of the time of one report goes into importing what it draws with. Here that happens once. A copy is
forked for the weeks of one market, makes their reports and ends, so no market can see another, and a copy
that is ended from outside takes no other report with it than the one it was at: another copy makes the rest.
The waiting process only imports: a thread would not survive the fork. (pyarrow's keeper of memory is one,
and is made for it.) It ends when its owner does.

The standard library's forkserver is not used: it runs the script of its owner again, where that has no
guard, and imports from the current folder, where anything may lie. Where a process cannot be forked safely
(Windows, macOS), each market has a fresh process instead.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import os
import pickle
import pkgutil
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence

from oikit.report.order import Order, Outcome, attempts

# Several reports are made at once; a library that takes all cores for each would only be in the way, and
# sums in another order are other numbers in the last digit.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}

# Some of these are imported by others only when they are first used.
_NEEDED = ("numpy.fft", "pyarrow.pandas_compat", "pyarrow.parquet")


def can_fork() -> bool:
    """Return whether a process can be forked safely; macOS libraries start threads."""
    return os.name == "posix" and sys.platform != "darwin"


def maker(*, warm: bool | None = None) -> Fresh:
    """Start what makes reports here."""
    return Warm() if (can_fork() if warm is None else warm) else Fresh()


class Fresh:
    """Makes the reports of a market in a fresh process; several at once if called by several threads.

    Examples
    --------
    ::

        with Fresh() as fresh:
            (outcome,) = fresh.ask([Order("bnb-null")])
    """

    def ask(self, orders: Sequence[Order]) -> list[Outcome]:
        """Have the reports of one market made, the last week last."""
        outcomes: list[Outcome] = []
        while len(outcomes) < len(orders):
            rest = orders[len(outcomes) :]
            made = _outcomes(self._answer(pickle.dumps(rest)))
            outcomes += made
            if len(made) < len(rest):  # it was ended at the next one
                at = rest[len(made)]
                says = f"the process that made the report of {at.market} was ended from outside"
                outcomes.append(Outcome(at, None, "ReportError", f"{says}, perhaps for memory"))
        return outcomes

    def _answer(self, asked: bytes) -> bytes:
        environment = {**_ENVIRONMENT, **os.environ}
        made = subprocess.run(_python(), input=asked, stdout=subprocess.PIPE, env=environment, check=False)
        return made.stdout

    def close(self) -> None:
        """End what was started."""

    def __enter__(self) -> Fresh:
        """Itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close."""
        self.close()


class Warm(Fresh):
    """A warm process and its copies."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                _python(str(theirs.fileno())),
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**_ENVIRONMENT, **os.environ},
                start_new_session=True,  # Ctrl-C is ours to deal with, not its
            )

    def _answer(self, asked: bytes) -> bytes:
        ours, theirs = socket.socketpair()
        try:
            with ours:
                with theirs:
                    socket.send_fds(self._control, [b"?"], [theirs.fileno()])
                ours.sendall(asked)
                ours.shutdown(socket.SHUT_WR)
                return _all(ours)
        except OSError:  # the warm process itself is gone
            return b""

    def close(self) -> None:
        """End the warm process, and whatever it has under way."""
        self._control.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # it leads a group: itself and its copies
        self._process.wait()


def _python(*arguments: str) -> list[str]:
    """The Python that runs this, without the current folder on its path, where anything may lie."""
    start = "import sys; from oikit.report.warm import main; main(sys.argv[1:])"
    return [sys.executable, "-P", "-Xfrozen_modules=off", "-c", start, *arguments]


def _all(connection: socket.socket) -> bytes:
    pieces = []
    while piece := connection.recv(1 << 20):
        pieces.append(piece)
    return b"".join(pieces)


def _outcomes(answer: bytes) -> list[Outcome]:
    """Read what our own process has answered, as far as it came."""
    read, outcomes = io.BytesIO(answer), []
    with contextlib.suppress(EOFError, pickle.UnpicklingError):
        while True:
            outcomes.append(pickle.load(read))
    return outcomes


def serve(control: socket.socket) -> None:
    """Fork this process for each market, until the connection is closed."""
    _import_all()
    gc.collect()
    gc.freeze()  # so that no copy has to look through what it shares
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a copy ended: its connection tells
    while True:
        _, connections, _, _ = socket.recv_fds(control, 1, 1)
        if not connections:
            return
        with socket.socket(fileno=connections[0]) as connection:
            if os.fork() == 0:
                _copy(control, connection)


def _copy(control: socket.socket, connection: socket.socket) -> None:
    """Make the reports of one market, and exit without the cleanup of the original process."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        for outcome in attempts(pickle.loads(_all(connection))):
            connection.sendall(pickle.dumps(outcome))
    finally:
        sys.stderr.flush()
        os._exit(0)


def _import_all() -> None:
    """Import what a report needs; start nothing, draw nothing."""
    rooms = ("oikit.report", "oikit.claims.article")
    names = [
        each.name
        for room in rooms
        for each in pkgutil.iter_modules(importlib.import_module(room).__path__, f"{room}.")
    ]
    for name in (*_NEEDED, *names):
        with contextlib.suppress(ImportError):  # the order itself says what is not installed
            importlib.import_module(name)


def main(arguments: list[str]) -> None:
    """Serve a connection as the warm process, or carry out orders from standard input."""
    if arguments:
        with socket.socket(fileno=int(arguments[0])) as control:
            serve(control)
        os.killpg(os.getpid(), signal.SIGKILL)  # its copies too: nobody waits for them any more
    answer = sys.stdout.buffer
    with contextlib.redirect_stdout(sys.stderr):
        for outcome in attempts(pickle.load(sys.stdin.buffer)):
            answer.write(pickle.dumps(outcome))
            answer.flush()
