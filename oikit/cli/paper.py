"""Commands that write pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

__all__ = ["report"]


def report() -> click.Command:
    """Build ``oikit report``."""
    import click

    @click.command("report")
    @click.argument("market", default="bnb-null")
    @click.option("--week", metavar="WEEK", help="ISO week, like 2026-W10.  [default: the last whole one]")
    @click.option("--out", metavar="FOLDER", default="reports", show_default=True, help="Where to write.")
    @click.option("--store", metavar="FOLDER", help="Where bars are kept.  [env: OIKIT_STORE]")
    def command(market: str, week: str | None, out: str, store: str | None) -> None:
        """Render the weekly report of MARKET: a bundled sample, or a symbol that was fetched.

        Without MARKET it is the bundled, simulated bnb-null. Needs no network.
        """
        from oikit.report import run

        for path in run(market, week=week, out=out, store=store):
            click.echo(path)

    return command
