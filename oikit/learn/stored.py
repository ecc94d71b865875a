"""The third world: a real market, if the reader has fetched one. No network is used here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oikit.learn.show import say

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["real_market"]


def real_market(symbol: str = "BNBUSDT", every: str = "1h") -> pd.DataFrame | None:
    """Take a market from the store on this computer, or say how to fetch it.

    Parameters
    ----------
    symbol : str
    every : str

    Returns
    -------
    DataFrame or None
        A valid frame, as ``oikit.load`` once stored it, with the published supply; None if nothing
        of it is stored. Which of the two it is, is said.

    Raises
    ------
    InputError
        If the symbol is none.
    StoreError
        If the store cannot be read.
    """
    from oikit.data.kept import kept

    frame = kept(symbol, every)
    if frame is None:
        say(
            f"No real {symbol} is stored on this computer, so this lesson goes on with simulated markets.",
            f'To add it later, with a network: `oikit.load("{symbol}", since="2023-03-06")`.',
        )
        return None
    from oikit.data.mirror import near
    from oikit.data.origin import provenance

    say(f"{provenance(symbol, every=every, store=near(None, symbol))}.")
    return frame
