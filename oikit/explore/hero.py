"""The hero picture of a lesson: a small page that works wherever a notebook is shown, kernel or not.

A hero is a script beside its lesson (``hero.js``), the shared kit of this folder (``kit.js``, ``kit.css``),
and what Python puts in: data, sentences, a question, and where the picture starts. It is shown as one frame
that holds all of it. Nothing is fetched; nothing needs a kernel. Where a front end allows no frame, a still
picture stands in its place.

The same facts fill the same sentences in the page and in Python, so ``hero.says(threshold=0.005)`` is what
the page writes when its line stands there.
"""

from __future__ import annotations

import base64
import difflib
import functools
import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from importlib import resources
from typing import TYPE_CHECKING, Any, NamedTuple

from oikit.errors import InputError
from oikit.explore.model import Words
from oikit.formatting import minus
from oikit.lessons import files, numbers, part

if TYPE_CHECKING:
    import pandas as pd

WORDS = {
    "sure": "How sure are you?",
    "guess": "a guess",
    "certain": "certain",
    "sure_is": "{sure:p0} sure",
    "chosen": "You say {choice}.",
    "show": "Show me",
    "skip": "just show me",
    "right": "You said {choice}, {sure:p0} sure: right.",
    "wrong": "You said {choice}, {sure:p0} sure: no.",
}
"""What every hero says around its question."""

_FIELD = re.compile(r"\{(\w+)(?::([^}|]+))?(?:\|([^|}]*)\|([^}]*))?\}")


class Market(NamedTuple):
    """A market that a picture can show.

    Attributes
    ----------
    name : str
        Such as ``"BNBUSDT"``.
    frame : DataFrame
        A valid frame.
    simulated : bool
    """

    name: str
    frame: pd.DataFrame
    simulated: bool = False

    @classmethod
    def sample(cls, name: str) -> Market:
        """Return a bundled simulated market."""
        from oikit.simulate.samples import sample

        return cls(name, sample(name), simulated=True)

    @property
    def told(self) -> str:
        """The market and whether it is simulated, as a sentence begins."""
        return (
            f"Simulated market {self.name}" if self.simulated else f"Real market {self.name}, as stored here"
        )


@dataclass(frozen=True, slots=True)
class Question:
    """The bet that is made before the picture answers.

    Attributes
    ----------
    asks : str
    options : tuple of str
        Empty where the reader picks in the picture.
    answer : str
        One of the options, or what the picture calls the right pick.
    among : int
        How many picks there are: somebody who guesses is right once in so many.
    """

    asks: str
    options: tuple[str, ...]
    answer: str = ""
    among: int = 0


@dataclass(frozen=True, slots=True)
class Hero:
    """The hero picture of a lesson.

    Attributes
    ----------
    id : str
        The number of its lesson, such as ``"02"``.
    title : str
        A name for it, for lists and screen readers.
    script : str
        The code of ``hero.js``.
    data : mapping
        What the script draws: anything that JSON can hold.
    text : mapping of str to str
        Sentence templates, for `fill`. ``"open"`` is the title before the bet.
    question : Question
    facts : callable
        ``facts(state)`` -> mapping: what the templates need, and in ``"title"`` and ``"says"`` the names of
        those that fit (``"says"`` may be a list of them).
    start, after : mapping
        The state before the bet, and what the answer changes in it.
    foot : str
        The line under the picture. It names the market and says whether it is simulated.
    draw : callable
        ``draw(state)`` -> str: the same picture as a still one, in SVG.
    read : callable
        ``read(name, value)`` -> value: read one setting as a person types it.
    is_shown : bool
        Open with the answer, without the bet.
    """

    id: str
    title: str
    script: str = field(repr=False)
    data: Mapping[str, Any] = field(repr=False)
    text: Mapping[str, str] = field(repr=False)
    question: Question = field(repr=False)
    facts: Callable[[Mapping[str, Any]], Mapping[str, Any]] = field(repr=False)
    start: Mapping[str, Any] = field(repr=False)
    after: Mapping[str, Any] = field(repr=False)
    foot: str = field(repr=False)
    draw: Callable[[Mapping[str, Any]], str] = field(repr=False)
    read: Callable[[str, Any], Any] = field(default=lambda _, value: value, repr=False)
    is_shown: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The settings that can be named."""
        return tuple(self.start)

    def state(self, **settings: Any) -> dict[str, Any]:
        """Return the whole state of the picture, once the answer is out.

        Parameters
        ----------
        **settings
            What is not named stays where the answer leaves it.

        Returns
        -------
        dict

        Raises
        ------
        InputError
            If the picture has no such setting, or not with this value.
        """
        for name in settings:
            if name not in self.start:
                close = difflib.get_close_matches(name, self.names, 1)
                hint = f"did you mean {close[0]!r}?" if close else f"it has {', '.join(self.names)}"
                raise InputError(f"the picture of lesson {self.id} has no setting {name!r}; {hint}")
        given = {name: self.read(name, value) for name, value in settings.items()}
        return {**self.start, **self.after, **given}

    def says(self, **settings: Any) -> str:
        """Return what the picture says, in words.

        Parameters
        ----------
        **settings
            As for `state`.

        Returns
        -------
        str
            The finding, then the sentence that stands above the picture.
        """
        facts = self.facts(self.state(**settings))
        says = [facts["says"]] if isinstance(facts["says"], str) else facts["says"]
        finding, *sentences = (
            fill(self.text[key], facts).replace("**", "") for key in (facts["title"], *says)
        )
        return " ".join([finding if finding[-1] in ".?!" else f"{finding}.", *sentences])

    def words(self, **settings: Any) -> Words:
        """Return the same with its numbers in a table, for reading aloud and for slow machines.

        Parameters
        ----------
        **settings
            As for `state`.

        Returns
        -------
        Words
        """
        facts = self.facts(self.state(**settings))
        table = [["what", "number"]]
        table += [
            [name.replace("_", " "), f"{value:,.6g}".replace("-", "−")]
            for name, value in facts.items()
            if isinstance(value, int | float) and not isinstance(value, bool)
        ]
        given = {name: self.state(**settings)[name] for name in settings}
        return Words(self.title, given, f"{self.says(**settings)} {self.foot}", table)

    def shown(self, **settings: Any) -> Hero:
        """Return the picture as it stands after the answer, for slides and for a link.

        Parameters
        ----------
        **settings
            As for `state`.

        Returns
        -------
        Hero
        """
        return replace(self, after=self.state(**settings), is_shown=True)

    def page(self, *, still: bool = False) -> str:
        """Write the whole picture as one page, which needs nothing else.

        Opened from a file, ``#shown`` at the end of its address opens it with the answer, and
        ``#shown-still`` without motion as well.

        Parameters
        ----------
        still : bool
            Without motion, for screenshots and print.

        Returns
        -------
        str
            HTML.
        """
        given = {
            "data": self.data,
            "text": self.text,
            "words": WORDS,
            "question": {
                "asks": self.question.asks,
                "options": self.question.options,
                "answer": self.question.answer,
                "among": self.question.among or len(self.question.options),
            },
            "start": self.start,
            "after": self.after,
            "foot": self.foot,
            "shown": self.is_shown,
            "still": still,
        }
        return _PAGE.format(
            title=html.escape(self.title),
            style=_part("kit.css"),
            page=_json(given),
            kit=_part("kit.js"),
            script=self.script,
            **{name: html.escape(WORDS[name]) for name in ("sure", "guess", "certain", "show", "skip")},
        )

    def still(self, **settings: Any) -> str:
        """Draw the picture as a still one.

        Parameters
        ----------
        **settings
            As for `state`.

        Returns
        -------
        str
            SVG.
        """
        return self.draw(self.state(**settings))

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """Return the frame, the still picture and the words: each front end takes what it can show."""
        svg, says = self.still(), f"{self.says()} {self.foot}"
        picture = base64.b64encode(svg.encode()).decode()
        frame = (
            f'<iframe title="{html.escape(self.title)}" srcdoc="{html.escape(self.page())}" '
            'style="display: block; width: 100%; height: 740px; border: 0"></iframe>'
        )
        # A notebook that is not trusted drops the frame and the style, and so shows the picture.
        image = (
            f'<img class="oikit-still" alt="{html.escape(says)}" src="data:image/svg+xml;base64,{picture}">'
        )
        style = "<style>.oikit-still { display: none; }</style>"
        return {
            "text/html": f'<div class="oikit-hero">{style}{frame}{image}</div>',
            "image/svg+xml": svg,
            "text/plain": says,
        }


def fill(template: str, facts: Mapping[str, Any]) -> str:
    """Fill a sentence with facts, as the kit does in the page.

    Parameters
    ----------
    template : str
        ``{name}`` is a count or a text, ``{name:p}`` per cent with as many digits as it needs (``p0`` and
        ``p1``: with none, with one; ``+p1``: with its sign), ``{name:x}`` a multiple, ``{name:s}`` one digit,
        ``{name:$}`` dollars, ``{name:+$}`` with their sign and ``{name:m}`` down to the cent, ``{name:t}`` a
        leverage; ``{name|day|days}`` adds the word that fits the count.
    facts : mapping

    Returns
    -------
    str

    Examples
    --------
    >>> fill("{days|day|days} above {line:p}", {"days": 1, "line": 0.005})
    '1 day above 0.50%'
    >>> fill("{part:+$} of {all:$}", {"part": -1200, "all": 3600})
    '−$1,200 of $3,600'
    """

    def put(found: re.Match[str]) -> str:
        name, form, one, many = found.groups()
        value = facts[name]
        text = _FORMS[form or ""](value)
        return text if one is None else f"{text} {one if value == 1 else many}"

    return _FIELD.sub(put, template)


def script(package: str) -> str:
    """Read the script that lies beside a lesson.

    Parameters
    ----------
    package : str
        The package of the lesson, such as ``"oikit_lessons.lesson02"``.

    Returns
    -------
    str
    """
    return resources.files(package).joinpath("hero.js").read_text(encoding="utf-8")


def of(lesson: str) -> Hero | None:
    """Return the hero of a lesson, or None if it has none."""
    if lesson not in numbers() or not files("hero.py", lesson):
        return None
    module = part(lesson, "hero")
    picture: Hero = module.hero() if hasattr(module, "hero") else module.HERO
    return picture


def _fixed(value: float, digits: int = 0) -> str:
    """Write a number as the page does: a half goes away from zero, a minus is true, and zero has none."""
    text = f"{Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):,}"
    return minus(text) if re.search("[1-9]", text) else text.replace("-", "")


def _percent(value: float) -> str:
    """Write two digits after the point, or three where it is tiny; from 2% on none that is a zero."""
    size = abs(100 * value)
    text = _fixed(100 * value, 2 if size >= 0.0995 or not size else 3)
    return f"{text.rstrip('0').rstrip('.') if size >= 1.995 else text}%"


def _dollars(value: float) -> str:
    text = _fixed(value)
    return f"−${text[1:]}" if text[0] == "−" else f"${text}"


def _money(value: float) -> str:
    return "$0" if value < 0.005 else f"${_fixed(value, 2)}" if value < 10 else _dollars(value)


def _times(value: float) -> str:
    if value >= 9.95:
        return f"{_fixed(value)}x"
    return f"{_fixed(value, 2 if value < 2 else 1).rstrip('0').rstrip('.')}x"


_FORMS: Mapping[str, Callable[[Any], str]] = {
    "": lambda value: value if isinstance(value, str) else _fixed(value),
    "p": _percent,
    "p0": lambda value: f"{_fixed(100 * value)}%",
    "p1": lambda value: f"{_fixed(100 * value, 1)}%",
    "+p1": lambda value: f"{'+' if value >= 0.0005 else ''}{_FORMS['p1'](value)}",
    "x": lambda value: _fixed(value, 1 if value < 9.95 else 0),
    "s": lambda value: _fixed(value, 1),
    "m": _money,
    "t": _times,
    "$": _dollars,
    "+$": lambda value: f"+{_dollars(value)}" if value >= 0.5 else _dollars(value),
}


def _json(value: Any) -> str:
    """Write JSON of which no character can end the element that holds it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False).replace(
        "<", "\\u003c"
    )


@functools.cache
def _part(name: str) -> str:
    return resources.files("oikit.explore").joinpath(name).read_text(encoding="utf-8")


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main class="hero" id="hero">
<h1 id="title"></h1>
<div id="head">
<form id="ask">
<div class="row"><span id="question"></span><span id="options" class="row" role="group" \
aria-labelledby="question" style="margin: 0"></span><button id="skip" class="plain"
type="button">{skip}</button></div> <div class="row sure" id="sure"><span id="chosen" role="status"></span>
<label for="confidence">{sure}</label><i>{guess}</i><input id="confidence" type="range"><i>{certain}</i>
<output id="percent" for="confidence"></output><button class="go" type="submit">{show}</button></div>
</form>
<p id="say" class="shut" role="status" aria-live="polite" tabindex="-1"></p>
<div id="controls" hidden></div>
</div>
<div id="chart"><svg id="svg" role="group"></svg></div>
<p id="foot"></p>
</main>
<script type="application/json" id="page">{page}</script>
<script>{kit}</script>
<script>{script}</script>
</body>
</html>
"""
