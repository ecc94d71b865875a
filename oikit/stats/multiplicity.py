"""Many questions to one data set: how much of what stands out would stand out by luck?

A family is named before the tests are run. A claim that could not be tested has no p-value: it stays
NaN and does not make the family larger.
"""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
import pandas as pd

from oikit.errors import InputError
from oikit.stats.given import Floats, Values, column, fraction, whole

__all__ = ["any_false_positive", "benjamini_hochberg", "holm"]

Shape = TypeVar("Shape", pd.Series, Floats)


def benjamini_hochberg(p: Values) -> pd.Series | Floats:
    """Which survive, if a tenth (or any named share) of what survives may be luck?

    Parameters
    ----------
    p : Series, array or list, shape (m,), fraction
        One p-value for each claim of the family; NaN where there is none.

    Returns
    -------
    Series or array, shape (m,), fraction
        Adjusted p-values: a claim survives at a false discovery rate of q if its value is at most
        q. A Series keeps its index.

    Raises
    ------
    InputError
        If a p-value is not from 0 to 1.

    Notes
    -----
    Benjamini and Hochberg (1995): p times m over its rank, made monotone from the largest down.
    Holds for tests that do not depend on each other or lean the same way.

    Examples
    --------
    >>> benjamini_hochberg([0.01, 0.02, 0.9]).round(3).tolist()
    [0.03, 0.03, 0.9]
    """
    given, order = _sorted(p)
    ranked = given[order] * len(order) / np.arange(1, len(order) + 1)
    return _placed(p, given, order, np.minimum.accumulate(ranked[::-1])[::-1])


def holm(p: Values) -> pd.Series | Floats:
    """Which survive, if not even one may be luck?

    Parameters
    ----------
    p : Series, array or list, shape (m,), fraction
        As in `benjamini_hochberg`.

    Returns
    -------
    Series or array, shape (m,), fraction
        Adjusted p-values: among those at most alpha there is any false one with a probability of at
        most alpha, however the tests depend on each other.

    Raises
    ------
    InputError
        If a p-value is not from 0 to 1.

    Notes
    -----
    Holm (1979): the smallest p times m, the next times m - 1, made monotone from the smallest up.

    Examples
    --------
    >>> holm([0.01, 0.02, 0.9]).round(3).tolist()
    [0.03, 0.04, 0.9]
    """
    given, order = _sorted(p)
    ranked = given[order] * np.arange(len(order), 0, -1)
    return _placed(p, given, order, np.maximum.accumulate(ranked))


def any_false_positive(n: int, alpha: float = 0.05) -> float:
    """How likely is at least one false alarm among n tests of nothing?

    Parameters
    ----------
    n : int
        Tests that do not depend on each other.
    alpha : float, fraction
        The level of each.

    Raises
    ------
    InputError
        If alpha is no fraction, or there are no tests.

    Examples
    --------
    >>> round(any_false_positive(50), 3)
    0.923
    """
    n, alpha = whole(n, "n"), fraction(alpha, "alpha")
    return 1.0 if alpha == 1 else -math.expm1(n * math.log1p(-alpha))


def _sorted(p: Values) -> tuple[Floats, np.typing.NDArray[np.intp]]:
    given = column(p, "p", known=0)
    wrong = (given < 0) | (given > 1)
    if wrong.any():
        raise InputError(
            f"p={given[wrong][0]:g} is no p-value; give numbers from 0 to 1, NaN if there is none"
        )
    order = np.argsort(given, kind="stable")
    return given, order[: int(np.count_nonzero(~np.isnan(given)))]


def _placed(
    p: Values, given: Floats, order: np.typing.NDArray[np.intp], adjusted: Floats
) -> pd.Series | Floats:
    out = np.full(len(given), np.nan)
    out[order] = np.minimum(adjusted, 1.0)
    return pd.Series(out, p.index, name=p.name) if isinstance(p, pd.Series) else out
