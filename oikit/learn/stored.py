"""The third world: a real market, if the reader has fetched one. No network is used here."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from oikit.learn.show import say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["real_market"]

ENOUGH = 60
"""So many days of a market are enough to be offered."""


def real_market(symbol: str | None = None, every: str = "1h") -> pd.DataFrame | None:
    """Take a market from the store on this computer, or say how to fetch one.

    Parameters
    ----------
    symbol : str, optional
        By default BNBUSDT if 60 days of it are stored, else the stored market with the most bars.
    every : str

    Returns
    -------
    DataFrame or None
        A valid frame, as ``oikit.load`` once stored it, with the published supply; None if there is
        none. A line says which of the two it is. ``frame.attrs["symbol"]`` is its symbol.

    Raises
    ------
    InputError
        If the symbol is none.
    StoreError
        If the store cannot be read.
    """
    from oikit.data.kept import kept
    from oikit.data.mirror import near
    from oikit.data.origin import provenance

    chosen = symbol or _longest(every)
    frame = kept(chosen, every) if chosen else None
    if frame is None or not chosen:
        what = f"No real {symbol}" if symbol else "No real market of 60 days or more"
        say(
            f"{what} is stored on this computer, so this lesson goes on with simulated markets.",
            f'To add it later, with a network: `oikit.load("{symbol or "BNBUSDT"}", since="2023-03-06")`.',
        )
        return None
    frame.attrs["symbol"] = chosen
    # What a store says of itself was written by others: it is shown as text, never as Markdown or HTML.
    told = escape(provenance(chosen, every=every, store=near(None, chosen))).replace("`", "&#96;")
    say(f"{told}.")
    return frame


def _longest(every: str) -> str | None:
    """Return BNBUSDT if enough of it is stored here, else the market with the most bars that has enough."""
    import pandas as pd

    from oikit.clock import length, words
    from oikit.data import store
    from oikit.files import is_address, store_address, store_root

    if is_address(store_address()):
        return "BNBUSDT"  # a lesson does not list a bucket
    step, root = length(every), store_root()
    found = [name for name, stored in store.markets(root) if stored == words(step)] if root.is_dir() else []
    rows = {name: int(store.manifest(root, name, step).get("rows", 0)) for name in found}
    enough = [name for name, count in rows.items() if count * step >= pd.Timedelta(days=ENOUGH)]
    return max(enough, key=lambda name: (name == "BNBUSDT", rows[name]), default=None)
