// What all hero pictures share: words, state, controls, a handle on the chart, the bet, motion and theme.
(() => {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const page = JSON.parse($("page").textContent);
  const { data, text, words, question } = page;
  const calm = page.still || location.hash.includes("still")
    || matchMedia("(prefers-reduced-motion: reduce)").matches;

  // Drawing. Text is only ever set as text.
  const attr = (node, attrs) => { for (const k in attrs) { node.setAttribute(k, attrs[k]); } return node; };
  const el = (tag, attrs, parent) => {
    const node = attr(document.createElementNS("http://www.w3.org/2000/svg", tag), attrs);
    if (parent) { parent.append(node); }
    return node;
  };
  const label = (parent, x, y, says, cls = "", anchor = "start") => {
    const node = el("text", { x, y, class: cls, "text-anchor": anchor }, parent);
    node.textContent = says;
    return node;
  };
  const html = (tag, cls, says, parent) => {
    const node = document.createElement(tag);
    node.className = cls;
    node.textContent = says;
    if (parent) { parent.append(node); }
    return node;
  };
  const clamp = (x, low, high) => Math.min(high, Math.max(low, x));

  // Numbers and sentences, written as Python writes them (oikit.explore.hero.fill).
  const minus = (s) => (/[1-9]/.test(s) ? s.replace("-", "−") : s.replace("-", ""));
  const thousands = (x) => x.toLocaleString("en-US", { maximumFractionDigits: 0 });
  const percent = (x) => {
    const size = Math.abs(100 * x), digits = (100 * x).toFixed(size >= 0.0995 || !size ? 2 : 3);
    return minus(size >= 1.995 ? digits.replace(/\.?0+$/, "") : digits) + "%";
  };
  const dollars = (x) => minus((x < 0 ? "-$" : "$") + thousands(Math.abs(x)));
  const money = (x) => (x < 0.005 ? "$0" : x < 10 ? `$${x.toFixed(2)}` : dollars(x));
  const times = (x) => `${x < 9.95 ? +x.toFixed(x < 2 ? 2 : 1) : x.toFixed(0)}x`;
  const sign = (x, s) => (x > 0 && /[1-9]/.test(s) ? "+" + s : s);
  const FORMS = {
    "": (x) => (typeof x === "number" ? minus(thousands(x)) : String(x)),
    p: percent, p0: (x) => minus((100 * x).toFixed(0)) + "%",
    p1: (x) => minus((100 * x).toFixed(1)) + "%", x: (x) => x.toFixed(x < 9.95 ? 1 : 0),
    "+p1": (x) => sign(x, FORMS.p1(x)), s: (x) => minus(x.toFixed(1)), m: money, t: times, $: dollars, "+$": (x) => sign(x, dollars(x)),
  };
  const write = (x, form = "") => FORMS[form](x);
  const fill = (template, facts) => template.replace(/\{(\w+)(?::([^}|]+))?(?:\|([^|}]*)\|([^}]*))?\}/g,
    (_, name, form, one, many) => {
      const said = write(facts[name], form);
      return one === undefined ? said : `${said} ${facts[name] === 1 ? one : many}`;
    });
  const put = (node, says) => {
    if (node.said === says) { return; }
    node.said = says;
    node.replaceChildren(...says.split("**").map((part, i) => (i % 2 ? html("b", "", part) : part)));
  };

  // The complementary error function: a series near the middle, a continued fraction in the tail.
  function erfc(x) {
    if (x < 0) { return 2 - erfc(-x); }
    if (x < 2.5) {
      let sum = x, term = x;
      for (let n = 1; n < 60; n += 1) { term *= (-x * x) / n; sum += term / (2 * n + 1); }
      return 1 - (2 / Math.sqrt(Math.PI)) * sum;
    }
    let f = 0;
    for (let k = 60; k > 0; k -= 1) { f = k / 2 / (x + f); }
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + f);
  }

  // Motion: one at a time, and none for whoever wants none.
  let moving = 0;
  const busy = (is) => attr($("say"), { "aria-busy": is });
  const stop = () => { moving += 1; busy(false); };
  function tween(ms, step, done = () => {}) {
    const mine = (moving += 1);
    if (calm) { step(1); done(); return; }
    busy(true);
    let began;
    requestAnimationFrame(function next(now) {
      if (mine !== moving) { return; }
      began ??= now;
      const u = clamp((now - began) / ms, 0, 1);
      step(u < 0.5 ? 4 * u ** 3 : 1 - (2 - 2 * u) ** 3 / 2);
      if (u < 1) { requestAnimationFrame(next); } else { busy(false); done(); }
    });
  }
  function later(ms, act) {
    const mine = (moving += 1);
    if (calm) { act(); return; }
    busy(true);
    setTimeout(() => { if (mine === moving) { act(); } }, ms);
  }

  // State: a few numbers that say everything about the picture.
  let hero, state, bet = null, open = true, said = "", quiet = false;
  const facts = (patch) => hero.facts({ ...state, ...patch });
  function draw() {
    const now = facts();
    hero.draw(state, now, open);
    if (quiet) { return; }
    put($("title"), open ? text.open : fill(text[now.title], now));
    put($("say"), open ? "" : said + [].concat(now.says).map((key) => fill(text[key], now)).join(" "));
  }
  function change(patch) {
    state = { ...state, ...patch };
    draw();
    document.dispatchEvent(new CustomEvent("oikit", { detail: oikit.state() }));
  }
  const touch = () => { stop(); said = ""; quiet = false; };

  // Set from outside: what moves by itself has arrived.
  const settled = () => { if (hero.settle) { hero.settle(state); } };

  // The bet: an option, how sure, and then the answer. Nothing is told before.
  let chose = null, sure;
  function choose(value, shows = value) {
    chose = { value, shows };
    $("sure").classList.add("on");
    for (const b of $("options").children) { attr(b, { "aria-pressed": b.value === String(value) }); }
    put($("chosen"), fill(words.chosen, { choice: shows }));
  }
  function reveal(made, play = true) {
    if (!open) { return; }
    open = false;
    bet = made;
    const right = made && String(made.choice) === String(hero.answer ? hero.answer(state) : question.answer);
    said = made ? fill(right ? words.right : words.wrong, { choice: chose.shows, sure: made.sure }) + " " : "";
    $("ask").hidden = true;
    $("controls").hidden = false;
    $("say").classList.remove("shut");
    if (made) { $("say").focus({ preventScroll: true }); }
    document.dispatchEvent(new CustomEvent("oikit-bet", { detail: bet }));
    if (play && hero.reveal) { hero.reveal(made); } else { settled(); draw(); }
  }
  function ask() {
    $("question").textContent = question.asks;
    for (const each of question.options) {
      const b = html("button", "", each, $("options"));
      Object.assign(b, { type: "button", value: each, onclick: () => choose(each) });
      attr(b, { "aria-pressed": false });
    }
    const least = Math.round(100 / question.among), input = $("confidence");
    Object.assign(input, { min: least, max: 100, step: 1 });
    input.value = Math.round((least + 100) / 2);
    const show = () => {
      sure = input.value / 100;
      $("percent").textContent = write(sure, "p0");
      attr(input, { "aria-valuetext": fill(words.sure_is, { sure }) });
    };
    input.oninput = show;
    show();
    $("ask").onsubmit = (event) => {
      event.preventDefault();
      if (chose) { reveal({ choice: chose.value, sure }); }
    };
    $("skip").onclick = () => { reveal(null); $("say").focus({ preventScroll: true }); };
  }

  // Controls, in one row.
  function box(fit, name, controls = $("controls")) {
    const outer = html("div", fit ? "ctl fit" : "ctl", "", controls);
    const top = html("div", "top", "", outer);
    return { outer, name: html(name[0], "", name[1], top), top };
  }
  let ids = 0;
  function slider({ label: name, min, max, step, value, says }, on) {
    const { outer, name: title, top } = box(false, ["label", name]);
    const out = attr(html("output", "", "", top), { "aria-hidden": true });
    const input = attr(document.createElement("input"), { type: "range", id: `s${(ids += 1)}`, min, max, step });
    title.htmlFor = input.id;
    outer.append(input);
    const show = () => {
      out.textContent = says(+input.value);
      attr(input, { "aria-valuetext": out.textContent });
    };
    input.value = value;
    input.oninput = () => { touch(); show(); on(+input.value); };
    show();
    return { set value(x) { if (+input.value !== x) { input.value = x; show(); } } };
  }
  function choice({ label: name, options }, on) {
    const { outer, name: title } = box(true, ["span", name]);
    title.id = `s${(ids += 1)}`;
    const seg = attr(html("div", "seg", "", outer), { role: "group", "aria-labelledby": title.id });
    const buttons = options.map(({ value, shows }) => {
      const b = html("button", "", shows, seg);
      return Object.assign(b, { type: "button", value, onclick: () => { touch(); on(value); } });
    });
    return { outer, set value(x) { for (const b of buttons) { attr(b, { "aria-pressed": b.value === String(x) }); } } };
  }
  function button(shows, on, cls = "") {
    const b = html("button", cls, shows, $("controls"));
    return Object.assign(b, { type: "button", onclick: () => { touch(); on(); } });
  }
  // A handle on the chart stands on one of `size` steps; keys move it by steps, a drag to a place.
  function handle(node, { name, axis, size, at, says, go, drag }) {
    attr(node, { class: "handle", tabindex: 0, role: "slider", "aria-label": name, "aria-valuemin": 0,
      "aria-orientation": axis === "y" ? "vertical" : "horizontal" });
    node.onkeydown = (event) => {
      const by = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10,
        Home: -size(), End: size() }[event.key];
      if (!by) { return; }
      event.preventDefault();
      touch();
      go(clamp(at() + by, 0, size() - 1));
    };
    node.onpointerdown = (event) => {
      event.preventDefault();
      touch();
      busy(true);
      node.focus({ preventScroll: true });
      node.setPointerCapture(event.pointerId);
      document.documentElement.classList.add("dragging");
    };
    node.onpointermove = (event) => {
      if (!node.hasPointerCapture(event.pointerId)) { return; }
      const place = node.ownerSVGElement.getBoundingClientRect();
      drag(event.clientX - place.left, event.clientY - place.top);
    };
    node.onlostpointercapture = () => {
      busy(false);
      document.documentElement.classList.remove("dragging");
    };
    return { fresh() { attr(node, { "aria-valuemax": size() - 1, "aria-valuenow": at(), "aria-valuetext": says() }); } };
  }

  // In a notebook or an exported page: as dark as what stands around it, and as high as its content.
  function theme() {
    let dark = matchMedia("(prefers-color-scheme: dark)").matches;
    try {
      const body = window.frameElement && window.parent.document.body;
      if (body && body.dataset.jpThemeLight) { dark = body.dataset.jpThemeLight === "false"; }
      else if (body) {
        const [r, g, b, a = 1] = getComputedStyle(body).backgroundColor.match(/[\d.]+/g).map(Number);
        if (a) { dark = 0.3 * r + 0.6 * g + 0.1 * b < 128; }
      }
    } catch { /* the page around is another's: the system's wish stands */ }
    attr(document.documentElement, { "data-theme": dark ? "dark" : "light" });
  }
  function settle() {
    theme();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme);
    try {
      const frame = window.frameElement, body = frame && window.parent.document.body;
      if (!body) { return; }
      new MutationObserver(theme).observe(body, { attributes: true });
      document.documentElement.style.overflow = "hidden";
      const fit = () => { frame.style.height = `${Math.ceil($("hero").getBoundingClientRect().height)}px`; };
      new ResizeObserver(fit).observe($("hero"));
    } catch { /* then the frame scrolls */ }
  }

  function mount(made) {
    hero = made;
    state = { ...page.start };
    settle();
    put($("foot"), page.foot);
    if (page.shown || location.hash.includes("shown")) { change(page.after); reveal(null, false); } else { ask(); draw(); }
    let wide = 0;
    new ResizeObserver(() => { if ($("svg").clientWidth !== wide) { wide = $("svg").clientWidth; draw(); } })
      .observe($("chart"));
  }

  const oikit = { data, text, words, calm, svg: $("svg"), $, attr, el, label, html, clamp, write, fill, put, erfc,
    tween, later, stop, touch, change, draw, choose, slider, choice, button, handle, mount, facts,
    get open() { return open; }, get bet() { return bet; }, set hush(is) { quiet = is; },
    state: () => ({ ...state }),
    startOf: (name) => page.start[name],
    set(patch) { touch(); reveal(null, false); state = { ...state, ...patch }; settled(); change({}); } };
  window.oikit = oikit;
})();
