"""History made whole: the archive beyond the thirty days, the exchange for the rest, and no seam."""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from oikit.clock import length
from oikit.data import held, past, store
from oikit.data.fetch import load, provenance
from oikit.data.tail import Window
from oikit.data.upkeep import verify
from oikit.errors import BadReply, FallbackWarning, GeoBlocked, InputError
from tests.bulk_files import at, utc
from tests.stand_in import ask, get, is_part_of, stand_in, truth_of

DAY = pd.Timedelta(days=1)
pytestmark = pytest.mark.venue


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test may touch the reader's own store, or ask the real exchange or its archive."""
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path / "unnamed"))
    monkeypatch.setenv("OIKIT_BINANCE_REST", "http://127.0.0.1:9")
    monkeypatch.delenv("OIKIT_ARCHIVE", raising=False)


def off_by(frame: pd.DataFrame) -> pd.Series:
    """How far value over coins is from the price at the stamp, in basis points."""
    implied = frame["open_interest_value"] / frame["open_interest"]
    return (implied / frame["close"] - 1).abs() * 1e4


# ---------------------------------------------------------------- the seam, and the change of labels


@pytest.mark.parametrize(
    ("every", "since"),
    [("5min", "2026-05-30"), ("1h", "2026-05-25"), ("4h", "2026-05-20"), ("1d", "2026-05-10")],
)
def test_archive_and_exchange_are_one_history_on_any_clock(every: str, since: str, tmp_path: Path) -> None:
    """Beyond the wall and within: every bar once, every figure the true one at its instant."""
    with stand_in("2026-07-01T12:00:00Z", window_scale=0.02) as v:
        found = get(v, tmp_path, every=every, since=since)
        asked = len(v.requests)
        again = get(v, tmp_path, every=every, since=since)
        truth = truth_of(v, found.frame)

    frame, step = found.frame, length(every)
    assert (frame.index[0], len(frame)) == (utc(since) + step, (frame.index[-1] - utc(since)) // step)
    assert frame["open_interest"].tolist() == truth
    assert off_by(frame).median() < 2
    assert found.losses == ()
    # The second time only the clock is asked.
    assert (again.requests, len(v.requests) - asked) == (3, 3)
    pd.testing.assert_frame_equal(again.frame, frame, check_freq=False)


@pytest.mark.parametrize("fault", ["", "geo451", "missing-day-404=0.3", "checksum-mismatch=0.2"])
def test_what_comes_is_the_same_however_many_files_come_at_once(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other, six or thirty at a time: one frame, the same remarks, no more requests."""
    found, counted = {}, {}
    for at_once in (1, 6, 30):
        monkeypatch.setattr(past, "AT_ONCE", at_once)
        with stand_in("2026-07-04T12:00:00Z", *([fault] if fault else []), window_scale=0.02) as v:
            found[at_once] = get(v, tmp_path / str(at_once), since="2026-04-20", skip_refused=True)
            counted[at_once] = len(v.requests)

    for other in (found[6], found[30]):
        pd.testing.assert_frame_equal(other.frame, found[1].frame)
        assert [re.sub(r"127\S+", "", each) for each in other.remarks] == [
            re.sub(r"127\S+", "", each) for each in found[1].remarks
        ]
    assert len(set(counted.values())) == 1


@pytest.mark.parametrize("fault", ["", "geo451"])
def test_across_the_change_of_labels_nothing_is_known_too_early(fault: str, tmp_path: Path) -> None:
    """Ten days on either side of it, from the archive alone: no look-ahead, no lost and no doubled slot."""
    now = "2026-07-04T12:00:00Z" if fault else "2026-08-10T00:10:00Z"
    with stand_in(now, *([fault] if fault else []), window_scale=0.02) as v:
        found = get(v, tmp_path, every="5min", since="2026-06-20", until="2026-07-01")
        truth = truth_of(v, found.frame)

    frame, note = found.frame, store.manifest(tmp_path, "BNBUSDT", pd.Timedelta("5min"))
    assert len(frame) == 11 * 288
    assert frame["open_interest"].tolist() == truth
    assert off_by(frame[:"2026-06-25 00:00"]).median() < 2
    assert off_by(frame["2026-06-25 00:05":]).median() < 2
    # Read five minutes too early it would not fit.
    assert off_by(frame.assign(close=frame["close"].shift(1))).median() > 2
    labels = [
        span["label"] for entry in note["fetches"] for span in entry.get("archive", {}).get("labels", ())
    ]
    assert labels == ["end", "start"]


def test_the_tenth_of_october_reads_as_it_was(tmp_path: Path) -> None:
    """Coins 6.7% down at the low of the price, 21.3% at worst; and value over coins is the price."""
    with stand_in("2025-12-01T00:10:00Z", window_scale=0.02) as v:
        frame = get(v, tmp_path, every="5min", since="2025-10-09", until="2025-10-12").frame

    evening = frame["2025-10-10 20:00":"2025-10-10 22:55"]
    price = evening["open_interest_value"] / evening["open_interest"]
    coins = evening["open_interest"] / evening["open_interest"].iloc[0] - 1
    assert round(coins[price.idxmin()], 3) == -0.067
    assert round(coins.min(), 3) == -0.213
    assert off_by(frame["2025-10-10 19:50":"2025-10-10 22:50"]).median() < 2


def test_blank_ratios_of_2022_are_missing_and_counted(tmp_path: Path) -> None:
    """87 cells in a hundred; open interest is whole but for the hours in which it was zero."""
    with stand_in("2026-03-20T00:10:00Z", window_scale=0.02) as v:
        found = get(v, tmp_path, every="1h", since="2022-03-05", until="2022-03-10")

    frame, counts = found.frame, " ".join(found.remarks)
    assert frame["top_account_ratio"].isna().mean() == pytest.approx(0.872, abs=0.06)
    assert frame["long_short_ratio"].notna().all()
    assert 0 < frame["open_interest"].isna().sum() <= 18
    assert "top_account_ratio: cell(s) blank or no number, missing (" in counts
    assert "open_interest: cell(s) zero where nothing can be zero, now missing (204)" in counts


def test_what_is_before_the_archive_is_said(tmp_path: Path) -> None:
    """It begins in December 2021; older rows are counted apart."""
    with stand_in("2026-03-20T00:10:00Z", window_scale=0.02) as v:
        found = get(v, tmp_path, every="1d", since="2021-11-20", until="2021-12-05")

    assert found.frame["open_interest"].notna().sum() == 4
    assert "11 of 15 bar(s)" in found.losses[0]
    assert "its archive from 2021-12-01: 11 of them are older" in found.losses[0]


# ---------------------------------------------------------------- what the store remembers


def test_settled_days_are_not_asked_for_again(tmp_path: Path) -> None:
    """Gaps and all; a month that somebody moved away is."""
    span = {"since": "2026-02-10", "until": "2026-02-14", "every": "1h"}
    with stand_in("2026-06-20T00:10:00Z", "missing-day-404=0.4", window_scale=0.02) as v:
        first = get(v, tmp_path, **span)
        v.requests.clear()
        again = get(v, tmp_path, **span)
        sent = len(v.requests)
        (tmp_path / "binance/BNBUSDT/1h/2026-02.parquet").rename(tmp_path / "away")
        third = get(v, tmp_path, **span)

    missing = int(first.frame["open_interest"].isna().sum())
    assert 0 < missing < 96
    assert sent == again.requests == 0
    assert any("file(s) the archive lacks" in remark for remark in first.remarks)
    pd.testing.assert_frame_equal(third.frame, first.frame, check_freq=False)


def test_a_missing_day_that_may_still_come_is_asked_for_again(tmp_path: Path) -> None:
    """Within a week of its end it may only be late."""
    key = "data/futures/um/daily/metrics/BNBUSDT/BNBUSDT-metrics-2026-02-10.zip"
    stored = pd.DataFrame(
        {"close": 1.0, "open_interest": np.nan},
        pd.date_range("2026-02-10 01:00", periods=24, freq="h", tz="UTC", name="time"),
    )
    for looked, asked in (("2026-02-13", 1), ("2026-02-20", 0)):
        files = {key: {"missing": f"{looked}T00:00:00+00:00"}}
        windows = past.wanted(stored, "BNBUSDT", utc("2026-04-01"), files)
        assert windows == [Window(utc("2026-02-10"), utc("2026-02-11"))] * asked


def test_a_replaced_file_is_noticed_when_asked_for_and_both_hashes_are_kept(tmp_path: Path) -> None:
    """The newer stands, the change is said, and the old hash is not forgotten."""
    span = {"since": "2026-02-10", "until": "2026-02-12", "every": "5min"}
    with stand_in("2026-03-20T00:10:00Z", window_scale=0.02) as v:
        first = get(v, tmp_path, **span)
        before = held.files_of(tmp_path, "BNBUSDT", pd.Timedelta("5min"))
        v.add_fault("revised-file")
        assert get(v, tmp_path, **span).requests == 0
        again = get(v, tmp_path, **span, recheck=True)
        settled = get(v, tmp_path, **span, recheck=True)

    after = held.files_of(tmp_path, "BNBUSDT", pd.Timedelta("5min"))
    changed = (first.frame["open_interest"] != again.frame["open_interest"]).sum()
    assert changed == 2
    assert any(r.startswith("revised: 2 known value(s) changed") for r in again.remarks)
    assert any("replaced since they were stored" in r for r in again.remarks)
    assert again.coverage.revised == 2
    for key, entry in after.items():
        assert (entry["was"], entry["sha256"] != entry["was"]) == (before[key]["sha256"], True)
    assert not any(r.startswith("revised") for r in settled.remarks)
    assert verify(tmp_path) == []


def test_where_both_give_figures_the_exchange_is_believed_and_a_difference_is_said(tmp_path: Path) -> None:
    """A day or two beside the wall are read from both."""
    from oikit.data.venues.archive import files
    from tests.bulk_files import checksum, collect, zipped

    with stand_in("2026-03-20T00:10:00Z", window_scale=0.02) as v:
        honest = get(v, tmp_path / "honest", every="1h").frame
        stick = tmp_path / "stick"
        for pack in collect(at(v), files("metrics", "BNBUSDT", utc("2026-02-16"), utc("2026-02-20"))).packs:
            lines = pack.text.decode().splitlines()
            if "2026-02-18" in pack.file.member:
                cells = [line.split(",") for line in lines]
                lines = [
                    ",".join([*c[:2], f"{float(c[2]) * 1.01:.2f}" if i else c[2], *c[3:]])
                    for i, c in enumerate(cells)
                ]
            body = zipped(pack.file.member, ("\n".join(lines) + "\n").encode())
            path = stick / pack.file.key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
            Path(f"{path}.CHECKSUM").write_bytes(checksum(pack.file.key, body))
        found = get(v, tmp_path / "other", every="1h", archive=stick)

    said = [
        r for r in found.remarks if r.startswith("archive and exchange disagree, the exchange is believed")
    ]
    assert len(said) == 1
    assert "most in open_interest (1.0" in said[0]
    inside = slice("2026-02-18 01:00", None)
    assert found.frame[inside]["open_interest"].tolist() == honest[inside]["open_interest"].tolist()


def test_provenance_tells_of_both_sources(tmp_path: Path) -> None:
    """And of each file: its checksum, whether the archive's own agreed, and how its stamps were read."""
    with stand_in("2026-03-20T00:10:00Z", window_scale=0.02) as v:
        get(v, tmp_path)
        line = provenance("BNBUSDT", store=tmp_path)
        url = v.url

    files = held.files_of(tmp_path, "BNBUSDT", pd.Timedelta("4h"))
    assert f"from files of {url}, which is not the archive's own address" in line
    entry = files["data/futures/um/daily/metrics/BNBUSDT/BNBUSDT-metrics-2026-02-16.zip"]
    assert (entry["checked"], entry["label"], entry["how"], entry["bars"]) == (True, "end", "price", 6)
    note = store.manifest(tmp_path, "BNBUSDT", pd.Timedelta("4h"))
    assert note["archive"]["address"] == url
    assert [span["told_by"] for span in note["archive"]["labels"]] == [{"price": note["archive"]["files"]}]


# ---------------------------------------------------------------- other places


def copied(v: Any, stick: Path, since: str, until: str) -> Path:
    """A teacher's copy of some days."""
    from oikit.data.venues.archive import files

    for file in files("metrics", "BNBUSDT", utc(since), utc(until)):
        for end in ("", ".CHECKSUM"):
            path = stick / f"{file.key}{end}"
            path.parent.mkdir(parents=True, exist_ok=True)
            with urllib.request.urlopen(f"{v.url}/{file.key}{end}", timeout=10) as answer:
                path.write_bytes(answer.read())
    return stick


def test_a_class_fetches_history_from_a_stick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """--archive FOLDER, or OIKIT_ARCHIVE: the same bytes, and no request to the archive."""
    with stand_in("2026-03-20T00:10:00Z", window_scale=0.02) as v:
        web = get(v, tmp_path / "web")
        stick = copied(v, tmp_path / "stick", "2026-02-15", "2026-02-20")
        v.requests.clear()
        monkeypatch.setenv("OIKIT_ARCHIVE", str(stick))
        found = get(v, tmp_path / "class", archive=None)
        asked = [r["path"] for r in v.requests if "/data/futures/um/" in r["path"]]

    pd.testing.assert_frame_equal(found.frame, web.frame, check_freq=False)
    # But for hourly mark prices, which the stick lacks, so labels are told by their stamps.
    assert asked == []
    assert any("labels: file(s) not told by the price but by stamps" in r for r in found.remarks)


def test_a_folder_that_is_no_archive_is_said_before_anything_is_asked(tmp_path: Path) -> None:
    """And nothing is opened for it."""
    with stand_in("2026-03-20T00:10:00Z") as v:
        with pytest.raises(InputError, match="no copy of the archive"):
            get(v, tmp_path / "store", archive=tmp_path)
        assert v.requests == []


def test_without_a_named_archive_another_exchange_has_none(tmp_path: Path) -> None:
    """The figures of a stand-in must not be mixed with the archive of the real exchange."""
    with stand_in("2026-03-20T00:10:00Z") as v:
        found = get(v, tmp_path, archive=None)

    assert "which can be named with archive= (--archive)" in found.losses[0]


# ---------------------------------------------------------------- second choices


def test_in_a_blocked_place_the_archive_gives_prices_and_funding_too(tmp_path: Path) -> None:
    """Said in one line, as a second choice; what it gives is what the exchange would have."""
    span = {"since": "2026-01-20", "until": "2026-02-05", "every": "4h"}
    with stand_in("2026-03-20T00:10:00Z", window_scale=0.02) as v:
        truth = get(v, tmp_path / "free", **span)
        v.add_fault("geo451")
        with (
            ask(v) as client,
            pytest.warns(FallbackWarning, match=r"does not serve.*Used instead: the archive"),
        ):
            frame = load("BNBUSDT", store=tmp_path / "blocked", client=client, archive=v.url, **span)
        rest = [r for r in v.requests if r["status"] == 451]

    assert len(rest) == 1
    assert is_part_of(frame, truth.frame)
    assert frame["close"].notna().all()
    assert frame["open_interest"].notna().all()
    assert frame["funding_rate"].equals(truth.frame["funding_rate"])
    assert verify(tmp_path / "blocked") == []


def test_a_blocked_place_says_where_the_archive_ends(tmp_path: Path) -> None:
    """Yesterday comes tomorrow."""
    with stand_in("2026-03-20T00:10:00Z", "geo451", window_scale=0.02) as v:
        found = get(v, tmp_path, since="2026-03-14")

    assert found.frame.index[-1] < utc("2026-03-20")
    assert "newer bars come from the exchange only" in found.losses[0]
    assert found.instead == found.remarks[0]


def test_where_nobody_can_be_had_it_is_one_clear_error(tmp_path: Path) -> None:
    """The exchange blocked, the archive away, the store empty: what still works is named."""
    with stand_in("2026-03-20T00:10:00Z", "geo451") as v:
        for archive, since, until, says in (
            ("http://127.0.0.1:9", "2026-03-10", "2026-03-12", "its archive cannot be had"),
            (v.url, "2020-01-01", "2020-01-03", "has nothing of"),
        ):
            with pytest.raises(GeoBlocked, match=rf"{says}.*holds nothing of BNBUSDT") as refused:
                get(v, tmp_path, since=since, until=until, archive=archive)
            assert "bnb-null" in str(refused.value)


def test_an_archive_that_is_away_is_a_loss_and_no_error(tmp_path: Path) -> None:
    """What the exchange gives is there, and what is missing is said."""
    with stand_in("2026-03-20T00:10:00Z", window_scale=0.02) as v:
        found = get(v, tmp_path, archive="http://127.0.0.1:9")

    assert found.losses[0].startswith("the archive cannot be had: 127.0.0.1:9 cannot be reached")
    assert found.frame["close"].notna().all()
    assert found.frame["open_interest"].isna().sum() > 0


def test_refused_days_end_it_once_all_others_are_stored(tmp_path: Path) -> None:
    """Or are left as gaps where that is asked for."""
    span = {"since": "2026-02-05", "until": "2026-02-16", "every": "1h"}
    with stand_in("2026-03-20T00:10:00Z", "corrupt-zip=0.3", window_scale=0.02) as v:
        with pytest.raises(BadReply, match=r"is no whole zip.*All others are stored.*skip_refused=True"):
            get(v, tmp_path, **span)
        found = get(v, tmp_path, **span, skip_refused=True)
        truth = truth_of(v, found.frame)

    gone = found.frame["open_interest"].isna()
    assert 0 < gone.sum() < len(gone)
    assert ((found.frame["open_interest"] == truth) | gone).all()
    assert "file(s) of the archive are refused" in found.losses[0]
    assert verify(tmp_path) == []


def test_an_archive_of_nothing_but_refusals_is_not_asked_on(tmp_path: Path) -> None:
    """Ten in a row: it is the place that is wrong; and the progress told how far it came."""
    seen: list[tuple[int, int, str]] = []
    span = {"since": "2026-01-05", "until": "2026-02-16", "every": "1d"}
    with stand_in("2026-03-20T00:10:00Z", "checksum-mismatch", window_scale=0.02) as v:
        with pytest.raises(BadReply, match="does not match its checksum"):
            get(v, tmp_path, **span, progress=lambda *told: seen.append(told))
        asked = {r["path"] for r in v.requests if r["path"].endswith(".zip") and "metrics" in r["path"]}
        v.faults.clear()
        found = get(v, tmp_path, **span, progress=lambda *told: seen.append(told))

    assert 10 <= len(asked) <= 20
    assert {what for _, _, what in seen} >= {"klines", "funding", "archive metrics"}
    assert all(done <= total for done, total, _ in seen)
    assert found.frame["open_interest"].notna().all()


# ---------------------------------------------------------------- cost


def test_thirty_days_of_five_series_take_at_most_a_hundred_requests(tmp_path: Path) -> None:
    """Five-minute bars: prices, open interest and three ratios, eighteen pages each."""
    with stand_in("2026-03-20T00:10:00Z", window_scale=0.02) as v:
        found = get(v, tmp_path, every="5min", since="2026-02-18 12:00", archive=None)

    assert found.requests <= 100
    assert found.frame["open_interest"].notna().sum() > 8_490


@pytest.mark.slow
def test_four_years_of_five_minutes_fit_in_memory_and_are_the_truth(tmp_path: Path) -> None:
    """The whole history of a market, in a process of its own, under 500 MB."""
    import subprocess
    import sys

    with stand_in("2026-07-01T12:00:00Z", window_scale=0.02) as v:
        code = f"""
import resource, warnings
from oikit.data.fetch import fetch
from oikit.data.http import Client, Ledger
from oikit.data.venues import binance
with Client({v.url!r}, budgets=binance.BUDGETS, wait=0.01, timeout=60, ledger=Ledger()) as client:
    asked = {{"since": "2021-12-01", "every": "5min", "archive": {v.url!r}}}
    found = fetch("BNBUSDT", store={str(tmp_path)!r}, client=client, **asked)
print(len(found.frame), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        rows, megabytes = map(int, done.stdout.split())
        span = utc("2021-12-01"), utc("2026-07-01 11:55")
        frame = store.read(tmp_path, "BNBUSDT", pd.Timedelta("5min"), *span)
        truth = np.array(truth_of(v, frame))

    known = frame["open_interest"].notna()
    assert rows == len(frame) == 481_967
    assert megabytes < 500
    assert (frame["open_interest"][known] == truth[known]).all()
    # Two days that the archive lacks, three tails of zeros, two short days, two days with blank rows.
    assert (~known).sum() == 2 * 288 + 3 * 102 + 2 * 125 + 2 * 3
    priced = frame[frame["close"].notna()]
    for part in (priced[:"2026-06-25 00:00"], priced["2026-06-25 00:05":]):
        assert off_by(part).median() < 2
