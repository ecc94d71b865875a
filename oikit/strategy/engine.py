"""One position from its entry to its end, to the last cent: fills, fees, funding, stop, liquidation.

In each bar, in this order:

1. the open: beyond the liquidation price, the position is **liquidated**; else, if the rule wanted
   out at the end of the bar before, it is closed here; else, beyond the stop, it is stopped here;
2. the path to the low (of a short: the high): whichever of stop and liquidation price comes first;
3. the end of the bar: funding that settles in it is paid, out of the position's own margin, which
   moves the liquidation price of the bars to come.

Money is in three places: the account (which pays the fees), the isolated margin of the position
(which pays the funding, and is all that a liquidation can take), and the profit. Where a bar has no
price, nothing is filled and nothing can be seen to touch anything: the position is held.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.margin.brackets import Ladder
from oikit.strategy.spec import Specification

__all__ = ["Bars"]

Floats = npt.NDArray[np.float64]
Why = Literal["reversal", "time", "stop", "liquidation", "end"]


class Bars:
    """The columns of a frame that a position meets, as arrays.

    Attributes
    ----------
    fill : array, shape (n,), quote/base
        Where an order of the bar before is filled: the open, or, without one, the close.
    at_open : bool
        Which of the two.
    high, low, close : array, shape (n,), quote/base
    known : array, shape (n,), quote/base
        The last close that is known: what a position is marked at.
    paid : array, shape (n,), quote per coin
        Funding of the bar times the mark price; 0 where it is not known.
    unknown, unpaid : array of bool, shape (n,)
        Bars without a close; bars whose funding is not known.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self.at_open = "open" in frame.columns
        self.close, self.high, self.low = (frame[name].to_numpy() for name in ("close", "high", "low"))
        self.fill = frame["open"].to_numpy() if self.at_open else self.close
        self.known = frame["close"].ffill().to_numpy()
        self.unknown = np.isnan(self.close)
        mark = frame["mark_price"].to_numpy() if "mark_price" in frame.columns else self.close
        rate = frame["funding_rate"].to_numpy()
        owed = np.where(rate == 0.0, 0.0, rate * np.where(np.isnan(mark), self.known, mark))
        self.unpaid = np.isnan(owed)
        self.paid = np.where(self.unpaid, 0.0, owed)

    def __len__(self) -> int:
        """Return the number of bars."""
        return len(self.close)


class Trade(NamedTuple):
    """A position that is over. Bars are counted from 0; money is in quote units.

    `entry` and `exit` are the bars of the fills. `held` counts the bars it was open in, and the
    account's worth at the end of bar ``entry + i`` is the balance before plus ``worth[i]``, as long as it
    is open. `profit` is of the price alone; what is left of it is `net`.
    """

    side: int
    entry: int
    entry_price: float
    quantity: float
    margin: float
    liquidation_price: float
    exit: int
    exit_price: float
    why: Why
    held: int
    fees: float
    funding_paid: float
    profit: float
    worth: Floats

    @property
    def net(self) -> float:
        """Return the gain of the account: profit less fees and funding."""
        return self.profit - self.fees - self.funding_paid


def liquidation_prices(steps: Ladder, side: int, entry: float, quantity: float, margin: Floats) -> Floats:
    """Return the position's liquidation price for each of these margins.

    Notes
    -----
    PERF: the formula of `oikit.margin.liquidation_price`, which checks its table each time; random
    entries call this thousands of times. A test asserts that the two agree.
    """
    free = side * entry * quantity - margin[:, None] - steps.deductions
    prices = free / (quantity * (side - steps.rates))
    reached = prices.max(axis=1) if side > 0 else prices.min(axis=1)
    return np.asarray(np.maximum(reached, 0.0))


def notional_of(spec: Specification, balance: float) -> float:
    """Return the notional that the size cap allows at this balance, in quote units.

    Like `oikit.risk.position_size`; without a stop, the reading ``"risk"`` equals ``"margin"``, as a
    liquidation takes all of it.
    """
    if spec.cap_reading == "risk" and spec.stop is not None:
        return spec.cap * balance / spec.stop
    return spec.cap * balance * (1.0 if spec.cap_reading == "notional" else spec.leverage)


def quantity_of(
    spec: Specification, side: int, balance: float, price: float, *, steps: Ladder, lot: float | None
) -> float | str:
    """Return the quantity to open at this price, or the reason for none."""
    if balance <= 0:
        return "the account was empty"
    quantity = notional_of(spec, balance) / price
    if lot is not None:
        quantity = np.floor(quantity / lot * (1 + 1e-12)) * lot
    notional = quantity * price
    if quantity <= 0:
        return "the size was less than one lot"
    if notional / spec.leverage + spec.fee_rate * notional > balance * (1 + 1e-12):
        return "the account did not hold the margin and the fee"
    if notional > steps.caps[-1] or spec.leverage > steps.leverages[np.searchsorted(steps.caps, notional)]:
        return "the tier of the position did not allow the leverage"
    if spec.stop is not None:
        margin = np.array([notional / spec.leverage])
        forced = float(liquidation_prices(steps, side, price, quantity, margin)[0])
        if side * forced >= side * price * (1 - side * spec.stop):
            return "its liquidation came before its stop"
    return float(quantity)


def trade(
    bars: Bars,
    spec: Specification,
    side: int,
    entry: int,
    quantity: float,
    *,
    leave: int,
    why: Why,
    steps: Ladder,
) -> Trade:
    """Follow a position that was filled in bar `entry`, until it ends."""
    price = float(bars.fill[entry])
    margin = quantity * price / spec.leverage
    while leave < len(bars) and np.isnan(bars.fill[leave]):
        leave += 1
    first = entry if bars.at_open else entry + 1  # the first bar whose path it lives through
    last = min(leave, len(bars) - 1)
    span = slice(first, last + 1)
    # Paid at the end of a bar, so the margin of a bar knows the payments of the bars before.
    owed = side * quantity * np.cumsum(bars.paid[span])
    before = np.concatenate([[0.0], owed])[: len(owed)]
    forced = liquidation_prices(steps, side, price, quantity, margin - before)
    at = liquidation_prices(steps, side, price, quantity, np.array([margin]))[0]
    stop = -np.inf * side if spec.stop is None else price * (1 - side * spec.stop)

    opening = bars.fill[span] if bars.at_open else np.full(len(owed), np.nan)
    worst = (
        np.fmin(bars.low[span], bars.close[span]) if side > 0 else np.fmax(bars.high[span], bars.close[span])
    )
    if bars.at_open and leave < len(bars):
        worst[-1] = opening[-1]  # it leaves at the open, whatever comes after
    worst = np.fmin(worst, opening) if side > 0 else np.fmax(worst, opening)
    touched = (side * worst < side * forced) | (side * worst <= side * stop)
    if bars.at_open and leave < len(bars):
        touched[-1] = side * opening[-1] < side * forced[-1]

    if touched.any():
        i = int(np.argmax(touched))
        where, reason = _end(side, opening[i], worst[i], forced[i], stop)
        end, paid = first + i, float(before[i])
    elif leave < len(bars):
        end, where, reason = leave, float(bars.fill[leave]), why
        paid = float(before[-1] if bars.at_open else owed[-1])
    else:
        end, where, reason, paid = last, float(bars.known[last]), "end", float(owed[-1])
    kept = margin - paid
    profit = side * quantity * (where - price)
    fees = spec.fee_rate * quantity * price
    if reason == "liquidation":
        left = max(0.0, kept + profit) if spec.liquidation_fee_rate is not None else 0.0
        taken = min(left, (spec.liquidation_fee_rate or 0.0) * quantity * where)
        profit, fees = left - kept, fees + taken
        where = price + side * profit / quantity
    else:
        fees += spec.fee_rate * quantity * where
    marks = slice(entry, end)
    funded = np.concatenate([np.zeros(first - entry), owed])[: end - entry]
    worth = side * quantity * (bars.known[marks] - price) - funded - spec.fee_rate * quantity * price
    # Closed at an open, it was not in that bar; stopped in a bar, it was.
    held = max(1, end - entry + (bars.at_open and reason not in ("reversal", "time")))
    return Trade(
        side, entry, price, quantity, margin, float(at), end, where, reason, held, fees, paid, profit, worth
    )


def _end(side: int, opening: float, worst: float, forced: float, stop: float) -> tuple[float, Why]:
    """Return the exit price and the reason, for a bar that touched the stop or the liquidation price."""
    if side * opening < side * forced:
        return float(opening), "liquidation"
    if side * opening <= side * stop:
        return float(opening), "stop"
    if side * worst <= side * stop and side * stop >= side * forced:
        return float(stop), "stop"
    return float(forced), "liquidation"
