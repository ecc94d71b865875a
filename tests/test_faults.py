"""Each of the stand-in's faults and each built-in defect of its archive, from end to end.

The tables are the stand-in's own: what a good client does. A fetch here reaches beyond the thirty days,
so every fault may strike the exchange, the archive, or both.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from oikit.data.fetch import Fetched
from oikit.data.upkeep import verify
from oikit.errors import BadReply, OikitError, RateLimited, Unreachable, VenueError
from oikit.frame import validate
from tests.bulk_files import utc
from tests.stand_in import get, is_part_of, sha_of, stand_in, whole

NOW = "2026-03-20T00:10:00Z"
OPTIONS = {"timeout": 60.0, "most_bytes": 2 * 2**20}  # a busy computer is no fault of the exchange
pytestmark = pytest.mark.venue


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test may touch the reader's own store, or ask the real exchange or its archive."""
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path / "unnamed"))
    monkeypatch.delenv("OIKIT_ARCHIVE", raising=False)


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Fetched, dict[str, str]]]:
    """What an honest venue gives, and the checksums of what is stored of it."""
    root = tmp_path_factory.mktemp("honest")
    with stand_in(NOW, window_scale=0.02) as v:
        found = get(v, root)
    assert found.losses == ()
    yield found, sha_of(root)


# What happens: "same" (mended or healed, not a trace in the frame), "holes" (a part of the truth, counted),
# or the error that ends it; then words that must be said.
FAULTS: dict[str, tuple[str | type[VenueError], str]] = {
    "geo451": ("holes", "does not serve the place this computer is in"),
    "ratelimit429=5": ("same", ""),
    "ban418": (RateLimited, "banned this address until 2026-03-20"),
    "waf202": (BadReply, "HTTP 202 without data"),
    "5xx-burst": ("same", ""),
    "slow=0.02": ("same", ""),
    "drop=0.2": ("same", ""),
    "truncated-json=0.1": ("same", ""),
    "html-error-page": (BadReply, "a page called 'Just a moment...', not with data"),
    "duplicate-rows": ("same", "stood twice"),
    "gap=0.2": ("holes", "not wholly known, the first ends"),
    "reversed-order": ("same", "sorted"),
    "out-of-range-value=0.2": ("holes", "out of range, now missing"),
    "wrong-symbol-in-row": (BadReply, "asked for BNBUSDT, but Binance sent a row of ETHUSDT"),
    "unicode-symbol": (BadReply, "a row of no market's name"),
    "html-in-field": (BadReply, "a row of no market's name"),
    "checksum-mismatch": (BadReply, "does not match its checksum"),
    "corrupt-zip": (BadReply, "is no whole zip"),
    "zip-bomb=40": (BadReply, "is larger than any such file can be"),
    "zip-slip": (BadReply, "holds something other than its one table"),
    "missing-day-404=0.5": ("holes", "file(s) the archive lacks, gaps"),
    "revised-file": ("same", ""),
    "clock-skew": ("same", "10 min behind the venue's own clock"),
    "huge-body": (BadReply, "more than 2 MiB in one answer"),
    "redirect-elsewhere": (BadReply, "redirects are not followed"),
    "stale-server": ("holes", "stale: the newest figures are of 2026-03-19 23:10 UTC"),
}


def test_no_fault_is_left_out() -> None:
    """The table knows every fault that the stand-in knows."""
    with stand_in(NOW):
        from venue import FAULTS as known

    assert {name.partition("=")[0] for name in FAULTS} == set(known)


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_gets_the_behaviour_of_the_table(
    fault: str, honest: tuple[Fetched, dict[str, str]], tmp_path: Path
) -> None:
    """Healed without a trace, a hole that is counted, or one clear error; and the store verifies."""
    wanted, says = FAULTS[fault]
    truth, checksums = honest
    said = ""
    with stand_in(NOW, fault, window_scale=0.02) as v:
        try:
            found = get(v, tmp_path / "store", options=OPTIONS)
        except OikitError as error:
            said, frame = str(error), None
            assert isinstance(error, wanted if isinstance(wanted, type) else ())
            assert error.exit_code == 1
        else:
            said, frame = "; ".join(found.remarks), found.frame
            assert wanted in ("same", "holes")
        bans, decoyed, v.budget.until = v.budget.bans, v.decoy_hits, 0.0
        v.faults.clear()
        healed = get(v, tmp_path / "store", skip_refused=True)

    assert says in said
    assert "<" not in said
    assert "\n" not in said
    assert (bans, decoyed) == (0, [])
    assert whole(tmp_path / "store")
    assert list((tmp_path).iterdir()) == [tmp_path / "store"]
    if frame is not None:
        validate(frame)
        assert is_part_of(frame, truth.frame)
        assert frame.equals(truth.frame) or wanted == "holes" or fault == "revised-file"
        assert len(frame) == len(truth.frame) or fault in ("geo451", "stale-server")
    # Nothing that was fetched under the fault stands in the way of the truth.
    assert is_part_of(healed.frame, truth.frame)
    if isinstance(wanted, type) or fault == "stale-server":
        assert healed.frame.equals(truth.frame)
        assert {k: v for k, v in sha_of(tmp_path / "store").items() if k.endswith("parquet")} == {
            k: v for k, v in checksums.items() if k.endswith("parquet")
        }


@pytest.mark.parametrize(
    ("fault", "error", "says"),
    [
        ("drop", Unreachable, "cannot be reached"),
        ("5xx-burst=10", Unreachable, "out of order .HTTP 503"),
        ("truncated-json", BadReply, "broken JSON"),
        ("slow=0.3", Unreachable, "did not answer within 0.1 s"),
    ],
)
def test_what_does_not_heal_is_given_up_loudly(
    fault: str, error: type[VenueError], says: str, tmp_path: Path
) -> None:
    """After few tries, and with nothing stored that is not true."""
    with stand_in(NOW, fault, window_scale=0.02) as v, pytest.raises(error, match=says):
        get(v, tmp_path / "store", options={"timeout": 0.1 if "slow" in fault else 2.0})

    assert whole(tmp_path / "store")


# ---------------------------------------------------------------- the archive's own defects

# The day, what is counted of it, and how many of its 24 hourly bars lack open interest.
DEFECTS: dict[str, tuple[str, int]] = {
    "2026-03-01": ("metrics: row(s) out of order, sorted (3)", 0),
    "2026-03-02": ("metrics: row(s) stood twice, one of each is kept (288)", 0),
    "2026-03-03": ("long_short_ratio: cell(s) blank or no number, missing (", 0),
    "2026-03-04": ("open_interest: cell(s) zero where nothing can be zero, now missing (102)", 9),
    "2026-03-05": ("metrics: stamp(s) some seconds late, moved back (2)", 0),
    "2026-03-06": ("metrics: row(s) of another day, left to that day's file (1)", 0),
    "2026-03-07": ("metrics: bar(s) that files lack, gaps (125)", 11),
    "2026-03-08": ("metrics: file(s) the archive lacks, gaps (1)", 24),
    "2026-03-09": ("metrics: row(s) wholly blank, a gap (3)", 0),
    "2026-03-10": ("metrics: row(s) out of order, sorted (3)", 0),
    "2022-02-23": ("metrics: file(s) the archive lacks, gaps (1)", 24),
    "2022-03-07": ("open_interest: cell(s) zero where nothing can be zero, now missing (102)", 9),
    "2022-03-08": ("open_interest: cell(s) zero where nothing can be zero, now missing (102)", 9),
    "2024-02-16": ("metrics: bar(s) that files lack, gaps (125)", 11),
    "2024-04-03": ("metrics: stamp(s) some seconds late, moved back (2)", 0),
    "2026-01-01": ("metrics: row(s) wholly blank, a gap (3)", 0),
}


def test_no_built_in_defect_is_left_out() -> None:
    """The table knows every day that the stand-in spoils."""
    with stand_in(NOW):
        from venue import DEFECTS as known

    assert set(DEFECTS) == set(known)


@pytest.mark.parametrize("day", DEFECTS)
def test_each_built_in_defect_is_counted_and_never_invents_a_figure(day: str, tmp_path: Path) -> None:
    """Against the same archive without defects: every value that is known is the same one."""
    counted, gone = DEFECTS[day]
    span: dict[str, Any] = {"since": day, "until": str(utc(day) + pd.Timedelta(days=1)), "every": "1h"}
    with stand_in("2026-06-20T00:10:00Z", window_scale=0.02) as v:
        found = get(v, tmp_path / "spoilt", **span)
    with stand_in("2026-06-20T00:10:00Z", window_scale=0.02, defects={}) as v:
        clean = get(v, tmp_path / "clean", **span)

    assert counted in "\n".join(found.remarks)
    assert found.frame["open_interest"].isna().sum() == gone
    assert clean.frame["open_interest"].notna().all()
    assert is_part_of(found.frame, clean.frame)
    assert len(found.frame) == 24
    assert sum(found.coverage.repairs.values()) > 0 or "gaps" in counted
    assert verify(tmp_path / "spoilt") == []
