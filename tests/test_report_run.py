"""A report is asked for with data, never with code; and it is delivered whole or not at all."""

from __future__ import annotations

import gc
import html as markup
import io
import json
import os
import pickle
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest

from oikit import report
from oikit.errors import InputError, MissingExtra, ReportError, StoreError
from oikit.files import Folder, folder, read
from oikit.report import engine, order
from oikit.report import warm as warm_process
from oikit.report.engine import Stopped, execute, parameters_of
from oikit.report.order import Order, attempt, checked_text, make, raised
from oikit.report.run import deliver
from oikit.report.warm import Warm
from tests.report_parts import PARAMETERS, SAYS, few_weeks, small

NASTY = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "braces": "{{ config.items() }} {% raw %} {0} {market} %(week)s ${HOME}",
    "quotes": "'''\"\"\" '; import os; os.abort() #",
    "backslashes": "\\ \\n \\' \\\" \\x41 \\N{BULLET} \\",
    "lines": "first\r\nsecond\rthird\n\n# %% \n!echo no\n%time\n?x",
    "long": "<b>ten kilobytes</b> " * 500,
    "closing": "</pre></main></script><!-- --> ]]> &lt; &amp;",
    "other scripts": "未平仓 מחיר سعر 🐂 é é",
    "paths": "../../etc/passwd ..\\..\\x \x2e\x2e/",
}


@pytest.fixture(scope="module")
def warm() -> Any:
    with Warm() as made:
        yield made


@pytest.fixture(scope="module")
def notebook(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(small(tmp_path_factory.mktemp("notebook") / "small.ipynb"))


@pytest.fixture(scope="module", autouse=True)
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The usual store, here and in every process that is started from here, is a small one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OIKIT_STORE", str(few_weeks(tmp_path_factory.mktemp("store"))))
        yield


# ---------------------------------------------------------------- text stays text


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY.keys())
def test_whatever_the_notes_hold_is_shown_as_text(nasty: str, warm: Warm) -> None:
    """They come out as they went in."""
    notes = checked_text("notes", nasty)
    (outcome,) = warm.ask([Order("BNBUSDT", notes=notes)])

    assert outcome.made is not None, outcome.says
    page = outcome.made.files["html"].decode()
    shown = re.search(r'<div class="own">(.*?)</div>', page, re.DOTALL)
    assert shown is not None and markup.unescape(shown[1]) == notes
    assert "<script" not in page and "onerror=alert(1)>" not in page
    assert sorted(outcome.made.files) == ["facts.json", "html"]


@pytest.mark.notebook
def test_notes_pass_a_kernel_as_text(notebook: str) -> None:
    """A cell of code, a kernel and a page: all of it at once, through papermill."""
    notes = checked_text("notes", "\n".join(NASTY.values())[:19_000])
    outcome = attempt(Order("BNBUSDT", notes=notes, notebook=notebook))

    assert outcome.made is not None, outcome.says
    page = outcome.made.files["html"].decode()
    shown = re.search(r"<pre>(.*?)</pre>", page, re.DOTALL)
    assert shown is not None and markup.unescape(shown[1]) == notes
    assert "<script>alert" not in page and "onerror=alert(1)>" not in page


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY.keys())
def test_whatever_the_title_holds_is_shown_as_text_or_refused(nasty: str, warm: Warm, tmp_path: Path) -> None:
    """It stands in the tab of the browser too; several lines and ten kilobytes are no title."""
    if "\n" in nasty or len(nasty) > 200:
        with pytest.raises(ReportError, match=r"title is (one line|10,500 characters long; 200 fit)"):
            report.run(title=nasty, out=tmp_path / "out")
        assert not (tmp_path / "out").exists()
        return
    (outcome,) = warm.ask([Order("BNBUSDT", title=checked_text("title", nasty))])

    assert outcome.made is not None, outcome.says
    page = outcome.made.files["html"].decode()
    tab = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    assert tab is not None and markup.unescape(tab[1]).startswith(f"{nasty}: BNBUSDT, week")
    assert "<script>alert" not in page


@pytest.mark.notebook
def test_the_weekly_page_shows_title_and_notes_as_text(warm: Warm) -> None:
    """The notebook itself, with all at once."""
    if not {"title", "notes"} <= set(parameters_of(nbformat.read(engine.template(), as_version=4))):
        pytest.skip("the weekly notebook has no title and notes yet")
    title = "<script>alert(1)</script> {{ 7 * 7 }} ''' \\"
    notes = checked_text("notes", "\n".join(NASTY.values())[:19_000])
    outcome = warm.ask([Order("BNBUSDT", title=title, notes=notes)])[0]

    assert outcome.made is not None, outcome.says
    page = outcome.made.files["html"].decode()
    assert "<script>alert" not in page and "<img src=x" not in page
    assert markup.escape(title) in page or markup.escape(title, quote=False) in page
    assert "{{ config.items() }} {% raw %} {0} {market} %(week)s ${HOME}" in markup.unescape(page)


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY.keys())
def test_no_market_is_made_of_such_things(nasty: str, tmp_path: Path) -> None:
    """A market is a name that is there; and nothing is written under any other."""
    with pytest.raises(ReportError, match="neither a sample"):
        report.run(nasty, out=tmp_path / "out", store=tmp_path / "none")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("title", 3, "title=3 is int; the report wants str"),
        ("notes", None, "notes=None is NoneType"),
        ("notes", "a\x00b", r"cannot be seen \(U\+0000\)"),
        ("notes", "a\x1b[31mb", r"U\+001B"),
        ("notes", "safe \u202e gnp.exe", r"U\+202E"),
        ("title", "half \ud83d", r"U\+D83D"),
        ("notes", "x" * 20_001, "20,001 characters long; 20,000 fit"),
    ],
)
def test_what_is_no_plain_text_is_refused(name: str, text: Any, says: str, tmp_path: Path) -> None:
    """With the characters it found, and before anything is written."""
    with pytest.raises(ReportError, match=says):
        report.run(**{name: text, "out": tmp_path / "out"})

    assert not (tmp_path / "out").exists()


# ---------------------------------------------------------------- parameters


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"formats": ("html", "docx")}, r"formats=\('html', 'docx'\) is unknown; .* html, pdf, md, json"),
        ({"formats": ()}, "is unknown"),
        ({"formats": "html;pdf"}, "is unknown"),
        ({"formats": 3}, "formats=3 is unknown"),
        ({"engine": "docker"}, "engine='docker' is unknown; it is 'auto' or 'papermill'"),
        ({"against": 3}, "against=3 is int; the report wants str or Path"),
        ({"store": "nowhere://x"}, "the address nowhere://x cannot be used"),
        ({"store": "https://example.org/x"}, "is a web address, which lists no files"),
        ({"out": "nowhere://x"}, "the address nowhere://x cannot be used"),
        ({"titel": "x"}, r"no parameter \['titel'\]; it has \['market', 'week', 'out', 'store', 'title'"),
    ],
)
def test_a_wrong_parameter_is_refused(given: dict[str, Any], says: str, tmp_path: Path) -> None:
    """In one line, before a kernel is started."""
    with pytest.raises(InputError, match=says) as caught:
        report.run(**{"out": tmp_path / "out", **given})

    assert "\n" not in str(caught.value) and not (tmp_path / "out").exists()


def test_the_parameters_of_a_notebook_are_read_without_running_it(tmp_path: Path) -> None:
    """Names and defaults, from the tagged cell alone."""
    notebook = nbformat.read(
        small(tmp_path / "x.ipynb", parameters='week = ""  # a note\nn = 3'), as_version=4
    )

    assert parameters_of(notebook) == {"week": "", "n": 3}


@pytest.mark.parametrize("line", ["import os", "week = os.getcwd()", "a, b = 1, 2", "week ="])
def test_a_cell_of_parameters_that_does_more_is_refused(line: str, tmp_path: Path) -> None:
    """What papermill would pass over in silence."""
    notebook = nbformat.read(small(tmp_path / "x.ipynb", parameters=line), as_version=4)

    with pytest.raises(ReportError, match="may only hold lines like"):
        parameters_of(notebook)


def test_a_notebook_without_tagged_parameters_is_refused() -> None:
    """Papermill would run it on its defaults."""
    with pytest.raises(ReportError, match="no cell tagged 'parameters'"):
        parameters_of(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("week = ''")]))


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ('market = ""\nweek = ""', r"no parameter \['title'\]; it has \['market', 'week'\]"),
        (PARAMETERS.replace('title = ""', "title = 3"), "title='x' is str; the notebook wants int"),
    ],
)
def test_a_parameter_that_the_notebook_does_not_take_is_refused(
    parameters: str, says: str, tmp_path: Path
) -> None:
    """Papermill would only warn, and the page would lack what was asked for."""
    path = small(tmp_path / "x.ipynb", parameters=parameters)

    with pytest.raises(ReportError, match=says):
        execute(path, {"market": "bnb-null", "title": "x"})


# ---------------------------------------------------------------- a notebook of one's own


@pytest.mark.notebook
def test_a_chart_of_ones_own_takes_four_lines_in_a_copy(tmp_path: Path) -> None:
    """No installed file is touched; the rest of the page is as it was."""
    copy = engine.write_template(tmp_path / "my.ipynb")
    with pytest.raises(ReportError, match="is there already; choose another name"):
        engine.write_template(copy)
    notebook = nbformat.read(copy, as_version=4)
    lines = "from oikit import charts\ncharts.use_theme('spec')\n"
    own = nbformat.v4.new_code_cell(f"{lines}report.draw(charts.price_and_open_interest, about)", id="own")
    notebook.cells.insert(5, own)
    nbformat.write(notebook, copy)

    made = report.run("bnb-null", out=tmp_path / "out", template=copy)

    html = made.html.read_text(encoding="utf-8")
    assert html.count('<figure class="chart"') == 1 and html.count('<figure class="drawn"') == 4
    with pytest.raises(ReportError, match="there is no notebook none"):
        report.run("BNBUSDT", out=tmp_path / "out", template="none.ipynb")


def test_a_parameter_that_papermill_would_only_warn_of_stops_the_first_cell() -> None:
    """With the nearest name, and all of them."""
    engine.only_parameters({"market": "x", "In": [], "__name__": "x"})
    with pytest.raises(ReportError, match=r"no parameter 'marke'; did you mean 'market'\?; it has appendix,"):
        engine.only_parameters({"marke": "x", "week": ""})


# ---------------------------------------------------------------- two engines, one page


@pytest.mark.notebook
def test_a_failing_cell_is_marked_and_named(tmp_path: Path) -> None:
    """The cells after it have not run."""
    path = small(tmp_path / "x.ipynb", "1 + 1", "{}['planted']", "print('never')")

    with pytest.raises(Stopped, match=r"the report of m stopped in cell \d: KeyError: 'planted'") as caught:
        execute(path, {"market": "m"}, market="m")

    kept = nbformat.reads(caught.value.notebook, as_version=4)
    assert "papermill-error-cell" in caught.value.notebook
    assert kept.cells[-1].outputs == [] and kept.cells[-2].outputs[0].ename == "KeyError"
    assert str(tmp_path) not in str([cell.source for cell in kept.cells])


@pytest.mark.notebook
def test_a_kernel_that_dies_is_said_in_one_line(tmp_path: Path) -> None:
    """As when the system takes its memory back."""
    path = small(tmp_path / "x.ipynb", "print('before')", "import os; os._exit(9)")

    with pytest.raises(Stopped, match="its kernel was ended from outside") as caught:
        execute(path, {"market": "m"}, market="m")

    assert "before" in caught.value.notebook


@pytest.mark.notebook
def test_no_kernel_gives_the_bytes_of_papermill(warm: Warm) -> None:
    """Here, in a copied process beside another week, and in a kernel of its own."""
    asked = Order("BNBUSDT", title="{{ x }}", notes="<p>")

    here, plain = attempt(asked), attempt(replace(asked, kernel=True))
    _, there = warm.ask([replace(asked, back=1), asked])

    assert here.made is not None and there.made is not None, here.says or there.says
    assert here.made == there.made == (plain.made or plain.says)


def test_asking_the_facts_alone_needs_no_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And so nothing that runs one."""
    monkeypatch.setitem(sys.modules, "papermill", None)
    made = report.run("BNBUSDT", out=tmp_path, formats="json")

    assert list(made) == [made.facts] and made.html is None
    assert json.loads(made.facts.read_text(encoding="utf-8"))["market"] == "BNBUSDT"


def test_an_engine_that_cannot_be_loaded_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the report is made, too."""
    monkeypatch.setitem(sys.modules, "papermill", None)

    with pytest.raises(MissingExtra, match=r"oikit\[report\]"):
        execute(small(tmp_path / "x.ipynb"), {})


# ---------------------------------------------------------------- the week before


@pytest.fixture(scope="module")
def earlier_facts(stored: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report.run("BNBUSDT", week="2026-W09", out=tmp_path_factory.mktemp("old"), formats="json").facts


def test_facts_of_an_earlier_week_are_handed_on(
    earlier_facts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they were read."""
    seen = {}
    facts = sys.modules["oikit.report.facts"]
    collect = facts.collect

    def spy(about: Any, **more: Any) -> dict[str, Any]:
        seen.update(more)
        return collect(about)

    monkeypatch.setattr(facts, "collect", spy)
    report.run("BNBUSDT", week="2026-W10", out=tmp_path, formats="json", against=earlier_facts)

    assert seen["last"] == json.loads(earlier_facts.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("market", "week"), [("BNBUSDT", "2026-W09"), ("BNBUSDT", "2026-W08"), ("BTCUSDT", "2026-W10")]
)
def test_only_an_earlier_week_of_the_same_market_compares(
    market: str, week: str, earlier_facts: Path, tmp_path: Path
) -> None:
    """Neither itself, nor a later one, nor another market."""
    with pytest.raises(ReportError, match="they have to be of"):
        report.run(market, week=week, out=tmp_path, formats="json", against=earlier_facts)


@pytest.mark.parametrize("holds", ["", "[]", "{}", '{"facts": 3}', "<html>", "\xff"])
def test_what_holds_no_facts_is_refused(holds: str, tmp_path: Path) -> None:
    """By the name of the file."""
    path = tmp_path / "x.facts.json"
    path.write_text(holds, encoding="latin-1")

    with pytest.raises(ReportError, match="holds no facts of a report"):
        report.run(out=tmp_path / "out", against=path)
    with pytest.raises(StoreError, match="cannot read"):
        report.run(out=tmp_path / "out", against=tmp_path / "none.json")


# ---------------------------------------------------------------- delivered


@pytest.mark.notebook
def test_a_failure_keeps_the_last_page_and_a_success_clears_the_failure(
    warm: Warm, notebook: str, tmp_path: Path
) -> None:
    """What was in place stays, whatever became of the new one."""
    broken = small(tmp_path / "b.ipynb", "raise ValueError('planted')")
    place = folder(tmp_path / "out")
    well = warm.ask([Order("BNBUSDT", notebook=notebook)])[0]
    made = deliver(place, well)
    before = made.html.read_bytes()

    with pytest.raises(
        ReportError, match=r"ValueError: planted; the notebook up to there is .*failed\.ipynb"
    ):
        deliver(place, warm.ask([Order("BNBUSDT", notebook=str(broken))])[0])

    kept = made.html.with_name(f"{made.html.stem}.failed.ipynb")
    assert made.html.read_bytes() == before and "planted" in kept.read_text(encoding="utf-8")
    assert list(deliver(place, well)) == [made.html, made.facts]
    assert not kept.exists()


@pytest.mark.notebook
def test_a_notebook_of_ones_own_is_papermills(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may hold whatever a kernel can run."""
    path = small(tmp_path / "x.ipynb", SAYS)
    monkeypatch.setattr(sys.modules["oikit.report.run"], "_NOTEBOOK", str(path))

    made = report.run("BNBUSDT", out=tmp_path / "out", notes="<p>")

    assert "<pre>&lt;p&gt;</pre>" in made.html.read_text(encoding="utf-8")


@pytest.mark.notebook
def test_a_copy_that_is_killed_is_said_and_the_next_one_is_well(
    warm: Warm, notebook: str, tmp_path: Path
) -> None:
    """As when the system takes its memory back."""
    path = small(tmp_path / "x.ipynb", "import os, signal; os.kill(os.getppid(), signal.SIGKILL)")

    gone = warm.ask([Order("BNBUSDT", notebook=str(path))])[0]

    assert gone.made is None
    assert "the process that made the report of BNBUSDT was ended from outside" in gone.says
    assert warm.ask([Order("BNBUSDT", notebook=notebook)])[0].made is not None


@pytest.mark.notebook
def test_a_copy_that_is_killed_costs_the_report_that_it_was_at(warm: Warm, tmp_path: Path) -> None:
    """The weeks before it are there, and another copy makes those after."""
    path = small(tmp_path / "x.ipynb", "import os, signal; os.kill(os.getppid(), signal.SIGKILL)")
    plain = Order("BNBUSDT", formats=("json",))
    orders = [replace(plain, back=2), Order("BNBUSDT", back=1, notebook=str(path)), plain]

    made = warm.ask(orders)

    assert [each.made is not None for each in made] == [True, False, True]
    assert [each.order for each in made] == orders and "ended from outside" in made[1].says


@pytest.mark.notebook
def test_no_copy_sees_another(warm: Warm, tmp_path: Path) -> None:
    """What one report leaves in its process is not there for the next."""
    path = small(
        tmp_path / "x.ipynb", "import os, oikit; oikit.left = getattr(oikit, 'left', 0) + 1; oikit.left"
    )

    pages = {warm.ask([Order("BNBUSDT", notebook=str(path))])[0].made.files["html"] for _ in range(2)}  # type: ignore[union-attr]

    assert len(pages) == 1


@pytest.mark.notebook
def test_a_warm_process_ends_with_its_owner(tmp_path: Path) -> None:
    """Even when the owner is killed and can say nothing more; what it had under way goes too."""
    path = small(
        tmp_path / "x.ipynb",
        "import os, time; print(os.getpid(), flush=True)\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)",
    )
    code = (
        "from oikit.report.warm import Warm; from oikit.report.order import Order; warm = Warm(); "
        f"print(warm._process.pid, flush=True); warm.ask([Order('BNBUSDT', notebook={str(path)!r})])[0]"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        server = int(owner.stdout.readline())
        assert wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text())
        copy = int((tmp_path / "pid").read_text())
        owner.kill()

    assert wait_for(lambda: not alive(server) and not alive(copy))


def wait_for(what: Callable[[], object], seconds: float = 60) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.05)
    return False


def alive(pid: int) -> bool:
    """Running, and no mere entry that waits for its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_warm_process_that_is_gone_is_said() -> None:
    """And closing it again is no fault."""
    with Warm() as gone:
        gone.close()

        assert "was ended from outside" in gone.ask([Order("BNBUSDT")])[0].says


class Ended(Exception):
    """What stands for the end of a process."""


@pytest.fixture
def as_a_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let this process be the warm one, and its copy, without ending it."""

    def ended(*given: object) -> None:
        raise Ended(*given)

    monkeypatch.setattr(os, "_exit", ended)
    monkeypatch.setattr(os, "killpg", ended)
    before = signal.getsignal(signal.SIGCHLD)
    yield
    signal.signal(signal.SIGCHLD, before)
    gc.unfreeze()


def test_a_copy_carries_out_its_orders_and_ends(as_a_process: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the copied process does, step by step in this one."""
    monkeypatch.setattr(os, "fork", lambda: 0)
    ours, theirs = socket.socketpair()
    asked, answered = socket.socketpair()
    with ours, asked:
        with answered:
            socket.send_fds(ours, [b"?"], [answered.fileno()])
        asked.sendall(pickle.dumps([Order("NOPE")]))
        asked.shutdown(socket.SHUT_WR)
        with pytest.raises(Ended) as ended:
            warm_process.serve(theirs)
        outcome = pickle.loads(asked.recv(1 << 20))

    assert ended.value.args == (0,) and outcome.kind == "ReportError" and theirs.fileno() == -1
    assert signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL


def test_the_warm_process_goes_on_until_nobody_orders(
    as_a_process: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One copy for each market; at the end it takes the copies with it."""
    copies = []
    monkeypatch.setattr(os, "fork", lambda: copies.append(1) or 1)
    ours, theirs = socket.socketpair()
    for _ in range(2):
        asked, answered = socket.socketpair()
        with asked, answered:
            socket.send_fds(ours, [b"?"], [answered.fileno()])
    ours.close()

    with pytest.raises(Ended) as ended:
        warm_process.main([str(theirs.detach())])

    assert len(copies) == 2 and ended.value.args == (os.getpid(), signal.SIGKILL)


def test_a_process_reads_its_orders_and_writes_the_outcomes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed on the way does not get among it."""
    answer = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(pickle.dumps([Order("NOPE")]))))
    monkeypatch.setattr(sys, "stdout", answer)

    warm_process.main([])

    assert pickle.loads(answer.buffer.getvalue()).kind == "ReportError"  # type: ignore[attr-defined]


def test_an_error_comes_back_as_it_was(tmp_path: Path) -> None:
    """With its class and its words, from whatever process; and a stranger as one of ours."""
    gone = attempt(Order("NOPE", store=str(tmp_path)))
    assert isinstance(raised(gone), ReportError) and "neither a sample" in str(raised(gone))
    error = raised(order.Outcome(Order("x"), None, "MissingExtra", "type this"))
    assert isinstance(error, MissingExtra) and str(error) == "type this"
    odd = raised(order.Outcome(Order("x"), None, "KeyError", "KeyError: 'x'"))
    assert type(odd) is ReportError and str(odd) == "KeyError: 'x'"


def test_an_error_nobody_foresaw_is_told_and_not_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    """One market's bad luck is not that of the others."""

    def planted(*given: Any, **more: Any) -> None:
        raise ZeroDivisionError("planted\nin two lines")

    monkeypatch.setattr(sys.modules["oikit.report.facts"], "collect", planted)

    outcome = attempt(Order("BNBUSDT"))
    assert (outcome.kind, outcome.says) == ("ZeroDivisionError", "ZeroDivisionError: planted in two lines")


def test_a_week_of_the_past_is_counted_back() -> None:
    """Two weeks before the last whole one of the data."""
    last = make(Order("BNBUSDT", formats=("json",))).name
    back = make(Order("BNBUSDT", back=2, formats=("json",))).name

    assert (last, back) == ("BNBUSDT-2026-W10", "BNBUSDT-2026-W08")
    with pytest.raises(ReportError, match="no ISO week"):
        order.week_before("yesterday")


# ---------------------------------------------------------------- places


@pytest.mark.parametrize("name", ["../x", "a/b", "..", "", ".x", "a\\b", "a\nb", "/etc/x", "x" * 300, "C:x"])
def test_no_name_points_out_of_the_folder(name: str, tmp_path: Path) -> None:
    """For every way there is to a file."""
    for place in (Folder(tmp_path / "in"), folder("memory://in")):
        for reach in (place.at, place.read, place.remove, lambda n, place=place: place.put({n: b""})):
            with pytest.raises(ReportError, match="cannot be the name of a file"):
                reach(name)
    assert [path.name for path in tmp_path.rglob("*")] == ["in"]


@pytest.mark.parametrize("kind", ["folder", "file", "memory"])
def test_a_place_keeps_what_is_put(kind: str, tmp_path: Path) -> None:
    """Here, and wherever fsspec reaches."""
    out = {"folder": str(tmp_path / "a"), "file": f"file://{tmp_path}/b", "memory": f"memory:/{tmp_path}/c"}[
        kind
    ]
    place = folder(out)

    assert place.read("x.html") is None
    place.put({"x.html": b"old", "y.json": b"{}"})
    place.put({"x.html": b"new"})
    assert place.read("x.html") == b"new" == read(place.at("x.html"))
    place.remove("x.html")
    place.remove("x.html")
    assert place.read("x.html") is None
    assert str(place.at("y.json")).endswith("y.json")


def test_a_place_that_refuses_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line, whichever file system it is."""
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"cannot write to .*file .*; choose another with --out"):
        folder(tmp_path / "file")
    place = folder(tmp_path)
    (tmp_path / "x").mkdir()
    with pytest.raises(StoreError, match="cannot write"):
        place.put({"x": b""})
    with pytest.raises(StoreError, match="cannot read"):
        place.read("x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "x"]

    far = folder("memory://far")

    def no(*given: Any, **more: Any) -> None:
        raise PermissionError("no")

    for verb, act in {
        "pipe_file": lambda: far.put({"x": b""}),
        "cat_file": lambda: far.read("x"),
        "exists": lambda: far.remove("x"),
        "makedirs": lambda: folder("memory://far"),
    }.items():
        monkeypatch.setattr("fsspec.implementations.memory.MemoryFileSystem." + verb, no)
        with pytest.raises(StoreError, match=r"memory://far.* \(no\)"):
            act()


def test_an_address_without_fsspec_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only an address needs it."""
    monkeypatch.setitem(sys.modules, "fsspec.core", None)

    with pytest.raises(MissingExtra, match=r"oikit\[report\]"):
        folder("memory://x")
    with pytest.raises(MissingExtra):
        read("memory://x/y")
    with pytest.raises(InputError, match="cannot be used"):
        monkeypatch.undo()
        read("nowhere://x/y")
