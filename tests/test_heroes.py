"""Hero pictures without a browser: their words, their numbers, their bundle, and what is shipped."""

from __future__ import annotations

import base64
import html
import json
import math
import random
import re
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import oikit
from oikit.claims.events import first_in_cluster
from oikit.clock import bars
from oikit.errors import InputError
from oikit.explore.hero import Hero, Market, fill, of
from oikit.indicators import divergence, oi_to_cap
from oikit.simulate.samples import manifest
from oikit_lessons.lesson01 import hero as trades
from oikit_lessons.lesson02 import hero as line
from oikit_lessons.lesson03 import hero as lineup
from oikit_lessons.lesson05 import hero as dominoes
from oikit_lessons.lesson07 import hero as forecasts
from oikit_lessons.lesson08 import hero as luck
from tests.conftest import frame

HEROES = ("01", "02", "03", "04", "05", "06", "07", "08")
EVIL = "</script><script>window.hit=1</script>\"'&<b>x</b>"


@pytest.fixture(params=HEROES)
def hero(request: pytest.FixtureRequest) -> Hero:
    return known(request.param)


def known(lesson: str) -> Hero:
    found = of(lesson)
    assert found is not None
    return found


def short_market(days: int = 90, name: str = "TINYUSDT", **more: Any) -> Market:
    """A made-up market of hours with a hole, whose ratio is far from that of the samples."""
    rng = np.random.default_rng(4)
    n = 24 * days
    coins = 2e5 * np.exp(np.cumsum(0.01 * rng.standard_normal(n)))
    coins[30 * 24 : 33 * 24] = np.nan
    close = 3 * np.exp(np.cumsum(0.004 * rng.standard_normal(n)))
    made = frame(close=close, open_interest=coins, circulating_supply=np.full(n, 1e6))
    return Market(name, made, **more)


# --- words ---


def test_a_template_writes_counts_shares_dollars_and_the_word_that_fits() -> None:
    """One language for the page and for Python."""
    facts = {"n": 1, "m": 1234, "x": 0.00652, "y": -0.0004, "z": 23.01, "d": -1200, "s": "a few"}

    assert fill("{n|day|days}, {m|day|days}", facts) == "1 day, 1,234 days"
    assert fill("{x:p} {x:p1} {y:p1} {y:p0} {z:x}", facts) == "0.65% 0.7% 0.0% 0% 23"
    assert fill("{d:$} {d:+$} {m:+$} {s}", facts) == "−$1,200 −$1,200 +$1,234 a few"


def test_every_template_can_be_filled_in_every_state_that_names_it() -> None:
    """No placeholder is left over, and no template is written for nothing."""
    used: dict[str, set[str]] = {lesson: {"open"} for lesson in HEROES}
    for lesson, states in (
        ("01", _trade_states()),
        ("02", _line_states()),
        ("03", _lineup_states()),
        ("04", _alarm_states()),
        ("05", _shock_states()),
        ("06", _leverage_states()),
        ("07", [{"bend": bend, "shift": shift} for bend in (-100, 0, 76, 100) for shift in (-200, 0, 200)]),
        ("08", [{"rules": rules, "seed": seed} for rules in luck.RULES for seed in (1, 2)]),
    ):
        found = known(lesson)
        for settings in states:
            facts = found.facts(found.state(**settings))
            used[lesson] |= {
                facts["title"],
                *([facts["says"]] if isinstance(facts["says"], str) else facts["says"]),
            }
            said = found.says(**settings)
            assert not re.search(r"[{}*|]", said) and re.search(r"[.?!]$", said)
    single = line.hero(short_market())
    highest = single.data["highest"]
    for threshold in (0.0001, highest * 0.99999, highest * 1.01):
        facts = single.facts(single.state(threshold=threshold))
        used["02"] |= {facts["title"], facts["says"]}
        single.says(threshold=threshold)

    own = lineup.hero(short_market(200))
    used["03"] |= set(own.facts(own.state())["says"])
    for lesson in HEROES:
        found = known(lesson)
        assert used[lesson] == set(found.text), set(found.text) ^ used[lesson]


def _trade_states() -> list[dict[str, Any]]:
    mixed = [{"trades": kinds, "about": "trade"} for kinds in ([], ["oo"], ["oc"], ["co"], ["cc"])]
    prices = [
        {"trades": kinds, "price": price, "about": "price"} for kinds in ([], ["cc"]) for price in (500, 660)
    ]
    return [{}, *mixed, *prices, {"about": "full"}, {"trades": ["cc"] * 6, "about": "empty"}]


def _line_states() -> list[dict[str, Any]]:
    return [{}, *({"threshold": step} for step in line.hero().data["steps"])]


def _lineup_states() -> list[dict[str, Any]]:
    plain: list[dict[str, Any]] = [
        {"market": market, "cases": size, "seed": seed, "picked": picked}
        for market in ("planted", "null")
        for size in lineup.MEANS
        for seed in range(1, 15)
        for picked in (0, -1, 3)
    ]
    scores = [{"picked": 4, "found": found, "rounds": 6} for found in (0, 1, 3)]
    return [*plain, *scores, {"picked": 8, "rounds": 2, "found": 1}]


def _alarm_states() -> list[dict[str, Any]]:
    shares = [
        (dumps, caught, cried) for dumps in (1, 10, 50) for caught in (0, 1, 70) for cried in (0, 20, 60)
    ]
    return [{"dumps": dumps, "caught": caught, "false_alarms": cried} for dumps, caught, cried in shares]


def _leverage_states() -> list[dict[str, Any]]:
    shares = [(drift, swing) for drift in (-0.2, 0.0, 0.2, 0.5) for swing in (0.2, 0.57, 1.2)]
    return [
        {"drift": drift, "volatility": swing, "leverage": leverage}
        for drift, swing in shares
        for leverage in (0.2, 0.6, 1, 2, 5, 20)
    ]


def _shock_states() -> list[dict[str, Any]]:
    sides = [(longs, shorts) for longs in dominoes.LEVERAGE for shorts in dominoes.LEVERAGE]
    return [
        {"longs": longs, "shorts": shorts, "depth": depth, "shock": shock}
        for longs, shorts in sides
        for depth in dominoes.DEPTHS
        for shock in dominoes.SHOCKS[::5]
    ]


def test_settings_answer_in_words_and_a_table() -> None:
    """For reading aloud, and for whoever cannot see the picture."""
    found = known("02")
    answer = found.words(threshold=0.005)

    assert "207 days above 0.50%" in answer.says and "Simulated market bnb-null" in answer.says
    assert ["days", "207"] in answer.table and ["episodes", "11"] in answer.table
    assert found.words(threshold="0.5%").says == answer.says


@pytest.mark.parametrize(
    ("lesson", "settings", "says"),
    [
        ("02", {"threshhold": 0.1}, "did you mean 'threshold'"),
        ("02", {"threshold": "high"}, "a number such as 0.005"),
        ("02", {"threshold": 15}, "no share of all coins"),
        ("01", {"trades": "oo xx"}, "trade 2 is 'xx'"),
        ("01", {"trades": ["cc"] * 7}, "trade 7 closes a contract, and none is open"),
        ("01", {"trades": ["oo"] * 7}, "trade 7 does not fit"),
        ("01", {"price": 601}, "multiple of 10"),
        ("03", {"market": "mine"}, "planted, null"),
        ("03", {"cases": 5}, "1, 10, 60"),
        ("03", {"picked": 21}, "use 1 to 20"),
        ("04", {"dumps": 0}, "from 1 to 50"),
        ("04", {"caught": 0.7}, "a whole number from 0 to 100"),
        ("04", {"view": "none"}, "all weeks, alarms only"),
        ("08", {"rules": 3}, "1, 2, 5, 10"),
        ("08", {"seed": 0}, "a whole number such as 9"),
        ("07", {"bend": 0.5}, "a whole number from -100 to 100"),
        ("06", {"leverage": 0}, "from 0.2 to 20"),
        ("06", {"drift": "lots"}, "from -0.5 to 1.5"),
        ("05", {"shock": 0.5}, "a step of 0.005 from -0.2 to 0.2"),
        ("05", {"shock": "deep"}, "a step of 0.005"),
        ("05", {"longs": "daring"}, "cautious, mixed, bold"),
    ],
)
def test_a_setting_that_is_none_is_refused_with_what_to_type(
    lesson: str, settings: dict[str, Any], says: str
) -> None:
    """Nobody has to look up the names."""
    found = known(lesson)
    with pytest.raises(InputError, match=says):
        found.says(**settings)


def test_a_lesson_without_a_picture_has_none() -> None:
    """So that explorers of the first kind go on."""
    assert of("77") is None


# --- numbers ---


def test_trades_can_be_typed_as_words() -> None:
    """As the lesson says them."""
    found = known("01")
    pairs = found.says(trades=[("opens", "closes"), ("closes", "closes")], about="trade")

    assert pairs == found.says(trades="oc cc", about="trade")
    assert pairs.startswith("Both close, so there is one contract less")


def test_longs_equal_shorts_after_three_thousand_trades() -> None:
    """Booked apart, counted apart: six at first, plus those where both open, less those where both close."""
    rng = random.Random(7)
    kinds: list[str] = []
    for _ in range(3000):
        kind = rng.choice(trades.DEMO)
        held = trades.FIRST["contracts"] + kinds.count("oo") - kinds.count("cc")
        if len(kinds) == trades.ROOM or (kind == "oo" and held == trades.MOST) or ("c" in kind and not held):
            kinds = kinds[:-1]  # undo
            continue
        kinds.append(kind)
        booked = trades.books(kinds)
        both = trades.FIRST["contracts"] + kinds.count("oo") - kinds.count("cc")

        assert len(booked["longs"]) == len(booked["shorts"]) == both
        assert len({*booked["longs"], *booked["shorts"]}) == 2 * both


def test_the_line_counts_as_the_library_does() -> None:
    """Days and episodes at every step, counted again from the hourly sample."""
    days = oikit.sample("bnb-null").at_time("00:00")
    ratio = oi_to_cap(days["open_interest"], days["circulating_supply"])
    found = known("02")
    for step in found.data["steps"]:
        facts = found.facts(found.state(threshold=step))
        above = ratio > step

        assert facts["days"] == above.sum()
        assert facts["episodes"] == first_in_cluster(above, "30d").sum()
    assert line.ARTICLE in found.data["steps"] and found.facts(found.state())["days"] == 0


def test_rounding_moves_no_day_across_a_step() -> None:
    """The page holds shorter numbers, and they say the same."""
    for market in (None, short_market()):
        found = line.hero(market)
        exact = line.daily(market or Market.sample("bnb-null"))
        sent = pd.Series(found.data["ratio"], exact.index, dtype=float)

        assert sent.isna().equals(exact.isna())
        for step in found.data["steps"]:
            assert ((sent > step) == (exact > step)).all()


def test_the_windows_of_the_line_up_are_cut_as_the_library_finds_them() -> None:
    """Cases by divergence and the first of each cluster; decoys far from any spike."""
    for name in lineup.BUNDLED:
        market = oikit.sample(name)
        close = market["close"].to_numpy()
        spikes = divergence(market["close"], market["open_interest"]) == 1
        cases = np.flatnonzero(first_in_cluster(spikes, "72h"))
        cases = cases[(cases >= 24) & (cases + 72 < len(close))]
        again = [[round(1e4 * (close[at + hour] / close[at] - 1)) for hour in lineup.HOURS] for at in cases]
        found = lineup.bundled(name)

        assert found["real"] == again
        assert len(found["other"]) > 200
        starts = {tuple(path) for path in again}
        assert not starts & {tuple(path) for path in found["other"]}


def test_decoys_start_as_quietly_as_the_cases() -> None:
    """A flat day before would give the real one away."""
    for name in lineup.BUNDLED:
        found = lineup.bundled(name)
        before = {kind: np.abs(np.array(found[kind])[:, 0]) for kind in ("real", "other")}

        assert np.median(before["real"]) < 2 * np.median(before["other"])
        assert np.median(before["other"]) < 2 * np.median(before["real"])


def test_what_is_shipped_is_what_the_samples_give() -> None:
    """Keyed by the digest of each sample, and computed again here."""
    shipped = json.loads(
        resources.files("oikit_lessons.lesson03").joinpath(lineup.SHIPPED).read_text("utf-8")
    )

    assert {name: each["sha256"] for name, each in shipped.items()} == {
        name: manifest()[name]["sha256"] for name in lineup.BUNDLED
    }
    assert json.loads(lineup.ship()) == shipped


def test_another_sample_is_computed_and_not_taken_from_what_was_shipped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A pack of another digest must not get the paths of this one."""
    monkeypatch.setattr(
        lineup, "_shipped", lambda: {"bnb-null": {"sha256": "another", "real": [], "other": []}}
    )
    monkeypatch.setattr(lineup, "DEALS", 10)

    assert len(lineup.bundled("bnb-null")["real"]) == 71


def test_a_panel_holds_no_case_twice_and_no_two_share_one() -> None:
    """As far as the deck reaches: 19 panels of 10 take 190 of the 262 there are."""
    cases = [[1 << k for k in range(13)] for _ in range(1)] * 12
    pool = {"real": cases, "other": [[0] * 12 + [10**6 + k] for k in range(262)]}
    real, sums = lineup.deal(pool, 10, np.arange(1, 30))
    for row, where in enumerate(real):
        ends = np.delete(sums[row, :, -1], where)
        assert ends.sum() - 190 * 10**6 >= sum(range(190))
    assert set(real) <= set(range(20)) and len(set(real)) > 5


@pytest.mark.parametrize(("days", "says"), [(50, "on 47 days"), (61, "a line-up needs 1 and 19")])
def test_a_market_that_is_too_short_is_refused(days: int, says: str) -> None:
    """With what was found and what to do."""
    with pytest.raises(InputError, match=says):
        lineup.hero(short_market(days)) if days > 55 else line.hero(short_market(days))


def test_a_stored_market_gets_its_own_picture() -> None:
    """Its name, its scale, its answer; nothing of the sample is left in the words."""
    found = line.hero(short_market(100))

    assert "Real market TINYUSDT" in found.foot and "simulated" not in found.foot.lower()
    assert found.question.answer != "never" and found.data["highest"] > 0.15
    own = lineup.hero(short_market(200))
    assert own.start["market"] == "own" and "Nobody knows" in own.says()
    assert bars("8h", short_market().frame.index) == 8


def test_alarms_are_counted_as_bayes_would() -> None:
    """Of all alarms, the share that is right: base rate times caught, over all that ring."""
    found = known("04")
    for state in _alarm_states():
        facts = found.facts(found.state(**state))
        base, caught, cried = (state[name] / 100 for name in ("dumps", "caught", "false_alarms"))
        rings = base * caught + (1 - base) * cried

        assert abs(facts["alarms"] - 1000 * rings) <= 1
        if facts["alarms"] > 20:
            assert abs(facts["share"] - 100 * base * caught / rings) <= 3
        assert facts["right"] + facts["wrong"] == facts["alarms"]
    assert found.question.answer == "28"


def test_each_domino_is_one_contract_at_its_own_price() -> None:
    """Both sides hold the same, at even distances, and never beyond the price."""
    for longs in dominoes.LEVERAGE:
        for shorts in dominoes.LEVERAGE:
            table = dominoes.book(longs, shorts)
            for side, rows in table.groupby("side"):
                gaps = np.abs(np.diff(rows["liquidation_price"]))

                assert len(rows) == 20 and (rows["quantity"] == 1).all()
                assert gaps.max() < 1.02 * gaps.min()
                assert ((rows["liquidation_price"] < dominoes.PRICE) == (side == "long")).all()


def test_the_best_leverage_is_the_peak_of_the_curve() -> None:
    """No step does better than Kelly's, and twice that is back at the start."""
    found = known("06")
    for drift, volatility in ((0.2, 0.57), (0.08, 0.2), (0.5, 0.6)):
        at = {"drift": drift, "volatility": volatility}
        wealth = [found.facts(found.state(**at, leverage=step))["wealth"] for step in found.data["steps"]]
        best = drift / volatility**2

        assert max(wealth) <= 100 * math.exp(drift**2 / volatility**2 / 2) + 1e-9
        if 2 * best <= 20:
            assert found.facts(found.state(**at, leverage=2 * best))["wealth"] == pytest.approx(100)
    assert found.says(leverage="5x") == found.says(leverage=5, drift="20%")
    assert found.question.answer == "below 1x"


def test_bending_changes_what_is_said_and_nothing_else() -> None:
    """Honest forecasts look honest; 90 of 300 days stay 90, and no bend is better than none."""
    honest, came = forecasts.days()
    found = known("07")
    plain = found.facts(found.state(bend=0, shift=0))

    assert came.sum() == 90 and len(came) == 300 and (np.diff(honest) >= 0).all()
    assert np.allclose(forecasts.bent(0, 0), honest)
    assert plain["says"] == ["group", "luck", "honest"] and plain["kept"] == 1
    assert found.question.answer == "18" and found.facts(found.state())["hits"] == 18
    for bend in (-100, -50, 50, 100):
        assert found.facts(found.state(bend=bend, shift=0))["score"] > plain["score"]


def test_rules_without_skill_are_normal_and_each_its_own() -> None:
    """Mean zero and unit spread; the best of 100 shows about 2.5, and nothing of it a year later."""
    steps = np.concatenate([luck.years(seed, 200) for seed in range(1, 21)])
    few, many = luck.years(3, 5), luck.years(3, 200)
    found = known("08")
    draws = [found.facts(found.state(seed=seed, rules=100)) for seed in range(1, 101)]

    assert abs(steps.mean()) < 0.01 and abs(steps.std() - 1) < 0.01
    assert np.array_equal(few, many[:5])
    assert abs(np.corrcoef(steps[:-1, 0], steps[1:, 0])[0, 1]) < 0.05
    assert np.mean([each["best"] for each in draws]) == pytest.approx(draws[0]["luck"], abs=0.1)
    assert abs(np.mean([each["next"] for each in draws])) < 0.3
    assert found.question.answer == "about 2.5"


def test_a_shock_can_be_typed_as_text() -> None:
    """As the lesson writes it."""
    found = known("05")

    assert found.says(shock="-10%") == found.says(shock=-0.1) == found.says(shock="−10%")
    assert found.says(shock=0).startswith("Two sides of the same size")


# --- the bundle ---


def test_the_bundle_holds_a_frame_a_still_picture_and_the_words(hero: Hero) -> None:
    """Each front end takes what it can show; the market and its kind are in all three."""
    bundle = hero._repr_mimebundle_()

    assert list(bundle) == ["text/html", "image/svg+xml", "text/plain"]
    assert bundle["text/html"].count("<iframe") == 1 and 'title="' in bundle["text/html"]
    assert bundle["image/svg+xml"].startswith("<svg") and 'role="img"' in bundle["image/svg+xml"]
    for text in (bundle["text/plain"], bundle["image/svg+xml"], hero.page()):
        assert "imulated" in text or "no market" in text
    assert base64.b64encode(bundle["image/svg+xml"].encode()).decode() in bundle["text/html"]
    assert repr(hero).count("\n") == 0 and len(repr(hero)) < 300


def test_a_page_asks_nothing_of_the_network_and_is_small(hero: Hero) -> None:
    """Everything is inside: no address, no import."""
    page = hero.page()

    assert not re.findall(r"(?:src|href)=", page.replace("data-", ""))
    assert "fetch(" not in page and "import(" not in page and "eval(" not in page
    assert page.replace("http://www.w3.org/2000/svg", "").count("http") == 0
    assert len(page.encode()) < 80_000


def test_no_script_can_end_its_own_element() -> None:
    """Two texts would end it, or hide what follows."""
    kit = resources.files("oikit.explore").joinpath("kit.js").read_text("utf-8")
    scripts = [kit, *(found.script for lesson in HEROES if (found := of(lesson)))]

    assert all("</script" not in each.lower() and "<!--" not in each for each in scripts)
    assert all("innerHTML" not in each for each in scripts)


def test_a_hostile_name_stays_text() -> None:
    """In the page, in its attribute, in the still picture."""
    for made in (line.hero(short_market(name=EVIL)), lineup.hero(short_market(200, name=EVIL))):
        bundle = made._repr_mimebundle_()

        assert made.page().count("<script") == 3 and "<b>x" not in made.page()
        assert "<script" not in bundle["text/html"] and "<script" not in bundle["image/svg+xml"]
        inside = html.unescape(re.search(r'srcdoc="([^"]*)"', bundle["text/html"])[1])  # type: ignore[index]
        assert inside == made.page()


def test_a_picture_can_be_opened_with_its_answer() -> None:
    """For slides and for links: the state is named, the bet is left out."""
    found = known("02")
    page = found.shown(threshold=0.005).page(still=True)
    given = json.loads(re.search(r'id="page">(.*?)</script>', page)[1])  # type: ignore[index]

    assert given["shown"] and given["still"] and given["after"]["threshold"] == 0.005
    assert not json.loads(re.search(r'id="page">(.*?)</script>', found.page())[1])["shown"]  # type: ignore[index]


def test_few_words_stand_before_the_first_act(hero: Hero) -> None:
    """At most 60, the claim and the question together."""
    asked = f"{hero.text['open']} {hero.question.asks} {' '.join(hero.question.options)}"

    assert len(asked.split()) <= 60


def test_the_scripts_lie_beside_their_lessons() -> None:
    """Package data, as the wheel has it."""
    for lesson in HEROES:
        found = known(lesson)
        beside = Path(str(resources.files(f"oikit_lessons.lesson{lesson}"))) / "hero.js"
        assert beside.read_text(encoding="utf-8") == found.script


def test_explore_answers_with_the_words_of_the_picture() -> None:
    """Without settings it is the picture, and a setting that it does not have is refused by name."""
    from oikit.explore import explore

    assert explore("02").page() == known("02").page()
    assert explore("02", threshold=0.005).says == known("02").words(threshold=0.005).says
    with pytest.raises(InputError, match="no setting 'horizon'; it has threshold, top"):
        explore("02", horizon="3 days")
