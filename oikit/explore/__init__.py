"""Explorers: one per lesson, one definition, two faces.

>>> print(explore("01", buyer="closes", seller="closes", size=5).says.split(". ")[0])
Both sides leave, so contracts disappear

``explore("01")`` plays it with buttons and sliders; named settings give the same result in words,
for reading aloud, for slow machines and for a page without a kernel. ``still("01")`` is one chart
that moves by itself. To add one: write a module with an `Explorer` and list it in `EXPLORERS`.
"""

from __future__ import annotations

from typing import Any

from oikit.errors import InputError, MissingExtra
from oikit.explore.calibration_bench import CALIBRATION
from oikit.explore.claim_ledger import CLAIM_LEDGER
from oikit.explore.decision_log import DECISION_LOG
from oikit.explore.forced_out import FORCED_OUT
from oikit.explore.lag_bench import LAG_BENCH
from oikit.explore.ledger import LEDGER
from oikit.explore.margin_bench import MARGIN_BENCH
from oikit.explore.model import Explorer, words
from oikit.explore.overfitting_bench import OVERFITTING
from oikit.explore.quiet_jumps import JUMPS
from oikit.explore.replay import REPLAY
from oikit.explore.thresholds import BENCH
from oikit.explore.worlds import with_real

__all__ = ["EXPLORERS", "explore", "still", "tried"]

EXPLORERS: dict[str, Explorer] = {
    CLAIM_LEDGER.id: CLAIM_LEDGER,
    LEDGER.id: LEDGER,
    BENCH.id: BENCH,
    JUMPS.id: JUMPS,
    LAG_BENCH.id: LAG_BENCH,
    FORCED_OUT.id: FORCED_OUT,
    MARGIN_BENCH.id: MARGIN_BENCH,
    CALIBRATION.id: CALIBRATION,
    OVERFITTING.id: OVERFITTING,
    DECISION_LOG.id: DECISION_LOG,
    REPLAY.id: REPLAY,
}
"""Lesson number to explorer."""


def explore(lesson: str, **settings: Any) -> Any:
    """Play with the question of a lesson.

    Parameters
    ----------
    lesson : str
        Its number, such as ``"01"``.
    **settings
        Given any, the answer comes in words, for these settings; a control that is not named
        stays at its start.

    Returns
    -------
    Face, VConcatChart or Words
        Buttons and sliders; where widgets are not installed, the chart of `still`; with settings,
        words and a table.

    Raises
    ------
    InputError
        If there is no such lesson, control or option.
    """
    explorer = _find(lesson)
    if settings:
        return words(explorer, settings)
    try:
        from oikit.explore.widget import Face
    except ImportError:
        return still(lesson)
    return Face(explorer)


def still(lesson: str) -> Any:
    """Draw the explorer of a lesson as one chart that moves without a kernel.

    Parameters
    ----------
    lesson : str
        Its number, such as ``"01"``.

    Returns
    -------
    VConcatChart

    Raises
    ------
    InputError
        If there is no such lesson.
    MissingExtra
        If Altair is not installed.
    """
    explorer = _find(lesson)
    try:
        from oikit.explore.drawing import chart
    except ImportError as error:
        raise MissingExtra("altair", "charts") from error
    return chart(explorer)


def tried(lesson: str) -> int:
    """Return how many settings of this explorer the session has tried.

    Parameters
    ----------
    lesson : str
        Its number, such as ``"02"``.

    Returns
    -------
    int
        0 for an explorer that tries nothing on data.

    Raises
    ------
    InputError
        If the lesson is unknown.
    """
    from oikit.claims import SESSION

    return SESSION.of(f"explorer-{_find(lesson).id}")


def _find(lesson: str) -> Explorer:
    if lesson not in EXPLORERS:
        raise InputError(f"there is no explorer for lesson {lesson!r}; there are {', '.join(EXPLORERS)}")
    return with_real(EXPLORERS[lesson])
