"""What a lesson needs beside the data: questions, checks, and cards of evidence.

=======================  ==================================================================
before looking           `predict`, later `reveal`; `quiz` for the warm-up
in one's own words       `explain`
sure, and right?         `my_calibration`, from the confidences kept with each prediction
exercises                `given` hands out the numbers, `TODO` marks the place, `check` judges
stuck, or back again     `hint`, `progress`
whose numbers            `learner`: a nickname draws numbers of one's own
what the data allow      `by_label`, `by_event`, `draw_intervals`, `evidence_card`
numbers in prose         `say`: a sentence made from variables
the third world          `real_market`: what the reader has fetched, or how to
for whoever writes       `oikit.learn.course`: source → notebook
=======================  ==================================================================

Nothing is sent anywhere. Tries, predictions and sentences are kept in ``.oikit/progress.json`` in
the working folder, without a name. Importing this needs NumPy only; pandas, charts and widgets
come with the functions that use them.
"""

from __future__ import annotations

from oikit.learn.checks import check, given
from oikit.learn.evidence import by_event, by_label, draw_intervals, evidence_card
from oikit.learn.hints import hint
from oikit.learn.learners import learner
from oikit.learn.own_calibration import my_calibration
from oikit.learn.predictions import explain, predict, reveal
from oikit.learn.quizzes import quiz
from oikit.learn.show import say
from oikit.learn.standing import progress
from oikit.learn.stored import real_market
from oikit.learn.todo import TODO

__all__ = [
    "TODO",
    "by_event",
    "by_label",
    "check",
    "draw_intervals",
    "evidence_card",
    "explain",
    "given",
    "hint",
    "learner",
    "my_calibration",
    "predict",
    "progress",
    "quiz",
    "real_market",
    "reveal",
    "say",
]
