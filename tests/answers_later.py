"""Answers as learners type them in lessons 05 to 10, as in `tests.answers_early`."""

from __future__ import annotations

from tests.answers_early import ANSWERS as EARLY
from tests.answers_early import Answers

CASCADE = """
def forced_out(book, price, impact):
    gone = 0
    while True:
        now = {now}
        new = sum(size for level, size in book if now {reaches} level)
        if new == gone: return {back}
        gone = new
"""


def cascade(now: str = "price - impact * gone", reaches: str = "<=", back: str = "gone") -> str:
    return CASCADE.format(now=now, reaches=reaches, back=back)


SPLIT = """
def splits(n, horizon, gap, size):
    return [({train}, {test}) for s in range({first}, n, size)]
"""


def split(
    train: str = "list(range(s - horizon - gap))",
    test: str = "list(range(s, min(s + size, n)))",
    first: str = "n // 2",
) -> str:
    return SPLIT.format(train=train, test=test, first=first)


CORRECT_BY = """
def corrected(said, past_said, past_came):
    base, out = sum(past_came) / len(past_came), []
    for p in said:
        side = [c for q, c in zip(past_said, past_came) if {side}]
        out.append({share})
    return {back}
"""


def corrected(
    side: str = "(q >= 0.5) == (p >= 0.5)",
    share: str = "(sum(side) + 10 * base) / (len(side) + 10)",
    back: str = "out",
) -> str:
    return CORRECT_BY.format(side=side, share=share, back=back)


BEST = """
def best_of(n, days, seed):
    r = np.random.default_rng(seed).normal(size=(n, days))
    s = r.mean(axis={axis}) / r.std(axis={axis})
    return {back}
"""


def best(back: str = "s.max() * np.sqrt(365)", axis: str = "1") -> str:
    return BEST.format(back=back, axis=axis)


NET = """
def net(side, decided, hold, opens, closes, rates, fee):
    a = decided + 1
    b = a + hold
    entry, leave = {entry}, opens[b]
    funding = {funding}
    fees = {fees}
    return {back}
"""


def net(
    entry: str = "opens[a]",
    funding: str = "side * sum(rates[i] * closes[i] for i in range(a, b))",
    fees: str = "fee * (entry + leave)",
    back: str = "side * (leave - entry) - fees - funding",
) -> str:
    return NET.format(entry=entry, funding=funding, fees=fees, back=back)


LOOKS = """
def score(close):
    slope = close.rolling(25{centre}).mean().pct_change(fill_method=None)
    return {back}

def backtest(closes, funding, score):
    {drop}
    side = np.sign(score(closes))
    moves = closes.pct_change(fill_method=None)
    return {earned}
"""


def hunt(
    centre: str = "",
    back: str = "slope / slope.rolling(100).std()",
    drop: str = "pass",
    earned: str = '(side.shift(1) * (moves - funding)).mean(axis="columns")',
) -> str:
    return LOOKS.format(centre=centre, back=back, drop=drop, earned=earned)


def gap(known: str, more: str = "") -> str:
    runs = f"''.join(' ' if {known} else 'x' for v in c).split()"
    return f"lambda c: max((len(run) for run in {runs}), default=0){more}"


def plan_lines(**changed: str) -> str:
    lines = {
        "claim": "after a jump in a still market the price falls",
        "event": "velocity over 24h scores 2 or more",
        "horizon": "72h",
        "outcome": "log return of the close",
        "against": "all hours of the same market",
        "data": "bnb-null, 2023 to 2026",
        "costs": "none, the claim is about a direction",
        "trials": "1",
        "verdict": "supported if the 95% interval is below 0",
    } | changed
    return repr("\n".join(f"{name}: {text}" for name, text in lines.items() if text))


def whole_plan(**changed: str) -> str:
    parts = {
        "decided": "at the close of each hour, filled at the next open",
        "rule": "ratio 0.95, jump 2, funding 0.90, crowd 0.30",
        "size": "risk 2% of the account at the stop",
        "exit": "after 72 hours",
        "stop": "5%",
        "costs": "0.05% fees on both sides, plus funding",
        "verdict": "20 trades at least, and the interval excludes 0",
    } | changed
    return f"begun_plan() | {parts!r}"


MEMO = """Question: does the rule bring more than its costs?
Rule: the default specification, fixed before the run.
Evidence: n = 63 trades, -0.8% to 0.6% a trade.
Verdict: undecided. We looked at 6 lines.
Limits: one simulated market."""


def memo(old: str = "", new: str = "", fails: str = '["uncertainty", "trials", "costs", "verdict"]') -> str:
    return f"{MEMO.replace(old, new) if old else MEMO!r}, {fails}"


ANSWERS: Answers = {
    "05.1": (
        [
            "1.78, 90_000",
            "0.64 / 0.36, p.open_interest",
            '"1.8", "90,000"',
            "np.float64(1.778), pd.Series([90000])",
            "1.7778, 90_000.0",
        ],
        [
            ("0.5625, 90_000", "times_larger"),
            ("0.64, 90_000", "times_larger"),
            ("1.78, 57_600", "held_long"),
            ("1.78, 45_000", "held_long"),
            ("1.78, 90_020", "held_long"),
            ("1.7, 90_000", "times_larger"),
        ],
    ),
    "05.2": (
        [
            cascade(),
            cascade(back="float(gone)"),
            cascade(back="np.int64(gone)"),
        ],
        [
            (cascade(now="price"), "who is reached"),
            (cascade(reaches="<"), ""),
            (cascade(now="price - gone"), ""),
            (cascade(back="now"), ""),
            ("lambda book, price, impact: sum(size for level, size in book)", ""),
            (cascade(back="gone - 1"), ""),
            (cascade(back="print(gone)"), "return"),
        ],
    ),
    "05.3": (
        ["0.05 ** (1/4)", "0.47", '"47%"', "0.473", "pd.Series([0.4729])"],
        [
            ("1 - 0.05 ** (1/4)", ""),
            ("1", ""),
            ("0.95", ""),
            ("47", "per cent"),
            ("0.5", "digit"),
            ("0.95 ** 4", ""),
        ],
    ),
    "06.1": (
        ["0.0283", '"2.83%"', "np.float64(0.02828)", "1 - (1 - 1/25 + 0.002) / 0.99"],
        [
            ("-0.0283", "above zero"),
            ("0.028", "three digits"),
            ("2.83", "per cent"),
            ("0.04", ""),
            ("1 / p.leverage - p.maintenance_margin_rate", ""),
            ("(1 + 1/25 - 0.002) / 1.01 - 1", "short"),
            ("(1 - 1/25 + 0.002) / 0.99", ""),
        ],
    ),
    "06.2": (
        [
            "12_000, 4_800, 600",
            "q.equity * q.cap / q.stop, q.equity * q.cap * q.leverage, q.equity * q.cap",
            '"12,000", "4,800", "600"',
            "np.float64(12000), pd.Series([4800]), 600.0",
        ],
        [
            ("600, 4_800, 600", "as_risk"),
            ("12_000, 600, 600", "as_margin"),
            ("12_000, 4_800, 4_800", "as_notional"),
            ("12_000, 4_800, 30_000", "as_notional"),
            ("96_000, 4_800, 600", "as_risk"),
            ("30, 4_800, 600", "as_risk"),
        ],
    ),
    "06.3": (
        [
            "lambda paths, level: sum(min(x) <= level for x in paths) / len(paths)",
            "lambda paths, level: np.mean([any(v <= level for v in x) for x in paths])",
            "lambda paths, level: round(sum(min(x) <= level for x in paths) / len(paths), 3)",
        ],
        [
            ("lambda paths, level: sum(x[-1] <= level for x in paths) / len(paths)", "last"),
            ("lambda paths, level: sum(min(x) <= level for x in paths)", "share"),
            ("lambda paths, level: sum(min(x) < level for x in paths) / len(paths)", "touch"),
            ("lambda paths, level: [min(x) <= level for x in paths]", ""),
            ("lambda paths, level: sum(max(x) <= level for x in paths) / len(paths)", ""),
        ],
    ),
    "07.1": (
        [
            split(),
            split(train="np.arange(s - horizon - gap)", test="np.arange(s, min(s + size, n))"),
            split(test="list(range(n))[s : s + size]"),
        ],
        [
            (split(train="list(range(s))"), ""),
            (split(train="list(range(s - gap))"), ""),
            (split(train="list(range(s - horizon))"), ""),
            (split(train="list(range(s - horizon - gap + 1))"), ""),
            (split(first="0"), ""),
            (split(test="list(range(s, s + size))"), ""),
        ],
    ),
    "07.2": (
        [
            """
def worth(said, came, base):
    b = np.mean((np.array(said) - np.array(came)) ** 2)
    return b, 1 - b / np.mean((base - np.array(came)) ** 2)
""",
            """
def worth(said, came, base):
    b = sum((s - c) ** 2 for s, c in zip(said, came)) / len(said)
    r = sum((base - c) ** 2 for c in came) / len(came)
    return [round(b, 4), round((r - b) / r, 4)]
""",
            """
def worth(said, came, base):
    b = ((pd.Series(said) - pd.Series(came)) ** 2).mean()
    r = ((base - pd.Series(came)) ** 2).mean()
    return round(b, 2), round(1 - b / r, 2)
""",
        ],
        [
            ("lambda s, c, b: np.mean((np.array(s) - c) ** 2)", "score, skill"),
            (
                "lambda s, c, b: (np.mean((np.array(s) - c) ** 2) ** .5, "
                "1 - np.mean((np.array(s) - c) ** 2) / np.mean((b - np.array(c)) ** 2))",
                "root",
            ),
            (
                "lambda s, c, b: (np.mean((np.array(s) - c) ** 2), "
                "1 - np.mean((b - np.array(c)) ** 2) / np.mean((np.array(s) - c) ** 2))",
                "skill",
            ),
            (
                "lambda s, c, b: (np.mean((np.array(s) - c) ** 2), "
                "np.mean((np.array(s) - c) ** 2) / np.mean((b - np.array(c)) ** 2))",
                "skill",
            ),
        ],
    ),
    "07.3": (
        [corrected(), corrected(back="np.array(out)"), corrected(back="[round(x, 3) for x in out]")],
        [
            ("lambda said, past_said, past_came: said", ""),
            (corrected(share="sum(side) / len(side)"), ""),
            (corrected(share="(sum(side) + 10 * 0.5) / (len(side) + 10)"), ""),
            (corrected(side="(q > 0.5) == (p > 0.5)"), ""),
            (corrected(share="(sum(side) + base) / (len(side) + 1)"), ""),
        ],
    ),
    "07.4": (
        [
            "lambda cost, loss, saved: cost / (loss * saved)",
            "lambda cost, loss, saved: round(cost / loss / saved, 3)",
            "lambda cost, loss, saved: np.array([cost / (loss * saved)])",
        ],
        [
            ("lambda cost, loss, saved: cost / loss", ""),
            ("lambda cost, loss, saved: 0.5", ""),
            ("lambda cost, loss, saved: loss * saved / cost", ""),
            ("lambda cost, loss, saved: cost * saved / loss", ""),
            ("lambda cost, loss, saved: 100 * cost / (loss * saved)", "per cent"),
        ],
    ),
    "07.5": (
        [
            "lambda real, shuffled: (1 + sum(s >= real for s in shuffled)) / (1 + len(shuffled))",
            "lambda real, shuffled: np.mean(np.array([*shuffled, real]) >= real)",
            "lambda real, shuffled: round((1 + sum(s >= real for s in shuffled)) / (1 + len(shuffled)), 3)",
        ],
        [
            ("lambda real, shuffled: sum(s >= real for s in shuffled) / len(shuffled)", ""),
            ("lambda real, shuffled: (1 + sum(s > real for s in shuffled)) / (1 + len(shuffled))", ""),
            ("lambda real, shuffled: 1 - (1 + sum(s >= real for s in shuffled)) / (1 + len(shuffled))", ""),
            ("lambda real, shuffled: np.mean(np.array(shuffled) < real)", ""),
        ],
    ),
    "08.1": (
        [best(), best("(s * 365**0.5).max()"), best("float(max(s)) * math.sqrt(365)")],
        [
            (best("s.max()"), "year"),
            (best("s.max() * np.sqrt(252)"), "365"),
            (best("s.mean() * np.sqrt(365)"), "best"),
            (best("s.max() * 365"), ""),
            (best("s.min() * np.sqrt(365)"), "worst"),
            (best("s * np.sqrt(365)"), "one number"),
            (best("s.max() * np.sqrt(365)", axis="0"), ""),
        ],
    ),
    "08.2": (
        ["1, 6", "(p <= 0.05 / 20).sum(), 6", "np.int64(1), 6.0", '"1", "6"'],
        [
            ("2, 6", "strict"),
            ("1, 5", "with_some_luck"),
            ("1, 7", "with_some_luck"),
            ("(p <= 0.05).sum(), 6", "strict"),
            ("1, (p <= 0.05).sum()", "with_some_luck"),
            ("0.0025, 6", "strict"),
        ],
    ),
    "08.3": (
        [
            hunt(),
            hunt(back="slope"),
            hunt(earned='(side.shift() * moves - side.shift() * funding).mean(axis="columns")'),
        ],
        [
            (hunt(centre=", center=True"), "one of the five"),
            (hunt(drop='closes = closes.dropna(axis="columns")'), "one of the five"),
            (hunt(earned='(side.shift(1) * moves).mean(axis="columns")'), "one of the five"),
            (hunt(earned='(side.shift(-1) * (moves - funding)).mean(axis="columns")'), "shift(1)"),
            (hunt(earned='(side * (moves.shift(-1) - funding.shift(-1))).mean(axis="columns")'), "shift"),
            (hunt(earned='(side.shift(1) * (moves + funding)).mean(axis="columns")'), "funding"),
        ],
    ),
    "08.4": (
        [plan_lines(), plan_lines(trials="one, this"), plan_lines(horizon="3 days")],
        [
            (plan_lines(trials=""), "trials"),
            (plan_lines(horizon="a while"), "horizon"),
            (plan_lines(verdict="supported if the return is positive"), ""),
            ('"buy low"', ""),
        ],
    ),
    "09.1": (
        [
            whole_plan(),
            whole_plan(stop="none"),
            whole_plan(verdict="n of 30 or more, 95% interval above 0"),
        ],
        [
            (whole_plan(decided="at the close, filled at the same close"), "decided"),
            (whole_plan(exit="at the top"), "exit"),
            (whole_plan(costs="0.05% fees"), "costs"),
            (whole_plan(verdict="it makes a profit in 20 trades"), "verdict"),
            (whole_plan(size="2%"), "size"),
            ("begun_plan()", ""),
        ],
    ),
    "09.2": (
        [
            net(),
            net(back="round(side * (leave - entry) - fees - funding, 2)"),
            net(funding="side * np.dot(rates[a:b], closes[a:b])"),
        ],
        [
            (net(entry="closes[decided]"), "close"),
            (net(funding="side * entry * sum(rates[a:b])"), "close"),
            (net(back="(side * (leave - entry) - fees - funding) / entry"), "money"),
            (net(fees="fee * entry"), "fee"),
            (net(funding="sum(rates[i] * closes[i] for i in range(a, b))"), "short"),
            (net(funding="0"), "funding"),
            (net(back="side * (leave - entry) - fees + funding"), "shorts receive"),
            (net(back="print(side * (leave - entry) - fees - funding)"), "return"),
        ],
    ),
    "10.1": (
        [
            """
def longest_gap(column):
    best = run = 0
    for v in column:
        run = run + 1 if v is None else 0
        best = max(best, run)
    return best
""",
            gap("v is not None"),
            gap("v is not None", more=" + np.int64(0)"),
        ],
        [
            ("lambda c: c.count(None)", "row"),
            (
                "lambda c: sum(v is None and (i == 0 or c[i - 1] is not None) for i, v in enumerate(c))",
                "how many gaps",
            ),
            (gap("v"), "0"),
            (gap("v is not None", more=" + 1"), ""),
            ("lambda c: print(3)", "return"),
        ],
    ),
    "10.2": (
        [
            "lambda prices: [1 - x / max(prices[: i + 1]) for i, x in enumerate(prices)]",
            "lambda prices: 1 - pd.Series(prices) / pd.Series(prices).cummax()",
            "lambda prices: np.round(1 - np.array(prices) / np.maximum.accumulate(prices), 3)",
        ],
        [
            ("lambda prices: [1 - x / max(prices) for x in prices]", "ahead"),
            ("lambda prices: pd.Series(prices) / pd.Series(prices).cummax() - 1", "sign"),
            ("lambda prices: pd.Series(prices).cummax() - pd.Series(prices)", "dollars"),
            ("lambda prices: 100 * (1 - pd.Series(prices) / pd.Series(prices).cummax())", "per cent"),
            ("lambda prices: (1 - pd.Series(prices) / pd.Series(prices).cummax()).max()", ""),
        ],
    ),
}
ANSWERS["10.3"] = EARLY["00.3"]
ANSWERS["09.5"] = (
    [
        memo(),
        memo("n = 63", "n=63"),
        memo("6 lines", "6 lines, tried once"),
        memo("-0.8% to 0.6%", "-80 to 60 bp"),
    ],
    [
        (memo("n = 63 trades", "many trades"), "how many"),
        (memo("-0.8% to 0.6%", "0.1%"), "interval"),
        (memo("undecided", "I would buy"), ""),
        (memo("simulated ", ""), "market"),
        (memo(fails='["uncertainty", "trials", "costs"]'), "fails"),
        (memo(fails='["profit"]'), "rubric"),
    ],
)


def verdicts(words: str, trials: str = "len(evidence)") -> str:
    return f"evidence.assign(trials={trials}, verdict={words.split()!r})"


ANSWERS["09.3"] = (
    [
        verdicts("undecided undecided supported undecided undecided undecided"),
        verdicts("undecided undecided supported undecided undecided undecided", "[6] * 6"),
        verdicts("undecided undecided supported undecided undecided undecided", "12"),
    ],
    [
        (verdicts("undecided undecided undecided undecided undecided undecided"), ""),
        (verdicts("undecided undecided supported undecided supported undecided"), ""),
        (verdicts("undecided undecided supported undecided undecided undecided", "1"), "trials"),
        (verdicts("no no yes no no no"), "one of"),
        ("evidence", "column"),
    ],
)
