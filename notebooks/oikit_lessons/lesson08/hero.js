// The best of many rules without skill. The state is the number of the draw and how many rules are tried.
(() => {
  "use strict";
  const { data, svg, el, attr, label, clamp, write, tween, change, erfc } = window.oikit;
  const { rules: RULES, steps: STEPS, days: DAYS, luck } = data;

  // Each rule has a stream of its own, so that more rules leave the others as they are; the same as in Python.
  function stream(seed, rule) {
    let s = (rule * 104729 + seed * 7919) >>> 0;
    const next = () => {
      s = (s + 0x9e3779b9) >>> 0;
      let z = Math.imul(s ^ (s >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (((z ^ (z >>> 15)) >>> 0) + 0.5) / 2 ** 32;
    };
    return Array.from({ length: 2 * STEPS }, () => { const u = next(); return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * next()); });
  }
  let dealt = 0, table = [];
  function draws(seed, rules) {
    if (dealt !== seed) { dealt = seed; table = []; }
    while (table.length < rules) {
      const steps = stream(seed, table.length), root = Math.sqrt(STEPS);
      const path = (year) => { let sum = 0; return [0, ...steps.slice(year * STEPS, (year + 1) * STEPS).map((z) => (sum += z) / root)]; };
      const first = path(0), second = path(1);
      table.push({ first, second, sharpe: first[STEPS], next: second[STEPS] });
    }
    return table.slice(0, rules);
  }
  const normal = (x) => 0.5 * erfc(-x / Math.SQRT2);
  // How sure one can be that a year's Sharpe ratio is above a bar (oikit.stats.probabilistic_sharpe, normal returns).
  const sure = (yearly, bar) => {
    const daily = yearly / Math.sqrt(DAYS);
    return normal(((daily - bar / Math.sqrt(DAYS)) * Math.sqrt(DAYS - 1)) / Math.sqrt(1 + daily ** 2 / 2));
  };
  function facts({ seed, rules }) {
    const all = draws(seed, rules), number = all.reduce((best, each, i) => (each.sharpe > all[best].sharpe ? i : best), 0);
    const { sharpe, next } = all[number], kind = rules === 1 ? "one" : "many";
    return { rules, number: number + 1, best: sharpe, next, luck: luck[rules], alone: sure(sharpe, 0), counted: sure(sharpe, luck[rules]),
      title: `${kind}_title`, says: kind };
  }

  const grid = el("g", {}, svg), crowd = el("path", { fill: "none", stroke: "var(--data)", "stroke-width": 0.8, opacity: 0.45 }, svg);
  const later = el("path", { fill: "none", stroke: "var(--soft)", "stroke-width": 0.8, opacity: 0.4 }, svg);
  const star = el("path", { fill: "none", stroke: "var(--accent)", "stroke-width": 3.2, "stroke-linejoin": "round" }, svg);
  const notes = el("g", {}, svg);
  let poured = 1, passed = 1;  // how many of the rules stand there, and how much of the next year has passed
  const seen = [];

  function draw({ seed, rules }, found, open) {
    const W = svg.clientWidth || 1000, small = W < 560, H = small ? 400 : 430, up = 30, high = H - up - 66, TOP = 3.7;
    const seam = small ? W * 0.5 : W * 0.47, x1 = seam + (small ? 34 : 62), x2 = W - (small ? 50 : 110), left = small ? 0 : 52;
    const y = (s) => up + high * (0.5 - s / (2 * TOP)), all = draws(seed, open ? 1 : rules);
    attr(svg, { viewBox: `0 0 ${W} ${H}`, height: H, "aria-label": `The gains of ${all.length} rules without skill in a year, and in the year after` });
    for (const g of [grid, notes]) { g.textContent = ""; }
    for (let s = -3; s <= 3; s += 1) {
      el("line", { x1: 0, x2: seam, y1: y(s), y2: y(s), stroke: s ? "var(--line)" : "var(--faint)" }, grid);
      el("line", { x1, x2, y1: y(s), y2: y(s), stroke: s ? "var(--line)" : "var(--faint)" }, grid);
      if (!small || s % 2 === 0) { label(grid, 0, y(s) - 5, write(100 + 20 * s, "$"), "halo"); }
      label(grid, seam + 9, y(s) + 5, write(s), "ink halo");
    }
    el("line", { x1: seam, x2: seam, y1: up - 8, y2: up + high + 6, stroke: "var(--ink)", "stroke-width": 1.5 }, grid);
    label(grid, seam, 14, "Sharpe ratio", "ink b", "middle");
    label(grid, left, H - 34, open ? "one rule in one year" : "the year you test on", "ink");
    if (!open) { label(grid, x1, H - 34, "the next year", "ink"); }
    const count = Math.max(1, Math.round(all.length * poured)), last = Math.round(STEPS * passed);
    const path = (line, from, to, upTo) => line.slice(0, upTo + 1).map((v, i) => `${i ? "L" : "M"}${(from + ((to - from) * i) / STEPS).toFixed(1)} ${y(clamp(v, -TOP, TOP)).toFixed(1)}`).join("");
    const shown = all.slice(0, count), best = shown.reduce((a, b) => (b.sharpe > a.sharpe ? b : a));
    attr(crowd, { d: shown.map((each) => path(each.first, left, seam, STEPS)).join("") });
    attr(later, { d: open || !last ? "M0 0" : shown.map((each) => path(each.second, x1, x2, last)).join("") });
    attr(star, { d: path(best.first, left, seam, STEPS) + (open || !last ? "" : path(best.second, x1, x2, last)) });
    const yb = y(best.sharpe);
    el("circle", { cx: seam, cy: yb, r: 7, fill: "var(--accent)", stroke: "var(--bg)", "stroke-width": 2 }, notes);
    label(notes, seam - 14, yb - 11, `${shown.length === 1 ? "one rule" : `the best of ${shown.length}`}: ${write(best.sharpe, "s")}`, "acc halo", "end");
    if (open) { return; }
    if (rules > 1 && poured === 1) {
      const yl = y(found.luck);
      el("path", { d: `M${seam + 4} ${yl}l9 -6v12z`, fill: "var(--ink)" }, notes);
      label(notes, seam + (small ? 18 : 66), clamp(yl, up, H) - 12, small ? `luck: ${write(found.luck, "s")}` : `luck lifts the best of ${rules} to ${write(found.luck, "s")}`, "ink halo");
    }
    if (passed === 1) {
      const yn = y(clamp(best.next, -TOP, TOP));
      el("circle", { cx: x2, cy: yn, r: 6, fill: "var(--accent)", stroke: "var(--bg)", "stroke-width": 2 }, notes);
      label(notes, x2 + 11, yn + 5, write(best.next, "s"), "acc halo");
      if (!small) { label(notes, x2 + 11, yn + 24, "the same rule", "halo"); }
    }
    // Earlier draws of as many rules leave a ring each at the seam.
    const mine = seen.filter((each) => each.rules === rules && each.seed !== seed);
    for (const each of mine) { el("circle", { cx: seam, cy: y(each.best), r: 4, fill: "none", stroke: "var(--accent)", "stroke-width": 1.5 }, notes); }
    if (mine.length) {
      const every = [...mine, { best: found.best, next: found.next }], mean = (key) => every.reduce((sum, each) => sum + each[key], 0) / every.length;
      label(notes, 0, H - 8, `${every.length} draws: the best shows ${write(mean("best"), "s")} on average, and ${write(mean("next"), "s")} a year later`, "ink");
    } else { label(notes, 0, H - 8, "Was this draw an exception? Try again."); }
    tries.value = RULES.indexOf(rules);
  }

  const note = () => {
    const { seed, rules } = window.oikit.state(), { best, next } = facts({ seed, rules });
    if (!seen.some((each) => each.seed === seed && each.rules === rules)) { seen.push({ seed, rules, best, next }); }
  };
  const tries = window.oikit.slider({ label: "How many rules do you try?", min: 0, max: RULES.length - 1, step: 1, value: 0,
    says: (i) => (RULES[i] === 1 ? "1 rule" : `${RULES[i]} rules`) }, (i) => { poured = passed = 1; change({ rules: RULES[i] }); note(); });
  function play(from, ms) {
    window.oikit.hush = true;
    tween(ms, (u) => {
      poured = from ? 1 : Math.min(1, 2 * u);
      passed = from ? u : Math.max(0, 2 * u - 1);
      if (u === 1) { window.oikit.hush = false; note(); }
      window.oikit.draw();
    });
  }
  window.oikit.button("Try again", () => { note(); poured = passed = 1; change({ seed: window.oikit.state().seed + 1 }); note(); }, "go");
  window.oikit.mount({ facts, draw, settle() { poured = passed = 1; }, reveal() { poured = passed = 0; change({ rules: data.tried }); play(0, 4200); } });
})();
