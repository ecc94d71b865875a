"""Benchmarks that anybody could have followed, and the comparison of a rule with them.

=================  ======================================================================
cash               nothing
buy and hold       long with the whole account at 1x, from the first bar at which the rule
                   could decide; fees and funding charged
random entry       as many trades as the rule, on the same sides and each held as long, at
                   random moments; the same size, stop, fees, funding and liquidation
=================  ======================================================================

The random entries are the benchmark that matters: the same size, holding time, sides and costs. Only the
timing differs from the rule.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from oikit.errors import InputError
from oikit.margin.brackets import ladder
from oikit.margin.checks import whole
from oikit.simulate.market import simulate
from oikit.simulate.worlds import World
from oikit.stats import Estimate
from oikit.stats.special import t_quantile
from oikit.strategy.engine import Bars
from oikit.strategy.run import Account, Result, check_terms, equity_of, run, table_of
from oikit.strategy.spec import Specification

__all__ = ["Comparison", "buy_and_hold", "compare", "random_entry", "simulated"]


def buy_and_hold(result: Result, frame: pd.DataFrame, *, tiers: Any) -> Result:
    """Return the result of a long at 1x, opened at the first bar at which the rule could decide.

    Parameters
    ----------
    result : Result
        From `run` on the same frame; the start, the first bar and the fees are taken from it.
    frame : DataFrame, shape (n, m)
    tiers : DataFrame or float

    Returns
    -------
    Result
        With one trade, or none if no bar was left to enter in. Funding is paid out of the margin, so in
        principle even 1x can be liquidated.
    """
    # The fee is paid from the account, so that much less is bought.
    spec = replace(
        result.spec, cap=1 / (1 + result.spec.fee_rate), cap_reading="notional", leverage=1.0, stop=None
    )
    bars = Bars(frame)
    account = Account(bars, spec, result.start, steps=ladder(tiers))
    first = _first(result, frame)
    for entry in range(first + 1, len(bars) - (not bars.at_open)):
        if not np.isnan(bars.fill[entry]):
            account.take(1, entry, len(bars), "time")
            break
    equity = equity_of(account.trades, bars, result.start, frame.index)
    decided = [each.entry - 1 for each in account.trades]
    return Result(spec, result.start, result.since, equity, table_of(account.trades, frame.index, decided))


def random_entry(
    result: Result,
    frame: pd.DataFrame,
    *,
    tiers: Any,
    draws: int = 200,
    seed: int = 0,
    lot: float | None = None,
) -> pd.DataFrame:
    """Return the growth of the same trades when their entries are drawn at random.

    Parameters
    ----------
    result : Result
        From `run` on the same frame.
    frame : DataFrame, shape (n, m)
    tiers : DataFrame or float
    draws, seed : int
    lot : float, optional, base
        As in `run`.

    Returns
    -------
    DataFrame, one row per draw
        ``growth`` (fraction of the start), ``trades`` and ``liquidations``.

    Notes
    -----
    The trades of the rule, side and length together, are shuffled and placed without overlap between the
    first bar at which the rule could enter and the end; all placements are equally likely. A drawn trade
    ends early only by its stop or by liquidation. It is dropped if the bar drawn has no price.
    """
    whole(draws, "draws")
    bars, steps = Bars(frame), ladder(tiers)
    sides = np.where(result.trades["side"] == "long", 1, -1)
    held = result.trades["bars"].to_numpy(dtype=np.int64)
    first = _first(result, frame) + 1
    room = len(bars) - (not bars.at_open) - first - int(held.sum())
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(draws):
        account = Account(bars, result.spec, result.start, steps=steps, lot=lot)
        order = rng.permutation(len(held))
        waits = np.sort(rng.integers(0, room + 1, len(held)))
        entries = first + waits + np.cumsum(held[order]) - held[order]
        for entry, which in zip(entries.tolist(), order.tolist(), strict=True):
            account.take(int(sides[which]), entry, entry + int(held[which]), "time")
        ended = sum(each.why == "liquidation" for each in account.trades)
        rows.append((account.balance / result.start - 1.0, len(account.trades), ended))
    return pd.DataFrame(rows, columns=["growth", "trades", "liquidations"]).rename_axis("draw")


def simulated(
    world: World,
    *,
    seeds: Iterable[int],
    since: str | pd.Timestamp,
    until: str | pd.Timestamp,
    every: str | pd.Timedelta = "1h",
    effect: float = 0.0,
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Draw the same simulated market again and again, one at a time.

    Parameters
    ----------
    world : World
    seeds : iterable of int
    since, until, every, effect
        As in `oikit.simulate.market.simulate`.

    Yields
    ------
    name, frame
        For `compare`.
    """
    for seed in seeds:
        frame = simulate(world, since=since, until=until, every=every, seed=seed, effect=effect)
        yield f"{world.name} {seed}", frame


FEWEST = 8
"""Markets with a trade, below which the mean share of draws that was beaten has no honest interval."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """The rule and its rivals, over markets.

    Attributes
    ----------
    called : str
        What the markets are.
    table : DataFrame, indexed by ``the rule``, ``random entry``, ``buy and hold``, ``cash``
        ``accounts`` (markets, or markets times draws), ``trades`` in all; ``growth`` (median over the
        accounts, fraction of the start) with ``low`` and ``high`` (their 5 and 95% quantiles);
        ``liquidated`` (share of trades), ``accounts_liquidated`` (share of accounts with at least one).
    markets : DataFrame, one row per market
        ``trades``, ``liquidations``, ``drawdown`` and ``growth`` of the rule; ``random`` (the median
        draw) and ``hold``; ``beats``: the share of draws the rule did better than, ties counting a
        half; NaN without a trade.
    beats : Estimate, optional
        Mean of ``beats`` over the markets with a trade; one half is chance. None below `FEWEST` markets.
    """

    called: str
    table: pd.DataFrame
    markets: pd.DataFrame
    beats: Estimate | None

    def __str__(self) -> str:
        """A few sentences that can stand under the table."""
        named = self.table.to_dict("index")
        rule, lots, hold = (named[name] for name in ("the rule", "random entry", "buy and hold"))
        n, made = len(self.markets), self.markets["trades"]
        idle = f", on {(made == 0).sum()} of them none" if (made == 0).any() else ""
        head = f"On {n} {self.called} the rule made {made.sum()} trades{idle}."
        if not made.any():
            return head + " Where it never trades it is cash."
        body = (
            f" The median account ended {rule['growth']:+.2%} from its start ({_most(rule)}), with the same "
            f"trades at random moments {lots['growth']:+.2%} ({_most(lots)}), held at 1x throughout "
            f"{hold['growth']:+.2%} ({_most(hold)}). {rule['liquidated']:.1%} of the rule's trades ended by "
            "liquidation."
        )
        if self.beats is None:
            return head + body + " Too few markets to say whether its timing differs from chance."
        b = self.beats
        said = "cannot be told from chance" if b.low <= 0.5 <= b.high else "differs from chance"
        return (
            head
            + body
            + (
                f" It did better than {b.value:.0%} of random draws on average (95% interval {b.low:.0%} to "
                f"{b.high:.0%}, n = {b.n} markets): its timing {said}, which is 50%."
            )
        )


def compare(
    spec: Specification,
    markets: Mapping[str, pd.DataFrame] | Iterable[tuple[str, pd.DataFrame]],
    *,
    tiers: Any,
    called: str,
    draws: int = 200,
    seed: int = 0,
    start: float = 10_000.0,
    lot: float | None = None,
) -> Comparison:
    """Compare the rule with its benchmarks, market by market.

    Parameters
    ----------
    spec : Specification
    markets : mapping or iterable of (name, frame)
        Frames of your own, the samples, or `simulated` worlds; one is in memory at a time.
    tiers : DataFrame or float
        The same for all.
    called : str
        What the markets are, for the printed sentence, like ``"simulated markets"``. No default: a
        result on simulated markets must not be read as one on real ones.
    draws, seed : int
        Number and seed of the random entries; each market has its own random numbers.
    start, lot
        As in `run`.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        If there is no market, or as in `run`.
    """
    check_terms(spec, tiers=tiers, start=start, lot=lot)
    rows, lots, names = [], [], []
    pairs = markets.items() if isinstance(markets, Mapping) else markets
    for number, (name, frame) in zip(itertools.count(), pairs, strict=False):
        result = run(spec, frame, tiers=tiers, start=start, lot=lot)
        own = np.random.SeedSequence([seed, number]).generate_state(1)[0]
        drawn = random_entry(result, frame, tiers=tiers, draws=draws, seed=int(own), lot=lot)
        held = buy_and_hold(result, frame, tiers=tiers)
        better, same = drawn["growth"] < result.growth, drawn["growth"] == result.growth
        rows.append(
            {
                "trades": len(result.trades),
                "liquidations": result.liquidations,
                "drawdown": result.drawdown,
                "growth": result.growth,
                "random": float(drawn["growth"].median()),
                "hold": held.growth,
                "hold_liquidated": held.liquidations,
                "beats": float((better + same / 2).mean()) if len(result.trades) else np.nan,
            }
        )
        names.append(name)
        lots.append(drawn)
    if not rows:
        raise InputError("there is no market to compare on; give at least one frame by name")
    each = pd.DataFrame(rows, pd.Index(names, name="market"))
    one = pd.Series(1, each.index)
    table = pd.DataFrame(
        {
            "the rule": _row(each["growth"], each["trades"], each["liquidations"]),
            "random entry": _row(*(pd.concat(lots)[name] for name in ("growth", "trades", "liquidations"))),
            "buy and hold": _row(each["hold"], one, each["hold_liquidated"]),
            "cash": _row(0.0 * one, 0 * one, 0 * one),
        }
    ).T.rename_axis("who")
    beats = _mean_of(each["beats"].dropna().to_numpy())
    return Comparison(called, table, each.drop(columns="hold_liquidated"), beats)


def _row(growth: pd.Series, trades: pd.Series, liquidations: pd.Series) -> dict[str, float]:
    low, middle, high = np.quantile(growth, [0.05, 0.5, 0.95])
    made = int(trades.sum())
    return {
        "accounts": len(growth),
        "trades": made,
        "growth": middle,
        "low": low,
        "high": high,
        "liquidated": float(liquidations.sum()) / made if made else 0.0,
        "accounts_liquidated": float((liquidations > 0).mean()),
    }


def _mean_of(shares: Any) -> Estimate | None:
    """Mean with a t interval; on null worlds a bootstrap of so few markets is far too sure of itself."""
    n = len(shares)
    if n < FEWEST:
        return None
    mean, error = float(shares.mean()), float(shares.std(ddof=1)) / math.sqrt(n)
    wide = t_quantile(0.975, n - 1) * error
    return Estimate(mean, max(mean - wide, 0.0), min(mean + wide, 1.0), n, "Student's t over markets")


def _most(row: Mapping[Any, float]) -> str:
    return f"5 to 95% of accounts: {row['low']:+.2%} to {row['high']:+.2%}"


def _first(result: Result, frame: pd.DataFrame) -> int:
    if not frame.index.equals(result.equity.index):
        raise InputError("the result is of another frame; give the one that was run on")
    return int(frame.index.searchsorted(result.since))
