"""A chart in a running notebook whose parameters Python can set.

The specification is sent once. A change of a setting sets one signal of the drawn chart, so the
picture follows a control without being drawn again. The library comes along: no network is needed.
"""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from oikit.export.bundle import bundle

_DRAW = """
async function render({ model, el }) {
  const place = document.createElement("div");
  el.appendChild(place);
  const drawn = await vegaEmbed(place, model.get("spec"), { renderer: "svg", actions: false });
  const set = () => {
    for (const [name, value] of Object.entries(model.get("settings"))) { drawn.view.signal(name, value); }
    return drawn.view.runAsync();
  };
  model.on("change:settings", set);
  await set();
  return () => { model.off("change:settings", set); drawn.finalize(); };
}
export default { render };
"""


class Picture(anywidget.AnyWidget):
    """A chart and where its parameters stand.

    Attributes
    ----------
    spec : dict
    settings : dict
        Give it another dict to move the picture.
    """

    _esm = "export default {}"  # the library takes time to make: each picture brings it when it is made
    spec = traitlets.Dict().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)

    def __init__(self, spec: dict[str, Any], settings: dict[str, Any]) -> None:
        super().__init__(_esm=bundle(_DRAW), spec=spec, settings=settings)
