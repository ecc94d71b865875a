"""Explorers with controls: both faces show the same thing, and words say it without either."""

from __future__ import annotations

import builtins
import json
import re
import subprocess
import sys
from typing import Any

import pytest

from oikit.errors import InputError, MissingExtra
from oikit.explore import explore, still, tried
from oikit.explore.hero import Hero
from oikit.explore.model import Amount, Choice, Explorer, chosen, every_setting, grid
from oikit.lessons import part
from oikit_lessons.lesson05.explorer import EXPLORER, rows, says
from tests.runs import EXPLORERS

ALL = every_setting(EXPLORER)
COUNTED = part("10", "explorer").EXPLORER
"""An explorer with a control that counts."""


# --- one definition ---


@pytest.mark.parametrize(("explorer", "settings"), [(EXPLORER, 108), (COUNTED, 168)])
def test_every_setting_has_its_own_number(explorer: Explorer, settings: int) -> None:
    """The page finds its rows by that number, so it may not be shared."""
    expression = re.sub(r"indexof\((\[.*?\]), (\w+)\)", r"\1.index(\2)", chosen(explorer))
    every = every_setting(explorer)

    assert len(every) == settings
    assert {row["at"] for row in grid(explorer)} == set(range(len(every)))
    for at, each in enumerate(every):
        assert eval(expression, {"round": round}, dict(each)) == at


def test_an_amount_counts_in_clean_steps() -> None:
    """The third step of 0.05 is 0.15: a reader can type it and is understood."""
    share = Amount("share", "How much?", 0.05, 0.2, 0.05, 0.05, "fraction")

    assert share.options == (0.05, 0.1, 0.15, 0.2)
    assert share.read(0.15) == share.read(0.1 + 0.05) == share.nearest(0.16) == 0.15


def test_an_explorer_with_too_many_controls_is_refused() -> None:
    """Nobody plays with five knobs at once."""
    choice = Choice("a", "?", ("x",), "x")
    with pytest.raises(InputError, match="5 controls"):
        Explorer("99", "t", "?", (choice,) * 5, rows=list, says=str, draw=str, shows={})


def test_each_explorer_asks_before_every_control() -> None:
    """A question before every control, and the starting point is one of its options."""
    for explorer in (part(number, "explorer").EXPLORER for number in EXPLORERS):
        assert explorer.asks.endswith("?")
        for control in explorer.controls:
            assert control.asks.endswith("?")
            assert control.read(control.start) == control.start


# --- in words ---


def test_named_settings_give_the_result_in_words() -> None:
    """For reading aloud: one sentence that is announced, then a table with heads."""
    answer = explore("05", shock="+5%", depth="thin")

    assert answer.settings == {"longs": "bold", "shorts": "cautious", "shock": "+5%", "depth": "thin"}
    assert answer.says == says(**answer.settings)
    assert str(answer) == repr(answer)
    head, *lines = str(answer).splitlines()[2:]
    assert head.split("  ")[-1] == "price moved, fraction" and lines[0].split()[0] == "shock"
    html = answer._repr_html_()
    assert html.startswith('<p role="status"')
    assert html.count('<th scope="col"') == len(EXPLORER.shows)
    assert html.count("<tr>") == len(answer.table)


def test_words_begin_at_the_left_and_a_long_table_is_folded() -> None:
    """Ragged on the left is hard to read, and a page of lines pushes the lesson away."""
    short = explore("05", shock="-10%")._repr_html_()
    long = explore("00", met_in="any")._repr_html_()

    assert '<td style="text-align: left">shock</td><td>0</td>' in short
    assert "<details>" not in short
    assert "<details><summary>The table, 38 lines: open it when you need it</summary><table>" in long
    assert long.endswith("</table></details>")


@pytest.mark.parametrize(
    ("lesson", "settings", "says"),
    [
        ("99", {}, "no lesson '99'; there are lessons 00, 01"),
        ("05", {"lonks": "bold"}, "did you mean 'longs'?"),
        ("05", {"leverage": 5}, "it has longs, shorts, shock, depth"),
        ("05", {"longs": "shy"}, "use one of ('cautious', 'mixed', 'bold')"),
        ("05", {"longs": 1}, "use one of ('cautious', 'mixed', 'bold')"),
        ("10", {"bar": 43}, "use one of 1, 2, 3, 4, 5"),
        ("10", {"bar": 1.5}, "use one of 1, 2, 3, 4, 5"),
        ("10", {"bar": True}, "use one of 1, 2, 3, 4, 5"),
        ("10", {"bar": float("nan")}, "use one of 1, 2, 3, 4, 5"),
        ("10", {"bar": "2"}, "use one of 1, 2, 3, 4, 5"),
        ("10", {"bar": None}, "41, 42 (4-hour bars)"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(
    lesson: str, settings: dict[str, Any], says: str
) -> None:
    """A typo costs one line, not a traceback into a drawing library."""
    with pytest.raises(InputError) as refused:
        explore(lesson, **settings)

    assert says in str(refused.value)


def test_a_lesson_with_a_hero_has_no_chart_with_controls() -> None:
    """Asked for one, it names the picture that stands in its place; until then the explorer stands."""
    with pytest.raises(InputError, match=r'shows a picture; type: explore\("01"\)'):
        still("01")
    assert isinstance(explore("01"), Hero) and explore("01", price=660).settings == {"price": 660}
    assert not isinstance(explore("05"), Hero)  # has a picture, too, and is still built around its explorer
    assert tried("01") == 0
    with pytest.raises(InputError, match="no lesson '99'"):
        tried("99")


# --- the face without a kernel ---


def test_the_still_face_is_one_specification_with_its_controls_inside() -> None:
    """No address, no second file: it must move in an exported page without a network."""
    for explorer, inputs in ((EXPLORER, {"radio"}), (COUNTED, {"radio", "range"})):
        spec = still(explorer.id).to_dict()
        text = json.dumps(spec)

        assert [param["name"] for param in spec["params"]] == [control.name for control in explorer.controls]
        for param, control in zip(spec["params"], explorer.controls, strict=True):
            assert param["bind"]["name"].startswith(control.asks)
        assert {param["bind"]["input"] for param in spec["params"]} == inputs
        assert '"url"' not in text
        assert explorer.says(**explorer.start) in spec["description"]


@pytest.mark.parametrize("version", ["5", "6"])
@pytest.mark.parametrize("at", [17, 98])
def test_both_versions_of_the_library_draw_the_chosen_setting(version: str, at: int) -> None:
    """JupyterLab brings Vega-Lite 5, other places 6; the picked rows must be the same and the right ones."""
    convert = pytest.importorskip("vl_convert")
    from oikit.explore.drawing import unbound

    known = [v for v in convert.get_vegalite_versions() if v.startswith(version)]
    if not known:
        pytest.skip(f"this vl-convert has no Vega-Lite {version}")
    newest = known[-1]
    settings = ALL[at]
    table = rows(**settings)  # type: ignore[arg-type]
    closed = [f"{row['closed']:+.1%}{' out' if row['out'] else ''}" for row in table if "side" in row]
    moved = [row["round"] for row in table if "round" in row]
    for spec in (still("05").to_dict(), unbound(EXPLORER).to_dict()):
        for param in spec["params"]:
            param["value"] = settings[param["name"]]
        picture = convert.vegalite_to_svg({**spec, "$schema": ""}, vl_version=newest)

        drawn = re.findall(r"<text[^>]*>([^<]+)</text>", picture)
        assert {each.replace("-", "−") for each in closed} <= set(drawn)
        assert set(moved) <= set(drawn)
        marked = [word for word in drawn if word.endswith("%") or word.endswith(" out")]
        assert sum(word.startswith("−") and not word.endswith("0%") for word in marked) >= 1


# --- the face with a kernel ---


@pytest.fixture
def face() -> Any:
    pytest.importorskip("ipywidgets")
    return explore("05")


@pytest.fixture
def counted() -> Any:
    pytest.importorskip("ipywidgets")
    return explore("10")


def every_widget(box: Any) -> list[Any]:
    return [box, *(inner for child in getattr(box, "children", ()) for inner in every_widget(child))]


def test_a_control_sets_the_chart_and_the_sentence(face: Any) -> None:
    """One parameter and one line of text change; the drawing itself is sent once."""
    drawn = face.chart.spec
    face.controls["longs"].value = "cautious"
    face.controls["shorts"].value = "bold"
    face.controls["shock"].value = "+10%"
    face.controls["depth"].value = "deep"

    chosen_now = {"longs": "cautious", "shorts": "bold", "shock": "+10%", "depth": "deep"}
    assert face.settings == chosen_now
    assert face.chart.settings == chosen_now
    assert face.sentence.text == says(**chosen_now)
    assert face.chart.spec is drawn
    assert face.sentence.text in repr(face)


def test_both_faces_hold_the_same_rows(face: Any) -> None:
    """One definition: what the kernel draws is what the page carries."""
    assert json.dumps(grid(EXPLORER)) in json.dumps(face.chart.spec)
    assert json.dumps(grid(EXPLORER)) in json.dumps(still("05").to_dict())


def test_a_number_typed_between_two_steps_goes_to_the_nearest(counted: Any) -> None:
    """An off-grid number would leave the chart empty, without a word."""
    counted.controls["bar"].value = 3.4

    assert counted.controls["bar"].value == counted.chart.settings["bar"] == 3
    assert counted.sentence.text == COUNTED.says(**{**COUNTED.start, "bar": 3})


def test_the_number_box_and_the_slider_are_twins(counted: Any) -> None:
    """The handle of a slider has no name for a screen reader; its box has."""
    import ipywidgets

    (box,) = [each for each in every_widget(counted.box) if isinstance(each, ipywidgets.BoundedFloatText)]

    assert box.description == "bar in 4-hour bars"
    box.value = 5
    assert counted.settings["bar"] == 5


@pytest.mark.parametrize("lesson", ["05", "10"])
def test_only_controls_that_work_from_the_keyboard_are_used(lesson: str) -> None:
    """In a cell of JupyterLab, an arrow key or a letter in a drop-down would move or insert a cell."""
    ipywidgets = pytest.importorskip("ipywidgets")
    safe = (ipywidgets.ToggleButtons, ipywidgets.FloatSlider, ipywidgets.BoundedFloatText)
    active = [each for each in every_widget(explore(lesson).box) if hasattr(each, "disabled")]

    assert active
    assert all(isinstance(each, safe) and each.description for each in active)
    assert not any(getattr(each, "continuous_update", False) for each in active)


def test_each_control_stands_behind_its_question(face: Any) -> None:
    """Reading order is the order of the controls, and the question comes first."""
    import ipywidgets

    order = [each for each in every_widget(face.box) if isinstance(each, ipywidgets.Label)]
    kept = list(face.controls.values())
    everything = every_widget(face.box)

    assert [each.value for each in order] == [control.asks for control in EXPLORER.controls]
    for label, control in zip(order, kept, strict=True):
        assert everything.index(label) < everything.index(control)
        assert "oikit-asks" in label._dom_classes  # by its style a long question takes a second line


def test_one_output_holds_both_faces(face: Any) -> None:
    """JupyterLab takes the widgets; an exported page has no kernel and takes the chart."""
    import altair as alt

    from oikit.charts.theme import MIME, use_theme

    before = alt.renderers.active
    try:
        use_theme("spec")
        bundle = face._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in bundle
        assert bundle[MIME]["params"][0]["bind"]["input"] == "radio"
        assert bundle["text/plain"] == repr(face)

        alt.renderers.enable("default")
        assert MIME not in face._repr_mimebundle_()
    finally:
        alt.renderers.enable(before)
        alt.theme.enable("default")


def test_the_door_stays_open_after_the_first_visit() -> None:
    """Loading a face must not replace a function of the package by a module of its name."""
    import oikit.explore as room

    pytest.importorskip("ipywidgets")
    room.explore("05")

    assert "vconcat" in room.still("05").to_dict()


def test_without_widgets_the_chart_comes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader without ipywidgets still plays."""
    monkeypatch.delitem(sys.modules, "oikit.explore.widget", raising=False)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)

    assert "vconcat" in explore("05").to_dict()


def test_without_altair_the_line_to_type_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing extra tells how to get it."""
    monkeypatch.delitem(sys.modules, "oikit.explore.drawing", raising=False)
    monkeypatch.setitem(sys.modules, "altair", None)

    with pytest.raises(MissingExtra, match=r"pip install 'oikit\[charts\]'"):
        still("05")


def test_words_need_neither_charts_nor_widgets() -> None:
    """The path for slow machines must be the light one."""
    code = (
        "import sys; from oikit.explore import explore; str(explore('05', depth='thin')); "
        "print([m for m in ('altair', 'ipywidgets', 'anywidget') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"


def test_nothing_prints(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown is what is returned."""
    monkeypatch.setattr(builtins, "print", lambda *_: pytest.fail("printed"))
    explore("05", depth="thin")

    assert capsys.readouterr().out == ""
