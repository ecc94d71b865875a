"""The hero picture of lesson 07: a forecaster whose forecasts are bent, while what happens stays.

The days and the forecaster are invented, and chosen so that the honest forecasts look honest. Bending
stretches what is said about the base rate on the scale of log odds; shifting moves it. A group is a run of 30
days.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from oikit.errors import InputError
from oikit.explore.hero import Hero, Question, fill, script
from oikit.explore.svg import Still
from oikit.stats import base_rate_scores

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

DAYS, GROUP, SAYS, BASE = 300, 30, 0.8, 0.3
SEED, SPREAD, LOWER = 872, 1.75, 0.35
RANGES = {"bend": (-100, 100), "shift": (-200, 200)}
BENT = 76
MIDDLE = math.log(BASE / (1 - BASE))
Z = 1.959964

TEXT = {
    "open": "The claim: AI excels at weighing 50 variables at once",
    "key_title": "When it says {said:p0}, it happens on {came:p0} of the days",
    "surest_title": "Even at its surest it says {said:p0}, and it happens on {came:p0} of the days",
    "group": "On 30 days it said {said:p0} on average: **{hits} came true, {missed} did not**.",
    "luck": "Luck alone can do that to an honest forecaster.",
    "more": "That is more than luck does to an honest forecaster.",
    "honest": "Its Brier score, {brier}, is as good as this forecaster can get.",
    "beats": "Its Brier score still beats always saying 30%, with **{kept:p0}** of its skill left.",
    "worse": "Its Brier score is now **worse** than always saying 30%.",
}

FOOT = (
    "Invented, no market: 300 days, and it happens on 90 of them. Bending changes what is said, never what "
    "happens. A dot is 30 days (fewer at the ends), filled if it lies outside the band. Real models have "
    "far less skill. Drag the orange dot, or use the arrow keys."
)


@functools.cache
def days() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Return the honest forecast of each day, rising, and whether it happened."""
    import numpy as np

    random = np.random.default_rng(SEED)
    odds = MIDDLE - LOWER + SPREAD * random.standard_normal(DAYS)
    honest: npt.NDArray[np.float64] = np.sort(np.round(np.clip(1 / (1 + np.exp(-odds)), 0.01, 0.985), 3))
    return honest, (random.random(DAYS) < honest).astype(np.int64)


def bent(bend: float, shift: float) -> npt.NDArray[np.float64]:
    """Return what is said on each day: timid below 0, overconfident above."""
    import numpy as np

    honest, _ = days()
    odds = MIDDLE + shift / 100 + 3 ** (bend / 100) * (np.log(honest / (1 - honest)) - MIDDLE)
    said: npt.NDArray[np.float64] = 1 / (1 + np.exp(-odds))
    return said


def facts(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the picture shows and says in this state."""
    import numpy as np

    from oikit.stats import brier, wilson

    _, came = days()
    said = bent(state["bend"], state["shift"])
    means = np.array([said[start : start + GROUP].mean() for start in range(DAYS - GROUP + 1)])
    start = int(np.argmin(np.round(np.abs(means - SAYS), 9)))
    hits, mean = int(came[start : start + GROUP].sum()), float(means[start])
    found = wilson(hits, GROUP)
    none = base_rate_scores(BASE)[0]
    score, honest = (float(brier(each, came).score.value) for each in (said, bent(0, 0)))
    tail = "beats" if score <= none else "worse"
    if not state["bend"] and not state["shift"]:
        tail = "honest"
    return {
        "said": mean,
        "came": hits / GROUP,
        "hits": hits,
        "missed": GROUP - hits,
        "start": start,
        "score": score,
        "brier": f"{score:.3f}",
        "kept": (none - score) / (none - honest),
        "title": "key_title" if abs(mean - SAYS) < 0.01 else "surest_title",
        "says": ["group", "luck" if found.low <= mean <= found.high else "more", tail],
    }


def read(setting: str, value: Any) -> Any:
    """Read a position of a slider."""
    low, high = RANGES[setting]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise InputError(f"{setting}={value!r} is not on its scale; use a whole number from {low} to {high}")
    return value


def draw(state: Mapping[str, Any]) -> str:
    """Draw what was said against what happened."""
    found = facts(state)
    says = " ".join(fill(TEXT[key], found).replace("**", "") for key in found["says"])
    still = Still(f"{fill(TEXT[found['title']], found)}. {says}", FOOT, height=330)
    _, came = days()
    said = bent(state["bend"], state["shift"])
    still.line([(40, 300), (440, 20)], color="faint", dash="5 5")
    still.line([(40, 300), (440, 300)], color="faint", width=1)
    for start in range(0, DAYS, GROUP):
        group = slice(start, start + GROUP)
        still.circle(40 + 400 * said[group].mean(), 300 - 280 * came[group].mean(), 7)
    still.circle(40 + 400 * found["said"], 300 - 280 * found["came"], 10, color="accent")
    still.text(40, 320, "it says 0%")
    still.text(440, 320, "100%", anchor="end")
    still.text(500, 150, f"Brier score {found['brier']}", weight=650)
    still.text(500, 174, "always saying 30%: 0.210", color="soft")
    return str(still)


HERO = Hero(
    id="07",
    title="What it says against what happens",
    script=script(__package__),
    data={
        "honest": days()[0].tolist(),
        "came": days()[1].tolist(),
        "group": GROUP,
        "says": SAYS,
        "base": BASE,
        "z": Z,
        "none": base_rate_scores(BASE)[0],
        "ranges": RANGES,
        "bent": BENT,
    },
    text=TEXT,
    question=Question(
        "A forecaster said 80% on 30 days. On how many of them did it happen?",
        ("27", "24", "18"),
        str(facts({"bend": BENT, "shift": 0})["hits"]),
    ),
    facts=facts,
    start={"bend": BENT, "shift": 0},
    after={},
    foot=FOOT,
    draw=draw,
    read=read,
)
"""The picture that opens lesson 07."""
