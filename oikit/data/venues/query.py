"""The interface of every venue module: a query, its cost, a parsed answer, and a market's name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from oikit.errors import InputError

SYMBOL = re.compile(r"[A-Z0-9_-]{1,32}")
"""The only names that may reach a path, a query or a page."""


@dataclass(frozen=True, slots=True)
class Budget:
    """A venue's request budget per address: `limit` per `seconds`, and the header with the used part.

    Only 80 % of it is used, since others may share the same address.
    """

    limit: int
    seconds: float
    header: str | None = None

    @property
    def allowed(self) -> float:
        """Return the most that is used in a window."""
        return 0.8 * self.limit


@dataclass(frozen=True, slots=True)
class Query:
    """One question: a path, its parameters, the budget it is paid from and what it weighs.

    Attributes
    ----------
    path : str
    params : mapping of str to str or int
    bucket : str
        A key of ``BUDGETS``.
    weight : int
    expects : type
        ``list`` or ``dict``: the shape of an answer that is one.
    may_lack : bool
        Whether a 404 means "not offered here" rather than an error.
    """

    path: str
    params: Mapping[str, str | int]
    bucket: str
    weight: int = 1
    expects: type = list
    may_lack: bool = False


class Reading(NamedTuple):
    """The frame parsed from an answer, and a count of each repair."""

    frame: pd.DataFrame
    repairs: Counter[str]


def check_symbol(symbol: str) -> str:
    """Return the symbol itself if it can be one."""
    if isinstance(symbol, str) and SYMBOL.fullmatch(symbol):
        return symbol
    if isinstance(symbol, str) and symbol and not symbol.isascii():
        raise InputError(
            f"symbol={symbol!r:.60} is written with other signs than A-Z, 0-9, _ and -; a market's name "
            "becomes that of a folder and part of an address, so oikit cannot fetch this market"
        )
    # BNB/USDT:USDT, as other clients write it.
    capitals = re.sub(r"[/\s]", "", symbol.upper().partition(":")[0]) if isinstance(symbol, str) else ""
    hint = f"; did you mean {capitals}?" if SYMBOL.fullmatch(capitals) else ""
    raise InputError(f"symbol={symbol!r:.60} is no market; type capitals and digits, like BNBUSDT{hint}")
