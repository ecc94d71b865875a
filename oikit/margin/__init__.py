"""Margin and funding of a perpetual, to the last digit the exchange computes with.

==================  ==========================================================================
`brackets`          dated tables of maintenance-margin tiers, and what they ask and allow
`liquidation`       liquidation and bankruptcy price of a linear position, and who is deleveraged
`funding`           from the premium to the funding rate, and from the rate to the payment
`elsewhere`         how other venues and coin-margined contracts count
`checks`            what a number must be before anything is computed with it
==================  ==========================================================================

Everything takes single numbers or a Series. A side is ``"long"`` or ``"short"``, a quantity has no
sign, and rates are fractions. What an exchange may change (tiers, caps, intervals, interest) is an
argument or a dated file, never a constant in the code.
"""

from __future__ import annotations

from oikit.margin.brackets import check_tiers, maintenance_margin, max_leverage, tiers
from oikit.margin.checks import TAKER_FEE
from oikit.margin.funding import (
    annual_rate,
    funding_payment,
    funding_rate_from_premium,
    impact_margin_notional,
    mark_price_from_funding,
    mean_premium,
    premium_index,
)
from oikit.margin.liquidation import adl_score, bankruptcy_price, liquidation_price, liquidation_price_in_tier

__all__ = [
    "TAKER_FEE",
    "adl_score",
    "annual_rate",
    "bankruptcy_price",
    "check_tiers",
    "funding_payment",
    "funding_rate_from_premium",
    "impact_margin_notional",
    "liquidation_price",
    "liquidation_price_in_tier",
    "maintenance_margin",
    "mark_price_from_funding",
    "max_leverage",
    "mean_premium",
    "premium_index",
    "tiers",
]
