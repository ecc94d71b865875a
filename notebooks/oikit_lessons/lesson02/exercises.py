"""The exercises of lesson 02, open interest over market cap and thresholds.

Sources of the facts: the ratio counts coins on both sides, one side of each contract, as in
`oikit.indicators.oi_to_cap`; episodes are those of `oikit.claims.events.first_in_cluster`; the
interval is Wilson's, as in `oikit.stats.wilson`.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from oikit.errors import InputError
from oikit.learn.exercise import Exercise, Malrule, Property, plain

# --- 02.1 ---


def _coins(p: Any) -> float:
    return float(p.coins_a + p.value_b / p.price + p.both_sides_c / 2)


def _ratio_worked(p: Any) -> str:
    return (
        f"venue B holds {p.value_b:,} / {p.price} = {p.value_b / p.price:,.0f} coins, venue C "
        f"{p.both_sides_c:,} / 2 = {p.both_sides_c / 2:,.0f}; with A that is {_coins(p):,.0f} coins, over "
        f"{p.circulating_supply:,} in circulation: {_coins(p) / p.circulating_supply:.4f}."
    )


RATIO = Exercise(
    id="02.1",
    parts=("ratio_of_three",),
    given={
        "coins_a": (450_000, "coins, one side, on venue A"),
        "value_b": (156_000_000, "USDT, one side, on venue B"),
        "both_sides_c": (140_000, "coins, longs and shorts added up, on venue C"),
        "price": (520, "USDT"),
        "circulating_supply": (128_000_000, "coins in circulation"),
        "total_supply": (200_000_000, "coins that will ever exist"),
    },
    answer=lambda p: {"ratio_of_three": _coins(p) / p.circulating_supply},
    rules=(
        Malrule(
            "one-venue-only",
            "ratio_of_three",
            lambda p: p.coins_a / p.circulating_supply,
            "that is venue A alone, over the coins of the whole world. Who else has contracts open?",
        ),
        Malrule(
            "forgets-a-venue",
            "ratio_of_three",
            lambda p: (p.coins_a + p.value_b / p.price) / p.circulating_supply,
            "venues A and B are in it. Where are the contracts of venue C?",
        ),
        Malrule(
            "counts-both-sides",
            "ratio_of_three",
            lambda p: (p.coins_a + p.value_b / p.price + p.both_sides_c) / p.circulating_supply,
            "venue C adds longs and shorts. How many contracts is a long together with its short?",
        ),
        Malrule(
            "takes-the-total-supply",
            "ratio_of_three",
            lambda p: _coins(p) / p.total_supply,
            "you divide by coins of which some do not exist yet. Which supply does market cap count?",
        ),
        Malrule(
            "adds-dollars-to-coins",
            "ratio_of_three",
            lambda p: (p.coins_a + p.value_b + p.both_sides_c / 2) / p.circulating_supply,
            "dollars of venue B are added to coins. How many coins does venue B hold?",
        ),
        Malrule(
            "dollars-over-coins",
            "ratio_of_three",
            lambda p: _coins(p) * p.price / p.circulating_supply,
            "you divide dollars by coins, and the price is left over. Use one unit above and below.",
        ),
        Malrule(
            "coins-over-dollars",
            "ratio_of_three",
            lambda p: _coins(p) / (p.circulating_supply * p.price),
            "you divide coins by dollars, and the price is left over. Use one unit above and below.",
        ),
        Malrule(
            "upside-down",
            "ratio_of_three",
            lambda p: p.circulating_supply / _coins(p),
            "you divide supply by contracts. What is the share *of*?",
        ),
    ),
    hints=(
        "bring every venue to one side, in coins, before you add.",
        "dollars over price are coins; half of both sides is one side; then divide by coins in circulation.",
    ),
    worked=_ratio_worked,
    well="one unit, one side, all venues, and the coins that exist. Now you can compare two ratios.",
)


# --- 02.2 ---

Days = Sequence[bool]


def _stretches(seed: int = 2, count: int = 10) -> list[tuple[list[bool], int]]:
    """Days above a line, in clumps, each with how long to wait."""
    cases = [
        ([True, True, True, False, True], 3),
        ([False, True, True, True, True, True, True], 2),
        ([False, False], 3),
        ([True] * 10, 10),
    ]
    draw = random.Random(seed)
    for _ in range(count):
        above, days = False, []
        for _ in range(40):
            above = above if draw.random() < 0.75 else not above
            days.append(above)
        cases.append((days, draw.choice((3, 5, 7))))
    return cases


def _episodes(above: Days, wait: int) -> list[float]:
    """The days on which an episode begins."""
    starts: list[float] = []
    for day, high in enumerate(above):
        if high and (not starts or day >= starts[-1] + wait):
            starts.append(float(day))
    return starts


def _each(find: Callable[[Days, int], list[float]]) -> Callable[[Any], list[list[float]]]:
    return lambda _: [find(*case) for case in _stretches()]


def _begins(above: Days) -> list[float]:
    return [float(day) for day, high in enumerate(above) if high and not (day and above[day - 1])]


def _after_the_last(above: Days, wait: int) -> list[float]:
    starts: list[float] = []
    last = -math.inf
    for day, high in enumerate(above):
        if high and day >= last + wait:
            starts.append(float(day))
        last = day if high else last
    return starts


def _run_episodes(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    function = answers["episodes"]
    if not callable(function):
        raise InputError(f"episodes is {function!r}; it should be a function of days and of a wait.")
    return {
        "starts": [
            plain(function(list(days), wait), "what episodes gives back") for days, wait in _stretches()
        ]
    }


EPISODES = Exercise(
    id="02.2",
    parts=("episodes",),
    observe=_run_episodes,
    counts=("starts",),
    answer=lambda given: {"starts": _each(_episodes)(given)},
    rules=(
        Malrule(
            "counts-days",
            "starts",
            _each(lambda above, _: [float(day) for day, high in enumerate(above) if high]),
            "that is every day above. Days of one episode share their future: which of them comes first?",
        ),
        Malrule(
            "counts-crossings",
            "starts",
            _each(lambda above, _: _begins(above)),
            "every new crossing counts in your function, and the wait does nothing. Two crossings a day "
            "apart look at almost the same future.",
        ),
        Malrule(
            "crossings-only",
            "starts",
            _each(
                lambda above, wait: _episodes(
                    [float(day) in _begins(above) for day in range(len(above))], wait
                )
            ),
            "your episodes begin at crossings only. Above and the wait over: that begins one, too.",
        ),
        Malrule(
            "waits-after-the-last-day",
            "starts",
            _each(_after_the_last),
            "you wait after the last day above. Wait from the day on which the last episode *began*.",
        ),
        Malrule(
            "waits-a-day-too-long",
            "starts",
            _each(lambda above, wait: _episodes(above, wait + 1)),
            "you wait one day too long: after a wait of three, day three may begin a new episode.",
        ),
        Malrule(
            "waits-a-day-too-short",
            "starts",
            _each(lambda above, wait: _episodes(above, wait - 1)),
            "your second episode begins a day too early. From day zero, a wait of three ends on day three.",
        ),
        Malrule(
            "only-how-many",
            "starts",
            lambda given: [float(len(found)) for found in _each(_episodes)(given)],
            "that is how many there are, and it is right. Give back the days on which they begin.",
        ),
        Malrule(
            "yes-or-no",
            "starts",
            _each(lambda above, wait: [float(day in _episodes(above, wait)) for day in range(len(above))]),
            "your yes and no are right. Give back the numbers of the days instead.",
        ),
    ),
    properties=(
        Property(
            "only-days-above",
            lambda seen, _: all(
                isinstance(found, list) and all(0 <= day < len(above) and above[int(day)] for day in found)
                for found, (above, _) in zip(seen["starts"], _stretches(), strict=True)
            ),
            "a property fails: an episode can begin only on a day above. Count days from zero.",
        ),
        Property(
            "far-enough-apart",
            lambda seen, _: all(
                later - earlier >= wait
                for found, (_, wait) in zip(seen["starts"], _stretches(), strict=True)
                for earlier, later in itertools.pairwise(found)
            ),
            "a property fails: two of your episodes begin closer together than the wait.",
        ),
    ),
    hints=(
        "remember the day on which the last episode began, and skip days until the wait is over.",
        "a day begins an episode if it is above and day >= last + wait; then it becomes the last.",
    ),
    worked=lambda _: (
        "start with an empty list; for each day that is above, append it if the list is empty or "
        "day >= the last entry + wait; give back the list."
    ),
    well="each episode is one piece of evidence, because their futures don't overlap.",
)


# --- 02.3 ---

Z = 1.96

_COUNTS = ((7, 10), (6, 6), (0, 8), (1, 12), (13, 20), (52, 90), (110, 200))


def _wilson(k: int, n: int, z: float = Z) -> list[float]:
    share, squeeze = k / n, 1 + z * z / n
    middle = (share + z * z / (2 * n)) / squeeze
    half = z / squeeze * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return [max(0.0, middle - half), min(1.0, middle + half)]


def _plain_interval(k: int, n: int) -> list[float]:
    share = k / n
    half = Z * math.sqrt(share * (1 - share) / n)
    return [share - half, share + half]


def _all_counts(make: Callable[[int, int], list[float]]) -> Callable[[Any], list[list[float]]]:
    return lambda _: [make(k, n) for k, n in _COUNTS]


def _around_the_share(k: int, n: int) -> list[float]:
    low, high = _wilson(k, n)
    return [k / n - (high - low) / 2, k / n + (high - low) / 2]


def _no_squeeze(k: int, n: int) -> list[float]:
    low, high = _wilson(k, n)
    return [low * (1 + Z * Z / n), high * (1 + Z * Z / n)]


def _run_interval(_: Any, answers: Mapping[str, Any]) -> dict[str, Any]:
    function = answers["interval"]
    if not callable(function):
        raise InputError(f"interval is {function!r}; it should be a function of k and n.")
    found = [plain(function(k, n), "what interval gives back") for k, n in _COUNTS]
    # Rounding dust at an end is no mistake.
    return {"ends": [[_dust(end) for end in each] if isinstance(each, list) else each for each in found]}


def _dust(end: Any) -> Any:
    return next((whole for whole in (0.0, 1.0) if isinstance(end, float) and abs(end - whole) < 1e-9), end)


INTERVAL = Exercise(
    id="02.3",
    parts=("interval",),
    observe=_run_interval,
    answer=lambda given: {"ends": _all_counts(_wilson)(given)},
    rules=(
        Malrule(
            "share-plus-minus",
            "ends",
            _all_counts(_plain_interval),
            "that is the share plus or minus its standard error times z. For six of six it has no width at "
            "all, and it can leave the range from nothing to one. Use the formula above the cell.",
        ),
        Malrule(
            "share-plus-minus-cut-off",
            "ends",
            _all_counts(
                lambda k, n: [max(0.0, _plain_interval(k, n)[0]), min(1.0, _plain_interval(k, n)[1])]
            ),
            "that is the share plus or minus its standard error times z, cut off at the ends. For six of six "
            "it still says that nothing else can be. Use the formula above the cell.",
        ),
        Malrule(
            "one-standard-error",
            "ends",
            _all_counts(lambda k, n: _wilson(k, n, 1.0)),
            "your interval is that of z = 1: it misses the truth one time in three. Where does z enter?",
        ),
        Malrule(
            "nine-times-in-ten",
            "ends",
            _all_counts(lambda k, n: _wilson(k, n, 1.645)),
            "your interval is that of 90%, with z = 1.645. The formula takes z = 1.96, for 95%.",
        ),
        Malrule(
            "around-the-share",
            "ends",
            _all_counts(_around_the_share),
            "the width is right, and the middle is not: it is drawn from the share towards one half.",
        ),
        Malrule(
            "forgets-to-divide",
            "ends",
            _all_counts(_no_squeeze),
            "both ends miss the division by one plus z squared over n.",
        ),
        Malrule(
            "in-per-cent",
            "ends",
            _all_counts(lambda k, n: [100 * end for end in _wilson(k, n)]),
            "your ends are in per cent, and they are right. Give them as fractions.",
        ),
        Malrule(
            "high-before-low",
            "ends",
            _all_counts(lambda k, n: _wilson(k, n)[::-1]),
            "both ends are right, in the wrong order. The low one comes first.",
        ),
    ),
    properties=(
        Property(
            "two-ends",
            lambda seen, _: all(isinstance(each, list) and len(each) == 2 for each in seen["ends"]),
            "give back two numbers: the low end and the high end.",
        ),
        Property(
            "holds-the-share",
            lambda seen, _: all(
                low - 1e-9 <= k / n <= high + 1e-9
                for (low, high), (k, n) in zip(seen["ends"], _COUNTS, strict=True)
            ),
            "a property fails: an interval must hold the share k / n itself.",
        ),
        Property(
            "inside-nothing-and-one",
            lambda seen, _: all(0 <= end <= 1 for each in seen["ends"] for end in each),
            "a property fails: a share lies between nothing and one, and so does its interval.",
        ),
    ),
    hints=(
        "write share, middle and half as three lines; then give back middle - half and middle + half.",
        "middle = (share + z²/2n) / (1 + z²/n); half = z/(1 + z²/n) × √(share (1 - share)/n + z²/4n²).",
    ),
    worked=lambda _: (
        "for seven of ten: share 0.7, middle (0.7 + 3.8416/20) / (1 + 3.8416/10) = "
        f"{sum(_wilson(7, 10)) / 2:.4f}, half = {(_wilson(7, 10)[1] - _wilson(7, 10)[0]) / 2:.4f}, so "
        f"{_wilson(7, 10)[0]:.4f} to {_wilson(7, 10)[1]:.4f}."
    ),
    well="even 6 of 6 fits a true rate of 61%. A few cases say little, and your interval shows it.",
)

EXERCISES = {each.id: each for each in (RATIO, EPISODES, INTERVAL)}
"""By id, in the order of the lesson."""
