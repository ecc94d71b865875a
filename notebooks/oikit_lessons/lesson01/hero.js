// Two people, one contract. The state is the list of trades (who opened, who closed) and the price.
(() => {
  "use strict";
  const { data, text, calm, svg, el, attr, label, html, clamp, write, tween, later, stop, change } = window.oikit;
  const { first, most, room, demo } = data;

  // The books, replayed from the start. Whoever closes is replaced in their place; where both close, the two
  // who are left are tied to each other. Nobody needs the partner they opened with.
  const nameOf = (k) => String.fromCharCode(65 + (k % 26)) + (k < 26 ? "" : Math.floor(k / 26) + 1);
  function replay(trades) {
    const longs = [], shorts = [], path = [first.contracts];
    let next = 0, last = null;
    for (let i = 0; i < first.contracts; i += 1) { longs.push(next++); shorts.push(next++); }
    const swap = (side) => {
      const at = side.indexOf(Math.min(...side)), left = side[at];
      side[at] = next;
      next += 1;
      return [left, side[at]];
    };
    for (const kind of trades) {
      last = { kind };
      if (kind === "oo") { longs.push(last.buyer = next++); shorts.push(last.seller = next++); }
      else if (kind === "oc") { [last.seller, last.buyer] = swap(longs); }
      else if (kind === "co") { [last.buyer, last.seller] = swap(shorts); }
      else {
        last.seller = longs.pop();
        [last.buyer] = shorts.splice(Math.max(0, shorts.length - 2), 1);
      }
      path.push(longs.length);
    }
    return { longs, shorts, path, last, people: next };
  }
  const possible = (books, kind, count) => count < room
    && (kind === "oo" ? books.longs.length < most : books.longs.length > 0);

  function facts({ trades, price, about }) {
    const { longs, shorts, last } = replay(trades), n = longs.length, dearer = price - first.price;
    const found = { contracts: n, longs: n, shorts: shorts.length, volume: trades.length, price, dollars: n * price,
      first_dollars: first.contracts * first.price, moved: Math.abs(dearer) / first.price,
      price_part: first.contracts * dearer, position_part: (n - first.contracts) * first.price,
      cross_part: (n - first.contracts) * dearer, buyer: last ? nameOf(last.buyer) : "",
      seller: last ? nameOf(last.seller) : "" };
    found.change = found.dollars - found.first_dollars;
    let key = last ? last.kind : "start";
    if (about === "full" || about === "empty") { key = about; }
    else if (about !== "trade" && dearer) { key = trades.length ? "parts" : dearer > 0 ? "dearer" : "cheaper"; }
    else if (about === "demo" && trades.join() === demo.join()) { key = "demo"; }
    return { ...found, title: `${key}_title`, says: key };
  }

  // Drawing.
  html("style", "", `.who { transition: transform .7s cubic-bezier(.5,0,.2,1), opacity .5s; }
    .who circle { transition: fill .3s; } .who text { font-size: 13px; font-weight: 650; fill: var(--bg); }
    .who.new text { fill: var(--on); } .who.gone text { fill: var(--soft); } .still .who { transition: none; }
    @media (max-width: 640px) { .who text { font-size: 12px; } }`, document.head);
  const back = el("g", {}, svg), ties = el("g", {}, svg), crowd = el("g", {}, svg), front = el("g", {}, svg);
  const people = new Map();
  svg.classList.add("still");

  function person(k, x, y, from) {
    if (!people.has(k)) {
      const g = el("g", { class: "who" }, crowd);
      g.circle = el("circle", {}, g);
      g.letter = label(g, 0, 4.6, nameOf(k), "", "middle");
      Object.assign(g.style, { transform: `translate(${x}px,${from}px)`, opacity: 0 });
      if (!calm) { g.getBoundingClientRect(); }
      people.set(k, g);
    }
    const g = people.get(k);
    Object.assign(g.style, { transform: `translate(${x.toFixed(1)}px,${y.toFixed(1)}px)`, opacity: 1 });
    return g;
  }

  function drawPeople(books, act, { wide, small, top, bottom }) {
    const n = books.longs.length, x0 = small ? 12 : 82;
    const step = Math.min(small ? 34 : 70, (wide - x0 - (small ? 40 : 128)) / Math.max(1, n));
    const r = Math.min(small ? 12 : 17, step * 0.45), at = (i) => x0 + r + i * step, here = new Set();
    label(front, 0, small ? top - 20 : top + 6, "Longs", small ? "ink b" : "ink mid");
    label(front, 0, small ? bottom + 30 : bottom + 6, "Shorts", small ? "ink b" : "ink mid");
    if (!n) { label(front, x0, (top + bottom) / 2 + 5, "nobody holds a contract"); }
    for (let i = 0; i < n; i += 1) {
      const fresh = act && act.kind === "oo" && i === n - 1;
      el("line", { x1: at(i), x2: at(i), y1: top + r, y2: bottom - r, "stroke-width": fresh ? 4 : 3,
        stroke: fresh ? "var(--accent)" : "var(--faint)" }, ties);
    }
    const stand = (side, y, from, who, opens) => side.forEach((k, i) => {
      here.add(k);
      const isNew = act && opens && k === who, g = attr(person(k, at(i), y, from), { class: isNew ? "who new" : "who" });
      attr(g.circle, { r, fill: isNew ? "var(--accent)" : "var(--data)", stroke: "none" });
      g.letter.style.display = r < 8 ? "none" : "";
    });
    stand(books.longs, top, top - 44, act && act.buyer, act && act.kind[0] === "o");
    stand(books.shorts, bottom, bottom + 44, act && act.seller, act && act.kind[1] === "o");
    // Who has just closed stands beside the row, hollow, until the next trade.
    const gone = (k, y, says) => {
      here.add(k);
      const x = small ? wide - 14 : wide - 106, g = attr(person(k, x, y, y), { class: "who gone" });
      attr(g.circle, { r: small ? 11 : 14, fill: "var(--bg)", stroke: "var(--soft)", "stroke-dasharray": "3 3",
        "stroke-width": 1.6 });
      g.letter.style.display = "";
      if (small) { label(front, wide, y === top ? y - 20 : y + 30, "closed", "", "end"); }
      else { label(front, x + 21, y + 5, says); }
    };
    if (act && act.kind[0] === "c") { gone(act.buyer, bottom, "closed a short"); }
    if (act && act.kind[1] === "c") { gone(act.seller, top, "closed a long"); }
    for (const [k, g] of people) {
      if (here.has(k)) { continue; }
      g.style.opacity = 0;
      if (k >= books.people) { g.remove(); people.delete(k); }
    }
  }

  // Trade by trade: volume is an area that only grows, open interest a line that may fall.
  function drawSteps(books, count, { wide, small, base, high }) {
    const before = small ? 22 : 56, end = wide - (small ? 92 : 150), dx = (end - before) / Math.max(10, count);
    const top = Math.max(8, 1.05 * Math.max(count, ...books.path));
    const x = (i) => before + i * dx, y = (v) => base - (v / top) * high;
    const stairs = (from, value) => books.path.slice(1).reduce(
      (d, _, i) => `${d}H${x(i).toFixed(1)}V${y(value(i + 1)).toFixed(1)}`,
      `M${from} ${y(value(0)).toFixed(1)}`) + `H${x(count).toFixed(1)}`;
    const volume = stairs(before, (i) => i), line = stairs(0, (i) => books.path[i]);
    el("path", { d: `${volume}V${base}H${before}Z`, fill: "var(--line)", opacity: 0.7 }, back);
    el("path", { d: volume, fill: "none", stroke: "var(--data)", "stroke-width": 2 }, back);
    el("path", { d: line, fill: "none", stroke: "var(--accent)", "stroke-width": 3.5, "stroke-linejoin": "round" }, back);
    el("line", { x1: 0, x2: wide, y1: base, y2: base, stroke: "var(--faint)" }, back);
    const yv = count ? y(count) : base - 16, yo = y(books.path[count]), x1 = x(count) + 9, near = Math.abs(yv - yo) < 19;
    const middle = (yv + yo) / 2, up = yo <= yv ? -1 : 1;
    label(front, x1, (near ? middle + 9.5 * up : yo) + 5, "open interest", "acc halo");
    label(front, x1, (near ? middle - 9.5 * up : yv) + 5, count ? "volume" : "volume: none yet", "ink b halo");
    label(front, 0, base + 19, small ? "" : "before");
    books.path.forEach((n, i) => {
      const by = n - books.path[i - 1];
      if (!i || (dx < 18 && i < count)) { return; }
      label(front, x(i - 0.5), base + 19, by > 0 ? "+1" : by < 0 ? "−1" : "0", by ? "acc" : "ink", "middle");
    });
    if (!small && x1 < wide - 225) { label(front, x1, base + 19, count ? "change in open interest" : "one trade, one step"); }
  }

  // Dollars: from the start to now, as price, positions, and what belongs to both.
  function drawDollars(found, { left, wide, base, high }) {
    const parts = [["start", 0, found.first_dollars], ["price", found.first_dollars, found.price_part],
      ["positions", found.first_dollars + found.price_part, found.position_part],
      ["both", found.dollars - found.cross_part, found.cross_part], ["now", 0, found.dollars]];
    const peak = Math.max(...parts.flatMap(([, from, by]) => [from, from + by]), 1.6 * found.first_dollars) * 1.09;
    const each = wide / parts.length, y = (v) => base - (v / peak) * high;
    el("line", { x1: left, x2: left + wide, y1: base, y2: base, stroke: "var(--faint)" }, back);
    parts.forEach(([name, from, by], i) => {
      const whole = i === 0 || i === 4, x = left + i * each + 4, w = each - 8, top = Math.min(y(from), y(from + by));
      const middle = x + w / 2, high_ = Math.max(2, Math.abs(y(from) - y(from + by)));
      el("rect", { x, y: by < 0 || !by ? top : y(from + by), width: w, height: high_, rx: 2,
        fill: i === 0 ? "var(--data)" : i === 4 || by ? "var(--accent)" : "var(--faint)",
        opacity: !whole && by < 0 ? 0.55 : 1 }, back);
      if (whole) {  // one block a contract
        const n = Math.round(by / (i ? found.price : found.first_dollars / first.contracts));
        for (let k = 1; k < n; k += 1) {
          el("line", { x1: x, x2: x + w, y1: y((by * k) / n), y2: y((by * k) / n), stroke: "var(--bg)" }, back);
        }
      }
      if (i < 4) {
        el("line", { x1: x + w, x2: x + each, y1: y(from + by), y2: y(from + by), stroke: "var(--soft)",
          "stroke-dasharray": "2 3" }, back);
      }
      label(front, middle, top - 7, write(by, whole ? "$" : "+$"), whole || by ? "ink b halo" : "halo", "middle")
        .style.fontSize = each < 72 && by >= 1000 && !whole || by >= 10000 ? "12.5px" : "";
      label(front, middle, base + 19, name, whole ? "ink" : "", "middle");
    });
  }

  const shownKinds = { o: ["opens a long", "opens a short"], c: ["closes a short", "closes a long"] };
  let buyer = "o", seller = "o";
  function draw(state, found, open) {
    const W = svg.clientWidth || 1000, small = W < 560, books = replay(state.trades), count = state.trades.length;
    const narrow = W < 900, wide = small ? W : W * (narrow ? 0.565 : 0.64), top = small ? 108 : 98, bottom = small ? 196 : 190, base = small ? 372 : 360;
    const H = small ? (open ? 500 : 640) : 386, right = small ? 0 : W * (narrow ? 0.6 : 0.69);
    attr(svg, { viewBox: `0 0 ${W} ${H}`, height: H,
      "aria-label": `${write(found.contracts)} contracts open: ${found.longs} longs, ${found.shorts} shorts; volume `
        + `${found.volume}; ${write(found.dollars, "$")} open` });
    for (const g of [back, ties, front]) { g.textContent = ""; }
    const number = (x, says, name, cls = "ink", y = 0) => {
      label(front, x, y + 24, says, `big ${cls}`);
      label(front, x, y + 44, name);
    };
    const gap = small ? W / 3 : 150;
    number(0, String(found.contracts), "open interest", "acc");
    number(gap, String(found.volume), "volume");
    number(2 * gap, `${found.longs} = ${found.shorts}`, "longs = shorts");
    if (open) {
      data.what.forEach((line, i) => label(front, small ? 0 : right, (small ? 440 : top - 2) + 22 * i, line, i ? "" : "ink b"));
    } else { number(right, write(found.dollars, "$"), `dollars open: ${found.contracts} × ${write(found.price, "$")}`, "ink", small ? 408 : 0); }
    const act = ["trade", "demo"].includes(state.about) ? books.last : null;
    drawPeople(books, act, { wide, small, top, bottom });
    drawSteps(books, count, { wide, small, base, high: small ? 110 : 116 });
    if (!open) { drawDollars(found, { left: right, wide: W - right, base: small ? 608 : base, high: small ? 130 : base - 84 }); }
    price.value = state.price;
    bs.value = buyer;
    ss.value = seller;
    attr(trade, { "aria-disabled": !possible(books, buyer + seller, count) });
    attr(undo, { "aria-disabled": !count });
  }

  // Controls.
  const { slider, choice, button } = window.oikit;
  const options = (side) => ["o", "c"].map((value) => ({ value, shows: shownKinds[value][side] }));
  const again = () => window.oikit.draw();
  const bs = choice({ label: "The buyer", options: options(0) }, (value) => { buyer = value; again(); });
  const ss = choice({ label: "The seller", options: options(1) }, (value) => { seller = value; again(); });
  const trade = button("Trade", () => {
    const { trades } = window.oikit.state(), books = replay(trades), kind = buyer + seller;
    if (possible(books, kind, trades.length)) { change({ trades: [...trades, kind], about: "trade" }); }
    else { change({ about: books.longs.length && kind === "oo" || trades.length >= room ? "full" : "empty" }); }
  }, "go");
  const undo = button("Undo", () => {
    const { trades } = window.oikit.state();
    if (trades.length) { change({ trades: trades.slice(0, -1), about: "trade" }); }
  });
  const pair = html("div", "pair", "", trade.parentNode);
  pair.append(trade, undo);
  const price = slider({ label: "Price of one coin", min: 200, max: 1000, step: 10, value: first.price,
    says: (v) => write(v, "$") }, (v) => change({ price: v, about: "price" }));

  // The answer: the four kinds of trade, one after the other.
  function reveal() {
    let k = 0;
    (function next() {
      if (k === demo.length) { stop(); change({ about: "demo" }); return; }
      const kind = demo[k];
      [buyer, seller] = kind;
      k += 1;
      change({ trades: demo.slice(0, k), about: "trade" });
      later(k === demo.length ? 2200 : 1900, next);
    })();
  }
  window.oikit.mount({ facts, draw, reveal });
  requestAnimationFrame(() => requestAnimationFrame(() => svg.classList.remove("still")));
})();
