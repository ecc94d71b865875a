"""Variables that any market has: the calendar, the price, the volume."""

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
    highest,
    log,
    lowest,
    mean,
    percentile,
    root,
    score,
    total,
)
from oikit.lens.scale import DAY, MINUTES, Line, Scale

PRICE = log(field("close"))
VOLUME = field("volume")
NET_TAKEN = field("taker_buy_volume") * 2.0 - VOLUME
"""Takers' buys less their sells: what was not bought by a taker was sold by one."""


def calendar(w: Scale) -> Iterator[Line]:
    """Read the time alone: the moment at which the bar ends."""

    def circle(wave: np.ufunc, period: float) -> Node:
        return each(wave, field(MINUTES) * (2 * np.pi / period))

    since_saturday = each(np.mod, field(MINUTES), 7.0 * DAY) - 5.0 * DAY

    if w.minutes < DAY:
        yield "hour_sine", "-1 to 1", "sine of the time of day, UTC", circle(np.sin, DAY)
        yield "hour_cosine", "-1 to 1", "cosine of the time of day, UTC", circle(np.cos, DAY)
    yield "weekday_sine", "-1 to 1", "sine of the time since Monday 00:00 UTC", circle(np.sin, 7 * DAY)
    yield "weekday_cosine", "-1 to 1", "cosine of the time since Monday 00:00 UTC", circle(np.cos, 7 * DAY)
    yield "weekend", "0 or 1", "1 from Saturday 00:00 UTC until Monday", flag(since_saturday, at_zero=1.0)


def price(w: Scale) -> Iterator[Line]:
    """Read the traded price, beside the time."""
    bar, move, long = (change(PRICE, n) for n in (1, w.move, w.long))
    fall = each(np.minimum, bar, 0.0)
    variance = mean(bar * bar, w.long)
    calm = root(mean(bar * bar, w.move) / variance)
    span = log(highest(field("high"), w.move) / lowest(field("low"), w.move))
    high, low = highest(field("high"), w.long), lowest(field("low"), w.long)
    falls = total(fall * fall, w.long) / total(bar * bar, w.long)
    below = PRICE - highest(PRICE, w.yard)

    yield "price_move", "log change", "log change of the close over {move}", move
    yield "price_move_long", "log change", "log change of the close over {long}", long
    yield "price_move_score", "robust sd", "price_move against the {yard} before", score(move, w.yard)
    yield "volatility", "per year", "root mean square of bar returns over {long}", root(variance * w.year)
    yield "volatility_ratio", "ratio", "root mean square of bar returns, of {move} over {long}", calm
    yield "volatility_percentile", "fraction", "volatility within its {yard}", percentile(variance, w.yard)
    yield "price_range", "log change", "highest high over lowest low of {move}", span
    yield "price_range_percentile", "fraction", "price_range within its {yard}", percentile(span, w.yard)
    place = (field("close") - low) / (high - low)
    yield "price_position", "fraction", "where the close is between low (0) and high (1) of {long}", place
    yield "price_below_high", "log change", "close over the highest close of {yard}", below
    yield "falling_share", "fraction", "share of falls in the squared bar returns of {long}", falls
    straight = abs(long) / total(abs(bar), w.long)
    yield "price_straightness", "fraction", "length of price_move_long over the way of its bars", straight


def volume(w: Scale) -> Iterator[Line]:
    """Read how much was traded, and who crossed the spread."""
    bar, traded = change(PRICE, 1), total(VOLUME, w.move)
    surge = log(mean(VOLUME, w.move) / mean(VOLUME, w.yard))
    rising = total(VOLUME * flag(bar), w.long) / total(VOLUME, w.long)
    imbalance = total(NET_TAKEN, w.move) / traded
    long = total(NET_TAKEN, w.long) / total(VOLUME, w.long)
    unusual = percentile(imbalance, w.yard)
    follow = correlation(bar, NET_TAKEN, w.long)

    yield "volume_surge", "log ratio", "volume of a bar, mean of {move} over mean of {yard}", surge
    yield "volume_percentile", "fraction", "volume of {move} within its {yard}", percentile(traded, w.yard)
    yield "rising_volume_share", "fraction", "share of {long}'s volume in bars that closed higher", rising
    yield "taker_imbalance", "-1 to 1", "takers' buys less sells over all volume, of {move}", imbalance
    yield "taker_imbalance_long", "-1 to 1", "takers' buys less sells over all volume, of {long}", long
    yield "taker_imbalance_percentile", "fraction", "taker_imbalance within its {yard}", unusual
    yield "taker_price_correlation", "-1 to 1", "bar returns with takers' net buys, over {long}", follow
