"""Predictions and one's own words: written down before the answer is seen.

A prediction can be changed until its answer has been revealed; from then on it stands.
"""

from __future__ import annotations

from typing import Any

from oikit.errors import InputError
from oikit.learn import lessons
from oikit.learn.lessons import question
from oikit.learn.notes import entries, record
from oikit.learn.rescue import watch
from oikit.learn.show import note
from oikit.learn.todo import TODO, untouched

__all__ = ["explain", "predict", "reveal"]


def predict(name: str, *, choice: Any = TODO, confidence: Any = TODO) -> None:
    """Record a prediction, or show the recorded one.

    Parameters
    ----------
    name : str
        The id of the question, such as ``"01.a"``.
    choice : str
        The letter of one option.
    confidence : float, fraction
        How sure you are: from a blind guess (one over the number of options) to 1.

    Raises
    ------
    InputError
        If the question or the option does not exist, or the confidence is no fraction.
    """
    watch()
    asked = question(name)
    kept = _kept(name)
    missing = untouched(choice) or untouched(confidence)
    if missing and kept is None:
        note("NOT ATTEMPTED", name, asked.asks, *_options(asked), "Write a letter, and how sure you are.")
        return
    if entries("reveal", name) and kept is not None:
        note("KEPT", name, asked.asks, f"The answer has been seen, so your prediction stands: {_said(kept)}.")
        return
    if missing:
        note("KEPT", name, asked.asks, f"You predicted {_said(kept)}.")
        return
    chosen, sure = asked.read(choice), _confidence(confidence)
    line = record("prediction", name, choice=chosen, confidence=sure)
    said = _said({"choice": chosen, "confidence": sure})
    note("KEPT", name, asked.asks, f"You predict {said}: {asked.options[chosen]}", line)


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
    asked, kept = question(name), _kept(name)
    right = asked.answer
    if kept is None:
        note("NOT ATTEMPTED", name, asked.asks, "Predict first: the answer waits for your guess.")
        return
    line = "" if entries("reveal", name) else record("reveal", name, right=kept["choice"] == right)
    verdict = "as it turns out" if kept["choice"] == right else "it turns out otherwise"
    note(
        "ANSWER",
        name,
        asked.asks,
        f"You predicted {_said(kept)}; {verdict}: {right}) {asked.options[right]}.",
        asked.says[right],
        line,
    )


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


def _options(asked: Any) -> list[str]:
    return [f"{letter}) {text}" for letter, text in asked.options.items()]


def _said(kept: Any) -> str:
    return f"{kept['choice']} with confidence {kept['confidence']:g}"


def _confidence(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise InputError(f"confidence={value!r} is no fraction; write how sure you are, such as 0.7")
    return float(value)
