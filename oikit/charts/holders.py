"""The chart of the crowds: who is long, counted three ways."""

from __future__ import annotations

import pandas as pd

from oikit.charts.canvas import Span, View, When, axis, rows, spread
from oikit.charts.stack import alt, assemble, plot
from oikit.charts.theme import COLORS
from oikit.errors import FrameError
from oikit.formatting import moment, percent
from oikit.indicators import long_share

__all__ = ["crowds"]

# Column: what it is called, what it counts, its colour, dash and shape.
_CROWDS = {
    "long_short_ratio": ("all accounts", "heads", "long", (1, 0), "circle"),
    "top_account_ratio": ("top accounts", "heads", "open_interest", (5, 3), "square"),
    "top_position_ratio": ("top accounts", "coins", "short", (1, 0), "triangle-up"),
}


def crowds(
    frame: pd.DataFrame,
    *,
    since: When | None = None,
    until: When | None = None,
    shade: Span | None = None,
    source: str = "",
    width: int = 470,
) -> alt.VConcatChart:
    """Which share of each crowd is long?

    Parameters
    ----------
    frame : DataFrame, shape (n, m)
        With at least one of ``long_short_ratio``, ``top_account_ratio``, ``top_position_ratio``.
    since, until, shade, source, width
        See the head of this module.

    Returns
    -------
    VConcatChart
        Two counts of heads and one of coins, as long shares. Over the whole market the share is
        always a half, as each contract has one long and one short.

    Raises
    ------
    FrameError
        If the frame breaks the contract or has none of the columns.
    InputError
        If there is nothing to draw in this span.
    """
    view = View(frame, (), since, until, shade, width - 110)  # the labels stand beside the lines
    shares = {name: view.cut(long_share(frame[name])) for name in _CROWDS if name in frame.columns}
    shares = {name: share for name, share in shares.items() if view.told(share).notna().any()}
    if not shares:
        raise FrameError([f"nothing is known of {', '.join(_CROWDS)} in this span; one of them is needed"])
    view.needs = tuple(shares)
    ends = {name: view.last(share) for name, share in shares.items()}
    seen = pd.concat([*shares.values(), pd.Series([0.5])])
    room = 0.05 * (seen.max() - seen.min()) or 0.01
    low, high, height = float(seen.min() - room), float(seen.max() + room), 240
    y = axis("format(datum.value, '.0%')", alt.Scale(domain=[low, high], nice=False))
    places = {name: share.dropna().iloc[-1] for name, share in shares.items()}
    places = spread(places, 36 * (high - low) / height, low, high)
    edge = pd.Series([0.0], view.drawn[-1:])
    layers = [view.level(0.5, y)]
    for name, share in shares.items():
        called, counts, color, dash, shape = _CROWDS[name]
        label = rows({"value": edge + places[name]}).assign(says=f"{called}\n({counts})")
        at_end = plot(label).encode(x=view.x(), y=y)
        layers += [
            view.line(share, color, y, dash=dash),
            at_end.mark_point(shape=shape, xOffset=10, size=50, filled=True, opacity=1, color=COLORS[color]),
            at_end.mark_text(align="left", dx=20, lineBreak="\n").encode(text=alt.Text("says:N")),
        ]
    said = [f"{percent(ends[n][1])} of {_CROWDS[n][0]} (counting {_CROWDS[n][1]})" for n in shares]
    says = (
        f"On {moment(max(at for at, _ in ends.values()))} the long share was {', '.join(said)}. Over the "
        "whole market it is always 50%: each contract has one long and one short."
    )
    head = "Share that is long. Heads count accounts, coins count what they hold"
    panel = view.panel(layers, head, height, of=pd.DataFrame(shares).mean(axis=1))
    title = "Which share of each crowd is long?"
    return assemble([panel], title=title, finding=says, source=view.foot(source), width=width)
