"""The pack: the same for everyone, called simulated, and made again from its seeds to the last byte."""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from oikit.errors import InputError, StoreError
from oikit.frame import FIELDS, validate
from oikit.simulate import samples
from oikit.simulate.market import EVENT, planted_drift, planted_events, simulate
from oikit.simulate.samples import NAMES, build, manifest, sample
from oikit.simulate.worlds import WORLDS

PACK = Path(__file__).resolve().parents[1] / "data" / "samples"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the pack that a test may break."""
    copy = tmp_path / "pack"
    shutil.copytree(PACK, copy)
    monkeypatch.setattr(samples, "_folder", lambda: copy)
    forget()
    yield copy
    forget()


def forget() -> None:
    samples._manifest.cache_clear()
    samples._read.cache_clear()


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_is_what_the_manifest_says(name: str) -> None:
    """Rows, bars, columns and bounds, as a program would rely on them."""
    frame, it = sample(name), manifest()[name]

    assert validate(frame) is frame
    assert it["kind"] == "simulated"
    assert len(frame) == it["rows"]
    assert set(frame.columns) == {*it["columns"], *it["derived"]} == set(FIELDS) - {"index_price"}
    assert frame.index[0] == pd.Timestamp(it["since"]) + pd.Timedelta(it["every"])
    assert frame.index[-1] == pd.Timestamp(it["until"])
    assert "end of its bar" in it["label"]
    assert not frame.isna().any(axis=None)


def test_the_pack_is_the_one_that_was_promised() -> None:
    """Names and spans are a contract: lessons and other parts type them."""
    spans = {name: (it["since"][:10], it["until"][:10], it["every"]) for name, it in manifest().items()}

    assert tuple(spans) == NAMES
    assert spans == {
        "bnb-null": ("2023-03-06", "2026-03-09", "1h"),
        "bnb-planted": ("2023-03-06", "2026-03-09", "1h"),
        "btc-null": ("2023-03-06", "2026-03-09", "1h"),
        "bnb-5min": ("2025-11-09", "2026-03-09", "5min"),
        "bnb-cascade": ("2026-03-04", "2026-03-05", "1min"),
    }


def test_a_sample_is_yours_to_change() -> None:
    """What one cell does to its frame must not reach the next."""
    mine = sample("bnb-cascade")
    mine["close"] = 1.0
    told = manifest()
    told["bnb-null"]["kind"] = "real"

    assert (sample("bnb-cascade")["close"] != 1.0).all()
    assert manifest()["bnb-null"]["kind"] == "simulated"


def test_a_sample_is_bit_for_bit_what_the_simulator_drew() -> None:
    """Writing, packing and reading lose nothing, so a lesson may simulate instead of reading."""
    it = manifest()["bnb-null"]
    drawn = simulate(
        replace(WORLDS["bnb"], price=it["start_price"]),
        since=it["since"],
        until=it["until"],
        every=it["every"],
        seed=it["seed"],
    )

    pd.testing.assert_frame_equal(sample("bnb-null")[drawn.columns], drawn, check_exact=True)


@pytest.mark.parametrize("names", [("bnb-planted",), ("bnb-cascade",)], ids=lambda names: names[0])
def test_the_pack_can_be_made_again(names: tuple[str, ...], tmp_path: Path) -> None:
    """Same seeds, same text; only numpy could change it."""
    made = build(tmp_path, names)

    for name in names:
        assert made[name] == manifest()[name]
        text = gzip.decompress((tmp_path / f"{name}.csv.gz").read_bytes())
        assert hashlib.sha256(text).hexdigest() == manifest()[name]["sha256"]


@pytest.mark.slow
def test_the_whole_pack_can_be_made_again(tmp_path: Path) -> None:
    """The command that the README names, and every file it writes."""
    build(tmp_path)

    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(p.name for p in PACK.iterdir())
    for written in tmp_path.iterdir():
        if written.suffix == ".gz":
            assert gzip.decompress(written.read_bytes()) == gzip.decompress(
                (PACK / written.name).read_bytes()
            )
        else:
            assert written.read_bytes() == (PACK / written.name).read_bytes()


def test_the_gzip_header_tells_no_time() -> None:
    """Two builds of the same text must be the same file, today and tomorrow."""
    for name in NAMES:
        assert (PACK / f"{name}.csv.gz").read_bytes()[4:8] == b"\x00" * 4


def test_the_pack_is_light() -> None:
    """It travels in the wheel and into a browser: under 5 MB in all."""
    assert sum(path.stat().st_size for path in PACK.iterdir()) < 5_000_000


def test_anything_can_open_a_file() -> None:
    """Plain CSV: a time, then numbers with the decimals of a venue."""
    with gzip.open(PACK / "bnb-null.csv.gz", "rt", encoding="ascii", newline="") as text:
        rows = csv.DictReader(text)
        first = next(rows)

    assert list(first) == ["time", *manifest()["bnb-null"]["columns"]]
    assert first["time"] == "2023-03-06T01:00Z"
    assert float(first["close"]) == sample("bnb-null")["close"].iloc[0]
    decimals = {name: len(value.partition(".")[2]) for name, value in first.items() if name != "time"}
    assert decimals["close"] == 2 and decimals["long_short_ratio"] == 4 and decimals["funding_rate"] == 8


def test_the_planted_effect_is_what_the_manifest_prints() -> None:
    """Size, number of events and share of bars, counted again from the frame."""
    effects = {name: it["effect"] for name, it in manifest().items() if it["effect"]}
    frame, told = sample("bnb-planted"), effects["bnb-planted"]
    events = planted_events(frame["open_interest"])
    drift = planted_drift(frame["open_interest"], told["size"]) * 8

    assert list(effects) == ["bnb-planted"]
    assert told["size"] == -0.005 and told["horizon"] == "72h" and told["event"] == EVENT
    assert told["events"] == int(events.sum()) > 60
    assert told["share_of_bars"] == pytest.approx((drift < 0).mean(), abs=1e-4)
    assert told["drift_after_an_event"] == pytest.approx(drift.min(), abs=1e-6)
    assert told["drift_elsewhere"] == pytest.approx(drift.max(), abs=1e-6)
    assert told["drift_after_an_event"] - told["drift_elsewhere"] == pytest.approx(-0.005, abs=2e-6)


def test_the_crash_is_where_the_manifest_puts_it() -> None:
    """A lesson reads the time from the manifest and finds the fall there."""
    told, frame = manifest()["bnb-cascade"]["cascade"], sample("bnb-cascade")
    at = pd.Timestamp(told["at"])

    assert frame["close"].idxmin() - at <= pd.Timedelta(hours=told["fall_hours"] + 0.25)
    assert frame["close"].min() / frame["close"][at] - 1 == pytest.approx(-told["depth"], abs=0.05)


def test_the_readme_says_what_the_manifest_says() -> None:
    """No figure in it is typed by hand: it is written from the manifest, and nothing was edited."""
    text = (PACK / "README.md").read_text(encoding="utf-8")
    told = manifest()

    assert text == samples._readme(told)
    assert "**Everything here is simulated.**" in text
    for name, it in told.items():
        assert f"| `{name}` |" in text and f"| {it['rows']:,} | {it['seed']} |" in text
    effect = told["bnb-planted"]["effect"]
    assert f"**{effect['size']:+.2%}**" in text and f"{effect['events']} events" in text
    assert f"{effect['share_of_bars']:.1%} of the bars" in text
    assert "oikit pack data/samples" in text


def test_the_manifest_is_plain_and_tidy() -> None:
    """It is JSON that the build wrote, and no machine's path is in it."""
    text = (PACK / "manifest.json").read_text(encoding="utf-8")

    assert json.loads(text) == manifest()
    assert text == samples._json(manifest())
    assert str(PACK.parents[1]) not in text


# --- Doors -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("bnb-nul", "did you mean 'bnb-null'"),
        ("bnb_planted", "did you mean 'bnb-planted'"),
        ("BTCUSDT", "there are bnb-null, bnb-planted, btc-null, bnb-5min, bnb-cascade$"),
        ("", "no sample is called ''"),
        ("../secret", "no sample is called"),
    ],
)
def test_an_unknown_name_is_answered_with_the_known_ones(name: str, words: str) -> None:
    """A typo costs one look, not a search."""
    with pytest.raises(InputError, match=words):
        sample(name)


def test_an_unknown_name_is_not_built(tmp_path: Path) -> None:
    """The same door as for reading."""
    with pytest.raises(InputError, match="no sample is called"):
        build(tmp_path, ["bnb-nul"])


def test_a_file_that_was_changed_is_refused(elsewhere: Path) -> None:
    """One digit of one row: the checksum is of the text, and the text is not the one described."""
    path = elsewhere / "bnb-cascade.csv.gz"
    text = gzip.decompress(path.read_bytes()).replace(b"640.", b"641.", 1)
    path.write_bytes(gzip.compress(text, mtime=0))

    with pytest.raises(StoreError, match="not the file that its manifest describes"):
        sample("bnb-cascade")


@pytest.mark.parametrize("cut", [0, 5, 1000])
def test_a_file_that_is_cut_is_refused(elsewhere: Path, cut: int) -> None:
    """Half a download is no sample."""
    path = elsewhere / "bnb-cascade.csv.gz"
    path.write_bytes(path.read_bytes()[:cut])

    with pytest.raises(StoreError):
        sample("bnb-cascade")


def test_a_file_that_is_garbled_is_refused(elsewhere: Path) -> None:
    """A broken stream inside a good header is not numpy's problem."""
    path = elsewhere / "bnb-cascade.csv.gz"
    whole = bytearray(path.read_bytes())
    whole[60:120] = b"\xff" * 60
    path.write_bytes(bytes(whole))

    with pytest.raises(StoreError):
        sample("bnb-cascade")


def test_a_file_that_is_gone_is_refused(elsewhere: Path) -> None:
    """Say where it should be, and what to do."""
    (elsewhere / "bnb-5min.csv.gz").unlink()

    with pytest.raises(StoreError, match="install oikit again"):
        sample("bnb-5min")


def test_a_pack_that_was_built_in_part_says_so(elsewhere: Path) -> None:
    """A known name whose file was never made."""
    told = manifest()
    del told["btc-null"]
    (elsewhere / "manifest.json").write_text(json.dumps(told), encoding="utf-8")
    forget()

    with pytest.raises(StoreError, match="built without 'btc-null'"):
        sample("btc-null")


def test_the_pack_of_a_wheel_is_found_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed, the pack lies inside the package; in a checkout, beside it; nowhere, it says so."""
    package = tmp_path / "oikit"
    (package / "data").mkdir(parents=True)
    monkeypatch.setattr(samples, "__file__", str(package / "data" / "samples.py"))
    with pytest.raises(StoreError, match="oikit pack data/samples"):
        samples._folder()
    for where in (tmp_path / "data" / "samples", package / "_pack"):
        where.mkdir(parents=True)
        (where / "manifest.json").write_text("{}", encoding="utf-8")

        assert samples._folder() == where


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="utf-8")

    with pytest.raises(StoreError, match="name another folder"):
        build(blocked, [])


def test_a_readme_without_effects_says_none(tmp_path: Path) -> None:
    """A pack of null worlds has nothing planted, and says so."""
    build(tmp_path, ["bnb-cascade"])
    text = (tmp_path / "README.md").read_text(encoding="utf-8")

    assert "## What is planted\n\nNone.\n" in text
