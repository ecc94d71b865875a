"""Weighing: the funnel first, doors for what is no claim, and words that the numbers allow."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import oikit
from oikit import stats
from oikit.claims import CLAIMS, Answer, Claim, Verdict, forward, funnel, weigh
from oikit.claims.events import base_rate, fell_by, first_in_cluster, size_of_move, terciles
from oikit.claims.weigh import adjust
from oikit.errors import FrameError, InputError
from oikit.formatting import amount, chance, count, difference, interval
from tests.conftest import frame

HOURS = 2_000


def market(seed: int = 0, n: int = HOURS, drift: np.ndarray | float = 0.0) -> pd.DataFrame:
    """A random walk, and a state that knows nothing of it: simulated."""
    rng = np.random.default_rng(seed)
    price = 100 * np.exp(np.cumsum(0.005 * rng.standard_normal(n) + drift))
    return frame(close=price, low=price * 0.99, state=rng.standard_normal(n))


def claim(**more: Any) -> Claim:
    """Speaks where the state is high."""
    given: dict[str, Any] = {
        "id": "mine",
        "says": "A high state is followed by a rise.",
        "means": "The next six hours rise more than usual.",
        "needs": ("state",),
        "speaks": lambda f: f["state"] > 1.5,
        "horizon": "6h",
        "expect": "higher",
        **more,
    }
    return Claim(**given)


def planted(size: float, seed: int = 1) -> pd.DataFrame:
    """The same with a drift of this size per hour in the six hours after each event."""
    plain = market(seed)
    events = first_in_cluster(plain["state"] > 1.5, 6)
    after = events.rolling(6, min_periods=1).max().shift(1, fill_value=0.0)
    move = np.exp(np.cumsum(size * after.to_numpy()))
    return plain.assign(close=plain["close"] * move, low=plain["low"] * move)


def ask(mine: Claim, data: pd.DataFrame, **more: Any) -> Verdict:
    return weigh(mine, data, **more)


# ---------------------------------------------------------------- the funnel


def test_the_funnel_counts_before_anybody_looks() -> None:
    """Flags become separate events; an outcome that must not be read is not read."""

    def forbidden(f: pd.DataFrame, horizon: object) -> pd.Series:
        raise AssertionError("read too early")

    data = frame(close=np.ones(20), state=[0, 2, 2, 0, 2, 0, 0, 2, 0, 2] + [0] * 10)
    counts = funnel(claim(outcome=forbidden, horizon="3h"), data)

    assert (counts.bars, counts.known, counts.flagged, counts.events) == (20, 20, 5, 3)
    assert counts.covered == pytest.approx(9 / 20)
    assert "3 separate events" in str(counts)


@pytest.mark.parametrize("size", [0.0, 0.05])
def test_fewer_than_ten_events_support_nothing(size: float) -> None:
    """Nine huge rises in nine events are still nine."""
    data = planted(size)
    rows = np.flatnonzero(first_in_cluster(data["state"] > 1.5, 6))[5:14]
    few = data.assign(state=np.where(np.isin(np.arange(HOURS), rows), 2.0, 0.0))
    verdict = ask(claim(), few)

    assert (verdict.word, verdict.n, verdict.needed) == ("silent", 9, 10)
    assert "below 10 nothing is decided" in str(verdict)


def test_a_claim_that_never_speaks_is_silent() -> None:
    """And one that could not be asked says that instead."""
    never = ask(claim(speaks=lambda f: f["state"] > 99), market())
    assert (never.word, never.n, never.number) == ("silent", 0, 0.0)
    assert "never spoke on the 2,000 bars" in str(never)

    unknown = ask(claim(speaks=lambda f: f["state"] * np.nan), market())
    assert unknown.word == "not asked"
    assert "could not be asked (n = 0): a look-back is longer than these 2,000 bars" in str(unknown)


def test_a_claim_that_always_speaks_has_nothing_to_be_compared_with() -> None:
    """It is no forecast of anything in particular."""
    verdict = ask(claim(speaks=lambda f: f["state"] > -99), market())

    assert verdict.word == "not testable"
    assert "no other time to compare with" in str(verdict)


def test_unknown_outcomes_are_counted() -> None:
    """A hole in the price takes events with it, and the verdict says how many."""
    data = market()
    whole = ask(claim(), data)
    holes = data.assign(close=data["close"].where(np.arange(HOURS) % 400 >= 40))
    verdict = ask(claim(), holes)

    assert verdict.unknown > whole.unknown
    assert verdict.n + verdict.unknown == verdict.funnel.events  # type: ignore[union-attr]
    assert f"{verdict.unknown} more have an unknown outcome" in str(verdict)


def test_if_no_outcome_is_known_nothing_is_said() -> None:
    """All events, no outcomes: silent, with n = 0."""
    empty = claim(outcome=lambda f, horizon: f["close"] * np.nan)

    verdict = ask(empty, market())
    assert (verdict.word, verdict.n) == ("silent", 0)
    assert "0 of them with a known outcome" in str(verdict)

    every = ask(claim(outcome=lambda f, h: f["close"] * np.nan, unit="share", every=True), market())
    assert (every.word, every.n) == ("silent", 0)


# ---------------------------------------------------------------- the words


def test_a_planted_rise_is_supported_and_its_opposite_contradicted() -> None:
    """One test, both sides; the word depends on what was expected."""
    data = planted(0.002)
    up = ask(claim(expect="higher"), data)
    down = ask(claim(expect="lower", says="A high state is followed by a fall."), data)
    either = ask(claim(expect="different"), data)

    assert (up.word, down.word, either.word) == ("supported", "contradicted", "supported")
    assert up.p == down.p <= 0.05
    assert up.effect is not None and up.effect.low > 0
    assert up.net == pytest.approx(-down.net - 4 * 0.0005, abs=1e-12)
    assert math.isnan(either.net)


def test_nothing_planted_is_undecided_and_says_what_it_could_have_seen() -> None:
    """The smallest difference that would have shown, and how many events settle the one that matters."""
    verdict = ask(claim(matters=0.002), market(7))

    assert verdict.word == "undecided"
    assert verdict.needed == stats.events_needed(
        0.002, verdict.detectable / stats.min_detectable_effect(1, verdict.n)
    )
    assert "(95% interval from" in str(verdict)
    lines = str(verdict).split("\n")
    assert lines[0] == "undecided (this table): “A high state is followed by a rise.”"
    assert len(lines) == 5 and lines[4].strip() == verdict.guard
    assert lines[1].strip() == "Our reading: The next six hours rise more than usual."
    assert "or more would have been seen four times in five; to see 0.20% takes" in lines[3]
    assert "Who acted on it kept" in lines[3]


def test_the_verdict_uses_no_letters_from_a_textbook() -> None:
    """No p, no t, no sigma: chance is said in words."""
    text = str(ask(claim(), planted(0.002)))

    assert "One at least this large, either way, would come by chance" in text
    assert not any(f" {letter} " in text or f"{letter} =" in text for letter in ("p", "t", "z", "σ"))


def test_the_interval_is_the_one_of_the_slides() -> None:
    """The circular shift's own, for yes and no as well; what it could have seen follows from it."""
    data = market(5)
    pair = claim(beside=(claim(id="slump", outcome=fell_by(0.01), unit="share", matters=0.1),))
    verdict = ask(pair, data)

    for each in (verdict, verdict.beside[0]):
        after = each.claim.outcome(data, "6h")
        usual = base_rate(after, terciles(data["close"]))
        events = first_in_cluster(data["state"] > 1.5, 6)
        shift = stats.circular_shift(events, after, horizon=6, base=usual)
        assert (each.effect, each.p) == (shift.effect, shift.p)
        assert each.effect is not None
        half = (each.effect.high - each.effect.low) / 2
        assert half == pytest.approx(shift.error * shift.reach)
        # Four in five instead of one in two: in Student's t that is 1.4 times the half interval.
        assert each.detectable == pytest.approx(1.43 * half, rel=0.02)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    level=st.floats(-0.5, 1.8),
    horizon=st.sampled_from(("2h", "6h", "24h")),
    unit=st.sampled_from(("return", "share")),
    drift=st.sampled_from((0.0, 0.0004)),
)
def test_the_interval_never_disagrees_with_chance(
    seed: int, level: float, horizon: str, unit: str, drift: float
) -> None:
    """It holds no difference exactly where chance does as well in more than 5 of 100 slides."""
    data = market(seed, 600)
    data = data.assign(close=data["close"] * np.exp(np.cumsum(drift * (data["state"].shift(1) > level))))
    outcome = fell_by(0.004) if unit == "share" else size_of_move
    mine = claim(speaks=lambda f: f["state"] > level, horizon=horizon, outcome=outcome, unit=unit)
    verdict = ask(mine, data, look=False)

    if verdict.effect is not None:
        assert (verdict.effect.low <= 0 <= verdict.effect.high) == (verdict.p > 0.05)


def test_a_claim_that_speaks_half_of_the_time_could_have_seen_less_than_student_says() -> None:
    """What is usual moves with its events; so the slides are narrower, and so is what they show."""
    data = market(3)
    verdict = ask(claim(speaks=lambda f: f["state"] > 0, horizon="1h"), data)
    assert verdict.followed is not None
    student = stats.min_detectable_effect(float(verdict.followed.std()), verdict.n)

    assert verdict.detectable < 0.8 * student


def test_an_outcome_needs_no_name() -> None:
    """A partial function has none, and is said as any other."""

    def lies_higher(f: pd.DataFrame, h: object, *, by: float) -> pd.Series:
        return forward(f["close"], "6h") - by

    verdict = ask(claim(outcome=partial(lies_higher, by=0.001)), market())

    assert "the outcome was" in verdict.because


def test_wild_markets_are_compared_with_wild_markets() -> None:
    """A claim that only speaks when it is wild is no forecast of a large move."""
    rng = np.random.default_rng(0)
    wild = np.repeat(rng.random(40) < 0.3, 50)
    price = 100 * np.exp(np.cumsum(np.where(wild, 0.02, 0.002) * rng.standard_normal(HOURS)))
    recent = pd.Series(price).pct_change().abs().rolling(24).mean().fillna(0).to_numpy()
    data = frame(close=price, state=np.where(recent > 0.008, 2.0, 0.0))
    big = claim(outcome=size_of_move)
    verdict = ask(big, data)
    after = size_of_move(data, "6h")

    raw = after[data["state"] > 1.5].mean() - after[data["state"] <= 1.5].mean()
    assert verdict.effect is not None
    assert raw > 0.03
    assert abs(verdict.effect.value) < 0.4 * raw


def test_the_same_data_give_the_same_verdict() -> None:
    """No clock and no hidden chance."""
    data = market(4)
    one, two = ask(claim(), data), ask(claim(), data.copy())

    assert (one.p, one.effect, str(one)) == (two.p, two.effect, str(two))


def test_a_claim_whose_direction_changes_is_weighed_by_what_acting_brings() -> None:
    """Half of the events long, half short: the sum of both, and both charged."""
    data = market(2)
    side = pd.Series(np.where(np.arange(HOURS) % 2 == 0, 1.0, -1.0), data.index)
    both = ask(claim(acts=lambda f: side.reindex(f.index)), data)

    assert both.followed is not None
    moves = forward(data["close"], "6h") * side
    pd.testing.assert_series_equal(both.followed, moves[both.followed.index], check_names=False)
    assert both.net == pytest.approx(both.followed.mean() - 2 * 0.0005)
    assert "acting on it brought" in str(both)


def test_outcomes_of_your_own_are_welcome() -> None:
    """Any function of a frame and a horizon; here one that returns to its mean, which is no news."""
    data = market()
    data = data.assign(open_interest=data["state"].abs() + 1)
    verdict = ask(claim(outcome=lambda f, h: forward(f["open_interest"], h)), data)

    assert verdict.word == "contradicted"
    assert "the outcome was" in str(verdict)


def test_answers_that_never_vary_have_no_interval() -> None:
    """A flat outcome: nothing to detect, nothing needed, and no crash."""
    flat = claim(outcome=lambda f, h: forward(f["close"], h) * 0.0)
    verdict = ask(flat, market())

    assert verdict.word == "undecided"
    assert verdict.effect is not None and math.isinf(verdict.effect.high)
    assert math.isnan(verdict.detectable) and verdict.needed is None
    assert "of any width" in str(verdict)


def test_a_difference_too_small_to_matter_is_negligible() -> None:
    """The interval lies inside what matters, whether or not it holds 0; a wider one is undecided."""
    calm, some = ask(claim(matters=0.02), market(7)), ask(claim(matters=0.02), planted(0.0012))
    wide = ask(claim(matters=0.002), market(7))

    assert (calm.word, some.word, wide.word) == ("negligible", "negligible", "undecided")
    assert some.p <= 0.05 < calm.p
    assert "So there is no effect as large as 2.00%, either way." in str(calm)
    assert "It is no zero, and too small to matter." in str(some)
    assert "It is no zero" not in str(calm)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), matters=st.floats(0.0005, 0.03), size=st.sampled_from((0.0, 0.001)))
def test_every_word_follows_from_the_interval(seed: int, matters: float, size: float) -> None:
    """Inside what matters: negligible. Else, with 0 in it: undecided. Else supported or contradicted."""
    verdict = ask(claim(matters=matters), planted(size, seed), look=False)
    assert verdict.effect is not None
    low, high = verdict.effect.low, verdict.effect.high

    if -matters < low and high < matters:
        assert verdict.word == "negligible"
    elif low <= 0 <= high:
        assert verdict.word == "undecided"
    else:
        assert verdict.word == ("supported" if low > 0 else "contradicted")


def test_arithmetic_may_depend_and_says_on_what() -> None:
    """It holds, it does not, or it hangs on something that is named."""

    def told(**more: Any) -> str:
        answer = Answer("arithmetic", "Because.", **more)
        return weigh(Claim("d", "It is so.", "It is.", "definition", answer=lambda f: answer), market()).label

    assert told(holds=True) == "arithmetic, and it holds"
    assert told(holds=False) == "arithmetic, and it does not hold"
    assert told(depends="the edge") == "arithmetic, and it depends on the edge"
    assert told() == "arithmetic"


# ---------------------------------------------------------------- every time


def slump(rate: float, n: int = 40, **more: Any) -> tuple[Claim, pd.DataFrame]:
    """A claim of "every time", and a market in which it holds in this share of cases."""
    rng = np.random.default_rng(0)
    state, happens = np.zeros(HOURS), np.zeros(HOURS)
    rows = 50 + 40 * np.arange(n)
    state[rows] = 2.0
    happens[rows + 1] = np.arange(n) >= round((1 - rate) * n)
    data = frame(close=100 * np.exp(np.cumsum(0.001 * rng.standard_normal(HOURS))), state=state, hit=happens)

    def outcome(f: pd.DataFrame, horizon: object) -> pd.Series:
        return f["hit"].shift(-1).where(forward(f["close"], "6h").notna())

    return claim(outcome=outcome, unit="share", every=True, **more), data


def test_one_failure_refutes_every_time() -> None:
    """Counted, with the exact interval of the rate of failures; no p-value."""
    verdict = ask(*slump(0.975))

    assert (verdict.word, verdict.number, verdict.n) == ("contradicted", 1.0, 40)
    rate = stats.clopper_pearson(1, 40)
    assert "1 of 40 separate events (n = 40): one is enough. The rate of failures is 2.5%" in str(verdict)
    assert f"{100 * rate.high:.3g}%" in str(verdict)
    assert math.isnan(verdict.p)


@pytest.mark.parametrize(("n", "word"), [(6, "undecided"), (28, "undecided"), (29, "supported")])
def test_no_failure_proves_little(n: int, word: str) -> None:
    """Six of six leave up to 39%; it takes 29 in a row to leave at most 10%."""
    verdict = ask(*slump(1.0, n))

    assert verdict.word == word
    assert verdict.number == pytest.approx(1 - 0.05 ** (1 / n))


def test_a_handful_of_yes_and_no_gets_the_exact_interval() -> None:
    """Below ten events no comparison, but the interval that is always right."""
    mine, data = slump(0.5, 6)
    verdict = ask(replace(mine, every=False), data)

    assert (verdict.word, verdict.n) == ("silent", 6)
    assert "It happened in 3 of 6 (exact 95% interval 11.8% to 88.2%)" in str(verdict)


# ---------------------------------------------------------------- doors

REFUSED = {
    "no Series": ({"speaks": lambda f: True}, "not a bool"),
    "other rows": (
        {"speaks": lambda f: f["state"].iloc[:-1] > 1},
        "on the 2,000 rows of the frame, not a Series of 1,999",
    ),
    "no yes or no": ({"speaks": lambda f: f["state"]}, "must say yes or no; compare with a threshold"),
    "text": ({"speaks": lambda f: f["state"].astype(str)}, "what claim mine says holds something"),
    "an outcome on other rows": ({"outcome": lambda f, h: f["close"].iloc[1:]}, "outcome of claim mine"),
    "an outcome that is no share": (
        {"unit": "share", "outcome": lambda f, h: forward(f["close"], h)},
        r"must be yes \(1.0\) or no",
    ),
    "a horizon that does not fit": ({"horizon": "90min"}, "no whole number of bars"),
}


@pytest.mark.parametrize(("more", "words"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_claim_is_refused(more: dict[str, Any], words: str) -> None:
    """Each with a word on what to do."""
    with pytest.raises(InputError, match=words):
        ask(claim(**more), market())


def test_a_missing_column_is_named() -> None:
    """By `weigh` and by `funnel`, before anything is computed."""
    for use in (weigh, funnel):
        with pytest.raises(FrameError, match="'state' is missing"):
            use(claim(), market().drop(columns="state"))
    with pytest.raises(FrameError, match="'close' is missing"):
        weigh(claim(), market().drop(columns="close"))


def test_a_reading_beside_may_lack_its_column() -> None:
    """The claim itself is weighed; the other reading is not asked and says what is missing."""
    other = claim(id="mine-other", needs=("premium",), speaks=lambda f: f["premium"] > 0)
    verdict = ask(claim(beside=(other,)), market())

    assert verdict.effect is not None
    assert verdict.beside[0].word == "not asked"
    assert "has no premium, so it could not be asked (n = 0)" in str(verdict.beside[0])


def test_what_never_speaks_has_no_funnel() -> None:
    """A definition has a proof, not events."""
    words = Claim("d", "It is so.", "It is.", "definition", answer=lambda f: Answer("arithmetic", "Because."))

    assert weigh(words, market()).because == "Because."
    with pytest.raises(InputError, match="is definition and never speaks"):
        funnel(words, market())


IMPOSSIBLE = {
    "an id with a space": ({"id": "my claim"}, "is no id"),
    "no sentence": ({"says": ""}, "must each hold a sentence"),
    "another kind": ({"kind": "hunch"}, "is none of definition"),
    "no horizon": ({"horizon": ""}, "a forecast needs speaks"),
    "a forecast with an answer": ({"answer": lambda f: Answer("arithmetic", "")}, "has no answer"),
    "a definition that speaks": ({"kind": "definition"}, "needs answer=…, and never speaks"),
    "another unit": ({"unit": "percent"}, "neither 'return' nor 'share'"),
    "every time, in per cent": ({"every": True}, "use unit='share'"),
    "acting, expecting a fall": ({"acts": lambda f: f["state"], "expect": "lower"}, "use expect='higher'"),
    "nothing matters": ({"matters": 0}, "must be above 0"),
    "another side": ({"expect": "up"}, "use 'different', 'higher' or 'lower'"),
}


@pytest.mark.parametrize(("more", "words"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_a_claim_that_cannot_be_is_not_made(more: dict[str, Any], words: str) -> None:
    """Refused when it is written, not when it is weighed."""
    with pytest.raises(InputError, match=words):
        claim(**more)


# ---------------------------------------------------------------- many questions, many tries


def test_many_tries_make_a_finding_ordinary() -> None:
    """The best of a hundred settings must be a hundred times as unlikely."""
    data = planted(0.0012)
    once, often = (ask(claim(matters=0.005), data, trials=tried) for tried in (1, 500))

    assert (once.word, often.word) == ("supported", "undecided")
    assert often.p == once.p
    assert often.p_adjusted == pytest.approx(1 - (1 - once.p) ** 500)
    assert "Alone it would be supported. Among 500 settings tried, one that stands out like" in str(often)


def test_an_adjusted_verdict_never_becomes_stronger() -> None:
    """What was undecided stays so; what holds, holds, with its adjusted figure."""
    strong, weak = ask(claim(), planted(0.004)), ask(claim(matters=0.002), market(7))

    assert adjust(strong, 0.04, 2, "questions").word == "supported"
    assert adjust(strong, 0.2, 2, "questions").word == "undecided"
    assert adjust(weak, 1e-9, 2, "questions").word == "undecided"


def test_luck_is_said_to_be_expected_only_where_it_is() -> None:
    """One such among so many: expected once, or more; else, how often luck would show it."""
    lucky = replace(ask(claim(), planted(0.004)), p=0.04)

    assert adjust(lucky, 0.9, 25, "questions").because.endswith("is to be expected by luck.")
    assert adjust(lucky, 0.9, 5, "questions").because.endswith("would come by luck 18 times in 100.")


# ---------------------------------------------------------------- ids and names


def test_a_claim_of_the_ledger_is_weighed_by_its_id() -> None:
    """Other readings, too; a wrong id names the nearest."""
    data = oikit.sample("bnb-null").iloc[:3_000]

    assert weigh("C12", data).p == weigh(CLAIMS["C12"], data).p
    assert weigh("C09-jump", data).claim is CLAIMS["C09"].beside[2]
    assert funnel("C12", data) == funnel(CLAIMS["C12"], data)
    for wrong, near in (("C9", "C09"), ("c12", "C12"), ("C09-jumps", "C09-jump"), ("12", "C12")):
        for use in (weigh, funnel):
            with pytest.raises(InputError, match=f"no claim is called '{wrong}'; did you mean '{near}'"):
                use(wrong, data)
    with pytest.raises(InputError, match="the ledger holds C01 to C38"):
        weigh("???", data)


def test_a_verdict_names_its_market_and_whether_it_is_simulated() -> None:
    """Without a name it is this table; any name may be given, the other readings have it, too."""
    data = oikit.sample("bnb-null").iloc[:3_000]
    for name, told in ((None, "this table"), ("BNBUSDT", "BNBUSDT"), ("bnb-null", "bnb-null, simulated")):
        verdict = weigh("C12", data, market=name)
        assert f" ({told}): “" in str(verdict).split("\n")[0]
        assert {each.market for each in (verdict, *verdict.beside)} == {told}
        assert bool(verdict.truth) == (name == "bnb-null")


def test_on_a_bundled_market_the_verdict_says_the_truth() -> None:
    """Nothing leads the price, or how much was planted; and a lucky find is one of five in a hundred."""
    null, planted_one = oikit.sample("bnb-null"), oikit.sample("bnb-planted")

    assert "In truth nothing leads the price in this world." in str(weigh("C12", null, market="bnb-null"))
    found = str(weigh("C11-move", null, market="bnb-null"))
    assert "Supported, and yet nothing is here: this is one of the five in a hundred." in found
    jump = str(weigh("C09-jump", planted_one, market="bnb-planted"))
    assert "In truth −0.50% per 8 h are planted in this world after jumps of open interest" in jump
    assert weigh("C13", null, market="bnb-null").truth == ""


def test_n_counts_no_event_whose_outcome_is_unknown() -> None:
    """Nine events, of which three are followed by a hole: n is six."""
    data = planted(0.0)
    rows = np.flatnonzero(first_in_cluster(data["state"] > 1.5, 6))[5:14]
    few = data.assign(state=np.where(np.isin(np.arange(HOURS), rows), 2.0, 0.0))
    few.iloc[rows[:3] + 6, few.columns.get_loc("close")] = np.nan
    verdict = ask(claim(), few)

    assert (verdict.word, verdict.n, verdict.unknown) == ("silent", 6, 3)
    assert "9 separate times, 6 of them with a known outcome (n = 6)" in str(verdict)


def test_what_must_be_read_first_stands_first() -> None:
    """Also where nothing can be compared."""
    first = claim(shows=lambda f: f"{len(f):,} bars to begin with.")

    for data in (market(), market().assign(state=0.0)):
        assert str(ask(first, data)).split("\n")[2].strip() == "2,000 bars to begin with."


# ---------------------------------------------------------------- words for numbers


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (chance(1.0), "always"),
        (chance(0.5), "50 times in 100"),
        (chance(0.012), "12 times in 1,000"),
        (chance(0.0001), "1 time in 10,000"),
        (chance(0.00001), "less than once in 10,000"),
        (amount(math.nan), "unknown"),
        (difference(math.inf), "any size"),
        (interval(-math.inf, math.inf), "of any width"),
        (count(2, "more has an", "more have an"), "2 more have an"),
    ],
)
def test_numbers_are_said_plainly(said: str, words: str) -> None:
    """The edges of what can be said."""
    assert said == words


def test_the_sample_pack_can_be_weighed() -> None:
    """The whole path, on the market that everyone has: an effect is planted after jumps."""
    jump = claim(needs=("open_interest",), speaks=lambda f: f["open_interest"] > 1e9)

    assert ask(jump, oikit.sample("bnb-planted").iloc[:500]).word == "silent"
