"""Published figures about real markets: each is written out, dated and sourced."""

from __future__ import annotations

import re

import pytest

from oikit.errors import InputError
from oikit.real_facts import REAL_FACTS, RealFact, real_fact

each_fact = pytest.mark.parametrize("fact", REAL_FACTS.values(), ids=REAL_FACTS)


def test_there_are_some_sixty() -> None:
    """Enough for every lesson to quote a real market."""
    assert len(REAL_FACTS) >= 60


@each_fact
def test_a_fact_has_a_market_a_date_and_a_source(fact: RealFact) -> None:
    """A figure that nobody can look up again is not quoted."""
    assert fact.market and fact.source
    assert re.search(r"\b20[12]\d\b", fact.when)


@each_fact
def test_a_fact_is_a_sentence_with_its_figure(fact: RealFact) -> None:
    """The figure stands in the sentence once, in its own unit."""
    assert fact.says.count("{value}") == 1
    assert fact.text in str(fact)
    assert fact.source in str(fact)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("btc-ratio-highest", "2.8%"),
        ("bnb-ratio-highest", "0.55%"),
        ("sol-funding-lowest", "−0.927%"),
        ("bnb-supply-2023", "153,860,000 coins"),
        ("btc-oi-2026", "5,642 million dollars"),
        ("perpetual-oi-median", "2.4 million dollars"),
        ("perpetual-oi-90", "19 million dollars"),
        ("btc-accounts-price", "−0.86"),
        ("bnb-accounts-high-2023", "3.04"),
        ("quiet-jump-cases", "22"),
        ("btc-ratio-days", "2,063 days"),
    ],
)
def test_a_figure_is_written_in_its_unit(name: str, text: str) -> None:
    """Small fractions keep enough digits, and a minus is a true one."""
    assert real_fact(name).text == text


def test_the_cascade_fits_itself() -> None:
    """Dollars are coins times price: three rows of one moment agree."""
    coins, price, dollars = (real_fact(f"cascade-{name}-2115").value for name in ("oi", "price", "dollars"))

    assert (1 + coins) * (1 + price) - 1 == pytest.approx(dollars, abs=0.001)


def test_a_wrong_name_is_answered_with_the_nearest() -> None:
    """Nobody remembers sixty names."""
    with pytest.raises(InputError, match=r"no real fact 'btc-ratio-higest'; did you mean btc-ratio-highest"):
        real_fact("btc-ratio-higest")


def test_a_figure_inside_a_sentence_follows_from_the_others() -> None:
    """Two sentences name a share that two facts give: it is worked out here."""
    coins = real_fact("bnb-oi-2022").value / real_fact("bnb-oi-2021").value - 1
    fell = real_fact("quiet-jump-fell-10").value / real_fact("quiet-jump-cases").value

    assert f"{coins:.0%} more coins" in real_fact("bnb-oi-dollars-2022").says
    assert f"times: {fell:.0%}," in real_fact("quiet-jump-fell-10").says
    assert real_fact("bnb-oi-dollars-2022").value < real_fact("bnb-oi-dollars-2021").value
