"""A question with its options as buttons, and a slider for how sure one is: shown by `predict` and `quiz`.

Nothing of the answer is in it before the kernel has been told a choice: the state holds the question, its
options, and the text of the announced line.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import traitlets

from oikit.learn.questions import Question

__all__ = ["Ask"]


class Ask(anywidget.AnyWidget):
    """A question for the mouse, the keyboard and the ear.

    Attributes
    ----------
    asks : str
    options : list of [str, str]
        Letter and text.
    choice : str
        The chosen letter.
    sure, lowest : int, per cent
        How sure, and what a blind guess would be; without `lowest` there is no slider.
    act, more : str
        The words on the buttons; a button without words is hidden.
    locked : bool
        Whether the choice stands.
    text : str
        What the announced line says; never read as HTML.
    """

    _esm = """
    const DEAD = "The kernel does not answer. If it is busy, wait a moment. If it was started anew, choose "
      + "Run → Run All Above Selected Cell, then run this cell.";
    function make(tag, words, facts) {
      return Object.assign(document.createElement(tag), { textContent: words }, facts);
    }
    function render({ model, el }) {
      // Arrows and the space bar belong to the question, not to the notebook around it.
      el.dataset.lmSuppressShortcuts = "true";
      el.addEventListener("keydown", (event) => event.stopPropagation());
      const form = make("fieldset", "", { className: "oikit-ask" });
      form.append(make("legend", model.get("asks")));
      const group = "oikit-" + Math.random().toString(36).slice(2);
      for (const [letter, words] of model.get("options")) {
        const radio = make("input", "", { type: "radio", name: group, value: letter });
        const label = make("label", "");
        label.append(radio, make("span", letter + ") " + words));
        form.append(label);
      }
      const slider = make("input", "", { type: "range", min: model.get("lowest"), max: 100 });
      if (model.get("lowest")) {
        const row = make("label", "", { className: "oikit-sure" });
        const sure = make("output", "");
        const say = () => {
          const low = Number(slider.value) <= model.get("lowest") + 1;
          const end = low ? ", a guess" : slider.value === "100" ? ", certain" : "";
          sure.textContent = slider.value + "%" + end;
        };
        slider.value = model.get("sure");
        slider.setAttribute("aria-valuetext", "");
        slider.oninput = () => { say(); slider.setAttribute("aria-valuetext", sure.textContent); };
        say();
        row.append(make("span", "How sure are you?"), slider, sure);
        form.append(row);
      }
      let waits;
      const button = (words) => {
        const made = make("button", "", { type: "button", className: "jupyter-button" });
        made.onclick = () => {
          const choice = form.querySelector("input[type=radio]:checked")?.value || "";
          waits = setTimeout(() => { line.textContent = DEAD; }, 4000);
          model.send({ pressed: words, choice, sure: Number(slider.value) });
        };
        form.append(made);
        return () => { made.textContent = model.get(words); made.hidden = !model.get(words); };
      };
      const labels = [button("act"), button("more")];
      const line = make("p", "", { className: "oikit-status" });
      line.setAttribute("role", "status");
      line.setAttribute("aria-live", "polite");
      const show = () => {
        for (const label of labels) { label(); }
        for (const each of form.querySelectorAll("input")) {
          each.disabled = model.get("locked");
          if (each.value === model.get("choice")) { each.checked = true; }
        }
        line.textContent = model.get("text");
      };
      const heard = () => clearTimeout(waits);
      model.on("change", show);
      model.on("msg:custom", heard);
      el.append(form, line);
      show();
      return () => { model.off("change", show); model.off("msg:custom", heard); };
    }
    export default { render };
    """
    _css = """
    .oikit-ask { border: 0; margin: 0; padding: 0; max-width: 46em; line-height: 1.5; min-width: 0;
      font-size: var(--jp-content-font-size1, 14px); color: var(--jp-content-font-color1, inherit); }
    .oikit-ask legend { padding: 0 0 0.4em; font-weight: 600; }
    .oikit-ask label { display: flex; gap: 0.6em; align-items: baseline; margin: 0.25em 0; cursor: pointer;
      padding: 0.4em 0.7em; border: 1px solid var(--jp-border-color1, #999); border-radius: 4px; }
    .oikit-ask label:has(input:checked) { border-color: var(--jp-brand-color1, #1976d2);
      box-shadow: inset 4px 0 0 var(--jp-brand-color1, #1976d2); }
    .oikit-ask label:has(input:focus-visible) { outline: 2px solid var(--jp-brand-color1, #1976d2); }
    .oikit-ask label.oikit-sure { border: 0; flex-wrap: wrap; padding: 0.4em 0; align-items: center; }
    .oikit-ask input[type="range"] { flex: 1 1 10em; max-width: 20em; }
    .oikit-ask button { margin: 0.3em 0.6em 0 0; padding: 0 1em; }
    .oikit-ask [hidden] { display: none; }
    .oikit-ask + .oikit-status { white-space: pre-line; line-height: 1.5; min-height: 1.5em; margin: 0.4em 0;
      max-width: 46em; font-size: var(--jp-content-font-size1, 14px); }
    """
    asks = traitlets.Unicode("").tag(sync=True)
    options = traitlets.List().tag(sync=True)
    choice = traitlets.Unicode("").tag(sync=True)
    sure = traitlets.Int(0).tag(sync=True)
    lowest = traitlets.Int(0).tag(sync=True)
    act = traitlets.Unicode("").tag(sync=True)
    more = traitlets.Unicode("").tag(sync=True)
    locked = traitlets.Bool(False).tag(sync=True)
    text = traitlets.Unicode("").tag(sync=True)

    def __init__(self, asked: Question, pressed: Callable[[Ask, str], None], **facts: Any) -> None:
        super().__init__(asks=asked.asks, options=[list(each) for each in asked.options.items()], **facts)
        self.pressed = pressed
        self.on_msg(self._press)

    def _press(self, _: Any, content: dict[str, Any], __: Any) -> None:
        letter, sure = content.get("choice"), content.get("sure")
        if not self.locked and letter in dict(self.options):
            self.choice = letter
            self.sure = min(100, max(self.lowest, sure)) if isinstance(sure, int) else self.sure
        self.pressed(self, str(content.get("pressed")))
        self.send({"heard": True})
