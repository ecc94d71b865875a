"""``check``: judge an answer, say what was found, and remember the try."""

from __future__ import annotations

import html
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oikit.learn.exercise import Exercise, Finding, judge
from oikit.learn.hints import hints_now
from oikit.learn.learners import current
from oikit.learn.lessons import exercise
from oikit.learn.notes import entries, record
from oikit.learn.rescue import watch
from oikit.learn.show import note, typeset
from oikit.learn.standing import strip
from oikit.learn.variants import OTHER_NUMBERS, drawn

__all__ = ["check", "given"]


def check(name: str, *answers: Any, strict: bool | None = None) -> None:
    """Judge an answer; show CORRECT, NOT YET, NOT ATTEMPTED or ERROR with the reason.

    Parameters
    ----------
    name : str
        The id of the exercise, such as ``"01.2"``.
    *answers
        One value for each part the exercise asks for, in its order.
    strict : bool, optional
        For graders: stop with AssertionError unless the answer is correct. By default only if the
        environment variable OIKIT_STRICT is set, and not to 0.

    Raises
    ------
    InputError
        If there is no such exercise.
    AssertionError
        If strict and the answer is not correct.

    Notes
    -----
    Returns nothing on purpose: a returned value would be graded as a mark by nbgrader.
    """
    watch()
    asked = exercise(name)
    before = entries("check", name)
    wrong = [each["seen"] for each in before if each.get("seen")]
    lowest = min((each["left"] for each in before if "left" in each), default=None)
    found = _judge(asked, answers, wrong, lowest)
    left = {} if found.left is None else {"left": found.left}
    line = record(
        "check",
        name,
        status=found.status,
        tries=sum(each.get("status") != "NOT ATTEMPTED" for each in [*before, {"status": found.status}]),
        misconception="" if left else found.misconception,
        seen=found.seen,
        part=found.part,
        **left,
    )
    says, tail = found.says.split("\n"), ""
    if found.status == "NOT YET" and "Worked answer: " not in found.says:
        says.append(f'Stuck? hint("{name}")')
        tail = _button(hints_now(asked, entries("check", name))[1])
    if found.status in ("CORRECT", "NOT YET"):
        says.append(strip(name))
    note(found.status, name, *says, line, tail=tail)
    if strict is None:
        strict = os.environ.get("OIKIT_STRICT", "0") not in ("", "0")
    if strict and found.status != "CORRECT":
        raise AssertionError(f"[{found.status}] {name}: {found.says}")


def _button(lines: list[str]) -> str:
    """A hint behind a button that needs neither a kernel nor a widget."""
    inside = "".join(f"<div>{typeset(html.escape(line))}</div>" for line in lines)
    look = "display: inline-block; cursor: pointer; padding: 0.2em 1em; border: 1px solid; border-radius: 4px"
    return f'<details style="margin-top: 0.5em"><summary style="{look}">Hint</summary>{inside}</details>'


def _judge(
    asked: Exercise, answers: tuple[Any, ...], wrong: list[str], lowest: float | None = None
) -> Finding:
    mine = drawn(asked, current())
    found = judge(mine, answers, tries=wrong, lowest=lowest)
    if found.status == "NOT YET" and mine is not asked and judge(asked, answers).status == "CORRECT":
        says = "that is right for the numbers of the class. Run the cell that shows yours, then this one."
        return Finding("NOT YET", says, OTHER_NUMBERS)
    return found


@dataclass(frozen=True)
class Numbers:
    """The numbers of an exercise: read them as ``numbers.price_before``.

    Attributes
    ----------
    values : mapping of str to (float, str)
        Name to value and unit.
    """

    values: Mapping[str, tuple[float, str]]

    def __getattr__(self, name: str) -> float:
        """Give the number of this name."""
        if name.startswith("_") or name not in self.values:
            raise AttributeError(f"there is no {name!r} here; there are {', '.join(self.values)}")
        return self.values[name][0]

    def __repr__(self) -> str:
        """One line for each number."""
        return "\n".join(f"{name} = {value:,.10g} {unit}" for name, (value, unit) in self.values.items())

    def _repr_html_(self) -> str:
        rows = "".join(
            f'<tr><th scope="row" style="text-align: left"><code>{html.escape(name)}</code></th>'
            f"<td>{value:,.10g}</td><td style='text-align: left'>{html.escape(unit)}</td></tr>"
            for name, (value, unit) in self.values.items()
        )
        return f"<table><caption>Your numbers</caption><tbody>{rows}</tbody></table>"


def given(name: str) -> Numbers:
    """Return the numbers of an exercise: those of the class, or, with `learner`, your own.

    Parameters
    ----------
    name : str
        The id of the exercise.

    Returns
    -------
    Numbers

    Raises
    ------
    InputError
        If there is no such exercise.
    """
    watch()
    return Numbers(drawn(exercise(name), current()).given)
