"""The trade ledger of lesson 01: the effect of one kind of trade on open interest.

A small market with contracts already open sees the same kind of trade four times. Longs and shorts are
booked separately, each from its own side of the trade; that they agree after every trade is a result,
not an assumption. There is no choice of world: bookkeeping is the same in all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oikit.explore.model import Amount, Choice, Explorer

if TYPE_CHECKING:
    import altair as alt

OPEN_AT_START = 40
PRICE_AT_START = 600
TRADES = 4

BUYER = Choice(
    "buyer", "What does the buyer do: open a long, or close a short?", ("opens", "closes"), "opens"
)
SELLER = Choice(
    "seller", "What does the seller do: open a short, or close a long?", ("opens", "closes"), "opens"
)
SIZE = Amount("size", "How many contracts change hands in each trade?", 1, 5, 1, 2, "contracts")
PRICE_STEP = Amount("price_step", "What does the price do from trade to trade?", -20, 20, 10, 0, "USDT")


def rows(buyer: str, seller: str, size: float, price_step: float) -> list[dict[str, Any]]:
    """Book the same trade four times.

    Examples
    --------
    >>> last = rows("opens", "closes", 2, 10)[-1]
    >>> last["open_interest"], last["volume"], last["open_interest_value"]
    (40, 8, 25600)
    """
    longs = shorts = OPEN_AT_START
    volume, price = 0, PRICE_AT_START
    table = []
    for trade in range(TRADES + 1):
        if trade:
            longs += int(size) * ((buyer == "opens") - (seller == "closes"))
            shorts += int(size) * ((seller == "opens") - (buyer == "closes"))
            volume += int(size)
            price += int(price_step)
        table.append(
            {
                "trade": f"trade {trade}" if trade else "start",
                "price": price,
                "longs": longs,
                "shorts": shorts,
                "open_interest": longs,
                "volume": volume,
                "open_interest_value": longs * price,
            }
        )
    return table


def says(buyer: str, seller: str, size: float, price_step: float) -> str:
    """Put the result of the four trades into words.

    Examples
    --------
    >>> says("closes", "closes", 5, 0).split(". ")[0]
    'Both sides leave, so contracts disappear'
    """
    first, *_, last = rows(buyer, seller, size, price_step)
    why = {
        ("opens", "opens"): "Both sides are new, so contracts are created.",
        ("closes", "closes"): "Both sides leave, so contracts disappear.",
    }.get((buyer, seller), "One side is new and takes the place of one that leaves, so the count stays.")
    return (
        f"{why} After {TRADES} trades of {size:g}: open interest {_moved(first, last, 'open_interest')} "
        f"contracts, {last['longs']} long and {last['shorts']} short. Volume is {last['volume']} contracts. "
        f"At a price of {last['price']} USDT, dollar open interest "
        f"{_moved(first, last, 'open_interest_value')} USDT."
    )


def _moved(first: dict[str, Any], last: dict[str, Any], name: str) -> str:
    before, after = first[name], last[name]
    if before == after:
        return f"stays at {after:,}"
    return f"{'rises' if after > before else 'falls'} from {before:,} to {after:,}"


def draw(base: alt.Chart) -> alt.VConcatChart:
    """Draw the ledger: both sides, the volume so far, and the dollars."""
    import altair as alt

    from oikit.charts.theme import COLORS

    order = ["start", *(f"trade {i + 1}" for i in range(TRADES))]
    quiet = alt.X("trade:N", sort=order, axis=None)
    named = alt.X("trade:N", sort=order, title=None, axis=alt.Axis(labelAngle=0, ticks=False, domain=False))

    def bars(field: str, color: str, sign: int = 1, label: str = "", x: alt.X = quiet) -> alt.LayerChart:
        rows = base.transform_calculate(
            height=f"{sign} * datum.{field}", label=f"format(datum.{field}, ',') + '{label}'"
        ).encode(alt.Y("height:Q", scale=alt.Scale(domain=panel, nice=False), axis=None), x=x)
        drawn = rows.mark_bar(color=COLORS[color], width=alt.RelativeBandSize(band=0.96))
        return drawn + rows.mark_text(dy=-11 * sign, baseline="middle").encode(text="label:N")

    most, dearest = OPEN_AT_START + TRADES * SIZE.high, PRICE_AT_START + TRADES * PRICE_STEP.high
    room = 1.3  # for the label beyond the longest bar

    # One scale for both sides: equal bars, up and down, are the identity drawn.
    panel = [-most * room, most * room]
    sides = bars("longs", "long", label=" long") + bars("shorts", "short", sign=-1, label=" short")
    panel = [0, TRADES * SIZE.high * room]
    volume = bars("volume", "muted")
    panel = [0, most * dearest * room]
    inside = base.transform_calculate(times="datum.open_interest + '×' + datum.price").mark_text(
        color="white", baseline="bottom", dy=-4
    )
    dollars = bars("open_interest_value", "open_interest_value", x=named) + inside.encode(
        named, alt.Y(datum=0), alt.Text("times:N")
    )
    return alt.vconcat(
        sides.properties(
            title="Open interest: each contract has a long and a short", height=140, width=WIDTH
        ),
        volume.properties(title="Volume so far", height=54, width=WIDTH),
        dollars.properties(title="Dollar open interest (USDT): contracts × price", height=84, width=WIDTH),
        spacing=18,
    )


WIDTH = 460

EXPLORER = Explorer(
    id="01",
    title="Trade ledger",
    asks="Which trades create contracts, which only hand them on, and which remove them?",
    controls=(BUYER, SELLER, SIZE, PRICE_STEP),
    rows=rows,
    says=says,
    draw=draw,
    shows={
        "trade": "trade",
        "price": "price",
        "longs": "long total",
        "shorts": "short total",
        "open_interest": "open interest",
        "volume": "volume so far",
        "open_interest_value": "dollar open interest",
    },
)
"""The explorer of lesson 01."""
