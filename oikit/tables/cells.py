"""From a source to cells, and from cells to times and numbers: the part that knows no market."""

from __future__ import annotations

import csv
import gzip
import io
import json
import logging
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from oikit.errors import InputError
from oikit.files import read as file_bytes

Floats = npt.NDArray[np.float64]

ROWS = {
    4: "ts oi oiCcy oiUsd",  # OKX, open interest
    6: "timestamp open high low close volume",  # ccxt
    7: "startTime open high low close volume turnover",  # Bybit
    9: "ts open high low close vol volCcy volCcyQuote confirm",  # OKX
    12: "openTime open high low close volume closeTime quoteVolume count takerBuyBase takerBuyQuote ignore",
}
"""What a row without headers holds, by its length."""

_UNPACKED = 2_000_000_000  # bytes
_MISSING = {"", "nan", "null", "none", "n/a", "na", "nat", "<na>", "-", "--", "—"}
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.I | re.A)
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?", re.A)
_COMMA = re.compile(r"[-+]?(\d+|\d{1,3}(\.\d{3})+),\d+(e[-+]?\d+)?", re.I | re.A)
_SIZES = {"K": 1e3, "M": 1e6, "B": 1e9}

_ISO = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?(?P<zone>Z|[+-]\d\d:?\d\d)?", re.A)
_SLASHED = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:,?[T ]+(\d{1,2}:\d\d(?::\d\d)?))?", re.A)
_IN_WORDS = re.compile(
    r"(?=.*[A-Za-z]{3})[A-Za-z]{3,9}\.? \d{1,2},? \d{4}.*|\d{1,2} [A-Za-z]{3,9}\.? \d{4}.*"
)
_UNITS = {"seconds": 1_000_000, "milliseconds": 1_000, "microseconds": 1}
_FIRST = pd.Timestamp("2010-01-01", tz="UTC")


@dataclass(slots=True)
class Reading:
    """One table on its way to a frame: its cells, what was told of it, and what is said of it."""

    cells: pd.DataFrame
    name: str
    told: dict[str, str | None]
    arguments: dict[str, Any]
    notes: list[tuple[int, str]] = field(default_factory=list)
    venue: str = ""
    comma: bool = False
    csv: bool = False
    zoned: bool = False

    def say(self, note: str, level: int = logging.INFO) -> None:
        """Add a note."""
        self.notes.append((level, note))

    def warn(self, note: str) -> None:
        """Add a note on numbers that were changed or lost."""
        self.say(note, logging.WARNING)

    def line(self, **more: Any) -> str:
        """Return the call to type, with what was told already."""
        columns = {**self.told, **more.pop("columns", {})}
        given = {**self.arguments, "columns": columns or None, **more}
        shown = "".join(f", {name}={value!r}" for name, value in given.items() if value is not None)
        return f"oikit.read({self.name}{shown})"

    def ask(self, problem: str, *choices: tuple[str, dict[str, Any]]) -> InputError:
        """Return a refusal, with a line to type for each way to read it."""
        lines = [f"{self.line(**how)}{f' {what}' if what else ''}" for what, how in choices]
        return InputError(f"{problem}; type {', or '.join(lines)}" if lines else problem)

    @property
    def first(self) -> str:
        """The line that gives the reader the raw table, where there is none yet."""
        return f"table = pd.read_csv({self.name}), then " if self.csv else ""


# ---- from a source to rows


def opened(it: Reading, source: Any) -> None:
    """Put the rows of a source into its cells, as they are."""
    if isinstance(source, pd.DataFrame):
        index = source.index
        if isinstance(index, pd.DatetimeIndex | pd.PeriodIndex) and index.name is None:
            source = source.rename_axis("time")
        named = any(name is not None for name in source.index.names)
        it.cells = source.reset_index(drop=not named)
    elif isinstance(source, str | Path):
        _unpacked(it, file_bytes(source))
    elif isinstance(source, Mapping | list | tuple):
        it.cells = _rows(it, source)
    else:
        kind = type(source).__name__
        raise InputError(f"a {kind} cannot be read; give a path, a DataFrame, or a list of rows")


def _unpacked(it: Reading, content: bytes) -> None:
    if content[:2] == b"\x1f\x8b":
        with gzip.open(io.BytesIO(content)) as packed:
            content = packed.read(_UNPACKED)
    elif content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = [each for each in archive.namelist() if not each.endswith("/")]
            if len(inside) != 1:
                raise InputError(f"{it.name} holds {len(inside)} files; unpack it and read one of them")
            with archive.open(inside[0]) as file:
                content = file.read(_UNPACKED)
    if content[:4] == b"PAR1":
        opened(it, pd.read_parquet(io.BytesIO(content)))
        return
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = content.decode("utf-16")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = content.decode("latin-1")
    if text.lstrip()[:1] in ("{", "["):
        it.cells = _rows(it, _from_json(it, text))
    else:
        it.csv = True
        it.cells = _from_csv(it, text)


def _from_json(it: Reading, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        try:
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        except ValueError:
            raise InputError(f"{it.name} begins like JSON and is none: {error}") from error


def _rows(it: Reading, found: Any) -> pd.DataFrame:
    """Take the rows out of an exchange's reply, or out of what a client returns."""
    if isinstance(found, Mapping):
        if "retCode" in found:
            it.venue = "Bybit"
        for key in ("result", "data", "list", "history"):
            if isinstance(found.get(key), Mapping | list):
                return _rows(it, found[key])
        if any(isinstance(each, list) for each in found.values()):
            return pd.DataFrame(dict(found))
        found = [found]
    rows = list(found)
    if rows and all(isinstance(row, Mapping) for row in rows):
        if isinstance(rows[0].get("history"), list):
            parts = [pd.DataFrame(row["history"]).assign(symbol=row.get("symbol")) for row in rows]
            return pd.concat(parts, ignore_index=True)
        return _from_ccxt(it, rows) if isinstance(rows[0].get("info"), Mapping | list) else pd.DataFrame(rows)
    return _without_headers(it, rows)


def _from_ccxt(it: Reading, rows: list[Any]) -> pd.DataFrame:
    """Prefer what the exchange itself replied where ccxt's own column counts something else."""
    table = pd.DataFrame(rows)
    inside = [row["info"] for row in rows]

    def take(column: str, of: Callable[[Any], Any], why: str) -> None:
        if column in table:
            table[column] = [of(each) for each in inside]
            it.say(why)

    if all(isinstance(each, list) and len(each) == 4 for each in inside):
        take("openInterestAmount", lambda each: each[2], "open interest is OKX's own coins, not contracts")
    elif all(isinstance(each, Mapping) for each in inside):
        if all("singleOpenInterest" in each for each in inside):
            take(
                "openInterestAmount",
                lambda each: each["singleOpenInterest"],
                "open interest is Bybit's own count of one side, not of both",
            )
        elif all(set(each) == {"openInterest", "timestamp"} for each in inside):
            it.venue = "Bybit"
        if all("realizedRate" in each for each in inside):
            take("fundingRate", lambda each: each["realizedRate"], "funding is OKX's realized rate")
    return table.drop(columns="info")


def _without_headers(it: Reading, rows: Sequence[Any]) -> pd.DataFrame:
    widths = {len(row) if isinstance(row, Sequence) and not isinstance(row, str) else 0 for row in rows}
    headers = ROWS.get(next(iter(widths)), "").split() if len(widths) == 1 else []
    if rows and not headers:
        raise InputError(
            f"the rows of {it.name} have no headers, and {sorted(widths)} cells; give them names, like "
            'oikit.read(pd.DataFrame(rows, columns=["time", "close", "open_interest"]))'
        )
    if rows:
        it.say(f"rows of {len(headers)} cells are read as {' '.join(headers)}")
    return pd.DataFrame(list(rows), columns=headers or None)


def _from_csv(it: Reading, text: str) -> pd.DataFrame:
    lines = [line for line in text.splitlines()[:3] if line.strip()]
    if not lines:
        raise InputError(f"{it.name} is empty")
    mark = max(";\t|,", key=lines[-1 if len(lines) < 2 else 1].count)
    rows = [[c.strip() for c in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark)]
    rows = [row for row in rows if any(row)]
    if len(rows) > 1 and len(rows[0]) == 1 < len(rows[1]):
        it.say(f"the first line is no header and is left out: {rows[0][0]!r}")
        rows = rows[1:]
    headers, body = rows[0], rows[1:]
    if _NUMBER.fullmatch(headers[0]) or _ISO.fullmatch(headers[0]):
        headers, body = list(_without_headers(it, [headers]).columns), rows
    for number, row in enumerate(body, 1):
        if len(row) != len(headers):
            raise InputError(
                f"row {number} of {it.name} has {len(row)} cells and the header {len(headers)}: "
                f"{mark.join(row)!r}; if the file was cut off there, delete that row; if commas stand "
                "both in numbers and between them, write it again with semicolons"
            )
    table = pd.DataFrame(body, columns=headers, dtype=object)
    it.comma = _decimal_comma(it, table, mark)
    return table.loc[:, [bool(header) or bool(table[header].ne("").any()) for header in headers]]


def _decimal_comma(it: Reading, table: pd.DataFrame, mark: str) -> bool:
    """Return whether numbers are written with decimal commas; refuse what could be either."""
    cells = [cell for column in range(table.shape[1]) for cell in set(table.iloc[:, column]) if "," in cell]
    commas = [cell for cell in cells if _COMMA.fullmatch(cell)]
    points = [cell for cell in cells if _THOUSANDS.fullmatch(cell)]
    sure = [cell for cell in commas if cell not in points or re.match(r"[-+]?0,", cell)]
    also = [cell for cell in points if cell not in commas]
    if sure and also:
        raise InputError(f"{it.name} writes numbers in two ways, {sure[0]} and {also[0]}")
    if sure:
        it.say("numbers are written with decimal commas")
    elif points and not also:
        both = points[0].replace(",", "."), points[0].replace(",", "")
        raise InputError(
            f"{points[0]!r} could be {both[0]} or {both[1]}; type "
            f"oikit.read(pd.read_csv({it.name}, sep={mark!r}, decimal=',')) for the first, "
            "or thousands=',' in place of decimal=',' for the second"
        )
    return bool(sure)


# ---- numbers


def numbers(it: Reading, header: str) -> tuple[Floats, bool]:
    """Return the numbers of a column, and whether its cells are in per cent by their own sign."""
    cells = it.cells[header]
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return cells.to_numpy(dtype=float, na_value=np.nan), False
    texts = [_text(cell) for cell in cells.tolist()]
    texts = ["nan" if text.lower() in _MISSING else text for text in texts]
    if not it.comma and not any("_" in text for text in texts):
        try:
            values = np.array([float(text) for text in texts])
        except ValueError:
            pass  # read below, one way of writing after another
        else:
            if not np.isinf(values).any():
                return values, False
    plain = [text.replace("−", "-").lstrip("$€").strip() for text in texts]
    percent = [text.endswith("%") for text in plain]
    known = [text != "nan" for text in plain]
    if any(percent) and sum(percent) != sum(known):
        raise InputError(f"{header!r} of {it.name} is in per cent in some rows only; write it in one way")
    read = [_number(text.rstrip("% "), it.comma) for text in plain]
    lost = [text for text, value in zip(texts, read, strict=True) if text != "nan" and value is None]
    if lost:
        many = len(lost) == sum(known)
        if many:
            raise it.ask(
                f"{header!r} of {it.name} holds no numbers but {lost[0]!r}", ("", {"columns": {header: None}})
            )
        it.warn(f"{len(lost)} cells of {header!r} are no numbers, like {lost[0]!r}: unknown")
    if any(text[-1:] in _SIZES for text in plain):
        it.warn(f"{header!r} is shortened, like {next(t for t in plain if t[-1:] in _SIZES)!r}")
    return np.array([np.nan if value is None else value for value in read]), any(percent)


def _text(cell: Any) -> str:
    return "" if cell is None or (isinstance(cell, float) and np.isnan(cell)) else str(cell).strip()


def _number(text: str, comma: bool) -> float | None:
    size = _SIZES.get(text[-1:], 1.0) if text[:1] != "n" else 1.0
    text = text[:-1].strip() if size != 1 else text
    if text == "nan":
        return float("nan")
    if comma:
        if "," in text and _COMMA.fullmatch(text):
            text = text.replace(".", "").replace(",", ".")
        elif re.fullmatch(r"[-+]?\d{1,3}(\.\d{3})+", text):
            text = text.replace(".", "")
        elif "." in text:
            return None
    elif _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    return float(text) * size if _NUMBER.fullmatch(text) else None


# ---- times


def moments(
    it: Reading, header: str, utc: bool | str | None, *, archive: bool = False
) -> tuple[pd.DatetimeIndex, bool]:
    """Return the times of the rows in UTC, as they stand, and whether they are dates without a clock."""
    cells = it.cells[header]
    if isinstance(cells.dtype, pd.PeriodDtype):
        raise InputError(
            f"{header!r} holds periods; type oikit.read(table.set_index(pd.PeriodIndex(table[{header!r}])"
            ".to_timestamp().tz_localize('UTC').rename('time')), columns={'time': 'time start'})"
        )
    if pd.api.types.is_datetime64_any_dtype(cells):
        index, dates = pd.DatetimeIndex(cells), False
        if index.tz is None:
            dates = not index.hasnans and bool((index == index.normalize()).all())
            index = _localized(it, index, header, utc, archive=archive, dates=dates)
        else:
            it.zoned = True
        times = index.tz_convert("UTC")
    else:
        texts = [_text(cell) for cell in cells.tolist()]
        if all(_NUMBER.fullmatch(text) for text in texts):
            times, dates = _counted(it, texts, header)
        else:
            times, dates = _written(it, texts, header, utc, archive=archive)
    if times.hasnans:
        raise InputError(f"row {int(np.argmax(times.isna())) + 1} of {it.name} has no time; delete it")
    if times.min() < _FIRST:
        raise InputError(
            f"the first time in {header!r} is {times.min():%Y-%m-%d %H:%M} UTC, before there were perpetual "
            f"futures; make times of it first, like table[{header!r}] = pd.to_datetime(...)"
        )
    return times.as_unit("us"), dates


def _counted(it: Reading, texts: list[str], header: str) -> tuple[pd.DatetimeIndex, bool]:
    """Read counts since 1970 by their size: no number is a time from 2001 to 2096 in two units."""
    make = f"{it.first}table[{header!r}] = pd.to_datetime(table[{header!r}]"
    if any("e" in text.lower() for text in texts):
        raise InputError(
            f"the times in {header!r} were shortened to {texts[0]} by a spreadsheet, and digits are "
            "lost; export the table again, or keep the column as text"
        )
    if all(re.fullmatch(r"20[1-9]\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", text) for text in texts):
        times = pd.DatetimeIndex(pd.to_datetime(texts, format="%Y%m%d", errors="coerce")).tz_localize("UTC")
        it.say(f"times: dates like {texts[0]}, taken as days of UTC")
        return times, True
    if all(re.fullmatch(r"20[1-9]\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])", t) for t in texts):
        raise InputError(
            f"{texts[0]} in {header!r} could be seconds since 1970 or year, month, day, hour; type "
            f"{make}, unit='s', utc=True) or format='%Y%m%d%H', and oikit.read(table)"
        )
    micros, units = [], set()
    for row, text in enumerate(texts, 1):
        whole = int(text) if text.lstrip("+-").isdigit() else None
        value = float(text)
        unit = next(
            (
                unit
                for power, unit in enumerate(_UNITS)
                if 10 ** (9 + 3 * power) <= value < 4 * 10 ** (9 + 3 * power)
            ),
            "",
        )
        if unit:
            size = _UNITS[unit]
            micros.append(whole * size if whole is not None else round(value * size))
        elif 10**18 <= value < 4 * 10**18:
            unit = "nanoseconds"
            micros.append((whole if whole is not None else int(value)) // 1000)
        else:
            days = 30_000 < value < 80_000
            how = "unit='D', origin='1899-12-30', utc=True)" if days else "format='%Y%m%d%H%M', utc=True)"
            raise InputError(
                f"{text} in row {row} of {header!r} is no time from 2001 to 2096 in seconds, milliseconds, "
                f"microseconds or nanoseconds; {'it looks like a day of a spreadsheet: ' if days else ''}"
                f"type {make}, {how}, and oikit.read(table)"
            )
        units.add(unit)
    it.say(f"times: {' and '.join(sorted(units))} since 1970, UTC")
    if len(units) > 1:
        it.warn(f"the rows count {' and '.join(sorted(units))}: each was read by its size")
    return pd.DatetimeIndex(np.array(micros, dtype="datetime64[us]")).tz_localize("UTC"), False


def _written(
    it: Reading, texts: list[str], header: str, utc: bool | str | None, *, archive: bool
) -> tuple[pd.DatetimeIndex, bool]:
    """Read times that are written out; what could be two days is refused."""
    plain = [re.sub(r"^(\d{4})/(\d\d)/(\d\d)", r"\1-\2-\3", text) for text in texts]
    named = [re.sub(r" ?(UTC|GMT)$", "+00:00", text) for text in plain]
    named = [re.sub(r"(:\d\d(?:\.\d+)?[+-]\d\d)$", r"\1:00", text) for text in named]
    named = _ordered(it, named, header)
    forms = [_ISO.fullmatch(text) for text in named]
    for row, (text, form) in enumerate(zip(texts, forms, strict=True), 1):
        if form is None:
            raise InputError(
                f"{text!r} in row {row} of {header!r} is no time that can be read in one way only; type "
                f"{it.first}table[{header!r}] = pd.to_datetime(table[{header!r}], "
                "format='%d.%m.%Y %H:%M', utc=True) with the format that it has, and oikit.read(table)"
            )
    zones = [bool(form["zone"]) for form in forms if form]
    if all(zones):
        it.zoned = True
        it.say("times: text with its zone, turned to UTC")
        return pd.DatetimeIndex(pd.to_datetime(named, format="ISO8601", utc=True)), False
    if any(zones):
        row = zones.index(not zones[0]) + 1
        raise InputError(
            f"some times in {header!r} name a zone and some do not, like row {row}; write one way"
        )
    dates = all(len(text) == 10 for text in named)
    index = pd.DatetimeIndex(pd.to_datetime(named, format="ISO8601"))
    archive = archive or "utc" in header.lower()
    return _localized(it, index, header, utc, archive=archive, dates=dates).tz_convert("UTC"), dates


def _ordered(it: Reading, texts: list[str], header: str) -> list[str]:
    """Write dates like 13/04/2026 as 2026-04-13 where a day above 12 tells which is which."""
    if all(_IN_WORDS.fullmatch(text) for text in texts):
        try:
            index = pd.DatetimeIndex(pd.to_datetime(texts, format="mixed"))
        except ValueError:
            return texts
        return [f"{each:%Y-%m-%dT%H:%M:%S%z}" for each in index]
    found = [_SLASHED.fullmatch(text) for text in texts]
    parts = [form.groups() for form in found if form]
    if len(parts) < len(texts):
        return texts
    first, second = (max(int(each[place]) for each in parts) for place in (0, 2))
    if (first > 12) == (second > 12):
        return texts
    day, month, order = (0, 2, "day, month, year") if first > 12 else (2, 0, "month, day, year")
    it.say(f"times: {texts[0]} is {order}, as {max(first, second)} is no month")
    return [
        f"{each[3]}-{int(each[month]):02d}-{int(each[day]):02d}"
        + (f"T{'0' * (each[4].find(':') == 1)}{each[4]}" if each[4] else "")
        for each in parts
    ]


def _localized(
    it: Reading, index: pd.DatetimeIndex, header: str, utc: bool | str | None, *, archive: bool, dates: bool
) -> pd.DatetimeIndex:
    """Put times that name no zone into theirs."""
    if isinstance(utc, str):
        try:
            found = index.tz_localize(utc)
        except Exception as error:  # of a zone that is none, or an hour that is twice or not at all
            raise InputError(
                f"{header!r} does not hold times of {utc}: {error}; name another zone in utc=, or export "
                "the table in UTC"
            ) from error
        it.say(f"times: of {utc}, turned to UTC")
        return found
    if utc or archive:
        it.say("times: in UTC")
    elif dates:
        it.say("times: dates, taken as days of UTC")
    else:
        raise it.ask(
            f"the times in {header!r} name no zone",
            ("if they are in UTC", {"utc": True}),
            ("with the zone they are in", {"utc": "Europe/Berlin"}),
        )
    return index.tz_localize("UTC")
