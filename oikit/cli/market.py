"""Commands about a market's data."""

from __future__ import annotations

import contextlib
import json
import math
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import click

    from oikit.data.fetch import Fetched

__all__ = ["fetch"]

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
    @click.option("--quiet", is_flag=True, help="No progress and no remarks, only the last line.")
    @click.option("--json", "as_json", is_flag=True, help="Progress and result as JSON lines.")
    def command(
        symbol: str,
        since: str,
        until: str | None,
        every: str,
        store: str | None,
        rest: str | None,
        quiet: bool,
        as_json: bool,
    ) -> None:
        """Fetch open interest, prices, funding and ratios of SYMBOL from Binance into the store."""
        from oikit.data.fetch import fetch as ask

        with _progress(symbol, quiet=quiet, as_json=as_json) as progress:
            found = ask(
                symbol, since=since, until=until, every=every, store=store, rest=rest, progress=progress
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
        "remarks": list(found.remarks),
        "requests": found.requests,
        "path": str(found.path),
    }


def _closing_line(found: Fetched) -> str:
    told = _summary(found)
    first, last = (f"{at:%Y-%m-%d %H:%M}" for at in (found.frame.index[0], found.frame.index[-1]))
    known = ", ".join(f"{name} {share:.1%}".replace(".0%", "%") for name, share in told["coverage"].items())
    return (
        f"{told['symbol']} {told['every']}: {told['rows']} bars, {first} to {last} UTC; known: {known}; "
        f"{told['requests']} requests; in {told['path']}"
    )
