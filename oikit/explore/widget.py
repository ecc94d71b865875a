"""The face with a kernel: buttons and sliders that set parameters of the same chart.

The chart is drawn once. A change sets one parameter on it and one line of text; nothing is
displayed again. Only controls that work from the keyboard in a cell of JupyterLab are used, each
behind its question, and each slider has a number box beside it, which a screen reader can name.
"""

from __future__ import annotations

from typing import Any

import altair as alt
import ipywidgets

from oikit.explore.drawing import chart, unbound
from oikit.explore.model import Amount, Choice, Explorer, count_try, words
from oikit.explore.picture import Picture
from oikit.explore.status import Status


class Face:
    """An explorer with its controls.

    Attributes
    ----------
    explorer : Explorer
    controls : dict of str to widget
        What holds the value of each control.
    chart : Picture
    sentence : Status
        The result in words, announced when it changes.
    """

    def __init__(self, explorer: Explorer) -> None:
        self.explorer = explorer
        self.controls: dict[str, Any] = {}
        self.sentence = Status(text=self._says(explorer.start))
        self.chart = Picture(unbound(explorer).to_dict(), self._shown(explorer.start))
        groups = [self._group(control) for control in explorer.controls]
        row = ipywidgets.Layout(
            display="flex", flex_flow="row wrap", grid_gap="0.4em 2em", height="auto", margin="0 0 0.8em"
        )
        controls = ipywidgets.Box(groups, layout=row)
        controls.add_class("oikit-controls")
        self.box = ipywidgets.VBox([controls, self.chart, self.sentence])

    @property
    def settings(self) -> dict[str, Any]:
        """Return the value of every control."""
        return {name: control.value for name, control in self.controls.items()}

    def _group(self, control: Choice | Amount) -> Any:
        name = control.name.replace("_", " ")
        wide = {"description_width": "initial"}
        room = 30.0
        if isinstance(control, Choice):
            button = max(5, 2 + 0.55 * max(map(len, control.options)))
            # All in one row, where the page is wide enough.
            room = max(room, len(control.options) * (button + 0.4) + 0.6 * len(name) + 1)
            widget = ipywidgets.ToggleButtons(
                options=control.options,
                value=control.start,
                description=name,
                style={**wide, "button_width": f"{button:g}em"},
                # Four buttons side by side, and a second row is part of the height.
                layout={"width": "100%", "height": "auto"},
            )
            parts = [widget]
        else:
            span = {"min": control.low, "max": control.high, "step": control.step, "value": control.start}
            widget = ipywidgets.FloatSlider(
                **span,
                description=name,
                readout=False,
                continuous_update=False,
                style=wide,
                layout={"width": "14em"},
            )
            # The handle of a slider has no name of its own; the box beside it does.
            box = ipywidgets.BoundedFloatText(
                **span, description=f"{name} in {control.unit}", style=wide, layout={"width": "15em"}
            )
            ipywidgets.link((widget, "value"), (box, "value"))
            parts = [widget, box]
        self.controls[control.name] = widget
        widget.observe(lambda change: self._moved(control, change["new"]), "value")
        row = ipywidgets.HBox(parts, layout={"flex_flow": "row wrap", "height": "auto"})
        asks = ipywidgets.Label(control.asks, layout={"height": "auto"})
        asks.add_class("oikit-asks")
        return ipywidgets.VBox(
            [asks, row], layout={"width": f"{room:g}em", "max_width": "100%", "height": "auto"}
        )

    def _moved(self, control: Choice | Amount, value: Any) -> None:
        if isinstance(control, Amount) and value != control.nearest(value):
            # Typed between two steps: the box and the slider move to the nearest, and we are called again.
            self.controls[control.name].value = control.nearest(value)
            return
        # The sentence first: it counts this setting, and the picture shows what was counted.
        self.sentence.text = self._says(self.settings)
        self.chart.settings = self._shown(self.settings)

    def _shown(self, settings: dict[str, Any]) -> dict[str, Any]:
        memory = self.explorer.memory
        return settings | dict(memory.kept(settings)) if memory else settings

    def _says(self, settings: dict[str, Any]) -> str:
        tried = count_try(self.explorer, settings)
        return "\n".join(filter(None, [self.explorer.says(**settings), tried]))

    def __repr__(self) -> str:
        """Return the current setting in words, for front ends without widgets."""
        return str(words(self.explorer, self.settings))

    def _repr_mimebundle_(self, **options: Any) -> dict[str, Any]:
        """Both faces in one output: JupyterLab takes the widgets, an exported page the chart."""
        bundle: dict[str, Any] = {}
        renderer: Any = alt.renderers.get()
        if alt.renderers.active == "oikit":  # the reader called use_theme: this one needs no network
            bundle |= renderer(chart(self.explorer).to_dict())
        return {**bundle, **self.box._repr_mimebundle_(**options), "text/plain": repr(self)}
