"""The command line: read what was typed, call, and write what came back.

A command is one function that builds a ``click.Command``, and its line in `COMMANDS`. Whatever oikit refuses
ends as one line on stderr: exit code 2 where the reader can mend it, 1 where only the exchange can, 130
after Ctrl-C.
"""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from oikit.errors import MissingExtra, OikitError, StoreError

if TYPE_CHECKING:
    import click

    from oikit.data.fetch import Fetched

__all__ = ["COMMANDS", "group", "main"]

_Progress = Callable[[int, int, str], object]


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
                click.echo(f"  {_printable(remark)}")
        click.echo(_printable(_closing_line(found)))

    return command


@contextlib.contextmanager
def _progress(name: str, *, quiet: bool, as_json: bool) -> Iterator[_Progress | None]:
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
            bar.set_postfix_str(what, refresh=done == bar.n)  # a wait moves the words only
            bar.update(done - bar.n)

        yield show


def _json_line(done: int, expected: int, what: str) -> None:
    import click

    click.echo(json.dumps({"done": done, "expected": expected, "what": what}))


def _coverage(found: Fetched) -> dict[str, float]:
    """Return each series' share of known bars, rounded down so that 1 means all."""
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
        "quote": found.quote,
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
        from oikit.tables import shelf

        stored, wrong = shelves(_root(root))
        for each in (*stored, *shelf.listed(_root(root)).values()):
            click.echo(_printable(str(each)))
        if wrong:
            raise StoreError("; ".join(wrong))

    @group.command("verify")
    @where
    def verified(root: str | None) -> None:
        """Hold every file against its checksum; exit code 2 if anything is wrong."""
        from oikit.data.upkeep import shelves, verify

        wrong = verify(_root(root))
        for line in wrong:
            click.echo(_printable(line))
        if wrong:
            raise StoreError(f"{len(wrong)} thing(s) are wrong with {_root(root)}")
        there, _ = shelves(_root(root))
        click.echo(f"{_printable(_root(root))}: {len(there)} market(s), every file as it was written")

    @group.command("compact")
    @where
    def compacted(root: str | None) -> None:
        """Take away what was left half written, and the memory of old fetches."""
        from oikit.data.upkeep import compact

        for line in compact(_root(root)):
            click.echo(_printable(line))

    @group.command("import")
    @click.argument("file", type=click.Path(path_type=Path))
    @click.option("--symbol", required=True, metavar="NAME", help="What to call it: A-Z, 0-9, - and _.")
    @click.option("--every", metavar="LENGTH", help="Bar length, where the rows do not tell it.")
    @click.option("--columns", multiple=True, metavar="HEADER=MEANING", help='Like "oi=open_interest".')
    @click.option("--zone", metavar="ZONE", help="Of times without one: UTC, or like Europe/Berlin.")
    @where
    def imported(
        file: Path,
        symbol: str,
        every: str | None,
        columns: tuple[str, ...],
        zone: str | None,
        root: str | None,
    ) -> None:
        """Put FILE, a table of your own, into the store; then use NAME as a market.

        A MEANING is a column of oikit.FIELDS, "time", "time start" or "time end"; after a field may stand
        "%", "both sides", "x 0.01" or "filled". Without a meaning (HEADER=) the column is left out.
        """
        from oikit.tables import read_with_notes, shelf

        told = dict(each.partition("=")[::2] for each in columns)
        frame, notes = read_with_notes(
            file,
            every=every,
            columns={header: meaning or None for header, meaning in told.items()},
            utc=True if zone and zone.upper() == "UTC" else zone,
        )
        for note in notes:
            click.echo(f"  {note}", err=True)
        path = shelf.put(_root(root), symbol, frame, file=file.name, notes=notes)
        click.echo(f"{symbol}: {len(frame):,} bars from {file.name}; in {path}")

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


def claims() -> click.Command:
    """Build ``oikit claims``."""
    import click

    @click.command("claims")
    @click.argument("name", metavar="[MARKET]", required=False)
    @click.option("--market", metavar="MARKET", help="The same.  [default: bnb-null]")
    @click.option("--store", metavar="FOLDER|URL", help="Where bars are kept.  [env: OIKIT_STORE]")
    @click.option("--details", is_flag=True, help="With the numbers behind each verdict.")
    @click.option("--json", "as_json", is_flag=True, help="One word for each claim, by id.")
    def command(
        name: str | None, market: str | None, store: str | None, details: bool, as_json: bool
    ) -> None:
        """Weigh the claims of the article on MARKET: a sample, a fetched symbol, or your own FILE."""
        from oikit.claims import claims_json, claims_text
        from oikit.report.source import whole

        market = _one_market(name, market)
        frame, source, _ = whole(market, store=store)
        if as_json:
            click.echo(json.dumps(claims_json(frame), indent=1))
        else:
            click.echo(claims_text(frame, market=market, source=source, details=details))

    return command


def _one_market(name: str | None, market: str | None) -> str:
    """Return the market that was typed, as an argument or after --market."""
    import click

    if name and market and name != market:
        raise click.UsageError(f"two markets, {name} and {market}; give one")
    return name or market or "bnb-null"


def report() -> click.Command:
    """Build ``oikit report``."""
    import click

    @click.command("report")
    @click.argument("name", metavar="[MARKET]", required=False)
    @click.option("--market", metavar="MARKET", help="The same.  [default: bnb-null]")
    @click.option("--week", metavar="WEEK", help="ISO week, like 2026-W10.  [default: the last whole one]")
    @click.option("--out", metavar="FOLDER", default="reports", show_default=True, help="Where to write.")
    @click.option("--store", metavar="FOLDER|URL", help="Where bars are kept.  [env: OIKIT_STORE]")
    @click.option("--title", metavar="TEXT", help="A line for the head of the page.")
    @click.option("--notes", metavar="TEXT", help="A remark for the page; text, whatever it holds.")
    @click.option(
        "--against", metavar="FACTS", help="An earlier ...facts.json; with --markets, their folder."
    )
    @click.option("--format", "formats", metavar="LIST", help="Of html,pdf,md,json.  [default: html,json]")
    @click.option("--template", metavar="FILE", help="A notebook of your own instead of the weekly one.")
    @click.option("--write-template", metavar="FILE", help="Write a copy of the weekly notebook, and stop.")
    @click.option("--again", is_flag=True, default=None, help="With --markets: make unchanged ones, too.")
    @click.option("--appendix", is_flag=True, default=None, help="All facts at the end of the page.")
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
    def command(name: str | None, market: str | None, markets: str | None, **options: Any) -> int:
        """Render the weekly report of MARKET: a sample, a symbol that was fetched, or a FILE of your own.

        Without MARKET it is the bundled, simulated bnb-null. Needs no network. FOLDER may be an address
        that fsspec knows, like s3://bucket/reports.

        With --markets there is also an index and a feed; a market that cannot be reported is listed, the
        others are made, and the exit code is 1.
        """
        given = {name: value for name, value in options.items() if value is not None or name in _ALWAYS}
        if copy := given.pop("write_template", None):
            from oikit.report.engine import write_template

            click.echo(write_template(copy))
            return 0
        if markets is None:
            alone = sorted(f"--{name}" for name in _MANY if name in given)
            if alone:
                raise click.UsageError(f"{', '.join(alone)} needs --markets")
            from oikit.report import run

            for path in run(_one_market(name, market), **given):
                click.echo(path)
            return 0
        if name or market:
            raise click.UsageError("give MARKET or --markets, not both")
        from oikit.report import batch, listed

        made = batch(listed(markets, store=given["store"]), progress=True, **given)
        for line in made.missed:
            click.echo(f"not made: {_printable(line)}", err=True)
        for name in made.alone:
            click.echo(f"not compared, no facts of the week before: {name}", err=True)
        click.echo(made, err=True)
        click.echo(made.index)
        click.echo(made.feed)
        return 1 if made.missed else 0

    return command


_ALWAYS = ("week", "out", "store")
_MANY = ("weeks", "jobs", "cluster", "site", "again")


def sweep() -> click.Command:
    """Build ``oikit sweep``."""
    import click

    @click.command("sweep")
    @click.argument("name", metavar="[MARKET]", required=False)
    @click.option("--market", metavar="MARKET", help="The same.  [default: bnb-null]")
    @click.option("--store", metavar="FOLDER|URL", help="Where bars are kept.  [env: OIKIT_STORE]")
    @click.option("--cluster", metavar="ADDRESS", help="A running Dask scheduler, like tcp://127.0.0.1:8786.")
    def command(name: str | None, market: str | None, store: str | None, cluster: str | None) -> None:
        """Try every setting of the article's constants on MARKET, and say what the best is worth."""
        from oikit.lens.sweep import sweep as every_setting
        from oikit.report.source import whole

        frame, source, _ = whole(_one_market(name, market), store=store)
        found = every_setting(frame, cluster=cluster)
        click.echo(source)
        click.echo(", ".join(f"{name} {value}" for name, value in found.best.items()))
        click.echo(str(found))

    return command


def course() -> click.Command:
    """Build ``oikit course``."""
    import click

    group = click.Group("course", help="Make the lessons.")

    source = click.option(
        "--source", metavar="FOLDER", help="A folder of lessons.  [default: the lessons of oikit]"
    )

    @group.command("build")
    @source
    @click.option("--out", default="notebooks", show_default=True, metavar="FOLDER")
    @click.option("--solutions", metavar="FOLDER", help="Write notebooks with solutions, for teachers.")
    @click.option("--nbgrader", metavar="FOLDER", help="Write a course folder for nbgrader.")
    def build(source: str | None, out: str, solutions: str | None, nbgrader: str | None) -> None:
        """Make the learner's notebooks from their sources, or what a teacher needs beside them."""
        from oikit.learn import course as lessons
        from oikit.learn import release

        if solutions:
            made = lessons.solutions(source, solutions)
        elif nbgrader:
            made = []
        else:
            made = lessons.build(source, out)
        if nbgrader:
            made += release.release(source, nbgrader)
        for path in made:
            click.echo(path)

    @group.command("html")
    @click.argument("folder")
    @source
    @click.option("--with-solutions", is_flag=True, help="For teachers; by default nothing is answered.")
    def html(folder: str, source: str | None, with_solutions: bool) -> None:
        """Run every lesson and write it as a page into FOLDER, with an index."""
        from oikit.learn.pages import pages

        for path in pages(source, folder, with_solutions=with_solutions):
            click.echo(f"{path}  {path.stat().st_size / 1e6:.1f} MB")

    @group.command("outputs")
    @click.argument("folder")
    @source
    def outputs(folder: str, source: str | None) -> None:
        """Run every solved lesson and keep what it says in FOLDER, for the tests."""
        from oikit.learn.outputs import write

        for path in write(source, folder):
            click.echo(path)

    @group.command("class")
    @click.argument("folder")
    def classroom(folder: str) -> None:
        """Show which misconceptions a class shares, from the progress files in FOLDER."""
        from oikit.learn.classroom import histogram

        click.echo(histogram(folder))

    return group


def pack() -> click.Command:
    """Build ``oikit pack``."""
    import click

    @click.command("pack")
    @click.argument("folder")
    def command(folder: str) -> None:
        """Make the bundled simulated markets again, into FOLDER, from their seeds."""
        from oikit.simulate import samples

        for name in samples.build(folder):
            click.echo(name)

    return command


COMMANDS: dict[str, Callable[[], click.Command]] = {
    "fetch": fetch,
    "store": store,
    "claims": claims,
    "report": report,
    "sweep": sweep,
    "course": course,
    "pack": pack,
}
"""Every subcommand, by name."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``oikit``; always ends in ``SystemExit``.

    Parameters
    ----------
    arguments : sequence of str, optional
        What was typed after ``oikit``; by default what the shell passed on.
    """
    codecs.register_error("oikit", _plainly)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="oikit")
    try:
        raise SystemExit(_run(arguments))
    except OikitError as error:
        # One line each: what pages and notebooks show as a list is joined here.
        line = _printable(" ".join(str(error).split()))
        sys.stderr.write(f"oikit: {line}\n")
        raise SystemExit(error.exit_code) from None


def _printable(text: object) -> str:
    """Write control codes out, so that no name in a store or of an exchange can steer a terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(text))


def _plainly(error: UnicodeError) -> tuple[str, int]:
    """Replace what a terminal's or a pipe's encoding lacks by signs that each has."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_SIGNS.get(sign, "?") for sign in error.object[error.start : error.end]), error.end


_SIGNS = {"−": "-", "–": "-", "×": "x", "…": "...", "“": '"', "”": '"', "’": "'", "→": "->", "·": "."}


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
    for command in _every(top):
        for option in command.params:
            if option.name in PLACES:
                option.callback = _at_home
    return version(top)


PLACES = {
    *("against", "archive", "file", "folder", "markets", "nbgrader"),
    *("out", "root", "solutions", "source", "store", "template", "write_template"),
}
"""The parameters that take a path: ``~`` in them is the home folder, also where the shell leaves it."""


def _every(command: click.Command) -> Iterator[click.Command]:
    yield command
    for each in getattr(command, "commands", {}).values():
        yield from _every(each)


def _at_home(context: click.Context, option: click.Parameter, value: Any) -> Any:
    return None if value is None else type(value)(os.path.expanduser(value))
