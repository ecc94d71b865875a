"""The lag bench of lesson 04: the correlation of open interest and price, at every lag in days.

Levels or changes, the window, the lag: each combination is one more try. The chart shows the correlation
at every lag with two bands. The dashed one treats each day as new evidence, the other resamples history
in blocks. Below it is the strongest lag of each year.

All worlds are simulated. In the first, price and open interest come from two independent markets; in the
null world open interest follows the price and never leads it; in the planted one the price falls after a
jump of open interest.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from oikit.explore import worlds
from oikit.explore.model import Choice, Explorer
from oikit.formatting import signed
from oikit.stats.lagged import lagged, strongest

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

REACH = 7
"""Days that the bench looks to either side."""

WIDTH = 460

MEASURE = Choice("measure", "How high both stand, or how they move?", ("levels", "changes"), "levels")
LAG = Choice(
    "lag",
    "How many days later is the price read?",
    ("-7d", "-3d", "-2d", "-1d", "0d", "+1d", "+2d", "+3d", "+7d"),
    "0d",
)
HORIZON = Choice("horizon", "Over how long is each averaged, or its change taken?", ("1d", "3d", "7d"), "1d")
WORLD = Choice(
    "world",
    "Which world?",
    ("apart", "null", "planted"),
    "null",
)


def days(world: str) -> pd.DataFrame:
    """Return the two columns that are compared in one world, as daily logarithms."""
    import numpy as np
    import pandas as pd

    price, coins = {"apart": ("null", "planted")}.get(world, (world, world))
    columns = {
        "price": worlds.frame(price)["close"].at_time("00:00"),
        "open_interest": worlds.frame(coins)["open_interest"].at_time("00:00"),
    }
    return pd.DataFrame(np.log(pd.DataFrame(columns)))


_worlds = partial(worlds.offered, WORLD)


@lru_cache(maxsize=4)
def _days(world: str) -> pd.DataFrame:
    return days(world)


@lru_cache(maxsize=48)
def _found(world: str, measure: str, horizon: str) -> tuple[list[dict[str, Any]], list[tuple[int, float]]]:
    """The whole curve of one choice, and the strongest lag of each year."""
    count, both = int(horizon[:-1]), _days(world)
    both = both.rolling(count).mean() if measure == "levels" else both.diff(count)
    coins, price = both["open_interest"], both["price"]
    table = lagged(coins, price, horizon=count, reach=REACH).round(3)
    return table.to_dict("records"), strongest(coins, price, reach=REACH)  # type: ignore[return-value]


def rows(measure: str, horizon: str, world: str, lag: str) -> list[dict[str, Any]]:
    """Put one setting into a row: the correlation with both intervals."""
    found, _ = _found(world, measure, horizon)
    row = found[int(lag[:-1]) + REACH]
    return [{**row, "alone": row["n"] // int(horizon[:-1])}]


def says(measure: str, horizon: str, world: str, lag: str) -> str:
    """Put the correlation of one setting into words."""
    (row,), (_, peaks) = rows(measure, horizon, world, lag), _found(world, measure, horizon)
    long = _days_of(int(horizon[:-1]))
    what = f"levels averaged over {long}" if measure == "levels" else f"changes over {long}"
    if measure == "levels" and horizon == "1d":
        what = "levels of each day"
    return (
        f"{_which(world)}. Between the {what}, with the price read "
        f"{_when(int(lag[:-1]))}, the "
        f"correlation is {signed(row['r'], 2)}. {_verdict(row, world)} {row['n']:,} pairs, of which "
        f"{row['alone']:,} share no day. "
        f"Strongest lag of each year: {', '.join(signed(at, 0) for at, _ in peaks)} days."
    )


_BUILT = {
    "apart": "price and open interest of two markets that never met",
    "null": "open interest leans with the price and never leads it",
    "planted": "a fall after jumps of open interest planted",
}


def _which(world: str) -> str:
    return f"Simulated, {_BUILT[world]}" if world in _BUILT else worlds.told(world, "")


def _verdict(row: dict[str, Any], world: str) -> str:
    blocks, naive = (not row[f"{name}low"] <= 0 <= row[f"{name}high"] for name in ("", "naive_"))
    said = f"The interval by blocks, {signed(row['low'], 2)} to {signed(row['high'], 2)}, "
    if blocks:
        return f"{said}leaves zero out{', and yet there is nothing to find' if world == 'apart' else ''}."
    return said + ("holds zero; the naive one would have been sure." if naive else "holds zero.")


def _when(lag: int) -> str:
    if not lag:
        return "on the same day"
    return f"{_days_of(abs(lag))} {'later' if lag > 0 else 'earlier'}"


def _days_of(count: int) -> str:
    return f"{count} day{'s' if count > 1 else ''}"


def _curves() -> tuple[str, str]:
    """Every curve and every year's strongest lag as CSV: a page carries each of them once."""
    lines = ["world,measure,horizon,lag,r,low,high,naive_low,naive_high"]
    peaks = ["world,measure,horizon,year,lag,r"]
    for world in _worlds():
        for measure in MEASURE.options:
            for horizon in HORIZON.options:
                found, years = _found(world, measure, horizon)
                key = f"{world},{measure},{horizon}"
                for row in found:
                    values = (row[name] for name in ("lag", "r", "low", "high", "naive_low", "naive_high"))
                    lines.append(f"{key},{','.join(f'{value:g}' for value in values)}")
                peaks += [f"{key},{YEARS[at]},{lag},{r:.2f}" for at, (lag, r) in enumerate(years)]
    return "\n".join(lines), "\n".join(peaks)


YEARS = ("first year", "second year", "third year")
_CHOSEN = "datum.world === world && datum.measure === measure && datum.horizon === horizon"


def draw(base: alt.Chart) -> alt.VConcatChart:
    """Draw the correlation at every lag with both bands, and below it the strongest lag of each year."""
    import altair as alt

    from oikit.charts.theme import COLORS

    def csv(text: str, *numbers: str) -> alt.Chart:
        parse = dict.fromkeys(numbers, "number")
        data = alt.InlineData(text, format=alt.CsvDataFormat(type="csv", parse=parse))
        return alt.Chart(data).transform_filter(_CHOSEN)

    lines, peaks = _curves()
    curve = csv(lines, "lag", "r", "low", "high", "naive_low", "naive_high")
    signed = "(datum.value === 0 ? '0' : replace(format(datum.value, '+'), '-', '−'))"
    r_says = "'r = ' + replace(format(datum.r, '+.2f'), '-', '−')"
    span = alt.Scale(domain=[-REACH, REACH], nice=False, padding=8)

    def across(field: str = "lag:Q", title: str | None = None) -> alt.X:
        axis = alt.Axis(values=list(range(-REACH, REACH + 1)), labelExpr=signed, labelOverlap=False)
        return alt.X(field, title=title, scale=span, axis=axis)

    scale = alt.Scale(domain=[-0.4, 1], nice=False, clamp=True)
    axis = alt.Axis(values=[-0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8, 1], labelExpr=signed.replace("'+'", "'+.1f'"))
    up = alt.Y("r:Q", title=None, scale=scale, axis=axis)
    zero = alt.Chart(alt.InlineData([{"r": 0}])).mark_rule(color=COLORS["muted"]).encode(up)
    band = curve.mark_area(color=COLORS["band"], opacity=0.8).encode(
        across(), alt.Y("low:Q", scale=scale), y2="high:Q"
    )
    naive = [
        curve.mark_line(color=COLORS["accent"], strokeDash=[4, 3], strokeWidth=1.5).encode(
            across(), alt.Y(f"naive_{end}:Q", scale=scale)
        )
        for end in ("low", "high")
    ]
    line = curve.mark_line(color=COLORS["open_interest"], point={"color": COLORS["open_interest"]}).encode(
        across(), up
    )
    here = base.mark_rule(color=COLORS["price"], strokeWidth=1.5).encode(across())
    dot = base.mark_point(filled=True, size=130, opacity=1, color=COLORS["price"]).encode(across(), up)
    label = (
        base.transform_calculate(said=r_says)
        .mark_text(align="left", baseline="bottom", fontWeight="bold")
        .encode(alt.Text("said:N"), x=alt.value(16), y=alt.value(194))
    )
    # Every layer carries the title: one without it takes it off the axis.
    later = across(title="days by which the price is read later")
    when = alt.Y(
        "year:N", title=None, scale=alt.Scale(domain=list(YEARS)), axis=alt.Axis(ticks=False, domain=False)
    )
    each = csv(peaks, "lag", "r").transform_calculate(said=r_says, side=f"datum.lag > {REACH - 3} ? -1 : 1")
    marks = each.mark_point(filled=True, shape="diamond", size=110, opacity=1, color=COLORS["open_interest"])
    names = [
        each.transform_filter(f"datum.side === {side}")
        .mark_text(align=align, dx=9 * side)  # type: ignore[arg-type]
        .encode(later, when, alt.Text("said:N"))
        for side, align in ((1, "left"), (-1, "right"))
    ]
    nothing = alt.Chart(alt.InlineData([{"lag": 0}])).mark_rule(color=COLORS["grid"]).encode(later)
    return alt.vconcat(
        alt.layer(zero, band, *naive, line, here, dot, label).properties(
            title=alt.TitleParams(
                "Correlation of open interest with the price, days earlier or later",
                subtitle="grey: interval by blocks; dashed: every day counted as new",
                subtitleColor=COLORS["muted"],
            ),
            height=200,
            width=WIDTH,
        ),
        alt.layer(nothing, marks.encode(later, when), *names).properties(
            title="Strongest lag of each year", height=80, width=WIDTH
        ),
        spacing=14,
    ).resolve_scale(x="independent")


EXPLORER = Explorer(
    id="04",
    title="Lag bench",
    asks="How closely do open interest and the price go together, now and days apart?",
    controls=(MEASURE, HORIZON, WORLD, LAG),
    rows=rows,
    says=says,
    draw=draw,
    shows={
        "lag": "lag, days",
        "r": "correlation",
        "low": "from",
        "high": "to",
        "naive_low": "naive from",
        "naive_high": "naive to",
        "n": "pairs",
        "alone": "sharing no day",
    },
    tries=True,
    worlds=_worlds,
)
"""The explorer of lesson 04."""
