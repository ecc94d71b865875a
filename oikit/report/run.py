"""From a market and a week to one page and its facts.

What was asked is checked before anything runs. The page is written aside and put in place when all
of it is well; when it is not, the last page stays, and the notebook with the failing cell is kept.
"""

from __future__ import annotations

import json
import os
import secrets
import tempfile
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

from oikit import page
from oikit.errors import MissingExtra, ReportError, StoreError
from oikit.report.facts import collect
from oikit.report.source import subject

__all__ = ["Report", "run"]

_PARAMETERS = ("market", "week", "out", "store")


class Report(NamedTuple):
    """What a run has written.

    Attributes
    ----------
    html, facts : Path
        The page, and its numbers as JSON.
    """

    html: Path
    facts: Path


def run(
    market: str = "bnb-null",
    *,
    week: str | None = None,
    out: str | Path = "reports",
    store: str | Path | None = None,
    **unknown: object,
) -> Report:
    """Write the weekly report of one market.

    Parameters
    ----------
    market : str
        A sample of the pack, or a symbol in the store.
    week : str, optional
        An ISO week, like ``"2026-W10"``; by default the last whole one in the data.
    out : path
        The folder to write to; made if missing.
    store : path, optional
        The folder of stored bars; by default the usual one.

    Returns
    -------
    Report
        ``OUT/MARKET-WEEK.html``, which needs no other file and no network, and
        ``OUT/MARKET-WEEK.facts.json``. The same bars give the same bytes.

    Raises
    ------
    ReportError
        If a parameter is unknown, of the wrong type, or asks for what is not there; or if the
        notebook failed, and then it says where the notebook is kept.
    StoreError
        If the store cannot be read, or the folder not be written.
    MissingExtra
        If a part is not installed.
    """
    _check({"market": market, "week": week, "out": out, "store": store}, unknown)
    about = subject(market, week=week, store=store)
    facts = collect(about)
    name = f"{about.market}-{about.week}"
    folder = Path(out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot write to {folder} ({error.strerror}); choose another with --out") from error
    parameters = {
        "market": about.market,
        "week": about.week,
        "store": str(Path(store).resolve()) if store else "",
    }
    notebook = _execute(parameters, folder / f"{name}.failed.ipynb")
    title = f"{about.market}, week {about.week}, {facts['kind']} data"
    html = page.render(notebook, title=title, show_code=False)
    text = json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    written = Report(folder / f"{name}.html", folder / f"{name}.facts.json")
    _put({written.facts: text, written.html: html})
    (folder / f"{name}.failed.ipynb").unlink(missing_ok=True)
    return written


def _check(given: dict[str, object], unknown: dict[str, object]) -> None:
    """Refuse what the report does not have, before papermill would only warn of it."""
    if unknown:
        raise ReportError(f"the weekly report has no parameter {sorted(unknown)}; it has {list(_PARAMETERS)}")
    kinds: dict[str, tuple[type, ...]] = {
        "market": (str,),
        "week": (str,),
        "out": (str, Path),
        "store": (str, Path),
    }
    optional = ("week", "store")
    for name, value in given.items():
        if not isinstance(value, kinds[name]) and not (value is None and name in optional):
            wanted = " or ".join(kind.__name__ for kind in kinds[name])
            raise ReportError(f"{name}={value!r} is {type(value).__name__}; the report wants {wanted}")


def _execute(parameters: dict[str, str], failed: Path) -> Any:
    """Run the notebook with papermill in a kernel of this very Python."""
    try:
        import nbformat
        import papermill
        from ipykernel.kernelspec import get_kernel_dict
        from jupyter_client.kernelspec import KernelSpec
        from jupyter_client.manager import AsyncKernelManager
    except ImportError as error:
        raise MissingExtra("papermill", "report") from error

    class ThisPython(AsyncKernelManager):
        """Whatever kernels are registered here: the report runs on the oikit that was asked."""

        @property
        def kernel_spec(self) -> Any:
            return KernelSpec(**get_kernel_dict(["--log-level=ERROR"]))

    with tempfile.TemporaryDirectory() as aside, resources.as_file(_template()) as template:
        done = Path(aside) / "report.ipynb"
        try:
            papermill.execute_notebook(
                str(template),
                str(done),
                parameters,
                kernel_name="python3",
                kernel_manager_class=ThisPython,
                progress_bar=False,
                cwd=aside,
            )
        except papermill.PapermillExecutionError as error:
            _put({failed: done.read_text(encoding="utf-8")})
            raise ReportError(
                f"the report of {parameters['market']} stopped in cell {error.cell_index}: {error.ename}: "
                f"{error.evalue}; the notebook up to there is {failed}"
            ) from error
        return nbformat.read(str(done), as_version=4)


def _template() -> Any:
    return resources.files("oikit.report").joinpath("weekly.ipynb")


def _put(files: dict[Path, str]) -> None:
    """Write all aside, then put each in place in one step."""
    parts = {path: path.with_name(f".{path.name}.{secrets.token_hex(6)}.part") for path in files}
    try:
        for path, part in parts.items():
            part.write_text(files[path], encoding="utf-8", newline="\n")
        for path, part in parts.items():
            os.replace(part, path)
    except OSError as error:
        raise StoreError(f"cannot write {error.filename} ({error.strerror}); choose another --out") from error
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
