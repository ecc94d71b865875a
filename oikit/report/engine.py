"""The weekly notebook: run by papermill in a kernel, or its cells run here without one.

`execute` is papermill with a kernel of its own, for the notebook or any other. `outputs` runs the cells of
the weekly notebook in this process: no kernel starts, and the facts and bars that are known need not be
read again. The page is the same, byte for byte.

Parameters are data: each must be in the cell tagged ``parameters``, with the same type as there.
"""

from __future__ import annotations

import ast
import difflib
import functools
import json
import tempfile
from collections.abc import Iterable, Mapping
from importlib import resources
from pathlib import Path
from types import CodeType
from typing import Any

from oikit.errors import MissingExtra, ReportError

_FACTS = "facts.json"
_GIVEN = {"parameters", "data"}  # cells whose names are known where no kernel runs


class Stopped(ReportError):
    """A cell of the notebook failed."""

    name = ""
    """MARKET-WEEK, once it is known."""

    def __init__(self, says: str, notebook: str) -> None:
        self.notebook = notebook
        super().__init__(says)


def template() -> Path:
    """Return the path of the weekly report's notebook."""
    return Path(str(resources.files("oikit.report").joinpath("weekly.ipynb")))


def write_template(path: str | Path) -> Path:
    """Write a copy of the weekly notebook, to be changed; one that is there stays."""
    copy, notebook = Path(path).expanduser(), json.loads(template().read_text(encoding="utf-8"))
    # The copy may have parameters of its own.
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] != "check"]
    try:
        with copy.open("x", encoding="utf-8") as file:
            file.write(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
    except FileExistsError as error:
        raise ReportError(f"{copy} is there already; choose another name for the copy") from error
    except OSError as error:
        raise ReportError(f"cannot write {copy} ({error.strerror}); choose another place") from error
    return copy


def outputs(**names: Any) -> dict[str, Any]:
    """Run the cells of the weekly notebook with these names known, and return it with its outputs."""
    cells = []
    for cell, body, shown in _compiled():
        exec(body, names)
        value = eval(shown, names) if shown else None
        out = [] if value is None else [{"output_type": "execute_result", "data": _bundle(value)}]
        cells.append({**cell, "outputs": out})
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}


@functools.cache
def _compiled() -> list[tuple[dict[str, Any], CodeType, CodeType | None]]:
    """Compile each cell of code: what it does, and what it shows at its end."""
    compiled = []
    for cell in json.loads(template().read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] != "code" or _GIVEN & set(cell["metadata"].get("tags", [])):
            continue
        tree, shown = ast.parse("".join(cell["source"])), None
        if tree.body and isinstance(last := tree.body[-1], ast.Expr):
            del tree.body[-1]
            shown = compile(ast.Expression(last.value), "weekly.ipynb", "eval")
        compiled.append((cell, compile(tree, "weekly.ipynb", "exec"), shown))
    return compiled


def _bundle(value: Any) -> dict[str, Any]:
    if hasattr(value, "_repr_mimebundle_"):
        made: Any = value._repr_mimebundle_(include=None, exclude=None)
        return dict(made[0] if isinstance(made, tuple) else made)
    return {"text/html": value._repr_html_()}


def parameters_of(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Read names and defaults from the cell tagged ``parameters``."""
    for cell in notebook["cells"]:
        if "parameters" in cell.get("metadata", {}).get("tags", []):
            source = cell["source"]
            break
    else:
        raise ReportError("the notebook has no cell tagged 'parameters'; tag the one that sets its defaults")
    found: dict[str, Any] = {}
    try:
        for line in ast.parse(source if isinstance(source, str) else "".join(source)).body:
            if not isinstance(line, ast.Assign) or not isinstance(line.targets[0], ast.Name):
                raise ValueError(ast.unparse(line))
            found[line.targets[0].id] = ast.literal_eval(line.value)
    except (SyntaxError, ValueError) as error:
        raise ReportError(
            f"the cell tagged 'parameters' may only hold lines like week = \"\", and not: {error}"
        ) from error
    return found


_OF_THE_KERNEL = {"In", "Out", "get_ipython", "exit", "quit", "open", "only_parameters"}


def only_parameters(names: Iterable[str]) -> None:
    """Refuse names that the weekly notebook has no parameter for, where papermill would only warn.

    Parameters
    ----------
    names : iterable of str
        ``globals()``, in the first cell after the parameters.
    """
    known = sorted(parameters_of(json.loads(template().read_text(encoding="utf-8"))))
    extra = sorted({name for name in names if name[0] != "_"} - {*known, *_OF_THE_KERNEL})
    if extra:
        near = difflib.get_close_matches(extra[0], known, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise ReportError(f"the weekly report has no parameter {extra[0]!r}{hint}; it has {', '.join(known)}")


def execute(path: Path, parameters: Mapping[str, str], *, facts: str = "", market: str = "") -> Any:
    """Run a notebook with papermill, and give it back with its outputs."""
    try:
        import nbformat
        import papermill
        from nbclient.exceptions import DeadKernelError
    except ImportError as error:
        raise MissingExtra("papermill", "report") from error
    notebook = nbformat.read(str(path), as_version=4)
    given = _checked(parameters_of(notebook), parameters)
    if facts and "facts" in parameters_of(notebook):
        given["facts"] = _FACTS
    with tempfile.TemporaryDirectory() as aside:
        done = Path(aside) / "report.ipynb"
        (Path(aside) / _FACTS).write_text(facts, encoding="utf-8")
        try:
            return papermill.execute_notebook(
                _literal(path),
                _literal(done),
                given,
                kernel_name="python3",
                kernel_manager_class=_this_python(),
                progress_bar=False,
                cwd=aside,
            )
        except papermill.PapermillExecutionError as error:
            says = f"the report of {market} stopped in cell {error.cell_index}: {error.ename}: {error.evalue}"
            raise Stopped(says, done.read_text(encoding="utf-8")) from error
        except DeadKernelError as error:
            says = f"the report of {market} stopped: its kernel was ended from outside, perhaps for memory"
            raise Stopped(says, done.read_text(encoding="utf-8")) from error


def _literal(path: Path) -> str:
    """A path whose braces papermill does not take for places of parameters."""
    return str(path).replace("{", "{{").replace("}", "}}")


def _checked(declared: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    unknown = sorted(name for name, value in given.items() if name not in declared and value)
    if unknown:
        raise ReportError(f"the notebook has no parameter {unknown}; it has {sorted(declared)}")
    kept = {name: value for name, value in given.items() if name in declared}
    for name, value in kept.items():
        if type(value) is not type(declared[name]):
            raise ReportError(
                f"{name}={value!r} is {type(value).__name__}; "
                f"the notebook wants {type(declared[name]).__name__}"
            )
    return kept


def _this_python() -> Any:
    """Return a kernel manager that always runs this Python, whatever kernels are registered."""
    from ipykernel.kernelspec import get_kernel_dict
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class ThisPython(AsyncKernelManager):
        @property
        def kernel_spec(self) -> Any:
            return KernelSpec(**get_kernel_dict(["--log-level=ERROR"]))

    return ThisPython
