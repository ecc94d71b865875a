"""Input checks for the numbers that `oikit.margin`, `oikit.exchange` and `oikit.risk` compute with.

Unknown values: as a single number NaN is refused; in a Series or an array NaN is a bar that was not
recorded, and it stays NaN in the result.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.errors import InputError

__all__ = ["TAKER_FEE", "Numbers", "Side", "as_number", "checked", "sign", "whole"]

TAKER_FEE = 0.0005
"""Share of the notional that a market order pays, each way.

Regular users of Binance's USD-M futures, as published in 2025 (binance.com/en/support/faq/360033544231).
Discounts and other venues differ.
"""

Side = Literal["long", "short"]
Numbers = TypeVar("Numbers", float, npt.NDArray[np.float64], pd.Series)

Rule = Literal["any", "positive", "not negative", "share", "fraction"]
_RULES: dict[Rule, tuple[Callable[[Any], Any], str]] = {
    "any": (lambda x: x == x, "a finite number"),
    "positive": (lambda x: x > 0, "above 0"),
    "not negative": (lambda x: x >= 0, "0 or more"),
    "share": (lambda x: (x >= 0) & (x <= 1), "from 0 to 1, as a fraction (0.02 is 2%)"),
    "fraction": (lambda x: (x > 0) & (x < 1), "between 0 and 1, as a fraction (0.02 is 2%)"),
}


def checked(value: Any, name: str, rule: Rule = "any") -> Any:
    """Return the value as a float, an array or the Series it is, or say what is wrong with it.

    Parameters
    ----------
    value : float, array or Series
    name : str
        What to call it in an error.
    rule : {"any", "positive", "not negative", "share", "fraction"}

    Raises
    ------
    InputError
        If it is no number, not finite, or breaks the rule.
    """
    holds, words = _RULES[rule]
    if isinstance(value, pd.Series | np.ndarray):
        if value.dtype.kind not in "iuf":
            raise InputError(
                f"{name} holds {value.dtype}, not numbers; use .astype(float) after looking at it"
            )
        values = np.asarray(value, dtype=np.float64)
        wrong = np.isinf(values) | ~(np.isnan(values) | holds(values))
        if wrong.any():
            raise InputError(
                f"{name} holds {values[wrong][0]:g} ({int(wrong.sum())} such); it must be {words}"
            )
        return value if value.dtype == np.float64 else value.astype(np.float64)
    if isinstance(value, pd.DataFrame):
        raise InputError(f"{name} is a table; one number, an array or a Series is needed here")
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        raise InputError(f"{name}={value!r} is no number; type a number, an array or a Series")
    known = float(value)
    if math.isnan(known):
        raise InputError(f"{name} is NaN: what is not known gives no answer (in a Series it stays NaN)")
    if math.isinf(known) or not holds(known):
        raise InputError(f"{name}={known:g} cannot be; it must be {words}")
    return known


def as_number(value: Any) -> Any:
    """A NumPy scalar as the plain float it is; arrays and Series as they are."""
    return float(value) if np.ndim(value) == 0 else value


def whole(value: Any, name: str, *, at_least: int = 1) -> int:
    """Return a count as an int, or say what is wrong with it.

    Raises
    ------
    InputError
        If it is no whole number, or too small.
    """
    if isinstance(value, bool) or not isinstance(value, Integral) or value < at_least:
        raise InputError(f"{name}={value!r} is no count; it must be a whole number of {at_least} or more")
    return int(value)


def sign(side: str) -> int:
    """Return the direction in which this side profits: 1 up, -1 down.

    Raises
    ------
    InputError
        If the side is neither ``"long"`` nor ``"short"``.
    """
    if side == "long":
        return 1
    if side == "short":
        return -1
    raise InputError(f"side={side!r} is no side; type 'long' or 'short'")
