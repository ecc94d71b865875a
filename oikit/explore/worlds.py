"""The worlds of an explorer: nothing built in, a link built in, and last a real market, if one is stored.

The first two are samples of the pack, and are called simulated. The third is there for a reader who has
fetched at least three years of hours; it is read from the store, and no network is used. Explorers whose
point is that the truth is known (calibration, overfitting, the decision log) have no third world.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from oikit.errors import InputError
from oikit.explore.model import Choice, Explorer

if TYPE_CHECKING:
    import pandas as pd

REAL = "real"
SYMBOL = "BNBUSDT"
_NEEDS = ["close", "open_interest", "circulating_supply"]
_KNOWN = 0.9  # of each, at least: without its archive the venue tells open interest of the last month only
_BARS = 3 * 365 * 24  # three years of hours, as much as the samples have


def frame(world: str) -> pd.DataFrame:
    """The market of a world, in bars of an hour."""
    from oikit.simulate.samples import sample

    if world != REAL:
        return sample(f"bnb-{world}")
    found = _stored()
    if found is None:
        raise InputError(
            f"no three years of {SYMBOL} are stored here; type: oikit fetch {SYMBOL} --since 2023-03-06"
        )
    return found


def offered(control: Choice) -> tuple[str, ...]:
    """Return the worlds to choose from: those of the control, then the real one if it is stored."""
    return control.options if _stored() is None else (*control.options, REAL)


def told(world: str, built: str) -> str:
    """Return the opening words of a sentence about a world.

    Examples
    --------
    >>> told("planted", "a fall after jumps built in"), told("null", "a fall"), told("real", "")
    ('Simulated, a fall after jumps built in', 'Simulated, nothing built in', 'Real, BNBUSDT as stored here')
    """
    if world == REAL:
        return f"Real, {SYMBOL} as stored here"
    return f"Simulated, {'nothing built in' if world == 'null' else built}"


def with_real(explorer: Explorer) -> Explorer:
    """The explorer with the real world among its choices, where it has worlds and the market is stored."""
    if explorer.worlds is None:
        return explorer
    controls = tuple(
        replace(each, options=explorer.worlds())
        if isinstance(each, Choice) and each.name == "world"
        else each
        for each in explorer.controls
    )
    return replace(explorer, controls=controls)


def _stored() -> pd.DataFrame | None:
    """The real market, if enough of it is stored on this computer."""
    import pandas as pd

    from oikit.data import store
    from oikit.files import is_address, store_address, store_root

    if is_address(store_address()):
        return None  # an explorer does not wait for a bucket
    note = store.manifest(store_root(), SYMBOL, pd.Timedelta("1h"))
    return _read(str(store_root()), str(note["fetched_at"])) if note else None


@lru_cache(maxsize=1)
def _read(root: str, fetched_at: str) -> pd.DataFrame | None:
    """Once for each fetch, since every control that is moved asks."""
    from oikit.data.kept import kept

    found = kept(SYMBOL, store=root)
    if found is None or len(found) < _BARS or not set(_NEEDS) <= set(found.columns):
        return None
    found = found.iloc[-_BARS:]
    return found if (found[_NEEDS].notna().mean() >= _KNOWN).all() else None
