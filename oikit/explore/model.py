"""The parts of an explorer: one question, at most four controls, one table and one chart.

Everything that a face needs is a value here, so both faces always agree: the rows of every setting are
computed once by `grid`, the kernel-free face contains them, the widget face picks from the same ones,
and `words` describes one setting without any widget.

This module draws nothing and needs only the standard library.
"""

from __future__ import annotations

import difflib
import html
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from numbers import Real
from typing import Any

from oikit.errors import InputError

__all__ = ["Choice", "Memory"]

_LONG = 20
"""A table with more lines is folded."""

Setting = str | float
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Choice:
    """A control with a few named positions.

    Attributes
    ----------
    name : str
        The keyword in ``explore(...)``; also the visible label.
    asks : str
        The question that stands before the control.
    options : tuple of str
    start : str
    """

    name: str
    asks: str
    options: tuple[str, ...]
    start: str

    def read(self, value: object) -> str:
        """Return the option itself, or say which ones there are."""
        if isinstance(value, str) and value in self.options:
            return value
        raise InputError(f"{self.name}={value!r} is not one of its options; use one of {self.options}")


@dataclass(frozen=True, slots=True)
class Amount:
    """A control that counts from `low` to `high` in equal steps.

    Attributes
    ----------
    name : str
        The keyword in ``explore(...)``; also the visible label.
    asks : str
        The question that stands before the control.
    low, high, step, start : float
    unit : str
        What it is counted in.
    """

    name: str
    asks: str
    low: float
    high: float
    step: float
    start: float
    unit: str

    @property
    def options(self) -> tuple[float, ...]:
        """Every position, from low to high."""
        count = round((self.high - self.low) / self.step) + 1
        # Rounded, so that the third step of 0.05 is 0.15 and not a hair more.
        return tuple(round(self.low + i * self.step, 10) for i in range(count))

    def read(self, value: object) -> float:
        """Return the position itself, or say which ones there are."""
        if isinstance(value, Real) and not isinstance(value, bool):
            step = self.nearest(float(value))
            if math.isclose(step, value, rel_tol=0, abs_tol=self.step * 1e-6):
                return step
        at = ", ".join(f"{each:g}" for each in self.options)
        raise InputError(f"{self.name}={value!r} is not one of its steps; use one of {at} ({self.unit})")

    def nearest(self, value: float) -> float:
        """The position closest to what was typed."""
        return min(self.options, key=lambda each: abs(each - value))


@dataclass(frozen=True, slots=True)
class Memory:
    """An explorer's memory of the settings tried before this one.

    Attributes
    ----------
    says : callable
        ``says(settings)`` -> str: count this setting, and describe the results of all so far.
    kept : callable
        ``kept(settings)`` -> dict of str to number: parameters of the chart beside its controls.
    alone : mapping of str to number
        The same values where there is no kernel to count.
    """

    says: Callable[[Mapping[str, Setting]], str]
    kept: Callable[[Mapping[str, Setting]], Mapping[str, float]]
    alone: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Explorer:
    """A question with its controls, the table behind it, and how to draw and say it.

    Attributes
    ----------
    id : str
        The lesson it belongs to.
    title, asks : str
        A name, and the question to keep in mind while playing.
    controls : tuple of Choice or Amount
        At most four; their names are the keywords of `rows` and `says`.
    rows : callable
        ``rows(**settings)`` -> list of dict: what is drawn for one setting.
    says : callable
        ``says(**settings)`` -> str: the result in words.
    draw : callable
        ``draw(base)`` -> chart, where `base` is an ``alt.Chart`` that holds the rows of the chosen
        setting only. Both faces call it, so they show the same picture.
    shows : mapping of str to str
        The columns worth reading aloud and what they are called. A row without all of them is drawn
        and not read.
    tries : bool
        Each setting tries a rule on data, so every face says how many have been tried.
    memory : Memory, optional
        Where the settings looked at before matter.
    grows : bool
        The drawing is a list whose height depends on the setting, so the view is sized anew each time.
    worlds : callable, optional
        ``worlds()`` -> tuple of str: the options of the control ``world`` as of now, which has the real
        market last if it is stored (`oikit.explore.worlds.offered`).
    """

    id: str
    title: str
    asks: str
    controls: tuple[Choice | Amount, ...]
    rows: Callable[..., Sequence[Row]]
    says: Callable[..., str]
    draw: Callable[[Any], Any]
    shows: Mapping[str, str]
    tries: bool = False
    memory: Memory | None = None
    grows: bool = False
    worlds: Callable[[], tuple[str, ...]] | None = None

    def __post_init__(self) -> None:
        """Refuse what no learner can hold in mind."""
        if not 1 <= len(self.controls) <= 4:
            raise InputError(f"explorer {self.id} has {len(self.controls)} controls; one to four can be used")

    @property
    def start(self) -> dict[str, Setting]:
        """The settings it opens with."""
        return {control.name: control.start for control in self.controls}


def read_settings(explorer: Explorer, given: Mapping[str, object]) -> dict[str, Setting]:
    """Read what was asked for; what was not given stays at its start."""
    names = [control.name for control in explorer.controls]
    for name in given:
        if name not in names:
            close = difflib.get_close_matches(name, names, 1)
            hint = f"did you mean {close[0]!r}?" if close else f"it has {', '.join(names)}"
            raise InputError(f"the explorer of lesson {explorer.id} has no control {name!r}; {hint}")
    return {
        control.name: control.read(given.get(control.name, control.start)) for control in explorer.controls
    }


def grid(explorer: Explorer) -> list[dict[str, Any]]:
    """Compute the rows of every setting: small, so that a page can carry them."""
    return [
        {"at": at, **row}
        for at, settings in enumerate(every_setting(explorer))
        for row in explorer.rows(**settings)
    ]


def every_setting(explorer: Explorer) -> list[dict[str, Setting]]:
    """List every setting, in the order in which `grid` counts them."""
    names = [control.name for control in explorer.controls]
    positions: list[Sequence[Setting]] = [control.options for control in explorer.controls]
    return [dict(zip(names, values, strict=True)) for values in product(*positions)]


def chosen(explorer: Explorer) -> str:
    """Write the number of the chosen setting as an expression over the controls."""
    count = "0"
    for control in explorer.controls:
        if isinstance(control, Amount):
            position = f"round(({control.name} - {control.low}) / {control.step})"
        else:
            position = f"indexof({json.dumps(control.options)}, {control.name})"
        count = f"({count} * {len(control.options)} + {position})"
    return count


def count_try(explorer: Explorer, settings: Mapping[str, Setting]) -> str:
    """Count a setting that was looked at, and say how many have been."""
    if not explorer.tries:
        return ""
    from oikit.claims import SESSION

    count = SESSION.note(f"explorer-{explorer.id}", settings)
    return explorer.memory.says(settings) if explorer.memory else f"Settings tried so far: {count}."


@dataclass(frozen=True, slots=True)
class Words:
    """One setting of an explorer, without a widget: for reading aloud and for slow machines.

    Attributes
    ----------
    title : str
    settings : dict
    says : str
        The result in words.
    table : list of list of str
        A head, then one line for each row.
    tried : str
        How many settings have been tried, where that matters.
    """

    title: str
    settings: Mapping[str, Setting]
    says: str
    table: list[list[str]]
    tried: str = ""

    def __str__(self) -> str:
        """The sentence, then the table in aligned columns."""
        wide = [max(len(cell) for cell in column) for column in zip(*self.table, strict=True)]
        lines = ["  ".join(cell.rjust(w) for cell, w in zip(line, wide, strict=True)) for line in self.table]
        return "\n".join([" ".join(filter(None, [self.says, self.tried])), "", *lines])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        chosen = ", ".join(f"{name} = {_text(value)}" for name, value in self.settings.items())
        sides = [_side(column) for column in zip(*self.table, strict=True)]
        head = "".join(
            f'<th scope="col"{side}>{html.escape(cell)}</th>'
            for cell, side in zip(self.table[0], sides, strict=True)
        )
        body = "".join(
            "<tr>"
            + "".join(f"<td{side}>{html.escape(cell)}</td>" for cell, side in zip(line, sides, strict=True))
            + "</tr>"
            for line in self.table[1:]
        )
        caption = html.escape(f"{self.title}: {chosen}")
        table = (
            f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
        )
        count = len(self.table) - 1
        if count > _LONG:
            folded = f"The table, {count} lines: open it when you need it"
            table = f"<details><summary>{folded}</summary>{table}</details>"
        return (
            f'<p role="status" aria-live="polite">'
            f"{html.escape(' '.join(filter(None, [self.says, self.tried])))}</p>"
            f"{table}"
        )


def words(explorer: Explorer, given: Mapping[str, object]) -> Words:
    """Describe one setting in words and numbers."""
    chosen = read_settings(explorer, given)
    rows = [row for row in explorer.rows(**chosen) if all(name in row for name in explorer.shows)]
    table = [list(explorer.shows.values()), *([_text(row[name]) for name in explorer.shows] for row in rows)]
    return Words(explorer.title, chosen, explorer.says(**chosen), table, count_try(explorer, chosen))


def _side(column: Sequence[str]) -> str:
    """Words begin at the left; numbers end at the right, as JupyterLab has it."""
    numbers = all(cell[:1] in set("+-−0123456789") for cell in column[1:])
    return "" if numbers else ' style="text-align: left"'


def _text(value: object) -> str:
    return f"{value:,.10g}".replace("-", "−") if isinstance(value, int | float) else str(value)
