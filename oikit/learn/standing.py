"""``progress``: what is done, what is still mixed up, and where to go on, also after a restart."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from oikit.learn.lessons import exercises, questions
from oikit.learn.notes import book
from oikit.learn.show import page
from oikit.learn.todo import TODO, untouched
from oikit.learn.variants import OTHER_NUMBERS
from oikit.lessons import numbers

__all__ = ["progress"]

Rows = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Standing:
    """The status of one exercise or question.

    Attributes
    ----------
    id : str
    done : bool
        Whether it was ever answered correctly.
    tries : int
    misconception : str
        The misconception of the last wrong try, if one was recognised and the answer was never right.
    """

    id: str
    done: bool
    tries: int
    misconception: str

    @property
    def words(self) -> str:
        """Done, how often tried, or open."""
        if self.done:
            return "done"
        return f"tried {'once' if self.tries == 1 else f'{self.tries} times'}" if self.tries else "open"


def standings(entries: Sequence[dict[str, Any]], kind: str) -> dict[str, Standing]:
    """Return the status of each exercise or question that was tried."""
    found: dict[str, Standing] = {}
    for each in entries:
        if each["kind"] != kind or each["status"] == "NOT ATTEMPTED":
            continue
        if each.get("misconception") == OTHER_NUMBERS:
            continue
        name = each["id"]
        before = found.get(name, Standing(name, False, 0, ""))
        right = each["status"] == "CORRECT"
        done = before.done or right
        wrong = each.get("misconception") or before.misconception
        if kind == "quiz":
            wrong = f"option {each['choice']}"
        # Once solved, nothing is left to look at again.
        found[name] = Standing(name, done, before.tries + 1, "" if done else wrong)
    return found


def progress(lesson: Any = TODO) -> None:
    """Show what is done, what is still mixed up, and the next open exercise.

    Parameters
    ----------
    lesson : str, optional
        Such as ``"06"``, for each exercise of one lesson; by default one line for each lesson begun.

    Raises
    ------
    InputError
        If there is no such lesson.
    """
    kept, trouble = book()
    tried = standings(kept, "check")
    if untouched(lesson):
        head: tuple[str, ...] = (
            "lesson",
            "exercises done",
            "predictions",
            "questions right",
            "to look at again",
        )
        rows: Rows = [_lesson(number, kept, tried) for number in _begun(kept)]
        title = "Your progress"
    else:
        head = ("exercise", "state", "to look at again")
        rows = [_exercise(each.id, tried) for each in exercises(lesson)]
        title = f"Your progress in lesson {lesson}"
    _show(title, head, rows, [_next(kept, tried), trouble])


def strip(name: str) -> str:
    """Return how far the lesson of an exercise is, and which exercise comes next."""
    number = name.split(".")[0]
    tried, asked = standings(book()[0], "check"), [each.id for each in exercises(number)]
    left = [each for each in asked if each not in tried or not tried[each].done]
    done = f"Lesson {number}: {len(asked) - len(left)} of {len(asked)} exercises done."
    if name in left:
        return done
    after = [each for each in numbers() if each > number][:1]
    onward = f"lesson {after[0]}" if after else "your own market"
    return f"{done} Next: {next((each for each in left if each > name), next(iter(left), onward))}."


def _lesson(number: str, kept: list[dict[str, Any]], tried: dict[str, Standing]) -> tuple[str, ...]:
    asked, answered = exercises(number), standings(kept, "quiz")
    quiz = [each.id for each in questions(number) if each.id.split(".")[1][0] in "wq"]
    predicted = [each.id for each in questions(number) if each.id not in quiz]
    made = {each["id"] for each in kept if each["kind"] == "prediction"}
    mixed = [_mixed(found) for name, found in tried.items() if name.startswith(f"{number}.")]
    mixed += [name for name in quiz if name in answered and answered[name].misconception]
    return (
        number,
        f"{sum(each.id in tried and tried[each.id].done for each in asked)} of {len(asked)}",
        f"{sum(name in made for name in predicted)} of {len(predicted)}",
        f"{sum(name in answered and answered[name].done for name in quiz)} of {len(quiz)}",
        ", ".join(each for each in mixed if each) or "nothing",
    )


def _exercise(name: str, tried: dict[str, Standing]) -> tuple[str, ...]:
    found = tried.get(name, Standing(name, False, 0, ""))
    return name, found.words, _plain(found.misconception) or "nothing"


def _mixed(found: Standing) -> str:
    return f"{found.id} {_plain(found.misconception)}" if found.misconception else ""


def _plain(misconception: str) -> str:
    return misconception.replace("-", " ")


def _begun(kept: list[dict[str, Any]]) -> list[str]:
    begun = {each["id"].split(".")[0] for each in kept}
    return [number for number in numbers() if number in begun]


def _next(kept: list[dict[str, Any]], tried: dict[str, Standing]) -> str:
    """Return the next open exercise: in the learner's last lesson, then from the first lesson on."""
    last = [each["id"].split(".")[0] for each in reversed(kept)]
    order = dict.fromkeys([*(number for number in last[:1] if number in numbers()), *numbers()])
    for number in order:
        for each in exercises(number):
            found = tried.get(each.id, Standing(each.id, False, 0, ""))
            if not found.done:
                again = f" ({found.words})" if found.tries else ""
                return f"Next: exercise {each.id}{again}, in lesson {number}."
    return "Every exercise is done."


def _show(title: str, head: tuple[str, ...], rows: Rows, lines: Sequence[str]) -> None:
    said = [line for line in lines if line]
    if not rows:
        said.insert(0, "Nothing is noted in this folder yet.")
    wide = [max(len(row[place]) for row in [head, *rows]) for place in range(len(head))]
    text = ["  ".join(cell.ljust(wide[i]) for i, cell in enumerate(row)).rstrip() for row in [head, *rows]]
    left = 'style="text-align: left"'
    body = "".join(
        f'<tr><th scope="row" {left}>{html.escape(row[0])}</th>'
        + "".join(f"<td {left}>{html.escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in rows
    )
    columns = "".join(f'<th scope="col" {left}>{html.escape(name)}</th>' for name in head)
    table = f"<table><caption>{title}</caption><thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table>"
    status = "".join(f"<div>{html.escape(line)}</div>" for line in said)
    rich = f'{table if rows else ""}<div role="status" aria-live="polite">{status}</div>'
    page("\n".join([*([title, *text] if rows else []), *said]), "text/html", rich)
