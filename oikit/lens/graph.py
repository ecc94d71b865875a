"""Formulas as small graphs, so that each is written once and run in two ways.

A formula is made of `field` (a column of the frame), arithmetic, `each` (a NumPy function of this
bar's values) and the operators that look back. Nothing is computed while it is written::

    velocity = change(log(field("open_interest")), 24)
    over_history([velocity], {"open_interest": coins})      # every bar of a history
    Following([velocity], ...).step({"open_interest": 5e5})  # one more bar

Because both ways walk the same graph, they cannot drift apart; and since the graph is data, the
columns it needs (`needs`) and how far it looks back (`reach`) are read off it, not declared.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from oikit.lens.operators import (
    HELD,
    HIGHEST,
    LAG,
    LOWEST,
    PERCENTILE,
    SCORE,
    STREAK,
    TOTAL,
    Floats,
    Operator,
)


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """One step of a formula; make it with the functions of this module, never by hand.

    Attributes
    ----------
    rule : str, float, callable or Operator
        A column, a number, a function of this bar's values, or a look back.
    inputs : tuple of Node
    span : int
        How many bars of its inputs it reads, this one among them.
    """

    rule: Any
    inputs: tuple[Node, ...] = ()
    span: int = 1

    def __add__(self, other: Node | float) -> Node:
        """Add, bar by bar."""
        return each(operator.add, self, other)

    def __radd__(self, other: float) -> Node:
        """Add, bar by bar."""
        return each(operator.add, other, self)

    def __sub__(self, other: Node | float) -> Node:
        """Subtract, bar by bar."""
        return each(operator.sub, self, other)

    def __rsub__(self, other: float) -> Node:
        """Subtract, bar by bar."""
        return each(operator.sub, other, self)

    def __mul__(self, other: Node | float) -> Node:
        """Multiply, bar by bar."""
        return each(operator.mul, self, other)

    def __truediv__(self, other: Node | float) -> Node:
        """Divide, bar by bar; NaN where the divisor is 0."""
        return each(_over if isinstance(other, Node) else operator.truediv, self, other)

    def __neg__(self) -> Node:
        """Change the sign, bar by bar."""
        return each(operator.neg, self)

    def __abs__(self) -> Node:
        """Drop the sign, bar by bar."""
        return each(operator.abs, self)


# Equal steps are one object, so a sum that three formulas read is taken once.
_node = functools.cache(Node)


def field(name: str) -> Node:
    """Read a column of the frame."""
    return _node(name)


def each(function: Callable[..., Any], *inputs: Node | float) -> Node:
    """Apply a function to this bar's values; it must work on a column and on one number alike."""
    return _node(function, tuple(i if isinstance(i, Node) else _node(float(i)) for i in inputs))


def _known(value: Any) -> Any:
    # Infinity times 0 is NaN: what divides by nothing is not known, and all else stays what it is.
    return value + 0.0 * value


def _over(above: Any, below: Any) -> Any:
    return _known(np.divide(above, below))


def _log(value: Any) -> Any:
    return _known(np.log(value))


def log(value: Node) -> Node:
    """Natural logarithm; NaN where the value is not above zero."""
    return each(_log, value)


def root(value: Node) -> Node:
    """Square root."""
    return each(np.sqrt, value)


def flag(value: Node, *, at_zero: float = 0.0) -> Node:
    """1 above zero, 0 below, `at_zero` at zero, NaN where unknown."""
    return each(np.heaviside, value, at_zero)


def lag(value: Node, bars: int) -> Node:
    """The value some bars ago."""
    return _node(LAG, (value,), bars + 1)


def change(value: Node, bars: int) -> Node:
    """The value now less the value some bars ago."""
    return value - lag(value, bars)


def total(value: Node, bars: int) -> Node:
    """Sum of the last bars."""
    return _node(TOTAL, (value,), bars)


def mean(value: Node, bars: int) -> Node:
    """Mean of the last bars."""
    return total(value, bars) / bars


def highest(value: Node, bars: int) -> Node:
    """Highest of the last bars."""
    return _node(HIGHEST, (value,), bars)


def lowest(value: Node, bars: int) -> Node:
    """Lowest of the last bars."""
    return _node(LOWEST, (value,), bars)


def score(value: Node, bars: int) -> Node:
    """`oikit.rolling.robust_zscore` against the bars before this one."""
    return _node(SCORE, (value,), bars + 1)


def percentile(value: Node, bars: int) -> Node:
    """`oikit.rolling.trailing_percentile`, ties as halves."""
    return _node(PERCENTILE, (value,), bars)


def streak(value: Node, bars: int) -> Node:
    """Return for how many bars, at most `bars`, the sign has been the same, signed; 0 at zero."""
    return _node(STREAK, (value,), bars)


def held(value: Node, hours: Node, bars: int) -> Node:
    """The value at the last bar with hours above zero, if that is no more than `bars` back."""
    return _node(HELD, (value, hours), bars)


def correlation(one: Node, other: Node, bars: int) -> Node:
    """Correlation of two changes about zero, over the last bars.

    Not about their means: changes have next to none, and taking it off leaves only dust where a
    column stands still.
    """
    return total(one * other, bars) / root(total(one * one, bars) * total(other * other, bars))


def needs(wanted: Iterable[Node]) -> tuple[str, ...]:
    """Columns that these formulas read."""
    return tuple(node.rule for node in _order(wanted) if isinstance(node.rule, str))


def spans(node: Node) -> set[int]:
    """Return the numbers of bars that the steps of a formula read."""
    return {part.span for part in _order([node])}


def reach(node: Node) -> int:
    """Return how many bars a formula reads, including this one."""
    return node.span - 1 + max((reach(part) for part in node.inputs), default=1)


def _order(wanted: Iterable[Node]) -> list[Node]:
    """Every step once, after the steps it reads."""
    found: dict[Node, None] = {}

    def visit(node: Node) -> None:
        if node not in found:
            for part in node.inputs:
                visit(part)
            found[node] = None

    for node in wanted:
        visit(node)
    return list(found)


def over_history(
    wanted: Sequence[Node], columns: Mapping[str, Floats], *, windows: dict[Node, list[Floats]] | None = None
) -> dict[Node, Floats]:
    """Run formulas over a whole history."""
    order = _order(wanted)
    last_use = {part: i for i, node in enumerate(order) for part in node.inputs}
    kept = set(wanted)
    values: dict[Node, Any] = {}
    with np.errstate(divide="ignore", invalid="ignore"):
        for i, node in enumerate(order):
            read = [values[part] for part in node.inputs]
            if isinstance(node.rule, Operator):
                values[node] = node.rule.whole(*read, node.span)
                if windows is not None:
                    windows[node] = [column[-node.span :].copy() for column in read]
            elif callable(node.rule):
                values[node] = node.rule(*read)
            else:
                values[node] = columns[node.rule] if isinstance(node.rule, str) else node.rule
            for part in node.inputs:
                if last_use[part] == i and part not in kept:
                    values.pop(part, None)  # a year of every step would be hundreds of megabytes
    return {node: values[node] for node in wanted}


class _Ring:
    """The last values of a column, always in one piece: each is written twice, a span apart."""

    __slots__ = ("_at", "_span", "_twice")

    def __init__(self, past: Floats, span: int) -> None:
        self._span, self._at = span, 0
        once = np.concatenate([np.full(span - len(past), np.nan), past])
        self._twice = np.concatenate([once, once])

    def push(self, value: Any) -> Floats:
        """Take one more value and show the window that ends with it."""
        at, span = self._at, self._span
        self._twice[at] = self._twice[at + span] = value
        self._at = at = (at + 1) % span
        return self._twice[at : at + span]


class Following:
    """Formulas that have read a history and go on bar by bar.

    It holds the last window of each look back, so a step costs the same after a day and after years.
    """

    def __init__(self, wanted: Sequence[Node], columns: Mapping[str, Floats]) -> None:
        windows: dict[Node, list[Floats]] = {}
        said = over_history(wanted, columns, windows=windows)
        order = _order(wanted)
        place = {node: i for i, node in enumerate(order)}
        self.values = [float(said[node][-1]) if len(said[node]) else np.nan for node in wanted]
        self._wanted = [place[node] for node in wanted]
        self._slots: list[Any] = [node.rule for node in order]
        self._fields = [(i, node.rule) for i, node in enumerate(order) if isinstance(node.rule, str)]
        self._steps = [
            (
                i,
                node.rule.newest if isinstance(node.rule, Operator) else node.rule,
                [place[part] for part in node.inputs],
                [_Ring(past, node.span) for past in windows.get(node, ())],
            )
            for i, node in enumerate(order)
            if node.inputs
        ]

    def step(self, row: Mapping[str, float]) -> list[float]:
        """Take one more bar and return what each formula says at it."""
        slots = self._slots
        for i, name in self._fields:
            slots[i] = row[name]
        with np.errstate(divide="ignore", invalid="ignore"):
            for i, rule, inputs, rings in self._steps:
                if rings:
                    slots[i] = rule(*[ring.push(slots[k]) for ring, k in zip(rings, inputs, strict=True)])
                else:
                    slots[i] = rule(*[slots[k] for k in inputs])
        self.values = [float(slots[i]) for i in self._wanted]
        return self.values
