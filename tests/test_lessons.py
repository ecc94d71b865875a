"""A lesson is a folder: the library finds it by name, loads nothing else, and says so when it is missing."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

import oikit
from oikit import learn
from oikit.errors import InputError, OikitError
from oikit.explore import _find, explore
from oikit.learn.lessons import exercise, question
from oikit.lessons import lessons, numbers, part
from tests.runs import NOTEBOOKS, plant


def test_each_lesson_has_its_parts() -> None:
    """A folder without exercises, questions, or a picture or explorer would fail in front of a class."""
    for number in numbers():
        assert next(iter(part(number, "exercises").EXERCISES)).startswith(f"{number}.")
        asked = part(number, "questions").QUESTIONS
        assert {name[:4] for name in asked} >= {f"{number}.{kind}" for kind in "waq"}
        assert _find(number).id == number


def test_lessons_are_listed_in_order_with_the_names_of_their_notebooks() -> None:
    """The list is what lies on the disk; no second list can lag behind."""
    assert [each.number for each in lessons()] == list(numbers()) == sorted(numbers())
    assert all(each.notebook.startswith(f"{each.number}_") and each.source.is_file() for each in lessons())


@pytest.mark.parametrize("call", ["explore('02', threshold=0.005)", "check('02.1', 0.1)", "quiz('02.q')"])
def test_a_lesson_loads_no_other(call: str, tmp_path: Path) -> None:
    """Eleven lessons at once would be a slow first cell."""
    code = (
        "import sys\nfrom oikit.explore import explore\nfrom oikit.learn import check, quiz\n"
        "assert not [name for name in sys.modules if name.startswith('oikit_lessons')]\n"
        f"{call}\nprint(sorted({{name.split('.')[1] for name in sys.modules if 'oikit_lessons.' in name}}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )

    assert done.stdout.splitlines()[-1] == "['lesson02']"


@pytest.mark.parametrize(
    "call",
    [
        numbers,
        lessons,
        learn.progress,
        lambda: explore("01"),
        lambda: exercise("01.1"),
        lambda: question("01.a"),
    ],
)
def test_without_the_lessons_one_line_says_what_to_type(
    call: Callable[[], object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """They come in the same wheel, so their absence is a broken installation and no missing extra."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(OikitError, match="pip install") as refused:
        call()

    assert len(str(refused.value).splitlines()) == 1 and "oikit_lessons" in str(refused.value)


def test_every_learners_notebook_travels_in_the_wheel() -> None:
    """A lesson whose notebook is not listed would be missing where oikit was installed, and only there."""
    project = tomllib.loads((NOTEBOOKS.parent / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    carried = wheel["force-include"]
    names = [f"{each.notebook}.ipynb" for each in lessons()]

    assert "notebooks/oikit_lessons" in wheel["packages"]
    assert {k: v for k, v in carried.items() if k.startswith("notebooks/")} == {
        f"notebooks/{name}": f"oikit_lessons/notebooks/{name}" for name in names
    }
    assert sorted(path.name for path in NOTEBOOKS.glob("*.ipynb")) == names


def test_a_lesson_that_does_not_exist_is_refused_with_those_that_do() -> None:
    """The message is the list."""
    with pytest.raises(InputError, match="there is no lesson '77'; there are lessons 00, 01, 02"):
        part("77", "exercises")


def test_a_folder_whose_notebook_has_no_name_is_refused(tmp_path: Path) -> None:
    """Else its notebook would be written under a guess; nothing in the folder is run to find out."""
    lesson = plant(tmp_path, "01_small", "raise SystemExit")
    assert lessons(tmp_path) == [lesson]
    (tmp_path / "lesson01" / "__init__.py").write_text('"""No name."""\n')
    with pytest.raises(InputError, match='write NOTEBOOK = "01_name" into it'):
        lessons(tmp_path)


def test_one_module_alone_names_the_package_of_the_lessons() -> None:
    """Whoever wants a lesson asks oikit.lessons; a name in a docstring looks nothing up."""
    library = Path(oikit.__file__).parent
    named = []
    for path in library.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) and id(node) not in prose else ""
            if isinstance(text, str) and text.startswith("oikit_lessons"):
                named.append(path.relative_to(library).as_posix())

    assert named == ["lessons.py"]
