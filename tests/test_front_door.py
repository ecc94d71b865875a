"""The first things that a person types work, or say what to type instead."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import oikit
from oikit import cli
from oikit.errors import InputError, ReportError
from oikit.report.source import subject
from tests.report_parts import few_weeks

ROOMS = ("charts", "claims", "explore", "indicators", "learn", "report", "stats")


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_is_there_when_it_is_touched(room: str) -> None:
    """After ``import oikit`` alone, and no sooner."""
    code = f"import oikit; print(oikit.{room}.__name__, '{room}' in dir(oikit))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == f"oikit.{room} True"


def test_what_is_not_there_is_said_with_what_is() -> None:
    """A misspelt room lists all of them."""
    with pytest.raises(AttributeError, match=r"oikit has no 'chart'; it has .*read.*charts, claims"):
        _ = oikit.chart


def test_the_fields_are_a_table_when_printed() -> None:
    """Each with its kind, its unit and its line."""
    lines = str(oikit.FIELDS).splitlines()

    assert lines[0].split() == ["column", "over", "time", "unit", "is"]
    assert [line.split()[0] for line in lines[1:]] == list(oikit.FIELDS)
    assert all(line.endswith(each.says) for line, each in zip(lines[1:], oikit.FIELDS.values(), strict=True))


@pytest.mark.parametrize(
    ("word", "title"),
    [
        ("funding", "Funding paid"),
        ("OI to cap", "Open interest / circulating supply"),
        ("Brier score", "Brier score"),
        ("velocty", "Velocity"),
    ],
)
def test_a_word_finds_the_nearest_explanation(word: str, title: str) -> None:
    """Nobody knows the names of definitions by heart."""
    assert oikit.explain(word).title == title


def test_a_word_that_is_near_nothing_lists_what_there_is() -> None:
    """And is not explained by chance."""
    with pytest.raises(InputError, match="there is no explanation of 'weather'; there are base_rate"):
        oikit.explain("weather")


@pytest.mark.parametrize("typed", ["bnbusdt", "BNB/USDT", "BNB/USDT:USDT", "BNB-USDT", "BNB", "BNBUSTD"])
def test_a_market_that_is_nearly_there_is_named(typed: str, tmp_path: Path) -> None:
    """In the spelling of other programs, by its coin alone, or with two letters exchanged."""
    few_weeks(tmp_path)
    with pytest.raises(ReportError, match=r"did you mean BNBUSDT\?$"):
        subject(typed, store=tmp_path)


@pytest.mark.parametrize(
    ("typed", "symbol"), [("eth", "ETHUSDT"), ("SOL/USDT", "SOLUSDT"), ("ETHUSDT", "ETHUSDT")]
)
def test_a_market_that_is_not_there_says_how_to_fetch_it(typed: str, symbol: str, tmp_path: Path) -> None:
    """And no other market is taken for it."""
    few_weeks(tmp_path)
    with pytest.raises(ReportError, match=f"to fill it, type: oikit fetch {symbol} --since"):
        subject(typed, store=tmp_path)


@pytest.mark.parametrize("typed", ["bnbusdt", "BNB/USDT", " bnb/usdt:USDT"])
def test_a_symbol_that_is_asked_for_in_another_spelling_is_named(typed: str) -> None:
    """Before anything is opened."""
    with pytest.raises(InputError, match=r"did you mean BNBUSDT\?"):
        oikit.load(typed, since="2026-02-20")


@pytest.mark.parametrize("command", ["report", "claims", "sweep"])
def test_every_command_takes_its_market_first_or_after_market(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Both ways are the same; two markets are one too many."""
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path))
    for arguments in ([command, "nowhere"], [command, "--market", "nowhere"]):
        with pytest.raises(SystemExit) as ended:
            cli.main(arguments)
        assert ended.value.code == 2
        assert "market='nowhere' is neither a sample" in capsys.readouterr().err
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "bnb-null", "--market", "btc-null"])
    assert ended.value.code == 2
    assert "two markets, bnb-null and btc-null" in capsys.readouterr().err
