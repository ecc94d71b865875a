"""Result sentences of lesson 01, filled in by its code."""

from __future__ import annotations

WORDS = {
    "01.ledger": (
        "{volume} contracts changed hands, and {open_interest} are open: **{open_interest} longs and "
        "{open_interest} shorts**, the same contracts."
    ),
    "01.parts": (
        "Dollar open interest **grew by {grew:.1%}**, which sounds like new positions. In fact "
        "**{closed:.0%} of all contracts were closed**. The price did the rest."
    ),
    "01.margin": (
        "{notional:,.0f} USDT are open. At a leverage of 5 both sides together deposited "
        "**{at_5:,.0f}**, at a leverage of 20 only **{at_20:,.0f}**."
    ),
    "01.verdict": (
        "On {n:,} days of the simulated market bnb-null no name stands out: the smallest p is "
        "{smallest_p:.2f}. A p is how often chance alone gives a difference this large. It is adjusted "
        "here, because four names are four chances to be lucky."
    ),
}
"""By the names that the lesson's cells give to ``say``."""
