"""The face that needs no kernel: one chart that carries every setting and its own controls.

The controls are Vega parameters bound to inputs of the page, so an exported lesson still moves
with the kernel off and the network out. Only what Vega-Lite 5 and 6 share is used.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any

import altair as alt

from oikit.explore.model import Amount, Choice, Explorer, chosen, every_setting, grid

__all__ = ["unbound"]

_LINE = 44  # characters of the sentence in one line of the picture
_LINE_HEIGHT = 20
_ROWS = "settings"


def chart(explorer: Explorer) -> alt.VConcatChart:
    """Draw the explorer with its controls and its sentence inside."""
    settings_here = every_setting(explorer)
    # A page without a kernel cannot count what was looked at; it says how much there is to look at.
    among = f" There are {len(settings_here)} settings to try here." if explorer.tries else ""
    said: list[dict[str, Any]] = [
        {"at": at, "says": textwrap.fill(explorer.says(**settings) + among, _LINE)}
        for at, settings in enumerate(settings_here)
    ]
    lines = max(each["says"].count("\n") for each in said) + 1
    sentence = (
        alt.Chart(alt.InlineData(said))
        .transform_filter(f"datum.at === {chosen(explorer)}")
        # The region a screen reader announces, as far as a picture can have one.
        .mark_text(align="left", baseline="top", lineBreak="\n", lineHeight=_LINE_HEIGHT, ariaRole="status")
        .encode(alt.Text("says:N"), alt.X(value=0), alt.Y(value=0), description="says:N")
        .properties(height=lines * _LINE_HEIGHT, width=_LINE * 7)
    )
    whole = alt.vconcat(_drawing(explorer), sentence, spacing=12)
    alone = _kept(explorer.memory.alone) if explorer.memory else []
    return _finish(explorer, whole, [*(_bound(control) for control in explorer.controls), *alone])


def unbound(explorer: Explorer) -> alt.VConcatChart:
    """Draw the same picture with parameters that only Python sets.

    Parameters
    ----------
    explorer : Explorer
    """
    params = [alt.VariableParameter(name=control.name, value=control.start) for control in explorer.controls]
    kept = _kept(explorer.memory.kept(explorer.start)) if explorer.memory else []
    return _finish(explorer, _drawing(explorer), [*params, *kept])


def _drawing(explorer: Explorer) -> Any:
    return explorer.draw(alt.Chart(alt.NamedData(_ROWS)).transform_filter(f"datum.at === {chosen(explorer)}"))


def _finish(explorer: Explorer, drawing: Any, params: list[Any]) -> Any:
    drawing = drawing.properties(
        description=f"{explorer.title}. As it opens: {explorer.says(**explorer.start)}"
    )
    # Set, not added: added parameters would sink into the first panel, out of the reach of a kernel.
    drawing.params = params
    if explorer.grows:
        drawing.autosize = alt.AutoSizeParams(type="pad", resize=True)
    # Last, because every step above copies what the chart holds, row by row.
    drawing.datasets = {_ROWS: grid(explorer)}
    return drawing


def _kept(values: Mapping[str, float]) -> list[Any]:
    return [alt.VariableParameter(name=name, value=value) for name, value in values.items()]


def _bound(control: Choice | Amount) -> Any:
    bind: Any
    if isinstance(control, Amount):
        label = f"{control.asks} ({control.unit}) "
        bind = alt.binding_range(min=control.low, max=control.high, step=control.step, name=label)
    else:
        bind = alt.binding_radio(options=list(control.options), name=f"{control.asks} ")
    return alt.VariableParameter(name=control.name, value=control.start, bind=bind)
