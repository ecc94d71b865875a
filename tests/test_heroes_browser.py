"""Hero pictures in a real Chromium: the page and the library agree, and everybody can use them."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pytest

from oikit.cascade import cascade
from oikit.explore.hero import Hero, Market
from oikit.export import page
from oikit.risk import leverage_table
from oikit_lessons.lesson01 import hero as trades
from oikit_lessons.lesson02 import hero as line
from oikit_lessons.lesson03 import hero as lineup
from oikit_lessons.lesson05 import hero as dominoes
from oikit_lessons.lesson06 import hero as growth
from oikit_lessons.lesson08 import hero as luck
from tests.browser import Browser, end_kernel, needs_browser, open_browser, run_all, wear
from tests.test_heroes import EVIL, HEROES, known, short_market

pytestmark = pytest.mark.browser

READ = (
    "() => [document.getElementById('title').innerText, document.getElementById('say').innerText].join('\\n')"
)


@pytest.fixture(scope="module", autouse=True)
def browser_there() -> None:
    needs_browser()


@contextmanager
def opened(
    hero: Hero, folder: Path, *, width: int = 1280, dark: bool = False, calm: bool = True, touch: str = ""
) -> Iterator[Browser]:
    """Open the page of a hero, from a file."""
    path = folder / f"hero-{hero.id}.html"
    path.write_text(hero.page(), encoding="utf-8")
    with open_browser(width=width) as browser:
        browser.page.emulate_media(
            color_scheme="dark" if dark else "light", reduced_motion="reduce" if calm else "no-preference"
        )
        browser.page.goto(path.as_uri() + touch)
        browser.page.wait_for_function("document.getElementById('title').innerText.length > 5")
        yield browser


def said(text: str) -> str:
    """A sentence as `Hero.says` has it."""
    title, sentence = text.split("\n", 1)
    return f"{title}{'' if title[-1] in '.?!' else '.'} {sentence}"


def background(frame: Any) -> str:
    """What the page inside a frame stands on."""
    colour: str = frame.locator("body").evaluate("b => getComputedStyle(b).backgroundColor")
    return colour


def bet(browser: Browser) -> None:
    """Pick the first option, and open the answer."""
    browser.page.locator("#options button, #panel0").first.click()
    browser.page.get_by_role("button", name="Show me", exact=True).click()


# --- one truth ---


@pytest.mark.parametrize("market", [None, short_market()], ids=["bnb-null", "90 days with a hole"])
def test_page_and_library_agree_at_every_step_of_the_line(market: Market | None, tmp_path: Path) -> None:
    """Days, episodes and every word, at each of more than a hundred thresholds."""
    hero = line.hero(market)
    ratio = line.daily(market or Market.sample("bnb-null"))
    with opened(hero, tmp_path) as browser:
        for step in hero.data["steps"]:
            browser.page.evaluate("x => oikit.set({threshold: x})", step)
            facts = browser.page.evaluate("() => oikit.facts()")

            assert (facts["days"], facts["episodes"]) == line.count(ratio, step)
            assert said(browser.page.evaluate(READ)) == hero.says(threshold=step)
        assert browser.complaints == []


def test_page_and_library_agree_over_three_thousand_trades_and_undos(tmp_path: Path) -> None:
    """Against a count of its own: six, plus both-open, less both-close; and the dollars in three parts."""
    hero, rng = known("01"), random.Random(11)
    with opened(hero, tmp_path) as browser:
        kinds: list[str] = []
        states: list[tuple[list[str], int]] = []
        while len(states) < 3000:
            kind = rng.choice([*trades.DEMO, "undo"])
            held = trades.FIRST["contracts"] + kinds.count("oo") - kinds.count("cc")
            full = (
                len(kinds) == trades.ROOM
                or (kind == "oo" and held == trades.MOST)
                or ("c" in kind and not held)
            )
            kinds = kinds[:-1] if kind == "undo" or full else [*kinds, kind]
            states.append((kinds, rng.choice(trades.PRICES)))
        found = browser.page.evaluate(
            "states => states.map(([trades, price]) => oikit.facts({trades, price}))", states
        )
        for (kinds, price), facts in zip(states, found, strict=True):
            held = trades.FIRST["contracts"] + kinds.count("oo") - kinds.count("cc")
            change = held * price - 3600

            assert facts["longs"] == facts["shorts"] == facts["contracts"] == held and facts["volume"] == len(
                kinds
            )
            assert (
                facts["price_part"] + facts["position_part"] + facts["cross_part"]
                == facts["change"]
                == change
            )
        for kinds, price in states[::75]:
            about = "trade" if len(kinds) % 2 else "price"
            browser.page.evaluate("s => oikit.set(s)", {"trades": kinds, "price": price, "about": about})
            held = trades.FIRST["contracts"] + kinds.count("oo") - kinds.count("cc")
            label = browser.page.locator("#svg").get_attribute("aria-label") or ""
            people = browser.page.locator(".who:not(.gone)").evaluate_all(
                "all => all.filter(g => g.style.opacity === '1').length"
            )

            assert said(browser.page.evaluate(READ)) == hero.says(trades=kinds, price=price, about=about)
            assert f"{held} longs, {held} shorts; volume {len(kinds)};" in label and people == 2 * held


def test_the_buttons_book_what_they_say(tmp_path: Path) -> None:
    """Trade and Undo by hand: the state is the list of trades, and it cannot leave the picture."""
    with opened(known("01"), tmp_path) as browser:
        bet(browser)
        press = browser.page.get_by_role("button", name="Undo")
        for _ in range(5):
            press.click(force=True)
        assert browser.page.evaluate("() => oikit.state().trades") == []
        for _ in range(7):
            browser.page.get_by_role("button", name="Trade", exact=True).click(force=True)

        assert browser.page.evaluate("() => oikit.state().trades") == ["cc"] * 6
        assert "nobody can close one" in browser.page.evaluate(READ)


def test_page_and_python_deal_the_same_line_ups(tmp_path: Path) -> None:
    """The same panels for the same number of the deal, the same words, and the same rate for the eye."""
    hero = known("03")
    deals = """([market, cases, seeds]) => seeds.map(seed => {
        const dealt = oikit.lineUp.deal({market, cases, seed});
        return [dealt.real, dealt.sums];
    })"""
    hits = """([market, cases, deals]) => Array.from({length: deals}, (_, k) => k + 1)
        .filter(seed => !oikit.lineUp.deeper(oikit.lineUp.deal({market, cases, seed}))).length"""
    with opened(hero, tmp_path) as browser:
        for market, pool in hero.data["markets"].items():
            for size in lineup.MEANS:
                seeds = [*list(range(1, 41)), 9999]
                real, sums = lineup.deal(pool, size, seeds)
                for row, (where, dealt) in enumerate(browser.page.evaluate(deals, [market, size, seeds])):
                    assert where == real[row] and np.array_equal(dealt, sums[row])
                right = browser.page.evaluate(hits, [market, size, lineup.DEALS])
                rate = round(100 * right / lineup.DEALS)

                assert rate == pool["eye"][size] == lineup.eye(pool, size)
                for seed, picked, found, rounds in (
                    (1, -1, 0, 0),
                    (7, 4, 1, 1),
                    (8, 2, 0, 2),
                    (9, 3, 2, 4),
                    (12, 5, 3, 9),
                ):
                    state = {"market": market, "cases": size, "seed": seed, "picked": picked}
                    state |= {"found": found, "rounds": rounds}
                    browser.page.evaluate("s => oikit.set(s)", state)
                    assert said(browser.page.evaluate(READ)) == hero.says(**state)


def test_every_round_is_counted_for_its_own_setting(tmp_path: Path) -> None:
    """Another market or another mean begins at nothing, and the old count comes back."""
    with opened(known("03"), tmp_path) as browser:
        bet(browser)
        for _ in range(2):
            browser.page.get_by_role("button", name="New line-up").click()
            browser.page.locator("#panel3").click()
        assert browser.page.evaluate("() => oikit.state().rounds") == 3
        browser.page.get_by_role("button", name="no link").click()
        assert browser.page.evaluate("() => oikit.state().rounds") == 0
        browser.page.get_by_role("button", name="link built in").click()

        assert browser.page.evaluate("() => oikit.state().rounds") == 3


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.slow)])
def test_page_and_library_agree_on_every_cascade(tmp_path: Path, every: int) -> None:
    """Whom a shock forces out, in how many rounds, where it stops: each fourth of 2,187 settings, or all."""
    hero = known("05")
    states = [
        {"longs": longs, "shorts": shorts, "depth": depth, "shock": shock}
        for longs in dominoes.LEVERAGE
        for shorts in dominoes.LEVERAGE
        for depth in dominoes.DEPTHS
        for shock in dominoes.SHOCKS
    ][::every]
    with opened(hero, tmp_path) as browser:
        found = browser.page.evaluate("states => states.map(state => oikit.facts(state))", states)
        for state, facts in zip(states, found, strict=True):
            book = dominoes.book(state["longs"], state["shorts"])
            run = cascade(book, price=600, shock=state["shock"], depth=dominoes.DEPTHS[state["depth"]])

            assert facts == hero.facts(state)
            if state["shock"]:
                assert facts["fallen"] == run.forced and facts["rounds"] == len(run.steps) - 1
                assert facts["stop"] == run.price / 600 - 1
        for state in states[::20]:
            browser.page.evaluate("state => oikit.set(state)", state)
            down = browser.page.locator(".domino").evaluate_all(
                "all => all.filter(d => !d.style.transform.endsWith('rotate(0deg)')).length"
            )
            assert said(browser.page.evaluate(READ)) == hero.says(**state)
            assert down == hero.facts(state).get("fallen", 0)


def test_page_and_python_count_the_same_alarms(tmp_path: Path) -> None:
    """In 7,150 settings, and every dot of some of them is drawn."""
    hero = known("04")
    states = [
        {"dumps": dumps, "caught": caught, "false_alarms": cried}
        for dumps in range(1, 51)
        for caught in range(0, 101, 10)
        for cried in range(0, 61, 5)
    ]
    with opened(hero, tmp_path) as browser:
        found = browser.page.evaluate("states => states.map(state => oikit.facts(state))", states)
        assert found == [hero.facts(state) for state in states]
        for state in states[::90]:
            browser.page.evaluate("state => oikit.set(state)", state)
            dots = browser.page.eval_on_selector_all(
                "#svg > path", "all => all.map(p => p.getAttribute('d').split('h0').length - 1)"
            )
            facts = hero.facts(state)
            quiet, missed, right, wrong, holes = dots

            assert said(browser.page.evaluate(READ)) == hero.says(**state)
            assert (right, wrong, holes) == (facts["right"], facts["wrong"], facts["wrong"])
            assert quiet + missed + right + wrong == 1000 and missed == facts["dump_weeks"] - right


def test_page_and_library_agree_on_growth_and_liquidation(tmp_path: Path) -> None:
    """Median wealth and the chance of a liquidation at each of 89 leverages, in 77 markets."""
    hero = known("06")
    markets = [(drift / 10, swing / 10) for drift in range(-5, 16, 3) for swing in range(2, 13)]
    ask = """([drift, volatility, steps]) => steps.map(leverage => {
        const facts = oikit.facts({drift, volatility, leverage});
        return [facts.wealth, facts.gone];
    })"""
    with opened(hero, tmp_path) as browser:
        for drift, volatility in markets:
            table = leverage_table(
                growth.STEPS, drift=drift, volatility=volatility, days=365.0, tiers=growth.RATE
            )
            wealth, gone = np.array(browser.page.evaluate(ask, [drift, volatility, growth.STEPS])).T

            assert np.allclose(wealth, 100 * table["median_wealth"], rtol=1e-10, atol=1e-12)
            assert np.allclose(gone, 1 - table["survival"], rtol=0, atol=1e-9)
        for drift, volatility in markets[::5]:
            for leverage in (0.2, 0.6, 1, 2, 5, 20):
                state = {"drift": drift, "volatility": volatility, "leverage": leverage}
                browser.page.evaluate("state => oikit.set(state)", state)
                assert said(browser.page.evaluate(READ)) == hero.says(**state)


def test_page_and_library_agree_on_every_bend(tmp_path: Path) -> None:
    """The Brier score, the 30 days that say 80%, and whether luck could do it: in 273 settings."""
    hero = known("07")
    states = [
        {"bend": bend, "shift": shift} for bend in range(-100, 101, 10) for shift in range(-180, 181, 30)
    ]
    with opened(hero, tmp_path) as browser:
        found = browser.page.evaluate("states => states.map(state => oikit.facts(state))", states)
        for state, facts in zip(states, found, strict=True):
            ours = hero.facts(state)

            assert facts["score"] == pytest.approx(ours["score"], abs=1e-12)
            assert {**facts, "score": 0, "said": 0, "kept": 0} == {**ours, "score": 0, "said": 0, "kept": 0}
        for state in states[::7]:
            browser.page.evaluate("state => oikit.set(state)", state)
            assert said(browser.page.evaluate(READ)) == hero.says(**state)


def test_page_and_library_agree_on_the_best_of_many(tmp_path: Path) -> None:
    """The same rule wins the same draw, and both are as sure of it, alone and counting all tries."""
    hero = known("08")
    states = [{"seed": seed, "rules": rules} for seed in range(1, 26) for rules in luck.RULES]
    with opened(hero, tmp_path) as browser:
        found = browser.page.evaluate("states => states.map(state => oikit.facts(state))", states)
        for state, facts in zip(states, found, strict=True):
            ours = hero.facts(state)

            assert {key: facts[key] for key in ("number", "rules", "title", "says")} == {
                key: ours[key] for key in ("number", "rules", "title", "says")
            }
            for key in ("best", "next", "luck", "alone", "counted"):
                assert facts[key] == pytest.approx(ours[key], abs=1e-9)
        for state in states[::9]:
            browser.page.evaluate("state => oikit.set(state)", state)
            assert said(browser.page.evaluate(READ)) == hero.says(**state)


# --- the bet ---


@pytest.mark.parametrize("lesson", HEROES)
def test_nothing_is_told_before_the_bet(lesson: str, tmp_path: Path) -> None:
    """No finding, no number of the answer, no control; then the answer, and what was said stays."""
    hero = known(lesson)
    with opened(hero, tmp_path) as browser:
        shown = browser.page.locator("#hero").inner_text()
        drawn = browser.page.eval_on_selector_all(
            "#svg text",
            "all => all.filter(t => t.closest('svg').checkVisibility && t.checkVisibility()).map(t => "
            "t.textContent)",
        )
        assert hero.text["open"] in shown and browser.page.locator("#say").inner_text() == ""
        assert not browser.page.locator("#controls").is_visible()
        if lesson == "02":
            assert not [word for word in drawn if "%" in word or "episode" in word or "highest" in word]
            assert not browser.page.locator("[role=slider]").first.is_visible()
        if lesson == "03":
            assert not browser.page.locator(".real").count()
            labels = browser.page.eval_on_selector_all("[role=option]", "all => all.map(o => o.ariaLabel)")
            assert len(labels) == 20 and not [each for each in labels if "real" in each]
        browser.page.locator("#options button, #panel6").first.click()
        assert browser.page.locator("#title").inner_text() == hero.text["open"]
        browser.page.locator("#confidence").fill("70")
        browser.page.get_by_role("button", name="Show me", exact=True).click()

        made = browser.page.evaluate("() => oikit.bet")
        assert made["sure"] == 0.7 and str(made["choice"]) in (*hero.question.options, "7")
        assert "70% sure" in browser.page.locator("#say").inner_text()
        assert browser.page.locator("#title").inner_text() != hero.text["open"]
        assert (
            browser.page.locator("#controls").is_visible() and not browser.page.locator("#ask").is_visible()
        )


@pytest.mark.parametrize("lesson", HEROES)
def test_the_answer_moves_and_arrives_at_the_same_place(lesson: str, tmp_path: Path) -> None:
    """With motion and without, skipping the bet or not."""
    hero = known(lesson)
    with opened(hero, tmp_path, calm=False) as browser:
        browser.page.get_by_role("button", name="just show me").click()
        browser.page.wait_for_function(
            "end => document.getElementById('say').innerText.length && !oikit.bet && "
            "Object.entries(end).every(([k, v]) => JSON.stringify(oikit.state()[k]) === JSON.stringify(v))",
            arg=dict(hero.after),
            timeout=20_000,
        )
        assert said(browser.page.evaluate(READ)) == hero.says()
    with opened(hero, tmp_path, touch="#shown-still") as browser:
        assert said(browser.page.evaluate(READ)) == hero.says()
        assert browser.page.evaluate("() => oikit.open") is False


# --- keys, screens, readers ---


def test_the_line_obeys_every_key(tmp_path: Path) -> None:
    """One step, ten steps, both ends; and it says where it is."""
    hero = known("02")
    steps = hero.data["steps"]
    with opened(hero, tmp_path) as browser:
        bet(browser)
        grip = browser.page.get_by_role("slider", name="The line")
        grip.focus()
        at = steps.index(line.ARTICLE)
        for key, by in (
            ("ArrowDown", -1),
            ("ArrowLeft", -1),
            ("PageDown", -10),
            ("ArrowUp", 1),
            ("PageUp", 10),
            ("ArrowRight", 1),
        ):
            browser.page.keyboard.press(key)
            at += by
            assert browser.page.evaluate("() => oikit.state().threshold") == steps[at]
        browser.page.keyboard.press("Home")
        assert browser.page.evaluate("() => oikit.state().threshold") == steps[0]
        assert grip.get_attribute("aria-valuetext") == "0.19%" and grip.get_attribute("aria-valuenow") == "0"
        browser.page.keyboard.press("End")
        assert browser.page.evaluate("() => oikit.state().threshold") == steps[-1]


def test_the_line_is_dragged_by_mouse_and_its_place_is_wide_enough(tmp_path: Path) -> None:
    """It follows the pointer, stops at steps, and pulls the axis along when it is held at the top."""
    with opened(known("02"), tmp_path) as browser:
        browser.page.evaluate("() => oikit.set({threshold: 0.005, top: oikit.data.near})")
        box = browser.page.locator(".handle rect").first.bounding_box()
        assert box is not None and box["height"] >= 26 and box["width"] > 900
        mouse = browser.page.mouse
        mouse.move(box["x"] + 400, box["y"] + 16)
        mouse.down()
        mouse.move(box["x"] + 400, box["y"] + 116, steps=5)
        lower = browser.page.evaluate("() => oikit.state()")
        assert lower["threshold"] in known("02").data["steps"] and 0.002 < lower["threshold"] < 0.0045
        top = browser.page.locator("#svg").bounding_box()
        assert top is not None
        mouse.move(box["x"] + 400, top["y"] + 4, steps=5)
        browser.page.wait_for_function("() => oikit.state().top > 2 * oikit.data.near")
        mouse.up()
        after = browser.page.evaluate("() => oikit.state().top")
        browser.page.wait_for_timeout(100)
        assert browser.page.evaluate("() => oikit.state().top") == after
        assert browser.complaints == []


def test_the_shock_is_dragged_and_obeys_every_key(tmp_path: Path) -> None:
    """It stands on steps of half a per cent, says what it is, and has room for a thumb."""
    with opened(known("05"), tmp_path) as browser:
        bet(browser)
        grip = browser.page.get_by_role("slider", name="The shock")
        grip.focus()
        for key, shock in (
            ("ArrowRight", -0.045),
            ("PageUp", 0.005),
            ("ArrowDown", 0),
            ("Home", -0.2),
            ("End", 0.2),
        ):
            browser.page.keyboard.press(key)
            assert browser.page.evaluate("() => oikit.state().shock") == shock
        assert grip.get_attribute("aria-valuetext") == "a rise of 20%"
        box = browser.page.locator(".handle rect").first.bounding_box()
        assert box is not None and box["width"] >= 44
        browser.page.mouse.move(box["x"] + 24, box["y"] + 20)
        browser.page.mouse.down()
        browser.page.mouse.move(640, box["y"] + 20, steps=9)
        browser.page.mouse.up()
        assert browser.page.evaluate("() => oikit.state().shock") == 0
        assert browser.complaints == []


def test_the_line_up_is_picked_from_the_keyboard(tmp_path: Path) -> None:
    """Arrows walk, Enter picks and deals, and both ends are reached."""
    with opened(known("03"), tmp_path) as browser:
        browser.page.locator("#list").focus()
        for key in ("ArrowRight", "ArrowDown", "Enter"):
            browser.page.keyboard.press(key)
        assert "number 7" in browser.page.locator("#chosen").inner_text()
        browser.page.keyboard.press("End")
        assert browser.page.locator("#list").get_attribute("aria-activedescendant") == "panel19"
        browser.page.keyboard.press("Home")
        assert browser.page.locator("#list").get_attribute("aria-activedescendant") == "panel0"
        browser.page.locator("#confidence").focus()
        browser.page.keyboard.press("ArrowRight")
        browser.page.keyboard.press("Enter")
        assert browser.page.evaluate("() => oikit.bet.choice") == 7
        browser.page.locator("#list").focus()
        browser.page.keyboard.press("Enter")
        assert browser.page.evaluate("() => oikit.state().picked") == 0
        browser.page.keyboard.press("ArrowRight")
        browser.page.keyboard.press("Enter")
        assert browser.page.evaluate("() => oikit.state().picked") == 2


@pytest.mark.parametrize("lesson", HEROES)
def test_every_control_is_reached_with_tab_and_answers_a_key(lesson: str, tmp_path: Path) -> None:
    """No mouse is needed from the first question to the last button."""
    with opened(known(lesson), tmp_path) as browser:
        bet(browser)
        wanted = browser.page.evaluate(
            """() => [...document.querySelectorAll('button, input, [tabindex="0"]')]
                .filter(e => e.checkVisibility()).length"""
        )
        seen: set[int] = set()
        for _ in range(3 * wanted):
            browser.page.keyboard.press("Tab")
            name = browser.page.evaluate(
                "() => [...document.querySelectorAll('body *')].indexOf(document.activeElement)"
            )
            seen |= {name} - {-1}
        assert len(seen) >= wanted
        before = browser.page.evaluate("() => JSON.stringify(oikit.state())")
        slider = browser.page.locator("#controls input[type=range]")
        if slider.count():
            slider.first.focus()
            browser.page.keyboard.press("ArrowLeft")
            assert browser.page.evaluate("() => JSON.stringify(oikit.state())") != before


@pytest.mark.parametrize("lesson", HEROES)
@pytest.mark.parametrize("width", [390, 820, 1100, 1280])
def test_nothing_scrolls_sideways_and_the_picture_fits_a_screen(
    lesson: str, width: int, tmp_path: Path
) -> None:
    """At most 740 pixels high on a laptop, before the bet and after it; nothing is asked of the network."""
    with opened(known(lesson), tmp_path, width=width) as browser:
        for act in (
            lambda: None,
            lambda: browser.page.locator("#options button, #panel0").first.click(),
            None,
        ):
            if act is None:
                browser.page.get_by_role("button", name="Show me", exact=True).click()
            else:
                act()
            assert browser.page.evaluate("document.documentElement.scrollWidth") == width
            sticks_out = browser.page.evaluate(
                """width => [...document.querySelectorAll('#hero *')].filter(e => !e.closest('defs')
                    && e.checkVisibility({visibilityProperty: true})
                    && e.getBoundingClientRect().right > width + 1).map(e => e.outerHTML.slice(0, 90))""",
                width,
            )
            assert sticks_out == []
            if width >= 1100:
                assert browser.page.locator("#hero").bounding_box()["height"] <= 740  # type: ignore[index]
        assert browser.left == [] and browser.complaints == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("lesson", HEROES)
def test_everybody_can_read_it(lesson: str, dark: bool, tmp_path: Path) -> None:
    """What axe finds before the bet, in it and after it: nothing."""
    with opened(known(lesson), tmp_path, dark=dark) as browser:
        assert browser.barriers() == []
        browser.page.locator("#options button, #panel0").first.click()
        assert browser.barriers() == []
        browser.page.get_by_role("button", name="Show me", exact=True).click()
        assert browser.barriers() == []
        background = browser.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (background == "rgb(255, 255, 255)") is not dark


def test_a_hostile_name_stays_text_in_the_page(tmp_path: Path) -> None:
    """It is read, and it is not run."""
    for hero in (line.hero(short_market(name=EVIL)), lineup.hero(short_market(200, name=EVIL))):
        with opened(hero, tmp_path) as browser:
            browser.page.get_by_role("button", name="just show me").click()

            assert EVIL in browser.page.locator("#foot").inner_text()
            assert browser.page.evaluate("window.hit") is None and browser.complaints == []


# --- where it lives ---


def exported(*heroes: Hero) -> str:
    """A page as a lesson is exported."""
    outputs = [nbformat.v4.new_output("display_data", hero._repr_mimebundle_()) for hero in heroes]
    cells = [nbformat.v4.new_code_cell("show", outputs=[each]) for each in outputs]
    return page.render(nbformat.v4.new_notebook(cells=cells), title="Heroes")


def test_an_exported_page_lets_heroes_move_and_nothing_else(tmp_path: Path) -> None:
    """No kernel, no network; the policy names the kit and the scripts it knows."""
    path = tmp_path / "page.html"
    path.write_text(exported(*(known(lesson) for lesson in HEROES)), encoding="utf-8")
    for width in (1280, 390):
        with open_browser(width=width) as browser:
            browser.page.emulate_media(reduced_motion="reduce")
            browser.page.goto(path.as_uri())
            for at in range(len(HEROES)):
                frame = browser.page.frame_locator(f".oikit-hero >> nth={at} >> iframe")
                frame.get_by_role("button", name="just show me").click()
                frame.locator("#controls").wait_for(state="visible")
                high = browser.page.locator("iframe").nth(at).bounding_box()
                assert (
                    high is not None
                    and abs(high["height"] - frame.locator("#hero").bounding_box()["height"]) <= 2
                )  # type: ignore[index]
            assert browser.page.evaluate("document.documentElement.scrollWidth") == width
            assert not browser.page.locator(".oikit-still").first.is_visible()
            assert browser.complaints == [] and browser.left == []


def test_an_exported_page_runs_no_script_that_is_not_ours() -> None:
    """A frame with another script is taken out; its still picture stands there."""
    bundle = known("01")._repr_mimebundle_()
    foreign = {**bundle, "text/html": bundle["text/html"].replace("use strict", "use strictly")}
    for data in (
        foreign,
        {**bundle, "text/html": '<div class="oikit-hero"><iframe srcdoc="&lt;script&gt;1&lt;/script&gt;">'},
    ):
        output = nbformat.v4.new_output("display_data", data)
        cell = nbformat.v4.new_code_cell("show", outputs=[output])
        text = page.render(nbformat.v4.new_notebook(cells=[cell]), title="Heroes")

        assert "<iframe" not in text and 'src="data:image/svg+xml;base64,' in text
        assert text.count("'sha256-") == 1
    assert exported(known("01"), known("01"), known("02")).count("'sha256-") == 4


@pytest.fixture(scope="module")
def heroes_in_lab(lab: tuple[str, Path]) -> Iterator[tuple[Browser, str, Path]]:
    """A notebook with the three heroes, run in JupyterLab, its kernel ended, and opened anew."""
    url, root = lab
    lessons = str(Path(trades.__file__).resolve().parents[2])
    code = f"import sys; sys.path.insert(0, {lessons!r})\nfrom oikit.explore.hero import of"
    cells = [
        nbformat.v4.new_code_cell(source) for source in (code, *(f'of("{lesson}")' for lesson in HEROES))
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), root / "heroes.ipynb")
    with open_browser() as browser:
        run_all(browser, url, "heroes.ipynb")
        end_kernel(browser)
        browser.page.goto(f"{url}/lab/tree/heroes.ipynb?reset")
        browser.page.wait_for_selector("iframe >> nth=7", state="attached")
        yield browser, url, root
        wear(browser, "Light")


def test_heroes_work_in_a_notebook_that_was_opened_anew(
    heroes_in_lab: tuple[Browser, str, Path], tmp_path: Path
) -> None:
    """With the kernel ended: the bet, the answer, the theme while it is changed, and its own height."""
    browser, *_ = heroes_in_lab
    pictures = Path(os.environ.get("OIKIT_PICTURES") or tmp_path)
    pictures.mkdir(parents=True, exist_ok=True)
    for at, lesson in enumerate(HEROES):
        frame = browser.page.frame_locator(f".oikit-hero >> nth={at} >> iframe")
        frame.get_by_role("button", name="just show me").click()
        frame.locator("#controls").wait_for(state="visible")
        wear(browser, "Dark")
        browser.page.wait_for_timeout(300)
        assert background(frame) == "rgb(17, 17, 17)"
        browser.picture(pictures / f"lab-hero-{lesson}-dark.png", whole=False)
        wear(browser, "Light")
        browser.page.wait_for_timeout(300)
        assert background(frame) == "rgb(255, 255, 255)"
        browser.page.wait_for_timeout(3000 if lesson != "01" else 8500)
        browser.picture(pictures / f"lab-hero-{lesson}-light.png", whole=False)
        place, inside = (
            browser.page.locator("iframe").nth(at).bounding_box(),
            frame.locator("#hero").bounding_box(),
        )
        assert place and inside and abs(place["height"] - inside["height"]) <= 2 and place["height"] <= 770
    assert browser.left == []


def test_a_notebook_that_is_not_trusted_shows_the_still_picture(
    heroes_in_lab: tuple[Browser, str, Path],
) -> None:
    """There no script may run, and the picture and its words are still there."""
    browser, url, root = heroes_in_lab
    book = nbformat.read(root / "heroes.ipynb", as_version=4)
    for cell in book.cells:
        cell.metadata.pop("trusted", None)
    book.cells.append(nbformat.v4.new_markdown_cell("changed by somebody else"))
    nbformat.write(book, root / "foreign.ipynb")
    browser.page.goto(f"{url}/lab/tree/foreign.ipynb?reset")
    browser.page.wait_for_selector("img.oikit-still, .jp-RenderedSVG img >> nth=7", state="attached")

    assert browser.page.locator("iframe").count() == 0
    images = browser.page.locator(".jp-OutputArea-output img")
    assert images.count() == len(HEROES) and images.first.is_visible()
    assert "Simulated" in (images.nth(1).get_attribute("alt") or "")
