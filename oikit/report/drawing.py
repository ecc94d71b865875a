"""The pictures of the page as SVG, from the facts alone: classes and no colours, words as text.

The style sheet gives the colours, so the dark page and paper need no second picture; no script draws.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from oikit.formatting import minus, percent
from oikit.report.fact import day, text

WIDTH, HEIGHT = 360, 264
_LEFT, _RIGHT = 46.0, 292.0
_SPARK, _SPARK_HEIGHT, _RAIL = 164, 34, 10

Of = Mapping[str, dict[str, Any]]
"""Facts by id."""

Point = tuple[float, float]


def numbers(line: str) -> list[float]:
    """Read a line as the facts keep it; a gap is NaN."""
    return [math.nan if each == "-" else float(each) for each in line.split()]


def spark(line: str, place: float | None) -> str:
    """Draw a measure over its window, and below it where the last value stands among all of them."""
    values = numbers(line)
    known = [value for value in values if math.isfinite(value)]
    inner = ""
    if len(known) > 1:
        low, span = min(known), (max(known) - min(known)) or 1.0
        dots = [
            (2 + (_SPARK - 8) * n / (len(values) - 1), 3 + (_SPARK_HEIGHT - 6) * (1 - (value - low) / span))
            for n, value in enumerate(values)
        ]
        inner = _path(dots, "ln") + _dot(dots[-1], "dot", 2.6)
    drawn = _svg(_SPARK, _SPARK_HEIGHT, inner, "spark")
    if place is None:
        return drawn
    reach = _SPARK - 6
    rail = f'<path class="rail" d="M3 5H{_SPARK - 3}"/>'
    rail += f'<path class="mid" d="M{3 + 0.2 * reach:.1f} 5H{3 + 0.8 * reach:.1f}"/>'
    return drawn + _svg(_SPARK, _RAIL, rail + _dot((3 + place * reach, 5), "dot", 3.6), "place")


def lines(front: Mapping[str, Any], of: Of, days: Sequence[str], says: str) -> str:
    """Draw price and open interest under each other, with the week shaded."""
    told = front["lines"]
    start = _RIGHT - (_RIGHT - _LEFT) / told["weeks"]
    inner = f'<rect class="band" x="{start:.1f}" y="16" width="{_RIGHT - start:.1f}" height="224"/>'
    inner += _word((start + _RIGHT) / 2, 11, "this week", "ax", "middle")
    panels = (
        ("price", "Price, $", (34, 120), "price", "price_change"),
        ("open_interest", "Open interest, coins", (148, 234), "oi", "open_interest_change"),
    )
    for name, title, (top, bottom), look, moved in panels:
        values = numbers(told[name])
        inner += _word(0, top - 10, title, f"lab {look}")
        known = [value for value in values if math.isfinite(value)]
        if len(known) < 2:
            inner += _word(_LEFT, (top + bottom) / 2, "not known", "ax")
            continue
        low, high = min(known), max(known)
        room = 0.06 * ((high - low) or abs(high) or 1.0)
        low, high = low - room, high + room

        def y(
            value: float, low: float = low, high: float = high, top: int = top, bottom: int = bottom
        ) -> float:
            return bottom - (bottom - top) * (value - low) / (high - low)

        for tick in _ticks(low, high, 3):
            inner += f'<path class="grid" d="M{_LEFT} {y(tick):.1f}H{_RIGHT}"/>'
            inner += _word(_LEFT - 6, y(tick) + 4, _short(tick), "ax", "end")
        dots = [
            (_LEFT + (_RIGHT - _LEFT) * n / (len(values) - 1), y(value)) for n, value in enumerate(values)
        ]
        inner += _path(dots, f"l {look}")
        at = next(dot for dot in reversed(dots) if math.isfinite(dot[1]))
        inner += _dot(at, f"d {look}", 3.4)
        level = min(max(at[1], top + 4), bottom - 10)
        inner += _word(
            _RIGHT + 8, level + 2, _short(known[-1], "$" if name == "price" else ""), f"val {look}"
        )
        inner += _word(_RIGHT + 8, level + 16, text(of[moved], "change"), "ax")
    inner += f'<path class="axis" d="M{_LEFT} 240H{_RIGHT}"/>'
    inner += _word(_LEFT, 256, day(days[0]).split(" ", 1)[1], "ax")
    inner += _word(start, 256, day(days[1]).split(" ", 1)[1], "ax", "middle")
    return _svg(WIDTH, HEIGHT, inner, says=says)


def path(front: Mapping[str, Any], of: Of, trail: Sequence[Mapping[str, Any]], says: str) -> str:
    """Draw the week's path on the plane of price and open interest, from where it began."""
    steps: list[tuple[str, float, float]] = [("start", 0.0, 0.0)]
    for each in trail:
        price, coins = of[each["price"]]["value"], of[each["open_interest"]]["value"]
        if price is not None and coins is not None:
            steps.append((day(each["time"]).split(" ", 1)[0], 100 * price, 100 * coins))
    left, right, top, bottom = 40.0, 352.0, 22.0, 226.0
    spans = []
    for values in ([x for _, x, _ in steps], [y for _, _, y in steps]):
        low, high = min(values), max(values)
        room = 0.16 * ((high - low) or 1.0)
        spans.append((low - room, high + room))
    (x0, x1), (y0, y1) = spans

    def at(x: float, y: float) -> Point:
        return left + (right - left) * (x - x0) / (x1 - x0), bottom - (bottom - top) * (y - y0) / (y1 - y0)

    inner = _word(0, 10, "open interest, %", "ax") + _word(
        right, 262, "price since the week began, %", "ax", "end"
    )
    for tick in _ticks(x0, x1, 4):
        look = "zero" if tick == 0 else "grid"
        inner += f'<path class="{look}" d="M{at(tick, 0)[0]:.1f} {top}V{bottom}"/>'
        inner += _word(at(tick, 0)[0], bottom + 16, _signed(tick), "ax", "middle")
    for tick in _ticks(y0, y1, 4):
        look = "zero" if tick == 0 else "grid"
        inner += f'<path class="{look}" d="M{left} {at(0, tick)[1]:.1f}H{right}"/>'
        inner += _word(left - 6, at(0, tick)[1] + 4, _signed(tick), "ax", "end")
    dots = [at(x, y) for _, x, y in steps]
    corners = (
        ("new shorts", left + 4, top + 12, "start"),
        ("new longs", right - 2, top + 12, "end"),
        ("longs closing", left + 4, bottom - 6, "start"),
        ("short covering", right - 2, bottom - 6, "end"),
    )
    taken: list[Box] = []
    words = []
    for name, x, y, anchor in corners:
        taken.append(_box(x, y, name, anchor))
        words.append(_word(x, y, name, "quad halo", anchor))
    inner += "".join(words) + _path(dots, "l oi")
    for n, (x, y) in enumerate(dots):
        last = n == len(steps) - 1
        inner += _dot((x, y), "d oi" if last else "ring", 4.0 if last else 3.2)
    for n in reversed(range(len(steps))):
        spot = _spot(dots[n], steps[n][0], taken, dots)
        if spot is not None:
            x, y, anchor = spot
            taken.append(_box(x, y, steps[n][0], anchor))
            look = "lab strong" if n == len(steps) - 1 else "ax"
            inner += _word(x, y, steps[n][0], f"{look} halo", anchor)
    return _svg(WIDTH, HEIGHT, inner, says=says)


Box = tuple[float, float, float, float]


def _box(x: float, y: float, says: str, anchor: str) -> Box:
    wide = 6.6 * len(says)
    left = x if anchor == "start" else x - wide if anchor == "end" else x - wide / 2
    return left, y - 10, left + wide, y + 3


def _spot(
    dot: Point, says: str, taken: Sequence[Box], dots: Sequence[Point]
) -> tuple[float, float, str] | None:
    """Find a place beside a dot where its word covers no other word and no dot, and best no line."""
    x, y = dot
    places = (
        (x + 8, y + 4, "start"),
        (x - 8, y + 4, "end"),
        (x, y - 8, "middle"),
        (x, y + 17, "middle"),
        (x + 7, y - 7, "start"),
        (x - 7, y - 7, "end"),
        (x + 7, y + 15, "start"),
        (x - 7, y + 15, "end"),
    )
    lines = [
        (a[0] + (b[0] - a[0]) * n / 24, a[1] + (b[1] - a[1]) * n / 24)
        for a, b in itertools.pairwise(dots)
        for n in range(25)
    ]
    free = []
    for place in places:
        box = _box(*place[:2], says, place[2])
        within = box[0] >= 0 and box[2] <= WIDTH and box[1] >= 0
        clear = not any(_inside(box, each, 3) for each in dots if each != dot)
        if within and clear and not any(_overlap(box, each) for each in taken):
            free.append((sum(_inside(box, each, 1) for each in lines), place))
    return min(free, key=lambda each: each[0])[1] if free else None


def _inside(box: Box, dot: Point, room: float) -> bool:
    return box[0] - room < dot[0] < box[2] + room and box[1] - room < dot[1] < box[3] + room


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def bars(front: Mapping[str, Any], of: Of, says: str) -> str:
    """Draw what each day opened or closed, and beside it what was liquidated."""
    days = [
        (day(each["time"]).split(" ", 1)[0], of[each["dollars"]]["value"], of[each["liquidated"]]["value"])
        for each in front["days"]
    ]
    known = [value for _, net, forced in days for value in (net, -(forced or 0.0)) if value is not None]
    high, low = max([0.0, *known]), min([0.0, *known])
    reach = (high - low) or 1.0
    top, bottom = 38.0, 220.0
    zero = top + (bottom - top) * high / reach
    scale = (bottom - top) / reach
    size = 1e6 if max(high, -low) >= 1e6 else 1e3
    inner = ""
    step = WIDTH / max(len(days), 1)
    for n, (name, net, forced) in enumerate(days):
        x = n * step + 5
        inner += _word(n * step + step / 2, 256, name, "ax", "middle")
        if net is None:
            inner += _word(n * step + step / 2, zero - 6, "?", "ax", "middle")
            continue
        tall = abs(net) * scale
        inner += _bar(x, zero - tall if net > 0 else zero, 25, tall, "f oi")
        inner += _word(
            x + 12.5, zero - tall - 5 if net > 0 else zero + tall + 14, _in(net / size), "val oi", "middle"
        )
        if forced:
            inner += _bar(x + 28, zero, 9, forced * scale, "f ink")
    inner += f'<path class="zero" d="M0 {zero:.1f}H{WIDTH}"/>'
    unit = "million $" if size == 1e6 else "thousand $"
    inner += _bar(0, 2, 9, 9, "f oi") + _word(14, 11, f"opened or closed, {unit}", "ax")
    if any(forced for _, _, forced in days):
        inner += _bar(190, 2, 9, 9, "f ink") + _word(204, 11, "forced out, both sides", "ax")
    return _svg(WIDTH, HEIGHT, inner, says=says)


def shares(rates: Sequence[Mapping[str, Any]], of: Of, says: str) -> str:
    """Draw shares with their intervals, each beside the share of all weeks."""
    left, right, tall = 148.0, 330.0, 19.0
    inner, y = "", 0.0
    for outcome in dict.fromkeys(each["outcome"] for each in rates):
        group = [each for each in rates if each["outcome"] == outcome]
        inner += _word(0, y + 13, f"{group[0]['short']}", "lab strong")
        y += tall
        first = y
        for each in group:
            share, low, high = (of[each[kind]]["value"] for kind in ("share", "low", "high"))
            inner += _word(10, y + 13, each["condition"].replace("-", " "), "ax")
            if share is None:
                inner += _word(left, y + 13, "too few weeks", "ax")
            else:
                spots = [left + (right - left) * value for value in (low, share, high)]
                inner += f'<path class="ci" d="M{spots[0]:.1f} {y + 9}H{spots[2]:.1f}"/>'
                inner += _dot((spots[1], y + 9), "dot", 4)
            y += tall
        if (base := of[group[0]["base"]]["value"]) is not None:
            x = left + (right - left) * base
            inner += f'<path class="base" d="M{x:.1f} {first}V{y}"/>'
        y += 6
    for share in (0, 0.5, 1):
        inner += _word(left + (right - left) * share, y + 12, percent(share, 0), "ax", "middle")
    return _svg(WIDTH, round(y + 18), inner, says=says)


def _svg(width: float, height: float, inner: str, look: str = "", says: str = "") -> str:
    about = f'role="img" aria-label="{escape(says)}"' if says else 'aria-hidden="true"'
    kind = f' class="{look}"' if look else ""
    return f'<svg viewBox="0 0 {width} {height}"{kind} {about}>{inner}</svg>'


def _path(dots: Sequence[Point], look: str) -> str:
    drawn, open_ = [], False
    for x, y in dots:
        if math.isfinite(y):
            drawn.append(f"{'L' if open_ else 'M'}{x:.1f} {y:.1f}")
        open_ = math.isfinite(y)
    return f'<path class="{look}" d="{"".join(drawn)}"/>'


def _dot(at: Point, look: str, size: float) -> str:
    if not math.isfinite(at[1]):
        return ""
    return f'<circle class="{look}" cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{size}"/>'


def _bar(x: float, y: float, width: float, height: float, look: str) -> str:
    return f'<rect class="{look}" x="{x:.1f}" y="{y:.1f}" width="{width}" height="{max(height, 0.8):.1f}"/>'


def _word(x: float, y: float, says: str, look: str, anchor: str = "start") -> str:
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text class="{look}" x="{x:.1f}" y="{y:.1f}"{where}>{escape(says)}</text>'


def _ticks(low: float, high: float, count: int) -> list[float]:
    """Return round numbers inside a span, about so many."""
    raw = (high - low) / count
    size = 10.0 ** math.floor(math.log10(raw))
    step = next(size * each for each in (1, 2, 2.5, 5, 10) if size * each >= raw)
    first = math.ceil(low / step)
    return [round(n * step, 12) for n in range(first, int(np.floor(high / step)) + 1)]


def _short(value: float, unit: str = "") -> str:
    """Write a number in the room beside an axis."""
    for size, letter in ((1e9, "bn"), (1e6, "m"), (1e4, "k")):
        if abs(value) >= size:
            return minus(f"{unit}{value / (1e3 if letter == 'k' else size):,.4g}{letter}")
    return minus(f"{unit}{value:,.0f}" if abs(value) >= 100 else f"{unit}{value:.4g}")


def _signed(value: float) -> str:
    return minus(f"{value:+g}") if value else "0"


def _in(shown: float) -> str:
    return minus(f"{shown:+,.0f}" if abs(shown) >= 10 else f"{shown:+.1f}")
