"""``ready``: a check of everything that a lesson uses, with what to type for what is missing."""

from __future__ import annotations

import html
import importlib
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ready"]

_OLDEST = (3, 11)


@dataclass(frozen=True, slots=True)
class Ready:
    """The parts that a lesson needs, which of them are installed, and what to type for the rest.

    Attributes
    ----------
    parts : tuple of (str, bool, str)
        The part, whether it is present, and its version or what to type.
    """

    parts: tuple[tuple[str, bool, str], ...]

    @property
    def well(self) -> bool:
        """Return whether all parts are present."""
        return all(there for _, there, _ in self.parts)

    @property
    def says(self) -> str:
        """One sentence."""
        lacking = sum(not there for _, there, _ in self.parts)
        if not lacking:
            return "All parts are here. You can begin."
        return f"{lacking} of {len(self.parts)} parts are missing; the table says what to do."

    def __str__(self) -> str:
        """The sentence, then one line for each part."""
        lines = [f"{'here' if there else 'MISSING':8}{name}: {found}" for name, there, found in self.parts]
        return "\n".join([self.says, *lines])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        body = "".join(
            f'<tr><th scope="row" style="text-align: left">{html.escape(name)}</th>'
            f'<td style="text-align: left">{"✓ here" if there else "<strong>✗ missing</strong>"}</td>'
            f'<td style="text-align: left">{html.escape(found)}</td></tr>'
            for name, there, found in self.parts
        )
        heads = "".join(
            f'<th scope="col" style="text-align: left">{each}</th>'
            for each in ("part", "is it here?", "found")
        )
        return (
            f'<p role="status">{html.escape(self.says)}</p>'
            f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
        )


def ready() -> Ready:
    """Check that everything a lesson uses is present.

    Returns
    -------
    Ready
        Nothing is raised: a missing part is listed, with what to type.
    """
    return Ready(
        (
            _part("Python", _python, f"install Python {'.'.join(map(str, _OLDEST))} or newer"),
            _part("oikit", lambda: f"version {importlib.import_module('oikit').__version__}", _pip("")),
            _part("a simulated market", _market, _pip("")),
            _part("charts", lambda: _version("altair"), _pip("charts")),
            _part("buttons", lambda: _version("ipywidgets", "anywidget"), _pip("widgets")),
            _part("a place for your notes", _folder, "copy the notebook into a folder of your own"),
        )
    )


def _part(name: str, look: Callable[[], str], otherwise: str) -> tuple[str, bool, str]:
    try:
        return name, True, look()
    except Exception as error:
        return name, False, f"{otherwise} ({type(error).__name__}: {error})"


def _pip(extra: str) -> str:
    # Quoted, because some shells read brackets.
    return f"pip install 'oikit[{extra}]'" if extra else "install oikit again"


def _python() -> str:
    if sys.version_info < _OLDEST:
        raise RuntimeError(f"this is {platform.python_version()}")
    return f"version {platform.python_version()}"


def _version(*names: str) -> str:
    return ", ".join(f"{name} {importlib.import_module(name).__version__}" for name in names)


def _market() -> str:
    from oikit.simulate.samples import sample

    frame = sample("bnb-null")
    return f"{frame.shape[1]} columns, to {frame.index[-1]:%Y-%m-%d} UTC"


def _folder() -> str:
    here = Path(".oikit") if Path(".oikit").is_dir() else Path()
    if not os.access(here, os.W_OK):
        raise PermissionError("this folder cannot be written")
    return "kept in .oikit, beside this notebook"
