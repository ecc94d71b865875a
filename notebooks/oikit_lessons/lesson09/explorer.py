"""The decision log of lesson 09: what was known at each entry, and how the trade ended.

One rule, that of `oikit.strategy.Specification`, on two simulated markets. Each strip is one moment at
which all its conditions began to hold: what is left of the dashed line was known then, what is right of
it came later. The controls change the size and the exits of the positions; the moments stay the same.
Each combination is one more try on the same few trades.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from oikit.explore.model import Choice, Explorer
from oikit.formatting import signed

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

START = 10_000.0
RATE = 0.005
"""One maintenance margin rate for all sizes."""

WIDTH, BESIDE, STRIP = 490, 160, 72
BEFORE, AFTER, EVERY = -24, 72, 4
REACH = 0.08
"""Moves of the price are drawn up to this; beyond it a line runs along the edge of its strip."""
MIDDLE = -0.08
"""Where a strip has its price at the decision; from half above it to half below is its own."""

WORLD = Choice("world", "Which simulated market: nothing built in, or a link?", ("null", "planted"), "null")
READING = Choice("reading", "Two per cent of the account: of what?", ("risk", "margin", "notional"), "risk")
LEVERAGE = Choice("leverage", "How far is the position levered?", ("5x", "20x", "50x"), "5x")
STOP = Choice("stop", "How far away is the stop?", ("1%", "4%", "none"), "4%")


class Log(NamedTuple):
    """The entries and the growth of an account under one setting.

    Attributes
    ----------
    begun : list of (int, Trade or None)
        The bars at whose ends all conditions began to hold, each with its trade; None where none was
        opened: another was open already, or the stop would never be reached.
    growth : float, fraction of the start
    """

    begun: list[tuple[int, Any]]
    growth: float

    @property
    def trades(self) -> list[Any]:
        """The trades that were made."""
        return [each for _, each in self.begun if each is not None]


@lru_cache(maxsize=2)
def _market(world: str) -> tuple[pd.DataFrame, Any, Any]:
    """The frame, what the rule read in it, and its bars as arrays: none depends on size or stop."""
    from oikit.simulate.samples import sample
    from oikit.strategy import Specification, conditions, needs
    from oikit.strategy.engine import Bars

    spec = Specification()
    # Only what the rule reads and the trades meet: a lesson holds this as long as its kernel lives.
    frame = sample(f"bnb-{world}")[["open", "mark_price", *needs(spec)]]
    return frame, conditions(spec, frame), Bars(frame)


def _spec(reading: str, leverage: str, stop: str) -> Any:
    from oikit.strategy import Specification

    return Specification(
        cap_reading=reading,  # type: ignore[arg-type]  # an option of READING
        leverage=float(leverage.rstrip("x")),
        stop=None if stop == "none" else float(stop.rstrip("%")) / 100,
    )


@lru_cache(maxsize=64)
def log(world: str, reading: str, leverage: str, stop: str) -> Log:
    """Run the account through every moment at which the conditions began.

    Notes
    -----
    PERF: the account of `oikit.strategy.run`, which would compute the conditions again for each setting;
    a test asserts that the two agree.
    """
    import numpy as np

    from oikit.clock import bars as count_of
    from oikit.margin.brackets import ladder
    from oikit.strategy.run import Account

    frame, asked, bars = _market(world)
    spec = _spec(reading, leverage, stop)
    account = Account(bars, spec, START, steps=ladder(RATE))
    begins, hold = asked.begins.to_numpy(), count_of(spec.hold, frame.index)
    fallen = (asked.readings["velocity"] < spec.exit_velocity).to_numpy()
    begun: list[tuple[int, Any]] = []
    free = 0
    for bar in np.flatnonzero(begins).tolist():
        if bar < free or bar + 1 >= len(bars):
            begun.append((bar, None))
            continue
        side, entry = int(begins[bar]), bar + 1
        later = np.flatnonzero((fallen | (begins == -side))[entry:])
        turn = entry + int(later[0]) + 1 if len(later) else len(bars) + hold
        out = min(turn, entry + hold)
        done = account.take(side, entry, out, "reversal" if turn <= entry + hold else "time")
        free = done.exit if done else free
        begun.append((bar, done))
    return Log(begun, account.balance / START - 1)


def rows(world: str, reading: str, leverage: str, stop: str) -> list[dict[str, Any]]:
    """Write the log of one setting, one row for each moment."""
    frame, asked, _ = _market(world)
    found, table = log(world, reading, leverage, stop), []
    nothing = "nothing is added" if found.trades else "no rule: see below"
    for place, (bar, done) in enumerate(found.begun):
        read, base = asked.readings.iloc[bar], float(frame["close"].iloc[bar])
        row = {
            "number": place + 1,
            "y": -place,
            "decided": f"{frame.index[bar]:%Y-%m-%d %H:%M}",
            "known": _known(read),
            "side": "short" if asked.begins.iloc[bar] < 0 else "long",
        }
        if done is None:
            row |= {"notional": 0, "why": nothing, "hours": 0, "moved": 0.0, "net": 0}
        else:
            row |= {
                "notional": round(done.quantity * done.entry_price),
                "why": done.why,
                "hours": done.exit - bar,
                "moved": round(100 * (done.exit_price / done.entry_price - 1), 1),
                "net": round(done.net),
                "in": _level(done.entry_price / base - 1, place),
                "out": _level(done.exit_price / base - 1, place),
            }
        table.append(row)
    return table


def _known(read: pd.Series) -> str:
    return (
        f"ratio {read['ratio']:.0%} of its past, jump {read['velocity_score']:.1f}, "
        f"funding {100 * read['funding_rate']:+.3f}%, {read['crowd']:.1f} long per short"
    ).replace("-", "−")


def _level(moved: float, place: int) -> float:
    """Return the height at which a price move is drawn; strips are stacked downwards."""
    return round(max(-1.0, min(1.0, moved / REACH)) * 0.26 + MIDDLE - place, 3)


def says(world: str, reading: str, leverage: str, stop: str) -> str:
    """Put the log of one setting into words."""
    found = log(world, reading, leverage, stop)
    made = found.trades
    built = "nothing built in" if world == "null" else "a fall after jumps planted"
    if not made:
        return (
            f"Simulated, {built}. This is no rule: at {leverage} the exchange closes a position before its "
            f"stop {stop} away is reached, so the risk is not the one that was named."
        )
    ends = [each.why for each in made]
    named = ", ".join(f"{ends.count(why)} by {_WHY[why]}" for why in dict.fromkeys(ends))
    without = found.growth - max(each.net for each in made) / START
    size = made[0].quantity * made[0].entry_price
    ended, rest = (signed(100 * each, 1, "%") for each in (found.growth, without))
    return (
        f"Simulated, {built}. In three years all conditions began {len(found.begun)} times. {len(made)} "
        f"positions were opened, the first of {size:,.0f} USDT, and ended {named}. After fees and funding "
        f"the account stands {ended} from its start, and {rest} without its best "
        f"trade. {len(made)} trades decide nothing."
    )


_WHY = {
    "reversal": "reversal",
    "time": "time",
    "stop": "stop",
    "liquidation": "liquidation",
    "end": "the end of the data",
}


def _paths() -> str:
    """The price around each moment of both worlds, as CSV: the same for all settings."""
    lines = ["of,number,hour,level"]
    for world in WORLD.options:
        frame, asked, _ = _market(world)
        close = frame["close"].to_numpy()
        for place, bar in enumerate(asked.begins.to_numpy().nonzero()[0].tolist()):
            for hour in range(BEFORE, AFTER + 1, EVERY):
                if bar + hour < len(close):
                    level = _level(close[bar + hour] / close[bar] - 1, place)
                    lines.append(f"{world},{place + 1},{hour},{level}")
    return "\n".join(lines)


def draw(base: alt.Chart) -> alt.VConcatChart:
    """Draw one strip for each moment: what was known, what came later, and how it ended."""
    import altair as alt

    from oikit.charts.theme import COLORS

    moments = {world: len(_market(world)[1].begins.to_numpy().nonzero()[0]) for world in WORLD.options}
    strips = max(moments.values())
    reach = alt.Scale(domain=[BEFORE, AFTER], nice=False)
    # The strips of either world fill the height.
    lowest = alt.ExprRef(f"0.56 - ({json.dumps(moments)})[world]")
    up = alt.Scale(domainMin=lowest, domainMax=0.56, nice=False, zero=False)
    timed = alt.Axis(title="hours since the decision", values=[BEFORE, 0, 24, 48, AFTER], grid=False)

    def x(field: str) -> alt.X:
        return alt.X(field, scale=reach, axis=timed)

    def y(field: str) -> alt.Y:
        return alt.Y(field, scale=up, axis=None)

    read = alt.CsvDataFormat(type="csv", parse={"number": "number", "hour": "number", "level": "number"})
    path = alt.Chart(alt.InlineData(_paths(), format=read)).transform_filter("datum.of === world")
    drawn = [
        path.transform_filter(keep)
        .mark_line(color=COLORS[tone], strokeWidth=1.8, strokeDash=dash)
        .encode(x("hour:Q"), y("level:Q"), alt.Detail("number:N"), alt.Order("hour:Q"))
        for keep, tone, dash in (
            ("datum.hour <= 0", "price", [1, 0]),
            ("datum.hour >= 0", "muted", [2, 2]),
        )
    ]
    strip = base.transform_calculate(
        top="datum.y + 0.22", bottom="datum.y - 0.38", head="datum.y + 0.5", zero="0", end=f"{AFTER}"
    )
    decided = strip.mark_rule(color=COLORS["open_interest"], strokeDash=[5, 3], strokeWidth=1.5).encode(
        x("zero:Q"), y("bottom:Q"), alt.Y2("top:Q")
    )
    known = (
        strip.transform_calculate(label="datum.decided + ': ' + datum.known")
        .mark_text(align="left", baseline="top", fontSize=11.5)
        .encode(alt.Text("label:N"), y("head:Q"), x=alt.value(0))
    )
    made = strip.transform_filter("datum.notional > 0").transform_calculate(one="1")
    color = alt.Color(
        "side:N",
        legend=None,
        scale=alt.Scale(domain=["long", "short"], range=[COLORS["long"], COLORS["short"]]),
    )
    entry = made.mark_point(filled=True, size=48, opacity=1).encode(x("one:Q"), y("in:Q"), color)
    exits = alt.Shape(
        "why:N",
        legend=None,
        scale=alt.Scale(domain=list(_WHY), range=["circle", "square", "cross", "diamond", "triangle-up"]),
    )
    left = made.mark_point(size=90, strokeWidth=2.2, opacity=1).encode(x("hours:Q"), y("out:Q"), color, exits)
    moved, net = (
        f"replace(format(datum.{name}, '{form}'), '-', '−')"
        for name, form in (("moved", "+.1f"), ("net", "+,.0f"))
    )
    ended = (
        made.transform_calculate(
            middle=f"datum.y + {MIDDLE}",
            label=(
                f"datum.side + ' ' + format(datum.notional, ',') + ', net ' + {net} + "
                f"'\\n' + datum.why + ', ' + datum.hours + ' h, ' + {moved} + '%'"
            ),
        )
        .mark_text(align="left", dx=8, dy=-7, lineBreak="\n", lineHeight=14, fontSize=11, baseline="middle")
        .encode(x("end:Q"), alt.Text("label:N"), y("middle:Q"), color)
    )
    skipped = (
        strip.transform_filter("datum.notional === 0")
        .transform_calculate(middle=f"datum.y + {MIDDLE}")
        .mark_text(align="left", baseline="middle", dx=8, color=COLORS["muted"], fontSize=11)
        .encode(x("end:Q"), alt.Text("why:N"), y("middle:Q"))
    )
    return alt.vconcat(
        alt.layer(*drawn, decided, entry, left, known, ended, skipped).properties(
            title=alt.TitleParams(
                "The price before each decision (solid, known) and after it (dotted, not known)",
                subtitle=[
                    "Filled dot: the entry. Open mark: the end of the position.",
                    f"A strip holds {REACH:.0%} up or down; a larger move runs along its edge.",
                ],
            ),
            height=strips * STRIP,
            width=WIDTH - BESIDE,
        )
    )


EXPLORER = Explorer(
    id="09",
    title="Decision log",
    asks="What was known when each position was opened, how large was it, and what ended it?",
    controls=(WORLD, READING, LEVERAGE, STOP),
    rows=rows,
    says=says,
    draw=draw,
    shows={
        "decided": "decided",
        "known": "known then",
        "side": "side",
        "notional": "position, USDT",
        "why": "ended by",
        "hours": "hours later",
        "moved": "price, %",
        "net": "net, USDT",
    },
    tries=True,
)
"""The explorer of lesson 09."""
