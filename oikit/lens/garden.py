"""The garden of forking paths: few choices, many rules, and what the best of them is worth.

A rule holds a position for some days after one of four daily scores is high. Returns are log returns
of one unit, after fees and funding, against holding the same side for as many days at any time of the
same part. Nothing here draws, and nothing remembers what was tried.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from oikit.errors import InputError
from oikit.margin import TAKER_FEE

if TYPE_CHECKING:
    import pandas as pd

    from oikit.stats import Estimate

__all__ = [
    "CUT",
    "POSITIONS",
    "SIGNALS",
    "chance",
    "daily",
    "every_rule",
    "held",
    "luck",
    "often",
    "returns",
    "searched",
    "sharpe",
    "table_of",
    "told",
    "weighed",
]

CUT = "2025-01-01"
"""Rules are searched on the days up to here; a day that ends later is under seal."""

YEAR = 365
SIGNALS = ("open interest", "funding", "crowd", "price")
LEVELS = (1.0, 2.0, 3.0)
POSITIONS = {"short 1 day": (-1, 1), "short 3 days": (-1, 3), "long 1 day": (1, 1), "long 3 days": (1, 3)}
"""What is held: the side, and for how many days."""


def every_rule() -> list[dict[str, Any]]:
    """List every rule that the choices allow."""
    return [
        {"signal": signal, "level": level, "position": position}
        for signal, level, position in itertools.product(SIGNALS, LEVELS, POSITIONS)
    ]


def daily(frame: pd.DataFrame) -> pd.DataFrame:
    """Take from a market what every rule of this bench reads, day by day.

    Parameters
    ----------
    frame : DataFrame
        A valid frame with ``close``, ``open_interest``, ``funding_rate`` and ``long_short_ratio``.

    Returns
    -------
    DataFrame
        The four scores, each from the thirty days before; ``earned`` by one unit held long through
        the day, the move less funding, as a log return. A missing day earns 0 and has no score.
    """
    import numpy as np
    import pandas as pd

    from oikit.frame import resample, validate
    from oikit.indicators import robust_zscore, velocity

    validate(frame, needs=("close", "open_interest", "funding_rate", "long_short_ratio"))
    days = resample(frame[["close", "open_interest", "funding_rate", "long_short_ratio"]], "1d")
    measured = {
        "open interest": velocity(days["open_interest"], "1d"),
        "funding": days["funding_rate"].rolling(3).sum(),
        "crowd": pd.Series(np.log(days["long_short_ratio"])),
        "price": velocity(days["close"], "3d"),
    }
    table = pd.DataFrame({name: robust_zscore(values, "30d") for name, values in measured.items()})
    moved = pd.Series(np.log(days["close"])).diff()
    return table.assign(earned=(moved - days["funding_rate"]).fillna(0.0))


def held(days: pd.DataFrame, *, signal: str, level: float | str, position: str) -> pd.Series:
    """Return the position of a rule through each day: 1.0 long, -1.0 short, or 0.0.

    Parameters
    ----------
    days : DataFrame
        From `daily`, or a part of it.
    signal : str
        One of `SIGNALS`.
    level : float or str, robust deviations
    position : str
        One of `POSITIONS`.

    Returns
    -------
    Series, shape (n,)
        A decision at the end of a day takes effect the next day.
    """
    import numpy as np
    import pandas as pd

    side, count = POSITIONS[position]
    spoken = pd.Series(np.where(days[signal] >= float(level), float(side), np.nan), days.index)
    return (spoken.ffill(limit=count - 1) if count > 1 else spoken).fillna(0.0).shift(fill_value=0.0)


def returns(days: pd.DataFrame, *, signal: str, level: float | str, position: str) -> pd.Series:
    """Return a rule's daily returns, after costs and relative to the average day.

    Parameters
    ----------
    days : DataFrame
        From `daily`, or a part of it: the average is over the days given.
    signal, level, position
        As in `held`.

    Returns
    -------
    Series, shape (n,), log return a day
    """
    side = held(days, signal=signal, level=level, position=position)
    # Against the usual: or else each rule that is mostly long would be praised for a rising market.
    beyond = days["earned"] - days["earned"].mean()
    made: pd.Series = side * beyond - TAKER_FEE * side.diff().abs().fillna(0.0)
    return made.rename("returns")


def sharpe(made: pd.Series) -> Estimate:
    """Return the annualised Sharpe ratio of a rule, with its interval.

    Parameters
    ----------
    made : Series, shape (n,), a day
    """
    from oikit.stats import sharpe_ratio

    found, year = sharpe_ratio(made), math.sqrt(YEAR)
    return replace(found, value=found.value * year, low=found.low * year, high=found.high * year)


def chance(made: pd.Series) -> float:
    """Return how often a rule without skill does as well, if it is the only one tried.

    Parameters
    ----------
    made : Series, shape (n,), a day

    Returns
    -------
    float, fraction
        One minus the probabilistic Sharpe ratio.
    """
    from oikit.stats import probabilistic_sharpe, track_record

    return 1 - probabilistic_sharpe(**track_record(made))


def weighed(made: pd.Series) -> dict[str, float]:
    """Return a rule's mean daily return, with its intervals.

    Parameters
    ----------
    made : Series, shape (n,), a day

    Returns
    -------
    dict
        ``n`` days, ``effect``, ``low`` and ``high`` (block bootstrap), ``naive_low`` and ``naive_high``
        (a t-test that treats each day as new evidence).
    """
    from oikit.stats import bootstrap_mean, newey_west_mean

    honest, naive = bootstrap_mean(made), newey_west_mean(made, lag=0)
    spans = {"low": honest.low, "high": honest.high, "naive_low": naive.low, "naive_high": naive.high}
    return {"n": honest.n, "effect": honest.value, **spans}


def luck(trials: int, days: int) -> float:
    """Return the expected annualised Sharpe ratio of the best of so many rules without skill.

    Parameters
    ----------
    trials, days : int

    Examples
    --------
    >>> round(luck(100, 365), 1)
    2.5
    """
    from oikit.stats import expected_max_sharpe

    return expected_max_sharpe(trials, variance=YEAR / days)


def searched(frame: pd.DataFrame, *, cut: str = CUT) -> dict[str, Any]:
    """Evaluate every rule before the cut, and the best of them after it.

    Parameters
    ----------
    frame : DataFrame
        As in `daily`.
    cut : str

    Returns
    -------
    dict
        ``rule``, ``trials``, ``before`` and ``after`` (its returns), ``p`` and ``adjusted``
        (Bonferroni), and ``table``: p of each rule before the cut.

    Raises
    ------
    InputError
        If fewer than 200 days lie before the cut or after it.
    """
    import pandas as pd

    days = daily(frame)
    before, after = days[:cut], days[cut:].iloc[1:]
    if min(len(before), len(after)) < 200:
        raise InputError(
            f"{len(before)} days lie before {cut} and {len(after)} after it; a search needs 200 on each side"
        )
    rules = every_rule()
    made = {at: returns(before, **rule) for at, rule in enumerate(rules)}
    acting = [at for at, each in made.items() if each.std() > 0]
    table = pd.DataFrame([rules[at] for at in acting]).assign(
        sharpe=[sharpe(made[at]).value for at in acting], p=[chance(made[at]) for at in acting]
    )
    best = acting[int(table["sharpe"].to_numpy().argmax())]
    p = chance(made[best])
    return {
        "rule": rules[best],
        "trials": len(rules),
        "before": made[best],
        "after": returns(after, **rules[best]),
        "p": p,
        "adjusted": min(1.0, p * len(rules)),
        "table": table,
    }


def table_of(markets: Mapping[str, pd.DataFrame | None]) -> pd.DataFrame:
    """Return the mean daily return of each market's best rule, before the cut and after it.

    Parameters
    ----------
    markets : mapping of str to DataFrame or None
        None is skipped.

    Returns
    -------
    DataFrame
        Two rows for each market, for an evidence card. ``attrs["left_out"]`` lists the markets that
        could not be searched, and why.
    """
    import pandas as pd

    rows, left_out = {}, []
    for name, frame in markets.items():
        if frame is None:
            continue
        try:
            found = searched(frame)
        except InputError as error:
            left_out.append(f"{name} is left out: {error}.")
            continue
        rows[f"{name}, best of {found['trials']}: searched"] = weighed(found["before"])
        rows[f"{name}, best of {found['trials']}: after"] = weighed(found["after"])
    table = pd.DataFrame.from_dict(rows, orient="index")
    table.attrs["left_out"] = left_out
    return table


# --- in words ---


def told(rule: Mapping[str, Any]) -> str:
    """Describe a rule in words.

    Parameters
    ----------
    rule : mapping
        With ``signal``, ``level`` and ``position``.
    """
    return f"{rule['position']} after a score of {float(rule['level']):g} or more in {rule['signal']}"


def often(p: float) -> str:
    """Return how often chance does as well, in words.

    Parameters
    ----------
    p : float, fraction

    Examples
    --------
    >>> often(0.031), often(0.0042), often(0.0002)
    ('3 of 100 cases', '4 of 1,000 cases', 'less than 1 of 1,000 cases')
    """
    if p >= 0.01:
        return f"{p * 100:.0f} of 100 cases"
    return f"{p * 1000:.0f} of 1,000 cases" if p >= 0.001 else "less than 1 of 1,000 cases"
