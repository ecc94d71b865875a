// Calibration. The state is how far the forecasts are bent (timid to overconfident) and shifted; the days stay.
(() => {
  "use strict";
  const { data, svg, el, attr, label, clamp, write, tween, change } = window.oikit;
  const { honest, came, group: EACH, says: SAYS, base, z, none, ranges } = data, N = honest.length;
  const odds = (p) => Math.log(p / (1 - p)), chance = (o) => 1 / (1 + Math.exp(-o)), MIDDLE = Math.log(base / (1 - base));
  const bendOf = (b) => 3 ** (b / 100);
  const sum = (list) => list.reduce((a, b) => a + b, 0), mean = (list) => sum(list) / list.length;
  const said = ({ bend, shift }) => honest.map((p) => chance(MIDDLE + shift / 100 + bendOf(bend) * (odds(p) - MIDDLE)));
  const brier = (p) => mean(p.map((v, i) => (v - came[i]) ** 2)), best = brier(said({ bend: 0, shift: 0 }));

  // The 30 days in a row that say nearest to 80% on average; what was said rises from day to day.
  function key(p) {
    let start = 0, apart = 9;
    for (let i = 0; i + EACH <= N; i += 1) {
      const d = +Math.abs(mean(p.slice(i, i + EACH)) - SAYS).toFixed(9);
      if (d < apart) { start = i; apart = d; }
    }
    return start;
  }
  const group = (p, from, to) => ({ n: to - from, said: mean(p.slice(from, to)), hits: sum(came.slice(from, to)) });
  const luck = (p, n) => z * Math.sqrt((p * (1 - p)) / n);
  const outside = (g) => Math.abs(g.hits / g.n - g.said) > luck(g.said, g.n);
  function facts(state) {
    const p = said(state), start = key(p), g = group(p, start, start + EACH), score = brier(p);
    return { said: g.said, came: g.hits / EACH, hits: g.hits, missed: EACH - g.hits, start, score, brier: score.toFixed(3),
      kept: (none - score) / (none - best), title: Math.abs(g.said - SAYS) < 0.01 ? "key_title" : "surest_title",
      says: ["group", outside(g) ? "more" : "luck", !state.bend && !state.shift ? "honest" : score <= none ? "beats" : "worse"] };
  }

  const grid = el("g", {}, svg), band = el("g", {}, svg), dots = el("g", {}, svg), bars = el("g", {}, svg), notes = el("g", {}, svg);
  const grip = el("g", {}, svg), hit = el("rect", { fill: "transparent", width: 48, height: 48 }, grip);
  const knob = el("circle", { r: 12, fill: "var(--accent)" }, grip), ring = el("circle", { class: "ring", r: 16 }, grip);
  const arrows = label(grip, 0, 0, "↕", "on", "middle");
  let box = {};

  function draw(state, found, open) {
    const W = svg.clientWidth || 1000, small = W < 560, wide = small ? W : Math.min(620, W * 0.6), up = 20, high = small ? 240 : 380;
    const H = up + high + (small ? 128 : 44), x = (p) => wide * p, y = (p) => up + high * (1 - p), p = said(state);
    box = { up, high };
    attr(svg, { viewBox: `0 0 ${W} ${H}`, height: H, "aria-label": "What was said against what happened, and the Brier score" });
    for (const g of [grid, band, dots, bars, notes]) { g.textContent = ""; }
    for (const v of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
      el("line", { x1: 0, x2: wide, y1: y(v), y2: y(v), stroke: v ? "var(--line)" : "var(--faint)" }, grid);
      if (v) { label(grid, 0, y(v) - 4, `${write(v, "p0")}${v === 1 ? " of the days it happens" : ""}`, "halo"); }
      label(grid, x(v), y(0) + 20, v === SAYS ? "it says 80%" : v === 1 && small ? "" : write(v, "p0"), v === SAYS ? "ink b" : "",
        v === 1 ? "end" : v ? "middle" : "start");
    }
    // Where 95 of 100 honest groups of 30 lie.
    const edge = (sign) => Array.from({ length: 101 }, (_, i) => [x(i / 100), y(clamp(i / 100 + sign * luck(i / 100, EACH), 0, 1))]);
    el("path", { d: `M${[...edge(1), ...edge(-1).reverse()].map((at) => at.map((v) => v.toFixed(1)).join(" ")).join("L")}Z`,
      fill: "var(--data)", opacity: 0.13 }, band);
    el("line", { x1: 0, y1: y(0), x2: wide, y2: y(1), stroke: "var(--data)", "stroke-dasharray": "5 5" }, band);
    el("line", { x1: x(SAYS), x2: x(SAYS), y1: y(0), y2: y(1), stroke: "var(--accent)", "stroke-dasharray": open ? "none" : "2 4", "stroke-width": 1.5 }, band);
    const above = open || state.bend >= 0, words = above ? [small ? 0.6 : 0.48, small ? 0.92 : 0.9, "end"] : [0.56, 0.2, "start"];
    label(notes, x(words[0]), y(words[1]), "the band: what luck does", "halo", words[2]);
    label(notes, x(words[0]), y(words[1]) + 18, "to an honest forecaster", "halo", words[2]);
    grip.style.display = open ? "none" : "";
    if (open) { label(notes, x(SAYS) - 12, y(0.45), "?", "acc big halo", "end"); }
    else {
      const from = found.start, cuts = [];
      for (let e = from; e > 0; e -= EACH) { cuts.push([Math.max(0, e - EACH), e]); }
      for (let s = from + EACH; s < N; s += EACH) { cuts.push([s, Math.min(N, s + EACH)]); }
      for (const [a, b] of cuts.filter(([s, e]) => e - s >= 10)) {
        const g = group(p, a, b), happens = g.hits / g.n, out = outside(g), r = Math.sqrt(g.n / EACH) * (small ? 6 : 8);
        el("line", { x1: x(g.said), x2: x(g.said), y1: y(g.said), y2: y(happens), stroke: "var(--faint)" }, dots);
        el("circle", { cx: x(g.said), cy: y(happens), r, fill: out ? "var(--data)" : "var(--bg)", stroke: "var(--data)", "stroke-width": 2 }, dots);
      }
      const kx = x(found.said), ky = y(found.came), low = found.came < found.said;
      el("line", { x1: kx, x2: kx, y1: y(found.said), y2: ky, stroke: "var(--accent)", "stroke-width": 3 }, dots);
      attr(hit, { x: kx - 24, y: ky - 24 });
      for (const c of [knob, ring]) { attr(c, { cx: kx, cy: ky }); }
      attr(arrows, { x: kx, y: ky + 5 });
      label(notes, clamp(kx, 55, wide - 55), ky + (low ? 34 : -22), `${found.hits} of 30 days`, "acc halo", "middle");
    }

    // The score, against the one who always says the base rate.
    const most = small ? 0.36 : 0.3, bad = found.score > none, text = `always 30%: ${none.toFixed(3)}`;
    if (small) {
      const y0 = up + high + 58, X = (v) => (W * Math.min(v, most)) / most;
      label(bars, 0, y0 - 10, "Brier score, lower is better", "ink b");
      if (!open) {
        el("rect", { x: 0, y: y0, width: X(Math.min(found.score, none)), height: 28, fill: "var(--data)" }, bars);
        if (bad) { el("rect", { x: X(none), y: y0, width: X(found.score) - X(none), height: 28, fill: "var(--accent)" }, bars); }
        label(bars, 8, y0 + 19, found.brier, "on b");
      }
      el("line", { x1: X(none), x2: X(none), y1: y0 - 4, y2: y0 + 34, stroke: "var(--ink)", "stroke-width": 2 }, bars);
      label(bars, X(none), y0 + 52, text, "ink b", "middle");
    } else {
      const x0 = wide + 60, Y = (v) => up + high * (1 - Math.min(v, most) / most), w = Math.min(120, (W - x0) * 0.36), bx = x0 + 16;
      label(bars, x0, up + 4, "Brier score", "ink mid");
      label(bars, x0, up + 24, "lower is better");
      el("line", { x1: x0, x2: W, y1: Y(0), y2: Y(0), stroke: "var(--faint)" }, bars);
      if (!open) {
        el("rect", { x: bx, y: Y(Math.min(found.score, none)), width: w, height: Y(0) - Y(Math.min(found.score, none)), fill: "var(--data)" }, bars);
        if (bad) { el("rect", { x: bx, y: Y(found.score), width: w, height: Y(none) - Y(found.score), fill: "var(--accent)" }, bars); }
        const inside = !bad && Y(found.score) - Y(none) < 30;
        label(bars, bx + w / 2, Y(found.score) + (inside ? 24 : -9), found.brier, inside ? "on mid" : bad ? "acc halo mid" : "ink halo mid", "middle");
        label(bars, bx + w / 2, Y(0) + 20, "this forecaster", "ink", "middle");
        el("line", { x1: bx, x2: bx + w + 14, y1: Y(best), y2: Y(best), stroke: "var(--soft)", "stroke-width": 1.5, "stroke-dasharray": "4 3" }, bars);
        label(bars, bx + w + 20, Y(best) + 5, `honest ${best.toFixed(3)}`);
      }
      el("line", { x1: x0, x2: W, y1: Y(none), y2: Y(none), stroke: "var(--ink)", "stroke-width": 2 }, bars);
      label(bars, W, Y(none) - 9, text, "ink b halo", "end");
    }
    bends.value = state.bend;
    shifts.value = state.shift;
    mover.fresh();
  }

  const word = (b) => (b < -50 ? "very timid" : b < -10 ? "timid" : b <= 10 ? "as bold as it should be" : b <= 85 ? "overconfident" : "very overconfident");
  const [low, high] = ranges.bend, size = high - low + 1;
  const mover = window.oikit.handle(grip, { name: "How often it happens when it says 80%", axis: "y", size: () => size,
    at: () => high - window.oikit.state().bend, go: (k) => change({ bend: high - k }),
    says: () => { const now = facts(window.oikit.state()); return `says ${write(now.said, "p0")}, happens on ${write(now.came, "p0")} of the days`; },
    drag(_, py) {
      // How far must the forecasts be bent, so that 80% are said where honestly this would be?
      const wanted = clamp(1 - (py - box.up) / box.high, 0.34, 0.95), { shift } = window.oikit.state();
      const bend = (odds(SAYS) - MIDDLE - shift / 100) / (odds(wanted) - MIDDLE);
      change({ bend: clamp(Math.round((100 * Math.log(Math.max(0.34, bend))) / Math.log(3)), low, high) });
    } });
  const bends = window.oikit.slider({ label: "Timid ↔ overconfident", min: low, max: high, step: 1, value: window.oikit.startOf("bend"),
    says: word }, (bend) => change({ bend }));
  const shifts = window.oikit.slider({ label: "Too low ↔ too high", min: ranges.shift[0], max: ranges.shift[1], step: 1,
    value: window.oikit.startOf("shift"), says: (s) => (s < -100 ? "far too low" : s < -15 ? "too low" : s <= 15 ? "just right"
      : s <= 100 ? "too high" : "far too high") }, (shift) => change({ shift }));
  window.oikit.button("Make it honest", () => {
    const from = window.oikit.state();
    window.oikit.hush = true;
    tween(1200, (u) => {
      if (u === 1) { window.oikit.hush = false; }
      change({ bend: Math.round(from.bend * (1 - u)), shift: Math.round(from.shift * (1 - u)) });
    });
  }, "go");
  window.oikit.mount({ facts, draw });
})();
