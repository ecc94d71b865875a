"""Reports: facts first, checked parameters, one page; and the last page outlives a failure."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest

from oikit import report
from oikit.charts import price_and_open_interest
from oikit.clock import length
from oikit.data import samples, store
from oikit.data.venues import binance
from oikit.errors import MissingExtra, ReportError, StoreError
from oikit.report import words
from oikit.report.source import Subject
from tests.conftest import frame

SINCE, UNTIL = pd.Timestamp("2026-03-02", tz="UTC"), pd.Timestamp("2026-03-09", tz="UTC")


def subject(table: pd.DataFrame, **more: Any) -> Subject:
    about = {
        "market": "test",
        "week": "2026-W10",
        "since": SINCE,
        "until": UNTIL,
        "source": "Simulated: a test",
    }
    return Subject(frame=table, simulated=True, **{**about, **more})


def week_of(every: str = "8h", **columns: Any) -> pd.DataFrame:
    """One week whose first row is the bar that ended when it began."""
    return frame(every, "2026-03-02 00:00", **columns)


def by_id(facts: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {fact["id"]: fact for fact in facts["facts"]}


# ---------------------------------------------------------------- facts, by hand


@pytest.fixture
def plain() -> pd.DataFrame:
    """Twenty-two bars of eight hours; coins fall by 3 %, the price rises by 10 %."""
    n = 22
    coins, price = np.linspace(1.00e6, 0.97e6, n), np.linspace(600, 660, n)
    return week_of(
        close=price,
        open_interest=coins,
        open_interest_value=coins * price,
        circulating_supply=np.full(n, 1e8),
        funding_rate=[0.01, *[0.0001] * 10, *[0.0] * 11],
        funding_interval=[8.0] * n,
        long_short_ratio=np.full(n, 3.0),
        top_account_ratio=np.full(n, 1.0),
        top_position_ratio=np.full(n, 0.25),
    )


def test_the_change_in_dollars_is_taken_apart(plain: pd.DataFrame) -> None:
    """The numbers of the docstring of `price_and_position_parts`, found again in a week."""
    facts = by_id(report.collect(subject(plain)))

    parts = {
        name: facts[f"dollar_change{name}"]["value"]
        for name in ("", "_price_part", "_position_part", "_cross_part")
    }
    assert parts == pytest.approx(
        {"": 40.2e6, "_price_part": 60e6, "_position_part": -18e6, "_cross_part": -1.8e6}
    )
    assert facts["open_interest_change"]["value"] == pytest.approx(-0.03)
    assert facts["price_change"]["value"] == pytest.approx(0.1)
    assert facts["dollar_change"]["times"] == ["2026-03-02T00:00Z", "2026-03-09T00:00Z"]


def test_the_week_pays_its_own_funding_only(plain: pd.DataFrame) -> None:
    """The bar that ended when the week began belongs to the week before."""
    facts = by_id(report.collect(subject(plain)))

    assert facts["funding_paid"]["value"] == pytest.approx(0.001)
    assert facts["funding_year"]["value"] == pytest.approx(0.001 * 365 / 7)
    assert facts["funding_settlements"]["value"] == 21
    assert facts["funding_zeros"]["value"] == 11


def test_levels_stand_at_the_end_of_the_week(plain: pd.DataFrame) -> None:
    """Each with the row it came from."""
    facts = by_id(report.collect(subject(plain)))

    assert facts["oi_to_cap"]["value"] == pytest.approx(0.0097)
    assert facts["long_share_accounts"]["value"] == 0.75
    assert facts["long_share_top_accounts"]["value"] == 0.5
    assert facts["long_share_top_positions"]["value"] == 0.2
    assert facts["velocity_24h"]["times"] == ["2026-03-09T00:00Z"]
    assert all(fact["unit"] and fact["definition"] for fact in facts.values())


def test_the_last_known_bar_of_the_last_day_stands_in_and_is_named(plain: pd.DataFrame) -> None:
    """One late bar does not empty the report; the row says which bar it was."""
    plain.loc[UNTIL, ["open_interest", "open_interest_value"]] = np.nan

    facts = by_id(report.collect(subject(plain)))

    assert facts["open_interest"]["times"] == ["2026-03-08T16:00Z"]
    assert facts["dollar_change"]["times"] == ["2026-03-02T00:00Z", "2026-03-08T16:00Z"]


def test_what_is_not_known_is_null_with_a_reason(plain: pd.DataFrame) -> None:
    """Nothing is estimated in its place."""
    plain.loc["2026-03-08":, ["open_interest", "open_interest_value"]] = np.nan
    plain.loc["2026-03-05 08:00", "funding_rate"] = np.nan
    plain = plain.drop(columns="top_account_ratio")

    facts = report.collect(subject(plain))
    of = by_id(facts)

    for name in ("open_interest", "open_interest_change", "dollar_change", "oi_to_cap", "velocity_24h"):
        assert of[name]["value"] is None and "known" in of[name]["unknown"]
    assert of["funding_paid"]["unknown"] == "1 of 21 bars of the week have no funding"
    assert of["long_share_top_accounts"]["unknown"] == "the data has no top_account_ratio"
    assert of["price"]["unknown"] is None
    json.dumps(facts, allow_nan=False)


def test_without_any_column_every_fact_is_still_there() -> None:
    """A page of a thin market says what it lacks, and does not fail."""
    facts = report.collect(subject(week_of(volume=np.ones(22))))

    assert len(facts["facts"]) == 19
    assert all(fact["value"] is None and "the data has no" in fact["unknown"] for fact in facts["facts"])
    html = words.headlines(facts)
    assert html.count("unknown") >= 5 and "nan" not in html.lower()


def test_gaps_are_counted_and_the_longest_is_told(plain: pd.DataFrame) -> None:
    """Two gaps of one and three bars: four missing, the longest three."""
    plain.loc[["2026-03-03 08:00", "2026-03-05 08:00", "2026-03-05 16:00", "2026-03-06"], "close"] = np.nan

    told = report.collect(subject(plain.drop(columns="circulating_supply")))["coverage"]

    assert (told["missing"]["close"], told["longest_gap"]["close"]) == (4, 3)
    assert (told["missing"]["open_interest"], told["longest_gap"]["open_interest"]) == (0, 0)
    assert told["absent"] == ["circulating_supply"]
    assert (told["rows"], told["rows_before"]) == (21, 1)


def test_a_percentile_says_its_window_and_takes_the_longest_that_fits() -> None:
    """Forty days are no year: the thirty before are used, and said."""
    n = 3 * 40 + 1
    rising = frame("8h", "2026-01-28 00:00", open_interest=np.arange(1.0, n + 1))

    place = by_id(report.collect(subject(rising)))["open_interest"]["percentile"]

    assert place == {"value": round(1 - 0.5 / 90, 4), "window": "30d", "n": 90}


def test_the_same_bars_give_the_same_facts(plain: pd.DataFrame) -> None:
    """To the last digit, whatever order the columns came in; one other bar gives another digest."""
    facts = report.collect(subject(plain))

    assert report.collect(subject(plain[plain.columns[::-1]])) == facts
    plain.iloc[3, 0] += 1e-9
    assert report.collect(subject(plain))["data_sha256"] != facts["data_sha256"]


# ---------------------------------------------------------------- words


def test_the_head_says_loudly_what_is_simulated(plain: pd.DataFrame) -> None:
    """Simulated, real, and real by hearsay are three different heads."""
    heads = {
        kind: words.header(report.collect(subject(plain) if kind == "simulated" else real))
        for kind, real in {
            "simulated": None,
            "real": Subject("BNBUSDT", "2026-W10", plain, SINCE, UNTIL, False, "real figures", True),
            "hearsay": Subject("BNBUSDT", "2026-W10", plain, SINCE, UNTIL, False, "figures", False),
        }.items()
    }

    assert "SIMULATED DATA." in heads["simulated"] and "REAL" not in heads["simulated"]
    assert "REAL DATA.</strong>" in heads["real"] and "SIMULATED" not in heads["real"]
    assert "REAL DATA, so it is said." in heads["hearsay"]
    assert all("not advice" in head for head in heads.values())


def test_the_head_escapes_what_came_from_outside(plain: pd.DataFrame) -> None:
    """An address in the store is text."""
    facts = report.collect(subject(plain, source="<script>alert(1)</script>"))

    assert "<script>" not in words.header(facts)


@pytest.mark.parametrize(
    ("rates", "says"),
    [
        ([0.0001] * 22, "longs paid shorts 0.210% of the position"),
        ([-0.0001] * 22, "shorts paid longs 0.210% of the position"),
        ([0.0] * 22, "nobody paid; 21 settlements of exactly 0"),
    ],
)
def test_funding_is_told_in_words(rates: list[float], says: str, plain: pd.DataFrame) -> None:
    """Who paid whom, without a sign to misread."""
    facts = report.collect(subject(plain.assign(funding_rate=rates)))

    assert says in re.sub("<[^>]+>", "", words.headlines(facts))


def test_each_fact_has_a_row_in_the_table(plain: pd.DataFrame) -> None:
    """The page shows every number of the file, and no other."""
    facts = report.collect(subject(plain))

    assert words.table(facts).count("<tr>") == len(facts["facts"]) + 1
    assert "not in the data" in words.coverage(report.collect(subject(plain.drop(columns="close"))))
    assert "−$18.0 million" in words.table(facts)


@pytest.mark.parametrize(
    ("share", "says"), [(0.0011, "above 0.1% of"), (0.387, "above 39% of"), (0.9999, "above 99.9%")]
)
def test_a_place_is_told_in_words(share: float, says: str, plain: pd.DataFrame) -> None:
    """Near the ends a digit more, so that hardly ever is not never."""
    facts = report.collect(subject(plain))
    by_id(facts)["open_interest"]["percentile"] = {"value": share, "window": "365d", "n": 8760}

    assert f"{says}" in words.table(facts) and "in the last 365 days" in words.headlines(facts)


def test_the_foot_says_how_to_make_the_page_again(plain: pd.DataFrame) -> None:
    """The command, the version and the bars: what one needs to check it."""
    facts = report.collect(subject(plain))

    foot = words.origin(facts, "test-2026-W10.facts.json")

    assert "oikit report test --week 2026-W10" in foot
    assert facts["data_sha256"] in foot and 'href="test-2026-W10.facts.json"' in foot


def test_a_chart_that_cannot_be_drawn_leaves_a_sentence(plain: pd.DataFrame) -> None:
    """The page goes on without it, and says why."""
    about = subject(plain.drop(columns="close"))
    empty = subject(plain.assign(close=np.nan).iloc[:1])

    assert "Not drawn: column 'close'" in report.draw(price_and_open_interest, about).data
    assert "Not drawn: nothing to draw" in report.draw(price_and_open_interest, empty).data


# ---------------------------------------------------------------- which data


def small_store(
    root: Path, table: pd.DataFrame, *, every: str = "1h", address: str = binance.ADDRESS
) -> Path:
    provenance = {"address": address, "fetched_at": "2026-03-17T00:00:00+00:00", "remarks": []}
    store.write(root, "BNBUSDT", length(every), table, provenance)
    return root


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten weeks of a market in a store, without its funding, and with a lost day."""
    table = samples.sample("bnb-null").loc["2025-12-29 01:00":"2026-03-09"].copy()
    table.loc["2026-02-10"] = np.nan
    columns = [name for name in table.columns if name not in ("funding_rate", "funding_interval")]
    return small_store(tmp_path_factory.mktemp("store"), table[columns])


def test_the_default_week_is_the_last_whole_one(stored: Path) -> None:
    """Of a sample and of the store."""
    assert report.subject("bnb-null").week == "2026-W10"
    about = report.subject("BNBUSDT", store=stored)

    assert (about.week, about.simulated, about.vouched) == ("2026-W10", False, True)
    assert about.source.startswith("Binance USD-M BNBUSDT 1h: real figures from")
    assert about.frame.index[-1] == about.until == UNTIL


def test_fine_bars_are_made_into_hours() -> None:
    """A week of five-minute bars is a week of hours on the page."""
    about = report.subject("bnb-5min", week="2026-W09")

    assert length("1h") == about.frame.index[1] - about.frame.index[0]
    assert about.frame.index[-1] == pd.Timestamp("2026-03-02", tz="UTC")


def test_hours_are_taken_before_other_bars_unless_they_lack_the_week(tmp_path: Path) -> None:
    """The store may hold several lengths; the one that holds the week is used."""
    hours = samples.sample("bnb-null").loc["2026-02-01 01:00":, ["close", "open_interest"]]
    four = hours.iloc[3::4]
    small_store(tmp_path, hours.loc["2026-02-20 01:00":])
    small_store(tmp_path, four, every="4h")

    assert report.subject("BNBUSDT", week="2026-W10", store=tmp_path).frame.index.freq == length("1h")
    early = report.subject("BNBUSDT", week="2026-W07", store=tmp_path)
    assert early.frame.index[1] - early.frame.index[0] == length("4h")


def test_another_address_is_not_vouched_for(tmp_path: Path) -> None:
    """A stand-in of the exchange may give anything."""
    table = samples.sample("bnb-null").loc["2026-02-20 01:00":, ["close"]]
    small_store(tmp_path, table, address="http://127.0.0.1:9")

    about = report.subject("BNBUSDT", store=tmp_path)

    assert not about.vouched and "127.0.0.1" in about.source


DOORS: list[tuple[dict[str, Any], str]] = [
    (
        {"windw": "4h"},
        r"the weekly report has no parameter \['windw'\]; it has \['market', 'week', 'out', 'store'\]",
    ),
    ({"week": 10}, "week=10 is int; the report wants str"),
    ({"market": None}, "market=None is NoneType"),
    ({"store": 3}, "store=3 is int; the report wants str or Path"),
    ({"out": None}, "out=None is NoneType"),
    ({"week": "last"}, "week='last' is no ISO week"),
    (
        {"week": "2026-W11"},
        r"week='2026-W11' is not in the data of bnb-null, which reaches from 2023-03-06 00:00",
    ),
    ({"week": "2022-W01"}, "is not in the data"),
    ({"market": "bnb-cascade"}, "no whole week is in the data of bnb-cascade"),
    (
        {"market": "ETHUSDT"},
        r"neither a sample \(bnb-null, .*\) nor stored: the store .* holds nothing; to fill",
    ),
    ({"market": "../../etc"}, "neither a sample"),
]


@pytest.mark.parametrize(("given", "says"), DOORS)
def test_a_wrong_parameter_is_one_clear_error(
    given: dict[str, Any], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything runs: papermill would only warn, and report on its defaults."""
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path / "none"))
    monkeypatch.setitem(sys.modules, "papermill", None)

    with pytest.raises(ReportError, match=says) as caught:
        report.run(**{"out": tmp_path / "out", **given})

    assert "\n" not in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """Before the minute it would have taken."""
    (tmp_path / "file").touch()

    with pytest.raises(StoreError, match="choose another with --out"):
        report.run(out=tmp_path / "file")


def test_a_missing_part_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader is told what to type."""
    monkeypatch.setitem(sys.modules, "papermill", None)

    with pytest.raises(MissingExtra, match=r"oikit\[report\]"):
        report.run(out=tmp_path)


def test_asking_for_reports_is_light() -> None:
    """The command line checks parameters before it loads what draws."""
    code = (
        "import sys, oikit.report; print([m for m in ('altair', 'papermill', 'httpx') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"


# ---------------------------------------------------------------- the whole


def test_the_template_is_clean() -> None:
    """Committed without outputs, with ids of its own, its parameters the ones that are checked."""
    path = Path(report.__file__).with_name("weekly.ipynb")
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)

    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.outputs == [] and cell.execution_count is None for cell in cells)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    assert cells[0].metadata.tags == ["parameters"]
    assert re.findall(r"^(\w+) =", cells[0].source, re.MULTILINE) == ["market", "week", "store"]


@pytest.mark.notebook
def test_a_report_is_one_page_and_the_same_each_time(tmp_path: Path) -> None:
    """No other file, no address, no clock: two runs differ in no byte."""
    first, second = report.run(out=tmp_path / "a"), report.run(out=tmp_path / "b" / "c")

    html = first.html.read_text(encoding="utf-8")
    assert first.html.read_bytes() == second.html.read_bytes()
    assert first.facts.read_bytes() == second.facts.read_bytes()
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [
        "bnb-null-2026-W10.facts.json",
        "bnb-null-2026-W10.html",
    ]
    assert html.count('<figure class="chart"') == 5
    assert "SIMULATED DATA." in html and "not advice" in html
    assert "oikit report bnb-null --week 2026-W10" in html and 'href="bnb-null-2026-W10.facts.json"' in html
    assert "papermill" not in html and str(tmp_path) not in html
    assert len(html.encode()) <= 3_000_000
    facts = json.loads(first.facts.read_text(encoding="utf-8"))
    assert facts == report.collect(report.subject("bnb-null", week="2026-W10"))
    assert facts["data_sha256"] in html and facts["oikit_version"] in html


@pytest.mark.notebook
def test_a_stored_market_is_reported_and_called_real(stored: Path, tmp_path: Path) -> None:
    """What it lacks is said where it would have stood."""
    made = report.run("BNBUSDT", week="2026-W10", store=stored, out=tmp_path)

    html = made.html.read_text(encoding="utf-8")
    assert "REAL DATA.</strong>" in html and "SIMULATED" not in html
    assert html.count('<figure class="chart"') == 4
    assert "Not drawn: column 'funding_rate'" in html
    assert str(stored) not in html


@pytest.mark.notebook
def test_a_failing_cell_leaves_the_last_page_and_keeps_the_notebook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An analyst keeps last week's page, and finds the error in its cell."""
    broken = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell('market = "x"', metadata={"tags": ["parameters"]}),
            nbformat.v4.new_code_cell("raise ValueError('planted')"),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    template = tmp_path / "broken.ipynb"
    nbformat.write(broken, template)
    monkeypatch.setattr(sys.modules["oikit.report.run"], "_template", lambda: template)
    page = tmp_path / "out" / "bnb-null-2026-W10.html"
    page.parent.mkdir()
    page.write_text("last week's")

    with pytest.raises(ReportError, match=r"stopped in cell \d+: ValueError: planted; .*failed\.ipynb"):
        report.run(out=page.parent)

    assert page.read_text() == "last week's"
    kept = page.with_name("bnb-null-2026-W10.failed.ipynb")
    assert "planted" in kept.read_text(encoding="utf-8")
    assert sorted(path.name for path in page.parent.iterdir()) == [kept.name, page.name]
