"""Remember what was made from the same numbers, so that the claims of a ledger share it.

The key is the content of the Series, not the object: nothing stale can come back, and a history that
was cut off is another history.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from functools import wraps

import pandas as pd

Make = Callable[..., pd.Series]

# Answers of one function: enough for the ledger of a market, and little to hold on to.
_ROOM = 8


def remembered(make: Make) -> Make:
    """Remember the last answers of a pure function of Series, by the content of these Series."""
    answers: OrderedDict[object, pd.Series] = OrderedDict()

    @wraps(make)
    def recall(*given: object, **more: object) -> pd.Series:
        content = (_digest(each) if isinstance(each, pd.Series) else each for each in given)
        key = (*content, *sorted(more.items()))
        if key in answers:
            answers.move_to_end(key)
        else:
            answers[key] = make(*given, **more)
            if len(answers) > _ROOM:
                answers.popitem(last=False)
        return answers[key].copy()

    return recall


def _digest(values: pd.Series) -> tuple[object, ...]:
    ends = (values.index[0], values.index[-1]) if len(values) else ()
    return (len(values), *ends, hashlib.blake2b(values.to_numpy(dtype=float).tobytes()).digest())
