// The line-up. The state is the market, how many cases a panel averages, the number of the deal, and the pick:
// 0 is none yet, -1 none wanted, else the panel.
(() => {
  "use strict";
  const { data, svg, el, attr, label, html, clamp, write, tween, change, $, calm } = window.oikit;
  const { hours, markets, panels: N, jump } = data;
  const END = hours.length - 1;

  // The same numbers for the same seed, here and in Python.
  function dice(seed) {
    let s = seed >>> 0;
    const next = () => {
      s = (s + 0x9e3779b9) >>> 0;
      let z = s;
      z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
      z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
      return (z ^ (z >>> 15)) >>> 0;
    };
    return (below) => Math.floor((next() / 4294967296) * below);
  }
  // Each panel takes its cases from the top of a deck, so that none stands in two, as far as the deck reaches.
  function deal({ market, cases, seed }) {
    const { real: jumps, other } = markets[market], roll = dice(seed), real = roll(N);
    const deck = (pool) => {
      const order = pool.map((_, i) => i);
      let at = 0;
      return () => {
        if (at + cases > order.length) { at = 0; }
        const sums = hours.map(() => 0);
        for (let k = 0; k < cases; k += 1, at += 1) {
          const j = at + roll(order.length - at);
          [order[at], order[j]] = [order[j], order[at]];
          pool[order[at]].forEach((v, h) => { sums[h] += v; });
        }
        return sums;
      };
    };
    const hit = deck(jumps), miss = deck(other);
    return { real, sums: Array.from({ length: N }, (_, i) => (i === real ? hit() : miss())) };
  }
  let dealt = "", here;
  const current = (state) => {
    const key = [state.market, state.cases, state.seed].join();
    if (dealt !== key) { dealt = key; here = deal(state); }
    return here;
  };
  const deeper = ({ real, sums }) => sums.filter((each) => each[END] < sums[real][END]).length;

  // How often guessing finds as many, or more.
  function chance(found, rounds) {
    let p = 0, ways = 1;
    for (let i = 0; i <= rounds; i += 1) {
      if (i >= found) { p += ways * (1 / N) ** i * (1 - 1 / N) ** (rounds - i); }
      ways = (ways * (rounds - i)) / (i + 1);
    }
    return Math.min(1, p);
  }
  const times = (n, among) => `${n === 1 ? "once" : `${n} times`} in ${among}`;
  const often = (p) => (p >= 0.995 ? "nearly always" : p >= 0.0095 ? times(Math.round(100 * p), "100")
    : p >= 0.00095 ? times(Math.round(1000 * p), "1,000") : "less than once in 1,000");

  function facts(state) {
    const { market, cases, seed, picked, found, rounds } = state, now = current(state), own = markets[market];
    const shared = { seed, cases, found, rounds, eye: own.eye[cases] };
    if (!picked) { return { ...shared, title: "again_title", says: `again_${cases}` }; }
    const moved = now.sums[now.real][END] / cases / 1e4, others = deeper(now), p = chance(found, rounds);
    const title = rounds >= 5 ? (found === 0 ? "none_title" : p > 0.05 ? "luck_title" : "skill_title")
      : moved >= 0 ? "rose_title" : ["deepest_title", "second_title"][others] || "others_title";
    const tail = own.link === null ? "unknown" : !own.link ? (shared.eye > 6 ? "null_luck" : "null") : `link_${cases}`;
    const first = picked < 0 || rounds === 1 ? [] : [picked === now.real + 1 ? "picked_right" : "picked_wrong"];
    return { ...shared, real: now.real + 1, picked, moved, deeper: others, chance: p, often: often(p), title,
      says: [...first, ...(rounds >= 3 ? ["score"] : ["eye", tail])] };
  }

  html("style", "", `#list { outline: none; } .cell { cursor: pointer; } .cell .bg { fill: var(--field); }
    .cell:hover .bg { fill: var(--tint); } .told .cell { cursor: default; } .told .cell:hover .bg { fill: var(--field); }
    .told .cell.real .bg { fill: var(--tint); } .cursor { fill: none; stroke: var(--accent); stroke-width: 3; opacity: 0; }
    #list:focus-visible .cursor { opacity: 1; } .dots { font-size: 18px; line-height: 36px; letter-spacing: 2px;
    color: var(--accent); white-space: nowrap; min-width: 92px; } .dots i { font-style: normal; font-size: 14px;
    letter-spacing: 0; color: var(--soft); }`, document.head);
  const list = el("g", { id: "list", tabindex: 0, role: "listbox", "aria-label": "Twenty charts, one of them real" }, svg);
  let cursor = 0, pile = 0, chosen = 0;

  function draw(state, found, open) {
    const W = svg.clientWidth || 1000, small = W < 560, columns = small ? 4 : 5, rows = N / columns;
    const gap = small ? 6 : 10, w = (W - gap * (columns - 1)) / columns, h = small ? 64 : W < 900 ? 88 : 100;
    const H = rows * (h + gap) - gap + 24, { real, sums } = current(state), told = !open && state.picked !== 0;
    const paths = sums.map((each) => each.map((v) => v / state.cases / 1e4));
    const most = Math.max(0.002, ...paths.flat()) * 1.05, least = Math.min(-0.002, ...paths.flat()) * 1.05;
    const step = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5].filter((s) => s < -least * 0.95).pop() || 0.005;
    attr(svg, { viewBox: `0 0 ${W} ${H}`, height: H, "aria-label": "Twenty small charts of a price, from a day before to three days after" });
    list.textContent = "";
    list.setAttribute("class", told ? "told" : "");
    const side = small ? 92 : 116, whole = [0, 0, W - side, H - 30];
    const place = (i) => [(i % columns) * (w + gap), Math.floor(i / columns) * (h + gap), w, h]
      .map((v, k) => v + (whole[k] - v) * pile);
    const mine = open ? chosen - 1 : state.picked - 1, pad = small ? 6 : 10;
    const order = paths.map((_, i) => i).sort((a, b) => (told ? (a === real) - (b === real) : 0) || (a === mine) - (b === mine));
    for (const i of order) {
      const [x0, y0, ww, hh] = place(i), me = told && i === real, my = i === mine, path = paths[i], end = path[END];
      const x = (t) => x0 + pad + ((ww - 2 * pad) * (t - hours[0])) / (hours[END] - hours[0]);
      const y = (v) => y0 + 19 + ((hh - 26) * (most - v)) / (most - least);
      const g = el("g", { class: me ? "cell real" : "cell", id: `panel${i}`, role: "option", "aria-selected": my,
        "aria-label": `number ${i + 1}, ends at ${write(end, "p1")}${me ? ", the real one" : ""}` }, list);
      el("rect", { class: "bg", x: x0, y: y0, width: ww, height: hh, rx: 6, opacity: (1 - pile) ** 2 }, g);
      const lead = pile > 0.5 && i === order[0];
      if (pile < 0.02 || lead) {
        for (const v of [-step, step]) {
          if (v < most && v > least) { el("line", { x1: x(hours[0]), x2: x(hours[END]), y1: y(v), y2: y(v), stroke: "var(--faint)", "stroke-dasharray": "1 5" }, g); }
        }
        el("line", { x1: x(hours[0]), x2: x(hours[END]), y1: y(0), y2: y(0), stroke: "var(--faint)" }, g);
      }
      if (lead) { label(g, x(hours[0]), y(-step) - 4, write(-step, "p1").replace(".0", ""), "halo"); }
      const line = (from, to) => hours.slice(from, to).map((t, k) => `${k ? "L" : "M"}${x(t).toFixed(1)} ${y(path[from + k]).toFixed(1)}`).join("");
      const dim = told && !me && !my ? 0.55 : 1, zero = hours.indexOf(0);
      el("path", { d: line(0, zero + 1), fill: "none", stroke: "var(--soft)", "stroke-width": 1.6, opacity: 0.6 * dim }, g);
      el("path", { d: line(zero), fill: "none", stroke: me ? "var(--accent)" : my ? "var(--ink)" : "var(--data)",
        "stroke-width": me ? 3.2 : small ? 1.7 : 2.1, "stroke-linejoin": "round", opacity: dim }, g);
      if (pile < 0.02 || me) { el("path", { d: `M${x(0)} ${y(0) - 5}l5 9h-10z`, fill: me ? "var(--accent)" : "var(--ink)", opacity: dim }, g); }
      const ends = `${end > 0 ? "+" : ""}${write(end, "p1")}`;
      if (pile < 0.5) {
        const top = y0 + (small ? 14 : 17);
        label(g, x0 + pad, top, i + 1, me ? "acc" : my ? "ink b" : "");
        if (me) {
          label(g, x0 + ww - pad, top, my ? (small ? "found" : "yours, and real") : "real", "acc", "end");
          if (!small) { label(g, x0 + ww - pad, y(end) > y0 + hh / 2 ? y0 + 34 : y0 + hh - 8, ends, "acc", "end"); }
        } else if (my) { label(g, x0 + ww - pad, top, small || open ? "yours" : "your pick", "ink b", "end"); }
        if (me || my) {
          el("rect", { x: x0 + 1, y: y0 + 1, width: ww - 2, height: hh - 2, rx: 5, fill: "none", "stroke-width": 2,
            stroke: me ? "var(--accent)" : "var(--ink)", "stroke-dasharray": me ? "none" : "4 3" }, g);
        }
      } else if (me) { label(g, x(hours[END]) + 8, y(end) + 5, `real: ${ends}`, "acc halo"); }
      else if (my) {
        const yr = y(paths[real][END]), yy = y(end), apart = Math.abs(yr - yy) < 18 ? yr + (yy < yr ? -18 : 18) : yy;
        label(g, x(hours[END]) + 8, apart + 5, `you: ${ends}`, "ink b halo");
      }
      g.onclick = () => pick(i);
    }
    if (pile < 0.02) {
      const [x0, y0, ww, hh] = place(cursor);
      el("rect", { class: "cursor", x: x0 + 1.5, y: y0 + 1.5, width: ww - 3, height: hh - 3, rx: 6 }, list);
    }
    attr(list, { "aria-activedescendant": `panel${cursor}` });
    // One time axis, under the lowest row.
    const wide = pile > 0.5 ? whole[2] : w, at = (t) => pad + ((wide - 2 * pad) * (t - hours[0])) / (hours[END] - hours[0]);
    if (small && pile < 0.5) { label(list, 0, H - 4, "▲ the spike; each line ends 3 days later"); }
    else {
      const long = wide > 300;
      if (wide > 170) { label(list, at(hours[0]), H - 4, long ? "a day before" : "−1 d"); }
      label(list, at(0) - 5, H - 4, long ? "▲ open interest spikes" : "▲ spike", "ink");
      label(list, at(hours[END]), H - 4, long ? "3 days later" : "+3 d", "", "end");
      if (pile < 0.02) { label(list, w + gap + pad, H - 4, `dotted: ${write(step, "p1").replace(".0", "")} up or down`); }
    }
    means.value = state.cases;
    where.value = state.market;
    view.value = state.view;
    view.outer.hidden = !told;
    next.textContent = told ? "New line-up" : "Show me";
    const { rounds, found: right } = state, last = tally().slice(-6);
    score.textContent = rounds ? `${right} of ${rounds}` : "";
    dots.replaceChildren(rounds ? last.map((ok) => (ok ? "●" : "○")).join("") : html("i", "", "no round yet"));
  }

  // Rounds are counted for each market and each mean of their own.
  const tallies = {};
  const tally = (state = window.oikit.state()) => (tallies[[state.market, state.cases]] ??= []);
  function pick(i) {
    const { open, state } = window.oikit;
    cursor = i;
    if (open) { chosen = i + 1; window.oikit.choose(chosen, `number ${chosen}`); window.oikit.draw(); return; }
    if (state().picked) { return; }
    window.oikit.touch();
    settle(i + 1);
  }
  function settle(picked) {
    const state = window.oikit.state(), mine = tally(state);
    if (picked > 0) { mine.push(picked === current(state).real + 1); }
    change({ picked, found: mine.filter(Boolean).length, rounds: mine.length });
  }
  function fresh(patch) {
    const state = { ...window.oikit.state(), ...patch }, mine = tally(state);
    if (!markets[state.market].eye[state.cases]) { return; }
    pile = 0;
    change({ ...patch, seed: 1 + Math.floor(Math.random() * 9999), picked: 0, view: "apart",
      found: mine.filter(Boolean).length, rounds: mine.length });
  }
  attr(list, {}).addEventListener("keydown", (event) => {
    const columns = svg.clientWidth < 560 ? 4 : 5;
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns }[event.key];
    if (by && cursor + by >= 0 && cursor + by < N) { cursor += by; }
    else if (event.key === "Home" || event.key === "End") { cursor = event.key === "Home" ? 0 : N - 1; }
    else if (event.key === "Enter" || event.key === " ") {
      if (!window.oikit.open && window.oikit.state().picked) { window.oikit.touch(); fresh({}); } else { pick(cursor); }
    } else if (!by) { return; }
    event.preventDefault();
    window.oikit.draw();
  });

  const means = window.oikit.choice({ label: "Each chart shows", options: data.cases.map((k) => ({ value: String(k),
    shows: k === 1 ? "1 case" : `mean of ${k}` })) }, (k) => fresh({ cases: +k }));
  const where = window.oikit.choice({ label: data.which, options: Object.entries(markets).map(([value, each]) => (
    { value, shows: each.shows })) }, (market) => fresh({ market, cases: markets[market].eye[window.oikit.state().cases] === undefined ? 1 : window.oikit.state().cases }));
  const tray = html("div", "ctl fit", "", $("controls")), head = html("div", "top", "", tray);
  html("span", "", "Right so far", head);
  const score = html("output", "", "", head), dots = html("div", "dots", "", tray);
  const view = window.oikit.choice({ label: "Show", options: ["apart", "on top"].map((v) => ({ value: v, shows: v })) }, (v) => {
    const from = pile, to = v === "on top" ? 1 : 0;
    change({ view: v });
    tween(900, (u) => { pile = from + (to - from) * u; window.oikit.draw(); });
  });
  const next = window.oikit.button("New line-up", () => {
    if (window.oikit.state().picked) { fresh({}); } else { settle(-1); }
  }, "go");
  window.oikit.lineUp = { deal, deeper };  // what a test deals, too
  window.oikit.mount({ facts, draw, answer: (state) => current(state).real + 1,
    reveal: (bet) => settle(bet ? bet.choice : -1) });
})();
