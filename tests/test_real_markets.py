"""Markets that trade or have traded are had: of any kind, priced in anything, and after their last day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from oikit.data import store, tail
from oikit.data.answer import answer
from oikit.data.fetch import fetch, provenance
from oikit.data.question import understood
from oikit.data.supply import quote_of, with_supply
from oikit.data.upkeep import verify
from oikit.data.venues import binance
from oikit.data.venues.binance_rows import read_markets
from oikit.errors import InputError
from tests.conftest import frame
from tests.stand_in import ask, get, is_part_of, stand_in, truth_of

NOW = "2026-03-20T00:10:00Z"
SPAN: dict[str, Any] = {"since": "2026-01-28", "until": "2026-02-12", "every": "4h"}


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test may touch the reader's own store, or ask the real exchange or its archive."""
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path / "unnamed"))
    monkeypatch.setenv("OIKIT_BINANCE_REST", "http://127.0.0.1:9")
    monkeypatch.delenv("OIKIT_ARCHIVE", raising=False)


@pytest.fixture
def venue() -> Iterator[Any]:
    with stand_in(NOW, window_scale=0.02) as v:
        yield v


@pytest.fixture
def taken_off(monkeypatch: pytest.MonkeyPatch) -> Callable[[str | None], None]:
    """Take BNBUSDT off the exchange: it has this state, or none."""

    def take(state: str | None) -> None:
        def markets(reply: dict[str, Any]) -> dict[str, str]:
            found = read_markets(reply)
            del found["BNBUSDT"]
            return found if state is None else {**found, "BNBUSDT": state}

        monkeypatch.setattr(tail, "read_markets", markets)

    return take


# ---------------------------------------------------------------- kinds of perpetuals


@pytest.mark.parametrize("kind", ["PERPETUAL", "TRADIFI_PERPETUAL", "NEWLY_INVENTED_PERPETUAL"])
def test_a_perpetual_of_any_kind_is_a_market(kind: str) -> None:
    """Gold and shares trade beside coins."""
    markets = read_markets({"symbols": [{"symbol": "XAUUSDT", "contractType": kind, "status": "TRADING"}]})

    assert binance.check_market("XAUUSDT", markets) == "XAUUSDT"


@pytest.mark.parametrize("kind", ["CURRENT_QUARTER", "NEXT_MONTH", "UNPERPETUAL", ""])
def test_what_is_no_perpetual_is_none(kind: str) -> None:
    """A contract with a last day is another thing, and has no funding."""
    markets = read_markets({"symbols": [{"symbol": "XAUUSDT", "contractType": kind, "status": "TRADING"}]})

    with pytest.raises(InputError, match="not a trading perpetual"):
        binance.check_market("XAUUSDT", markets)


@pytest.mark.parametrize("symbol", ["币安人生USDT", "БТЦUSDT", "ＢＴＣUSDT", "BTCUSDT\u202e"])
def test_a_name_in_other_letters_gets_the_true_reason(symbol: str) -> None:
    """It is a market, but not one that oikit can have; the reader has not mistyped."""
    with pytest.raises(InputError, match="written with other signs than A-Z, 0-9, _ and -") as refused:
        fetch(symbol, since="2026-03-10")

    assert "type capitals" not in str(refused.value)
    assert "\u202e" not in str(refused.value)


# ---------------------------------------------------------------- markets that are gone


@pytest.mark.venue
@pytest.mark.parametrize("state", ["SETTLING", "CLOSE", "PERPETUAL_DELIVERING", None])
def test_a_market_that_is_gone_comes_from_the_archive(
    state: str | None, venue: Any, taken_off: Callable[[str | None], None], tmp_path: Path
) -> None:
    """All that the archive has, digit for digit; after that the store knows it, and its months stay known."""
    listed = get(venue, tmp_path / "listed", **SPAN)
    taken_off(state)

    found = get(venue, tmp_path / "gone", **SPAN)
    again = get(venue, tmp_path / "gone", **SPAN)

    assert found.frame["open_interest"].tolist() == truth_of(venue, found.frame)
    assert found.frame[["close", "volume", "funding_rate"]].notna().all(axis=None)
    assert len(found.frame) == len(listed.frame)
    assert is_part_of(found.frame, listed.frame)
    assert any(
        "BNBUSDT does not trade now; all of this is from the archive" in each for each in found.remarks
    )
    assert found.instead == ""
    pd.testing.assert_frame_equal(again.frame, found.frame)
    assert again.requests < 6
    assert verify(tmp_path / "gone") == []


@pytest.mark.venue
def test_a_market_that_is_gone_comes_from_the_store_where_there_is_no_archive(
    venue: Any, taken_off: Callable[[str | None], None], tmp_path: Path
) -> None:
    """What was fetched while it traded is the reader's."""
    with ask(venue) as client:
        whole = fetch("BNBUSDT", since="2026-03-01", until="2026-03-10", store=tmp_path, client=client)
        taken_off(None)
        same = fetch("BNBUSDT", since="2026-03-01", until="2026-03-10", store=tmp_path, client=client)
        more = fetch("BNBUSDT", since="2026-02-25", until="2026-03-12", store=tmp_path, client=client)

    pd.testing.assert_frame_equal(same.frame, whole.frame)
    assert same.requests == 0
    assert "Binance lists no such market" in more.instead
    assert "Used instead: the store" in more.instead
    assert is_part_of(more.frame, whole.frame.reindex(more.frame.index))
    assert more.frame["close"].count() == whole.frame["close"].count()


@pytest.mark.venue
@pytest.mark.parametrize("until", [None, "2099-01-01"])
def test_a_market_that_is_gone_has_no_newest_bar(
    until: str | None, venue: Any, taken_off: Callable[[str | None], None], tmp_path: Path
) -> None:
    """Nobody knows where to end; the reader is told what to type."""
    taken_off("SETTLING")

    with pytest.raises(
        InputError, match=r"it is SETTLING.*; to have what was of it, type until= \(--until\)"
    ):
        get(venue, tmp_path, **{**SPAN, "until": until})
    assert not tmp_path.joinpath("binance").exists()


@pytest.mark.venue
@pytest.mark.parametrize("until", [None, "2026-02-12"])
def test_a_slip_of_the_pen_is_not_looked_for_in_every_day_of_years(
    until: str | None, venue: Any, tmp_path: Path
) -> None:
    """The nearest name is offered; a month that is not there is not asked for by its days."""
    with pytest.raises(InputError, match=r"BNBUSTD.*Binance lists no such market; near: BNBUSDT"):
        get(venue, tmp_path, symbol="BNBUSTD", since="2023-01-01", until=until)

    assert len(venue.requests) < 150
    assert not tmp_path.joinpath("binance").exists()


# ---------------------------------------------------------------- what a market is priced in


@pytest.mark.parametrize(
    ("symbol", "quote"),
    [
        ("BNBUSDT", "USDT"),
        ("BTCUSDC", "USDC"),
        ("1000SHIBUSDC", "USDC"),
        ("ETHBTC", "BTC"),
        ("ETHBUSD", "BUSD"),
        ("BTCUSD_PERP", "USD"),
        ("BTCUSDT_260327", ""),
    ],
)
def test_a_market_carries_what_it_is_priced_in(symbol: str, quote: str, tmp_path: Path) -> None:
    """In the frame's own account of itself, in its remarks, and in the line below a chart."""
    prices = {name: [0.05, 0.06] for name in ("open", "high", "low", "close")}
    bars = frame(**prices, volume=[1.0, 1.0], open_interest=[5.0, 6.0])
    asked = understood(symbol, "2026-03-02", None, "1h", tmp_path, None)
    origin = {"address": binance.ADDRESS, "fetched_at": "2026-03-20T00:00:00+00:00", "remarks": []}
    store.write(tmp_path, symbol, pd.Timedelta("1h"), bars, origin)
    found = answer(asked, bars, (), (), 0)

    assert quote_of(symbol) == found.quote == quote
    in_a_coin = f"prices, values and the market cap of {symbol} are counted in BTC, not in dollars"
    assert (in_a_coin in found.remarks) == (quote == "BTC")
    assert (f", priced in {quote}: " in provenance(symbol, store=tmp_path)) == (quote not in ("", "USDT"))


def test_a_supply_is_published_for_btc_too() -> None:
    """As the exchange gave it on two days; a month later it would be a guess."""
    times = pd.DatetimeIndex(
        ["2026-08-15 23:00", "2026-08-16 01:00", "2026-09-08", "2026-09-08 01:00", "2026-10-08 01:00"],
        tz="UTC",
    )
    found = with_supply(pd.DataFrame({"close": 60_000.0}, times.as_unit("us").rename("time")), "BTCUSDC")

    assert found["circulating_supply"].fillna(0).tolist() == [0, 20070287, 20070287, 20080771, 0]
    assert found["market_cap"].iloc[1] == 20070287 * 60_000.0
