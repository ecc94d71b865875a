"""Explorers: the bookkeeping is right, and both faces show the same thing."""

from __future__ import annotations

import builtins
import json
import re
import subprocess
import sys
from typing import Any

import pytest

from oikit.errors import InputError, MissingExtra
from oikit.explore import explore, still
from oikit.explore.model import Amount, Choice, Explorer, chosen, every_setting, grid
from oikit.lessons import numbers, part
from oikit_lessons.lesson01.explorer import EXPLORER, rows, says

ALL = every_setting(EXPLORER)


# --- the ledger ---


@pytest.mark.parametrize(
    ("buyer", "seller", "after"),
    [("opens", "opens", 48), ("opens", "closes", 40), ("closes", "opens", 40), ("closes", "closes", 32)],
)
def test_a_trade_counts_the_sides_that_open(buyer: str, seller: str, after: int) -> None:
    """Two that open create, one replaces, none removes: four trades of two contracts, from forty."""
    assert rows(buyer, seller, 2, 0)[-1]["open_interest"] == after


def test_longs_equal_shorts_after_every_trade_of_every_setting() -> None:
    """The two sides are booked apart, so this is a finding and not a copy."""
    for settings in ALL:
        for row in rows(**settings):
            assert row["longs"] == row["shorts"] == row["open_interest"] >= 0


def test_volume_never_falls_and_dollars_are_contracts_times_price() -> None:
    """What the reader is asked to notice is true everywhere."""
    for settings in ALL:
        table = rows(**settings)
        volume = [row["volume"] for row in table]

        assert volume == sorted(volume)
        assert all(row["open_interest_value"] == row["open_interest"] * row["price"] for row in table)


def test_dollars_can_rise_while_contracts_disappear() -> None:
    """The third thing to notice can be found with the controls there are."""
    first, *_, last = rows("closes", "closes", 1, 20)

    assert last["open_interest"] < first["open_interest"]
    assert last["open_interest_value"] > first["open_interest_value"]


def test_every_number_of_the_sentence_is_in_the_table() -> None:
    """A sentence that drifts from its table would teach something false."""
    for settings in ALL:
        table = rows(**settings)
        numbers = {f"{value:,}" for row in table for value in row.values() if isinstance(value, int)}
        said = set(re.findall(r"\d[\d,]*", says(**settings).replace(", ", " "))) - {"4"}

        assert {each.rstrip(",") for each in said} <= numbers | {f"{settings['size']:g}"}


# --- one definition ---


def test_every_setting_has_its_own_number() -> None:
    """The page finds its rows by that number, so it may not be shared."""
    table = grid(EXPLORER)
    expression = re.sub(r"indexof\((\[.*?\]), (\w+)\)", r"\1.index(\2)", chosen(EXPLORER))

    assert len(ALL) == 100
    assert {row["at"] for row in table} == set(range(len(ALL)))
    for at, settings in enumerate(ALL):
        assert eval(expression, {"round": round}, dict(settings)) == at


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
    for explorer in (part(number, "explorer").EXPLORER for number in numbers()):
        assert explorer.asks.endswith("?")
        for control in explorer.controls:
            assert control.asks.endswith("?")
            assert control.read(control.start) == control.start


# --- in words ---


def test_named_settings_give_the_result_in_words() -> None:
    """For reading aloud: one sentence that is announced, then a table with heads."""
    answer = explore("01", buyer="opens", seller="closes", size=2)

    assert answer.settings == {"buyer": "opens", "seller": "closes", "size": 2, "price_step": 0}
    assert "open interest stays at 40 contracts, 40 long and 40 short" in answer.says
    assert str(answer) == repr(answer)
    assert str(answer).splitlines()[2].split("  ")[0] == "  trade".strip().rjust(7).split("  ")[0]
    html = answer._repr_html_()
    assert html.startswith('<p role="status"')
    assert html.count('<th scope="col"') == len(EXPLORER.shows)
    assert html.count("<tr>") == 6


def test_words_begin_at_the_left_and_a_long_table_is_folded() -> None:
    """Ragged on the left is hard to read, and a page of lines pushes the lesson away."""
    short = explore("01", buyer="opens")._repr_html_()
    long = explore("00", met_in="any")._repr_html_()

    assert '<td style="text-align: left">trade 1</td><td>600</td>' in short
    assert "<details>" not in short
    assert "<details><summary>The table, 38 lines: open it when you need it</summary><table>" in long
    assert long.endswith("</table></details>")


@pytest.mark.parametrize(
    ("lesson", "settings", "says"),
    [
        ("99", {}, "no lesson '99'; there are lessons 00, 01"),
        ("01", {"buyr": "opens"}, "did you mean 'buyer'?"),
        ("01", {"leverage": 5}, "it has buyer, seller, size, price_step"),
        ("01", {"buyer": "holds"}, "use one of ('opens', 'closes')"),
        ("01", {"buyer": 1}, "use one of ('opens', 'closes')"),
        ("01", {"size": 9}, "use one of 1, 2, 3, 4, 5 (contracts)"),
        ("01", {"size": 1.5}, "use one of 1, 2, 3, 4, 5"),
        ("01", {"size": True}, "use one of 1, 2, 3, 4, 5"),
        ("01", {"size": float("nan")}, "use one of 1, 2, 3, 4, 5"),
        ("01", {"size": "2"}, "use one of 1, 2, 3, 4, 5"),
        ("01", {"price_step": None}, "use one of -20, -10, 0, 10, 20 (USDT)"),
    ],
)
def test_what_does_not_exist_is_refused_with_what_does(
    lesson: str, settings: dict[str, Any], says: str
) -> None:
    """A typo costs one line, not a traceback into a drawing library."""
    with pytest.raises(InputError) as refused:
        explore(lesson, **settings)

    assert says in str(refused.value)


# --- the face without a kernel ---


def test_the_still_face_is_one_specification_with_its_controls_inside() -> None:
    """No address, no second file: it must move in an exported page without a network."""
    spec = still("01").to_dict()
    text = json.dumps(spec)

    assert [param["name"] for param in spec["params"]] == [control.name for control in EXPLORER.controls]
    for param, control in zip(spec["params"], EXPLORER.controls, strict=True):
        assert param["bind"]["name"].startswith(control.asks)
        assert param["bind"]["input"] in ("radio", "range")
    assert '"url"' not in text
    assert len(text) < 150_000
    assert says(**EXPLORER.start) in spec["description"]


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
    settings, last = ALL[at], rows(**ALL[at])[-1]
    for spec in (still("01").to_dict(), unbound(EXPLORER).to_dict()):
        for param in spec["params"]:
            param["value"] = settings[param["name"]]
        picture = convert.vegalite_to_svg({**spec, "$schema": ""}, vl_version=newest)

        drawn = re.findall(r"<text[^>]*>([^<]+)</text>", picture)
        assert f"{last['longs']} long" in drawn
        assert f"{last['shorts']} short" in drawn
        assert f"{last['open_interest']}×{last['price']}" in drawn
        assert f"{last['open_interest_value']:,}" in drawn
        assert sum(text.endswith(" long") for text in drawn) == 5


# --- the face with a kernel ---


@pytest.fixture
def face() -> Any:
    pytest.importorskip("ipywidgets")
    return explore("01")


def every_widget(box: Any) -> list[Any]:
    return [box, *(inner for child in getattr(box, "children", ()) for inner in every_widget(child))]


def test_a_control_sets_the_chart_and_the_sentence(face: Any) -> None:
    """One parameter and one line of text change; the drawing itself is sent once."""
    drawn = face.chart.spec
    face.controls["buyer"].value = "closes"
    face.controls["seller"].value = "closes"
    face.controls["size"].value = 3
    face.controls["price_step"].value = 10

    chosen_now = {"buyer": "closes", "seller": "closes", "size": 3, "price_step": 10}
    assert face.settings == chosen_now
    assert face.chart.settings == chosen_now
    assert face.sentence.text == says(**chosen_now)
    assert face.chart.spec is drawn
    assert face.sentence.text in repr(face)


def test_both_faces_hold_the_same_rows(face: Any) -> None:
    """One definition: what the kernel draws is what the page carries."""
    assert json.dumps(grid(EXPLORER)) in json.dumps(face.chart.spec)
    assert json.dumps(grid(EXPLORER)) in json.dumps(still("01").to_dict())


def test_a_number_typed_between_two_steps_goes_to_the_nearest(face: Any) -> None:
    """An off-grid number would leave the chart empty, without a word."""
    face.controls["size"].value = 3.4

    assert face.controls["size"].value == face.chart.settings["size"] == 3
    assert "4 trades of 3" in face.sentence.text


def test_the_number_box_and_the_slider_are_twins(face: Any) -> None:
    """The handle of a slider has no name for a screen reader; its box has."""
    import ipywidgets

    boxes = [each for each in every_widget(face.box) if isinstance(each, ipywidgets.BoundedFloatText)]

    assert [box.description for box in boxes] == ["size in contracts", "price step in USDT"]
    boxes[0].value = 5
    assert face.settings["size"] == 5


def test_only_controls_that_work_from_the_keyboard_are_used(face: Any) -> None:
    """In a cell of JupyterLab, an arrow key or a letter in a drop-down would move or insert a cell."""
    import ipywidgets

    safe = (ipywidgets.ToggleButtons, ipywidgets.FloatSlider, ipywidgets.BoundedFloatText)
    active = [each for each in every_widget(face.box) if hasattr(each, "disabled")]

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
    room.explore("01")

    assert "vconcat" in room.still("01").to_dict()


def test_without_widgets_the_chart_comes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader without ipywidgets still plays."""
    monkeypatch.delitem(sys.modules, "oikit.explore.widget", raising=False)
    monkeypatch.setitem(sys.modules, "ipywidgets", None)

    assert "vconcat" in explore("01").to_dict()


def test_without_altair_the_line_to_type_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing extra tells how to get it."""
    monkeypatch.delitem(sys.modules, "oikit.explore.drawing", raising=False)
    monkeypatch.setitem(sys.modules, "altair", None)

    with pytest.raises(MissingExtra, match=r"pip install 'oikit\[charts\]'"):
        still("01")


def test_words_need_neither_charts_nor_widgets() -> None:
    """The path for slow machines must be the light one."""
    code = (
        "import sys; from oikit.explore import explore; str(explore('01', size=1)); "
        "print([m for m in ('altair', 'ipywidgets', 'anywidget') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"


def test_nothing_prints(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown is what is returned."""
    monkeypatch.setattr(builtins, "print", lambda *_: pytest.fail("printed"))
    explore("01", size=1)

    assert capsys.readouterr().out == ""
