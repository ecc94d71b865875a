"""Reports: facts first, checked parameters, one page; and the last page outlives a failure."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
import pandas as pd
import pytest

from oikit import report
from oikit.clock import length
from oikit.data import store
from oikit.data.venues import binance
from oikit.errors import MissingExtra, ReportError, StoreError
from oikit.simulate import samples

SINCE, UNTIL = pd.Timestamp("2026-03-02", tz="UTC"), pd.Timestamp("2026-03-09", tz="UTC")


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
    assert about.given_by == "http://127.0.0.1:9"
    facts = report.collect(about)
    assert (facts["vouched"], facts["given_by"]) == (False, "http://127.0.0.1:9")


DOORS: list[tuple[dict[str, Any], str]] = [
    (
        {"windw": "4h"},
        r"the weekly report has no parameter \['windw'\]; it has \['market', 'week', 'out', 'store', 'title'",
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
        report.run(out=tmp_path, engine="papermill")


def test_asking_for_reports_is_light() -> None:
    """The command line checks parameters before it loads what draws."""
    code = (
        "import sys, oikit.report; print([m for m in ('altair', 'papermill', 'httpx') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"


# ---------------------------------------------------------------- the whole


@pytest.mark.notebook
def test_a_report_is_one_page_and_the_same_each_time(tmp_path: Path) -> None:
    """No other file, no address, no clock: this process and papermill's own kernel differ in no byte."""
    first = report.run(out=tmp_path / "a", engine="auto")
    second = report.run(out=tmp_path / "b" / "c", engine="papermill")

    html = first.html.read_text(encoding="utf-8")
    assert first.html.read_bytes() == second.html.read_bytes()
    assert first.facts.read_bytes() == second.facts.read_bytes()
    assert sorted(path.name for path in (tmp_path / "a").iterdir()) == [
        "bnb-null-2026-W10.facts.json",
        "bnb-null-2026-W10.html",
    ]
    assert html.count('<figure class="drawn"') == 4 and "<script" not in html
    assert "<strong>Simulated.</strong>" in html and "not advice" in html
    assert "oikit report bnb-null --week 2026-W10" in html and 'href="bnb-null-2026-W10.facts.json"' in html
    assert "papermill" not in html and str(tmp_path) not in html
    assert len(html.encode()) <= 150_000
    facts = json.loads(first.facts.read_text(encoding="utf-8"))
    assert facts == report.collect(report.subject("bnb-null", week="2026-W10"))
    assert facts["data_sha256"] in html and facts["oikit_version"] in html


@pytest.mark.notebook
def test_a_stored_market_is_reported_and_called_real(stored: Path, tmp_path: Path) -> None:
    """What it lacks is said where it would have stood."""
    made = report.run("BNBUSDT", week="2026-W10", store=stored, out=tmp_path)

    html = made.html.read_text(encoding="utf-8")
    assert "<strong>Real data.</strong>" in html and "Simulated" not in html
    assert html.count('<figure class="drawn"') == 3 and "Funding, 7 days" not in html
    assert "Funding is unknown: the data has no funding_rate" in html
    assert str(stored) not in html


@pytest.mark.notebook
def test_a_failing_cell_leaves_the_last_page_and_keeps_the_notebook(
    stored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An analyst keeps last week's page, and finds the error in its cell."""
    broken = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell(
                'market = "x"\nweek = ""\nstore = ""', metadata={"tags": ["parameters"]}
            ),
            nbformat.v4.new_code_cell("raise ValueError('planted')"),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    template = tmp_path / "broken.ipynb"
    nbformat.write(broken, template)
    monkeypatch.setattr(sys.modules["oikit.report.run"], "_NOTEBOOK", str(template))
    page = tmp_path / "out" / "BNBUSDT-2026-W10.html"
    page.parent.mkdir()
    page.write_text("last week's")

    with pytest.raises(ReportError, match=r"stopped in cell \d+: ValueError: planted; .*failed\.ipynb"):
        report.run("BNBUSDT", store=stored, out=page.parent, engine="papermill")

    assert page.read_text() == "last week's"
    kept = page.with_name("BNBUSDT-2026-W10.failed.ipynb")
    assert "planted" in kept.read_text(encoding="utf-8")
    assert sorted(path.name for path in page.parent.iterdir()) == [kept.name, page.name]
