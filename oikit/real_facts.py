"""Published figures about real markets that the lessons quote, each with its source and date.

The figures are in ``real_facts.toml``. They show what real markets look like beside the simulated ones; none
of them decides a claim.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from oikit.errors import InputError
from oikit.formatting import correlation, count, minus

__all__ = ["REAL_FACTS", "RealFact", "real_fact"]


class RealFact(NamedTuple):
    """One figure about a real market.

    Attributes
    ----------
    value : float
    unit : str
        fraction, ratio, correlation, coins, dollars, days or count.
    market, when : str
        What was measured, and over which time.
    says : str
        A sentence with ``{value}`` where the figure belongs.
    source : str
    """

    value: float
    unit: str
    market: str
    when: str
    says: str
    source: str

    @property
    def text(self) -> str:
        """The figure in its unit."""
        return _WRITE[self.unit](self.value)

    def __str__(self) -> str:
        """Return the sentence, the market, the time and the source."""
        sentence = self.says.format(value=self.text)
        return f"{sentence} ({self.market}, {self.when}; source: {self.source})"


_WRITE: dict[str, Callable[[float], str]] = {
    "fraction": lambda value: minus(f"{round(100 * value, 6):g}%"),
    "ratio": lambda value: f"{value:.2f}",
    "correlation": correlation,
    "coins": lambda value: count(value, "coin"),
    "days": lambda value: count(value, "day"),
    "count": lambda value: f"{value:,.0f}",
    "dollars": lambda value: minus(
        f"{value / 1e6:,.{0 if value % 1e6 == 0 or value >= 1e8 else 1}f} million dollars"
    ),
}


def _read() -> dict[str, RealFact]:
    tables = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    sources = tables.pop("sources")
    return {name: RealFact(**{**table, "source": sources[table["source"]]}) for name, table in tables.items()}


REAL_FACTS = _read()
"""By name, like ``"btc-ratio-highest"``."""


def real_fact(name: str) -> RealFact:
    """Return a published figure about a real market, or name the nearest ones.

    Parameters
    ----------
    name : str
        Like ``"btc-ratio-highest"``; `REAL_FACTS` holds all.

    Returns
    -------
    RealFact
        Print it for the whole sentence with its source; ``text`` is the figure alone, ``value`` the number.

    Raises
    ------
    InputError
        If the name is unknown.

    Examples
    --------
    >>> real_fact("btc-ratio-highest").text
    '2.8%'
    """
    if name not in REAL_FACTS:
        near = difflib.get_close_matches(str(name), REAL_FACTS, 3, 0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else "print REAL_FACTS for all of them"
        raise InputError(f"there is no real fact {name!r}; {hint}")
    return REAL_FACTS[name]
