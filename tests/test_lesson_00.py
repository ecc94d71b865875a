"""Lesson 00, start here: every statement has its place, wrong answers their reasons, the table its laws."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from oikit.claims import CLAIMS, KINDS, VERDICTS, Answer, Claim, Verdict
from oikit.explore import explore, still
from oikit.explore.model import every_setting
from oikit.learn import TODO
from oikit.learn.exercise import judge
from oikit.learn.ready import Ready, ready
from oikit_lessons.lesson00 import exercises as book
from oikit_lessons.lesson00.exercises import FIVE, REWRITE, ROWS, SENTENCES, SLOTS
from oikit_lessons.lesson00.explorer import (
    CONTRADICTIONS,
    EXPLORER,
    STANDINGS,
    WHERE,
    counts,
    ledger,
    rows,
    says,
    standing,
)
from oikit_lessons.lesson00.questions import QUESTIONS
from tests.runs import lesson_of

ALL = every_setting(EXPLORER)

# --- every statement has its place ---

MET_IN_WORDS = {
    "C12": "When it grows they are confident; when it shrinks they are afraid",
    "C33": "how much capital people have put to work",
    "C13": "the open interest of shorts is almost a third larger than that of longs",
    "C14": "Then a squeeze of the shorts must come",
    "C15": "in a fast rise exchanges close the shorts first",
    "C16": "Forced orders feed on themselves until the market is deep enough",
    "C02": "About one leveraged position in ten is wiped out",
    "C22": "even a move of five per cent against you is enough",
    "C23": "Never let one be more than two per cent of the account",
    "C26": "Never add to a position that is losing",
    "C32": "a leverage of five to ten gives the better return for the risk",
    "C37": "the share of positions that live through the year",
}
"""Where a lesson meets a statement without its number, the words in which it does."""


def source_of(lesson: str) -> str:
    """The words of a lesson in one line."""
    found = lesson_of(lesson).source
    return " ".join(re.sub(r"^# ?>? ?", "", found.read_text(encoding="utf-8"), flags=re.M).split())


def test_every_statement_is_met_in_a_lesson() -> None:
    """All 38, each in a lesson that can be chosen in the explorer."""
    assert len(CLAIMS) == 38
    assert {claim.lesson for claim in CLAIMS.values()} == set(WHERE.options) - {"any"}
    assert set(CONTRADICTIONS) <= set(CLAIMS)


@pytest.mark.parametrize("name", CLAIMS)
def test_a_statement_is_met_where_the_ledger_says(name: str) -> None:
    """By its number, or in the words listed here; a reader who follows the ledger must find it."""
    source = source_of(CLAIMS[name].lesson)

    assert name in source or MET_IN_WORDS.get(name, "\0") in source


def test_no_statement_says_how_many_cases_it_rests_on() -> None:
    """The lesson says so, so it must be true of all of them."""
    for claim in CLAIMS.values():
        assert not re.search(r"\bn = |\d+ (cases|events|trades|traders|days of data)", claim.says)


# --- standings ---


@pytest.mark.parametrize("world", ["null", "planted"])
def test_every_statement_has_one_standing(world: str) -> None:
    """The counts add up to all of them, and each is one of the words."""
    table = ledger(world)

    assert [row["id"] for row in table] == sorted(CLAIMS)
    assert {row["standing"] for row in table} <= set(STANDINGS)
    assert list(counts(world)) == list(STANDINGS)
    assert sum(counts(world).values()) == len(CLAIMS)
    assert all(row["verdict"].split(",")[0] in VERDICTS and row["kind"] in KINDS for row in table)


def test_the_standings_are_what_arithmetic_says_of_them() -> None:
    """What needs no data is the same in both worlds; these are known by hand."""
    for world in ("null", "planted"):
        found = {row["id"]: row["standing"] for row in ledger(world)}
        assert [name for name, word in found.items() if word == "impossible"] == ["C13"]
        assert [name for name, word in found.items() if word == "at odds with itself"] == sorted(
            CONTRADICTIONS
        )
        assert [name for name, word in found.items() if word == "merely advice"] == ["C23", "C24", "C26"]
        assert found["C15"] == found["C33"] == "false as stated"
        assert found["C37"] == found["C04"] == found["C22"] == "true as stated"
        assert found["C31"] == "it depends" and found["C35"] == "not asked"
        assert found["C05"] == "silent"


def test_the_planted_link_is_found_and_nothing_else() -> None:
    """Nothing is supported where nothing was built in; what was built in is one reading of one statement."""
    assert counts("null")["supported"] == counts("null")["supported in one reading"] == 0
    assert [
        row["id"] for row in rows("any", "any", "planted") if row["standing"].startswith("supported")
    ] == ["C09"]


def _verdict(kind: str, word: Any, holds: bool | None = None, beside: tuple[Verdict, ...] = ()) -> Verdict:
    if kind == "forecast":
        claim = Claim("X1", "It says.", "It means.", speaks=lambda f: f["close"] > 0, horizon="1h")
    else:
        claim = Claim("X1", "It says.", "It means.", kind=kind, answer=lambda _: Answer(word, "why"))  # type: ignore[arg-type]
    return Verdict(claim, word, "why", holds=holds, beside=beside)


@pytest.mark.parametrize(
    ("verdict", "word"),
    [
        (_verdict("arithmetic", "arithmetic", True), "true as stated"),
        (_verdict("definition", "arithmetic", False), "false as stated"),
        (_verdict("not testable", "not testable"), "not testable"),
        (_verdict("not testable", "not testable", False), "not testable"),
        (_verdict("forecast", "negligible"), "negligible"),
        (_verdict("forecast", "not asked"), "not asked"),
        (_verdict("advice", "arithmetic", False), "merely advice"),
        (_verdict("forecast", "supported"), "supported"),
        (_verdict("forecast", "contradicted"), "contradicted by data"),
        (_verdict("forecast", "undecided"), "undecided"),
        (_verdict("forecast", "silent"), "silent"),
        (
            _verdict("forecast", "undecided", None, (_verdict("forecast", "supported"),)),
            "supported in one reading",
        ),
        (_verdict("forecast", "undecided", None, (_verdict("forecast", "contradicted"),)), "undecided"),
    ],
)
def test_a_verdict_leads_to_its_standing(verdict: Verdict, word: str) -> None:
    """One line for each way a statement can stand."""
    assert standing(verdict) == word


# --- the explorer ---


def test_the_filters_share_out_the_statements() -> None:
    """Each statement is in one kind and one lesson, so the parts add up to the whole."""
    kinds, lessons = (control.options[1:] for control in EXPLORER.controls[:2])
    whole = [row["id"] for row in rows("any", "any", "null")]

    assert sorted(row["id"] for kind in kinds for row in rows(kind, "any", "null")) == whole
    assert sorted(row["id"] for lesson in lessons for row in rows("any", lesson, "null")) == whole


def test_the_sentence_counts_what_is_listed() -> None:
    """And names the impossible; where nothing is listed it says so."""
    for settings in ALL:
        said, shown = says(**settings), rows(**settings)
        assert said.startswith(f"{len(shown)} of 38" if shown else "None of the 38")
        assert ("Impossible: C13." in said) == ("C13" in {row["id"] for row in shown})
        assert ("simulated market" in said) == any(row["kind"] == "forecast" for row in shown)
    assert "None of the 38 statements is of this kind" in says("advice", "02", "null")


def test_what_the_reader_is_asked_to_notice_is_there() -> None:
    """The most frequent kind, what the world changes, and the statements that need no data to fail."""
    by_kind = {kind: len(rows(kind, "any", "null")) for kind in KINDS}
    assert max(by_kind, key=by_kind.__getitem__) == "not testable"
    null, planted = (rows("any", "any", world) for world in ("null", "planted"))
    changed = {one["kind"] for one, other in zip(null, planted, strict=True) if one != other}
    assert changed == {"forecast"}
    assert "1 supported in one reading" in says("forecast", "any", "planted")
    assert "supported" not in says("forecast", "any", "null")


def test_the_still_face_is_small_and_lists_what_is_chosen() -> None:
    """A page carries every setting; the drawing holds the statements of the chosen one only."""
    convert = pytest.importorskip("vl_convert")
    spec = still("00").to_dict()
    chosen = {"kind": "forecast", "met_in": "02", "world": "planted"}
    for param in spec["params"]:
        param["value"] = chosen[param["name"]]
    text = json.dumps(spec)
    assert len(text) < 250_000
    # A list of 38 would be cut off at the height of the four that it opens with.
    assert spec["autosize"]["resize"] is True
    assert '"url"' not in text
    for version in ("5", "6"):
        newest = [v for v in convert.get_vegalite_versions() if v.startswith(version)][-1]
        picture = convert.vegalite_to_svg({**spec, "$schema": ""}, vl_version=newest)
        drawn = re.findall(r"<t(?:ext|span)[^>]*>([^<]+)</t", picture)

        assert {"C05", "C07"} <= set(drawn)
        assert "C09" not in drawn
        assert any("lesson 02 · forecast" in each for each in drawn)
        assert all(name in drawn for name in STANDINGS)


def test_in_words_the_whole_ledger_is_a_table() -> None:
    """For reading aloud: a head and 38 lines."""
    answer = explore("00", kind="any", met_in="any")

    assert len(answer.table) == 39
    assert [line[0] for line in answer.table[1:]] == sorted(CLAIMS)
    assert answer.tried == ""


# --- exercise 00.1 ---


def test_the_rows_are_counted_and_the_worked_answer_has_them() -> None:
    """The reference is computed from the market itself."""
    assert judge(ROWS, [26_376]).status == "CORRECT"
    assert judge(ROWS, [TODO]).status == "NOT ATTEMPTED"
    assert judge(ROWS, ["26376 rows"]).says.endswith("without words or units.")
    assert "26,376" in ROWS.worked(None)


# --- exercise 00.2 ---

RIGHT_KINDS = ["definition", "arithmetic", "forecast", "not testable", "advice"]


def test_every_wrong_kind_of_every_sentence_has_a_reason() -> None:
    """Five sentences, four wrong kinds each, and each reason names its sentence."""
    assert book.KINDS == KINDS
    wrong = [(part, kind) for part in SENTENCES for kind in KINDS]
    for right in zip(SENTENCES, RIGHT_KINDS, strict=True):
        wrong.remove(right)
    assert {(rule.part, rule.gives(None)) for rule in FIVE.rules} == set(wrong)
    assert all(rule.says.startswith(f"{rule.part}: ") for rule in FIVE.rules)
    assert judge(FIVE, RIGHT_KINDS).status == "CORRECT"
    assert judge(FIVE, [each.upper() for each in RIGHT_KINDS]).status == "CORRECT"


def test_the_sentences_of_the_lesson_are_those_that_are_judged() -> None:
    """And none stands in the ledger, where its kind could be looked up."""
    source = source_of("00") or ""

    for letter, sentence in SENTENCES.items():
        assert f"**{letter}** {sentence}" in source
        assert sentence not in {claim.says for claim in CLAIMS.values()}


@pytest.mark.parametrize("value", [3, 0.5, "", "a forecast", "true", ["advice"]])
def test_a_word_that_is_no_kind_is_answered_with_the_kinds(value: Any) -> None:
    """One line, with what may be written."""
    found = judge(FIVE, [value, *RIGHT_KINDS[1:]])

    assert found.status == "NOT YET"
    assert "use one of definition, arithmetic" in found.says


# --- exercise 00.3 ---

WHOLE = {
    "event": "funding in its highest 5% of the year, open interest up 10%",
    "horizon": "3 days",
    "outcome": "the price is lower",
    "comparison": "all other hours",
    "sample": "BTC on Binance, 2023 to 2026",
}

FAULTY = {
    ("event", "empty"): "euphoria",
    ("event", "every-time"): "every single time funding is above 0.1%",
    ("event", "names-no-column"): "euphoria above 5 on my scale",
    ("event", "names-no-line"): "very high funding and a surge of open interest",
    ("horizon", "empty"): " ",
    ("horizon", "no-number"): "soon, within days",
    ("horizon", "no-unit"): "within 72",
    ("outcome", "empty"): "dump",
    ("outcome", "every-time"): "the price must fall by 5%",
    ("outcome", "names-no-column"): "it changes by 5%",
    ("outcome", "names-no-size"): "the price reacts strongly",
    ("comparison", "empty"): "usual",
    ("comparison", "every-time"): "it happens every single time",
    ("comparison", "names-none"): "with nothing, really",
    ("sample", "empty"): "2024",
    ("sample", "no-period"): "BTC on Binance, recently",
    ("sample", "no-market"): "from 2023 to 2026",
}


@pytest.mark.parametrize(("place", "text"), FAULTY.items(), ids=lambda each: str(each))
def test_each_fault_of_a_slot_gets_its_own_reason(place: tuple[str, str], text: str) -> None:
    """Written as a learner would write it."""
    slot, fault = place
    found = judge(REWRITE, list((WHOLE | {slot: text}).values()))

    assert (found.status, found.misconception) == ("NOT YET", fault)
    assert found.says.startswith(f"{slot}: ")


def test_every_fault_is_tried_and_said_once() -> None:
    """A reason nobody can reach would be dead text."""
    assert {(rule.part, rule.name) for rule in REWRITE.rules} == set(FAULTY)
    assert len({rule.says for rule in REWRITE.rules}) == len(REWRITE.rules)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"horizon": "72h"},
        {"horizon": "three days"},
        {"horizon": "1 week"},
        {"outcome": "close falls more than 5%"},
        {"comparison": "the base rate of the same market"},
        {"sample": "binance BNBUSDT from 2022-01 to 2025-12"},
        {"event": "funding_rate above 0.1% at a settlement"},
    ],
)
def test_many_ways_to_fill_the_slots_are_right(change: dict[str, str]) -> None:
    """The check looks for parts, not for words we would have used."""
    assert judge(REWRITE, list((WHOLE | change).values())).status == "CORRECT"


@pytest.mark.parametrize("value", [72, True, ["72 hours"]])
def test_a_slot_that_is_no_text_is_answered_in_words(value: Any) -> None:
    """A number without quotes is the usual slip."""
    found = judge(REWRITE, [*list(WHOLE.values())[:1], value, *list(WHOLE.values())[2:]])

    assert (found.status, found.says) == ("NOT YET", f"horizon is {value!r}; write words between quotes.")


def test_the_worked_rewriting_passes_its_own_check() -> None:
    """Read out of the sentence a learner sees after the hints."""
    shown = dict(re.findall(r'(\w+) = "([^"]+)"', REWRITE.worked(None)))

    assert list(shown) == list(SLOTS)
    assert judge(REWRITE, list(shown.values())).status == "CORRECT"
    assert FIVE.worked(None).startswith("a: definition")


# --- ready ---


def test_ready_finds_all_parts_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests run with everything installed."""
    monkeypatch.chdir(tmp_path)
    found = ready()

    assert found.well and found.says.startswith("All parts are here")
    assert "MISSING" not in str(found) and str(found) == repr(found)
    assert found._repr_html_().count("✓ here") == len(found.parts) == 6


@pytest.mark.parametrize(
    ("module", "part", "type_this"),
    [
        ("ipywidgets", "buttons", "pip install 'oikit[widgets]'"),
        ("altair", "charts", "pip install 'oikit[charts]'"),
    ],
)
def test_a_missing_part_is_said_with_what_to_type(
    module: str, part: str, type_this: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is raised: the table itself is the help."""
    monkeypatch.setitem(sys.modules, module, None)
    found = ready()

    assert not found.well
    assert "1 of 6 parts are missing" in found.says
    assert any(name == part and not there and type_this in text for name, there, text in found.parts)
    assert f"MISSING {part}: {type_this}" in str(found)


def test_an_old_python_and_a_closed_folder_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both can be repaired in a minute, by somebody who knows."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("oikit.learn.ready._OLDEST", (99, 0))
    monkeypatch.setattr("os.access", lambda *_: False)
    text = str(ready())

    assert "install Python 99.0 or newer" in text
    assert "copy the notebook into a folder of your own (PermissionError" in text


def test_what_comes_from_outside_is_escaped() -> None:
    """A path or an error could hold a bracket."""
    assert "&lt;b&gt;" in Ready((("x", False, "<b>"),))._repr_html_()


# --- what the prose says ---


def test_the_facts_in_the_questions_are_true() -> None:
    """Numbers in options come from nowhere else, so they are computed here once more."""
    assert QUESTIONS["00.w1"].answer == "b" and 200 / 2 * 1.5 == 150
    assert QUESTIONS["00.w2"].answer == "c"
    forecasts = sum(claim.kind == "forecast" for claim in CLAIMS.values())
    assert QUESTIONS["00.a"].answer == "c" and forecasts / len(CLAIMS) < 1 / 3
    assert QUESTIONS["00.b"].answer == "a" and counts("null")["supported"] == 0
    assert [QUESTIONS[f"00.q{i}"].answer for i in (1, 2, 3)] == ["b", "c", "a"]
    assert round(0.7 * 10) == 7
