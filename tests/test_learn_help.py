"""Help on the way: hints, where one stands, and one line for what goes wrong."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from oikit.errors import InputError
from oikit.learn import check, explain, given, hint, learner, learners, notes, predict, progress, quiz, reveal
from oikit.learn.lessons import exercise, exercises
from oikit.learn.rescue import line_for, watch
from oikit.learn.standing import standings
from oikit.lessons import numbers

RIGHT = (-40_000_000, 100_000_000, -8_000_000)
Said = Callable[[], str]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Each test has a working folder, nobody's, and a kernel that has said nothing yet."""
    monkeypatch.chdir(tmp_path)
    for variable in ("OIKIT_STRICT", "OIKIT_LEARNER"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(notes, "_unsaved", [])
    monkeypatch.setattr(notes, "_told", set())
    monkeypatch.setattr(learners, "_here", [])
    yield tmp_path


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    """What has been shown since it was last asked."""
    return lambda: capsys.readouterr().out


def kinds() -> list[str]:
    return [each["kind"] for each in notes.book()[0]]


# --- hints ---


def test_the_first_hint_is_there_before_any_try_and_asking_again_shows_no_more(said: Said) -> None:
    """Run All must not use the hints up."""
    hints = exercise("01.2").hints_for()
    for _ in range(5):
        hint("01.2")
        text = said()

        assert text.startswith(f"[HINT] 01.2: Hint 1 of 2: {hints[0]}")
        assert "The next hint comes after another try." in text
        assert hints[1] not in text
    assert kinds() == ["hint"]


def test_each_different_miss_brings_the_next_hint_and_then_the_worked_answer(said: Said) -> None:
    """What `check` says and what `hint` says go hand in hand."""
    seen = []
    for wrong in (11, 12, 13, 14):
        check("01.2", wrong, 1, 1)
        said()
        hint("01.2")
        seen.append(said())

    assert all(text.count("Hint 2 of 2") == 1 for text in seen)
    assert "The worked answer comes after 3 more different tries." in seen[0]
    assert "The worked answer comes after one more different try." in seen[2]
    assert "Worked answer: price part 2,000,000 × (230 − 250)" in seen[3]
    check("01.2", 15, 1, 1)
    assert "Worked answer" in said()
    assert kinds().count("hint") == 1


def test_who_is_done_needs_no_hint(said: Said) -> None:
    """Nothing is given away, nothing is noted."""
    check("01.2", *RIGHT)
    hint("01.2")

    assert "you have solved this one" in said()
    assert kinds() == ["check"]


def test_the_worked_answer_has_the_numbers_of_the_learner(said: Said) -> None:
    """Another learner's numbers would not help."""
    learner("ana")
    p = given("01.2")
    for wrong in (11, 12, 13, 14):
        check("01.2", wrong, 1, 1)
    hint("01.2")

    assert f"price part {p.contracts_before:,} × ({p.price_after} − {p.price_before})" in said()


# --- where one stands ---


def test_nothing_done_is_said_and_where_to_begin(said: Said) -> None:
    """The first thing a learner may type."""
    progress()

    first = exercises(numbers()[0])[0].id
    assert said() == f"Nothing is noted in this folder yet.\nNext: exercise {first}, in lesson {first[:2]}.\n"
    assert not Path(".oikit").exists()


def test_progress_counts_what_is_done_and_names_what_is_mixed_up(said: Said) -> None:
    """By hand: one exercise of two, one prediction of two, one question right and one to look at."""
    predict("01.a", choice="a", confidence=0.5)
    check("01.2", *RIGHT)
    check("01.1", lambda trades: [2 * 5] * len(trades))
    quiz("01.q", "a", "a", "a")
    said()
    progress()

    text = said().splitlines()
    assert text[0] == "Your progress"
    assert text[1].split("  ")[0] == "lesson"
    row = re.split(r"\s{2,}", text[2])
    assert row[:3] == ["01", "1 of 2", "1 of 2"]
    assert row[3].endswith(" of 5")
    assert "01.q1" in row[4]
    assert text[3] == "Next: exercise 01.1 (tried once), in lesson 01."
    assert len(text) == 4


def test_a_mistake_is_open_until_the_answer_is_right(said: Said) -> None:
    """Named after the last miss, gone after the right answer, and not named by an empty try."""
    check("06.1", 1 / 25)
    progress("06")
    assert re.search(r"^06\.1 +tried once +one over leverage$", said(), re.MULTILINE)
    check("06.1", 123)
    progress()
    assert "06.1 one over leverage" in said()
    check("06.1", 0.0283)
    said()
    p = exercise("06.1")
    check("06.1", p.answer(p.numbers)["move"])
    said()
    progress("06")

    text = said()
    assert re.search(r"^06\.1 +done +nothing$", text, re.MULTILINE)
    assert re.search(r"^06\.2 +open +nothing$", text, re.MULTILINE)
    assert "Next: exercise 06.2, in lesson 06." in text


def test_the_next_exercise_is_looked_for_in_the_last_lesson_first(said: Said) -> None:
    """Who works on a later lesson is not sent back before it is done; then the first gap."""
    for each in exercises("06"):
        notes.record("check", each.id, status="CORRECT", tries=1, misconception="", seen="")
    progress()
    first = exercises(numbers()[0])[0].id
    assert f"Next: exercise {first}, in lesson {first[:2]}." in said()
    for lesson in numbers():
        for each in exercises(lesson):
            notes.record("check", each.id, status="CORRECT", tries=1, misconception="", seen="")
    progress()

    assert "Every exercise is done." in said()


def test_the_table_can_be_read_aloud(monkeypatch: pytest.MonkeyPatch) -> None:
    """A caption, a header for each row and column, and a status line; the same words as text."""
    import IPython
    import IPython.display

    bundles: list[dict[str, str]] = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: object())
    monkeypatch.setattr(IPython.display, "display", lambda bundle, raw: bundles.append(bundle))
    check("06.1", 1 / 25)
    progress()

    rich, plain = bundles[-1]["text/html"], bundles[-1]["text/plain"]
    assert "<caption>Your progress</caption>" in rich
    assert rich.count('scope="col"') == 5 and rich.count('scope="row"') == 1
    assert '<div role="status" aria-live="polite"><div>Next: exercise 06.1' in rich
    words = re.sub(r"<[^>]+>", " ", rich).split()
    assert sorted(words) == sorted(plain.split())


def test_what_somebody_wrote_into_the_file_never_becomes_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file from elsewhere may hold anything."""
    import IPython
    import IPython.display

    bundles: list[dict[str, str]] = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: object())
    monkeypatch.setattr(IPython.display, "display", lambda bundle, raw: bundles.append(bundle))
    notes.record("check", "06.1", status="NOT YET", tries=1, misconception="<script>", seen="")
    progress()

    assert "<script" not in bundles[-1]["text/html"]


def test_a_standing_is_done_once_and_stays_so() -> None:
    """A later slip in a solved exercise does not take it away, and is not open for ever."""
    entries: list[dict[str, Any]] = [
        {"kind": "check", "id": "01.2", "status": "NOT ATTEMPTED"},
        {"kind": "check", "id": "01.2", "status": "CORRECT"},
        {"kind": "check", "id": "01.2", "status": "NOT YET", "misconception": "sign"},
        {"kind": "quiz", "id": "01.q1", "status": "NOT YET", "choice": "b"},
    ]

    found = standings(entries, "check")["01.2"]
    assert (found.done, found.tries, found.misconception, found.words) == (True, 2, "", "done")
    assert standings(entries, "quiz")["01.q1"].misconception == "option b"


# --- what goes wrong gets one line ---


def damaged(content: bytes) -> Callable[[], None]:
    def prepare() -> None:
        Path(".oikit").mkdir()
        Path(".oikit/progress.json").write_bytes(content)

    return prepare


def in_the_way() -> None:
    Path(".oikit").write_text("a file where the folder should be")


def unreadable_folder() -> None:
    Path(".oikit/progress.json").mkdir(parents=True)


FOLDERS = {
    "fresh": lambda: None,
    "not a folder": in_the_way,
    "not a file": unreadable_folder,
    "cut off": damaged(b'{"format": 1, "entries": [{"kind": "che'),
    "empty": damaged(b""),
    "no text": damaged(b"\xff\x00\xff"),
    "another shape": damaged(b'[{"kind": "check"}]'),
    "nested": damaged(b"[" * 100_000),
    "odd beginning": damaged(b'{"began": "today", "entries": []}'),
    "odd entries": damaged(
        json.dumps(
            {
                "entries": [
                    {},
                    {"kind": 1, "id": 2},
                    {"kind": ["check"], "id": {}},
                    {"kind": "check", "id": "01.2"},
                    {"kind": "check", "id": "01.2", "status": 5, "seen": [], "tries": "x"},
                    {"kind": "prediction", "id": "01.a"},
                    {"kind": "prediction", "id": "01.a", "choice": "a", "confidence": "much"},
                    {"kind": "sentence", "id": "01"},
                    {"kind": "quiz", "id": "01.q1", "choice": 7},
                    {"kind": "hint", "id": "01.2", "shown": {}},
                    {"kind": "reveal", "id": "01.a"},
                ]
            }
        ).encode()
    ),
}

CALLS: dict[str, Callable[[], object]] = {
    "check": lambda: check("01.2", 1, 2, 3),
    "hint": lambda: hint("01.2"),
    "given": lambda: given("01.2"),
    "learner": lambda: learner("ana"),
    "progress": progress,
    "progress of a lesson": lambda: progress("01"),
    "predict": lambda: predict("01.a", choice="a", confidence=0.5),
    "predict again": lambda: predict("01.a"),
    "reveal": lambda: reveal("01.a"),
    "explain": lambda: explain("01"),
    "quiz": lambda: quiz("01.q", "a", "a", "a"),
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("folder", FOLDERS)
def test_no_state_of_the_folder_stops_a_lesson(folder: str, call: str, said: Said) -> None:
    """Whatever lies in .oikit: every call answers, and at most one line is about the file."""
    FOLDERS[folder]()  # type: ignore[no-untyped-call]
    CALLS[call]()

    text = said()
    about = re.findall(r"could not be read|is not saved|is not kept", text)
    assert len(about) <= 1
    if folder == "fresh" or folder.startswith("odd e"):
        assert about == []


@pytest.mark.parametrize("folder", [name for name in FOLDERS if name != "fresh"])
def test_nothing_in_a_damaged_folder_is_thrown_away(folder: str, said: Said) -> None:
    """A teacher may still want to read it."""
    FOLDERS[folder]()  # type: ignore[no-untyped-call]
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    check("01.2", 1, 2, 3)
    progress()
    after = [path.read_bytes() for path in Path().rglob("*") if path.is_file()]

    kept = [text for path, text in before.items() if text not in after]
    assert all(folder == "odd entries" for _ in kept)
    if folder == "odd entries":
        entries = json.loads(Path(".oikit/progress.json").read_text())["entries"]
        assert entries[:-1] == json.loads(next(iter(before.values())))["entries"]


@pytest.mark.skipif(os.name == "nt", reason="this system has no folders that may only be read")
@pytest.mark.parametrize("call", CALLS)
def test_a_folder_that_may_only_be_read_costs_one_line(call: str, own_folder: Path, said: Said) -> None:
    """The real thing: an administrator's account gives up its rights for the moment of the call."""
    progress()  # imports whatever the calls need
    said()
    me = os.geteuid()
    own_folder.chmod(0o555)
    try:
        if me == 0:
            os.seteuid(65534)
        CALLS[call]()
    finally:
        os.seteuid(me)
        own_folder.chmod(0o755)

    writes = call in ("check", "hint", "learner", "predict", "quiz")
    assert said().count("cannot be written") == writes
    assert not Path(".oikit").exists()


def test_progress_says_that_the_file_is_damaged(said: Said) -> None:
    """Else the empty table would be a riddle."""
    FOLDERS["cut off"]()  # type: ignore[no-untyped-call]
    progress()

    assert "Your earlier progress could not be read" in said()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: hint("01.9"), "there is no exercise '01.9'; there are 01.1, 01.2"),
        (lambda: hint(3), "there is no lesson for 3"),
        (lambda: progress("77"), "there is no lesson for '77'; there are "),
        (lambda: progress(1), "there is no lesson for 1; there are "),
        (lambda: progress(["01"]), "there is no lesson for ['01']"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(call: Callable[[], object], says: str) -> None:
    """The message names the neighbours."""
    with pytest.raises(InputError) as refused:
        call()

    assert says in str(refused.value)


# --- after a restart ---


def test_the_line_for_a_missing_name_says_what_to_press() -> None:
    """Most names are missing because the kernel was restarted."""
    with pytest.raises(NameError) as missing:
        exec("move")

    assert line_for(missing.value).startswith("NameError: move is not there.")
    assert "Run All Above Selected Cell" in line_for(missing.value)
    assert line_for(NameError("x")).startswith("NameError: a name is not there.")
    assert line_for(InputError("no such thing")) == "InputError: no such thing"


def test_without_a_notebook_nothing_is_watched() -> None:
    """A script keeps its tracebacks."""
    watch()


class Shell:
    """As much of IPython's shell as is asked."""

    def __init__(self, custom: tuple[type[BaseException], ...] = ()) -> None:
        self.custom_exceptions = custom
        self.set: list[Any] = []
        self.shown: list[Any] = []

    def showtraceback(self, error: Any, tb_offset: int | None) -> None:
        self.shown.append(error)

    def set_custom_exc(self, kinds: tuple[type[BaseException], ...], handler: Any) -> None:
        self.custom_exceptions = kinds
        self.set.append(handler)


def test_watching_twice_is_watching_once_and_another_watcher_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody's own handler is not ours to replace."""
    import IPython

    ours, theirs = Shell(), Shell((ValueError,))
    for shell in (ours, theirs):
        monkeypatch.setattr(IPython, "get_ipython", lambda shell=shell: shell)
        watch()
        watch()

    assert len(ours.set) == 1
    assert theirs.set == []


def stopped_in(cell: str) -> BaseException:
    """Run a cell as IPython does, one frame below its own."""
    try:
        exec(cell, {})
    except Exception as error:
        return error
    raise AssertionError("it did not stop")


@pytest.mark.parametrize(
    ("cell", "short"),
    [
        ("move + 1", True),
        ("(lambda: move)()", False),
        ("from oikit.errors import InputError\ndef f(): raise InputError('no such thing')\nf()", True),
    ],
)
def test_only_a_name_missing_in_the_cell_itself_is_shortened(
    cell: str, short: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inside a learner's own function the traceback is what helps; our refusals need none."""
    import IPython

    shell = Shell()
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    watch()
    error = stopped_in(cell)
    shell.set[0](shell, type(error), error, error.__traceback__)

    ((kind, shown, _),) = shell.shown
    assert (kind, shown) == (type(error), error)
    assert hasattr(error, "_render_traceback_") is short
    if short:
        assert error._render_traceback_() == [line_for(error)]  # type: ignore[attr-defined]


CELLS = {
    "restart": ("check('06.1', move)", "NameError: move is not there. If a cell above"),
    "misspelt": ("chekc('06.1', 1)", "NameError: chekc is not there."),
    "no exercise": ("check('06.9', 1)", "InputError: there is no exercise '06.9'"),
    "no letter": ("predict('06.a', choice='z', confidence=.5)", "InputError: 06.a: choice='z' is not one of"),
    "no name": ("learner('')", "InputError: learner('') is no nickname"),
    "own mistake": ("1 / 0", "ZeroDivisionError: division by zero"),
    "own function": ("(lambda: nowhere)()", "NameError: name 'nowhere' is not defined"),
}


@pytest.mark.notebook
def test_a_half_run_notebook_says_one_line_each(own_folder: Path) -> None:
    """In a real kernel: imported and asked once, then cells whose names are gone, and other slips."""
    nbclient = pytest.importorskip("nbclient")
    from nbformat.v4 import new_code_cell, new_notebook

    first = "from oikit.learn import check, learner, predict, progress\nprogress()"
    notebook = new_notebook(cells=[new_code_cell(each) for each in (first, *(c for c, _ in CELLS.values()))])
    client = nbclient.NotebookClient(
        notebook,
        timeout=60,
        kernel_name="python3",
        allow_errors=True,
        resources={"metadata": {"path": str(own_folder)}},
    )
    done = client.execute().cells[1:]

    for (name, (_, says)), cell in zip(CELLS.items(), done, strict=True):
        (error,) = [each for each in cell.outputs if each.output_type == "error"]
        plain = re.sub(r"\x1b\[[0-9;]*m", "", "\n".join(error.traceback))
        assert says in plain, name
        assert (len(plain.splitlines()) == 1) is not name.startswith("own"), plain
