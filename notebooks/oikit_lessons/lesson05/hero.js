// Dominoes. The state is how each side is levered, how deep the book is, and the shock.
(() => {
  "use strict";
  const { data, svg, el, attr, label, html, clamp, write, calm, later, stop, change } = window.oikit;
  const { price, prices, depths, leverage, shocks } = data, N = 20;

  // Round by round, as oikit.cascade.cascade does it: whom the price has reached is sold, and that moves the price.
  function follow({ longs, shorts, depth }, shock) {
    const way = shock > 0 ? 1 : -1, side = way > 0 ? "short" : "long", at = prices[way > 0 ? shorts : longs][side];
    const round = at.map(() => 0), steps = [{ price: price * (1 + shock), forced: 0, total: 0 }];
    while (shock) {
      const { price: now, total } = steps[steps.length - 1];
      let forced = 0;
      at.forEach((closed, i) => {
        if (!round[i] && (now - closed) * way >= 0 && closed > 0) { round[i] = steps.length; forced += 1; }
      });
      if (!forced) { break; }
      const all = total + forced, next = price * (1 + shock + (way * all) / (100 * depths[depth]));
      steps.push({ price: Math.max(0, next), forced, total: all });
    }
    return { side, round, steps };
  }
  const end = ({ steps }) => steps[steps.length - 1];

  function facts(state) {
    const { shock, longs, shorts } = state;
    if (!shock) { return { title: "rest_title", says: "rest" }; }
    const there = follow(state, shock), back = follow(state, -shock), up = shock > 0;
    const fallen = end(there).total, mirror = end(back).total, side = up ? "shorts" : "longs", other = up ? "longs" : "shorts";
    const title = fallen !== mirror ? `${(fallen > mirror ? side : other).slice(0, -1)}_title`
      : !fallen ? "neither_title" : longs === shorts ? "same_title" : "both_title";
    return { move: up ? "rise" : "fall", size: Math.abs(shock), side, other, fallen, rounds: there.steps.length - 1,
      stop: end(there).price / price - 1, mirror, mirror_stop: end(back).price / price - 1, title,
      says: [fallen ? "hit" : "miss", mirror ? "mirror_hit" : "mirror_miss"] };
  }

  html("style", "", `.domino { transition: transform .36s cubic-bezier(.5,0,.9,.5), fill .2s; }
    .calm .domino { transition: none; }`, document.head);
  if (calm) { svg.classList.add("calm"); }
  const axis = el("g", {}, svg), push = el("g", {}, svg), stones = el("g", {}, svg), notes = el("g", {}, svg);
  const dominoes = { long: [], short: [] };
  for (const side of ["long", "short"]) {
    for (let i = 0; i < N; i += 1) { dominoes[side].push(el("rect", { class: "domino", rx: 1.5 }, stones)); }
  }
  const grip = el("g", {}, svg);
  const wire = el("line", { stroke: "var(--ink)", "stroke-width": 2 }, grip);
  const hit = el("rect", { fill: "transparent", width: 48 }, grip);
  const knob = el("circle", { r: 15, fill: "var(--ink)" }, grip), ring = el("circle", { class: "ring", r: 19 }, grip);
  const arrows = label(grip, 0, 0, "◂ ▸", "", "middle");
  Object.assign(arrows.style, { fill: "var(--bg)", fontSize: "13px" });
  const LOW = 0.7 * price, HIGH = 1.3 * price;
  let played = Infinity, wide = 1000;

  // Rounds fall one after the other; whatever is touched next ends that.
  function play(patch) {
    played = 0;
    change(patch);
    const last = follow(window.oikit.state(), window.oikit.state().shock).steps.length - 1;
    if (calm) { played = Infinity; window.oikit.draw(); return; }
    (function next() {
      if (played >= last) { played = Infinity; stop(); window.oikit.draw(); return; }
      later(played ? 560 : 450, () => { played += 1; window.oikit.draw(); next(); });
    })();
  }

  function draw(state, found, open) {
    const W = svg.clientWidth || 1000, small = W < 560, { shock } = state, run = follow(state, shock);
    const last = Math.min(played, run.steps.length - 1), x = (p) => clamp((W * (p - LOW)) / (HIGH - LOW), 0, W);
    const narrow = W < 900, floor = small ? 226 : narrow ? 240 : 258, tall = small ? 84 : 124, stone = small ? 4.2 : 8.5, rows = narrow ? 5 : 6, high = small ? 21 : 22;
    const H = floor + 58 + rows * high, top = floor - tall - 40;
    wide = W;
    attr(svg, { viewBox: `0 0 ${W} ${H}`, height: H, "aria-label":
      "Both sides on one price axis: each domino stands at the price where it is liquidated" });
    for (const g of [axis, push, notes]) { g.textContent = ""; }
    el("line", { x1: 0, x2: W, y1: floor, y2: floor, stroke: "var(--faint)", "stroke-width": 1.5 }, axis);
    for (let m = -30; m <= 30; m += small ? 15 : 10) {
      const xx = x(price * (1 + m / 100)), anchor = m === -30 ? "start" : m === 30 ? "end" : "middle";
      el("line", { x1: xx, x2: xx, y1: floor, y2: floor + 6, stroke: "var(--faint)" }, axis);
      label(axis, xx, floor + 22, write(price * (1 + m / 100), "$"), "ink", anchor);
      label(axis, xx, floor + 39, m ? `${m > 0 ? "+" : "−"}${Math.abs(m)}%` : "now", "", anchor);
    }
    // The shock, and what forced orders added to it.
    const now = run.steps[last].price, first = run.steps[0].price;
    const band = (a, b, fill) => el("rect", { x: Math.min(x(a), x(b)), width: Math.abs(x(b) - x(a)), y: top, height: floor - top, fill }, push);
    if (shock) {
      band(price, first, "var(--field)");
      if (last) {
        band(first, now, "var(--tint)");
        el("line", { x1: x(now), x2: x(now), y1: top, y2: floor, stroke: "var(--accent)", "stroke-width": 2.5 }, push);
      }
    }
    let fallen = 0;
    for (const side of ["long", "short"]) {
      const mix = state[`${side}s`], mine = side === run.side && shock, beside = {};
      prices[mix][side].forEach((p, i) => {
        const round = mine ? run.round[i] : 0, down = round > 0 && round <= last, node = dominoes[side][i];
        fallen += down;
        if (down) { beside[round] = (beside[round] ?? -1) + 1; }
        attr(node, { x: -stone / 2, y: -tall, width: stone, height: tall, fill: down ? "var(--accent)" : "var(--data)",
          stroke: "var(--bg)", "stroke-width": 0.8 });
        node.style.transitionDelay = down && !calm ? `${beside[round] * 22}ms` : "0ms";
        node.style.transform = `translate(${x(p).toFixed(1)}px,${floor}px) rotate(${down ? (side === "long" ? -62 : 62) : 0}deg)`;
        if ((i === 0 || i === N - 1) && !down && (!open || !small)) {
          const lever = leverage[mix][i ? 0 : 1];
          label(notes, x(p), floor - tall - 8, `${lever}x`, "halo", "middle");
        }
      });
      const [low, most] = leverage[mix], count = mine && fallen;
      label(notes, side === "long" ? 0 : W, 20, side === "long" ? "Longs" : "Shorts", "ink mid", side === "long" ? "start" : "end");
      label(notes, side === "long" ? 0 : W, 40, count ? `${count} of 20 fall` : `20 dominoes, ${low}x–${most}x`, count ? "acc" : "",
        side === "long" ? "start" : "end");
    }
    // The price: dragged, once the bet is made.
    const px = x(price * (1 + shock)), ky = small ? 66 : 40;
    grip.style.display = open ? "none" : "";
    attr(wire, { x1: px, x2: px, y1: ky + 10, y2: floor });
    attr(hit, { x: px - 24, y: ky - 20, height: floor - ky + 20 });
    for (const c of [knob, ring]) { attr(c, { cx: px, cy: ky }); }
    attr(arrows, { x: px, y: ky + 4.5 });
    if (open) {
      el("line", { x1: px, x2: px, y1: top, y2: floor, stroke: "var(--ink)", "stroke-width": 2 }, notes);
      label(notes, px, top - 8, "the price now", "ink b", "middle");
    } else if (!shock) { label(notes, px + 22, ky + 5, small ? "drag me" : "drag the price", "ink b halo"); }
    else {
      const left = shock < 0, said = `shock ${write(shock, "+p1").replace(".0", "")}`;
      const side = left === (px < W - 120) || px < 110;
      label(notes, px + (side ? 21 : -21), ky + 5, said, "ink b halo", side ? "start" : "end");
      if (last) {
        const ex = x(now), tight = left ? ex < 124 : W - ex < 124, from = left !== tight;
        label(notes, ex + (from ? -8 : 8), top + 14, `stops at ${write(now / price - 1, "+p1")}`, "acc halo", from ? "end" : "start");
      }
    }
    // The rounds, a row each.
    const y0 = floor + 60, inside = (text, at) => (shock < 0 ? Math.min(at, W - text.length * 8.6) : Math.max(at, text.length * 8.6));
    if (shock) {
      run.steps.slice(0, last + 1).slice(0, rows).forEach((step, k) => {
        const from = k ? run.steps[k - 1].price : price, y = y0 + k * high, more = last + 1 - rows;
        el("line", { x1: x(from), x2: x(step.price), y1: y, y2: y, "stroke-width": 9, stroke: k ? "var(--accent)" : "var(--ink)" }, notes);
        let text = k ? `round ${k}: ${step.forced} ${step.forced === 1 ? "domino" : "dominoes"} ${shock < 0 ? "sold" : "bought back"}` : "the shock";
        if (k === rows - 1 && more > 0) { text += `, and ${more} more ${more === 1 ? "round" : "rounds"}`; }
        const edge = shock < 0 ? Math.max(x(from), x(step.price)) + 10 : Math.min(x(from), x(step.price)) - 10;
        label(notes, inside(text, edge), y + 5, text, k ? "acc halo" : "ink halo", shock < 0 ? "start" : "end");
      });
      if (!end(run).total) { label(notes, x(price) + (shock < 0 ? 10 : -10), y0 + high + 5, "nobody is reached", "", shock < 0 ? "start" : "end"); }
    } else if (!open) { label(notes, x(price), y0 + 5, "each round will be drawn here", "", "middle"); }
    ls.value = state.longs;
    ss.value = state.shorts;
    bs.value = state.depth;
    mover.fresh();
  }

  const at = () => shocks.indexOf(window.oikit.state().shock);
  const mover = window.oikit.handle(grip, { name: "The shock", axis: "x", size: () => shocks.length, at,
    says: () => { const { shock } = window.oikit.state(); return shock ? `a ${shock > 0 ? "rise" : "fall"} of ${write(Math.abs(shock), "p")}` : "no shock"; },
    go: (k) => play({ shock: shocks[k] }),
    drag(px) {
      const wanted = (LOW + (px / wide) * (HIGH - LOW)) / price - 1;
      played = Infinity;
      change({ shock: shocks.reduce((best, each) => (Math.abs(each - wanted) < Math.abs(best - wanted) ? each : best)) });
    } });
  const mixes = Object.keys(leverage).map((value) => ({ value, shows: value }));
  const ls = window.oikit.choice({ label: "Longs’ leverage", options: mixes }, (longs) => play({ longs }));
  const ss = window.oikit.choice({ label: "Shorts’ leverage", options: mixes }, (shorts) => play({ shorts }));
  const bs = window.oikit.choice({ label: "Order book", options: Object.keys(depths).map((value) => ({ value, shows: value })) },
    (depth) => play({ depth }));
  window.oikit.button("Play again", () => play({ shock: window.oikit.state().shock || -0.05 }), "go");
  window.oikit.mount({ facts, draw, reveal: () => { window.oikit.hush = true; play({ shock: -0.05 });
    (function wait() { if (played === Infinity || calm) { window.oikit.hush = false; window.oikit.draw(); } else { setTimeout(wait, 100); } })(); } });
})();
