"""Reading what learners hand in, and comparing it: numbers to the digits that were typed, counts exactly.

A number may come as text (``"0.7"``, ``"70%"``, ``"28,800"``), as a NumPy scalar, or as a Series of one.
"""

from __future__ import annotations

import contextlib
import io
import math
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from oikit.errors import InputError
from oikit.learn.todo import untouched

TOLERANCE = 5e-4
"""Relative, for numbers with many digits: rounding to four digits passes."""

_FEWEST = 2  # digits that a typed number needs
_NUMBER = re.compile(r"([-+]?\d*\.?\d+|[-+]?\d+\.)(e[-+]?\d+)?(%?)", re.IGNORECASE)


class Unfinished(Exception):
    """An answer that is still the TODO or the code handed out, unchanged.

    Its text, if any, is shown to the learner.
    """


def plain(value: object, name: str) -> float | list[Any]:
    """Take a number, or a list of numbers, out of whatever holds it."""
    if untouched(value):
        raise Unfinished
    if isinstance(value, str):
        return _of_text(value, name)
    if isinstance(value, bytes | Mapping | bool | np.bool_):
        raise InputError(f"{name} is {_short(value)}; give a plain number, without quotes or units.")
    try:
        # The shortest text of a narrow float is what was typed: 0.47, not 0.46999999880791.
        narrow = getattr(value, "dtype", None) in (np.float16, np.float32)
        out = np.asarray(np.asarray(value).astype(str) if narrow else value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError(f"{name} is {_short(value)}; numbers are asked for.") from None
    if not np.isfinite(out).all():
        raise InputError(f"{name} holds a number that is missing or infinite; look at what you divide by.")
    return out.tolist()


def number(value: object, function: str, asked: str) -> float:
    """Take the one number out of what a learner's function gives back."""
    found = plain(value, f"what {function} gives back")
    while isinstance(found, list) and len(found) == 1:
        found = found[0]
    if isinstance(found, list):
        raise InputError(f"{function} gives back a list; {asked} is asked.")
    return found


def _of_text(text: str, name: str) -> float:
    bare = re.sub(r"[\s_]", "", text).replace("−", "-")
    if re.fullmatch(r"[-+]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?%?", bare):
        bare = bare.replace(",", "")
    found = _NUMBER.fullmatch(bare.replace(",", ".", 1))  # 0,47 is 0.47
    if found is None:
        raise InputError(f"{name} is {_short(text)}; give a plain number, without words or units.")
    return float(Decimal(found[1] + (found[2] or "")).scaleb(-2 if found[3] else 0))


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def same(one: Any, other: Any) -> bool:
    """Return whether two computed values agree: numbers up to rounding, lists entry by entry."""
    return all(
        math.isclose(seen, right, rel_tol=TOLERANCE, abs_tol=1e-12)
        if isinstance(seen, int | float) and isinstance(right, int | float)
        else type(seen) is type(right) and bool(seen == right)
        for seen, right in _facing(one, other)
    )


def agrees(seen: Any, right: Any, *, exact: bool = False) -> bool:
    """Return whether an answer agrees with a value: exactly for counts, else to the digits typed."""
    faced = [*_facing(seen, right)]
    # A list rounded to so many places is judged to these places, whatever the size of an entry.
    places = max((_places(one) for one, _ in faced if isinstance(one, float)), default=0)
    shared = 0.5 * 10.0**-places if isinstance(seen, list) and places >= _FEWEST else 0.0
    return all(_near(one, other, shared, exact) for one, other in faced)


def _near(seen: Any, right: Any, shared: float, exact: bool) -> bool:
    if not isinstance(seen, int | float) or not isinstance(right, int | float):
        return type(seen) is type(right) and bool(seen == right)
    if isinstance(right, int) or (exact and right == round(right)):
        return math.isclose(seen, right, rel_tol=1e-9, abs_tol=1e-9)
    room = max(TOLERANCE * abs(right), shared, 0.5 * last_digit(seen))
    return abs(seen - right) <= room * (1 + 1e-9) + 1e-12


def last_digit(value: float) -> float:
    """Return what one step in the last digit typed is worth: 0.01 for 0.47, and for 0.5, meaning 0.50."""
    if not value:
        return 0.0
    _, digits, exponent = Decimal(repr(float(value))).normalize().as_tuple()
    return float(10.0 ** (int(exponent) - max(0, _FEWEST - len(digits))))


def _places(value: float) -> int:
    return max(0, -int(Decimal(repr(value)).normalize().as_tuple().exponent))


def distance(one: Any, other: Any) -> float:
    """Return how far apart two answers are in all; infinite if they are no numbers, or not of one shape."""
    return sum(
        abs(seen - right)
        if isinstance(seen, int | float) and isinstance(right, int | float)
        else (0.0 if seen == right else math.inf)
        for seen, right in _facing(one, other)
    )


def _facing(one: Any, other: Any) -> Iterator[tuple[Any, Any]]:
    """Pair the entries of two answers; a list of one number is that number."""
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for pair in zip(one, other, strict=True):
            yield from _facing(*pair)
    elif isinstance(one, list) and len(one) == 1 and not isinstance(other, list):
        yield from _facing(one[0], other)
    elif isinstance(one, list) or isinstance(other, list):
        yield one, None
    else:
        yield one, other


class Watched:
    """A learner's function, with what it printed and whether its last call gave back nothing."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function, self.printed, self.nothing = function, "", False

    def __call__(self, *args: Any, **named: Any) -> Any:
        """Call it with its prints held back."""
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            back = self.function(*args, **named)
        self.printed, self.nothing = self.printed or said.getvalue().strip(), back is None
        return back

    def __repr__(self) -> str:
        """As the function itself."""
        return repr(self.function)

    @property
    def borrowed(self) -> str:
        """The function of the library that it is, or calls."""
        code, known = getattr(self.function, "__code__", None), getattr(self.function, "__globals__", {})
        names = code.co_names if code else ()
        found = [self.function, *(known.get(name) for name in names)]
        found += [
            getattr(each, name, None) for each in found if isinstance(each, ModuleType) for name in names
        ]
        for each in found:
            if isinstance(each, FunctionType) and re.match(r"oikit\.(?!learn\b)", str(each.__module__)):
                return each.__name__
        return ""
