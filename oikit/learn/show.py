"""Notes and text of the course, for the eye and for screen readers.

In a notebook a note is HTML in an announced region (``role="status"``); anywhere else it is the same
text. Mark and word always accompany the text, never a colour alone, and whatever a learner typed is
escaped before it is rendered.
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Callable
from typing import Any

from oikit.learn.rescue import watch

__all__ = ["say"]

MARKS = {
    "CORRECT": "✓",
    "NOT YET": "✗",
    "NOT ATTEMPTED": "○",
    "ERROR": "!",
    "KEPT": "✎",
    "QUESTION": "?",
    "ANSWER": "→",
    "HINT": "»",
}

# Middle tones of the Okabe-Ito palette: seen on white and on black.
_EDGES = {"CORRECT": "#009E73", "NOT YET": "#D55E00", "ERROR": "#CC79A7"}


_N = re.compile(r"\bn = (?=\d)")
_HYPHEN = re.compile(r"(?<![\w.-])-(?=\d)")  # before a number, and not within a date or a name


def note(status: str, name: str, *lines: str, tail: str = "") -> None:
    """Show one status with its text, and in a notebook the HTML of `tail` below it."""
    plain, rich = words(status, name, *lines, tail=tail)
    page(plain, "text/html", rich)


def words(status: str, name: str, *lines: str, tail: str = "") -> tuple[str, str]:
    """Return a note as text and as HTML."""
    said = [line for line in lines if line]
    plain = f"[{status}] {name}: " + "\n".join(said)
    first, *rest = [typeset(html.escape(line)).replace("\n", "<br>") for line in said] or [""]
    edge = _EDGES.get(status, "#0072B2")
    rich = (
        f'<div role="status" aria-live="polite" style="border-left: 4px solid {edge}; '
        'padding: 0.3em 0 0.3em 0.8em; max-width: 46em; line-height: 1.5">'
        f'<strong><span aria-hidden="true">{MARKS[status]}</span> {status}</strong> '
        f"{html.escape(name)}: {first}"
        + "".join(f'<div style="margin-top: 0.4em">{line}</div>' for line in rest)
        + f"{tail}</div>"
    )
    return plain, rich


def say(*sentences: str) -> None:
    """Show sentences whose numbers come from variables, as a paragraph.

    Parameters
    ----------
    *sentences : str
        Markdown; write the numbers as f-string fields, so that they cannot drift from the code.
    """
    text = " ".join(sentences)
    page(text.replace("**", ""), "text/markdown", typeset(text))


def typeset(text: str) -> str:
    r"""Write a minus as one, and keep n and its number in one line; code stays code.

    Examples
    --------
    >>> typeset("fell by -5% (n = 12), see `x - 5`")
    'fell by −5% (n\xa0=\xa012), see `x - 5`'
    """
    parts = text.split("`")
    parts[::2] = [_N.sub("n\u00a0=\u00a0", _HYPHEN.sub("−", part)) for part in parts[::2]]
    return "`".join(parts)


_STALE = (
    '<div class="oikit-stale" style="display: none">These buttons need their kernel, which has started anew. '
    "Choose <em>Run → Run All Above Selected Cell</em>, then run this cell.</div>"
    "<style>.jp-Notebook .oikit-stale { display: block !important; }"
    ".jp-OutputArea:has(.oikit-status) .oikit-stale { display: none !important; }"
    '.jp-OutputArea:has(.oikit-stale) [data-mime-type*="widget-view"]:not(:has(*)) { display: none; }</style>'
)
_stale_in = [-1]  # the cell that said so last: once a cell is enough


def stale() -> bool:
    """Put a line under buttons that shows once they are dead; return whether they can live at all."""
    ipython = sys.modules.get("IPython")
    shell: Any = ipython.get_ipython() if ipython is not None else None
    if getattr(shell, "kernel", None) is None:
        return False
    from IPython.display import display

    if _stale_in[0] != shell.execution_count:
        _stale_in[0] = shell.execution_count
        display({"text/plain": "", "text/html": _STALE}, raw=True)
    return True


def live(make: Callable[[], Any], plain: str, rich: str) -> None:
    """Show a widget where a kernel can answer it, and its words anywhere else."""
    box = make()
    if box is None or not stale():
        page(plain, "text/html", rich)
        return
    from IPython.display import display

    made = box._repr_mimebundle_()
    view = made[0] if isinstance(made, tuple) else made  # anywidget adds metadata
    display({**view, "text/plain": plain, "text/html": rich}, raw=True)


def page(plain: str, kind: str, rich: str) -> None:
    """Show `rich` in a notebook, and `plain` anywhere else."""
    # Without IPython already loaded there is no notebook, and nothing to import for.
    ipython = sys.modules.get("IPython")
    if ipython is None or ipython.get_ipython() is None:
        sys.stdout.write(plain + "\n")
        return
    from IPython.display import display

    watch()
    display({"text/plain": plain, kind: rich}, raw=True)
