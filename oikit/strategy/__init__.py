"""The article's framework as one explicit rule, and its backtest.

==============  =======================================================================
`spec`          every number of the rule and its origin; the bars at which it enters
`engine`        one position to the cent: fills, fees, funding, stop, liquidation by tiers
`run`           one market: trades, account, remarks
`rivals`        cash, buy and hold, the same trades at random moments; over many markets
==============  =======================================================================

Decisions at the end of a bar read no later bar and are filled in the next.
Results are bookkeeping of a stated rule on given paths, simulated or recorded; nothing here says
what a price will do, and nothing here is advice.
"""

from __future__ import annotations

from oikit.strategy.rivals import Comparison, buy_and_hold, compare, random_entry, simulated
from oikit.strategy.run import Result, run
from oikit.strategy.spec import Conditions, Specification, conditions, needs, specification

__all__ = [
    "Comparison",
    "Conditions",
    "Result",
    "Specification",
    "buy_and_hold",
    "compare",
    "conditions",
    "needs",
    "random_entry",
    "run",
    "simulated",
    "specification",
]
