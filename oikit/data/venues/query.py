"""What every venue module speaks: a question, what it costs, what an answer held, and a market's name."""

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
    """What an address may spend: `limit` per `seconds`, and the header that tells how much is gone.

    We keep to four fifths, since others may sit behind the same address.
    """

    limit: int
    seconds: float
    header: str | None = None

    @property
    def allowed(self) -> float:
        """What we spend at most in a window."""
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
    """What an answer held, and a count of each repair that it needed."""

    frame: pd.DataFrame
    repairs: Counter[str]


def check_symbol(symbol: str) -> str:
    """Return the symbol itself if it can be one."""
    if isinstance(symbol, str) and SYMBOL.fullmatch(symbol):
        return symbol
    capitals = symbol.strip().upper() if isinstance(symbol, str) else ""
    hint = f"; did you mean {capitals}?" if SYMBOL.fullmatch(capitals) else ""
    raise InputError(f"symbol={symbol!r:.60} is no market; type capitals and digits, like BNBUSDT{hint}")
