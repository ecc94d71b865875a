"""The class at a glance: which wrong ideas it shares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from oikit.cli import main
from oikit.errors import InputError
from oikit.learn import check, notes, quiz
from oikit.learn.classroom import UNNAMED, books, histogram

Entry = dict[str, Any]


def tried(name: str, misconception: str = "", *, seen: str = "abc", status: str = "NOT YET") -> Entry:
    return {
        "kind": "check",
        "id": name,
        "status": status,
        "tries": 1,
        "misconception": misconception,
        "seen": seen,
        "minutes": 0,
    }


def solved(name: str) -> Entry:
    return tried(name, seen="", status="CORRECT")


def chose(name: str, choice: str, status: str) -> Entry:
    return {"kind": "quiz", "id": name, "status": status, "choice": choice, "minutes": 1}


def collect(folder: Path, **learners: list[Entry]) -> Path:
    for number, (name, entries) in enumerate(learners.items()):
        (folder / name / ".oikit").mkdir(parents=True)
        book = {"format": 1, "began": 1_700_000_000 + number, "entries": entries}
        (folder / name / ".oikit" / "progress.json").write_text(json.dumps(book))
    return folder


def rows(text: str) -> dict[str, list[str]]:
    """The lines of the histogram by what they are about."""
    lines = [line for line in text.splitlines() if " of " in line and "  " in line.strip()]
    return {" ".join(line.split("█")[-1].split()): line.split() for line in lines}


def test_learners_are_counted_not_tries(tmp_path: Path) -> None:
    """By hand: two of three met it, one of them five times; one of the two has solved it since."""
    text = histogram(
        collect(
            tmp_path,
            ana=[tried("06.1", "one-over-leverage", seen=str(n)) for n in range(5)],
            bob=[tried("06.1", "one-over-leverage"), solved("06.1")],
            eve=[solved("06.1"), tried("06.2", status="NOT ATTEMPTED", seen="")],
        )
    )

    assert text.startswith("3 learner(s) read.")
    found = rows(text)["06.1 one over leverage 1 open"]
    assert found[:3] == ["2", "of", "3"]
    assert found[3] == "█" * 13
    assert "  06.1  2 of 3" in text
    assert "06.2" not in text
    assert "ana" not in text and "bob" not in text


def test_the_most_shared_idea_comes_first(tmp_path: Path) -> None:
    """It is the one to talk about tomorrow."""
    text = histogram(
        collect(
            tmp_path,
            one=[tried("01.2", "sign"), tried("01.2", "unit")],
            two=[tried("01.2", "sign"), tried("05.1", "upside-down")],
        )
    )

    assert text.index("sign") < text.index("unit") < text.index("upside down")


def test_quiz_options_and_unknown_answers_count_and_mixed_up_numbers_do_not(tmp_path: Path) -> None:
    """A distractor is a wrong idea; an answer no rule knows may be the next rule to write."""
    text = histogram(
        collect(
            tmp_path,
            one=[chose("01.q1", "a", "NOT YET"), chose("01.q1", "b", "CORRECT"), tried("01.2")],
            two=[chose("01.q1", "a", "NOT YET"), tried("06.1", "other-numbers", seen="")],
        )
    )

    assert "2 of 2  ████████████████████  01.q1  option a  1 open" in text
    assert f"01.2  {UNNAMED}" in text
    assert "other numbers" not in text


def test_a_class_without_a_mistake_is_told_so(tmp_path: Path) -> None:
    """An empty list would look like an error."""
    assert "No wrong answer was given." in histogram(collect(tmp_path, one=[solved("01.2")]))


def test_files_that_are_none_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    """One broken file must not cost the others; a second copy is not a second learner."""
    collect(tmp_path, one=[tried("01.2", "sign")])
    original = (tmp_path / "one" / ".oikit" / "progress.json").read_text()
    (tmp_path / "copy.json").write_text(original)
    (tmp_path / "broken.json").write_text('{"entries": [')
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe")
    (tmp_path / "notes.txt").write_text("not looked at")
    odd = {"entries": [{"kind": "check", "id": 5}, tried("01.2", "unit")]}
    (tmp_path / "odd.json").write_text(json.dumps(odd))

    learners, unreadable = books(tmp_path)
    assert len(learners) == 2
    assert unreadable == ["broken.json", "bytes.json"]
    text = histogram(tmp_path)
    assert "Not read, since they are no progress files: broken.json, bytes.json" in text
    assert "unit" in text and "sign" in text


def test_what_a_lesson_writes_is_what_the_teacher_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The whole way: a learner's wrong answer in a lesson, the teacher's line about it."""
    there = tmp_path / "learner"
    there.mkdir()
    monkeypatch.chdir(there)
    monkeypatch.setattr(notes, "_unsaved", [])
    check("06.1", 1 / 25)
    check("06.1", 77)
    quiz("06.q", *["a"] * 3)
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(["course", "class", str(tmp_path)])

    text = capsys.readouterr().out
    assert ended.value.code == 0
    assert "06.1  one over leverage  1 open" in text
    assert "06.q1" in text


@pytest.mark.parametrize(
    ("files", "says"),
    [
        (None, "there is no folder"),
        ({}, "there is no progress file in"),
        ({"x.json": "{}"}, "1 JSON file(s) are none; learners find it in .oikit"),
    ],
)
def test_a_folder_without_progress_is_refused_in_one_line(
    files: dict[str, str] | None, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The teacher reads what to collect, and from where."""
    folder = tmp_path / "class"
    if files is not None:
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text)
    with pytest.raises(InputError, match=says.split(";")[0].replace("(", r"\(").replace(")", r"\)")):
        histogram(folder)
    with pytest.raises(SystemExit) as ended:
        main(["course", "class", str(folder)])

    line = capsys.readouterr().err
    assert ended.value.code == 2
    assert line.count("\n") == 1 and says in line
