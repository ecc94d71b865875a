"""Many reports at once: the same bytes however they are made, and no market's fault is another's."""

from __future__ import annotations

import inspect
import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from oikit import report
from oikit.cli import group as commands
from oikit.cli import main
from oikit.errors import InputError, MissingExtra, ReportError, StoreError
from oikit.files import Folder
from oikit.report import cluster
from oikit.report.batch import Batch, Missed, batch, listed
from oikit.report.order import Order, pieces
from oikit.report.warm import Fresh, Warm, maker
from tests.report_parts import MARKETS, few_weeks, small


def parts_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="module", autouse=True)
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The usual store, here and in every process that is started from here, is a small one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OIKIT_STORE", str(few_weeks(tmp_path_factory.mktemp("store"))))
        yield


@pytest.fixture(scope="module")
def warm(stored: None) -> Iterator[Warm]:
    with Warm() as made:
        yield made


class Lent:
    """One warm process for all these tests: each batch would start its own, and wait for it."""

    def __init__(self, warm: Warm) -> None:
        self.ask = warm.ask

    def __enter__(self) -> Lent:
        return self

    def __exit__(self, *error: object) -> None:
        pass


@pytest.fixture(autouse=True)
def lent(warm: Warm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oikit.report.warm.maker", lambda **how: Lent(warm))


@pytest.fixture(scope="module")
def together(warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two markets, two weeks, two at once."""
    out = tmp_path_factory.mktemp("together")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("oikit.report.warm.maker", lambda **how: Lent(warm))
        made = batch([*MARKETS, "NOPE"], weeks=2, out=out, jobs=2)
    assert len(made.made) == 4, made.missed
    assert [(each.market, each.week) for each in made.missed] == [("NOPE", ""), ("NOPE", "last - 1")]
    assert str(made) == f"4 of 6 reports made; the index is {out / 'index.html'}"
    return out


@pytest.mark.notebook
def test_a_batch_writes_its_reports_an_index_and_a_feed(together: Path) -> None:
    """And what was not made is told on the index, without naming a folder of this computer."""
    names = {
        f"{market}-2026-W{n:02d}.{end}"
        for market in MARKETS
        for n in (9, 10)
        for end in ("html", "facts.json")
    }

    assert set(parts_of(together)) == names | {"index.html", "index.json", "feed.xml"}
    page = (together / "index.html").read_text(encoding="utf-8")
    assert "Not made this time" in page and "<strong>NOPE, last - 1</strong>" in page
    assert str(Path.home()) not in page and str(together) not in page


@pytest.mark.notebook
def test_one_at_a_time_gives_the_same_bytes(together: Path, tmp_path: Path) -> None:
    """Another order, another number at once, another process."""
    batch([*MARKETS[::-1], "NOPE"], weeks=2, out=tmp_path, jobs=1)

    assert parts_of(tmp_path) == parts_of(together)


def test_what_would_be_the_same_is_not_made_again(tmp_path: Path) -> None:
    """As long as the page is there, and its bars, words and neighbours are the same."""
    how: dict[str, Any] = {"out": tmp_path, "formats": "json", "weeks": 2}
    first = batch(MARKETS, **how)
    before = parts_of(tmp_path)

    second = batch(MARKETS, **how)
    assert len(first.made) == len(second.made) == len(second.same) == 4 and first.same == []
    assert str(second).startswith("4 of 4 reports made, 4 of them there already;")
    assert parts_of(tmp_path) == before
    assert batch(MARKETS, **how, again=True).same == []
    assert batch(MARKETS, **how, notes="new").same == []
    assert batch(MARKETS, **{**how, "formats": "md"}).same == []
    (tmp_path / "BNBUSDT-2026-W10.facts.json").unlink()
    (tmp_path / "BTCUSDT-2026-W10.md").unlink()
    kept = batch(MARKETS, **{**how, "formats": "md"}).same
    assert kept == ["BNBUSDT-2026-W09", "BTCUSDT-2026-W09"]


@pytest.mark.notebook
def test_two_batches_at_once_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reads the index, and writes it before the other reads: each its line."""
    read, gate = Folder.read, threading.Event()

    def slowly(self: Folder, name: str) -> bytes | None:
        found = read(self, name)
        gate.wait(0.2)  # long enough for the other to read the same, were there no lock
        return found

    monkeypatch.setattr(Folder, "read", slowly)
    both = [
        threading.Thread(target=batch, args=([name],), kwargs={"out": tmp_path, "formats": "json", "jobs": 1})
        for name in MARKETS
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()

    told = json.loads((tmp_path / "index.json").read_text())
    assert [each["market"] for each in told["reports"]] == sorted(MARKETS)
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


@pytest.mark.notebook
def test_two_runs_add_up_to_one(together: Path, tmp_path: Path) -> None:
    """A market now, another later, the older week last: the index is that of the whole."""
    batch(["BTCUSDT"], week="2026-W10", out=tmp_path, formats="json")
    batch(["BNBUSDT"], weeks=2, out=tmp_path, formats="json")
    batch(["BTCUSDT"], week="2026-W09", out=tmp_path, formats="json")

    ours, whole = (json.loads((folder / "index.json").read_text()) for folder in (tmp_path, together))
    for each in (*ours["reports"], *whole["reports"]):
        for name in ("files", "made_of"):  # of other formats, and with other neighbours
            each.pop(name)
    assert ours == whole
    assert "Not made this time" not in (tmp_path / "index.html").read_text(encoding="utf-8")


@pytest.mark.notebook
def test_a_fresh_process_for_each_gives_the_same_report(together: Path) -> None:
    """Where nothing can be forked; and one that dies is said."""
    with maker(warm=False) as fresh:
        assert isinstance(fresh, Fresh)
        made = fresh.ask([Order("BTCUSDT", beside="previous index")])[0].made
        assert made is not None
        assert made.files["html"] == (together / "BTCUSDT-2026-W10.html").read_bytes()


def test_a_fresh_process_that_answers_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the system takes its memory back."""
    monkeypatch.setattr(
        "oikit.report.warm._python", lambda *more: [sys.executable, "-c", "import os; os._exit(9)"]
    )

    assert "was ended from outside" in Fresh().ask([Order("x")])[0].says


@pytest.mark.notebook
def test_a_failing_cell_stops_its_own_report_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its notebook is kept, the other market is reported, and the exit code says that one is missing."""
    cell = "if market == 'BTCUSDT':\n    raise ValueError('planted <b>')\nmarket"
    path = str(small(tmp_path / "x.ipynb", cell))
    monkeypatch.setattr(sys.modules["oikit.report.batch"], "_NOTEBOOK", path)

    made = batch(MARKETS, week="2026-W10", out=tmp_path / "out", jobs=2)

    assert [path.name for path in made.made[0]] == ["BNBUSDT-2026-W10.html", "BNBUSDT-2026-W10.facts.json"]
    (missed,) = made.missed
    assert str(missed).startswith("BTCUSDT, 2026-W10: the report of BTCUSDT stopped in cell")
    assert (tmp_path / "out" / "BTCUSDT-2026-W10.failed.ipynb").exists()
    page = made.index.read_text(encoding="utf-8")  # type: ignore[union-attr]
    assert "ValueError: planted &lt;b&gt;" in page and str(tmp_path) not in page


@pytest.mark.notebook
@pytest.mark.parametrize("kind", ["memory", "file"])
def test_a_batch_may_be_written_to_an_address(kind: str, together: Path, tmp_path: Path) -> None:
    """Whatever fsspec reaches; the bytes are the same."""
    pytest.importorskip("fsspec")
    from fsspec.core import url_to_fs

    out = {"memory": f"memory://there{tmp_path}", "file": f"file://{tmp_path}/there"}[kind]
    made = batch([*MARKETS, "NOPE"], weeks=2, out=out, jobs=2)

    files, root = url_to_fs(out)
    found = {Path(path).name: files.cat_file(path) for path in files.ls(root, detail=False)}
    assert found == parts_of(together)
    assert str(made.index).endswith("/index.html")


# ---------------------------------------------------------------- what is asked


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"markets": []}, "there is no market to report on"),
        ({"markets": ["a", "b", "a"]}, "listed more than once: a"),
        ({"markets": ["a", 3]}, "market=3 is int"),
        ({"weeks": 0}, "weeks=0 is no number of weeks"),
        ({"weeks": True}, "weeks=True is no number of weeks"),
        ({"jobs": "2"}, "jobs='2' is no number of jobs"),
        ({"week": 10}, "week=10 is int"),
        ({"week": "soon", "weeks": 2}, "week='soon' is no ISO week"),
        ({"against": "x"}, "say which week"),
        ({"formats": "docx"}, "unknown"),
        ({"title": "a\nb"}, "title is one line"),
        ({"store": "nowhere://x/y"}, "the address nowhere://x/y cannot be used"),
    ],
)
def test_what_fits_no_market_is_refused_at_once(given: dict[str, Any], says: str, tmp_path: Path) -> None:
    """Before anything is started; the folder stays as it was."""
    with pytest.raises(InputError, match=says):
        batch(**{"markets": ["BNBUSDT"], "out": tmp_path / "out", **given})

    assert not (tmp_path / "out" / "index.html").exists()


def test_an_index_that_is_none_is_refused_before_the_work(tmp_path: Path) -> None:
    """Nobody's file is written over."""
    (tmp_path / "index.json").write_text('{"mine": true}')

    with pytest.raises(StoreError, match="no index of reports; move it away"):
        batch(["BNBUSDT"], out=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["index.json"]


def test_a_list_of_markets_is_read_line_by_line(tmp_path: Path) -> None:
    """With remarks, empty lines, and the mark that some editors put at the beginning."""
    path = tmp_path / "markets.txt"
    path.write_text(
        "\ufeffBNBUSDT  # the coin of the venue\r\n\r\n# none\r\n  bnb-null\r\n", encoding="utf-8"
    )

    assert listed(path) == ["BNBUSDT", "bnb-null"]


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "cannot read the list"), (b"\xff\xfe", "it is no text"), (b"# x\n", "is empty")],
)
def test_a_list_that_names_no_market_is_refused(content: bytes | None, says: str, tmp_path: Path) -> None:
    """By its name, and with what to write."""
    path = tmp_path / "markets.txt"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ReportError, match=says):
        listed(path)


def test_all_are_those_of_the_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By name; an empty store is told with what fills it."""
    from oikit.data import store

    monkeypatch.setattr(
        store, "markets", lambda root: [("ETHUSDT", "1h"), ("BNBUSDT", "4h"), ("ETHUSDT", "4h")]
    )

    assert listed("all", store=tmp_path) == ["BNBUSDT", "ETHUSDT"]
    with pytest.raises(ReportError, match=r"holds no market; fill it with 'oikit fetch'"):
        listed("all", store=tmp_path / "none")


def test_a_batch_compares_with_the_week_before_where_it_can(tmp_path: Path) -> None:
    """From a folder of earlier reports; a market without is told, and reported alone."""
    if "last" not in inspect.signature(report.collect).parameters:
        pytest.skip("facts cannot be compared with those of another week yet")
    batch(["BNBUSDT"], week="2026-W09", out=tmp_path, formats="json")

    made = batch(["BNBUSDT", "BTCUSDT"], week="2026-W10", out=tmp_path, formats="json", against=tmp_path)

    assert made.alone == ["BTCUSDT-2026-W10"] and not made.missed
    assert not (tmp_path / "none").exists()


def test_without_its_parts_a_batch_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with its extra."""
    monkeypatch.setitem(sys.modules, "tqdm", None)
    with pytest.raises(MissingExtra, match=r"oikit\[report\]"):
        batch(["BNBUSDT"], out=tmp_path, formats="json")


# ---------------------------------------------------------------- the command


def typed(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["report", *arguments])
    code = ended.value.code
    assert isinstance(code, int)
    return code


def test_the_command_hands_on_what_was_typed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Index and feed on the standard output, what is missing on the other, and exit code 1."""
    asked: dict[str, Any] = {}

    def made(markets: list[str], **how: Any) -> Batch:
        asked.update(how, markets=markets)
        return Batch([], [Missed("X", "", "gone")], ["Y-2026-W10"], [], "index.html", "feed.xml")

    monkeypatch.setattr(report, "batch", made)
    (tmp_path / "list").write_text("BNBUSDT\n")

    code = typed(
        "--markets", str(tmp_path / "list"), "--jobs", "3", "--weeks", "2", "--out", "o", "--format", "md"
    )

    out, err = capsys.readouterr()
    assert (code, out) == (1, "index.html\nfeed.xml\n")
    assert "not made: X: gone\n" in err and "not compared, no facts of the week before: Y-2026-W10\n" in err
    assert asked == {
        "markets": ["BNBUSDT"],
        "week": None,
        "store": None,
        "out": "o",
        "formats": "md",
        "jobs": 3,
        "weeks": 2,
        "progress": True,
    }


def test_the_command_makes_a_batch(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The whole way, without a page; all made is exit code 0."""
    (tmp_path / "list").write_text("bnb-null\n")

    assert typed("--markets", str(tmp_path / "list"), "--out", str(tmp_path / "out"), "--format", "json") == 0
    assert (tmp_path / "out" / "index.html").exists()
    assert "1 of 1 report made" in capsys.readouterr().err


def test_the_weekly_habit_is_told_with_options_that_are_there(tmp_path: Path) -> None:
    """Its script is a script, its workflow a workflow, and its commands are those of the command line."""
    text = Path(report.__file__).with_name("WEEKLY.md").read_text(encoding="utf-8")
    group = commands()
    for name in ("report", "fetch"):
        known = {option for each in group.commands[name].params for option in each.opts}
        for typed_there in re.findall(rf"oikit {name} ([^\n|;]*)", text):
            used = set(re.findall(r"(--[a-z-]+)", typed_there))
            assert used <= known, typed_there
    assert set(re.findall(r"`(--[a-z]+)", text)) <= {
        option for each in group.commands["report"].params for option in each.opts
    }
    blocks = dict(re.findall(r"```(\w+)\n(.*?)```", text, re.DOTALL))
    checked = subprocess.run(["sh", "-n"], input=blocks["sh"], text=True, check=False, capture_output=True)
    assert (checked.returncode, checked.stderr) == (0, "")
    workflow = pytest.importorskip("yaml").safe_load(blocks["yaml"])
    assert workflow["permissions"] == {"contents": "write"}
    steps = [step.get("run", "") for step in workflow["jobs"]["reports"]["steps"]]
    assert any("--against archive" in step for step in steps) and any("git push" in step for step in steps)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--jobs", "2"], "--jobs needs --markets"),
        (["--cluster", "x", "--weeks", "2"], "--cluster, --weeks needs --markets"),
        (["BNBUSDT", "--markets", "all"], "give MARKET or --markets, not both"),
        (["--markets", "no-such-file"], "cannot read the list of markets no-such-file"),
        (["--format", "docx"], "a report is written as html, pdf, md, json"),
    ],
)
def test_a_slip_is_exit_2(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One line that says what to type."""
    assert typed(*arguments) == 2
    assert says in capsys.readouterr().err


# ---------------------------------------------------------------- a cluster


@pytest.fixture(scope="module")
def dask() -> Iterator[Any]:
    """A scheduler on this computer with two real workers, as somebody else would have started it."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
    ) as made:
        yield made


@pytest.mark.notebook
def test_a_cluster_gives_the_same_bytes(dask: Any, together: Path, tmp_path: Path) -> None:
    """Made there, written here; what fails there is told here."""
    made = batch([*MARKETS, "NOPE"], weeks=2, out=tmp_path, cluster=dask.scheduler_address)

    assert len(made.made) == 4 and len(made.missed) == 2
    assert parts_of(tmp_path) == parts_of(together)


@pytest.mark.notebook
def test_a_worker_that_is_killed_costs_nothing_but_time(
    dask: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its tasks run again elsewhere, and give the same bytes."""
    distributed = pytest.importorskip("distributed")
    path = str(small(tmp_path / "slow.ipynb", "import time; time.sleep(0.4); (market, week)"))
    monkeypatch.setattr(sys.modules["oikit.report.batch"], "_NOTEBOOK", path)
    calm = batch(MARKETS, weeks=2, out=tmp_path / "calm", jobs=2)
    deliver, killed = sys.modules["oikit.report.batch"].deliver, []

    def then_kill(*given: Any) -> Any:
        if not killed:  # the first report is in: both workers are at the next
            with distributed.Client(dask.scheduler_address, set_as_default=False) as client:
                killed.append(next(iter(client.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)
        return deliver(*given)

    monkeypatch.setattr(sys.modules["oikit.report.batch"], "deliver", then_kill)
    stormy = batch(MARKETS, weeks=2, out=tmp_path / "stormy", cluster=dask.scheduler_address)

    assert killed and not stormy.missed and len(stormy.made) == len(calm.made) == 4
    assert parts_of(tmp_path / "stormy") == parts_of(tmp_path / "calm")


def test_a_fault_of_the_cluster_itself_is_listed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As when its workers have no oikit."""
    distributed = pytest.importorskip("distributed")

    class Task:
        status = "error"

        def __init__(self, piece: list[Order]) -> None:
            self.piece = piece

        def exception(self) -> Exception:
            return ImportError("No module named 'oikit'")

        def release(self) -> None:
            pass

    class Client:
        loop = None
        workers: dict[str, int] = {"one": 1}  # noqa: RUF012

        def __init__(self, *given: Any, **more: Any) -> None:
            pass

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *error: object) -> None:
            pass

        def scheduler_info(self, **more: Any) -> dict[str, Any]:
            return {"workers": self.workers}

        def submit(self, call: Any, piece: list[Order], **more: Any) -> Task:
            return Task(piece)

    monkeypatch.setattr(distributed, "Client", Client)
    monkeypatch.setattr(distributed, "as_completed", lambda tasks, loop: tasks)
    made = batch(["BNBUSDT"], out=tmp_path, cluster="tcp://127.0.0.1:1")
    assert "the cluster could not make the report of BNBUSDT: No module named 'oikit'" in str(made.missed[0])

    monkeypatch.setattr(Client, "workers", {})
    with pytest.raises(
        InputError, match=r"has no workers; start one with 'dask worker tcp://127\.0\.0\.1:1'"
    ):
        batch(["BNBUSDT"], out=tmp_path, cluster="tcp://127.0.0.1:1")


def test_an_address_where_nobody_listens_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With what to type to have one; and without Dask, what to install."""
    distributed = pytest.importorskip("distributed")

    def nobody(*given: Any, **more: Any) -> None:
        raise OSError("timed out")

    monkeypatch.setattr(distributed, "Client", nobody)
    with pytest.raises(InputError, match=r"no Dask scheduler answers at 'tcp://127\.0\.0\.1:1'"):
        batch(["BNBUSDT"], out=tmp_path, cluster="tcp://127.0.0.1:1")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingExtra, match=r"oikit\[cluster\]"):
        batch(["BNBUSDT"], out=tmp_path, cluster="tcp://127.0.0.1:1")


def test_a_worker_keeps_its_warm_process(warm: Warm, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is started for the first order and serves the next."""
    started: list[Lent] = []
    monkeypatch.setattr(cluster, "_kept", [])
    monkeypatch.setattr(cluster, "maker", lambda: started.append(Lent(warm)) or started[-1])

    ((first,), (second,)) = (cluster._there([Order("BNBUSDT", formats=("json",))]) for _ in range(2))

    assert first == second and first.made is not None and len(started) == 1


def test_orders_are_cut_into_runs_that_share_out_evenly() -> None:
    """Whole markets where that is even; the weeks of each in order, and each order once."""
    orders = [Order(market, back=back) for market in "abc" for back in range(6, -1, -1)]

    runs = pieces(orders, 2)

    assert [(run[0].market, len(run)) for run in runs] == [("a", 7), ("c", 7), ("b", 4), ("b", 3)]
    assert all(
        [each.back for each in run] == sorted((each.back for each in run), reverse=True) for run in runs
    )
    assert sorted((each.market, each.back) for run in runs for each in run) == sorted(
        (each.market, each.back) for each in orders
    )
    assert max(map(len, pieces([Order("a", back=back) for back in range(52)], 1))) == 8
