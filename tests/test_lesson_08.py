"""Lesson 08, the overfitting lab: tries are counted, the seal opens once, and five faults are found."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import oikit
from oikit.claims import CLAIMS
from oikit.errors import InputError
from oikit.explore import explore, still
from oikit.explore.drawing import unbound
from oikit.explore.model import every_setting
from oikit.formatting import signed
from oikit.learn import TODO, notes
from oikit.learn.exercise import judge
from oikit.lens import garden
from oikit.lens.garden import CUT, POSITIONS, chance, every_rule, held, luck, returns, searched
from oikit.margin import TAKER_FEE
from oikit.stats import any_false_positive, benjamini_hochberg, expected_max_sharpe, holm
from oikit_lessons.lesson08 import bug_hunt, explorer, random_rules
from oikit_lessons.lesson08.exercises import BEST_OF, HUNT, P_VALUES, SURVIVORS
from oikit_lessons.lesson08.explorer import EXPLORER, best_so_far, opened, results, rows, says, tries
from oikit_lessons.lesson08.hold_out import open_seal, under_seal
from oikit_lessons.lesson08.preregistration import PLAN, SLOTS
from oikit_lessons.lesson08.questions import QUESTIONS
from tests.runs import lesson_of

ALL: list[dict[str, Any]] = list(every_setting(EXPLORER))
START: dict[str, Any] = EXPLORER.start


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Each test has notes of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(notes, "_unsaved", [])
    monkeypatch.setattr(notes, "_told", set())
    yield tmp_path


@pytest.fixture(scope="module")
def days() -> pd.DataFrame:
    return garden.daily(oikit.sample("bnb-null"))


# --- the garden ---


def test_what_is_held_was_decided_the_day_before(days: pd.DataFrame) -> None:
    """By hand: a position of three days begins on the day after the score and ends after the third."""
    few = days.iloc[:8].copy()
    few["price"] = [0, 2.5, 0, 0, 0, 0, 0, 0]
    three = held(few, signal="price", level="2", position="long 3 days")
    one = held(few, signal="price", level=2.0, position="short 1 day")

    assert three.tolist() == [0, 0, 1, 1, 1, 0, 0, 0]
    assert one.tolist() == [0, 0, -1, 0, 0, 0, 0, 0]


def test_returns_are_side_times_what_a_day_brings_beyond_the_usual_less_fees() -> None:
    """By hand, so that a sign or a cost that is lost is seen."""
    few = pd.DataFrame({"price": [3.0, 0.0, 0.0, 0.0], "earned": [0.01, 0.05, -0.02, 0.0]})
    made = returns(few, signal="price", level=2, position="short 1 day")

    assert np.allclose(made, [0, -(0.05 - 0.01) - TAKER_FEE, -TAKER_FEE, 0])


def test_no_rule_knows_a_later_day() -> None:
    """Scores and positions of old days stay when the end is cut off."""
    frame = oikit.sample("bnb-null")
    full, short = garden.daily(frame), garden.daily(frame.iloc[: 24 * 700])
    part = full.loc[: short.index[-1]]

    pd.testing.assert_frame_equal(part, short, check_freq=False)
    for rule in every_rule()[::7]:
        assert held(full, **rule)[: len(short)].equals(held(short, **rule))


def test_always_being_in_the_market_is_praised_for_nothing(days: pd.DataFrame) -> None:
    """Against the usual: a rule that is always long makes its fee and no more."""
    always = days.assign(price=9.0)
    made = returns(always, signal="price", level=1, position="long 1 day")

    assert abs(made.iloc[1:].sum() + TAKER_FEE) < abs(days["earned"].iloc[0]) + 2 * abs(days["earned"].mean())


def test_costs_only_take(days: pd.DataFrame) -> None:
    """A long and a short of the same days lose twice the fees together."""
    for signal in garden.SIGNALS:
        both = [returns(days, signal=signal, level=2, position=f"{side} 1 day") for side in ("long", "short")]
        paid = 2 * TAKER_FEE * held(days, signal=signal, level=2, position="long 1 day").diff().abs().sum()

        assert both[0].sum() + both[1].sum() == pytest.approx(-paid)


def test_the_search_tells_what_it_found_and_what_it_was_worth() -> None:
    """What the worked example says: low p alone, nothing after correction, less where nobody searched."""
    found = searched(oikit.sample("btc-null"))
    table = found["table"]

    assert found["trials"] == len(every_rule()) == 48
    assert found["p"] < 0.05 < found["adjusted"] == min(1.0, found["p"] * 48)
    assert table["sharpe"].max() == pytest.approx(garden.sharpe(found["before"]).value)
    assert (benjamini_hochberg(table["p"]) > 0.4).all()
    assert garden.sharpe(found["after"]).value < garden.sharpe(found["before"]).value / 2
    assert found["before"].index[-1] <= pd.Timestamp(CUT, tz="UTC") < found["after"].index[0]


def test_a_market_too_short_to_cut_is_said_and_left_out() -> None:
    """The third world may be a young one: the card goes on without it and says so."""
    frame = oikit.sample("bnb-null")
    table = garden.table_of({"whole": frame, "young": frame.iloc[-24 * 300 :], "none": None})

    assert [name.split(",")[0] for name in table.index] == ["whole", "whole"]
    assert table.attrs["left_out"][0].startswith("young is left out: 0 days lie before")
    with pytest.raises(InputError, match="200 on each side"):
        searched(frame.iloc[-24 * 300 :])


def test_luck_grows_with_the_tries_and_shrinks_with_the_days() -> None:
    """One try has none to speak of."""
    grows = [luck(count, 365) for count in (1, 2, 10, 100, 1000)]

    assert grows == sorted(grows) and grows[0] == 0
    assert luck(10, 730) < luck(10, 365)


@pytest.mark.parametrize(
    ("p", "said"),
    [(1.0, "100 of 100 cases"), (0.031, "3 of 100 cases"), (0.0042, "4 of 1,000 cases"), (0, "less than 1")],
)
def test_a_chance_is_said_in_cases(p: float, said: str) -> None:
    """No letter that needs a textbook."""
    assert garden.often(p).startswith(said)


# --- the dice ---


def test_the_best_of_many_dice_is_good_once() -> None:
    """What the first picture and the sentence below it say."""
    before, after = random_rules.best_and_after(100)
    drawn = random_rules.throw(100, seed=7)
    year = drawn.iloc[:365]
    best = (year.mean() / year.std()).idxmax()

    assert abs(before - expected_max_sharpe(100)) < 0.15
    assert abs(after) < 0.3
    assert abs(drawn[best].iloc[365:].mean() / drawn[best].iloc[365:].std()) * 365**0.5 < 0.1
    said = random_rules.fan(drawn).to_dict()["description"]
    assert said.startswith("100 lines that throw dice")
    with pytest.raises(InputError, match="no day after the first year"):
        random_rules.fan(random_rules.throw(3, days=365))


# --- the bench ---


def test_each_new_rule_is_one_more_try_and_a_rule_that_comes_back_is_none() -> None:
    """Counted by world, on disk."""
    for level in ("1", "2", "1"):
        explore("08", level=level)
    explore("08", world="planted")

    assert len(tries("null")) == 2
    assert len(tries("planted")) == 1
    assert "Rules tried in this world: 2." in explore("08", level="2").tried


def test_the_best_so_far_never_falls() -> None:
    """What the first thing to notice says, and it is the best by Sharpe ratio before the cut."""
    bests = []
    for settings in ALL[5:48:6]:
        explore("08", **settings)
        bests.append(results("null", best_so_far("null") or {}, sealed=False)["sharpe"])

    assert bests == sorted(bests)
    assert bests[-1] == max(results("null", rule, sealed=False)["sharpe"] for rule in tries("null"))


def test_after_bonferroni_nothing_is_left_in_the_null_world() -> None:
    """And the planted link stands it: all rules tried, as a tireless reader would."""
    for world, stands in (("null", False), ("planted", True)):
        ps = [results(world, rule, sealed=False)["p"] for rule in every_rule()]

        assert (min(ps) * len(ps) < 0.05) is stands


def test_a_new_kernel_forgets_nothing() -> None:
    """Tries are read back from the notes; only the notes."""
    explore("08", signal="price")
    book = json.loads(Path(".oikit/progress.json").read_text())

    assert [entry["kind"] for entry in book["entries"]] == ["try"]
    Path(".oikit/progress.json").unlink()
    assert tries("null") == []
    assert best_so_far("null") is None


def test_the_words_before_the_seal_hold_nothing_from_behind_it() -> None:
    """Rows and sentence of a closed bench end at the cut."""
    last = max(row["day"] for row in rows(**START) if "day" in row)
    cut = (pd.Timestamp(CUT) - pd.Timestamp("1970-01-01")).days

    assert last == cut
    assert not any(row["kind"] == "sealed" for row in rows(**START))


def test_the_sentence_says_what_the_table_holds() -> None:
    """The numbers of the words are those of the picture."""
    for settings in ALL[::13]:
        rule = rows(**settings)[0]
        said = says(**settings)

        assert f"on {rule['days']} days" in said
        rule_of = {name: value for name, value in settings.items() if name != "world"}
        found = results(str(settings["world"]), rule_of, sealed=False)
        assert f"Sharpe ratio of {signed(found['sharpe'])}" in said


def test_the_picture_shows_the_best_so_far_and_the_line_for_luck() -> None:
    """With a kernel: the parameters follow the notes. Without one, the chosen rule stands alone."""
    pytest.importorskip("ipywidgets")
    face = explore("08")
    assert face.chart.settings["best"] == ALL.index({**EXPLORER.start})
    face.controls["signal"].value = "price"
    face.controls["position"].value = "long 1 day"
    best = {"world": "null", **(best_so_far("null") or {})}

    assert face.chart.settings == face.settings | {"best": ALL.index(best), "tried": 3}
    assert "Rules tried in this world: 3. The best so far is" in face.sentence.text
    alone = {param["name"]: param["value"] for param in still("08").to_dict()["params"]}
    assert (alone["best"], alone["tried"]) == (-1, 1)


def test_every_option_can_be_read_on_its_button() -> None:
    """Long words get wide buttons; short ones stay as narrow as they were."""
    pytest.importorskip("ipywidgets")
    wide, narrow = (
        float(explore("08").controls[name].style.button_width[:-2]) for name in ("signal", "level")
    )

    assert narrow == 5
    assert wide > 0.6 * len("open interest")


def test_the_still_face_is_small_and_draws_the_chosen_setting() -> None:
    """A page carries every setting; luck is drawn once there is a count."""
    convert = pytest.importorskip("vl_convert")
    newest = [v for v in convert.get_vegalite_versions() if v.startswith("5")][-1]
    spec = still("08").to_dict()
    for param in spec["params"]:
        param["value"] = {"world": "planted", "signal": "open interest", "tried": 20}.get(
            param["name"], param["value"]
        )
    picture = convert.vegalite_to_svg({**spec, "$schema": ""}, vl_version=newest)
    first = rows("planted", "open interest", "2", "short 1 day")[0]

    assert len(json.dumps(spec)) < 250_000
    assert f"this rule, {first['days']} days in position" in picture
    assert "best of 20 by luck" in picture
    assert "under seal" in picture
    assert "the rule you chose" in picture


# --- the seal ---


Said = Callable[[], str]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Said:
    return lambda: capsys.readouterr().out


def test_a_seal_opens_once_for_the_best_rule(said: Said) -> None:
    """Whatever is tried afterwards, the same result is shown, and the bench says that it came later."""
    pytest.importorskip("altair")
    explore("08", signal="price", position="long 1 day")
    explore("08", signal="price", position="short 1 day")
    best = best_so_far("null")
    assert open_seal("null", TODO) is None
    assert "the seal is closed" in said() and opened("null") is None

    picture = open_seal("null", "open")
    first = said()
    kept = opened("null")
    assert kept is not None and kept["rule"] == best and kept["tried"] == 2
    found = results("null", kept["rule"], sealed=True)
    assert kept["sharpe"] == pytest.approx(found["sharpe"], abs=1e-4)
    assert "[ANSWER]" in first and "opened after 2 rules" in first
    assert picture is not None and len(json.dumps(picture.to_dict())) < 40_000

    explore("08", signal="crowd", level="3", position="long 3 days")
    again = open_seal("null", "open")
    assert "[KEPT]" in (then := said()) and "opened after 2 rules" in then
    assert opened("null") == kept and again is not None
    assert "opened after 2 rules; whatever is tried since" in explore("08", level="1").tried


def test_an_opened_rule_is_drawn_beyond_the_cut() -> None:
    """Only that one; the others stay where they were."""
    explore("08", signal="price", position="long 1 day")
    open_seal("null", "open")
    here = rows("null", "price", "2", "long 1 day")
    other = rows("null", "price", "2", "short 1 day")

    assert any(row["kind"] == "sealed" for row in here)
    assert not any(row["kind"] == "sealed" for row in other)
    spec = json.dumps(unbound(EXPLORER).to_dict())
    assert "opened after\\n1 rule" in spec and "under seal" in spec


def test_each_world_has_its_own_seal_and_its_rows_for_the_card() -> None:
    """Two rows for each that is open, none before."""
    assert under_seal().empty
    explore("08", world="planted", signal="open interest", position="short 3 days")
    open_seal("planted", "open")
    table = under_seal()

    assert opened("null") is None
    assert list(table.index) == [
        "planted, your best of 1: searched",
        "planted, your best of 1: sealed",
    ]
    assert list(table.columns) == ["n", "effect", "low", "high", "naive_low", "naive_high"]


def test_what_opens_nothing_is_said(said: Said) -> None:
    """A wrong word is refused; a world without a try keeps its seal."""
    with pytest.raises(InputError, match='write "open"'):
        open_seal("null", "sesame")
    with pytest.raises(InputError, match="use one of null, planted"):
        open_seal("real", "open")
    assert open_seal("null", "open") is None
    assert "nothing was tried in this world yet" in said()


def test_a_seal_lives_in_memory_where_nothing_can_be_written(
    monkeypatch: pytest.MonkeyPatch, said: Said
) -> None:
    """A folder that is read-only costs a line, and not the seal."""

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    explore("08", signal="price")
    open_seal("null", "open")

    assert opened("null") is not None
    assert "opened after 1 rule" in said()


def test_the_planted_link_needs_more_time_than_the_seal_holds() -> None:
    """What the prose says below the second seal: it stands the correction, and its interval holds zero."""
    for level, position, tried in (("1", "short 1 day", 1), ("2", "short 3 days", len(every_rule()))):
        rule = {"signal": "open interest", "level": level, "position": position}
        before, after = (results("planted", rule, sealed=sealed) for sealed in (False, True))

        assert before["p"] * tried < 0.05
        assert after["sharpe"] > 1
        assert after["low"] < 0 < after["high"]


# --- exercise 08.1 ---


def best_of(read: Callable[[Any], float]) -> Callable[[int, int, int], float]:
    """A learner's function that reads one number off a table of draws."""
    return lambda n, days, seed: read(np.random.default_rng(seed).normal(size=(n, days)))


def ratios(draws: Any) -> Any:
    return draws.mean(axis=1) / draws.std(axis=1)


WRONG_BEST: dict[str, Callable[[int, int, int], Any]] = {
    "ignores-the-seed": lambda n, days, _: best_of(lambda d: ratios(d).max() * 19.1)(n, days, 0),
    "a-day-not-a-year": best_of(lambda d: ratios(d).max()),
    "times-the-days": best_of(lambda d: ratios(d).max() * 365),
    "trading-days-of-a-stock": best_of(lambda d: ratios(d).max() * 252**0.5),
    "not-the-best": best_of(lambda d: ratios(d).mean() * 365**0.5),
    "the-worst": best_of(lambda d: ratios(d).min() * 365**0.5),
    "either-direction": best_of(lambda d: np.abs(ratios(d)).max() * 365**0.5),
    "another": best_of(lambda d: d.max()),
}


@pytest.mark.parametrize("name", WRONG_BEST)
def test_each_wrong_best_gets_its_own_reason(name: str) -> None:
    """Named by what its mean looks like."""
    says = {rule.name: rule.says for rule in BEST_OF.rules}
    found = judge(BEST_OF, [WRONG_BEST[name]])

    assert (found.status, found.misconception, found.says) == ("NOT YET", name, says[name])
    assert set(WRONG_BEST) == set(says)


@pytest.mark.parametrize("shape", ["columns", "loop", "small", "uniform"])
def test_a_right_best_is_right_however_it_is_written(shape: str) -> None:
    """Another generator, another spread, rules as columns, and a sample's standard deviation."""

    def answer(n: int, days: int, seed: int) -> Any:
        draw = np.random.default_rng(1000 + seed)
        if shape == "columns":
            table = draw.normal(0, 0.02, (days, n))
            return (table.mean(axis=0) / table.std(axis=0, ddof=1)).max() * days**0.5
        if shape == "uniform":
            return ratios(draw.uniform(-1, 1, (n, days))).max() * days**0.5
        if shape == "small":
            small = pd.DataFrame(draw.normal(0, 1e-4, (days, n)))
            return (small.mean() / small.std()).max() * 365**0.5
        return max(float(row.mean() / row.std()) for row in draw.normal(size=(n, days))) * 365**0.5

    assert judge(BEST_OF, [answer]).status == "CORRECT"


@pytest.mark.parametrize(
    ("answer", "status", "says"),
    [
        (2.5, "NOT YET", "should be a function of n, days and a seed"),
        (lambda n, days, seed: [1.0, 2.0], "NOT YET", "one number, the best of the n"),
        (lambda n, days, seed: TODO, "NOT ATTEMPTED", "still gives back TODO"),
        (lambda n: 1.0, "ERROR", "TypeError"),
    ],
)
def test_what_is_no_best_is_answered_in_words(answer: Any, status: str, says: str) -> None:
    """A wrong type, an empty answer or a crash costs one line."""
    found = judge(BEST_OF, [answer])

    assert found.status == status and says in found.says


# --- exercise 08.2 ---


def test_the_counts_are_those_of_the_library() -> None:
    """The exercise and `oikit.stats` must not teach two methods."""
    p = np.array(P_VALUES)
    survive = int((benjamini_hochberg(p) <= 0.05).sum())

    assert len(p) == 20 and len(set(P_VALUES)) == 20
    assert judge(SURVIVORS, [int((p <= 0.05 / 20).sum()), survive]).status == "CORRECT"
    assert int((holm(p) <= 0.05).sum()) == next(
        rule.gives(None) for rule in SURVIVORS.rules if rule.name == "holm"
    )


# --- exercise 08.3: the bug hunt ---

Table = pd.DataFrame


def slope_of(close: Table, *, center: bool = False) -> Table:
    return close.rolling(25, center=center).mean().pct_change(fill_method=None)


def scored(*, center: bool, full: bool) -> Callable[[Table], Table]:
    """A score with none, one or both of its faults."""

    def score(close: Table) -> Table:
        slope = slope_of(close, center=center)
        return (slope - slope.mean()) / slope.std() if full else slope / slope.rolling(100).std()

    return score


def backtest_of(fill: int = 1, paid: str = "paid", *, drop: bool = False) -> Callable[..., pd.Series]:
    """A backtest, right or wrong in each of its three places."""

    def backtest(closes: Table, funding: Table, score: Callable[[Table], Table]) -> pd.Series:
        closes = closes.dropna(axis="columns") if drop else closes
        side = pd.DataFrame(np.sign(score(closes)), closes.index, closes.columns)
        held = side.shift(fill)
        cost = {
            "paid": held * funding,
            "ignored": 0 * held,
            "received": -held * funding,
            "new": side * funding,
        }
        earned: pd.Series = (held * closes.pct_change(fill_method=None) - cost[paid].fillna(0.0)).mean(
            axis="columns"
        )
        return earned

    return backtest


@pytest.mark.parametrize(
    "faults", list(itertools.product([False, True], repeat=5)), ids=lambda f: "".join(map(str, map(int, f)))
)
def test_every_mixture_of_faults_is_counted(faults: tuple[bool, ...]) -> None:
    """Thirty-two ways to be partly repaired: the count is right, and says no place."""
    center, full, same_bar, unpaid, drop = faults
    score = scored(center=center, full=full)
    test = backtest_of(0 if same_bar else 1, "ignored" if unpaid else "paid", drop=drop)

    assert bug_hunt.remaining(score, test) == (sum(faults), "")
    found = judge(HUNT, [score, test])
    status = {0: "CORRECT", 5: "NOT ATTEMPTED"}.get(sum(faults), "NOT YET")
    assert found.status == status
    for place in ("score", "backtest", "window", "funding", "fill", "delisted", "centre", "scal"):
        assert status != "NOT YET" or place not in found.says


HONEST: dict[str, Callable[[Table], Table]] = {
    "expanding": lambda close: (
        (slope_of(close) - slope_of(close).expanding().mean()) / slope_of(close).expanding().std()
    ),
    "no scaling": slope_of,
    "median of a month": lambda close: slope_of(close) / slope_of(close).abs().rolling(30).median(),
    "another smooth line": lambda close: close.ewm(span=25).mean().pct_change(fill_method=None),
}


@pytest.mark.parametrize("name", HONEST)
def test_any_score_that_knows_no_later_day_is_right(name: str) -> None:
    """The law decides, not the words of one solution."""
    assert judge(HUNT, [HONEST[name], backtest_of()]).status == "CORRECT"


BROKEN: dict[str, tuple[Callable[[Table], Table], Callable[..., Any]]] = {
    "silent": (lambda close: 0 * close, backtest_of()),
    "knows-the-future": (lambda close: slope_of(close).rank(pct=True), backtest_of()),
    "funding": (scored(center=False, full=False), backtest_of(1, "received")),
    "fill": (scored(center=False, full=False), backtest_of(2)),
    "before-it-is-known": (scored(center=False, full=False), backtest_of(-1)),
    "tomorrow": (
        scored(center=False, full=False),
        lambda closes, funding, score: (
            np.sign(score(closes)) * (closes.pct_change(fill_method=None) - funding).shift(-1)
        ).mean(axis="columns"),
    ),
    "dead": (
        scored(center=False, full=False),
        lambda closes, funding, score: backtest_of()(closes.ffill(), funding.fillna(0.0), score),
    ),
    "books": (scored(center=False, full=False), lambda *given: 2 * backtest_of()(*given)),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_repair_that_breaks_something_else_is_named(name: str) -> None:
    """New mistakes get a reason; the five old ones only a number."""
    says = {rule.name: rule.says for rule in HUNT.rules}
    found = judge(HUNT, list(BROKEN[name]))

    assert (found.status, found.misconception, found.says) == ("NOT YET", name, says[name])
    assert set(says) == {f"{left}-left" for left in range(1, 5)} | set(BROKEN)


@pytest.mark.parametrize(
    ("fill", "paid", "broken"),
    [(2, "paid", "fill"), (1, "new", "funding"), (-1, "ignored", "before it is known")],
)
def test_money_and_days_that_do_not_belong_together_are_noticed(fill: int, paid: str, broken: str) -> None:
    """Filled a bar too late, or paid for a position that is not held."""
    assert bug_hunt.remaining(scored(center=False, full=False), backtest_of(fill, paid))[1] == broken


def test_all_ways_to_keep_the_books_differ() -> None:
    """Or a fault could hide behind another; where two say the same, they mean the same."""
    ways = list(itertools.product(bug_hunt._FILLS, bug_hunt._FUNDING, bug_hunt._DEAD))
    alike = [
        (one, other)
        for one, other in itertools.combinations(ways, 2)
        if np.allclose(bug_hunt.books(*one), bug_hunt.books(*other), atol=1e-6)
    ]

    assert {(one[0], one[1], other[1]) for one, other in alike} == {("same bar", "paid", "of the new side")}


def test_the_faulty_backtest_shines_and_the_repaired_one_does_not() -> None:
    """On coins that throw random_rules. What the lesson prints while the faults go."""
    closes, funding = bug_hunt.market()
    shines = garden.sharpe(bug_hunt.backtest(closes, funding, bug_hunt.score))
    honest = garden.sharpe(backtest_of()(closes, funding, scored(center=False, full=False)))

    assert shines.value > 5
    assert honest.low < 0 < honest.high


def test_the_lesson_hands_out_the_backtest_that_is_kept_here() -> None:
    """All five faults are in the cells, too."""
    text = lesson_of("08").source.read_text()
    space: dict[str, Any] = {"np": np}
    for cell in text.split("# %%"):
        if "def score" in cell or "def backtest" in cell:
            exec(cell.split("# solution")[0].split("\n", 1)[1], space)

    assert bug_hunt.remaining(space["score"], space["backtest"]) == (5, "")


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ([1.0, backtest_of()], "give the function itself"),
        ([HONEST["no scaling"], 3], "give the function itself"),
        ([lambda close: close["coin 1"], backtest_of()], "one score for each day and coin"),
        ([HONEST["no scaling"], lambda closes, funding, score: closes], "one return for each of 40 days"),
    ],
)
def test_what_is_no_backtest_is_answered_in_words(answers: list[Any], says: str) -> None:
    """A wrong type or shape costs one line."""
    found = judge(HUNT, answers)

    assert found.status == "NOT YET" and says in found.says


# --- exercise 08.4 ---

GOOD = {
    "claim": "the price falls",
    "event": "score of 2 or more",
    "horizon": "72h",
    "outcome": "log return",
    "against": "the mean of all hours",
    "data": "BNB, 2023 to 2026",
    "costs": "none",
    "trials": "1",
    "verdict": "supported if the interval lies below 0",
}
WEAK = {
    "no-threshold": {"event": "a large jump"},
    "no-unit": {"horizon": "soon"},
    "no-comparison": {"against": "nothing."},
    "no-period": {"data": "BNB"},
    "no-count": {"trials": "a few"},
    "no-line": {"verdict": "when it works"},
}


def written(plan: dict[str, str]) -> str:
    return "\n".join(f"{name.title()} : {words}" for name, words in plan.items())


def test_a_whole_plan_is_right_in_any_order_and_case() -> None:
    """Structure, not words."""
    assert set(GOOD) == set(SLOTS)
    assert judge(PLAN, [written(dict(reversed(GOOD.items())))]).status == "CORRECT"


@pytest.mark.parametrize("name", WEAK)
def test_each_line_that_leaves_a_choice_gets_its_reason(name: str) -> None:
    """One weakness at a time."""
    says = {rule.name: rule.says for rule in PLAN.rules}
    found = judge(PLAN, [written(GOOD | WEAK[name])])

    assert (found.status, found.misconception, found.says) == ("NOT YET", name, says[name])
    assert set(says) == set(WEAK)


@pytest.mark.parametrize("trials", ["0", "0 tries", "-1"])
def test_a_plan_without_a_try_tries_nothing(trials: str) -> None:
    """Choosing among none is no plan."""
    assert judge(PLAN, [written(GOOD | {"trials": trials})]).misconception == "no-count"


@pytest.mark.parametrize(
    ("plan", "status", "says"),
    [
        (TODO, "NOT ATTEMPTED", "replace TODO"),
        ("", "NOT ATTEMPTED", "fill the lines"),
        ({"claim": "x"}, "NOT YET", "give one text"),
        (written({name: "TODO" for name in SLOTS}), "NOT ATTEMPTED", "fill the lines"),
        (written({k: v for k, v in GOOD.items() if k not in ("costs", "data")}), "NOT YET", "data, costs"),
    ],
)
def test_an_open_plan_says_what_is_open(plan: Any, status: str, says: str) -> None:
    """Each missing line by name."""
    found = judge(PLAN, [plan])

    assert found.status == status and says in found.says


# --- what the words say ---


def test_the_worked_count_names_the_last_rank() -> None:
    """After the hints a learner reads where the rising line is met."""
    assert f"rank {SURVIVORS.answer(None)['with_some_luck']:.0f}" in SURVIVORS.worked(None)


def test_the_facts_in_the_questions_are_true() -> None:
    """Numbers in options come from nowhere else, so they are computed here once more."""
    assert QUESTIONS["08.a"].answer == "c" and abs(expected_max_sharpe(100) - 2.5) < 0.1
    drawn = random_rules.throw(4000, days=365, seed=1)
    ratio = drawn.mean() / drawn.std() * 365**0.5
    assert abs((ratio > 1).mean() - 1 / 6) < 0.02
    assert QUESTIONS["08.b"].answer == "b" and abs(any_false_positive(20) - 2 / 3) < 0.03
    assert 1 / 3 < 0.95**20 < 0.4
    assert QUESTIONS["08.c"].answer == "c"
    assert (QUESTIONS["08.q1"].answer, QUESTIONS["08.q2"].answer, QUESTIONS["08.q3"].answer) == (
        "b",
        "b",
        "c",
    )


def test_a_p_is_one_minus_the_probabilistic_sharpe_ratio(days: pd.DataFrame) -> None:
    """The mirror of a rule without fees has the other chance, roughly."""
    made = returns(days, signal="price", level=1, position="long 1 day")

    assert chance(made) + chance(-made) == pytest.approx(1)
    assert set(POSITIONS) == {"short 1 day", "short 3 days", "long 1 day", "long 3 days"}


def test_the_lesson_meets_its_claims() -> None:
    """Those of the ledger that name this lesson are weighed in it."""
    text = lesson_of("08").source.read_text()

    for claim in CLAIMS.values():
        assert claim.lesson != "08" or f'"{claim.id}"' in text


def test_the_seal_has_a_world_for_each_option() -> None:
    """A world that could be searched and never opened would be a dead end."""
    from oikit_lessons.lesson08.hold_out import WORLDS

    assert explorer.WORLD.options == WORLDS
