"""Explanations of the weekly report's numbers: what each is, how it is computed, and how to read it.

The words are in ``explanations.toml``; `explain` gives them and the report shows the same ones.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import NamedTuple

from oikit.errors import InputError

__all__ = ["Explanation", "explain"]


class Explanation(NamedTuple):
    """Three parts: what it is, how it is computed, how to read it and its limits.

    Attributes
    ----------
    title, what, how, read : str
    """

    title: str
    what: str
    how: str
    read: str

    def __str__(self) -> str:
        """Four lines, to be printed."""
        parts = (("What it is", self.what), ("How it is computed", self.how), ("How to read it", self.read))
        return "\n".join([self.title, *(f"{name}: {says}" for name, says in parts)])


EXPLANATIONS = {
    name: Explanation(**parts)
    for name, parts in tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")).items()
}
"""By the names that facts carry as their ``definition``."""


def explain(name: str) -> Explanation:
    """Explain a number of the report in three parts.

    Parameters
    ----------
    name : str
        Like ``"oi_to_cap"``: the ``definition`` of a fact of the report, or a word of one, like
        ``"funding"``.

    Returns
    -------
    Explanation
        Print it. ``title``, ``what``, ``how`` and ``read`` are its parts.

    Raises
    ------
    InputError
        If the name is unknown; with the nearest, if several are as near.

    Examples
    --------
    >>> explain("oi_to_cap").how.split(".")[0]
    'Open interest in coins over circulating supply'
    """
    if isinstance(name, str):
        if name in EXPLANATIONS:
            return EXPLANATIONS[name]
        near = _nearest(re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_"))
        if near:
            return EXPLANATIONS[near]
    raise InputError(f"there is no explanation of {name!r}; there are {', '.join(sorted(EXPLANATIONS))}")


def _nearest(word: str) -> str:
    """Return the name that is meant: the first that begins with the word, holds it, or looks like it."""
    for test in (str.startswith, str.__contains__):
        for name in EXPLANATIONS:
            if len(word) > 2 and test(name, word):
                return name
    titles = {each.title.lower().replace(" ", "_"): name for name, each in EXPLANATIONS.items()}
    names = {name: name for name in EXPLANATIONS} | titles
    near = difflib.get_close_matches(word, names, 1, 0.7)
    return names[near[0]] if near else ""
