"""Execution of a report's notebook: by papermill, in its own kernel or in this process.

A kernel of its own is papermill's default. In this process the same cells run in ipykernel's in-process
kernel, and its messages pass the same reader of outputs, so the outputs are the same; this saves
starting a kernel and importing everything. A process can do it once: `oikit.report.warm` forks one for
each report.

Parameters are data: each must be in the cell tagged ``parameters``, with the same type as there.
"""

from __future__ import annotations

import ast
import atexit
import contextlib
import tempfile
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from oikit.errors import MissingExtra, ReportError

_HERE = "oikit-here"
_FACTS = "facts.json"


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


def execute(
    path: Path, parameters: Mapping[str, str], *, facts: str = "", here: bool = False, market: str = ""
) -> Any:
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
        how: dict[str, Any] = {"engine_name": _here()} if here else {"kernel_manager_class": _this_python()}
        try:
            made = papermill.execute_notebook(
                _literal(path),
                _literal(done),
                given,
                kernel_name="python3",
                progress_bar=False,
                request_save_on_cell_execute=not here,
                cwd=aside,
                **how,
            )
        except papermill.PapermillExecutionError as error:
            says = f"the report of {market} stopped in cell {error.cell_index}: {error.ename}: {error.evalue}"
            raise Stopped(says, done.read_text(encoding="utf-8")) from error
        except DeadKernelError as error:
            says = f"the report of {market} stopped: its kernel was ended from outside, perhaps for memory"
            raise Stopped(says, done.read_text(encoding="utf-8")) from error
        return made


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


def _here() -> str:
    """Tell papermill of the engine that runs cells in this process; its name."""
    from ipykernel.inprocess.manager import InProcessKernelManager
    from nbclient.exceptions import CellExecutionComplete, CellExecutionError
    from papermill.clientwrap import PapermillNotebookClient
    from papermill.engines import Engine, papermill_engines
    from traitlets.config import Config

    class Client(PapermillNotebookClient):  # type: ignore[misc,unused-ignore]
        """papermill's own, but for where a cell runs."""

        def execute(self, **more: object) -> Any:
            self.reset_execution_trackers()
            # What was typed before is kept in a file of the person's own; a report has nothing to do there.
            manager: Any = InProcessKernelManager(config=Config({"HistoryManager": {"enabled": False}}))
            manager.start_kernel()
            try:
                self.kc = manager.client()
                self.kc.start_channels()
                self.papermill_execute_cells()
                self.nb.metadata["language_info"] = manager.kernel.language_info
                self.set_widgets_metadata()
            finally:
                manager.kernel.shell.clear_instance()
                # Its thread ends with the process; ipykernel's own way of stopping it complains aloud.
                atexit.unregister(manager.kernel.iopub_thread.stop)
            return self.nb

        def execute_cell(self, cell: Any, cell_index: int, **more: object) -> Any:
            if cell.cell_type != "code" or not cell.source.strip():
                return cell
            cell.outputs = []
            cell.metadata["execution"] = {}
            self.clear_before_next_output = False
            asked = self.kc.execute(cell.source)  # comes back when the cell is done
            with contextlib.suppress(CellExecutionComplete):
                while True:
                    message = self.kc.iopub_channel.get_msg()
                    # What is printed here does not say which request it answers; there is but one.
                    if message["parent_header"].get("msg_id", asked) == asked:
                        self.process_message(message, cell, cell_index)
            reply = self.kc.shell_channel.get_msg(block=False)["content"]
            if reply["status"] == "error":
                raise CellExecutionError.from_cell_and_msg(cell, reply)
            return cell

    class Here(Engine):  # type: ignore[misc,unused-ignore]
        @classmethod
        def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **more: Any) -> Any:
            return Client(nb_man, kernel_name=kernel_name).execute()

    papermill_engines.register(_HERE, Here)
    return _HERE
