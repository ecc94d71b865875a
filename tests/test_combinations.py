"""Three faults at once: the truth in the end, or one clear error; never anything between."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from oikit.errors import VenueError
from tests.stand_in import get, stand_in, whole

pytestmark = pytest.mark.venue
NOW = "2026-03-20T00:10:00Z"
SPAN = {"since": "2026-02-16", "until": "2026-03-10", "every": "4h"}
COMBINATIONS = [
    ("drop=0.1", "5xx-burst=1", "duplicate-rows"),
    ("truncated-json=0.1", "reversed-order", "slow=0.005"),
    ("ratelimit429=9", "drop=0.05", "checksum-mismatch=0.2"),
    ("5xx-burst=2", "corrupt-zip=0.2", "reversed-order"),
    ("waf202=0.05", "zip-slip=0.2", "duplicate-rows"),
    ("html-error-page=0.04", "redirect-elsewhere=0.03", "wrong-symbol-in-row=0.002"),
]


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> Iterator[pd.DataFrame]:
    """What an honest venue gives."""
    with stand_in(NOW, window_scale=0.02) as v:
        yield get(v, tmp_path_factory.mktemp("truth"), **SPAN).frame


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "faults", COMBINATIONS, ids=lambda faults: "+".join(x.partition("=")[0] for x in faults)
)
def test_the_truth_or_a_clear_error(
    faults: tuple[str, ...], seed: int, truth: pd.DataFrame, tmp_path: Path
) -> None:
    """And once the faults are gone, the same store leads to the truth."""
    with stand_in(NOW, *faults, window_scale=0.004) as v:
        v.seed = seed  # of the faults; the figures stay those of the truth
        frame: Any = None
        try:
            frame = get(v, tmp_path / "store", **SPAN).frame
        except VenueError as error:
            assert len(str(error)) > 40
            assert "\n" not in str(error)
            assert "<" not in str(error)
        assert whole(tmp_path / "store")
        v.faults.clear()
        healed = get(v, tmp_path / "store", **SPAN).frame

    assert frame is None or frame.equals(truth)
    pd.testing.assert_frame_equal(healed, truth, check_freq=False)
    assert v.budget.bans == 0
    assert v.decoy_hits == []
    assert whole(tmp_path / "store")
