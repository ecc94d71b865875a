"""Parser of bulk files: the texts of many files are joined and parsed once, into columns of numbers.

Parsing file by file is what makes a year of daily files slow, so the bodies are joined and pyarrow
reads them in one go; which row came from which file is known from the line counts. Only where that
fails (a cell that is no number, a line with too few cells) is each file taken alone, and a file that
cannot be read even cell by cell is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from oikit.data.venues.defects import DEFECTS, UNREADABLE, Floats, Ints

if TYPE_CHECKING:
    import pyarrow as pa

_NUMBER = re.compile(rb"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
_CLOCK = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_WHOLE = re.compile(rb"\d{1,18}")
MICROSECONDS = 10**14
"""From here on a time is in microseconds; as ms it would be the year 5138."""
_MOST_ROWS = 100_000  # of a file; a month of one-minute bars is 44,640
_BLANK = ["", "NaN", "nan", "null", "NULL", "None", "N/A"]


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one kind of file.

    Attributes
    ----------
    columns : tuple of str
        All columns, in order; the first row of a file may or must repeat them.
    numbers : tuple of str
        Those read as numbers.
    stamp : str
        The one with the time: whole ms or us since 1970, or text in UTC if `clock` is set.
    clock : bool
    market : str, optional
        The one that repeats the symbol, if any.
    headless : bool
        Whether there are files without a header row.
    """

    columns: tuple[str, ...]
    numbers: tuple[str, ...]
    stamp: str
    clock: bool = False
    market: str | None = None
    headless: bool = True


class Table(NamedTuple):
    """Columns read from many files.

    Attributes
    ----------
    stamp : array of int, shape (n,)
        ms since 1970; ``UNREADABLE`` where there is no time.
    numbers : array of float, shape (n, m)
        In the order of ``Layout.numbers``; NaN where blank or no number.
    file : array of int, shape (n,)
        Which of the texts, counted from 0.
    refused : dict of int to str
        Texts that are not what they should be.
    """

    stamp: Ints
    numbers: Floats
    file: Ints
    refused: dict[int, str]


_Columns = tuple[Ints, Floats]


def parse(texts: Sequence[bytes], layout: Layout, symbol: str) -> Table:
    """Read the texts of many files of one kind and one market."""
    refused: dict[int, str] = {}
    bodies: list[memoryview] = []
    counts: list[int] = []
    for number, text in enumerate(texts):
        if max(text.count(b"\n"), text.count(b"\r")) > _MOST_ROWS:
            refused[number], text = DEFECTS["too-many-rows"].says, b""
        text = _with_line_ends(text)
        body = _body(text, layout)
        if body is None:
            refused.setdefault(number, DEFECTS["strange-header"].says)
        bodies.append(body or memoryview(b""))
        counts.append(0 if body is None else text.count(b"\n", len(text) - len(body)))
    try:
        stamp, numbers = _by_arrow(b"".join(bodies), sum(counts), layout, symbol)
    except _Strange:
        parts = []
        for number, body in enumerate(bodies):
            try:
                parts.append(_alone(bytes(body), layout, symbol))
            except _Strange as error:
                refused[number] = str(error)
                parts.append((np.empty(0, np.int64), np.empty((0, len(layout.numbers)))))
        counts = [len(part[0]) for part in parts]
        stamp = np.concatenate([part[0] for part in parts])
        numbers = np.concatenate([part[1] for part in parts])
    stamp = np.where(stamp >= MICROSECONDS, stamp // 1000, stamp)
    return Table(stamp, numbers, np.repeat(np.arange(len(texts)), counts), refused)


class _Strange(Exception):
    """Bytes that are not rows of the expected layout."""


def _with_line_ends(text: bytes) -> bytes:
    if b"\r" in text:
        text = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return text if text.endswith(b"\n") else text + b"\n"


def _body(text: bytes, layout: Layout) -> memoryview | None:
    """The rows alone, uncopied; None if the names above them are not the ones we know."""
    first = 0
    if not (layout.headless and text[:1].isdigit()):
        first = text.find(b"\n") + 1
        if text[:first].strip() != ",".join(layout.columns).encode():
            return None
    return memoryview(text)[first:]


def _alone(body: bytes, layout: Layout, symbol: str) -> _Columns:
    body = b"".join(line + b"\n" for line in body.split(b"\n") if line)
    try:
        return _by_arrow(body, body.count(b"\n"), layout, symbol)
    except _Strange:
        return _by_hand(body, layout, symbol)


def _by_arrow(body: bytes, count: int, layout: Layout, symbol: str) -> _Columns:
    import pyarrow as pa
    from pyarrow import csv

    if not count:
        return np.empty(0, np.int64), np.empty((0, len(layout.numbers)))
    types = {name: pa.float64() for name in layout.numbers}
    types[layout.stamp] = pa.string() if layout.clock else pa.int64()
    if layout.market:
        types[layout.market] = pa.string()
    try:
        table = csv.read_csv(
            pa.BufferReader(body),
            csv.ReadOptions(column_names=list(layout.columns)),
            csv.ParseOptions(quote_char=False, ignore_empty_lines=False),
            csv.ConvertOptions(column_types=types, null_values=_BLANK, include_columns=list(types)),
        )
        if table.num_rows != count:
            raise _Strange(DEFECTS["strange-row"].says)
        if layout.market and table[layout.market].unique().to_pylist() != [symbol]:
            raise _Strange(DEFECTS["other-market"].says)
        stamp = _clock(table[layout.stamp]) if layout.clock else table[layout.stamp]
        stamp = stamp.fill_null(UNREADABLE).to_numpy()
    except pa.ArrowInvalid as error:
        raise _Strange(DEFECTS["strange-row"].says) from error
    numbers = np.empty((count, len(layout.numbers)))
    for i, name in enumerate(layout.numbers):
        numbers[:, i] = table[name].to_numpy()
    return stamp, numbers


def _clock(text: pa.ChunkedArray) -> Any:
    import pyarrow as pa
    from pyarrow import compute

    # A date alone would be read as midnight, which it does not say.
    whole = compute.if_else(compute.equal(compute.utf8_length(text), 19), text, None)
    return whole.cast(pa.timestamp("ms")).cast(pa.int64())


def _by_hand(body: bytes, layout: Layout, symbol: str) -> _Columns:
    rows = [line.split(b",") for line in body.split(b"\n") if line]
    if any(len(row) != len(layout.columns) for row in rows):
        raise _Strange(DEFECTS["strange-row"].says)
    where = {name: i for i, name in enumerate(layout.columns)}
    if layout.market and any(row[where[layout.market]] != symbol.encode() for row in rows):
        raise _Strange(DEFECTS["other-market"].says)
    read = _clock_by_hand if layout.clock else _whole_by_hand
    stamp = np.array([read(row[where[layout.stamp]]) for row in rows], dtype=np.int64)
    cells = [[_number_by_hand(row[where[name]]) for name in layout.numbers] for row in rows]
    return stamp, np.array(cells, dtype=np.float64).reshape(len(rows), len(layout.numbers))


def _clock_by_hand(cell: bytes) -> int:
    if not _CLOCK.fullmatch(cell):
        return UNREADABLE
    try:
        return int(np.datetime64(cell.decode().replace(" ", "T"), "ms").astype(np.int64))
    except ValueError:
        return UNREADABLE


def _whole_by_hand(cell: bytes) -> int:
    return int(cell) if _WHOLE.fullmatch(cell) else UNREADABLE


def _number_by_hand(cell: bytes) -> float:
    return float(cell) if _NUMBER.fullmatch(cell) else np.nan
