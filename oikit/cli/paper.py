"""Commands that say what a market shows: a page, a verdict on each claim, the best of many settings."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import click

__all__ = ["claims", "report", "sweep"]


def claims() -> click.Command:
    """Build ``oikit claims``."""
    import click

    @click.command("claims")
    @click.option("--market", metavar="MARKET", default="bnb-null", show_default=True)
    @click.option("--store", metavar="FOLDER|URL", help="Where bars are kept.  [env: OIKIT_STORE]")
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
    @click.option("--store", metavar="FOLDER|URL", help="Where bars are kept.  [env: OIKIT_STORE]")
    @click.option("--title", metavar="TEXT", help="A line for the head of the page.")
    @click.option("--notes", metavar="TEXT", help="A remark for the page; text, whatever it holds.")
    @click.option(
        "--against", metavar="FACTS", help="An earlier ...facts.json; with --markets, their folder."
    )
    @click.option("--format", "formats", metavar="LIST", help="Of html,pdf,md,json.  [default: html,json]")
    @click.option(
        "--markets", metavar="FILE", help="Many: a file with one market a line, or 'all' in the store."
    )
    @click.option("--weeks", metavar="N", type=int, help="With --markets: so many weeks up to that one.")
    @click.option(
        "--jobs", metavar="N", type=int, help="With --markets: so many at once.  [default: all cores]"
    )
    @click.option("--cluster", metavar="ADDRESS", help="With --markets: on a running Dask scheduler.")
    @click.option(
        "--site", metavar="URL", help="With --markets: where the folder is published, for its feed."
    )
    @click.pass_context
    def command(context: click.Context, /, market: str, markets: str | None, **options: Any) -> int:
        """Render the weekly report of MARKET: a bundled sample, or a symbol that was fetched.

        Without MARKET it is the bundled, simulated bnb-null. Needs no network. FOLDER may be an address
        that fsspec knows, like s3://bucket/reports.

        With --markets there is also an index and a feed; a market that cannot be reported is listed, the
        others are made, and the exit code is 1.
        """
        given = {name: value for name, value in options.items() if value is not None or name in _ALWAYS}
        if markets is None:
            alone = sorted(f"--{name}" for name in _MANY if name in given)
            if alone:
                raise click.UsageError(f"{', '.join(alone)} needs --markets")
            from oikit.report import run

            for path in run(market, **given):
                click.echo(path)
            return 0
        if context.get_parameter_source("market") is not click.core.ParameterSource.DEFAULT:
            raise click.UsageError("give MARKET or --markets, not both")
        from oikit.report import batch, listed

        made = batch(listed(markets, store=given["store"]), progress=True, **given)
        for line in made.missed:
            click.echo(f"not made: {line}", err=True)
        for name in made.alone:
            click.echo(f"not compared, no facts of the week before: {name}", err=True)
        click.echo(made, err=True)
        click.echo(made.index)
        click.echo(made.feed)
        return 1 if made.missed else 0

    return command


_ALWAYS = ("week", "out", "store")
_MANY = ("weeks", "jobs", "cluster", "site")


def sweep() -> click.Command:
    """Build ``oikit sweep``."""
    import click

    @click.command("sweep")
    @click.option("--market", metavar="MARKET", default="bnb-null", show_default=True)
    @click.option("--store", metavar="FOLDER|URL", help="Where bars are kept.  [env: OIKIT_STORE]")
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
