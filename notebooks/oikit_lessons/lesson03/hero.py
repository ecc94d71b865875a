"""The hero picture of lesson 03: which of twenty charts shows the price after a real spike of open interest?

A case is a spike of open interest in a quiet price, as `oikit.indicators.divergence` reads it, the first of
its cluster. The other nineteen charts start at equally quiet moments without a spike: the price score is at
most 0.5 there too, and no spike came in the 72 hours before. Else the flat day before would give the real
one away.
"""

from __future__ import annotations

import functools
import json
import math
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any

from oikit.errors import InputError
from oikit.explore.hero import Hero, Market, Question, fill, script
from oikit.explore.svg import Still

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

HOURS = tuple(range(-24, 73, 8))
PANELS, MEANS, HORIZON = 20, (1, 10, 60), "72h"
QUIET, BASELINE, WINDOW = 0.5, "30d", "24h"
GAPS = ("72h", "48h", "24h", "16h", "8h")  # between the starts of two decoys: the widest that leaves enough
DEALS = 1_000  # line-ups dealt to learn how often the deepest fall is the real one
FEWEST_DAYS = 60
BUNDLED, SHIPPED = ("bnb-planted", "bnb-null"), "pools.json"

TEXT = {
    "open": "The claim: open interest that spikes in a quiet price is “distribution”",
    "again_title": "Line-up {seed}: which of the 20 is real?",
    "again_1": "One chart shows what followed a real spike. The other 19 start just as quietly, without "
    "one. **Click** the one you would bet on.",
    "again_10": "One chart is the mean of 10 real spikes. The other 19 are means of 10 quiet starts without "
    "one. **Click** the one you would bet on.",
    "again_60": "One chart is the mean of 60 real spikes. The other 19 are means of 60 quiet starts without "
    "one. **Click** the one you would bet on.",
    "deepest_title": "Number {real} is real, and it fell furthest of all 20",
    "second_title": "Number {real} is real, yet another one fell further",
    "others_title": "Number {real} is real, yet {deeper} others fell further",
    "rose_title": "Number {real} is real, and its price rose",
    "none_title": "You found none of {rounds}, as guessing would",
    "luck_title": "You found {found} of {rounds}: guessing could do that",
    "skill_title": "You found {found} of {rounds}: that is more than guessing",
    "picked_right": "You picked {picked}: right.",
    "picked_wrong": "You picked {picked}, and number {real} is real.",
    "eye": "Always picking the deepest fall finds the real one in **{eye} of 100** such line-ups. Guessing "
    "finds it in 5.",
    "link_1": "One chart hides even a link that is there.",
    "link_10": "With 10 cases the link begins to show.",
    "link_60": "With 60 cases the link is plain.",
    "null": "No link is built in, and no average can find one.",
    "null_luck": "No link is built in: more than 5 is the luck of this one market.",
    "unknown": "Nobody knows whether this market has a link.",
    "score": "That makes **{found} of {rounds}** right. Guessing finds 1 in 20, and does as well as you or "
    "better **{often}**.",
}


def hero(market: Market | None = None) -> Hero:
    """Return the picture, with a market of the reader's beside the two simulated ones.

    Parameters
    ----------
    market : Market, optional
        With ``close`` and ``open_interest`` over 60 days or more.

    Returns
    -------
    Hero

    Raises
    ------
    InputError
        If the market is too short, or has no spike in a quiet price.
    """
    markets = {}
    if market:
        markets["own"] = {**pools(market), "shows": market.name, "link": None}
    markets["planted"] = {**bundled("bnb-planted"), "shows": "link built in", "link": True}
    markets["null"] = {**bundled("bnb-null"), "shows": "no link", "link": False}
    first = next(iter(markets))
    start = {"market": first, "cases": 1, "seed": 1, "picked": 0, "found": 0, "rounds": 0, "view": "apart"}
    own = f"{market.told}; simulated" if market else "Simulated"
    foot = (
        f"{own}: bnb-planted (link built in), bnb-null (no link). “Distribution” is read as: the price falls "
        "within 3 days. A spike scores 2 or more over 24 hours, and a quiet price 0.5 at most. One scale "
        "for all 20 charts. Pick with a click, or with the arrow keys and Enter."
    )
    data = {"hours": HOURS, "panels": PANELS, "cases": MEANS, "markets": markets, "which": "Market"}
    facts = functools.partial(_facts, markets)
    return Hero(
        id="03",
        title="The line-up: one of twenty is real",
        script=script(__package__),
        data=data,
        text=TEXT,
        question=Question(
            "One chart follows a real spike, 19 follow days that were just as quiet. Click the real one.",
            (),
            among=PANELS,
        ),
        facts=facts,
        start=start,
        after={"picked": -1},
        foot=foot,
        draw=functools.partial(_draw, markets, facts, foot),
        read=functools.partial(_read, markets),
    )


def pools(market: Market) -> dict[str, Any]:
    """Cut a market into cases and decoys, and deal it often enough to know what an eye can find.

    Parameters
    ----------
    market : Market

    Returns
    -------
    dict
        ``real`` and ``other``: the price around each start, in hundredths of a per cent of it. ``eye``: for
        each size of the mean, in how many of 100 line-ups the deepest fall is the real one.

    Raises
    ------
    InputError
        If the market is too short, or has no spike in a quiet price.
    """
    import numpy as np

    from oikit.claims.events import first_in_cluster
    from oikit.clock import bars
    from oikit.indicators import divergence, robust_zscore
    from oikit.rolling import log_change

    close, coins = market.frame["close"], market.frame["open_interest"]
    index = close.index
    days = len(index) / bars("1d", index)
    if days < FEWEST_DAYS:
        raise InputError(
            f"{market.name} has {days:.0f} days, and the line-up needs {FEWEST_DAYS}; fetch more, or leave "
            "market out to see the simulated ones"
        )
    spikes = divergence(close, coins, WINDOW, BASELINE, quiet=QUIET)
    move = robust_zscore(log_change(close, bars(WINDOW, index)), BASELINE)
    cases = first_in_cluster(spikes == 1, HORIZON)
    lately = (spikes == 1).rolling(bars(HORIZON, index), min_periods=1).max() == 1
    still = (spikes == 0) & (move.abs() <= QUIET) & ~lately
    step, values = bars("8h", index), close.to_numpy()
    around = np.array(HOURS) // 8 * step

    def cut(starts: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        at = np.flatnonzero(starts)
        at = at[(at + around[0] >= 0) & (at + around[-1] < len(values))]
        paths = values[at[:, None] + around] / values[at][:, None] - 1
        known = paths[~np.isnan(paths).any(axis=1)]
        return np.rint(known * 1e4).astype(np.int64)

    real = cut(cases.to_numpy())
    for gap in GAPS:
        other = cut(first_in_cluster(still, gap).to_numpy())
        if len(other) >= PANELS - 1:
            break
    if not len(real) or len(other) < PANELS - 1:
        raise InputError(
            f"{market.name} has {len(real)} spikes of open interest in a quiet price and {len(other)} quiet "
            f"starts without one; a line-up needs 1 and {PANELS - 1}. Take a longer market, or leave market "
            "out"
        )
    found = {"real": real.tolist(), "other": other.tolist()}
    sizes = [size for size in MEANS if size <= min(len(real), len(other))]
    return {**found, "eye": {size: eye(found, size) for size in sizes}}


def bundled(name: str) -> dict[str, Any]:
    """Return the pools of a bundled sample: those that are shipped, as long as the sample is the same."""
    from oikit.simulate.samples import manifest

    shipped = _shipped().get(name, {})
    if shipped.get("sha256") == manifest()[name]["sha256"]:
        eyes = {int(size): share for size, share in shipped["eye"].items()}
        return {"real": shipped["real"], "other": shipped["other"], "eye": eyes}
    return pools(Market.sample(name))


@functools.cache
def _shipped() -> dict[str, Any]:
    path = resources.files(__package__).joinpath(SHIPPED)
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def ship() -> str:
    """Compute what is shipped anew: to be written to ``pools.json`` whenever the samples change."""
    from oikit.simulate.samples import manifest

    made = {name: {"sha256": manifest()[name]["sha256"], **pools(Market.sample(name))} for name in BUNDLED}
    return json.dumps(made, separators=(",", ":")) + "\n"


class Dice:
    """The numbers of many line-ups at once: for each seed the same as in the page.

    Parameters
    ----------
    seeds : array of int, shape (n,)
    """

    def __init__(self, seeds: npt.NDArray[np.int64]) -> None:
        self._state = seeds.astype("uint32")

    def below(self, sizes: Any, rows: Any = slice(None)) -> npt.NDArray[np.int64]:
        """Draw a whole number from 0 to below the size, for these rows only."""
        import numpy as np

        z = self._state[rows] + np.uint32(0x9E3779B9)
        self._state[rows] = z
        z = (z ^ (z >> np.uint32(16))) * np.uint32(0x21F0AAAD)
        z = (z ^ (z >> np.uint32(15))) * np.uint32(0x735A2D97)
        z = z ^ (z >> np.uint32(15))
        return (z.astype(np.uint64) * np.asarray(sizes, dtype=np.uint64) >> np.uint64(32)).astype(np.int64)


def deal(
    pool: Mapping[str, Any], size: int, seeds: Any
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Deal line-ups.

    Parameters
    ----------
    pool : mapping
        From `pools`.
    size : int
        How many cases each panel averages.
    seeds : array of int, shape (n,)

    Returns
    -------
    real : array of int, shape (n,)
        Which panel is the real one, from 0.
    sums : array of int, shape (n, 20, hours)
        Of the cases in each panel, in hundredths of a per cent.
    """
    import numpy as np

    seeds = np.asarray(seeds)
    dice, every = Dice(seeds), np.arange(len(seeds))
    real = dice.below(PANELS)
    sums = np.zeros((len(seeds), PANELS, len(HOURS)), dtype=np.int64)
    decks = []
    for name in ("other", "real"):
        paths = np.array(pool[name])
        order = np.tile(np.arange(len(paths)), (len(seeds), 1))
        decks.append((paths, order, np.zeros(len(seeds), dtype=np.int64)))
    for panel in range(PANELS):
        for is_real, (paths, order, top) in enumerate(decks):
            rows = every[(real == panel) == bool(is_real)]
            top[rows[top[rows] + size > len(paths)]] = 0  # this deck is used up: from its top again
            for _ in range(size):
                here = top[rows]
                there = here + dice.below(len(paths) - here, rows)
                drawn = order[rows, there]
                order[rows, there] = order[rows, here]
                order[rows, here] = drawn
                sums[rows, panel] += paths[drawn]
                top[rows] += 1
    return real, sums


def eye(pool: Mapping[str, Any], size: int) -> int:
    """Return in how many of 100 line-ups the deepest fall is the real one."""
    import numpy as np

    real, sums = deal(pool, size, np.arange(1, DEALS + 1))
    ends = sums[:, :, -1]
    found = (ends < ends[np.arange(DEALS), real][:, None]).sum(axis=1) == 0
    return round(100 * float(found.mean()))


def often(p: float) -> str:
    """Say a chance as a count of times.

    Examples
    --------
    >>> often(0.2642), often(0.0072), often(0.999), often(0.00001)
    ('26 times in 100', '7 times in 1,000', 'nearly always', 'less than once in 1,000')
    """
    if p >= 0.995:
        return "nearly always"
    for least, among in ((0.0095, 100), (0.00095, 1000)):
        if p >= least:
            times = math.floor(among * p + 0.5)
            return f"{'once' if times == 1 else f'{times} times'} in {among:,}"
    return "less than once in 1,000"


def _facts(markets: Mapping[str, Any], state: Mapping[str, Any]) -> dict[str, Any]:
    pool, size, found, rounds = markets[state["market"]], state["cases"], state["found"], state["rounds"]
    shared = {
        "seed": state["seed"],
        "cases": size,
        "found": found,
        "rounds": rounds,
        "eye": pool["eye"][size],
    }
    if not state["picked"]:
        return {**shared, "title": "again_title", "says": f"again_{size}"}
    reals, sums = deal(pool, size, [state["seed"]])
    real, ends = int(reals[0]), sums[0, :, -1]
    moved, deeper = float(ends[real]) / size / 1e4, int((ends < ends[real]).sum())
    p = _as_lucky(found, rounds)
    if rounds >= 5:
        title = "none_title" if not found else "luck_title" if p > 0.05 else "skill_title"
    elif moved >= 0:
        title = "rose_title"
    else:
        title = {0: "deepest_title", 1: "second_title"}.get(deeper, "others_title")
    tail = f"link_{size}"
    if pool["link"] is None:
        tail = "unknown"
    elif not pool["link"]:
        tail = "null_luck" if shared["eye"] > 6 else "null"
    says = ["score"] if rounds >= 3 else ["eye", tail]
    if state["picked"] > 0 and rounds != 1:
        says.insert(0, "picked_right" if state["picked"] == real + 1 else "picked_wrong")
    outcome = {"real": real + 1, "picked": state["picked"], "moved": moved, "deeper": deeper}
    return {**shared, **outcome, "chance": p, "often": often(p), "title": title, "says": says}


def _as_lucky(found: int, rounds: int) -> float:
    """Return how often guessing finds as many, or more."""
    ways = (
        math.comb(rounds, k) * (1 / PANELS) ** k * (1 - 1 / PANELS) ** (rounds - k)
        for k in range(found, rounds + 1)
    )
    return min(1.0, sum(ways))


def _read(markets: Mapping[str, Any], setting: str, value: Any) -> Any:
    if setting == "market" and value not in markets:
        raise InputError(f"market={value!r} is not one of these; use one of {', '.join(markets)}")
    if setting == "cases" and value not in MEANS:
        raise InputError(f"cases={value!r} is not one of these; use one of {', '.join(map(str, MEANS))}")
    if setting == "picked" and value not in range(-1, PANELS + 1):
        raise InputError(f"picked={value!r} is no chart; use 1 to {PANELS}, or -1 to see which is real")
    return value


def _draw(markets: Mapping[str, Any], facts: Any, foot: str, state: Mapping[str, Any]) -> str:
    found = facts(state)
    says = (fill(TEXT[key], found).replace("**", "") for key in found["says"])
    still = Still(f"{fill(TEXT[found['title']], found)}. {' '.join(says)}", foot, height=330)
    _, sums = deal(markets[state["market"]], state["cases"], [state["seed"]])
    most = float(abs(sums).max())
    for panel, path in enumerate(sums[0]):
        left, top = 184 * (panel % 5), 84 * (panel // 5)
        is_real = panel + 1 == found["real"]
        still.bar(left, top, 176, 76, color="field")
        still.line(
            [
                (left + 8 + 160 * at / (len(HOURS) - 1), top + 40 - 32 * float(v) / most)
                for at, v in enumerate(path)
            ],
            color="accent" if is_real else "data",
            width=3 if is_real else 1.6,
        )
        still.text(
            left + 6,
            top + 16,
            f"{panel + 1}{', real' if is_real else ''}",
            color="accent" if is_real else "soft",
        )
    return str(still)
