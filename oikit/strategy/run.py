"""Backtest of a rule on one market: its trades, its account, and remarks on missing data.

A backtest is bookkeeping, not a forecast: what the stated rule would have paid and received on this
path, without market impact. `oikit.strategy.engine` follows a single position.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from oikit.clock import bars as count_of
from oikit.errors import InputError
from oikit.margin.brackets import Ladder, ladder
from oikit.margin.checks import checked
from oikit.risk import liquidation_distance
from oikit.strategy.engine import Bars, Trade, Why, notional_of, quantity_of, trade
from oikit.strategy.spec import Conditions, Specification, conditions

__all__ = ["Account", "Result", "run"]


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """The result of a backtest: its trades, its equity and the remarks.

    Attributes
    ----------
    spec : Specification
    start : float, quote
        The initial balance.
    since : Timestamp
        The first bar at which the rule could decide; comparisons start there.
    equity : Series, shape (n,), quote
        At the end of each bar; an open position is marked at the last known close.
    trades : DataFrame, one row per trade
        ``side``; ``decided`` (at the end of which bar), ``entry_time`` and ``exit_time`` with their
        prices; ``quantity``, ``notional``, ``margin`` and ``liquidation_price`` at the entry; ``why`` it
        ended (``reversal``, ``time``, ``stop``, ``liquidation``, ``end`` of the frame); its length in
        ``bars``; ``profit`` of the price alone, ``fees``, ``funding_paid`` (below 0: received), and
        ``net`` of both; the rule's readings at the decision.
    remarks : tuple of str
        Counts of what was missing, refused or left out.

    Notes
    -----
    The start plus the sum of ``net`` equals the last value of the equity.
    """

    spec: Specification
    start: float
    since: pd.Timestamp
    equity: pd.Series
    trades: pd.DataFrame
    remarks: tuple[str, ...] = ()

    @property
    def growth(self) -> float:
        """Return the gain of the account, as a fraction of the start."""
        return float(self.equity.iloc[-1]) / self.start - 1.0

    @property
    def drawdown(self) -> float:
        """The deepest fall below an earlier peak, at the ends of bars, as a fraction."""
        return float((1.0 - self.equity / self.equity.cummax()).max())

    @property
    def liquidations(self) -> int:
        """Return the number of trades that ended in a liquidation."""
        return int((self.trades["why"] == "liquidation").sum())

    def __str__(self) -> str:
        """One sentence, then the remarks."""
        fees, funding = self.trades["fees"].sum(), self.trades["funding_paid"].sum()
        paid = f"{fees:,.2f} in fees and {funding:,.2f} in funding"
        said = (
            f"{len(self.trades)} trade(s) since {self.since:%Y-%m-%d}, {self.liquidations} of them ended by "
            f"liquidation; after {paid}, the account stands {self.growth:+.2%} from its start."
        )
        return " ".join([said, *self.remarks])


class Account:
    """An account that takes one position at a time; what `run` and its rivals trade with.

    Parameters
    ----------
    bars : Bars
    spec : Specification
    start : float, quote
    steps : Ladder
    lot : float, optional, base
    """

    def __init__(
        self, bars: Bars, spec: Specification, start: float, *, steps: Ladder, lot: float | None = None
    ) -> None:
        self.bars, self.spec, self.steps, self.lot = bars, spec, steps, lot
        self.balance = start
        self.trades: list[Trade] = []
        self.refused: Counter[str] = Counter()

    def take(self, side: int, entry: int, leave: int, why: Why) -> Trade | None:
        """Fill an order in bar `entry` and follow it; None, and a note, if it cannot be filled."""
        price = float(self.bars.fill[entry])
        if np.isnan(price):
            self.refused["the bar to enter in was not known"] += 1
            return None
        size = quantity_of(self.spec, side, self.balance, price, steps=self.steps, lot=self.lot)
        if isinstance(size, str):
            self.refused[size] += 1
            return None
        done = trade(self.bars, self.spec, side, entry, size, leave=leave, why=why, steps=self.steps)
        self.balance += done.net
        self.trades.append(done)
        return done


def run(
    spec: Specification,
    frame: pd.DataFrame,
    *,
    tiers: Any,
    start: float = 10_000.0,
    lot: float | None = None,
) -> Result:
    """Backtest a rule on one market.

    Parameters
    ----------
    spec : Specification
    frame : DataFrame, shape (n, m)
        With ``high``, ``low``, ``close`` and the columns that the rule reads (`oikit.strategy.needs`).
        With ``open``, orders are filled at the next bar's open; without, at its close, and a remark says
        so.
    tiers : DataFrame or float
        The exchange's table (`oikit.margin.tiers`), or one maintenance margin rate. No default: the
        wrong one gives wrong liquidations.
    start : float, quote
        The initial balance. It earns no interest.
    lot : float, optional, base
        Quantities are whole lots, rounded down; None: any quantity.

    Returns
    -------
    Result

    Raises
    ------
    FrameError
        If a column is missing.
    InputError
        If a number is impossible, the leverage is more than the tier allows, the stop lies beyond the
        liquidation, or the frame is shorter than the windows.

    Notes
    -----
    Traded highs and lows stand in for those of the mark price, which decides on a real exchange. A
    stop is filled at its price, or at the open of a bar that begins beyond it; a real one slips.
    Funding that settles in a bar is paid at its end by positions then open, so in bars longer than the
    funding interval a position that ended within the bar pays none of it.
    """
    money = check_terms(spec, tiers=tiers, start=start, lot=lot)
    asked = conditions(spec, frame)
    bars = Bars(frame)
    account = Account(bars, spec, money, steps=ladder(tiers), lot=lot)
    hold = count_of(spec.hold, frame.index)
    turns = {side: np.flatnonzero(turned) for side, turned in _reversals(spec, asked).items()}
    begins, decided, free, ignored = asked.begins.to_numpy(), [], 0, 0
    for bar in np.flatnonzero(begins).tolist():
        if bar < free:
            ignored += 1
            continue
        if bar + 1 >= len(bars) - (not bars.at_open):
            break  # there is no bar left to enter in, or none to leave by
        side, entry = int(begins[bar]), bar + 1
        later = turns[side][np.searchsorted(turns[side], entry) :]
        turn = int(later[0]) + 1 if len(later) else len(bars) + hold
        done = account.take(
            side, entry, min(turn, entry + hold), "reversal" if turn <= entry + hold else "time"
        )
        if done is not None:
            decided.append(bar)
            free = done.exit
    remarks = _remarks(frame, bars, account)
    if ignored:
        remarks.append(
            f"{ignored} time(s) the conditions began while a position was open; nothing was added."
        )
    first = int(np.flatnonzero(asked.state.notna().to_numpy())[0])
    return Result(
        spec,
        money,
        frame.index[first],
        equity_of(account.trades, bars, money, frame.index),
        table_of(account.trades, frame.index, decided, asked.readings),
        tuple(remarks),
    )


def _reversals(spec: Specification, asked: Conditions) -> dict[int, Any]:
    """Return the bars at which a long and a short have their reversal, by side."""
    fallen = (asked.readings["velocity"] < spec.exit_velocity).to_numpy()
    begins = asked.begins.to_numpy()
    return {side: fallen | (begins == -side) for side in (1, -1)}


def check_terms(spec: Specification, *, tiers: Any, start: float, lot: float | None) -> float:
    """Check the terms before anything is computed, and return the start as a number."""
    money = checked(start, "start", "positive")
    if lot is not None:
        checked(lot, "lot", "positive")
    size = notional_of(spec, money)
    if size <= 0:
        raise InputError(f"cap={spec.cap:g} allows no position at all; the account would be cash")
    for side in ("long", "short"):
        far = liquidation_distance(size, side=side, leverage=spec.leverage, tiers=tiers)
        if far <= 0:
            raise InputError(f"a {side} at {spec.leverage:g}x is liquidated as soon as it is opened")
        if spec.stop is not None and spec.stop >= far:
            raise InputError(
                f"a stop {spec.stop:.2%} away is never reached: at {spec.leverage:g}x a {side} of "
                f"{size:,.0f} is liquidated after {far:.2%}. Take a nearer stop or less leverage"
            )
    return float(money)


def equity_of(trades: list[Trade], bars: Bars, start: float, index: pd.Index) -> pd.Series:
    """Return the equity of the account at the end of each bar."""
    worth = np.full(len(bars), start)
    balance = start
    for each in trades:
        worth[each.entry : each.entry + len(each.worth)] = balance + each.worth
        balance += each.net
        worth[each.exit :] = balance
    return pd.Series(worth, index, name="equity")


def table_of(
    trades: list[Trade], index: pd.Index, decided: list[int], readings: pd.DataFrame | None = None
) -> pd.DataFrame:
    """The trades as a table; see `Result`."""
    rows = [
        {
            "side": "long" if each.side > 0 else "short",
            "decided": index[bar],
            "entry_time": index[each.entry],
            "entry_price": each.entry_price,
            "quantity": each.quantity,
            "notional": each.quantity * each.entry_price,
            "margin": each.margin,
            "liquidation_price": each.liquidation_price,
            "exit_time": index[each.exit],
            "exit_price": each.exit_price,
            "why": each.why,
            "bars": each.held,
            "profit": each.profit,
            "fees": each.fees,
            "funding_paid": each.funding_paid,
            "net": each.net,
        }
        for each, bar in zip(trades, decided, strict=True)
    ]
    table = pd.DataFrame(rows, columns=list(_COLUMNS)).rename_axis("trade").astype(_COLUMNS)
    if readings is None:
        return table
    return table.join(readings.iloc[decided].reset_index(drop=True))


_TIME = "datetime64[us, UTC]"
_COLUMNS: dict[str, Any] = {
    "side": "str",
    "decided": _TIME,
    "entry_time": _TIME,
    "entry_price": "float64",
    "quantity": "float64",
    "notional": "float64",
    "margin": "float64",
    "liquidation_price": "float64",
    "exit_time": _TIME,
    "exit_price": "float64",
    "why": "str",
    "bars": "int64",
    "profit": "float64",
    "fees": "float64",
    "funding_paid": "float64",
    "net": "float64",
}


def _remarks(frame: pd.DataFrame, bars: Bars, account: Account) -> list[str]:
    """Return remarks that count the data missing while a position was open, and the refused entries."""
    remarks = []
    if not bars.at_open:
        remarks.append("The frame has no open, so orders were filled at the close of the next bar.")
    if "mark_price" not in frame.columns:
        remarks.append("The frame has no mark price, so funding was paid on the close.")
    open_in = np.zeros(len(bars), dtype=bool)
    for each in account.trades:
        open_in[each.entry : each.exit + 1] = True
    unknown, unpaid = int((bars.unknown & open_in).sum()), int((bars.unpaid & open_in).sum())
    if unknown:
        remarks.append(f"In {unknown} bar(s) a position was held and marked at the last known price.")
    if unpaid:
        remarks.append(f"In {unpaid} bar(s) the funding of a position was not known, and none was charged.")
    for reason, count in account.refused.items():
        remarks.append(f"Of the entries, {count} came to nothing: {reason}.")
    return remarks
