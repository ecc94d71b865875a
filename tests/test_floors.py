"""Who may import whom, and what importing oikit may cost."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "oikit"

FLOORS: dict[str, int] = {
    "errors": 0,
    "clock": 0,
    "explanations": 0,
    "frame": 1,
    "rolling": 1,
    "stats": 1,
    "margin": 1,
    "indicators": 2,
    "exchange": 2,
    "cascade": 2,
    "data": 3,
    "claims": 4,
    "lens": 4,
    "risk": 4,
    "strategy": 4,
    "theme": 5,
    "bundle": 5,
    "charts": 5,
    "page": 6,
    "explore": 6,
    "live": 6,
    "report": 6,
    "learn": 6,
    "cli": 7,
}

# Inside data/, too, each module stands on the ones before it.
DATA_FLOORS = (
    *("labels", "venues", "quality", "supply", "disk", "bulk"),
    *("worlds", "mechanism", "simulate", "samples"),
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
    if room == "__init__":
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
        "frame (floor 1) imports oikit.charts (floor 5)",
        "frame (floor 1) imports oikit.charts.ratio (floor 5)",
    ]


def test_importing_oikit_is_light() -> None:
    """A browser kernel and a first cell must not wait for charts, sockets or models."""
    code = f"import sys, oikit; print([m for m in {HEAVY!r} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"


def as_ruff_sorts(name: str) -> tuple[int, str]:
    """CONSTANTS, then Classes, then functions."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_the_public_names_are_complete_and_sorted(path: Path) -> None:
    """``__all__`` is the promise: every name exists, in order, and nothing public is left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    own = {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) if n.name[0] != "_"}
    if not own and path.name == "__init__.py" and len(tree.body) <= 1:
        return  # an empty room
    name = ".".join(("oikit", *path.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")
    module = importlib.import_module(name)

    assert list(module.__all__) == sorted(module.__all__, key=as_ruff_sorts)
    assert all(hasattr(module, each) for each in module.__all__)
    assert own <= set(module.__all__)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_no_module_has_grown_past_400_lines(path: Path) -> None:
    """A module over 400 lines is asking to be two."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
