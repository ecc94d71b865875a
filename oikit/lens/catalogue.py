"""The variables of the lens: their names, meaning and formulas.

Each variable is one line of one family, and is asked on each clock of `oikit.lens.scale.SCALES`,
which says how long its ``move``, ``long`` and ``yard`` are there. Families stand in the order of the
question "what does the next one add?": each may read the columns of those above it.

=================  ==================================================================  =============
family             reads, beside the columns of the families above it                  written in
=================  ==================================================================  =============
``calendar``       the time alone                                                      `market`
``price``          ``close``, ``high``, ``low``                                        `market`
``volume``         ``volume``, ``taker_buy_volume``                                    `market`
``funding``        ``premium``, ``funding_rate``, ``funding_interval``                 `positions`
``open interest``  ``open_interest``, ``circulating_supply``                           `positions`
``crowds``         ``long_short_ratio``, ``top_account_ratio``, ``top_position_ratio`` `positions`
=================  ==================================================================  =============
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from oikit.lens import market, positions
from oikit.lens.graph import Node, needs, spans
from oikit.lens.scale import MINUTES, SCALES, Line, Scale

CLOCKS = ("5min", "1h", "1d")
"""The clocks that are asked when none are named."""

FAMILIES: dict[str, Callable[[Scale], Iterator[Line]]] = {
    "calendar": market.calendar,
    "price": market.price,
    "volume": market.volume,
    "funding": positions.funding,
    "open interest": positions.open_interest,
    "crowds": positions.crowds,
}
"""Who writes the lines of each family."""


@dataclass(frozen=True, slots=True)
class Row:
    """One variable on one clock, its formula in words and as a graph."""

    name: str
    family: str
    unit: str
    formula: str
    node: Node


@functools.cache
def variables(scale: Scale) -> dict[str, Row]:
    """Every variable on a clock with these windows, by name."""
    return {
        name: Row(name, family, unit, formula, node)
        for family, lines in FAMILIES.items()
        for name, unit, formula, node in lines(scale)
    }


@dataclass(frozen=True, slots=True)
class Feature:
    """One variable of the lens, on any clock.

    Attributes
    ----------
    name : str
    family : str
        One of `FAMILIES`.
    formula : str
        In plain words; ``{move}``, ``{long}``, ``{yard}`` and ``{day}`` stand for the windows.
    unit : str
    windows : tuple of str
        Those it is made with, also where the formula names another variable and that one has them.
    clocks : tuple of str
        Those on which the variable says anything.
    needs : tuple of str
        Columns of the frame that it reads.
    """

    name: str
    family: str
    formula: str
    unit: str
    windows: tuple[str, ...]
    clocks: tuple[str, ...]
    needs: tuple[str, ...]


def _feature(row: Row) -> Feature:
    return Feature(
        row.name,
        row.family,
        row.formula,
        row.unit,
        windows=tuple(SCALES["5min"].windows(spans(row.node))),
        clocks=tuple(clock for clock in CLOCKS if row.name in variables(SCALES[clock])),
        needs=tuple(name for name in needs([row.node]) if name != MINUTES),
    )


FEATURES: dict[str, Feature] = {name: _feature(row) for name, row in variables(SCALES["5min"]).items()}
"""Every variable, by name. The shortest clock has them all."""
