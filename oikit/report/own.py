"""A table of the reader's own as the market of a report: a file, or a frame that is written to one."""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from oikit import clock
from oikit.errors import InputError, ReportError
from oikit.frame import FIELDS, validate
from oikit.simulate import samples
from oikit.tables import read_with_notes, shelf

ENDINGS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".parquet", ".gz", ".zip")


class Own(NamedTuple):
    """A market that was read from a file.

    Attributes
    ----------
    name : str
        What reports call it.
    frame : DataFrame
    source : str
        Where it is from, in one line.
    given_by : str
        The name of the file.
    simulated : bool
        Whether it holds the bars of a bundled sample.
    notes : list of str
        What was done to read it.
    """

    name: str
    frame: pd.DataFrame
    source: str
    given_by: str
    simulated: bool
    notes: list[str]


def is_table(market: str) -> bool:
    """Return whether this names a file and not a market."""
    return market not in samples.NAMES and (
        market.lower().endswith(ENDINGS) or os.path.isfile(os.path.expanduser(market))
    )


def own(market: str) -> Own:
    """Read the file of a table.

    Raises
    ------
    ReportError
        If there is no such file, or its name is none for a market.
    InputError
        If the table could be read in two ways; the message holds the line to type.
    """
    path = Path(market).expanduser()
    if not os.path.isfile(path):
        raise ReportError(f"there is no file {market}; name one, or a market")
    name = _name(path.name)
    try:
        frame, notes = read_with_notes(path)
    except InputError as error:
        raise InputError(
            f"{error}; or on the command line: oikit store import {path.name} --symbol {name.upper()} "
            f"--columns HEADER=MEANING, then use {name.upper()}"
        ) from error
    if len(frame) < 2:
        raise ReportError(f"{market} holds one bar; a market is two or more")
    return _owned(name, path.name, frame, notes)


def kept(root: Path, market: str) -> Own | None:
    """Return a table that was put into the store; None if it holds none of this name."""
    found = shelf.get(root, market)
    return None if found is None else _owned(market, found[1]["file"], found[0], found[1]["notes"])


def _owned(name: str, file: str, frame: pd.DataFrame, notes: list[str]) -> Own:
    from oikit.report.inputs import digest

    frame = frame[[field for field in FIELDS if field in frame]]
    copy_of = _sample_of(frame)
    bar, index = clock.bar_length(frame.index), frame.index
    kind = f"Simulated, a copy of {copy_of}" if copy_of else "A table of the reader's own"
    span = f"({index[0] - bar:%Y-%m-%d %H:%M}, {index[-1]:%Y-%m-%d %H:%M}] UTC"
    source = (
        f"{kind}: {file}, {len(frame):,} bars of {clock.words(bar)} in {span}, sha256 {digest(frame)[:12]}"
    )
    return Own(name, frame, source, file, bool(copy_of), notes)


@contextlib.contextmanager
def written(frame: pd.DataFrame, name: str) -> Iterator[str]:
    """Write a frame to a file for as long as a report is made of it."""
    validate(frame)
    if _name(f"{name}.parquet") != name:
        raise ReportError(f"name={name!r} cannot name a file; use letters, digits, - and _, like 'my-market'")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name}.parquet"
        frame[[field for field in FIELDS if field in frame]].to_parquet(path)
        yield str(path)


def _name(file: str) -> str:
    stem = re.sub(rf"(?i)({'|'.join(map(re.escape, ENDINGS))})+$", "", file)
    return re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-_")[:32] or "table"


def _sample_of(frame: pd.DataFrame) -> str:
    """Return the sample whose bars these are, so that a copy of it is never called real."""
    step = clock.words(clock.bar_length(frame.index))
    for name, entry in samples.manifest().items():
        if entry["every"] != step or not {"close", "open_interest"} & set(frame):
            continue
        simulated = samples.sample(name).reindex(frame.index)
        for column in {"close", "open_interest"} & set(frame):
            both = pd.DataFrame({"own": frame[column], "theirs": simulated[column]}).dropna()
            if (
                len(both) > 0.5 * len(frame)
                and np.isclose(both["own"], both["theirs"], rtol=1e-9).mean() > 0.9
            ):
                return name
    return ""
