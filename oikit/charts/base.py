"""The parts of every chart: a span of time, lines with gaps, bands, panels, title and notes.

A chart makes a `View` of its frame, asks it for layers, and stacks them with `assemble`. Altair copies a
chart at every step, including every property that is unset. Here parts are set in place, data are text,
and a finished chart is serialised once.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.charts.theme import COLORS
from oikit.clock import bar_length, bars, utc, words
from oikit.data.quality import coverage
from oikit.errors import InputError, MissingExtra
from oikit.formatting import moment, number, percent
from oikit.frame import validate

try:
    import altair as alt
except ImportError as error:
    raise MissingExtra("altair", "charts") from error

__all__ = ["alt", "thin"]


def plot(table: pd.DataFrame) -> alt.Chart:
    r"""Begin a chart of a small table, which goes into the drawing as text.

    Examples
    --------
    >>> plot(pd.DataFrame({"at": ["a", "b"], "value": [1.5, None]})).data.values
    'at,value\na,1.5\nb,\n'
    """
    # Altair copies what a chart holds at every step and checks it, a table cell by cell and a text at once.
    text = table.to_csv(index=False, lineterminator="\n")
    numbers = dict.fromkeys(map(str, table.select_dtypes("number").columns), "number")
    return alt.Chart(alt.InlineData(text, format=alt.CsvDataFormat(type="csv", parse=numbers)))


def layered(layers: Sequence[alt.Chart | alt.LayerChart], **about: Any) -> alt.LayerChart:
    """Layer charts: like ``alt.LayerChart``, which would copy each of them several times."""
    made = alt.LayerChart(layer=[], **about)
    made.layer = list(layers)
    return made


class Stack(alt.VConcatChart):
    """Panels below each other, written down without the copies that Altair makes of each on the way.

    It is an ``alt.VConcatChart`` in all else. What a reader adds to a panel is written by Altair's own way.
    """

    def to_dict(self, *args: Any, **more: Any) -> dict[str, Any]:
        """Write it as a specification; arguments are those of ``alt.VConcatChart``."""
        if _moves(self):
            return super().to_dict(*args, **more)
        plain = alt.VConcatChart(vconcat=[])
        for name, value in _set(self).items():
            plain[name] = value
        plain.vconcat = [_bare(each) for each in self.vconcat]
        return plain.to_dict(*args, **more)

    def _repr_mimebundle_(self, *args: Any, **more: Any) -> Any:
        # Not checked once more: each part was, as it was made.
        draw = alt.renderers.get()
        return draw(self.to_dict(validate=False, context={"pre_transform": False})) if draw else None


def _set(chart: Any) -> dict[str, Any]:
    return {name: value for name, value in chart._kwds.items() if value is not alt.Undefined}


def _moves(chart: Any) -> bool:
    """Return whether a reader added something that Altair has to lift out of the panels."""
    given = _set(chart)
    parts = [*given.get("vconcat", ()), *given.get("layer", ())]
    return bool(given.get("params")) or any(_moves(each) for each in parts)


def _bare(chart: Any) -> Any:
    """The same drawing in classes that only hold; itself, where more is set than is ever set here."""
    given = _set(chart)
    kinds: tuple[tuple[type, Any, str], ...] = (
        (alt.LayerChart, alt.LayerSpec, "layer"),
        (alt.VConcatChart, alt.VConcatSpecGenericSpec, "vconcat"),
    )
    for kind, bare, parts in kinds:
        if isinstance(chart, kind) and set(given) <= {parts, "title", "width", "height", "spacing"}:
            made: Any = bare(**{parts: []})
            for name, value in given.items():
                made[name] = value
            made[parts] = [_bare(each) for each in given[parts]]
            return made
    return chart


def _stacked(charts: Sequence[Any], **about: Any) -> Stack:
    made = Stack(vconcat=[], **about)
    made.vconcat = list(charts)
    return made


def assemble(
    panels: Sequence[alt.LayerChart], *, title: str, finding: str, source: str, width: int
) -> alt.VConcatChart:
    """Stack panels under a title and the finding, with the source below."""
    stack: list[alt.LayerChart | alt.VConcatChart] = list(panels)
    if source:
        line = alt.TitleParams(
            textwrap.wrap(source, width // 6), orient="bottom", fontSize=12, color=COLORS["muted"]
        )
        # A view has one title, and the panel's own stands above it: this one goes round the panel.
        stack[-1] = _stacked(stack[-1:], title=line)
    head = alt.TitleParams(
        textwrap.wrap(title, width // 10),
        subtitle=textwrap.wrap(finding, width // 7),
        fontSize=17,
        fontWeight="bold",
        offset=16,
    )
    about = {"title": title, "finding": finding, "source": source}
    return _stacked(stack, spacing=18, title=head, description=finding, usermeta={"oikit": about})


LIMIT = 2000
"""The most marks one series may bring: a screen has no more columns."""

When = str | pd.Timestamp
Span = tuple[When, When]
Positions = npt.NDArray[np.intp]

# One lost hour should not take thirty days off a band; how many bars it stands on is said.
_ENOUGH = 0.9


def thin(values: pd.Series, limit: int = LIMIT) -> pd.Series:
    """Keep what an eye can see of a long Series: each stretch's extremes, and every break.

    Parameters
    ----------
    values : Series, shape (n,)
        NaN is a gap.
    limit : int
        The most values to keep; at least 8.

    Returns
    -------
    Series, shape (m,), m <= limit
        Rows of `values` in their order. A short Series comes back whole. Of a long one stay the
        first and the last known value and each stretch's smallest and largest. Two values stand
        side by side only where nothing was missing between them: one NaN marks each break.

    Raises
    ------
    InputError
        If `limit` is below 8.

    Examples
    --------
    >>> float(thin(pd.Series([0.0] * 50 + [9.0] + [0.0] * 49), 8).max())
    9.0
    """
    if limit < 8:
        raise InputError(f"limit={limit!r} is below 8; that is too few to draw a line with")
    if len(values) <= limit:
        return values
    numbers = values.to_numpy(dtype=float)
    rows = _with_breaks(numbers, _extremes(numbers, limit // 2 - 2))
    if len(rows) > limit:  # so many breaks that each value may need its own
        rows = _with_breaks(numbers, _extremes(numbers, limit // 4 - 1))
    return values.iloc[rows]


def _extremes(numbers: npt.NDArray[np.float64], stretches: int) -> Positions:
    """Rows of the smallest and largest known value of each stretch, and of the first and last."""
    known = np.flatnonzero(~np.isnan(numbers))
    if not len(known):
        return known
    edges = np.linspace(0, len(numbers), stretches + 1).astype(int)[:-1]
    starts = np.unique(np.searchsorted(known, edges))
    starts = starts[starts < len(known)]
    seen, sizes = numbers[known], np.diff(np.append(starts, len(known)))
    rows = [known[[0, -1]]]
    for extreme in (np.minimum.reduceat(seen, starts), np.maximum.reduceat(seen, starts)):
        hits = np.flatnonzero(seen == np.repeat(extreme, sizes))
        rows.append(known[hits[np.searchsorted(hits, starts)]])  # the first hit of each stretch
    return np.unique(np.concatenate(rows))


def _with_breaks(numbers: npt.NDArray[np.float64], rows: Positions) -> Positions:
    """Put a missing row between any two that had one between them."""
    missing = np.flatnonzero(np.isnan(numbers))
    if not len(rows):
        return missing[:1]
    before = np.searchsorted(missing, rows)
    return np.sort(np.concatenate([rows, missing[before[:-1][np.diff(before) > 0]]]))


def rows(columns: dict[str, pd.Series]) -> pd.DataFrame:
    """Write rows as a chart wants them: short UTC times, seven digits, nothing else.

    Examples
    --------
    >>> times = pd.DatetimeIndex(["2026-03-02 01:00"], tz="UTC")
    >>> rows({"value": pd.Series([1 / 3], times)}).to_dict("records")
    [{'time': '2026-03-02T01:00Z', 'value': 0.3333333}]
    """
    table = pd.DataFrame(columns)
    table = table.map(lambda value: float(f"{value:.7g}"))
    table.insert(0, "time", pd.DatetimeIndex(table.index).strftime("%Y-%m-%dT%H:%MZ"))
    return table.reset_index(drop=True)


class View:
    """One span of a frame, and what is drawn of it."""

    def __init__(
        self,
        frame: pd.DataFrame,
        needs: tuple[str, ...],
        since: When | None,
        until: When | None,
        shade: Span | None,
        width: int,
    ) -> None:
        validate(frame, needs=needs)
        self.frame, self.needs, self.width = frame, needs, width
        self.index = pd.DatetimeIndex(frame.index)
        inside = self.index
        if since is not None:
            inside = inside[inside >= utc(since, "since")]
        if until is not None:
            inside = inside[inside <= utc(until, "until")]
        if len(inside) < 2:
            there = f"; they end from {self.index[0]} to {self.index[-1]}" if len(self.index) else ""
            raise InputError(
                f"nothing to draw: since={since} and until={until} leave {len(inside)} "
                f"of {len(frame)} bars{there}"
            )
        self.drawn, self.grey = inside, False
        self.shade = None if shade is None else (utc(shade[0], "shade"), utc(shade[1], "shade"))
        self.start, self.stop = self.shade or (inside[0], inside[-1])
        if not inside[0] <= self.start < self.stop <= inside[-1]:
            raise InputError(
                f"shade from {self.start} to {self.stop} is no span of what is drawn, "
                f"{inside[0]} to {inside[-1]}"
            )

    @property
    def span(self) -> str:
        """The span that the sentence speaks of."""
        return f"From {moment(self.start)} to {moment(self.stop)}"

    def foot(self, source: str) -> str:
        """The line below: where the data is from, and how much of what is drawn is known."""
        if not source:
            return ""
        known = coverage(self.frame.loc[self.drawn, list(self.needs)])
        grey = "; grey: not known" if self.grey else ""
        return f"{source.rstrip('. ')}. Drawn: {known}{grey}."

    def cut(self, values: pd.Series) -> pd.Series:
        """The drawn rows; the first is the bar that ended when the span began."""
        return values.reindex(self.drawn)

    def told(self, values: pd.Series) -> pd.Series:
        """Return the rows that the sentence speaks of, the starting point among them."""
        return values[(values.index >= self.start) & (values.index <= self.stop)]

    def last(self, values: pd.Series) -> tuple[pd.Timestamp, float]:
        """The last known value that the sentence speaks of, and its time."""
        known = self.told(values).dropna()
        if known.empty:
            raise InputError(f"nothing to say: no value is known {self.span.lower()}; choose another span")
        return known.index[-1], float(known.iloc[-1])

    def moved(self, values: pd.Series) -> str:
        """Return the change from the first known value to the last, in words."""
        known = self.told(values).dropna()
        if len(known) < 2:
            return "is not known"
        old, new = float(known.iloc[0]), float(known.iloc[-1])
        verb = "rose" if new > old else "fell" if new < old else "moved"
        return f"{verb} {percent(abs(new / old - 1))} ({number(old)} to {number(new)})"

    def missing(self, values: pd.Series, what: str) -> str:
        """Return how many bars of the span are unknown, in words; empty if none are."""
        told = self.told(values).iloc[1:]
        lost = int(told.isna().sum())
        return f" {lost} of {len(told)} bars have no {what}." if lost else ""

    def belt(self, values: pd.Series, band: str) -> pd.DataFrame:
        """Return where the middle 90% of the bars before each drawn bar lay."""
        count = bars(band, self.index, at_least=2)
        first, stop = self.index.get_indexer(self.drawn[[0, -1]])
        before = values.iloc[max(first - count, 0) : stop + 1].shift(1)
        rolling = before.rolling(count, min_periods=int(np.ceil(_ENOUGH * count)))
        low, high = rolling.quantile(0.05), rolling.quantile(0.95)
        known = before.rolling(count, min_periods=1).count()
        belt = pd.DataFrame({"low": low, "median": rolling.median(), "high": high, "n": known})
        return belt.reindex(self.drawn)

    def against(
        self, belt: pd.DataFrame, band: str, at: pd.Timestamp, value: float, write: Callable[[float], str]
    ) -> str:
        """Return where a value lies relative to the band before it, in words."""
        low, _, high, n = belt.loc[[at]].to_numpy()[0]
        if not np.isfinite(low):
            return f"with too few known bars in the {band} before to compare with"
        where = "above" if value > high else "below" if value < low else "inside"
        of = f"n = {n:.0f} bars of {words(bar_length(self.index))}"
        return f"{where} the middle 90% of the {band} before ({write(low)} to {write(high)}, {of})"

    def x(self, field: str = "time", *, labels: bool = True) -> alt.X:
        """The time axis: UTC, from the first drawn bar to the last, whatever is known of them."""
        days = (self.drawn[-1] - self.drawn[0]) / pd.Timedelta(days=1)
        write = "%b %Y" if days > 250 else "%-d %b" if days > 6 else "%-d %b %H:%M"
        axis = alt.Axis(title="time (UTC)", format=write, tickCount=7)
        if not labels:
            axis = alt.Axis(labels=False, ticks=False, title=None)
        first, last = (int(t.timestamp() * 1000) for t in self.drawn[[0, -1]])
        # Two ends rather than a domain: laid over each other, two equal domains of times make Vega warn.
        scale = alt.Scale(type="utc", domainMin=first, domainMax=last)
        return alt.X(f"{field}:T", scale=scale, axis=axis)

    def blanks(self, values: pd.Series) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
        """Spans of two drawn bars or more in which it is not known; the longest, if there are very many."""
        lost = self.cut(values).isna().to_numpy()
        edges = np.diff(lost.astype(np.int8), prepend=0, append=0)
        spans = zip(np.flatnonzero(edges == 1), np.flatnonzero(edges == -1), strict=True)
        longest = sorted((span for span in spans if span[1] - span[0] > 1), key=lambda s: s[0] - s[1])
        # A bar begins where the one before it ended.
        return [(self.drawn[max(int(a) - 1, 0)], self.drawn[int(b) - 1]) for a, b in sorted(longest[:LIMIT])]

    def line(
        self, values: pd.Series, color: str, y: alt.Y, *, dash: Sequence[float] = (1, 0), labels: bool = True
    ) -> alt.Chart:
        """One Series as a line that breaks where nothing is known."""
        line = plot(rows({"value": thin(values)})).mark_line(color=COLORS[color], strokeDash=list(dash))
        return line.encode(x=self.x(labels=labels), y=y)

    def band(self, belt: pd.DataFrame, y: alt.Y) -> list[alt.Chart]:
        """The belt as an area and its median as a dashed line; nothing where it is unknown."""
        if belt["median"].isna().all():
            return []
        # The middle decides which rows stay, so that both edges are drawn on the same ones.
        kept = belt.loc[thin(belt["median"]).index]
        area = plot(rows({"value": kept["low"], "high": kept["high"]})).mark_area(
            color=COLORS["band"], opacity=0.6
        )
        return [
            area.encode(x=self.x(), y=y, y2=alt.Y2("high:Q")),
            self.line(belt["median"], "muted", y, dash=(5, 3)),
        ]

    def level(self, value: float, y: alt.Y) -> alt.Chart:
        """A thin line across, to read the others against."""
        rule = plot(pd.DataFrame({"value": [value]})).mark_rule(color=COLORS["muted"], strokeWidth=1)
        return rule.encode(y=y)

    def panel(
        self,
        layers: Sequence[alt.Chart],
        title: str,
        height: int,
        *,
        of: pd.Series | None = None,
        labels: bool = True,
    ) -> alt.LayerChart:
        """Layer the charts over the shaded span and over the spans in which `of` is unknown."""
        under = []
        blank = [] if of is None else self.blanks(of)
        self.grey = self.grey or bool(blank)
        for spans, color in ((blank, "muted"), ([self.shade] if self.shade else [], "accent")):
            if spans:
                ends = pd.DatetimeIndex([time for span in spans for time in span])
                times = rows({"at": pd.Series(0.0, ends)})["time"].to_numpy()
                shade = plot(pd.DataFrame({"time": times[::2], "until": times[1::2]}))
                shade = shade.mark_rect(color=COLORS[color], opacity=0.13)
                under.append(shade.encode(x=self.x(labels=labels), x2=alt.X2("until:T")))
        head = textwrap.wrap(title, self.width // 7)
        return layered([*under, *layers], title=head, width=self.width, height=height)


def axis(label: str | None = None, scale: alt.Scale | None = None) -> alt.Y:
    """The axis of values, without a title: that is the panel's; it need not begin at 0."""
    ticks = alt.Axis(labelExpr=label) if label else alt.Axis()
    return alt.Y("value:Q", title=None, axis=ticks, scale=scale or alt.Scale(zero=False))


def spread(places: dict[str, float], room: float, low: float, high: float) -> dict[str, float]:
    """Move labels apart until no two are closer than `room`, keeping their order and between the ends.

    Examples
    --------
    >>> spread({"a": 1.0, "b": 1.0}, 2.0, -5.0, 5.0)
    {'a': 0.0, 'b': 2.0}
    """
    names = sorted(places, key=lambda name: places[name])
    placed: list[float] = []
    for name in names:
        placed.append(max(places[name], placed[-1] + room if placed else low))
    back = float(np.mean(np.array(placed) - [places[name] for name in names]))
    back = min(max(back, placed[-1] - high), placed[0] - low)
    return {name: place - back for name, place in zip(names, placed, strict=True)}


def apart(places: dict[str, float], room: float, low: float, high: float) -> dict[str, float]:
    """Move apart only those words that would touch, each crowd around its own middle."""
    crowds: list[list[str]] = []

    def middle(crowd: list[str]) -> float:
        half = (len(crowd) - 1) * room / 2
        return min(max(sum(places[name] for name in crowd) / len(crowd), low + half), high - half)

    for name in sorted(places, key=lambda name: places[name]):
        crowds.append([name])
        while len(crowds) > 1 and middle(crowds[-1]) - middle(crowds[-2]) < room * (
            (len(crowds[-1]) + len(crowds[-2])) / 2
        ):
            last = crowds.pop()
            crowds[-1] += last
    return {
        name: middle(crowd) + (place - (len(crowd) - 1) / 2) * room
        for crowd in crowds
        for place, name in enumerate(crowd)
    }


def log_ticks(low: float, high: float) -> list[float]:
    """Round numbers on a log axis: decades where there are many, even steps where there is hardly one."""
    decades = math.log10(high / low)
    if decades < 0.5:
        step = 10.0 ** math.floor(math.log10((high - low) / 2))
        step *= 5 if (high - low) / step > 10 else 2 if (high - low) / step > 5 else 1
        return [round(step * n, 9) for n in range(math.ceil(low / step), math.floor(high / step) + 1)]
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1,) if decades > 2.5 else (1, 2, 5)
    found = [step * 10.0**power for power in powers for step in steps]
    inside = [each for each in found if low <= each <= high]
    return inside[:: -(-len(inside) // 8)]
