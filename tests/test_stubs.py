"""Stubs of open interest: told from what a market does by the rows before, and by money as well as coins."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from oikit.data.venues import archive
from oikit.data.venues.archive import Archived
from tests.bulk_files import FIVE, sheet, utc

STEPS = np.linspace(0, 1, 288)
SAYS = "open_interest: cell(s) at once under a hundredth of the row before, now missing"
FALL = np.where(STEPS < 0.5, 1.0, 0.004)  # at once, and for good

MARKETS = {
    "listed today, and grows two thousand fold": (2000 * 2500.0**STEPS, 2.0),
    "closed today, and shrinks two thousand fold": (5e6 * 2500.0**-STEPS, 2.0),
    "one old coin becomes a thousand new ones": (
        np.where(STEPS < 0.5, 5e3, 5e6),
        np.where(STEPS < 0.5, 2e3, 2.0),
    ),
    "loses half at once": (np.where(STEPS < 0.5, 5e6, 2.4e6), 2.0),
    "a tiny market": (np.full(288, 0.5), 2.0),
    "jumps a thousand fold and back over the day": (5e3 * 1000 ** np.sin(np.pi * STEPS), 2.0),
}


def read(coins: np.ndarray, price: float | np.ndarray, day: str = "2026-03-05") -> Archived:
    """One day's file, stamped at the end, or as much of it as there are figures."""
    price = np.broadcast_to(price, coins.shape)
    rows = [
        [f"{utc(day) + (i + 1) * FIVE:%Y-%m-%d %H:%M:%S}", "BNBUSDT", repr(float(c)), repr(float(c * p))]
        + ["1"] * 4
        for i, (c, p) in enumerate(zip(coins, price, strict=True))
    ]
    return archive.read_metrics([sheet(day, rows)])


@pytest.mark.parametrize("name", MARKETS)
def test_whatever_a_market_does_within_a_day_is_kept(name: str) -> None:
    """All 288 figures, and the first 96 are the same whether or not the rest is known."""
    coins, price = MARKETS[name]

    found, early = read(coins, price), read(coins[:96], np.broadcast_to(price, coins.shape)[:96])

    assert found.frame["open_interest"].tolist() == coins.tolist()
    assert early.frame["open_interest"].tolist() == coins[:96].tolist()
    assert SAYS not in found.repairs


@pytest.mark.parametrize("factor", [1000.0, 0.001])
def test_a_redenomination_is_no_stub(factor: float) -> None:
    """Coins times k and price by k leave the money where it was."""
    new = STEPS >= 0.5

    found = read(np.where(new, 5e5 * factor, 5e5), np.where(new, 2.0 / factor, 2.0))

    assert found.frame["open_interest"].notna().all()
    assert found.repairs == {}


@pytest.mark.parametrize("long", [1, 3, 11])
@pytest.mark.parametrize("at", [1, 100, 276])
@pytest.mark.parametrize("money", ["fallen too", "not told"])
def test_a_stub_is_missing_whatever_comes_after(at: int, long: int, money: str) -> None:
    """A coin where there were half a million: missing, in the whole day and in its beginning."""
    coins = np.full(288, 5e5)
    coins[at : at + long] = 0.7
    price = np.full(288, 2.0)
    if money == "not told":
        price[at : at + long] = 0.0

    found, early = read(coins, price), read(coins[: at + long], price[: at + long])

    assert np.flatnonzero(found.frame["open_interest"].isna()).tolist() == list(range(at, at + long))
    assert found.repairs[SAYS] == early.repairs[SAYS] == long


def test_what_stays_low_for_an_hour_is_how_the_market_is() -> None:
    """Most positions closed at once, for good: twelve rows are doubted and counted, all others stand."""
    found = read(5e5 * FALL, 2.0)

    unknown = np.flatnonzero(found.frame["open_interest"].isna())
    assert unknown.tolist() == list(range(144, 156))
    assert found.repairs[SAYS] == 12


def test_a_stub_at_midnight_is_judged_by_the_day_before() -> None:
    """Files are read together, and the first row of one follows the last of the other."""
    days = {"2026-03-05": np.full(288, 5e5), "2026-03-06": np.full(288, 5e5)}
    days["2026-03-06"][0] = 0.7
    sheets = [
        sheet(
            day,
            [
                [f"{utc(day) + (i + 1) * FIVE:%Y-%m-%d %H:%M:%S}", "BNBUSDT", f"{c}", f"{2 * c}", *"1111"]
                for i, c in enumerate(coins)
            ],
        )
        for day, coins in days.items()
    ]

    frame = archive.read_metrics(sheets).frame

    assert frame.index[frame["open_interest"].isna()].tolist() == [pd.Timestamp("2026-03-06 00:05", tz="UTC")]
