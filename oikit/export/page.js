// Draws each chart of the page, as wide as its place, and again when the place changes; and lets
// whatever scrolls be scrolled from the keyboard.
(function () {
  "use strict";
  var LETTER = 7; // pixels of one letter at 14 px, on average
  var NARROWEST = 140; // a drawing is no use below this; its place scrolls instead

  function parts(spec) {
    return spec.vconcat || spec.hconcat || spec.concat || [];
  }

  function widthOf(spec) {
    var widths = parts(spec).map(widthOf);
    if (!widths.length) { return typeof spec.width === "number" ? spec.width : 0; }
    return spec.hconcat ? widths.reduce(function (a, b) { return a + b; }, 0) : Math.max.apply(null, widths);
  }

  function wrap(text, width) {
    var room = Math.max(16, Math.floor(width / LETTER));
    var lines = [""];
    [].concat(text).join(" ").split(/\s+/).forEach(function (word) {
      var last = lines[lines.length - 1];
      if (last && last.length + word.length >= room) { lines.push(word); }
      else { lines[lines.length - 1] = last ? last + " " + word : word; }
    });
    return lines;
  }

  function fit(spec, factor, total) {
    var width = total;
    if (typeof spec.width === "number") { width = spec.width = Math.round(spec.width * factor); }
    if (typeof spec.title === "string" || Array.isArray(spec.title)) {
      spec.title = wrap(spec.title, width);
    } else if (spec.title) {
      if (spec.title.text) { spec.title.text = wrap(spec.title.text, width); }
      if (spec.title.subtitle) { spec.title.subtitle = wrap(spec.title.subtitle, width); }
    }
    parts(spec).forEach(function (part) { fit(part, factor, total); });
    return spec;
  }

  function draw(figure) {
    var place = figure.querySelector(".drawing");
    // Vega names and re-roles the element it draws in; the outer one must keep its own words.
    var canvas = place.firstElementChild || place.appendChild(document.createElement("div"));
    if (place.getAttribute("role") === "img") { canvas.setAttribute("aria-hidden", "true"); }
    var text = figure.querySelector("script").textContent;
    var natural = widthOf(JSON.parse(text));
    var room = place.clientWidth;
    var options = { renderer: "svg", actions: false, tooltip: true };

    function at(width, again) {
      width = natural ? Math.max(NARROWEST, Math.round(width)) : 0;
      var spec = fit(JSON.parse(text), natural ? width / natural : 1, width || room);
      return window.vegaEmbed(canvas, spec, options).then(function (result) {
        var svg = place.querySelector("svg");
        var beyond = (svg ? svg.getBoundingClientRect().width : room) - room;
        if (again && natural && Math.abs(beyond) > 2 && width - beyond !== width) {
          result.finalize();
          return at(width - beyond - 1, false);
        }
        figure.setAttribute("data-drawn", "yes");
      });
    }
    return at(room - 70, true).catch(function (error) {
      place.textContent = "This chart could not be drawn: " + error.message;
      figure.setAttribute("data-drawn", "no");
    });
  }

  function reach() {
    document.querySelectorAll("pre, table, .drawing").forEach(function (part) {
      if (part.scrollWidth > part.clientWidth + 1) { part.setAttribute("tabindex", "0"); }
      else { part.removeAttribute("tabindex"); }
    });
  }

  // A question as the lesson asked it: choose, then read what is said of the choice.
  function ask(place) {
    var bytes = Uint8Array.from(atob(place.dataset.question), function (c) { return c.charCodeAt(0); });
    var asked = JSON.parse(new TextDecoder().decode(bytes));
    function make(tag, words, parent) {
      var node = document.createElement(tag);
      node.textContent = words;
      parent.append(node);
      return node;
    }
    place.replaceChildren();
    var form = make("fieldset", "", place);
    make("legend", asked.asks, form);
    Object.keys(asked.options).forEach(function (letter) {
      var label = make("label", "", form);
      var radio = make("input", "", label);
      radio.type = "radio";
      radio.name = asked.id;
      radio.value = letter;
      label.append(" " + letter + ") " + asked.options[letter]);
    });
    var button = make("button", asked.act, form);
    button.type = "button";
    var line = make("p", "", place);
    line.setAttribute("role", "status");
    button.addEventListener("click", function () {
      var chosen = form.querySelector("input:checked");
      if (!chosen) { line.textContent = "Choose an answer first."; return; }
      var right = chosen.value === asked.right;
      var answer = asked.act === "Check" || right ? "" : " The answer is " + asked.right + ") "
        + asked.options[asked.right] + ": " + asked.says[asked.right];
      line.textContent = (right ? "✓ Right: " : "✗ Not yet: ") + asked.says[chosen.value] + answer;
    });
  }

  document.querySelectorAll(".oikit-question").forEach(ask);
  var figures = Array.prototype.slice.call(document.querySelectorAll("figure.chart"));
  var seen = window.innerWidth;
  var waiting;
  reach();
  figures.forEach(function (figure) { draw(figure).then(reach); });
  window.addEventListener("resize", function () {
    clearTimeout(waiting);
    waiting = setTimeout(function () {
      if (window.innerWidth === seen) { return; }
      seen = window.innerWidth;
      reach();
      // A chart with controls scrolls instead: drawn anew it would forget what was set.
      figures.filter(function (figure) { return figure.querySelector("[role=img]"); }).forEach(draw);
    }, 200);
  });
})();
