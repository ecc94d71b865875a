"""Who may import whom, how large things may grow, and what importing oikit may cost."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "oikit"

FLOORS: dict[str, int] = {
    room: floor
    for floor, rooms in enumerate(
        (
            ("errors", "formatting"),
            ("clock", "files", "explanations", "real_facts"),
            ("frame", "rolling", "stats", "margin", "export"),
            ("indicators", "exchange", "cascade", "risk"),
            ("simulate", "claims", "lens"),
            ("data", "strategy"),
            ("charts", "explore"),
            ("learn", "report"),
            ("cli",),
        )
    )
    for room in rooms
}

# The explorer of lesson 08 writes the rules that were tried into the learner's notes; it moves out of the
# library with its lesson.
WAITING = ("explore/overfitting_bench",)

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
NAMES = 395
ASKING = 0.005

HEAVY = ("altair", "httpx", "ipywidgets", "papermill", "sklearn", "scipy", "stamina", "click")


def imports_of(path: Path) -> set[str]:
    """Modules of oikit that this file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "oikit":
            if node.module == "oikit":
                found |= {f"oikit.{alias.name}" for alias in node.names}
            else:
                found.add(node.module)
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "oikit"}
    return found


def upward_imports(path: Path, root: Path) -> list[str]:
    """Imports that point to a higher floor, or to a room nobody has put on a floor."""
    parts = path.relative_to(root).with_suffix("").parts
    room = parts[0]
    if room == "__init__" or "/".join(parts) in WAITING:
        return []  # the door of the house may name every room; what it costs is another test
    wrong = []
    for name in imports_of(path):
        target = name.split(".")[1:]
        if not target or (room == target[0] and room != "data") or target[0] not in FLOORS:
            continue
        if FLOORS[target[0]] > FLOORS[room]:
            wrong.append(f"{room} (floor {FLOORS[room]}) imports {name} (floor {FLOORS[target[0]]})")
        if len(target) > 1 and room == "data" == target[0] and {parts[1], target[1]} <= set(DATA_FLOORS):
            mine, theirs = DATA_FLOORS.index(parts[1]), DATA_FLOORS.index(target[1])
            if theirs > mine:
                wrong.append(f"data.{parts[1]} imports data.{target[1]}, which stands above it")
    return wrong


MODULES = sorted(PACKAGE.rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_only_from_lower_floors(path: Path) -> None:
    """The house stands because nothing leans on what it carries."""
    room = path.relative_to(PACKAGE).with_suffix("").parts[0]

    assert room == "__init__" or room in FLOORS, f"{room} is on no floor yet"
    assert upward_imports(path, PACKAGE) == []


def test_an_upward_import_is_noticed(tmp_path: Path) -> None:
    """The test above can fail: a frame that draws itself is caught."""
    planted = tmp_path / "frame.py"
    planted.write_text("def show():\n    from oikit.charts import ratio\n    return ratio\n")

    assert sorted(upward_imports(planted, tmp_path)) == [
        "frame (floor 2) imports oikit.charts (floor 6)",
        "frame (floor 2) imports oikit.charts.ratio (floor 6)",
    ]


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


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_the_public_names_exist_and_are_sorted(path: Path) -> None:
    """``__all__`` is the promise of a module: every name in it exists, in order."""
    name = ".".join(("oikit", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    module = importlib.import_module(name)

    assert exported(path) == sorted(exported(path), key=as_ruff_sorts)
    assert all(hasattr(module, each) for each in exported(path))


def test_the_package_promises_no_more_names_than_before() -> None:
    """Distinct exported names may only fall; lower the number with them. The house aims at 300."""
    assert len({name for path in MODULES for name in exported(path)}) <= NAMES


def circles(root: Path) -> list[tuple[str, ...]]:
    """Rooms that import each other in a round, each round once, beginning with its first name."""
    leans: dict[str, set[str]] = {}
    for path in sorted(root.rglob("*.py")):
        room = path.relative_to(root).with_suffix("").parts[0]
        if room != "__init__" and path.relative_to(root).with_suffix("").as_posix() not in WAITING:
            rooms = {name.split(".")[1] for name in imports_of(path) if "." in name}
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


def test_no_rooms_import_each_other_in_a_circle() -> None:
    """Rooms on one floor may use each other, but only one way."""
    assert circles(PACKAGE) == []


def test_a_circle_is_noticed(tmp_path: Path) -> None:
    """The test above can fail: two rooms of one floor that need each other are caught."""
    (tmp_path / "risk.py").write_text("from oikit.exchange import Exchange\n")
    (tmp_path / "exchange.py").write_text("def price():\n    from oikit import risk\n    return risk\n")

    assert circles(tmp_path) == [("exchange", "risk")]


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_module_has_grown_past_600_lines(path: Path) -> None:
    """A module over 600 lines is asking to be two."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 600


ASKS = re.compile(r"(What|Where|Which|Whether|Who|How|Of|Nobody|Nothing|That|As|So)\b|.*\?$")
MAY_ASK = ("indicators", "stats", "claims")


def first_lines(root: Path) -> list[str]:
    """The first line of every docstring outside the rooms whose meaning is a question."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        text.splitlines()[0].rstrip()
        for path in sorted(root.rglob("*.py"))
        if path.relative_to(root).with_suffix("").parts[0] not in MAY_ASK
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, documented) and (text := ast.get_docstring(node))
    ]


def test_docstrings_say_what_comes_back() -> None:
    """Hardly a first line may ask or begin with a dependent word."""
    lines = first_lines(PACKAGE)

    assert sum(bool(ASKS.match(line)) for line in lines) <= ASKING * len(lines)
