"""What a claim must be, before it is believed: yes or no, on these rows, and blind to the future."""

from __future__ import annotations

import numpy as np
import pandas as pd

from oikit.claims.model import Claim
from oikit.clock import bars
from oikit.errors import InputError
from oikit.stats.given import column

__all__ = ["ask"]


def ask(claim: Claim, frame: pd.DataFrame) -> pd.Series:
    """Where does the claim speak?

    Parameters
    ----------
    claim : Claim
        A forecast.
    frame : DataFrame, shape (n, m)

    Returns
    -------
    Series, shape (n,), 1.0, 0.0 or NaN

    Raises
    ------
    InputError
        If the claim is no forecast, or answers anything but yes, no or unknown on these rows.
    """
    if claim.speaks is None:
        raise InputError(f"claim {claim.id} is {claim.kind} and never speaks; use weigh(claim, frame)")
    said = claim.speaks(frame)
    if not isinstance(said, pd.Series) or not said.index.equals(frame.index):
        raise InputError(
            f"claim {claim.id} must speak in a Series on the rows of the frame, not in a "
            f"{type(said).__name__}; make it from the frame's own columns"
        )
    answers = column(said, f"what claim {claim.id} says", known=0)
    if not np.isin(answers[~np.isnan(answers)], (0.0, 1.0)).all():
        raise InputError(f"claim {claim.id} must say yes or no; compare with a threshold, like score > 2")
    return pd.Series(answers, frame.index)


def refuse_look_ahead(claim: Claim, frame: pd.DataFrame, said: pd.Series) -> None:
    """Ask again with the later bars cut off: what was said before must stay as it was.

    Notes
    -----
    The cuts fall right after bars at which the claim spoke, where even one bar of foresight shows,
    and after some at which it did not. All bars before a cut are compared.
    """
    for row in _cuts(said):
        early = frame.iloc[: row + 1]
        before, after = ask(claim, early).to_numpy(), said.to_numpy()[: row + 1]
        changed = ~((before == after) | (np.isnan(before) & np.isnan(after)))
        if changed.any():
            at = int(np.argmax(changed))
            raise InputError(
                f"claim {claim.id} looks ahead: at {frame.index[at]} it says {_word(after[at])}, but with "
                f"the bars after {frame.index[row]} cut off it says {_word(before[at])}. Use trailing "
                "windows, and no statistic of the whole sample"
            )


def _word(answer: float) -> str:
    return "nothing" if np.isnan(answer) else "yes" if answer else "no"


def _cuts(said: pd.Series) -> list[int]:
    """A few rows, early ones: a short past is quickly asked, and shows a whole sample's statistic best."""
    spoke, quiet = np.flatnonzero(said == 1), np.flatnonzero(said == 0)
    n = len(said)
    rows = [n // 3]
    if len(spoke):
        rows += [spoke[0], spoke[len(spoke) // 8]]
    if len(quiet):
        after = quiet[quiet > spoke[0]] if len(spoke) else quiet
        rows += after[:1].tolist()
    return sorted({int(row) for row in rows if 1 <= row < n - 1})


def refuse_outcome(claim: Claim, frame: pd.DataFrame, after: pd.Series) -> None:
    """Refuse an outcome that is no outcome of this horizon."""
    if not isinstance(after, pd.Series) or not after.index.equals(frame.index):
        raise InputError(f"the outcome of claim {claim.id} must be a Series on the rows of the frame")
    values = column(after, f"the outcome of claim {claim.id}", known=0)
    reach = bars(claim.horizon, frame.index)
    late = np.flatnonzero(~np.isnan(values[max(len(values) - reach, 0) :]))
    if len(late):
        at = frame.index[max(len(values) - reach, 0) + int(late[0])]
        raise InputError(
            f"the outcome of claim {claim.id} knows at {at} what follows in {claim.horizon}, but the data "
            "end sooner; make it with forward(values, horizon)"
        )
    if claim.unit == "share" and not np.isin(values[~np.isnan(values)], (0.0, 1.0)).all():
        raise InputError(f"the outcome of claim {claim.id} must be yes (1.0) or no (0.0), as its unit says")
