"""From headers to fields: ``names.toml`` has the names, what could be two is asked about."""

from __future__ import annotations

import difflib
import re
import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from oikit.errors import InputError
from oikit.frame import FIELDS
from oikit.tables.cells import Reading

Kind = Literal["candle", "instant", "settled"]

NAMES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))

_KINDS: tuple[Kind, ...] = ("candle", "instant", "settled")
_KNOWN: dict[str, tuple[str, Kind]] = {
    alias: (name, kind) for kind in _KINDS for name, names in NAMES[kind].items() for alias in names.split()
}
# Vendors draw everything as candles; the last value of one is its close.
_KNOWN |= {
    f"{alias}close": (name, "candle")
    for alias, (name, kind) in list(_KNOWN.items())
    if kind != "candle" and name != "close"
}
_CANDLE = {"open": "o", "high": "h", "low": "l", "close": "c"}
_QUOTES = ("usd", "usdt", "usdc", "busd", "fdusd")
_MEANING = re.compile(
    r"(?P<field>\w+)( (?P<percent>%)| (?P<both>both sides)| x (?P<times>[\d.]+)| (?P<filled>filled))?"
)


@dataclass(frozen=True, slots=True)
class Column:
    """The meaning of one header.

    Attributes
    ----------
    headers : tuple of str
        One; or two whose ratio it is.
    field : str
    kind : {"candle", "instant", "settled"}
        Whether it belongs to a whole bar, to one moment, or to a settlement of funding.
    factor : float
        What to multiply it by.
    percent, told, filled, sure : bool
        Whether it is to be divided by 100, was named by the reader, holds the last rate in every bar, and
        counts coins by its name.
    """

    headers: tuple[str, ...]
    field: str
    kind: Kind
    factor: float = 1.0
    percent: bool = False
    told: bool = False
    filled: bool = False
    sure: bool = False

    @property
    def name(self) -> str:
        """The header, for messages."""
        return " / ".join(self.headers)


def plain(header: str) -> str:
    """Return a header as ``names.toml`` writes it."""
    if header == "T":
        return "closetime"  # Hyperliquid has t and T
    return re.sub(r"[^a-z0-9]", "", re.sub(r"%|percentage|percent|pct", "", header.lower()))


def _same_market(one: Any, other: str) -> bool:
    def letters(text: Any) -> str:
        return re.sub(
            r"_?(SWAP|PERP)$", "", re.sub(r"[^A-Z0-9]", "", re.split(r"[:.]", str(text).upper())[0])
        )

    return letters(one) == letters(other)


def one_market(it: Reading, symbol: str | None) -> None:
    """Keep the rows of one market; refuse a table that mixes several of anything."""
    for header in it.cells.columns:
        name = plain(header)
        if header in it.told or name not in (NAMES["apart"]["markets"] + NAMES["apart"]["others"]).split():
            continue
        values = it.cells[header].dropna().astype(str).unique()
        if symbol is not None and name in NAMES["apart"]["markets"].split():
            keep = it.cells[header].map(lambda value: _same_market(value, symbol)).to_numpy(dtype=bool)
            if not keep.any():
                raise InputError(f"{it.name} holds {', '.join(values[:9])}, and nothing of {symbol}")
            if not keep.all():
                it.say(f"{int((~keep).sum())} rows of other markets are left out")
            it.cells = it.cells[keep].reset_index(drop=True)
        elif len(values) > 1 and name in NAMES["apart"]["markets"].split():
            raise it.ask(
                f"{it.name} holds {len(values)} markets, {', '.join(values[:9])}", ("", {"symbol": values[0]})
            )
        elif len(values) > 1:
            raise InputError(
                f"{header!r} holds {', '.join(values[:9])}, and a frame is one of them; type "
                f"{it.first}oikit.read(table[table[{header!r}] == {values[0]!r}])"
            )


def time_column(it: Reading) -> tuple[str, str]:
    """Return the header of the times, and what they mark: start, end, settled, archive, or any."""
    for header, meaning in it.told.items():
        if meaning in ("time", "time start", "time end"):
            return header, meaning.removeprefix("time").strip() or "any"
    there = {plain(header): header for header in it.cells.columns if it.told.get(header, "") is not None}
    for label, names in NAMES["time"].items():
        for alias in names.split():
            if alias in there and (label != "archive" or "sumopeninterest" in there):
                return there[alias], label
    if "" in there or "unnamed0" in there:
        return there.get("", there.get("unnamed0", "")), "any"  # an index that pandas wrote without a name
    headers = list(it.cells.columns)
    near = difflib.get_close_matches("timestamp", headers, 1, 0.4)
    raise it.ask(
        f"no column of {it.name} is known to hold times; it has {', '.join(headers)}",
        ("", {"columns": {near[0] if near else headers[0]: "time"}}),
    )


def source(it: Reading) -> str:
    """Return the vendor whose headers these are, if it stamps everything at the start of a bar."""
    there = {plain(header) for header in it.cells.columns}
    return next((name for name, names in NAMES["source"].items() if there & set(names.split())), "")


def meanings(it: Reading, stamp: str) -> list[Column]:
    """Return what the headers mean, one for each field, and note what is left out."""
    there = {plain(header): header for header in it.cells.columns if header != stamp}
    left = {
        there[name]: rule["why"]
        for rule in NAMES["instead"]
        if set(rule["has"].split()) <= there.keys()
        for name in rule["leave"].split()
        if name in there
    }
    found = [_told(it, header) for header, means in it.told.items() if header != stamp and means is not None]
    if any(c.told and plain(c.name) in ("close", "c") and c.field != "close" for c in found):
        left |= {
            there[name]: "it belongs to the same candle"
            for names in _CANDLE.items()
            for name in names
            if name in there and there[name] not in it.told
        }
    for name, header in there.items():
        if header not in it.told and header not in left:
            found += _known(it, header, name, there)
    found += _pairs(there, it.told, {column.field for column in found})
    found = _one_each(it, [_both_sides(it, column) for column in found])
    for header, why in left.items():
        it.say(f"{header!r} is left out: {why}")
    used = {header for column in found for header in column.headers} | {stamp, *left}
    unused = [header for header in it.cells.columns if header not in used]
    if not found:
        raise it.ask(
            f"no column of {it.name} is one that a frame has; there are {', '.join(it.cells.columns)}",
            ("", {"columns": {(unused or [stamp])[0]: "open_interest"}}),
        )
    for header in unused:
        near = difflib.get_close_matches(plain(header), _KNOWN, 1, 0.8)
        hint = f" (type columns={{{header!r}: {_KNOWN[near[0]][0]!r}}} if it is that)" if near else ""
        (it.warn if near else it.say)(f"{header!r} is left out{hint}")
    if renamed := [
        f"{column.name} is {column.field}" for column in found if plain(column.name) != plain(column.field)
    ]:
        it.say(", ".join(renamed))
    return found


def _told(it: Reading, header: str) -> Column:
    meaning = it.told[header] or ""
    match = _MEANING.fullmatch(meaning)
    if match is None or match["field"] not in FIELDS:
        near = difflib.get_close_matches(meaning, FIELDS, 1, 0.4)
        raise it.ask(
            f"columns={{{header!r}: {meaning!r}}} names no field; there are {', '.join(FIELDS)}",
            ("", {"columns": {header: near[0] if near else "open_interest"}}),
        )
    name = match["field"]
    own = _KNOWN.get(plain(header), ("", "instant"))
    kind = own[1] if own[0] == name or own[1] == "candle" else _KNOWN[plain(name)][1]
    if name.startswith("funding"):
        kind = "settled"
    factor = 0.5 if match["both"] else float(match["times"] or 1)
    if factor != 1 or match["percent"]:
        it.warn(
            f"{header!r} is {'divided by 100' if match['percent'] else f'multiplied by {factor:g}'}, as told"
        )
    return Column((header,), name, kind, factor, bool(match["percent"]), True, bool(match["filled"]), True)


def _known(it: Reading, header: str, name: str, there: dict[str, str]) -> list[Column]:
    """Return what one header means by its name; nothing if that is not known."""
    if len(name) == 1 and not set(_CANDLE.values()) <= there.keys():
        if {"l", "s"} <= there.keys():  # Coinalyze
            if "r" in there:
                return [Column((header,), "long_short_ratio", "candle")] if name == "r" else []
            raise it.ask(
                "'l' and 's' could be forced sales in coins or in money, and a frame keeps money",
                ("if it is money", {"columns": {"l": "long_liquidations", "s": "short_liquidations"}}),
            )
        return []
    if name in NAMES["ask"]["contracts"].split():
        raise it.ask(
            f"{header!r} counts contracts, and the table does not say how many coins one is",
            ("if it is 0.01 coins", {"columns": {header: "open_interest x 0.01"}}),
        )
    if name in NAMES["ask"]["coins_or_money"].split():
        raise it.ask(
            f"{header!r} could be in coins or in money, and a frame keeps liquidations in money",
            (
                "if it is money",
                {"columns": {header: f"{'long' if 'long' in name else 'short'}_liquidations"}},
            ),
            ("to leave it out", {"columns": {header: None}}),
        )
    if name.startswith("volume") and name.removeprefix("volume") in _QUOTES:
        name = "quotevolume"
    if name not in _KNOWN:
        return []
    target, kind = _KNOWN[name]
    percent = bool(re.search(r"%|percent|pct", header.lower())) and FIELDS[target].unit == "fraction"
    if percent:
        it.warn(f"{header!r} is in per cent by its name: divided by 100")
    if target.startswith("funding"):
        kind = "settled"
    base = name.removesuffix("close")
    sure = base in NAMES["sure"]["open_interest"].split() or "coin" in base
    return [Column((header,), target, kind, percent=percent, sure=sure)]


def _pairs(there: dict[str, str], told: Any, fields: set[str]) -> list[Column]:
    """Return ratios of two headers, longs and shorts, where no header gives the ratio itself."""
    return [
        Column(tuple(there[name] for name in names.split()), target, "instant")
        for target, pairs in NAMES["pair"].items()
        if target not in fields
        for names in pairs
        if set(names.split()) <= there.keys() and not any(there[name] in told for name in names.split())
    ]


def _both_sides(it: Reading, column: Column) -> Column:
    """Halve what Bybit counts on both sides; ask where it may be Bybit's."""
    name = plain(column.name)
    if column.field != "open_interest" or column.told:
        return column
    if it.venue == "Bybit" and name in ("openinterest", "openinterestamount"):
        it.warn(f"{column.name!r} counts both sides, as Bybit does: halved")
        return replace(column, factor=0.5, sure=True)
    spelled = set(it.cells.columns)
    if column.name == "openInterest" and spelled <= {"openInterest", "timestamp", "symbol"}:
        raise it.ask(
            "Bybit counts 'openInterest' on both sides, other exchanges on one",
            ("if it is Bybit's", {"columns": {column.name: "open_interest both sides"}}),
            ("else", {"columns": {column.name: "open_interest"}}),
        )
    if {"oraclepx", "markpx"} <= {plain(header) for header in spelled}:
        raise it.ask(
            "it is not settled whether Hyperliquid counts open interest on one side or on both",
            ("for one", {"columns": {column.name: "open_interest"}}),
            ("for both", {"columns": {column.name: "open_interest both sides"}}),
        )
    return column


def _one_each(it: Reading, found: list[Column]) -> list[Column]:
    """Keep one header for each field: what was told, else what is sure, else ask."""
    chosen: dict[str, Column] = {}
    for target in dict.fromkeys(column.field for column in found):
        columns = [column for column in found if column.field == target]
        for better in ("told", "sure"):
            if any(getattr(column, better) for column in columns):
                columns = [column for column in columns if getattr(column, better)]
        first = it.cells[list(columns[0].headers)]
        for other in columns[1:]:
            if not (first.to_numpy() == it.cells[list(other.headers)].to_numpy()).all():
                raise it.ask(
                    f"{columns[0].name!r} and {other.name!r} could both be {target}",
                    ("for the first", {"columns": {other.headers[0]: None}}),
                    ("for the other", {"columns": {columns[0].headers[0]: None}}),
                )
        chosen[target] = columns[0]
    return list(chosen.values())
