"""The command line on any terminal, in any encoding, with any home folder."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from oikit import cli
from oikit.data.question import understood
from oikit.files import folder, read
from oikit.report.order import placed
from tests.runs import lesson_of, plant

ROOT = Path(__file__).resolve().parents[1]
ENCODINGS = ("cp1252", "gbk", "cp437", "ascii", "utf-8")
SIGNS = "".join(
    sorted(
        set(
            re.findall(r"[^\x00-\x7f]", "".join(p.read_text("utf-8") for p in (ROOT / "oikit").rglob("*.py")))
        )
    )
)


def commands(
    command: click.Command, words: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command, with the words that call it."""
    yield words, command
    for name, each in getattr(command, "commands", {}).items():
        yield from commands(each, (*words, name))


ALL = dict(commands(cli.group()))


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[int, bytes]]:
    """Run a command whose output goes to a strict stream of an encoding: exit code and bytes."""

    def run(code: str, *arguments: str) -> tuple[int, bytes]:
        out = io.TextIOWrapper(io.BytesIO(), encoding=code)
        with monkeypatch.context() as patched, pytest.raises(SystemExit) as ended:
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stderr", out)
            cli.main(list(arguments))
        out.flush()
        return int(ended.value.code or 0), out.buffer.getvalue()

    return run


@pytest.mark.parametrize("code", ENCODINGS)
def test_no_sign_of_the_package_ends_in_a_traceback(
    code: str, written: Callable[..., tuple[int, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a command writes, to whichever stream; a minus stays a minus."""

    def signs() -> click.Command:
        @click.command("signs")
        def command() -> None:
            """Write every sign."""
            click.echo(f"{SIGNS} −1 × 2 … “so”")
            click.echo(SIGNS, err=True)
            sys.stdout.write(SIGNS)
            sys.stderr.write(SIGNS)
            raise click.UsageError(SIGNS)

        return command

    monkeypatch.setitem(cli.COMMANDS, "signs", signs)

    exit_code, out = written(code, "signs")

    assert exit_code == 2
    first = out.decode("utf-8" if code == "ascii" else code).splitlines()[0]  # click writes UTF-8 for ASCII
    assert re.search(r"[−-]1 [×x] 2 (…|\.\.\.) [“\"]so[”\"]$", first)


@pytest.mark.parametrize("code", ENCODINGS)
def test_every_page_of_help_can_be_read_anywhere(
    code: str, written: Callable[..., tuple[int, bytes]]
) -> None:
    for words in ALL:
        exit_code, out = written(code, *words, "--help")
        assert (exit_code, out[:12]) == (0, b"Usage: oikit"), words


@pytest.mark.parametrize("code", ["cp1252", "gbk", "cp437"])
def test_a_ledger_is_read_where_nothing_knows_a_minus_sign(code: str, tmp_path: Path) -> None:
    """A whole command in a process of its own, as a shell runs it."""
    settings = {**os.environ, "PYTHONIOENCODING": code, "OIKIT_STORE": str(tmp_path)}
    command = [sys.executable, "-c", "from oikit.cli import main; main()", "claims", "--details"]

    done = subprocess.run(command, env=settings, capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (0, b"")
    assert len(done.stdout.decode(code).splitlines()) > 50


NO_PLACES = {
    *("cluster", "columns", "every", "formats", "jobs", "market", "name", "notes", "rest", "zone"),
    *("since", "site", "symbol", "title", "until", "week", "weeks"),
}


def test_the_home_folder_is_meant_wherever_a_path_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A new option says whether it takes a path: it is in one of the two lists."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    seen = set()

    for words, command in ALL.items():
        for option in command.params:
            if isinstance(option.type, click.types.BoolParamType) or option.name == "version":
                continue
            assert (option.name in cli.PLACES) != (option.name in NO_PLACES), (words, option.name)
            if option.name in cli.PLACES:
                seen.add(option.name)
                with click.Context(command) as context:
                    assert str(option.process_value(context, "~/x")) == str(tmp_path / "x")
                    assert str(option.process_value(context, "s3://a/b~")).endswith("b~")
    assert seen == cli.PLACES


def test_a_folder_in_quotes_is_the_one_in_the_home_folder(
    written: Callable[..., tuple[int, bytes]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The shell leaves ``~`` alone in ``--out '~/x'``; no folder of that name is made here."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    lesson = lesson_of("00")
    plant(tmp_path / "lessons", lesson.notebook, lesson.source.read_text(encoding="utf-8"))

    exit_code, _ = written("utf-8", "course", "build", "--source", "~/lessons", "--out=~/made")

    assert exit_code == 0
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["00_start_here.ipynb"]
    assert not (tmp_path / "~").exists()


def test_the_home_folder_is_meant_in_python_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Reports, their stores and a copy of the archive on a stick."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "a.json").write_bytes(b"{}")

    assert folder("~/x").root == tmp_path / "x"
    assert read("~/a.json") == b"{}"
    assert placed("~/x") == str(tmp_path / "x")
    asked = understood("BNBUSDT", "2026-03-01", None, "1h", tmp_path, None, "~/stick")
    assert asked.archive == str(tmp_path / "stick")
