"""A line of text that a screen reader announces when it changes.

`ipywidgets.HTML` swaps the element it holds, and a region that is itself replaced is not announced
reliably. This one keeps its element (``role="status"``) and changes the text inside it. It also gives
the handles of the sliders around it the names that ipywidgets leaves them without.
"""

from __future__ import annotations

import anywidget
import traitlets

__all__ = ["Status"]


class Status(anywidget.AnyWidget):
    """A polite live region.

    Attributes
    ----------
    text : str
        Shown as text, never read as HTML; a line break begins a new line.
    """

    _esm = """
    function render({ model, el }) {
      const line = document.createElement("p");
      line.setAttribute("role", "status");
      line.setAttribute("aria-live", "polite");
      line.className = "oikit-status";
      const show = () => { line.textContent = model.get("text"); };
      model.on("change:text", show);
      show();
      el.appendChild(line);
      // A slider's label names its box, not the handle that takes the focus.
      const name = () => {
        const around = el.closest(".widget-box, .jp-OutputArea");
        for (const handle of around ? around.querySelectorAll(".noUi-handle:not([aria-label])") : []) {
          const label = handle.closest(".widget-slider")?.querySelector(".widget-label");
          if (label) { handle.setAttribute("aria-label", label.textContent); }
        }
      };
      const watch = new MutationObserver(name);
      requestAnimationFrame(() => {
        name();
        watch.observe(el.closest(".widget-box, .jp-OutputArea") || el, { childList: true, subtree: true });
      });
      return () => watch.disconnect();
    }
    export default { render };
    """
    _css = """
    .oikit-status {
      font-size: var(--jp-content-font-size1, 14px); line-height: 1.5; min-height: 1.5em;
      margin: 0.4em 0; max-width: 46em; white-space: pre-line;
    }
    /* In the dark theme a chosen button is hardly lighter. Not bold: wider words would be cut. */
    .oikit-controls .jupyter-button.mod-active {
      box-shadow: inset 0 -3px 0 var(--jp-brand-color1, #1976d2);
    }
    /* A long question before a control: ipywidgets would cut it off. */
    .widget-label.oikit-asks { white-space: normal; line-height: 1.4; padding: 0.3em 0; }
    """
    text = traitlets.Unicode("").tag(sync=True)
