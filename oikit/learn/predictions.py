"""Predictions and one's own words: written down before the answer is seen.

A prediction can be changed until its answer has been revealed; from then on it stands.
"""

from __future__ import annotations

import contextlib
from typing import Any

from oikit.errors import InputError
from oikit.learn import lessons
from oikit.learn.answers import Unfinished, plain
from oikit.learn.lessons import question
from oikit.learn.notes import entries, record
from oikit.learn.questions import Question
from oikit.learn.rescue import watch
from oikit.learn.show import live, note, words
from oikit.learn.todo import TODO, untouched

__all__ = ["explain", "predict", "reveal"]


def predict(name: str, choice: Any = TODO, confidence: Any = TODO) -> None:
    """Record a prediction, or ask for it: with buttons in a notebook, in words elsewhere.

    Parameters
    ----------
    name : str
        The id of the question, such as ``"01.a"``.
    choice : str
        The letter of one option.
    confidence : float or str
        How sure you are, from a blind guess to certain: ``0.7``, ``70`` and ``"70%"`` are the same.

    Raises
    ------
    InputError
        If the question or the option does not exist, or the confidence is none.
    """
    watch()
    asked = question(name)
    line = ""
    if not untouched(choice) and not untouched(confidence):
        line = _keep(asked, asked.read(choice), _confidence(confidence))
    status, *lines = _standing(asked)
    options = _options(asked) if status == "NOT ATTEMPTED" else []
    how = f'In words: predict("{name}", "a", 0.7) with your letter, and how sure you are.'
    if not options:
        how = "" if entries("reveal", name) else f'The answer waits for reveal("{name}").'
    plain, rich = words(status, name, asked.asks, *options, *lines, how, line)
    live(lambda: _buttons(asked), plain, asked.on_page("Show the answer", how) if options else rich)


def _keep(asked: Question, choice: str, confidence: float) -> str:
    if entries("reveal", asked.id) and _kept(asked.id) is not None:
        return ""
    return record("prediction", asked.id, choice=choice, confidence=confidence)


def _standing(asked: Question) -> tuple[str, ...]:
    """Return the status of a prediction and what to say of it; the answer only once it was shown."""
    kept, seen = _kept(asked.id), entries("reveal", asked.id)
    if kept is None:
        return "NOT ATTEMPTED", "choose an answer and how sure you are, then lock it in."
    if not seen:
        return "KEPT", f"You predict {_said(kept)}: {asked.options[kept['choice']]}"
    return "KEPT", f"The answer has been seen, so your prediction stands: {_said(kept)}."


def _buttons(asked: Question) -> Any:
    """Return the question as a widget, or None where widgets are not installed."""
    try:
        from oikit.learn.ask import Ask
    except ImportError:
        return None

    def pressed(box: Any, name: str) -> None:
        if name == "more":
            box.text = "\n".join(_answer(asked)[1:])
        elif box.choice in asked.options:
            _keep(asked, box.choice, box.sure / 100)
        _refresh(box, asked, keep_text=name == "more")

    kept, guess = _kept(asked.id), round(100 / len(asked.options))
    sure = round(100 * kept["confidence"]) if kept else (guess + 100) // 2
    box = Ask(asked, pressed, lowest=guess, sure=max(sure, guess), choice=kept["choice"] if kept else "")
    _refresh(box, asked)
    return box


def _refresh(box: Any, asked: Question, *, keep_text: bool = False) -> None:
    kept, seen = _kept(asked.id), entries("reveal", asked.id)
    box.locked = bool(kept and seen)
    box.act = "" if box.locked else "Change my prediction" if kept else "Lock in my prediction"
    box.more = "Show the answer" if kept and not seen else ""
    if not keep_text:
        status, *lines = _standing(asked)
        box.text = f"[{status}] {asked.id}: " + "\n".join(lines)


def reveal(name: str) -> None:
    """Show the answer beside the prediction.

    Parameters
    ----------
    name : str
        The id of the question.

    Raises
    ------
    InputError
        If the question does not exist.
    """
    watch()
    asked = question(name)
    status, *lines = _answer(asked)
    note(status, name, asked.asks, *lines)


def _answer(asked: Question) -> tuple[str, ...]:
    """Note that the answer is seen from now on, and return it beside the prediction."""
    kept, right = _kept(asked.id), asked.answer
    if kept is None:
        return "NOT ATTEMPTED", "Predict first: the answer waits for your guess."
    met = kept["choice"] == right
    line = "" if entries("reveal", asked.id) else record("reveal", asked.id, right=met)
    verdict = "as it turns out" if met else "it turns out otherwise"
    said = f"You predicted {_said(kept)}; {verdict}: {right}) {asked.options[right]}."
    why = asked.says[right]
    return "ANSWER", said, why[:1].upper() + why[1:], line


def explain(name: str, sentence: Any = TODO) -> None:
    """Record one sentence in the learner's own words, then show another one to compare it with.

    Parameters
    ----------
    name : str
        The id of the lesson's sentence, such as ``"01"``.
    sentence : str
    """
    if untouched(sentence) or not str(sentence).strip():
        kept, line = entries("sentence", name), ""
        if not kept:
            note("NOT ATTEMPTED", name, "your turn: one sentence in your own words, between the quotes.")
            return
        text = kept[-1]["text"]
    else:
        text = str(sentence).strip()
        line = record("sentence", name, text=text)
    model = lessons.sentence(name)
    other = f"Another way to say it: {model} What does yours say that this one leaves out?" if model else ""
    note("KEPT", name, f"You wrote: {text}", other, line)


def _kept(name: str) -> dict[str, Any] | None:
    made = entries("prediction", name)
    return made[-1] if made else None


def _options(asked: Question) -> list[str]:
    return [f"{letter}) {text}" for letter, text in asked.options.items()]


def _said(kept: Any) -> str:
    return f"{kept['choice']}, {kept['confidence']:.0%} sure"


def _confidence(value: Any) -> float:
    """Read 0.7, 70 and "70%" as the same."""
    with contextlib.suppress(InputError, Unfinished):
        found = plain(value, "confidence")
        if isinstance(found, float) and 0 <= found <= 100 and not 1 < found < 2:
            return found if found <= 1 else found / 100
    raise InputError(f'confidence={value!r} says not how sure you are; write 0.7, 70 or "70%"')
