// The 15% line. The state is where the line stands and how far up the axis reaches.
(() => {
  "use strict";
  const { data, svg, el, attr, label, clamp, write, tween, change, $ } = window.oikit;
  const { ratio, first, steps, article, wait, highest, highest_at: peakAt, near, far, own, marks } = data;
  const n = ratio.length, DAY = 864e5, t0 = Date.parse(`${first}T00:00:00Z`);

  // An episode: the first day above the line. The next one may begin when its wait is over.
  function above(threshold) {
    const days = [], episodes = [];
    let free = 0;
    ratio.forEach((value, day) => {
      if (value === null || !(value > threshold)) { return; }
      days.push(day);
      if (day >= free) { episodes.push(day); free = day + wait; }
    });
    return { days, episodes };
  }
  function facts({ threshold }) {
    const { days, episodes } = above(threshold), times = threshold / highest;
    const key = days.length ? (days.length === data.known ? "all" : days.length === 1 ? "one" : "some")
      : times < 1.05 ? "just" : "never";
    return { threshold, days: days.length, episodes: episodes.length, highest, times, known: data.known,
      span: data.span, wait, title: `${key}_title`, says: key };
  }

  const at = (threshold) => {
    let best = 0;
    steps.forEach((step, i) => { if (Math.abs(step - threshold) < Math.abs(steps[best] - threshold)) { best = i; } });
    return best;
  };
  const toZoom = (top) => (100 * Math.log(top / near)) / Math.log(far / near);
  const toTop = (z) => near * (far / near) ** (z / 100);

  const clip = el("rect", {}, el("clipPath", { id: "above" }, el("defs", {}, svg)));
  const grid = el("g", {}, svg), known = el("g", {}, svg), rugs = el("g", {}, svg);
  const curve = el("path", { fill: "none", stroke: "var(--data)", "stroke-linejoin": "round" }, svg);
  const hot = el("path", { fill: "none", stroke: "var(--accent)", "stroke-width": 2.6, "stroke-linejoin": "round",
    "clip-path": "url(#above)" }, svg);
  const notes = el("g", {}, svg), grip = el("g", {}, svg);
  const wire = el("line", { stroke: "var(--accent)", "stroke-width": 2 }, grip);
  const hit = el("rect", { fill: "transparent", height: 32 }, grip);
  const pill = el("rect", { rx: 14, height: 28, fill: "var(--accent)" }, grip);
  const ring = el("rect", { class: "ring", rx: 17, height: 34 }, grip);
  const word = label(grip, 0, 0, "", "on", "middle");
  let box = {}, growing = false, shape = "";

  function draw({ threshold, top }, found, open) {
    const W = svg.clientWidth || 1000, small = W < 560, H = small ? 400 : 474;
    const left = 0, wide = W, up = 14, high = H - (small ? 132 : 128);
    box = { up, high };
    const x = (day) => left + (wide * day) / (n - 1), y = (v) => up + high * (1 - v / top), line = y(threshold);
    attr(svg, { viewBox: `0 0 ${W} ${H}`, height: H, "aria-label": open
      ? "Open interest as a share of all coins, day by day, without its scale"
      : `Open interest as a share of all coins, day by day, and a line at ${write(threshold, "p")}` });
    for (const g of [grid, known, rugs, notes]) { g.textContent = ""; }

    // The scale is part of the answer: before the bet there are no numbers on it.
    const rough = top / 4, ten = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((k) => k * ten).find((s) => s >= rough * 0.8);
    for (let v = 0; v < top * 0.985; v += step) {
      const yy = y(v);
      el("line", { x1: left, x2: left + wide, y1: yy, y2: yy, stroke: v ? "var(--line)" : "var(--faint)" }, grid);
      if (!open && Math.abs(yy - line) > 18 && (v || top < 0.1 * far)) {
        label(grid, left, yy - 5, `${+(100 * v).toPrecision(4)}%`, "halo");
      }
    }
    const years = new Date(t0).getUTCFullYear(), last = new Date(t0 + n * DAY).getUTCFullYear();
    for (let year = years + 1; year <= last; year += 1) {
      const day = (Date.UTC(year, 0, 1) - t0) / DAY;
      if (day > n - 1) { break; }
      el("line", { x1: x(day), x2: x(day), y1: y(0), y2: y(0) + 6, stroke: "var(--faint)" }, grid);
      label(grid, x(day), y(0) + 21, year, "", "middle");
    }
    if (last === years) {
      label(grid, left, y(0) + 21, first);
      label(grid, left + wide, y(0) + 21, new Date(t0 + (n - 1) * DAY).toISOString().slice(0, 10), "", "end");
    }

    const now = `${W} ${top}`;
    if (shape !== now) {
      shape = now;
      let d = "", pen = "M";
      ratio.forEach((v, day) => {
        if (v === null) { pen = "M"; return; }
        d += `${pen}${x(day).toFixed(1)} ${y(v).toFixed(1)}`;
        pen = "L";
      });
      attr(curve, { d, "stroke-width": top > 0.15 * far ? 2.4 : 1.8 });
      attr(hot, { d });
    }
    hot.style.display = grip.style.display = open || line < -40 ? "none" : "";
    attr(grip, { tabindex: open ? -1 : 0, "aria-hidden": open });
    if (open) { label(notes, left, up + 4, data.what, "ink halo"); return; }

    const leftward = peakAt > n / 2;  // away from the arrow
    for (const [value, long, short] of marks) {
      const seen = clamp((0.93 * top - value) / (0.12 * top), 0, 1) * clamp((value - 0.12 * top) / (0.03 * top), 0, 1);
      if (seen <= 0 || Math.abs(y(value) - line) < 20 || value < 1.2 * highest) { continue; }
      const g = el("g", { opacity: seen }, known);
      el("line", { x1: left, x2: left + wide, y1: y(value), y2: y(value), stroke: "var(--soft)",
        "stroke-dasharray": "2 5" }, g);
      label(g, leftward ? left + 56 : left + wide, y(value) - 6, small ? short : long, "halo", leftward ? "start" : "end");
    }
    attr(clip, { x: 0, width: W, y: -60, height: Math.max(0, line + 60) });

    // Days and episodes, one strip each.
    const { days, episodes } = above(threshold), row = (k) => up + high + (small ? 46 : 44) + k * 38;
    const strip = (k, says, spans, high_) => {
      el("line", { x1: left, x2: left + wide, y1: row(k) + 14, y2: row(k) + 14, stroke: "var(--line)" }, rugs);
      el("path", { d: spans.map(([from, to]) => `M${from.toFixed(1)} ${row(k) + 14 - high_}H${to.toFixed(1)}v${high_}H${from.toFixed(1)}z`).join(""),
        fill: "var(--accent)", opacity: k ? 1 : 0.6 }, rugs);
      label(rugs, left, row(k), says, spans.length ? "acc halo" : "halo");
    };
    const half = wide / n / 2;
    const many = (count, one, more) => `${write(count)} ${count === 1 ? one : more}`;
    strip(0, `${many(days.length, "day", "days")} above the line`, days.map((d) => [x(d) - half, x(d) + half]), 9);
    strip(1, `${many(episodes.length, "episode", "episodes")}${small ? "" : `, each at least ${wait} days after the last`}`,
      episodes.map((d) => [x(d), Math.min(left + wide, x(d) + Math.max(3, (2 * half * wait) - 2))]), 9);
    for (const day of episodes) {
      el("circle", { cx: x(day), cy: y(ratio[day]), r: 5, fill: "var(--bg)", stroke: "var(--accent)", "stroke-width": 2.4 }, notes);
    }

    // How far away is the line?
    const xx = clamp(x(peakAt), small ? 130 : 190, left + wide - 10), yh = y(highest);
    if (found.times > 1.5 && yh - line > 100 && line > -10) {
      el("path", { d: `M${xx} ${line + 16}V${yh - 8}M${xx - 5} ${line + 24}l5 -9l5 9M${xx - 5} ${yh - 16}l5 9l5 -9`,
        fill: "none", stroke: "var(--accent)", "stroke-width": 1.6 }, notes);
      const middle = line + (yh - line) * 0.4;
      label(notes, xx - 12, middle, `${write(found.times, "x")} times`, `acc halo ${small ? "mid" : "big"}`, "end");
      label(notes, xx - 12, middle + (small ? 20 : 24), `the highest day, ${write(highest, "p")}`, "halo", "end");
    } else if (top < 0.2 * far && (threshold < highest * 0.97 || threshold > highest * 1.06)) {
      label(notes, clamp(x(peakAt), 70, wide - 70), yh - 9, `highest day: ${write(highest, "p")}`, "ink halo", "middle");
    }

    const isArticle = threshold === article;
    word.textContent = `${isArticle ? "the article’s line" : "your line"}: ${write(threshold, "p")}  ↕`;
    const room = word.textContent.length * 8 + 24, px = left + (small ? 0 : 70);
    attr(wire, { x1: left, x2: left + wide, y1: line, y2: line });
    attr(hit, { x: left, width: wide, y: line - 16 });
    attr(pill, { x: px, y: line - 14, width: room });
    attr(ring, { x: px - 3, y: line - 17, width: room + 6 });
    attr(word, { x: px + room / 2, y: line + 5 });
    zoom.value = Math.round(toZoom(top) * 2) / 2;
    back.textContent = top > 0.5 * far ? "Back to this coin" : `Show the ${write(article, "p")} line`;
    mover.fresh();
  }

  const mover = window.oikit.handle(grip, {
    name: "The line", axis: "y", size: () => steps.length, at: () => at(window.oikit.state().threshold),
    says: () => write(window.oikit.state().threshold, "p"),
    go(k) {
      const { top } = window.oikit.state(), threshold = steps[k];
      const fits = threshold > top * 0.97 ? clamp(threshold / 0.9, near, far)
        : threshold < top * 0.06 ? clamp(threshold / 0.5, near, far) : top;
      change({ threshold, top: fits });
    },
    drag(_, py) {
      const { top } = window.oikit.state();
      let value = top * (1 - (py - box.up) / box.high);
      if (top > 0.5 * far && Math.abs(value - article) < 0.0035) { value = article; }
      change({ threshold: steps[at(value)] });
      if (py < box.up + 12) { grow(); } else { growing = false; }
    },
  });
  // Held at the upper edge, the line pulls the axis along.
  function grow() {
    if (growing) { return; }
    growing = true;
    requestAnimationFrame(function next() {
      const { top } = window.oikit.state();
      if (!growing || !document.documentElement.classList.contains("dragging") || top >= far) { growing = false; return; }
      const more = Math.min(far, top * 1.012);
      change({ top: more, threshold: steps[at(Math.min(steps[steps.length - 1], more * 0.97))] });
      requestAnimationFrame(next);
    });
  }

  const zoom = window.oikit.slider({ label: "Zoom out", min: 0, max: 100, step: 0.5, value: 0,
    says: (z) => `axis up to ${write(toTop(z), "p")}` }, (z) => {
    const top = toTop(z), { threshold } = window.oikit.state();
    change(threshold > top * 0.97 && top < far ? { top, threshold: steps[at(top * 0.93)] } : { top });
  });
  function fly(to, done) {
    const from = window.oikit.state();
    window.oikit.hush = true;
    tween(2600, (u) => {
      const top = u === 1 ? to.top : from.top * (to.top / from.top) ** u;
      const threshold = u === 1 ? to.threshold : steps[at(from.threshold * (to.threshold / from.threshold) ** u)];
      if (u === 1) { window.oikit.hush = false; }
      change({ top, threshold });
    }, done);
  }
  const back = window.oikit.button("Back to this coin", () => {
    const out = window.oikit.state().top > 0.5 * far;
    fly(out ? { top: near, threshold: own } : { top: far, threshold: article });
  }, "go");
  window.oikit.mount({ facts, draw, reveal: () => fly({ top: far, threshold: article }) });
})();
