"""Lessons: what a reader meets and in which order, and that no answer lies about.

Everything in the first and the last part holds for each folder in ``notebooks/oikit_lessons``; a new lesson
is tested by being there. The second part holds for the lessons that were written anew around their picture:
each of its rules is a function that lists what breaks it, so that a planted text shows that it can.
That lessons run is held by test_lesson_lab.py, which visits each of them.
"""

from __future__ import annotations

import ast
import functools
import json
import re
import string
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import nbformat
import pytest

from oikit.explore.hero import of
from oikit.learn import course
from oikit.learn.lessons import exercise, question, questions
from oikit.lessons import Lesson, part
from tests.runs import LESSONS, NOTEBOOKS, each_lesson, lesson_of, plant

REWRITTEN = ("01", "02", "03")
"""The lessons that stand in the form of the second edition; it grows."""

each_rewritten = pytest.mark.parametrize("number", REWRITTEN)
KEPT = Path(__file__).parent / "solved"

TALK = {"charts", "draw_intervals", "evidence_card", "explore", "real_fact", "real_market", "say"}
TALK |= {"after", "check", "explain", "given", "hint", "predict", "progress", "quiz", "reveal"}
"""Calls that show, ask or quote; every other line of code is maths."""


@pytest.fixture
def student(lesson: Lesson) -> Any:
    return course.student(lesson)


@functools.cache
def handed_out(number: str) -> Any:
    return course.student(lesson_of(number))


@functools.cache
def solved(number: str) -> Any:
    return course.solved(lesson_of(number))


def prose(notebook: Any) -> str:
    return "\n\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def codes(notebook: Any) -> list[str]:
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


def answered(code: str) -> str:
    """Return a cell of the solved lesson as it stands when its blank was filled in."""
    blank, _, solution = code.partition("# solution\n")
    return solution or blank


def lines(code: str) -> int:
    return sum(bool(line.strip()) for line in code.splitlines())


def words(text: str) -> int:
    return len(re.findall(r"[A-Za-z’'-]+", text))


def calls(notebook: Any, *names: str) -> Iterator[ast.Call]:
    """Find the calls of functions of these names, wherever they stand in a cell."""
    for code in codes(notebook):
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield node


def test_there_is_a_lesson() -> None:
    """Or all the tests below are about nothing."""
    assert LESSONS and {each.number for each in LESSONS} >= {*REWRITTEN}


@each_lesson
def test_only_known_questions_and_exercises_are_asked(student: Any, lesson: Lesson) -> None:
    """Each name exists, and each of the lesson's own is used."""
    asked = set()
    for call in calls(student, "check", "given", "predict", "reveal", "quiz"):
        name, kind = getattr(call.args[0], "value", None), call.func.id  # type: ignore[attr-defined]
        if kind in ("check", "given"):
            asked.add(exercise(name).id)
        elif kind == "quiz":
            asked |= {each.id for each in questions(name)}
        else:
            asked.add(question(name).id)

    assert {name for name in asked if "." in name} >= {each.id for each in questions(lesson.number)}
    assert {f"{lesson.number}.1", f"{lesson.number}.2"} <= asked


# --- the form of the second edition ---


def slow_to_open(notebook: Any, number: str) -> list[str]:
    """The lesson's picture stands within the first three cells, after at most 150 words."""
    read = 0
    for cell in notebook.cells[:3]:
        if cell.cell_type == "markdown":
            read += words(cell.source)
        elif f'explore("{number}")' in cell.source:
            return [] if read <= 150 else [f"{read} words before the picture"]
    return ["no picture within three cells"]


def long_winded(notebook: Any, _: str) -> list[str]:
    """A lesson has at most 1,500 words and a cell at most 10 lines, as handed out and as solved."""
    found = [f"{words(prose(notebook)):,} words"] if words(prose(notebook)) > 1500 else []
    cells = [(code.split("# solution")[0], answered(code)) for code in codes(notebook)]
    return found + [
        f"{each[:30]!r} has {lines(each)} lines" for pair in cells for each in pair if lines(each) > 10
    ]


def imported_late(notebook: Any, _: str) -> list[str]:
    """Everything comes in with the first code cell, so that any later one can be run alone after it."""
    return [
        code
        for code in codes(notebook)[1:]
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(ast.parse(code)))
    ]


def is_maths(node: ast.stmt) -> bool:
    """Tell a statement that computes from one that imports, shows, asks, quotes or only names a value."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return False
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Name | ast.Constant):
        return False
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            function = each.func
            while isinstance(function, ast.Attribute):
                function = function.value
            if isinstance(function, ast.Name) and function.id in TALK:
                return False
    return True


def share_of_maths(notebook: Any) -> float:
    """Return the share of maths among the lines of code, blanks filled in."""
    maths = written = 0
    for code in map(answered, codes(notebook)):
        for node in ast.parse(code).body:
            count = lines(ast.get_source_segment(code, node) or "")
            written += count
            maths += count * is_maths(node)
    return maths / written


def little_maths(notebook: Any, _: str) -> list[str]:
    """At least half of the lines of code are maths."""
    share = share_of_maths(notebook)
    return [] if share >= 0.5 else [f"{share:.0%} of the lines are maths"]


def badly_framed(notebook: Any, number: str) -> list[str]:
    """One heading names the lesson; the end says what was not shown, and leads to the next lesson."""
    text = re.sub(r"```.*?```", "", prose(notebook), flags=re.DOTALL)
    heads = re.findall(r"^# (.+)$", text, re.MULTILINE)
    found = [] if len(heads) == 1 and heads[0].startswith(f"{number} · ") else [f"headings: {heads}"]
    if notebook.cells[-1].cell_type != "markdown" or "does not show" not in notebook.cells[-1].source:
        found.append("the last cell does not say what the lesson does not show")
    following = {each.number: each.notebook for each in LESSONS}.get(f"{int(number) + 1:02d}")
    if following and f"]({following}.ipynb)" not in notebook.cells[-1].source:
        found.append(f"no link to {following}.ipynb at the end")
    return found


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def loose_words(notebook: Any, number: str, known: Mapping[str, str] | None = None) -> list[str]:
    """Each sentence that is said stands in words.py with these values, and each one there is said."""
    known = part(number, "words").WORDS if known is None else known
    said, found = set(), []
    for call in calls(notebook, "say"):
        name = getattr(call.args[0], "value", None)
        if isinstance(name, str) and re.fullmatch(r"\d\d\.[a-z-]+", name):
            said.add(name)
            given = {each.arg for each in call.keywords} - {"after"}
            if name not in known:
                found.append(f"{name} is not in words.py")
            elif given != fields(known[name]):
                found.append(f"{name}: {sorted(given ^ fields(known[name]))}")
    return found + [f"{name} is never said" for name in known if name not in said]


def told_too_soon(notebook: Any, number: str) -> list[str]:
    """What waits for a prediction names one that was asked before; `say` waits beside its `reveal`."""
    found, asked = [], set()
    for code in codes(notebook):
        heads = {
            (call.func.id, call.args[0].value)  # type: ignore[attr-defined]
            for call in calls(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)]), *TALK)
            if call.args and isinstance(call.args[0], ast.Constant)
        }
        asked |= {name for kind, name in heads if kind == "predict"}
        waits = {name for kind, name in heads if kind == "after"}
        spoken = set(re.findall(r'\bafter="([^"]+)"', code))
        found += [f"{name} was not asked before" for name in (waits | spoken) - asked]
        found += [f"{name} has no reveal in its cell" for name in spoken if ("reveal", name) not in heads]
    return found


def nameless(notebook: Any, _: str) -> list[str]:
    """Each verdict is asked for a market by its name."""
    return [
        ast.unparse(call)
        for call in calls(notebook, "weigh")
        if not any(each.arg == "market" for each in call.keywords)
    ]


RULES: tuple[Callable[..., list[str]], ...] = (
    slow_to_open,
    long_winded,
    imported_late,
    little_maths,
    badly_framed,
    loose_words,
    told_too_soon,
    nameless,
)


@each_rewritten
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_lesson_keeps_its_form(rule: Callable[..., list[str]], number: str) -> None:
    """Picture first, few words, short cells, maths, a frame, sentences that exist, answers that wait."""
    of_what = solved if rule in (little_maths, long_winded) else handed_out
    assert rule(of_what(number), number) == []


GOOD = """\
# %% [markdown]
# # 01 · A small lesson
#
# Here is the picture.

# %%
import pandas as pd
from oikit.learn import *

explore("01")

# %%
predict("01.a")

# %%
x = pd.Series([1, 2, 3])
mean = x.sum() / len(x)
spread = (x - mean).abs().mean()
largest = x.max()
ratio = spread / mean
half = ratio / 2
reveal("01.a")
say("01.mean", after="01.a", mean=mean)

# %% [markdown]
# **What this lesson does not show** is the rest. Next: [02](02_ratio_threshold.ipynb).
"""

PLANTED = (
    (slow_to_open, "Here is the picture.", "Here it is. " * 60, "words before the picture"),
    (slow_to_open, 'explore("01")', "pd", "no picture within three cells"),
    (slow_to_open, 'explore("01")', 'explore("02")', "no picture within three cells"),
    (long_winded, "is the rest.", "is the rest. " * 600, "words"),
    (long_winded, "half = ratio / 2", "half = ratio / 2\n" * 9, "has 16 lines"),
    (long_winded, "half = ratio / 2", "half = TODO\n# solution\n" + "half = 2\n" * 11, "has 13 lines"),
    (imported_late, "largest = x.max()", "import math", "import math"),
    (imported_late, "largest = x.max()", "if x.max():\n    import math", "import math"),
    (little_maths, "ratio = spread / mean", "say(real_fact('bnb-oi-2021'))", "42%"),
    (little_maths, "ratio = spread / mean", "charts.ratio(x).properties(width=9)", "42%"),
    (little_maths, "ratio = spread / mean", "x", "42%"),
    (badly_framed, "# # 01 · A", "# # A", "headings: ['A small lesson']"),
    (badly_framed, "# **What", "# # Key points\n#\n# **What", "'Key points'"),
    (badly_framed, "does not show", "shows", "does not say"),
    (badly_framed, "(02_ratio_threshold.ipynb)", "(02_ratio.ipynb)", "no link to 02_ratio_threshold"),
    (loose_words, '"01.mean"', '"01.median"', "01.median is not in words.py"),
    (loose_words, '"01.mean"', '"The mean."', "01.mean is never said"),
    (loose_words, "mean=mean)", "median=mean)", "01.mean: ['mean', 'median']"),
    (told_too_soon, 'predict("01.a")', 'predict("01.b")', "01.a was not asked before"),
    (told_too_soon, 'reveal("01.a")', 'reveal("01.b")', "01.a has no reveal in its cell"),
    (told_too_soon, "half = ratio / 2", 'after("01.c", ratio)', "01.c was not asked before"),
    (nameless, "half = ratio / 2", 'say(weigh("C07", x))', "weigh('C07', x)"),
)


@pytest.mark.parametrize(("rule", "was", "planted", "says"), PLANTED)
def test_a_lesson_that_breaks_its_form_is_noticed(
    rule: Callable[..., list[str]], was: str, planted: str, says: str, tmp_path: Path
) -> None:
    """Each rule above can fail, and a lesson that keeps them all passes each."""
    more = ({"01.mean": "On average {mean:.2f}."},) if rule is loose_words else ()
    notebooks = [
        course.solved(plant(tmp_path / name, "01_small", text))
        for name, text in (("good", GOOD), ("bad", GOOD.replace(was, planted)))
    ]

    assert was in GOOD
    assert rule(notebooks[0], "01", *more) == []
    assert says in " ".join(rule(notebooks[1], "01", *more))


def test_each_rule_is_seen_to_fail() -> None:
    """A rule without a planted text may be one that never fires."""
    assert {rule for rule, *_ in PLANTED} == {*RULES}


@each_rewritten
def test_a_lesson_has_the_picture_that_it_shows(number: str) -> None:
    """The hero of its folder, whose name is that of the lesson."""
    found = of(number)

    assert found is not None and found.id == number


# --- the words of verdicts ---

VERDICT = re.compile(r"^(C\d\d) (?!Explorer)|\bp (?:is|of)\b|stands out|tell us nothing", re.MULTILINE)
PLACED = re.compile(
    r"\b(?:bnb|btc)-(?:null|planted)\b.*\bsimulated\b|\bsimulated\b.*\b(?:bnb|btc)-(?:null|planted)\b"
)


def unplaced(outputs: list[str]) -> list[str]:
    """List the verdicts that do not name their market and say that it is simulated."""
    found = [text for text in outputs if "this table" in text]
    for text in outputs:
        if text.startswith("["):  # a question, or what was said about an exercise
            continue
        first = text.splitlines()[0] if re.match(r"C\d\d ", text) else " ".join(text.split())
        if VERDICT.search(text) and not PLACED.search(first):
            found.append(text)
    return found


def kept_outputs(number: str) -> list[str]:
    kept = nbformat.read(KEPT / f"{lesson_of(number).notebook}.ipynb", as_version=4)
    return [
        output.data["text/plain"]
        for cell in kept.cells
        if not cell.source.startswith("quiz(")
        for output in cell.get("outputs", [])
    ]


@each_rewritten
def test_every_verdict_names_its_market_and_says_simulated(number: str) -> None:
    """Of an invented market nothing is known of a real one, so no verdict stands alone."""
    outputs = kept_outputs(number)

    assert [text for text in outputs if VERDICT.search(text)]
    assert unplaced(outputs) == []


def test_a_verdict_without_a_market_is_noticed() -> None:
    """The test above can fail: no market, no word that it is simulated, the library's stopgap."""
    good = ["C07 undecided (bnb-null, simulated): “x”\n  In truth nothing."]
    good.append("In the simulated market bnb-null the smallest p is 0.63.")
    bad = [
        "C07 undecided (this table): “x”",
        "C07 undecided (bnb-null): “x”\n  In a simulated market.",
        "C07 undecided: “x”",
        "No name stands out in bnb-null.",
        "These episodes tell us nothing yet.",
    ]

    assert unplaced(good) == []
    assert {*unplaced(bad)} == {*bad}


# --- what is committed ---


def test_the_committed_notebooks_are_what_the_sources_build() -> None:
    """Byte for byte; if not, type: oikit course build."""
    assert course.stale(None, NOTEBOOKS) == []


@each_lesson
def test_a_committed_notebook_has_no_outputs_and_no_traces(lesson: Lesson) -> None:
    """Stable ids, a kernel that everyone has, nothing of the machine it was made on."""
    text = (NOTEBOOKS / f"{lesson.notebook}.ipynb").read_text(encoding="utf-8")
    notebook = json.loads(text)
    ids = [cell["id"] for cell in notebook["cells"]]

    assert ids == [f"{lesson.number}-{place:02d}" for place in range(1, len(ids) + 1)]
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in notebook["cells"])
    assert notebook["metadata"] == {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert not re.search(r"/(home|tmp|root|work|Users)/|http://|https://", text)
    assert len(lesson.notebook) <= 60 and re.fullmatch(r"\d\d_[a-z_]+", lesson.notebook)


def answers_lying_about(text: str, lesson: Lesson) -> list[str]:
    """Find the solutions' lines, the reasons of right options and their letters in what a learner opens."""
    found = ["# solution"] if "# solution" in text else []
    for code in codes(course.solved(lesson)):
        blank, _, solution = code.partition("# solution")
        lying = (each.strip() for each in solution.splitlines())
        found += [
            line
            for line in lying
            if len(line) >= 12 and line not in blank and line in text.replace('\\"', '"')
        ]
    for each in questions(lesson.number):
        found += [answer for answer in (each.says[each.answer], each.right) if answer in text]
    return found + re.findall(r'predict\([^)]*choice=\\?"', text)


@each_lesson
def test_no_answer_can_be_found_in_what_a_learner_opens(lesson: Lesson) -> None:
    """Not the solutions' lines, not the reasons of the right options, not their letters."""
    text = (NOTEBOOKS / f"{lesson.notebook}.ipynb").read_text(encoding="utf-8")

    assert answers_lying_about(text, lesson) == []


def test_an_answer_that_lies_about_is_noticed() -> None:
    """The test above can fail: the teacher's notebook holds a solution and a prediction."""
    lesson = lesson_of("02")
    found = answers_lying_about(course.as_text(course.solved(lesson)), lesson)

    assert "# solution" in found and "coins = p.coins_a + p.value_b / p.price + p.both_sides_c / 2" in found
    assert any("choice=" in each for each in found)
    assert answers_lying_about(question("02.c").says["c"], lesson) == [question("02.c").says["c"]]
