"""A sweep over the article's constants, and the best setting corrected for the number of tries.

`sweep` runs one function of returns on a grid of settings and puts three numbers beside the raw best:
the expected best of so many tries without skill, the confidence that this one is better than that
(deflated Sharpe), and how often the winner of one half of history ends in the lower half of the other
(PBO). Settings differ little from each other, so they are fewer tries than they count: the deflation is
severe rather than mild.

The settings run one after the other here, or on a Dask scheduler that is running already
(``cluster="tcp://..."``; ``pip install 'oikit[cluster]'``). The numbers are the same.

`article_returns` is a sketch of the article's rules for this purpose, with fees and funding: no margin,
no liquidation, no size.
"""

from __future__ import annotations

import importlib
import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from oikit.clock import bar_length, bars
from oikit.errors import InputError, MissingExtra
from oikit.frame import validate
from oikit.lens.features import features
from oikit.margin import TAKER_FEE
from oikit.stats import Overfitting, deflated_sharpe, expected_max_sharpe, overfitting, track_record

__all__ = ["sweep"]

GRID: dict[str, tuple[Any, ...]] = {
    "ratio": (0.90, 0.95, 0.99),
    "spike": (1.5, 2.0, 3.0),
    "heat": (0.90, 0.95),
    "crowd": (0.90, 0.95, 0.99),
    "hold": ("24h", "72h"),
}
"""The article's constants with neighbours: what anyone would try. 108 settings."""

_VARIABLES = (
    *("oi_to_cap_percentile", "price_move_long", "price_move_score", "velocity_score"),
    *("funding_percentile", "crowd_lean_percentile"),
)

Returns = Callable[..., pd.Series]


@dataclass(frozen=True, slots=True, eq=False)
class Sweep:
    """The results of all settings, and the best one corrected for the number of trials.

    Attributes
    ----------
    table : DataFrame, one row per setting
        The setting; ``sharpe`` (per day; 0 if it never traded), ``total`` (log return) and ``active``
        (share of days with any return).
    best : dict
        The setting with the highest Sharpe ratio.
    sharpe : float, per day
        Its Sharpe ratio: the raw best, meaningless without the number of trials.
    yearly : float
        The same, annualised to 365 days.
    by_luck : float, per day
        The expected Sharpe ratio of the best of so many settings without skill.
    deflated : float, fraction
        Deflated Sharpe ratio: the confidence that the best exceeds that; 0.95 is the usual bar.
    overfitting : Overfitting
        With ``pbo``, the probability of backtest overfitting.
    trials, days : int
    performance : DataFrame, shape (days, settings)
        Log return of each setting on each day.
    """

    table: pd.DataFrame
    best: dict[str, Any]
    sharpe: float
    yearly: float
    by_luck: float
    deflated: float
    overfitting: Overfitting
    trials: int
    days: int
    performance: pd.DataFrame

    def __str__(self) -> str:
        """Raw best, then what it is worth."""
        return (
            f"best of {self.trials:,} settings: Sharpe ratio {self.yearly:.2f} a year; luck alone shows "
            f"{self.by_luck * math.sqrt(365):.2f}; sure of more than luck: {100 * self.deflated:.0f}%; "
            f"PBO {100 * self.overfitting.pbo:.0f}%"
        )


def article_table(frame: pd.DataFrame) -> pd.DataFrame:
    """Compute once what every setting of `article_returns` reads."""
    validate(frame, needs=("close", "funding_rate"))
    known = features(frame, clocks=["1h"], only=_VARIABLES)
    known.columns = [name.split("@")[0] for name in known.columns]
    return known.assign(close=frame["close"], paid=frame["funding_rate"])


def article_returns(
    table: pd.DataFrame,
    *,
    ratio: float = 0.95,
    spike: float = 2.0,
    heat: float = 0.95,
    crowd: float = 0.95,
    hold: str = "72h",
    fee: float = TAKER_FEE,
) -> pd.Series:
    """Return the log returns of one unit under these rules, after fees and funding."""
    move, jump = table["price_move_long"], table["velocity_score"]
    lean = table["crowd_lean_percentile"]
    said = (
        -np.sign(move) * (table["oi_to_cap_percentile"] >= ratio)
        - 1.0 * ((jump >= spike) & (table["price_move_score"].abs() <= 0.5))
        - 1.0 * ((table["funding_percentile"] >= heat) & (jump >= spike))
        - 1.0 * (lean >= crowd)
        + 1.0 * (lean <= 1 - crowd)
    )
    side = pd.Series(np.sign(said.to_numpy()), table.index)
    count = bars(hold, table.index)
    held = side.where(side != 0).ffill(limit=count - 1) if count > 1 else side
    held = held.fillna(0.0).shift(fill_value=0.0)
    earned = held * np.log(table["close"]).diff().fillna(0.0) - held * table["paid"].fillna(0.0)
    return earned - fee * held.diff().abs().fillna(0.0)


def settings_of(grid: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Return every combination of a grid.

    Examples
    --------
    >>> settings_of({"spike": [2.0, 3.0], "hold": ["72h"]})
    [{'spike': 2.0, 'hold': '72h'}, {'spike': 3.0, 'hold': '72h'}]
    """
    empty = [name for name, values in grid.items() if isinstance(values, str) or not len(values)]
    if empty:
        raise InputError(f"grid: {', '.join(empty)} needs a list of values, like {{'spike': [2.0, 3.0]}}")
    settings = [dict(zip(grid, values, strict=True)) for values in itertools.product(*grid.values())]
    if len(settings) < 2:
        raise InputError("a sweep needs two settings or more; give a name two values")
    return settings


def sweep(
    frame: pd.DataFrame,
    *,
    grid: Mapping[str, Sequence[Any]] = GRID,
    returns: Returns = article_returns,
    prepare: Callable[[pd.DataFrame], pd.DataFrame] = article_table,
    groups: int = 8,
    cluster: str | None = None,
) -> Sweep:
    """Evaluate all settings of a grid, and correct the best for the number of trials.

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
    grid : mapping of str to sequence
        Values by name; all combinations are tried, and all count.
    returns : callable
        ``returns(table, **setting)`` gives log returns per bar on the table's index.
    prepare : callable
        From the frame to the table; runs once.
    groups : int
        Pieces of history for PBO, as in `oikit.stats.overfitting`.
    cluster : str, optional
        Address of a Dask scheduler that is running, such as ``"tcp://127.0.0.1:8786"``. Its workers
        need oikit installed.

    Returns
    -------
    Sweep

    Raises
    ------
    InputError
        If the grid has one setting, returns are unknown, none traded, or no scheduler answers.
    MissingExtra
        If `cluster` is given without Dask.
    """
    settings = settings_of(grid)
    table = prepare(frame)
    whole = 24 * pd.Timedelta("1h") // bar_length(table.index)
    one = partial(_daily, returns=returns, size=max(int(whole), 1))
    columns = (
        [one(table, setting) for setting in settings]
        if cluster is None
        else _spread(cluster, one, table, settings)
    )
    performance = pd.DataFrame(dict(enumerate(columns)))
    if len(performance) < 2 * groups:
        raise InputError(
            f"{len(performance)} days are too few for {groups} pieces of history; take a longer one"
        )
    moves = performance.std() > 0
    if not moves.any():
        raise InputError("no setting ever acted on this market; there is nothing to judge")
    sharpes = (performance.mean() / performance.std().where(moves)).fillna(0.0)
    best = int(sharpes.to_numpy().argmax())
    if not moves.iloc[best]:
        # Doing nothing was best; the least bad of those that acted carries the statistics.
        best = int(sharpes.where(moves, -np.inf).to_numpy().argmax())
    record = track_record(performance[best])
    variance = float(sharpes.var())
    table_of = pd.DataFrame(settings).assign(
        sharpe=sharpes, total=performance.sum(), active=(performance != 0).mean()
    )
    return Sweep(
        table_of.rename_axis("setting"),
        settings[best],
        record["sharpe"],
        record["sharpe"] * math.sqrt(365),
        expected_max_sharpe(len(settings), variance=variance),
        deflated_sharpe(**record, trials=len(settings), variance=variance),
        overfitting(performance, groups=groups),
        len(settings),
        len(performance),
        performance,
    )


def _daily(
    table: pd.DataFrame, setting: Mapping[str, Any], *, returns: Returns, size: int
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Returns of one setting in whole days, counted back from the last bar."""
    made = returns(table, **setting).to_numpy(dtype=np.float64)
    if len(made) != len(table) or not np.isfinite(made).all():
        raise InputError(
            f"returns of {dict(setting)} are not one number for each bar; a bar without a position returned 0"
        )
    return np.asarray(made[len(made) % size :].reshape(-1, size).sum(axis=1), dtype=np.float64)


def _spread(
    address: str, one: Callable[..., Any], table: pd.DataFrame, settings: list[dict[str, Any]]
) -> list[Any]:
    """Run the settings on a scheduler that others started."""
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        raise MissingExtra("dask.distributed", "cluster") from error
    try:
        client = distributed.Client(address, timeout="10s", set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise InputError(
            f"no Dask scheduler answers at {address!r} ({error}); start one with 'dask scheduler', "
            "or leave cluster out to run here"
        ) from error
    with client:
        # Sent once to each worker; the settings alone travel with each task.
        there = client.scatter(table, broadcast=True, hash=False)
        waiting = [client.submit(one, there, setting, pure=False) for setting in settings]
        return list(client.gather(waiting))
