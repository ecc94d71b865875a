"""Teaching tools of the lessons: questions, checks, and evidence cards.

=======================  ==================================================================
before looking           `predict`, later `reveal`; `quiz` for the warm-up
in your own words        `explain`
calibration              `my_calibration`, from the confidences kept with each prediction
exercises                `given` supplies the numbers, `TODO` marks the place, `check` grades
stuck, or back again     `hint`, `progress`
whose numbers            `learner`: a nickname selects your own numbers
what the data allow      `by_label`, `by_event`, `draw_intervals`, `evidence_card`
numbers in prose         `say`: a sentence of the lesson with its numbers; `after` keeps answers back
real figures             `real_fact`: a published figure about a real market, with its source
hero picture             `explore`
stored market            `real_market`: the data that the reader has fetched, or how to fetch it
for authors              `oikit.learn.course`: source → notebook
=======================  ==================================================================

Nothing is sent anywhere. Tries, predictions and sentences are stored in ``.oikit/progress.json`` in
the working folder, without a name. Importing this needs NumPy only; pandas, charts and widgets
come with the functions that use them.
"""

from __future__ import annotations

from oikit.explore import explore
from oikit.learn.checks import check, given
from oikit.learn.evidence import by_event, by_label, draw_intervals, evidence_card
from oikit.learn.hints import hint
from oikit.learn.learners import learner
from oikit.learn.own_calibration import my_calibration
from oikit.learn.predictions import explain, predict, reveal
from oikit.learn.quizzes import quiz
from oikit.learn.sentences import after, say
from oikit.learn.standing import progress
from oikit.learn.stored import real_market
from oikit.learn.todo import TODO
from oikit.real_facts import real_fact

__all__ = [
    "TODO",
    "after",
    "by_event",
    "by_label",
    "check",
    "draw_intervals",
    "evidence_card",
    "explain",
    "explore",
    "given",
    "hint",
    "learner",
    "my_calibration",
    "predict",
    "progress",
    "quiz",
    "real_fact",
    "real_market",
    "reveal",
    "say",
]
