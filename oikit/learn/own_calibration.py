"""The learner's own calibration: stated confidence against the share of right answers.

Since the first lesson each prediction was stored with a confidence. Here confidences are compared with
outcomes: of all answers given with about this confidence, how many were right? Groups, intervals and
chart are those of any forecaster (`oikit.stats.reliability_table`).

A prediction counts once its answer has been seen, in its form at that time. Only the notes in this
folder are read, and with few answers the finding is that they are few.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oikit.errors import InputError
from oikit.learn.notes import book
from oikit.stats import SMALLEST_N

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

    from oikit.stats import Estimate

__all__ = ["my_calibration"]

_EDGES = (0.6, 0.8)
"""Three groups: hardly sure, fairly sure, very sure. More would hold one answer each."""

_MANY = 4  # answers from which the interval of the Brier score is told
_DRAWS = 4_000


@dataclass(frozen=True, slots=True)
class OwnCalibration:
    """Confidences and outcomes of a learner's predictions.

    Attributes
    ----------
    answers : tuple of (float, bool)
        Confidence and whether it was right, oldest first.
    waiting : int
        Predictions whose answer has not been seen; they are not counted.
    """

    answers: tuple[tuple[float, bool], ...]
    waiting: int = 0

    @property
    def n(self) -> int:
        """Return the number of answers."""
        return len(self.answers)

    @property
    def right(self) -> Estimate | None:
        """Share of right answers, with its Wilson interval; None without answers."""
        from oikit.stats import wilson

        return wilson(sum(right for _, right in self.answers), self.n) if self.answers else None

    @property
    def sure(self) -> float:
        """Mean confidence; NaN without answers."""
        return sum(said for said, _ in self.answers) / self.n if self.answers else float("nan")

    @property
    def brier(self) -> Estimate | None:
        """Brier score of the confidences, with its bootstrapped interval; None with fewer than four."""
        from oikit.stats import bootstrap_mean

        if self.n < _MANY:
            return None
        squares = [(said - right) ** 2 for said, right in self.answers]
        return bootstrap_mean(squares, block=1.0, draws=_DRAWS, seed=0)

    @property
    def table(self) -> pd.DataFrame:
        """Up to three groups of confidences, as `oikit.stats.reliability_table` makes them."""
        import pandas as pd

        from oikit.stats import reliability_table

        if not self.answers:
            return pd.DataFrame(columns=["n", "said", "came", "low", "high"])
        said, right = zip(*self.answers, strict=True)
        return reliability_table(said, right, edges=_EDGES)

    @property
    def says(self) -> str:
        """Return what these answers show, and what they are too few for, as text."""
        wait = f" {_predictions(self.waiting)} for the answer." if self.waiting else ""
        right, score = self.right, self.brier
        if right is None:
            return (
                "There is no prediction of yours yet whose answer you have seen, so there is nothing to say."
                f"{wait}"
            )
        hits = sum(hit for _, hit in self.answers)
        told = (
            f"Predictions whose answer you have seen: {self.n}. Right: {hits}, which is {right.value:.0%} "
            f"(95% interval {right.low:.0%} to {right.high:.0%}, Wilson). "
            f"Mean confidence: {self.sure:.0%}."
        )
        if score is not None:
            same = right.value * (1 - right.value)
            told += (
                f" Brier score: {score.value:.3f} ({score.low:.3f} to {score.high:.3f}). Always saying "
                f"{right.value:.0%}, which nobody knew before, would have scored {same:.3f}, and always one "
                "half 0.250."
            )
        return f"{told} {self._finding(right)}{wait}"

    def _finding(self, right: Estimate) -> str:
        if self.n < SMALLEST_N:
            return (
                f"That is too few to tell whether you are well calibrated: {SMALLEST_N} answers are the "
                "least, and dozens are better."
            )
        if right.low <= self.sure <= right.high:
            return (
                "Your mean confidence lies within that interval: nothing says that you are too sure or too "
                "modest. With so few answers a small difference cannot be seen."
            )
        if self.sure > right.high:
            return "You were surer than you were right, by more than luck explains."
        return "You were right more often than you were sure, by more than luck explains."

    def draw(self, *, title: str = "How sure you were, how often right") -> alt.LayerChart | alt.FacetChart:
        """Draw the groups with their n and Wilson intervals; with no answers, the line alone."""
        from oikit.charts.results import reliability_of

        few = f" (n = {self.n}, too few)" if self.n < SMALLEST_N else f" (n = {self.n})"
        return reliability_of({"your answers": self.table}, title=title + few)

    def __str__(self) -> str:
        """The finding, then one line for each group."""
        return "\n".join([self.says, *(f"  {line}" for line in self._lines())])

    __repr__ = __str__

    def _lines(self) -> list[str]:
        return [
            f"sure {row['said']:.0%}, right {row['came']:.0%} "
            f"({row['low']:.0%} to {row['high']:.0%}, n = {row['n']:.0f})"
            for row in self.table.to_dict("records")
        ]

    def _repr_html_(self) -> str:
        groups = "".join(f"<li>{html.escape(line)}</li>" for line in self._lines())
        return (
            '<div role="status" style="max-width: 46em; line-height: 1.5">'
            f"<div>{html.escape(self.says)}</div><ul>{groups}</ul></div>"
        )


def my_calibration(answers: Sequence[tuple[float, bool]] | None = None) -> OwnCalibration:
    """Compare your confidences with the share of right answers.

    Parameters
    ----------
    answers : sequence of (float, bool), optional
        Confidence, and whether it was right. By default every prediction in the notes of this folder
        whose answer you have seen.

    Returns
    -------
    OwnCalibration
        Put it last in a cell to read it; ``.draw()`` shows it.

    Raises
    ------
    InputError
        If a confidence is not a fraction.

    Examples
    --------
    >>> some = my_calibration([(0.9, True), (0.9, True), (0.7, False)])
    >>> some.n, round(some.sure, 2), round(some.right.value, 2)
    (3, 0.83, 0.67)
    """
    waiting = 0
    if answers is None:
        answers, waiting = _kept()
    for said, _ in answers:
        if isinstance(said, bool) or not isinstance(said, int | float) or not 0 <= said <= 1:
            raise InputError(f"confidence {said!r} is no fraction; write how sure somebody was, such as 0.7")
    return OwnCalibration(tuple((float(said), bool(right)) for said, right in answers), waiting)


def _kept() -> tuple[list[tuple[float, bool]], int]:
    """Confidence and outcome of each prediction that was revealed; and how many were not."""
    standing: dict[str, float] = {}
    seen: dict[str, tuple[float, bool]] = {}
    for each in book()[0]:
        name = each["id"]
        if each["kind"] == "prediction" and 0 <= each["confidence"] <= 1:
            standing[name] = each["confidence"]
        # Notes of two folders joined may hold an answer twice; the first one is the one that was a guess.
        elif each["kind"] == "reveal" and name in standing and name not in seen and "right" in each:
            seen[name] = (standing[name], bool(each["right"]))
    return list(seen.values()), len(standing.keys() - seen.keys())


def _predictions(count: int) -> str:
    return "One prediction waits" if count == 1 else f"{count} predictions wait"
