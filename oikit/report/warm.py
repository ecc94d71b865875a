"""A process that has imported everything and waits: each report is made in a copy of it.

Most of the time of one report goes into starting a kernel and importing what it draws with. Here that
happens once. The copy is forked, makes one report and ends, so no report can see another, and one that
is ended from outside takes no other with it. The waiting process only imports: a thread would not survive
the fork. (pyarrow's keeper of memory is one, and is made for it.) It ends when its owner does.

Where a process cannot be forked safely (Windows, macOS), each report has a fresh process instead, in which
papermill starts a kernel of its own.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import pickle
import pkgutil
import signal
import socket
import subprocess
import sys
from typing import Protocol

from oikit.errors import OikitError
from oikit.report.order import Order, Outcome, attempt

# Several reports are made at once; a library that takes all cores for each would only be in the way, and
# sums in another order are other numbers in the last digit.
_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


# Some of these are imported by others only when they are first used.
_NEEDED = (
    "altair",
    "ipykernel.debugger",
    "ipykernel.inprocess.ipkernel",
    "ipykernel.inprocess.manager",
    "IPython.core.application",
    "IPython.core.completerlib",
    "narwhals._pandas_like.dataframe",
    "nbconvert",
    "numpy.fft",
    "papermill",
    "psutil",
    "pyarrow.pandas_compat",
    "pyarrow.parquet",
    "tornado.platform.asyncio",
)


class Maker(Protocol):
    """Anything that carries out orders, several at once if called by several threads."""

    def ask(self, order: Order) -> Outcome:
        """Carry out one."""

    def close(self) -> None:
        """End what was started."""

    def __enter__(self) -> Maker:
        """Itself."""

    def __exit__(self, *error: object) -> None:
        """Close."""


def can_fork() -> bool:
    """Return whether a process can be forked safely; macOS libraries start threads."""
    return os.name == "posix" and sys.platform != "darwin"


def maker(*, warm: bool | None = None) -> Maker:
    """Start what makes reports here."""
    return Warm() if (can_fork() if warm is None else warm) else Fresh()


class Warm:
    """A warm process and its copies.

    Examples
    --------
    ::

        with Warm() as warm:
            outcome = warm.ask(Order("bnb-null"))
    """

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

    def ask(self, order: Order) -> Outcome:
        """Have one report made, in a process of its own."""
        ours, theirs = socket.socketpair()
        try:
            with ours:
                with theirs:
                    socket.send_fds(self._control, [b"?"], [theirs.fileno()])
                ours.sendall(pickle.dumps(order))
                ours.shutdown(socket.SHUT_WR)
                return _outcome(order, _all(ours))
        except OSError:  # the warm process itself is gone
            return _outcome(order, b"")

    def close(self) -> None:
        """End the warm process, and whatever it has under way."""
        self._control.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # it leads a group: itself and its copies
        self._process.wait()

    def __enter__(self) -> Warm:
        """Itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close."""
        self.close()


class Fresh:
    """A fresh process for each report, with papermill's own engine."""

    def ask(self, order: Order) -> Outcome:
        """Have one report made, in a process of its own."""
        made = subprocess.run(
            _python(),
            input=pickle.dumps(order),
            stdout=subprocess.PIPE,
            env={**_ENVIRONMENT, **os.environ},
            check=False,
        )
        return _outcome(order, made.stdout)

    def close(self) -> None:
        """Do nothing: there is nothing to end."""

    def __enter__(self) -> Fresh:
        """Itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Close."""


def _python(*arguments: str) -> list[str]:
    """The Python that runs this, without the current folder on its path, where anything may lie."""
    start = "import sys; from oikit.report.warm import main; main(sys.argv[1:])"
    return [sys.executable, "-P", "-Xfrozen_modules=off", "-c", start, *arguments]


def _all(connection: socket.socket) -> bytes:
    pieces = []
    while piece := connection.recv(1 << 20):
        pieces.append(piece)
    return b"".join(pieces)


def _outcome(order: Order, answer: bytes) -> Outcome:
    """Read what our own process has answered."""
    try:
        found = pickle.loads(answer)
    except (EOFError, pickle.UnpicklingError):
        found = None
    if isinstance(found, Outcome):
        return found
    says = f"the process that made the report of {order.market} was ended from outside, perhaps for memory"
    return Outcome(order, None, "ReportError", says)


def serve(control: socket.socket) -> None:
    """Fork this process for each order, until the connection is closed."""
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
    """Carry out one order, and exit without the cleanup of the original process."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        control.close()
        connection.sendall(pickle.dumps(attempt(pickle.loads(_all(connection)), here=True)))
    finally:
        sys.stderr.flush()
        os._exit(0)


def _import_all() -> None:
    """Import what a report needs; start nothing, draw nothing (charts count their parts from 1)."""
    for name in _NEEDED:
        with contextlib.suppress(ImportError):  # the order itself says what is not installed
            importlib.import_module(name)
    for room in ("oikit.charts", "oikit.report"):
        for module in pkgutil.iter_modules(importlib.import_module(room).__path__, f"{room}."):
            with contextlib.suppress(ImportError):
                importlib.import_module(module.name)
    with contextlib.suppress(ImportError, OikitError):
        import nbformat

        from oikit.export import page

        page.render(nbformat.v4.new_notebook(), title="x")  # reads the template of a page


def main(arguments: list[str]) -> None:
    """Serve a connection as the warm process, or carry out one order from standard input."""
    if arguments:
        with socket.socket(fileno=int(arguments[0])) as control:
            serve(control)
        os.killpg(os.getpid(), signal.SIGKILL)  # its copies too: nobody waits for them any more
    answer = sys.stdout.buffer
    with contextlib.redirect_stdout(sys.stderr):
        outcome = attempt(pickle.load(sys.stdin.buffer))
    answer.write(pickle.dumps(outcome))
