"""First passage on real days: how often a level was touched, against a table computed elsewhere."""

from __future__ import annotations

import datetime

import pandas as pd
import pytest

from oikit import margin, risk
from tests.bulk_files import stand_in

# Long and short at 3x, 5x, 10x, 20x and 50x; maintenance margin half a per cent, no costs.
TOUCHED = {
    "1d": (800, [(0.0013, 0), (0.0025, 0), (0.0213, 0.0187), (0.1288, 0.1075), (0.5112, 0.5238)]),
    "7d": (794, [(0.005, 0.0063), (0.0504, 0.0479), (0.2065, 0.2065), (0.4836, 0.5189), (0.7783, 0.8275)]),
    "30d": (771, [(0.0454, 0.0973), (0.2283, 0.2672), (0.4773, 0.5512), (0.7263, 0.7743), (0.882, 0.9416)]),
}


@pytest.fixture(scope="module")
def days() -> pd.DataFrame:
    """Real days of BNBUSDT, 2024-01-10 to 2026-03-19, each entered at its open."""

    def moment(day: str) -> int:
        return round(datetime.datetime.fromisoformat(f"{day}T00:00+00:00").timestamp() * 1000)

    with stand_in("2026-03-20T00:10:00Z") as v:
        first, end = moment("2024-01-10"), moment("2026-03-20")
        rows = v.markets["BNBUSDT"].klines("1d", first, end - 1, 10**6, end, "klines")
    ends = pd.to_datetime([row[0] for row in rows], unit="ms", utc=True) + pd.Timedelta(days=1)
    bars = pd.DataFrame(
        {name: [float(row[i]) for row in rows] for i, name in enumerate(("open", "high", "low"), 1)}, ends
    )
    # A window follows a close: that of the bar before, which is where the day opened.
    whole = pd.date_range(ends[0] - pd.Timedelta(days=1), ends[-1], freq="D", name="time")
    return bars.reindex(whole).assign(close=bars["open"].reindex(whole).shift(-1))[["high", "low", "close"]]


@pytest.mark.venue
@pytest.mark.parametrize("window", TOUCHED)
def test_real_days_touched_liquidation_prices_as_often_as_counted(days: pd.DataFrame, window: str) -> None:
    """Ten shares a window, to the last printed digit."""
    windows, expected = TOUCHED[window]
    for leverage, both in zip((3, 5, 10, 20, 50), expected, strict=True):
        for side, share in zip(("long", "short"), both, strict=True):
            level = margin.liquidation_price(1.0, side=side, quantity=1.0, leverage=leverage, tiers=0.005)
            found = risk.touch_frequency(days, barrier=level, window=window)

            assert found.windows == windows
            assert found.share == pytest.approx(share, abs=6e-5)
