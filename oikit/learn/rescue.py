"""One helpful line instead of a screen of red, for the two errors a lesson meets most.

After a restart, a cell that uses a name from above stops with NameError; and a wrong id or letter is
refused by the course. In a notebook both are shown as one line. Every other error is shown as always.
"""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

from oikit.errors import OikitError

_AGAIN = (
    "If a cell above has not been run since the kernel started, choose Run > Run All Above Selected Cell."
)


def line_for(error: BaseException) -> str:
    """Return the one line for an error."""
    if isinstance(error, NameError):
        name = f"{error.name} is" if error.name else "a name is"
        return f"NameError: {name} not there. {_AGAIN} Otherwise look at its spelling."
    return f"{type(error).__name__}: {error}"


def watch() -> None:
    """Show these errors of this notebook as one line from now on; do nothing without a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    custom = getattr(shell, "custom_exceptions", None)
    # A handler that somebody else has set is theirs.
    if shell is not None and custom == ():
        shell.set_custom_exc((NameError, OikitError), _show)


def _show(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType,
    tb_offset: int | None = None,
) -> None:
    """IPython asks an error for its own traceback before it makes one."""
    if _ours(error, trace):
        error._render_traceback_ = lambda: [line_for(error)]  # type: ignore[attr-defined]
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


def _ours(error: BaseException, trace: TracebackType) -> bool:
    """A name missing in the cell itself, not in a function that the cell calls."""
    if not isinstance(error, NameError):
        return True
    depth, at = 0, trace.tb_next  # the first frame is IPython's own
    while at is not None:
        depth, at = depth + 1, at.tb_next
    return depth <= 1
