"""A ledger that is cut from a whole history says what it says of the cut data alone."""

from __future__ import annotations

import pandas as pd
import pytest

from oikit.claims import CLAIMS, Claim, judge
from oikit.rolling import History
from oikit.simulate import samples


@pytest.fixture(scope="module")
def history() -> History:
    return History(samples.sample("bnb-planted"))


@pytest.mark.parametrize("weeks", [30, 60, 155])
def test_each_verdict_is_that_of_the_cut_data_alone(history: History, weeks: int) -> None:
    """Early, when half of the look-backs are not filled, and later; every number and every sentence."""
    part = history.frame.iloc[: weeks * 168]

    with history.up_to(part):
        cut = judge(part)

    alone = judge(part)
    assert {name: str(each) for name, each in cut.items()} == {
        name: str(each) for name, each in alone.items()
    }
    for name, verdict in alone.items():
        other = cut[name]
        assert (verdict.n, verdict.unknown, verdict.funnel) == (other.n, other.unknown, other.funnel)
        assert str((verdict.p, verdict.net, verdict.base)) == str((other.p, other.net, other.base))


def test_bars_that_do_not_begin_the_history_are_asked_themselves(history: History) -> None:
    """A frame with one other number is another market."""
    part = history.frame.iloc[: 60 * 168].copy()
    part.iloc[100, part.columns.get_loc("close")] *= 1.001

    assert not history.begins_with(part)
    with history.up_to(part):
        assert str(judge(part)["C12"]) == str(judge(part)["C12"])


def test_a_claim_of_ones_own_is_caught_looking_ahead_all_the_same(history: History) -> None:
    """The beginnings that it is asked again are not cut from an answer that it gave before."""
    ahead = Claim(
        "peeks",
        "It knows tomorrow.",
        "The close of tomorrow is higher.",
        speaks=lambda frame: (frame["close"].shift(-24) > frame["close"]).astype(float),
        horizon="24h",
    )
    part = history.frame.iloc[: 60 * 168]

    with history.up_to(part), pytest.raises(Exception, match="peeks"):
        judge(part, claims=[*list(CLAIMS.values())[:1], ahead])


def test_what_lies_beyond_the_cut_is_not_known(history: History) -> None:
    """An outcome of three days ends three days before the cut."""
    part = history.frame.iloc[: 60 * 168]
    claim = CLAIMS["C12"]

    with history.up_to(part):
        followed = judge(part, claims=[claim])["C12"].followed

    assert followed is not None
    reach = pd.Timedelta(claim.horizon)
    assert followed.index[-1] <= part.index[-1] - reach
