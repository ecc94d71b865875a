"""How closely two columns go together, some bars apart, and how sure one can be of it.

A correlation of columns that lean on their neighbours looks surer than it is. `lagged` gives each
one two intervals: the one of textbooks, and one from blocks of bars dealt again.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from oikit.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

__all__ = ["lagged", "strongest"]

_FEWEST = 30
_BLOCKS = 4  # horizons in a block, at least: shorter ones cut the windows that overlap
_Z = 1.959964


def lagged(
    first: pd.Series, second: pd.Series, *, horizon: int, reach: int, draws: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """How closely does one column go with another, some bars apart?

    Parameters
    ----------
    first, second : Series, shape (n,), on the same consecutive bars
        NaN is left out, with its partner.
    horizon : int, bars
        How long a stretch each value stands for: neighbours share all of it but one bar.
    reach : int, bars
        The largest lag to either side.
    draws, seed : int

    Returns
    -------
    DataFrame, one row for each lag
        ``lag`` (bars by which the second is read later), ``n`` (pairs), ``r``, ``low`` and ``high`` (the
        middle 95% of what blocks of bars give when dealt again), ``naive_low`` and ``naive_high``
        (Fisher's interval for pairs that do not lean on each other).

    Raises
    ------
    InputError
        If one of the two does not move, or fewer than thirty pairs are known.

    Notes
    -----
    A stationary bootstrap of pairs with blocks of at least four horizons, longer where the products
    of both remember more (`oikit.stats.block_length`). It takes for granted that the columns come
    back to their means. Levels that wander do not, and no interval from one sample mends that.

    Examples
    --------
    >>> import pandas as pd
    >>> up = pd.Series([1.0, 2.0, 4.0, 3.0] * 10)
    >>> lagged(up, -up, horizon=1, reach=0)["r"].round(3).tolist()
    [-1.0]
    """
    import numpy as np
    import pandas as pd

    from oikit.stats.resample import block_length, bootstrap_sums

    one, other = _standard(first), _standard(second)
    shifts = range(-reach, reach + 1)
    sums = [_pairs(one, _ahead(other, lag)) for lag in shifts]
    products = sums[reach][:, -1]
    block = min(max(_BLOCKS * horizon, block_length(products)), len(one) / 3)
    dealt = bootstrap_sums(np.column_stack(sums), block=max(block, 1.0), draws=draws, seed=seed)
    table = []
    for place, lag in enumerate(shifts):
        n, r = float(sums[place][:, 0].sum()), float(_r(sums[place].sum(axis=0)))
        if n < _FEWEST:
            raise InputError(f"{n:g} pairs lie {lag} bars apart; a correlation needs {_FEWEST} of them")
        # A draw in which one column stands still has no correlation.
        low, high = np.nanquantile(_r(dealt[:, 6 * place : 6 * place + 6].T), [0.025, 0.975])
        z, wide = math.atanh(max(min(r, 1 - 1e-12), 1e-12 - 1)), _Z / math.sqrt(n - 3)
        table.append(
            {"lag": lag, "n": int(n), "r": r, "low": float(low), "high": float(high)}
            | {"naive_low": math.tanh(z - wide), "naive_high": math.tanh(z + wide)}
        )
    return pd.DataFrame(table)


def _standard(values: pd.Series) -> npt.NDArray[np.float64]:
    """Around zero and of size one: sums of squares then keep their digits."""
    known = values.dropna()
    if len(known) < _FEWEST or not known.std() > 0:
        raise InputError(
            f"a column holds {len(known)} known values from {known.min():g} to {known.max():g}; a "
            "correlation needs thirty that move"
        )
    out: npt.NDArray[np.float64] = ((values - known.mean()) / known.std()).to_numpy(dtype=float)
    return out


def _ahead(values: npt.NDArray[np.float64], lag: int) -> npt.NDArray[np.float64]:
    import numpy as np

    out = np.full(len(values), np.nan)
    if lag >= 0:
        out[: len(values) - lag] = values[lag:]
    else:
        out[-lag:] = values[:lag]
    return out


def _pairs(one: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """What a correlation is made of, bar by bar: 1, x, y, xx, yy, xy, all 0 where a partner lacks."""
    import numpy as np

    there = ~np.isnan(one + other)
    x, y = np.where(there, one, 0.0), np.where(there, other, 0.0)
    return np.column_stack([there.astype(float), x, y, x * x, y * y, x * y])


def _r(sums: npt.NDArray[np.float64]) -> Any:
    import numpy as np

    n, x, y, xx, yy, xy = sums
    with np.errstate(invalid="ignore", divide="ignore"):
        return (n * xy - x * y) / ((n * xx - x * x) * (n * yy - y * y)) ** 0.5


def strongest(first: pd.Series, second: pd.Series, *, reach: int, parts: int = 3) -> list[tuple[int, float]]:
    """At which lag do the two go together most, in each part of the sample?

    Parameters
    ----------
    first, second, reach
        As in `lagged`.
    parts : int
        The sample is cut into so many equal parts.

    Returns
    -------
    list of (int, float)
        The lag and its correlation, for each part in order.
    """
    found = []
    size = len(first) // parts
    for part in range(parts):
        cut = slice(part * size, (part + 1) * size)
        one, other = _standard(first.iloc[cut]), _standard(second.iloc[cut])
        each = {
            lag: float(_r(_pairs(one, _ahead(other, lag)).sum(axis=0))) for lag in range(-reach, reach + 1)
        }
        lag = max(each, key=lambda at: abs(each[at]))
        found.append((lag, each[lag]))
    return found
