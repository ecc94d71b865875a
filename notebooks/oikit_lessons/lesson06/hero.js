// Growth against leverage. The state is drift and volatility of the price a year, and the leverage that is held.
(() => {
  "use strict";
  const { data, svg, el, attr, label, clamp, write, tween, change, erfc } = window.oikit;
  const { rows, rate, steps, ranges, presets } = data, LOW = 0.2, HIGH = 25;

  const wealthOf = ({ drift, volatility }, L) => 100 * Math.exp(L * drift - (L * volatility) ** 2 / 2);
  // How likely a long, opened once and left alone, is liquidated within a year (oikit.risk.liquidation_probability).
  function goneOf({ drift, volatility: s }, L) {
    const level = (1 - 1 / L) / (1 - rate);
    if (level <= 0) { return 0; }
    if (level >= 1) { return 1; }
    const a = -Math.log(level), m = -(drift - s * s / 2);
    const tail = 0.5 * erfc((a + m) / s / Math.SQRT2);
    return Math.min(1, 0.5 * erfc((a - m) / s / Math.SQRT2) + Math.exp((2 * m * a) / (s * s)) * tail);
  }
  function facts(state) {
    const { drift, volatility, leverage } = state, best = drift / volatility ** 2;
    return { leverage, best, twice: 2 * best, wealth: wealthOf(state, leverage), gone: goneOf(state, leverage),
      title: best <= 0 ? "none_title" : best < 0.995 ? "below_title" : "above_title",
      says: ["wealth", best <= 0 ? "loses" : Math.abs(leverage / best - 1) < 0.02 ? "best" : leverage > 2 * best ? "past"
        : leverage > best ? "more" : "less"] };
  }

  const defs = el("defs", {}, svg), shade = el("linearGradient", { id: "shade", x1: 0, x2: 1, y1: 0, y2: 0 }, defs);
  const stops = Array.from({ length: 25 }, (_, i) => el("stop", { offset: i / 24, "stop-color": "var(--accent)" }, shade));
  const plot = el("rect", {}, el("clipPath", { id: "plot" }, defs)), shown = el("rect", {}, el("clipPath", { id: "shown" }, defs));
  const risk = el("rect", { fill: "url(#shade)", "clip-path": "url(#shown)" }, svg), grid = el("g", {}, svg);
  const promise = el("path", { fill: "none", stroke: "var(--soft)", "stroke-width": 2, "stroke-dasharray": "7 5", "clip-path": "url(#plot)" }, svg);
  const curve = el("path", { fill: "none", stroke: "var(--data)", "stroke-width": 3, "stroke-linejoin": "round", "clip-path": "url(#shown)" }, svg);
  const notes = el("g", {}, svg), grip = el("g", {}, svg);
  const drop = el("line", { stroke: "var(--accent)", "stroke-width": 1.5, "stroke-dasharray": "2 4" }, grip);
  const hit = el("rect", { fill: "transparent", width: 48 }, grip);
  const knob = el("circle", { r: 11, fill: "var(--accent)", stroke: "var(--bg)", "stroke-width": 2.5 }, grip);
  const ring = el("circle", { class: "ring", r: 15 }, grip);
  let drawn = 0, wide = 1000;  // how much of the curve has been drawn

  function draw(state, found, open) {
    const W = svg.clientWidth || 1000, small = W < 560, H = small ? 400 : 452, up = 30, high = H - up - 84;
    const { drift, leverage } = state, { best } = found, peak = best > LOW ? wealthOf(state, best) : 100;
    const top = Math.max(150, peak * 1.25), x = (L) => (W * Math.log(L / LOW)) / Math.log(HIGH / LOW);
    const y = (v) => up + high * (1 - Math.min(v, top * 1.05) / top), every = Array.from({ length: 161 }, (_, i) => LOW * (HIGH / LOW) ** (i / 160));
    wide = W;
    attr(svg, { viewBox: `0 0 ${W} ${H}`, height: H, "aria-label": "What 100 dollars become in a year, against leverage" });
    for (const g of [grid, notes]) { g.textContent = ""; }
    attr(plot, { x: 0, y: 4, width: W, height: up + high - 4 });
    attr(shown, { x: 0, y: 4, width: open ? 0 : W * drawn, height: up + high });
    attr(risk, { x: 0, y: 8, width: W, height: up + high - 8 });
    stops.forEach((stop, i) => attr(stop, { "stop-opacity": (0.18 * goneOf(state, LOW * (HIGH / LOW) ** (i / 24))).toFixed(3) }));

    const rough = top / (small ? 3 : 4), ten = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((k) => k * ten).find((s) => s >= rough * 0.8);
    for (let v = 0; v < top; v += step) {
      if (v && Math.abs(v - 100) < step * 0.35) { continue; }
      el("line", { x1: 0, x2: W, y1: y(v), y2: y(v), stroke: v ? "var(--line)" : "var(--faint)" }, grid);
      if (v) { label(grid, 0, y(v) - 5, write(v, "$"), "halo"); }
    }
    el("line", { x1: 0, x2: W, y1: y(100), y2: y(100), stroke: "var(--soft)", "stroke-dasharray": "2 5" }, grid);
    label(grid, 0, y(100) + (drift > 0 ? 18 : -6), "$100 at the start", "halo");
    for (const L of [0.2, 0.5, ...rows]) {
      el("line", { x1: x(L), x2: x(L), y1: y(0), y2: y(0) + 6, stroke: "var(--faint)" }, grid);
      label(grid, x(L), y(0) + 22, L === 0.2 && !small ? "0.2x leverage" : `${L}x`, rows.includes(L) ? "ink b" : "", L === 0.2 ? "start" : "middle");
    }
    const through = (value, floor) => every.map((L, i) => `${i ? "L" : "M"}${x(L).toFixed(1)} ${floor(value(L)).toFixed(1)}`).join("");
    attr(promise, { d: through((L) => 100 * Math.exp(drift * L), (v) => Math.max(-200, up + high * (1 - v / top))) });
    const out = drift > 0 ? Math.log((top * 0.9) / 100) / drift : 99;
    if (out < HIGH) {
      label(notes, x(clamp(out, LOW, HIGH)) - 12, y(top * 0.9) + 5, open ? (small ? "20% × leverage?" : "the promise: the drift, times leverage")
        : small ? "average account" : "the average account: few winners, many losers", "halo", "end");
    }
    grip.style.display = open || drawn < 1 ? "none" : "";
    if (open) {
      label(notes, x(small ? 4 : 5), y(top * 0.4), small ? "and most accounts?" : "and what becomes of most accounts?", "ink mid", "middle");
      return;
    }
    attr(curve, { d: through((L) => wealthOf(state, L), y) });
    if (drawn < 1) { return; }

    // The chances, a row under the axis.
    label(notes, 0, y(0) + 48, small ? "Left alone, liquidated in a year:" : "Opened once and left alone, it is liquidated within a year:");
    let last = -99;
    for (const L of rows) {
      if (x(L) - last < 36) { continue; }
      last = x(L);
      label(notes, x(L), y(0) + 70, write(goneOf(state, L), "p0"), goneOf(state, L) > 0.5 ? "acc" : "ink b", "middle");
    }
    // The rows on the curve, its peak, and where half are liquidated.
    const far = (a, b, room) => Math.abs(x(a) - x(b)) > room, seen = best >= LOW && best <= HIGH;
    for (const L of rows) {
      const v = wealthOf(state, L), climbs = L < best;
      el("circle", { cx: x(L), cy: y(v), r: 5, fill: "var(--bg)", stroke: "var(--data)", "stroke-width": 2.4 }, notes);
      if (far(L, leverage, small ? 36 : 48) && (!seen || far(L, best, small ? 42 : 60))) {
        label(notes, x(L) + (v < 8 ? 0 : climbs ? -9 : 10), y(v) - (v < 8 ? 11 : 7), write(v, "m"), "ink halo", v < 8 ? "middle" : climbs ? "end" : "start");
      }
    }
    if (seen && far(best, leverage, small ? 32 : 48)) {
      const side = peak > 130 ? -1 : 1, half = small ? 66 : 84;
      el("path", { d: `M${x(best) - 6} ${y(peak) + side * 19}h12l-6 ${-side * 11}z`, fill: "var(--ink)" }, notes);
      label(notes, clamp(x(best), half, W - half), y(peak) + (side < 0 ? -27 : small ? 50 : 37), `best: ${write(best, "t")} → ${write(peak, "m")}`, "ink b halo", "middle");
    }
    const half = every.find((L) => goneOf(state, L) > 0.5);
    if (half && x(half) < W - (small ? 160 : 250)) {
      el("line", { x1: x(half), x2: x(half), y1: 8, y2: 36, stroke: "var(--accent)", "stroke-width": 1.5 }, notes);
      label(notes, x(half) + 7, 24, small ? "liquidation likely →" : "more likely liquidated than not →", "ink b");
    }
    const px = x(leverage), py = y(found.wealth), right = px > W - (small ? 110 : 160);
    attr(drop, { x1: px, x2: px, y1: py, y2: y(0) });
    attr(hit, { x: px - 24, y: 8, height: up + high + 12 });
    for (const c of [knob, ring]) { attr(c, { cx: px, cy: py }); }
    label(notes, px + (right ? -15 : 15), clamp(py - (py > y(0) - 34 ? 30 : 15), 56, y(0) - 14),
      `${small ? "" : "you: "}${write(leverage, "t")} → ${write(found.wealth, "m")}`, "acc halo", right ? "end" : "start");
    drifts.value = Math.round(100 * drift);
    swings.value = Math.round(100 * state.volatility);
    mover.fresh();
  }

  const near = (L) => steps.reduce((found, each, i) => (Math.abs(Math.log(each / L)) < Math.abs(Math.log(steps[found] / L)) ? i : found), 0);
  const mover = window.oikit.handle(grip, { name: "Your leverage", axis: "x", size: () => steps.length,
    at: () => near(window.oikit.state().leverage), go: (k) => change({ leverage: steps[k] }),
    says: () => { const now = window.oikit.state(); return `${write(now.leverage, "t")}, ${write(wealthOf(now, now.leverage), "m")} after a year`; },
    drag(px) {
      const wanted = clamp(LOW * (HIGH / LOW) ** (px / wide), LOW, 20), row = rows.find((L) => Math.abs(Math.log(wanted / L)) < 0.04);
      change({ leverage: row || steps[near(wanted)] });
    } });
  const slider = (name, key) => window.oikit.slider({ label: name, min: 100 * ranges[key][0], max: 100 * ranges[key][1], step: 1,
    value: 100 * window.oikit.startOf(key), says: (v) => write(v / 100, "p0") }, (v) => change({ [key]: v / 100 }));
  const drifts = slider("Drift a year", "drift"), swings = slider("Volatility a year", "volatility");
  for (const [name, drift, volatility] of presets) {
    window.oikit.button(name, () => {
      const from = window.oikit.state();
      window.oikit.hush = true;
      tween(900, (u) => {
        if (u === 1) { window.oikit.hush = false; }
        change(u === 1 ? { drift, volatility } : { drift: from.drift + (drift - from.drift) * u,
          volatility: from.volatility + (volatility - from.volatility) * u });
      });
    });
  }
  window.oikit.mount({ facts, draw, settle() { drawn = 1; }, reveal() {
    window.oikit.hush = true;
    tween(1800, (u) => { drawn = u; if (u === 1) { window.oikit.hush = false; } window.oikit.draw(); });
  } });
})();
