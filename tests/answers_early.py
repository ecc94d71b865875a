"""Answers as learners type them in lessons 00 to 04: for each exercise the right ones, then the wrong ones.

Each wrong one stands with words that its message must hold. They were written from the text of the lessons,
before the rules of the exercises were read. An answer is source code: an expression for each part, or a
function.
"""

from __future__ import annotations

Answers = dict[str, tuple[list[str], list[tuple[str, str]]]]

WHOLE = {
    "event": "funding above 0.05%",
    "horizon": "72 hours",
    "outcome": "the price is 5% lower",
    "comparison": "all other hours",
    "sample": "BNBUSDT, 2023 to 2026",
}


def slots(**changed: str) -> str:
    """The boast rewritten, with other words in some of its slots."""
    return ", ".join(map(repr, (WHOLE | changed).values()))


PATH = """
def oi_path(trades):
    total, path = 0, []
    for t in trades:
        {moves}
        {guard}
        path.append(total)
    {back}
"""
GUARD = 'if total < 0: raise ValueError("too many close")'


COUNTED = "total += t.size * ([t.buyer, t.seller].count('opens') - 1)"


def path(moves: str = COUNTED, guard: str = GUARD, back: str = "return path") -> str:
    return PATH.format(moves=moves, guard=guard, back=back)


WILSON = """
def interval(k, n):
    z, s = {z}, k / n
    half = z * np.sqrt({under})
    middle = s + z**2 / (2 * n)
    low, high = (middle - half) / (1 + z**2 / n), (middle + half) / (1 + z**2 / n)
    return {back}
"""


def wilson(z: str = "1.96", under: str = "s*(1-s)/n + z**2/(4*n**2)", back: str = "low, high") -> str:
    return WILSON.format(z=z, under=under, back=back)


SCORES = """
def score(values, w):
    out = [float("nan")] * w
    for t in range(w, len(values)):
        past = np.array(values[{past}])
        middle = {middle}
        width = {width}
        out.append({score})
    return {back}
"""


def scores(
    past: str = "t - w : t",
    middle: str = "np.median(past)",
    width: str = "1.4826 * np.median(abs(past - middle))",
    score: str = "(values[t] - middle) / width",
    back: str = "out",
) -> str:
    return SCORES.format(past=past, middle=middle, width=width, score=score, back=back)


TAIL = "sum(math.comb(n, j) * 0.05**j * 0.95**(n - j) for j in range({range}))"


def tail(around: str = "{}", over: str = "k, n + 1") -> str:
    return f"lambda k, n: {around.format(TAIL.format(range=over))}"


DEAL = """
def dealt_again(x, y, block, starts):
    rows = {rows}
    x, y = np.array(x), np.array(y)
    return {back}
"""
ROWS = "[(s + i) % len(x) for s in starts for i in range(block)]"


def deal(rows: str = ROWS, back: str = "np.corrcoef(x[rows], y[rows])[0, 1]") -> str:
    return DEAL.format(rows=rows, back=back)


KINDS = '"definition", "arithmetic", "forecast", "not testable", "advice"'

ANSWERS: Answers = {
    "00.1": (
        ["len(market)", "26376", '"26,376"', "market.shape[0]", "np.int64(26_376)", "len(market.index)"],
        [
            ("len(market) - 1", ""),
            ("len(market) + 20", ""),
            ("market.size", "cell"),
            ("len(market) / 24", "days"),
            ("26_400", ""),
        ],
    ),
    "00.2": (
        [KINDS, KINDS.upper(), KINDS.replace("not testable", "not-testable")],
        [
            (KINDS.replace("definition", "forecast"), "a:"),
            (KINDS.replace("arithmetic", "definition"), "b:"),
            (KINDS.replace("not testable", "arithmetic"), "d:"),
            (KINDS.replace("advice", "advise"), "use one of"),
        ],
    ),
    "00.3": (
        [
            slots(),
            slots(comparison="a random day in the same sample"),
            slots(comparison="what happens in any week, whatever funding does"),
            slots(comparison="days when funding was normal"),
            slots(comparison="the long-run average"),
            slots(outcome="BNB is at least 5% lower"),
            slots(outcome="a drop of 5% or more"),
            slots(outcome="BTC falls by 3%"),
            slots(horizon="three days"),
            slots(horizon="within a week"),
            slots(event="the funding rate is in its top decile"),
            slots(sample="Bitcoin on Binance since January 2021"),
        ],
        [
            (slots(event="100 bananas"), "event"),
            (slots(horizon="100 bananas"), "horizon"),
            (slots(outcome="100 bananas"), "outcome"),
            (slots(comparison="100 bananas"), "comparison"),
            (slots(sample="100 bananas"), "sample"),
            (slots(outcome="price more"), "outcome"),
            (slots(outcome="the price always falls 5%"), "outcome"),
            (slots(horizon="soon"), "horizon"),
            (slots(comparison="more than ever"), "comparison"),
            (slots(comparison="nothing"), "comparison"),
            (slots(sample="BNBUSDT"), "sample"),
            (slots(event="funding is very high"), "event"),
        ],
    ),
    "01.1": (
        [
            path(),
            path("total += t.size * ((t.buyer == 'opens') + (t.seller == 'opens') - 1)"),
            path("total += t.size * {2: 1, 1: 0, 0: -1}[(t.buyer, t.seller).count('opens')]"),
        ],
        [
            ("lambda trades: [t.size for t in trades]", ""),
            ("lambda trades: list(np.cumsum([t.size for t in trades]))", "volume"),
            (path("total += t.size if t.buyer == t.seller == 'opens' else 0"), "never falls"),
            (path("total += t.size if t.buyer == t.seller else 0"), ""),
            (path(guard="pass"), "ValueError"),
            (path(back="print(path)"), "return"),
            (path("total += 2 * t.size * ([t.buyer, t.seller].count('opens') - 1)"), ""),
        ],
    ),
    "01.2": (
        [
            "p.contracts_before * (p.price_after - p.price_before), 1e8, -8e6",
            "-40_000_000, 100_000_000, -8_000_000",
            '"-40,000,000", "100000000", "-8e6"',
            "pd.Series([-4e7]), np.float64(1e8), np.array(-8e6)",
        ],
        [
            ("40e6, 1e8, -8e6", "price_part"),
            ("-40e6, 92e6, -8e6", "price"),
            ("-40e6, 1e8, 0", "cross_part"),
            ("-40, 100, -8", "price_part"),
            ("-48e6, 1e8, -8e6", ""),
        ],
    ),
    "02.1": (
        [
            "(p.coins_a + p.value_b / p.price + p.both_sides_c / 2) / p.circulating_supply",
            "0.0064",
            '"0.64%"',
            "0.00641",
            "pd.Series([0.00640625])",
        ],
        [
            ("0.64", "per cent"),
            ("820_000", ""),
            ("(p.coins_a + p.value_b / p.price + p.both_sides_c) / p.circulating_supply", "C"),
            ("(p.coins_a + p.value_b / p.price + p.both_sides_c / 2) / p.total_supply", "suppl"),
            ("0.006", "digit"),
        ],
    ),
    "02.2": (
        [
            """
def episodes(above, wait):
    starts, free = [], 0
    for i in range(len(above)):
        if above[i] and i >= free:
            starts.append(i)
            free = i + wait
    return starts
""",
            """
def episodes(above, wait):
    out = []
    for d, a in enumerate(above):
        if a and (len(out) == 0 or d - out[-1] >= wait):
            out += [d]
    return np.array(out)
""",
            """
def episodes(above, wait):
    s = pd.Series(above)
    days, out, last = s[s].index, [], -10**9
    for d in days:
        if d >= last + wait:
            out.append(d); last = d
    return out
""",
        ],
        [
            ("lambda above, wait: [i for i, a in enumerate(above) if a]", ""),
            (
                "lambda above, wait: [i for i, a in enumerate(above) if a and (i == 0 or not above[i - 1])]",
                "",
            ),
            ("lambda above, wait: sum(above)", ""),
            ("lambda above, wait: print([0])", "return"),
            (
                """
def episodes(above, wait):
    out = []
    for d, a in enumerate(above):
        if a and (not out or d > out[-1] + wait):
            out.append(d)
    return out
""",
                "",
            ),
        ],
    ),
    "02.3": (
        [
            wilson(),
            wilson(z="1.959964"),
            wilson(back="round(low, 2), round(high, 2)"),
            wilson(back="np.array([low, high])"),
            wilson(back="[round(float(low), 3), round(float(high), 3)]"),
        ],
        [
            ("lambda k, n: (k/n - 1.96*(k/n*(1-k/n)/n)**.5, k/n + 1.96*(k/n*(1-k/n)/n)**.5)", ""),
            (wilson(back="low"), "two"),
            (wilson(back="high, low"), ""),
            (wilson(z="1.645"), "1.96"),
            (wilson(back="round(low, 1), round(high, 1)"), ""),
            (wilson(back="print(low, high)"), "return"),
        ],
    ),
    "03.1": (
        [
            "lambda oi, w: [math.log(oi[t]/oi[t-w]) if t >= w else float('nan') for t in range(len(oi))]",
            "lambda oi, w: np.log(pd.Series(oi)).diff(w)",
            "lambda oi, w: np.log(pd.Series(oi) / pd.Series(oi).shift(w)).tolist()",
            "lambda oi, w: np.log(pd.Series(oi)).diff(w).round(4)",
        ],
        [
            ("lambda oi, w: pd.Series(oi).pct_change(w)", "fraction"),
            ("lambda oi, w: np.log(pd.Series(oi)).diff(-w)", ""),
            ("lambda oi, w: np.log(pd.Series(oi)).diff()", ""),
            ("lambda oi, w: pd.Series(oi).diff(w)", "coins"),
            ("lambda oi, w: np.log(pd.Series(oi)).diff(w).dropna()", "one for each bar"),
            ("lambda oi, w: np.log(pd.Series(oi)).diff(w).fillna(0)", "nan"),
        ],
    ),
    "03.2": (
        [
            scores(),
            scores(back="pd.Series(out).round(3)"),
            scores(back="np.array(out)"),
            scores(width="np.median(abs(past - middle)) * 1.4826"),
        ],
        [
            (scores(past="t - w + 1 : t + 1"), "yardstick"),
            (scores(past=":"), "future"),
            (scores(middle="past.mean()", width="past.std()"), "median"),
            (scores(width="np.median(abs(past - middle))"), "1.4826"),
            (scores(back="out[w:]"), "one for each bar"),
            (scores(score="abs(values[t] - middle) / width"), ""),
        ],
    ),
    "03.3": (
        [
            tail(),
            tail("round({}, 3)"),
            tail("np.round({}, 4)"),
            "lambda k, n: 1 - sum(math.comb(n, j) * 0.05**j * 0.95**(n - j) for j in range(k))",
            tail("float({})"),
        ],
        [
            ("lambda k, n: math.comb(n, k) * 0.05**k * 0.95**(n - k)", "exactly"),
            (tail(over="k + 1, n + 1"), "more than"),
            (tail("1 - {}"), ""),
            (tail("100 * {}"), "per cent"),
            ("lambda k, n: k / n", "share"),
            (tail(over="k, n"), ""),
        ],
    ),
    "04.1": (
        [
            "-p.coins * p.mark_price * p.funding_rate * 3, 0.012",
            "29.76, 0.012",
            '"29.8", "1.2%"',
            "30, '1.2 %'",
            "np.float64(29.76), pd.Series([0.012])",
        ],
        [
            ("-29.76, 0.012", "cash_a_day"),
            ("29.76, -0.012", "of_margin"),
            ("9.92, 0.012", "settlement"),
            ("29.76, 1.2", "of_margin"),
            ("29.76, 0.0012", "of_margin"),
            ("2.976, 0.012", "cash_a_day"),
        ],
    ),
    "04.2": (
        ["0.25", "0.254", '"25%"', "16/63", "np.float32(0.25)", '"25.4 %"'],
        [
            ("0.8", "slump"),
            ("25", "per cent"),
            ("0.3", "digit"),
            ("0.048", ""),
            ("0.24", ""),
            ("0.842", ""),
        ],
    ),
    "04.3": (
        [
            "1 - 0.05 ** (1/8), 149",
            "0.31, 149",
            '"31%", 149.0',
            "0.312, np.int64(149)",
        ],
        [
            ("0.31, 148", "needed"),
            ("0.31, 150", "needed"),
            ("0.31, 148.28", "whole"),
            ("0.69, 149", "may_fail"),
            ("0.375, 149", "may_fail"),
            ("31, 149", "may_fail"),
            ("0, 149", "may_fail"),
        ],
    ),
    "04.4": (
        [
            deal(),
            deal(back="pd.Series(x[rows]).corr(pd.Series(y[rows]))"),
            deal(back="round(np.corrcoef(x[rows], y[rows])[0, 1], 3)"),
            deal(back="np.corrcoef(x[rows], y[rows])[:1, 1]"),
        ],
        [
            (deal(rows="list(starts)"), "block"),
            (deal(back="np.corrcoef(x, y)[0, 1]"), "happened"),
            (deal(back="np.corrcoef(x[rows], y[rows])"), "one correlation"),
            (deal(rows="[min(s + i, len(x) - 1) for s in starts for i in range(block)]"), ""),
            (deal(back="np.corrcoef(x[rows], y[rows])[0, 1] ** 2"), "square"),
        ],
    ),
}
