"""Result sentences of lesson 03, filled in by its code."""

from __future__ import annotations

WORDS = {
    "03.renamed": (
        "As known at the end of 2023, {then} hours of that year scored above 2 in the simulated market "
        "bnb-null. Scored again two years later, {later} do. **{renamed} hours changed their name**, and "
        "nothing in 2023 had changed."
    ),
    "03.cases": (
        "The rule speaks in {hours} hours of the simulated market bnb-null. They are **{cases} separate "
        "cases**, because hours within three days of each other share their outcome."
    ),
    "03.extremes": (
        "After one case the price moved by **{lowest:+.0%}** in three days, after another by "
        "**{highest:+.0%}**. The mean of all {n} cases in the simulated market bnb-null is "
        "**{mean:+.1%}**."
    ),
    "03.best": (
        "You tried {tried} rules in the simulated market bnb-null. Alone, the best one has a p of "
        "{alone:.3f}: chance alone gives a result this large that often. For the best of {tried} it is "
        "**{among:.2f}**."
    ),
}
"""By the names that the lesson's cells give to ``say``."""
