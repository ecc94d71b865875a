"""A table of the reader's own goes wherever a market goes: to charts, claims, reports and the store."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import oikit
from oikit import charts, claims, cli, report
from oikit.errors import InputError, ReportError, StoreError
from oikit.tables import shelf

Run = Callable[..., tuple[int, str, str]]

REAL = oikit.sample("bnb-null").iloc[-24 * 7 * 16 :, :].copy()
REAL[["open", "high", "low", "close", "mark_price"]] *= 1.01
REAL["open_interest"] *= 1.02
REAL["open_interest_value"] = REAL["open_interest"] * REAL["mark_price"]
HOUR = pd.Timedelta("1h")


@pytest.fixture(autouse=True)
def own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A store that is empty."""
    monkeypatch.setenv("OIKIT_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def coinglass(tmp_path: Path) -> Path:
    """A file in the manner of CoinGlass: milliseconds at the start of the bar, and money."""
    table = pd.DataFrame(
        {
            "time": (REAL.index - HOUR).as_unit("ms").asi8,
            "price_open": REAL["open"].to_numpy(),
            "price_high": REAL["high"].to_numpy(),
            "price_low": REAL["low"].to_numpy(),
            "price_close": REAL["close"].to_numpy(),
            "open_interest_usd": REAL["open_interest_value"].to_numpy(),
            "global_account_long_short_ratio": REAL["long_short_ratio"].to_numpy(),
        }
    )
    table.to_csv(tmp_path / "BNB coinglass.csv", index=False)
    return tmp_path / "BNB coinglass.csv"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process: exit code, stdout, stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            cli.main([str(each) for each in arguments])
        written = capsys.readouterr()
        return int(ended.value.code or 0), written.out, written.err

    return call


def test_a_file_of_a_vendor_becomes_a_chart_a_verdict_and_a_report(coinglass: Path, tmp_path: Path) -> None:
    """Three lines after the one that reads it."""
    market = oikit.read(coinglass)

    assert "Open interest" in charts.finding(charts.price_and_open_interest(market))
    assert claims.weigh("C12", market).word in claims.VERDICTS
    made = report.run(market, name="mine", out=tmp_path, formats="md,json")
    facts = json.loads(Path(made.facts).read_text())
    assert (facts["market"], facts["kind"], facts["vouched"]) == ("mine", "real", False)
    assert {each["id"]: each["value"] for each in facts["facts"]}["open_interest"] == pytest.approx(
        REAL["open_interest"].iloc[-1]
    )


def test_a_chart_derives_the_value_that_is_not_there() -> None:
    """Coins and price are enough."""
    says = charts.finding(charts.price_and_open_interest(REAL[["close", "mark_price", "open_interest"]]))
    assert says == charts.finding(charts.price_and_open_interest(REAL))


def test_a_report_of_a_file_names_it_and_holds_no_path(coinglass: Path, tmp_path: Path, run: Run) -> None:
    """On the command line, from another folder too."""
    code, _, err = run("report", coinglass, "--out", tmp_path / "out", "--format", "md")

    assert (code, err) == (0, "")
    page = (tmp_path / "out" / "BNB-coinglass-2026-W10.md").read_text(encoding="utf-8")
    assert "“BNB coinglass.csv”, which is not the exchange itself" in page
    assert str(tmp_path) not in page


@pytest.mark.notebook
def test_the_page_of_a_file_is_made_by_the_notebook(coinglass: Path, tmp_path: Path) -> None:
    """The notebook runs in a folder of its own and still finds the file."""
    made = report.run(str(coinglass), out=tmp_path)
    page = Path(made.html).read_text(encoding="utf-8")

    assert "BNB-coinglass, week 2026-W10" in page
    assert str(tmp_path) not in page


def test_claims_are_weighed_on_a_file(coinglass: Path, run: Run) -> None:
    """With the file's name above them."""
    code, out, err = run("claims", coinglass)

    assert (code, err) == (0, "")
    assert out.startswith("BNB coinglass.csv: 2,688 bars") or "BNB coinglass.csv" in out.splitlines()[0]
    assert "A table of the reader's own: BNB coinglass.csv" in out


def test_a_copy_of_a_sample_is_still_called_simulated(tmp_path: Path, run: Run) -> None:
    """Whatever its file is called: no simulated bar may pass for a real one."""
    oikit.sample("bnb-null").iloc[-24 * 7 * 16 :].to_csv(tmp_path / "BNBUSDT.csv")
    _, out, _ = run("claims", tmp_path / "BNBUSDT.csv", "--json")
    made = report.run(oikit.sample("bnb-planted"), name="real", out=tmp_path, formats="json")

    assert json.loads(out)
    assert json.loads(Path(made.facts).read_text())["kind"] == "simulated"


def test_a_table_is_put_into_the_store_and_used_by_its_name(
    coinglass: Path, own_store: Path, run: Run
) -> None:
    """Apart from what was fetched, listed beside it, with what was done to it."""
    code, out, err = run("store", "import", coinglass, "--symbol", "BNB-CG")
    assert code == 0 and out.startswith("BNB-CG: 2,688 bars from BNB coinglass.csv; in ")
    assert "as CoinGlass does" in err
    assert "a table of your own, from BNB coinglass.csv" in run("store", "list")[1]
    assert run("store", "verify")[0] == 0
    assert "A table of the reader's own: BNB coinglass.csv" in run("claims", "BNB-CG")[1]
    found = shelf.get(own_store, "BNB-CG")
    assert found is not None
    pd.testing.assert_series_equal(found[0]["close"], REAL["close"], check_freq=False)
    (own_store / "own" / "BNB-CG.parquet").write_bytes(b"PAR1")
    with pytest.raises(StoreError, match="its checksum is not"):
        shelf.get(own_store, "BNB-CG")


def test_what_headers_mean_can_be_told_on_the_command_line(tmp_path: Path, run: Run) -> None:
    """A refusal names the command; the command takes the meaning."""
    table = pd.DataFrame(
        {"date": [f"{t:%Y-%m-%d %H:%M}" for t in REAL.index], "oi": REAL["open_interest"].to_numpy()}
    )
    table.to_csv(tmp_path / "bot.csv", index=False)
    code, out, err = run("claims", tmp_path / "bot.csv")
    assert (code, out) == (2, "")
    assert "oikit store import bot.csv --symbol BOT --columns HEADER=MEANING" in err
    told = ("store", "import", tmp_path / "bot.csv", "--symbol", "BOT", "--columns", "oi=open_interest")
    assert run(*told)[0] == 2  # the times name no zone
    code, out, _ = run(*told, "--zone", "UTC")
    assert code == 0 and out.startswith("BOT: 2,688 bars")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("claims", "nothere.csv"), "there is no file nothere.csv"),
        (("report", "./nothere"), "is neither a sample"),
        (("store", "import", "nothere.csv", "--symbol", "X"), "cannot read nothere.csv"),
        (("store", "import", "{file}", "--symbol", "a/b"), "symbol"),
    ],
)
def test_what_cannot_be_is_one_line(arguments: tuple[str, ...], says: str, coinglass: Path, run: Run) -> None:
    """And exit code 2."""
    code, _, err = run(*(each.replace("{file}", str(coinglass)) for each in arguments))
    assert code == 2 and says in err.splitlines()[-1]


def test_a_frame_needs_a_name_and_a_market_has_one(tmp_path: Path) -> None:
    """The name is that of the files."""
    for given, says in (({}, "a frame has no name"), ({"name": "a b"}, "cannot name a file")):
        with pytest.raises(ReportError, match=says):
            report.run(REAL, out=tmp_path, **given)
    with pytest.raises(ReportError, match="has its own"):
        report.run("bnb-null", name="mine", out=tmp_path)
    with pytest.raises(InputError):
        report.run(REAL.reset_index(), name="mine", out=tmp_path)


def test_five_minutes_with_a_ratio_but_no_volumes_are_still_a_market(tmp_path: Path) -> None:
    """A longer bar's ratio of volumes cannot be made, so it is left out there."""
    fine = (
        oikit.sample("bnb-5min").iloc[-2016 * 3 :][["close", "open_interest", "taker_buy_sell_ratio"]] * 1.01
    )
    made = report.run(fine, name="fine", out=tmp_path, formats="json")
    assert json.loads(Path(made.facts).read_text())["every"] == "1h"
