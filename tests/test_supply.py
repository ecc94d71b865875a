"""Supply: how many coins there were, as known then; outside the table it is missing, not guessed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from oikit.data.answer import answer
from oikit.data.question import understood
from oikit.data.supply import base_of, circulating_supply, coins_of, published, with_supply
from oikit.errors import InputError
from oikit.frame import validate
from tests.conftest import frame

NAN = float("nan")


def at(*times: str) -> list[float]:
    return circulating_supply("BNB", pd.DatetimeIndex(times, tz="UTC", name="time")).tolist()


@pytest.mark.parametrize(
    ("symbol", "base"),
    [
        ("BNBUSDT", "BNB"),
        ("1000SHIBUSDC", "1000SHIB"),
        ("BTCUSD_PERP", "BTC"),
        ("ETHBUSD", "ETH"),
        ("ETHBTC", "ETH"),
    ],
)
def test_a_market_belongs_to_a_coin(symbol: str, base: str) -> None:
    """Whatever it is priced in."""
    assert base_of(symbol) == base


@pytest.mark.parametrize("symbol", ["BTCDOM", "bnbusdt", "", "<script>USDT", "USDT"])
def test_a_name_that_cannot_be_taken_apart_is_refused(symbol: str) -> None:
    """There is no guessing which part of a name is the coin."""
    with pytest.raises(InputError, match="names no coin and what it is priced in"):
        base_of(symbol)


def test_every_figure_has_a_date_and_a_source() -> None:
    """A number that nobody published has no place in the table."""
    table = published("BNB")

    assert len(table) >= 5
    assert (table["source"].str.len() > 20).all()
    assert (table["known_from"] < table["known_until"]).all()
    assert (table["known_until"].iloc[:-1].to_numpy() <= table["known_from"].iloc[1:].to_numpy()).all()
    assert table["circulating_supply"].between(100e6, 200e6).all()
    assert table["circulating_supply"].is_monotonic_decreasing
    assert published("ETH").empty


def test_a_figure_holds_from_the_day_after_it_was_published_to_the_next_burn() -> None:
    """A burn of 15 January is known to no bar that ends on it."""
    assert at("2026-01-15", "2026-01-16", "2026-01-16 00:05") == [137738379.26, 137738379.26, 136361374.34]


def test_outside_the_table_nothing_is_known() -> None:
    """Not before it, not at burns it lacks, not after it: a supply carried on would be a guess."""
    assert np.isnan(at("2021-12-01", "2024-03-01", "2025-03-01", "2027-01-01")).all()


def test_the_supply_of_other_coins_is_not_made_up() -> None:
    """Only BNB and BTC have figures with a source."""
    times = pd.DatetimeIndex(["2026-02-01", "2026-09-01"], tz="UTC")

    assert circulating_supply("ETH", times).isna().all()
    assert circulating_supply("SOL", times).isna().all()


def test_the_market_cap_follows() -> None:
    """Coins at the price of the bar."""
    table = with_supply(frame(since="2026-02-01 01:00", close=[900.0, NAN]), "BNBUSDT")

    assert table["circulating_supply"].tolist() == [136361374.34] * 2
    assert table["market_cap"].iloc[0] == pytest.approx(900 * 136361374.34)
    assert np.isnan(table["market_cap"].iloc[1])
    validate(table)


def test_from_the_venues_first_figure_on_only_the_venue_counts() -> None:
    """Two sources in turns would make steps that nobody traded; its gap stays a gap."""
    given = frame(since="2026-02-01 01:00", close=[900.0] * 4, circulating_supply=[NAN, 1.3e8, NAN, 1.3e8])

    found = with_supply(given, "BNBUSDT")

    assert found["circulating_supply"].iloc[0] == 136361374.34
    assert np.isnan(found["circulating_supply"].iloc[2])
    assert found["circulating_supply"].iloc[[1, 3]].tolist() == [1.3e8, 1.3e8]
    assert given["circulating_supply"].isna().sum() == 2


def test_a_market_priced_in_another_coin_keeps_what_the_venue_says() -> None:
    """ETHBTC is a perpetual too; it has no table, and must not fail for it."""
    given = frame(close=[0.05, 0.05], circulating_supply=[NAN, 1.2e8])

    assert with_supply(given, "ETHBTC")["market_cap"].iloc[1] == pytest.approx(6e6)


def test_a_coin_can_be_valued_at_another_price() -> None:
    """And a price that is not there is named."""
    table = frame(since="2026-02-01 01:00", mark_price=[900.0])

    assert with_supply(table, "BNBUSDT", price="mark_price")["market_cap"].notna().all()
    with pytest.raises(InputError, match="no column 'close' to value the coins with"):
        with_supply(table, "BNBUSDT")


def test_open_interest_over_market_cap_has_the_size_it_should() -> None:
    """Binance alone holds between a tenth of a percent and one percent of all BNB; else a unit is wrong."""
    coins = 449_684 / circulating_supply("BNB", pd.DatetimeIndex(["2024-08-01"], tz="UTC"))

    assert coins.between(0.001, 0.01).all()


@pytest.mark.parametrize(
    ("symbol", "coins"),
    [
        ("1000SHIBUSDT", 1000),
        ("1000PEPEUSDC", 1000),
        ("10000LADYSUSDT", 10_000),
        ("1000000MOGUSDT", 1_000_000),
        ("1MBABYDOGEUSDT", 1_000_000),
        ("1INCHUSDT", 1),
        ("BNBUSDT", 1),
        ("ETHBTC", 1),
    ],
)
def test_a_contract_of_many_coins_is_never_set_against_single_ones(symbol: str, coins: int) -> None:
    """The exchange gives the supply of single coins beside it; the ratio would be a thousandth."""
    given = frame(close=[2e-2, 2e-2], circulating_supply=[5.89e14, 5.89e14])

    found = with_supply(given, symbol)

    assert coins_of(symbol) == coins
    assert found[["circulating_supply", "market_cap"]].isna().all(axis=None) == (coins > 1)
    validate(found)


def test_odd_coins_are_told_in_remarks(tmp_path: Path) -> None:
    """Why supply is unknown, and where coins were counted anew: said wherever the frame goes."""
    asked = understood("1000SHIBUSDT", "2026-03-02", None, "1h", tmp_path, "http://127.0.0.1:9")
    columns = {name: [600.0, 6.0] for name in ("open", "high", "low", "close")}
    told = answer(asked, frame(**columns, volume=[1.0, 1.0], open_interest=[5.0, 500.0]), (), (), 0).remarks

    assert told == (
        "circulating_supply and market_cap are unknown: a contract of 1000SHIBUSDT is 1,000 coins, "
        "and supply is counted in single coins",
        "redenominated: the bar that ends 2026-03-02 02:00 UTC counts 100 coins for each before, and "
        "their value stood; that is no trade, and what is in coins or prices breaks there",
    )
