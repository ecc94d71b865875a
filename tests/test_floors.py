"""Who may import whom, how large things may grow, and what importing oikit may cost."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LIBRARY, LESSONS = ROOT / "oikit", ROOT / "notebooks" / "oikit_lessons"

FLOORS: dict[str, int] = {
    room: floor
    for floor, rooms in enumerate(
        (
            ("errors", "formatting"),
            ("clock", "files", "explanations", "real_facts", "lessons"),
            ("frame", "rolling", "stats", "margin", "export"),
            ("indicators", "exchange", "cascade", "risk"),
            ("simulate", "claims", "lens"),
            ("data", "tables", "strategy"),
            ("charts", "explore"),
            ("learn", "report"),
            ("cli", "oikit_lessons"),
        )
    )
    for room in rooms
}

# Inside data/, too, each module stands on the ones before it.
DATA_FLOORS = (
    *("labels", "venues", "quality", "supply", "bulk"),
    *(
        "budgets",
        "http",
        "store",
        "mirror",
        "held",
        "upkeep",
        "origin",
        "kept",
        "question",
        "tail",
        "past",
        "stitch",
        "answer",
        "second",
        "fetch",
    ),
)

# Ratchets: both may only fall.
NAMES = 379
ASKING = 0.005

HEAVY = ("altair", "httpx", "ipywidgets", "papermill", "sklearn", "scipy", "stamina", "click")


def imports_of(path: Path) -> set[str]:
    """Modules of both packages that this file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and ours(node.module):
            if node.module != "oikit":
                found.add(node.module)
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if ours(alias.name)}
    return found


def ours(module: str) -> bool:
    return module.split(".")[0] in ("oikit", "oikit_lessons")


def room_of(module: str) -> str:
    """Return where a module stands: its room of the library, or the lessons as a whole."""
    package, _, rest = module.partition(".")
    return rest.split(".")[0] if package == "oikit" else package


def module_of(path: Path, root: Path) -> str:
    """Return the dotted name of a file; ``root`` is the folder of its package."""
    return ".".join((root.name, *path.relative_to(root).with_suffix("").parts)).removesuffix(".__init__")


def upward_imports(path: Path, root: Path) -> list[str]:
    """Imports that point to a higher floor, or to a room nobody has put on a floor."""
    module = module_of(path, root)
    room = room_of(module)
    if not room:
        return []  # the door of the house may name every room; what it costs is another test
    wrong = []
    for name in imports_of(path):
        theirs = room_of(name)
        if theirs not in FLOORS:
            continue
        if FLOORS[theirs] > FLOORS[room]:
            wrong.append(f"{room} (floor {FLOORS[room]}) imports {name} (floor {FLOORS[theirs]})")
        if room == "data" == theirs:
            mine, other = (each.split(".")[2] if each.count(".") > 1 else "" for each in (module, name))
            if {mine, other} <= set(DATA_FLOORS) and DATA_FLOORS.index(other) > DATA_FLOORS.index(mine):
                wrong.append(f"data.{mine} imports data.{other}, which stands above it")
    return wrong


def files(root: Path) -> list[Path]:
    return sorted(root.rglob("*.py"))


MODULES = [(path, root) for root in (LIBRARY, LESSONS) for path in files(root)]
each_module = pytest.mark.parametrize(
    ("path", "root"), MODULES, ids=[str(path.relative_to(root.parent)) for path, root in MODULES]
)


@each_module
def test_a_module_imports_only_from_lower_floors(path: Path, root: Path) -> None:
    """The house stands because nothing leans on what it carries."""
    room = room_of(module_of(path, root))

    assert not room or room in FLOORS, f"{room} is on no floor yet"
    assert upward_imports(path, root) == []


def planted(root: Path, name: str, code: str) -> Path:
    """Write a module into a package."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(code, encoding="utf-8")
    return path


def test_an_upward_import_is_noticed(tmp_path: Path) -> None:
    """The test above can fail: a frame that draws itself is caught, and a library that knows a lesson."""
    library = tmp_path / "oikit"
    draws = planted(
        library, "frame.py", "def show():\n    from oikit.charts import ratio\n    return ratio\n"
    )
    knows = planted(library, "explore/widget.py", "import oikit_lessons.lesson01.explorer\n")
    above = planted(library, "data/store.py", "from oikit.data import fetch\n")

    assert sorted(upward_imports(draws, library)) == [
        "frame (floor 2) imports oikit.charts (floor 6)",
        "frame (floor 2) imports oikit.charts.ratio (floor 6)",
    ]
    assert upward_imports(knows, library) == [
        "explore (floor 6) imports oikit_lessons.lesson01.explorer (floor 8)"
    ]
    assert upward_imports(above, library) == ["data.store imports data.fetch, which stands above it"]


def test_importing_oikit_is_light() -> None:
    """A browser kernel and a first cell must not wait for charts, sockets or models."""
    code = f"import sys, oikit; print([m for m in {HEAVY!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"


def as_ruff_sorts(name: str) -> tuple[int, str]:
    """CONSTANTS, then Classes, then functions."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


def exported(path: Path) -> list[str]:
    """Names in the ``__all__`` of a file, in their order."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return list(ast.literal_eval(node.value))
    return []


@pytest.mark.parametrize(
    ("path", "root"),
    [each for each in MODULES if each[0].name != "lesson.py"],
    ids=[str(path.relative_to(root.parent)) for path, root in MODULES if path.name != "lesson.py"],
)
def test_the_public_names_exist_and_are_sorted(path: Path, root: Path) -> None:
    """``__all__`` is the promise of a module: every name in it exists, in order."""
    module = importlib.import_module(module_of(path, root))

    assert exported(path) == sorted(exported(path), key=as_ruff_sorts)
    assert all(hasattr(module, each) for each in exported(path))


def test_the_package_promises_no_more_names_than_before() -> None:
    """Distinct exported names may only fall; lower the number with them. The house aims at 300."""
    assert len({name for path in files(LIBRARY) for name in exported(path)}) <= NAMES


def circles(root: Path) -> list[tuple[str, ...]]:
    """Rooms of a package that import each other in a round, each once, beginning with its first name."""
    leans: dict[str, set[str]] = {}
    for path in files(root):
        room = module_of(path, root).partition(".")[2].split(".")[0]
        if room:
            theirs = (name.split(".") for name in imports_of(path))
            rooms = {parts[1] for parts in theirs if parts[0] == root.name and len(parts) > 1}
            leans.setdefault(room, set()).update(rooms - {room})
    rounds = set()

    def walk(trail: tuple[str, ...]) -> None:
        for onward in leans.get(trail[-1], set()):
            if onward == trail[0]:
                rounds.add(trail)
            elif onward > trail[0] and onward not in trail:
                walk((*trail, onward))

    for room in leans:
        walk((room,))
    return sorted(rounds)


@pytest.mark.parametrize("root", [LIBRARY, LESSONS], ids=lambda root: root.name)
def test_no_rooms_import_each_other_in_a_circle(root: Path) -> None:
    """Rooms on one floor may use each other, but only one way; so may lessons."""
    assert circles(root) == []


def test_a_circle_is_noticed(tmp_path: Path) -> None:
    """The test above can fail: two rooms that need each other are caught, and so are two lessons."""
    library, lessons = tmp_path / "oikit", tmp_path / "oikit_lessons"
    planted(library, "risk.py", "from oikit.exchange import Exchange\n")
    planted(library, "exchange.py", "def price():\n    from oikit import risk\n    return risk\n")
    planted(lessons, "lesson01/exercises.py", "from oikit_lessons.lesson02 import exercises\n")
    planted(lessons, "lesson02/explorer.py", "from oikit_lessons.lesson01.exercises import EXERCISES\n")

    assert circles(library) == [("exchange", "risk")]
    assert circles(lessons) == [("lesson01", "lesson02")]


@each_module
def test_no_module_has_grown_past_600_lines(path: Path, root: Path) -> None:
    """A module over 600 lines is asking to be two."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 600


ASKS = re.compile(r"(What|Where|Which|Whether|Who|How|Of|Nobody|Nothing|That|As|So)\b|.*\?$")
MAY_ASK = ("indicators", "stats", "claims")


def first_lines(root: Path) -> list[str]:
    """The first line of every docstring outside notebooks and the rooms whose meaning is a question."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        text.splitlines()[0].rstrip()
        for path in files(root)
        if room_of(module_of(path, root)) not in MAY_ASK and path.name != "lesson.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, documented) and (text := ast.get_docstring(node))
    ]


@pytest.mark.parametrize("root", [LIBRARY, LESSONS], ids=lambda root: root.name)
def test_docstrings_say_what_comes_back(root: Path) -> None:
    """Hardly a first line may ask or begin with a dependent word."""
    lines = first_lines(root)

    assert sum(bool(ASKS.match(line)) for line in lines) <= ASKING * len(lines)


def test_a_docstring_that_asks_is_noticed(tmp_path: Path) -> None:
    """The test above can fail, in a lesson as in the library."""
    lessons = tmp_path / "oikit_lessons"
    planted(lessons, "lesson01/explorer.py", '"""What is counted?"""\n')

    assert [bool(ASKS.match(line)) for line in first_lines(lessons)] == [True]
