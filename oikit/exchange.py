"""A toy exchange, small enough to read: why longs equal shorts, and what happens when margin runs out.

One contract, whole contracts, one price that everybody sees. Money is kept in exact fractions, so
the two laws of the house hold to the last digit, and are checked before and after every step:

* every contract has a long and a short: **long = short = open interest**;
* money only moves: **profits and losses of all accounts and of the insurance fund add up to 0**.

What a step of the price does, in this order:

1. Accounts whose equity is below the maintenance margin are liquidated, the weakest first. The
   exchange takes the position over at its **bankruptcy price** (the account ends with nothing).
2. It sells what it took over to the orders waiting in the book, at the mark price. The **insurance
   fund** keeps or pays the difference to the bankruptcy price.
3. What the book cannot take, or the fund cannot pay, is closed against the other side at the
   bankruptcy price, best ranked first: **auto-deleveraging**. It always suffices, as long = short.
4. Waiting orders that the new price allows are matched, first come, first served.

Simplified on purpose: no fees, no funding, whole positions are liquidated at once, all trades
happen at the mark price, and what is left of a liquidated margin goes to the fund. What a large
liquidation does to the price itself is in `oikit.cascade`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, NamedTuple

import pandas as pd

from oikit.errors import InputError
from oikit.margin import adl_score
from oikit.margin.checks import Side, checked, whole

__all__ = ["Account", "Event", "Exchange", "Order"]

What = Literal["trade", "liquidation", "deleveraging", "cancelled"]
Maintenance = Callable[[int, Fraction], Fraction]


@dataclass(slots=True)
class Account:
    """One participant. ``cash`` is what would be left if the position were worth nothing."""

    name: str
    leverage: Fraction
    deposited: Fraction
    cash: Fraction
    position: int = 0
    entry_value: Fraction = Fraction(0)

    def equity(self, price: Fraction) -> Fraction:
        """Return the account's value at this price, in quote units."""
        return self.cash + self.position * price

    def take(self, contracts: int, price: Fraction) -> None:
        """Buy (or, below 0, sell) at this price; the entry is the average of what is still open."""
        before, value = self.position, contracts * price
        self.position += contracts
        self.cash -= value
        if before * contracts >= 0:
            self.entry_value += value
        elif abs(contracts) <= abs(before):
            self.entry_value *= Fraction(self.position, before)
        else:
            self.entry_value = self.position * price


@dataclass(slots=True)
class Order:
    """Contracts somebody wants (above 0: to buy) once the price allows it."""

    name: str
    contracts: int
    limit: Fraction | None

    def allowed(self, price: Fraction) -> bool:
        """Return whether the limit allows this price."""
        return self.limit is None or (self.limit - price) * self.contracts >= 0


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    Attributes
    ----------
    step : int
        0 before the first step of the price.
    what : {"trade", "liquidation", "deleveraging", "cancelled"}
    name : str
        Whose: the liquidated account, the buyer of a trade, the owner of a cancelled order.
    side : {"long", "short"}
        The position that was closed by force; of a trade or an order, the buyer's or owner's side.
    contracts : int
    price : float
        The mark price; of a deleveraging, the bankruptcy price.
    other : str
        Who took the other side.
    fund : float
        What the insurance fund gained (below 0: paid).
    """

    step: int
    what: What
    name: str
    side: Side
    contracts: int
    price: float
    other: str = ""
    fund: float = 0.0


class Books(NamedTuple):
    """The exact totals that the exchange's two invariants are checked on."""

    long: int
    short: int
    profit: Fraction
    fund_change: Fraction


class Exchange:
    """Accounts, a book of waiting orders, a mark price, and an insurance fund.

    Parameters
    ----------
    price : float, quote/base
        The first mark price.
    maintenance : float or callable
        The maintenance margin rate, charged on the notional at the mark price; or a function of
        contracts and price that gives the margin in quote units.
    fund : float, quote
        What the insurance fund begins with.

    Raises
    ------
    InputError
        If a number is impossible.

    Examples
    --------
    >>> venue = Exchange(100, maintenance=0.01)
    >>> venue.open_account("Ann", 10, leverage=10)
    >>> venue.open_account("Bob", 50, leverage=2)
    >>> [venue.buy("Ann", 1), venue.sell("Bob", 1)][1][0].what, venue.open_interest
    ('trade', 1)
    >>> venue.step(90)[0].what, venue.open_interest
    ('deleveraging', 0)
    """

    def __init__(self, price: float, *, maintenance: float | Maintenance, fund: float = 0.0) -> None:
        self.price = _exact(price, "price", "positive")
        self.fund = self._first_fund = _exact(fund, "fund", "not negative")
        self.accounts: dict[str, Account] = {}
        self.orders: list[Order] = []
        self.events: list[Event] = []
        self.steps = 0
        if callable(maintenance):
            self._rule = maintenance
        else:
            rate = _exact(maintenance, "maintenance", "share")
            self._rule = lambda contracts, price: rate * contracts * price

    def open_account(self, name: str, deposit: float, *, leverage: float) -> None:
        """Open an account with a deposit.

        Parameters
        ----------
        name : str
        deposit : float, quote
        leverage : float, ×
            The most that the account may hold when it trades: notional over equity.

        Raises
        ------
        InputError
            If the name is taken or a number is impossible.
        """
        if name in self.accounts:
            raise InputError(f"there is an account {name!r} already; take another name")
        money = _exact(deposit, "deposit", "positive")
        self.accounts[name] = Account(name, _exact(leverage, "leverage", "positive"), money, money)

    def buy(self, name: str, contracts: int, *, limit: float | None = None) -> list[Event]:
        """Order to buy; what finds no seller waits in the book. See `sell`."""
        return self._order(name, whole(contracts, "contracts"), limit)

    def sell(self, name: str, contracts: int, *, limit: float | None = None) -> list[Event]:
        """Order to sell; what finds no buyer waits in the book.

        Parameters
        ----------
        name : str
        contracts : int
        limit : float, optional, quote/base
            The order waits until the mark price is at the limit or better.

        Returns
        -------
        list of Event
            What happened at once.

        Raises
        ------
        InputError
            If there is no such account, or its equity does not carry the position at this price.
        """
        return self._order(name, -whole(contracts, "contracts"), limit)

    def step(self, price: float) -> list[Event]:
        """Move the mark price, and let everything happen that follows from it.

        Parameters
        ----------
        price : float, quote/base

        Returns
        -------
        list of Event
            In the order of the module's description.
        """
        self._check()
        since = len(self.events)
        self.price = _exact(price, "price", "positive")
        self.steps += 1
        while weak := [account for account in self.accounts.values() if self._margin_ratio(account) > 1]:
            self._liquidate(max(weak, key=self._margin_ratio))
        self._match()
        self._check()
        return self.events[since:]

    @property
    def open_interest(self) -> int:
        """Contracts that are open: the longs, which are the shorts."""
        return self.books().long

    def books(self) -> Books:
        """The four numbers of the two laws, exactly."""
        positions = [account.position for account in self.accounts.values()]
        profit = sum((a.equity(self.price) - a.deposited for a in self.accounts.values()), Fraction(0))
        long = sum(p for p in positions if p > 0)
        return Books(long, -sum(p for p in positions if p < 0), profit, self.fund - self._first_fund)

    def table(self) -> pd.DataFrame:
        """Return every account's position, equity and profit.

        Returns
        -------
        DataFrame, one row per account
            ``position`` (contracts, below 0: short), ``entry_price``, ``equity``,
            ``maintenance_margin`` and ``profit`` in quote units.
        """
        rows = {
            account.name: {
                "position": account.position,
                "entry_price": float(account.entry_value / account.position)
                if account.position
                else math.nan,
                "equity": float(account.equity(self.price)),
                "maintenance_margin": float(self._held(account)),
                "profit": float(account.equity(self.price) - account.deposited),
            }
            for account in self.accounts.values()
        }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("name")

    def _held(self, account: Account) -> Fraction:
        return self._rule(abs(account.position), self.price)

    def _margin_ratio(self, account: Account) -> float | Fraction:
        """Maintenance margin over equity; above 1 is liquidation."""
        held, equity = self._held(account), account.equity(self.price)
        if not account.position or equity == held:
            return 1 if account.position else 0
        # An equity of 0 or less is beyond any ratio; the deeper, the weaker.
        return held / equity if equity > 0 else math.inf

    def _carries(self, account: Account, position: int) -> bool:
        """Return whether an account can carry this position; closing is always allowed."""
        if position * account.position >= 0 and abs(position) <= abs(account.position):
            return True
        equity = account.equity(self.price)
        initial = abs(position) * self.price / account.leverage
        return equity >= max(initial, self._rule(abs(position), self.price))

    def _order(self, name: str, contracts: int, limit: float | None) -> list[Event]:
        self._check()
        account = self.accounts.get(name)
        if account is None:
            raise InputError(f"there is no account {name!r}; there are {', '.join(self.accounts) or 'none'}")
        if not self._carries(account, account.position + contracts):
            raise InputError(
                f"{name} has {float(account.equity(self.price)):,.2f} and may not hold "
                f"{account.position + contracts} contracts at {float(self.price):g} with "
                f"{float(account.leverage):g}x; order less, or deposit more"
            )
        since = len(self.events)
        self.orders.append(
            Order(name, contracts, None if limit is None else _exact(limit, "limit", "positive"))
        )
        self._match()
        self._check()
        return self.events[since:]

    def _match(self) -> None:
        for buy in [order for order in self.orders if order.contracts > 0]:
            for sell in [order for order in self.orders if order.contracts < 0]:
                if buy.name != sell.name and buy.allowed(self.price) and sell.allowed(self.price):
                    amount = min(self._fillable(buy), self._fillable(sell))
                    if amount:
                        self._trade(buy.name, sell.name, amount, self.price)
                        self._note("trade", buy.name, "long", amount, self.price, sell.name)
                        buy.contracts -= amount
                        sell.contracts += amount
        self.orders = [order for order in self.orders if order.contracts]

    def _fillable(self, order: Order) -> int:
        """Return how many contracts can be filled; cancel an order whose owner cannot carry it."""
        owner = self.accounts[order.name]
        if order.contracts and not self._carries(owner, owner.position + order.contracts):
            side: Side = "long" if order.contracts > 0 else "short"
            self._note("cancelled", owner.name, side, abs(order.contracts), self.price)
            order.contracts = 0
        return abs(order.contracts)

    def _trade(self, buyer: str, seller: str, amount: int, price: Fraction) -> None:
        self.accounts[buyer].take(amount, price)
        self.accounts[seller].take(-amount, price)

    def _liquidate(self, account: Account) -> None:
        self.orders = [order for order in self.orders if order.name != account.name]
        side: Side = "long" if account.position > 0 else "short"
        way = 1 if account.position > 0 else -1
        bankruptcy = -account.cash / account.position
        gain = way * (self.price - bankruptcy)  # of the fund, per contract sold to the book
        for order in self.orders:
            if not account.position or order.contracts * way <= 0 or not order.allowed(self.price):
                continue
            affordable = abs(account.position) if gain >= 0 else self.fund // -gain
            amount = int(min(abs(account.position), self._fillable(order), affordable))
            if amount:
                account.take(-way * amount, bankruptcy)
                self.accounts[order.name].take(way * amount, self.price)
                self.fund += amount * gain
                order.contracts -= way * amount
                self._note("liquidation", account.name, side, amount, self.price, order.name, amount * gain)
        self.orders = [order for order in self.orders if order.contracts]
        for winner in sorted(self.accounts.values(), key=self._rank, reverse=True):
            amount = min(abs(account.position), max(0, -way * winner.position))
            if amount:
                account.take(-way * amount, bankruptcy)
                winner.take(way * amount, bankruptcy)
                self._note("deleveraging", account.name, side, amount, bankruptcy, winner.name)

    def _rank(self, account: Account) -> Any:
        profit = account.position * self.price - account.entry_value
        equity = account.equity(self.price)
        ratio = self._held(account) / equity if equity > 0 else 0
        return adl_score(profit, equity - profit, ratio)

    def _note(
        self,
        what: What,
        name: str,
        side: Side,
        contracts: int,
        price: Fraction,
        other: str = "",
        fund: Fraction = Fraction(0),
    ) -> None:
        self.events.append(Event(self.steps, what, name, side, contracts, float(price), other, float(fund)))

    def _check(self) -> None:
        books = self.books()
        assert books.long == books.short, f"longs {books.long} and shorts {books.short} differ"
        assert books.profit + books.fund_change == 0, "money was made or lost on the way"


def _exact(value: Any, name: str, rule: Any) -> Fraction:
    """The number as it was typed: 0.1 is a tenth, not the nearest binary number."""
    checked(value, name, rule)
    return value if isinstance(value, Fraction) else Fraction(str(value))
