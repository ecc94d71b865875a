"""Answers of the ledger's claims on a whole history, cut for the weeks that end in it.

A signal reads no later bar, so its answer on the beginning of a history is the beginning of its answer on
the whole. An outcome reads as many later bars as its horizon has, so these are unknown at the cut. The
claims' own tests hold them to both; a reader's own claim is never asked this way.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np
import pandas as pd

from oikit.rolling import one_history

Make = Callable[[pd.DataFrame], pd.Series]

_CUT: ContextVar[tuple[History, pd.DataFrame] | None] = ContextVar("oikit_cut", default=None)


class History:
    """A market's bars, and what was asked of all of them."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self._answers: dict[Hashable, pd.Series] = {}

    def begins_with(self, part: pd.DataFrame) -> bool:
        """Return whether these bars are the first of this history."""
        return len(part) <= len(self.frame) and self.frame.iloc[: len(part)].equals(part)

    @contextmanager
    def up_to(self, part: pd.DataFrame) -> Iterator[None]:
        """While this lasts, what is asked of `part` is cut from the answer on the whole, if it begins it."""
        token = _CUT.set((self, part) if self.begins_with(part) else None)
        try:
            yield
        finally:
            _CUT.reset(token)

    def answer(self, key: Hashable, make: Make) -> pd.Series:
        """Return the answer on the whole, made once."""
        if key not in self._answers:
            with one_history():
                self._answers[key] = make(self.frame)
        return self._answers[key]


def answered(frame: pd.DataFrame, key: Hashable, make: Make, *, ahead: int = 0) -> pd.Series:
    """Return what is made of a frame, or the same cut from its history; the last `ahead` rows look ahead."""
    cut = _CUT.get()
    if cut is None or cut[1] is not frame:
        return make(frame)
    found = cut[0].answer(key, make).iloc[: len(frame)]
    if ahead and len(cut[0].frame) > len(frame):
        found = found.copy()
        found.iloc[-ahead:] = np.nan
    return found
