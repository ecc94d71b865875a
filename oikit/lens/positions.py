"""Variables that only a perpetual has: funding, open interest, and how the crowds lean."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from oikit.lens.graph import (
    Node,
    change,
    correlation,
    each,
    field,
    flag,
    held,
    highest,
    lag,
    log,
    lowest,
    mean,
    percentile,
    root,
    score,
    streak,
    total,
)
from oikit.lens.market import NET_TAKEN, PRICE, VOLUME
from oikit.lens.scale import DAY, MINUTES, Line, Scale

COINS, PREMIUM = log(field("open_interest")), field("premium")


def funding(w: Scale) -> Iterator[Line]:
    """Read the premium and what it made longs pay."""
    bar, paid, hours = change(PREMIUM, 1), field("funding_rate"), field("funding_interval")
    interval = held(hours, hours, w.day)
    settled = held(paid, hours, w.day) * 8.0 / interval
    usual, rough = percentile(settled, w.yard), root(mean(bar * bar, w.long))
    positive = mean(flag(PREMIUM), w.long)
    year = total(paid, w.long) / (w.long / w.year)
    run = streak(settled, w.yard) * (w.minutes / 60)
    zero = 1.0 - mean(abs(each(np.sign, settled)), w.yard)
    since = (field(MINUTES) - held(field(MINUTES), hours, w.day)) / 60.0

    yield "premium", "fraction", "premium index, before the funding formula clamps it", PREMIUM
    yield "premium_mean", "fraction", "mean premium of {move}", mean(PREMIUM, w.move)
    yield "premium_change", "fraction", "change of the premium over {move}", change(PREMIUM, w.move)
    yield "premium_score", "robust sd", "premium against the {yard} before", score(PREMIUM, w.yard)
    yield "premium_percentile", "fraction", "premium within its {yard}", percentile(PREMIUM, w.yard)
    yield "premium_volatility", "fraction", "root mean square bar change of the premium over {long}", rough
    yield "premium_positive_share", "fraction", "share of {long} with a premium above zero", positive
    yield "funding", "per 8 h", "last rate settled within {day}, per 8 h by its own interval", settled
    yield "funding_interval", "hours", "hours that the last settlement within {day} pays for", interval
    yield "funding_apr", "per year", "funding paid over {long}, for a year", year
    yield "funding_percentile", "fraction", "funding within its {yard}, ties as halves", usual
    yield "funding_change", "per 8 h", "change of funding over {long}", change(settled, w.long)
    yield "funding_streak", "hours, signed", "how long funding has had its sign, up to {yard}; 0 at zero", run
    yield "funding_zero_share", "fraction", "share of {yard} in which funding was exactly zero", zero
    yield "premium_over_funding", "fraction", "premium less funding", PREMIUM - settled
    if w.minutes < DAY:
        yield "hours_since_settlement", "hours", "since funding was settled, within {day}", since


def open_interest(w: Scale) -> Iterator[Line]:
    """Read how many contracts are open, beside price, volume and funding."""
    coins, price = field("open_interest"), field("close")
    ratio = coins / field("circulating_supply")
    bar, velocity, long = (change(COINS, n) for n in (1, w.move, w.long))
    bar_return, price_move = change(PRICE, 1), change(PRICE, w.move)
    jump, move = score(velocity, w.yard), score(price_move, w.yard)
    rough = root(mean(bar * bar, w.long) * w.year)
    below, above = COINS - highest(COINS, w.yard), COINS - lowest(COINS, w.yard)
    straight = abs(long) / total(abs(bar), w.long)
    turnover, taken = total(VOLUME, w.long) / coins, total(NET_TAKEN, w.long) / coins
    price_then, coins_then = lag(price, w.long), lag(coins, w.long)
    dearer, more = (price - price_then) / price_then, (coins - coins_then) / coins_then
    then = lag(ratio, w.long)
    by_price, by_coins, by_both = then * dearer, then * more, then * dearer * more
    share = abs(more) / (abs(more) + abs(dearer))

    yield "oi_to_cap", "fraction", "coins in contracts over coins in circulation", ratio
    yield "oi_to_cap_percentile", "fraction", "oi_to_cap within its {yard}", percentile(ratio, w.yard)
    yield "velocity", "log change", "log change of open interest, in coins, over {move}", velocity
    yield "velocity_long", "log change", "log change of open interest, in coins, over {long}", long
    yield "velocity_score", "robust sd", "velocity against the {yard} before", jump
    yield "acceleration", "log change", "velocity less velocity {move} ago", change(velocity, w.move)
    yield "oi_volatility", "per year", "root mean square bar change of open interest over {long}", rough
    yield "oi_straightness", "fraction", "length of velocity_long over the way of its bars", straight
    yield "oi_below_high", "log change", "open interest over its highest of {yard}", below
    yield "oi_above_low", "log change", "open interest over its lowest of {yard}", above
    yield "turnover", "ratio", "volume of {long} over open interest", turnover
    yield "taker_flow_to_oi", "fraction", "takers' buys less sells of {long} over open interest", taken

    # The thresholds are those of `oikit.indicators.divergence`.
    loud, quiet = flag(jump - 2.0, at_zero=1.0), flag(0.5 - abs(move), at_zero=1.0)
    gap = jump - abs(move)
    yield "divergence", "0 or 1", "velocity_score >= 2 while price_move_score is within 0.5", loud * quiet
    yield "divergence_gap", "robust sd", "velocity_score less the length of price_move_score", gap

    # The names are a habit of the trade and no finding, as `oikit.indicators.quadrant` says.
    up, down, opened, closed = flag(price_move), flag(-price_move), flag(velocity), flag(-velocity)
    yield "new_longs", "0 or 1", "price up and open interest up over {move}", up * opened
    yield "short_covering", "0 or 1", "price up and open interest down over {move}", up * closed
    yield "new_shorts", "0 or 1", "price down and open interest up over {move}", down * opened
    yield "long_liquidation", "0 or 1", "price down and open interest down over {move}", down * closed
    both, against = mean(flag(bar_return) * flag(bar), w.long), mean(flag(-bar_return) * flag(bar), w.long)
    yield "new_longs_share", "fraction", "share of the bars of {long} with price and coins up", both
    yield "new_shorts_share", "fraction", "share of the bars of {long} with price down, coins up", against

    yield "price_part", "fraction", "old coins at the price change of {long}, of market cap then", by_price
    yield "position_part", "fraction", "change of coins over {long} at the old price, of cap then", by_coins
    yield "cross_part", "fraction", "change of coins at the price change of {long}, of cap then", by_both
    yield "position_share", "fraction", "length of position_part over that of both parts", share
    with_price, rich = (correlation(bar, of, w.long) for of in (bar_return, change(PREMIUM, 1)))
    yield "oi_price_correlation", "-1 to 1", "bar changes of coins with those of price, {long}", with_price
    yield "oi_premium_correlation", "-1 to 1", "bar changes of coins with those of premium, {long}", rich
    heat = jump * score(PREMIUM, w.yard)
    yield "velocity_times_premium", "product of scores", "velocity_score times premium_score", heat


def crowds(w: Scale) -> Iterator[Line]:
    """Read how accounts, top accounts and takers lean, beside all the rest."""
    accounts, heads, sizes = (field(f"{of}_ratio") for of in ("long_short", "top_account", "top_position"))
    crowd, tops, money = _lean(accounts), _lean(heads), _lean(sizes)
    takers = total(NET_TAKEN, w.long) / total(VOLUME, w.long)
    apart = log(sizes) - log(accounts)
    spread = _of_three(np.maximum, crowd, money, takers) - _of_three(np.minimum, crowd, money, takers)
    vote = (each(np.sign, crowd) + each(np.sign, money) + each(np.sign, takers)) / 3.0
    turn, odd = change(money, w.move), percentile(money, w.yard)
    parting, rare = change(apart, w.move), percentile(apart, w.yard)
    unusual = percentile(crowd, w.yard)
    against = correlation(change(crowd, 1), change(PRICE, 1), w.long)

    yield "crowd_lean", "-1 to 1", "longs less shorts, of all accounts by heads", crowd
    yield "crowd_lean_change", "-2 to 2", "change of crowd_lean over {move}", change(crowd, w.move)
    yield "crowd_lean_percentile", "fraction", "crowd_lean within its {yard}", unusual
    yield "top_account_lean", "-1 to 1", "longs less shorts, of top accounts by heads", tops
    yield "top_position_lean", "-1 to 1", "longs less shorts, of top accounts by size of position", money
    yield "top_position_lean_change", "-2 to 2", "change of top_position_lean over {move}", turn
    yield "top_position_lean_percentile", "fraction", "top_position_lean within its {yard}", odd
    yield "top_minus_crowd", "log ratio", "ratio of top positions over ratio of all accounts", apart
    yield "top_minus_crowd_change", "log ratio", "change of top_minus_crowd over {move}", parting
    yield "top_minus_crowd_percentile", "fraction", "top_minus_crowd within its {yard}", rare
    yield "size_minus_heads", "log ratio", "top positions' ratio over top accounts'", log(sizes) - log(heads)
    yield "crowds_spread", "0 to 2", "most less least lean: accounts, top positions, takers of {long}", spread
    yield "crowds_agreement", "-1 to 1", "mean sign of lean: accounts, top positions, takers of {long}", vote
    contrast = unusual - percentile(PREMIUM, w.yard)
    yield "crowd_over_premium", "fraction", "crowd_lean_percentile less premium_percentile", contrast
    yield "crowd_price_correlation", "-1 to 1", "bar changes of crowd_lean with returns, {long}", against


def _lean(ratio: Node) -> Node:
    """`oikit.indicators.asymmetry`, step by step as there."""
    share = ratio / (1.0 + ratio)
    return share + share - 1.0


def _of_three(pick: np.ufunc, one: Node, other: Node, third: Node) -> Node:
    return each(pick, each(pick, one, other), third)
