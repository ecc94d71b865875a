"""Commands that say what a market shows: a page, a verdict on each claim, the best of many settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

__all__ = ["claims", "report", "sweep"]


def claims() -> click.Command:
    """Build ``oikit claims``."""
    import click

    @click.command("claims")
    @click.option("--market", metavar="MARKET", default="bnb-null", show_default=True)
    @click.option("--store", metavar="FOLDER", help="Where bars are kept.  [env: OIKIT_STORE]")
    @click.option("--details", is_flag=True, help="With the numbers behind each verdict.")
    @click.option("--json", "as_json", is_flag=True, help="One word for each claim, by id.")
    def command(market: str, store: str | None, details: bool, as_json: bool) -> None:
        """Weigh the claims of the article on MARKET: a bundled sample, or a symbol that was fetched."""
        from oikit.claims import claims_json, claims_text
        from oikit.report.source import whole

        frame, source, _ = whole(market, store=store)
        if as_json:
            click.echo(json.dumps(claims_json(frame), indent=1))
        else:
            click.echo(claims_text(frame, market=market, source=source, details=details))

    return command


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


def sweep() -> click.Command:
    """Build ``oikit sweep``."""
    import click

    @click.command("sweep")
    @click.option("--market", metavar="MARKET", default="bnb-null", show_default=True)
    @click.option("--store", metavar="FOLDER", help="Where bars are kept.  [env: OIKIT_STORE]")
    @click.option("--cluster", metavar="ADDRESS", help="A running Dask scheduler, like tcp://127.0.0.1:8786.")
    def command(market: str, store: str | None, cluster: str | None) -> None:
        """Try every setting of the article's constants on MARKET, and say what the best is worth."""
        from oikit.lens.sweep import sweep as every_setting
        from oikit.report.source import whole

        frame, source, _ = whole(market, store=store)
        found = every_setting(frame, cluster=cluster)
        click.echo(source)
        click.echo(", ".join(f"{name} {value}" for name, value in found.best.items()))
        click.echo(str(found))

    return command
