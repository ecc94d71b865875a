"""Levels and changes of the week: price, open interest, its share of all coins, positioning."""

from __future__ import annotations

import pandas as pd

from oikit.indicators import long_share, oi_to_cap, price_and_position_parts
from oikit.report.book import Book, Column

CROWDS = {
    "long_short_ratio": ("long_share_accounts", "long share of all accounts with a position (heads)"),
    "top_account_ratio": ("long_share_top_accounts", "long share of the venue's top accounts (heads)"),
    "top_position_ratio": ("long_share_top_positions", "long share of what the top accounts hold (coins)"),
}
"""Column: the fact that is made of it, and what that is."""

_PARTS = {
    "change": ("dollar_change", "open interest in dollars: change over the week"),
    "price_part": ("dollar_change_price_part", "of that change: old coins at the change of price"),
    "position_part": ("dollar_change_position_part", "of that change: the change of coins at the old price"),
    "cross_part": ("dollar_change_cross_part", "of that change: the change of coins at the change of price"),
}


def collect_levels(book: Book) -> None:
    """Price, open interest in coins and dollars, and its share of all coins."""
    price, coins = book.column("close"), book.column("open_interest")
    book.level("price", price, "dollars per coin", "price", "last traded price at the end of the week")
    book.change("price_change", price, "price", "price: change over the week")
    label = "open interest in coins, one side, at the end of the week"
    book.level("open_interest", coins, "coins", "open_interest", label, placed=True)
    label = "open interest in coins: change over the week"
    book.change("open_interest_change", coins, "open_interest", label)
    _dollars(book)
    share = share_of_coins(book)
    label = "coins in open contracts over coins in circulation, at the end of the week"
    book.level("oi_to_cap", share, "fraction", "oi_to_cap", label, placed=True)
    label = "open interest over supply: change over the week"
    book.change("oi_to_cap_change", share, "oi_to_cap", label)


def share_of_coins(book: Book) -> Column:
    """Open interest over circulating supply, or why there is none."""
    coins, supply = book.column("open_interest"), book.column("circulating_supply")
    if isinstance(coins, str) or isinstance(supply, str):
        return coins if isinstance(coins, str) else supply
    return oi_to_cap(coins, supply)


def collect_crowds(book: Book) -> None:
    """The long share of three crowds."""
    for name, (fact, label) in CROWDS.items():
        share = book.column(name, long_share)
        book.level(fact, share, "fraction", fact, f"{label}, at the end of the week", placed=True)
        book.change(f"{fact}_change", share, fact, f"{label}: change over the week", points=True)


def _dollars(book: Book) -> None:
    value, coins = book.column("open_interest_value"), book.column("open_interest")
    label = "open interest at the mark price, in dollars, at the end of the week"
    book.level("open_interest_value", value, "dollars", "open_interest_value", label)
    reason = "the bars at the two ends of the week are not both known"
    found: pd.Series | None = None
    times: list[pd.Timestamp] = []
    if isinstance(value, str) or isinstance(coins, str):
        reason = value if isinstance(value, str) else str(coins)
    else:
        both = pd.DataFrame({"value": value, "coins": coins}).dropna()
        ends = book.ends(both["value"])
        if len(ends):
            coins, times = both.loc[ends.index, "coins"], list(ends.index)
            found = price_and_position_parts(coins, ends / coins, 1).iloc[-1]
    for part, (fact, label) in _PARTS.items():
        number = None if found is None else float(found[part])
        book.add(fact, number, "dollars", "dollar_change", label, times, unknown=reason)
