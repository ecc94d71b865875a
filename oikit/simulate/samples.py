"""The bundled pack: five simulated markets, the same for everyone, with no network.

::

    bnb-null      three years of hours, no link from anything to later returns
    bnb-planted   the same mechanism with a link of printed size
    btc-null      three years of hours of a market with another funding rule
    bnb-5min      120 days of five-minute bars
    bnb-cascade   one day by the minute, with a crash in it

`sample` reads one, `manifest` says what each is, `build` makes them all again from their seeds::

    oikit pack data/samples

A file is gzip CSV, so that anything can open it. It holds what the mechanism drew, rounded as a
venue rounds; what follows from that (`oikit.simulate.market.derived`) is computed on reading. The
checksum of the unpacked text is compared each time a file is read.
"""

from __future__ import annotations

import copy
import difflib
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from oikit.clock import length, utc
from oikit.errors import InputError, StoreError
from oikit.frame import validate
from oikit.simulate.market import EVENT, derived, planted_drift, planted_events, simulate
from oikit.simulate.worlds import WORLDS, Cascade

__all__ = ["NAMES", "build", "manifest", "sample"]


@dataclass(frozen=True, slots=True)
class _Sample:
    title: str
    world: str
    since: str
    until: str
    every: str
    seed: int
    price: float
    effect: float = 0.0
    cascade: Cascade | None = None


_THREE_YEARS = ("2023-03-06", "2026-03-09")
# The seeds stand among the first dozen, taken for prices that a reader of charts of such markets
# would not stumble over; tests hold other seeds to the same bands.
_SAMPLES = {
    "bnb-null": _Sample("BNB-like, nothing planted", "bnb", *_THREE_YEARS, "1h", 8, 330.0),
    "bnb-planted": _Sample("BNB-like, a link planted", "bnb", *_THREE_YEARS, "1h", 11, 330.0, effect=-0.005),
    "btc-null": _Sample("BTC-like, nothing planted", "btc", *_THREE_YEARS, "1h", 3, 22_400.0),
    "bnb-5min": _Sample("BNB-like, nothing planted", "bnb", "2025-11-09", "2026-03-09", "5min", 9, 640.0),
    "bnb-cascade": _Sample(
        "BNB-like, a crash",
        "bnb",
        "2026-03-04",
        "2026-03-05",
        "1min",
        2,
        640.0,
        cascade=Cascade("2026-03-04 14:00"),
    ),
}

NAMES = tuple(_SAMPLES)
"""What `sample` knows."""

# What is stored, and with how many decimals; prices and coins have those of their world. What is
# often 0 stands last: so the files are smaller.
_PRICES = ("open", "high", "low", "close")
_COINS = ("volume", "taker_buy_volume", "open_interest")
_OTHERS = {
    "premium": 7,
    "long_short_ratio": 4,
    "top_account_ratio": 4,
    "top_position_ratio": 4,
    "long_liquidations": 0,
    "short_liquidations": 0,
    "funding_rate": 8,
    "funding_interval": 0,
    "circulating_supply": 0,
}

_LABEL = "a row is stamped with the end of its bar, in UTC; the first bar begins at since"
_TIME = "%Y-%m-%dT%H:%MZ"


def sample(name: str) -> pd.DataFrame:
    """Return a bundled simulated market, the same for everyone.

    Parameters
    ----------
    name : {"bnb-null", "bnb-planted", "btc-null", "bnb-5min", "bnb-cascade"}

    Returns
    -------
    DataFrame, shape (n, 22)
        A valid frame, your own to change. **Simulated**: say so wherever you show it.

    Raises
    ------
    InputError
        If there is no such sample.
    StoreError
        If the pack cannot be found or a file is not what the manifest says.

    Examples
    --------
    >>> sample("bnb-cascade").shape
    (1440, 22)
    """
    _known(name)
    return _read(name).copy()


def manifest() -> dict[str, Any]:
    """Return the contents of the sample pack and how each part was made.

    Returns
    -------
    dict
        By name: ``title``, ``kind`` ("simulated"), ``world``, ``every``, ``since``, ``until``,
        ``rows``, ``seed``, ``effect`` (None, or its size, unit and definition in words),
        ``cascade``, ``label`` (which end of a bar the stamp is), ``columns`` stored, ``derived``
        columns, ``file`` and ``sha256`` of its unpacked text.

    Raises
    ------
    StoreError
        If the pack cannot be found.
    """
    return copy.deepcopy(_manifest())


def build(folder: str | Path, names: Sequence[str] = NAMES) -> dict[str, Any]:
    """Make the pack from its seeds.

    Parameters
    ----------
    folder : str or Path
        Where to write; made if missing.
    names : sequence of str
        Only these. The manifest and the README then tell of these only.

    Returns
    -------
    dict
        The manifest that was written.

    Raises
    ------
    StoreError
        If the folder cannot be written.

    Notes
    -----
    The same numpy gives the same bytes of CSV, and so the same checksums; numpy does not promise
    that its random streams stay as they are for ever. The gzip header carries no time.
    """
    where = Path(folder)
    entries = {}
    try:
        where.mkdir(parents=True, exist_ok=True)
        for name in names:
            _known(name)
            entries[name], text = _make(name)
            packed = gzip.compress(text, compresslevel=9, mtime=0)
            (where / entries[name]["file"]).write_bytes(packed)
        (where / "manifest.json").write_text(_json(entries), encoding="utf-8", newline="\n")
        (where / "README.md").write_text(_readme(entries), encoding="utf-8", newline="\n")
    except OSError as error:
        raise StoreError(f"the pack cannot be written to {where}: {error}; name another folder") from error
    return entries


def _known(name: str) -> None:
    if name not in _SAMPLES:
        near = difflib.get_close_matches(str(name), NAMES, 1, 0.4)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise InputError(f"no sample is called {name!r}; there are {', '.join(NAMES)}{hint}")


def _folder() -> Path:
    """Return the folder of the pack: inside the package in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    for where in (package / "_pack", package.parent / "data" / "samples"):
        if (where / "manifest.json").is_file():
            return where
    raise StoreError(
        f"the sample pack is not beside {package}; install oikit again, or type: oikit pack data/samples"
    )


@lru_cache(maxsize=1)
def _manifest() -> dict[str, Any]:
    return dict(json.loads((_folder() / "manifest.json").read_text(encoding="utf-8")))


@lru_cache(maxsize=len(_SAMPLES))
def _read(name: str) -> pd.DataFrame:
    entry = _manifest().get(name)
    if entry is None:
        raise StoreError(f"the pack in {_folder()} was built without {name!r}; build all of it")
    path = _folder() / entry["file"]
    try:
        text = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise StoreError(f"{path} cannot be read: {error}; install oikit again") from error
    if hashlib.sha256(text).hexdigest() != entry["sha256"]:
        raise StoreError(f"{path} is not the file that its manifest describes; install oikit again")
    columns = range(1, len(entry["columns"]) + 1)
    # numpy reads each number to the last bit, which pandas' own reader has not always done.
    values = np.loadtxt(io.BytesIO(text), delimiter=",", skiprows=1, usecols=columns, ndmin=2)
    step = length(entry["every"])
    times = pd.date_range(utc(entry["since"]) + step, utc(entry["until"]), freq=step, name="time")
    frame = pd.DataFrame(values, times, entry["columns"])
    return validate(derived(frame))


def _make(name: str) -> tuple[dict[str, Any], bytes]:
    it = _SAMPLES[name]
    world = replace(WORLDS[it.world], price=it.price)
    frame = simulate(
        world,
        since=it.since,
        until=it.until,
        every=it.every,
        seed=it.seed,
        effect=it.effect,
        cascade=it.cascade,
    )
    places = (
        dict.fromkeys(_PRICES, world.price_decimals) | dict.fromkeys(_COINS, world.lot_decimals) | _OTHERS
    )
    text = _csv(frame, places)
    entry: dict[str, Any] = {
        "title": it.title,
        "kind": "simulated",
        "world": world.name,
        "every": it.every,
        "since": f"{it.since}T00:00Z",
        "until": f"{it.until}T00:00Z",
        "rows": len(frame),
        "seed": it.seed,
        "start_price": it.price,
        "effect": _effect(frame, it.effect) if it.effect else None,
        "cascade": _cascade(it.cascade) if it.cascade else None,
        "label": _LABEL,
        "columns": list(places),
        "derived": [column for column in frame.columns if column not in places],
        "file": f"{name}.csv.gz",
        "sha256": hashlib.sha256(text).hexdigest(),
    }
    return entry, text


def _csv(frame: pd.DataFrame, places: dict[str, int]) -> bytes:
    columns = [pd.DatetimeIndex(frame.index).strftime(_TIME).tolist()]
    columns += [[f"{value:.{n}f}" for value in frame[name].tolist()] for name, n in places.items()]
    lines = [",".join(("time", *places)), *map(",".join, zip(*columns, strict=True))]
    return ("\n".join(lines) + "\n").encode("ascii")


def _effect(frame: pd.DataFrame, size: float) -> dict[str, Any]:
    events = planted_events(frame["open_interest"])
    per_8h = planted_drift(frame["open_interest"], size) * (
        pd.Timedelta("8h") / (frame.index[1] - frame.index[0])
    )
    inside = per_8h * np.sign(size) > 0
    return {
        "size": size,
        "unit": "log return per 8 h, after an event less elsewhere",
        "event": EVENT,
        "horizon": "72h",
        "events": int(events.sum()),
        "share_of_bars": round(float(inside.mean()), 4),
        "drift_after_an_event": round(float(per_8h[inside].mean()), 6),
        "drift_elsewhere": round(float(per_8h[~inside].mean()), 6),
    }


def _cascade(it: Cascade) -> dict[str, Any]:
    return {
        "at": f"{it.at}Z".replace(" ", "T"),
        "depth": it.depth,
        "fall_hours": it.fall_hours,
        "rebound": it.rebound,
        "rebound_hours": it.rebound_hours,
    }


def _json(entries: dict[str, Any]) -> str:
    return json.dumps(entries, indent=2, ensure_ascii=False) + "\n"


def _readme(entries: dict[str, Any]) -> str:
    def lines(what: str, template: str) -> str:
        told = [template.format(name=name, **it[what]) for name, it in entries.items() if it[what]]
        return "\n".join(told) or "None."

    row = "| `{name}` | {title} | {every} | {since} | {until} | {rows:,} | {seed} |"
    return _README.format(
        table="\n".join(row.format(name=name, **it) for name, it in entries.items()),
        effects=lines("effect", _EFFECT),
        cascades=lines("cascade", _CASCADE),
        label=_LABEL,
        stored=", ".join((*_PRICES, *_COINS, *_OTHERS)),
    )


_README = """# The sample pack

**Everything here is simulated.** No row was recorded at an exchange, and none may be shown as if it had
been. A mechanism with a seed drew it: `oikit/simulate/market.py` says how, and what it leaves out. Its
parameters were tuned until simulated moments fell where those of real markets lie
(`tests/test_simulate.py` lists each moment with its band). "BNB-like" and "BTC-like" mean that, and nothing
more. The seeds were taken from the first dozen for prices that look ordinary, not for their moments.

| name | what it is | bars | since | until | rows | seed |
|---|---|---|---|---|---|---|
{table}

Each is gzip CSV; {label}. `manifest.json`
says the same for programs, with a checksum (SHA-256) of each unpacked text. In Python:
`oikit.sample("bnb-null")`.

## What is planted

{effects}

In every other sample nothing leads the price: it was drawn first and alone.

## What is pushed

{cascades}

## What is stored

{stored}.

What follows from these is computed on reading: mark_price (the close), quote_volume (volume at the mean of
open, high, low and close), taker_sell_volume, taker_buy_sell_ratio, open_interest_value and market_cap (both
at the close). Units and signs are those of `oikit/frame.py`.

## How to make it again

    oikit pack data/samples

gives the same bytes of text and so the same checksums, as long as numpy keeps its random streams as they
are. This file and the manifest are written by the same command; do not edit them.
"""

_EFFECT = """- `{name}`: an event is when {event}.
  In the {horizon} after one, the mean log return per 8 h differs by **{size:+.2%}** from that of all other
  bars: {drift_after_an_event:+.4%} are added there and {drift_elsewhere:+.4%} elsewhere, so that the whole
  drifts no more than without the effect. There are {events} events, and {share_of_bars:.1%} of the bars
  follow one."""

_CASCADE = """- `{name}`: from {at} the price is pushed down by {depth:.0%} in {fall_hours} hours, then up
  by {rebound:.0%} from the low in {rebound_hours} hours. Liquidations, open interest and ratios react by
  themselves. It is modelled on what is known of such a day; it copies no row of one."""
