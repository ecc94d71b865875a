"""The facts as a page and as a mail: every number is a fact, and text from outside stays text."""

from __future__ import annotations

import dataclasses
import html as markup
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest

from oikit import report
from oikit.charts import price_and_open_interest
from oikit.errors import InputError
from oikit.report import judged, words
from oikit.report.blocks import Bullets, Code, Para, Quote, Shown, Strong, Table, clean, markdown, plain
from oikit.report.fact import PARTS, day, reality, span, text, when
from oikit.report.source import Subject
from tests.conftest import frame
from tests.test_report_facts import SINCE, UNTIL, by_id, subject, week_of

# Not the digits of a name, such as that of a hash.
NUMBER = re.compile(r"(?<![A-Za-z\d.,])\d+(?:,\d{3})*(?:\.\d+)?")

NASTY = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "braces": "{{ config }} {% raw %} {0} %(week)s",
    "quotes": "'''\"\"\" '; import os #",
    "backslashes": "\\ \\n \\' \\x41 \\",
    "lines": "first\r\nsecond\rthird\n\n# %% \n!echo no",
    "long": "<b>ten kilobytes</b> " * 500,
    "markdown": "# head\n- item\n1. one\n| a | b |\n---\n    code\n> quote\n**b** [x](javascript:1) `c` $a$",
    "unseen": "a\x00b\x1bc\u202ed\ufeff\ud800",
}


class Page(HTMLParser):
    """What a page shows: numbers that name their fact, and the other words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.shown: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.tags: list[str] = []
        self._fact: tuple[str, str] | None = None
        self._quiet = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        of = dict(attrs)
        if tag in ("script", "style", "code", "svg"):
            self._quiet += 1
        if "data-fact" in of:
            self._fact = (str(of["data-fact"]), str(of.get("data-part", "value")))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style", "code", "svg"):
            self._quiet -= 1
        if tag == "span":
            self._fact = None

    def handle_data(self, data: str) -> None:
        if self._fact is not None:
            self.shown.append((*self._fact, data))
        elif not self._quiet:
            self.words.append(data)


def strings(of: Any) -> list[str]:
    """Every text in a document, names included."""
    if isinstance(of, dict):
        return [text for key, value in of.items() for text in (str(key), *strings(value))]
    if isinstance(of, list):
        return [text for value in of for text in strings(value)]
    return [str(of)] if isinstance(of, str) else []


def numbers_of(facts: dict[str, Any]) -> set[str]:
    """Every number that the facts can show."""
    told = [text(fact, part) for fact in facts["facts"] for part in PARTS]
    told += [when(time) for fact in facts["facts"] for time in fact["times"]]
    told += [when(facts["since"]), when(facts["until"]), str(facts["schema_version"])]
    told += [f"{each['leverage']}x" for each in facts["risk"]["rows"]]
    told += [day(each) for each in facts["front"]["ends"]]
    # In digests any number could be found.
    rest = {name: of for name, of in facts.items() if name != "inputs" and "sha256" not in name}
    return {number for each in [*told, *strings(rest)] for number in NUMBER.findall(each)}


def page_of(facts: dict[str, Any], **own: str) -> str:
    return "\n".join(
        words.html(facts, section, **(own if section == "header" else {})) for section in words.SECTIONS
    )


@pytest.fixture(scope="module")
def null() -> Subject:
    return report.subject("bnb-null", week="2026-W10")


@pytest.fixture(scope="module")
def facts(null: Subject) -> dict[str, Any]:
    """Of a week that is compared with the one before, of which one bar was revised since."""
    before = report.subject("bnb-null", week="2026-W09")
    table = before.frame.copy()
    table.loc["2026-02-25 05:00", "open_interest"] *= 1.01
    last = report.collect(dataclasses.replace(before, frame=table))
    return json.loads(json.dumps(report.collect(null, last=json.loads(json.dumps(last)))))


@pytest.fixture(scope="module")
def thin() -> dict[str, Any]:
    """Of a market with nothing that is read."""
    return report.collect(subject(week_of(volume=np.ones(22))))


def plain_week() -> pd.DataFrame:
    n = 22
    coins, price = np.linspace(1.00e6, 0.97e6, n), np.linspace(600, 660, n)
    return week_of(
        close=price,
        open_interest=coins,
        open_interest_value=coins * price,
        funding_rate=[0.0001] * n,
        funding_interval=[8.0] * n,
        long_short_ratio=np.full(n, 3.0),
    )


# ---------------------------------------------------------------- every number is a fact


@pytest.mark.parametrize("which", ["facts", "thin"])
def test_every_number_on_the_page_is_found_in_the_facts(which: str, request: pytest.FixtureRequest) -> None:
    """Each number names its fact and is what that fact says; all others stand in the facts as text."""
    given = request.getfixturevalue(which)
    of = by_id(given)
    page = Page(page_of(given))

    assert len(page.shown) > (400 if which == "facts" else 50)
    assert [each for each in page.shown if text(of[each[0]], each[1]) != each[2]] == []
    assert set(NUMBER.findall("\n".join(page.words))) - numbers_of(given) == set()


def test_a_number_of_no_fact_would_be_seen(facts: dict[str, Any]) -> None:
    """The test above can fail: one number worked out by the page is caught."""
    page = Page(page_of(facts) + "<p>123.456%</p>")

    assert set(NUMBER.findall("\n".join(page.words))) - numbers_of(facts) == {"123.456"}


def test_every_fact_stands_in_the_appendix(facts: dict[str, Any]) -> None:
    """The full table is full."""
    shown = {fact for fact, _, _ in Page(words.html(facts, "table")).shown}

    assert shown == {fact["id"] for fact in facts["facts"]}


def test_the_sections_stand_in_their_order(facts: dict[str, Any]) -> None:
    """A reader finds the same thing in the same place each week."""
    told = page_of(facts)

    assert re.findall(r"<h[12]>([^<]+)</h", told)[:5] == [
        "Six measures",
        "Three charts behind the reading",
        "What changed since last week",
        "What would change this reading",
        "Appendix: parameters and all facts",
    ]
    assert re.findall(r"<summary><h3>([^<]+)</h3>", told) == [
        "Base rates",
        "Signals fired",
        "Own record",
        "Risk panel",
        "Day by day",
        "Dollars, funding, velocity",
        "Data and provenance",
        "Make this page again",
    ]
    with pytest.raises(InputError, match="section='foot' is none of header, measures"):
        words.html(facts, "foot")


def test_the_page_has_the_words_of_explain(facts: dict[str, Any]) -> None:
    """The same text, not a second one."""
    import oikit

    told = page_of(facts)

    for name in facts["definitions"]:
        assert markup.escape(oikit.explain(name).read) in told, name


# ---------------------------------------------------------------- what it says


def test_the_head_says_loudly_what_is_simulated() -> None:
    """Simulated, real, and real by hearsay are three different heads."""
    table = plain_week()
    heads = {
        kind: words.html(report.collect(about), "header")
        for kind, about in {
            "simulated": subject(table),
            "real": Subject("BNBUSDT", "2026-W10", table, SINCE, UNTIL, False, "real figures", True),
            "hearsay": Subject("BNBUSDT", "2026-W10", table, SINCE, UNTIL, False, "figures", False),
            "quoted": Subject(
                "BNBUSDT", "2026-W10", table, SINCE, UNTIL, False, "figures", given_by="http://<b>:9"
            ),
        }.items()
    }

    assert "<strong>Simulated.</strong>" in heads["simulated"] and "Real data" not in heads["simulated"]
    assert "<strong>Real data.</strong>" in heads["real"] and "Simulated" not in heads["real"]
    assert "<strong>Unverified source.</strong> It is not the exchange itself." in heads["hearsay"]
    assert "Unverified source.</strong> “http://&lt;b&gt;:9”, which is not the exchange" in heads["quoted"]
    looks = {kind: re.findall(r'class="(sim[^"]*)"', head) for kind, head in heads.items()}
    assert looks.pop("real") == ["sim"] and all(look == ["sim doubt"] for look in looks.values())


@pytest.mark.parametrize(
    ("simulated", "vouched", "says"),
    [
        (True, False, "Simulated data: X"),
        (False, True, "Real data: X"),
        (False, False, "Real data, so it is said: X"),
    ],
)
def test_each_chart_says_how_real_it_is(simulated: bool, vouched: bool, says: str, null: Subject) -> None:
    """As loudly as the head: a picture travels without its page."""
    about = dataclasses.replace(null, market="X", simulated=simulated, vouched=vouched)
    drawn = words.draw(price_and_open_interest, about)

    source = drawn.usermeta["oikit"]["source"]
    assert source.startswith(f"{says}; the whole source is told on this page.")
    kind = "simulated" if simulated else "real"
    told = reality({"kind": kind, "vouched": vouched}, "data")
    assert says.lower() == f"{told}: x"


def test_a_thin_market_is_told_what_it_lacks(thin: dict[str, Any]) -> None:
    """Every section stands, none says nan, and none invents a number."""
    told = page_of(thin)

    said = " ".join([*Page(told).words, *(each[2] for each in Page(told).shown)])
    assert not re.search(r"\b(nan|NaN|None)\b", said)
    assert "the data has no open_interest" in told
    assert "No condition of the week is known" in told and "There is no record yet" in told
    assert "Too little is known to say how far" in told and "Week not readable" in told


def test_too_few_weeks_are_said_and_not_shown_as_a_share(facts: dict[str, Any]) -> None:
    """A share of four weeks would be read as one of four hundred."""
    few = json.loads(json.dumps(facts))
    few["rates"][0]["few"] = True

    told = words.html(few, "rates")

    assert "too few" in told and f'data-fact="{few["rates"][0]["share"]}"' not in told


def test_revised_inputs_are_said(facts: dict[str, Any]) -> None:
    """With their weeks, and columns that came or went."""
    told = words.html(facts, "changed")
    assert "REVISED INPUTS:</strong> open_interest in 1 week (2026-W09)" in re.sub("</?span[^>]*>", "", told)
    still = {**facts, "changes": {**facts["changes"], "inputs": {}}}
    assert "nothing revised since the report of week 2026-W09" in words.html(still, "changed")
    more = {**still["changes"], "columns": {"came": ["volume"], "went": ["open"]}}
    assert "new: volume; gone: open" in words.html({**facts, "changes": more}, "changed")


def test_without_earlier_facts_no_revision_is_claimed(thin: dict[str, Any]) -> None:
    """Nothing is compared in silence."""
    assert "no earlier report was given" in words.html(thin, "changed")
    assert "moved since" not in words.html(thin, "claims")


def test_a_verdict_that_moved_stands_in_the_strip(facts: dict[str, Any]) -> None:
    """With the word it had."""
    moved = {**facts, "verdicts_moved": [{"id": "C07", "was": "supported", "now": "undecided"}]}

    assert "<strong>C07</strong>: supported, now undecided" in words.html(moved, "claims")
    assert "No verdict has moved since week 2026-W09" in words.html(facts, "claims")


def test_a_dishonest_record_says_so(facts: dict[str, Any]) -> None:
    """Outside the band the reader is told not to lean on it."""
    bad = {**facts, "record": {**facts["record"], "inside": False}}

    assert "do not lean on it" in plain(judged.record_caption(bad), by_id(bad))
    assert "inside the band" in plain(judged.record_caption(facts), by_id(facts))


@pytest.mark.parametrize(
    ("value", "unit", "says"),
    [
        (-66.2, "dollars per coin", "−$66.20"),
        (-36.5e6, "dollars", "−$36.5 million"),
        (0.0, "dollars", "$0"),
        (512345.6, "coins", "512,346 coins"),
        (-0.0662, "fraction", "−6.6%"),
        (0.00361, "fraction", "0.361%"),
        (0.0000012, "fraction", "0.00012%"),
        (0.0, "fraction", "0%"),
        (-0.0091, "points", "−0.9 points"),
        (0.000266, "points", "+0.0266 points"),
        (0.0, "points", "0.0 points"),
        (1.0, "hours", "1 hour"),
        (-1.24, "robust deviations", "−1.2"),
        (None, "coins", "unknown"),
    ],
)
def test_a_value_is_told_with_its_unit(value: float | None, unit: str, says: str) -> None:
    """A sign where there is one, and a unit always."""
    fact = {"value": value, "unit": unit, "rank": None, "percentile": None}

    assert text(fact) == says
    assert {text(fact, part) for part in ("rank", "place", "window", "count")} == {"unknown"}


@pytest.mark.parametrize(
    ("value", "unit", "part", "says"),
    [
        (0.134, "fraction", "signed", "+13.4%"),
        (0.00187, "fraction", "signed", "+0.187%"),
        (-0.134, "fraction", "signed", "−13.4%"),
        (0.0, "fraction", "signed", "0%"),
        (29.7e6, "dollars", "signed", "+$29.7 million"),
        (29.7e6, "dollars", "change", "+$29.7 million"),
        (3.0, "count", "signed", "+3"),
        (0.0091, "points", "signed", "+0.9 points"),
        (-0.071, "points", "size", "7.1 percentage points"),
        (0.00187, "fraction", "change", "+0.2%"),
        (-0.0001, "fraction", "change", "0.0%"),
        (0.0, "fraction", "change", "0.0%"),
        (0.00815, "fraction", "tenths", "0.8%"),
        (0.0002, "fraction", "tenths", "<0.1%"),
        (0.0, "fraction", "tenths", "0.0%"),
        (1.0, "fraction", "tenths", "100.0%"),
        (0.0114, "fraction", "thousandths", "1.140%"),
        (None, "fraction", "tenths", "unknown"),
    ],
)
def test_a_column_has_its_digits_and_a_change_its_sign(
    value: float | None, unit: str, part: str, says: str
) -> None:
    """Rows are compared by their length before they are read."""
    assert text({"value": value, "unit": unit, "rank": None, "percentile": None}, part) == says


def test_a_day_is_named_by_the_midnight_that_ended_it() -> None:
    """Over the end of a month, too; and a last bar in the day belongs to that day."""
    assert [day(each) for each in ("2026-03-03T00:00Z", "2026-03-01T00:00Z", "2026-03-08T16:00Z")] == [
        "Mon 2 Mar",
        "Sat 28 Feb",
        "Sun 8 Mar",
    ]


def test_a_crowd_that_is_long_all_the_same_is_not_called_short() -> None:
    """The bottom fifth of its own year may be far above a half."""
    from oikit.report.weeks import CONDITIONS

    assert "crowd-less-long" in CONDITIONS and not any("crowd-short" in each for each in CONDITIONS)
    assert CONDITIONS["crowd-less-long"].endswith("in the bottom fifth of its year")


def test_a_distance_of_shares_is_told_in_points(facts: dict[str, Any]) -> None:
    """Seven of a hundred are not seven per cent of anything."""
    told = plain(judged.record_caption(facts), by_id(facts))

    assert re.search(
        r"differ by \d+\.\d percentage points on average; .* by \d+\.\d percentage points\.", told
    )


def test_rows_of_a_fact_are_told_once() -> None:
    """One row is one time."""
    assert span({"times": ["2026-03-02T00:00Z", "2026-03-09T08:00Z"]}) == "2 Mar 2026 to 9 Mar 2026 08:00"
    assert span({"times": ["2026-03-02T00:00Z"] * 2}) == "2 Mar 2026"


def test_the_foot_says_how_to_make_the_page_again(facts: dict[str, Any], thin: dict[str, Any]) -> None:
    """The command, the version and the bars: what one needs to check it."""
    foot = words.html(facts, "again") + words.html(facts, "data")

    assert "oikit report bnb-null --week 2026-W10 --against bnb-null-2026-W09.facts.json" in foot
    assert facts["data_sha256"] in foot and 'href="bnb-null-2026-W10.facts.json"' in foot
    assert "--against" not in words.html(thin, "again")
    assert "finer bars" in words.html({**thin, "fine_sha256": "ab" * 32}, "data")


# ---------------------------------------------------------------- charts


def test_a_chart_that_cannot_be_drawn_leaves_a_sentence() -> None:
    """The page goes on without it, says why, and still says what the facts say."""
    about = subject(plain_week().drop(columns="close"))
    empty = subject(plain_week().assign(close=np.nan).iloc[:1])

    assert "Not drawn: column 'close'" in report.draw(price_and_open_interest, about)
    assert "Not drawn: nothing to draw" in report.draw(price_and_open_interest, empty)


# ---------------------------------------------------------------- text stays text


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY.keys())
def test_title_and_notes_stay_text_on_the_page(nasty: str, thin: dict[str, Any]) -> None:
    """No element, no attribute and no line of theirs is more than letters."""
    told = words.html(thin, "header", title=nasty, notes=nasty)
    page = Page(told)

    plain_tags = set(Page(words.html(thin, "header")).tags)
    assert set(page.tags) - plain_tags <= {"div", "p"}
    own = re.search(r'<div class="own">(.*?)</div>', told, re.DOTALL)
    assert own is not None and markup.unescape(own[1]) == clean(nasty)
    told.encode()


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY.keys())
def test_title_and_notes_stay_text_in_a_mail(nasty: str, thin: dict[str, Any]) -> None:
    """A Markdown reader finds the same headings, tables and links as without them."""
    mail = words.markdown(thin, title=nasty, notes=nasty)
    plain_mail = words.markdown(thin)

    assert re.findall(r"^#+ .*", mail, re.MULTILINE) == re.findall(r"^#+ .*", plain_mail, re.MULTILINE)
    assert not re.search(r"<(?!https?:)", mail) and "](" not in mail.replace("\\](", "")
    added = [line for line in mail.splitlines() if line not in plain_mail.splitlines()]
    assert all(re.match(r"> |>$|\S", line) for line in added)
    assert not any(re.match(r"> ?([-+=]|\d+[.)]\s|    |\|)", line) for line in added)
    mail.encode()


def test_a_market_and_a_source_are_text_too() -> None:
    """An address in the store is text, and so is a name."""
    facts = report.collect(subject(plain_week(), source="<script>alert(1)</script>", market="<b>x</b>"))

    assert "<script>" not in page_of(facts) and "<b>" not in page_of(facts)
    mail = re.sub(r"`[^`\n]*`", "", words.markdown(facts))  # what is code is text already
    assert "<script>" not in mail and "<b>" not in mail


def test_the_mail_says_what_the_page_says(facts: dict[str, Any]) -> None:
    """Every number of it is a fact; the charts' sentences stand in their place; the appendix stays away."""
    mail = words.markdown(facts, title="Monday", notes="for the class")

    body = re.sub(r"`[^`]*`", "", mail)
    assert set(NUMBER.findall(body)) - numbers_of(facts) == set()
    assert mail.startswith(
        "# Price −7%, open interest −7%: longs closed, few were forced out\n\nbnb-null, week"
    )
    assert "**Simulated.** Nothing here was ever traded." in mail and "\n\nMonday\n" in mail
    assert "> for the class" in mail and "**Accounts long** 72.1%; −0.9 points on the week" in mail
    assert "**Own record.** Brier score" in mail and "Appendix" not in mail
    assert mail == words.markdown(facts, title="Monday", notes="for the class")


def test_blocks_are_written_both_ways() -> None:
    """A backtick ends no code, a bar no cell, a second dollar makes no formula; a plus in a cell is one."""
    of = {"x": {"id": "x", "value": 3.0, "unit": "count"}}
    made = [
        Para(["1. not a list ", Code("a`b"), " $5 and $6 ", Strong("a*b"), Shown("x")]),
        Bullets([["- dash"]]),
        Table(["a|b"], [[["c|d"]], [["+1%"]]], caption="both"),
        Quote("    four"),
    ]

    assert markdown(made, of) == (
        "1\\. not a list a\\`b \\$5 and \\$6 **a\\*b**3\n\n- \\- dash\n\nboth\n\n"
        "| a\\|b |\n| --- |\n| c\\|d |\n| +1% |\n\n> four\n"
    )
    assert plain(made[0].parts, of) == "1. not a list a`b $5 and $6 a*b3"


# ---------------------------------------------------------------- the whole


def test_the_template_is_clean() -> None:
    """Committed without outputs, with ids of its own, its parameters the ones that were agreed."""
    path = Path(report.__file__).with_name("weekly.ipynb")
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)

    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert cells[0].metadata.tags == ["parameters"]
    names = ["market", "symbol", "week", "store", "title", "notes", "beside", "appendix", "facts"]
    assert re.findall(r"^(\w+) =", cells[0].source, re.MULTILINE) == names
    used = re.findall(r'words\.html\(known, "(\w+)"', "\n".join(cell.source for cell in cells))
    assert used == list(words.SECTIONS)


def test_a_week_without_a_year_before_it_is_a_page() -> None:
    """Three weeks of a market: no record, no base rates, and all the rest."""
    n = 3 * 21
    rng = np.random.default_rng(3)
    price = 600 * np.exp(np.cumsum(rng.normal(0, 0.01, n)))
    coins = 1e6 * np.exp(np.cumsum(rng.normal(0, 0.01, n)))
    table = frame("8h", "2026-02-16 08:00", close=price, low=price, high=price, open_interest=coins)
    facts = report.collect(subject(table.assign(open_interest_value=coins * price)))

    page = Page(page_of(facts))

    assert set(NUMBER.findall("\n".join(page.words))) - numbers_of(facts) == set()
    assert "Too few earlier weeks" in words.html(facts, "rates") and "needed to judge" in words.html(
        facts, "record"
    )
