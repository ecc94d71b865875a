"""The lessons, what each draws, and how the controls of its explorer are moved by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from oikit_lessons.lesson01.explorer import rows

from oikit.explore.model import Amount
from oikit.lessons import part

Hand = Literal["mouse", "keyboard"]


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
    """A lesson, how many charts it draws, and for each named control another option than its first."""

    name: str
    charts: int
    moves: dict[str, str]

    @property
    def number(self) -> str:
        return self.name[:2]

    @property
    def bench(self) -> Any:
        return part(self.number, "explorer").EXPLORER

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

    def drawn_words(self, settings: dict[str, Any]) -> set[str]:
        """Return what the drawing itself must say; only the ledger of lesson 01 writes its numbers."""
        if self.number != "01":
            return set()
        last = rows(**settings)[-1]
        return {
            f"{last['longs']} long",
            f"{last['shorts']} short",
            f"{last['volume']}",
            f"{last['open_interest_value']:,}",
            f"{last['open_interest']}×{last['price']}",
        }


LESSONS = (
    Lesson("00_start_here", 2, {"kind": "forecast", "met_in": "any", "world": "planted"}),
    Lesson(
        "01_open_interest_basics",
        3,
        {"buyer": "closes", "seller": "closes", "size": "end", "price_step": "end"},
    ),
    Lesson(
        "02_ratio_threshold",
        2,
        {"cases": "episodes", "world": "planted", "threshold": "0.55%", "horizon": "14 days"},
    ),
    Lesson(
        "03_velocity_divergence",
        5,
        {"world": "planted", "quiet": "any", "spike": "end", "window": "12h"},
    ),
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
