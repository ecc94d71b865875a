"""From a market and two dates to a frame, against a stand-in of the exchange on this computer.

The stand-in holds real open interest, prices and funding, and can be told to misbehave.
"""

from __future__ import annotations

import csv
import gzip
import itertools
import shutil
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest

from oikit.data import store
from oikit.data.fetch import Fetched, fetch, load, provenance
from oikit.data.http import Client, Ledger
from oikit.data.venues import binance
from oikit.errors import (
    BadReply,
    FallbackWarning,
    GeoBlocked,
    InputError,
    RateLimited,
    StoreError,
    Unreachable,
    VenueError,
)
from oikit.frame import FIELDS, validate
from tests.conftest import SHARED

NOW = "2026-03-20T00:10:00Z"
SINCE = "2026-02-20"
VENUE = SHARED / "venue"


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test may touch the reader's own store or ask the real exchange."""
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path / "unnamed store"))
    monkeypatch.setenv("OIKIT_BINANCE_REST", "http://127.0.0.1:9")


@pytest.fixture
def venue() -> Iterator[Callable[..., Any]]:
    """Start stand-ins of the exchange, and stop them at the end."""
    if not (VENUE / "venue.py").exists():
        pytest.skip(f"no stand-in of the exchange at {VENUE}")
    if str(VENUE) not in sys.path:
        sys.path.insert(0, str(VENUE))
    from venue import Handler, Venue

    Handler.disable_nagle_algorithm = True  # its answers go out in two pieces, 40 ms apart
    running: list[Any] = []

    def start(*faults: str, now: str = NOW, **more: Any) -> Any:
        running.append(Venue(now=now, faults=faults, **{"window_scale": 0.02, **more}).start())
        return running[-1]

    yield start
    for each in running:
        each.stop()


def ask(v: Any, **more: Any) -> Client:
    """A client that does not wait long."""
    return Client(v.url, budgets=binance.BUDGETS, **{"wait": 0.01, "ledger": Ledger(), **more})


def get(v: Any, root: Path, symbol: str = "BNBUSDT", **more: Any) -> Fetched:
    """Four-hour bars of the four weeks whose figures are real."""
    with ask(v) as client:
        return fetch(symbol, **{"since": SINCE, "every": "4h", "store": root, "client": client, **more})


def real(name: str, symbol: str) -> list[dict[str, str]]:
    """Rows of the stand-in's own data, read without any of our code."""
    with gzip.open(VENUE / "data" / f"{name}.csv.gz", "rt", newline="") as file:
        return [row for row in csv.DictReader(file) if row["symbol"] == symbol]


@pytest.fixture(scope="session")
def truth(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    """What an honest venue gives for the four weeks, once for all faults."""
    root = tmp_path_factory.mktemp("truth")
    if not (VENUE / "venue.py").exists():
        pytest.skip(f"no stand-in of the exchange at {VENUE}")
    sys.path.insert(0, str(VENUE))
    from venue import Handler, Venue

    Handler.disable_nagle_algorithm = True
    with Venue(now=NOW) as v:
        return get(v, root).frame


# ---------------------------------------------------------------- real figures


@pytest.mark.venue
@pytest.mark.parametrize("symbol", ["BNBUSDT", "ETHUSDT", "SOLUSDT", "OGNUSDT"])
def test_open_interest_prices_and_funding_are_the_real_ones(
    symbol: str, venue: Callable[..., Any], tmp_path: Path
) -> None:
    """Digit for digit, 168 bars, each stamped when it could be known."""
    frame = validate(get(venue(), tmp_path, symbol).frame)

    interest = {int(row["timestamp"]): row for row in real("oi-4h", symbol)}
    stamps = [int(at.timestamp() * 1000) for at in frame.index]
    assert stamps == sorted(interest)
    assert [f"{x:.8f}" for x in frame["open_interest"]] == [interest[t]["sum_open_interest"] for t in stamps]
    assert frame["open_interest_value"].tolist() == [
        float(interest[t]["sum_open_interest_value"]) for t in stamps
    ]

    # The close of the hour that ends with the bar.
    closes = {int(row["open_time"]) + 3_600_000: float(row["close"]) for row in real("klines-1h", symbol)}
    known = [t for t in stamps if t in closes]
    assert len(known) == {"OGNUSDT": 0, "SOLUSDT": 167}.get(symbol, 166)
    assert [x for t, x in zip(stamps, frame["close"], strict=True) if t in closes] == [
        closes[t] for t in known
    ]

    # Each settlement in the bar that ends at its hour or next after it, with the hours since the one before.
    rows = sorted((int(row["funding_time"]), row) for row in real("funding", symbol))
    bar, step = dict.fromkeys(stamps, (0.0, 0.0)), 4 * 3_600_000
    for (before, _), (at, row) in itertools.pairwise(rows):
        end = -(-(at - 60_000) // step) * step
        if end in bar:
            rate, hours = bar[end]
            bar[end] = (rate + float(row["funding_rate"]), hours + round((at - before) / 3_600_000))
    np.testing.assert_allclose(frame["funding_rate"], [rate for rate, _ in bar.values()], rtol=0, atol=1e-15)
    assert frame["funding_interval"].tolist() == [hours for _, hours in bar.values()]


@pytest.mark.venue
def test_the_changing_interval_of_ogn_is_seen(venue: Callable[..., Any], tmp_path: Path) -> None:
    """Eight, one and four hours, in one market and one month."""
    hourly = get(venue(), tmp_path, "OGNUSDT", every="1h").frame

    assert set(hourly["funding_interval"]) == {0.0, 1.0, 4.0, 8.0}
    assert hourly["funding_interval"].sum() == len(hourly)


@pytest.mark.venue
def test_the_frame_is_one(truth: pd.DataFrame) -> None:
    """Valid, complete, columns in the order of the table, and sums that belong together."""
    assert validate(truth) is truth
    assert list(truth.columns) == [name for name in FIELDS if name in truth]
    assert {"taker_buy_volume", "top_position_ratio", "market_cap", "funding_interval"} <= set(truth)
    pd.testing.assert_series_equal(
        truth["taker_buy_volume"] + truth["taker_sell_volume"], truth["volume"], check_names=False
    )
    pd.testing.assert_series_equal(
        truth["market_cap"], truth["circulating_supply"] * truth["close"], check_names=False
    )
    # A snapshot's value over its coins is the price at its instant: the bar that ends there closes at it.
    price = truth["open_interest_value"] / truth["open_interest"]
    assert (price / truth["close"] - 1).abs().median() < 2e-4


@pytest.mark.venue
def test_longer_bars_than_the_venue_has_are_made_of_shorter_ones(
    venue: Callable[..., Any], tmp_path: Path, truth: pd.DataFrame
) -> None:
    """Eight hours are two bars of four: volumes add up, open interest is the last."""
    frame = get(venue(), tmp_path, every="8h").frame

    assert len(frame) == 84
    assert frame["open_interest"].tolist() == truth["open_interest"].iloc[1::2].tolist()
    assert frame["volume"].iloc[0] == truth["volume"].iloc[:2].sum()
    assert store.markets(tmp_path) == [("BNBUSDT", "4h")]


@pytest.mark.venue
def test_five_minutes_come_in_many_pages(venue: Callable[..., Any], tmp_path: Path) -> None:
    """Pages meet without a gap or a doubled row, and the progress tells how far it is."""
    seen: list[tuple[int, int, str]] = []
    found = get(
        venue(),
        tmp_path,
        since="2026-03-16",
        every="5min",
        progress=lambda done, expected, what: seen.append((done, expected, what)),
    )

    assert len(found.frame) == 4 * 288 + 1
    assert found.frame.drop(columns=["circulating_supply", "market_cap"]).notna().all(axis=None)
    assert seen[-1][:2] == (found.requests, found.requests)
    assert [done for done, _, _ in seen] == list(range(4, found.requests + 1))
    assert {what for _, _, what in seen} == set(binance.SERIES)


@pytest.mark.venue
def test_a_wait_for_the_budget_shows_in_the_progress(venue: Callable[..., Any], tmp_path: Path) -> None:
    """At the point that was reached, so that a bar stands but says why."""
    v, ledger, now = venue(), Ledger(), [1000.0]
    ledger.book((v.url, "data"), binance.BUDGETS["data"], 800, now[0])
    seen: list[tuple[int, int, str]] = []

    def sleep(seconds: float) -> None:
        now[0] += seconds

    with ask(v, ledger=ledger, sleep=sleep, now=lambda: now[0]) as client:
        fetch(
            "BNBUSDT",
            since=SINCE,
            every="4h",
            store=tmp_path,
            client=client,
            progress=lambda done, expected, what: seen.append((done, expected, what)),
        )

    waits = [each for each in seen if each[2].startswith("waiting")]
    before = seen[seen.index(waits[0]) - 1]
    assert waits[0][2] == f"waiting 300 s until {client.host} may be asked again"
    assert {each[:2] for each in waits} == {before[:2]}
    assert client.waiting is None


@pytest.mark.venue
def test_years_of_funding_come_in_pages_too(venue: Callable[..., Any], tmp_path: Path) -> None:
    """A thousand settlements a page: a year and more takes two, and none is lost between them."""
    v = venue()
    with pytest.warns(UserWarning, match="open interest and the three ratios"), ask(v) as client:
        frame = load("BNBUSDT", since="2025-01-01", every="1d", store=tmp_path, client=client)

    assert frame["funding_interval"].eq(24).all()
    assert sum(r["path"].endswith("fundingRate") for r in v.requests) == 2


# ---------------------------------------------------------------- the store


@pytest.mark.venue
def test_what_is_stored_is_not_asked_for_again(
    venue: Callable[..., Any], tmp_path: Path, truth: pd.DataFrame
) -> None:
    """The second time nothing is sent, and the frame is the same."""
    get(venue(), tmp_path)

    again = fetch("BNBUSDT", since=SINCE, until="2026-03-20", every="4h", store=tmp_path)

    assert again.requests == 0
    pd.testing.assert_frame_equal(again.frame, truth, check_freq=False)


@pytest.mark.venue
def test_the_tail_is_asked_for_and_nothing_else(venue: Callable[..., Any], tmp_path: Path) -> None:
    """A week later: one page of each series, from the last known bar on."""
    v = venue(now="2026-03-13T00:10:00Z")
    get(v, tmp_path)
    v.set_now(NOW)
    v.requests.clear()

    found = get(v, tmp_path)

    asked = {r["path"].rsplit("/", 1)[1]: r["query"] for r in v.requests}
    assert len(found.frame) == 168
    assert found.frame["open_interest"].notna().all()
    assert asked["openInterestHist"]["startTime"] == str(
        int(pd.Timestamp("2026-03-13", tz="UTC").timestamp() * 1000)
    )
    assert asked["openInterestHist"]["limit"] == "43"


@pytest.mark.venue
def test_what_the_venue_no_longer_gives_is_still_known(venue: Callable[..., Any], tmp_path: Path) -> None:
    """Thirty days later the first open interest is beyond the wall, but not beyond the store."""
    v = venue()
    get(v, tmp_path)
    v.set_now("2026-04-10T00:10:00Z")

    found = get(v, tmp_path)

    assert found.frame["open_interest"].notna().all()
    assert found.losses == ()


@pytest.mark.venue
def test_a_changed_past_is_said(venue: Callable[..., Any], tmp_path: Path) -> None:
    """The last known bar is read again with the tail; that it changed is a remark."""
    v = venue(now="2026-03-19T00:10:00Z")
    get(v, tmp_path)
    step, last = pd.Timedelta("4h"), pd.Timestamp("2026-03-19", tz="UTC")
    changed = store.read(tmp_path, "BNBUSDT", step, last - step, last)[["close"]] + 1
    origin = {"address": v.url, "fetched_at": last.isoformat()}
    assert store.write(tmp_path, "BNBUSDT", step, changed, origin) != []
    v.set_now(NOW)

    remarks = get(v, tmp_path).remarks

    assert [r for r in remarks if r.startswith("revised: 1 known value(s) changed")]


@pytest.mark.venue
def test_what_was_read_before_an_error_is_kept(venue: Callable[..., Any], tmp_path: Path) -> None:
    """The next call asks for the rest only."""
    v = venue("wrong-symbol-in-row=1")
    with pytest.raises(BadReply):
        get(v, tmp_path)
    v.faults.clear()
    v.requests.clear()

    found = get(v, tmp_path)

    assert not any(r["path"].endswith("/klines") for r in v.requests)
    assert found.frame["close"].notna().all()
    assert "cut short" in store.manifest(tmp_path, "BNBUSDT", pd.Timedelta("4h"))["fetches"][0]["remarks"][-1]


@pytest.mark.venue
def test_two_sources_never_meet_in_one_store(venue: Callable[..., Any], tmp_path: Path) -> None:
    """What a stand-in gave must not be taken for the exchange's own later."""
    get(venue(), tmp_path)

    with pytest.raises(StoreError, match="is another source"):
        load("BNBUSDT", since=SINCE, every="4h", store=tmp_path, rest=binance.ADDRESS)


@pytest.mark.venue
def test_where_the_bars_come_from_is_one_line(venue: Callable[..., Any], tmp_path: Path) -> None:
    """Source, address, range, time, remarks and a checksum; and a stand-in is called one."""
    v = venue()
    get(v, tmp_path)
    get(v, tmp_path, every="1d")

    line = provenance("BNBUSDT", every="8h", store=tmp_path)

    assert line.startswith(f"Binance USD-M BNBUSDT 4h: figures given as real by {v.url}, which is not")
    assert "168 bars in (2026-02-20 00:00, 2026-03-20 00:00] UTC, fetched 2026-03-20 00:10 UTC" in line
    assert "2 remarks, sha256 " in line
    assert "\n" not in line
    assert "BNBUSDT" in provenance("BNBUSDT", store=tmp_path)
    with pytest.raises(InputError, match="holds nothing of ETHUSDT"):
        provenance("ETHUSDT", store=tmp_path)


@pytest.mark.venue
def test_the_exchanges_own_figures_are_called_real(venue: Callable[..., Any], tmp_path: Path) -> None:
    """Only where the address is the exchange's."""
    get(venue(), tmp_path)
    path = tmp_path / "binance/BNBUSDT/4h/manifest.json"
    path.write_text(path.read_text().replace(venue().url, "x"))  # another stand-in changes nothing
    note = store.manifest(tmp_path, "BNBUSDT", pd.Timedelta("4h"))
    path.write_text(path.read_text().replace(note["address"], binance.ADDRESS))

    assert "real figures from https://fapi.binance.com" in provenance("BNBUSDT", store=tmp_path)


# ---------------------------------------------------------------- edges of time


@pytest.mark.venue
def test_beyond_the_wall_rows_are_nan_and_counted(venue: Callable[..., Any], tmp_path: Path) -> None:
    """Never a shorter frame, never an exception: prices reach further back than open interest."""
    v = venue()
    with pytest.warns(UserWarning, match=r"120 of 300 bar\(s\) are missing.*last 30 days"), ask(v) as client:
        frame = load("BNBUSDT", since="2026-01-29", every="4h", store=tmp_path, client=client)

    assert len(frame) == 300
    assert frame["close"].notna().all()
    assert frame["funding_rate"].notna().all()
    assert frame["open_interest"].isna().sum() == frame["long_short_ratio"].isna().sum() == 120
    assert frame["open_interest"].first_valid_index() == pd.Timestamp("2026-02-18 04:00", tz="UTC")
    with pytest.warns(UserWarning, match=r"120 of 300 bar\(s\)"):
        load("BNBUSDT", since="2026-01-29", until="2026-03-20", every="4h", store=tmp_path)


@pytest.mark.venue
def test_an_end_that_has_not_come_is_said(venue: Callable[..., Any], tmp_path: Path) -> None:
    """The frame ends where knowledge ends."""
    found = get(venue(), tmp_path, until="2031-01-01")

    assert found.frame.index[-1] == pd.Timestamp("2026-03-20", tz="UTC")
    assert found.losses == (
        "bars up to 2031-01-01 00:00 UTC have not all closed yet: "
        "the last that has ends 2026-03-20 00:00 UTC",
    )


@pytest.mark.venue
def test_a_bar_counts_once_its_snapshot_can_be_read(venue: Callable[..., Any], tmp_path: Path) -> None:
    """Five seconds past midnight the price has closed, but the open interest is not out yet."""
    early = get(venue(now="2026-03-20T00:00:05Z"), tmp_path / "early").frame
    late = get(venue(now="2026-03-20T00:00:10Z"), tmp_path / "late").frame

    assert (len(early), len(late)) == (167, 168)
    assert late["open_interest"].notna().all()


@pytest.mark.venue
def test_weeks_end_on_monday(venue: Callable[..., Any], tmp_path: Path) -> None:
    """Made of whole days, the first from its first day on."""
    frame = get(venue(), tmp_path, since="2026-02-23", every="7d").frame

    assert frame.index.tolist() == [
        pd.Timestamp(day, tz="UTC") for day in ("2026-03-02", "2026-03-09", "2026-03-16")
    ]
    assert frame.drop(columns=["circulating_supply", "market_cap"]).notna().all(axis=None)


@pytest.mark.venue
@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"symbol": "BNBUSD"}, "no such market; near: BNBUSDT"),
        ({"symbol": "LUNAUSDT"}, "SETTLING"),
        ({"symbol": "BTCUSDT_260327"}, "CURRENT_QUARTER"),
        ({"since": "2026-03-20T00:00Z"}, "no bar of 4h has closed since 2026-03-20 00:00 UTC"),
        ({"since": "2027-01-01"}, "at the venue it is 2026-03-20 00:10 UTC"),
    ],
)
def test_what_only_the_venue_knows_is_asked_and_refused(
    asked: dict[str, Any], says: str, venue: Callable[..., Any], tmp_path: Path
) -> None:
    """The reader's mistake, in words that help to mend it."""
    with pytest.raises(InputError, match=says):
        get(venue(), tmp_path, **asked)


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"symbol": "../../etc"}, InputError, "is no market"),
        ({"symbol": "bnbusdt"}, InputError, "did you mean BNBUSDT"),
        ({"since": "2026-03-02", "until": "2026-03-01"}, InputError, "is not before until.*swap"),
        ({"until": SINCE}, InputError, "is not before"),
        ({"since": "2026-03-02T01:00Z", "until": "2026-03-02T03:00Z"}, InputError, "no bar of 4h ends"),
        ({"since": pd.Timestamp("2026-03-02")}, InputError, r"no time zone.*tz='UTC'"),
        ({"since": "last Tuesday"}, InputError, "since='last Tuesday' is no time"),
        ({"until": "31.02.2026"}, InputError, "until='31.02.2026' is no time"),
        ({"since": "2015-01-01"}, InputError, "type 2019-09-08 or later"),
        ({"every": "1min"}, InputError, "every 5 minutes"),
        ({"every": "soon"}, InputError, "no length of time"),
        ({"rest": "gopher://x"}, InputError, "no web address"),
    ],
)
def test_nothing_is_opened_for_a_question_that_makes_no_sense(
    asked: dict[str, Any], error: type[Exception], says: str, tmp_path: Path
) -> None:
    """Symbol, dates and lengths are looked at first."""
    question = {"symbol": "BNBUSDT", "since": SINCE, "every": "4h", "store": tmp_path, **asked}

    with pytest.raises(error, match=says):
        load(**question)


@pytest.mark.venue
def test_an_unusable_folder_is_said_before_anything_is_fetched(
    venue: Callable[..., Any], tmp_path: Path
) -> None:
    """No request is spent on what cannot be kept."""
    (tmp_path / "file").touch()
    v = venue()

    with pytest.raises(StoreError, match="cannot"):
        get(v, tmp_path / "file")
    assert v.requests == []


# ---------------------------------------------------------------- faults


@pytest.mark.venue
@pytest.mark.parametrize(
    "fault",
    [
        "5xx-burst",
        "slow=0.05",
        "drop=0.3",
        "truncated-json=0.15",
        "reversed-order",
        "duplicate-rows",
        "ratelimit429=5",
    ],
)
def test_what_passes_or_can_be_mended_leaves_no_trace_in_the_frame(
    fault: str, venue: Callable[..., Any], tmp_path: Path, truth: pd.DataFrame
) -> None:
    """Tried again, sorted or kept once: the figures are the same."""
    v = venue(fault)

    found = get(v, tmp_path)

    pd.testing.assert_frame_equal(found.frame, truth, check_freq=False)
    assert v.budget.bans == 0
    told = " ".join(found.remarks)
    assert ("sorted" in told, "stood twice" in told) == (fault == "reversed-order", fault == "duplicate-rows")


@pytest.mark.venue
@pytest.mark.parametrize(
    ("fault", "error", "says", "requests"),
    [
        ("geo451", GeoBlocked, "does not serve the place.*still works", 1),
        ("ban418", RateLimited, "banned this address until 2026-03-20 00:10", 1),
        ("waf202", BadReply, "HTTP 202 without data", 1),
        ("html-error-page", BadReply, "a page called 'Just a moment...', not with data", 1),
        ("redirect-elsewhere", BadReply, "redirects are not followed", 1),
        ("huge-body", BadReply, "more than 1 MiB in one answer", 1),
        ("truncated-json", BadReply, "broken JSON", 2),
        ("drop", Unreachable, "cannot be reached", 5),
        ("slow=1", Unreachable, "did not answer within 0.1 s", 5),
        ("5xx-burst=10", Unreachable, "out of order .HTTP 503", 5),
        ("wrong-symbol-in-row", BadReply, "asked for BNBUSDT, but Binance sent a row of ETHUSDT", 5),
        ("unicode-symbol", BadReply, "a row of no market's name", 5),
        ("html-in-field", BadReply, "a row of no market's name", 5),
    ],
)
def test_what_is_no_data_is_one_clear_error(
    fault: str, error: type[VenueError], says: str, requests: int, venue: Callable[..., Any], tmp_path: Path
) -> None:
    """Never a frame of half the truth, and no more questions than can help."""
    v = venue(fault)
    with (
        ask(v, timeout=0.1 if fault == "slow=1" else 5.0, most_bytes=2**20) as client,
        pytest.raises(error, match=says) as refused,
    ):
        fetch("BNBUSDT", since=SINCE, every="4h", store=tmp_path, client=client)

    message = str(refused.value)
    assert (client.requests, refused.value.exit_code) == (requests, 1)
    assert "<" not in message
    assert "\n" not in message
    assert ("oikit.sample('bnb-null')" in message) == (error is not BadReply)
    assert v.decoy_hits == []


@pytest.mark.venue
def test_a_gap_is_reported_and_never_bridged(
    venue: Callable[..., Any], tmp_path: Path, truth: pd.DataFrame
) -> None:
    """What is missing is NaN and counted, what is there is the truth, and no missing payment is a zero."""
    found = get(venue("gap=0.2"), tmp_path)
    frame = found.frame[truth.columns]

    assert len(frame) == 168
    assert 15 < frame["open_interest"].isna().sum() < 60
    for name in ("close", "volume", "open_interest", "long_short_ratio", "funding_rate"):
        known = frame[name].notna()
        pd.testing.assert_series_equal(frame.loc[known, name], truth.loc[known, name], check_freq=False)
        assert known.sum() < 168
    assert (
        f"open interest: {frame['open_interest'].isna().sum()} of 168 bar(s) are not wholly known"
        in " ".join(found.remarks)
    )
    assert "seem to lack a settlement" in " ".join(found.remarks)


@pytest.mark.venue
def test_an_impossible_value_is_missing_and_counted(
    venue: Callable[..., Any], tmp_path: Path, truth: pd.DataFrame
) -> None:
    """NaN, -123.45 and 1e30 are no prices; each is NaN and in the count, all others are the truth."""
    found = get(venue("out-of-range-value=0.3"), tmp_path)
    frame = found.frame[truth.columns]

    known = frame.notna()
    np.testing.assert_equal(frame.to_numpy()[known.to_numpy()], truth.to_numpy()[known.to_numpy()])
    lost = sum(int(r.rsplit("(", 1)[1][:-1]) for r in found.remarks if "out of range" in r)
    plain = [c for c in frame if c not in ("market_cap", "taker_buy_sell_ratio", "funding_interval")]
    assert frame[plain].isna().to_numpy().sum() == lost > 50


@pytest.mark.venue
def test_figures_behind_the_clock_are_called_stale(venue: Callable[..., Any], tmp_path: Path) -> None:
    """Frozen an hour ago, the bar in progress then must not pass for a closed one."""
    found = get(venue("stale-server"), tmp_path)

    assert found.losses[0].startswith("stale: the newest figures are of 2026-03-19 23:10 UTC, 60 min behind")
    assert found.frame.index[-1] == pd.Timestamp("2026-03-19 20:00", tz="UTC")


@pytest.mark.venue
def test_a_clock_that_runs_ahead_closes_no_bar_early(
    venue: Callable[..., Any], tmp_path: Path, truth: pd.DataFrame
) -> None:
    """Stamps come from the figures: at 23:55 a clock that says 00:05 is not believed."""
    found = get(venue("clock-skew", now="2026-03-19T23:55:00Z"), tmp_path)

    assert "10 min behind the venue's own clock" in found.losses[0]
    pd.testing.assert_frame_equal(found.frame, truth.iloc[:-1], check_freq=False)


@pytest.mark.venue
def test_a_small_budget_is_waited_for(venue: Callable[..., Any], tmp_path: Path, truth: pd.DataFrame) -> None:
    """Two statistics in a window of a second: 429, Retry-After, and on; no ban."""
    v = venue(limits=(2400, 2, 500), window_scale=0.004)

    found = get(v, tmp_path)

    pd.testing.assert_frame_equal(found.frame, truth, check_freq=False)
    assert [r["status"] for r in v.requests].count(429) == 1
    assert v.budget.bans == 0


@pytest.mark.venue
def test_a_market_is_found_among_names_that_are_none(venue: Callable[..., Any], tmp_path: Path) -> None:
    """The list of markets may hold any text; it is no reason to fail, and none of it is suggested."""
    with pytest.raises(InputError, match="near: BNBUSDT") as refused:
        get(venue("html-in-field=0", "unicode-symbol=0"), tmp_path, "BNBUSD")

    assert str(refused.value).isascii()


@pytest.mark.venue
@pytest.mark.parametrize(
    ("fault", "why"),
    [("geo451", "does not serve"), ("ban418", "banned"), ("drop", "cannot be reached")],
)
def test_without_the_exchange_the_store_is_used_and_it_says_so(
    fault: str, why: str, venue: Callable[..., Any], tmp_path: Path, truth: pd.DataFrame
) -> None:
    """A second choice is visible: which, how much, and how old."""
    v = venue()
    get(v, tmp_path)
    v.add_fault(fault)

    with ask(v) as client, pytest.warns(FallbackWarning, match=rf"{why}.*knows 168 of 168 bars") as told:
        frame = load("BNBUSDT", since=SINCE, every="4h", store=tmp_path, client=client)

    assert "fetched 2026-03-20 00:10 UTC" in str(told[0].message)
    assert told[0].filename == __file__
    pd.testing.assert_frame_equal(frame, truth, check_freq=False)


@pytest.mark.venue
def test_a_store_without_those_bars_is_no_second_choice(venue: Callable[..., Any], tmp_path: Path) -> None:
    """The error says what the store does hold, and what works instead."""
    v = venue()
    get(v, tmp_path)
    v.add_fault("drop")

    for asked in ({"since": "2026-03-21"}, {"since": "2026-01-01", "until": "2026-02-01"}):
        with (
            ask(v) as client,
            pytest.raises(Unreachable, match=r"holds 168 bars.*fallback='sample'") as refused,
        ):
            load("BNBUSDT", every="4h", store=tmp_path, client=client, **asked)
        assert "in (2026-02-20 00:00 UTC, 2026-03-20 00:00 UTC]" in str(refused.value)


@pytest.mark.parametrize(
    ("symbol", "every", "asked", "name", "told"),
    [
        ("BNBUSDT", "4h", {"since": SINCE}, "bnb-null", "102 bars of 4h in (2026-02-20 00:00 UTC"),
        ("BTCUSDT", "1d", {"since": "2026-02-20", "until": "2026-02-25"}, "btc-null", "5 bars of 1d in"),
        (
            "BNBUSDT",
            "5min",
            {"since": "2030-01-01", "until": "2030-01-02"},
            "bnb-5min",
            "34,560 bars of 5min",
        ),
    ],
)
def test_a_sample_is_handed_out_on_request_alone_and_called_simulated(
    symbol: str, every: str, asked: dict[str, str], name: str, told: str, tmp_path: Path
) -> None:
    """A class without a network can go on; nobody can take it for the market, and nothing is stored."""
    root = tmp_path / "store"
    with (
        Client("http://127.0.0.1:9", budgets=binance.BUDGETS, wait=0.0) as client,
        pytest.warns(FallbackWarning, match="cannot be reached") as said,
    ):
        with pytest.raises(
            Unreachable, match=f"holds nothing of {symbol} .*not {symbol}, add fallback='sample'"
        ):
            load(symbol, every=every, store=root, client=client, **asked)
        frame = load(symbol, every=every, store=root, client=client, fallback="sample", **asked)

    assert f"SIMULATED sample {name}, which is not {symbol}" in str(said[0].message)
    assert told in str(said[0].message)
    assert len(said) == 1 and said[0].filename == __file__
    validate(frame)
    assert not root.exists() or store.markets(root) == []


def test_fetch_never_takes_a_second_choice(tmp_path: Path) -> None:
    """A report of the week must not be drawn from something else; the error names what works."""
    with (
        Client("http://127.0.0.1:9", budgets=binance.BUDGETS, wait=0.0) as client,
        pytest.raises(Unreachable, match=r"holds nothing of BNBUSDT 4h.*bnb-null"),
    ):
        fetch("BNBUSDT", since=SINCE, every="4h", store=tmp_path, client=client)


@pytest.mark.venue
def test_a_closed_country_gets_one_plain_sentence_and_the_sample_on_request(
    venue: Callable[..., Any], tmp_path: Path
) -> None:
    """Said once, not worked around, and a lesson that asks for it goes on."""
    told = r"does not serve the place.*SIMULATED sample bnb-null"
    v = venue("geo451")
    question = {"symbol": "BNBUSDT", "since": SINCE, "every": "4h", "store": tmp_path}
    with ask(v) as client, pytest.warns(FallbackWarning, match=told):
        with pytest.raises(GeoBlocked, match=r"does not serve the place.*add fallback='sample'"):
            load(**question, client=client)
        frame = load(**question, client=client, fallback="sample")

    assert len(frame) == 102
    assert client.requests == 1


@pytest.mark.venue
def test_a_ban_is_waited_out_not_papered_over(venue: Callable[..., Any], tmp_path: Path) -> None:
    """Whoever is banned for minutes has the market again in minutes; simulated bars are no answer."""
    with ask(venue("ban418")) as client, pytest.raises(RateLimited, match="holds nothing of BNBUSDT") as said:
        load("BNBUSDT", since=SINCE, every="4h", store=tmp_path, client=client, fallback="sample")

    assert "fallback" not in str(said.value)


def test_a_fallback_that_is_none_is_refused_before_anything_is_asked(tmp_path: Path) -> None:
    """There is one, and its name is what to type."""
    with pytest.raises(InputError, match=r"fallback='bnb' is none; type fallback='sample'"):
        load("BNBUSDT", since=SINCE, store=tmp_path, fallback="bnb")  # type: ignore[arg-type]


@pytest.mark.venue
def test_a_sample_on_request_never_hides_what_is_stored(venue: Callable[..., Any], tmp_path: Path) -> None:
    """Stored bars come first; of times that the store lacks, who asked for a sample gets it."""
    v = venue()
    get(v, tmp_path)
    v.add_fault("drop")
    question = {"symbol": "BNBUSDT", "every": "4h", "store": tmp_path, "fallback": "sample"}

    with ask(v) as client, pytest.warns(FallbackWarning, match="Used instead: the store"):
        load(since=SINCE, client=client, **question)
    with ask(v) as client, pytest.warns(FallbackWarning, match="holds 168 bars.*SIMULATED sample"):
        load(since="2026-01-01", until="2026-02-01", client=client, **question)


@pytest.mark.venue
def test_address_and_place_come_from_the_environment(
    venue: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A class sets them once."""
    monkeypatch.setenv("OIKIT_BINANCE_REST", venue().url + "/")
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path / "class"))

    frame = load("BNBUSDT", since="2026-03-19")

    assert len(frame) == 24
    assert store.markets(tmp_path / "class") == [("BNBUSDT", "1h")]


@pytest.mark.venue
def test_a_premium_that_is_offered_is_there(venue: Callable[..., Any], tmp_path: Path) -> None:
    """The stand-in has none; where the venue has, the column fills, and earlier bars with it."""
    v = venue()
    get(v, tmp_path, until="2026-03-10")

    def with_premium(request: httpx.Request) -> httpx.Response:
        path = request.url.path.replace("premiumIndexKlines", "klines")
        reply = httpx.get(f"{v.url}{path}", params=request.url.params, trust_env=False)
        rows = reply.json()
        if "premiumIndexKlines" in request.url.path:
            rows = [[row[0], "0", "0", "0", "-0.0002", *row[5:]] for row in rows]
        return httpx.Response(reply.status_code, json=rows)

    transport = httpx.MockTransport(with_premium)
    with Client(v.url, budgets=binance.BUDGETS, transport=transport, ledger=Ledger()) as client:
        for expected in (59, 168):
            found = fetch("BNBUSDT", since=SINCE, every="4h", store=tmp_path, client=client)
            assert found.frame["premium"].notna().sum() >= expected

    assert not any(r.startswith("premium") for r in found.remarks)
    assert list(found.frame.columns).index("premium") == list(found.frame.columns).index("close") + 1


@pytest.mark.venue
def test_a_series_that_is_not_offered_is_asked_for_once(venue: Callable[..., Any], tmp_path: Path) -> None:
    """However many holes there are to fill."""
    v = venue()
    for since, until in (("2026-03-01", "2026-03-03"), ("2026-03-06", "2026-03-08")):
        get(v, tmp_path, since=since, until=until, every="15min")
    v.requests.clear()

    get(v, tmp_path, every="15min")

    asked = [r["path"].rsplit("/", 1)[1] for r in v.requests]
    assert (asked.count("klines") > 3, asked.count("premiumIndexKlines")) == (True, 1)


@pytest.mark.venue
def test_a_stored_frame_needs_no_leave_to_write(
    venue: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A teacher's read-only folder can be read from."""
    get(venue(), tmp_path)
    shutil.copytree(tmp_path, tmp_path / "copy")
    monkeypatch.setattr(store, "check", lambda root: pytest.fail("nothing is to be written"))

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frame = load("BNBUSDT", since=SINCE, until="2026-03-20", every="8h", store=tmp_path / "copy")

    assert len(frame) == 84


@pytest.mark.venue
def test_a_market_without_any_bar_is_a_frame_of_nan(venue: Callable[..., Any], tmp_path: Path) -> None:
    """Nothing is stored then, and it says what is unknown."""
    found = get(venue("gap=1"), tmp_path)

    assert len(found.frame) == 168
    assert found.frame.drop(columns="circulating_supply").isna().all(axis=None)
    assert store.markets(tmp_path) == []
    assert len([r for r in found.remarks if "168 of 168 bar(s) are not wholly known" in r]) == 6
