"""Pictures of a frame: each function takes a frame and returns an Altair chart.

==============================  =================================================================
`price_and_open_interest`       price, open interest in coins, and the same in dollars
`ratio`                         open interest as a share of all coins, with its own trailing band
`velocity`                      how fast positions open and close, with its own trailing band
`funding`                       what was paid, each time it was paid
`crowds`                        who is long: accounts, top accounts, top positions
`trail`                         a week day by day on the plane of price and open interest
`oikit.charts.risk`             liquidation distance, survival, spread of wealth, steps of a cascade
`oikit.charts.results`          effects with their intervals, base rates, reliability
==============================  =================================================================

All of them understand the same keywords. ``since`` and ``until`` draw the bars with
since < time <= until, while a band still sees what came before. ``shade=(since, until)`` shades a
span and lets the sentence speak of it. ``source`` is one line on where the data is from; it says
"simulated" of what is, and how much of what is drawn is known is put behind it. Where what a panel
draws is not known for two bars or more, its ground is grey. ``width`` is that of the drawing in
pixels.

A chart draws what it is given and says in a sentence what it shows (`finding`, which is also what a
screen reader hears). It never fetches and never looks ahead: a band at a bar is made of the bars
before it. Times are UTC, and a gap is drawn as a gap.
"""

from __future__ import annotations

from oikit.charts.base import thin
from oikit.charts.market import crowds, finding, funding, price_and_open_interest, ratio, trail, velocity
from oikit.charts.results import reliability_of
from oikit.charts.theme import COLORS, use_theme

__all__ = [
    "COLORS",
    "crowds",
    "finding",
    "funding",
    "price_and_open_interest",
    "ratio",
    "reliability_of",
    "thin",
    "trail",
    "use_theme",
    "velocity",
]
