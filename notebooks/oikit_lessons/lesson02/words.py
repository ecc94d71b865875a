"""Result sentences of lesson 02, filled in by its code."""

from __future__ import annotations

WORDS = {
    "02.level": (
        "In the simulated market bnb-null the ratio is **{usual:.2%}** on a usual day: one coin in futures "
        "for every {one_in:,.0f} in circulation. The highest day of three years has {highest:.2%}."
    ),
    "02.burn": (
        "In three years {fewer_coins:.0%} of all coins were burnt. That alone raised the ratio by "
        "**{higher_ratio:.0%}**, without one new contract."
    ),
    "02.tempting": (
        "In the simulated market bnb-null the price was lower 30 days after a high ratio on "
        "**{after_high:.0%}** of days. After any day it was lower on {after_any:.0%}."
    ),
    "02.noise": (
        "After a high reading the noise is lower 30 steps later in **{after_high:.0%}** of cases. "
        "After any reading it is lower in {after_any:.0%}."
    ),
    "02.episodes": (
        "The {days} high days are only **{cases} episodes**. The price was lower after {hits} of them."
    ),
    "02.interval": (
        "{hits} of {cases} fits any true rate between **{low:.0%} and {high:.0%}**. The usual rate, "
        "{usual:.0%}, lies inside. So these episodes of the simulated market bnb-null tell us nothing yet."
    ),
}
"""By the names that the lesson's cells give to ``say``."""
