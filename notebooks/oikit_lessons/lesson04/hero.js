// 1,000 weeks. The state is three counts of 100 (weeks with a dump, dumps caught, quiet weeks with an alarm) and
// which weeks are shown.
(() => {
  "use strict";
  const { data, svg, el, attr, label, html, write, calm, tween, change, $ } = window.oikit;
  const { weeks: N, rows: ROWS, ranges, views } = data;
  const halfUp = (part, whole) => Math.floor((2 * part + whole) / (2 * whole));

  function facts({ dumps, caught, false_alarms: cried }) {
    const with_ = Math.floor((N * dumps) / 100), right = halfUp(with_ * caught, 100), wrong = halfUp((N - with_) * cried, 100);
    const alarms = right + wrong, share = alarms ? halfUp(100 * right, alarms) : 0;
    return { weeks: N, dump_weeks: with_, caught, false_alarms: cried, right, wrong, alarms, share, wrong_share: 100 - share,
      title: !alarms ? "silent_title" : share < 50 ? "false_title" : "right_title",
      says: !alarms ? ["silent"] : ["count", !wrong ? "every" : wrong > right ? "outweighed" : "mixed"] };
  }

  // Each kind of week is one path of round dots: a drag redraws four paths, not a thousand circles.
  const layer = (stroke, more = {}) => el("path", { fill: "none", stroke, "stroke-linecap": "round", ...more }, svg);
  const quiet = layer("var(--line)"), missed = layer("var(--ink)"), right = layer("var(--accent)");
  const wrong = layer("var(--accent)"), hole = layer("var(--bg)"), notes = el("g", {}, svg);
  let sorted = 0, rung = 0;  // how far the alarms have been gathered, and how many of them have rung so far

  // Where every week stands: the dumps first. On a phone the blocks stand one above the other.
  function places(found, W, small) {
    const { dump_weeks: d } = found, q = N - d, top = small ? 28 : 30;
    const grid = (count, columns, x0, y0, cell, up) => (k) => {
      const row = Math.floor(k / columns);
      return [x0 + cell * ((k % columns) + 0.5), up ? y0 + cell * (up - row - 0.5) : y0 + cell * (row + 0.5)];
    };
    if (small) {
      const cell = W / 40, y2 = top + Math.ceil(d / 40) * cell + 32;
      return { cell, first: grid(d, 40, 0, top, cell), second: grid(q, 40, 0, y2, cell), x2: 0, y1: top, y2, bottom: top + 26 * cell + 34 };
    }
    const gap = 26, c1 = Math.max(1, Math.ceil(d / ROWS)), c2 = Math.ceil(q / ROWS), cell = (W - gap) / (c1 + c2);
    const x2 = c1 * cell + gap;
    return { cell, first: grid(d, c1, 0, top, cell, ROWS), second: grid(q, c2, x2, top, cell, ROWS), x2, y1: top, y2: top,
      bottom: top + ROWS * cell };
  }

  function draw(state, found, open) {
    const W = svg.clientWidth || 1000, small = W < 560, at = places(found, W, small), { cell } = at;
    const high = small ? at.bottom + 8 : 30 + Math.min(20 * cell, 400) + 30, squash = small ? 1 : Math.min(1, 400 / (20 * cell));
    attr(svg, { viewBox: `0 0 ${W} ${high}`, height: high, "aria-label": `${N} weeks as dots: ${found.dump_weeks} with a dump`
      + (open ? "" : `, ${found.right} right alarms, ${found.wrong} false ones`) });
    notes.textContent = "";
    const paths = { quiet: "", missed: "", right: "", wrong: "" };
    const ring = open ? 0 : Math.round(rung * found.alarms), columns = Math.ceil(Math.sqrt(found.alarms * (small ? 1.2 : 2.6))) || 1;
    const room = Math.min(W / columns, small ? 400 : (400 / Math.ceil(found.alarms / columns || 1)), small ? 14 : 36);
    let k = 0;
    const put = (kind, [x, y]) => { paths[kind] += `M${x.toFixed(1)} ${y.toFixed(1)}h0`; };
    const stand = ([x, y]) => [x, small ? y : 30 + (y - 30) * squash];
    const gather = ([x, y]) => {
      const column = k % columns, row = Math.floor(k / columns), to = [room * (column + 0.5), at.y1 + room * (row + 0.5)];
      k += 1;
      return [x + (to[0] - x) * sorted, y + (to[1] - y) * sorted];
    };
    for (let i = 0; i < found.dump_weeks; i += 1) {
      const is = i < found.right && k < ring, place = stand(at.first(i));
      if (is) { put("right", gather(place)); } else { put("missed", place); }
    }
    for (let i = 0; i < N - found.dump_weeks; i += 1) {
      const is = i < found.wrong && k < ring, place = stand(at.second(i));
      if (is) { put("wrong", gather(place)); } else { put("quiet", place); }
    }
    const size = Math.max(5, Math.min(cell, small ? cell : cell * squash) * 0.74), big = size + (room * 0.74 - size) * sorted;
    const fade = (1 - sorted) ** 2;
    for (const [node, d, w, opacity] of [[quiet, paths.quiet, size, fade], [missed, paths.missed, size, fade],
      [right, paths.right, big, 1], [wrong, paths.wrong, big, 1], [hole, paths.wrong, big - 4, 1]]) {
      attr(node, { d: d || "M0 0", "stroke-width": d ? Math.max(1, w) : 0, opacity });
    }
    // Words beside what they count.
    const gathered = sorted > 0.5, all = rung > 0.99 && !open;
    if (!gathered) {
      label(notes, 0, at.y1 - 10, `${found.dump_weeks} ${found.dump_weeks === 1 ? "week" : "weeks"} with a dump`, "ink b");
      const x = small ? 0 : Math.max(at.x2, 205), y = small ? at.y2 - 10 : at.y1 - 10;
      label(notes, x, y, `${N - found.dump_weeks} quiet weeks${small && all ? `, ${found.wrong} of them false alarms` : ""}`, small && all ? "acc" : "");
      if (all && !small) {
        const wide = at.x2 < 90;
        label(notes, 0, high - 8, `${found.right} right`, "acc");
        label(notes, wide ? 90 : at.x2, high - 8, `${found.wrong} false alarms`, "acc");
      }
    } else {
      label(notes, 0, at.y1 - 10, `all ${found.alarms} alarms: ${found.right} right first, then ${found.wrong} false`, "acc");
    }
    dumps.value = state.dumps;
    caught.value = state.caught;
    cried.value = state.false_alarms;
    view.value = state.view;
  }

  const of = (v) => `${v} of 100`;
  const slider = (name, key, says) => window.oikit.slider({ label: name, min: ranges[key][0], max: ranges[key][1], step: 1,
    value: window.oikit.startOf(key), says }, (value) => { rung = 1; change({ [key]: value }); });
  const dumps = slider("Weeks with a dump", "dumps", of), caught = slider("Dumps caught", "caught", of);
  const cried = slider("False alarms", "false_alarms", (v) => `${v} of 100 quiet`);
  const view = window.oikit.choice({ label: "Show", options: views.map((v) => ({ value: v, shows: v })) }, (v) => {
    const from = sorted, to = v === views[1] ? 1 : 0;
    rung = 1;
    change({ view: v });
    tween(900, (u) => { sorted = from + (to - from) * u; window.oikit.draw(); });
  });
  window.oikit.mount({ facts, draw, reveal() {
    window.oikit.hush = true;
    tween(2400, (u) => { rung = u; if (u === 1) { window.oikit.hush = false; } window.oikit.draw(); });
  }, settle(state) { rung = 1; sorted = state.view === views[1] ? 1 : 0; } });
})();
