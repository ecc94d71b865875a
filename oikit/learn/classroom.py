"""A class at a glance: which wrong ideas it shares, and which are still open.

A teacher collects the ``progress.json`` of each learner into one folder, under any names or in any
subfolders. No file holds a name, so none is shown; what counts is how many learners met an idea,
not how often one of them did.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from oikit.errors import InputError
from oikit.learn.notes import parse, readable
from oikit.learn.standing import standings
from oikit.learn.variants import OTHER_NUMBERS

__all__ = ["histogram"]

_WIDTH = 20
UNNAMED = "a wrong answer that no rule knows"


def books(folder: str | Path) -> tuple[list[list[dict[str, Any]]], list[str]]:
    """Read the entries of each learner."""
    root = Path(folder)
    if not root.is_dir():
        raise InputError(f"there is no folder {folder}; collect the progress.json of each learner in one")
    found: dict[str, list[dict[str, Any]]] = {}
    unreadable = []
    for path in sorted(root.rglob("*.json")):
        try:
            text = path.read_text(encoding="utf-8")
            found[text] = [each for each in parse(text)["entries"] if readable(each)]
        except (OSError, ValueError):
            unreadable.append(str(path.relative_to(root)))
    return list(found.values()), unreadable


def histogram(folder: str | Path) -> str:
    """Draw how many learners met each misconception, and how many still hold it, as text.

    Parameters
    ----------
    folder : path
        As in `books`.

    Returns
    -------
    str
        First a line on who was read, then one for each misconception, the most shared first: how
        many learners met it, and for how many it was the last word.

    Raises
    ------
    InputError
        If there is no such folder, or no progress file in it.
    """
    learners, unreadable = books(folder)
    if not learners:
        tried = f"; {len(unreadable)} JSON file(s) are none" if unreadable else ""
        raise InputError(f"there is no progress file in {folder}{tried}; learners find it in .oikit")
    met: Counter[tuple[str, str]] = Counter()
    still: Counter[tuple[str, str]] = Counter()
    done: Counter[str] = Counter()
    tried_by: Counter[str] = Counter()
    for entries in learners:
        met.update(_met(entries))
        for kind in ("check", "quiz"):
            for name, found in standings(entries, kind).items():
                tried_by[name] += 1
                done[name] += found.done
                still.update([(name, found.misconception)] if found.misconception and not found.done else [])
    lines = [f"{len(learners)} learner(s) read. Met by how many, and still open for how many:", ""]
    lines += [_line(*key, count, still[key], len(learners)) for key, count in _ranked(met)]
    if not met:
        lines.append("No wrong answer was given.")
    lines += ["", "Done, of those who tried:"]
    lines += [f"  {name}  {done[name]} of {tried_by[name]}" for name in sorted(tried_by)]
    if unreadable:
        lines += ["", f"Not read, since they are no progress files: {', '.join(unreadable)}"]
    return "\n".join(lines)


def _met(entries: Sequence[dict[str, Any]]) -> set[tuple[str, str]]:
    """Return each misconception of one learner, once."""
    wrong = [each for each in entries if each.get("status") == "NOT YET"]
    checks = {(each["id"], each["misconception"]) for each in wrong if each["kind"] == "check"}
    unseen = {(each["id"], UNNAMED) for each in wrong if each["kind"] == "check" and each["seen"]}
    options = {(each["id"], f"option {each['choice']}") for each in wrong if each["kind"] == "quiz"}
    named = {(name, idea) for name, idea in checks if idea and idea != OTHER_NUMBERS}
    return named | {(name, idea) for name, idea in unseen if (name, "") in checks} | options


def _ranked(met: Counter[tuple[str, str]]) -> list[tuple[tuple[str, str], int]]:
    return sorted(met.items(), key=lambda item: (-item[1], item[0]))


def _line(name: str, idea: str, count: int, open_now: int, learners: int) -> str:
    bar = "█" * max(1, round(_WIDTH * count / learners))
    still = f"{open_now} open" if open_now else ""
    return f"{count:>4} of {learners}  {bar:<{_WIDTH}}  {name}  {idea.replace('-', ' ')}  {still}".rstrip()
