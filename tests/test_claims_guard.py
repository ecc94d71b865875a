"""The guard against foresight: what knows a later bar is refused, and what only looks back is not."""

from __future__ import annotations

import re
import sys
import time
from itertools import count
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oikit
from oikit.claims import VERDICTS, Claim, forward, weigh
from oikit.claims.events import fell_by, price_move, squeezed, turned, turned_by
from oikit.claims.weigh import CUTS
from oikit.errors import InputError
from oikit.indicators import divergence, oi_to_cap, robust_zscore, settled_funding, velocity
from oikit.rolling import one_history, trailing_percentile
from tests.conftest import SHARED, frame

weigh_module = sys.modules["oikit.claims.weigh"]  # the package's own `weigh` is the function

HOURS = 3_000
WHEN = r"20\d\d-\d\d-\d\d \d\d:\d\d"


def market(seed: int = 0, n: int = HOURS) -> pd.DataFrame:
    """A random walk, what was traded in it, and two states that know nothing of it: simulated."""
    rng = np.random.default_rng(seed)
    price = 100 * np.exp(np.cumsum(0.005 * rng.standard_normal(n)))
    opened = np.concatenate(([100.0], price[:-1]))
    slow = np.convolve(rng.standard_normal(n), np.ones(24) / 24**0.5, "same")
    return frame(
        open=opened,
        close=price,
        high=np.maximum(opened, price) * np.exp(0.002 * rng.random(n)),
        low=np.minimum(opened, price) * np.exp(-0.002 * rng.random(n)),
        volume=rng.lognormal(size=n),
        funding_rate=np.where(np.arange(n) % 8 == 0, 1e-4 * rng.standard_normal(n), 0.0),
        funding_interval=np.where(np.arange(n) % 8 == 0, 8.0, 0.0),
        open_interest=1_000 * np.exp(0.02 * slow),
        circulating_supply=np.full(n, 1e5),
        long_short_ratio=np.exp(0.3 * slow),
        state=rng.standard_normal(n),
    )


def claim(**more: Any) -> Claim:
    given: dict[str, Any] = {
        "id": "mine",
        "says": "A high state is followed by a rise.",
        "means": "The next six hours rise more than usual.",
        "speaks": lambda f: f["state"] > 1.5,
        "horizon": "6h",
        "expect": "higher",
        **more,
    }
    return Claim(**given)


# ---------------------------------------------------------------- what is refused


def past_and_future(f: pd.DataFrame, h: object) -> pd.Series:
    return np.log(f["close"].shift(-6) / f["close"].shift(6))


def late(f: pd.DataFrame) -> pd.Series:
    """Honest for two thirds of the sample."""
    rows = np.arange(len(f)) < 2_000
    return (f["state"] > 1.5).where(rows, f["close"].shift(-12) > f["close"] * 1.02)


def pivot(f: pd.DataFrame) -> pd.Series:
    return f["close"] <= f["close"].rolling(25, center=True, min_periods=1).min()


def zigzag(f: pd.DataFrame) -> pd.Series:
    """A low that is one because the price was higher on both sides of it."""
    price = f["close"]
    return (price < price.shift(1)) & (price < price.shift(-1)) & (price.shift(-2) > price * 1.004)


def smoothed(f: pd.DataFrame) -> pd.Series:
    """Exponential weights, run over the sample forward and back."""
    there = f["close"].ewm(halflife=6).mean()
    return f["close"] < 0.995 * there[::-1].ewm(halflife=6).mean()[::-1]


def fitted(f: pd.DataFrame) -> pd.Series:
    """A line through state and next moves, of the whole sample."""
    move = np.log(f["close"]).diff().shift(-1).fillna(0.0)
    slope, level = np.polyfit(f["state"], move, 1)
    return pd.Series(slope * f["state"] + level > 2e-5 + level, f.index)


def next_settlement(f: pd.DataFrame) -> pd.Series:
    rate = f["funding_rate"].where(f["funding_interval"] > 0)
    return rate.bfill() > 1.5e-4


def interpolated(f: pd.DataFrame) -> pd.Series:
    """Between the last known value and the next one."""
    some = f["open_interest"].where(np.arange(len(f)) % 24 == 0)
    return some.interpolate(limit_direction="both") > 1_010


def daily(f: pd.DataFrame) -> pd.Series:
    """The day's close, known at its first hour."""
    last = f["close"].resample("1D").last()
    return last.reindex(f.index, method="ffill") > f["close"] * 1.01


def spectral(f: pd.DataFrame) -> pd.Series:
    """A filter by Fourier transform: every bar holds all others."""
    waves = np.fft.rfft(np.log(f["close"].to_numpy()))
    waves[len(f) // 100 :] = 0
    return pd.Series(np.exp(np.fft.irfft(waves, len(f))) > 1.01 * f["close"].to_numpy(), f.index)


LEAKS: dict[str, dict[str, Any]] = {
    "one bar": {"speaks": lambda f: f["state"].shift(-1) > 1.5},
    "the next return": {"speaks": lambda f: f["close"].pct_change().shift(-1) > 0.008},
    "a centred window": {"speaks": lambda f: f["state"].rolling(5, center=True).mean() > 0.8},
    "a centred pivot": {"speaks": pivot},
    "a swing low": {"speaks": zigzag},
    "a quantile of the whole sample": {"speaks": lambda f: f["state"] > f["state"].quantile(0.95)},
    "a score of the whole sample": {
        "speaks": lambda f: (f["state"] - f["state"].mean()) / f["state"].std() > 2
    },
    "a rank over the sample": {"speaks": lambda f: f["open_interest"].rank(pct=True) > 0.95},
    "filled from behind": {"speaks": lambda f: f["state"].where(f["state"] > 2).bfill(limit=3) > 0},
    "the day's high": {
        "speaks": lambda f: f["high"].groupby(f.index.floor("D")).transform("max") > f["close"] * 1.015
    },
    "the day's close": {"speaks": daily},
    "the next settlement": {"speaks": next_settlement},
    "between two known values": {"speaks": interpolated},
    "smoothed forward and back": {"speaks": smoothed},
    "a Fourier filter": {"speaks": spectral},
    "a fit on the whole sample": {"speaks": fitted},
    "in the last third only": {"speaks": late},
    "distance to the end": {"speaks": lambda f: pd.Series(np.arange(len(f))[::-1] % 97 == 0, f.index)},
    "a side that knows": {"acts": lambda f: np.sign(f["close"].shift(-6) - f["close"])},
    "a side that knows, without holes": {
        "acts": lambda f: np.sign(f["close"].shift(-6).fillna(f["close"]) - f["close"]).replace(0, 1)
    },
    "a side from the mean of all": {"acts": lambda f: np.sign(f["close"].mean() - f["close"])},
    "an outcome that reaches back": {"outcome": past_and_future},
    "an outcome with the bar of the signal": {
        "outcome": lambda f, h: np.log(f["close"].shift(-6) / f["open"])
    },
    "an outcome with the bar's own low": {
        "outcome": lambda f, h: np.log(f["low"].rolling(7).min().shift(-6) / f["close"])
    },
    "an outcome with the bar's own payment": {
        "outcome": lambda f, h: f["funding_rate"].rolling(7).sum().shift(-6)
    },
    "an outcome in ranks of all": {"outcome": lambda f, h: forward(f["close"], h).rank(pct=True)},
    "a yes that depends on the day before": {
        "outcome": lambda f, h: (
            (f["close"].shift(-6) > f["close"].shift(24)).astype(float).where(f["close"].shift(-6).notna())
        ),
        "unit": "share",
    },
}


@pytest.mark.parametrize("more", LEAKS.values(), ids=LEAKS)
def test_a_claim_that_looks_ahead_is_refused_with_the_bar_that_gave_it_away(more: dict[str, Any]) -> None:
    """Each way that people do it by accident: in what speaks, in what acts, and in what followed."""
    with pytest.raises(InputError, match=rf"claim mine (looks ahead|reaches back): at {WHEN}"):
        weigh(claim(**more), market())


def test_the_leaks_of_the_review_are_refused_but_the_closure() -> None:
    """Fourteen of fifteen; the honest one among them passes, and so does what no cut can show."""
    path = SHARED / "cases" / "claims" / "leaks.py"
    if not path.exists():
        pytest.skip(f"no leaky claims at {path}")
    body = path.read_text(encoding="utf-8").split("\nfor k,c in T.items():")[0]
    there: dict[str, Any] = {}
    exec(compile(body, str(path), "exec"), there)
    passed = set()
    for name, each in there["T"].items():
        try:
            weigh(each, there["f"])
        except InputError as error:
            assert re.search(WHEN, str(error)), name
        else:
            passed.add(name.split()[0])

    assert passed == {"7", "12"}


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    place=st.floats(0.05, 0.8),
    bars=st.sampled_from((1, 2, 6, 24, 72)),
    where=st.sampled_from(("speaks", "acts", "outcome")),
)
def test_a_leak_is_found_wherever_it_is_planted(seed: int, place: float, bars: int, where: str) -> None:
    """In a fifth of the sample, of one bar or of three days, in any of the three functions."""
    data = market(seed, 1_500)
    row = np.arange(len(data))
    inside = (row >= place * len(row)) & (row < (place + 0.2) * len(row))

    def knows(f: pd.DataFrame) -> pd.Series:
        return f["close"].shift(-bars) > f["close"]

    def speaks(f: pd.DataFrame) -> pd.Series:
        return (f["state"] > 1.5).where(~inside[: len(f)], knows(f))

    def acts(f: pd.DataFrame) -> pd.Series:
        return np.sign(f["state"]).where(~inside[: len(f)], 2.0 * knows(f) - 1)

    def outcome(f: pd.DataFrame, h: object) -> pd.Series:
        return forward(f["close"], "6h") + np.where(inside, np.log(f["close"] / f["close"].shift(bars)), 0.0)

    leak = claim(**{where: {"speaks": speaks, "acts": acts, "outcome": outcome}[where]})
    with pytest.raises(InputError, match=rf"{WHEN}"):
        weigh(leak, data)


# ---------------------------------------------------------------- what is not


def month(f: pd.DataFrame) -> pd.Series:
    """The last month's close, ninety days long."""
    return f["close"].where(f.index.hour == 0).ffill()


HONEST: dict[str, dict[str, Any]] = {
    "a threshold": {},
    "a mean of two days": {"speaks": lambda f: f["state"].rolling(48).mean() > 0.2},
    "an expanding quantile": {"speaks": lambda f: f["state"] > f["state"].expanding(200).quantile(0.95)},
    "an expanding score": {
        "speaks": lambda f: (
            (f["state"] - f["state"].expanding(50).mean()) / f["state"].expanding(50).std() > 2
        )
    },
    "a robust score": {"speaks": lambda f: robust_zscore(velocity(f["open_interest"], "24h"), "10d") > 2},
    "a divergence": {"speaks": lambda f: divergence(f["close"], f["open_interest"], baseline="10d")},
    "a trailing percentile": {"speaks": lambda f: trailing_percentile(f["open_interest"], "20d") > 0.9},
    "a ratio over supply": {
        "speaks": lambda f: oi_to_cap(f["open_interest"], f["circulating_supply"]) > 0.0102
    },
    "settled funding": {
        "speaks": lambda f: settled_funding(f["funding_rate"], f["funding_interval"]) > 1.5e-4
    },
    "heads": {"speaks": lambda f: f["long_short_ratio"] < 1 / 1.3},
    "the last known close": {"speaks": lambda f: month(f) > f["close"] * 1.01},
    "the high of the day so far": {
        "speaks": lambda f: f["high"].groupby(f.index.floor("D")).cummax() > f["close"] * 1.01
    },
    "exponential weights": {"speaks": lambda f: f["close"] < 0.99 * f["close"].ewm(halflife=12).mean()},
    "the first bar of a state": {
        "speaks": lambda f: (f["state"] > 1.5) & (f["state"].shift(1).fillna(0) <= 1.5)
    },
    "an hour of the day": {"speaks": lambda f: pd.Series(f.index.hour == 8, f.index)},
    "one that never speaks": {"speaks": lambda f: f["state"] > 99},
    "with the trend": {"acts": lambda f: np.sign(velocity(f["close"], "72h"))},
    "against a crowd": {"acts": lambda f: -np.sign(np.log(f["long_short_ratio"]))},
    "a change from the close": {"outcome": lambda f, h: f["close"].shift(-6) / f["close"] - 1},
    "from the next open": {"outcome": lambda f, h: np.log(f["close"].shift(-6) / f["open"].shift(-1))},
    "the lowest of later lows": {"outcome": lambda f, h: forward(f["low"], h, "lowest", since=f["close"])},
    "open interest that closes": {"outcome": lambda f, h: forward(f["open_interest"], h)},
    "funding that is paid later": {"outcome": lambda f, h: forward(f["funding_rate"], h, "sum")},
    "volume in what follows": {"outcome": lambda f, h: forward(f["volume"], h, "sum")},
    "a slump": {"outcome": fell_by(0.01), "unit": "share"},
    "a squeeze": {"outcome": squeezed(0.01, 0.001), "unit": "share"},
    "a turn": {"outcome": turned, "unit": "share"},
    "a swing": {"outcome": turned_by(0.01, "48h"), "unit": "share"},
}


@pytest.mark.parametrize("more", HONEST.values(), ids=HONEST)
def test_a_claim_that_looks_back_is_not_refused(more: dict[str, Any]) -> None:
    """Trailing windows, ratios, states of events, an expanding past; outcomes that begin at the close."""
    verdict = weigh(claim(**more), market())

    assert verdict.word in VERDICTS
    assert verdict.guard.startswith(f"Look-ahead: asked again at {CUTS} bars with all later ones cut off")


def test_the_verdict_says_that_a_closure_cannot_be_seen() -> None:
    """The whole table, held from outside, passes: and both the words and the manual say so."""
    data = market()
    known = data["close"].shift(-6) > data["close"] * 1.01
    verdict = weigh(claim(speaks=lambda f: known.reindex(f.index)), data)

    assert verdict.word == "supported"
    assert "holds the whole table from outside cannot be caught this way" in str(verdict)
    assert "a closure" in str(weigh.__doc__)


def test_a_claim_of_the_ledger_is_not_asked_again() -> None:
    """A test holds it to that once (`tests/test_ledger.py`); a copy of it is a reader's own."""
    from dataclasses import replace

    from oikit.claims import CLAIMS

    data = oikit.sample("bnb-null").iloc[:3_000]
    assert weigh(CLAIMS["C12"], data).guard == ""
    assert weigh(replace(CLAIMS["C12"], id="mine"), data).guard


# ---------------------------------------------------------------- the cuts


@given(st.lists(st.sampled_from((0.0, 1.0, np.nan)), min_size=80, max_size=400))
@settings(deadline=None)
def test_half_of_the_cuts_stand_just_before_what_was_flagged(said: list[float]) -> None:
    """As many as there are flags for; all inside the sample, none twice."""
    from oikit.claims.weigh import _cuts

    values = np.array(said)
    rows = _cuts(pd.Series(values))
    before = np.flatnonzero((values[1:] == 1) & (values[:-1] != 1))

    assert len(rows) == len(set(rows)) <= CUTS
    assert all(1 <= row < len(said) - 1 for row in rows)
    assert len(set(rows) & set(before.tolist())) >= min(CUTS // 2, len(before)) - 2  # the ends are no cuts


def test_the_number_of_cuts_does_not_depend_on_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """With clocks on which every look takes a quarter of an hour, it is asked at all thirty bars."""
    asked: list[int] = []

    def speaks(f: pd.DataFrame) -> pd.Series:
        asked.append(len(f))
        return f["state"] > 1.5

    def outcome(f: pd.DataFrame, h: object) -> pd.Series:
        asked.append(len(f))
        return forward(f["close"], "6h")

    for clock in ("process_time", "perf_counter", "monotonic", "time"):
        monkeypatch.setattr(time, clock, lambda: 900.0 * next(ticks), raising=True)
    ticks = count()
    verdict = weigh(claim(speaks=speaks, outcome=outcome), market())

    assert len(asked) == 2 * (1 + CUTS)
    assert len({n for n in asked if n < HOURS}) == CUTS
    assert verdict.guard.startswith("Look-ahead: asked again at 30 bars with all later ones cut off")


def test_a_huge_table_is_asked_at_fewer_bars_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bars times cuts are bounded, by the size of the table alone; four cuts, all over it, are the fewest."""
    monkeypatch.setattr(weigh_module, "BARS_ASKED", 12 * HOURS)
    guard = weigh(claim(), market()).guard
    assert guard.startswith("Look-ahead: asked again at 12 bars (not at 30, because this table has 3,000) ")

    monkeypatch.setattr(weigh_module, "BARS_ASKED", 0)
    assert "asked again at 4 bars (not at 30" in weigh(claim(), market()).guard
    with pytest.raises(InputError, match="looks ahead"):
        weigh(claim(speaks=spectral), market())


def test_a_claim_must_answer_on_any_beginning() -> None:
    """What breaks on a shorter table is refused with the reason, not with a traceback."""

    def whole(f: pd.DataFrame) -> pd.Series:
        return pd.Series(np.linspace(0, 3, HOURS) > f["state"].to_numpy(), f.index)

    with pytest.raises(InputError, match=r"cannot be asked with the bars after .* cut off \(ValueError"):
        weigh(claim(speaks=whole), market())


@pytest.mark.parametrize(
    ("acts", "words"),
    [
        (lambda f: pd.Series(1.0, range(len(f) + 5)), "3,000 rows of the frame, not a Series of 3,005 rows"),
        (lambda f: np.ones(len(f)), "not a ndarray"),
        (lambda f: f["state"].astype(str), "acts of claim mine holds something that is no number"),
    ],
)
def test_a_side_that_is_no_column_of_the_frame_is_refused(acts: Any, words: str) -> None:
    """Longer than the frame, no Series, or text."""
    for look in (True, False):
        with pytest.raises(InputError, match=re.escape(words)):
            weigh(claim(acts=acts), market(), look=look)


def test_a_score_is_computed_once_for_all_beginnings_of_a_history() -> None:
    """What is shared between the cuts is the same number for number, and only while it lasts."""
    data = market()["open_interest"]
    other = data * np.linspace(1, 2, HOURS)
    alone = [robust_zscore(each, 100) for each in (data, data.iloc[:900], other, data.iloc[500:])]
    with one_history():
        robust_zscore(data, 200)
        shared = [robust_zscore(each, 100) for each in (data, data.iloc[:900], other, data.iloc[500:])]

    for one, two in zip(alone, shared, strict=True):
        pd.testing.assert_series_equal(one, two)


# ---------------------------------------------------------------- our own outcomes


@pytest.mark.parametrize(
    "outcome",
    [price_move, fell_by(0.01), squeezed(0.01, 0.001), turned, turned_by(0.01, "48h")],
    ids=lambda outcome: outcome.__qualname__.split(".")[0],
)
def test_outcomes_of_ours_know_no_more_of_the_past_than_they_say(outcome: Any) -> None:
    """Nothing at all, or which way the price went: with the past made three times as steep, none moves."""
    data = market()
    row = 1_500
    steep = data.copy()
    prices = ["open", "high", "low", "close"]
    anchor = data["close"].iloc[row]
    steep.iloc[:row, [data.columns.get_loc(name) for name in prices]] = (
        anchor * (data[prices].iloc[:row] / anchor) ** 3
    )
    for name in ("volume", "funding_rate", "open_interest"):
        steep.loc[steep.index[:row], name] *= 3
    here, there = outcome(data, "6h"), outcome(steep, "6h")

    assert here.iloc[row] == there.iloc[row]
