"""The library's answers to the shared reference values: numbers others have published.

`FUNCTIONS` maps each function name of ``reference-values.json`` to a callable that takes the
``inputs`` as keywords and returns what compares with ``expected``. `liquidation` answers a row of
``liquidation-cases.csv``, whose columns say which venue and formula is meant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest

from oikit import indicators, margin, risk, stats
from oikit.margin import elsewhere

__all__ = ["FUNCTIONS", "liquidation"]

SIDES = {1: "long", -1: "short"}


def each(function: Callable[..., Any], *columns: Any) -> list[Any]:
    """One answer per element, as NumPy pairs them up."""
    return [function(*row) for row in zip(*(np.ravel(c) for c in np.broadcast_arrays(*columns)), strict=True)]


def series(*values: float) -> pd.Series:
    time = pd.date_range("2026-03-02 01:00", periods=len(values), freq="h", tz="UTC", name="time")
    return pd.Series(values, time, dtype="float64")


def on_both_sides(entry_price: float, quantity: float, leverage: float, tiers: Any) -> list[float]:
    return [
        margin.liquidation_price(entry_price, side=side, quantity=quantity, leverage=leverage, tiers=tiers)
        for side in ("long", "short")
    ]


def tiered(entry: float, notional: float, leverage: float, tiers: str) -> list[float]:
    symbol, date = tiers.split()
    return on_both_sides(entry, notional / entry, leverage, margin.tiers(symbol, on=date))


def in_tier(
    side: int,
    qty: float,
    entry: float,
    wallet: float,
    mmr: float,
    cum: float,
    tmm: float = 0,
    upnl: float = 0,
) -> float:
    return margin.liquidation_price_in_tier(
        entry,
        side=SIDES[side],
        quantity=qty,
        margin=wallet,
        maintenance_margin_rate=mmr,
        deduction=cum,
        others_maintenance=tmm,
        others_profit=upnl,
    )


def one_rate(side: str, row: Mapping[str, float], rate: float, fee: float = 0.0) -> float:
    return margin.liquidation_price(
        row["entry_price"],
        side=side,
        quantity=row["qty"],
        margin=row["wallet_or_margin"],
        tiers=rate,
        closing_fee_rate=fee,
    )


def gate_okx(entry: float, margin: float, qty: float, mmr: float, taker: float, side: Any) -> list[float]:
    row = {"entry_price": entry, "qty": qty, "wallet_or_margin": margin}
    return each(lambda s: one_rate(SIDES[s], row, mmr, taker), side)


def inverse(entry: float, leverage: float, mmr: float, side: Any) -> list[float]:
    return each(
        lambda s: elsewhere.inverse(
            entry, side=SIDES[s], value=entry, margin=1 / leverage, maintenance_margin_rate=mmr
        ),
        side,
    )


def decomposition(c0: float, c1: float, v0: float, v1: float) -> Any:
    """The change in coins, in dollars, and of the price, each as a fraction of where it was."""
    parts = indicators.price_and_position_parts(series(c0, c1), series(v0 / c0, v1 / c1), 1).iloc[-1]
    return parts[["position_part", "change", "price_part"]].to_numpy() / v0


def cum_recursion(floors: list[float], mmr: list[float]) -> Any:
    table = pd.DataFrame({"notional_floor": floors, "maintenance_margin_rate": mmr})
    table["notional_cap"] = [*floors[1:], 2 * floors[-1]]
    table["max_leverage"] = 1.0
    return margin.check_tiers(table)["deduction"]


def gamblers_ruin(p: float, i: int, N: int) -> tuple[float, float]:
    return tuple(risk.gamblers_ruin(p, start=i, target=N))


def touched(mu: float, sigma: float, days: float, leverage: float, mmr: float) -> list[float]:
    return [
        risk.liquidation_probability(leverage, side=side, tiers=mmr, volatility=sigma, days=days, drift=mu)
        for side in ("long", "short")
    ]


def many(value: Any) -> list[Any]:
    """A single number is a list of one."""
    return list(value) if isinstance(value, list | tuple) else [value]


def psr(sr: float, T: int, bench: float = 0.0, skew: float = 0.0, kurt: float = 3.0) -> float:
    return stats.probabilistic_sharpe(sr, T, benchmark=bench, skew=skew, kurtosis=kurt)


def dsr(sr_annual: float, periods: int, T: int, N: int, var_annual: float, skew: float, kurt: float) -> float:
    return stats.deflated_sharpe(
        sr_annual / periods**0.5, T, trials=N, variance=var_annual / periods, skew=skew, kurtosis=kurt
    )


def min_track_record_years(sr: Any, bench: float, freq: Any) -> list[float]:
    return [
        stats.min_track_record(yearly / per_year**0.5, benchmark=bench / per_year**0.5) / per_year
        for yearly, per_year in product(many(sr), many(freq))
    ]


def benjamini_hochberg(p: Sequence[float], alpha: float) -> list[float]:
    adjusted = stats.benjamini_hochberg(p)
    return [int((adjusted <= alpha).sum()), *adjusted[:6]]


def newey_west_se_mean(x: Sequence[float], lags: Sequence[int]) -> list[float]:
    widths = [stats.newey_west_mean(x, lag=lag) for lag in lags]
    return [(each.high - each.low) / 2 / 1.959963984540054 for each in widths]


def binomial(k: int, n: int) -> list[float]:
    wilson = stats.wilson(k, n)
    exact = stats.clopper_pearson(k, n)
    against = [stats.binomial_p(k, n, rate) for rate in (0.5, 0.7)]
    return [wilson.low, wilson.high, exact.low, *against]


def pbo(gen: str, S: int) -> list[float]:
    returns = np.random.default_rng(0).standard_normal((240, 10))
    if "column 3" in gen:
        returns[:, 3] += 0.3
    found = stats.overfitting(returns, groups=S)
    return [found.pbo, found.mean_logit, found.loss]


def cpcv_counts(N: Sequence[int], k: Sequence[int]) -> list[int]:
    return [count for pair in zip(N, k, strict=True) for count in stats.cpcv_counts(*pair)]


def base_rate_scores(b: Sequence[float]) -> list[float]:
    briers, losses = zip(*(stats.base_rate_scores(rate) for rate in b), strict=True)
    return [*briers, *losses]


def isotonic(y: Sequence[float], w: Sequence[float] | None = None) -> list[float]:
    sklearn = pytest.importorskip("sklearn.isotonic")
    return sklearn.isotonic_regression(np.array(y, dtype=float), sample_weight=w).tolist()


def brier_decomposition(f: Sequence[float], o: Sequence[int]) -> list[float]:
    parts = stats.brier(f, o)
    return [parts.reliability, parts.resolution, parts.uncertainty, parts.score.value, parts.skill]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    # Funding
    "funding_rate": lambda P, I, N, cap=None: margin.funding_rate_from_premium(  # noqa: E741
        P, interest=I, interval_hours=N, cap=cap
    ),
    "premium_twap": lambda P: margin.mean_premium(P),
    "impact_margin_notional": lambda imr: margin.impact_margin_notional(np.array(imr)),
    "funding_payment": lambda qty, mark, rate, side: margin.funding_payment(
        rate, side=side.split()[0], quantity=qty, mark_price=mark
    ),
    "annualize_simple": lambda rate, hours: each(lambda h: margin.annual_rate(rate, interval_hours=h), hours),
    "annualize_compound": lambda rate, hours: margin.annual_rate(rate, interval_hours=hours, compounded=True),
    "mark_price1": lambda index, last_funding, hours_left, interval: margin.mark_price_from_funding(
        index, last_funding, hours_left=hours_left, interval_hours=interval
    ),
    # Margin
    "liquidation_price": in_tier,
    "liquidation_fraction": lambda leverage, mmr: on_both_sides(1.0, 1.0, leverage, mmr),
    "liquidation_price_tiered": tiered,
    "liquidation_price_bybit_linear": lambda entry, leverage, mmr, side: elsewhere.at_entry(
        entry, side=SIDES[side], leverage=leverage, maintenance_margin_rate=mmr
    ),
    "liquidation_price_gate_okx": gate_okx,
    "liquidation_price_inverse": inverse,
    "bankruptcy_price": lambda entry, leverage, side: margin.bankruptcy_price(
        entry, side=SIDES[side], leverage=leverage
    ),
    "adl_rank_score": lambda upnl, wb, mr: margin.adl_score(upnl, wb, mr),
    "cum_recursion": cum_recursion,
    # Open interest
    "one_sided_oi": lambda open_interest_both: open_interest_both / 2,
    "oi_mcap": lambda oi, supply: indicators.oi_to_cap(series(oi), series(supply)).iloc[0],
    "threshold_contracts": lambda th, supply: th * supply,
    "estimated_leverage_ratio": lambda oi, reserve: oi / reserve,
    "oi_change_decomposition": decomposition,
    "oi_weighted_funding": lambda oi, f: np.average(f, weights=oi),
    "ratio_to_long_share": lambda r: indicators.long_share(series(*r)),
    "ratio_from_gap": lambda gap: (1 - gap) / (1 + gap),
    "cvd": lambda buy, sell: np.cumsum(np.subtract(buy, sell)),
    # Risk
    "gamblers_ruin": gamblers_ruin,
    "prob_run_of_losses": lambda n, k, p: risk.probability_of_run(n, k, loss_probability=Fraction(p)),
    "log_growth_per_bet": lambda p, f: risk.log_growth(p, fraction=np.array(f)),
    "prob_ever_fall_to": lambda c, x: risk.ever_falls_to(x, kelly_multiple=np.array(c, dtype=float)),
    "position_size": lambda equity, pct, leverage, stop, readings: [
        risk.position_size(equity, cap=pct, reading=reading, leverage=leverage, stop=stop)
        for reading in readings
    ],
    "kelly_binary": lambda p, b: risk.kelly_fraction(np.array(p), payoff=np.array(b)),
    "losses_to_drawdown": lambda f, dd: each(lambda one: risk.losses_to_drawdown(one, dd), f),
    "expected_mdd_zero_drift": lambda sigma, T: risk.expected_max_drawdown(sigma, days=365 * T),
    "liquidation_probability_gbm": touched,
    # statistics
    "any_false_positive": stats.any_false_positive,
    "base_rate_scores": base_rate_scores,
    "benjamini_hochberg": benjamini_hochberg,
    "binomial": binomial,
    "brier_decomposition": brier_decomposition,
    "cpcv_counts": cpcv_counts,
    "dsr": dsr,
    "expected_max_sharpe": lambda N: [stats.expected_max_sharpe(trials) for trials in N],
    "holm": lambda p, alpha: int((stats.holm(p) <= alpha).sum()),
    "isotonic": isotonic,
    "min_track_record_obs": lambda sr, bench: stats.min_track_record(sr, benchmark=bench),
    "min_track_record_years": min_track_record_years,
    "newey_west_lag": lambda T: [stats.newey_west_lag(n) for n in T],
    "newey_west_se_mean": newey_west_se_mean,
    "pbo": pbo,
    "permutation_p": lambda a, b: stats.permutation(a, b).p,
    "psr": psr,
    "upper95_zero_failures": lambda n: [stats.zero_failures(trials).high for trials in n],
}


TEXT = (
    *("case_id", "source", "venue", "formula", "margin_mode"),
    *("side", "symbol", "tolerance", "match", "note"),
)


def number(cell: Any) -> float:
    """A blank cell is NaN."""
    return float("nan") if cell is None or cell == "" else float(cell)


def liquidation(row: Mapping[str, Any]) -> float:
    """The library's answer to a row of ``liquidation-cases.csv``, as text or with numbers as floats."""
    row = {name: value if name in TEXT else number(value) for name, value in row.items()}
    formula, side = str(row["formula"]), str(row["side"])
    if formula.startswith("BINANCE_USDM"):
        sign = 1 if side == "long" else -1
        others = {"tmm": row["other_tmm"], "upnl": row["other_upnl"]}
        others = {name: value for name, value in others.items() if not np.isnan(value)}
        closed = in_tier(
            sign, row["qty"], row["entry_price"], row["wallet_or_margin"], row["mmr"], row["cum"], **others
        )
        if formula.endswith("buffer"):
            return elsewhere.buffered(closed, row["entry_price"], side=side, buffer=row["buffer"])
        return closed
    return FORMULAS[formula](side, row)


def _buffer_only(side: str, row: Mapping[str, Any]) -> float:
    # The exchange's own price stands in the notes: "liq 8, entry 10, …" and "…-reported liq 17.47".
    reported = float(str(row["note"]).split("liq ")[1].split(",")[0])
    return elsewhere.buffered(reported, row["entry_price"], side=side, buffer=row["buffer"])


def _inverse_row(side: str, row: Mapping[str, Any]) -> float:
    entry, leverage = row["entry_price"], row["leverage"]
    return elsewhere.inverse(
        entry, side=side, value=entry, margin=1 / leverage, maintenance_margin_rate=row["mmr"]
    )


FORMULAS: dict[str, Callable[[str, Mapping[str, Any]], float]] = {
    "GATE_OKX": lambda side, row: one_rate(side, row, row["mmr"], row["taker_fee"]),
    "PHEMEX": lambda side, row: one_rate(side, row, row["mmr"], row["taker_fee"]),
    "HYPERLIQUID": lambda side, row: one_rate(side, row, 1 / (2 * row["max_leverage"])),
    "BYBIT_LINEAR": lambda side, row: elsewhere.at_entry(
        row["entry_price"], side=side, leverage=row["leverage"], maintenance_margin_rate=row["mmr"]
    ),
    "BANKRUPTCY": lambda side, row: margin.bankruptcy_price(
        row["entry_price"], side=side, leverage=row["leverage"]
    ),
    "buffer only": _buffer_only,
    "INVERSE_ISOLATED": _inverse_row,
    "INVERSE_CROSS_BANKRUPTCY": lambda side, row: elsewhere.inverse_bankruptcy(
        row["entry_price"],
        side=side,
        value=row["qty"],
        margin=row["wallet_or_margin"],
        closing_fee_rate=row["taker_fee"],
    ),
    "INVERSE_CROSS": lambda side, row: elsewhere.inverse(
        row["entry_price"],
        side=side,
        value=row["qty"],
        margin=row["wallet_or_margin"],
        maintenance_margin_rate=row["mmr"],
        closing_fee_rate=row["taker_fee"],
    ),
}
