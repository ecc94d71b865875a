"""Sizing, ruin, liquidation and leverage: what a position can do to an account.

==============  ==================================================================================
`sizing`        the three readings of "cap at 2%", side by side; how far the liquidation is
`growth`        Kelly and its fractions; leverage against growth, Sharpe ratio and survival
`ruin`          losing streaks, ruin and drawdown: closed forms and exact counting
`passage`       how likely a price is touched: closed form, simulation, frequency in a frame
`adding`        never add to a loser, average down, or pyramid, at an equal risk budget
`accounts`      many accounts, many trades, with fees, funding and liquidation
==============  ==================================================================================

Fractions, not percent; a year has 365 days; whatever is simulated takes a seed and says so.
"""

from __future__ import annotations

from oikit.risk.accounts import Accounts, simulate_accounts
from oikit.risk.adding import compare_plans
from oikit.risk.growth import growth_share, kelly_fraction, kelly_leverage, leverage_table, log_growth
from oikit.risk.passage import (
    Simulated,
    liquidation_probability,
    simulate_touch,
    touch_frequency,
    touch_probability,
)
from oikit.risk.ruin import (
    drawdown_within,
    ever_falls_to,
    expected_max_drawdown,
    gamblers_ruin,
    losses_to_drawdown,
    probability_of_run,
    ruin_within,
)
from oikit.risk.sizing import liquidation_distance, position_size, readings

__all__ = [
    "Accounts",
    "Simulated",
    "compare_plans",
    "drawdown_within",
    "ever_falls_to",
    "expected_max_drawdown",
    "gamblers_ruin",
    "growth_share",
    "kelly_fraction",
    "kelly_leverage",
    "leverage_table",
    "liquidation_distance",
    "liquidation_probability",
    "log_growth",
    "losses_to_drawdown",
    "position_size",
    "probability_of_run",
    "readings",
    "ruin_within",
    "simulate_accounts",
    "simulate_touch",
    "touch_frequency",
    "touch_probability",
]
