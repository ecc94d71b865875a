"""The command line: it reads what was typed, calls, and writes what came back.

==============  ===============================================
`cli.market`    ``oikit fetch``, ``oikit store``
`cli.paper`     ``oikit claims``, ``oikit report``, ``oikit sweep``
`cli.workshop`  ``oikit course``, ``oikit pack``
==============  ===============================================

A command is one function that returns a ``click.Command``, and its line in `COMMANDS`. Whatever
oikit refuses ends as one line on stderr: exit code 2 where the reader can mend it, 1 where only the
exchange can, 130 after Ctrl-C.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from oikit.cli import market, paper, workshop
from oikit.errors import MissingExtra, OikitError

if TYPE_CHECKING:
    import click

__all__ = ["COMMANDS", "group", "main"]

COMMANDS: dict[str, Callable[[], click.Command]] = {
    "fetch": market.fetch,
    "store": market.store,
    "claims": paper.claims,
    "report": paper.report,
    "sweep": paper.sweep,
    "course": workshop.course,
    "pack": workshop.pack,
}
"""Every subcommand, by name."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``oikit``; always ends in ``SystemExit``.

    Parameters
    ----------
    arguments : sequence of str, optional
        What was typed after ``oikit``; by default what the shell passed on.
    """
    try:
        raise SystemExit(_run(arguments))
    except OikitError as error:
        # One line each: what pages and notebooks show as a list is joined here.
        line = " ".join(str(error).split())
        sys.stderr.write(f"oikit: {line}\n")
        raise SystemExit(error.exit_code) from None


def _run(arguments: Sequence[str] | None) -> int:
    command = group()
    import click

    try:
        code = command.main(arguments, prog_name="oikit", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:
        sys.stderr.write("oikit: stopped\n")
        return 130
    except BrokenPipeError:
        # Whoever read our output has gone; what is still buffered must not fail on the way out.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code if isinstance(code, int) else 0


def group() -> click.Group:
    """Build the command ``oikit`` with all its subcommands.

    Raises
    ------
    MissingExtra
        If click is not installed.
    """
    try:
        import click
    except ImportError as error:
        raise MissingExtra("click", "cli") from error
    from oikit import __version__

    top = click.Group("oikit", help="Read the open interest of perpetual futures.")
    version = click.version_option(__version__, prog_name="oikit", message="%(prog)s %(version)s")
    for build in COMMANDS.values():
        top.add_command(build())
    return version(top)
