"""What the README and its neighbours promise is true."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pandas as pd
import pytest

import oikit

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def coinglass_like(path: Path) -> None:
    """Write what a reader may have: a vendor's CSV of a year, in milliseconds and money."""
    market = oikit.sample("bnb-null").iloc[-24 * 7 * 52 :]
    starts = (market.index - pd.Timedelta("1h")).as_unit("ms").asi8
    money = {
        "open_interest_usd": "open_interest_value",
        "global_account_long_short_ratio": "long_short_ratio",
    }
    names = {f"price_{each}": each for each in ("open", "high", "low", "close")} | money
    table = pd.DataFrame({name: market[column].to_numpy() for name, column in names.items()})
    table.insert(0, "time", starts)
    table.to_csv(path, index=False)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_the_code_on_the_page_runs(page: str, tmp_path: Path) -> None:
    """The first lines a reader types must work as printed, with no network."""
    coinglass_like(tmp_path / "mine.csv")
    there = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), flags=re.S)
    assert blocks

    for block in blocks:
        command = [sys.executable, "-c", block]
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=there)
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip()


def test_the_readme_is_one_sitting() -> None:
    """A reader decides in a minute or not at all."""
    assert len(README.splitlines()) <= 120


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "notebooks/README.md"])
def test_every_file_that_is_named_is_there(page: str) -> None:
    """A link to nothing is a promise broken."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / page).parent.joinpath(target).exists(), target


def test_every_command_of_make_that_is_named_exists() -> None:
    """`make` says what it can do, and the pages name nothing else."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    there = set(re.findall(r"^([a-z]+):", makefile, flags=re.M))
    for page in ("README.md", "CONTRIBUTING.md", "notebooks/README.md"):
        named = set(re.findall(r"\bmake ([a-z]+)\b", (ROOT / page).read_text(encoding="utf-8")))
        assert named - {"a", "the"} <= there, page


def test_binder_brings_every_part_that_a_lesson_uses() -> None:
    """All that `lab` is made of, but what only writers of lessons need."""
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    lab, binder = (
        set(re.search(r"\[(.*)\]", line)[1].split(","))
        for line in (extras["lab"][0], (ROOT / "binder" / "requirements.txt").read_text(encoding="utf-8"))
    )

    assert binder == lab - {"course"}


def test_the_oldest_versions_are_those_that_are_declared() -> None:
    """Every package that runs has a floor, and `make floors` runs tests on exactly these floors."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = {name: needs for name, needs in project["optional-dependencies"].items() if name != "dev"}
    declared = {
        re.sub(r"\[.*\]", "", need).replace(">=", "==")
        for need in sum(extras.values(), project["dependencies"])
        if not need.startswith("oikit[")
    }
    pins = (ROOT / "constraints-floors.txt").read_text(encoding="utf-8").splitlines()

    assert declared == {pin for pin in pins if not pin.startswith("#")}
    tried = re.search(r"ON_OLDEST := ((?:.*\\\n)*.*)", (ROOT / "Makefile").read_text(encoding="utf-8"))[1]
    assert all((ROOT / "tests" / f"test_{name}.py").is_file() for name in tried.replace("\\", "").split())


def test_versions_are_pinned_without_addresses() -> None:
    """A constraints file names versions; where to get them is the reader's affair."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]

    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9._+!-]+", pin) for pin in pins)
    assert len(pins) > 50
