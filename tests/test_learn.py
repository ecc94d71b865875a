"""The course's core: how answers are judged, what is remembered, and how notebooks are built."""

from __future__ import annotations

import dataclasses
import json
import math
import multiprocessing
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from oikit import stats
from oikit.errors import InputError, MissingExtra
from oikit.files import locked
from oikit.learn import (
    TODO,
    check,
    course,
    evidence_card,
    explain,
    given,
    notes,
    predict,
    predictions,
    quiz,
    quizzes,
    reveal,
    say,
    show,
)
from oikit.learn.answers import TOLERANCE
from oikit.learn.evidence import by_label, draw_intervals
from oikit.learn.exercise import Property, Unfinished, judge, plain
from oikit.learn.lessons import exercise, question, questions
from oikit.learn.questions import digest
from oikit.lessons import lessons
from oikit_lessons.lesson01.exercises import DECOMPOSITION, OI_PATH, Trade
from oikit_lessons.lesson01.questions import QUESTIONS
from tests.conftest import series
from tests.runs import plant


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Each test has a working folder, and a kernel that has said nothing yet."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(notes, "_unsaved", [])
    monkeypatch.setattr(notes, "_told", set())
    monkeypatch.setattr(show, "_stale_in", [-1])
    yield tmp_path


def _predicted(lesson: str) -> list[str]:
    return [each.id for each in questions(lesson) if each.id[3] in "abc"]


Said = Callable[[], str]
EXPLAINED = [
    name
    for path in (each.source for each in lessons())
    for name in re.findall(r'^explain\("([\w.]+)", TODO', path.read_text("utf-8"), re.MULTILINE)
]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """What has been shown since it was last asked."""
    return lambda: capsys.readouterr().out


def book() -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(Path(".oikit/progress.json").read_text())["entries"]
    return entries


# --- exercise 01.1: a function ---


def oi_path(trades: list[Trade]) -> list[int]:
    total, path = 0, []
    for trade in trades:
        total += trade.size * ([trade.buyer, trade.seller].count("opens") - 1)
        if total < 0:
            raise ValueError("more than is open")
        path.append(total)
    return path


def moved_by(moves: Callable[[Trade], int]) -> Callable[[list[Trade]], list[int]]:
    """A learner's function that adds `moves` up and refuses what is impossible."""

    def path(trades: list[Trade]) -> list[int]:
        oi_path(trades)
        return list(np.cumsum([moves(trade) for trade in trades]))

    return path


def right_for(trade: Trade) -> int:
    return trade.size * ([trade.buyer, trade.seller].count("opens") - 1)


def accepts_all(trades: list[Trade]) -> list[int]:
    return list(np.cumsum([right_for(trade) for trade in trades]))


def refuses_with(error: type[Exception]) -> Callable[[list[Trade]], list[int]]:
    def path(trades: list[Trade]) -> list[int]:
        answer = accepts_all(trades)
        if min(answer) < 0:
            raise error
        return answer

    return path


WRONG_PATHS: dict[str, Callable[[list[Trade]], Any]] = {
    "counts-both-sides": moved_by(lambda t: 2 * right_for(t)),
    "open-interest-is-volume": moved_by(lambda t: t.size),
    "only-the-buyer-counts": moved_by(lambda t: t.size if t.buyer == "opens" else -t.size),
    "only-the-seller-counts": moved_by(lambda t: t.size if t.seller == "opens" else -t.size),
    "one-new-side-is-enough": moved_by(lambda t: t.size if "opens" in t[:2] else -t.size),
    "never-shrinks": moved_by(lambda t: t.size if t.buyer == t.seller == "opens" else 0),
    "forgets-the-size": moved_by(lambda t: right_for(t) // t.size),
    "changes-not-levels": lambda trades: [right_for(t) for t in trades if oi_path(trades)],
    "starts-with-the-empty-market": lambda trades: [0, *oi_path(trades)],
    "only-the-last": lambda trades: oi_path(trades)[-1],
    "accepts-the-impossible": accepts_all,
    "one-number-for-each-trade": lambda trades: oi_path(trades)[1:],
    "never-negative": lambda trades: [-1 - each for each in oi_path(trades)],
    "long-equals-short": lambda trades: [1 + each for each in oi_path(trades)],
    "refuses-with-ValueError": refuses_with(KeyError),
}


@pytest.mark.parametrize("answer", [oi_path, refuses_with(ValueError), lambda t: np.array(oi_path(t))])
def test_a_right_path_is_right_however_it_is_written(answer: Any) -> None:
    """Lists and arrays are both answers."""
    assert judge(OI_PATH, [answer]).status == "CORRECT"


@pytest.mark.parametrize("name", WRONG_PATHS)
def test_each_wrong_path_gets_its_own_reason(name: str) -> None:
    """A wrong model is named; anything else breaks a property every right path has."""
    found = judge(OI_PATH, [WRONG_PATHS[name]])

    assert (found.status, found.misconception) == ("NOT YET", name)
    assert found.says


def test_every_wrong_path_of_the_exercise_is_tried_above() -> None:
    """A new rule needs an example here, or it is not tested."""
    named = {rule.name for rule in OI_PATH.rules} | {each.name for each in OI_PATH.properties}

    assert named == set(WRONG_PATHS)


def test_the_ledgers_of_the_check_can_exist_and_show_every_kind_of_trade() -> None:
    """A check that never closes a contract could not tell open interest from volume."""
    from oikit_lessons.lesson01.exercises import IMPOSSIBLE, _ledgers

    ledgers = _ledgers()
    kinds = {trade[:2] for ledger in ledgers for trade in ledger}

    assert len(kinds) == 4
    assert all(min(oi_path(ledger)) >= 0 for ledger in ledgers)
    with pytest.raises(ValueError, match="more than is open"):
        oi_path(IMPOSSIBLE)


# --- exercise 01.2: three numbers ---


PRICE_HINTS, CROSS_HINTS = DECOMPOSITION.hints_for("price_part"), DECOMPOSITION.hints_for("cross_part")
RIGHT = (-40_000_000, 100_000_000, -8_000_000)


def with_part(place: int, value: Any) -> list[Any]:
    answer: list[Any] = list(RIGHT)
    answer[place] = value
    return answer


def test_the_reference_is_computed_from_the_numbers_given() -> None:
    """By hand: 2 million at −20; 0.4 million at 250; 0.4 million at −20; from 500 to 552 million."""
    p = given("01.2")
    parts = DECOMPOSITION.answer(DECOMPOSITION.numbers)

    assert tuple(parts.values()) == RIGHT
    assert sum(RIGHT) == p.contracts_after * p.price_after - p.contracts_before * p.price_before == 52e6
    assert judge(DECOMPOSITION, RIGHT).status == "CORRECT"


@pytest.mark.parametrize(
    "answer",
    [
        [np.int64(each) for each in RIGHT],
        [pd.Series([each]) for each in RIGHT],
        [each * (1 + TOLERANCE / 2) for each in RIGHT],
    ],
)
def test_a_right_number_is_right_in_any_box(answer: list[Any]) -> None:
    """Rounding and the kind of number are not what is being learned."""
    assert judge(DECOMPOSITION, answer).status == "CORRECT"


@pytest.mark.parametrize(
    ("place", "value", "misconception", "says"),
    [
        (1, 52_000_000, "takes-the-whole-change", "if the price had stood still"),
        (0, -4_000_000_000, "unit", "100 times too large"),
        (0, -400_000, "unit", "100 times too small"),
        (1, 100, "unit", "a million times too small"),
        (2, -8_000, "unit", "a thousand times too small"),
        (2, 8_000_000, "sign", "the sign is not"),
        (1, 123, "", "Hint: hold one thing still"),
    ],
)
def test_each_wrong_number_gets_its_own_reason(
    place: int, value: float, misconception: str, says: str
) -> None:
    """Wrong model, then unit, then sign, then a hint: the first that fits speaks."""
    found = judge(DECOMPOSITION, with_part(place, value))

    assert (found.status, found.misconception) == ("NOT YET", misconception)
    assert says in found.says


def test_hints_grow_and_the_worked_answer_comes_last() -> None:
    """A learner who has tried enough different answers is not left standing."""
    tries: list[str] = []
    messages = []
    for wrong in (11, 12, 13, 14, 14):
        found = judge(DECOMPOSITION, with_part(0, wrong), tries=tries)
        tries.append(found.seen)
        messages.append(found.says)

    assert PRICE_HINTS[0] in messages[0]
    assert PRICE_HINTS[1] in messages[1]
    assert PRICE_HINTS[1] in messages[2]
    assert "Worked answer" not in messages[2]
    assert "Worked answer: price part 2,000,000 × (230 − 250) = -40,000,000" in messages[3]
    assert messages[4] == messages[3]


def test_a_reason_is_followed_by_the_next_hint_from_the_second_miss_on() -> None:
    """The first reason stands alone; who misses again gets help beside it, and in the end all of it."""
    found = [judge(DECOMPOSITION, with_part(2, 0), tries=list("abc")[:misses]) for misses in range(4)]

    assert len({each.misconception for each in found}) == 1
    assert "Hint" not in found[0].says
    assert found[1].says.endswith(f"Hint: {CROSS_HINTS[0]}")
    assert found[2].says.endswith(f"Hint: {CROSS_HINTS[1]}")
    assert "Worked answer" in found[3].says


def test_a_property_that_stumbles_over_an_odd_shape_is_passed_over() -> None:
    """No answer may end in a traceback of ours."""
    fussy = Property("fussy", lambda seen, _: seen["price_part"][0] > 0, "never said")
    asked = dataclasses.replace(DECOMPOSITION, properties=(fussy,))

    assert "Hint: hold one thing still" in judge(asked, with_part(0, 12)).says


def test_the_same_answer_again_is_one_try() -> None:
    """Running all cells five times must not give the answer away."""
    tries: list[str] = []
    for _ in range(6):
        found = judge(DECOMPOSITION, with_part(0, 11), tries=tries)
        tries.append(found.seen)

        assert PRICE_HINTS[0] in found.says


def test_what_is_left_of_a_todo_is_named_for_what_it_is() -> None:
    """A number that holds a TODO is no function that gives one back."""

    def observe(given: Any, named: Any) -> dict[str, Any]:
        raise Unfinished

    asked = dataclasses.replace(exercise("01.1"), observe=observe)

    assert judge(asked, [[1, TODO]]).says == "your turn: a TODO is left."
    assert judge(asked, [len]).says == "your turn: the function still gives back TODO."


# --- the doors ---


def stops(trades: Any) -> None:
    raise KeyError("open")


@pytest.mark.parametrize(
    ("name", "answers", "status", "says"),
    [
        ("01.1", [TODO], "NOT ATTEMPTED", "your turn"),
        ("01.1", [...], "NOT ATTEMPTED", "your turn"),
        ("01.1", [lambda trades: TODO], "NOT ATTEMPTED", "still gives back TODO"),
        ("01.1", [lambda trades: None], "NOT YET", "did you forget `return`?"),
        ("01.1", [print], "NOT YET", "It printed, but returned nothing: did you forget `return`?"),
        ("01.1", [lambda trades: sys.exit("done")], "ERROR", "your code called exit()"),
        ("01.1", [stops], "ERROR", "KeyError: 'open'"),
        ("01.1", [lambda: []], "ERROR", "TypeError"),
        ("01.1", [lambda trades: nowhere], "ERROR", "NameError: nowhere is not there. If a cell above"),  # noqa: F821
        ("01.1", [5], "NOT YET", "should be a function"),
        ("01.1", [lambda trades: "five"], "NOT YET", "give a plain number"),
        ("01.1", [lambda trades: object()], "NOT YET", "numbers are asked for"),
        ("01.1", [lambda trades: [[1], [2, 3]]], "NOT YET", "numbers are asked for"),
        ("01.1", [], "ERROR", "0 value(s) came, 1 are asked: oi_path"),
        ("01.2", [TODO, TODO, TODO], "NOT ATTEMPTED", "replace TODO"),
        ("01.2", [1, TODO, None], "NOT YET", "position_part and cross_part still to do"),
        ("01.2", [1, 2], "ERROR", "price_part, position_part, cross_part"),
        ("01.2", ["-40m", 1, 1], "NOT YET", "price_part is '-40m'"),
        ("01.2", [True, 1, 1], "NOT YET", "price_part is True"),
        ("01.2", [{"price": 1}, 1, 1], "NOT YET", "price_part is {"),
        ("01.2", [1j, 1, 1], "NOT YET", "numbers are asked for"),
        ("01.2", [math.nan, 1, 1], "NOT YET", "missing or infinite"),
        ("01.2", [1, math.inf, 1], "NOT YET", "position_part holds a number that is missing or infinite"),
        ("01.2", [[1, 2], 1, 1], "NOT YET", "price_part: one number is asked for, and a list of 2 came"),
        ("01.2", [[], 1, 1], "NOT YET", "price_part: one number is asked for, and an empty list came"),
        ("01.2", ["", 1, 1], "NOT YET", "price_part is ''; give a plain number"),
        ("01.2", [{}, (), set()], "NOT YET", "price_part is {}; give a plain number"),
        ("01.2", [np.True_, 1, 1], "NOT YET", "give a plain number"),
        ("01.2", [10**400, 1, 1], "NOT YET", "numbers are asked for"),
        ("01.2", [pd.Timestamp("2024-01-01"), 1, 1], "NOT YET", "numbers are asked for"),
        ("01.2", [pd.NA, 1, 1], "NOT YET", "numbers are asked for"),
        ("01.2", [pd.DataFrame(), 1, 1], "NOT YET", "an empty list came"),
        ("01.2", [lambda: 1, 1, 1], "NOT YET", "numbers are asked for"),
    ],
)
def test_every_kind_of_answer_is_met_with_words(
    name: str, answers: list[Any], status: str, says: str, said: Said
) -> None:
    """No answer, however odd, ends in a traceback."""
    assert check(name, *answers) is None  # type: ignore[func-returns-value]

    text = said()
    assert text.startswith(f"[{status}] {name}: ")
    assert says in text


def test_a_long_answer_is_not_repeated_in_full() -> None:
    """A screen of digits helps nobody."""
    with pytest.raises(InputError) as refused:
        plain(["x" * 500], "it")

    assert len(str(refused.value)) < 100


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: check("01.9", 1), "there is no exercise '01.9'; there are 01.1, 01.2"),
        (lambda: check("77.1", 1), "there is no lesson for '77.1'"),
        (lambda: check(1, 1), "there is no lesson for 1"),  # type: ignore[arg-type]
        (lambda: given("01.3"), "there is no exercise"),
        (lambda: predict("01.z"), "there is no question '01.z'"),
        (lambda: predict("01.a", choice="q", confidence=0.5), "use one of a, b, c"),
        (lambda: predict("01.a", choice=2, confidence=0.5), "use one of a, b, c"),
        (lambda: predict("01.a", choice="a", confidence=700), "confidence=700 says not how sure"),
        (lambda: predict("01.a", choice="a", confidence=1.5), 'write 0.7, 70 or "70%"'),
        (lambda: predict("01.a", choice="a", confidence=True), "says not how sure"),
        (lambda: predict("01.a", choice="a", confidence="very"), "says not how sure"),
        (lambda: reveal("01.z"), "there is no question"),
        (lambda: quiz("01.x"), "there are no questions '01.x'"),
        (lambda: quiz("01.q", "a", "z", "a"), "01.q2: choice='z'"),
        (lambda: quiz("01.q", "a", "b"), "2 letters came, 3 are asked"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(call: Callable[[], object], says: str) -> None:
    """The message names the neighbours."""
    with pytest.raises(InputError) as refused:
        call()

    assert says in str(refused.value)


def test_numbers_know_their_names_and_units() -> None:
    """A mistyped name must not silently be something else."""
    p = given("01.2")

    assert p.price_before == 250
    assert "contracts_after = 2,400,000 contracts of one coin" in repr(p)
    assert '<th scope="row"' in p._repr_html_()
    assert "<td>2,000,000</td>" in p._repr_html_()
    with pytest.raises(AttributeError, match="there are price_before, price_after"):
        p.price_befor  # noqa: B018


# --- what is shown ---


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """What a notebook would be sent."""
    import IPython
    import IPython.display

    bundles: list[dict[str, str]] = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: object())
    monkeypatch.setattr(IPython.display, "display", lambda bundle, raw: bundles.append(bundle))
    return bundles


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        (RIGHT, "CORRECT"),
        ((0, 0, 0), "NOT YET"),
        ((TODO, TODO, TODO), "NOT ATTEMPTED"),
        ((1, 2), "ERROR"),
    ],
)
def test_a_result_is_announced_in_words(
    answers: tuple[Any, ...], status: str, shown: list[dict[str, str]]
) -> None:
    """A live region, a mark that is not read aloud, and the word itself: never a colour alone."""
    check("01.2", *answers)

    html = shown[0]["text/html"]
    assert 'role="status" aria-live="polite"' in html
    assert f"</span> {status}</strong> 01.2: " in html
    assert 'aria-hidden="true"' in html
    assert shown[0]["text/plain"].startswith(f"[{status}] 01.2: ")


def test_what_a_learner_types_never_becomes_a_page(shown: list[dict[str, str]]) -> None:
    """Not in a sentence, not in an answer, not in an error of their own."""

    def hostile(trades: Any) -> None:
        raise ValueError("<script>alert(1)</script>")

    explain("01", "<img src=x onerror=alert(1)>")
    check("01.2", "<b>60</b>", 1, 1)
    check("01.1", hostile)

    assert len(shown) == 3
    for bundle in shown:
        assert "<script" not in bundle["text/html"]
        assert "<img" not in bundle["text/html"]
        assert "<b>" not in bundle["text/html"]


def test_a_sentence_is_made_of_variables(shown: list[dict[str, str]]) -> None:
    """Markdown in a notebook, plain words elsewhere."""
    say("Open interest is", f"**{48}** now.")

    assert shown == [
        {"text/plain": "Open interest is 48 now.", "text/markdown": "Open interest is **48** now."}
    ]


def test_without_a_notebook_the_same_is_plain_text(said: Said) -> None:
    """A console reads it, too."""
    say(f"{3} contracts.")

    assert said() == "3 contracts.\n"


# --- predictions and sentences ---


def test_a_prediction_is_kept_shown_again_and_fixed_by_the_answer(said: Said) -> None:
    """First the guess, then the answer; afterwards the guess cannot be improved."""
    predict("01.a", choice=TODO, confidence=TODO)
    assert "[NOT ATTEMPTED] 01.a" in (text := said())
    assert "b) it stays" in text
    predict("01.a", choice="a", confidence=TODO)
    assert "[NOT ATTEMPTED]" in said()
    reveal("01.a")
    assert "Predict first" in said()
    assert not Path(".oikit").exists()

    predict("01.a", choice="a", confidence=0.9)
    assert "[KEPT] 01.a" in (text := said())
    assert "a, 90% sure: it rises" in text
    predict("01.a", choice=" B ", confidence=0.6)
    predict("01.a")
    assert "You predict b, 60% sure: it stays" in said()

    reveal("01.a")
    assert "You predicted b, 60% sure; as it turns out: b) it stays" in said()
    predict("01.a", choice="c", confidence=1)
    assert "your prediction stands: b, 60% sure" in said()
    reveal("01.a")
    assert [each["kind"] for each in book()] == ["prediction", "prediction", "reveal"]
    assert book()[-1]["right"] is True


def test_a_wrong_prediction_is_told_why(said: Said) -> None:
    """The surprise is where something is learned."""
    predict("01.b", choice="c", confidence=1)
    reveal("01.b")

    text = said()
    assert "it turns out otherwise: a) it rises" in text
    assert "contracts times price" in text


def test_a_sentence_in_own_words_is_kept(said: Said) -> None:
    """It is shown again; an empty one is not one."""
    explain("01", TODO)
    explain("01", "   ")
    assert said().count("[NOT ATTEMPTED] 01") == 2
    explain("01", " Each long has a short. ")
    explain("01", TODO)

    text = said()
    assert text.count("You wrote: Each long has a short.") == 2
    assert text.count("Another way to say it: Every contract has one long and one short") == 2
    assert book()[0]["text"] == "Each long has a short."


@pytest.mark.parametrize("name", EXPLAINED)
def test_a_sentence_to_compare_with_comes_after_ones_own(name: str, said: Said) -> None:
    """Every sentence the lessons ask for has one, and it is not seen before."""
    explain(name, TODO)
    assert "Another way" not in said()
    explain(name, "because it does")

    assert "Another way to say it: " in said()


# --- questions and the quiz ---


def test_a_digest_depends_on_question_and_option() -> None:
    """So that equal letters do not look alike in the source."""
    assert digest("01.q1", "a") != digest("01.q2", "a") != digest("01.q2", "b")
    assert len({each.right for each in QUESTIONS.values()}) == len(QUESTIONS)


def test_the_quiz_is_judged_in_words(said: Said) -> None:
    """The path without buttons: letters in, reasons out."""
    quiz("01.q", "a", TODO, "A")

    text = said()
    assert "[NOT YET] 01.q1: " in text
    assert "a) that can't happen: each new contract brings one long and one short." in text
    assert "[NOT ATTEMPTED] 01.q2" in text
    assert "[CORRECT] 01.q3" in text
    assert [(each["id"], each["status"]) for each in book()] == [("01.q1", "NOT YET"), ("01.q3", "CORRECT")]


def test_the_quiz_has_buttons_and_the_same_questions_as_text() -> None:
    """One output: buttons for a kernel, readable questions for a page; no answer in either."""
    widgets = pytest.importorskip("ipywidgets")
    asked = quiz("01.w")
    assert asked is not None
    bundle = asked._repr_mimebundle_()

    assert "application/vnd.jupyter.widget-view+json" in bundle
    assert bundle["text/html"].count("<strong>a</strong>") == 2
    assert 'quiz("01.w", "a", "a")' in bundle["text/plain"] == repr(asked)
    for each in questions("01.w"):
        assert each.says[each.answer] not in json.dumps(bundle)
    assert widgets is not None


def press(box: Any, name: str, choice: str = "", sure: int = 80) -> None:
    """Send what the page sends when a button is pressed."""
    box._handle_custom_msg({"pressed": name, "choice": choice, "sure": sure}, [])


def state(box: Any) -> str:
    """All that a page could read of a widget."""
    return json.dumps(box.get_state(), default=str)


def test_a_button_judges_the_chosen_letter() -> None:
    """Choose, check, read the reason: without a letter nothing is judged."""
    ask = pytest.importorskip("oikit.learn.ask")
    box = quizzes._buttons(question("01.w1"), ask.Ask)
    press(box, "act")
    assert box.text.startswith("[NOT ATTEMPTED] 01.w1")
    assert question("01.w1").says["b"] not in state(box)
    press(box, "act", "b")

    assert box.text.startswith("[CORRECT] 01.w1: b) a trade has two sides")
    assert box.act == "Check" and not box.lowest


def test_a_prediction_is_made_with_buttons_and_stands_once_its_answer_is_seen() -> None:
    """Nothing leaks before: neither the letter nor the reason is in anything that a page could read."""
    pytest.importorskip("oikit.learn.ask")
    asked = question("01.a")
    box = predictions._buttons(asked)
    press(box, "act")
    assert box.text.startswith("[NOT ATTEMPTED] 01.a") and not box.more
    press(box, "act", "a")
    assert box.text.startswith("[KEPT] 01.a: You predict a, 80% sure: it rises")
    press(box, "act", "c")
    assert asked.says[asked.answer] not in state(box) and not box.locked
    press(box, "more")

    assert box.locked and not box.act and not box.more
    assert "it turns out otherwise: b) it stays" in box.text
    press(box, "act", "b")
    again = predictions._buttons(asked)
    assert again.locked and again.choice == "c" and "stands: c, 80% sure" in again.text
    assert [each["kind"] for each in book()] == ["prediction", "prediction", "reveal"]


@pytest.mark.parametrize("sure", [0.7, 70, "70%", "0.7", "70 %", np.float64(0.7)])
def test_how_sure_one_is_may_be_said_in_many_ways(sure: Any, said: Said) -> None:
    """A fraction, per cent, or text; by position, too."""
    predict("01.a", "b", sure)

    assert book()[0]["confidence"] == pytest.approx(0.7)


@pytest.mark.parametrize("name", [name for lesson in lessons() for name in _predicted(lesson.number)])
def test_no_answer_is_in_what_a_prediction_shows(name: str, said: Said) -> None:
    """In words and as a widget."""
    pytest.importorskip("oikit.learn.ask")
    asked = question(name)
    predict(name)

    assert asked.says[asked.answer] not in said()
    assert asked.says[asked.answer] not in state(predictions._buttons(asked))
    assert asked.right not in state(predictions._buttons(asked))


def test_a_cell_with_buttons_says_once_what_to_run_when_they_are_dead(
    monkeypatch: pytest.MonkeyPatch, shown: list[dict[str, str]]
) -> None:
    """In a kernel only; the line is hidden as long as the buttons live."""
    import IPython

    pytest.importorskip("oikit.learn.ask")
    shell = SimpleNamespace(kernel=object(), execution_count=7)
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    predict("01.a")
    predict("01.b")

    assert [("oikit-stale" in each["text/html"], len(each)) for each in shown] == [
        (True, 2),
        (False, 3),
        (False, 3),
    ]
    assert "Run All Above Selected Cell" in shown[0]["text/html"]


def test_without_widgets_a_prediction_is_asked_in_words(
    monkeypatch: pytest.MonkeyPatch, shown: list[dict[str, str]]
) -> None:
    """In a kernel, too: the question, its options, and what to type."""
    import IPython

    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace(kernel=object(), execution_count=7))
    monkeypatch.setitem(sys.modules, "oikit.learn.ask", None)
    predict("01.a")

    (only,) = shown
    assert set(only) == {"text/plain", "text/html"}
    assert 'predict("01.a", "a", 0.7)' in only["text/plain"] and "b) it stays" in only["text/plain"]


def test_without_widgets_the_quiz_is_text(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader without ipywidgets reads the questions and types letters."""
    monkeypatch.setitem(sys.modules, "ipywidgets", None)

    assert set(quiz("01.q")._repr_mimebundle_()) == {"text/plain", "text/html"}  # type: ignore[union-attr]


# --- what is remembered ---


def test_each_check_adds_one_entry_without_a_name_or_a_time_of_day(said: Said) -> None:
    """Minutes since the beginning, tries and the mistake: nothing about the person."""
    check("01.2", TODO, TODO, TODO)
    check("01.2", *with_part(2, 0))
    check("01.2", *RIGHT)

    entries = book()
    assert [each["status"] for each in entries] == ["NOT ATTEMPTED", "NOT YET", "CORRECT"]
    assert [each["tries"] for each in entries] == [0, 1, 2]
    assert entries[1]["misconception"] == "forgets-the-cross-part"
    assert set(entries[1]) == {"kind", "id", "status", "tries", "misconception", "seen", "part", "minutes"}
    assert set(os.listdir(".oikit")) - {"progress.lock"} == {"progress.json"}


def test_tries_survive_a_new_kernel(said: Said) -> None:
    """Hints go on where they were: the file is read again each time."""
    for wrong in (11, 12, 13, 14):
        check("01.2", *with_part(0, wrong))

    assert said().count("Worked answer") == 1


@pytest.mark.parametrize("blocked", ["file", "replace"])
def test_a_folder_that_cannot_be_written_costs_one_line(
    blocked: str, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Checking goes on, tries are counted as long as the kernel lives, and it is said once."""
    if blocked == "file":
        Path(".oikit").write_text("in the way")
    else:
        monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(PermissionError(13, "denied")))
    for wrong in (11, 12, 13, 14):
        check("01.2", *with_part(0, wrong))

    text = said()
    assert text.count("Your progress is not saved") == 1
    assert "copy the notebook into a folder of your own" in text
    assert text.count("[NOT YET]") == 4
    assert "Worked answer" in text


@pytest.mark.parametrize("text", ["{", "[]", '{"entries": 5}', '{"entries": [1]}', "\x00"])
def test_a_broken_file_is_set_aside_and_never_overwritten(text: str, said: Said) -> None:
    """A half-copied file may be all a teacher has."""
    Path(".oikit").mkdir()
    for number in (1, 2):
        Path(".oikit/progress.json").write_text(text)
        check("01.2", *RIGHT)

        assert Path(f".oikit/progress.unreadable-{number}.json").read_text() == text
        assert len(book()) == 1
    assert said().count("could not be read; it is kept as") == 2


def test_a_crash_leaves_the_old_file(monkeypatch: pytest.MonkeyPatch, said: Said) -> None:
    """The new file is complete before it takes the old one's place."""
    check("01.2", *RIGHT)
    before = Path(".oikit/progress.json").read_bytes()

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(KeyboardInterrupt):
        check("01.2", *RIGHT)

    assert Path(".oikit/progress.json").read_bytes() == before


def _many(folder: str, name: str) -> None:
    os.chdir(folder)
    for _ in range(20):
        notes.record("check", name)


def test_two_notebooks_in_one_folder_lose_nothing(own_folder: Path) -> None:
    """Both write at once; every entry is there in the end."""
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_many, args=(str(own_folder), name)) for name in ("one", "two")]
    for each in both:
        each.start()
    for each in both:
        each.join(60)

    assert [each.exitcode for each in both] == [0, 0]
    assert len(book()) == 40


def test_a_lock_left_behind_stops_nobody_and_a_held_one_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, said: Said
) -> None:
    """A kernel that was killed while writing must not stop the course."""
    monkeypatch.setattr(notes, "_PATIENCE", 0.05)
    Path(".oikit").mkdir()
    Path(".oikit/progress.lock").touch()
    check("01.2", *RIGHT)
    assert len(book()) == 1

    with locked(Path(".oikit/progress.lock")):
        check("01.2", *RIGHT)
    assert "another process has held it" in said()
    assert len(book()) == 1


# --- evidence ---


def planted(effect: float, n: int = 400) -> tuple[pd.Series, pd.Series]:
    rng = np.random.default_rng(5)
    labels = pd.Series(rng.choice(["up", "down"], n), series(np.zeros(n)).index)
    after = pd.Series(rng.normal(0, 0.01, n), labels.index) + effect * (labels == "up")
    labels.iloc[:10] = None
    after.iloc[-1] = np.nan
    return labels, after


def test_a_planted_effect_is_found_and_noise_is_not() -> None:
    """The table a lesson shows must be able to say yes, and to say nothing."""
    loud, quiet = by_label(*planted(0.01)), by_label(*planted(0.0))

    assert loud.loc["up", "low"] > 0
    assert loud.loc["up", "p"] < 0.05
    assert (quiet["p"] > 0.05).all()
    assert ((quiet["low"] < 0) & (quiet["high"] > 0)).all()


def test_every_bar_with_a_label_and_an_outcome_is_counted_once() -> None:
    """The n's add up; bars without a label or an outcome are in no group."""
    labels, after = planted(0.0)
    table = by_label(labels, after)

    assert table["n"].sum() == (labels.notna() & after.notna()).sum() == 389
    assert table.loc["up", "mean"] == pytest.approx(after[labels == "up"].mean())
    assert table.loc["up", "effect"] == pytest.approx(-table.loc["down", "effect"])


def test_interval_and_p_are_of_one_test() -> None:
    """Both are the shift's, so an interval without 0 has a p of at most 0.05 before it is adjusted."""
    labels, after = planted(0.002)
    table = by_label(labels, after)
    tests = {
        name: stats.circular_shift((labels == name).astype(float).where(labels.notna()), after, horizon=1)
        for name in ("up", "down")
    }

    for name, test in tests.items():
        assert (table.loc[name, "low"], table.loc[name, "high"]) == (test.effect.low, test.effect.high)
        assert (test.p <= 0.05) == (not test.effect.low <= 0 <= test.effect.high)
    adjusted = stats.benjamini_hochberg([tests[name].p for name in table.index])
    assert table["p"].tolist() == pytest.approx(np.asarray(adjusted).tolist())


def test_labels_keep_the_order_of_their_categories() -> None:
    """Quadrants are read in one order everywhere."""
    labels, after = planted(0.0)
    ordered = labels.astype(pd.CategoricalDtype(["up", "down", "never"])).rename("after a day of")

    assert by_label(ordered, after).index.tolist() == ["up", "down"]
    assert by_label(ordered, after).index.name == "after a day of"


def test_a_label_that_is_too_rare_is_refused() -> None:
    """One event has no interval; it is said, not dropped."""
    labels, after = planted(0.0)
    labels.iloc[20] = "once"
    with pytest.raises(InputError, match="at least 2"):
        by_label(labels, after)


def card(**changes: Any) -> Any:
    facts: dict[str, Any] = {
        "claim": "<i>days</i> differ",
        "table": by_label(*planted(0.0)),
        "method": "block bootstrap",
        "trials": 0,
        "data": "simulated",
        "costs": "none",
        "verdict": "undecided",
    }
    return evidence_card(**(facts | changes))


def test_a_card_says_everything_beside_the_number() -> None:
    """n, interval, naive interval struck through, trials, data, costs, verdict: as text and as a table."""
    shown, text = card()._repr_html_(), str(card())

    for word in ("Claim as tested", "Rules tried before", "Data", "Costs", "Verdict", "undecided: 2 of 2"):
        assert word in shown
        assert word in text
    assert shown.count("<s>") == 2
    assert "<i>" not in shown
    assert "95% interval −" in text
    assert text == repr(card())


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"verdict": "proven"}, "use one of supported, contradicted, negligible"),
        ({"table": pd.DataFrame({"n": [1]})}, "no column effect, low, high"),
    ],
)
def test_a_card_refuses_other_words_and_bare_numbers(changes: dict[str, Any], says: str) -> None:
    """An estimate without an interval does not get a card."""
    with pytest.raises(InputError) as refused:
        card(**changes)

    assert says in str(refused.value)


def test_the_picture_of_intervals_says_how_many_hold_zero() -> None:
    """Alt text with the finding; every label with its n."""
    spec = draw_intervals(by_label(*planted(0.01)), title="the day after").to_dict()

    assert spec["description"].endswith("0 of 2 intervals hold 0.")
    assert spec["title"] == "the day after"
    assert "(n = 1" in json.dumps(spec["datasets"])


def test_a_long_label_takes_two_lines_and_keeps_its_n_in_one_piece() -> None:
    """The axis would cut it off; both versions of the library split at the line break."""
    table = by_label(*planted(0.01)).rename({"up": "a name that is much too long for one line"})
    spec = draw_intervals(table).to_dict()
    (labels,) = [[row["label"] for row in rows] for rows in spec["datasets"].values() if "label" in rows[0]]

    assert labels[0].startswith("down (n = ") and "\n" not in labels[0]
    assert labels[1].split("\n")[:2] == ["a name that is much too", "long for one line"]
    assert labels[1].split("\n")[2].startswith("(n = ")
    assert r"split(datum.label, '\\n')" in json.dumps(spec)


@pytest.mark.parametrize(
    ("value", "says"),
    [(0.0, "0"), (-0.0, "0"), (1e-9, "0"), (0.00003, "+0.3"), (-0.00004, "−0.4"), (0.0012, "+12")],
)
def test_zero_has_no_sign_and_a_small_number_has_one(value: float, says: str) -> None:
    """An interval that ends just above zero must not look as if it ended just below, or at it."""
    lines = pd.DataFrame(
        {
            "n": [30],
            "effect": [value],
            "low": [value],
            "high": [0.01],
            "naive_low": [-1.0],
            "naive_high": [1.0],
        },
        index=["a"],
    )

    assert f'<td style="white-space: nowrap">{says} to +100</td>' in card(table=lines)._repr_html_()


# --- the course builder ---


SOURCE = """\
# %% [markdown]
# # 01 · A lesson

# %%
answer = TODO
# solution
answer = 42

# %% tags=["solution"]
secret = 43

# %% tags=["widget"]
def f():
    return TODO


    # solution
    return 44
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    plant(tmp_path / "source", "01_lesson", SOURCE)
    return tmp_path / "source"


def test_a_learner_gets_the_place_and_not_the_answer(source: Path, tmp_path: Path) -> None:
    """What is below ``# solution`` is gone, cells tagged so too; the rest stays."""
    (built,) = course.build(source, tmp_path / "out")
    text = built.read_text()
    cells = json.loads(text)["cells"]

    assert ["".join(cell["source"]) for cell in cells] == [
        "# 01 · A lesson",
        "answer = TODO\n# your turn",
        "def f():\n    return TODO\n    # your turn",
    ]
    assert [cell["id"] for cell in cells] == ["01-01", "01-02", "01-03"]
    assert cells[2]["metadata"] == {"tags": ["widget"]}
    assert not any(number in text for number in ("42", "43", "44"))
    assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells)


def test_a_teacher_gets_everything(source: Path) -> None:
    """The solved notebook runs the stub first, then the answer over it."""
    cells = course.solved(*lessons(source)).cells

    assert len(cells) == 4
    assert cells[1].source.endswith("answer = 42")
    assert cells[2].source == "secret = 43"


def test_building_twice_gives_the_same_bytes_and_a_change_is_noticed(source: Path, tmp_path: Path) -> None:
    """So a forgotten build can be found."""
    (built,) = course.build(source, tmp_path / "out")
    first = built.read_bytes()
    course.build(source, tmp_path / "out")

    assert built.read_bytes() == first
    assert b"\r" not in first and first.endswith(b"}\n") and not first.endswith(b"\n\n")
    assert course.stale(source, tmp_path / "out") == []
    plant(source, "01_lesson", SOURCE.replace("A lesson", "Another"))
    assert course.stale(source, tmp_path / "out") == ["01_lesson.ipynb"]
    assert course.stale(source, tmp_path / "nowhere") == ["01_lesson.ipynb"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("# %%\nx = TODO\n# Solution\nx = 1\n", "write '# Solution' as '# solution'"),
        ("# %%\nx = TODO\n#solution\nx = 1\n", "write '#solution' as '# solution'"),
        ("# %%\nx = TODO\n# solutions below\nx = 1\n# solution\n", "or the learner reads the answer"),
        ("# %%\n# solution\nx = 1\n", "a line with TODO to replace"),
    ],
)
def test_a_source_that_would_show_its_answer_is_refused(
    text: str, says: str, source: Path, tmp_path: Path
) -> None:
    """A typing slip must not hand out the solution, nor half-build the course."""
    plant(source, "01_lesson", text)
    with pytest.raises(InputError) as refused:
        course.build(source, tmp_path / "out")

    assert says in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    """A mistyped folder must not pass for a fresh course."""
    with pytest.raises(InputError, match="there are no lessons"):
        course.build(tmp_path, tmp_path / "out")


def test_without_jupytext_the_line_to_type_is_said(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only who builds the course needs it."""
    monkeypatch.setitem(sys.modules, "jupytext", None)
    with pytest.raises(MissingExtra, match=r"pip install 'oikit\[course\]'"):
        course.student(*lessons(source))
