"""Commands about a market's data."""

from __future__ import annotations

import contextlib
import json
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import click

    from oikit.data.fetch import Fetched

__all__ = ["fetch", "store"]

Progress = Callable[[int, int, str], object]


def fetch() -> click.Command:
    """Build ``oikit fetch``."""
    import click

    @click.command("fetch")
    @click.argument("symbol")
    @click.option("--since", required=True, metavar="TIME", help="First moment, UTC, like 2026-02-20.")
    @click.option("--until", metavar="TIME", help="Last moment, UTC.  [default: the last closed bar]")
    @click.option("--every", default="1h", show_default=True, help="Bar length: 5min, 1h, 4h, 1d ...")
    @click.option("--store", metavar="FOLDER", help="Where bars are kept.  [env: OIKIT_STORE]")
    @click.option("--rest", metavar="ADDRESS", help="Whom to ask.  [env: OIKIT_BINANCE_REST]")
    @click.option("--archive", metavar="FOLDER|URL", help="Where its bulk archive is.  [env: OIKIT_ARCHIVE]")
    @click.option("--recheck", is_flag=True, help="Ask whether stored files of the archive were replaced.")
    @click.option("--skip-refused", is_flag=True, help="Leave days whose file is refused as gaps.")
    @click.option("--quiet", is_flag=True, help="No progress and no remarks, only the last line.")
    @click.option("--json", "as_json", is_flag=True, help="Progress and result as JSON lines.")
    def command(
        symbol: str,
        since: str,
        until: str | None,
        every: str,
        store: str | None,
        rest: str | None,
        archive: str | None,
        recheck: bool,
        skip_refused: bool,
        quiet: bool,
        as_json: bool,
    ) -> None:
        """Fetch open interest, prices, funding and ratios of SYMBOL from Binance into the store.

        What is further back than 30 days comes from Binance's bulk archive; --archive takes it from a
        folder, such as a stick with a copy.
        """
        from oikit.data.fetch import fetch as ask

        with _progress(symbol, quiet=quiet, as_json=as_json) as progress:
            found = ask(
                symbol,
                since=since,
                until=until,
                every=every,
                store=store,
                rest=rest,
                archive=archive,
                recheck=recheck,
                skip_refused=skip_refused,
                progress=progress,
            )
        if as_json:
            click.echo(json.dumps(_summary(found)))
            return
        if not quiet:
            for remark in found.remarks:
                click.echo(f"  {remark}")
        click.echo(_closing_line(found))

    return command


@contextlib.contextmanager
def _progress(name: str, *, quiet: bool, as_json: bool) -> Iterator[Progress | None]:
    """A bar on a terminal, JSON lines where they are wanted, else nothing."""
    if as_json:
        yield _json_line
        return
    try:
        from tqdm import tqdm
    except ImportError:
        quiet = True  # it is no reason not to fetch
    if quiet:
        yield None
        return
    # disable=None: only on a terminal.
    with tqdm(desc=name, unit="request", file=sys.stderr, disable=None, leave=False) as bar:

        def show(done: int, expected: int, what: str) -> None:
            bar.total = expected
            bar.set_postfix_str(what, refresh=False)
            bar.update(done - bar.n)

        yield show


def _json_line(done: int, expected: int, what: str) -> None:
    import click

    click.echo(json.dumps({"done": done, "expected": expected, "what": what}))


def _coverage(found: Fetched) -> dict[str, float]:
    """Of each series, the share of bars that are known; rounded down, so that 1 means all."""
    known = found.frame.notna().mean()
    return {str(name): math.floor(share * 1000) / 1000 for name, share in known.items() if name in _TOLD}


_TOLD = (
    "close",
    "premium",
    "open_interest",
    "funding_rate",
    "long_short_ratio",
    "top_account_ratio",
    "top_position_ratio",
    "circulating_supply",
)


def _summary(found: Fetched) -> dict[str, Any]:
    index = found.frame.index
    return {
        "symbol": found.symbol,
        "every": found.every,
        "rows": len(index),
        "first": index[0].isoformat(),
        "last": index[-1].isoformat(),
        "coverage": _coverage(found),
        "quality": str(found.coverage),
        "remarks": list(found.remarks),
        "requests": found.requests,
        "path": str(found.path),
    }


def _closing_line(found: Fetched) -> str:
    return f"{found.symbol}: {found.coverage}; {found.requests} requests; in {found.path}"


# ---------------------------------------------------------------- the store


def store() -> click.Command:
    """Build ``oikit store`` with its four commands."""
    import click

    where = click.option("--store", "root", metavar="FOLDER", help="Which store.  [env: OIKIT_STORE]")
    group = click.Group("store", help="List, verify, compact and export what has been fetched.")

    @group.command("list")
    @where
    def listed(root: str | None) -> None:
        """Tell which markets are stored, one a line."""
        from oikit.data.upkeep import shelves

        for shelf in shelves(_root(root)):
            click.echo(shelf)

    @group.command("verify")
    @where
    def verified(root: str | None) -> None:
        """Hold every file against its checksum; exit code 2 if anything is wrong."""
        from oikit.data.upkeep import shelves, verify
        from oikit.errors import StoreError

        wrong = verify(_root(root))
        for line in wrong:
            click.echo(line)
        if wrong:
            raise StoreError(f"{len(wrong)} thing(s) are wrong with {_root(root)}")
        click.echo(f"{_root(root)}: {len(shelves(_root(root)))} market(s), every file as it was written")

    @group.command("compact")
    @where
    def compacted(root: str | None) -> None:
        """Take away what was left half written, and the memory of old fetches."""
        from oikit.data.upkeep import compact

        for line in compact(_root(root)):
            click.echo(line)

    @group.command("export")
    @click.argument("symbol")
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--every", default="1h", show_default=True, help="Bar length, as it is stored.")
    @where
    def exported(symbol: str, file: Path, every: str, root: str | None) -> None:
        """Write SYMBOL to FILE as CSV, one row a bar."""
        from oikit.data.upkeep import export

        rows = export(_root(root), symbol, every, file)
        click.echo(f"{file}: {rows:,} rows of {symbol} {every}")

    return group


def _root(root: str | None) -> Path:
    from oikit.files import store_root

    return store_root(root)
