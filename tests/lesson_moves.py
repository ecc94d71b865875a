"""The lessons, what each draws, and how what moves in it is moved by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from oikit.explore.hero import Hero, of
from oikit.explore.model import Amount
from oikit.lessons import part

Hand = Literal["mouse", "keyboard"]

FRAME = ".oikit-hero iframe"
"""Where a page or JupyterLab shows the picture of a lesson."""


@dataclass(frozen=True)
class Move:
    """One control, where it is put, and where all of them stand then."""

    place: int
    name: str
    value: Any
    presses: int
    by: Hand
    settings: dict[str, Any]


@dataclass(frozen=True)
class Lesson:
    """A lesson, how many charts it draws, and what moves in it.

    Where it has an explorer with controls, for each named control another option than its first; where it
    has a picture, how one thing in it is moved by each hand.
    """

    name: str
    charts: int
    moves: dict[str, str] = field(default_factory=dict)
    hands: dict[Hand, Callable[[Any, Any], None]] = field(default_factory=dict)

    @property
    def number(self) -> str:
        return self.name[:2]

    @property
    def bench(self) -> Any:
        return part(self.number, "explorer").EXPLORER

    @property
    def hero(self) -> Hero:
        found = of(self.number)
        assert found is not None
        return found

    def steps(self, there: Hand, back: Hand) -> Iterator[Move]:
        """Put every control elsewhere with one hand, and in reverse order back with the other.

        A slider is put to its end, and from there one step back.
        """
        settings, controls = dict(self.bench.start), list(enumerate(self.bench.controls))
        order = sorted(controls, key=lambda each: [*self.moves].index(each[1].name))
        for by, turn in ((there, order), (back, order[::-1])):
            for place, control in turn:
                presses = 0
                if isinstance(control, Amount):
                    value = control.high if turn is order else control.options[-2]
                    presses = round((value - settings[control.name]) / control.step)
                else:
                    value = self.moves[control.name] if turn is order else control.start
                settings[control.name] = value
                yield Move(place, control.name, value, presses, by, dict(settings))


# --- pictures ---

SAYS = "() => ['title', 'say'].map(id => document.getElementById(id).innerText)"


@dataclass
class Picture:
    """The frame of a lesson's picture, in whatever page it stands."""

    page: Any
    lesson: Lesson

    def __post_init__(self) -> None:
        self.page.wait_for_selector(FRAME, state="attached")
        self.frame = self.page.locator(FRAME).element_handle().content_frame()
        self.frame.wait_for_function("() => document.getElementById('title')?.innerText.length > 5")

    @property
    def state(self) -> dict[str, Any]:
        """Where everything in it stands."""
        return self.frame.evaluate("() => oikit.state()")

    def waits(self) -> None:
        """Hold that it is drawn and asks, and that it has answered nothing."""
        title, says = self.frame.evaluate(SAYS)

        assert (title, says) == (self.lesson.hero.text["open"], "")
        assert self.frame.locator("#svg").evaluate("svg => svg.querySelectorAll('*').length") > 20
        assert not self.frame.locator("#controls").is_visible()

    def bet(self, by: Hand) -> None:
        """Choose, say how sure, and have the answer shown, all with one hand."""
        options = self.frame.locator("#options button")
        if by == "mouse":
            self.frame.locator("#options button, #panel0").first.click()
            self.frame.get_by_role("button", name="Show me", exact=True).click()
        else:
            first = options.first if options.count() else self.frame.locator("#list")
            first.focus()
            for key in ("Enter",) if options.count() else ("ArrowRight", "Enter"):
                self.page.keyboard.press(key)
            self.frame.locator("#confidence").focus()
            self.page.keyboard.press("ArrowRight")
            self.page.keyboard.press("Enter")
        self.frame.locator("#controls").wait_for(state="visible", timeout=20_000)
        assert self.frame.evaluate("() => oikit.bet.sure") > 0
        self.settles()

    def move(self, by: Hand) -> None:
        """Move one thing with this hand; the picture changes, and its sentence is the library's."""
        before, drawn = self.state, self.frame.locator("#svg").inner_html()
        self.lesson.hands[by](self.page, self.frame)
        self.settles()
        assert self.state != before
        assert self.frame.locator("#svg").inner_html() != drawn

    def settles(self) -> None:
        """Wait until it says of where it stands what the library says."""
        says = self.lesson.hero.says(**self.state)
        self.frame.wait_for_function(
            f"""says => {{
                const [title, say] = ({SAYS})();
                const rest = says.slice(title.length).replace(/^[.]? /, '');
                return says.startsWith(title) && say.endsWith(rest);
            }}""",
            arg=says,
            timeout=20_000,
        )

    def fits(self, width: int) -> None:
        """Hold that nothing in it stands outside a window of this width, and each control in reach."""
        assert self.frame.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
        controls = self.frame.locator("button:visible, input:visible, [role=slider]:visible").all()
        assert controls
        for control in controls:
            control.scroll_into_view_if_needed()
            box = control.bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width


def trade(page: Any, frame: Any) -> None:
    frame.get_by_role("button", name="Trade", exact=True).click()


def dearer(page: Any, frame: Any) -> None:
    frame.locator("#controls input[type=range]").first.focus()
    page.keyboard.press("ArrowRight")


def drag_the_line(page: Any, frame: Any) -> None:
    grip = frame.locator(".handle rect").first
    grip.scroll_into_view_if_needed()
    box = grip.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 60, steps=4)
    page.mouse.up()


def lower_the_line(page: Any, frame: Any) -> None:
    frame.get_by_role("slider", name="The line").focus()
    page.keyboard.press("ArrowDown")


def pick_anew(page: Any, frame: Any) -> None:
    frame.get_by_role("button", name="New line-up").click()
    frame.locator("#panel3").click()


def pick_by_keys(page: Any, frame: Any) -> None:
    frame.locator("#list").focus()
    for key in ("Enter", "ArrowRight", "Enter"):
        page.keyboard.press(key)


LESSONS = (
    Lesson("00_start_here", 2, {"kind": "forecast", "met_in": "any", "world": "planted"}),
    Lesson("01_open_interest_basics", 2, hands={"mouse": trade, "keyboard": dearer}),
    Lesson("02_ratio_threshold", 0, hands={"mouse": drag_the_line, "keyboard": lower_the_line}),
    Lesson("03_velocity_divergence", 2, hands={"mouse": pick_anew, "keyboard": pick_by_keys}),
    Lesson(
        "04_funding_correlation",
        4,
        {"measure": "changes", "horizon": "3d", "world": "planted", "lag": "+2d"},
    ),
    Lesson("05_squeeze_asymmetry", 4, {"longs": "mixed", "shorts": "bold", "shock": "+5%", "depth": "thin"}),
    Lesson(
        "06_risk_sizing", 3, {"leverage": "50x", "maintenance": "1%", "funding": "0.1%", "volatility": "5%"}
    ),
    Lesson("07_ai_lens", 4, {"world": "planted", "split": "walk-forward", "gap": "3 days", "noise": "50"}),
    Lesson(
        "08_mistakes_lab",
        2,
        {"world": "planted", "signal": "open interest", "level": "3", "position": "short 3 days"},
    ),
    Lesson(
        "09_putting_it_together",
        2,
        {"world": "planted", "reading": "margin", "leverage": "50x", "stop": "none"},
    ),
    Lesson("10_your_own_market", 3, {"bar": "end", "world": "planted", "later": "shown"}),
)


def some(lessons: list[Lesson]) -> pytest.MarkDecorator:
    """Run a test for these lessons only, on the same visit as the others."""
    return pytest.mark.parametrize("lesson", lessons, ids=lambda lesson: lesson.name, indirect=True)


with_a_picture = some([each for each in LESSONS if each.hands])
with_controls = some([each for each in LESSONS if each.moves])
