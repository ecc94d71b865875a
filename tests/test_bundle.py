"""One script with the chart library: made once, kept, and never trusted blindly."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oikit.errors import MissingExtra, OikitError
from oikit.export.bundle import bundle
from oikit.files import cache_folder

CODE = "window.vegaEmbed = vegaEmbed;"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[str]]:
    """An empty folder, and the code that was sent to be made; what comes back is short."""
    pytest.importorskip("vl_convert")
    sent: list[str] = []

    def run(command: list[str], *, input: bytes, **options: Any) -> Any:
        sent.append(input.decode())
        failed = b"no" if b"broken" in input else b""
        return subprocess.CompletedProcess(command, len(failed), b"made of " + input, failed)

    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setenv("OIKIT_CACHE", str(tmp_path / "cache"))
    bundle.cache_clear()
    yield sent
    bundle.cache_clear()


def kept() -> Path:
    """The one file that is kept."""
    (found,) = cache_folder().iterdir()
    return found


def test_it_holds_the_library_and_asks_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real one: Vega, Vega-Lite and Vega-Embed in one script, without an import left."""
    pytest.importorskip("vl_convert")
    monkeypatch.setenv("OIKIT_CACHE", str(tmp_path))
    bundle.cache_clear()
    script = bundle(CODE)

    assert 500_000 < len(script) < 1_500_000
    assert "vegaEmbed" in script
    assert "import(" not in script


def test_it_is_made_once_and_then_read(made: list[str]) -> None:
    """Seconds and a hundred megabytes, once for a machine instead of once for a page."""
    first = bundle(CODE)
    bundle.cache_clear()  # another process

    assert bundle(CODE) == first == f"made of {CODE}"
    assert made == [CODE]


@pytest.mark.parametrize("damage", [b"", b"// sha256 00\nalert(1)", b"\xff\xfe", b"half a lin"])
def test_what_was_changed_on_disk_is_made_again(made: list[str], damage: bytes) -> None:
    """It runs in a reader's browser: only what was written there may come out."""
    first = bundle(CODE)
    kept().write_bytes(damage)
    bundle.cache_clear()

    assert bundle(CODE) == first
    assert made == [CODE, CODE]
    assert kept().read_text(encoding="utf-8").endswith(first)


def test_a_folder_that_cannot_be_written_costs_time_and_nothing_else(
    made: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A locked-down laptop gets its charts, too."""
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("OIKIT_CACHE", str(tmp_path / "file" / "cache"))

    assert bundle(CODE) == f"made of {CODE}"


def test_other_code_is_another_script(made: list[str]) -> None:
    """A page and a widget need different last lines."""
    assert bundle("a") != bundle("b")
    assert len(list(cache_folder().iterdir())) == 2


def test_what_cannot_be_made_says_why(made: list[str]) -> None:
    """The last line of the other process, not its whole trace; nothing is kept."""
    with pytest.raises(OikitError, match="could not be put into one script: no"):
        bundle("broken")
    assert not cache_folder().exists()


def test_without_the_library_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """What to type, rather than a module's name."""
    monkeypatch.setitem(__import__("sys").modules, "vl_convert", None)
    bundle.cache_clear()

    with pytest.raises(MissingExtra, match=r"oikit\[charts\]"):
        bundle(CODE)
