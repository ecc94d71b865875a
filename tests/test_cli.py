"""The command line as a person meets it: what it writes, where, and with which exit code."""

from __future__ import annotations

import builtins
import contextlib
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pandas as pd
import pytest

from oikit import __version__, cli
from oikit.claims import VERDICTS
from oikit.data import store
from oikit.errors import FrameError
from oikit.lessons import numbers
from tests.conftest import SHARED

VENUE = SHARED / "venue"
FETCH = ["fetch", "BNBUSDT", "--since", "2026-02-20", "--every", "4h"]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def venue() -> Iterator[Any]:
    """A stand-in of the exchange, ten minutes past midnight."""
    if not (VENUE / "venue.py").exists():
        pytest.skip(f"no stand-in of the exchange at {VENUE}")
    if str(VENUE) not in sys.path:
        sys.path.insert(0, str(VENUE))
    from venue import Venue

    with Venue(now="2026-03-20T00:10:00Z", window_scale=0.02) as running:
        yield running


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run a command in this process: exit code, stdout, stderr."""
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("OIKIT_BINANCE_REST", "http://127.0.0.1:9")

    def call(*arguments: str, rest: str = "") -> tuple[int, str, str]:
        if rest:
            monkeypatch.setenv("OIKIT_BINANCE_REST", rest)
        with pytest.raises(SystemExit) as ended:
            cli.main(list(arguments))
        written = capsys.readouterr()
        return int(ended.value.code or 0), written.out, written.err

    return call


def shell(arguments: list[str], v: Any, root: Path) -> subprocess.CompletedProcess[str]:
    """Run the installed command as a shell would."""
    settings = {**os.environ, "OIKIT_BINANCE_REST": v.url, "OIKIT_STORE": str(root)}
    command = [sys.executable, "-c", "from oikit.cli import main; main()", *arguments]
    return subprocess.run(command, env=settings, text=True, capture_output=True, timeout=60, check=False)


@pytest.mark.venue
@pytest.mark.parametrize("symbol", ["BNBUSDT", "ETHUSDT", "SOLUSDT", "OGNUSDT"])
def test_a_fetch_stores_the_real_open_interest(symbol: str, venue: Any, tmp_path: Path) -> None:
    """The first real path, from the shell to the disk, digit for digit."""
    done = shell(["fetch", symbol, "--since", "2026-02-20", "--every", "4h"], venue, tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    last = done.stdout.splitlines()[-1]
    assert last.startswith(f"{symbol}: 168 rows of 4h to 2026-03-20 00:00 UTC; ")
    assert "; 10min old; 10 requests; in " in last
    assert done.stdout.rstrip().endswith(f"in {tmp_path / 'binance' / symbol / '4h'}")
    with gzip.open(VENUE / "data" / "oi-4h.csv.gz", "rt") as file:
        wanted = [line.split(",")[1:3] for line in file if line.startswith(symbol)]
    since, until = (pd.Timestamp(day, tz="UTC") for day in ("2026-02-20", "2026-03-20"))
    found = store.read(tmp_path, symbol, pd.Timedelta("4h"), since, until)["open_interest"]
    assert [[str(int(at.timestamp() * 1000)), f"{coins:.8f}"] for at, coins in found.items()] == wanted


@pytest.mark.venue
def test_remarks_come_one_a_line_unless_quiet(venue: Any, run: Run) -> None:
    """What was repaired and what is missing is said; who asks for silence gets the last line only."""
    code, out, err = run(*FETCH, rest=venue.url)
    quiet = run(*FETCH, "--quiet")

    assert (code, err) == (0, "")
    assert out.splitlines()[:2] == [
        "  circulating_supply: cell(s) blank or out of range, now missing (1)",
        "  premium: not offered at this address, so the column is left out",
    ]
    assert "; circulating_supply, market_cap 99.4% known, longest gap 4h; " in out
    assert len(quiet[1].splitlines()) == 1


@pytest.mark.venue
def test_json_lines_tell_progress_and_result(venue: Any, run: Run) -> None:
    """For a program that reads along."""
    code, out, err = run(*FETCH, "--json", "--rest", venue.url)
    lines = [json.loads(line) for line in out.splitlines()]

    assert (code, err) == (0, "")
    assert lines[0] == {"done": 4, "expected": 10, "what": "klines"}
    assert lines[-2]["done"] == lines[-2]["expected"] == lines[-1]["requests"] == 10
    assert lines[-1]["rows"] == 168
    assert lines[-1]["coverage"]["open_interest"] == 1.0
    assert lines[-1]["first"] == "2026-02-20T04:00:00+00:00"
    assert len(lines[-1]["remarks"]) == 2


@pytest.mark.venue
def test_a_terminal_gets_a_bar(venue: Any, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """On stderr, so that stdout stays what it is; and none where nobody looks."""
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda self: True)

    code, out, err = run(*FETCH, rest=venue.url)

    assert code == 0
    assert "BNBUSDT" in err
    assert "request" in err
    assert "request/s" not in out


@pytest.mark.venue
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["fetch", "BNBUSD", "--since", "2026-02-20"], "Binance lists no such market; near: BNBUSDT"),
        (["fetch", "LUNAUSDT", "--since", "2026-02-20"], "SETTLING"),
        (["fetch", "../../etc", "--since", "2026-02-20"], "is no market"),
        (["fetch", "bnbusdt", "--since", "2026-02-20"], "did you mean BNBUSDT"),
        ([*FETCH, "--until", "2026-02-10"], "is not before until"),
        ([*FETCH, "--since", "2027-01-01"], "no bar of 4h has closed"),
        ([*FETCH, "--since", "02/30"], "is no time"),
        ([*FETCH, "--every", "1m"], "every 5 minutes"),
        ([*FETCH, "--every", "5h"], "does not fit"),
        ([*FETCH, "--rest", "localhost"], "no web address"),
        ([*FETCH, "--store", __file__], "cannot"),
    ],
)
def test_the_readers_mistake_is_one_line_and_exit_2(
    arguments: list[str], says: str, venue: Any, run: Run
) -> None:
    """No traceback, nothing on stdout, and what to type."""
    code, out, err = run(*arguments, rest=arguments[-1] if "--rest" in arguments else venue.url)

    assert (code, out) == (2, "")
    assert err.startswith("oikit: ")
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["fetch"], "Missing argument 'SYMBOL'"),
        (["fetch", "BNBUSDT"], "Missing option '--since'"),
        ([*FETCH, "--evry", "4h"], "--every"),
        (["ftech"], "No such command 'ftech'"),
    ],
)
def test_a_slip_of_the_keyboard_is_exit_2(arguments: list[str], says: str, run: Run) -> None:
    """The usage, and what was meant where it can be guessed."""
    code, out, err = run(*arguments)

    assert (code, out) == (2, "")
    assert says in err
    assert "Traceback" not in err


@pytest.mark.venue
@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("geo451", "does not serve the place"),
        ("ban418", "has banned this address until"),
        ("html-error-page", "not with data"),
        ("wrong-symbol-in-row", "a row of ETHUSDT"),
        ("html-in-field", "no market's name"),
    ],
)
def test_the_exchanges_mistake_is_one_line_and_exit_1(fault: str, says: str, venue: Any, run: Run) -> None:
    """Nothing of the reader's needs mending, and the line says so."""
    venue.add_fault(fault)

    code, out, err = run(*FETCH, rest=venue.url)

    assert (code, out) == (1, "")
    assert err.startswith("oikit: ")
    assert says in err
    assert err.count("\n") == 1
    assert "<script" not in err


@pytest.mark.venue
def test_ctrl_c_is_exit_130_and_keeps_what_was_read(
    venue: Any, run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The next call asks for the rest."""

    def pressed(done: int, expected: int, what: str) -> None:
        if what == "open interest":
            raise KeyboardInterrupt

    monkeypatch.setattr(cli, "_json_line", pressed)

    code, _, err = run(*FETCH, "--json", rest=venue.url)

    assert (code, err.strip()) == (130, "oikit: stopped")
    columns = store.manifest(tmp_path / "store", "BNBUSDT", pd.Timedelta("4h"))["columns"]
    assert "close" in columns
    assert "funding_rate" not in columns


@pytest.mark.venue
def test_a_reader_who_leaves_early_is_no_error_message(venue: Any, tmp_path: Path) -> None:
    """As in ``oikit fetch ... --json | head -1``."""
    settings = {**os.environ, "OIKIT_BINANCE_REST": venue.url, "OIKIT_STORE": str(tmp_path)}
    command = [sys.executable, "-u", "-c", "from oikit.cli import main; main()", *FETCH, "--json"]
    with subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()

    assert (process.returncode, said) == (1, b"")


def test_the_version_is_told(run: Run) -> None:
    """The first thing a bug report asks for."""
    assert run("--version") == (0, f"oikit {__version__}\n", "")


def test_help_lists_every_command(run: Run) -> None:
    """And each command says what it does."""
    code, out, _ = run("--help")

    assert code == 0
    assert all(name in out for name in cli.COMMANDS)
    assert all(command.help for command in cli.group().commands.values())


def test_a_command_is_one_function(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line in the table is all that another needs, and its errors end as all errors do."""

    def check() -> click.Command:
        @click.command("check")
        def command() -> None:
            """Look at a table."""
            raise FrameError(["first", "second"])

        return command

    monkeypatch.setitem(cli.COMMANDS, "check", check)

    assert run("check") == (2, "", "oikit: this table is not a market frame yet: - first - second\n")


@pytest.mark.parametrize("package", ["click", "httpx", "stamina"])
def test_a_missing_package_is_a_line_and_no_traceback(
    package: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plain install can say what it lacks."""
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == package:
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    extra = "cli" if package == "click" else "data"

    code, out, err = run(*FETCH)

    assert (code, out) == (2, "")
    assert err == f"oikit: this needs {package}, which is not installed; type: pip install 'oikit[{extra}]'\n"


@pytest.mark.venue
def test_a_missing_progress_bar_is_no_reason_not_to_fetch(
    venue: Any, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is only a comfort."""
    monkeypatch.setitem(sys.modules, "tqdm", None)

    code, out, err = run(*FETCH, rest=venue.url)

    assert (code, err) == (0, "")
    assert "168 rows" in out


def test_importing_the_command_line_needs_no_click() -> None:
    """So that a plain install can answer at all."""
    code = "import sys; sys.modules['click'] = None; import oikit.cli; print('fine')"
    with contextlib.chdir(Path(__file__).parent):
        done = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=False)

    assert done.stdout == "fine\n"


def test_the_ledger_of_a_sample_is_one_word_for_each_claim(run: Run) -> None:
    """The words are a closed set, and the keys are the ids of all claims."""
    code, out, _ = run("claims", "--market", "bnb-null", "--json")
    words = json.loads(out)

    assert code == 0
    assert list(words) == [f"C{n:02d}" for n in range(1, 39)]
    assert set(words.values()) <= set(VERDICTS)
    assert words["C05"] == "silent"
    assert words["C12"] == "negligible"
    assert words["C13"] == "arithmetic"


def test_the_market_of_a_ledger_may_be_named_in_two_ways(run: Run) -> None:
    """As it is for a report, or with its option; two that differ are refused."""
    one, other = (run("claims", *named, "--json")[1] for named in (["btc-null"], ["--market", "btc-null"]))

    assert json.loads(one) == json.loads(other)
    code, _, error = run("claims", "btc-null", "--market", "bnb-null")
    assert code == 2 and "two markets, btc-null and bnb-null; give one" in error


def test_the_ledger_in_words_shows_a_reading_that_found_something(run: Run) -> None:
    """In the planted market it is one reading that finds the link; nobody should have to dig for it."""
    code, out, _ = run("claims", "--market", "bnb-planted")

    assert code == 0
    assert "Simulated" in out
    assert "C09-jump  supported" in out


def test_a_market_nobody_has_is_refused_by_the_ledger(run: Run) -> None:
    assert run("claims", "--market", "nope")[0] == 2


def test_the_student_notebooks_are_made_where_one_says(run: Run, tmp_path: Path) -> None:
    """One line for each notebook, and none of them in the wrong place."""
    code, out, _ = run("course", "build", "--out", str(tmp_path / "made"))

    assert code == 0
    assert len(out.splitlines()) == len(numbers()) == len(list((tmp_path / "made").iterdir()))
    assert run("course", "build", "--source", str(tmp_path))[0] == 2


def test_the_pack_is_made_where_one_says(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The command hands its folder on; that the pack is the same again is tested with the samples."""
    monkeypatch.setattr("oikit.simulate.samples.build", lambda folder: {"bnb-null": folder})

    assert run("pack", str(tmp_path))[:2] == (0, "bnb-null\n")


def test_a_report_says_where_it_was_written(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Two paths, one a line, and nothing else on the way."""
    asked = {}

    def made(market: str, **how: object) -> list[str]:
        asked.update(how, market=market)
        return ["page.html", "page.facts.json"]

    monkeypatch.setattr("oikit.report.run", made)
    code, out, _ = run("report", "btc-null", "--week", "2026-W09", "--out", str(tmp_path))

    assert (code, out) == (0, "page.html\npage.facts.json\n")
    assert asked == {"market": "btc-null", "week": "2026-W09", "out": str(tmp_path), "store": None}


def test_the_best_of_a_sweep_stands_beside_what_luck_would_show(run: Run) -> None:
    """Nobody sees the raw best alone; and a cluster that does not answer is one line."""
    code, out, _ = run("sweep", "--market", "bnb-null")

    assert code == 0
    assert "Simulated" in out and "luck alone shows" in out and "PBO" in out
    pytest.importorskip("distributed")
    code, _, err = run("sweep", "--cluster", "not-an-address")
    assert code == 2 and err.count("\n") == 1
