"""``hint``: the next nudge of an exercise, one further after each different miss."""

from __future__ import annotations

from collections.abc import Sequence

from oikit.learn.exercise import WORKED_AFTER, Exercise
from oikit.learn.learners import current
from oikit.learn.lessons import exercise
from oikit.learn.notes import Entry, entries, record
from oikit.learn.show import note
from oikit.learn.variants import drawn

__all__ = ["hint"]


def hint(name: str) -> None:
    """Show a hint of an exercise: the first one before any try, one more after each different miss.

    Parameters
    ----------
    name : str
        The id of the exercise, such as ``"06.2"``.

    Raises
    ------
    InputError
        If there is no such exercise.

    Notes
    -----
    Asking again shows the same; a try moves on. After two misses more than there are hints comes
    the worked answer, with the learner's own numbers.
    """
    asked = exercise(name)
    tried = entries("check", name)
    if any(each.get("status") == "CORRECT" for each in tried):
        note("HINT", name, "you have solved this one.")
        return
    shown, lines = hints_now(asked, tried)
    asked_before = [each.get("shown") for each in entries("hint", name)]
    line = "" if shown in asked_before else record("hint", name, shown=shown)
    note("HINT", name, *lines, line)


def hints_now(asked: Exercise, tried: Sequence[Entry]) -> tuple[int, list[str]]:
    """Return how many hints are open after these tries, and the hints with what comes next."""
    asked = drawn(asked, current())
    misses = len({each["seen"] for each in tried if each.get("seen")})
    part = next((each["part"] for each in reversed(tried) if each.get("part")), "")
    hints = asked.hints_for(part)
    shown = hints[: misses + 1]
    lines = [f"Hint {place} of {len(hints)}: {text}" for place, text in enumerate(shown, start=1)]
    left = len(hints) + WORKED_AFTER - misses
    if left <= 0:
        lines.append(f"Worked answer: {asked.worked(asked.numbers)}")
    elif len(shown) < len(hints):
        lines.append("The next hint comes after another try.")
    else:
        tries = "one more different try" if left == 1 else f"{left} more different tries"
        lines.append(f"The worked answer comes after {tries}.")
    return len(shown), lines
