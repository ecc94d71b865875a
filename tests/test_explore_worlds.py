"""The third world: a market somebody has stored is offered last, called real, and nothing breaks on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from oikit import explore
from oikit.data import store
from oikit.data.venues import binance
from oikit.errors import InputError
from oikit.explore import worlds
from oikit.explore.model import every_setting, grid, words
from oikit.lessons import part
from oikit.simulate.market import simulate
from oikit.simulate.worlds import WORLDS
from tests.runs import EXPLORERS

WITH_WORLDS = tuple(name for name in EXPLORERS if part(name, "explorer").EXPLORER.worlds)
each_explorer = pytest.mark.parametrize("lesson", WITH_WORLDS)


def keep(root: Path, table: pd.DataFrame) -> None:
    """As a fetch would."""
    origin: dict[str, Any] = {
        "address": binance.ADDRESS,
        "fetched_at": "2026-07-01T00:00:00+00:00",
        "remarks": [],
    }
    store.write(root, "BNBUSDT", pd.Timedelta("1h"), table, origin)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three years of a market that is no sample of the pack, with holes as real ones have."""
    table = simulate(WORLDS["bnb"], since="2023-06-01", until="2026-07-01", seed=77)
    rng = np.random.default_rng(3)
    for name in ("open_interest", "long_short_ratio", "funding_rate"):
        table.loc[table.index[rng.integers(0, len(table), 40)], name] = np.nan
    table.loc["2025-05-01":"2025-05-04", ["open_interest", "open_interest_value"]] = np.nan  # type: ignore[misc]
    root = tmp_path_factory.mktemp("store")
    keep(root, table)
    return root


@pytest.fixture
def real(stored: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the usual store."""
    monkeypatch.setenv("OIKIT_STORE", str(stored))


def options(lesson: str) -> tuple[Any, ...]:
    (control,) = (each for each in explore._find(lesson).controls if each.name == "world")
    return control.options


@each_explorer
def test_without_a_stored_market_there_is_no_third_world(
    lesson: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The switch is that of the pack."""
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path))

    assert worlds.REAL not in options(lesson)


@each_explorer
@pytest.mark.usefixtures("real")
def test_a_stored_market_is_offered_last_and_called_real(lesson: str) -> None:
    """Whatever else is chosen, the sentence never calls it simulated, and the rows can be drawn."""
    explorer = explore._find(lesson)
    theirs = [each for each in every_setting(explorer) if each["world"] == worlds.REAL]

    assert options(lesson)[-1] == worlds.REAL and theirs
    for settings in theirs[:: max(1, len(theirs) // 25)]:
        said = explorer.says(**settings)
        assert "imulated" not in said and "nan" not in said.lower().split(), said
        if explorer.id != "00" or any(row["kind"] == "forecast" for row in explorer.rows(**settings)):
            assert "Real, BNBUSDT" in said or "real market" in said, said
        assert words(explorer, settings).says == said


@each_explorer
@pytest.mark.usefixtures("real")
def test_the_still_face_carries_the_third_world(lesson: str) -> None:
    """One chart of all three, that needs no kernel; nothing in it is not a number where one is drawn."""
    explorer = explore._find(lesson)
    spec = explore.still(lesson).to_dict()

    assert len(grid(explorer)) > len(grid(part(lesson, "explorer").EXPLORER))
    assert "NaN" not in str(spec)


@pytest.mark.parametrize("hours", [0, 24 * 365 * 2])
def test_a_short_market_is_not_offered(hours: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three years are the least: the words of some explorers count on them."""
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path))
    if hours:
        until = pd.Timestamp("2026-07-01", tz="UTC")
        keep(tmp_path, simulate(WORLDS["bnb"], since=until - pd.Timedelta(hours=hours), until=until, seed=7))

    assert worlds.REAL not in options("04")


@pytest.mark.parametrize("known", ["the last month", "no column"])
def test_a_market_of_which_little_is_known_is_not_offered(
    known: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the archive the exchange tells open interest of thirty days, and prices of years."""
    table = simulate(WORLDS["bnb"], since="2023-06-01", until="2026-07-01", seed=77)
    if known == "no column":
        table = table.drop(columns="open_interest")
    else:
        table.loc[: table.index[-720], "open_interest"] = np.nan
    keep(tmp_path, table)
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path))

    assert worlds.REAL not in options("10")


def test_an_address_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """An explorer opens at once."""
    monkeypatch.setenv("OIKIT_STORE", "memory://there")

    assert worlds.REAL not in options("04")


def test_asking_for_what_is_not_offered_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the store was moved away while a lesson was open; it says what to type."""
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path))

    with pytest.raises(InputError, match=r"no three years of BNBUSDT .* type: oikit fetch BNBUSDT"):
        worlds.frame(worlds.REAL)
